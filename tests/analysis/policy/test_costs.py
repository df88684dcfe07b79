"""Costs stand on one basis, are complete, and say why where there is none."""

import numpy as np
import pytest

from rareearth import scenarios
from rareearth.analysis import balance as outlook
from rareearth.analysis.policy import costs, levers

BASELINE = scenarios.load("baseline")


@pytest.fixture(scope="module")
def lattice():
    return levers.Lattice(BASELINE, levers.acting(), 60, 1)


@pytest.fixture(scope="module")
def frame(lattice):
    return costs.table(lattice)


def test_every_lever_has_a_cost_or_the_reason_why_none(frame):
    assert set(costs.COUNTED) | set(costs.NOT_FOUND) == set(levers.acting())
    assert not set(costs.COUNTED) & set(costs.NOT_FOUND)
    basis = ["authority", "authority_high", "users", "fair", *costs.PERIODS]
    known = frame.loc[list(costs.COUNTED), basis].astype(float)
    assert np.isfinite(known).all(axis=None)
    missing = frame.loc[list(costs.NOT_FOUND)]
    assert missing[basis].isna().all(axis=None)
    assert missing["counted"].str.startswith("not found: ").all()
    assert (frame["pays"].str.len() > 10).all() and (frame["price_year"] == costs.PRICE_YEAR).all()


@pytest.mark.parametrize("lever", costs.COUNTED)
def test_outlays_of_the_periods_are_all_outlays(lattice, frame, lever):
    cost = costs.of(lattice, lever)
    periods = frame.loc[lever, list(costs.PERIODS)].astype(float).sum()
    assert periods == pytest.approx(cost.outlays.sum(axis=0).mean() / costs.MILLION)
    assert (cost.outlays >= 0).all() and (cost.users >= 0).all()
    assert (cost.outlays.sum(axis=0) <= cost.authority * (1 + 1e-9)).all()
    outside = (levers.HORIZON[0] > outlook.YEARS) | (levers.HORIZON[1] < outlook.YEARS)
    assert not cost.outlays[outside].any()


def test_either_the_treasury_pays_or_users(frame):
    for lever in costs.COUNTED:
        pays = frame.loc[lever, ["authority", "users"]].astype(float)
        assert (pays > 0).sum() == 1, lever
        assert (pays["users"] > 0) == (lever in costs.BUYERS)


def test_loans_cost_more_at_fair_value_than_by_law(frame):
    assert frame.loc["loans", "fair"] > frame.loc["loans", "authority"]


def test_what_is_lost_with_shares_is_no_less_than_the_grants(lattice):
    """A share is worth less to a private owner than the state pays, and a failed one nothing."""
    draws = lattice.draws(["equity_first"])
    cost = costs.of(lattice, "equity_first")
    capital = costs._capital(draws, "equity_first")[0]
    grants = capital * draws["venture_grant_first_plant"].to_numpy()
    assert (cost.fair <= cost.outlays.sum(axis=0) + 1e-6).all()
    assert cost.authority == pytest.approx(
        grants + capital * draws["venture_equity_share"].to_numpy()
    )


def test_a_floor_pays_nothing_where_the_price_stands_above_it(lattice, monkeypatch):
    monkeypatch.setattr(
        costs.price_floor, "payment_per_kg", lambda draws, years: np.zeros((len(years), len(draws)))
    )
    assert not costs.of(lattice, "price_floor").outlays.any()
    assert not costs.of(lattice, "border_price").users.any()


def test_the_contract_in_force_is_not_paid_twice(lattice):
    """Up to its end nearly all running oxide is covered already, after that none."""
    assert 0.9 < costs.held_share() <= 1
    cost = costs.of(lattice, "price_floor").outlays.mean(axis=1)
    years = outlook.YEARS
    assert cost[years == 2036].item() > cost[years == 2035].item()


def test_a_cost_of_a_kilogram_is_money_over_mass(lattice, frame):
    cost, mass = costs.of(lattice, "research"), lattice.brought(["research"])
    kg = 1e3 * levers.in_years(mass, None).mean()
    assert frame.loc["research", "usd_per_kg"] == pytest.approx(cost.outlays.sum(0).mean() / kg)


def test_unknown_costs_are_refused(lattice):
    with pytest.raises(ValueError, match="No cost is known"):
        costs.of(lattice, "permitting")


@pytest.mark.parametrize("name", ["baseline", "announced"])
def test_the_printed_table_is_full(name):
    lattice = levers.Lattice(scenarios.load(name), levers.acting(), 40, 1)
    frame, printed, answers = costs.on_one_basis(lattice)
    assert (printed.map(len) > 0).all(axis=None)
    missing = set(answers["costs-not-found"].text.split(", "))
    assert missing == set(frame.loc[list(costs.NOT_FOUND), "title"].str.lower())
