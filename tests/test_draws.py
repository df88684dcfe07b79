"""Headlines do not depend on how many draws they rest on, beyond the error of few draws."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
import pytest

from bindery.execute import run
from bindery.pages import numbers
from bindery.plan import Project

PROJECT = Project.load(Path(__file__).parents[1])
DRAWN = [page.name for page in PROJECT.chapters if "draws" in page.parameters]
FEW, MANY, SEEDS = 200, 6_000, (1, 2, 3)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Values by chapter: one run with many draws, and a few with few draws and other seeds."""
    folder = tmp_path_factory.mktemp("draws")
    cases = [
        (name, draws, seed)
        for name in DRAWN
        for draws, seeds in ((MANY, SEEDS[:1]), (FEW, SEEDS))
        for seed in seeds
    ]

    def values(case: tuple[str, int, int]) -> dict[str, float]:
        name, draws, seed = case
        output = folder / f"{name}-{draws}-{seed}.ipynb"
        run(PROJECT, PROJECT.page(name), {"draws": draws, "seed": seed}, output)
        found = numbers(nbformat.read(output, 4))
        return {k: n["value"] for k, n in found.items() if not isinstance(n["value"], str)}

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(cases, pool.map(values, cases), strict=True))


@pytest.mark.parametrize("name", DRAWN)
def test_few_and_many_draws_give_the_same_headlines(results, name):
    many = results[name, MANY, SEEDS[0]]
    few = [results[name, FEW, seed] for seed in SEEDS]
    compared = 0
    for label, value in many.items():
        sample = [values[label] for values in few]
        spread = max(sample) - min(sample)
        if spread == 0:
            assert sample[0] == pytest.approx(value, rel=0.02), f"{name}: {label}"
            continue
        compared += 1
        middle = sum(sample) / len(sample)
        # The range of three runs is about 1.7 standard errors of one; four ranges are far out.
        assert abs(middle - value) <= 4 * spread + 0.02 * abs(value), (
            f"{name}: '{label}' is {value:g} with {MANY:,} draws and {middle:g} with {FEW}"
        )
    assert compared > 0, f"{name} declares draws, but no number depends on them"


@pytest.mark.parametrize("name", DRAWN)
def test_other_seeds_give_other_draws(results, name):
    assert results[name, FEW, 1] != results[name, FEW, 2]
