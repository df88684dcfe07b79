"""Columns of a protein adsorbent: how long a bed takes to fill, how much of it a plant needs.

A bed is filled by a number of its own volumes, set by what a litre of it holds and what a litre
of liquor brings. Liquor passes at a number of bed volumes an hour. So a thin liquor is limited by
hydraulics (days for one load), and a rich one fills a bed before the liquor has passed it once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from rareearth.models import door
from rareearth.models.oxides import molar_mass

OXIDE_G_PER_MOL = molar_mass({"Nd": 2, "O": 3}) / 2
"""Neodymium oxide per mole of neodymium; stands for all rare earths."""


class Load(NamedTuple):
    """One loading of a bed."""

    bed_volumes: np.ndarray
    """Volumes of liquor, in volumes of the bed, until rare earths break through."""
    hours: np.ndarray
    """Time that takes; never less than one bed volume needs."""
    at_once: np.ndarray
    """Whether the bed is full before one bed volume has passed: a column is no use there."""


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


def load(
    liquor_mol_per_l: ArrayLike,
    capacity_mol_per_l: ArrayLike,
    flow_bv_per_h: ArrayLike,
    bed_use: ArrayLike = 1.0,
) -> Load:
    """Bed volumes to breakthrough and hours of one loading.

    Args:
        liquor_mol_per_l: rare earth in the liquor.
        capacity_mol_per_l: rare earth that a litre of resin holds when full.
        flow_bv_per_h: liquor, in bed volumes per hour.
        bed_use: part of the capacity that is used at breakthrough.

    Returns:
        As :class:`Load`, broadcast over the arguments.

    Raises:
        ValueError: if a value is missing or out of range.
    """
    liquor = door.numbers("The liquor's concentration", liquor_mol_per_l, door.POSITIVE)
    capacity = door.numbers("The capacity", capacity_mol_per_l, door.POSITIVE)
    flow = door.numbers("The flow", flow_bv_per_h, door.POSITIVE)
    use = door.numbers("The part of the bed that is used", bed_use, door.FRACTION)
    volumes = use * capacity / liquor
    return Load(volumes, np.maximum(volumes, 1.0) / flow, volumes < 1.0)


def adsorbent(
    *,
    capacity_mol_per_l: ArrayLike,
    protein_mmol_per_l: ArrayLike,
    protein_g_per_mol: ArrayLike,
    protein_usd_per_g: ArrayLike,
    resin_usd_per_l: ArrayLike,
    load_h: ArrayLike,
    off_h: ArrayLike,
    hours_per_year: ArrayLike,
    life_cycles: ArrayLike,
    recovery: ArrayLike = 1.0,
) -> Adsorbent:
    """Size and price of a set of columns of which some load while the others are stripped.

    Each litre of resin delivers its capacity once in a cycle, whatever the number of columns:
    resin = molar flow / capacity * (time on the liquor + time off it). With both times equal and
    two columns this is the formula of the phosphogypsum model REEPS (Smerigan 2024).

    Args:
        capacity_mol_per_l: rare earth that a litre of resin takes up per cycle.
        protein_mmol_per_l: protein on a litre of resin.
        protein_g_per_mol: molar mass of the protein.
        protein_usd_per_g: its price.
        resin_usd_per_l: price of the resin without protein.
        load_h: hours that a column spends on loading.
        off_h: hours that it spends on washing, stripping and being made ready.
        hours_per_year: hours in operation.
        life_cycles: loadings that a charge survives.
        recovery: part of the incoming rare earth that the column delivers.

    Returns:
        Inventory, first cost and life, broadcast over the arguments.
    """
    cycle = np.asarray(load_h, dtype=float) + np.asarray(off_h)
    moles_per_h = 1000 / OXIDE_G_PER_MOL / np.asarray(hours_per_year) / np.asarray(recovery)
    resin = moles_per_h / np.asarray(capacity_mol_per_l) * cycle
    protein = resin * np.asarray(protein_mmol_per_l) / 1000 * np.asarray(protein_g_per_mol) / 1000
    capital = resin * np.asarray(resin_usd_per_l) + protein * 1000 * np.asarray(protein_usd_per_g)
    life = np.asarray(life_cycles) * cycle / np.asarray(hours_per_year)
    return Adsorbent(resin, protein, capital, np.broadcast_to(life, np.shape(capital)))
