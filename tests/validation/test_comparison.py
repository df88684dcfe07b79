"""One form for all comparisons, with errors that follow from it."""

import pandas as pd
import pytest

from rareearth import validation

ROW = {"study": "Them", "quantity": "Mass", "unit": "t", "reason": "Other year.", "source": "key"}
SAME = {"model": "Ours", "kind": "check"}


def compared(**values):
    return validation.compare([ROW | values], **SAME).iloc[0]


def test_the_error_is_ours_against_what_was_published():
    assert compared(published=50, ours=40)["error_pct"] == pytest.approx(-20)


def test_within_a_published_range_there_is_no_error_and_outside_it_counts_from_the_nearer_end():
    ends = {"published_low": 40, "published_high": 50}
    assert compared(**ends, ours=45)["error_pct"] == 0
    assert compared(**ends, ours=55)["error_pct"] == pytest.approx(10)
    assert compared(**ends, ours=30)["error_pct"] == pytest.approx(-25)


def test_nothing_published_has_no_error_in_percent():
    assert pd.isna(compared(published=0, ours=4)["error_pct"])


def test_an_interval_holds_the_published_value_or_not_and_without_one_it_is_open():
    assert compared(published=5, ours=4, ours_low=3, ours_high=6)["inside"]
    assert not compared(published=7, ours=4, ours_low=3, ours_high=6)["inside"]
    assert pd.isna(compared(published=7, ours=4)["inside"])


def test_an_error_of_other_values_stands_as_given():
    assert compared(published=50, ours=40, error_pct=3)["error_pct"] == 3


def test_an_incomplete_comparison_is_refused():
    with pytest.raises(ValueError, match="lack reason"):
        validation.compare([{**ROW, "reason": None, "published": 1, "ours": 1}], **SAME)
    with pytest.raises(ValueError, match="none of check"):
        validation.compare([ROW | {"published": 1, "ours": 1}], model="Ours", kind="guess")


def test_the_printed_table_shows_ranges_years_and_signs():
    rows = [
        ROW | {"published_low": 1234.5, "published_high": 2000, "ours": 999.6, "year": 2020},
        ROW | {"published_low": 0.5, "published_high": 0.5, "ours": 0.502},
    ]
    table = validation.table(validation.compare(rows, **SAME))
    assert table["Quantity"].tolist() == ["Mass, 2020", "Mass"]
    assert table["Published"].tolist() == ["1,234 to 2,000", "0.5"]
    assert table["Error, %"].tolist() == ["-19", "0"]
    assert not {"Model", "Interval"} & set(table)
