"""How the lead was lost: mine output, dependence, prices, quotas, one mine, laws and money.

Every function reads the tables of the chapter *History* and returns frames and answers; numbers
that a source prints carry that row's own source and kind.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.answers import Answers, listing
from rareearth.models import apparent, concentration

ORE = ("China", "United States", "Australia", "Myanmar")
"""Countries whose mine output is shown one by one, in the order of stacking."""

FIRST = 1966
"""From this year on US output is most of the world's, and a concentration can be bounded."""

BREAKS = {
    1982: "China\ncounted",
    1995: "countries\nby BGS, EI",
    2010: "China:\nquota",
    2018: "USGS by\ncountry",
}
"""Years from which the series of mine output counts otherwise."""

STAGE_DATES = {
    "2009 average": 2009.5,
    "first quarter 2010": 2010.12,
    "26 July 2010": 2010.56,
    "third quarter 2010": 2010.65,
    "fourth quarter 2010": 2010.87,
    "14 March 2011": 2011.2,
}
"""Decimal year of each stage of the rise that one company printed."""

GROUPS = {
    "Light elements": ("La", "Ce", "Nd", "Sm"),
    "Europium and heavy elements": ("Eu", "Tb", "Dy"),
}
NAMES = {
    "La": "lanthanum",
    "Ce": "cerium",
    "Nd": "neodymium",
    "Sm": "samarium",
    "Eu": "europium",
    "Tb": "terbium",
    "Dy": "dysprosium",
}

TURNS = {
    "Molycorp IPO": "Molycorp floated",
    "Mining restarts at Mountain Pass": "mining restarts",
    "Molycorp files for Chapter 11": "Molycorp bankrupt",
    "Mountain Pass auctioned": "auction",
    "Mountain Pass restarts under MP Materials": "MP restarts",
    "DoD becomes MP Materials largest shareholder": "Pentagon buys in",
}
"""Events at Mountain Pass, and what to call them in few words."""

MP_SINCE = 2017
"""First year of the second owner of Mountain Pass."""

SILENT = (2025, 2026)
"""Years whose production quotas were set without publication."""

EDITIONS = ("MCS 2020", "MCS 2023", "MCS 2024", "MCS 2025", "MCS 2026 v1.0", "MCS 2026 v1.3")
NATIONS = ("China", "Vietnam", "Brazil", "Russia", "India", "Australia", "United States")
"""Editions and countries whose reserves are compared, in their order."""

STANDINGS = {
    "counted": "Awarded, closed or lent",
    "on milestones": "Signed, paid on milestones",
    "conditional": "Conditional loans",
    "letter of interest": "Letters of interest",
    "all-minerals reserve": "Project Vault (all minerals)",
}
"""How firm money is, firmest first, in words."""

ACCELERATED = pd.Timestamp("2025-07-01")
"""From this day on most federal money was committed."""


def headlines() -> Answers:
    """Answers of this chapter that other pages print."""
    tonnes = _mined()
    share = (100 * tonnes["United States"] / _mined_by_all()).loc[FIRST:]
    answers = Answers(sources=data.table("mine_production"))
    answers.add("us-share-peak-year", int(share.idxmax()))
    return (
        answers
        | shares()[1].only("us-share-peak", "us-share-last")
        | mine_output()[1].only("mine-last-year")
    )


# --- mine output ---------------------------------------------------------------------------------


def mine_output() -> tuple[pd.DataFrame, Answers]:
    """World mine output by country since 1900.

    Returns:
        ``year``, ``country`` (:data:`ORE` and the rest of the world, which is what the world total
        leaves), ``reo_kt``; and the answers.
    """
    rows, tonnes, world = data.table("mine_production"), _mined(), _mined_by_all()
    named = tonnes[list(ORE)].fillna(0)
    named["Rest of world"] = (world - named.sum(axis=1)).clip(lower=0)
    shown = named.div(1000).melt(ignore_index=False, value_name="reo_kt").reset_index()
    last, usa = tonnes.index.max(), tonnes["United States"]
    answers = Answers(sources=rows)
    for year in (1965, 1974, 1999):
        _cell(answers, f"us-{year}", rows, "reo_t", "{:,.0f} t", year=year, country="United States")
    _cell(answers, "us-mine-last", rows, "reo_t", "{:,.0f} t", year=last, country="United States")
    ends = rows[(rows["country"] == "United States") & rows["year"].isin([1984, last])]
    answers.add("us-mine-multiple", usa[last] / usa[1984], "{:.1f} times", sources=ends)
    _cell(answers, "myanmar-2023", rows, "reo_t", "{:,.0f} t", year=2023, country="Myanmar")
    answers.add("output-growth", world[last] / world[1984], "{:.0f} times")
    answers.add("mine-last-year", last)
    answers.add("mine-to-1980", world.loc[:1980].max() / 1000, "{:.0f}")
    of = pd.Series({"the world": world, "China": tonnes["China"], "the United States": usa})
    answers.add("mine-last-list", listing(of.map(lambda line: line[last] / 1000)))
    others = world - tonnes["China"]
    newest = rows[rows["year"] == last]
    answers.add(
        "others-growth", tonnes.loc[last, "China"] / others[last], "{:.1f} times", sources=newest
    )
    answers.add("others-since-2015", others[last] / others[2015], "{:.1f} times")
    answers.add("others-now", others[last], "{:,.0f} t", sources=newest)
    return shown, answers


