"""A stock as a lever: sizes, costs, and what the table of stockpiles says."""

import pytest

from rareearth import data, scenarios
from rareearth.analysis.policy import stock

BASELINE = scenarios.load("baseline")


@pytest.fixture(scope="module")
def sized():
    return stock.size(200, 1, BASELINE)


def test_the_stock_that_covers_nine_cuts_of_ten_lies_on_its_curve(sized):
    size, answers = sized
    months = answers["stock-months"].value
    smaller = size.curve[size.curve["months"] < months]["covered_pct"]
    larger = size.curve[size.curve["months"] >= months]["covered_pct"]
    assert smaller.max() < 100 * stock.COVERED <= larger.min()


def test_without_response_a_stock_covers_less_and_must_be_larger(sized):
    size, answers = sized
    assert size.curve["covered_pct"].is_monotonic_increasing
    assert (size.curve["without_response_covered_pct"] <= size.curve["covered_pct"]).all()
    assert answers["stock-months-alone"].value >= answers["stock-months"].value


def test_cost_and_plan_are_those_of_the_answers(sized):
    size, answers = sized
    assert answers["stock-cost"].value == pytest.approx(size.best["usd_million"], rel=0.05)
    assert answers["stock-purchase"].value < answers["stock-cost"].value
    assert answers["stock-cost"].value < answers["stock-sure-cost"].value
    assert answers["stock-months"].value < answers["stock-sure-months"].value
    assert answers["stock-months"].value < answers["stock-full-months"].value
    assert answers["stock-plan-months-dytb"].value == size.plan["DyTb"]
    money = (
        data.table("stockpile")
        .query("holder == 'United States' and measure == 'money appropriated'")["high"]
        .item()
    )
    share = answers["stock-cost"].value / (1e3 * money)
    assert answers["stock-of-money"].value == pytest.approx(100 * share, rel=0.05)


def test_days_and_years_of_cover_agree():
    covered, answers = stock.cover()
    defence = covered[covered["basis"] == "Defence"].set_index("group")["days"]
    assert answers["stock-years-defence"].value == pytest.approx(defence["NdPr"] / 365.25)
    assert answers["stock-japan-days"].value == 180


def test_money_in_orders_is_below_that_in_contracts():
    answers = stock.money()
    assert answers["stock-orders"].value < answers["stock-contracts"].value


def test_a_row_that_is_not_alone_is_refused():
    with pytest.raises(ValueError, match="one is needed"):
        stock._row(holder="Japan")
