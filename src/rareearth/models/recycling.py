"""Magnets from sale to scrap: how much rare earth is in use, leaves it, and could be recovered.

What enters use in a year is units (or megawatts) times the share of them with sintered NdFeB
magnets times the magnet's mass; the rare earth in it is a fixed part of the magnet. What leaves
follows from the lifetimes (:mod:`rareearth.models.stock`). Of that, some leaves the country; of
the rest some is collected; of that some has its magnets taken out; of those most ends in a
product. Every gram that leaves use is found again in one of five streams.

Arrays have the axes year, product, draw; elements are an axis of their own where they occur.
Masses are tonnes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import gamma

from rareearth.models import response, stock

KG_PER_T = 1000.0
LEAST_USE = 0.2
"""Part of a lifetime that is use, however long goods lie in storage."""

CHUNK = 1000
"""Draws worked on at once: some tens of megabytes for 61 years and some twenty products."""


@dataclass(frozen=True)
class EndOfLife:
    """Where the mass that leaves use goes; the last five streams add up to the first."""

    arising: np.ndarray
    exported: np.ndarray
    uncollected: np.ndarray
    shredded: np.ndarray
    lost_in_process: np.ndarray
    recovered: np.ndarray

    @property
    def collected(self) -> np.ndarray:
        """What is collected in the country, whatever then happens to it."""
        return self.shredded + self.lost_in_process + self.recovered


LOSSES = ("exported", "uncollected", "shredded", "lost_in_process")


@dataclass(frozen=True)
class Inputs:
    """What the pathway needs, for one set of draws.

    Attributes:
        units: units sold or megawatts added a year (years, products, draws or 1).
        share: part of them with magnets (years, products, draws or 1).
        magnet_kg: mass of magnet in each of those (products, draws or 1).
        fractions: mass of each element over mass of magnet (products, elements, draws or 1).
        shape: of the Weibull lifetime (products, 1).
        scale: of the Weibull lifetime, years (products, draws or 1).
        export: part of what leaves use that leaves the country (products, draws or 1).
        collection: collection rate, part of the rest that is collected (products, draws or 1).
        dismantling: part of that whose magnets are taken out (years, products, draws or 1).
        process_yield: part of those that ends in a product (draws,) or a number.
        early_loss: part lost in a year at any age, besides wear (products, draws or 1), or a
            number.
        storage: years that units lie unused before they are discarded, out of their lifetime
            (products, draws or 1), or a number.
    """

    units: np.ndarray
    share: np.ndarray
    magnet_kg: np.ndarray
    fractions: np.ndarray
    shape: np.ndarray
    scale: np.ndarray
    export: np.ndarray
    collection: np.ndarray
    dismantling: np.ndarray
    process_yield: ArrayLike
    early_loss: ArrayLike = 0.0
    storage: ArrayLike = 0.0

    def survival(self, years: int) -> np.ndarray:
        """Part still in use some years after entry: wear and early loss compete.

        The lifetime runs from sale to discard; time in storage is taken out of its mean.

        Args:
            years: how many.

        Returns:
            Shares (years, products, draws or 1).
        """
        age, scale = stock.ages(years), self.scale
        if (stored := self._products(self.storage)).any():
            whole = scale * gamma(1 + 1 / self.shape)
            scale = scale * np.maximum(1 - stored / whole, LEAST_USE)
        survival = stock.weibull_survival(age, self.shape, scale)
        for product, hazard in self._some(self.early_loss):
            survival[:, product] = stock.competing(
                survival[:, product], stock.exponential_survival(age, hazard)
            )
        return survival

    def discarded(self, left: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What lies in storage and what is discarded, from what leaves use.

        Args:
            left: by year (years, products, draws or 1); written over, as draws are many.

        Returns:
            In storage at the end of each year, and discarded in it.
        """
        stored = np.zeros(left.shape)
        for product, years in self._some(self.storage):
            waiting = stock.wait(left[:, product], years)
            stored[:, product], left[:, product] = waiting.stock, waiting.outflow
        return stored, left

    def _products(self, values: ArrayLike) -> np.ndarray:
        values = np.asarray(values, dtype=float)
        return values if values.ndim else np.full((self.units.shape[1], 1), float(values))

    def _some(self, values: ArrayLike) -> Iterator[tuple[int, np.ndarray]]:
        """Products for which a value is above 0 in any draw, and their values."""
        for product, own in enumerate(self._products(values)):
            if own.any():
                yield product, own


