"""The price process and the floor: closed forms, limits, simulation, and fits of known series."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import lognorm

from rareearth.models import price

positive = st.floats(5, 300)
speeds = st.floats(0, 5)
volatilities = st.floats(0, 1.5)
horizons = st.floats(0, 30)
TRUE = {"spot": 90.0, "median": 60.0, "speed": 0.4, "volatility": 0.35}


def seeds(draws, seed):
    """One number per draw, from which its shocks follow."""
    return np.random.default_rng(seed).random(draws)


def series(years, per_year, seed, **changed):
    """A simulated series, thinned from months to the given number a year."""
    path = price.simulate(**(TRUE | changed), years=years, seeds=seeds(1, seed))[:, 0]
    every = 12 // per_year
    return np.arange(1, len(path) + 1)[every - 1 :: every] / 12, path[every - 1 :: every]


# --- the closed form -----------------------------------------------------------------------------


@pytest.mark.parametrize("speed", [0.0, 0.05, 0.4, 3.0])
@pytest.mark.parametrize("floor", [50.0, 110.0])
def test_closed_form_equals_simulation_within_its_error(speed, floor):
    case = TRUE | {"speed": speed}
    prices = price.simulate(**case, years=4, seeds=seeds(200_000, 1))[-1]
    payments = np.maximum(floor - prices, 0)
    error = payments.std() / np.sqrt(len(payments))
    exact = price.expected_floor_payment(**case, floor=floor, horizon=4)
    assert payments.mean() == pytest.approx(exact, abs=4 * error)
    below = np.mean(prices < floor)
    chance = price.payment_chance(**case, floor=floor, horizon=4)
    assert below == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / len(prices)))


@given(positive, positive, speeds, volatilities, positive)
def test_at_once_the_payment_is_the_gap_and_certain(spot, median, speed, volatility, floor):
    value = price.expected_floor_payment(spot, median, speed, volatility, floor, 0)
    assert isinstance(value, float)
    assert value == pytest.approx(max(floor - spot, 0), abs=1e-9)


@given(positive, positive, speeds, positive, horizons)
def test_without_volatility_the_payment_is_the_gap_to_the_path(spot, median, speed, floor, horizon):
    path = np.exp(np.log(median) + np.log(spot / median) * np.exp(-speed * horizon))
    value = price.expected_floor_payment(spot, median, speed, 0, floor, horizon)
    assert value == pytest.approx(max(floor - path, 0), abs=1e-9)


def test_far_ahead_the_price_is_lognormal_around_the_median_and_today_is_forgotten():
    sd = TRUE["volatility"] / np.sqrt(2 * TRUE["speed"])
    known = lognorm(sd, scale=TRUE["median"])
    points = np.linspace(1e-6, 110, 200_001)
    put = np.trapezoid(known.cdf(points), points)  # E[max(K - S, 0)] is the integral of the cdf
    for spot in (20.0, 300.0):
        case = TRUE | {"spot": spot}
        value = price.expected_floor_payment(**case, floor=110, horizon=200)
        assert value == pytest.approx(put, rel=1e-6)


@given(positive, positive, volatilities, positive, horizons)
def test_a_vanishing_speed_is_the_random_walk(spot, median, volatility, floor, horizon):
    walk = price.expected_floor_payment(spot, median, 0, volatility, floor, horizon)
    slow = price.expected_floor_payment(spot, median, 1e-13, volatility, floor, horizon)
    assert walk == pytest.approx(slow, rel=1e-6, abs=1e-6)
    assert walk == pytest.approx(
        price.expected_floor_payment(spot, np.nan, 0, volatility, floor, horizon), nan_ok=False
    ), "a random walk has no level, so none should be needed"


@given(positive, positive, speeds, volatilities, positive, horizons, st.floats(0, 50))
def test_payment_rises_with_the_floor_but_no_faster(
    spot, median, speed, volatility, floor, horizon, step
):
    low, high = (
        price.expected_floor_payment(spot, median, speed, volatility, level, horizon)
        for level in (floor, floor + step)
    )
    assert -1e-9 <= high - low <= step + 1e-9


@pytest.mark.parametrize("speed", [0.0, 0.4])
@pytest.mark.parametrize("floor", [40.0, 110.0, 200.0])
def test_put_and_call_differ_by_mean_price_less_floor(speed, floor):
    """The value above the floor, integrated from the distribution, closes the identity."""
    case = TRUE | {"speed": speed}
    mean = np.log(90) if speed == 0 else np.log(60) + np.log(1.5) * np.exp(-0.4 * 5)
    variance = 0.35**2 * (5 if speed == 0 else (1 - np.exp(-0.8 * 5)) / 0.8)
    known = lognorm(np.sqrt(variance), scale=np.exp(mean))
    points = np.geomspace(floor, 1e6, 200_001)
    call = np.trapezoid(known.sf(points), points)  # E[max(S - K, 0)]
    put = price.expected_floor_payment(**case, floor=floor, horizon=5)
    assert price.expected_price(**case, horizon=5) == pytest.approx(known.mean())
    assert floor + call - put == pytest.approx(known.mean(), rel=1e-6)


def test_payment_rises_with_volatility_when_the_mean_price_is_held():
    values = []
    for volatility in (0.0, 0.1, 0.3, 0.6, 1.2):
        variance = volatility**2 * 3  # random walk, three years
        spot = 90 * np.exp(-variance / 2)
        values.append(price.expected_floor_payment(spot, 1, 0, volatility, 110, 3))
    assert np.all(np.diff(values) > 0)


def test_arrays_broadcast_and_single_values_give_a_float():
    floors = np.array([80.0, 110.0, 140.0])[:, None]
    ahead = np.array([0.0, 1.0, 5.0, 10.0])
    values = price.expected_floor_payment(90, 60, 0.4, 0.35, floors, ahead)
    assert values.shape == (3, 4)
    one = price.expected_floor_payment(90, 60, 0.4, 0.35, 140, 5)
    assert isinstance(one, float) and one == pytest.approx(values[2, 2])


@pytest.mark.parametrize(
    "wrong",
    [
        {"spot": 0},
        {"median": -1},
        {"speed": -0.1},
        {"volatility": -0.1},
        {"horizon": -1},
        {"floor": -1},
    ],
)
def test_impossible_arguments_are_errors(wrong):
    with pytest.raises(ValueError, match="must"):
        price.expected_floor_payment(**(TRUE | {"floor": 110, "horizon": 1} | wrong))


# --- paths ---------------------------------------------------------------------------------------


def test_paths_have_the_moments_of_the_process():
    n = 40_000
    logs = np.log(price.simulate(**TRUE, years=6, seeds=seeds(n, 3)))
    for month in (1, 12, 72):
        time = month / 12
        mean = np.log(60) + np.log(90 / 60) * np.exp(-0.4 * time)
        sd = 0.35 * np.sqrt((1 - np.exp(-0.8 * time)) / 0.8)
        assert logs[month - 1].mean() == pytest.approx(mean, abs=4 * sd / np.sqrt(n))
        assert logs[month - 1].std() == pytest.approx(sd, rel=4 / np.sqrt(2 * n))


def test_half_of_a_distance_has_gone_after_the_half_life():
    time = price.half_life(np.log(2) / 2)
    assert time == pytest.approx(2)
    path = price.simulate(120, 60, np.log(2) / 2, 0.0, 2, seeds(1, 1))[-1, 0]
    assert np.log(path / 60) == pytest.approx(np.log(120 / 60) / 2)
    assert price.half_life(0) == np.inf


def test_same_seed_same_paths_and_jumps_leave_the_shocks_alone():
    plain = price.simulate(**TRUE, years=3, seeds=seeds(500, 5))
    assert np.array_equal(plain, price.simulate(**TRUE, years=3, seeds=seeds(500, 5)))
    none = price.simulate(**TRUE, years=3, seeds=seeds(500, 5), jumps=price.Jumps(0.0, (1.0,)))
    assert np.allclose(plain, none)
    some = price.simulate(**TRUE, years=3, seeds=seeds(500, 5), jumps=price.Jumps(0.3, (1.0,)))
    assert (some >= plain - 1e-9).all(), "rises can only lift a path"
    touched = (some > plain * 1.0001).any(axis=0).mean()
    assert touched == pytest.approx(1 - np.exp(-0.9), abs=0.1)


def test_jumps_lift_the_mean_by_rate_times_size_over_speed():
    """Campbell's theorem: mean of fading shots; here in the logarithm, far ahead."""
    n, rate, sizes = 20_000, 0.2, (0.5, 1.5)
    case = TRUE | {"volatility": 0.1}
    with_jumps, without = (
        np.log(price.simulate(**case, years=20, seeds=seeds(n, 2), jumps=jumps)[-1])
        for jumps in (price.Jumps(rate, sizes), None)
    )
    lift = with_jumps - without
    months = 1 - np.exp(-0.4 / 12)
    expected = rate / 12 * np.mean(sizes) * (1 - np.exp(-0.4 * 20)) / months
    assert lift.mean() == pytest.approx(expected, abs=4 * lift.std() / np.sqrt(n))


