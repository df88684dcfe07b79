"""Figures on a supply cut."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MultipleLocator

from rareearth.figures import style

FILLS = {
    "delivered": ("still delivered", style.IN_A_CUT["delivered"]),
    "surged": ("others deliver more", style.IN_A_CUT["surged"]),
    "saved": ("done without", style.IN_A_CUT["saved"]),
    "commercial": ("firms' stocks", style.IN_A_CUT["commercial"]),
    "strategic": ("strategic stock", style.IN_A_CUT["strategic"]),
    "shortage": ("short", style.IN_A_CUT["shortage"]),
}
"""What fills a need, from the bottom of the stack, with its label and colour."""


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
