"""Figures of the chapter on policy: public money, measures, floor, first plants, stock."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from rareearth.figures import forms, style
from rareearth.models.price import Terms

BLUE = style.actor("United States")
MODEL = style.PRICES["model"]

FIRM = {
    "counted": "Owed",
    "on milestones": "On milestones",
    "conditional": "Conditional",
    "letter of interest": "Letters of interest",
}
"""What to call money by how firm it is, firmest first."""

STEPS = {
    "counted": "Owed",
    "on milestones": "with milestones",
    "conditional": "with conditional money",
    "letter of interest": "with letters of interest",
    "all-minerals reserve": "with Project Vault",
}
"""What to call the sum of money up to a standing."""

PROMISES = {
    "committed": ("Granted, lent or bought", {"color": style.NEUTRAL}),
    "conditional": ("Conditional", {"color": style.NEUTRAL, **style.BARS["target"]}),
    "envelope": (
        "Programmes, ceilings",
        {"facecolor": "white", "edgecolor": style.NEUTRAL, "linewidth": 1.0},
    ),
}
"""Name and fill of allies' money by how firm it is."""

LEVERS = {
    "price_floor": "Price floor",
    "border_price": "Price at the border",
    "offtake": "Joint offtake",
    "equity": "Equity and grants",
    "loans": "Loans",
    "tax_credits": "Tax credits",
    "permitting": "Permits",
    "ewaste_rules": "Rules for old products",
    "research": "Research",
    "waste_extraction": "Plants for waste",
    "stockpile": "Stocks",
    "trade": "Duties and buying rules",
    "allies": "Allies",
}
"""What to call the kinds of measures, from top to bottom."""

QUOTES = {
    "China, excluding VAT": ("D", "NdPr, China, without tax"),
    "realized by MP Materials": ("s", "NdPr, received by MP Materials"),
}
"""Marker and name of the quotes that are drawn, by basis."""

PAID = {
    "round": ("private round", style.MONEY["private"]),
    "grant": ("public grant", style.MONEY["public"]),
    "plant cost": ("cost of a plant", style.MONEY["cost"]),
}
"""Name and colour of what was seen at real firms."""

GROUPS = {
    "NdPr": ("Neodymium and praseodymium", style.ELEMENT_GROUPS["NdPr"]),
    "DyTb": ("Dysprosium and terbium", style.ELEMENT_GROUPS["DyTb"]),
}

SHARES = {
    "rubber": ("Synthetic rubber,\nfrom December 1941", style.PRECEDENTS["Rubber (US need)"]),
    "rubber, hoped for": ("hoped for", style.PRECEDENTS["Rubber (US need)"]),
    "whole chain": ("Whole chain, expected", BLUE),
    "magnet plants, expected": ("Magnet plants, expected", style.PRECEDENTS["MP's oxide"]),
    "magnet plants, announced": ("Magnet plants, announced", style.PRECEDENTS["MP's oxide"]),
}
"""Name and colour of what is set against rubber."""


# --- public money ---------------------------------------------------------------------------------


def money_by_year(deals: pd.DataFrame) -> Figure:
    """Public money by year: what is owed by kind of capital, what is not by how firm it is.

    Args:
        deals: ``year``, ``standing``, ``capital``, ``usd_billion``; standings that are not in
            :data:`FIRM` are left out.
    """
    deals = deals.assign(firm=deals["standing"].map(FIRM)).dropna(subset="firm")
    owed = deals["standing"] == "counted"
    looks = {name: style.FIRMNESS[key] for key, name in FIRM.items()}
    parts = [
        deals[rows].groupby(["year", hue], as_index=False)["usd_billion"].sum()
        for rows, hue in ((owed, "capital"), (~owed, "firm"))
    ]
    tops = [1.2 * part.groupby("year")["usd_billion"].sum().max() for part in parts]
    # Heights in the ratio of the scales: a billion is as long in one panel as in the other.
    fig, axes = style.new(5.4, rows=2, sharex=True, height_ratios=tops)
    titles = ("Awarded, closed or lent", "Not owed: milestones, conditions, letters of interest")
    for ax, part, hue, palette, top, title in zip(
        axes, parts, ("capital", "firm"), (style.CAPITAL, looks), tops, titles, strict=True
    ):
        forms.columns(
            part, "USD billion", ax, value="usd_billion", hue=hue, palette=palette, text="{:.2f}"
        )
        ax.set_ylim(0, top)
        style.heading(ax, title)
    return fig


