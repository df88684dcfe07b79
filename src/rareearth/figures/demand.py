"""Figures of the chapter on demand."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from rareearth.figures import style

CASES = {
    "STEPS": "Stated policies",
    "APS": "Announced pledges",
    "NZE": "Net zero by 2050",
}
"""The International Energy Agency's cases, from least to most climate policy."""

QUALITY = {"medium": style.SERIES[0], "low": "white"}
"""Fill of a mark by grade of evidence; what is weak is hollow."""


def by_use(demand: pd.DataFrame, chosen: str) -> Figure:
    """World demand by use, one panel per case, the chosen one in full colour.

    Args:
        demand: ``case``, ``use``, ``year``, ``ree_kt``.
        chosen: case of this edition.
    """
    fig, axes = style.new(3.8, columns=3, sharey=True)
    for ax, (case, name) in zip(axes, CASES.items(), strict=True):
        rows = demand[demand["case"] == case]
        wide = rows.pivot(index="year", columns="use", values="ree_kt")[list(style.USES)]
        strong = case == chosen
        ax.stackplot(
            wide.index,
            wide.T,
            colors=list(style.USES.values()),
            alpha=0.9 if strong else 0.35,
            linewidth=0,
        )
        total = wide.sum(axis=1)
        ax.plot(total, color=style.INK, **style.LINES["forecast"])
        ax.plot(total.index[0], total.iloc[0], "o", color=style.INK, clip_on=False, zorder=5)
        ax.annotate(
            f"{total.iloc[-1]:.0f}",
            (total.index[-1], total.iloc[-1]),
            xytext=(0, 5),
            textcoords="offset points",
            ha="right",
            fontweight="semibold",
        )
        ax.set_title(
            f"{name}\n{'this edition' if strong else ' '}",
            fontweight="bold" if strong else "normal",
            color=style.INK if strong else style.MUTED,
            pad=14,
        )
        ax.set_xlim(wide.index.min(), wide.index.max())
        ax.set_xticks([2024, 2035, 2050])
        ax.set_ylim(0, 225)
        if case == "NZE":
            middles = wide.iloc[-1].cumsum() - wide.iloc[-1] / 2
            ends = {use: (wide.index[-1], middles[use]) for use in style.USES}
            style.label_ends(ax, ends, style.USES)
    style.unit(axes[0], "Thousand tonnes of element")
    axes[0].yaxis.set_label_coords(0, 1.0)
    return fig


def elements(demand: pd.DataFrame, chosen: str) -> Figure:
    """Demand of electric vehicles and wind by element, base year and 2050.

    Args:
        demand: ``element``, ``case`` (``base year`` or a case in 2050), ``ree_kt``.
        chosen: case of this edition.
    """
    fig, ax = style.new(3.2)
    order = ["Tb", "Dy", "Pr", "Nd"]
    for height, element in enumerate(order):
        rows = demand[demand["element"] == element].set_index("case")["ree_kt"]
        color = style.ELEMENTS[element]
        start, end = rows["base year"], rows[chosen]
        ax.plot([start, end], [height, height], color=color, linewidth=1.5, zorder=2)
        ax.plot(start, height, "o", color=style.INK, markersize=7, zorder=4)
        for case in CASES:
            ax.plot(
                rows[case],
                height,
                "D",
                markersize=9 if case == chosen else 5,
                markerfacecolor=color if case == chosen else "white",
                markeredgecolor=color,
                zorder=5 if case == chosen else 3,
            )
        ax.annotate(
            f"× {end / start:.1f}",
            (rows[list(CASES)].max(), height),
            xytext=(12, 0),
            textcoords="offset points",
            va="center",
            color=style.readable(color),
            fontweight="semibold",
        )
    ax.annotate(
        "2024",
        (demand.set_index(["element", "case"])["ree_kt"]["Nd", "base year"], 3),
        xytext=(0, 11),
        textcoords="offset points",
        ha="center",
    )
    ax.annotate(
        "2050, this edition",
        (demand.set_index(["element", "case"])["ree_kt"]["Nd", chosen], 3),
        xytext=(0, 11),
        textcoords="offset points",
        ha="center",
    )
    ax.set_xscale("log")
    ax.set_xlim(0.3, 130)
    ax.set_xticks([0.5, 1, 2, 5, 10, 20, 50, 100], ["0.5", "1", "2", "5", "10", "20", "50", "100"])
    ax.minorticks_off()
    ax.set_yticks(range(4), ["Terbium", "Dysprosium", "Praseodymium", "Neodymium"])
    ax.set_ylim(-0.5, 3.6)
    style.horizontal(ax)
    style.unit(ax, "Thousand tonnes of element, logarithmic scale", axis="x")
    return fig


