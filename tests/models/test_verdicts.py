"""Verdicts follow from ranges by rule, and nothing else."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import verdicts
from rareearth.models.verdicts import CONTRADICTED, OPEN, PARTLY, SUPPORTED, Part

FINITE = st.floats(-1e6, 1e6)


def part(relation, claimed, low, high, **rest):
    return Part("some", "some quantity", relation, claimed, low, high, **rest)


@pytest.mark.parametrize(
    ("relation", "claimed", "low", "high", "expected"),
    [
        ("at least", 90, 90, 95, SUPPORTED),  # the bound itself bears it out
        ("at least", 90, 89.9, 95, PARTLY),
        ("at least", 90, 85, 90, PARTLY),
        ("at least", 90, 80, 89.9, CONTRADICTED),
        ("at most", 10, 2, 10, SUPPORTED),
        ("at most", 10, 9, 11, PARTLY),
        ("at most", 10, 10.1, 11, CONTRADICTED),
        ("about", 100, 90, 110, SUPPORTED),  # a tenth either way
        ("about", 100, 89, 100, PARTLY),
        ("about", 100, 111, 120, CONTRADICTED),
        ("about", 0, 0, 0, SUPPORTED),  # a tenth of nothing is nothing
        ("about", 0, 1, 5, CONTRADICTED),
        ("about", -100, -105, -95, SUPPORTED),
        ("about", 100, 50, 200, PARTLY),  # found on both sides of what is allowed
    ],
)
def test_a_part_is_judged_by_its_range(relation, claimed, low, high, expected):
    assert part(relation, claimed, low, high).verdict == expected


def test_tolerance_replaces_the_usual_rounding():
    assert part("about", 100, 95, 95, tolerance=0.02).verdict == CONTRADICTED
    assert part("at least", 100, 95, 95, tolerance=0.05).verdict == SUPPORTED


def test_nothing_found_is_not_testable_yet():
    missing = part("about", 4, math.nan, math.nan)
    assert missing.verdict == OPEN
    assert missing.observed == "nothing found"


def test_the_future_is_decided_only_if_the_whole_band_agrees():
    assert part("at least", 1, 0.5, 2, ahead=True).verdict == OPEN
    assert part("at least", 1, 0.1, 0.5, ahead=True).verdict == CONTRADICTED
    assert part("at least", 1, 1.5, 2, ahead=True).verdict == SUPPORTED


@given(claimed=FINITE, ends=st.tuples(FINITE, FINITE).map(sorted))
def test_opposite_bounds_cannot_both_be_contradicted(claimed, ends):
    low, high = ends
    both = {part(r, claimed, low, high).verdict for r in ("at least", "at most")}
    assert both != {CONTRADICTED}, "a number lies on one side of a bound or the other"


@given(
    relation=st.sampled_from(verdicts.RELATIONS),
    claimed=FINITE,
    ends=st.lists(FINITE, min_size=4, max_size=4).map(sorted),
)
def test_more_sources_never_settle_what_was_disputed(relation, claimed, ends):
    wide, narrow = part(relation, claimed, ends[0], ends[3]), part(relation, claimed, *ends[1:3])
    if wide.verdict in (SUPPORTED, CONTRADICTED) and relation != "about":
        assert narrow.verdict == wide.verdict, "a range within a decided range is decided alike"
    if wide.verdict == SUPPORTED:
        assert narrow.verdict == SUPPORTED


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([SUPPORTED], SUPPORTED),
        ([SUPPORTED, SUPPORTED], SUPPORTED),
        ([CONTRADICTED, CONTRADICTED], CONTRADICTED),
        ([OPEN, OPEN], OPEN),
        ([CONTRADICTED, OPEN], CONTRADICTED),
        ([SUPPORTED, OPEN], PARTLY),
        ([SUPPORTED, CONTRADICTED], PARTLY),
        ([PARTLY, CONTRADICTED], PARTLY),
        ([SUPPORTED, PARTLY, OPEN], PARTLY),
    ],
)
def test_a_claim_is_judged_by_its_parts(found, expected):
    ranges = {SUPPORTED: (5, 5), PARTLY: (0, 5), CONTRADICTED: (0, 0), OPEN: (math.nan,) * 2}
    parts = [part("at least", 3, *ranges[each]) for each in found]
    assert verdicts.verdict(parts) == expected
    assert verdicts.verdict(parts[::-1]) == expected, "the order of parts must not matter"


def test_a_claim_without_parts_is_an_error():
    with pytest.raises(ValueError, match="at least one part"):
        verdicts.verdict([])


@pytest.mark.parametrize(
    ("basis", "voices", "primary", "expected"),
    [
        ("record", 2, True, "strong"),
        ("record", 1, True, "moderate"),
        ("record", 2, False, "moderate"),
        ("record", 1, False, "weak"),
        ("estimate", 2, False, "moderate"),
        ("estimate", 1, True, "weak"),
        ("model", 5, True, "moderate"),  # never strong: our own
        ("party", 5, True, "weak"),
        ("none", 0, False, "none"),
        ("record", 0, False, "none"),
    ],
)
def test_strength_by_rule(basis, voices, primary, expected):
    assert verdicts.strength(basis, voices, primary) == expected


def test_a_model_that_changes_its_mind_is_weak_evidence():
    assert verdicts.strength("model", 5, True, steady=False) == "weak"
    assert verdicts.strength("record", 2, True, steady=False) == "strong", (
        "a record has no scenario"
    )


def test_ranges_are_printed_with_their_unit_once():
    assert verdicts.span(85, 90, "{:.0f}%") == "85 to 90%"
    assert verdicts.span(1.2, 1.3, "about {:,.1f} t") == "about 1.2 to 1.3 t"
    assert verdicts.span(90.1, 90.3, "{:.0f}%") == "90%"
    assert verdicts.span(-5, 5, "{:.0f} USD") == "\N{MINUS SIGN}5 to 5 USD"


@pytest.mark.parametrize(
    ("relation", "low", "high", "expected"),
    [
        ("at least", 50, 200, (0.5, 2)),
        ("at most", 50, 200, (0.5, 2)),
        ("about", 50, 80, (0.5, 0.8)),
        ("about", 80, 125, (0.8, 1)),
    ],
)
def test_margins_are_one_where_the_claim_is_met(relation, low, high, expected):
    assert part(relation, 100, low, high).margin == pytest.approx(expected)


@given(
    relation=st.sampled_from(("at least", "at most")),
    ends=st.lists(st.floats(0.01, 100), min_size=3, max_size=3),
)
def test_margins_agree_with_verdicts(relation, ends):
    claimed, low, high = ends[0], *sorted(ends[1:])
    found = part(relation, claimed, low, high)
    least, most = found.margin
    assert (found.verdict == SUPPORTED) == (least >= 1)
    assert (found.verdict == CONTRADICTED) == (most < 1)


def test_a_margin_needs_a_claim_and_a_finding():
    assert all(map(math.isnan, part("at most", 0, 5, 5).margin))
    assert all(map(math.isnan, part("at most", 5, math.nan, math.nan).margin))


def test_a_cost_that_may_be_a_gain_has_no_upper_margin():
    assert part("at most", 100, -5, 200).margin == (0.5, math.inf)


def test_what_was_claimed_has_no_decimals_that_nobody_said():
    said = part("about", 255_000, 1, 1, template="{:,.1f} t").said
    assert said == "255,000 t"
    assert part("about", 13.5, 1, 1, template="{:,.2f} billion USD").said == "13.5 billion USD"
    assert part("about", 1998, 1, 1).said == "1998"


@pytest.mark.parametrize(
    "wrong", [("more or less", 1, 1, 1), ("about", 1, 2, 1), ("about", 1, math.nan, 1)]
)
def test_bad_parts_are_refused(wrong):
    with pytest.raises(ValueError, match="part 'some'"):
        part(*wrong)


def test_an_unknown_basis_is_refused():
    with pytest.raises(ValueError, match="hearsay"):
        verdicts.strength("hearsay", 1, True)
