"""Tables and sources of the report, read and checked against one schema.

``data/datapackage.json`` (a Frictionless Data Package) describes every table; this module is the
only reader. A row that breaks its schema is an error that names table, line, column, value and
rule, so a wrong figure stops the build instead of reaching a page.
"""

from __future__ import annotations

import csv
import difflib
import json
import os
import re
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

KINDS = ("reported", "estimate", "derived", "forecast", "target")
"""How a value came to be: printed by its source, estimated there, derived here from other rows,
expected by somebody, or promised by somebody."""

ADDRESSES = ("url", "doi")
"""Fields that are no LaTeX, in which a percent sign would begin a comment."""
FRONT_PAGE = re.compile(r"https?://[^/]+/?")
ADMITTED = re.compile(r"(?i)only the (address of the )?site|repository not known|without address")
"""Words by which an entry admits that its address leads to a front page only."""
GRADE = re.compile(r"^\s*grade\s*=\s*\{([^}]*)\}", re.MULTILINE)
ENTRY_KEY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,", re.MULTILINE)


class DataError(ValueError):
    """A table, source or request that breaks a rule; the message says where and how to mend it."""


class Cell(NamedTuple):
    """One cell of a table: where it stands and what it holds."""

    line: int
    column: str
    text: str


def data_dir() -> Path:
    """Folder that holds ``datapackage.json``.

    ``RAREEARTH_DATA`` if set, else ``data/`` of the checkout that this package is installed from.

    Raises:
        DataError: if there is no data package in that folder.
    """
    return _folder(os.environ.get("RAREEARTH_DATA") or str(Path(__file__).parents[2] / "data"))


@cache
def _folder(place: str) -> Path:
    """A folder that is known to hold the data package; asked of the disk once."""
    folder = Path(place)
    if not (folder / "datapackage.json").is_file():
        raise DataError(
            f"No datapackage.json in {folder}. Set RAREEARTH_DATA to the report's data folder, "
            "or install the package from its checkout (make setup)."
        )
    return folder


def package() -> dict:
    """The data package's description, as parsed from ``datapackage.json``."""
    return _package(data_dir())


def tables() -> list[str]:
    """Names of all tables, in the order of the data package."""
    return [resource["name"] for resource in package()["resources"]]


def table(name: str) -> pd.DataFrame:
    """One table as a typed frame.

    Integers with gaps are ``Int64``, enumerated strings are categories (ordered where the schema
    says so), dates are ``datetime64``; an empty cell is a missing value and stays one.

    Args:
        name: one of :func:`tables`.

    Returns:
        A fresh copy; rows in file order.

    Raises:
        DataError: if the name is unknown or a row breaks the schema.
    """
    return _table(data_dir(), name).copy()


def describe(name: str) -> dict:
    """Title, description, fields, licence, sources and chapters of a table.

    Raises:
        DataError: if the name is unknown.
    """
    resource = _resource(data_dir(), name)
    return resource | {"fields": resource["schema"]["fields"]}


def source(key: str) -> dict:
    """Bibliographic record behind a source key.

    Returns:
        ``key``, ``type``, ``author``, ``title``, ``year``, ``publisher``, ``url`` or ``doi``, and
        whatever else the entry holds, as plain text.

    Raises:
        DataError: if ``references.bib`` has no such entry.
    """
    require_source(key)
    return dict(_entry(data_dir(), key))


def require_source(key: str) -> None:
    """Refuse a source key that ``references.bib`` does not have.

    Raises:
        DataError: if it has no such entry.
    """
    known = _bibliography(data_dir())
    if key not in known:
        raise DataError(f"references.bib has no entry '{key}'.{_near(key, known)}")


def source_keys() -> set[str]:
    """All keys of ``references.bib``."""
    return set(_bibliography(data_dir()))


def grades() -> dict[str, str]:
    """What the grades of sources mean, the firmest first: ``grades`` of the data package."""
    return {grade["name"]: grade["description"] for grade in package().get("grades", [])}


