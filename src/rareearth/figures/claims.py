"""Figures of the chapter *Claims*."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter

from rareearth.figures import style
from rareearth.models.verdicts import CONTRADICTED, OPEN, PARTLY, STRENGTHS, SUPPORTED, VERDICTS

MARKS = {
    SUPPORTED: {"marker": "o"},
    PARTLY: {"marker": "o", "fillstyle": "left", "markerfacecoloralt": "white"},
    CONTRADICTED: {"marker": "X"},
    OPEN: {"marker": "o", "fillstyle": "none"},
}
"""Mark of each verdict: full, half full, a cross, empty."""

PIPS = {name: len(STRENGTHS) - 1 - i for i, name in enumerate(STRENGTHS)}
"""Small bars that stand for the strength of the evidence."""

EDGES = (0.004, 15.0)
"""Margins beyond these are drawn at the edge."""


def scoreboard(board: pd.DataFrame) -> Figure:
    """All claims by theme, each with the mark of its verdict and bars for its evidence.

    Args:
        board: ``id``, ``theme`` (ordered), ``topic``, ``verdict`` and ``strength``.
    """
    board = board.assign(rank=board["verdict"].map(VERDICTS.index))
    themes = [
        (theme, rows.sort_values("rank", kind="stable"))
        for theme, rows in board.groupby("theme", observed=True)
    ]
    columns = _columns([len(rows) + 2 for _, rows in themes])
    tall = max(sum(len(themes[i][1]) + 2 for i in column) for column in columns)
    fig, (top, *axes) = _grid(0.7 + 0.21 * tall, len(columns))
    _totals(top, board["verdict"])
    for ax, column in zip(axes, columns, strict=True):
        line = 0.0
        for theme, rows in (themes[i] for i in column):
            ax.text(0, line, theme, fontweight="semibold", va="center")
            for row in rows.itertuples():
                line += 1
                _mark(ax, 0.025, line, row.verdict)
                ax.text(0.07, line, row.id, va="center", fontsize=8.5, color=style.MUTED)
                ax.text(0.16, line, row.topic, va="center", fontsize=10)
                for pip in range(PIPS["strong"]):
                    shade = style.MUTED if pip < PIPS[row.strength] else style.GRID
                    ax.plot(
                        [0.93 + 0.025 * pip] * 2,
                        [line - 0.25, line + 0.25],
                        color=shade,
                        linewidth=2.2,
                        solid_capstyle="butt",
                    )
            line += 2
        ax.set_xlim(0, 1)
        ax.set_ylim(tall - 1, -0.8)
        ax.axis("off")
    return fig


def margins(parts: pd.DataFrame) -> Figure:
    """How far each deciding number is from what would bear its claim out.

    Args:
        parts: ``label``, ``low_ratio``, ``high_ratio`` (1 where the claim is met, above where it
            is more than met; cut off at :data:`EDGES`), ``needed`` and ``observed_text`` as
            printed, and ``verdict`` of the part; rows in the order drawn.
    """
    fig, ax = style.new(0.8 + 0.195 * len(parts))
    ax.axvspan(0.9, 1, color=style.GRID, linewidth=0)
    ax.axvline(1, color=style.INK, linewidth=1)
    for line, row in enumerate(parts.itertuples()):
        color = style.VERDICTS[row.verdict]
        span = np.clip([row.low_ratio, row.high_ratio], *EDGES)
        ax.plot(span, [line, line], color=color, linewidth=4, alpha=0.45)
        for ratio in set(span):
            _mark(ax, ratio, line, row.verdict, size=7)
        ax.annotate(
            f"{row.needed}: {row.observed_text}",
            (1, line),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            color=style.readable(color),
            annotation_clip=False,
        )
    ax.annotate(
        "needed: found",
        (1, -1),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=9.5,
        color=style.MUTED,
        annotation_clip=False,
    )
    ax.set_yticks(range(len(parts)), parts["label"])
    ax.set_ylim(len(parts) - 0.5, -0.5)
    ax.set_xscale("log")
    ax.set_xlim(EDGES[0] / 1.6, EDGES[1] * 1.6)
    ax.xaxis.set_major_locator(FixedLocator([0.01, 0.1, 1, 10]))
    ax.xaxis.set_minor_locator(FixedLocator([]))
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    style.horizontal(ax)
    style.unit(ax, "Ratio to what the claim needs (log scale)", axis="x")
    return fig


def verdict_by_strength(board: pd.DataFrame) -> Figure:
    """Which claims have which verdict on what evidence.

    Args:
        board: ``id``, ``verdict`` and ``strength``.
    """
    across = 6
    cells = board.groupby(["strength", "verdict"])["id"].agg(list)
    heights = {
        s: max((-(-len(cells.get((s, v), [])) // across) for v in VERDICTS), default=1) or 1
        for s in STRENGTHS
    }
    fig, ax = style.new(0.6 + 0.26 * sum(heights.values()))
    line = 0.0
    for strength in STRENGTHS:
        for place, verdict in enumerate(VERDICTS):
            for i, name in enumerate(cells.get((strength, verdict), [])):
                down, right = divmod(i, across)
                ax.text(
                    place + 0.02 + right * 0.158,
                    line + down + 0.5,
                    name,
                    va="center",
                    fontsize=9.5,
                    color=style.readable(style.VERDICTS[verdict]),
                )
        ax.text(-0.06, line + 0.5, strength, ha="right", va="center", color=style.MUTED)
        line += heights[strength]
        ax.axhline(line, color=style.GRID, linewidth=0.8)
    for place, verdict in enumerate(VERDICTS):
        _mark(ax, place + 0.06, -0.5, verdict)
        ax.text(
            place + 0.13,
            -0.5,
            verdict,
            va="center",
            fontweight="semibold",
            color=style.readable(style.VERDICTS[verdict]),
        )
    ax.set_xlim(-0.5, len(VERDICTS))
    ax.set_ylim(line, -1)
    ax.axis("off")
    return fig


def _grid(height: float, columns: int) -> tuple[Figure, list[Axes]]:
    """A strip over the whole width and columns below it."""
    fig, whole = style.new(height)
    whole.remove()
    grid = fig.add_gridspec(2, columns, height_ratios=[0.55, height - 0.55])
    return fig, [
        fig.add_subplot(grid[0, :]),
        *(fig.add_subplot(grid[1, i]) for i in range(columns)),
    ]


def _columns(sizes: list[int]) -> list[list[int]]:
    """Two runs of neighbours of about equal size."""
    half = int(np.argmin([abs(2 * sum(sizes[:n]) - sum(sizes)) for n in range(len(sizes) + 1)]))
    return [list(range(half)), list(range(half, len(sizes)))]


def _totals(ax: Axes, verdicts: pd.Series) -> None:
    """How many claims have each verdict, as one bar with the key below."""
    left = 0
    for place, verdict in enumerate(VERDICTS):
        count = int((verdicts == verdict).sum())
        color = style.VERDICTS[verdict]
        ax.barh(0, count, left=left, height=0.8, color=color, edgecolor="white", linewidth=1.5)
        if count:
            ax.text(
                left + count / 2,
                0,
                str(count),
                ha="center",
                va="center",
                color=style.INK if style.readable(color) != color else "white",
                fontweight="bold",
            )
        left += count
        at = (0.01 + place / len(VERDICTS)) * len(verdicts)
        _mark(ax, at, -1.0, verdict)
        ax.annotate(
            verdict,
            (at, -1.0),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            color=style.readable(color),
            fontweight="semibold",
        )
    ax.set_xlim(0, left)
    ax.set_ylim(-1.5, 0.5)
    ax.axis("off")


def _mark(ax: Axes, x: float, y: float, verdict: str, size: float = 8) -> None:
    color = style.VERDICTS[verdict]
    ax.plot(
        x,
        y,
        linestyle="",
        markersize=size,
        color=color,
        markeredgecolor=color,
        markeredgewidth=1.3 if verdict != CONTRADICTED else 0.3,
        clip_on=False,
        zorder=3,
        **MARKS[verdict],
    )
