"""What it costs to get rare earths out of waste, with protein columns or with solvent.

Costs are per kilogram of rare-earth oxides (REO) that leave the plant. They fall into two kinds:
what a tonne of feed costs, whatever is in it (handling, acid, base, plant, labour), which a richer
feed dilutes, and what a kilogram of product costs (adsorbent, finishing, separation into single
oxides), which it does not, but for the time that a column takes to load.

The routes differ in one step. A protein column takes the group of rare earths out of the acid
liquor as it is. Before solvent does, iron, aluminium and thorium are precipitated, with a plant of
their own, and some of the rare earths fall with them.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth.models import columns, door
from rareearth.models.columns import OXIDE_G_PER_MOL
from rareearth.models.oxides import ATOMIC_WEIGHTS, molar_mass

OXIDE_PER_METAL = OXIDE_G_PER_MOL / ATOMIC_WEIGHTS["Nd"]
"""Neodymium oxide per neodymium, kg per kg; stands for all rare earths."""
ACID_G_PER_MOL = molar_mass({"H": 2, "S": 1, "O": 4})
SODA_PER_ACID = 2 * molar_mass({"Na": 1, "O": 1, "H": 1}) / ACID_G_PER_MOL
"""Caustic soda that neutralises sulfuric acid, kg per kg."""
LIME_PER_ACID = molar_mass({"Ca": 1, "O": 1}) / ACID_G_PER_MOL
"""Quicklime that neutralises sulfuric acid, kg per kg."""
CAKE_PER_ACID = molar_mass({"Ca": 1, "S": 1, "O": 6, "H": 4}) / ACID_G_PER_MOL
"""Gypsum that lime makes of sulfuric acid, kg per kg."""
OXALIC_PER_OXIDE = 1.5 * molar_mass({"C": 2, "H": 2, "O": 4}) / OXIDE_G_PER_MOL
"""Oxalic acid that precipitates rare earths, kg per kg REO: three for two atoms."""

ROUTES = ("protein", "solvent")

YIELD = {
    "grade_g_reo_per_t": (0.0, 1e6 + 1),
    "leach_recovery": door.FRACTION,
    "capture_recovery": door.FRACTION,
}
"""What a plant's yield depends on, with the legal range of each, for either route."""

LEGAL = YIELD | {
    **dict.fromkeys(("grade_g_reo_per_t", "leach_recovery", "capture_recovery"), door.POSITIVE),
    **dict.fromkeys(("feed_t_per_year", "leach_plant_feed", "plant_life_years"), door.POSITIVE),
    "plant_hours_per_year": (1.0, 8784.0),
    **dict.fromkeys(
        ("acid_kg_per_t", "liquor_m3_per_t", "plant_share", "leach_plant_capital"),
        door.NOT_NEGATIVE,
    ),
    **dict.fromkeys(("acid_neutralised", "lime_share", "plant_discount_rate"), door.FRACTION),
    **dict.fromkeys(
        ("acid_price", "soda_price", "lime_price", "oxalic_price", "feed_handling"),
        door.NOT_NEGATIVE,
    ),
    **dict.fromkeys(("separation_cost", "separation_capital"), door.NOT_NEGATIVE),
    "by_product_usd_per_t": door.ANY,
}
"""What the cost of either route depends on, with its legal range."""

OWN = {
    "protein": {
        **dict.fromkeys(("adsorbent_capacity", "ree_per_protein", "bed_flow"), door.POSITIVE),
        **dict.fromkeys(
            ("protein_price", "resin_price", "elution_volumes", "column_turnover_hours"),
            door.NOT_NEGATIVE,
        ),
        "bed_use": door.FRACTION,
        "adsorbent_life": door.POSITIVE,
        "column_capital": door.NOT_NEGATIVE,
        "liquor_m3_per_t": door.POSITIVE,
    },
    "solvent": {
        **dict.fromkeys(("solvent_loss", "solvent_price", "solvent_plant"), door.NOT_NEGATIVE),
        "front_end_plant": door.NOT_NEGATIVE,
        "front_end_recovery": door.FRACTION,
    },
}
"""What else the cost of one route depends on."""


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


def loading(draws: pd.DataFrame) -> columns.Load:
    """How the liquor of a feed fills a bed of the protein adsorbent.

    Args:
        draws: with ``grade_g_reo_per_t``, ``leach_recovery``, ``liquor_m3_per_t``,
            ``adsorbent_capacity`` (mol per L), ``bed_use`` (part of it that is filled at
            breakthrough) and ``bed_flow`` (bed volumes per hour).
    """
    d = draws
    g_per_l = d["grade_g_reo_per_t"] * d["leach_recovery"] / d["liquor_m3_per_t"] / 1000
    return columns.load(
        g_per_l / OXIDE_G_PER_MOL, d["adsorbent_capacity"], d["bed_flow"], d["bed_use"]
    )


def cycle_hours(draws: pd.DataFrame) -> pd.Series:
    """Hours of one cycle of a column: loading to breakthrough, stripping, being made ready.

    Args:
        draws: as for :func:`loading`, with ``elution_volumes`` (bed volumes of acid) and
            ``column_turnover_hours`` (washing, draining, turning round).
    """
    return loading(draws).hours + _off_hours(draws)


