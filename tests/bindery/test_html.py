"""Pages made from executed notebooks, on the small book."""

import json
import subprocess
import sys

import nbformat
import psutil
import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st
from myst_nb.core.variables import format_plain_text
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pybtex.database import Entry, Person
from pybtex.plugin import register_plugin

from bindery import exhibits, html, pages
from bindery.bibliography import AuthorYearLabels, PublisherStyle
from bindery.editions import Edition
from bindery.plan import BuildError


def executed(book):
    folder = book.project.executed_dir("calm")
    return {page.name: folder / f"{page.name}.ipynb" for page in book.project.chapters}


def made(book, **changes):
    facts = {"scenario": "calm", "years": 10, "data": "2025 edition"}
    return {page.name: facts | changes for page in book.project.chapters}


def render(book, **changes):
    folder = html.render(
        book.project, executed(book), edition=Edition("calm"), made=made(book, **changes)
    )
    return lambda page: BeautifulSoup((folder / f"{page}.html").read_text("utf-8"), "html.parser")


def exhibit_of(book, chapter, name):
    shown = pages.exhibits(nbformat.read(executed(book)[chapter], as_version=4))
    return next(exhibit for exhibit in shown if exhibit["name"] == name)


def test_an_exhibit_is_numbered_captioned_cited_and_can_be_downloaded(built):
    expected = exhibit_of(built, "harbours", "fig-high-water")
    soup = BeautifulSoup(built.html("chapters/harbours"), "html.parser")
    figure = soup.select_one("figure#fig-high-water")
    assert figure.img["alt"] == expected["alt"]
    assert figure.select_one(".caption-text").get_text() == expected["caption"]
    number = figure.select_one(".caption-number").get_text().strip()
    assert soup.select_one('a[href="#fig-high-water"] .std-numref').get_text() == number
    small_print = figure.find_parent("div", class_="exhibit").select_one(".exhibit-legend")
    assert "Harbour Office (2025)" in small_print.get_text()
    files = {
        link["href"].rpartition("/")[2]: built.root / "_build/html/chapters" / link["href"]
        for link in small_print.select("a.download")
    }
    assert files["fig-high-water.csv"].read_text("utf-8") == expected["csv"]
    assert json.loads(files["fig-high-water.json"].read_text("utf-8")) == expected["metadata"]
    assert files["fig-high-water.drawing.svg"].read_text("utf-8") == expected["svg"]


def test_glued_numbers_stand_in_the_text_and_in_the_list(built):
    soup = BeautifulSoup(built.html("chapters/harbours"), "html.parser")
    listed = soup.select_one("details.numbers tr:has(td)")
    printed = soup.select_one(".pasted-text").get_text()
    assert printed == "4.60", "a number must be printed as it was made, with its last digit"
    cells = [cell.get_text() for cell in listed.select("td")]
    assert cells == [printed, "Highest water", "m", "reported", "1"]
    place = soup.find(id=listed.a["href"].removeprefix("#"))
    assert "Harbour Office, 2025" in place.parent.get_text()


def test_code_is_folded_unless_it_is_the_point(book):
    path = executed(book)["moon"]
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(new_code_cell("the_point = 1", metadata={"tags": ["show-code"]}))
    nbformat.write(notebook, path)
    codes = render(book)("chapters/moon").select("article pre")
    open_to_view = [code.get_text() for code in codes if not code.find_parent("details")]
    assert [code.strip() for code in open_to_view] == ["the_point = 1"]
    assert len(codes) > 1


MIME = "application/papermill.record/"


def glued(**numbers):
    """A notebook that glues these numbers."""
    cell = new_code_cell()
    for name, changes in numbers.items():
        number = {"value": 1, "text": "1", "unit": "", "sources": [], "kind": "reported"} | changes
        metadata = {"scrapbook": {"name": name, "mime_prefix": MIME}, "number": number}
        data = {f"{MIME}text/plain": number["text"]}
        cell.outputs.append(new_output("display_data", data, metadata=metadata))
    return new_notebook(cells=[cell])


def dressed(notebook):
    return pages.dress(notebook, {"scenario": "calm"}, "n.ipynb")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1))
def test_a_number_is_printed_as_its_text(text):
    notebook = glued(n={"text": text})
    shown = dressed(notebook)["cells"][0]["outputs"][0]["data"][f"{MIME}text/plain"]
    assert format_plain_text(shown, "") == text
    kept = notebook.cells[0].outputs[0].data[f"{MIME}text/plain"]
    assert kept == text, "the executed notebook stays as it is"


