"""Figures of the outlook."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, MultipleLocator

from rareearth.figures import forms, style

GROUP_NAMES = {
    "NdPr": "Neodymium and praseodymium",
    "DyTb": "Dysprosium and terbium",
}


def record(slip: pd.DataFrame, ramp: pd.DataFrame, fitted: pd.DataFrame) -> Figure:
    """What the record says: share of plants that run after the promise, and the ramp.

    Args:
        slip: ``stages``, ``years``, ``counted_pct``, ``fit_pct``, ``low_pct``, ``high_pct``.
        ramp: ``plant``, ``years``, ``share_pct``, published.
        fitted: ``years``, ``low_pct``, ``median_pct``, ``high_pct`` of a plant to come.
    """
    fig, (left, right) = style.new(3.9, columns=2, width_ratios=[1.15, 1])
    drawn = slip.assign(kind="forecast")
    names = {stages: stages.replace(" and ", "\nand ") for stages in slip["stages"].unique()}
    forms.band(
        drawn, "% of plants that run", left, x="years", value="fit_pct", hue="stages",
        palette=style.STAGES, names=names,
    )  # fmt: skip
    for stages, rows in slip.groupby("stages", sort=False):
        color = style.STAGES[stages]
        left.step(rows["years"], rows["counted_pct"], where="post", color=color)
    style.unit(left, "Years after the promised year", axis="x")
    forms.band(
        fitted.assign(kind="forecast"), "% of nameplate", right, x="years", palette=style.INK
    )
    plants = list(ramp["plant"].unique())
    colors = dict(zip(plants, style.SERIES, strict=False))
    for plant, rows in ramp.groupby("plant", sort=False):
        right.plot(rows["years"], rows["share_pct"], "o-", color=colors[plant], markersize=4)
    style.unit(right, "Years of operation", axis="x")
    left.set_ylim(0, 103)
    # Room for the name of the plant that went highest.
    right.set_ylim(0, 1.32 * max(ramp["share_pct"].max(), fitted["high_pct"].max()))
    forms.reference(right, 100, axis="y")
    best = ramp.loc[ramp.groupby("plant", sort=False)["share_pct"].idxmax()].set_index("plant")
    points = {p: tuple(best.loc[p, ["years", "share_pct"]]) for p in plants}
    names = {p: textwrap.fill(p, 9) for p in plants}
    style.label_points(
        right, {names[p]: at for p, at in points.items()}, {names[p]: colors[p] for p in plants}
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
    wide = parts.pivot(index="year", columns="part", values="mean_kt")
    whole = wide["Demand"]
    shown = [name for name in style.SUPPLY if wide[name].max() > 0.002 * whole.max()]
    lasting = [name for name in shown if wide[name].iloc[-1] > 0.002 * whole.iloc[-1]]
    _, ax = style.new(height)
    forms.stack(
        parts[parts["part"].isin(shown)], "Thousand tonnes of element a year", ax,
        value="mean_kt", palette={name: style.SUPPLY[name] for name in shown},
        names={n: f"{n} {wide[n].iloc[-1]:.1f}" if n in lasting else "" for n in shown},
    )  # fmt: skip
    demand = parts[parts["part"] == "Demand"]
    ax.plot(demand["year"], demand["mean_kt"], color=style.INK, linewidth=1.6)
    for side in ("low_kt", "high_kt"):
        ax.plot(demand["year"], demand[side], color=style.INK, linewidth=1, linestyle=(0, (2, 2)))
    name = f"Demand {whole.iloc[-1]:.1f}"
    style.label_ends(ax, {name: (whole.index[-1], whole.iloc[-1])}, {name: style.INK})
    top = wide[[n for n in shown if n not in style.CLOSED]].sum(axis=1)
    for row in closed[closed["year"].isin(style.MILESTONES)].itertuples():
        at = row.year - (0.12 if row.year == wide.index[-1] else 0)
        ax.plot([at, at], [row.low_kt, row.high_kt], color=style.INK, linewidth=1.4)
        ax.plot(at, top[row.year], "o", color=style.INK, markersize=4.5)
    ax.set_ylim(0, demand["high_kt"].max() * 1.03)
    ax.set_xticks([wide.index[0], *style.MILESTONES])
    ax.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    for line, name in enumerate(n for n in reversed(shown) if n not in lasting):
        year = wide[name].idxmax()
        below = wide.loc[year, shown[: shown.index("Left to China")]].sum()
        ax.annotate(
            f"{name} {wide.loc[year, name]:.1f}", (year, below), xytext=(-6, 3 - 13 * line),
            textcoords="offset points", ha="right", fontweight="semibold",
        )  # fmt: skip
    return ax.figure


def parts(bands: pd.DataFrame) -> Figure:
    """Size of each part in three years, with its range.

    Args:
        bands: ``year`` (2030, 2035, 2040), ``part``, ``low_kt``, ``median_kt``, ``high_kt``.
    """
    colors = bands["part"].map(style.SUPPLY).map(style.readable)
    return _by_year(bands.assign(color=colors), "part", "Thousand tonnes of element a year").figure


def _by_year(
    frame: pd.DataFrame, label: str, unit: str, ax: Axes | None = None, text: str = ""
) -> Axes:
    """Rows with a dot on its interval for each milestone year, paler for the nearer ones.

    The years are named in the first row.
    """
    middle = next(column for column in frame if column.startswith("median"))
    words = [text.format(value) if text else "" for value in frame[middle]]
    first = frame[label] == frame[label].iloc[0]
    years = frame["year"].astype(str).where(first, "")
    texts = [": ".join(filter(None, pair)) for pair in zip(years, words, strict=True)]
    shown = frame.drop(columns="group", errors="ignore").assign(
        alpha=frame["year"].map(style.MILESTONES), text=texts
    )
    palette = dict.fromkeys(sorted(shown["year"].unique()), style.INK)
    ax = forms.rows(shown, unit, ax, label=label, hue="year", palette=palette)
    ax.get_legend().remove()
    ax.tick_params(axis="y", pad=9)  # a dot at zero does not touch its row's name
    return ax


def capacity(bands: pd.DataFrame) -> Figure:
    """Output by stage as the record lets expect it, beside nameplates on time and the need.

    Args:
        bands: one group of elements: ``place``, ``stage``, ``year``, ``low_kt``, ``median_kt``,
            ``high_kt``, ``announced_kt``, ``need_kt``.
    """
    places, stages = bands["place"].unique(), bands["stage"].unique()
    fig, axes = style.new(5.2, len(places), len(stages), sharey="row", sharex=True)
    for (place, stage), rows in bands.groupby(["place", "stage"], sort=False):
        r, c = list(places).index(place), list(stages).index(stage)
        ax = axes[r, c]
        color = style.actor(place) if place in style.ACTORS else style.ACTORS["Australia"]
        looks = {
            "Expected": ("median_kt", color, {}),
            "Announced": ("announced_kt", style.INK, style.LINES["target"]),
            "Need": ("need_kt", style.ACTORS["China"], {"linewidth": 1.3}),
        }
        style.band(ax, rows["year"], rows["low_kt"], rows["high_kt"], color)
        for column, tint, look in looks.values():
            ax.plot(rows["year"], rows[column], color=tint, **look)
        ax.set_xlim(rows["year"].min(), rows["year"].max())
        ax.set_xticks([2025, 2040])
        style.zero_based(ax)
        ax.yaxis.set_major_locator(MaxNLocator(5))
        ax.set_title(stage, color=style.INK, pad=22)
        style.unit(ax, " ")
        if c == 0:  # longer than its panel is wide
            ax.annotate(
                f"{place}, thousand tonnes of element a year", (0, 1), xytext=(0, 6),
                xycoords="axes fraction", textcoords="offset points",
                color=style.readable(color), annotation_clip=False,
            ).set_in_layout(False)  # fmt: skip
        if (r, c) == (0, len(stages) - 1):
            last = rows.iloc[-1]
            ends = {name: (last["year"], last[look[0]]) for name, look in looks.items()}
            style.label_ends(ax, ends, {name: look[1] for name, look in looks.items()})
    return fig


def unserved(gaps: pd.DataFrame) -> Figure:
    """Part of the need that each stage leaves unserved, by group of elements.

    Args:
        gaps: ``stage``, ``group``, ``year`` (2030, 2035, 2040), ``low_pct``, ``median_pct``,
            ``high_pct``.
    """
    colors = gaps["group"].map(style.ELEMENT_GROUPS).map(style.readable)
    return forms.panels(
        gaps.assign(color=colors).sort_values("group", ascending=False, kind="stable"), "group",
        lambda rows, ax: _by_year(rows, "stage", "% of the need left unserved", ax),
        height=4.4, titles=GROUP_NAMES, sharex=True,
    )  # fmt: skip


def chances(frame: pd.DataFrame, confidence: float, chosen: str) -> Figure:
    """Chance that each stage could serve all need without China, by year and scenario.

    Args:
        frame: ``scenario``, ``stage``, ``year``, ``chance_pct``.
        confidence: from 0 to 1, drawn as a line.
        chosen: scenario that is drawn strong.
    """
    stages = list(frame["stage"].unique())
    fig, axes = style.new(4.6, rows=2, columns=3, sharex=True, sharey=True)
    looks = {
        name: {"color": style.SCENARIOS.get(name, style.INK), "linewidth": 1.3}
        for name in frame["scenario"].unique()
    }
    looks[chosen] |= {"linewidth": 2.6, "zorder": 4}
    for ax, stage in zip(axes.flat, stages, strict=False):
        for name, rows in frame[frame["stage"] == stage].groupby("scenario", sort=False):
            ax.plot(rows["year"], rows["chance_pct"], **looks[name])
        forms.reference(ax, 100 * confidence, axis="y")
        ax.set_title(stage, color=style.INK)
        ax.set_ylim(-2, 102)
        ax.set_xlim(frame["year"].min(), frame["year"].max())
        ax.set_xticks([2025, 2030, 2035, 2040], ["2025", "", "2035", ""])
    key = axes.flat[len(stages)]
    key.axis("off")
    names = {n: f"{n} (this edition)" if n == chosen else n for n in looks}
    lines = [key.plot([], [], label=names[name], **look)[0] for name, look in looks.items()]
    texts = key.legend(handles=lines, loc="upper left", handlelength=1.2).get_texts()
    for text, (name, look) in zip(texts, looks.items(), strict=True):
        text.set(color=style.readable(look["color"]))
        text.set_fontweight("bold" if name == chosen else "normal")
    style.unit(axes[0, 0], "% of draws")
    axes[0, 0].yaxis.set_label_coords(0, 1.14)
    return fig


def gaps(frame: pd.DataFrame, chosen: str) -> Figure:
    """Gap as a share of demand, by scenario and year.

    Args:
        frame: ``scenario``, ``year`` (2030, 2035, 2040), ``low_pct``, ``median_pct``, ``high_pct``.
        chosen: scenario of this edition.
    """
    colors = [style.readable(style.SCENARIOS.get(n, style.INK)) for n in frame["scenario"]]
    label = frame["scenario"].where(frame["scenario"] != chosen, chosen + "\n(this edition)")
    ax = _by_year(
        frame.assign(color=colors, label=label), "label", "Gap, % of American demand", text="{:.0f}"
    )
    for tick, color in zip(
        ax.get_yticklabels(), dict(zip(label, colors, strict=True)).values(), strict=True
    ):
        tick.set_color(color)
    ax.set_xlim(0, 100)
    return ax.figure


def growth(needed: pd.DataFrame, seen: pd.DataFrame) -> Figure:
    """Growth that each stage would need, beside the fastest that mining has shown.

    Args:
        needed: ``region``, ``stage``, ``year``, ``low_pct``, ``median_pct``, ``high_pct`` a year.
        seen: ``country``, ``growth_pct`` a year, ``first_year``, ``last_year``, fastest first.
    """
    actors = {r: r if r in style.ACTORS else "Australia" for r in needed["region"].unique()}
    ends = seen["growth_pct"].min(), seen["growth_pct"].max()
    words = "fastest seen in mining: {:.0f} to {:.0f}".format(*ends)

    def draw(rows: pd.DataFrame, ax: Axes) -> None:
        _by_year(rows, "stage", "Growth needed, % a year", ax)
        first = rows["region"].iloc[0] == next(iter(actors))
        forms.reference(ax, ends, words if first else "")
        style.unit(ax, " ")  # makes room for the words

    colors = [style.readable(style.actor(actors[region])) for region in needed["region"]]
    return forms.panels(needed.assign(color=colors), "region", draw, height=4.4, sharex=True)


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
        of="the variance of the gap as a share of demand",
    ).figure


def sensitivity(moved: pd.DataFrame, threshold: float) -> Figure:
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


IN_A_CUT = {
    "delivered": "still delivered",
    "surged": "others deliver more",
    "saved": "done without",
    "commercial": "firms' stocks",
    "strategic": "strategic stock",
    "shortage": "short",
}
"""What fills a need in a cut, from the bottom of the stack, in words."""


def months(filled: pd.DataFrame) -> Figure:
    """What fills the need in each month of a cut, one panel per case.

    Args:
        filled: ``case``, ``month`` and one column per part of :data:`IN_A_CUT`, percent of need.
    """
    cases = list(filled["case"].unique())
    fig, axes = style.new(4.0, 1, len(cases), sharey=True)
    for ax, case in zip(axes, cases, strict=True):
        rows = filled[filled["case"] == case]
        bottom = np.zeros(len(rows))
        for part in IN_A_CUT:
            look = style.BARS["forecast"] | {"alpha": 0.9} if part == "shortage" else {}
            color = style.IN_A_CUT[part]
            ax.bar(rows["month"], rows[part], bottom=bottom, color=color, width=0.86, **look)
            bottom += rows[part].to_numpy()
        ax.set_title(case, fontsize=10.5, pad=22)
        ax.set_xlim(0.4, len(rows) + 0.6)
        ax.xaxis.set_major_locator(MultipleLocator(3))
        ax.set_ylim(0, 100.5)
        style.unit(ax, "Month after the cut begins", "x")
    style.unit(axes[0], "Need of the United States, %")
    sizes = rows[list(IN_A_CUT)].mean()
    middles = sizes.cumsum() - sizes / 2  # names beside the last panel, at their mean height
    style.label_ends(
        ax,
        {name: (len(rows) + 0.6, middles[part]) for part, name in IN_A_CUT.items()},
        {name: style.IN_A_CUT[part] for part, name in IN_A_CUT.items()},
    )
    return fig


def uses(short: pd.DataFrame) -> Figure:
    """Need of a year by use and the part of it that is short, with its range, one panel per case.

    Args:
        short: ``case``, ``use``, ``need_t``, ``low``, ``median``, ``high`` (tonnes short), uses
            from top to bottom.
    """
    cases = list(short["case"].unique())
    fig, axes = style.new(3.2, 1, len(cases), sharey=True, sharex=True)
    color = style.IN_A_CUT["shortage"]
    for ax, case in zip(axes, cases, strict=True):
        rows = short[short["case"] == case]
        y = np.arange(len(rows))[::-1]
        ax.barh(y, rows["need_t"] / 1e3, color=style.PALE["unspecified"], height=0.62)
        ax.barh(y, rows["median"] / 1e3, color=color, height=0.62, **style.BARS["forecast"])
        ax.hlines(y, rows["low"] / 1e3, rows["high"] / 1e3, color=style.INK, linewidth=1.4)
        for at, row in zip(y, rows.itertuples(), strict=True):
            ax.annotate(
                f"{100 * row.median / row.need_t:.0f}% short",
                (row.need_t / 1e3, at),
                xytext=(5, 0),
                textcoords="offset points",
                va="center",
                color=style.readable(color) if row.median > 0 else style.MUTED,
            )
        ax.set_title(case, fontsize=10.5)
        style.horizontal(ax)
        ax.set_yticks(y, rows["use"])
        style.unit(ax, "Need of a year, thousand tonnes", "x")
        style.zero_based(ax, "x")
    axes[0].set_xlim(0, 1.3 * short["need_t"].max() / 1e3)
    return fig
