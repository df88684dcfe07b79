"""Check what authors write: notebooks and pages; and what their chapters leave when executed.

Each check returns its findings as lines of text that name file, cell and line, and say what to do.
Which numbers and exhibits a page makes is read from its executed notebook, if that is fresh.
Undefined references and citations are left to Sphinx, which the build makes strict; parameters to
`bindery.plan`, which reads them; the built book to its tests (``tests/book``).
"""

from __future__ import annotations

import ast
import contextlib
import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from pathlib import Path

from bindery import releases
from bindery.editions import default
from bindery.entrypoints import problems_of_pages
from bindery.execute import reasons, tasks
from bindery.pages import exhibits, numbers
from bindery.plan import Project, cleaned, notebook_text, read_notebook
from bindery.prose import bare_numerals
from bindery.shelf import same

GLUED = re.compile(r"\{glue:text\}`\s*([^`:]+?)\s*(?::[^`]*)?`")
REFERRED = re.compile(r"\{(?:numref|ref)\}`(?:[^`<]*<)?\s*((?:fig|tab)-[\w-]+)\s*>?`")
# In a caption, {left-2030} stands for a number; before a backtick it would be a role of MyST.
NAMED = re.compile(r"\{([a-z0-9]+(?:-[a-z0-9]+)*)\}(?!`)")
FIELD = re.compile(r"\{[^{}`]*\}(?!`)")
READ = ("caption", "alt", "note", "title")
SHORTEST_ALT = 40
SIMPLE = 1000
"""Fractions of whole numbers up to this one may be equal by chance."""


def check(project: Project) -> list[str]:
    """Problems of a book's sources, and of its executed notebooks that are fresh.

    No outputs or metadata left in; no bare numerals (see `bindery.prose`) in text, captions, notes
    and alternative texts; no code cell longer than the settings allow; every number that text or
    captions use is made on the page, every number made is used, every exhibit is referred to; what
    `check_executed` finds; and each headline that has moved since the latest release has a reason.
    """
    found: list[str] = []
    texts: list[str] = []
    # What a stale notebook holds was true of an older source.
    executed = {
        name: read_notebook(task.executed)
        for name, task in tasks(project, default(project)).items()
        if task.executed.is_file() and not reasons(task)
    }
    for page in project.pages:
        path = project.root / page.path
        if not page.is_notebook:
            texts.append(path.read_text(encoding="utf-8"))
            continue
        notebook = read_notebook(path)
        found += _untidy(path, page.path, notebook)
        used: dict[str, str] = {}
        for place, cell in _places(page.path, notebook):
            if cell["cell_type"] == "code":
                found += _code_faults(place, cell["source"], project.settings.longest_cell)
            for line, word, text in _texts(cell):
                texts.append(text)
                used |= dict.fromkeys(GLUED.findall(text), place)
                if word:
                    used |= dict.fromkeys(NAMED.findall(text), place)
                    text = FIELD.sub(" ", text)
                found += _bare(place, text, line, word)
        if page.name in executed:
            places = {cell.get("id"): place for place, cell in _places(page.path, notebook)}
            found += _unused(executed[page.name], places, used)
    referred = set(REFERRED.findall("\n".join(texts)))
    for name, notebook in executed.items():
        for exhibit in exhibits(notebook):
            if (made := exhibit["name"]) not in referred:
                found.append(
                    f"{name}: nothing refers to {made}: mention it with {{numref}}`{made}`."
                )
    now = {name: numbers(notebook) for name, notebook in executed.items()}
    found += [*check_executed(executed), *problems_of_pages(project, executed)]
    return [*found, *releases.unexplained(project, now)]


def check_executed(pages: Mapping[str, Mapping]) -> list[str]:
    """Problems of executed notebooks, which are given by the names of their pages.

    Every exhibit has a name of its own, caption, sources, data with rows and a unit for each
    column, and figures an alternative text that says more than the caption; a cell leaves at most
    one exhibit and no error or warning; a number of one name has one value on all pages, and one
    quantity has one name.
    """
    found: list[str] = []
    made: dict[str, str] = {}
    for page, notebook in pages.items():
        for exhibit in exhibits(notebook):
            name = exhibit["name"]
            found += [f"{page}: {name}: {fault}" for fault in _faults(exhibit)]
            if name in made:
                found.append(f"{page}: {name} is also made in {made[name]}: rename one.")
            made[name] = page
        for place, cell in _places(page, notebook):
            found += [f"{place}: {fault}" for fault in _output_faults(cell)]
    return [*found, *_quantities({page: numbers(held) for page, held in pages.items()})]