def money_mix(mix: pd.DataFrame) -> Figure:
    """What kind of capital the money is, as ever less firm money is let in.

    Args:
        mix: ``step`` (of :data:`STEPS`), ``capital``, ``share_pct``, ``total_usd_billion``.
    """
    rows = mix.assign(label=mix["step"].map(STEPS))
    totals = rows.set_index("label")["total_usd_billion"].map("{:.1f}".format).to_dict()
    ax = forms.stacked_rows(
        rows, "Percent of the sum; at the end of each bar the sum, USD billion", value="share_pct",
        hue="capital", palette=style.CAPITAL, least=7, text="{:.0f}%", totals=totals,
    )  # fmt: skip
    return ax.figure


def money_by_stage(sums: pd.DataFrame) -> Figure:
    """Public money by stage of the chain and how firm it is.

    Args:
        sums: ``stage`` in order, ``standing`` (of :data:`FIRM`), ``usd_billion``.
    """
    wide = sums.pivot(index="stage", columns="standing", values="usd_billion").fillna(0)
    ax = forms.stacked_rows(
        sums.assign(firm=sums["standing"].map(FIRM)), "USD billion", label="stage",
        value="usd_billion", hue="firm", totals=_of(wide["counted"], wide.sum(axis=1)),
        palette={name: style.FIRMNESS[key] for key, name in FIRM.items()},
    )  # fmt: skip
    return ax.figure


def allies(sums: pd.DataFrame) -> Figure:
    """Public money for rare earths by government, deals apart from envelopes.

    Args:
        sums: ``country`` in order, ``standing`` (of :data:`PROMISES`), ``usd_billion``.
    """
    wide = sums.pivot(index="country", columns="standing", values="usd_billion").fillna(0)
    color = sums["country"].replace({"European Union": "Europe"}).map(style.actor)
    kinds = {"committed": "reported", "conditional": "target", "envelope": "reported"}
    rows = sums.assign(
        firm=sums["standing"].map({key: name for key, (name, _) in PROMISES.items()}),
        color=color.where(sums["standing"] != "envelope"),
        kind=sums["standing"].map(kinds),
    )
    ax = forms.stacked_rows(
        rows, "USD billion", label="country", value="usd_billion", hue="firm",
        palette=dict(PROMISES.values()), totals=_of(wide["committed"], wide.sum(axis=1)),
    )  # fmt: skip
    return ax.figure


def _of(part: pd.Series, whole: pd.Series) -> dict[str, str]:
    return {name: f"{part[name]:.2f} of {whole[name]:.2f}" for name in whole.index}


# --- measures and laboratories --------------------------------------------------------------------


def where(measures: pd.DataFrame, stages: Sequence[str]) -> Figure:
    """Which measures act where on the chain, and where they stand.

    Args:
        measures: ``lever`` (of :data:`LEVERS`), ``stage``, ``state`` (of
            :data:`style.MEASURES`); one row per measure and stage.
        stages: from left to right.
    """
    fig, ax = style.new(0.36 * len(LEVERS) + 1.0)
    states, look = list(style.MEASURES), {"marker": "o", "markersize": 7.5, "markeredgewidth": 1.1}
    look |= {"markeredgecolor": BLUE, "linestyle": "none"}
    rows = measures.sort_values("state", key=lambda c: c.astype(str).map(states.index))
    for (lever, stage), cell in rows.groupby(["lever", "stage"], sort=False):
        offsets = 0.17 * (np.arange(len(cell)) - (len(cell) - 1) / 2)
        for offset, state in zip(offsets, cell["state"], strict=True):
            at = stages.index(stage) + offset, list(LEVERS).index(lever)
            ax.plot(*at, **{**look, **style.MEASURES[state]})
    for state in states:
        ax.plot([], [], label=state, **{**look, **style.MEASURES[state]})
    ax.legend(loc="upper left", bbox_to_anchor=(0, 0), ncols=len(states), handletextpad=0.1)
    ax.set_yticks(range(len(LEVERS)), list(LEVERS.values()))
    ax.set_xticks(range(len(stages)), [stage.capitalize() for stage in stages])
    ax.xaxis.tick_top()
    ax.tick_params(axis="both", size=0, labelcolor=style.INK)
    ax.set_xlim(-0.6, len(stages) - 0.4)
    ax.set_ylim(len(LEVERS) - 0.4, -0.6)
    ax.spines["bottom"].set_visible(False)
    return fig


