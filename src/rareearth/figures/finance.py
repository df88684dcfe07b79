"""Figures of the section on the valley of death."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rareearth.figures import style

KINDS = {
    "round": (style.MONEY["private"], "o"),
    "grant": (style.MONEY["public"], "s"),
    "plant cost": (style.INK, "D"),
}
"""Colour and marker of what was seen at real firms."""


def valley(stages: pd.DataFrame) -> Figure:
    """What private investors would put into each stage, and what is missing.

    Args:
        stages: ``stage`` in order, ``private_usd_million``, ``gap_usd_million`` (means over firms),
            ``gap_share_pct``.
    """
    fig, (left, right) = style.new(3.4, columns=2, sharey=True, width_ratios=[1.7, 1])
    y = np.arange(len(stages))[::-1]
    cost = stages["private_usd_million"] + stages["gap_usd_million"]
    left.barh(y, stages["private_usd_million"], height=0.6, color=style.MONEY["private"])
    left.barh(
        y, stages["gap_usd_million"], left=stages["private_usd_million"], height=0.6,
        color=style.MONEY["missing"],
    )  # fmt: skip
    for at, (row, total) in zip(y, zip(stages.itertuples(), cost, strict=True), strict=True):
        left.annotate(
            f"{row.gap_usd_million:,.0f} of {total:,.0f}", (total, at), xytext=(4, 0),
            textcoords="offset points", va="center", fontsize=9.5,
        )  # fmt: skip
    left.set_xlim(0, 1.28 * cost.max())
    left.set_yticks(y, stages["stage"], color=style.INK)
    left.set_title("In dollars")
    style.unit(left, "Million US dollars, mean over firms", axis="x")
    for x, text, color in (
        (0.42, "private money", style.MONEY["private"]),
        (0.72, "missing", style.MONEY["missing"]),
    ):
        left.text(
            x, 0.86, text, transform=left.transAxes, color=style.readable(color),
            fontweight="semibold",
        )  # fmt: skip
    right.barh(y, stages["gap_share_pct"], height=0.6, color=style.MONEY["missing"])
    style.value_labels(right, [f"{share:.0f}%" for share in stages["gap_share_pct"]])
    right.set_xlim(0, 118)
    right.set_xticks([0, 50, 100])
    right.set_title("Missing part of the cost")
    style.unit(right, "Percent", axis="x")
    for ax in (left, right):
        style.horizontal(ax)
    return fig


def bands(
    ax: Axes, rows: pd.DataFrame, name: str, color: str, labels: str, shift: float = 0,
    hollow: bool = False,
) -> None:  # fmt: skip
    """Points with bands, one row per line from the top.

    Args:
        ax: axes.
        rows: ``<name>_low``, ``<name>_median``, ``<name>_high``.
        name: what is drawn.
        color: of points and bands.
        labels: format of the number at the point.
        shift: vertical, in rows.
        hollow: whether points are open.
    """
    for y, (_, row) in zip(np.arange(len(rows))[::-1] + shift, rows.iterrows(), strict=True):
        low, middle, high = (row[f"{name}_{part}"] for part in ("low", "median", "high"))
        if np.isnan(middle):
            continue
        ax.plot([low, high], [y, y], color=color, linewidth=6, alpha=0.3, solid_capstyle="butt")
        ax.plot(middle, y, "o", color=color, markersize=7, mfc="white" if hollow else color)
        ax.annotate(
            labels.format(middle), (high, y), xytext=(5, 0), textcoords="offset points",
            va="center", fontsize=9.5, color=style.readable(color),
        )  # fmt: skip


def survival(mixes: pd.DataFrame) -> Figure:
    """Plants that get paid for, and firms that come through, by instruments.

    Args:
        mixes: ``label`` and ``built_pct``, ``survival_pct`` with ``_low``, ``_median``, ``_high``.
    """
    fig, (left, right) = style.new(0.4 * len(mixes) + 1.2, columns=2, sharey=True)
    color = style.SERIES[0]
    bands(left, mixes, "built_pct", color, "{:.0f}")
    bands(right, mixes, "survival_pct", color, "{:.1f}")
    left.set_yticks(np.arange(len(mixes))[::-1], mixes["label"], color=style.INK)
    left.set_xlim(0, 108)
    left.set_xticks([0, 25, 50, 75, 100])
    right.set_xlim(0, 1.25 * mixes["survival_pct_high"].max())
    left.set_title("First plants that are paid for")
    right.set_title("Firms that come through")
    style.unit(left, "Percent of those at the decision", axis="x")
    style.unit(right, "Percent of those that start", axis="x")
    for ax in (left, right):
        style.horizontal(ax)
    return fig


def public_money(mixes: pd.DataFrame) -> Figure:
    """Public money per firm that comes through: what is kept, and what is paid out.

    Args:
        mixes: ``label`` and ``kept_usd_million``, ``paid_out_usd_million`` with ``_low``,
            ``_median``, ``_high``; missing where there is none.
    """
    fig, ax = style.new(0.52 * len(mixes) + 1.0)
    bands(ax, mixes, "kept_usd_million", style.MONEY["missing"], "{:,.0f}", shift=0.17)
    bands(ax, mixes, "paid_out_usd_million", style.NEUTRAL, "{:,.0f}", shift=-0.17, hollow=True)
    ax.set_yticks(np.arange(len(mixes))[::-1], mixes["label"], color=style.INK)
    ax.set_xscale("log")
    ax.set_xlim(0.5, 2000)
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    ax.minorticks_off()
    ax.set_ylim(-0.6, len(mixes) - 0.4)
    style.horizontal(ax)
    style.unit(ax, "Million US dollars per surviving firm (log scale)", axis="x")
    for y, text, color in (
        (0.2, "kept by firms", style.MONEY["missing"]),
        (0.12, "paid out", style.NEUTRAL),
    ):
        ax.text(
            0.04, y, text, transform=ax.transAxes, color=style.readable(color),
            fontweight="semibold", va="top",
        )  # fmt: skip
    return fig


def loans(gates: pd.DataFrame, record: Mapping[str, float]) -> Figure:
    """Part of a loan that its lender must expect to lose, by the stage it pays for.

    Args:
        gates: ``stage`` in order, and ``unaided_pct``, ``aided_pct`` with ``_low``, ``_median``,
            ``_high``.
        record: name of a record of losses to percent.
    """
    fig, ax = style.new(3.6)
    bands(ax, gates, "unaided_pct", style.MONEY["missing"], "{:.0f}", shift=0.14)
    bands(ax, gates, "aided_pct", style.MONEY["public"], "{:.0f}", shift=-0.14)
    ax.set_yticks(np.arange(len(gates))[::-1], gates["stage"], color=style.INK)
    for at, (name, value) in enumerate(record.items()):
        ax.axvline(value, color=style.INK, linewidth=1.2, linestyle=(0, (4, 2)))
        ax.annotate(
            name, (value, len(gates) - 0.62 - 0.85 * at), xytext=(5, 0),
            textcoords="offset points", fontsize=9.5, va="top",
        )  # fmt: skip
    ax.set_xlim(0, 108)
    ax.set_xticks([0, 25, 50, 75, 100])
    ax.set_ylim(-0.5, len(gates) - 0.5)
    for y, text, color in (
        (0.3, "no other public help", style.MONEY["missing"]),
        (0.22, "all other instruments pulled", style.MONEY["public"]),
    ):
        ax.text(
            0.52, y, text, transform=ax.transAxes, color=style.readable(color),
            fontweight="semibold", va="top",
        )  # fmt: skip
    style.horizontal(ax)
    style.unit(ax, "Expected loss, percent of the loan", axis="x")
    return fig


def evidence(seen: pd.DataFrame, stages: pd.DataFrame) -> Figure:
    """Money of real firms by stage, over the stage costs that are assumed.

    Args:
        seen: ``stage``, ``what``, ``firm``, ``usd_million``.
        stages: ``stage`` in order, ``cost_usd_million_low``, ``_median``, ``_high``.
    """
    fig, ax = style.new(4.0)
    order = list(stages["stage"])[::-1]
    for row in stages.itertuples():
        y = order.index(row.stage)
        ax.plot(
            [row.cost_usd_million_low, row.cost_usd_million_high], [y, y], color=style.NEUTRAL,
            linewidth=34, alpha=0.25, solid_capstyle="butt",
        )  # fmt: skip
        ax.plot([row.cost_usd_million_median] * 2, [y - 0.27, y + 0.27], color=style.NEUTRAL)
    shifts = {"round": 0.17, "grant": -0.17, "plant cost": 0.0}
    for row in seen.itertuples():
        color, marker = KINDS[row.what]
        ax.plot(
            row.usd_million, order.index(row.stage) + shifts[row.what], marker, color=color,
            markersize=7, markeredgecolor="white", markeredgewidth=0.8,
        )  # fmt: skip
    ax.set_yticks(range(len(order)), order, color=style.INK)
    ax.set_xscale("log")
    ax.set_xlim(0.8, 3000)
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    ax.minorticks_off()
    ax.set_ylim(-0.5, len(order) + 0.3)
    for x, (what, (color, marker)) in zip((1, 8, 50), KINDS.items(), strict=True):
        ax.plot(x, len(order), marker, color=color, markersize=7)
        words = {"round": "private round", "grant": "public grant", "plant cost": "cost of a plant"}
        ax.annotate(
            words[what], (x, len(order)), xytext=(8, 0), textcoords="offset points", va="center",
            fontsize=9.5,
        )  # fmt: skip
    ax.annotate(
        "assumed cost: 90% of firms", (420, len(order)), xytext=(18, 0),
        textcoords="offset points", va="center", fontsize=9.5, color=style.MUTED,
    )  # fmt: skip
    ax.plot([400, 480], [len(order)] * 2, color=style.NEUTRAL, linewidth=10, alpha=0.3,
            solid_capstyle="butt")  # fmt: skip
    style.horizontal(ax)
    style.unit(ax, "Million US dollars (log scale)", axis="x")
    return fig
