"""Figures of the summary and of the pages on methods, data and assumptions."""

import pandas as pd

from rareearth import assumptions, catalogue, crosschecks, data
from rareearth.figures import assumptions as judgement
from rareearth.figures import data as tables
from rareearth.figures import methods, style, summary


def drawn(fig):
    assert style.unlabelled(fig) == []
    return fig


def words(fig):
    return [text.get_text() for ax in fig.axes for text in ax.texts]


def test_a_range_of_sources_is_told_and_a_single_source_is_no_range():
    shares = pd.DataFrame({"stage": ["Mine", "Mine", "Magnet"], "share_pct": [60.0, 71.0, 94.0]})
    assert words(drawn(summary.china_by_stage(shares))) == ["60 to 71%", "94%"]


def test_a_step_without_a_figure_is_shown_as_a_gap():
    chain = pd.DataFrame(
        [("Mined", 7.0, 7.0, 7.0, "reported"), ("Magnets", None, None, None, "reported")],
        columns=["step", "low_kt", "mid_kt", "high_kt", "kind"],
    )
    found = words(drawn(summary.us_chain(chain)))
    assert "no tonnage published" in found
    assert "7" in found


def test_each_pathway_has_a_panel_with_its_last_value():
    shares = pd.DataFrame(
        {
            "pathway": ["Rare-earth-free magnets"] * 2 + ["E-waste and waste"] * 2,
            "year": [2030, 2050] * 2,
            "low_pct": [0.0, 10.0, 0.0, 1.0],
            "median_pct": [1.0, 20.0, 0.5, 4.0],
            "high_pct": [2.0, 30.0, 1.0, 8.0],
        }
    )
    fig = drawn(summary.pathways(shares))
    assert [ax.get_title(loc="left") for ax in fig.axes] == list(dict.fromkeys(shares["pathway"]))
    assert words(fig) == ["20%", "4%"]


def test_the_sum_of_countries_is_drawn_against_a_band():
    sums = crosschecks.sums_of_countries().query("year >= 1982")
    fig = drawn(methods.sums_of_countries(sums, 5))
    assert len(fig.axes[0].lines[-1].get_xdata()) == len(sums)


def test_rows_are_stacked_without_loss():
    rows = catalogue.rows_by_kind()
    fig = drawn(tables.rows_by_kind(rows, data.KINDS))
    assert sum(bar.get_width() for bar in fig.axes[0].patches) == rows["rows_count"].sum()


def test_every_range_of_the_register_is_a_dot():
    register = assumptions.register()
    shown = register.assign(
        width_ratio=(register["high"] - register["low"]) / register["mode"], chapter="All"
    ).query("width_ratio > 0 and width_ratio < inf")
    fig = drawn(judgement.ranges(shown))
    assert sum(len(dots.get_offsets()) for dots in fig.axes[0].collections) == len(shown)
