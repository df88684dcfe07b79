"""World demand for magnet rare earths by use and element, and how editions of it differ."""

from __future__ import annotations

from functools import cache

import pandas as pd

from rareearth import assumptions, data
from rareearth.answers import Answers, listing
from rareearth.models import demand, oxides
from rareearth.models.substitution import ELEMENTS
from rareearth.scenarios import Scenario

CASES = {"STEPS": "Stated policies", "APS": "Announced pledges", "NZE": "Net zero by 2050"}
"""The International Energy Agency's cases, from least to most climate policy."""

BASE, LAST = demand.BASE_YEAR, demand.LAST_YEAR
BASE_CASE = "base year"
KT = "{:.0f} thousand tonnes"
TWO = ("Nd", "Dy")
"""Elements that are followed over time and by design."""

NAMES = {"Nd": "neodymium", "Pr": "praseodymium", "Dy": "dysprosium", "Tb": "terbium"}

CARS = "iea_gevo_2025"
"""Source of electric cars sold."""

MASSES = "prohaska_2022"
"""Source of atomic masses."""


@cache
def world(case: str) -> pd.DataFrame:
    """World demand in a case, thousand tonnes: one row per year, one column per use.

    Args:
        case: one of :data:`CASES`.
    """
    return demand.path(data.table("magnet_demand"), case)


def by_use(scenario: Scenario) -> tuple[pd.DataFrame, Answers]:
    """World demand by use in all cases.

    Args:
        scenario: names the case that the text follows.

    Returns:
        ``case``, ``name`` (of the case), ``chosen`` (whether it is the scenario's), ``use``,
        ``year``, ``ree_kt``; totals, growth and shares of uses.
    """
    table, case = data.table("magnet_demand"), scenario.choices["demand_case"]
    cases = pd.concat({name: world(name) for name in CASES}, names=["case", "year"])
    frame = cases.drop(columns="All uses").melt(
        ignore_index=False, var_name="use", value_name="ree_kt"
    )
    frame = frame.reset_index()
    frame = frame.assign(name=frame["case"].map(CASES), chosen=frame["case"] == case)

    path = cases.loc[case]
    first, last = path.loc[BASE], path.loc[LAST]
    share = 100 * path["Other uses"] / path["All uses"]
    ends = cases.xs(LAST, level="year")
    answers = Answers(sources=table)
    label = "World demand for magnet rare earths"
    answers.add("world-2024", first["All uses"], KT, kind="estimate", label=f"{label}, 2024")
    answers.add("world-2050", last["All uses"], KT, kind="forecast", label=f"{label}, 2050")
    growth = demand.annual_growth(first["All uses"], last["All uses"], LAST - BASE)
    answers.add("world-growth", 100 * growth, "{:.1f}% a year")
    answers.add("world-2050-low", ends["All uses"].min(), "{:.0f}", kind="forecast")
    answers.add("world-2050-high", ends["All uses"].max(), KT, kind="forecast")
    answers.add("other-share-2024", share[BASE], "{:.0f}%")
    answers.add("other-share-2050", share[LAST], "{:.0f}%")
    answers.add("other-2024", first["Other uses"], "{:.0f}", kind="estimate")
    answers.add("other-2050", last["Other uses"], KT, kind="forecast")
    spread = ends["Other uses"].max() / ends["Other uses"].min() - 1
    answers.add("other-case-gap", 100 * spread, "{:.1f}%")
    answers.add("ev-2024", first["Electric vehicles"], "{:.1f}", kind="estimate")
    answers.add("ev-2050", last["Electric vehicles"], KT, kind="forecast")
    answers.add("wind-2024", first["Wind power"], "{:.1f}", kind="estimate")
    answers.add("wind-peak-year", int(path["Wind power"].idxmax()))
    answers.add("case-words", CASES[case].lower())
    answers.add("scenario-title", scenario.title)
    in_words = listing(ends["All uses"].rename(lambda name: CASES[name].lower()), "{} {:.0f}")
    answers.add("cases-list", in_words, kind="forecast")
    return frame, answers | contents(scenario)


def contents(scenario: Scenario) -> Answers:
    """Rare earth in a magnet, and neodymium and praseodymium in their oxide, by mass.

    Args:
        scenario: for what is assumed of magnets.
    """
    answers = Answers()
    magnet = assumptions.register().loc["rare_earth_in_magnet"]
    held = 100 * assumptions.central(scenario)["rare_earth_in_magnet"]
    answers.add("ree-in-magnet", held, "{:.0f}%", sources=magnet, kind="estimate")
    share = 100 * oxides.ndpr_in_oxide()
    answers.add("ndpr-in-oxide", share, "{:.0f}%", sources=MASSES, kind="derived")
    return answers


