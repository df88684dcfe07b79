"""The look of every figure: one theme, fixed colours, direct labels, bands.

A figure module imports this one and draws; it never sets colours, fonts or sizes of its own.
Headline, sources and number stand outside the drawing (see :mod:`rareearth.report`), so a figure
carries only what belongs to its axes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from cycler import cycler
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.text import Annotation
from matplotlib.ticker import MaxNLocator, NullLocator, ScalarFormatter
from matplotlib.transforms import Bbox, IdentityTransform

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

PALE = {
    "China": "#e59b86",
    "United States": "#b8cfe8",
    "unspecified": "#d8d8d8",
    "protein": "#dff1ec",
    "area": "#eeeeee",
}
"""Light shades of a colour, for what is less sure, less weighty or behind the rest."""

DARK = {"China": "#7a2a1c", "protein": "#1d6152"}
"""Dark shades, for a second series of the same actor or pathway."""

STAGES = {
    "Mining": "#b98b5e",
    "Concentrate": "#b98b5e",
    "Mines and separation": "#b98b5e",
    "Refining": "#5aa3d8",
    "Compounds": "#5aa3d8",
    "Sintered magnets": "#c8442b",
    "Magnets": "#c8442b",
    "Metal, magnets": "#1f5fa8",
}
"""Colour of each stage of the chain and of what it makes."""

IN_PLACE = {
    "Myanmar": ACTORS["Myanmar"],
    "other mines": "#b98b5e",
    "Lynas and MP Materials": "#1f5fa8",
    "other plants, by output": "#9cc3e6",
}
"""What is mined outside China, and the plants that stand there."""

SUPPLY = {
    "Plants running": "#1f5fa8",
    "Plants to come": "#5aa3d8",
    "Waste": "#2f9e83",
    "Recycling": "#e8a33d",
    "Allies": "#7a9a3a",
    "Less heavy rare earth": "#5f4580",
    "New magnets": "#8e6bb3",
    "Motors of another kind": "#bda6d6",
    "Bridged in a cut": "#b98b5e",
    "Shortage": "#7d1f10",
    "Left to China": "#eab5ab",
}
"""What demand is met from, in the order of stacking, and its colour."""

CLOSED = ("Bridged in a cut", "Shortage", "Left to China")
"""Parts of :data:`SUPPLY` that are not closed by any pathway."""

SCENARIOS = {
    "baseline": INK,
    "announced": "#5aa3d8",
    "innovation": "#8e6bb3",
    "policy": "#2f9e83",
    "shock": "#c8442b",
}
"""Colour of each named scenario; a reader's own is drawn as the first one."""

MILESTONES = {2030: 0.4, 2035: 0.7, 2040: 1.0}
"""Years that are shown side by side, and how strong their colour is."""

ELEMENT_GROUPS = {"NdPr": ELEMENTS["Nd"], "DyTb": ELEMENTS["Dy"]}

OXIDES = {
    "La + Ce": ELEMENTS["La"],
    "Nd + Pr": ELEMENTS["Nd"],
    "Dy + Tb": ELEMENTS["Dy"],
    "Y": ELEMENTS["Y"],
    "other": ELEMENTS["Sm"],
    "not stated": "white",
}
"""Colour of each group of oxides in a deposit, in the order of drawing."""

MATERIALS = {
    "NdFeB": "#1f5fa8",
    "SmCo": "#557a46",
    "Sm2Fe17N3": "#5aa3d8",
    "Fe16N2": "#8e6bb3",
    "FeNi": "#d989a9",
    "MnBi": "#c77f3e",
    "AlNiCo": "#9a9a9a",
    "Ferrite": "#6d5a7b",
}
"""Colour of each magnet material; samarium-cobalt of both kinds is one."""

MAGNETS = {
    **{name: MATERIALS[name] for name in ("Fe16N2", "MnBi", "AlNiCo", "Ferrite")},
    "NdFeB N42": "#5aa3d8",
    "NdFeB N48SH": MATERIALS["NdFeB"],
    "Sm2Co17": MATERIALS["SmCo"],
}
"""Colour of each magnet that is compared with others."""

