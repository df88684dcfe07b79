"""The register as the page shows it: every assumption once, every lever's move against it."""

from rareearth import assumptions, scenarios
from rareearth.analysis import assumptions as judgement


def test_every_assumption_stands_in_some_table():
    single = [judgement.of_chapter(name) for name in ("demand", "proteins", "magnets", "ewaste")]
    tables = [*single, judgement.of_chapter("policy", "outlook")]
    shown = {name for rows in tables for name in rows["name"]}
    assert shown == set(assumptions.register().index)


def test_widths_follow_from_the_ranges_and_count_the_wide_ones():
    rows, answers = judgement.widths()
    again = (rows["high"] - rows["low"]) / rows["mode"].abs()
    assert (rows["width_ratio"] - again).abs().max() < 1e-12
    assert answers["assumptions-wide"].value >= (rows["width_ratio"] > 1).sum() > 0
    assert rows["chapter"].is_monotonic_increasing and rows["chapter"].notna().all()


def test_moves_of_levers_are_those_of_the_levers_file():
    moved, _ = judgement.moved_by_levers()
    assert len(moved) == sum(len(lever.overrides) for lever in scenarios.levers().values())
    assert (moved["low"] <= moved["mode"]).all() and (moved["mode"] <= moved["high"]).all()
    printed = judgement.levers_printed(moved)
    assert (printed["Lever"] != "").sum() == len(scenarios.levers())
