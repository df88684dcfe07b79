"""Analysis of the history chapter: identities, closed forms and rows of the tables."""

import numpy as np
import pandas as pd
import pytest

from rareearth import data
from rareearth.analysis import history


def test_shown_countries_add_to_the_world():
    output, found = history.mine_output()
    rows = data.table("mine_production")
    world = rows[rows["country"] == "World"].set_index("year")["reo_t"] / 1000
    shown = output.groupby("year")["reo_kt"].sum()
    # In few years the countries add to a little more than the printed world.
    assert ((shown - world) / world).between(-1e-9, 0.02).all()
    assert list(output["country"].unique()) == [*history.ORE, "Rest of world"]
    assert found["us-mine-last"].kind == "estimate" and found["us-1965"].kind == "reported"


def test_china_and_all_others_make_up_the_newest_world():
    _, found = history.mine_output()
    rows = data.table("mine_production")
    newest = rows[rows["year"] == found["mine-last-year"].value].set_index("country")["reo_t"]
    others = found["others-now"].value
    assert others + newest["China"] == newest["World"]
    assert others * found["others-growth"].value == pytest.approx(newest["China"])


def test_shares_of_a_year_add_to_a_hundred_and_bounds_enclose_the_index():
    lines, found = history.shares()
    whole = lines.groupby("year")["share_pct"].agg(["sum", "size"])
    assert whole.loc[whole["size"] == 3, "sum"].to_numpy() == pytest.approx(100, abs=1e-6)
    known = lines.dropna(subset=["low_hhi"])
    assert (known["low_hhi"] <= known["high_hhi"]).all()
    assert known["year"].min() == history.FIRST
    named = known[known["country"] != "Rest of world"].groupby("year")
    alone = named["share_pct"].agg(lambda share: (share**2).sum())
    assert (named["low_hhi"].first() >= alone - 1e-6).all(), "Two countries are part of the index."
    assert found["hhi-low"].value <= found["hhi-last"].value <= found["hhi-top"].value


def test_after_the_lead_changed_china_always_mines_more():
    _, found = history.shares()
    rows = data.table("mine_production").pivot(index="year", columns="country", values="reo_t")
    since = found["china-lead-since"].value
    ahead = rows["China"] > rows["United States"].fillna(0)
    assert ahead.loc[since:].all() and not ahead[since - 1]
    first, end = found["china-first-lead"].value, found["china-first-lead-end"].value
    assert ahead.loc[first:end].all() and not ahead.loc[:first].iloc[:-1].any()
    assert not ahead.loc[end + 1 : since - 1].any()


def test_the_balance_has_one_value_per_year_flow_and_series():
    balance, found = history.us_balance()
    assert not balance.duplicated(["year", "flow", "series"]).any()
    assert list(balance["flow"].unique()) == [
        "production", "imports", "exports", "apparent consumption"
    ]  # fmt: skip
    flows = data.table("us_balance")
    new = flows[(flows["series"] == "usgs_mcs2026") & (flows["flow"] == "production")]
    concentrates = new[new["item"] == "concentrates"].set_index("year")["t"]
    assert found["us-made-2025"].value == concentrates[2025] / 1000


def test_reliance_is_what_home_production_does_not_cover():
    reliance, found = history.import_reliance()
    made, used = found["made-2025"].value, found["consumption-2025"].value
    printed = found["reliance-2025"].value
    assert 100 * (1 - made / used) == pytest.approx(printed, abs=1), "MCS rounds to whole percents."
    assert found["made-for-half"].value == used / 2
    milder = found["reliance-2025-customs"].value
    assert milder < printed, "Customs weights grew less than the imports that USGS counts."
    own = reliance[reliance["edition"] == "own division, all stages"]
    assert own["reliance_pct"].between(-np.inf, 100).all() and own["year"].is_unique


def test_multiples_are_one_in_2009_and_groups_hold_each_element_once():
    spike, found = history.price_spike()
    base = spike[spike["stage"] == "2009 average"]
    assert (base["multiple"] == 1).all()
    rows = spike.set_index(["element", "stage"])["usd_per_kg"]
    by_hand = rows["Ce", "14 March 2011"] / rows["Ce", "2009 average"]
    assert found["spike-ce-march"].value == pytest.approx(by_hand)
    assert spike.groupby("element")["group"].nunique(dropna=False).eq(1).all()
    lines = spike[spike["peak"].isna()].dropna(subset=["group", "when"])
    assert not lines.duplicated(["element", "when"]).any(), "Two prices of one day on one line."


def test_a_multiple_rests_on_both_of_its_prices():
    spike, found = history.price_spike()
    rows = spike[(spike["element"] == "Ce") & spike["stage"].isin(["2009 average", "August 2011"])]
    assert set(found["spike-ce-peak"].sources) == set(rows["source"])


def test_quota_use_is_exports_over_quota():
    totals, halves, found = history.export_quotas()
    t = totals.set_index(["year", "quantity"])["t"]
    use = 100 * t[2012, "actual exports"] / t[2012, "export quota"]
    assert found["quota-use-2012"].value == pytest.approx(use)
    order = [period.split()[::-1] for period in halves["period"]]
    assert order == sorted(order), "Halves stand in order of time."


def test_light_and_heavy_add_to_the_mining_quota():
    quotas, found = history.production_quotas()
    mining = quotas[quotas["quantity"] == "mining quota"]
    wide = mining.pivot(index="year", columns="split", values="kt").dropna()
    assert (wide["light"] + wide["heavy"]).to_numpy() == pytest.approx(wide["total"].to_numpy())
    share = 100 * wide.loc[2010, "heavy"] / wide.loc[2010, "total"]
    assert found["heavy-share-2010"].value == pytest.approx(share)


