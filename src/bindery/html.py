"""Make the HTML book from executed notebooks and pages.

Sphinx is configured as jupyter-book does it, with execution off and every warning an error. It
reads the book where it lies and writes below ``_build/work``, where its cache makes the next build
quick; the finished book is then copied to where it is wanted.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from hashlib import sha256
from pathlib import Path

from jupyter_book.config import get_final_config
from jupyter_book.sphinx import build_sphinx

from bindery.plan import BuildError, Project

# Extensions of jupyter-book that load scripts from other hosts.
ONLINE = {"sphinx_thebe"}
TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]*m")


def build(
    project: Project,
    executed: Mapping[str, Path],
    out: Path,
    *,
    scenario: str,
    made: Mapping[str, dict],
    builder: str = "html",
) -> Path:
    """Build the book and copy it to ``out``.

    Args:
        project: the book.
        executed: page name to executed notebook.
        out: folder to make; it must not exist or be empty.
        scenario: name of the edition; each has a cache of its own.
        made: page name to how it was made (``scenario``, ``parameters``, ``colophon``).
        builder: a Sphinx builder for HTML.

    Raises:
        BuildError: Sphinx warned or failed; the message holds all that it said.
    """
    shutil.copytree(
        render(project, executed, scenario=scenario, made=made, builder=builder),
        out,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns(".buildinfo"),
    )
    return out


def render(
    project: Project,
    executed: Mapping[str, Path],
    *,
    scenario: str,
    made: Mapping[str, dict],
    builder: str = "html",
) -> Path:
    """Run Sphinx in the edition's work folder and return the folder with its pages.

    Raises:
        BuildError: as `build`.
    """
    work = project.build_dir / "work" / scenario
    result = work / builder
    unfinished = work / "unfinished"
    basis, wanted = work / "basis.txt", _basis(project)
    # A killed build may leave half a page that looks up to date, a removed page an orphan.
    if unfinished.exists() or not basis.exists() or basis.read_text("utf-8") != wanted:
        shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True, exist_ok=True)
    basis.write_text(wanted, "utf-8")
    unfinished.touch()
    messages = _run(project, executed, made, work, builder)
    if messages:
        # Sphinx warns only of the pages it reads: without its cache it will warn again.
        shutil.rmtree(work)
        raise BuildError(f"Sphinx does not accept the book:\n{messages}")
    unfinished.unlink()
    return result


def _basis(project: Project) -> str:
    """What Sphinx's cache depends on without knowing: the set of pages, and the tools."""
    digest = sha256()
    for path in [*sorted(Path(__file__).parent.glob("*.py")), project.root / project.settings.lock]:
        digest.update(path.read_bytes() if path.is_file() else b"")
    return "\n".join([*(page.path.as_posix() for page in project.pages), digest.hexdigest()])


def _run(
    project: Project,
    executed: Mapping[str, Path],
    made: Mapping[str, dict],
    work: Path,
    builder: str,
) -> str:
    """Run Sphinx; its warnings and errors, empty if there were none."""
    config = project.root / "_config.yml"
    settings, _ = get_final_config(
        user_yaml=config, cli_config={"latex_individualpages": False}, sourcedir=project.root
    )
    document = {page.name: page.path.with_suffix("").as_posix() for page in project.pages}
    extensions = [name for name in settings["extensions"] if name not in ONLINE]
    overrides = {
        "extensions": list(dict.fromkeys([*extensions, "bindery.theme"])),
        "latex_individualpages": False,
        "nb_execution_mode": "off",
        "nitpicky": True,
        # A list of our own: the theme adds to Sphinx's default, which outlives a build.
        "templates_path": list(settings.get("templates_path", [])),
        "bindery_executed": {document[name]: str(path) for name, path in executed.items()},
        "bindery_made": {document[name]: made[name] for name in executed},
    }
    said = io.StringIO()
    with redirect_stdout(io.StringIO()), redirect_stderr(said):
        status = build_sphinx(
            str(project.root),
            str(work / builder),
            noconfig=True,
            path_config=config,
            confoverrides=overrides,
            doctreedir=str(work / "doctrees"),
            builder=builder,
            warningiserror=True,
            keep_going=True,
        )
    text = TERMINAL_CODE.sub("", said.getvalue()).replace(f"{project.root}/", "").strip()
    return (text or f"Sphinx ended with {status!r}") if status != 0 else ""
