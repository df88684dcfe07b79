"""The table of checks: complete, with errors that follow from its own columns."""

from rareearth.validation import data as checks


def test_each_comparison_gives_a_reason_and_a_known_source():
    compared = checks.comparisons()
    assert compared["reason"].str.len().min() > 10
    assert compared[["error_pct", "year"]].notna().all(axis=None)


def test_countries_add_to_the_world_within_ten_points_since_1995():
    late = checks.sums_of_countries().query("year >= 1995")["share_pct"]
    assert late.between(90, 102).all(), (
        "The stitched mine series no longer adds up: see mine_production.csv and corrections.csv."
    )


def test_the_survey_s_import_reliance_follows_from_its_own_tonnages():
    compared = checks.comparisons()
    reliance = compared[compared["quantity"].str.contains("net import reliance")]
    assert len(reliance) == 2
    assert reliance["error_pct"].abs().max() < 2
