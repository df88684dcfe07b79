"""Tables of the history chapter against each other and against themselves."""

import pandas as pd
import pytest

from rareearth import data


@pytest.fixture(scope="module")
def mine():
    return data.table("mine_production").pivot(index="year", columns="country", values="reo_t")


def test_countries_add_to_the_world(mine):
    ratio = mine.drop(columns="World").sum(axis=1) / mine["World"]
    over = ratio[ratio > 1.02]
    assert over.empty, f"Countries exceed the world total: {over.round(3).to_dict()}"
    under = ratio.loc[1998:][ratio.loc[1998:] < 0.9]
    assert under.empty, f"More than a tenth of world output has no country: {under.to_dict()}"


@pytest.mark.pinned
def test_the_lead_changes_hands_when_the_text_says_so(mine):
    america = mine["United States"] / mine["World"]
    assert (america.loc[1966:1984] > 0.5).all() and america[1985] < 0.5
    behind = mine["China"].loc[1987:] <= mine["United States"].loc[1987:].fillna(0)
    assert behind[behind].index.tolist() == [1990, 1991], "Rewrite who led when."


@pytest.mark.pinned
def test_mine_output_is_that_of_the_us_balance_but_for_the_named_year(mine):
    flows = data.table("us_balance").query("series == 'usgs_ds140' and flow == 'production'")
    printed = flows.set_index("year")["t"].dropna()
    both = pd.concat([mine["United States"], printed], axis=1, keys=["stitched", "printed"])
    differs = both.loc[:2017].dropna().query("stitched != printed").index.tolist()
    assert differs == [1997], f"US output differs from DS140 in {differs}; only 1997 is corrected."


def test_quota_parts_add_to_the_total():
    quotas = data.table("china_quotas").query("period == 'year'")
    wide = quotas.pivot_table(
        index=["quantity", "year"], columns="split", values="t", observed=True
    ).dropna()
    off = (wide["light"] + wide["heavy"] - wide["total"]).abs()
    assert len(wide) >= 8
    assert (off == 0).all(), f"Light and heavy do not add to the total: {off[off > 0].to_dict()}"


@pytest.mark.pinned
def test_export_quota_halves_add_to_the_year():
    quotas = data.table("china_quotas").query("quantity == 'export quota' and split == 'total'")
    wide = quotas.pivot(index="year", columns="period", values="t").loc[2009:]
    off = (wide["first half"] + wide["second half"] - wide["year"]).abs().dropna()
    assert set(off.index) == {2009, 2010, 2011, 2012, 2013, 2014}
    assert (off == 0).all(), f"Halves do not add to the year: {off[off > 0].to_dict()}"


def test_separation_quota_stays_below_the_mining_quota():
    quotas = data.table("china_quotas").query("period == 'year' and split == 'total'")
    wide = quotas.pivot(index="year", columns="quantity", values="t")
    both = wide[["mining quota", "separation quota"]].dropna()
    assert (both["separation quota"] < both["mining quota"]).all()


def test_spike_prices_lie_in_their_range():
    spike = data.table("price_spike")
    middle = (spike["usd_per_kg_low"] + spike["usd_per_kg_high"]) / 2
    assert (spike["usd_per_kg_low"] <= spike["usd_per_kg_high"]).all()
    assert (spike["usd_per_kg_mid"] - middle).abs().max() < 0.01


def test_every_spiking_element_has_a_base():
    spike = data.table("price_spike")
    base = spike[spike["stage"] == "2009 average"]["element"]
    assert set(base) == set(spike["element"]), "An element without a 2009 price has no multiple."


def test_gap_ratios_are_quotients_of_their_prices():
    gap = data.table("price_gap")
    own = gap["export_usd_per_kg"] / gap["domestic_usd_per_kg"]
    wrong = gap[(own - gap["ratio"]).abs() > 0.015]
    assert wrong.empty, wrong[["year", "product", "ratio"]].to_string()


