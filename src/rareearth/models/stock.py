"""Stocks in use and what leaves them: cohort models with lifetimes.

What enters in one year leaves over many. With a lifetime that is the same for every cohort, the
stock in use is the convolution of inflow and survival, and the outflow that of inflow and the
yearly loss of survival; that is how they are computed here, for whole arrays at once. A survival
may be of one cause of loss or of several that compete (:func:`competing`), and what leaves may wait
before it goes on (:func:`wait`). Time runs along axis 0 in steps of one year; any further axes
(product, element, draw) are broadcast.

Method: Müller, Hilty, Widmer, Schluep and Faulstich (2014), "Modeling metal stocks and flows: a
review of dynamic material flow analysis methods"; conventions of ODYM (Pauliuk and Heeren 2020)
and of flodym.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import toeplitz
from scipy.special import ndtr

INFLOW_AT = {"start": 1.0, "middle": 0.5, "end": 0.0}
"""Age at the end of the year of entry, by the time of year at which units enter."""

LANES = 1024
"""Series convolved at a time when both operands vary: few enough to stay in the processor's cache,
many enough to hide the cost of a call."""

SMALL = 1e-5
"""Outflow over stock below which the change of the stock no longer tells the outflow exactly."""

ROUNDING = 1e-12
"""How far a survival may rise from one age to the next and still count as level."""

SHARED = 8
"""Length of a trailing run over which one operand is constant that makes a matrix product pay."""


class StockFlows(NamedTuple):
    """Stock at the end of each year, and the flows in each year, all of one shape."""

    stock: np.ndarray
    inflow: np.ndarray
    outflow: np.ndarray


def ages(n: int, inflow_at: str = "middle") -> np.ndarray:
    """Age of a cohort at the end of its year of entry and of the years after it.

    Args:
        n: number of years, at least 1.
        inflow_at: when in the year units enter: ``start``, ``middle`` or ``end``. It moves a
            stock by up to one year of inflow.

    Returns:
        n ages in years: 1, 2, … for ``start``; 0.5, 1.5, … for ``middle``; 0, 1, … for ``end``.

    Raises:
        ValueError: if n is below 1 or ``inflow_at`` is none of the three.
    """
    if n < 1:
        raise ValueError(f"ages need at least one year, not {n}.")
    if inflow_at not in INFLOW_AT:
        raise ValueError(f"inflow_at must be one of {', '.join(INFLOW_AT)}, not '{inflow_at}'.")
    return np.arange(n) + INFLOW_AT[inflow_at]


def weibull_survival(age: ArrayLike, shape: ArrayLike, scale: ArrayLike) -> np.ndarray:
    """Share in use at an age, Weibull lifetime: exp(-(age / scale) ** shape).

    Args:
        age: years, at least 0. A one-dimensional age gets one trailing axis for each axis of the
            parameters, so ages and products make a table; otherwise numpy's broadcasting holds.
        shape: above 0; above 1 the risk of leaving grows with age.
        scale: years, above 0; the age that 37 percent survive.

    Returns:
        Shares from 0 to 1.

    Raises:
        ValueError: if an age is negative or a parameter not positive, or any is not finite.
    """
    age, shape, scale = _prepared(age, shape=shape, scale=scale)
    # In logarithms and in place: two exponentials a cell instead of a power, few passes of memory.
    with np.errstate(divide="ignore"):
        table = np.atleast_1d(shape * (np.log(age) - np.log(scale)))
    np.exp(table, out=table)
    np.negative(table, out=table)
    return np.exp(table, out=table).reshape(
        np.broadcast_shapes(age.shape, shape.shape, scale.shape)
    )


def lognormal_survival(age: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> np.ndarray:
    """Share in use at an age, lognormal lifetime.

    Args:
        age: years, at least 0; axes as in :func:`weibull_survival`.
        mean: mean lifetime in years (of the lifetime itself, not of its logarithm), above 0.
        sd: standard deviation of the lifetime in years, above 0.

    Returns:
        Shares from 0 to 1.

    Raises:
        ValueError: as :func:`weibull_survival`.
    """
    age, mean, sd = _prepared(age, mean=mean, sd=sd)
    variance = np.log1p((sd / mean) ** 2)
    with np.errstate(divide="ignore"):
        return ndtr((np.log(mean) - variance / 2 - np.log(age)) / np.sqrt(variance))


def normal_survival(age: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> np.ndarray:
    """Share in use at an age, normal lifetime.

    The part of the curve below age 0 is not cut off: those units leave in their year of entry,
    as in ODYM and flodym.

    Args:
        age: years, at least 0; axes as in :func:`weibull_survival`.
        mean: years, above 0.
        sd: years, above 0.

    Returns:
        Shares from 0 to 1.

    Raises:
        ValueError: as :func:`weibull_survival`.
    """
    age, mean, sd = _prepared(age, mean=mean, sd=sd)
    return ndtr((mean - age) / sd)


def fixed_survival(age: ArrayLike, lifetime: ArrayLike) -> np.ndarray:
    """Share in use at an age when all units leave at the same age: 1 below it, then 0.

    Args:
        age: years, at least 0; axes as in :func:`weibull_survival`.
        lifetime: years, above 0.

    Returns:
        Zeros and ones.

    Raises:
        ValueError: as :func:`weibull_survival`.
    """
    age, lifetime = _prepared(age, lifetime=lifetime)
    return (age < lifetime).astype(float)


def exponential_survival(age: ArrayLike, hazard: ArrayLike) -> np.ndarray:
    """Share in use at an age if the same part leaves at any age: exp(-hazard * age).

    Args:
        age: years, at least 0; axes as in :func:`weibull_survival`.
        hazard: part of those in use that leaves in a year, at least 0.

    Returns:
        Shares from 0 to 1.

    Raises:
        ValueError: if an age or hazard is negative or not finite.
    """
    hazard = np.asarray(hazard, dtype=float)
    if not (np.isfinite(hazard).all() and (hazard >= 0).all()):
        raise ValueError("hazard must be finite and not negative.")
    # A hazard of nothing is allowed, unlike a lifetime of nothing.
    age, _ = _prepared(age, hazard=np.ones_like(hazard))
    return np.exp(-hazard * age)


def competing(*survivals: np.ndarray) -> np.ndarray:
    """Share that survives several independent causes of loss: the product of their survivals.

    Args:
        survivals: as from the functions above, of shapes that broadcast.
    """
    return functools.reduce(np.multiply, survivals)


def inflow_driven(inflow: ArrayLike, survival: ArrayLike) -> StockFlows:
    """Stock and outflow that follow from an inflow, starting from an empty stock.

    stock[t] = sum over k of inflow[t - k] * survival[k], and
    outflow[t] = sum over k of inflow[t - k] * (survival[k - 1] - survival[k]), survival[-1] = 1.

    Args:
        inflow: units a year, at least 0; time on axis 0, then any axes.
        survival: share in use k years after entry, from 1 down to 0, as long as the inflow;
            further axes, or none, that broadcast against those of the inflow. An array with fewer
            axes gets trailing ones: years by products fits years by products by draws.

    Returns:
        Three arrays of the broadcast shape; inflow - outflow is the change of the stock.

    Raises:
        ValueError: if shapes do not fit, a value is missing or not finite, an inflow is negative,
            or a survival leaves [0, 1] or rises with age.
    """
    inflow, survival = _operands(inflow, survival, "inflow")
    if inflow.min() < 0:
        raise ValueError(
            f"inflow must not be negative{_place(inflow < 0)}. Units that leave early belong into "
            "the survival."
        )
    stock, outflow = _convolve(inflow, survival)
    return StockFlows(stock, np.broadcast_to(inflow, stock.shape), outflow)


def loss(survival: np.ndarray) -> np.ndarray:
    """Share of a cohort that leaves in each year after entry, from the share in use.

    Raises:
        ValueError: if a survival leaves [0, 1] or rises with age.
    """
    lost = np.empty_like(survival)
    np.subtract(1, survival[:1], out=lost[:1])
    np.subtract(survival[:-1], survival[1:], out=lost[1:])
    if survival[-1].min() < 0 or lost.min() < -ROUNDING:
        year = np.argwhere((survival < 0) | (lost < -ROUNDING))[0][0]
        raise ValueError(
            "survival must fall from at most 1 to at least 0; it does not in year "
            f"{year} after entry."
        )
    return np.maximum(lost, 0, out=lost)


def outflow(inflow: np.ndarray, loss: np.ndarray, years: ArrayLike) -> np.ndarray:
    """Outflow of :func:`inflow_driven` in some years only: sum over k of inflow[t - k] * loss[k].

    Args:
        inflow: units a year (years, series, draws).
        loss: as from :func:`loss`, of the same shape.
        years: places of the years wanted.

    Returns:
        Units a year (years wanted, series, draws).
    """
    left = np.empty((len(np.asarray(years)), *inflow.shape[1:]))
    for series in range(inflow.shape[1]):
        # A series at a time stays in the processor's cache, and nothing leaves before it is sold.
        entered = inflow[:, series]
        first = int(np.argmax(entered.any(axis=1)))
        latest_first = np.ascontiguousarray(loss[::-1, series])
        for row, year in enumerate(years):
            cohorts = latest_first[len(loss) - 1 - year + first :]
            np.einsum("kd,kd->d", entered[first : year + 1], cohorts, out=left[row, series])
    return left


def wait(inflow: ArrayLike, years: ArrayLike) -> StockFlows:
    """What waits before it goes on, starting from nothing, if the same part goes on at any time.

    It is :func:`inflow_driven` with an exponential waiting time, year by year instead of by sums
    over cohorts.

    Args:
        inflow: units a year, at least 0; time on axis 0, then any axes.
        years: mean waiting time, at least 0; broadcasts against one year's inflow. With 0 all
            goes on in its year.

    Returns:
        What waits at the end of each year, what came and what went on.

    Raises:
        ValueError: if an inflow or time is negative or not finite.
    """
    inflow, years = np.asarray(inflow, dtype=float), np.asarray(years, dtype=float)
    if not (np.isfinite(inflow.sum()) and inflow.min() >= 0):
        raise ValueError("inflow must be finite and not negative.")
    if not (np.isfinite(years).all() and (years >= 0).all()):
        raise ValueError("years of waiting must be finite and not negative.")
    with np.errstate(divide="ignore", over="ignore"):
        kept = np.exp(-1 / years)
    new, waiting = np.sqrt(kept), np.empty(np.broadcast_shapes(inflow.shape, years.shape))
    held = 0.0
    for year, arriving in enumerate(inflow):
        # Units come in mid-year, as in ages().
        held = held * kept + arriving * new
        waiting[year] = held
    gone = inflow - np.diff(waiting, axis=0, prepend=0.0)
    return StockFlows(waiting, np.broadcast_to(inflow, waiting.shape), np.maximum(gone, 0))


def stock_driven(stock: ArrayLike, survival: ArrayLike) -> StockFlows:
    """Inflow and outflow that follow from a stock, starting from an empty stock.

    Each year's inflow is what the stock needs beyond the survivors of earlier cohorts:
    inflow[t] = (stock[t] - sum over k > 0 of inflow[t - k] * survival[k]) / survival[0].

    Args:
        stock: units in use at the end of each year, at least 0; time on axis 0, then any axes.
        survival: as in :func:`inflow_driven`; its first value must be above 0.

    Returns:
        Three arrays of the broadcast shape. Where the stock falls faster than lifetimes allow,
        the inflow is negative: that many units left before their time, or left the region.

    Raises:
        ValueError: as :func:`inflow_driven`, with the stock in place of the inflow; also if
            nothing survives the year of entry.
    """
    stock, survival = _operands(stock, survival, "stock")
    if stock.min() < 0:
        raise ValueError(f"stock must not be negative{_place(stock < 0)}.")
    if survival[0].min() <= 0:
        raise ValueError(
            "survival must be above 0 in the year of entry, or no inflow can hold a stock. "
            "Let units enter at the end of the year, or lengthen the lifetime."
        )
    shape = np.broadcast_shapes(stock.shape, survival.shape)
    inflow = np.empty(shape)
    inflow[0] = stock[0] / survival[0]
    for year in range(1, len(stock)):
        survivors = np.einsum("k...,k...->...", inflow[:year], survival[year:0:-1])
        inflow[year] = (stock[year] - survivors) / survival[0]
    _, outflow = _convolve(inflow, survival)
    return StockFlows(np.broadcast_to(stock, shape), inflow, outflow)


# --- checks --------------------------------------------------------------------------------------


def _prepared(age: ArrayLike, **parameters: ArrayLike) -> tuple[np.ndarray, ...]:
    """Age and parameters as arrays that broadcast against each other."""
    age = np.asarray(age, dtype=float)
    if not (np.isfinite(age).all() and (age >= 0).all()):
        raise ValueError("age must be finite and not negative; see ages().")
    arrays = {name: np.asarray(value, dtype=float) for name, value in parameters.items()}
    for name, values in arrays.items():
        if not (np.isfinite(values).all() and (values > 0).all()):
            raise ValueError(f"{name} of a lifetime must be finite and above 0.")
    axes = max(values.ndim for values in arrays.values())
    if age.ndim == 1 and axes:
        age = age.reshape(-1, *(1,) * axes)
    return age, *arrays.values()


def _operands(values: ArrayLike, survival: ArrayLike, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Two arrays with the same number of axes, finite, as long as each other."""
    first, second = np.asarray(values, dtype=float), np.asarray(survival, dtype=float)
    if not (first.ndim and second.ndim and first.size and second.size):
        raise ValueError(f"{name} and survival need years along axis 0 and no empty axis.")
    if len(first) != len(second):
        raise ValueError(
            f"{name} has {len(first)} years along axis 0, survival {len(second)}; they must be "
            f"equal. Make the survival with ages({len(first)})."
        )
    axes = max(first.ndim, second.ndim)
    first, second = (a.reshape(a.shape + (1,) * (axes - a.ndim)) for a in (first, second))
    try:
        np.broadcast_shapes(first.shape, second.shape)
    except ValueError:
        raise ValueError(
            f"{name} of shape {np.shape(values)} and survival of shape {np.shape(survival)} do "
            "not broadcast. After the years, each axis must be equal, 1 or missing at the end."
        ) from None
    for array, label in ((first, name), (second, "survival")):
        # A sum is finite only if all its terms are (or they are too large to be units).
        if not np.isfinite(array.sum()):
            raise ValueError(f"{label} is missing or not finite{_place(~np.isfinite(array))}.")
    return first, second


