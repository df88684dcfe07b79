"""Precedents beside what magnets would need."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from rareearth import scenarios
from rareearth.analysis import balance
from rareearth.analysis.policy import precedents

BASELINE, DRAWS = scenarios.load("baseline"), 100


@pytest.fixture(scope="module")
def path():
    return precedents.expected(DRAWS, 1, BASELINE)[0]


def test_what_passes_the_chain_is_what_is_not_left_of_need(path):
    run = balance.run(BASELINE, DRAWS, 1)
    home = run.data.sel(region=balance.HOME, year=2035)
    gap = home["gap"].sum("group").to_numpy()
    need = gap + home["secured"].sum(["source", "group"]).to_numpy()
    ours = path.loc[2035, "median_pct"]
    assert 100 - ours == pytest.approx(np.median(100 * gap / need), rel=1e-4)


def test_announced_plants_make_more_than_expected_ones(path):
    later = path.loc[2028:]
    assert (later["announced_pct"] >= later["plants_pct"]).all()
    assert (path["low_pct"] <= path["median_pct"]).all()


def test_who_needs_nothing_lacks_nothing(monkeypatch):
    run = balance.run(BASELINE, DRAWS, 1)
    empty = {name: 0 * run.data[name] for name in ("secured", "gap")}
    idle = dataclasses.replace(run, data=run.data.assign(empty))
    monkeypatch.setattr(balance, "run", lambda *given: idle)
    shares = precedents.expected(DRAWS, 1, BASELINE)[0]
    assert (shares[["low_pct", "median_pct", "high_pct"]] == 100).all().all()


def test_years_are_counted_from_the_deal(path):
    assert path.loc[2025, "years"] == pytest.approx(0, abs=0.05)


def test_hopes_are_hollow_and_output_is_full(path):
    frame, answers = precedents.rubber_and_magnets(path)
    rubber = frame[frame["series"] == "rubber"]
    assert (rubber["point"] == "full").all() and (rubber["low_pct"] <= rubber["high_pct"]).all()
    assert (frame.loc[frame["series"] == "rubber, hoped for", "point"] == "hollow").all()
    over = rubber.loc[rubber["years"] == answers["pol-rubber-years"].value, "low_pct"]
    assert over.item() >= 100
    assert set(frame.loc[frame["point"].isna(), "kind"]) == {"forecast", "target"}


def test_each_series_starts_at_its_start(path):
    lines, _ = precedents.shares(path)
    ours = lines.groupby("precedent").first()
    assert ours.loc["China's mines (world)", "year"] == precedents.CHINA_START
    assert ours.loc["MP's oxide", "year"] == 2023.5 and ours.loc["MP's oxide", "years"] == 0
    last = lines[lines["precedent"] == "MP's oxide"].iloc[-1]
    assert last["year"] == pytest.approx(2026.125), "the first quarter of 2026"


def test_the_rate_asked_leads_to_the_goal(path):
    lines, _ = precedents.shares(path)
    frame, answers = precedents.rates(path, lines)
    assert frame["points_per_year"].is_monotonic_decreasing
    share = path.loc[2026, "median_pct"]
    reached = share + 4 * answers["pol-needed-2030"].value
    assert reached == pytest.approx(precedents.GOALS[2030])
    assert frame.groupby("label").size().max() == 1


def test_rubber_in_percent_of_need():
    rows = pd.DataFrame(
        {
            "series": ["required supply", "synthetic output", "synthetic output", "other"],
            "year": [1942, 1944, 1944, 1944],
            "date": [None, None, "1944-07-01", None],
            "low": [1000.0, 500.0, 500.0, 1.0],
            "ton": ["long", "long", "short", "long"],
            "basis": ["rate", "year", "rate", None],
            "kind": "reported",
        }
    )
    made = precedents.of_need(rows, start=1942.0)
    assert len(made) == 2
    whole = made[made["basis"] == "year"].iloc[0]
    assert whole["years"] == 2.5 and whole["low_pct"] == pytest.approx(50)
    rate = made[made["basis"] == "rate"].iloc[0]
    assert rate["years"] == pytest.approx(2.5, abs=0.01)
    assert rate["high_pct"] == pytest.approx(50 * 2000 / 2240)
