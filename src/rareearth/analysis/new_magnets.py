"""New magnets without rare earths: whether they succeed, and what their plants make.

That a new magnet works is a draw of its own. Its plants then come as other plants outside China
do, and only what keeps its field in a circuit is served.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from rareearth import assumptions, data, uncertainty
from rareearth.analysis import supply
from rareearth.models import buildup, streams, substitution
from rareearth.scenarios import Scenario

PROJECT = "Niron"
"""What the plants belong to: they fail together if the magnet does."""

CIRCUITS = 500
"""Circuits in the sample that a magnet is tried in."""

REPLACED = "sintered N42"
"""Grade of neodymium magnet that a new one is measured against."""


@cache
def plants() -> pd.DataFrame:
    """Plants for new magnets that are announced, with their first promise and state."""
    table = data.table("iron_nitride").astype({"kind": str, "state": object})
    return table[table["state"].notna()]


@cache
def recoil() -> float:
    """Relative recoil permeability: median of what makers print."""
    return float(data.table("magnet_materials")["mu_rec"].median())


@cache
def energy_replaced() -> float:
    """Energy product of the grade that is replaced, kJ/m3: median of what makers print."""
    table = data.table("magnet_materials")
    rows = table[(table["material"] == "NdFeB") & (table["grade"] == REPLACED)]
    return float(rows[["bhmax_kj_m3_low", "bhmax_kj_m3_high"]].mean(axis=1).median())


def succeeds(draws: pd.DataFrame) -> np.ndarray:
    """Whether the new magnet becomes a product, one truth value per draw.

    Args:
        draws: as from :func:`rareearth.analysis.supply.sample`.
    """
    chance = draws["new_magnet_success"].to_numpy()
    return streams.uniform(draws[supply.CHANCE].to_numpy(), PROJECT, "succeed") < chance


def made(draws: pd.DataFrame, scenario: Scenario, years: np.ndarray) -> np.ndarray:
    """New magnets from announced plants, and from more of them after the last: tonnes: year, draw.

    Nothing where the magnet fails. Each plant may not come, comes late and ramps, as magnet plants
    on record did; if ``plants`` is ``announced`` in the scenario it makes its nameplate from its
    due year. What is built beyond the announced plants grows from the start of the last of them,
    if it comes.

    Args:
        draws: as from :func:`rareearth.analysis.supply.sample`.
        scenario: says how plants arrive.
        years: calendar years.
    """
    luck, faced = draws[supply.CHANCE].to_numpy(), supply.risk(draws, supply.MAGNET)
    announced = scenario.choices["plants"] == "announced"
    total, last = np.zeros((len(years), len(draws))), np.full(len(draws), -np.inf)
    for plant in plants().itertuples():
        fate = buildup.fate(
            f"{PROJECT} {plant.stage}",
            luck,
            faced,
            supply.ramp(),
            due=np.full(len(draws), float(plant.due_year)),
            promised=float(plant.promised_year),
            now=supply.NOW,
            building=plant.state == "building",
        )
        share = fate.built * buildup.grown(years, fate.start, fate.ceiling, fate.time)
        start = np.where(fate.built, fate.start, np.inf)
        if announced:
            start = np.full(len(draws), float(plant.due_year))
            share = (years[:, None] >= start).astype(float)
        total += plant.capacity_t_per_year * share
        last = np.maximum(last, start)
    after = np.maximum(years[:, None] - last, 0.0)
    return total * (1 + draws["new_magnet_growth"].to_numpy()) ** after * succeeds(draws)


def stands_for(draws: pd.DataFrame) -> np.ndarray:
    """Tonnes of neodymium magnet that a tonne of the new one replaces, one per draw.

    Args:
        draws: with ``new_magnet_remanence`` and ``new_magnet_coercivity``.
    """
    return substitution.new_magnet_stands_for(
        draws["new_magnet_remanence"].to_numpy(),
        draws["new_magnet_coercivity"].to_numpy(),
        recoil(),
        energy_replaced(),
    )


def offer(
    draws: pd.DataFrame, scenario: Scenario, years: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Neodymium magnets that new ones can replace, tonnes (year, draw), and where they serve.

    Args:
        draws: as from :func:`rareearth.analysis.supply.sample`.
        scenario: says how plants arrive.
        years: calendar years.

    Returns:
        As :func:`rareearth.models.substitution.avoided` takes them.
    """
    return made(draws, scenario, years) * stands_for(draws), serves(draws, scenario)


def serves(draws: pd.DataFrame, scenario: Scenario) -> np.ndarray:
    """Part of other uses that the new magnet serves: its reach, where it keeps its field.

    The range of the permeance is read as the spread of circuits.

    Args:
        draws: with ``new_magnet_remanence``, ``new_magnet_coercivity`` and ``new_magnet_reach``.
        scenario: gives the range of the permeance.
    """
    ranges = assumptions.ranges(scenario).loc[["load_line_permeance"]]
    circuits = uncertainty.sample(ranges, CIRCUITS, 0)["load_line_permeance"].to_numpy()
    properties = (draws[f"new_magnet_{name}"].to_numpy() for name in ("remanence", "coercivity"))
    served = substitution.circuits_served(*properties, circuits, recoil())
    return draws["new_magnet_reach"].to_numpy() * served