def budgets(rows: pd.DataFrame) -> Figure:
    """A research budget over time, and what was asked for and enacted in the last year.

    Args:
        rows: ``line``, ``fiscal_year``, ``stage`` (enacted, request), ``usd_million``, and
            ``change_pct`` against the law before; rows without it are those of the first budget.
    """
    fig, (left, right) = style.new(3.4, columns=2, width_ratios=[1.4, 1])
    looks = {"request": style.ACTORS["China"], "enacted": BLUE}
    moved = rows.dropna(subset="change_pct")
    years = rows[rows["change_pct"].isna()]
    enacted = years[years["stage"] == "enacted"]
    forms.columns(enacted, "USD million", left, x="fiscal_year", value="usd_million", palette=BLUE)
    for row in years[years["stage"] == "request"].itertuples():
        ends = [row.fiscal_year - 0.375, row.fiscal_year + 0.375]
        left.plot(ends, [row.usd_million] * 2, color=looks["request"], linewidth=2)
        left.annotate(
            f"asked\n{row.usd_million:.0f}", (ends[1], row.usd_million), xytext=(3, 0),
            textcoords="offset points", va="center", fontsize=forms.SMALL, annotation_clip=False,
            color=style.readable(looks["request"]),
        )  # fmt: skip
    style.heading(left, f"{years['line'].iloc[0]} by fiscal year")
    asked = moved.replace({"stage": {"request": "asked"}})
    forms.rows(
        asked, "Change against the law before, percent", right, label="line", value="change_pct",
        hue="stage", palette={"asked": looks["request"], "enacted": BLUE}, text="{:+.0f}",
    )  # fmt: skip
    right.axvline(0, color=style.NEUTRAL, linewidth=0.8, zorder=0)
    right.margins(x=0.15)
    style.heading(right, f"Fiscal {moved['fiscal_year'].iloc[0]}")
    return fig


# --- the price floor ------------------------------------------------------------------------------


def price_history(prices: pd.DataFrame, agreed: Terms) -> Figure:
    """Price of neodymium oxide, quotes of NdPr, the floor and the range of the price ahead.

    Args:
        prices: ``series`` (by year, by day, bases of :data:`QUOTES`, model), ``time``,
            ``usd_per_kg``; for the model ``low_90``, ``low_50``, ``high_50``, ``high_90``.
        agreed: terms of the floor.
    """
    fig, ax = style.new(4.3)
    oxide = prices[prices["series"].str.startswith("neodymium oxide")]
    color = style.PRICES["neodymium oxide"]
    for series, rows in oxide.groupby("series"):
        dots = {"marker": "o", "markersize": 3.5} if series.endswith("year") else {}
        ax.plot(rows["time"], rows["usd_per_kg"], color=color, linewidth=1.4, **dots)
    for basis, (marker, name) in QUOTES.items():
        rows = prices[prices["series"] == basis]
        look = {"color": style.PRICES[basis], "markersize": 4.5, "label": name}
        ax.plot(rows["time"], rows["usd_per_kg"], marker, **look)
    ahead = prices[prices["series"].str.startswith("model")]
    _fan(ax, ahead.rename(columns={"usd_per_kg": "median"}))
    ax.hlines(agreed.floor, agreed.start, agreed.end, color=style.INK, linewidth=1.6)
    words = {"textcoords": "offset points", "fontweight": "semibold"}
    level = f"Floor, {agreed.floor:.0f} USD/kg"
    ax.annotate(level, (agreed.end, agreed.floor), xytext=(0, 4), ha="right", **words)
    peak = oxide.nlargest(1, "usd_per_kg").iloc[0]
    top = peak["time"], peak["usd_per_kg"]
    ax.annotate("Neodymium oxide", top, xytext=(8, -4), color=style.readable(color), **words)
    end = ahead["time"].iloc[-1], ahead["low_90"].iloc[-1]
    ax.annotate(
        "Model, NdPr\nwithout tax", end, xytext=(-4, -3), ha="right", va="top",
        color=style.readable(MODEL), **words,
    )  # fmt: skip
    ax.legend(loc="lower left", bbox_to_anchor=(0.3, 1), ncols=2, handletextpad=0.2)
    style.zero_based(ax)
    style.years(ax)
    style.unit(ax, "USD per kg of oxide")
    return fig


