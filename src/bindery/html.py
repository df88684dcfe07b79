"""Make the HTML book from executed notebooks and pages.

Sphinx is configured as jupyter-book does it, with execution off and every warning an error. It
reads the book where it lies and writes below ``_build/work``, where its cache makes the next build
quick; the build then copies the pages to where they are wanted. An edition begins with a copy of
the default edition's cache, so that Sphinx makes only those pages that differ.
"""

from __future__ import annotations

import gc
import io
import multiprocessing
import os
import secrets
import shutil
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from click import unstyle
from jupyter_book.config import get_final_config
from jupyter_book.sphinx import build_sphinx

from bindery.editions import Edition, default
from bindery.execute import tasks
from bindery.observe import digest
from bindery.plan import BuildError, Project

# Extensions of jupyter-book that load scripts from other hosts, or serve LaTeX.
UNWANTED = {"sphinx_thebe", "sphinx_jupyterbook_latex"}


def render(
    project: Project,
    executed: Mapping[str, Path],
    *,
    edition: Edition,
    made: Mapping[str, dict],
) -> Path:
    """Run Sphinx in the edition's work folder and return the folder with its pages.

    Args:
        project: the book.
        executed: page name to executed notebook.
        edition: which edition; each has a cache of its own.
        made: page name to how it was made, name to value.

    Raises:
        BuildError: Sphinx warned or failed; the message holds all that it said.
    """
    work = _prepared(project, edition)
    unfinished = work / "unfinished"
    unfinished.touch()
    messages = _run(project, executed, made, work)
    if messages:
        # Sphinx warns only of the pages it reads: without its cache it will warn again.
        shutil.rmtree(work)
        raise BuildError(f"Sphinx does not accept the book:\n{messages}")
    unfinished.unlink()
    return pages_of(project, edition)


def pages_of(project: Project, edition: Edition) -> Path:
    """Where `render` leaves the pages of an edition."""
    return project.build_dir / "work" / edition.name / "html"


def _prepared(project: Project, edition: Edition) -> Path:
    """The edition's work folder, with a cache that Sphinx can go on with, if there is one.

    What Sphinx has read points at pictures and downloads in the work folder in which it was read.
    So a copy of the default edition's cache is good only as long as the cache it was copied from:
    that ends in a mark of its own, which a copy keeps.
    """
    original = project.build_dir / "work" / project.settings.scenario
    work = project.build_dir / "work" / edition.name
    basis = _basis(project)
    own, first = (_sound(folder, basis) for folder in (work, original))
    if own and own == (first or own):
        return work
    shutil.rmtree(work, ignore_errors=True)
    if first:
        shutil.copytree(original, work, ignore=shutil.ignore_patterns("jupyter_execute"))
    else:
        work.mkdir(parents=True)
        (work / "basis.txt").write_text(basis + secrets.token_hex(), "utf-8")
    return work


def _sound(work: Path, basis: str) -> str:
    """What a cache is of, if of these pages and tools, and of a build that came to its end.

    A killed build may leave half a page that looks up to date, a removed page an orphan.
    """
    file = work / "basis.txt"
    if not file.exists() or (work / "unfinished").exists():
        return ""
    text = file.read_text("utf-8")
    return text if text.startswith(basis) else ""


def _basis(project: Project) -> str:
    """What Sphinx's cache depends on without knowing: contents, and tools."""
    tools = sorted(Path(__file__).parent.glob("*.py"))
    files = [*tools, project.root / project.settings.lock, project.root / "_toc.yml"]
    return "\n".join([*(page.path.as_posix() for page in project.pages), digest(files), ""])


def _run(
    project: Project,
    executed: Mapping[str, Path],
    made: Mapping[str, dict],
    work: Path,
) -> str:
    """Run Sphinx; its warnings and errors, empty if there were none."""
    config = project.root / "_config.yml"
    settings, _ = get_final_config(
        user_yaml=config, cli_config={"latex_individualpages": False}, sourcedir=project.root
    )
    document = {page.name: page.path.with_suffix("").as_posix() for page in project.pages}
    extensions = [name for name in settings["extensions"] if name not in UNWANTED]
    folder = project.settings.releases
    overrides = {
        "extensions": list(dict.fromkeys([*extensions, "bindery.theme"])),
        "latex_individualpages": False,
        "nb_execution_mode": "off",
        "nitpicky": True,
        # A list of our own: the theme adds to Sphinx's default, which outlives a build.
        "templates_path": list(settings.get("templates_path", [])),
        "bindery_executed": {document[name]: str(path) for name, path in executed.items()},
        "bindery_made": {document[name]: made[name] for name in executed},
        "bindery_print": str(work / "print"),
        "bindery_releases": folder and str(project.root / folder),
        "bindery_default": {
            name: str(task.executed)
            for name, task in tasks(project, default(project)).items()
            if task.executed.is_file()
        },
    }
    said = io.StringIO()
    gc.disable()  # Sphinx makes millions of objects, and keeps most of them
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(said):
            status = build_sphinx(
                str(project.root),
                str(work / "html"),
                noconfig=True,
                path_config=config,
                confoverrides=overrides,
                doctreedir=str(work / "doctrees"),
                builder="html",
                warningiserror=True,
                keep_going=True,
                # Editions, each in a process of its own, are made side by side already.
                jobs=1 if multiprocessing.parent_process() else os.cpu_count(),
            )
    finally:
        gc.enable()
    text = unstyle(said.getvalue()).replace(f"{project.root}/", "").strip()
    return (text or f"Sphinx ended with {status!r}") if status != 0 else ""
