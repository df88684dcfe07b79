"""Digits that are printed stand under other seeds."""

import math

import numpy as np
import pytest

from rareearth import digits
from rareearth.answers import Answers


@pytest.mark.parametrize("level", [0.05, 0.5, None])
def test_error_is_the_spread_over_samples(level):
    """By theory for normal draws: of the mean 1/sqrt(n), of the median sqrt(pi/2) as much."""
    stream = np.random.default_rng(1)
    samples = stream.normal(size=(2000, 400))
    got = samples.mean(axis=1) if level is None else np.quantile(samples, level, axis=1)
    said = np.mean([digits.error(sample, level) for sample in samples[:200]])
    assert said == pytest.approx(got.std(), rel=0.1)
    if level == 0.5:
        assert said == pytest.approx(math.sqrt(math.pi / 2 / 400), rel=0.1)


@pytest.mark.parametrize("scale", [0.003, 0.04, 1.0, 70.0])
def test_five_seeds_differ_by_at_most_one_unit(scale):
    stream = np.random.default_rng(2)
    fails = 0
    for _ in range(300):
        errors = stream.normal(stream.uniform(100, 1000), scale, size=5)
        fails += bool(digits.unstable([digits.printed(x, scale, "{:,.3f} t") for x in errors]))
    assert fails <= 45, f"{fails} of 300 differ, far more than one in ten"


def test_no_digit_is_lost_that_would_survive():
    assert digits.printed(1234.5, 0.0, "{:,.1f} t") == "1,234.5 t"
    assert digits.printed(1234.5, 0.2, "{:,.1f} t") == "1,234 t"
    assert digits.printed(1234.5, 30.0, "{:,.1f} t") == "1,200 t"
    assert digits.printed(0.0364, 0.002, "{:.1%}") == "4%"
    assert digits.printed(46.0, 30.0, "{:.0f} t") == "under 100 t"
    assert digits.printed(0.0, 30.0, "{:.0f} t") == "0 t"


def test_what_another_seed_changes_is_found():
    assert not digits.unstable(["61%", "62%"])
    assert digits.unstable(["61%", "63%"]) == ["61 | 63"]
    assert not digits.unstable(["1,200 t", "1,300 t", "1,300 t"])
    assert digits.unstable(["1,200 t", "1,300 t", "1,250 t"])
    assert digits.unstable(["mining leads", "metal leads"])[0].startswith("words")


def test_answers_print_what_stands_and_keep_what_was_computed():
    draws = np.random.default_rng(3).normal(50, 20, size=500)
    answers = Answers("usgs_mcs_2026_data")
    answers.add("loose", draws, "{:.0f}%")
    answers.add("steady", draws, "{:.0f}%", steady=True)
    answers.add("error", 5.37, "{:.2f} kt", error=0.02)
    assert answers["steady"].value == answers["loose"].value
    assert (
        answers["steady"].text == "50%"
        and answers["steady"].interval == "20\N{NO-BREAK SPACE}to 80%"
    )
    assert answers["error"].text == "5.4\N{NO-BREAK SPACE}kt"


@pytest.mark.parametrize(("value", "shown"), [(279.4, 280), (0.0123, 0.012), (4810, 4800), (0, 0)])
def test_two_significant_digits(value, shown):
    assert digits.significant(value) == pytest.approx(shown)
