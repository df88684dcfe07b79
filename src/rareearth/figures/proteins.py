"""Figures of the chapter *Proteins*."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Patch

from rareearth.figures import forms, style

PROTEIN, RED = style.SEPARATION["protein"], style.ACTORS["China"]


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
    _arrow(ax, (2.55, 4.9), (3.85, 4.9), PROTEIN)
    _arrow(ax, (3.85, 4.3), (2.55, 4.3), RED)
    small = {"fontsize": forms.SMALL}
    ax.text(3.2, 5.08, "rare earths bind", ha="center", **small)
    ax.text(3.2, 3.85, "acid takes\nthem off", ha="center", va="center", **small)
    for (x, y), name in zip(
        ((0.55, 2.85), (1.25, 2.6), (1.95, 2.85)), ("Ca", "Fe", "Mg"), strict=True
    ):
        ax.add_patch(Circle((x, y), 0.24, color=style.GRID))
        ax.text(x, y, name, ha="center", va="center", fontsize=9, color=style.MUTED)
    ax.text(2.3, 2.75, "pass by", va="center", color=style.MUTED, **small)
    for x, title, inlet, outlet in (
        (6.6, "Step 1: load", "leach liquor", "all else"),
        (8.7, "Step 2: strip", "acid", "rare earths,\nstill mixed"),
    ):
        ax.add_patch(
            FancyBboxPatch(
                (x, 3.5), 0.9, 1.9, boxstyle="round,pad=0.05", edgecolor=PROTEIN,
                facecolor=style.PALE["protein"],
            )
        )  # fmt: skip
        ax.text(x + 0.45, 6.25, title, ha="center", fontweight="semibold")
        ax.text(x + 0.45, 5.95, inlet, ha="center", va="center", **small)
        _arrow(ax, (x + 0.45, 5.85), (x + 0.45, 5.45), style.INK)
        _arrow(ax, (x + 0.45, 3.42), (x + 0.45, 3.05), style.INK)
        ax.text(x + 0.45, 2.95, outlet, ha="center", va="top", **small)
    ax.text(7.05, 4.45, "protein\non resin", ha="center", va="center", **small)
    ax.text(9.15, 4.45, "same\ncolumn", ha="center", va="center", **small)
    _acidity(ax, ph.set_index("step")["ph"])
    return fig


def two_selectivities(points: pd.DataFrame) -> Figure:
    """Selectivities on one logarithmic axis, against other metals above, inside the series below.

    Args:
        points: ``group``, ``label``, ``family``, ``low_ratio``, ``high_ratio`` (equal for a
            single value), in order of drawing.
    """
    return forms.rows(
        points,
        "Preference, ratio (log scale)",
        hue="family",
        palette=style.SEPARATION,
        text="",
        log=True,
    ).figure


def stages(counts: pd.DataFrame) -> Figure:
    """Stages that each ligand needs: least, in a real cascade with its band, in a published design.

    Args:
        counts: ``label``, ``family``, ``least_stages``, ``low_stages``, ``median_stages``,
            ``high_stages`` and ``design_stages`` (published, same duty), in order of drawing.
    """
    ax = forms.rows(
        counts.assign(color=counts["family"].map(style.SEPARATION)),
        "Equilibrium stages for both products at the stated purity",
        bar=True,
        inner="least_stages",
        marks={"design_stages": "D"},
    )
    grey = style.NEUTRAL
    diamond = {"marker": "D", "markerfacecolor": "white", "color": style.INK, "linestyle": "none"}
    handles = [
        Patch(color=grey, label="least possible"),
        Patch(color=grey, alpha=0.4, label="real cascade, with its band"),
        Line2D([], [], label="published design", **diamond),
    ]
    forms.key(ax, handles=handles)
    return ax.figure


def hard_pairs(factors: pd.DataFrame, band: tuple[float, float]) -> Figure:
    """Separation factors by pair, solvent against protein.

    Args:
        factors: ``pair``, ``family``, ``low_ratio``, ``high_ratio``; pairs in order of drawing.
        band: range of separation factors printed for neighbours with solvent.
    """
    pairs = len(factors["pair"].unique())
    _, ax = style.new(forms.FRAME + forms.LINE * pairs)
    forms.rows(
        factors[["pair", "family", "low_ratio", "high_ratio"]],
        "Separation factor, ratio (log scale)",
        ax,
        label="pair",
        hue="family",
        palette=style.SEPARATION,
        text="",
        log=True,
    )
    ax.axvline(1, color=style.INK, linewidth=0.8)
    color = style.SEPARATION["solvent"]
    forms.reference(ax, band, "usual\nrange", inside=True, color=color)
    ax.set_ylim(None, -1.1)  # room for the words above the first pair
    return ax.figure


def cascade(profile: pd.DataFrame) -> Figure:
    """Concentration of each element along a cascade.

    Args:
        profile: ``stage``, ``section``, ``element``, ``aqueous_share`` (part of the feed's
            concentration).
    """
    least = 1e-6
    seen = profile[profile["aqueous_share"] > least].astype({"element": str})
    ax = forms.band(
        seen.assign(pct=100 * seen["aqueous_share"]),
        "Concentration in water, percent of the feed's (log scale)",
        x="stage",
        value="pct",
        hue="element",
        palette=style.ELEMENTS,
        log=True,
    )
    for name, stages in profile.groupby("section", sort=False)["stage"]:
        ax.annotate(
            name, (stages.mean(), 1), xycoords=("data", "axes fraction"), xytext=(0, -4),
            textcoords="offset points", ha="center", va="top", color=style.MUTED,
        )  # fmt: skip
        if stages.min() > 1:
            forms.reference(ax, stages.min() - 0.5)
    ax.set_ylim(100 * least, 1000)
    style.decades(ax, "y")
    style.unit(ax, "Stage, from the spent liquor (left) to the product (right)", axis="x")
    return ax.figure


def flowsheets(sheets: pd.DataFrame) -> Figure:
    """Steps of three flowsheets: front end and cascade.

    Args:
        sheets: ``flowsheet``, ``part`` (front end, cascade), ``ligand`` (family),
            ``low_count``, ``median_count``, ``high_count``; flowsheets in order of drawing.
    """
    units = {"front end": "Stages, base metals out", "cascade": "Stages, element from element"}
    fig, axes = style.new(3.4, columns=2, sharey=True, width_ratios=[1, 1.5])
    shown = sheets.assign(color=sheets["ligand"].map(style.SEPARATION))
    for ax, (part, unit) in zip(axes, units.items(), strict=True):
        rows = shown[shown["part"] == part]
        rows = rows.mask(rows["low_count"] == rows["high_count"], {"low_count": np.nan})
        forms.rows(rows, unit, ax, label="flowsheet", bar=True)
        ax.set_title(part.capitalize())
    return fig


def adsorbent_life(curves: pd.DataFrame, price: float, shown: float, implied: float) -> Figure:
    """Cost of the adsorbent against the cycles that it lasts, by price of the protein.

    Args:
        curves: ``price_usd_per_g``, ``cycles``, ``usd_per_kg``.
        price: what a kilogram of oxides brings, USD.
        shown: cycles demonstrated.
        implied: cycles implied by the published model.
    """
    ax = forms.band(
        curves,
        "Adsorbent, USD per kg REO (log scale)",
        x="cycles",
        value="usd_per_kg",
        hue="price_usd_per_g",
        palette=style.PROTEIN_PRICES,
        names={value: f"{value:g} USD/g" for value in style.PROTEIN_PRICES},
        log=True,
    )
    _cycles(ax, shown, implied)
    words = "price of its single oxides"
    forms.reference(ax, price, words, axis="y", side="left", color=style.INK)
    style.unit(ax, "Cycles that a charge lasts (log scale)", axis="x")
    return ax.figure


def hydraulics(beds: pd.DataFrame) -> Figure:
    """Bed volumes until a bed of protein is full, by waste, with the one that a bed itself holds.

    Args:
        beds: ``waste``, ``filling`` (column, at once), ``low_bv``, ``median_bv``, ``high_bv``, in
            order of drawing.
    """
    colors = {"column": PROTEIN, "at once": RED}
    ax = forms.rows(
        beds.assign(
            color=beds["filling"].map(colors),
            text=[f"{float(f'{bv:.2g}'):,g}" for bv in beds["median_bv"]],
        ),
        "Bed volumes of liquor until rare earths break through (log scale)",
        label="waste",
        log=True,
    )
    forms.reference(ax, 1, "one volume of the bed", inside=True, color=style.INK)
    ax.set_ylim(None, -0.9)  # room for the words above the first waste
    return ax.figure


def slates(stages: pd.DataFrame) -> Figure:
    """Stages of separation by what is sold, solvent against protein.

    Args:
        stages: ``slate``, ``family``, ``low_stages``, ``median_stages``, ``high_stages``.
    """
    return forms.rows(
        stages.assign(family=stages["family"].astype(str)),
        "Equilibrium stages, all cuts",
        label="slate",
        hue="family",
        palette=style.SEPARATION,
        bar=True,
    ).figure


def front_end(costs: pd.DataFrame) -> Figure:
    """What cleaning the liquor costs before solvent, and what the protein costs in its place.

    Args:
        costs: ``waste``, ``low``, ``median``, ``high`` (USD per kg REO), ``adsorbent``, in order
            of drawing.
    """
    ax = forms.rows(
        costs.assign(color=style.SEPARATION["solvent"]),
        "USD per kg REO (log scale)",
        label="waste",
        marks={"adsorbent": "D"},
        text="",
        log=True,
    )
    dot = {"marker": "o", "color": style.SEPARATION["solvent"], "linestyle": "none"}
    diamond = {"marker": "D", "markerfacecolor": "white", "color": style.INK, "linestyle": "none"}
    handles = [
        Line2D([], [], label="iron and aluminium out, before solvent", **dot),
        Line2D([], [], label="protein in its place", **diamond),
    ]
    forms.key(ax, handles=handles)
    return ax.figure


def cost_by_feed(costs: pd.DataFrame) -> Figure:
    """Cost by waste and route, median and 90 percent band, against what its own oxides bring.

    Args:
        costs: ``feed``, ``route``, ``low``, ``median``, ``high`` and ``basket`` in USD per kg REO;
            feeds in order of drawing.
    """
    ax = forms.rows(
        costs.assign(
            route=costs["route"] + " front end",
            text=[f"{float(f'{usd:.2g}'):,.0f}" for usd in costs["median"]],
            basket=costs["basket"].mask(costs["route"] == "solvent"),  # once per feed
        ),
        "Cost of single oxides, USD per kg REO (log scale)",
        label="feed",
        hue="route",
        palette={f"{way} front end": style.SEPARATION[way] for way in ("protein", "solvent")},
        marks={"basket": "D"},
        log=True,
    )
    return ax.figure


def cost_parts(shares: pd.DataFrame) -> Figure:
    """Shares of the cost by part, one bar per waste, and published shares for comparison.

    Args:
        shares: ``case``, ``part`` (of :data:`style.COSTS`) and ``share_pct``.
    """
    return forms.stacked_rows(
        shares,
        "Share of the cost, percent",
        label="case",
        value="share_pct",
        palette=style.COSTS,
        least=7,
    ).figure


def break_even(frontier: pd.DataFrame, feeds: pd.DataFrame, shown: float, implied: float) -> Figure:
    """Grade that pays, against the life of the adsorbent, with the grades of real wastes.

    Args:
        frontier: ``cycles``, ``case``, ``low_g_per_t``, ``median_g_per_t``, ``high_g_per_t``;
            missing where no grade pays.
        feeds: ``feed`` and ``g_per_t``.
        shown: cycles demonstrated.
        implied: cycles implied by the published model.
    """
    most = 4e5
    beyond = frontier["low_g_per_t"].notna() & frontier["high_g_per_t"].isna()
    ax = forms.band(
        frontier.assign(high_g_per_t=frontier["high_g_per_t"].mask(beyond, 10 * most)),
        "Grade of the feed, g REO per t (log scale)",
        hue="case",
        x="cycles",
        palette=style.SEPARATION,
        names={case: f"{case}: needed" for case in frontier["case"].unique()},
        log=True,
    )
    ax.set_ylim(0.7 * feeds["g_per_t"].min(), most)
    style.decades(ax, "y")
    _cycles(ax, shown, implied)
    for feed in feeds.itertuples():
        forms.reference(ax, feed.g_per_t, feed.feed, axis="y", side="left", color=style.INK)
    style.unit(ax, "Cycles that a charge of adsorbent lasts (log scale)", axis="x")
    return ax.figure


def drivers(indices: pd.DataFrame) -> Figure:
    """What decides the cost: total Sobol indices, one panel per case.

    Args:
        indices: ``case``, ``label``, ``ST``, ``ST_conf``; cases and labels in order.
    """
    route = {case: "solvent" if "solvent" in case else "protein" for case in indices["case"]}
    colors = forms.Each({case: style.SEPARATION[way] for case, way in route.items()})
    return forms.panels(
        indices, "case", forms.sobol, height=2.8, sharex=True, sharey=False, palette=colors
    )


def gypsum_check(runs: pd.DataFrame) -> Figure:
    """Share of runs of the gypsum model that earn the hurdle rate, published and ours.

    Args:
        runs: ``label``, ``origin`` (published or ours), ``share_pct``, in order of drawing.
    """
    color = np.where(runs["origin"] == "ours", style.SEPARATION["protein"], style.NEUTRAL)
    return forms.rows(
        runs.assign(color=color),
        "Runs with a return above the hurdle rate, percent of all",
        value="share_pct",
        bar=True,
        text="{:.0f}%",
    ).figure


def programmes(events: pd.DataFrame) -> Figure:
    """Money of firms and programmes over time, given or announced.

    Args:
        events: ``date``, ``lane``, ``amount_musd``, ``kind``, ``label`` (may be empty), in the
            order of lanes and dates.
    """
    fig, ax = style.new(5.0)
    lanes = list(dict.fromkeys(events["lane"]))
    before, turn = None, 0
    for event in events.to_dict("records"):
        y = lanes.index(event["lane"])
        planned = event["kind"] == "target"
        size = 3 + 1.1 * event["amount_musd"] ** 0.4
        ax.plot(
            event["date"], y, "o", markersize=size, color=PROTEIN, zorder=2 - size / 100,
            markerfacecolor="white" if planned else PROTEIN, alpha=0.9 if planned else 0.65,
        )  # fmt: skip
        # Sums close together take turns: above, below, to the right.
        close = before and before[0] == y and (event["date"] - before[1]).days < 200
        before, turn = (y, event["date"]), (turn + 1) % 3 if close else 0
        away = size / 2 + 2
        offset, ha, va = (
            ((0, away), "center", "bottom"),
            ((0, -away), "center", "top"),
            ((away, 0), "left", "center"),
        )[turn]
        ax.annotate(
            event["label"], (event["date"], y), xytext=offset, textcoords="offset points",
            ha=ha, va=va, fontsize=9,
        )  # fmt: skip
    ax.set_yticks(range(len(lanes)), lanes)
    ax.set_ylim(len(lanes) - 0.3, -0.7)
    ax.margins(x=0.07)
    ax.grid(axis="x", visible=True)
    return fig


def _cycles(ax: Axes, shown: float, implied: float) -> None:
    """A logarithmic axis of cycles, with what was shown and what a published model implies."""
    ax.set_xscale("log")
    style.decades(ax, "x")
    for at, text in ((shown, "shown"), (implied, "implied by the\npublished model")):
        forms.reference(ax, at, text, inside=True, color=style.ACTORS["China"])


def _acidity(ax: Axes, ph: pd.Series) -> None:
    """Scale of acidity at the foot of the diagram, with what happens where."""
    left, right, bottom, span = 0.4, 9.6, 1.1, (1.0, 3.5)
    place = dict(zip(ph.index, np.interp(ph, span, (left, right)), strict=True))
    ax.plot([left, right], [bottom, bottom], color=style.NEUTRAL, linewidth=1)
    ax.plot([left, place["lets go"]], [bottom] * 2, color=RED, linewidth=6)
    ax.plot([place["binds"], right], [bottom] * 2, color=PROTEIN, linewidth=6)
    small = {"fontsize": forms.SMALL}
    for step, value in ph.items():
        x = place[step]
        ax.plot([x, x], [bottom - 0.15, bottom + 0.15], color=style.INK, linewidth=1)
        ax.text(x, bottom - 0.25, f"pH {value:g}", ha="center", va="top", **small)
    ax.text(place["half"], bottom + 0.25, "half bound", ha="center", **small)
    ax.text(left, bottom + 0.25, "lets go", color=style.readable(RED))
    ax.text(right, bottom + 0.25, "binds", ha="right", color=style.readable(PROTEIN))
    ends = {"va": "top", "color": style.MUTED, **small}
    ax.text(left, bottom - 0.25, "more acid", **ends)
    ax.text(right, bottom - 0.25, "less acid", ha="right", **ends)


def _protein(ax: Axes, x: float, y: float, *, loaded: bool) -> None:
    """Four loops of lanmodulin; loaded, three of them hold an ion and the chain is compact."""
    reach = 0.45 if loaded else 0.8
    high, low = y + reach * 0.9, y - reach * 0.9
    loops = [(x - reach, high), (x + reach, high), (x + reach, low), (x - reach, low)]
    ax.plot(*zip(*loops, strict=True), color=PROTEIN, linewidth=2.5 if loaded else 1.5, zorder=1)
    for number, loop in enumerate(loops):
        ax.add_patch(Circle(loop, 0.3, facecolor="white", edgecolor=PROTEIN, linewidth=2, zorder=2))
        if loaded and number < 3:
            ax.add_patch(Circle(loop, 0.2, color=style.ELEMENTS["Nd"], zorder=3))
            ax.text(*loop, "Nd", ha="center", va="center", color="white", fontsize=8.5)


def _arrow(ax: Axes, start: tuple, end: tuple, color: str) -> None:
    ax.add_patch(
        FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=12, color=color, linewidth=1.5)
    )
