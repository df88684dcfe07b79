"""The editions of a book side by side: what the menu on each page lists, and their comparison.

Each built edition says of itself, in ``edition.json`` in its folder, what it is, which pages it
has and which numbers it prints. From these files alone, of the editions that are there, come three
files in the folder of the book: ``editions.js``, which every page of every edition loads for its
menu; ``editions.html``, which shows the headline numbers side by side; and the same as
``editions.csv``. So editions may be built, renewed and removed one by one.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from bindery.editions import Edition
from bindery.execute import write
from bindery.plan import BuildError, Project, read_notebook

FOLDER = "editions"
IMPRINT = "edition.json"
OWN_SCRIPT = "edition.js"
MENU_SCRIPT = "editions.js"
COMPARISON = "editions"
TITLE = "Editions compared"
BEGIN, END = "<!-- comparison -->", "<!-- end of comparison -->"
EMPTY = f'<section id="editions-compared"><h1>{TITLE}</h1>\n{BEGIN}{END}\n</section>'
COLUMNS = (
    "chapter",
    "number",
    "label",
    "edition",
    "value",
    "unit",
    "text",
    "differs",
    "kind",
    "sources",
)


@dataclass(frozen=True)
class Headline:
    """A number with a label, in each edition that has it.

    Attributes:
        by_edition: name of the edition to the number.
    """

    name: str
    label: str
    by_edition: dict[str, dict]


def same(one: object, other: object) -> bool:
    """Whether two values of one number agree, up to the order in which they were summed."""
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9)
    return one == other


def imprint(
    project: Project, edition: Edition, executed: Mapping[str, Path], html: Path, sources: str
) -> None:
    """Add to the pages of an edition what it says of itself.

    Args:
        project: the book.
        edition: which edition.
        executed: page name to executed notebook.
        html: folder of its pages.
        sources: digest of the sources of which it was built.
    """
    from bindery.pages import (
        numbers,
        title,
    )  # slow to import, and a build without work needs it not

    is_default = edition.name == project.settings.scenario
    own = {"name": edition.name, "root": "./" if is_default else "../../"}
    if not is_default:
        (html / f"{COMPARISON}.html").unlink(missing_ok=True)
    pages = {path.relative_to(html).as_posix() for path in html.rglob("*.html")}
    about = {
        "name": edition.name,
        "title": edition.title or edition.name,
        "default": is_default,
        "sources": sources,
        "pages": sorted(p for p in pages if not p.startswith("_") and p != f"{COMPARISON}.html"),
        "chapters": [
            {
                "name": page.name,
                "title": title(notebook) or page.name,
                "page": page.path.with_suffix(".html").as_posix(),
                "numbers": numbers(notebook),
            }
            for page in project.chapters
            for notebook in [read_notebook(executed[page.name])]
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
        write(table, _csv(there))
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        after = rest.partition(END)[2]
        if not after:
            raise BuildError(f"{page} has no place for the comparison; is the theme another?")
        write(page, f"{before}{BEGIN}\n{_comparison(there)}\n{END}{after}")


def headlines(there: Sequence[Mapping], chapter: str) -> Iterator[Headline]:
    """The headlines of a chapter, in their order on the page."""
    found = {
        about["name"]: part["numbers"]
        for about in there
        for part in about["chapters"]
        if part["name"] == chapter
    }
    labels = {
        name: number["label"]
        for held in found.values()
        for name, number in held.items()
        if number.get("label")
    }
    for name, label in labels.items():
        yield Headline(name, label, {e: held[name] for e, held in found.items() if name in held})


def _chapters(there: Sequence[Mapping]) -> Iterator[tuple[Mapping, list[Headline]]]:
    """The chapters that have headlines."""
    parts = {part["name"]: part for about in reversed(there) for part in about["chapters"]}
    order = dict.fromkeys(part["name"] for about in there for part in about["chapters"])
    for name in order:
        if found := list(headlines(there, name)):
            yield parts[name], found


def _csv(there: Sequence[Mapping]) -> str:
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for chapter, found in _chapters(there):
        for headline in found:
            base = headline.by_edition.get(there[0]["name"])
            for edition, number in headline.by_edition.items():
                lines.writerow(
                    [
                        chapter["name"],
                        headline.name,
                        headline.label,
                        edition,
                        number["value"],
                        number["unit"],
                        number["text"],
                        str(_differs(number, base)).lower(),
                        number["kind"],
                        ";".join(number["sources"]),
                    ]
                )
    return text.getvalue()


def _differs(number: Mapping | None, base: Mapping | None) -> bool:
    """Whether two numbers differ as they are printed, which is what a reader sees."""
    if number is None or base is None:
        return number is not base
    return number["text"] != base["text"]


def _comparison(there: Sequence[Mapping]) -> str:
    base = there[0]
    several = len(there) > 1
    parts = [
        f"<p>This book in {len(there)} editions, each computed under another scenario. What differs"
        f" from <em>{escape(base['title'])}</em> is marked: ▲ higher, ▼ lower, ≠ other.</p>"
        if several
        else "<p>There is one edition of this book so far.</p>",
        "<ul>",
        *(
            f'<li><a href="{about["path"]}index.html">{escape(about["title"])}</a>'
            f"{' (built from older sources)' if about['older'] else ''}</li>"
            for about in there
        ),
        "</ul>",
    ]
    chapters = list(_chapters(there))
    for chapter, found in chapters:
        parts.append(
            f'<section id="compared-{escape(chapter["name"])}">'
            f'<h2><a href="{chapter["page"]}">{escape(chapter["title"])}</a></h2>'
        )
        parts.append(_table(there, chapter, found))
        parts.append("</section>")
    if chapters:
        parts.append(
            f'<p class="exhibit-downloads"><a class="download" href="{COMPARISON}.csv" download>'
            "Data (CSV)</a></p>"
        )
    else:
        parts.append("<p>No number of this book is marked as a headline.</p>")
    return "\n".join(parts)


def _table(there: Sequence[Mapping], chapter: Mapping, found: Sequence[Headline]) -> str:
    """One row per headline, one column per edition; on a phone a row becomes a card.

    The roles are said, since a table that is not displayed as one loses them.
    """
    heads = "".join(
        f'<th role="columnheader" scope="col">{escape(about["title"])}</th>' for about in there
    )
    rows = []
    for headline in found:
        numbers_ = headline.by_edition
        base = numbers_.get(there[0]["name"])
        cells = "".join(
            f'<td role="cell" data-edition="{escape(about["title"])}"'
            f"{_cell(numbers_.get(about['name']), base)}</td>"
            for about in there
        )
        unit = next(iter(numbers_.values()))["unit"]
        shown = any(unit in number["text"] for number in numbers_.values())
        more = "" if shown or not unit else f" <small>({escape(unit)})</small>"
        rows.append(
            f'<tr role="row"><th role="rowheader" scope="row">{escape(headline.label)}{more}</th>'
            f"{cells}</tr>"
        )
    return (
        '<div class="pst-scrollable-table-container">'
        f'<table class="table comparison" role="table" aria-label="{escape(chapter["title"])}">'
        f'<thead role="rowgroup"><tr role="row"><th role="columnheader" scope="col">Number</th>'
        f'{heads}</tr></thead>\n<tbody role="rowgroup">'
        + "\n".join(rows)
        + "</tbody></table></div>"
    )


def _cell(number: Mapping | None, base: Mapping | None) -> str:
    """The rest of a cell, from its class on."""
    text = escape(number["text"]) if number else "–"
    if not _differs(number, base):
        return f">{text}"
    mark, words = "≠", "differs: "
    values = [n["value"] for n in (number, base) if n]
    if len(values) == 2 and all(isinstance(value, int | float) for value in values):
        mark, words = ("▲", "higher: ") if values[0] > values[1] else ("▼", "lower: ")
    return (
        f' class="differs"><span class="way" aria-hidden="true">{mark}</span>'
        f'<span class="visually-hidden">{words}</span> {text}'
    )
