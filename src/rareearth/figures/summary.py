"""Figures of the chapter *Summary*."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import style


def china_by_stage(shares: pd.DataFrame) -> Figure:
    """China's share by stage: range over sources as a bar, each source's value as a point.

    Args:
        shares: ``stage`` (in the order of the chain) and ``share_pct``, one row per source.
    """
    stages = list(dict.fromkeys(shares["stage"]))
    ends = shares.groupby("stage")["share_pct"].agg(["min", "max", "median"]).loc[stages]
    fig, ax = style.new(0.8 + 0.5 * len(stages))
    color = style.actor("China")
    ax.barh(stages, ends["max"] - ends["min"], left=ends["min"], height=0.5, color=color, alpha=0.3)
    ax.plot(shares["share_pct"], shares["stage"], "o", color=color, markersize=6)
    for stage, row in ends.iterrows():
        text = (
            f"{row['min']:.0f}"
            if row["min"] == row["max"]
            else f"{row['min']:.0f} to {row['max']:.0f}"
        )
        ax.annotate(
            f"{text}%",
            (row["max"], stage),
            xytext=(9, 0),
            textcoords="offset points",
            va="center",
            color=style.readable(color),
            fontweight="semibold",
        )
    ax.invert_yaxis()
    ax.set_xlim(0, 112)
    ax.set_xticks(range(0, 101, 20))
    style.horizontal(ax)
    style.unit(ax, "China's share, percent", axis="x")
    return fig


def us_chain(chain: pd.DataFrame) -> Figure:
    """What the United States mines and separates against what it needs.

    Args:
        chain: ``step``, ``low_kt``, ``mid_kt``, ``high_kt`` (equal where there is no band; missing
            where nothing is published) and ``kind``; rows in the order of the chain.
    """
    fig, ax = style.new(0.9 + 0.55 * len(chain))
    color = style.actor("United States")
    for place, row in enumerate(chain.itertuples()):
        if pd.isna(row.mid_kt):
            ax.text(
                0.05, place, "no tonnage published", va="center", color=style.MUTED, style="italic"
            )
            continue
        ax.barh(place, row.mid_kt, height=0.55, **{"color": color} | style.BARS[row.kind])
        if row.low_kt < row.high_kt:
            ax.plot([row.low_kt, row.high_kt], [place, place], color=style.INK, linewidth=1.6)
        text = f"{row.mid_kt:.1f}" if row.mid_kt < 5 else f"{row.mid_kt:.0f}"
        ax.annotate(
            text,
            (row.high_kt, place),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontweight="semibold",
        )
    ax.set_yticks(range(len(chain)), chain["step"])
    ax.invert_yaxis()
    style.zero_based(ax, "x")
    style.horizontal(ax)
    style.unit(ax, "Thousand tonnes a year of Nd, Pr, Dy and Tb, contained", axis="x")
    return fig


def pathways(shares: pd.DataFrame) -> Figure:
    """What each pathway gives, in percent of US demand, one panel each.

    Args:
        shares: ``pathway``, ``year``, ``low_pct``, ``median_pct``, ``high_pct``; pathways in the
            order of the panels.
    """
    names = list(dict.fromkeys(shares["pathway"]))
    fig, axes = style.new(3.4, columns=len(names), sharey=True)
    for ax, name in zip(axes, names, strict=True):
        part = shares[shares["pathway"] == name].set_index("year")
        color = style.PATHWAYS[name]
        style.band(ax, part.index, part["low_pct"], part["high_pct"], color)
        ax.plot(part["median_pct"], color=color, **style.LINES["forecast"])
        last = part.index[-1]
        ax.annotate(
            f"{part['median_pct'].iloc[-1]:.0f}%",
            (last, part["median_pct"].iloc[-1]),
            xytext=(5, 0),
            textcoords="offset points",
            va="center",
            color=style.readable(color),
            fontweight="semibold",
            annotation_clip=False,
        )
        ax.set_title(name, color=style.readable(color))
        ax.set_xlim(2024, last)
        ax.set_xticks([2025, 2030, 2040, 2050])
    axes[0].set_ylim(0, None)
    axes[0].set_ylabel("Percent of US demand")
    return fig
