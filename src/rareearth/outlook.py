"""The integrated balance, from tables, scenario and draws: the one entry for all chapters.

The same scenario, number of draws and seed give the same numbers on every page.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

import numpy as np
import pandas as pd

from rareearth import assumptions, data, inventory, supply
from rareearth.models import balance as model
from rareearth.models import demand, extraction, oxides, recycling, substitution
from rareearth.models.balance import GROUPS, Balance
from rareearth.scenarios import Scenario

YEARS = supply.YEARS
CHUNK = 2000
"""Draws worked on at once."""

STANDARD_PLANT = "Red mud"
"""Waste of the standard plant: of the American wastes, the one that costs least to work by the
model of extraction, and the one for which a plant of full size has been planned."""

CHINA_SHARES = {use: name.replace("us_", "china_") for use, name in demand.SHARES.items()}
"""Assumption that holds China's share of each use."""

USE_OF = {
    p: "Electric vehicles" if p in inventory.CARS else "Wind power" if p in inventory.TURBINES
    else "Other uses"
    for p in inventory.PRODUCTS
}  # fmt: skip
"""Use whose share stands for China's part of what leaves use in each product."""

KNOBS = {"collection_rate": [steps[0] for steps in inventory.CHAIN.values()]}
"""Names that set several assumptions at once."""

MEMBERS = {"NdPr": ("Nd", "Pr"), "DyTb": ("Dy", "Tb")}
"""Elements of each group."""

KT = 1e3
"""Tonnes in a thousand tonnes."""


def sample(draws: int, seed: int, scenario: Scenario, **own: float | None) -> pd.DataFrame:
    """Draws of all that the balance rests on.

    Args:
        draws: number of draws.
        seed: any non-negative integer; same seed, same draws.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        own: values that replace an assumption, any other input or all of one of :data:`KNOBS` by
            name, in every draw; None leaves it as it is.

    Returns:
        One row per draw: all assumptions, the positions in the tables' ranges, and the luck of
        the plants.

    Raises:
        ValueError: if a name is unknown or a value leaves the hard bounds of its assumption.
    """
    at_large = inventory.sample(draws, seed, scenario)
    plants = supply.sample(draws, seed, scenario)
    sampled = pd.concat([at_large, plants[plants.columns.difference(at_large.columns)]], axis=1)
    return sampled.assign(**_replaced(own, sampled.columns))


def _replaced(own: Mapping[str, float | None], known: Sequence[str]) -> dict[str, float]:
    """Values by input, checked against the hard bounds of the register."""
    register, values = assumptions.register(), {}
    for knob, value in own.items():
        for name in KNOBS.get(knob, [knob]):
            if name not in known:
                close = difflib.get_close_matches(name, [*known, *KNOBS], n=1)
                hint = f" Did you mean '{close[0]}'?" if close else ""
                raise ValueError(f"The balance has no input '{name}'.{hint}")
            if value is None:
                continue
            low, high = (
                register.loc[name, ["minimum", "maximum"]] if name in register.index else (0.0, 1.0)
            )
            if not low <= value <= high:
                raise ValueError(f"{name}: {value:g} is outside {low:g} to {high:g}.")
            values[name] = float(value)
    return values


def run(scenario: Scenario, draws: int, seed: int, **own: float | None) -> Balance:
    """The balance of a scenario.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws; 100,000 need about two gigabytes.
        seed: any non-negative integer; same seed, same numbers.
        own: as for :func:`sample`, such as ``collection_electronics=0.6``.

    Returns:
        See :class:`rareearth.models.balance.Balance`; years are :data:`YEARS`, masses tonnes of
        element a year.
    """
    return of_draws(sample(draws, seed, scenario, **own), scenario)


def of_draws(draws: pd.DataFrame, scenario: Scenario, chunk: int = CHUNK) -> Balance:
    """The balance for given draws, a chunk at a time.

    Args:
        draws: as from :func:`sample`.
        scenario: gives the demand case, how plants arrive and whether China sells.
        chunk: draws at once, at least 1; does not change a number.

    Returns:
        The balance of all draws, in single precision.
    """
    if chunk < 1 or draws.empty:
        raise ValueError(f"There must be draws and a chunk of at least 1, not {chunk}.")
    whole = None
    for start, part in _chunks(draws, scenario, chunk):
        if whole is None:
            whole = Balance(
                *(np.empty((*a.shape[:-1], len(draws)), dtype=np.float32) for a in part)
            )
        for kept, array in zip(whole, part, strict=True):
            kept[..., start : start + array.shape[-1]] = array
    return whole


def _chunks(draws: pd.DataFrame, scenario: Scenario, chunk: int) -> Iterator[tuple[int, Balance]]:
    for start in range(0, len(draws), chunk):
        yield start, _balance(draws.iloc[start : start + chunk], scenario)


