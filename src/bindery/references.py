"""What pages show of each other: numbers of exhibits, titles of sections, labels of sources.

Two things that Sphinx leaves out. When one page changes what another shows of it, Sphinx writes
only the one that it has read anew; here the others are found. And to resolve a reference such as
``{numref}`fig-tides`` Sphinx unpickles the whole page that holds the figure, once for each
reference, a third of the time that a book with many figures takes; here a few pages are kept.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.domains import std
from sphinx.environment import BuildEnvironment
from sphinxcontrib.bibtex.citation_target import parse_citation_targets

PAGES_KEPT = 3  # most references are to the page they stand on, or to its neighbours

Target = tuple[str, str]
"""Kind of reference (``ref``, ``numref``, ``eq``, ``cite``) and name of what it refers to."""


def note(app: Sphinx, page: nodes.document) -> None:
    """Note to what a page refers, when it has been read."""
    noted = app.env.__dict__.setdefault("bindery_targets", {})
    noted[app.env.docname] = {
        target for node in page.findall(pending_xref) for target in _targets(node)
    }


def affected(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Pages that show something of others which is not what it was in the last build."""
    last, now = getattr(env, "bindery_shown", {}), _shown(env)
    beside = copy.deepcopy((_titles(env), env.toc_secnumbers))
    contents = getattr(env, "bindery_contents", beside)
    env.bindery_shown, env.bindery_contents = now, beside
    if contents != beside:
        return sorted(env.found_docs)  # each page has the table of contents beside it
    changed = {target for target in {**last, **now} if last.get(target) != now.get(target)}
    noted = getattr(env, "bindery_targets", {})
    pages = {page for page, targets in noted.items() if targets & changed}
    if any(kind == "cite" for kind, _ in changed):
        pages |= {key.docname for key in env.get_domain("cite").bibliographies}
    return sorted(pages & env.found_docs)


def _targets(node: pending_xref) -> Iterator[Target]:
    if node["refdomain"] == "cite":
        yield from (("cite", target.key) for target in parse_citation_targets(node["reftarget"]))
    else:
        yield node["reftype"], node["reftarget"]


def _titles(env: BuildEnvironment) -> dict[str, str]:
    return {page: title.astext() for page, title in env.titles.items()}


def _shown(env: BuildEnvironment) -> dict[Target, Any]:
    """What a reference to each target shows."""
    numbers = {
        (page, name): number
        for page, kinds in env.toc_fignumbers.items()
        for held in kinds.values()
        for name, number in held.items()
    }
    standard, sources = env.get_domain("std"), env.get_domain("cite").citations
    shown: dict[Target, Any] = {}
    for name, (page, place) in standard.anonlabels.items():
        shown["ref", name] = (page, place)
        shown["numref", name] = (page, place, numbers.get((page, place)))
    for name, (page, place, title) in standard.labels.items():
        shown["ref", name] = (page, place, str(title))
    for name, (page, number) in env.get_domain("math").equations.items():
        shown["eq", name] = (page, number, numbers.get((page, f"equation-{name}")))
    for source in sources:
        shown["cite", source.key] = source.formatted_entry.label
    return shown


class StandardDomain(std.StandardDomain):
    """Sphinx's own domain, but for the pages that it keeps."""

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
