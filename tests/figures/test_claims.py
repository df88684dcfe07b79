"""Figures of the chapter on claims show every verdict by colour and by mark."""

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from rareearth import data
from rareearth.figures import claims as figures
from rareearth.figures import style
from rareearth.models.verdicts import STRENGTHS, VERDICTS


@pytest.fixture
def board():
    """The real claims with verdicts and strengths dealt out in turn."""
    table = data.table("claims")
    turns = range(len(table))
    return table.assign(
        verdict=[VERDICTS[i % len(VERDICTS)] for i in turns],
        strength=[STRENGTHS[i % len(STRENGTHS)] for i in turns],
    )


def texts(fig):
    return [t.get_text() for ax in fig.axes for t in ax.texts]


def test_the_scoreboard_names_every_claim_once(board):
    shown = texts(figures.scoreboard(board))
    for row in board.itertuples():
        assert shown.count(row.id) == 1, f"{row.id} must stand on the scoreboard once"
        assert row.topic in shown
    for theme in board["theme"].unique():
        assert theme in shown
    plt.close("all")


def test_the_scoreboard_counts_verdicts(board):
    board = board.assign(verdict=VERDICTS[0])
    assert str(len(board)) in texts(figures.scoreboard(board))
    plt.close("all")


def test_verdicts_differ_by_more_than_colour():
    marks = [tuple(sorted(figures.MARKS[v].items())) for v in VERDICTS]
    assert len(set(marks)) == len(VERDICTS), "a reader who sees no colour must tell them apart"
    assert len(set(style.VERDICTS.values())) == len(VERDICTS)


def test_all_claims_stand_in_the_grid_of_strength(board):
    shown = texts(figures.verdict_by_strength(board))
    assert set(board["id"]) <= set(shown)
    plt.close("all")


def test_margins_show_both_ends_and_the_line():
    frame = pd.DataFrame(
        {
            "label": ["a", "b"],
            "low_ratio": [0.0, 1.2],
            "high_ratio": [0.05, float("inf")],
            "needed": ["at least 5", "at most 3"],
            "observed_text": ["0.1 to 0.25", "1 to 2.5"],
            "verdict": [VERDICTS[2], VERDICTS[0]],
        }
    )
    fig = figures.margins(frame)
    (ax,) = fig.axes
    drawn = [x for line in ax.lines for x in line.get_xdata()]
    assert min(drawn) == figures.EDGES[0] and max(drawn) == figures.EDGES[1]
    assert any(list(line.get_xdata()) == [1, 1] for line in ax.lines), "the line at one is missing"
    assert "at least 5: 0.1 to 0.25" in texts(fig)
    plt.close("all")
