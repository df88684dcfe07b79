"""The price floor of MP Materials, a contract for difference: price paths, payments, public cost.

The price is that of :mod:`rareearth.analysis.market`: what a payment is reckoned from is what all
other models of this report meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import brentq

from rareearth import assumptions, data, digits, uncertainty
from rareearth.analysis import market
from rareearth.answers import Answers, listing
from rareearth.models import price
from rareearth.scenarios import Scenario

FULL_OUTPUT = 2028.0
"""When the mine reaches its output of the register; until then it moves there in a line."""

LEVELS = np.arange(60.0, 161.0, 5.0)
"""Floors that are compared, USD/kg."""

CHEAPER = 80.0
"""Floor that the one in force is set against, USD/kg."""

BANDS = {"low_90": 0.05, "low_50": 0.25, "median": 0.5, "high_50": 0.75, "high_90": 0.95}
"""Quantiles that bands show: nine tenths and half of the draws."""

AGREEMENT = "MP Materials"
"""The agreement that is in force and modelled here."""

FIT_UNITS = {
    "steps": "count",
    "speed": "per year",
    "speed_error": "per year",
    "volatility": "per square root of a year",
    "volatility_error": "per square root of a year",
}
LEVEL_UNITS = {"floor": "US dollars per kilogram"} | dict.fromkeys(
    ("low", "median", "high"), "US dollars per kilogram covered"
)
"""Units of the columns of :func:`fit_table` and :func:`other_floors`, for their download."""

SHOWN = (market.BASIS, "realized by MP Materials")
"""Bases of NdPr quotes that are drawn beside the price of neodymium."""

YEARLY, DAILY, MODEL = (
    "neodymium oxide, by year", "neodymium oxide, by day", "model, NdPr without tax",
)  # fmt: skip
"""Series of :func:`price_history` besides :data:`SHOWN`."""

ASSUMED = (
    *(name for name in market.ASSUMED if name != "price_jump_rate"),
    *("mp_ndpr_share", "floor_covered_share", "mp_concentrate", "floor_upside_year"),
    "public_discount_rate",
)
"""Assumptions behind every cost of the floor; sudden rises rest on ``price_jump_rate`` as well."""

REASONS = {
    "2025-Q4": "Export quotes stood still near 97 USD/kg for neodymium while Chinese ones moved; "
    "tonnes and benchmark are not published.",
    "2026-Q1": "The quote rose by two fifths within the quarter; a mean of the quarter hides the "
    "months below the floor, and stock of earlier quarters may have been designated.",
    "2026-Q2": "Quotes end on 10 April and output is that of the quarter before; the payment was "
    "read in a research note, not in a filing.",
}
"""Why the model misses the payment of a quarter."""


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


def rests_on(*more: str) -> list[pd.DataFrame]:
    """Rows behind the model of the floor: prices, terms, payments and assumptions.

    Args:
        more: names of further assumptions.
    """
    terms_of = data.table("floor_terms")
    return [
        *market.prices_behind(),
        terms_of[terms_of["agreement"] == AGREEMENT],
        paid_so_far(),
        assumptions.register().loc[[*ASSUMED, *more]],
    ]


def terms() -> price.Terms:
    """Terms of the agreement; the start is 1 October, the end 31 December."""
    table = data.table("floor_terms")
    value = table[table["agreement"] == AGREEMENT].set_index("term")["value"]
    share = value["upside share"] / 100
    return price.Terms(
        *map(float, (value["floor"], share, value["start"] + 0.75, value["end"] + 1.0))
    )


# --- the contract --------------------------------------------------------------------------------


def run(draws: int, seed: int, scenario: Scenario, view: str = market.LEVEL) -> Run:
    """The rest of the contract, from the quarter of the newest price to its end.

    The first quarter is paid at the newest price, the others at the mean of three months.

    Args:
        draws: number of draws.
        seed: any non-negative integer; the three views share their shocks and assumptions.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        view: one of :data:`market.PROCESSES`.
    """
    assumed, agreed, now = assumptions.sample(draws, seed, scenario), terms(), market.newest()
    count = round((agreed.end - now) * price.MONTHS)
    paths = market.months(assumed, count, view)
    quarterly = paths.reshape(-1, 3, draws).mean(axis=1)
    prices = np.concatenate([assumed["ndpr_spot"].to_numpy()[None], quarterly])
    times = now + (np.arange(len(prices)) - 0.5) / price.QUARTERS
    tonnes = covered(times, assumed)
    shared = times[:, None] >= assumed["floor_upside_year"].to_numpy()
    settled = price.settle(prices, tonnes, agreed.floor, agreed.upside_share, shared)
    paid, received = settled.paid / 1e3, settled.received / 1e3
    discount = (1 + assumed["public_discount_rate"].to_numpy()) ** -(times[:, None] - now)
    total = paid_so_far()["usd_million"].sum() + (paid * discount).sum(axis=0)
    cost = total - (received * discount).sum(axis=0)
    return Run(times, prices, tonnes, paid, received, total, cost)


def covered(times: np.ndarray, assumed: pd.DataFrame) -> np.ndarray:
    """Tonnes of NdPr that payments cover in each quarter, quarter x draw.

    Mined concentrate times its content of NdPr times the part that is designated. Output moves in
    a line from its newest quarterly value to that of the register.
    """
    latest = _output("concentrate produced").iloc[-1] * price.QUARTERS
    begun = _output("concentrate produced").index[-1]
    share = np.clip((times[:, None] - begun) / (FULL_OUTPUT - begun), 0, 1)
    mined = latest + share * (assumed["mp_concentrate"].to_numpy() - latest)
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


def modelled_so_far(draws: int, seed: int, scenario: Scenario) -> np.ndarray:
    """What the model gives for the quarters paid so far, million USD, quarter x draw.

    Prices are the mean quote of the quarter times the two ratios of the register; output that was
    not found is that of the quarter before.
    """
    assumed = assumptions.sample(draws, seed, scenario)
    daily = data.table("prices_daily").set_index("date")["usd_per_kg"]
    by_quarter = daily.groupby(daily.index.to_period("Q").astype(str)).mean()
    quarters = paid_so_far()["period"].str.replace("-", "")
    ratio = (assumed["ndpr_to_nd_price"] * assumed["floor_reference_ratio"]).to_numpy()
    mined = _output("concentrate produced")
    mined = mined.reindex([_middle(q) for q in paid_so_far()["period"]]).ffill().to_numpy()
    content = (assumed["mp_ndpr_share"] * assumed["floor_covered_share"]).to_numpy()
    prices = by_quarter[quarters].to_numpy()[:, None] * ratio
    return price.settle(prices, mined[:, None] * content, terms().floor).paid / 1e3


def break_even_level(scenario: Scenario) -> float:
    """Level of the benchmark at which the agreement costs the public nothing on average.

    With central values of all assumptions and of the fit, share above the floor included.

    Returns:
        USD/kg.
    """
    central, agreed, fit, now = (
        assumptions.central(scenario),
        terms(),
        market.fitted(),
        market.newest(),
    )

    def cost(level: float) -> float:
        return price.floor_cost(
            *(central["ndpr_spot"], level, fit.speed, fit.volatility),
            floor=agreed.floor,
            years=agreed.end - now,
            discount_rate=central["public_discount_rate"],
            upside_share=agreed.upside_share,
            upside_after=central["floor_upside_year"] - now,
        )

    return float(brentq(cost, agreed.floor / 10, agreed.floor * 10))


def hindcast(draws: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    """Payments made against those of the model, by quarter and together.

    Nothing is fitted to the payments.

    Returns:
        ``study``, ``quantity``, ``unit``, ``published_low``, ``published_high``, ``ours``,
        ``ours_low``, ``ours_high`` (nine draws in ten), ``error_pct``, ``reason`` and ``source``.
    """
    made, ours = paid_so_far(), modelled_so_far(draws, seed, scenario)
    first, last = made["period"].iloc[[0, -1]]
    together = pd.DataFrame(
        {
            "quantity": f"payments of {first} to {last}",
            "published_low": made["usd_million"].sum(),
            "reason": "Sum of the above.",
            "source": ";".join(made["source"]),
        },
        index=[len(made)],
    )
    single = made.assign(
        quantity="payment of " + made["period"],
        published_low=made["usd_million"],
        reason=made["period"].map(REASONS).fillna("Not yet looked into."),
    )
    frame = pd.concat([single[together.columns], together])
    model = uncertainty.band(np.vstack([ours, ours.sum(axis=0)]))
    frame = frame.assign(
        study="MP Materials price floor",
        unit="million USD",
        published_high=frame["published_low"],
        ours=model["median"],
        ours_low=model["low"],
        ours_high=model["high"],
        error_pct=100 * (model["median"] / frame["published_low"] - 1),
    )
    order = ["study", "quantity", "unit", "published_low", "published_high", "ours"]
    return frame[[*order, "ours_low", "ours_high", "error_pct", "reason", "source"]]


def other_floors(
    draws: int, seed: int, scenario: Scenario, levels: np.ndarray = LEVELS
) -> pd.DataFrame:
    """What a new ten-year floor at several levels would cost, and how often it would pay.

    Starts today, without a share above the floor; expected cost given each draw of the parameters,
    in closed form, which knows no sudden rises.

    Args:
        draws: number of draws.
        seed: any non-negative integer.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        levels: floors, USD/kg.

    Returns:
        ``view`` (returns to its level, wanders freely), ``floor``, ``low``, ``median`` and
        ``high`` (nine draws in ten of the cost per kilogram covered, USD), and ``chance_pct`` of a
        payment, mean over quarters and draws.
    """
    drawn = assumptions.sample(draws, seed, scenario)
    rate = drawn["public_discount_rate"].to_numpy()
    middles = (np.arange(10 * price.QUARTERS)[:, None] + 0.5) / price.QUARTERS
    parts = []
    for view in (market.LEVEL, market.WALK):
        values = market.process(drawn, view).to_numpy().T
        cost = price.floor_cost(*values, floor=levels[:, None], discount_rate=rate)
        chance = [100 * price.payment_chance(*values, level, middles).mean() for level in levels]
        part = uncertainty.band(cost, floor=levels).assign(chance_pct=chance)
        parts.append(part.assign(view=view))
    return pd.concat(parts, ignore_index=True)


# --- a floor for other plants ---------------------------------------------------------------------


def payment_per_kg(
    draws: pd.DataFrame, years: Sequence[int], floor: float | None = None
) -> np.ndarray:
    """What a floor pays for each kilogram of oxide that it covers, in the price of each draw.

    Settled by quarters, on the path that plants, investors and the balance meet. The government's
    share above the floor is left out, as in the letters that followed the first agreement.

    Args:
        draws: any draw of the register.
        years: calendar years, ascending; those that have begun are not covered.
        floor: USD/kg; that of the agreement in force if not given.

    Returns:
        USD/kg of NdPr oxide: year x draw.
    """
    level = terms().floor if floor is None else floor
    paid = np.zeros((len(years), len(draws)))
    first = int(np.ceil(market.newest()))
    ahead = [at for at, year in enumerate(years) if year >= first]
    if ahead:
        skipped = round((first - market.newest()) * price.MONTHS)
        count = (int(years[-1]) + 1 - first) * price.MONTHS
        path = market.months(draws, skipped + count)[skipped:]
        quarters = path.reshape(-1, price.QUARTERS, price.MONTHS // price.QUARTERS, len(draws))
        gap = np.maximum(level - quarters.mean(axis=2), 0).mean(axis=1)
        paid[ahead] = gap[[int(years[at]) - first for at in ahead]]
    return paid


def present_payments(
    draws: pd.DataFrame, oxide_kg: np.ndarray, years: Sequence[int], floor: float | None = None
) -> np.ndarray:
    """What a floor for some plants pays over all years, in money of today.

    Args:
        draws: any draw of the register.
        oxide_kg: NdPr oxide that the floor covers: year x draw, or one column for all draws.
        years: calendar years, ascending.
        floor: as for :func:`payment_per_kg`.

    Returns:
        USD, one per draw.
    """
    paid = oxide_kg * payment_per_kg(draws, years, floor)
    ahead = (np.asarray(years, dtype=float) + 0.5 - market.newest())[:, None]
    rate = draws["public_discount_rate"].to_numpy()
    return (paid / (1 + rate) ** ahead).sum(axis=0)


# --- for the page ---------------------------------------------------------------------------------


def agreements() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Terms of agreements on a floor, the same as printed, and those of the one in force."""
    rows, agreed = data.table("floor_terms"), terms()
    answers = Answers(rows, kind="reported")
    answers.add("floor-level", agreed.floor, "{:.0f} USD/kg")
    answers.add("floor-share", 100 * agreed.upside_share, "{:.0f}%")
    earnings = rows.set_index("term").loc["guaranteed earnings", "value"]
    answers.add("floor-ebitda", earnings, "{:.0f} million USD")
    # An offtake without terms of its own.
    named = rows[rows["agreement"] != "Arafura, Traxys"].astype({"unit": str})
    plain = named["unit"] == "year"
    named["text"] = [
        f"{term} {value:.0f}" if year else f"{term} {value:,.0f} {unit}"
        for term, value, unit, year in zip(
            named["term"], named["value"], named["unit"], plain, strict=True
        )
    ]
    printed = []
    for agreement, part in named.groupby(named["agreement"].astype(str)):
        level = part.loc[part["term"] == "floor", "value"].dropna()
        others = "; ".join(part.loc[part["term"] != "floor", "text"])
        printed.append(
            {
                "Agreement": agreement,
                "Floor": "none" if level.empty else f"{level.item():.0f} USD/kg",
                "Other terms found": others or "–",
                "Status": part["status"].iloc[0],
            }
        )
    return rows, pd.DataFrame(printed), answers


