"""The chapters themselves, executed: whole, sourced, and true to their scenario."""

from pathlib import Path

import nbformat
import pytest

from bindery.build import locked
from bindery.checks import check_executed
from bindery.editions import Edition
from bindery.execute import Watcher, execute, reasons, tasks
from bindery.pages import exhibits, numbers
from bindery.plan import Project
from rareearth import data, scenarios

PROJECT = Project.load(Path(__file__).parents[1])
OTHERS = [name for name in scenarios.names() if name != PROJECT.settings.scenario]
TITLE = {"scenario-title"}
DEPENDENT = [page.name for page in PROJECT.chapters if "scenario" in page.parameters]


def made(scenario: str) -> dict:
    """Executed chapters of an edition; those that are stale are executed first."""
    with locked(PROJECT, Watcher()):
        todo = tasks(PROJECT, Edition(scenario))
        stale = [task for task in todo.values() if reasons(task)]
        assert not execute(PROJECT, stale, 2, Watcher())
        return {name: nbformat.read(task.executed, 4) for name, task in todo.items()}


@pytest.fixture(scope="session")
def chapters():
    return made(PROJECT.settings.scenario)


@pytest.fixture(scope="session")
def editions():
    """The chapters of every other scenario."""
    return {scenario: made(scenario) for scenario in OTHERS}


def test_every_chapter_executes_and_its_outputs_are_complete(chapters):
    folder = PROJECT.executed_dir(PROJECT.settings.scenario)
    assert check_executed(folder / f"{name}.ipynb" for name in chapters) == []


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


def moved(chapters, edition, name):
    """Numbers of a chapter that print otherwise in an edition."""
    here, there = numbers(chapters[name]), numbers(edition[name])
    assert here.keys() == there.keys()
    return {label for label in here if here[label]["text"] != there[label]["text"]}


@pytest.mark.parametrize("name", DEPENDENT)
def test_a_chapter_that_declares_a_scenario_follows_one(chapters, editions, name):
    changes = {s: moved(chapters, edition, name) - TITLE for s, edition in editions.items()}
    assert any(changes.values()), f"{name} declares a scenario, but none changes its numbers"


@pytest.mark.parametrize("scenario", OTHERS)
def test_a_scenario_changes_the_book(chapters, editions, scenario):
    changed = [n for n in DEPENDENT if moved(chapters, editions[scenario], n) - TITLE]
    assert "summary" in changed and len(changed) > 1


def test_each_edition_says_what_it_is_computed_for(chapters, editions):
    for edition in editions.values():
        assert moved(chapters, edition, "summary") >= TITLE


def test_chapters_without_a_scenario_are_shared_by_the_editions():
    here, there = (tasks(PROJECT, Edition(s)) for s in (PROJECT.settings.scenario, OTHERS[0]))
    for name in here:
        assert (here[name].executed == there[name].executed) == (name not in DEPENDENT)


def test_what_was_observed_before_it_happened_is_not_among_the_estimates(chapters):
    # World demand of the base year is the same in every case of the outlook.
    figures = numbers(chapters["demand"])
    assert figures["world-2024"]["kind"] == "estimate"
    assert figures["world-2050"]["kind"] == "forecast"
