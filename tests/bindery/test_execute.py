"""When a chapter is stale, what its execution gives, and what is said when it fails."""

import copy
import json

import pytest

from bindery import kernels
from bindery.editions import Edition
from bindery.execute import INJECTED, execute, merge, reasons, refresh, run, tasks
from bindery.plan import BuildError, read_notebook

EDITS = {
    "helper module": (
        ["src/tidebook/surges.py", "return total", "return 2 * total"],
        {"surge": ["src/tidebook/surges.py"]},
    ),
    "table": (
        ["data/harbours.csv", "4.60", "4.90"],
        {"harbours": ["data/harbours.csv"]},
    ),
    "assumption": (
        ["data/assumptions.csv", "0.2,0.5,0.9", "0.2,0.8,0.9"],
        {"surge": ["data/assumptions.csv"]},
    ),
    "scenario": (
        ["data/scenarios/calm.yml", "1.0", "2.0"],
        {"surge": ["data/scenarios/calm.yml"]},
    ),
    "another scenario": (["data/scenarios/storm.yml", "3.0", "4.0"], {}),
    "code cell": (
        ["chapters/moon.ipynb", "24.84", "24.70"],
        {"moon": ["code cell 1"]},
    ),
    "prose": (["chapters/surge.ipynb", "when the weather repeats", "in bad weather"], {}),
    "default of a parameter": (
        ["chapters/surge.ipynb", "factor = 1.0", "factor = 2.0"],
        {"surge": ["code cell 1", "parameter factor"]},
    ),
    "lock": (
        ["requirements.lock", "0.1.0", "0.2.0"],
        {name: ["requirements.lock"] for name in ("harbours", "surge", "moon")},
    ),
    "page": (["index.md", "A small book", "A little book"], {}),
}


def stale(book, scenario="calm"):
    found = {name: reasons(task) for name, task in tasks(book.project, Edition(scenario)).items()}
    return {name: why for name, why in found.items() if why}


def cell(kind, source, **more):
    empty = {"execution_count": None, "outputs": []} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **empty, **more}


