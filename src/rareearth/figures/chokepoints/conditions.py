"""What a build-out needs besides plants."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rareearth.figures import style

BLUE, SKY, RED, GREEN, GOLD = (style.SERIES[i] for i in (0, 5, 1, 2, 3))
CHINA = style.actor("China")
US = style.actor("United States")


MEASURES = {
    "discovery to production": "Discovery to production, all metals",
    "mine permit": "Permits for a mine",
    "rare-earth project": "Rare-earth projects, rough figures",
}
"""Blocks of :func:`lead_times`."""

PANELS = {
    "graduates": "Mining-engineering graduates, 2023",
    "programmes": "University programmes in mining (and, for the US, mineral) engineering",
    "patents": "Rare-earth patent filings, 1950 to October 2018",
}
"""Panels of :func:`people_and_patents`."""

PER_KG = {
    "greenhouse gas": "kg CO₂-equivalent per kg of rare-earth oxide (log scale)",
    "energy": "MJ per kg of rare-earth oxide (log scale)",
}
"""Panels of :func:`footprint`."""


def lead_times(times: pd.DataFrame) -> Figure:
    """Averages and ranges of years, in blocks.

    Args:
        times: ``measure``, ``place``, ``low_years``, ``mid_years``, ``high_years``, ``mark``
            (text after the place, may be empty), in the order of drawing.
    """
    fig, ax = style.new(5.6)
    at, ticks, names = 0.0, [], []
    for (measure, heading), color in zip(MEASURES.items(), (style.MUTED, GOLD, BLUE), strict=False):
        ax.text(0, at, heading, fontweight="semibold", va="center", fontsize=10)
        at += 1
        for row in times[times["measure"] == measure].itertuples():
            if not np.isnan(row.low_years):
                ax.plot([row.low_years, row.high_years], [at, at], color=color, lw=5, alpha=0.4)
            if not np.isnan(row.mid_years):
                ax.plot(row.mid_years, at, "o", ms=7, color=color)
            ends = [row.low_years, row.high_years]
            text = f"{row.mid_years:g}" if np.isnan(ends[0]) else f"{ends[0]:g} to {ends[1]:g}"
            if not (np.isnan(ends[0]) or np.isnan(row.mid_years)):
                text = f"{row.mid_years:g} (range {text})"
            ax.annotate(
                text + row.mark,
                (np.nanmax([row.mid_years, row.high_years]), at),
                xytext=(9, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
            )
            ticks.append(at)
            names.append(row.place)
            at += 1
        at += 0.4
    ax.set_yticks(ticks, names)
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(at - 0.6, -0.7)
    ax.set_xlim(0, 43)
    style.horizontal(ax)
    style.unit(ax, "Years", "x")
    return fig


def people_and_patents(counts: pd.DataFrame) -> Figure:
    """Counts by country, one panel of bars per measure.

    Args:
        counts: ``panel``, ``bar`` (name of the bar), ``actor`` (whose colour), ``count``,
            ``lower_bound``; in the order of drawing.
    """
    sizes = [int((counts["panel"] == panel).sum()) for panel in PANELS]
    fig, axes = style.new(4.6, len(PANELS), 1, height_ratios=[n + 0.6 for n in sizes])
    for ax, (panel, label) in zip(axes, PANELS.items(), strict=True):
        rows = counts[counts["panel"] == panel]
        y = np.arange(len(rows))
        ax.barh(y, rows["count"], height=0.7, color=[style.actor(a) for a in rows["actor"]])
        ax.bar_label(
            ax.containers[-1],
            labels=[
                f"{'over ' if bound else ''}{count:,.0f}"
                for count, bound in zip(rows["count"], rows["lower_bound"], strict=True)
            ],
            padding=3,
        )
        ax.set_yticks(y, rows["bar"])
        ax.tick_params(axis="y", labelcolor=style.INK)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(0, rows["count"].max() * 1.18)
        ax.set_title(label, fontsize=10)
        _bare(ax)
    return fig


def footprint(routes: pd.DataFrame) -> Figure:
    """Ranges per kilogram by route, one logarithmic panel per measure.

    Args:
        routes: ``measure``, ``route``, ``boundary``, ``low``, ``mid``, ``high``, ``weak``; in the
            order of drawing. Weak figures are drawn hollow.
    """
    sizes = [int((routes["measure"] == measure).sum()) for measure in PER_KG]
    fig, axes = style.new(4.9, len(PER_KG), 1, height_ratios=[n + 0.5 for n in sizes])
    for ax, (measure, label) in zip(axes, PER_KG.items(), strict=True):
        rows = routes[routes["measure"] == measure].reset_index(drop=True)
        ax.set_xscale("log")
        for at, row in rows.iterrows():
            ends = [v for v in (row["low"], row["mid"], row["high"]) if not np.isnan(v)]
            fill = "white" if row["weak"] else BLUE
            if len(ends) > 1:
                line = style.LINES["estimate" if row["weak"] else "reported"]
                ax.plot([ends[0], ends[-1]], [at, at], color=BLUE, **line)
                ax.plot([ends[0], ends[-1]], [at, at], "|", color=BLUE, ms=9, mew=2)
            if len(ends) != 2:
                ax.plot(row["mid"], at, "o", ms=7.5, mfc=fill, mec=BLUE, mew=2)
            text = " to ".join(_short(v) for v in dict.fromkeys((ends[0], ends[-1])))
            ax.annotate(
                text,
                (ends[-1], at),
                xytext=(10, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
            )
        ax.set_yticks(
            range(len(rows)), [f"{r['route']}\n{r['boundary']}" for _, r in rows.iterrows()]
        )
        ax.tick_params(axis="y", labelcolor=style.INK, labelsize=9)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        low, high = rows[["low", "mid"]].min().min(), rows[["mid", "high"]].max().max()
        ax.set_xlim(10 ** np.floor(np.log10(low)), 10 ** (np.log10(high) + 0.8))
        ax.xaxis.set_major_formatter("{x:,.0f}")
        style.horizontal(ax)
        style.unit(ax, label, "x")
    return fig


def funnel(steps: pd.DataFrame) -> Figure:
    """Projects left at each step from a register to money paid.

    Args:
        steps: ``label``, ``projects_count``, in the order of drawing.
    """
    fig, ax = style.new(2.9)
    y = np.arange(len(steps))
    shades: Sequence[float] = np.linspace(0.35, 1, len(steps))
    for at, (count, shade) in enumerate(zip(steps["projects_count"], shades, strict=True)):
        ax.barh(at, count, height=0.72, color=BLUE, alpha=shade)
        ax.annotate(f"{count}", (count, at), xytext=(5, 0), textcoords="offset points", va="center")
    ax.set_yticks(y, steps["label"])
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(len(steps) - 0.4, -0.6)
    _bare(ax)
    return fig


def _bare(ax: Axes) -> None:
    """Drop the number axis of bars that carry their own numbers."""
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.grid(visible=False)


def _short(value: float) -> str:
    """One decimal for small numbers, none for large ones."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
