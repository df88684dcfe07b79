"""Figures of the chapter on magnets without rare earths."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from rareearth.figures import forms, style

MATERIALS = style.MATERIALS
NAMES = {
    "NdFeB": "Neodymium (NdFeB)",
    "SmCo": "Samarium-cobalt",
    "Sm2Fe17N3": "Samarium-iron-nitride",
    "Fe16N2": "Iron nitride",
    "FeNi": "Iron-nickel",
    "MnBi": "Manganese-bismuth",
    "AlNiCo": "AlNiCo",
    "Ferrite": "Ferrite",
}
"""Names of the materials as readers meet them."""


SCENARIOS = {
    "baseline": "Baseline",
    "announced": "Announced",
    "innovation": "Innovation",
    "policy": "Policy",
    "shock": "Shock",
}


def ladder(steps: pd.DataFrame) -> Figure:
    """Energy product of each material: theory, claim, laboratory and product drawn apart.

    Args:
        steps: ``material``, ``stage``, ``low_kj_m3`` and ``high_kj_m3``; one row per material and
            stage, in the order of drawing from the top.
    """
    fig, ax = style.new(4.6)
    order = list(dict.fromkeys(steps["material"]))[::-1]
    for row in steps.itertuples():
        y, color = order.index(row.material), style.MATERIALS[row.material]
        if row.stage == "product":
            ax.barh(y, row.high_kj_m3, height=0.5, color=color, zorder=2)
        elif row.stage == "theory":
            ax.plot(
                [0, row.high_kj_m3], [y, y], color=color, linewidth=1.2, zorder=1,
                **style.LINES["forecast"],
            )  # fmt: skip
            ax.plot(
                row.high_kj_m3, y, "D", markerfacecolor="white", markeredgecolor=color,
                markeredgewidth=1.6, markersize=8, zorder=4,
            )  # fmt: skip
        elif row.stage == "laboratory":
            ax.plot(
                row.high_kj_m3, y, "o", color=color, markersize=9, markeredgecolor="white", zorder=5
            )
        else:
            ax.plot(row.high_kj_m3, y, "x", color=color, markersize=9, markeredgewidth=2, zorder=4)
        ax.annotate(
            f"{row.high_kj_m3:.0f}", (row.high_kj_m3, y), xytext=(0, 10),
            textcoords="offset points", ha="center", fontsize=9, color=style.readable(color),
        )  # fmt: skip
    ax.set_yticks(range(len(order)), [NAMES[name] for name in order], color=style.INK)
    ax.set_ylim(-0.6, len(order) + 0.35)
    ax.set_xlim(0, 1150)
    marks = {
        "limit of theory": (20, "D", "white"),
        "claim": (290, "x", style.INK),
        "best in a laboratory": (430, "o", style.INK),
        "best product": (740, "s", style.INK),
    }
    for text, (x, marker, face) in marks.items():
        ax.plot(
            x, len(order) - 0.1, marker, color=style.INK, markerfacecolor=face, markersize=8,
            markeredgewidth=1.6, clip_on=False,
        )  # fmt: skip
        ax.annotate(
            text, (x, len(order) - 0.1), xytext=(9, 0), textcoords="offset points", va="center",
            fontsize=9.5,
        )  # fmt: skip
    style.horizontal(ax)
    style.unit(ax, "Largest energy product at 20 °C, kJ per cubic metre", axis="x")
    return fig


def properties(grades: pd.DataFrame, needed: pd.DataFrame) -> Figure:
    """Energy product against coercivity, with the coercivity that a strong magnet needs.

    Args:
        grades: ``material``, ``stage``, ``hcj_ka_m``, ``bhmax_kj_m3``; powders left out.
        needed: ``bhmax_kj_m3`` and ``hcj_ka_m``, the least coercivity at each energy product.
    """
    fig, ax = style.new(4.4)
    ax.fill_betweenx(
        needed["bhmax_kj_m3"], 10, needed["hcj_ka_m"], color=style.PALE["area"], zorder=0
    )
    ax.plot(needed["hcj_ka_m"], needed["bhmax_kj_m3"], color=style.NEUTRAL, linewidth=1.2)
    for material, rows in grades.groupby("material", sort=False):
        sold = rows["stage"] == "product"
        color = style.MATERIALS[material]
        ax.plot(rows[sold]["hcj_ka_m"], rows[sold]["bhmax_kj_m3"], "o", color=color, alpha=0.6)
        ax.plot(
            rows[~sold]["hcj_ka_m"], rows[~sold]["bhmax_kj_m3"], "D", markerfacecolor="white",
            markeredgecolor=color, markeredgewidth=1.8, markersize=8,
        )  # fmt: skip
    places = {
        "NdFeB": (1500, 430, "left"),
        "SmCo": (390, 163, "left"),
        "Fe16N2": (86, 178, "center"),
        "MnBi": (195, 92, "right"),
        "AlNiCo": (34, 52, "left"),
        "Ferrite": (127, 8, "right"),
    }
    for material, (x, y, side) in places.items():
        ax.annotate(
            NAMES[material], (x, y), color=style.readable(style.MATERIALS[material]), ha=side,
            fontweight="semibold", bbox={"facecolor": "none", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    ax.annotate(
        "loses its field\nin a common circuit", (34, 395), color=style.MUTED, va="top", fontsize=9.5
    )
    ax.set_xscale("log")
    ax.set_xlim(30, 4000)
    ax.set_ylim(0, 480)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    ax.set_xticks([30, 100, 300, 1000, 3000])
    ax.minorticks_off()
    style.unit(ax, "Energy product, kJ per cubic metre")
    style.unit(ax, "Coercivity at 20 °C, kA per metre (logarithmic)", axis="x")
    return fig


def heat(curves: pd.DataFrame, colors: Mapping[str, str]) -> Figure:
    """Energy product as magnets get hot; a line ends where the magnet loses its field.

    Args:
        curves: ``label``, ``temperature_c``, ``bhmax_kj_m3``, ``holds`` (bool).
        colors: colour of each label.
    """
    fig, ax = style.new(4.2)
    ends = {}
    for label, rows in curves.groupby("label", sort=False):
        rows = rows.sort_values("temperature_c")
        kept = rows[rows["holds"]]
        color = colors[label]
        if kept.empty:
            ax.plot(
                rows["temperature_c"], rows["bhmax_kj_m3"], color=color, **style.LINES["forecast"]
            )
        else:
            ax.plot(kept["temperature_c"], kept["bhmax_kj_m3"], color=color)
        last = (kept if len(kept) else rows).iloc[-1]
        point = (last["temperature_c"], last["bhmax_kj_m3"])
        if 0 < len(kept) < len(rows):
            ax.plot(*point, "X", color=color, markersize=9)
            ax.annotate(
                label, point, xytext=(9, 2), textcoords="offset points", va="center",
                color=style.readable(color), fontweight="semibold",
            )  # fmt: skip
        else:
            ends[label] = point
    ax.set_xlim(curves["temperature_c"].min(), curves["temperature_c"].max())
    style.zero_based(ax)
    style.unit(ax, "Energy product, kJ per cubic metre")
    style.unit(ax, "Temperature of the magnet, °C", axis="x")
    style.label_ends(ax, ends, colors)
    return fig


def motors(rows: pd.DataFrame) -> Figure:
    """What motors lose without neodymium magnets, study by study.

    Args:
        rows: ``label``, ``pct``, ``kind``, ``magnet``, ``panel`` and ``unit``, in the
            order of drawing.
    """
    panels = list(dict.fromkeys(rows["panel"]))
    sizes = [int((rows["panel"] == panel).sum()) for panel in panels]
    fig, axes = style.new(6.2, rows=len(panels), height_ratios=[n + 0.6 for n in sizes])
    for ax, panel in zip(axes, panels, strict=True):
        part = rows[rows["panel"] == panel].iloc[::-1]
        for y, row in enumerate(part.itertuples()):
            color = {"ferrite": style.MATERIALS["Ferrite"], "none": style.NEUTRAL}.get(
                row.magnet, style.MATERIALS["NdFeB"]
            )
            ax.barh(y, row.pct, height=0.6, color=color, **style.BARS[row.kind])
            ax.annotate(
                f"{row.pct:+.3g}".replace("-", "\N{MINUS SIGN}"), (row.pct, y),
                xytext=(4 if row.pct >= 0 else -4, 0), textcoords="offset points", va="center",
                ha="left" if row.pct >= 0 else "right", fontsize=9.5,
            )  # fmt: skip
        ax.set_yticks(range(len(part)), part["label"], color=style.INK, fontsize=9.5)
        ax.axvline(0, color=style.INK, linewidth=0.8)
        ax.margins(x=0.16)
        ax.set_title(panel, fontsize=10)
        style.horizontal(ax)
        style.unit(ax, part["unit"].iloc[0], axis="x")
    return fig


def matrix(table: pd.DataFrame, uses: Sequence[str], labels: Mapping[str, str]) -> Figure:
    """Use by use: does the magnet keep its field, and how much volume does it take?

    Args:
        table: ``heading``, ``label``, ``holds_share``, ``volume_ratio``.
        uses: headings in the order of columns.
        labels: label of each magnet to its printed name, in the order of rows from the top.
    """
    fig, ax = style.new(5.2)
    order = list(labels)[::-1]
    for row in table[table["label"].isin(labels)].itertuples():
        x, y = uses.index(row.heading), order.index(row.label)
        if row.holds_share < 0.1:
            face, ink = style.FITNESS["loses its field"]
            text = "loses\nits field"
        elif row.holds_share < 0.95:
            face, ink = style.FITNESS["if mild"]
            text = f"× {row.volume_ratio:.1f}\nif mild"
        else:
            strong = row.volume_ratio < 3
            face, ink = style.FITNESS["strong" if strong else "weak"]
            text = (
                f"× {row.volume_ratio:.1f}"
                if row.volume_ratio < 10
                else f"× {row.volume_ratio:.0f}"
            )
        ax.add_patch(_cell(x, y, face))
        ax.annotate(text, (x, y), ha="center", va="center", color=ink, fontsize=9.5)
    ax.set_xlim(-0.5, len(uses) - 0.5)
    ax.set_ylim(-0.5, len(order) - 0.5)
    ax.set_xticks(range(len(uses)), uses, color=style.INK, fontsize=9)
    ax.set_yticks(
        range(len(order)), [labels[name] for name in order], color=style.INK, fontsize=9.5
    )
    ax.xaxis.tick_top()
    ax.tick_params(axis="both", size=0)
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)
    return fig


def _cell(x: int, y: int, face: str) -> Rectangle:
    return Rectangle((x - 0.48, y - 0.46), 0.96, 0.92, facecolor=face, edgecolor="none")


def thrift(savings: pd.DataFrame, heavy: pd.DataFrame) -> Figure:
    """What makers say diffusion saves, and what that does to world demand.

    Args:
        savings: ``item``, ``low``, ``high`` (percent), in the order of drawing from the top.
        heavy: ``year`` with ``before``, ``low``, ``median``, ``high``: dysprosium and terbium,
            thousand tonnes.
    """
    fig, (left, right) = style.new(3.6, columns=2, width_ratios=[1, 1.05])
    color = style.SUBSTITUTION["Less heavy rare earth"]
    for y, row in enumerate(savings.iloc[::-1].itertuples()):
        left.plot([row.low, row.high], [y, y], color=color, linewidth=7, solid_capstyle="butt",
                  alpha=0.75)  # fmt: skip
        left.plot([row.low, row.high], [y, y], "o", color=color, markersize=7)
        words = f"{row.low:.0f}" if row.low == row.high else f"{row.low:.0f} to {row.high:.0f}"
        left.annotate(
            f"{row.item}: {words}", (0, y), xytext=(0, 11), textcoords="offset points",
            fontsize=9.5, va="center",
        )  # fmt: skip
    left.set_yticks([])
    left.set_ylim(-0.5, len(savings) - 0.3)
    left.set_xlim(0, 105)
    style.horizontal(left)
    style.unit(left, "Heavy rare earth saved, percent", axis="x")
    left.set_title("What makers say", pad=24)

    style.band(right, heavy.index, heavy["low"], heavy["high"], color)
    right.plot(heavy["before"], color=style.INK, **style.LINES["forecast"])
    right.plot(heavy["median"], color=color, **style.LINES["forecast"])
    right.set_xlim(heavy.index.min(), heavy.index.max())
    right.set_xticks([2024, 2035, 2050])
    style.zero_based(right)
    ends = {"as before": (2050, heavy["before"].iloc[-1]),
            "after saving": (2050, heavy["median"].iloc[-1])}  # fmt: skip
    style.label_ends(right, ends, {"as before": style.INK, "after saving": color})
    right.set_title("World demand, Dy and Tb", pad=24)
    style.unit(right, "Thousand tonnes")
    return fig


def timeline(events: pd.DataFrame, today: float) -> Figure:
    """Iron nitride from the laboratory to plants; what lies ahead is hollow.

    Args:
        events: ``label``, ``when`` (year with fraction), ``kind``, in order of time.
        today: date of the report as year with fraction.
    """
    fig, ax = style.new(4.4)
    color = style.MATERIALS["Fe16N2"]
    for y, row in zip(range(len(events))[::-1], events.itertuples(), strict=True):
        ahead = row.kind == "target"
        ax.plot(
            row.when, y, "o", markersize=9, markeredgecolor=color, markeredgewidth=2,
            markerfacecolor="white" if ahead else color, zorder=4,
        )  # fmt: skip
        left = row.when > 2016
        ax.annotate(
            row.label, (row.when, y), xytext=(-9 if left else 9, 0), textcoords="offset points",
            ha="right" if left else "left", va="center", fontsize=9.5, zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    ax.axvline(today, color=style.SERIES[1], linewidth=1.2, zorder=1)
    ax.annotate(
        "this report", (today, len(events) - 0.4), xytext=(4, 0), textcoords="offset points",
        va="center", color=style.readable(style.SERIES[1]), fontsize=9.5,
    )  # fmt: skip
    ax.set_yticks([])
    ax.set_ylim(-0.6, len(events))
    ax.set_xlim(2001, 2031.5)
    style.years(ax)
    style.horizontal(ax)
    return fig


def ramp(steps: pd.DataFrame, lines: pd.DataFrame) -> Figure:
    """Capacity for iron nitride against what the United States uses, on a logarithmic axis.

    Args:
        steps: ``label``, ``year``, ``t_per_year``, ``kind``, in order of time.
        lines: ``label`` and ``t_per_year`` of demand.
    """
    fig, ax = style.new(4.2)
    color = style.MATERIALS["Fe16N2"]
    for x, row in enumerate(steps.itertuples()):
        # Points, not bars: a logarithmic axis has no zero for a bar to stand on.
        face = "white" if row.kind == "target" else color
        ax.plot(x, row.t_per_year, "o", markersize=11, color=color, mfc=face, mew=2)
        ax.annotate(
            f"{row.t_per_year:,.10g} t", (x, row.t_per_year), xytext=(0, 10),
            textcoords="offset points", ha="center", fontweight="semibold",
            color=style.readable(color),
        )  # fmt: skip
    for row in lines.itertuples():
        ax.axhline(row.t_per_year, color=style.INK, linewidth=1, zorder=1)
        ax.annotate(
            row.label, (-0.42, row.t_per_year), xytext=(0, 3), textcoords="offset points",
            fontsize=9.5,
        )  # fmt: skip
    ax.set_yscale("log")
    ax.set_xlim(-0.5, len(steps) - 0.5)
    ax.set_ylim(0.03, 400_000)
    ax.set_yticks([0.1, 1, 10, 100, 1000, 10_000, 100_000])
    ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.10g}"))
    ax.minorticks_off()
    ax.set_xticks(range(len(steps)), steps["label"], color=style.INK)
    style.unit(ax, "Tonnes of magnets a year (logarithmic)")
    return fig


def precedents(
    shares: pd.DataFrame, fitted: pd.Series, assumed: pd.DataFrame, names: Mapping[str, str]
) -> Figure:
    """How fast batteries without nickel spread, how motors without magnets did not.

    Args:
        shares: ``series``, ``year``, ``share_pct``.
        fitted: logistic curve through the batteries, percent by year.
        assumed: ``low``, ``median``, ``high`` of the adoption that this report assumes for motors
            in cars, percent by year.
        names: series to the words at its points.
    """
    fig, ax = style.new(4.2)
    colors = dict(zip(names, (style.SERIES[2], style.NEUTRAL), strict=True))
    ax.plot(fitted, color=colors[next(iter(names))], linewidth=1.4, **style.LINES["forecast"])
    for series, words in names.items():
        rows = shares[shares["series"] == series]
        ax.plot(rows["year"], rows["share_pct"], "o", color=colors[series], markersize=7)
        last = rows.iloc[-1]
        ax.annotate(
            words, (last["year"], last["share_pct"]), xytext=(9, -3), textcoords="offset points",
            color=style.readable(colors[series]), fontweight="semibold", va="center",
        )  # fmt: skip
    main = style.SUBSTITUTION["Motors of another kind"]
    style.band(ax, assumed.index, assumed["low"], assumed["high"], main)
    ax.plot(assumed["median"], color=main, **style.LINES["forecast"])
    style.label_ends(
        ax, {"assumed here:\ncar motors that\nswitch, on top": (2050, assumed["median"].iloc[-1])},
        {"assumed here:\ncar motors that\nswitch, on top": main},
    )  # fmt: skip
    ax.set_xlim(2014, 2050)
    ax.set_ylim(0, 100)
    style.unit(ax, "Share, percent")
    return fig


def avoided(bands: Mapping[str, pd.DataFrame], routes: pd.DataFrame) -> Figure:
    """US demand before and after, and which route takes how much.

    Args:
        bands: ``before`` and ``after``, each with ``low``, ``median``, ``high`` by year.
        routes: mean over draws of each route, by year, columns as :data:`style.SUBSTITUTION`.
    """
    fig, (left, right) = style.new(4.0, columns=2)
    looks = {"before": style.INK, "after": style.PATHWAYS["Rare-earth-free magnets"]}
    for name, color in looks.items():
        rows = bands[name]
        style.band(left, rows.index, rows["low"], rows["high"], color)
        left.plot(rows["median"], color=color, **style.LINES["forecast"])
    ends = {name: (2050, bands[name]["median"].iloc[-1]) for name in looks}
    left.set_xlim(routes.index.min(), routes.index.max())
    left.set_xticks([2024, 2035, 2050])
    style.zero_based(left)
    style.label_ends(left, ends, looks)
    left.yaxis.set_major_locator(MaxNLocator(integer=True))
    left.set_title("US demand", pad=24)
    style.unit(left, "Thousand tonnes of element")

    right.stackplot(
        routes.index,
        routes[list(style.SUBSTITUTION)].T,
        colors=list(style.SUBSTITUTION.values()),
        alpha=0.8,
    )
    right.set_xlim(routes.index.min(), routes.index.max())
    right.set_xticks([2024, 2035, 2050])
    style.zero_based(right)
    right.set_title("Avoided, by route (mean)", pad=24)
    style.unit(right, "Thousand tonnes of element")
    middles = (
        routes[list(style.SUBSTITUTION)].iloc[-1].cumsum()
        - routes[list(style.SUBSTITUTION)].iloc[-1] / 2
    )
    words = {textwrap.fill(name, 13): name for name in style.SUBSTITUTION}
    style.label_ends(
        right, {w: (routes.index[-1], middles[n]) for w, n in words.items()},
        {w: style.SUBSTITUTION[n] for w, n in words.items()},
    )  # fmt: skip
    return fig


def scenarios(rows: pd.DataFrame, chosen: str) -> Figure:
    """Part of demand avoided in each scenario: light and heavy, world and United States.

    Args:
        rows: ``scenario``, ``what``, ``low``, ``median``, ``high`` in percent.
        chosen: scenario of this edition.
    """
    panels = list(dict.fromkeys(rows["what"]))
    fig, axes = style.new(3.6, columns=len(panels), sharey=True)
    order = list(SCENARIOS)[::-1]
    for ax, what in zip(axes, panels, strict=True):
        for row in rows[rows["what"] == what].itertuples():
            y = order.index(row.scenario)
            own = row.scenario == chosen
            color = style.PATHWAYS["Rare-earth-free magnets"] if own else style.NEUTRAL
            ax.plot([row.low, row.high], [y, y], color=color, linewidth=6, alpha=0.35,
                    solid_capstyle="butt")  # fmt: skip
            ax.plot(row.median, y, "o", color=color, markersize=8)
            ax.annotate(
                f"{row.median:.0f}", (row.median, y), xytext=(0, 8), textcoords="offset points",
                ha="center", fontsize=9.5, color=style.readable(color),
            )  # fmt: skip
        ax.set_title(what, fontsize=10)
        ax.set_xlim(0, 90)
        ax.set_xticks([0, 25, 50, 75])
        ax.set_ylim(-0.5, len(order) - 0.4)
        style.horizontal(ax)
    axes[0].set_yticks(range(len(order)), [SCENARIOS[name] for name in order], color=style.INK)
    for ax in axes:
        style.unit(ax, "Percent of demand", axis="x")
    return fig


def drivers(indices: pd.DataFrame, names: Mapping[str, str]) -> Figure:
    """How much of the spread of a result goes with each assumption.

    Args:
        indices: ``parameter``, ``S1``, ``ST``, ``ST_conf``, largest last.
        names: words for each parameter.
    """
    named = indices.assign(label=[names.get(p, p) for p in indices["parameter"]]).iloc[::-1]
    return forms.sobol(named, palette=style.PATHWAYS["Rare-earth-free magnets"]).figure
