"""Figures on the valley of death draw from real frames and mark what they must mark."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth import scenarios
from rareearth.analysis.policy import finance as valley
from rareearth.figures import finance as figures
from rareearth.figures import style
from rareearth.models import finance


@pytest.fixture(scope="module")
def drawn():
    return valley.firms(3, scenarios.load("baseline"), count=60)


@pytest.fixture(scope="module")
def gates(drawn):
    return valley.stages(drawn)


@pytest.fixture(scope="module")
def mixes(drawn):
    return valley.instruments(drawn, worlds=6)


def colors(ax):
    return {to_hex(line.get_color()) for line in ax.lines}


def test_private_money_and_gap_fill_the_bar_of_the_cost(gates):
    left, right = figures.valley(gates).axes
    ends = {round(bar.get_x() + bar.get_width(), 6) for bar in left.containers[1]}
    assert ends == {round(cost, 6) for cost in gates["cost_usd_million"]}
    assert left.get_xlim()[0] == 0
    assert [bar.get_width() for bar in right.containers[0]] == list(gates["gap_share_pct"])


def test_survival_names_every_mix(mixes):
    fig = figures.survival(mixes)
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == list(valley.MIXES)
    assert not style.unlabelled(fig)


def test_money_is_drawn_on_a_log_axis_and_only_where_there_is_some(mixes):
    fig = figures.public_money(mixes)
    ax = fig.axes[0]
    assert ax.get_xscale() == "log" and "log scale" in ax.get_xlabel()
    points = [line for line in ax.lines if line.get_marker() == "o"]
    drawn = mixes[["kept_usd_million_median", "paid_out_usd_million_median"]].notna().sum().sum()
    assert len(points) == drawn
    assert any(line.get_markerfacecolor() == "white" for line in points), "paid out is open"


def test_loans_show_both_worlds_and_the_record(drawn):
    fig = figures.loans(valley.losses(drawn), {"record": 3.0})
    ax = fig.axes[0]
    assert {style.MONEY["missing"], "#2f9e83"} <= colors(ax)
    assert [3.0, 3.0] in [list(line.get_xdata()) for line in ax.lines]


def test_evidence_has_a_mark_for_every_row(gates):
    seen = valley.seen()
    ax = figures.evidence(seen, gates).axes[0]
    marks = [x for line in ax.lines if line.get_marker() != "None" for x in line.get_xdata()]
    assert len(marks) == len(seen) + len(figures.KINDS)
    assert set(seen["usd_million"]) <= set(marks)
    low, high = ax.get_xlim()
    assert low < seen["usd_million"].min() and seen["usd_million"].max() < high


def test_missing_values_leave_no_mark():
    _, ax = style.new()
    rows = pd.DataFrame({"x_low": [np.nan, 1], "x_median": [np.nan, 2], "x_high": [np.nan, 3]})
    figures.bands(ax, rows, "x", style.INK, "{:.0f}")
    assert len(ax.lines) == 2


def test_stages_are_those_of_the_model(gates):
    assert tuple(gates["stage"]) == finance.STAGES