def _fan(ax: Axes, ahead: pd.DataFrame) -> None:
    for level in (90, 50):
        style.band(ax, ahead["time"], ahead[f"low_{level}"], ahead[f"high_{level}"], MODEL)
    ax.plot(ahead["time"], ahead["median"], color=MODEL, **style.LINES["forecast"])


def payments(made: pd.DataFrame, ahead: pd.DataFrame) -> Figure:
    """Payments made beside those of the model, and the range of payments to come.

    Args:
        made: ``quarter``, ``usd_million``, ``kind``, and the model's ``low_90``, ``median``,
            ``high_90``.
        ahead: ``time``, ``low_90``, ``low_50``, ``median``, ``high_50``, ``high_90``, million USD.
    """
    fig, (left, right) = style.new(3.9, columns=2, width_ratios=[1, 1.7], sharey=True)
    # What is not seen in a filing is pale.
    made = made.assign(kind=np.where(made["kind"] == "reported", "reported", "estimate"))
    unit = "Million USD a quarter"
    forms.columns(made, unit, left, x="quarter", value="usd_million", palette=BLUE, text="")
    for x, row in enumerate(made.itertuples()):
        left.annotate(
            f"{row.usd_million:.0f}", (x, row.usd_million), xytext=(-4, 3), ha="right",
            textcoords="offset points", color=style.readable(BLUE), fontweight="semibold",
        )  # fmt: skip
        left.vlines(x + 0.1, row.low_90, row.high_90, color=MODEL, linewidth=2.2)
        left.plot(x + 0.1, row.median, "o", color=MODEL, markersize=6, markeredgecolor="white")
    left.set_title("Made, and model", pad=20)
    _fan(right, ahead)
    right.set_title("Model, to the end of the term", pad=20)
    style.zero_based(left)
    style.years(right)
    style.unit(right, unit)
    return fig


def bill(rows: pd.DataFrame) -> Figure:
    """Cost of the whole agreement: middle half and nine tenths of the draws, by view of the price.

    Args:
        rows: ``view``, ``share`` (whether the share above the floor is taken off), ``low_90``,
            ``low_50``, ``median``, ``high_50``, ``high_90``, billion USD; two rows per view.
    """
    palette = {"with the share above the floor": MODEL, "without it": style.NEUTRAL}
    first, second = palette
    rows = rows.assign(
        label="Price " + rows["view"], kept=np.where(rows["share"], first, second)
    )  # fmt: skip
    rows["label"] = rows["label"].str.replace(", ", ",\n")
    _, ax = style.new(3.6)
    # Twice on the same rows: the half lies dark on the nine tenths.
    for level, text in ((90, "{:.1f}"), (50, "")):
        ends = rows[["label", "kept", "median", f"low_{level}", f"high_{level}"]]
        forms.rows(
            ends, "Billion USD in money of 2026 (negative: the government gains)", ax,
            hue="kept", palette=palette, text=text,
        )  # fmt: skip
    ax.axvline(0, color=style.INK, linewidth=0.8)
    return ax.figure


def floor_levels(costs: pd.DataFrame, today: float) -> Figure:
    """Cost of a ten-year floor per kilogram covered, and how often it pays, by its level.

    Args:
        costs: ``view`` of the price, ``floor``, ``low``, ``median``, ``high`` (USD/kg) and
            ``chance_pct``.
        today: floor in force, USD/kg.
    """
    fig, (left, right) = style.new(3.9, columns=2)
    views = list(dict.fromkeys(costs["view"]))
    look = {"x": "floor", "hue": "view"}
    look["palette"] = dict(zip(views, (MODEL, style.INK), strict=True))
    costs = costs.assign(kind="forecast")
    forms.band(
        costs.drop(columns="chance_pct"), "Public cost, USD per kg covered", left,
        names=dict.fromkeys(views, ""), **look,
    )  # fmt: skip
    names = {view: textwrap.fill(view.capitalize(), 11) for view in views}
    chances = costs.drop(columns=["low", "median", "high"])
    forms.band(
        chances, "Quarters with a payment, percent", right, value="chance_pct", names=names, **look
    )  # fmt: skip
    right.set_ylim(0, 100)
    for ax in (left, right):
        _mark(ax, today, "in force", 0 if ax is right else 1)
        style.unit(ax, "Floor, USD per kg", "x")
    return fig


