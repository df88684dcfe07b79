"""A stock of magnet elements as a lever: what is held and planned, how large one would have to be.

The model of a cut and of what a stock covers is :mod:`rareearth.analysis.stockpile`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from rareearth import assumptions, data, digits
from rareearth.analysis import stockpile
from rareearth.answers import Answers
from rareearth.models import disruption
from rareearth.scenarios import Scenario

SIZES = np.linspace(0, 12, 121)
"""Sizes that are compared, months of the factories' need."""

COVERED = 0.9
"""Part of the cuts that the stock is to cover."""

SURE = 0.99
"""A more cautious part."""

FULL_STOP = 12.0
"""Months of a stop of all that China sells, against which the stock is tried as well."""

MILLION = "{:.0f} million USD"

GOALS = {"vault": "Project Vault", "japan": "Japan", "korea": "South Korea"}
"""Holders whose goals are told, by the names that numbers give them."""

COVER_UNITS = {
    "plan_t": "tonnes of contained element",
    "need_t": "tonnes of contained element a year",
}
"""Units of the columns of :func:`cover`, for its download."""

TENS = 10 / digits.RANGE
"""Error of a number of which tens survive another seed."""

DAYS_A_YEAR = disruption.DAYS * disruption.MONTHS


class Size(NamedTuple):
    """How much a stock covers, and how large one that covers :data:`COVERED` would be.

    Attributes:
        curve: ``months``, ``covered_pct`` and ``without_response_covered_pct``.
        plan: months that the present plan covers of the factories' need, by group.
        best: ``months``, ``covered_pct`` and ``usd_million`` (purchase and holding) of the stock
            that covers enough.
    """

    curve: pd.DataFrame
    plan: pd.Series
    best: pd.Series


def value() -> tuple[pd.DataFrame, Answers]:
    """Value of the National Defense Stockpile over time, and what it covered in 2023."""
    held, told = stockpile.history().astype({"measure": str}), stockpile.coverage_2023()
    usd = held.set_index(["year", "measure"])["value_usd_billion"]
    then, now = "value, prices of 2022", "value, prices of the year"
    answers = Answers(held, kind="reported")
    answers.add("stock-1952", usd[1952, then], "{:.0f} billion USD")
    answers.add("stock-1989", usd[1989, then], "{:.0f} billion USD")
    answers.add("stock-1989-then", usd[1989, now], "{:.1f} billion USD")
    answers.add("stock-2005", usd[2005, now], "{:.1f} billion USD")
    answers.add("stock-2023", usd[2023, now], "{:.1f} billion USD")
    rows = data.table("stockpile")
    rows = rows[(rows["holder"] == "United States") & (rows["year"] == 2023)]
    report = {"sources": rows, "kind": "estimate"}
    answers.add("stock-military", told["military_pct"], "less than {:.0f}%", **report)
    answers.add("stock-civilian", told["civilian_pct"], "less than {:.0f}%", **report)
    answers.add("stock-total", told["total_pct"], "about {:.0f}%", **report)
    answers.add("stock-gap", told["gap_usd_billion"], "{:.1f} billion USD", **report)
    return held, answers


def cover() -> tuple[pd.DataFrame, Answers]:
    """Days of need that the present plan would cover, and the goals of others."""
    covered, behind = stockpile.cover(), stockpile.rows()
    days = covered.set_index(["basis", "group"])["days"]
    answers = Answers(behind)
    for name, material in zip(("oxide", "magnets"), stockpile.CEILINGS, strict=True):
        most = _row(measure=stockpile.MOST, material=material)["high"]
        answers.add(f"stock-plan-{name}", most, "{:.0f} t", sources=behind[0], kind="target")
    for basis, short in ((stockpile.FACTORIES, "factories"), (stockpile.ALL_USE, "all")):
        for group in stockpile.GROUPS:
            name = f"stock-days-{short}-{group.lower()}"
            answers.add(name, days[basis, group], "{:.0f} days")
    light, heavy = (days[stockpile.DEFENCE, group] / DAYS_A_YEAR for group in stockpile.GROUPS)
    answers.add("stock-years-defence", light, "{:.0f} years")
    answers.add("stock-years-defence-heavy", heavy, "{:.1f} years")
    for name, holder in GOALS.items():
        goal = _goal(holder)
        answers.add(f"stock-{name}-days", goal["high"], "{:.0f} days", sources=goal, kind="target")
    return covered, answers


