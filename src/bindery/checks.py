"""Check what authors write: notebooks and pages; and what their chapters leave when executed.

Each check returns its findings as lines of text that name file, cell and line, and say what to do.
Undefined references and citations are left to Sphinx, which the build makes strict; parameters to
`bindery.plan`, which reads them; the built book to `bindery.published`.
"""

from __future__ import annotations

import ast
import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from pathlib import Path

from bindery.editions import default
from bindery.execute import reasons, tasks
from bindery.pages import exhibits, numbers
from bindery.plan import Project, cleaned, notebook_text, read_notebook
from bindery.prose import bare_numerals
from bindery.published import check_book
from bindery.shelf import same

__all__ = ["check", "check_book", "check_executed"]

GLUED = re.compile(r"\{glue:text\}`([^`:]+?)(?::[^`]*)?`")
REFERRED = re.compile(r"\{(?:numref|ref)\}`(?:[^`<]*<)?\s*((?:fig|tab)-[\w-]+)\s*>?`")
NUMBERED = re.compile(r"\{numref\}`(?:[^`<]*<)?\s*([\w-]+)\s*>?`")
LABELLED = re.compile(r"^\s*:name:\s*([\w-]+)\s*$|^\(([\w-]+)\)=\s*$", re.M)
EXHIBIT = re.compile(r"(fig|tab)-[\w-]+")
# In a caption, {left-2030} stands for a number; before a backtick it would be a role of MyST.
NAMED = re.compile(r"\{([a-z0-9]+(?:-[a-z0-9]+)*)\}(?!`)")
FIELD = re.compile(r"\{[^{}`]*\}(?!`)")
READ = ("caption", "alt", "note", "title")
SHORTEST_ALT = 40
SIMPLE = 1000
"""Fractions of whole numbers up to this one may be equal by chance."""


@dataclass
class _Chapter:
    """What the checks need to know of one chapter.

    Names map to where they stand. Which numbers a page makes, the code tells only of those that
    it names in so many words; all of them stand in the executed notebook.
    """

    cells: dict[str, str] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    opaque: bool = False  # whether some number's name cannot be told from the code
    exhibits: dict[str, str] = field(default_factory=dict)
    twice: list[str] = field(default_factory=list)


def check(project: Project) -> list[str]:
    """Problems of a book's sources, and of its executed notebooks that are fresh.

    Chapters: no outputs or metadata left in; no bare numerals (see `bindery.prose`) in text,
    captions, notes and alternative texts; no code cell longer than the settings allow; every
    exhibit has a name, a caption and, if a figure, an alternative text; every number that text or
    captions use is made on the page, every number made is used. Book: names of exhibits are
    unique; every exhibit is referred to; every reference by number has its target.
    """
    found: list[str] = []
    chapters: dict[str, _Chapter] = {}
    texts: list[tuple[str, str]] = []
    for page in project.pages:
        path = project.root / page.path
        if not page.is_notebook:
            texts.append((str(page.path), path.read_text(encoding="utf-8")))
            continue
        notebook = read_notebook(path)
        found += _untidy(path, page.path, notebook)
        chapter = chapters[page.name] = _Chapter()
        for place, cell in _places(page.path, notebook):
            chapter.cells[cell.get("id", "")] = place
            if cell["cell_type"] == "markdown":
                texts.append((place, cell["source"]))
                found += _bare(place, cell["source"])
                _note_used(chapter, place, GLUED, cell["source"])
            elif cell["cell_type"] == "code":
                found += _too_long(place, cell["source"], project.settings.longest_cell)
                found += _read_code(chapter, place, cell["source"], texts)
    # What a stale notebook holds was true of an older source.
    executed = {
        name: task.executed
        for name, task in tasks(project, default(project)).items()
        if task.executed.is_file() and not reasons(task)
    }
    notebooks = {path: read_notebook(path) for path in executed.values()}
    for name, chapter in chapters.items():
        found += _numbers(chapter, notebooks.get(executed.get(name)))
    found += _references(chapters, texts)
    return found + _executed(notebooks)


def check_executed(paths: Iterable[Path]) -> list[str]:
    """Problems of executed notebooks.

    Every exhibit has caption, sources, data with rows and a unit for each column, and figures an
    alternative text that says more than the caption; a cell leaves at most one exhibit and no
    error or warning; a number of one name has one value on all pages, and one quantity has one
    name.
    """
    return _executed({path: read_notebook(path) for path in paths})


def _executed(notebooks: Mapping[Path, Mapping]) -> list[str]:
    found: list[str] = []
    for path, notebook in notebooks.items():
        for exhibit in exhibits(notebook):
            found += [f"{path.name}: {exhibit['name']}: {fault}" for fault in _faults(exhibit)]
        for place, cell in _places(path.name, notebook):
            found += [f"{place}: {fault}" for fault in _output_faults(cell)]
    return [*found, *_quantities({path.stem: numbers(n) for path, n in notebooks.items()})]


def _quantities(pages: Mapping[str, Mapping[str, Mapping]]) -> Iterator[str]:
    """Names with several values, and quantities with several names.

    Args:
        pages: page to name to number.
    """
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


def _bare(place: str, text: str, first: int = 1, where: str = "") -> list[str]:
    return [
        f"{place}, line {first + found.line - 1}{where}: {found.text!r} is typed in "
        f"{found.context!r}: glue it with report.number, or write it in words if it comes from "
        "no data or model."
        for found in bare_numerals(text)
    ]


def _note_used(chapter: _Chapter, place: str, pattern: re.Pattern, text: str) -> None:
    for name in pattern.findall(text):
        chapter.used.setdefault(name.strip(), place)


