"""Figures of the page *Assumptions*."""

from __future__ import annotations

import pandas as pd
import seaborn as sns
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
    sns.swarmplot(
        register,
        x="width_ratio",
        y="chapter",
        hue="chapter",
        palette=dict(zip(chapters, style.SERIES, strict=False)),
        log_scale=True,
        size=5,
        legend=False,
        ax=ax,
    )
    ax.axvline(1, color=style.NEUTRAL, linewidth=0.8)
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_ylabel("")
    style.horizontal(ax)
    style.unit(ax, "Width of the range over the central value (log scale)", axis="x")
    return fig