def shares() -> tuple[pd.DataFrame, Answers]:
    """Shares of world mine output and their concentration.

    Shares are of the world total or, where the countries add to more, of their sum.

    Returns:
        ``year``, ``country``, ``share_pct`` since 1950, with ``low_hhi`` and ``high_hhi`` of the
        year (others very small, or all one supplier) since :data:`FIRST`; and the answers.
    """
    rows, tonnes = data.table("mine_production"), _mined()
    counted = pd.concat([_mined_by_all(), tonnes.sum(axis=1)], axis=1).max(axis=1)
    share = 100 * tonnes.div(counted, axis=0)
    lines = share[["China", "United States"]].loc[1950:].copy()
    lines["Rest of world"] = (100 - lines.sum(axis=1, skipna=False)).clip(lower=0)
    lines = lines.melt(ignore_index=False, value_name="share_pct").dropna().reset_index()
    rest = (100 - share.sum(axis=1)).clip(lower=0)
    bounds = pd.DataFrame(
        {y: concentration.hhi_bounds(share.loc[y], rest[y]) for y in share.index if y >= FIRST},
        index=["low_hhi", "high_hhi"],
    ).T.rename_axis("year")
    low, last = bounds["low_hhi"], share.index.max()
    china, usa = share["China"], share["United States"]
    behind = tonnes["China"].loc[1982:] <= tonnes["United States"].loc[1982:].fillna(0)
    early, newest = rows[rows["year"].isin([1966, 1974])], rows[rows["year"] == last]
    answers = Answers(sources=rows)
    answers.add("us-share-peak", usa.loc[FIRST:].max(), "{:.0f}%", sources=early)
    answers.add("china-share-1982", china[1982], "{:.0f}%")
    answers.add("china-share-last", china[last], "{:.0f}%", sources=newest)
    answers.add("us-share-last", usa[last], "{:.0f}%", sources=newest)
    answers.add("china-share-top", china.max(), "{:.0f}%")
    answers.add("china-share-top-year", int(china.idxmax()))
    answers.add("china-lead-since", int(behind[behind].index.max()) + 1)
    answers.add("hhi-top", round(low.max(), -2), "{:,.0f}")
    answers.add("hhi-last", round(low[last], -2), "{:,.0f}", sources=newest)
    answers.add("hhi-low", round(low.loc[2000:].min(), -2), "{:,.0f}")
    answers.add("hhi-low-year", int(low.loc[2000:].idxmin()))
    answers.add("hhi-1974-low", round(low[1974], -2), "{:,.0f}", sources=early)
    return lines.merge(bounds, on="year", how="left"), answers


# --- the United States ---------------------------------------------------------------------------


def us_balance() -> tuple[pd.DataFrame, Answers]:
    """What the United States made, bought, sold and used.

    Returns:
        ``year``, ``flow``, ``series``, ``kt``, ``kind``, ``source``; flows in the order of
        drawing; and the answers.
    """
    flows, order = _flows(), ["production", "imports", "exports", "apparent consumption"]
    balance = (
        flows.groupby(["flow", "series", "year"], observed=True)
        .agg(kt=("t", lambda t: t.sum() / 1000), kind=("kind", "last"), source=("source", "first"))
        .reset_index()
        .sort_values("flow", key=lambda flow: flow.astype(str).map(order.index), kind="stable")
    )
    old, new = _statistics("usgs_ds140") / 1000, _statistics("usgs_mcs2026") / 1000
    answers = Answers(sources=flows[flows["series"] != "dataweb_hts2846"])
    for name, flow, year in (
        ("imports-2000", "imports", 2000),
        ("exports-2020", "exports", 2020),
        ("imports-2020", "imports", 2020),
        ("production-2020", "production", 2020),
    ):
        _cell(answers, name, flows, "t", "{:,.0f} t", series="usgs_ds140", flow=flow, year=year)
    used = "apparent consumption"
    for name, kt in {
        "us-made-1984-1996": old["production"].loc[1984:1996].mean(),
        "us-made-2025": new.loc[2025, "production"],
        "us-imports-top": old["imports"].max(),
        "us-imports-2025": new.loc[2025, "imports"],
        "us-exports-to-2017": old["exports"].loc[:2017].max(),
        "us-exports-top": new["exports"].max(),
        "us-used-top": old[used].max(),
        "us-used-2024": new.loc[2024, used],
        "us-used-2025": new.loc[2025, used],
    }.items():
        answers.add(name, kt, "{:.0f}")
    return balance, answers


