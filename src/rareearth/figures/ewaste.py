"""Figures of the chapter on e-waste and waste."""

from __future__ import annotations

import textwrap

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from rareearth.figures import forms, style

COLLECTED = {"Collected": style.FATES["recovered"], "Not, or not known": style.NEUTRAL}
"""Colour of what is collected in a documented way, and of the rest."""

FATES = {
    "recovered": "Recovered",
    "lost_in_process": "Lost in process",
    "shredded": "Shredded with steel",
    "uncollected": "Not collected",
    "exported": "Exported",
}
"""Name of each stream that leaves use, in the order of drawing."""

DEVICES = dict(
    zip(
        ("Hard drives", "Computers, without drive", "Smartphones", "Electric and hybrid cars"),
        (style.SERIES[i] for i in (3, 1, 4, 0)),
        strict=True,
    )
)

ELEMENTS = {"Nd": "Neodymium", "Pr": "Praseodymium", "Dy": "Dysprosium", "Tb": "Terbium"}

MASSES = {
    "All US demand": style.NEUTRAL,
    "Leaving use": style.FATES["shredded"],
    "Recovered": style.FATES["recovered"],
}
SHARES = {
    "of what enters use in the same products": style.NEUTRAL,
    "of all US demand": style.FATES["recovered"],
}

PARTS_COUNTED = {
    "in the stock model": style.PATHWAYS["E-waste and waste"],
    "counted in one year only": style.SERIES[1],
    "not counted": style.NEUTRAL,
}
ORIGINS = {"counted": style.SERIES[0], "model": style.SERIES[3]}

PLANTS = {
    "What there is": style.PATHWAYS["E-waste and waste"],
    "What plants would need": style.SERIES[0],
}

VOICES = {"press": style.SERIES[1], "study": style.SERIES[0], "reference": style.MUTED}
"""Colour of a headline's number by who stands behind it."""

CONTENTS = {1e4: "10 kt", 1e5: "100 kt", 1e6: "1 Mt", 1e7: "10 Mt", 1e8: "100 Mt"}
"""Lines of equal content (tonnes) and their names."""


def counts(frame: pd.DataFrame) -> Figure:
    """E-waste generated and collected, one panel per way of counting; percent: collected.

    Args:
        frame: ``scope``, ``year``, ``generated_mt``, ``collected_mt`` and ``collected_pct`` (may be
            missing), ``kind``.
    """
    rate = frame["collected_pct"].map("{:.0f}%".format).where(frame["collected_pct"].notna(), "")
    rows = frame.assign(at="’" + frame["year"].astype(str).str[2:] + "\n" + rate)
    collected = rows["collected_mt"].fillna(0)
    both = {"Collected": collected, "Not, or not known": rows["generated_mt"] - collected}
    parts = pd.concat(rows.assign(part=part, mt=mass) for part, mass in both.items())
    scopes = rows["scope"].value_counts(sort=False)
    fig, axes = style.new(3.9, columns=len(scopes), width_ratios=list(scopes + 1))
    for i, (ax, scope) in enumerate(zip(axes, scopes.index, strict=True)):
        if i and scopes.index[i - 1].split(",")[0] == scope.split(",")[0]:
            ax.sharey(axes[i - 1])  # one country, to be compared
        forms.columns(
            parts[parts["scope"] == scope], "Million tonnes a year", ax, x="at", value="mt",
            hue="part", palette=COLLECTED, text="{:.3g}",
        )  # fmt: skip
        ax.get_legend().remove()
        style.heading(ax, scope.replace(", ", ",\n"))
    return fig


def device_content(frame: pd.DataFrame) -> Figure:
    """Average magnet mass of a device sold, by year.

    Args:
        frame: ``device``, ``year``, ``g_per_unit`` and ``trend`` (one of :data:`style.TRENDS`).
    """
    held = frame[frame["g_per_unit"] > 0]
    ax = forms.band(
        held.assign(kind="estimate", point="full"),
        "Grams of magnet per average unit sold, logarithmic scale",
        value="g_per_unit",
        hue="device",
        palette=held.groupby("device", sort=False)["trend"].first().map(style.TRENDS).to_dict(),
        log=True,
    )
    return ax.figure


def device_tonnes(frame: pd.DataFrame) -> Figure:
    """Magnets sold in the world in old and new devices, with 90 % bands.

    Args:
        frame: ``device``, ``year``, ``low``, ``median``, ``high`` (thousand tonnes), ``kind``.
    """
    ax = forms.band(
        frame[frame["median"] > 0],
        "Thousand tonnes of magnet a year, logarithmic scale",
        hue="device",
        palette=DEVICES,
        names={device: textwrap.fill(device, 14) for device in DEVICES},
        log=True,
    )
    ax.set_ylim(0.01, None)
    style.decades(ax, "y")
    return ax.figure


