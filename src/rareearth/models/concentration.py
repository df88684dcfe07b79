"""How concentrated a market is."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def hhi(shares: ArrayLike) -> float:
    """Herfindahl-Hirschman index of market shares.

    The sum of squared shares in percent (Hirschman 1945, Herfindahl 1950), as the US Department of
    Justice uses it: 10 000 is a single supplier. Shares that do not add to 100 are taken as they
    are: what is missing counts as spread over very many small suppliers, so the index is a lower
    bound.

    Args:
        shares: market shares in percent, one per supplier; missing values are left out.

    Returns:
        Index between 0 and 10 000.

    Raises:
        ValueError: if a share is negative or the shares add to more than 100 (by over 1 point).
    """
    values = np.asarray(shares, dtype=float)
    values = values[~np.isnan(values)]
    if (values < 0).any():
        raise ValueError(f"A market share cannot be negative: {values.min():g} %.")
    if values.sum() > 101:
        raise ValueError(f"Market shares add to {values.sum():.1f} %; give percent of one total.")
    return float(np.square(values).sum())


def hhi_bounds(named: ArrayLike, rest: float) -> tuple[float, float]:
    """Range of the index when some suppliers are known only as a group.

    Args:
        named: market shares of the suppliers that are known one by one, percent.
        rest: share of all others together, percent.

    Returns:
        Index if the others are very many and small, and if they are a single supplier.

    Raises:
        ValueError: as :func:`hhi`.
    """
    return hhi(named), hhi(np.append(np.asarray(named, dtype=float), rest))