def elements(scenario: Scenario) -> tuple[pd.DataFrame, Answers]:
    """Demand of electric vehicles and wind power by element, base year and 2050 in all cases.

    Args:
        scenario: names the case that the text follows.

    Returns:
        ``element``, ``case``, ``chosen``, ``year``, ``ree_kt``; growth and the part of heavy
        elements.
    """
    table, case = data.table("magnet_demand"), scenario.choices["demand_case"]
    rows = table[table["use"].isin(demand.USES[:2]) & table["element"].isin(ELEMENTS)]
    rows = rows[rows["year"].isin([BASE, LAST])].astype({"element": str, "case": str})
    frame = rows.groupby(["element", "case", "year"], as_index=False)["ree_kt"].sum()
    frame["chosen"] = frame["case"] == case

    kt = frame.pivot(index="element", columns="case", values="ree_kt")
    now, then = kt[BASE_CASE], kt[case]
    answers = Answers(sources=table)
    for element in TWO:
        name = f"{element.lower()}-growth"
        answers.add(name, then[element] / now[element], "{:.1f}")
    answers.add("dy-2050", then["Dy"], "{:.1f} thousand tonnes", kind="forecast")
    for year, column in ((BASE, now), (LAST, then)):
        heavy = 100 * column[["Dy", "Tb"]].sum() / column.sum()
        answers.add(f"heavy-share-{year}", heavy, "{:.0f}%")
    answers.add("ndpr-share", 100 * ndpr_share(), "{:.0f}%")
    pairs = {name: (now[element], then[element]) for element, name in NAMES.items()}
    answers.add("elements-list", listing(pairs, "{} from {:.2g} to {:.2g}"), kind="forecast")
    return frame, answers


def ndpr_share() -> float:
    """Part of neodymium and praseodymium in what cars and wind power used in the base year."""
    base = data.table("magnet_demand").query("case == @BASE_CASE and element in @ELEMENTS")
    by_element = base.groupby("element", observed=True)["ree_kt"].sum()
    return by_element[["Nd", "Pr"]].sum() / by_element.sum()


def editions() -> tuple[pd.DataFrame, Answers]:
    """What successive editions of the same publishers say of the same future.

    Returns:
        ``panel`` (world, cars, market), ``edition``, ``label``, ``year``, ``ree_kt``,
        ``million_cars``, ``usd_billion``, ``kind`` and ``source``; by how much editions differ.
    """
    table = data.table("forecast_editions").astype({"measure": str, "edition": str, "kind": str})
    pledged = table[table["measure"] == "Magnet rare earths, announced pledges"]
    now = world("APS")["All uses"].rename("value").reset_index()
    now = now.assign(edition="2025", kind="forecast", source="iea_cmde_2025")
    paths = pd.concat([pledged, now], ignore_index=True).rename(columns={"value": "ree_kt"})

    sold = cars_sold()
    expected = table[table["measure"].str.startswith("Electric car sales, United States")]
    expected = expected.groupby(["edition", "source"], as_index=False)["value"].sum()
    expected = expected.assign(
        label="2030, " + expected["edition"] + " edition",
        million_cars=expected["value"] / 1e6,
        kind="forecast",
    )
    today = {"label": f"sold in {BASE}", "million_cars": sold["United States", BASE]}
    today |= {"kind": "derived", "source": CARS}
    cars = pd.concat([pd.DataFrame([today]), expected], ignore_index=True)

    market = table[table["measure"].str.startswith("Market for magnet") & (table["year"] == 2040)]
    market = market.assign(label="2040, " + market["edition"] + " edition")
    market = market.rename(columns={"value": "usd_billion"})
    columns = ["edition", "label", "year", "ree_kt", "million_cars", "usd_billion"]
    panels = {"world": paths, "cars": cars, "market": market}
    frame = pd.concat(part.assign(panel=panel) for panel, part in panels.items())
    frame = frame[["panel", *columns, "kind", "source"]].reset_index(drop=True)

    answers = Answers(sources=paths)
    old, new = (part.set_index("year")["ree_kt"] for _, part in paths.groupby("edition"))
    answers.add("aps-2030-shift", 100 * abs(new[2030] / old[2030] - 1), "{:.1f}%")
    answers.add("aps-2050-shift", 100 * (new[LAST] / old[LAST] - 1), "{:.0f}%")
    answers.add("aps-2050-old", old[LAST], "{:.0f}", kind="forecast")
    answers.add("aps-2050-new", new[LAST], KT, kind="forecast")
    millions = cars["million_cars"]
    of_cars, of_market = {"sources": cars}, {"sources": market}
    answers.add("us-cars-cut", 100 * (1 - millions[2] / millions[1]), "{:.0f}%", **of_cars)
    answers.add("us-cars-2024", millions[0], "{:.1f} million", **of_cars)
    for name, value in (("old", millions[1]), ("new", millions[2])):
        answers.add(f"us-cars-{name}", value, "{:.1f} million", **of_cars, kind="forecast")
    before, after = market["usd_billion"]
    answers.add("market-cut", 100 * (1 - after / before), "{:.0f}%", **of_market)
    answers.add("market-old", before, "{:.1f}", **of_market, kind="forecast")
    answers.add("market-new", after, "{:.1f} billion dollars", **of_market, kind="forecast")
    return frame, answers


def cars_sold() -> pd.Series:
    """Electric cars sold, million: region, year."""
    drivers = data.table("drivers").query("driver == 'Electric cars sold'")
    return drivers.set_index(["geography", "year"])["value"]


def per_car(year: int, case: str, million_cars: float) -> pd.Series:
    """Grams per electric car that the agency's demand implies: element, and ``all four``.

    Args:
        year: one that demand is given for.
        case: one of :data:`CASES`, or ``base year``.
        million_cars: sold in that year.
    """
    rows = data.table("magnet_demand").query(
        "use == 'Electric vehicles' and year == @year and case == @case"
    )
    return 1000 * rows.astype({"element": str}).set_index("element")["ree_kt"] / million_cars
