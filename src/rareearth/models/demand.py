"""How much magnet rare earth the world and the United States use, and on which basis.

World demand is taken from the cases of the International Energy Agency; the United States' part
is an estimate from its share of each use. The Agency counts, by all signs, metal that is put into
magnet making (gross); goods hold the finished magnets (net), and what lies between is new scrap,
which goes back to separation within weeks. Masses are of contained element unless a name says
oxide or magnet.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

KG_PER_LB = 0.45359237
"""Kilograms in a pound (by definition, 1959)."""

MOTOR_KG, MOTOR_KW = 53, 100
"""Motor to which the compilation of studies scales its entries: mass and power."""

BASE_YEAR = 2024
LAST_YEAR = 2050
USES = ("Electric vehicles", "Wind power", "Other uses")
SHARES = {
    "Electric vehicles": "us_share_of_ev_use",
    "Wind power": "us_share_of_wind_use",
    "Other uses": "us_share_of_other_uses",
}
"""Assumption that holds the United States' share of each use."""

FINISHED = "finished_share"
"""Assumption that holds finished magnets over what is put into making them."""


def path(demand: pd.DataFrame, case: str, element: str = "all four") -> pd.DataFrame:
    """World demand in one case, base year first.

    Args:
        demand: ``use``, ``element``, ``case``, ``year``, ``ree_kt``.
        case: ``STEPS``, ``APS`` or ``NZE``.
        element: an element, or ``all four``.

    Returns:
        Thousand tonnes of element: one row per year, one column per use that the source gives
        for this element.

    Raises:
        ValueError: if there are no such rows.
    """
    chosen = demand[demand["case"].isin(["base year", case]) & (demand["element"] == element)]
    if case not in set(chosen["case"]):
        raise ValueError(f"No demand for element '{element}' in case '{case}'.")
    wide = chosen.assign(use=chosen["use"].astype(str)).pivot(
        index="year", columns="use", values="ree_kt"
    )
    return wide.sort_index()


def us_metal(world: pd.DataFrame, assumed: pd.DataFrame) -> pd.DataFrame:
    """Magnet rare earths put into making the magnets that the United States uses (gross).

    Magnets inside imported goods are among them. For each draw and year: world level, times what
    is left of the content per product, times the sum over uses of world demand and US share. The
    saving grows linearly from nothing in :data:`BASE_YEAR` to its full size in :data:`LAST_YEAR`;
    the shares stay as they are.

    Args:
        world: as from :func:`path`, thousand tonnes, with a column for each of :data:`USES`.
        assumed: one row per draw, one column per assumption.

    Returns:
        Thousand tonnes of element: one row per year, one column per draw.
    """
    shares = assumed[[SHARES[use] for use in USES]].to_numpy()
    by_use = world[list(USES)].to_numpy() @ shares.T
    elapsed = (world.index.to_numpy() - BASE_YEAR) / (LAST_YEAR - BASE_YEAR)
    kept = 1 - np.outer(elapsed, assumed["content_saved_by_2050"])
    return pd.DataFrame(
        by_use * kept * assumed["magnet_demand_level"].to_numpy(), index=world.index
    )


def us_demand(world: pd.DataFrame, assumed: pd.DataFrame) -> pd.DataFrame:
    """US demand for magnet rare earths in finished magnets (net): :func:`us_metal` less new scrap.

    Args:
        world: as for :func:`us_metal`.
        assumed: one row per draw, one column per assumption.

    Returns:
        Thousand tonnes of element: one row per year, one column per draw.
    """
    return us_metal(world, assumed) * assumed[FINISHED].to_numpy()


def band(draws: pd.DataFrame, level: float = 0.9) -> pd.DataFrame:
    """Median and central interval over draws.

    Args:
        draws: one row per year, one column per draw.
        level: part of the draws inside the interval.

    Returns:
        ``low``, ``median`` and ``high``, one row per year.
    """
    tail = (1 - level) / 2
    return pd.DataFrame(
        {
            "low": draws.quantile(tail, axis=1),
            "median": draws.quantile(0.5, axis=1),
            "high": draws.quantile(1 - tail, axis=1),
        }
    )


def spread_explained(assumed: pd.DataFrame, outcome: pd.Series) -> pd.Series:
    """Part of an outcome's spread that goes with each assumption.

    Squared rank correlation (Spearman 1904) of independent draws, scaled to add to 1: a screening
    measure, sound while the outcome moves one way with each assumption.

    Args:
        assumed: one row per draw, one column per assumption that the outcome rests on; each
            other one would take a share by chance.
        outcome: one value per draw.

    Returns:
        Shares, largest first; assumptions that do not vary are left out.
    """
    varying = assumed.loc[:, assumed.nunique() > 1]
    squared = varying.rank().corrwith(outcome.rank()) ** 2
    return (squared / squared.sum()).sort_values(ascending=False)


def annual_growth(first: float, last: float, years: float) -> float:
    """Compound growth per year, as a fraction."""
    return (last / first) ** (1 / years) - 1