# --- the fit -------------------------------------------------------------------------------------


def test_fit_finds_known_parameters_within_its_standard_errors():
    """In long series, where the bias of the speed is small: z-scores are like normal ones."""
    scores = []
    for seed in range(40):
        fitted = price.fit(*series(150, 12, seed))
        scores.append(
            [
                np.log(fitted.median / 60) / np.sqrt(fitted.covariance[0, 0]),
                (fitted.speed - 0.4 - 4 / 150) / fitted.speed_se,
                (fitted.volatility - 0.35) / fitted.volatility_se,
            ]
        )
    scores = np.array(scores)
    assert np.abs(scores.mean(axis=0)).max() < 4 / np.sqrt(40), scores.mean(axis=0)
    assert (scores.std(axis=0) > 0.6).all() and (scores.std(axis=0) < 1.5).all()


def test_fit_takes_steps_of_any_length():
    times, prices = series(400, 12, 9)
    some = np.sort(np.random.default_rng(1).choice(len(times), 2500, replace=False))
    fitted = price.fit(times[some], prices[some])
    for name in ("median", "speed", "volatility"):
        error = getattr(fitted, f"{name}_se")
        assert getattr(fitted, name) == pytest.approx(TRUE[name], abs=4 * error)


def test_fit_is_that_of_the_autoregression_for_equal_steps():
    times, prices = series(60, 4, 4)
    x = np.log(prices)
    slope, intercept = np.polyfit(x[:-1], x[1:], 1)
    fitted = price.fit(times, prices)
    assert np.exp(-fitted.speed / 4) == pytest.approx(slope, rel=1e-4)
    assert np.log(fitted.median) == pytest.approx(intercept / (1 - slope), rel=1e-4)
    residual = np.mean((x[1:] - intercept - slope * x[:-1]) ** 2)
    spread = (1 - slope**2) / (2 * fitted.speed)
    assert fitted.volatility == pytest.approx(np.sqrt(residual / spread), rel=1e-4)


