"""Levers on common draws: parts that are not touched are not computed, and shares add up."""

import numpy as np
import pytest

from rareearth import scenarios
from rareearth.analysis import balance as outlook
from rareearth.analysis.policy import levers

DRAWS = 20
BASELINE = scenarios.load("baseline")


@pytest.fixture(scope="module")
def lattice():
    return levers.lattice(BASELINE, DRAWS, 1)


def _of(scenario, *some):
    return levers.Lattice(scenario, some, DRAWS, 1)


@pytest.mark.parametrize("some", [(), ("price_floor",), ("allies", "research", "ewaste_rules")])
def test_each_combination_is_the_scenario_with_these_levers_pulled(lattice, some):
    ours = lattice.balance(some)
    whole = outlook.run(scenarios.pull(BASELINE, some), DRAWS, 1)
    for name, mass in whole.data.items():
        np.testing.assert_allclose(
            ours.data[name],
            mass,
            rtol=1e-5,
            atol=1e-3,
            err_msg=f"{name}: the combination {some} is not the scenario with them pulled",
        )


def test_shares_add_up_to_what_all_close_together(lattice):
    shares = levers.shapley(lattice).set_index("lever")
    assert shares.drop(index="all")["mean_t"].sum() == pytest.approx(shares.loc["all", "mean_t"])
    assert set(shares.index) == {*levers.acting(BASELINE), "all"}


def test_a_share_lies_between_what_comes_first_and_what_comes_last():
    """With two levers the share is the mean of the two."""
    shares = levers.shapley(_of(BASELINE, "price_floor", "equity")).set_index("lever")
    for lever in ("price_floor", "equity"):
        row = shares.loc[lever]
        assert row["mean_t"] == pytest.approx((row["alone_t"] + row["last_t"]) / 2, abs=1e-6)


def test_a_lever_on_plants_does_nothing_where_all_plants_come():
    shares = levers.shapley(_of(scenarios.load("announced"), "price_floor", "allies"))
    assert shares.set_index("lever").loc["price_floor", "mean_t"] == pytest.approx(0, abs=1e-6)


def test_what_a_scenario_states_itself_goes_before_its_levers():
    innovation = scenarios.load("innovation")
    lattice = _of(innovation, "research")
    moved = set(scenarios.levers()["research"].overrides) & set(innovation.own)
    assert moved
    for name in moved:
        np.testing.assert_array_equal(lattice.draws(["research"])[name], lattice.draws()[name])


def test_costs_are_said_where_they_are_known_and_only_there(lattice):
    rungs = levers.ladder(lattice).set_index("lever")
    for lever in levers.acting(BASELINE):
        known = rungs.loc[lever, "median"] == rungs.loc[lever, "median"]
        assert known == (lever in levers.COSTED), lever
    costed = rungs.loc[list(levers.COSTED)]
    assert (costed["cost_usd_million"] >= 0).all()
    assert (costed["low"] <= costed["median"]).all() and (costed["median"] <= costed["high"]).all()


def test_levers_that_are_pulled_already_do_not_count_twice():
    """A scenario that pulls levers gives the same as the same scenario without them."""
    pulled = scenarios.pull(BASELINE, ["allies"])
    a, b = (levers.shapley(_of(s, "allies", "equity")) for s in (BASELINE, pulled))
    np.testing.assert_allclose(a["mean_t"], b["mean_t"])


def test_an_effect_is_the_difference_to_no_lever(lattice):
    groups = {"allies": ["allies"], "both": ["allies", "research"], "nothing": []}
    effects = levers.effects(lattice, groups, 2035)
    at = list(outlook.YEARS).index(2035)
    none, pulled = (
        levers.closed(outlook.run(scenarios.pull(BASELINE, some), DRAWS, 1))[at]
        for some in ([], ["allies"])
    )
    assert effects.loc["allies", "mean_t"] == pytest.approx((pulled - none).mean(), rel=1e-3)
    assert list(effects.index) == list(groups)
    assert (effects.loc["nothing"] == 0).all()


def test_what_all_close_is_below_the_gap_and_ordered(lattice):
    shares, answers = levers.brought(lattice)
    assert shares["mean_kt"].is_monotonic_decreasing
    assert shares["mean_kt"].sum() == pytest.approx(answers["ladder-all"].value)
    assert answers["ladder-all"].value <= answers["ladder-gap"].value
    part = 100 * answers["ladder-all"].value / answers["ladder-gap"].value
    assert answers["ladder-part"].value == pytest.approx(part)


def test_costs_stand_from_the_cheapest_to_the_dearest_and_missing_ones_last(lattice):
    rungs, answers = levers.costs(lattice)
    known = rungs["mean"].dropna()
    assert known.is_monotonic_increasing and rungs["mean"].isna().iloc[len(known) :].all()
    first = rungs[rungs["lever"] != levers.TOGETHER].iloc[0]
    assert answers["ladder-cheapest"].text == first["title"].lower()
    without = answers["ladder-not-costed"].text.split(", ")
    assert len(without) == rungs["mean"].isna().sum()


def test_every_lever_has_a_line_on_the_page(lattice):
    shares, rungs = levers.brought(lattice)[0], levers.costs(lattice)[0]
    printed, download = levers.overview(shares, rungs)
    assert len(printed) == len(download) == len(scenarios.levers())
    at = printed.set_index(download["lever"])
    assert at.loc["stockpile", "Closes, kt"] == "only in a cut"
    assert at.loc["permitting", "USD per kg"] == "not found"
