"""What is being built outside China: capacity, promises and output, and the basket problem."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from rareearth.figures import forms, style

HEADINGS = {
    "mined REO": "Mines, thousand t REO a year",
    "separated NdPr oxide": "Separated NdPr oxide, thousand t a year",
    "magnet alloy": "Magnet alloy, thousand t a year",
    "sintered magnets": "Sintered magnets, thousand t a year",
}
"""Panels of :func:`capacity`: product class, and its heading with the unit."""

OUTCOMES = {
    "running": "Running: first promise, actual start",
    "waiting": "Not running yet: first promise, latest promise or today",
    "given up": "Given up",
}
"""Blocks of :func:`starts`."""

HEAVY = {
    "operating": "operating",
    "pilot": "ramping",
    "under construction": "under construction",
    "planned": "planned",
}
"""Look of each state of a plant for heavy rare earths: a state of :data:`style.PLANTS`."""

OXIDES = style.OXIDES | {
    "not stated": {"facecolor": "white", "edgecolor": style.NEUTRAL, "linewidth": 0.7}
}


def magnet_capacity(capacity: pd.DataFrame) -> Figure:
    """Capacity of single magnet makers in China and of all plants in the United States.

    Args:
        capacity: ``holder``, ``country``, ``status`` (operating, planned), ``magnets_t``; rows in
            the order of drawing, several statuses of a holder are stacked.
    """
    kinds = {"operating": "reported", "planned": "target"}
    bars = capacity.assign(kt=capacity["magnets_t"] / 1000, kind=capacity["status"].map(kinds))
    totals = bars.groupby("holder")["kt"].sum().map("{:.1f}".format)
    return forms.stacked_rows(
        bars,
        "Capacity, thousand tonnes of magnets a year (pale: planned)",
        label="holder",
        value="kt",
        hue="country",
        palette={name: style.actor(name) for name in bars["country"].unique()},
        totals=totals.to_dict(),
    ).figure


def capacity(plants: pd.DataFrame) -> Figure:
    """Capacity by year of start and state, one panel per product.

    Args:
        plants: ``product_class`` (those of :data:`HEADINGS`), ``start``, ``state``,
            ``capacity_kt_per_year``; one row per combination.
    """
    starts = sorted(plants["start"].unique(), key=lambda s: (s != "earlier", s == "no date", s))
    fig, axes = style.new(5.6, 2, 2, sharex=True)
    for ax, (name, heading) in zip(axes.flat, HEADINGS.items(), strict=True):
        wide = (
            plants[plants["product_class"] == name]
            .pivot(index="start", columns="state", values="capacity_kt_per_year")
            .reindex(index=starts, columns=list(style.PLANTS))
            .fillna(0.0)
        )
        bottom = np.zeros(len(starts))
        for state, look in style.PLANTS.items():
            ax.bar(starts, wide[state], bottom=bottom, width=0.75, **look)
            bottom += wide[state].to_numpy()
        style.unit(ax, heading)
        ax.set_ylim(0, 1.06 * bottom.max())
        ax.tick_params(axis="x", labelrotation=90)
    handles = [Patch(label=state, **look) for state, look in style.PLANTS.items()]
    fig.legend(handles=handles, loc="outside upper left", ncols=5, handlelength=1.2, fontsize=9)
    return fig


def starts(slipped: pd.DataFrame, now: int) -> Figure:
    """First promised start against actual or latest promised start, plant by plant.

    Args:
        slipped: as from :func:`rareearth.models.pipeline.slips`.
        now: current year, drawn as a line.
    """
    block = slipped["outcome"].map(list(OUTCOMES).index)
    rows = slipped.assign(block=block, slip=slipped["slip_years"].fillna(99))
    rows = rows.sort_values(["block", "slip", "promised_year"], ignore_index=True)
    y = rows.index + 0.9 * rows["block"]
    fig, ax = style.new(1.4 + 0.22 * len(rows))
    for at, row in zip(y, rows.itertuples(), strict=True):
        color, ran = style.STARTS[row.outcome], row.outcome == "running"
        given_up = row.outcome == "given up"
        last = now if given_up else row.promised_year + row.slip_years
        line = style.LINES["reported" if ran else "target"]
        ax.plot([row.promised_year, last], [at, at], color=color, **line)
        ax.plot(row.promised_year, at, "o", ms=6, mfc="white", mec=style.MUTED, mew=1.4)
        mark = {"marker": "x", "ms": 7, "mew": 2} if given_up else {"marker": "o", "ms": 6.5}
        ax.plot(last, at, mec=color, mfc=color if ran else "white", **{"mew": 1.8} | mark)
        none = "on time" if ran else "due"
        late = "given up" if given_up else f"+{row.slip_years}" if row.slip_years else none
        ax.annotate(
            late,
            (last, at),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            fontsize=forms.SMALL,
            color=style.readable(color),
            fontweight="semibold",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8},
        )
    first = rows["promised_year"].min()
    for outcome, inside in y.groupby(rows["outcome"]):
        ax.text(first - 0.4, inside.min() - 0.8, OUTCOMES[outcome], fontweight="semibold",
                va="center", fontsize=10)  # fmt: skip
    ax.set_yticks(y, rows["facility"])
    ax.tick_params(axis="y", labelcolor=style.INK)
    ax.set_ylim(y.max() + 0.7, -1.4)
    ax.set_xlim(first - 0.5, (slipped["promised_year"] + slipped["slip_years"]).max() + 1.6)
    style.years(ax)
    style.horizontal(ax)
    style.unit(ax, "Year of start (calendar years)", "x")
    forms.reference(ax, now, str(now))
    return fig


def ramps(delivered: pd.DataFrame) -> Figure:
    """Output as a share of nameplate by year of operation.

    Args:
        delivered: as from :func:`rareearth.models.pipeline.delivered`; periods shorter than a
            year are drawn hollow.
    """
    names = list(dict.fromkeys(delivered["ramp"]))
    colors = dict(zip(names, style.SERIES, strict=False))
    whole = delivered["period_years"] == 1
    rows = delivered.assign(point=np.where(whole, "full", "hollow")).drop(columns="kind")
    ax = forms.band(
        rows,
        "Output, percent of nameplate",
        x="year_of_operation",
        value="share_pct",
        hue="ramp",
        palette=colors,
        names=dict.fromkeys(names, ""),
    )
    last = int(rows["year_of_operation"].max())
    ax.set_ylim(0, max(104.0, 1.04 * rows["share_pct"].max()))
    ax.set_xlim(-0.5, last + 0.4)
    ax.set_xticks(range(last + 1), ["first", "year 1", *map(str, range(2, last + 1))])
    style.unit(ax, "Years after the year of first product", "x")
    forms.reference(ax, 100, "nameplate", axis="y")
    ends = rows.sort_values("year_of_operation").groupby("ramp")
    ends = ends[["year_of_operation", "share_pct"]].last().astype(float)
    style.label_points(ax, {name: tuple(end) for name, end in ends.T.items()}, colors)
    return ax.figure


def quarters(made: pd.DataFrame) -> Figure:
    """Output by quarter, brought to a year, and the nameplate of the day.

    Args:
        made: ``company``, ``year`` (decimal), ``rate_kt_per_year``, ``nameplate_t``.
    """
    colors = dict(zip(made["company"].unique(), style.SERIES, strict=False))
    rows = made.drop(columns="kind").assign(point="full")
    ax = forms.band(
        rows,
        "NdPr oxide, thousand tonnes a year (dotted: nameplate of the day)",
        value="rate_kt_per_year",
        hue="company",
        palette=colors,
    )
    for name, line in made.sort_values("year").groupby("company"):
        plate = line["nameplate_t"] / 1000
        ax.step(line["year"], plate, where="mid", color=colors[name], **style.LINES["target"])
    ax.set_ylim(0, 1.08 * made["nameplate_t"].max() / 1000)
    return ax.figure


def heavies(plants: pd.DataFrame) -> Figure:
    """Dysprosium and terbium oxide a year by plant, from output to plans.

    Args:
        plants: ``plant``, ``state`` (of :data:`HEAVY`), ``dytb_t``; rows in the order of drawing.
    """
    kinds = plants["state"].map(lambda state: "target" if state == "planned" else "reported")
    colors = plants["state"].map(lambda state: style.PLANTS[HEAVY[state]]["facecolor"])
    rows = plants.assign(
        kind=kinds,
        color=colors,
        group=plants["state"].str.capitalize(),
        text=plants["dytb_t"].map("{:.3g}".format),
    )
    ax = forms.rows(
        rows, "Dysprosium and terbium oxide, tonnes a year", label="plant", value="dytb_t", bar=True
    )
    ax.set_xlim(0, 1.1 * plants["dytb_t"].max())
    return ax.figure


def mixes(shares: pd.DataFrame, demand: str) -> Figure:
    """Element mix of deposits against the mix that magnets want.

    Args:
        shares: ``source_of_mix``, ``group`` (those of :data:`style.OXIDES`), ``share_pct``; rows in
            the order of drawing, from above.
        demand: the ``source_of_mix`` that is demand, set apart.
    """
    rows = shares.rename(columns={"group": "part"})
    wanted = rows["source_of_mix"] == demand
    rows["group"] = np.where(wanted, "Wanted", "Found in deposits")
    rows = rows.sort_values("group", ascending=False, kind="stable")
    return forms.stacked_rows(
        rows,
        "Share of rare-earth oxides, percent",
        label="source_of_mix",
        value="share_pct",
        palette=OXIDES,
        least=4,
    ).figure


def basket(yields: pd.DataFrame, need: tuple[float, float]) -> Figure:
    """Heavy oxides that come with the light magnet oxides, and what is left over.

    Args:
        yields: ``deposit``, ``heavy_g_per_kg_ndpr``, ``la_ce_kg_per_kg_ndpr`` (missing where
            not stated) and ``weak`` (heavy share estimated or only partly stated; drawn hollow),
            in the order of drawing.
        need: low and high need of dysprosium and terbium oxide, grams per kg of NdPr oxide.
    """
    fig, (heavy, light) = style.new(4.4, 1, 2, sharey=True, width_ratios=(1.5, 1))
    of = "\nof NdPr oxide"
    panels = (
        (heavy, "heavy_g_per_kg_ndpr", style.ELEMENTS["Dy"], "Dy and Tb oxide, grams per kg"),
        (light, "la_ce_kg_per_kg_ndpr", style.MUTED, "La and Ce oxide, kg per kg"),
    )
    for ax, column, color, unit in panels:
        log = ax is heavy
        kind = np.where(yields["weak"] & log, "forecast", "reported")
        texts = [_short(value) for value in yields[column]]
        rows = yields.assign(kind=kind, text=texts)
        unit += f"{of} (log scale)" if log else of
        forms.rows(rows, unit, ax, label="deposit", value=column, palette=color, log=log)
        ax.margins(x=0.15)
    light.set_xlim(0, None)
    for at in np.flatnonzero(yields["la_ce_kg_per_kg_ndpr"].isna()):
        light.text(0.1, at, "not stated", va="center", fontsize=forms.SMALL, color=style.MUTED)
    forms.reference(heavy, need, "range of need", color=style.ELEMENTS["Dy"])
    return fig


def _short(value: float) -> str:
    """One decimal for small numbers, none for large ones, nothing for none."""
    return "" if np.isnan(value) else f"{value:.1f}" if value < 10 else f"{value:,.0f}"