def import_reliance() -> tuple[pd.DataFrame, Answers]:
    """How dependent the United States is, by who divides what.

    Returns:
        ``edition`` (what the US Geological Survey prints; ``own division, all stages``, in
        years that can be divided; ``if imports grew as customs weights did``), ``year``,
        ``reliance_pct``, ``bound``, ``kind``, ``source``; and the answers.
    """
    printed = data.table("us_import_reliance")
    old, new = _statistics("usgs_ds140"), _statistics("usgs_mcs2026")
    usable = old[(old["apparent consumption"] > 0) & old["production"].notna()].loc[1950:]
    own = pd.Series(
        apparent.net_import_reliance(usable["apparent consumption"], usable["production"]),
        index=usable.index,
    )
    made, used, imports = _made(), new["apparent consumption"], new["imports"]
    customs = _rows(data.table("us_balance"), series="dataweb_hts2846")
    weight = customs.set_index("year")["t"]
    growth = weight[2025] / weight[2024]
    exports = made[2025] + imports[2025] - used[2025]
    milder = apparent.apparent_consumption(made[2025], imports[2024] * growth, exports)
    check = float(apparent.net_import_reliance(milder, made[2025]))
    summaries = _rows(data.table("us_balance"), series="usgs_mcs2026")
    frame = pd.concat(
        [
            pd.DataFrame({"year": own.index, "reliance_pct": own}).assign(
                edition="own division, all stages", kind="derived", source="usgs_ds140_2023"
            ),
            printed.astype({"edition": str, "bound": str}),
            pd.DataFrame({"year": [2025], "reliance_pct": [check]}).assign(
                edition="if imports grew as customs weights did",
                kind="derived",
                source="usgs_mcs_2026_data;usitc_dataweb_2026",
            ),
        ],
        ignore_index=True,
    )
    answers = Answers(sources=summaries)
    for name, edition, year in (
        ("reliance-2014", "MCS 2019", 2014),
        ("reliance-2015", "MCS 2019", 2015),
        ("reliance-2018", "MCS 2019", 2018),
        ("reliance-2022", "MCS 2026", 2022),
        ("reliance-2024-old", "MCS 2025", 2024),
        ("reliance-2024-new", "MCS 2026", 2024),
        ("reliance-2025", "MCS 2026", 2025),
    ):
        _cell(answers, name, printed, "reliance_pct", "{:.0f}%", edition=edition, year=year)
    answers.add("reliance-own-top", own.max(), "{:.0f}%", sources="usgs_ds140_2023")
    answers.add(
        "reliance-2024-own", float(apparent.net_import_reliance(used[2024], made[2024])), "{:.0f}%"
    )
    answers.add("reliance-2025-customs", check, "{:.0f}%", sources=[summaries, customs])
    answers.add("import-growth-usgs", 100 * (imports[2025] / imports[2024] - 1), "{:.0f}%")
    answers.add("import-growth-customs", 100 * (growth - 1), "{:.0f}%", sources=customs)
    answers.add("consumption-2025", used[2025], "{:,.0f} t", kind="estimate")
    for year in (2021, 2025):
        answers.add(f"made-{year}", made[year], "{:,.0f} t", kind="estimate")
    answers.add("made-for-half", apparent.production_for(50, used[2025]), "{:,.0f} t")
    return frame, answers


# --- events and prices ---------------------------------------------------------------------------


def timeline() -> tuple[pd.DataFrame, Answers]:
    """All events, with the decimal year at which each is drawn, and the answers."""
    events = _events()
    answers = Answers(sources=events)
    answers.add("events-count", len(events))
    answers.add("events-recent", int((events["date"] >= "2025-01-01").sum()))
    answers.add("events-primary", 100 * (events["seen"] == "primary").mean(), "{:.0f}%")
    return events, answers


