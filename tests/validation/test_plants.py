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
    assert set(table["kind"]) == {"hindcast", "outlook"}
    assert table["year"].notna().all()
    assert (table["ours_low"] <= table["ours_high"]).all()
