"""What decides the claims added at a second reading: on new ways, on waste and on forecasts."""

from __future__ import annotations

import numpy as np
import xarray as xr

from rareearth import assumptions, data
from rareearth.analysis import ewaste
from rareearth.analysis import proteins as extraction
from rareearth.analysis.chokepoints import conditions
from rareearth.analysis.claims.policy import HEAVY
from rareearth.analysis.claims.run import Evidence, Run, interval, said_on
from rareearth.models.balance import GROUPS, REGIONS
from rareearth.models.verdicts import span

HOME = REGIONS[0]

AT_HOME = ("Plants running", "Plants to come", "Waste", "Recycling")
"""Sources of the balance that lie in the United States."""

NEW_WAYS = ("Waste", "Recycling")
"""Those of them that are no mine."""

DEVICES = "Drives, computers, phones"
"""Group of products that a household hands in."""

GRAMS = 1000
"""Grams in a kilogram."""

# --- new ways -------------------------------------------------------------------------------------


def fifteen_years(run: Run) -> Evidence:
    """C52: age of the research, first plants that are being built, and what they make by 2030."""
    award = data.table("react_awards")
    award = award[award["recipient"].str.startswith("Univ. of Minnesota")]
    ligands = data.table("ligands")
    protein = ligands[ligands["study"] == "Cotruvo 2018"]
    steps = data.table("iron_nitride")
    plant = steps[steps["stage"] == "plant1"]
    events = data.table("bio_events")
    firm = events[events["entity"] == "Alta Resource Technologies"]
    works = firm["event"].str.contains("plant") & (firm["kind"].astype(str) == "reported")
    began = [int(str(award["date"].item())[:4]), protein["study_year"].item()]
    return Evidence(
        rows=(award, protein, plant, firm, assumptions.used_by("balance")),
        values={
            "age": said_on("C52").year - np.array(began),
            "built": int((plant["state"] == "building").any()) + int(works.any()),
            "fast": interval(_share(run, _avoided(run, 2030), 2030)),
        },
    )


def closed_loop(run: Run) -> Evidence:
    """C53: what the plant makes, and the footprint of the oxide that it buys."""
    events = data.table("bio_events")
    plant = events[events["event"] == "Exeter metallisation plant opened"]
    routes, answers = conditions.footprint()
    oxide = routes[routes["measure"].astype(str) == "greenhouse gas"]
    return Evidence(rows=(plant, oxide), answers=answers.only("build-gas-range"))


def cheaper_cleaner_faster(run: Run) -> Evidence:
    """C59: wastes that pay, footprint of recycled magnets, and new ways against new plants."""
    pays = extraction.pays(run.costs, run.drawn) / 100
    places = data.table("extraction_feeds").set_index("waste")["place"]
    at_home = pays.drop(places.index[places == "abroad"], level=0)
    studies = ewaste.climate()[0]
    studies = studies[studies["said_by"] == "independent"]
    new = _secured(run, 2030, NEW_WAYS) + _avoided(run, 2030)
    more = new > _secured(run, 2030, ("Plants to come",))
    return Evidence(
        rows=(studies, assumptions.used_by("proteins", "balance")),
        values={
            "cheaper": int((at_home.groupby(level=0).max() > 0.5).sum()),
            "cleaner": [studies["low_pct"].min(), studies["high_pct"].max()],
            "faster": 100 * more.mean().item(),
        },
        numbers={"share": (interval(_share(run, new, 2030))[1], "{:.0f}%")},
    )


# --- waste ----------------------------------------------------------------------------------------


def old_devices_paid_for(run: Run) -> Evidence:
    """C56: rare earths in all devices that leave use over need, and their worth in one device."""
    leaving = run.flows.leaving.sel(year=2030, group=DEVICES)
    share = 100 * leaving / run.flows.demand.sel(year=2030)
    content = data.table("device_content").query("year == 2020")
    content = content[content["device"].isin(["Laptop", "Desktop computer", "Smartphone"])]
    part, price = run.central["rare_earth_in_magnet"], run.central["ndpr_spot"]
    worth = content["magnet_g"] * part * price / GRAMS
    return Evidence(
        rows=(content, assumptions.used_by("ewaste")),
        values={"hold": interval(share), "worth": worth},
    )


# --- forecasts ------------------------------------------------------------------------------------


def ninety_four(run: Run) -> Evidence:
    """C58: need met from home in 2030, by mines alone and through every stage."""
    mined = {year: _share(run, _mined(run, year), year, "need") for year in (2024, 2030)}
    chain = _share(run, _secured(run, 2030, AT_HOME), 2030, "need")
    announced = run.announced
    if_all = _share(announced, _secured(announced, 2030, AT_HOME), 2030, "need")
    return Evidence(
        rows=(assumptions.used_by("balance"),),
        values={"mined": interval(mined[2030]), "chain": interval(chain)},
        numbers={
            "announced": (np.median(if_all), "{:.0f}%"),
            "now": (span(*interval(mined[2024]), "{:.0f}%"), "{}"),
        },
    )


def other_supplies(run: Run) -> Evidence:
    """C60: US need met without China two years on, of all magnet rare earths and of the heavy."""
    return Evidence(
        rows=(data.table("start_dates"), assumptions.used_by("balance")),
        values={
            "all": interval(run.secured_pct(HOME, 2027)),
            "heavy": interval(run.secured_pct(HOME, 2027, HEAVY)),
        },
    )


# --- parts of the balance -------------------------------------------------------------------------


def _secured(run: Run, year: int, sources: tuple[str, ...]) -> xr.DataArray:
    """American need met from some sources, tonnes: draw."""
    at = run.balance.secured.sel(region=HOME, year=year, source=list(sources))
    return at.sum(["source", "group"])


def _avoided(run: Run, year: int) -> xr.DataArray:
    """American demand that new magnets avoid, tonnes: draw."""
    return run.balance.avoided.sel(region=HOME, year=year, route="New magnets").sum("group")


def _mined(run: Run, year: int) -> xr.DataArray:
    """American need that mines could serve by themselves, group by group, tonnes: draw."""
    reach = run.balance.reach.sel(stage="Mined", year=year, group=list(GROUPS))
    return np.minimum(reach, run.balance.need.sel(region=HOME, year=year)).sum("group")


def _share(run: Run, mass: xr.DataArray, year: int, of: str = "demand") -> np.ndarray:
    """A mass in percent of American demand, or of what is left of it to need: draw."""
    whole = getattr(run.balance, of).sel(region=HOME, year=year).sum("group")
    return (100 * mass / whole).to_numpy()