def price_spike() -> tuple[pd.DataFrame, Answers]:
    """Prices around 2011 as multiples of those of 2009.

    Returns:
        One row per printed price: the table's columns, ``usd_per_kg``, ``group`` (of
        :data:`GROUPS`, missing where not drawn), ``when`` (decimal year), ``multiple``,
        ``another_basis`` (joined to prices that count otherwise) and ``peak`` (words at a price
        that stands alone); and the answers.
    """
    spike = data.table("price_spike").rename(columns={"usd_per_kg_mid": "usd_per_kg"})
    spike = spike.drop(columns=["usd_per_kg_low", "usd_per_kg_high"])
    spike = spike.astype({"element": str, "stage": str, "basis": str, "kind": str})
    base = _rows(spike, stage="2009 average").set_index("element")["usd_per_kg"]
    group_of = {element: group for group, members in GROUPS.items() for element in members}
    later = spike["basis"] == "USGS year-end, basis not shown"
    alone = spike["basis"] == "international market"
    when = spike["stage"].map(STAGE_DATES)
    when = when.mask(later, spike["date"].dt.year + 1).mask(
        alone, spike["date"].dt.year + spike["date"].dt.day_of_year / 365.25
    )
    spike = spike.assign(
        multiple=spike["usd_per_kg"] / spike["element"].map(base),
        group=spike["element"].map(group_of),
        when=when,
        another_basis=later,
        peak=spike["stage"].where(alone),
    )
    answers = Answers(sources=spike)
    for name, element, stage, template in (
        ("spike-ce-march", "Ce", "14 March 2011", "{:.0f}-fold"),
        ("spike-ce-peak", "Ce", "August 2011", "{:.0f} times"),
        ("spike-dy-march", "Dy", "14 March 2011", "{:.1f}-fold"),
        ("spike-dy-end", "Dy", "year-end 2011", "{:.0f} times"),
        ("spike-ce-2015", "Ce", "year-end 2015", "{:.1f} times"),
        ("spike-nd-2015", "Nd", "year-end 2015", "{:.1f} times"),
    ):
        pair = _rows(spike, element=element)
        pair = pair[pair["stage"].isin(["2009 average", stage])]
        answers.add(name, _row(pair, stage=stage)["multiple"], template, sources=pair)
    at = spike.set_index(["stage", "element"])["multiple"].sort_index()
    light, heavy = (list(members) for members in GROUPS.values())
    for name, stage, elements, form in (
        ("spike-light-list", "14 March 2011", light, "{} {:.0f}"),
        ("spike-heavy-list", "14 March 2011", heavy, "{} {:.1f}"),
        ("spike-heavy-end-list", "year-end 2011", heavy, "{} {:.0f}"),
    ):
        answers.add(name, listing({NAMES[e]: at[stage, e] for e in elements}, form))
    licence = _event("Export licences for lanthanum", "startswith")
    lanthanum = licence["effect_value"]
    answers.add("licence-la", lanthanum, "{:.0f} USD", sources=licence, kind="reported")
    answers.add(
        "licence-multiple",
        licence["effect_value"] / base["La"],
        "{:.0f} times",
        sources=[licence, _row(spike, element="La", stage="2009 average")],
    )
    _effect(answers, "dy-peak", "Dysprosium price peak", "{:,.0f} USD/kg")
    return spike, answers


def price_gap() -> tuple[pd.DataFrame, Answers]:
    """Prices outside China over those inside: quotes of one product, and annual averages."""
    gap = data.table("price_gap")
    quotes, annual = _rows(gap, comparison="quotes"), _rows(gap, comparison="annual average")
    answers = Answers(sources=annual)
    widest = quotes.loc[quotes["ratio"].idxmax()]
    answers.add("gap-2011", widest["ratio"], "{:.0f} times", sources=widest)
    for name, rows, template in (
        ("gap-quotes-2011", quotes[quotes["year"] == 2011], "{:.1f}"),
        ("gap-quotes-2014", quotes[quotes["year"] == 2014], "{:.1f}"),
        ("gap-2014", annual[annual["year"] == 2014], "{:.1f}"),
        ("gap-later", annual[annual["year"].between(2017, 2024)], "{:.2f}"),
    ):
        answers.add(f"{name}-low", rows["ratio"].min(), template, sources=rows)
        answers.add(f"{name}-high", rows["ratio"].max(), template, sources=rows)
    return gap, answers


def oxide_prices() -> tuple[pd.DataFrame, Answers]:
    """Prices of four oxides since 2007, and the answers."""
    price = data.table("oxide_prices").astype({"element": str})
    shown = price[price["element"].isin(["La", "Nd", "Tb", "Dy"])]
    neodymium = _rows(price, element="Nd")
    nd = neodymium.set_index("year")["usd_per_kg"]
    answers = Answers(sources=neodymium)
    for year in (2020, 2022, 2023, 2024):
        _cell(answers, f"nd-{year}", neodymium, "usd_per_kg", "{:.0f}", year=year)
    before = nd.loc[:2023]
    answers.add("nd-low-since", int(before[before < nd[2024]].index.max()))
    for element, years in {
        "Tb": (2016, 2022, 2025), "Dy": (2011, 2025), "Nd": (2011, 2025), "La": (2011, 2025)
    }.items():  # fmt: skip
        series = _rows(price, element=element).set_index("year")["usd_per_kg"]
        words = listing(series.loc[list(years)], "{1:,.0f} in {0}")
        answers.add(f"{element.lower()}-price-list", words, sources=shown)
    return shown, answers


# --- quotas and Japan ----------------------------------------------------------------------------


