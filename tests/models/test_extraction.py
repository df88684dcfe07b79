"""Cost of extraction: closed forms, limits and balances."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rareearth import assumptions, scenarios
from rareearth.analysis import proteins
from rareearth.models import extraction


@pytest.fixture(scope="module")
def draws():
    return assumptions.sample(300, 3, scenarios.load("baseline")).copy()


@pytest.fixture(scope="module")
def rich(draws):
    return proteins.of_waste(draws, "Igneous gypsum")


def test_capital_is_repaid_with_interest():
    assert extraction.capital_recovery_factor(0, 8) == pytest.approx(1 / 8)
    years = np.arange(1, 21)
    payment = extraction.capital_recovery_factor(0.12, 20)
    assert (payment / 1.12**years).sum() == pytest.approx(1)
    assert extraction.capital_recovery_factor(0.12, 1e4) == pytest.approx(0.12)
    with pytest.raises(ValueError, match="positive life"):
        extraction.capital_recovery_factor(0.1, 0)


def test_masses_of_compounds_are_those_of_the_handbook():
    assert pytest.approx(336.48, abs=0.01) == extraction.OXIDE_G_PER_MOL * 2
    assert pytest.approx(56.077 / 98.072, abs=1e-3) == extraction.LIME_PER_ACID
    assert pytest.approx(172.17 / 98.072, abs=1e-3) == extraction.CAKE_PER_ACID
    assert pytest.approx(0.8156, abs=1e-3) == extraction.SODA_PER_ACID
    assert pytest.approx(1.5 * 90.03 / 168.24, rel=1e-3) == extraction.OXALIC_PER_OXIDE


def test_parts_and_routes(rich):
    protein, solvent = (extraction.levelised_cost(rich, r) for r in extraction.ROUTES)
    shared = protein.columns.intersection(solvent.columns)
    # What a tonne costs is spread over fewer kilograms where rare earths fall with iron.
    per_feed = extraction.unit_costs(rich)[0].columns
    kept = rich["front_end_recovery"]
    pd.testing.assert_frame_equal(protein[per_feed], solvent[per_feed].mul(kept, axis=0))
    same = shared.difference(per_feed)
    pd.testing.assert_frame_equal(protein[same], solvent[same])
    assert {"adsorbent", "columns"} == set(protein) - set(shared)
    own = {"iron and aluminium", "solvent lost", "mixer-settlers"}
    assert own == set(solvent) - set(shared)
    with pytest.raises(ValueError, match="no route 'resin'"):
        extraction.levelised_cost(rich, "resin")


def test_twice_the_grade_halves_what_a_tonne_costs_and_nothing_else(rich):
    once = extraction.levelised_cost(rich)
    twice = extraction.levelised_cost(rich.assign(grade_g_reo_per_t=2 * rich["grade_g_reo_per_t"]))
    per_feed, per_product = extraction.unit_costs(rich)
    np.testing.assert_allclose(twice[per_feed.columns], once[per_feed.columns] / 2)
    apart = ["adsorbent", "columns"]  # a richer liquor loads a column sooner
    same = per_product.columns.difference(apart)
    np.testing.assert_allclose(twice[same], once[same])
    assert (twice[apart] <= once[apart] * (1 + 1e-12)).all(axis=None)


@pytest.mark.parametrize("route", extraction.ROUTES)
def test_at_the_break_even_grade_cost_is_the_price(rich, route):
    price = 300.0 if route == "solvent" else 20_000.0
    grade = extraction.break_even_grade(rich, price, route)
    assert np.isfinite(grade).all()
    cost = extraction.levelised_cost(rich.assign(grade_g_reo_per_t=grade), route).sum(axis=1)
    np.testing.assert_allclose(cost, price, rtol=1e-6)


def test_no_grade_pays_when_finishing_costs_more_than_the_price(rich):
    assert np.isinf(extraction.break_even_grade(rich, 1.0)).all()


def test_at_the_break_even_life_cost_is_the_price(rich):
    price = 2000.0
    life = extraction.break_even_life(rich, price)
    known = np.isfinite(life) & (life > 0)
    assert known.sum() > 100
    again = rich[known].assign(adsorbent_life=life[known])
    cost = extraction.levelised_cost(again).sum(axis=1)
    np.testing.assert_allclose(cost, price, rtol=1e-9)
    free = rich[["adsorbent_life"]] * 0 + 2000
    moved = extraction.break_even_life(rich.assign(**free), price)
    np.testing.assert_allclose(moved[known], life[known], rtol=1e-9)


def test_a_longer_life_never_costs_more(rich):
    lives = [extraction.levelised_cost(rich.assign(adsorbent_life=10.0**x)) for x in (1, 2, 3, 4)]
    costs = np.array([f["adsorbent"] for f in lives])
    assert (np.diff(costs, axis=0) <= 1e-9).all()


def test_every_feed_has_finite_positive_cost(draws):
    for name in proteins.wastes().index:
        frame = proteins.of_waste(draws, name)
        product = extraction.recovered(frame)
        assert (product > 0).all() and (product < frame["grade_g_reo_per_t"] / 1000).all(), name
        for route in extraction.ROUTES:
            cost = extraction.levelised_cost(frame, route).sum(axis=1)
            assert np.isfinite(cost).all() and (cost > 0).all(), f"{name}, {route}"


fractions = st.floats(0, 1)


@settings(max_examples=100, deadline=None)
@given(st.floats(0, 1e6), fractions, fractions, fractions, st.sampled_from(extraction.ROUTES))
def test_rare_earths_of_a_feed_end_somewhere(grade, leached, captured, kept, route):
    draws = pd.DataFrame(
        {
            "grade_g_reo_per_t": [grade],
            "leach_recovery": [leached],
            "capture_recovery": [captured],
            "front_end_recovery": [kept],
        }
    )
    fates = extraction.fates(draws, route)
    assert (fates >= -1e-9 * grade).all(axis=None)
    assert fates.sum(axis=1).item() == pytest.approx(grade)
    expected = grade * leached * captured * (kept if route == "solvent" else 1)
    assert extraction.recovered(draws, route).item() == pytest.approx(expected / 1000)
    assert (fates["cake"] == 0).all() or route == "solvent"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(extraction.ROUTES), st.data())
def test_what_is_not_a_number_or_not_legal_does_not_enter(seed, route, data):
    draws = assumptions.sample(2, seed, scenarios.load("baseline"))
    frame = proteins.of_waste(draws, "Coal ash")
    assert np.isfinite(extraction.levelised_cost(frame, route)).all(axis=None)
    names = sorted(set(extraction.LEGAL) | set(extraction.OWN[route]))
    name = data.draw(st.sampled_from(names))
    with pytest.raises(ValueError, match=name):
        extraction.unit_costs(frame.assign(**{name: [1.0, np.nan]}), route)
    with pytest.raises(ValueError, match=f"lack {name}"):
        extraction.unit_costs(frame.drop(columns=name), route)
    with pytest.raises(ValueError, match="at least 0 and at most 1"):
        extraction.recovered(frame.assign(leach_recovery=1.2), route)


def test_lime_is_cheaper_than_soda_and_labour_grows_with_the_plant(rich):
    dear, cheap = (
        extraction.unit_costs(rich.assign(lime_share=share))[0]["acid and base"]
        for share in (0.0, 1.0)
    )
    assert (cheap < dear).all()
    # By hand: acid and soda alone.
    acid = rich["acid_price"] + rich["acid_neutralised"] * 0.8157 * rich["soda_price"]
    np.testing.assert_allclose(dear, rich["acid_kg_per_t"] * acid, rtol=1e-3)
    yearly = [
        extraction.unit_costs(rich.assign(feed_t_per_year=feed, plant_upkeep=0.0))[0][
            "labour and upkeep"
        ]
        * feed
        for feed in (2.2e6, 2.2e4)
    ]
    np.testing.assert_allclose(yearly[0], rich["plant_labour"] * 1e6)
    np.testing.assert_allclose(yearly[1], yearly[0] * 0.01 ** rich["labour_exponent"])


def test_the_separation_plant_is_paid_back(rich):
    parts = extraction.unit_costs(rich)[1]
    payment = extraction.capital_recovery_factor(
        rich["plant_discount_rate"], rich["plant_life_years"]
    )
    np.testing.assert_allclose(parts["separation plant"], rich["separation_capital"] * payment)
