"""One price: the same draws for all who read it, worlds, and closed forms of a plant's life."""

import numpy as np
import pandas as pd
import pytest

from rareearth import assumptions, scenarios
from rareearth.analysis import balance, market, proteins, stockpile, supply
from rareearth.analysis.policy import finance, levers, price_floor
from rareearth.models import oxides

BASELINE = scenarios.load("baseline")


def world(name):
    return scenarios.choose(BASELINE, price=name)


def test_floor_and_balance_meet_the_same_price():
    drawn = balance.sample(200, 3, BASELINE)
    agreed = price_floor.run(200, 3, BASELINE)
    months = market.months(drawn, 3 * (len(agreed.prices) - 1))
    assert np.array_equal(agreed.prices[1:], months.reshape(-1, 3, 200).mean(axis=1))
    assert np.array_equal(agreed.prices[0], drawn["ndpr_spot"])


def test_all_who_need_a_price_read_the_same_draws():
    drawn, names = assumptions.sample(60, 3, BASELINE), list(market.ASSUMED)
    pd.testing.assert_frame_equal(balance.sample(60, 3, BASELINE)[names], drawn[names])
    firms = finance.firms(3, BASELINE, 60)
    pd.testing.assert_frame_equal(firms[names], drawn[names])
    life = market.over_life(drawn, firms["venture_plant_life"])
    assert firms["price_level"].equals(life["level"]) and life["level"].equals(
        market.expected(drawn)
    )
    # A waste that were all neodymium and praseodymium would bring what a plant expects.
    pure = drawn.assign(ndpr_share_of_drives=1.0)
    np.testing.assert_allclose(proteins.basket(pure, "Shredded drives"), market.expected(drawn))
    light = stockpile.price_per_t(drawn)[0] * supply.kept_from_oxide(drawn)
    np.testing.assert_allclose(light * oxides.ndpr_in_oxide() / 1e3, drawn["ndpr_spot"])
    lattice = levers.Lattice(BASELINE, ["price_floor"], 60, 3)
    pd.testing.assert_frame_equal(lattice.base[names], drawn[names])


def test_a_year_is_the_mean_of_its_months_and_longer_paths_begin_alike():
    drawn = assumptions.sample(50, 1, BASELINE)
    first = int(np.ceil(market.newest()))
    skipped = round((first - market.newest()) * 12)
    months = market.months(drawn, skipped + 24)
    years = market.yearly_means(drawn, range(first - 2, first + 5))
    assert np.array_equal(years[0], drawn["ndpr_spot"])
    assert years[2] == pytest.approx(months[skipped : skipped + 12].mean(axis=0))
    assert years[3] == pytest.approx(months[skipped + 12 :].mean(axis=0))


def test_a_draw_meets_the_same_price_however_many_there_are():
    drawn = assumptions.sample(60, 1, BASELINE)
    whole = market.yearly_means(drawn, range(2026, 2041))
    part = market.yearly_means(drawn.iloc[20:30], range(2026, 2041))
    assert np.array_equal(whole[:, 20:30], part)


@pytest.mark.parametrize(("name", "level"), [("war", 50), ("scarcity", 110)])
def test_in_a_price_world_the_price_goes_to_its_level(name, level):
    drawn = assumptions.sample(4000, 1, world(name))
    assert (market.process(drawn)["median"] == level).all()
    far = market.yearly_means(drawn, range(2026, 2061))[-1]
    assert np.median(far) == pytest.approx(level, rel=0.04)


def test_what_a_plant_may_expect_is_what_long_paths_give():
    drawn = assumptions.sample(2000, 5, BASELINE)
    fixed = drawn.assign(**{name: 0.5 for name in market.POSITIONS})
    life = np.full(len(fixed), 20.0)
    expected = market.over_life(fixed, life)
    path = market.months(fixed, 12 * 60)[-12 * 20 :]
    assert path.mean() == pytest.approx(expected["level"].mean(), rel=0.03)
    away = np.log(path) - np.log(market.process(fixed)["median"].to_numpy())
    assert away.std() == pytest.approx(expected["swings"].iloc[0], rel=0.05)
    assert (expected["spread"] > 0).all() and (expected["spread"] < expected["swings"]).all()


def test_where_nothing_returns_the_life_is_as_uncertain_as_a_year():
    drawn = assumptions.sample(10, 5, BASELINE)
    short = market.over_life(drawn, np.full(10, 1e-9))
    assert short["spread"].to_numpy() == pytest.approx(short["swings"].to_numpy())


def test_a_price_world_in_between_is_refused():
    drawn = assumptions.sample(5, 1, BASELINE).assign(price_world=1.4)
    with pytest.raises(ValueError, match="the choice 'price'"):
        market.process(drawn)
