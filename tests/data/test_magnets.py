"""Tables on magnets agree within themselves, with physics and with the register."""

import numpy as np
import pandas as pd
import pytest

from rareearth import assumptions, data
from rareearth.analysis import magnets
from rareearth.models import substitution


@pytest.fixture(scope="module")
def materials() -> pd.DataFrame:
    return data.table("magnet_materials").astype({"stage": str, "body": str, "kind": str})


def test_ranges_ascend(materials):
    for name in ("br_t", "hcj_ka_m", "bhmax_kj_m3", "limit_c", "density_g_cm3"):
        pair = materials[[f"{name}_low", f"{name}_high"]].dropna()
        wrong = pair[pair.iloc[:, 0] > pair.iloc[:, 1]]
        assert wrong.empty, f"{name} descends in rows {list(wrong.index)} of magnet_materials"


def test_theory_and_claims_are_not_drawn_as_products(materials):
    assert set(materials.query("stage == 'theory'")["body"]) == {"phase"}
    assert (materials.query("stage == 'claim'")["material"] == "Fe16N2").all()
    sold = materials.query("stage == 'product'")
    assert not sold["material"].isin(["Fe16N2", "FeNi", "MnBi", "MnAl"]).any(), (
        "No product with published data is known for these; call the row laboratory or claim."
    )


def test_samarium_counts_as_a_rare_earth(materials):
    rare = materials.groupby("material")["rare_earth"].agg(["min", "max"])
    assert (rare["min"] == rare["max"]).all(), "One material cannot be both."
    assert rare.loc[["Sm2Co17", "SmCo5", "Sm2Fe17N3", "NdFeB"], "min"].all()
    assert not rare.loc[["Ferrite", "AlNiCo", "Fe16N2"], "max"].any()


def test_coercivity_of_flux_is_below_that_of_polarisation(materials):
    both = materials.dropna(subset=["hcb_ka_m", "hcj_ka_m_low"])
    wrong = both[both["hcb_ka_m"] > both["hcj_ka_m_low"] * 1.01]
    assert wrong.empty, f"HcB above HcJ:\n{wrong[['material', 'grade', 'source']]}"


def test_working_temperature_of_the_reference_covers_the_use():
    uses = data.table("magnet_uses")
    limits = magnets.candidates().set_index("label")["limit_c"]
    limit = ("NdFeB " + uses["reference_grade"]).map(limits)
    assert (limit >= uses["working_c"]).all(), (
        "A reference grade in magnet_uses is sold for less than the temperature of its use."
    )


def test_what_lies_ahead_in_the_timeline_is_a_target():
    timeline = data.table("iron_nitride").astype({"kind": str})
    ahead = timeline[timeline["due_year"] > 2026]
    assert set(ahead["kind"]) == {"target"}


def test_awards_stay_below_the_programme():
    awards = data.table("react_awards").dropna(subset=["amount_usd"])
    total = awards["recipient"].str.startswith("programme")
    single = awards[
        ~total & (awards["recipient"] != "three motor projects (Baldor; UT Dallas; QM Power)")
    ]
    assert single["amount_usd"].max() < awards.loc[total, "amount_usd"].min()


@pytest.mark.pinned
def test_announced_precedents_fit_a_logistic_curve():
    shares = data.table("substitution_precedents").query("series == 'LFP batteries, world'")
    midpoint, takeover = substitution.fit_logistic(shares["year"], shares["share_pct"] / 100)
    left = shares["share_pct"] / 100 - substitution.logistic(shares["year"], midpoint, takeover)
    assert np.abs(left).max() < 0.05, "The text says that the battery shares lie on the curve."
    assert takeover <= 10 + 0.5, "The reason of switch_takeover_years says ten years or less."


def test_ranges_of_thrift_lie_within_what_makers_print():
    printed = data.table("heavy_rare_earth_thrift").query("topic == 'Saving by diffusion'")
    row = assumptions.register().loc["heavy_thrift_saving"]
    assert 100 * row["low"] >= printed["low"].min()
    assert 100 * row["high"] <= printed["high"].max()


def test_rows_that_contradict_themselves_are_listed_as_corrections(materials):
    wrong = materials[substitution.inconsistencies(materials, 0.01) != ""]
    listed = data.table("corrections")
    listed = listed[listed["table"] == "magnet_materials"]
    sources = {key for keys in listed["source"].dropna() for key in str(keys).split(";")}
    assert set(wrong["source"]) <= sources, (
        f"Correct these rows or list them in corrections.csv:\n{wrong[['material', 'grade']]}"
    )


def test_remanence_of_the_compact_is_computed_from_what_is_printed(materials):
    row = materials[materials["grade"].str.contains("remanence at most")].iloc[0]
    saturation = materials.loc[materials["source"] == "reex_fe16n2_2025", "js_t"].iloc[0]
    assert row["br_t_high"] == pytest.approx(0.42 * 0.80 * saturation, abs=0.005)
    assert row["kind"] == "derived"


def test_form_and_body_agree(materials):
    for form in ("film", "powder", "phase"):
        assert (materials.query("form == @form")["body"] == form).all()
        assert (materials.query("body == @form")["form"] == form).all()
