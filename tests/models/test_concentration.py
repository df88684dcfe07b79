"""The Herfindahl-Hirschman index against its closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models.concentration import hhi, hhi_bounds

shares = st.lists(st.floats(0.01, 1), min_size=1, max_size=30).map(
    lambda weights: 100 * np.array(weights) / np.sum(weights)
)


def test_monopoly_is_ten_thousand():
    assert hhi([100]) == 10_000


@pytest.mark.parametrize("n", [1, 2, 4, 10, 100])
def test_equal_suppliers(n):
    assert hhi([100 / n] * n) == pytest.approx(10_000 / n)


@given(shares)
def test_lies_between_equal_shares_and_monopoly(values):
    assert 10_000 / len(values) - 1e-6 <= hhi(values) <= 10_000 + 1e-6


@given(shares)
def test_merger_raises_it_by_twice_the_product(values):
    if len(values) < 2:
        return
    merged = [values[0] + values[1], *values[2:]]
    assert hhi(merged) - hhi(values) == pytest.approx(2 * values[0] * values[1], abs=1e-6)


@given(shares)
def test_order_does_not_matter(values):
    assert hhi(values[::-1]) == pytest.approx(hhi(values))


def test_missing_suppliers_are_left_out():
    assert hhi([60, np.nan, 30]) == hhi([60, 30])


@pytest.mark.parametrize(("values", "word"), [([-1, 50], "negative"), ([80, 40], "add to 120")])
def test_refuses_what_cannot_be_shares(values, word):
    with pytest.raises(ValueError, match=word):
        hhi(values)


def test_unknown_rest_is_bounded_by_dust_and_by_one_firm():
    low, high = hhi_bounds([50, 30], 20)
    assert low == hhi([50, 30])
    assert high == hhi([50, 30, 20])
    assert low < hhi([50, 30, 10, 10]) < high
