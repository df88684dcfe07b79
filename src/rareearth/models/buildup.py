"""How plants come: chance, delay and ramp, fitted to the record and drawn for plants to come."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from rareearth.models import response, streams

GRID = 400
"""Steps in which the two parameters of slip are weighed."""

SHARES = (0.05, 1.0)
"""Least and greatest lasting share of nameplate of the middle plant."""

MOST = 1.1
"""Greatest lasting share of nameplate of one plant: single plants have passed it by less."""


# --- chance and delay ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Slip:
    """What the record says about whether and how late plants come.

    A share of plants never comes; each of the others starts in the promised year, or in any year
    after it, with the same chance (mixture cure model of Boag 1949, with a geometric delay).

    Attributes:
        never: share of plants that never come, most likely value.
        chance: chance that a plant that comes starts in a given year, most likely value.
        log_likelihood: of the record at these values.
        weights: probability of each pair on the grid (never, chance), both from 0 to 1, given the
            record and nothing else (flat before the record).
    """

    never: float
    chance: float
    log_likelihood: float
    weights: np.ndarray

    @property
    def delay_years(self) -> float:
        """Mean delay of a plant that comes, at the most likely values."""
        return (1 - self.chance) / self.chance

    def at(self, first: ArrayLike, second: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Quantiles of the parameters, given the record.

        Args:
            first: level from 0 to 1 in the distribution of the share that never comes.
            second: level in the distribution of the yearly chance, given that share.

        Returns:
            Share that never comes and yearly chance, in the shape of the levels.
        """
        first, second = np.broadcast_arrays(np.asarray(first, float), np.asarray(second, float))
        edges = np.linspace(0, 1, GRID + 1)
        total, line = self._cumulated
        never = np.interp(first, total, edges)
        row = np.minimum((never * GRID).astype(int), GRID - 1)
        chance = np.interp(second + 2 * row, line, np.tile(edges, GRID))
        return never, chance

    @cached_property
    def _cumulated(self) -> tuple[np.ndarray, np.ndarray]:
        """Distribution of the share that never comes; that of the yearly chance for each share.

        The latter are rows in one rising line, so that one search serves all draws.
        """
        total = np.concatenate([[0], np.cumsum(self.weights.sum(axis=1))])
        rows = np.cumsum(self.weights, axis=1)
        rows /= rows[:, -1:]
        line = (np.pad(rows, ((0, 0), (1, 0))) + 2 * np.arange(GRID)[:, None]).ravel()
        return total / total[-1], line

    def band(self, level: float = 0.9) -> pd.DataFrame:
        """Most likely value and central interval of both parameters and of the mean delay."""
        tail = (1 - level) / 2
        middle = (np.arange(GRID) + 0.5) / GRID
        rows = {}
        for axis, name, value in ((1, "never", self.never), (0, "chance", self.chance)):
            cumulated = np.cumsum(self.weights.sum(axis=axis))
            low, high = np.interp([tail, 1 - tail], cumulated, middle)
            rows[name] = (low, value, high)
        low, value, high = ((1 - c) / c for c in reversed(rows["chance"]))
        rows["delay_years"] = (low, value, high)
        return pd.DataFrame.from_dict(rows, orient="index", columns=["low", "best", "high"])


def fit_slip(slipped: pd.DataFrame) -> Slip:
    """Fit of chance and delay to promises and what became of them.

    Maximum likelihood, evaluated on a grid: a plant that runs counts with its delay, one that
    waits with at least the years watched, one that was given up as one that never comes. The
    relative likelihood of all pairs is kept as the uncertainty of the fit; with some twenty plants
    it is far from the normal shape that a curvature at the top would assume.

    Args:
        slipped: as from :func:`rareearth.models.pipeline.slips`.

    Raises:
        ValueError: if no plant has a promise yet.
    """
    if slipped.empty:
        raise ValueError("No plant has a promise on record; choose a later year for the fit.")
    middle = (np.arange(GRID) + 0.5) / GRID
    never, chance = middle[:, None], middle[None, :]
    late = slipped["watched_years"].to_numpy(dtype=float)
    outcome = slipped["outcome"].to_numpy()
    log = np.full((GRID, GRID), (outcome == "given up").sum() * np.log(never))
    ran = late[outcome == "running"]
    log = log + len(ran) * (np.log(1 - never) + np.log(chance)) + ran.sum() * np.log(1 - chance)
    for years in late[outcome == "waiting"]:
        log = log + np.log(never + (1 - never) * (1 - chance) ** (years + 1))
    best = np.unravel_index(np.argmax(log), log.shape)
    weights = np.exp(log - log.max())
    top = (float(middle[best[0]]), float(middle[best[1]]), float(log[best]))
    return Slip(*top, weights / weights.sum())


