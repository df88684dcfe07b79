"""What the first chapters compute, against values that others have printed.

Each function gives rows for the tables of checks in the chapter *Methods*.
"""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.models import apparent, pipeline

COLUMNS = ["study", "quantity", "unit", "published", "ours", "error_pct", "reason", "source"]


def row(
    study: str, quantity: str, unit: str, published: float, ours: float, reason: str, source: str
) -> dict:
    """One comparison; the error is ours minus published, in percent of the published value.

    Args:
        study: who published the value.
        quantity: what is compared, with its year.
        unit: unit of both values.
        published: their value.
        ours: the report's value.
        reason: why the two differ, or should not.
        source: source keys of both, separated by semicolons.
    """
    error = 100 * (ours / published - 1)
    return dict(
        zip(COLUMNS, (study, quantity, unit, published, ours, error, reason, source), strict=True)
    )


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
        :data:`COLUMNS`, one row per comparison.
    """
    return pd.DataFrame([*_reliance(), *_motor(), *_capacity()], columns=COLUMNS)


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
            row(
                "US Geological Survey, MCS 2026",
                f"US net import reliance, compounds and metals, {year}",
                "%",
                value,
                float(apparent.net_import_reliance(used_t, made_t)),
                "Within the rounding of the printed tonnages.",
                "usgs_mcs_2026_data",
            )
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
        & (cars["year"] == 2024)
    ]
    studies = motors[
        (motors["series"] == "study, motor of 53 kg") & (motors["element"] == "Nd")
    ].query("usable")
    keys = {*sold["source"], *studies["source"], "iea_cmde_2025"}
    return [
        row(
            "Studies of electric motors, median",
            "Neodymium per electric car, 2024",
            "g",
            float(studies["g_per_motor"].median()),
            1e3 * need / sold["value"].sum(),
            "Ours is the demand of the International Energy Agency over cars sold; its demand "
            "covers buses, trucks and two-wheelers too, the studies one motor of 53 kg.",
            ";".join(sorted(keys)),
        )
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
        row(
            "Project Blue",
            "Magnet capacity outside China, 2025",
            "t a year",
            count["magnets_t"].item(),
            magnets["capacity_t_per_year"].sum(),
            "Ours is the sum of listed plants that run or ramp up, some at a capacity that the "
            "list's author set; no output is published by most.",
            ";".join(sorted({*count["source"], *magnets["source"]})),
        )
    ]
