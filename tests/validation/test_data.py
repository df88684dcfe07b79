"""The table of checks: complete, with errors that follow from its own columns."""

import pytest

from rareearth.validation import data as crosschecks


def test_a_row_states_the_error_against_the_published_value():
    row = crosschecks.row("Them", "Mass", "t", 50.0, 40.0, "Other year.", "key")
    assert row["error_pct"] == pytest.approx(-20)
    assert list(row) == crosschecks.COLUMNS


def test_each_comparison_gives_a_reason_and_a_known_source():
    checks = crosschecks.comparisons()
    assert checks["reason"].str.len().min() > 10
    assert checks.notna().all(axis=None)


def test_countries_add_to_the_world_within_ten_points_since_1995():
    late = crosschecks.sums_of_countries().query("year >= 1995")["share_pct"]
    assert late.between(90, 102).all(), (
        "The stitched mine series no longer adds up: see mine_production.csv and corrections.csv."
    )


def test_the_survey_s_import_reliance_follows_from_its_own_tonnages():
    checks = crosschecks.comparisons()
    reliance = checks[checks["quantity"].str.contains("net import reliance")]
    assert len(reliance) == 2
    assert reliance["error_pct"].abs().max() < 2