SUBSTITUTION = {
    "Motors of another kind": "#5aa3d8",
    "New magnets": PATHWAYS["Rare-earth-free magnets"],
    "Less heavy rare earth": "#e8a33d",
}
"""Colour of each route to less rare earth, in the order of stacking."""

FITNESS = {
    "loses its field": ("#f3d5cd", "#8a2c1a"),
    "if mild": ("#faecd0", "#6b4a08"),
    "strong": ("#cfe8dd", "#17553f"),
    "weak": ("#e9f3ee", "#17553f"),
}
"""Fill and text of a cell by how a magnet fits a use."""

SEPARATION = {
    "protein": PATHWAYS["Bio-based extraction"],
    "solvent": "#1f5fa8",
    "solvent extractant": "#1f5fa8",
    "other route": NEUTRAL,
}
"""Colour of each family of ligands, and of the route that uses it."""

COSTS = {
    "Leaching and feed": "#e8a33d",
    "Capture": SEPARATION["protein"],
    "Finishing": "#8e6bb3",
    "Single oxides": SEPARATION["solvent"],
}
"""Colour of each part of the cost of extraction, in the order of stacking."""

PROTEIN_PRICES = {0.05: "#9fd4c5", 0.5: SEPARATION["protein"], 5.0: DARK["protein"]}
"""Shade of each price of protein, USD per gram."""

USES = {"Other uses": NEUTRAL, "Wind power": "#2f9e83", "Electric vehicles": "#e8a33d"}
"""Colour of each use of magnets, in the order of stacking."""

RAW_USES = ("#1f5fa8", "#5aa3d8", "#9cc3e6", "#c9d9ea", GRID)
"""Shades of the uses of raw rare earths, largest first."""

EDITIONS = {
    "MCS 2019": "#5aa3d8",
    "MCS 2025": "#8e6bb3",
    "MCS 2026": "#1f5fa8",
    "2024": NEUTRAL,
    "2025": "#1f5fa8",
}
"""Colour of each edition of a publication."""

PRODUCTS = {
    "Electric cars": "#1f5fa8",
    "Hybrid cars": "#5aa3d8",
    "All cars, without drive": "#b4472e",
    "Wind power": "#2f9e83",
    "Drives, computers, phones": "#e8a33d",
    "Air conditioners": "#8e6bb3",
    "Scanners, motors, robots": NEUTRAL,
    "E-bikes, earbuds": "#7a9a3a",
}
"""Colour of each group of products, in the order of stacking."""

FATES = {
    "recovered": "#2f9e83",
    "lost_in_process": "#7a9a3a",
    "shredded": "#e8a33d",
    "uncollected": "#c8442b",
    "exported": NEUTRAL,
}
"""Colour of each stream that leaves use, in the order of drawing."""

SAID_BY = {"company": "#e8a33d", "inventors": "#e8a33d", "independent": "#1f5fa8"}
"""Colour of a value by who stands behind it."""

WASTES = {
    "Coal ash": "#c8442b",
    "Coal refuse": "#7a9a3a",
    "Phosphogypsum": "#e8a33d",
    "Red mud": "#8e6bb3",
    "Mine-water sludge": "#2f9e83",
    "Ore": INK,
}
"""Colour of each body of waste."""

TRENDS = {"falls": "#c8442b", "level": NEUTRAL, "rises": "#1f5fa8"}
"""Colour by what a device's content has done since 2005."""

PLANTS = {
    "operating": {"facecolor": "#1f5fa8"},
    "ramping": {"facecolor": "#5aa3d8"},
    "under construction": {"facecolor": "#e8a33d"},
    "planned": {"facecolor": "#e8a33d"} | BARS["target"] | {"alpha": 0.6},
    "list author's figure": {"facecolor": NEUTRAL} | BARS["forecast"],
}
"""Fill of each state of a plant: made, being made, promised, somebody's guess."""

STARTS = {"running": "#1f5fa8", "waiting": "#e8a33d", "given up": "#c8442b"}
"""Colour of a promise of a plant by what became of it."""

