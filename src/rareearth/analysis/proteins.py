"""Chapter *Proteins*: what they separate, what that costs by waste, and who pays for it."""

from __future__ import annotations

from functools import cache

import pandas as pd

from rareearth import data, uncertainty
from rareearth.models import extraction

# --- wastes and their cost ------------------------------------------------------------------------


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


def cost_parts(draws: pd.DataFrame, waste: str, route: str = "protein") -> pd.DataFrame:
    """Levelised cost of single oxides from a waste by part, USD per kg REO: draw, part.

    Args:
        draws: as for :func:`of_waste`.
        waste: one of :func:`wastes`.
        route: one of :data:`rareearth.models.extraction.ROUTES`.
    """
    return extraction.levelised_cost(of_waste(draws, waste), route)


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


# --- the published gypsum plant -------------------------------------------------------------------


def gypsum_parameters() -> pd.DataFrame:
    """Parameters of the published plant for gypsum, by symbol."""
    return data.table("gypsum_model").set_index("symbol")


def gypsum_plants(draws: int, seed: int, **held: float) -> pd.DataFrame:
    """The published plant for gypsum, run over the ranges of its own code.

    Args:
        draws: number of plants.
        seed: any non-negative integer.
        held: parameters of the table ``gypsum_model`` that keep one value.

    Returns:
        One row per plant, as from :func:`rareearth.models.extraction.gypsum_plant`.
    """
    return _gypsum_plant(_gypsum_draws(draws, seed).assign(**held))


def gypsum_plant(**held: float) -> pd.Series:
    """The published plant at its base values.

    Args:
        held: parameters that take another value.

    Returns:
        As one row of :func:`gypsum_plants`.
    """
    return _gypsum_plant(pd.DataFrame([gypsum_parameters()["baseline"]]).assign(**held)).iloc[0]


def least_viable_grade(plant_size: float) -> float:
    """Percent of rare earths in gypsum from which the published plant earns its hurdle rate.

    Args:
        plant_size: kilograms of gypsum an hour; all else as at the published base.
    """
    from scipy.optimize import brentq

    return brentq(
        lambda grade: gypsum_plant(plant_size=plant_size, ree_content=grade)["npv_musd"], 0.01, 5
    )


@cache
def _gypsum_draws(draws: int, seed: int) -> pd.DataFrame:
    ranges = gypsum_parameters().rename(columns={"baseline": "mode"})
    ranges = ranges[["low", "mode", "high", "distribution"]]
    fixed = ranges["distribution"] == "fixed"
    ranges.loc[fixed, ["low", "high"]] = ranges.loc[fixed, ["mode", "mode"]].to_numpy()
    return uncertainty.sample(ranges, draws, seed)


def _gypsum_plant(drawn: pd.DataFrame) -> pd.DataFrame:
    hurdle = gypsum_parameters().loc["discount_rate", "baseline"]
    return extraction.gypsum_plant(drawn.assign(hurdle_rate=hurdle), data.table("gypsum_leaching"))