def _place(wrong: np.ndarray) -> str:
    """Where the first wrong value stands, for a message."""
    places = np.argwhere(wrong)
    return f" (first at index {tuple(map(int, places[0]))})" if len(places) else ""


# --- convolution ---------------------------------------------------------------------------------


def _convolve(inflow: np.ndarray, survival: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Stock and outflow: sums over k of inflow[t - k] times survival[k], and times loss[k].

    Direct sums, not Fourier transforms: those err by a fraction of the largest value, too much
    for the first years of a use that later grows a thousandfold.
    """
    shape = np.broadcast_shapes(inflow.shape, survival.shape)
    run = min(_constant_from(inflow), _constant_from(survival))
    if np.prod(shape[run:], initial=1) >= SHARED:
        return _by_matrix(inflow, survival, shape, run)
    flat = (np.broadcast_to(array, shape).reshape(len(array), -1) for array in (inflow, survival))
    return tuple(values.reshape(shape) for values in _by_sums(*flat))


def _constant_from(array: np.ndarray) -> int:
    """First axis from which on the array does not vary."""
    axis = array.ndim
    while axis > 1 and array.shape[axis - 1] == 1:
        axis -= 1
    return axis


def _by_matrix(
    inflow: np.ndarray, survival: np.ndarray, shape: tuple[int, ...], run: int
) -> tuple[np.ndarray, np.ndarray]:
    """Matrix products for each place on the axes before the run over which one operand is level."""
    years, lost = shape[0], loss(survival)
    stock, outflow = np.empty(shape), np.empty(shape)
    for weights, out in ((survival, stock), (lost, outflow)):
        level, varying = (inflow, weights) if _constant_from(inflow) == run else (weights, inflow)
        columns = np.broadcast_to(level.reshape(level.shape[:run]), shape[:run])
        blocks = np.broadcast_to(varying, shape)
        for place in np.ndindex(*shape[1:run]):
            here = (slice(None), *place)
            product = toeplitz(columns[here], np.zeros(years)) @ blocks[here].reshape(years, -1)
            out[here] = product.reshape(years, *shape[run:])
    return stock, outflow


def _by_sums(inflow: np.ndarray, survival: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Direct sums for series side by side, a cache-sized block at a time.

    The outflow is what entered and is not in the stock; where that would be a small difference
    of large numbers, it is summed from the losses, so that nothing lost is exactly zero.
    """
    stock, outflow = np.empty(inflow.shape), np.empty(inflow.shape)
    for start in range(0, inflow.shape[1], LANES):
        block = slice(start, start + LANES)
        arriving = np.ascontiguousarray(inflow[:, block])
        staying = np.ascontiguousarray(survival[:, block])
        leaving = loss(staying)
        held, gone = np.empty_like(arriving), arriving.copy()
        _sum_cohorts(arriving, staying, held, range(len(held)))
        gone -= held
        gone[1:] += held[:-1]
        _sum_cohorts(arriving, leaving, gone, np.flatnonzero((gone < SMALL * held).any(axis=1)))
        stock[:, block], outflow[:, block] = held, gone
    return stock, outflow


def _sum_cohorts(
    inflow: np.ndarray, weights: np.ndarray, out: np.ndarray, years: Iterable[int]
) -> None:
    """Write the sum over k of inflow[year - k] * weights[k] into the given years."""
    latest_first = weights[::-1]
    for year in years:
        cohorts = latest_first[len(weights) - 1 - year :]
        np.einsum("kl,kl->l", inflow[: year + 1], cohorts, out=out[year])