def listed(notebook):
    text = dressed(notebook)["cells"][1]["source"]
    rows = BeautifulSoup(text, "html.parser").select("tr:has(td)")
    return [[cell.get_text() for cell in row.select("td")] for row in rows], text


def test_a_number_is_listed_with_its_interval():
    rows, _ = listed(
        glued(
            gap={"text": "68%", "low": 20.0, "high": 95.0},
            band={"text": "20 to 95%", "of": "gap"},
            mass={"text": "<5", "low": 4.0, "high": 6.25},
        )
    )
    assert [row[0] for row in rows] == ["68% (20 to 95%)", "<5 (4 to 6.25)"]


def test_the_same_sources_stand_once_below_the_numbers():
    many, few = ["e", "d", "c", "b", "a"], ["x", "y"]
    rows, text = listed(
        glued(one={"sources": many}, two={"sources": many[::-1]}, three={"sources": few}, four={})
    )
    assert [row[-1] for row in rows] == ["1", "1", "2", ""]
    assert text.count("{cite:p}`a,b,c,d,e`") == text.count("{cite:p}`x,y`") == 1


def test_words_on_what_a_number_rests_on_stand_for_its_sources():
    said = "Computed by the model of tides; strongest input: the moon {cite:p}`m`."
    rows, text = listed(
        glued(
            one={"sources": ["m"], "basis": said, "graded": "official"},
            two={"sources": ["m"], "basis": said, "graded": "official"},
            three={"sources": ["m"], "graded": "official"},
        )
    )
    assert [row[-1] for row in rows] == ["1", "1", "2"]
    assert text.count(said) == 1
    assert "{cite:p}`m`; official" in text


def test_a_mark_stands_behind_its_number_and_is_explained_once():
    mark = {"text": "94%", "mark": "†", "meaning": "Nobody signs it."}
    page = dressed(glued(one=mark, two=mark, three={"text": "5"}))
    shown = [o["data"][f"{MIME}text/plain"] for o in page["cells"][0]["outputs"]]
    assert shown == ["'94%†'", "'94%†'", "'5'"]
    assert page["cells"][1]["source"] == "† Nobody signs it."
    assert len(dressed(glued(three={"text": "5"}))["cells"]) == 3


def test_small_print_names_sources_with_their_grades_or_says_what_they_add_up_to():
    keys = [f"k{n}" for n in range(13)]
    few = {"note": "By hand.", "sources": keys[:2], "graded": "1 official, 1 press"}
    assert exhibits._small_print(few) == (
        "By hand.\n\nSources: {cite:t}`k0,k1`; 1 official, 1 press."
    )
    many = exhibits._small_print(few | {"sources": keys})
    assert "{dropdown} 13 sources; 1 official, 1 press" in many
    model = exhibits._small_print(few | {"basis": "Computed by a model."})
    assert model == "By hand.\n\nComputed by a model."


def test_the_list_of_references_may_show_a_remark(monkeypatch):
    register_plugin("pybtex.style.labels", "bindery", AuthorYearLabels, force=True)
    entry = Entry("misc", {"title": "Tides", "year": "2020", "grade": "hearsay"})
    entry.key = "doe"
    entry.persons["author"] = [Person("Doe, Ann")]
    plain = PublisherStyle().format_entry("Doe 2020", entry).text.render_as("text")
    assert "hearsay" not in plain
    monkeypatch.setattr(PublisherStyle, "remark", "grade")
    assert "[hearsay]" in PublisherStyle().format_entry("Doe 2020", entry).text.render_as("text")


def test_each_page_offers_its_executed_notebook(built):
    for page in built.project.chapters:
        soup = BeautifulSoup(built.html(page.path.with_suffix("").as_posix()), "html.parser")
        link = soup.select_one(".made a.download")
        offered = built.root / "_build/html/chapters" / link["href"]
        assert offered.read_bytes() == executed(built)[page.name].read_bytes()


def test_each_page_says_how_it_was_made(book):
    page = render(book, years=7, data="third edition")
    line = page("chapters/surge").select_one(".made").get_text()
    for fact in ("scenario calm", "years 7", "data third edition"):
        assert fact in line


def test_a_changed_circumstance_is_shown_though_no_notebook_changed(book):
    render(book, data="third edition")
    page = render(book, data="fourth edition")
    assert "fourth edition" in page("chapters/surge").select_one(".made").get_text()


