"""Figures of the pages on methods, data and assumptions."""

import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import data as contents
from rareearth.figures import assumptions as judgement
from rareearth.figures import data as tables
from rareearth.figures import methods, style
from rareearth.validation import data as checks


def drawn(fig):
    assert style.unlabelled(fig) == []
    return fig


def test_the_sum_of_countries_is_drawn_against_a_band():
    sums = checks.sums_of_countries().query("year >= 1982")
    fig = drawn(methods.sums_of_countries(sums, 5))
    assert len(fig.axes[0].lines[-1].get_xdata()) == len(sums)


def test_rows_are_stacked_without_loss():
    rows = contents.rows_by_kind()
    fig = drawn(tables.rows_by_kind(rows, data.KINDS))
    assert sum(bar.get_width() for bar in fig.axes[0].patches) == rows["rows_count"].sum()


def test_every_range_of_the_register_is_a_dot():
    register = assumptions.register()
    shown = register.assign(
        width_ratio=(register["high"] - register["low"]) / register["mode"], chapter="All"
    ).query("width_ratio > 0 and width_ratio < inf")
    fig = drawn(judgement.ranges(shown))
    assert sum(len(dots.get_offsets()) for dots in fig.axes[0].collections) == len(shown)


def test_each_error_is_a_dot_and_one_beyond_the_axis_is_written_out():
    found = pd.DataFrame(
        {
            "model": ["A", "A", "B", "B"],
            "error_pct": [10.0, -20.0, None, 900.0],
            "inside": pd.array([True, False, None, False], dtype="boolean"),
        }
    )
    ax = drawn(methods.errors(found, 200)).axes[0]
    assert sum(len(dots.get_offsets()) for dots in ax.collections) == 3
    assert [text.get_text() for text in ax.texts] == ["+900%"]
