"""The command line: what it prints, and its exit codes."""

import json

import pytest
from click.testing import CliRunner

from bindery import checks
from bindery.cli import app
from bindery.plan import read_notebook


@pytest.fixture
def bindery(book, monkeypatch):
    """Call the command in the folder of the book."""
    monkeypatch.chdir(book.root)

    def call(*words):
        return CliRunner().invoke(app, [str(word) for word in words])

    return call


def test_run_takes_parameters_and_shows_the_numbers(book, bindery):
    done = bindery("run", "surge", "--scenario", "storm", "-p", "factor", "2", "-p", "years", "3")
    assert done.exit_code == 0, done.output
    output = book.root / "_build/runs/surge-storm.ipynb"
    assert str(output) in done.output
    assert "4.20" in done.output
    given = {"scenario": "storm", "factor": 2.0, "years": 3}
    assert read_notebook(output)["metadata"]["papermill"]["parameters"] == given
    assert not (book.root / "_build/executed/storm").exists()


def test_a_scenario_of_ones_own_is_run_and_built(book, bindery, tmp_path):
    mine = tmp_path / "gale.yml"
    mine.write_text("title: A gale\nmultiplier: 2.0\n")
    for words in (["--scenario", mine], ["-p", "scenario", mine]):
        done = bindery("run", "surge", *words)
        assert done.exit_code == 0, done.output
        assert "1.40" in done.output
        assert str(book.root / "_build/runs/surge-gale.ipynb") in done.output
    done = bindery("build", "--no-pdf", "--scenario", mine)
    assert done.exit_code == 0, done.output
    assert str(book.root / "_build/html/editions/gale/index.html") in done.output
    assert "surge            fresh" in bindery("status", "--scenario", mine).output


def test_editions_builds_all_of_the_books_own(book, bindery):
    done = bindery("editions", "--no-pdf")
    assert done.exit_code == 0, done.output
    for place in ("index.html", "editions/storm/index.html"):
        assert str(book.root / "_build/html" / place) in done.output


def test_check_names_the_chapters_that_it_could_not_look_into(book, bindery):
    assert "Changed since" not in bindery("check").output
    (book.root / "_build/executed/calm/moon.json").unlink()
    assert "Changed since they were executed: moon." in bindery("check").output


def test_run_writes_where_it_is_told(book, bindery):
    assert bindery("run", "moon", "-o", "mine/moon.ipynb").exit_code == 0
    assert (book.root / "mine/moon.ipynb").is_file()


@pytest.mark.parametrize(
    ("words", "code", "part"),
    [
        (["run", "surg"], 1, "Did you mean 'surge'"),
        (["run", "index"], 1, "index.md is not a notebook"),
        (["run", "surge", "-p", "factr", "2"], 1, "Did you mean 'factor'"),
        (["run", "surge", "-p", "factor", "tall"], 1, "must be of type float"),
        (["run", "moon", "--scenario", "storm"], 1, "no parameter 'scenario'"),
        (["run", "surge", "--scenario", "strom"], 1, "Did you mean 'storm'"),
        (["run", "surge", "--scenario", "none.yml"], 1, "no scenario file none.yml"),
        (["run", "surge", "--scenario", "broken.yml"], 1, "broken.yml: unknown key 'multiplyer'"),
        (["build", "--scenario", "broken.yml"], 1, "broken.yml: unknown key 'multiplyer'"),
        (["editions", "strom"], 1, "Did you mean 'storm'"),
        (["diff", "calm", "storm"], 1, "has not been executed (surge)"),
        (["diff", "calm", "nowhere"], 1, "no edition, and there is no such folder"),
        (["diff", "calm", "data"], 1, "neither a built book nor executed notebooks"),
        (["diff", "calm", "data/scenarios/storm.yml"], 1, "bindery editions data/scenarios"),
        (["run", "surge", "-p", "factor"], 2, "requires 2 arguments"),
        (["build", "--scenario", "a/b"], 1, "cannot name an edition"),
        (["build", "--jobs", "0"], 2, "--jobs"),
        (["build", "--root", "nowhere"], 1, "no book (_toc.yml) in nowhere"),
        (["burn"], 2, "burn"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_a_mistake_is_one_message(book, bindery, words, code, part):
    (book.root / "broken.yml").write_text("title: A gale\nmultiplyer: 2\n")
    done = bindery(*words)
    assert done.exit_code == code
    assert part in done.output
    assert "Traceback" not in done.output


def test_build_prints_where_the_book_is(book, bindery):
    book.edit("index.md", "A small book", "A little book")
    done = bindery("build", "--no-pdf")
    assert done.exit_code == 0, done.output
    assert str(book.root / "_build/html/index.html") in done.output


def test_the_book_is_found_from_a_folder_inside_it(book, bindery, monkeypatch):
    monkeypatch.chdir(book.root / "chapters")
    assert "fresh" in bindery("status").output


def test_status_gives_the_reasons(book, bindery):
    book.edit("data/harbours.csv", "4.60", "4.90")
    book.edit("chapters/surge.ipynb", "factor = 1.0", "factor = 2.0")
    lines = dict(line.split(maxsplit=1) for line in bindery("status").output.splitlines())
    assert lines == {
        "harbours": "stale: data/harbours.csv",
        "surge": "stale: code cell 1, parameter factor",
        "moon": "fresh",
    }
    assert "surge            stale: not executed yet" in bindery(
        "status", "--scenario", "storm"
    ).output.replace("  ", "  ")


def test_clean_strips_outputs_and_keeps_chapters_fresh(book, bindery):
    path = book.root / "chapters/moon.ipynb"
    clean = path.read_text(encoding="utf-8")
    dirty = json.loads((book.root / "_build/executed/calm/moon.ipynb").read_text(encoding="utf-8"))
    path.write_text(json.dumps(dirty), encoding="utf-8")
    done = bindery("clean")
    assert done.output.splitlines() == ["Cleaned chapters/moon.ipynb"]
    assert path.read_text(encoding="utf-8") == clean
    assert bindery("clean").output == ""
    assert "stale" not in bindery("status").output


def test_check_joins_the_projects_problems_with_those_of_the_book(book, bindery, monkeypatch):
    monkeypatch.setattr(checks, "check", lambda project: ["surge: no alternative text"])
    book.edit("data/harbours.csv", "4.60", "-4.60")
    done = bindery("check")
    assert done.exit_code == 1
    assert "Qiantang: mean_high_water_m is not positive" in done.output
    assert "surge: no alternative text" in done.output
    assert "2 problems" in done.output
    book.edit("data/harbours.csv", "-4.60", "4.60")
    monkeypatch.setattr(checks, "check", lambda project: [])
    assert bindery("check").exit_code == 0
