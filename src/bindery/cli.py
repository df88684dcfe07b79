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
from bindery.plan import (
    BuildError,
    Project,
    check_scenario_name,
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
Scenario = Annotated[str, typer.Option("--scenario", help="Value of the parameter `scenario`.")]


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

    def started(self, step: str) -> None:
        """Add a name to the bar."""
        self.running.append(step)
        self._show()

    def ended(self, step: str, seconds: float, good: bool = True) -> None:
        """Take the name away and say how long it took."""
        self.running.remove(step)
        self.say(f"{step:<16} {seconds:7.1f} s{'' if good else '  failed'}")
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
    jobs: Annotated[
        int, typer.Option(min=1, help="Chapters to execute at a time.", show_default=True)
    ] = min(os.cpu_count() or 1, 4),
    pdf: Annotated[bool, typer.Option("--pdf/--no-pdf", help="Make the PDF too.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Make everything anew.")] = False,
    root: Root = None,
) -> None:
    """Bring the book up to date: HTML and PDF."""
    begin = time.monotonic()
    display = Display()
    with _one_message():
        try:
            book = building.build(
                _project(root),
                scenario=scenario,
                only=only,
                jobs=jobs,
                with_pdf=pdf,
                force=force,
                watcher=display,
            )
        finally:
            display.close()
        if book is not None:
            display.say(f"HTML  {book.html / 'index.html'}")
            if pdf:
                display.say(f"PDF   {book.pdf}")
        display.say(f"Done in {time.monotonic() - begin:.1f} s.")


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
        given = dict(parameters or ()) | ({"scenario": scenario} if scenario else {})
        values = strict_parameters(page, given)
        if output is None:
            chosen = str(values.get("scenario", page.parameters.get("scenario", "")))
            name = "-".join(filter(None, [page.name, Path(chosen).stem]))
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

        found = [*building.problems(project), *checks.check(project)]
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
        scenario = scenario or project.settings.scenario
        check_scenario_name(scenario)
        for name, task in execute.tasks(project, scenario).items():
            why = execute.reasons(task)
            state = f"stale: {', '.join(why)}" if why else "fresh"
            out.print(f"{name:<16} {state}", markup=False)


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
