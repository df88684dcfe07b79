"""The look of every figure: one theme, fixed colours, direct labels, bands.

A figure module imports this one and draws; it never sets colours, fonts or sizes of its own.
Headline, sources and number stand outside the drawing (see :mod:`rareearth.report`), so a figure
carries only what belongs to its axes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INK = "#222222"
MUTED = "#6b6b6b"
GRID = "#dddddd"
NEUTRAL = "#9a9a9a"

ACTORS = {
    "China": "#c8442b",
    "United States": "#1f5fa8",
    "Rest of world": "#9a9a9a",
    "Myanmar": "#e8a33d",
    "Australia": "#2f9e83",
    "Malaysia": "#7fc8b0",
    "Japan": "#8e6bb3",
    "Europe": "#5aa3d8",
    "India": "#b98b5e",
    "Brazil": "#7a9a3a",
    "Russia": "#6d5a7b",
    "Vietnam": "#d989a9",
    "Estonia": "#4c7f8f",
    "France": "#3b86c4",
    "Canada": "#d17a73",
    "Thailand": "#b3a23a",
    "Nigeria": "#557a46",
    "Madagascar": "#c77f3e",
}
"""Colour of each country or region; whoever is not listed is drawn as rest of world."""

PATHWAYS = {
    "Bio-based extraction": "#2f9e83",
    "Rare-earth-free magnets": "#8e6bb3",
    "E-waste and waste": "#e8a33d",
}

ELEMENTS = {
    "La": "#b9b9b9",
    "Ce": "#9a9a9a",
    "Pr": "#5aa3d8",
    "Nd": "#1f5fa8",
    "Sm": "#557a46",
    "Eu": "#8e6bb3",
    "Gd": "#2f9e83",
    "Tb": "#e8a33d",
    "Dy": "#c8442b",
    "Y": "#b98b5e",
    "Sc": "#7a9a3a",
}
"""Colour of each element; light magnet elements are blue, heavy ones warm."""

SERIES = ("#1f5fa8", "#c8442b", "#2f9e83", "#e8a33d", "#8e6bb3", "#5aa3d8", "#7a9a3a", "#9a9a9a")
"""Order of colours for categories that are neither actor, pathway nor element."""

LINES: dict[str, dict[str, Any]] = {
    "reported": {"linestyle": "-"},
    "derived": {"linestyle": "-"},
    "estimate": {"linestyle": (0, (5, 1.5))},
    "forecast": {"linestyle": (0, (1.2, 1.4))},
    "target": {"linestyle": (0, (1.2, 1.4)), "alpha": 0.75},
}
"""Line of each kind of value: what was measured is solid, what is expected or promised is not."""

BARS: dict[str, dict[str, Any]] = {
    "reported": {},
    "derived": {},
    "estimate": {"alpha": 0.75},
    "forecast": {"hatch": "////", "alpha": 0.55, "edgecolor": "white", "linewidth": 0},
    "target": {"hatch": "....", "alpha": 0.4, "edgecolor": "white", "linewidth": 0},
}
"""Fill of each kind of value in bar charts."""

WIDTH = 7.0
"""Width of a figure, inches: the text width of the PDF and of a page on a laptop."""


def actor(name: str) -> str:
    """Colour of a country or region."""
    return ACTORS.get(name, ACTORS["Rest of world"])


def readable(color: str) -> str:
    """The colour, darkened until text in it stands out from white at 4.5 to 1 (WCAG 2.1, AA)."""
    rgb = np.array(mpl.colors.to_rgb(color))
    while True:
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        if 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) >= 4.5:
            return mpl.colors.to_hex(rgb)
        rgb = rgb * 0.95


def apply() -> None:
    """Set the theme for all figures that follow; safe to call again."""
    for path in files("font_source_sans_pro").joinpath("files").iterdir():
        if re.search(r"-(Regular|It|Semibold|Bold)\.ttf$", path.name):
            font_manager.fontManager.addfont(str(path))
    mpl.rcParams.update(
        {
            "figure.figsize": (WIDTH, 4.0),
            "figure.constrained_layout.use": True,
            "figure.facecolor": "white",
            "font.family": "Source Sans Pro",
            "font.size": 10.5,
            "text.color": INK,
            "axes.labelcolor": MUTED,
            "axes.labelsize": 10,
            "axes.titlesize": 11,
            "axes.titleweight": "semibold",
            "axes.titlelocation": "left",
            "axes.edgecolor": NEUTRAL,
            "axes.linewidth": 0.8,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.spines.left": False,
            "axes.axisbelow": True,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.prop_cycle": cycler(color=SERIES),
            "grid.color": GRID,
            "grid.linewidth": 0.7,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            "xtick.labelsize": 10,
            "ytick.labelsize": 10,
            "xtick.major.size": 3,
            "ytick.major.size": 0,
            "lines.linewidth": 2.0,
            "lines.solid_capstyle": "round",
            "patch.linewidth": 0,
            "hatch.linewidth": 0.6,
            "legend.frameon": False,
            "legend.fontsize": 10,
            "svg.fonttype": "path",
            # Same drawing, same bytes: ids in the SVG depend on nothing but the drawing.
            "svg.hashsalt": "rareearth",
        }
    )


def new(height: float = 4.0, rows: int = 1, columns: int = 1, **kwargs: Any) -> tuple[Figure, Any]:
    """A figure of full text width with a grid of axes.

    Args:
        height: inches.
        rows: rows of axes.
        columns: columns of axes.
        kwargs: passed to :func:`matplotlib.pyplot.subplots` (``sharey``, ``width_ratios``, …).

    Returns:
        The figure and its axes, as ``plt.subplots`` gives them.
    """
    apply()
    return plt.subplots(rows, columns, figsize=(WIDTH, height), **kwargs)


def unit(ax: Axes, text: str, axis: str = "y") -> None:
    """Name an axis's quantity and unit: horizontally above the y axis, or below the x axis."""
    if axis == "x":
        ax.set_xlabel(text)
        return
    ax.set_ylabel(text, rotation=0, ha="left", va="bottom")
    ax.yaxis.set_label_coords(0, 1.02)


