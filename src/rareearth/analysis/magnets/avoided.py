"""Demand that substitution avoids, by route, element and scenario, and what decides it."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rareearth import assumptions as register
from rareearth import data, scenarios, uncertainty
from rareearth.analysis import new_magnets, supply
from rareearth.analysis.magnets.properties import assumed
from rareearth.answers import Answers, inside, listing
from rareearth.models import demand, substitution
from rareearth.models.substitution import ELEMENTS, ROUTES, Avoided
from rareearth.scenarios import Scenario

YEARS = np.arange(demand.BASE_YEAR, demand.LAST_YEAR + 1)
HEAVY = [element in substitution.HEAVY for element in ELEMENTS]
AT = {year: year - demand.BASE_YEAR for year in (2030, 2035, 2040, 2050)}
"""Years that are printed, and their places."""

ABOUT_MAGNETS = ["load_line_permeance", "coldest_magnet"]
"""Assumptions on what magnets bear: the spread of circuits, and the cold that ferrite must bear."""

BESIDE_REGISTER = {
    supply.CHANCE: "whether the new magnet works and its plants come",
    "plants never built": "plants never built, by the record",
    "plants late": "how late plants come, by the record",
    "plants below nameplate": "plants below nameplate, by the record",
    "plants slow to ramp": "how slowly plants ramp, by the record",
}
"""Inputs that are no assumptions, and their names."""

RANKED = 400
"""Draws by which the inputs are ranked."""

SHOWN = ("US, all four", "US, Dy and Tb", "World, all four")
"""Shares of demand that are compared between scenarios, in the order of panels."""


class Run(NamedTuple):
    """Demand and what is avoided, and what both rest on."""

    us: Avoided
    world: Avoided
    sources: tuple[Any, ...]


def run(scenario: Scenario, drawn: pd.DataFrame) -> Run:
    """What substitution avoids in the United States and in the world.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        drawn: draws of what this chapter rests on, as from :func:`sample`.
    """
    us, world = (avoided(scenario, drawn, place) for place in ("United States", "World"))
    return Run(us, world, (assumed(),))


def sample(draws: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    """Draws of all that this chapter rests on: assumptions, and what becomes of plants.

    Args:
        draws: number of draws.
        seed: any non-negative integer; same seed, same draws.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
    """
    return uncertainty.sample(space(scenario), draws, seed)


def space(scenario: Scenario) -> pd.DataFrame:
    """Inputs of this chapter: ``low``, ``mode``, ``high``, ``distribution`` by name."""
    return supply.space(scenario).loc[[*assumed().index, *BESIDE_REGISTER]]


def avoided(scenario: Scenario, drawn: pd.DataFrame, place: str) -> Avoided:
    """Demand of a place and what each route takes off it.

    Args:
        scenario: gives the demand case and how plants arrive.
        drawn: as from :func:`sample`.
        place: United States or World.
    """
    shares = {use: drawn[name].to_numpy() for use, name in demand.SHARES.items()}
    need = substitution.demand_of(
        _mix(scenario.choices["demand_case"]),
        drawn,
        shares if place == "United States" else None,
        len(YEARS),
    )
    offer = new_magnets.offer(drawn, scenario, YEARS)
    return substitution.avoided(need, YEARS, drawn, *offer)


@register.main_result("magnets", "what other magnets and motors avoid")
def _avoided_2040() -> tuple[pd.DataFrame, np.ndarray]:
    """Draws, and the part of American demand that is avoided in 2040."""
    scenario = scenarios.load("baseline")
    draws = sample(RANKED, 7, scenario)
    return draws, share(avoided(scenario, draws, "United States"), 2040)


def path(
    found: Run, scenario: Scenario, seed: int
) -> tuple[dict[str, pd.DataFrame], pd.DataFrame, Answers]:
    """US demand before and after, and how much each route takes.

    Args:
        found: as from :func:`run`.
        scenario: behind it.
        seed: of its draws.

    Returns:
        ``before`` and ``after``, each ``low``, ``median``, ``high`` by year; mean of each route by
        year; both in thousand tonnes of element; and the answers.
    """
    total, gone = found.us.demand.sum(axis=1), found.us.routes.sum(axis=(0, 2))
    bands = {
        name: uncertainty.band(pd.DataFrame(kt, index=YEARS)).rename_axis("year")
        for name, kt in (("before", total), ("after", total - gone))
    }
    routes = pd.DataFrame(
        found.us.routes.sum(axis=2).mean(axis=2).T, index=YEARS, columns=list(ROUTES)
    )
    answers = Answers(sources=found.sources, kind="forecast")
    for year in (2030, 2040, 2050):
        answers.add(f"us-avoided-{year}", share(found.us, year), "{:.0f}%")
    answers.add("us-heavy-2040", share(found.us, 2040, HEAVY), "{:.0f}%")
    answers.add("world-2040", share(found.world, 2040), "{:.0f}%")
    for year in (2035, 2050):
        answers.add(
            f"us-avoided-tonnes-{year}", gone[AT[year]], "{:.1f} thousand tonnes",
            band="{:.1f} to {:.1f}",
        )  # fmt: skip
    answers.add("before-2050", np.median(total[-1]), "{:.0f}")
    answers.add("after-2050", (total - gone)[-1], "{:.0f}")
    of_2040, of_2050 = routes.loc[2040], routes.loc[2050]
    part = 100 * of_2040["New magnets"] / of_2040.sum()
    answers.add("new-magnets-part", part, "{:.0f}%")
    new = found.us.routes[ROUTES.index("New magnets"), AT[2040]].sum(axis=0)
    answers.add("new-magnets-mean", 1e3 * new.mean(), "{:,.0f} t")
    answers.add("new-magnets-any", 100 * (new > 0).mean(), "{:.0f}%")
    when = 1e3 * new[new > 0].mean() if (new > 0).any() else 0.0
    answers.add("new-magnets-when", when, "{:,.0f} t")
    words = {name[0].lower() + name[1:]: kt for name, kt in of_2050.items()}
    answers.add("routes-2050", listing(words, "{} {:.2f}"))
    answers.add("routes-sum", of_2050.sum(), "{:.1f} thousand tonnes")
    answers.add(
        "scenario-title", scenario.title, sources=data.table("magnet_demand"), kind="derived"
    )
    stop = 100 * (1 - np.median(total[0]) / np.median(total[-1]))
    answers.add("flip-stop", stop, "{:.0f}%", kind="derived")
    answers.add("draws-used", f"{total.shape[-1]:,} draws (seed {seed})", kind="derived")
    return bands, routes.rename_axis("year"), answers


def by_element(found: Run) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rare earth avoided by place, year and element.

    Args:
        found: as from :func:`run`.

    Returns:
        The table for readers; and ``place``, ``year``, ``element``, ``low_t``, ``median_t``,
        ``high_t``, ``demand_t``, tonnes of element.
    """
    rows = []
    for place, result in (("United States", found.us), ("World", found.world)):
        for year in (2030, 2040, 2050):
            cut = 1e3 * result.routes[:, AT[year]].sum(axis=0)
            band = uncertainty.band(pd.DataFrame(cut, index=list(ELEMENTS))).add_suffix("_t")
            band["demand_t"] = 1e3 * np.median(result.demand[AT[year]], axis=1)
            rows.append(band.rename_axis("element").reset_index().assign(place=place, year=year))
    elements = pd.concat(rows, ignore_index=True)
    order = ["place", "year", "element", "low_t", "median_t", "high_t", "demand_t"]
    elements = elements[order]
    words = [
        f"{r.median_t:,.0f} ({r.low_t:,.0f} to {r.high_t:,.0f})" for r in elements.itertuples()
    ]
    table = elements.assign(text=words).pivot(
        index=["place", "year"], columns="element", values="text"
    )
    table = table[list(ELEMENTS)].reset_index()
    return table.rename(columns={"place": "", "year": "Year"}).astype({"Year": str}), elements


