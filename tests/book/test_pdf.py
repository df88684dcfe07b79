"""The built PDF against the standard it claims and against the built pages."""

import re
import unicodedata

import pytest
from bs4 import BeautifulSoup
from pypdf import PdfReader
from pypdf.generic import ContentStream


@pytest.fixture(scope="module")
def reader(built_pdf):
    return PdfReader(built_pdf)


@pytest.fixture(scope="module")
def articles(pages):
    """The articles of the built pages."""
    soups = (BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser") for page in pages)
    return [soup.select_one("article") for soup in soups]


@pytest.fixture(scope="module")
def printed(reader):
    """Text of each page of the PDF."""
    return [page.extract_text() for page in reader.pages]


@pytest.fixture(scope="module")
def text(printed):
    """All text of the PDF, without spaces, since lines break elsewhere than on a screen."""
    return squeezed("".join(printed))


def squeezed(text):
    """Text without spaces and hyphens, so that where a line ends does not matter."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", unicodedata.normalize("NFKC", text))


def title(article):
    heading = article.h1
    for link in heading.select("a.headerlink"):
        link.extract()
    return heading.get_text()


def test_every_font_is_embedded(reader):
    for number, page in enumerate(reader.pages, start=1):
        for name, font in page.get("/Resources", {}).get("/Font", {}).items():
            assert embedded(font.get_object()), f"page {number}: {name} is not part of the file"


def embedded(font):
    """Whether a font's outlines are part of the file."""
    inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    descriptor = inner.get("/FontDescriptor", {}).get_object()
    return inner.get("/Subtype") == "/Type3" or any(
        key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
    )


def test_no_reference_leads_nowhere(text):
    assert "??" not in text


def test_is_tagged_and_says_what_it_is(reader, project):
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == project.title
    assert b"pdfuaid:part" in reader.trailer["/Root"]["/Metadata"].get_data()


def test_outline_names_every_page_of_the_book(reader, articles):
    chapters = [squeezed(item.title) for item in reader.outline if not isinstance(item, list)]
    for article in articles:
        assert squeezed(title(article)) in chapters


def test_every_chapter_begins_a_page(reader, articles):
    starts = [
        reader.get_destination_page_number(item)
        for item in reader.outline
        if not isinstance(item, list)
    ]
    assert len(set(starts)) == len(starts) > len(articles)
    assert len(reader.pages) > len(articles)


def test_pages_bear_their_numbers(printed):
    for number, words in enumerate(printed[1:], start=2):
        assert str(number) in words.split(), f"page {number} does not print its number"


def test_exhibits_have_the_numbers_and_captions_of_the_pages(articles, text):
    for article in articles:
        for exhibit in article.select(".exhibit"):
            number = exhibit.select_one(".caption-number").get_text()
            caption = exhibit.select_one(".caption-text")
            for formula in caption.select(".math"):
                formula.replace_with("\0")
            first, *rest = caption.get_text().split("\0")
            assert squeezed(number + first) in text
            assert all(squeezed(piece) in text for piece in rest)


def test_pictures_have_the_alternative_texts_of_the_pages(reader, articles):
    expected = {
        " ".join(picture["alt"].split())
        for article in articles
        for picture in article.select(".exhibit img")
    }
    found = set()
    for item in reader.trailer["/Root"]["/StructTreeRoot"]["/K"]:
        _alternatives(item.get_object(), found)
    assert expected <= found


def _alternatives(element, found):
    """Alternative texts of a structure element and of those in it."""
    waiting = [element]
    while waiting:
        node = waiting.pop()
        if not isinstance(node, dict):
            continue
        if "/Alt" in node:
            found.add(" ".join(node["/Alt"].split()))
        below = node.get("/K", [])
        below = below if isinstance(below, list) else [below]
        waiting += [child.get_object() for child in below if not isinstance(child, int)]


def test_figures_are_vectors(reader, articles):
    drawn = {p["src"].rpartition(".")[2] for a in articles for p in a.select(".exhibit img")}
    assert drawn <= {"svg"}, "report figures as SVG"
    for number, page in enumerate(reader.pages, start=1):
        for item in page["/Resources"].get("/XObject", {}).values():
            assert item.get_object()["/Subtype"] != "/Image", f"page {number} holds a raster image"


def test_no_character_is_printed_as_a_box(reader):
    for number, page in enumerate(reader.pages, start=1):
        if (content := page.get_contents()) is None:
            continue
        for operands, operator in ContentStream(content, reader).operations:
            if operator not in (b"Tj", b"TJ"):
                continue
            pieces = operands[0] if operator == b"TJ" else operands
            for piece in pieces:
                code = getattr(piece, "original_bytes", b"")
                glyphs = {code[i : i + 2] for i in range(0, len(code), 2)}
                assert b"\0\0" not in glyphs, f"page {number}: a character without a glyph"


def test_chinese_names_are_printed(articles, text):
    for article in articles:
        for folded in article.select("details, .mathjax_process, script"):
            folded.extract()
        names = re.findall(r"[\u4e00-\u9fff]{2,}", article.get_text())
        assert all(name in text for name in names), "a name is missing in the PDF"


def test_code_stays_out(articles, text):
    for article in articles:
        for code in article.select("details.hide pre"):
            line = max(map(squeezed, code.get_text().splitlines()), key=len)
            assert line not in text, "code belongs in the PDF only where a cell is tagged show-code"
