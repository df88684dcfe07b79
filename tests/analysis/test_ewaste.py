"""What the chapter on e-waste finds: flows keep their mass, shares add up, numbers follow."""

import numpy as np
import pytest

from rareearth import assumptions, data, scenarios
from rareearth.analysis import ewaste, products
from rareearth.analysis.ewaste import flows as stock_model
from rareearth.analysis.ewaste import recyclers
from rareearth.models import waste

DRAWS = 60


@pytest.fixture(scope="module")
def flows():
    return ewaste.run(scenarios.load("baseline"), DRAWS, 1)


# --- counts --------------------------------------------------------------------------------------


def test_each_year_has_one_count_and_its_collection_rate():
    frame, answers = ewaste.counts()
    assert not frame.duplicated(["scope", "year"]).any()
    rate = 100 * frame["collected_mt"] / frame["generated_mt"]
    np.testing.assert_allclose(frame["collected_pct"], rate)
    assert (frame["collected_pct"].dropna() < 100).all()
    assert answers["world-rate"].value == pytest.approx(100 * 13.8 / 62)
    assert (frame.loc[frame["kind"] == "forecast", "year"] >= 2030).all()


def test_what_is_tracked_is_cited_and_what_is_not_is_said():
    frame, answers = ewaste.tracking()
    cited = frame["Source"].str.extract(r"\{cite:p\}`(.*)`")[0].dropna()
    for key in cited:
        data.require_source(key)
    (gap,) = frame.loc[frame["Latest number"] == "not found", "What"]
    assert "magnets" in gap
    assert answers["export-part"].value == pytest.approx(100 * 0.396 / 2.4494)


def test_facts_stand_as_they_are_printed():
    answers = ewaste.quoted()
    assert answers["malaysia"].text == "6%" and answers["malaysia"].kind == "estimate"
    assert answers["prize"].sources == ("doe_battery_prize_2022",)


def test_devices_are_sorted_by_what_their_content_does():
    frame, answers = ewaste.devices()
    trend = frame.groupby("device")["trend"].first()
    assert trend["Desktop computer"] == "falls" and trend["Electric bicycle"] == "rises"
    assert trend["Battery electric car"] == "level"
    level = (trend == "level").sum()
    assert answers["falling"].value + answers["rising"].value + level == answers["devices"].value
    row = frame.query("device == 'Electric bicycle' and year == 2020").iloc[0]
    assert row["g_per_unit"] == row["magnet_g"] * row["share"]


# --- stocks and flows ----------------------------------------------------------------------------


def test_what_enters_stays_or_leaves(flows):
    held = (flows.entering - flows.all_leaving).cumsum("year")
    here = (flows.in_use + flows.stored).sum("group")
    np.testing.assert_allclose(held, here, rtol=1e-9, atol=1e-9)


def test_all_that_leaves_use_is_found_in_a_stream(flows):
    shown = flows.leaving.sel(year=list(stock_model.SHOWN))
    np.testing.assert_allclose(flows.fates.sum("stream"), shown, rtol=1e-9, atol=1e-12)
    recovered = flows.fates.sel(stream="recovered").sum("group")
    np.testing.assert_allclose(recovered, flows.recovered.sel(year=list(stock_model.SHOWN)))


def test_groups_and_elements_cut_the_same_mass(flows):
    by_element = flows.leaving_by_element.sum("element")
    np.testing.assert_allclose(by_element, flows.all_leaving, rtol=1e-9)


def test_each_product_is_in_a_group_with_a_colour():
    from rareearth.figures import style

    assert set(products.register()["group"]) == set(style.PRODUCTS)


def test_full_collection_leaves_nothing_uncollected(flows):
    full = ewaste.run(scenarios.load("baseline", collection_rate=1.0), DRAWS, 1)
    assert float(full.fates.sel(stream="uncollected").max()) == 0
    later = slice(2030, None)
    assert (full.recovered.sel(year=later) > flows.recovered.sel(year=later)).all()


def test_cars_overtake_drives_in_the_year_named(flows):
    frame, answers = ewaste.device_tonnes(flows)
    medians = frame.pivot(index="year", columns="device", values="median")
    year = answers["crossing"].value
    ahead = medians["Electric and hybrid cars"] - medians["Hard drives"]
    assert ahead[year] > 0 >= ahead[year - 1]
    assert frame["year"].max() == 2030
    assert (frame["low"] <= frame["median"]).all() and (frame["median"] <= frame["high"]).all()


def test_groups_in_use_add_up_to_the_total_named(flows):
    frame, answers = ewaste.in_use(flows)
    total = frame.groupby(["flow", "year"])["ree_kt"].sum()
    assert total["in use", 2025] == pytest.approx(answers["stock-2025"].value)
    assert 1e3 * total["leaving use", 2025] == pytest.approx(answers["arising-2025"].value)
    by_hand = 100 * flows.entering.sel(year=2024) / flows.demand.sel(year=2024)
    assert answers["coverage"].value == pytest.approx(float(by_hand.median()))