def running_share(never: ArrayLike, chance: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Share of plants that run within some years after the promised year.

    Args:
        never: share that never comes.
        chance: yearly chance to start, of those that come.
        years: years after the promised year; 0 is the promised year itself.

    Returns:
        Shares from 0 to 1, all three broadcast.
    """
    late = np.floor(np.asarray(years, dtype=float)) + 1
    return (1 - np.asarray(never)) * (1 - (1 - np.asarray(chance)) ** late)


def chance_of_split(slipped: pd.DataFrame, groups: Sequence[Sequence[str]]) -> float:
    """Chance that groups of stages that slip alike would differ on record as much as they do.

    Likelihood-ratio test of one fit for each group against one for all (Wilks 1938); rough with
    records this short.

    Args:
        slipped: as from :func:`rareearth.models.pipeline.slips`.
        groups: stages in each group.
    """
    stage = slipped["stage"].astype(str)
    parts = [fit_slip(slipped[stage.isin(group)]) for group in groups]
    together = fit_slip(slipped[stage.isin([name for group in groups for name in group])])
    gain = sum(part.log_likelihood for part in parts) - together.log_likelihood
    return float(stats.chi2.sf(2 * gain, 2 * (len(parts) - 1)))


# --- ramp ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ramp:
    """What the record says about how plants grow into their nameplate.

    Share of nameplate t years after the start: ceiling * (1 - exp(-t / time)).

    Attributes:
        ceiling: lasting share of nameplate.
        ceiling_error: its standard error, with plants as the units of the record.
        spread: standard deviation of yearly shares around the fit, as fraction of nameplate.
        times: time constant of each ramp, years, by name.
    """

    ceiling: float
    ceiling_error: float
    spread: float
    times: pd.Series

    @cached_property
    def middle_time(self) -> float:
        """Time constant of the middle plant, years (geometric mean)."""
        return float(np.exp(np.log(self.times).mean()))

    @cached_property
    def time_spread(self) -> float:
        """Standard deviation between plants of the log of the time constant."""
        return float(np.log(self.times).std(ddof=1)) if len(self.times) > 1 else 0.0

    def at(self, first: ArrayLike, second: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Quantiles of the middle of the plants to come, given the record.

        Args:
            first: level from 0 to 1 in the distribution of the ceiling (normal).
            second: level in the distribution of the middle time (log, Student).

        Returns:
            Ceiling as fraction of nameplate, and time constant in years.
        """
        ceiling = self.ceiling + self.ceiling_error * special.ndtri(streams.inside(first))
        count = len(self.times)
        t = stats.t.ppf(streams.inside(second), max(count - 1, 1))
        # Two plants leave tails that no ramp has; they end at the bounds.
        with np.errstate(over="ignore"):
            time = self.middle_time * np.exp(self.time_spread / np.sqrt(count) * t)
        return np.clip(ceiling, *SHARES), np.clip(time, 0.25, 15.0)


def fit_ramp(delivered: pd.DataFrame) -> Ramp:
    """Fit of the ramp to shares of nameplate by year of operation.

    Least squares with one ceiling for all and one time constant for each ramp. Years of one plant
    are not independent, and a plant to come is another plant: the error of the ceiling is the
    larger of that of the fit and of the delete-one jackknife over ramps (Tukey 1958).

    Args:
        delivered: ``ramp``, ``year_of_operation`` and ``share_pct``, as from
            :func:`rareearth.models.pipeline.delivered`; first, partial years (0) are left out.

    Raises:
        ValueError: if there are no more observations than parameters.
    """
    rows = delivered[delivered["year_of_operation"] > 0]
    rows = rows.assign(ramp=rows["ramp"].astype(str))
    fitted = _least_squares(rows)
    names = list(fitted.times.index)
    left = [rows[rows["ramp"] != name] for name in names]
    # Without the longest ramp too few years may be left to fit anything.
    again = [_least_squares(part).ceiling for part in left if len(part) > len(names)]
    jackknife = np.sqrt(max(len(again) - 1, 0) * np.var(again)) if again else 0.0
    return replace(fitted, ceiling_error=max(fitted.ceiling_error, float(jackknife)))


def _least_squares(rows: pd.DataFrame) -> Ramp:
    """The fit itself, with the error that independent years would give."""
    names = list(dict.fromkeys(rows["ramp"]))
    index = rows["ramp"].map(names.index).to_numpy()
    years = rows["year_of_operation"].to_numpy(dtype=float)
    shares = rows["share_pct"].to_numpy(dtype=float) / 100
    if len(rows) <= len(names) + 1:
        raise ValueError(
            f"{len(rows)} yearly shares cannot fix a ceiling and {len(names)} ramps; add years."
        )

    def errors(parameters: np.ndarray) -> np.ndarray:
        return parameters[0] * -np.expm1(-years / np.exp(parameters[1:])[index]) - shares

    start = np.concatenate([[0.8], np.ones(len(names))])
    bounds = ([SHARES[0], *[-2.0] * len(names)], [SHARES[1], *[4.0] * len(names)])
    fit = optimize.least_squares(errors, start, bounds=bounds)
    variance = 2 * fit.cost / (len(rows) - len(fit.x))
    error = np.sqrt(variance * np.linalg.pinv(fit.jac.T @ fit.jac)[0, 0])
    times = pd.Series(np.exp(fit.x[1:]), index=names)
    return Ramp(float(fit.x[0]), float(error), float(np.sqrt(variance)), times)


# --- plants to come ------------------------------------------------------------------------------


class Risk(NamedTuple):
    """What plants to come run into: one value per draw each.

    Attributes:
        never: share of plants that never come.
        chance: yearly chance to start from the due year on, of those that come.
        ceiling: lasting share of nameplate, middle plant.
        time: time constant of the ramp, middle plant, years.
        left: part of the risk never to come that a plant under construction still bears.
        common: standard normal, what all plants have in common; good luck is high.
        correlation: of the fates of any two plants, from 0 to 1; 0 if each fares by itself.
    """

    never: np.ndarray
    chance: np.ndarray
    ceiling: np.ndarray
    time: np.ndarray
    left: np.ndarray | float = 1.0
    common: np.ndarray | float = 0.0
    correlation: np.ndarray | float = 0.0


class Fate(NamedTuple):
    """What becomes of one plant: arrays over draws.

    Attributes:
        built: whether it comes at all.
        start: year of first product, fractions allowed; meaningless if not built.
        ceiling: lasting share of nameplate.
        time: time constant of its ramp, years.
    """

    built: np.ndarray
    start: np.ndarray
    ceiling: np.ndarray
    time: np.ndarray


def still_never(never: ArrayLike, chance: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Chance that a plant never comes, given that it has not come so far.

    Args:
        never: chance when the promise is made.
        chance: yearly chance to start, of those that come.
        years: promised years that have passed without a start, the promised one included.
    """
    waiting = (1 - np.asarray(never)) * (1 - np.asarray(chance)) ** np.asarray(years)
    return np.asarray(never) / (np.asarray(never) + waiting)


def fate(
    name: str,
    seeds: np.ndarray,
    risk: Risk,
    ramp: Ramp,
    *,
    due: ArrayLike,
    promised: ArrayLike,
    now: int,
    building: bool = False,
    odds: ArrayLike = 1.0,
    saved: ArrayLike = 0.0,
) -> Fate:
    """Fate of a plant that does not run yet.

    The plant has waited since its first promise, and its chance to come at all is what is left
    after that wait. The delay of one that comes counts from the later of the due year and the
    year after ``now``: with the same chance in each year, the wait so far does not shorten it.

    Args:
        name: of the plant; plants of different names fare independently but for what they have in
            common.
        seeds: one number in [0, 1) per draw, from which the fates of all plants follow.
        risk: see there.
        ramp: for the spread between plants.
        due: year of first product now promised.
        promised: year of first product in the first promise.
        now: last year in which the plant did not run.
        building: whether it is under construction.
        odds: by which the odds never to come are multiplied.
        saved: part of what would be given up that is built all the same.
    """
    passed = np.maximum(now - np.asarray(promised) + 1, 0)
    never = still_never(risk.never, risk.chance, passed)
    never = response.odds(never * (risk.left if building else 1.0), odds) * (1 - saved)
    comes, delay = (
        streams.together(streams.uniform(seeds, name, what), way * risk.common, risk.correlation)
        for what, way in (("come", 1.0), ("delay", -1.0))
    )
    late = np.floor(np.log1p(-delay) / np.log1p(-np.minimum(risk.chance, 1 - 1e-9)))
    start = np.maximum(due, now + 1) + late
    return Fate(comes >= never, start, *ramp_of(name, seeds, risk, ramp))


def ramp_of(name: str, seeds: np.ndarray, risk: Risk, ramp: Ramp) -> tuple[np.ndarray, np.ndarray]:
    """Ceiling and time constant of one plant: the middle ones, moved by the spread of the record.

    Args:
        name: of the plant.
        seeds: one number in [0, 1) per draw.
        risk: see there.
        ramp: for the spread between plants.
    """
    high = special.ndtri(streams.inside(streams.uniform(seeds, name, "ceiling")))
    slow = special.ndtri(streams.inside(streams.uniform(seeds, name, "ramp")))
    ceiling = np.clip(risk.ceiling + ramp.spread * high, SHARES[0], MOST)
    return ceiling, np.clip(risk.time * np.exp(ramp.time_spread * slow), 0.25, 15.0)


def grown(
    years: np.ndarray, start: ArrayLike, ceiling: ArrayLike, time: ArrayLike, first: ArrayLike = 0.0
) -> np.ndarray:
    """Share of nameplate by year: years, draws.

    Args:
        years: calendar years.
        start: year from which it grows, per draw.
        ceiling: lasting share, per draw.
        time: time constant, years, per draw.
        first: share in the year of start and before; at or above the ceiling, it stays.
    """
    after = np.maximum(years[:, None] - np.atleast_1d(start), 0)
    rise = np.maximum(np.atleast_1d(ceiling) - np.atleast_1d(first), 0)
    return np.atleast_1d(first) + rise * -np.expm1(-after / np.atleast_1d(time))
