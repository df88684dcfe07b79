"""Figures on what instruments do at different levels of the price."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import forms, style


def saved(plants: pd.DataFrame) -> Figure:
    """Plants that each instrument saves, by price world.

    Args:
        plants: ``label``, ``world`` and ``low_pct``, ``median_pct``, ``high_pct``.
    """
    ax = forms.rows(
        plants, "Percent of first plants otherwise given up that get built", hue="world",
        palette=style.PRICE_WORLDS,
    )  # fmt: skip
    style.zero_based(ax, "x")
    return ax.figure