def price_history(draws: int, seed: int, scenario: Scenario) -> tuple[pd.DataFrame, Answers]:
    """Price of neodymium, quotes of NdPr and the range of the benchmark ahead.

    Returns:
        ``time`` (years), ``usd_per_kg``, ``series`` (:data:`YEARLY`, :data:`DAILY`, one of
        :data:`SHOWN`, or :data:`MODEL` with the columns of :data:`BANDS` but the median, which is
        the price) and ``source``; and what the text says of it.
    """
    ahead = run(draws, seed, scenario)
    fan = spread(ahead.prices).assign(time=ahead.times)
    seen = data.table("ndpr_prices").astype({"basis": str})
    seen = seen[seen["basis"].isin(SHOWN)].rename(columns={"basis": "series"})
    seen["usd_per_kg"] = seen[["usd_per_kg_low", "usd_per_kg_high"]].mean(axis=1)
    seen["time"] = market.middles(seen["date"], seen["covers"])
    years, days = market.yearly(), market.quotes("D")
    frame = pd.concat(
        [
            years.assign(series=YEARLY),
            days.assign(series=DAILY),
            seen[["time", "usd_per_kg", "series", "source"]],
            fan.rename(columns={"median": "usd_per_kg"}).assign(series=MODEL),
        ]
    )
    answers = Answers(market.prices_behind())
    usd = years.set_index("time")["usd_per_kg"]
    answers.add("floor-years", len(usd))
    answers.add("floor-years-above", int((usd > terms().floor).sum()))
    spot = assumptions.register().loc["ndpr_spot"]
    ends = "{:.0f} to {:.0f} USD/kg".format(*spot[["low", "high"]])
    answers.add("floor-spot", ends, sources=spot, kind="reported")
    for name, value in {
        "start": usd.iloc[0],
        "peak": usd.max(),
        "calm-least": usd.loc[2015:2020].min(),
        "calm-most": usd.loc[2015:2020].max(),
        "2022": usd.loc[2022:2023].max(),
        "day": days["usd_per_kg"].max(),
    }.items():
        answers.add(f"floor-nd-{name}", value, "{:.0f}")
    first, last = fan.iloc[0], fan.iloc[-1]
    model = {"sources": rests_on(), "kind": "forecast"}
    answers.add("floor-ahead-first", first["median"], "{:.0f}", **model)
    ends = {"low": last["low_90"], "high": last["high_90"]}
    answers.add("floor-ahead-last", last["median"], "{:.0f}", **ends, **model)
    return frame, answers


