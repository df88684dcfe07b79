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
import signal
import sys
import threading
import time
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from hashlib import sha256
from importlib import import_module
from multiprocessing import connection
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from filelock import FileLock, Timeout

from bindery import shelf
from bindery.editions import Edition, default, known
from bindery.entrypoints import call, problems
from bindery.execute import Task, Watcher, execute, reasons, refresh, tasks, write
from bindery.observe import IGNORED_FOLDERS, fingerprint
from bindery.place import Book, put, recover
from bindery.plan import BuildError, Project, suggestion

FULL = {errno.ENOSPC, errno.EDQUOT}


@dataclass(frozen=True)
class Job:
    """An edition that is to be made.

    Attributes:
        chapters: page name to chapter.
        book: where it lies.
        digest: of all that it is made from.
        products: those of ``html`` and ``pdf`` that were made from something else.
    """

    project: Project
    edition: Edition
    chapters: dict[str, Task]
    book: Book
    digest: str
    products: tuple[str, ...]


def build(
    project: Project,
    *,
    editions: Sequence[Edition] = (),
    only: str = "",
    jobs: int = 1,
    with_pdf: bool = True,
    force: bool = False,
    watcher: Watcher | None = None,
) -> list[Book]:
    """Bring editions of the book up to date.

    Args:
        project: the book.
        editions: which of them; the default one if empty.
        only: name of the one chapter to execute; the others stay as they are.
        jobs: number of chapters, and then of editions, that are made at a time.
        with_pdf: whether to make the PDFs too.
        force: execute and make everything anew.
        watcher: is told of the progress.

    Returns:
        Where the editions lie; nothing if they cannot be made, since with ``only`` other chapters
        are missing.

    Raises:
        BuildError: a check, a chapter, Sphinx or Typst failed, or the disk is full. The editions
            concerned are as they were; the others are made.
    """
    watcher = watcher or Watcher()
    editions = _distinct(editions or [default(project)])
    wanted = ("html", "pdf") if with_pdf else ("html",)
    try:
        with locked(project, watcher):
            recover(project)
            return _build(project, editions, only, jobs, wanted, force, watcher)
    except (OSError, BuildError) as error:
        # Sphinx and shutil report the errors of single files as text only.
        if not any(os.strerror(number) in str(error) for number in FULL):
            raise
        raise BuildError(
            f"The disk is full. The last good book is as it was; make room for "
            f"{project.build_dir} and build again."
        ) from error


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


def _distinct(editions: Sequence[Edition]) -> list[Edition]:
    """Each edition once; the default one may have been named too."""
    found: dict[str, Edition] = {}
    for edition in editions:
        first = found.setdefault(edition.name, edition)
        if first.file != edition.file:
            raise BuildError(
                f"{first.file} and {edition.file} would both be the edition {edition.name!r}; "
                "rename one."
            )
    return list(found.values())


def _build(
    project: Project,
    editions: Sequence[Edition],
    only: str,
    jobs: int,
    wanted: tuple[str, ...],
    force: bool,
    watcher: Watcher,
) -> list[Book]:
    sources = _sources(project)
    planned = [_job(project, edition, sources, wanted, force) for edition in editions]
    # Editions share the chapters that do not depend on the scenario.
    every = {task.name: task for job in planned for task in job.chapters.values()}
    names = [page.name for page in project.chapters]
    if only and only not in names:
        raise BuildError(f"There is no chapter {only!r}. {suggestion(only, names)}")
    stale = [task for task in every.values() if reasons(task)]
    todo = [task for task in (every.values() if force else stale) if only in ("", task.page.name)]
    left = [task for task in stale if task not in todo]
    for task in every.values():
        if task not in stale:
            refresh(task)

    def outdated() -> list[Job]:
        jobs = (_job(project, edition, sources, wanted, force) for edition in editions)
        return [job for job in jobs if job.products]

    if not todo and not outdated():
        watcher.say("Nothing has changed.")
        _say_older(project, sources, watcher)
        return [job.book for job in planned]
    if found := problems(project):
        raise BuildError("\n".join(["The project's checks found:", *found]))
    anew = {task.name for task in todo}
    watcher.expect(
        len(todo) + sum(len(wanted if _has(job, anew) else job.products) for job in planned)
    )
    failures = execute(project, todo, jobs, watcher)
    missing = {task.name for task in left if not task.executed.exists()}
    lacking = {*failures, *missing}
    whole = [job for job in outdated() if not _has(job, lacking)]
    if missing:
        watcher.say(
            f"The book is not made, since other chapters than {only} have not been executed yet: "
            f"{', '.join(sorted(missing))}. `bindery build` executes them."
        )
    elif left:
        watcher.say(f"Left stale: {', '.join(task.name for task in left)}.")
    errors = _make(project, whole, jobs, sources, watcher)
    if failures:
        errors += failures.values()
        errors.append(
            f"{len(failures)} of {len(todo)} chapters failed; the last good book is as it was."
        )
    if errors:
        raise BuildError("\n\n".join(errors))
    _say_older(project, sources, watcher)
    return [job.book for job in planned if not _has(job, missing)]


def _job(
    project: Project, edition: Edition, sources: str, wanted: tuple[str, ...], force: bool
) -> Job:
    chapters, book = tasks(project, edition), Book.of(project, edition)
    digest = _digest(sources, chapters)
    made = book.made_from()
    products = tuple(product for product in wanted if force or made.get(product) != digest)
    return Job(project, edition, chapters, book, digest, products)


