"""Costs and losses of public lending, by hand."""

import pytest

from rareearth import data
from rareearth.analysis.policy import credit


def test_fair_value_adds_market_risk_in_every_year():
    frame = credit.by_law_and_market()
    assert (frame["difference_usd_billion"] > 0).all()
    newest = frame.loc["2026"]
    assert newest["fcra_usd_billion"] < 0 < newest["fair_value_usd_billion"]
    assert newest["difference_usd_billion"] == pytest.approx(52.6 + 12.5)


def test_records_are_computed_from_their_rows():
    shares = credit.records().set_index("what")["percent"]
    assert shares.is_monotonic_increasing
    assert shares.filter(like="to September 2025").item() == pytest.approx(100 * 1.03 / 49)
    assert shares["The same losses"] == pytest.approx(100 * 1.03 / (17.3 + 1.03))
    assert shares.filter(like="expected in 2014").item() == pytest.approx(100 * 2.21 / 28)
    assert shares.filter(like="by 2015").item() == pytest.approx(100 * 5 / 30)
    assert shares.filter(like="Strategic Capital").item() == pytest.approx(0.5)


def test_the_printed_record_is_the_one_that_losses_of_loans_are_drawn_against():
    rows = data.table("valley_of_death").set_index(["subject", "metric"])
    row = rows.loc[("DOE loan programmes", "loss share of funds disbursed")]
    _, _, answers = credit.record()
    assert answers["credit-lost"].text == f"{row['low']:.1f}%"


def test_both_readings_of_the_sum_in_brackets():
    answers = credit.floor_or_subsidy()
    market, cost = answers["refining-market"].value, answers["refining-cost"].value
    assert market == pytest.approx(1.2 / 1.41) and cost == pytest.approx(1.2 * 1.41)
    assert market < answers["refining-sum"].value < cost
