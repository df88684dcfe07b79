"""Flows, the chain as a network, and where US imports come from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, PathPatch
from matplotlib.path import Path

from rareearth.figures import forms, style

CHINA = style.actor("China")


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
    panels = (
        ("For all other users", "lost_elsewhere_pct", "largest_stage_share_pct"),
        ("For the United States", "user_first_in_line_pct", "user_even_mix_pct"),
    )
    dots = ("its largest stage", "loss if all mix evenly")
    fig, axes = style.new(3.9, columns=2, sharey=True)
    rows = losses.assign(color=losses["country"].map(style.actor))
    for ax, (title, bar, dot), words in zip(axes, panels, dots, strict=True):
        known = rows[bar].notna()
        text = rows[bar].map("{:.0f}".format) + rows[dot].map(" ({:.0f})".format)
        part = rows.assign(text=text.where(known, ""))
        unit = f"percent (dot, in brackets: {words})"
        forms.rows(part, unit, ax, label="country", value=bar, bar=True, marks={dot: "o"})
        for y in np.flatnonzero(~known):
            ax.text(2, y, "does not apply", va="center", color=style.MUTED, fontsize=forms.SMALL)
        ax.set_title(title, fontsize=10.5)
        ax.set_xlim(0, 126)
        ax.set_xticks([0, 25, 50, 75, 100])
    return fig


ORIGINS = ("China", "Japan", "Germany", "Malaysia", "Estonia")
"""Origins of US imports that are drawn by name."""


def us_sources(sources: pd.DataFrame, history: pd.DataFrame) -> Figure:
    """Origin of US imports by product, and China's share over time by weight and by value.

    Args:
        sources: ``product``, ``country``, ``share_pct``, products in the order of drawing.
        history: ``year``, ``weight_pct``, ``value_pct``.
    """
    named = sources["country"].where(sources["country"].isin(ORIGINS), "Other")
    parts = sources.assign(part=named).groupby(["product", "part"], sort=False, as_index=False)
    colors = {name: style.actor(name) for name in ORIGINS}
    colors |= {"Germany": style.ACTORS["Europe"], "Other": style.PALE["unspecified"]}
    fig, (ax, side) = style.new(4.6, columns=2, width_ratios=[1.45, 1])
    forms.stacked_rows(
        parts["share_pct"].sum(),
        "share of imports, percent",
        ax,
        label="product",
        value="share_pct",
        palette=colors,
        least=9,
    )
    ax.set_xlim(0, 100)
    tight = {"fontsize": 9, "handlelength": 0.8, "columnspacing": 0.8, "handletextpad": 0.3}
    sns.move_legend(ax, "lower left", bbox_to_anchor=(-0.02, 0.985), ncols=3, **tight)
    ax.get_legend().set_in_layout(False)
    ax.set_title("Origin by product, 2021 to 2024", fontsize=10.5, pad=42)
    lines = history.rename(columns={"weight_pct": "by weight", "value_pct": "by value"})
    lines = lines.melt("year", ["by weight", "by value"], "basis", "share_pct")
    palette = {"by weight": CHINA, "by value": style.INK}
    forms.band(lines, "percent, HTS 2846", side, value="share_pct", hue="basis", palette=palette)
    side.set_ylim(0, 100)
    side.set_title("China's share of compounds", fontsize=10.5, pad=42)
    return fig


def ore_imports(imports: pd.DataFrame) -> Figure:
    """China's imports from its southern neighbours by year.

    Args:
        imports: ``year``, ``origin`` and ``gross_kt``.
    """
    palette = {"Myanmar": style.actor("Myanmar"), "Laos": style.actor("Rest of world")}
    ax = forms.columns(
        imports,
        "thousand tonnes, gross weight",
        value="gross_kt",
        hue="origin",
        palette=palette,
    )
    return ax.figure
