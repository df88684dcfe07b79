"""Measures, rules, permits and budgets as the text counts them."""

import pytest

from rareearth import data
from rareearth.analysis.policy import measures, price_floor


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


def test_years_of_permits_are_those_of_the_table_and_promises_come_shortly_before():
    answers, dates = measures.permits(), data.table("start_dates")
    assert answers["pol-permit-longer"].value == pytest.approx(8.5 - 2.5)
    assert answers["pol-whole-au-shorter"].value == 29 - 20
    # A promise that were made before its permit was asked for would run at least as long.
    assert answers["pol-promise-ahead"].value < 7
    mines = dates[(dates["stage"] == "mine") & (dates["event"] == "first promise")]
    assert answers["pol-promise-mines"].value == mines["said_year"].notna().sum()


def test_rules_are_in_order_of_time_and_cited():
    rules, printed, answers = measures.old_products()
    assert rules["date"].is_monotonic_increasing and len(printed) == len(rules)
    assert printed["Rule"].str.contains("{cite:p}", regex=False).all()
    assert answers["pol-seera-died"].value <= (rules["state"] == "died").sum()


def test_measures_stand_by_firmness_and_what_is_printed_has_words():
    table, printed, answers = measures.by_name()
    assert (
        table["firmness"].map(list(dict.fromkeys(table["firmness"])).index).is_monotonic_increasing
    )
    shown = table[table["printed"].notna()]
    heads = printed["Measure"].str.startswith("**")
    assert heads.sum() == shown["firmness"].nunique()
    assert printed.loc[~heads, "Measure"].tolist() == shown["measure"].tolist()
    assert (printed.loc[heads, "Source"] == "").all() and len(shown) <= 30
    assert answers["pol-named"].value == len(table)


def test_the_floor_among_the_measures_has_cost_what_its_payments_say():
    table, _, _ = measures.by_name()
    row = table[table["measure"].str.startswith(measures.FLOOR)].iloc[0]
    assert row["paid_usd_million"] == price_floor.paid_so_far()["usd_million"].sum()


def test_amounts_that_repeat_a_deal_equal_it():
    table = data.table("measures_by_name").set_index("measure")
    deals = data.table("us_funding").astype({"recipient": str, "standing": str})
    deals = deals[deals["standing"].isin(["counted", "conditional", "on milestones"])]
    by_firm = deals.groupby("recipient")["usd_million"].sum()
    paid, ceiling = table["paid_usd_million"], table["authorised_usd_million"]
    assert paid["Loan to Serra Verde"] == by_firm["Serra Verde"]
    conditional = by_firm["Vulcan Elements"] + by_firm["ReElement Technologies"]
    assert ceiling["Loans to Vulcan and ReElement"] == conditional
    assert ceiling["Loan to Energy Fuels"] == by_firm["Energy Fuels"]


def test_no_measure_says_that_the_act_has_lapsed():
    table = data.table("measures_by_name")
    act = table[table["statute"].fillna("").str.contains("4501")]
    words = " ".join(act[["status", "outcome", "printed"]].astype(str).to_numpy().ravel())
    assert "lapsed" not in words and "30 September 2025" in words


def test_each_statement_is_printed_under_one_head():
    table, printed, _ = measures.positions()
    home, border = printed["Floors for makers at home"], printed["Floors at the border"]
    assert ((home == "") != (border == "")).all()
    assert table["date"].is_monotonic_increasing
    denial = printed[home.str.startswith("Denial")]
    against = printed[home.str.startswith("Against")]
    assert len(denial) and len(against), "the story stands with its denial"
