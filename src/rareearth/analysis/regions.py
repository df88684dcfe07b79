"""Products with magnets in regions that studies have counted: own sales where there are any.

For testing the stock model. Goods without own sales are those of the United States scaled by
people, and said to be.
"""

from __future__ import annotations

import dataclasses
from functools import cache

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis.products import YEARS, Products, register
from rareearth.models import recycling

NEIGHBOURS = {"Denmark": "European Union", "Germany": "European Union"}
"""Regions without own sales, and the region whose goods are scaled by people to theirs."""


@cache
def own_sales(region: str) -> pd.DataFrame:
    """Units that a region bought, by year and product, filled where no count is known.

    Args:
        region: as in the table ``region_sales``.

    Returns:
        One column per product with sales of its own: level before the first count of goods that
        are older than it, falling back at the first trend for young ones, held after the last.
    """
    rows = data.table("region_sales").astype({"product": str, "geography": str})
    rows = rows[rows["geography"] == region]
    return pd.DataFrame(
        {
            product: recycling.fill(
                some.set_index("year")["value"],
                YEARS,
                before="level" if product == "light vehicle" else "trend",
            )["value"]
            for product, some in rows.groupby("product")
        }
    )


@cache
def flows(region: str) -> tuple[recycling.Flows, pd.Series]:
    """The pathway of a region at the most likely value of every input.

    Args:
        region: a region of ``region_sales`` or :data:`NEIGHBOURS`.

    Returns:
        Flows, and for each product whether its sales are the region's own.
    """
    home, europe = Products("United States"), Products("World")
    draw = home.central()
    inputs = home.inputs(draw)
    source = NEIGHBOURS.get(region, region)
    units = inputs.units * _people(source) / _people("United States")
    sales, names = own_sales(source), list(register().index)
    for product in sales:
        units[:, names.index(product), 0] = sales[product]
    units *= _people(region) / _people(source)
    # The shares of units with magnets in the table are European and need no correction.
    share, (shape, scale) = europe.inputs(draw).share, _car_lifetime()
    cars = (register()["family"] == "car").to_numpy()[:, None]
    local = dataclasses.replace(
        inputs,
        units=units,
        share=share,
        shape=np.where(cars, shape, inputs.shape),
        scale=np.where(cars, scale, inputs.scale),
    )
    counted = pd.Series([name in sales and source == region for name in names], index=names)
    return recycling.flows(local), counted


def _people(region: str) -> float:
    rows = data.table("recycling_studies")
    rows = rows[(rows["study"] == "population") & (rows["region"] == region)]
    return float(rows["value_high"].iloc[0])


def _car_lifetime() -> tuple[float, float]:
    """Shape and scale of the lifetime of cars in Europe."""
    rows = data.table("recycling_studies")
    rows = rows[rows["study"] == "ree_mfa_2023"].set_index("quantity")["value_high"]
    return rows["car lifetime, shape"], rows["car lifetime, scale"]
