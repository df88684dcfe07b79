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


def errors(compared: pd.DataFrame, most: float) -> Figure:
    """Errors of the models, one row of dots per model.

    Args:
        compared: ``model``, ``error_pct`` (missing ones are left out) and ``inside`` (True: our
            interval holds the printed value; missing: there is no interval).
        most: error in percent at which the axis ends; larger ones are named at its edge.
    """
    models = list(dict.fromkeys(compared["model"]))
    fig, ax = style.new(0.9 + 0.5 * len(models))
    ax.axvline(0, color=style.INK, linewidth=0.8)
    looks = {
        "within our band": (compared["inside"].fillna(False), {"color": style.SERIES[2]}),
        "outside it": (~compared["inside"].fillna(True), {"color": style.SERIES[3]}),
        "no band": (
            compared["inside"].isna(),
            {"facecolors": "white", "edgecolors": style.INK, "linewidths": 1.2},
        ),
    }
    for label, (chosen, look) in looks.items():
        rows = compared[chosen.astype(bool)].dropna(subset=["error_pct"])
        places = rows["model"].map(models.index)
        at = rows["error_pct"].clip(upper=most)
        ax.scatter(at, places, s=30, label=label, zorder=3, **look)
    for row in compared[compared["error_pct"] > most].itertuples():
        ax.annotate(
            f"{row.error_pct:+,.0f}%",
            (most, models.index(row.model)),
            xytext=(-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    ax.set_xlim(-105, 1.05 * most)
    ax.set_yticks(range(len(models)), models)
    ax.set_ylim(len(models) - 0.5, -0.5)
    style.horizontal(ax)
    style.unit(ax, "Ours against what was printed, percent difference", axis="x")
    ax.legend(loc="lower right", ncols=3, bbox_to_anchor=(1, 1))
    return fig
