"""Headlines do not depend on how many draws they rest on, beyond the error of few draws."""

from itertools import pairwise
from math import sqrt
from pathlib import Path
from unittest import mock

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from scipy import stats

from bindery.plan import Project
from rareearth import report

PROJECT = Project.load(Path(__file__).parents[1])
DRAWN = [page.name for page in PROJECT.chapters if "draws" in page.parameters]
FEW, MANY, SEEDS = 200, 6_000, range(1, 6)
FALSE_ALARM = 0.01
"""Chance that a chapter without fault fails, over all its numbers."""
SLACK = 0.02
"""Part of a value that may differ whatever the error, since few draws bend a percentile."""


def headlines(name: str, draws: int, seed: int) -> dict[str, float]:
    """Numbers of a chapter, executed in this process and without rendering its figures."""
    found = {}

    def number(name, value, *_, **__):
        if not isinstance(value, str):
            found[name] = float(value)

    page = PROJECT.page(name)
    scope = {"__name__": "__main__"}
    with (
        mock.patch.object(report, "number", number),
        mock.patch.object(report, "figure", lambda fig, *_, **__: plt.close(fig)),
        mock.patch.object(report, "table", lambda *_, **__: None),
    ):
        for cell in nbformat.read(PROJECT.root / page.path, 4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, f"{name}.ipynb", "exec"), scope)
                if "parameters" in cell.metadata.get("tags", []):
                    scope |= {"draws": draws, "seed": seed}
    plt.close("all")
    return found


@pytest.mark.parametrize("name", DRAWN)
def test_few_and_many_draws_give_the_same_headlines(name):
    many = headlines(name, MANY, 1)
    few = [headlines(name, FEW, seed) for seed in SEEDS]
    assert all(one != other for one, other in pairwise(few)), f"{name}: a seed changes nothing"
    samples = {label: np.array([one[label] for one in few]) for label in many}
    moved = {label: sample for label, sample in samples.items() if np.ptp(sample) > 0}
    assert moved, f"{name} declares draws, but no number depends on them"
    assert len(moved) < len(many), f"{name}: numbers read from tables move with the seed"

    # Student's t for the mean of few runs, Bonferroni over the numbers of the chapter.
    limit = stats.t.ppf(1 - FALSE_ALARM / 2 / len(moved), len(few) - 1)
    for label, sample in samples.items():
        error = sample.std(ddof=1) * sqrt(1 / len(few) + FEW / MANY)
        assert abs(sample.mean() - many[label]) <= limit * error + SLACK * abs(many[label]), (
            f"{name}: '{label}' is {many[label]:g} with {MANY:,} draws and "
            f"{sample.mean():g} with {FEW}"
        )
