"""How fast an industry took over a market: history on one axis with plans."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

TON_T = {"long": 1.0160469088, "short": 0.90718474}
"""Tonnes in a ton: 2,240 and 2,000 pounds of 0.45359237 kg."""


class Rise(NamedTuple):
    """The steepest rise of a share over a window: percentage points a year, first and last year."""

    points_per_year: float
    first: float
    last: float


def tonnes(values: ArrayLike, tons: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Masses in tonnes, as a range where a source does not say which ton it means.

    Args:
        values: masses.
        tons: ``long``, ``short`` or ``unstated`` for each of them.

    Returns:
        Least and greatest mass, tonnes; equal if the ton is known.

    Raises:
        ValueError: if a ton is none of these.
    """
    values, tons = np.asarray(values, dtype=float), np.asarray(tons, dtype=object)
    unknown = set(tons) - {*TON_T, "unstated"}
    if unknown:
        raise ValueError(f"'{unknown.pop()}' is no ton; use long, short or unstated.")
    low = np.array([TON_T.get(ton, min(TON_T.values())) for ton in tons])
    high = np.array([TON_T.get(ton, max(TON_T.values())) for ton in tons])
    return values * low, values * high


def line(
    precedent: str, years: ArrayLike, share_pct: ArrayLike, kind: str = "reported"
) -> pd.DataFrame:
    """One precedent as rows: ``precedent``, ``years`` since its start, ``share_pct``, ``kind``."""
    rows = {"years": np.asarray(years, float), "share_pct": np.asarray(share_pct, float)}
    return pd.DataFrame({"precedent": precedent, **rows, "kind": kind})


def steepest(years: ArrayLike, share_pct: ArrayLike, window: float) -> Rise:
    """The steepest rise over at least some years.

    Args:
        years: ascending.
        share_pct: share in each of them, percent.
        window: least length of the rise, years; rises between any two points that far apart
            count, so a series with gaps can be measured too.

    Raises:
        ValueError: if no two points are that far apart.
    """
    years, share = np.asarray(years, dtype=float), np.asarray(share_pct, dtype=float)
    first, last = np.triu_indices(len(years), 1)
    # Some slack: decimal years differ from their sums in the last digit.
    far = years[last] - years[first] >= window - 1e-9
    if not far.any():
        raise ValueError(f"No two of the points are {window:g} years apart.")
    first, last = first[far], last[far]
    rates = (share[last] - share[first]) / (years[last] - years[first])
    best = int(np.argmax(rates))
    return Rise(float(rates[best]), float(years[first[best]]), float(years[last[best]]))


def fastest(years: ArrayLike, share_pct: ArrayLike, window: float) -> np.ndarray:
    """Points a year of the steepest rise over at least some years, draw by draw.

    Args:
        years: ascending.
        share_pct: year x draw, percent.
        window: as for :func:`steepest`.
    """
    draws = np.asarray(share_pct, dtype=float).T
    return np.array([steepest(years, share, window).points_per_year for share in draws])


def needed_rate(share_pct: float, goal_pct: float, years: float) -> float:
    """Percentage points a year that lead from a share to a goal in some years."""
    return (goal_pct - share_pct) / years
