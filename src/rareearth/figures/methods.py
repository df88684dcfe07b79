"""Figures of the chapter *Methods*."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import forms, style


def sums_of_countries(shares: pd.DataFrame, tolerance: float) -> Figure:
    """Listed countries' mine output against the printed world total.

    Args:
        shares: ``year`` and ``share_pct``.
        tolerance: distance from 100 percent that is drawn as a band, percentage points.
    """
    _, ax = style.new(3.0)
    unit = "Sum of listed countries, percent of the world total"
    forms.band(shares[["year", "share_pct"]], unit, ax, value="share_pct", palette=style.INK)
    forms.reference(ax, (100 - tolerance, 100 + tolerance), axis="y")
    ax.set_ylim(0, 115)
    return ax.figure


def errors(compared: pd.DataFrame, most: float) -> Figure:
    """Errors of the models, one row of dots per model.

    Args:
        compared: ``model``, ``error_pct`` (missing ones are left out) and ``inside`` (True: our
            interval holds the printed value; missing: there is no interval).
        most: error in percent at which the axis ends; larger ones are named at its edge.
    """
    held = {True: "within our band", False: "outside it", None: "no band"}
    colors = (style.SERIES[2], style.SERIES[3], style.NEUTRAL)
    palette = dict(zip(held.values(), colors, strict=True))
    shown = compared.dropna(subset=["error_pct"])
    inside = shown["inside"].astype(object)
    shown = shown.assign(
        at=shown["error_pct"].clip(upper=most), held=inside.where(inside.notna(), None).map(held)
    )
    unit = "Ours against what was printed, percent difference"
    ax = forms.studies(shown, unit, label="model", value="at", hue="held", palette=palette)
    ax.axvline(0, color=style.INK, linewidth=0.8)
    models = list(dict.fromkeys(shown["model"]))
    for row in shown[shown["error_pct"] > most].itertuples():
        ax.annotate(
            f"{row.error_pct:+,.0f}%",
            (most, models.index(row.model)),
            xytext=(-8, 0),
            textcoords="offset points",
            ha="right",
            va="center",
        )
    ax.set_xlim(-105, 1.05 * most)
    forms.key(ax, palette)
    return ax.figure
