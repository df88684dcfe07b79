"""Make the book: check, execute, HTML, PDF, then put the new book in the place of the old.

Everything is made beside the old book and moved into place when it is complete, so that whatever
goes wrong on the way (a failing chapter, a full disk, a killed process), the last good book stays.
Several editions are made together: the chapters of all of them in one pool, then the pages of the
default edition, then those of the others, which begin with a copy of them, side by side.
"""

from __future__ import annotations

import contextlib
import errno
import multiprocessing
import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from filelock import FileLock, Timeout

from bindery import shelf
from bindery.editions import default
from bindery.entrypoints import Asked
from bindery.execute import Say, execute, reasons, refresh, timed
from bindery.observe import IGNORED_FOLDERS, fingerprint
from bindery.place import PRODUCTS, Book, end_with_build, recover
from bindery.plan import BuildError, Edition, Project

FULL = {errno.ENOSPC, errno.EDQUOT}


def build(
    project: Project,
    editions: Sequence[Edition] = (),
    *,
    jobs: int = 1,
    with_pdf: bool = True,
    say: Say = lambda line: None,
) -> list[Book]:
    """Bring editions of the book up to date.

    Args:
        project: the book.
        editions: which of them; the default one if empty.
        jobs: number of chapters, and then of editions, that are made at a time.
        with_pdf: whether to make the PDFs too.
        say: gets a line of text for each step that is done.

    Returns:
        The editions.

    Raises:
        BuildError: a check, a chapter, Sphinx or Typst failed, or the disk is full. The editions
            concerned are as they were; the others are made.
    """
    books = _books(project, editions or [default(project)])
    products = PRODUCTS if with_pdf else PRODUCTS[:1]
    with _clear_if_full(project), locked(project, say):
        recover(project)
        sources = _sources(project)
        # Editions share the chapters that do not depend on the scenario.
        every = {task.name: task for book in books for task in book.chapters.values()}
        todo = []
        for task in every.values():
            if reasons(task):
                todo.append(task)
            else:
                refresh(task)
        if not todo and not any(book.lacks(products, sources) for book in books):
            say("Nothing has changed.")
        else:
            with Asked(project) as asked:
                import_module("bindery.html")  # slow, as the answers are
                failed = execute(project, todo, jobs, say, asked.check)
                whole = [
                    book
                    for book in books
                    if not any(task.name in failed for task in book.chapters.values())
                ]
                errors = [*failed.values()]
                if failed:
                    errors.append(f"{len(failed)} of {len(todo)} chapters failed.")
                try:
                    errors = [*_make(whole, products, sources, jobs, asked, say), *errors]
                except BuildError:
                    asked.check()  # what is wrong with the data may be the cause
                    raise
            recover(project)
            if errors:
                raise BuildError("\n\n".join([*errors, "The last good book is as it was."]))
        if older := shelf.older(books[0].root, sources):
            say(f"Built from older sources: {', '.join(older)}. `bindery editions` renews them.")
    return books


@contextlib.contextmanager
def locked(project: Project, say: Say) -> Iterator[None]:
    """Wait until no other build of this book is at work, then keep others out."""
    project.build_dir.mkdir(exist_ok=True)
    lock = FileLock(project.build_dir / ".lock")
    try:
        held = lock.acquire(timeout=0)
    except Timeout:
        say("Waiting for another build of this book.")
        held = lock.acquire()
    with held:
        yield


@contextlib.contextmanager
def _clear_if_full(project: Project) -> Iterator[None]:
    """Say plainly that the disk is full, whoever has come upon it."""
    try:
        yield
    except (OSError, BuildError) as error:
        # Sphinx and shutil report the errors of single files as text only.
        if not any(os.strerror(number) in str(error) for number in FULL):
            raise
        raise BuildError(
            f"The disk is full. The last good book is as it was; make room for "
            f"{project.build_dir} and build again."
        ) from error


def _books(project: Project, editions: Sequence[Edition]) -> list[Book]:
    """Each edition once, the default one first; it may have been named too."""
    found: dict[str, Book] = {}
    for edition in editions:
        book = found.setdefault(edition.name, Book(project, edition))
        if book.edition.file != edition.file:
            raise BuildError(
                f"{book.edition.file} and {edition.file} would both be the edition "
                f"{edition.name!r}; rename one."
            )
    return sorted(found.values(), key=lambda book: not book.is_default)