def notebook(*cells, **metadata):
    return {"cells": list(cells), "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


@pytest.mark.parametrize(("edit", "expected"), EDITS.values(), ids=EDITS)
def test_an_edit_makes_stale_what_has_read_it_and_nothing_else(book, edit, expected):
    assert stale(book) == {}
    book.edit(*edit)
    assert stale(book) == expected


def test_what_comes_and_goes_is_named(book):
    (book.root / "data/harbours.csv").unlink()
    (book.root / "_build/executed/calm/moon.ipynb").unlink()
    (book.root / "_build/executed/calm/surge.ipynb").write_text("edited by hand")
    assert stale(book) == {
        "harbours": ["data/harbours.csv"],
        "moon": ["not executed yet"],
        "surge": ["not executed yet"],
    }


@pytest.mark.parametrize("record", ["", "{", "[]", '{"executed": "by another version"}'])
def test_a_record_that_says_nothing_is_none(book, record):
    (book.root / "_build/executed/calm/moon.json").write_text(record)
    assert stale(book) == {"moon": ["not executed yet"]}


def test_another_number_of_cells_is_said_so(book):
    path = book.root / "chapters/moon.ipynb"
    changed = read_notebook(path)
    changed["cells"].append(cell("code", "1 + 1", id="more"))
    path.write_text(json.dumps(changed))
    assert stale(book) == {"moon": ["2 code cells instead of 1"]}


def test_only_chapters_that_declare_the_scenario_differ_between_editions(book):
    assert stale(book, "storm") == {"surge": ["not executed yet"]}
    calm, storm = tasks(book.project, Edition("calm")), tasks(book.project, Edition("storm"))
    assert calm["moon"] == storm["moon"]
    assert calm["surge"].executed != storm["surge"].executed


def test_new_prose_is_put_around_the_old_outputs(book):
    book.edit("chapters/surge.ipynb", "when the weather repeats", "in bad weather")
    task = tasks(book.project, Edition("calm"))["surge"]
    before = read_notebook(task.executed)
    refresh(task)
    after = read_notebook(task.executed)
    assert "in bad weather" in "".join(c["source"] for c in after["cells"])
    assert [c.get("outputs") for c in after["cells"]] == [c.get("outputs") for c in before["cells"]]
    assert reasons(task) == []


def test_merging_takes_prose_and_tags_of_the_source_and_outputs_of_the_execution():
    source = notebook(
        cell("markdown", "new words", id="a"),
        cell("code", "x = 1", id="b", metadata={"tags": ["parameters"]}),
        cell("code", "print(x)", id="c", metadata={"tags": ["show-code"]}),
    )
    output = {"output_type": "stream", "name": "stdout", "text": ["2\n"]}
    timed = {"papermill": {"start_time": "now"}, "tags": []}
    executed = notebook(
        cell("code", "x = 1", execution_count=1, metadata=timed | {"tags": ["parameters"]}),
        cell("code", "x = 2", execution_count=2, id="7", metadata=timed | {"tags": [INJECTED]}),
        cell("markdown", "old words"),
        cell("code", "print(x)", execution_count=3, outputs=[output], metadata=timed),
        papermill={"parameters": {"x": 2}, "start_time": "now", "input_path": "somewhere"},
    )
    given = copy.deepcopy((source, executed))
    merged = merge(source, executed, "surge")
    assert (source, executed) == given, "merge must not change what it is given"
    assert [c["source"] for c in merged["cells"]] == ["new words", "x = 1", "x = 2", "print(x)"]
    assert [c["id"] for c in merged["cells"]] == ["a", "b", INJECTED, "c"]
    assert merged["cells"][3]["metadata"] == {"tags": ["show-code"]}
    assert merged["cells"][3]["outputs"] == [output]
    assert merged["metadata"]["papermill"] == {"parameters": {"x": 2}}
    assert "now" not in json.dumps(merged)


def test_how_a_stream_was_cut_makes_no_difference(fresh_book):
    code = "import sys, time\nfor i in range(3):\n    print(i, flush=True)\n    time.sleep(0.2)"
    fresh_book.set_cell("moon", "numbers", f"{code}\n    print('oh', file=sys.stderr)")
    project, output = fresh_book.project, fresh_book.root / "out.ipynb"
    run(project, project.page("moon"), {}, output)
    printed = [(o["name"], o["text"]) for o in read_notebook(output)["cells"][1]["outputs"]]
    assert printed == [("stdout", "0\n1\n2\n"), ("stderr", "oh\noh\noh\n")]


def test_a_tuple_among_the_parameters_stays_what_it_is(fresh_book):
    fresh_book.edit("chapters/surge.ipynb", "years = 10", "years = (1, 10)")
    task = tasks(fresh_book.project, Edition("calm"))["surge"]
    assert execute(fresh_book.project, [task], 1, print) == {}
    assert reasons(task) == []


def test_the_same_inputs_give_the_same_notebooks(fresh_book, built):
    project = fresh_book.project
    todo = list(tasks(project, Edition("calm")).values())
    assert execute(project, todo, 2, print) == {}
    for task in todo:
        other = built.root / task.executed.relative_to(fresh_book.root)
        assert task.executed.read_bytes() == other.read_bytes(), (
            f"{task.page.name}: outputs must not hold times, paths or anything else of one run"
        )


@pytest.mark.parametrize("forked", [True, False])
def test_kernels_run_in_the_project_and_leave_nothing_there(fresh_book, monkeypatch, forked):
    if not forked:
        monkeypatch.setattr(kernels, "_can_watch", lambda: False)
    fresh_book.edit("pyproject.toml", "[tool.bindery]", "[tool.bindery]\npreload = ['wave', 'no']")
    code = "import os, sys, tidebook\nprint('wave' in sys.modules)\nprint(os.getcwd())"
    fresh_book.set_cell("moon", "numbers", code)
    before = {path for path in fresh_book.root.rglob("*") if "_build" not in path.parts}
    project = fresh_book.project
    output = fresh_book.root / "_build/moon.ipynb"
    record = run(project, project.page("moon"), {}, output)
    printed = read_notebook(output)["cells"][1]["outputs"][0]["text"]
    assert "".join(printed).split() == [str(forked), str(fresh_book.root)]
    assert record["files"].keys() == {"src/tidebook/__init__.py"}
    assert {p for p in fresh_book.root.rglob("*") if "_build" not in p.parts} == before


def test_the_projects_own_modules_cannot_be_preloaded(fresh_book, capfd):
    fresh_book.edit("pyproject.toml", "[tool.bindery]", "[tool.bindery]\npreload = ['tidebook']")
    project = fresh_book.project
    with pytest.raises(BuildError, match="preload"):
        run(project, project.page("moon"), {}, fresh_book.root / "out.ipynb")
    assert "tidebook belongs to the project" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("x = 1\n\ny = x / 0  # oops", ["line 3", "y = x / 0", "ZeroDivisionError: division"]),
        ("x = 1\nfor", ["line 2", "for", "SyntaxError"]),
        ("import os\nos._exit(3)", ["the kernel died", "os._exit(3)"]),
        ("raise SystemExit(2)", ["line 1", "SystemExit: 2"]),
        (
            "from tidebook import surges\nsurges.height('none', 1)",
            ["line 2", "surges.height('none', 1)", "FileNotFoundError", "src/tidebook/surges.py:"],
        ),
    ],
    ids=["exception", "syntax", "kernel death", "exit", "in a helper"],
)
def test_a_failure_names_chapter_cell_line_and_error(fresh_book, source, parts):
    fresh_book.set_cell("moon", "numbers", source)
    project = fresh_book.project
    with pytest.raises(BuildError) as caught:
        run(project, project.page("moon"), {}, fresh_book.root / "out.ipynb")
    message = str(caught.value)
    for part in ["chapters/moon.ipynb: cell 2 of 3", *parts]:
        assert part in message
    partial = fresh_book.root / "_build/failed/moon.ipynb"
    assert str(partial) in message
    assert len(read_notebook(partial)["cells"]) >= 3
    assert not (fresh_book.root / "out.ipynb").exists()


def test_the_cell_that_papermill_adds_does_not_count(fresh_book):
    project = fresh_book.project
    with pytest.raises(BuildError, match=r"surge.ipynb: cell 4 of 6, line 1") as caught:
        run(project, project.page("surge"), {"scenario": "none"}, fresh_book.root / "out.ipynb")
    assert "data/scenarios/none.yml" in str(caught.value)
