"""What to do first, and what it brings: the headlines of policy that more than one page prints."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis import balance
from rareearth.analysis.policy import levers
from rareearth.answers import Answers
from rareearth.scenarios import Scenario

YEAR = 2035
"""Year for which it is said what levers bring."""

DRAWS = 300
"""Draws that are enough for means in one year."""

PARTLY = 0.8
"""Below this part of the gap, levers close a part of it and not all that is left."""


@cache
def _lattice(scenario: Scenario, draws: int, seed: int) -> levers.Lattice:
    return levers.Lattice(scenario, levers.acting(scenario), draws, seed)


def headlines(draws: int, seed: int, scenario: Scenario) -> Answers:
    """What all levers close together of the American gap in :data:`YEAR`, and the largest of them.

    Args:
        draws: number of draws of the gap; levers are run on at most :data:`DRAWS`.
        seed: any non-negative integer.
        scenario: its own levers are not pulled.
    """
    lattice = _lattice(scenario, min(draws, DRAWS), seed)
    groups = {name: [name] for name in lattice.levers} | {levers.TOGETHER: lattice.levers}
    kt = levers.effects(lattice, groups, YEAR) / 1e3
    every = kt.loc[levers.TOGETHER]
    gap = balance.run(lattice.scenario, draws, seed).gap.sel(region=balance.HOME, year=YEAR)
    left = float(gap.sum("group").mean()) / 1e3
    answers = Answers(levers.behind(), kind="forecast")
    answers.add(
        "levers-close",
        every["mean_t"],
        "{:.1f} thousand tonnes",
        low=every["low_t"],
        high=every["high_t"],
        band="{:.1f} to {:.1f}",
        label=f"Closed by all levers together in {YEAR}, on average",
    )
    answers.add("levers-gap", left, "{:.1f} thousand tonnes")
    largest = kt.drop(index=levers.TOGETHER)["mean_t"].idxmax()
    answers.add("levers-largest", levers.titles()[largest].lower(), kind="derived")
    verdict = (
        "Policy closes a part of the gap"
        if every["mean_t"] < PARTLY * left
        else "Policy could close the gap that is left"
    )
    answers.add("levers-verdict", verdict, kind="derived")
    return answers


def first(
    draws: int, seed: int, scenario: Scenario, stock_usd_million: float
) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """The table ``first_steps`` with what each step closes in :data:`YEAR` and costs the public.

    Args:
        draws: levers are run on at most :data:`DRAWS` of them.
        seed: any non-negative integer.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        stock_usd_million: what the stock of the first step costs to buy.

    Returns:
        ``do``, ``who``, ``start_by``, ``levers``, ``low_t``, ``mean_t``, ``high_t`` (each step by
        itself, nine draws in ten; missing where it bridges a cut), ``cost`` in words and
        ``source``; the same as it is printed; and what the text says of it.
    """
    rungs = levers.ladder(levers.lattice(scenario, draws, seed)).set_index("lever")
    lattice = _lattice(scenario, min(draws, DRAWS), seed)
    steps = data.table("first_steps").drop(columns=["order", "kind", "locator", "seen", "note"])
    rows = []
    for step in steps.to_dict("records"):
        names = step["levers"].split(";")
        if names == ["stockpile"]:
            rows.append({"cost": f"{stock_usd_million:,.0f} million USD"})
            continue
        gain = levers.effects(lattice, {"step": names}, YEAR).loc["step"]
        known = rungs.loc[names, "cost_usd_million"].dropna()
        money = f"{float(f'{known.sum():.2g}'):,.0f} million USD"
        only = "" if len(known) == len(names) else " for the floor"
        cost = money + only if len(known) else "not found"
        rows.append({**gain[["low_t", "mean_t", "high_t"]], "cost": cost})
    frame = pd.concat([steps, pd.DataFrame(rows)], axis=1)
    closes = [
        f"{r.mean_t:,.0f} ({max(r.low_t, 0):,.0f} to {r.high_t:,.0f})"
        if np.isfinite(r.mean_t)
        else "bridges a cut"
        for r in frame.itertuples()
    ]
    printed = pd.DataFrame(
        {
            "Do, and who": "**" + frame["do"] + "** (" + frame["who"] + ")",
            "Start by": frame["start_by"],
            f"Closes in {YEAR}, t a year": closes,
            "Public cost to 2040": frame["cost"],
        }
    )
    answers = Answers(levers.behind_costs())
    cheaper = rungs.loc["research", "mean"] < rungs.loc["equity", "mean"]
    reason = (
        "by our count a public dollar closes more there than in plants"
        if cheaper
        else "in this scenario the change is already under way, and the lever adds little"
    )
    answers.add("less-reason", reason)
    answers.add("first-draws", min(draws, DRAWS))
    return frame, printed, answers
