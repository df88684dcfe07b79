"""Numbers and exhibits carry their provenance, and refuse to go without."""

import io
import json
from xml.etree import ElementTree

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from rareearth import assumptions, data, report
from rareearth.answers import MODELS, Answers, Input, Model
from rareearth.figures import style

KEY = "usgs_mcs_2026_data"


@pytest.fixture
def shown(monkeypatch):
    """The outputs that a call would leave in a notebook."""
    outputs = []

    def display(bundle, raw, metadata):
        outputs.append({"data": bundle, "metadata": metadata})

    monkeypatch.setattr(report, "display", display)
    return outputs


@pytest.fixture
def drawing():
    fig, ax = style.new(2.0)
    ax.plot([2020, 2021], [1.5, 2.5])
    style.years(ax)
    style.unit(ax, "Output, t")
    yield fig
    plt.close("all")


@pytest.fixture
def frame():
    return pd.DataFrame({"year": [2020, 2021], "reo_t": [1.5, 2.5], "source": KEY})


def good(frame):
    return {
        "caption": "Output rose to **2.5 t** {cite:p}`x`",
        "alt": "A line that rises from one and a half to two and a half tonnes.",
        "data": frame,
    }


def test_a_number_prints_as_its_template_says_and_keeps_its_value(shown):
    report.number("share", 69.2308, "{:.0f}%", sources=KEY)
    assert shown[0]["metadata"]["scrapbook"]["name"] == "share"
    assert shown[0]["metadata"]["number"] == {
        "value": 69.2308, "text": "69%", "unit": "%", "sources": [KEY], "kind": "derived",
        "graded": "official",
    }  # fmt: skip
    assert shown[0]["data"] == {"application/papermill.record/text/plain": "'69%'"}


def test_a_headline_bears_its_label_and_no_other_number_does(shown):
    report.number("gap", 1200, "{:,} t", sources=KEY, label="Gap in magnets, 2035")
    report.number("other", 3, sources=KEY)
    records = [output["metadata"]["number"] for output in shown]
    assert records[0]["label"] == "Gap in magnets, 2035"
    assert "label" not in records[1], "a label would put this number into the comparison"


def test_a_negative_number_has_a_true_minus_sign(shown):
    report.number("change", -1234.0, "{:,.0f} t", sources=KEY)
    assert shown[0]["metadata"]["number"]["text"] == "\N{MINUS SIGN}1,234\N{NO-BREAK SPACE}t"


def test_words_and_numpy_values_are_numbers_too(shown, frame):
    report.number("verdict", "falls short", sources=KEY)
    report.number("last", frame["year"].max(), sources=frame)
    texts = [output["metadata"]["number"]["text"] for output in shown]
    assert texts == ["falls short", "2021"]
    json.dumps([output["metadata"] for output in shown])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("share", float("nan"), "{}"), "say a gap in words"),
        (("Share of x", 1, "{}"), "lower-case"),
    ],
)
def test_a_number_refuses_gaps_and_bad_names(shown, arguments, words):
    with pytest.raises(ValueError, match=words):
        report.number(*arguments, sources=KEY)
    assert shown == []


def test_a_number_needs_known_sources_and_kind(shown):
    with pytest.raises(ValueError, match="has no source"):
        report.number("share", 1, sources=[])
    with pytest.raises(data.DataError, match="Did you mean"):
        report.number("share", 1, sources=KEY + "x")
    with pytest.raises(ValueError, match="none of reported"):
        report.number("share", 1, sources=KEY, kind="guessed")


def test_captions_take_numbers_of_the_page_by_name_and_leave_roles_alone(shown, drawing, frame):
    answers = Answers(sources=KEY)
    answers.add("output-2021", 2.5, "{:.1f} t", low=2, high=3)
    report.numbers(answers)
    texts = {
        "caption": "Output rose to {output-2021} {cite:p}`x`",
        "alt": "A line that rises to {output-2021} ({output-2021-band}) in two years.",
    }
    report.figure(drawing, "fig-output", **(good(frame) | texts))
    exhibit = shown[-1]["metadata"]["exhibit"]
    assert exhibit["caption"] == "Output rose to 2.5\N{NO-BREAK SPACE}t {cite:p}`x`"
    assert (
        "2.5\N{NO-BREAK SPACE}t (2.0\N{NO-BREAK SPACE}to 3.0\N{NO-BREAK SPACE}t)" in exhibit["alt"]
    )
    assert shown[-1]["data"]["text/plain"] == exhibit["alt"]


