"""What each instrument does in three price worlds: a price war, the level of the record, scarcity.

The worlds differ in the level that the price of NdPr returns to and in nothing else; what is read
from it is what all other pages read.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from rareearth import assumptions, scenarios, uncertainty
from rareearth.analysis import balance, market, proteins, stockpile, supply
from rareearth.analysis.policy import finance, price_floor, stock
from rareearth.answers import Answers, listing
from rareearth.models import extraction, oxides
from rareearth.scenarios import Scenario

WORLDS = {"war": "Price war", "level": "Level of the record", "scarcity": "Scarcity"}
"""Price worlds, as scenarios name them and as they are printed."""

MIXES = {
    "No help": (),
    "Price floor": ("floor",),
    "Grants and equity": ("grants", "equity"),
    "Grants, equity, floor": ("grants", "equity", "floor"),
    "Floor and loans": ("loans", "floor"),
    "Loans": ("loans",),
    "Offtake": ("offtake",),
    "Tax credit": ("credit",),
}
"""Instruments that are set side by side; the first is what they are measured against."""

FLOOR = "price_floor"
"""Lever that covers all American plants."""

SINGLE = {
    "Price floor": "a price floor",
    "Grants and equity": "grants with equity",
    "Loans": "loans",
    "Offtake": "offtake",
    "Tax credit": "a tax credit",
}
"""Instruments that act alone, and grants with equity, which go together; as the text says them."""

SPOKEN = {
    "floor": "Price floor", "pair": "Grants and equity", "trio": "Grants, equity, floor",
}  # fmt: skip
"""Mixes whose saved plants the text prints."""

YEAR = 2035
"""Year for which the balance is read."""

RISK = 0.01
"""Part of the gap above which a lever is said to have an effect."""

NOTHING = 0.05
"""Percentage points that are told as nothing."""

PLANT_UNITS = dict.fromkeys(("low_pct", "median_pct", "high_pct", "built_pct"), "percent")
"""Units of the columns of :func:`saved`, for its download."""

UNITS = dict.fromkeys(("low", "median", "high", "mean"), "see unit column") | {
    "often_pct": "percent"
}
"""Units of the columns of :func:`effects`, for its download."""


def saved(seed: int, scenario: Scenario) -> pd.DataFrame:
    """First plants otherwise given up that get built, by instrument and price world.

    Args:
        seed: any non-negative integer; the worlds share all draws but for the price.
        scenario: its own price world is replaced.

    Returns:
        ``label``, ``world``, and ``low_pct``, ``median_pct`` and ``high_pct`` (nine draws in ten),
        plus ``built_pct``, the median share of plants at the decision that are paid for.
    """
    parts = []
    for choice, name in WORLDS.items():
        drawn = finance.firms(seed, scenarios.choose(scenario, price=choice))
        rows = finance.instruments(drawn, mixes=MIXES)
        kept = {f"saved_pct_{end}": f"{end}_pct" for end in ("low", "median", "high")}
        kept |= {"built_pct_median": "built_pct"}
        rows = rows.rename(columns=kept)
        parts.append(rows[["label", *kept.values()]].assign(world=name))
    frame = pd.concat(parts, ignore_index=True)
    order = {label: at for at, label in enumerate(MIXES)}
    return frame.sort_values("label", key=lambda c: c.map(order), kind="stable", ignore_index=True)


@cache
def effects(draws: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    """What else moves with the price world.

    Args:
        draws: number of draws.
        seed: any non-negative integer.
        scenario: its own price world is replaced.

    Returns:
        ``key``, ``what``, ``unit``, ``world`` and ``low``, ``median``, ``high`` (nine draws in
        ten), one row per quantity and world; for what a floor closes also the ``mean``, and
        ``often_pct``, the draws in which that is more than :data:`RISK` of the gap.
    """
    parts = []
    for choice, name in WORLDS.items():
        rows = _world(draws, seed, scenarios.choose(scenario, price=choice))
        parts.append(rows.assign(world=name))
    return pd.concat(parts, ignore_index=True)


def _world(draws: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    drawn, agreed = assumptions.sample(draws, seed, scenario), price_floor.terms()
    new = price_floor.other_floors(draws, seed, scenario, np.array([agreed.floor]))
    new = new[new["view"] == market.LEVEL].iloc[0]
    agreement = price_floor.run(draws, seed, scenario).present_cost
    held = stockpile.cheapest(drawn, stock.COVERED)
    settled = drawn.assign(ndpr_spot=market.expected(drawn))
    without, floored = (
        balance.run(scenarios.pull(scenario, levers), draws, seed)
        for levers in ({*scenario.levers} - {FLOOR}, {*scenario.levers, FLOOR})
    )
    run = floored if FLOOR in scenario.levers else without
    left, bare, less = (balance.share_left(r, YEAR).to_numpy() for r in (run, without, floored))
    home = {"region": balance.HOME, "year": YEAR}
    avoided = run.avoided.sel(home).sum(["route", "group"])
    demanded = run.demand.sel(home).sum("group")
    to_come = promised(balance.sample(draws, seed, scenario), scenario)
    quantities = {
        "floor-kg": ("A new ten-year floor", "USD per kg covered", new),
        "floor-bill": ("The floor of MP Materials, whole term", "billion USD", agreement / 1e3),
        "floor-home": (
            "The same for American plants to come, to 2040",
            "billion USD",
            to_come[0] / 1e9,
        ),
        "floor-abroad": (
            "The same for plants to come elsewhere outside China",
            "billion USD",
            to_come[1] / 1e9,
        ),
        "floor-closes": (
            f"A floor for all American plants closes in {YEAR}, mean",
            "percentage points",
            bare - less,
        ),
        "margin": ("What oxides from waste bring above their cost", "USD per kg", margin(drawn)),
        "stock": (
            "What the stock would sell for",
            "million USD",
            held @ stockpile.price_per_t(settled) / 1e6,
        ),
        "avoided": (
            f"Need avoided by other motors and magnets in {YEAR}",
            "% of demand",
            (100 * avoided / demanded).to_numpy(),
        ),
        "left": (f"Left to China in {YEAR}", "% of demand", left),
    }
    rows = []
    for key, (what, unit, values) in quantities.items():
        ends = values if isinstance(values, pd.Series) else uncertainty.band(values).iloc[0]
        rows.append(
            {"key": key, "what": what, "unit": unit} | dict(ends[["low", "median", "high"]])
        )
        if key == "floor-closes":
            rows[-1] |= {"mean": values.mean(), "often_pct": 100 * (values > RISK * bare).mean()}
    return pd.DataFrame(rows)


def promised(draws: pd.DataFrame, scenario: Scenario) -> list[np.ndarray]:
    """What a floor would pay for NdPr oxide from plants to come, in money of today.

    Args:
        draws: as from :func:`rareearth.analysis.balance.sample`.
        scenario: that they were drawn for.

    Returns:
        USD, one per draw, for each of :data:`rareearth.analysis.incentives.PLACES`.
    """
    output, running = supply.outputs(draws, scenario)
    at = supply.STAGES.index("Separated"), 0
    kg = 1e3 / oxides.ndpr_in_oxide()
    return [
        price_floor.present_payments(
            draws, kg * np.maximum(every[at] - some[at], 0.0), balance.YEARS
        )
        for every, some in zip(output, running, strict=True)
    ]


def margin(draws: pd.DataFrame) -> np.ndarray:
    """What the oxides of the usual waste bring above what they cost, USD per kg REO: draw.

    By the cheaper of the two routes.
    """
    waste = balance.standard_plant()
    costs = [proteins.cost_parts(draws, waste, route).sum(axis=1) for route in extraction.ROUTES]
    return (proteins.basket(draws, waste) - np.minimum(*costs)).to_numpy()


def compared(
    draws: int, seed: int, scenario: Scenario
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Answers]:
    """:func:`saved` and :func:`effects`, the second also as printed, and what the text says.

    Args:
        draws: number of draws.
        seed: any non-negative integer.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
    """
    plants, moved = saved(seed, scenario), effects(draws, seed, scenario)
    answers = Answers([finance.assumed(), *price_floor.rests_on()], kind="forecast")
    at = plants.set_index(["label", "world"])
    helped = plants[plants["label"] != "No help"]
    best = {}
    for key, name in WORLDS.items():
        for short, label in SPOKEN.items():
            row = at.loc[(label, name)]
            ends = {"low": row["low_pct"], "high": row["high_pct"]}
            answers.add(f"worlds-{short}-{key}", row["median_pct"], "{:.0f}%", **ends)
        saves = helped[helped["world"] == name].set_index("label")["median_pct"]
        best[key] = SINGLE[saves[list(SINGLE)].idxmax()]
        built = at.loc[("No help", name), "built_pct"]
        answers.add(f"worlds-built-{key}", built, "{:.0f}%")
        answers.add(f"worlds-list-{key}", listing(saves, "{} {:.0f}"))
    answers.add(
        "worlds-says",
        "The same instrument saves most in all three worlds, but not as much in each."
        if len(set(best.values())) == 1
        else "No instrument saves most in all three worlds.",
        kind="derived",
    )
    answers.add("worlds-order", _order(*best.values()), kind="derived")
    of = moved.set_index(["key", "world"])
    closes = {key: of.loc[("floor-closes", name)] for key, name in WORLDS.items()}
    for place in ("home", "abroad"):
        row = of.loc[(f"floor-{place}", WORLDS["level"])]
        ends = {"low": row["low"], "high": row["high"]}
        answers.add(f"worlds-floor-{place}", row["median"], "{:.1f} billion USD", **ends)
    means = {key: row["mean"] for key, row in closes.items()}
    answers.add("worlds-floor-says", _floor(means["level"], closes["level"]["often_pct"]))
    answers.add("worlds-closes-says", _closes(means["war"], means["scarcity"]))
    low, high = (of.loc[("margin", WORLDS[key]), "median"] for key in ("war", "scarcity"))
    answers.add("worlds-waste-says", _waste(low, high), kind="derived")
    share = assumptions.register().loc[["ndpr_share_of_waste"]]
    part = 100 * share["mode"].item()
    answers.add("worlds-ndpr-share", part, "{:.0f}%", sources=share, kind="estimate")
    for key in ("war", "scarcity"):
        sold = of.loc[("stock", WORLDS[key]), "median"]
        answers.add(f"worlds-stock-{key}", round(sold, -1), "{:.0f} million USD")
    levels = assumptions.register().loc[list(market.LEVELS)]
    for key, value in zip(("war", "scarcity"), levels["mode"], strict=True):
        answers.add(f"worlds-price-{key}", value, "{:.0f} USD/kg", sources=levels, kind="reported")
    answers.add("worlds-price-level", market.level(), "{:.0f} USD/kg", kind="derived")
    printed = _printed(moved)
    return helped, moved, printed, answers


def _order(war: str, level: str, scarcity: str) -> str:
    """Which instrument saves most in each world, as a caption says it."""
    if war == level == scarcity:
        return f"In all three price worlds {war} saves most plants"
    if war == level:
        return (
            f"In a price war and at the level of the record {war} saves most plants, in scarcity "
            f"{scarcity}"
        )
    return f"In a price war {war} saves most plants, at the level {level}, in scarcity {scarcity}"


def _floor(mean: float, often_pct: float) -> str:
    """What is to be said of what a floor for all American plants closes at the level."""
    if mean < NOTHING:
        return (
            "In this scenario a floor for all American plants changes next to nothing of what is "
            f"left to China in {YEAR}."
        )
    return (
        f"Given to all American plants it lowers what is left to China in {YEAR} by "
        f"{_points(mean)} of demand on average. In about {round(often_pct, -1):.0f}% of draws that "
        "is more than a hundredth of the gap; in the others it changes little."
    )


def _closes(war: float, scarcity: float) -> str:
    """What is to be said of a floor for all American plants in the outer worlds."""
    if max(war, scarcity) < NOTHING:
        return "In this scenario it closes next to nothing in any of them."
    return (
        f"For all American plants it closes {_points(war)} of demand in a price war and "
        f"{_points(scarcity)} in scarcity, on average."
    )


def _points(value: float) -> str:
    """Percentage points in words."""
    whole = round(value)
    few = "about a percentage point" if whole == 1 else "less than a percentage point"
    return f"{whole} percentage points" if whole > 1 else few


def _waste(low: float, high: float) -> str:
    """What is to be said of oxides from waste, at two margins in USD per kilogram."""
    if max(low, high) >= 0:
        return "Waste pays in the middle draw of one of these worlds at least."
    short = "{:.0f} USD a kilogram more than they bring in a price war, and {:.0f} in scarcity"
    return (
        "Waste pays in the middle draw of none of these worlds: its oxides cost "
        + short.format(round(-low, -1), round(-high, -1))
        + "."
    )


def _printed(moved: pd.DataFrame) -> pd.DataFrame:
    """:func:`effects` with one row per quantity and one column per world."""
    rows = []
    for _, part in moved.groupby("key", sort=False):
        of, unit = part.set_index("world"), part["unit"].iloc[0]
        digits = 1 if unit.startswith("billion") else 0
        row = {"What": f"{part['what'].iloc[0]}, {unit}"}
        for name in WORLDS.values():
            low, median, high, mean = of.loc[name, ["low", "median", "high", "mean"]]
            middle = median if np.isnan(mean) else mean
            ends = [f"{value:z,.{digits}f}" for value in (middle, low, high)]
            row[name] = "{} ({} to {})".format(*ends)
        rows.append(row)
    return pd.DataFrame(rows)


def behind() -> list:
    """What the worlds rest on."""
    levels = assumptions.register().loc[list(market.LEVELS)]
    used = [assumptions.used_by(chapter) for chapter in ("balance", "proteins", "policy")]
    return [levels, *price_floor.rests_on(), *used]
