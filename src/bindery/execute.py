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
import logging
import os
import re
import shutil
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

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

INJECTED = "injected-parameters"
CHAPTER = "chapter"
RECORDED = {"source", "code", "parameters", "environment", "files", "seconds", "executed"}
TERMINAL_CODE = re.compile(r"\x1b\[[0-9;]*m")
# Chapters run side by side, so that each gets one thread; hashing must not vary between runs.
KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class Watcher:
    """Is told what happens; this one keeps silent."""

    def say(self, text: str) -> None:
        """A line for the user."""

    def expect(self, steps: int) -> None:
        """So many steps will come."""

    def started(self, step: str) -> None:
        """A step has begun."""

    def ended(self, step: str, seconds: float, good: bool = True) -> None:
        """A step is over."""


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
    own = b"".join(Path(name).read_bytes() for name in (__file__, observe.__file__))
    return {
        project.settings.lock: observe.fingerprint(project.root / project.settings.lock),
        "Python version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "bindery itself": sha256(own).hexdigest(),
    }


def execute(project: Project, todo: Sequence[Task], jobs: int, watcher: Watcher) -> dict[str, str]:
    """Execute chapters, at most ``jobs`` at a time, and keep what each of them gives.

    Returns:
        Name to message of each task that failed; the others are executed all the same.
    """
    failures = {}

    def one(task: Task) -> None:
        watcher.started(task.name)
        begin = time.monotonic()
        good = False
        try:
            _execute(task)
            good = True
        finally:
            watcher.ended(task.name, time.monotonic() - begin, good)

    # The longest first, so that none is left over at the end.
    longest = sorted(todo, key=lambda task: -_seconds(task))
    pool = ThreadPoolExecutor(jobs)
    try:
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
        text = notebook_text(merged)
        _keep(task, text, {**record, "source": digest})


