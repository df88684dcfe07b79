"""From the laboratory to the first plant: closed forms, enumeration, limits, balances."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from rareearth import assumptions, scenarios
from rareearth.models import finance, price

SIMPLE = {
    **{f"venture_cost_{key}": cost for key, cost in zip(finance.KEYS[:3], (2, 8, 30), strict=True)},
    **{f"venture_years_{key}": 2.0 for key in finance.KEYS},
    **{f"venture_success_{key}": 0.8 for key in finance.KEYS},
    **{f"venture_ticket_{key}": np.inf for key in finance.KEYS},
    **{f"venture_grant_{key}": 0.5 for key in finance.KEYS},
    "venture_plant_capital": 1e5,
    "venture_plant_size": 1000,
    "venture_plant_overrun": 1.0,
    "venture_plant_output": 0.9,
    "venture_plant_cost": 40,
    "venture_plant_life": 20,
    "price_level": 100,
    "price_spread": 0.0,
    "price_swings": 0.0,
    "venture_later_size": 0,
    "venture_later_output": 0.9,
    "venture_learning": 0.1,
    "venture_cost_spread": 0.0,
    "venture_return": 0.1,
    "venture_return_open": 0.1,
    "venture_return_contracted": 0.1,
    "venture_return_public": 0.05,
    "venture_equity_share": 0.3,
    "venture_loan_rate": 0.06,
    "venture_loan_years": 12,
    "venture_loan_coverage": 1.3,
    "venture_loan_cap": 0.6,
    "venture_loan_loss": 0.1,
    "venture_salvage": 0.0,
    "venture_offtake_share": 0.6,
    "venture_offtake_years": 7,
    "venture_offtake_premium": 0.1,
    "venture_floor_price": 110,
    "venture_floor_years": 10,
    "venture_floor_upside": 0.0,
    "venture_credit_share": 0.1,
    "venture_credit_years": 5,
    "venture_money_decides": 0.7,
}
"""One firm for which everything is certain but success."""


def firm(**changes):
    """The simple firm with changes; names without their prefix."""
    changed = {
        name if name in finance.PRICE else f"venture_{name}": value
        for name, value in changes.items()
    }
    assert changed.keys() <= SIMPLE.keys()
    return {
        name: np.atleast_1d(np.asarray(value, float)) for name, value in (SIMPLE | changed).items()
    }


@pytest.fixture(scope="module")
def draws():
    drawn = assumptions.sample(200, 5, scenarios.load("baseline"))
    return drawn.assign(price_level=90.0, price_spread=0.2, price_swings=0.35)


@pytest.fixture(scope="module")
def runs(draws):
    sizes = range(len(finance.INSTRUMENTS) + 1)
    mixes = itertools.chain.from_iterable(
        itertools.combinations(finance.INSTRUMENTS, size) for size in sizes
    )
    return {mix: finance.path(draws, mix) for mix in mixes}


# Closed forms -------------------------------------------------------------------------------------


@given(st.floats(1, 200), st.floats(1, 200), st.floats(0.05, 1))
def test_the_part_below_a_limit_is_that_of_the_lognormal(limit, mean, spread):
    law = stats.lognorm(spread, scale=mean * np.exp(-(spread**2) / 2))
    chance, part = finance.below(limit, mean, spread)
    assert chance == pytest.approx(law.cdf(limit), abs=1e-9)
    above = integrate.quad(law.sf, limit, np.inf)[0] + limit * law.sf(limit)
    assert part == pytest.approx(mean - above, rel=1e-5, abs=1e-6)


def test_a_certain_amount_is_below_or_not():
    chance, part = finance.below([9.0, 10.0, 11.0], 10.0, 0.0)
    assert chance.tolist() == [0, 1, 1]
    assert part.tolist() == [0, 10, 10]


def test_the_right_to_go_on_is_that_of_black():
    worth, cost, spread = 50.0, 60.0, 0.4
    value, go, spent = finance.gate(worth, cost, spread)
    d1 = np.log(worth / cost) / spread + spread / 2
    assert value == pytest.approx(worth * stats.norm.cdf(d1) - cost * stats.norm.cdf(d1 - spread))
    seen = cost * np.exp(spread * np.random.default_rng(1).standard_normal(400_000) - spread**2 / 2)
    assert value == pytest.approx(np.maximum(worth - seen, 0).mean(), rel=0.01)
    assert go == pytest.approx((seen <= worth).mean(), abs=0.003)
    assert spent == pytest.approx((seen * (seen <= worth)).mean(), rel=0.01)


def test_expected_value_by_backward_induction_is_that_of_all_outcomes():
    """Every sequence of successes and failures, written out, with its chance and its cash."""
    run = finance.path(firm())
    rate, p = 0.1, 0.8
    yearly = 1000 * 0.9 * (100 - 40) / 1000
    plant = sum(yearly / (1 + rate) ** year for year in range(1, 21))
    paid = [2, 8, 30, 100]
    total = alive = 0.0
    for outcome in itertools.product((True, False), repeat=4):
        chance = np.prod([p if good else 1 - p for good in outcome])
        cash, year = 0.0, 0
        for cost, good in zip(paid, outcome, strict=True):
            cash -= cost / (1 + rate) ** year
            year += 2
            if not good:
                break
        else:
            cash += plant / (1 + rate) ** year
            alive += chance
        total += chance * cash
    assert run.value[0] == pytest.approx(total)
    assert run.survival == pytest.approx(alive) == pytest.approx(p**4)


def test_a_firm_gives_up_where_going_on_is_worth_less_than_it_costs():
    run = finance.path(firm(price_level=55))
    assert run.worth[-1] < run.cost[-1]
    assert run.go[-1] == 0
    assert (run.value[:-1] == 0).all()
    assert run.survival == 0


def test_a_plant_is_worth_its_annuity_and_the_plants_after_it():
    one = firm(later_size=5000)
    seen = finance.plant(one, np.array([[100.0]]))
    years = finance.annuity(0.1, 20)
    later = 5 * (0.9 * 60 * years - 100 * 0.9) / 1.1**2
    assert seen.more == pytest.approx(later)
    assert seen.worth == pytest.approx(0.9 * 60 * years + later)
    assert finance.plant(one, np.array([[30.0]])).worth == 0


def test_a_floor_under_a_steady_price_pays_the_difference():
    steady = firm(price_level=80)
    bare, floored = (finance.plant(steady, [[80.0]], mix) for mix in ((), ("floor",)))
    extra = 0.9 * (110 - 80) * finance.annuity(0.1, 10)
    assert floored.worth - bare.worth == pytest.approx(extra)
    assert floored.floor_cost == pytest.approx(0.9 * 30 * finance.annuity(0.05, 10))
    high = finance.plant(firm(floor_upside=0.3), [[150.0]], ("floor",))
    assert high.floor_cost == pytest.approx(-0.3 * 0.9 * 40 * finance.annuity(0.05, 10))


def test_a_floor_pays_in_the_long_run_what_the_price_model_says():
    """The years of a plant's life are draws of a price that has forgotten where it started."""
    level, volatility, floor = 80.0, 0.35, 110.0
    chance, part = finance.below(floor, level, volatility)
    median = level * np.exp(-(volatility**2) / 2)
    long_run = price.expected_floor_payment(median, median, 1.0, volatility * np.sqrt(2), floor, 50)
    assert floor * chance - part == pytest.approx(long_run, rel=1e-6)


