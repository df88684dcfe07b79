"""Check a built HTML book: whatever it points at exists, and it needs nothing from elsewhere."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from bs4 import BeautifulSoup, Tag

LOADS = (("img", "src"), ("script", "src"), ("link", "href"), ("source", "src"), ("iframe", "src"))
LOADED = {"stylesheet", "icon", "preload", "modulepreload", "manifest"}
OUTWARD = {"http", "https", "mailto"}
STYLE_ADDRESS = re.compile(r"url\(\s*['\"]?([^'\")]+)|@import\s+['\"]([^'\"]+)")
DOWNLOADS = {"figure": {".csv", ".json", ".svg"}, "table": {".csv", ".json"}}


def check_book(html: Path) -> list[str]:
    """Problems of a built book, each as a line of text.

    Links and their anchors, pictures, scripts and styles exist; nothing but a link may lead to
    another host; every picture has an alternative text; every exhibit has a number, and downloads
    that can be read.

    Args:
        html: folder with the pages; editions below it are checked as well.
    """
    if not any(html.glob("*.html")):
        return [f"{html}: there is no built book; run `bindery build`."]
    found = []
    for path in sorted(html.rglob("*.html")):
        page = path.relative_to(html)
        if "_static" in page.parts:
            continue  # a theme's leftovers, no pages
        found += [f"{page}: {fault}" for fault in _page_faults(path)]
    for path in sorted(html.rglob("*.css")):
        found += [f"{path.relative_to(html)}: {fault}" for fault in _style_faults(path)]
    _soup.cache_clear()
    _places.cache_clear()
    return found


def _page_faults(path: Path) -> Iterator[str]:
    soup = _soup(path)
    for name, attribute in LOADS:
        for tag in soup.select(f"{name}[{attribute}]"):
            if tag.name == "link" and not LOADED & set(tag.get("rel", [])):
                continue
            yield from _load_faults(path, name, tag[attribute])
    for link in soup.select("a[href]"):
        yield from _link_faults(path, link["href"])
    for picture in soup.select("img"):
        if not picture.get("alt", "").strip():
            yield f"the picture {picture.get('src')} has no alternative text."
    for exhibit in soup.select(".exhibit"):
        yield from _exhibit_faults(path, exhibit)


def _load_faults(path: Path, name: str, address: str) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme == "data":
        return
    if parts.scheme or parts.netloc:
        yield f"<{name}> asks another host: {address}; bring the file with the book."
    elif not _local(path, parts.path).is_file():
        yield f"<{name}> needs {address}, which is missing."


def _link_faults(path: Path, address: str) -> Iterator[str]:
    parts = urlsplit(address)
    if parts.scheme in OUTWARD or address == "#":
        return
    if parts.scheme or parts.netloc:
        yield f"a link has an address that a book on disk cannot open: {address}"
        return
    target = _local(path, parts.path) if parts.path else path
    if not target.is_file():
        yield f"a link leads to {address}, which is missing."
    elif (
        parts.fragment
        and target.suffix == ".html"
        and unquote(parts.fragment) not in _places(target)
    ):
        yield f"a link leads to {address}, but there is no such place on that page."


def _exhibit_faults(path: Path, exhibit: Tag) -> Iterator[str]:
    body = exhibit.select_one("figure[id], table[id]")
    name = body["id"] if body is not None else "an exhibit"
    if exhibit.select_one(".caption-number") is None:
        yield f"{name} has no number; is numfig on in _config.yml?"
    links = [_local(path, urlsplit(a["href"]).path) for a in exhibit.select("a.download[href]")]
    kind = "figure" if "exhibit-figure" in exhibit.get("class", []) else "table"
    for missing in sorted(DOWNLOADS[kind] - {link.suffix for link in links}):
        yield f"{name} offers no {missing} to download."
    for link in links:
        if link.is_file() and (fault := _unreadable(link)):
            yield f"{name}: {link.name}: {fault}"


def _unreadable(path: Path) -> str:
    """Why a download cannot be read; empty if it can."""
    text = path.read_text(encoding="utf-8")
    try:
        if path.suffix == ".json":
            json.loads(text)
        elif path.suffix == ".svg":
            ElementTree.fromstring(text)
        elif path.suffix == ".csv" and len({len(row) for row in csv.reader(text.splitlines())}) > 1:
            return "the rows differ in length."
    except (ValueError, ElementTree.ParseError) as error:
        return str(error)
    return ""


def _style_faults(path: Path) -> Iterator[str]:
    for first, second in STYLE_ADDRESS.findall(path.read_text(encoding="utf-8", errors="replace")):
        parts = urlsplit((first or second).strip())
        if parts.scheme == "data" or not parts.path:
            continue
        if parts.scheme or parts.netloc:
            yield f"asks another host: {first or second}"
        elif not _local(path, parts.path).is_file():
            yield f"needs {first or second}, which is missing."


def _local(path: Path, address: str) -> Path:
    return path.parent / unquote(address)


@cache
def _soup(path: Path) -> BeautifulSoup:
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


@cache
def _places(path: Path) -> frozenset[str]:
    """What a link to this page may name after the #."""
    tags = _soup(path).find_all(True)
    return frozenset(tag[key] for tag in tags for key in ("id", "name") if tag.has_attr(key))
