"""Figures of the chapter *Proteins*."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch

from rareearth.figures import forms, style

PARTS = style.COSTS


def lanmodulin(ph: pd.DataFrame) -> Figure:
    """How a lanmodulin column works: the protein, the column's two steps, the scale of acidity.

    Args:
        ph: ``step`` (binds, half, lets go) and ``ph``, the measured thresholds.
    """
    fig, ax = style.new(4.6)
    ax.set_xlim(0, 10)
    ax.set_ylim(0, 6.6)
    ax.axis("off")
    _protein(ax, 1.25, 4.6, loaded=False)
    _protein(ax, 4.75, 4.6, loaded=True)
    ax.text(1.25, 6.25, "Free: loose chain", ha="center", fontweight="semibold")
    ax.text(4.75, 6.25, "Loaded: folded", ha="center", fontweight="semibold")
    _arrow(ax, (2.55, 4.9), (3.85, 4.9), style.SEPARATION["protein"])
    _arrow(ax, (3.85, 4.3), (2.55, 4.3), style.ACTORS["China"])
    ax.text(3.2, 5.08, "rare earths bind", ha="center", fontsize=9.5)
    ax.text(3.2, 3.85, "acid takes\nthem off", ha="center", fontsize=9.5, va="center")
    for (x, y), name in zip(
        ((0.55, 2.85), (1.25, 2.6), (1.95, 2.85)), ("Ca", "Fe", "Mg"), strict=True
    ):
        ax.add_patch(Circle((x, y), 0.24, color=style.GRID))
        ax.text(x, y, name, ha="center", va="center", fontsize=9, color=style.MUTED)
    ax.text(2.3, 2.75, "pass by", fontsize=9.5, va="center", color=style.MUTED)
    for x, title, inlet, outlet in (
        (6.6, "Step 1: load", "leach liquor", "all else"),
        (8.7, "Step 2: strip", "acid", "rare earths,\nstill mixed"),
    ):
        ax.add_patch(
            FancyBboxPatch(
                (x, 3.5),
                0.9,
                1.9,
                boxstyle="round,pad=0.05",
                facecolor=style.PALE["protein"],
                edgecolor=style.SEPARATION["protein"],
            )
        )
        ax.text(x + 0.45, 6.25, title, ha="center", fontweight="semibold")
        ax.text(x + 0.45, 5.95, inlet, ha="center", va="center", fontsize=9.5)
        _arrow(ax, (x + 0.45, 5.85), (x + 0.45, 5.45), style.INK)
        _arrow(ax, (x + 0.45, 3.42), (x + 0.45, 3.05), style.INK)
        ax.text(x + 0.45, 2.95, outlet, ha="center", va="top", fontsize=9.5)
    ax.text(7.05, 4.45, "protein\non resin", ha="center", va="center", fontsize=9.5)
    ax.text(9.15, 4.45, "same\ncolumn", ha="center", va="center", fontsize=9.5)
    left, right, bottom = 0.4, 9.6, 1.1
    low, high = 1.0, 3.5

    def place(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    ax.plot([left, right], [bottom, bottom], color=style.NEUTRAL, linewidth=1)
    points = ph.set_index("step")["ph"]
    ax.plot(
        [left, place(points["lets go"])], [bottom] * 2, color=style.ACTORS["China"], linewidth=6
    )
    ax.plot(
        [place(points["binds"]), right],
        [bottom] * 2,
        color=style.SEPARATION["protein"],
        linewidth=6,
    )
    for step, value in points.items():
        ax.plot([place(value)] * 2, [bottom - 0.15, bottom + 0.15], color=style.INK, linewidth=1)
        ax.text(place(value), bottom - 0.25, f"pH {value:g}", ha="center", va="top", fontsize=9.5)
        if step == "half":
            ax.text(place(value), bottom + 0.25, "half bound", ha="center", fontsize=9.5)
    ax.text(left, bottom + 0.25, "lets go", color=style.readable(style.ACTORS["China"]))
    ax.text(
        right, bottom + 0.25, "binds", ha="right", color=style.readable(style.SEPARATION["protein"])
    )
    ax.text(left, bottom - 0.25, "more acid", va="top", fontsize=9.5, color=style.MUTED)
    ax.text(
        right, bottom - 0.25, "less acid", va="top", ha="right", fontsize=9.5, color=style.MUTED
    )
    return fig


def two_selectivities(points: pd.DataFrame) -> Figure:
    """Selectivities on one logarithmic axis, against other metals above, inside the series below.

    Args:
        points: ``group``, ``label``, ``family``, ``low_ratio``, ``high_ratio`` (equal for a
            single value), in order of drawing.
    """
    fig, ax = style.new(5.2)
    order = points.iloc[::-1].reset_index(drop=True)
    previous, y, ticks = order["group"].iloc[0], 0.0, []
    for _, row in order.iterrows():
        if row["group"] != previous:
            y += 1.2
            ax.axhline(y - 0.7, color=style.NEUTRAL, linewidth=0.7, linestyle=(0, (2, 2)))
        color = style.SEPARATION[row["family"]]
        ax.plot([row["low_ratio"], row["high_ratio"]], [y, y], color=color, linewidth=5, alpha=0.5)
        ax.plot([row["low_ratio"], row["high_ratio"]], [y, y], "o", color=color, markersize=6)
        ticks.append((y, row["label"]))
        previous = row["group"]
        y += 1
    ax.set_yticks([t for t, _ in ticks], [label for _, label in ticks], fontsize=9.5)
    ax.set_xscale("log")
    ax.set_xlim(1, 1e9)
    ax.set_xticks([1, 10, 1e3, 1e5, 1e7], ["1", "10", "1,000", "100,000", "10 million"])
    ax.minorticks_off()
    style.horizontal(ax)
    style.unit(ax, "Preference, ratio (log scale)", axis="x")
    groups = list(dict.fromkeys(points["group"]))
    for group, height in zip(groups, (0.83, 0.6), strict=True):
        ax.text(
            0.985, height, group, transform=ax.transAxes, ha="right", va="top",
            fontweight="semibold",
        )  # fmt: skip
    ax.text(
        3e6,
        ticks[1][0] + 0.5,
        "protein",
        color=style.readable(style.SEPARATION["protein"]),
        fontweight="semibold",
    )
    ax.text(
        3e6,
        ticks[0][0] + 0.3,
        "solvent",
        color=style.readable(style.SEPARATION["solvent"]),
        fontweight="semibold",
    )
    return fig


def stages(counts: pd.DataFrame, published: pd.DataFrame) -> Figure:
    """Stages that each ligand needs: least, and in a real cascade with its band.

    Args:
        counts: ``label``, ``family``, ``least_stages``, ``low_stages``, ``median_stages``,
            ``high_stages``, in order of drawing.
        published: ``label`` and ``stages``, published designs for the same duty.
    """
    fig, ax = style.new(4.6)
    places = np.arange(len(counts))[::-1]
    for y, (_, row) in zip(places, counts.iterrows(), strict=True):
        color = style.SEPARATION[row["family"]]
        ax.barh(y, row["median_stages"], color=color, height=0.62, alpha=0.55)
        ax.barh(y, row["least_stages"], color=color, height=0.62)
        ax.plot([row["low_stages"], row["high_stages"]], [y, y], color=style.INK, linewidth=1.2)
        ax.text(row["high_stages"] + 1.5, y, f"{row['median_stages']:.0f}", va="center", ha="left")
        for value in published.loc[published["label"] == row["label"], "stages"]:
            ax.plot(value, y, "D", color="white", markeredgecolor=style.INK, markersize=7)
            ax.annotate(
                "published design", (value, y), xytext=(0, 13), textcoords="offset points",
                ha="center", fontsize=9.5,
            )  # fmt: skip
    ax.set_yticks(places, counts["label"])
    style.horizontal(ax)
    style.zero_based(ax, "x")
    style.unit(ax, "Equilibrium stages for both products at the stated purity", axis="x")
    ax.text(
        0.99, 0.06, "dark: least possible\nlight: real cascade\nline: 90% band",
        transform=ax.transAxes, ha="right", va="bottom", color=style.MUTED, fontsize=9.5,
    )  # fmt: skip
    return fig


def hard_pairs(factors: pd.DataFrame, band: tuple[float, float]) -> Figure:
    """Separation factors by pair, solvent against protein.

    Args:
        factors: ``pair``, ``family``, ``ligand``, ``low_ratio``, ``high_ratio``; pairs in order of
            drawing.
        band: range of separation factors printed for neighbours with solvent.
    """
    fig, ax = style.new(4.6)
    pairs = list(dict.fromkeys(factors["pair"]))
    ax.axvspan(*band, color=style.SEPARATION["solvent"], alpha=0.12, linewidth=0)
    shift = {"solvent extractant": 0.14, "protein": -0.14}
    for _, row in factors.iterrows():
        y = len(pairs) - 1 - pairs.index(row["pair"]) + shift[row["family"]]
        color = style.SEPARATION[row["family"]]
        ax.plot([row["low_ratio"], row["high_ratio"]], [y, y], color=color, alpha=0.5, linewidth=5)
        ax.plot([row["low_ratio"], row["high_ratio"]], [y, y], "o", color=color, markersize=6.5)
    ax.axvline(1, color=style.INK, linewidth=0.8)
    ax.set_xscale("log")
    ax.set_xlim(0.7, 700)
    ax.set_xticks([1, 2, 5, 10, 50, 100, 500], ["1", "2", "5", "10", "50", "100", "500"])
    ax.minorticks_off()
    ax.set_yticks(range(len(pairs)), pairs[::-1])
    ax.set_ylim(-0.6, len(pairs) - 0.2)
    style.horizontal(ax)
    style.unit(ax, "Separation factor, ratio (log scale)", axis="x")
    ax.text(
        band[0], len(pairs) - 0.25, "usual band for neighbours", ha="left",
        va="top", fontsize=9.5, color=style.MUTED,
    )  # fmt: skip
    for name, color, y in (
        ("solvent", style.SEPARATION["solvent"], 0.2),
        ("protein", style.SEPARATION["protein"], 0.12),
    ):
        ax.text(
            0.98, y, name, transform=ax.transAxes, ha="right", va="top", fontweight="semibold",
            color=style.readable(color),
        )  # fmt: skip
    return fig


def cascade(profile: pd.DataFrame, borders: Mapping[str, tuple[int, int]]) -> Figure:
    """Concentration of each element along a cascade.

    Args:
        profile: ``stage``, ``element``, ``aqueous_share`` (part of the feed's concentration).
        borders: name of each section to its first and last stage.
    """
    fig, ax = style.new(4.2)
    for element, rows in profile.groupby("element", sort=False):
        ax.plot(rows["stage"], rows["aqueous_share"], color=style.ELEMENTS[str(element)])
        seen = rows[rows["aqueous_share"] > 2e-6].iloc[-1]
        ax.annotate(
            str(element), (seen["stage"], seen["aqueous_share"]), xytext=(6, 2),
            textcoords="offset points", fontweight="semibold",
            color=style.readable(style.ELEMENTS[str(element)]),
        )  # fmt: skip
    ax.set_yscale("log")
    ax.set_ylim(1e-6, 10)
    ax.set_yticks([1e-6, 1e-4, 1e-2, 1], ["0.0001", "0.01", "1", "100"])
    ax.minorticks_off()
    for name, (first, last) in borders.items():
        ax.text((first + last) / 2, 4, name, ha="center", color=style.MUTED)
        if first > 1:
            ax.axvline(first - 0.5, color=style.NEUTRAL, linewidth=0.7, linestyle=(0, (2, 2)))
    style.years(ax)
    style.unit(ax, "Concentration in water, percent of the feed's (log scale)")
    style.unit(ax, "Stage, from the spent liquor (left) to the product (right)", axis="x")
    return fig


def flowsheets(sheets: pd.DataFrame) -> Figure:
    """Steps of three flowsheets: front end and cascade.

    Args:
        sheets: ``flowsheet``, ``part`` (front end, cascade), ``ligand`` (family), ``count``,
            ``low_count``, ``high_count``; flowsheets in order of drawing.
    """
    fig, (left, right) = style.new(3.6, columns=2, sharey=True, width_ratios=[1, 1.5])
    fig.get_layout_engine().set(w_pad=0.15)
    names = list(dict.fromkeys(sheets["flowsheet"]))
    for ax, part in ((left, "front end"), (right, "cascade")):
        rows = sheets[sheets["part"] == part].set_index("flowsheet").loc[names]
        places = np.arange(len(names))[::-1]
        ax.barh(
            places, rows["count"], color=[style.SEPARATION[f] for f in rows["ligand"]], height=0.6
        )
        for y, (_, row) in zip(places, rows.iterrows(), strict=True):
            if row["high_count"] > row["low_count"]:
                ax.plot(
                    [row["low_count"], row["high_count"]], [y, y], color=style.INK, linewidth=1.2
                )
            ax.text(
                row["high_count"] + rows["high_count"].max() * 0.03, y, f"{row['count']:.0f}",
                va="center",
            )  # fmt: skip
        ax.set_title(part.capitalize())
        ax.set_yticks(places, names)
        ax.set_xlim(0, rows["high_count"].max() * 1.2)
        style.horizontal(ax)
    style.unit(left, "Stages, base metals out", axis="x")
    style.unit(right, "Stages, element from element", axis="x")
    return fig


def adsorbent_life(curves: pd.DataFrame, price: float, shown: float, implied: float) -> Figure:
    """Cost of the adsorbent against the cycles that it lasts, by price of the protein.

    Args:
        curves: ``price_usd_per_g``, ``cycles``, ``usd_per_kg``.
        price: what a kilogram of oxides brings, USD.
        shown: cycles demonstrated.
        implied: cycles implied by the published model.
    """
    fig, ax = style.new(4.6)
    shades = style.PROTEIN_PRICES
    ends = {}
    for value, rows in curves.groupby("price_usd_per_g"):
        ax.plot(rows["cycles"], rows["usd_per_kg"], color=shades[float(value)])
        ends[f"{value:g} USD/g"] = (rows["cycles"].iloc[-1], rows["usd_per_kg"].iloc[-1])
    ax.axhline(price, color=style.INK, linewidth=1)
    ax.text(12, price * 0.87, "price of the mixed basket, single oxides", va="top", fontsize=9.5)
    for x, text, ha in (
        (shown, "shown", "left"),
        (implied, "implied by the\npublished model", "right"),
    ):
        ax.axvline(x, color=style.ACTORS["China"], linewidth=1, linestyle=(0, (2, 2)))
        ax.text(
            x * (1.15 if ha == "left" else 0.87), 2.0 if ha == "left" else 2.4e4, text, ha=ha,
            va="top",
            color=style.readable(style.ACTORS["China"]),
        )  # fmt: skip
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(7, 3e4)
    ax.set_ylim(1, 4e4)
    ax.set_xticks([10, 100, 1000, 10000], ["10", "100", "1,000", "10,000"])
    ax.set_yticks([1, 10, 100, 1000, 10000], ["1", "10", "100", "1,000", "10,000"])
    ax.minorticks_off()
    style.label_ends(ax, ends, dict(zip(ends, shades.values(), strict=True)))
    style.unit(ax, "Adsorbent, USD per kg REO (log scale)")
    style.unit(ax, "Cycles that a charge lasts (log scale)", axis="x")
    return fig


def cost_by_feed(costs: pd.DataFrame, price: tuple[float, float]) -> Figure:
    """Cost by waste and route, median and 90 percent band, against the price.

    Args:
        costs: ``feed``, ``route``, ``low``, ``median``, ``high`` in USD per kg REO; feeds in order
            of drawing.
        price: range of what a kilogram of oxides brings, USD.
    """
    fig, ax = style.new(5.0)
    feeds = list(dict.fromkeys(costs["feed"]))
    ax.axvspan(*price, color=style.INK, alpha=0.12, linewidth=0)
    for _, row in costs.iterrows():
        y = (
            len(feeds)
            - 1
            - feeds.index(row["feed"])
            + (0.15 if row["route"] == "protein" else -0.15)
        )
        color = style.SEPARATION[row["route"]]
        ax.plot([row["low"], row["high"]], [y, y], color=color, linewidth=5, alpha=0.4)
        ax.plot(row["median"], y, "o", color=color, markersize=7)
    ax.set_xscale("log")
    ax.set_xlim(15, 1e5)
    ax.set_xticks([20, 100, 1000, 10000, 100000], ["20", "100", "1,000", "10,000", "100,000"])
    ax.minorticks_off()
    ax.set_yticks(range(len(feeds)), feeds[::-1])
    ax.set_ylim(-0.5, len(feeds) + 0.15)
    style.horizontal(ax)
    style.unit(ax, "Cost of single oxides, USD per kg REO (log scale)", axis="x")
    ax.text(price[1] * 1.1, len(feeds) - 0.05, "price", va="center", fontsize=9.5)
    for name, y in (("protein", 0.2), ("solvent", 0.14)):
        ax.text(
            0.98, y, f"{name} front end", transform=ax.transAxes, ha="right", va="top",
            fontweight="semibold", color=style.readable(style.SEPARATION[name]),
        )  # fmt: skip
    return fig


def cost_parts(parts: pd.DataFrame) -> Figure:
    """Shares of the cost by part, one bar per waste, and published shares for comparison.

    Args:
        parts: ``case`` and one column per part of :data:`style.COSTS`, in percent.
    """
    fig, ax = style.new(4.4)
    places, left = np.arange(len(parts))[::-1], np.zeros(len(parts))
    for part, color in style.COSTS.items():
        values = parts[part].to_numpy()
        ax.barh(places, values, left=left, color=color, height=0.68)
        for y, x, value in zip(places, left, values, strict=True):
            if value >= 7:
                ax.text(
                    x + value / 2, y, f"{value:.0f}", ha="center", va="center",
                    color=style.on(color),
                )  # fmt: skip
        left = left + values
    ax.set_yticks(places, parts["case"])
    ax.set_xlim(0, 100)
    style.horizontal(ax)
    style.unit(ax, "Share of the cost, percent", axis="x")
    x = 0.0
    for part, color in style.COSTS.items():
        ax.text(
            x, len(parts) - 0.35, part, va="bottom", color=style.readable(color), fontsize=9.5,
            fontweight="semibold",
        )  # fmt: skip
        x += 1.2 * len(part) + 4
    ax.set_ylim(-0.5, len(parts) + 0.1)
    return fig


def break_even(frontier: pd.DataFrame, feeds: pd.DataFrame, shown: float, implied: float) -> Figure:
    """Grade that pays, against the life of the adsorbent, with the grades of real wastes.

    Args:
        frontier: ``cycles``, ``case``, ``low_g_per_t``, ``median_g_per_t``, ``high_g_per_t``;
            infinite where no grade pays.
        feeds: ``feed`` and ``g_per_t``.
        shown: cycles demonstrated.
        implied: cycles implied by the published model.
    """
    fig, ax = style.new(5.0)
    colors = {"protein": style.SEPARATION["protein"], "solvent": style.SEPARATION["solvent"]}
    for case, rows in frontier.groupby("case", sort=False):
        rows = rows.replace(np.inf, np.nan)
        color = colors[str(case)]
        style.band(ax, rows["cycles"], rows["low_g_per_t"], rows["high_g_per_t"].fillna(1e6), color)
        ax.plot(rows["cycles"], rows["median_g_per_t"], color=color)
    for x, text, ha in ((shown, "shown", "left"), (implied, "implied", "right")):
        ax.axvline(x, color=style.ACTORS["China"], linewidth=1, linestyle=(0, (2, 2)))
        ax.text(
            x * (1.12 if ha == "left" else 0.9), 3.6e5, text, ha=ha, va="top",
            color=style.readable(style.ACTORS["China"]),
        )  # fmt: skip
    for _, row in feeds.iterrows():
        ax.axhline(row["g_per_t"], color=style.NEUTRAL, linewidth=0.7)
        ax.text(13, row["g_per_t"] * 1.06, row["feed"], va="bottom", fontsize=9.5)
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlim(8, 2e4)
    ax.set_ylim(100, 4e5)
    ax.set_xticks([10, 100, 1000, 10000], ["10", "100", "1,000", "10,000"])
    ax.set_yticks([100, 1000, 1e4, 1e5], ["100", "1,000", "10,000", "100,000"])
    ax.minorticks_off()
    style.unit(ax, "Grade of the feed, g REO per t (log scale)")
    style.unit(ax, "Cycles that a charge of adsorbent lasts (log scale)", axis="x")
    ends = frontier.replace(np.inf, np.nan).dropna(subset="median_g_per_t").groupby("case").last()
    names = {"protein": "protein: needed", "solvent": "solvent: needed"}
    style.label_ends(
        ax,
        {names[str(c)]: (2e4, row["median_g_per_t"]) for c, row in ends.iterrows()},
        {names[c]: colors[c] for c in names},
    )
    return fig


def drivers(indices: pd.DataFrame) -> Figure:
    """What decides the cost: total Sobol indices, one panel per case.

    Args:
        indices: ``case``, ``label``, ``total_pct``, ``conf_pct``; cases and labels in order.
    """
    shares = indices.assign(ST=indices["total_pct"] / 100, ST_conf=indices["conf_pct"] / 100)
    route = {case: "solvent" if "solvent" in case else "protein" for case in indices["case"]}
    colors = forms.Each({case: style.SEPARATION[way] for case, way in route.items()})
    return forms.panels(
        shares, "case", forms.sobol, height=3.6, sharex=True, sharey=False, palette=colors
    )


def gypsum_check(runs: pd.DataFrame) -> Figure:
    """Share of runs of the gypsum model that earn the hurdle rate, published and ours.

    Args:
        runs: ``label``, ``kind`` (published or ours), ``share_pct``, in order of drawing.
    """
    fig, ax = style.new(3.2)
    places = np.arange(len(runs))[::-1]
    colors = [
        style.NEUTRAL if kind == "published" else style.SEPARATION["protein"]
        for kind in runs["kind"]
    ]
    ax.barh(places, runs["share_pct"], color=colors, height=0.62)
    style.value_labels(ax, [f"{value:.0f}%" for value in runs["share_pct"]])
    ax.set_yticks(places, runs["label"])
    ax.set_xlim(0, 112)
    style.horizontal(ax)
    style.unit(ax, "Runs with a return above 15 percent, percent of all", axis="x")
    return fig


def programmes(events: pd.DataFrame) -> Figure:
    """Money of firms and programmes over time, given or announced.

    Args:
        events: ``date``, ``lane``, ``amount_musd``, ``kind``, ``label`` (may be empty) and
            ``place`` of the label (above, below or right of its point).
    """
    fig, ax = style.new(5.0)
    lanes = list(dict.fromkeys(events["lane"]))
    color = style.SEPARATION["protein"]
    for _, event in events.sort_values("amount_musd", ascending=False).iterrows():
        y = len(lanes) - 1 - lanes.index(event["lane"])
        planned = event["kind"] == "target"
        size = 3 + 1.1 * event["amount_musd"] ** 0.4
        ax.plot(
            event["date"], y, "o", markersize=size, color=color,
            markerfacecolor="white" if planned else color, alpha=0.9 if planned else 0.65,
        )  # fmt: skip
        away = size / 2 + 2
        offset, ha, va = {
            "above": ((0, away), "center", "bottom"),
            "below": ((0, -away), "center", "top"),
            "right": ((away, 0), "left", "center"),
        }[event["place"]]
        ax.annotate(
            event["label"], (event["date"], y), xytext=offset, textcoords="offset points",
            ha=ha, va=va, fontsize=9,
        )  # fmt: skip
    ax.set_yticks(range(len(lanes)), lanes[::-1])
    ax.set_ylim(-0.7, len(lanes) - 0.3)
    ax.set_xlim(pd.Timestamp("2018-07-01"), pd.Timestamp("2027-03-01"))
    ax.grid(axis="x", visible=True)
    return fig


def _protein(ax: Axes, x: float, y: float, *, loaded: bool) -> None:
    """Four loops of lanmodulin; loaded, three of them hold an ion and the chain is compact."""
    reach = 0.45 if loaded else 0.8
    centres = [(x - reach, y + reach * 0.9), (x + reach, y + reach * 0.9),
               (x + reach, y - reach * 0.9), (x - reach, y - reach * 0.9)]  # fmt: skip
    path = np.array([*centres, centres[0]])
    ax.plot(
        path[:-1, 0],
        path[:-1, 1],
        color=style.SEPARATION["protein"],
        linewidth=2.5 if loaded else 1.5,
        zorder=1,
    )
    for number, (a, b) in enumerate(centres):
        ax.add_patch(
            Circle(
                (a, b),
                0.3,
                facecolor="white",
                edgecolor=style.SEPARATION["protein"],
                linewidth=2,
                zorder=2,
            )
        )
        if loaded and number < 3:
            ax.add_patch(Circle((a, b), 0.2, color=style.ELEMENTS["Nd"], zorder=3))
            ax.text(a, b, "Nd", ha="center", va="center", color="white", fontsize=8.5)


def _arrow(ax: Axes, start: tuple, end: tuple, color: str) -> None:
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=12, color=color, linewidth=1.5)
    )
