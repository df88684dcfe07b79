"""Figures of the chapter *History*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rareearth.figures import style

LANES = {
    "United States": ("policy_us",),
    "China": ("policy_china",),
    "Allies": ("policy_allies",),
    "Industry, market": ("industry", "market"),
    "Technology, finds": ("technology", "discovery"),
}
"""Lane of the timeline and the categories of events that it holds, from left to right."""

LANE_COLORS = {
    "United States": style.ACTORS["United States"],
    "China": style.ACTORS["China"],
    "Allies": style.ACTORS["Japan"],
    "Industry, market": style.ACTORS["Myanmar"],
    "Technology, finds": style.ACTORS["Australia"],
}

ERAS = {1939: 0.0, 1990: 0.19, 2010: 0.37, 2020: 0.68, 2027: 1.0}
"""Height of each year in the timeline: recent decades get more room."""

SPIKE_STAGES = {
    "2009 average": 2009.5,
    "first quarter 2010": 2010.12,
    "26 July 2010": 2010.56,
    "third quarter 2010": 2010.65,
    "fourth quarter 2010": 2010.87,
    "14 March 2011": 2011.2,
}


def mine_production(output: pd.DataFrame, breaks: Mapping[int, str], split: int) -> Figure:
    """Stacked areas of mine production by country, early and late years on scales of their own.

    Args:
        output: ``year``, ``country``, ``reo_kt``; one row per year and country, countries in
            the order of stacking.
        breaks: year from which a definition or source changes, and a few words on it.
        split: year in which the first panel ends and the second begins.
    """
    wide = output.pivot(index="year", columns="country", values="reo_kt").fillna(0)
    order = list(dict.fromkeys(output["country"]))
    colors = [style.actor(country) for country in order]
    fig, axes = style.new(4.4, columns=2, width_ratios=[1, 1.5])
    for ax, part in zip(axes, (wide.loc[:split], wide.loc[split:]), strict=True):
        ax.stackplot(part.index, part[order].T, colors=colors, linewidth=0, alpha=0.95)
        ax.set_xlim(part.index.min(), part.index.max())
        ax.set_ylim(0, part.sum(axis=1).max() * 1.2)
        _breaks(
            ax, {y: text for y, text in breaks.items() if part.index.min() < y <= part.index.max()}
        )
    top = wide[order].iloc[-1].cumsum()
    middle = top - wide[order].iloc[-1] / 2
    style.label_ends(
        axes[1],
        {country: (wide.index[-1], middle[country]) for country in order},
        dict(zip(order, colors, strict=True)),
    )
    style.unit(axes[0], "Thousand tonnes REO a year")
    style.unit(axes[1], "Same, other scale")
    axes[0].set_xticks(range(wide.index.min(), split + 1, 40))
    axes[1].set_xticks(range(split, wide.index.max() + 1, 10))
    return fig


def shares_and_concentration(shares: pd.DataFrame, index: pd.DataFrame) -> Figure:
    """Shares of world mine output above, concentration below.

    Args:
        shares: ``year``, ``country``, ``share_pct``; missing years leave a gap.
        index: ``year``, ``low_hhi``, ``high_hhi``; bounds of the Herfindahl-Hirschman index.
    """
    fig, (top, bottom) = style.new(5.4, rows=2, sharex=True, height_ratios=[1.25, 1])
    ends = {}
    for country, rows in shares.groupby("country", sort=False):
        line = _yearly(rows, "share_pct")
        top.plot(line.index, line, color=style.actor(country))
        ends[country] = (line.index[-1], line.iloc[-1])
    top.set_ylim(0, 100)
    style.label_ends(top, ends, {country: style.actor(country) for country in ends})
    style.unit(top, "Share of world mine output, percent")
    years = index["year"]
    style.band(bottom, years, index["low_hhi"], index["high_hhi"], style.INK)
    bottom.plot(years, index["low_hhi"], color=style.INK, linewidth=1.6)
    bottom.plot(years, index["high_hhi"], color=style.INK, linewidth=0.8, alpha=0.6)
    bottom.set_ylim(0, 10_000)
    style.years(bottom)
    bottom.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace(",", " "))
    style.unit(bottom, "Herfindahl-Hirschman index (10 000: one country mines all)")
    _remark(bottom, 1950, 4600, "band: other countries\nunknown")
    return fig


def us_balance(balance: pd.DataFrame) -> Figure:
    """Four panels: production, imports, exports and apparent consumption of the United States.

    Args:
        balance: ``year``, ``flow``, ``kt``, ``series`` (``usgs_ds140``, ``usgs_mcs2026``,
            ``dataweb_hts2846``), ``kind``; one row per year, flow and series.
    """
    flows = ["production", "imports", "exports", "apparent consumption"]
    fig, axes = style.new(5.6, rows=2, columns=2, sharex=True, sharey=True)
    color = style.actor("United States")
    for ax, flow in zip(axes.flat, flows, strict=True):
        rows = balance[balance["flow"] == flow]
        for series, part in rows.groupby("series"):
            line = _yearly(part, "kt")
            if series == "dataweb_hts2846":
                ax.plot(line.index, line, color=style.NEUTRAL, linewidth=1.2)
                _remark(ax, 1990, 25, "customs weight,\ncompounds", ha="right")
                continue
            ax.plot(line.index, line, color=color)
            estimates = part[part["year"] == 2025]
            ax.plot(estimates["year"], estimates["kt"], "o", color="white", markeredgecolor=color)
        ax.axvline(2020.5, color=style.NEUTRAL, linewidth=0.7, linestyle=(0, (2, 2)))
        ax.set_title(flow.capitalize(), loc="left")
        ax.set_xlim(1900, 2027)
    axes[0, 0].set_ylim(0, None)
    _remark(axes[0, 0], 2019.5, 44, "other edition", ha="right")
    for ax in axes[:, 0]:
        ax.set_ylabel("Thousand tonnes REO a year")
    return fig


def import_reliance(own: pd.DataFrame, printed: pd.DataFrame, check: pd.DataFrame) -> Figure:
    """Net import reliance: own division over all stages, and what the editions print.

    Args:
        own: ``year``, ``reliance_pct`` for all stages together; negative for a net exporter.
        printed: ``year``, ``edition``, ``reliance_pct``, ``bound`` for compounds and metals.
        check: ``year``, ``reliance_pct``: the newest year under another count of imports.
    """
    fig, ax = style.new(4.4)
    line = _yearly(own.assign(reliance_pct=own["reliance_pct"].clip(lower=-12)), "reliance_pct")
    ax.plot(line.index, line, color=style.NEUTRAL, linewidth=1.6)
    ax.axhline(0, color=style.INK, linewidth=0.8)
    editions = printed["edition"].cat.categories
    colors = dict(zip(editions, ("#5aa3d8", "#8e6bb3", "#1f5fa8"), strict=True))
    markers = dict(zip(editions, ("s", "D", "o"), strict=True))
    for edition, rows in printed.groupby("edition", observed=True):
        color = colors[edition]
        ax.plot(rows["year"], rows["reliance_pct"], color=color, linewidth=1.3)
        for bound, part in rows.groupby("bound"):
            ax.plot(
                part["year"],
                part["reliance_pct"],
                markers[edition],
                color=color,
                markerfacecolor="white" if bound == "more than" else color,
            )
    ax.plot(check["year"], check["reliance_pct"], "X", color=style.ACTORS["China"], markersize=8)
    ax.set_xlim(1948, 2033)
    ax.set_ylim(-14, 112)
    ax.set_yticks([0, 25, 50, 75, 100])
    style.unit(ax, "Net imports, percent of apparent consumption")
    _remark(ax, 1985, 62, "all stages together\n(own division)", color=style.NEUTRAL)
    _remark(ax, 2001, -8, "net exporter")
    last = {edition: rows.iloc[-1] for edition, rows in printed.groupby("edition", observed=True)}
    text = {"MCS 2019": (2013, 43, "right"), "MCS 2025": (2025, 84, "left")}
    for edition, (x, y, ha) in text.items():
        _remark(ax, x, y, edition, ha=ha, color=colors[edition])
    newest = last[editions[-1]]
    _remark(
        ax, newest["year"] + 1.2, newest["reliance_pct"], editions[-1], color=colors["MCS 2026"]
    )
    row = check.iloc[-1]
    _remark(
        ax,
        row["year"] + 1.4,
        row["reliance_pct"] + 2,
        "if imports grew\nas customs\nweights did",
        color=style.ACTORS["China"],
        va="top",
    )
    return fig


def timeline(events: pd.DataFrame) -> Figure:
    """Events in lanes by category, time running down, the most telling ones named.

    Args:
        events: ``date``, ``precision``, ``category``, ``label``, ``kind``; events of kind
            ``target`` are drawn hollow.
    """
    fig, ax = style.new(9.2)
    lane_of = {category: lane for lane, members in LANES.items() for category in members}
    places = {lane: 0.05 + 0.062 * i for i, lane in enumerate(LANES)}
    shown = events.assign(
        lane=events["category"].astype(str).map(lane_of),
        height=np.interp(_decimal_year(events), list(ERAS), list(ERAS.values())),
    ).sort_values("height", ignore_index=True)
    for lane, x in places.items():
        ax.plot([x, x], [0, 1], color=style.GRID, linewidth=6, solid_capstyle="round", zorder=1)
        ax.text(
            x, -0.012, lane, rotation=35, ha="left", va="bottom", fontsize=9.5,
            color=style.readable(LANE_COLORS[lane]), fontweight="semibold",
        )  # fmt: skip
        for planned, rows in shown[shown["lane"] == lane].groupby(shown["kind"] == "target"):
            ax.plot(
                np.full(len(rows), x),
                rows["height"],
                "o",
                markersize=4.5,
                color=LANE_COLORS[lane],
                markerfacecolor="white" if planned else LANE_COLORS[lane],
                markeredgewidth=1.0 if planned else 0,
                alpha=1.0 if planned else 0.75,
                zorder=3,
            )
    named = shown[shown["label"].notna()]
    heights = style.spread(list(named["height"]), 1 / len(named))
    shift = heights[0] - max(heights[0], 0)
    for (_, event), height in zip(named.iterrows(), heights, strict=True):
        color = LANE_COLORS[event["lane"]]
        x, y = places[event["lane"]], height - shift
        ax.plot(
            [x, 0.345, 0.375], [event["height"], event["height"], y],
            color=color, linewidth=0.6, alpha=0.55, zorder=2,
        )  # fmt: skip
        year = event["date"].year
        ax.text(0.38, y, f"{year}", va="center", fontsize=9.5, color=style.MUTED)
        ax.text(0.44, y, event["label"], va="center", fontsize=10, color=style.readable(color))
    for year in (1940, 1960, 1980, 1990, 2000, 2010, 2015, 2020, 2025):
        y = float(np.interp(year, list(ERAS), list(ERAS.values())))
        ax.text(0.0, y, str(year), ha="right", va="center", fontsize=9.5, color=style.MUTED)
        ax.plot([0.01, 0.34], [y, y], color=style.GRID, linewidth=0.6, zorder=0)
    ax.set_xlim(-0.06, 1)
    ax.set_ylim(1.03, -0.13)
    ax.axis("off")
    return fig


def price_spike(prices: pd.DataFrame, groups: Mapping[str, Sequence[str]]) -> Figure:
    """Multiple of the 2009 price by element, one panel per group.

    Args:
        prices: ``element``, ``stage``, ``basis``, ``multiple``.
        groups: title of each panel to its elements.
    """
    fig, axes = style.new(4.6, columns=len(groups), sharey=True)
    for ax, (title, elements) in zip(axes, groups.items(), strict=True):
        ends = {}
        for element in elements:
            color = style.ELEMENTS[element]
            rows = prices[prices["element"] == element]
            rise = rows[rows["stage"].astype(str).isin(SPIKE_STAGES)].sort_values("stage")
            ax.plot(rise["stage"].astype(str).map(SPIKE_STAGES), rise["multiple"], color=color)
            later = rows[rows["basis"] == "USGS year-end, basis not shown"]
            if not later.empty:
                years = later["date"].dt.year + 1
                ax.plot(
                    [SPIKE_STAGES["14 March 2011"], *years],
                    [rise["multiple"].iloc[-1], *later["multiple"]],
                    color=color,
                    **style.LINES["estimate"] | {"linewidth": 1.2},
                )
                ax.plot(years, later["multiple"], "o", color=color, markerfacecolor="white")
                ends[element] = (years.iloc[-1], later["multiple"].iloc[-1])
            else:
                ends[element] = (SPIKE_STAGES["14 March 2011"], rise["multiple"].iloc[-1])
            for _, peak in rows[rows["basis"] == "international market"].iterrows():
                x = peak["date"].year + peak["date"].day_of_year / 365.25
                ax.plot(x, peak["multiple"], "^", color=color, markersize=7)
                _remark(ax, x + 0.2, peak["multiple"], f"{element}, {peak['stage']}")
        ax.set_yscale("log")
        ax.set_ylim(0.25, 60)
        ax.set_xlim(2009.2, 2016.9)
        ax.set_yticks([0.5, 1, 2, 5, 10, 20, 50], ["0.5", "1", "2", "5", "10", "20", "50"])
        ax.minorticks_off()
        ax.set_xticks(range(2010, 2017, 2))
        ax.axhline(1, color=style.INK, linewidth=0.8)
        ax.set_title(title, loc="left")
        style.label_ends(ax, ends, style.ELEMENTS)
    axes[0].set_ylabel("Multiple of the 2009 price (log scale)")
    return fig


def price_gap(ratios: pd.DataFrame) -> Figure:
    """Price outside China over price inside, by element, with matched quotes.

    Args:
        ratios: ``year``, ``element``, ``product``, ``comparison``, ``ratio``.
    """
    fig, (left, right) = style.new(4.2, columns=2, width_ratios=[1, 1.35])
    quotes = ratios[ratios["comparison"] == "quotes"].sort_values(
        ["year", "ratio"], ascending=[True, False]
    )
    places = np.arange(len(quotes))[::-1]
    left.barh(places, quotes["ratio"], color=style.NEUTRAL, height=0.7)
    style.value_labels(left, [f"{value:.1f}" for value in quotes["ratio"]])
    left.set_yticks(
        places,
        [f"{p}, {y}" for p, y in zip(quotes["product"], quotes["year"], strict=True)],
        fontsize=9,
    )
    left.axvline(1, color=style.INK, linewidth=0.8)
    style.horizontal(left)
    style.unit(left, "Export over domestic quote, ratio", axis="x")
    style.zero_based(left, "x")
    ends = {}
    annual = ratios[ratios["comparison"] == "annual average"]
    for element, rows in annual.groupby("element", observed=True):
        color = style.ELEMENTS[element]
        right.plot(rows["year"], rows["ratio"], color=color)
        ends[element] = (rows["year"].iloc[0], rows["ratio"].iloc[0])
    for element, height in zip(
        sorted(ends, key=lambda e: ends[e][1]),
        style.spread(sorted(y for _, y in ends.values()), 0.065),
        strict=True,
    ):
        right.text(
            2013.8, height, element, ha="right", va="center", fontweight="semibold",
            color=style.readable(style.ELEMENTS[element]),
        )  # fmt: skip
    right.axhline(1, color=style.INK, linewidth=0.8)
    right.axvline(2014.5, color=style.NEUTRAL, linewidth=0.7, linestyle=(0, (2, 2)))
    _remark(right, 2016, 1.78, "quotas and duties\nend in 2015", va="top")
    right.set_xlim(2013, 2024.3)
    right.set_ylim(0.9, 1.9)
    right.set_xticks(range(2014, 2025, 2))
    style.unit(right, "Annual price outside over inside China, ratio")
    return fig


def production_quotas(quotas: pd.DataFrame, silent: Sequence[int]) -> Figure:
    """Mining and separation quotas, and the light and heavy parts of the mining quota.

    Args:
        quotas: ``year``, ``quantity``, ``split``, ``kt``, ``kind`` for full years.
        silent: years for which a quota was set but no volume published.
    """
    fig, (left, right) = style.new(4.3, columns=2, width_ratios=[1.25, 1])
    china = style.actor("China")
    ends = {}
    for quantity, color in (("mining quota", china), ("separation quota", "#7a2a1c")):
        rows = quotas[(quotas["quantity"] == quantity) & (quotas["split"] == "total")].dropna(
            subset=["kt"]
        )
        line = _yearly(rows, "kt")
        left.plot(line.index, line, color=color)
        left.plot(rows["year"], rows["kt"], "o", color=color, markersize=4)
        ends[quantity.split()[0].capitalize()] = (rows["year"].iloc[-1], rows["kt"].iloc[-1])
    left.set_xlim(2009.5, 2028.5)
    left.set_ylim(0, 300)
    left.axvspan(min(silent) - 0.4, max(silent) + 0.4, color=style.GRID, alpha=0.6, linewidth=0)
    _remark(left, np.mean(silent), 30, "not\npublished", ha="center", va="bottom")
    for name, color, x, y in (
        ("Mining", china, ends["Mining"][0] - 0.7, ends["Mining"][1] + 8),
        ("Separation", "#7a2a1c", 2019, 118),
    ):
        left.text(
            x, y, name, ha="right" if name == "Mining" else "left",
            color=style.readable(color), fontweight="semibold", va="center",
        )  # fmt: skip
    left.set_xticks(range(2010, 2027, 4))
    style.unit(left, "Yearly quota, thousand tonnes REO")
    for split, color in (("light", "#e59b86"), ("heavy", "#7a2a1c")):
        rows = quotas[(quotas["quantity"] == "mining quota") & (quotas["split"] == split)]
        line = _yearly(rows, "kt")
        right.plot(line.index, line, color=color)
        for kind, part in rows.groupby("kind", observed=True):
            right.plot(
                part["year"], part["kt"], "o", color=color, markersize=4.5,
                markerfacecolor="white" if kind == "derived" else color,
            )  # fmt: skip
        last = rows.iloc[-1]
        right.text(
            2017.2, 112 if split == "light" else 32,
            "Light (rock ores)" if split == "light" else "Medium and heavy\n(ion clays)",
            ha="right" if split == "light" else "left", color=style.readable(color),
            fontweight="semibold",
        )  # fmt: skip
        right.annotate(
            f"{last['kt']:.0f}", (last["year"], last["kt"]), xytext=(5, 0),
            textcoords="offset points", va="center", color=style.INK,
        )  # fmt: skip
    right.set_ylim(0, 300)
    right.set_xlim(2009.5, 2026)
    right.set_xticks(range(2010, 2025, 4))
    style.unit(right, "Mining quota by ore, thousand tonnes REO")
    return fig


def export_quotas(quotas: pd.DataFrame, halves: pd.DataFrame) -> Figure:
    """Export quota against actual exports, and the split of half-year quotas.

    Args:
        quotas: ``year``, ``quantity`` (export quota, actual exports), ``kt``, ``kind``; totals
            of full years.
        halves: ``period`` (text), ``split`` (light, heavy), ``kt``, in order of time.
    """
    fig, (left, right) = style.new(4.2, columns=2, width_ratios=[1.6, 1])
    quota = quotas[quotas["quantity"] == "export quota"]
    for kind, rows in quota.groupby("kind", observed=True):
        look = style.BARS[kind]
        left.bar(rows["year"], rows["kt"], width=0.75, color="#e59b86", **look)
    actual = quotas[quotas["quantity"] == "actual exports"]
    left.plot(actual["year"], actual["kt"], "D", color="#7a2a1c", markersize=6)
    for _, row in actual.iterrows():
        left.annotate(
            f"{row['kt']:.0f}", (row["year"], row["kt"]), xytext=(6, 4),
            textcoords="offset points", color=style.readable("#7a2a1c"),
        )  # fmt: skip
    _remark(left, 2017, 10, "no quota since 2015", va="center")
    _remark(left, 2017.4, 49, "actual exports", color="#7a2a1c")
    _remark(left, 2009.7, 53, "quota", color="#c8442b", va="center")
    left.set_ylim(0, 68)
    left.set_xlim(2004.2, 2026.5)
    left.set_xticks(range(2005, 2026, 5))
    style.unit(left, "Thousand tonnes of product a year")
    wide = halves.pivot(index="period", columns="split", values="kt")
    wide = wide.loc[list(dict.fromkeys(halves["period"]))]
    right.bar(wide.index, wide["light"], color="#e59b86", width=0.7)
    right.bar(wide.index, wide["heavy"], bottom=wide["light"], color="#7a2a1c", width=0.7)
    for place, (_, row) in enumerate(wide.iterrows()):
        right.text(
            place, row.sum() + 0.4, f"{row['heavy']:.1f}", ha="center",
            color=style.readable("#7a2a1c"),
        )  # fmt: skip
    right.set_ylim(0, 29)
    right.tick_params(axis="x", labelsize=9)
    _remark(right, 0.6, 27.4, "medium and heavy on top", color="#7a2a1c")
    style.unit(right, "Half-year quota by kind, thousand tonnes")
    return fig


def mountain_pass(
    output: pd.DataFrame,
    products: pd.DataFrame,
    prices: pd.DataFrame,
    events: pd.DataFrame,
    owners: Mapping[str, tuple[float, float]],
) -> Figure:
    """Price above, output below, events between, under each owner.

    Args:
        output: ``year``, ``kt``: US mine output.
        products: ``year``, ``kt``: what the first owner says it made for sale.
        prices: ``year``, ``usd_per_kg``, ``statistic``: neodymium oxide.
        events: ``date``, ``precision``, ``label``, in order of time.
        owners: name to first and last year.
    """
    fig, (top, bottom) = style.new(5.8, rows=2, sharex=True, height_ratios=[1.25, 1])
    color = style.ELEMENTS["Nd"]
    top.plot(prices["year"], prices["usd_per_kg"], color=color)
    ends = prices[prices["statistic"] != "annual average"]
    top.plot(ends["year"], ends["usd_per_kg"], "o", color=color, markerfacecolor="white")
    top.set_ylim(0, 330)
    top.set_yticks([0, 50, 100, 150, 200])
    style.unit(top, "Neodymium oxide, USD/kg")
    # A bar stands on its year, so the year begins half a unit to its left.
    for i, (when, text) in enumerate(
        zip(_decimal_year(events) - 0.5, events["label"], strict=True)
    ):
        last = i == len(events) - 1
        height = 318 - 28 * (0 if last else i)
        top.plot([when, when], [0, height], color=style.MUTED, linewidth=0.7)
        bottom.axvline(when, color=style.MUTED, linewidth=0.7)
        side = -1 if last else 1
        _remark(top, when + 0.15 * side, height, text, ha="right" if last else "left")
    shades = {"Molycorp": style.NEUTRAL, "MP Materials": style.actor("United States")}
    for owner, (first, last) in owners.items():
        rows = output[output["year"].between(first, last)]
        bottom.bar(rows["year"], rows["kt"], color=shades[owner], width=0.75)
        bottom.text(
            rows.loc[rows["kt"].gt(0), "year"].min() + 0.3, rows["kt"].max() + 3, owner,
            color=style.readable(shades[owner]), fontweight="semibold", ha="left",
        )  # fmt: skip
    bottom.plot(products["year"], products["kt"], "_", color=style.INK, markersize=12)
    bottom.set_xlim(2006.3, 2026.2)
    bottom.set_ylim(0, 60)
    bottom.set_xticks(range(2008, 2026, 2))
    style.unit(bottom, "US mine output, thousand tonnes REO")
    return fig


def reserves(by_country: pd.DataFrame, united_states: pd.DataFrame) -> Figure:
    """Reserves by country across editions, and the US count by edition.

    Args:
        by_country: ``edition``, ``country``, ``reserves_mt``; editions in order.
        united_states: ``edition``, ``count``, ``reserves_mt``.
    """
    fig, (left, right) = style.new(4.6, columns=2, width_ratios=[1.25, 1])
    editions = list(dict.fromkeys(by_country["edition"]))
    places = {edition: i for i, edition in enumerate(editions)}
    ends = {}
    for country, rows in by_country.groupby("country", sort=False):
        x = rows["edition"].map(places)
        left.plot(x, rows["reserves_mt"], "o-", color=style.actor(country), markersize=4)
        ends[country] = (x.iloc[-1], rows["reserves_mt"].iloc[-1])
    left.set_xticks(
        range(len(editions)),
        [edition.replace("MCS ", "").replace(" v", "\nv") for edition in editions],
        fontsize=9,
    )
    left.set_xlabel("Edition of the Mineral Commodity Summaries")
    left.set_ylim(0, 48)
    left.set_xlim(-0.2, len(editions) - 0.9)
    style.label_ends(left, ends, {country: style.actor(country) for country in ends})
    style.unit(left, "Reserves, million tonnes REO")
    places = np.arange(len(united_states))[::-1]
    color = style.actor("United States")
    for place, (_, row) in zip(places, united_states.iterrows(), strict=True):
        resource = row["count"] != "reserves"
        right.barh(
            place, row["reserves_mt"], height=0.65, color="white" if resource else color,
            edgecolor=color, linewidth=1.2, hatch="////" if resource else None,
        )  # fmt: skip
        right.text(row["reserves_mt"] + 0.25, place, f"{row['reserves_mt']:g}", va="center")
    right.set_yticks(places, united_states["edition"], fontsize=9)
    right.set_xlim(0, 15)
    style.horizontal(right)
    style.unit(right, "United States, million tonnes REO", axis="x")
    _remark(right, 4.4, places[0] - 0.75, "hatched: resource\nin known deposits", va="top")
    return fig


def japan(shares: pd.DataFrame) -> Figure:
    """China's share of Japanese imports, by who counts it.

    Args:
        shares: ``year``, ``period``, ``series``, ``low_pct``, ``high_pct``, ``bound``.
    """
    looks = {
        "METI": ("o", style.ACTORS["Japan"], "trade ministry (METI)"),
        "customs weight": ("s", "#b98b5e", "customs weight, as reported"),
        "customs, half-year": ("D", "#2f9e83", "customs, first half-year"),
        "other": ("o", style.NEUTRAL, "other counts and bounds"),
    }
    fig, ax = style.new(4.2)
    shown = shares.assign(
        x=shares["year"]
        + shares["period"].astype(str).map({"year": 0.5, "first half": 0.25, "November": 0.87}),
        group=shares["series"].astype(str).where(shares["series"].isin(list(looks)), "other"),
    )
    official = shown[shown["group"] == "METI"].sort_values("x")
    ax.plot(official["x"], official["low_pct"], color=looks["METI"][1], **style.LINES["estimate"])
    for group, (marker, color, name) in looks.items():
        rows = shown[shown["group"] == group]
        middle = rows[["low_pct", "high_pct"]].mean(axis=1)
        ax.plot(
            rows["x"], middle, marker, color=color, linestyle="none", label=name,
            markersize=8 if group == "METI" else 5.5,
            markerfacecolor="white" if group == "other" else color,
        )  # fmt: skip
        for (_, row), y in zip(rows.iterrows(), middle, strict=True):
            if row["bound"] == "range":
                ax.plot(
                    [row["x"]] * 2, [row["low_pct"], row["high_pct"]], color=color, linewidth=1.5
                )
            elif row["bound"] != "equal":
                above = row["bound"] == "more than"
                ax.errorbar(row["x"], y, 5, lolims=above, uplims=not above, color=color, zorder=1)
    ax.axvline(2010.73, color=style.MUTED, linewidth=0.7, linestyle=(0, (2, 2)))
    _remark(ax, 2010.85, 6, "September 2010: shipments stop", va="center")
    ax.set_ylim(0, 105)
    ax.set_xlim(2007.8, 2026.3)
    ax.set_xticks(range(2008, 2027, 2))
    ax.legend(loc="lower right", bbox_to_anchor=(1, 0.1), handletextpad=0.2)
    style.unit(ax, "Share of Japan's rare-earth imports that come from China, percent")
    return fig


def laws_money_output(
    bills: pd.DataFrame, money: pd.DataFrame, stages: pd.DataFrame, silent: str
) -> Figure:
    """Bills by Congress, money committed, and output at each stage, on one time axis.

    Args:
        bills: ``start`` (first year of the Congress), ``outcome``; one row per bill.
        money: ``when`` (decimal year), ``standing`` (counted, on milestones), ``usd_million``.
        stages: ``year``, ``stage`` (concentrate, compounds and metals, NdPr oxide), ``kt``,
            ``kind``.
        silent: what to write in the panel of a stage without published output.
    """
    fig, axes = style.new(8.4, rows=6, sharex=True, height_ratios=[1.5, 1.3, 1, 1, 1, 0.55])
    blue = style.actor("United States")
    marks = {"enacted": blue, "pending": "#b8cfe8", "not enacted": "white"}
    for start, rows in bills.groupby("start"):
        ordered = rows.sort_values("outcome", key=lambda o: o.map(list(marks).index))
        for i, outcome in enumerate(ordered["outcome"].astype(str)):
            axes[0].plot(
                start + 0.5 + 0.5 * (i % 3), 1 + i // 3, "o", markersize=8,
                color=marks[outcome], markeredgecolor=blue, markeredgewidth=1.0,
            )  # fmt: skip
    axes[0].set_ylim(0.3, 4)
    axes[0].set_yticks([])
    axes[0].grid(visible=False)
    _heading(
        axes[0], "Bills in each Congress: enacted (full), pending (pale), not enacted (hollow)"
    )
    steps = money.sort_values("when")
    counted = steps[steps["standing"] == "counted"]
    both = steps["usd_million"].cumsum() / 1000
    axes[1].step(
        [2009, *steps["when"], 2026.9], [0, *both, both.iloc[-1]], where="post", color=blue,
        linewidth=1.4, linestyle=style.LINES["target"]["linestyle"],
    )  # fmt: skip
    total = counted["usd_million"].cumsum() / 1000
    axes[1].fill_between(
        [2009, *counted["when"], 2026.9], [0, *total, total.iloc[-1]], step="post", color=blue,
        alpha=0.3, linewidth=0,
    )  # fmt: skip
    _remark(axes[1], 2025.7, both.iloc[-1] + 0.15, "with deals paid on milestones", ha="right")
    axes[1].set_ylim(0, both.iloc[-1] * 1.25)
    axes[1].set_ylabel("USD billion")
    _heading(axes[1], "Federal money committed since 2011, cumulative (Project Vault left out)")
    titles = {
        "concentrate": "Mined: concentrate",
        "compounds and metals": "Separated: all compounds and metals",
        "NdPr oxide": "Separated: neodymium-praseodymium oxide, Mountain Pass",
    }
    for ax, (stage, title) in zip(axes[2:5], titles.items(), strict=True):
        rows = stages[stages["stage"] == stage]
        for kind, part in rows.groupby("kind", observed=True):
            ax.bar(part["year"] + 0.5, part["kt"], width=0.75, color=blue, **style.BARS[kind])
        last = rows.iloc[-1]
        ax.annotate(
            f"{last['kt']:.1f}".removesuffix(".0"), (last["year"] + 0.5, last["kt"]),
            xytext=(0, 2), textcoords="offset points", ha="center",
        )  # fmt: skip
        ax.set_ylim(0, rows["kt"].max() * 1.3)
        ax.set_ylabel("kt REO" if stage != "NdPr oxide" else "kt oxide")
        _heading(ax, title)
    axes[5].set_yticks([])
    axes[5].grid(visible=False)
    _heading(axes[5], "Magnets")
    _remark(axes[5], 2009.3, 0.5, silent, va="center")
    axes[5].set_xlim(2009, 2027)
    axes[5].set_xticks(range(2010, 2027, 2))
    fig.align_ylabels(axes)
    return fig


def money_by_standing(money: pd.DataFrame) -> Figure:
    """How firm the announced money is.

    Args:
        money: ``standing``, ``usd_billion``, ``firm`` (false for what nobody owes today),
            in order from top to bottom.
    """
    fig, ax = style.new(3.4)
    places = np.arange(len(money))[::-1]
    blue = style.actor("United States")
    for place, (_, row) in zip(places, money.iterrows(), strict=True):
        look = {} if row["firm"] else style.BARS["target"]
        ax.barh(place, row["usd_billion"], color=blue, height=0.65, **look)
        ax.text(row["usd_billion"] + 0.12, place, f"{row['usd_billion']:.1f}", va="center")
    ax.set_yticks(places, money["standing"])
    style.horizontal(ax)
    ax.set_xlim(0, money["usd_billion"].max() * 1.12)
    style.unit(ax, "USD billion", axis="x")
    return fig


def oxide_prices(prices: pd.DataFrame) -> Figure:
    """Oxide prices by year on a log scale, changes of basis marked.

    Args:
        prices: ``year``, ``element``, ``usd_per_kg``, ``statistic``.
    """
    fig, ax = style.new(4.6)
    ends = {}
    for element, rows in prices.groupby("element", observed=True):
        line = _yearly(rows, "usd_per_kg")
        color = style.ELEMENTS[element]
        ax.plot(line.index, line, color=color)
        other = rows[rows["statistic"] != "annual average"]
        ax.plot(other["year"], other["usd_per_kg"], "o", color=color, markerfacecolor="white")
        ends[element] = (line.index[-1], line.iloc[-1])
    ax.set_yscale("log")
    ax.set_ylim(0.7, 8000)
    ax.set_yticks([1, 10, 100, 1000], ["1", "10", "100", "1 000"])
    ax.minorticks_off()
    ax.set_xlim(2006.7, 2026)
    ax.set_xticks(range(2008, 2026, 2))
    _breaks(ax, {2010.5: "USGS,\nyear-end", 2013.5: "USGS,\nannual average"})
    style.label_ends(ax, ends, style.ELEMENTS)
    style.unit(ax, "Oxide price, USD/kg (log scale)")
    return fig


def _yearly(rows: pd.DataFrame, column: str) -> pd.Series:
    """Values by year with a gap wherever a year is missing."""
    values = rows.set_index("year")[column]
    return values.reindex(range(int(values.index.min()), int(values.index.max()) + 1))


def _decimal_year(events: pd.DataFrame) -> pd.Series:
    """Date as a number of years; what is dated to a year or more stands in its middle."""
    day = events["date"].dt.year + (events["date"].dt.day_of_year - 1) / 365.25
    widths = {"day": 0.0, "month": 0.04, "half-year": 0.25, "year": 0.5, "decade": 5.0}
    return day + events["precision"].astype(str).map(widths)


def _breaks(ax: Axes, breaks: Mapping[float, str]) -> None:
    for year, text in breaks.items():
        ax.axvline(year, color=style.MUTED, linewidth=0.7, linestyle=(0, (2, 2)))
        ax.annotate(
            text, (year, 1), xycoords=("data", "axes fraction"), xytext=(3, -2),
            textcoords="offset points", va="top", fontsize=8.5, color=style.MUTED,
        )  # fmt: skip


def _heading(ax: Axes, text: str) -> None:
    ax.set_title(text, loc="left", fontsize=10)


def _remark(ax: Axes, x: float, y: float, text: str, color: str = style.MUTED, **kwargs) -> None:
    """A short text inside the axes, in a colour that stands out from white."""
    options = {"va": "center", "ha": "left", "fontsize": 9} | kwargs
    ax.text(x, y, text, color=style.readable(color), **options)