def grade(key: str) -> str:
    """The grade of a source: of what was read, one of :func:`grades`.

    Raises:
        DataError: if ``references.bib`` has no such entry, or it has no grade.
    """
    require_source(key)
    found = GRADE.search(_bibliography(data_dir())[key])
    if found is None:
        raise DataError(_ungraded(key, ""))
    return found[1].strip()


def firm(grade: str) -> bool:
    """Whether a source of this grade can carry a finding: one of :func:`grades`.

    Raises:
        DataError: if there is no such grade.
    """
    known = {each["name"]: each["carries"] for each in package().get("grades", [])}
    if grade not in known:
        raise DataError(f"There is no grade '{grade}'.{_near(grade, known)}")
    return known[grade]


def carries(keys: Iterable[str]) -> bool:
    """Whether at least one of these sources is firm enough to rest a finding on.

    Raises:
        DataError: as :func:`grade`.
    """
    return any(firm(grade(key)) for key in keys)


def today() -> pd.Timestamp:
    """The day as of which the report speaks: ``as_of`` of the data package."""
    return pd.Timestamp(package()["as_of"])


def versions() -> dict[str, str]:
    """Version of the data and of this package, for the line that says how a page was made."""
    from rareearth import __version__

    return {"data": package()["version"], "rareearth": __version__}


def check() -> list[str]:
    """Every problem in the data folder: broken rows, idle or incomplete sources, stale lists."""
    problems = []
    used: set[str] = set()
    for name in tables():
        try:
            frame = table(name)
        except DataError as error:
            problems.append(str(error))
            continue
        if "source" in frame:
            keys = set(_split(frame["source"]))
            used |= keys
            listed = {entry["path"] for entry in _resource(data_dir(), name).get("sources", [])}
            if name == "assumptions":
                problems += _unfounded(frame)
            if listed != {f"references.bib#{key}" for key in keys}:
                problems.append(
                    f"datapackage.json: the sources of '{name}' are not those of its rows. "
                    "Run: python -m rareearth.data"
                )
    idle = source_keys() - used - _cited(data_dir().parent)
    problems += [f"references.bib: '{key}' is used by no row and cited on no page." for key in idle]
    for key in sorted(source_keys()):
        entry = source(key)
        missing = [f for f in ("author", "title", "year", "publisher") if not entry.get(f)]
        if not (entry.get("url") or entry.get("doi")):
            missing.append("url or doi")
        if missing:
            problems.append(f"references.bib: '{key}' lacks {', '.join(missing)}.")
        if FRONT_PAGE.fullmatch(entry.get("url", "")) and not ADMITTED.search(
            entry.get("annote", "") + entry.get("note", "")
        ):
            problems.append(
                f"references.bib: the address of '{key}' leads to a front page only. Complete it, "
                "or say in annote: only the address of the site is known."
            )
        if (given := entry.get("grade", "").strip()) not in grades():
            problems.append(_ungraded(key, given))
    return problems


