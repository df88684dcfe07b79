"""A scenario with what the models say in it, and the evidence on a claim."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth import assumptions, data, scenarios
from rareearth.analysis import balance, ewaste, proteins
from rareearth.analysis.policy import finance, precedents
from rareearth.answers import LEVEL, Answers
from rareearth.models import ramps
from rareearth.models.balance import GROUPS, Balance
from rareearth.scenarios import Scenario

UNKNOWN = np.nan
"""Value of a part of which nothing was found."""


@dataclass(frozen=True)
class Run:
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

    @property
    def drawn(self) -> pd.DataFrame:
        """Draws of all assumptions and of the quantiles in the tables' ranges."""
        return self.flows.draws

    @cached_property
    def central(self) -> dict[str, float]:
        """Central value of each assumption."""
        return assumptions.central(self.scenario)

    @cached_property
    def flows(self) -> ewaste.Flows:
        """Magnets in American products, what leaves use, and demand."""
        return ewaste.run(self.scenario, self.draws, self.seed)

    def recycled_pct(self, year: int) -> np.ndarray:
        """What is recycled in percent of American demand in a year: draw."""
        return self.flows.recycling_input_rate.sel(year=year).to_numpy()

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Cost of a kilogram of oxides by waste and route (columns), USD: draw."""
        return proteins.costs(self.drawn)

    @property
    def ventures(self) -> pd.DataFrame:
        """What public instruments do for young firms, by combination of them."""
        return _ventures(self.scenario, self.seed)[0]

    @property
    def gates(self) -> pd.DataFrame:
        """What private money leaves open, by stage of a young firm."""
        return _ventures(self.scenario, self.seed)[1]

    @property
    def help_offered(self) -> Answers:
        """What the chapter on policy says of those instruments."""
        return _ventures(self.scenario, self.seed)[2]

    @cached_property
    def balance(self) -> Balance:
        """The balance of need and supply."""
        return balance.run(self.scenario, self.draws, self.seed)

    def secured_pct(self, region: str, year: int, groups: Sequence[str] = GROUPS) -> np.ndarray:
        """Need that is met without China in a year, in percent: draw.

        Args:
            region: one of :data:`rareearth.models.balance.REGIONS`.
            year: one of :data:`rareearth.analysis.balance.YEARS`.
            groups: of :data:`rareearth.models.balance.GROUPS`.
        """
        at = Balance(self.balance.data.sel(region=region, year=year, group=list(groups)))
        secured = at.secured.sum(["source", "group"])
        # Where new magnets and prices leave no need, all of it is met.
        return (100 * secured / at.need.sum("group")).fillna(100).to_numpy()

    @property
    def fastest_rise(self) -> np.ndarray:
        """Best four years of US need that is met without China, points a year: draw."""
        paths = [self.secured_pct(balance.HOME, year) for year in balance.YEARS]
        return ramps.fastest(balance.YEARS, paths, precedents.WINDOW)

    @cached_property
    def announced(self) -> Run:
        """The same if all that is announced comes on time."""
        chosen = scenarios.choose(self.scenario, plants="announced")
        return Run(chosen, self.draws, self.seed)


@cache
def _ventures(scenario: Scenario, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Instruments and stages of the finance model."""
    firms = finance.firms(seed, scenario)
    mixes, answers = finance.help_offered(firms)
    return mixes.set_index("label"), finance.stages(firms).set_index("stage"), answers


@dataclass(frozen=True)
class Evidence:
    """What decides a claim.

    Attributes:
        rows: the rows that decide, with ``source`` and ``seen``.
        values: part of the claim to its values, over sources or at the ends of an interval; none
            if the verdict is a judgement. The parts stand in the table ``claim_parts``.
        numbers: further numbers of the claim for the text: name to value and template.
        answers: answers of other chapters that the text prints under their own names.
    """

    rows: tuple[pd.DataFrame, ...] = ()
    values: dict[str, ArrayLike] = field(default_factory=dict)
    numbers: dict[str, tuple[Any, str]] = field(default_factory=dict)
    answers: Answers = field(default_factory=Answers)

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


TAILS = ((1 - LEVEL) / 2, (1 + LEVEL) / 2)


def interval(draws: ArrayLike) -> np.ndarray:
    """Ends of the central interval of draws, of the level of all answers."""
    return np.quantile(np.asarray(draws, dtype=float), TAILS)


def ends(row: pd.Series, name: str) -> np.ndarray:
    """Ends of an interval that a frame holds in columns of its own."""
    return row[[f"{name}_low", f"{name}_high"]].to_numpy(dtype=float)


def said_on(claim: str) -> pd.Timestamp:
    """Day on which a claim was made."""
    return data.table("claims").set_index("id").loc[claim, "said_on"]
