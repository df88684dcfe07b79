"""What several tests share: the baseline's balance on a few draws."""

import pytest

from rareearth import scenarios
from rareearth.analysis import balance as outlook


@pytest.fixture(scope="session")
def story():
    return scenarios.load("baseline")


@pytest.fixture(scope="session")
def draws(story):
    return outlook.sample(60, 2, story)


@pytest.fixture(scope="session")
def balance(draws, story):
    return outlook.of_draws(draws, story)
