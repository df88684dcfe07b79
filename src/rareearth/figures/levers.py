"""Figures of what levers bring and cost."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rareearth.figures import style

STATE, BUYERS = style.ACTORS["United States"], style.PATHWAYS["E-waste and waste"]


def shares(found: pd.DataFrame) -> Figure:
    """What each lever adds, whatever the order in which the levers come.

    Args:
        found: one row per lever, largest first: ``title``, ``mean_kt``, ``low_kt``, ``high_kt``,
            ``alone_kt`` (as the only lever) and ``last_kt`` (as the last of all).
    """
    fig, ax = style.new(1.1 + 0.5 * len(found))
    y = np.arange(len(found))[::-1]
    ax.barh(y, found["mean_kt"], height=0.55, color=STATE, alpha=0.75)
    ax.hlines(y, found["low_kt"], found["high_kt"], color=style.INK, linewidth=1.2)
    for place, row in zip(y, found.itertuples(), strict=True):
        for value, marker in ((row.alone_kt, "o"), (row.last_kt, "D")):
            ax.plot(
                value, place, marker, markersize=5.5, markerfacecolor="white",
                markeredgecolor=style.SERIES[1], markeredgewidth=1.4,
            )  # fmt: skip
        end = max(row.high_kt, row.alone_kt, row.last_kt)
        _right(ax, f"{row.mean_kt:.1f}", end, place)
    ax.set_yticks(y, found["title"])
    ax.tick_params(axis="y", labelcolor=style.INK)
    style.zero_based(ax, "x")
    style.horizontal(ax)
    style.unit(ax, "Thousand tonnes of the American gap closed", axis="x")
    return fig


def ladder(found: pd.DataFrame) -> Figure:
    """Cost per kilogram of gap closed, cheapest on top, on a scale of powers of ten.

    Args:
        found: one row per rung, cheapest first: ``title``, ``mean`` (all money over all
            kilograms), ``low``, ``high`` (infinite where nothing is closed), ``last`` (as the last
            of all levers; may be missing), ``payer``; ``mean`` is missing where no cost
            was found, and infinite where nothing is closed.
    """
    fig, ax = style.new(1.0 + 0.52 * len(found))
    y = np.arange(len(found))[::-1]
    costs = found[["mean", "low", "high", "last"]].to_numpy(dtype=float)
    known = costs[np.isfinite(costs) & (costs > 0)]
    left = 10.0 ** np.floor(np.log10(known.min()))
    right = 10.0 ** np.ceil(np.log10(known.max()))
    for place, row in zip(y, found.itertuples(), strict=True):
        if not np.isfinite(row.mean):
            words = "no cost found" if np.isnan(row.mean) else "closes nothing"
            ax.text(left * 1.15, place, words, va="center", color=style.MUTED, style="italic")
            continue
        color = BUYERS if row.payer == "buyers" else STATE
        low = left if row.low <= left else row.low
        high = row.high if np.isfinite(row.high) else right
        ax.hlines(place, low, high, color=color, alpha=0.35, linewidth=9)
        if not np.isfinite(row.high):
            ax.plot(right, place, ">", color=color, alpha=0.6, markersize=9, clip_on=False)
        if row.low <= left:
            ax.plot(left, place, "<", color=color, alpha=0.6, markersize=9, clip_on=False)
        if np.isfinite(row.last):
            ax.plot(
                row.last, place, "D", markersize=6, markerfacecolor="white",
                markeredgecolor=color, markeredgewidth=1.5,
            )  # fmt: skip
        ax.plot(row.mean, place, "o", color=color, markersize=8)
        ax.annotate(
            f"{float(f'{row.mean:.2g}'):,.0f}", (row.mean, place), xytext=(0, 8),
            textcoords="offset points", ha="center", color=style.readable(color),
            fontweight="semibold",
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(left / 1.5, right * 1.5)
    ticks = 10.0 ** np.arange(np.log10(left), np.log10(right) + 1)
    ax.set_xticks(ticks, [f"{tick:,.0f}" for tick in ticks])
    ax.minorticks_off()
    ax.set_yticks(y, found["title"])
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(-0.6, len(found) - 0.3)
    style.horizontal(ax)
    style.unit(ax, "US dollars of today per kilogram of gap closed", axis="x")
    return fig


def _right(ax: Axes, text: str, x: float, y: float) -> None:
    ax.annotate(
        text, (x, y), xytext=(7, 0), textcoords="offset points", va="center", fontweight="semibold"
    )
