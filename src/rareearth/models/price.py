"""Prices that return to a level, and what it costs to promise a floor under them.

The logarithm of the price is an Ornstein-Uhlenbeck process, d ln S = speed (ln median - ln S) dt
+ volatility dW (Schwartz 1997, model 1, with the level written as the median of the price). A
speed of zero is the limit without a pull: a random walk of the logarithm without drift. Prices are
in USD/kg, times in years, speed per year, volatility per square root of a year. All prices are
nominal.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import approx_fprime, minimize_scalar
from scipy.special import ndtr, ndtri

from rareearth.models import streams

SLOWEST, FASTEST = 0.01, 100.0
"""Range in which a speed is sought, per year. At the slow end a shock halves in seventy years:
such a series shows no pull, and the fit says so."""

MONTHS = 12
QUARTERS = 4


class Fit(NamedTuple):
    """Parameters fitted to a series of prices, with standard errors.

    Attributes:
        median: level that the price returns to; missing without a pull.
        speed: of the return; 0 without a pull.
        volatility: of the logarithm.
        median_se: standard error of the median.
        speed_se: standard error of the speed; missing without a pull.
        volatility_se: standard error of the volatility.
        covariance: of ln median, ln speed and ln volatility, 3 x 3; missing entries as above.
        steps: steps that the fit rests on.
    """

    median: float
    speed: float
    volatility: float
    median_se: float
    speed_se: float
    volatility_se: float
    covariance: np.ndarray
    steps: int


class Jumps(NamedTuple):
    """Sudden rises on top of the daily volatility.

    Attributes:
        rate: mean number a year, well below one a month; one value, or one per draw.
        sizes: rises of ln price, equally likely.
    """

    rate: ArrayLike
    sizes: tuple[float, ...]


class Terms(NamedTuple):
    """What an agreement on a floor says: USD/kg, fraction, and times in years."""

    floor: float
    upside_share: float
    start: float
    end: float


class Settlement(NamedTuple):
    """What a floor moves, in the unit of tonnes times USD/kg: thousand USD.

    Attributes:
        paid: by the government, below the floor.
        received: by the government, its share above the floor.
    """

    paid: np.ndarray
    received: np.ndarray


# --- the process ---------------------------------------------------------------------------------


def fit(times: ArrayLike, prices: ArrayLike, use: ArrayLike | None = None) -> Fit:
    """Maximum likelihood of the exact transition density, for steps of any length.

    Given the speed, the level is a weighted mean and the volatility a root mean square, so the
    search is in one dimension. Standard errors come from the curvature of the likelihood. The
    speed is biased upwards in short series, by about 4 over the years observed (Tang and Chen
    2009); it is not corrected here.

    Args:
        times: years, ascending.
        prices: one per time, positive.
        use: one truth value per step between neighbours; steps that are false are left out.

    Returns:
        The fit. If the likelihood is highest at the slow end of the search there is no pull to be
        seen: speed 0, no median, and the volatility of a random walk.

    Raises:
        ValueError: if times do not ascend, prices are not positive, or fewer than four steps are
            used.
    """
    times, prices = np.asarray(times, float), np.asarray(prices, float)
    if times.shape != prices.shape or times.ndim != 1:
        raise ValueError("fit needs one price for each time.")
    if not (np.diff(times) > 0).all() or not (prices > 0).all():
        raise ValueError("fit needs ascending times and positive prices; sort and clean the rows.")
    x = np.log(prices)
    kept = np.ones(len(x) - 1, bool) if use is None else np.asarray(use, bool)
    step, before, after = np.diff(times)[kept], x[:-1][kept], x[1:][kept]
    if len(step) < 4:
        raise ValueError(f"fit needs at least four steps; {len(step)} are left.")

    def given(speed: float) -> tuple[float, float]:
        decay, spread = np.exp(-speed * step), _spread(speed, step)
        weight = (1 - decay) / spread
        level = (weight @ (after - before * decay)) / (weight @ (1 - decay))
        error = after - level - (before - level) * decay
        return level, np.sqrt(np.mean(error**2 / spread))

    def loss(parameters: np.ndarray) -> float:
        level, speed, volatility = parameters[0], *np.exp(parameters[1:])
        variance = volatility**2 * _spread(speed, step)
        error = after - level - (before - level) * np.exp(-speed * step)
        return 0.5 * float(np.sum(np.log(2 * np.pi * variance) + error**2 / variance))

    def profile(log_speed: float) -> float:
        level, volatility = given(np.exp(log_speed))
        return loss(np.array([level, log_speed, np.log(volatility)]))

    grid = np.linspace(np.log(SLOWEST), np.log(FASTEST), 60)
    best = int(np.argmin([profile(point) for point in grid]))
    if best == 0:
        volatility = float(np.sqrt(np.mean((after - before) ** 2 / step)))
        se = volatility / np.sqrt(2 * len(step))
        covariance = np.full((3, 3), np.nan)
        covariance[2, 2] = 1 / (2 * len(step))
        return Fit(np.nan, 0.0, volatility, np.nan, np.nan, se, covariance, len(step))
    bounds = (grid[best - 1], grid[min(best + 1, len(grid) - 1)])
    log_speed = minimize_scalar(profile, bounds=bounds, method="bounded").x
    level, volatility = given(np.exp(log_speed))
    peak = np.array([level, log_speed, np.log(volatility)])
    covariance = np.linalg.inv(_curvature(loss, peak))
    values, errors = np.exp(peak), np.exp(peak) * np.sqrt(np.diag(covariance))
    return Fit(*map(float, (*values, *errors)), covariance, len(step))


def _curvature(loss, peak: np.ndarray, step: float = 1e-4) -> np.ndarray:
    slopes = approx_fprime(peak, lambda p: approx_fprime(p, loss, step), step)
    return (slopes + slopes.T) / 2


def _spread(speed: ArrayLike, time: ArrayLike) -> np.ndarray:
    """Variance of the logarithm after some time, for a volatility of one."""
    speed, time = np.broadcast_arrays(np.asarray(speed, float), np.asarray(time, float))
    pull = np.where(speed == 0, 1.0, 2 * speed)
    return np.where(speed == 0, time, -np.expm1(-pull * time) / pull)


def half_life(speed: ArrayLike) -> np.ndarray | float:
    """Years until half of a distance from the level has gone; endless at a speed of zero."""
    with np.errstate(divide="ignore"):
        return _plain(np.log(2) / np.asarray(speed, float))


def parameters(fitted: Fit, positions: ArrayLike) -> pd.DataFrame:
    """Parameters of the process within the errors of the fit.

    Normal in the logarithms, with the covariance of the fit, which keeps all three positive.

    Args:
        fitted: a fit with a pull.
        positions: levels of probability from 0 to 1 of the level, of the speed given the level,
            and of the volatility given both: 3 x draw.

    Returns:
        ``median``, ``speed`` and ``volatility``, one row per draw.

    Raises:
        ValueError: if the fit has no pull, so that there is no median to draw.
    """
    if fitted.speed == 0:
        raise ValueError("This series shows no pull to a level; fit a longer one.")
    centre = np.log([fitted.median, fitted.speed, fitted.volatility])
    normal = ndtri(streams.inside(positions))
    drawn = np.exp(centre[:, None] + np.linalg.cholesky(fitted.covariance) @ normal)
    return pd.DataFrame(drawn.T, columns=["median", "speed", "volatility"])


def jump_size(times: ArrayLike, prices: ArrayLike, start: float, end: float) -> float:
    """Rise of ln price in an episode: highest price in it over the last price before it.

    Args:
        times: years, ascending.
        prices: one per time.
        start: last time before the rise.
        end: last time of the rise.

    Raises:
        ValueError: if no price lies before or in the episode.
    """
    times, prices = np.asarray(times, float), np.asarray(prices, float)
    before, inside = prices[times <= start], prices[(times > start) & (times <= end)]
    if not len(before) or not len(inside):
        raise ValueError(f"There is no price before or in the episode {start:g} to {end:g}.")
    return float(np.log(inside.max() / before[-1]))


def simulate(
    spot: ArrayLike,
    median: ArrayLike,
    speed: ArrayLike,
    volatility: ArrayLike,
    years: float,
    seeds: np.ndarray,
    jumps: Jumps | None = None,
) -> np.ndarray:
    """Monthly prices ahead, exact at each month whatever the speed.

    Jumps come at most once a month and stand at its end; from then on they fade with the speed,
    like any other distance from the level.

    Args:
        spot: price today.
        median: level; any value does where the speed is 0.
        speed: of the return to it.
        volatility: of the logarithm. These four: one value, or one per draw.
        years: length, in whole months. A longer path begins as the shorter one.
        seeds: one number in [0, 1) per draw, from which all its shocks follow. The shocks do not
            change when jumps are added.
        jumps: none if not given.

    Returns:
        Prices, month (1, 2, ...) x draw.
    """
    months = round(years * MONTHS)
    decay = np.exp(-np.asarray(speed, float) / MONTHS)
    step = volatility * np.sqrt(_spread(speed, 1 / MONTHS))
    level = np.log(np.where(np.asarray(speed) == 0, spot, median))
    distance = np.log(spot) - level
    path = np.empty((months, len(seeds)))
    for month in range(months):
        distance = distance * decay + step * streams.normal(seeds, "price", f"shock {month}")
        if jumps is not None:
            comes = streams.uniform(seeds, "price", f"rise {month}") < jumps.rate / MONTHS
            which = streams.uniform(seeds, "price", f"size {month}") * len(jumps.sizes)
            distance = distance + comes * np.take(jumps.sizes, which.astype(int))
        path[month] = distance
    return np.exp(level + path)


# --- the floor -----------------------------------------------------------------------------------


def expected_floor_payment(
    spot: ArrayLike,
    median: ArrayLike,
    speed: ArrayLike,
    volatility: ArrayLike,
    floor: ArrayLike,
    horizon: ArrayLike,
) -> float | np.ndarray:
    """Expected payment per kilogram under a floor, undiscounted: E[max(floor - S, 0)].

    Closed form for a lognormal price, as for a put (Black and Scholes 1973) on the mean and
    variance of the process at the horizon (Schwartz 1997).

    Args:
        spot: price today, USD/kg.
        median: level, USD/kg; any value does where the speed is 0.
        speed: per year, 0 or more.
        volatility: per square root of a year, 0 or more.
        floor: USD/kg.
        horizon: years ahead, 0 or more. All six broadcast against each other.

    Returns:
        USD/kg; a float if all arguments are single values.

    Raises:
        ValueError: if a price is not positive, or speed, volatility, floor or horizon is negative.
    """
    mean, sd = _lognormal(spot, median, speed, volatility, horizon)
    floor = np.asarray(floor, float)
    if (floor < 0).any():
        raise ValueError("The floor must not be negative.")
    gap = _distance(floor, mean, sd)
    value = floor * ndtr(gap) - np.exp(mean + sd**2 / 2) * ndtr(gap - sd)
    # Far out of reach the two terms cancel to rounding error, which may fall below zero.
    return _plain(np.maximum(value, 0.0))


def payment_chance(
    spot: ArrayLike,
    median: ArrayLike,
    speed: ArrayLike,
    volatility: ArrayLike,
    floor: ArrayLike,
    horizon: ArrayLike,
) -> float | np.ndarray:
    """Chance that the price lies below the floor; arguments as in :func:`expected_floor_payment`.

    Returns:
        Chance between 0 and 1; a float if all arguments are single values.
    """
    mean, sd = _lognormal(spot, median, speed, volatility, horizon)
    return _plain(ndtr(_distance(np.asarray(floor, float), mean, sd)))


def expected_price(
    spot: ArrayLike,
    median: ArrayLike,
    speed: ArrayLike,
    volatility: ArrayLike,
    horizon: ArrayLike,
) -> float | np.ndarray:
    """Mean of the price at the horizon; arguments as in :func:`expected_floor_payment`.

    Returns:
        USD/kg; a float if all arguments are single values.
    """
    mean, sd = _lognormal(spot, median, speed, volatility, horizon)
    return _plain(np.exp(mean + sd**2 / 2))


def settle(
    prices: ArrayLike,
    tonnes: ArrayLike,
    floor: float,
    upside_share: float = 0.0,
    shared: ArrayLike = True,
) -> Settlement:
    """Payments under a floor, period by period.

    Args:
        prices: USD/kg, mean of the period.
        tonnes: covered in the period; broadcasts against prices.
        floor: USD/kg.
        upside_share: part of the price above the floor that goes to the government.
        shared: whether that share is due yet; broadcasts against prices.

    Returns:
        Thousand USD, in the shape of prices and tonnes together.
    """
    gap = floor - np.asarray(prices, float)
    tonnes = np.asarray(tonnes, float)
    received = upside_share * np.maximum(-gap, 0) * np.asarray(shared)
    return Settlement(np.maximum(gap, 0) * tonnes, received * tonnes)


def floor_cost(
    spot: ArrayLike,
    median: ArrayLike,
    speed: ArrayLike,
    volatility: ArrayLike,
    floor: float = 110.0,
    years: float = 10.0,
    discount_rate: ArrayLike = 0.0,
    upside_share: float = 0.0,
    upside_after: ArrayLike = 0.0,
) -> float | np.ndarray:
    """Expected public cost of a floor per kilogram that it covers, in money of today.

    The same tonnage is covered in each quarter. For each quarter the expected payment, less the
    government's share of the expected price above the floor, is discounted from the quarter's
    middle; the mean over quarters is the cost of one kilogram.

    Args:
        spot: price today, on the basis that payments are reckoned from.
        median: level, on the same basis.
        speed: of the return.
        volatility: of the logarithm. These four: one value, or one per draw.
        floor: USD/kg.
        years: length of the contract, in whole quarters.
        discount_rate: per year, compounded once a year.
        upside_share: part of the price above the floor that goes to the government.
        upside_after: years from now until that share is due.

    Returns:
        USD/kg, one per draw; negative where the share above the floor is worth more than the
        payments. A float if all arguments are single values.
    """
    total = 0.0
    middles = (np.arange(round(years * QUARTERS)) + 0.5) / QUARTERS
    for time in middles:
        put = expected_floor_payment(spot, median, speed, volatility, floor, time)
        above = expected_price(spot, median, speed, volatility, time) - floor + put
        share = upside_share * (time >= np.asarray(upside_after, float))
        total = total + (put - share * above) / (1 + np.asarray(discount_rate, float)) ** time
    return _plain(total / len(middles))


def _lognormal(spot, median, speed, volatility, horizon) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation of ln price at the horizon."""
    values = [np.asarray(v, float) for v in (spot, median, speed, volatility, horizon)]
    spot, median, speed, volatility, horizon = values
    median = np.where(speed == 0, spot, median)
    if not ((spot > 0).all() and (median > 0).all()):
        raise ValueError("Prices must be positive.")
    if not ((speed >= 0).all() and (volatility >= 0).all() and (horizon >= 0).all()):
        raise ValueError("Speed, volatility and horizon must not be negative.")
    mean = np.log(median) + np.log(spot / median) * np.exp(-speed * horizon)
    return mean, volatility * np.sqrt(_spread(speed, horizon))


def _distance(floor: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> np.ndarray:
    """Standard deviations from the mean of ln price to the floor; endless without volatility."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        away = np.log(floor) - mean
        return np.where(away == 0, 0.0, away / sd)


def _plain(values: np.ndarray) -> float | np.ndarray:
    return float(values) if np.ndim(values) == 0 else values
