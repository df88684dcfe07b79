"""The plan of a book: pages, parameters, settings, and chapters fit to be kept as source."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bindery.plan import (
    BuildError,
    Page,
    Project,
    cleaned,
    notebook_text,
    read_notebook,
    strict_parameters,
)

CHAPTER = {
    "cells": [
        {
            "cell_type": "code",
            "execution_count": 4,
            "metadata": {"tags": ["parameters"], "collapsed": True},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "left in"}],
            "source": ["x = 1\n", "y = 2.0"],
        },
        {"cell_type": "markdown", "metadata": {}, "source": "# Title"},
        {"cell_type": "markdown", "metadata": {}, "source": "# Title"},
    ],
    "metadata": {"kernelspec": {"name": "my-own", "display_name": "Mine"}, "widgets": {}},
    "nbformat": 4,
    "nbformat_minor": 4,
}


@pytest.fixture
def surge():
    parameters = {"scenario": "calm", "factor": 1.0, "years": 10, "wet": True, "places": ["a"]}
    return Page("surge", "chapters/surge.ipynb", True, parameters)


def make_project(root, toc="", config="title: Some Book\n", settings=""):
    (root / "_toc.yml").write_text(toc or "format: jb-book\nroot: index\n")
    (root / "_config.yml").write_text(config)
    (root / "index.md").write_text("# Some Book\n")
    (root / "pyproject.toml").write_text(settings)
    return root


def test_pages_stand_in_the_order_of_the_contents(fresh_book):
    project = fresh_book.project
    assert [page.name for page in project.pages] == [
        "index",
        "harbours",
        "surge",
        "moon",
        "references",
    ]
    assert [page.name for page in project.chapters] == ["harbours", "surge", "moon"]
    assert project.page("surge").parameters == {"scenario": "calm", "factor": 1.0, "years": 10}
    assert project.page("harbours").parameters == {}
    assert project.title == "Tides at Three Harbours"


def test_sections_are_read_depth_first(tmp_path):
    toc = (
        "format: jb-book\nroot: index\nchapters:\n"
        "- file: a\n  sections:\n  - file: b\n- file: c\n"
        "- url: https://example.org\n  title: Elsewhere\n"
    )
    for name in "abc":
        (tmp_path / f"{name}.md").write_text(f"# {name}\n")
    project = Project.load(make_project(tmp_path, toc))
    assert [page.name for page in project.pages] == ["index", "a", "b", "c"]


def test_pdf_is_named_after_the_title_unless_named(tmp_path, fresh_book):
    assert Project.load(make_project(tmp_path)).settings.pdf == "some-book.pdf"
    assert fresh_book.project.settings.pdf == "tides.pdf"


def test_an_unknown_page_is_an_error_that_names_the_nearest(fresh_book):
    with pytest.raises(BuildError, match=r"'surg'.*Did you mean 'surge'.*harbours, index, moon"):
        fresh_book.project.page("surg")


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        ({"toc": "format: jb-book\nroot: nowhere\n"}, "no file nowhere"),
        ({"toc": "format: jb-book\n"}, "_toc.yml"),
        ({"toc": "format: jb-book\nroot: index\nchapters:\n- glob: '*'\n"}, "`file` of its own"),
        (
            {"toc": "format: jb-book\nroot: index\nchapters:\n- file: more/index\n"},
            "index.md and more/index.md have the same name",
        ),
        ({"config": "title: [unclosed\n"}, "_config.yml is not valid YAML"),
        ({"config": "only text\n"}, "_config.yml must hold names and values"),
        ({"settings": "[tool.bindery\n"}, "pyproject.toml is not valid TOML"),
        ({"settings": "[tool.bindery]\nscenari = 'x'\n"}, "Did you mean 'scenario'"),
        ({"settings": "[tool.bindery]\nchecks = 'a:b'\n"}, "checks must be a list"),
        ({"settings": "[tool.bindery]\nlongest_cell = '9'\n"}, "longest_cell must be a int"),
        ({"settings": "[tool.bindery]\nscenario = '../x'\n"}, "cannot name an edition"),
    ],
)
def test_a_broken_project_is_an_error_that_names_the_place(tmp_path, broken, message):
    (tmp_path / "more").mkdir()
    (tmp_path / "more/index.md").write_text("# Again\n")
    make_project(tmp_path, **broken)
    with pytest.raises(BuildError) as caught:
        Project.load(tmp_path)
    assert message in str(caught.value)


def test_a_folder_without_a_book_is_an_error(tmp_path):
    with pytest.raises(BuildError, match=r"_config.yml is missing"):
        Project.load(tmp_path)


def test_a_notebook_that_is_none_is_an_error_that_names_it(fresh_book):
    (fresh_book.root / "chapters/moon.ipynb").write_text("{not json")
    with pytest.raises(BuildError, match=r"moon.ipynb is not a notebook"):
        _ = fresh_book.project


@pytest.mark.parametrize("source", ["factor = 2 * 3", "factor = (", "factor = other"])
def test_parameters_must_be_literals(fresh_book, source):
    fresh_book.set_cell("surge", "parameters", source)
    with pytest.raises(BuildError, match=r"surge.ipynb.*name = literal"):
        _ = fresh_book.project


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("scenario", "storm", "storm"),
        ("scenario", "2030", "2030"),
        ("factor", 2, 2.0),
        ("factor", "2", 2.0),
        ("factor", "1e-3", 0.001),
        ("years", "12", 12),
        ("years", -3, -3),
        ("wet", "false", False),
        ("places", "[b, c]", ["b", "c"]),
    ],
)
def test_values_take_the_type_of_the_default(surge, name, value, expected):
    found = strict_parameters(surge, {name: value})[name]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("scenario", 5),
        ("factor", "tall"),
        ("factor", True),
        ("years", 2.5),
        ("years", "2.5"),
        ("years", True),
        ("years", "true"),
        ("wet", 1),
        ("wet", "maybe"),
        ("places", "b"),
    ],
)
def test_a_value_of_another_type_is_an_error(surge, name, value):
    with pytest.raises(BuildError) as caught:
        strict_parameters(surge, {name: value})
    message = str(caught.value)
    assert "chapters/surge.ipynb" in message
    assert repr(name) in message
    assert type(surge.parameters[name]).__name__ in message


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0.6", 0.6), ("1e-3", 0.001), ("2030", 2030), (0.6, 0.6), ("None", None), (None, None)],
)
def test_a_default_of_none_takes_a_number_or_none(value, expected):
    page = Page("outlook", "chapters/outlook.ipynb", True, {"rate": None})
    found = strict_parameters(page, {"rate": value})["rate"]
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("value", ["high", "true", True, "nan", "inf", "[1]", [1], ""])
def test_a_default_of_none_takes_nothing_else(value):
    page = Page("outlook", "chapters/outlook.ipynb", True, {"rate": None})
    with pytest.raises(BuildError, match=r"outlook.ipynb: parameter 'rate' must be a number"):
        strict_parameters(page, {"rate": value})


def test_what_papermill_would_turn_into_text_is_an_error():
    page = Page("surge", "chapters/surge.ipynb", True, {"span": (1990, 2020)})
    with pytest.raises(BuildError, match=r"surge.ipynb: parameter 'span' is a tuple.*a list"):
        strict_parameters(page, {"span": (1990, 2025)})


def test_an_undeclared_parameter_is_an_error_that_names_the_nearest(surge):
    with pytest.raises(BuildError) as caught:
        strict_parameters(surge, {"factr": 2.0})
    assert "chapters/surge.ipynb: there is no parameter 'factr'" in str(caught.value)
    assert "Did you mean 'factor'? Known: factor, places, scenario, wet, years" in str(caught.value)


def test_cleaning_leaves_nothing_of_an_execution(tmp_path):
    path = tmp_path / "chapter.ipynb"
    path.write_text(json.dumps(CHAPTER))
    notebook = cleaned(read_notebook(path))
    code = notebook["cells"][0]
    assert code["outputs"] == []
    assert code["execution_count"] is None
    assert code["metadata"] == {"tags": ["parameters"]}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert "widgets" not in notebook["metadata"]
    path.write_text(notebook_text(notebook))
    assert [cell["source"] for cell in read_notebook(path)["cells"]] == [
        "x = 1\ny = 2.0",
        "# Title",
        "# Title",
    ]


def test_the_chapters_of_the_small_book_are_clean(fresh_book):
    for page in fresh_book.project.chapters:
        path = fresh_book.root / page.path
        assert notebook_text(cleaned(read_notebook(path))) == path.read_text(encoding="utf-8"), (
            f"run `bindery clean` on the small book: {page.path}"
        )


cells = st.fixed_dictionaries(
    {
        "cell_type": st.sampled_from(["code", "markdown", "raw"]),
        "metadata": st.dictionaries(st.sampled_from(["tags", "scrolled"]), st.just(["a"])),
        "source": st.text(max_size=20),
    },
    optional={"id": st.sampled_from(["a", "b", "not valid!", ""])},
)


@given(st.lists(cells, max_size=8))
def test_cleaning_twice_is_cleaning_once(some):
    notebook = {"cells": some, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    once = cleaned(notebook)
    assert cleaned(once) == once
    assert len({cell["id"] for cell in once["cells"]}) == len(some)
    assert [cell["source"] for cell in once["cells"]] == [cell["source"] for cell in some]
