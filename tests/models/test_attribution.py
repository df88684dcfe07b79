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


def test_orders_at_random_come_near_the_mean_over_all_orders():
    worth = game(3, shape=(2,))
    exact = attribution.shapley(worth.__getitem__, PLAYERS)
    rng = np.random.default_rng(1)
    pairs = [attribution.sampled(worth.__getitem__, PLAYERS, 1, rng) for _ in range(400)]
    for player in PLAYERS:
        drawn = np.array([pair[player] for pair in pairs])
        error = drawn.std(axis=0, ddof=1) / np.sqrt(len(drawn))
        assert (np.abs(drawn.mean(axis=0) - exact[player]) <= 4 * error).all(), player


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_shares_from_any_order_add_up_and_idlers_get_nothing(seed):
    worth = game(seed, PLAYERS[:3], shape=(2,))
    found = attribution.sampled(
        lambda some: worth[some - {"allies"}], PLAYERS, 1, np.random.default_rng(seed)
    )
    np.testing.assert_allclose(sum(found.values()), worth[frozenset(PLAYERS[:3])], atol=1e-12)
    np.testing.assert_allclose(found["allies"], 0, atol=1e-12)


def test_two_players_need_one_pair_of_orders():
    worth = game(5, PLAYERS[:2])
    found = attribution.sampled(worth.__getitem__, PLAYERS[:2], 1, np.random.default_rng(1))
    exact = attribution.shapley(worth.__getitem__, PLAYERS[:2])
    for player in PLAYERS[:2]:
        assert found[player] == pytest.approx(exact[player])


def test_no_order_is_no_estimate():
    with pytest.raises(ValueError, match="an order"):
        attribution.sampled(lambda some: 0.0, PLAYERS, 0, np.random.default_rng(1))
