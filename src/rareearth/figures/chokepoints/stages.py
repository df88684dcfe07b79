"""China's share and concentration by stage."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from rareearth.figures import style

BLUE, SKY, RED, GREEN, GOLD = (style.SERIES[i] for i in (0, 5, 1, 2, 3))
CHINA = style.actor("China")
US = style.actor("United States")


def stage_shares(shares: pd.DataFrame) -> Figure:
    """China's share by stage: one dot per source, a band over all of them.

    Args:
        shares: ``stage`` (ordered), ``share_pct``, ``group`` (which denominator or body, names the
            dot's colour), one row per source; a stage without rows is drawn as a gap.
    """
    stages = list(shares["stage"].cat.categories)
    groups = list(dict.fromkeys(shares["group"].dropna()))
    colors = dict(zip(groups, style.SERIES, strict=False))
    fig, ax = style.new(0.72 * len(stages) + 1.0)
    style.horizontal(ax)
    for height, stage in enumerate(reversed(stages)):
        rows = shares[shares["stage"] == stage].dropna(subset="share_pct").sort_values("share_pct")
        if rows.empty:
            ax.text(50, height, "no source found for this stage", va="center", color=style.MUTED)
            continue
        low, high = rows["share_pct"].min(), rows["share_pct"].max()
        middle = rows["share_pct"].median()
        ax.barh(height, high - low, left=low, height=0.52, color=CHINA, alpha=0.16)
        ax.plot([middle] * 2, [height - 0.26, height + 0.26], color=CHINA, linewidth=2)
        # Equal values stand one above the other, so that every source can be counted.
        repeats = rows.groupby(rows["share_pct"].round())["share_pct"]
        lift = 0.13 * (repeats.cumcount() - (repeats.transform("size") - 1) / 2)
        for group, part in rows.groupby("group", observed=True):
            ax.scatter(
                part["share_pct"],
                height + lift[part.index],
                s=34,
                color=colors[group],
                edgecolor="white",
                linewidth=0.6,
                zorder=3,
            )
        text = f"{low:g}" if high - low < 0.5 else f"{low:.0f} to {high:.0f}"
        ax.text(low - 2, height, text, va="center", ha="right", color=style.readable(CHINA))
    ax.set_yticks(range(len(stages)), list(reversed(stages)), color=style.INK)
    ax.set_xlim(0, 101)
    ax.set_ylim(-0.6, len(stages) - 0.4)
    for group, color in colors.items():
        ax.scatter([], [], s=34, color=color, label=group)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 0.0), fontsize=9.5, handletextpad=0.2)
    style.unit(ax, "China's share of the world, percent", "x")
    return fig


def concentration(index: pd.DataFrame) -> Figure:
    """Herfindahl-Hirschman index by stage and year, with the range that unnamed suppliers leave.

    Args:
        index: ``stage``, ``year``, ``low_hhi``, ``high_hhi``, ``kind``, ``name`` (label of the
            line); forecasts are dotted and hollow.
    """
    fig, ax = style.new(4.2)
    ends, colors = {}, {}
    for name, line in index.groupby("name", sort=False):
        color = style.STAGES[line["stage"].iloc[0]]
        middle = (line["low_hhi"] + line["high_hhi"]) / 2
        known = line["kind"] != "forecast"
        style.band(ax, line["year"], line["low_hhi"], line["high_hhi"], color)
        ax.plot(line["year"][known], middle[known], color=color)
        if not known.all():
            ax.plot(line["year"], middle, color=color, **style.LINES["forecast"])
        if len(line) < 8:
            fill = np.where(known, color, "white")
            ax.scatter(
                line["year"],
                middle,
                s=36,
                c=list(fill),
                edgecolor=color,
                linewidth=1.3,
                zorder=3,
                clip_on=False,
            )
        ends[name] = (line["year"].iloc[-1], middle.iloc[-1])
        colors[name] = color
    ax.set_ylim(0, 10_000)
    ax.set_xlim(index["year"].min(), index["year"].max())
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    ax.axhline(10_000, color=style.NEUTRAL, linewidth=0.8)
    ax.text(
        index["year"].max(), 9_860, "a single supplier", va="top", ha="right", color=style.MUTED
    )
    style.unit(ax, "Herfindahl-Hirschman index (0 to 10,000)")
    style.label_ends(ax, ends, colors, offset=8)
    return fig


def mined_and_refined(balance: pd.DataFrame) -> Figure:
    """Bars of what is mined and what is refined, by year, one panel per place.

    Args:
        balance: ``place``, ``stage`` (Mining, Refining), ``year``, ``element_kt``, ``kind``.
    """
    places = list(dict.fromkeys(balance["place"]))
    years = sorted(balance["year"].unique())
    fig, axes = style.new(3.9, columns=len(places))
    for ax, place in zip(np.atleast_1d(axes), places, strict=True):
        part = balance[balance["place"] == place]
        for shift, stage in ((-0.2, "Mining"), (0.2, "Refining")):
            rows = part[part["stage"] == stage].set_index("year").loc[years]
            for i, row in enumerate(rows.itertuples()):
                ax.bar(
                    i + shift,
                    row.element_kt,
                    0.38,
                    color=style.STAGES[stage],
                    **style.BARS[row.kind],
                )
                ax.text(
                    i + shift, row.element_kt, f"{row.element_kt:.1f}", ha="center", va="bottom"
                )
        ax.set_xticks(range(len(years)), [str(year) for year in years])
        ax.set_ylim(0, 1.1 * part["element_kt"].max())
        style.unit(ax, "thousand tonnes")
        ax.yaxis.set_label_coords(0, 1.0)
        ax.set_title(place, pad=20)
    last = balance[(balance["place"] == places[0]) & (balance["year"] == years[-1])]
    for shift, row in zip((-0.2, 0.2), last.sort_values("stage").itertuples(), strict=True):
        np.atleast_1d(axes)[0].text(
            len(years) - 1 + shift,
            row.element_kt / 2,
            {"Mining": "mined", "Refining": "refined"}[row.stage],
            rotation=90,
            ha="center",
            va="center",
            fontweight="semibold",
        )
    return fig
