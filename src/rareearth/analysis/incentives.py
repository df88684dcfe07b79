"""What the price and policy do to plants: closing, giving up, entering, making more or less.

One object per run holds the price that plants feel and the policies and levers of a scenario; the
supply of :mod:`rareearth.analysis.supply` asks it plant by plant. Each answer is switched off by a
zero in the register (:data:`EFFECTS`).
"""

from __future__ import annotations

from functools import cache, cached_property

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis import market
from rareearth.models import buildup, response, streams
from rareearth.models.balance import STAGES
from rareearth.scenarios import Scenario

YEARS = np.arange(2024, 2041)
PLACES = ("United States", "Other countries outside China")
NOW = 2026
"""Year up to which plants without a start have been watched, and from which prices are answered."""

CHANCE = "luck"
"""Number from 0 to 1 that decides what becomes of each plant of a draw."""

EFFECTS = {
    "Closing of plants that run": ("closure_hazard",),
    "Plants on nobody's list": ("entry_per_decade",),
    "Chance to come moves with the price": ("giveup_price_exponent",),
    "Output moves with the price": ("supply_price_elasticity",),
    "Demand, substitution and scrap move with the price": (
        "demand_price_elasticity", "substitution_price_elasticity", "scrap_price_elasticity",
    ),
    "Common fate of plants": ("common_fate",),
}  # fmt: skip
"""What the balance answers with, and the assumptions that are zero where it does not."""

HOLDER, FLOORED, FLOOR_ENDS = "MP Materials", ("Mined", "Separated", "Metal"), 2035
"""Firm, stages and last year of the floor in force, which covers concentrate, oxide and metal."""

DECIDED = (2027, 2030)
"""Years whose prices decide on plants that are on the list today."""

OWED = ("counted", "on milestones", "conditional")
"""Standing of federal deals that count as aid: all but letters and what was superseded."""

HEAVY_SHARE = 0.1
"""Part of heavy elements from which a separation plant is one for heavy elements."""

HOME_LEVERS = ("offtake_saves", "credit_saves")
"""Levers that save plants at home whether or not they have federal money."""


@cache
def _recipients() -> tuple[str, ...]:
    deals = data.table("us_funding")
    owed = deals[deals["standing"].astype(str).isin(OWED)]
    return tuple(owed["recipient"].astype(str).str.split(" (", regex=False).str[0].unique())


@cache
def aided(company: str) -> bool:
    """Whether a firm has federal money that is owed, on milestones or conditional.

    Args:
        company: as in the list of plants; several are separated by commas.
    """
    firms = [name.split(" (")[0].strip() for name in company.split(",") if name.strip()]
    return any(firm in name or name in firm for firm in firms for name in _recipients())


