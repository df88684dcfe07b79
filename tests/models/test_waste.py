"""Arithmetic of waste: contents, needs and prices."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import waste

positive = st.floats(min_value=0.01, max_value=1e6)
part = st.floats(min_value=0.01, max_value=1.0)


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
        assert row["computed"] == missing
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
