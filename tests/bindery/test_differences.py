"""Which numbers moved: between editions, builds and executions of the small book."""

import shutil

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bindery.cli import app
from bindery.differences import Change, compare

VALUES = st.one_of(st.integers(-9, 9), st.floats(-9, 9), st.sampled_from(["falls", "grows"]))
NUMBERS = st.builds(
    lambda value, label: {"value": value, "text": str(value), "unit": "m"} | label,
    VALUES,
    st.sampled_from([{}, {"label": "High water"}]),
)
SIDES = st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.sampled_from("xyz"), NUMBERS))


def number(value, unit="m", **more):
    return {"value": value, "text": str(value), "unit": unit} | more


@given(SIDES)
def test_nothing_moves_between_a_thing_and_itself(side):
    assert compare(side, side) == []


@given(SIDES, SIDES)
def test_there_and_back_the_same_numbers_move(one, other):
    forth, back = compare(one, other), compare(other, one)
    assert {(c.chapter, c.name) for c in forth} == {(c.chapter, c.name) for c in back}
    assert all(change.chapter in one and change.chapter in other for change in forth)
    labels = [bool(change.label) for change in forth]
    assert labels == sorted(labels, reverse=True), "headlines come first"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (number(2.0), number(3.0), "+1 (+50.0%)"),
        (number(-2.0), number(-3.0), "-1 (-50.0%)"),
        (number(0), number(4), "+4"),
        (number("falls"), number("grows"), "other"),
        (None, number(1), "new"),
        (number(1), None, "gone"),
    ],
)
def test_the_change_is_told(old, new, told):
    assert Change("surge", "height", old, new).change == told


@pytest.fixture
def diff(book, monkeypatch):
    """Call the command in the folder of the book, which has both editions."""
    monkeypatch.chdir(book.root)
    book.build("calm", "storm")

    def call(*words):
        done = CliRunner().invoke(app, ["diff", *map(str, words)])
        assert done.exit_code == 0, done.output
        return done.output

    return call


def test_editions_are_compared_by_name(diff):
    said = diff("calm", "storm")
    line = next(line for line in said.splitlines() if "Storm surge" in line)
    assert line.split() == ["Storm", "surge", "surge", "0.70", "2.10", "+1.4", "(+200.0%)", "m"]
    assert "1 headline numbers moved, and 0 others." in said
    assert "0 headline numbers moved" in diff("calm", "calm")


def test_other_numbers_are_shown_when_all_are_wanted(book, diff):
    shutil.copytree(book.root / "_build/html", book.root / "before")
    book.edit("chapters/moon.ipynb", "24.84", "24.70")
    book.build()
    said = diff("before", "_build/html")
    assert "0 headline numbers moved, and 1 others; --all shows them." in said
    assert "tides-per-day" not in said
    line = next(x for x in diff("before", "_build/html", "--all").splitlines() if "tides" in x)
    assert line.split()[:4] == ["tides-per-day", "moon", "1.93", "1.94"]


def test_executions_are_compared_whatever_their_files_are_called(book, diff):
    runner = CliRunner()
    for factor, name in (("2", "a"), ("3", "b")):
        done = runner.invoke(app, ["run", "surge", "-p", "factor", factor, "-o", f"{name}.ipynb"])
        assert done.exit_code == 0, done.output
    assert "+0.7 (+50.0%)" in diff("a.ipynb", "b.ipynb")
    said = diff("storm", "a.ipynb")
    assert "-0.7 (-33.3%)" in said
    assert "Only in storm: harbours, moon." in said
