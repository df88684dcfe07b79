"""A supply cut, month by month: what fills the hole, who goes short, how large a stock would do.

What the cutting country no longer delivers is filled in a fixed order: more from all others, less
used per product, stocks of firms, the strategic stock. What is left is the shortage, and it falls
on the users in the order of their rank. In every month and group of elements

    need = delivered + surged + saved + from firms' stocks + from the strategic stock + shortage.

Stocks are not refilled within a run, so a run holds one cut. Masses are tonnes of contained
element; arrays are months, uses, groups of elements, draws.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

MONTHS = 12
DAYS = 365.25 / MONTHS
"""Days in a mean month."""


class Cut(NamedTuple):
    """A stop of deliveries.

    Attributes:
        share: part of the country's deliveries that stops, 0 to 1: groups, draws.
        start: months from the beginning of the run to the cut: draws.
        months: its length, fractions allowed: draws.
        warning: months before the start at which all others begin to respond: draws.
    """

    share: np.ndarray
    start: np.ndarray
    months: np.ndarray
    warning: np.ndarray


class Response(NamedTuple):
    """What grows from the warning on, in a straight line, until it is reached.

    Attributes:
        surge: most that all other suppliers add, as part of what they deliver: draws.
        surge_months: time until then: draws.
        thrift: largest part of the need that users can do without at equal output: draws. Uses of
            the first rank save nothing: a weapon is built as it was approved.
        thrift_months: time until then: draws.
    """

    surge: np.ndarray
    surge_months: np.ndarray
    thrift: np.ndarray
    thrift_months: np.ndarray


class Stocks(NamedTuple):
    """Tonnes in store when the run begins: groups, draws.

    Attributes:
        commercial: held by firms, drawn first.
        strategic: held by the state.
        reserved: part of the strategic stock that only uses of the first rank may draw on.
    """

    commercial: np.ndarray
    strategic: np.ndarray
    reserved: np.ndarray


class Outcome(NamedTuple):
    """What filled the need: months, groups, draws; ``short_by_use``: months, uses, groups, draws.

    Attributes:
        need: what would have been used without a cut.
        delivered: by all suppliers, the cutting one included, before they respond.
        surged: more from all other suppliers.
        saved: done without.
        commercial: from firms' stocks.
        strategic: from the strategic stock.
        shortage: not met.
        short_by_use: the shortage by use.
    """

    need: np.ndarray
    delivered: np.ndarray
    surged: np.ndarray
    saved: np.ndarray
    commercial: np.ndarray
    strategic: np.ndarray
    shortage: np.ndarray
    short_by_use: np.ndarray


FILLS = ("delivered", "surged", "saved", "commercial", "strategic", "shortage")
"""Parts of an :class:`Outcome` that add up to the need, in the order in which they fill it."""


def simulate(
    need: ArrayLike,
    others: ArrayLike,
    cut: Cut,
    response: Response,
    stocks: Stocks,
    rank: ArrayLike,
) -> Outcome:
    """Run a supply cut.

    Without a cut the country delivers whatever the others leave open, so nothing is short.

    Args:
        need: tonnes a month: months, uses, groups, draws.
        others: tonnes a month that come from elsewhere (other countries, own mines, recycling):
            months, groups, draws. What exceeds the need is not bought.
        cut: share, start, length and warning.
        response: what others and users can do about it.
        stocks: what is in store.
        rank: order in which uses are served, one integer per use; equal ranks share alike.

    Returns:
        Tonnes a month.

    Raises:
        ValueError: if a share is outside 0 to 1, a mass or time is negative, or the shapes of need
            and rank do not fit.
    """
    need = np.asarray(need, dtype=float)
    rank = np.asarray(rank)
    _check(need, rank, cut, response, stocks)
    first = rank == rank.min()
    total = need.sum(axis=1)
    base = np.minimum(np.broadcast_to(others, total.shape), total)
    delivered = base + (total - base) * (1 - cut.share * in_cut(len(need), cut)[:, None])
    alarm = cut.start - cut.warning
    surge = response.surge * ramp(len(need), alarm, response.surge_months)
    thrift = response.thrift * ramp(len(need), alarm, response.thrift_months)
    surged = np.minimum(base * surge[:, None], total - delivered)
    civil = need[:, ~first].sum(axis=1)
    saved = np.minimum(civil * thrift[:, None], total - delivered - surged)
    kept = 1 - np.divide(saved, civil, out=np.zeros_like(saved), where=civil > 0)
    wanted = np.where(first[:, None, None], need, need * kept[:, None])

    commercial, strategic = np.zeros_like(total), np.zeros_like(total)
    firms = np.broadcast_to(stocks.commercial, total.shape[1:]).astype(float)
    state = np.broadcast_to(stocks.strategic, total.shape[1:]).astype(float)
    for month in range(len(need)):
        flow = delivered[month] + surged[month]
        gap = wanted[month].sum(axis=0) - flow
        commercial[month] = np.clip(gap, 0, firms)
        gap = np.clip(gap - commercial[month], 0, None)
        urgent = np.clip(wanted[month, first].sum(axis=0) - flow - commercial[month], 0, state)
        open_to_all = np.clip(state - stocks.reserved, 0, None)
        strategic[month] = np.minimum(gap, np.maximum(urgent, open_to_all))
        firms, state = firms - commercial[month], state - strategic[month]
    served = allocate(delivered + surged + commercial + strategic, wanted, rank)
    short = wanted - served
    return Outcome(total, delivered, surged, saved, commercial, strategic, short.sum(axis=1), short)


def allocate(available: np.ndarray, wanted: np.ndarray, rank: ArrayLike) -> np.ndarray:
    """Share out what there is, lowest rank first, equal ranks in proportion to what they want.

    Args:
        available: tonnes: months, groups, draws.
        wanted: tonnes: months, uses, groups, draws.
        rank: one integer per use.

    Returns:
        Tonnes that each use gets, at most what it wants; same shape as ``wanted``.
    """
    rank = np.asarray(rank)
    served = np.zeros_like(wanted)
    left = available
    for place in np.unique(rank):
        here = rank == place
        asked = wanted[:, here].sum(axis=1)
        part = np.divide(left, asked, out=np.ones_like(asked), where=asked > 0).clip(0, 1)
        served[:, here] = wanted[:, here] * part[:, None]
        left = left - asked * part
    return served


def in_cut(months: int, cut: Cut) -> np.ndarray:
    """Part of each month that lies in the cut: months, draws."""
    begin = np.arange(months)[:, None]
    end = np.minimum(begin + 1, cut.start + cut.months)
    return np.clip(end - np.maximum(begin, cut.start), 0, 1)


def ramp(months: int, alarm: ArrayLike, length: ArrayLike) -> np.ndarray:
    """Rise from 0 at the alarm to 1 after ``length`` months, at mid-month: months, draws."""
    elapsed = np.arange(months)[:, None] + 0.5 - np.asarray(alarm, dtype=float)
    length = np.broadcast_to(np.asarray(length, dtype=float), elapsed.shape)
    at_once = (elapsed > 0).astype(float)
    return np.divide(elapsed, length, out=at_once, where=length > 0).clip(0, 1)


def by_year(
    need: np.ndarray,
    others: np.ndarray,
    cut: Cut,
    response: Response,
    stock_months: Stocks,
    rank: ArrayLike,
) -> Outcome:
    """The cut in a run of whole years, for models that count in years.

    Args:
        need: tonnes a year: years, uses, groups, draws; spread evenly over the months.
        others: tonnes a year: years, groups, draws.
        cut: as for :func:`simulate`, in months from the beginning of the first year.
        response: as for :func:`simulate`.
        stock_months: the three stocks in months of need in the year in which the cut begins; the
            reserve in months of the first rank's need.
        rank: as for :func:`simulate`.

    Returns:
        As from :func:`simulate`, in tonnes a year. Years outside the cut have no shortage.
    """
    years = len(need)
    stocks = in_tonnes(need / MONTHS, cut, stock_months, rank)
    first = int(np.clip(np.min(cut.start) // MONTHS, 0, years))
    last = int(np.clip(np.ceil(np.max(cut.start + cut.months) / MONTHS), first, years))
    total, delivered = need.sum(axis=1), need.sum(axis=1)
    parts = dict.fromkeys(FILLS[1:], 0.0)
    full = {name: np.zeros_like(total) for name in parts}
    by_use = np.zeros_like(need)
    if last > first:
        window = slice(first, last)
        run = simulate(
            np.repeat(need[window] / MONTHS, MONTHS, axis=0),
            np.repeat(others[window] / MONTHS, MONTHS, axis=0),
            cut._replace(start=cut.start - first * MONTHS),
            response,
            stocks,
            rank,
        )
        delivered[window] = yearly(run.delivered)
        for name in full:
            full[name][window] = yearly(getattr(run, name))
        by_use[window] = yearly(run.short_by_use)
    return Outcome(total, delivered, **full, short_by_use=by_use)


def in_tonnes(need: np.ndarray, cut: Cut, months: Stocks, rank: ArrayLike) -> Stocks:
    """Stocks in tonnes from stocks in months of need.

    Args:
        need: tonnes a month, one entry per year: years, uses, groups, draws.
        cut: its start, in months, says which year's need counts.
        months: firms' and strategic stock in months of all need, reserve in months of the need of
            the first rank.
        rank: one integer per use.
    """
    rank = np.asarray(rank)
    draws = need.shape[-1]
    start = np.broadcast_to(np.asarray(cut.start, dtype=float), (draws,))
    year = np.clip(start // MONTHS, 0, len(need) - 1).astype(int)
    at_start = np.moveaxis(need[year, ..., np.arange(draws)], 0, -1)
    total = at_start.sum(axis=0)
    urgent = at_start[rank == rank.min()].sum(axis=0)
    return Stocks(months.commercial * total, months.strategic * total, months.reserved * urgent)


def yearly(monthly: np.ndarray) -> np.ndarray:
    """Sums over each twelve months of the first axis."""
    return monthly.reshape(-1, MONTHS, *monthly.shape[1:]).sum(axis=1)


# --- how large a stock ---------------------------------------------------------------------------


def stock_needed(shortage: ArrayLike, covered: float, tolerated: ArrayLike = 0.0) -> float:
    """Smallest strategic stock that leaves no more than a tolerated shortage in enough draws.

    The strategic stock is drawn last and any tonne of it can serve any month, so in each draw it
    must hold what would be short without it; the answer is a quantile of that.

    Args:
        shortage: tonnes (or months of need) short over the whole cut without a strategic stock,
            one entry per draw.
        covered: part of the draws to be covered, 0 to 1.
        tolerated: shortage that is put up with, same unit.

    Raises:
        ValueError: if ``covered`` is outside 0 to 1.
    """
    if not 0 <= covered <= 1:
        raise ValueError(f"The part of draws to be covered must lie in 0 to 1, not {covered}.")
    missing = np.clip(np.asarray(shortage, dtype=float) - tolerated, 0, None)
    return float(np.quantile(missing, covered, method="inverted_cdf"))


def risk_covered(shortage: ArrayLike, stock: ArrayLike) -> np.ndarray:
    """Part of the draws in which a stock is enough.

    Args:
        shortage: as for :func:`stock_needed`.
        stock: one or more sizes, same unit.
    """
    sizes = np.asarray(stock, dtype=float)
    return (np.sort(shortage).searchsorted(sizes, side="right")) / np.size(shortage)


def cheapest_stocks(shortage: np.ndarray, price: ArrayLike, covered: float) -> np.ndarray:
    """Cheapest pair of stocks that together cover a part of the draws.

    A draw is covered if neither group of elements is short. For each size of the first stock the
    second must cover enough of the draws that the first covers; the cheapest pair is taken.

    Args:
        shortage: tonnes short without a stock: two groups, draws.
        price: cost of a tonne in store: two groups.
        covered: part of the draws to be covered, 0 to 1.

    Returns:
        Tonnes of each of the two groups.

    Raises:
        ValueError: if ``covered`` is outside 0 to 1.
    """
    if not 0 <= covered <= 1:
        raise ValueError(f"The part of draws to be covered must lie in 0 to 1, not {covered}.")
    price = np.asarray(price, dtype=float)
    ordered = shortage[:, np.argsort(shortage[0], kind="stable")]
    needed = int(np.ceil(covered * shortage.shape[1] - 1e-9))
    if needed == 0:
        return np.zeros(2)
    best, cost = np.zeros(2), np.inf
    for size in range(needed, shortage.shape[1] + 1):
        pair = np.array(
            [ordered[0, size - 1], np.partition(ordered[1, :size], needed - 1)[needed - 1]]
        )
        if price @ pair < cost:
            best, cost = pair, price @ pair
    return best


def yearly_cost(tonnes: ArrayLike, usd_per_t: ArrayLike, holding: ArrayLike) -> np.ndarray:
    """Cost of holding a stock for a year, in US dollars: capital, storage and loss.

    Args:
        tonnes: size of the stock.
        usd_per_t: price at which it was bought.
        holding: cost per year as a fraction of that value.
    """
    return np.asarray(tonnes) * np.asarray(usd_per_t) * np.asarray(holding)


def _check(need: np.ndarray, rank: np.ndarray, cut: Cut, response: Response, stocks: Stocks):
    if need.ndim != 4 or rank.shape != (need.shape[1],):
        raise ValueError(
            f"The need must be months, uses, groups, draws and have one rank per use; got shape "
            f"{need.shape} and {rank.size} ranks."
        )
    for name, value in (("cut share", cut.share), ("thrift", response.thrift)):
        if np.min(value) < 0 or np.max(value) > 1:
            raise ValueError(f"The {name} must lie in 0 to 1.")
    times = {f"cut {n}": getattr(cut, n) for n in ("months", "warning")}
    times |= {f"response {n}": getattr(response, n) for n in ("surge", *response._fields[1::2])}
    times |= {f"{n} stock": getattr(stocks, n) for n in stocks._fields} | {"need": need}
    for name, value in times.items():
        if np.min(value) < 0:
            raise ValueError(f"The {name} must not be negative.")