def fit_table() -> pd.DataFrame:
    """All fits, one row per series; what is tied to a pull is missing where none is seen."""
    rows = []
    for name, fit in market.fits().items():
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


def fitting() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """:func:`fit_table`, the same as it is printed, and what the text says of it."""
    table, fit, answers = fit_table(), market.fitted(), Answers(market.prices_behind())

    def printed(value: str, error: str, template: str, scale: float = 1) -> list[str]:
        both = f"{template} ± {template}"
        return [
            both.format(scale * v, scale * e) if np.isfinite(v) else "none seen"
            for v, e in zip(table[value], table[error], strict=True)
        ]

    years = [f"{v:.1f}" if np.isfinite(v) else "–" for v in table["half_life_years"]]
    shown = pd.DataFrame(
        {
            "Series": table["series"].str[0].str.upper() + table["series"].str[1:],
            "Steps": table["steps"],
            "Level, USD/kg": printed("level_usd_per_kg", "level_error_usd_per_kg", "{:.0f}"),
            "Pull, per year": printed("speed", "speed_error", "{:.2f}"),
            "Half-life, years": years,
            "Volatility, % a year": printed("volatility", "volatility_error", "{:.0f}", 100),
        }
    )
    daily, month = (
        market.fits()[f"{name}, 2024 to 2026"].volatility
        for name in ("every day", "last quote of the month")
    )
    answers.add("floor-fit-level", fit.median, "{:.0f} USD/kg")
    answers.add("floor-fit-half", price.half_life(fit.speed), "{:.1f} years")
    answers.add("floor-fit-vol", 100 * fit.volatility, "{:.0f}%")
    answers.add("floor-vol-day", 100 * daily, "{:.0f}%")
    answers.add("floor-vol-month", 100 * month, "{:.0f}%")
    answers.add("floor-fit-speed", f"{fit.speed:.2f} ± {fit.speed_se:.2f} per year")
    answers.add("floor-fit-bias", market.bias_of_speed(), "{:.2f} per year")
    answers.add("floor-standing", 100 * market.standing(), "{:.0f}%")
    return table, shown, answers