def compare(found: Run, scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, Answers]:
    """Share of demand avoided in 2040 in each of the report's scenarios.

    Args:
        found: as from :func:`run`, for the scenario of this edition.
        scenario: that scenario.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        ``scenario``, ``what`` (as :data:`SHOWN`), ``low``, ``median``, ``high`` in percent; and
        the answers.
    """
    parts = {}
    for name in scenarios.names():
        other = scenarios.load(name)
        theirs = found if other == scenario else run(other, sample(draws, seed, other))
        parts[name] = np.stack(
            [share(theirs.us, 2040), share(theirs.us, 2040, HEAVY), share(theirs.world, 2040)]
        )
    spread = uncertainty.band(np.stack(list(parts.values())), scenario=list(parts), what=SHOWN)
    spread = spread.sort_values("what", key=lambda w: w.map(SHOWN.index), kind="stable")
    median = spread.set_index(["scenario", "what"])["median"]
    answers = Answers(sources=found.sources, kind="forecast")
    us, heavy, world = SHOWN
    for name in ("baseline", "announced", "innovation"):
        answers.add(f"us-{name}", median[name, us], "{:.0f}%")
    high = spread.set_index(["scenario", "what"])["high"]
    answers.add("innovation-high", high["innovation", us], "{:.0f}%")
    answers.add("heavy-innovation", median["innovation", heavy], "{:.0f}%")
    answers.add("world-innovation", median["innovation", world], "{:.0f}%")
    words = {name.capitalize(): tuple(median[name, what] for what in SHOWN) for name in parts}
    each = "{}: US {:.0f} percent, US heavy {:.0f}, world {:.0f}."
    answers.add("scenarios-list", listing(words, each, " "))
    return spread.reset_index(drop=True), answers


