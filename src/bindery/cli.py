"""The command ``bindery``."""

from __future__ import annotations

import functools
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bindery.editions import default, find, known
from bindery.plan import (
    BuildError,
    Edition,
    Project,
    cleaned,
    notebook_text,
    read_notebook,
    strict_parameters,
    suggestion,
)

JOBS = min(os.cpu_count() or 1, 4)

PATH = click.Path(path_type=Path)

scenario = click.option("--scenario", default="", metavar="NAME|FILE.yml", help="Edition.")
jobs = click.option("--jobs", type=click.IntRange(1), default=JOBS, help="Chapters at a time.")
pdf = click.option("--pdf/--no-pdf", default=True, help="Make the PDF too.")


@click.group()
def app() -> None:
    """Make a book out of notebooks: execute what has changed, then HTML and PDF."""


def command(function: Callable) -> Callable:
    """A command that gets the project; an error that the user can put right is one message."""

    @app.command()
    @click.option("--root", envvar="BINDERY_ROOT", type=PATH, help="Folder of the book.")
    @functools.wraps(function)
    def called(root: Path | None, **options: Any) -> None:
        try:
            function(_project(root), **options)
        except (BuildError, OSError) as error:
            click.secho("Error ", fg="red", nl=False, err=True)
            click.echo(error, err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("Interrupted; the last good book is as it was.", err=True)
            sys.stdout.flush()
            # Kernels end when they miss this process; their threads need not be awaited.
            os._exit(130)

    return called


@command
@scenario
@jobs
@pdf
def build(project: Project, scenario: str, jobs: int, pdf: bool) -> None:
    """Bring the book up to date, or another edition of it: HTML and PDF."""
    _build(project, [find(project, scenario)], jobs, pdf)


@command
@click.argument("names", metavar="[NAME|FILE.yml]...", nargs=-1)
@jobs
@pdf
def editions(project: Project, names: tuple[str, ...], jobs: int, pdf: bool) -> None:
    """Bring the book and its other editions up to date, with a menu and a comparison of them.

    Names of editions, and scenario files of your own; all of the book's own if none.
    """
    found = [find(project, name) for name in names or known(project)]
    _build(project, [default(project), *found], jobs, pdf)


@command
@click.argument("chapter")
@scenario
@click.option("parameters", "-p", nargs=2, multiple=True, metavar="NAME VALUE", help="A parameter.")
@click.option("output", "-o", type=PATH, metavar="OUT.ipynb", help="The executed notebook.")
def run(
    project: Project,
    chapter: str,
    scenario: str,
    parameters: tuple[tuple[str, str], ...],
    output: Path | None,
) -> None:
    """Execute one chapter with parameters of your own and show its numbers."""
    from bindery import execute
    from bindery.pages import numbers

    page = project.page(chapter)
    if not page.is_notebook:
        names = [other.name for other in project.chapters]
        raise BuildError(f"{page.path} is not a notebook. {suggestion(chapter, names)}")
    given = dict(parameters)
    scenario = scenario or given.pop("scenario", "")
    edition = find(project, scenario)
    chosen = {"scenario": edition.scenario} if scenario else {}
    values = strict_parameters(page, given | chosen)
    name = f"{page.name}-{edition.name}" if "scenario" in page.parameters else page.name
    output = (output or project.build_dir / "runs" / f"{name}.ipynb").resolve()
    execute.run(project, page, values, output)
    made = numbers(read_notebook(output)).items()
    rows = [(name, *(number[key] for key in ("text", "unit", "kind"))) for name, number in made]
    _print_table(("number", "value", "unit", "kind"), rows)
    click.echo(output)


@command
def check(project: Project) -> None:
    """Say what is wrong with data, notebooks and pages."""
    from bindery import checks, execute
    from bindery.entrypoints import problems

    found = [*problems(project), *checks.check(project)]
    chapters = execute.tasks(project, default(project))
    if unseen := [name for name, task in chapters.items() if execute.reasons(task)]:
        click.echo(
            f"Changed since they were executed: {', '.join(unseen)}. What they print was not "
            "looked at; `bindery build` executes them."
        )
    if found:
        raise BuildError("\n".join([*found, f"{len(found)} problems."]))
    click.echo("No problems found.")


@command
def clean(project: Project) -> None:
    """Strip chapters of outputs and needless metadata; give their cells stable ids."""
    from bindery.execute import write

    for page in project.chapters:
        path = project.root / page.path
        text = notebook_text(cleaned(read_notebook(path)))
        if text != path.read_text(encoding="utf-8"):
            write(path, text)
            click.echo(f"Cleaned {page.path}")


@command
@scenario
def status(project: Project, scenario: str) -> None:
    """Say which chapters are stale, and why."""
    from bindery.execute import reasons, tasks

    for name, task in tasks(project, find(project, scenario)).items():
        why = ", ".join(reasons(task))
        click.echo(f"{name:<16} {f'stale: {why}' if why else 'fresh'}")


@command
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@click.option("everything", "--all", is_flag=True, help="Not the headlines only, but all numbers.")
def diff(project: Project, old: str, new: str, everything: bool) -> None:
    """Say which numbers moved from A to B, and by how much; headlines first.

    Each is an edition, a folder with a built book or executed notebooks, an executed notebook, or
    the archive of a release.
    """
    from bindery import differences

    before, after = differences.read(project, old), differences.read(project, new)
    if not before.keys() & after.keys():
        raise BuildError(
            f"{old} ({', '.join(before)}) and {new} ({', '.join(after)}) have no chapter in common."
        )
    moved = differences.compare(before, after)
    _print_table(
        ("number", "chapter", old, new, "change", "unit"),
        [change.row for change in moved if change.label or everything],
    )
    headlines = sum(bool(change.label) for change in moved)
    others = len(moved) - headlines
    hint = "; --all shows them" if others and not everything else ""
    click.echo(f"{headlines} headline numbers moved, and {others} others{hint}.")
    for side, one, other in ((old, before, after), (new, after, before)):
        if more := sorted(one.keys() - other.keys()):
            click.echo(f"Only in {side}: {', '.join(more)}.")


@command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def record(project: Project, file: Path) -> None:
    """Write the numbers of the book into FILE, to compare later releases with."""
    from bindery import differences, releases
    from bindery.execute import write

    held = differences.read(project, project.settings.scenario)
    write(file, releases.record(held))
    click.echo(f"{sum(map(len, held.values()))} numbers of {len(held)} chapters in {file}")


def _build(project: Project, wanted: list[Edition], jobs: int, pdf: bool) -> None:
    """Build editions and say where they are."""
    from bindery import build as building

    begin, terminal = time.monotonic(), sys.stdout

    def say(line: str) -> None:
        # Sphinx is made silent by another `sys.stdout` while it runs.
        print(line, file=terminal, flush=True)

    for book in building.build(project, wanted, jobs=jobs, with_pdf=pdf, say=say):
        say(f"HTML  {book.html / 'index.html'}")
        if pdf:
            say(f"PDF   {book.pdf}")
    say(f"Done in {time.monotonic() - begin:.1f} s.")


def _project(root: Path | None) -> Project:
    here = Path.cwd()
    folders = [root] if root is not None else [here, *here.parents]
    found = next((folder for folder in folders if (folder / "_toc.yml").is_file()), None)
    if found is None:
        raise BuildError(f"There is no book (_toc.yml) in {folders[0]} or above; see --root.")
    return Project.load(found)


def _print_table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if not rows:
        return
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*heads, box=None)
    for row in rows:
        table.add_row(*map(Text, row))
    # In a file, a line is a number.
    width = sum(max(map(len, column)) + 2 for column in zip(heads, *rows, strict=True))
    Console(highlight=False, width=None if sys.stdout.isatty() else width).print(table)
