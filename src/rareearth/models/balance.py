"""What is needed, what is avoided, what is secured without China, and what is left.

A magnet passes four stages: mined, separated, metal, magnet. What a region secures is what the
narrowest of them passes, group of elements by group. Own ore comes in at the first stage,
concentrate from waste before separation, recycled oxide after it, recycled alloy before the last.
What others have to spare comes in where a stage still has room. Within a stage all that is the
region's own is mixed and passes in proportion, so no source is favoured by the order of a sum.

Arrays have the axes group, year, draw; those of :class:`Balance` have the region before them.
Masses are tonnes of contained element a year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

REGIONS = ("United States", "Outside China")
"""The second holds the first: the world without China's own use."""

GROUPS = ("NdPr", "DyTb")
STAGES = ("Mined", "Separated", "Metal", "Magnets")
ROUTES = ("Motors of another kind", "New magnets", "Less heavy rare earth")
SOURCES = ("Plants running", "Plants to come", "Waste", "Recycling", "Allies")
"""What demand that is not avoided can be met from without China."""

OWN = ("Mines", "Waste", "Recycling")
"""What is mixed in a region's own chain."""


class Supply(NamedTuple):
    """What a region can put into its chain.

    Attributes:
        made: output of each stage if it had enough feed: stage, group, year, draw.
        running: the part of it from plants that run today.
        extracted: concentrate from waste, before separation.
        recycled: what recycling yields, alloy and oxide together.
        alloy: part of that which is alloy, from 0 to 1; one per draw.
    """

    made: np.ndarray
    running: np.ndarray
    extracted: np.ndarray
    recycled: np.ndarray
    alloy: np.ndarray


class Passed(NamedTuple):
    """What comes out at the end of a chain.

    Attributes:
        own: by :data:`OWN`: source, group, year, draw.
        bought: from others.
        left: what does not pass the next stage, own only: stage, group, year, draw. Ore that
            separation cannot take stands at the first place, magnets beyond the need at the last.
    """

    own: np.ndarray
    bought: np.ndarray
    left: np.ndarray


class Balance(NamedTuple):
    """The whole balance; regions and groups as :data:`REGIONS` and :data:`GROUPS`.

    In every region, group, year and draw demand is what is avoided, plus what is secured, plus the
    gap. The gap is left to China; in a supply cut, stocks and emergency measures bridge a part of
    it, and a part is not filled.

    Attributes:
        demand: before substitution: region, group, year, draw.
        avoided: by :data:`ROUTES`: route, region, group, year, draw.
        recycled: what recycling yields, used or not.
        extracted: what is extracted from waste, used or not.
        mined: output of the region's mines, as of the next three stages, if feed does not limit it.
        separated: see mined.
        metal: see mined.
        magnets: see mined.
        offered: what others can spare, by :data:`STAGES`: stage, region, group, year, draw.
        secured: by :data:`SOURCES`: source, region, group, year, draw.
        gap: what is left.
        bridged: part of the gap that is filled in a cut by stocks, by more from all others, and by
            doing without.
        shortage: part of the gap that nobody fills.
    """

    demand: np.ndarray
    avoided: np.ndarray
    recycled: np.ndarray
    extracted: np.ndarray
    mined: np.ndarray
    separated: np.ndarray
    metal: np.ndarray
    magnets: np.ndarray
    offered: np.ndarray
    secured: np.ndarray
    gap: np.ndarray
    bridged: np.ndarray
    shortage: np.ndarray

    @property
    def need(self) -> np.ndarray:
        """Demand less what is avoided."""
        return self.demand - self.avoided.sum(axis=0)

    @property
    def left_to_china(self) -> np.ndarray:
        """Part of the gap that China goes on filling."""
        return np.maximum(self.gap - self.bridged - self.shortage, 0.0)

    def reach(self, stage: str) -> np.ndarray:
        """Need that a stage could serve by itself, with all that comes in at or after it.

        Args:
            stage: one of :data:`STAGES`.

        Returns:
            Output of the region, plus what others offer at this stage, plus what is recycled
            (for mining also what is extracted from waste): region, group, year, draw. Magnets
            count whatever they are made from.
        """
        at = STAGES.index(stage)
        own = (self.mined, self.separated, self.metal, self.magnets)[at]
        beside = self.recycled if stage in ("Mined", "Separated") else 0.0
        return own + self.offered[at] + beside + (self.extracted if stage == "Mined" else 0.0)

    def stage_gap(self, stage: str) -> np.ndarray:
        """Need beyond what a stage could serve, see :meth:`reach`."""
        return np.maximum(self.need - self.reach(stage), 0.0)


