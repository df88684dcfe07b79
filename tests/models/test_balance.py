"""No tonne is made or lost: what is needed is avoided, secured or left, in every stage and year."""

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from rareearth.models import balance

SHAPE = (2, 3, 4)
YEARS = range(2030, 2033)
HOME, OUTSIDE = balance.REGIONS
TONNES = st.floats(0, 1e5, allow_subnormal=False)


def supply(rng, scale=1.0):
    made = rng.uniform(0, 1000, (4, *SHAPE)) * scale
    return balance.Supply(
        made=made,
        running=made * rng.uniform(0, 1, made.shape),
        extracted=rng.uniform(0, 50, SHAPE) * scale,
        recycled=rng.uniform(0, 100, SHAPE) * scale,
        alloy=rng.uniform(0, 1, SHAPE[-1]),
    )


def world(seed=0, **parts):
    rng = np.random.default_rng(seed)
    ours = rng.uniform(100, 900, SHAPE)
    inputs = {
        "demand": np.stack([ours, ours + rng.uniform(0, 3000, SHAPE)]),
        "home": supply(rng),
        "others": supply(rng, 2.0),
        "allied_share": rng.uniform(0, 1, SHAPE[-1]),
    }
    inputs["avoided"] = inputs["demand"] * rng.uniform(0, 0.3, (3, 2, *SHAPE))
    return balance.balance(**(inputs | parts), years=YEARS), inputs


def nothing(like):
    return balance.Supply(*(np.zeros_like(array) for array in like[:-1]), like.alloy)


@settings(max_examples=100, deadline=None)
@given(
    made=hnp.arrays(float, (4, *SHAPE), elements=TONNES),
    need=hnp.arrays(float, SHAPE, elements=TONNES),
    offered=hnp.arrays(float, (4, *SHAPE), elements=TONNES),
    extracted=TONNES,
    recycled=TONNES,
    alloy=st.floats(0, 1),
)
def test_every_tonne_that_enters_a_chain_passes_or_is_left(
    made, need, offered, extracted, recycled, alloy
):
    given_ = balance.Supply(
        made,
        np.zeros_like(made),
        np.full(SHAPE, extracted),
        np.full(SHAPE, recycled),
        np.full(SHAPE[-1], alloy),
    )
    passed = balance.chain(given_, need, offered)
    entered = made[0] + extracted + recycled
    np.testing.assert_allclose(
        passed.own.sum(axis=0) + passed.left.sum(axis=0), entered, rtol=1e-9, atol=1e-6
    )
    whole = passed.own.sum(axis=0) + passed.bought
    assert (whole <= np.minimum(need, made[3]) + offered[3] + 1e-6).all()
    assert (whole <= need + 1e-6).all(), "a chain delivers more than is needed"
    assert (passed.own >= 0).all() and (passed.bought >= 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_demand_is_avoided_secured_or_left(seed):
    b, inputs = world(seed)
    np.testing.assert_allclose(
        b.avoided.sum("route") + b.secured.sum("source") + b.gap, inputs["demand"], rtol=1e-12
    )
    assert (b.secured >= 0).all() and (b.gap >= 0).all()


def test_a_broken_balance_is_refused_with_region_group_and_year():
    _, inputs = world()
    inputs["avoided"][0, 1, 0, 2] *= 20
    with pytest.raises(ValueError, match=r"broken: .* in Outside China, NdPr, 2032"):
        world(avoided=inputs["avoided"])
    inputs["avoided"][0, 1, 0, 2] *= -1
    with pytest.raises(ValueError, match="'avoided' is negative in Outside China, NdPr, 2032"):
        world(avoided=inputs["avoided"])


def test_a_cut_bridges_and_leaves_short_no_more_than_the_gap():
    b, _ = world()
    gap = b.gap.to_numpy()
    cut = balance.cut(b, 0.25 * gap - 1e-12, 0.5 * gap)
    np.testing.assert_allclose(cut.left_to_china, 0.25 * gap, atol=1e-9)
    assert (cut.bridged >= 0).all()
    with pytest.raises(ValueError, match="United States, NdPr, 2030"):
        balance.cut(b, 0.75 * gap, 0.5 * gap)


def test_a_cut_of_a_gap_that_is_only_rounding_is_no_fault():
    b, _ = world()
    met = balance.Balance(b.data.assign(secured=b.secured + b.gap, gap=0 * b.gap))
    rounding = 1e-6 * met.need.to_numpy()
    assert balance.cut(met, rounding, 0 * rounding).left_to_china.max() == 0


def test_a_cut_loses_nothing_where_all_is_avoided_but_for_a_rounding():
    b, _ = world()
    whole = 0 * b.avoided + b.demand * (1 + 1e-12) / b.avoided.sizes["route"]
    spared = balance.Balance(b.data.assign(avoided=whole, secured=0 * b.secured, gap=0 * b.gap))
    nothing = np.zeros(spared.gap.shape)
    assert balance.cut(spared, nothing, nothing).left_to_china.max() == 0


@pytest.mark.parametrize("narrow", range(4))
def test_a_chain_passes_what_its_narrowest_stage_passes(narrow):
    made = np.full((4, *SHAPE), 500.0)
    made[narrow] = 70.0
    given_ = balance.Supply(made, made, np.zeros(SHAPE), np.zeros(SHAPE), np.zeros(SHAPE[-1]))
    passed = balance.chain(given_, np.full(SHAPE, 1e6))
    np.testing.assert_allclose(passed.own.sum(axis=0), 70.0)


def test_recycled_oxide_waits_for_metal_and_alloy_does_not():
    made = np.stack([np.full(SHAPE, t) for t in (0.0, 0.0, 0.0, 100.0)])
    given_ = balance.Supply(
        made, made, np.zeros(SHAPE), np.full(SHAPE, 40.0), np.full(SHAPE[-1], 0.25)
    )
    passed = balance.chain(given_, np.full(SHAPE, 1e6))
    np.testing.assert_allclose(passed.own[balance.OWN.index("Recycling")], 10.0)
    np.testing.assert_allclose(passed.left[balance.STAGES.index("Separated")], 30.0)


def test_waste_needs_separation():
    made = np.stack([np.full(SHAPE, t) for t in (0.0, 5.0, 100.0, 100.0)])
    given_ = balance.Supply(made, made, np.full(SHAPE, 20.0), np.zeros(SHAPE), np.zeros(SHAPE[-1]))
    passed = balance.chain(given_, np.full(SHAPE, 1e6))
    np.testing.assert_allclose(passed.own[balance.OWN.index("Waste")], 5.0)


def test_without_plants_recycling_and_allies_nothing_is_secured():
    _, inputs = world()
    empty = nothing(inputs["home"])
    b, _ = world(home=empty, others=nothing(inputs["others"]))
    assert not b.secured.any()
    np.testing.assert_allclose(b.gap, b.need)


def test_without_plants_at_home_only_allies_secure():
    _, inputs = world()
    b, _ = world(home=nothing(inputs["home"]))
    secured = b.secured.sel(region=HOME)
    assert not secured.drop_sel(source="Allies").any()
    assert secured.sel(source="Allies").any()


def test_an_ally_who_shares_nothing_gives_nothing():
    b, _ = world(allied_share=np.zeros(SHAPE[-1]))
    assert not b.secured.sel(source="Allies").any()


def test_all_that_allies_share_is_theirs():
    """The United States never gets more than the pool of all outside China secures."""
    b, inputs = world(3, allied_share=np.ones(SHAPE[-1]))
    home, outside = b.need.to_numpy()
    others = balance.region(inputs["others"], np.maximum(outside - home, 0))[2]
    got = b.secured.sel(source="Allies", region=HOME)
    assert (got <= others.sum(axis=0) + 1e-9).all()
    assert (b.secured.sel(region=HOME).sum("source") <= home + 1e-9).all()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 1000), stage=st.integers(0, 3), more=st.floats(0, 500))
