"""Turn an executed notebook into a page: fold the code, list the numbers, say how it was made.

The functions take a notebook and return a new one; the chapter's own file is never changed, so
that sources stay free of tags that are only about looks.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

SHOW_CODE = "show-code"


def fold(notebook: NotebookNode) -> NotebookNode:
    """The notebook with every code cell folded, but for cells tagged ``show-code``."""
    page = copy.deepcopy(notebook)
    for cell in page.cells:
        tags = cell.metadata.setdefault("tags", []) if cell.cell_type == "code" else None
        if tags is not None and SHOW_CODE not in tags and "hide-input" not in tags:
            tags.append("hide-input")
    return page


def dress(notebook: NotebookNode, made: Mapping, download: str) -> NotebookNode:
    """The folded notebook with its closing sections.

    Args:
        notebook: an executed notebook.
        made: how it was made: ``scenario`` (``any`` if it does not depend on one),
            ``parameters`` and ``colophon`` (name to value).
        download: path of the executed notebook, relative to the page.
    """
    page = fold(notebook)
    for output in _number_outputs(page):
        # {glue:text} evaluates what looks like a literal ("4.60", "12,000"); as one, it stays text.
        mime = output.metadata["scrapbook"]["mime_prefix"] + "text/plain"
        output.data[mime] = repr(output.metadata["number"]["text"])
    page.cells += [new_markdown_cell(text) for text in (_numbers(page), _made(made, download))]
    return page


def numbers(notebook: Mapping) -> dict[str, dict]:
    """The glued numbers of an executed notebook.

    Returns:
        Name to ``value``, ``text``, ``unit``, ``sources``, ``kind``; a headline has a ``label``.
    """
    return {
        output["metadata"]["scrapbook"]["name"]: dict(output["metadata"]["number"])
        for output in _number_outputs(notebook)
    }


def exhibits(notebook: Mapping) -> list[dict]:
    """The exhibits of an executed notebook, in their order on the page."""
    return [
        dict(output["metadata"]["exhibit"])
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "exhibit" in output.get("metadata", {})
    ]


def cited(sources: list[str]) -> str:
    """A parenthetical citation of BibTeX keys; empty without keys."""
    return f"{{cite:p}}`{','.join(sources)}`" if sources else ""


def title(notebook: Mapping) -> str:
    """The first heading of a notebook, without roles and marks; empty without one."""
    for cell in notebook["cells"]:
        heading = re.search(r"^# +(.+)$", cell["source"], re.M)
        if cell["cell_type"] == "markdown" and heading:
            return re.sub(r"\{[^}]*\}|[`*]", "", heading[1]).strip()
    return ""


def _number_outputs(notebook: Mapping) -> list[dict]:
    return [
        output
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if "number" in output.get("metadata", {})
    ]


def _numbers(page: NotebookNode) -> str:
    found = numbers(page)
    if not found:
        return ""
    lines = ["| Number | What | Unit | Kind | Sources |", "| --: | :-- | :-- | :-- | :-- |"]
    for name, number in found.items():
        what = name.replace("_", " ").replace("-", " ")
        cells = (number["text"], what, number["unit"], number["kind"], cited(number["sources"]))
        lines.append("| " + " | ".join(str(cell).replace("|", r"\|") for cell in cells) + " |")
    table = "\n".join(lines)
    return f"::::{{dropdown}} Numbers on this page\n:class-container: numbers\n\n{table}\n::::"


def _made(made: Mapping, download: str) -> str:
    scenario = {"scenario": made["scenario"]} if made["scenario"] != "any" else {}
    # The edition's name after the parameters, which may hold the path of a file instead.
    facts = {**made["parameters"], **scenario, **made["colophon"]}
    line = " · ".join(f"{name.replace('_', ' ')} `{value}`" for name, value in facts.items())
    return (
        f"::::{{container}} made\n**How this page was made:** {line} · "
        f"{{download}}`executed notebook <{download}>`\n::::"
    )
