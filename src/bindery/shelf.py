"""The editions of a book side by side: what the menu on each page lists, and their comparison.

Each built edition says of itself, in ``edition.json`` in its folder, what it is, which pages it
has and which numbers it prints. From these files alone, of the editions that are there, come three
files in the folder of the book: ``editions.js``, which every page of every edition loads for its
menu; ``editions.html``, a page by Sphinx into which ``comparison.html`` puts the headline numbers
side by side; and the same as ``editions.csv``. So editions may be built, renewed and removed one
by one.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bindery.execute import write
from bindery.pages import numbers, title
from bindery.plan import BuildError, read_notebook

if TYPE_CHECKING:
    from bindery.place import Book

FOLDER = "editions"
IMPRINT = "edition.json"
OWN_SCRIPT = "edition.js"
MENU_SCRIPT = "editions.js"
COMPARISON = "editions"
TITLE = "Editions compared"
BEGIN, END = "<!-- comparison -->", "<!-- end of comparison -->"
EMPTY = f'<section id="editions-compared"><h1>{TITLE}</h1>\n{BEGIN}{END}\n</section>'
FROM_NUMBER = ("value", "unit", "text", "kind")
ON_BASIS = ("graded", "model", "inputs")
"""What some numbers say of what they rest on, besides their sources."""
COLUMNS = (
    *("chapter", "number", "label", "edition", *FROM_NUMBER[:3], "differs", "kind", "sources"),
    *ON_BASIS,
)


def same(one: object, other: object) -> bool:
    """Whether two values of one number agree, up to the rounding of single precision."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=2e-6)
    return one == other


def imprint(book: Book, sources: str) -> None:
    """Add to the new pages of an edition what it says of itself.

    Args:
        book: the edition.
        sources: digest of the sources of which it was built.
    """
    html, edition = book.next("html"), book.edition
    own = {"name": edition.name, "root": "./" if book.is_default else "../../"}
    if not book.is_default:
        (html / f"{COMPARISON}.html").unlink(missing_ok=True)
    pages = {path.relative_to(html).as_posix() for path in html.rglob("*.html")}
    about = {
        "name": edition.name,
        "title": edition.title or edition.name,
        "default": book.is_default,
        "sources": sources,
        "pages": sorted(p for p in pages if not p.startswith("_") and p != f"{COMPARISON}.html"),
        "chapters": [
            {
                "name": page.name,
                "title": title(notebook) or page.name,
                "page": page.path.with_suffix(".html").as_posix(),
                "numbers": numbers(notebook),
            }
            for page in book.project.chapters
            for notebook in [read_notebook(book.executed[page.name])]
        ],
    }
    write(html / "_static" / OWN_SCRIPT, f"window.bookEdition = {json.dumps(own)};\n")
    write(html / IMPRINT, json.dumps(about, indent=1, ensure_ascii=False))


def read_imprint(html: Path) -> dict | None:
    """What the edition in a folder says of itself; None if there is none."""
    try:
        return json.loads((html / IMPRINT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def editions(html: Path) -> list[dict]:
    """What each edition that is there says of itself, the default one first, then by title.

    Each gets its ``path`` from the folder of the book.

    Args:
        html: the folder of the book.
    """
    folders = [html, *(html / FOLDER).glob("[!.]*")]
    found = [
        about | {"path": "" if folder == html else f"{FOLDER}/{folder.name}/"}
        for folder in folders
        if (about := read_imprint(folder)) and (folder / "index.html").exists()
    ]
    return sorted(found, key=lambda about: (not about["default"], about["title"]))


def older(html: Path, sources: str) -> list[str]:
    """Names of the editions that were built of other sources than these."""
    return [about["name"] for about in editions(html) if about["sources"] != sources]


def renew(html: Path, sources: str) -> None:
    """Bring the menu and the comparison up to date with the editions that are there.

    Args:
        html: the folder of the book.
        sources: digest of the present sources; editions built of others are marked.
    """
    there = [about | {"older": about["sources"] != sources} for about in editions(html)]
    listed = ("name", "title", "path", "older", "pages")
    page, table = html / f"{COMPARISON}.html", html / f"{COMPARISON}.csv"
    menu = {
        "comparison": page.name if page.exists() else "",
        "editions": [{key: about[key] for key in listed} for about in there],
    }
    write(html / MENU_SCRIPT, f"window.bookEditions = {json.dumps(menu, ensure_ascii=False)};\n")
    if page.exists():
        from jinja2 import Environment, FileSystemLoader

        chapters = _headlines(there)
        here = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
        compared = here.get_template("comparison.html").render(
            there=there, chapters=chapters, table=table.name, differs=_differs
        )
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        if not after:
            raise BuildError(f"{page} has no place for the comparison; is the theme another?")
        write(table, _csv(there, chapters))
        write(page, f"{before}{BEGIN}\n{compared}\n{END}{after}")


def _headlines(there: Sequence[Mapping]) -> list[dict]:
    """The chapters that have numbers with a label, and as ``headlines`` these, by edition."""
    chapters: dict[str, dict] = {}
    for about in there:
        for part in about["chapters"]:
            chapter = chapters.setdefault(part["name"], {**part, "headlines": {}})
            for name, number in part["numbers"].items():
                if number.get("label"):
                    chapter["headlines"].setdefault(name, {})[about["name"]] = number
    return [chapter for chapter in chapters.values() if chapter["headlines"]]


def _differs(number: Mapping | None, base: Mapping | None) -> str:
    """How two numbers differ as they are printed, which is what a reader sees; empty if not."""
    if (number and number["text"]) == (base and base["text"]):
        return ""
    values = [n["value"] for n in (number, base) if n and isinstance(n["value"], int | float)]
    if len(values) < 2:
        return "differs"
    return "higher" if values[0] > values[1] else "lower"


def _cell(value: object) -> str:
    return "; ".join(value) if isinstance(value, list) else str(value)


def _csv(there: Sequence[Mapping], chapters: Sequence[Mapping]) -> str:
    text = io.StringIO()
    lines = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    lines.writeheader()
    for chapter in chapters:
        for name, by_edition in chapter["headlines"].items():
            base = by_edition.get(there[0]["name"])
            for edition, number in by_edition.items():
                row = {key: number[key] for key in ("label", *FROM_NUMBER)}
                row |= {"chapter": chapter["name"], "number": name, "edition": edition}
                row["differs"] = str(bool(_differs(number, base))).lower()
                row |= {"sources": ";".join(number["sources"])}
                row |= {name: _cell(number.get(name, "")) for name in ON_BASIS}
                lines.writerow(row)
    return text.getvalue()
