"""What it costs to get rare earths out of waste, with protein columns or with solvent.

Costs are per kilogram of rare-earth oxides (REO) that leave the plant. They fall into two kinds:
what a tonne of feed costs, whatever is in it (handling, acid, base, plant, labour), which a richer
feed dilutes, and what a kilogram of product costs (adsorbent, finishing, separation into single
oxides), which it does not. That makes the break-even grade a closed formula.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth.models.oxides import ATOMIC_WEIGHTS, molar_mass

OXIDE_G_PER_MOL = molar_mass({"Nd": 2, "O": 3}) / 2
"""Neodymium oxide per mole of neodymium; stands for all rare earths."""
OXIDE_PER_METAL = OXIDE_G_PER_MOL / ATOMIC_WEIGHTS["Nd"]
"""Neodymium oxide per neodymium, kg per kg; stands for all rare earths."""
SODA_PER_ACID = 2 * molar_mass({"Na": 1, "O": 1, "H": 1}) / molar_mass({"H": 2, "S": 1, "O": 4})
"""Caustic soda that neutralises sulfuric acid, kg per kg."""
OXALIC_PER_OXIDE = 1.5 * molar_mass({"C": 2, "H": 2, "O": 4}) / OXIDE_G_PER_MOL
"""Oxalic acid that precipitates rare earths, kg per kg REO: three for two atoms."""

MACRS_7 = (0.1429, 0.2449, 0.1749, 0.1249, 0.0893, 0.0892, 0.0893, 0.0446)
"""Depreciation over seven years, half-year convention (US Internal Revenue Service, Pub. 946)."""

ROUTES = ("protein", "solvent")


class Adsorbent(NamedTuple):
    """A protein adsorbent sized for a flow of product."""

    resin_l: np.ndarray
    """Resin in the columns, litres per annual kilogram REO."""
    protein_kg: np.ndarray
    """Protein on that resin, kilograms per annual kilogram REO."""
    capital_usd: np.ndarray
    """First charge, USD per annual kilogram REO."""
    life_years: np.ndarray
    """Years until the charge is spent."""


def capital_recovery_factor(rate: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Yearly payment that repays one unit of capital with interest.

    Args:
        rate: discount rate per year as a fraction; 0 gives 1 / years.
        years: life, also below one year.
    """
    rate, years = np.asarray(rate, dtype=float), np.asarray(years, dtype=float)
    if (years <= 0).any() or (rate < 0).any():
        raise ValueError("A capital recovery factor needs a positive life and no negative rate.")
    growth = np.where(rate > 0, -np.expm1(-years * np.log1p(rate)), 1.0)
    return np.where(rate > 0, rate / growth, 1 / years)


def adsorbent(
    *,
    capacity_mol_per_l: ArrayLike,
    protein_mmol_per_l: ArrayLike,
    protein_g_per_mol: ArrayLike,
    protein_usd_per_g: ArrayLike,
    resin_usd_per_l: ArrayLike,
    cycle_h: ArrayLike,
    hours_per_year: ArrayLike,
    life_cycles: ArrayLike,
    recovery: ArrayLike = 1.0,
    columns: int = 2,
) -> Adsorbent:
    """Size and price of a set of columns of which one loads while the others are eluted.

    Formulas of the phosphogypsum model REEPS (Smerigan 2024, ``black_box.py``): resin = molar flow
    / capacity * cycle time * columns.

    Args:
        capacity_mol_per_l: rare earth that a litre of resin takes up per cycle.
        protein_mmol_per_l: protein on a litre of resin.
        protein_g_per_mol: molar mass of the protein.
        protein_usd_per_g: its price.
        resin_usd_per_l: price of the resin without protein.
        cycle_h: hours that a column spends on loading, and again on elution.
        hours_per_year: hours in operation.
        life_cycles: loadings that a charge survives.
        recovery: part of the incoming rare earth that the column delivers.
        columns: columns in the set.

    Returns:
        Inventory, first cost and life, broadcast over the arguments.
    """
    moles_per_h = 1000 / OXIDE_G_PER_MOL / np.asarray(hours_per_year) / np.asarray(recovery)
    resin = moles_per_h / np.asarray(capacity_mol_per_l) * np.asarray(cycle_h) * columns
    protein = resin * np.asarray(protein_mmol_per_l) / 1000 * np.asarray(protein_g_per_mol) / 1000
    capital = resin * np.asarray(resin_usd_per_l) + protein * 1000 * np.asarray(protein_usd_per_g)
    life = np.asarray(life_cycles) * np.asarray(cycle_h) * columns / np.asarray(hours_per_year)
    return Adsorbent(resin, protein, capital, np.broadcast_to(life, np.shape(capital)))


