"""The published plant that makes rare earths from phosphogypsum with lanmodulin (REEPS).

A shortened form of the model of Smerigan and Shi (2025); its parameters are in a table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth.models.columns import adsorbent
from rareearth.models.extraction import OXALIC_PER_OXIDE, OXIDE_PER_METAL, SODA_PER_ACID

MACRS_7 = (0.1429, 0.2449, 0.1749, 0.1249, 0.0893, 0.0892, 0.0893, 0.0446)
"""Depreciation over seven years, half-year convention (US Internal Revenue Service, Pub. 946)."""


def leaching_efficiency(
    curves: pd.DataFrame,
    conditions: Mapping[str, ArrayLike],
    optimum: Mapping[str, ArrayLike],
    at_optimum: ArrayLike,
) -> np.ndarray:
    """Part of the rare earths that acid takes out of gypsum, off the optimum.

    The effects of the conditions are read from curves and added, as in REEPS (``leaching.py``).

    Args:
        curves: ``variable``, ``x``, ``leaching_efficiency_fraction``; points of each curve.
        conditions: value of each variable.
        optimum: values at which the curves cross ``at_optimum`` or were centred.
        at_optimum: efficiency there.

    Returns:
        Fraction, broadcast over the conditions.
    """
    total = at_optimum
    for variable, value in conditions.items():
        curve = curves[curves["variable"].astype(str) == variable].sort_values("x")
        points = curve["x"].to_numpy(), curve["leaching_efficiency_fraction"].to_numpy()
        total = total + np.interp(value, *points) - np.interp(optimum[variable], *points)
    return np.asarray(total)


def net_present_value(
    *,
    cash: ArrayLike,
    depreciable: ArrayLike,
    other_capital: ArrayLike,
    rate: ArrayLike,
    tax: ArrayLike,
    construction: Sequence[float],
    depreciation: Sequence[float],
    years: int,
    working_share: float = 0.0,
) -> np.ndarray:
    """Present value of a plant at the start of its construction.

    Args:
        cash: sales less cost of a full year, (...).
        depreciable: capital that is written off against tax.
        other_capital: capital that is not.
        rate: discount rate.
        tax: rate of tax on income; losses earn no refund.
        construction: part of the capital spent in each year before the start.
        depreciation: part written off in each year after the start.
        years: years of operation.
        working_share: working capital over all capital, spent last and returned at the end.

    Returns:
        Present value, in the unit of the cash.
    """
    cash, rate, tax = (np.asarray(v, dtype=float)[..., None] for v in (cash, rate, tax))
    depreciable = np.asarray(depreciable, dtype=float)[..., None]
    capital = depreciable + np.asarray(other_capital, dtype=float)[..., None]
    built, time = len(construction), np.arange(len(construction) + years)
    spend, written = np.zeros(len(time)), np.zeros(len(time))
    spend[:built] = construction
    spend[built - 1] += working_share
    spend[-1] -= working_share
    written[built : built + len(depreciation)] = depreciation
    taxed = np.where(time < built, 0.0, cash - depreciable * written)
    flow = np.where(time < built, 0.0, cash) - tax * np.maximum(taxed, 0) - capital * spend
    return (flow / (1 + rate) ** time).sum(axis=-1)


def gypsum_plant(draws: pd.DataFrame, curves: pd.DataFrame) -> pd.DataFrame:
    """The published plant that makes rare earths from phosphogypsum with lanmodulin (REEPS).

    A shortened form of the model of Smerigan and Shi (2025): its leaching curves, stoichiometry,
    prices, adsorbent formulas and financial rules; purchased equipment is given as a power law of
    the plant's size instead of unit by unit.

    Args:
        draws: one row per draw; columns are the symbols of the parameter table (see the table
            ``gypsum_model``), and ``hurdle_rate``.
        curves: see :func:`leaching_efficiency`.

    Returns:
        ``leaching``, ``reo_t_per_year``, ``capital_musd``, ``adsorbent_musd``, ``sales_musd``,
        ``cost_musd`` (all but capital), ``npv_musd`` at the hurdle rate, and the cost in USD per t
        of gypsum of what treats the feed (``feed_usd_per_t``).
    """
    d = draws
    leached = leaching_efficiency(
        curves,
        {
            "temperature": d["leach_temperature"],
            "acid_concentration": d["acid_concentration"],
            "time": d["leach_time"],
            "solvent_to_solid_ratio": d["solvent_ratio"],
        },
        {
            "temperature": d["optimum_temperature"],
            "acid_concentration": d["optimum_acid_concentration"],
            "time": d["optimum_time"],
            "solvent_to_solid_ratio": d["optimum_solvent_ratio"],
        },
        d["leach_at_optimum"],
    )
    hours = d["operating_days"] * 24
    feed_t = d["plant_size"] / 1000 * hours
    ree = 10 * d["ree_content"] * d["separable_share"] * leached  # kg per t of gypsum
    reo = ree * OXIDE_PER_METAL * d["column_recovery"]
    liquor = d["solvent_ratio"] * (1 - d["underflow_ratio"])  # t per t of gypsum
    acid = liquor * 10 * d["acid_concentration"]
    uranium = 10 * d["uranium_content"] * d["uranium_leached"]
    phosphate = uranium * d["phosphate_per_uranium"]
    calcium = liquor * 1000 * d["gypsum_solubility"] * d["oxalic_per_gypsum"]
    oxalic = d["oxalic_excess"] * (calcium + 2 * OXALIC_PER_OXIDE * reo)
    heat = d["leach_temperature"] - d["ambient_temperature"]
    warmth = (d["solvent_ratio"] * d["heat_liquid"] + d["heat_gypsum"]) * heat  # MJ per t
    filters = d["vacuum_energy"] / d["filter_rate"] * 1000  # kWh per t
    feed_cost = (
        acid * d["acid_price"]
        + acid * SODA_PER_ACID * d["soda_price"]
        + phosphate * d["phosphate_price"]
        + oxalic * d["oxalic_price"]
        + liquor * 1000 * d["water_price"]
        + liquor * d["wastewater_price"]
        + warmth * d["gas_price"]
        + filters * d["electricity_price"]
    )
    charge = adsorbent(
        capacity_mol_per_l=d["adsorbent_capacity"],
        protein_mmol_per_l=d["protein_density"],
        protein_g_per_mol=d["protein_molar_mass"],
        protein_usd_per_g=d["protein_price"],
        resin_usd_per_l=d["resin_price"],
        load_h=d["cycle_time"],
        off_h=d["cycle_time"],
        hours_per_year=hours,
        life_cycles=1.0,
        recovery=d["column_recovery"],
    )
    reo_kg = reo * feed_t
    columns = charge.capital_usd * reo_kg
    replaced = columns * (d["plant_life"] / d["adsorbent_lifetime"] - 1) / d["plant_life"]
    equipment = d["equipment_cost"] * (d["plant_size"] / d["equipment_size"]) ** d["size_exponent"]
    fixed = equipment * d["lang_factor"]
    wages = d["maintenance_wages"] * fixed
    sales = reo_kg * d["reo_price"] + feed_t * 1000 * d["gypsum_price"]
    overhead = d["overhead_share"] * (d["labour"] + d["wage_loading"] * wages)
    yearly = (
        d["labour"] + d["maintenance_loading"] * wages + overhead + d["insurance_share"] * fixed
        + d["selling_share"] * sales + replaced + feed_cost * feed_t
    )  # fmt: skip
    value = net_present_value(
        cash=sales - yearly,
        depreciable=fixed,
        other_capital=columns,
        rate=d["hurdle_rate"],
        tax=d["tax_rate"],
        construction=d.filter(like="construction_").iloc[0].to_numpy(),
        depreciation=MACRS_7,
        years=int(d["plant_life"].iloc[0]),
        working_share=float(d["working_capital"].iloc[0]),
    )
    frame = {
        "leaching": leached,
        "reo_t_per_year": reo_kg / 1000,
        "capital_musd": fixed / 1e6,
        "adsorbent_musd": columns / 1e6,
        "sales_musd": sales / 1e6,
        "cost_musd": yearly / 1e6,
        "npv_musd": value / 1e6,
        "feed_usd_per_t": feed_cost,
    }
    return pd.DataFrame(frame, index=d.index)