def test_nothing_is_written_again_when_nothing_changed(book):
    render(book)
    folder = book.root / "_build/work/calm/html"
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*.html")}
    render(book)
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("{numref}`fig-nowhere`", "fig-nowhere"),
        ("{cite:p}`nobody1999`", "nobody1999"),
        ("{glue:text}`nothing`", "nothing"),
        ("[text](nowhere.md)", "nowhere.md"),
        ("![x](nowhere.png)", "nowhere.png"),
    ],
)
def test_what_leads_nowhere_is_refused_each_time(book, wrong, told):
    book.edit("index.md", "# Tides", f"{wrong}\n\n# Tides")
    for _ in range(2):  # Sphinx itself would be silent about a page that it has read before
        with pytest.raises(BuildError, match=told) as refused:
            render(book)
        assert "index.md" in str(refused.value)


def test_what_one_page_shows_of_another_is_renewed(book):
    book.build(force=True)
    book.edit("chapters/moon.ipynb", "# Why twice a day", "# The Moon")
    book.build()
    for name in ("index", "references", "chapters/harbours"):
        page = BeautifulSoup(book.html(name), "html.parser")
        contents = page.select_one(".bd-sidebar-primary").get_text()
        assert "The Moon" in contents, f"the contents beside {name} name the old title"
        assert "Why twice a day" not in contents


def test_letters_of_labels_are_renewed_on_pages_that_cite(book):
    render(book)
    with (book.root / "references.bib").open("a") as file:
        file.write(
            "\n@misc{pugh2014second, author = {Pugh, David and Woodworth, Philip}, title = {More},"
            " year = {2014}, url = {https://example.org}}\n"
        )
    book.edit("index.md", "are compared", "are compared {cite:p}`pugh2014second`")
    cited = render(book)("chapters/surge").select_one("article").get_text()
    assert "2014a" in cited or "2014b" in cited, "two sources of one author and year get letters"


def test_a_removed_page_leaves_nothing_behind(book):
    render(book)
    book.edit("_toc.yml", "      - file: chapters/moon\n", "")
    book.edit("index.md", ", and {doc}`chapters/moon` explains why the tide comes twice a day", "")
    page = render(book)
    with pytest.raises(FileNotFoundError):
        page("chapters/moon")


def test_another_environment_makes_every_page_anew(book):
    render(book)
    page = book.root / "_build/work/calm/html/chapters/moon.html"
    page.write_text("made by an older version", encoding="utf-8")
    render(book)
    assert "older version" in page.read_text("utf-8")
    book.edit("requirements.lock", "\n", "\n# newer\n")
    render(book)
    assert "older version" not in page.read_text("utf-8")


def test_a_page_half_written_by_a_killed_build_is_made_whole(book):
    page = render(book)
    whole = page("chapters/moon").get_text()
    work = book.root / "_build/work/calm"
    half = work / "html/chapters/moon.html"
    half.write_text("<html><body>half", encoding="utf-8")
    (work / "unfinished").touch()
    assert render(book)("chapters/moon").get_text() == whole


FORKED = """
import multiprocessing, time
from bindery.place import end_with_build
def write():
    end_with_build()
    print("ready", flush=True)
    time.sleep(600)
end_with_build()
multiprocessing.get_context("fork").Process(target=write).start()
time.sleep(600)
"""


def test_what_sphinx_forks_ends_when_the_build_is_killed():
    run = subprocess.Popen([sys.executable, "-c", FORKED], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "ready\n"
    forked = psutil.Process(run.pid).children(recursive=True)
    run.kill()
    run.wait()
    assert len(forked) == 1
    assert psutil.wait_procs(forked, timeout=30)[1] == []


def test_a_book_without_an_index_page_still_opens_at_its_first(book):
    (book.root / "index.md").rename(book.root / "front.md")
    book.edit("_toc.yml", "root: index", "root: front")
    render(book)
    out = html.pages_of(book.project, Edition("calm"))
    forward = BeautifulSoup((out / "index.html").read_text("utf-8"), "html.parser")
    address = forward.select_one("meta[content*='url=']")["content"].partition("url=")[2]
    assert (out / address.strip()).is_file()


def test_editions_do_not_mix_their_exhibits(book):
    """Editions give different exhibits the same file name."""

    def data(folder):
        return next(folder.glob("_downloads/*/fig-surge.csv")).read_text("utf-8")

    book.build("storm")
    calm = book.root / "_build/html"
    before = data(calm)
    assert data(calm / "editions/storm") != before
    book.edit("references.md", "# ", "# All ")
    book.build()
    assert data(calm) == before


def test_a_number_may_rest_on_a_thousand_sources():
    keys = [f"source_{i}" for i in range(1000)]
    roles = [role.split("`")[1] for role in pages.cite("t", keys).split(", ")]
    assert [key for role in roles for key in role.split(",")] == keys
    assert max(role.count(",") for role in roles) < pages.CITED