def chain(supply: Supply, need: np.ndarray, offered: np.ndarray | float = 0.0) -> Passed:
    """Pass ore, concentrate, oxide and alloy through the stages of a region.

    At each stage what is the region's own goes first, its sources in proportion; what others
    offer fills the room that is left. At the end the need is the limit.

    Args:
        supply: see :class:`Supply`.
        need: demand less what is avoided: group, year, draw.
        offered: what others offer at each stage: stage, group, year, draw, or 0.

    Returns:
        What comes out and what is left on the way.
    """
    mined, *limits = supply.made
    offered = np.broadcast_to(offered, supply.made.shape)
    oxide = supply.recycled * (1 - supply.alloy)
    entering = (
        {},
        {OWN.index("Recycling"): oxide},
        {OWN.index("Recycling"): supply.recycled - oxide},
        {},
    )
    none = np.zeros_like(mined)
    own, bought = np.stack([mined, supply.extracted, none]), none
    left = []
    for more, others, limit in zip(entering, offered, (*limits, need), strict=True):
        own = own.copy()
        for source, mass in more.items():
            own[source] += mass
        total = own.sum(axis=0)
        passing = np.minimum(total, limit)
        left.append(total - passing)
        own = own * _share(passing, total)
        bought = np.minimum(bought + others, limit - passing)
    return Passed(own, bought, np.stack(left))


def region(
    supply: Supply, need: np.ndarray, offered: np.ndarray | float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a region secures by source, what is left of its need, and what it can spare.

    What the mines yield is split into plants that run and plants to come: the first is what would
    pass with the running ones alone, up to what passes with all.

    Args:
        supply: see :class:`Supply`.
        need: group, year, draw.
        offered: as for :func:`chain`.

    Returns:
        Secured (source, group, year, draw) in the order of :data:`SOURCES`; the gap; and what
        others could have: what is left at each stage but the last, and at the last all magnets
        that its chain makes, since magnets are sold on an open market.
    """
    passed = chain(supply, need, offered)
    mines, waste, recycling = passed.own
    today = chain(supply._replace(made=supply.running), need).own[OWN.index("Mines")]
    running = np.minimum(today, mines)
    secured = np.stack([running, mines - running, waste, recycling, passed.bought])
    gap = np.maximum(need - secured.sum(axis=0), 0.0)
    spare = passed.left.copy()
    spare[-1] += passed.own.sum(axis=0)
    return secured, gap, spare


def balance(
    demand: np.ndarray,
    avoided: np.ndarray,
    home: Supply,
    others: Supply,
    allied_share: np.ndarray,
) -> Balance:
    """The balance of the United States and of all outside China.

    The second region is one pool: ore, oxide and metal go wherever there is room for them, so it
    shows the most that plants outside China could do together.

    Args:
        demand: region, group, year, draw.
        avoided: route, region, group, year, draw; not above demand.
        home: supply of the United States.
        others: supply of all others outside China.
        allied_share: part of what others have to spare that comes to the United States, one per
            draw.

    Returns:
        See :class:`Balance`; China fills the whole gap.
    """
    need = demand - avoided.sum(axis=0)
    abroad = np.maximum(need[1] - need[0], 0.0)
    offered = region(others, abroad)[2] * allied_share
    pool = Supply(
        home.made + others.made,
        home.running + others.running,
        home.extracted + others.extracted,
        home.recycled + others.recycled,
        home.alloy,
    )
    ours, our_gap, _ = region(home, need[0], offered)
    all_, all_gap, _ = region(pool, need[1])
    gap = np.stack([our_gap, all_gap])
    made = np.stack([home.made, pool.made], axis=1)
    return Balance(
        demand=demand,
        avoided=avoided,
        recycled=np.stack([home.recycled, pool.recycled]),
        extracted=np.stack([home.extracted, pool.extracted]),
        **dict(zip(("mined", "separated", "metal", "magnets"), made, strict=True)),
        offered=np.stack([offered, np.zeros_like(offered)], axis=1),
        secured=np.stack([ours, all_], axis=1),
        gap=gap,
        bridged=np.zeros_like(gap),
        shortage=np.zeros_like(gap),
    )


def waste_plants(
    years: np.ndarray, start: np.ndarray, plants: np.ndarray, mature: int = 2040
) -> np.ndarray:
    """Standard plants for waste that run, in a straight line from none to the number given.

    Args:
        years: calendar years.
        start: last year without a plant, before ``mature``; one per draw.
        plants: number that runs in ``mature`` and after; one per draw.
        mature: calendar year.

    Returns:
        Plants, not rounded: year, draw.
    """
    elapsed = (np.asarray(years)[:, None] - start) / (mature - np.asarray(start))
    return np.clip(elapsed, 0.0, 1.0) * plants


def free_year(
    served: np.ndarray, need: np.ndarray, years: np.ndarray, confidence: float
) -> int | None:
    """First year from which need is served in at least that share of draws, and stays so.

    Args:
        served: what there is: group, year, draw.
        need: group, year, draw; all groups must be served at once.
        years: calendar years.
        confidence: share of draws, above 0 and at most 1.

    Returns:
        The year, or None if there is none.

    Raises:
        ValueError: if the confidence is out of range.
    """
    if not 0 < confidence <= 1:
        raise ValueError(f"confidence must be above 0 and at most 1, not {confidence}.")
    enough = (served >= need).all(axis=0).mean(axis=-1) >= confidence
    stays = np.logical_and.accumulate(enough[::-1])[::-1]
    return int(np.asarray(years)[stays.argmax()]) if stays.any() else None


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
