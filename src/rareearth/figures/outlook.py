"""Figures of the outlook."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rareearth.figures import forms, style

PARTS, CLOSED, MILESTONES = style.SUPPLY, style.CLOSED, style.MILESTONES

GROUP_NAMES = {
    "NdPr": "Neodymium and praseodymium",
    "DyTb": "Dysprosium and terbium",
}


def record(slip: pd.DataFrame, ramp: pd.DataFrame, fitted: pd.DataFrame) -> Figure:
    """What the record says: share of plants that run after the promise, and the ramp.

    Args:
        slip: ``stages``, ``years``, ``counted_pct``, ``fit_pct``, ``low_pct``, ``high_pct``.
        ramp: ``ramp``, ``year_of_operation``, ``share_pct``, published.
        fitted: ``years``, ``low_pct``, ``median_pct``, ``high_pct`` of a plant to come.
    """
    fig, (left, right) = style.new(3.9, columns=2, width_ratios=[1.15, 1])
    ends = {}
    for name, rows in slip.groupby("stages", sort=False):
        color = style.STAGES[name]
        style.band(left, rows["years"], rows["low_pct"], rows["high_pct"], color)
        left.plot(rows["years"], rows["fit_pct"], color=color, **style.LINES["forecast"])
        left.step(rows["years"], rows["counted_pct"], where="post", color=color)
        ends[name.replace(" and ", "\nand ").replace(", ", ",\n")] = (
            rows["years"].iloc[-1],
            rows["counted_pct"].iloc[-1],
        )
    left.set_xlim(0, slip["years"].max())
    left.set_ylim(0, 103)
    style.years(left)
    style.unit(left, "% of plants that run")
    style.unit(left, "Years after the promised year", axis="x")
    colors = dict(zip(ends, map(style.STAGES.get, dict.fromkeys(slip["stages"])), strict=True))
    style.label_ends(left, ends, colors)
    style.band(right, fitted["years"], fitted["low_pct"], fitted["high_pct"], style.NEUTRAL)
    right.plot(fitted["years"], fitted["median_pct"], color=style.INK, **style.LINES["forecast"])
    for i, (_, rows) in enumerate(ramp.groupby("ramp", sort=False)):
        right.plot(
            rows["year_of_operation"],
            rows["share_pct"],
            "o-",
            color=style.SERIES[i],
            markersize=4,
            linewidth=1.2,
        )
    right.set_xlim(0, fitted["years"].max())
    right.set_ylim(0, 103)
    style.years(right)
    style.unit(right, "% of nameplate")
    style.unit(right, "Years of operation", axis="x")
    for i, (name, at, shift, align) in enumerate(
        (
            ("Molycorp", (2, 25), (6, -4), "left"),
            ("MP, NdPr", (3, 60.4), (-5, 7), "right"),
            ("Lynas", (6, 89.7), (5, 3), "left"),
            ("Serra\nVerde", (1, 40), (-14, 7), "left"),
        )
    ):
        right.annotate(
            name,
            at,
            xytext=shift,
            textcoords="offset points",
            ha=align,
            color=style.readable(style.SERIES[i]),
            fontweight="semibold",
        )
    return fig


def wedge(parts: pd.DataFrame, closed: pd.DataFrame, height: float = 5.0) -> Figure:
    """What demand is met from, stacked, with the range of what is closed.

    Args:
        parts: ``year``, ``part`` (of :data:`style.SUPPLY`, and ``Demand``), ``mean_kt``, and for
            demand ``low_kt`` and ``high_kt``.
        closed: ``year``, ``low_kt``, ``high_kt`` of what is avoided and secured together.
        height: of the drawing, inches.
    """
    fig, ax = style.new(height)
    wide = parts.pivot(index="year", columns="part", values="mean_kt")
    shown = [name for name in style.SUPPLY if wide[name].max() > 0.002 * wide["Demand"].max()]
    ax.stackplot(
        wide.index,
        wide[shown].T,
        colors=[style.SUPPLY[name] for name in shown],
        linewidth=0.5,
        edgecolor="white",
    )
    demand = parts[parts["part"] == "Demand"]
    ax.plot(demand["year"], demand["mean_kt"], color=style.INK, linewidth=1.6)
    for side in ("low_kt", "high_kt"):
        ax.plot(demand["year"], demand[side], color=style.INK, linewidth=1, linestyle=(0, (2, 2)))
    top = wide[[n for n in shown if n not in style.CLOSED]].sum(axis=1)
    for row in closed[closed["year"].isin(style.MILESTONES)].itertuples():
        inset = 0.12 if row.year == wide.index[-1] else 0
        ax.plot([row.year - inset] * 2, [row.low_kt, row.high_kt], color=style.INK, linewidth=1.4)
        ax.plot(row.year - inset, top[row.year], "o", color=style.INK, markersize=4.5)
    ax.set_xlim(wide.index.min(), wide.index.max())
    ax.set_ylim(0, demand["high_kt"].max() * 1.03)
    ax.set_xticks([2024, 2030, 2035, 2040])
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    style.unit(ax, "Thousand tonnes of element a year")
    last = wide.iloc[-1]
    base = last[shown].cumsum() - last[shown] / 2
    lasting = [n for n in shown if last[n] > 0.002 * last["Demand"]]
    ends = {f"{n} {last[n]:.1f}": (wide.index[-1], base[n]) for n in lasting}
    colors = {f"{n} {last[n]:.1f}": style.SUPPLY[n] for n in lasting}
    ends[f"Demand {last['Demand']:.1f}"] = (wide.index[-1], last["Demand"])
    colors[f"Demand {last['Demand']:.1f}"] = style.INK
    style.label_ends(ax, ends, colors)
    for line, name in enumerate(n for n in reversed(shown) if n not in lasting):
        year = wide[name].idxmax()
        below = wide.loc[year, shown[: shown.index("Left to China")]].sum()
        ax.annotate(
            f"{name} {wide.loc[year, name]:.1f}",
            (year, below),
            xytext=(-6, 3 - 13 * line),
            textcoords="offset points",
            ha="right",
            fontweight="semibold",
        )
    return fig


def parts(bands: pd.DataFrame, names: Sequence[str]) -> Figure:
    """Size of each part in three years, with its range.

    Args:
        bands: ``year`` (2030, 2035, 2040), ``part``, ``low_kt``, ``median_kt``, ``high_kt``.
        names: parts from top to bottom.
    """
    fig, ax = style.new(0.9 + 0.5 * len(names))
    for row, name in enumerate(reversed(names)):
        for shift, (year, strength) in zip((0.24, 0, -0.24), style.MILESTONES.items(), strict=True):
            one = bands[(bands["part"] == name) & (bands["year"] == year)].iloc[0]
            color = style.readable(style.SUPPLY[name])
            _span(ax, one, "kt", row + shift, color, strength)
            if row == len(names) - 1:
                ax.annotate(
                    str(year),
                    (one["high_kt"], row + shift),
                    xytext=(5, 0),
                    textcoords="offset points",
                    va="center",
                    color=style.MUTED,
                    fontsize=9,
                )
    ax.set_yticks(range(len(names)), list(reversed(names)))
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(-0.5, len(names) - 0.5)
    ax.set_xlim(0, None)
    style.horizontal(ax)
    style.unit(ax, "Thousand tonnes of element a year", axis="x")
    return fig


def capacity(bands: pd.DataFrame) -> Figure:
    """Output by stage as the record foretells it, beside nameplates on time and the need.

    Args:
        bands: one group of elements: ``place``, ``stage``, ``year``, ``low_kt``, ``median_kt``,
            ``high_kt``, ``announced_kt``, ``need_kt``.
    """
    places = list(dict.fromkeys(bands["place"]))
    stages = list(dict.fromkeys(bands["stage"]))
    fig, axes = style.new(5.2, rows=len(places), columns=len(stages), sharey="row", sharex=True)
    for r, place in enumerate(places):
        color = style.actor(place) if place in style.ACTORS else style.ACTORS["Australia"]
        for c, stage in enumerate(stages):
            ax = axes[r, c]
            rows = bands[(bands["place"] == place) & (bands["stage"] == stage)]
            style.band(ax, rows["year"], rows["low_kt"], rows["high_kt"], color)
            ax.plot(rows["year"], rows["median_kt"], color=color)
            ax.plot(
                rows["year"], rows["announced_kt"], color=style.INK, linewidth=1.6,
                **style.LINES["target"],
            )  # fmt: skip
            ax.plot(rows["year"], rows["need_kt"], color=style.ACTORS["China"], linewidth=1.3)
            ax.set_xlim(2024, 2040)
            ax.set_xticks([2025, 2040])
            ax.set_title(stage, color=style.INK, pad=22)
            if r == 0 and c == len(stages) - 1:
                _direct(ax, rows)
        axes[r, 0].set_ylim(0, None)
        axes[r, 0].yaxis.set_major_locator(MaxNLocator(5))
        unit = axes[r, 0].annotate(
            f"{place}, thousand tonnes of element a year",
            (0, 1.0),
            xycoords="axes fraction",
            xytext=(0, 6),
            textcoords="offset points",
            color=style.readable(color),
            annotation_clip=False,
        )
        unit.set_in_layout(False)
        style.unit(axes[r, 0], " ")
    return fig


def _direct(ax: Axes, rows: pd.DataFrame) -> None:
    """Names of the four marks, at the right of the last panel."""
    last = rows.iloc[-1]
    ends = {
        "Need": (last["year"], last["need_kt"]),
        "Announced": (last["year"], last["announced_kt"]),
        "Expected": (last["year"], last["median_kt"]),
    }
    colors = {
        "Need": style.ACTORS["China"],
        "Announced": style.INK,
        "Expected": style.ACTORS["United States"],
    }
    style.label_ends(ax, ends, colors)


def unserved(gaps: pd.DataFrame) -> Figure:
    """Part of the need that each stage leaves unserved, by group of elements.

    Args:
        gaps: ``stage``, ``group``, ``year`` (2030, 2035, 2040), ``low_pct``, ``median_pct``,
            ``high_pct``.
    """
    stages = list(dict.fromkeys(gaps["stage"]))
    fig, axes = style.new(4.2, columns=2, sharey=True)
    for ax, (group, color) in zip(axes, style.ELEMENT_GROUPS.items(), strict=True):
        for row, stage in enumerate(reversed(stages)):
            for shift, (year, strength) in zip(
                (0.24, 0, -0.24), style.MILESTONES.items(), strict=True
            ):
                rows = gaps[(gaps["stage"] == stage) & (gaps["group"] == group)]
                one = rows[rows["year"] == year].iloc[0]
                _span(ax, one, "pct", row + shift, color, strength)
                if row == len(stages) - 1 and group == "NdPr":
                    ax.annotate(
                        str(year),
                        (one["high_pct"], row + shift),
                        xytext=(5, 0),
                        textcoords="offset points",
                        va="center",
                        color=style.MUTED,
                        fontsize=9,
                    )
        ax.set_title(GROUP_NAMES[group], color=style.readable(color))
        ax.set_xlim(-1, 101)
        ax.set_xticks([0, 50, 100])
        style.horizontal(ax)
        style.unit(ax, "% of the need left unserved", axis="x")
    axes[0].set_yticks(range(len(stages)), list(reversed(stages)))
    axes[0].tick_params(axis="y", labelcolor=style.INK)
    axes[0].set_ylim(-0.55, len(stages) - 0.45)
    return fig


def chances(frame: pd.DataFrame, confidence: float, chosen: str) -> Figure:
    """Chance that each stage could serve all need without China, by year and scenario.

    Args:
        frame: ``scenario``, ``stage``, ``year``, ``chance_pct``.
        confidence: from 0 to 1, drawn as a line.
        chosen: scenario of this edition, drawn strong.
    """
    stages = list(dict.fromkeys(frame["stage"]))
    fig, axes = style.new(4.6, rows=2, columns=3, sharex=True, sharey=True)
    for ax, stage in zip(axes.flat, stages, strict=False):
        for name, rows in frame[frame["stage"] == stage].groupby("scenario", sort=False):
            ax.plot(
                rows["year"],
                rows["chance_pct"],
                color=style.SCENARIOS.get(name, style.INK),
                linewidth=2.6 if name == chosen else 1.3,
                zorder=4 if name == chosen else 3,
            )
        ax.axhline(100 * confidence, color=style.MUTED, linewidth=0.9, linestyle=(0, (3, 2)))
        ax.set_title(stage, color=style.INK)
        ax.set_ylim(-2, 102)
        ax.set_xlim(2024, 2040)
        ax.set_xticks([2025, 2030, 2035, 2040], ["2025", "", "2035", ""])
    key = axes.flat[len(stages)]
    key.axis("off")
    names = list(dict.fromkeys(frame["scenario"]))
    for i, name in enumerate(names):
        y = 0.92 - 0.17 * i
        key.plot(
            [0.0, 0.14],
            [y, y],
            transform=key.transAxes,
            color=style.SCENARIOS.get(name, style.INK),
            linewidth=2.6 if name == chosen else 1.3,
        )
        key.text(
            0.2, y, f"{name}{' (this edition)' if name == chosen else ''}",
            transform=key.transAxes, va="center",
            color=style.readable(style.SCENARIOS.get(name, style.INK)),
            fontweight="bold" if name == chosen else "normal",
        )  # fmt: skip
    style.unit(axes[0, 0], "% of draws")
    axes[0, 0].yaxis.set_label_coords(0, 1.14)
    return fig


def gaps(frame: pd.DataFrame, chosen: str) -> Figure:
    """Gap as a share of demand, by scenario and year.

    Args:
        frame: ``scenario``, ``year`` (2030, 2035, 2040), ``low_pct``, ``median_pct``, ``high_pct``.
        chosen: scenario of this edition.
    """
    names = list(dict.fromkeys(frame["scenario"]))
    fig, ax = style.new(0.9 + 0.62 * len(names))
    for row, name in enumerate(reversed(names)):
        color = style.readable(style.SCENARIOS.get(name, style.INK))
        for shift, (year, strength) in zip((0.24, 0, -0.24), style.MILESTONES.items(), strict=True):
            one = frame[(frame["scenario"] == name) & (frame["year"] == year)].iloc[0]
            _span(ax, one, "pct", row + shift, color, strength)
            ax.annotate(
                f"{year}: {one['median_pct']:.0f}" if row == len(names) - 1
                else f"{one['median_pct']:.0f}",
                (max(one["high_pct"], one["median_pct"]), row + shift),
                xytext=(7, 0),
                textcoords="offset points",
                va="center",
                fontsize=9,
                color=style.MUTED,
            )  # fmt: skip
    labels = [f"{n}\n(this edition)" if n == chosen else n for n in reversed(names)]
    ax.set_yticks(range(len(names)), labels)
    for tick, name in zip(ax.get_yticklabels(), reversed(names), strict=True):
        tick.set_color(style.readable(style.SCENARIOS.get(name, style.INK)))
        tick.set_fontweight("bold" if name == chosen else "normal")
    ax.set_ylim(-0.5, len(names) - 0.4)
    ax.set_xlim(0, 100)
    style.horizontal(ax)
    style.unit(ax, "Gap, % of American demand", axis="x")
    return fig


def growth(needed: pd.DataFrame, seen: pd.DataFrame) -> Figure:
    """Growth that each stage would need, beside the fastest that mining has shown.

    Args:
        needed: ``region``, ``stage``, ``year``, ``low_pct``, ``median_pct``, ``high_pct`` a year.
        seen: ``country``, ``growth_pct`` a year, ``first_year``, ``last_year``, fastest first.
    """
    regions = list(dict.fromkeys(needed["region"]))
    stages = list(dict.fromkeys(needed["stage"]))
    years = sorted(needed["year"].unique())
    fig, axes = style.new(4.3, columns=len(regions), sharey=True, sharex=True)
    fast = seen.iloc[0]
    for ax, region in zip(axes, regions, strict=True):
        color = style.actor(region) if region in style.ACTORS else style.ACTORS["Australia"]
        ax.axvspan(
            seen["growth_pct"].min(),
            fast["growth_pct"],
            color=style.NEUTRAL,
            alpha=0.3,
            linewidth=0,
        )
        for row, stage in enumerate(reversed(stages)):
            for shift, year in zip((0.16, -0.16), years, strict=True):
                rows = needed[(needed["region"] == region) & (needed["stage"] == stage)]
                one = rows[rows["year"] == year].iloc[0]
                strength = style.MILESTONES[year]
                _span(ax, one, "pct", row + shift, color, strength)
                if region == regions[0] and row == 0:
                    ax.annotate(
                        f"by {year}",
                        (one["high_pct"], row + shift),
                        xytext=(6, 0),
                        textcoords="offset points",
                        va="center",
                        fontsize=9,
                        color=style.MUTED,
                    )
        ax.set_title(region, color=style.readable(color), pad=22)
        ax.set_xlim(min(0, needed["low_pct"].min()), 1.02 * needed["high_pct"].max())
        ax.xaxis.set_major_locator(MaxNLocator(4, prune="upper"))
        style.horizontal(ax)
        style.unit(ax, "Growth needed, % a year", axis="x")
    axes[0].annotate(
        f"fastest seen in mining: {seen['growth_pct'].min():.0f} to {fast['growth_pct']:.0f}",
        (seen["growth_pct"].min(), 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 5),
        textcoords="offset points",
        fontsize=9,
        color=style.MUTED,
        annotation_clip=False,
    )
    axes[0].set_yticks(range(len(stages)), list(reversed(stages)))
    axes[0].tick_params(axis="y", labelcolor=style.INK)
    axes[0].set_ylim(-0.5, len(stages) - 0.5)
    return fig


def drivers(indices: pd.DataFrame, least: float = 0.01) -> Figure:
    """Part of the variance of the gap that each theme explains, in all, by year.

    Args:
        indices: ``parameter``, ``year``, ``ST``, ``ST_conf``.
        least: themes below it in all years are left out.
    """
    largest = indices.groupby("parameter")["ST"].max()
    names = largest[largest >= least].sort_values(ascending=False).index
    shown = indices.set_index("parameter").loc[names].rename_axis("label").reset_index()
    return forms.sobol(
        shown.drop(columns="S1", errors="ignore"),
        hue="year",
        palette={
            year: style.pale(style.SERIES[0], style.MILESTONES[year]) for year in (2030, 2035)
        },
        of="the variance of the gap, alone and with others",
    ).figure


def swings(moved: pd.DataFrame, threshold: float) -> Figure:
    """How far one input alone can move the gap, and where the conclusion would turn.

    Args:
        moved: ``label``, ``middle_pct`` (gap as drawn); ``least_pct`` and ``most_pct`` (gap with
            the input at its hard bounds), ``low_pct`` and ``high_pct`` (at the ends of its range),
            widest first; ``least_text`` and ``most_text`` (bounds as text).
        threshold: percent of demand.
    """
    results = moved.drop(columns=["least", "low", "high", "most"], errors="ignore")
    return forms.tornado(
        results,
        "Median gap in 2035, % of American demand",
        middle=moved["middle_pct"].iloc[0],
        threshold=threshold,
    ).figure


def _span(ax: Axes, row: pd.Series, unit: str, y: float, color: str, strength: float) -> None:
    """A median as a dot on its interval: columns ``low_…``, ``median_…`` and ``high_…``."""
    ends = [row[f"low_{unit}"], row[f"high_{unit}"]]
    ax.plot(ends, [y, y], color=color, alpha=strength, linewidth=3, solid_capstyle="butt")
    ax.plot(row[f"median_{unit}"], y, "o", color=color, alpha=strength)