def test_the_price_nodes_have_the_expected_mean_and_spread():
    nodes, weights = finance.prices(firm(price_spread=0.3))
    assert (nodes * weights).sum() == pytest.approx(100, rel=1e-9)
    second = (nodes**2 * weights).sum() / 100**2
    assert second == pytest.approx(np.exp(0.3**2), rel=1e-6)


def test_a_failing_portfolio_earns_the_expected_rate():
    quoted = finance.quoted_rate(0.15, 0.5, 4)
    assert 0.5 * (1 + quoted) ** 4 == pytest.approx(1.15**4)


# Limits -------------------------------------------------------------------------------------------


def test_with_certain_success_and_no_cost_everyone_survives():
    sure = {f"success_{key}": 1.0 for key in finance.KEYS}
    free = {f"cost_{key}": 1e-9 for key in finance.KEYS[:3]} | {"plant_capital": 1e-6}
    run = finance.path(firm(**sure, **free))
    assert run.survival == pytest.approx(1)
    assert finance.gaps(run)["gap"].max() == 0


def test_without_cash_there_is_no_loan():
    run = finance.path(firm(price_level=40, loan_loss=1.0), ("loans",))
    assert (run.loans == 0).all()
    assert finance.path(firm(loan_loss=1.0), ("loans",)).loans[-1] > 0


