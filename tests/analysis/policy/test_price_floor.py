"""The price floor from tables and draws: terms, fits, payments, bill."""

import numpy as np
import pytest

from rareearth import assumptions, scenarios
from rareearth.analysis import market
from rareearth.analysis.policy import price_floor as floor
from rareearth.models import price

BASELINE = scenarios.load("baseline")


def test_terms_run_from_october_2025_for_41_quarters():
    agreed = floor.terms()
    assert (agreed.end - agreed.start) * 4 == pytest.approx(41)
    assert 0 < agreed.upside_share < 1
    ahead = floor.run(50, 1, BASELINE)
    made = floor.paid_so_far()
    assert len(made) + len(ahead.times) == 41, "a quarter is missing or counted twice"
    assert ahead.times[0] - floor._middle(made["period"].iloc[-1]) == pytest.approx(0.25)
    assert ahead.times[-1] == pytest.approx(agreed.end - 0.125)


def test_history_is_in_order_and_no_year_is_counted_in_years_and_months():
    rows = market.history()
    assert rows["time"].is_monotonic_increasing
    assert set(rows.loc[rows["time"] < 2024, "series"]) == {"year"}
    assert set(rows.loc[rows["time"] > 2024, "series"]) == {"month end"}


def test_calm_steps_leave_out_both_rises_and_no_more():
    times = np.array([2008.5, 2009.5, 2010.5, 2012.0, 2013.0, 2025.4, 2025.6, 2026.2, 2026.3])
    assert market.calm(times).tolist() == [True, False, False, True, True, False, False, False]


def test_rises_are_of_the_size_of_the_episodes():
    first, second = market.rises()
    assert np.exp(first) == pytest.approx(195 / 19.12, rel=1e-3)
    assert 1.5 < np.exp(second) < 3


def test_without_the_rises_the_price_is_calmer_around_a_lower_level():
    calm, whole = market.fits()["the same without the two rises"], market.fitted()
    assert calm.volatility < whole.volatility
    assert calm.median < whole.median
    assert calm.steps < whole.steps


def test_two_years_of_quotes_show_no_level():
    """The text says so; if it changes with new data, change the text."""
    short = [fit for name, fit in market.fits().items() if "2024 to 2026" in name]
    assert len(short) == 3 and all(fit.speed == 0 for fit in short)
    day, week, month = sorted(fit.volatility for fit in short)
    assert day < week < month


def test_only_quarters_are_summed():
    made = floor.paid_so_far()
    assert made["period"].str.fullmatch(r"\d{4}-Q\d").all()
    assert made["period"].is_unique


def test_same_seed_same_bill_and_the_share_never_adds_to_it():
    one, two = (floor.run(300, 4, BASELINE) for _ in range(2))
    assert np.array_equal(one.present_cost, two.present_cost)
    assert (one.present_cost <= one.present_paid + 1e-9).all()
    assert (one.paid >= 0).all() and (one.received >= 0).all()
    assert not ((one.paid > 0) & (one.received > 0)).any(), "no quarter both pays and receives"


def test_no_share_is_received_before_the_earliest_year():
    ahead = floor.run(500, 1, BASELINE, market.WALK)
    first = assumptions.ranges(BASELINE).loc["floor_upside_year", "low"]
    assert ahead.received[ahead.times < first].sum() == 0
    assert ahead.received.sum() > 0


def test_payments_equal_the_strip_of_puts_at_fixed_parameters():
    """Monthly paths averaged by quarter, against the closed form at the middle of the quarter."""
    n, case = 20_000, (94.5, 62.0, 0.34, 0.42)
    months = price.simulate(*case, 9.0, np.random.default_rng(1).random(n))
    quarters = months.reshape(-1, 3, n).mean(axis=1)
    paid = price.settle(quarters, 1.0, 110.0).paid
    middles = (np.arange(len(quarters)) + 0.5) / 4
    exact = price.expected_floor_payment(*case, 110.0, middles)
    error = paid.mean(axis=0).std() / np.sqrt(n)
    # A mean of three months varies a little less than a single price: less than 2 % here.
    assert paid.mean() == pytest.approx(exact.mean(), abs=4 * error + 0.02 * exact.mean())


def test_the_benchmark_is_the_price_that_the_balance_meets():
    drawn = assumptions.sample(40, 3, BASELINE)
    ahead = floor.run(40, 3, BASELINE)
    years = range(2027, 2036)
    of_quarters = ahead.prices[-4 * len(years) :].reshape(len(years), 4, -1).mean(axis=1)
    assert of_quarters == pytest.approx(market.yearly_means(drawn, list(years)))


