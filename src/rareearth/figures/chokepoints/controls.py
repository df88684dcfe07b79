"""Licences, exports and prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from rareearth.figures import forms, style

PANELS = {
    "World": ("To all countries", "China"),
    "United States": ("To the United States", "United States"),
}
"""Panels of :func:`magnet_exports`: title, and whose colour."""

MARKERS = {"reported": "o", "derived": "o", "proxy": "D"}
ABOVE = {"xytext": (0, 7), "textcoords": "offset points", "ha": "center", "va": "bottom"}


def magnet_exports(exports: pd.DataFrame, dates: Mapping[str, pd.Timestamp]) -> Figure:
    """Monthly exports in two panels, all buyers and the United States.

    Args:
        exports: ``start``, ``months``, ``destination`` (World, United States), ``gross_t``,
            ``mark`` (reported, derived, bound or proxy); months without a value are gaps.
        dates: events to mark, name to date.
    """
    fig, axes = style.new(5.2, rows=2, sharex=True, height_ratios=[1.35, 1])
    for ax, (destination, (title, actor)) in zip(axes, PANELS.items(), strict=True):
        color = style.actor(actor)
        rows = exports[exports["destination"] == destination]
        line = rows[rows["mark"].isin(["reported", "derived"])]
        line = line.set_index("start")["gross_t"].asfreq("MS")
        ax.plot(line.index, line, color=color, zorder=2)
        for mark, marker in MARKERS.items():
            part = rows[rows["mark"] == mark]
            fill = color if mark == "reported" else "white"
            ax.scatter(part["start"], part["gross_t"], s=30, marker=marker, facecolor=fill,
                       edgecolor=color, linewidth=1.3, zorder=3)  # fmt: skip
        words = {"fontsize": forms.SMALL, "color": style.readable(color)}
        for row in rows[rows["mark"] == "proxy"].itertuples():
            ax.annotate("with alloys", (row.start, row.gross_t), **ABOVE | words)
        for row in rows[rows["mark"] == "bound"].itertuples():
            end = row.start + pd.DateOffset(months=row.months - 1)
            ax.plot([row.start, end], [row.gross_t] * 2, color=color, linewidth=1.2)
            middle = (row.start + (end - row.start) / 2, row.gross_t)
            arrow = {"arrowstyle": "<-", "color": color, "linewidth": 1.2}
            look = ABOVE | words | {"xytext": (0, 22), "arrowprops": arrow}
            ax.annotate("at least", middle, **look)
        style.zero_based(ax)
        ax.set_title(title, pad=18)
        ax.yaxis.set_major_formatter("{x:,.0f}")
        style.unit(ax, "tonnes a month")
        for date in dates.values():
            ax.axvline(date, color=style.NEUTRAL, linewidth=0.9, zorder=1)
    _name_dates(axes[0], dates)
    _dated(axes[1].xaxis, 5, 9)
    return fig


def price_gap(ratios: pd.DataFrame, tiers: pd.DataFrame, controls: pd.Timestamp) -> Figure:
    """European over Chinese prices by date, and who paid what.

    Args:
        ratios: ``date``, ``element``, ``ratio``, ``quote`` (assessment or ask).
        tiers: ``element``, ``price_text`` (name of the bar), ``share_pct``, ``text`` (its label).
        controls: date of the controls.
    """
    fig, (ax, side) = style.new(4.0, columns=2, width_ratios=[1.55, 1])
    asked = ratios["quote"].map({"assessment": "full", "ask": "hollow"}).astype(str)
    lines = ratios[["date", "element", "ratio"]].assign(point=asked)
    forms.band(
        lines.astype({"element": str}),
        "Price in Europe over price in China (log scale)",
        ax,
        x="date",
        value="ratio",
        hue="element",
        palette={e: c for e, c in style.ELEMENTS.items() if e in set(lines["element"])},
        log=True,
    )
    ax.axvline(controls, color=style.NEUTRAL, linewidth=0.9)
    ax.axhline(1, color=style.INK, linewidth=0.9)
    ax.annotate(
        "controls of\nApril 2025",
        (controls, 1),
        xycoords=("data", "axes fraction"),
        xytext=(4, -4),
        textcoords="offset points",
        va="top",
        fontsize=forms.SMALL,
        color=style.MUTED,
    )
    _dated(ax.xaxis, 3, 5)

    bars = tiers.astype({"element": str}).assign(group=tiers["element"].astype(str))
    bars["color"] = bars["element"].map(style.ELEMENTS)
    bars["label"] = "USD " + bars["price_text"]
    unit = "share of 2025 use, percent"
    forms.rows(bars.assign(kind="reported"), unit, side, value="share_pct", bar=True)
    side.set_xlim(0, 125)
    side.set_xticks([0, 50, 100])
    side.set_title("Price paid for a kilogram", fontsize=10.5)
    return fig


def control_calendar(
    lives: pd.DataFrame, groups: Mapping[str, Sequence[str]], dates: Mapping[str, pd.Timestamp]
) -> Figure:
    """Bars of each control's phases over time, by element and by other object.

    Args:
        lives: ``row``, ``start``, ``end``, ``state``.
        groups: heading to the rows below it, from the top; a row without phases is left empty.
        dates: days to mark with a line, by label; the first is today.
    """
    count = sum(len(rows) + 1.2 for rows in groups.values())
    fig, ax = style.new(0.21 * count + 0.9)
    ticks, place = {}, 0.0
    for heading, rows in groups.items():
        ax.text(-0.005, place, heading, transform=ax.get_yaxis_transform(), ha="right",
                va="center", fontweight="semibold")  # fmt: skip
        ticks |= {name: place + 1 + i for i, name in enumerate(rows)}
        place += len(rows) + 1.2
    for life in lives.itertuples():
        look = style.CONTROLS[life.state] | {"height": 0.72, "linewidth": 0}
        ax.barh(ticks[life.row], life.end - life.start, left=life.start, **look)
    start, end = lives["start"].min(), lives["end"].max()
    for name in ticks.keys() - set(lives["row"]):
        ax.text(start, ticks[name], " none", va="center", color=style.MUTED, fontsize=9)
    for i, (label, date) in enumerate(dates.items()):
        ax.axvline(date, color=style.NEUTRAL if i else style.INK, linewidth=1)
        side = "left" if i else "right"
        ax.text(date, -1.0, label, ha=side, va="bottom", fontsize=forms.SMALL)
    ax.set_ylim(place - 0.5, -0.9)
    ax.set_xlim(start, end)
    ax.set_yticks(list(ticks.values()), list(ticks), color=style.INK, fontsize=forms.SMALL)
    ax.grid(visible=False)
    _dated(ax.xaxis, 6, 9)
    seen = set(lives["state"])
    for state in [state for state in style.CONTROLS if state in seen]:
        ax.barh(0, 0, label=state, linewidth=0, **style.CONTROLS[state])
    fig.legend(loc="outside lower center", ncols=5, fontsize=forms.SMALL, handlelength=1.4,
               columnspacing=1.2, handletextpad=0.5)  # fmt: skip
    return fig


def _dated(axis: Axis, least: int, most: int) -> None:
    locator = AutoDateLocator(minticks=least, maxticks=most)
    axis.set_major_locator(locator)
    axis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))


def _name_dates(ax: Axes, dates: Mapping[str, pd.Timestamp]) -> None:
    """Names above the axes; of two dates close to each other, the first stands to the left."""
    days = list(dates.values())
    following = [*days[1:], pd.Timestamp.max]
    for (name, day), after in zip(dates.items(), following, strict=True):
        close = after - day < pd.Timedelta(days=90)
        ax.annotate(
            name,
            (day, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 6),
            textcoords="offset points",
            ha="right" if close else "left",
            va="bottom",
            fontsize=forms.SMALL,
            color=style.MUTED,
        )
