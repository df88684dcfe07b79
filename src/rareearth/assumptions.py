"""Judgement, kept apart from facts: one row per uncertain parameter, with range and reason.

``data/assumptions.csv`` is the register. ``low`` and ``high`` bound the stated distribution;
``minimum`` and ``maximum`` are hard bounds that a scenario may not leave.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

import pandas as pd
from numpy.typing import ArrayLike

from rareearth import data, uncertainty
from rareearth.answers import MODELS, Input, Model, inside
from rareearth.scenarios import CHOICES, Scenario

STRONGEST = 5
"""Inputs that a forecast names."""

Run = Callable[[], tuple[pd.DataFrame, ArrayLike]]
"""A run of a model: draws of its inputs, and its main result."""


def register() -> pd.DataFrame:
    """The register of assumptions.

    Returns:
        One row per assumption, indexed by ``name``: ``unit``, ``low``, ``mode``, ``high``,
        ``distribution`` (see :mod:`rareearth.uncertainty`), ``minimum``, ``maximum``, ``reason``,
        ``used_in`` and where it comes from; ``label`` is never empty.
    """
    register = data.table("assumptions").set_index("name")
    spelled = register.index.to_series().str.replace("_", " ").str.capitalize()
    return register.assign(label=register["label"].fillna(spelled))


def used_by(*names: str) -> pd.DataFrame:
    """Rows of the register that at least one of these models uses.

    Args:
        names: as in ``used_in``.

    Raises:
        KeyError: if no assumption is used by a name.

    As sources of an answer, all rows of one model stand for its strongest inputs.
    """
    rows = register()
    users = rows["used_in"].str.split(";")
    if unknown := set(names) - set(users.explode()):
        raise KeyError(f"No assumption is used in {', '.join(sorted(unknown))}; see used_in.")
    used = rows[users.map(lambda found: not set(names).isdisjoint(found))]
    used.attrs["model"] = names[0] if len(names) == 1 else ""
    return used


def main_result(
    name: str, title: str, tables: Mapping[str, str] | None = None
) -> Callable[[Run], Run]:
    """Mark the function that gives a model's main result, by which its inputs are ranked.

    Args:
        name: of the model, as in ``used_in``.
        title: what it is a model of.
        tables: inputs that are no assumptions, and the tables that they were fitted to.

    Returns:
        A decorator of a function without arguments that returns draws of the inputs and the
        result, one value per draw. It is called once, when sources of an answer are first named.
    """

    def mark(run: Run) -> Run:
        MODELS[name] = cache(lambda: strongest(name, title, *run(), tables))
        return run

    return mark


def strongest(
    name: str,
    title: str,
    draws: pd.DataFrame,
    result: ArrayLike,
    tables: Mapping[str, str] | None = None,
) -> Model:
    """What the results of a model rest on: the inputs that decide them.

    Args:
        name: of the model, as in ``used_in``.
        title: what it is a model of.
        draws: of its inputs, one column each.
        result: its main result, one value per draw.
        tables: inputs that are no assumptions, and the tables that they were fitted to.

    Returns:
        The model with its :data:`STRONGEST` strongest inputs (:func:`uncertainty.explained`).

    Raises:
        KeyError: if no assumption is used by this name.
        ValueError: if draws and result do not fit.
    """
    rows, fitted = used_by(name), dict(tables or {})
    read = [column for column in draws if column in rows.index or column in fitted]
    ranked = uncertainty.explained(draws[read], result).index[:STRONGEST]
    inputs = [
        Input(each.replace(", ", " of "), table=fitted[each])
        if each in fitted
        else Input(inside(rows.at[each, "label"]), tuple(rows.at[each, "source"].split(";")))
        for each in ranked
    ]
    return Model(name, title, tuple(inputs))


def central(scenario: Scenario) -> dict[str, float]:
    """Central value of each assumption under a scenario.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        Name to value, in the unit of the register.
    """
    return ranges(scenario)["mode"].to_dict()


def sample(n: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    """Random draws of all assumptions under a scenario.

    Latin hypercube (McKay, Beckman and Conover 1979), independent between assumptions. Each
    assumption has a stream of its own, so the draws of one do not change when another is added.

    Args:
        n: number of draws, at least 1.
        seed: any non-negative integer; same seed, same draws.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        n rows, one column per assumption, in the units of the register.

    Raises:
        ValueError: if n or seed is out of range.
    """
    return uncertainty.sample(ranges(scenario), n, seed)


def ranges(scenario: Scenario) -> pd.DataFrame:
    """What is held for likely under a scenario: the register with its overrides in place.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        ``low``, ``mode``, ``high`` and ``distribution``, indexed by name.
    """
    table = register()[["low", "mode", "high", "distribution"]].astype({"distribution": str})
    world = CHOICES["price"].index(scenario.choices["price"])
    if world:
        table.loc["price_world", ["low", "mode", "high"]] = world
    for name, (low, mode, high) in scenario.overrides.items():
        table.loc[name, ["low", "mode", "high"]] = [low, mode, high]
        if low == high:
            table.loc[name, "distribution"] = "fixed"
            continue
        drawn = table.loc[name, "distribution"]
        if drawn == "fixed" or (drawn.startswith("log") and low <= 0):  # zero has no logarithm
            table.loc[name, "distribution"] = "triangular"
    return table
