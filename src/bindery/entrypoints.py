"""Call the functions that a book names in its settings as ``module:function``."""

from __future__ import annotations

import contextlib
import sys
from importlib import import_module
from typing import Any

from bindery.plan import BuildError, Project


def call(project: Project, entry: str, *arguments: str) -> Any:
    """Call a ``module:function`` of the settings, in the project's folder.

    Raises:
        BuildError: there is no such function, or it raises; what it raised is the cause.
    """
    module, _, function = entry.partition(":")
    path = list(sys.path)
    bytecode = sys.dont_write_bytecode
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