def test_a_floor_for_other_plants_pays_on_the_path_of_the_benchmark():
    drawn, ahead = assumptions.sample(40, 3, BASELINE), floor.run(40, 3, BASELINE)
    paid = floor.payment_per_kg(drawn, range(2026, 2036))
    assert not paid[0].any(), "a year that has begun is not covered"
    by_quarter = np.maximum(floor.terms().floor - ahead.prices[-36:], 0)
    assert paid[1:] == pytest.approx(by_quarter.reshape(9, 4, -1).mean(axis=1))
    assert (floor.payment_per_kg(drawn, [2030], 150.0) >= paid[4]).all()
    assert floor.payment_per_kg(drawn, [2030])[0] == pytest.approx(paid[4])


def test_payments_for_other_plants_agree_with_the_closed_form_on_average():
    """The mean over paths of one kilogram a year against the strip of expected payments."""
    drawn = assumptions.sample(4000, 5, BASELINE)
    years, agreed = list(range(2027, 2037)), floor.terms().floor
    ours = floor.present_payments(drawn, np.ones((len(years), 1)), years)
    middles = (np.arange(40)[:, None] + 0.5) / 4 + years[0] - market.newest()
    given = market.process(drawn).to_numpy().T
    put = price.expected_floor_payment(*given, agreed, middles)
    exact = (put / 4 / (1 + drawn["public_discount_rate"].to_numpy()) ** middles).sum(axis=0)
    error = (ours - exact).std() / np.sqrt(len(drawn))
    assert ours.mean() == pytest.approx(exact.mean(), abs=4 * error + 0.02 * exact.mean())


def test_hindcast_states_its_error():
    tested = floor.hindcast(500, 1, BASELINE)
    single, total = tested.iloc[:-1], tested.iloc[-1]
    assert total["published_low"] == pytest.approx(single["published_low"].sum())
    expected = 100 * (tested["ours"] / tested["published_low"] - 1)
    assert np.allclose(tested["error_pct"], expected)
    assert (tested["ours_low"] <= tested["ours"]).all()
    assert (tested["ours"] <= tested["ours_high"]).all()
    assert (tested["reason"].str.len() > 10).all()


def test_a_new_floor_costs_more_the_higher_it_is_and_pays_more_often():
    frame = floor.other_floors(200, 1, BASELINE)
    assert set(frame["view"]) == {market.LEVEL, market.WALK}
    for _, rows in frame.groupby("view"):
        assert (rows["low"] <= rows["median"]).all() and rows["median"].is_monotonic_increasing
        chance = rows["chance_pct"]
        assert chance.between(0, 100).all() and chance.is_monotonic_increasing


def test_one_floor_costs_the_same_alone_and_among_others():
    alone = floor.other_floors(100, 1, BASELINE, np.array([110.0]))
    among = floor.other_floors(100, 1, BASELINE).query("floor == 110")
    assert alone["median"].to_numpy() == pytest.approx(among["median"].to_numpy())


def test_a_view_that_is_not_known_is_refused():
    with pytest.raises(ValueError, match="known"):
        market.process(assumptions.sample(10, 1, BASELINE), "goes up")


def test_at_the_break_even_level_the_agreement_costs_nothing_on_average():
    level = floor.break_even_level(BASELINE)
    assert level > floor.terms().floor, "below the floor it must cost something"


def test_prices_start_at_the_end_of_the_quarter_of_the_newest_price_without_tax():
    assert market.newest() == 2026.75


def test_answers_are_those_of_the_frames():
    frame, answers = floor.bills(200, 1, BASELINE)
    net = frame[frame["share"]].set_index("view").loc[market.LEVEL]
    assert answers["floor-bill"].value == net["median"]
    assert answers["floor-bill"].low == pytest.approx(net["low_90"], abs=0.051)
    quarters, _, answers = floor.payments(200, 1, BASELINE)
    assert answers["floor-paid"].value == pytest.approx(quarters["usd_million"].sum())
    assert answers["floor-paid-list"].text.count(" in ") == len(quarters)
    history, answers = floor.price_history(50, 1, BASELINE)
    years = history[history["series"] == floor.YEARLY]["usd_per_kg"]
    assert answers["floor-years-above"].value == (years > floor.terms().floor).sum()
    assert set(history["series"]) == {floor.YEARLY, floor.DAILY, *floor.SHOWN, floor.MODEL}


def test_the_share_above_the_floor_is_worth_several_times_as_much_with_sudden_rises():
    """The text says so; if it changes, change the text."""
    worth = [
        (ahead.present_paid - ahead.present_cost).mean()
        for ahead in (floor.run(2000, 2, BASELINE, v) for v in (market.LEVEL, market.RISES))
    ]
    assert worth[1] > 3 * worth[0] > 0


def test_agreements_are_printed_with_their_floors():
    _, printed, answers = floor.agreements()
    at = printed.set_index("Agreement")["Floor"]
    assert at["MP Materials"] == answers["floor-level"].text.replace("\N{NO-BREAK SPACE}", " ")


def test_no_pull_is_said_in_words():
    table, printed, _ = floor.fitting()
    unseen = table["speed"].isna()
    assert unseen.any() and not unseen.all()
    assert (printed["Pull, per year"] == "none seen").equals(unseen)