def test_a_lender_that_may_lose_nothing_lends_the_collateral():
    careful = firm(loan_loss=0.0, salvage=0.15)
    run = finance.path(careful, ("loans",))
    assert run.loans[-1] == pytest.approx(0.15)
    assert (run.loans[:-1] == 0).all()
    assert run.loss[-1] == pytest.approx(0)


@pytest.mark.parametrize("limit", [0.02, 0.1, 0.19])
def test_the_expected_loss_of_a_loan_keeps_to_its_limit(limit):
    run = finance.path(firm(loan_loss=limit, salvage=0.1), ("loans",))
    assert run.loans[-1] > 0.1
    assert run.loss[-1] == pytest.approx(limit) or run.loans[-1] == pytest.approx(0.6)


def test_a_lender_that_bears_any_loss_pays_at_every_gate_and_loses_most_of_it_early():
    run = finance.path(firm(), ("loans",), loss_limit=1.0)
    assert (run.loans > 0).all()
    assert (np.diff(run.loss[:, 0]) < 0).all()
    assert run.loss[0] == pytest.approx(1 - 0.8**4)


def test_a_loan_is_served_from_the_cash_of_a_bad_year():
    run = finance.path(firm(loan_loss=1.0, loan_coverage=8), ("loans",))
    assert run.loans[-1] == pytest.approx(0.9 * 60 / 8 * finance.annuity(0.06, 12) / 1.06**2 / 100)


def test_small_rounds_stop_what_is_worth_it():
    run = finance.path(firm(ticket_first_plant=50))
    assert run.worth[-1] > run.cost[-1]
    assert run.go[-1] == 0
    helped = finance.path(firm(ticket_first_plant=50), ("grants",))
    assert helped.go[-1] == 1


def test_equity_on_equal_terms_does_not_make_a_bad_plant_good():
    same = {"return_public": 0.1, "price_level": 55}
    assert finance.path(firm(**same), ("equity",)).go[-1] == 0
    dear = firm(return_public=0.1, ticket_first_plant=80)
    assert finance.path(dear).go[-1] == 0
    assert finance.path(dear, ("equity",)).go[-1] == 1, "a partner makes the round smaller"


def test_unknown_instruments_are_refused():
    with pytest.raises(ValueError, match="known: grants"):
        finance.path(firm(), ("tariff",))


# Responses ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("price_level", 1.2),
        ("venture_success_pilot", 1.2),
        ("venture_success_first_plant", 1.1),
        ("venture_ticket_first_plant", 1.5),
        ("venture_later_size", 1.5),
        ("venture_plant_capital", 1 / 1.2),
        ("venture_plant_cost", 1 / 1.2),
        ("venture_return", 1 / 1.2),
    ],
)
def test_survival_rises_with_what_helps(draws, runs, name, step):
    better = finance.path(draws.assign(**{name: draws[name] * step}))
    assert (better.survival >= runs[()].survival - 1e-12).all()
    assert better.survival.mean() > runs[()].survival.mean()


def test_survival_rises_with_the_size_of_grants(draws, runs):
    more = draws.assign(
        **{f"venture_grant_{k}": draws[f"venture_grant_{k}"] ** 0.5 for k in finance.KEYS}
    )
    assert (finance.path(more, ("grants",)).survival >= runs["grants",].survival - 1e-12).all()


