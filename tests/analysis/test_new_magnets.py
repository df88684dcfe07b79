"""New magnets: no tonnes without success, no more than is announced, none where none is served."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rareearth import assumptions, data, scenarios
from rareearth.analysis import balance, magnets, new_magnets, supply
from rareearth.models import buildup, substitution

YEARS = np.arange(2024, 2051)
BASELINE = scenarios.load("baseline")
DRAWN = supply.sample(400, 1, BASELINE)


def legal(name: str) -> st.SearchStrategy[float]:
    row = assumptions.register().loc[name]
    return st.floats(float(row["minimum"]), float(row["maximum"]))


def test_no_chance_no_tonnes_and_certainty_all_draws():
    assert not new_magnets.made(DRAWN.assign(new_magnet_success=0.0), BASELINE, YEARS).any()
    assert new_magnets.succeeds(DRAWN.assign(new_magnet_success=1.0)).all()


def test_as_many_draws_succeed_as_the_chance_says():
    drawn = supply.sample(4000, 1, BASELINE)
    expected = drawn["new_magnet_success"].mean()
    assert new_magnets.succeeds(drawn).mean() == pytest.approx(expected, abs=0.02)


def test_a_larger_chance_never_makes_less():
    less, more = (
        new_magnets.made(DRAWN.assign(new_magnet_success=chance), BASELINE, YEARS)
        for chance in (0.2, 0.6)
    )
    assert (more >= less).all() and (more > less).any()


def test_nothing_is_made_before_a_plant_is_due_and_no_more_than_announced():
    sure = DRAWN.assign(new_magnet_success=1.0, new_magnet_growth=0.0)
    made = new_magnets.made(sure, BASELINE, YEARS)
    plants = new_magnets.plants()
    assert not made[plants["due_year"].min() > YEARS].any()
    most = buildup.MOST * plants["capacity_t_per_year"]
    assert (made <= most.sum()).all()
    assert (made[plants["due_year"].max() > YEARS] <= most.min()).all()


def test_announced_plants_make_their_nameplate_on_time():
    scenario = scenarios.load("announced", new_magnet_growth=0)
    made = new_magnets.made(supply.sample(50, 1, scenario), scenario, YEARS)
    plants = new_magnets.plants()
    for year, built in ((2026, 0.0), (2027, 1500.0), (2040, plants["capacity_t_per_year"].sum())):
        assert (made[year - 2024] == built).all()


def test_measured_properties_serve_no_use_and_avoid_no_tonne():
    compact = magnets.candidates().set_index("label").loc["Fe16N2"]
    measured = DRAWN.assign(
        new_magnet_success=1.0,
        new_magnet_remanence=compact["br_t"],
        new_magnet_coercivity=compact["hcj_ka_m"],
    )
    assert not new_magnets.serves(measured, BASELINE).any()
    fits = magnets.fit(DRAWN["load_line_permeance"], -40.0)
    held = fits.loc[fits["label"] == "Fe16N2", "holds_share"]
    assert (held < substitution.LOST).all(), "The matrix and the tonnes must say the same."
    result = magnets.run(BASELINE, measured)
    assert not result.us.routes[substitution.ROUTES.index("New magnets")].any()


@settings(max_examples=15, deadline=None)
@given(
    legal("new_magnet_success"),
    legal("new_magnet_coercivity"),
    legal("new_magnet_remanence"),
    legal("new_magnet_growth"),
    legal("new_magnet_reach"),
)
def test_mass_balances_for_any_legal_new_magnet(success, coercivity, remanence, growth, reach):
    drawn = DRAWN.head(50).assign(
        new_magnet_success=success,
        new_magnet_coercivity=coercivity,
        new_magnet_remanence=remanence,
        new_magnet_growth=growth,
        new_magnet_reach=reach,
    )
    made, serves = new_magnets.offer(drawn, BASELINE, YEARS)
    assert np.isfinite(made).all() and (made >= 0).all()
    assert ((serves >= 0) & (serves <= reach)).all()
    result = magnets.run(BASELINE, drawn)
    for place in (result.us, result.world):
        assert (place.routes >= 0).all()
        assert (place.routes.sum(axis=0) <= place.demand * (1 + 1e-12)).all()


def test_the_balance_inherits_failure():
    none = balance.run(scenarios.load("baseline", new_magnet_success=0), 60, 1)
    assert not none.avoided.sel(route="New magnets").any()
    sure = balance.run(scenarios.load("innovation"), 60, 1)
    assert sure.avoided.sel(route="New magnets", year=2040).any()


def test_innovation_and_announced_say_that_they_assume_success():
    for name in ("innovation", "announced"):
        assert (supply.sample(5, 1, scenarios.load(name))["new_magnet_success"] == 1).all()
    assert "assumed here, not found" in scenarios.load("innovation").story


@pytest.mark.pinned
def test_the_chance_and_the_coercivity_rest_on_their_rows():
    register = assumptions.register()
    record = data.table("valley_of_death").set_index(["subject", "metric"])["low"]
    capture = "carbon-capture demonstrations paid for by the Department of Energy"
    ran = record[capture, "projects that came to run"] / record[capture, "projects chosen"]
    start = "US start-ups of all kinds"
    third = record[start, "raised a series C"] / record[start, "raised a series B"]
    chance = register.loc["new_magnet_success"]
    assert chance["low"] == pytest.approx(1 / 14, abs=0.005)
    assert chance["mode"] == pytest.approx(np.mean([ran, third]), abs=0.05)
    materials = data.table("magnet_materials")
    powder = materials[(materials["material"] == "Fe16N2") & (materials["stage"] == "laboratory")]
    coercivity = register.loc["new_magnet_coercivity"]
    assert coercivity["low"] == pytest.approx(powder["hcj_ka_m_high"].max(), abs=1)
    limit = materials.loc[materials["source"] == "mpco_fe16n2", "hcj_ka_m_high"].max()
    of_crystal = 2000 / (8 / substitution.constants.mu_0 / 1e3)
    assert coercivity["high"] == pytest.approx(limit * of_crystal, abs=2)
