"""Cost of extraction: closed forms, limits and balances."""

import numpy as np
import pandas as pd
import pytest

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
    assert pytest.approx(0.8156, abs=1e-3) == extraction.SODA_PER_ACID
    assert pytest.approx(1.5 * 90.03 / 168.24, rel=1e-3) == extraction.OXALIC_PER_OXIDE


def test_a_column_holds_what_passes_in_a_cycle():
    charge = extraction.adsorbent(
        capacity_mol_per_l=0.01,
        protein_mmol_per_l=5,
        protein_g_per_mol=10_000,
        protein_usd_per_g=1,
        resin_usd_per_l=40,
        cycle_h=4,
        hours_per_year=8000,
        life_cycles=1000,
        columns=2,
    )
    # A year's kilogram is 1000/168.24 mol; 1000 cycles of 4 h on each of two columns last a year.
    moles = 1000 / extraction.OXIDE_G_PER_MOL
    assert charge.life_years == pytest.approx(1.0)
    assert charge.resin_l * 0.01 * 1000 == pytest.approx(moles)
    assert charge.protein_kg == pytest.approx(charge.resin_l * 0.05)
    assert charge.capital_usd == pytest.approx(charge.resin_l * 40 + charge.protein_kg * 1000)


def test_parts_and_routes(rich):
    protein, solvent = (extraction.levelised_cost(rich, r) for r in extraction.ROUTES)
    shared = protein.columns.intersection(solvent.columns)
    pd.testing.assert_frame_equal(protein[shared], solvent[shared])
    assert {"adsorbent", "columns"} == set(protein) - set(shared)
    assert {"solvent lost", "mixer-settlers"} == set(solvent) - set(shared)
    with pytest.raises(ValueError, match="no route 'resin'"):
        extraction.levelised_cost(rich, "resin")


def test_twice_the_grade_halves_what_a_tonne_costs_and_nothing_else(rich):
    once = extraction.levelised_cost(rich)
    twice = extraction.levelised_cost(rich.assign(grade_g_reo_per_t=2 * rich["grade_g_reo_per_t"]))
    per_feed, per_product = extraction.unit_costs(rich)
    np.testing.assert_allclose(twice[per_feed.columns], once[per_feed.columns] / 2)
    np.testing.assert_allclose(twice[per_product.columns], once[per_product.columns])


@pytest.mark.parametrize("route", extraction.ROUTES)
def test_at_the_break_even_grade_cost_is_the_price(rich, route):
    price = 300.0 if route == "solvent" else 20_000.0
    grade = extraction.break_even_grade(rich, price, route)
    assert np.isfinite(grade).all()
    cost = extraction.levelised_cost(rich.assign(grade_g_reo_per_t=grade), route).sum(axis=1)
    np.testing.assert_allclose(cost, price, rtol=1e-9)


def test_no_grade_pays_when_finishing_costs_more_than_the_price(rich):
    assert np.isinf(extraction.break_even_grade(rich, 1.0)).all()


def test_at_the_break_even_life_cost_is_the_price(rich):
    price = 2000.0
    life = extraction.break_even_life(rich, price)
    known = np.isfinite(life) & (life > 0)
    assert known.sum() > 100
    again = rich[known].assign(adsorbent_life_log10=np.log10(life[known]))
    cost = extraction.levelised_cost(again).sum(axis=1)
    np.testing.assert_allclose(cost, price, rtol=1e-9)
    free = rich[["adsorbent_life_log10"]] * 0 + 3.3
    moved = extraction.break_even_life(rich.assign(**free), price)
    np.testing.assert_allclose(moved[known], life[known], rtol=1e-9)


def test_a_longer_life_never_costs_more(rich):
    lives = [extraction.levelised_cost(rich.assign(adsorbent_life_log10=x)) for x in (1, 2, 3, 4)]
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


def test_present_value_of_an_untaxed_plant_is_an_annuity():
    value = extraction.net_present_value(
        cash=10.0, depreciable=50.0, other_capital=7.0, rate=0.1, tax=0.0, construction=(1.0,),
        depreciation=(1.0,), years=20,
    )  # fmt: skip
    annuity = 10 / extraction.capital_recovery_factor(0.1, 20)
    assert value == pytest.approx(annuity - 57)


def test_tax_takes_its_part_of_what_is_not_written_off():
    sums = {"cash": 10.0, "depreciable": 40.0, "other_capital": 0.0, "rate": 0.0}
    rule = {"construction": (0.4, 0.6), "depreciation": (0.5, 0.5), "years": 10}
    net = extraction.net_present_value(**sums, tax=0.25, **rule)
    # Losses of the first two years, 10 - 20, earn no refund; eight years pay on 10.
    assert net == pytest.approx(10 * 10 - 40 - 0.25 * 8 * 10)
    working = extraction.net_present_value(**sums, tax=0.25, working_share=0.1, **rule)
    assert working == pytest.approx(net)  # returned at the end, no interest


def test_leaching_is_the_optimum_there_and_additive_off_it():
    curves = pd.DataFrame(
        {
            "variable": ["a", "a", "b", "b"],
            "x": [0.0, 10.0, 0.0, 4.0],
            "leaching_efficiency_fraction": [0.2, 0.6, 0.3, 0.5],
        }
    )
    best = {"a": 10.0, "b": 4.0}
    assert extraction.leaching_efficiency(curves, best, best, 0.6) == pytest.approx(0.6)
    off = {"a": np.array([5.0, 10.0]), "b": np.array([2.0, 2.0])}
    assert extraction.leaching_efficiency(curves, off, best, 0.6) == pytest.approx([0.3, 0.5])