def test_each_instrument_helps_or_does_nothing_and_all_help_most(runs):
    """With a floor the mean is compared: by contract it takes part of high prices."""
    for mix, run in runs.items():
        for more in finance.INSTRUMENTS:
            if more in mix:
                continue
            wider = runs[tuple(name for name in finance.INSTRUMENTS if name in (*mix, more))]
            assert wider.survival.mean() >= run.survival.mean() - 1e-9, (
                f"{more} on top of {mix} lowers survival; look at what it adds to the burden."
            )
            # A fixed price gives away what a floor pays in bad years.
            if more in ("grants", "equity") or (more == "offtake" and "floor" not in mix):
                assert (wider.go[-1] >= run.go[-1] - 1e-9).all(), f"{more} on top of {mix}"
    best = max(runs, key=lambda mix: runs[mix].survival.mean())
    assert best == finance.INSTRUMENTS


def test_probabilities_are_probabilities(runs):
    for mix, run in runs.items():
        for part in (run.go, run.reached, run.repaid, run.loans, run.loss, run.survival):
            assert (part >= -1e-12).all() and (part <= 1 + 1e-12).all(), mix
        assert np.isfinite(run.value).all() and np.isfinite(run.worth).all(), mix


# Balances -----------------------------------------------------------------------------------------


def test_public_private_and_unmet_money_add_up_to_the_cost_of_each_gate(runs):
    for mix, run in runs.items():
        parts = finance.money(run)
        assert np.allclose(sum(parts.values()), run.cost), mix
        assert all((part >= -1e-9).all() for part in parts.values()), mix


def test_the_valley_is_what_private_money_leaves_of_the_cost(runs):
    gaps = finance.gaps(runs[()])
    assert np.allclose(gaps["private"] + gaps["gap"], gaps["cost"])
    assert (gaps[["private", "gap"]] >= 0).all().all()
    assert list(dict.fromkeys(gaps["stage"])) == list(finance.STAGES)


def test_without_public_instruments_there_is_no_public_money(runs):
    for mix in ((), ("offtake",)):
        assert all((part == 0).all() for part in finance.public_cost(runs[mix]).values())


def test_public_cost_by_hand():
    sure = {f"success_{key}": 1.0 for key in finance.KEYS}
    cost = finance.public_cost(finance.path(firm(**sure), ("grants", "equity")))
    assert cost["kept"] == pytest.approx(0.5 * (2 + 8 + 30 + 100))
    assert cost["paid_out"] == pytest.approx(0.5 * 140 + 0.3 * 130)


def test_saved_share():
    assert finance.saved_share([0.2, 1.0, 0.5], [0.6, 1.0, 0.4]) == pytest.approx([0.5, 0, 0])


# Many firms ---------------------------------------------------------------------------------------


def test_shares_of_firms_agree_with_single_firms(draws):
    """One outer draw by hand: what is common to its firms is one draw, the rest all draws."""
    table = finance.population(draws, ("floor",), 3)
    one = draws.assign(**{name: draws[name].iloc[2] for name in finance.COMMON})
    run = finance.path(one, ("floor",))
    assert table["survival"].iloc[2] == pytest.approx(run.survival.mean())
    assert table["built"].iloc[2] == pytest.approx(run.go[-1].mean())
    assert table["kept_usd_million"].iloc[2] == pytest.approx(
        finance.public_cost(run)["kept"].mean() / run.survival.mean()
    )
    with pytest.raises(ValueError, match="as many draws"):
        finance.population(draws, (), len(draws) + 1)


def test_lending_gets_safer_gate_by_gate(draws, runs):
    table = finance.lending(draws, runs[finance.INSTRUMENTS])
    repaid = table.pivot(index="draw", columns="stage", values="repaid")[list(finance.STAGES)]
    assert (np.diff(repaid.to_numpy(), axis=1) >= -1e-12).all()
    assert (table["rate"] >= draws["venture_loan_rate"].min() - 1e-9).all()


def test_the_register_holds_every_assumption_of_the_model():
    assert set(SIMPLE) == {
        *(name for name in assumptions.register().index if name.startswith("venture_")),
        *finance.PRICE,
    }
    assert set(finance.COMMON) <= set(SIMPLE)
