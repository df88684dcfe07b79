"""Resolve references by number quickly.

To find what a reference such as ``{numref}`fig-tides`` points at, Sphinx unpickles the whole page
that holds it, once for each reference: a third of the time that a book with many figures takes.
Here the last few pages are kept.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import Any

from docutils import nodes
from sphinx.domains import std
from sphinx.environment import BuildEnvironment

PAGES_KEPT = 3  # most references are to the page they stand on, or to its neighbours


class StandardDomain(std.StandardDomain):
    """Sphinx's own domain, but for that memory."""

    def resolve_xref(
        self, env: BuildEnvironment, page: str, builder: Any, kind: str, *what: Any
    ) -> nodes.Element | None:
        """Resolve a reference that stands on a page, once all pages are read."""
        env = self._with_memory if kind == "numref" else env
        return super().resolve_xref(env, page, builder, kind, *what)

    @cached_property
    def _with_memory(self) -> _WithMemory:
        return _WithMemory(self.env)


class _WithMemory:
    """Sphinx's environment, but for reading pages, which nobody may change."""

    def __init__(self, env: BuildEnvironment):
        self._env = env
        self.get_doctree = lru_cache(PAGES_KEPT)(env.get_doctree)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._env, name)
