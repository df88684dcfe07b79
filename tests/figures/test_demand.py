"""Figures of the chapter on demand draw the real tables and mark what they must mark."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth import data
from rareearth.figures import demand as figures
from rareearth.figures import style
from rareearth.models import demand


@pytest.fixture(scope="module")
def cases() -> pd.DataFrame:
    table = data.table("magnet_demand")
    return pd.concat(
        demand.path(table, case)[list(demand.USES)]
        .rename_axis(columns="use")
        .stack()
        .rename("ree_kt")
        .reset_index()
        .assign(case=case)
        for case in figures.CASES
    )


def texts(fig) -> str:
    return " ".join(
        text
        for ax in fig.axes
        for text in [*(t.get_text() for t in ax.texts), ax.get_title(loc="left")]
    )


@pytest.mark.parametrize("chosen", figures.CASES)
def test_only_the_chosen_case_is_in_full_colour(cases, chosen):
    fig = figures.by_use(cases, chosen)
    strong = {
        case: ax.collections[0].get_alpha() > 0.5
        for case, ax in zip(figures.CASES, fig.axes, strict=True)
    }
    assert [case for case, full in strong.items() if full] == [chosen]
    assert texts(fig).count("this edition") == 1


def test_paths_are_dotted_and_start_at_a_dot(cases):
    fig = figures.by_use(cases, "APS")
    for ax in fig.axes:
        path, start = ax.lines
        assert path.get_linestyle() != "-", "A projection must not be drawn as a solid line."
        assert start.get_marker() == "o"


def test_stacked_areas_start_at_zero(cases):
    assert figures.by_use(cases, "NZE").axes[0].get_ylim()[0] == 0


def test_implausible_entries_are_hollow():
    studies = data.table("ev_motor_content").query("series == 'study, motor of 53 kg'")
    marks = pd.DataFrame({"element": ["Nd"], "mark": ["median"], "g_per_motor": [300.0]})
    fig = figures.motor_content(studies, marks)
    hollow = [
        line
        for line in fig.axes[0].lines
        if line.get_marker() == "o" and to_hex(line.get_markerfacecolor()) == "#ffffff"
    ]
    assert sum(len(line.get_xdata()) for line in hollow) == (~studies["usable"]).sum()


def test_weak_evidence_is_hollow():
    content = data.table("product_content").astype({"quality": str})
    fig = figures.product_content(content)
    faces = [to_hex(line.get_markerfacecolor()) for line in fig.axes[0].lines
             if line.get_marker() == "o" and len(line.get_xdata())]  # fmt: skip
    assert faces.count("#ffffff") == (content["quality"] == "low").sum()


def test_years_without_a_value_stay_open():
    drivers = data.table("drivers").query("geography == 'World'").astype({"kind": str})
    shares = pd.DataFrame({"driver": ["cars", "wind"], "year": 2024, "share_pct": [9.0, 4.0]})
    panels = {"Hard disk drives shipped": ("Hard disk drives", "Million")}
    fig = figures.drivers(drivers, shares, panels)
    drawn = pd.Series(fig.axes[0].lines[0].get_ydata(), fig.axes[0].lines[0].get_xdata())
    assert pd.isna(drawn[2014]) and pd.notna(drawn[2015])


def test_what_lies_ahead_is_a_hollow_dot():
    rules = data.table("defence_rules").dropna(subset=["start"]).astype({"kind": str})
    fig = figures.defence_rules(rules.assign(label="x"), pd.Timestamp("2026-11-21"))
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    hollow = [to_hex(dot.get_markerfacecolor()) == "#ffffff" for dot in dots]
    assert hollow == [kind == "target" for kind in rules["kind"]]


def test_the_us_band_starts_at_zero_and_names_its_level(cases):
    years = [2024, 2030, 2050]
    band = pd.DataFrame({"low": 7.0, "median": [10.0, 12, 16], "high": 20.0}, index=years)
    others = pd.DataFrame({case: [10.0, 13.0, 17.0] for case in figures.CASES}, index=years)
    supply = pd.DataFrame({"label": ["made", "bought"], "year": 2025, "ree_kt": [2.2, 1.8]})
    fig = figures.us_demand(band, others, (12, 14, 18), supply, "STEPS")
    assert fig.axes[0].get_ylim()[0] == 0
    for part in ("5th percentile", "95th percentile", "median", "made", "bought"):
        assert part in texts(fig)
    assert style.unlabelled(fig) == []
