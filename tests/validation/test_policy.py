"""Errors of the models in one form: complete, sourced, and honest about their bands."""

import pytest

from rareearth import data
from rareearth.validation import policy as hindsight


@pytest.fixture(scope="module")
def errors():
    return hindsight.errors()


def test_every_model_of_policy_and_outlook_is_tested(errors):
    assert set(errors["part"]) >= {"Plants", "Balance", "Price floor", "Supply cut"}
    assert errors[["study", "quantity", "unit", "reason"]].notna().all(axis=None)


def test_each_comparison_names_sources_that_exist(errors):
    keys = set(errors["source"].str.split(";").explode())
    assert keys <= data.source_keys(), f"unknown sources {sorted(keys - data.source_keys())}"


def test_errors_follow_from_the_two_values(errors):
    some = errors.dropna(subset=["error_pct"])
    again = 100 * (some["ours"] / some["published"] - 1)
    assert some["error_pct"].to_numpy() == pytest.approx(again.to_numpy(), abs=1e-6)


def test_a_result_without_a_band_is_neither_inside_nor_outside(errors):
    without = errors["ours_low"].isna()
    assert errors.loc[without, "inside"].isna().all()
    assert errors.loc[~without, "inside"].notna().all()


def test_the_fit_to_the_record_has_a_range_around_it():
    found = hindsight.slip_statistics()
    assert (found["low"] < found["high"]).all()
    never = found[found["quantity"] == "never built"]
    assert never[["low", "best", "high"]].stack().between(0, 100).all()
