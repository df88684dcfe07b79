"""The basket problem: elements come out of the ground together, but are not wanted together."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from rareearth.models import door


class Balance(NamedTuple):
    """What a deposit must yield to cover a demand."""

    treo_t: float
    """Rare-earth oxides to be separated, tonnes."""
    binding: str
    """Element that decides how much."""
    surplus_t: pd.Series
    """What is left of each element, tonnes of oxide."""


def grouped(mix: pd.Series, groups: dict[str, tuple[str, ...]]) -> pd.Series:
    """Shares of groups of elements, and of the rest.

    Args:
        mix: percent of total rare-earth oxides by element or by an already summed group.
        groups: name of each group to its members; a member that the mix lacks counts as zero.

    Returns:
        Share of each group in percent, then ``other`` (elements in no group) and ``not stated``
        (what the mix lacks to 100 percent, never below zero).
    """
    shares = {
        name: mix.reindex([name, *(m for m in members if m != name)]).sum()
        for name, members in groups.items()
    }
    known = {e for name, members in groups.items() for e in (name, *members)}
    shares["other"] = mix[[e for e in mix.index if e not in known]].sum()
    shares["not stated"] = max(0.0, 100 - mix.sum())
    return pd.Series(shares)


def balance(mix: pd.Series, demand: pd.Series) -> Balance:
    """Oxides a deposit must yield until every demand is covered, and what is left over.

    Recovery is taken as complete for all elements, so losses change tonnes but not the order.

    Args:
        mix: share of total rare-earth oxides by element, percent.
        demand: tonnes of oxide by element; each must be in the mix.

    Raises:
        ValueError: if an element in demand is not in the mix, nothing is demanded, a value is
            missing or negative, or mass is not conserved.
    """
    door.numbers("A share of the mix", mix, door.NOT_NEGATIVE)
    door.numbers("A demand", demand, door.NOT_NEGATIVE)
    wanted = demand[demand > 0]
    if wanted.empty:
        raise ValueError("Nothing is demanded; give tonnes of oxide of at least one element.")
    missing = [e for e in wanted.index if not mix.get(e, 0) > 0]
    if missing:
        raise ValueError(f"The deposit holds no {', '.join(missing)}; it can never cover that.")
    needed = wanted / (mix[wanted.index] / 100)
    treo = float(needed.max())
    used = demand.reindex(mix.index).fillna(0.0)
    surplus = mix * treo / 100 - used
    door.conserved("Oxides of a deposit", mix * treo / 100, used, surplus)
    return Balance(treo, str(needed.idxmax()), surplus)


def blend(light: float, heavy: float, need: float) -> float:
    """Least share of the main product that must come from the heavier of two deposits.

    Args:
        light: by-product per unit of main product in the one deposit (heavy oxides per NdPr).
        heavy: the same in the other deposit.
        need: the same in demand.

    Returns:
        Share between 0 (the one deposit is enough) and 1.

    Raises:
        ValueError: if neither deposit reaches the need.
    """
    if light >= need:
        return 0.0
    if heavy < need:
        raise ValueError(
            f"Neither deposit ({light:g} and {heavy:g}) reaches the need of {need:g}; "
            "no mixture of them does."
        )
    return (need - light) / (heavy - light)
