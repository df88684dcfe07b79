"""The one price of this report: NdPr oxide without Chinese value-added tax, USD/kg.

Long series exist for neodymium alone, so the process is fitted to neodymium free on board China
and its level is carried over by two ratios of the register: NdPr over neodymium, and benchmark
over the quote. A draw of the price is a few columns in the frame of all other draws; whoever needs
a price reads it from there, so that a floor, a plant and the balance meet the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth import assumptions, data
from rareearth.models import price

POSITIONS = ("price_level_position", "price_speed_position", "price_swings_position")
"""Assumptions that stand for the parameters of the process within its fit: levels of probability,
from 0 to 1."""

PATH = "price_path"
"""Assumption that all shocks of a draw follow from, from 0 to 1."""

WORLD, LEVELS = "price_world", ("price_war_level", "price_scarcity_level")
"""Assumption that says whose level the price returns to: 0 that of the record, else that of one of
these assumptions, counted from 1."""

LEVEL, RISES, WALK = "returns to its level", "returns, with sudden rises", "wanders freely"
PROCESSES = (LEVEL, RISES, WALK)
"""Three views of the price, from the fit, from calm times plus jumps, and as a random walk."""

MIDDLES = {"annual average": 0.5, "fourth quarter": 0.875, "year-end": 1.0}
"""Part of the year that has gone at the time that a price stands for."""

EPISODES = ((2009.5, 2012.0), (2025.5, 2026.25))
"""The two sudden rises: last time before each, and its end."""

BASIS = "China, excluding VAT"
"""Basis of the price in the table ``ndpr_prices``."""

ASSUMED = (
    *POSITIONS, PATH, WORLD, *LEVELS, "ndpr_to_nd_price", "floor_reference_ratio", "ndpr_spot",
    "price_jump_rate",
)  # fmt: skip
"""Assumptions that the process reads."""


# --- the price of neodymium ----------------------------------------------------------------------


def history() -> pd.DataFrame:
    """Neodymium oxide free on board China: by year to 2023, then the last quote of each month.

    Returns:
        ``time`` (years), ``usd_per_kg``, ``series`` and ``source``, in order of time.
    """
    years, months = yearly(), quotes("M")
    parts = [years[years["time"] < months["time"].min() - 1 / 24], months]
    return pd.concat(parts, ignore_index=True)


def yearly() -> pd.DataFrame:
    """Yearly prices of neodymium oxide: ``time``, ``usd_per_kg``, ``series`` and ``source``."""
    rows = data.table("oxide_prices")
    rows = rows[rows["element"] == "Nd"]
    time = rows["year"].astype(float) + rows["statistic"].astype(str).map(MIDDLES).astype(float)
    return pd.DataFrame(
        {
            "time": time,
            "usd_per_kg": rows["usd_per_kg"],
            "series": "year",
            "source": rows["source"],
        }
    )


def quotes(period: str) -> pd.DataFrame:
    """The last quote of each period, in the columns of :func:`yearly`.

    Args:
        period: code of the period: D, W or M.
    """
    rows = data.table("prices_daily")
    rows = rows.groupby(rows["date"].dt.to_period(period)).tail(1)
    return pd.DataFrame(
        {
            "time": _years(rows["date"]),
            "usd_per_kg": rows["usd_per_kg"],
            "series": {"D": "day", "W": "week", "M": "month end"}[period],
            "source": rows["source"],
        }
    )


def middles(dates: pd.Series, covers: pd.Series) -> pd.Series:
    """Middle of the period that a price covers, in years.

    Args:
        dates: last day of the period.
        covers: day, month, quarter or year.
    """
    lengths = {"day": 0, "month": 1 / 12, "quarter": 1 / 4, "year": 1}
    return _years(dates) - covers.astype(str).map(lengths).astype(float) / 2


def _years(dates: pd.Series) -> pd.Series:
    return dates.dt.year + dates.dt.day_of_year / 366


@cache
def fits() -> dict[str, price.Fit]:
    """The process fitted to each series, alone and joined, by name."""
    joined = history()
    series = {
        "by year, 2007 to 2025": yearly(),
        "last quote of the month, 2024 to 2026": quotes("M"),
        "last quote of the week, 2024 to 2026": quotes("W"),
        "every day, 2024 to 2026": quotes("D"),
        "years to 2023, then months": joined,
    }
    fitted_to = {name: price.fit(rows["time"], rows["usd_per_kg"]) for name, rows in series.items()}
    fitted_to["the same without the two rises"] = price.fit(
        joined["time"], joined["usd_per_kg"], calm(joined["time"].to_numpy())
    )
    return fitted_to


def fitted() -> price.Fit:
    """The fit that the report uses."""
    return fits()["years to 2023, then months"]


def calm(times: np.ndarray) -> np.ndarray:
    """Whether each step between neighbouring times lies outside both sudden rises."""
    inside = [(times[1:] > start) & (times[:-1] < end) for start, end in EPISODES]
    return ~np.any(inside, axis=0)


def rises() -> tuple[float, ...]:
    """Size of each sudden rise, in ln price."""
    rows = history()
    return tuple(price.jump_size(rows["time"], rows["usd_per_kg"], *times) for times in EPISODES)


def standing() -> float:
    """Part of the daily quotes that equal the one before."""
    daily = data.table("prices_daily")["usd_per_kg"]
    return float((daily.diff().iloc[1:] == 0).mean())


def bias_of_speed() -> float:
    """By how much the fit is expected to overstate the pull, per year.

    Four over the years observed, to first order (Tang and Chen 2009).
    """
    times = history()["time"]
    return float(4 / (times.max() - times.min()))


def prices_behind() -> list[pd.DataFrame]:
    """Rows behind the fit of the price."""
    rows = data.table("oxide_prices")
    return [rows[rows["element"] == "Nd"], data.table("prices_daily")]


def newest() -> float:
    """End of the quarter of the newest price without tax, from which payments are reckoned."""
    rows = data.table("ndpr_prices")
    day = rows.loc[rows["basis"] == BASIS, "date"].max()
    return day.year + day.quarter / price.QUARTERS


# --- the process --------------------------------------------------------------------------------


def process(draws: pd.DataFrame, view: str = LEVEL) -> pd.DataFrame:
    """Parameters of the price, on the basis that payments under the floor are reckoned from.

    Args:
        draws: with a column for each of :data:`ASSUMED`.
        view: one of :data:`PROCESSES`.

    Returns:
        ``spot``, ``median``, ``speed`` and ``volatility``, one row per draw.

    Raises:
        ValueError: if the view is unknown, or a draw is in no known price world.
    """
    if view not in PROCESSES:
        raise ValueError(f"There is no view '{view}' of the price; known: {', '.join(PROCESSES)}.")
    fit = fits()["the same without the two rises"] if view == RISES else fitted()
    drawn = price.parameters(fit, draws[list(POSITIONS)].to_numpy().T)
    ratio = (draws["ndpr_to_nd_price"] * draws["floor_reference_ratio"]).to_numpy()
    world = draws[WORLD].to_numpy()
    if not np.isin(world, range(len(LEVELS) + 1)).all():
        raise ValueError(f"'{WORLD}' must be 0 to {len(LEVELS)}, as the choice 'price' sets it.")
    levels = [drawn["median"] * ratio, *(draws[name].to_numpy() for name in LEVELS)]
    drawn["median"] = np.choose(world.astype(int), levels)
    drawn.insert(0, "spot", draws["ndpr_spot"].to_numpy())
    return drawn.assign(speed=0.0) if view == WALK else drawn


def months(draws: pd.DataFrame, count: int, view: str = LEVEL) -> np.ndarray:
    """Price in the months after :func:`newest`: month x draw, USD/kg.

    Args:
        draws: as for :func:`process`.
        count: number of months; more of them do not change those before.
        view: one of :data:`PROCESSES`; all views share their shocks.
    """
    given = process(draws, view)
    jumps = price.Jumps(draws["price_jump_rate"].to_numpy(), rises()) if view == RISES else None
    return price.simulate(
        *given.to_numpy().T, years=count / price.MONTHS, seeds=draws[PATH].to_numpy(), jumps=jumps
    )


def yearly_means(draws: pd.DataFrame, years: Sequence[int]) -> np.ndarray:
    """Mean price of calendar years: year x draw, USD/kg.

    A year that has begun before :func:`newest` has the price of today.

    Args:
        draws: as for :func:`process`.
        years: calendar years, ascending.
    """
    columns = draws[list(ASSUMED)].to_numpy()
    return _yearly_means(columns.tobytes(), tuple(int(year) for year in years))


@lru_cache(maxsize=8)
def _yearly_means(columns: bytes, years: tuple[int, ...]) -> np.ndarray:
    """As :func:`yearly_means`; parts of the balance that ask for the same draws share them."""
    values = np.frombuffer(columns).reshape(-1, len(ASSUMED))
    draws, first = pd.DataFrame(values, columns=list(ASSUMED)), int(np.ceil(newest()))
    means = np.empty((len(years), len(draws)))
    means[:] = draws["ndpr_spot"].to_numpy()
    ahead = [at for at, year in enumerate(years) if year >= first]
    if ahead:
        skipped = round((first - newest()) * price.MONTHS)
        path = months(draws, skipped + (years[-1] + 1 - first) * price.MONTHS)[skipped:]
        by_year = path.reshape(-1, price.MONTHS, len(draws)).mean(axis=1)
        means[ahead] = by_year[[years[at] - first for at in ahead]]
    means.flags.writeable = False
    return means


def level() -> float:
    """Level that prices are set against, USD/kg: the fit and the ratios at their central values."""
    central = assumptions.register()["mode"]
    return fitted().median * central["ndpr_to_nd_price"] * central["floor_reference_ratio"]


def over_life(draws: pd.DataFrame, life: ArrayLike = np.inf) -> pd.DataFrame:
    """What those who decide on a plant may expect of the price over its life.

    In closed form, for a decision at a time when the price stands where it mostly stands. Shocks
    average out over a life that is long beside the speed of the return.

    Args:
        draws: as for :func:`process`.
        life: of the plant, years, one per draw.

    Returns:
        ``level`` (mean price over the life, USD/kg), ``swings`` (standard deviation of the
        logarithm of single years around it) and ``spread`` (standard deviation of the logarithm of
        the mean over the life, given the price at the decision), one row per draw.
    """
    given = process(draws)
    speed = given["speed"].to_numpy()
    swings = given["volatility"].to_numpy() / np.sqrt(2 * speed)
    decay = speed * np.asarray(life, dtype=float)
    spread = swings * -np.expm1(-decay) / decay
    mean = given["median"].to_numpy() * np.exp(swings**2 / 2)
    return pd.DataFrame({"level": mean, "swings": swings, "spread": spread}, index=draws.index)


def expected(draws: pd.DataFrame) -> pd.Series:
    """Mean price that a plant may expect over its life, USD/kg: draw."""
    return over_life(draws)["level"]