def editions(world: pd.DataFrame, cars: pd.DataFrame, market: pd.DataFrame) -> Figure:
    """What successive editions of the same publisher say of the same future.

    Args:
        world: ``edition``, ``year``, ``ree_kt``, ``kind``: world demand, announced pledges.
        cars: ``label``, ``million_cars``, ``kind``: US electric car sales.
        market: ``label``, ``usd_billion``, ``kind``: market for magnet oxides.
    """
    fig, axes = style.new(3.6, columns=3, width_ratios=[1.5, 1, 1])
    colors = style.EDITIONS
    ends = {}
    for edition, rows in world.groupby("edition"):
        color = colors[edition]
        axes[0].plot(
            rows["year"], rows["ree_kt"], color=color, marker="o", markersize=4,
            **style.LINES["forecast"],
        )  # fmt: skip
        ends[f"{edition} edition"] = (rows["year"].iloc[-1], rows["ree_kt"].iloc[-1])
    axes[0].set_ylim(0, 225)
    axes[0].set_xlim(2022, 2051)
    axes[0].set_xticks([2024, 2035, 2050])
    for (name, (x, y)), (color, dy, va) in zip(
        ends.items(), [(style.NEUTRAL, -22, "top"), (style.SERIES[0], 9, "bottom")], strict=True
    ):
        axes[0].annotate(
            name, (x, y), xytext=(0, dy), textcoords="offset points", ha="right", va=va,
            color=style.readable(color), fontweight="semibold",
        )  # fmt: skip
    axes[0].set_title("World demand,\nannounced pledges", pad=20)
    style.unit(axes[0], "Thousand tonnes of element")
    for ax, rows, column, title, name in (
        (axes[1], cars, "million_cars", "US electric cars\nsold in a year", "Million cars"),
        (axes[2], market, "usd_billion", "Market for magnet\noxides", "Billion US dollars"),
    ):
        for x, row in enumerate(rows.itertuples()):
            value = getattr(row, column)
            ax.bar(x, value, width=0.6, color=style.SERIES[0], **style.BARS[row.kind])
            ax.annotate(
                f"{value:.1f}", (x, value), xytext=(0, 3), textcoords="offset points", ha="center"
            )
        ax.set_xticks(range(len(rows)), [textwrap.fill(t, 8) for t in rows["label"]])
        ax.tick_params(axis="x", size=0, labelsize=9)
        ax.set_title(title, pad=20)
        style.unit(ax, name)
        style.zero_based(ax)
    return fig


def motor_content(studies: pd.DataFrame, marks: pd.DataFrame) -> Figure:
    """Element per electric-car motor: every study, and three summaries of them.

    Args:
        studies: ``element``, ``g_per_motor``, ``usable``.
        marks: ``element``, ``mark`` (``median``, ``by power`` or ``IEA``), ``g_per_motor``.
    """
    fig, ax = style.new(3.6)
    order = ["Tb", "Dy", "Pr", "Nd"]
    shapes = {"median": ("|", 22, "median of studies"), "by power": ("s", 7, "summary by power"),
              "IEA": ("D", 8, "IEA, per car sold")}  # fmt: skip
    for height, element in enumerate(order):
        rows = studies[studies["element"] == element].sort_values("g_per_motor")
        color = style.ELEMENTS[element]
        lift = height + 0.09 * (np.arange(len(rows)) % 5 - 2)
        usable = rows["usable"].to_numpy(dtype=bool)
        ax.plot(
            rows["g_per_motor"][usable], lift[usable], "o", color=color, alpha=0.45, markersize=6
        )
        ax.plot(
            rows["g_per_motor"][~usable], lift[~usable], "o", markerfacecolor="white",
            markeredgecolor=style.NEUTRAL, markersize=5,
        )  # fmt: skip
    for row in marks.itertuples():
        shape, size, text = shapes[row.mark]
        height = order.index(row.element) + {"median": 0, "by power": 0.3, "IEA": -0.3}[row.mark]
        ax.plot(
            row.g_per_motor, height, shape, color=style.INK, markersize=size, markeredgewidth=2,
            markerfacecolor=style.INK if row.mark == "IEA" else "white",
        )  # fmt: skip
        if row.element == "Nd":
            ax.annotate(
                text, (row.g_per_motor, height), xytext=LABEL_AT[row.mark],
                textcoords="offset points", ha="center", color=style.INK, fontsize=9.5,
                arrowprops={"arrowstyle": "-", "color": style.NEUTRAL, "linewidth": 0.7},
            )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(0.5, 1200)
    ax.set_xticks([1, 10, 100, 1000], ["1", "10", "100", "1,000"])
    ax.minorticks_off()
    ax.set_yticks(range(4), ["Terbium", "Dysprosium", "Praseodymium", "Neodymium"])
    ax.set_ylim(-0.5, 4.2)
    style.horizontal(ax)
    style.unit(ax, "Grams of element per motor, logarithmic scale", axis="x")
    return fig


