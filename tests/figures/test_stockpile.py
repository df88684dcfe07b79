"""Figures on the stockpile: they draw from the real tables and mark what they must mark."""

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from rareearth import assumptions, scenarios
from rareearth.analysis import stockpile
from rareearth.figures import stockpile as figures
from rareearth.figures import style
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


def texts(fig):
    return {text.get_text() for ax in fig.axes for text in ax.texts}


def test_values_on_two_price_bases_look_unlike(draws):
    history = stockpile.history()
    fig = figures.value(history)
    bars = fig.axes[0].containers[0]
    assert [bar.get_height() for bar in bars] == history["value_usd_billion"].tolist()
    by_basis = {m: to_rgb(b.get_facecolor()) for b, m in zip(bars, history["measure"], strict=True)}
    assert len(set(by_basis.values())) == 2, "price bases must not share a fill"
    assert set(figures.BASES.values()) <= texts(fig)
    assert fig.axes[0].get_ylim()[0] == 0


def test_cover_shows_every_need_and_the_goals():
    cover = stockpile.cover()
    fig = figures.cover(cover, {"a goal": 180})
    drawn = np.concatenate([line.get_xdata() for line in fig.axes[0].lines[:2]])
    assert sorted(drawn) == pytest.approx(sorted(cover["days"]))
    assert "a goal" in texts(fig) and fig.axes[0].get_xscale() == "log"
    assert "logarithmic" in fig.axes[0].get_xlabel()


def test_the_plan_stands_on_the_curve_of_risk(draws):
    curve = stockpile.risk_curve(draws, np.linspace(0, 12, 49))
    alone = stockpile.risk_curve(draws, np.linspace(0, 12, 49), respond=False)
    size = {"months": 4.0, "covered_pct": 90.0, "usd_million": 100.0}
    fig = figures.risk({"yes": curve, "no": alone}, {"NdPr": 2.0}, size)
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    on_curve = np.interp(2.0, curve["months"], curve["covered_pct"])
    assert dots[0].get_xydata()[0] == pytest.approx([2.0, on_curve])
    assert any("100 million" in text for text in texts(fig))


def test_the_stack_fills_the_need_and_hatches_the_hole(runs):
    fig = figures.months({name: stockpile.fills(run).head(14) for name, run in runs[1].items()})
    for ax in fig.axes:
        tops = np.sum([[bar.get_height() for bar in part] for part in ax.containers], axis=0)
        assert tops == pytest.approx(np.full(14, 100))
        hatched = [part[0].get_hatch() for part in ax.containers]
        assert hatched[-1] and not any(hatched[:-1]), "only the shortage is hatched"
    assert {label for label, _ in figures.FILLS.values()} <= texts(fig)
    assert set(figures.FILLS) == set(disruption.FILLS)


def test_uses_show_need_shortage_and_range(runs):
    need, outcomes = runs
    frames = {name: stockpile.short_by_use(run, need) for name, run in outcomes.items()}
    fig = figures.uses(frames)
    for ax, frame in zip(fig.axes, frames.values(), strict=True):
        drawn = [[bar.get_width() * 1e3 for bar in part] for part in ax.containers[:2]]
        assert drawn[0] == pytest.approx(frame["need_t"].tolist())
        assert drawn[1] == pytest.approx(frame["median"].tolist())
        assert ax.get_xlim()[0] == 0
    assert "0% short" in texts(fig), "defence is served first"
    assert not style.unlabelled(fig)
