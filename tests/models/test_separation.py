"""Stages and cascades against closed forms, limits and published counts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rareearth.models import separation

factors = st.floats(1.1, 50)
purities = st.floats(0.6, 0.9999)


def kremser(extraction, stages):
    """Part of a solute that stays in the water (Kremser 1930)."""
    if abs(extraction - 1) < 1e-12:
        return 1 / (stages + 1)
    return (extraction - 1) / (extraction ** (stages + 1) - 1)


def test_fenske_gives_the_textbook_value():
    assert separation.minimum_stages(1.5, 0.9999, 0.9999) == pytest.approx(
        2 * np.log(9999) / np.log(1.5)
    )
    assert isinstance(separation.minimum_stages(2, 0.99, 0.99), float)
    assert separation.minimum_stages([1.5, 2.0], 0.99, 0.99).shape == (2,)


@given(factors, purities, purities)
def test_fenske_is_symmetric_and_halves_when_the_factor_is_squared(factor, light, heavy):
    stages = separation.minimum_stages(factor, light, heavy)
    assert stages == pytest.approx(separation.minimum_stages(factor, heavy, light))
    assert stages == pytest.approx(2 * separation.minimum_stages(factor**2, light, heavy))


@pytest.mark.parametrize(
    ("factor", "light", "heavy", "said"),
    [(1.0, 0.9, 0.9, "turn the pair round"), (2, 99, 0.9, "not percent"), (2, 0.9, 1.0, "heavy")],
)
def test_impossible_pairs_are_refused(factor, light, heavy, said):
    with pytest.raises(ValueError, match=said):
        separation.minimum_stages(factor, light, heavy)


@settings(max_examples=50, deadline=None)
@given(st.floats(1.3, 20), st.floats(0.9, 0.999), st.floats(0.9, 0.999), st.floats(0.1, 0.8))
def test_a_cascade_at_endless_reflux_needs_the_fenske_stages(factor, light, heavy, share):
    assume(separation.minimum_reflux(factor, share, heavy) > 1e-3)
    real = separation.stages_at_reflux(factor, light, heavy, share, 1e9)
    assert real == pytest.approx(separation.minimum_stages(factor, light, heavy), rel=1e-6)


def test_less_reflux_and_less_selectivity_need_more_stages():
    multiples = np.array([1.05, 1.2, 1.5, 2, 5, 100])
    for factor in (1.4, 2.1, 8.1):
        stages = separation.stages_at_reflux(factor, 0.999, 0.999, 0.5, multiples)
        assert (np.diff(stages) < 0).all(), "More reflux must not need more stages."
    stages = separation.stages_at_reflux([1.4, 1.5, 2, 3, 8], 0.999, 0.999, 0.5, 1.3)
    assert (np.diff(stages) < 0).all()
    with pytest.raises(ValueError, match="endless"):
        separation.stages_at_reflux(2, 0.9, 0.9, 0.5, 1.0)


def test_least_reflux_is_that_of_underwood_for_a_sharp_split():
    # Equal amounts, pure product: 2 / (factor - 1).
    found = separation.minimum_reflux([1.5, 2.0, 3.0], 0.5, 1 - 1e-12)
    assert found == pytest.approx([4.0, 2.0, 1.0], rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.05, 20), st.integers(1, 40))
def test_one_solute_without_scrub_follows_kremser(distribution, stages):
    state = separation.cascade([1.0], [distribution], extraction_stages=stages)
    assert state.raffinate[0] == pytest.approx(kremser(distribution, stages), rel=1e-9)


def test_every_component_balances_for_every_draw():
    rng = np.random.default_rng(7)
    feed = rng.random((300, 6))
    ratio = 10 ** rng.uniform(-3, 3, (300, 6))
    state = separation.cascade(
        feed,
        ratio,
        extraction_stages=12,
        scrub_stages=8,
        strip_stages=5,
        solvent=rng.uniform(0.2, 3, 300),
        scrub=rng.uniform(0.5, 1, 300),
        strip=rng.uniform(0.2, 0.5, 300),
        strip_distribution=10 ** rng.uniform(-4, -1, (300, 6)),
        returned=rng.uniform(0, 0.9, 300),
    )
    gap = np.abs((state.raffinate + state.product) / feed - 1).max()
    assert gap < 1e-12, f"What enters does not leave: relative gap {gap:.1e}."
    assert (state.aqueous >= 0).all() and (state.organic >= 0).all()
    assert state.aqueous.shape == (300, 25, 6)


def test_stage_balances_hold_one_by_one():
    feed, ratio = np.array([1.0, 2.0]), np.array([0.3, 4.0])
    state = separation.cascade(
        feed, ratio, extraction_stages=5, scrub_stages=4, solvent=1.2, scrub=0.6
    )
    aqueous, organic = state.aqueous, state.organic
    assert organic == pytest.approx(aqueous * ratio)
    for j in range(9):
        water = 1.6 if j < 5 else 0.6
        above = 0 if j == 8 else 0.6 * aqueous[j + 1] if j >= 4 else 1.6 * aqueous[j + 1]
        below = 0 if j == 0 else 1.2 * organic[j - 1]
        source = feed if j == 4 else 0
        assert above + below + source == pytest.approx(water * aqueous[j] + 1.2 * organic[j])


def test_what_is_not_extracted_stays_and_what_is_leaves():
    shape = {"extraction_stages": 6, "scrub_stages": 4, "scrub": 0.5}
    state = separation.cascade([1.0, 1.0], [1e-12, 1e12], **shape)
    assert state.raffinate == pytest.approx([1, 0], abs=1e-9)
    assert state.product == pytest.approx([0, 1], abs=1e-9)
    assert separation.purity(state.product) == pytest.approx([0, 1], abs=1e-9)


def test_more_stages_clean_both_products():
    feed, ratio = [0.5, 0.5], np.array([0.6, 2.4])
    shape = {"solvent": 1.0, "scrub": 1.0}
    heavy, lost = [], []
    for extra in range(2, 20, 3):
        state = separation.cascade(
            feed, ratio, extraction_stages=extra, scrub_stages=extra, **shape
        )
        heavy.append(separation.purity(state.product)[1])
        lost.append(state.raffinate[1])
    assert (np.diff(heavy) > 0).all() and (np.diff(lost) < 0).all()


@pytest.mark.parametrize("stages", [10, 24])
def test_a_thin_cascade_without_reflux_needs_twice_the_fenske_stages(stages):
    # Constant D, endless scrub, extraction factors sqrt(2) and 1/sqrt(2): each stage separates by
    # sqrt(2) only, so N stages do the work of (N + 1) / 2.
    water = 1e7
    organic = np.sqrt(water * (water + 1) / 2)
    state = separation.cascade(
        [0.5, 0.5], [1.0, 2.0], extraction_stages=stages // 2, scrub_stages=stages // 2,
        solvent=organic, scrub=water,
    )  # fmt: skip
    light, heavy = separation.purity(state.raffinate)[0], separation.purity(state.product)[1]
    assert separation.minimum_stages(2, light, heavy) == pytest.approx((stages + 1) / 2, rel=1e-5)


def test_impossible_cascades_are_refused():
    with pytest.raises(ValueError, match="extraction stage"):
        separation.cascade([1.0], [1.0], extraction_stages=0)
    with pytest.raises(ValueError, match="positive volume"):
        separation.cascade([1.0], [1.0], extraction_stages=1, scrub_stages=2)
    with pytest.raises(ValueError, match="returned"):
        separation.cascade(
            [1.0], [1.0], extraction_stages=1, scrub_stages=1, strip_stages=1, scrub=0.1,
            strip=1.0, returned=0.5,
        )  # fmt: skip


def test_distribution_follows_acidity():
    assert separation.distribution_ratio(2.0, 3.0, -6.0) == pytest.approx(1.0)
    assert separation.distribution_ratio(3.0, 3.0, -6.0) == pytest.approx(1000.0)


def test_stages_of_a_basket_are_those_of_its_cuts():
    basket = pd.Series([30.0, 40.0, 10.0, 15.0, 5.0], index=list("abcde"))
    total = separation.total_stages(basket, np.array([1.5, 2.0]), 0.999, 1.3)
    # What is left enters each cut: heavier parts of 100, 70, 30, and 20.
    cuts = [70 / 100, 30 / 70, 20 / 30, 5 / 20]
    each = [
        sum(separation.stages_at_reflux(f, 0.999, 0.999, cut, 1.3) for cut in cuts)
        for f in (1.5, 2.0)
    ]
    assert total == pytest.approx(each)


shares = st.floats(0.01, 1e3)
ratios = st.floats(1e-4, 1e4)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_what_enters_a_cascade_leaves_it_for_all_legal_inputs(data):
    parts = data.draw(st.integers(1, 5))
    feed = data.draw(st.lists(shares, min_size=parts, max_size=parts))
    ratio = data.draw(st.lists(ratios, min_size=parts, max_size=parts))
    scrubs, strips = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 6))
    scrub = data.draw(st.floats(0.1, 3)) if scrubs else 0.0
    strip = data.draw(st.floats(0.1, 3)) if strips else 0.0
    most = min(1.0, scrub / strip) if scrubs and strips else 0.0
    state = separation.cascade(
        feed,
        ratio,
        extraction_stages=data.draw(st.integers(1, 25)),
        scrub_stages=scrubs,
        strip_stages=strips,
        feed_volume=data.draw(st.floats(0.1, 10)),
        solvent=data.draw(st.floats(0.1, 10)),
        scrub=scrub,
        strip=strip,
        strip_distribution=data.draw(st.floats(0, 0.5)),
        returned=0.95 * most * data.draw(st.floats(0, 1)),
    )
    np.testing.assert_allclose(state.raffinate + state.product, feed, rtol=1e-6)
    assert (state.raffinate >= 0).all() and (state.product >= 0).all()
    assert (state.aqueous >= 0).all() and (state.organic >= 0).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"feed": [1.0, np.nan]}, "The feed must be a number everywhere"),
        ({"feed": [1.0, -2.0]}, "The feed must be at least 0"),
        ({"distribution": [0.5, np.inf]}, "A distribution ratio must be a number"),
        ({"solvent": 0.0}, "The volume of organic must be above 0"),
    ],
)
def test_what_is_no_feed_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        separation.cascade(
            **{"feed": [1.0, 2.0], "distribution": [0.5, 4.0], "extraction_stages": 3} | wrong
        )
    with pytest.raises(ValueError, match="A separation factor must be a number"):
        separation.minimum_stages(np.nan, 0.9, 0.9)


def test_cuts_are_made_only_between_products():
    basket = pd.Series({"La": 4.0, "Ce": 3.0, "Pr": 1.0, "Nd": 2.0})
    # By hand: 6/10, 3/6, 2/3; with La and Ce together only the middle one.
    assert separation.cut_shares(basket) == pytest.approx([0.6, 0.5, 2 / 3])
    groups = [["La", "Ce"], ["Pr", "Nd"]]
    assert separation.cut_shares(basket, groups) == pytest.approx([0.3])
    alone = separation.total_stages(basket, 2.0, 0.999, 1.3)
    paired = separation.total_stages(basket, 2.0, 0.999, 1.3, groups)
    assert paired < alone / 2
    each = separation.stages_at_reflux(2.0, 0.999, 0.999, [0.6, 0.5, 2 / 3], 1.3)
    assert alone == pytest.approx(each.sum())
    with pytest.raises(ValueError, match="once, in order"):
        separation.total_stages(basket, 2.0, 0.999, 1.3, [["La", "Pr"], ["Ce", "Nd"]])
