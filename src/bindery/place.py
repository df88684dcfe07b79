"""Put what was made in the place of the old, at once, and put right what a killed build left.

The default edition is the book itself; the others lie inside it, in ``editions``.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bindery import shelf
from bindery.editions import Edition
from bindery.execute import write
from bindery.plan import Project

AT_FDCWD = -100
RENAME_EXCHANGE = 2


@dataclass(frozen=True)
class Book:
    """Where an edition lies.

    Attributes:
        root: folder of the default edition's pages, in which all editions lie.
        html: folder of this edition's pages.
        pdf: its PDF.
        next: folder in which both are made.
        published: file that says from what each was made.
    """

    root: Path
    html: Path
    pdf: Path
    next: Path
    published: Path

    @classmethod
    def of(cls, project: Project, edition: Edition) -> Book:
        """The places of one edition."""
        build, name = project.build_dir, Path(project.settings.pdf)
        root = html = build / "html"
        pdf = build / "pdf" / name
        if edition.name != project.settings.scenario:
            html = root / shelf.FOLDER / edition.name
            pdf = pdf.with_stem(f"{pdf.stem}-{edition.name}")
        work = build / "work"
        published = work / ".published" / f"{edition.name}.json"
        return cls(root, html, pdf, work / ".next" / edition.name, published)

    def made_from(self) -> dict[str, str]:
        """Digest of what each product (``html``, ``pdf``) that is there was made from."""
        try:
            record = json.loads(self.published.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        places = {"html": self.html / "index.html", "pdf": self.pdf}
        return {name: digest for name, digest in record.items() if places[name].exists()}

    def target(self, product: str) -> Path:
        """Where a product is made."""
        return self.next / {"html": "html", "pdf": self.pdf.name}[product]


def put(book: Book, products: Sequence[str], digest: str, sources: str) -> None:
    """Put finished products in place, and bring menu and comparison of all editions up to date.

    Args:
        book: the edition's places.
        products: those that were made: ``html``, ``pdf``.
        digest: what they were made from.
        sources: digest of the project alone, by which editions can be compared.
    """
    record = book.made_from()
    # Without a record, a build that is killed in between is simply done again.
    book.published.unlink(missing_ok=True)
    if "html" in products:
        new = book.target("html")
        if book.html == book.root:
            _keep_editions(book)
            shelf.renew(new, sources)
        swap(new, book.html)
        if book.html != book.root:
            shelf.renew(book.root, sources)
    if "pdf" in products:
        book.pdf.parent.mkdir(parents=True, exist_ok=True)
        book.target("pdf").replace(book.pdf)
    book.published.parent.mkdir(parents=True, exist_ok=True)
    write(book.published, json.dumps(record | dict.fromkeys(products, digest)))
    shutil.rmtree(book.next)


def swap(new: Path, place: Path) -> None:
    """Put a folder in the place of another; the old one, if any, is removed.

    Where the system can exchange two folders (Linux), there is no moment without the one or the
    other. Elsewhere the old one steps aside for a moment; `recover` brings it back if the process
    ends just then.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if not place.exists():
        new.rename(place)
    elif _exchange(new, place):
        shutil.rmtree(new)
    else:
        aside = _aside(place)
        place.rename(aside)
        new.rename(place)
        shutil.rmtree(aside)


def _exchange(one: Path, other: Path) -> bool:
    rename: Callable[..., int] | None = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    return not rename(AT_FDCWD, bytes(one), AT_FDCWD, bytes(other), RENAME_EXCHANGE)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.old")


def recover(project: Project) -> None:
    """Put right what a killed build left behind."""
    html = project.build_dir / "html"
    for aside in [_aside(html), *(html / shelf.FOLDER).glob(".*.old")]:
        place = aside.with_name(aside.name.removeprefix(".").removesuffix(".old"))
        if aside.exists() and not place.exists():
            aside.rename(place)
        shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(project.build_dir / "work" / ".next", ignore_errors=True)


def _keep_editions(book: Book) -> None:
    """Let the new book have the other editions of the old one, which lie inside it."""
    editions = book.html / shelf.FOLDER
    if editions.is_dir():
        shutil.copytree(editions, book.target("html") / shelf.FOLDER, copy_function=os.link)
