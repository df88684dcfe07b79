"""Answers to a price: nothing at the level, closed forms, limits and monotony."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import response

YEARS = np.arange(2024, 2041)


def test_at_the_level_nothing_is_felt_and_what_is_known_is_not_answered():
    level = np.full((len(YEARS), 3), 60.0)
    assert (response.felt(level, 60.0, YEARS, 2026) == 1).all()
    felt = response.felt(2 * level, 60.0, YEARS, 2026)
    assert (felt[YEARS <= 2026] == 1).all() and (felt[YEARS > 2026] == 2).all()


def test_a_jump_is_felt_in_two_steps():
    prices = np.where(YEARS[:, None] >= 2030, 120.0, 60.0)
    felt = response.felt(prices, 60.0, YEARS, 2026)[:, 0]
    assert felt[YEARS == 2029] == 1 and felt[YEARS == 2030] == 1.5 and felt[YEARS == 2031] == 2


def test_a_price_that_is_not_positive_is_refused():
    with pytest.raises(ValueError, match="positive"):
        response.felt(np.zeros((len(YEARS), 1)), 60.0, YEARS, 2026)


@given(st.floats(0.2, 3), st.floats(0.5, 2), st.floats(0, 1), st.floats(-4, 0))
def test_a_floor_never_makes_closing_more_likely(ratio, floor, covered, power):
    ratio = np.array([ratio])
    bare = response.supported(ratio, floor, 0.0, power)
    held = response.supported(ratio, floor, covered, power)
    assert bare == pytest.approx(ratio**power)
    assert (held <= bare + 1e-12).all()
    assert response.supported(ratio, floor, 1.0, power) == pytest.approx(
        np.maximum(ratio, floor) ** power
    )


def test_plants_close_as_their_hazard_says():
    count, rng = 50_000, np.random.default_rng(1)
    hazard = np.full((10, count), 0.05)
    endless = response.stays_open(hazard, rng.random(count), np.full(count, 0.5), 1e9)
    assert endless.mean(axis=1) == pytest.approx(np.exp(-0.05 * np.arange(1, 11)), abs=0.01)
    assert (np.diff(endless.astype(int), axis=0) <= 0).all(), "none opens again in time"
    assert response.stays_open(0 * hazard, rng.random(count), rng.random(count), 5.0).all()


def test_a_closed_plant_opens_again_after_its_pause():
    hazard = np.zeros((10, 1))
    hazard[2] = 1e9
    # At level 1 - 1/e an exponential pause has its mean length.
    runs = response.stays_open(hazard, np.array([0.5]), np.array([1 - np.exp(-1)]), 3.0)[:, 0]
    assert runs.tolist() == [True] * 2 + [False] * 3 + [True] * 5


def test_many_plants_settle_where_as_many_open_as_close():
    hazard, pause = np.full((400, 1), 0.05), 6.0
    share = response.open_share(hazard, pause)[-1, 0]
    closing = 1 - np.exp(-0.05)
    assert share == pytest.approx((1 / pause) / (1 / pause + closing), rel=0.01)
    assert (response.open_share(0 * hazard, pause) == 1).all()


@given(st.floats(0, 1), st.floats(0.01, 100))
def test_odds_stay_chances_and_undo_each_other(chance, times):
    moved = response.odds(chance, times)
    assert 0 <= moved <= 1
    assert response.odds(moved, 1 / times) == pytest.approx(chance, abs=1e-9)


def test_entry_waits_for_its_lead_and_then_grows_in_a_line():
    share = response.entered(YEARS, 2026, np.array([4.0]), np.array([0.5]))[:, 0]
    assert (share[YEARS <= 2030] == 0).all()
    assert share[YEARS == 2040] == pytest.approx(0.5)
    sooner = response.entered(YEARS, 2026, np.array([4.0]), np.array([0.5]), 0.5)[:, 0]
    assert (sooner >= share).all() and sooner[YEARS == 2030] == pytest.approx(0.1)
