"""What the built pages lead to is there, and what they offer can be read.

Sphinx itself refuses a page that refers to nothing; here are the links that it does not make: of
the theme, of lists of numbers, of the menu and the comparison of editions.
"""

import csv
import json
from functools import cache
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

OFFERED = {"figure": {".csv", ".json", ".svg"}, "table": {".csv", ".json"}}


@pytest.fixture(scope="module")
def every_page(built_html):
    """All pages, those of editions too, but for a theme's leftovers."""
    return [path for path in built_html.rglob("*.html") if "_static" not in path.parts]


@cache
def soup(path):
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def places(path):
    """What a link to a page may name after the #."""
    return {tag[key] for key in ("id", "name") for tag in soup(path).select(f"[{key}]")}


def broken(path):
    for link in soup(path).select("a[href]"):
        parts = urlsplit(link["href"])
        if parts.scheme in ("http", "https", "mailto") or link["href"] == "#":
            continue
        target = path.parent / unquote(parts.path) if parts.path else path
        named = unquote(parts.fragment)
        if parts.scheme or not target.is_file():
            yield f"{path.name}: {link['href']} is missing"
        elif named and target.suffix == ".html" and named not in places(target):
            yield f"{path.name}: there is no such place as {link['href']}"


def test_every_link_leads_somewhere(every_page):
    assert [fault for path in every_page for fault in broken(path)] == []


def test_every_exhibit_has_a_number_and_offers_its_data(every_page):
    lacking = []
    for path in every_page:
        for exhibit in soup(path).select(".exhibit"):
            kind = "figure" if "exhibit-figure" in exhibit["class"] else "table"
            offered = {"." + a["href"].rpartition(".")[2] for a in exhibit.select("a.download")}
            if exhibit.select_one(".caption-number") is None or not offered >= OFFERED[kind]:
                lacking.append(f"{path.name}: {exhibit.get_text()[:60]!r} offers {offered}")
    assert lacking == []


def test_every_picture_has_an_alternative_text(every_page):
    for path in every_page:
        assert [
            img["src"] for img in soup(path).select("img") if not img.get("alt", "").strip()
        ] == []


def test_every_download_can_be_read(built_html):
    files = [path for path in built_html.rglob("_downloads/*/*") if path.suffix != ".ipynb"]
    assert files
    for path in files:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".csv":
            assert len({len(row) for row in csv.reader(text.splitlines())}) <= 1, path
        elif path.suffix in (".json", ".svg"):
            {".json": json.loads, ".svg": ElementTree.fromstring}[path.suffix](text)
