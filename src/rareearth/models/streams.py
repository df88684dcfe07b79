"""Random numbers that follow from a seed per draw and a name, and from nothing else.

So a draw meets the same chances however many draws there are, in whatever pieces they are worked
on, and whoever asks.
"""

from __future__ import annotations

import zlib

import numpy as np
from numpy.typing import ArrayLike
from scipy import special


def uniform(seeds: np.ndarray, name: str, what: str) -> np.ndarray:
    """Uniform numbers in [0, 1) that depend on seed, name and question only.

    Mixing function of SplitMix64 (Steele, Lea and Flood 2014) over the bits of the seeds.

    Args:
        seeds: one number in [0, 1) per draw.
        name: of what is asked about, such as a plant.
        what: the question.
    """
    key = np.uint64(zlib.crc32(f"{name}|{what}".encode()))
    with np.errstate(over="ignore"):
        bits = np.ascontiguousarray(seeds, dtype=np.float64).view(np.uint64)
        mixed = bits + (key + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed ^= mixed >> np.uint64(31)
    return (mixed >> np.uint64(11)) * 2.0**-53


def normal(seeds: np.ndarray, name: str, what: str) -> np.ndarray:
    """Standard normal numbers; arguments as for :func:`uniform`."""
    return special.ndtri(inside(uniform(seeds, name, what)))


def together(own: np.ndarray, common: np.ndarray, correlation: ArrayLike) -> np.ndarray:
    """Uniform numbers that share a part of their fate (Gaussian copula with one factor).

    Args:
        own: uniform, from 0 to 1, of one of them.
        common: standard normal, the same for all of them.
        correlation: of the normals behind any two of them, from 0 to 1.

    Returns:
        Uniform numbers; ``own`` at a correlation of 0.
    """
    share = np.asarray(correlation, dtype=float)
    mixed = np.sqrt(share) * common + np.sqrt(1 - share) * special.ndtri(inside(own))
    return np.where(share == 0, own, special.ndtr(mixed))


def inside(level: ArrayLike) -> np.ndarray:
    """Levels kept off 0 and 1, where quantiles are infinite."""
    return np.clip(np.asarray(level, dtype=float), 1e-6, 1 - 1e-6)
