"""The common forms draw what their frames hold, where and as it must stand."""

import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth.figures import forms, style

UNIT = "Tonnes"
RANGES = pd.DataFrame(
    {
        "label": ["a", "b", "c"],
        "low_t": [1.0, 2.0, 30.0],
        "median_t": [2.0, 4.0, 50.0],
        "high_t": [4.0, 9.0, 80.0],
    }
)


def drawn(ax):
    style.settle(ax.figure)
    assert not style.unlabelled(ax.figure)
    return ax


def texts(ax):
    return [text.get_text() for text in ax.texts]


def dots(ax):
    lines = [line for line in ax.lines if line.get_marker() == "o"]
    return [(x, y) for line in lines for x, y in zip(*line.get_data(), strict=True)]


def test_rows_stand_from_the_top_each_dot_on_its_interval():
    ax = drawn(forms.rows(RANGES, UNIT))
    assert dots(ax) == [(2.0, 0.0), (4.0, 1.0), (50.0, 2.0)]
    assert ax.get_ylim()[0] > ax.get_ylim()[1]
    spans = [tuple(line.get_xdata()) for line in ax.lines if line.get_marker() == "None"]
    assert spans == [(1.0, 4.0), (2.0, 9.0), (30.0, 80.0)]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b", "c"]


def test_a_row_is_named_beyond_its_outermost_mark():
    frame = RANGES.assign(published_t=[9.0, 3.0, np.nan])
    ax = drawn(forms.rows(frame, UNIT, marks={"published_t": "D"}, text="{:.1f}"))
    assert [(text.get_text(), text.xy[0]) for text in ax.texts] == [
        ("2.0", 9.0),
        ("4.0", 9.0),
        ("50.0", 80.0),
    ]


def test_negative_bars_are_named_on_their_own_side_with_a_minus_sign():
    frame = pd.DataFrame({"label": ["a", "b"], "pct": [-3.0, 2.0]})
    ax = drawn(forms.rows(frame, UNIT, value="pct", bar=True, text="{:+.0f}"))
    assert [text.get_ha() for text in ax.texts] == ["right", "left"]
    assert texts(ax) == ["\N{MINUS SIGN}3", "+2"]


def test_series_of_a_row_do_not_touch_and_have_a_key():
    frame = pd.concat([RANGES.assign(way="x"), RANGES.assign(way="y")])
    ax = drawn(forms.rows(frame, UNIT, hue="way", palette={"y": "red", "x": "blue"}, bar=True))
    boxes = sorted((bar.get_y(), bar.get_y() + bar.get_height()) for bar in ax.patches)
    assert all(a[1] <= b[0] + 1e-9 for a, b in itertools.pairwise(boxes))
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Y", "X"]


def test_groups_stand_under_their_headings_even_with_equal_labels():
    frame = pd.concat([RANGES.assign(group="first"), RANGES.assign(group="second")])
    ax = drawn(forms.rows(frame, UNIT))
    places = [y for _, y in dots(ax)]
    assert len(set(places)) == 6
    headings = {text.get_text(): text.get_position()[1] for text in ax.texts}
    assert headings["first"] < places[0] and places[2] < headings["second"] < places[3]


def test_a_range_without_middle_has_dots_at_both_ends():
    frame = RANGES.drop(columns="median_t").assign(high_t=[1.0, 9.0, 80.0])
    ax = drawn(forms.rows(frame, UNIT, log=True, text=""))
    assert sorted(dots(ax)) == [(1.0, 0.0), (2.0, 1.0), (9.0, 1.0), (30.0, 2.0), (80.0, 2.0)]


def test_what_is_expected_is_hollow_or_hatched():
    frame = RANGES.assign(kind=["reported", "forecast", "target"])
    dotted = drawn(forms.rows(frame, UNIT))
    faces = [
        to_hex(line.get_markerfacecolor()) for line in dotted.lines if line.get_marker() == "o"
    ]
    assert [face == "#ffffff" for face in faces] == [False, True, True]
    barred = drawn(forms.rows(frame, UNIT, bar=True))
    assert [bool(bar.get_hatch()) for bar in barred.patches] == [False, True, True]


def test_the_inner_part_lies_inside_its_bar():
    ax = drawn(forms.rows(RANGES.assign(least=1.0), UNIT, bar=True, inner="least"))
    widths = [bar.get_width() for bar in ax.patches]
    assert widths == [1.0, 2.0, 1.0, 4.0, 1.0, 50.0], "Each inner bar and its whole, row by row."
    strengths = [bar.get_alpha() or 1 for bar in ax.patches]
    assert all(inner > whole for inner, whole in zip(strengths[::2], strengths[1::2], strict=True))


