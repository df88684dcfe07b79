"""Figures of the protein chapter mark what they must."""

import numpy as np
import pandas as pd
import pytest

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
        }
    )
    fig = drawn(proteins.programmes(events))
    faces = {line.get_markersize(): line.get_markerfacecolor() for line in fig.axes[0].lines}
    assert [faces[size] for size in sorted(faces)] == [proteins.PROTEIN, "white"]
    assert "10" in texts(fig)


def test_a_published_design_is_marked_where_there_is_one():
    counts = pd.DataFrame(
        {
            "label": ["a", "b"],
            "family": ["protein", "solvent extractant"],
            "least_stages": [10.0, 8.0],
            "low_stages": [15.0, 12.0],
            "median_stages": [20.0, 16.0],
            "high_stages": [30.0, 20.0],
            "design_stages": [np.nan, 18.0],
        }
    )
    fig = drawn(proteins.stages(counts))
    designs = [line.get_xdata() for line in fig.axes[0].lines if line.get_marker() == "D"]
    assert np.nansum(designs) == 18
    widths = sorted(patch.get_width() for patch in fig.axes[0].patches)
    assert widths == [8, 10, 16, 20]


def test_where_no_grade_pays_no_line_is_drawn():
    cycles = [10.0, 1000.0, 10000.0]
    frontier = pd.concat(
        pd.DataFrame(
            {
                "cycles": cycles,
                "case": case,
                "low_g_per_t": low,
                "median_g_per_t": median,
                "high_g_per_t": np.nan,
            }
        )
        for case, low, median in (
            ("protein", [np.nan, 5000.0, 2000.0], [np.nan, 9000.0, 4000.0]),
            ("solvent", [1500.0] * 3, [2500.0] * 3),
        )
    )
    feeds = pd.DataFrame({"feed": ["Rich"], "g_per_t": [4400.0]})
    fig = drawn(proteins.break_even(frontier, feeds, 10, 9840))
    protein = [line for line in fig.axes[0].lines if line.get_color() == proteins.PROTEIN]
    heights = np.concatenate([line.get_ydata() for line in protein])
    assert set(heights[np.isfinite(heights)]) == {9000.0, 4000.0}
    assert {"Rich", "shown", "implied by the\npublished model"} <= set(texts(fig))


def test_every_feed_has_both_routes():
    rows = [(f, r, 10.0, 20.0, 40.0, 30.0) for f in ("A", "B") for r in ("protein", "solvent")]
    costs = pd.DataFrame(rows, columns=["feed", "route", "low", "median", "high", "basket"])
    fig = drawn(proteins.cost_by_feed(costs))
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o" and line.get_xdata()]
    assert len(dots) == 4
    assert {dot.get_color() for dot in dots} == {proteins.PROTEIN, style.SEPARATION["solvent"]}


def test_sections_of_the_cascade_are_parted():
    profile = pd.DataFrame(
        {
            "stage": [1, 2, 3, 4],
            "section": ["extraction", "extraction", "scrub", "strip"],
            "element": "Nd",
            "aqueous_share": [0.9, 0.5, 0.01, 1e-5],
        }
    )
    fig = drawn(proteins.cascade(profile))
    assert {"extraction", "scrub", "strip", "Nd"} <= set(texts(fig))
    line = max(fig.axes[0].lines, key=lambda line: len(line.get_xdata()))
    assert list(line.get_ydata()) == pytest.approx([90, 50, 1, 0.001])


def test_two_selectivities_share_one_axis():
    points = pd.DataFrame(
        [("Out", "a", "protein", 1e8, 1e8), ("In", "b", "protein", 1.4, 3.0)],
        columns=["group", "label", "family", "low_ratio", "high_ratio"],
    )
    points = pd.concat([points, points.iloc[[1]].assign(label="c", family="solvent extractant")])
    fig = drawn(proteins.two_selectivities(points))
    assert len(fig.axes) == 1 and fig.axes[0].get_xscale() == "log"
    assert {"Out", "In"} <= set(texts(fig))


def test_a_bed_that_fills_at_once_has_another_colour():
    beds = pd.DataFrame(
        {
            "waste": ["thin", "rich"],
            "filling": ["column", "at once"],
            "low_bv": [100.0, 0.05],
            "median_bv": [200.0, 0.1],
            "high_bv": [400.0, 0.2],
        }
    )
    fig = drawn(proteins.hydraulics(beds))
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in dots] == [200, 0.1]
    assert [line.get_color() for line in dots] == [proteins.PROTEIN, proteins.RED]


def test_each_waste_is_marked_once_with_what_its_oxides_bring():
    costs = pd.DataFrame(
        {
            "feed": ["a", "a", "b", "b"],
            "route": ["protein", "solvent"] * 2,
            "low": [10.0, 20.0, 30.0, 40.0],
            "median": [15.0, 25.0, 35.0, 45.0],
            "high": [20.0, 30.0, 40.0, 50.0],
            "basket": [12.0, 12.0, 90.0, 90.0],
        }
    )
    fig = drawn(proteins.cost_by_feed(costs))
    marks = [line.get_xdata() for line in fig.axes[0].lines if line.get_marker() == "D"]
    found = [x for x in np.concatenate(marks) if np.isfinite(x)]
    assert sorted(found) == [12, 90]