def _too_long(place: str, source: str, longest: int) -> Iterator[str]:
    lines = source.count("\n") + 1
    if longest and lines > longest:
        yield (
            f"{place}: {lines} lines of code; a cell has {longest} at most ([tool.bindery] "
            "longest_cell): move what it computes into a module, or divide it."
        )


def _read_code(
    chapter: _Chapter, place: str, source: str, texts: list[tuple[str, str]]
) -> list[str]:
    """Note what a cell's calls make; return what is wrong with them."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [f"{place}, line {error.lineno}: {error.msg}: the cell is not Python."]
    found = []
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        here = f"{place}, line {call.lineno}"
        keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
        function = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if function == "numbers":
            chapter.opaque = True
        elif function == "number":
            name = keywords.get("name") or (call.args or [None])[0]
            found += _note_number(chapter, here, name)
            found += _typed_value(here, [*call.args[1:2], keywords.get("value")])
        for word in READ:
            for line, text in _strings(keywords[word]) if word in keywords else ():
                texts.append((here, text))
                _note_used(chapter, here, GLUED, text)
                _note_used(chapter, here, NAMED, text)
                found += _bare(place, FIELD.sub(" ", text), line, f" ({word}=)")
        found += _exhibit_call(chapter, here, call, keywords)
    return found


def _note_number(chapter: _Chapter, place: str, name: ast.expr | None) -> list[str]:
    """Note the name of a number; a problem if the page has made one of this name before."""
    if isinstance(name, ast.Constant) and isinstance(name.value, str):
        first = chapter.numbers.setdefault(name.value, place)
        if first != place:
            return [f"{place}: number {name.value!r} is made at {first} too: rename one."]
    else:
        chapter.opaque = True
    return []


def _typed_value(place: str, values: list[ast.expr | None]) -> list[str]:
    """A number's value that is typed into the call, where nothing was computed."""
    return [
        f"{place}: the number {ast.unparse(value)} is typed: take it from a row or a model."
        for value in values
        if value is not None
        and not any(isinstance(node, ast.Name) for node in ast.walk(value))
        and any(
            isinstance(node, ast.Constant) and not isinstance(node.value, str)
            for node in ast.walk(value)
        )
    ]


def _exhibit_call(
    chapter: _Chapter, place: str, call: ast.Call, keywords: Mapping[str, ast.expr]
) -> list[str]:
    """A call is an exhibit's if it names one (``fig-…``, ``tab-…``) or has a caption."""
    literals = [*call.args, keywords.get("name")]
    names = [
        node.value
        for node in literals
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and EXHIBIT.fullmatch(node.value)
    ]
    if not names:
        if "caption" in keywords:
            return [f"{place}: the exhibit's name must be a literal fig-… or tab-…"]
        return []
    name = names[0]
    if name in chapter.exhibits:
        chapter.twice.append(f"{place}: {name} is made twice; rename one.")
    chapter.exhibits.setdefault(name, place)
    wanted = ["caption", "alt"] if name.startswith("fig-") else ["caption"]
    return [
        f"{place}: {name}: pass {word}= by name, so that it can be read and checked."
        for word in wanted
        if word not in keywords
    ]


def _strings(node: ast.expr) -> Iterator[tuple[int, str]]:
    """Line and text of the literal parts of a text, also of f-strings, sums and choices."""
    match node:
        case ast.Constant(value=str(text)):
            yield node.lineno, text
        case ast.JoinedStr(values=parts):
            literal = "".join(p.value if isinstance(p, ast.Constant) else "{}" for p in parts)
            yield node.lineno, literal
        case ast.BinOp(left=left, right=right):
            yield from _strings(left)
            yield from _strings(right)
        case ast.IfExp(body=left, orelse=right):
            yield from _strings(left)
            yield from _strings(right)
        case ast.Call(func=ast.Attribute(value=inner, attr=method)):
            for line, text in _strings(inner):
                yield line, FIELD.sub("{}", text) if method == "format" else text


def _numbers(chapter: _Chapter, executed: Mapping | None) -> Iterator[str]:
    """Numbers that are used and not made on the page, or made and not used.

    Args:
        chapter: what its source says.
        executed: the executed notebook; None if there is no fresh one.
    """
    made, used = dict(chapter.numbers), set(chapter.used)
    if executed is not None:
        made = {}
        for cell in executed["cells"]:
            place = chapter.cells.get(cell["id"], "")
            for name, number in numbers({"cells": [cell]}).items():
                made[name] = place
                # An interval belongs to its number: whoever prints one has used both.
                if whole := number.get("of"):
                    used |= {whole} if name in used else set()
                    used.add(name)
    if executed is not None or not chapter.opaque:
        for name, place in chapter.used.items():
            if name not in made:
                yield f"{place}: no number {name!r} on this page: make it with report.numbers."
    for name, place in made.items():
        if name not in used:
            yield (
                f"{place}: number {name!r} is not used: print it with {{glue:text}}, name it in a "
                "caption, or leave it out."
            )


def _references(chapters: Mapping[str, _Chapter], texts: list[tuple[str, str]]) -> Iterator[str]:
    made: dict[str, str] = {}
    for chapter in chapters.values():
        yield from chapter.twice
        for name, place in chapter.exhibits.items():
            if name in made:
                yield f"{place}: {name} is also made in {made[name]}: rename one."
            made.setdefault(name, place)
    known = set(made)
    referred: set[str] = set()
    for _, text in texts:
        known |= {a or b for a, b in LABELLED.findall(text)}
        referred |= set(REFERRED.findall(text))
    for place, text in texts:
        for name in NUMBERED.findall(text):
            if name not in known:
                yield f"{place}: there is no exhibit {name!r} to refer to."
    for name, place in made.items():
        if name not in referred:
            yield f"{place}: nothing refers to {name}: mention it with {{numref}}`{name}`."


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