def in_use(frame: pd.DataFrame) -> Figure:
    """Rare earth in products in use and leaving use, stacked by group; pale where projected.

    Args:
        frame: ``flow``, ``year``, ``group``, ``ree_kt``, ``kind``.
    """
    words = {group: textwrap.fill(group, 20) for group in style.PRODUCTS}
    return forms.panels(
        frame,
        "flow",
        forms.stack,
        height=4.0,
        sharey=False,
        titles={"in use": "In use", "leaving use": "Leaving use"},
        unit=forms.Each({"in use": "Thousand tonnes", "leaving use": "Thousand tonnes a year"}),
        value="ree_kt",
        hue="group",
        palette=style.PRODUCTS,
        names=forms.Each({"in use": dict.fromkeys(words, ""), "leaving use": words}),
        since=frame.loc[frame["kind"] == "estimate", "year"].max(),
    )


def coverage(frame: pd.DataFrame) -> Figure:
    """US demand of a year by use, and the goods that it is found in.

    Args:
        frame: ``use``, ``part`` (as in :data:`PARTS_COUNTED`), ``ree_t``.
    """
    rows = frame.rename(columns={"use": "label"}).assign(ree_kt=frame["ree_t"] / 1e3)
    ax = forms.stacked_rows(
        rows, "Thousand tonnes of magnet rare earths a year", value="ree_kt", hue="part",
        palette=PARTS_COUNTED, least=0.3, text="{:.1f}",
    )  # fmt: skip
    return ax.figure


def survival(frame: pd.DataFrame) -> Figure:
    """Cars still in use by age, counted and as the model has them, one panel per power train.

    Args:
        frame: ``power_train``, ``origin`` (counted or model), ``age``, ``left_pct``.
    """
    shown = frame.assign(kind=frame["origin"].map({"counted": "reported", "model": "estimate"}))
    fig = forms.panels(
        shown,
        "power_train",
        forms.band,
        height=3.2,
        titles={name: name.capitalize() + " cars" for name in shown["power_train"].unique()},
        unit="Percent still there",
        x="age",
        value="left_pct",
        hue="origin",
        palette=ORIGINS,
    )
    for ax in fig.axes:
        style.unit(ax, "Years since sale", axis="x")
    return fig


def elements(frame: pd.DataFrame) -> Figure:
    """Rare earth leaving use by element, one panel each, with 90 % bands; last median in numbers.

    Args:
        frame: ``element``, ``year``, ``low``, ``median``, ``high`` (tonnes), ``kind``.
    """
    last = frame.groupby("element")["median"].last()
    return forms.panels(
        frame,
        "element",
        forms.band,
        height=3.3,
        sharey=False,
        titles=ELEMENTS,
        unit="Tonnes a year",
        hue="element",
        palette=style.ELEMENTS,
        names=last.map("{:,.0f}".format).to_dict(),
    )


def losses(frame: pd.DataFrame) -> Figure:
    """Where the rare earth that leaves use goes: bars of a hundred percent.

    Args:
        frame: ``block``, ``label``, ``total_t``, ``stream`` (as :data:`FATES`), ``share_pct``.
    """
    total = frame["total_t"].map(" ({:,.0f} t)".format)
    rows = frame.assign(
        group=frame["block"], label=frame["label"] + total, stream=frame["stream"].map(FATES)
    )
    ax = forms.stacked_rows(
        rows,
        "Percent of the rare earth that leaves use in the year",
        value="share_pct",
        hue="stream",
        palette={words: style.FATES[stream] for stream, words in FATES.items()},
        least=5,
    )
    return ax.figure


def recoverable(frame: pd.DataFrame) -> Figure:
    """Demand, end of life and recovery in tonnes, and recovery as a share, with 90 % bands.

    Args:
        frame: ``panel`` (Tonnes, Share), ``series``, ``year``, ``low``, ``median``, ``high``,
            ``kind``.
    """
    return forms.panels(
        frame,
        "panel",
        forms.band,
        height=4.0,
        sharey=False,
        titles={"Share": "Recovered, as a share"},
        unit=forms.Each({"Tonnes": "Tonnes a year, log scale", "Share": "Percent"}),
        hue="series",
        palette=forms.Each({"Tonnes": MASSES, "Share": SHARES}),
        names={series: textwrap.fill(series, 12) for series in (MASSES | SHARES)},
        log=forms.Each({"Tonnes": True, "Share": False}),
    )


def drivers(frame: pd.DataFrame) -> Figure:
    """Part of the spread that each input explains, alone and with others.

    Args:
        frame: ``label``, ``S1``, ``ST``, ``ST_conf``, largest first.
    """
    return forms.sobol(frame).figure


