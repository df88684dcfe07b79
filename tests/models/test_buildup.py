"""Fit of slip and ramp against simulated records and closed forms; fates of plants."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from rareearth import data
from rareearth.models import buildup, pipeline, streams

SPREAD = buildup.Ramp(0.8, 0.0, 0.05, pd.Series([2.0, 3.0], index=["a", "b"]))


def record(never, chance, count, watched, seed):
    """A simulated record: slips of plants that come late by a geometric delay, or never."""
    rng = np.random.default_rng(seed)
    late = rng.geometric(chance, count) - 1
    lost = rng.random(count) < never
    ran = ~lost & (late <= watched)
    known = lost & (rng.random(count) < 0.3)
    outcome = np.where(ran, "running", np.where(known, "given up", "waiting"))
    return pd.DataFrame({"outcome": outcome, "watched_years": np.where(ran, late, watched)})


@pytest.fixture(scope="module")
def slipped():
    return pipeline.slips(data.table("start_dates"), 2026)


@pytest.mark.parametrize(("never", "chance"), [(0.1, 0.5), (0.4, 0.3), (0.7, 0.6)])
def test_slip_is_recovered_from_a_long_record(never, chance):
    fit = buildup.fit_slip(record(never, chance, 4000, 20, 1))
    assert fit.never == pytest.approx(never, abs=0.03)
    assert fit.chance == pytest.approx(chance, abs=0.03)


def test_interval_of_slip_holds_the_truth_about_as_often_as_it_says():
    held = 0
    for seed in range(60):
        never, chance = np.random.default_rng(seed).uniform(0.1, 0.7, 2)
        band = buildup.fit_slip(record(never, chance, 25, 8, seed)).band(0.9)
        held += band.loc["never", "low"] <= never <= band.loc["never", "high"]
    assert 48 <= held <= 60, f"the 90 % interval held the truth in {held} of 60 records"


def test_slip_without_plants_that_wait_or_stop_has_a_closed_form():
    # No plant fails: never is 0 at the top, and the chance is starts over years waited.
    late = np.array([0, 0, 1, 3])
    frame = pd.DataFrame({"outcome": "running", "watched_years": late})
    fit = buildup.fit_slip(frame)
    assert fit.never < 0.01
    assert fit.chance == pytest.approx(len(late) / (late + 1).sum(), abs=0.005)


@pytest.mark.parametrize("stages", [("mine", "separation"), ("metal and magnets",)])
def test_fit_and_product_limit_agree_within_sampling_error(slipped, stages):
    slipped = slipped[slipped["stage"].isin(stages)]
    years = np.arange(6)
    limit = pipeline.running_share(slipped, years)
    slip = buildup.fit_slip(slipped)
    fit = buildup.running_share(slip.never, slip.chance, years)
    error = np.sqrt(fit * (1 - fit) / len(slipped))
    assert (np.abs(fit - limit) < 1.6 * error).all(), (fit, limit)


def test_split_of_a_uniform_record_is_no_rare_chance_and_of_a_mixed_one_is():
    same = record(0.4, 0.4, 40, 10, 1).assign(stage=["a", "b"] * 20)
    assert buildup.chance_of_split(same, (("a",), ("b",))) > 0.05
    unlike = pd.concat(
        [
            record(0.8, 0.4, 20, 10, 2).assign(stage="a"),
            record(0.0, 0.6, 20, 10, 3).assign(stage="b"),
        ]
    )
    assert buildup.chance_of_split(unlike, (("a",), ("b",))) < 0.01


def test_levels_give_back_the_distribution_of_the_fit(slipped):
    fit = buildup.fit_slip(slipped)
    first, second = np.random.default_rng(1).random((2, 20000))
    never, chance = fit.at(first, second)
    middle = (np.arange(buildup.GRID) + 0.5) / buildup.GRID
    assert never.mean() == pytest.approx(fit.weights.sum(1) @ middle, abs=0.01)
    assert chance.mean() == pytest.approx(fit.weights.sum(0) @ middle, abs=0.01)
    joint = ((fit.weights * middle).T * middle).sum()
    assert (never * chance).mean() == pytest.approx(joint, abs=0.01), "they are not independent"


def test_no_promise_is_an_error_that_says_what_to_do():
    with pytest.raises(ValueError, match="later year"):
        buildup.fit_slip(pd.DataFrame({"outcome": [], "watched_years": []}))


def ramps(ceiling, times, noise, seed=0):
    rng = np.random.default_rng(seed)
    rows = [
        {"ramp": f"p{i}", "year_of_operation": y,
         "share_pct": 100 * (ceiling * (1 - np.exp(-y / t)) + noise * rng.standard_normal())}
        for i, t in enumerate(times) for y in range(1, 12)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_ramp_is_recovered_exactly_without_noise_and_nearly_with_it():
    times = [1.5, 3.0, 4.0]
    fit = buildup.fit_ramp(ramps(0.75, times, 0))
    assert fit.ceiling == pytest.approx(0.75)
    assert fit.times.to_numpy() == pytest.approx(times)
    assert fit.spread == pytest.approx(0, abs=1e-6)
    noisy = buildup.fit_ramp(ramps(0.75, times, 0.05))
    assert abs(noisy.ceiling - 0.75) < 3 * noisy.ceiling_error
    assert noisy.spread == pytest.approx(0.05, rel=0.4)


@given(st.floats(0.3, 0.95), st.integers(0, 200))
def test_ceiling_lies_within_what_the_record_shows(ceiling, seed):
    shares = ramps(ceiling, [1.0, 2.0, 3.0], 0.03, seed)
    fit = buildup.fit_ramp(shares)
    assert shares["share_pct"].min() / 100 <= fit.ceiling <= shares["share_pct"].max() / 100
    assert fit.ceiling_error > 0


def test_plants_that_differ_make_the_ceiling_less_sure_than_years_that_do():
    alike = ramps(0.7, [1.0, 1.0, 1.0], 0.03)
    unlike = alike.assign(share_pct=alike["share_pct"] * alike["ramp"].map(
        {"p0": 0.7, "p1": 1.0, "p2": 1.3}))  # fmt: skip
    errors = [buildup.fit_ramp(shares).ceiling_error for shares in (alike, unlike)]
    between = 0.7 * np.std([0.7, 1.0, 1.3], ddof=1) / np.sqrt(3)
    assert errors[1] > 5 * errors[0]
    assert errors[1] == pytest.approx(between, rel=0.5)


def test_ramp_needs_more_years_than_parameters():
    with pytest.raises(ValueError, match="2 yearly shares cannot fix"):
        buildup.fit_ramp(ramps(0.7, [2.0], 0).head(2))


def test_chance_never_to_come_rises_with_the_wait_and_starts_at_the_promise():
    waited = buildup.still_never(0.4, 0.3, np.arange(30))
    assert waited[0] == pytest.approx(0.4)
    assert (np.diff(waited) > 0).all() and waited[-1] > 0.99


def risk(count, **changes):
    values = dict(never=0.4, chance=0.3, ceiling=0.8, time=2.0, left=0.5, common=0.0, correlation=0)
    return buildup.Risk(*(np.full(count, v) for v in (values | changes).values()))


def fate(faced, **changes):
    seeds = np.random.default_rng(5).random(len(faced.never))
    options = dict(due=2028, promised=2028, now=2026) | changes
    return buildup.fate("plant", seeds, faced, SPREAD, **options)


def test_fates_have_the_frequencies_asked_for():
    drawn = fate(risk(40000))
    assert drawn.built.mean() == pytest.approx(0.6, abs=0.01)
    assert (drawn.start - 2028).mean() == pytest.approx(0.7 / 0.3, rel=0.03)
    assert (drawn.start == 2028).mean() == pytest.approx(0.3, abs=0.01)
    assert (drawn.built & (drawn.start == 2028)).mean() == pytest.approx(0.18, abs=0.01)


def test_no_slip_comes_as_announced_and_all_given_up_never():
    sure = fate(risk(100, never=0.0, chance=1.0))
    assert sure.built.all() and (sure.start == 2028).all()
    assert not fate(risk(100, never=1.0)).built.any()


def test_construction_and_saving_take_the_same_part_off_the_risk():
    plain = fate(risk(40000)).built.mean()
    assert fate(risk(40000), building=True).built.mean() == pytest.approx(0.8, abs=0.01)
    assert fate(risk(40000), saved=0.5).built.mean() == pytest.approx(0.8, abs=0.01)
    assert plain < 0.65


def test_odds_never_to_come_are_multiplied():
    built = fate(risk(40000), odds=2.0).built.mean()
    assert built == pytest.approx(0.6 / (0.6 + 2 * 0.4), abs=0.01)


def test_a_common_fate_leaves_each_chance_and_ties_plants_together():
    count = 40000
    common = np.random.default_rng(8).standard_normal(count)
    faced = risk(count)._replace(common=common, correlation=np.full(count, 0.5))
    seeds = np.random.default_rng(5).random(count)
    options = dict(due=2028, promised=2028, now=2026)
    one, other = (buildup.fate(name, seeds, faced, SPREAD, **options) for name in ("a", "b"))
    assert one.built.mean() == pytest.approx(0.6, abs=0.01)
    assert (one.start == 2028).mean() == pytest.approx(0.3, abs=0.01)
    # Both come: bivariate normal orthant at the same threshold.
    at = stats.norm.ppf(0.4)
    both = stats.multivariate_normal([0, 0], [[1, 0.5], [0.5, 1]]).cdf([-at, -at])
    assert (one.built & other.built).mean() == pytest.approx(both, abs=0.01)
    assert np.corrcoef(one.start, one.built)[0, 1] < 0, "good times bring more plants, sooner"


def test_a_plant_that_is_overdue_does_not_start_in_the_past():
    assert (fate(risk(100), due=2025, promised=2020).start >= 2027).all()


@given(st.floats(0, 1), st.floats(0.1, 10), st.floats(0, 1))
def test_growth_is_monotone_starts_where_told_and_stays_below_its_ceiling(ceiling, time, first):
    years = np.arange(2020, 2060)
    share = buildup.grown(years, 2025, ceiling, time, first)[:, 0]
    assert (np.diff(share) >= 0).all()
    assert share[years <= 2025] == pytest.approx(first)
    assert share[-1] <= max(ceiling, first) + 1e-12


def test_numbers_of_plants_are_uniform_and_independent():
    seeds = np.random.default_rng(2).random(50000)
    one, other = streams.uniform(seeds, "a", "come"), streams.uniform(seeds, "b", "come")
    assert one.mean() == pytest.approx(0.5, abs=0.01) and one.std() == pytest.approx(12**-0.5, 0.01)
    for pair in ((one, other), (one, seeds), (one[1:], one[:-1])):
        assert abs(np.corrcoef(*pair)[0, 1]) < 0.02
