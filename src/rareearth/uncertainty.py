"""How uncertain a result is, and which inputs make it so.

Inputs are independent. A space of inputs is either a mapping of name to (low, high), all values
in between equally likely, or a frame such as the register of assumptions, indexed by name, with
``low``, ``mode``, ``high`` and ``distribution``: uniform, triangular, the same of the logarithm
(loguniform, logtriangular, for ranges over more than a factor of ten), or fixed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import ArrayLike

KEPT = 10_000
"""Draws up to which levels of probability are kept, for whoever draws the same again."""

DISTRIBUTIONS = ("uniform", "triangular", "loguniform", "logtriangular", "fixed")
"""How values lie between low and high."""

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
    levels = _levels if n <= KEPT else _levels.__wrapped__
    columns = {
        row.Index: _quantile(levels(str(row.Index), n, seed), row)
        for row in _ranges(space).itertuples()
    }
    return pd.DataFrame(columns)


@lru_cache(2048)
def _levels(name: str, n: int, seed: int) -> np.ndarray:
    """Levels of probability of one input: one in each of n strata, in random order.

    As scipy's ``LatinHypercube`` with one dimension, whose set-up takes longer than the draws.
    """
    own = np.random.SeedSequence([seed, zlib.crc32(name.encode())], spawn_key=(0,))
    stream = np.random.default_rng(own)
    within, strata = stream.uniform(size=n), np.arange(1, n + 1)
    stream.shuffle(strata)
    return (strata - within) / n


def levels(names: Sequence[str]) -> pd.DataFrame:
    """A space of inputs that are levels of probability: all from 0 to 1 equally likely.

    Args:
        names: of the inputs.
    """
    return pd.DataFrame(
        [(0.0, 0.5, 1.0, "uniform")] * len(names),
        index=list(names),
        columns=["low", "mode", "high", "distribution"],
    )


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
    from SALib.analyze import sobol as analysis  # slow to import, and few pages need it

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
    uniform = _saltelli(base, len(varying), seed)
    draws = pd.DataFrame(uniform, columns=varying).reindex(columns=ranges.index, fill_value=0.0)
    for row in ranges.itertuples():
        draws[row.Index] = _quantile(draws[row.Index].to_numpy(), row)
    values = np.asarray(model(draws), dtype=float)
    if values.shape != (len(draws),) or not np.isfinite(values).all():
        raise ValueError(
            f"The model must return one finite value for each of {len(draws)} draws; it returned "
            f"shape {values.shape}, {int(np.isfinite(values).sum())} of them finite."
        )
    if np.ptp(values) == 0:
        raise ValueError("The model returns the same value for all draws; nothing to explain.")
    estimated = analysis.analyze(problem, values, calc_second_order=False, seed=seed)
    columns = {name: estimated[name] for name in ("S1", "ST", "S1_conf", "ST_conf")}
    return pd.DataFrame({"parameter": list(varying), **columns})


def _saltelli(n: int, inputs: int, seed: int) -> np.ndarray:
    """Levels at which the model is asked: for each point A, A with each input of B in turn, B.

    The scheme of Saltelli et al. (2010) on a scrambled Sobol sequence; the same numbers as SALib's.
    """
    from scipy.stats import qmc  # slow to import, as above

    both = qmc.Sobol(2 * inputs, seed=seed).random(n)
    one, other = both[:, :inputs], both[:, inputs:]
    levels = np.repeat(one[:, None], inputs + 2, axis=1)
    each = np.arange(inputs)
    levels[:, each + 1, each] = other
    levels[:, -1] = other
    return levels.reshape(-1, inputs)


def drivers(indices: pd.DataFrame, count: int = 3) -> pd.DataFrame:
    """The inputs that matter most: those with the largest total index.

    Args:
        indices: as from :func:`sobol_indices`.
        count: how many.

    Returns:
        Their rows, largest first.
    """
    return indices.nlargest(count, "ST").reset_index(drop=True)


def explained(draws: pd.DataFrame, result: ArrayLike) -> pd.Series:
    """Part of the variance of a result that goes with each input: squared rank correlation.

    Spearman's coefficient on draws that are there anyway; cheaper than :func:`sobol_indices`, and
    as good where the result rises or falls with each input throughout.

    Args:
        draws: one row per draw, one column per input.
        result: one value per draw.

    Returns:
        Fractions by input, largest first; inputs that do not vary are left out.

    Raises:
        ValueError: if the lengths differ or the result does not vary.
    """
    values = np.asarray(result, dtype=float)
    if values.shape != (len(draws),) or np.ptp(values) == 0:
        raise ValueError(
            f"There must be one value for each of {len(draws)} draws, and not all the same; the "
            f"result has shape {values.shape}."
        )
    varying = draws.loc[:, draws.nunique() > 1]
    correlated = varying.rank().corrwith(pd.Series(values, index=draws.index).rank())
    return (correlated**2).sort_values(ascending=False, kind="stable")


def band(
    values: ArrayLike | pd.DataFrame | xr.DataArray, level: float = 0.9, **axes: Sequence[Hashable]
) -> pd.DataFrame:
    """Median and central interval over draws.

    Args:
        values: draws along the last axis; before it nothing, the rows of a frame, or the axes
            that are named; or an xarray with the axis ``draw``, whose other axes have names.
        level: part of the draws inside the interval, between 0 and 1.
        axes: name and labels of each axis before the draws, in their order, such as
            ``year=years, element=elements``.

    Returns:
        ``low``, ``median`` and ``high``: one row per row of a frame, with its index; or one row
        for each place on the named axes, which become columns.

    Raises:
        ValueError: if the level is out of range, or axes and values do not fit.
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}.")
    if isinstance(values, xr.DataArray):
        axes = {str(n): values[n].to_numpy() for n in values.dims if n != "draw"}
        values = values.transpose(..., "draw")
    array = np.asarray(values, dtype=float)
    lengths = tuple(len(labels) for labels in axes.values())
    if (axes and array.shape[:-1] != lengths) or array.ndim > max(2, len(axes) + 1):
        raise ValueError(
            f"values of shape {array.shape} need a named axis for each but the last; "
            f"the axes named have lengths {lengths}."
        )
    rows = array.reshape(-1, array.shape[-1])
    tail = (1 - level) / 2
    low, median, high = np.quantile(rows, [tail, 0.5, 1 - tail], axis=1)
    index = values.index if isinstance(values, pd.DataFrame) else None
    if axes:
        index = pd.MultiIndex.from_product(axes.values(), names=axes.keys())
    frame = pd.DataFrame({"low": low, "median": median, "high": high}, index=index)
    return frame.reset_index() if axes else frame