def drivers(scenario: Scenario, seed: int) -> tuple[pd.DataFrame, Answers]:
    """What decides the share of US demand that is avoided in 2040: Sobol indices.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        seed: any non-negative integer.

    Returns:
        The eight largest total indices: ``label``, ``S1``, ``ST``, ``S1_conf``, ``ST_conf``,
        largest first; and the answers.
    """
    own = assumed()
    labels = own["label"].fillna("").map(inside).to_dict() | BESIDE_REGISTER
    inputs = space(scenario).drop(index=ABOUT_MAGNETS)
    # Where success is assumed, the same draw only decides which plants come.
    if inputs.loc["new_magnet_success", "low"] == 1:
        labels[supply.CHANCE] = "whether the plants of the new magnet come"
    indices = uncertainty.sobol_indices(
        lambda drawn: share(avoided(scenario, drawn, "United States"), 2040),
        inputs,
        512,
        seed,
    )
    top = uncertainty.drivers(indices, 8)
    top.insert(0, "label", top.pop("parameter").map(labels))
    answers = Answers(sources=own)
    for place, words in zip(("first", "second", "third"), top["label"], strict=False):
        answers.add(f"magnet-driver-{place}", words)
    answers.add("driver-sum", 100 * top["ST"][:3].sum(), "{:.0f}%")
    total = (100 * top.set_index("label")["ST"]).to_dict()
    answers.add("magnet-drivers-list", listing(total, "{} {:.0f} percent"))
    return top, answers


def success(ranges: pd.DataFrame) -> Answers:
    """The chance that a new magnet works, and the records that it is taken from.

    Args:
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.
    """
    own = assumed().loc["new_magnet_success"]
    answers = Answers(sources=own, kind="estimate")
    here = 100 * ranges.loc["new_magnet_success", "mode"]
    answers.add("success-here", here, "{:.0f}%")
    for end in ("low", "mode", "high"):
        answers.add(f"success-{end}", 100 * own[end], "{:.0f}%")
    awards = data.table("react_awards").astype({"kind": str})
    counted = awards[awards["recipient"].str.contains(r"\d+ projects")].iloc[0]
    projects = int(counted["recipient"].split(", ")[1].split()[0])
    answers.add("react-projects", projects, "{}", sources=counted, kind="reported")
    record = data.table("valley_of_death").astype({"kind": str})
    capture = record[record["subject"].str.startswith("carbon-capture demonstrations")]
    capture = capture.set_index("metric")
    answers.quote("ccs-chosen", capture.loc["projects chosen"], "low", "{:.0f}")
    answers.quote("ccs-ran", capture.loc["projects that came to run"], "low", "{:.0f}")
    return answers


def quarter(found: Run, ranges: pd.DataFrame) -> Answers:
    """Output of new magnets that would carry a quarter of US demand in 2040 alone.

    Args:
        found: as from :func:`run`.
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.
    """
    mode = ranges["mode"]
    need = 0.25 * np.median(found.us.demand[AT[2040]].sum(axis=0))
    replaced = new_magnets.stands_for(mode.to_frame().T.astype(float)).item()
    magnets = need / mode["rare_earth_in_magnet"] / replaced
    answers = Answers(sources=found.sources)
    answers.add("flip-tonnes", magnets, "{:.0f} thousand tonnes")
    return answers


def joined(**panels: pd.DataFrame) -> pd.DataFrame:
    """What several panels draw, one below the other; ``panel`` names them.

    Args:
        panels: frames by name; a named index becomes a column.
    """
    flat = {
        name: frame.reset_index() if frame.index.name else frame for name, frame in panels.items()
    }
    return pd.concat([frame.assign(panel=name) for name, frame in flat.items()], ignore_index=True)


def share(result: Avoided, year: int, elements: Any = slice(None)) -> np.ndarray:
    """Part of demand that is avoided in a year, percent: draw.

    Args:
        result: as from :func:`avoided`.
        year: one of the years of the model.
        elements: which of :data:`rareearth.models.substitution.ELEMENTS`; all if not given.
    """
    at = year - demand.BASE_YEAR
    cut = result.routes[:, at, elements].sum(axis=(0, 1))
    return 100 * cut / result.demand[at, elements].sum(axis=0)


@cache
def _mix(case: str) -> substitution.Mix:
    return substitution.mix(data.table("magnet_demand"), case)
