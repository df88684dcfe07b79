"""What to do first: headlines and the table of steps."""

import pytest

from rareearth import data, scenarios
from rareearth.analysis.policy import first_steps, levers

BASELINE, DRAWS = scenarios.load("baseline"), 20


def test_steps_name_levers_that_are_known():
    named = data.table("first_steps")["levers"].str.split(";").explode()
    assert set(named) <= set(scenarios.levers())


def test_sources_of_a_step_are_those_of_its_levers():
    known = scenarios.levers()
    for step in data.table("first_steps").itertuples():
        behind = {key for name in step.levers.split(";") for key in known[name].source}
        assert set(step.source.split(";")) == behind, f"first_steps, {step.do}"


def test_all_levers_together_close_no_more_than_the_gap():
    answers = first_steps.headlines(DRAWS, 1, BASELINE)
    close = answers["levers-close"]
    assert 0 < close.low <= close.value <= close.high
    assert close.value <= answers["levers-gap"].value


def test_each_step_has_what_it_closes_and_costs():
    frame, printed, _ = first_steps.first(DRAWS, 1, BASELINE, 101.0)
    assert len(frame) == len(printed) == len(data.table("first_steps"))
    assert frame["cost"].iloc[0] == "101 million USD" and frame["mean_t"].isna().tolist()[0]
    allies = frame.set_index("levers").loc["allies;price_floor"]
    pair = ("allies", "price_floor")
    lattice = levers.Lattice(BASELINE, pair, DRAWS, 1)
    both = levers.effects(lattice, {"both": pair}, first_steps.YEAR).loc["both"]
    assert allies["mean_t"] == pytest.approx(both["mean_t"])
    assert allies["cost"].endswith("for the floor"), "no cost is known for allies"