def test_a_caption_with_an_unknown_name_is_refused(shown, drawing, frame):
    report.number("output-2022", 2.5, sources=KEY)
    with pytest.raises(ValueError, match="Did you mean 'output-2022'"):
        report.figure(drawing, "fig-output", **(good(frame) | {"caption": "{output-2032}"}))


def test_an_interval_names_the_number_that_it_belongs_to(shown):
    report.number("share", 50.0, "{:.0f}%", low=20, high=70, sources=KEY)
    interval, number = (output["metadata"]["number"] for output in shown)
    assert (interval["of"], interval["text"]) == ("share", "20\N{NO-BREAK SPACE}to 70%")
    assert (number["low"], number["high"]) == (20, 70)


def test_a_drawing_that_stands_alone_names_finding_and_sources(shown, drawing, frame):
    report.figure(drawing, "fig-output", **good(frame))
    root = ElementTree.fromstring(shown[0]["metadata"]["exhibit"]["svg"])
    texts = " ".join(element.text for element in root if element.tag.endswith("text"))
    assert "Output rose to 2.5 t" in texts and data.source(KEY)["author"] in texts
    inner = next(element for element in root if element.tag.endswith("svg"))
    assert float(inner.get("width")) <= float(root.get("viewBox").split()[2])


def test_a_figure_carries_all_that_a_page_needs(shown, drawing, frame):
    report.figure(drawing, "fig-output", **good(frame), note="Basis: REO.")
    exhibit = shown[0]["metadata"]["exhibit"]
    assert shown[0]["data"]["image/svg+xml"].lstrip().startswith("<?xml")
    assert "</svg>" in exhibit["svg"]
    assert exhibit["sources"] == [KEY]
    assert pd.read_csv(io.StringIO(exhibit["csv"])).equals(frame)
    about = exhibit["metadata"]
    assert about["title"] == "Output rose to 2.5 t"
    assert about["columns"]["reo_t"] == "tonnes of rare-earth oxides (REO)"
    assert about["sources"][0]["author"] == data.source(KEY)["author"]


def test_the_same_drawing_gives_the_same_bytes(shown, frame):
    for _ in range(2):
        fig, ax = style.new(2.0)
        ax.bar(["a", "b"], [1, 2])
        style.unit(ax, "t")
        report.figure(fig, "fig-output", **good(frame))
    assert shown[0] == shown[1]


def test_an_axis_without_unit_is_refused(shown, frame):
    fig, ax = style.new(2.0)
    ax.plot([2020, 2021], [1.5, 2.5])
    style.years(ax)
    with pytest.raises(ValueError, match="no unit on axes 0, y axis"):
        report.figure(fig, "fig-output", **good(frame))


def test_years_and_words_need_no_unit():
    fig, ax = style.new(2.0)
    ax.barh(["China", "Japan"], [2000, 2020])
    ax.set_xlim(1990, 2030)
    assert style.unlabelled(fig) == []


def test_a_column_without_unit_is_refused(shown, drawing, frame):
    with pytest.raises(ValueError, match="column 'output' has no unit"):
        report.figure(drawing, "fig-x", **good(frame.rename(columns={"reo_t": "output"})))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"caption": " "}, "must not be empty"),
        ({"alt": ""}, "must not be empty"),
        ({"data": pd.DataFrame({"year": [], "source": []})}, "must not be empty"),
        ({"data": pd.DataFrame({"year": [2020]})}, "has no source"),
    ],
)
def test_a_figure_without_its_parts_is_refused(shown, drawing, frame, change, words):
    with pytest.raises(ValueError, match=words):
        report.figure(drawing, "fig-x", **(good(frame) | change))
    assert shown == []


def test_names_say_what_they_label(shown, drawing, frame):
    with pytest.raises(ValueError, match="must be fig-"):
        report.figure(drawing, "tab-x", **good(frame))


