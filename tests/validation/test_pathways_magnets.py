"""Properties that makers print, reproduced from their remanence, coercivity and coefficients."""

import pytest

from rareearth import data
from rareearth.models import substitution
from rareearth.validation import pathways


@pytest.fixture(scope="module")
def rows():
    return pathways.magnet_properties().set_index("quantity")


@pytest.mark.parametrize("material", ["NdFeB", "SmCo5", "Sm2Co17", "Ferrite"])
def test_energy_products_follow_from_remanence(rows, material):
    assert abs(rows.loc[f"Largest energy product of {material}", "error_pct"]) < 3


def test_the_square_loop_is_too_kind_to_alnico(rows):
    assert rows.loc["Largest energy product of AlNiCo", "error_pct"] > 20


def test_makers_stop_before_the_margin_is_gone(rows):
    limits = rows[rows.index.str.startswith("Highest working temperature")]
    assert len(limits) == 4
    assert (limits["error_pct"] > 0).all() and (limits["error_pct"] < 60).all()
    rated = limits.sort_values("published_low")
    assert rated["ours"].is_monotonic_increasing, "Better grades must last to higher temperatures."


def test_a_worked_example_of_a_maker_is_reproduced():
    materials = data.table("magnet_materials").set_index("grade")
    room, hot = materials.loc["N48SH at 20 C"], materials.loc["N48SH at 150 C"]
    for name, coefficient in (("br_t", "alpha_br_pct_per_k"), ("hcj_ka_m", "beta_hcj_pct_per_k")):
        ours = substitution.at_temperature(room[f"{name}_high"], room[coefficient], 150)
        assert ours == pytest.approx(hot[f"{name}_high"], rel=0.01)


def test_every_row_says_where_it_is_from_and_why_it_differs(rows):
    assert rows["source"].str.len().gt(0).all()
    assert rows["reason"].str.split().str.len().ge(5).all()