@dataclass(frozen=True)
class Flows:
    """Magnets in tonnes (years, products, draws), and what they are made of.

    Attributes:
        inflow: entering use in the year.
        stock: in use at the end of the year.
        stored: out of use and not yet discarded at the end of the year.
        fate: discarded in the year, and where it goes.
        fractions: mass of each element over mass of magnet (products, elements, draws or 1).
    """

    inflow: np.ndarray
    stock: np.ndarray
    stored: np.ndarray
    fate: EndOfLife
    fractions: np.ndarray

    def by_element(self, magnets: np.ndarray) -> np.ndarray:
        """Rare earth over all products: tonnes (years, elements, draws)."""
        return np.stack([self.of(magnets, e).sum(axis=1) for e in self._elements()], axis=1)

    def by_product(self, magnets: np.ndarray) -> np.ndarray:
        """Rare earth, all elements together: tonnes (years, products, draws)."""
        return magnets * self.fractions.sum(axis=1)

    def of(self, magnets: np.ndarray, element: int) -> np.ndarray:
        """One element, by its place on the axis: tonnes (years, products, draws)."""
        return magnets * self.fractions[:, element]

    def _elements(self) -> range:
        return range(self.fractions.shape[1])


def magnets_entering_use(units: ArrayLike, share: ArrayLike, magnet_kg: ArrayLike) -> np.ndarray:
    """Magnets that enter use: units times share with magnets times mass, in tonnes.

    Args:
        units: units or megawatts a year.
        share: part of them with magnets, 0 to 1.
        magnet_kg: kilograms of magnet in a unit (per megawatt) that has magnets.

    Returns:
        Tonnes of magnet a year, of the broadcast shape.

    Raises:
        ValueError: if units or masses are negative or a share leaves [0, 1].
    """
    units, magnet_kg = np.asarray(units, dtype=float), np.asarray(magnet_kg, dtype=float)
    if not ((units >= 0).all() and (magnet_kg >= 0).all()):
        raise ValueError("Units and magnet masses must be numbers of at least 0.")
    return units * _fraction(share, "share") * magnet_kg / KG_PER_T


def end_of_life(
    arising: ArrayLike,
    *,
    export: ArrayLike,
    collection: ArrayLike,
    dismantling: ArrayLike,
    process_yield: ArrayLike,
) -> EndOfLife:
    """Split what leaves use into what is recovered and four named losses.

    recovered = arising * (1 - export) * collection * dismantling * process_yield; each loss is
    what its step leaves behind, so the five add up to the whole. Recovered over arising is the
    end-of-life recycling rate (Graedel et al. 2011).

    Args:
        arising: mass that leaves use, at least 0.
        export: part that leaves the country.
        collection: collection rate, part of the rest; what is not collected lies in drawers and
            dumps.
        dismantling: part of that whose magnets are taken out; the others go with steel scrap.
        process_yield: part of those that ends in a product; the others in slag and residue.

    Returns:
        Streams in the unit of ``arising``, of the broadcast shape.

    Raises:
        ValueError: if a mass is negative or a part leaves [0, 1].
    """
    arising = np.asarray(arising, dtype=float)
    if not (arising >= 0).all():
        raise ValueError("What leaves use must be a number of at least 0.")
    steps = {
        "exported": 1 - _fraction(export, "export"),
        "uncollected": _fraction(collection, "collection"),
        "shredded": _fraction(dismantling, "dismantling"),
        "lost_in_process": _fraction(process_yield, "process_yield"),
    }
    left, losses = arising, {}
    for loss, passing in steps.items():
        onward = left * passing
        losses[loss] = left - onward
        left = onward
    shape = np.shape(left)
    streams = {"arising": arising, **losses, "recovered": left}
    return EndOfLife(**{name: np.broadcast_to(mass, shape) for name, mass in streams.items()})


