"""Frames of the outlook: they add up, agree with the balance and move as they should."""

import numpy as np
import pytest

from rareearth import scenarios
from rareearth.analysis import balance as outlook
from rareearth.analysis import outlook as prospects
from rareearth.analysis import supply
from rareearth.models import balance as model


def test_closed_and_gap_add_to_demand(balance):
    closed = prospects.closed(balance)
    demand = balance.demand[0].sum(axis=0).max(axis=-1) / 1e3
    assert (closed["high_kt"].to_numpy() <= demand + 1e-6).all()
    assert (closed["low_kt"] >= 0).all()


def test_nameplates_on_time_are_never_below_what_the_record_lets_expect(draws, story, balance):
    bands = prospects.capacity(draws, story, balance)
    assert (bands["announced_kt"] >= bands["median_kt"] - 1e-9).all()
    assert not bands.isna().any(axis=None)
    axes = (supply.PLACES, supply.STAGES, supply.GROUPS, supply.YEARS)
    assert len(bands) == np.prod([len(a) for a in axes])


def test_announced_scenario_meets_its_own_nameplates():
    story = scenarios.load("announced")
    draws = outlook.sample(20, 2, story)
    bands = prospects.capacity(draws, story, outlook.of_draws(draws, story))
    assert bands["announced_kt"].to_numpy() == pytest.approx(bands["median_kt"].to_numpy())


def test_unserved_of_the_chain_is_its_gap_over_need(balance):
    frame = prospects.unserved(balance).set_index(["stage", "group", "year"])
    at = supply.YEARS == 2035
    for g, group in enumerate(supply.GROUPS):
        share = 100 * (balance.gap[0, g] / balance.need[0, g])[at][0]
        found = frame.loc[(prospects.CHAIN, group, 2035), "median_pct"]
        assert found == pytest.approx(np.median(share), abs=1e-3)


def test_chance_agrees_with_the_free_year(balance):
    for stage in prospects.STAGES:
        frame = prospects.chances({"baseline": balance})
        chance = frame[frame["stage"] == stage].set_index("year")["chance_pct"]
        confidence = 0.1
        enough = (chance >= 100 * confidence)[::-1].cummin()[::-1]
        expected = int(enough.idxmax()) if enough.any() else None
        called = "Chain" if stage == prospects.CHAIN else stage
        assert outlook.free_year(balance, called, confidence) == expected, stage


def test_serving_one_group_is_no_harder_than_serving_both(balance):
    both = prospects.chances({"a": balance})["chance_pct"]
    for group in model.GROUPS:
        assert (prospects.chances({"a": balance}, group=group)["chance_pct"] >= both).all()


def test_table_of_scenarios_has_a_row_each_and_shares_that_add_to_a_hundred(balance):
    table = prospects.scenarios_table({"a": balance, "b": balance}, 0.8)
    assert table["scenario"].tolist() == ["a", "b"]
    demand = balance.demand[0].sum(axis=0)
    mean = {w: (m / demand).mean() for w, m in {"gap": balance.gap[0].sum(axis=0)}.items()}
    assert 0 < mean["gap"] < 1
    assert table.loc[0, "gap_2030_low_pct"] <= table.loc[0, "gap_2030_pct"]


def test_growth_needed_takes_output_to_the_need(draws, story):
    one = draws.iloc[:1]
    frame = prospects.growth_needed(outlook.of_draws(one, story), one, story, (2030,))
    reached = frame["now_t"] * (1 + frame["median_pct"] / 100) ** (2030 - supply.NOW)
    assert reached.to_numpy() == pytest.approx(frame["need_t"].to_numpy())


def test_growth_seen_is_above_zero_and_sorted():
    seen = prospects.growth_seen(5)
    assert (seen["growth_pct"] > 0).all()
    assert seen["growth_pct"].is_monotonic_decreasing
    assert (seen["last_year"] - seen["first_year"] == 5).all()


def test_more_plants_saved_leave_a_smaller_gap_and_the_range_lies_within_the_bounds(story):
    names = ["floor_saves", "magnet_demand_level"]
    moved = prospects.swings(names, story, 30, 1, 2035)
    saved = moved.loc["floor_saves"]
    assert saved["most_pct"] <= saved["least_pct"]
    level = moved.loc["magnet_demand_level"]
    assert level["least_pct"] < level["low_pct"] < level["high_pct"] < level["most_pct"]


def test_the_record_counts_all_plants_with_a_promise():
    first = prospects.slip_record().drop_duplicates("stages")
    assert first["plants"].sum() == len(
        prospects.pipeline.slips(prospects.data.table("start_dates"), supply.NOW)
    )
