"""Who brought how much of a joint result, when the parts overlap.

Shares after Shapley (1953, A value for n-person games): what a player adds, averaged over all
orders in which the players can join. They add up to the whole, do not depend on an order, and a
player who never adds anything gets nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from math import factorial

import numpy as np
from numpy.typing import ArrayLike

MOST = 16
"""Players for whom all coalitions are still gone through: 65,536 of them."""


def coalitions(players: Sequence[str]) -> list[frozenset[str]]:
    """All subsets of the players, from none to all."""
    return [
        frozenset(some) for size in range(len(players) + 1) for some in combinations(players, size)
    ]


def shapley(
    value: Callable[[frozenset[str]], ArrayLike], players: Sequence[str]
) -> dict[str, np.ndarray]:
    """Share of each player in what all bring together.

    Args:
        value: what a coalition brings: a number, or an array of one shape for all coalitions, such
            as one value per draw. It is asked once for each of 2 ** n coalitions.
        players: names, each once.

    Returns:
        Share by player, of the shape of the value. The shares add up to the value of all less the
        value of none.

    Raises:
        ValueError: if a name occurs twice, there is none, or there are more than :data:`MOST`.
    """
    n = len(players)
    if not 1 <= n <= MOST or len(set(players)) != n:
        raise ValueError(f"There must be 1 to {MOST} players of different names, not {players}.")
    weight = [factorial(k) * factorial(n - k - 1) / factorial(n) for k in range(n)]
    share: dict[str, np.ndarray | float] = dict.fromkeys(players, 0.0)
    for some in coalitions(players):
        worth = np.asarray(value(some), dtype=float)
        for player in players:
            # A coalition counts for those in it, who have just joined, and against the others.
            if player in some:
                share[player] = share[player] + weight[len(some) - 1] * worth
            else:
                share[player] = share[player] - weight[len(some)] * worth
    return {player: np.asarray(part) for player, part in share.items()}


def sampled(
    value: Callable[[frozenset[str]], ArrayLike],
    players: Sequence[str],
    orders: int,
    rng: np.random.Generator,
) -> dict[str, np.ndarray]:
    """Shares as :func:`shapley`, estimated from orders drawn at random.

    Every order is gone through forwards and backwards (antithetic orders: Mitchell and others
    2022, Sampling permutations for Shapley value estimation): who comes early in one comes late in
    the other. Without bias, and the shares add up in every pair of orders.

    Args:
        value: as for :func:`shapley`; asked at most 2 n times for each order. What it keeps of a
            coalition is its own affair.
        players: names, each once.
        orders: pairs of orders, at least 1.
        rng: where the orders come from.

    Returns:
        Share by player, of the shape of the value.

    Raises:
        ValueError: if a name occurs twice, there is none, or no order is asked for.
    """
    if not players or len(set(players)) != len(players) or orders < 1:
        raise ValueError(f"There must be players of different names and an order, not {players}.")
    share: dict[str, np.ndarray | float] = dict.fromkeys(players, 0.0)
    for _ in range(orders):
        order = [players[at] for at in rng.permutation(len(players))]
        for way in (order, order[::-1]):
            joined: frozenset[str] = frozenset()
            before = np.asarray(value(joined), dtype=float)
            for player in way:
                joined |= {player}
                worth = np.asarray(value(joined), dtype=float)
                share[player] = share[player] + (worth - before) / (2 * orders)
                before = worth
    return {player: np.asarray(part) for player, part in share.items()}
