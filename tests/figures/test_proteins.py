"""Figures of the protein chapter mark what they must."""

import numpy as np
import pandas as pd
import pytest

from rareearth import data
from rareearth.figures import proteins, style


def drawn(fig):
    faults = style.unlabelled(fig)
    assert not faults, f"Name the unit with style.unit: {faults}"
    return fig


def texts(fig):
    return [t.get_text() for ax in fig.axes for t in ax.texts]


def test_the_diagram_shows_three_ions_and_each_threshold():
    ph = pd.DataFrame({"step": ["binds", "half", "lets go"], "ph": [2.4, 2.2, 1.7]})
    found = texts(drawn(proteins.lanmodulin(ph)))
    assert found.count("Nd") == 3, "Lanmodulin holds three ions; the fourth loop stays empty."
    assert {"pH 2.4", "pH 2.2", "pH 1.7"} <= set(found)


def test_announced_money_is_drawn_hollow():
    events = pd.DataFrame(
        {
            "date": pd.to_datetime(["2020-01-01", "2021-01-01"]),
            "lane": "One",
            "amount_musd": [10.0, 20.0],
            "kind": ["reported", "target"],
            "label": ["10", ""],
            "place": "above",
        }
    )
    fig = drawn(proteins.programmes(events))
    faces = {line.get_markersize(): line.get_markerfacecolor() for line in fig.axes[0].lines}
    assert [faces[size] for size in sorted(faces)] == [style.SEPARATION["protein"], "white"]
    assert "10" in texts(fig)


def test_a_published_design_is_marked_once():
    counts = pd.DataFrame(
        {
            "label": ["a", "b"],
            "family": ["protein", "solvent extractant"],
            "least_stages": [10.0, 8.0],
            "low_stages": [15.0, 12.0],
            "median_stages": [20.0, 16.0],
            "high_stages": [30.0, 20.0],
        }
    )
    fig = drawn(proteins.stages(counts, pd.DataFrame({"label": ["b"], "stages": [18.0]})))
    marks = [line for line in fig.axes[0].lines if line.get_marker() == "D"]
    assert [x for line in marks for x in line.get_xdata() if np.isfinite(x)] == [18.0]
    assert fig.axes[0].get_xlim()[0] == 0


def test_where_no_grade_pays_no_line_is_drawn():
    cycles = np.array([10.0, 1000.0, 10000.0])
    frontier = pd.concat(
        [
            pd.DataFrame(
                {
                    "cycles": cycles,
                    "case": case,
                    "low_g_per_t": low,
                    "median_g_per_t": median,
                    "high_g_per_t": np.inf,
                }
            )
            for case, low, median in (
                ("protein", [np.inf, 5000.0, 2000.0], [np.inf, 9000.0, 4000.0]),
                ("solvent", [1500.0] * 3, [2500.0] * 3),
            )
        ]
    )
    feeds = pd.DataFrame({"feed": ["Rich"], "g_per_t": [4400.0]})
    fig = drawn(proteins.break_even(frontier, feeds, 10, 9840))
    protein = next(
        line for line in fig.axes[0].lines if line.get_color() == style.SEPARATION["protein"]
    )
    assert np.isnan(protein.get_ydata()[0]), "An infinite grade must leave a gap."
    assert {"Rich", "shown", "implied by the\npublished model"} <= set(texts(fig))


def test_every_feed_has_both_routes():
    rows = [(f, r, 10.0, 20.0, 40.0) for f in ("A", "B") for r in ("protein", "solvent")]
    costs = pd.DataFrame(rows, columns=["feed", "route", "low", "median", "high"])
    fig = drawn(proteins.cost_by_feed(costs, (36.0, 67.0)))
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert len(dots) == 4
    assert fig.axes[0].get_xscale() == "log"


def test_parts_fill_the_bar():
    parts = pd.DataFrame([{"case": "x"} | dict.fromkeys(style.COSTS, 25.0)])
    fig = drawn(proteins.cost_parts(parts))
    widths = [patch.get_width() for patch in fig.axes[0].patches]
    assert sum(widths) == pytest.approx(100)


def test_pairs_with_real_factors_and_no_clipped_point():
    factors = data.table("separation_factors").dropna(subset=["factor"])
    factors = factors[factors["family"] != "other route"].assign(
        low_ratio=lambda f: f["factor"], high_ratio=lambda f: f["factor"]
    )
    fig = drawn(proteins.hard_pairs(factors, (1.5, 3.0)))
    low, high = fig.axes[0].get_xlim()
    assert factors["factor"].between(low, high).all(), "Widen the axis: a factor lies outside."


def test_two_selectivities_share_one_axis():
    points = pd.DataFrame(
        [("Out", "a", "protein", 1e8, 1e8), ("In", "b", "protein", 1.4, 3.0)],
        columns=["group", "label", "family", "low_ratio", "high_ratio"],
    )
    points = pd.concat([points, points.iloc[[1]].assign(label="c", family="solvent extractant")])
    fig = drawn(proteins.two_selectivities(points))
    assert len(fig.axes) == 1 and fig.axes[0].get_xscale() == "log"
    assert {"Out", "In"} <= set(texts(fig))