def unit_costs(draws: pd.DataFrame, route: str = "protein") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cost per tonne of feed and per kilogram of product.

    Solids are leached with sulfuric acid, the acid that leaves is neutralised with caustic soda;
    the group of rare earths is captured from the liquor by protein columns or by solvent, and
    precipitated as oxalate. Single oxides are made by solvent extraction in either case.

    Args:
        draws: one row per draw, with the columns

            - feed: ``feed_t_per_year``, ``acid_kg_per_t``, ``liquor_m3_per_t``, ``plant_share``
              (plant that a tonne of this feed needs, over that of a leached solid),
              ``by_product_usd_per_t``;
            - plant: ``leach_plant_capital`` (million USD for ``leach_plant_feed`` t per year),
              ``capital_exponent``, ``plant_life_years``, ``plant_discount_rate``,
              ``plant_hours_per_year``, ``plant_labour`` (million USD per year, times the plant's
              share), ``plant_upkeep``
              (part of the capital per year), ``feed_handling`` (USD per t);
            - reagents: ``acid_price``, ``soda_price``, ``oxalic_price`` (USD per kg),
              ``acid_neutralised`` (part of the acid), ``oxalic_excess`` (over stoichiometry);
            - columns: ``adsorbent_capacity``, ``ree_per_protein``, ``protein_molar_mass``,
              ``protein_price``, ``resin_price``, ``adsorbent_cycle_hours``,
              ``adsorbent_life_log10``, ``column_capital`` (hardware over the price of the resin),
              ``capture_recovery``;
            - solvent: ``solvent_loss`` (L per m3 of liquor), ``solvent_price`` (USD per L),
              ``solvent_plant`` (capital over that of the leach plant);
            - ``separation_cost``, USD per kg REO.
        route: ``protein`` or ``solvent``.

    Returns:
        Two frames with one row per draw: USD per tonne of feed and USD per kg REO, by part.

    Raises:
        ValueError: if the route is unknown.
    """
    if route not in ROUTES:
        raise ValueError(f"There is no route '{route}'; one of {', '.join(ROUTES)}.")
    d = draws
    annuity = capital_recovery_factor(d["plant_discount_rate"], d["plant_life_years"])
    scale = (d["feed_t_per_year"] / d["leach_plant_feed"]) ** d["capital_exponent"]
    plant = d["leach_plant_capital"] * 1e6 * scale * d["plant_share"]
    acid = d["acid_kg_per_t"] * (
        d["acid_price"] + d["acid_neutralised"] * SODA_PER_ACID * d["soda_price"]
    )
    per_feed = {
        "feed handling": d["feed_handling"] * d["plant_share"],
        "acid and base": acid,
        "plant capital": plant * annuity / d["feed_t_per_year"],
        "labour and upkeep": (
            plant * d["plant_upkeep"] + d["plant_labour"] * 1e6 * d["plant_share"]
        )
        / d["feed_t_per_year"],
        "by-products": -d["by_product_usd_per_t"],
    }
    per_product = {
        "finishing": OXALIC_PER_OXIDE * d["oxalic_excess"] * d["oxalic_price"],
        "separation into single oxides": d["separation_cost"],
    }
    if route == "protein":
        charge = adsorbent(
            capacity_mol_per_l=d["adsorbent_capacity"],
            protein_mmol_per_l=1000 * d["adsorbent_capacity"] / d["ree_per_protein"],
            protein_g_per_mol=d["protein_molar_mass"],
            protein_usd_per_g=d["protein_price"],
            resin_usd_per_l=d["resin_price"],
            cycle_h=d["adsorbent_cycle_hours"],
            hours_per_year=d["plant_hours_per_year"],
            life_cycles=10.0 ** d["adsorbent_life_log10"],
            recovery=d["capture_recovery"],
        )
        life = np.minimum(charge.life_years, d["plant_life_years"])
        hardware = charge.resin_l * d["resin_price"] * d["column_capital"] * annuity
        rate = d["plant_discount_rate"]
        per_product["adsorbent"] = charge.capital_usd * capital_recovery_factor(rate, life)
        per_product["columns"] = hardware
    else:
        per_feed["solvent lost"] = d["liquor_m3_per_t"] * d["solvent_loss"] * d["solvent_price"]
        per_feed["mixer-settlers"] = per_feed["plant capital"] * d["solvent_plant"]
    return pd.DataFrame(per_feed, index=d.index), pd.DataFrame(per_product, index=d.index)


def recovered(draws: pd.DataFrame) -> pd.Series:
    """Rare-earth oxides that leave the plant, kg per tonne of feed.

    Args:
        draws: with ``grade_g_reo_per_t``, ``leach_recovery`` and ``capture_recovery`` (fractions).
    """
    product = draws["grade_g_reo_per_t"] * draws["leach_recovery"] * draws["capture_recovery"]
    return product / 1000


def levelised_cost(draws: pd.DataFrame, route: str = "protein") -> pd.DataFrame:
    """Cost per kilogram REO by part.

    Args:
        draws: as for :func:`unit_costs` and :func:`recovered`.
        route: ``protein`` or ``solvent``.

    Returns:
        One row per draw, one column per part, USD per kg REO; the sum is the levelised cost.
    """
    per_feed, per_product = unit_costs(draws, route)
    return pd.concat([per_feed.div(recovered(draws), axis=0), per_product], axis=1)


def break_even_grade(draws: pd.DataFrame, price: ArrayLike, route: str = "protein") -> pd.Series:
    """Grade at which the product pays for its making.

    Args:
        draws: as for :func:`levelised_cost`; ``grade_g_reo_per_t`` is not used.
        price: what the product brings, USD per kg REO.
        route: ``protein`` or ``solvent``.

    Returns:
        Grams of REO per tonne of feed; infinite where a kilogram of product costs more to finish
        than it brings, zero where by-products alone pay.
    """
    per_feed, per_product = unit_costs(draws, route)
    margin = np.asarray(price, dtype=float) - per_product.sum(axis=1)
    yield_ = draws["leach_recovery"] * draws["capture_recovery"]
    grade = 1000 * per_feed.sum(axis=1).clip(lower=0) / yield_ / margin.where(margin > 0)
    return grade.fillna(np.inf)


def break_even_life(draws: pd.DataFrame, price: ArrayLike) -> pd.Series:
    """Cycles that a protein adsorbent must last for the product to pay.

    Args:
        draws: as for :func:`levelised_cost`; ``adsorbent_life_log10`` is not used.
        price: USD per kg REO.

    Returns:
        Cycles; infinite where even an adsorbent that lasts as long as the plant would not do.
    """
    parts = levelised_cost(draws)
    room = np.asarray(price, dtype=float) - parts.drop(columns="adsorbent").sum(axis=1)
    rate, years = draws["plant_discount_rate"], draws["plant_life_years"]
    # The charge's own price, from its yearly cost in these draws.
    span = 2 * draws["adsorbent_cycle_hours"] / draws["plant_hours_per_year"]
    life = np.minimum(10.0 ** draws["adsorbent_life_log10"] * span, years)
    charge = parts["adsorbent"] / capital_recovery_factor(rate, life)
    payment = room / charge
    floor = capital_recovery_factor(rate, years)
    # annuity = r / (1 - (1 + r)^-T)  =>  T = -ln(1 - r / annuity) / ln(1 + r)
    enough = payment >= floor
    needed = -np.log1p(-rate / payment.where(enough)) / np.log1p(rate)
    return (needed / span).fillna(np.inf)


# --- the published phosphogypsum plant -----------------------------------------------------------


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
        cycle_h=d["cycle_time"],
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
