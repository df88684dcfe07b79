"""Figures of the chapter *History*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import forms, style

CHINA, US = style.ACTORS["China"], style.ACTORS["United States"]
PALE, DARK = style.PALE["China"], style.DARK["China"]

LANES = {
    "United States": ("policy_us",),
    "China": ("policy_china",),
    "Allies": ("policy_allies",),
    "Industry, market": ("industry", "market"),
    "Technology, finds": ("technology", "discovery"),
}
"""Lane of the timeline and the categories of events that it holds, from left to right."""

ERAS = {1939: 0.0, 1990: 0.19, 2010: 0.37, 2020: 0.68, 2027: 1.0}
"""Height of each year in the timeline: recent decades get more room."""


def mine_production(output: pd.DataFrame, breaks: Mapping[int, str], split: int) -> Figure:
    """Stacked areas of mine production by country, early and late years on scales of their own.

    Args:
        output: ``year``, ``country``, ``reo_kt``; one row per year and country, countries in
            the order of stacking.
        breaks: year from which a definition or source changes, and a few words on it.
        split: year in which the first panel ends and the second begins.
    """
    palette = {country: style.actor(country) for country in dict.fromkeys(output["country"])}
    fig, axes = style.new(4.4, columns=2, width_ratios=[1, 1.5])
    units = ("Thousand tonnes REO a year", "Same, other scale")
    parts = (output[output["year"] <= split], output[output["year"] >= split])
    for ax, part, unit, names in zip(
        axes, parts, units, (dict.fromkeys(palette, ""), None), strict=True
    ):
        forms.stack(part, unit, ax, value="reo_kt", hue="country", palette=palette, names=names)
        ax.set_ylim(0, 1.2 * part.groupby("year")["reo_kt"].sum().max())
        for year, text in breaks.items():
            if part["year"].min() < year <= part["year"].max():
                forms.reference(ax, year, text, inside=True)
    return fig


def shares_and_concentration(shares: pd.DataFrame) -> Figure:
    """Shares of world mine output above, concentration below.

    Args:
        shares: ``year``, ``country``, ``share_pct``, missing years leave a gap; ``low_hhi`` and
            ``high_hhi``, bounds of the Herfindahl-Hirschman index, the same for a year's rows.
    """
    fig, (top, bottom) = style.new(5.4, rows=2, sharex=True, height_ratios=[1.25, 1])
    forms.band(
        shares[["year", "country", "share_pct"]],
        "Share of world mine output, percent",
        top,
        value="share_pct",
        hue="country",
        palette={country: style.actor(country) for country in dict.fromkeys(shares["country"])},
        gaps=True,
    )
    top.set_ylim(0, 100)
    forms.band(
        shares.dropna(subset=["low_hhi"]).drop_duplicates("year"),
        "Herfindahl-Hirschman index (10,000: one country mines all)",
        bottom,
        value="low_hhi",
        palette=style.INK,
    )
    bottom.set_ylim(0, 10_000)
    return fig


def us_balance(balance: pd.DataFrame) -> Figure:
    """Four panels: production, imports, exports and apparent consumption of the United States.

    Args:
        balance: ``year``, ``flow``, ``kt``, ``series`` (``usgs_ds140``, ``usgs_mcs2026``,
            ``dataweb_hts2846``), ``kind``; one row per year, flow and series.
    """
    fig = forms.panels(
        balance.drop(columns="kind").assign(
            point=np.where(balance["year"] == 2025, "hollow", None)
        ),
        "flow",
        forms.band,
        height=5.8,
        columns=2,
        sharex=True,
        titles={flow: flow.capitalize() for flow in balance["flow"].unique()},
        unit="Thousand tonnes REO a year",
        value="kt",
        hue="series",
        palette={"usgs_ds140": US, "usgs_mcs2026": US, "dataweb_hts2846": style.NEUTRAL},
        names={"usgs_ds140": "", "usgs_mcs2026": "", "dataweb_hts2846": "customs\nweight"},
        gaps=True,
    )
    for ax in fig.axes:
        forms.reference(ax, 2020.5)
    return fig


def import_reliance(reliance: pd.DataFrame) -> Figure:
    """Net import reliance: own division over all stages, and what the editions print.

    Args:
        reliance: ``edition`` (of :data:`style.EDITIONS`, ``own division, all stages`` or ``if
            imports grew as customs weights did``), ``year``, ``reliance_pct`` (negative for a net
            exporter), ``bound`` (``more than`` for a lower bound).
    """
    own, milder = "own division, all stages", "if imports grew as customs weights did"
    editions = {name: style.EDITIONS[name] for name in ("MCS 2019", "MCS 2025", "MCS 2026")}
    floor = -12
    point = np.where(reliance["bound"] == "more than", "hollow", "full")
    shown = reliance.assign(
        reliance_pct=reliance["reliance_pct"].clip(lower=floor),
        point=np.where(reliance["edition"] == own, None, point),
    ).drop(columns="kind")
    ax = forms.band(
        shown,
        "Net imports, percent of apparent consumption",
        value="reliance_pct",
        hue="edition",
        palette={own: style.NEUTRAL, milder: CHINA} | editions,
        names=dict.fromkeys(editions, "")
        | {
            own: "all stages\ntogether (own\ndivision)",
            milder: "if imports\ngrew as\ncustoms\nweights did",
        },
        gaps=True,
    )
    forms.key(ax, editions)
    ax.axhline(0, color=style.INK, linewidth=0.8)
    ax.set_xlim(1948, None)
    ax.set_ylim(floor - 8, 108)
    ax.set_yticks([0, 25, 50, 75, 100])
    return ax.figure


def timeline(events: pd.DataFrame) -> Figure:
    """Events in lanes by category, time running down, the most telling ones named.

    Args:
        events: ``when`` (decimal year), ``category``, ``label``, ``kind``; events of kind
            ``target`` are drawn hollow.
    """
    fig, ax = style.new(9.2)
    lane_of = {category: lane for lane, members in LANES.items() for category in members}
    places = {lane: 0.05 + 0.062 * i for i, lane in enumerate(LANES)}

    def height_of(years):
        return np.interp(years, list(ERAS), list(ERAS.values()))

    shown = events.assign(
        lane=events["category"].astype(str).map(lane_of), height=height_of(events["when"])
    ).sort_values("height", ignore_index=True)
    for lane, x in places.items():
        ax.plot([x, x], [0, 1], color=style.GRID, linewidth=6, solid_capstyle="round", zorder=1)
        ax.text(
            x, -0.012, lane, rotation=35, ha="left", va="bottom", fontsize=9.5,
            color=style.readable(style.LANES[lane]), fontweight="semibold",
        )  # fmt: skip
        for planned, rows in shown[shown["lane"] == lane].groupby(shown["kind"] == "target"):
            ax.plot(
                np.full(len(rows), x),
                rows["height"],
                "o",
                markersize=4.5,
                color=style.LANES[lane],
                markerfacecolor="white" if planned else style.LANES[lane],
                markeredgewidth=1.0 if planned else 0,
                alpha=1.0 if planned else 0.75,
                zorder=3,
            )
    named = shown[shown["label"].notna()]
    heights = style.spread(list(named["height"]), 1 / len(named))
    shift = heights[0] - max(heights[0], 0)
    for event, height in zip(named.itertuples(), heights, strict=True):
        color, x, y = style.LANES[event.lane], places[event.lane], height - shift
        ax.plot(
            [x, 0.345, 0.375], [event.height, event.height, y],
            color=color, linewidth=0.6, alpha=0.55, zorder=2,
        )  # fmt: skip
        ax.text(0.38, y, f"{event.date.year}", va="center", fontsize=9.5, color=style.MUTED)
        ax.text(0.44, y, event.label, va="center", fontsize=10, color=style.readable(color))
    for year in (1940, 1960, 1980, 1990, 2000, 2010, 2015, 2020, 2025):
        y = height_of(year)
        ax.text(0.0, y, str(year), ha="right", va="center", fontsize=9.5, color=style.MUTED)
        ax.plot([0.01, 0.34], [y, y], color=style.GRID, linewidth=0.6, zorder=0)
    ax.set_xlim(-0.06, 1)
    ax.set_ylim(1.03, -0.13)
    ax.axis("off")
    return fig


def price_spike(prices: pd.DataFrame) -> Figure:
    """Multiple of the 2009 price by element, one panel per group.

    Args:
        prices: ``group``, ``element``, ``when`` (decimal year), ``multiple``, ``another_basis``
            (joined to prices that count otherwise) and ``peak``: words at a price that stands
            alone, missing for a point of a line.
    """
    drawn = prices.dropna(subset=["group", "when"])
    lines = drawn[drawn["peak"].isna()].rename(columns={"group": "panel"})
    fig = forms.panels(
        lines.assign(
            kind=np.where(lines["another_basis"], "estimate", "reported"),
            point=np.where(lines["another_basis"], "hollow", None),
        ),
        "panel",
        forms.band,
        height=4.6,
        unit="Multiple of the 2009 price (log scale)",
        x="when",
        value="multiple",
        hue="element",
        palette=style.ELEMENTS,
        log=True,
    )
    for ax, group in zip(fig.axes, dict.fromkeys(lines["panel"]), strict=True):
        ax.axhline(1, color=style.INK, linewidth=0.8)
        for row in drawn[drawn["peak"].notna() & (drawn["group"] == group)].itertuples():
            color = style.ELEMENTS[row.element]
            ax.plot(row.when, row.multiple, "^", color=color, markersize=7)
            ax.annotate(
                f"{row.element}, {row.peak}", (row.when, row.multiple), xytext=(7, 0), fontsize=9,
                textcoords="offset points", va="center", color=style.MUTED,
            )  # fmt: skip
    fig.axes[0].set_ylim(drawn["multiple"].min() / 1.3, 1.6 * drawn["multiple"].max())
    style.decades(fig.axes[0], "y")
    return fig


def price_gap(ratios: pd.DataFrame) -> Figure:
    """Price outside China over price inside, by element, with matched quotes.

    Args:
        ratios: ``year``, ``element``, ``product``, ``comparison``, ``ratio``.
    """
    fig, (left, right) = style.new(4.2, columns=2, width_ratios=[1, 1.35])
    quotes = ratios[ratios["comparison"] == "quotes"].drop(columns="kind")
    quotes = quotes.sort_values(["year", "ratio"], ascending=[True, False])
    forms.rows(
        quotes.assign(label=quotes["product"] + ", " + quotes["year"].astype(str)),
        "Export over domestic quote, ratio",
        left,
        value="ratio",
        bar=True,
        palette=style.NEUTRAL,
        text="{:.1f}",
    )
    left.axvline(1, color=style.INK, linewidth=0.8)
    annual = ratios[ratios["comparison"] == "annual average"].drop(columns="kind")
    forms.band(
        annual,
        "Annual price outside over inside China, ratio",
        right,
        value="ratio",
        hue="element",
        palette=style.ELEMENTS,
    )
    right.axhline(1, color=style.INK, linewidth=0.8)
    forms.reference(right, 2014.5, "quotas and duties\nend in 2015", inside=True)
    right.set_ylim(0.9, 2.0)
    return fig


def production_quotas(quotas: pd.DataFrame, silent: Sequence[int]) -> Figure:
    """Mining and separation quotas, and the light and heavy parts of the mining quota.

    Args:
        quotas: ``year``, ``quantity``, ``split``, ``kt``, ``kind`` for full years.
        silent: years for which a quota was set but no volume published.
    """
    fig, axes = style.new(4.3, columns=2, width_ratios=[1.25, 1], sharey=True)
    known = quotas.dropna(subset=["kt"]).assign(
        point=lambda rows: np.where(rows["kind"] == "derived", "hollow", "full")
    )
    known = known.drop(columns="kind")
    forms.band(
        known[known["split"] == "total"],
        "Yearly quota, thousand tonnes REO",
        axes[0],
        value="kt",
        hue="quantity",
        palette={"mining quota": CHINA, "separation quota": DARK},
        names={"mining quota": "", "separation quota": ""},
        gaps=True,
    )
    axes[0].set_xlim(None, max(silent) + 1)
    forms.key(axes[0], {"mining": CHINA, "separation": DARK})
    silence = (min(silent) - 0.4, max(silent) + 0.4)
    forms.reference(axes[0], silence, "not\npublished", inside=True)
    forms.band(
        known[(known["split"] != "total") & (known["quantity"] == "mining quota")],
        "Mining quota by ore, thousand tonnes REO",
        axes[1],
        value="kt",
        hue="split",
        palette={"light": PALE, "heavy": DARK},
        names={"light": "Light\n(rock\nores)", "heavy": "Medium\nand heavy\n(ion clays)"},
        gaps=True,
    )
    axes[0].set_ylim(0, 1.12 * known["kt"].max())
    return fig


def export_quotas(quotas: pd.DataFrame, halves: pd.DataFrame) -> Figure:
    """Export quota against actual exports, and the split of half-year quotas.

    Args:
        quotas: ``year``, ``quantity`` (export quota, actual exports), ``kt``, ``kind``; totals
            of full years.
        halves: ``period`` (text), ``split`` (light, heavy), ``kt``, in order of time.
    """
    fig, (left, right) = style.new(4.2, columns=2, width_ratios=[1.6, 1])
    quota = quotas[quotas["quantity"] == "export quota"].dropna(subset=["kt"])
    forms.columns(
        quota, "Thousand tonnes of product a year", left, value="kt", palette=PALE, text=""
    )
    actual = quotas[quotas["quantity"] == "actual exports"]
    left.plot(actual["year"], actual["kt"], "D", color=DARK, markersize=6)
    for row in actual.itertuples():
        left.annotate(
            f"{row.kt:.0f}", (row.year, row.kt), xytext=(6, 4), textcoords="offset points",
            color=style.readable(DARK),
        )  # fmt: skip
    forms.reference(
        left, quota["year"].max() + 0.5, f"no quota\nsince {quota['year'].max() + 1}", inside=True
    )
    left.set_ylim(0, 1.15 * quotas["kt"].max())
    forms.key(left, {"quota": PALE, "actual exports": DARK}, bars=True)
    kinds = {"light": "light", "heavy": "medium and heavy"}
    forms.columns(
        halves.drop(columns="kind").assign(
            period=halves["period"].str.replace(" ", "\n"), split=halves["split"].map(kinds)
        ),
        "Half-year quota, thousand tonnes",
        right,
        x="period",
        value="kt",
        hue="split",
        palette=dict(zip(kinds.values(), (PALE, DARK), strict=True)),
        text="",
    )
    heavy = halves.loc[halves["split"] == "heavy", "kt"]
    style.value_labels(right, heavy.map("{:.1f}".format), color=DARK)
    right.margins(y=0.1)
    style.zero_based(right)
    right.tick_params(axis="x", labelsize=9)
    return fig


def mountain_pass(years: pd.DataFrame, products: pd.DataFrame, events: pd.DataFrame) -> Figure:
    """Price above, output below, events between, under each owner.

    Args:
        years: ``year``, ``kt`` (US mine output), ``owner``, ``usd_per_kg`` of neodymium oxide and
            its ``statistic``.
        products: ``year``, ``kt``: what the first owner says it made for sale.
        events: ``when`` (decimal year), ``label``, in order of time.
    """
    fig, (top, bottom) = style.new(5.8, rows=2, sharex=True, height_ratios=[1.25, 1])
    forms.band(
        _hollow_unless_annual(years), "Neodymium oxide, USD/kg", top, value="usd_per_kg",
        palette=style.ELEMENTS["Nd"],
    )  # fmt: skip
    highest = years["usd_per_kg"].max()
    top.set_ylim(0, 1.55 * highest)
    top.set_yticks([tick for tick in top.get_yticks() if tick <= 1.1 * highest])
    # Names stand one below the other as time goes on; the newest ones have room at the top, on
    # the left. A bar stands on its year, so the year begins half a unit to its left.
    for i, event in enumerate(events.itertuples()):
        newest = i == len(events) - 1
        when, height = event.when - 0.5, 0.97 - 0.085 * (0 if newest else i)
        top.axvline(when, 0, height, color=style.MUTED, linewidth=0.7)
        bottom.axvline(when, color=style.MUTED, linewidth=0.7)
        top.annotate(
            event.label, (when, height), xycoords=("data", "axes fraction"), fontsize=9,
            xytext=(-3 if newest else 3, 0), textcoords="offset points", va="center",
            ha="right" if newest else "left", color=style.MUTED,
        )  # fmt: skip
    forms.columns(
        years,
        "US mine output, thousand tonnes REO",
        bottom,
        value="kt",
        hue="owner",
        palette={"Molycorp": style.NEUTRAL, "MP Materials": US},
        text="",
    )
    bottom.plot(products["year"], products["kt"], "_", color=style.INK, markersize=12)
    bottom.set_xlim(years["year"].min() - 0.7, years["year"].max() + 1.2)
    return fig


def reserves(by_country: pd.DataFrame, united_states: pd.DataFrame) -> Figure:
    """Reserves by country across editions, and the US count by edition.

    Args:
        by_country: ``edition``, ``country``, ``reserves_mt``; editions in order.
        united_states: ``edition``, ``count``, ``reserves_mt``.
    """
    fig, (left, right) = style.new(4.6, columns=2, width_ratios=[1.25, 1])
    short = by_country["edition"].str.replace("MCS ", "").str.replace(" v", "\nv")
    forms.band(
        by_country.assign(edition=short, point="full").drop(columns="kind"),
        "Reserves, million tonnes REO",
        left,
        x="edition",
        value="reserves_mt",
        hue="country",
        palette={country: style.actor(country) for country in by_country["country"].unique()},
    )
    left.set_xlabel("Edition of the Mineral Commodity Summaries")
    looks = {
        "reserves": {"color": US},
        "resource in known deposits": {
            "facecolor": "white", "edgecolor": US, "hatch": "////", "linewidth": 1.2,
        },
    }  # fmt: skip
    forms.rows(
        united_states.drop(columns="kind"),
        "United States, million tonnes REO",
        right,
        label="edition",
        value="reserves_mt",
        hue="count",
        palette=looks,
        bar=True,
        text="{:g}",
    )
    right.tick_params(axis="y", labelsize=9)
    return fig


def japan(shares: pd.DataFrame) -> Figure:
    """China's share of Japanese imports, by who counts it.

    Args:
        shares: ``when`` (decimal year), ``series``, ``low_pct``, ``high_pct``, ``bound``.
    """
    looks = {
        "METI": ("o", style.ACTORS["Japan"], "trade ministry (METI)"),
        "customs weight": ("s", style.STAGES["Mining"], "customs weight, as reported"),
        "customs, half-year": ("D", style.ACTORS["Australia"], "customs, first half-year"),
        "other": ("o", style.NEUTRAL, "other counts and bounds"),
    }
    fig, ax = style.new(4.2)
    series = shares["series"].astype(str)
    shown = shares.assign(group=series.where(series.isin(list(looks)), "other"))
    official = shown[shown["group"] == "METI"].sort_values("when")
    ax.plot(
        official["when"], official["low_pct"], color=looks["METI"][1], **style.LINES["estimate"]
    )
    for group, (marker, color, name) in looks.items():
        rows = shown[shown["group"] == group]
        middle = rows[["low_pct", "high_pct"]].mean(axis=1)
        ax.plot(
            rows["when"], middle, marker, color=color, linestyle="none", label=name,
            markersize=8 if group == "METI" else 5.5,
            markerfacecolor="white" if group == "other" else color,
        )  # fmt: skip
        for row, y in zip(rows.itertuples(), middle, strict=True):
            if row.bound == "range":
                ax.plot([row.when] * 2, [row.low_pct, row.high_pct], color=color, linewidth=1.5)
            elif row.bound != "equal":
                above = row.bound == "more than"
                ax.errorbar(row.when, y, 5, lolims=above, uplims=not above, color=color, zorder=1)
    forms.reference(ax, 2010.73, "September 2010: shipments stop", inside=True)
    ax.set_ylim(0, 115)
    ax.set_yticks(range(0, 101, 20))
    style.years(ax)
    ax.legend(loc="lower right", bbox_to_anchor=(1, 0.02), handletextpad=0.2)
    style.unit(ax, "Share of Japan's rare-earth imports that come from China, percent")
    return fig


def laws_money_output(
    bills: pd.DataFrame, money: pd.DataFrame, output: pd.DataFrame, silent: str
) -> Figure:
    """Bills by Congress, money awarded, and output at each stage, on one time axis.

    Args:
        bills: ``start`` (first year of the Congress), ``outcome``; one row per bill.
        money: ``when`` (decimal year), ``standing`` (counted, on milestones), ``usd_million``.
        output: ``year``, ``stage`` (concentrate, compounds and metals, NdPr oxide), ``kt``,
            ``kind``.
        silent: what to write in the panel of a stage without published output.
    """
    first, last = 2009, 2027
    fig, axes = style.new(8.4, rows=6, sharex=True, height_ratios=[1.5, 1.3, 1, 1, 1, 0.55])
    rank = {outcome: i for i, outcome in enumerate(style.BILLS)}
    for start, rows in bills.groupby("start"):
        for i, outcome in enumerate(sorted(rows["outcome"].astype(str), key=rank.get)):
            axes[0].plot(
                start + 0.5 + 0.5 * (i % 3), 1 + i // 3, "o", markersize=8,
                color=style.BILLS[outcome], markeredgecolor=US, markeredgewidth=1.0,
            )  # fmt: skip
    axes[0].set_ylim(0.3, 4)
    steps = money.sort_values("when")
    both = _total(steps, first, last)
    axes[1].step(*both, where="post", color=US, linewidth=1.4, linestyle=DOTTED)
    counted = _total(steps[steps["standing"] == "counted"], first, last)
    axes[1].fill_between(*counted, step="post", color=US, alpha=0.3, linewidth=0)
    axes[1].annotate(
        "with deals paid on milestones", (last, both[1][-1]), xytext=(-40, 3), fontsize=9,
        textcoords="offset points", ha="right", va="bottom", color=style.MUTED,
    )  # fmt: skip
    axes[1].set_ylim(0, both[1][-1] * 1.25)
    axes[1].set_ylabel("USD billion")
    for ax, stage in zip(axes[2:5], OUTPUT, strict=True):
        rows = output[output["stage"] == stage]
        for row in rows.itertuples():
            ax.bar(row.year + 0.5, row.kt, width=0.75, color=US, **style.BARS[row.kind])
        ax.annotate(
            f"{row.kt:.1f}".removesuffix(".0"), (row.year + 0.5, row.kt), xytext=(0, 2),
            textcoords="offset points", ha="center",
        )  # fmt: skip
        ax.set_ylim(0, rows["kt"].max() * 1.3)
        ax.set_ylabel("kt REO" if stage != "NdPr oxide" else "kt oxide")
    axes[5].annotate(
        silent, (0, 0.5), xycoords="axes fraction", xytext=(6, 0), textcoords="offset points",
        va="center", fontsize=9, color=style.MUTED,
    )  # fmt: skip
    headings = (
        "Bills in each Congress: enacted (full), pending (pale), not enacted (hollow)",
        "Federal money awarded, closed or lent since 2011, cumulative",
        *OUTPUT.values(),
        "Magnets",
    )
    for ax, heading in zip(axes, headings, strict=True):
        ax.set_title(heading, fontsize=10)
    for ax in axes[[0, 5]]:
        ax.set_yticks([])
        ax.grid(visible=False)
    axes[5].set_xlim(first, last)
    axes[5].set_xticks(range(first + 1, last, 2))
    fig.align_ylabels(axes)
    return fig


DOTTED = style.LINES["target"]["linestyle"]
OUTPUT = {
    "concentrate": "Mined: concentrate",
    "compounds and metals": "Separated: all compounds and metals",
    "NdPr oxide": "Separated: neodymium-praseodymium oxide, Mountain Pass",
}
"""Stages with published output and the headings of their panels, from above."""


def _total(steps: pd.DataFrame, first: float, last: float) -> tuple[list[float], list[float]]:
    """Money so far, USD billion, as a staircase from the first year to the last."""
    so_far = (steps["usd_million"].cumsum() / 1000).tolist()
    return [first, *steps["when"], last - 0.1], [0, *so_far, so_far[-1]]


def money_by_standing(money: pd.DataFrame) -> Figure:
    """How firm the announced money is.

    Args:
        money: ``standing``, ``usd_billion``, ``kind`` (target for what nobody owes today), in
            order from top to bottom.
    """
    return forms.rows(
        money,
        "USD billion",
        label="standing",
        value="usd_billion",
        palette=US,
        bar=True,
        text="{:.1f}",
    ).figure


def oxide_prices(prices: pd.DataFrame) -> Figure:
    """Oxide prices by year on a log scale, changes of basis marked.

    Args:
        prices: ``year``, ``element``, ``usd_per_kg``, ``statistic``.
    """
    ax = forms.band(
        _hollow_unless_annual(prices),
        "Oxide price, USD/kg (log scale)",
        value="usd_per_kg",
        hue="element",
        palette=style.ELEMENTS,
        gaps=True,
        log=True,
    )
    for year, text in {2010.5: "USGS,\nyear-end", 2013.5: "USGS,\nannual average"}.items():
        forms.reference(ax, year, text, inside=True)
    ax.set_ylim(None, 3 * prices["usd_per_kg"].max())
    style.decades(ax, "y")
    return ax.figure


def _hollow_unless_annual(prices: pd.DataFrame) -> pd.DataFrame:
    """Prices with hollow points where they are no annual average."""
    annual = prices["statistic"] == "annual average"
    rest = prices.drop(columns="kind", errors="ignore")
    return rest.assign(point=np.where(annual, None, "hollow"))


def smuggled(exports: pd.DataFrame) -> Figure:
    """Quota, recorded exports and smuggled ones, one row per count.

    Args:
        exports: ``label``, ``part`` (quota, recorded, smuggled), ``kt``, ``kind``.
    """
    parts = {"quota": style.NEUTRAL, "recorded": DARK, "smuggled": PALE}
    totals = exports.groupby("label", sort=False)["kt"].sum()
    ax = forms.stacked_rows(
        exports,
        "Thousand tonnes of product",
        value="kt",
        hue="part",
        palette=parts,
        least=6,
        totals=totals.map("{:.0f}".format).to_dict(),
    )
    return ax.figure


def why_china_won(ore: pd.DataFrame, spans: pd.DataFrame) -> Figure:
    """Mine output of the rivals above, acts and closures of the same years below.

    Args:
        ore: ``year``, ``country``, ``kt``.
        spans: ``label``, ``start``, ``end`` (missing for an event), ``actor``, by start.
    """
    fig, (top, bottom) = style.new(5.6, rows=2, sharex=True, height_ratios=[1.15, 1])
    countries = list(dict.fromkeys(spans["actor"]))
    forms.band(
        ore.drop(columns="kind"),
        "Mined, thousand tonnes of oxide a year",
        top,
        value="kt",
        hue="country",
        palette={country: style.actor(country) for country in countries},
        gaps=True,
    )
    last = ore["year"].max()
    for y, span in enumerate(spans.itertuples()):
        color = style.actor(span.actor)
        if pd.isna(span.end):
            bottom.plot(span.start, y, "o", color=color, markersize=7)
        else:
            bottom.barh(y, span.end - span.start, 0.55, left=span.start, color=color)
        late = span.start > ore["year"].median()
        at = span.start if late or pd.isna(span.end) else span.end
        bottom.annotate(
            span.label, (at, y), xytext=(-8 if late else 8, 0), textcoords="offset points",
            ha="right" if late else "left", va="center", fontsize=forms.SMALL,
            color=style.readable(color),
        )  # fmt: skip
    bottom.set_ylim(len(spans) - 0.4, -0.9)
    bottom.set_yticks([])
    bottom.grid(visible=False, axis="y")
    bottom.spines["left"].set_visible(False)
    bottom.set_xlim(ore["year"].min(), last)
    return fig
