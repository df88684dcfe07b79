"""Figures of the chapter on demand."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from rareearth.figures import forms, style

ELEMENTS = {"Nd": "Neodymium", "Pr": "Praseodymium", "Dy": "Dysprosium", "Tb": "Terbium"}

SUMMARIES = {
    "median": ("|", "median of studies"),
    "by power": ("s", "summary by motor power"),
    "IEA": ("D", "IEA, per car sold"),
}
"""Mark and name of each summary of the content of a motor."""

MASSES = {
    1e-4: "0.1 g",
    1e-3: "1 g",
    1e-2: "10 g",
    0.1: "100 g",
    1: "1 kg",
    10: "10 kg",
    100: "100 kg",
    1000: "1 t",
}
"""Ticks of an axis of magnet masses, kilograms."""

SINCE = 2000
"""First year of the panels of what drives demand."""


def by_use(frame: pd.DataFrame) -> Figure:
    """World demand by use, one panel per case, the chosen one in full colour.

    Args:
        frame: ``case``, ``name``, ``chosen``, ``use``, ``year``, ``ree_kt``.
    """
    cases = frame.groupby("case", sort=False).first()
    strong, last = cases["chosen"], cases.index[-1]
    nameless = dict.fromkeys(style.USES, "")
    fig = forms.panels(
        frame,
        "case",
        forms.stack,
        height=3.9,
        titles=cases["name"].where(~strong, cases["name"] + "\nthis edition").to_dict(),
        unit=forms.Each(dict.fromkeys(cases.index, "Thousand tonnes of element")),
        value="ree_kt",
        hue="use",
        palette=style.USES,
        names=forms.Each({case: {} if case == last else nameless for case in cases.index}),
        since=forms.Each({case: None if strong[case] else 0 for case in cases.index}),
    )
    totals = frame.groupby(["case", "year"])["ree_kt"].sum()
    for ax, case in zip(fig.axes, cases.index, strict=True):
        year, total = frame["year"].max(), totals[case].iloc[-1]
        ax.annotate(
            f"{total:.0f}", (year, total), xytext=(0, 4), textcoords="offset points", ha="right",
            fontweight="semibold",
        )  # fmt: skip
        ax.set_ylim(0, 1.1 * totals.max())
        if ax is not fig.axes[0]:
            ax.set_ylabel("")
    return fig


def elements(frame: pd.DataFrame) -> Figure:
    """Demand of electric vehicles and wind by element, base year and 2050.

    Args:
        frame: ``element``, ``case`` (``base year`` or a case in 2050), ``chosen``, ``year``,
            ``ree_kt``.
    """
    wide = frame.pivot(index="element", columns="case", values="ree_kt").loc[list(ELEMENTS)]
    chosen = frame.loc[frame["chosen"], "case"].iloc[0]
    ends = {"low": wide["base year"], "median": wide[chosen], "high": wide[chosen]}
    growth = (wide[chosen] / wide["base year"]).map("× {:.1f}".format)
    rows = wide.assign(**ends, text=growth).reset_index()
    others = [case for case in wide if case not in ("base year", chosen)]
    ax = forms.rows(
        rows.assign(label=rows["element"].map(ELEMENTS)),
        "Thousand tonnes of element, logarithmic scale",
        hue="label",
        palette={name: style.ELEMENTS[element] for element, name in ELEMENTS.items()},
        marks={"base year": "o"} | dict.fromkeys(others, "D"),
        log=True,
    )
    look = {"marker": "o", "linestyle": "none", "color": style.INK, "markerfacecolor": "white"}
    base, last = sorted(frame["year"].unique())
    marks = {
        f"{base}": {},
        f"{last}, this edition": {"markerfacecolor": style.INK},
        f"{last}, other cases": {"marker": "D"},
    }
    handles = [Line2D([], [], label=words, **look | own) for words, own in marks.items()]
    forms.key(ax, handles=handles)
    return ax.figure


def editions(frame: pd.DataFrame) -> Figure:
    """What successive editions of the same publisher say of the same future.

    Args:
        frame: ``panel`` (world, cars, market), ``edition``, ``label``, ``year``, ``ree_kt``,
            ``million_cars``, ``usd_billion``, ``kind``.
    """
    fig, axes = style.new(3.7, columns=3, width_ratios=[1.5, 1, 1])
    world = frame[frame["panel"] == "world"].assign(point="full")
    forms.band(
        world, "Thousand tonnes of element", axes[0], value="ree_kt", hue="edition",
        palette=style.EDITIONS, names={e: f"{e}\nedition" for e in world["edition"]},
    )  # fmt: skip
    axes[0].set_title("World demand,\nannounced pledges", pad=20)
    for ax, panel, column, unit, title in (
        (axes[1], "cars", "million_cars", "Million cars", "US electric cars\nsold in a year"),
        (axes[2], "market", "usd_billion", "Billion US dollars", "Market for magnet\noxides"),
    ):
        rows = frame[frame["panel"] == panel]
        forms.columns(
            rows.assign(at=[textwrap.fill(label, 8) for label in rows["label"]]), unit, ax, x="at",
            value=column, text="{:.1f}",
        )  # fmt: skip
        ax.tick_params(axis="x", labelsize=9)
        ax.set_title(title, pad=20)
    return fig


def motor_content(frame: pd.DataFrame) -> Figure:
    """Element per electric-car motor: every study, and three summaries of them.

    Args:
        frame: ``mark`` (study, or as :data:`SUMMARIES`), ``element``, ``g_per_motor``, ``usable``.
    """
    rows = frame.assign(label=frame["element"].map(ELEMENTS))
    rows = rows.sort_values("element", key=lambda e: e.map(list(ELEMENTS).index), kind="stable")
    studies = rows[(rows["mark"] == "study")]
    ax = forms.studies(
        studies.assign(usable=studies["usable"].map({True: "usable", False: "implausible"})),
        "Grams of element per motor, logarithmic scale",
        value="g_per_motor",
        hue="usable",
        palette={"usable": style.SERIES[0], "implausible": style.NEUTRAL},
        log=True,
    )
    names = list(dict.fromkeys(studies["label"]))
    look = {"color": style.INK, "linestyle": "none", "markeredgewidth": 1.8, "zorder": 5}
    look |= {"markerfacecolor": "white"}
    handles = []
    for mark, (shape, words) in SUMMARIES.items():
        some = rows[rows["mark"] == mark]
        size = 20 if mark == "median" else 7
        ax.plot(some["g_per_motor"], some["label"].map(names.index), shape, ms=size, **look)
        handles.append(Line2D([], [], marker=shape, label=words, markersize=8, **look))
    ax.set_xlim(0.8, None)
    style.decades(ax)
    ax.legend(handles=handles, loc="lower left", bbox_to_anchor=(0, 1), ncols=3)
    return ax.figure


def motor_trend(frame: pd.DataFrame) -> Figure:
    """Neodymium and dysprosium per motor over time; diamonds per car.

    Args:
        frame: ``element``, ``year``, ``low``, ``median``, ``high`` (grams), ``g_per_car``,
            ``kind``.
    """
    names = {element: f"{name.lower()},\nper motor" for element, name in ELEMENTS.items()}
    fig = forms.panels(
        frame.sort_values("element", key=lambda e: e.map(list(ELEMENTS).index), kind="stable"),
        "element",
        _trend,
        height=3.7,
        sharey=False,
        titles=ELEMENTS,
        names=names,
    )
    for ax in fig.axes:
        ax.set_ylim(0.6 * frame["low"].min(), 1.5 * frame["high"].max())
        style.decades(ax, "y")
    return fig


def _trend(frame: pd.DataFrame, ax: Axes, names: dict[str, str]) -> None:
    ax.set_title("")
    summary = frame.dropna(subset="median").assign(point="full")
    forms.band(
        summary, "Grams, logarithmic scale", ax, hue="element", palette=style.ELEMENTS,
        names=names, log=True,
    )  # fmt: skip
    for row in frame.dropna(subset="g_per_car").itertuples():
        ax.plot(
            row.year, row.g_per_car, "D", markersize=8, markeredgecolor=style.INK, zorder=5,
            markerfacecolor=style.INK if row.kind == "derived" else "white",
        )  # fmt: skip
    last = frame.dropna(subset="g_per_car").iloc[-1]
    ax.annotate(
        "IEA, per car sold", (last["year"], last["g_per_car"]), xytext=(8, 0), va="center",
        textcoords="offset points", fontsize=forms.SMALL,
    )  # fmt: skip


def wind_content(frame: pd.DataFrame) -> Figure:
    """Neodymium and dysprosium per megawatt by drive type.

    Args:
        frame: ``series`` (``study``, ``summary``, ``reference table``), ``drive`` in the order of
            drawing, ``element``, ``statistic`` (``min``, ``median``, ``max`` of a summary),
            ``kg_per_mw``.
    """
    drives = list(dict.fromkeys(frame["drive"]))
    names = [textwrap.fill(drive, 18) for drive in drives]
    fig, axes = style.new(4.6, columns=2, sharey=True, width_ratios=[1.6, 1])
    for ax, element in zip(axes, ("Nd", "Dy"), strict=True):
        rows = frame[frame["element"] == element]
        summary = rows[rows["series"] == "summary"].pivot(
            index="drive", columns="statistic", values="kg_per_mw"
        )
        wide = summary.reindex(drives).rename(columns={"min": "low", "max": "high"})
        wide["jrc"] = rows[rows["series"] == "reference table"].groupby("drive")["kg_per_mw"].sum()
        forms.rows(
            wide.assign(label=names), "Kilograms per megawatt", ax, palette=style.ELEMENTS[element],
            marks={"jrc": "D"}, text="",
        )  # fmt: skip
        studies = rows[rows["series"] == "study"]
        ax.plot(
            studies["kg_per_mw"], studies["drive"].map(drives.index) - 0.25, "o", markersize=5,
            color=style.ELEMENTS[element], alpha=0.4,
        )  # fmt: skip
        style.zero_based(ax, "x")
    mark = {"marker": "o", "linestyle": "none", "color": style.MUTED}
    look = {
        "study": mark | {"markersize": 5, "alpha": 0.4},
        "summary, median and range": mark | {"markersize": 7, "linestyle": "-", "linewidth": 4},
        "table of the JRC": mark | {"marker": "D", "color": style.INK, "markerfacecolor": "white"},
    }
    forms.key(axes[0], handles=[Line2D([], [], label=words, **look[words]) for words in look])
    for ax, element in zip(axes, ("Nd", "Dy"), strict=True):
        style.heading(ax, ELEMENTS[element], color=style.readable(style.ELEMENTS[element]))
    return fig


def product_content(frame: pd.DataFrame) -> Figure:
    """Magnet mass in one unit of each product; weak evidence is hollow.

    Args:
        frame: ``product``, ``low_kg``, ``mid_kg``, ``high_kg``, ``quality``; products in the order
            of drawing, from below.
    """
    masses = frame[["low_kg", "mid_kg", "high_kg"]]
    rows = frame.assign(
        low=masses.min(axis=1),
        high=masses.max(axis=1),
        kind=np.where(frame["quality"] == "low", "target", "estimate"),
    )
    ax = forms.rows(
        rows[["product", "low", "high", "kind"]].iloc[::-1],
        "NdFeB magnet in one unit, logarithmic scale",
        label="product",
        log=True,
    )
    ax.set_xlim(min(MASSES), None)
    ax.set_xticks(list(MASSES), list(MASSES.values()))
    mark = {"marker": "o", "linestyle": "none", "markersize": 7, "color": style.SERIES[0]}
    weak = Line2D([], [], label="Trade page: weak", markerfacecolor="white", **mark)
    forms.key(ax, handles=[Line2D([], [], label="Study, or a maker's ratio", **mark), weak])
    return ax.figure


def drivers(frame: pd.DataFrame) -> Figure:
    """Sales and installations, one panel each, those near their height first.

    Years without a value are left open.

    Args:
        frame: ``panel``, ``unit``, ``series`` (world, or cars and wind), ``year``, ``value``,
            ``kind``.
    """
    rows = frame[frame["year"] >= SINCE]
    rows = rows.assign(point=np.where(rows["kind"] == "forecast", "hollow", "full"))
    rows["kind"] = rows["kind"].where(rows["kind"] == "forecast", "reported")
    world = rows[rows["series"] == "world"].sort_values("year").groupby("panel")["value"]
    height = world.last() / world.max()
    rows = rows.sort_values("panel", key=lambda p: -p.map(height).fillna(0), kind="stable")
    fig = forms.panels(
        rows,
        "panel",
        forms.band,
        height=5.2,
        columns=4,
        sharey=False,
        unit=forms.Each(rows.groupby("panel")["unit"].first().to_dict()),
        value="value",
        hue="series",
        palette={"world": style.SERIES[0], "cars": style.SERIES[1], "wind": style.SERIES[2]},
        names={"world": ""},
        gaps=True,
    )
    for ax in fig.axes:
        ax.set_xlim(SINCE, rows["year"].max() + 0.5)
        ax.set_xticks([2000, 2010, 2020])
    return fig


def us_use(frame: pd.DataFrame) -> Figure:
    """What the United States uses raw rare earths for, and how much.

    Args:
        frame: ``panel`` (end use, consumption), ``item``, ``year``, ``share_pct``, ``reo_kt``,
            ``kind``.
    """
    fig, axes = style.new(4.9, rows=2, height_ratios=[1, 1.4])
    shares = frame[frame["panel"] == "end use"]
    items = dict.fromkeys(shares["item"])
    forms.stacked_rows(
        shares.drop(columns="kind").assign(label=shares["year"].astype(str)),
        "Percent of US end use",
        axes[0],
        value="share_pct",
        hue="item",
        palette=dict(zip(items, style.RAW_USES, strict=True)),
        least=0,
    )
    forms.columns(
        frame[frame["panel"] == "consumption"],
        "Apparent consumption, thousand tonnes REO",
        axes[1],
        value="reo_kt",
        palette=style.actor("United States"),
        text="{:.2g}",
    )
    return fig


def basis(frame: pd.DataFrame) -> Figure:
    """Magnet rare earths of one year as they are put in, as they end in goods, and as scrap.

    Args:
        frame: ``group``, ``label``, ``low_kt``, ``median_kt``, ``high_kt``, ``kind``.
    """
    color = {label: style.SERIES[0] for label in frame["label"]}
    color |= {"IEA's demand": style.SERIES[1], "this report": style.SERIES[1]}
    unit = "Thousand tonnes of element, world, 2024"
    # Single values have no interval to draw.
    known = frame["low_kt"] < frame["high_kt"]
    rows = frame.assign(**{end: frame[end].where(known) for end in ("low_kt", "high_kt")})
    ax = forms.rows(rows.drop(columns="kind").assign(color=frame["label"].map(color)), unit)
    ax.set_xlim(0, None)
    return ax.figure


def us_turbines(turbines: pd.DataFrame, counts: pd.DataFrame) -> Figure:
    """What could have magnets of American turbines, and two counts of what turbines take.

    Args:
        turbines: ``label``, ``share_pct``.
        counts: ``group``, ``label``, ``low_t``, ``median_t``, ``high_t``.
    """
    fig, axes = style.new(6.2, rows=2, height_ratios=[1, 2.8])
    forms.rows(
        turbines.drop(columns="kind", errors="ignore"),
        "Percent of wind power in use in the United States, end of 2024",
        axes[0],
        value="share_pct",
        bar=True,
        palette=style.USES["Wind power"],
        text="{:.1f}",
    )
    forms.rows(
        counts.drop(columns="kind", errors="ignore"),
        "Tonnes of element in finished magnets, 2024, logarithmic scale",
        axes[1],
        palette=style.USES["Wind power"],
        text="{:,.0f}",
        log=True,
    )
    return fig


def us_shares(frame: pd.DataFrame) -> Figure:
    """US part of the magnets in goods of the other uses, the heaviest good first.

    Args:
        frame: ``group``, ``label``, ``low_pct``, ``median_pct``, ``high_pct``, ``text``.
    """
    unit = "US part of the magnets in the world's goods of 2024, percent"
    summed = frame["group"] == "Together"
    colors = np.where(summed, style.actor("United States"), style.NEUTRAL)
    ax = forms.rows(frame.drop(columns="kind", errors="ignore").assign(color=colors), unit)
    ax.set_xlim(0, None)
    return ax.figure


def published(frame: pd.DataFrame) -> Figure:
    """What others say the United States needs, beside the estimate of the report.

    Args:
        frame: ``group``, ``label``, ``low_kt``, ``median_kt``, ``high_kt``.
    """
    own = frame["label"].str.startswith("This report")
    colors = np.where(own, style.actor("United States"), style.NEUTRAL)
    known = frame["low_kt"] < frame["high_kt"]
    rows = frame.assign(**{end: frame[end].where(known) for end in ("low_kt", "high_kt")})
    ax = forms.rows(
        rows.drop(columns="kind").assign(color=colors),
        "Thousand tonnes of element in finished magnets a year",
        text="{:.1f}",
    )
    ours = frame[own].iloc[0]
    forms.reference(ax, (ours["low_kt"], ours["high_kt"]), color=style.actor("United States"))
    ax.set_xlim(0, None)
    return ax.figure


def us_demand(frame: pd.DataFrame, supply: pd.DataFrame) -> Figure:
    """US demand with its band, against what the United States makes and buys as magnets.

    Args:
        frame: ``series`` (this case, other cases, one share of all), ``name``, ``year``,
            ``low_kt``, ``median_kt``, ``high_kt``, ``kind``.
        supply: ``label``, ``year``, ``ree_kt``.
    """
    paths = frame[frame["series"] != "one share of all"]
    by_name = paths.groupby("name", sort=False)["series"].first()
    names, color = list(by_name.items()), style.actor("United States")
    ax = forms.band(
        paths,
        "Magnet rare earths, thousand tonnes of element",
        hue="name",
        palette={n: color if s == "this case" else style.NEUTRAL for n, s in names},
        names={n: f"median,\n{n.lower()}" if s == "this case" else n.lower() for n, s in names},
    )
    first, last = paths["year"].min(), paths["year"].max()
    ends = paths[paths["series"] == "this case"].set_index("year").loc[last]
    words = {"low_kt": "5th percentile", "high_kt": "95th percentile"}
    style.label_ends(
        ax,
        {text: (last, ends[column]) for column, text in words.items()},
        dict.fromkeys(words.values(), color),
        weight=dict.fromkeys(words.values(), "normal"),
    )
    share = frame[frame["series"] == "one share of all"].iloc[0]
    other = style.SERIES[1]
    ax.plot([first - 1] * 2, [share["low_kt"], share["high_kt"]], color=other, linewidth=2)
    ax.plot(first - 1, share["median_kt"], "s", color=other, markersize=6)
    ax.annotate(
        textwrap.fill(share["name"], 20), (first - 1, share["high_kt"]), xytext=(0, 4),
        textcoords="offset points", va="bottom", fontsize=forms.SMALL, color=style.readable(other),
    )  # fmt: skip
    for row in supply.itertuples():
        ax.plot(row.year, row.ree_kt, "D", color=style.INK, markersize=6, zorder=5)
    at = {row.label: (row.year, row.ree_kt) for row in supply.itertuples()}
    style.label_ends(
        ax, at, dict.fromkeys(at, style.INK), offset=9, weight=dict.fromkeys(at, "normal")
    )
    ax.set_xlim(first - 2, last)
    return ax.figure


def defence_rules(rules: pd.DataFrame, today: pd.Timestamp) -> Figure:
    """Dates of the rules on magnets in US weapons.

    Args:
        rules: ``label``, ``start`` (date), ``kind``, in the order of drawing from the top.
        today: date of the report.
    """
    return forms.dates(rules, x="start", today=today, color=style.ACTORS["United States"]).figure