def test_events_stand_in_order_and_name_no_unknown_future():
    events = data.table("events")
    assert events["date"].is_monotonic_increasing
    future = events[events["date"] > data.today()]
    assert (future["kind"] == "target").all(), "What has not happened yet is a target."


def test_timeline_labels_fit():
    labels = data.table("events")["label"].dropna()
    assert 25 <= len(labels) <= 40
    assert labels.str.len().max() <= 45, "Shorten the label: the timeline has room for 45 signs."


def test_money_counts_nothing_that_binds_nobody():
    money = data.table("us_funding")
    counted = money[money["standing"].isin(["counted", "on milestones"])]
    loose = counted[counted["status"].str.contains("interest|intent|option|conditional")]
    assert loose.empty, f"Not binding, so not counted: {loose['recipient'].tolist()}"
    assert "Project Vault" not in set(counted["authority_or_programme"])


def test_parts_of_the_usa_rare_earth_deal_add_to_it():
    money = data.table("us_funding").query("recipient == 'USA Rare Earth' and date == '2026-06-03'")
    for instrument, rows in money.groupby("instrument"):
        whole = rows.loc[rows["standing"] == "on milestones", "usd_million"].sum()
        parts = rows.loc[rows["standing"] == "part of another row", "usd_million"].sum()
        assert whole == parts, f"{instrument}: whole {whole}, parts {parts}"


def test_bills_enacted_are_those_whose_status_says_so():
    bills = data.table("legislation")
    assert ((bills["status"] == "enacted") == (bills["outcome"] == "enacted")).all()
    pending = bills[bills["outcome"] == "pending"]
    assert (pending["congress"] == bills["congress"].max()).all(), "Old bills have lapsed."


def test_countries_hold_no_more_than_the_world_reserve():
    reserves = data.table("reserves")
    for edition, rows in reserves.groupby("edition", observed=True):
        world = rows.loc[rows["country"] == "World", "reserves_mt"]
        if world.empty:
            continue
        total = rows.loc[rows["country"] != "World", "reserves_mt"].sum()
        # USGS prints the world to two digits, and a lower bound to the next five million tonnes.
        allowed = 1.05 * world.iloc[0]
        assert total <= allowed, f"{edition}: countries add to {total:.1f}, world {world.iloc[0]}"


@pytest.mark.pinned
def test_japanese_shares_and_their_bounds():
    japan = data.table("japan_imports").query("series != 'import weight'")
    both = japan.dropna(subset=["low_pct", "high_pct"])
    assert (both["low_pct"] <= both["high_pct"]).all()
    assert japan.loc[japan["bound"] == "less than", "low_pct"].isna().all()
    official = japan[japan["series"] == "METI"]
    assert official["year"].tolist() == [2009, 2020], "Only these two may be joined by a line."


def test_quarters_add_to_the_year_at_mountain_pass():
    site = data.table("mountain_pass").query("quantity == 'NdPr oxide produced'")
    quarters = site.dropna(subset=["quarter"]).groupby("year")["t"].agg(["sum", "count"])
    years = site[site["quarter"].isna()].set_index("year")["t"]
    for year, row in quarters[quarters["count"] == 4].iterrows():
        assert row["sum"] == pytest.approx(years[year], rel=0.01), f"{year}: quarters {row['sum']}"


def test_events_and_allied_acts_stand_in_order_and_what_is_to_come_is_a_target():
    events = data.table("events")
    assert events["date"].is_monotonic_increasing
    ahead = events[events["date"] > data.today()]
    assert (ahead["kind"].astype(str) == "target").all() and len(ahead) >= 2
    acts = data.table("allied_price_order")
    assert acts["date"].is_monotonic_increasing
    binding = acts[acts["status"] == "binding"]
    assert list(binding["actor"]) == ["Japan (JARE) and Lynas"], "the one floor found in force"


def test_facts_behind_why_china_won_end_after_they_start():
    facts = data.table("why_china_won").dropna(subset=["end"])
    assert (facts["start"] < facts["end"]).all()
    assert facts["label"].notna().all()