CONTROLS = {
    "announced": {"facecolor": "#f3d9b1"},
    "in force": {"facecolor": ACTORS["China"]},
    "suspended": {"facecolor": "#d9d9d9"},
    "suspended, no end stated": {"facecolor": "#d9d9d9", "hatch": "////", "edgecolor": "#8a8a8a"},
    "agreed, no act seen": {"facecolor": "#f2f2f2", "hatch": "////", "edgecolor": "#b0b0b0"},
    "not known": {"facecolor": "white", "hatch": "....", "edgecolor": ACTORS["China"]},
}
"""Fill of each state of an export control."""

CAPITAL = {
    "Grants": "#1f5fa8",
    "Tax credits": "#8e6bb3",
    "Equity": "#2f9e83",
    "Loans and guarantees": "#e8a33d",
    "Offtake or price floor": "#c8442b",
}
"""Colour of each kind of capital."""

FIRMNESS = {
    "counted": {"color": ACTORS["United States"]},
    "on milestones": {"color": ACTORS["United States"], **BARS["forecast"]},
    "conditional": {"color": ACTORS["United States"], **BARS["target"]},
    "letter of interest": {
        "facecolor": "white",
        "edgecolor": ACTORS["United States"],
        "linewidth": 1.0,
    },
}
"""Fill of money that is owed, signed on milestones, conditional, or only an interest."""

MONEY = {"private": "#5aa3d8", "public": "#2f9e83", "missing": "#c8442b", "cost": INK}
"""Colour of money by who gives it, or that nobody gives it."""

PRECEDENTS = {
    "Rubber (US need)": "#e8a33d",
    "Shale gas (US gas)": "#2f9e83",
    "China's mines (world)": ACTORS["China"],
    "China's magnets (world)": "#8766aa",
    "MP's oxide": "#5aa3d8",
    "US supply, expected": ACTORS["United States"],
}
"""Colour of each precedent, its market in brackets."""

PRICES = {
    "neodymium oxide": ELEMENTS["Nd"],
    "China, excluding VAT": "#c8442b",
    "realized by MP Materials": "#2f9e83",
    "model": "#8e6bb3",
}
"""Colour of each kind of price."""


IN_A_CUT = {
    "delivered": "#c9c9c9",
    "surged": "#2f9e83",
    "saved": "#7a9a3a",
    "commercial": "#5aa3d8",
    "strategic": "#1f5fa8",
    "shortage": "#c8442b",
}
"""What fills a need in a supply cut, from the bottom of the stack, and its colour."""

PRICE_WORLDS = {"Price war": "#c8442b", "Level of the record": NEUTRAL, "Scarcity": "#1f5fa8"}
"""Colour of each price world, lowest price first."""

VERDICTS = {
    "supported": "#2f9e83",
    "partly supported": "#e8a33d",
    "contradicted": "#c8442b",
    "not testable yet": "#9a9a9a",
}
"""Colour of each verdict on a claim."""

MEASURES = {
    "in force": {"markerfacecolor": ACTORS["United States"]},
    "bill": {"markerfacecolor": PALE["United States"]},
    "proposed": {"markerfacecolor": "white"},
    "not found": {"marker": "x"},
}
"""Mark of a measure by where it stands."""

BILLS = {
    "enacted": ACTORS["United States"],
    "pending": PALE["United States"],
    "not enacted": "white",
}
"""Fill of a bill by its outcome."""

LANES = {
    "United States": ACTORS["United States"],
    "China": ACTORS["China"],
    "Allies": ACTORS["Japan"],
    "Industry, market": ACTORS["Myanmar"],
    "Technology, finds": ACTORS["Australia"],
}
"""Colour of each kind of event in a timeline."""

WIDTH = 7.0
"""Width of a figure, inches: the text width of the PDF and of a page on a laptop."""


def actor(name: str) -> str:
    """Colour of a country or region."""
    return ACTORS.get(name, ACTORS["Rest of world"])