def test_a_table_prints_gaps_as_dashes_and_aligns_numbers(shown, frame):
    frame = frame.assign(reo_t=[1234.5, None], country=["A | B", "C"])
    printed = frame[["country", "reo_t"]].rename(columns={"reo_t": "Output, t"})
    report.table(printed, "tab-output", caption="Two rows", data=frame,
                 formats={"Output, t": "{:,.0f}"})  # fmt: skip
    exhibit = shown[0]["metadata"]["exhibit"]
    assert exhibit["rows"] == [["A | B", "1,234"], ["C", "–"]]
    assert exhibit["align"] == "lr"


WEAK = "gh_nth_order_2026"
"""A source that nobody signs."""


def page(shown, text):
    """A notebook with a paragraph, and a cell that has left these outputs."""
    return {
        "cells": [
            {"cell_type": "markdown", "source": text},
            {"cell_type": "code", "source": "", "outputs": list(shown)},
        ]
    }


def test_a_headline_that_nobody_signs_is_refused_with_page_number_source_and_remedy(shown):
    report.number("order", 1.06, "{:.2f} billion USD", sources=WEAK, label="Order of the stockpile")
    (problem,) = report.unsigned({"policy": page(shown, "It ordered {glue:text}`order`.")})
    for word in ("policy", "'order'", "1.06", "100%", WEAK, "firmer", "say in the paragraph"):
        assert word in problem


def test_a_headline_that_nobody_signs_may_stand_where_its_paragraph_says_so(shown):
    report.number("order", 1.06, "{:.2f} billion USD", sources=WEAK, label="Order of the stockpile")
    said = "It ordered {glue:text}`order`, says an anonymous note."
    assert report.unsigned({"policy": page(shown, said)}) == []
    late = f"It ordered {{glue:text}}`order`.\n\n{said}"
    assert len(report.unsigned({"policy": page(shown, late)})) == 1


def test_what_a_chapter_finds_is_a_headline_and_any_other_number_gets_a_mark(shown):
    report.number("order", 1.06, sources=WEAK)
    box = ":::{admonition} In short\n:class: in-short\n- It ordered {glue:text}`order`.\n:::"
    assert len(report.unsigned({"policy": page(shown, box)})) == 1
    assert report.unsigned({"policy": page(shown, "It ordered {glue:text}`order`.")}) == []
    number = shown[0]["metadata"]["number"]
    assert number["mark"] == "†" and "anonymous" in number["meaning"]
    assert "†" not in number["text"]


@pytest.mark.parametrize(
    ("rows", "refused"), [([WEAK, KEY], 0), ([f"{WEAK};{KEY}"], 0), ([WEAK, WEAK, KEY], 1)]
)
def test_a_headline_may_have_half_of_its_rows_from_nobody(shown, rows, refused):
    frame = pd.DataFrame({"source": rows})
    report.number("order", 1.06, "{:.2f} billion USD", sources=frame, label="Order")
    assert len(report.unsigned({"policy": page(shown, "{glue:text}`order`")})) == refused
    assert "mark" not in shown[0]["metadata"]["number"]


def test_every_number_of_the_summary_and_the_readme_is_a_headline(shown):
    report.number("order", 1.06, sources=WEAK)
    assert report.unsigned({"policy": page(shown, "")}) == []
    assert len(report.unsigned({"summary": page(shown, "")})) == 1
    shown.clear()
    report.number("left-2035", 46, sources=WEAK)
    assert len(report.unsigned({"outlook": page(shown, "")})) == 1


def test_an_exhibit_of_a_model_says_so_on_page_drawing_and_data(shown, drawing, frame, monkeypatch):
    model = Model("balance", "supply", (Input("share of use", (KEY,)),))
    monkeypatch.setitem(MODELS, "balance", lambda: model)
    rows = frame.drop(columns="source")
    report.figure(drawing, "fig-gap", **good(rows), sources=assumptions.used_by("balance"))
    exhibit = shown[0]["metadata"]["exhibit"]
    assert exhibit["sources"] == [KEY]
    assert exhibit["basis"].startswith("Model of supply, in the scenario")
    assert "share of use" in exhibit["metadata"]["basis"]
    assert "cite" not in exhibit["metadata"]["basis"]
    assert "Computed; sources of the strongest inputs: " in exhibit["svg"]