def triangular(probability: ArrayLike, low: float, mode: float, high: float) -> np.ndarray:
    """Quantiles of the triangular distribution.

    Args:
        probability: levels from 0 to 1.
        low: least value.
        mode: most likely value.
        high: greatest value.

    Returns:
        Values from low to high, of the shape of the levels.
    """
    level, width = np.asarray(probability, dtype=float), high - low
    below = low + np.sqrt(level * width * (mode - low))
    above = high - np.sqrt((1 - level) * width * (high - mode))
    return np.where(level * width < mode - low, below, above)


def loguniform(probability: ArrayLike, low: float, high: float) -> np.ndarray:
    """Quantiles of the loguniform (reciprocal) distribution: all orders of magnitude alike.

    Args:
        probability: levels from 0 to 1.
        low: least value, above 0.
        high: greatest value.

    Returns:
        Values from low to high, of the shape of the levels; their median is the geometric mean of
        the ends, their mean (high - low) / ln(high / low).
    """
    level = np.asarray(probability, dtype=float)
    return _within(low * (high / low) ** level, low, high)


def logtriangular(probability: ArrayLike, low: float, mode: float, high: float) -> np.ndarray:
    """Quantiles of a distribution whose logarithm is triangular.

    A triangle from 0.004 over 0.5 to 10 has its median at 3, six times its mode; in logarithms
    the same three numbers have it near 0.3.

    Args:
        probability: levels from 0 to 1.
        low: least value, above 0.
        mode: most likely order of magnitude.
        high: greatest value.

    Returns:
        Values from low to high, of the shape of the levels.
    """
    least, likely, most = np.log([low, mode, high])
    return _within(np.exp(triangular(probability, least, likely, most)), low, high)


def _within(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values without the last digit by which an exponential of a logarithm leaves the range."""
    return np.clip(values, low, high)


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
    if unknown := set(ranges["distribution"]) - set(DISTRIBUTIONS):
        raise ValueError(
            f"Unknown distribution {sorted(unknown)}; one of {', '.join(DISTRIBUTIONS)}."
        )
    wrong = ~((ranges["low"] <= ranges["mode"]) & (ranges["mode"] <= ranges["high"]))
    if wrong.any():
        raise ValueError(f"low, mode and high are out of order for '{wrong.idxmax()}'.")
    ranges.loc[ranges["low"] == ranges["high"], "distribution"] = "fixed"
    nothing = ranges["distribution"].str.startswith("log") & (ranges["low"] <= 0)
    if nothing.any():
        raise ValueError(
            f"'{nothing.idxmax()}' is drawn in logarithms and needs a low end above zero."
        )
    return ranges


def _quantile(uniform: np.ndarray, limits: Any) -> np.ndarray:
    """Values at the given levels of probability, for one row of the ranges."""
    low, mode, high = limits.low, limits.mode, limits.high
    match limits.distribution:
        case "fixed":
            return np.full_like(uniform, mode)
        case "uniform":
            return low + (high - low) * uniform
        case "loguniform":
            return loguniform(uniform, low, high)
        case "logtriangular":
            return logtriangular(uniform, low, mode, high)
    return triangular(uniform, low, mode, high)


class Recorded(pd.DataFrame):
    """Draws that note which columns are read, also from their copies and slices."""

    seen: ClassVar[set[str]] = set()

    @property
    def _constructor(self) -> type[Recorded]:
        return Recorded

    def __getitem__(self, key):
        names = [key] if isinstance(key, str) else key if pd.api.types.is_list_like(key) else []
        Recorded.seen.update(name for name in names if isinstance(name, str))
        return super().__getitem__(key)
