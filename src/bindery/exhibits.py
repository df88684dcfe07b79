"""Render exhibits (figures and tables that carry their own provenance) inside a page.

An exhibit is an ordinary notebook output, a picture (``image/svg+xml``) or a table
(``text/html``), whose output metadata holds an ``exhibit`` entry::

    {"kind": "figure" | "table", "name": "fig-tides", "caption": "MyST text", "alt": "...",
     "note": "MyST text", "sources": ["bibtex_key", ...], "csv": "...", "metadata": {...},
     "svg": "stand-alone drawing", "header": [...], "rows": [[...]], "align": "lr..."}

Any notebook viewer shows the picture or the table. In a book, this MyST-NB plug-in adds what a
page needs: a number, a label for cross references, the caption, alternative text, cited sources,
and the data, its description and the drawing as downloads.
"""

from __future__ import annotations

import json
from typing import ClassVar

from docutils import nodes
from myst_nb.core.render import MimeData, NbElementRenderer
from sphinx import addnodes

MIME = {"figure": "image/svg+xml", "table": "text/html"}
LISTED = 12  # more sources than these are folded
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
            block += _myst(renderer, data, _table(exhibit))
        legend = nodes.container(classes=["exhibit-legend"])
        legend += _myst(renderer, data, _small_print(exhibit))
        legend += _downloads(renderer, exhibit)
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


def _table(exhibit: dict) -> str:
    def line(cells: list) -> str:
        texts = (str(cell).replace("|", r"\|").replace("\n", " ") for cell in cells)
        return "| " + " | ".join(texts) + " |"

    lines = [line(exhibit["header"]), line([COLUMN_RULE[a] for a in exhibit["align"]])]
    lines += [line(row) for row in exhibit["rows"]]
    caption = " ".join(exhibit["caption"].split())
    # Tildes, because a backtick fence may not have backticks (roles) in its first line.
    return f"~~~~{{table}} {caption}\n:name: {exhibit['name']}\n\n" + "\n".join(lines) + "\n~~~~\n"


def _small_print(exhibit: dict) -> str:
    keys = exhibit["sources"]
    if not keys:
        return exhibit["note"]
    cited = f"{{cite:t}}`{','.join(keys)}`"
    if len(keys) > LISTED:
        fold = f":::{{dropdown}} {len(keys)} sources\n:class-container: sources\n\n{cited}\n:::"
        return f"{exhibit['note']}\n\n{fold}"
    return f"{exhibit['note']}\n\n{'Sources' if len(keys) > 1 else 'Source'}: {cited}."


def _downloads(renderer: NbElementRenderer, exhibit: dict) -> nodes.Element:
    about = json.dumps(exhibit["metadata"], indent=2, ensure_ascii=False)
    files = {"Data (CSV)": ("csv", exhibit["csv"]), "About the data (JSON)": ("json", about)}
    if exhibit["kind"] == "figure":
        files["Drawing (SVG)"] = ("drawing.svg", exhibit["svg"])
    line = nodes.paragraph(classes=["exhibit-downloads"])
    page = renderer.renderer.sphinx_env.docname
    for label, (suffix, content) in files.items():
        uri = _write(renderer, f"{exhibit['name']}.{suffix}", content)
        line += addnodes.download_reference(label, label, reftarget=uri, refdoc=page)
        line += nodes.Text(" ")
    return line
