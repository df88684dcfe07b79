"""Make the book: check, execute, HTML, PDF, then put the new book in the place of the old.

Everything is made beside the old book and moved into place when it is complete, so that whatever
goes wrong on the way (a failing chapter, a full disk, a killed process), the last good book stays.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from filelock import FileLock, Timeout

from bindery.execute import Task, Watcher, execute, reasons, refresh, sweep, tasks, write
from bindery.observe import IGNORED_FOLDERS, fingerprint
from bindery.plan import BuildError, Project, check_scenario_name, suggestion

AT_FDCWD = -100
RENAME_EXCHANGE = 2
FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Book:
    """Where an edition lies.

    Attributes:
        html: its folder of pages.
        pdf: its PDF.
        next: folder in which both are made.
        published: file that says from what each was made.
    """

    html: Path
    pdf: Path
    next: Path
    published: Path

    @classmethod
    def of(cls, project: Project, scenario: str) -> Book:
        """The places of one edition; the default scenario's is the book itself."""
        build, name = project.build_dir, Path(project.settings.pdf)
        html, pdf = build / "html", build / "pdf" / name
        if scenario != project.settings.scenario:
            html = html / "editions" / scenario
            pdf = pdf.with_stem(f"{pdf.stem}-{scenario}")
        work = build / "work"
        return cls(html, pdf, work / ".next" / scenario, work / ".published" / f"{scenario}.json")

    def made_from(self) -> dict[str, str]:
        """Digest of what each product (``html``, ``pdf``) that is there was made from."""
        try:
            record = json.loads(self.published.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        places = {"html": self.html / "index.html", "pdf": self.pdf}
        return {name: digest for name, digest in record.items() if places[name].exists()}


def build(
    project: Project,
    *,
    scenario: str = "",
    only: str = "",
    jobs: int = 1,
    with_pdf: bool = True,
    force: bool = False,
    watcher: Watcher | None = None,
) -> Book | None:
    """Bring an edition of the book up to date.

    Args:
        project: the book.
        scenario: the edition; the default one if empty.
        only: name of the one chapter to execute; the others stay as they are.
        jobs: number of chapters that are executed at a time.
        with_pdf: whether to make the PDF too.
        force: execute and make everything anew.
        watcher: is told of the progress.

    Returns:
        Where the book lies; None if it cannot be made, since with ``only`` others are missing.

    Raises:
        BuildError: a check, a chapter, Sphinx or Typst failed, or the disk is full. The last good
            book is as it was.
    """
    watcher = watcher or Watcher()
    scenario = scenario or project.settings.scenario
    check_scenario_name(scenario)
    book = Book.of(project, scenario)
    try:
        with locked(project, watcher):
            _recover(project)
            return _build(project, scenario, book, only, jobs, with_pdf, force, watcher)
    except (OSError, BuildError) as error:
        # Sphinx and shutil report the errors of single files as text only.
        if not any(os.strerror(number) in str(error) for number in FULL):
            raise
        raise BuildError(
            f"The disk is full. The last good book is as it was; make room for "
            f"{project.build_dir} and build again."
        ) from error


def problems(project: Project) -> list[str]:
    """What the project's own checks find."""
    return [text for entry in project.settings.checks for text in call(project, entry)]


def call(project: Project, entry: str) -> Any:
    """Call a ``module:function`` of the settings, in the project's folder.

    Raises:
        BuildError: there is no such function, or it raises.
    """
    module, _, function = entry.partition(":")
    path = list(sys.path)
    bytecode = sys.dont_write_bytecode
    sys.path[:0] = [str(project.root / item) for item in project.settings.path]
    sys.dont_write_bytecode = True
    try:
        with contextlib.chdir(project.root):
            return getattr(import_module(module), function)()
    except Exception as error:
        raise BuildError(
            f"{entry} ([tool.bindery] in pyproject.toml): {type(error).__name__}: {error}"
        ) from error
    finally:
        sys.path[:], sys.dont_write_bytecode = path, bytecode


@contextlib.contextmanager
def locked(project: Project, watcher: Watcher) -> Iterator[None]:
    """Wait until no other build of this book is at work, then keep others out."""
    project.build_dir.mkdir(exist_ok=True)
    holder = project.build_dir / ".lock.holder"
    lock = FileLock(project.build_dir / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        who = holder.read_text(encoding="utf-8") if holder.exists() else "another process"
        watcher.say(f"Waiting for another build of this book ({who}).")
        lock.acquire()
    try:
        write(holder, f"process {os.getpid()}, since {time.strftime('%H:%M:%S')}")
        yield
    finally:
        lock.release()


def _build(
    project: Project,
    scenario: str,
    book: Book,
    only: str,
    jobs: int,
    with_pdf: bool,
    force: bool,
    watcher: Watcher,
) -> Book | None:
    chapters = tasks(project, scenario)
    if only and only not in chapters:
        raise BuildError(f"There is no chapter {only!r}. {suggestion(only, chapters)}")
    stale = [task for task in chapters.values() if reasons(task)]
    todo = [
        task for task in (chapters.values() if force else stale) if only in ("", task.page.name)
    ]
    left = [task for task in stale if task not in todo]
    wanted = ("html", "pdf") if with_pdf else ("html",)

    for task in chapters.values():
        if task not in stale:
            refresh(task)
    if not todo and not _outdated(book, _digest(project, chapters), wanted, force):
        watcher.say("Nothing has changed.")
        return book
    if found := problems(project):
        raise BuildError("\n".join(["The project's checks found:", *found]))
    watcher.expect(len(todo) + len(wanted))
    if failures := execute(project, todo, jobs, watcher):
        count = f"{len(failures)} of {len(todo)} chapters failed; the last good book is as it was."
        raise BuildError("\n\n".join([*failures, count]))
    if missing := [task.page.name for task in left if not task.executed.exists()]:
        watcher.say(
            f"{only} is executed. The book is not made, since other chapters have not been "
            f"executed yet: {', '.join(missing)}. `bindery build` executes them."
        )
        return None
    if left:
        watcher.say(f"Left stale: {', '.join(task.page.name for task in left)}.")
    _make(project, scenario, chapters, book, wanted, force, watcher)
    return book


def _make(
    project: Project,
    scenario: str,
    chapters: dict[str, Task],
    book: Book,
    wanted: Sequence[str],
    force: bool,
    watcher: Watcher,
) -> None:
    """Make the outdated products in ``book.next``, then put them in place."""
    digest = _digest(project, chapters)
    outdated = _outdated(book, digest, wanted, force)
    executed = {name: task.executed for name, task in chapters.items()}
    made = _made(project, scenario, chapters)
    book.next.mkdir(parents=True)
    for product in outdated:
        watcher.started(product.upper())
        begin = time.monotonic()
        good = False
        try:
            module = import_module(f"bindery.{product}")
            new = book.next / {"html": "html", "pdf": book.pdf.name}[product]
            module.build(project, executed, new, scenario=scenario, made=made)
            good = True
        finally:
            watcher.ended(product.upper(), time.monotonic() - begin, good)
    packed = _pack(project, book.next)
    record = book.made_from()
    # Without a record, a build that is killed in between is simply done again.
    book.published.unlink(missing_ok=True)
    if "html" in outdated:
        _keep_editions(book)
        swap(book.next / "html", book.html)
    if "pdf" in outdated:
        book.pdf.parent.mkdir(parents=True, exist_ok=True)
        (book.next / book.pdf.name).replace(book.pdf)
    for archive in packed:
        archive.replace(project.build_dir / archive.name)
    book.published.parent.mkdir(parents=True, exist_ok=True)
    write(book.published, json.dumps(record | dict.fromkeys(outdated, digest)))
    shutil.rmtree(book.next.parent)


def _pack(project: Project, place: Path) -> list[Path]:
    """The archive that the settings ask for, if any; same files, same bytes."""
    if not project.settings.archive:
        return []
    folder = project.root / project.settings.archive
    target = place / f"{folder.name}-package.zip"
    with ZipFile(target, "w") as archive:
        for path in _files(folder):
            entry = ZipInfo(path.relative_to(folder.parent).as_posix())
            archive.writestr(entry, path.read_bytes(), ZIP_DEFLATED)
    return [target]


def _made(project: Project, scenario: str, chapters: dict[str, Task]) -> dict[str, dict]:
    """How each chapter was made, for the line at the foot of its page."""
    colophon = call(project, project.settings.colophon) if project.settings.colophon else {}
    return {
        name: {
            "scenario": scenario if "scenario" in task.parameters else "any",
            "parameters": task.parameters,
            "colophon": colophon,
            "seconds": task.record()["seconds"],
        }
        for name, task in chapters.items()
    }


def _outdated(book: Book, digest: str, wanted: Sequence[str], force: bool) -> list[str]:
    """Those of the wanted products that were made from something else than what is there now."""
    made = book.made_from()
    return [product for product in wanted if force or made.get(product) != digest]


def _digest(project: Project, chapters: dict[str, Task]) -> str:
    """Digest of all that a book is made from: project, executed chapters, and `bindery` itself.

    Every file of the project counts, since a page may include or offer any of them.
    """
    own = Path(__file__).parent
    digest = sha256(sys.version.encode())
    for base, files in (
        (project.root, _files(project.root)),
        (own, _files(own)),
        (project.root, (task.executed for task in chapters.values())),
    ):
        for path in files:
            name = path.relative_to(base).as_posix()
            digest.update(f"{name}\0{fingerprint(path)}\0".encode())
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".")
            and name not in IGNORED_FOLDERS
            and not Path(root, name, "pyvenv.cfg").exists()
        )
        yield from (Path(root, name) for name in sorted(names) if not name.startswith("."))


def _keep_editions(book: Book) -> None:
    """Let the new book have the other editions of the old one, which lie inside it."""
    editions = book.html / "editions"
    if editions.is_dir():
        shutil.copytree(editions, book.next / "html" / "editions", copy_function=os.link)


def swap(new: Path, place: Path) -> None:
    """Put a folder in the place of another; the old one, if any, is removed.

    Where the system can exchange two folders (Linux), there is no moment without the one or the
    other. Elsewhere the old one steps aside for a moment; `_recover` brings it back if the process
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


def _recover(project: Project) -> None:
    """Put right what a killed build left behind."""
    html = project.build_dir / "html"
    for aside in [_aside(html), *(html / "editions").glob(".*.old")]:
        place = aside.with_name(aside.name.removeprefix(".").removesuffix(".old"))
        if aside.exists() and not place.exists():
            aside.rename(place)
        shutil.rmtree(aside, ignore_errors=True)
    shutil.rmtree(project.build_dir / "work" / ".next", ignore_errors=True)
    sweep(project)