# --- first plants ---------------------------------------------------------------------------------


def gaps(stages: pd.DataFrame) -> Figure:
    """What private investors would put into each stage, and what is missing.

    Args:
        stages: ``stage`` in order, ``private_usd_million``, ``gap_usd_million`` (means over firms),
            ``gap_share_pct``.
    """
    fig, (left, right) = style.new(3.4, columns=2, sharey=True, width_ratios=[1.7, 1])
    names = {"private_usd_million": "private money", "gap_usd_million": "missing"}
    parts = stages.melt("stage", list(names), "part", "usd_million").replace({"part": names})
    gap = stages.set_index("stage")["gap_usd_million"]
    whole = parts.groupby("stage")["usd_million"].sum()
    forms.stacked_rows(
        parts, "Million US dollars, mean over firms", left, label="stage", value="usd_million",
        palette={"private money": style.MONEY["private"], "missing": style.MONEY["missing"]},
        totals={stage: f"{gap[stage]:,.0f} of {whole[stage]:,.0f}" for stage in whole.index},
    )  # fmt: skip
    forms.rows(
        stages[["stage", "gap_share_pct"]], "Missing part of the cost, percent", right,
        label="stage", value="gap_share_pct", palette=style.MONEY["missing"], bar=True,
        text="{:.0f}%",
    )  # fmt: skip
    style.heading(left, "In dollars")
    return fig


def evidence(seen: pd.DataFrame, stages: pd.DataFrame) -> Figure:
    """Money of real firms by stage, over the stage costs that are assumed.

    Args:
        seen: ``stage``, ``what`` (of :data:`PAID`), ``usd_million``.
        stages: ``stage`` in order, ``cost_usd_million_low``, ``_median``, ``_high``.
    """
    order = list(stages["stage"])
    names, palette = {key: name for key, (name, _) in PAID.items()}, dict(PAID.values())
    seen = seen.sort_values("stage", key=lambda c: c.map(order.index), kind="stable")
    ax = forms.studies(
        seen.assign(what=seen["what"].map(names)), "Million US dollars (log scale)",
        label="stage", value="usd_million", hue="what", palette=palette, log=True,
    )  # fmt: skip
    for y, row in enumerate(stages.itertuples()):
        ends = row.cost_usd_million_low, row.cost_usd_million_high
        look = {"color": style.NEUTRAL, "solid_capstyle": "butt", "zorder": 0}
        ax.plot(ends, [y, y], linewidth=30, alpha=0.25, **look)
        ax.plot([row.cost_usd_million_median] * 2, [y - 0.27, y + 0.27], **look)
    ax.set_xlim(*(f(seen["usd_million"]) * by for f, by in ((np.min, 0.5), (np.max, 2))))
    style.decades(ax)
    cost = Patch(label="Assumed cost: 90% of firms", color=style.NEUTRAL, alpha=0.25)
    forms.key(ax, palette, handles=[cost])
    return ax.figure


def loans(gates: pd.DataFrame, record: float) -> Figure:
    """Part of a loan that its lender must expect to lose, by the stage it pays for.

    Args:
        gates: ``stage`` in order, and ``unaided_pct``, ``aided_pct`` with ``_low``, ``_median``,
            ``_high``.
        record: what federal loan programmes have lost, percent.
    """
    names = {"unaided_pct": "no other public help", "aided_pct": "all other instruments pulled"}
    colors = (style.MONEY["missing"], style.MONEY["public"])
    ax = forms.rows(
        _long(gates, "stage", names), "Expected loss, percent of the loan", label="stage",
        hue="what", palette=dict(zip(names.values(), colors, strict=True)),
    )  # fmt: skip
    _mark(ax, record, f"lost by the Department of\nEnergy's loans: {record:.1f}%", 1)
    style.zero_based(ax, "x")
    return ax.figure


