"""How plants, buyers and recyclers answer to a price that is not the level.

Everything is set against the level that the price returns to: at the level nothing answers. Arrays
have the axes year, draw, or draw alone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

MEMORY = 2
"""Years over which a price is felt: this one and the one before."""


def felt(prices: np.ndarray, level: float, years: Sequence[int], now: int) -> np.ndarray:
    """Price of the last :data:`MEMORY` years over the level: year, draw.

    Args:
        prices: means of calendar years, USD/kg: year, draw.
        level: that the price returns to, USD/kg.
        years: calendar years, ascending without gaps.
        now: last year that is known; what happened up to then is not answered again.

    Returns:
        Ratios, 1 in all years up to now.

    Raises:
        ValueError: if a price or the level is not positive.
    """
    if not (np.asarray(prices) > 0).all() or not level > 0:
        raise ValueError("Prices and their level must be positive.")
    total = np.cumsum(np.concatenate([np.repeat(prices[:1], MEMORY, axis=0), prices]), axis=0)
    ratio = (total[MEMORY:] - total[:-MEMORY]) / (MEMORY * level)
    ratio[np.asarray(years) <= now] = 1.0
    return ratio


def supported(ratio: np.ndarray, floor: float, covered: ArrayLike, power: ArrayLike) -> np.ndarray:
    """Mean over producers of a power of the price that each sees, with a floor under some of them.

    Args:
        ratio: price over level: year, draw, or draw.
        floor: over the level.
        covered: part of producers that see at least the floor, from 0 to 1; broadcasts.
        power: of the price; one per draw.
    """
    covered = np.asarray(covered, dtype=float)
    lifted = np.maximum(ratio, floor) ** power
    return np.where(covered == 0, ratio**power, (1 - covered) * ratio**power + covered * lifted)


def stays_open(
    hazard: np.ndarray, closes: np.ndarray, returns: np.ndarray, pause: ArrayLike
) -> np.ndarray:
    """Whether a plant runs: it closes once at most, and opens again after a pause.

    Survival of a hazard that varies (Cox and Oakes 1984): it has closed by the end of a year with
    the chance 1 - exp(-sum of hazards). Pauses are exponential.

    Args:
        hazard: of closing in a year, per year: year, draw; 0 where the plant cannot close.
        closes: uniform from 0 to 1, one per draw.
        returns: the same.
        pause: mean length, years, one per draw.

    Returns:
        Truth values: year, draw. All true without a hazard.
    """
    bears = -np.log1p(-np.asarray(closes))
    shut = np.cumsum(hazard, axis=0) > bears
    length = -np.asarray(pause) * np.log1p(-np.asarray(returns))
    return ~shut | (np.cumsum(shut, axis=0) > np.ceil(length))


def open_share(hazard: np.ndarray, pause: ArrayLike) -> np.ndarray:
    """Part of many plants that runs, where each closes and opens again: year, draw.

    Args:
        hazard: as for :func:`stays_open`.
        pause: mean length, years, one per draw.
    """
    closed, parts = np.zeros(hazard.shape[1]), []
    for now in -np.expm1(-hazard):
        closed = closed + now * (1 - closed) - np.minimum(closed / np.asarray(pause), closed)
        parts.append(1 - closed)
    return np.stack(parts)


def odds(chance: ArrayLike, times: ArrayLike) -> np.ndarray:
    """A chance whose odds are multiplied; stays between 0 and 1."""
    chance = np.asarray(chance, dtype=float)
    return chance * times / (1 - chance + chance * times)


def entered(
    years: Sequence[int], now: int, lead: ArrayLike, per_decade: ArrayLike, hastened: ArrayLike = 0
) -> np.ndarray:
    """Plants on nobody's list that have started, as part of those on the list: year, draw.

    None until they can have been promised, financed and built; then in a straight line.

    Args:
        years: calendar years.
        now: last year that is known.
        lead: years from now until the first of them can start, one per draw.
        per_decade: what starts in ten years after that, over what is on the list today.
        hastened: fraction of the lead that is taken away.
    """
    waited = np.asarray(years)[:, None] - now - np.asarray(lead) * (1 - np.asarray(hastened))
    return np.maximum(waited, 0) * np.asarray(per_decade) / 10