def unit_costs(draws: pd.DataFrame, route: str = "protein") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Cost per tonne of feed and per kilogram of product.

    Solids are leached with sulfuric acid; the acid that leaves is neutralised with lime or caustic
    soda; the group of rare earths is captured from the liquor by protein columns or by solvent, and
    precipitated as oxalate. Single oxides are made by solvent extraction in either case.

    Args:
        draws: one row per draw, with the columns

            - feed: ``grade_g_reo_per_t``, ``leach_recovery``, ``feed_t_per_year``,
              ``acid_kg_per_t``, ``liquor_m3_per_t``, ``plant_share`` (plant that a tonne of this
              feed needs, over that of a leached solid), ``by_product_usd_per_t``;
            - plant: ``leach_plant_capital`` (million USD for ``leach_plant_feed`` t per year),
              ``capital_exponent``, ``plant_life_years``, ``plant_discount_rate``,
              ``plant_hours_per_year``, ``plant_labour`` (million USD per year for
              ``leach_plant_feed``, times the plant's share), ``labour_exponent``,
              ``plant_upkeep`` (part of the capital per year), ``feed_handling`` (USD per t);
            - reagents: ``acid_price``, ``soda_price``, ``lime_price``, ``oxalic_price`` (USD per
              kg), ``acid_neutralised`` (part of the acid), ``lime_share`` (part of that for which
              lime does), ``oxalic_excess`` (over stoichiometry);
            - columns: as for :func:`cycle_hours`, and ``ree_per_protein``,
              ``protein_molar_mass``, ``protein_price``, ``resin_price``, ``adsorbent_life``
              (cycles), ``column_capital`` (hardware over the price of the resin),
              ``capture_recovery``;
            - solvent: ``solvent_loss`` (L per m3 of liquor), ``solvent_price`` (USD per L),
              ``solvent_plant`` and ``front_end_plant`` (capital over that of the leach plant);
            - separation: ``separation_cost`` (USD per kg REO, running) and ``separation_capital``
              (USD per annual kg REO).
        route: ``protein`` or ``solvent``.

    Returns:
        Two frames with one row per draw: USD per tonne of feed and USD per kg REO, by part.

    Raises:
        ValueError: if the route is unknown, or a value is missing or not legal.
    """
    if route not in ROUTES:
        raise ValueError(f"There is no route '{route}'; one of {', '.join(ROUTES)}.")
    door.columns(draws, LEGAL | OWN[route])
    d = draws
    annuity = capital_recovery_factor(d["plant_discount_rate"], d["plant_life_years"])
    size = d["feed_t_per_year"] / d["leach_plant_feed"]
    plant = d["leach_plant_capital"] * 1e6 * size ** d["capital_exponent"] * d["plant_share"]
    labour = d["plant_labour"] * 1e6 * size ** d["labour_exponent"] * d["plant_share"]
    capital = plant * annuity / d["feed_t_per_year"]
    lime = LIME_PER_ACID * d["lime_price"] + CAKE_PER_ACID * d["feed_handling"] / 1000
    base = d["lime_share"] * lime + (1 - d["lime_share"]) * SODA_PER_ACID * d["soda_price"]
    per_feed = {
        "feed handling": d["feed_handling"] * d["plant_share"],
        "acid and base": d["acid_kg_per_t"] * (d["acid_price"] + d["acid_neutralised"] * base),
        "plant capital": capital,
        "labour and upkeep": (plant * d["plant_upkeep"] + labour) / d["feed_t_per_year"],
        "by-products": -d["by_product_usd_per_t"],
    }
    per_product = {
        "finishing": OXALIC_PER_OXIDE * d["oxalic_excess"] * d["oxalic_price"],
        "separation into single oxides": d["separation_cost"],
        "separation plant": d["separation_capital"] * annuity,
    }
    if route == "protein":
        charge = _charge(d)
        life = np.minimum(charge.life_years, d["plant_life_years"])
        rate = d["plant_discount_rate"]
        per_product["adsorbent"] = charge.capital_usd * capital_recovery_factor(rate, life)
        per_product["columns"] = charge.resin_l * d["resin_price"] * d["column_capital"] * annuity
    else:
        per_feed["iron and aluminium"] = capital * d["front_end_plant"]
        per_feed["solvent lost"] = d["liquor_m3_per_t"] * d["solvent_loss"] * d["solvent_price"]
        per_feed["mixer-settlers"] = capital * d["solvent_plant"]
    return pd.DataFrame(per_feed, index=d.index), pd.DataFrame(per_product, index=d.index)


def fates(draws: pd.DataFrame, route: str = "protein") -> pd.DataFrame:
    """Where the rare earths of a tonne of feed end.

    Args:
        draws: with ``grade_g_reo_per_t``, ``leach_recovery`` and ``capture_recovery`` (fractions);
            for solvent also ``front_end_recovery``, what the removal of iron and aluminium leaves
            in the liquor.
        route: ``protein`` or ``solvent``.

    Returns:
        Grams REO per tonne of feed: ``residue`` (not leached), ``cake`` (fell with iron and
        aluminium), ``passed`` (not captured), ``product``.

    Raises:
        ValueError: if the route is unknown, a value is not legal, or mass is not conserved.
    """
    if route not in ROUTES:
        raise ValueError(f"There is no route '{route}'; one of {', '.join(ROUTES)}.")
    solvent = route == "solvent"
    door.columns(draws, YIELD | ({"front_end_recovery": door.FRACTION} if solvent else {}))
    grade = draws["grade_g_reo_per_t"]
    leached = grade * draws["leach_recovery"]
    clear = leached * draws["front_end_recovery"] if solvent else leached
    product = clear * draws["capture_recovery"]
    streams = {
        "residue": grade - leached,
        "cake": leached - clear,
        "passed": clear - product,
        "product": product,
    }
    door.conserved("Rare earths in a tonne of feed", grade, *streams.values())
    return pd.DataFrame(streams, index=draws.index)


def recovered(draws: pd.DataFrame, route: str = "protein") -> pd.Series:
    """Rare-earth oxides that leave the plant, kg per tonne of feed.

    Args:
        draws: as for :func:`fates`.
        route: ``protein`` or ``solvent``.
    """
    return fates(draws, route)["product"] / 1000


def levelised_cost(draws: pd.DataFrame, route: str = "protein") -> pd.DataFrame:
    """Cost per kilogram REO by part.

    Args:
        draws: as for :func:`unit_costs` and :func:`fates`.
        route: ``protein`` or ``solvent``.

    Returns:
        One row per draw, one column per part, USD per kg REO; the sum is the levelised cost.
    """
    per_feed, per_product = unit_costs(draws, route)
    return pd.concat([per_feed.div(recovered(draws, route), axis=0), per_product], axis=1)


def break_even_grade(
    draws: pd.DataFrame, price: ArrayLike, route: str = "protein", most: float = 1e6
) -> pd.Series:
    """Grade at which the product pays for its making.

    Sought by bisection, since a thinner liquor also takes longer to load a column.

    Args:
        draws: as for :func:`levelised_cost`; ``grade_g_reo_per_t`` is not used.
        price: what the product brings, USD per kg REO.
        route: ``protein`` or ``solvent``.
        most: grade that is not exceeded.

    Returns:
        Grams of REO per tonne of feed; infinite where even the richest feed costs more than it
        brings, zero where by-products alone pay.
    """
    price = np.broadcast_to(np.asarray(price, dtype=float), len(draws))

    def pays(log_grade: np.ndarray) -> np.ndarray:
        cost = levelised_cost(draws.assign(grade_g_reo_per_t=np.exp(log_grade)), route)
        return cost.sum(axis=1).to_numpy() <= price

    low, high = np.full(len(draws), np.log(1e-6)), np.full(len(draws), np.log(most))
    always, never = pays(low), ~pays(high)
    for _ in range(40):
        middle = (low + high) / 2
        enough = pays(middle)
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    grade = np.where(never, np.inf, np.where(always, 0.0, np.exp(high)))
    return pd.Series(grade, index=draws.index)


def break_even_life(draws: pd.DataFrame, price: ArrayLike) -> pd.Series:
    """Cycles that a protein adsorbent must last for the product to pay.

    Args:
        draws: as for :func:`levelised_cost`; ``adsorbent_life`` is not used.
        price: USD per kg REO.

    Returns:
        Cycles; infinite where even an adsorbent that lasts as long as the plant would not do.
    """
    parts = levelised_cost(draws)
    room = np.asarray(price, dtype=float) - parts.drop(columns="adsorbent").sum(axis=1)
    rate, years = draws["plant_discount_rate"], draws["plant_life_years"]
    payment = room / _charge(draws).capital_usd
    enough = payment >= capital_recovery_factor(rate, years)
    # annuity = r / (1 - (1 + r)^-T)  =>  T = -ln(1 - r / annuity) / ln(1 + r)
    needed = -np.log1p(-rate / payment.where(enough)) / np.log1p(rate)
    return (needed * draws["plant_hours_per_year"] / cycle_hours(draws)).fillna(np.inf)


def _off_hours(draws: pd.DataFrame) -> pd.Series:
    return draws["elution_volumes"] / draws["bed_flow"] + draws["column_turnover_hours"]


def _charge(draws: pd.DataFrame) -> columns.Adsorbent:
    """The adsorbent of a plant, per annual kilogram of product."""
    d = draws
    return columns.adsorbent(
        capacity_mol_per_l=d["adsorbent_capacity"] * d["bed_use"],
        protein_mmol_per_l=1000 * d["adsorbent_capacity"] / d["ree_per_protein"],
        protein_g_per_mol=d["protein_molar_mass"],
        protein_usd_per_g=d["protein_price"],
        resin_usd_per_l=d["resin_price"],
        load_h=loading(d).hours,
        off_h=_off_hours(d),
        hours_per_year=d["plant_hours_per_year"],
        life_cycles=d["adsorbent_life"],
        recovery=d["capture_recovery"],
    )
