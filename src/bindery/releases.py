"""Numbers of earlier releases, and what has become of them.

The setting ``releases`` names a folder. In it ``0.3.0.csv`` holds the numbers that the book printed
in its release 0.3.0 (`bindery record` writes such a file; `bindery diff` reads it), and
``revisions.csv`` says why a number is another one now. The directive ``revisions`` prints both on
a page; `bindery check` asks for a reason for each headline that has moved.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bindery.plan import BuildError, Project
from bindery.shelf import same

Numbers = Mapping[str, Mapping[str, Mapping]]
"""Chapter to name to number (see `bindery.pages.numbers`)."""

FIELDS = ("chapter", "number", "label", "value", "unit", "text")
REVISIONS = "revisions.csv"
COLUMNS = ("chapter", "number", "headline", "formerly", "was", "why")
"""Of the file of revisions. ``formerly`` is the name in the release, if it was another one, with
its chapter before a slash if that was another; ``was`` is what was printed of a number that had no
name; each may be empty."""
NOWHERE, ELSEWHERE = "not given", "see the default edition"


@dataclass(frozen=True)
class Revision:
    """What a number was in a release, what it is now, and why."""

    chapter: str
    number: str
    headline: str
    was: str
    now: str
    why: str


def record(held: Numbers) -> str:
    """The numbers of a book as an archive, a CSV file in the order of the pages."""
    text = io.StringIO()
    lines = csv.DictWriter(text, FIELDS, lineterminator="\n")
    lines.writeheader()
    for chapter, names in held.items():
        for name, number in names.items():
            row = {key: number.get(key, "") for key in ("label", "unit", "text")}
            value = json.dumps(number["value"], ensure_ascii=False)
            lines.writerow(row | {"chapter": chapter, "number": name, "value": value})
    return text.getvalue()


def archived(path: Path) -> dict[str, dict[str, dict]]:
    """The numbers of an archive.

    Raises:
        BuildError: there is no such file, or it is no archive.
    """
    found: dict[str, dict[str, dict]] = {}
    for place, row in _rows(path, FIELDS):
        try:
            number = row | {"value": json.loads(row["value"])}
        except ValueError as error:
            raise BuildError(f"{place}: {row['value']!r} is no value in JSON.") from error
        found.setdefault(row["chapter"], {})[row["number"]] = number
    return found


def revisions(folder: Path, release: str, now: Numbers) -> list[Revision]:
    """What has become of the numbers of a release, for each row of the file of revisions.

    Args:
        folder: holds the archive and the revisions.
        release: such as ``0.3.0``.
        now: the numbers of today, of those chapters that are known.

    Raises:
        BuildError: a file is missing or broken, or a row names what there is not.
    """
    before, found = archived(folder / f"{release}.csv"), []
    for place, row in _rows(folder / REVISIONS, COLUMNS):
        chapter, name = row["chapter"], row["number"]
        old_chapter, _, old_name = row["formerly"].rpartition("/")
        old = before.get(old_chapter or chapter, {}).get(old_name or name)
        new = now.get(chapter, {}).get(name)
        if row["formerly"] and old is None:
            raise BuildError(f"{place}: release {release} has no number {row['formerly']!r}.")
        if new is None and old is None and chapter in now:
            raise BuildError(
                f"{place}: neither release {release} nor the book has a number {name!r} on the "
                f"page {chapter!r}."
            )
        was = row["was"] or (old["text"] if old else NOWHERE)
        here = NOWHERE if chapter in now else ELSEWHERE
        text = new["text"] if new else here
        found.append(Revision(chapter, name, row["headline"], was, text, row["why"]))
    return found


def unexplained(project: Project, now: Numbers) -> Iterator[str]:
    """Headlines that have moved since the latest release and have no reason, and idle reasons.

    Args:
        project: the book.
        now: numbers of those chapters that are known.
    """
    if not project.settings.releases:
        return
    folder = project.root / project.settings.releases
    release, file = latest(folder), Path(project.settings.releases) / REVISIONS
    # A number of one name is one number on all pages.
    rows = [row for _, row in _rows(folder / REVISIONS, COLUMNS)]
    listed = {row["number"] for row in rows} | {row["formerly"].split("/")[-1] for row in rows}
    for chapter, before in archived(folder / f"{release}.csv").items():
        for name, old in before.items():
            if not old["label"] or name in listed or chapter not in now:
                continue
            new = now[chapter].get(name, {"text": NOWHERE, "value": None})
            if old["text"] != new["text"] and not same(old["value"], new["value"]):
                yield (
                    f"{chapter}: the headline {name!r} was {old['text']!r} in {release}; now: "
                    f"{new['text']!r}. Say why in {file}."
                )
    for revision in revisions(folder, release, now):
        if revision.chapter in now and revision.was == revision.now:
            yield (
                f"{file}: {revision.number!r} on the page {revision.chapter!r} is "
                f"{revision.now!r} as in {release}: drop the row."
            )


def latest(folder: Path) -> str:
    """The latest release of which there is an archive.

    Raises:
        BuildError: there is none.
    """
    names = [path.stem for path in folder.glob("*.csv") if path.name != REVISIONS]
    if not names:
        raise BuildError(
            f"{folder} holds no archive of a release: write one with `bindery record`."
        )
    return max(names, key=lambda name: [int(part) for part in name.split(".") if part.isdigit()])


def _rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Rows of a CSV file with these columns, each with its place."""
    try:
        lines = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise BuildError(f"{path} cannot be read: {error}") from error
    if tuple(lines.fieldnames or ()) != tuple(columns):
        raise BuildError(f"{path} must have the columns {', '.join(columns)}.")
    for row in lines:
        place = f"{path}, line {lines.line_num}"
        if None in row or None in row.values():
            raise BuildError(f"{place}: the row has not {len(columns)} cells.")
        yield place, row
