"""Time all editions of the report made together against separate builds: ``make bench``.

Together: ``bindery editions`` in a fresh copy of the project. Separate: for each edition,
``bindery build --scenario`` in a fresh copy of its own. HTML and PDF both times, from nothing.
Names of editions after the command limit both to these.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from build import BINDERY, ROOT, copy, run, seconds  # the benchmark beside this one
from rich.console import Console
from rich.table import Table

from bindery.editions import known
from bindery.plan import Project


def main() -> None:
    """Build everything twice and print the table."""
    console = Console(width=None if sys.stdout.isatty() else 100)
    default, *others = known(Project.load(ROOT))
    names = [default, *(name for name in others if name in (sys.argv[1:] or others))]
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        book = copy(Path(folder) / "together")
        run([sys.executable, "-c", "import jupyter_book.sphinx, rareearth.report, papermill"], book)
        together = seconds([BINDERY[0], "editions", *names[1:]], book)
        separate = {
            name: seconds([*BINDERY, "--scenario", name], copy(Path(folder) / name))
            for name in names
        }
    table = Table(title="Seconds to make editions, HTML and PDF, from nothing")
    table.add_column("")
    table.add_column("seconds", justify="right")
    for name, time in separate.items():
        table.add_row(f"{name} alone", f"{time:.0f}")
    table.add_row("separate builds, in all", f"{sum(separate.values()):.0f}")
    table.add_row("bindery editions", f"{together:.0f}")
    console.print(table)
    console.print(
        f"Together they take {together / sum(separate.values()):.0%} of the time; {len(names)} "
        f"editions, {os.cpu_count()} cores, Python {sys.version.split()[0]}; one run each."
    )


if __name__ == "__main__":
    main()