def test_elements_are_ordered_within_their_intervals(flows):
    frame, answers = ewaste.elements(flows)
    assert set(frame["element"]) == set(products.ELEMENTS)
    assert (frame["low"] <= frame["high"]).all()
    assert answers["dy-width"].value > 1
    dy = frame.query("element == 'Dy' and year == 2050").iloc[0]
    assert answers["dy-out-2050"].value == dy["median"]


def test_streams_of_each_bar_add_up_to_a_hundred(flows):
    frame, answers = ewaste.losses(flows)
    np.testing.assert_allclose(frame.groupby(["block", "label"])["share_pct"].sum(), 100)
    assert set(frame["stream"]) == set(stock_model.STREAMS)
    rate = float(flows.recovered.sel(year=2025).mean() / flows.all_leaving.sel(year=2025).mean())
    assert answers["recovered-part-2025"].value == pytest.approx(100 * rate)


def test_recovery_is_a_share_of_demand_draw_by_draw(flows):
    frame, answers = ewaste.recoverable(flows)
    by_hand = 100 * flows.recovered.sel(year=2040) / flows.demand.sel(year=2040)
    assert answers["recycled-share-2040"].value == pytest.approx(float(by_hand.median()))
    assert answers["recycled-share-2040"].low < answers["recycled-share-2040"].high
    share = frame[frame["series"] == "of all US demand"]
    assert share["year"].tolist() == flows.demand["year"].to_numpy().tolist()
    assert (frame.loc[frame["year"] > 2024, "kind"] == "forecast").all()


def test_opening_everything_lies_between_the_assumed_and_the_most(flows):
    _, answers = ewaste.recoverable(flows)
    limits = ewaste.limits(flows)
    assert answers["recycled-share-2040"].value < limits["all-opened"].value
    assert limits["all-opened"].value < limits["perfect"].value < answers["ceiling-2040"].value


def test_inputs_that_recovery_hangs_on_are_ranked_and_named(flows, monkeypatch):
    monkeypatch.setattr(stock_model, "BASE", 32)
    frame, answers = ewaste.drivers(flows, seed=1)
    assert frame["ST"].is_monotonic_decreasing and len(frame) == 8
    assert answers["recycling-driver-first"].text == "part of cars whose magnets are taken out"
    known = {*assumptions.register().index, *products.quantiles()}
    assert set(frame["parameter"]) <= known
    assert answers["inputs-count"].value == len(
        {*products.space("United States", flows.scenario).index, *stock_model.MORE}
        | set(stock_model.demand.SHARES.values())
    )


# --- recyclers -----------------------------------------------------------------------------------


def test_every_statement_on_a_route_is_printed_once():
    grid, answers = ewaste.routes()
    table = data.table("recycling_routes")
    said = table["measure"].isin(recyclers.MEASURES).sum()
    printed = grid[list(recyclers.MEASURES.values())].melt()["value"].dropna()
    assert printed.str.split("; ").explode().size == said
    assert answers["checked"].text == "none"
    assert answers["toll"].value.startswith("25 to 35")


def test_the_study_finds_less_than_any_firm_claims():
    rows, answers = ewaste.climate()
    assert (rows["low_pct"] <= rows["high_pct"]).all()
    study = rows[rows["source"] == "accardo_2024"]["high_pct"].item()
    assert study < rows[rows["said_by"] == "company"]["low_pct"].min()
    assert answers["turin"].value == "18 to 33%"


def test_needs_of_plants_follow_from_what_they_state(flows):
    frame, answers = ewaste.plants(flows)
    central = assumptions.central(flows.scenario)
    by_hand = 10_000 * central["rare_earth_in_magnet"] / central["recycling_process_yield"]
    assert answers["vulcan-need"].value == pytest.approx(by_hand)
    needs = frame[frame["group"] == "What plants would need"].set_index("label")["ree_t"]
    assert needs.index[0].startswith("Vulcan")
    smaller = ["Noveon, built (its claim)", "ReElement Marion, first phase",
               "Cyclic South Carolina, planned", "HyProMag USA, by 2032"]  # fmt: skip
    assert answers["others-need"].value == pytest.approx(needs[smaller].sum())
    there = frame[frame["group"] == "What there is"].set_index("label")
    assert there.loc["Recovered, 2040", "ree_t"] == pytest.approx(
        float(flows.recovered.sel(year=2040).median())
    )
    assert answers["vulcan-money"].value == pytest.approx(0.62 + 0.05 + 0.55 + 2 * 0.08)


# --- waste as a mine -----------------------------------------------------------------------------


