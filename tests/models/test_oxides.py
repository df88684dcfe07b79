"""Between elements and their oxides: published factors and limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import oxides


# USGS and others print oxide per element: 1.166 for Nd2O3, 1.208 for Pr6O11, 1.148 for Dy2O3,
# 1.176 for Tb4O7.
@pytest.mark.parametrize(
    ("element", "factor"), [("Nd", 1.166), ("Pr", 1.208), ("Dy", 1.148), ("Tb", 1.176)]
)
def test_the_factors_are_those_of_the_trade(element, factor):
    assert 1 / oxides.element_in_oxide(element) == pytest.approx(factor, abs=6e-4)


def test_an_element_without_oxide_is_named():
    with pytest.raises(ValueError, match="No oxide is listed for 'Fe'"):
        oxides.element_in_oxide("Fe")


@given(st.floats(0, 1))
def test_mixed_oxide_lies_between_its_two_oxides(nd_share):
    low, high = oxides.element_in_oxide("Pr"), oxides.element_in_oxide("Nd")
    assert low - 1e-12 <= oxides.ndpr_in_oxide(nd_share) <= high + 1e-12
