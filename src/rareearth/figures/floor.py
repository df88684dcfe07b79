"""Figures on the price floor: the price and its range, payments, the bill, other floors."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import style
from rareearth.models.price import Terms

QUOTES = {
    "China, excluding VAT": ("D", style.PRICES["China, excluding VAT"], "NdPr, China, without tax"),
    "realized by MP Materials": (
        "s",
        style.PRICES["realized by MP Materials"],
        "NdPr, received by MP Materials",
    ),
}
"""Marker, colour and name of the quotes that are drawn, by basis."""

MADE = style.ACTORS["United States"]


def history(
    yearly: pd.DataFrame,
    daily: pd.DataFrame,
    quotes: pd.DataFrame,
    ahead: pd.DataFrame,
    agreed: Terms,
) -> Figure:
    """Price of neodymium oxide, quotes of NdPr, the floor and the range of the price ahead.

    Args:
        yearly: ``time`` (years), ``usd_per_kg``.
        daily: the same, by day.
        quotes: ``time``, ``basis``, ``usd_per_kg``.
        ahead: ``time``, ``low_90``, ``low_50``, ``median``, ``high_50``, ``high_90``.
        agreed: terms of the floor.
    """
    fig, ax = style.new(4.3)
    ax.plot(
        yearly["time"],
        yearly["usd_per_kg"],
        color=style.PRICES["neodymium oxide"],
        marker="o",
        markersize=3.5,
        lw=1.5,
    )
    ax.plot(
        daily["time"], daily["usd_per_kg"], color=style.PRICES["neodymium oxide"], linewidth=1.2
    )
    for basis, (marker, color, name) in QUOTES.items():
        rows = quotes[quotes["basis"] == basis]
        ax.plot(rows["time"], rows["usd_per_kg"], marker, color=color, markersize=4.5, label=name)
    _fan(ax, ahead)
    ax.hlines(agreed.floor, agreed.start, agreed.end, color=style.INK, linewidth=1.6)
    ax.annotate(
        f"Floor, {agreed.floor:.0f} USD/kg", (agreed.end, agreed.floor), xytext=(0, 4),
        textcoords="offset points", ha="right", fontweight="semibold",
    )  # fmt: skip
    ax.annotate(
        "Neodymium oxide",
        (2013.3, 80),
        color=style.readable(style.PRICES["neodymium oxide"]),
        fontweight="semibold",
    )
    ax.annotate(
        "Model, NdPr\nwithout tax", (ahead["time"].iloc[-1], ahead["low_90"].iloc[-1]),
        xytext=(-4, -3), textcoords="offset points", ha="right", va="top",
        color=style.readable(style.PRICES["model"]), fontweight="semibold",
    )  # fmt: skip
    ax.legend(loc="upper left", bbox_to_anchor=(0.2, 0.98), handletextpad=0.2)
    ax.set_xlim(2006.5, 2036.3)
    ax.set_ylim(0, 215)
    style.years(ax)
    style.unit(ax, "USD per kg of oxide")
    return fig


def _fan(ax, ahead: pd.DataFrame) -> None:
    for level in (90, 50):
        style.band(
            ax, ahead["time"], ahead[f"low_{level}"], ahead[f"high_{level}"], style.PRICES["model"]
        )
    ax.plot(ahead["time"], ahead["median"], color=style.PRICES["model"], **style.LINES["forecast"])


def payments(made: pd.DataFrame, ahead: pd.DataFrame) -> Figure:
    """Payments made beside those of the model, and the range of payments to come.

    Args:
        made: ``quarter``, ``usd_million``, ``kind``, and the model's ``low``, ``median``,
            ``high``.
        ahead: ``time``, ``low_90``, ``low_50``, ``median``, ``high_50``, ``high_90``, million USD.
    """
    fig, (left, right) = style.new(3.9, columns=2, width_ratios=[1, 1.7], sharey=True)
    for x, row in made.reset_index(drop=True).iterrows():
        look = style.BARS["reported" if row["kind"] == "reported" else "estimate"]
        left.bar(x, row["usd_million"], 0.55, color=MADE, **look)
        left.annotate(
            f"{row['usd_million']:.0f}", (x - 0.1, row["usd_million"]), xytext=(-3, 3),
            textcoords="offset points", ha="right", color=style.readable(MADE),
            fontweight="semibold",
        )  # fmt: skip
        left.vlines(x + 0.1, row["low"], row["high"], color=style.PRICES["model"], linewidth=2.2)
        left.plot(
            x + 0.1,
            row["median"],
            "o",
            color=style.PRICES["model"],
            markersize=6,
            markeredgecolor="white",
        )
    left.set_xticks(range(len(made)), made["quarter"])
    left.tick_params(axis="x", size=0)
    left.set_xlim(-0.6, len(made) - 0.4)
    left.set_title("Made, and model", pad=20)
    _fan(right, ahead)
    right.set_title("Model, to the end of the term", pad=20)
    right.set_xlim(2026.4, 2036.1)
    style.years(right)
    style.zero_based(left)
    for ax in (left, right):
        style.unit(ax, "Million USD a quarter")
    return fig


def bill(rows: pd.DataFrame) -> Figure:
    """Cost of the whole agreement: middle half and nine tenths of the draws, by view of the price.

    Args:
        rows: ``view``, ``share`` (whether the share above the floor is taken off), ``low_90``,
            ``low_50``, ``median``, ``high_50``, ``high_90``, billion USD; two rows per view.
    """
    fig, ax = style.new(3.7)
    colors = dict(zip(dict.fromkeys(rows["view"]), style.VIEWS, strict=True))
    ticks = []
    for i, (_, row) in enumerate(rows.iterrows()):
        y = i + 0.6 * (i // 2)
        look = {"color": colors[row["view"]], "alpha": 1.0 if row["share"] else 0.45}
        ax.plot([row["low_90"], row["high_90"]], [y, y], linewidth=2, **look)
        ax.plot([row["low_50"], row["high_50"]], [y, y], linewidth=7, **look)
        ax.plot(row["median"], y, "o", color="white", markeredgecolor=style.INK, markersize=6)
        ax.annotate(
            f"{row['median']:.1f}".replace("-", "\N{MINUS SIGN}"), (row["median"], y),
            xytext=(0, 7), textcoords="offset points", ha="center", fontsize=9.5,
        )  # fmt: skip
        kind = "with the share above the floor" if row["share"] else "without it"
        ticks.append((y, f"Price {row['view']}\n{kind}" if i % 2 == 0 else kind))
    ax.axvline(0, color=style.INK, linewidth=0.8)
    ax.set_yticks(*zip(*ticks, strict=True))
    ax.invert_yaxis()
    style.horizontal(ax)
    style.unit(ax, "Billion USD in money of 2026 (negative: the government gains)", "x")
    return fig


def levels(costs: Mapping[str, pd.DataFrame], today: float) -> Figure:
    """Cost of a ten-year floor per kilogram covered, and how often it pays, by its level.

    Args:
        costs: by view of the price, indexed by floor: ``low``, ``median``, ``high`` (USD/kg) and
            ``chance_pct``.
        today: floor in force, USD/kg.
    """
    fig, (left, right) = style.new(3.9, columns=2)
    colors = dict(zip(costs, (style.VIEWS[0], style.INK), strict=True))
    for view, rows in costs.items():
        style.band(left, rows.index, rows["low"], rows["high"], colors[view])
        for ax, column in ((left, "median"), (right, "chance_pct")):
            ax.plot(rows[column], color=colors[view], **style.LINES["forecast"])
    for ax, top in ((left, None), (right, 100)):
        ax.axvline(today, color=style.MUTED, linewidth=0.8)
        ax.set_ylim(0, top)
        style.unit(ax, "Floor, USD per kg", "x")
    style.unit(left, "Public cost, USD per kg covered")
    style.unit(right, "Quarters with a payment, percent")
    left.annotate(
        "in force", (today, 1), xycoords=("data", "axes fraction"), xytext=(-3, -10),
        textcoords="offset points", ha="right", color=style.MUTED, fontsize=9.5,
    )  # fmt: skip
    for (view, color), place in zip(colors.items(), ((0.04, 0.9), (0.57, 0.3)), strict=True):
        right.annotate(
            f"Price {view}".replace(" to ", "\nto ", 1), place, xycoords="axes fraction",
            va="center", color=style.readable(color), fontweight="semibold",
        )  # fmt: skip
    return fig