def test_more_of_ones_own_never_widens_the_gap(seed, stage, more):
    before, inputs = world(seed)
    home = inputs["home"]
    made = home.made.copy()
    made[stage] += more
    after, _ = world(seed, home=home._replace(made=made))
    assert (after.gap <= before.gap + 1e-9).all(), (
        f"{more:g} t more at stage '{balance.STAGES[stage]}' widen a gap"
    )


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), part=st.sampled_from(["extracted", "recycled"]))
def test_more_from_waste_or_recycling_never_widens_the_gap(seed, part):
    before, inputs = world(seed)
    home = inputs["home"]
    after, _ = world(seed, home=home._replace(**{part: 2 * getattr(home, part)}))
    assert (after.gap <= before.gap + 1e-9).all()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000))
def test_more_avoided_never_widens_the_gap(seed):
    before, inputs = world(seed)
    after, _ = world(seed, avoided=1.1 * inputs["avoided"])
    assert (after.gap <= before.gap + 1e-9).sel(region=OUTSIDE).all()


def test_what_is_secured_is_never_more_than_a_stage_could_serve():
    b, inputs = world(7)
    for stage in balance.STAGES:
        reach = b.reach.sel(stage=stage)
        if stage == "Metal":  # alloy comes in after it
            reach = reach + inputs["home"].recycled
        if stage == "Magnets":
            reach = reach + inputs["home"].recycled
        secured = b.secured.sel(region=HOME).drop_sel(source="Allies").sum("source")
        assert (secured <= reach + 1e-9).all(), stage


def labelled(values, years):
    return xr.DataArray(values, dims=("group", "year", "draw"), coords={"year": years})


def test_free_year_is_the_first_after_the_last_gap():
    need = labelled(np.ones((1, 6, 10)), np.arange(2024, 2030))
    served = 0 * need
    served[:, 1] = served[:, 3:] = 1.0
    served[:, 5, 0] = 0.0
    assert balance.free_year(served, need, 0.9) == 2027
    assert balance.free_year(served, need, 0.95) is None
    assert balance.free_year(need, need, 1.0) == 2024


def test_free_year_wants_all_groups_at_once():
    served = labelled(np.array([[[1.0, 0.0]] * 2, [[0.0, 1.0]] * 2]), [2024, 2025])
    assert balance.free_year(served, xr.ones_like(served), 0.5) is None


def test_free_year_refuses_an_impossible_confidence():
    with pytest.raises(ValueError, match="confidence"):
        balance.free_year(*[labelled(np.ones((1, 1, 1)), [2024])] * 2, 0.0)


def test_waste_plants_rise_from_none_to_their_number():
    plants = balance.waste_plants(np.arange(2024, 2043), np.array([2030.0]), np.array([4.0]))
    assert plants[0, 0] == plants[6, 0] == 0
    assert plants[2035 - 2024, 0] == pytest.approx(2)
    assert plants[2040 - 2024, 0] == plants[-1, 0] == 4
