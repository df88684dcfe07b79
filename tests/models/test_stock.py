"""Stocks and flows: published numbers, closed forms, balance, and flodym as a second opinion."""

import flodym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import lognorm, norm, weibull_min

from rareearth.models import stock

RISING = np.arange(1, 11, dtype=float)


def flodym_run(model, lifetime, years, inflow=None, in_use=None, inflow_at="middle", **parameters):
    """Stock, inflow and outflow by flodym for arrays of years by items."""
    items = (inflow if in_use is None else in_use).shape[1]
    dims = flodym.DimensionSet(
        dim_list=[
            flodym.Dimension(letter="t", name="time", items=list(range(2000, 2000 + years))),
            flodym.Dimension(letter="i", name="item", items=[f"i{n}" for n in range(items)]),
        ]
    )
    lifetime_model = lifetime(dims=dims, time_letter="t", inflow_at=inflow_at)
    for name, values in parameters.items():
        spread = np.broadcast_to(values, (years, items)).copy()
        setattr(lifetime_model, name, flodym.FlodymArray(dims=dims, values=spread))
    run = model(dims=dims, lifetime_model=lifetime_model)
    if in_use is None:
        run.inflow.values[...] = inflow
    else:
        run.stock.values[...] = in_use
    run.compute()
    return run.stock.values, run.inflow.values, run.outflow.values


def assert_same(ours, theirs, scale):
    for name, mine, other in zip(ours._fields, ours, theirs, strict=True):
        np.testing.assert_allclose(
            mine, other, rtol=1e-9, atol=1e-13 * scale, err_msg=f"{name} differs from flodym"
        )


# --- published numbers ---------------------------------------------------------------------------


@pytest.mark.parametrize("inflow_at", ["middle", "end"])
def test_fixed_lifetime_gives_the_numbers_published_with_odym(inflow_at):
    survival = stock.fixed_survival(stock.ages(10, inflow_at), 5)
    result = stock.inflow_driven(RISING, survival)
    assert result.stock.tolist() == [1, 3, 6, 10, 15, 20, 25, 30, 35, 40]
    assert result.outflow.tolist() == [0, 0, 0, 0, 0, 1, 2, 3, 4, 5]


def test_normal_lifetime_gives_the_stock_published_with_odym():
    survival = stock.normal_survival(stock.ages(10, "end"), 5, 1.5)
    assert stock.inflow_driven(RISING, survival).stock[-1] == pytest.approx(41.45873561, abs=5e-9)


def test_ages():
    assert stock.ages(3).tolist() == [0.5, 1.5, 2.5]
    assert stock.ages(3, "start").tolist() == [1, 2, 3]
    assert stock.ages(3, "end").tolist() == [0, 1, 2]


# --- lifetimes -----------------------------------------------------------------------------------

AGE = stock.ages(40)


@pytest.mark.parametrize(
    ("ours", "reference"),
    [
        (stock.weibull_survival(AGE, 2.7, 13.6), weibull_min.sf(AGE, 2.7, scale=13.6)),
        (stock.normal_survival(AGE, 12, 4), norm.sf(AGE, 12, 4)),
        (
            stock.lognormal_survival(AGE, 12, 4),
            lognorm.sf(
                AGE, np.sqrt(np.log(1 + (4 / 12) ** 2)), scale=12 / np.sqrt(1 + (4 / 12) ** 2)
            ),
        ),
    ],
)
def test_survival_is_that_of_the_distribution(ours, reference):
    np.testing.assert_allclose(ours, reference, rtol=1e-11)


def test_weibull_of_shape_one_is_exponential():
    np.testing.assert_allclose(stock.weibull_survival(AGE, 1, 7), np.exp(-AGE / 7), rtol=1e-13)


@pytest.mark.parametrize("survive", [stock.weibull_survival, stock.lognormal_survival])
def test_all_are_in_use_at_age_zero(survive):
    assert survive(0.0, 2.0, 5.0) == 1


@pytest.mark.parametrize(
    "survival", [stock.lognormal_survival(np.arange(0, 400, 0.01), 12, 4.0)], ids=["lognormal"]
)
def test_lognormal_has_the_mean_that_was_asked_for(survival):
    assert survival.sum() * 0.01 == pytest.approx(12, abs=0.01)


