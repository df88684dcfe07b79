"""Judgement, kept apart from facts: one row per uncertain parameter, with range and reason.

``data/assumptions.csv`` is the register. ``low`` and ``high`` bound the stated distribution;
``minimum`` and ``maximum`` are hard bounds that a scenario may not leave.
"""

from __future__ import annotations

import pandas as pd

from rareearth import data, uncertainty
from rareearth.scenarios import Scenario


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
    """
    rows = register()
    users = rows["used_in"].str.split(";")
    if unknown := set(names) - set(users.explode()):
        raise KeyError(f"No assumption is used in {', '.join(sorted(unknown))}; see used_in.")
    return rows[users.map(lambda found: not set(names).isdisjoint(found))]


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
    for name, (low, mode, high) in scenario.overrides.items():
        table.loc[name, ["low", "mode", "high"]] = [low, mode, high]
        if low == high:
            table.loc[name, "distribution"] = "fixed"
            continue
        drawn = table.loc[name, "distribution"]
        if drawn == "fixed" or (drawn.startswith("log") and low <= 0):  # zero has no logarithm
            table.loc[name, "distribution"] = "triangular"
    return table
