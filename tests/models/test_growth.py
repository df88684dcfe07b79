"""Growth seen and growth needed, against closed forms."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import growth


def test_fastest_window_is_found():
    output = pd.Series({2000: 100, 2001: 110, 2002: 220, 2003: 225})
    assert growth.fastest(output, 1) == (pytest.approx(1.0), 2001, 2002)
    assert growth.fastest(output, 2) == (pytest.approx(2.2**0.5 - 1), 2000, 2002)


def test_growth_from_nearly_nothing_does_not_count():
    output = pd.Series({2000: 1, 2001: 100, 2002: 150})
    assert growth.fastest(output, 1, least=50).first == 2001


def test_missing_years_are_an_error_that_names_the_window():
    with pytest.raises(ValueError, match="5 apart"):
        growth.fastest(pd.Series({2000: 1.0, 2001: 2.0}), 5)


@given(st.floats(1, 1e4), st.floats(1.01, 50), st.integers(1, 30))
def test_needed_growth_and_years_are_inverse(now, ratio, years):
    rate = growth.needed(now, now * ratio, years)
    assert growth.years_needed(now, now * ratio, float(rate)) == pytest.approx(years)


def test_a_goal_that_is_reached_needs_no_years():
    assert growth.years_needed(10, 5, 0.1) == 0
    with pytest.raises(ValueError, match="ever"):
        growth.years_needed(1, 2, 0.0)