def contrast(color: Any, other: Any = "white") -> float:
    """Contrast of two colours from 1 to 21 (WCAG 2.1)."""
    rgb = np.array([mpl.colors.to_rgb(color), mpl.colors.to_rgb(other)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    dark, light = sorted(linear @ [0.2126, 0.7152, 0.0722])
    return float((light + 0.05) / (dark + 0.05))


@cache
def readable(color: str) -> str:
    """The colour, darkened until text in it stands out from white at 4.5 to 1 (WCAG 2.1, AA)."""
    rgb = np.array(mpl.colors.to_rgb(color))
    while contrast(rgb) < 4.5:
        rgb = rgb * 0.95
    return mpl.colors.to_hex(rgb)


def pale(color: str, strength: float) -> str:
    """The colour mixed with white: all of it at strength 1, none at 0."""
    rgb = np.array(mpl.colors.to_rgb(color))
    return mpl.colors.to_hex(1 - strength * (1 - rgb))


def on(color: str) -> str:
    """Colour of text on a fill: ink or white, whichever stands out more."""
    return max((INK, "white"), key=lambda text: contrast(text, color))


def apply() -> None:
    """Set the theme for all figures that follow; safe to call again."""
    _add_fonts()
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


@cache  # adding a font again makes the next look-up of every font start anew
def _add_fonts() -> None:
    for path in files("font_source_sans_pro").joinpath("files").iterdir():
        if re.search(r"-(Regular|It|Semibold|Bold)\.ttf$", path.name):
            font_manager.fontManager.addfont(str(path))


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


class Thousands(ScalarFormatter):
    """Ticks as ever, with a comma between thousands."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Text of the tick at ``x``."""
        whole, point, rest = super().__call__(x, pos).partition(".")
        return re.sub(r"(?<=\d)(?=(\d{3})+$)", ",", whole) + point + rest


def unit(ax: Axes, text: str, axis: str = "y") -> None:
    """Name an axis's quantity and unit: horizontally above the y axis, or below the x axis."""
    named = getattr(ax, f"{axis}axis")
    if type(named.get_major_formatter()) is ScalarFormatter:
        named.set_major_formatter(Thousands())
    if axis == "x":
        ax.set_xlabel(text)
        return
    ax.set_ylabel(text, rotation=0, ha="left", va="bottom")
    ax.yaxis.set_label_coords(0, 1.02)


class Key(Legend):
    """Names of series in lines above axes, which may be narrower than the names are long."""

    def get_tightbbox(self, renderer: Any = None) -> Bbox:
        """Its box, no wider than the axes until the figure is laid out, or it would narrow them."""
        box = super().get_tightbbox(renderer)
        if self.figure.get_layout_engine() is None:
            return box
        return Bbox.from_extents(self.axes.bbox.x0, box.y0, self.axes.bbox.x1, box.y1)

    def hold_inside(self) -> None:
        """Move to the left as far as its end stands outside the figure."""
        excess = self.get_window_extent().x1 + 12 - self.figure.bbox.x1
        if excess > 0:
            place = self.get_bbox_to_anchor().translated(-excess, 0)
            whole = self.figure.transFigure  # holds at any resolution
            self.set_bbox_to_anchor(place.transformed(whole.inverted()).p0, whole)


def heading(ax: Axes, text: str, **look: Any) -> None:
    """Name axes above their unit and the key of their row; call it when all of them stand."""
    pad = 20 if ax.get_ylabel() else 6
    for other in ax.figure.axes:
        key = other.get_legend()
        if isinstance(key, Key) and other.get_subplotspec().rowspan == ax.get_subplotspec().rowspan:
            pad = 3 + (key.get_window_extent().y1 - other.bbox.y1) * 72 / ax.figure.dpi
    ax.set_title(text, pad=pad, **look)


def years(ax: Axes, axis: str = "x") -> None:
    """Let an axis of years have ticks at whole years only."""
    whole = MaxNLocator("auto", integer=True, steps=[1, 2, 5, 10])
    getattr(ax, f"{axis}axis").set_major_locator(whole)
    getattr(ax, f"{axis}axis").set_major_formatter("{x:.0f}")


def horizontal(ax: Axes) -> None:
    """Turn the grid for bars that lie: lines along x, none along y."""
    ax.grid(axis="y", visible=False)
    ax.grid(axis="x", visible=True)
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="x", size=0)


def band(ax: Axes, x: Any, low: Any, high: Any, color: str, label: str | None = None) -> None:
    """Uncertainty as a band; say its level in ``label`` or in the caption."""
    ax.fill_between(x, low, high, color=color, alpha=0.18, linewidth=0, label=label)


class EndLabel(Annotation):
    """A line's name at its end; :func:`settle` moves those of one axes apart."""

    def __init__(self, text: str, x: Any, y: float, **look: Any) -> None:
        """Stand beside a point.

        Args:
            text: the name.
            x: place of the point, data units.
            y: its height, data units.
            look: as of :class:`matplotlib.text.Annotation`.
        """
        # Added as an artist it would be cut off at the axes, beside which it stands.
        look |= {"xycoords": "data", "textcoords": "offset points", "clip_on": False}
        super().__init__(text, (x, y), **look)
        # As Axes.annotate does: its place is in points, which no scale of the axes can forbid.
        self.set_transform(IdentityTransform())
        self.offset = look["xytext"][0]


def label_ends(
    ax: Axes,
    ends: Mapping[str, tuple[float, float]],
    colors: Mapping[str, str],
    offset: float = 4,
    weight: Mapping[str, str] | None = None,
) -> None:
    """Write each line's name at its right end; names that would overlap move apart.

    Args:
        ax: where the lines are.
        ends: name to last point ``(x, y)`` in data units.
        colors: name to colour.
        offset: horizontal distance from the point, in points.
        weight: name to font weight.
    """
    for name, (x, y) in ends.items():
        label = EndLabel(
            name,
            x,
            y,
            xytext=(offset, 0),
            color=readable(colors[name]),
            va="center",
            ha="left",
            annotation_clip=False,
            fontweight=(weight or {}).get(name, "semibold"),
        )
        ax.add_artist(label).set_clip_on(False)
        label.get_window_extent()  # until it is asked for, the layout takes its box for empty
    _part_labels(ax)


def _part_labels(ax: Axes, final: bool = False) -> None:
    """Move the end labels of axes apart, at the height that the axes have now.

    Args:
        ax: axes with end labels.
        final: whether limits are final; then labels keep above the years below the axes.
    """
    labels = [text for text in ax.texts if isinstance(text, EndLabel)]
    points = 72 / ax.figure.dpi
    at = [float(ax.transData.transform((_number(ax, t.xy[0]), t.xy[1]))[1]) for t in labels]
    order = sorted(range(len(at)), key=at.__getitem__)
    tall = [1.25 * t.get_fontsize() * (1 + t.get_text().count("\n")) / points for t in labels]
    gaps = [(tall[i] + tall[j]) / 2 for i, j in itertools.pairwise(order)]
    steps = [*(tall[i] / 2 for i in order[:1]), *gaps]
    # Below the axes stands the year in which they end.
    least = ax.bbox.y0 if final and sum(steps) < ax.bbox.height else float("-inf")
    for i, height, step in zip(order, spread([at[i] for i in order], gaps), steps, strict=True):
        least = max(height, least + step)
        labels[i].set_position((labels[i].offset, (least - at[i]) * points))


def label_points(
    ax: Axes, points: Mapping[str, tuple[float, float]], colors: Mapping[str, str]
) -> None:
    """Write a name beside each point, on the side where it covers least of what is drawn.

    Args:
        ax: axes with everything drawn, and final limits.
        points: name to point ``(x, y)`` in data units.
        colors: name to colour.
    """
    if engine := ax.figure.get_layout_engine():
        engine.execute(ax.figure)  # settles where things stand
    taken = np.vstack([_covered(line) for line in ax.lines])
    whole = ax.get_window_extent()
    for name, at in points.items():
        best = None
        for side, dx, dy in (
            *(("left", 8, 0), ("right", -8, 0)),
            *((side, 0, dy) for dy in (9, -9) for side in ("center", "left", "right")),
            *((side, 0, dy) for dy in (22, -22) for side in ("center", "left", "right")),
        ):
            text = ax.annotate(
                name, at, xytext=(dx, dy), textcoords="offset points", ha=side,
                va="center" if dx else "bottom" if dy > 0 else "top", fontweight="semibold",
                color=readable(colors[name]),
            )  # fmt: skip
            box = text.get_window_extent().padded(2)  # not even touching a line
            covered = box.count_contains(taken) + 1000 * (not whole.containsx(box.x1 - 1))
            covered += 1000 * (not whole.containsx(box.x0 + 1))
            covered += 4 * (abs(dy) > 9)  # rather beside than far away
            if best is None or covered < best[0]:
                if best is not None:
                    best[1].remove()
                best = covered, text, box
            else:
                text.remove()
        corners = np.linspace(best[2].p0, best[2].p1, 30)
        taken = np.vstack([taken, corners, np.column_stack([corners[:, 0], corners[::-1, 1]])])


def _covered(line: Any) -> np.ndarray:
    """Points on the screen that a line covers, a few apart, and the corners of its marks."""
    points = line.axes.transData.transform(np.asarray(line.get_xydata(), dtype=float))
    parts = [points]
    if line.get_marker() not in ("None", None, ""):
        reach = line.get_markersize() / 2 * line.figure.dpi / 72
        parts += [
            points + reach * np.array(corner) for corner in itertools.product((-1, 1), (-1, 1))
        ]
    if line.get_linestyle() != "None":
        for start, end in itertools.pairwise(points[np.isfinite(points).all(axis=1)]):
            parts.append(np.linspace(start, end, 2 + int(np.hypot(*(end - start)) / 3)))
    return np.vstack(parts)


def spread(positions: Sequence[float], gap: float | Sequence[float]) -> list[float]:
    """Ascending positions moved as little as possible until neighbours are ``gap`` apart.

    Least squares with a monotonic constraint (pool adjacent violators).

    Args:
        positions: ascending.
        gap: least distance, of all neighbours or of each pair.

    Returns:
        New positions, same order and, as a group, the same mean.
    """
    gaps = [gap] * (len(positions) - 1) if np.isscalar(gap) else gap
    starts = [0.0, *itertools.accumulate(gaps)][: len(positions)]
    pools: list[tuple[float, int]] = []
    for position, start in zip(positions, starts, strict=True):
        pools.append((position - start, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    flat = [mean for mean, count in pools for _ in range(count)]
    return [value + start for value, start in zip(flat, starts, strict=True)]


def value_labels(ax: Axes, texts: Iterable[str], pad: float = 3, **kwargs: Any) -> None:
    """Write a text at the end of each bar of the last drawn set of bars."""
    ax.bar_label(ax.containers[-1], labels=list(texts), padding=pad, **{"color": INK} | kwargs)


def zero_based(ax: Axes, axis: str = "y") -> None:
    """Let bars and areas start at zero and hold all that is drawn, in all panels of an axis."""
    ax.autoscale(axis=axis)
    (ax.set_ylim if axis == "y" else ax.set_xlim)(0, None)


def decades(ax: Axes, axis: str = "x") -> None:
    """Let a logarithmic axis have few round ticks, written out: 1, 10, 100 or 1, 2, 5."""
    low, high = getattr(ax, f"get_{axis}lim")()
    span = abs(np.log10(high / low))
    steps = (1, 2, 5) if span < 2.6 else (1,)
    every = 1 if span < 7 else 2
    powers = range(int(np.floor(np.log10(min(low, high)))), int(np.ceil(np.log10(max(low, high)))))
    ticks = [s * 10.0**p for p in range(powers.start, powers.stop + 1, every) for s in steps]
    near = 1 + 1e-9
    shown = [tick for tick in ticks if min(low, high) / near <= tick <= max(low, high) * near]
    getattr(ax, f"set_{axis}ticks")(shown, [f"{tick:,.10g}" for tick in shown])
    getattr(ax, f"{axis}axis").set_minor_locator(NullLocator())
    getattr(ax, f"set_{axis}lim")(low, high)


def settle(fig: Figure) -> None:
    """Lay a figure out once and for all; what follows need not draw it to know its places."""
    if engine := fig.get_layout_engine():
        engine.execute(fig)
    with mpl.rc_context({"figure.constrained_layout.use": False}):
        # None at all: left with an empty engine, saving would draw everything once more.
        fig.set_layout_engine(None)
    for ax in fig.axes:
        _part_labels(ax, final=True)
        if isinstance(key := ax.get_legend(), Key):
            key.hold_inside()


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
