"""Figures of the page *Data*."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import forms, style


def rows_by_kind(rows: pd.DataFrame, kinds: Sequence[str]) -> Figure:
    """Lying stacked bars: how the values of each topic came to be.

    Args:
        rows: ``topic``, ``kind``, ``rows_count``.
        kinds: order of the parts.
    """
    totals = rows.groupby("topic")["rows_count"].transform("sum")
    shown = rows.assign(topic=rows["topic"].str.capitalize(), total=totals)
    colors = zip(kinds, style.SERIES, strict=False)
    return forms.stacked_rows(
        shown.sort_values("total", ascending=False, kind="stable"),
        "Rows",
        label="topic",
        value="rows_count",
        hue="kind",
        palette={kind: {"color": color} | style.BARS[kind] for kind, color in colors},
    ).figure