def test_narrow_lifetimes_approach_a_fixed_one():
    inflow = np.random.default_rng(0).random(30)
    fixed = stock.inflow_driven(inflow, stock.fixed_survival(stock.ages(30), 8)).outflow
    for narrow in (
        stock.weibull_survival(stock.ages(30), 500, 8),
        stock.normal_survival(stock.ages(30), 8, 0.01),
        stock.lognormal_survival(stock.ages(30), 8, 0.01),
    ):
        np.testing.assert_allclose(stock.inflow_driven(inflow, narrow).outflow, fixed, atol=1e-8)


def test_ages_and_parameters_make_a_table():
    shape, scale = np.array([1.5, 3.0]), np.full((2, 4), 9.0)
    assert stock.weibull_survival(AGE, shape, 9.0).shape == (40, 2)
    assert stock.weibull_survival(AGE, 2.0, scale).shape == (40, 2, 4)
    assert stock.weibull_survival(AGE[:, None], shape, 9.0).shape == (40, 2)


# --- properties ----------------------------------------------------------------------------------


def test_steady_state_holds_inflow_times_mean_lifetime():
    survival = stock.weibull_survival(stock.ages(200), 2.0, 10.0)
    result = stock.inflow_driven(np.full(200, 3.0), survival)
    mean = 10 * np.sqrt(np.pi) / 2
    assert result.outflow[-1] == pytest.approx(3.0, rel=1e-9)
    # Ages in mid-year make the sum over years the integral by the midpoint rule.
    assert result.stock[-1] == pytest.approx(3.0 * mean, rel=1e-3)


def test_without_lifetimes_that_end_the_stock_is_the_sum_of_inflows():
    result = stock.inflow_driven(RISING, np.ones(10))
    assert result.stock.tolist() == np.cumsum(RISING).tolist()
    assert not result.outflow.any()


SHAPES = [
    ((12,), (12,)),
    ((12, 3), (12,)),
    ((12, 3, 40), (12,)),
    ((12, 3, 40), (12, 3)),
    ((12, 3, 1), (12, 3, 40)),
    ((12, 1, 40), (12, 3, 1)),
    ((12, 3, 1), (12, 1, 40)),
    ((12,), (12, 3, 40)),
    ((12, 3, 2100), (12, 3, 2100)),
    ((12, 5, 2, 3), (12, 1, 2, 3)),
    ((12, 2, 1, 9), (12, 2, 3)),
]


@pytest.mark.parametrize(("inflow_shape", "survival_shape"), SHAPES)
def test_every_way_of_broadcasting_agrees_with_a_plain_loop(inflow_shape, survival_shape):
    rng = np.random.default_rng(1)
    inflow = rng.random(inflow_shape)
    survival = np.sort(rng.random(survival_shape), axis=0)[::-1]
    result = stock.inflow_driven(inflow, survival)

    axes = max(inflow.ndim, survival.ndim)
    wide, shares = (a.reshape(a.shape + (1,) * (axes - a.ndim)) for a in (inflow, survival))
    expected = np.zeros(np.broadcast_shapes(wide.shape, shares.shape))
    for year in range(12):
        for cohort in range(year + 1):
            expected[year] += wide[cohort] * shares[year - cohort]
    np.testing.assert_allclose(result.stock, expected, rtol=1e-12)
    assert_balanced(result)


def assert_balanced(result):
    change = np.diff(result.stock, axis=0, prepend=np.zeros((1, *result.stock.shape[1:])))
    size = np.abs(result.stock).max() + np.abs(result.inflow).max()
    np.testing.assert_allclose(
        result.inflow - result.outflow,
        change,
        atol=1e-12 * size,
        err_msg="what enters and does not leave must be what the stock gains",
    )


