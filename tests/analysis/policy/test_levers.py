"""Levers on common draws: parts that are not touched are not computed, and shares add up."""

import numpy as np
import pytest

from rareearth import scenarios
from rareearth.analysis import balance as outlook
from rareearth.analysis.policy import cards, costs, levers
from rareearth.models import attribution

DRAWS = 60
BASELINE = scenarios.load("baseline")


@pytest.fixture(scope="module")
def lattice():
    return levers.Lattice(BASELINE, levers.acting(), DRAWS, 1)


@pytest.fixture(scope="module")
def found(lattice):
    return levers.table(lattice, 1)


def _of(scenario, *some, draws=DRAWS):
    return levers.Lattice(scenario, some, draws, 1)


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


def test_levers_touch_the_parts_that_change_by_them(lattice):
    """What a part reads is noted; whoever changes it must be among those that touch it."""
    for part, made in outlook.PARTS.items():
        for lever in lattice.levers:
            pulled = made(lattice.draws([lever]), lattice.scenario)
            for ours, theirs in zip(lattice.part(part, [lever]), pulled, strict=True):
                np.testing.assert_array_equal(ours, theirs, err_msg=f"{lever} moves {part}")


def test_shares_add_up_to_what_all_close_together(found):
    every = found.loc[levers.TOGETHER]
    assert found.drop(index=levers.TOGETHER)["share_t"].sum() == pytest.approx(every["mean_t"])
    assert set(found.index) == {*levers.acting(), levers.TOGETHER}


def test_estimated_shares_lie_around_the_exact_ones():
    lattice = _of(BASELINE, "price_floor", "research", "ewaste_rules", "allies", draws=200)
    found = levers.shares(lattice, 1)
    exact = attribution.shapley(
        lambda some: levers.in_years(lattice.closed(some), None), lattice.levers
    )
    for lever in lattice.levers:
        away = abs(found.loc[lever, "share_t"] - exact[lever].mean())
        assert away <= 5 * found.loc[lever, "share_error_t"] + 1e-6, lever


def test_a_lever_alone_has_the_share_of_its_effect():
    row = levers.table(_of(BASELINE, "allies"), 1).loc["allies"]
    assert row["share_t"] == pytest.approx(row["mean_t"]) == pytest.approx(row["last_t"])


def test_without_a_lever_nothing_is_closed(lattice):
    nothing = levers.effects(lattice, {"nothing": []}, 2035).loc["nothing"]
    assert (nothing == 0).all()


def test_what_allies_bring_is_taken_from_the_others(found):
    """They are one pool: what it yields does not change, only who gets it."""
    row = found.loc["allies"]
    assert row["mean_t"] > 0
    assert row["others_t"] == pytest.approx(-row["mean_t"], rel=1e-3)


def test_home_and_others_are_all_outside_china(lattice):
    balance = lattice.balance(["research"])
    mass = balance.avoided.sum(["route", "group"]) + balance.secured.sum(["source", "group"])
    both = sum(lattice.closed(["research"], place) for place in levers.PLACES)
    np.testing.assert_allclose(both, mass.sel(region=outlook.OUTSIDE))


def test_targets_are_respected():
    """Equity for metal and heavy separation acts on them alone, and only where no money is."""
    first, others, both = (costs.targets(lever) for lever in ("equity_first", "equity", "loans"))
    assert set(first["facility"]).isdisjoint(others["facility"])
    assert len(first) + len(others) == len(both)
    assert not both["aided"].any() and (both["place"] == "United States").all()
    assert set(first["stage"]) <= {"Metal", "Separated"}


def test_a_floor_for_american_plants_helps_no_others_plants():
    """Output of plants abroad stays; with a reference price at the border it rises."""
    lattice = _of(BASELINE, "price_floor", "border_price")
    none, floor, border = (
        lattice.part("plants", some)[0][1] for some in ([], ["price_floor"], ["border_price"])
    )
    np.testing.assert_array_equal(none, floor)
    assert border.sum() > none.sum()


def test_a_lever_on_plants_does_nothing_where_all_plants_come():
    announced = levers.effects(
        _of(scenarios.load("announced"), "equity", "loans"), {"both": ["equity", "loans"]}, 2035
    )
    assert announced.loc["both", "mean_t"] == pytest.approx(0)


def test_what_a_scenario_states_itself_goes_before_its_levers():
    innovation = scenarios.load("innovation")
    lattice = _of(innovation, "research")
    moved = set(scenarios.levers()["research"].overrides) & set(innovation.own)
    assert moved
    for name in moved:
        np.testing.assert_array_equal(lattice.draws(["research"])[name], lattice.draws()[name])


def test_levers_that_are_pulled_already_do_not_count_twice():
    """A scenario that pulls levers gives the same as the same scenario without them."""
    pulled = scenarios.pull(BASELINE, ["allies"])
    a, b = (levers.table(_of(s, "allies", "equity"), 1) for s in (BASELINE, pulled))
    np.testing.assert_allclose(a["share_t"], b["share_t"])


def test_a_cut_does_not_change_what_levers_close():
    a, b = (
        levers.effects(_of(scenarios.load(name), "research"), {"r": ["research"]}, 2035)
        for name in ("baseline", "shock")
    )
    np.testing.assert_allclose(a, b)


def test_chance_counts_draws_above_one_percent_of_the_gap(lattice):
    row = levers.effects(lattice, {"allies": ["allies"]}, 2035).loc["allies"]
    mass, gap = levers.in_years(lattice.brought(["allies"]), 2035), lattice.left(2035)
    assert row["chance_pct"] == pytest.approx(100 * (mass > 0.01 * gap).mean())


def test_every_lever_has_six_lines_and_more_and_a_row_on_the_page(lattice, found):
    money = costs.table(lattice)
    for name in scenarios.levers():
        card = cards.card(found, money, [name])
        assert len(card) == len(cards.LINES)
        assert card.iloc[:, 1].str.len().min() > 3, name
    printed, numbers = cards.overview(found, money)
    assert len(printed) == len(numbers) == len(scenarios.levers())
    at = printed.set_index(numbers["lever"])
    assert at.loc["stockpile", "Share, kt"] == "in a cut"
    assert at.loc["permitting", "USD per kg"] == "not found"


def test_the_text_of_all_levers_holds_what_the_table_holds(lattice):
    shown, found, answers = levers.brought(lattice, 1)
    assert shown["share_kt"].is_monotonic_decreasing
    every = found.loc[levers.TOGETHER]
    assert answers["ladder-all"].value == pytest.approx(every["mean_t"] / 1e3)
    assert answers["ladder-all"].value <= answers["ladder-gap"].value
    assert answers["ladder-first"].text == shown["title"].iloc[0].lower()
