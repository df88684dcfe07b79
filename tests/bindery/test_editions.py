"""Editions of the small book: which there are, what they share, and that none harms another."""

import json
import re
import shutil
import signal
import subprocess
import sys

import psutil
import pytest
from bs4 import BeautifulSoup

from bindery.editions import Edition, find, known
from bindery.execute import reasons, tasks
from bindery.plan import BuildError

MINE = "title: A gale\nmultiplier: 2.0\n"


@pytest.fixture
def mine(tmp_path):
    """A reader's own scenario, outside of the book."""
    path = tmp_path / "mine.yml"
    path.write_text(MINE)
    return path


def menu(book):
    text = (book.root / "_build/html/editions.js").read_text("utf-8")
    listed = json.loads(text.removeprefix("window.bookEditions = ").rstrip(";\n"))
    return {edition["name"]: edition for edition in listed["editions"]}


def soup(book, page):
    return BeautifulSoup(book.html(page), "html.parser")


def test_the_book_lists_its_editions_and_the_default_comes_first(fresh_book):
    assert list(known(fresh_book.project)) == ["calm", "storm"]
    fresh_book.edit("pyproject.toml", 'scenario = "calm"', 'scenario = "storm"')
    assert known(fresh_book.project) == {
        "storm": Edition("storm", "A stormy winter"),
        "calm": Edition("calm", "A calm winter"),
    }


def test_a_book_that_lists_none_has_the_default_and_any_that_is_named(fresh_book):
    fresh_book.edit("pyproject.toml", 'editions = "tidebook.surges:editions"\n', "")
    assert list(known(fresh_book.project)) == ["calm"]
    assert find(fresh_book.project, "hurricane") == Edition("hurricane")


def test_a_scenario_file_is_an_edition_named_after_it(fresh_book, mine, monkeypatch):
    project = fresh_book.project
    assert find(project, str(mine)) == Edition("mine", "A gale", str(mine))
    inside = fresh_book.root / "data/more.yml"
    inside.write_text(MINE)
    monkeypatch.chdir(inside.parent)
    found = find(project, "more.yml")
    assert found.scenario == "data/more.yml", "an inner path must hold on other machines too"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("mine.yml", "title: A gale\nmultiplyer: 2\n", "mine.yml: unknown key 'multiplyer'"),
        ("storm.yml", MINE, "has an edition 'storm' already. Rename the file"),
        ("my gale.yml", MINE, "cannot name an edition"),
    ],
)
def test_a_scenario_file_that_will_not_do_is_one_message(fresh_book, tmp_path, name, content, told):
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(BuildError) as caught:
        find(fresh_book.project, str(path))
    assert told in str(caught.value)
    assert "pyproject.toml" not in str(caught.value), "the fault is in the reader's file"


def test_all_editions_come_from_one_run_and_share_what_they_can(fresh_book):
    log = fresh_book.build("storm", "calm")
    assert sorted(log.steps) == ["HTML", "HTML storm", "harbours", "moon", "surge", "surge-storm"]
    assert log.steps.index("HTML") < log.steps.index("HTML storm")
    assert "0.70" in fresh_book.html("chapters/surge")
    assert "2.10" in fresh_book.html("editions/storm/chapters/surge")
    assert fresh_book.lost() == []
    assert fresh_book.build("calm", "storm").steps == []


def test_pages_that_do_not_differ_are_not_made_again(two):
    work = two.root / "_build/work"

    def time(edition, page):
        return (work / edition / f"html/chapters/{page}.html").stat().st_mtime_ns

    made = {p for p in ("harbours", "moon", "surge") if time("calm", p) != time("storm", p)}
    assert made == {"surge"}, "pages that are the same in both are copied with their time"


def test_numbers_that_pages_show_of_each_other_are_right_in_each_edition(pair):
    """One more figure in one edition moves the numbers on pages that are the same otherwise."""
    more = (
        "if scenario == 'storm':\n    report.bars('fig-waves', [('a', 1.0)], 'm', caption='Waves', "
        "alt='One bar.', sources=['pugh2014'])"
    )
    pair.set_cell("surge", "set-up", f"from tidebook import report, surges\n\n{more}")
    pair.edit("index.md", "# Tides at Three Harbours", "# Tides\n\n{numref}`fig-surge` tells all.")
    pair.build("calm", "storm")
    for edition, number in {"": "Fig. 2", "editions/storm/": "Fig. 3"}.items():
        shown = soup(pair, f"{edition}index").select_one("article .std-numref").get_text()
        assert shown == number, f"the number on the front page of {edition or 'the default'}"


def test_an_edition_outlives_the_cache_from_which_its_own_was_copied(pair):
    shutil.rmtree(pair.root / "_build/work/calm")
    pair.edit("index.md", "A small book", "A little book")
    pair.build("storm")
    assert "A little book" in pair.html("editions/storm/index")
    assert pair.lost("editions/storm") == []


