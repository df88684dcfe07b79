"""Render exhibits (figures and tables that carry their own provenance) inside a page.

An exhibit is an ordinary notebook output, a picture (``image/svg+xml``) or a table
(``text/html``), whose output metadata holds an ``exhibit`` entry::

    {"kind": "figure" | "table", "name": "fig-tides", "caption": "MyST text", "alt": "...",
     "note": "MyST text", "sources": ["bibtex_key", ...], "csv": "...", "metadata": {...},
     "svg": "stand-alone drawing", "header": [...], "rows": [[...]], "align": "lr...",
     "graded": "words after the sources", "basis": "MyST text that stands for the sources"}

Any notebook viewer shows the picture or the table. In a book, this MyST-NB plug-in adds what a
page needs: a number, a label for cross references, the caption, alternative text, cited sources,
and the data, its description and the drawing as downloads.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.statemachine import StringList
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from bindery import releases
from bindery.pages import cite, numbers
from bindery.plan import read_notebook

MIME = {"figure": "image/svg+xml", "table": "text/html"}
LISTED = 12  # more sources than these are folded
WIDTHS = (24, 16, 14, 46)  # of the columns of revisions, percent
COLUMN_RULE = {"l": ":--", "r": "--:", "c": ":-:"}


class ExhibitRenderer:
    """MyST-NB plug-in (entry point ``myst_nb.mime_renderers``) that turns exhibits into nodes."""

    mime_priority_overrides: ClassVar = []

    @staticmethod
    def handle_mime(
        renderer: NbElementRenderer, data: MimeData, inline: bool
    ) -> list[nodes.Element] | None:
        """Nodes for an exhibit, or None to leave the output to MyST-NB.

        Args:
            renderer: the page's element renderer.
            data: one mime type of one output; an exhibit has ``exhibit`` in its metadata.
            inline: whether the output stands within a line of text (never so for exhibits).
        """
        held = data.output_metadata.get("exhibit")
        if held is None or inline:
            return None
        exhibit = json.loads(held) if isinstance(held, str) else held
        if data.mime_type != MIME[exhibit["kind"]]:
            return []  # the plain-text twin, meant for terminals
        block = nodes.container(classes=["exhibit", f"exhibit-{exhibit['kind']}"])
        if exhibit["kind"] == "figure":
            picture = _write(renderer, f"{exhibit['name']}.svg", str(data.content))
            block += _myst(renderer, data, _figure(exhibit, picture))
        else:
            parts = (exhibit[key] for key in ("name", "caption", "header", "rows", "align"))
            block += _myst(renderer, data, table(*parts))
        legend = nodes.container(classes=["exhibit-legend"])
        legend += _myst(renderer, data, _small_print(exhibit))
        page = renderer.renderer.sphinx_env.docname
        legend += _downloads(lambda *file: _write(renderer, *file), page, exhibit)
        block += legend
        return [block]


def _write(renderer: NbElementRenderer, name: str, content: str) -> str:
    return renderer.write_file([name], content.encode(), overwrite=True)


def _myst(renderer: NbElementRenderer, data: MimeData, text: str) -> list[nodes.Element]:
    markdown = MimeData(
        "text/markdown", text, data.cell_metadata, data.output_metadata, line=data.line
    )
    return renderer._render_markdown_base(markdown, fmt="myst", inline=False)


def _figure(exhibit: dict, picture: str) -> str:
    alt = " ".join(exhibit["alt"].split())
    return (
        f"~~~~{{figure}} {picture}\n:name: {exhibit['name']}\n:alt: {alt}\n\n"
        f"{exhibit['caption']}\n~~~~\n"
    )


def table(
    name: str, caption: str, heads: Sequence[str], rows: Sequence[Sequence], align: str
) -> str:
    """A table with a caption, in MyST.

    Args:
        name: label for references.
        caption: MyST text.
        heads: of the columns.
        rows: cells, MyST text.
        align: ``l``, ``r`` or ``c`` for each column.
    """

    def line(cells: Sequence) -> str:
        texts = (str(cell).replace("|", r"\|").replace("\n", " ") for cell in cells)
        return "| " + " | ".join(texts) + " |"

    lines = [line(heads), line([COLUMN_RULE[a] for a in align]), *map(line, rows)]
    # Tildes, because a backtick fence may not have backticks (roles) in its first line.
    opening = f"~~~~{{table}} {' '.join(caption.split())}\n:name: {name}\n\n"
    return opening + "\n".join(lines) + "\n~~~~\n"


def _small_print(exhibit: dict) -> str:
    keys = exhibit["sources"]
    graded = f"; {exhibit['graded']}" if exhibit.get("graded") else ""
    if exhibit.get("basis"):
        return f"{exhibit['note']}\n\n{exhibit['basis']}"
    if not keys:
        return exhibit["note"]
    cited = cite("t", keys)
    if len(keys) > LISTED:
        head = f":::{{dropdown}} {len(keys)} sources{graded}\n:class-container: sources"
        return f"{exhibit['note']}\n\n{head}\n\n{cited}\n:::"
    return f"{exhibit['note']}\n\n{'Sources' if len(keys) > 1 else 'Source'}: {cited}{graded}."


def _downloads(write: Callable[[str, str], str], page: str, exhibit: dict) -> nodes.Element:
    about = json.dumps(exhibit["metadata"], indent=2, ensure_ascii=False)
    files = {"Data (CSV)": ("csv", exhibit["csv"]), "About the data (JSON)": ("json", about)}
    if exhibit["kind"] == "figure":
        files["Drawing (SVG)"] = ("drawing.svg", exhibit["svg"])
    line = nodes.paragraph(classes=["exhibit-downloads"])
    for label, (suffix, content) in files.items():
        uri = write(f"{exhibit['name']}.{suffix}", content)
        line += addnodes.download_reference(label, label, reftarget=uri, refdoc=page)
        line += nodes.Text(" ")
    return line


class Revisions(SphinxDirective):
    """A table of what has changed since a release (`bindery.releases`), below it the caption.

    ``{revisions} 0.3.0``; it is labelled ``tab-revisions`` and speaks of the default edition.
    """

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Nodes of the table."""
        folder, executed = self.config.bindery_releases, self.config.bindery_default
        release, caption = self.arguments[0], " ".join(self.content)
        rows: list = []
        if folder:
            files = [Path(folder) / f"{release}.csv", Path(folder) / releases.REVISIONS]
            for path in (*files, *executed.values()):
                self.env.note_dependency(str(path))
            now = {page: numbers(read_notebook(Path(path))) for page, path in executed.items()}
            found = releases.revisions(Path(folder), release, now)
            rows = [[r.headline, r.was, r.now, r.why] for r in found]
        heads = ["Number", f"In {release}", "Now", "Why"]
        data = io.StringIO()
        csv.writer(data, lineterminator="\n").writerows([heads, *rows])
        about = {"title": caption, "columns": dict.fromkeys(heads, "text")}
        text = table("tab-revisions", caption, heads, rows, "llll")
        block = nodes.container(classes=["exhibit", "exhibit-table"])
        self.state.nested_parse(StringList(text.splitlines()), self.content_offset, block)
        for grid in block.findall(nodes.table):
            grid["classes"].append("colwidths-given")
            for column, width in zip(grid.findall(nodes.colspec), WIDTHS, strict=True):
                column["colwidth"] = width
        held = {"kind": "table", "name": "tab-revisions", "csv": data.getvalue(), "metadata": about}
        legend = nodes.container(classes=["exhibit-legend"])
        legend += _downloads(self._write, self.env.docname, held)
        block += legend
        return [block]

    def _write(self, name: str, content: str) -> str:
        """Write a file that a page offers; its address for Sphinx."""
        app = self.env.app
        file = Path(app.doctreedir).parent / "revisions" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(content, encoding="utf-8")
        return "/" + Path(os.path.relpath(file, app.srcdir)).as_posix()
