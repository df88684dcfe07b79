"""Figures on the stockpile and on a supply cut."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MultipleLocator

from rareearth.figures import style

BASES = {
    "value, prices of 2022": "in prices of 2022",
    "value, prices of the year": "in prices of the year",
}
"""Measure of a value to how its price basis is printed."""

FILLS = {
    "delivered": ("still delivered", style.IN_A_CUT["delivered"]),
    "surged": ("others deliver more", style.IN_A_CUT["surged"]),
    "saved": ("done without", style.IN_A_CUT["saved"]),
    "commercial": ("firms' stocks", style.IN_A_CUT["commercial"]),
    "strategic": ("strategic stock", style.IN_A_CUT["strategic"]),
    "shortage": ("short", style.IN_A_CUT["shortage"]),
}
"""What fills a need, from the bottom of the stack, with its label and colour."""

GROUPS = {
    "NdPr": ("Neodymium and praseodymium", style.ELEMENTS["Nd"]),
    "DyTb": ("Dysprosium and terbium", style.ELEMENTS["Dy"]),
}


def value(history: pd.DataFrame) -> Figure:
    """Value of the stockpile in the years in which it is known, by price basis.

    Args:
        history: ``year``, ``measure`` (one of :data:`BASES`), ``value_usd_billion``.
    """
    fig, ax = style.new(3.4)
    fills = dict(zip(BASES, (style.SERIES[0], "white"), strict=True))
    both = history["year"].duplicated(keep=False)
    shift = history["measure"].map(dict(zip(BASES, (-1.7, 1.7), strict=True))).astype(float)
    at = history["year"] + shift.where(both, 0.0)
    ax.bar(
        at,
        history["value_usd_billion"],
        width=2.2,
        color=history["measure"].map(fills),
        edgecolor=style.SERIES[0],
        linewidth=1.2,
    )
    style.value_labels(ax, [f"{v:.1f}" for v in history["value_usd_billion"]])
    for measure, words in BASES.items():
        first = history[history["measure"] == measure].index[0]
        ax.annotate(
            words,
            (at[first] + 1.1, history.loc[first, "value_usd_billion"]),
            xytext=(14, -12),
            textcoords="offset points",
            color=style.readable(style.SERIES[0]),
            fontweight="semibold",
        )
    ax.set_xlim(1946, 2029)
    ax.set_xticks(sorted(history["year"].unique()))
    style.unit(ax, "Value of all minerals held, billion US dollars")
    style.zero_based(ax)
    return fig


def cover(days: pd.DataFrame, marks: Mapping[str, float]) -> Figure:
    """Days for which a stock would last, by whose need it meets.

    Args:
        days: ``basis``, ``group`` (as :data:`GROUPS`), ``days``.
        marks: goals to compare with, name to days.
    """
    bases = list(dict.fromkeys(days["basis"]))
    fig, ax = style.new(3.3)
    for offset, (group, (label, color)) in zip((0.13, -0.13), GROUPS.items(), strict=True):
        part = days[days["group"] == group].set_index("basis").loc[bases]
        y = np.arange(len(bases))[::-1] + offset
        ax.plot(part["days"], y, "o", color=color, markersize=9, zorder=3)
        for x, height in zip(part["days"], y, strict=True):
            ax.annotate(
                _span(x), (x, height), xytext=(9, 0), textcoords="offset points", va="center",
                color=style.readable(color),
            )  # fmt: skip
        ax.annotate(
            label, (part["days"].iloc[0], y[0]), xytext=(-9, 0), textcoords="offset points",
            ha="right", va="center", color=style.readable(color), fontweight="semibold",
        )  # fmt: skip
    for name, at in marks.items():
        ax.axvline(at, color=style.MUTED, **style.LINES["target"], linewidth=1.2)
        ax.annotate(
            name, (at, 1), xycoords=("data", "axes fraction"), xytext=(0, 4),
            textcoords="offset points", ha="center", va="bottom", color=style.MUTED, fontsize=9.5,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(2, 8000)
    ax.set_xticks([3, 10, 30, 100, 300, 1000, 3000])
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    ax.minorticks_off()
    ax.set_yticks(np.arange(len(bases))[::-1], bases)
    ax.set_ylim(-0.5, len(bases) - 0.45)
    style.horizontal(ax)
    style.unit(ax, "Days of need covered (logarithmic)", "x")
    return fig


def _span(days: float) -> str:
    return f"{days / 365.25:.1f} years" if days > 730 else f"{days:.0f} days"


def risk(
    curves: Mapping[str, pd.DataFrame], plan: Mapping[str, float], size: Mapping[str, float]
) -> Figure:
    """Part of the cuts that a stock covers, over its size.

    Args:
        curves: label to ``months`` and ``covered_pct``; the first is the main one.
        plan: label to months that the present plan would cover.
        size: ``months`` of the stock recommended, ``covered_pct`` and ``usd_million`` to buy it.
    """
    fig, ax = style.new(3.9)
    colors = (style.SERIES[0], style.NEUTRAL)
    beside = ((70, (-8, 0), "right"), (40, (8, -10), "left"))
    for (label, curve), color, (height, offset, ha) in zip(
        curves.items(), colors, beside, strict=True
    ):
        ax.plot(curve["months"], curve["covered_pct"], color=color)
        at = curve.loc[(curve["covered_pct"] - height).abs().idxmin()]
        ax.annotate(
            label,
            (at["months"], at["covered_pct"]),
            xytext=offset,
            textcoords="offset points",
            ha=ha,
            va="center",
            color=style.readable(color),
            fontweight="semibold",
        )
    main = next(iter(curves.values()))
    for label, months in plan.items():
        covered = np.interp(months, main["months"], main["covered_pct"])
        color = GROUPS[label][1]
        ax.plot([months, months], [0, covered], color=color, **style.LINES["target"])
        ax.plot(months, covered, "o", color=color, zorder=3)
        ax.annotate(
            f"plan,\n{label}",
            (months, 0),
            xytext=(4, 6),
            textcoords="offset points",
            color=style.readable(color),
        )
    x, y = size["months"], size["covered_pct"]
    ax.plot(x, y, "o", color=style.INK, zorder=3)
    ax.annotate(
        f"{x:.1f} months, bought for\n{size['usd_million']:,.0f} million dollars",
        (x, y),
        xytext=(40, -62),
        textcoords="offset points",
        va="center",
        arrowprops={"arrowstyle": "-", "color": style.MUTED, "shrinkB": 5, "linewidth": 0.8},
    )
    ax.set_xlim(0, main["months"].max())
    ax.set_ylim(0, 101)
    ax.xaxis.set_major_locator(MultipleLocator(2))
    style.unit(ax, "Cuts that leave no factory short, %")
    style.unit(ax, "Size of the stock, months of US factories' need", "x")
    return fig


def months(cases: Mapping[str, pd.DataFrame]) -> Figure:
    """What fills the need in each month of a cut, one panel per case.

    Args:
        cases: heading to ``month`` and one column per part of :data:`FILLS`, percent of need.
    """
    fig, axes = style.new(4.0, 1, len(cases), sharey=True)
    for ax, (heading, frame) in zip(np.atleast_1d(axes), cases.items(), strict=True):
        bottom = np.zeros(len(frame))
        for part, (_, color) in FILLS.items():
            look = style.BARS["forecast"] | {"alpha": 0.9} if part == "shortage" else {}
            ax.bar(frame["month"], frame[part], bottom=bottom, color=color, width=0.86, **look)
            bottom += frame[part].to_numpy()
        ax.set_title(heading, fontsize=10.5, pad=22)
        ax.set_xlim(0.4, len(frame) + 0.6)
        ax.xaxis.set_major_locator(MultipleLocator(3))
        ax.set_ylim(0, 100.5)
        style.unit(ax, "Month after the cut begins", "x")
    _label_stack(ax, frame)
    style.unit(np.atleast_1d(axes)[0], "Need of the United States, %")
    return fig


def _label_stack(ax: Axes, frame: pd.DataFrame) -> None:
    """Name the layers beside the last panel, at the height that they have there on average."""
    sizes = frame[list(FILLS)].iloc[: len(frame)].mean()
    middles = sizes.cumsum() - sizes / 2
    end = len(frame) + 0.6
    style.label_ends(
        ax,
        {FILLS[p][0]: (end, middles[p]) for p in FILLS},
        {label: color for label, color in FILLS.values()},
    )


def uses(cases: Mapping[str, pd.DataFrame]) -> Figure:
    """Need of a year by use and the part of it that is short, with its range.

    Args:
        cases: heading to ``use``, ``need_t``, ``low``, ``median``, ``high`` (tonnes short), uses
            from top to bottom.
    """
    fig, axes = style.new(3.2, 1, len(cases), sharey=True, sharex=True)
    for ax, (heading, frame) in zip(axes, cases.items(), strict=True):
        y = np.arange(len(frame))[::-1]
        ax.barh(y, frame["need_t"] / 1e3, color=style.PALE["unspecified"], height=0.62)
        color = FILLS["shortage"][1]
        ax.barh(y, frame["median"] / 1e3, color=color, height=0.62, **style.BARS["forecast"])
        ax.hlines(y, frame["low"] / 1e3, frame["high"] / 1e3, color=style.INK, linewidth=1.4)
        for at, row in zip(y, frame.itertuples(), strict=True):
            ax.annotate(
                f"{100 * row.median / row.need_t:.0f}% short",
                (row.need_t / 1e3, at),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                color=style.readable(color) if row.median > 0 else style.MUTED,
            )
        ax.set_title(heading, fontsize=10.5)
        style.horizontal(ax)
        ax.set_yticks(y, frame["use"])
        style.unit(ax, "Need of a year, thousand tonnes", "x")
        style.zero_based(ax, "x")
    axes[0].set_xlim(0, 1.3 * max(frame["need_t"].max() for frame in cases.values()) / 1e3)
    return fig
