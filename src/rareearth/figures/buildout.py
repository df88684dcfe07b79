"""Figures of the second half of the chapter *Chokepoints*: what is being built outside China."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from rareearth.figures import style

BLUE, SKY, RED, GREEN, GOLD = (style.SERIES[i] for i in (0, 5, 1, 2, 3))


def capacity(plants: pd.DataFrame, classes: Mapping[str, str]) -> Figure:
    """Capacity by year of start and state, one panel per product.

    Args:
        plants: ``product_class``, ``start``, ``state``, ``capacity_kt_per_year``; one row per
            combination.
        classes: product class to the heading of its panel, with unit; four of them.
    """
    starts = sorted(plants["start"].unique(), key=lambda s: (s != "earlier", s == "no date", s))
    fig, axes = style.new(5.6, 2, 2, sharex=True)
    for ax, (name, heading) in zip(axes.flat, classes.items(), strict=True):
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


def ramps(delivered: pd.DataFrame, labels: Mapping[str, tuple[str, str]]) -> Figure:
    """Output as a share of nameplate by year of operation.

    Args:
        delivered: as from :func:`rareearth.models.pipeline.delivered`; periods shorter than a
            year are drawn hollow.
        labels: ramp to the text at its last point and the side (``left``, ``right``) it stands.
    """
    fig, ax = style.new(4.0)
    palette = (RED, BLUE, GREEN, style.SERIES[6], style.SERIES[4])
    for color, (ramp, (label, side)) in zip(palette, labels.items(), strict=False):
        rows = delivered[delivered["ramp"] == ramp].sort_values("year_of_operation")
        x, share = rows["year_of_operation"].astype(float), rows["share_pct"]
        ax.plot(x, share, color=color)
        for at, value, years in zip(x, share, rows["period_years"], strict=True):
            ax.plot(at, value, "o", ms=5.5, mec=color, mfc=color if years == 1 else "white", mew=2)
        ax.annotate(
            label,
            (x.iloc[-1], share.iloc[-1]),
            xytext=(8 if side == "right" else -8, 0),
            textcoords="offset points",
            va="center",
            ha="left" if side == "right" else "right",
            color=style.readable(color),
            fontweight="semibold",
        )
    ax.axhline(100, color=style.MUTED, linewidth=1)
    ax.text(10, 98, "nameplate", ha="right", va="top", color=style.MUTED)
    ax.set_ylim(0, 104)
    ax.set_xlim(-0.75, 10.4)
    ax.set_xticks(range(11), ["first", "year 1", *map(str, range(2, 11))])
    style.unit(ax, "Output, percent of nameplate")
    style.unit(ax, "Years after the year of first product", "x")
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


def lead_times(times: pd.DataFrame, headings: Mapping[str, str]) -> Figure:
    """Averages and ranges of years, in blocks.

    Args:
        times: ``measure``, ``place``, ``low_years``, ``mid_years``, ``high_years``, ``mark``
            (text after the place, may be empty), in the order of drawing.
        headings: measure to heading of its block, in the order of drawing.
    """
    fig, ax = style.new(5.6)
    at, ticks, names = 0.0, [], []
    for (measure, heading), color in zip(headings.items(), (style.MUTED, GOLD, BLUE), strict=False):
        ax.text(0, at, heading, fontweight="semibold", va="center", fontsize=10)
        at += 1
        for row in times[times["measure"] == measure].itertuples():
            if not np.isnan(row.low_years):
                ax.plot([row.low_years, row.high_years], [at, at], color=color, lw=5, alpha=0.4)
            if not np.isnan(row.mid_years):
                ax.plot(row.mid_years, at, "o", ms=7, color=color)
            ends = [row.low_years, row.high_years]
            text = f"{row.mid_years:g}" if np.isnan(ends[0]) else f"{ends[0]:g} to {ends[1]:g}"
            if not (np.isnan(ends[0]) or np.isnan(row.mid_years)):
                text = f"{row.mid_years:g} (range {text})"
            ax.annotate(
                text + row.mark,
                (np.nanmax([row.mid_years, row.high_years]), at),
                xytext=(9, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
            )
            ticks.append(at)
            names.append(row.place)
            at += 1
        at += 0.4
    ax.set_yticks(ticks, names)
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(at - 0.6, -0.7)
    ax.set_xlim(0, 43)
    style.horizontal(ax)
    style.unit(ax, "Years", "x")
    return fig


def people_and_patents(counts: pd.DataFrame, panels: Mapping[str, str]) -> Figure:
    """Counts by country, one panel of bars per measure.

    Args:
        counts: ``panel``, ``bar`` (name of the bar), ``actor`` (whose colour), ``count``,
            ``lower_bound``; in the order of drawing.
        panels: panel to its axis label, in the order of drawing.
    """
    sizes = [int((counts["panel"] == panel).sum()) for panel in panels]
    fig, axes = style.new(4.6, len(panels), 1, height_ratios=[n + 0.6 for n in sizes])
    for ax, (panel, label) in zip(axes, panels.items(), strict=True):
        rows = counts[counts["panel"] == panel]
        y = np.arange(len(rows))
        ax.barh(y, rows["count"], height=0.7, color=[style.actor(a) for a in rows["actor"]])
        ax.bar_label(
            ax.containers[-1],
            labels=[
                f"{'over ' if bound else ''}{count:,.0f}"
                for count, bound in zip(rows["count"], rows["lower_bound"], strict=True)
            ],
            padding=3,
        )
        ax.set_yticks(y, rows["bar"])
        ax.tick_params(axis="y", labelcolor=style.INK)
        ax.set_ylim(len(rows) - 0.4, -0.6)
        ax.set_xlim(0, rows["count"].max() * 1.18)
        ax.set_title(label, fontsize=10)
        _bare(ax)
    return fig


def footprint(routes: pd.DataFrame, panels: Mapping[str, str]) -> Figure:
    """Ranges per kilogram by route, one logarithmic panel per measure.

    Args:
        routes: ``measure``, ``route``, ``boundary``, ``low``, ``mid``, ``high``, ``weak``; in the
            order of drawing. Weak figures are drawn hollow.
        panels: measure to its axis label.
    """
    sizes = [int((routes["measure"] == measure).sum()) for measure in panels]
    fig, axes = style.new(4.9, len(panels), 1, height_ratios=[n + 0.5 for n in sizes])
    for ax, (measure, label) in zip(axes, panels.items(), strict=True):
        rows = routes[routes["measure"] == measure].reset_index(drop=True)
        ax.set_xscale("log")
        for at, row in rows.iterrows():
            ends = [v for v in (row["low"], row["mid"], row["high"]) if not np.isnan(v)]
            fill = "white" if row["weak"] else BLUE
            if len(ends) > 1:
                line = style.LINES["estimate" if row["weak"] else "reported"]
                ax.plot([ends[0], ends[-1]], [at, at], color=BLUE, **line)
                ax.plot([ends[0], ends[-1]], [at, at], "|", color=BLUE, ms=9, mew=2)
            if len(ends) != 2:
                ax.plot(row["mid"], at, "o", ms=7.5, mfc=fill, mec=BLUE, mew=2)
            text = " to ".join(_short(v) for v in dict.fromkeys((ends[0], ends[-1])))
            ax.annotate(
                text,
                (ends[-1], at),
                xytext=(10, 0),
                textcoords="offset points",
                va="center",
                fontsize=9.5,
            )
        ax.set_yticks(
            range(len(rows)), [f"{r['route']}\n{r['boundary']}" for _, r in rows.iterrows()]
        )
        ax.tick_params(axis="y", labelcolor=style.INK, labelsize=9)
        ax.set_ylim(len(rows) - 0.5, -0.5)
        low, high = rows[["low", "mid"]].min().min(), rows[["mid", "high"]].max().max()
        ax.set_xlim(10 ** np.floor(np.log10(low)), 10 ** (np.log10(high) + 0.8))
        ax.xaxis.set_major_formatter("{x:,.0f}")
        style.horizontal(ax)
        style.unit(ax, label, "x")
    return fig


def funnel(steps: pd.DataFrame) -> Figure:
    """Projects left at each step from a register to money paid.

    Args:
        steps: ``label``, ``projects_count``, in the order of drawing.
    """
    fig, ax = style.new(2.9)
    y = np.arange(len(steps))
    shades: Sequence[float] = np.linspace(0.35, 1, len(steps))
    for at, (count, shade) in enumerate(zip(steps["projects_count"], shades, strict=True)):
        ax.barh(at, count, height=0.72, color=BLUE, alpha=shade)
        ax.annotate(f"{count}", (count, at), xytext=(5, 0), textcoords="offset points", va="center")
    ax.set_yticks(y, steps["label"])
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(len(steps) - 0.4, -0.6)
    _bare(ax)
    return fig


def _bare(ax: Axes) -> None:
    """Drop the number axis of bars that carry their own numbers."""
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.grid(visible=False)


def _short(value: float) -> str:
    """One decimal for small numbers, none for large ones."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"