def test_every_study_is_a_dot_of_its_row_and_colour():
    found = pd.DataFrame(
        {"label": ["a"] * 4 + ["b"], "pct": [5.0, 5.0, 5.0, 9.0, 3.0], "who": list("xyxyx")}
    )
    palette = {"x": "#1f5fa8", "y": "#c8442b"}
    ax = drawn(forms.studies(found, UNIT, value="pct", hue="who", palette=palette))
    points = np.vstack([dots.get_offsets() for dots in ax.collections])
    assert sorted(points[:, 0]) == [3, 5, 5, 5, 9]
    assert len({tuple(point) for point in points.round(6)}) == 5, "No dot hides another."
    assert sorted(points[:, 1].round()) == [0, 0, 0, 0, 1]


def test_a_key_stands_clear_above_the_name_of_the_unit():
    ax = forms.columns(LINES, UNIT, value="median", hue="who", palette={"a": "red", "b": "blue"})
    drawn(ax)
    box, unit = ax.get_legend().get_window_extent(), ax.yaxis.label.get_window_extent()
    assert box.y0 >= unit.y1 - 3


@pytest.mark.parametrize(("side", "fraction"), [("right", 1), ("left", 0)])
def test_a_level_line_is_named_at_the_end_that_is_asked(side, fraction):
    ax = forms.band(LINES, UNIT, hue="who", palette={"a": "#1f5fa8", "b": "#c8442b"})
    forms.reference(ax, 4.5, "goal", axis="y", side=side)
    goal = next(text for text in drawn(ax).texts if text.get_text() == "goal")
    assert goal.xy == (fraction, 4.5) and goal.get_ha() == side


def test_two_columns_that_could_be_the_median_are_refused():
    with pytest.raises(ValueError, match=r"median_t, median_pct.*one of them"):
        forms.rows(RANGES.assign(median_pct=1.0), UNIT)


def test_a_series_without_colour_is_refused():
    with pytest.raises(ValueError, match="No colour for c"):
        forms.rows(RANGES, UNIT, hue="label", palette={"a": "red", "b": "blue"})


def test_stacked_rows_lie_end_to_end_and_add_to_their_totals():
    frame = pd.DataFrame(
        [
            (n, p, v)
            for n, (a, b) in {"x": (30, 70), "y": (90, 10)}.items()
            for p, v in (("p", a), ("q", b))
        ],
        columns=["label", "part", "pct"],
    )
    palette = {"q": "#1f5fa8", "p": "#e8a33d"}
    ax = drawn(forms.stacked_rows(frame, "Percent", value="pct", palette=palette, least=20))
    ends = {}
    for bar in ax.patches:
        place = round(bar.get_y() + bar.get_height() / 2, 6)
        assert bar.get_x() == pytest.approx(ends.get(place, 0))
        ends[place] = bar.get_x() + bar.get_width()
    assert list(ends.values()) == pytest.approx([100, 100])
    assert sorted(texts(ax)) == ["30", "70", "90"], "Short parts carry no number."


LINES = pd.DataFrame(
    {
        "year": [2020, 2021, 2024, 2020, 2021, 2024],
        "who": list("aaabbb"),
        "low": [1, 2, 3, 4, 5, 6],
        "median": [2.0, 3, 4, 5, 6, 7],
        "high": [3, 4, 5, 6, 7, 8],
        "kind": ["reported", "reported", "forecast"] * 2,
    }
)


def test_a_line_is_dotted_from_the_last_reported_point():
    ax = drawn(forms.band(LINES[LINES["who"] == "a"], UNIT))
    solid, dotted = ax.lines
    assert list(solid.get_xdata()) == [2020, 2021] and list(dotted.get_xdata()) == [2021, 2024]
    assert solid.get_linestyle() == "-" and dotted.get_linestyle() != "-"


def test_lines_are_named_at_their_ends_and_shaded_between_low_and_high():
    ax = drawn(forms.band(LINES, UNIT, hue="who", palette={"a": "#1f5fa8", "b": "#c8442b"}))
    assert {text.get_text(): text.xy for text in ax.texts} == {"a": (2024, 4), "b": (2024, 7)}
    shaded = [path.vertices[:, 1] for area in ax.collections for path in area.get_paths()]
    assert [(area.min(), area.max()) for area in shaded] == [(1, 5), (4, 8)]


