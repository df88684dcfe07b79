"""Arithmetic of waste: balance of what leaves use, contents, needs and prices."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.analysis import products
from rareearth.models import recycling, waste

PRODUCTS = tuple(products.register().index)
positive = st.floats(min_value=0.01, max_value=1e6)
part = st.floats(min_value=0.01, max_value=1.0)


@pytest.fixture(scope="module")
def flows() -> recycling.Flows:
    rng = np.random.default_rng(3)
    years, products, draws = 20, len(PRODUCTS), 4
    one = (products, draws)
    return recycling.flows(
        recycling.Inputs(
            units=rng.uniform(0, 1e6, (years, products, draws)),
            share=rng.uniform(0, 1, (years, products, 1)),
            magnet_kg=rng.uniform(0, 2, one),
            fractions=rng.uniform(0, 0.08, (products, 4, draws)),
            shape=np.full((products, 1), 2.0),
            scale=np.full((products, 1), 6.0),
            export=rng.uniform(0, 1, one),
            collection=rng.uniform(0, 1, one),
            dismantling=rng.uniform(0, 1, (years, *one)),
            process_yield=rng.uniform(0.5, 1, draws),
        )
    )


def test_every_product_of_the_inventory_is_in_one_group():
    grouped = [product for members in waste.GROUPS.values() for product in members]
    assert sorted(grouped) == sorted(PRODUCTS), "Give each product one group in waste.GROUPS."


def test_streams_add_up_to_what_leaves_use_group_by_group(flows):
    years = [3, 10, 19]
    kept = waste.balance(flows, PRODUCTS, years)
    assert kept["fate"].shape[:2] == (len(waste.STREAMS), 3)
    np.testing.assert_allclose(
        kept["fate"].sum(axis=0), kept["arising_by_group"][years], rtol=1e-12, atol=1e-12
    )


def test_groups_and_elements_are_two_ways_to_cut_the_same_mass(flows):
    kept = waste.balance(flows, PRODUCTS, [0])
    np.testing.assert_allclose(
        kept["arising"].sum(axis=1), kept["arising_by_group"].sum(axis=1), rtol=1e-12
    )
    left = kept["entering"].sum(axis=0) - kept["arising"].sum(axis=(0, 1))
    np.testing.assert_allclose(left, kept["stock_by_group"][-1].sum(axis=0), rtol=1e-9)


def test_first_stream_is_what_is_recovered(flows):
    kept = waste.balance(flows, PRODUCTS, [19])
    np.testing.assert_allclose(
        kept["fate"][0, 0].sum(axis=0), kept["recovered"][19].sum(axis=0), rtol=1e-12
    )


def test_a_product_without_a_group_is_refused():
    with pytest.raises(ValueError, match="each with a group"):
        waste.by_group(np.ones((2, 1, 3)), ["typewriter"])


def test_need_by_hand():
    # 10,000 t of magnet at 30 % rare earth and a yield of 0.9.
    assert waste.rare_earth_needed(10_000, 0.3, 0.9) == pytest.approx(3333.333, rel=1e-6)
    with pytest.raises(ValueError, match="yield"):
        waste.rare_earth_needed(1, 0.3, 0)
    with pytest.raises(ValueError, match="content"):
        waste.rare_earth_needed(1, 1.3)


def table(*rows) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["body", "place", "quantity", "low", "high"])


@given(mass=positive, grade=positive)
def test_any_two_quantities_of_a_body_give_the_third(mass, grade):
    given_rows = {
        "mass": ("a", "b", "mass", mass, mass),
        "grade": ("a", "b", "grade", grade, grade),
        "content": ("a", "b", "content", mass * grade, mass * grade),
    }
    for missing in given_rows:
        rest = [row for name, row in given_rows.items() if name != missing]
        (row,) = waste.bodies(table(*rest)).to_dict("records")
        assert row["found"] == missing
        assert row["mass_mt_low"] == pytest.approx(mass)
        assert row["grade_mg_per_kg_high"] == pytest.approx(grade)
        assert row["content_t_low"] == pytest.approx(mass * grade)


def test_a_body_with_one_quantity_is_left_out():
    found = waste.bodies(
        table(
            ("a", "b", "grade", 1.0, 2.0),
            ("c", "d", "mass", 1.0, 1.0),
            ("c", "d", "grade", 5.0, 10.0),
            ("c", "d", "price", 9.0, 9.0),
        )
    )
    assert found["place"].tolist() == ["d"]
    assert found[["content_t_low", "content_t_high"]].to_numpy().tolist() == [[5.0, 10.0]]


@given(cost=positive, grade=positive, kept=part)
def test_cost_per_tonne_and_per_kilogram_are_inverse(cost, grade, kept):
    per_tonne = waste.treatment_cost(cost, grade, kept)
    assert waste.cost_recovered(per_tonne, grade, kept) == pytest.approx(cost)
    assert waste.cost_recovered(per_tonne, grade / 2, kept) == pytest.approx(2 * cost)


def test_implied_price_by_hand():
    # 8.4 billion dollars over 30 % of 11 million tonnes.
    assert waste.implied_price(8.4e9, 11e6, 0.3) == pytest.approx(2.5454545)
    with pytest.raises(ValueError, match="above 0"):
        waste.implied_price(1, 0)
