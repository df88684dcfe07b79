"""Speeds of takeover: units, closed forms, and gaps in the record."""

import numpy as np
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


@given(st.floats(-5, 5), st.floats(0, 50))
def test_a_straight_line_rises_by_its_slope(slope, level):
    years = np.arange(2000, 2011)
    best = ramps.steepest(years, level + slope * (years - 2000), 4)
    assert best.points_per_year == pytest.approx(slope, abs=1e-9)
    assert best.last - best.first >= 4


def test_the_steepest_stretch_is_found_across_gaps():
    best = ramps.steepest([0, 1, 5, 9, 20], [0, 0, 40, 44, 50], 4)
    assert best == pytest.approx((10, 1, 5))
    with pytest.raises(ValueError, match="No two of the points are 30 years apart"):
        ramps.steepest([0, 1, 5], [0, 1, 2], 30)


def test_a_longer_window_is_never_steeper():
    generator = np.random.default_rng(1)
    years, share = np.arange(20), generator.uniform(0, 100, 20).cumsum()
    speeds = [ramps.steepest(years, share, window).points_per_year for window in (1, 3, 6, 12)]
    assert speeds == sorted(speeds, reverse=True)


def test_needed_rate_closes_the_distance():
    assert 9 + 4 * ramps.needed_rate(9, 50, 4) == pytest.approx(50)


def test_the_fastest_rise_is_the_steepest_of_each_draw():
    years = np.arange(2024, 2034)
    rng = np.random.default_rng(1)
    shares = rng.uniform(0, 100, (len(years), 20))
    paces = ramps.fastest(years, shares, 4)
    each = [ramps.steepest(years, shares[:, i], 4).points_per_year for i in range(20)]
    assert paces == pytest.approx(each)
    assert ramps.fastest(years, 3.0 * np.arange(10)[:, None], 4) == pytest.approx([3.0])
