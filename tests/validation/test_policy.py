"""Errors of the models in one form: complete, sourced, and honest about their bands."""

import pytest

from rareearth import data
from rareearth.validation import policy


@pytest.fixture(scope="module")
def errors():
    return policy.errors()


def test_every_model_of_policy_and_outlook_is_tested(errors):
    assert set(errors["model"]) >= {"Plants", "Balance", "Price floor", "Supply cut"}
    assert errors[["study", "quantity", "unit", "reason"]].notna().all(axis=None)


def test_each_comparison_names_sources_that_exist(errors):
    keys = set(errors["source"].str.split(";").explode())
    assert keys <= data.source_keys(), f"unknown sources {sorted(keys - data.source_keys())}"


def test_a_result_without_a_band_is_neither_inside_nor_outside(errors):
    without = errors["ours_low"].isna()
    assert errors.loc[without, "inside"].isna().all()
    assert errors.loc[~without, "inside"].notna().all()


def test_the_fit_to_the_record_has_a_range_around_it():
    statistics = policy.slip_statistics()
    assert (statistics["low"] < statistics["high"]).all()
    never = statistics[statistics["quantity"] == "never built"]
    assert never[["low", "best", "high"]].stack().between(0, 100).all()
