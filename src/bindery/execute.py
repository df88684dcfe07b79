"""Execute chapters, in parallel, and only those whose inputs have changed.

A chapter depends on its code cells, its parameters, the lock file and every file that its kernel
was seen to read (`bindery.observe`). All of this is recorded beside the executed notebook, so that
one can ask later whether it still holds. Words can change freely: new prose is put around the
outputs that are there.
"""

from __future__ import annotations

import contextlib
import copy
import json
import os
import re
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from click import unstyle

from bindery import observe
from bindery.editions import SCENARIO_FILES, Edition
from bindery.plan import (
    KERNEL,
    BuildError,
    Page,
    Project,
    notebook_text,
    read_notebook,
    strict_parameters,
    tags,
)

if TYPE_CHECKING:
    from bindery.kernels import Kernels

OWN = ("execute", "kernels", "observe", "zygote")
INJECTED = "injected-parameters"
CHAPTER = "chapter"
RECORDED = {"source", "code", "parameters", "environment", "files", "seconds", "executed"}
Say = Callable[[str], None]
"""Is told what is done, line by line."""


@contextlib.contextmanager
def timed(say: Say, name: str) -> Iterator[None]:
    """Say how long something took, and whether it failed."""
    begin, end = time.monotonic(), "failed"
    try:
        yield
        end = f"{time.monotonic() - begin:7.1f} s"
    finally:
        say(f"{name:<16} {end}")


