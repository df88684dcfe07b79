"""What is needed, what is avoided, what is secured without China, and what is left.

A magnet passes four stages: mined, separated, metal, magnet. What a region secures is what the
narrowest of them passes, group of elements by group. Own ore comes in at the first stage,
concentrate from waste before separation, recycled oxide after it, recycled alloy before the last.
What others have to spare comes in where a stage still has room. Within a stage all that is the
region's own is mixed and passes in proportion, so no source is favoured by the order of a sum.

Inside, arrays have the axes group, year, draw; what comes out has named axes (xarray). Masses are
tonnes of contained element a year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import xarray as xr

REGIONS = ("United States", "Outside China")
"""The second holds the first: the world without China's own use."""

MEMBERS = {"NdPr": ("Nd", "Pr"), "DyTb": ("Dy", "Tb")}
"""Elements of each group."""

GROUPS = tuple(MEMBERS)
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


AXES = {
    "avoided": ("route", "region", "group", "year", "draw"),
    "secured": ("source", "region", "group", "year", "draw"),
    "gap": ("region", "group", "year", "draw"),
    "bridged": ("region", "group", "year", "draw"),
    "shortage": ("region", "group", "year", "draw"),
    "reach": ("stage", "group", "year", "draw"),
}
"""Axes of each part of a :class:`Balance`; all but ``draw`` are labelled."""

TOLERANCE = 1e-5
"""Part of demand that may be missing from a balance: some rounding of single precision."""


@dataclass(frozen=True)
class Balance:
    """The whole balance, with named axes: ``gap.sel(region="United States", year=2035)``.

    In every region, group, year and draw demand is what is avoided, plus what is secured, plus the
    supply gap. The gap is left to China; in a supply cut, stocks and emergency measures bridge a
    part of it, and a part is not filled. All masses are tonnes of element a year.

    Attributes:
        data: ``avoided`` (demand that substitution takes away, by :data:`ROUTES`), ``secured``
            (demand met without China, by :data:`SOURCES`), ``gap`` (what is left), ``bridged``
            (part of the gap that is filled in a cut by stocks, by more from all others, and by
            doing without), ``shortage`` (part of the gap that nobody fills) and ``reach``
            (American residual demand that a stage could serve by itself, with all that comes in
            at or after it: own output if feed does not limit it, what others offer at this stage,
            what is recycled, and for mining what is extracted from waste; magnets count whatever
            they are made from); axes as in :data:`AXES`.
    """

    data: xr.Dataset

    @property
    def avoided(self) -> xr.DataArray:
        """Demand that substitution avoids, by route."""
        return self.data["avoided"]

    @property
    def secured(self) -> xr.DataArray:
        """Demand met without China, by source."""
        return self.data["secured"]

    @property
    def gap(self) -> xr.DataArray:
        """Supply gap: residual demand that is not secured."""
        return self.data["gap"]

    @property
    def bridged(self) -> xr.DataArray:
        """Part of the gap that is bridged in a cut."""
        return self.data["bridged"]

    @property
    def shortage(self) -> xr.DataArray:
        """Part of the gap that nobody fills."""
        return self.data["shortage"]

    @property
    def need(self) -> xr.DataArray:
        """Residual demand: what is secured and the gap."""
        return self.secured.sum("source") + self.gap

    @property
    def demand(self) -> xr.DataArray:
        """Demand before substitution."""
        return self.avoided.sum("route") + self.need

    @property
    def left_to_china(self) -> xr.DataArray:
        """Part of the gap that China goes on filling."""
        return (self.gap - self.bridged - self.shortage).clip(min=0)

    @property
    def reach(self) -> xr.DataArray:
        """American residual demand that each stage could serve by itself."""
        return self.data["reach"]


def labelled(parts: dict[str, np.ndarray], years: Sequence[int]) -> Balance:
    """A balance from plain arrays.

    Args:
        parts: one array for each of :data:`AXES`, with those axes.
        years: calendar years.
    """
    labels = {
        "region": list(REGIONS),
        "group": list(GROUPS),
        "stage": list(STAGES),
        "route": list(ROUTES),
        "source": list(SOURCES),
        "year": np.asarray(years),
    }
    return Balance(xr.Dataset({name: (AXES[name], parts[name]) for name in AXES}, coords=labels))


