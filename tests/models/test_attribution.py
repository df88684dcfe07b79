"""Shares add up, favour nobody, and give nothing to those who bring nothing."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rareearth.models import attribution

PLAYERS = ("floor", "offtake", "permits", "allies")


def game(seed, players=PLAYERS, shape=()):
    """A value for each coalition, at random; nothing for nobody."""
    rng = np.random.default_rng(seed)
    table = {some: rng.normal(size=shape) for some in attribution.coalitions(players)}
    table[frozenset()] = np.zeros(shape)
    return table


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_shares_are_the_mean_over_all_orders(seed):
    worth = game(seed)
    found = attribution.shapley(worth.__getitem__, PLAYERS)
    for player in PLAYERS:
        added = []
        for order in permutations(PLAYERS):
            before = frozenset(order[: order.index(player)])
            added.append(worth[before | {player}] - worth[before])
        assert found[player] == pytest.approx(np.mean(added)), (
            f"{player}: the share is not the mean of what is added in the 24 orders"
        )


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_shares_add_up_to_the_whole_draw_by_draw(seed):
    worth = game(seed, shape=(3, 5))
    found = attribution.shapley(worth.__getitem__, PLAYERS)
    np.testing.assert_allclose(
        sum(found.values()), worth[frozenset(PLAYERS)], err_msg="shares do not add up", atol=1e-12
    )


def test_who_adds_nothing_gets_nothing_and_equals_get_the_same():
    def worth(some):
        return 6.0 * ("floor" in some or "offtake" in some) + 1.0 * ("permits" in some)

    found = attribution.shapley(worth, PLAYERS)
    assert found["allies"] == pytest.approx(0)
    assert found["floor"] == pytest.approx(3)
    assert found["offtake"] == pytest.approx(3)
    assert found["permits"] == pytest.approx(1)


def test_glove_game():
    """Two left gloves, one right: the owner of the right one gets two thirds of a pair."""
    found = attribution.shapley(
        lambda some: float(min("right" in some, len(some - {"right"}) > 0)),
        ("left", "other left", "right"),
    )
    assert found["right"] == pytest.approx(2 / 3)
    assert found["left"] == pytest.approx(1 / 6)


@pytest.mark.parametrize("players", [(), ("a", "a"), tuple(map(str, range(17)))])
def test_impossible_games_are_refused(players):
    with pytest.raises(ValueError, match="1 to 16 players"):
        attribution.shapley(lambda some: 0.0, players)
