"""China's share and concentration by stage, and what is mined and refined where."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import forms, style

CHINA = style.actor("China")


def stage_shares(shares: pd.DataFrame) -> Figure:
    """China's share by stage: one dot per source, a band over all of them.

    Args:
        shares: ``stage`` (ordered), ``share_pct``, ``group`` (which denominator or body, names the
            dot's colour), one row per source; a stage without rows is drawn as a gap.
    """
    stages = list(shares["stage"].cat.categories)
    colors = dict(zip(dict.fromkeys(shares["group"]), style.SERIES, strict=False))
    empty = pd.DataFrame({"stage": [s for s in stages if not (shares["stage"] == s).any()]})
    dots = pd.concat([shares.astype({"stage": str}), empty]).sort_values(
        "stage", key=lambda column: column.map(stages.index), kind="stable"
    )
    ax = forms.studies(
        dots,
        "China's share of the world, percent",
        label="stage",
        value="share_pct",
        hue="group",
        palette=colors,
    )
    for y, stage in enumerate(stages):
        values = shares.loc[shares["stage"] == stage, "share_pct"]
        if values.empty:
            ax.text(50, y, "no source found for this stage", va="center", color=style.MUTED)
            continue
        low, high = values.min(), values.max()
        ax.barh(y, high - low, left=low, height=0.52, color=CHINA, alpha=0.16)
        ax.plot([values.median()] * 2, [y - 0.26, y + 0.26], color=CHINA, linewidth=2)
        text = f"{low:g}" if high - low < 0.5 else f"{low:.0f} to {high:.0f}"
        ax.text(low - 2, y, text, va="center", ha="right", color=style.readable(CHINA))
    ax.set_xlim(0, 101)
    forms.key(ax, colors)
    return ax.figure


def concentration(index: pd.DataFrame) -> Figure:
    """Herfindahl-Hirschman index by stage and year, with the range that unnamed suppliers leave.

    Args:
        index: ``stage``, ``year``, ``low_hhi``, ``high_hhi``, ``kind``, ``name`` (label of the
            line); forecasts are dotted and hollow.
    """
    few = index.groupby("name")["year"].transform("size") < 8
    point = pd.Series(np.where(index["kind"] == "forecast", "hollow", "full"), index.index)
    lines = index.assign(
        middle=(index["low_hhi"] + index["high_hhi"]) / 2, point=point.where(few, None)
    )
    colors = lines.groupby("name", sort=False)["stage"].first().astype(str).map(style.STAGES)
    ax = forms.band(
        lines,
        "Herfindahl-Hirschman index (0 to 10,000)",
        value="middle",
        hue="name",
        palette=colors.to_dict(),
    )
    ax.set_ylim(0, 10_000)
    ax.yaxis.set_major_formatter("{x:,.0f}")
    forms.reference(ax, 10_000, "a single supplier", axis="y")
    return ax.figure


def in_place(bars: pd.DataFrame) -> Figure:
    """What was mined outside China, what plants could separate, and what they did, by year.

    Args:
        bars: ``year``, ``what`` (in order), ``part`` and ``element_kt``.
    """
    whats = {what: what.replace("could be ", "could be\n") for what in bars["what"].unique()}
    tidy = bars.assign(what=bars["what"].map(whats), year=bars["year"].astype(str))
    return forms.panels(
        tidy,
        "year",
        forms.columns,
        height=4.2,
        unit="thousand tonnes",
        x="what",
        value="element_kt",
        hue="part",
        palette=style.IN_PLACE,
        text="{:.1f}",
    )


def mined_and_refined(balance: pd.DataFrame) -> Figure:
    """Bars of what is mined and what is refined, by year, one panel per place.

    Args:
        balance: ``place``, ``stage`` (Mining, Refining), ``year``, ``element_kt``, ``kind``.
    """
    names = {"Mining": "mined", "Refining": "refined"}
    return forms.panels(balance, "place", _pairs, height=3.9, sharey=False, names=names)


def _pairs(part: pd.DataFrame, ax, names: dict[str, str]) -> None:
    years = sorted(part["year"].unique())
    for shift, stage in zip((-0.2, 0.2), names, strict=True):
        for row in part[part["stage"] == stage].itertuples():
            x = years.index(row.year) + shift
            look = style.BARS[row.kind]
            ax.bar(x, row.element_kt, 0.38, color=style.STAGES[stage], **look)
            ax.text(x, row.element_kt, f"{row.element_kt:.1f}", ha="center", va="bottom")
        ax.text(x, row.element_kt / 2, names[stage], rotation=90, ha="center", va="center",
                fontweight="semibold")  # fmt: skip
    ax.set_xticks(range(len(years)), [str(year) for year in years])
    ax.set_ylim(0, 1.1 * part["element_kt"].max())
    style.unit(ax, "thousand tonnes")
