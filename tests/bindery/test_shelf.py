"""Menu and comparison from what editions say of themselves."""

import csv
import json

import pytest
from bs4 import BeautifulSoup

from bindery import shelf
from bindery.plan import BuildError


def number(value, text="", **more):
    facts = {"value": value, "text": text or str(value), "unit": "t", "kind": "derived"}
    return facts | {"sources": ["usgs2025", "iea2025"], "label": "Gap <in> magnets"} | more


def edition(html, name, numbers, title="", sources="now", default=False):
    """Put an edition on the shelf."""
    folder = html if default else html / "editions" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.html").write_text("front")
    chapter = {"name": "outlook", "title": "Outlook", "page": "outlook.html", "numbers": numbers}
    about = {"name": name, "title": title or name, "default": default, "sources": sources}
    about |= {"pages": ["index.html", "outlook.html"], "chapters": [chapter]}
    (folder / "edition.json").write_text(json.dumps(about))


@pytest.fixture
def html(tmp_path):
    """A shelf with the default edition and the empty page for the comparison."""
    edition(
        tmp_path, "baseline", {"gap": number(100.0), "plain": number(1, label="")}, default=True
    )
    (tmp_path / "editions.html").write_text(f"<html><body>before{shelf.EMPTY}after</body></html>")
    return tmp_path


def cells(html):
    soup = BeautifulSoup((html / "editions.html").read_text("utf-8"), "html.parser")
    heads = [head.get_text() for head in soup.select("thead th")]
    rows = [[part.get_text(" ", strip=True) for part in row] for row in soup.select("tbody tr")]
    return heads, rows


def test_each_edition_has_a_column_and_each_headline_a_row(html):
    edition(html, "policy", {"gap": number(40.0, "40")}, "Levers & more")
    edition(html, "shock", {"gap": number(160.0, "160")})
    edition(html, "same", {"gap": number(100.0)})
    edition(html, "words", {"gap": number("none")})
    edition(html, "silent", {})
    shelf.renew(html, "now")
    heads, rows = cells(html)
    assert heads == ["Number", "baseline", "Levers & more", "same", "shock", "silent", "words"]
    assert rows == [
        [
            "Gap <in> magnets (t)",
            "100.0",
            "▼ lower: 40",
            "100.0",
            "▲ higher: 160",
            "≠ differs: –",
            "≠ differs: none",
        ]
    ]


def test_what_is_printed_alike_is_not_marked(html):
    edition(html, "policy", {"gap": number(100.0001, "100.0")})
    shelf.renew(html, "now")
    assert cells(html)[1][0][1:] == ["100.0", "100.0"]


def test_the_download_has_one_row_for_each_number_and_edition(html):
    edition(html, "policy", {"gap": number(40.0, "40")})
    shelf.renew(html, "now")
    with (html / "editions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["edition"], row["value"], row["differs"]) for row in rows] == [
        ("baseline", "100.0", "false"),
        ("policy", "40.0", "true"),
    ]
    assert rows[0]["sources"] == "usgs2025;iea2025"


def test_the_comparison_can_be_renewed_again_and_again(html):
    shelf.renew(html, "now")
    once = (html / "editions.html").read_text("utf-8")
    edition(html, "policy", {"gap": number(40.0, "40")})
    shelf.renew(html, "now")
    (html / "editions/policy/index.html").unlink()
    shelf.renew(html, "now")
    assert (html / "editions.html").read_text("utf-8") == once
    assert once.startswith("<html><body>before")
    assert once.endswith("after</body></html>")


def test_an_edition_of_older_sources_is_named(html):
    edition(html, "policy", {}, sources="then")
    assert shelf.older(html, "now") == ["policy"]
    assert shelf.older(html, "then") == ["baseline"]


def test_a_page_without_a_place_for_the_comparison_is_an_error(html):
    (html / "editions.html").write_text("<html></html>")
    with pytest.raises(BuildError, match=r"editions.html has no place"):
        shelf.renew(html, "now")
