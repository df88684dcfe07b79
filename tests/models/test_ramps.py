"""Speeds of takeover: units, closed forms, and gaps in the record."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import ramps


def test_tons_by_definition():
    low, high = ramps.tonnes([2240, 2240], ["long", "short"])
    pounds = 0.45359237 / 1000
    assert low == pytest.approx([2240 * 2240 * pounds, 2240 * 2000 * pounds])
    assert (low == high).all()


def test_an_unstated_ton_is_a_range():
    low, high = ramps.tonnes([100], ["unstated"])
    assert high[0] / low[0] == pytest.approx(2240 / 2000)
    with pytest.raises(ValueError, match="'metric' is no ton"):
        ramps.tonnes([100], ["metric"])


def test_long_and_short_tons_meet_in_the_printed_conversion():
    # 820,373 long tons are printed elsewhere as 918,818 short tons.
    long, short = ramps.tonnes([820_373, 918_818], ["long", "short"])[0]
    assert long == pytest.approx(short, rel=1e-6)


def test_rubber_in_percent_of_need():
    rows = pd.DataFrame(
        {
            "series": ["required supply", "synthetic output", "synthetic output", "other"],
            "year": [1942, 1944, 1944, 1944],
            "date": [None, None, "1944-07-01", None],
            "low": [1000.0, 500.0, 500.0, 1.0],
            "ton": ["long", "long", "short", "long"],
            "basis": ["rate", "year", "rate", None],
            "kind": "reported",
        }
    )
    found = ramps.rubber(rows, start=1942.0)
    assert len(found) == 2
    whole = found[found["basis"] == "year"].iloc[0]
    assert whole["years"] == 2.5 and whole["low_pct"] == pytest.approx(50)
    rate = found[found["basis"] == "rate"].iloc[0]
    assert rate["years"] == pytest.approx(2.5, abs=0.01)
    assert rate["high_pct"] == pytest.approx(50 * 2000 / 2240)


@given(st.floats(-5, 5), st.floats(0, 50))
def test_a_straight_line_rises_by_its_slope(slope, level):
    years = np.arange(2000, 2011)
    found = ramps.steepest(years, level + slope * (years - 2000), 4)
    assert found.points_per_year == pytest.approx(slope, abs=1e-9)
    assert found.last - found.first >= 4


def test_the_steepest_stretch_is_found_across_gaps():
    found = ramps.steepest([0, 1, 5, 9, 20], [0, 0, 40, 44, 50], 4)
    assert found == pytest.approx((10, 1, 5))
    with pytest.raises(ValueError, match="No two of the points are 30 years apart"):
        ramps.steepest([0, 1, 5], [0, 1, 2], 30)


def test_a_longer_window_is_never_steeper():
    generator = np.random.default_rng(1)
    years, share = np.arange(20), generator.uniform(0, 100, 20).cumsum()
    speeds = [ramps.steepest(years, share, window).points_per_year for window in (1, 3, 6, 12)]
    assert speeds == sorted(speeds, reverse=True)


def test_needed_rate_closes_the_distance():
    assert 9 + 4 * ramps.needed_rate(9, 50, 4) == pytest.approx(50)