def test_short_series_find_too_much_pull_by_about_four_over_their_length():
    """Tang and Chen (2009), to first order; the reason why the report also shows a random walk."""
    years = 40
    speeds = [price.fit(*series(years, 4, seed, spot=60)).speed for seed in range(300)]
    bias, error = np.mean(speeds) - TRUE["speed"], np.std(speeds) / np.sqrt(len(speeds))
    assert bias == pytest.approx(4 / years, abs=3 * error + 0.02)
    assert bias > 3 * error


def test_a_series_that_only_rises_shows_no_level():
    times = np.arange(30) / 12
    fitted = price.fit(times, 50 * np.exp(0.05 * np.arange(30)))
    assert fitted.speed == 0 and np.isnan(fitted.median)
    assert fitted.volatility == pytest.approx(0.05 * np.sqrt(12))
    with pytest.raises(ValueError, match="longer"):
        price.parameters(fitted, np.full((3, 10), 0.5))


def test_steps_left_out_do_not_count():
    times, prices = series(80, 12, 2)
    prices = prices.copy()
    prices[300] *= 20
    use = np.ones(len(times) - 1, bool)
    assert price.fit(times, prices, use).volatility > 0.5
    use[299:301] = False
    assert price.fit(times, prices, use).volatility == pytest.approx(0.35, abs=0.03)


