"""Figures on a supply cut: they draw from the real tables and mark what they must mark."""

import numpy as np
import pandas as pd
import pytest

from rareearth import assumptions, scenarios
from rareearth.analysis import stockpile
from rareearth.figures import outlook as figures
from rareearth.models import disruption


@pytest.fixture(scope="module")
def draws():
    return assumptions.sample(100, 1, scenarios.load("baseline"))


@pytest.fixture(scope="module")
def runs(draws):
    need = stockpile.us_need(draws)[6]
    others = 0.2 * need.sum(axis=0)
    cases = {"magnets": stockpile.cases()[3], "goods": stockpile.cases()[4]}
    return need, {k: stockpile.stress(need, others, draws, c) for k, c in cases.items()}


def joined(cases):
    return pd.concat([frame.assign(case=name) for name, frame in cases.items()])


def texts(fig):
    return {text.get_text() for ax in fig.axes for text in ax.texts}


def test_the_stack_fills_the_need_and_hatches_the_hole(runs):
    fig = figures.months(joined({n: stockpile.fills(run).head(14) for n, run in runs[1].items()}))
    for ax in fig.axes:
        tops = np.sum([[bar.get_height() for bar in part] for part in ax.containers], axis=0)
        assert tops == pytest.approx(np.full(14, 100))
        hatched = [part[0].get_hatch() for part in ax.containers]
        assert hatched[-1] and not any(hatched[:-1]), "only the shortage is hatched"
    assert set(figures.IN_A_CUT.values()) <= texts(fig)
    assert set(figures.IN_A_CUT) == set(disruption.FILLS)


def test_uses_show_need_shortage_and_range(runs):
    need, outcomes = runs
    frames = {name: stockpile.short_by_use(run, need) for name, run in outcomes.items()}
    fig = figures.uses(joined(frames))
    for ax, frame in zip(fig.axes, frames.values(), strict=True):
        drawn = [[bar.get_width() * 1e3 for bar in part] for part in ax.containers[:2]]
        assert drawn[0] == pytest.approx(frame["need_t"].tolist())
        assert drawn[1] == pytest.approx(frame["median"].tolist())
        assert ax.get_xlim()[0] == 0
    assert "0% short" in texts(fig), "defence is served first"