def test_every_body_has_a_name_and_content_is_mass_times_grade():
    frame, answers = ewaste.bodies()
    assert frame[["label", "country"]].notna().all().all()
    for end in ("low", "high"):
        content = frame[f"mass_mt_{end}"] * frame[f"grade_mg_per_kg_{end}"]
        np.testing.assert_allclose(frame[f"content_t_{end}"], content, rtol=0.01)
    headline = frame.iloc[-1]
    assert headline["content_t_low"] == pytest.approx(11e6)
    assert answers["ash-richest"].value == 431


def test_prices_implied_give_the_stated_value_back():
    frame, answers = ewaste.coal_ash()
    at = frame.set_index("label")
    press = at.loc["if the press release is right"]
    assert press["low"] * 11e9 * 0.7 == pytest.approx(8.4e9)
    assert press["high"] * 11e9 * 0.3 == pytest.approx(8.4e9)
    assert (frame["low"] <= frame["high"]).all()
    study = at.loc["Study: ash × grade"]
    assert study["low"] == pytest.approx(5300 * 0.7 * 264 / 1e6)
    assert answers["ash-headline"].value == 11


def test_at_the_grade_named_ash_costs_what_oxides_fetch():
    _, answers = ewaste.coal_ash()
    bodies = data.table("waste_bodies").set_index(["body", "place", "quantity"])["low"]
    basket = bodies["Basket of oxides", "assumed by a study", "price"]
    cost = waste.cost_recovered(answers["treating"].value, answers["flip-grade"].value, 0.3)
    assert cost == pytest.approx(basket)
    assert answers["flip-price"].value * basket == pytest.approx(answers["ash-cost"].value)


def test_tables_that_mark_what_is_shown_mark_it_once():
    for name in ("recycling_plants", "recycling_routes", "ewaste_facts"):
        labels = data.table(name)["label"].dropna()
        assert labels.is_unique, f"{name}: a label stands on two rows"
    bodies = data.table("waste_bodies").dropna(subset="label")
    assert (bodies.groupby("label")[["body", "place"]].nunique() == 1).all().all()


def test_every_device_is_in_the_model_or_has_a_mass():
    table = ewaste.goods()
    devices = set(data.table("device_content")["device"])
    assert devices <= set(table["good"]), f"count or list {devices - set(table['good'])}"
    counted = table["product"].notna()
    assert set(table.loc[counted, "product"]) <= set(products.register().index)
    listed = table[table["good"].isin(devices) & ~counted]
    assert listed["magnet_t"].notna().all(), "a device that is not counted needs an estimated mass"
    tablets = table.set_index("good").loc["Tablet"]
    assert tablets["magnet_t"] == pytest.approx(45.3 * 2.4)


def test_parts_of_demand_add_up_and_uses_to_the_whole(flows):
    frame, answers = ewaste.coverage(flows)
    wide = frame.pivot(index="use", columns="part", values="ree_t")
    inside = wide["in the stock model"].sum()
    assert inside == pytest.approx(float(flows.entering.sel(year=2024).median()), rel=0.05)
    assert (wide >= 0).all().all()
    _, held = ewaste.in_use(flows)
    assert answers["coverage-with-once"].value > held["coverage"].value
    assert answers["once-t"].value == pytest.approx(wide["counted in one year only"].sum())


def test_survival_counted_falls_and_starts_whole():
    frame, answers = ewaste.cars()
    for _, line in frame.groupby(["power_train", "origin"]):
        line = line.sort_values("age")
        assert line["left_pct"].iloc[0] == 100 and line["left_pct"].is_monotonic_decreasing
    assert 0 < answers["battery-loss"].value < 5
    assert abs(answers["stay-battery"].value - answers["stay-gasoline"].value) < 3, (
        "the text says so"
    )
    assert answers["stay-hybrid"].value > answers["stay-battery"].value
    rows = data.table("car_survival").query("power_train == 'gasoline' and 4 <= age < 12")
    assert answers["stay-gasoline"].value == pytest.approx(100 * (rows["stayed_pct"] / 100).prod())


def test_retirements_lag_sales_and_all_vehicles_hold_the_others(flows):
    frame, answers = ewaste.retirements(flows)
    median = frame.pivot(index="year", columns="power_train", values="median")
    plugged = median[["Battery cars", "Plug-in hybrids", "Hybrids without a plug"]].sum(axis=1)
    assert (plugged < median["All light vehicles"]).all()
    place = products.Products("United States")
    sold = place.units(place.central())[:, 0, 0]
    assert median["Battery cars"].is_monotonic_increasing
    assert median.loc[2040, "Battery cars"] * 1e6 < sold[products.YEARS == 2040].item()
    assert answers["plug-out-2040"].low < answers["plug-out-2040"].value
    assert ewaste.retirement_table(frame).shape == (4, 1 + len(median))