def goals() -> dict[str, float]:
    """Days that two holders aim at, by the words beside their lines."""
    words = {"Vault's goal": "Project Vault", "Japan's goal": "Japan"}
    return {name: _goal(holder)["high"] for name, holder in words.items()}


def behind_cover() -> list[pd.DataFrame]:
    """Rows behind :func:`cover`, for naming their sources."""
    return stockpile.rows()


def size(draws: int, seed: int, scenario: Scenario) -> tuple[Size, Answers]:
    """How much a stock of the factories' need covers of the cuts that one may fear, and its cost.

    Args:
        draws: number of draws.
        seed: any non-negative integer.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
    """
    drawn = assumptions.sample(draws, seed, scenario)
    short, alone = (
        stockpile.months_short(stockpile.factory_cut(drawn, respond)) for respond in (True, False)
    )
    curve = pd.DataFrame(
        {
            "months": SIZES,
            "covered_pct": 100 * disruption.risk_covered(short, SIZES),
            "without_response_covered_pct": 100 * disruption.risk_covered(alone, SIZES),
        }
    )
    covered = stockpile.cover().set_index(["basis", "group"])["months"]
    plan = covered[stockpile.FACTORIES]
    bought = stockpile.cheapest(drawn, COVERED)
    costs = stockpile.budget(bought, drawn)
    cost = costs["budget_usd_million"].median()
    months = disruption.stock_needed(short, COVERED)

    feared, cuts = assumptions.ranges(scenario), stockpile.cut_rows()
    behind = [*stockpile.rows(), cuts]
    holding = assumptions.register().loc[
        ["stock_holding_cost", "public_discount_rate", "ndpr_spot", "metal_yield", "magnet_yield"]
    ]
    costed = [*behind, stockpile.price_rows(), holding]
    answers = Answers(behind)
    ends = "{low:.0f} to {high:.0f} months".format(**feared.loc["cut_months"])
    answers.add("stock-cut-months", ends, sources=cuts, kind="estimate")
    ends = "{low:.0%} to {high:.0%}".format(**feared.loc["cut_share"])
    answers.add("stock-cut-share", ends, sources=cuts, kind="estimate")
    answers.add("stock-draws", draws, "{:,}")
    answers.add("stock-covered", 100 * COVERED, "{:.0f}%")
    answers.add("stock-months", months, "{:.1f} months")
    answers.add("stock-months-alone", disruption.stock_needed(alone, COVERED), "{:.1f} months")
    for group, tonnes in zip(stockpile.GROUPS, bought, strict=True):
        # Two digits survive another seed.
        answers.add(f"stock-t-{group.lower()}", digits.significant(tonnes), "{:,.0f} t")
        spared = 100 * float(disruption.risk_covered(short, plan[group]))
        answers.add(f"stock-plan-covers-{group.lower()}", spared, "{:.0f}%")
        answers.add(f"stock-plan-months-{group.lower()}", plan[group], "{:.1f} months")
    nothing = 100 * float(disruption.risk_covered(short, 0))
    answers.add("stock-nothing", nothing, "{:.0f}%")
    known = {"sources": costed, "kind": "estimate"}
    for name, column in {"stock-cost": "budget", "stock-purchase": "purchase"}.items():
        # The size of the stock moves with the seed as well: two digits survive it.
        low, middle, high = (
            digits.significant(end)
            for end in np.quantile(costs[f"{column}_usd_million"], [0.05, 0.5, 0.95])
        )
        answers.add(name, middle, MILLION, low=low, high=high, **known)
    answers.add("stock-yearly", costs["yearly_usd_million"].median(), MILLION, **known)
    answers.add("stock-held", stockpile.HELD, "{} years", kind="derived")
    harder = {
        "stock-sure": (SURE, drawn),
        "stock-full": (COVERED, drawn.assign(cut_share=1.0, cut_months=FULL_STOP)),
    }
    for name, (part, cuts_of) in harder.items():
        size_t = stockpile.cheapest(cuts_of, part)
        dear = stockpile.budget(size_t, drawn)["budget_usd_million"].median()
        needed = disruption.stock_needed(
            stockpile.months_short(stockpile.factory_cut(cuts_of)), part
        )
        answers.add(f"{name}-cost", dear, MILLION, error=TENS, **known)
        answers.add(f"{name}-months", needed, "{:.0f} months")
    answers.add("stock-sure-part", 100 * SURE, "{:.0f}%", kind="derived")
    answers.add("stock-full-length", FULL_STOP, "{:.0f} months", kind="derived")
    money = _row(holder="United States", measure="money appropriated")
    part = 100 * cost / (1e3 * money["high"])
    answers.add("stock-of-money", part, "{:.0f}%", sources=[*costed, money])
    imports = data.table("us_use").query("item == 'from World' and unit == 'USD' and year == 2024")
    # The imports are those of a quarter.
    magnets = months * imports["value"].item() / 3e6
    answers.add("stock-magnets-cost", magnets, MILLION, error=TENS, sources=[*behind, imports])
    best = pd.Series({"months": months, "covered_pct": 100 * COVERED, "usd_million": cost})
    return Size(curve, plan, best), answers