@dataclass(frozen=True)
class Task:
    """One chapter under one set of parameters, and where its result lies.

    Attributes:
        given: parameters that differ from a run without any.
        folder: where the executed notebook and its record are kept.
    """

    project: Project
    page: Page
    given: dict[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        """The chapter's name, with the edition's unless it is the default or the same in all."""
        edition = self.folder.name
        own = edition != self.project.settings.scenario
        return f"{self.page.name}-{edition}" if own else self.page.name

    @property
    def executed(self) -> Path:
        """The executed notebook."""
        return self.folder / f"{self.page.name}.ipynb"

    @property
    def record_file(self) -> Path:
        """How it was made: code, parameters, environment, files read, seconds."""
        return self.folder / f"{self.page.name}.json"

    @property
    def parameters(self) -> dict[str, Any]:
        """Every declared parameter with the value it has in this task."""
        return self.page.parameters | self.given

    def record(self) -> dict | None:
        """The record, if it is there and belongs to the executed notebook that is there."""
        try:
            record = json.loads(self.record_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if set(record) != RECORDED or record["executed"] != observe.fingerprint(self.executed):
            return None
        return record


def tasks(project: Project, edition: Edition) -> dict[str, Task]:
    """One task per chapter of an edition.

    A chapter that does not declare ``scenario`` is the same in every edition; it is executed once,
    in the folder of the default scenario.
    """
    found = {}
    for page in project.chapters:
        depends = "scenario" in page.parameters
        given = strict_parameters(page, {"scenario": edition.scenario}) if depends else {}
        folder = project.executed_dir(edition.name if depends else project.settings.scenario)
        found[page.name] = Task(project, page, given, folder)
    return found


def reasons(task: Task) -> list[str]:
    """Why a chapter must be executed; empty if its executed notebook is fresh."""
    record = task.record()
    if record is None:
        return ["not executed yet"]
    code = code_digests(read_notebook(task.project.root / task.page.path))
    if len(code) != len(record["code"]):
        cells = [f"{len(code)} code cells instead of {len(record['code'])}"]
    else:
        pairs = zip(code, record["code"], strict=True)
        cells = [f"code cell {i}" for i, (new, old) in enumerate(pairs, 1) if new != old]
    now = {path: observe.fingerprint(task.project.root / path) for path in record["files"]}
    parameters = _differing(_shown(task.parameters), record["parameters"])
    return [
        *cells,
        *(f"parameter {name}" for name in parameters),
        *_differing(environment(task.project), record["environment"]),
        *_differing(now, record["files"]),
    ]


def code_digests(notebook: Mapping) -> list[str]:
    """One digest per code cell, of its source and of the tag that has papermill act on it."""
    return [
        sha256(f"{'parameters' in tags(cell)}{cell['source']}".encode()).hexdigest()
        for cell in _code_cells(notebook)
    ]


def environment(project: Project) -> dict[str, str | None]:
    """What every chapter depends on: lock file, Python, and how `bindery` executes."""
    own = (Path(__file__).with_name(f"{name}.py") for name in OWN)
    return {
        project.settings.lock: observe.fingerprint(project.root / project.settings.lock),
        "Python version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "bindery itself": observe.digest(own),
    }


def execute(
    project: Project,
    todo: Sequence[Task],
    jobs: int,
    say: Say,
    check: Callable[[], None] = lambda: None,
) -> dict[str, str]:
    """Execute chapters, at most ``jobs`` at a time, and keep what each of them gives.

    Args:
        project: the book.
        todo: the chapters.
        jobs: how many at a time.
        say: gets a line for each.
        check: is called while the kernels get ready; what it raises stops all.

    Returns:
        Name to message of each task that failed; the others are executed all the same.
    """
    if not todo:
        return {}
    from bindery.kernels import Kernels

    failures = {}

    def one(task: Task) -> None:
        end = "failed"
        try:
            record = run(project, task.page, task.given, task.executed, kernels)
            _keep(task, record)
            end = f"{record['seconds']:7.1f} s"
        finally:
            say(f"{task.name:<16} {end}")

    # The longest first, so that none is left over at the end; one kernel more, so that it has
    # started when another's chapter ends.
    longest = sorted(todo, key=_seconds, reverse=True)
    pool = ThreadPoolExecutor(jobs + 1)
    with Kernels(project, jobs) as kernels:
        try:
            check()
            running = {pool.submit(one, task): task for task in longest}
            for future in as_completed(running):
                try:
                    future.result()
                except BuildError as error:
                    task = running[future]
                    edition = f"Edition {task.folder.name}: " if task.name != task.page.name else ""
                    failures[task.name] = f"{edition}{error}"
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return failures


def refresh(task: Task) -> None:
    """Put a chapter's present prose around the outputs of its fresh executed notebook."""
    record = task.record()
    path = task.project.root / task.page.path
    digest = observe.fingerprint(path)
    if record is not None and record["source"] != digest:
        merged = merge(read_notebook(path), read_notebook(task.executed), task.page.name)
        write(task.executed, notebook_text(merged))
        _keep(task, {**record, "source": digest})


def run(
    project: Project,
    page: Page,
    given: Mapping[str, Any],
    output: Path,
    kernels: Kernels | None = None,
) -> dict:
    """Execute one chapter and write the executed notebook.

    Args:
        project: the book.
        page: the chapter.
        given: parameters.
        output: the executed notebook.
        kernels: where its kernel comes from; from one of its own if None.

    Returns:
        The record of what it depended on, as it was when execution began: ``source`` and ``code``
        of the chapter, ``parameters``, ``environment``, ``files``; and ``seconds``.

    Raises:
        BuildError: a cell failed, or the kernel died. The message names chapter, cell, line and
            error, and where the notebook lies as far as it was executed.
    """
    if kernels is None:
        from bindery.kernels import Kernels

        with Kernels(project) as own:
            return run(project, page, given, output, own)
    source = observe.fingerprint(project.root / page.path)
    notebook = read_notebook(project.root / page.path)
    around, scenario = environment(project), _scenario_file(project, given)
    manager, log = kernels.new()
    edition = [Path(str(given["scenario"])).stem] if "scenario" in given else []
    failed = project.build_dir / "failed" / f"{'-'.join([page.name, *edition])}.ipynb"
    executed, fault, seconds = _execute(project, page, notebook, given, manager, kernels.slots)
    if fault:
        write(failed, notebook_text(executed))
        raise BuildError(f"{fault}\nExecuted so far: {failed}")
    if not log.exists():
        raise BuildError(f"{page.path}: the kernel did not load {observe.__name__}.")
    failed.unlink(missing_ok=True)
    write(output, notebook_text(merge(notebook, executed, page.name)))
    return {
        "source": source,
        "code": code_digests(notebook),
        "parameters": _shown(page.parameters | dict(given)),
        "environment": around,
        "files": _observed(log) | scenario,
        "seconds": round(seconds, 1),
    }


def merge(source: Mapping, executed: Mapping, chapter: str) -> dict:
    """A chapter's source with the outputs of its execution and the cell with its parameters.

    Only what the code gave is taken from the execution: no times, no machine, so that the same
    inputs give the same notebook. The chapter's name goes into the metadata, since the file may
    get any other.
    """
    cells = [copy.deepcopy(cell) for cell in source["cells"]]
    outputs = [cell for cell in _code_cells(executed) if INJECTED not in tags(cell)]
    for cell, done in zip(_code_cells({"cells": cells}), outputs, strict=True):
        cell |= {key: done[key] for key in ("execution_count", "outputs")}
    for injected in (cell for cell in executed["cells"] if INJECTED in tags(cell)):
        metadata = {"tags": [INJECTED]}
        place = _after_parameters({"cells": cells})
        cells.insert(place, {**injected, "id": INJECTED, "metadata": metadata})
    for number, cell in enumerate(cells):
        cell.setdefault("id", f"cell-{number}")
    about = {"parameters": executed["metadata"].get("papermill", {}).get("parameters", {})}
    metadata = {"kernelspec": KERNEL, **source.get("metadata", {}), "papermill": about}
    metadata[CHAPTER] = chapter
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write(path: Path, text: str) -> None:
    """Write a file, and the folder it lies in, at once or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _scenario_file(project: Project, given: Mapping[str, Any]) -> dict[str, str | None]:
    """A reader's scenario file, which may lie outside of the folder that is observed."""
    file = str(given.get("scenario", ""))
    if not file.endswith(SCENARIO_FILES):
        return {}
    return {file: observe.fingerprint(project.root / file)}


def _observed(log: Path) -> dict[str, str | None]:
    """The files that a kernel read, with their fingerprints."""
    files: dict[str, str | None] = {}
    for line in log.read_text(encoding="utf-8").splitlines():
        # A forked child may note again what its parent has; what was read first counts.
        files.setdefault(*json.loads(line))
    return dict(sorted(files.items()))


def _keep(task: Task, record: dict) -> None:
    record = {**record, "executed": observe.fingerprint(task.executed)}
    write(task.record_file, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def _seconds(task: Task) -> tuple[float, int, int]:
    """How long the chapter took last time, if need be in the default edition.

    If it was never executed, the more a chapter lets its reader set, the more it has to compute.
    """
    default = task.project.executed_dir(task.project.settings.scenario)
    seconds = float("inf")
    for record in (default / task.record_file.name, task.record_file):
        with contextlib.suppress(OSError, ValueError, KeyError):
            seconds = json.loads(record.read_text(encoding="utf-8"))["seconds"]
    size = (task.project.root / task.page.path).stat().st_size
    return seconds, len(task.page.parameters), size


def _shown(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Values as Python writes them, since JSON would not tell a tuple from a list."""
    return {name: repr(value) for name, value in parameters.items()}


def _differing(new: Mapping, old: Mapping) -> list[str]:
    return [name for name in {**old, **new} if name not in old or new.get(name) != old[name]]


def _code_cells(notebook: Mapping) -> Iterator[dict]:
    return (cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def _execute(
    project: Project,
    page: Page,
    notebook: dict,
    given: Mapping[str, Any],
    manager: Any,
    slots: threading.Semaphore,
) -> tuple[dict, str, float]:
    """The notebook as far as it could be executed; what went wrong, if anything; seconds.

    As papermill does it, but for its writing the notebook after each cell.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from papermill.translators import translate_parameters

    todo = nbformat.from_dict(notebook)
    todo.metadata.papermill = {"parameters": dict(given)}
    if given:
        code = translate_parameters("python3", "python", dict(given), "Parameters")
        cell = nbformat.v4.new_code_cell(code, metadata={"tags": [INJECTED]}, id=INJECTED)
        todo.cells.insert(_after_parameters(todo), cell)
    client = NotebookClient(
        todo,
        km=manager,
        startup_timeout=120,
        record_timing=False,
        coalesce_streams=True,  # how a stream was cut depends on timing
        resources={"metadata": {"path": str(project.root)}},
        # What was read is on disk after each cell: there is no exit to wait for.
        shutdown_kernel="immediate",
    )
    index = None
    try:
        with client.setup_kernel(cleanup_kc=True), slots:
            begin = time.monotonic()
            for index, cell in enumerate(todo.cells):
                client.execute_cell(cell, index)
    except (CellExecutionError, RuntimeError) as error:
        return todo, _told(project, page, todo.cells, index, error), 0.0
    return todo, "", time.monotonic() - begin


def _after_parameters(notebook: Mapping) -> int:
    return next(i for i, cell in enumerate(notebook["cells"], 1) if "parameters" in tags(cell))


def _told(
    project: Project, page: Page, cells: Sequence[Mapping], index: int | None, error: Exception
) -> str:
    """Where an execution failed: cell, line of code, error."""
    if index is None:
        return f"{page.path}: the kernel did not start: {error}"
    cell, own = cells[index], [cell for cell in cells if INJECTED not in tags(cell)]
    number = own.index(cell) + 1 if cell in own else "with the injected parameters"
    place = f"{page.path}: cell {number} of {len(own)}"
    if not hasattr(error, "traceback"):
        return (
            f"{place}: the kernel died (killed, out of memory, or ended by the code) in:\n"
            f"{textwrap.indent(cell['source'], '    ')}\n{type(error).__name__}: {error}"
        )
    trace = unstyle(error.traceback)
    lines = cell["source"].splitlines() or [""]
    found = re.findall(rf"Cell In\[{cell['execution_count']}\], line (\d+)", trace)
    line = int(found[-1]) if found else 1
    frames = re.findall(r"^File (.+?):(\d+), in", trace, flags=re.MULTILINE)
    files = [(Path(name).expanduser(), number) for name, number in frames]
    inner = [
        f"\n  raised at {path.relative_to(project.root)}:{number}"
        for path, number in files
        if path.is_relative_to(project.root) and not path.is_relative_to(sys.prefix)
    ]
    code = lines[min(line, len(lines)) - 1].strip()
    return f"{place}, line {line}:\n    {code}\n{error.ename}: {error.evalue}{''.join(inner[-1:])}"