def flows(inputs: Inputs) -> Flows:
    """The whole pathway for one set of draws.

    Args:
        inputs: see :class:`Inputs`.

    Returns:
        Magnets entering use, in use and leaving it.

    Raises:
        ValueError: if an input is out of range or shapes do not fit.
    """
    entering = magnets_entering_use(inputs.units, inputs.share, inputs.magnet_kg)
    in_use = stock.inflow_driven(entering, inputs.survival(len(entering)))
    stored, discarded = inputs.discarded(in_use.outflow)
    fate = end_of_life(
        discarded,
        export=inputs.export,
        collection=inputs.collection,
        dismantling=inputs.dismantling,
        process_yield=inputs.process_yield,
    )
    return Flows(in_use.inflow, in_use.stock, stored, fate, inputs.fractions)


def loss(inputs: Inputs, years: int) -> np.ndarray:
    """Part of a cohort that is discarded in each year after its entry: years, products, draws.

    Args:
        inputs: see :class:`Inputs`.
        years: how many.
    """
    return inputs.discarded(stock.loss(inputs.survival(years)))[1]


def recovered(
    inputs: Inputs,
    loss: np.ndarray,
    at: np.ndarray,
    groups: np.ndarray,
    kept: ArrayLike = 1.0,
    odds: ArrayLike = 1.0,
) -> tuple[np.ndarray, np.ndarray]:
    """What :func:`flows` recovers and lets enter use, in some years only and faster.

    Args:
        inputs: see :class:`Inputs`; of ``share`` and the years before the last wanted all is used.
        loss: as from :func:`loss`.
        at: places of the wanted years on the axis of years, ascending.
        groups: mass of each group of elements over mass of magnet (groups, products, draws or 1).
        kept: part of each product's flow that counts (products, draws or 1).
        odds: by which the odds that a product is taken apart are multiplied (years wanted, draws).

    Returns:
        Tonnes recovered and tonnes entering use (groups, years wanted, draws).

    Raises:
        ValueError: if an input is out of range.
    """
    until = at[-1] + 1
    entering = magnets_entering_use(inputs.units[:until], inputs.share[:until], inputs.magnet_kg)
    leaving = stock.outflow(entering, loss[:until], at)
    passing = (
        (1 - _fraction(inputs.export, "export"))
        * _fraction(inputs.collection, "collection")
        * _fraction(inputs.process_yield, "process_yield")
    )
    apart = _fraction(inputs.dismantling[at], "dismantling")
    odds = np.asarray(odds, dtype=float)
    leaving *= response.odds(apart, odds[:, None]) if (odds != 1).any() else apart
    weights = groups * kept
    return (
        np.einsum("ypd,gpd->gyd", leaving, weights * passing),
        np.einsum("ypd,gpd->gyd", entering[at], weights),
    )


def pathway(
    inputs: Callable[[pd.DataFrame], Inputs],
    draws: pd.DataFrame,
    summarise: Callable[[Flows], dict[str, np.ndarray]],
    chunk: int = CHUNK,
) -> dict[str, np.ndarray]:
    """Run the pathway for many draws, a chunk at a time, and keep what is asked for.

    Memory stays bounded by the chunk and by what ``summarise`` keeps.

    Args:
        inputs: makes the inputs for some rows of the draws.
        draws: one row per draw, one column per uncertain input.
        summarise: from the flows of a chunk, named arrays with draws on the last axis.
        chunk: draws at once, at least 1.

    Returns:
        The named arrays for all draws, in their order.

    Raises:
        ValueError: if there are no draws or the chunk is below 1.
    """
    if chunk < 1 or draws.empty:
        raise ValueError(f"There must be draws and a chunk of at least 1, not {chunk}.")
    kept = [summarise(flows(inputs(part))) for part in _parts(draws, chunk)]
    return {name: np.concatenate([some[name] for some in kept], axis=-1) for name in kept[0]}


# --- series over years ---------------------------------------------------------------------------


