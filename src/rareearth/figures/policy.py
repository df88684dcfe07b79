"""Figures of the chapter on policy: public money, levers, laboratories and precedents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MultipleLocator

from rareearth.figures import style

FIRMNESS = style.FIRMNESS
BLUE = style.actor("United States")
PLANTS = style.SERIES[5]


def money_by_year(
    owed: pd.DataFrame, possible: pd.DataFrame, names: Mapping[str, str], beside: str
) -> Figure:
    """Public money by year: what is owed by kind of capital, what is not by how firm it is.

    Args:
        owed: ``year``, ``capital``, ``usd_billion``.
        possible: ``year``, ``standing``, ``usd_billion``.
        names: what to call each standing in ``possible``, in order from the axis up.
        beside: what is left off the scale.
    """
    highest = [rows.groupby("year")["usd_billion"].sum().max() for rows in (owed, possible)]
    tops = [highest[0] + 0.2 * highest[1], 1.2 * highest[1]]
    # Heights in the ratio of the scales: a billion is as long in one panel as in the other.
    fig, axes = style.new(5.2, rows=2, sharex=True, height_ratios=tops)
    _stack(axes[0], owed, "capital", {k: {"color": c} for k, c in style.CAPITAL.items()})
    _stack(axes[1], possible, "standing", {k: style.FIRMNESS[k] for k in names})
    for ax, top in zip(axes, tops, strict=True):
        ax.set_ylim(0, top)
        ax.yaxis.set_major_locator(MultipleLocator(0.5))
    axes[0].set_title("Awarded, closed or lent", fontsize=10.5)
    axes[1].set_title("Not owed: milestones, conditions, letters of interest", fontsize=10.5)
    held = [c for c in style.CAPITAL if c in set(owed["capital"])]
    _key(axes[0], {name: {"color": style.CAPITAL[name]} for name in held}, at=0.97, columns=5)
    _key(axes[1], {text: style.FIRMNESS[name] for name, text in names.items()}, at=0.99, columns=3)
    for ax, rows in zip(axes, (owed, possible), strict=True):
        for year, total in rows.groupby("year")["usd_billion"].sum().items():
            ax.annotate(
                f"{total:.1f}" if total >= 0.95 else f"{total:.2f}", (year, total),
                xytext=(0, 2), textcoords="offset points", ha="center", fontsize=9.5,
            )  # fmt: skip
    axes[1].text(
        0.01, 0.42, beside, transform=axes[1].transAxes, color=style.MUTED, va="top", wrap=True
    )
    for ax in axes:
        ax.set_ylabel("USD billion")
    years = sorted({*owed["year"], *possible["year"]})
    axes[1].set_xlim(min(years) - 0.6, max(years) + 0.6)
    axes[1].set_xticks(range(min(years), max(years) + 1))
    axes[1].tick_params(axis="x", size=0)
    return fig


def money_mix(mix: pd.DataFrame, names: Mapping[str, str]) -> Figure:
    """What kind of capital the money is, as ever less firm money is let in.

    Args:
        mix: ``step``, ``capital``, ``share_pct``, ``total_usd_billion``.
        names: what to call each step, in order from top to bottom.
    """
    fig, ax = style.new(3.5)
    wide = mix.pivot(index="step", columns="capital", values="share_pct").reindex(list(names))
    totals = mix.drop_duplicates("step").set_index("step")["total_usd_billion"]
    wide = wide[[c for c in style.CAPITAL if c in wide]].fillna(0)
    left = np.zeros(len(wide))
    y = np.arange(len(wide))[::-1]
    for capital, shares in wide.items():
        ax.barh(
            y, shares, 0.66, left=left, color=style.CAPITAL[capital], edgecolor="white", linewidth=1
        )
        for place, start, share in zip(y, left, shares, strict=True):
            if share >= 7:
                ax.text(
                    start + share / 2, place, f"{share:.0f}%", ha="center", va="center",
                    color="white", fontweight="semibold", fontsize=9.5,
                )  # fmt: skip
        left += shares.to_numpy()
    for place, step in zip(y, wide.index, strict=True):
        ax.text(101, place, f"{totals[step]:.1f}", va="center")
    ax.text(101, y[0] + 0.55, "USD bn", va="center", color=style.MUTED, fontsize=9.5)
    ax.set_yticks(y, list(names.values()))
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_xlim(0, 109)
    ax.set_ylim(-0.6, len(wide) + 0.15)
    _key(ax, {name: {"color": style.CAPITAL[name]} for name in wide}, at=1.0, columns=5)
    ax.xaxis.set_visible(False)
    ax.spines["bottom"].set_visible(False)
    ax.grid(visible=False)
    return fig


def money_by_stage(sums: pd.DataFrame, stages: Sequence[str], names: Mapping[str, str]) -> Figure:
    """Public money by stage of the chain and how firm it is.

    Args:
        sums: ``stage``, ``standing``, ``usd_billion``.
        stages: in order from top to bottom.
        names: what to call each standing, firmest first.
    """
    fig, ax = style.new(0.42 * len(stages) + 1.3)
    y = np.arange(len(stages))[::-1]
    wide = sums.pivot(index="stage", columns="standing", values="usd_billion")
    wide = wide.reindex(index=stages, columns=list(names)).fillna(0)
    left = np.zeros(len(stages))
    for standing, values in wide.items():
        ax.barh(y, values, 0.66, left=left, **style.FIRMNESS[standing])
        left += values.to_numpy()
    for place, end, firm in zip(y, left, wide.iloc[:, 0], strict=True):
        ax.text(end + 0.03, place, f"{firm:.2f} of {end:.2f}", va="center", fontsize=9.5)
    ax.set_yticks(y, stages)
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_xlim(0, 1.2 * left.max())
    _key(ax, {text: style.FIRMNESS[name] for name, text in names.items()}, at=0.44, right=True)
    style.horizontal(ax)
    style.unit(ax, "USD billion", axis="x")
    return fig


def where(measures: pd.DataFrame, levers: Mapping[str, str], stages: Mapping[str, str]) -> Figure:
    """Which measures act where on the chain, and where they stand.

    Args:
        measures: ``lever``, ``stage``, ``state``; one row per measure and stage.
        levers: what to call each lever, in order from top to bottom.
        stages: what to call each stage, in order from left to right.
    """
    fig, ax = style.new(0.36 * len(levers) + 1.35)
    for row, lever in enumerate(levers):
        ax.axhline(-row, color=style.GRID, linewidth=0.7, zorder=0)
        for column, stage in enumerate(stages):
            cell = measures[(measures["lever"] == lever) & (measures["stage"] == stage)]
            states = sorted(cell["state"].astype(str), key=list(style.MEASURES).index)
            offsets = 0.17 * (np.arange(len(states)) - (len(states) - 1) / 2)
            for offset, state in zip(offsets, states, strict=True):
                _mark(ax, column + offset, -row, state)
    ax.set_yticks([-row for row in range(len(levers))], list(levers.values()))
    ax.set_xticks(range(len(stages)), list(stages.values()))
    ax.xaxis.tick_top()
    ax.tick_params(axis="both", size=0, labelcolor=style.INK)
    ax.set_xlim(-0.6, len(stages) - 0.4)
    ax.set_ylim(-len(levers) - 0.35, 0.6)
    start = 0.0
    for state in style.MEASURES:
        _mark(ax, start, -len(levers) - 0.05, state)
        ax.text(start + 0.14, -len(levers) - 0.05, state, va="center", color=style.MUTED)
        start += 0.4 + 0.085 * len(state)
    ax.spines["bottom"].set_visible(False)
    ax.grid(visible=False)
    return fig


def budgets(years: pd.DataFrame, change: pd.DataFrame) -> Figure:
    """A research budget over time, and what was asked for and enacted in the last year.

    Args:
        years: ``fiscal_year``, ``stage`` (enacted, request), ``usd_million``.
        change: ``line``, ``stage``, ``change_pct`` against the year before, in order from top to
            bottom.
    """
    fig, (left, right) = style.new(3.4, columns=2, width_ratios=[1.15, 1])
    enacted = years[years["stage"] == "enacted"]
    asked = years[years["stage"] == "request"]
    left.bar(enacted["fiscal_year"], enacted["usd_million"], 0.72, color=BLUE)
    for row in enacted.itertuples():
        left.annotate(
            f"{row.usd_million:.0f}", (row.fiscal_year, row.usd_million), xytext=(0, 2),
            textcoords="offset points", ha="center", fontsize=9.5,
        )  # fmt: skip
    for row in asked.itertuples():
        left.plot(
            [row.fiscal_year - 0.36, row.fiscal_year + 0.36], [row.usd_million] * 2,
            color=style.ACTORS["China"], linewidth=2,
        )  # fmt: skip
        left.annotate(
            f"asked\n{row.usd_million:.0f}", (row.fiscal_year + 0.42, row.usd_million), ha="left",
            va="center", color=style.readable(style.ACTORS["China"]), fontsize=9.5,
            annotation_clip=False,
        )  # fmt: skip
    left.set_title("ARPA-E by fiscal year", fontsize=10.5)
    left.set_ylim(0, 1.15 * enacted["usd_million"].max())
    left.set_xlim(enacted["fiscal_year"].min() - 0.6, enacted["fiscal_year"].max() + 1.5)
    style.unit(left, "USD million")
    left.yaxis.set_label_coords(0, 1.1)
    style.years(left)
    lines = list(dict.fromkeys(change["line"]))
    for place, line in enumerate(lines):
        rows = change[change["line"] == line].set_index("stage")["change_pct"]
        right.plot([rows.min(), rows.max()], [-place] * 2, color=style.GRID, linewidth=3, zorder=1)
        for stage, value in rows.items():
            full = stage == "enacted"
            right.plot(
                value, -place, "o", markersize=8, zorder=2,
                color=BLUE if full else style.ACTORS["China"],
                markerfacecolor=BLUE if full else "white", markeredgewidth=1.5,
            )  # fmt: skip
            right.annotate(
                f"{value:+.0f}".replace("-", "\N{MINUS SIGN}"), (value, -place),
                xytext=(0, 7 if full else -16), textcoords="offset points", ha="center",
                fontsize=9.5,
            )  # fmt: skip
    right.axvline(0, color=style.NEUTRAL, linewidth=0.8, zorder=0)
    right.set_yticks([-place for place in range(len(lines))], lines)
    right.tick_params(axis="y", labelcolor=style.INK)
    right.set_ylim(-len(lines) + 0.4, 0.7)
    right.set_title("Fiscal 2026 against 2025: asked (hollow), enacted", fontsize=10.5)
    right.title.set_horizontalalignment("right")
    right.title.set_position((1.0, 1.0))
    style.horizontal(right)
    style.unit(right, "Percent", axis="x")
    return fig


def allies(sums: pd.DataFrame, names: Mapping[str, str]) -> Figure:
    """Public money for rare earths by government, deals apart from envelopes.

    Args:
        sums: ``country``, ``standing`` (committed, conditional, envelope), ``usd_billion``, in
            order from top to bottom.
        names: what to call each standing.
    """
    countries = list(dict.fromkeys(sums["country"]))
    fig, ax = style.new(0.42 * len(countries) + 1.3)
    wide = sums.pivot(index="country", columns="standing", values="usd_billion")
    wide = wide.reindex(index=countries, columns=list(names)).fillna(0)
    looks = {"committed": {}, "conditional": style.BARS["target"]}
    y = np.arange(len(countries))[::-1]
    left = np.zeros(len(countries))
    for standing, values in wide.items():
        for place, start, value, country in zip(y, left, values, countries, strict=True):
            color = style.actor({"European Union": "Europe"}.get(country, country))
            look = looks.get(standing)
            if look is None:
                look, color = {"edgecolor": color, "linewidth": 1.0}, "white"
            ax.barh(place, value, 0.62, left=start, color=color, **look)
        left += values.to_numpy()
    for place, end, firm in zip(y, left, wide["committed"], strict=True):
        ax.text(end + 0.06, place, f"{firm:.2f} of {end:.2f}", va="center", fontsize=9.5)
    ax.set_yticks(y, countries)
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_xlim(0, 1.2 * left.max())
    grey = style.NEUTRAL
    keys = {"committed": {"color": grey}, "conditional": {"color": grey, **style.BARS["target"]}}
    keys["envelope"] = {"facecolor": "white", "edgecolor": grey, "linewidth": 1.0}
    _key(ax, {text: keys[name] for name, text in names.items()}, at=0.32, right=True)
    style.horizontal(ax)
    style.unit(ax, "USD billion", axis="x")
    return fig


def rubber_and_magnets(
    rubber: pd.DataFrame, chain: pd.DataFrame, plants: pd.DataFrame, names: Mapping[str, str]
) -> Figure:
    """Synthetic rubber then and magnets now, as a share of need, on one axis of years.

    Args:
        rubber: ``years``, ``low_pct``, ``high_pct``, ``kind``.
        chain: what passes the whole chain: ``low``, ``median``, ``high`` (percent of need) by
            years since the start.
        plants: ``expected`` and ``announced`` output of the last stage alone (percent of need), by
            the same years.
        names: what to call ``rubber``, ``forecast`` (of rubber), ``chain``, ``expected`` and
            ``announced``.
    """
    fig, ax = style.new(4.6)
    amber = style.SERIES[3]
    made = rubber[rubber["kind"] != "forecast"]
    hoped = rubber[rubber["kind"] == "forecast"]
    middle = (made["low_pct"] + made["high_pct"]) / 2
    # Dashed: years without a value lie between the points.
    ax.plot(made["years"], middle, color=amber, zorder=2, **style.LINES["estimate"])
    for rows, face in ((hoped, "white"), (made, amber)):
        ax.vlines(rows["years"], rows["low_pct"], rows["high_pct"], color=amber, linewidth=2)
        ax.plot(
            rows["years"], (rows["low_pct"] + rows["high_pct"]) / 2, "o", color=amber,
            markerfacecolor=face, markersize=6.5, zorder=3,
        )  # fmt: skip
    style.band(ax, chain.index, chain["low"], chain["high"], BLUE)
    ax.plot(chain.index, chain["median"], color=BLUE, **style.LINES["forecast"])
    for name, kind in (("expected", "forecast"), ("announced", "target")):
        ax.plot(plants.index, plants[name], color=PLANTS, linewidth=1.6, **style.LINES[kind])
    ax.axhline(100, color=style.NEUTRAL, linewidth=0.8)
    ax.annotate(
        names["rubber"], (made["years"].iloc[-1], middle.iloc[-1]), xytext=(8, 0), va="center",
        textcoords="offset points", color=style.readable(amber), fontweight="semibold",
    )  # fmt: skip
    first = hoped.iloc[0]
    ax.annotate(
        names["forecast"], (first["years"], first["low_pct"]), xytext=(8, -10),
        textcoords="offset points", color=style.readable(amber),
    )  # fmt: skip
    last = plants.index[-1]
    ax.text(last, 99, "all that was needed", color=style.MUTED, va="top", ha="right")
    ends = {names["chain"]: (last, chain["median"].iloc[-1])}
    ends |= {names[name]: (last, plants[name].iloc[-1]) for name in ("expected", "announced")}
    ax.set_ylim(0, None)
    ax.set_xlim(-0.7, last)
    style.label_ends(ax, ends, {name: BLUE if name == names["chain"] else PLANTS for name in ends})
    style.unit(ax, "Percent of the country's need")
    style.unit(ax, "Years since the start", axis="x")
    style.years(ax)
    return fig


def ramps(lines: pd.DataFrame) -> Figure:
    """Shares of a market over the years since the start, one line per precedent.

    Args:
        lines: ``precedent`` (one of :data:`style.PRECEDENTS`), ``years``, ``share_pct``, ``kind``
            (drawn as :data:`style.LINES` says; may change within a precedent).
    """
    fig, ax = style.new(4.6)
    ends = {}
    for (name, kind), rows in lines.groupby(["precedent", "kind"], sort=False):
        dots = {"marker": "o", "markersize": 4.5} if kind != "forecast" and len(rows) < 8 else {}
        ax.plot(
            rows["years"],
            rows["share_pct"],
            color=style.PRECEDENTS[name],
            **style.LINES[kind],
            **dots,
        )
        ends[name] = (rows["years"].iloc[-1], rows["share_pct"].iloc[-1])
    ax.set_ylim(0, 122)
    ax.set_xlim(-0.7, lines["years"].max())
    style.label_ends(ax, ends, style.PRECEDENTS)
    for text in ax.texts:  # Labels in the midst of other lines stay readable.
        text.set_path_effects([withStroke(linewidth=3, foreground="white")])
    style.unit(ax, "Percent of the market named")
    style.unit(ax, "Years since the start of each series", axis="x")
    style.years(ax)
    return fig


def rates(rows: pd.DataFrame) -> Figure:
    """Steepest rise of each precedent beside what magnets would need.

    Args:
        rows: ``label``, ``points_per_year``, ``when``, ``kind`` (target for what would be
            needed) and ``line`` (one of :data:`style.PRECEDENTS`), in order from top to bottom.
    """
    fig, ax = style.new(0.42 * len(rows) + 1.1)
    y = np.arange(len(rows))[::-1]
    for place, row in zip(y, rows.itertuples(), strict=True):
        ax.barh(
            place,
            row.points_per_year,
            0.64,
            color=style.PRECEDENTS[row.line],
            **style.BARS[row.kind],
        )
        ax.annotate(
            f"{row.points_per_year:.1f}  ({row.when})", (row.points_per_year, place),
            xytext=(5, 0), textcoords="offset points", va="center",
        )  # fmt: skip
    ax.set_yticks(y, rows["label"])
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_xlim(0, 1.3 * rows["points_per_year"].max())
    style.horizontal(ax)
    style.unit(ax, "Percentage points of the market a year", axis="x")
    return fig


def _stack(ax: Axes, rows: pd.DataFrame, column: str, looks: Mapping[str, Mapping]) -> pd.Series:
    """Stacked bars by year; returns the height of each."""
    wide = rows.pivot_table(index="year", columns=column, values="usd_billion", aggfunc="sum")
    bottom = pd.Series(0.0, index=wide.index)
    for name, look in looks.items():
        if name in wide:
            values = wide[name].fillna(0)
            ax.bar(wide.index, values, 0.72, bottom=bottom, **look)
            bottom += values
    return bottom


def _key(
    ax: Axes, looks: Mapping[str, Mapping], at: float = 0.93, right: bool = False, columns: int = 1
) -> None:
    """A small key of fills inside the axes, named in order."""
    handles = [ax.barh([np.nan], [np.nan], label=name, **look) for name, look in looks.items()]
    ax.legend(
        handles=handles, loc="upper right" if right else "upper left",
        bbox_to_anchor=(1.0 if right else 0.0, at), ncols=columns, handlelength=1.2,
        handleheight=0.9, borderaxespad=0, columnspacing=1.0, handletextpad=0.4, fontsize=9.5,
    )  # fmt: skip


def _mark(ax: Axes, x: float, y: float, state: str) -> None:
    look = {"marker": "o", "markersize": 7.5, "markeredgecolor": BLUE, "markeredgewidth": 1.1}
    ax.plot(x, y, linestyle="none", clip_on=False, **{**look, **style.MEASURES[state]})