LABEL_AT = {"median": (-78, 30), "by power": (62, 20), "IEA": (72, -16)}
"""Where the three marks are named, points from the mark."""


def motor_trend(summary: pd.DataFrame, implied: pd.DataFrame) -> Figure:
    """Neodymium and dysprosium per motor over time.

    Args:
        summary: ``element``, ``year``, ``low``, ``median``, ``high`` (grams), ``kind``.
        implied: ``element``, ``year``, ``g_per_car``, ``kind``.
    """
    fig, axes = style.new(3.6, columns=2, sharey=True)
    for ax, (element, name) in zip(axes, [("Nd", "Neodymium"), ("Dy", "Dysprosium")], strict=True):
        color = style.ELEMENTS[element]
        rows = summary[summary["element"] == element].set_index("year")
        ax.vlines(rows.index, rows["low"], rows["high"], color=color, alpha=0.25, linewidth=7)
        past = rows[rows["kind"] == "estimate"]
        ahead = rows.loc[past.index.max() :]
        ax.plot(past["median"], color=color, marker="o", **style.LINES["estimate"])
        ax.plot(ahead["median"], color=color, marker="o", markersize=4, **style.LINES["forecast"])
        for row in implied[implied["element"] == element].itertuples():
            ax.plot(
                row.year, row.g_per_car, "D", markersize=8, markeredgecolor=style.INK,
                markerfacecolor=style.INK if row.kind == "derived" else "white", zorder=5,
            )  # fmt: skip
        ax.set_yscale("log")
        ax.set_ylim(3, 5000)
        ax.set_yticks([10, 100, 1000], ["10", "100", "1,000"])
        ax.minorticks_off()
        ax.set_xticks([2015, 2020, 2030, 2040, 2050])
        ax.set_title(name, color=style.readable(color), pad=18)
        below = element == "Nd"
        ax.annotate(
            "summary of studies,\nper 100 kW motor",
            (2035, rows["median"].iloc[-1] * (0.8 if below else 2.1)),
            va="top" if below else "bottom",
            color=style.readable(color),
            fontsize=9.5,
        )
        last = implied[implied["element"] == element].iloc[-1]
        ax.annotate(
            "IEA, per car sold",
            (last["year"], last["g_per_car"]),
            xytext=(8, 12 if below else -10),
            textcoords="offset points",
            va="bottom" if below else "top",
            fontsize=9.5,
        )
    style.unit(axes[0], "Grams of element, logarithmic scale")
    return fig


DRIVES = (
    "Direct drive, permanent magnet",
    "Medium speed, permanent magnet",
    "High speed, permanent magnet",
    "Gearbox, all types",
    "Direct drive, wound rotor",
    "Gearbox, doubly fed induction",
)
"""Drive types of wind turbines, from most to least magnet."""


