"""Figures of the page *Assumptions*."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import style


def ranges(register: pd.DataFrame) -> Figure:
    """How wide each assumption's range is, by chapter.

    Args:
        register: ``chapter`` and ``width_ratio`` (range over central value), one row per
            assumption, ratios above zero.
    """
    chapters = list(dict.fromkeys(register["chapter"]))
    fig, ax = style.new(1.1 + 0.55 * len(chapters))
    for place, chapter in enumerate(chapters):
        widths = (
            register.loc[register["chapter"] == chapter, "width_ratio"].sort_values().to_numpy()
        )
        # Neighbours alternate in height, so that equal ranges do not hide one another.
        heights = place + 0.3 * (np.arange(len(widths)) % 5 - 2) / 2
        ax.plot(widths, heights, "o", color=style.SERIES[place], markersize=5, alpha=0.7)
    ax.axvline(1, color=style.NEUTRAL, linewidth=0.8)
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_yticks(range(len(chapters)), chapters)
    ax.invert_yaxis()
    style.horizontal(ax)
    style.unit(ax, "Width of the range over the central value (log scale)", axis="x")
    return fig
