"""Sobol indices against closed forms; bands; samples."""

import zlib

import numpy as np
import pandas as pd
import pytest
from scipy.stats import qmc, triang

from rareearth import uncertainty


def test_ishigami_function_has_its_published_indices():
    # Ishigami and Homma (1990); closed form of the indices: Saltelli et al. (2008), a = 7, b = 0.1.
    a, b = 7.0, 0.1
    space = {name: (-np.pi, np.pi) for name in ("x1", "x2", "x3")}
    found = uncertainty.sobol_indices(
        lambda d: np.sin(d["x1"]) + a * np.sin(d["x2"]) ** 2 + b * d["x3"] ** 4 * np.sin(d["x1"]),
        space,
        n=4096,
        seed=1,
    )
    total = a**2 / 8 + b * np.pi**4 / 5 + b**2 * np.pi**8 / 18 + 0.5
    first = np.array([0.5 * (1 + b * np.pi**4 / 5) ** 2, a**2 / 8, 0]) / total
    mixed = b**2 * np.pi**8 * (1 / 18 - 1 / 50) / total
    assert list(found.columns) == ["parameter", "S1", "ST", "S1_conf", "ST_conf"]
    assert list(found["parameter"]) == ["x1", "x2", "x3"]
    np.testing.assert_allclose(found["S1"], first, atol=0.02)
    np.testing.assert_allclose(found["ST"], np.add(first, [mixed, 0, mixed]), atol=0.02)


def test_linear_model_splits_variance_by_squared_range():
    space = {"a": (0.0, 1.0), "b": (0.0, 2.0), "c": (5.0, 8.0)}
    found = uncertainty.sobol_indices(lambda d: d.sum(axis=1), space, n=1024, seed=2)
    shares = np.array([1, 4, 9]) / 14
    np.testing.assert_allclose(found["S1"], shares, atol=0.02)
    np.testing.assert_allclose(found["ST"], shares, atol=0.02)
    assert list(uncertainty.drivers(found, 2)["parameter"]) == ["c", "b"]


def register(**rows):
    return pd.DataFrame.from_dict(
        rows, orient="index", columns=["low", "mode", "high", "distribution"]
    )


def test_a_register_is_sampled_by_its_distributions():
    space = register(
        t=(0.0, 0.0, 1.0, "triangular"), u=(0.0, 0.5, 1.0, "uniform"), f=(3.0, 3.0, 3.0, "fixed")
    )
    seen = []

    def model(draws):
        seen.append(draws)
        return draws["t"] + draws["u"] + draws["f"]

    found = uncertainty.sobol_indices(model, space, n=2048, seed=3)
    variances = np.array([1 / 18, 1 / 12])
    np.testing.assert_allclose(found["ST"], variances / variances.sum(), atol=0.02)
    assert list(seen[0].columns) == ["t", "u", "f"]
    assert (seen[0]["f"] == 3).all()


def test_same_seed_same_indices():
    space = {"a": (0.0, 1.0), "b": (0.0, 2.0)}
    runs = [
        uncertainty.sobol_indices(lambda d: d["a"] * d["b"], space, 64, seed) for seed in (4, 4, 5)
    ]
    pd.testing.assert_frame_equal(runs[0], runs[1])
    assert not runs[0].equals(runs[2])


@pytest.mark.parametrize(
    ("model", "space", "n", "message"),
    [
        (lambda d: d["a"], {"a": (0, 1)}, 1, "n must be at least 2"),
        (lambda d: d["a"], {"a": (2, 1)}, 8, "out of order for 'a'"),
        (lambda d: d["a"], {"a": (1, 1)}, 8, "No input of the space varies"),
        (lambda d: np.ones(3), {"a": (0, 1)}, 8, "one finite value for each of 24 draws"),
        (lambda d: np.log(d["a"] - 1), {"a": (0, 1)}, 8, "0 of them finite"),
        (lambda d: 0 * d["a"], {"a": (0, 1)}, 8, "same value for all draws"),
    ],
)
@pytest.mark.filterwarnings("ignore:invalid value")
def test_what_cannot_be_explained_is_refused(model, space, n, message):
    with pytest.raises(ValueError, match=message):
        uncertainty.sobol_indices(model, space, n, 0)


def test_unknown_distribution_is_refused():
    with pytest.raises(ValueError, match="Unknown distribution"):
        uncertainty.sample(register(a=(0, 1, 2, "normal")), 5, 0)


def test_samples_fill_their_ranges_and_do_not_depend_on_their_neighbours():
    one = uncertainty.sample({"a": (2.0, 6.0)}, 100, seed=6)
    two = uncertainty.sample({"b": (0.0, 1.0), "a": (2.0, 6.0)}, 100, seed=6)
    assert np.array_equal(one["a"], two["a"])
    counts, _ = np.histogram(one["a"], bins=100, range=(2, 6))
    assert (counts == 1).all(), "a Latin hypercube has one draw in each hundredth"
    assert abs(np.corrcoef(two["a"], two["b"])[0, 1]) < 0.3


@pytest.mark.parametrize("mode", [2.0, 3.5, 6.0])
def test_triangular_quantiles_are_those_of_scipy(mode):
    level = np.linspace(0, 1, 21)
    np.testing.assert_allclose(
        uncertainty.triangular(level, 2.0, mode, 6.0),
        triang.ppf(level, (mode - 2) / 4, 2, 4),
        rtol=1e-12,
    )
    assert (uncertainty.triangular(level, 3.0, 3.0, 3.0) == 3).all()


