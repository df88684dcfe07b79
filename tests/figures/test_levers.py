"""The figure of levers draws what its frame holds, computed and assumed apart."""

import pandas as pd
import pytest

from rareearth.figures import levers as figures
from rareearth.figures import style

pytestmark = pytest.mark.filterwarnings("error::UserWarning")

SHOWN = pd.DataFrame(
    {
        "title": ["Allies", "Floor"],
        "basis": ["assumed", "computed"],
        "share_kt": [8.5, 1.2],
        "mean_kt": [8.4, 1.8],
        "last_kt": [8.6, 0.7],
        "low_kt": [6.0, 0.0],
        "high_kt": [11.0, 7.0],
        "others_kt": [-8.4, 0.3],
    }
)


def test_shares_carry_their_value_and_both_ends():
    fig = figures.shares(SHOWN)
    style.settle(fig)
    left, right = fig.axes
    markers = [line.get_marker() for line in left.lines]
    assert markers.count("o") == markers.count("D") == 2
    assert [bar.get_width() for bar in left.patches] == [8.5, 1.2]
    assert [bar.get_width() for bar in right.patches] == [-8.4, 0.3]


def test_computed_and_assumed_look_unlike_and_are_named():
    fig = figures.shares(SHOWN)
    first, second = fig.axes[0].patches[:2]
    assert first.get_facecolor() != second.get_facecolor()
    words = {text.get_text() for text in fig.axes[0].get_legend().get_texts()}
    assert words == {name for name, _ in figures.BASES.values()}