def check(
    whole: np.ndarray,
    parts: dict[str, np.ndarray],
    years: Sequence[int],
    scale: np.ndarray | None = None,
) -> None:
    """Refuse parts that do not add up to the whole, or are negative.

    Args:
        whole: region, group, year, draw.
        parts: the same axes, by name.
        years: calendar years.
        scale: masses that the whole was found from by subtraction, so that their rounding is in
            it; the whole itself if not given.

    Raises:
        ValueError: if a part is below zero or the sum misses the whole by more than
            :data:`TOLERANCE` of the scale; names region, group and year.
    """
    allowed = TOLERANCE * (whole if scale is None else scale)
    faults = {f"'{name}' is negative": part < -allowed for name, part in parts.items()}
    missing = np.abs(whole - sum(parts.values())) > allowed
    faults[f"{' + '.join(parts)} is not the whole"] = missing
    for fault, wrong in faults.items():
        if wrong.any():
            region, group, year, _ = np.argwhere(wrong)[0]
            raise ValueError(
                f"The balance is broken: {fault} in {REGIONS[region]}, {GROUPS[group]}, "
                f"{years[year]}. Look at what was given to models.balance.balance there."
            )


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
    years: Sequence[int],
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
        years: calendar years.

    Returns:
        See :class:`Balance`; China fills the whole gap.

    Raises:
        ValueError: if the parts do not add up to demand, see :func:`check`.
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
    secured = np.empty((len(SOURCES), *demand.shape))
    gap = np.empty_like(demand)
    secured[:, 0], gap[0], _ = region(home, need[0], offered)
    secured[:, 1], gap[1], _ = region(pool, need[1])
    check(
        demand, {"avoided": avoided.sum(axis=0), "secured": secured.sum(axis=0), "gap": gap}, years
    )
    reach = home.made + offered
    reach[[STAGES.index("Mined"), STAGES.index("Separated")]] += home.recycled
    reach[STAGES.index("Mined")] += home.extracted
    none = np.broadcast_to(np.zeros_like(gap[..., :1]), gap.shape)
    parts = {"avoided": avoided, "secured": secured, "gap": gap, "reach": reach}
    return labelled(parts | {"bridged": none, "shortage": none}, years)


def cut(open_: Balance, bridged: np.ndarray, shortage: np.ndarray) -> Balance:
    """The balance in a supply cut.

    Args:
        open_: the balance if China goes on selling.
        bridged: part of the gap that is bridged: region, group, year, draw.
        shortage: part of the gap that nobody fills, likewise.

    Raises:
        ValueError: if they are more than the gap, see :func:`check`.
    """
    gap = open_.gap.to_numpy()
    # What fills a hole is found by subtraction and may end a rounding below zero.
    bridged = np.clip(bridged, 0.0, None)
    shortage = np.clip(shortage, 0.0, None)
    left = np.maximum(gap - bridged - shortage, 0.0)
    parts = {"left": left, "bridged": bridged, "shortage": shortage}
    check(gap, parts, open_.gap["year"].to_numpy(), open_.demand.to_numpy())
    axes = AXES["bridged"]
    return Balance(open_.data.assign(bridged=(axes, bridged), shortage=(axes, shortage)))


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


def free_year(served: xr.DataArray, need: xr.DataArray, confidence: float) -> int | None:
    """First year from which need is served in at least that share of draws, and stays so.

    Args:
        served: what there is: group, year, draw.
        need: group, year, draw; all groups must be served at once.
        confidence: share of draws, above 0 and at most 1.

    Returns:
        The year, or None if there is none.

    Raises:
        ValueError: if the confidence is out of range.
    """
    if not 0 < confidence <= 1:
        raise ValueError(f"confidence must be above 0 and at most 1, not {confidence}.")
    enough = (served >= need).all("group").mean("draw").to_numpy() >= confidence
    stays = np.logical_and.accumulate(enough[::-1])[::-1]
    return int(need["year"].to_numpy()[stays.argmax()]) if stays.any() else None


def _share(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
