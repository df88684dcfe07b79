"""What is being built outside China."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from rareearth.figures import style

BLUE, SKY, RED, GREEN, GOLD = (style.SERIES[i] for i in (0, 5, 1, 2, 3))
CHINA = style.actor("China")
US = style.actor("United States")


def magnet_capacity(capacity: pd.DataFrame) -> Figure:
    """Capacity of single magnet makers in China and of all plants in the United States.

    Args:
        capacity: ``holder``, ``country``, ``status`` (operating, planned), ``magnets_t``; rows in
            the order of drawing, several statuses of a holder are stacked.
    """
    holders = list(dict.fromkeys(capacity["holder"]))
    fig, ax = style.new(0.42 * len(holders) + 1.0)
    style.horizontal(ax)
    for height, holder in enumerate(reversed(holders)):
        left = 0.0
        for row in capacity[capacity["holder"] == holder].itertuples():
            kind = "reported" if row.status == "operating" else "target"
            ax.barh(
                height,
                row.magnets_t / 1000,
                0.66,
                left=left,
                color=style.actor(row.country),
                **style.BARS[kind],
            )
            left += row.magnets_t / 1000
        ax.text(left + 0.6, height, f"{left:.1f}", va="center")
    ax.set_yticks(range(len(holders)), list(reversed(holders)), color=style.INK)
    ax.set_xlim(0, None)
    style.unit(ax, "Capacity, thousand tonnes of magnets a year (pale: planned)", "x")
    return fig


HEADINGS = {
    "mined REO": "Mines, thousand t REO a year",
    "separated NdPr oxide": "Separated NdPr oxide, thousand t a year",
    "magnet alloy": "Magnet alloy, thousand t a year",
    "sintered magnets": "Sintered magnets, thousand t a year",
}
"""Panels of :func:`capacity`: product class, and its heading with the unit."""


def capacity(plants: pd.DataFrame) -> Figure:
    """Capacity by year of start and state, one panel per product.

    Args:
        plants: ``product_class`` (those of :data:`HEADINGS`), ``start``, ``state``,
            ``capacity_kt_per_year``; one row per combination.
    """
    starts = sorted(plants["start"].unique(), key=lambda s: (s != "earlier", s == "no date", s))
    fig, axes = style.new(5.6, 2, 2, sharex=True)
    for ax, (name, heading) in zip(axes.flat, HEADINGS.items(), strict=True):
        wide = (
            plants[plants["product_class"] == name]
            .pivot(index="start", columns="state", values="capacity_kt_per_year")
            .reindex(index=starts, columns=list(style.PLANTS))
            .fillna(0.0)
        )
        bottom = np.zeros(len(starts))
        for state, look in style.PLANTS.items():
            ax.bar(starts, wide[state], bottom=bottom, width=0.75, **look)
            bottom += wide[state].to_numpy()
        style.unit(ax, heading)
        ax.set_ylim(0, 1.06 * bottom.max())
        ax.tick_params(axis="x", labelrotation=90)
    handles = [Patch(label=state, **look) for state, look in style.PLANTS.items()]
    fig.legend(handles=handles, loc="outside upper left", ncols=5, handlelength=1.2, fontsize=9)
    return fig


def starts(slipped: pd.DataFrame, now: int) -> Figure:
    """First promised start against actual or latest promised start, plant by plant.

    Args:
        slipped: as from :func:`rareearth.models.pipeline.slips`.
        now: current year, drawn as a line.
    """
    blocks = ("running", "waiting", "given up")
    rows = slipped.assign(
        block=slipped["outcome"].map(blocks.index), slip=slipped["slip_years"].fillna(99)
    ).sort_values(["block", "slip", "promised_year"], ignore_index=True)
    y = rows.index + 0.9 * rows["block"]
    fig, ax = style.new(6.3)
    for at, row in zip(y, rows.itertuples(), strict=True):
        color = style.STARTS[row.outcome]
        last = now if row.outcome == "given up" else row.outcome_year
        line = style.LINES["reported" if row.outcome == "running" else "target"]
        ax.plot([row.promised_year, last], [at, at], color=color, **line)
        ax.plot(row.promised_year, at, "o", ms=6, mfc="white", mec=style.MUTED, mew=1.4)
        text = "given up"
        if row.outcome != "given up":
            fill = color if row.outcome == "running" else "white"
            ax.plot(last, at, "o", ms=6.5, mfc=fill, mec=color, mew=1.8)
            text = f"+{row.slip_years}" if row.slip_years else "on time"
        else:
            ax.plot(last, at, "x", ms=7, mec=color, mew=2)
        ax.annotate(
            text,
            (last, at),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=9.5,
            color=style.readable(color),
            fontweight="semibold",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    ax.axvline(now, color=style.MUTED, linewidth=0.9, zorder=0)
    ax.text(now + 0.15, -1.1, str(now), color=style.MUTED, fontsize=9.5, va="center")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    headings = {
        "running": "Running: first promise, actual start",
        "waiting": "Not running yet: first promise, latest promise",
        "given up": "Given up",
    }
    for block, heading in headings.items():
        inside = y[rows["outcome"] == block]
        if len(inside):
            ax.text(
                rows["promised_year"].min() - 0.4,
                inside.iloc[0] - 0.8,
                heading,
                fontweight="semibold",
                va="center",
                fontsize=10,
            )
    ax.set_yticks(y, rows["facility"])
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(y.max() + 0.7, -1.4)
    ax.set_xlim(rows["promised_year"].min() - 0.5, slipped["outcome_year"].max() + 1.6)
    style.horizontal(ax)
    style.unit(ax, "Year of start (calendar years)", "x")
    return fig


def ramps(delivered: pd.DataFrame) -> Figure:
    """Output as a share of nameplate by year of operation.

    Args:
        delivered: as from :func:`rareearth.models.pipeline.delivered`; periods shorter than a
            year are drawn hollow.
    """
    fig, ax = style.new(4.0)
    lines = {name: rows for name, rows in delivered.groupby("ramp", sort=False)}
    colors = dict(zip(lines, (RED, BLUE, GREEN, style.SERIES[6], style.SERIES[4]), strict=True))
    ends = {}
    for name, rows in lines.items():
        x, share, color = rows["year_of_operation"], rows["share_pct"], colors[name]
        ax.plot(x, share, color=color)
        for at, value, years in zip(x, share, rows["period_years"], strict=True):
            ax.plot(at, value, "o", ms=5.5, mec=color, mfc=color if years == 1 else "white", mew=2)
        ends[name] = (float(x.iloc[-1]), float(share.iloc[-1]))
    last = int(delivered["year_of_operation"].max())
    ax.axhline(100, color=style.MUTED, linewidth=1)
    ax.text(last, 98, "nameplate", ha="right", va="top", color=style.MUTED)
    ax.set_ylim(0, 104)
    ax.set_xlim(-0.75, last + 0.4)
    ax.set_xticks(range(last + 1), ["first", "year 1", *map(str, range(2, last + 1))])
    style.unit(ax, "Output, percent of nameplate")
    style.unit(ax, "Years after the year of first product", "x")
    style.label_points(ax, ends, colors)
    return fig


def mixes(shares: pd.DataFrame, demand: str) -> Figure:
    """Element mix of deposits against the mix that magnets want.

    Args:
        shares: ``source_of_mix``, ``group`` (those of :data:`style.OXIDES`), ``share_pct``; rows in
            the order of drawing, from above.
        demand: the ``source_of_mix`` that is demand, set apart.
    """
    names = list(dict.fromkeys(shares["source_of_mix"]))
    y = np.array([i + (0.5 if name != demand else 0) for i, name in enumerate(names)])
    wide = shares.pivot(index="source_of_mix", columns="group", values="share_pct").loc[names]
    fig, ax = style.new(4.9)
    left = np.zeros(len(names))
    for group, color in style.OXIDES.items():
        value = wide[group].fillna(0.0).to_numpy()
        edge = {"edgecolor": style.NEUTRAL, "linewidth": 0.7} if group == "not stated" else {}
        ax.barh(y, np.where(value > 0, value, np.nan), left=left, height=0.72, color=color, **edge)
        for at, start, width in zip(y, left, value, strict=True):
            if width >= 4 and group != "not stated":
                dark = group in ("Nd + Pr", "Dy + Tb", "other")
                ax.text(
                    start + width / 2,
                    at,
                    f"{width:.0f}",
                    ha="center",
                    va="center",
                    fontsize=9.5,
                    color="white" if dark else style.INK,
                )
        left += value
    ax.set_yticks(y, names)
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(y.max() + 0.6, -0.6)
    ax.set_xlim(0, max(101, left.max()))
    style.horizontal(ax)
    style.unit(ax, "Share of rare-earth oxides, percent", "x")
    handles = [
        Patch(
            facecolor=c, edgecolor=style.NEUTRAL if g == "not stated" else c, linewidth=0.7, label=g
        )
        for g, c in style.OXIDES.items()
    ]
    fig.legend(handles=handles, loc="outside upper left", ncols=6, handlelength=1.1, fontsize=9.5)
    return fig


def basket(yields: pd.DataFrame, need: tuple[float, float]) -> Figure:
    """Heavy oxides that come with the light magnet oxides, and what is left over.

    Args:
        yields: ``deposit``, ``heavy_g_per_kg_ndpr``, ``la_ce_kg_per_kg_ndpr`` (missing where
            not stated) and ``weak`` (heavy share estimated or only partly stated; drawn hollow),
            in the order of drawing.
        need: low and high need of dysprosium and terbium oxide, grams per kg of NdPr oxide.
    """
    y = np.arange(len(yields))
    fig, (heavy, light) = style.new(4.4, 1, 2, sharey=True, width_ratios=(1.5, 1))
    heavy.axvspan(*need, color=style.ELEMENTS["Dy"], alpha=0.15, linewidth=0)
    heavy.set_xscale("log")
    for ax, column, color in (
        (heavy, "heavy_g_per_kg_ndpr", style.ELEMENTS["Dy"]),
        (light, "la_ce_kg_per_kg_ndpr", style.MUTED),
    ):
        weak = yields["weak"] & (ax is heavy)
        for at, value, hollow in zip(y, yields[column], weak, strict=True):
            if np.isnan(value):
                ax.text(0.1, at, "not stated", va="center", fontsize=9, color=style.MUTED)
                continue
            ax.plot(value, at, "o", ms=8, mec=color, mfc="white" if hollow else color, mew=2)
            ax.annotate(
                f"{value:.1f}" if value < 10 else f"{value:,.0f}",
                (value, at),
                xytext=(8, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
                color=style.INK,
            )
        style.horizontal(ax)
    middle = float(np.sqrt(need[0] * need[1]))
    heavy.text(middle, -0.75, "range of need", ha="center", va="center", fontsize=9.5,
               color=style.readable(style.ELEMENTS["Dy"]))  # fmt: skip
    heavy.set_yticks(y, yields["deposit"])
    heavy.tick_params(axis="y", labelcolor=style.INK)
    heavy.set_ylim(len(yields) - 0.5, -1.2)
    heavy.set_xlim(2, 5000)
    decades = (3, 10, 30, 100, 300, 1000, 3000)
    heavy.set_xticks(decades, [f"{n:,d}" for n in decades])
    heavy.minorticks_off()
    style.unit(heavy, "Dy and Tb oxide, grams per kg\nof NdPr oxide (log scale)", "x")
    light.set_xlim(0, 7)
    style.unit(light, "La and Ce oxide, kg per kg\nof NdPr oxide", "x")
    return fig
