"""The assembled balance: same draws, same numbers, and every input where it belongs."""

import numpy as np
import pandas as pd
import pytest

from rareearth import scenarios
from rareearth.analysis import balance as outlook
from rareearth.analysis import products, supply
from rareearth.models import balance as model

DRAWS = 40
GRAM = 1e-6
"""In tonnes: what rounding may leave."""
BASELINE = scenarios.load("baseline")


@pytest.fixture(scope="module")
def run():
    return outlook.run(BASELINE, DRAWS, 1)


@pytest.mark.parametrize("name", scenarios.names())
def test_demand_is_avoided_secured_or_left_in_every_scenario(name):
    b = outlook.run(scenarios.load(name), DRAWS, 1)
    whole = b.avoided.sum(axis=0) + b.secured.sum(axis=0) + b.gap
    np.testing.assert_allclose(whole, b.demand, rtol=1e-5)
    for region in model.REGIONS:
        parts = outlook.parts(b, region)
        np.testing.assert_allclose(
            sum(parts.values()), b.demand[model.REGIONS.index(region)], rtol=1e-5, atol=1e-2
        )
        for part, mass in parts.items():
            assert (mass >= 0).all(), f"{name}, {region}: '{part}' is negative"


def test_same_seed_same_numbers_and_another_seed_others(run):
    again, other = outlook.run(BASELINE, DRAWS, 1), outlook.run(BASELINE, DRAWS, 2)
    for name, mass in run._asdict().items():
        np.testing.assert_array_equal(mass, getattr(again, name), err_msg=name)
    assert not np.array_equal(run.gap, other.gap)


def test_the_size_of_a_chunk_does_not_change_a_number(run):
    draws = outlook.sample(DRAWS, 1, BASELINE)
    for chunk in (7, DRAWS):
        parts = outlook.of_draws(draws, BASELINE, chunk)
        for name, mass in run._asdict().items():
            np.testing.assert_allclose(mass, getattr(parts, name), rtol=1e-6, err_msg=name)


def test_without_adoption_nothing_is_avoided():
    nothing = {
        "switch_ceiling_vehicles": 0,
        "switch_ceiling_wind": 0,
        "switch_ceiling_other": 0,
        "new_magnet_output_share": 0,
        "heavy_thrift_saving": 0,
    }
    b = outlook.run(BASELINE, DRAWS, 1, **nothing)
    assert not b.avoided.any()
    np.testing.assert_allclose(b.need, b.demand)


def test_nothing_collected_nothing_recycled():
    b = outlook.run(BASELINE, DRAWS, 1, collection_rate=0)
    assert not b.recycled.any()
    assert not b.secured[model.SOURCES.index("Recycling")].any()


def test_no_waste_plants_nothing_extracted_and_no_allies_nothing_bought():
    b = outlook.run(BASELINE, DRAWS, 1, waste_plants_2040=0, allied_share=0)
    assert not b.extracted.any() and not b.offered.any()
    assert not b.secured[model.SOURCES.index("Allies")].any()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("collection_rate", 0.2, 0.9),
        ("waste_plants_2040", 0, 20),
        ("allied_share", 0.1, 0.5),
        ("floor_saves", 0, 0.8),
        ("equity_saves", 0, 0.8),
        ("permitting_saves_time", 0, 0.9),
        ("switch_ceiling_other", 0.05, 0.3),
    ],
)
def test_more_of_what_helps_narrows_the_gap_on_the_mean(name, low, high):
    less, more = (outlook.run(BASELINE, DRAWS, 1, **{name: value}) for value in (low, high))
    assert more.gap[0].sum() < less.gap[0].sum(), f"{name} does not help"


def test_announced_plants_make_more_than_the_record_lets_expect(run):
    b = outlook.run(scenarios.load("announced"), DRAWS, 1)
    for stage in ("separated", "metal", "magnets"):
        assert getattr(b, stage)[0, 0, -1].mean() > getattr(run, stage)[0, 0, -1].mean(), stage


def test_only_a_cut_leaves_somebody_short(run):
    assert not run.shortage.any() and not run.bridged.any()
    cut = scenarios.load("shock")
    b = outlook.run(cut, DRAWS, 1)
    assert b.shortage.any()
    np.testing.assert_array_equal(b.secured, run.secured)
    assert (b.shortage + b.bridged <= b.gap * (1 + 1e-5) + 1e-3).all()
    none = outlook.run(cut, DRAWS, 1, cut_share=0)
    assert none.shortage.max() < GRAM


def test_full_stores_leave_nobody_short():
    cut = scenarios.load("shock")
    b = outlook.run(cut, DRAWS, 1, stockpile_months=60)
    assert b.shortage[0].max() < GRAM, "a stock of five years does not cover the cut"


