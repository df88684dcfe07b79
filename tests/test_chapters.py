"""The chapters themselves, executed: whole, sourced, and true to their scenario."""

import pytest

from bindery.checks import check_executed
from bindery.editions import Edition
from bindery.execute import tasks
from bindery.pages import exhibits, numbers
from inprocess import PROJECT, answers
from rareearth import data, scenarios

OTHERS = [name for name in scenarios.names() if name != PROJECT.settings.scenario]
TITLES = {"scenario-title", "title"}
DEPENDENT = [page.name for page in PROJECT.chapters if "scenario" in page.parameters]
COLLECTING = ("ewaste", "policy", "policy_annex", "outlook", "claims", "summary")
"""Chapters whose numbers depend on what is collected of old products; all take it."""
FEW = 100
"""Draws on which chapters are run for another scenario here; the build runs them in full."""
LOOKED_AT = ("innovation", "shock")
"""Scenarios looked at here; the clean run looks at all of them, as built."""


def test_every_chapter_executes_and_its_outputs_are_complete(chapters):
    assert check_executed(chapters) == []


def test_the_book_has_its_figures(chapters):
    figures = [e for notebook in chapters.values() for e in exhibits(notebook)]
    figures = [e["name"] for e in figures if e["kind"] == "figure"]
    assert len(figures) >= 28
    assert len(set(figures)) == len(figures)


@pytest.mark.parametrize("name", [page.name for page in PROJECT.chapters])
def test_every_number_and_exhibit_names_known_sources(chapters, name):
    known = data.source_keys()
    parts = [*numbers(chapters[name]).items(), *((e["name"], e) for e in exhibits(chapters[name]))]
    for label, part in parts:
        assert part["sources"], f"{name}: '{label}' names no source"
        assert set(part["sources"]) <= known, f"{name}: '{label}' names an unknown source"


def few_draws(name):
    return {"draws": FEW} if "draws" in PROJECT.page(name).parameters else {}


@pytest.mark.parametrize("name", DEPENDENT)
def test_a_chapter_that_declares_a_scenario_follows_one(name):
    few = few_draws(name)
    here = answers(name, **few)
    changed = set()
    for scenario in LOOKED_AT:
        there = answers(name, scenario=scenario, **few)
        assert here.keys() == there.keys()
        changed |= {label for label in here if here[label].text != there[label].text}
    assert changed - TITLES, f"{name} declares a scenario, but none changes its numbers"


@pytest.mark.parametrize("name", DEPENDENT)
def test_a_reader_may_set_what_is_collected(name):
    few = few_draws(name)
    low, high = (answers(name, collection_rate=rate, **few) for rate in (0.05, 0.95))
    moved = any(low[label].text != high[label].text for label in low)
    assert moved == (name in COLLECTING)


def test_chapters_without_a_scenario_are_shared_by_the_editions():
    here, there = (tasks(PROJECT, Edition(s)) for s in (PROJECT.settings.scenario, OTHERS[0]))
    for name in here:
        assert (here[name].executed == there[name].executed) == (name not in DEPENDENT)


def test_what_was_observed_before_it_happened_is_not_among_the_estimates(chapters):
    # World demand of the base year is the same in every case of the outlook.
    figures = numbers(chapters["demand"])
    assert figures["world-2024"]["kind"] == "estimate"
    assert figures["world-2050"]["kind"] == "forecast"
