"""Figures of the page *Data*."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import style


def rows_by_kind(rows: pd.DataFrame, kinds: Sequence[str]) -> Figure:
    """Lying stacked bars: how the values of each topic came to be.

    Args:
        rows: ``topic``, ``kind``, ``rows_count``.
        kinds: order of the parts.
    """
    wide = rows.pivot_table(
        index="topic", columns="kind", values="rows_count", aggfunc="sum", fill_value=0
    )
    kinds = [kind for kind in kinds if kind in wide]
    wide = wide.loc[wide.sum(axis=1).sort_values().index, kinds]
    fig, ax = style.new(0.9 + 0.45 * len(wide))
    left = pd.Series(0.0, index=wide.index)
    for kind, color in zip(kinds, style.SERIES, strict=False):
        looks = {"color": color} | style.BARS[kind]
        ax.barh(wide.index.str.capitalize(), wide[kind], left=left, label=kind, **looks)
        left += wide[kind]
    ax.legend(ncols=len(kinds), loc="lower left", bbox_to_anchor=(-0.01, 1.0), handlelength=1.2)
    style.horizontal(ax)
    style.unit(ax, "Rows", axis="x")
    return fig