def _make(
    books: Sequence[Book],
    products: Sequence[str],
    sources: str,
    jobs: int,
    asked: Asked,
    say: Say,
) -> list[str]:
    """Make editions and put them in place; a message for each of several that is not made."""
    todo = {
        replace(book, edition=asked.titled(book.edition)): lacking
        for book in books
        if (lacking := book.lacks(products, sources))
    }
    errors = []
    with _workers(jobs if len(todo) > 1 else 0) as submit:
        running = {}
        for book, lacking in todo.items():
            made = _made(book, asked.colophon)
            # The other editions begin with a copy of these pages, on which all cores can work.
            alone = 1 if book.is_default and "html" in lacking else 0
            for line in _produce(book, lacking[:alone], made):
                say(line)
            running[submit(_produce, book, lacking[alone:], None if alone else made)] = book
        asked.check()
        for future in as_completed(running):
            book = running[future]
            try:
                for line in future.result():
                    say(line)
                if "html" in todo[book]:
                    shelf.imprint(book, sources)
                book.put(todo[book], sources)
            except (BuildError, OSError, BrokenProcessPool) as error:
                if len(todo) == 1:
                    raise
                errors.append(f"Edition {book.edition.name}: {error}")
    if todo:
        _pack(books[0].project)
    return errors


def _made(book: Book, colophon: Mapping[str, str]) -> dict[str, dict]:
    """How each chapter was made, for the line at the foot of its page."""
    made = {}
    for name, task in book.chapters.items():
        # The edition's name, since the parameter may hold the path of a file.
        own = {"scenario": book.edition.name} if "scenario" in task.parameters else {}
        made[name] = {**task.parameters, **own, **colophon}
    return made


def _produce(book: Book, products: Sequence[str], made: Mapping[str, dict] | None) -> list[str]:
    """Make products of an edition beside the old ones; a line for each that says how long it took.

    Nothing is ``made`` of pages that have just been rendered.
    """
    from bindery import html

    lines: list[str] = []
    for product in products:
        target = book.next(product)
        target.parent.mkdir(parents=True, exist_ok=True)
        name = "" if book.is_default else f" {book.edition.name}"
        with timed(lines.append, product.upper() + name):
            if made is not None:
                html.render(book.project, book.executed, edition=book.edition, made=made)
                made = None
            if product == "html":
                pages = html.pages_of(book.project, book.edition)
                shutil.copytree(pages, target, ignore=shutil.ignore_patterns(".buildinfo"))
            else:
                from bindery import pdf

                target.write_bytes(pdf.build(book.project, book.edition))
    return lines


@contextlib.contextmanager
def _workers(number: int) -> Iterator[Callable[..., Future]]:
    """What calls functions in processes of their own, or at once in this one if there are none."""
    if not number:
        yield _now
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(number, context, initializer=end_with_build)
    try:
        yield pool.submit
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _now(function: Callable, *arguments: Any) -> Future:
    future: Future = Future()
    future.set_result(function(*arguments))
    return future


def _pack(project: Project) -> None:
    """Make the archive that the settings ask for, if any; same files, same bytes."""
    if not project.settings.archive:
        return
    folder = project.root / project.settings.archive
    target = project.build_dir / f"{folder.name}-package.zip"
    beside = project.build_dir / "work" / target.name
    with ZipFile(beside, "w") as archive:
        for path in _files(folder):
            entry = ZipInfo(path.relative_to(folder.parent).as_posix())
            archive.writestr(entry, path.read_bytes(), ZIP_DEFLATED)
    beside.replace(target)


def _sources(project: Project) -> str:
    """Digest of all that every edition is made from: the project, and `bindery` itself.

    Every file of the project counts, since a page may include or offer any of them.
    """
    digest = sha256(sys.version.encode())
    for base in (project.root, Path(__file__).parent):
        for path in _files(base):
            digest.update(f"{path.relative_to(base).as_posix()}\0{fingerprint(path)}\0".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not (name.startswith(".") or name in IGNORED_FOLDERS)
            and not Path(root, name, "pyvenv.cfg").exists()
        )
        yield from (Path(root, name) for name in sorted(names) if not name.startswith("."))
