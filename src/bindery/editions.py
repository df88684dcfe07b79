"""The editions of a book: the same chapters, each time computed under another scenario.

A book lists its editions by a function that its settings name; a reader may add one by the path
of a scenario file of his own. What a scenario says is the subject's matter: here it is a name, or
a file to pass on.
"""

from __future__ import annotations

from pathlib import Path

from bindery.entrypoints import call
from bindery.plan import BuildError, Edition, Project, check_scenario_name, suggestion

SCENARIO_FILES = (".yml", ".yaml")


def known(project: Project) -> dict[str, Edition]:
    """The book's own editions by name, the default one first.

    Raises:
        BuildError: the function of the settings fails, or a name cannot name a folder.
    """
    entry = project.settings.editions
    titles = call(project, entry) if entry else {}
    default = project.settings.scenario
    for name in titles:
        check_scenario_name(name)
    return {name: Edition(name, titles.get(name, "")) for name in dict.fromkeys([default, *titles])}


def default(project: Project) -> Edition:
    """The edition that is the book itself, without its title, for which one must ask the book."""
    return Edition(project.settings.scenario)


def find(project: Project, name_or_path: str) -> Edition:
    """An edition by its name, or for a reader's scenario file by its path; the default if empty.

    Raises:
        BuildError: there is no such edition or file, the file bears the name of one of the book's
            own editions, or the book does not accept what it says.
    """
    if not name_or_path:
        return default(project)
    if Path(name_or_path).suffix in SCENARIO_FILES:
        return _of_file(project, Path(name_or_path))
    check_scenario_name(name_or_path)
    editions = known(project)
    if project.settings.editions and name_or_path not in editions:
        raise BuildError(
            f"There is no edition {name_or_path!r}. {suggestion(name_or_path, editions)} "
            "For a scenario of your own, give the path of its .yml file."
        )
    return editions.get(name_or_path, Edition(name_or_path))


def _of_file(project: Project, path: Path) -> Edition:
    if not path.is_file():
        raise BuildError(f"There is no scenario file {path}.")
    check_scenario_name(path.stem)
    if path.stem in known(project):
        raise BuildError(
            f"{path}: the book has an edition {path.stem!r} already. Rename the file, or leave "
            f"off path and ending to get the book's own."
        )
    full = path.resolve()
    inside = full.is_relative_to(project.root)
    file = full.relative_to(project.root).as_posix() if inside else str(full)
    title = ""
    if entry := project.settings.editions:
        try:
            (title,) = call(project, entry, str(full)).values()
        except BuildError as error:
            # Of a file that is wrong, the book says itself what and where.
            if isinstance(error.__cause__, ValueError):
                raise BuildError(f"{path} cannot be used.\n{error.__cause__}") from error
            raise
    return Edition(path.stem, title, file)