def wind_content(points: pd.DataFrame) -> Figure:
    """Neodymium and dysprosium per megawatt by drive type.

    Args:
        points: ``series`` (``study``, ``summary``, ``reference table``), ``drive``, ``element``,
            ``statistic`` (``min``, ``median``, ``max`` of a summary), ``kg_per_mw``.
    """
    fig, axes = style.new(3.9, columns=2, sharey=True, width_ratios=[1.6, 1])
    for ax, (element, name) in zip(axes, [("Nd", "Neodymium"), ("Dy", "Dysprosium")], strict=True):
        color = style.ELEMENTS[element]
        chosen = points[points["element"] == element]
        for height, drive in enumerate(reversed(DRIVES)):
            rows = chosen[chosen["drive"] == drive]
            span = rows[rows["series"] == "summary"].set_index("statistic")["kg_per_mw"]
            if len(span):
                ax.plot([span["min"], span["max"]], [height - 0.22] * 2, color=color, linewidth=5,
                        alpha=0.35, solid_capstyle="butt")  # fmt: skip
                ax.plot(span["median"], height - 0.22, "|", color=color, markersize=12,
                        markeredgewidth=2.5)  # fmt: skip
            found = rows[rows["series"] == "study"]["kg_per_mw"]
            ax.plot(found, np.full(len(found), height + 0.12), "o", color=color, alpha=0.4,
                    markersize=6)  # fmt: skip
            table = rows[rows["series"] == "reference table"]["kg_per_mw"]
            ax.plot(table, np.full(len(table), height + 0.12), "D", color=style.INK, markersize=6)
        ax.set_xlim(-0.02 * chosen["kg_per_mw"].max(), None)
        ax.set_title(name, color=style.readable(color))
        style.horizontal(ax)
        style.unit(ax, "Kilograms per megawatt", axis="x")
    axes[0].set_yticks(range(len(DRIVES)), [textwrap.fill(d, 18) for d in reversed(DRIVES)])
    axes[0].tick_params(axis="y", labelsize=9.5)
    marks = [
        axes[1].plot([], [], "o", color=color, alpha=0.5, markersize=6, label="study")[0],
        axes[1].plot([], [], "D", color=style.INK, markersize=6, label="JRC table")[0],
        axes[1].plot([], [], color=color, linewidth=5, alpha=0.35, label="summary, range")[0],
        axes[1].plot([], [], "|", color=color, markersize=12, markeredgewidth=2.5,
                     label="summary, median")[0],
    ]  # fmt: skip
    axes[1].legend(handles=marks, loc="lower right", fontsize=9.5)
    return fig


