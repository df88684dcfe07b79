"""What enters a model and what leaves it: refused at the door, in one way and in plain words.

A number that is missing or out of range would travel through a model and come out as a result;
mass that is lost or made on the way would come out as yield. Both stop here.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

NO_LIMIT = float("inf")

Limits = tuple[float, float]
"""Least and greatest value that is legal, both included; infinite where there is none."""

ANY: Limits = (-NO_LIMIT, NO_LIMIT)
LEAST = float(np.finfo(float).tiny)
POSITIVE: Limits = (LEAST, NO_LIMIT)
NOT_NEGATIVE: Limits = (0.0, NO_LIMIT)
FRACTION: Limits = (0.0, 1.0)


def numbers(name: str, values: ArrayLike, limits: Limits = ANY) -> np.ndarray:
    """Values as an array, if all of them are numbers within limits.

    Args:
        name: what they are, for the message.
        values: of any shape.
        limits: see :data:`Limits`.

    Raises:
        ValueError: naming the first value that is missing, infinite or out of range.
    """
    array = np.asarray(values, dtype=float)
    if not np.isfinite(array).all():
        wrong = array[~np.isfinite(array)].flat[0]
        raise ValueError(f"{name} must be a number everywhere; one is {wrong}.")
    least, most = limits
    outside = (array < least) | (array > most)
    if outside.any():
        lower = "above 0" if least == LEAST else f"at least {least:g}"
        upper = f" and at most {most:g}" if np.isfinite(most) else ""
        wrong = array[outside].flat[0]
        raise ValueError(f"{name} must be {lower}{upper}; one is {wrong:g}.")
    return array


def columns(frame: pd.DataFrame, limits: Mapping[str, Limits]) -> None:
    """Refuse a frame of draws that lacks a column, or holds values that are not legal.

    Args:
        frame: one row per draw.
        limits: legal range by column.

    Raises:
        ValueError: naming the column.
    """
    if missing := [name for name in limits if name not in frame]:
        raise ValueError(f"The draws lack {', '.join(missing)}.")
    for name, legal in limits.items():
        numbers(name, frame[name], legal)


def conserved(what: str, entered: ArrayLike, *left: ArrayLike, rtol: float = 1e-9) -> None:
    """Refuse a result in which what leaves is not what entered.

    Args:
        what: name of the substance, for the message.
        entered: amounts that entered.
        left: amounts of each stream that leaves; they broadcast.
        rtol: tolerated difference, over what entered.

    Raises:
        ValueError: with the largest gap.
    """
    into = np.asarray(entered, dtype=float)
    gap = np.abs(sum(np.asarray(stream, dtype=float) for stream in left) - into)
    allowed = rtol * np.maximum(np.abs(into), LEAST)
    if not (gap <= allowed).all():
        raise ValueError(f"{what}: what leaves differs from what entered by up to {gap.max():g}.")