def _balance(draws: pd.DataFrame, scenario: Scenario) -> Balance:
    """One chunk: needs and supplies, then the balance."""
    case = scenario.choices["demand_case"]
    before, avoided = _needs(draws, case)
    home, abroad = _supplies(draws, scenario, case, before)
    return model.balance(before, avoided, home, abroad, draws["allied_share"].to_numpy())


# --- needs ---------------------------------------------------------------------------------------


def _needs(draws: pd.DataFrame, case: str) -> tuple[np.ndarray, np.ndarray]:
    """Demand (region, group, year, draw) and what is avoided (route before it), tonnes."""
    outside = {use: f"outside {name}" for use, name in CHINA_SHARES.items()}
    held = {outside[use]: 1 - draws[name] for use, name in CHINA_SHARES.items()}
    assumed = draws.assign(**held)
    table, plants = data.table("magnet_demand"), _iron_nitride()
    found = []
    for shares in (demand.SHARES, outside):
        need = substitution.demand_by_element(table, case, assumed, shares)[: len(YEARS)]
        found.append(substitution.avoided(need, YEARS, assumed, plants))
    demanded = np.stack([_grouped(f.demand, axis=1) for f in found])
    avoided = np.stack([_grouped(f.routes, axis=2) for f in found], axis=1)
    return KT * np.moveaxis(demanded, 2, 1), KT * np.moveaxis(avoided, 3, 2)


def _grouped(mass: np.ndarray, axis: int) -> np.ndarray:
    """Elements of :data:`rareearth.models.substitution.ELEMENTS` added to groups."""
    return np.stack(
        [
            mass.take([substitution.ELEMENTS.index(e) for e in MEMBERS[g]], axis).sum(axis)
            for g in GROUPS
        ],
        axis,
    )


@cache
def _iron_nitride() -> pd.DataFrame:
    """Plants for new magnets that are announced."""
    table = data.table("iron_nitride")
    return table[table["stage"].isin(["plant1", "plant2"])]


# --- supplies ------------------------------------------------------------------------------------


def _supplies(
    draws: pd.DataFrame, scenario: Scenario, case: str, before: np.ndarray
) -> tuple[model.Supply, model.Supply]:
    """What the United States and all others outside China can put into their chains."""
    made = _by_group(supply.output(draws, scenario))
    running = _by_group(supply.output(draws, scenario, running=True))
    home, outside = _recycled(draws, case, before)
    extracted = _extracted(draws)
    alloy = draws["recycled_as_alloy"].to_numpy()
    return (
        model.Supply(made[0], running[0], extracted, home, alloy),
        model.Supply(
            made[1],
            running[1],
            np.zeros_like(extracted),
            np.maximum(outside - home, 0.0),
            alloy,
        ),
    )


def _by_group(output: np.ndarray) -> np.ndarray:
    return np.asarray(output)


def _recycled(draws: pd.DataFrame, case: str, before: np.ndarray) -> np.ndarray:
    """What recycling yields in the United States and outside China: region, group, year, draw.

    Old products of the inventory; uses that it does not count yield ``recycled_beyond_count``
    times as much per tonne of demand.
    """
    at = np.isin(inventory.YEARS, YEARS)
    china = np.stack([draws[CHINA_SHARES[USE_OF[p]]].to_numpy() for p in inventory.PRODUCTS])
    found = []
    for place, kept in (("United States", np.ones_like(china)), ("World", 1 - china)):
        flows = recycling.flows(_inventory(place, case).inputs(draws))
        got = flows.by_element(flows.fate.recovered[at] * kept)
        entering = flows.by_element(flows.inflow[at] * kept)
        found.append([np.moveaxis(_grouped(mass, 1), 1, 0) for mass in (got, entering)])
    recovered, counted = np.stack(found, axis=1)
    beyond = np.maximum(before - counted, 0.0) / counted
    return recovered * (1 + draws["recycled_beyond_count"].to_numpy() * beyond)


@cache
def _inventory(place: str, case: str) -> inventory.Inventory:
    return inventory.Inventory(place, case)


def _extracted(draws: pd.DataFrame) -> np.ndarray:
    """Concentrate from standard plants for waste in the United States: group, year, draw."""
    plants = model.waste_plants(
        YEARS, draws["waste_start_year"].to_numpy(), draws["waste_plants_2040"].to_numpy()
    )
    oxide = waste_plant_t(draws).to_numpy()
    content = {
        "NdPr": draws["ndpr_share_of_waste"].to_numpy() * oxides.ndpr_in_oxide(),
        "DyTb": draws["dytb_share_of_waste"].to_numpy() * oxides.element_in_oxide("Dy"),
    }
    return np.stack([plants * oxide * content[g] for g in GROUPS])


def waste_plant_t(draws: pd.DataFrame) -> pd.Series:
    """Rare-earth oxides that a standard plant for waste makes, tonnes a year.

    Args:
        draws: as from :func:`sample`.
    """
    feed = extraction.of_feed(draws, extraction.FEEDS[STANDARD_PLANT])
    return extraction.recovered(feed) * feed["feed_t_per_year"] / recycling.KG_PER_T
