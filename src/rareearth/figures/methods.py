"""Figures of the chapter *Methods*."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import style


def sums_of_countries(shares: pd.DataFrame, tolerance: float) -> Figure:
    """Listed countries' mine output against the printed world total.

    Args:
        shares: ``year`` and ``share_pct``.
        tolerance: distance from 100 percent that is drawn as a band, percentage points.
    """
    fig, ax = style.new(3.0)
    ax.axhspan(100 - tolerance, 100 + tolerance, color=style.GRID, alpha=0.6, linewidth=0)
    ax.axhline(100, color=style.NEUTRAL, linewidth=0.8)
    ax.plot(shares["year"], shares["share_pct"], color=style.INK, marker="o", markersize=3)
    ax.set_ylim(0, 115)
    style.years(ax)
    style.unit(ax, "Sum of listed countries, percent of the world total")
    return fig
