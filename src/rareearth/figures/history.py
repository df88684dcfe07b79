"""Figures of the chapter *History*."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import style

OTHER = "Rest of world"


def mine_production(output: pd.DataFrame) -> Figure:
    """Stacked areas of mine production by country.

    Args:
        output: ``year``, ``country``, ``reo_kt``; one row per year and country, countries in
            the order of stacking.
    """
    wide = output.pivot(index="year", columns="country", values="reo_kt").fillna(0)
    order = list(dict.fromkeys(output["country"]))
    fig, ax = style.new(4.2)
    ax.stackplot(
        wide.index, wide[order].T, colors=[style.actor(c) for c in order], linewidth=0, alpha=0.95
    )
    top = wide[order].iloc[-1].cumsum()
    middle = top - wide[order].iloc[-1] / 2
    ax.set_xlim(wide.index.min(), wide.index.max())
    ax.set_ylim(0, None)
    style.label_ends(
        ax,
        {country: (wide.index[-1], middle[country]) for country in order},
        {country: style.actor(country) for country in order},
    )
    style.unit(ax, "Mine production, thousand tonnes REO")
    return fig