def test_unknown_and_impossible_values_are_refused_by_name():
    with pytest.raises(ValueError, match="Did you mean 'collection_rate'"):
        outlook.run(BASELINE, 4, 1, colection_rate=0.5)
    with pytest.raises(ValueError, match=r"collection_vehicles: 1.5 is outside 0 to 1"):
        outlook.run(BASELINE, 4, 1, collection_rate=1.5)


def test_none_leaves_an_input_as_it_is(run):
    again = outlook.run(BASELINE, DRAWS, 1, collection_rate=None)
    np.testing.assert_array_equal(run.gap, again.gap)


def test_every_input_that_moves_the_gap_has_a_theme():
    """What no theme names may be set to anything, and the gap stays as it is."""
    space, draws = outlook.space(BASELINE), outlook.sample(DRAWS, 1, BASELINE)
    themed = {name for names in outlook.THEMES.values() for name in names}
    rest = space.index.difference(list(themed))
    ends = space.loc[rest, "low"]
    moved = outlook.of_draws(draws.assign(**ends.to_dict()), BASELINE)
    np.testing.assert_allclose(
        moved.gap,
        outlook.of_draws(draws, BASELINE).gap,
        rtol=1e-6,
        err_msg="an input outside outlook.THEMES moves the gap; add it to a theme",
    )


def test_themes_name_known_inputs():
    unknown = {n for names in outlook.THEMES.values() for n in names} - set(
        outlook.space(BASELINE).index
    )
    assert not unknown, f"outlook.THEMES names unknown inputs: {sorted(unknown)}"


def test_the_wedge_adds_up_to_demand(run):
    frame = outlook.wedge(run)
    means = frame.pivot(index="year", columns="part", values="mean_t")
    np.testing.assert_allclose(means.drop(columns="Demand").sum(axis=1), means["Demand"], rtol=1e-5)
    assert list(means.index) == list(supply.YEARS)


def test_headlines_hold_the_four_totals_in_three_years(run):
    frame = outlook.headlines(run)
    assert (frame["low"] <= frame["median"]).all() and (frame["median"] <= frame["high"]).all()
    share = frame[(frame["unit"] == "% of demand") & (frame["headline"] == "Gap")]
    assert share["high"].le(100 + 1e-3).all()
    assert set(frame["year"]) == {2030, 2035, 2040}


def test_free_years_come_later_at_higher_confidence_and_for_the_whole_chain():
    b = outlook.run(scenarios.load("announced"), DRAWS, 1)
    for stage in (*model.STAGES, "Chain"):
        years = [outlook.free_year(b, stage, c) or 9999 for c in (0.3, 0.6, 0.9)]
        assert years == sorted(years), f"{stage}: {years}"
    pooled = [outlook.free_year(b, s, 0.5, "Outside China") or 9999 for s in model.STAGES]
    assert (outlook.free_year(b, "Chain", 0.5, "Outside China") or 9999) >= max(pooled)


def test_drivers_explain_the_gap_by_theme():
    found = outlook.drivers(BASELINE, (2030, 2035), n=32)
    assert set(found["year"]) == {2030, 2035}
    assert set(found["parameter"]) <= set(outlook.THEMES)
    top = found.sort_values("ST").groupby("year").tail(2)["parameter"]
    assert (top == "America's share of use").sum() == 2, (
        "the widest range in the register no longer leads; check the joint draws"
    )


def test_a_conclusion_flips_where_it_is_said_to():
    def margin(b):
        return float(np.median(b.recycled[0].sum(axis=0)[-1]) - 400)

    found = outlook.switching(margin, "collection_rate", BASELINE, draws=20)
    at = outlook.run(BASELINE, 20, 1, collection_rate=found["value"])
    assert abs(margin(at)) < 5
    never = outlook.switching(lambda b: 1.0, "collection_rate", BASELINE, draws=4)
    assert np.isnan(never["value"]) and never["holds"]


def test_shares_of_use_leave_something_for_others():
    """China and the United States together never use more than there is."""
    space = outlook.space(BASELINE)
    for use, china in outlook.CHINA_SHARES.items():
        ours = outlook.demand.SHARES[use]
        assert space.loc[china, "high"] + space.loc[ours, "high"] <= 1, use


def test_inventory_and_plants_share_their_draws():
    draws = outlook.sample(10, 3, BASELINE)
    pd.testing.assert_frame_equal(
        draws[products.quantiles()], products.sample(10, 3, BASELINE)[products.quantiles()]
    )
    pd.testing.assert_series_equal(draws[supply.LUCK], supply.sample(10, 3, BASELINE)[supply.LUCK])