def list_sources() -> None:
    """Write each table's sources into ``datapackage.json``, as found in its rows."""
    path = data_dir() / "datapackage.json"
    description = json.loads(path.read_text(encoding="utf-8"))
    for resource in description["resources"]:
        frame = table(resource["name"])
        if "source" in frame:
            keys = sorted(set(_split(frame["source"])))
            resource["sources"] = [
                {
                    "title": f"{source(k)['author']}: {source(k)['title']}",
                    "path": f"references.bib#{k}",
                }
                for k in keys
            ]
    path.write_text(json.dumps(description, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    _package.cache_clear()


# --- reading -------------------------------------------------------------------------------------


@cache
def _package(folder: Path) -> dict:
    # Python's own open, here and below: the build observes it to know what a chapter depends on.
    with open(folder / "datapackage.json", encoding="utf-8") as file:
        return json.load(file)


def _resource(folder: Path, name: str) -> dict:
    resources = {resource["name"]: resource for resource in _package(folder)["resources"]}
    if name not in resources:
        raise DataError(f"There is no table '{name}'.{_near(name, resources)}")
    return resources[name]


@cache
def _table(folder: Path, name: str) -> pd.DataFrame:
    resource = _resource(folder, name)
    fields = resource["schema"]["fields"]
    header, rows = _rows(folder / resource["path"])
    expected = [field["name"] for field in fields]
    if header != expected:
        raise DataError(
            f"{resource['path']}, line 1: the columns are {header}, the schema in "
            f"datapackage.json has {expected}."
        )
    problems: list[str] = []
    columns = {}
    for position, field in enumerate(fields):
        cells = [Cell(line, field["name"], row[position]) for line, row in rows]
        columns[field["name"]], broken = _column(field, cells)
        problems += [_problem(resource, cell, rule) for cell, rule in broken]
    problems += [_problem(resource, cell, rule) for cell, rule in _duplicates(resource, rows)]
    problems += [_problem(resource, *broken) for broken in _unknown_sources(folder, expected, rows)]
    if problems:
        more = f"\n… and {len(problems) - 10} more" if len(problems) > 10 else ""
        raise DataError("\n".join(problems[:10]) + more)
    return pd.DataFrame(columns)


def _rows(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and (line number, cells) of a CSV file."""
    with open(path, "rb") as file:
        content = file.read()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = content[error.start : error.start + 1]
        raise DataError(
            f"{path.name}, line {line}: byte {byte!r} is not UTF-8. Save the file as UTF-8."
        ) from None
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    rows = []
    try:
        header = next(reader, [])
        start = reader.line_num + 1
        for row in reader:
            if len(row) != len(header):
                raise DataError(
                    f"{path.name}, line {start}: {len(row)} cells, the header has {len(header)}. "
                    "Quote a text that holds a comma."
                )
            rows.append((start, row))
            start = reader.line_num + 1
    except csv.Error as error:
        raise DataError(f"{path.name}, line {reader.line_num}: {error}.") from None
    return header, rows


def _column(field: dict, cells: list[Cell]) -> tuple[pd.Series, list[tuple[Cell, str]]]:
    """Typed column and the cells that break a rule of their field."""
    limits = field.get("constraints", {})
    values: list[Any] = []
    broken = []
    for cell in cells:
        if cell.text == "":
            values.append(None)
            if limits.get("required"):
                broken.append((cell, "a value is required"))
            continue
        try:
            value = PARSERS[field["type"]](cell.text)
        except ValueError:
            values.append(None)
            broken.append((cell, f"must be of type {field['type']}"))
            continue
        rule = _broken(value, cell.text, limits)
        values.append(value if rule is None else None)
        if rule is not None:
            broken.append((cell, rule))
    return _series(field, values), broken


def _broken(value: Any, text: str, limits: dict) -> str | None:
    """The constraint that a value breaks, in words, or None."""
    if "enum" in limits and value not in limits["enum"]:
        return f"must be one of {', '.join(map(str, limits['enum']))}"
    if "minimum" in limits and value < limits["minimum"]:
        return f"must be at least {limits['minimum']}"
    if "maximum" in limits and value > limits["maximum"]:
        return f"must be at most {limits['maximum']}"
    if "pattern" in limits and not re.fullmatch(limits["pattern"], text):
        return f"must match {limits['pattern']}"
    return None


def _boolean(text: str) -> bool:
    return {"true": True, "false": False}[text] if text in ("true", "false") else _refuse()


def _refuse() -> bool:
    raise ValueError


PARSERS = {
    "string": str,
    "integer": int,
    "year": int,
    "number": float,
    "boolean": _boolean,
    "date": date.fromisoformat,
}


def _series(field: dict, values: list) -> pd.Series:
    enum = field.get("constraints", {}).get("enum")
    if enum and field["type"] == "string":
        ordered = bool(field.get("categoriesOrdered"))
        return pd.Series(pd.Categorical(values, categories=enum, ordered=ordered))
    match field["type"]:
        case "integer" | "year":
            return pd.Series(values, dtype="Int64" if None in values else "int64")
        case "number":
            return pd.Series(values, dtype="float64")
        case "boolean":
            return pd.Series(values, dtype="boolean" if None in values else "bool")
        case "date":
            return pd.Series(pd.to_datetime(pd.Series(values, dtype="object")))
    return pd.Series(values, dtype="str")


def _duplicates(resource: dict, rows: list[tuple[int, list[str]]]) -> list[tuple[Cell, str]]:
    key = resource["schema"].get("primaryKey", [])
    names = [field["name"] for field in resource["schema"]["fields"]]
    seen: dict[tuple, int] = {}
    broken = []
    for line, row in rows:
        values = tuple(row[names.index(column)] for column in key)
        if key and values in seen:
            cell = Cell(line, ", ".join(key), ", ".join(values))
            broken.append((cell, f"duplicates the key of line {seen[values]}"))
        seen.setdefault(values, line)
    return broken


def _unknown_sources(folder: Path, names: list[str], rows: list) -> list[tuple[Cell, str]]:
    if "source" not in names:
        return []
    known = _bibliography(folder)
    place = names.index("source")
    return [
        (Cell(line, "source", row[place]), f"no entry '{key}' in references.bib{_near(key, known)}")
        for line, row in rows
        for key in row[place].split(";")
        if row[place] and key not in known
    ]


def _problem(resource: dict, cell: Cell, rule: str) -> str:
    return (
        f"{resource['path']}, line {cell.line}, column '{cell.column}': "
        f"value '{cell.text}': {rule}."
    )


# --- sources -------------------------------------------------------------------------------------


@cache
def _bibliography(folder: Path) -> dict[str, str]:
    """Text of each entry of the bibliography by its key."""
    with open(folder / "references.bib", encoding="utf-8") as file:
        content = file.read()
    starts = list(ENTRY_KEY.finditer(content))
    ends = [*(match.start() for match in starts[1:]), len(content)]
    return {match[1]: content[match.start() : end] for match, end in zip(starts, ends, strict=True)}


@cache
def _entry(folder: Path, key: str) -> dict:
    """One entry as plain text; all of them would take seconds, and a chapter cites a few."""
    from pybtex.database.input.bibtex import Parser  # slow to import, and tables need none

    entry = Parser().parse_string(_bibliography(folder)[key]).entries[key]
    plain = {
        name.lower(): value if name.lower() in ADDRESSES else _plain(value)
        for name, value in entry.fields.items()
    }
    people = [_plain(str(person)) for person in entry.persons.get("author", [])]
    publisher = next(
        (plain[f] for f in ("publisher", "institution", "journal", "school") if f in plain), ""
    )
    return {
        **plain,
        "key": key,
        "type": entry.type,
        "author": ", ".join(" ".join(reversed(name.split(", ", 1))) for name in people),
        "publisher": publisher,
    }


def _plain(text: str) -> str:
    from pybtex.richtext import Text  # slow to import, as above

    return str(Text.from_latex(text))


def _unfounded(register: pd.DataFrame) -> list[str]:
    """Assumptions for which nobody signs: sources that carry nothing, and no judgement of ours."""
    ours = register["reason"].str.startswith("Judgement")
    return [
        f"assumptions.csv: '{row.name}' rests on {row.source} alone, which nobody signs. Add a "
        "source with a firmer grade, or let its reason begin with 'Judgement' and say why."
        for row in register[~ours].itertuples(index=False)
        if not carries(row.source.split(";"))
    ]


def _ungraded(key: str, given: str) -> str:
    fault = f"has the grade '{given}', which is unknown" if given else "has no grade"
    return (
        f"references.bib: '{key}' {fault}. Add a line grade = {{...}} for what was read: "
        f"{', '.join(grades())} (datapackage.json says what they mean)."
    )


def _split(column: pd.Series) -> list[str]:
    return [key for cell in column.dropna() for key in str(cell).split(";")]


def _cited(root: Path) -> set[str]:
    """Keys cited on pages, named in the code behind them, or given as a reason for a lever."""
    cited: set[str] = set()
    keys = source_keys()
    pages = [p for p in sorted((root / "chapters").glob("*")) if p.suffix in (".md", ".ipynb")]
    code = sorted((root / "src" / "rareearth").rglob("*.py"))
    for path in [*pages, *code, *data_dir().glob("levers.yml")]:
        cited |= keys & set(re.findall(r"[A-Za-z0-9_]+", path.read_text(encoding="utf-8")))
    return cited


def _near(name: str, known: Any) -> str:
    close = difflib.get_close_matches(name, list(known), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""


if __name__ == "__main__":
    list_sources()
