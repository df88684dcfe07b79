"""What pages show of each other: numbers of exhibits, titles of sections, labels of sources.

Three things that Sphinx and its extension for citations leave out. When one page changes what
others show of it, Sphinx writes only the one that it has read anew; here all are written. To number
a reference such as ``{numref}`fig-tides`` Sphinx unpickles the whole page that holds the figure,
for each reference, a third of the time of a book with many figures; here the number is looked up.
And the bibliography compares each source with each citation; here a page cites a source once.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.addnodes import number_reference, pending_xref
from sphinx.application import Sphinx
from sphinx.domains import std
from sphinx.environment import BuildEnvironment


def merge_citations(app: Sphinx, page: nodes.document) -> None:
    """Make one note of all that a page cites, when it has been read."""
    cited = app.env.get_domain("cite").citation_refs
    own = [note for note in cited if note.docname == app.env.docname]
    if own:
        targets = {target.key: target for note in own for target in note.targets}
        cited[:] = [note for note in cited if note.docname != app.env.docname]
        cited.append(own[0]._replace(targets=[*targets.values()]))


def affected(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """All pages, if what they show of others is not what it was in the last build."""
    standard, sources = env.get_domain("std"), env.get_domain("cite").citations
    shown = [
        ((page, title.astext()) for page, title in env.titles.items()),
        ((name, *map(str, place)) for name, place in standard.labels.items()),
        ((source.key, source.citation_id, source.formatted_entry.label) for source in sources),
        *(standard.anonlabels.items(), env.get_domain("math").equations.items()),
        *(env.toc_secnumbers.items(), env.toc_fignumbers.items()),
    ]
    now = repr([sorted(part) for part in shown])
    last = getattr(env, "bindery_shown", now)
    env.bindery_shown = now
    return sorted(env.found_docs) if last != now else []


class StandardDomain(std.StandardDomain):
    """Sphinx's own domain, but for the way in which it numbers a reference."""

    def resolve_xref(
        self,
        env: BuildEnvironment,
        page: str,
        builder: Any,
        kind: str,
        target: str,
        node: pending_xref,
        content: nodes.Element,
    ) -> nodes.Element | None:
        """Resolve a reference that stands on a page, once all pages are read."""
        holder, name = self.anonlabels.get(target, ("", ""))
        if kind == "numref" and not node["refexplicit"]:
            for what, numbers in env.toc_fignumbers.get(holder, {}).items():
                form = env.config.numfig_format[what]
                if name in numbers and form.count("%") == 1:
                    text = form % ".".join(map(str, numbers[name]))
                    look = {"nodeclass": number_reference, "title": form}
                    return self.build_reference_node(
                        page, builder, holder, name, text, "numref", **look
                    )
        return super().resolve_xref(env, page, builder, kind, target, node, content)
