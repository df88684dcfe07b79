"""Editions in a real browser, opened from disk: the menu on each page, and their comparison."""

import csv
import shutil

import pytest

from bindery import shelf

PHONE, DESK = 380, 1280
LINKS = "nav[aria-label=Editions] a"
FACTS = """() => ({
  lost: [...document.querySelectorAll("table.comparison")].filter((t) => t.checkVisibility()
    && ![...t.querySelectorAll("td")].every((c) => c.checkVisibility())).length,
  width: document.documentElement.scrollWidth,
  room: document.documentElement.clientWidth,
})"""


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def window(browser, request):
    context = browser.new_context(viewport={"width": request.param, "height": 900})
    context.set_offline(True)
    window = context.new_page()
    window.errors = []
    window.on("pageerror", lambda error: window.errors.append(str(error)))
    window.on("requestfailed", lambda request: window.errors.append(request.url))
    yield window
    context.close()
    assert window.errors == []


@pytest.fixture(scope="module")
def other(editions):
    """An edition that is not the default one."""
    return editions[1]


@pytest.fixture(scope="module")
def chapter(editions):
    """A page of a chapter."""
    return editions[0]["chapters"][-1]["page"]


def open_menu(window, page):
    window.goto(page.as_uri())
    window.wait_for_selector("details.editions summary")
    window.locator("details.editions summary").click()


def test_every_page_of_every_edition_has_the_menu(browser, built_html, editions):
    window = browser.new_context(viewport={"width": PHONE, "height": 900}).new_page()
    wanted = [about["title"] for about in editions]
    for about in editions:
        for page in about["pages"]:
            if page == "index.html":
                continue  # may be a forward to the first page
            window.goto((built_html / about["path"] / page).as_uri())
            window.wait_for_selector("details.editions summary")
            summary = window.locator("details.editions summary").inner_text()
            assert summary == f"Edition: {about['title']}", page
            listed = window.locator(LINKS).all_text_contents()
            assert [text.partition(" (from")[0] for text in listed] == [
                *wanted,
                "Compare the editions",
            ]
    window.context.close()


def test_the_menu_leads_to_the_same_page_and_back(window, built_html, editions, other, chapter):
    open_menu(window, built_html / chapter)
    window.locator(LINKS, has_text=other["title"]).click()
    there = (built_html / other["path"] / chapter).as_uri()
    window.wait_for_url(there)
    current = window.locator("nav[aria-label=Editions] a[aria-current]")
    assert current.get_attribute("href") == there
    open_menu(window, built_html / other["path"] / chapter)
    window.locator(LINKS, has_text=editions[0]["title"]).click()
    window.wait_for_url((built_html / chapter).as_uri())


def test_the_place_on_the_page_is_kept(window, built_html, other, chapter):
    window.goto((built_html / chapter).as_uri())
    anchor = window.locator("article section[id]").first.get_attribute("id")
    window.goto(f"{(built_html / chapter).as_uri()}#{anchor}")
    window.locator("details.editions summary").click()
    window.locator(LINKS, has_text=other["title"]).click()
    window.wait_for_url(f"{(built_html / other['path'] / chapter).as_uri()}#{anchor}")


def test_a_page_that_the_other_has_not_leads_to_its_front(browser, built_html, other, tmp_path):
    page = built_html / "editions.html"
    window = browser.new_context().new_page()
    window.goto(page.as_uri())
    window.wait_for_selector("details.editions summary", state="attached")
    links = window.locator(LINKS, has_text=other["title"])
    assert links.get_attribute("href") == (built_html / other["path"] / "index.html").as_uri()
    window.context.close()


