"""US demand and conversions: closed forms and properties."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth import assumptions, data, scenarios
from rareearth.models import demand

FRACTION = st.floats(0, 1)


@pytest.fixture(scope="module")
def table():
    return data.table("magnet_demand")


@pytest.fixture
def draws():
    return assumptions.sample(200, 1, scenarios.load("baseline"))


def certain(**changes: float) -> pd.DataFrame:
    plain = dict.fromkeys(demand.SHARES.values(), 1.0)
    level = {"magnet_demand_level": 1.0, demand.FINISHED: 1.0}
    return pd.DataFrame([plain | {"content_saved_by_2050": 0.0} | level | changes])


@pytest.mark.parametrize("case", ["STEPS", "APS", "NZE"])
def test_a_path_starts_in_the_base_year_and_ends_in_2050(table, case):
    years = demand.path(table, case).index
    assert (years[0], years[-1]) == (demand.BASE_YEAR, demand.LAST_YEAR)


def test_elements_are_given_for_two_uses_only(table):
    assert set(demand.path(table, "STEPS", "Dy").columns) == {"Electric vehicles", "Wind power"}


def test_an_unknown_case_is_named(table):
    with pytest.raises(ValueError, match="case 'BAU'"):
        demand.path(table, "BAU")


def test_a_country_with_every_share_at_one_is_the_world(table):
    world = demand.path(table, "APS")
    everything = demand.us_demand(world, certain())
    assert np.allclose(everything[0], world[list(demand.USES)].sum(axis=1))


@given(saved=FRACTION, level=st.floats(0.5, 2))
def test_saving_is_nothing_at_first_and_whole_at_last(saved, level):
    world = pd.DataFrame(
        1.0, index=[demand.BASE_YEAR, 2037, demand.LAST_YEAR], columns=list(demand.USES)
    )
    result = demand.us_demand(
        world, certain(content_saved_by_2050=saved, magnet_demand_level=level)
    )[0]
    assert np.allclose(result, 3 * level * np.array([1, 1 - saved / 2, 1 - saved]))


@given(finished=st.floats(0.01, 1), level=st.floats(0.5, 2))
def test_what_is_put_in_is_what_comes_out_and_scrap(finished, level):
    world = pd.DataFrame(1.0, index=[demand.BASE_YEAR, 2037], columns=list(demand.USES))
    assumed = certain(magnet_demand_level=level, **{demand.FINISHED: finished})
    gross, net = demand.us_metal(world, assumed), demand.us_demand(world, assumed)
    assert np.allclose(net, finished * gross) and (net <= gross).all(axis=None)
    everything = certain(magnet_demand_level=level)
    assert np.allclose(demand.us_demand(world, everything), demand.us_metal(world, everything))


def test_band_is_ordered_and_wider_at_a_higher_level(table, draws):
    result = demand.us_demand(demand.path(table, "STEPS"), draws)
    narrow, wide = demand.band(result, 0.5), demand.band(result, 0.9)
    assert (wide["low"] < narrow["low"]).all() and (narrow["high"] < wide["high"]).all()
    assert (narrow["low"] < narrow["median"]).all() and (narrow["median"] < narrow["high"]).all()


def test_spread_goes_to_what_the_outcome_depends_on():
    rng = np.random.default_rng(0)
    assumed = pd.DataFrame(rng.random((2000, 3)), columns=["much", "little", "none"]).assign(
        still=1.0
    )
    shares = demand.spread_explained(assumed, 3 * assumed["much"] + assumed["little"])
    assert list(shares.index) == ["much", "little", "none"]
    assert shares.sum() == pytest.approx(1)
    assert shares["much"] == pytest.approx(0.9, abs=0.03)  # variances 9 : 1
    assert shares["none"] < 0.01


def test_growth_inverts_compounding():
    assert demand.annual_growth(100, 100 * 1.07**12, 12) == pytest.approx(0.07)
