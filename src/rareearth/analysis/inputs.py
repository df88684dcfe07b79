"""Which assumptions each model reads: ``used_in`` of the register, found by running the models.

Every model runs on two draws in a frame that notes which of its columns are read. So what a number
rests on is known, not typed. ``python -m rareearth.analysis.inputs`` writes the register; a test
fails while it is not what the models say.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from unittest import mock

import numpy as np
import pandas as pd

from rareearth import assumptions, data, scenarios, uncertainty
from rareearth.analysis import balance, new_magnets, products, proteins, stockpile
from rareearth.analysis.policy import costs, finance, levers, price_floor
from rareearth.answers import MODELS as MODELS_BEHIND
from rareearth.models import demand, substitution
from rareearth.scenarios import Scenario
from rareearth.uncertainty import Recorded

DRAWS, SEED = 2, 7

Run = Callable[[pd.DataFrame, Scenario], object]
"""A model run on draws under a scenario."""


def _us_demand(draws: pd.DataFrame, scenario: Scenario) -> None:
    world = demand.path(data.table("magnet_demand"), scenario.choices["demand_case"])
    demand.us_demand(world, draws)


def _demand(draws: pd.DataFrame, scenario: Scenario) -> None:
    _us_demand(draws, scenario)
    # A published share that the estimate is set against, and magnets turned into elements.
    draws[["us_share_of_world_requirement", "rare_earth_in_magnet"]]


def _proteins(draws: pd.DataFrame, scenario: Scenario) -> None:
    proteins.costs(draws)
    # Stages of separation, and costs per kilogram of neodymium and praseodymium.
    draws[["reflux_multiple", "neighbour_factor_solvent", "neighbour_factor_protein"]]
    proteins.baskets(draws)


def _magnets(draws: pd.DataFrame, scenario: Scenario) -> None:
    table = data.table("magnet_demand")
    case = scenario.choices["demand_case"]
    before = substitution.demand_by_element(table, case, draws, demand.SHARES)
    years = np.arange(demand.BASE_YEAR, demand.LAST_YEAR + 1)
    offer = new_magnets.offer(draws, scenario, years)
    substitution.avoided(before, years, draws, *offer)
    draws["coldest_magnet"]


def _ewaste(draws: pd.DataFrame, scenario: Scenario) -> None:
    for place in products.REGIONS:
        products.Products(place, scenario.choices["demand_case"]).inputs(draws)
    _us_demand(draws, scenario)
    draws["rare_earth_in_magnet"]


def _policy(draws: pd.DataFrame, scenario: Scenario) -> None:
    price_floor.bills(DRAWS, SEED, scenario)
    price_floor.break_even_level(scenario)
    firms = finance.firms(SEED, scenario, 50)
    finance.stages(firms)
    finance.losses(firms)
    finance.instruments(firms, DRAWS)
    stockpile.budget(stockpile.cheapest(draws, 0.9), draws)
    costs.table(levers.Lattice(scenario, levers.acting(), DRAWS, SEED))


def _outlook(draws: pd.DataFrame, scenario: Scenario) -> None:
    balance.of_draws(draws, scenario)
    need = stockpile.us_need(draws, scenario.choices["demand_case"])[0]
    stockpile.stress_table(need, 0 * need.sum(axis=0), draws)


MODELS: dict[str, Run] = {
    "demand": _demand,
    "proteins": _proteins,
    "magnets": _magnets,
    "ewaste": _ewaste,
    "policy": _policy,
    "outlook": _outlook,
    "balance": balance.of_draws,
}
"""Chapters that run models of their own, and the balance, which many chapters share."""


class Noted(dict):
    """Central values that note which are read."""

    def __getitem__(self, name: str) -> float:
        Recorded.seen.add(name)
        return super().__getitem__(name)


@contextmanager
def recording() -> Iterator[set[str]]:
    """While this lasts, draws and central values note what is read of them."""
    sample, central = uncertainty.sample, assumptions.central
    Recorded.seen = set()
    with (
        mock.patch.dict(MODELS_BEHIND, clear=True),  # naming sources would run models
        mock.patch.object(uncertainty, "sample", lambda *given: Recorded(sample(*given))),
        mock.patch.object(assumptions, "central", lambda scenario: Noted(central(scenario))),
    ):
        yield Recorded.seen


def read_by(model: str) -> list[str]:
    """Assumptions that a model reads, in the order of the register.

    Args:
        model: one of :data:`MODELS`.

    Returns:
        Names that it reads in at least one of the report's own scenarios, or in the first of them
        in one of the price worlds or without policy.
    """
    own = [scenarios.load(name) for name in scenarios.names()]
    worlds = [
        scenarios.choose(own[0], **{choice: value})
        for choice in ("price", "policy")
        for value in scenarios.CHOICES[choice]
    ]
    # Scenarios that choose alike run the same code.
    known = {tuple(s.choices.items()): s for s in (*own, *worlds)}
    with recording() as seen:
        for scenario in known.values():
            MODELS[model](balance.sample(DRAWS, SEED, scenario), scenario)
    return [name for name in assumptions.register().index if name in seen]


def used_in() -> pd.Series:
    """Models that read each assumption, separated by semicolons.

    The first name in the register stays first: it is the chapter in which the assumption is
    introduced, and a judgement.

    Returns:
        Indexed by name.
    """
    readers = {model: set(read_by(model)) for model in MODELS}
    rows = {}
    for name, listed in assumptions.register()["used_in"].items():
        first = listed.split(";")[0]
        users = [model for model, names in readers.items() if name in names]
        rows[name] = ";".join(sorted(users, key=lambda user: user != first))
    return pd.Series(rows, name="used_in")


def write() -> None:
    """Write ``used_in`` of ``data/assumptions.csv``."""
    path = data.data_dir() / "assumptions.csv"
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    traced = used_in()
    text = io.StringIO()
    table = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    table.writeheader()
    table.writerows(row | {"used_in": traced[row["name"]]} for row in rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write()