def test_the_menu_obeys_the_keyboard(window, built_html, other, chapter):
    window.goto((built_html / chapter).as_uri())
    summary = window.locator("details.editions summary")
    summary.focus()
    window.keyboard.press("Enter")
    assert window.locator(LINKS).first.is_visible()
    window.keyboard.press("Escape")
    assert not window.locator(LINKS).first.is_visible()
    assert summary.evaluate("(element) => element === document.activeElement")
    window.keyboard.press("Enter")
    while window.evaluate("document.activeElement.textContent") != other["title"]:
        window.keyboard.press("Tab")
        assert window.evaluate("document.activeElement.closest('.editions') !== null")
    window.keyboard.press("Enter")
    window.wait_for_url((built_html / other["path"] / chapter).as_uri())


def test_the_open_menu_lies_within_the_screen(window, built_html, chapter):
    open_menu(window, built_html / chapter)
    facts = window.evaluate(FACTS)
    assert facts["width"] <= facts["room"], "the open menu makes the page wider (book.css)"
    box = window.locator("details.editions ul").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= facts["room"]


def test_the_comparison_is_reached_from_the_menu_and_fits(window, built_html, chapter):
    open_menu(window, built_html / chapter)
    window.locator(LINKS, has_text="Compare the editions").click()
    window.wait_for_url((built_html / "editions.html").as_uri())
    facts = window.evaluate(FACTS)
    assert facts["width"] <= facts["room"], "the comparison is wider than the screen (book.css)"
    assert facts["lost"] == 0
    link = window.locator("nav[aria-label=Editions] a[aria-current]")
    assert link.text_content() == "Compare the editions"


def test_the_comparison_says_what_each_edition_says(window, built_html, editions):
    """Each number on the comparison page is the one that stands on the edition's own page."""
    with (built_html / "editions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        pytest.skip("no number of this book bears a label")
    assert {row["edition"] for row in rows} == {about["name"] for about in editions}
    places = {about["name"]: about for about in editions}
    window.goto((built_html / "editions.html").as_uri())
    compared = " ".join(window.locator("article").inner_text().split())
    by_page = {}
    for row in rows:
        about = places[row["edition"]]
        page = next(c["page"] for c in about["chapters"] if c["name"] == row["chapter"])
        by_page.setdefault(built_html / about["path"] / page, []).append(row)
    for page, printed in by_page.items():
        window.goto(page.as_uri())
        text = " ".join(window.locator("article").text_content().split())
        for row in printed:
            shown = " ".join(row["text"].split())
            assert shown in compared
            assert shown in text, f"{row['label']} on {page.relative_to(built_html)}"


def test_sentences_differ_where_numbers_differ(built_html, editions, browser):
    with (built_html / "editions.csv").open(encoding="utf-8") as file:
        moved = [row for row in csv.DictReader(file) if row["differs"] == "true"]
    if not moved:
        pytest.skip("no headline differs between editions")
    row = moved[0]
    about = next(about for about in editions if about["name"] == row["edition"])
    page = next(c["page"] for c in about["chapters"] if c["name"] == row["chapter"])
    window = browser.new_context().new_page()
    prose = []
    for folder in (built_html, built_html / about["path"]):
        window.goto((folder / page).as_uri())
        prose.append(window.locator("article p").all_text_contents())
    window.context.close()
    assert prose[0] != prose[1]


def test_a_book_without_other_editions_has_no_menu(browser, built_html, chapter, tmp_path):
    alone = tmp_path / "html"
    shutil.copytree(built_html, alone, ignore=shutil.ignore_patterns("editions", "_downloads"))
    shelf.renew(alone, "")
    window = browser.new_context().new_page()
    window.goto((alone / chapter).as_uri())
    window.wait_for_function("window.bookEditions !== undefined")
    assert window.locator("details.editions").count() == 0
    window.context.close()


def test_without_scripts_a_page_is_whole_and_has_no_menu(browser, built_html, chapter):
    context = browser.new_context(java_script_enabled=False)
    window = context.new_page()
    window.goto((built_html / chapter).as_uri())
    assert window.locator("article h1").is_visible()
    assert window.locator("details.editions").count() == 0
    context.close()
