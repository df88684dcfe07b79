"""Stockpile and supply cut, assembled from tables and assumptions.

What is planned, in tonnes of element; whose need it would cover; what past cuts looked like; how
large a stock covers which part of the cuts that one may fear; and what a cut would leave short.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from rareearth import assumptions, data, scenarios
from rareearth.analysis import chokepoints, supply
from rareearth.models import demand, disruption, oxides, substitution
from rareearth.models.balance import GROUPS, MEMBERS
from rareearth.models.disruption import Cut, Outcome, Response, Stocks

DEFENCE = "Defence"
USES = (DEFENCE, *demand.USES)
RANK = (0, 1, 1, 1)
"""Order of service of :data:`USES`: defence first, all others alike."""

HELD = 10
"""Years for which the cost of holding a stock is counted."""

NEED_YEAR = 2024
"""Year of the needs that the plan is set against: the last with a full account of trade."""

FACTORIES, ALL_USE = "US factories", "All US use"
BASES = (DEFENCE, FACTORIES, ALL_USE)
"""Whose need: of weapons; of all who buy magnets as magnets; of everybody, magnets inside
imported goods included."""

MOST, CEILINGS = "annual plan, most that may be bought", ("NdPr oxide", "NdFeB magnet block")
"""Measure and materials of the annual plan that hold the four magnet elements."""

JAPAN, UNITED_STATES, WORLD = "Japan 2010", "United States 2025", "World 2025"
JAPAN_AGAIN = "Japan 2026, first half"
CUT_YEAR = 2025
SPRING = pd.period_range("2025-04", "2025-06", freq="M")
CUTS = {
    JAPAN: pd.period_range("2010-10", "2010-11", freq="M"),
    UNITED_STATES: SPRING,
    WORLD: SPRING,
}
"""Months of each cut: shipments to Japan stopped in late September and resumed in late November
2010; licences were asked for from 4 April 2025, and exports were back in July."""

YEAR_MONTHS = disruption.MONTHS
SMALL = 1e-6
"""Tonnes that count as nothing."""

FAR = 36
"""Months that a cut is followed for after its start: longer than any in the register."""

ASSUMED = (
    "cut_share", "cut_months", "cut_warning_months", "commercial_stock_months", "surge_share",
    "surge_months", "emergency_thrift", "emergency_thrift_months",
)  # fmt: skip
"""Assumptions that every run of a cut rests on."""


class Case(NamedTuple):
    """A cut to test against.

    Attributes:
        name: as printed.
        share: part of China's deliveries that stops.
        months: how long.
        goods: whether goods that contain magnets are stopped as well.
    """

    name: str
    share: float
    months: float
    goods: bool


# --- what is planned, and whose need it covers ----------------------------------------------------


def plan() -> pd.DataFrame:
    """The annual plan for the stockpile in tonnes of element: ceilings, not purchases.

    Tonnes as finished magnets hold them: what is lost in making magnets from oxide is taken off.
    Magnet blocks are taken to hold the rare earths of an average magnet, a part of them heavy as
    in uses other than vehicles and wind, and their swarf to come back.

    Returns:
        ``material``, ``group``, ``element_t`` and the source of each row.
    """
    rows = _plan_rows()
    central = assumptions.central(scenarios.load("baseline"))
    heavy, magnet = central["heavy_share_of_other_uses"], central["rare_earth_in_magnet"]
    kept = float(np.squeeze(supply.kept_from_oxide(_central())))
    content = {
        "NdPr oxide": {"NdPr": oxides.ndpr_in_oxide() * kept, "DyTb": 0.0},
        "NdFeB magnet block": {"NdPr": magnet * (1 - heavy), "DyTb": magnet * heavy},
    }
    lines = [
        {"material": r.material, "group": g, "element_t": r.high * part, "source": r.source}
        for r in rows.itertuples()
        for g, part in content[r.material].items()
        if part
    ]
    return pd.DataFrame(lines)


def needs() -> pd.DataFrame:
    """Yearly need of each of :data:`BASES` in :data:`NEED_YEAR`, central values.

    Returns:
        ``basis``, ``group`` and ``element_t`` a year.
    """
    draw = _central()
    by_basis = {
        DEFENCE: _split(defence_t(draw)[0], draw),
        FACTORIES: _split(factories_t(draw)[0], draw),
        ALL_USE: dict(zip(GROUPS, us_need(draw)[0].sum(axis=0)[:, 0], strict=True)),
    }
    return pd.DataFrame(
        [(b, g, t) for b, split in by_basis.items() for g, t in split.items()],
        columns=["basis", "group", "element_t"],
    )


def cover() -> pd.DataFrame:
    """Days of each need that the plan would cover if all of it were bought.

    Returns:
        ``basis``, ``group``, ``plan_t``, ``need_t`` a year, ``days`` and ``months``.
    """
    held = plan().groupby("group")["element_t"].sum()
    frame = needs().rename(columns={"element_t": "need_t"})
    frame.insert(2, "plan_t", frame["group"].map(held))
    frame["months"] = YEAR_MONTHS * frame["plan_t"] / frame["need_t"]
    frame["days"] = disruption.DAYS * frame["months"]
    return frame


def plan_months() -> float:
    """The plan in months of all US use, the four elements together."""
    total = cover().query("basis == @ALL_USE")
    return float(YEAR_MONTHS * total["plan_t"].sum() / total["need_t"].sum())


def defence_t(draws: pd.DataFrame) -> np.ndarray:
    """Magnet rare earths in US weapons, tonnes a year, one per draw."""
    uses = data.table("defence_use")
    magnets = uses.loc[uses["item"] == "NdFeB magnets in US weapons", "value"].item()
    return magnets * draws["rare_earth_in_magnet"].to_numpy()


def factories_t(draws: pd.DataFrame) -> np.ndarray:
    """Magnet rare earths in magnets imported as such, tonnes a year, one per draw.

    Chinese exports to the United States over China's part of American imports. What the country
    made itself in :data:`NEED_YEAR` was next to nothing.
    """
    given = chokepoints.inputs()
    magnets = given["magnets_from_china"]["United States"] / given["us_share_from_china"]
    return magnets * draws["rare_earth_in_magnet"].to_numpy()


def us_need(draws: pd.DataFrame, case: str = "STEPS") -> np.ndarray:
    """US need by use, magnets inside imported goods included.

    Defence is taken out of the other uses and stays level.

    Args:
        draws: as from :func:`rareearth.assumptions.sample`.
        case: demand case.

    Returns:
        Tonnes a year from :data:`NEED_YEAR` on: year, use (as :data:`USES`), group, draw.
    """
    by_element = 1e3 * substitution.demand_by_element(
        data.table("magnet_demand"), case, draws, demand.SHARES
    )
    at = {e: i for i, e in enumerate(substitution.ELEMENTS)}
    by_group = np.stack(
        [by_element[:, :, [at[e] for e in MEMBERS[g]]].sum(axis=2) for g in GROUPS], axis=2
    )
    heavy = draws["heavy_share_of_other_uses"].to_numpy()
    weapons = defence_t(draws) * np.stack([1 - heavy, heavy])
    weapons = np.broadcast_to(weapons, (len(by_group), 1, *weapons.shape))
    by_group[:, -1] = np.clip(by_group[:, -1] - weapons[:, 0], 0, None)
    return np.concatenate([weapons, by_group], axis=1)


def rows() -> list[pd.DataFrame]:
    """The rows that the needs and the plan rest on, for naming their sources."""
    uses, (_, flows, imports, *_) = data.table("defence_use"), chokepoints.rows()
    return [
        _plan_rows(),
        uses[uses["item"] == "NdFeB magnets in US weapons"],
        flows[flows["stage"] == "Magnets"],
        imports,
        data.table("magnet_demand"),
        assumptions.register()
        .loc[[*demand.SHARES.values(), "heavy_share_of_other_uses", "rare_earth_in_magnet"]]
        .reset_index(),
    ]


def cut_rows() -> pd.DataFrame:
    """The assumptions that every run of a cut rests on."""
    return assumptions.register().loc[list(ASSUMED)].reset_index()


def _plan_rows() -> pd.DataFrame:
    table = data.table("stockpile")
    return table[(table["measure"] == MOST) & table["material"].isin(CEILINGS)]


def _central() -> pd.DataFrame:
    return pd.DataFrame([assumptions.central(scenarios.load("baseline"))])


def _split(total: float, draw: pd.DataFrame) -> dict[str, float]:
    heavy = draw["heavy_share_of_other_uses"].iloc[0]
    return {"NdPr": total * (1 - heavy), "DyTb": total * heavy}


# --- value of the stockpile -----------------------------------------------------------------------


def history() -> pd.DataFrame:
    """Value of the National Defense Stockpile where it is known, with the price basis."""
    table = data.table("stockpile")
    chosen = (table["holder"] == "United States") & table["measure"].str.startswith("value")
    return table[chosen].rename(columns={"high": "value_usd_billion"}).drop(columns="low")


def coverage_2023() -> pd.Series:
    """What the stockpile held and covered in 2023, as Congress was told.

    Returns:
        ``value_usd_billion``, ``gap_usd_billion``; ``military_pct`` and ``civilian_pct`` (upper
        bounds: less than), ``total_pct`` (about).
    """
    table = data.table("stockpile")
    table = table[(table["holder"] == "United States") & (table["year"] == 2023)]
    at = table.set_index(table["measure"].astype(str))["high"]
    return pd.Series(
        {
            "value_usd_billion": at["value, prices of the year"],
            "gap_usd_billion": at["gap to requirement"],
            "military_pct": at["military shortfall covered"],
            "civilian_pct": at["essential civilian shortfall covered"],
            "total_pct": at["total shortfall covered"],
        }
    )


def price_per_t(draws: pd.DataFrame) -> np.ndarray:
    """Price of a tonne of element in finished magnets, in US dollars, bought as oxide today.

    Neodymium and praseodymium at today's price of the report, dysprosium and terbium in the mix of
    vehicles at the newest yearly averages. What is lost between oxide and magnet is bought as well.

    Args:
        draws: as from :func:`rareearth.assumptions.sample`.

    Returns:
        Group, draw.
    """
    price = price_rows().set_index("element")["usd_per_kg"]
    mix = data.table("magnet_demand")
    mix = mix[(mix["use"].astype(str) == "Electric vehicles") & (mix["year"] == NEED_YEAR)]
    mix = mix.set_index(mix["element"].astype(str))["ree_kt"]
    heavy = {e: mix[e] / (mix["Dy"] + mix["Tb"]) for e in MEMBERS["DyTb"]}
    per_kg = np.stack(
        [
            draws["ndpr_spot"].to_numpy() / oxides.ndpr_in_oxide(),
            np.full(
                len(draws),
                sum(part * price[e] / oxides.element_in_oxide(e) for e, part in heavy.items()),
            ),
        ]
    )
    return 1e3 * per_kg / supply.kept_from_oxide(draws)


def price_rows() -> pd.DataFrame:
    """The newest yearly averages of dysprosium and terbium oxide."""
    table = data.table("oxide_prices").astype({"element": str, "statistic": str})
    rows = table[table["element"].isin(MEMBERS["DyTb"]) & (table["statistic"] == "annual average")]
    return rows[rows["year"] == rows["year"].max()]


# --- what cuts have looked like -------------------------------------------------------------------


def imports_in_cuts() -> pd.DataFrame:
    """Deliveries from China month by month around the cuts of 2010 and 2025, against before.

    Before is the mean month of January to September 2010 for Japan, and the mean of the known
    months of 2024 for the United States and the world.

    Returns:
        ``episode``, ``start``, ``t``, ``before_t``, ``pct`` (of before), ``in_cut`` and ``source``.
    """
    japan = data.table("japan_imports_in_cuts")
    japan = japan[(japan["origin"] == "China") & japan["gross_t"].notna()]
    monthly = japan[japan["months"] == 1]
    after = monthly["start"].between("2010-10-01", "2010-12-01")
    year = japan.loc[japan["months"] == YEAR_MONTHS, "gross_t"].item()
    before = (year - monthly.loc[after, "gross_t"].sum()) / (YEAR_MONTHS - after.sum())
    parts = [_episode(JAPAN, monthly, before)]
    exports = data.table("china_exports")
    exports = exports[(exports["product"] == "Magnets") & (exports["months"] == 1)]
    for place, name in (("United States", UNITED_STATES), ("World", WORLD)):
        to = exports[exports["destination"] == place]
        level = to.loc[to["start"].dt.year == NEED_YEAR, "gross_t"].mean()
        parts.append(_episode(name, to[to["start"].dt.year == CUT_YEAR], level))
    return pd.concat(parts, ignore_index=True)


def _episode(name: str, months: pd.DataFrame, before: float) -> pd.DataFrame:
    frame = months.sort_values("start")[["start", "gross_t", "source"]]
    frame = frame.rename(columns={"gross_t": "t"}).assign(before_t=before)
    frame["pct"] = 100 * frame["t"] / before
    frame["in_cut"] = frame["start"].dt.to_period("M").isin(CUTS[name])
    frame.insert(0, "episode", name)
    return frame[["episode", "start", "t", "before_t", "pct", "in_cut", "source"]]


def episodes() -> pd.DataFrame:
    """Depth and length of the cuts on record.

    Returns:
        One row per cut: ``episode``, ``months``, ``share`` (mean part of deliveries lost in the
        months known), ``lost_months`` (share times months) and ``source``.
    """
    known = imports_in_cuts().query("in_cut").groupby("episode", sort=False)
    frame = known.agg(
        share=("pct", lambda pct: 1 - pct.mean() / 100), source=("source", ";".join)
    ).reset_index()
    frame.insert(1, "months", [float(len(CUTS[name])) for name in frame["episode"]])
    late = data.table("japan_imports_in_cuts").query("pct_of_before.notna()").iloc[0]
    share = 1 - late["pct_of_before"] / 100
    frame.loc[len(frame)] = [JAPAN_AGAIN, float(late["months"]), share, late["source"]]
    frame.insert(3, "lost_months", frame["share"] * frame["months"])
    return frame


def cases() -> list[Case]:
    """Cuts to test against: those on record, and a full stop for a year without and with goods."""
    past = episodes().set_index("episode")
    lines = [
        Case(f"As {name}", past.loc[name, "share"], past.loc[name, "months"], False)
        for name in (JAPAN, WORLD, JAPAN_AGAIN)
    ]
    return [
        *lines,
        Case("Full stop for a year", 1.0, 12.0, False),
        Case("Full stop for a year, goods too", 1.0, 12.0, True),
    ]


# --- runs -----------------------------------------------------------------------------------------


def terms(
    draws: pd.DataFrame, start: float | np.ndarray = 0.0, reach: float | np.ndarray = 1.0
) -> tuple[Cut, Response, Stocks]:
    """Cut, response and stocks (in months of need) from draws of the register.

    Args:
        draws: as from :func:`rareearth.assumptions.sample`.
        start: month of the run in which the cut begins; one value or one per draw.
        reach: part of China's deliveries that the cut touches at all. Only users of that part
            draw on their stocks and save; firms hold months of their own need.

    Returns:
        Arguments of :func:`rareearth.models.disruption.by_year`.
    """

    def get(name: str) -> np.ndarray:
        return draws[name].to_numpy()

    share = np.broadcast_to(get("cut_share") * reach, (len(GROUPS), len(draws)))
    cut = Cut(
        share,
        np.broadcast_to(np.asarray(start, dtype=float), (len(draws),)),
        get("cut_months"),
        get("cut_warning_months"),
    )
    response = Response(
        get("surge_share"),
        get("surge_months"),
        get("emergency_thrift") * reach,
        get("emergency_thrift_months"),
    )
    stocks = Stocks(
        get("commercial_stock_months") * reach,
        get("stockpile_months"),
        get("defence_reserve_months"),
    )
    return cut, response, stocks


def cut_of_years(draws: pd.DataFrame, first_year: int) -> tuple[Cut, Response, Stocks]:
    """As :func:`terms`, with the cut at its year and reach in the register.

    Args:
        draws: as from :func:`rareearth.assumptions.sample`.
        first_year: first year of the run.
    """
    start = YEAR_MONTHS * (draws["cut_start_year"].to_numpy() - first_year)
    return terms(draws, start, draws["cut_reach"].to_numpy())


def factory_cut(draws: pd.DataFrame, respond: bool = True) -> Outcome:
    """A cut of magnets against the need of US factories, without a strategic stock.

    Args:
        draws: as from :func:`rareearth.assumptions.sample`.
        respond: whether other makers and users respond to the cut.

    Returns:
        Tonnes a month; uses are defence and all others.
    """
    heavy = draws["heavy_share_of_other_uses"].to_numpy()
    parts = np.stack([1 - heavy, heavy])
    weapons, total = defence_t(draws) * parts, factories_t(draws) * parts
    monthly = np.stack([weapons, total - weapons]) / YEAR_MONTHS
    need = np.broadcast_to(monthly, (FAR, *monthly.shape))
    others = (1 - chokepoints.inputs()["us_share_from_china"]) * need.sum(axis=1)
    cut, response, months = terms(draws)
    if not respond:
        nothing = np.zeros(len(draws))
        response = response._replace(surge=nothing, thrift=nothing)
    firms = months.commercial * need[0].sum(axis=0)
    none = np.zeros_like(firms)
    return disruption.simulate(need, others, cut, response, Stocks(firms, none, none), (0, 1))


def risk_curve(draws: pd.DataFrame, months: np.ndarray, respond: bool = True) -> pd.DataFrame:
    """Part of the cuts in which a stock of a given size leaves US factories without a shortage.

    Args:
        draws: as from :func:`rareearth.assumptions.sample`.
        months: sizes, in months of the factories' need.
        respond: as for :func:`factory_cut`.

    Returns:
        ``months`` and ``covered_pct``.
    """
    hole = months_short(factory_cut(draws, respond))
    return pd.DataFrame(
        {"months": months, "covered_pct": 100 * disruption.risk_covered(hole, months)}
    )


def months_short(outcome: Outcome) -> np.ndarray:
    """Shortage over the whole run in months of need, both groups together: draws."""
    return outcome.shortage.sum(axis=(0, 1)) / outcome.need[0].sum(axis=0)


def cheapest(draws: pd.DataFrame, covered: float) -> np.ndarray:
    """Cheapest stock that spares US factories a shortage in a part of the cuts.

    Args:
        draws: as from :func:`rareearth.assumptions.sample`.
        covered: part of the draws, 0 to 1.

    Returns:
        Tonnes of element in finished magnets, by group.
    """
    hole = factory_cut(draws).shortage.sum(axis=0)
    return disruption.cheapest_stocks(hole, price_per_t(draws).mean(axis=1), covered)


def budget(tonnes: np.ndarray, draws: pd.DataFrame) -> pd.DataFrame:
    """What a stock costs to buy today and to hold for :data:`HELD` years, in money of today.

    Args:
        tonnes: by group, as from :func:`cheapest`.
        draws: as from :func:`rareearth.assumptions.sample`.

    Returns:
        One row per draw: ``purchase_usd_million``, ``yearly_usd_million`` (holding) and
        ``budget_usd_million`` (purchase, and holding discounted at the public rate).
    """
    purchase = tonnes @ price_per_t(draws) / 1e6
    yearly = disruption.yearly_cost(1.0, purchase, draws["stock_holding_cost"].to_numpy())
    held = (1 - (1 + (rate := draws["public_discount_rate"].to_numpy())) ** -HELD) / rate
    return pd.DataFrame(
        {
            "purchase_usd_million": purchase,
            "yearly_usd_million": yearly,
            "budget_usd_million": purchase + yearly * held,
        }
    )


# --- the stress test ------------------------------------------------------------------------------


def direct_share(draws: pd.DataFrame) -> np.ndarray:
    """Part of the US need from China that arrives as magnets, not inside goods: draws.

    All that the United States needs is taken to come from China in :data:`NEED_YEAR` but for
    what others sell it as magnets.
    """
    given = chokepoints.inputs()
    direct = factories_t(draws)
    from_china = given["us_share_from_china"] * direct
    return from_china / (us_need(draws)[0].sum(axis=(0, 1)) - (direct - from_china))


def by_use(need: np.ndarray, draws: pd.DataFrame, year: int, case: str = "STEPS") -> np.ndarray:
    """The need of a year split among :data:`USES` as it is before anything is avoided.

    Args:
        need: tonnes a year: group, draw.
        draws: as from :func:`rareearth.assumptions.sample`.
        year: says which split.
        case: demand case.

    Returns:
        Tonnes a year: use, group, draw.
    """
    split = us_need(draws, case)[year - NEED_YEAR]
    return need * split / split.sum(axis=0)


def stress(need: np.ndarray, others: np.ndarray, draws: pd.DataFrame, case: Case) -> Outcome:
    """One case of a cut against the US need of one year.

    Args:
        need: tonnes a year: use (as :data:`USES`), group, draw.
        others: tonnes a year that do not come from China: group, draw.
        draws: as from :func:`rareearth.assumptions.sample`; its cut is replaced by the case's.
        case: what stops.

    Returns:
        Tonnes a month, for :data:`FAR` months.
    """
    set_to = draws.assign(cut_share=case.share, cut_months=case.months, cut_warning_months=0.0)
    cut, response, months = terms(set_to, 0.0, 1.0 if case.goods else direct_share(draws))
    monthly = np.broadcast_to(need / YEAR_MONTHS, (FAR, *need.shape))
    stocks = disruption.in_tonnes(monthly[:1], cut, months, RANK)
    return disruption.simulate(monthly, others / YEAR_MONTHS, cut, response, stocks, RANK)


def fills(outcome: Outcome) -> pd.DataFrame:
    """What filled the need in each month, percent of need, mean of draws, both groups together.

    Returns:
        ``month`` (from 1) and one column per part of :data:`disruption.FILLS`.
    """
    need = outcome.need.sum(axis=1)
    parts = {
        name: np.mean(100 * getattr(outcome, name).sum(axis=1) / need, axis=1)
        for name in disruption.FILLS
    }
    frame = pd.DataFrame(parts)
    frame.insert(0, "month", np.arange(1, len(frame) + 1))
    return frame


def short_by_use(outcome: Outcome, need: np.ndarray) -> pd.DataFrame:
    """Shortage over a year by use, both groups together.

    Args:
        outcome: as from :func:`stress`.
        need: the yearly need that it was run with: use, group, draw.

    Returns:
        ``use``, ``need_t`` (median), ``low``, ``median`` and ``high`` (tonnes short, 90% of draws).
    """
    lost = outcome.short_by_use.sum(axis=(0, 2))
    low, median, high = np.quantile(lost, [0.05, 0.5, 0.95], axis=-1)
    needed = np.median(need.sum(axis=1), axis=-1)
    return pd.DataFrame({"use": USES, "need_t": needed, "low": low, "median": median, "high": high})


def stress_table(need: np.ndarray, others: np.ndarray, draws: pd.DataFrame) -> pd.DataFrame:
    """All :func:`cases` against the US need of one year.

    Args:
        need: as for :func:`stress`.
        others: as for :func:`stress`.
        draws: as for :func:`stress`.

    Returns:
        One row per case: ``case``, ``stops_pct`` of China's deliveries of what it touches,
        ``months``; by group ``low``, ``median`` and ``high`` of the shortage in percent of a
        year's need (``NdPr_median`` …); ``defence_pct``, the share of draws in which weapons are
        short.
    """
    rows = []
    for case in cases():
        run = stress(need, others, draws, case)
        row = {"case": case.name, "stops_pct": 100 * case.share, "months": case.months}
        lost = 100 * run.shortage.sum(axis=0) / need.sum(axis=0)
        for group, values in zip(GROUPS, lost, strict=True):
            bands = np.quantile(values, [0.05, 0.5, 0.95])
            row |= dict(
                zip((f"{group}_low", f"{group}_median", f"{group}_high"), bands, strict=True)
            )
        row["defence_pct"] = 100 * (run.short_by_use[:, 0].sum(axis=(0, 1)) > SMALL).mean()
        rows.append(row)
    return pd.DataFrame(rows)


# --- against what happened ------------------------------------------------------------------------


def hindcast() -> pd.DataFrame:
    """The model against the cuts on record; nothing is fitted to what it is compared with.

    Returns:
        ``episode``, ``quantity``, ``unit``, ``observed``, ``ours``, ``error_pct``, ``reason`` and
        ``source``.
    """
    months, past = imports_in_cuts(), episodes().set_index("episode")
    lines = [*_next_cut(past), _first_stop(months), *_afterwards(months)]
    frame = pd.DataFrame(
        lines, columns=["episode", "quantity", "unit", "observed", "ours", "reason", "source"]
    )
    frame.insert(5, "error_pct", 100 * (frame["ours"] / frame["observed"] - 1))
    return frame


def _next_cut(past: pd.DataFrame) -> list[tuple]:
    """Each cut, expected to be like the one before it."""
    chain = (JAPAN, WORLD, JAPAN_AGAIN)
    return [
        (
            name,
            "deliveries lost, if it had been like the cut before",
            "months of deliveries",
            past.loc[name, "lost_months"],
            past.loc[before, "lost_months"],
            "each cut on record was deeper or longer than the one before",
            f"{past.loc[name, 'source']};{past.loc[before, 'source']}",
        )
        for before, name in pairwise(chain)
    ]


def _first_stop(months: pd.DataFrame) -> tuple:
    """Time until a plant with the smallest stock on record stands, given what arrived.

    April 2025 is not known for the United States; the world's is taken. The stop on record fell
    in May; its middle is 1.5 months after the first of April.
    """
    at = {
        name: months[(months["episode"] == name) & months["in_cut"]].set_index("start")["pct"]
        for name in (UNITED_STATES, WORLD)
    }
    pct = at[UNITED_STATES].reindex(at[WORLD].index).fillna(at[WORLD])
    need = np.ones((len(pct), 1, 1, 1))
    china = chokepoints.inputs()["us_share_from_china"]
    arrived = (1 - china + china * pct.to_numpy() / 100)[:, None, None]
    table = data.table("stockpile")
    firms = table[table["material"] == "rare-earth magnets"]
    held = np.full((1, 1), firms["low"].min() / disruption.DAYS)
    zero, one = np.zeros((1, 1)), np.ones(1)
    stop = Cut(one[None], zero[0], one * len(pct), zero[0])
    nothing = Response(zero[0], one, zero[0], one)
    run = disruption.simulate(need, arrived, stop, nothing, Stocks(held, zero, zero), (0,))
    short = run.shortage[:, 0, 0]
    first = int(np.flatnonzero(short > 0)[0])
    return (
        UNITED_STATES,
        "from the start of the cut to the first plant that stands",
        "months",
        1.5,
        first + 1 - short[first] / (need - arrived[:, None])[first].item(),
        "run with the deliveries that arrived and the smallest stock that firms are said to hold",
        ";".join(["cbtnews_2025_ford", *firms["source"], *months["source"]]),
    )


def _afterwards(months: pd.DataFrame) -> list[tuple]:
    """Deliveries in the months after a cut: the model has no restocking."""
    lines = []
    for name in (JAPAN, WORLD):
        rows = months[months["episode"] == name]
        later = rows[rows["start"] > rows.loc[rows["in_cut"], "start"].max()]
        lines.append(
            (
                name,
                f"mean deliveries in the {len(later)} months after the cut",
                "% of before",
                later["pct"].mean(),
                100.0,
                "users refill their stocks after a cut; the model does not",
                ";".join(later["source"]),
            )
        )
    return lines
