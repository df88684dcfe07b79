"""How well the order of the first steps holds: over scenarios, price worlds and plants' fates.

Every step is run by itself in every cell on the same draws. The policies in force and plants'
common fate are varied too, because the money that is out there and a shared misfortune both decide
how many plants a lever can still save.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import product

import pandas as pd

from rareearth import data, scenarios
from rareearth.analysis.policy import costs, levers
from rareearth.analysis.policy.first_steps import YEAR
from rareearth.answers import Answers, listing
from rareearth.scenarios import Scenario

DRAWS = 300
"""Draws in each cell."""

NAMED = ("baseline", "announced", "innovation")
"""Scenarios without levers that differ in supply or need; *policy* without its levers and *shock*
without its cut are the baseline."""

WORLDS = {"level": "returns to its level", "war": "price war", "scarcity": "scarcity"}
FATES = {"apart": 0.0, "together": 0.4}
"""Correlation between the fates of plants: none, and the high end of the register."""

COUNTERFACTUAL = "no policy"
FIRST = 3
"""Places that count as among the first."""


def cells() -> dict[tuple[str, str, str], Scenario]:
    """All cells: scenario, price world and fate of plants."""
    known = {name: scenarios.pull(scenarios.load(name), ()) for name in NAMED}
    known[COUNTERFACTUAL] = scenarios.choose(known["baseline"], policy="none")
    made = {}
    for (name, scenario), world, (fate, value) in product(known.items(), WORLDS, FATES.items()):
        chosen = scenarios.choose(scenario, price=world)
        own = {"common_fate": (value, value, value)}
        made[name, world, fate] = replace(chosen, own=scenario.own | own)
    return made


@cache
def ranks(seed: int, draws: int = DRAWS) -> pd.DataFrame:
    """What each step closes of the American gap in each cell, its place and its regret.

    Args:
        seed: any non-negative integer.
        draws: in each cell.

    Returns:
        One row per cell and step: ``scenario``, ``price``, ``fate``, ``step`` (levers), ``do``,
        ``mean_t`` (in :data:`YEAR`), ``others_t`` (what all others outside China gain), ``place``
        (1 closes most) and ``regret_t`` (what the best step of the cell closes more). A stock
        closes no yearly gap and has no place.
    """
    steps = data.table("first_steps").query("levers != @levers.STOCK").set_index("levers")["do"]
    frames = []
    pulled = list(dict.fromkeys(name for step in steps.index for name in step.split(";")))
    for (name, world, fate), scenario in cells().items():
        lattice = levers.Lattice(scenario, pulled, draws, seed)
        found = levers.effects(lattice, {step: step.split(";") for step in steps.index}, YEAR)
        frame = found[["mean_t", "others_t"]].rename_axis("step").reset_index()
        frame.insert(0, "do", steps[frame["step"]].to_numpy())
        for column, value in (("fate", fate), ("price", world), ("scenario", name)):
            frame.insert(0, column, value)
        frame["place"] = frame["mean_t"].rank(ascending=False, method="min").astype(int)
        frame["regret_t"] = frame["mean_t"].max() - frame["mean_t"]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def summary(frame: pd.DataFrame) -> pd.DataFrame:
    """In how many cells a step is among the first, and how much it lacks at worst.

    Args:
        frame: as from :func:`ranks`.

    Returns:
        By step, in the order of the decision table: ``do``, ``cells``, ``first`` (cells in which
        it is among the first :data:`FIRST`), ``best`` and ``worst`` place, ``mean_t`` over cells,
        ``least_t`` and ``most_t``, ``regret_t`` (largest) and ``alone_t``: mean over cells if what
        others outside China lose is taken off.
    """
    by = frame.groupby("step", sort=False)
    own = frame["mean_t"] + frame["others_t"].clip(upper=0)
    rows = pd.DataFrame(
        {
            "do": by["do"].first(),
            "cells": by.size(),
            "first": by["place"].agg(lambda place: int((place <= FIRST).sum())),
            "best": by["place"].min(),
            "worst": by["place"].max(),
            "mean_t": by["mean_t"].mean(),
            "least_t": by["mean_t"].min(),
            "most_t": by["mean_t"].max(),
            "regret_t": by["regret_t"].max(),
            "alone_t": own.groupby(frame["step"]).mean(),
        }
    )
    return rows.loc[list(frame["step"].unique())]


UNITS = {"cells": "count of cells", "first": "count of cells", "best": "place", "worst": "place"}


def table(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """:func:`summary`; the same as it is printed; and what the text says of it."""
    rows = ranks(seed)
    frame = summary(rows)
    printed = pd.DataFrame(
        {
            "Step": frame["do"],
            "Among the first three": [f"{r.first} of {r.cells}" for r in frame.itertuples()],
            "Places": [f"{r.best} to {r.worst}" for r in frame.itertuples()],
            f"Closes in {YEAR}, t, mean of cells": [_near(v) for v in frame["mean_t"]],
            "Less what others lose": [_near(v) for v in frame["alone_t"]],
            "Least to most": [
                f"{max(_hundred(r.least_t), 0):,.0f} to {_hundred(r.most_t):,.0f}"
                for r in frame.itertuples()
            ],
            "Largest regret, t": [f"{_hundred(v):,.0f}" for v in frame["regret_t"]],
        }
    )
    answers = Answers(costs.behind(), kind="forecast")
    count = int(frame["cells"].iloc[0])
    answers.add("robust-cells", count, kind="derived")
    answers.add("robust-draws", DRAWS, kind="derived")
    always = frame[frame["first"] == count]
    names = [f"*{do}*" for do in always["do"]]
    stays = f"{' and '.join(names) or 'no step'} {'stay' if len(names) > 1 else 'stays'}"
    answers.add("robust-always", stays, kind="derived")
    answers.add(
        "robust-own-list",
        listing(frame.set_index("do")["alone_t"].round(-2), "*{}* {:,.0f} t", "; "),
    )
    floor = rows[rows["step"] == "price_floor"].set_index(["scenario", "price", "fate"])
    for name, step in (("floor", "price_floor"), ("research", "research")):
        out = rows[(rows["step"] == step) & (rows["place"] > FIRST)]
        worlds = [f"*{world}*" for world in out["scenario"].unique()]
        answers.add(f"robust-{name}-out", " and ".join(worlds) or "none", kind="derived")
    answers.add("robust-research-first", f"{frame.loc['research', 'first']} of {count}")
    border = rows[rows["step"].str.startswith("border_price")]
    border = border.set_index(["scenario", "price", "fate"])
    answers.add(
        "robust-floor-first", f"{frame.loc['price_floor', 'first']} of {count}", kind="derived"
    )
    wins = int((border["mean_t"] > floor["mean_t"]).sum())
    answers.add("robust-border-wins", f"{wins} of {count}", kind="derived")
    return frame.reset_index(), printed, answers


def _near(value: float) -> str:
    """To the next hundred tonnes, which is what few draws bear."""
    return f"{max(_hundred(value), 0):,.0f}" if value >= 50 else "under 100"


def _hundred(value: float) -> float:
    return round(value, -2) + 0.0