def money() -> Answers:
    """Money set aside, contracts and orders; reserves of others; what haste costs."""
    answers = Answers(kind="reported")
    states = "United States"
    given = _row(holder=states, measure="money appropriated")
    answers.add("stock-money", given["high"], "{:.0f} billion USD", sources=given)
    signed = _row(holder=states, measure="contract ceilings")
    answers.add("stock-contracts", signed["high"], "{:.1f} billion USD", sources=signed)
    ordered = _row(holder=states, measure="orders paid for", material="all minerals")
    answers.add("stock-orders", ordered["high"], "{:.2f} billion USD", sources=ordered)
    table = data.table("stockpile")
    scandium = table[
        (table["measure"] == "orders paid for") & (table["material"] != "all minerals")
    ]
    ends = "{:.0f} to {:.0f} million USD".format(*1e3 * scandium[["low", "high"]].iloc[0])
    answers.add("stock-scandium", ends, sources=scandium)
    vault = _row(holder="Project Vault", measure="money appropriated")
    answers.add("stock-vault", vault["high"], "{:.1f} billion USD", sources=vault)
    china = _row(holder="China", kind="target")
    answers.add("stock-china", china["high"], "{:,.0f} t", sources=china, kind="target")
    ratios = data.table("europe_china_price_ratios")
    last = ratios[(ratios["element"] == "Dy") & (ratios["quote"] == "assessment")].iloc[-1]
    answers.add("stock-premium", last["ratio"], "{:.1f}", sources=last, kind="derived")
    return answers


def _goal(holder: str) -> pd.Series:
    return _row(holder=holder, measure="cover", kind="target")


def _row(**where: str) -> pd.Series:
    """The one row of the table ``stockpile`` that has these values.

    Raises:
        ValueError: if there is none, or more than one.
    """
    rows = data.table("stockpile")
    for column, wanted in where.items():
        rows = rows[rows[column] == wanted]
    if len(rows) != 1:
        raise ValueError(f"stockpile has {len(rows)} rows with {where}; one is needed.")
    return rows.iloc[0]
