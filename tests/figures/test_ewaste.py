"""Figures of the chapter on e-waste draw and mark what they must mark."""

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

from rareearth.analysis.ewaste import flows as stock_model
from rareearth.figures import ewaste as figures
from rareearth.figures import style


def test_streams_are_those_of_the_model():
    assert tuple(figures.FATES) == stock_model.STREAMS
    assert set(figures.DEVICES) == set(stock_model.DEVICES)


def test_bars_of_counts_reach_what_was_generated_and_expected_ones_are_hatched():
    frame = pd.DataFrame(
        {
            "scope": ["World"] * 2 + ["States"],
            "year": [2022, 2030, 2019],
            "generated_mt": [62.0, 82.0, 6.9],
            "collected_mt": [13.8, np.nan, 1.0],
            "collected_pct": [22.3, np.nan, 14.5],
            "kind": ["estimate", "forecast", "estimate"],
        }
    )
    world = figures.counts(frame).axes[0]
    tops = [bar.get_y() + bar.get_height() for bar in world.patches]
    assert max(tops) == 82 and 62 in np.round(tops, 9)
    assert any(bar.get_hatch() for bar in world.patches)
    ticks = [tick.get_text() for tick in world.get_xticklabels()]
    assert ticks == ["’22\n22%", "’30\n"]


def test_a_device_without_magnets_is_not_drawn_on_a_logarithmic_axis():
    frame = pd.DataFrame(
        {
            "device": ["Old"] * 2 + ["New"] * 2,
            "year": [2005, 2020] * 2,
            "g_per_unit": [10.0, 5.0, 0.0, 3.0],
            "trend": ["falls"] * 2 + ["rises"] * 2,
        }
    )
    ax = figures.device_content(frame).axes[0]
    drawn = {
        to_hex(line.get_color()): list(line.get_ydata())
        for line in ax.lines
        if line.get_marker() == "o"
    }
    assert drawn == {style.TRENDS["falls"]: [10, 5], style.TRENDS["rises"]: [3]}


def test_claims_are_hollow_and_studies_are_not():
    claims = pd.DataFrame(
        {"route": "r", "label": ["firm", "study"], "said_by": ["company", "independent"],
         "low_pct": [90.0, 18.0], "high_pct": [90.0, 33.0]}
    )  # fmt: skip
    ax = figures.climate(claims).axes[0]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [to_hex(dot.get_markerfacecolor()) == "#ffffff" for dot in dots] == [True, False]
    assert list(dots[1].get_xdata()) == [18, 33]


def test_lines_of_equal_content_hold_their_content():
    ranges = {"mass_mt": 30.0, "grade_mg_per_kg": 4400.0}
    row = {f"{name}_{end}": value for name, value in ranges.items() for end in ("low", "high")}
    row |= {"label": "x", "body": "Ore", "country": "United States"}
    ax = figures.waste_map(pd.DataFrame([row, row | {"label": "y"}])).axes[0]
    for line, content in zip(ax.lines, figures.CONTENTS, strict=False):
        np.testing.assert_allclose(line.get_xdata() * line.get_ydata(), content)
    marks = {line.get_marker() for line in ax.lines}
    assert {"o", "D"} <= marks, "what is claimed must look unlike what was measured"


def test_counted_cars_are_a_solid_line_and_the_models_a_broken_one():
    frame = pd.DataFrame(
        {
            "power_train": "battery",
            "origin": ["counted"] * 2 + ["model"] * 2,
            "age": [4, 5] * 2,
            "left_pct": [100.0, 95.0, 100.0, 98.0],
        }
    )
    lines = figures.survival(frame).axes[0].get_lines()
    assert [line.get_linestyle() for line in lines] == ["-", "--"]
    assert lines[0].get_ydata().tolist() == [100, 95]
