"""Answers carry value, interval, unit and sources, and refuse to go without."""

import numpy as np
import pytest

from rareearth import data
from rareearth.answers import Answers, Input, Model, between, in_words, inside, listing

KEY = "usgs_mcs_2026_data"


@pytest.fixture
def answers():
    return Answers(sources=KEY, kind="forecast")


def test_draws_give_their_median_and_the_central_nine_tenths(answers):
    answers.add("left-2035", np.arange(101.0), "{:.0f}%", label="Supply gap in 2035")
    left = answers["left-2035"]
    assert (left.low, left.value, left.high) == pytest.approx((5, 50, 95))
    assert (left.text, left.interval, left.unit) == ("50%", "5\N{NO-BREAK SPACE}to 95%", "%")
    assert answers.texts() == {"left-2035": "50%", "left-2035-band": "5\N{NO-BREAK SPACE}to 95%"}


def test_negative_ends_have_true_minus_signs_and_dates_keep_their_hyphens(answers):
    answers.add("cost", -1.5, "{:.1f} billion USD", low=-3, high=0.5)
    assert answers["cost"].interval == "−3.0\N{NO-BREAK SPACE}to 0.5\N{NO-BREAK SPACE}billion USD"
    answers.add("fall", -12, "{:.0f}-month change")
    assert answers["fall"].text == "−12-month change"


def test_words_have_no_interval(answers):
    answers.add("worst", "metal making")
    assert answers.texts() == {"worst": "metal making"}


def test_one_name_has_one_value(answers):
    answers.add("share", 3)
    answers.add("share", 3)
    with pytest.raises(ValueError, match="compute it once"):
        answers.add("share", 4)
    other = Answers(sources=KEY)
    other.add("share", 5)
    with pytest.raises(ValueError, match="compute it once"):
        answers | other


def test_a_choice_keeps_its_order_and_misses_nothing(answers):
    for name in "abc":
        answers.add(name, name)
    assert list(answers.only("c", "a")) == ["c", "a"]
    assert list(answers.without("b")) == [name for name in answers if name != "b"]
    with pytest.raises(KeyError, match="no answer 'd'"):
        answers.only("d")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ({"name": "Share of x", "value": 1}, "lower-case"),
        ({"name": "x", "value": float("nan")}, "say a gap in words"),
        ({"name": "x", "value": np.array([1.0, np.nan])}, "say a gap in words"),
        ({"name": "x", "value": 1, "low": 0}, "both ends"),
        ({"name": "x", "value": 1, "sources": []}, "has no source"),
        ({"name": "x", "value": 1, "kind": "guessed"}, "none of reported"),
    ],
)
def test_what_is_incomplete_is_refused(answers, call, words):
    with pytest.raises(ValueError, match=words):
        answers.add(**call)
    assert not answers


def test_unknown_sources_are_refused_by_name(answers):
    with pytest.raises(data.DataError, match="Did you mean"):
        answers.add("x", 1, sources=KEY + "x")


def test_a_quoted_cell_has_the_kind_and_source_of_its_row():
    answers = Answers()
    row = data.table("lead_times").iloc[0]
    answers.quote("years", row, "mid_years", "{:.0f} years")
    assert answers["years"].text == f"{row['mid_years']:.0f}\N{NO-BREAK SPACE}years"
    assert (answers["years"].kind, answers["years"].sources) == (row["kind"], (row["source"],))


def test_forms_of_words():
    assert [in_words(count) for count in (0, 7, 12, 1300)] == ["none", "seven", "twelve", "1,300"]
    assert between("about {:,.0f} t") == "about {:,.0f} to {:,.0f} t"
    assert listing({"mined": 1.24, "metal": 3}, "{} {:.1f}") == "mined 1.2, metal 3.0"
    assert listing({"a": (1, 2)}, "{}: {} of {}", "; ") == "a: 1 of 2"


def test_a_label_inside_a_sentence_begins_small():
    assert inside("Life of adsorbent") == "life of adsorbent"
    assert inside("US part of wind") == "US part of wind"


def test_a_model_names_inputs_of_one_table_together_and_has_sources_in_any_case():
    fitted = [Input(label, table="start_dates") for label in ("late", "never built")]
    read = Input("share of use", (KEY,))
    model = Model("m", "supply", (fitted[0], read, fitted[1]))
    assert model.sources == (KEY,)
    assert set(model.rests_on) > {KEY}
    assert "late, never built (table `start_dates`); share of use {cite:p}" in model.text
    assert "strongest inputs: " in model.text
    assert len(Model("m", "supply", tuple(fitted)).sources) > 5
