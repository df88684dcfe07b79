"""Which numbers moved between two editions, two builds, or two executions of a chapter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bindery import releases
from bindery.editions import SCENARIO_FILES, Edition, known
from bindery.execute import CHAPTER, tasks
from bindery.pages import numbers
from bindery.plan import BuildError, Project, read_notebook, suggestion
from bindery.shelf import read_imprint, same


@dataclass(frozen=True)
class Change:
    """A number that moved; one of ``old`` and ``new`` is None if only one side has it."""

    chapter: str
    name: str
    old: Mapping | None
    new: Mapping | None

    @property
    def label(self) -> str:
        """What a headline is called; empty for other numbers."""
        return next((n["label"] for n in (self.new, self.old) if n and n.get("label")), "")

    @property
    def change(self) -> str:
        """By how much the value moved, also in percent; what happened, if that is no number."""
        if self.old is None:
            return "new"
        if self.new is None:
            return "gone"
        old, new = self.old["value"], self.new["value"]
        if not isinstance(old, int | float) or not isinstance(new, int | float):
            return "other"
        share = f" ({(new - old) / abs(old):+.1%})" if old else ""
        return f"{new - old:+.4g}{share}"

    @property
    def row(self) -> tuple[str, ...]:
        """What it is, chapter, old, new, change, unit."""
        texts = [number["text"] if number else "–" for number in (self.old, self.new)]
        unit = (self.new or self.old)["unit"]
        return (self.label or self.name, self.chapter, *texts, self.change, unit)


def read(project: Project, place: str) -> releases.Numbers:
    """The numbers of one side.

    Args:
        project: the book.
        place: an edition's name, a built book's or edition's folder, a folder with executed
            notebooks, one executed notebook, or the archive of a release.

    Raises:
        BuildError: there is no such place, or it holds no numbers.
    """
    path = Path(place)
    if path.suffix == ".ipynb" and path.is_file():
        return _of_notebooks([path])
    editions = known(project)
    built = {folder.name for folder in project.executed_dir("").glob("*")}
    if place in editions or (place in built and not path.exists()):
        edition = editions.get(place, Edition(place))
        paths = [task.executed for task in tasks(project, edition).values()]
        if missing := [path.stem for path in paths if not path.is_file()]:
            raise BuildError(
                f"The edition {place!r} has not been executed ({', '.join(missing)}): run "
                f"`bindery editions {place}`."
            )
        return _of_notebooks(paths)
    if path.suffix == ".csv":
        return releases.archived(path)
    if path.suffix in SCENARIO_FILES:
        raise BuildError(
            f"{place} is a scenario, which has no numbers before it is executed: run "
            f"`bindery editions {place}`, then name it {path.stem!r} here."
        )
    if about := read_imprint(path):
        return {part["name"]: part["numbers"] for part in about["chapters"]}
    if found := sorted(path.glob("*.ipynb")):
        return _of_notebooks(found)
    if path.is_dir():
        raise BuildError(f"{path} holds neither a built book nor executed notebooks.")
    raise BuildError(
        f"{place!r} is no edition, and there is no such folder or notebook. "
        f"{suggestion(place, {*editions, *built})}"
    )


def compare(old: releases.Numbers, new: releases.Numbers) -> list[Change]:
    """The numbers that moved, of those chapters that both sides have; headlines first."""
    changes = [
        Change(chapter, name, old[chapter].get(name), new[chapter].get(name))
        for chapter in old
        if chapter in new
        for name in {**old[chapter], **new[chapter]}
    ]
    moved = [c for c in changes if not (c.old and c.new and same(c.old["value"], c.new["value"]))]
    return sorted(moved, key=lambda change: not change.label)


def _of_notebooks(paths: list[Path]) -> releases.Numbers:
    found = {}
    for path in paths:
        notebook = read_notebook(path)
        chapter = notebook.get("metadata", {}).get(CHAPTER, path.stem)
        if chapter in found:
            raise BuildError(f"{path.parent} holds several notebooks of {chapter}; name one.")
        found[chapter] = numbers(notebook)
    if not any(found.values()):
        raise BuildError(
            f"{', '.join(map(str, paths))}: there are no numbers; was the notebook executed by "
            "`bindery run` or `bindery build`?"
        )
    return found
