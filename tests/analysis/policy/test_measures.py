"""Measures, rules, permits and budgets as the text counts them."""

import pytest

from rareearth import data
from rareearth.analysis.policy import measures


def test_a_measure_stands_once_for_each_stage_it_names():
    acting, answers = measures.where()
    table = data.table("policy_levers")
    assert len(acting) == table["stages"].str.count(";").add(1).sum()
    assert answers["pol-measures"].value == len(table) == acting["measure"].nunique()
    assert set(acting["stage"]) <= set(measures.STAGES)


def test_measures_in_force_are_named_by_lever():
    listed = measures.in_force().str.split("; ").str.len()
    assert listed.sum() == measures.where()[1]["pol-in-force"].value


def test_budgets_are_compared_with_the_last_law_before():
    frame, answers = measures.budgets()
    assert answers["pol-arpa-enacted"].value == pytest.approx(100 * (350 / 460 - 1))
    # The Office of Science ran in 2025 at the level of 2024.
    assert answers["pol-science-enacted"].value == pytest.approx(100 * (8400 / 8240 - 1))
    moved = frame.dropna(subset="change_pct")
    assert list(dict.fromkeys(moved["line"])) == list(measures.LINES.values())


def test_plants_with_a_dated_promise_are_counted_by_country():
    answers, dates = measures.permits(), data.table("start_dates")
    home = dates[(dates["country"] == "United States") & (dates["event"] == "first promise")]
    assert answers["pol-late-home-count"].value == len(home)
    assert answers["pol-permit-ratio"].value == pytest.approx(8.5 / 2.5)


def test_rules_are_in_order_of_time_and_cited():
    rules, printed, answers = measures.old_products()
    assert rules["date"].is_monotonic_increasing and len(printed) == len(rules)
    assert printed["Rule"].str.contains("{cite:p}", regex=False).all()
    assert answers["pol-seera-died"].value <= (rules["state"] == "died").sum()