def fill(known: pd.Series, years: Sequence[int], *, before: str = "zero") -> pd.DataFrame:
    """A series for every year, from values known in some.

    Between known years the series grows by the same factor a year (in equal steps if a known
    value is zero); after the last it keeps its level, to be moved by :func:`saturate`.

    Args:
        known: values indexed by year, at least 0.
        years: years wanted, ascending.
        before: ``zero`` if nothing was sold before the first known year, ``level`` to hold its
            value, ``trend`` to go back at the mean growth of the first five years known (or of
            all, if they span fewer).

    Returns:
        ``value`` and ``filled`` (True where it is not a known value), indexed by year.

    Raises:
        ValueError: if nothing is known, a value is negative or missing, or the rule is unknown.
    """
    known = known.astype(float).sort_index()
    if known.empty or not (known >= 0).all() or not known.index.is_unique:
        raise ValueError("fill needs known values of at least 0, one per year.")
    if before not in ("zero", "level", "trend"):
        raise ValueError(f"before must be 'zero', 'level' or 'trend', not '{before}'.")
    years = np.asarray(years)
    at, values = known.index.to_numpy(dtype=float), known.to_numpy()
    filled = np.interp(years, at, values)
    if (values > 0).all():
        filled = np.exp(np.interp(years, at, np.log(values)))
    early = years < at[0]
    if before == "zero":
        filled[early] = 0.0
    elif before == "trend" and early.any():
        filled[early] = values[0] * _early_growth(at, values) ** (years[early] - at[0])
    result = pd.Series(filled, index=years)
    result.update(known[known.index.isin(years)])
    return pd.DataFrame({"value": result, "filled": ~result.index.isin(known.index)})


def saturate(years: Sequence[int], start: int, ratio: ArrayLike, half_way: float = 10.0):
    """Factor that leads from 1 in the start year to a ratio in the last year, flattening out.

    1 + (ratio - 1) * (1 - 2 ** -(t / half_way)) / (1 - 2 ** -(T / half_way)): half of what is
    still to come comes in every ``half_way`` years.

    Args:
        years: ascending.
        start: last year of the unchanged series.
        ratio: factor in the last year, at least 0: a number, or one per draw.
        half_way: years, above 0.

    Returns:
        Factors (years,) or (years, draws); 1 up to the start year.

    Raises:
        ValueError: if the ratio is negative or ``half_way`` not positive.
    """
    ratio = np.asarray(ratio, dtype=float)
    if half_way <= 0 or not (ratio >= 0).all():
        raise ValueError("half_way must be above 0 and the ratio at least 0.")
    elapsed = np.clip(np.asarray(years) - start, 0, None)
    if elapsed[-1] == 0:
        return np.ones((len(elapsed), *ratio.shape))
    path = (1 - 2.0 ** (-elapsed / half_way)) / (1 - 2.0 ** (-elapsed[-1] / half_way))
    return 1 + np.multiply.outer(path, ratio - 1)


def ramp(years: Sequence[int], start: int, end: int, first: ArrayLike, last: ArrayLike):
    """Straight line from one level to another, level before and after.

    Args:
        years: ascending.
        start: last year at the first level.
        end: first year at the last level, after ``start``.
        first: level up to ``start``, a number or an array.
        last: level from ``end`` on, a number or an array.

    Returns:
        Levels: years, then the broadcast axes of the two levels.

    Raises:
        ValueError: if ``end`` is not after ``start``.
    """
    if end <= start:
        raise ValueError(f"The ramp must end after it starts, not {start} to {end}.")
    part = np.clip((np.asarray(years) - start) / (end - start), 0, 1)
    first, last = np.broadcast_arrays(np.asarray(first, float), np.asarray(last, float))
    return np.multiply.outer(1 - part, first) + np.multiply.outer(part, last)


# --- parts ---------------------------------------------------------------------------------------


def _fraction(values: ArrayLike, name: str) -> np.ndarray:
    array = np.asarray(values, dtype=float)
    if not ((array >= 0) & (array <= 1)).all():
        raise ValueError(f"{name} must lie between 0 and 1.")
    return array


def _parts(draws: pd.DataFrame, chunk: int) -> Iterator[pd.DataFrame]:
    for start in range(0, len(draws), chunk):
        yield draws.iloc[start : start + chunk]


def _early_growth(at: np.ndarray, values: np.ndarray) -> float:
    """Yearly growth factor over the first five years known."""
    if len(at) < 2 or values[0] <= 0:
        raise ValueError("A trend needs two known years, the first above 0.")
    last = max(1, int(np.searchsorted(at, at[0] + 5, side="right")) - 1)
    return (values[last] / values[0]) ** (1 / (at[last] - at[0]))
