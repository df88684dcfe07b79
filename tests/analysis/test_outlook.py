"""Frames of the outlook: they add up, agree with the balance and move as they should."""

import numpy as np
import pytest

from inprocess import PROJECT
from rareearth import digits, scenarios
from rareearth.analysis import balance as balances
from rareearth.analysis import outlook, supply
from rareearth.models import balance as model

DRAWS = 100


def test_closed_and_gap_add_to_demand(balance):
    closed = outlook.closed(balance)
    demand = balance.demand.sel(region=balances.HOME).sum("group").max("draw").to_numpy() / 1e3
    assert (closed["high_kt"].to_numpy() <= demand + 1e-6).all()
    assert (closed["low_kt"] >= 0).all()


def test_nameplates_on_time_are_never_below_what_the_record_lets_expect(draws, story, balance):
    bands = outlook.capacity(draws, story, balance)
    assert (bands["announced_kt"] >= bands["median_kt"] - 1e-9).all()
    assert not bands.isna().any(axis=None)
    axes = (supply.PLACES, supply.STAGES, supply.GROUPS, supply.YEARS)
    assert len(bands) == np.prod([len(a) for a in axes])


def test_announced_scenario_meets_its_own_nameplates():
    story = scenarios.load("announced")
    draws = balances.sample(20, 2, story)
    bands = outlook.capacity(draws, story, balances.of_draws(draws, story))
    assert bands["announced_kt"].to_numpy() == pytest.approx(bands["median_kt"].to_numpy())


def test_unserved_of_the_chain_is_its_gap_over_need(balance):
    frame = outlook.unserved(balance).set_index(["stage", "group", "year"])
    share = 100 * (balance.gap / balance.need).sel(region=balances.HOME, year=2035)
    for group in supply.GROUPS:
        found = frame.loc[(outlook.CHAIN, group, 2035), "median_pct"]
        assert found == pytest.approx(float(share.sel(group=group).median()), abs=1e-3)


def test_chance_agrees_with_the_free_year(balance):
    for stage in outlook.STAGES:
        frame = outlook.chances({"baseline": balance})
        chance = frame[frame["stage"] == stage].set_index("year")["chance_pct"]
        confidence = 0.1
        enough = (chance >= 100 * confidence)[::-1].cummin()[::-1]
        expected = int(enough.idxmax()) if enough.any() else None
        assert balances.free_year(balance, stage, confidence) == expected, stage


def test_serving_one_group_is_no_harder_than_serving_both(balance):
    both = outlook.chances({"a": balance})["chance_pct"]
    for group in model.GROUPS:
        assert (outlook.chances({"a": balance}, group=group)["chance_pct"] >= both).all()


def test_table_of_scenarios_has_a_row_each_with_the_balance_of_a_single_draw(draws, story):
    one = balances.of_draws(draws.iloc[:1], story)
    table = outlook.scenarios_table({"a": one, "b": one}, 0.8)
    assert table["scenario"].tolist() == ["a", "b"]
    parts = table[[f"{part}_2035_pct" for part in ("gap", "avoided", "secured")]]
    assert parts.sum(axis=1).to_numpy() == pytest.approx(100)


def test_growth_needed_takes_output_to_the_need(draws, story):
    one = draws.iloc[:1]
    frame = outlook.growth_needed(balances.of_draws(one, story), one, story, (2030,))
    reached = frame["now_t"] * (1 + frame["median_pct"] / 100) ** (2030 - supply.NOW)
    assert reached.to_numpy() == pytest.approx(frame["need_t"].to_numpy())


def test_growth_seen_is_above_zero_and_sorted():
    seen = outlook.growth_seen(5)
    assert (seen["growth_pct"] > 0).all()
    assert seen["growth_pct"].is_monotonic_decreasing
    assert (seen["last_year"] - seen["first_year"] == 5).all()


def test_more_plants_saved_leave_a_smaller_gap_and_the_range_lies_within_the_bounds(story):
    names = ["equity_saves", "magnet_demand_level"]
    moved = outlook.one_at_a_time(names, story, 30, 1, 2035)
    saved = moved.loc["equity_saves"]
    assert saved["most_pct"] <= saved["least_pct"]
    level = moved.loc["magnet_demand_level"]
    assert level["least_pct"] < level["low_pct"] < level["high_pct"] < level["most_pct"]


def test_the_record_counts_all_plants_with_a_promise():
    first = outlook.slip_record().drop_duplicates("stages")
    assert first["plants"].sum() == len(
        outlook.pipeline.slips(outlook.data.table("start_dates"), supply.NOW)
    )


def test_sentences_that_follow_the_scenario_are_whole():
    for name in ("baseline", "shock"):
        found = outlook.headlines(scenarios.load(name), 20, 1)
        for label in ("chain-free", "cut-says"):
            text = found[label].text
            assert text[0].isupper() and text.endswith(".") and ".0" not in text, (name, text)


def test_finished_magnets_hold_the_part_of_the_oxide_that_is_printed(story):
    answers = outlook.wedge(story, 20, 1)[2]
    part = 100 * answers["finished-2024"].value / answers["demand-2024"].value
    assert part == pytest.approx(answers["kept"].value, abs=3)


def test_where_nothing_is_needed_nothing_is_left_unserved():
    spared = scenarios.load("innovation", substitution_price_elasticity=2.0)
    shares = outlook.unserved(outlook.balances.run(spared, 300, 1))
    assert shares.notna().all(axis=None)


def test_headlines_print_the_same_digits_under_five_seeds():
    draws = PROJECT.page("outlook").parameters["draws"]
    pages = [
        outlook.headlines(scenarios.load("baseline"), draws, seed).texts() for seed in range(1, 6)
    ]
    for name in pages[0]:
        assert not digits.unstable([page[name] for page in pages]), f"'{name}' moves with the seed"


def test_the_question_is_answered_by_what_the_scenarios_leave():
    answers = outlook.answered(DRAWS, 1)
    for name in outlook.BETS:
        assert answers[f"left-{name}-bare"].value > answers[f"left-{name}"].value, name
    run = balances.run(scenarios.load("policy"), DRAWS, 1)
    left = float(balances.share_left(run, outlook.GOAL).median())
    assert answers["left-policy"].value == pytest.approx(left, abs=1e-3)
    assert min(answers[f"left-{name}"].value for name in outlook.CASES) > outlook.FREE
    assert answers["answered"].text.startswith("Not wholly")
    assert answers["answered-magnet"].text.startswith("Much")
