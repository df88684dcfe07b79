"""Runs a chapter in this process, with its figures stubbed: only its answers are wanted."""

from __future__ import annotations

import pkgutil
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from unittest import mock

import nbformat

from bindery.plan import Project
from rareearth import figures, report
from rareearth.answers import Answer

PROJECT = Project.load(Path(__file__).parents[1])
DRAWING = [module.name for module in pkgutil.iter_modules(figures.__path__)]


def answers(name: str, **parameters: object) -> dict[str, Answer]:
    """Answers that a chapter puts on its page.

    Args:
        name: of the chapter.
        parameters: put in the place of its own.
    """
    page, made = PROJECT.page(name), {}
    assert set(parameters) <= set(page.parameters), f"{name} does not declare {list(parameters)}"
    scope = {"__name__": "__main__"}
    with ExitStack() as stubs:
        stubs.enter_context(mock.patch.object(report, "numbers", made.update))
        for exhibit in ("figure", "table"):
            stubs.enter_context(mock.patch.object(report, exhibit))
        for module in DRAWING:
            import_module(f"rareearth.figures.{module}")
            stubs.enter_context(mock.patch.object(figures, module))
        for cell in nbformat.read(PROJECT.root / page.path, 4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, f"{name}.ipynb", "exec"), scope)
                if "parameters" in cell.metadata.get("tags", []):
                    scope |= parameters
    return made
