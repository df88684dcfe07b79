"""How fast output has grown, and how fast it would have to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


class Growth(NamedTuple):
    """The fastest growth of a series over a window: fraction a year, first and last year."""

    per_year: float
    first: int
    last: int


def fastest(output: pd.Series, window: int, least: float = 0.0) -> Growth:
    """Fastest compound growth between two years that lie a window apart.

    Args:
        output: by calendar year; years may be missing.
        window: years between the two.
        least: output from which growth counts; from nearly nothing any growth is fast.

    Raises:
        ValueError: if no two such years are on record.
    """
    known = output.dropna()
    pairs = [
        (float((known[year + window] / known[year]) ** (1 / window) - 1), year)
        for year in known.index
        if year + window in known.index and known[year] >= max(least, 1e-9)
    ]
    if not pairs:
        raise ValueError(f"No two years lie {window} apart with at least {least:g} in the first.")
    rate, first = max(pairs)
    return Growth(rate, int(first), int(first) + window)


def needed(now: ArrayLike, goal: ArrayLike, years: float) -> np.ndarray:
    """Compound growth that takes output to a goal, fraction a year; below 0 if it is there."""
    return (np.asarray(goal, dtype=float) / np.asarray(now, dtype=float)) ** (1 / years) - 1


def years_needed(now: ArrayLike, goal: ArrayLike, per_year: float) -> np.ndarray:
    """Years until output reaches a goal at a compound growth; 0 if it is there.

    Raises:
        ValueError: if the growth is not above 0.
    """
    if per_year <= 0:
        raise ValueError(f"At a growth of {per_year:g} a year no goal is ever reached.")
    ratio = np.asarray(goal, dtype=float) / np.asarray(now, dtype=float)
    return np.maximum(np.log(ratio) / np.log1p(per_year), 0.0)
