"""Licences, exports and prices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from rareearth.figures import style

BLUE, SKY, RED, GREEN, GOLD = (style.SERIES[i] for i in (0, 5, 1, 2, 3))
CHINA = style.actor("China")
US = style.actor("United States")


def magnet_exports(exports: pd.DataFrame, dates: Mapping[str, pd.Timestamp]) -> Figure:
    """Monthly exports in two panels, all buyers and the United States.

    Args:
        exports: ``start``, ``months``, ``destination`` (World, United States), ``gross_t``,
            ``mark`` (reported, derived, bound or proxy); months without a value are gaps.
        dates: events to mark, name to date.
    """
    panels = (("World", "To all countries", CHINA), ("United States", "To the United States", US))
    fig, axes = style.new(5.2, rows=2, sharex=True, height_ratios=[1.35, 1])
    for ax, (destination, title, color) in zip(axes, panels, strict=True):
        rows = exports[exports["destination"] == destination]
        line = rows[rows["mark"].isin(["reported", "derived"])]
        line = line.set_index("start")["gross_t"].asfreq("MS")
        ax.plot(line.index, line, color=color, zorder=2)
        for mark, part in rows.groupby("mark", observed=True):
            solid = mark == "reported"
            if mark == "bound":
                for row in part.itertuples():
                    end = row.start + pd.DateOffset(months=row.months - 1)
                    ax.plot([row.start, end], [row.gross_t] * 2, color=color, linewidth=1.2)
                    middle = row.start + (end - row.start) / 2
                    ax.annotate(
                        "",
                        (middle, row.gross_t + 900),
                        (middle, row.gross_t),
                        arrowprops={"arrowstyle": "->", "color": color, "linewidth": 1.2},
                    )
                    ax.text(
                        middle,
                        row.gross_t - 180,
                        "at least",
                        ha="center",
                        va="top",
                        fontsize=9.5,
                        color=style.readable(color),
                    )
                continue
            ax.scatter(
                part["start"],
                part["gross_t"],
                s=30,
                marker="D" if mark == "proxy" else "o",
                facecolor=color if solid else "white",
                edgecolor=color,
                linewidth=1.3,
                zorder=3,
            )
            if mark == "proxy":
                last = part.iloc[-1]
                ax.annotate(
                    "with alloys",
                    (last["start"], last["gross_t"]),
                    xytext=(0, 7),
                    textcoords="offset points",
                    ha="center",
                    fontsize=9.5,
                    color=style.readable(color),
                )
        style.zero_based(ax)
        ax.set_title(title, pad=18)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.0f}"))
        style.unit(ax, "tonnes a month")
        for date in dates.values():
            ax.axvline(date, color=style.NEUTRAL, linewidth=0.9, zorder=1)
    for i, (name, date) in enumerate(dates.items()):
        close = i + 1 < len(dates) and list(dates.values())[i + 1] - date < pd.Timedelta(days=90)
        axes[0].annotate(
            name,
            (date, 1),
            xycoords=("data", "axes fraction"),
            xytext=(0, 6),
            textcoords="offset points",
            ha="right" if close else "left",
            fontsize=9.5,
            color=style.MUTED,
            va="bottom",
        )
    locator = AutoDateLocator(minticks=5, maxticks=9)
    axes[1].xaxis.set_major_locator(locator)
    axes[1].xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    return fig


def price_gap(ratios: pd.DataFrame, tiers: pd.DataFrame, controls: pd.Timestamp) -> Figure:
    """European over Chinese prices by date, and who paid what.

    Args:
        ratios: ``date``, ``element``, ``ratio``, ``quote`` (assessment or ask).
        tiers: ``element``, ``price_usd_per_kg``, ``share_pct``, ``text`` (label of the bar).
        controls: date of the controls.
    """
    fig, (ax, side) = style.new(4.0, columns=2, width_ratios=[1.55, 1])
    ax.set_yscale("log")
    for element, rows in ratios.groupby("element", observed=True):
        color = style.ELEMENTS[element]
        ax.plot(rows["date"], rows["ratio"], color=color, linewidth=1.3)
        for quote, part in rows.groupby("quote", observed=True):
            ax.scatter(
                part["date"],
                part["ratio"],
                s=34,
                facecolor=color if quote == "assessment" else "white",
                edgecolor=color,
                linewidth=1.3,
                zorder=3,
            )
        ax.annotate(
            element,
            (rows["date"].iloc[-1], rows["ratio"].iloc[-1]),
            xytext=(7, {"Tb": -8, "Nd": -8, "Pr": 7}.get(element, 0)),
            textcoords="offset points",
            va="center",
            color=style.readable(color),
            fontweight="semibold",
        )
    ax.axvline(controls, color=style.NEUTRAL, linewidth=0.9)
    ax.axhline(1, color=style.INK, linewidth=0.9)
    ax.text(controls, 30, " controls of\n April 2025", color=style.MUTED, fontsize=9.5, va="center")
    ax.set_ylim(0.7, 75)
    ax.set_yticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
    ax.minorticks_off()
    locator = AutoDateLocator(minticks=3, maxticks=5)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    style.unit(ax, "Price in Europe over price in China (log scale)")

    style.horizontal(side)
    place, labels = 0.0, []
    for element, rows in tiers.groupby("element", observed=True, sort=False):
        for row in rows.itertuples():
            side.barh(place, row.share_pct, 0.6, color=style.ELEMENTS[element], alpha=0.85)
            side.text(row.share_pct + 2, place, row.text, va="center", fontsize=9.5)
            labels.append((place, f"{element} {row.price_text}"))
            place -= 1
        place -= 0.6
    side.set_yticks([y for y, _ in labels], [text for _, text in labels], color=style.INK)
    side.set_xlim(0, 125)
    side.set_xticks([0, 50, 100])
    style.unit(side, "share of 2025 use, percent", "x")
    side.set_title("Price paid, USD/kg", fontsize=10.5)
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
    style.horizontal(ax)
    ax.grid(visible=False)
    ticks, place = [], 0.0
    start, end = lives["start"].min(), lives["end"].max()
    for heading, rows in groups.items():
        ax.text(
            -0.005,
            place,
            heading,
            transform=ax.get_yaxis_transform(),
            ha="right",
            va="center",
            fontweight="semibold",
        )
        place -= 1
        for name in rows:
            mine = lives[lives["row"] == name]
            ticks.append((place, name))
            if mine.empty:
                ax.text(start, place, " none", va="center", color=style.MUTED, fontsize=9)
            for life in mine.itertuples():
                ax.barh(
                    place,
                    life.end - life.start,
                    left=life.start,
                    height=0.72,
                    linewidth=0,
                    **style.CONTROLS[life.state],
                )
            place -= 1
        place -= 0.2
    for i, (label, date) in enumerate(dates.items()):
        ax.axvline(date, color=style.NEUTRAL if i else style.INK, linewidth=1)
        side = "left" if i else "right"
        ax.text(date, 1.0, label, ha=side, va="bottom", fontsize=9.5)
    ax.set_ylim(place + 0.5, 0.9)
    ax.set_xlim(start, end)
    ax.set_yticks([y for y, _ in ticks], [name for _, name in ticks], color=style.INK, fontsize=9.5)
    locator = AutoDateLocator(minticks=6, maxticks=9)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))
    ax.spines["bottom"].set_visible(True)
    for state, look in style.CONTROLS.items():
        ax.barh(0, 0, label=state, linewidth=0, **look)
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.42, -2.1 / count),
        ncols=5,
        fontsize=9.5,
        handlelength=1.4,
        columnspacing=1.2,
        handletextpad=0.5,
    )
    return fig
