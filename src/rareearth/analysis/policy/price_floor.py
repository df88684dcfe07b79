"""The price floor of MP Materials, from tables and draws: price paths, payments, public cost.

Payments are reckoned from a benchmark of NdPr oxide. Long series exist for neodymium alone, so
the process is fitted to neodymium and its level is carried over by two ratios of the register:
NdPr over neodymium, and benchmark over the quote free on board China.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from rareearth import assumptions, data
from rareearth.models import price
from rareearth.scenarios import Scenario

MIDDLES = {"annual average": 0.5, "fourth quarter": 0.875, "year-end": 1.0}
"""Part of the year that has gone at the time that a price stands for."""

EPISODES = ((2009.5, 2012.0), (2025.5, 2026.25))
"""The two sudden rises: last time before each, and its end."""

NOW = 2026.75
"""Time that the newest price stands for: the end of September 2026."""

FULL_OUTPUT = 2028.0
"""When the mine reaches its output of the register; until then it moves there in a line."""

LEVELS = np.arange(60.0, 161.0, 5.0)
"""Floors that are compared, USD/kg."""

BANDS = {"low_90": 0.05, "low_50": 0.25, "median": 0.5, "high_50": 0.75, "high_90": 0.95}
"""Quantiles that bands show: nine tenths and half of the draws."""

LEVEL, RISES, WALK = "returns to its level", "returns, with sudden rises", "wanders freely"
PROCESSES = (LEVEL, RISES, WALK)
"""Three views of the price, from the fit, from calm times plus jumps, and as a random walk."""


REASONS = (
    "Export quotes stood still near 97 USD/kg for neodymium while Chinese ones moved; tonnes and "
    "benchmark are not published.",
    "The quote rose by two fifths within the quarter; a mean of the quarter hides the months below "
    "the floor, and stock of earlier quarters may have been designated.",
    "Quotes end on 10 April and output is that of the quarter before; the payment was read in a "
    "research note, not in a filing.",
)
"""Why the model misses the payment of each quarter."""


class Run(NamedTuple):
    """The rest of the contract, quarter x draw.

    Attributes:
        times: middle of each quarter, years.
        prices: benchmark, USD/kg.
        tonnes: NdPr covered.
        paid: million USD, by the government.
        received: million USD, by the government.
        present_paid: million USD by draw: payments to date plus the discounted rest.
        present_cost: the same, less the government's discounted share above the floor.
    """

    times: np.ndarray
    prices: np.ndarray
    tonnes: np.ndarray
    paid: np.ndarray
    received: np.ndarray
    present_paid: np.ndarray
    present_cost: np.ndarray


def terms() -> price.Terms:
    """Terms of the agreement; the start is 1 October, the end 31 December."""
    table = data.table("floor_terms")
    value = table[table["agreement"] == "MP Materials"].set_index("term")["value"]
    share = value["upside share"] / 100
    return price.Terms(
        *map(float, (value["floor"], share, value["start"] + 0.75, value["end"] + 1.0))
    )


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
    found = {name: price.fit(rows["time"], rows["usd_per_kg"]) for name, rows in series.items()}
    found["the same without the two rises"] = price.fit(
        joined["time"], joined["usd_per_kg"], calm(joined["time"].to_numpy())
    )
    return found


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


# --- the contract --------------------------------------------------------------------------------


def process(draws: int, seed: int, story: Scenario, view: str = LEVEL) -> pd.DataFrame:
    """Draws of the price process on the basis that payments are reckoned from.

    Args:
        draws: number of draws.
        seed: any non-negative integer.
        story: scenario.
        view: one of :data:`PROCESSES`.

    Returns:
        ``spot``, ``median``, ``speed`` and ``volatility``, one row per draw.

    Raises:
        ValueError: if the view is unknown.
    """
    if view not in PROCESSES:
        raise ValueError(f"There is no view '{view}' of the price; known: {', '.join(PROCESSES)}.")
    assumed = assumptions.sample(draws, seed, story)
    fit = fits()["the same without the two rises"] if view == RISES else fitted()
    found = price.parameters(fit, draws, seed)
    found["median"] *= assumed["ndpr_to_nd_price"] * assumed["floor_reference_ratio"]
    found.insert(0, "spot", assumed["ndpr_spot"])
    return found.assign(speed=0.0) if view == WALK else found


def run(draws: int, seed: int, story: Scenario, view: str = LEVEL) -> Run:
    """The rest of the contract, from the quarter of the newest price to its end.

    The first quarter is paid at the newest price, the others at the mean of three months.

    Args:
        draws: number of draws.
        seed: any non-negative integer; the three views share their swings and assumptions.
        story: scenario.
        view: one of :data:`PROCESSES`.
    """
    assumed, agreed = assumptions.sample(draws, seed, story), terms()
    given = process(draws, seed, story, view)
    values = [given[name].to_numpy() for name in ("spot", "median", "speed", "volatility")]
    jumps = price.Jumps(assumed["price_jump_rate"].to_numpy(), rises()) if view == RISES else None
    paths = price.simulate(*values, agreed.end - NOW, draws, seed, jumps)
    quarterly = paths.reshape(-1, 3, draws).mean(axis=1)
    prices = np.concatenate([values[0][None], quarterly])
    times = NOW + (np.arange(len(prices)) - 0.5) / price.QUARTERS
    tonnes = covered(times, assumed)
    shared = times[:, None] >= assumed["floor_upside_year"].to_numpy()
    settled = price.settle(prices, tonnes, agreed.floor, agreed.upside_share, shared)
    paid, received = settled.paid / 1e3, settled.received / 1e3
    discount = (1 + assumed["public_discount_rate"].to_numpy()) ** -(times[:, None] - NOW)
    total = paid_so_far()["usd_million"].sum() + (paid * discount).sum(axis=0)
    cost = total - (received * discount).sum(axis=0)
    return Run(times, prices, tonnes, paid, received, total, cost)


def covered(times: np.ndarray, assumed: pd.DataFrame) -> np.ndarray:
    """Tonnes of NdPr that payments cover in each quarter, quarter x draw.

    Mined concentrate times its content of NdPr times the part that is designated. Output moves in
    a line from its newest quarterly value to that of the register.
    """
    newest = _output("concentrate produced").iloc[-1] * price.QUARTERS
    begun = _output("concentrate produced").index[-1]
    share = np.clip((times[:, None] - begun) / (FULL_OUTPUT - begun), 0, 1)
    mined = newest + share * (assumed["mp_concentrate"].to_numpy() - newest)
    content = assumed["mp_ndpr_share"].to_numpy() * assumed["floor_covered_share"].to_numpy()
    return mined * content / price.QUARTERS


def _output(quantity: str) -> pd.Series:
    """Tonnes by the middle of the quarter."""
    rows = data.table("floor_payments")
    rows = rows[rows["quantity"] == quantity]
    return rows["t"].set_axis([_middle(period) for period in rows["period"]])


def _middle(quarter: str) -> float:
    year, number = quarter.split("-Q")
    return int(year) + (int(number) - 0.5) / price.QUARTERS


def paid_so_far() -> pd.DataFrame:
    """Payments made by quarter, in order; the row of the year, which repeats a quarter, is out."""
    rows = data.table("floor_payments")
    rows = rows[(rows["quantity"] == "payment") & (rows["period_type"] == "quarter")]
    return rows.sort_values("period").reset_index(drop=True)


def modelled_so_far(draws: int, seed: int, story: Scenario) -> np.ndarray:
    """What the model gives for the quarters paid so far, million USD, quarter x draw.

    Prices are the mean quote of the quarter times the two ratios of the register; output that was
    not found is that of the quarter before.
    """
    assumed = assumptions.sample(draws, seed, story)
    daily = data.table("prices_daily").set_index("date")["usd_per_kg"]
    by_quarter = daily.groupby(daily.index.to_period("Q").astype(str)).mean()
    quarters = paid_so_far()["period"].str.replace("-", "")
    ratio = (assumed["ndpr_to_nd_price"] * assumed["floor_reference_ratio"]).to_numpy()
    mined = _output("concentrate produced")
    mined = mined.reindex([_middle(q) for q in paid_so_far()["period"]]).ffill().to_numpy()
    content = (assumed["mp_ndpr_share"] * assumed["floor_covered_share"]).to_numpy()
    prices = by_quarter[quarters].to_numpy()[:, None] * ratio
    return price.settle(prices, mined[:, None] * content, terms().floor).paid / 1e3


def cost_per_kg(
    draws: int, seed: int, story: Scenario, floor: float = 110.0, view: str = LEVEL
) -> np.ndarray:
    """Public cost of a ten-year floor for a new plant, USD in money of today per kg covered.

    Starts today, without a share above the floor.

    Args:
        draws: number of draws.
        seed: any non-negative integer; same draws as the other functions here.
        story: scenario.
        floor: USD/kg of NdPr oxide.
        view: how the price moves: the closed form knows no sudden rises.

    Returns:
        Expected cost given each draw of the parameters, one value per draw.

    Raises:
        ValueError: if the view has sudden rises.
    """
    if view == RISES:
        raise ValueError("The closed form knows no sudden rises; use run for them.")
    given = process(draws, seed, story, view)
    rate = assumptions.sample(draws, seed, story)["public_discount_rate"].to_numpy()
    values = [given[name].to_numpy() for name in ("spot", "median", "speed", "volatility")]
    return price.floor_cost(*values, floor=floor, discount_rate=rate)


def break_even_level(story: Scenario) -> float:
    """Level of the benchmark at which the agreement costs the public nothing on average.

    With central values of all assumptions and of the fit, share above the floor included.

    Returns:
        USD/kg.
    """
    central, agreed, fit = assumptions.central(story), terms(), fitted()

    def cost(level: float) -> float:
        return price.floor_cost(
            *(central["ndpr_spot"], level, fit.speed, fit.volatility),
            floor=agreed.floor,
            years=agreed.end - NOW,
            discount_rate=central["public_discount_rate"],
            upside_share=agreed.upside_share,
            upside_after=central["floor_upside_year"] - NOW,
        )

    return float(brentq(cost, agreed.floor / 10, agreed.floor * 10))


def backtest(draws: int, seed: int, story: Scenario) -> pd.DataFrame:
    """Payments made against those of the model, by quarter and together.

    Nothing is fitted to the payments.

    Returns:
        ``study``, ``quantity``, ``unit``, ``published_low``, ``published_high``, ``ours``,
        ``ours_low``, ``ours_high`` (90 % band), ``error_pct``, ``reason`` and ``source``.
    """
    made, ours = paid_so_far(), modelled_so_far(draws, seed, story)
    frame = pd.DataFrame(
        {
            "quantity": "payment of " + made["period"],
            "published_low": made["usd_million"],
            "reason": REASONS,
            "source": made["source"],
        }
    )
    total = {
        "quantity": f"payments of {made['period'].iloc[0]} to {made['period'].iloc[-1]}",
        "published_low": made["usd_million"].sum(),
        "reason": "Sum of the above.",
        "source": ";".join(made["source"]),
    }
    frame = pd.concat([frame, pd.DataFrame([total])], ignore_index=True)
    every = np.vstack([ours, ours.sum(axis=0)])
    low, median, high = np.quantile(every, [0.05, 0.5, 0.95], axis=1)
    frame = frame.assign(
        study="MP Materials price floor",
        unit="million USD",
        published_high=frame["published_low"],
        ours=median,
        ours_low=low,
        ours_high=high,
        error_pct=100 * (median / frame["published_low"] - 1),
    )
    order = ["study", "quantity", "unit", "published_low", "published_high", "ours"]
    return frame[[*order, "ours_low", "ours_high", "error_pct", "reason", "source"]]


# --- frames for pages ----------------------------------------------------------------------------


def spread(values: np.ndarray) -> pd.DataFrame:
    """Bands over draws, the last axis: one row per place before it, columns of :data:`BANDS`."""
    found = np.quantile(np.atleast_2d(values), list(BANDS.values()), axis=-1)
    return pd.DataFrame(dict(zip(BANDS, found, strict=True)))


def bills(draws: int, seed: int, story: Scenario) -> pd.DataFrame:
    """The bill of the whole agreement, by view of the price, with the share above the floor or not.

    Returns:
        ``view``, ``share``, the bands of :data:`BANDS` and the ``mean``, billion USD in money of
        2026; and ``gain_pct``, the draws in which the government ends with a gain.
    """
    parts = []
    for view in PROCESSES:
        ahead = run(draws, seed, story, view)
        for share, cost in ((True, ahead.present_cost), (False, ahead.present_paid)):
            part = spread(cost / 1e3).assign(
                mean=cost.mean() / 1e3, gain_pct=100 * (cost < 0).mean()
            )
            parts.append(part.assign(view=view, share=share))
    return pd.concat(parts, ignore_index=True)


def other_floors(draws: int, seed: int, story: Scenario, view: str = LEVEL) -> pd.DataFrame:
    """What a ten-year floor at other levels would cost, and how often it would pay.

    Returns:
        Indexed by ``floor``: ``low``, ``median`` and ``high`` (90 % band of the cost per kilogram
        covered, USD), and ``chance_pct`` of a payment, mean over quarters and draws.
    """
    given = process(draws, seed, story, view)
    values = [given[name].to_numpy() for name in ("spot", "median", "speed", "volatility")]
    middles = (np.arange(40)[:, None] + 0.5) / price.QUARTERS
    rows = []
    for level in LEVELS:
        low, median, high = np.quantile(
            cost_per_kg(draws, seed, story, level, view), [0.05, 0.5, 0.95]
        )
        chance = 100 * price.payment_chance(*values, level, middles).mean()
        rows.append((low, median, high, chance))
    index = pd.Index(LEVELS, name="floor")
    return pd.DataFrame(rows, index, columns=["low", "median", "high", "chance_pct"])


def fit_table() -> pd.DataFrame:
    """All fits, one row per series, as they are printed."""
    rows = []
    for name, fit in fits().items():
        pulled = fit.speed > 0
        rows.append(
            {
                "series": name,
                "steps": fit.steps,
                "level_usd_per_kg": fit.median if pulled else np.nan,
                "level_error_usd_per_kg": fit.median_se,
                "half_life_years": price.half_life(fit.speed) if pulled else np.nan,
                "speed": fit.speed if pulled else np.nan,
                "speed_error": fit.speed_se,
                "volatility": fit.volatility,
                "volatility_error": fit.volatility_se,
            }
        )
    return pd.DataFrame(rows)
