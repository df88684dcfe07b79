"""Bands stretched until known outcomes lie inside."""

import numpy as np
import pandas as pd
import pytest

from rareearth.validation import calibration


def outcomes(published, names=None):
    n = len(published)
    return pd.DataFrame(
        {
            "model": "m",
            "quantity": names or [f"q{k}" for k in range(n)],
            "published_low": published,
            "published_high": published,
            "ours_low": 8.0,
            "ours": 10.0,
            "ours_high": 14.0,
        }
    )


def test_an_outcome_at_the_bands_end_needs_no_stretch():
    needed = calibration.stretch(outcomes([10.0, 14.0, 8.0, 18.0, 6.0]))
    assert needed.tolist() == [0, 1, 1, 2, 2]


def test_a_band_without_width_can_hold_nothing_but_its_middle():
    flat = outcomes([10.0, 11.0]).assign(ours_low=10.0, ours_high=10.0)
    assert calibration.stretch(flat).tolist() == [0, np.inf]


def test_the_factor_holds_the_part_of_outcomes_asked_for():
    needed = pd.Series(np.arange(1, 100) / 50)
    for level in (0.5, 0.9):
        inside = (needed <= calibration.factor(needed, level)).mean()
        assert level <= inside <= level + 0.02
    assert calibration.factor(pd.Series([1.0, 5.0])) == 5.0


def test_draws_of_the_band_itself_are_held_out_about_as_promised():
    rng = np.random.default_rng(1)
    true = rng.normal(10, 2 / 1.6449, 400)
    drawn = outcomes(true).assign(ours_high=12.0)
    wide, inside = calibration.held_out(drawn)
    assert wide == pytest.approx(1, abs=0.15)
    assert inside == pytest.approx(0.9, abs=0.03)


def test_years_of_one_series_do_not_choose_their_own_factor():
    joint = outcomes([10.0, 10.5, 11.0, 30.0, 30.0], ["a", "b", "c", "d", "d"])
    _, inside = calibration.held_out(joint)
    assert inside == pytest.approx(3 / 5)
