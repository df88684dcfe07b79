"""Figures of the chapter *Chokepoints*."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgba
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import FuncFormatter, MultipleLocator

from rareearth.figures import style

CHINA = style.actor("China")
US = style.actor("United States")


# --- shares and concentration --------------------------------------------------------------------


def stage_shares(shares: pd.DataFrame) -> Figure:
    """China's share by stage: one dot per source, a band over all of them.

    Args:
        shares: ``stage`` (ordered), ``share_pct``, ``group`` (which denominator or body, names the
            dot's colour), one row per source; a stage without rows is drawn as a gap.
    """
    stages = list(shares["stage"].cat.categories)
    groups = list(dict.fromkeys(shares["group"].dropna()))
    colors = dict(zip(groups, style.SERIES, strict=False))
    fig, ax = style.new(0.72 * len(stages) + 1.0)
    style.horizontal(ax)
    for height, stage in enumerate(reversed(stages)):
        rows = shares[shares["stage"] == stage].dropna(subset="share_pct").sort_values("share_pct")
        if rows.empty:
            ax.text(50, height, "no source found for this stage", va="center", color=style.MUTED)
            continue
        low, high = rows["share_pct"].min(), rows["share_pct"].max()
        middle = rows["share_pct"].median()
        ax.barh(height, high - low, left=low, height=0.52, color=CHINA, alpha=0.16)
        ax.plot([middle] * 2, [height - 0.26, height + 0.26], color=CHINA, linewidth=2)
        # Equal values stand one above the other, so that every source can be counted.
        repeats = rows.groupby(rows["share_pct"].round())["share_pct"]
        lift = 0.13 * (repeats.cumcount() - (repeats.transform("size") - 1) / 2)
        for group, part in rows.groupby("group", observed=True):
            ax.scatter(
                part["share_pct"],
                height + lift[part.index],
                s=34,
                color=colors[group],
                edgecolor="white",
                linewidth=0.6,
                zorder=3,
            )
        text = f"{low:g}" if high - low < 0.5 else f"{low:.0f} to {high:.0f}"
        ax.text(low - 2, height, text, va="center", ha="right", color=style.readable(CHINA))
    ax.set_yticks(range(len(stages)), list(reversed(stages)), color=style.INK)
    ax.set_xlim(0, 101)
    ax.set_ylim(-0.6, len(stages) - 0.4)
    for group, color in colors.items():
        ax.scatter([], [], s=34, color=color, label=group)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.0), fontsize=9.5, handletextpad=0.2)
    style.unit(ax, "China's share of the world, percent", "x")
    return fig


def concentration(index: pd.DataFrame) -> Figure:
    """Herfindahl-Hirschman index by stage and year, with the range that unnamed suppliers leave.

    Args:
        index: ``stage``, ``year``, ``low_hhi``, ``high_hhi``, ``kind``, ``name`` (label of the
            line); forecasts are dotted and hollow.
    """
    fig, ax = style.new(4.2)
    ends, colors = {}, {}
    for name, line in index.groupby("name", sort=False):
        color = style.STAGES[line["stage"].iloc[0]]
        middle = (line["low_hhi"] + line["high_hhi"]) / 2
        known = line["kind"] != "forecast"
        style.band(ax, line["year"], line["low_hhi"], line["high_hhi"], color)
        ax.plot(line["year"][known], middle[known], color=color)
        if not known.all():
            ax.plot(line["year"], middle, color=color, **style.LINES["forecast"])
        if len(line) < 8:
            fill = np.where(known, color, "white")
            ax.scatter(
                line["year"],
                middle,
                s=36,
                c=list(fill),
                edgecolor=color,
                linewidth=1.3,
                zorder=3,
                clip_on=False,
            )
        ends[name] = (line["year"].iloc[-1], middle.iloc[-1])
        colors[name] = color
    ax.set_ylim(0, 10_000)
    ax.set_xlim(index["year"].min(), index["year"].max())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    ax.axhline(10_000, color=style.NEUTRAL, linewidth=0.8)
    ax.text(
        index["year"].max(), 9_860, "a single supplier", va="top", ha="right", color=style.MUTED
    )
    style.unit(ax, "Herfindahl-Hirschman index (0 to 10,000)")
    style.label_ends(ax, ends, colors, offset=8)
    return fig


def mined_and_refined(balance: pd.DataFrame) -> Figure:
    """Bars of what is mined and what is refined, by year, one panel per place.

    Args:
        balance: ``place``, ``stage`` (Mining, Refining), ``year``, ``element_kt``, ``kind``.
    """
    places = list(dict.fromkeys(balance["place"]))
    years = sorted(balance["year"].unique())
    fig, axes = style.new(3.9, columns=len(places))
    for ax, place in zip(np.atleast_1d(axes), places, strict=True):
        part = balance[balance["place"] == place]
        for shift, stage in ((-0.2, "Mining"), (0.2, "Refining")):
            rows = part[part["stage"] == stage].set_index("year").loc[years]
            for i, row in enumerate(rows.itertuples()):
                ax.bar(
                    i + shift,
                    row.element_kt,
                    0.38,
                    color=style.STAGES[stage],
                    **style.BARS[row.kind],
                )
                ax.text(
                    i + shift, row.element_kt, f"{row.element_kt:.1f}", ha="center", va="bottom"
                )
        ax.set_xticks(range(len(years)), [str(year) for year in years])
        ax.set_ylim(0, 1.1 * part["element_kt"].max())
        style.unit(ax, "thousand tonnes")
        ax.yaxis.set_label_coords(0, 1.0)
        ax.set_title(place, pad=20)
    last = balance[(balance["place"] == places[0]) & (balance["year"] == years[-1])]
    for shift, row in zip((-0.2, 0.2), last.sort_values("stage").itertuples(), strict=True):
        np.atleast_1d(axes)[0].text(
            len(years) - 1 + shift,
            row.element_kt / 2,
            {"Mining": "mined", "Refining": "refined"}[row.stage],
            rotation=90,
            ha="center",
            va="center",
            fontweight="semibold",
        )
    return fig


# --- trade ---------------------------------------------------------------------------------------

PLACES = {
    "United States": (-100, 40),
    "China": (106, 38),
    "Myanmar": (80, 14),
    "Laos": (110, 6),
    "Thailand": (94, -4),
    "Malaysia": (116, -16),
    "Vietnam": (132, 12),
    "Madagascar": (47, -19),
    "Nigeria": (8, 9),
    "Estonia": (26, 59),
    "All others": (40, 36),
}
"""Where a country stands in the flow map: longitude and latitude, moved apart where crowded."""


def flow_map(flows: pd.DataFrame) -> Figure:
    """Recorded flows as arcs between countries, as wide as the tonnage.

    Args:
        flows: ``origin``, ``destination``, ``stage`` (Concentrate, Compounds, Magnets),
            ``quantity_kt``; one row per arc.
    """
    fig, ax = style.new(4.6)
    ax.set_xlim(-135, 160)
    ax.set_ylim(-42, 78)
    ax.axis("off")
    turns: dict[frozenset, int] = {}
    for flow in flows.sort_values("quantity_kt", ascending=False).itertuples():
        pair = frozenset((flow.origin, flow.destination))
        turn = turns.get(pair, 0)
        turns[pair] = turn + 1
        ax.add_patch(
            FancyArrowPatch(
                PLACES[flow.origin],
                PLACES[flow.destination],
                connectionstyle=f"arc3,rad={0.22 + 0.13 * turn}",
                arrowstyle="-|>,head_length=4,head_width=2.2",
                mutation_scale=1 + flow.quantity_kt / 40,
                linewidth=max(0.5, flow.quantity_kt / 5.5),
                color=style.STAGES[flow.stage],
                alpha=0.62,
                shrinkA=5,
                shrinkB=7,
                zorder=2,
            )
        )
    used = set(flows["origin"]) | set(flows["destination"])
    for country in used:
        x, y = PLACES[country]
        ax.scatter(x, y, s=46, color=style.actor(country), edgecolor="white", zorder=4)
        above = country in ("China", "United States")
        ax.text(
            x,
            y + 4 if above else y - 4,
            country,
            ha="center",
            va="bottom" if above else "top",
            zorder=5,
            fontsize=9.5,
            color=style.INK,
            bbox={"facecolor": "white", "alpha": 0.75, "edgecolor": "none", "pad": 0.6},
        )
    for i, stage in enumerate(("Concentrate", "Compounds", "Magnets")):
        color = style.STAGES[stage]
        ax.text(
            -133, -20 - 8 * i, stage, color=style.readable(color), fontweight="semibold", ha="left"
        )
    for i, kt in enumerate((60, 20, 2)):
        ax.plot([-78, -62], [-18 - 8 * i] * 2, color=style.NEUTRAL, linewidth=kt / 5.5)
        ax.text(-58, -18 - 8 * i, f"{kt} thousand t", va="center", color=style.MUTED, fontsize=9.5)
    return fig


def chain(edges: pd.DataFrame) -> Figure:
    """The chain from mine to use as ribbons between columns, as wide as the tonnage.

    Args:
        edges: as from :func:`rareearth.models.trade.chain`; balances are drawn paler than records.
    """
    stages = ["Mine", "Separation", "Magnets", "Use"]
    titles = ["Mined", "Separated", "Made into magnets", "Magnets used"]
    total = edges.loc[edges["from_stage"] == "Mine", "element_t"].sum()
    gap = 0.055
    nodes = _columns(edges, stages, total, gap)
    fig, ax = style.new(4.8)
    ax.axis("off")
    ax.set_xlim(-0.62, len(stages) - 1 + 0.62)
    ax.set_ylim(-0.12, 1.32)
    left = {node: top for node, (_, top, _) in nodes.items()}
    right = dict(left)
    width = 0.055
    rank = {node: (column, -top) for node, (column, top, _) in nodes.items()}
    ordered = sorted(
        edges.itertuples(),
        key=lambda e: (rank[e.from_stage, e.origin], rank[e.to_stage, e.destination]),
    )
    for edge in ordered:
        start, end = (edge.from_stage, edge.origin), (edge.to_stage, edge.destination)
        height = edge.element_t / total
        a, b = right[start], left[end]
        right[start] -= height
        left[end] -= height
        x0, x1 = nodes[start][0] + width / 2, nodes[end][0] - width / 2
        alpha = 0.5 if edge.rests_on == "recorded" else 0.28
        ax.add_patch(_ribbon(x0, a, x1, b, height, to_rgba(style.actor(edge.origin), alpha)))
    for (_, country), (column, top, height) in nodes.items():
        ax.add_patch(
            PathPatch(
                _box(column - width / 2, top - height, width, height),
                color=style.actor(country),
                linewidth=0,
            )
        )
        outer = column in (0, len(stages) - 1)
        side = -1 if column == 0 else 1
        ax.text(
            column + side * (width / 2 + 0.02),
            top - height / 2,
            f"{country} {height * total / 1000:.1f}",
            ha="right" if side < 0 else "left",
            va="center",
            fontsize=9.5,
            color=style.INK,
            bbox=None
            if outer
            else {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.8},
        )
    for column, title in enumerate(titles):
        ax.text(column, 1.3, title, ha="center", va="top", fontweight="semibold")
    return fig


def _columns(
    edges: pd.DataFrame, stages: Sequence[str], total: float, gap: float
) -> dict[tuple[str, str], tuple[int, float, float]]:
    """Column, top and height of each node; the larger stand higher."""
    nodes = {}
    for column, stage in enumerate(stages):
        if column < len(stages) - 1:
            sums = edges[edges["from_stage"] == stage].groupby("origin")["element_t"].sum()
        else:
            sums = edges[edges["to_stage"] == stage].groupby("destination")["element_t"].sum()
        sums = sums.sort_values(ascending=False) / total
        top = 1.2
        for country, height in sums.items():
            nodes[stage, country] = (column, top, height)
            top -= height + gap * (1 if len(sums) > 3 else 1.6) * (0.9 if height > 0.1 else 1)
    return nodes


def _ribbon(x0: float, y0: float, x1: float, y1: float, height: float, color: tuple) -> PathPatch:
    middle = (x0 + x1) / 2
    points = [
        (x0, y0),
        (middle, y0),
        (middle, y1),
        (x1, y1),
        (x1, y1 - height),
        (middle, y1 - height),
        (middle, y0 - height),
        (x0, y0 - height),
        (x0, y0),
    ]
    codes = [Path.MOVETO] + [Path.CURVE4] * 3 + [Path.LINETO] + [Path.CURVE4] * 3 + [Path.CLOSEPOLY]
    return PathPatch(Path(points, codes), facecolor=color, linewidth=0)


def _box(x: float, y: float, width: float, height: float) -> Path:
    return Path([(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)])


def n_minus_1(losses: pd.DataFrame) -> Figure:
    """What is lost when one country stops: for everybody else, and for the United States.

    Args:
        losses: as from :func:`rareearth.models.trade.n_minus_1`.
    """
    rows = losses.iloc[::-1].reset_index(drop=True)
    panels = (
        ("For all other users", "lost_elsewhere_pct", "largest_stage_share_pct"),
        ("For the United States", "user_first_in_line_pct", "user_even_mix_pct"),
    )
    fig, axes = style.new(3.9, columns=2, sharey=True)
    for ax, (title, bar, dot) in zip(axes, panels, strict=True):
        style.horizontal(ax)
        ax.barh(
            rows.index, rows[bar], 0.55, color=[style.actor(c) for c in rows["country"]], alpha=0.85
        )
        ax.scatter(
            rows[dot],
            rows.index,
            s=44,
            facecolor="white",
            edgecolor=style.INK,
            linewidth=1.4,
            zorder=3,
        )
        for i, row in rows.iterrows():
            if np.isnan(row[bar]):
                ax.text(2, i, "does not apply", va="center", color=style.MUTED, fontsize=9.5)
                continue
            place = max(row[bar], row[dot]) + 5
            value = ax.text(place, i, f"{row[bar]:.0f}", va="center", fontweight="semibold")
            ax.annotate(
                f"({row[dot]:.0f})",
                (1, 0.5),
                xycoords=value,
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                color=style.MUTED,
                fontsize=9.5,
            )
        ax.set_title(title, fontsize=10.5)
        ax.set_xlim(0, 126)
        ax.set_xticks([0, 25, 50, 75, 100])
        style.unit(ax, "percent", "x")
    axes[0].set_yticks(rows.index, rows["country"], color=style.INK)
    notes = (("share of its largest stage", panels[0][2]), ("if all mix evenly", panels[1][2]))
    for ax, (text, column) in zip(axes, notes, strict=True):
        ax.annotate(
            text,
            (rows[column].iloc[-1], len(rows) - 1),
            xytext=(0, -28),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=9.5,
            color=style.MUTED,
            arrowprops={"arrowstyle": "-", "color": style.NEUTRAL, "linewidth": 0.9, "shrinkB": 4},
        )
    return fig


# --- leverage ------------------------------------------------------------------------------------


def magnet_exports(exports: pd.DataFrame, dates: Mapping[str, pd.Timestamp]) -> Figure:
    """Monthly exports in two panels, all buyers and the United States.

    Args:
        exports: ``start``, ``months``, ``destination`` (World, United States), ``gross_t``,
            ``mark`` (reported, derived, bound or proxy); months without a value are gaps.
        dates: events to mark, name to date.
    """
    panels = (("World", "To all countries", CHINA), ("United States", "To the United States", US))
    fig, axes = style.new(5.2, rows=2, sharex=True, height_ratios=[1.35, 1])
    for ax, (destination, title, color) in zip(axes, panels, strict=True):
        rows = exports[exports["destination"] == destination]
        line = rows[rows["mark"].isin(["reported", "derived"])]
        line = line.set_index("start")["gross_t"].asfreq("MS")
        ax.plot(line.index, line, color=color, zorder=2)
        for mark, part in rows.groupby("mark", observed=True):
            solid = mark == "reported"
            if mark == "bound":
                for row in part.itertuples():
                    end = row.start + pd.DateOffset(months=row.months - 1)
                    ax.plot([row.start, end], [row.gross_t] * 2, color=color, linewidth=1.2)
                    middle = row.start + (end - row.start) / 2
                    ax.annotate(
                        "",
                        (middle, row.gross_t + 900),
                        (middle, row.gross_t),
                        arrowprops={"arrowstyle": "->", "color": color, "linewidth": 1.2},
                    )
                    ax.text(
                        middle,
                        row.gross_t - 180,
                        "at least",
                        ha="center",
                        va="top",
                        fontsize=9.5,
                        color=style.readable(color),
                    )
                continue
            ax.scatter(
                part["start"],
                part["gross_t"],
                s=30,
                marker="D" if mark == "proxy" else "o",
                facecolor=color if solid else "white",
                edgecolor=color,
                linewidth=1.3,
                zorder=3,
            )
            if mark == "proxy":
                last = part.iloc[-1]
                ax.annotate(
                    "with alloys",
                    (last["start"], last["gross_t"]),
                    xytext=(0, 7),
                    textcoords="offset points",
                    ha="center",
                    fontsize=9.5,
                    color=style.readable(color),
                )
        style.zero_based(ax)
        ax.set_title(title, pad=18)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
        style.unit(ax, "tonnes a month")
        for date in dates.values():
            ax.axvline(date, color=style.NEUTRAL, linewidth=0.9, zorder=1)
    for i, (name, date) in enumerate(dates.items()):
        close = i + 1 < len(dates) and list(dates.values())[i + 1] - date < pd.Timedelta(days=90)
        axes[0].annotate(
            name,
            (date, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 6),
            textcoords="offset points",
            ha="right" if close else "left",
            fontsize=9.5,
            color=style.MUTED,
            va="bottom",
        )
    locator = AutoDateLocator(minticks=5, maxticks=9)
    axes[1].xaxis.set_major_locator(locator)
    axes[1].xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    return fig


def price_gap(ratios: pd.DataFrame, tiers: pd.DataFrame, controls: pd.Timestamp) -> Figure:
    """European over Chinese prices by date, and who paid what.

    Args:
        ratios: ``date``, ``element``, ``ratio``, ``quote`` (assessment or ask).
        tiers: ``element``, ``price_usd_per_kg``, ``share_pct``, ``text`` (label of the bar).
        controls: date of the controls.
    """
    fig, (ax, side) = style.new(4.0, columns=2, width_ratios=[1.55, 1])
    ax.set_yscale("log")
    for element, rows in ratios.groupby("element", observed=True):
        color = style.ELEMENTS[element]
        ax.plot(rows["date"], rows["ratio"], color=color, linewidth=1.3)
        for quote, part in rows.groupby("quote", observed=True):
            ax.scatter(
                part["date"],
                part["ratio"],
                s=34,
                facecolor=color if quote == "assessment" else "white",
                edgecolor=color,
                linewidth=1.3,
                zorder=3,
            )
        ax.annotate(
            element,
            (rows["date"].iloc[-1], rows["ratio"].iloc[-1]),
            xytext=(7, {"Tb": -8, "Nd": -8, "Pr": 7}.get(element, 0)),
            textcoords="offset points",
            va="center",
            color=style.readable(color),
            fontweight="semibold",
        )
    ax.axvline(controls, color=style.NEUTRAL, linewidth=0.9)
    ax.axhline(1, color=style.INK, linewidth=0.9)
    ax.text(controls, 30, " controls of\n April 2025", color=style.MUTED, fontsize=9.5, va="center")
    ax.set_ylim(0.7, 75)
    ax.set_yticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    ax.minorticks_off()
    locator = AutoDateLocator(minticks=3, maxticks=5)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    style.unit(ax, "Price in Europe over price in China (log scale)")

    style.horizontal(side)
    place, labels = 0.0, []
    for element, rows in tiers.groupby("element", observed=True, sort=False):
        for row in rows.itertuples():
            side.barh(place, row.share_pct, 0.6, color=style.ELEMENTS[element], alpha=0.85)
            side.text(row.share_pct + 2, place, row.text, va="center", fontsize=9.5)
            labels.append((place, f"{element} {row.price_text}"))
            place -= 1
        place -= 0.6
    side.set_yticks([y for y, _ in labels], [text for _, text in labels], color=style.INK)
    side.set_xlim(0, 125)
    side.set_xticks([0, 50, 100])
    style.unit(side, "share of 2025 use, percent", "x")
    side.set_title("Price paid, USD/kg", fontsize=10.5)
    return fig


def control_calendar(
    lives: pd.DataFrame, groups: Mapping[str, Sequence[str]], dates: Mapping[str, pd.Timestamp]
) -> Figure:
    """Bars of each control's phases over time, by element and by other object.

    Args:
        lives: ``row``, ``start``, ``end``, ``state``.
        groups: heading to the rows below it, from the top; a row without phases is left empty.
        dates: days to mark with a line, by label; the first is today.
    """
    count = sum(len(rows) + 1.2 for rows in groups.values())
    fig, ax = style.new(0.21 * count + 0.9)
    style.horizontal(ax)
    ax.grid(visible=False)
    ticks, place = [], 0.0
    start, end = lives["start"].min(), lives["end"].max()
    for heading, rows in groups.items():
        ax.text(
            -0.005,
            place,
            heading,
            transform=ax.get_yaxis_transform(),
            ha="right",
            va="center",
            fontweight="semibold",
        )
        place -= 1
        for name in rows:
            mine = lives[lives["row"] == name]
            ticks.append((place, name))
            if mine.empty:
                ax.text(start, place, " none", va="center", color=style.MUTED, fontsize=9)
            for life in mine.itertuples():
                ax.barh(
                    place,
                    life.end - life.start,
                    left=life.start,
                    height=0.72,
                    linewidth=0,
                    **style.CONTROLS[life.state],
                )
            place -= 1
        place -= 0.2
    for i, (label, date) in enumerate(dates.items()):
        ax.axvline(date, color=style.NEUTRAL if i else style.INK, linewidth=1)
        side = "left" if i else "right"
        ax.text(date, 1.0, label, ha=side, va="bottom", fontsize=9.5)
    ax.set_ylim(place + 0.5, 0.9)
    ax.set_xlim(start, end)
    ax.set_yticks([y for y, _ in ticks], [name for _, name in ticks], color=style.INK, fontsize=9.5)
    locator = AutoDateLocator(minticks=6, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    ax.spines["bottom"].set_visible(True)
    for state, look in style.CONTROLS.items():
        ax.barh(0, 0, label=state, linewidth=0, **look)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.42, -2.1 / count),
        ncols=5,
        fontsize=9.5,
        handlelength=1.4,
        columnspacing=1.2,
        handletextpad=0.5,
    )
    return fig


# --- the United States ---------------------------------------------------------------------------


def us_sources(sources: pd.DataFrame, history: pd.DataFrame) -> Figure:
    """Origin of US imports by product, and China's share over time by weight and by value.

    Args:
        sources: ``product``, ``country``, ``share_pct``, products in the order of drawing.
        history: ``year``, ``weight_pct``, ``value_pct``.
    """
    products = list(dict.fromkeys(sources["product"]))
    shown = ["China", "Japan", "Germany", "Malaysia", "Estonia"]
    colors = {c: style.actor(c) for c in shown} | {
        "Germany": style.ACTORS["Europe"],
        "Other": style.PALE["unspecified"],
    }
    fig, (ax, side) = style.new(4.4, columns=2, width_ratios=[1.45, 1])
    style.horizontal(ax)
    for height, product in enumerate(reversed(products)):
        rows = sources[sources["product"] == product].set_index("country")["share_pct"]
        other = rows[~rows.index.isin(shown)].sum()
        left = 0.0
        for country in [*shown, "Other"]:
            value = other if country == "Other" else rows.get(country, 0)
            if not value:
                continue
            ax.barh(height, value, 0.66, left=left, color=colors[country])
            if value >= 9:
                dark = country in ("China", "Japan")
                label = f"{value:.0f}" if country == "China" else f"{country} {value:.0f}"
                label = label if value >= 30 or country in ("China",) else f"{value:.0f}"
                ax.text(
                    left + value / 2,
                    height,
                    label,
                    ha="center",
                    va="center",
                    fontsize=9.5,
                    color="white" if dark else style.INK,
                )
            left += value
    ax.set_yticks(range(len(products)), list(reversed(products)), color=style.INK)
    ax.set_xlim(0, 100)
    ax.set_title("Origin by product, 2021 to 2024", fontsize=10.5, pad=42)
    style.unit(ax, "share of imports, percent", "x")
    for country in [*shown, "Other"]:
        ax.barh(0, 0, color=colors[country], label=country)
    ax.legend(
        loc="lower left",
        bbox_to_anchor=(-0.02, 0.985),
        ncols=3,
        fontsize=9,
        handlelength=0.8,
        columnspacing=0.8,
        handletextpad=0.3,
        borderpad=0,
    ).set_in_layout(False)
    lines = {"by weight": ("weight_pct", CHINA), "by value": ("value_pct", style.INK)}
    ends = {}
    for name, (column, color) in lines.items():
        side.plot(history["year"], history[column], color=color, linewidth=1.6)
        ends[name] = (history["year"].iloc[-1], history[column].iloc[-1])
    side.set_ylim(0, 100)
    side.set_xlim(history["year"].min(), history["year"].max())
    side.set_title("China's share of compounds", fontsize=10.5, pad=42)
    style.unit(side, "percent, HTS 2846")
    side.xaxis.set_major_locator(MultipleLocator(10))
    style.label_ends(side, ends, {name: color for name, (_, color) in lines.items()})
    return fig


def magnet_capacity(capacity: pd.DataFrame) -> Figure:
    """Capacity of single magnet makers in China and of all plants in the United States.

    Args:
        capacity: ``holder``, ``country``, ``status`` (operating, planned), ``magnets_t``; rows in
            the order of drawing, several statuses of a holder are stacked.
    """
    holders = list(dict.fromkeys(capacity["holder"]))
    fig, ax = style.new(0.42 * len(holders) + 1.0)
    style.horizontal(ax)
    for height, holder in enumerate(reversed(holders)):
        left = 0.0
        for row in capacity[capacity["holder"] == holder].itertuples():
            kind = "reported" if row.status == "operating" else "target"
            ax.barh(
                height,
                row.magnets_t / 1000,
                0.66,
                left=left,
                color=style.actor(row.country),
                **style.BARS[kind],
            )
            left += row.magnets_t / 1000
        ax.text(left + 0.6, height, f"{left:.1f}", va="center")
    ax.set_yticks(range(len(holders)), list(reversed(holders)), color=style.INK)
    ax.set_xlim(0, None)
    style.unit(ax, "Capacity, thousand tonnes of magnets a year (pale: planned)", "x")
    return fig
