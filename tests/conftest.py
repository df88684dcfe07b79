"""What several tests share: the book as executed, and the baseline's balance on a few draws."""

import nbformat
import pytest

from bindery.build import locked
from bindery.editions import default
from bindery.execute import execute, reasons, tasks
from inprocess import PROJECT
from rareearth import scenarios
from rareearth.analysis import balance as balances


@pytest.fixture(scope="session")
def story():
    return scenarios.load("baseline")


@pytest.fixture(scope="session")
def draws(story):
    return balances.sample(60, 2, story)


@pytest.fixture(scope="session")
def balance(draws, story):
    return balances.of_draws(draws, story)


@pytest.fixture(scope="session")
def chapters():
    """The executed chapters of the book; those that are stale are executed first."""
    with locked(PROJECT, print):
        todo = tasks(PROJECT, default(PROJECT))
        stale = [task for task in todo.values() if reasons(task)]
        assert not execute(PROJECT, stale, 2, print)
        return {name: nbformat.read(task.executed, 4) for name, task in todo.items()}
