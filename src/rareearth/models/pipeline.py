"""What plants outside China were promised to do, and what they did."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

RUNNING = ("operating", "ramping")
"""Statuses of a plant that makes something."""

EARLIER = "earlier"
UNDATED = "no date"
LIST_FIGURE = "list author's figure"


def slips(dates: pd.DataFrame, now: int) -> pd.DataFrame:
    """How late each plant is against the first promise found.

    Calendar years are compared, so a delay within a year counts as none.

    Args:
        dates: ``facility``, ``stage``, ``country``, ``event`` (first promise, actual start,
            latest promise, no start found, given up) and ``start_year``; one first promise and one
            other event per facility.
        now: calendar year up to which plants without a start have been watched.

    Returns:
        One row per facility, in order of the first promise: ``facility``, ``stage``, ``country``,
        ``promised_year``, ``outcome`` (running, waiting, given up), ``outcome_year`` (start, or
        latest promise; missing if there is none), ``slip_years`` (outcome minus promise: final if
        running; so far if waiting, to the later of the latest promise and ``now``; missing if
        given up) and ``watched_years`` (years from the
        promise to the start, or to ``now``).

    Raises:
        ValueError: if a facility does not have exactly one first promise and one outcome.
    """
    outcomes = {
        "actual start": "running",
        "latest promise": "waiting",
        "no start found": "waiting",
        "given up": "given up",
    }
    promises = dates[dates["event"] == "first promise"]
    rest = dates[dates["event"] != "first promise"]
    counts = pd.DataFrame(
        {"promise": promises["facility"].value_counts(), "rest": rest["facility"].value_counts()}
    )
    bad = counts[(counts != 1).any(axis=1)]
    if len(bad):
        raise ValueError(
            f"'{bad.index[0]}' needs one first promise and one actual start, latest promise, no "
            "start found or given-up row in start_dates; add or remove rows."
        )
    columns = ["facility", "stage", "country", "start_year"]
    table = promises[columns].rename(columns={"start_year": "promised_year"})
    rest = rest[["facility", "event", "start_year"]]
    table = table.merge(rest.rename(columns={"start_year": "outcome_year"}), on="facility")
    table["outcome"] = table.pop("event").astype(str).map(outcomes)
    ran = table["outcome"] == "running"
    # A latest promise that has passed too makes nobody earlier: late by at least the years so far.
    reached = table["outcome_year"].where(ran, table["outcome_year"].fillna(now).clip(lower=now))
    table["slip_years"] = reached.mask(table["outcome"] == "given up") - table["promised_year"]
    table["watched_years"] = table["slip_years"].where(ran, now - table["promised_year"])
    order = [
        *("facility", "stage", "country", "promised_year", "outcome", "outcome_year"),
        *("slip_years", "watched_years"),
    ]
    return table[order].sort_values(["promised_year", "facility"], ignore_index=True)


def running_share(slipped: pd.DataFrame, years: ArrayLike) -> np.ndarray:
    """Share of plants that run within some years after the promised year.

    Product-limit estimate (Kaplan and Meier 1958): a plant that waits counts as late by at least
    the years watched so far, one that was given up as late for ever. Leaving both out would count
    survivors alone.

    Args:
        slipped: as from :func:`slips`.
        years: years after the promised year; 0 is the promised year itself.

    Returns:
        Shares between 0 and 1, in the shape of ``years``.
    """
    ran = (slipped["outcome"] == "running").to_numpy()
    late = slipped["watched_years"].to_numpy(dtype=float)
    late = np.where(slipped["outcome"] == "given up", np.inf, late)
    # Beyond every finite value, but finite: the estimator sorts and subtracts.
    ceiling = np.max(late[np.isfinite(late)], initial=0) + 1
    censored = stats.CensoredData(uncensored=late[ran], right=np.minimum(late[~ran], ceiling))
    return stats.ecdf(censored).cdf.evaluate(np.asarray(years, dtype=float))


def share_interval(count: int, of: int, level: float) -> tuple[float, float, float]:
    """A counted share and its interval (Wilson 1927).

    Args:
        count: how many did.
        of: how many could.
        level: coverage of the interval, between 0 and 1.

    Returns:
        Share, low and high end; a share of nothing is missing, its interval from 0 to 1.
    """
    if not of:
        return np.nan, 0.0, 1.0
    ends = stats.binomtest(int(count), int(of)).proportion_ci(level, method="wilson")
    return count / of, float(ends.low), float(ends.high)


def delivered(output: pd.DataFrame, plates: pd.DataFrame, reading: str = "") -> pd.DataFrame:
    """Output as a share of the nameplate of its day, by year of operation.

    Args:
        output: ``ramp``, ``period_start``, ``period_years`` and ``quantity_t``.
        plates: ``ramp``, ``reading``, ``valid_from``, ``valid_to``, ``nameplate_t_per_year`` and
            ``preferred``.
        reading: that is taken instead of the preferred one, for ramps and dates that have it.

    Returns:
        The output rows with ``annual_t`` (quantity brought to a full year), ``nameplate_t`` (a
        year; mean over the days of the period) and ``share_pct`` (annual output in percent of
        nameplate).

    Raises:
        ValueError: if part of a period has no nameplate, or two.
    """
    rows = output.reset_index(drop=True).copy()
    rows["annual_t"] = rows["quantity_t"] / rows["period_years"]
    chosen = _read(plates, reading)
    rows["nameplate_t"] = [_plate_in(chosen, row) for row in rows.itertuples()]
    rows["share_pct"] = 100 * rows["annual_t"] / rows["nameplate_t"]
    return rows


def _read(plates: pd.DataFrame, reading: str) -> pd.DataFrame:
    """Nameplates under one reading: its own rows, and the preferred ones that it leaves."""
    own = plates[(plates["reading"] == reading) & ~plates["preferred"]]
    keys = ["ramp", "valid_from"]
    left = plates[plates["preferred"]]
    replaced = left.set_index(keys).index.isin(own.set_index(keys).index)
    return pd.concat([own, left[~replaced]])


def _plate_in(plates: pd.DataFrame, row: tuple) -> float:
    """Mean nameplate over the days of a period of output."""
    rows = plates[plates["ramp"] == row.ramp]
    start = pd.Timestamp(row.period_start)
    # Months, not days: a year of 365 or 366 days ends where the next one begins.
    end = start + pd.DateOffset(months=round(12 * row.period_years))
    first = rows["valid_from"].clip(lower=start)
    last = (rows["valid_to"] + pd.Timedelta(days=1)).fillna(end).clip(upper=end)
    days = (last - first).dt.days.clip(lower=0)
    if days.sum() != (end - start).days:
        raise ValueError(
            f"Ramp '{row.ramp}' has nameplates for {days.sum()} of {(end - start).days} days from "
            f"{start:%Y-%m-%d}; mend nameplates."
        )
    return float((days * rows["nameplate_t_per_year"]).sum() / days.sum())


def by_start(plants: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Capacity by product, start and status.

    Args:
        plants: ``product_class``, ``capacity_t_per_year``, ``start_year``, ``status`` and
            ``list_figure``; plants that stopped are left out.
        first: first year shown by itself; what started before, or runs without a stated start,
            is ``earlier``.
        last: last year shown; a later start is an error.

    Returns:
        ``product_class``, ``start`` (``earlier``, a year as text, or ``no date``), ``state``
        (status, or ``list author's figure``) and ``capacity_t_per_year``.

    Raises:
        ValueError: if a start lies after ``last``.
    """
    live = plants[plants["status"] != "stopped"].copy()
    year = live["start_year"].astype("Int64")
    if (year > last).any():
        facility = live.loc[year > last, "facility"].iloc[0]
        raise ValueError(f"'{facility}' starts after {last}; show more years.")
    runs = live["status"].isin(RUNNING)
    live["start"] = year.astype("string").fillna(UNDATED).astype(str)
    live.loc[(year < first).fillna(False) | (year.isna() & runs), "start"] = EARLIER
    live["state"] = live["status"].astype(str).mask(live["list_figure"], LIST_FIGURE)
    keys = ["product_class", "start", "state"]
    live["product_class"] = live["product_class"].astype(str)
    return live.groupby(keys, as_index=False)["capacity_t_per_year"].sum()
