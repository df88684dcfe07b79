"""Figures on the price floor draw and mark what they must mark."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth import data, scenarios
from rareearth.analysis.policy import price_floor as floor
from rareearth.figures import floor as figures
from rareearth.figures import style

STORY = scenarios.load("baseline")
AHEAD = pd.DataFrame(
    {"time": [2027.0, 2031.0, 2035.0]}
    | {name: np.array([1.0, 1.1, 1.2]) * at * 100 for name, at in floor.BANDS.items()}
)


def texts(fig) -> str:
    return " ".join(
        t.get_text()
        for ax in fig.axes
        for t in [*ax.texts, *ax.get_yticklabels(), ax.title, ax._left_title]
    )


def test_history_draws_the_floor_from_start_to_end_and_the_model_dotted():
    quotes = data.table("ndpr_prices").astype({"basis": str})
    quotes["time"] = floor.middles(quotes["date"], quotes["covers"])
    quotes["usd_per_kg"] = quotes["usd_per_kg_high"]
    agreed = floor.terms()
    fig = figures.history(floor.yearly(), floor.quotes("D"), quotes, AHEAD, agreed)
    (line,) = [c for c in fig.axes[0].collections if len(c.get_paths()[0].vertices) == 2]
    ends = line.get_paths()[0].vertices
    assert ends[:, 0].tolist() == [agreed.start, agreed.end] and (ends[:, 1] == agreed.floor).all()
    dotted = [line for line in fig.axes[0].lines if line.get_linestyle() not in ("-", "None")]
    assert len(dotted) == 1 and len(dotted[0].get_xdata()) == len(AHEAD)
    assert not style.unlabelled(fig)


def test_every_drawn_basis_has_quotes():
    known = set(data.table("ndpr_prices")["basis"])
    assert set(figures.QUOTES) <= known


def test_a_payment_not_seen_in_a_filing_is_paler():
    made = pd.DataFrame(
        {
            "quarter": ["Q4 2025", "Q1 2026"],
            "usd_million": [50.0, 18.0],
            "kind": ["reported", "derived"],
            "low": [30.0, 5.0],
            "median": [40.0, 15.0],
            "high": [60.0, 30.0],
        }
    )
    fig = figures.payments(made, AHEAD)
    first, second = fig.axes[0].patches
    assert second.get_alpha() is not None and first.get_alpha() is None
    assert fig.axes[0].get_ylim()[0] == 0
    assert {"50", "18"} <= set(texts(fig).split())


@pytest.fixture(scope="module")
def bills() -> pd.DataFrame:
    return floor.bills(200, 1, STORY)


def test_bill_draws_each_view_twice_and_names_its_median(bills):
    fig = figures.bill(bills)
    lines = [line for line in fig.axes[0].lines if line.get_linewidth() == 7]
    assert len(lines) == len(bills) == 6
    assert [to_hex(line.get_color()) for line in lines[::2]] == list(style.VIEWS)
    assert all(view in texts(fig) for view in floor.PROCESSES)
    for line, (_, row) in zip(lines, bills.iterrows(), strict=True):
        assert line.get_xdata().tolist() == [row["low_50"], row["high_50"]]


def test_levels_mark_the_floor_in_force_and_name_both_views():
    views = (floor.LEVEL, floor.WALK)
    costs = {view: floor.other_floors(50, 1, STORY, view) for view in views}
    fig = figures.levels(costs, 110.0)
    assert all(any(set(line.get_xdata()) == {110.0} for line in ax.lines) for ax in fig.axes)
    shown = texts(fig).replace("\n", " ")
    assert all(f"Price {view}" in shown for view in views) and "in force" in shown
    assert fig.axes[1].get_ylim() == (0, 100)
    assert not style.unlabelled(fig)
