"""What plants for scrap need, and what other wastes hold and would cost to work.

Masses of bodies are million tonnes, contents tonnes, grades milligrams per kilogram
(a million tonnes at one milligram per kilogram hold one tonne).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth.models.recycling import KG_PER_T

MG_PER_KG = 1e6
"""Milligrams in a kilogram."""

QUANTITIES = ("mass", "grade", "content")
"""What describes a body of waste; any two give the third."""


# --- plants and their feed -----------------------------------------------------------------------


def rare_earth_needed(
    capacity_t: ArrayLike, rare_earth_in_product: ArrayLike, process_yield: ArrayLike = 1.0
) -> np.ndarray:
    """Rare earth that must come in so that a plant runs full, tonnes of element.

    Args:
        capacity_t: tonnes of product a year, at least 0.
        rare_earth_in_product: mass of rare-earth element over mass of product, 0 to 1.
        process_yield: part of the rare earth that ends in the product, above 0 to 1.

    Raises:
        ValueError: if an argument is out of range.
    """
    capacity, content, kept = map(np.asarray, (capacity_t, rare_earth_in_product, process_yield))
    if (capacity < 0).any() or not ((content >= 0) & (content <= 1)).all():
        raise ValueError("Capacity must be at least 0 and the content between 0 and 1.")
    if not ((kept > 0) & (kept <= 1)).all():
        raise ValueError("The yield must be above 0 and at most 1.")
    return capacity * content / kept


# --- bodies of waste -----------------------------------------------------------------------------


def bodies(table: pd.DataFrame) -> pd.DataFrame:
    """Mass, grade and content of each body of waste, the third found from the other two.

    Args:
        table: ``body``, ``place``, ``quantity`` (``mass`` in million tonnes, ``grade`` in
            milligrams per kilogram, ``content`` in tonnes), ``low``, ``high``; other quantities
            are passed over.

    Returns:
        One row per body and place that has two of the three: ``mass_mt``, ``grade_mg_per_kg`` and
        ``content_t``, each ``_low`` and ``_high``, and ``computed``: which one that was
        (empty if all three are given).
    """
    known = table.astype({"quantity": str})
    ends = {
        end: known.pivot(index=["body", "place"], columns="quantity", values=end).reindex(
            columns=list(QUANTITIES)
        )
        for end in ("low", "high")
    }
    missing = ends["low"].isna()
    enough = missing.sum(axis=1) < 2
    computed = missing.apply(lambda row: "".join(row.index[row]), axis=1)
    columns = {}
    for end, wide in ends.items():
        mass, grade, content = (wide[quantity] for quantity in QUANTITIES)
        columns[f"mass_mt_{end}"] = mass.fillna(content / grade)
        columns[f"grade_mg_per_kg_{end}"] = grade.fillna(content / mass)
        columns[f"content_t_{end}"] = content.fillna(mass * grade)
    return pd.DataFrame(columns | {"computed": computed})[enough].reset_index()


def implied_price(value_usd: ArrayLike, content_t: ArrayLike, part: ArrayLike = 1.0) -> np.ndarray:
    """Price that a stated value implies for what can be extracted, US dollars per kilogram.

    Args:
        value_usd: stated value of what can be extracted.
        content_t: rare earth in the body, tonnes, above 0.
        part: part of it that can be extracted, above 0.

    Raises:
        ValueError: if content or part is not positive.
    """
    kilograms = np.asarray(content_t) * np.asarray(part) * KG_PER_T
    if not (kilograms > 0).all():
        raise ValueError("Content and extractable part must be above 0.")
    return np.asarray(value_usd) / kilograms


def treatment_cost(cost_per_kg: float, grade_mg_per_kg: float, part: float) -> float:
    """What treating a tonne of waste costs, from the cost per kilogram recovered.

    Args:
        cost_per_kg: US dollars per kilogram recovered.
        grade_mg_per_kg: of the waste.
        part: part of the rare earth that is recovered.

    Returns:
        US dollars per tonne of waste.
    """
    return cost_per_kg * grade_mg_per_kg * part * KG_PER_T / MG_PER_KG


def cost_recovered(treatment_usd_per_t: float, grade_mg_per_kg: ArrayLike, part: ArrayLike):
    """Cost per kilogram recovered when a tonne of waste costs this much to treat.

    The inverse of :func:`treatment_cost`: halve the grade and the cost doubles.

    Raises:
        ValueError: if grade or part is not positive.
    """
    recovered = np.asarray(grade_mg_per_kg) * np.asarray(part) * KG_PER_T / MG_PER_KG
    if not (recovered > 0).all():
        raise ValueError("Grade and recovered part must be above 0.")
    return treatment_usd_per_t / recovered
