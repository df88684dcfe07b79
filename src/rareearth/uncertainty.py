"""How uncertain a result is, and which inputs make it so.

Inputs are independent. A space of inputs is either a mapping of name to (low, high), all values
in between equally likely, or a frame such as the register of assumptions, indexed by name, with
``low``, ``mode``, ``high`` and ``distribution`` (uniform, triangular or fixed).
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sampling
from scipy.stats import qmc, triang

Space = Mapping[str, tuple[float, float]] | pd.DataFrame
Model = Callable[[pd.DataFrame], ArrayLike]


def sample(space: Space, n: int, seed: int) -> pd.DataFrame:
    """Random draws from a space of inputs.

    Latin hypercube (McKay, Beckman and Conover 1979). Each input has a random stream of its own,
    made from its name, so its draws do not change when another input is added.

    Args:
        space: see the module.
        n: number of draws, at least 1.
        seed: any non-negative integer; same seed, same draws.

    Returns:
        n rows, one column per input.

    Raises:
        ValueError: if n or seed is out of range, or a range is broken.
    """
    if n < 1 or seed < 0:
        raise ValueError(f"draws must be at least 1 and seed at least 0, not {n} and {seed}.")
    columns = {}
    for name, limits in _ranges(space).iterrows():
        stream = np.random.default_rng([seed, zlib.crc32(str(name).encode())])
        uniform = qmc.LatinHypercube(d=1, rng=stream).random(n)[:, 0]
        columns[name] = _quantile(uniform, limits)
    return pd.DataFrame(columns)


def sobol_indices(model: Model, space: Space, n: int, seed: int) -> pd.DataFrame:
    """Part of the variance of a result that each input explains, alone and in all.

    First-order and total indices (Sobol 2001) by the sampling scheme and estimators of Saltelli
    et al. (2010), as in SALib (Herman and Usher 2017).

    Args:
        model: takes a frame of draws, one row per draw and one column per input, in the order of
            the space; returns one value per row.
        space: see the module; inputs that do not vary are passed to the model and not ranked.
        n: base sample, raised to the next power of 2, as Sobol's sequence needs; the model is
            asked for n * (number of varying inputs + 2) values.
        seed: any non-negative integer.

    Returns:
        One row per varying input, in the order of the space: ``parameter``, ``S1``, ``ST`` and the
        half-widths of their 95 % confidence intervals, ``S1_conf``, ``ST_conf``.

    Raises:
        ValueError: if n or seed is out of range, a range is broken, nothing varies, or the model
            does not return one finite value per draw.
    """
    if n < 2 or seed < 0:
        raise ValueError(f"n must be at least 2 and seed at least 0, not {n} and {seed}.")
    ranges = _ranges(space)
    varying = ranges.index[ranges["distribution"] != "fixed"]
    if varying.empty:
        raise ValueError("No input of the space varies; there is nothing to explain.")
    problem = {
        "num_vars": len(varying),
        "names": list(varying),
        "bounds": [[0.0, 1.0]] * len(varying),
    }
    base = 1 << (n - 1).bit_length()
    uniform = sampling.sample(problem, base, calc_second_order=False, seed=seed)
    draws = pd.DataFrame(uniform, columns=varying).reindex(columns=ranges.index, fill_value=0.0)
    for name, limits in ranges.iterrows():
        draws[name] = _quantile(draws[name].to_numpy(), limits)
    values = np.asarray(model(draws), dtype=float)
    if values.shape != (len(draws),) or not np.isfinite(values).all():
        raise ValueError(
            f"The model must return one finite value for each of {len(draws)} draws; it returned "
            f"shape {values.shape}, {int(np.isfinite(values).sum())} of them finite."
        )
    if np.ptp(values) == 0:
        raise ValueError("The model returns the same value for all draws; nothing to explain.")
    found = analysis.analyze(problem, values, calc_second_order=False, seed=seed)
    columns = {name: found[name] for name in ("S1", "ST", "S1_conf", "ST_conf")}
    return pd.DataFrame({"parameter": list(varying), **columns})


def drivers(indices: pd.DataFrame, count: int = 3) -> pd.DataFrame:
    """The inputs that matter most: those with the largest total index.

    Args:
        indices: as from :func:`sobol_indices`.
        count: how many.

    Returns:
        Their rows, largest first.
    """
    return indices.nlargest(count, "ST").reset_index(drop=True)


def band(values: ArrayLike | pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Median and central interval over draws.

    Args:
        values: draws along the last axis: one row of them, or rows of them (years, products, …);
            the index of a frame is kept.
        level: part of the draws inside the interval, between 0 and 1.

    Returns:
        ``low``, ``median`` and ``high``, one row per row of values.

    Raises:
        ValueError: if the level is out of range or the values have no draws.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}.")
    rows = np.atleast_2d(np.asarray(values, dtype=float))
    if rows.ndim != 2 or not rows.shape[1]:
        raise ValueError(f"values must be rows of draws, not an array of shape {rows.shape}.")
    tail = (1 - level) / 2
    low, median, high = np.quantile(rows, [tail, 0.5, 1 - tail], axis=1)
    index = values.index if isinstance(values, pd.DataFrame) else None
    return pd.DataFrame({"low": low, "median": median, "high": high}, index=index)


def _ranges(space: Space) -> pd.DataFrame:
    """Low, mode, high and distribution by name, checked."""
    if isinstance(space, pd.DataFrame):
        ranges = space[["low", "mode", "high", "distribution"]].copy()
    else:
        rows = {
            name: (low, (low + high) / 2, high, "uniform") for name, (low, high) in space.items()
        }
        ranges = pd.DataFrame.from_dict(
            rows, orient="index", columns=["low", "mode", "high", "distribution"]
        )
    ranges["distribution"] = ranges["distribution"].astype(str)
    unknown = set(ranges["distribution"]) - {"uniform", "triangular", "fixed"}
    if unknown:
        raise ValueError(f"Unknown distribution {sorted(unknown)}: uniform, triangular or fixed.")
    wrong = ~((ranges["low"] <= ranges["mode"]) & (ranges["mode"] <= ranges["high"]))
    if wrong.any():
        raise ValueError(f"low, mode and high are out of order for '{wrong.idxmax()}'.")
    ranges.loc[ranges["low"] == ranges["high"], "distribution"] = "fixed"
    return ranges


def _quantile(uniform: np.ndarray, limits: pd.Series) -> np.ndarray:
    """Values at the given levels of probability."""
    width = limits["high"] - limits["low"]
    match limits["distribution"]:
        case "fixed":
            return np.full_like(uniform, limits["mode"])
        case "uniform":
            return limits["low"] + width * uniform
    return triang.ppf(uniform, (limits["mode"] - limits["low"]) / width, limits["low"], width)
