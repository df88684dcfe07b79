"""The world that claims are tested in, and what is found in it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth import assumptions, data, scenarios
from rareearth.analysis import balance as outlook
from rareearth.analysis import ewaste, products, proteins
from rareearth.analysis.demand import world as paths
from rareearth.analysis.policy import finance as valley
from rareearth.models import balance, demand
from rareearth.scenarios import Scenario

TODAY = pd.Timestamp("2026-11-21")
BAND = (0.05, 0.95)
"""Ends of the band of draws that is held for found."""


NOTHING = np.nan
"""Found where nothing was found."""


@dataclass(frozen=True)
class World:
    """A scenario and what the models say in it, computed once and only if asked for.

    Attributes:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer; same seed, same numbers.
    """

    scenario: Scenario
    draws: int
    seed: int

    @property
    def case(self) -> str:
        """Demand case of the scenario."""
        return self.scenario.choices["demand_case"]

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """Draws of all assumptions and of the quantiles in the tables' ranges."""
        return products.sample(self.draws, self.seed, self.scenario)

    @cached_property
    def central(self) -> dict[str, float]:
        """Central value of each assumption."""
        return assumptions.central(self.scenario)

    @cached_property
    def need(self) -> pd.DataFrame:
        """US demand for magnet rare earths, thousand tonnes: year of the outlook, draw."""
        return demand.us_demand(paths(self.case), self.drawn)

    @cached_property
    def flows(self) -> ewaste.Flows:
        """Magnets in use in the United States, what leaves use and what is recovered."""
        return ewaste.run(self.scenario, self.draws, self.seed)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Cost of a kilogram of oxides by waste and route (columns), USD: draw."""
        return proteins.costs(self.drawn)

    @property
    def ventures(self) -> pd.DataFrame:
        """What public instruments do for young firms, by combination of them."""
        return _ventures(self.seed, self._venture_overrides)[0]

    @property
    def gates(self) -> pd.DataFrame:
        """What private money leaves open, by stage of a young firm."""
        return _ventures(self.seed, self._venture_overrides)[1]

    @property
    def _venture_overrides(self) -> tuple:
        mine = (item for item in self.scenario.overrides.items() if item[0].startswith("venture_"))
        return tuple(sorted(mine))

    @cached_property
    def outlook(self) -> balance.Balance:
        """The balance of need and supply."""
        return outlook.run(self.scenario, self.draws, self.seed)

    def secured_pct(self, region: str, year: int) -> np.ndarray:
        """Need that is met without China in a year, in percent: draw.

        Args:
            region: one of :data:`rareearth.models.balance.REGIONS`.
            year: one of :data:`rareearth.analysis.balance.YEARS`.
        """
        at = balance.Balance(self.outlook.data.sel(region=region, year=year))
        secured = at.secured.sum(["source", "group"])
        return (100 * secured / at.need.sum("group")).to_numpy()


@cache
def _ventures(seed: int, overrides: tuple) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Instruments and stages of the finance model; no other assumption moves them."""
    story = replace(scenarios.load("baseline"), own=dict(overrides), levers=())
    firms = valley.firms(seed, story)
    return valley.instruments(firms).set_index("label"), valley.stages(firms).set_index("stage")


@dataclass(frozen=True)
class Finding:
    """What was found on one claim.

    Attributes:
        rows: the rows that decide, with ``source`` and ``seen``.
        found: part of the claim to the values found, over sources or at the ends of a band; none
            if the verdict is a judgement. The parts stand in the table ``claim_parts``.
        numbers: name to value and template, for the text.
    """

    rows: tuple[pd.DataFrame, ...] = ()
    found: dict[str, ArrayLike] = field(default_factory=dict)
    numbers: dict[str, tuple[Any, str]] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """Keys of the sources of the deciding rows."""
        cells = (cell for frame in self.rows for cell in frame["source"])
        return sorted({key for cell in cells for key in cell.split(";")})

    @property
    def voices(self) -> int:
        """Number of authors of the deciding rows."""
        return len({data.source(key)["author"] for key in self.keys})

    @property
    def primary(self) -> bool:
        """Whether a deciding row was read in the publisher's own text."""
        return any((frame["seen"].astype(str) == "primary").any() for frame in self.rows)


def band(draws: ArrayLike) -> np.ndarray:
    """Ends of the band that holds nine draws in ten."""
    return np.quantile(np.asarray(draws, dtype=float), BAND)


def ends(row: pd.Series, name: str) -> np.ndarray:
    """Ends of a band that a frame holds in columns of its own."""
    return row[[f"{name}_low", f"{name}_high"]].to_numpy(dtype=float)


def assumed(chapters: str) -> pd.DataFrame:
    """Rows of the register that the models of some chapters use."""
    register = data.table("assumptions")
    return register[register["used_in"].str.contains(chapters)]