class Incentives:
    """What plants meet in a scenario, draw by draw; answers are arrays of year and draw."""

    def __init__(self, draws: pd.DataFrame, scenario: Scenario):
        """Take what is read from the draws.

        Args:
            draws: as from :func:`rareearth.analysis.supply.sample`.
            scenario: says whether the policies in force go on.
        """
        self._draws, self._read = draws, {}
        self.in_force = scenario.choices["policy"] == "in_force"
        level = market.level()
        self.ratio = felt(draws)
        self.floor = draws["venture_floor_price"].to_numpy() / level
        self._hazards: dict[tuple[bool, bool], np.ndarray] = {}

    def _draw(self, name: str) -> np.ndarray:
        # Asked for every plant; a column of a frame takes longer than what is done with it.
        if name not in self._read:
            self._read[name] = self._draws[name].to_numpy()
        return self._read[name]

    def covered(self, plant: tuple, held: bool) -> np.ndarray:
        """Part of a plant's output that sees at least the floor: year, draw.

        Args:
            plant: row of the list.
            held: whether the floor in force covers it.
        """
        border = self._draw("border_covers")
        lever = np.maximum(border, self._draw("floor_covers")) if home(plant) else border
        return np.where(held & (YEARS <= FLOOR_ENDS)[:, None], 1.0, lever)

    def _held(self, plant: tuple) -> bool:
        return self.in_force and plant.company == HOLDER and plant.stage in FLOORED

    def _hazard(self, plant: tuple) -> np.ndarray:
        """Hazard of closing, per year: year, draw. Alike for plants that see the same price."""
        kind = (home(plant), self._held(plant))
        if kind not in self._hazards:
            power = -self._draw("closure_price_exponent")
            moved = response.supported(self.ratio, self.floor, self.covered(plant, kind[1]), power)
            hazard = self._draw("closure_hazard") * moved
            hazard[YEARS <= NOW] = 0.0
            self._hazards[kind] = hazard
        return self._hazards[kind]

    def made(self, plant: tuple, share: np.ndarray, start: np.ndarray | float) -> np.ndarray:
        """Share of nameplate that a plant makes once price and closing have their say.

        Args:
            plant: row of the list.
            share: of nameplate if it stayed open and the price at its level: year, draw.
            start: year of its first product.
        """
        more = self.ratio ** self._draw("supply_price_elasticity")
        share = np.minimum(share * more, np.maximum(share, buildup.MOST))
        hazard = self._hazard(plant)
        if not hazard.any():
            return share
        hazard = np.where(YEARS[:, None] > start, hazard, 0.0)
        pause = self._draw("closure_pause_years")
        if plant.many:
            return share * response.open_share(hazard, pause)
        # A plant that makes two products closes as one, and chance is asked by site.
        number = self._draw(CHANCE)
        closes, returns = (
            streams.uniform(number, plant.facility, what) for what in ("closes", "returns")
        )
        return share * response.stays_open(hazard, closes, returns, pause)

    @cached_property
    def _decided(self) -> np.ndarray:
        """Price felt while plants on the list are decided on, over the level: draw."""
        return self.ratio[(DECIDED[0] <= YEARS) & (DECIDED[1] >= YEARS)].mean(axis=0)

    def given_up(self, plant: tuple) -> tuple[np.ndarray, np.ndarray]:
        """What price and policy do to a plant to come.

        Without the policies in force a plant whose firm has federal money loses what that money
        brings: the record that chances are fitted to has such plants in it.

        Args:
            plant: row of the list.

        Returns:
            Factor on the odds never to come, and the part of what would be given up that is built:
            one per draw. The part is negative where aid is taken away.
        """
        covered = self.covered(plant, self._held(plant))[DECIDED[1] == YEARS][0]
        power = -self._draw("giveup_price_exponent")
        odds = response.supported(self._decided, self.floor, covered, power)
        names = list(HOME_LEVERS) if home(plant) else []
        if home(plant) and not plant.aided:
            first = plant.stage == "Metal" or heavy(plant)
            names += ["loans_saves", "equity_first_saves" if first else "equity_saves"]
        lost = np.prod([1 - self._draw(name) for name in names], axis=0) if names else 1.0
        if plant.aided and not self.in_force:
            lost = lost / (1 - self._draw("aid_saves"))
        return odds, np.broadcast_to(1 - lost, odds.shape)

    def entered(self) -> np.ndarray:
        """Plants on nobody's list as part of those to come: stage, 1, year, draw, then to places.

        Returns:
            Place, stage, year, draw; the same for both places but for permits, which a lever
            hastens at home only.
        """
        rate = self._draw("entry_per_decade") * self._decided ** self._draw("entry_price_exponent")
        hastened = self._draw("entry_hastened")
        leads = [self._draw("entry_lead_mines" if s == "Mined" else "entry_lead_plants")
                 for s in STAGES]  # fmt: skip
        return np.stack(
            [
                [response.entered(YEARS, NOW, lead, rate, faster) for lead in leads]
                for faster in (hastened, 0.0)
            ]
        )


def home(plant: tuple) -> bool:
    """Whether a plant stands in the United States."""
    return plant.place == PLACES[0]


def heavy(plant: tuple) -> bool:
    """Whether a plant separates heavy elements."""
    whole = plant.NdPr_t + plant.DyTb_t
    return plant.stage == "Separated" and plant.DyTb_t >= HEAVY_SHARE * whole


def felt(draws: pd.DataFrame) -> np.ndarray:
    """Price that is felt over the level: year, draw.

    Args:
        draws: as from :func:`rareearth.analysis.supply.sample`.
    """
    prices = market.yearly_means(draws, YEARS)
    return response.felt(prices, market.level(), YEARS, NOW)
