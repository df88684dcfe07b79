"""Plants foretold from what was known before, against what happened."""

import numpy as np
import pandas as pd
import pytest

from rareearth import data, scenarios
from rareearth.analysis import supply
from rareearth.models import pipeline
from rareearth.validation import plants as backcast


@pytest.fixture(scope="module")
def starts():
    return backcast.starts()


def test_forecasts_of_starts_hold_what_happened(starts):
    outside = starts[~starts["inside"]]
    assert outside.empty, f"the record of promises no longer foretells itself:\n{outside}"


def test_most_ramps_lie_in_the_interval_foretold_from_the_others():
    ramps = backcast.ramps()
    wrong = set(ramps.loc[~ramps["inside"], "quantity"])
    assert wrong <= {"Molycorp, Mountain Pass, REO"}, "only the ramp that failed may lie outside"


def test_a_fit_of_a_year_does_not_know_what_came_later():
    record = data.table("start_dates")
    whole = pipeline.slips(record, supply.NOW).set_index("facility")
    said = backcast._said(record)
    known = backcast.seen(whole, said, 2022).set_index("facility")
    assert "Narva" not in known.index, "its promise was made in 2023"
    assert known.loc["Mountain Pass, NdPr", "outcome"] == "waiting", "it started in 2023"
    assert known.loc["Lynas Seadrift", "outcome"] == "waiting", "it was given up in 2025"
    assert known.loc["Nolans", "watched_years"] == 2022 - 2013
    assert known.loc["Lynas Kuantan", ["outcome", "watched_years"]].tolist() == ["running", 2]


def test_at_the_end_of_the_record_the_fit_knows_it_whole():
    record = data.table("start_dates")
    whole = pipeline.slips(record, supply.NOW).set_index("facility")
    known = backcast.seen(whole, backcast._said(record), supply.NOW).set_index("facility")
    pd.testing.assert_frame_equal(known[whole.columns].sort_index(), whole.sort_index())


def test_all_comparisons_are_complete_and_the_error_is_that_of_the_numbers():
    table = backcast.published(scenarios.load("baseline"))
    assert table.drop(columns="error_pct").notna().all(axis=None)
    some = table[table["published"] > 0]
    assert np.allclose(
        some["error_pct"], 100 * (some["ours"] - some["published"]) / some["published"]
    )
    assert (table["ours_low"] <= table["ours_high"]).all()
