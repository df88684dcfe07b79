"""Archives of earlier numbers, and the table that says why numbers moved."""

import csv

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from bindery import differences, releases
from bindery.cli import app
from bindery.plan import BuildError

VALUES = st.one_of(
    st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=9)
)
NUMBERS = st.builds(
    lambda value, text, label: {"value": value, "text": text, "unit": "m"} | label,
    VALUES,
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=9),
    st.sampled_from([{}, {"label": "High water, spring"}]),
)
BOOKS = st.dictionaries(
    st.sampled_from(["tides", "surge"]),
    st.dictionaries(st.sampled_from("xyz"), NUMBERS, min_size=1),
    min_size=1,
)


@given(held=BOOKS)
def test_an_archive_gives_back_the_numbers(held, tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "1.0.0.csv"
    path.write_text(releases.record(held), encoding="utf-8", newline="")
    assert differences.compare(held, releases.archived(path)) == []
    assert {p: {*n} for p, n in releases.archived(path).items()} == {
        p: {*n} for p, n in held.items()
    }


def test_the_latest_release_is_the_highest_version(tmp_path):
    for name in ("0.9.0", "0.10.0", "revisions"):
        (tmp_path / f"{name}.csv").touch()
    assert releases.latest(tmp_path) == "0.10.0"


@pytest.fixture
def released(book, monkeypatch):
    """The small book, built, with an archive in which one headline was another."""
    monkeypatch.chdir(book.root)
    book.edit("pyproject.toml", "[tool.bindery]", '[tool.bindery]\nreleases = "releases"')
    book.build("calm")
    folder = book.root / "releases"
    folder.mkdir()
    archive = folder / "1.0.0.csv"
    result = CliRunner().invoke(app, ["record", str(archive)])
    assert result.exit_code == 0, result.output
    write(folder, [])
    return book


def write(folder, rows):
    with (folder / releases.REVISIONS).open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, releases.COLUMNS)
        lines.writeheader()
        lines.writerows({name: "" for name in releases.COLUMNS} | row for row in rows)


def headline(book):
    """Page and name of a headline of the small book."""
    return next(
        (chapter, name, number)
        for chapter, held in differences.read(book.project, "calm").items()
        for name, number in held.items()
        if number.get("label")
    )


def lower(book):
    """Let a headline have been another one; its page, name and text."""
    chapter, name, number = headline(book)
    archive = book.root / "releases" / "1.0.0.csv"
    held = releases.archived(archive)
    held[chapter][name] |= {"value": "low", "text": "low"}
    archive.write_text(releases.record(held), encoding="utf-8")
    return chapter, name, number["text"]


def test_a_recorded_book_has_not_moved(released):
    result = CliRunner().invoke(app, ["diff", "releases/1.0.0.csv", "calm"])
    assert "0 headline numbers moved, and 0 others" in result.output
    now = differences.read(released.project, "calm")
    assert [*releases.unexplained(released.project, now)] == []


def test_a_headline_that_moved_needs_a_reason(released):
    chapter, name, text = lower(released)
    now = differences.read(released.project, "calm")
    (told,) = releases.unexplained(released.project, now)
    assert all(part in told for part in (chapter, name, "'low'", text, "revisions.csv"))
    row = {"chapter": chapter, "number": name, "headline": "High water", "why": "A better gauge."}
    write(released.root / "releases", [row])
    assert [*releases.unexplained(released.project, now)] == []
    (revision,) = releases.revisions(released.root / "releases", "1.0.0", now)
    assert (revision.was, revision.now, revision.why) == ("low", text, "A better gauge.")


def test_a_reason_for_what_has_not_moved_is_refused(released):
    chapter, name, _ = headline(released)
    write(released.root / "releases", [{"chapter": chapter, "number": name, "why": "None."}])
    now = differences.read(released.project, "calm")
    (told,) = releases.unexplained(released.project, now)
    assert "drop the row" in told


def test_the_page_says_what_moved_and_follows_the_numbers(released):
    chapter, name, text = lower(released)
    row = {"chapter": chapter, "number": name, "headline": "High water", "why": "A better gauge."}
    write(released.root / "releases", [row])
    index = released.root / "index.md"
    page = index.read_text("utf-8") + "\n:::{revisions} 1.0.0\nWhat has changed\n:::\n"
    index.write_text(page, encoding="utf-8")
    released.build("calm")
    page = (released.root / "_build/html/index.html").read_text("utf-8")
    html = BeautifulSoup(page, "html.parser")
    cells = [cell.get_text() for cell in html.select("table tbody tr td")]
    assert cells == ["High water", "low", text, "A better gauge."]
    offered = [link["href"].rpartition(".")[2] for link in html.select(".exhibit a.download")]
    assert offered == ["csv", "json"]
    assert "What has changed" in html.select_one("#tab-revisions caption").get_text()
    write(released.root / "releases", [row | {"why": "A new datum."}])
    released.build("calm")
    assert "A new datum." in (released.root / "_build/html/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"chapter": "tides", "number": "no-such"}, "has a number 'no-such'"),
        ({"chapter": "tides", "number": "x", "formerly": "nowhere/y"}, "has no number 'nowhere/y'"),
    ],
)
def test_a_row_about_nothing_is_refused_with_its_line(tmp_path, row, said):
    (tmp_path / "1.0.0.csv").write_text(releases.record({}), encoding="utf-8")
    write(tmp_path, [row])
    with pytest.raises(BuildError, match=said) as error:
        releases.revisions(tmp_path, "1.0.0", {"tides": {}})
    assert "revisions.csv, line 2" in str(error.value)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", ",".join(releases.FIELDS) + "\none\n"])
def test_a_broken_archive_is_refused(tmp_path, text):
    path = tmp_path / "1.0.0.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match=r"1\.0\.0\.csv"):
        releases.archived(path)
