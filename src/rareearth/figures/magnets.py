"""Figures of the chapter on magnets without rare earths."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from rareearth.figures import forms, style

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


def ladder(steps: pd.DataFrame) -> Figure:
    """Energy product of each material: theory, claim, laboratory and product drawn apart.

    Args:
        steps: ``material``, ``stage``, ``low_kj_m3`` and ``high_kj_m3``; one row per material and
            stage, in the order of drawing from the top.
    """
    order = list(dict.fromkeys(steps["material"]))
    fig, ax = style.new(forms.FRAME + forms.LINE * len(order))
    looks = {
        "product": {"marker": "s", "label": "best product"},
        "laboratory": {"marker": "o", "label": "best sample in a laboratory"},
        "energy alone": {
            "marker": "o",
            "label": "energy product alone",
            "markerfacecolor": "white",
            "markeredgewidth": 1.5,
        },
        "claim": {"marker": "x", "label": "claim", "markeredgewidth": 2},
        "theory": {"marker": "D", "label": "limit of theory", "markerfacecolor": "white"},
    }
    for row in steps.itertuples():
        y, color, value = order.index(row.material), style.MATERIALS[row.material], row.high_kj_m3
        if row.stage == "product":
            ax.barh(y, value, forms.THICK, color=color, zorder=2)
        else:
            look = {"color": color, "markersize": 8, "zorder": 4} | looks[row.stage]
            ax.plot(value, y, **look | {"label": None})
        if row.stage == "theory":
            ax.plot([0, value], [y, y], color=color, zorder=1, **style.LINES["forecast"])
        place = {"xytext": (0, 10), "ha": "center", "color": style.readable(color)}
        if row.stage == "product":
            narrow = value < 0.05 * steps["high_kj_m3"].max()
            side, off = ("right", -3) if not narrow else ("center", -value / 5)
            place = {"xytext": (off, 0), "ha": side, "va": "center", "color": style.on(color)}
        ax.annotate(
            f"{value:,.0f}", (value, y), textcoords="offset points", fontsize=9, zorder=5, **place
        )
    style.horizontal(ax)
    ax.set_yticks(range(len(order)), [NAMES[name] for name in order])
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(len(order) - 0.4, -0.7)
    style.zero_based(ax, "x")
    style.unit(ax, "Largest energy product at 20 °C, kJ per cubic metre", axis="x")
    handles = [
        Line2D([], [], linestyle="none", color=style.INK, markersize=7, **look)
        for look in looks.values()
    ]
    forms.key(ax, handles=handles)
    return fig


def properties(grades: pd.DataFrame, needed: pd.DataFrame) -> Figure:
    """Energy product against coercivity, with the coercivity that a strong magnet needs.

    Args:
        grades: ``material``, ``stage``, ``hcj_ka_m``, ``bhmax_kj_m3``; powders left out.
        needed: ``bhmax_kj_m3`` and ``hcj_ka_m``, the least coercivity at each energy product.
    """
    fig, ax = style.new(4.6)
    least, most = 0.85 * grades["hcj_ka_m"].min(), 1.4 * grades["hcj_ka_m"].max()
    fill = style.PALE["area"]
    ax.fill_betweenx(needed["bhmax_kj_m3"], least / 10, needed["hcj_ka_m"], color=fill, zorder=0)
    ax.plot(needed["hcj_ka_m"], needed["bhmax_kj_m3"], color=style.NEUTRAL, linewidth=1.2)
    for material, rows in grades.groupby("material", sort=False):
        for sold, part in rows.groupby(rows["stage"] == "product"):
            look = {"marker": "o", "alpha": 0.6} if sold else {
                "marker": "D", "markerfacecolor": "white", "markeredgewidth": 1.8, "markersize": 8,
            }  # fmt: skip
            ax.plot(
                part["hcj_ka_m"], part["bhmax_kj_m3"], linestyle="none",
                color=style.MATERIALS[material], **look,
            )  # fmt: skip
    ax.set_xscale("log")
    ax.set_xlim(least, most)
    ax.set_ylim(0, needed["bhmax_kj_m3"].max())
    style.decades(ax)
    style.unit(ax, "Energy product, kJ per cubic metre")
    style.unit(ax, "Coercivity at 20 °C, kA per metre (logarithmic)", axis="x")
    ax.annotate(
        "loses its field\nin a common circuit", (0, 1), xycoords="axes fraction", xytext=(6, -6),
        textcoords="offset points", color=style.MUTED, va="top", fontsize=forms.SMALL,
    )  # fmt: skip
    named = grades.loc[grades.groupby("material", sort=False)["bhmax_kj_m3"].idxmax()]
    style.label_points(
        ax,
        {NAMES[row.material]: (row.hcj_ka_m, row.bhmax_kj_m3) for row in named.itertuples()},
        {NAMES[material]: style.MATERIALS[material] for material in named["material"]},
    )
    return fig


def heat(curves: pd.DataFrame) -> Figure:
    """Energy product as magnets get hot; a line ends where the magnet loses its field.

    Args:
        curves: ``magnet`` (of :data:`style.MAGNETS`), ``label``, ``temperature_c``,
            ``bhmax_kj_m3``, ``holds`` (bool).
    """
    names = curves.drop_duplicates("label").set_index("label")["magnet"]
    colors = {label: style.MAGNETS[magnet] for label, magnet in names.items()}
    curves = curves.sort_values("temperature_c", ignore_index=True)
    holds = curves["holds"].astype(bool)
    ever = holds.groupby(curves["label"]).transform("any")
    shown = curves[holds | ~ever]
    # Dotted: a magnet that has no field in this circuit at any temperature.
    shown = shown.assign(kind=np.where(ever[shown.index], "reported", "forecast"))
    ax = forms.band(
        shown,
        "Energy product, kJ per cubic metre",
        x="temperature_c",
        value="bhmax_kj_m3",
        hue="label",
        palette=colors,
    )
    lost = shown[ever[shown.index] & shown["label"].isin(curves.loc[~holds, "label"])]
    for label, rows in lost.groupby("label"):
        end = rows.loc[rows["temperature_c"].idxmax()]
        ax.plot(end["temperature_c"], end["bhmax_kj_m3"], "X", color=colors[label], markersize=6)
    ax.set_xlim(curves["temperature_c"].min(), curves["temperature_c"].max())
    style.unit(ax, "Temperature of the magnet, °C", axis="x")
    return ax.figure


def motors(rows: pd.DataFrame) -> Figure:
    """What motors lose without neodymium magnets, study by study.

    Args:
        rows: ``label``, ``pct``, ``kind``, ``magnet``, ``panel`` and ``unit``, in the
            order of drawing.
    """
    colors = {"ferrite": style.MATERIALS["Ferrite"], "none": style.NEUTRAL}
    rows = rows.assign(
        color=[colors.get(magnet, style.MATERIALS["NdFeB"]) for magnet in rows["magnet"]]
    )
    panels = dict(list(rows.groupby("panel", sort=False)))
    fig, axes = style.new(
        6.2, rows=len(panels), height_ratios=[len(part) + 0.6 for part in panels.values()]
    )
    for ax, (panel, part) in zip(axes, panels.items(), strict=True):
        forms.rows(part, part["unit"].iloc[0], ax, value="pct", bar=True, text="{:+.3g}")
        ax.tick_params(axis="y", labelsize=forms.SMALL)
        ax.set_title(panel, fontsize=10)
    return fig


def machines(frame: pd.DataFrame) -> Figure:
    """Which machine is sold, shown or simulated in which use.

    Args:
        frame: ``machine``, ``use``, ``status`` (sold, shown, simulated, nothing found), ``text``;
            machines and uses in the order of drawing.
    """
    fig, ax = style.new(4.8)
    uses, kinds = (list(dict.fromkeys(frame[column])) for column in ("use", "machine"))
    looks = {
        "sold": style.FITNESS["strong"],
        "shown": style.FITNESS["weak"],
        "simulated": style.FITNESS["if mild"],
        "nothing found": (style.PALE["area"], style.MUTED),
    }
    for row in frame.itertuples():
        x, y = uses.index(row.use), kinds.index(row.machine)
        face, ink = looks[row.status]
        ax.add_patch(_cell(x, y, face))
        words = f"{row.status}\n{textwrap.fill(row.text, 15)}" if row.text else "–"
        ax.annotate(words, (x, y), ha="center", va="center", color=ink, fontsize=8.5)
    _grid(ax, [textwrap.fill(use, 12) for use in uses], kinds)
    return fig


def matrix(fits: pd.DataFrame) -> Figure:
    """Use by use: does the magnet keep its field, and how much volume does it take?

    Args:
        fits: ``use``, ``working_c``, ``name`` of the magnet, ``holds_share``, ``volume_ratio``;
            uses and magnets in the order of drawing.
    """
    fig, ax = style.new(5.2)
    uses, magnets = (list(dict.fromkeys(fits[column])) for column in ("use", "name"))
    heat = fits.drop_duplicates("use")["working_c"]
    for row in fits.itertuples():
        x, y = uses.index(row.use), magnets.index(row.name)
        volume = f"× {row.volume_ratio:.{1 if row.volume_ratio < 10 else 0}f}"
        if row.holds_share < 0.1:
            look, text = "loses its field", "loses\nits field"
        elif row.holds_share < 0.95:
            look, text = "if mild", f"{volume}\nif mild"
        else:
            look, text = "strong" if row.volume_ratio < 3 else "weak", volume
        face, ink = style.FITNESS[look]
        ax.add_patch(_cell(x, y, face))
        ax.annotate(text, (x, y), ha="center", va="center", color=ink, fontsize=forms.SMALL)
    headings = [
        f"{textwrap.fill(use, 12)}\n{degrees:.0f} °C"
        for use, degrees in zip(uses, heat, strict=True)
    ]
    _grid(ax, headings, magnets)
    return fig


def _grid(ax: Axes, columns: Sequence[str], rows: Sequence[str]) -> None:
    """Headings of a grid of cells, columns above."""
    ax.set_xlim(-0.5, len(columns) - 0.5)
    ax.set_ylim(len(rows) - 0.5, -0.5)
    ax.set_xticks(range(len(columns)), columns, color=style.INK, fontsize=9)
    ax.set_yticks(range(len(rows)), rows, color=style.INK, fontsize=forms.SMALL)
    ax.xaxis.tick_top()
    ax.tick_params(axis="both", size=0)
    ax.grid(False)
    ax.spines["bottom"].set_visible(False)


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
    both = savings["low"].map("{:.0f}".format), savings["high"].map("{:.0f}".format)
    words = both[0].where(both[0] == both[1], both[0] + " to " + both[1])
    forms.rows(
        savings.assign(label=savings["item"].map(lambda item: textwrap.fill(item, 14)), text=words),
        "Heavy rare earth saved, percent",
        left,
        palette=color,
    )
    left.set_xlim(0, 100)
    left.set_title("What makers say", pad=24)
    lines = pd.concat(
        [
            heavy[["low", "median", "high"]].assign(what="after\nsaving"),
            heavy[["before"]].set_axis(["median"], axis=1).assign(what="as\nbefore"),
        ]
    )
    lines = lines.rename_axis("year").reset_index().assign(kind="forecast")
    palette = {"as\nbefore": style.INK, "after\nsaving": color}
    forms.band(lines, "Thousand tonnes", right, hue="what", palette=palette)
    right.set_title("World demand, Dy and Tb", pad=24)
    return fig


def timeline(events: pd.DataFrame, today: float) -> Figure:
    """Iron nitride from the laboratory to plants; what lies ahead is hollow.

    Args:
        events: ``label``, ``when`` (year with fraction), ``kind``, in order of time.
        today: date of the report as year with fraction.
    """
    ax = forms.dates(events, x="when", today=today, color=style.MATERIALS["Fe16N2"])
    style.years(ax)
    return ax.figure


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
    ax.set_yscale("log")
    values = [*steps["t_per_year"], *lines["t_per_year"]]
    ax.set_ylim(min(values) / 3, 3 * max(values))
    for row in lines.itertuples():
        forms.reference(ax, row.t_per_year, row.label, axis="y", side="left", color=style.INK)
    style.decades(ax, "y")
    ax.set_xlim(-0.5, len(steps) - 0.5)
    ax.set_xticks(range(len(steps)), steps["label"])
    ax.tick_params(axis="x", labelcolor=style.INK)
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
    main = style.SUBSTITUTION["Motors of another kind"]
    words = "assumed here:\ncar motors that\nswitch, on top"
    path = assumed.rename_axis("year").reset_index().assign(what=words, kind="forecast")
    ax = forms.band(path, "Share, percent", hue="what", palette=main)
    colors = dict(zip(names, (style.SERIES[2], style.NEUTRAL), strict=True))
    ax.plot(fitted, color=colors[next(iter(names))], linewidth=1.4, linestyle=(0, (1.2, 1.4)))
    ends = {}
    for series in names:
        rows = shares[shares["series"] == series]
        look = {"color": colors[series], "markersize": 7, "clip_on": False}
        ax.plot(rows["year"], rows["share_pct"], "o", **look)
        ends[names[series]] = tuple(rows[["year", "share_pct"]].iloc[-1])
    ax.set_xlim(fitted.index.min(), None)
    ax.set_ylim(0, 100)
    style.label_points(ax, ends, {names[series]: colors[series] for series in names})
    return ax.figure


def avoided(bands: Mapping[str, pd.DataFrame], routes: pd.DataFrame) -> Figure:
    """US demand before and after, and which route takes how much.

    Args:
        bands: ``before`` and ``after``, each with ``low``, ``median``, ``high`` by year.
        routes: mean over draws of each route, by year, columns as :data:`style.SUBSTITUTION`.
    """
    fig, (left, right) = style.new(4.0, columns=2)
    unit = "Thousand tonnes of element"
    lines = pd.concat(bands, names=["what", "year"]).reset_index().assign(kind="forecast")
    looks = {"before": style.INK, "after": style.PATHWAYS["Rare-earth-free magnets"]}
    forms.band(lines, unit, left, hue="what", palette=looks)
    left.set_title("US demand", pad=24)
    parts = routes.rename_axis(index="year", columns="part").stack().rename("kt").reset_index()
    forms.stack(
        parts, unit, right, value="kt", palette=style.SUBSTITUTION,
        names={name: textwrap.fill(name, 13) for name in style.SUBSTITUTION},
    )  # fmt: skip
    right.set_title("Avoided, by route (mean)", pad=24)
    return fig


def scenarios(rows: pd.DataFrame, chosen: str) -> Figure:
    """Part of demand avoided in each scenario: light and heavy, world and United States.

    Args:
        rows: ``scenario``, ``what``, ``low``, ``median``, ``high`` in percent.
        chosen: scenario of this edition.
    """
    own = style.PATHWAYS["Rare-earth-free magnets"]
    color = np.where(rows["scenario"] == chosen, own, style.NEUTRAL)
    names = rows["scenario"].str.capitalize()
    return forms.panels(
        rows.assign(label=names, color=color), "what", forms.rows, height=3.6, sharex=True,
        unit="Percent of demand",
    )  # fmt: skip


def drivers(indices: pd.DataFrame) -> Figure:
    """How much of the spread of a result goes with each assumption.

    Args:
        indices: ``label``, ``S1``, ``ST``, ``ST_conf``, largest first.
    """
    return forms.sobol(indices, palette=style.PATHWAYS["Rare-earth-free magnets"]).figure
