"""Turn an executed notebook into a page: fold the code, list the numbers, say how it was made.

The functions take a notebook and return a new one; the chapter's own file is never changed, so
that sources stay free of tags that are only about looks.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

SHOW_CODE = "show-code"
CITED = 300
"""Sources in one role: the extension for citations goes one level deeper for each."""
HEADS = ("Number", "What", "Unit", "Kind", "Sources")


def fold(notebook: Mapping) -> dict:
    """The notebook with every code cell folded, but for cells tagged ``show-code``."""
    return {**notebook, "cells": [_folded(cell) for cell in notebook["cells"]]}


def dress(notebook: Mapping, made: Mapping, download: str) -> dict:
    """The folded notebook with its closing sections.

    Args:
        notebook: an executed notebook.
        made: how it was made, name to value.
        download: path of the executed notebook, relative to the page.
    """
    page = fold(notebook)
    page["cells"] += [
        {"cell_type": "markdown", "id": name, "metadata": {}, "source": text}
        for name, text in (
            ("marks", _marks(notebook)),
            ("list", _numbers(notebook)),
            ("foot", _made(made, download)),
        )
        if text or name != "marks"
    ]
    return page


def _folded(cell: Mapping) -> dict:
    if cell["cell_type"] != "code":
        return dict(cell)
    tags = [*cell["metadata"].get("tags", [])]
    if SHOW_CODE not in tags and "hide-input" not in tags:
        tags.append("hide-input")
    metadata = {**cell["metadata"], "tags": tags}
    return {**cell, "metadata": metadata, "outputs": [_light(o) for o in cell["outputs"]]}


def _light(output: Mapping) -> dict:
    """An output with no more than the page needs, in a form that is quickly read and written."""
    held = output.get("metadata", {})
    if "number" in held:
        # {glue:text} evaluates what looks like a literal ("4.60", "12,000"); as one, it stays text.
        mime = held["scrapbook"]["mime_prefix"] + "text/plain"
        printed = str(held["number"]["text"]) + held["number"].get("mark", "")
        data = {**output["data"], mime: repr(printed)}
        return {**output, "data": data, "metadata": {"scrapbook": held["scrapbook"]}}
    if "exhibit" in held:
        return {**output, "metadata": {**held, "exhibit": json.dumps(held["exhibit"])}}
    return dict(output)


def numbers(notebook: Mapping) -> dict[str, dict]:
    """The glued numbers of an executed notebook.

    Returns:
        Name to ``value``, ``text``, ``unit``, ``sources``, ``kind``; a headline has a ``label``,
        and where it is more than its sources, ``basis`` says in MyST what a number rests on. A
        ``mark`` is printed behind the number, its ``meaning`` at the end of the page.
    """
    held = _held(notebook, "number")
    return {each["scrapbook"]["name"]: dict(each["number"]) for each in held}


def exhibits(notebook: Mapping) -> list[dict]:
    """The exhibits of an executed notebook, in their order on the page."""
    return [dict(each["exhibit"]) for each in _held(notebook, "exhibit")]


def title(notebook: Mapping) -> str:
    """The first heading of a notebook, without roles and marks; empty without one."""
    for cell in notebook["cells"]:
        heading = re.search(r"^# +(.+)$", cell["source"], re.M)
        if cell["cell_type"] == "markdown" and heading:
            return re.sub(r"\{[^}]*\}|[`*]", "", heading[1]).strip()
    return ""


def _held(notebook: Mapping, what: str) -> Iterator[dict]:
    """The metadata of those outputs that hold something."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if what in output.get("metadata", {}):
                yield output["metadata"]


def cite(role: str, keys: Sequence[str]) -> str:
    """Citations of any number of sources, as MyST.

    Args:
        role: ``t`` or ``p``.
        keys: of the bibliography.
    """
    parts = (keys[i : i + CITED] for i in range(0, len(keys), CITED))
    return ", ".join(f"{{cite:{role}}}`{','.join(part)}`" for part in parts)


def _numbers(notebook: Mapping) -> str:
    """The list of the numbers on a page, and below it what they rest on.

    Many numbers of one model rest on the same sources, which are given once. The table is HTML,
    since Sphinx would go through every cell of it many times.
    """
    found = numbers(notebook)
    if not found:
        return ""
    intervals = {number["of"]: number["text"] for number in found.values() if number.get("of")}
    lists: dict[str, int] = {}
    rows = []
    for name, number in found.items():
        if number.get("of"):
            continue
        text, sources = str(number["text"]), _basis(number)
        if number.get("low") is not None:
            interval = intervals.get(name) or f"{number['low']:.4g} to {number['high']:.4g}"
            text += f" ({interval})"
        basis = sources and lists.setdefault(sources, len(lists) + 1)
        what = number.get("label") or name.replace("_", " ").replace("-", " ")
        cells = [escape(str(part)) for part in (text, what, number["unit"], number["kind"])]
        link = f'<a class="reference internal" href="#sources-{basis}">{basis}</a>'
        cells.append(link if sources else "")
        rows.append("".join(f"<td>{cell}</td>" for cell in cells))
    heads = "".join(f'<th scope="col">{head}</th>' for head in HEADS)
    table = (
        f'<div class="pst-scrollable-table-container"><table class="table"><thead><tr>{heads}</tr>'
        f"</thead><tbody><tr>{'</tr><tr>'.join(rows)}</tr></tbody></table></div>"
    )
    parts = [
        f'<span id="sources-{basis}">{basis}.</span> {sources}' for sources, basis in lists.items()
    ]
    body = "\n\n".join([table, "Sources by number:", *parts])
    return f"::::{{dropdown}} Numbers on this page\n:class-container: numbers\n\n{body}\n::::"


def _marks(notebook: Mapping) -> str:
    """What the marks behind numbers mean, each once."""
    found = {n["mark"]: n["meaning"] for n in numbers(notebook).values() if n.get("mark")}
    return "\n\n".join(f"{mark} {meaning}" for mark, meaning in found.items())


def _basis(number: Mapping) -> str:
    """What a number rests on, as MyST text: its own words for it, or its sources."""
    sources = sorted(number["sources"])
    graded = f"; {number['graded']}" if number.get("graded") else ""
    return number.get("basis") or (f"{cite('p', sources)}{graded}" if sources else "")


def _made(made: Mapping, download: str) -> str:
    line = " · ".join(f"{name.replace('_', ' ')} `{value}`" for name, value in made.items())
    return (
        f"::::{{container}} made\n**How this page was made:** {line} · "
        f"{{download}}`executed notebook <{download}>`\n::::"
    )
