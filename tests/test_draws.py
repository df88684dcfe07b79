"""What is printed depends on the draws no more than its digits say."""

from math import sqrt

import pytest

from bindery.pages import numbers
from inprocess import PROJECT, answers, printed
from rareearth import digits

DRAWN = [page.name for page in PROJECT.chapters if "draws" in page.parameters]
FEW = 200
ERRORS = 5
"""Standard errors by which a median of few draws may be off."""
SLACK = 0.02
"""Part of a value that may differ whatever the error, since few draws bend a percentile."""


@pytest.mark.parametrize("name", DRAWN)
def test_few_draws_give_the_headlines_of_the_book(name, chapters):
    book = numbers(chapters[name])
    few = answers(name, draws=FEW, seed=7)
    moved = {label for label in few if few[label].text != book[label]["text"]}
    assert moved, f"{name} declares draws and seed, but no number depends on them"
    assert len(moved) < len(few), f"{name}: numbers read from tables move with the seed"
    for label, answer in few.items():
        if answer.low is None:
            continue
        # A median of n draws has an error of 1.25 standard deviations over the root of n
        # (normal draws); the central nine tenths of these are 3.29 deviations wide.
        error = 1.2533 * (answer.high - answer.low) / 3.29 / sqrt(FEW)
        value = book[label]["value"]
        assert abs(answer.value - value) <= ERRORS * error + SLACK * abs(value), (
            f"{name}: '{label}' is {value:g} in the book and {answer.value:g} with {FEW} draws"
        )


SEEDS = range(1, 6)


@pytest.mark.seeds
@pytest.mark.parametrize("name", ["outlook", "summary", "policy"])
def test_five_seeds_print_the_same_digits(name):
    """All texts of a page, tables included, at its own draws: one unit of the last digit, if any.

    Run alone by `make seeds`; it takes minutes.
    """
    pages = [printed(name, seed=seed) for seed in SEEDS]
    moved = {
        label: found
        for label in pages[0]
        if (found := digits.unstable([page[label] for page in pages]))
    }
    assert not moved, f"{name} prints digits that another seed changes: {moved}"
