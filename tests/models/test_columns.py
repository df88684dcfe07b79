"""Columns: what a bed holds, how long it takes to fill, what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import columns


def sized(**more):
    given_ = {
        "capacity_mol_per_l": 0.01,
        "protein_mmol_per_l": 5,
        "protein_g_per_mol": 10_000,
        "protein_usd_per_g": 1,
        "resin_usd_per_l": 40,
        "load_h": 4,
        "off_h": 4,
        "hours_per_year": 8000,
        "life_cycles": 1000,
    }
    return columns.adsorbent(**given_ | more)


def test_a_column_holds_what_passes_in_a_cycle():
    charge = sized()
    # A year's kilogram is 1000/168.24 mol; 1000 cycles of 8 h last a year.
    moles = 1000 / columns.OXIDE_G_PER_MOL
    assert charge.life_years == pytest.approx(1.0)
    assert charge.resin_l * 0.01 * 1000 == pytest.approx(moles)
    assert charge.protein_kg == pytest.approx(charge.resin_l * 0.05)
    assert charge.capital_usd == pytest.approx(charge.resin_l * 40 + charge.protein_kg * 1000)


def test_only_the_length_of_the_cycle_counts():
    assert sized(load_h=1, off_h=7).resin_l == pytest.approx(sized().resin_l)
    assert sized(load_h=8, off_h=8).resin_l == pytest.approx(2 * sized().resin_l)


@given(st.floats(1e-7, 1), st.floats(1e-3, 0.1), st.floats(1, 40), st.floats(0.1, 1))
def test_a_load_brings_what_the_bed_takes(liquor, capacity, flow, use):
    load = columns.load(liquor, capacity, flow, use)
    assert load.bed_volumes * liquor == pytest.approx(use * capacity)
    assert load.hours * flow == pytest.approx(max(load.bed_volumes, 1))
    assert load.at_once == (use * capacity < liquor)


def test_mine_water_takes_days_and_the_liquor_of_magnets_fills_a_bed_at_once():
    # By hand: 5.77 umol per mL over 2.05 umol per L; 0.05 mol per L over 5.77.
    water = columns.load(2.05e-6, 0.00577, 30)
    assert water.bed_volumes == pytest.approx(2815, rel=1e-3)
    assert water.hours == pytest.approx(94, rel=0.01) and not water.at_once
    rich = columns.load(0.05, 0.00577, 30)
    assert rich.at_once and rich.hours == pytest.approx(1 / 30)


@pytest.mark.parametrize("wrong", [np.nan, 0.0, -1.0, np.inf])
def test_what_is_no_concentration_is_refused(wrong):
    with pytest.raises(ValueError, match="The liquor's concentration must be"):
        columns.load([0.1, wrong], 0.01, 20)
