"""Flows, the chain as a network, and where US imports come from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MultipleLocator

from rareearth.figures import style

BLUE, SKY, RED, GREEN, GOLD = (style.SERIES[i] for i in (0, 5, 1, 2, 3))
CHINA = style.actor("China")
US = style.actor("United States")


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
