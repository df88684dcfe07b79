"""Where the editions of a book lie, and how a new one takes the place of the old, at once.

The default edition is the book itself; the others lie inside it, in ``editions``.
"""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import shutil
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

from bindery import shelf
from bindery.execute import Task, tasks, write
from bindery.observe import fingerprint
from bindery.plan import Edition, Project

PRODUCTS = ("html", "pdf")
AT_FDCWD = -100
RENAME_EXCHANGE = 2


@dataclass(frozen=True, eq=False)
class Book:
    """One edition: the chapters it is made from, and where it lies."""

    project: Project
    edition: Edition

    @cached_property
    def chapters(self) -> dict[str, Task]:
        """Page name to chapter."""
        return tasks(self.project, self.edition)

    @property
    def executed(self) -> dict[str, Path]:
        """Page name to executed notebook."""
        return {name: task.executed for name, task in self.chapters.items()}

    @property
    def is_default(self) -> bool:
        """Whether it is the book itself."""
        return self.edition.name == self.project.settings.scenario

    @property
    def root(self) -> Path:
        """Folder of the default edition's pages, in which all editions lie."""
        return self.project.build_dir / "html"

    @property
    def html(self) -> Path:
        """Folder of its pages."""
        return self.root if self.is_default else self.root / shelf.FOLDER / self.edition.name

    @property
    def pdf(self) -> Path:
        """Its PDF."""
        path = self.project.build_dir / "pdf" / self.project.settings.pdf
        return path if self.is_default else path.with_stem(f"{path.stem}-{self.edition.name}")

    def next(self, product: str) -> Path:
        """Where ``html`` or ``pdf`` is made."""
        return _next(self.project) / self.edition.name / product

    def lacks(self, products: Sequence[str], sources: str) -> list[str]:
        """Those products that are not there, or were made from something else than is there now.

        Args:
            products: of ``html`` and ``pdf``.
            sources: digest of the project.
        """
        made, digest = self._made_from(), self._digest(sources)
        places = {"html": self.html / "index.html", "pdf": self.pdf}
        return [name for name in products if made.get(name) != digest or not places[name].exists()]

    def _digest(self, sources: str) -> str:
        """Of all that the edition is made from: the sources, and its executed chapters."""
        prints = [f"{name}\0{fingerprint(path)}" for name, path in self.executed.items()]
        return sha256("\0".join([sources, *prints]).encode()).hexdigest()

    def _made_from(self) -> dict[str, str]:
        try:
            return json.loads(self._published.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}

    @property
    def _published(self) -> Path:
        return self.project.build_dir / "work" / ".published" / f"{self.edition.name}.json"

    def put(self, products: Sequence[str], sources: str) -> None:
        """Put finished products in place; bring menu and comparison of editions up to date."""
        record = self._made_from()
        # Without a record, a build that is killed in between is simply done again.
        self._published.unlink(missing_ok=True)
        if "html" in products:
            new = self.next("html")
            if self.is_default:
                _keep_editions(self.html, new)
                shelf.renew(new, sources)
            swap(new, self.html)
            if not self.is_default:
                shelf.renew(self.root, sources)
        if "pdf" in products:
            self.pdf.parent.mkdir(parents=True, exist_ok=True)
            self.next("pdf").replace(self.pdf)
        write(self._published, json.dumps(record | dict.fromkeys(products, self._digest(sources))))


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


def recover(project: Project) -> None:
    """Put right what a killed build left behind."""
    html = project.build_dir / "html"
    for aside in [_aside(html), *(html / shelf.FOLDER).glob(".*.old")]:
        place = aside.with_name(aside.name.removeprefix(".").removesuffix(".old"))
        if aside.exists() and not place.exists():
            aside.rename(place)
        shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(_next(project), ignore_errors=True)


def end_with_build() -> None:
    """Let this process end when the build that started it does, lest it disturb the next one."""
    _watch(os.getpid())


@cache
def _watch(process: int) -> None:
    # Once for each process: one that is forked has the threads of its parent no more.
    if parent := multiprocessing.parent_process():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()


def _next(project: Project) -> Path:
    return project.build_dir / "work" / ".next"


def _exchange(one: Path, other: Path) -> bool:
    rename: Callable[..., int] | None = getattr(ctypes.CDLL(None), "renameat2", None)
    if rename is None:
        return False
    return not rename(AT_FDCWD, bytes(one), AT_FDCWD, bytes(other), RENAME_EXCHANGE)


def _aside(place: Path) -> Path:
    return place.with_name(f".{place.name}.old")


def _keep_editions(old: Path, new: Path) -> None:
    """Let the new book have the other editions of the old one, which lie inside it."""
    if (old / shelf.FOLDER).is_dir():
        shutil.copytree(old / shelf.FOLDER, new / shelf.FOLDER, copy_function=os.link)
