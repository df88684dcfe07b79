"""The register as the page shows it: every assumption once, every lever's move against it."""

import numpy as np
import pytest

from rareearth import assumptions, scenarios, uncertainty
from rareearth.analysis import assumptions as judgement
from rareearth.analysis import balance, ewaste, magnets, proteins
from rareearth.answers import MODELS, Answers, inside

MODELLED = {"balance": balance, "ewaste": ewaste, "magnets": magnets, "proteins": proteins}
"""Modules that say which inputs of their model decide."""


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


@pytest.mark.parametrize("name", MODELLED)
def test_a_forecast_names_its_models_strongest_inputs_and_not_all_that_it_reads(name):
    rows = assumptions.used_by(name)
    answers = Answers(rows, kind="forecast")
    answers.add("left", 1.0)
    found = answers["left"]
    assert found.model == name and len(found.inputs) == assumptions.STRONGEST
    everything = {key for cell in rows["source"] for key in cell.split(";")}
    assert set(found.sources) < everything
    assert all(label in found.basis for label in found.inputs)
    assert "{doc}`assumptions`" in found.basis


def test_the_strongest_input_of_the_balance_moves_the_gap_more_than_one_left_out():
    drawn, gap = balance._gap()
    register, scenario = assumptions.register(), scenarios.load("baseline")
    named = {each.label for each in MODELS["balance"]().inputs}
    ranked = [n for n in uncertainty.explained(drawn, gap).index if n in register.index]
    first, tenth = ranked[0], ranked[9]
    assert inside(register.at[first, "label"]) in named
    assert inside(register.at[tenth, "label"]) not in named

    def spread(fixed):
        still = drawn.assign(**{fixed: drawn[fixed].median()})
        return np.std(balance.share_left(balance.of_draws(still, scenario), balance.GOAL))

    assert spread(first) < spread(tenth) < 1.05 * np.std(gap)


def test_rows_of_two_models_or_single_assumptions_are_named_one_by_one():
    both = Answers(assumptions.used_by("proteins", "ewaste"))
    both.add("all", 1.0)
    assert not both["all"].model and len(both["all"].sources) > 20
    one = Answers(assumptions.used_by("balance").loc["separation_yield"])
    one.add("yield", 0.9)
    assert one["yield"].sources == ("aclara_2024_release",)
