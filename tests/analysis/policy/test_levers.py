"""Levers on common draws: parts that are not touched are not computed, and shares add up."""

import numpy as np
import pytest

from rareearth import scenarios
from rareearth.analysis import balance as outlook
from rareearth.analysis.policy import levers

DRAWS = 20
BASELINE = scenarios.load("baseline")


@pytest.fixture(scope="module")
def worlds():
    return levers.Worlds(BASELINE, levers.acting(BASELINE), DRAWS, 1)


@pytest.mark.parametrize("some", [(), ("price_floor",), ("allies", "research", "ewaste_rules")])
def test_a_world_equals_the_scenario_with_these_levers_pulled(worlds, some):
    found = worlds.balance(some)
    whole = outlook.run(scenarios.pull(BASELINE, some), DRAWS, 1)
    for name, mass in whole.data.items():
        np.testing.assert_allclose(
            found.data[name],
            mass,
            rtol=1e-5,
            atol=1e-3,
            err_msg=f"{name}: a world of {some} is not the scenario with them pulled",
        )


def test_shares_add_up_to_what_all_close_together():
    found = levers.shapley(BASELINE, draws=DRAWS).set_index("lever")
    assert found.drop(index="all")["mean_t"].sum() == pytest.approx(found.loc["all", "mean_t"])
    assert set(found.index) == {*levers.acting(BASELINE), "all"}


def test_a_share_lies_between_what_comes_first_and_what_comes_last():
    """With two levers the share is the mean of the two."""
    found = levers.shapley(BASELINE, ["price_floor", "equity"], DRAWS).set_index("lever")
    for lever in ("price_floor", "equity"):
        row = found.loc[lever]
        assert row["mean_t"] == pytest.approx((row["alone_t"] + row["last_t"]) / 2)


def test_a_lever_on_plants_does_nothing_where_all_plants_come():
    found = levers.shapley(scenarios.load("announced"), ["price_floor", "allies"], DRAWS)
    assert found.set_index("lever").loc["price_floor", "mean_t"] == pytest.approx(0)


def test_what_a_scenario_states_itself_goes_before_its_levers():
    innovation = scenarios.load("innovation")
    worlds = levers.Worlds(innovation, ["research"], DRAWS, 1)
    moved = set(scenarios.levers()["research"].overrides) & set(innovation.own)
    assert moved
    for name in moved:
        np.testing.assert_array_equal(worlds.draws(["research"])[name], worlds.draws()[name])


def test_costs_are_said_where_they_were_found_and_only_there():
    found = levers.ladder(BASELINE, DRAWS).set_index("lever")
    for lever in levers.acting(BASELINE):
        known = found.loc[lever, "median"] == found.loc[lever, "median"]
        assert known == (lever in levers.COSTED), lever
    costed = found.loc[list(levers.COSTED)]
    assert (costed["cost_usd_million"] >= 0).all()
    assert (costed["low"] <= costed["median"]).all() and (costed["median"] <= costed["high"]).all()


def test_levers_that_are_pulled_already_do_not_count_twice():
    """A scenario that pulls levers gives the same worlds as the same scenario without them."""
    pulled = scenarios.pull(BASELINE, ["allies"])
    a, b = (levers.shapley(s, ["allies", "equity"], DRAWS) for s in (BASELINE, pulled))
    np.testing.assert_allclose(a["mean_t"], b["mean_t"])


def test_alone_is_the_difference_to_no_lever_and_nothing_without_levers():
    found = levers.alone(BASELINE, ["allies", "research"], DRAWS, 1, 2035)
    at = list(outlook.YEARS).index(2035)
    none, pulled = (
        levers.closed(outlook.run(scenarios.pull(BASELINE, some), DRAWS, 1)).sum(axis=0)[at]
        for some in ([], ["allies"])
    )
    assert found.loc["allies", "mean_t"] == pytest.approx((pulled - none).mean(), rel=1e-3)
    assert list(found.index) == ["allies", "research", "together"]
    assert (levers.alone(BASELINE, [], DRAWS).loc["together"] == 0).all()