def test_events_stand_inside_the_span_that_they_are_dated_to():
    events, _ = history.timeline()
    start = events["date"].dt.year
    width = events["precision"].astype(str).map({"decade": 10}).fillna(1)
    assert ((events["when"] >= start) & (events["when"] <= start + width)).all()


def test_each_year_of_the_mine_has_one_owner_and_one_price():
    mine, found = history.mountain_pass()
    years = mine["years"]
    assert years["year"].is_unique and years["usd_per_kg"].notna().all()
    assert set(years.loc[years["year"] < history.MP_SINCE, "owner"]) == {"Molycorp"}
    assert set(mine["events"]["label"]) == set(history.TURNS.values())
    assert found["molycorp-ratio"].value > 1, "Rewrite what would have saved Molycorp."


def test_compared_reserves_hold_each_edition_in_order():
    by_country, american, found = history.reserves()
    assert list(by_country["edition"].unique()) == list(history.EDITIONS)
    assert set(american["country"]) == {"United States"}
    whole = history.joined(by_country, american)
    assert not whole.duplicated(["edition", "country"]).any()
    ratio = found["us-reserves"].value / found["world-reserves-last"].value
    assert found["us-reserves-share"].value == pytest.approx(100 * ratio)


def test_federal_money_parts_add_up_on_both_pictures():
    policy, found = history.laws_money_output()
    _, piles = history.money()
    total = piles["money-closed"].value
    drawn = policy["money"].groupby("standing", observed=True)["usd_million"].sum() / 1000
    assert drawn["counted"] == pytest.approx(total)
    assert drawn["on milestones"] == pytest.approx(piles["money-milestones"].value)
    late = total * found["money-recent-pct"].value / 100
    assert late + found["money-before"].value == pytest.approx(total)
    assert policy["money"]["when"].between(2009, 2027).all()


def test_output_by_stage_never_grows_along_the_chain():
    policy, _ = history.laws_money_output()
    kt = policy["output"].pivot(index="year", columns="stage", values="kt").dropna()
    assert (kt["NdPr oxide"] < kt["compounds and metals"]).all()
    assert (kt["compounds and metals"] < kt["concentrate"]).all()


def test_panels_of_one_download_are_told_apart():
    frame = pd.DataFrame({"year": [1, 1], "kt": [2.0, np.nan]})
    whole = history.joined(first=frame, second=frame)
    assert list(whole["panel"]) == ["first", "first", "second", "second"]
    assert len(history.joined(frame, frame)) == 2, "What two panels share is listed once."


def test_a_row_that_is_not_one_names_its_filter():
    with pytest.raises(KeyError, match=r"year.*1492"):
        history.pick.row(data.table("mine_production"), year=1492)


def test_japan_stood_at_the_share_of_2020_in_2012_by_customs_weight():
    _, found = history.japan()
    assert found["japan-customs-2012"].value <= found["japan-2020"].value + 1
    assert found["japan-weight-2014"].value >= found["japan-customs-2012"].value


def test_money_for_a_plant_that_was_given_up_is_not_owed():
    dates = data.table("start_dates")
    given_up = dates.loc[dates["event"] == "given up", "facility"]
    assert "Lynas Seadrift" in set(given_up)
    funding = data.table("us_funding").astype({"standing": str})
    texas = funding[funding["recipient"] == "Lynas USA"]
    assert not texas["standing"].isin(["counted", "on milestones"]).any()
    stalled = history.money()[1]["money-stalled"].value
    assert stalled == texas.loc[texas["standing"] == "stalled", "usd_million"].sum()


def test_both_readings_of_smuggling_are_printed_and_differ_sixfold():
    left, found = history.smuggled()
    legal = found["smuggled-legal-2011"].value
    high, low = found["smuggled-high"].value, found["smuggled-low"].value
    assert high == pytest.approx(1.2 * legal) and low == pytest.approx(0.2 * legal)
    assert found["smuggled-readings"].value == pytest.approx(6)
    assert high > found["smuggled-newspaper"].value > legal, "more than was exported"
    totals = left.groupby("label")["kt"].sum()
    assert totals["2011, Chinese wording"] > totals["2011, export quota"]
    assert totals["2011, English wording"] < totals["2011, export quota"]
    shares = found["smuggled-share-high"].value, found["smuggled-share-low"].value
    assert shares == pytest.approx((100 * 1.2 / 2.2, 100 * 0.2 / 1.2))
    assert set(data.table("smuggling")["reading"].dropna()) == {"high", "low"}


def test_every_reason_has_a_strength_and_dated_facts_in_order():
    table, printed, _ = history.reasons()
    facts = data.table("why_china_won")
    assert set(table["strength"]) == {"strong", "middling", "weak", "not found"}
    assert len(printed) == table["reason"].nunique()
    with_facts = set(facts["reason"])
    judged = table.set_index("reason")["strength"]
    assert {r for r in judged.index if r not in with_facts} == set(
        judged[judged == "not found"].index
    )
    strong = judged[judged == "strong"].index
    assert all((facts["reason"] == reason).any() for reason in strong)


def test_the_timeline_of_reasons_is_sorted_and_within_its_years():
    ore, spans, found = history.why_china_won()
    assert spans["start"].is_monotonic_increasing
    assert (spans["end"].dropna() >= spans["start"][spans["end"].notna()]).all()
    assert set(spans["actor"]) == {"China", "United States"}
    assert ore.groupby("country")["year"].apply(lambda years: years.is_monotonic_increasing).all()
    growth = found["exports-growth"].value / 100
    assert 8_200 * (1 + growth) ** 13 == pytest.approx(53_300)
