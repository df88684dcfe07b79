"""What the first chapters take from tables, against values that others have printed."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.models import apparent, pipeline
from rareearth.models.demand import BASE_YEAR
from rareearth.validation import compare


def sums_of_countries() -> pd.DataFrame:
    """Mine output of all listed countries in percent of the printed world total.

    Returns:
        ``year`` and ``share_pct``, one row per year that has a country besides a world total.
    """
    mine = data.table("mine_production")
    world = mine[mine["country"] == "World"].set_index("year")["reo_t"]
    listed = mine[mine["country"] != "World"].groupby("year")["reo_t"].sum()
    share = (100 * listed / world).dropna().rename("share_pct")
    return share.rename_axis("year").reset_index()


def comparisons() -> pd.DataFrame:
    """Values of the first three chapters against independent ones.

    Returns:
        As :func:`rareearth.validation.compare` gives them.
    """
    return compare([*_reliance(), *_motor(), *_capacity()], model="Data", kind="check")


def _reliance() -> list[dict]:
    flows = data.table("us_balance")
    flows = flows[flows["series"] == "usgs_mcs2026"]
    printed = data.table("us_import_reliance")
    printed = printed[(printed["edition"] == "MCS 2026") & (printed["bound"] == "equal")]
    made = flows[(flows["flow"] == "production") & (flows["item"] == "compounds and metals")]
    used = flows[flows["flow"] == "apparent consumption"]
    rows = []
    for year, value in zip(printed["year"], printed["reliance_pct"], strict=True):
        made_t, used_t = (part.loc[part["year"] == year, "t"].item() for part in (made, used))
        rows.append(
            {
                "study": "US Geological Survey, MCS 2026",
                "quantity": "US net import reliance, compounds and metals",
                "year": year,
                "unit": "%",
                "published": value,
                "ours": float(apparent.net_import_reliance(used_t, made_t)),
                "reason": "Within the rounding of the printed tonnages.",
                "source": "usgs_mcs_2026_data",
            }
        )
    return rows


def _motor() -> list[dict]:
    demand = data.table("magnet_demand")
    cars = data.table("drivers")
    motors = data.table("ev_motor_content")
    need = demand[
        (demand["use"] == "Electric vehicles")
        & (demand["element"] == "Nd")
        & (demand["case"] == "base year")
    ]["ree_kt"].item()
    sold = cars[
        (cars["driver"] == "Electric cars sold")
        & (cars["geography"] == "World")
        & (cars["year"] == BASE_YEAR)
    ]
    studies = motors[
        (motors["series"] == "study, motor of 53 kg") & (motors["element"] == "Nd")
    ].query("usable")
    keys = {*sold["source"], *studies["source"], "iea_cmde_2025"}
    return [
        {
            "study": "Studies of electric motors, median",
            "quantity": "Neodymium per electric car",
            "year": BASE_YEAR,
            "unit": "g",
            "published": float(studies["g_per_motor"].median()),
            "ours": 1e3 * need / sold["value"].sum(),
            "reason": "Ours is the demand of the International Energy Agency over cars sold; its "
            "demand covers buses, trucks and two-wheelers too, the studies one motor of 53 kg.",
            "source": ";".join(sorted(keys)),
        }
    ]


def _capacity() -> list[dict]:
    plants = data.table("plants")
    magnets = plants[
        (plants["product_class"] == "sintered magnets")
        & (plants["country"] != "China")
        & plants["status"].isin(pipeline.RUNNING)
    ]
    count = data.table("magnet_capacity")
    count = count[(count["region"] == "Outside China") & (count["metric"] == "capacity")]
    return [
        {
            "study": "Project Blue",
            "quantity": "Magnet capacity outside China",
            "year": 2025,
            "unit": "t a year",
            "published": count["magnets_t"].item(),
            "ours": magnets["capacity_t_per_year"].sum(),
            "reason": "Ours is the sum of listed plants that run or ramp up, some at a capacity "
            "that the list's author set; no output is published by most.",
            "source": ";".join(sorted({*count["source"], *magnets["source"]})),
        }
    ]