def export_quotas() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """China's export quota and what was exported, and the halves of the quota by kind.

    Returns:
        Totals of full years since 2005 (``year``, ``quantity``, ``kt``, ``kind``, ``source`` and
        more); half-year quotas by ``split`` in order of time, ``period`` as a short name; and the
        answers.
    """
    quota = _quotas()
    totals = _rows(quota, period="year", split="total")
    totals = totals[
        totals["quantity"].isin(["export quota", "actual exports"]) & (totals["year"] >= 2005)
    ]
    halves = _rows(quota, quantity="export quota")
    halves = halves[(halves["period"] != "year") & (halves["split"] != "total")]
    short = {"first half as announced": "H1*", "first half": "H1", "second half": "H2"}
    halves = halves.assign(half=halves["period"].astype(str).map(short))
    halves = halves.sort_values(["year", "half"])
    halves = halves.assign(period=halves["half"] + " " + halves["year"].astype(str))
    allowed = _rows(totals, quantity="export quota")
    shipped = _rows(totals, quantity="actual exports")
    t, out = allowed.set_index("year")["t"], shipped.set_index("year")["t"]

    def of(frame, *years):
        return frame[frame["year"].isin(years)]

    answers = Answers(sources=allowed)
    cut = 100 * (1 - t[2010] / t[2009])
    answers.add("quota-cut-2010", cut, "{:.0f}%", sources=of(allowed, 2009, 2010))
    for year in (2011, 2012):
        both = pd.concat([of(allowed, year), of(shipped, year)])
        answers.add(f"quota-use-{year}", 100 * out[year] / t[year], "{:.0f}%", sources=both)
    answers.add("quota-unused-2012", 100 * (1 - out[2012] / t[2012]), "{:.0f}%", sources=both)
    for year in (2010, 2025):
        _cell(answers, f"exports-{year}", shipped, "t", "{:,.0f} t", year=year)
    answers.add("export-quota-2009", t[2009] / 1000, "{:.0f}")
    answers.add("export-quota-low", t.loc[2010:2014].min() / 1000, "{:.0f}")
    answers.add("export-quota-high", t.loc[2010:2014].max() / 1000, "{:.0f}")
    later = out.loc[[2010, 2011, 2012, 2024, 2025]] / 1000
    answers.add("exports-list", listing(later, "{1:.0f} in {0}"), sources=shipped)
    heavy = _rows(halves, split="heavy")
    answers.add("heavy-half-low", heavy["kt"].min(), "{:.1f}", sources=heavy)
    answers.add("heavy-half-high", heavy["kt"].max(), "{:.1f}", sources=heavy)
    thrift = _event("Japan reports 26% lower demand")
    percent = int(thrift["title"].split()[2].rstrip("%"))
    answers.add("japan-demand", percent, "{}%", sources=thrift, kind="forecast")
    return totals, halves.drop(columns="half"), answers


def production_quotas() -> tuple[pd.DataFrame, Answers]:
    """China's mining and separation quotas of full years, and the answers."""
    full = _rows(_quotas(), period="year")
    full = full[full["quantity"].isin(["mining quota", "separation quota"])]
    mining = _rows(full, quantity="mining quota")
    total, heavy = _rows(mining, split="total"), _rows(mining, split="heavy")
    answers = Answers(sources=mining)
    for year in (2018, 2024):
        _cell(answers, f"quota-{year}", total, "kt", "{:.0f} thousand tonnes", year=year)
    _cell(answers, "quota-2023", total, "t", "{:,.0f} t", year=2023)
    kt, clays = total.set_index("year")["kt"], heavy.set_index("year")["kt"]
    rise = 100 * (kt[2023] / kt[2022] - 1)
    answers.add("quota-rise-2023", rise, "{:.0f}%", sources=total[total["year"].isin([2022, 2023])])
    _cell(answers, "heavy-quota", heavy, "t", "{:,.0f} t", year=2018)
    for name, year in (("heavy-share-2010", 2010), ("heavy-quota-2024", 2024)):
        both = [_row(total, year=year), _row(heavy, year=year)]
        answers.add(name, 100 * clays[year] / kt[year], "{:.0f}%", sources=both)
    for name, series in (("mining", kt), ("light", kt - clays), ("clay", clays)):
        years = [2010, 2018, 2024] if name == "mining" else [2010, 2024]
        answers.add(f"{name}-quota-list", listing(series.loc[years], "{1:.0f} in {0}"))
    return full, answers


def japan() -> tuple[pd.DataFrame, Answers]:
    """China's share of Japanese imports by who counts it, with the decimal year of each count."""
    imports = data.table("japan_imports")
    points = imports[imports["series"] != "import weight"].drop(columns="t")
    at = {"year": 0.5, "first half": 0.25, "November": 0.87}
    points = points.assign(when=points["year"] + points["period"].astype(str).map(at).astype(float))
    answers = Answers(sources=points)
    for name, series, year in (
        ("japan-2009", "METI", 2009),
        ("japan-2020", "METI", 2020),
        ("japan-weight-2008", "customs weight", 2008),
        ("japan-weight-2014", "customs weight", 2014),
        ("japan-2012", "customs, half-year", 2012),
        ("japan-2023", "customs, half-year", 2023),
        ("japan-2024", "customs, half-year", 2024),
    ):
        _cell(answers, name, points, "low_pct", "{:.0f}%", series=series, year=year)
    weights = _rows(imports, series="import weight", period="year")
    for year in (2010, 2011):
        _cell(answers, f"japan-t-{year}", weights, "t", "{:,.0f} t", year=year)
    _effect(
        answers, "japan-package", "Japan drafts comprehensive rare-earth measures",
        "{:.0f} billion yen",
    )  # fmt: skip
    _effect(answers, "japan-lynas", "JOGMEC and Sojitz finance Lynas", "{:.0f} million USD")
    return points, answers


# --- one mine ------------------------------------------------------------------------------------