def _has(job: Job, names: Container[str]) -> bool:
    """Whether some chapter of an edition is among these."""
    return any(task.name in names for task in job.chapters.values())


def _make(
    project: Project, todo: Sequence[Job], jobs: int, sources: str, watcher: Watcher
) -> list[str]:
    """Make editions and put them in place.

    Returns:
        What went wrong, a message for each edition that is not made.

    Raises:
        BuildError: the only edition cannot be made, or the default one, whose pages the others
            need.
    """
    if not todo:
        return []
    colophon = call(project, project.settings.colophon) if project.settings.colophon else {}
    own = known(project)
    todo = [
        job if job.edition.title else replace(job, edition=own.get(job.edition.name, job.edition))
        for job in sorted(todo, key=lambda job: job.edition.name != project.settings.scenario)
    ]
    placing = threading.Lock()

    errors = []
    pool = ThreadPoolExecutor(jobs)
    with _workers(jobs if len(todo) > 1 else 1) as run:

        def make(job: Job, product: str) -> None:
            is_default = job.edition.name == project.settings.scenario
            step = product.upper() if is_default else f"{product.upper()} {job.edition.name}"
            with watcher.step(step):
                run(_produce, job, product, colophon)

        def finish(job: Job, products: Sequence[str]) -> None:
            for product in products:
                make(job, product)
            if "html" in job.products:
                pages = job.book.target("html")
                shelf.imprint(project, job.edition, _executed(job), pages, sources)
            with placing:
                put(job.book, job.products, job.digest, sources)

        try:
            first = todo[0]
            # The default one alone, since the others begin with a copy of its pages.
            alone = 1 if first.edition.name == project.settings.scenario else 0
            for product in first.products[:alone]:
                make(first, product)
            running = {
                pool.submit(finish, job, job.products[alone if job is first else 0 :]): job
                for job in todo
            }
            for future in as_completed(running):
                try:
                    future.result()
                except (BuildError, OSError) as error:
                    if len(todo) == 1:
                        raise
                    errors.append(f"Edition {running[future].edition.name}: {error}")
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    _pack(project)
    shutil.rmtree(first.book.next.parent)
    return errors


def _produce(job: Job, product: str, colophon: Mapping[str, str]) -> None:
    """Make one product of an edition, beside the old one."""
    target = job.book.target(product)
    target.parent.mkdir(parents=True, exist_ok=True)
    rendered = {"rendered": True} if job.products == ("html", "pdf") and product == "pdf" else {}
    made = _made(job, colophon)
    module = import_module(f"bindery.{product}")
    module.build(job.project, _executed(job), target, edition=job.edition, made=made, **rendered)


def _executed(job: Job) -> dict[str, Path]:
    return {name: task.executed for name, task in job.chapters.items()}


@contextlib.contextmanager
def _workers(number: int) -> Iterator[Callable]:
    """What calls functions in processes of their own, or if one is enough, in this one."""
    if number == 1:
        yield lambda function, *arguments: function(*arguments)
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(number, context, initializer=_end_with_parent)

    def run(function: Callable, *arguments: Any) -> Any:
        try:
            return pool.submit(function, *arguments).result()
        except BrokenProcessPool as error:
            raise BuildError(
                "A process that makes pages was ended from outside; is the memory full? "
                "`--jobs 1` needs least."
            ) from error

    try:
        yield run
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _end_with_parent() -> None:
    """Let a worker end when the build does, however that ends; else it might disturb the next."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        connection.wait([multiprocessing.parent_process().sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _say_older(project: Project, sources: str, watcher: Watcher) -> None:
    if older := shelf.older(project.build_dir / "html", sources):
        watcher.say(
            f"Built from older sources: {', '.join(older)}. `bindery editions` renews the "
            "book's own editions."
        )


def _pack(project: Project) -> None:
    """Make the archive that the settings ask for, if any; same files, same bytes."""
    if not project.settings.archive:
        return
    folder = project.root / project.settings.archive
    target = project.build_dir / f"{folder.name}-package.zip"
    beside = project.build_dir / "work" / ".next" / target.name
    with ZipFile(beside, "w") as archive:
        for path in _files(folder):
            entry = ZipInfo(path.relative_to(folder.parent).as_posix())
            archive.writestr(entry, path.read_bytes(), ZIP_DEFLATED)
    beside.replace(target)


def _made(job: Job, colophon: Mapping[str, str]) -> dict[str, dict]:
    """How each chapter was made, for the line at the foot of its page."""
    return {
        name: {
            "scenario": job.edition.name if "scenario" in task.parameters else "any",
            "parameters": task.parameters,
            "colophon": colophon,
        }
        for name, task in job.chapters.items()
    }


def _sources(project: Project) -> str:
    """Digest of all that every edition is made from: the project, and `bindery` itself.

    Every file of the project counts, since a page may include or offer any of them.
    """
    own = Path(__file__).parent
    digest = sha256(sys.version.encode())
    for base in (project.root, own):
        for path in _files(base):
            name = path.relative_to(base).as_posix()
            digest.update(f"{name}\0{fingerprint(path)}\0".encode())
    return digest.hexdigest()


def _digest(sources: str, chapters: Mapping[str, Task]) -> str:
    """Digest of all that an edition is made from: the sources, and its executed chapters."""
    digest = sha256(sources.encode())
    for name, task in chapters.items():
        digest.update(f"{name}\0{fingerprint(task.executed)}\0".encode())
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