def payments(
    draws: int, seed: int, scenario: Scenario
) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Payments made beside those of the model, payments to come, and what the text says of them.

    Returns:
        ``quarter``, ``usd_million``, ``kind``, ``source`` and the model's ``low_90``, ``median``,
        ``high_90``; ``time`` and the columns of :data:`BANDS`, million USD a quarter; answers.
    """
    made, tested, ahead = (
        paid_so_far(),
        hindcast(draws, seed, scenario),
        run(draws, seed, scenario),
    )
    quarters = pd.DataFrame(
        {
            "quarter": made["period"].str[5:] + " " + made["period"].str[:4],
            "usd_million": made["usd_million"],
            "kind": made["kind"].astype(str),
            "source": made["source"],
            "low_90": tested["ours_low"][:-1],
            "median": tested["ours"][:-1],
            "high_90": tested["ours_high"][:-1],
        }
    )
    coming = spread(ahead.paid).assign(time=ahead.times)
    total, last = tested.iloc[-1], coming.iloc[-1]
    answers = Answers(rests_on())
    answers.add("floor-paid", total["published_low"], "{:.0f} million USD", sources=made)
    ends = {"low": total["ours_low"], "high": total["ours_high"]}
    answers.add("floor-paid-model", total["ours"], "{:.0f} million USD", **ends)
    answers.add("floor-paid-error", total["error_pct"], "{:.0f}%")
    answers.add("floor-worst-error", tested["error_pct"].min(), "{:.0f}%")
    in_2030 = np.interp(2030, coming["time"], coming["median"])
    answers.add("floor-quarter-2030", in_2030, "{:.0f} million USD")
    paid = quarters.set_index("quarter")
    answers.add("floor-paid-list", listing(paid["usd_million"], "{1:.0f} million dollars in {0}"))
    answers.add("floor-paid-model-list", listing(paid["median"], "{1:.0f}"))
    answers.add("floor-quarter-first", coming["median"].iloc[0], "{:.0f}")
    ends = {"low": last["low_90"], "high": last["high_90"]}
    answers.add("floor-quarter-last", last["median"], "{:.0f}", **ends)
    return quarters, coming, answers


def bills(draws: int, seed: int, scenario: Scenario) -> tuple[pd.DataFrame, Answers]:
    """The bill of the whole agreement, by view of the price, with the share above the floor or not.

    Returns:
        ``view``, ``share``, the columns of :data:`BANDS` and the ``mean``, billion USD in money of
        today; and ``gain_pct``, the draws in which the government ends with a gain; answers.
    """
    parts, shared = [], {}
    for view in market.PROCESSES:
        ahead = run(draws, seed, scenario, view)
        shared[view] = ahead.present_paid - ahead.present_cost
        for share, cost in ((True, ahead.present_cost), (False, ahead.present_paid)):
            part = spread(cost / 1e3).assign(
                mean=cost.mean() / 1e3, gain_pct=100 * (cost < 0).mean()
            )
            parts.append(part.assign(view=view, share=share))
    frame = pd.concat(parts, ignore_index=True)
    net = frame[frame["share"]].set_index("view")
    answers = Answers(rests_on("price_jump_rate"), kind="forecast")
    label = "Ten-year cost of the price floor of MP Materials, present value"
    for name, view in {
        "floor-bill": market.LEVEL,
        "floor-bill-rises": market.RISES,
        "floor-bill-walk": market.WALK,
    }.items():
        # Adding zero turns a rounded minus nothing into nothing.
        ends = {end: round(net.loc[view, f"{end}_90"], 1) + 0.0 for end in ("low", "high")}
        middle = net.loc[view, "median"]
        answers.add(
            name, middle, "{:.1f} billion USD", **ends, label=label if view == market.LEVEL else ""
        )
    half = "{low_50:.1f} to {high_50:.1f} billion USD".format(**net.loc[market.LEVEL])
    answers.add("floor-bill-half", half)
    answers.add("floor-bill-walk-gain", net.loc[market.WALK, "gain_pct"], "{:.0f}%")
    worth = shared[market.LEVEL]
    error = digits.error(worth, None)
    answers.add("floor-share-worth", worth.mean(), "{:.0f} million USD", error=error)
    return frame, answers


def new_floors(draws: int, seed: int, scenario: Scenario) -> tuple[pd.DataFrame, Answers]:
    """:func:`other_floors`, and what the text says of it."""
    frame, agreed, answers = other_floors(draws, seed, scenario), terms(), Answers(rests_on())
    at = frame.set_index(["view", "floor"])
    here, lower = at.loc[(market.LEVEL, agreed.floor)], at.loc[(market.LEVEL, CHEAPER)]
    ends = {"low": here["low"], "high": here["high"]}
    answers.add("floor-per-kg", here["median"], "{:.0f} USD", **ends)
    answers.add("floor-chance", here["chance_pct"], "{:.0f}%")
    answers.add("floor-low", CHEAPER, "{:.0f} USD/kg")
    answers.add("floor-low-per-kg", lower["median"], "{:.0f} USD")
    answers.add("floor-low-chance", lower["chance_pct"], "{:.0f}%")
    answers.add("floor-break-even", break_even_level(scenario), "{:.0f} USD/kg")
    listed = data.table("oxide_prices").query("element == 'NdPr'")
    most = listed["usd_per_kg"].max()
    answers.add("floor-ndpr-high", most, "{:.0f} USD/kg", sources=listed, kind="reported")
    for name, view in {"returns": market.LEVEL, "wanders": market.WALK}.items():
        ends = "{:.0f} to {:.0f} dollars".format(*at.loc[view, "median"].iloc[[0, -1]])
        answers.add(f"floor-levels-{name}", ends)
    ends = "{:.0f} to {:.0f} percent".format(*at.loc[market.LEVEL, "chance_pct"].iloc[[0, -1]])
    answers.add("floor-levels-chance", ends)
    return frame, answers


def all_payments(made: pd.DataFrame, coming: pd.DataFrame) -> pd.DataFrame:
    """Payments made and to come as from :func:`payments`, in one frame."""
    return pd.concat([made, coming], ignore_index=True)


def units(unit: str) -> dict[str, str]:
    """Units of the columns of a frame with bands, for its download."""
    return dict.fromkeys([*BANDS, "mean"], unit) | {"time": "years"}


def spread(values: np.ndarray) -> pd.DataFrame:
    """Bands over draws, the last axis: one row per place before it, columns of :data:`BANDS`."""
    ends = np.quantile(np.atleast_2d(values), list(BANDS.values()), axis=-1)
    return pd.DataFrame(dict(zip(BANDS, ends, strict=True)))