def product_content(content: pd.DataFrame) -> Figure:
    """Magnet mass in one unit of each product, with the grade of the evidence.

    Args:
        content: ``product``, ``low_kg``, ``mid_kg``, ``high_kg``, ``quality``; products in the
            order of drawing, from the top.
    """
    fig, ax = style.new(5.2)
    order = list(dict.fromkeys(content["product"]))[::-1]
    for row in content.itertuples():
        height = order.index(row.product)
        ax.plot([row.low_kg, row.high_kg], [height, height], color=style.SERIES[0], linewidth=2)
        points = [v for v in (row.low_kg, row.mid_kg, row.high_kg) if pd.notna(v)]
        ax.plot(
            points, [height] * len(points), "o", markersize=8, markeredgecolor=style.SERIES[0],
            markeredgewidth=1.5, markerfacecolor=QUALITY[row.quality],
            zorder=3 if row.quality == "low" else 4,
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(1e-4, 6e3)
    ticks = [1e-4, 1e-3, 1e-2, 1e-1, 1, 10, 100, 1000]
    ax.set_xticks(ticks, ["0.1 g", "1 g", "10 g", "100 g", "1 kg", "10 kg", "100 kg", "1 t"])
    ax.minorticks_off()
    ax.set_yticks(range(len(order)), order)
    ax.grid(axis="y", visible=True)
    ax.grid(axis="x", visible=True)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", size=0)
    style.unit(ax, "NdFeB magnet in one unit, logarithmic scale", axis="x")
    ax.plot([], [], "o", color=style.SERIES[0], markersize=8, label="study, or a maker's ratio")
    ax.plot([], [], "o", markerfacecolor="white", markeredgecolor=style.SERIES[0], markersize=8,
            label="trade page: weak")  # fmt: skip
    ax.legend(loc="upper right", frameon=True, facecolor="white", edgecolor="none", framealpha=1)
    return fig


def drivers(sales: pd.DataFrame, shares: pd.DataFrame, units: Mapping[str, str]) -> Figure:
    """Sales and installations since 2000, one panel each, years without a value left open.

    Args:
        sales: ``driver``, ``year``, ``value``, ``kind``; world.
        shares: ``driver``, ``year``, ``share_pct``: the United States' part.
        units: driver to panel title and unit, in the order of panels.
    """
    fig, axes = style.new(5.4, rows=2, columns=4)
    for ax, (driver, (title, unit)) in zip(axes.flat, units.items(), strict=False):
        rows = sales[sales["driver"] == driver].set_index("year").sort_index()
        past = rows[rows["kind"] != "forecast"]["value"]
        whole = past.reindex(range(2000, 2027))
        ax.fill_between(whole.index, 0, whole, color=style.SERIES[0], alpha=0.15, linewidth=0)
        ax.plot(whole, color=style.SERIES[0])
        ax.plot(past, "o", color=style.SERIES[0], markersize=3)
        ahead = rows[rows["kind"] == "forecast"]["value"]
        ax.plot(ahead, "o", markerfacecolor="white", markeredgecolor=style.SERIES[0], markersize=5)
        _panel(ax, title, unit)
    ax = axes.flat[-1]
    for (driver, rows), color in zip(shares.groupby("driver"), style.SERIES[1:], strict=False):
        ax.plot(rows["year"], rows["share_pct"], color=color)
        top = rows.loc[rows["share_pct"].idxmax()]
        ax.annotate(
            driver,
            (top["year"], top["share_pct"]),
            xytext=(0, 3),
            textcoords="offset points",
            ha="left" if driver == "cars" else "right",
            color=style.readable(color),
            fontweight="semibold",
        )
    _panel(ax, "US part", "Percent")
    return fig


def _panel(ax: Axes, title: str, unit: str) -> None:
    ax.set_title(title, fontsize=10.5, pad=18)
    ax.set_xlim(2000, 2026.5)
    ax.set_xticks([2000, 2010, 2020])
    ax.locator_params(axis="y", nbins=4)
    style.unit(ax, unit)
    style.zero_based(ax)
    ax.tick_params(labelsize=9)


def us_use(shares: pd.DataFrame, consumption: pd.DataFrame) -> Figure:
    """What the United States uses raw rare earths for, and how much.

    Args:
        shares: ``item``, ``year``, ``share_pct``.
        consumption: ``year``, ``reo_kt``, ``kind``, ``doubtful``.
    """
    fig, axes = style.new(4.6, rows=2, height_ratios=[1, 1.5])
    ax = axes[0]
    items = list(dict.fromkeys(shares["item"]))
    years = sorted(shares["year"].unique())
    start = np.zeros(len(years))
    shades = style.RAW_USES
    for item, shade in zip(items, shades, strict=True):
        values = shares[shares["item"] == item].set_index("year")["share_pct"].reindex(years)
        ax.barh(range(len(years)), values, left=start, color=shade, height=0.62)
        middles = start + values.to_numpy() / 2
        for height, value in enumerate(values):
            ax.text(
                middles[height], height, f"{value:.0f}", ha="center", va="center", fontsize=9.5,
                color="white" if shade == style.SERIES[0] else style.INK,
            )  # fmt: skip
        ax.annotate(
            item.replace(" and ", "\nand "), (middles[-1], len(years) - 0.66), xytext=(0, 3),
            textcoords="offset points", ha="center", va="bottom", fontsize=9.5,
            color=style.MUTED, linespacing=0.95, annotation_clip=False,
        )  # fmt: skip
        start = start + values.to_numpy()
    ax.set_yticks(range(len(years)), [str(y) for y in years])
    ax.set_xlim(0, 100)
    style.horizontal(ax)
    ax.grid(visible=False)
    style.unit(ax, "Percent of US end use", axis="x")
    ax = axes[1]
    for row in consumption.itertuples():
        look = style.BARS["forecast"] if row.doubtful else style.BARS[row.kind]
        ax.bar(row.year, row.reo_kt, width=0.7, color=style.actor("United States"), **look)
        ax.annotate(
            f"{row.reo_kt:.0f}" if row.reo_kt >= 10 else f"{row.reo_kt:.1f}",
            (row.year, row.reo_kt), xytext=(0, 2), textcoords="offset points", ha="center",
            fontsize=9,
        )  # fmt: skip
    ax.set_xticks(list(consumption["year"]))
    ax.tick_params(axis="x", size=0)
    style.unit(ax, "Apparent consumption, thousand tonnes REO")
    return fig


def us_demand(
    band: pd.DataFrame,
    others: pd.DataFrame,
    top_down: Sequence[float],
    supply: pd.DataFrame,
    chosen: str,
) -> Figure:
    """US demand with its band, against what the United States makes and buys as magnets.

    Args:
        band: ``low``, ``median``, ``high`` by ``year`` (index), thousand tonnes of element.
        others: medians of the cases, one column per case, same index.
        top_down: low, median and high of the estimate from one share of the world, base year.
        supply: ``label``, ``year``, ``ree_kt``.
        chosen: case of this edition.
    """
    fig, ax = style.new(4.3)
    color = style.actor("United States")
    style.band(ax, band.index, band["low"], band["high"], color)
    ends = {}
    other_names = [name.lower() for case, name in CASES.items() if case != chosen]
    for case in CASES:
        if case != chosen:
            ax.plot(others[case], color=style.NEUTRAL, linewidth=1.2, **style.LINES["forecast"])
            ends[CASES[case].lower()] = (band.index[-1], others[case].iloc[-1])
    ax.plot(band["median"], color=color, **style.LINES["forecast"])
    ax.plot(band.index[0], band["median"].iloc[0], "o", color=color, markersize=7, zorder=4)
    last = band.index[-1]
    ends[f"median,\n{CASES[chosen].lower()}"] = (last, band["median"].iloc[-1])
    ends["95th percentile"] = (last, band["high"].iloc[-1])
    ends["5th percentile"] = (last, band["low"].iloc[-1])
    low, middle, high = top_down
    ax.plot([2023, 2023], [low, high], color=style.SERIES[1], linewidth=2)
    ax.plot(2023, middle, "s", color=style.SERIES[1], markersize=6)
    ax.annotate(
        "2024 from the share\nof all rare earths", (2023, high), xytext=(0, 4),
        textcoords="offset points", ha="left", va="bottom", fontsize=9.5,
        color=style.readable(style.SERIES[1]),
    )  # fmt: skip
    for height, row in zip((3.4, 1.2), supply.itertuples(), strict=True):
        ax.plot(row.year, row.ree_kt, "D", color=style.INK, markersize=6, zorder=5)
        ax.annotate(
            row.label, (row.year, row.ree_kt), xytext=(2028.5, height), textcoords="data",
            va="center", fontsize=9.5,
            arrowprops={"arrowstyle": "-", "color": style.NEUTRAL, "linewidth": 0.7},
        )  # fmt: skip
    ax.set_xlim(2022, last)
    ax.set_xticks([2024, 2030, 2035, 2040, 2045, 2050])
    style.zero_based(ax)
    ax.yaxis.set_major_locator(MaxNLocator(integer=True))
    main = f"median,\n{CASES[chosen].lower()}"
    colors = {name: style.NEUTRAL if name in other_names else color for name in ends}
    weights = {name: "normal" for name in ends if name != main}
    style.label_ends(ax, ends, colors, weight=weights)
    style.unit(ax, "Magnet rare earths, thousand tonnes of element")
    return fig


def defence_rules(rules: pd.DataFrame, today: pd.Timestamp) -> Figure:
    """Dates of the rules on magnets in US weapons.

    Args:
        rules: ``label``, ``start`` (date), ``kind``, in the order of drawing from the top.
        today: date of the report.
    """
    fig, ax = style.new(3.6)
    color = style.actor("United States")
    middle = pd.Timestamp("2022-09-01")
    for height, row in zip(range(len(rules))[::-1], rules.itertuples(), strict=True):
        ahead = row.kind == "target"
        ax.plot(
            row.start, height, "o", markersize=10, markeredgecolor=color, markeredgewidth=2,
            markerfacecolor="white" if ahead else color, zorder=4,
        )  # fmt: skip
        left = row.start > middle
        ax.annotate(
            row.label, (row.start, height), xytext=(-10 if left else 10, 0),
            textcoords="offset points", ha="right" if left else "left", va="center", fontsize=9.5,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1}, zorder=3,
        )  # fmt: skip
    ax.axvline(today, color=style.SERIES[1], linewidth=1.2, zorder=1)
    ax.annotate(
        "this report", (today, len(rules) - 0.45), xytext=(-4, 0), textcoords="offset points",
        ha="right", va="center", color=style.readable(style.SERIES[1]), fontsize=9.5,
    )  # fmt: skip
    ax.set_yticks([])
    ax.set_ylim(-0.6, len(rules) - 0.1)
    ax.set_xlim(pd.Timestamp("2018-01-01"), pd.Timestamp("2027-06-01"))
    style.horizontal(ax)
    return fig
