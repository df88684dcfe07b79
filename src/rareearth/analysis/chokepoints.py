"""Inputs of the chain from mine to magnet in 2024, assembled from tables.

What :func:`rareearth.models.trade.chain` asks for, and the rows that it rests on.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from rareearth import data

YEAR = 2024
OXIDE_SALES = "treo_2025_exports"
MAGNET_EXPORTS = ("adamas_2025_exports", "goldsea_2026_magnets")


def inputs() -> dict[str, Any]:
    """Arguments of :func:`rareearth.models.trade.chain` by name.

    China's share of magnets is the International Energy Agency's, the content of a magnet the
    highest central value of the sources.
    """
    flows = _flows()
    magnets = flows[flows["stage"] == "Magnets"].set_index("destination")["quantity_t"]
    oxide = flows[flows["source"] == OXIDE_SALES].set_index("origin")["quantity_t"]
    return {
        "mined": _supply("Mining"),
        "refined": _supply("Refining"),
        "china_magnet_share": _magnet_share()["share_pct"].item() / 100,
        "oxide_to_china": oxide,
        "magnets_from_china": pd.Series(
            {
                "United States": magnets["United States"],
                "All others": magnets["World"] - magnets["United States"],
            }
        ),
        "us_share_from_china": _us_imports()["share_pct"].item() / 100,
        "element_in_magnet": data.table("magnet_content")["mid_pct"].max() / 100,
    }


def rows() -> list[pd.DataFrame]:
    """The rows that the chain rests on, for naming their sources."""
    supply = data.table("magnet_ree_supply")
    return [
        supply[supply["year"] == YEAR],
        _flows(),
        _us_imports(),
        data.table("magnet_content"),
        _magnet_share(),
    ]


def _supply(stage: str) -> pd.Series:
    """Tonnes of contained magnet rare earths by country."""
    table = data.table("magnet_ree_supply")
    chosen = (table["stage"] == stage) & (table["year"] == YEAR) & (table["country"] != "World")
    return table[chosen].set_index("country")["element_t"]


def _flows() -> pd.DataFrame:
    flows = data.table("trade_flows")
    return flows[flows["source"].isin([OXIDE_SALES, *MAGNET_EXPORTS])]


def _us_imports() -> pd.DataFrame:
    return data.table("us_import_sources").query("product == 'Sintered NdFeB magnets'")


def _magnet_share() -> pd.DataFrame:
    shares = data.table("china_stage_shares")
    return shares.query(
        f"authority == 'IEA 2025' and stage == 'Sintered magnets' and year == {YEAR}"
    )
