"""The assembled balance: same draws, same numbers, and every input where it belongs."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from rareearth import assumptions, data, scenarios, uncertainty
from rareearth.analysis import balance, products, supply
from rareearth.models import balance as model

DRAWS = 40
GRAM = 1e-6
"""In tonnes: what rounding may leave."""
BASELINE = scenarios.load("baseline")
HOME, OUTSIDE = model.REGIONS


@pytest.fixture(scope="module")
def run():
    return balance.run(BASELINE, DRAWS, 1)


@pytest.mark.parametrize("name", scenarios.names())
def test_demand_is_avoided_secured_or_left_in_every_scenario(name):
    b = balance.run(scenarios.load(name), DRAWS, 1)
    left = b.left_to_china + b.bridged + b.shortage
    np.testing.assert_allclose(left, b.gap, rtol=1e-5, atol=1e-2)
    for region in model.REGIONS:
        parts = balance.parts(b, region)
        np.testing.assert_allclose(
            parts.sum("part"), b.demand.sel(region=region), rtol=1e-5, atol=1e-2
        )
        negative = parts["part"][(parts < 0).any(["group", "year", "draw"])].to_numpy()
        assert not negative.size, f"{name}, {region}: {negative} are negative"


def test_demand_before_substitution_is_that_of_the_chapter_on_demand():
    still = scenarios.load("baseline", demand_price_elasticity=0)
    run, draws = balance.run(still, DRAWS, 1), balance.sample(DRAWS, 1, still)
    path = balance.demand.path(data.table("magnet_demand"), "STEPS")
    net = balance.demand.us_demand(path, draws).loc[[2024, 2030, 2040]]
    # Counted as the oxide that goes in: each loss on the way to a magnet once.
    expected = 1e3 * net / (draws["metal_yield"] * draws["magnet_yield"])
    found = run.demand.sel(region=HOME, year=[2024, 2030, 2040]).sum("group")
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_same_seed_same_numbers_and_another_seed_others(run):
    again = balance.of_draws(balance.sample(DRAWS, 1, BASELINE), BASELINE)
    xr.testing.assert_equal(run.data, again.data)
    assert not np.array_equal(run.gap, balance.run(BASELINE, DRAWS, 2).gap)


def test_the_balance_of_a_scenario_is_computed_once_and_cannot_be_written_to(run):
    assert balance.run(scenarios.load("baseline"), DRAWS, 1) is run
    with pytest.raises(ValueError, match="read-only"):
        run.gap[:] = 0


def test_the_size_of_a_chunk_does_not_change_a_number(run):
    draws = balance.sample(DRAWS, 1, BASELINE)
    for chunk in (7, DRAWS):
        xr.testing.assert_allclose(run.data, balance.of_draws(draws, BASELINE, chunk).data)


def with_values(**own):
    return balance.run(scenarios.load("baseline", **own), DRAWS, 1)


def test_without_adoption_nothing_is_avoided():
    nothing = {
        "switch_ceiling_vehicles": 0,
        "switch_ceiling_wind": 0,
        "switch_ceiling_other": 0,
        "new_magnet_success": 0,
        "heavy_thrift_saving": 0,
    }
    b = with_values(**nothing)
    assert not b.avoided.any()
    np.testing.assert_allclose(b.need, b.demand)


def test_nothing_collected_nothing_recycled():
    assert not with_values(collection_rate=0).secured.sel(source="Recycling").any()


def test_no_waste_plants_nothing_extracted_and_no_allies_nothing_bought():
    b = with_values(waste_plants_2040=0, allied_share=0)
    assert not b.secured.sel(source=["Waste", "Allies"]).any()


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("collection_rate", 0.2, 0.9),
        ("waste_plants_2040", 0, 20),
        ("allied_share", 0.1, 0.5),
        ("floor_covers", 0, 1),
        ("equity_saves", 0, 0.8),
        ("entry_hastened", 0, 0.9),
        ("switch_ceiling_other", 0.05, 0.3),
    ],
)
def test_more_of_what_helps_narrows_the_gap_on_the_mean(name, low, high):
    less, more = (with_values(**{name: value}).gap.sel(region=HOME).sum() for value in (low, high))
    assert more < less, f"{name} does not help"


def test_announced_plants_make_more_than_the_record_lets_expect(run):
    b = balance.run(scenarios.load("announced"), DRAWS, 1)
    more = (b.reach - run.reach).sel(group="NdPr", year=2040).mean("draw")
    assert (more.drop_sel(stage="Mined") > 0).all()


def test_only_a_cut_leaves_somebody_short(run):
    assert not run.shortage.any() and not run.bridged.any()
    b = balance.run(scenarios.load("shock"), DRAWS, 1)
    assert b.shortage.any()
    np.testing.assert_array_equal(b.secured, run.secured)
    none = balance.run(scenarios.load("shock", cut_share=0), DRAWS, 1)
    assert none.shortage.max() < GRAM


def test_full_stores_leave_nobody_short():
    b = balance.run(scenarios.load("shock", stockpile_months=60), DRAWS, 1)
    assert b.shortage.sel(region=HOME).max() < GRAM, "a stock of five years does not cover the cut"


def test_an_unknown_input_is_refused_by_name():
    with pytest.raises(ValueError, match="Did you mean 'collection_rate'"):
        balance.limits("colection_rate", BASELINE)


def test_limits_of_a_group_and_of_an_input_beside_the_register():
    rate = balance.limits("collection_rate", BASELINE)
    assert rate["least"] == 0 and rate["most"] == 1
    assert 0 < rate["low"] < rate["mode"] < rate["high"] < 1
    assert balance.limits("plants late", BASELINE).tolist() == [0, 1, 0, 0.5, 1]


def test_every_input_that_moves_the_gap_has_a_theme():
    """What no theme names may be set to anything, and the gap stays as it is."""
    space, draws = balance.space(BASELINE), balance.sample(DRAWS, 1, BASELINE)
    themed = {name for names in balance.themes().values() for name in names}
    rest = space.index.difference(list(themed))
    ends = space.loc[rest, "low"]
    moved = balance.of_draws(draws.assign(**ends.to_dict()), BASELINE)
    np.testing.assert_allclose(
        moved.gap,
        balance.of_draws(draws, BASELINE).gap,
        rtol=1e-6,
        err_msg="an input without a theme moves the gap; give it one in data/assumptions.csv",
    )


def test_every_theme_has_an_input_that_the_balance_reads():
    read = {*assumptions.used_by("balance").index, *sum(balance.BESIDE_REGISTER.values(), ())}
    for theme, names in balance.themes().items():
        assert names and set(names) <= read, f"theme '{theme}': {set(names) - read} are not read"


def test_the_wedge_adds_up_to_demand(run):
    frame = balance.wedge(run)
    means = frame.pivot(index="year", columns="part", values="mean_kt")
    np.testing.assert_allclose(means.drop(columns="Demand").sum(axis=1), means["Demand"], rtol=1e-5)
    assert list(means.index) == list(supply.YEARS)


def test_free_years_come_later_at_higher_confidence_and_for_the_whole_chain():
    b = balance.run(scenarios.load("announced"), DRAWS, 1)
    for stage in (*model.STAGES, balance.CHAIN):
        years = [balance.free_year(b, stage, c) or 9999 for c in (0.3, 0.6, 0.9)]
        assert years == sorted(years), f"{stage}: {years}"
    with pytest.raises(ValueError, match="United States only"):
        balance.free_year(b, "Mined", 0.5, OUTSIDE)


def test_drivers_explain_the_gap_by_theme():
    found = balance.drivers(BASELINE, (2030, 2035), n=128)
    assert set(found["year"]) == {2030, 2035}
    assert set(found["parameter"]) <= set(balance.themes())
    first = found.sort_values("ST").groupby("year")["parameter"].last()
    assert (first == "Which plants come").all(), (
        "plants no longer decide the gap in percent of demand; read the outlook's text on it again"
    )


def test_drivers_are_those_of_the_gap_in_percent_of_demand():
    """With all plants on time one theme leads by far, whichever way it is computed."""
    all_on_time = scenarios.load("announced")
    found = balance.drivers(all_on_time, (2035,), n=64).set_index("parameter")["ST"]
    drawn = balance.sample(64, 1, all_on_time)
    share = balance.share_left(balance.of_draws(drawn, all_on_time), 2035)
    assert found.idxmax() == "America's share of use"
    assert uncertainty.explained(drawn, share).idxmax() in balance.themes()[found.idxmax()]


def test_a_conclusion_flips_where_it_is_said_to():
    def recycled(b):
        return float(
            b.secured.sel(region=HOME, source="Recycling", year=2040).sum("group").median()
        )

    half = recycled(balance.run(BASELINE, 20, 1)) / 2

    def margin(b):
        return recycled(b) - half

    found = balance.switching(margin, "collection_rate", BASELINE, draws=20)
    at = balance.run(scenarios.load("baseline", collection_rate=found["value"]), 20, 1)
    assert abs(margin(at)) < 0.02 * half
    never = balance.switching(lambda b: 1.0, "collection_rate", BASELINE, draws=4)
    assert np.isnan(never["value"]) and never["holds"]


def test_shares_of_use_leave_something_for_others():
    """China and the United States together never use more than there is."""
    space = balance.space(BASELINE)
    for use, china in balance.CHINA_SHARES.items():
        ours = balance.demand.SHARES[use]
        assert space.loc[china, "high"] + space.loc[ours, "high"] <= 1, use


def test_products_and_plants_share_their_draws():
    draws = balance.sample(10, 3, BASELINE)
    pd.testing.assert_frame_equal(
        draws[products.quantiles()], products.sample(10, 3, BASELINE)[products.quantiles()]
    )
    pd.testing.assert_series_equal(
        draws[supply.CHANCE], supply.sample(10, 3, BASELINE)[supply.CHANCE]
    )