def test_an_own_scenario_makes_an_edition_and_its_content_counts(pair, mine):
    assert pair.build(mine).executed == {"surge-mine"}
    assert "1.40" in pair.html("editions/mine/chapters/surge")
    assert menu(pair)["mine"]["title"] == "A gale"
    edition = find(pair.project, str(mine))
    assert not reasons(tasks(pair.project, edition)["surge"])
    mine.write_text(MINE.replace("2.0", "4.0"))
    assert reasons(tasks(pair.project, edition)["surge"]) == [str(mine)]
    assert pair.build("calm", mine).executed == {"surge-mine"}
    assert "2.80" in pair.html("editions/mine/chapters/surge")
    made = soup(pair, "editions/mine/chapters/surge").select_one(".made").get_text()
    assert "scenario mine" in made
    assert str(mine) not in made, "a page must not show where a file lay on one machine"


def test_two_files_of_one_name_are_refused(pair, mine, tmp_path):
    (tmp_path / "other").mkdir()
    other = tmp_path / "other/mine.yml"
    other.write_text(MINE)
    with pytest.raises(BuildError, match="would both be the edition 'mine'"):
        pair.build(mine, other)


def test_a_chapter_that_fails_in_one_edition_stops_only_that(pair):
    storm = pair.files("_build/html/editions/storm")
    pair.edit("data/scenarios/storm.yml", "3.0", "three")
    pair.edit("index.md", "A small book", "A little book")
    with pytest.raises(BuildError) as caught:
        pair.build("calm", "storm")
    assert "Edition storm: chapters/surge.ipynb: cell" in str(caught.value)
    assert "_build/failed/surge-storm.ipynb" in str(caught.value)
    assert "A little book" in pair.html("index")
    assert pair.files("_build/html/editions/storm") == storm
    assert menu(pair)["storm"]["older"]


def test_a_default_build_keeps_the_editions_and_says_which_are_older(pair):
    assert not menu(pair)["storm"]["older"]
    pair.edit("index.md", "A small book", "A little book")
    told = [line for line in pair.build().lines if "older sources: storm" in line]
    assert told
    assert menu(pair)["storm"]["older"]
    assert "built from older sources" in soup(pair, "editions").select_one("article ul").get_text()
    assert pair.build("calm", "storm").lines == []
    assert not menu(pair)["storm"]["older"]


def test_an_edition_that_is_gone_is_no_longer_listed(pair):
    shutil.rmtree(pair.root / "_build/html/editions/storm")
    pair.edit("index.md", "A small book", "A little book")
    pair.build()
    assert list(menu(pair)) == ["calm"]


def test_each_page_knows_its_edition_and_where_the_book_begins(two):
    html = two.root / "_build/html"
    for folder, name, root in ((html, "calm", "./"), (html / "editions/storm", "storm", "../../")):
        script = (folder / "_static/edition.js").read_text("utf-8")
        own = json.loads(script.removeprefix("window.bookEdition = ").rstrip(";\n"))
        assert own == {"name": name, "root": root}
        assert (folder / root / "editions.js").is_file()
        for page in folder.glob("chapters/*.html"):
            assert re.search(r'src="\.\./_static/edition\.js', page.read_text("utf-8"))


def test_the_comparison_shows_the_headlines_of_all_editions(two):
    rows = {
        row.th.get_text(" ", strip=True): [cell.get_text(" ", strip=True) for cell in row("td")]
        for row in soup(two, "editions").select("table.comparison tbody tr")
    }
    assert rows == {
        "Highest water (m)": ["4.60", "4.60"],
        "Storm surge (m)": ["0.70", "▲ higher: 2.10"],
    }
    assert not (two.root / "_build/html/editions/storm/editions.html").exists()


KILL = """
import os, signal
from bindery import place, shelf

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def after(module, name, times):
    original, calls = getattr(module, name), []
    def call(*args, **kwargs):
        result = original(*args, **kwargs)
        calls.append(name)
        return die() if len(calls) == times else result
    setattr(module, name, call)

{how}
from bindery.cli import app
app(["editions", "--no-pdf"])
"""


@pytest.mark.parametrize(
    "how",
    [
        "after(place, 'swap', 1)",
        "after(place, '_keep_editions', 1)",
        "after(shelf, 'write', 4)",
    ],
)
def test_a_run_killed_at_any_moment_leaves_every_edition_whole(pair, how):
    pair.edit("data/scenarios/storm.yml", "3.0", "5.0")
    pair.edit("index.md", "A small book", "A little book")
    done = subprocess.run(
        [sys.executable, "-c", KILL.format(how=how)], cwd=pair.root, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    assert pair.lost() == []
    for folder in ("", "editions/storm/"):
        assert "book about high water" in pair.html(f"{folder}index")
    pair.build("calm", "storm")
    assert "3.50" in pair.html("editions/storm/chapters/surge")
    assert "A little book" in pair.html("editions/storm/index")
    assert not any(edition["older"] for edition in menu(pair).values())


WORKERS = """
import time
from bindery import build
with build._workers(2) as submit:
    submit(time.sleep, 600)
    submit(time.sleep, 0).result()
    print("ready", flush=True)
    time.sleep(600)
"""


def test_workers_end_when_the_run_is_killed(tmp_path):
    run = subprocess.Popen([sys.executable, "-c", WORKERS], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "ready\n"
    workers = psutil.Process(run.pid).children(recursive=True)
    assert len(workers) >= 2
    run.kill()
    run.wait()
    _, alive = psutil.wait_procs(workers, timeout=30)
    assert alive == [], "a worker that goes on would disturb the next build"