def test_a_missing_year_is_a_gap_only_where_asked():
    line = LINES[LINES["who"] == "a"].drop(columns="kind")
    bridged, gap = (drawn(forms.band(line, UNIT, gaps=gaps)).lines[0] for gaps in (False, True))
    assert np.isfinite(bridged.get_ydata()).all()
    assert list(gap.get_xdata()) == [2020, 2021, 2022, 2023, 2024]
    assert np.isnan(gap.get_ydata()).sum() == 2


def test_a_stack_is_as_high_as_its_parts_and_names_the_middle_of_each():
    frame = LINES.rename(columns={"who": "part"})
    ax = drawn(forms.stack(frame, UNIT, value="median", palette={"b": "red", "a": "blue"}))
    top = max(path.vertices[:, 1].max() for area in ax.collections for path in area.get_paths())
    assert top == 11
    assert {text.get_text(): text.xy for text in ax.texts} == {"b": (2024, 3.5), "a": (2024, 9.0)}


def test_columns_of_one_year_stand_on_each_other_under_their_sum():
    frame = LINES.drop(columns="kind")
    ax = drawn(
        forms.columns(frame, UNIT, value="median", hue="who", palette={"a": "red", "b": "blue"})
    )
    assert texts(ax) == ["7", "9", "11"]
    assert sorted(bar.get_y() + bar.get_height() for bar in ax.patches) == [2, 3, 4, 7, 9, 11]


def test_columns_are_drawn_whatever_the_index_of_the_frame():
    frame = LINES.set_index(pd.Index([0] * len(LINES)))
    ax = drawn(forms.columns(frame, UNIT, value="median"))
    assert sorted(bar.get_height() for bar in ax.patches) == [2, 3, 4, 5, 6, 7]


def test_a_tornado_writes_each_bound_at_its_own_end():
    frame = pd.DataFrame(
        {
            "label": ["up", "down"],
            "least_pct": [10.0, 60.0],
            "low_pct": [20.0, 50.0],
            "high_pct": [40.0, 30.0],
            "most_pct": [70.0, 20.0],
            "least_text": ["0%", "1 t"],
            "most_text": ["90%", "9 t"],
        }
    )
    ax = drawn(forms.tornado(frame, "Gap, percent", middle=35.0, threshold=25.0))
    found = {text.get_text(): (text.xy[0], text.get_ha()) for text in ax.texts}
    assert found["0%"] == (10.0, "right") and found["90%"] == (70.0, "left")
    assert found["9 t"] == (20.0, "right") and found["1 t"] == (60.0, "left")
    assert found["25%"][0] == 25.0


def test_sobol_bars_show_the_part_alone_inside_the_total_with_its_error():
    indices = pd.DataFrame(
        {"label": ["a", "b"], "S1": [0.5, 0.12], "ST": [0.6, 0.1], "ST_conf": [0.1, 0.02]}
    )
    ax = drawn(forms.sobol(indices))
    assert [bar.get_width() for bar in ax.patches] == pytest.approx([60, 10, 50, 10])
    errors = np.array([line.get_xdata() for line in ax.lines])
    assert errors == pytest.approx(np.array([[50, 70], [8, 12]]))


def test_sobol_errors_stand_on_the_bar_of_their_case():
    indices = pd.DataFrame(
        {
            "label": ["a", "a", "b", "b"],
            "year": [2030, 2035, 2030, 2035],
            "ST": [0.6, 0.5, 0.1, 0.2],
            "ST_conf": 0.01,
        }
    )
    ax = drawn(forms.sobol(indices, hue="year", palette={2030: "#88aacc", 2035: "#1f5fa8"}))
    bars = {round(b.get_width()): b for b in ax.patches if b.get_width()}
    for line in ax.lines:
        bar = bars[round(float(np.mean(line.get_xdata())))]
        assert bar.get_y() < line.get_ydata()[0] < bar.get_y() + bar.get_height()


def test_panels_draw_each_part_once_with_what_is_its_own():
    colors = forms.Each({"a": "#1f5fa8", "b": "#c8442b"})
    fig = forms.panels(
        LINES, "who", forms.band, height=3, unit=UNIT, palette=colors, titles={"a": "First"}
    )
    style.settle(fig)
    assert [ax.get_title(loc="left") for ax in fig.axes] == ["First", "b"]
    assert [to_hex(ax.lines[0].get_color()) for ax in fig.axes] == list(colors.values())
    assert [max(ax.lines[-1].get_ydata()) for ax in fig.axes] == [4, 7]


