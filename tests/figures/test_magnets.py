"""Figures of the chapter on magnets draw what is measured, claimed and planned apart."""

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

from rareearth.figures import magnets as figures
from rareearth.figures import style


def texts(fig) -> str:
    return " ".join(text.get_text() for ax in fig.axes for text in ax.texts)


def band(index, middle=10.0):
    return pd.DataFrame({"low": 0.8 * middle, "median": middle, "high": 1.2 * middle}, index=index)


def test_only_products_are_bars_on_the_ladder():
    stages = ["product", "laboratory", "claim", "theory"]
    steps = pd.DataFrame(
        {"material": "Fe16N2", "stage": stages, "high_kj_m3": [100.0, 150.0, 240.0, 1000.0]}
    )
    ax = figures.ladder(steps).axes[0]
    assert len(ax.patches) == 1
    drawn = {line.get_marker(): line for line in ax.lines if list(line.get_ydata()) == [0]}
    assert set(drawn) == {"o", "x", "D"}
    diamond = drawn["D"]
    assert to_hex(diamond.get_markerfacecolor()) == "#ffffff", "Theory must be hollow."
    assert ax.get_xlim()[0] == 0


def test_laboratory_magnets_are_hollow_on_the_map():
    grades = pd.DataFrame(
        {
            "material": ["NdFeB", "Fe16N2"],
            "stage": ["product", "laboratory"],
            "hcj_ka_m": [1000.0, 90.0],
            "bhmax_kj_m3": [350.0, 160.0],
        }
    )
    needed = pd.DataFrame({"bhmax_kj_m3": [1.0, 400.0], "hcj_ka_m": [20.0, 400.0]})
    fig = figures.properties(grades, needed)
    hollow = [
        line for line in fig.axes[0].lines
        if line.get_marker() == "D" and len(line.get_xdata())
    ]  # fmt: skip
    assert [list(line.get_xdata()) for line in hollow] == [[90.0]]
    assert fig.axes[0].get_xscale() == "log"
    assert style.unlabelled(fig) == []


def test_a_line_ends_where_the_magnet_loses_its_field():
    heat = np.arange(20, 61, 10)
    curves = pd.DataFrame(
        {
            "magnet": ["Ferrite"] * 5 + ["AlNiCo"] * 5,
            "label": ["a"] * 5 + ["b"] * 5,
            "temperature_c": list(heat) * 2,
            "bhmax_kj_m3": 100.0,
            "holds": [True, True, True, False, False] + [False] * 5,
        }
    )
    ax = figures.heat(curves).axes[0]
    solid = [line for line in ax.lines if line.get_linestyle() == "-"]
    assert max(solid[0].get_xdata()) == 40
    crosses = [line for line in ax.lines if line.get_marker() == "X"]
    assert len(crosses) == 1, "Only a magnet that loses its field on the way gets a cross."


def test_simulations_are_paler_than_measurements():
    rows = pd.DataFrame(
        {
            "label": ["a", "b"],
            "pct": [30.0, -20.0],
            "kind": ["estimate", "reported"],
            "magnet": ["ferrite", "ferrite"],
            "panel": ["x", "y"],
            "unit": "Percent",
        }
    )
    alphas = [ax.patches[0].get_alpha() for ax in figures.motors(rows).axes]
    assert alphas[0] < 1 and alphas[1] is None


def test_a_machine_for_which_nothing_was_found_has_a_dash():
    frame = pd.DataFrame(
        {
            "machine": ["A", "A", "B", "B"],
            "use": ["u", "v"] * 2,
            "status": ["sold", "nothing found", "shown", "simulated"],
            "text": ["300 kW", "", "75% of the power", "31% larger"],
        }
    )
    ax = figures.machines(frame).axes[0]
    said = [text.get_text() for text in ax.texts]
    assert said.count("–") == 1 and "sold\n300 kW" in said
    assert len(ax.patches) == len(frame)


def test_the_matrix_says_when_a_magnet_fails():
    table = pd.DataFrame(
        {
            "use": "u",
            "working_c": 80.0,
            "name": ["A", "B", "C"],
            "holds_share": [1.0, 0.5, 0.0],
            "volume_ratio": [12.0, 5.0, 2.0],
        }
    )
    said = texts(figures.matrix(table))
    assert "× 12" in said and "if mild" in said and "loses" in said
    assert "2.0" not in said, "A magnet that fails must not show a volume."


def test_plans_are_drawn_unlike_what_stands():
    events = pd.DataFrame(
        {"label": ["a", "b"], "when": [2011.0, 2027.0], "kind": ["reported", "target"]}
    )
    dots = [d for d in figures.timeline(events, 2026.9).axes[0].lines if d.get_marker() == "o"]
    assert [to_hex(d.get_markerfacecolor()) == "#ffffff" for d in dots] == [False, True]
    steps = pd.DataFrame(
        {"label": ["a", "b"], "t_per_year": [5.0, 1500.0], "kind": ["reported", "target"]}
    )
    lines = pd.DataFrame({"label": ["use"], "t_per_year": [30000.0]})
    fig = figures.ramp(steps, lines)
    faces = [line.get_markerfacecolor() for line in fig.axes[0].lines if line.get_marker() == "o"]
    planned = [face == "white" for face in faces]
    assert planned == [kind == "target" for kind in steps["kind"]]


def test_adoption_and_demand_paths_are_dotted_and_start_at_zero():
    years = pd.RangeIndex(2024, 2051)
    shares = pd.DataFrame({"series": ["x", "y"], "year": 2023, "share_pct": [40.0, 20.0]})
    fig = figures.precedents(
        shares, pd.Series(50.0, index=years), band(years), {"x": "x", "y": "y"}
    )
    assert all(
        line.get_linestyle() != "-" for line in fig.axes[0].lines if line.get_marker() == "None"
    )
    routes = pd.DataFrame(1.0, index=years, columns=list(style.SUBSTITUTION))
    fig = figures.avoided({"before": band(years), "after": band(years, 8)}, routes)
    assert all(ax.get_ylim()[0] == 0 for ax in fig.axes)
    assert style.unlabelled(fig) == []


def test_the_scenario_of_the_edition_is_in_colour():
    rows = pd.DataFrame(
        {
            "scenario": list(style.SCENARIOS),
            "what": "US",
            "low": 10.0,
            "median": 20.0,
            "high": 30.0,
        }
    )
    both = pd.concat([rows, rows.assign(what="World")])
    ax = figures.scenarios(both, "innovation").axes[0]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    strong = [to_hex(d.get_color()) != style.NEUTRAL for d in dots]
    assert strong == [name == "innovation" for name in style.SCENARIOS]


def test_thrift_shows_before_and_after():
    savings = pd.DataFrame({"item": ["a", "b"], "low": [30.0, 80.0], "high": [60.0, 80.0]})
    years = pd.RangeIndex(2024, 2051)
    fig = figures.thrift(savings, band(years, 4).assign(before=6.0))
    said = {text.get_text().replace("\n", " ") for ax in fig.axes for text in ax.texts}
    assert said == {"30 to 60", "80", "as before", "after saving"}
    assert fig.axes[1].get_ylim()[0] == 0
