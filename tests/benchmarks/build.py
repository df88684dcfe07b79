"""Time bindery against stock jupyter-book on the same chapters: ``make bench``.

Each contender gets a fresh copy of the project and makes the book in it: from nothing, again with
nothing changed, after a word was added to one chapter, and after a row of a table was changed that
no model reads. Bindery makes HTML and PDF, and once HTML alone; stock jupyter-book, which needs TeX
for a PDF, runs as ``jupyter-book build .`` for HTML alone, with ``execute_notebooks`` set to
``force`` and to ``cache`` (whose cache does not see a changed row: it goes on showing the old
number). Beyond that, bindery checks data and pages, treats every warning as an error and swaps the
finished book in, all of which is in its time.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import yaml
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[2]
LEFT_OUT = shutil.ignore_patterns(".*", "_build", "__pycache__", "*.egg-info", "tests")
BIN = Path(sys.executable).parent
BINDERY = [str(BIN / "bindery"), "build"]
ROW = "data/tables/history/legislation.csv"
"""A table whose last column is a note, read by chapters but by no model."""
STOCK = [str(BIN / "jupyter-book"), "build", "."]


def main() -> None:
    """Run every contender once and print the table."""
    console = Console(width=None if sys.stdout.isatty() else 100)
    table = Table(title="Seconds to make the book")
    for column in ("", "from nothing", "nothing changed", "a word added", "a row changed"):
        table.add_column(column, justify="right" if column else "left")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        book = copy(Path(folder) / "bindery")
        run([sys.executable, "-c", "import jupyter_book.sphinx, rareearth.report, papermill"], book)
        table.add_row("bindery, HTML and PDF", *timed(BINDERY, book))
        table.add_row("bindery, HTML", *timed([*BINDERY, "--no-pdf"], copy(Path(folder) / "html")))
        for mode in ("cache", "force"):
            stock = copy(
                Path(folder) / mode,
                lambda config, m=mode: config["execute"].update(execute_notebooks=m),
            )
            table.add_row(f"jupyter-book, HTML, {mode}", *timed(STOCK, stock))
        chapters = len(notebooks(book))
    console.print(table)
    console.print(
        f"{chapters} notebooks, {os.cpu_count()} cores, Python {sys.version.split()[0]}, "
        f"jupyter-book {version('jupyter-book')}; one run each."
    )


def copy(to: Path, change: Callable[[dict], None] | None = None) -> Path:
    """A copy of the project without anything built, with ``_config.yml`` changed if wanted."""
    shutil.copytree(ROOT, to, ignore=LEFT_OUT)
    if change:
        path = to / "_config.yml"
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(config)
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return to


def notebooks(book: Path) -> list[Path]:
    """The notebooks that the contents list."""
    contents = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))
    files = [contents["root"], *(c["file"] for p in contents["parts"] for c in p["chapters"])]
    return [path for file in files if (path := book / f"{file}.ipynb").is_file()]


def timed(command: list[str], book: Path) -> list[str]:
    """Seconds of the four runs, as text."""
    taken = [seconds(command, book), seconds(command, book)]
    add_word(notebooks(book)[-1])
    taken.append(seconds(command, book))
    change_row(book / ROW)
    taken.append(seconds(command, book))
    return [f"{time:.1f}" for time in taken]


def change_row(table: Path) -> None:
    """Add a remark to the note of a table's last row."""
    text = table.read_text(encoding="utf-8").rstrip("\n")
    table.write_text(f"{text} Seen again.\n", encoding="utf-8")


def add_word(notebook: Path) -> None:
    """Add a word to the last text cell."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    text = [cell for cell in content["cells"] if cell["cell_type"] == "markdown"][-1]
    text["source"] = [*text["source"], "\n\nIndeed."]
    notebook.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")


def seconds(command: list[str], book: Path) -> float:
    """How long a command takes in a copy of the project."""
    begin = time.monotonic()
    run(command, book)
    return time.monotonic() - begin


def run(command: list[str], book: Path) -> None:
    """Run a command in a copy, with the copy's own packages; stop with its output if it fails."""
    # The environment installs the packages from the checkout, not from the copy.
    environment = os.environ | {"PYTHONPATH": str(book / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command,
        cwd=book,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")


if __name__ == "__main__":
    main()