def climate(frame: pd.DataFrame) -> Figure:
    """Stated saving of footprint against magnets from mined ore; claims are hollow.

    Args:
        frame: ``route``, ``label``, ``said_by``, ``low_pct``, ``high_pct``.
    """
    rows = frame.assign(
        label=frame["route"] + "\n" + frame["label"],
        kind=np.where(frame["said_by"] == "independent", "derived", "target"),
        text=[_span(row.low_pct, row.high_pct, ".0f") for row in frame.itertuples()],
    )
    ax = forms.rows(
        rows,
        "Percent less than a magnet from mined ore",
        hue="said_by",
        palette=style.SAID_BY,
    )
    ax.set_xlim(0, 100)
    return ax.figure


def plants(frame: pd.DataFrame) -> Figure:
    """Rare earth that plants want in a year, below what will be there.

    Args:
        frame: ``group`` (as :data:`PLANTS`), ``label``, ``ree_t``, ``low_t``, ``high_t``, ``kind``.
    """
    return forms.rows(
        frame,
        "Tonnes of rare-earth element a year",
        value="ree_t",
        hue="group",
        palette=PLANTS,
        bar=True,
        text="{:,.0f}",
    ).figure


def headlines(frame: pd.DataFrame) -> Figure:
    """The two coal-ash headlines against each other: what is there, and the price implied.

    Args:
        frame: ``panel`` (content, price), ``label``, ``low``, ``high``, ``said_by``.
    """
    text = [_span(row.low, row.high, ".2g") for row in frame.itertuples()]
    units = {
        "content": "Million tonnes of rare earths, log scale",
        "price": "US dollars per kilogram extracted, log scale",
    }
    return forms.panels(
        frame.assign(text=text),
        "panel",
        forms.rows,
        height=4.6,
        columns=1,
        sharey=False,
        titles=dict.fromkeys(units, ""),
        unit=forms.Each(units),
        hue="said_by",
        palette=VOICES,
        log=True,
    )


def waste_map(frame: pd.DataFrame) -> Figure:
    """Grade against mass of wastes, with lines of equal content.

    Args:
        frame: ``label``, ``body`` (as :data:`style.WASTES`), ``country``, ``mass_mt_low``,
            ``mass_mt_high``, ``grade_mg_per_kg_low``, ``grade_mg_per_kg_high``; hollow outside the
            United States; a diamond for the last row, which is claimed.
    """
    fig, ax = style.new(5.2)
    masses, grades = (
        frame[[f"{quantity}_low", f"{quantity}_high"]].to_numpy()
        for quantity in ("mass_mt", "grade_mg_per_kg")
    )
    middle = np.exp(np.log([masses, grades]).mean(axis=2)).T
    colors = [style.WASTES[body] for body in frame["body"]]
    ax.set(xscale="log", yscale="log")
    ax.set_xlim(masses.min() / 3, masses.max() * 20)
    ax.set_ylim(grades.min() / 2, grades.max() * 2)
    _contents(ax)
    for i, (row, at, color) in enumerate(zip(frame.itertuples(), middle, colors, strict=True)):
        claimed, home = i == len(frame) - 1, row.country == "United States"
        for x, y in ((masses[i], [at[1]] * 2), ([at[0]] * 2, grades[i])):
            ax.plot(x, y, color=color, linewidth=4, alpha=0.5)
        ax.plot(
            *at, "D" if claimed else "o", color=color, markersize=8, markeredgewidth=1.5,
            markerfacecolor=color if home and not claimed else "white",
        )  # fmt: skip
    for axis in "xy":
        style.decades(ax, axis)
    ax.grid(visible=False)
    style.unit(ax, "Grade, milligrams of rare earths per kilogram, log scale")
    style.unit(ax, "Mass, million tonnes, log scale", axis="x")
    names = [textwrap.fill(label, 22) for label in frame["label"]]
    points = dict(zip(names, map(tuple, middle), strict=True))
    style.label_points(ax, points, dict(zip(names, colors, strict=True)))
    return fig


def _contents(ax: Axes) -> None:
    """Diagonals of equal content, named where they meet the upper edge."""
    (left, right), (_, top) = ax.get_xlim(), ax.get_ylim()
    for content, text in CONTENTS.items():
        x = np.array([left, right])
        ax.plot(x, content / x, color=style.GRID, linewidth=1, zorder=1)
        if left < content / top < right:
            ax.annotate(
                text, (content / top, top), xytext=(4, -3), textcoords="offset points", va="top",
                color=style.MUTED, fontsize=8.5,
            )  # fmt: skip


def _span(low: float, high: float, form: str) -> str:
    return f"{low:{form}} to {high:{form}}" if high > low else f"{low:{form}}"
