"""Each check finds its fault, says where, and is silent about the small book as it stands."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook, new_output

from bindery.checks import check, check_executed
from bindery.editions import default
from bindery.entrypoints import problems_of_pages
from bindery.execute import execute, refresh, tasks
from bindery.prose import bare_numerals

ALLOWED = [
    "In 2010, the 2010s, 2010-11, 2010–2015 and 1939 to 1945.",
    "In 2027, China; by 2040, more. 2024 (2023 before) and mid-2026.",
    "On 9 October 2025 and April 4, 2025; 2025-10-09; 4 to 9 May.",
    "Fe16N2, Sm2Co17, F-35, CO2, Q1, H1 and 3D; the N-1 test.",
    "Announcement 61, Announcements 55 to 58 and 61, Section 232, Sections 201, 232 and 301.",
    "HTS 2805.30, P.L. 118-31, H.R. 1234, No. 18, Title 10, Phase 2, version 1.3, FY2025.",
    "The 20th century; Executive Order 14272; Act of 1946; MCS 2026 version 1.3.",
    "{glue:text}`price-2030`, $x^2 + 3$, `a = 3`, {numref}`see 3 <fig-3>`",
    "$$\n5 x\n$$ (eq-5)",
    "```python\nx = 5\n```",
    "(label-3)=\n# 1. Title\n\n1. one\n2. two",
    ":::{figure} a3.svg\n:width: 500\n:::",
    "“It rose by 40 percent” {cite:p}`k1`.",
    'That it "rose by 40 percent" in a year {cite:p}`k1` is contested.',
    "> It rose by 40 percent.\n",
    "See [there](https://example.org/3), https://example.org/45 and doi:10.1000/182.",
]
BARE = [
    "It rose by 40 percent.",
    "about 1,500 t",
    "1 200 tonnes",
    "2000 tonnes",
    "2010 t of oxide",
    "5kg of it",
    "a 25-year low",
    "$50 million",
    "USD 50",
    "USD50",
    "12.5 %",
    "69% of it",
    "three of 17 elements",
    "from 10 to 20",
    "100–200 USD/kg",
    "~90%",
    "“It rose by 40 percent”, they said.",
    "“It rose by 40 percent”, they said. It fell {cite:p}`k1`.",
    "# Prices rose by 40 percent",
]


@pytest.mark.parametrize("text", ALLOWED)
def test_names_dates_and_quotations_may_be_typed(text):
    assert list(bare_numerals(text)) == []


@pytest.mark.parametrize("text", BARE)
def test_quantities_may_not(text):
    assert list(bare_numerals(text))


@given(st.floats(0.01, 1e6), st.sampled_from(["%", " t", " tonnes", " USD/kg", " percent"]))
def test_no_quantity_slips_through_whatever_its_size(value, unit):
    assert list(bare_numerals(f"It came to {value:,.2f}{unit} then."))


@given(st.integers(0, 20), st.sampled_from(ALLOWED))
def test_the_line_is_the_right_one(before, text):
    found = [n.line for n in bare_numerals("\n" * before + "up 40 percent\n\n" + text)]
    assert found == [before + 1]


def test_the_words_around_a_numeral_are_told():
    found = list(bare_numerals("From 2020 on\nit was 20 tonnes.\nThen 2025 came."))
    assert [(n.text, n.context) for n in found] == [("20", "it was 20 tonnes.")]


def test_the_small_book_is_without_fault(built):
    assert check(built.project) == []


FIGURE = """report.bars(
    "fig-surge",
    [("calm", height)],
    "m",
    caption="{caption}",
    alt="{alt}",
    sources=["pugh2014"],
)"""


@pytest.mark.parametrize(
    ("cell", "source", "told"),
    [
        ("prose", "It rose by 40 percent; {numref}`fig-surge`.", "line 1: '40"),
        ("prose", "Nothing.", "nothing refers to fig-surge"),
        ("prose", "{numref}`fig-surge` {glue:text}`gone`", "no number 'gone'"),
        ("figure", FIGURE.format(caption="Up 40 percent", alt="Bars."), "line 5 (caption=): '40"),
        ("figure", FIGURE.format(caption="Up", alt="Bars of 3 m."), "line 6 (alt=): '3'"),
        ("figure", "report.bars(", "is not Python"),
        ("figure", FIGURE + "\n" * 30 + "1", "38 lines of code; a cell has 25 at most"),
        ("figure", 'number("surge-height", 1.6, sources="k")', "a number is typed"),
        ("figure", 'number("surge-height", value=8 / 5, sources="k")', "a number is typed"),
    ],
)
def test_faults_of_a_chapter_are_found(book, cell, source, told):
    book.edit("pyproject.toml", "[tool.bindery]", "[tool.bindery]\nlongest_cell = 25")
    book.set_cell("surge", cell, source)
    found = [line for line in check(book.project) if told in line]
    assert len(found) == 1
    assert found[0].startswith(("chapters/surge.ipynb: cell ", "surge: "))


def test_text_that_code_puts_together_is_read(fresh_book):
    caption = 'f"It is {height:.1f} m, up 40 percent" + (" in 2 years" if factor else "")'
    fresh_book.set_cell("surge", "figure", FIGURE.replace('"{caption}"', caption))
    found = [line for line in check(fresh_book.project) if "caption" in line]
    assert sum("'40" in line or "'2'" in line for line in found) == len(found) == 2


ANSWERS = """height = 1.5
made = {"surge": "", "surge-band": "surge", "high": "", "low": "", "low-band": "low"}
report.numbers({name: (height, of) for name, of in made.items()})
report.numbers({"high": (height, "")})
"""


def test_what_a_page_makes_is_read_from_its_execution(fresh_book):
    project = fresh_book.project
    fresh_book.set_cell("surge", "numbers", ANSWERS)
    caption = "{high} and {surge} m {cite:p}`pugh2014`, in all {gone}"
    fresh_book.set_cell("surge", "figure", FIGURE.format(caption=caption, alt="Bars."))
    assert [x for x in check(project) if "number '" in x] == []
    task = tasks(project, default(project))["surge"]
    assert execute(project, [task], 1, print) == {}
    found = [x for x in check(project) if "number '" in x]
    assert [x.split("number ")[1].split(":")[0] for x in found] == [
        "'high' is made at chapters/surge.ipynb",
        "'gone' on this page",
        "'low' is not used",
    ]
    fresh_book.edit("chapters/surge.ipynb", "{glue:text}`surge`", "{glue:text}`low-band`")
    refresh(task)
    assert not any("'low'" in x or "'surge'" in x for x in check(project))


@pytest.mark.parametrize(
    "leave",
    [
        lambda cell: cell.update(execution_count=3),
        lambda cell: cell["outputs"].append(
            {"output_type": "stream", "name": "stdout", "text": "x"}
        ),
        lambda cell: cell["metadata"].update(papermill={"duration": 1}),
        lambda cell: cell.update(id="numbers"),
    ],
)
def test_what_a_run_leaves_in_a_source_is_found(fresh_book, leave):
    path = fresh_book.root / "chapters/surge.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    leave(next(cell for cell in notebook["cells"] if cell["id"] == "figure"))
    path.write_text(json.dumps(notebook), encoding="utf-8")
    found = [line for line in check(fresh_book.project) if "bindery clean" in line]
    assert len(found) == 1
    assert "cell 6" in found[0]


def exhibit(**changes):
    return {
        "kind": "figure",
        "name": "fig-x",
        "caption": "It rises",
        "alt": "A line that rises from one metre to two metres in ten years.",
        "note": "",
        "sources": ["k"],
        "csv": "year,height_m\n2000,1\n",
        "metadata": {"columns": {"year": "calendar year", "height_m": "metres"}},
    } | changes


def shown(about):
    return new_output("display_data", {"image/svg+xml": "<svg/>"}, metadata={"exhibit": about})


def number(value, name="n", unit="", **more):
    record = {"value": value, "text": str(value), "unit": unit, "sources": [], "kind": "derived"}
    metadata = {"scrapbook": {"name": name, "mime_prefix": ""}, "number": record | more}
    return new_output("display_data", {}, metadata=metadata)


def page(*outputs):
    return new_notebook(cells=[new_code_cell(outputs=list(outputs))])


@pytest.mark.parametrize(
    ("outputs", "told"),
    [
        ([shown(exhibit())], None),
        ([shown(exhibit()), number(1)], None),
        ([shown(exhibit(caption=" "))], "no caption"),
        ([shown(exhibit(alt="A line."))], "alternative text"),
        ([shown(exhibit(caption="It rises" * 9, alt="It rises" * 9))], "alternative text"),
        ([shown(exhibit(sources=[]))], "no source"),
        ([shown(exhibit(csv="year,height_m\n"))], "no data"),
        (
            [shown(exhibit(metadata={"columns": {"year": "calendar year"}}))],
            "'height_m' has no unit",
        ),
        ([shown(exhibit()), shown(exhibit(name="fig-y"))], "2 exhibits in one cell"),
        ([shown(exhibit()), shown(exhibit())], "fig-x is also made in x: rename one"),
        ([shown(exhibit()), new_output("stream", text="x")], "other output"),
        ([new_output("stream", name="stderr", text="Beware")], "Beware"),
        ([new_output("error", ename="ValueError", evalue="bad")], "ValueError: bad"),
    ],
)
def test_faults_of_what_a_cell_leaves_are_found(outputs, told):
    found = check_executed({"x": page(*outputs)})
    assert (found == []) if told is None else any(told in line for line in found)


def test_one_number_has_one_value_on_all_pages():
    same = {"a": page(number(1.5)), "b": page(number(1.5))}
    assert check_executed(same) == []
    other = same | {"c": page(number(1.6))}
    assert any("1.6 in c" in line for line in check_executed(other))


ODD = 12.3456789012


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            number(ODD, "a", "%"),
            number(ODD, "b", "%"),
            "'a' (x) and 'b' (y) are both 12.3456789012",
        ),
        (number(ODD, "a", "%"), number(ODD * (1 + 1e-14), "b", "%"), "under two names"),
        (number(ODD, "a", "%"), number(ODD * (1 + 1e-9), "b", "%"), None),
        (number(ODD, "a", "%"), number(ODD, "b", "t"), None),
        (number(ODD, "a", "%"), number(ODD, "a", "%"), None),
        (number(ODD, "a", "%"), number(ODD, "b", "%", of="a"), None),
        (number(100 / 3, "a", "%"), number(100 / 3, "b", "%"), None),
        (number(0.1, "a", "%"), number(0.1, "b", "%"), None),
        (number(12.0, "a", "%"), number(12.0, "b", "%"), None),
        (number("up", "a"), number("up", "b"), None),
        (number(1, "a", label="Gap"), number(2, "b", label="Gap"), "one label under two names"),
        (number(1, "a", label="Gap"), number(1, "a", label="Gap"), None),
    ],
)
def test_one_quantity_has_one_name(one, other, told):
    found = check_executed({"x": page(one), "y": page(other)})
    assert (found == []) if told is None else (len(found) == 1 and told in found[0])


def test_two_quantities_on_one_page_may_be_equal():
    both = [number(ODD, "a"), number(ODD, "b")]
    assert check_executed({"x": page(*both), "y": page(both[0])}) == []


def test_a_project_may_check_its_executed_pages(book):
    listed = 'checks = ["tidebook.report:check"]\n'
    book.edit("pyproject.toml", listed, f'{listed}page_checks = ["builtins:sorted"]\n')
    assert problems_of_pages(book.project, {"surge": {}, "moon": {}}) == ["moon", "surge"]