def _quantities(pages: Mapping[str, Mapping[str, Mapping]]) -> Iterator[str]:
    """Names with several values, and quantities with several names, by page and name."""
    values: dict[str, dict[str, object]] = defaultdict(dict)
    labels: dict[str, dict[str, str]] = defaultdict(dict)
    sizes: dict[tuple[str, str], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for page, held in pages.items():
        for name, number in held.items():
            values[name][page] = number["value"]
            if number.get("of"):
                continue
            if number.get("label"):
                labels[number["label"]].setdefault(name, page)
            if _telling(number["value"]):
                sizes[number["unit"], f"{number['value']:.12g}"][name].append(page)
    for name, by_page in values.items():
        first, *rest = by_page.values()
        if not all(same(first, value) for value in rest):
            told = ", ".join(f"{value!r} in {page}" for page, value in by_page.items())
            yield f"number {name!r}: {told}. Compute it once for all pages, or name it apart."
    for label, names in labels.items():
        if len(names) > 1:
            told = " and ".join(f"{name!r} ({page})" for name, page in names.items())
            yield f"one label under two names: {told} are both {label!r}. Keep one of them."
    for (unit, _), names in sizes.items():
        for (one, here), (other, there) in combinations(names.items(), 2):
            # Side by side on one page, two quantities may well come out equal.
            if not set(here) & set(there):
                yield (
                    f"one quantity under two names: {one!r} ({', '.join(here)}) and {other!r} "
                    f"({', '.join(there)}) are both {values[one][here[0]]!r} {unit}. Compute it "
                    "once and print it under one name."
                )


def _telling(value: object) -> bool:
    """Whether a value is so odd that two equal ones are one quantity.

    Whole numbers, simple fractions and percentages of counts are equal by chance.
    """
    return isinstance(value, float) and all(
        abs(Fraction(part).limit_denominator(SIMPLE) - Fraction(part)) > 1e-9 * abs(part)
        for part in (value, value / 100)
    )


def _places(path: Path | str, notebook: Mapping) -> Iterator[tuple[str, Mapping]]:
    for index, cell in enumerate(notebook["cells"], start=1):
        yield f"{path}: cell {index} (id {cell.get('id', 'none')})", cell


def _untidy(path: Path, shown: Path, notebook: Mapping) -> list[str]:
    """Cells that differ from what `bindery clean` would leave."""
    tidy = cleaned(notebook)
    if notebook_text(tidy) == path.read_text(encoding="utf-8"):
        return []
    changed = []
    for (place, cell), clean in zip(_places(shown, notebook), tidy["cells"], strict=True):
        parts = [key for key in sorted(set(cell) | set(clean)) if cell.get(key) != clean.get(key)]
        if parts:
            changed.append(
                f"{place}: {', '.join(parts)} left in or not stable: run `bindery clean`."
            )
    return changed or [f"{shown}: metadata or layout of the file: run `bindery clean`."]


def _bare(place: str, text: str, first: int, word: str) -> list[str]:
    where = f" ({word}=)" if word else ""
    return [
        f"{place}, line {first + found.line - 1}{where}: {found.text!r} is typed in "
        f"{found.context!r}: print it with report.numbers, or write it in words if it comes from "
        "no data or model."
        for found in bare_numerals(text)
    ]


def _code_faults(place: str, source: str, longest: int) -> Iterator[str]:
    lines = source.count("\n") + 1
    if longest and lines > longest:
        yield (
            f"{place}: {lines} lines of code; a cell has {longest} at most ([tool.bindery] "
            "longest_cell): move what it computes into a module, or divide it."
        )
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        yield f"{place}, line {error.lineno}: {error.msg}: the cell is not Python."
        return
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _called(call) == "number":
            given = [*call.args[1:2], *(k.value for k in call.keywords if k.arg == "value")]
            nodes = [node for value in given for node in ast.walk(value)]
            typed = any(isinstance(n, ast.Constant) and not isinstance(n.value, str) for n in nodes)
            if typed and not any(isinstance(node, ast.Name) for node in nodes):
                yield f"{place}, line {call.lineno}: a number is typed: take it from data."


def _called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _texts(cell: Mapping) -> Iterator[tuple[int, str, str]]:
    """What readers read: first line, the parameter in a call (empty for a text cell), text."""
    if cell["cell_type"] == "markdown":
        yield 1, "", cell["source"]
    elif cell["cell_type"] == "code":
        with contextlib.suppress(SyntaxError):
            for call in ast.walk(ast.parse(cell["source"])):
                for keyword in call.keywords if isinstance(call, ast.Call) else ():
                    if keyword.arg in READ:
                        for line, text in _strings(keyword.value):
                            yield line, keyword.arg, text


def _strings(node: ast.expr) -> Iterator[tuple[int, str]]:
    """Line and text of the literal parts of a text, also of f-strings, sums and choices."""
    match node:
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case ast.JoinedStr(values=parts):
            literal = "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)
            yield node.lineno, literal
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            yield from _strings(one)
            yield from _strings(other)


def _unused(executed: Mapping, places: Mapping[str, str], used: Mapping[str, str]) -> Iterator[str]:
    """Numbers that are used and not made on a page, or made and not used, or made twice.

    Where cells stand is given by their ids, where numbers are used by their names.
    """
    made: dict[str, str] = {}
    needed = set(used)
    for cell in executed["cells"]:
        for output in cell.get("outputs", []):
            for name, number in numbers({"cells": [{"outputs": [output]}]}).items():
                place = places.get(cell["id"], "")
                if name in made:
                    yield f"{place}: number {name!r} is made at {made[name]} too: rename one."
                made[name] = place
                # An interval belongs to its number: who prints one has used both.
                if whole := number.get("of"):
                    needed |= {name, whole} if name in used else {name}
    for name, place in used.items():
        if name not in made:
            yield f"{place}: no number {name!r} on this page: make it with report.numbers."
    for name, place in made.items():
        if name not in needed:
            yield (
                f"{place}: number {name!r} is not used: print it with {{glue:text}}, name it in a "
                "caption, or leave it out."
            )


def _faults(exhibit: Mapping) -> Iterator[str]:
    caption, alt = exhibit["caption"].strip(), exhibit["alt"].strip()
    if not caption:
        yield "there is no caption: say what the exhibit shows."
    if exhibit["kind"] == "figure" and (len(alt) < SHORTEST_ALT or alt == caption):
        yield f"the alternative text says too little to who cannot see the figure: {alt!r}."
    if not exhibit["sources"]:
        yield "there is no source: pass the keys of the bibliography."
    rows = list(csv.reader(io.StringIO(exhibit["csv"])))
    if len(rows) < 2:
        yield "the CSV holds no data."
    units = exhibit["metadata"].get("columns", {})
    for column in rows[0] if rows else []:
        if not isinstance(units, Mapping) or not units.get(column):
            yield f"the column {column!r} has no unit in the metadata."


def _output_faults(cell: Mapping) -> Iterator[str]:
    outputs = cell.get("outputs", [])
    shown = [o for o in outputs if "exhibit" in o.get("metadata", {})]
    if len(shown) > 1:
        yield f"{len(shown)} exhibits in one cell: give each a cell of its own."
    extra = [o for o in outputs if o not in shown and "number" not in o.get("metadata", {})]
    if shown and extra:
        yield "other output besides the exhibit: end the cell with the call that shows it."
    for output in outputs:
        if output["output_type"] == "error":
            yield f"the cell failed: {output['ename']}: {output['evalue']}"
        elif output.get("name") == "stderr":
            text = "".join(output["text"]).strip().splitlines()
            yield f"a message on stderr would be printed: {text[-1] if text else ''!r}"