def years(ax: Axes, axis: str = "x") -> None:
    """Let an axis of years have ticks at whole years only."""
    getattr(ax, f"{axis}axis").set_major_locator(MaxNLocator("auto", integer=True))


def horizontal(ax: Axes) -> None:
    """Turn the grid for bars that lie: lines along x, none along y."""
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", size=0)


def band(ax: Axes, x: Any, low: Any, high: Any, color: str, label: str | None = None) -> None:
    """Uncertainty as a band; say its level in ``label`` or in the caption."""
    ax.fill_between(x, low, high, color=color, alpha=0.18, linewidth=0, label=label)


def label_ends(
    ax: Axes,
    ends: Mapping[str, tuple[float, float]],
    colors: Mapping[str, str],
    gap: float | None = None,
    offset: float = 4,
    weight: Mapping[str, str] | None = None,
) -> None:
    """Write each line's name at its right end, moved apart where names would overlap.

    Args:
        ax: axes with final limits and scale (labels are placed in axes fractions).
        ends: name to last point ``(x, y)`` in data units.
        colors: name to colour.
        gap: least vertical distance of two labels, in fractions of the axes' height; one line of
            text if not given.
        offset: horizontal distance from the point, in points.
        weight: name to font weight.
    """
    if gap is None:
        ax.figure.draw_without_rendering()  # settles the layout, and with it the axes' height
        points = ax.get_window_extent().height / ax.figure.dpi * 72
        gap = 1.25 * mpl.rcParams["font.size"] / points
    to_axes = ax.transData + ax.transAxes.inverted()
    placed = sorted(
        (float(to_axes.transform((_number(ax, x), y))[1]), name) for name, (x, y) in ends.items()
    )
    heights = spread([height for height, _ in placed], gap)
    for (_, name), height in zip(placed, heights, strict=True):
        ax.annotate(
            name,
            xy=(ends[name][0], height),
            xycoords=("data", "axes fraction"),
            xytext=(offset, 0),
            textcoords="offset points",
            color=readable(colors[name]),
            va="center",
            ha="left",
            annotation_clip=False,
            fontweight=(weight or {}).get(name, "semibold"),
        )


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """Ascending positions moved as little as possible until neighbours are ``gap`` apart.

    Least squares with a monotonic constraint (pool adjacent violators).

    Args:
        positions: ascending.
        gap: least distance.

    Returns:
        New positions, same order and, as a group, the same mean.
    """
    shifted = [p - i * gap for i, p in enumerate(positions)]
    pools: list[tuple[float, int]] = []
    for value in shifted:
        pools.append((value, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    flat = [mean for mean, count in pools for _ in range(count)]
    return [value + i * gap for i, value in enumerate(flat)]


def value_labels(ax: Axes, texts: Iterable[str], pad: float = 3, **kwargs: Any) -> None:
    """Write a text at the end of each bar of the last drawn set of bars."""
    ax.bar_label(ax.containers[-1], labels=list(texts), padding=pad, color=INK, **kwargs)


def zero_based(ax: Axes, axis: str = "y") -> None:
    """Let bars and areas start at zero."""
    (ax.set_ylim if axis == "y" else ax.set_xlim)(0, None)


def settle(fig: Figure) -> None:
    """Lay a figure out once and for all; what follows need not draw it to know its places."""
    fig.draw_without_rendering()
    fig.set_layout_engine("none")


def unlabelled(fig: Figure) -> list[str]:
    """Axes of a figure that show numbers without saying of what.

    Years and words need no unit; every other tick label does.

    Args:
        fig: laid out, see :func:`settle`.

    Returns:
        One short text per axis at fault.
    """
    faults = []
    for i, ax in enumerate(fig.axes):
        if not (ax.axison and ax.get_visible()):
            continue
        for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
            texts = [t.get_text() for t in axis.get_ticklabels() if t.get_visible()]
            shown = axis.get_visible() and any(_needs_unit(text) for text in texts)
            sharing = getattr(ax, f"get_shared_{name}_axes")().get_siblings(ax)
            named = any(getattr(other, f"get_{name}label")() for other in sharing)
            if shown and not named:
                faults.append(f"axes {i}, {name} axis")
    return faults


def _needs_unit(text: str) -> bool:
    bare = text.replace("\N{MINUS SIGN}", "-").replace(",", "").strip()
    if re.fullmatch(r"(18|19|20|21)\d\d", bare) or not re.search(r"\d", bare):
        return False
    return bool(re.fullmatch(r"[-+]?[\d.]+(e[-+]?\d+)?|\$\\mathdefault.*\$", bare))


def _number(ax: Axes, x: Any) -> float:
    return float(np.asarray(ax.convert_xunits(x), dtype=float))