def survival(mixes: pd.DataFrame) -> Figure:
    """Plants that get paid for, and firms that come through, by instruments.

    Args:
        mixes: ``label`` and ``built_pct``, ``survival_pct`` with ``_low``, ``_median``, ``_high``.
    """
    fig, axes = style.new(0.4 * len(mixes) + 1.2, columns=2, sharey=True)
    for ax, name, title, unit, text in zip(
        axes,
        ("built_pct", "survival_pct"),
        ("First plants that are paid for", "Firms that come through"),
        ("Percent of those at the decision", "Percent of those that start"),
        ("{:.0f}", "{:.1f}"),
        strict=True,
    ):
        forms.rows(_long(mixes, "label", {name: name}), unit, ax, text=text)
        ax.set_title(title)
        style.zero_based(ax, "x")
    return fig


def public_money(mixes: pd.DataFrame) -> Figure:
    """Public money per firm that comes through: what is kept, and what is paid out.

    Args:
        mixes: ``label`` and ``kept_usd_million``, ``paid_out_usd_million`` with ``_low``,
            ``_median``, ``_high``; missing where there is none.
    """
    names = {"kept_usd_million": "kept by firms", "paid_out_usd_million": "paid out"}
    colors = (style.MONEY["missing"], style.NEUTRAL)
    ax = forms.rows(
        _long(mixes, "label", names), "Million US dollars per surviving firm (log scale)",
        hue="what", palette=dict(zip(names.values(), colors, strict=True)), text="{:,.0f}",
        log=True,
    )  # fmt: skip
    return ax.figure