@pytest.mark.parametrize(("low", "high"), [(0.004, 10.0), (2.0, 3.0)])
def test_loguniform_has_its_closed_mean_and_median(low, high):
    level = (np.arange(200_000) + 0.5) / 200_000
    values = uncertainty.loguniform(level, low, high)
    np.testing.assert_allclose(values.mean(), (high - low) / np.log(high / low), rtol=1e-6)
    assert uncertainty.loguniform(0.5, low, high) == pytest.approx(np.sqrt(low * high))
    assert uncertainty.loguniform([0, 1], low, high) == pytest.approx([low, high])


def test_logtriangular_has_its_closed_mean_and_median():
    # Mean: the moment-generating function of a triangle at one.
    low, mode, high = 0.004, 0.5, 10.0
    a, c, b = np.log([low, mode, high])
    mean = 2 * ((b - c) * low - (b - a) * mode + (c - a) * high) / ((b - a) * (c - a) * (b - c))
    level = (np.arange(400_000) + 0.5) / 400_000
    values = uncertainty.logtriangular(level, low, mode, high)
    np.testing.assert_allclose(values.mean(), mean, rtol=1e-5)
    median = np.exp(a + np.sqrt((b - a) * (c - a) / 2))  # the mode lies above the middle
    assert uncertainty.logtriangular(0.5, low, mode, high) == pytest.approx(median)
    assert 0.5 < median / mode < 1, "in logarithms the median stays near the mode"
    assert uncertainty.logtriangular([0, 1], low, mode, high) == pytest.approx([low, high])


@pytest.mark.parametrize("shape", ["loguniform", "logtriangular"])
def test_logs_are_drawn_and_explained_like_other_ranges(shape):
    # The logarithm of a product is a sum, whose shares of variance are known.
    space = register(a=(1.0, 10.0, 100.0, shape), b=(1.0, 100.0, 10_000.0, shape))
    drawn = uncertainty.sample(space, 1000, 1)
    assert (np.log10(drawn["a"]).mean(), np.log10(drawn["b"]).mean()) == pytest.approx((1, 2), 1e-3)
    found = uncertainty.sobol_indices(lambda d: np.log(d["a"] * d["b"]), space, 1024, 1)
    np.testing.assert_allclose(found["S1"], [0.2, 0.8], atol=0.02)
    with pytest.raises(ValueError, match="'a' is drawn in logarithms"):
        uncertainty.sample(register(a=(0.0, 1.0, 2.0, shape)), 5, 1)


def test_band_holds_its_level():
    values = np.random.default_rng(7).normal(size=(3, 40_000))
    frame = uncertainty.band(pd.DataFrame(values, index=[2030, 2040, 2050]))
    assert list(frame.index) == [2030, 2040, 2050]
    np.testing.assert_allclose(frame["low"], -1.645, atol=0.05)
    np.testing.assert_allclose(frame["high"], 1.645, atol=0.05)
    assert uncertainty.band([1.0, 2.0, 3.0], 0.5).loc[0].tolist() == [1.5, 2.0, 2.5]
    with pytest.raises(ValueError, match="between 0 and 1"):
        uncertainty.band(values, 90)


def test_band_names_the_axes_before_the_draws():
    values = np.arange(2 * 3 * 5, dtype=float).reshape(2, 3, 5)
    frame = uncertainty.band(values, year=[2030, 2040], element=["Nd", "Pr", "Dy"])
    assert list(frame.columns) == ["year", "element", "low", "median", "high"]
    row = frame[(frame["year"] == 2040) & (frame["element"] == "Pr")].iloc[0]
    assert row["median"] == np.median(values[1, 1])
    with pytest.raises(ValueError, match="lengths \\(2, 2\\)"):
        uncertainty.band(values, year=[2030, 2040], element=["Nd", "Pr"])
    with pytest.raises(ValueError, match="need a named axis"):
        uncertainty.band(values)


@pytest.mark.parametrize("n", [1, 7, 6000])
def test_levels_are_those_of_scipys_latin_hypercube(n):
    drawn = uncertainty.sample({"a": (0.0, 1.0)}, n, 3)["a"]
    stream = np.random.default_rng([3, zlib.crc32(b"a")])
    np.testing.assert_array_equal(drawn, qmc.LatinHypercube(d=1, rng=stream).random(n)[:, 0])


def test_kept_levels_cannot_be_spoiled():
    first = uncertainty.sample({"a": (0.0, 1.0)}, 5, 1)
    first["a"] *= 2
    assert uncertainty.sample({"a": (0.0, 1.0)}, 5, 1)["a"].max() <= 1


def test_points_at_which_the_model_is_asked_are_those_of_salib():
    from SALib.sample import sobol as sampling

    problem = {"num_vars": 3, "names": list("abc"), "bounds": [[0, 1]] * 3}
    theirs = sampling.sample(problem, 16, calc_second_order=False, seed=5)
    np.testing.assert_array_equal(uncertainty._saltelli(16, 3, 5), theirs)


def test_rank_correlation_explains_what_an_additive_result_is_made_of():
    draws = uncertainty.sample({"strong": (0, 1), "weak": (0, 1), "idle": (0, 1)}, 4000, 3)
    draws["fixed"] = 1.0
    parts = uncertainty.explained(draws, 3 * draws["strong"] + draws["weak"])
    assert list(parts.index) == ["strong", "weak", "idle"]
    # Variances are as 9 to 1; ranks bend that a little.
    assert parts["strong"] == pytest.approx(0.9, abs=0.03)
    assert parts["weak"] == pytest.approx(0.1, abs=0.03)
    assert parts["idle"] < 0.01
    with pytest.raises(ValueError, match="not all the same"):
        uncertainty.explained(draws, np.ones(4000))
