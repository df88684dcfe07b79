"""The command ``bindery``."""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from typer.core import TyperCommand

from bindery import build as building
from bindery import execute
from bindery.editions import Edition, default, find, known
from bindery.entrypoints import problems
from bindery.plan import (
    BuildError,
    Project,
    cleaned,
    notebook_text,
    read_notebook,
    strict_parameters,
    suggestion,
)

app = typer.Typer(
    help="Make a book out of notebooks: execute what has changed, then HTML and PDF.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)

Root = Annotated[
    Path | None,
    typer.Option(
        "--root", envvar="BINDERY_ROOT", help="Folder of the book; default: the nearest one."
    ),
]
Scenario = Annotated[
    str,
    typer.Option(
        "--scenario", metavar="NAME|FILE.yml", help="An edition, or a scenario file of your own."
    ),
]
Jobs = Annotated[int, typer.Option(min=1, help="Chapters to execute at a time.", show_default=True)]
WithPdf = Annotated[bool, typer.Option("--pdf/--no-pdf", help="Make the PDF too.")]
Force = Annotated[bool, typer.Option("--force", help="Make everything anew.")]
FILE_WIDTH = 200
JOBS = min(os.cpu_count() or 1, 4)


class PairsCommand(TyperCommand):
    """A command whose option ``parameters`` takes two words each time, which Typer cannot say."""

    def __init__(self, *args: object, **kwargs: object):
        super().__init__(*args, **kwargs)
        next(option for option in self.params if option.name == "parameters").nargs = 2


class Display(execute.Watcher):
    """Shows a bar with the names of what is under way; plain lines if this is no terminal."""

    def __init__(self) -> None:
        self.running: list[str] = []
        # The terminal itself: Sphinx is made silent by another `sys.stdout` while the bar runs.
        self.console = Console(file=sys.stdout, highlight=False, soft_wrap=True)
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.progress = Progress(*columns, TextColumn("{task.description}"), console=self.console)
        self.bar = None

    def say(self, text: str) -> None:
        """Print a line."""
        self.console.print(text, markup=False)

    def expect(self, steps: int) -> None:
        """Start the bar."""
        if self.console.is_terminal:
            self.bar = self.progress.add_task("", total=steps)
            self.progress.start()

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Show the name while it lasts, then say how long it took."""
        self.running.append(name)
        self._show()
        begin, end = time.monotonic(), "  failed"
        try:
            yield
            end = ""
        finally:
            self.running.remove(name)
            self.say(f"{name:<16} {time.monotonic() - begin:7.1f} s{end}")
            self._show(1)

    def close(self) -> None:
        """Remove the bar."""
        if self.bar is not None:
            self.progress.stop()

    def _show(self, advance: int = 0) -> None:
        if self.bar is not None:
            self.progress.update(self.bar, advance=advance, description=", ".join(self.running))


@app.command()
def build(
    scenario: Scenario = "",
    only: Annotated[str, typer.Option(metavar="CHAPTER", help="Execute only this one.")] = "",
    jobs: Jobs = JOBS,
    pdf: WithPdf = True,
    force: Force = False,
    root: Root = None,
) -> None:
    """Bring the book up to date, or another edition of it: HTML and PDF."""
    with _one_message():
        project = _project(root)
        wanted = [_edition(project, scenario)]
        _build(project, wanted, only=only, jobs=jobs, with_pdf=pdf, force=force)


@app.command()
def editions(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME|FILE.yml]...",
            help="Editions, and scenario files of your own; all of the book's own if none.",
        ),
    ] = None,
    jobs: Jobs = JOBS,
    pdf: WithPdf = True,
    force: Force = False,
    root: Root = None,
) -> None:
    """Bring the book and its other editions up to date, with a menu and a comparison of them."""
    with _one_message():
        project = _project(root)
        found = [find(project, name) for name in names or known(project)]
        _build(project, [default(project), *found], jobs=jobs, with_pdf=pdf, force=force)


@app.command(cls=PairsCommand)
def run(
    chapter: Annotated[str, typer.Argument(help="Name of a chapter.")],
    scenario: Scenario = "",
    parameters: Annotated[
        list[Any] | None,
        typer.Option(
            "-p",
            metavar="NAME VALUE",
            parser=tuple,
            help="A parameter; can be given several times.",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", metavar="OUT.ipynb", help="The executed notebook.")
    ] = None,
    root: Root = None,
) -> None:
    """Execute one chapter with parameters of your own and show its numbers."""
    with _one_message():
        project = _project(root)
        page = project.page(chapter)
        if not page.is_notebook:
            names = [other.name for other in project.chapters]
            raise BuildError(f"{page.path} is not a notebook. {suggestion(chapter, names)}")
        given = dict(parameters or ())
        scenario = scenario or given.pop("scenario", "")
        edition = _edition(project, scenario)
        chosen = {"scenario": edition.scenario} if scenario else {}
        values = strict_parameters(page, given | chosen)
        if output is None:
            name = f"{page.name}-{edition.name}" if "scenario" in page.parameters else page.name
            output = project.build_dir / "runs" / f"{name}.ipynb"
        output = output.resolve()
        execute.run(project, page, values, output)
        _print_numbers(output)
        out.print(output, markup=False)


@app.command()
def check(root: Root = None) -> None:
    """Say what is wrong with data, notebooks and pages."""
    with _one_message():
        project = _project(root)
        from bindery import checks

        found = [*problems(project), *checks.check(project)]
        if found:
            raise BuildError("\n".join([*found, f"{len(found)} problems."]))
        out.print("No problems found.")


@app.command()
def clean(
    whole: Annotated[bool, typer.Option("--build", help="Remove _build as well.")] = False,
    root: Root = None,
) -> None:
    """Strip chapters of outputs and needless metadata; give their cells stable ids."""
    with _one_message():
        project = _project(root)
        for page in project.chapters:
            path = project.root / page.path
            text = notebook_text(cleaned(read_notebook(path)))
            if text != path.read_text(encoding="utf-8"):
                execute.write(path, text)
                out.print(f"Cleaned {page.path}")
        if whole and project.build_dir.exists():
            with building.locked(project, Display()):
                for item in project.build_dir.iterdir():
                    if item.is_dir():
                        shutil.rmtree(item)
            out.print(f"Emptied {project.build_dir}")


@app.command()
def status(scenario: Scenario = "", root: Root = None) -> None:
    """Say which chapters are stale, and why."""
    with _one_message():
        project = _project(root)
        for name, task in execute.tasks(project, _edition(project, scenario)).items():
            why = execute.reasons(task)
            state = f"stale: {', '.join(why)}" if why else "fresh"
            out.print(f"{name:<16} {state}", markup=False)


SIDE = "An edition, a folder with a built book or executed notebooks, or an executed notebook."


@app.command()
def diff(
    old: Annotated[str, typer.Argument(metavar="A", help=SIDE)],
    new: Annotated[str, typer.Argument(metavar="B", help="The same.")],
    everything: Annotated[
        bool, typer.Option("--all", help="Not the headlines only, but all numbers.")
    ] = False,
    root: Root = None,
) -> None:
    """Say which numbers moved from A to B, and by how much; headlines first."""
    with _one_message():
        project = _project(root)
        from bindery import differences

        before, after = differences.read(project, old), differences.read(project, new)
        if not before.keys() & after.keys():
            raise BuildError(
                f"{old} ({', '.join(before)}) and {new} ({', '.join(after)}) have no chapter in "
                "common."
            )
        moved = differences.compare(before, after)
        shown = [change for change in moved if change.label or everything]
        if shown:
            table = Table("number", "chapter", old, new, "change", "unit", box=None)
            for change in shown:
                texts = [n["text"] if n else "–" for n in (change.old, change.new)]
                name = change.label or change.name
                table.add_row(name, change.chapter, *texts, change.change, change.unit)
            # In a file, a line is a number.
            out.print(table, width=None if out.is_terminal else FILE_WIDTH)
        headlines = sum(bool(change.label) for change in moved)
        others = len(moved) - headlines
        hint = "; --all shows them" if others and not everything else ""
        out.print(f"{headlines} headline numbers moved, and {others} others{hint}.")
        for side, more in (
            (old, before.keys() - after.keys()),
            (new, after.keys() - before.keys()),
        ):
            if more:
                out.print(f"Only in {side}: {', '.join(sorted(more))}.", markup=False)


def _build(project: Project, wanted: list[Edition], *, with_pdf: bool, **options) -> None:
    """Build editions and say where they are."""
    begin = time.monotonic()
    display = Display()
    try:
        books = building.build(
            project, editions=wanted, with_pdf=with_pdf, watcher=display, **options
        )
    finally:
        display.close()
    for book in books:
        display.say(f"HTML  {book.html / 'index.html'}")
        if with_pdf:
            display.say(f"PDF   {book.pdf}")
    display.say(f"Done in {time.monotonic() - begin:.1f} s.")


def _edition(project: Project, scenario: str) -> Edition:
    return find(project, scenario) if scenario else default(project)


def _project(root: Path | None) -> Project:
    here = Path.cwd()
    folders = [root] if root is not None else [here, *here.parents]
    found = next((folder for folder in folders if (folder / "_toc.yml").is_file()), None)
    if found is None:
        raise BuildError(f"There is no book (_toc.yml) in {folders[0]} or above; see --root.")
    return Project.load(found)


def _print_numbers(notebook: Path) -> None:
    import nbformat

    from bindery.pages import numbers

    found = numbers(nbformat.read(notebook, as_version=4))
    if found:
        table = Table("number", "value", "unit", "kind", box=None)
        for name, number in found.items():
            table.add_row(name, number["text"], number["unit"], number["kind"])
        out.print(table)


@contextlib.contextmanager
def _one_message() -> Iterator[None]:
    """Turn an error that the user can put right into its message and exit code 1."""
    try:
        yield
    except (BuildError, OSError) as error:
        err.print("[red]Error[/red] ", end="")
        err.print(str(error), markup=False)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        err.print("Interrupted; the last good book is as it was.")
        sys.stdout.flush()
        # Kernels end by themselves when they miss this process; their threads need not be awaited.
        os._exit(130)