def run(project: Project, page: Page, given: Mapping[str, Any], output: Path) -> dict:
    """Execute one chapter and write the executed notebook.

    Returns:
        The record of what it depended on, as it was when execution began: ``source`` and ``code``
        of the chapter, ``parameters``, ``environment``, ``files``; and ``seconds``.

    Raises:
        BuildError: a cell failed, or the kernel died. The message names chapter, cell, line and
            error, and where the notebook lies as far as it was executed.
    """
    path = project.root / page.path
    source = observe.fingerprint(path)
    notebook = read_notebook(path)
    around = environment(project)
    scenario = _scenario_file(project, given)
    failed = project.build_dir / "failed" / output.name
    with contextlib.ExitStack() as stack:
        for _ in range(2):
            kernel, folder = stack.enter_context(_kernel(project))
            log = folder / "observed"
            partial = folder / "partial.ipynb"
            begin = time.monotonic()
            error = _papermill(project, notebook, partial, given, kernel)
            # A kernel may lose its port to another process before it starts: once more.
            if error is None or log.exists():
                break
        seconds = time.monotonic() - begin
        if error is not None:
            message = _failure(project, page, partial, error)
            failed.parent.mkdir(parents=True, exist_ok=True)
            partial.replace(failed)
            raise BuildError(f"{message}\nExecuted so far: {failed}")
        if not log.exists():
            raise BuildError(f"{page.path}: the kernel did not load {observe.__name__}.")
        merged = merge(notebook, read_notebook(partial), page.name)
        files = _observed(log) | scenario
    failed.unlink(missing_ok=True)
    output.parent.mkdir(parents=True, exist_ok=True)
    write(output, notebook_text(merged))
    return {
        "source": source,
        "code": code_digests(notebook),
        "parameters": _shown(page.parameters | dict(given)),
        "environment": around,
        "files": files,
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
        cell["execution_count"] = done["execution_count"]
        cell["outputs"] = _joined(done["outputs"])
    for injected in (cell for cell in executed["cells"] if INJECTED in tags(cell)):
        place = next(i for i, cell in enumerate(cells, 1) if "parameters" in tags(cell))
        metadata = {"tags": [INJECTED]}
        cells.insert(place, {**injected, "id": INJECTED, "metadata": metadata})
    for number, cell in enumerate(cells):
        cell.setdefault("id", f"cell-{number}")
    about = {"parameters": executed["metadata"].get("papermill", {}).get("parameters", {})}
    metadata = {"kernelspec": KERNEL, **source.get("metadata", {}), "papermill": about}
    metadata[CHAPTER] = chapter
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def write(path: Path, text: str) -> None:
    """Write a file at once or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _execute(task: Task) -> None:
    with tempfile.TemporaryDirectory(dir=_scratch(task.project)) as folder:
        output = Path(folder, f"{task.name}.ipynb")
        record = run(task.project, task.page, task.given, output)
        _keep(task, output.read_text(encoding="utf-8"), record)


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


def _keep(task: Task, text: str, record: dict) -> None:
    digest = sha256(text.encode()).hexdigest()
    task.folder.mkdir(parents=True, exist_ok=True)
    write(task.executed, text)
    record = {**record, "executed": digest}
    write(task.record_file, json.dumps(record, indent=1, ensure_ascii=False) + "\n")


def _seconds(task: Task) -> float:
    """How long the chapter took last time, if need be in the default edition."""
    default = task.project.executed_dir(task.project.settings.scenario)
    for record in (task.record_file, default / task.record_file.name):
        with contextlib.suppress(OSError, ValueError, KeyError):
            return json.loads(record.read_text(encoding="utf-8"))["seconds"]
    return float("inf")


def _shown(parameters: Mapping[str, Any]) -> dict[str, str]:
    """Values as Python writes them, since JSON would not tell a tuple from a list."""
    return {name: repr(value) for name, value in parameters.items()}


def _differing(new: Mapping, old: Mapping) -> list[str]:
    return [name for name in {**old, **new} if name not in old or new.get(name) != old[name]]


def _code_cells(notebook: Mapping) -> Iterator[dict]:
    return (cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def _joined(outputs: Iterable[dict]) -> list[dict]:
    """Outputs with adjoining pieces of one stream joined: how it was cut depends on timing."""
    joined: list[dict] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output["output_type"] == "stream" and last.get("name") == output["name"]:
            last["text"] += "".join(output["text"])
        elif output["output_type"] == "stream":
            joined.append({**output, "text": "".join(output["text"])})
        else:
            joined.append(output)
    return joined


def sweep(project: Project) -> None:
    """Remove what kernels of killed processes left behind."""
    for folder in (project.build_dir / "work" / ".kernels").glob("*"):
        try:
            os.kill(int(folder.name), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)


def _scratch(project: Project) -> Path:
    """A folder for this process and its kernels."""
    folder = project.build_dir / "work" / ".kernels" / str(os.getpid())
    (folder / "kernels").mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def _kernel(project: Project) -> Iterator[tuple[str, Path]]:
    """A kernel specification of its own: its name, and its folder for everything it leaves."""
    scratch = _scratch(project)
    folder = Path(tempfile.mkdtemp(prefix="bindery-", dir=scratch / "kernels"))
    paths = [str(project.root / item) for item in project.settings.path]
    variables = {
        **KERNEL_ENVIRONMENT,
        "PYTHONPATH": os.pathsep.join([*paths, *filter(None, [os.environ.get("PYTHONPATH")])]),
        "IPYTHONDIR": str(folder / "ipython"),
        observe.ROOT_VARIABLE: str(project.root),
        observe.LOG_VARIABLE: str(folder / "observed"),
    }
    arguments = ["-m", "ipykernel_launcher", "-f", "{connection_file}"]
    options = [
        "--log-level=CRITICAL",
        "--HistoryManager.enabled=False",
        f"--ext={observe.__name__}",
    ]
    specification = {
        **KERNEL,
        "argv": [sys.executable, *arguments, *options],
        "env": variables,
    }
    (folder / "kernel.json").write_text(json.dumps(specification), encoding="utf-8")
    # The kernel's client looks these up in the environment of this process.
    os.environ["JUPYTER_PATH"] = str(scratch)
    os.environ["JUPYTER_RUNTIME_DIR"] = str(scratch / "runtime")
    try:
        yield folder.name, folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _papermill(
    project: Project, notebook: dict, output: Path, given: Mapping, kernel: str
) -> Exception | None:
    """Execute a notebook; the error that stopped it, if there was one."""
    import nbformat
    import papermill
    from nbclient.exceptions import DeadKernelError

    logging.getLogger("papermill").setLevel(logging.CRITICAL)
    try:
        papermill.execute_notebook(
            nbformat.from_dict(notebook),
            str(output),
            parameters=dict(given),
            kernel_name=kernel,
            language="python",
            progress_bar=False,
            start_timeout=120,
            # Not papermill's own `cwd`, which moves this process and so all its threads.
            resources={"metadata": {"path": str(project.root)}},
            # What was read is on disk after each cell: there is no exit to wait for.
            shutdown_kernel="immediate",
        )
    except (papermill.PapermillExecutionError, DeadKernelError, RuntimeError) as error:
        return error
    return None


def _failure(project: Project, page: Page, partial: Path, error: Exception) -> str:
    """What a reader must know to mend a chapter: cell, line of code, error."""
    cells = read_notebook(partial)["cells"]
    begun = [cell for cell in cells if cell["metadata"].get("papermill", {}).get("start_time")]
    if not begun:
        return f"{page.path}: the kernel did not start: {error}"
    cell = begun[-1]
    added = {INJECTED, "papermill-error-cell-tag"}
    own = [other for other in cells if added.isdisjoint(tags(other))]
    number = own.index(cell) + 1 if cell in own else "with the injected parameters"
    place = f"{page.path}: cell {number} of {len(own)}"
    lines = cell["source"].splitlines() or [""]
    traceback = getattr(error, "traceback", None)
    if traceback is None:
        return (
            f"{place}: the kernel died (killed, out of memory, or ended by the code) in:\n"
            f"{textwrap.indent(cell['source'], '    ')}\n{type(error).__name__}: {error}"
        )
    trace = TERMINAL_CODE.sub("", "\n".join(traceback))
    found = re.findall(rf"Cell In\[{error.exec_count}\], line (\d+)", trace)
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
