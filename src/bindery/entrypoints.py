"""Call the functions that a book names in its settings as ``module:function``."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from bindery.plan import BuildError, Edition, Project

KILLED = '[null, "The process that asks the project for its checks was killed."]'


def call(project: Project, entry: str, *arguments: Any) -> Any:
    """Call a ``module:function`` of the settings, in the project's folder.

    Raises:
        BuildError: there is no such function, or it raises; what it raised is the cause.
    """
    module, _, function = entry.partition(":")
    path, bytecode = list(sys.path), sys.dont_write_bytecode
    sys.path[:0] = [str(project.root / item) for item in project.settings.path]
    sys.dont_write_bytecode = True
    try:
        with contextlib.chdir(project.root):
            return getattr(import_module(module), function)(*arguments)
    except Exception as error:
        raise BuildError(
            f"{entry} ([tool.bindery] in pyproject.toml): {type(error).__name__}: {error}"
        ) from error
    finally:
        sys.path[:], sys.dont_write_bytecode = path, bytecode


def problems(project: Project) -> list[str]:
    """What the project's own checks find."""
    return [text for entry in project.settings.checks for text in call(project, entry)]


def problems_of_pages(project: Project, pages: Mapping[str, Mapping]) -> list[str]:
    """What the project's own checks find in executed notebooks, given by names of pages."""
    return [text for entry in project.settings.page_checks for text in call(project, entry, pages)]


class Asked:
    """What the project says, found out in a process of its own while the build goes on."""

    def __init__(self, project: Project):
        command = [sys.executable, "-m", __name__, str(project.root)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._answers: list[Any] = []
        self._error = ""

    def __enter__(self) -> Asked:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    @property
    def colophon(self) -> dict[str, str]:
        """What the project says of itself at the foot of each page."""
        return self._answer(0)

    def titled(self, edition: Edition) -> Edition:
        """The edition with the title that the project gives it, unless it has one."""
        return replace(edition, title=edition.title or self._answer(1).get(edition.name, ""))

    def check(self) -> None:
        """Raise BuildError with what the project's checks find, if it is anything."""
        if found := self._answer(2):
            raise BuildError("\n".join(["The project's checks found:", *found]))

    def _answer(self, number: int) -> Any:
        while len(self._answers) <= number and not self._error:
            answer, self._error = json.loads(self._process.stdout.readline() or KILLED)
            self._answers.append(answer)
        if self._error:
            raise BuildError(self._error)
        return self._answers[number]


def _answers(root: Path) -> Iterator[tuple[Any, str]]:
    try:
        project = Project.load(root)
        for entry in (project.settings.colophon, project.settings.editions):
            yield call(project, entry) if entry else {}, ""
        yield problems(project), ""
    except BuildError as error:
        yield None, str(error)


if __name__ == "__main__":
    # What the project's functions print is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr
    for answer in _answers(Path(sys.argv[1])):
        print(json.dumps(answer), file=answers, flush=True)
