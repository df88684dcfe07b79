"""What a build-out needs besides plants: years, people, ground and air, and money that is paid."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rareearth.figures import forms, style

MEASURES = {
    "discovery to production": "Discovery to production, all metals",
    "mine permit": "Permits for a mine",
    "rare-earth project": "Rare-earth projects, rough figures",
}
"""Blocks of :func:`lead_times`."""

PANELS = {
    "graduates": "Mining-engineering graduates, 2023",
    "programmes": "University programmes in mining (and, for the US, mineral) engineering",
    "patents": "Rare-earth patent filings, 1950 to October 2018",
}
"""Panels of :func:`people_and_patents`."""

PER_KG = {
    "greenhouse gas": "kg CO₂-equivalent per kg of rare-earth oxide (log scale)",
    "energy": "MJ per kg of rare-earth oxide (log scale)",
}
"""Panels of :func:`footprint`."""


def lead_times(times: pd.DataFrame) -> Figure:
    """Averages and ranges of years, in blocks.

    Args:
        times: ``measure``, ``place``, ``low_years``, ``mid_years``, ``high_years``, ``mark``
            (text after the place, may be empty), in the order of drawing.
    """
    ends = times[["low_years", "mid_years", "high_years"]].to_numpy()
    group = times["measure"].astype(str).map(MEASURES)
    rows = times.assign(group=group, text=[_years(*row) for row in ends] + times["mark"])
    _, ax = style.new(6.2)
    forms.rows(
        rows.drop(columns="kind"),
        "Years",
        ax,
        label="place",
        value="mid_years",
        hue="group",
        palette=dict(zip(MEASURES.values(), style.SERIES, strict=False)),
    )
    ax.set_xlim(0, 1.2 * np.nanmax(ends))
    return ax.figure


def people_and_patents(counts: pd.DataFrame) -> Figure:
    """Counts by country, one panel of bars per measure.

    Args:
        counts: ``panel``, ``bar`` (name of the bar), ``actor`` (whose colour), ``count``,
            ``lower_bound``; in the order of drawing.
    """
    over = np.where(counts["lower_bound"], "over ", "")
    rows = counts.assign(
        color=counts["actor"].map(style.actor),
        text=over + counts["count"].map("{:,.0f}".format),
        kind="reported",
    )
    fig, axes = _panels(4.6, rows["panel"], PANELS)
    for ax, (panel, title) in zip(axes, PANELS.items(), strict=True):
        part = rows[rows["panel"] == panel]
        forms.rows(part, "number", ax, label="bar", value="count", bar=True)
        ax.set_title(title, fontsize=10)
        _bare(ax)
    return fig


def footprint(routes: pd.DataFrame) -> Figure:
    """Ranges per kilogram by route, one logarithmic panel per measure.

    Args:
        routes: ``measure``, ``route``, ``boundary``, ``low``, ``mid``, ``high``, ``weak``; in the
            order of drawing. Weak figures are drawn hollow.
    """
    ends = routes[["low", "mid", "high"]].to_numpy()
    rows = routes.assign(
        label=routes["route"] + "\n" + routes["boundary"],
        text=[_range(*row) for row in ends],
        kind=np.where(routes["weak"], "forecast", "reported"),
    )
    fig, axes = _panels(5.2, rows["measure"], PER_KG)
    for ax, (measure, unit) in zip(axes, PER_KG.items(), strict=True):
        forms.rows(rows[rows["measure"] == measure], unit, ax, value="mid", log=True)
        ax.tick_params(axis="y", labelsize=9)
    return fig


def funnel(steps: pd.DataFrame) -> Figure:
    """Projects left at each step from a register to money paid.

    Args:
        steps: ``label``, ``projects_count``, in the order of drawing.
    """
    shaded = steps.assign(alpha=np.linspace(0.35, 1, len(steps)))
    ax = forms.rows(shaded, "projects", value="projects_count", bar=True)
    _bare(ax)
    return ax.figure


def _panels(height: float, of: pd.Series, names: dict[str, str]) -> tuple[Figure, list[Axes]]:
    """Axes one below the other, as high as they have rows."""
    counts = [int((of == name).sum()) for name in names]
    return style.new(height, len(names), height_ratios=[count + 0.6 for count in counts])


def _bare(ax: Axes) -> None:
    """Drop the number axis of bars that carry their own numbers."""
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.grid(visible=False)


def _years(low: float, middle: float, high: float) -> str:
    if np.isnan(low):
        return f"{middle:g}"
    ends = f"{low:g} to {high:g}"
    return ends if np.isnan(middle) else f"{middle:g} (range {ends})"


def _range(low: float, middle: float, high: float) -> str:
    known = [v for v in (low, middle, high) if not np.isnan(v)]
    return " to ".join(f"{v:,.0f}" if v >= 100 else f"{v:.1f}" for v in {known[0]: 0, known[-1]: 0})
