"""The PDF of the small book: what it refuses, and what it makes of pages."""

import io
import re
from types import SimpleNamespace

import pytest
import typst
from bs4 import BeautifulSoup
from docutils import nodes
from docutils.core import publish_doctree
from pypdf import PdfReader
from sphinx_design.dropdown import dropdown_main, dropdown_title

from bindery import manuscript
from bindery.plan import BuildError

FUNCTIONS = """
#let to(target, body) = link(label(target), body)
#let anchor(target) = [#metadata(none)#label(target)]
#let callout(title: "", body: none) = [*#title* #body]
#let made(body: none) = body
#let sized(width: 0, body: none) = body
#let exhibit(kind: "", number: "", width: 0, rows: 0, headline: none, body: none, legend: none) = [
  #number #headline #body #legend
]
#let picture(source, description) = [(#description)]
"""


def document(tmp_path, **pages):
    """The manuscript of these pages, given in reStructuredText or as a docutils node."""
    config = SimpleNamespace(
        bindery_print=str(tmp_path), numfig_format={"figure": "Fig. %s", "table": "Table %s"}
    )
    builder = SimpleNamespace(fignumbers={}, secnumbers={}, config=config)
    for name, text in pages.items():
        page = text
        if isinstance(text, str):
            page = publish_doctree(text, settings_overrides={"doctitle_xform": False})
        manuscript.keep(SimpleNamespace(builder=builder, config=config), name, "", {}, page)
    return manuscript.assemble(tmp_path, pages)


def printed(document):
    """The text of a manuscript as Typst sets it."""
    setting = "#set page(width: 40cm, height: auto)\n#set text(hyphenate: false)\n" + FUNCTIONS
    pdf = typst.compile((setting + document).encode(), ignore_system_fonts=True)
    text = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    return " ".join(text.split())


def links(document):
    """What each link shows, and where it leads."""
    return {text: place for place, text in re.findall(r'#to\("([^"]+)"\)\[([^]]*)\]', document)}


def anchors(document):
    found = re.findall(r'#anchor\("([^"]+)"\)|^<([^>]+)>$', document, re.M)
    return {one or other for one, other in found}


def test_same_ids_on_two_pages_stay_apart(tmp_path):
    page = "Doubts\n======\n\n`{} <#doubts>`__"
    text = document(tmp_path, one=page.format("x"), two=page.format("y"))
    found = links(text)
    assert found["x"] != found["y"]
    assert set(found.values()) <= anchors(text)
    assert printed(text) == "Doubts x Doubts y"


def test_links_between_pages_become_links_within(tmp_path):
    text = document(
        tmp_path,
        one="`low <two.html#low>`__, `two <two.html>`__, `gone <#gone>`__, "
        "`out <https://example.org/a>`__",
        two="Two\n===\n\n.. _low:\n\nLow",
    )
    found = links(text)
    assert '#link("https://example.org/a")[out]' in text
    assert "gone" not in found, "a link that leads nowhere must be unwrapped, its text kept"
    assert {found["low"], found["two"]} <= anchors(text)
    assert printed(text) == "low, two, gone, out Two Low"


def test_every_label_of_a_section_leads_to_its_heading(tmp_path):
    text = document(
        tmp_path,
        one="`x <two.html#old-name>`__ `y <two.html#two>`__",
        two=".. _old-name:\n\nTwo\n===\n\nText",
    )
    assert set(links(text).values()) <= anchors(text)


def test_what_only_a_screen_can_use_is_left_out(tmp_path):
    numbers = nodes.container("", nodes.paragraph(text="list"), classes=["numbers"])
    made = nodes.container("", nodes.paragraph(text="draws 7 · "), classes=["made"])
    text = document(tmp_path, one=nodes.section("", nodes.paragraph(text="kept"), numbers, made))
    assert printed(text) == "kept draws 7"


def test_a_long_list_of_sources_is_counted(tmp_path):
    title = dropdown_title("", "90 sources")
    text = nodes.paragraph(text="Aal, Bee")
    fold = dropdown_main("", title, text, classes=["sources"])
    assert printed(document(tmp_path, one=nodes.section("", fold))) == (
        "90 sources, named row by row in the data."
    )


def test_a_box_under_a_heading_of_its_name_is_not_named_twice(tmp_path):
    box = ".. admonition:: In short\n\n   x\n\n"
    page = f"A\n=\n\nIn short\n--------\n\n{box}\nOther\n-----\n\n{box}"
    assert printed(document(tmp_path, one=page)) == "A In short x Other In short x"


@pytest.mark.parametrize(
    "text",
    [
        "1. is no list, 2. neither",
        "- a dash",
        "= no heading",
        "+ more",
        "/ or: less",
        "a_b*c* `d` ~ e",
        "#set $5 to $6 @who <tag> [x](y)",
        "back \\ slash \\n",
        "'one' \"two\" and Typst's",
        "-- and --- and ... and -?",
        "/* no */ // comment, https://example.org/a//b",
    ],
)
def test_text_is_printed_as_it_is(tmp_path, text):
    page = nodes.section("", nodes.paragraph(text=text), nodes.paragraph("", "", nodes.Text(text)))
    page[1].insert(0, nodes.strong(text=text))
    assert printed(document(tmp_path, one=page)) == " ".join([text, text + text])


def test_tables_figures_lists_and_notes_are_printed(tmp_path):
    page = """
.. _tab-a:

.. table:: Heights

   ======= ======
   Harbour Height
   ======= ======
   Brest   5 m
   Dover   6 m
   ======= ======

.. figure:: a.svg
   :alt: A line
   :name: fig-a

   The tide turns

   Twice a day.

* one `table <#tab-a>`__

  3. two `figure <#fig-a>`__

term
  definition [#n]_

| line
| break

.. [#n] A note
"""
    assert printed(document(tmp_path, one=page)) == (
        "Heights Harbour Height Brest 5 m Dover 6 m The tide turns (A line) Twice a day. "
        "• one table 3. two figure term definition 1 line break 1 A note"
    )


def test_html_of_an_author_is_printed(tmp_path):
    html = nodes.raw("", "<table><tr><td>left</td><td>right</td></tr></table>", format="html")
    assert printed(document(tmp_path, one=nodes.section("", html))) == "left right"


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
