"""Figures of levers show what is known, and say where nothing is."""

import numpy as np
import pandas as pd

from rareearth.figures import levers as figures
from rareearth.figures import style


def texts(fig) -> str:
    return " ".join(text.get_text() for ax in fig.axes for text in ax.texts)


def test_shares_carry_their_value_and_both_ends():
    found = pd.DataFrame(
        {
            "title": ["Allies", "Floor"],
            "mean_kt": [8.5, 1.25],
            "low_kt": [6.0, 0.0],
            "high_kt": [11.0, 7.0],
            "alone_kt": [8.4, 1.8],
            "last_kt": [8.6, 0.7],
        }
    )
    fig = figures.shares(found)
    assert "8.5" in texts(fig) and "1.2" in texts(fig)
    markers = [line.get_marker() for line in fig.axes[0].lines]
    assert markers.count("o") == markers.count("D") == 2
    assert fig.axes[0].get_xlim()[0] == 0
    assert style.unlabelled(fig) == []


def test_a_lever_without_a_cost_has_words_and_no_mark():
    found = pd.DataFrame(
        {
            "title": ["Research", "Floor", "Permits"],
            "mean": [62.0, 500.0, np.nan],
            "low": [40.0, 0.0, np.nan],
            "high": [110.0, np.inf, np.nan],
            "last": [64.0, 2000.0, np.nan],
            "payer": ["state", "state", np.nan],
        }
    )
    fig = figures.ladder(found)
    ax = fig.axes[0]
    assert ax.get_xscale() == "log"
    assert texts(fig).count("no cost found") == 1
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [float(line.get_xdata()[0]) for line in dots] == [62.0, 500.0]
    open_ends = [line for line in ax.lines if line.get_marker() == ">"]
    assert len(open_ends) == 1, "a range without an upper end must show an arrow"


def test_a_lever_that_closes_nothing_at_any_price_is_not_drawn_at_a_price():
    found = pd.DataFrame(
        {
            "title": ["Research", "Floor"],
            "mean": [62.0, np.inf],
            "low": [40.0, np.inf],
            "high": [110.0, np.inf],
            "last": [64.0, np.inf],
            "payer": ["state", "state"],
        }
    )
    fig = figures.ladder(found)
    assert "closes nothing" in texts(fig)
    assert len([line for line in fig.axes[0].lines if line.get_marker() == "o"]) == 1
