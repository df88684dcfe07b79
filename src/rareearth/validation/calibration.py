"""How much wider the bands would have to be for known outcomes to lie inside them.

The bands say what the models spread over their inputs. Whether the world keeps to them is another
question, asked here of outcomes that are known and were not used: by what factor would each band
have had to be stretched, and does a factor chosen without an outcome hold it.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

LEVEL = 0.9
"""Part of outcomes that bands promise to hold."""


def stretch(comparisons: pd.DataFrame) -> pd.Series:
    """Factor by which each band must be stretched about its middle to reach the known outcome.

    Args:
        comparisons: as from :func:`rareearth.validation.compare`, each with an interval.

    Returns:
        Distance of the outcome from the middle over that of the band's end on its side; at most 1
        for outcomes inside, infinite where the band has no width there.
    """
    outcome = comparisons[["published_low", "published_high"]].mean(axis=1)
    above = outcome >= comparisons["ours"]
    end = comparisons["ours_high"].where(above, comparisons["ours_low"])
    room, distance = (end - comparisons["ours"]).abs(), (outcome - comparisons["ours"]).abs()
    return (distance / room).where(room > 0, np.where(distance > 0, np.inf, 0.0))


def factor(needed: pd.Series, level: float = LEVEL) -> float:
    """Least factor with which this part of outcomes lies inside, one more outcome allowed for.

    Split conformal prediction (Vovk, Gammerman and Shafer 2005): the value of rank
    ceil(level * (n + 1)), the largest if that exceeds n.

    Args:
        needed: as from :func:`stretch`.
        level: part of outcomes, between 0 and 1.
    """
    rank = min(math.ceil(level * (len(needed) + 1)), len(needed))
    return float(np.sort(needed)[rank - 1])


def held_out(comparisons: pd.DataFrame, level: float = LEVEL) -> tuple[float, float]:
    """Factor for all outcomes, and how well factors do on outcomes that did not choose them.

    Years of one series miss together, so a whole quantity is left out at a time.

    Args:
        comparisons: as for :func:`stretch`.
        level: part of outcomes, between 0 and 1.

    Returns:
        Factor, and part of the outcomes inside when the others chose it.
    """
    needed = stretch(comparisons)
    series = comparisons["model"] + comparisons["quantity"]
    inside = [
        needed[series == name] <= factor(needed[series != name], level) for name in series.unique()
    ]
    return factor(needed, level), float(pd.concat(inside).mean())
