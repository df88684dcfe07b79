"""Magnets, adoption and avoided demand: closed forms, bounds and properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import constants
from scipy.optimize import minimize_scalar

from rareearth import assumptions, data, scenarios
from rareearth.analysis import magnets
from rareearth.models import demand, substitution

BR = st.floats(0.1, 2.4)
HCJ = st.floats(10, 3000)
MU = st.floats(1, 1.3)
YEARS = np.arange(demand.BASE_YEAR, demand.LAST_YEAR + 1)


@pytest.fixture(scope="module")
def materials():
    return data.table("magnet_materials").astype({"stage": str, "body": str})


@pytest.fixture(scope="module")
def candidates():
    return magnets.candidates()


def draws(n=300, **changes):
    sample = assumptions.sample(n, 1, scenarios.load("baseline"))
    return sample.assign(**changes)


def offered(sample, made_t=1000.0, serves=0.3):
    """New magnets that replace the same mass every year from the second on."""
    made = np.full((len(YEARS), len(sample)), made_t)
    made[0] = 0
    return made, np.full(len(sample), serves)


def us(sample):
    return substitution.demand_by_element(
        data.table("magnet_demand"), "STEPS", sample, demand.SHARES
    )


def one_magnet(**changes):
    plain = {
        "br_t": 1.2,
        "hcj_ka_m": 900.0,
        "alpha_br_pct_per_k": -0.12,
        "beta_hcj_pct_per_k": -0.6,
        "mu_rec": 1.05,
    }
    return pd.DataFrame([plain | changes])


@given(BR, MU)
def test_energy_product_of_a_coercive_magnet_is_the_closed_form(br, mu):
    expected = br**2 / (4 * constants.mu_0 * mu) / 1e3
    assert substitution.energy_product(br, np.inf, mu) == pytest.approx(expected)


@given(BR, HCJ, MU)
def test_no_magnet_beats_the_bound_of_theory(br, hcj, mu):
    bound = substitution.energy_product(br)
    assert substitution.energy_product(br, hcj, mu) <= bound * (1 + 1e-12)


@given(BR, HCJ, MU)
def test_energy_product_is_the_peak_along_the_line(br, hcj, mu):
    def lost(field_ka_m):
        return -field_ka_m * (br - constants.mu_0 * mu * 1e3 * field_ka_m)

    best = minimize_scalar(lost, bounds=(0, hcj), method="bounded", options={"xatol": 1e-6})
    assert substitution.energy_product(br, hcj, mu) == pytest.approx(-best.fun, rel=1e-4)


@given(BR, st.floats(0.1, 20), MU)
def test_load_and_recoil_line_meet_in_the_opposing_field(br, permeance, mu):
    field = 1e3 * substitution.opposing_field(br, permeance, mu)
    on_recoil = br - constants.mu_0 * mu * field
    assert on_recoil == pytest.approx(constants.mu_0 * permeance * field, rel=1e-9)


@given(st.floats(20, 180), st.floats(1, 30))
def test_hotter_is_weaker(temperature, more):
    magnet = one_magnet(bhmax_kj_m3=280.0)
    cool, hot = substitution.energy_at(magnet, [temperature, temperature + more])[:, 0]
    assert hot < cool
    margins = substitution.margin(magnet, np.array([temperature, temperature + more]), 1.6)
    assert margins[1, 0] <= margins[0, 0]


def test_ferrite_is_weakest_in_the_cold(candidates):
    ferrite = candidates[candidates["label"] == "Ferrite"]
    cold, room, hot = substitution.margin(ferrite, np.array([-40.0, 20.0, 150.0]), 1.6)[:, 0]
    assert cold < room < hot


@given(st.floats(0.5, 5), st.floats(600, 2500))
def test_margin_is_one_at_the_limit_temperature(permeance, hcj):
    magnet = one_magnet(hcj_ka_m=hcj)
    limit = substitution.limit_temperature(magnet, permeance)
    assume(20 < limit[0] < 180)
    assert substitution.margin(magnet, limit, permeance)[0, 0] == pytest.approx(1)


def test_a_magnet_that_gains_coercivity_faster_than_load_has_no_limit():
    assert np.isinf(substitution.limit_temperature(one_magnet(beta_hcj_pct_per_k=0.3), 1.6))[0]


@given(BR, MU)
def test_the_least_remanence_turns_the_energy_product_round(br, mu):
    energy = substitution.energy_product(br, np.inf, mu)
    assert substitution.least_remanence(energy, mu) == pytest.approx(br)


@given(BR, HCJ, MU)
def test_at_the_least_permeance_the_opposing_field_is_the_coercivity(br, hcj, mu):
    permeance = substitution.least_permeance(br, hcj, mu)
    assume(permeance > -0.9 * mu)
    assert substitution.opposing_field(br, permeance, mu) == pytest.approx(hcj)


def test_permeance_of_a_thin_and_a_long_cylinder():
    factor = 1 / (1 + substitution.cylinder_permeance([1e-9, 1.0, 1e9]))
    # A flat disc demagnetises itself fully, a needle not at all; exact value at n = 1 is 0.3116.
    assert factor == pytest.approx([1, 0.3116, 0], abs=0.006)


def test_the_reference_needs_once_its_own_volume(candidates):
    uses = data.table("magnet_uses")
    uses = uses.assign(reference="NdFeB " + uses["reference_grade"])
    table = substitution.feasibility(candidates, uses, [1.6], -40).merge(uses, on="use")
    own = table[table["label"] == table["reference"]]
    assert len(own) == len(uses)
    assert np.allclose(own[["volume_ratio", "mass_ratio"]], 1)


def test_more_closed_circuits_keep_more_magnets(candidates):
    uses = pd.DataFrame({"use": ["x"], "working_c": [120.0], "reference": ["NdFeB N48SH"]})
    open_, closed = (
        substitution.feasibility(candidates, uses, [pc], -40).set_index("label")["margin"]
        for pc in (1.0, 10.0)
    )
    assert (closed > open_).all()


def test_an_unknown_reference_is_named(candidates):
    uses = pd.DataFrame({"use": ["x"], "working_c": [120.0], "reference": ["NdFeB N99"]})
    with pytest.raises(ValueError, match="N99"):
        substitution.feasibility(candidates, uses, [1.6], -40)


@given(BR, HCJ, st.floats(0, 1), st.floats(0, 1))
def test_no_demagnetisation_curve_beats_what_remanence_and_coercivity_allow(br, hcj, knee, kept):
    """Any falling polarisation from remanence to nothing at the coercivity has less energy."""
    field = np.linspace(0, hcj, 500)
    polarisation = br * np.interp(field / hcj, [0, knee, 1], [1, kept, 0])
    energy = field * (polarisation - constants.mu_0 * 1e3 * field)
    assert energy.max() <= substitution.energy_allowed(br, hcj) * (1 + 1e-9)


@given(BR, HCJ)
def test_what_is_allowed_grows_with_coercivity_up_to_the_limit_of_the_remanence(br, hcj):
    allowed = substitution.energy_allowed(br, [hcj, 1.1 * hcj, np.inf])
    assert np.all(np.diff(allowed) >= -1e-9)
    assert allowed[-1] == pytest.approx(br**2 / (4 * constants.mu_0) / 1e3)


@given(BR, HCJ, st.floats(1.02, 3))
def test_a_sample_that_prints_more_than_it_can_have_is_found(br, hcj, excess):
    allowed = float(substitution.energy_allowed(br, hcj))
    sample = pd.DataFrame(
        {
            "br_t_high": [br, br, np.nan],
            "js_t": np.nan,
            "hcj_ka_m_high": hcj,
            "hcb_ka_m": np.nan,
            "bhmax_kj_m3_high": [0.99 * allowed, excess * allowed, 1e4],
        }
    )
    found = substitution.inconsistencies(sample, 0.01)
    assert found[0] == "" and "energy product" in found[1] and found[2] == ""


def test_magnets_that_are_compared_can_be_one_sample(candidates):
    most = substitution.energy_allowed(candidates["br_t"], candidates["hcj_ka_m"])
    bad = candidates.loc[candidates["bhmax_kj_m3"] > 1.01 * most, "label"]
    assert bad.empty, f"{list(bad)}: join no values of different samples in magnet_materials."


def test_vendor_rows_beyond_theory_are_found(materials):
    beyond = materials[substitution.inconsistencies(materials, 0.01) != ""]
    assert set(beyond["source"]) == {"vectormagnets_2016"}
    assert len(beyond) == 3, f"Rows that cannot be right:\n{beyond[['material', 'grade']]}"


@given(st.floats(2000, 2080), st.floats(1, 60))
def test_logistic_takes_over_from_a_tenth_to_nine_tenths(midpoint, takeover):
    at = np.array([midpoint - takeover / 2, midpoint, midpoint + takeover / 2])
    assert substitution.logistic(at, midpoint, takeover) == pytest.approx([0.1, 0.5, 0.9])


@given(st.floats(2025, 2060), st.floats(3, 40))
def test_growth_starts_at_nothing_and_only_rises(midpoint, takeover):
    grown = substitution.growth_since(YEARS, 2024, np.array([midpoint]), np.array([takeover]))[:, 0]
    assert grown[0] == 0
    assert (np.diff(grown) >= 0).all() and (grown <= 1).all()


@given(st.floats(2015, 2035), st.floats(4, 30), st.floats(0.3, 1))
def test_fit_finds_the_curve_that_made_the_points(midpoint, takeover, ceiling):
    years = np.arange(2018, 2031, 2)
    shares = ceiling * substitution.logistic(years, midpoint, takeover)
    assume(((shares > 1e-6) & (shares < ceiling * (1 - 1e-6))).all())
    assert substitution.fit_logistic(years, shares, ceiling) == pytest.approx(
        (midpoint, takeover), rel=1e-3
    )


def test_a_share_above_the_ceiling_cannot_be_fitted():
    with pytest.raises(ValueError, match="between 0 and the ceiling"):
        substitution.fit_logistic([2020, 2022], [0.3, 0.9], 0.8)


def test_elements_and_uses_add_to_the_demand_of_the_demand_chapter():
    sample = draws()
    path = substitution.yearly(demand.path(data.table("magnet_demand"), "STEPS"))
    assert np.allclose(us(sample).sum(axis=(1, 2)), demand.us_demand(path, sample), rtol=1e-9)


def test_heavy_part_of_other_uses_is_the_assumed_one():
    sample = draws(heavy_share_of_other_uses=0.04)
    other = us(sample)[:, demand.USES.index("Other uses")]
    heavy = other[:, [e in substitution.HEAVY for e in substitution.ELEMENTS]].sum(axis=1)
    assert np.allclose(heavy / other.sum(axis=1), 0.04)


def test_nothing_adopted_avoids_nothing():
    none = dict.fromkeys(substitution.CEILINGS.values(), 0.0)
    sample = draws(**none, heavy_thrift_saving=0.0)
    nothing = offered(sample, made_t=0.0)
    assert not substitution.avoided(us(sample), YEARS, sample, *nothing).routes.any()


@pytest.mark.parametrize("scenario", scenarios.names())
def test_no_more_is_avoided_than_is_demanded(scenario):
    sample = assumptions.sample(300, 1, scenarios.load(scenario))
    result = substitution.avoided(us(sample), YEARS, sample, *offered(sample, 1e5, 1.0))
    assert (result.routes >= 0).all()
    assert (result.routes.sum(axis=0) <= result.demand * (1 + 1e-12)).all()
    assert not result.routes[:, 0].any(), "Substitution counts from the base year."


def test_everything_adopted_leaves_nothing():
    full = dict.fromkeys(substitution.CEILINGS.values(), 1.0)
    sample = draws(**full, switch_midpoint_year=2030.0, switch_takeover_years=2.0)
    result = substitution.avoided(us(sample), YEARS, sample, *offered(sample))
    assert np.allclose(result.routes[:, -1].sum(axis=0), result.demand[-1], rtol=1e-9)


@given(st.floats(0, 1e7), st.floats(0, 1, allow_subnormal=False))
def test_new_magnets_stay_within_what_they_serve_and_what_is_made(made, serves):
    sample = draws(20, **dict.fromkeys(substitution.CEILINGS.values(), 0.0))
    before = us(sample)
    result = substitution.avoided(before, YEARS, sample, *offered(sample, made, serves))
    other = before[:, demand.USES.index("Other uses")].sum(axis=1)
    replaced = result.routes[1].sum(axis=1)
    element = offered(sample, made)[0] / 1e3 * sample["rare_earth_in_magnet"].to_numpy()
    assert (replaced <= serves * other * (1 + 1e-9) + 1e-12).all()
    assert (replaced <= element * (1 + 1e-9) + 1e-12).all()
    assert np.allclose(replaced, np.minimum(serves * other, element))


@given(BR, HCJ)
def test_more_coercivity_serves_more_circuits_and_less_than_a_tenth_is_none(br, hcj):
    circuits = np.linspace(1, 3, 200)
    served = substitution.circuits_served(br, np.array([hcj, 1.2 * hcj, 1e6]), circuits, 1.05)
    assert np.all(np.diff(served) >= 0) and served[-1] == 1
    assert not ((served > 0) & (served < substitution.LOST)).any()


def test_the_mildest_circuit_decides_whether_a_magnet_serves_any():
    circuits = np.linspace(1, 3, 200)
    # By hand: 1 T at a permeance of 2 and a recoil permeability of 1 stands in Br / (3 mu0).
    needed = 1 / (3 * constants.mu_0) / 1e3
    assert substitution.circuits_served(1.0, needed, circuits, 1.0) == pytest.approx(0.5, abs=0.01)
    assert substitution.circuits_served(0.8, 86.5, circuits, 1.05) == 0, "The compact serves none."


def test_thrift_saves_heavy_rare_earths_only():
    result = substitution.avoided(us(draws()), YEARS, draws(), *offered(draws()))
    light = [e not in substitution.HEAVY for e in substitution.ELEMENTS]
    assert not result.routes[2][:, light].any()
    assert result.routes[2][-1].sum() > 0


def test_draws_are_independent_of_each_other():
    sample = draws(50)
    whole = substitution.avoided(us(sample), YEARS, sample, *offered(sample)).routes
    one = sample.iloc[[7]]
    alone = substitution.avoided(us(one), YEARS, one, *offered(one)).routes
    assert np.allclose(whole[..., [7]], alone)