def test_parameters_have_the_errors_of_the_fit():
    fitted = price.fit(*series(100, 12, 1))
    positions = np.random.default_rng(7).random((3, 20_000))
    drawn = price.parameters(fitted, positions)
    logs = np.log(drawn)
    assert (drawn > 0).all().all()
    assert np.allclose(np.cov(logs.T), fitted.covariance, rtol=0.1, atol=2e-4)
    middle = price.parameters(fitted, np.full((3, 1), 0.5)).iloc[0]
    assert middle.tolist() == pytest.approx([fitted.median, fitted.speed, fitted.volatility])


@pytest.mark.parametrize(
    ("times", "prices", "match"),
    [
        ([0, 1, 1, 2, 3], [1, 2, 3, 4, 5], "ascending"),
        ([0, 1, 2, 3, 4], [1, 2, 0, 4, 5], "positive"),
        ([0, 1, 2], [1, 2, 3], "four steps"),
        ([0, 1, 2, 3, 4], [1, 2, 3], "one price"),
    ],
)
def test_a_series_that_cannot_be_fitted_is_an_error(times, prices, match):
    with pytest.raises(ValueError, match=match):
        price.fit(times, prices)


def test_jump_size_is_peak_over_last_price_before():
    times, prices = np.arange(6.0), np.array([10, 12, 30, 60, 40, 80])
    assert price.jump_size(times, prices, 1, 4) == pytest.approx(np.log(60 / 12))
    with pytest.raises(ValueError, match="episode"):
        price.jump_size(times, prices, 5, 9)


# --- the floor -----------------------------------------------------------------------------------


def test_settlement_by_hand():
    settled = price.settle([[80.0, 130.0], [110.0, 150.0]], [[100.0], [50.0]], 110, 0.3, True)
    assert settled.paid.tolist() == [[3000, 0], [0, 0]]
    assert np.allclose(settled.received, [[0, 0.3 * 20 * 100], [0, 0.3 * 40 * 50]])
    early = price.settle([130.0], [100.0], 110, 0.3, False)
    assert early.received.tolist() == [0]


def test_cost_per_kg_is_the_mean_of_the_strip_of_puts():
    given_ = list(TRUE.values())
    cost = price.floor_cost(*given_, floor=110, years=10)
    middles = (np.arange(40) + 0.5) / 4
    strip = price.expected_floor_payment(*given_, 110, middles)
    assert cost == pytest.approx(strip.mean())
    cheaper = price.floor_cost(*given_, floor=110, years=10, discount_rate=0.05)
    assert cheaper == pytest.approx(np.mean(strip / 1.05**middles))
    shared = price.floor_cost(*given_, floor=110, years=10, upside_share=0.3)
    later = price.floor_cost(*given_, floor=110, years=10, upside_share=0.3, upside_after=4)
    assert shared < later < cost
    never = price.floor_cost(*given_, floor=110, years=10, upside_share=0.3, upside_after=11)
    assert never == pytest.approx(cost)


def test_cost_per_kg_equals_simulated_settlements():
    n = 20_000
    prices = price.simulate(**TRUE, years=10, seeds=seeds(n, 11))[
        1::3
    ]  # middle month of each quarter
    settled = price.settle(prices, 1.0, 110, 0.3)
    net = (settled.paid - settled.received).mean(axis=0)
    exact = price.floor_cost(**TRUE, floor=110, years=10, upside_share=0.3)
    # The second month ends half a month after the middle of its quarter.
    assert net.mean() == pytest.approx(exact, abs=4 * net.std() / np.sqrt(n) + 0.15)


def test_cost_per_kg_takes_draws():
    values = price.floor_cost(np.full(7, 90.0), np.linspace(40, 100, 7), 0.4, 0.35)
    assert values.shape == (7,) and np.all(np.diff(values) < 0)
