"""Magnets from sale to scrap: every gram is found again, and gaps are filled as said."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rareearth.models import recycling, stock

PART = st.floats(0, 1)


def inputs(draws, products=3, years=20, seed=0):
    rng = np.random.default_rng(seed)
    return recycling.Inputs(
        units=rng.uniform(0, 1e6, (years, products, draws)),
        share=rng.uniform(0, 1, (years, products, 1)),
        magnet_kg=rng.uniform(0.1, 2, (products, draws)),
        fractions=rng.uniform(0, 0.25, (products, 4, draws)),
        shape=rng.uniform(1, 4, (products, 1)),
        scale=rng.uniform(3, 20, (products, draws)),
        export=rng.uniform(0, 1, (products, draws)),
        collection=rng.uniform(0, 1, (products, draws)),
        dismantling=rng.uniform(0, 1, (years, products, draws)),
        process_yield=rng.uniform(0, 1, draws),
        early_loss=rng.uniform(0, 0.05, (products, draws)),
        storage=rng.uniform(0, 3, (products, draws)),
    )


def total(fate):
    return sum(getattr(fate, name) for name in (*recycling.LOSSES, "recovered"))


@settings(max_examples=100, deadline=None)
@given(
    arising=hnp.arrays(float, 5, elements=st.floats(0, 1e12)),
    export=PART,
    collection=PART,
    dismantling=PART,
    process_yield=PART,
)
def test_every_gram_that_leaves_use_is_found_again(arising, **steps):
    fate = recycling.end_of_life(arising, **steps)
    np.testing.assert_allclose(total(fate), arising, rtol=1e-12)
    for name in (*recycling.LOSSES, "recovered"):
        assert (getattr(fate, name) >= 0).all(), f"{name} is negative"


def test_losses_stand_at_their_steps():
    fate = recycling.end_of_life(
        1000.0, export=0.2, collection=0.5, dismantling=0.25, process_yield=0.9
    )
    expected = {
        "exported": 200,
        "uncollected": 400,
        "shredded": 300,
        "lost_in_process": 10,
        "recovered": 90,
    }
    for name, tonnes in expected.items():
        assert getattr(fate, name) == pytest.approx(tonnes)


@pytest.mark.parametrize(
    ("step", "loss"),
    [
        ("export", "exported"),
        ("collection", "uncollected"),
        ("dismantling", "shredded"),
        ("process_yield", "lost_in_process"),
    ],
)
def test_a_step_that_fails_takes_everything(step, loss):
    works = {"export": 0.0, "collection": 1.0, "dismantling": 1.0, "process_yield": 1.0}
    assert recycling.end_of_life(7.0, **works).recovered == 7
    fate = recycling.end_of_life(7.0, **works | {step: 1.0 - works[step]})
    assert getattr(fate, loss) == 7
    assert fate.recovered == 0


def test_a_million_cars_with_two_kilograms_are_two_thousand_tonnes():
    assert recycling.magnets_entering_use(1e6, 1.0, 2.0) == 2000
    assert recycling.magnets_entering_use(1e6, 0.8, 2.0) == 1600


def test_the_pathway_keeps_mass_from_inflow_to_the_last_stream():
    result = recycling.flows(inputs(50))
    leaving = total(result.fate)
    np.testing.assert_allclose(
        result.inflow.sum(axis=0),
        result.stock[-1] + result.stored[-1] + leaving.sum(axis=0),
        rtol=1e-10,
    )


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    early_loss=st.floats(0, 1),
    storage=st.floats(0, 30),
    shape=st.floats(0.3, 8),
    scale=st.floats(0.3, 80),
)
def test_mass_is_kept_every_year_under_any_legal_input(seed, **pulled):
    given_inputs = dataclasses.replace(
        inputs(3, seed=seed), **{name: np.full((3, 1), value) for name, value in pulled.items()}
    )
    result = recycling.flows(given_inputs)
    held = result.stock + result.stored
    change = np.diff(held, axis=0, prepend=0.0)
    leaving = total(result.fate)
    np.testing.assert_allclose(result.inflow - leaving, change, atol=1e-9 * held.max() + 1e-12)
    np.testing.assert_allclose(leaving, result.fate.arising, rtol=1e-12)
    for mass in (result.stock, result.stored, result.fate.arising):
        assert (mass >= 0).all()
    cohort = recycling.loss(given_inputs, 20)
    at = np.array([3, 19])
    np.testing.assert_allclose(
        stock.outflow(result.inflow, np.broadcast_to(cohort, result.inflow.shape), at),
        result.fate.arising[at],
        rtol=1e-7,
        atol=1e-9 * held.max() + 1e-12,
    )


def test_storage_delays_what_leaves_use_and_not_what_is_discarded():
    plain = dataclasses.replace(inputs(5, years=200), storage=0.0, early_loss=0.0)
    level = dataclasses.replace(plain, units=np.ones_like(plain.units), share=np.ones((200, 3, 1)))
    stores = dataclasses.replace(level, storage=np.full((3, 5), 2.1))
    before, after = recycling.flows(level), recycling.flows(stores)
    np.testing.assert_allclose(
        after.stored[-1], 2.1 * after.fate.arising[-1], rtol=2e-2,
        err_msg="as many years' discards lie in storage as goods lie there",
    )  # fmt: skip
    np.testing.assert_allclose(
        (after.stock + after.stored)[-1], before.stock[-1], rtol=2e-2,
        err_msg="the lifetime to discard is as long with storage as without",
    )  # fmt: skip


def test_elements_and_products_are_two_sums_of_the_same():
    result = recycling.flows(inputs(50))
    recovered = result.fate.recovered
    np.testing.assert_allclose(
        result.by_element(recovered).sum(axis=1),
        result.by_product(recovered).sum(axis=1),
        rtol=1e-12,
    )
    np.testing.assert_allclose(
        result.of(recovered, 2).sum(axis=1), result.by_element(recovered)[:, 2], rtol=1e-12
    )


def test_the_lifetime_is_that_of_the_stock_model():
    given_inputs = dataclasses.replace(inputs(4), storage=0.0)
    result = recycling.flows(given_inputs)
    survival = stock.competing(
        stock.weibull_survival(stock.ages(20), given_inputs.shape, given_inputs.scale),
        stock.exponential_survival(stock.ages(20), given_inputs.early_loss),
    )
    np.testing.assert_allclose(
        result.fate.arising, stock.inflow_driven(result.inflow, survival).outflow, rtol=1e-12
    )


@pytest.mark.parametrize("chunk", [1, 7, 30, 100])
def test_chunks_do_not_change_the_result(chunk):
    everything = inputs(30)
    draws = pd.DataFrame({"place": range(30)})

    def some(part):
        rows = part["place"].to_numpy()
        return recycling.Inputs(
            **{
                name: value[..., rows] if value.shape[-1] == 30 else value
                for name, value in vars(everything).items()
            }
        )

    def keep(flows):
        return {
            "recovered": flows.by_element(flows.fate.recovered),
            "in use": flows.by_product(flows.stock),
        }

    kept = recycling.pathway(some, draws, keep, chunk)
    whole = keep(recycling.flows(everything))
    assert kept.keys() == whole.keys()
    for name in whole:
        np.testing.assert_allclose(kept[name], whole[name], rtol=1e-9)


@pytest.mark.parametrize(
    ("step", "value"), [("export", -0.1), ("collection", 1.1), ("process_yield", np.nan)]
)
def test_parts_outside_zero_to_one_are_refused(step, value):
    steps = {"export": 0.1, "collection": 0.5, "dismantling": 0.5, "process_yield": 0.9}
    with pytest.raises(ValueError, match=f"{step} must lie between 0 and 1"):
        recycling.end_of_life(1.0, **steps | {step: value})


def test_negative_masses_are_refused():
    with pytest.raises(ValueError, match="at least 0"):
        recycling.magnets_entering_use(-1.0, 0.5, 1.0)
    with pytest.raises(ValueError, match="at least 0"):
        recycling.end_of_life(-1.0, export=0.1, collection=0.5, dismantling=0.5, process_yield=0.9)


# --- series over years ---------------------------------------------------------------------------

KNOWN = pd.Series({2010: 100.0, 2014: 1600.0, 2015: 800.0})
YEARS = range(2008, 2019)


def test_gaps_grow_evenly_and_are_marked():
    result = recycling.fill(KNOWN, YEARS)
    assert result["value"].round(9).tolist() == [
        0, 0, 100, 200, 400, 800, 1600, 800, 800, 800, 800,
    ]  # fmt: skip
    assert result.index[~result["filled"]].tolist() == [2010, 2014, 2015]


@pytest.mark.parametrize(("before", "first"), [("zero", 0), ("level", 100), ("trend", 43.5)])
def test_years_before_the_first_follow_the_rule(before, first):
    value = recycling.fill(KNOWN, YEARS, before=before)["value"].iloc[0]
    assert value == pytest.approx(first, abs=0.05)


def test_a_gap_next_to_zero_is_filled_in_equal_steps():
    result = recycling.fill(pd.Series({2010: 0.0, 2014: 8.0}), range(2010, 2015))
    assert result["value"].tolist() == [0, 2, 4, 6, 8]


def test_saturation_starts_at_one_and_ends_at_the_ratio():
    path = recycling.saturate(range(2020, 2051), 2025, [0.5, 1.0, 3.0])
    assert path.shape == (31, 3)
    np.testing.assert_allclose(path[:6], 1)
    np.testing.assert_allclose(path[-1], [0.5, 1, 3])
    steps = np.abs(np.diff(path[5:, [0, 2]], axis=0))
    assert (np.diff(steps, axis=0) < 0).all(), "the path must flatten out"
    assert (recycling.saturate(range(2020, 2026), 2025, 2.0) == 1).all()


def test_ramp():
    path = recycling.ramp(range(2024, 2030), 2025, 2027, 0.0, [0.5, 1.0])
    assert path[:, 1].tolist() == [0, 0, 0.5, 1, 1, 1]
    assert path[:, 0].tolist() == [0, 0, 0.25, 0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: recycling.fill(pd.Series(dtype=float), YEARS), "needs known values"),
        (lambda: recycling.fill(KNOWN * -1, YEARS), "needs known values"),
        (lambda: recycling.fill(KNOWN, YEARS, before="guess"), "'zero', 'level' or 'trend'"),
        (lambda: recycling.fill(KNOWN[:1], YEARS, before="trend"), "two known years"),
        (lambda: recycling.saturate(YEARS, 2010, -1.0), "at least 0"),
        (lambda: recycling.ramp(YEARS, 2012, 2012, 0, 1), "must end after it starts"),
        (lambda: recycling.pathway(None, KNOWN.to_frame(), None, 0), "chunk of at least 1"),
    ],
)
def test_bad_series_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