def mountain_pass() -> tuple[dict[str, pd.DataFrame], Answers]:
    """Price, output and events at Mountain Pass under its two owners.

    Returns:
        ``years`` (``year``, ``kt`` mined, ``owner``, ``usd_per_kg`` of neodymium oxide with its
        ``statistic``, ``source`` of both), ``products`` (what Molycorp says it made for sale) and
        ``events``; and the answers.
    """
    site, prices = data.table("mountain_pass"), _neodymium()
    ore = _rows(data.table("mine_production"), country="United States")
    ore = ore[ore["year"] >= 2007].sort_values("year")
    both = ore.merge(prices, on="year", how="left", suffixes=("", "_of_price"))
    years = pd.DataFrame(
        {
            "year": both["year"],
            "kt": both["reo_t"] / 1000,
            "owner": np.where(both["year"] < MP_SINCE, "Molycorp", "MP Materials"),
            **both[["usd_per_kg", "statistic", "purity"]],
            "source": both["source"] + ";" + both["source_of_price"],
        }
    )
    yearly = site[site["quarter"].isna()]
    products = _rows(yearly, operator="Molycorp", quantity="products produced")
    events = _events()
    events = events[events["title"].isin(TURNS)].assign(label=lambda e: e["title"].map(TURNS))
    answers = Answers(sources=[ore, products])
    spent = _event("Molycorp expands Mountain Pass, 2010 to 2015")
    answers.add(
        "molycorp-spent", spent["effect_value"] / 1000, "{:.2f} billion USD", sources=spent,
        kind="reported",
    )  # fmt: skip
    _effect(answers, "auction-bid", "Mountain Pass auctioned", "{:.1f} million USD")
    _cell(answers, "molycorp-2014", products, "t", "{:,.0f} t", year=2014)
    third = _rows(site, year=2014, quarter="Q3")
    _cell(answers, "molycorp-cost", third, "usd_per_kg", "{:.0f} USD/kg", quantity="cash cost")
    sold = "average selling price"
    _cell(answers, "molycorp-price", third, "usd_per_kg", "{:.0f} USD/kg", quantity=sold)
    ratio = answers["molycorp-cost"].value / answers["molycorp-price"].value
    answers.add("molycorp-ratio", ratio, "{:.1f} times", sources=third)
    for year in (2011, 2015):
        _cell(answers, f"nd-{year}", prices, "usd_per_kg", "{:.0f} USD/kg", year=year)
    oxide = _rows(yearly, quantity="NdPr oxide produced")
    for year in (2023, 2025):
        _cell(answers, f"ndpr-{year}", oxide, "t", "{:,.0f} t", year=year)
    _effect(answers, "floor-price", "DoD becomes MP Materials largest shareholder", "{:.0f} USD/kg")
    paid = _rows(site, quantity="price floor income")
    million = "{:.0f} million USD"
    _cell(answers, "floor-2025", paid[paid["quarter"].isna()], "usd_million", million, year=2025)
    _cell(answers, "floor-2026", paid, "usd_million", million, year=2026, quarter="Q1")
    kt, last = years.set_index("year")["kt"], years["year"].max()
    answers.add("mp-multiple", kt[last] / kt[2015], "{:.0f} times", sources=ore)
    nd = prices.set_index("year")["usd_per_kg"].loc[[2008, 2011, 2015, 2022, 2025]]
    answers.add("nd-list", listing(nd, "{1:.0f} in {0}"), sources=prices)
    answers.add("mp-output-list", listing(kt.loc[[2012, 2015, 2018, last]], "{1:.0f} in {0}"))
    products = products.assign(kt=products["t"] / 1000)
    return {"years": years, "products": products, "events": events}, answers


