"""Plants expected from what was known before, against what happened."""

import pandas as pd
import pytest

from rareearth import data, scenarios
from rareearth.analysis import supply
from rareearth.models import pipeline
from rareearth.validation import plants


@pytest.fixture(scope="module")
def starts():
    return plants.starts()


def test_forecasts_of_starts_hold_what_happened(starts):
    outside = starts[~starts["inside"]]
    assert outside.empty, f"the record of promises no longer tells what came of it:\n{outside}"


def test_early_forecasts_expect_too_many_plants_and_late_ones_too_few(starts):
    error = (starts["ours"] - starts["published_low"]).set_axis(starts["study"])
    early = [f"Promises by {year}" for year in plants.ORIGINS if year <= 2018]
    assert (error[early] > 0).all() and (error.drop(early) < 0).all(), "the outlook says so"


def test_most_ramps_lie_in_the_interval_expected_from_the_others():
    ramps = plants.ramps()
    outside = ramps[~ramps["inside"]]
    wrong = set(zip(outside["quantity"].str.split(",").str[0], outside["year"], strict=True))
    # The plant that failed, and the two years in which Kuantan passed its design.
    assert wrong <= {("Molycorp", 2014), ("Lynas", 2017), ("Lynas", 2018)}, wrong
    assert ramps["inside"].mean() >= 0.75


def test_a_fit_of_a_year_does_not_know_what_came_later():
    record = data.table("start_dates")
    whole = pipeline.slips(record, supply.NOW).set_index("facility")
    said = plants._said(record)
    known = plants.seen(whole, said, 2022).set_index("facility")
    assert "Narva" not in known.index, "its promise was made in 2023"
    assert known.loc["Mountain Pass, NdPr", "outcome"] == "waiting", "it started in 2023"
    assert known.loc["Lynas Seadrift", "outcome"] == "waiting", "it was given up in 2025"
    assert known.loc["Nolans", "watched_years"] == 2022 - 2013
    assert known.loc["Lynas Kuantan", ["outcome", "watched_years"]].tolist() == ["running", 2]


def test_at_the_end_of_the_record_the_fit_knows_it_whole():
    record = data.table("start_dates")
    whole = pipeline.slips(record, supply.NOW).set_index("facility")
    known = plants.seen(whole, plants._said(record), supply.NOW).set_index("facility")
    pd.testing.assert_frame_equal(known[whole.columns].sort_index(), whole.sort_index())


def test_all_comparisons_are_complete():
    table = plants.published(scenarios.load("baseline"))
    assert set(table["kind"]) == {"hindcast", "cross-validation", "outlook"}
    assert table["year"].notna().all()
    assert (table["ours_low"] <= table["ours_high"]).all()


def test_a_hindcast_of_a_ramp_does_not_know_later_ones():
    ramps, shares = plants.ramps(), supply.delivered()
    first = shares[shares["year_of_operation"] > 0].copy()
    first["year"] = first["period"].map(plants._calendar_year)
    foreseen = ramps.loc[ramps["kind"] == "hindcast", "quantity"].str.rsplit(", ", n=1).str[0]
    assert set(foreseen) == {"MP, Mountain Pass NdPr", "Serra Verde"}
    for name in set(foreseen):
        start = first.loc[first["ramp"] == name, "year"].min()
        assert (first["year"] < start).sum() > 3, f"{name} has nothing before it to be fitted to"


def test_mines_are_forecast_from_what_was_known_in_2011(monkeypatch):
    """What became of promises later changes nothing."""
    before = plants.mines()
    whole = data.table("start_dates")

    def altered(name):
        if name != "start_dates":
            return original(name)
        later = whole.copy()
        later.loc[
            (later["event"] == "actual start") & (later["start_year"] > 2015), "start_year"
        ] += 3
        return later

    original = data.table
    monkeypatch.setattr(plants.data, "table", altered)
    pd.testing.assert_frame_equal(plants.mines(), before)


def test_chances_of_plants_left_out_add_up_to_about_those_that_run():
    left = plants.left_out()
    assert left["inside"].all(), left
    promised = left["quantity"].str.extract(r"of (\d+)")[0].astype(int)
    assert (left["ours"] < promised).all() and (left["ours_high"] <= promised).all()
    # The record was fitted without the plant: the sum need not, and does not, hit the count.
    assert (left["ours"] != left["published_low"]).all()
