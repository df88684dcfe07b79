"""Mine output, American dependence and reserves."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.analysis.history import pick
from rareearth.answers import Answers, in_words, listing
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

EDITIONS = ("MCS 2020", "MCS 2023", "MCS 2024", "MCS 2025", "MCS 2026 v1.0", "MCS 2026 v1.3")
NATIONS = ("China", "Vietnam", "Brazil", "Russia", "India", "Australia", "United States")
"""Editions and countries whose reserves are compared, in their order."""


# --- mine output ---------------------------------------------------------------------------------


def mine_output() -> tuple[pd.DataFrame, Answers]:
    """World mine output by country since 1900.

    Returns:
        ``year``, ``country`` (:data:`ORE` and the rest of the world, which is what the world total
        leaves), ``reo_kt``; and the answers.
    """
    rows, tonnes, world = data.table("mine_production"), pick.mined(), pick.mined_by_all()
    named = tonnes[list(ORE)].fillna(0)
    named["Rest of world"] = (world - named.sum(axis=1)).clip(lower=0)
    shown = named.div(1000).melt(ignore_index=False, value_name="reo_kt").reset_index()
    last, usa = tonnes.index.max(), tonnes["United States"]
    answers = Answers(sources=rows)
    for year in (1965, 1974, 1999):
        pick.cell(
            answers, f"us-{year}", rows, "reo_t", "{:,.0f} t", year=year, country="United States"
        )
    pick.cell(
        answers, "us-mine-last", rows, "reo_t", "{:,.0f} t", year=last, country="United States"
    )
    ends = rows[(rows["country"] == "United States") & rows["year"].isin([1984, last])]
    answers.add("us-mine-multiple", usa[last] / usa[1984], "{:.1f} times", sources=ends)
    pick.cell(answers, "myanmar-2023", rows, "reo_t", "{:,.0f} t", year=2023, country="Myanmar")
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
    rows, tonnes = data.table("mine_production"), pick.mined()
    counted = pd.concat([pick.mined_by_all(), tonnes.sum(axis=1)], axis=1).max(axis=1)
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
    back = behind[behind].index.max()
    first = behind[~behind].index.min()
    fallen = behind.loc[first:back]
    answers.add("china-first-lead", int(first))
    answers.add("china-first-lead-end", int(fallen[fallen].index.min()) - 1)
    answers.add("china-behind", f"{in_words(int(fallen.sum()))} years")
    answers.add("china-lead-since", int(back) + 1)
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
        pick.cell(answers, name, flows, "t", "{:,.0f} t", series="usgs_ds140", flow=flow, year=year)
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
    customs = pick.rows(data.table("us_balance"), series="dataweb_hts2846")
    weight = customs.set_index("year")["t"]
    growth = weight[2025] / weight[2024]
    exports = made[2025] + imports[2025] - used[2025]
    milder = apparent.apparent_consumption(made[2025], imports[2024] * growth, exports)
    check = float(apparent.net_import_reliance(milder, made[2025]))
    summaries = pick.rows(data.table("us_balance"), series="usgs_mcs2026")
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
        pick.cell(answers, name, printed, "reliance_pct", "{:.0f}%", edition=edition, year=year)
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


# --- reserves -------------------------------------------------------------------------------------


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
    american = pick.rows(stock, country="United States")
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
        pick.cell(answers, name, stock, "reserves_mt", template, edition=edition, country=country)
    answers.add("us-reserves-least", american["reserves_mt"].min(), "{:.1f}")
    for name, edition, template in (
        ("us-inventory-share", inventory, "{:.0f}%"),
        ("us-reserves-share", newest, "{:.1f}%"),
    ):
        both = pick.rows(stock, edition=edition)
        both = both[both["country"].isin([usa, "World"])]
        answers.add(name, 100 * mt[edition, usa] / mt[edition, "World"], template, sources=both)
    ore = pick.rows(data.table("mine_production"), country=usa)
    ore = ore.loc[ore["year"].idxmax()]
    answers.add(
        "us-reserve-years", 1e6 * mt[newest, usa] / ore["reo_t"], "{:.0f} years",
        sources=[pick.row(american, edition=newest), ore],
    )  # fmt: skip
    for name, title in (
        ("controlled-april", "Licences for seven medium and heavy rare earths and magnets"),
        ("controlled-october", "Sweeping Chinese controls"),
    ):
        pick.effect(answers, name, title, "{:.0f}")
    return shown, american, answers


# --- tables ---------------------------------------------------------------------------------------


def _flows() -> pd.DataFrame:
    """Flows of the United States; production of the newest edition is that of concentrates."""
    flows = data.table("us_balance").dropna(subset=["t"])
    new = (flows["series"] == "usgs_mcs2026") & (flows["flow"] == "production")
    return flows[~new | (flows["item"] == "concentrates")]


def _statistics(series: str) -> pd.DataFrame:
    """Tonnes by year and flow of one series."""
    flows = pick.rows(_flows(), series=series)
    return flows.pivot_table(index="year", columns="flow", values="t", aggfunc="sum", observed=True)


def _made() -> pd.Series:
    """Compounds and metals made in the United States, tonnes by year."""
    return pick.made_rows().set_index("year")["t"]