def _long(frame: pd.DataFrame, label: str, names: Mapping[str, str]) -> pd.DataFrame:
    """Intervals of several quantities, one row each: label, what, low, median, high."""
    ends = ["low", "median", "high"]
    parts = [
        frame[[label, *(f"{name}_{end}" for end in ends)]]
        .set_axis([label, *ends], axis=1)
        .assign(what=words)
        for name, words in names.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _mark(ax: Axes, at: float, text: str, height: float) -> None:
    """A line to compare with, named beside it at a height within the axes, 0 to 1."""
    forms.reference(ax, at)
    ax.annotate(
        text, (at, height), xycoords=("data", "axes fraction"), xytext=(4, 4 if height < 1 else -4),
        textcoords="offset points", fontsize=forms.SMALL, color=style.MUTED,
        va="bottom" if height < 1 else "top",
    )  # fmt: skip


# --- the stockpile --------------------------------------------------------------------------------


def stock_value(history: pd.DataFrame) -> Figure:
    """Value of the stockpile in the years in which it is known, by price basis.

    Args:
        history: ``year``, ``measure`` (prices of 2022, or of the year), ``value_usd_billion``.
    """
    now = history["measure"].str.endswith("of the year")
    rows = pd.DataFrame(
        {
            "label": history["year"].astype(str),
            "prices": np.where(now, "in prices of the year", "in prices of 2022"),
            "value_usd_billion": history["value_usd_billion"],
        }
    )
    ax = forms.rows(
        rows, "Value of all minerals held, billion US dollars", value="value_usd_billion",
        hue="prices", bar=True, text="{:.1f}",
        palette={"in prices of 2022": BLUE, "in prices of the year": style.PALE["United States"]},
    )  # fmt: skip
    return ax.figure


def stock_cover(days: pd.DataFrame, goals: Mapping[str, float]) -> Figure:
    """Days for which a stock would last, by whose need it meets.

    Args:
        days: ``basis``, ``group`` (as :data:`GROUPS`), ``days``.
        goals: to compare with, name to days.
    """
    rows = days[["basis", "days"]].assign(
        what=days["group"].map({key: name for key, (name, _) in GROUPS.items()}),
        text=[f"{d / 365.25:.1f} years" if d > 730 else f"{d:.0f} days" for d in days["days"]],
    )
    ax = forms.rows(
        rows, "Days of need covered (logarithmic)", label="basis", value="days", hue="what",
        palette=dict(GROUPS.values()), log=True,
    )  # fmt: skip
    for at, (name, value) in enumerate(goals.items()):
        _mark(ax, value, name, at / 8)
    ax.margins(x=0.15)
    return ax.figure


def stock_risk(curve: pd.DataFrame, plan: Mapping[str, float], best: Mapping[str, float]) -> Figure:
    """Part of the cuts that a stock covers, over its size.

    Args:
        curve: ``months``, ``covered_pct`` and ``without_response_covered_pct``.
        plan: group (of :data:`GROUPS`) to months that the present plan would cover.
        best: ``months`` of the stock recommended, ``covered_pct`` and ``usd_million`` to buy it.
    """
    fig, ax = style.new(3.9)
    palette = {"others and users respond": BLUE, "nobody responds": style.NEUTRAL}
    for column, color in zip(
        ("covered_pct", "without_response_covered_pct"), palette.values(), strict=True
    ):
        ax.plot(curve["months"], curve[column], color=color)
    words = {"textcoords": "offset points"}
    for group, months in plan.items():
        covered, color = np.interp(months, curve["months"], curve["covered_pct"]), GROUPS[group][1]
        ax.plot([months, months], [0, covered], color=color, **style.LINES["target"])
        ax.plot(months, covered, "o", color=color, zorder=3)
        label, look = f"plan,\n{group}", {"color": style.readable(color)}
        ax.annotate(label, (months, 0), xytext=(4, 6), **look, **words)
    at = best["months"], best["covered_pct"]
    ax.plot(*at, "o", color=style.INK, zorder=3)
    money = round(best["usd_million"], -1)
    label = f"{at[0]:.1f} months, bought and held\nfor about {money:,.0f} million dollars"
    line = {"arrowstyle": "-", "color": style.MUTED, "shrinkB": 5, "linewidth": 0.8}
    ax.annotate(label, at, xytext=(40, -62), va="center", arrowprops=line, **words)
    ax.set_xlim(0, curve["months"].max())
    ax.set_ylim(0, 101)
    style.unit(ax, "Size of the stock, months of US factories' need", "x")
    style.unit(ax, "Cuts that leave no factory short, percent")
    forms.key(ax, palette)
    return fig


# --- precedents -----------------------------------------------------------------------------------


def rubber_and_magnets(lines: pd.DataFrame) -> Figure:
    """Synthetic rubber then and magnets now, as a share of need, on one axis of years.

    Args:
        lines: ``series`` (of :data:`SHARES`), ``years`` since the start, ``low_pct``,
            ``median_pct``, ``high_pct``, ``kind``; ``point`` where a dot is drawn.
    """
    ax = forms.band(
        lines, "Percent of the country's need", x="years", hue="series",
        palette={series: color for series, (_, color) in SHARES.items()},
        names={series: name for series, (name, _) in SHARES.items()},
    )  # fmt: skip
    forms.reference(ax, 100, axis="y")
    style.unit(ax, "Years since the start", axis="x")
    return ax.figure


def ramps(lines: pd.DataFrame) -> Figure:
    """Shares of a market over the years since the start, one line per precedent.

    Args:
        lines: ``precedent`` (of :data:`style.PRECEDENTS`), ``years``, ``share_pct``, ``kind``.
    """
    few = lines.groupby("precedent")["years"].transform("size") < 8
    ax = forms.band(
        lines.assign(point=np.where(few, "full", None)), "Percent of the market named", x="years",
        value="share_pct", hue="precedent", palette=style.PRECEDENTS,
    )  # fmt: skip
    style.unit(ax, "Years since the start of each series", axis="x")
    return ax.figure


def rates(rows: pd.DataFrame) -> Figure:
    """Steepest rise of each precedent beside what magnets would need.

    Args:
        rows: ``label``, ``points_per_year``, ``when``, ``kind`` (target for what would be
            needed) and ``precedent`` (of :data:`style.PRECEDENTS`), from top to bottom.
    """
    shown = rows.assign(
        color=rows["precedent"].map(style.PRECEDENTS),
        text=[f"{r.points_per_year:.1f}  ({r.when})" for r in rows.itertuples()],
    )
    ax = forms.rows(
        shown, "Percentage points of the market a year", value="points_per_year", bar=True
    )
    return ax.figure
