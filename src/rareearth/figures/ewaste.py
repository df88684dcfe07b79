"""Figures of the chapter on e-waste and waste."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from rareearth.figures import forms, style

FATES = {
    "recovered": ("Recovered", style.FATES["recovered"]),
    "lost_in_process": ("Lost in process", style.FATES["lost_in_process"]),
    "shredded": ("Shredded with steel", style.FATES["shredded"]),
    "uncollected": ("Not collected", style.FATES["uncollected"]),
    "exported": ("Exported", style.FATES["exported"]),
}
"""Name and colour of each stream that leaves use, in the order of drawing."""


TODAY = 2024
"""Last year that the sales of most products are known for."""


def counts(frame: pd.DataFrame) -> Figure:
    """E-waste generated and collected, one panel per way of counting.

    Args:
        frame: ``scope``, ``year``, ``generated_mt``, ``collected_mt`` (may be missing), ``kind``.
    """
    scopes = list(dict.fromkeys(frame["scope"]))
    fig, axes = style.new(3.7, columns=3, width_ratios=[1.5, 0.7, 1.1])
    for ax, scope in zip(axes, scopes, strict=True):
        rows = frame[frame["scope"] == scope].reset_index(drop=True)
        for x, row in rows.iterrows():
            look = style.BARS[row["kind"]]
            ax.bar(x, row["generated_mt"], 0.75, color=style.NEUTRAL, **look)
            ax.bar(x, row["collected_mt"], 0.75, color=style.SERIES[2], **look)
            ax.annotate(
                f"{row['generated_mt']:.3g}", (x, row["generated_mt"]), xytext=(0, 3),
                textcoords="offset points", ha="center", fontsize=9.5,
            )  # fmt: skip
            if pd.notna(row["collected_mt"]):
                ax.annotate(
                    f"{100 * row['collected_mt'] / row['generated_mt']:.0f}%",
                    (x, row["collected_mt"]), xytext=(0, 2), textcoords="offset points",
                    ha="center", fontsize=9, color=style.readable(style.SERIES[2]),
                    fontweight="semibold",
                )  # fmt: skip
        ax.set_xticks(range(len(rows)), [f"{y}"[-4:] for y in rows["year"]])
        if len(rows) > 3:
            ax.set_xticklabels([f"’{y % 100:02d}" for y in rows["year"]])
        ax.tick_params(axis="x", size=0)
        ax.set_title(scope.replace(", ", ",\n"), pad=20)
        style.unit(ax, "Million tonnes a year")
        ax.set_ylim(0, 1.15 * rows["generated_mt"].max())
    for ax in axes[1:]:
        ax.set_ylim(0, 8)
    return fig


def device_content(frame: pd.DataFrame) -> Figure:
    """Average magnet mass of a device sold, by year.

    Args:
        frame: ``device``, ``year``, ``g_per_unit`` and ``trend`` (one of :data:`style.TRENDS`).
    """
    fig, ax = style.new(4.4)
    ends, colors = {}, {}
    for device, rows in frame.groupby("device", sort=False):
        rows = rows[rows["g_per_unit"] > 0]
        color = style.TRENDS[rows["trend"].iloc[0]]
        ax.plot(rows["year"], rows["g_per_unit"], color=color, marker="o", markersize=3, **LINE)
        ends[device] = (rows["year"].iloc[-1], rows["g_per_unit"].iloc[-1])
        colors[device] = color
    ax.set_yscale("log")
    ax.set_ylim(0.05, 4000)
    ax.set_yticks([0.1, 1, 10, 100, 1000], ["0.1", "1", "10", "100", "1,000"])
    ax.minorticks_off()
    ax.set_xlim(1990, 2020)
    ax.set_xticks([1990, 1995, 2000, 2005, 2010, 2015, 2020])
    style.unit(ax, "Grams of magnet per average unit sold, logarithmic scale")
    style.label_ends(ax, ends, colors)
    return fig


LINE = {"linewidth": 1.6} | style.LINES["estimate"]


def device_tonnes(bands: dict[str, pd.DataFrame]) -> Figure:
    """Magnets sold in the world in old and new devices, with 90 % bands.

    Args:
        bands: name to frame of ``low``, ``median``, ``high`` (thousand tonnes) indexed by year.
    """
    fig, ax = style.new(3.9)
    palette = [style.SERIES[3], style.SERIES[1], style.SERIES[4], style.SERIES[0]]
    colors = dict(zip(bands, palette, strict=True))
    ends = {}
    for name, band in bands.items():
        path(ax, band[band["median"] > 0], colors[name])
        ends[name] = (band.index[-1], band["median"].iloc[-1])
    ax.set_yscale("log")
    ax.set_ylim(0.01, 150)
    ax.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
    ax.minorticks_off()
    ax.set_xlim(1990, 2030)
    style.unit(ax, "Thousand tonnes of magnet a year, logarithmic scale")
    style.label_ends(ax, ends, colors)
    return fig


def path(ax: Axes, band: pd.DataFrame, color: str) -> None:
    """A median with its band: dashed up to today, since it is an estimate, then dotted."""
    style.band(ax, band.index, band["low"], band["high"], color)
    past, ahead = band.loc[:TODAY, "median"], band.loc[TODAY:, "median"]
    ax.plot(past, color=color, **style.LINES["estimate"])
    ax.plot(ahead, color=color, **style.LINES["forecast"])


def stock_products(in_use: pd.DataFrame, leaving: pd.DataFrame) -> Figure:
    """Rare earth in products in use and leaving use, stacked by group; pale where projected.

    Args:
        in_use: thousand tonnes, one row per year and one column per group.
        leaving: thousand tonnes a year, same shape.
    """
    fig, axes = style.new(4.0, columns=2)
    panels = ((in_use, "In use", "Thousand tonnes"), (leaving, "Leaving use", "Thousand tonnes"))
    for ax, (frame, title, unit) in zip(axes, panels, strict=True):
        for part, alpha in ((frame.loc[:TODAY], 0.95), (frame.loc[TODAY:], 0.5)):
            ax.stackplot(
                part.index,
                part[list(style.PRODUCTS)].T,
                colors=list(style.PRODUCTS.values()),
                alpha=alpha,
                linewidth=0,
            )
        ax.axvline(TODAY, color=style.MUTED, linewidth=0.8)
        ax.annotate(
            "projected", (TODAY, 0.97), xycoords=("data", "axes fraction"), xytext=(4, 0),
            textcoords="offset points", va="top", color=style.MUTED, fontsize=9.5,
        )  # fmt: skip
        ax.set_xlim(1990, 2050)
        ax.set_xticks([1990, 2010, 2030, 2050])
        ax.set_title(title, pad=20)
        style.unit(ax, unit + (" a year" if title == "Leaving use" else ""))
        style.zero_based(ax)
    last = leaving[list(style.PRODUCTS)].iloc[-1]
    middles = last.cumsum() - last / 2
    axes[1].set_ylim(axes[1].get_ylim())
    short = {group: group.replace(", ", ",\n", 1) for group in style.PRODUCTS}
    style.label_ends(
        axes[1],
        {short[group]: (2050, middles[group]) for group in style.PRODUCTS},
        {short[group]: color for group, color in style.PRODUCTS.items()},
    )
    return fig


def elements(bands: dict[str, pd.DataFrame]) -> Figure:
    """Rare earth leaving use by element, one panel each, with 90 % bands.

    Args:
        bands: element to frame of ``low``, ``median``, ``high`` (tonnes) indexed by year.
    """
    names = {"Nd": "Neodymium", "Pr": "Praseodymium", "Dy": "Dysprosium", "Tb": "Terbium"}
    fig, axes = style.new(3.3, columns=4)
    for ax, (element, band) in zip(axes, bands.items(), strict=True):
        color = style.ELEMENTS[element]
        path(ax, band, color)
        last = band.iloc[-1]
        ax.annotate(
            f"{last['median']:,.0f}", (band.index[-1], last["median"]), xytext=(0, 5),
            textcoords="offset points", ha="right", fontweight="semibold",
            color=style.readable(color),
        )  # fmt: skip
        ax.set_title(names[element], pad=20)
        ax.set_xlim(1990, 2050)
        ax.set_xticks([1990, 2020, 2050])
        style.zero_based(ax)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    style.unit(axes[0], "Tonnes a year")
    for ax in axes[1:]:
        style.unit(ax, "Tonnes")
    return fig


def losses(shares: pd.DataFrame) -> Figure:
    """Where the rare earth that leaves use goes: bars of a hundred percent.

    Args:
        shares: one row per bar: ``label``, ``kind``, and percent for each of :data:`FATES`.
    """
    fig, ax = style.new(0.42 * len(shares) + 1.3)
    heights = np.arange(len(shares))[::-1] - 0.35 * (shares["block"].to_numpy() > 0)
    left = np.zeros(len(shares))
    for fate, (name, color) in FATES.items():
        width = shares[fate].to_numpy()
        ax.barh(heights, width, 0.72, left=left, color=color, alpha=0.9)
        for y, x, w in zip(heights, left, width, strict=True):
            if w >= 5:
                ax.text(
                    x + w / 2, y, f"{w:.0f}", ha="center", va="center", fontsize=9.5,
                    color="white" if fate in ("uncollected",) else style.INK,
                )  # fmt: skip
        left = left + width
        ax.barh(np.nan, 0, color=color, label=name)
    ax.set_yticks(heights, shares["label"])
    ax.set_ylim(heights.min() - 0.6, heights.max() + 0.6)
    ax.set_xlim(0, 100)
    style.horizontal(ax)
    style.unit(ax, "Percent of the rare earth that leaves use in the year", axis="x")
    ax.legend(ncols=5, loc="lower left", bbox_to_anchor=(-0.35, 1.0), handlelength=0.9,
              columnspacing=1.0, handletextpad=0.4, fontsize=9.5)  # fmt: skip
    return fig


def recoverable(tonnes: dict[str, pd.DataFrame], shares: dict[str, pd.DataFrame]) -> Figure:
    """Demand, end of life and recovery in tonnes, and recovery as a share, with 90 % bands.

    Args:
        tonnes: name to ``low``, ``median``, ``high`` (tonnes), indexed by year.
        shares: name to ``low``, ``median``, ``high`` (percent), indexed by year.
    """
    fig, axes = style.new(4.0, columns=2)
    palette = dict(zip(tonnes, (style.NEUTRAL, style.SERIES[3], style.SERIES[2]), strict=True))
    for name, band in tonnes.items():
        path(axes[0], band, palette[name])
        axes[0].annotate(
            name, (2050, band["median"].iloc[-1]), xytext=(0, 7), textcoords="offset points",
            ha="right", color=style.readable(palette[name]), fontweight="semibold",
        )  # fmt: skip
    axes[0].set_yscale("log")
    axes[0].set_ylim(1, 60000)
    axes[0].set_yticks([1, 10, 100, 1000, 10000], ["1", "10", "100", "1,000", "10,000"])
    axes[0].minorticks_off()
    axes[0].set_title("Tonnes", pad=20)
    style.unit(axes[0], "Tonnes a year, log scale")
    colors = dict(zip(shares, (style.NEUTRAL, style.SERIES[2]), strict=True))
    for name, band in shares.items():
        path(axes[1], band, colors[name])
        axes[1].annotate(
            name, (2050, band["median"].iloc[-1]), xytext=(0, 6), textcoords="offset points",
            ha="right", color=style.readable(colors[name]), fontweight="semibold",
        )  # fmt: skip
    axes[1].set_ylim(0, None)
    axes[1].set_title("Recovered, as a share", pad=20)
    style.unit(axes[1], "Percent")
    for ax in axes:
        ax.set_xlim(2015, 2050)
        ax.set_xticks([2020, 2030, 2040, 2050])
    return fig


def drivers(indices: pd.DataFrame) -> Figure:
    """Part of the spread that each input explains, alone and with others.

    Args:
        indices: ``label``, ``S1``, ``ST``, ``S1_conf``, ``ST_conf`` in percent, largest first.
    """
    parts = ["S1", "ST", "ST_conf"]
    return forms.sobol(indices.assign(**indices[parts] / 100)).figure


def climate_claims(claims: pd.DataFrame) -> Figure:
    """Stated change of footprint against primary magnets, claims hatched.

    Args:
        claims: ``label``, ``said_by``, ``low``, ``high`` (percent, negative for a saving).
    """
    fig, ax = style.new(0.5 * len(claims) + 1.1)
    heights = np.arange(len(claims))[::-1]
    for y, row in zip(heights, claims.itertuples(), strict=True):
        color = style.SAID_BY[row.said_by]
        look = style.BARS["reported" if row.said_by == "independent" else "target"]
        ax.barh(y, -row.high, 0.62, color=color, **look)
        if row.low < row.high:
            ax.barh(y, row.high - row.low, 0.62, left=-row.high, color=color, alpha=0.4)
        text = f"{-row.high:.0f}" if row.low == row.high else f"{-row.high:.0f} to {-row.low:.0f}"
        ax.annotate(
            text, (-row.low, y), xytext=(4, 0), textcoords="offset points", va="center",
            color=style.INK,
        )  # fmt: skip
    ax.set_yticks(heights, claims["label"])
    for tick, who in zip(ax.get_yticklabels(), claims["said_by"], strict=True):
        tick.set_color(style.readable(style.SAID_BY[who]))
    ax.set_xlim(0, 108)
    style.horizontal(ax)
    style.unit(ax, "Percent less than a magnet from mined ore", axis="x")
    return fig


def plants(feed: pd.DataFrame, wanted: pd.DataFrame) -> Figure:
    """Rare earth that plants want in a year, below what will be there.

    Args:
        feed: ``label``, ``low``, ``median``, ``high`` (tonnes of element).
        wanted: ``label``, ``ree_t``, ``kind``.
    """
    rows = len(feed) + len(wanted)
    fig, ax = style.new(0.36 * rows + 1.5)
    top = np.arange(rows, rows - len(feed), -1) + 0.9
    ax.barh(top, feed["median"], 0.6, color=style.PATHWAYS["E-waste and waste"], alpha=0.85)
    ax.errorbar(
        feed["median"], top, xerr=[feed["median"] - feed["low"], feed["high"] - feed["median"]],
        fmt="none", ecolor=style.INK, elinewidth=1,
    )  # fmt: skip
    bottom = np.arange(len(wanted), 0, -1)
    for y, row in zip(bottom, wanted.itertuples(), strict=True):
        ax.barh(y, row.ree_t, 0.6, color=style.SERIES[0], **style.BARS[row.kind])
        ax.annotate(
            f"{row.ree_t:,.0f}", (row.ree_t, y), xytext=(4, 0), textcoords="offset points",
            va="center",
        )  # fmt: skip
    for y, row in zip(top, feed.itertuples(), strict=True):
        ax.annotate(
            f"{row.median:,.0f}", (row.high, y), xytext=(4, 0), textcoords="offset points",
            va="center",
        )  # fmt: skip
    ax.set_yticks([*top, *bottom], [*feed["label"], *wanted["label"]])
    for y, text in ((top[0], "What there is"), (bottom[0], "What plants would need")):
        ax.text(0, y + 0.42, text, fontweight="semibold", color=style.MUTED, va="bottom", ha="left")
    ax.set_ylim(0.4, top[0] + 1.2)
    ax.set_xlim(0, 1.15 * max(feed["high"].max(), wanted["ree_t"].max()))
    style.horizontal(ax)
    ax.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
    style.unit(ax, "Tonnes of rare-earth element a year", axis="x")
    return fig


def waste_map(bodies: pd.DataFrame, headline: tuple[float, float]) -> Figure:
    """Grade against mass of wastes, with lines of equal content.

    Args:
        bodies: ``label``, ``body``, ``mass_mt_low``, ``mass_mt_high``, ``grade_mg_per_kg_low``,
            ``grade_mg_per_kg_high``, ``dx``, ``dy`` (place of the label, points), ``kind``.
        headline: mass (Mt) and grade (mg/kg) that the headline on coal ash would need.
    """
    fig, ax = style.new(5.0)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(0.05, 200_000)
    ax.set_ylim(80, 2e5)
    x = np.array(ax.get_xlim())
    for content, text in CONTENTS.items():
        ax.plot(x, content / x, color=style.GRID, linewidth=1, zorder=1)
        at = content / 130e3
        if x[0] < at < x[1]:
            ax.annotate(
                text, (at, 130e3), rotation=-52, ha="center", va="center", color=style.MUTED,
                fontsize=8.5, bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
            )  # fmt: skip
    for row in bodies.itertuples():
        color = style.WASTES[row.body]
        mass = (row.mass_mt_low * row.mass_mt_high) ** 0.5
        grade = (row.grade_mg_per_kg_low * row.grade_mg_per_kg_high) ** 0.5
        ax.plot([mass] * 2, [row.grade_mg_per_kg_low, row.grade_mg_per_kg_high], color=color,
                linewidth=4, alpha=0.5)  # fmt: skip
        ax.plot([row.mass_mt_low, row.mass_mt_high], [grade] * 2, color=color, linewidth=4,
                alpha=0.5)  # fmt: skip
        solid = row.place_in_us
        ax.plot(mass, grade, "o", color=color, markersize=8,
                markerfacecolor=color if solid else "white", markeredgewidth=1.5)  # fmt: skip
        ax.annotate(
            row.label, (mass, grade), xytext=(row.dx, row.dy), textcoords="offset points",
            ha="left" if row.dx >= 0 else "right", va="center", color=style.readable(color),
            fontsize=9.5,
        )  # fmt: skip
    ax.plot(*headline, "D", markerfacecolor="white", markeredgecolor=style.WASTES["Coal ash"],
            markersize=9, markeredgewidth=1.5)  # fmt: skip
    ax.annotate(
        "Coal ash if the press\nheadline were right", headline, xytext=(0, 11),
        textcoords="offset points", ha="center", va="bottom", fontsize=9.5,
        color=style.readable(style.WASTES["Coal ash"]),
    )  # fmt: skip
    masses = ["0.1", "1", "10", "100", "1,000", "10,000", "100,000"]
    ax.set_xticks([float(mass.replace(",", "")) for mass in masses], masses)
    ax.set_yticks([100, 1000, 10000, 100000], ["100", "1,000", "10,000", "100,000"])
    ax.minorticks_off()
    ax.grid(visible=False)
    style.unit(ax, "Grade, milligrams of rare earths per kilogram, log scale")
    style.unit(ax, "Mass, million tonnes, log scale", axis="x")
    return fig


CONTENTS = {1e4: "10 kt", 1e5: "100 kt", 1e6: "1 Mt", 1e7: "10 Mt", 1e8: "100 Mt"}
"""Lines of equal content (tonnes) and their names."""


def headlines(contents: pd.DataFrame, prices: pd.DataFrame) -> Figure:
    """The two coal-ash headlines against each other: what is there, and the price implied.

    Args:
        contents: ``label``, ``low``, ``high`` (million tonnes), ``kind``.
        prices: ``label``, ``low``, ``high`` (USD per kg), ``kind``.
    """
    fig, axes = style.new(3.9, rows=2, height_ratios=[len(contents), len(prices)])
    for ax, rows, unit, ticks in (
        (axes[0], contents, "Million tonnes of rare earths, log scale", [0.1, 1, 10]),
        (axes[1], prices, "US dollars per kilogram extracted, log scale", [1, 10, 100]),
    ):
        ax.set_xscale("log")
        for y, row in enumerate(rows.iloc[::-1].itertuples()):
            color = style.SERIES[1] if row.kind == "press" else style.SERIES[0]
            if row.kind == "reference":
                color = style.MUTED
            ax.plot([row.low, row.high], [y, y], color=color, linewidth=6, alpha=0.5)
            ax.plot([row.low, row.high], [y, y], "o", color=color, markersize=6, linestyle="none")
            text = f"{row.low:.3g}" if row.low == row.high else f"{row.low:.2g} to {row.high:.2g}"
            ax.annotate(text, (row.high, y), xytext=(9, 0), textcoords="offset points", va="center")
        ax.set_yticks(range(len(rows)), rows["label"].iloc[::-1])
        ax.set_ylim(-0.6, len(rows) - 0.4)
        ax.set_xticks(ticks, [f"{t:g}" for t in ticks])
        ax.minorticks_off()
        style.horizontal(ax)
        style.unit(ax, unit, axis="x")
    axes[0].set_xlim(0.15, 40)
    axes[1].set_xlim(0.8, 200)
    return fig
