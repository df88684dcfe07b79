"""The wastes that proteins are meant to mine, and what a kilogram of oxides from them costs."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from rareearth import assumptions, data, scenarios
from rareearth.analysis import market
from rareearth.models import door, extraction

REST = "rest"
"""How the table of wastes says that all but NdPr is dysprosium and terbium."""

RANKED = 400
"""Draws by which the inputs are ranked."""


@cache
def wastes() -> pd.DataFrame:
    """The wastes that proteins are meant to mine, by name (see the table ``extraction_feeds``)."""
    return data.table("extraction_feeds").set_index("waste")


def of_waste(draws: pd.DataFrame, waste: str) -> pd.DataFrame:
    """Draws of the assumptions, with the columns by which the model knows a waste.

    Args:
        draws: one row per draw, one column per assumption.
        waste: one of :func:`wastes`.

    Returns:
        The draws and ``grade_g_reo_per_t``, ``leach_recovery``, ``acid_kg_per_t``,
        ``liquor_m3_per_t``, ``feed_t_per_year``, ``plant_share``, ``by_product_usd_per_t``.
    """
    row = wastes().loc[waste]
    water = row["state"] == "water"
    oxide = 1.0 if row["grade_basis"] == "REO" else extraction.OXIDE_PER_METAL

    def given(part: str, otherwise: float) -> pd.Series | float:
        return draws[row[part]] if pd.notna(row[part]) else otherwise

    return draws.assign(
        grade_g_reo_per_t=draws[row["grade"]] * oxide,
        leach_recovery=given("leach", 1.0),
        acid_kg_per_t=given("acid", 0.0),
        liquor_m3_per_t=1.0 if water else draws["liquor_per_solid"],
        feed_t_per_year=draws[row["size"]],
        plant_share=draws["water_plant_share"] if water else 1.0,
        by_product_usd_per_t=given("by_product", 0.0),
    )


def basket(draws: pd.DataFrame, waste: str) -> pd.Series:
    """What a kilogram of the oxides of a waste brings, each sold at its own price: draw.

    Neodymium and praseodymium at the price that investors expect over a plant's life; dysprosium
    and terbium, and the other oxides, at yearly averages of the last five years.

    Args:
        draws: as for :func:`of_waste`.
        waste: one of :func:`wastes`.

    Returns:
        USD per kg REO.
    """
    row = wastes().loc[waste]
    ndpr = draws[row["ndpr"]]
    if row["dytb"] == REST:
        heavy = 1 - ndpr
    else:
        heavy = draws[row["dytb"]] if pd.notna(row["dytb"]) else 0.0 * ndpr
    door.numbers(f"What {waste} holds besides NdPr, Dy and Tb", 1 - ndpr - heavy, (-1e-12, 1.0))
    return (
        ndpr * market.expected(draws)
        + heavy * draws["dytb_oxide_price"]
        + (1 - ndpr - heavy) * draws["other_oxide_price"]
    )


def baskets(draws: pd.DataFrame) -> pd.DataFrame:
    """What a kilogram of oxides brings by waste (columns), USD per kg REO: draw."""
    return pd.DataFrame({waste: basket(draws, waste) for waste in wastes().index})


def pays(costs: pd.DataFrame, draws: pd.DataFrame) -> pd.Series:
    """Percent of the draws in which oxides cost less than they bring, by waste and route.

    Args:
        costs: as from :func:`costs`.
        draws: the draws behind them.
    """
    prices = baskets(draws)
    return pd.Series(
        {key: 100 * (costs[key] < prices[key[0]]).mean() for key in costs.columns}
    ).rename_axis(["waste", "route"])


def cost_parts(draws: pd.DataFrame, waste: str, route: str = "protein") -> pd.DataFrame:
    """Levelised cost of single oxides from a waste by part, USD per kg REO: draw, part.

    Args:
        draws: as for :func:`of_waste`.
        waste: one of :func:`wastes`.
        route: one of :data:`rareearth.models.extraction.ROUTES`.
    """
    return extraction.levelised_cost(of_waste(draws, waste), route)


@assumptions.main_result("proteins", "the cost of oxides from waste")
def _usual_cost() -> tuple[pd.DataFrame, np.ndarray]:
    """Draws, and the cost over all wastes and routes, in logarithms."""
    draws = assumptions.sample(RANKED, 7, scenarios.load("baseline"))
    return draws, np.log(costs(draws)).mean(axis=1).to_numpy()


def costs(draws: pd.DataFrame) -> pd.DataFrame:
    """Levelised cost of single oxides by waste and route (columns), USD per kg REO: draw.

    Args:
        draws: as for :func:`of_waste`.
    """
    return pd.DataFrame(
        {
            (waste, route): cost_parts(draws, waste, route).sum(axis=1)
            for waste in wastes().index
            for route in extraction.ROUTES
        }
    )


def central(ranges: pd.DataFrame) -> pd.DataFrame:
    """The most likely value of each assumption, as one draw.

    Args:
        ranges: as from :func:`rareearth.assumptions.ranges`.
    """
    return ranges[["mode"]].T.reset_index(drop=True)