def test_ticks_of_logarithmic_axes_are_written_out():
    frame = RANGES.assign(high_t=[4.0, 9.0, 80_000.0])
    ax = drawn(forms.rows(frame, UNIT, log=True, text=""))
    low, high = ax.get_xlim()
    shown = [tick.get_text() for tick in ax.get_xticklabels()]
    assert shown == ["1", "10", "100", "1,000", "10,000", "100,000"][: len(shown)]
    assert low <= 1 and high >= 80_000


def test_dates_stand_in_order_and_are_hollow_where_they_lie_ahead():
    events = pd.DataFrame(
        {
            "when": [2002.0, 2020.0, 2030.0],
            "label": list("abc"),
            "kind": ["reported"] * 2 + ["target"],
        }
    )
    ax = drawn(forms.dates(events, x="when", today=2026.9))
    assert dots(ax) == [(2002.0, 0), (2020.0, 1), (2030.0, 2)]
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    faces = [to_hex(mark.get_markerfacecolor()) for mark in marks]
    assert [face == "#ffffff" for face in faces] == [False, False, True]
    named = {text.get_text(): text.get_ha() for text in ax.texts if text.get_text() in "abc"}
    assert named == {"a": "left", "b": "right", "c": "right"}, "Words stand where there is room."


def test_dots_start_at_zero_only_where_zero_is_near():
    near = drawn(forms.rows(RANGES, UNIT))
    far = drawn(forms.rows(RANGES.assign(low_t=2010, median_t=2015, high_t=2020), UNIT))
    assert near.get_xlim()[0] == 0 and far.get_xlim()[0] > 2000


def test_a_key_wider_than_its_axes_stays_inside_the_figure_and_leaves_them_their_width():
    long = [f"a series with a long name, {i}" for i in range(4)]
    frame = pd.DataFrame({"label": "a rather long name of a row", "part": long, "mt": 1.0})
    widths = []
    for key in (True, False):
        ax = forms.stacked_rows(
            frame, "Mt", value="mt", palette=dict(zip(long, style.SERIES, strict=False))
        )
        if not key:
            ax.get_legend().remove()
        style.settle(ax.figure)
        widths.append(ax.get_position().width)
        if key:
            box = ax.get_legend().get_window_extent()
            assert ax.figure.bbox.x0 <= box.x0 < box.x1 <= ax.figure.bbox.x1
    assert widths[0] == pytest.approx(widths[1], abs=0.02)


def test_panels_that_share_an_axis_hold_what_each_of_them_draws():
    frame = pd.DataFrame(
        {
            "panel": ["small", "small", "large", "large"],
            "label": ["a", "b"] * 2,
            "median": [1.0, 3.0, 20.0, 90.0],
        }
    )
    fig = forms.panels(frame, "panel", forms.rows, height=2, sharex=True, unit="kt")
    assert fig.axes[0].get_xlim()[0] == 0
    assert fig.axes[0].get_xlim()[1] > 90


def test_panels_with_the_same_key_say_it_once():
    frame = pd.DataFrame(
        {
            "panel": ["one", "one", "two", "two"],
            "label": "a",
            "who": ["x", "y"] * 2,
            "median": [1.0, 2.0, 3.0, 4.0],
        }
    )
    fig = forms.panels(
        frame, "panel", forms.rows, height=3, columns=1, unit="kt", hue="who",
        palette={"x": style.SERIES[0], "y": style.SERIES[1]},
    )  # fmt: skip
    assert [ax.get_legend() is not None for ax in fig.axes] == [True, False]


def test_thousands_are_parted_by_commas_on_axes_of_quantities():
    ax = forms.rows(pd.DataFrame({"label": ["a"], "median": [12_000.0]}), "t", bar=True)
    style.settle(ax.figure)
    assert "10,000" in [text.get_text() for text in ax.get_xticklabels()]


def test_years_have_no_comma_where_their_axis_is_named():
    _, ax = style.new()
    ax.plot([2010, 2026], [1, 2])
    style.years(ax)
    style.unit(ax, "Year of start", "x")
    style.settle(ax.figure)
    texts = {text.get_text() for text in ax.get_xticklabels()}
    assert texts and not any("," in text for text in texts)
