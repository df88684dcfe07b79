"""The common forms of figures: rows, bars, bands and stacks over time, panels, sensitivity.

Each takes a tidy frame and draws it onto given axes, or onto a new figure of fitting height, and
returns the axes (``.figure`` is the drawing). A figure module chooses the form, the colours from
:mod:`rareearth.figures.style` and the words; what a form cannot say it adds to the axes.

The middle and the ends of an interval are the columns named ``median``, ``low`` and ``high``, with
a unit behind (``median_kt``) or not; ``value`` names another column for the middle. Further
columns, where there are any, say how a mark looks: ``kind`` (reported, estimate, forecast, target)
hatches bars, dots lines and empties dots; ``color`` and ``alpha`` are the mark's own. Places of
words follow from the data: the end of a row, the end of a line, the middle of an area.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.transforms import ScaledTranslation, blended_transform_factory

from rareearth.figures import style

Palette = str | Mapping[Any, Any]
"""One colour, or a colour (or the look of a bar) for each value of ``hue``, in their order."""

EXPECTED = ("forecast", "target")
"""Kinds whose dots are hollow."""
LINE = 0.42
"""Height of a row, inches."""
SINGLE = 0.36
"""Height of a row of one line and one series, inches."""
FRAME = 1.05
"""Height of what is not rows: the axis below, a key above."""
THICK = 0.64
"""Part of its row that a bar fills."""
SMALL = 9.5
"""Size of the words beside marks."""


# --- rows ----------------------------------------------------------------------------------------


def rows(
    frame: pd.DataFrame,
    unit: str,
    ax: Axes | None = None,
    *,
    label: str = "label",
    value: str = "",
    hue: str = "",
    palette: Palette = style.SERIES[0],
    bar: bool = False,
    inner: str = "",
    marks: Mapping[str, str] | None = None,
    text: str = "{:.0f}",
    log: bool = False,
) -> Axes:
    """Row chart: one row per label from the top, each a dot or bar on its interval.

    Without a middle (no ``median``, no ``value``), both ends of the interval get a dot.

    Args:
        frame: ``label`` and the columns that the module describes; a column ``group`` sets rows
            off under headings, a column ``text`` is written at the ends of rows.
        unit: quantity and unit of the axis.
        ax: where to draw; a new figure if not given.
        label: column with the names of rows, in the order of drawing.
        value: column of the middle.
        hue: column of the series; several of a row stand one below the other, one alone in the
            middle.
        palette: colours.
        bar: bars from zero instead of dots.
        inner: column of a part of the bar that is drawn darker than the whole.
        marks: further columns, drawn as hollow marks, to their matplotlib marker.
        text: template of what is written at the end of a row; empty for nothing.
        log: logarithmic axis.
    """
    frame = frame.reset_index(drop=True)
    middle, low, high = (
        value or _named(frame, "median"),
        _named(frame, "low"),
        _named(frame, "high"),
    )
    places, ticks, headings = _places(frame, label)
    series = _order(frame, hue, palette) if hue else [None]
    shared = bool(frame.duplicated([*(["group"] if "group" in frame else []), label]).any())
    step = 0.84 / len(series) if shared else 0.0
    if ax is None:
        bottom = max(places) + 1 if places else 1
        line = LINE if shared or any("\n" in name for _, name in ticks) else SINGLE
        _, ax = style.new(FRAME + line * bottom * (1 + 0.28 * (len(series) - 1) * shared))
    if log:
        ax.set_xscale("log")
    thick = min(THICK, 0.9 * step) if shared else THICK
    numbers = frame[[column for column in (middle, low, high) if column]]
    filled = pd.Series(places)[numbers.notna().any(axis=1)].value_counts()
    for place, row in zip(places, frame.to_dict("records"), strict=True):
        at = series.index(row[hue]) if hue else 0
        y = place + step * (at - (len(series) - 1) / 2) * (filled.get(place, 0) > 1)
        look = _look(row, row[hue] if hue else None, palette)
        color = look.get("color") or look.get("edgecolor")
        strength = {"alpha": row["alpha"]} if "alpha" in row else {}
        mid = row[middle] if middle else np.nan
        ends = [row[low], row[high]] if low and high else [np.nan, np.nan]
        known = np.isfinite(ends).all()
        if bar:
            looks = look | style.BARS[row.get("kind", "reported")] | strength
            if inner:
                looks |= {"alpha": 0.4}
                ax.barh(y, row[inner], thick, color=color)
            ax.barh(y, mid, thick, **looks)
            if known:
                ax.plot(ends, [y, y], color=style.INK, linewidth=1.2)
        elif known:
            ax.plot(
                ends, [y, y], color=color, linewidth=5 if len(series) < 3 else 4,
                alpha=0.4 * strength.get("alpha", 1), solid_capstyle="butt",
            )  # fmt: skip
        if not bar:
            dots = [mid] if middle else sorted(set(ends))
            ax.plot(
                dots, [y] * len(dots), "o", color=color, markersize=7, linestyle="none",
                markerfacecolor="white" if row.get("kind") in EXPECTED else color,
                clip_on=False, **strength,
            )  # fmt: skip
        others = [row[column] for column in marks or {}]
        for other, marker in zip(others, (marks or {}).values(), strict=True):
            ax.plot(
                other, y, marker, color=style.INK, markerfacecolor="white", markersize=6,
                markeredgewidth=1.4, zorder=3, clip_on=False,
            )  # fmt: skip
        if words := row.get("text", text.format(mid) if text and np.isfinite(mid) else ""):
            _beside(ax, str(words), [mid, *(ends if known else []), *others], y)
    _rows_axis(ax, unit, ticks, headings, log)
    if hue and len(series) > 1 and not _told(frame, label, hue):
        key(ax, {name: palette[name] for name in series}, bars=bar)
    if not log:
        _from_zero(ax, always=bar)
    return ax


def stacked_rows(
    frame: pd.DataFrame,
    unit: str,
    ax: Axes | None = None,
    *,
    label: str = "label",
    value: str,
    hue: str = "part",
    palette: Mapping[Any, Any],
    least: float = np.inf,
    text: str = "{:.0f}",
    totals: Mapping[str, str] | None = None,
) -> Axes:
    """Lying stacked bars, one per label from the top, the parts named above.

    Args:
        frame: ``label``, ``hue`` and ``value``, one row per part of a bar; ``group`` as in
            :func:`rows`.
        unit: quantity and unit of the axis.
        ax: where to draw; a new figure if not given.
        label: column with the names of bars, in the order of drawing.
        value: column with the length of parts.
        hue: column with the names of parts.
        palette: colour, or look of a bar, of each part, in the order of stacking.
        least: parts at least this long carry their number.
        text: its template.
        totals: what to write at the end of each bar.
    """
    frame = frame.reset_index(drop=True)
    places, ticks, headings = _places(frame, label)
    if ax is None:
        _, ax = style.new(FRAME + LINE * (max(places) + 1))
    start: dict[float, float] = {}
    order = _order(frame, hue, palette)
    for i in sorted(frame.index, key=lambda i: order.index(frame.loc[i, hue])):
        length, y = frame.loc[i, value], places[i]
        if not np.isfinite(length) or length == 0:
            continue
        left = start.get(y, 0.0)
        look = _look(frame.loc[i], frame.loc[i, hue], palette)
        if "kind" in frame:
            look |= style.BARS[frame.loc[i, "kind"]]
        ax.barh(y, length, 0.7, left=left, **look)
        if length >= least:
            ax.text(
                left + length / 2, y, text.format(length), ha="center", va="center",
                fontsize=SMALL, color=style.on(look.get("color", look.get("facecolor"))),
            )  # fmt: skip
        start[y] = left + length
    for (y, name), words in itertools.product(ticks, [totals or {}]):
        if name in words:
            _beside(ax, words[name], [start.get(y, 0.0)], y)
    _rows_axis(ax, unit, ticks, headings, log=False)
    key(ax, {name: palette[name] for name in order}, bars=True)
    ax.set_xlim(0, max(start.values()))
    return ax


def studies(
    frame: pd.DataFrame,
    unit: str,
    ax: Axes | None = None,
    *,
    label: str = "label",
    value: str,
    hue: str = "",
    palette: Palette = style.SERIES[0],
    log: bool = False,
) -> Axes:
    """One dot per study and row, moved aside where dots would hide each other (a swarm).

    Args:
        frame: ``label``, ``value`` and, if given, ``hue``; one row per study.
        unit: quantity and unit of the axis.
        ax: where to draw; a new figure if not given.
        label: column with the names of rows, in the order of drawing.
        value: column of the value.
        hue: column that decides the colour.
        palette: colours.
        log: logarithmic axis.
    """
    names = list(dict.fromkeys(frame[label]))
    if ax is None:
        _, ax = style.new(FRAME + 1.3 * LINE * len(names))
    colors = {"hue": hue, "palette": palette} if hue else {"color": palette}
    sns.swarmplot(
        frame, x=value, y=label, order=names, size=5, log_scale=log or None, legend=False,
        ax=ax, **colors,
    )  # fmt: skip
    ax.set_ylabel("")
    _rows_axis(ax, unit, list(enumerate(names)), [], log)
    return ax


# --- over time -----------------------------------------------------------------------------------


def band(
    frame: pd.DataFrame,
    unit: str,
    ax: Axes | None = None,
    *,
    x: str = "year",
    value: str = "",
    hue: str = "",
    palette: Palette = style.SERIES[0],
    names: Mapping[Any, str] | None = None,
    gaps: bool = False,
    log: bool = False,
) -> Axes:
    """Lines over time, each with its band, named at its end.

    A piece of a line is drawn as the ``kind`` of the point that it leads to. A column ``point``
    (full, hollow or missing) puts a dot on the line.

    Args:
        frame: ``x`` and the columns that the module describes; one row per point.
        unit: quantity and unit of the y axis.
        ax: where to draw; a new figure if not given.
        x: column of years or dates.
        value: column of the line.
        hue: column of the series.
        palette: colours.
        names: what to call series at their ends; default their values, an empty text for none.
        gaps: leave a gap where a year is missing.
        log: logarithmic axis.
    """
    middle, low, high = (
        value or _named(frame, "median"),
        _named(frame, "low"),
        _named(frame, "high"),
    )
    if ax is None:
        _, ax = style.new(4.2)
    if log:
        ax.set_yscale("log")
    ends, colors = {}, {}
    for name in _order(frame, hue, palette) if hue else [None]:
        line = (frame[frame[hue] == name] if hue else frame).sort_values(x)
        color = _look(line.iloc[0], name, palette)["color"]
        if gaps:
            every = range(int(line[x].min()), int(line[x].max()) + 1)
            line = line.set_index(x).reindex(every).rename_axis(x).reset_index()
        if low and high:
            style.band(ax, line[x], line[low], line[high], color)
        for piece, kind in _pieces(line, x):
            ax.plot(piece[x], piece[middle], color=color, **style.LINES[kind])
        for point, dots in line.groupby("point") if "point" in line else ():
            ax.plot(
                dots[x], dots[middle], "o", color=color, markersize=5, zorder=3, clip_on=False,
                markerfacecolor="white" if point == "hollow" else color,
            )  # fmt: skip
        if hue and (words := (names or {}).get(name, str(name))):
            # A band whose middle lies off the figure everywhere is named at its lower edge.
            at = middle if line[middle].notna().any() or not low else low
            last = line.dropna(subset=[at]).iloc[-1]
            ends[words], colors[words] = (last[x], last[at]), color
    if pd.api.types.is_numeric_dtype(frame[x]):
        ax.margins(x=0)
        style.years(ax)
    if log:
        style.decades(ax, "y")
    elif frame[middle].min() >= 0:
        style.zero_based(ax)
    style.unit(ax, unit)
    style.label_ends(ax, ends, colors)
    return ax


def stack(
    frame: pd.DataFrame,
    unit: str,
    ax: Axes | None = None,
    *,
    x: str = "year",
    value: str,
    hue: str = "part",
    palette: Mapping[Any, str],
    names: Mapping[Any, str] | None = None,
    since: float | None = None,
) -> Axes:
    """Stacked areas over time, each named at the middle of its right end.

    Args:
        frame: ``x``, ``hue`` and ``value``; one row per point of a part.
        unit: quantity and unit of the y axis.
        ax: where to draw; a new figure if not given.
        x: column of years.
        value: column with the height of parts.
        hue: column with the names of parts.
        palette: colour of each part, in the order of stacking from below.
        names: what to call parts; default their values, an empty text for none.
        since: year from which values are expected, drawn pale.
    """
    if ax is None:
        _, ax = style.new(4.4)
    order = _order(frame, hue, palette)
    wide = frame.pivot(index=x, columns=hue, values=value).fillna(0)[order]
    until = wide.index[-1] if since is None else since
    for part, alpha in ((wide.loc[:until], 0.95), (wide.loc[until:], 0.5)):
        if len(part) > 1:
            ax.stackplot(
                part.index, part.T, colors=[palette[n] for n in order], alpha=alpha, linewidth=0
            )
    ax.margins(x=0)
    style.zero_based(ax)
    if pd.api.types.is_numeric_dtype(wide.index):
        style.years(ax)
    style.unit(ax, unit)
    middles = wide.iloc[-1].cumsum() - wide.iloc[-1] / 2
    shown = {n: (names or {}).get(n, str(n)) for n in order}
    style.label_ends(
        ax,
        {words: (wide.index[-1], middles[n]) for n, words in shown.items() if words},
        {words: palette[n] for n, words in shown.items()},
    )
    return ax


def columns(
    frame: pd.DataFrame,
    unit: str,
    ax: Axes | None = None,
    *,
    x: str = "year",
    value: str,
    hue: str = "",
    palette: Palette = style.SERIES[0],
    text: str = "{:.0f}",
) -> Axes:
    """Standing bars, by year or by name, stacked where there are several of one place.

    Args:
        frame: ``x``, ``value`` and, if given, ``hue``; ``kind`` decides the fill.
        unit: quantity and unit of the y axis.
        ax: where to draw; a new figure if not given.
        x: column of years (numbers) or names.
        value: column with the height of bars.
        hue: column with the names of parts, in whose order bars are stacked.
        palette: colours, or looks of bars.
        text: template of the sum written above; empty for nothing.
    """
    frame = frame.reset_index(drop=True)
    if ax is None:
        _, ax = style.new(3.8)
    named = not pd.api.types.is_numeric_dtype(frame[x])
    at = {name: i if named else name for i, name in enumerate(dict.fromkeys(frame[x]))}
    top = dict.fromkeys(at, 0.0)
    kinds = frame["kind"].astype(str) if "kind" in frame else pd.Series("reported", frame.index)
    for part in _order(frame, hue, palette) if hue else [None]:
        rows = frame[(frame[hue] == part) if hue else slice(None)].dropna(subset=[value])
        look = _look({}, part, palette)
        for kind, alike in rows.groupby(kinds, sort=False):
            xs, heights = alike[x], alike[value].astype(float)
            ax.bar(xs.map(at), heights, 0.75, bottom=xs.map(top), **look | style.BARS[kind])
            top |= dict(zip(xs, xs.map(top) + heights, strict=True))
    for name, height in top.items():
        if text and height:
            ax.annotate(
                text.format(height), (at[name], height), xytext=(0, 2), fontsize=SMALL,
                textcoords="offset points", ha="center", va="bottom",
            )  # fmt: skip
    if named:
        ax.set_xticks(list(at.values()), list(at))
        ax.tick_params(axis="x", size=0, labelcolor=style.INK)
    else:
        style.years(ax)
    style.unit(ax, unit)
    if hue and len(_order(frame, hue, palette)) > 1:
        key(ax, {name: palette[name] for name in _order(frame, hue, palette)}, bars=True)
    if text:
        ax.margins(y=0.1)  # numbers stand inside
    style.zero_based(ax)
    return ax


def dates(
    events: pd.DataFrame,
    ax: Axes | None = None,
    *,
    x: str = "date",
    today: Any = None,
    color: str = style.SERIES[0],
) -> Axes:
    """Events one below the other as time goes on, each named on the side where there is room.

    Args:
        events: ``x``, ``label`` and ``kind`` (what is expected is hollow), in order of drawing.
        ax: where to draw; a new figure if not given.
        x: column of dates, or of years with fractions.
        today: day of the report, drawn as a line.
        color: of the dots.
    """
    if ax is None:
        _, ax = style.new(0.7 + LINE * len(events))
    middle = events[x].min() + (events[x].max() - events[x].min()) / 2
    for y, row in enumerate(events.to_dict("records")):
        ahead = row["kind"] in EXPECTED
        ax.plot(
            row[x], y, "o", markersize=9, color=color, markeredgewidth=2, zorder=4,
            markerfacecolor="white" if ahead else color,
        )  # fmt: skip
        side = -1 if row[x] > middle else 1
        ax.annotate(
            row["label"], (row[x], y), xytext=(9 * side, 0), textcoords="offset points",
            ha="left" if side > 0 else "right", va="center", fontsize=SMALL, zorder=3,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    style.horizontal(ax)
    ax.set_yticks([])
    ax.set_ylim(len(events) - 0.4, -0.6)
    if today is not None:
        reference(ax, today, "this report", color=style.SERIES[1])
    return ax


# --- sensitivity ---------------------------------------------------------------------------------


def tornado(
    frame: pd.DataFrame,
    unit: str,
    ax: Axes | None = None,
    *,
    middle: float,
    threshold: float | None = None,
    threshold_text: str = "{:.0f}%",
) -> Axes:
    """One-at-a-time sensitivity: what a result becomes as one input after the other moves.

    Args:
        frame: ``label``; ``low…`` and ``high…``, the result with the input at the ends of its
            range; where known ``least…`` and ``most…``, the result at its hard bounds, drawn thin,
            and ``least_text`` and ``most_text``, the input there. Widest first.
        unit: quantity and unit of the result.
        ax: where to draw; a new figure if not given.
        middle: the result with all inputs as they are.
        threshold: result at which a conclusion turns.
        threshold_text: how it is written.
    """
    frame = frame.reset_index(drop=True)
    if ax is None:
        _, ax = style.new(FRAME + 1.05 * LINE * len(frame))
    outer = [_named(frame, side) for side in ("least", "most")]
    inner = [_named(frame, side) for side in ("low", "high")]
    ax.axvline(middle, color=style.MUTED, linewidth=0.9)
    for y, row in frame.iterrows():
        ends = list(row[outer if all(outer) else inner])
        ax.plot(ends, [y, y], color=style.NEUTRAL, linewidth=1.6)
        ax.plot(
            list(row[inner]), [y, y], color=style.SERIES[0], linewidth=7, alpha=0.75,
            solid_capstyle="butt",
        )  # fmt: skip
        texts = [str(row.get(f"{side}_text", "")) for side in ("least", "most")]
        (left, first), (right, last) = sorted(zip(ends, texts, strict=True))
        _beside(ax, first, [left], y, side=-1, color=style.MUTED)
        if right - left >= 1e-9:
            _beside(ax, last, [right], y, color=style.MUTED)
    ax.margins(x=0.1)  # words stand inside
    _rows_axis(ax, unit, list(enumerate(frame["label"])), [], log=False)
    if threshold is not None:
        reference(ax, threshold, threshold_text.format(threshold), color=style.SERIES[1])
    return ax


def sobol(
    indices: pd.DataFrame,
    ax: Axes | None = None,
    *,
    label: str = "label",
    hue: str = "",
    palette: Palette = style.SERIES[0],
    of: str = "the variance",
) -> Axes:
    """Sobol indices: dark the part that an input explains alone, pale with others, with error bars.

    Args:
        indices: ``label``, ``ST``, ``ST_conf`` and, where it is to be shown, ``S1``, as fractions
            (:func:`rareearth.uncertainty.sobol_indices`), largest first.
        ax: where to draw; a new figure if not given.
        label: column with the names of inputs.
        hue: column of cases (years, say) that stand one below the other.
        palette: colours.
        of: what is explained.
    """
    names = list(dict.fromkeys(indices[label]))
    cases = _order(indices, hue, palette) if hue else [None]
    if ax is None:
        _, ax = style.new(FRAME + LINE * len(names) * (1 + 0.15 * (len(cases) - 1)))
    percent = indices.assign(**{c: 100 * indices[c] for c in indices if c in ("S1", "ST")})
    both = {"y": label, "order": names, "errorbar": None, "width": THICK, "legend": False, "ax": ax}
    if hue:
        both |= {"hue": hue, "hue_order": cases, "palette": palette, "saturation": 1}
    else:
        both |= {"color": palette, "saturation": 1}
    alone = "S1" in indices
    sns.barplot(percent, x="ST", alpha=0.4 if alone else 1, **both)
    if alone:
        sns.barplot(percent.assign(S1=percent["S1"].clip(0, percent["ST"])), x="S1", **both)
    for row in percent.to_dict("records"):
        at = cases.index(row[hue]) if hue else 0
        y = names.index(row[label]) + THICK / len(cases) * (at - (len(cases) - 1) / 2)
        reach = 100 * row["ST_conf"]
        ax.plot([row["ST"] - reach, row["ST"] + reach], [y, y], color=style.INK, linewidth=1)
        if not hue:
            _beside(ax, f"{row['ST']:.0f}", [row["ST"] + reach], y)
    ax.set_ylabel("")
    more = " (dark: alone; pale: with others)" if alone else ""
    _rows_axis(ax, f"Part of {of}, percent{more}", list(enumerate(names)), [], log=False)
    if len(cases) > 1:
        key(ax, {case: palette[case] for case in cases}, bars=True)
    style.zero_based(ax, "x")
    return ax


# --- around the marks ----------------------------------------------------------------------------


def panels(
    frame: pd.DataFrame,
    facet: str,
    draw: Callable[..., Any],
    *,
    height: float,
    columns: int = 0,
    titles: Mapping[Any, str] | None = None,
    sharex: bool | str = False,
    sharey: bool | str = True,
    **arguments: Any,
) -> Figure:
    """Small multiples: one form, once for each value of a column.

    Args:
        frame: as the form takes it, with the column ``facet``, in the order of panels.
        facet: column that parts the frame.
        draw: a form of this module, or any function of a frame with ``ax=``.
        height: of the whole drawing, inches.
        columns: panels in a row; all of them if not given.
        titles: heading of each panel; default the value itself.
        sharex: as in :func:`matplotlib.pyplot.subplots`.
        sharey: likewise.
        arguments: passed to the form; a mapping by panel is given as ``Each({...})``.
    """
    values = list(dict.fromkeys(frame[facet]))
    columns = columns or len(values)
    lines = -(-len(values) // columns)
    fig, axes = style.new(height, lines, columns, sharex=sharex, sharey=sharey, squeeze=False)
    drawn = []
    for ax, value in itertools.zip_longest(axes.flat, values):
        if value is None:
            ax.set_visible(False)
            continue
        own = {
            name: given[value] if isinstance(given, Each) else given
            for name, given in arguments.items()
        }
        draw(frame[frame[facet] == value], ax=ax, **own)
        drawn.append(ax)
    keys = [
        [text.get_text() for text in key.get_texts()] for ax in drawn if (key := ax.get_legend())
    ]
    for ax, value in zip(drawn, values, strict=True):
        if ax is not drawn[0] and len(keys) == len(drawn) and keys.count(keys[0]) == len(keys):
            ax.get_legend().remove()  # the first one says it for all
        style.heading(ax, (titles or {}).get(value, str(value)))
    return fig


class Each(dict):
    """An argument of :func:`panels` that differs from panel to panel."""


def reference(
    ax: Axes,
    at: float | tuple[float, float],
    text: str = "",
    *,
    axis: str = "x",
    inside: bool = False,
    side: str = "right",
    color: str = style.MUTED,
) -> None:
    """A line, or a band between two values, that marks are to be compared with, named at its end.

    Args:
        ax: the axes.
        at: a value, or the two ends of a band.
        text: stands above the axes (``axis="x"``), or on the end of the line.
        axis: whose value it is.
        inside: write the text to the right of the line's upper end, inside the axes.
        side: end of a level line at which its text stands.
        color: of the line and its name.
    """
    across = axis == "y"
    ends = at if isinstance(at, tuple) else (at, at)
    line = ends[0] == ends[1]
    if line:
        look = {"color": color, "linewidth": 0.9, "linestyle": (0, (2, 2)), "zorder": 1}
        (ax.axhline if across else ax.axvline)(ends[0], **look)
    else:
        look = {"color": color, "alpha": 0.15, "linewidth": 0, "zorder": 0}
        (ax.axhspan if across else ax.axvspan)(*ends, **look)
    place = {"xycoords": ("data", "axes fraction"), "xytext": (0, 4), "va": "bottom"}
    place["ha"] = "center" if line else "left"
    if across:
        place |= {
            "xycoords": ("axes fraction", "data"),
            "xytext": (-2 if side == "right" else 2, 3),
        }
        place["ha"] = side
    elif inside:
        place |= {"xytext": (3, -2), "va": "top", "ha": "left"}
    ax.annotate(
        text,
        (float(side == "right"), ends[1]) if across else (ends[0], 1),
        textcoords="offset points",
        color=style.readable(color),
        fontsize=9 if inside else SMALL,
        annotation_clip=False,
        **place,
    )


def key(
    ax: Axes,
    palette: Mapping[Any, Any] | None = None,
    *,
    bars: bool = False,
    handles: Sequence[Any] | None = None,
) -> None:
    """Names of series in a line above the axes, each beside its colour.

    Args:
        ax: the axes.
        palette: name to colour or look of a bar.
        bars: show a fill instead of a dot.
        handles: marks with labels, instead of a palette.
    """
    shown = list(handles or [])
    for name, look in (palette or {}).items():
        looks = dict(look) if isinstance(look, Mapping) else {"color": look}
        color = looks.get("color", looks.get("facecolor"))
        dot = {"linestyle": "none", "marker": "o", "markersize": 7, "color": color}
        looks["facecolor"] = looks.pop("color", color)  # an edge may have a colour of its own
        shown.append(Patch(label=name, **looks) if bars else Line2D([], [], label=name, **dot))
    names = [str(handle.get_label()) for handle in shown]
    # Above the name of the unit, where there is one.
    up = ScaledTranslation(0, (15 if ax.get_ylabel() else 0) / 72, ax.figure.dpi_scale_trans)
    for lines in range(1, len(shown) + 1):
        ax.legend_ = style.Key(
            ax,
            shown,
            [name[:1].upper() + name[1:] for name in names],
            loc="lower left",
            bbox_to_anchor=(0, 1),
            bbox_transform=ax.transAxes + up,
            ncols=-(-len(shown) // lines),
            fontsize=SMALL,
            handlelength=1.1,
            handletextpad=0.4,
            columnspacing=1.1,
            borderaxespad=0.3,
        )
        ax.legend_._remove_method = ax._remove_legend  # as Axes.legend does
        if ax.legend_.get_window_extent().width < ax.figure.bbox.width:
            break


# --- inside --------------------------------------------------------------------------------------


def _named(frame: pd.DataFrame, part: str) -> str:
    """The column called ``part``, with a unit behind or not; empty if there is none."""
    matches = [str(c) for c in frame if re.fullmatch(rf"{part}(_(?!text$).*)?", str(c))]
    matches = [part] if part in matches else matches
    if len(matches) > 1:
        raise ValueError(
            f"Columns {', '.join(matches)} could all be '{part}'. Give the form a frame with one "
            "of them, or name the column."
        )
    return matches[0] if matches else ""


def _order(frame: pd.DataFrame, hue: str, palette: Palette) -> list[Hashable]:
    """Series in the order of the palette, or of the frame if there is one colour for all."""
    held = dict.fromkeys(frame[hue].dropna())
    if not isinstance(palette, Mapping):
        return list(held)
    if unknown := [str(name) for name in held if name not in palette]:
        raise ValueError(f"No colour for {', '.join(unknown)} ({hue}); name it in the palette.")
    return [name for name in palette if name in held]


def _look(row: Mapping, series: Any, palette: Palette) -> dict[str, Any]:
    """Colour of a mark: its own, that of its series, or the one colour."""
    own = row.get("color")
    look = own if isinstance(own, str) else palette
    if isinstance(look, Mapping):
        look = look[series]
    return dict(look) if isinstance(look, Mapping) else {"color": look}


def _places(
    frame: pd.DataFrame, label: str
) -> tuple[list[float], list[tuple[float, str]], list[tuple[float, str]]]:
    """Height of each row of a frame from the top, ticks of labels, and headings of groups."""
    place: dict[Hashable, float] = {}
    ticks, headings, y, group = [], [], 0.0, None
    groups = frame["group"] if "group" in frame else [None] * len(frame)
    keys = list(zip(groups, frame[label], strict=True))
    for at in dict.fromkeys(keys):
        if at[0] != group:
            group = at[0]
            y += 0.25 if place else 0.0
            headings.append((y, str(group)))
            y += 1
        place[at] = y
        ticks.append((y, str(at[1])))
        y += 1
    return [place[at] for at in keys], ticks, headings


def _told(frame: pd.DataFrame, label: str, hue: str) -> bool:
    """Whether the names of rows or groups tell the series already."""
    return label == hue or ("group" in frame and (frame["group"] == frame[hue]).all())


def _rows_axis(ax: Axes, unit: str, ticks: Sequence, headings: Sequence, log: bool) -> None:
    style.horizontal(ax)
    ax.set_yticks([y for y, _ in ticks], [name for _, name in ticks])
    ax.tick_params(axis="y", labelcolor=style.INK)
    last = max(y for y, _ in ticks)
    ax.set_ylim(last + 0.6, -0.6)
    for y, text in headings:
        ax.text(
            0, y, text, transform=blended_transform_factory(ax.transAxes, ax.transData),
            fontweight="semibold", va="center",
        )  # fmt: skip
    if log:
        style.decades(ax, "x")
    style.unit(ax, unit, axis="x")


def _beside(
    ax: Axes, text: str, ends: Sequence[float], y: float, side: int = 0, color: str = style.INK
) -> None:
    """Words beside the outer end of a row's marks, on the far side of zero."""
    known = [end for end in ends if np.isfinite(end)]
    side = side or (-1 if max(known) <= 0 and min(known) < 0 else 1)
    ax.annotate(
        text.replace("-", "\N{MINUS SIGN}") if _is_number(text) else text,
        (max(known) if side > 0 else min(known), y), xytext=(6 * side, 0),
        textcoords="offset points", va="center", ha="left" if side > 0 else "right",
        fontsize=SMALL, color=style.readable(color), annotation_clip=False,
    )  # fmt: skip


def _is_number(text: str) -> bool:
    return not set(text) - set("0123456789.,+-%")


def _from_zero(ax: Axes, always: bool) -> None:
    """Let bars start at zero, and dots where zero is not far away."""
    low, high = ax.dataLim.intervalx
    if low < 0 < high or (low < 0 and always):
        ax.margins(x=0.15)  # words on the left stand inside
        ax.axvline(0, color=style.INK, linewidth=0.8)
    elif always or low < high / 2:
        style.zero_based(ax, "x")


def _pieces(line: pd.DataFrame, x: str) -> Iterator[tuple[pd.DataFrame, str]]:
    """Runs of a line that are drawn alike: a piece is of the kind of the point it leads to.

    Two points of one place are two counts of it; no line leads from one to the other.
    """
    if "kind" not in line:
        yield line, "reported"
        return
    kinds = line["kind"].astype(object).ffill().astype(str).tolist()
    start = 0
    for kind, run in itertools.groupby(range(1, len(line)), key=lambda i: kinds[i]):
        end = list(run)[-1]
        start += line[x].iloc[start] == line[x].iloc[start + 1]
        yield line.iloc[start : end + 1], kind
        start = end
