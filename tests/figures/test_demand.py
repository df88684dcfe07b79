"""Figures of the chapter on demand draw the real tables and mark what they must mark."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth import data, scenarios
from rareearth.analysis import demand
from rareearth.figures import demand as figures
from rareearth.figures import style

BASELINE = scenarios.load("baseline")


@pytest.fixture(scope="module")
def us():
    return demand.us_demand(BASELINE, 50, 1)


def marks(ax, marker: str) -> list:
    return [line for line in ax.lines if line.get_marker() == marker]


def test_only_the_case_of_the_scenario_is_in_full_colour():
    fig = figures.by_use(demand.by_use(BASELINE)[0])
    strong = [ax.collections[0].get_alpha() > 0.5 for ax in fig.axes]
    titles = [ax.get_title(loc="left") for ax in fig.axes]
    assert strong == ["this edition" in title for title in titles] == [True, False, False]
    assert len({ax.get_ylim() for ax in fig.axes}) == 1 and fig.axes[0].get_ylim()[0] == 0


def test_elements_run_from_the_base_year_to_the_chosen_case():
    frame, _ = demand.elements(BASELINE)
    ax = figures.elements(frame).axes[0]
    wide = frame.pivot(index="element", columns="case", values="ree_kt").loc[list(figures.ELEMENTS)]
    spans = [line.get_xdata() for line in ax.lines if len(line.get_xdata()) == 2]
    np.testing.assert_allclose(spans, wide[["base year", "STEPS"]])
    assert len(marks(ax, "D")) == 2 * len(wide), "the two other cases are missing"


def test_expected_sales_are_hatched():
    fig = figures.editions(demand.editions()[0])
    sold, *expected = fig.axes[1].patches
    assert not sold.get_hatch() and all(bar.get_hatch() for bar in expected)
    assert {line.get_linestyle() for line in fig.axes[0].lines} != {"-"}, "paths must not be solid"


def test_implausible_studies_are_grey_and_summaries_are_marked():
    frame, _ = demand.motor_content()
    ax = figures.motor_content(frame).axes[0]
    colors = [to_hex(color) for dots in ax.collections for color in dots.get_facecolors()]
    assert colors.count(style.NEUTRAL) == (~frame["usable"]).sum()
    (agency,) = marks(ax, "D")
    drawn = sorted(agency.get_xdata())
    np.testing.assert_allclose(drawn, sorted(frame[frame["mark"] == "IEA"]["g_per_motor"]))


def test_what_is_expected_per_car_is_hollow():
    fig = figures.motor_trend(demand.motor_trend()[0])
    for ax in fig.axes:
        now, later = marks(ax, "D")
        assert now.get_markerfacecolor() == style.INK and later.get_markerfacecolor() == "white"
    assert len({ax.get_ylim() for ax in fig.axes}) == 1, "both elements on one scale"


def test_each_drive_has_its_studies_and_its_reference():
    frame, _ = demand.wind_content()
    ax = figures.wind_content(frame).axes[0]
    nd = frame[frame["element"] == "Nd"]
    drawn = sum(len(line.get_xdata()) for line in marks(ax, "o") if line.get_alpha() == 0.4)
    assert drawn == (nd["series"] == "study").sum()
    reference = [d for d in marks(ax, "D") if np.isfinite(d.get_xdata()).all()]
    assert len(reference) == (nd["series"] == "reference table").sum()


def test_weak_evidence_is_hollow():
    frame, _ = demand.product_content()
    ax = figures.product_content(frame).axes[0]
    hollow = sum(to_hex(dot.get_markerfacecolor()) == "#ffffff" for dot in marks(ax, "o"))
    assert hollow == (frame["quality"] == "low").sum() > 0


def test_a_year_without_a_count_is_left_open():
    frame = pd.DataFrame(
        {"panel": "x", "unit": "Million", "series": "world", "year": [2001, 2003, 2004, 2005],
         "value": [1.0, 3.0, 4.0, 9.0], "kind": ["reported"] * 3 + ["forecast"]}
    )  # fmt: skip
    ax = figures.drivers(frame).axes[0]
    path = np.concatenate([line.get_ydata() for line in ax.lines if line.get_marker() == "None"])
    assert np.isnan(path).sum() == 1, "2002 must not be bridged"
    hollow = [to_hex(dot.get_markerfacecolor()) == "#ffffff" for dot in marks(ax, "o")]
    assert hollow.count(True) == 1


def test_shares_fill_a_hundred_and_the_doubtful_year_is_hatched():
    shares, consumption = figures.us_use(demand.us_use()[0]).axes
    assert max(bar.get_x() + bar.get_width() for bar in shares.patches) == pytest.approx(100)
    hatched = [bool(bar.get_hatch()) for bar in consumption.patches]
    assert hatched.count(True) == 1 and hatched[-1]


def test_demand_has_its_band_and_supply_its_marks(us):
    supply, _ = demand.us_supply(us)
    ax = figures.us_demand(demand.us_range(us)[0], supply).axes[0]
    drawn = sorted(dot.get_ydata()[0] for dot in marks(ax, "D"))
    np.testing.assert_allclose(drawn, sorted(supply["ree_kt"]))
    names = {text.get_text() for text in ax.texts}
    assert {"5th percentile", "95th percentile", *supply["label"]} <= names
    assert ax.get_ylim()[0] == 0


def test_only_rules_ahead_are_hollow(us):
    rules, _ = demand.defence_rules(us)
    ax = figures.defence_rules(rules, data.today()).axes[0]
    hollow = [dot.get_markerfacecolor() == "white" for dot in marks(ax, "o")]
    assert hollow == (rules["start"] > data.today()).tolist()
