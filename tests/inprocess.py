"""Runs a chapter in this process, with its figures stubbed: only its answers are wanted."""

from __future__ import annotations

import pkgutil
from contextlib import ExitStack
from importlib import import_module
from numbers import Real
from pathlib import Path
from types import SimpleNamespace
from unittest import mock

import nbformat

from bindery.plan import Project
from rareearth import figures, report
from rareearth.answers import Answer, Answers

PROJECT = Project.load(Path(__file__).parents[1])
DRAWING = [module.name for module in pkgutil.iter_modules(figures.__path__)]


def printed(name: str, **parameters: object) -> dict[str, str]:
    """All that a chapter prints that is computed: answers, their intervals, cells of tables.

    Args:
        name: of the chapter.
        parameters: put in the place of its own.

    Returns:
        Texts by the name of the answer, or by table, column and row.
    """
    made, tables = _run(name, parameters)
    texts = Answers.texts(SimpleNamespace(_held=made))
    for call in tables:
        frame, label, *_ = call.args
        forms = call.kwargs.get("formats") or {}
        for column in frame.columns:
            form = forms.get(column, "{:.3g}")
            for row, cell in enumerate(frame[column]):
                text = cell if isinstance(cell, str) else _formatted(form, cell)
                texts[f"{label}, {column}, row {row}"] = text
    return texts


def _formatted(form: str, cell: object) -> str:
    return form.format(cell) if isinstance(cell, Real) else str(cell)


def answers(name: str, **parameters: object) -> dict[str, Answer]:
    """Answers that a chapter puts on its page.

    Args:
        name: of the chapter.
        parameters: put in the place of its own.
    """
    return _run(name, parameters)[0]


def _run(name: str, parameters: dict[str, object]) -> tuple[dict[str, Answer], list]:
    """Answers of a chapter, and the calls that would have put its tables on the page."""
    page, made = PROJECT.page(name), {}
    assert set(parameters) <= set(page.parameters), f"{name} does not declare {list(parameters)}"
    scope = {"__name__": "__main__"}
    with ExitStack() as stubs:
        stubs.enter_context(mock.patch.object(report, "numbers", made.update))
        stubs.enter_context(mock.patch.object(report, "figure"))
        table = stubs.enter_context(mock.patch.object(report, "table"))
        for module in DRAWING:
            import_module(f"rareearth.figures.{module}")
            stubs.enter_context(mock.patch.object(figures, module))
        for cell in nbformat.read(PROJECT.root / page.path, 4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, f"{name}.ipynb", "exec"), scope)
                if "parameters" in cell.metadata.get("tags", []):
                    scope |= parameters
    return made, table.call_args_list
