"""Elements for which the tap stayed shut, and approvals of licences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.dates import ConciseDateFormatter, MonthLocator
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rareearth.figures import forms, style

PLACES = {place: style.ACTORS[place] for place in ("Europe", "China")}


def shut_tap(
    quotes: pd.DataFrame,
    months: pd.DataFrame,
    names: Mapping[str, str],
    controls: pd.Timestamp,
) -> Figure:
    """Price of yttrium oxide inside and outside China; months of two elements that still leave.

    Args:
        quotes: ``date``, ``place`` (Europe, China), ``low_usd_per_kg``, ``high_usd_per_kg``,
            ``median_usd_per_kg``, ``kind``.
        months: ``date``, ``element``, ``kg``, ``before_kg`` (a month before the licences).
        names: element to title of its panel, from the top.
        controls: first day of the licences.
    """
    style.apply()
    fig, axes = style.new(4.4, rows=len(names), columns=2, width_ratios=[1.35, 1])
    grid = axes[0, 0].get_gridspec()
    for old in axes[:, 0]:
        old.remove()
    ax = fig.add_subplot(grid[:, 0])
    derived = quotes["kind"] == "derived"
    quotes = quotes.assign(point=derived.map({True: "hollow", False: "full"}), kind="reported")
    unit = "Yttrium oxide, USD/kg (log scale)"
    forms.band(quotes, unit, ax, x="date", hue="place", palette=PLACES, log=True)
    ax.axvline(controls, color=style.NEUTRAL, linewidth=0.9, zorder=1)
    ax.annotate("licences", (controls, 1), xycoords=("data", "axes fraction"), xytext=(4, -4),
                textcoords="offset points", va="top", fontsize=forms.SMALL,
                color=style.MUTED)  # fmt: skip
    locator = MonthLocator((1, 7))
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    for side, (element, title) in zip(axes[:, 1], names.items(), strict=True):
        rows = months[months["element"] == element].sort_values("date")
        tonnes = rows["kg"] / 1000
        side.bar(rows["date"].dt.strftime("%b"), tonnes, color=style.ELEMENTS[element], width=0.7)
        style.zero_based(side)
        before = rows["before_kg"].iloc[0] / 1000
        side.set_ylim(0, 1.18 * max(before, tonnes.max()))
        forms.reference(side, before, "June 2024", axis="y", side="left")
        style.unit(side, f"{title}, tonnes a month, 2025")
        side.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        side.tick_params(axis="x", labelsize=forms.SMALL)
    return fig


def approvals(shares: pd.DataFrame) -> Figure:
    """Shares of applications granted, one row per count, never joined.

    Args:
        shares: ``label`` (who and when), ``share_pct``, ``weak`` (drawn pale), by time.
    """
    unit = "Applications granted, percent of those made"
    shares = shares.assign(alpha=shares["weak"].map({True: 0.4, False: 1.0}))
    ax = forms.rows(shares, unit, value="share_pct", bar=True, palette=style.ACTORS["China"])
    ax.set_xlim(0, 100)
    return ax.figure
