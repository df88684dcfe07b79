"""The PDF of the small book: what it refuses, and what it makes of pages."""

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader

from bindery import manuscript
from bindery.plan import BuildError


def document(tmp_path, **articles):
    """The manuscript of pages that hold these articles."""
    for name, article in articles.items():
        page = f'<html><body><article class="bd-article">{article}</article></body></html>'
        (tmp_path / f"{name}.html").write_text(page, encoding="utf-8")
    pages = [(tmp_path / f"{name}.html").relative_to(tmp_path) for name in articles]
    return BeautifulSoup(manuscript.assemble(tmp_path, pages, "/html/"), "html.parser")


def anchors(soup):
    names = {tag["id"] for tag in soup.select("[id]")}
    return names | {tag["data-target"] for tag in soup.select("[data-target]")}


def test_same_ids_on_two_pages_stay_apart(tmp_path):
    section = '<section id="doubts"><h1>Doubts</h1><a href="#doubts">{}</a></section>'
    soup = document(tmp_path, one=section.format("x"), two=section.format("y"))
    first, second = (link["href"] for link in soup.select("a"))
    assert first != second
    assert {first[1:], second[1:]} <= anchors(soup)


def test_links_between_pages_become_links_within(tmp_path):
    soup = document(
        tmp_path,
        one='<a href="two.html#low">low</a> <a href="two.html">two</a> <a href="#gone">gone</a>'
        ' <a href="https://example.org/a">out</a>',
        two='<section id="top"><h1>Two</h1><p id="low">Low</p></section>',
    )
    links = {link.get_text(): link["href"] for link in soup.select("a")}
    assert links["out"] == "https://example.org/a"
    assert "gone" not in links, "a link that leads nowhere must be unwrapped, its text kept"
    assert "gone" in soup.get_text()
    assert {links["low"][1:], links["two"][1:]} <= anchors(soup)


def test_every_label_of_a_section_leads_to_its_heading(tmp_path):
    soup = document(
        tmp_path,
        one='<a href="two.html#old-name">x</a>',
        two='<section id="name"><span id="old-name"></span><h1>Two</h1></section>',
    )
    assert soup.a["href"][1:] == soup.select_one("h1:-soup-contains('Two')")["id"]


def test_what_only_a_screen_can_use_is_left_out(tmp_path):
    soup = document(
        tmp_path,
        one='<p>kept<a class="headerlink" href="#x">#</a></p>'
        '<details class="hide above-input"><summary>Code</summary><pre>code</pre></details>'
        '<details class="numbers"><summary>Numbers</summary>list</details>'
        '<div class="made"><p>draws 7 · <a class="download" href="n.ipynb">notebook</a></p></div>',
    )
    assert soup.get_text(" ", strip=True) == "kept draws 7"


def test_a_long_list_of_sources_is_counted(tmp_path):
    soup = document(
        tmp_path,
        one='<details class="sources"><summary>90 sources</summary><p>Aal, Bee</p></details>',
    )
    assert soup.get_text() == "90 sources, named row by row in the data."


def test_a_box_under_a_heading_of_its_name_is_not_named_twice(tmp_path):
    box = '<div class="admonition"><p class="admonition-title">In short</p><p>x</p></div>'
    soup = document(tmp_path, one=f"<h2>1.1. In short</h2>{box}<h2>Other</h2>{box}")
    assert [b.get("data-title") for b in soup.select(".admonition")] == [None, "In short"]
    assert not soup.select(".admonition-title")


def test_prints_the_numbers_of_the_pages(book):
    book.build(with_pdf=True)
    reader = PdfReader(book.root / "_build/pdf/tides.pdf")
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for chapter in ("harbours", "surge"):
        soup = BeautifulSoup(book.html(f"chapters/{chapter}"), "html.parser")
        for caption in soup.select("figcaption p, table > caption"):
            number = caption.select_one(".caption-number").get_text().strip()
            assert f"{number} {caption.select_one('.caption-text').get_text()}" in text


def test_is_the_same_when_built_again(book):
    place = book.root / "_build/pdf/tides.pdf"
    book.build(with_pdf=True)
    first = place.read_bytes()
    book.build(with_pdf=True, force=True)
    assert place.read_bytes() == first


def test_refuses_a_formula_that_print_cannot_set(book):
    cell = "# Moon\n\n(moon)=\n\n$$\n\\begin{matrix} a \\cr b \\end{matrix}\n$$ (eq-tide)"
    cell += "\n\n{glue:text}`tides-per-day`"
    book.set_cell("moon", "title", cell)
    with pytest.raises(BuildError, match=r"\\cr"):
        book.build(with_pdf=True)


def test_refuses_a_picture_without_alternative_text(book):
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    (book.root / "bare.svg").write_text(drawing, encoding="utf-8")
    book.edit("index.md", "# Tides at Three Harbours", "# Tides at Three Harbours\n\n![](bare.svg)")
    with pytest.raises(BuildError, match=r"(?i)alt"):
        book.build(with_pdf=True)


def test_refuses_a_character_without_a_glyph(book):
    book.edit("index.md", "A small book", "A small \U00012000 book")
    with pytest.raises(BuildError, match="\U00012000"):
        book.build(with_pdf=True)


def test_title_page_says_what_citation_and_config_say(book):
    citation = (
        "cff-version: 1.2.0\ntitle: Tides\nversion: 3.1.4\ndate-released: 2025-03-14\n"
        "license: CC-BY-4.0\nauthors:\n  - given-names: Mary\n    family-names: Moon\n"
    )
    (book.root / "CITATION.cff").write_text(citation, encoding="utf-8")
    config = book.root / "_config.yml"
    config.write_text(config.read_text("utf-8") + "pdf: {subtitle: A survey, paper: us-letter}\n")
    book.build(with_pdf=True)
    reader = PdfReader(book.root / "_build/pdf/tides.pdf")
    front = " ".join(reader.pages[0].extract_text().split())
    facts = ("Tides at Three Harbours", "A survey", "Mary Moon", "3.1.4", "2025-03-14", "calm")
    assert [fact for fact in facts if fact not in front] == []
    assert tuple(reader.pages[0].mediabox[2:]) == (612, 792)
    assert reader.metadata.author == "Mary Moon"


def test_a_wide_table_lies_on_its_side(book):
    book.build(with_pdf=True)
    reader = PdfReader(book.root / "_build/pdf/tides.pdf")
    page = next(page for page in reader.pages if "radar gauge" in page.extract_text())
    assert page.mediabox.width > page.mediabox.height