@pytest.mark.parametrize("inflow_at", ["start", "middle", "end"])
def test_a_stock_gives_back_the_inflow_that_made_it(inflow_at):
    rng = np.random.default_rng(2)
    inflow = rng.random((61, 14, 5))
    survival = stock.weibull_survival(
        stock.ages(61, inflow_at), rng.uniform(1.2, 3.6, (14, 1)), rng.uniform(5, 25, (14, 5))
    )
    made = stock.inflow_driven(inflow, survival)
    back = stock.stock_driven(made.stock, survival)
    np.testing.assert_allclose(back.inflow, inflow, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(back.outflow, made.outflow, rtol=1e-8, atol=1e-10)
    assert_balanced(back)


def test_a_stock_that_shrinks_too_fast_shows_as_negative_inflow():
    result = stock.stock_driven([10.0, 1.0], np.array([1.0, 0.9]))
    assert result.inflow.tolist() == [10.0, -8.0]
    assert_balanced(result)


# --- flodym --------------------------------------------------------------------------------------

LIFETIMES = {
    "weibull": (
        flodym.WeibullLifetime,
        stock.weibull_survival,
        ("weibull_shape", "weibull_scale"),
        ((0.7, 5.0), (1.0, 30.0)),
    ),
    "lognormal": (
        flodym.LogNormalLifetime,
        stock.lognormal_survival,
        ("mean", "std"),
        ((1.0, 30.0), (0.5, 10.0)),
    ),
    "normal": (
        flodym.NormalLifetime,
        stock.normal_survival,
        ("mean", "std"),
        ((1.0, 30.0), (0.5, 10.0)),
    ),
    "fixed": (flodym.FixedLifetime, stock.fixed_survival, ("mean",), ((1.0, 30.0),)),
}


@pytest.mark.parametrize("name", LIFETIMES)
@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    years=st.integers(3, 25),
    items=st.integers(1, 12),
    inflow_at=st.sampled_from(["start", "middle", "end"]),
)
def test_flodym_agrees_on_random_cases(name, seed, years, items, inflow_at):
    theirs, survive, names, bounds = LIFETIMES[name]
    rng = np.random.default_rng(seed)
    inflow = rng.lognormal(3, 2, (years, items))
    values = [rng.uniform(*limits, items) for limits in bounds]
    survival = survive(stock.ages(years, inflow_at), *values)

    ours = stock.inflow_driven(inflow, survival)
    parameters = dict(zip(names, values, strict=True))
    flows = flodym_run(
        flodym.InflowDrivenDSM, theirs, years, inflow, inflow_at=inflow_at, **parameters
    )
    assert_same(ours, flows, inflow.max())


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), years=st.integers(3, 25), items=st.integers(1, 6))
def test_flodym_agrees_on_the_inflow_behind_a_stock(seed, years, items):
    rng = np.random.default_rng(seed)
    in_use = np.cumsum(rng.lognormal(3, 1, (years, items)), axis=0)
    shape, scale = rng.uniform(1.5, 4, items), rng.uniform(5, 30, items)
    ours = stock.stock_driven(in_use, stock.weibull_survival(stock.ages(years), shape, scale))
    flows = flodym_run(
        flodym.StockDrivenDSM,
        flodym.WeibullLifetime,
        years,
        in_use=in_use,
        weibull_shape=shape,
        weibull_scale=scale,
    )
    assert_same(ours, flows, in_use.max())


HAZARD = 0.03


class TwoCauses(flodym.WeibullLifetime):
    """A Weibull lifetime and a constant hazard, as flodym would be taught them."""

    def _survival_by_cohort(self, ages, i_c):
        return super()._survival_by_cohort(ages, i_c) * np.exp(-HAZARD * ages)


def test_flodym_agrees_on_causes_that_compete():
    inflow = np.random.default_rng(5).lognormal(3, 2, (25, 3))
    age = stock.ages(25)
    survival = stock.competing(
        stock.weibull_survival(age, 3.0, 12.0), stock.exponential_survival(age, HAZARD)
    )
    theirs = flodym_run(
        flodym.InflowDrivenDSM, TwoCauses, 25, inflow, weibull_shape=3.0, weibull_scale=12.0
    )
    assert_same(stock.inflow_driven(inflow, survival), theirs, inflow.max())


@settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    hazard=st.floats(0, 0.5),
    shape=st.floats(0.5, 6),
    scale=st.floats(1, 40),
)
def test_competing_causes_balance_and_are_each_alone_where_the_other_is_nothing(
    seed, hazard, shape, scale
):
    age, inflow = stock.ages(30), np.random.default_rng(seed).lognormal(3, 2, 30)
    wear, sudden = (
        stock.weibull_survival(age, shape, scale),
        stock.exponential_survival(age, hazard),
    )
    both = stock.competing(wear, sudden)
    assert (both <= np.minimum(wear, sudden)).all()
    alone = np.exp(-((age / scale) ** shape) - hazard * age)
    np.testing.assert_allclose(both, alone, rtol=1e-9, atol=1e-300)
    assert_balanced(stock.inflow_driven(inflow, both))


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), years=st.floats(0.05, 40))
def test_waiting_is_the_stock_model_with_an_exponential_lifetime(seed, years):
    inflow = np.random.default_rng(seed).lognormal(3, 2, (25, 3))
    ours = stock.wait(inflow, years)
    survival = stock.exponential_survival(stock.ages(25), 1 / years)
    assert_same(ours, stock.inflow_driven(inflow, survival), inflow.max())
    theirs = flodym_run(
        flodym.InflowDrivenDSM, flodym.WeibullLifetime, 25, inflow,
        weibull_shape=1.0, weibull_scale=years,
    )  # fmt: skip
    assert_same(ours, theirs, inflow.max())


def test_nothing_waits_no_time():
    waited = stock.wait(RISING, 0.0)
    assert not waited.stock.any() and waited.outflow.tolist() == RISING.tolist()


# --- errors --------------------------------------------------------------------------------------

FALLING = np.linspace(1, 0, 10)


@pytest.mark.parametrize(
    ("inflow", "survival", "message"),
    [
        (RISING, FALLING[:9], r"10 years along axis 0, survival 9.*ages\(10\)"),
        (np.ones((10, 3)), np.ones((10, 4)), r"\(10, 3\) and survival of shape \(10, 4\)"),
        (np.where(RISING == 3, -1, RISING), FALLING, r"must not be negative.*index \(2,\)"),
        (np.where(RISING == 3, np.nan, RISING), FALLING, r"missing or not finite.*\(2,\)"),
        (np.where(RISING == 3, np.inf, RISING), FALLING, r"missing or not finite.*\(2,\)"),
        (RISING, FALLING[::-1], "must fall from at most 1 to at least 0"),
        (RISING, FALLING - 0.5, "must fall from at most 1 to at least 0"),
        (RISING, FALLING * 1.2, "must fall from at most 1 to at least 0"),
        (RISING, np.where(RISING == 4, np.nan, FALLING), "survival is missing or not finite"),
        (np.ones((10, 0)), FALLING, "no empty axis"),
        (3.0, FALLING, "need years along axis 0"),
    ],
)
def test_bad_input_is_refused(inflow, survival, message):
    with pytest.raises(ValueError, match=message):
        stock.inflow_driven(inflow, survival)


def test_bad_stock_is_refused():
    with pytest.raises(ValueError, match="stock must not be negative"):
        stock.stock_driven(-RISING, FALLING)
    with pytest.raises(ValueError, match="above 0 in the year of entry"):
        stock.stock_driven(RISING, np.zeros(10))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: stock.ages(0), "at least one year"),
        (lambda: stock.ages(3, "noon"), "start, middle, end"),
        (lambda: stock.weibull_survival([-1.0], 2, 5), "age must be finite"),
        (lambda: stock.weibull_survival([1.0], 0, 5), "shape of a lifetime"),
        (lambda: stock.exponential_survival([1.0], -0.1), "not negative"),
        (lambda: stock.wait([1.0], -1.0), "waiting must be finite"),
        (lambda: stock.wait([-1.0], 1.0), "inflow must be finite"),
        (lambda: stock.normal_survival([1.0], 5, np.nan), "sd of a lifetime"),
        (lambda: stock.fixed_survival([1.0], -2), "lifetime of a lifetime|above 0"),
    ],
)
def test_bad_lifetimes_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_outflow_of_some_years_is_that_of_the_whole_model():
    rng = np.random.default_rng(3)
    inflow = rng.uniform(0, 100, (30, 2, 5))
    inflow[:12, 1] = 0.0  # not sold before
    survival = stock.weibull_survival(stock.ages(30), [[2.0], [3.0]], rng.uniform(4, 20, (2, 5)))
    whole = stock.inflow_driven(inflow, survival).outflow
    some = stock.outflow(inflow, stock.loss(survival), [5, 11, 12, 29])
    np.testing.assert_allclose(some, whole[[5, 11, 12, 29]], rtol=1e-9, atol=1e-9)