def reserves() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Reserves by edition: of seven countries, and of the United States in every edition.

    Returns:
        Rows of the table, editions in order; rows of the United States; and the answers.
    """
    stock = data.table("reserves").sort_values("edition")
    stock = stock.assign(edition=stock["edition"].astype(str))
    shown = stock[stock["edition"].isin(EDITIONS) & stock["country"].isin(NATIONS)]
    shown = shown.sort_values(
        ["edition", "country"],
        key=lambda c: c.map((NATIONS if c.name == "country" else EDITIONS).index),
    )
    american = _rows(stock, country="United States")
    mt = stock.set_index(["edition", "country"])["reserves_mt"]
    newest, usa, tonnes = EDITIONS[-1], "United States", "{:.0f} million tonnes"
    inventory = "USGS 2010 inventory"
    answers = Answers(sources=stock)
    for name, edition, country, template in (
        ("us-inventory", inventory, usa, tonnes),
        ("us-reserves", newest, usa, "{:.1f} million tonnes"),
        ("us-reserves-2024", "MCS 2024", usa, "{:.1f} million tonnes"),
        ("us-reserves-2023", "MCS 2023", usa, "{:.1f} million tonnes"),
        ("world-reserves-first", "MCS 2026 v1.0", "World", tonnes),
        ("world-reserves-last", newest, "World", tonnes),
        ("world-reserves-2024", "MCS 2024", "World", tonnes),
        ("brazil-first", "MCS 2026 v1.0", "Brazil", "{:.0f}"),
        ("brazil-last", newest, "Brazil", tonnes),
        ("brazil-2020", "MCS 2020", "Brazil", "{:.0f}"),
        ("china-reserves", newest, "China", tonnes),
        ("vietnam-2020", "MCS 2020", "Vietnam", "{:.0f}"),
        ("vietnam-last", newest, "Vietnam", "{:.1f}"),
        ("russia-2023", "MCS 2023", "Russia", "{:.0f}"),
        ("russia-last", newest, "Russia", "{:.1f}"),
    ):
        _cell(answers, name, stock, "reserves_mt", template, edition=edition, country=country)
    answers.add("us-reserves-least", american["reserves_mt"].min(), "{:.1f}")
    for name, edition, template in (
        ("us-inventory-share", inventory, "{:.0f}%"),
        ("us-reserves-share", newest, "{:.1f}%"),
    ):
        both = _rows(stock, edition=edition)
        both = both[both["country"].isin([usa, "World"])]
        answers.add(name, 100 * mt[edition, usa] / mt[edition, "World"], template, sources=both)
    ore = _rows(data.table("mine_production"), country=usa)
    ore = ore.loc[ore["year"].idxmax()]
    answers.add(
        "us-reserve-years", 1e6 * mt[newest, usa] / ore["reo_t"], "{:.0f} years",
        sources=[_row(american, edition=newest), ore],
    )  # fmt: skip
    for name, title in (
        ("controlled-april", "Licences for seven medium and heavy rare earths and magnets"),
        ("controlled-october", "Sweeping Chinese controls"),
    ):
        _effect(answers, name, title, "{:.0f}")
    return shown, american, answers


# --- laws and money ------------------------------------------------------------------------------


def laws_money_output() -> tuple[dict[str, pd.DataFrame], Answers]:
    """Bills, federal money and output by stage since 2009.

    Returns:
        ``bills`` (one row each, ``start``: first year of the Congress), ``money`` (what is counted
        or flows on milestones, ``when``: decimal year) and ``output`` (``year``, ``stage``,
        ``kt``, ``kind``, ``source``); and the answers.
    """
    bills = data.table("legislation")
    single = bills[bills["bill"] != "all"].assign(start=lambda t: 2009 + 2 * (t["congress"] - 111))
    funding = data.table("us_funding")
    money = funding[funding["standing"].isin(["counted", "on milestones"])]
    money = money.assign(when=_decimal_year(money["date"]))
    output = _output_by_stage()
    answers = Answers(sources=money)
    single = single[["congress", "bill", "title", "outcome", "start", "source"]]
    money = money[["date", "agency", "recipient", "usd_million", "standing", "when", "source"]]
    answers.add("bills-seen", len(single), sources=bills)
    answers.add("bills-enacted", int((single["outcome"] == "enacted").sum()), sources=bills)
    many = _row(bills, bill="all")
    answers.add("bills-118", int(many["title"].split()[0]), sources=many, kind="reported")
    site = data.table("mountain_pass")
    plan = "magnets, yearly capacity"
    _cell(answers, "magnet-plan", site, "t", "{:,.0f} t", quantity=plan)
    billion = money["usd_million"] / 1000
    late = money["date"] >= ACCELERATED
    answers.add("money-counted", billion.sum(), "{:.1f} billion USD")
    answers.add("money-recent-pct", 100 * billion[late].sum() / billion.sum(), "{:.0f}%")
    answers.add("money-before", billion[~late].sum(), "{:.2f} billion USD")
    kt = output.set_index(["stage", "year"])["kt"]
    for name, stage, years, form in (
        ("concentrate-list", "concentrate", [2012, 2015, 2025], "{1:.0f} in {0}"),
        ("compounds-list", "compounds and metals", [2021, 2025], "{1:.1f} in {0}"),
        ("ndpr-list", "NdPr oxide", [2023, 2025], "{1:.1f} in {0}"),
    ):
        rows = _rows(output, stage=stage)
        answers.add(name, listing(kt[stage].loc[years], form), sources=rows)
    return {"bills": single, "money": money, "output": output}, answers


def money() -> tuple[pd.DataFrame, Answers]:
    """Announced federal money by how firm it is.

    Returns:
        ``standing`` in words, ``usd_billion``, ``kind`` (target for what nobody owes today),
        ``source``, firmest first; and the answers.
    """
    funding = data.table("us_funding").astype({"standing": str})
    counted = funding[funding["standing"].isin(STANDINGS)]
    sums = counted.groupby("standing")["usd_million"].sum().loc[list(STANDINGS)] / 1000
    sources = counted.groupby("standing")["source"].agg(lambda s: ";".join(sorted(set(s))))
    frame = pd.DataFrame(
        {
            "standing": list(STANDINGS.values()),
            "usd_billion": sums.to_numpy(),
            "kind": ["derived", *["target"] * (len(STANDINGS) - 1)],
            "source": sources.loc[list(STANDINGS)].to_numpy(),
        }
    )
    answers = Answers()
    for name, standing, template in (
        ("money-closed", "counted", "{:.1f} billion USD"),
        ("money-milestones", "on milestones", "{:.1f} billion USD"),
        ("money-conditional", "conditional", "{:.1f} billion USD"),
        ("money-letters", "letter of interest", "{:.1f} billion USD"),
        ("vault", "all-minerals reserve", "{:.0f} billion USD"),
    ):
        rows = _rows(counted, standing=standing)
        answers.add(name, sums[standing], template, sources=rows)
    return frame, answers


def joined(*frames: pd.DataFrame, **panels: pd.DataFrame) -> pd.DataFrame:
    """What several panels draw, one below the other; ``panel`` names those that have a name."""
    named = [frame.assign(panel=panel) for panel, frame in panels.items()]
    return pd.concat([*frames, *named], ignore_index=True).drop_duplicates()


# --- tables --------------------------------------------------------------------------------------


def _mined() -> pd.DataFrame:
    """Tonnes REO by year and country, without the world."""
    mine = data.table("mine_production")
    return mine.pivot(index="year", columns="country", values="reo_t").drop(columns="World")


def _mined_by_all() -> pd.Series:
    """Tonnes REO of the world by year, as its source prints them."""
    return _rows(data.table("mine_production"), country="World").set_index("year")["reo_t"]


def _flows() -> pd.DataFrame:
    """Flows of the United States; production of the newest edition is that of concentrates."""
    flows = data.table("us_balance").dropna(subset=["t"])
    new = (flows["series"] == "usgs_mcs2026") & (flows["flow"] == "production")
    return flows[~new | (flows["item"] == "concentrates")]


def _statistics(series: str) -> pd.DataFrame:
    """Tonnes by year and flow of one series."""
    flows = _rows(_flows(), series=series)
    return flows.pivot_table(index="year", columns="flow", values="t", aggfunc="sum", observed=True)


def _made() -> pd.Series:
    """Compounds and metals made in the United States, tonnes by year."""
    return _made_rows().set_index("year")["t"]


def _made_rows() -> pd.DataFrame:
    return _rows(
        data.table("us_balance"),
        series="usgs_mcs2026",
        item="compounds and metals",
        flow="production",
    )


def _output_by_stage() -> pd.DataFrame:
    ore = _rows(data.table("mine_production"), country="United States").sort_values("year")
    site = data.table("mountain_pass")
    oxide = _rows(site[site["quarter"].isna()], quantity="NdPr oxide produced")
    parts = {
        "concentrate": ore[ore["year"] >= 2009].rename(columns={"reo_t": "t"}),
        "compounds and metals": _made_rows(),
        "NdPr oxide": oxide,
    }
    rows = pd.concat([part.assign(stage=stage) for stage, part in parts.items()])
    newest = (rows["year"] == 2025) & (rows["stage"] != "NdPr oxide")
    rows = rows.assign(kt=rows["t"] / 1000, kind=np.where(newest, "estimate", "reported"))
    return rows[["year", "stage", "kt", "kind", "source"]].reset_index(drop=True)


def _quotas() -> pd.DataFrame:
    return data.table("china_quotas").assign(kt=lambda rows: rows["t"] / 1000)


def _neodymium() -> pd.DataFrame:
    return _rows(data.table("oxide_prices"), element="Nd")


@cache
def _dated_events() -> pd.DataFrame:
    events = data.table("events")
    widths = {"day": 0.0, "month": 0.04, "half-year": 0.25, "year": 0.5, "decade": 5.0}
    middle = events["precision"].astype(str).map(widths)
    return events.assign(when=_decimal_year(events["date"]) + middle)


def _events() -> pd.DataFrame:
    """Events with the decimal year; what is dated to a year or more stands in its middle."""
    return _dated_events().copy()


def _decimal_year(dates: pd.Series) -> pd.Series:
    return dates.dt.year + (dates.dt.day_of_year - 1) / 365.25


def _event(title: str, how: str = "") -> pd.Series:
    titles = _dated_events()["title"]
    chosen = titles.str.startswith(title) if how else titles == title
    return _row(_dated_events()[chosen])


def _effect(answers: Answers, name: str, title: str, template: str) -> None:
    """Add the size that an event's source gives."""
    event = _event(title)
    answers.add(name, event["effect_value"], template, sources=event, kind="reported")


def _rows(frame: pd.DataFrame, **where: object) -> pd.DataFrame:
    """Rows with these values."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return frame


def _row(frame: pd.DataFrame, **where: object) -> pd.Series:
    """The one row with these values.

    Raises:
        KeyError: if there is none, or more than one.
    """
    rows = _rows(frame, **where)
    if len(rows) != 1:
        raise KeyError(f"{len(rows)} rows with {where}, not one; see the table or the filter.")
    return rows.iloc[0]


def _cell(
    answers: Answers, name: str, frame: pd.DataFrame, column: str, template: str, **where: object
) -> None:
    """Add one cell of a table, with the source and kind of its row."""
    row = _row(frame, **where)
    answers.add(name, row[column], template, sources=row, kind=row["kind"])
