"""What is to be made: the pages of a book, the parameters of its chapters, its settings.

A book is a folder with ``_toc.yml`` and ``_config.yml`` as jupyter-book knows them; settings of
`bindery` itself stand in ``pyproject.toml`` under ``[tool.bindery]``. Everything here is read
from these files; nothing is executed.
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml

SUFFIXES = (".ipynb", ".md", ".rst")
CELL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
SCENARIO_NAME = re.compile(r"\w[\w.-]*")
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
PASSED = {type(None), str, bool, int, float, list, dict}
KEPT_CELL_METADATA = {"tags", "mystnb"}


class BuildError(Exception):
    """Something that the author of a book can put right; the message says what and where."""


@dataclass(frozen=True)
class Page:
    """One entry of ``_toc.yml``.

    Attributes:
        name: the file's stem, unique in the book.
        path: relative to the project, such as ``chapters/history.ipynb``.
        parameters: names and defaults from the cell tagged ``parameters``.
    """

    name: str
    path: Path
    is_notebook: bool
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Edition:
    """The same chapters, computed under one scenario.

    Attributes:
        name: names its folder.
        title: what its readers see; the name if empty.
        file: path of the scenario file, relative to the project if it lies inside; empty for an
            edition of the book's own.
    """

    name: str
    title: str = ""
    file: str = ""

    @property
    def scenario(self) -> str:
        """Value of the parameter ``scenario``."""
        return self.file or self.name


@dataclass(frozen=True)
class Settings:
    """The table ``[tool.bindery]``.

    Attributes:
        checks: ``module:function``; each returns a list of problems as lines of text.
        page_checks: ``module:function``; each is given the executed notebooks by the names of their
            pages, and returns a list of problems as lines of text.
        colophon: ``module:function`` that returns a dict of name to text for every page.
        scenario: the default value of the parameter ``scenario``.
        editions: ``module:function`` that returns name to title of the book's editions.
        lock: the file that pins the environment; another lock makes every chapter stale.
        pdf: file name of the PDF; from the book's title if empty.
        archive: folder that each build packs as ``_build/<folder>-package.zip``; none if empty.
        path: folders that are put before the import path, for chapters and entry points.
        preload: modules of other packages that most chapters import; kernels start with them.
        releases: folder with the numbers of earlier releases (`bindery.releases`); none if empty.
        longest_cell: lines of code that a cell may have (`bindery check`); any number if 0.
    """

    checks: tuple[str, ...] = ()
    page_checks: tuple[str, ...] = ()
    colophon: str = ""
    scenario: str = "baseline"
    editions: str = ""
    lock: str = "requirements.lock"
    pdf: str = ""
    archive: str = ""
    path: tuple[str, ...] = ("src",)
    preload: tuple[str, ...] = ()
    releases: str = ""
    longest_cell: int = 0


@dataclass(frozen=True)
class Project:
    """A book's folder and what it says about itself; pages in the order of ``_toc.yml``."""

    root: Path
    title: str
    config: dict[str, Any]
    pages: tuple[Page, ...]
    settings: Settings

    @classmethod
    def load(cls, root: Path) -> Project:
        """Read the book in a folder.

        Raises:
            BuildError: a file is missing or malformed, two pages have one name, or a setting is
                unknown or of the wrong type.
        """
        root = Path(root).resolve()
        config = _yaml(root / "_config.yml")
        title = str(config.get("title", root.name))
        return cls(root, title, config, _pages(root), _settings(root, title))

    @property
    def build_dir(self) -> Path:
        """Where everything is written."""
        return self.root / "_build"

    @property
    def chapters(self) -> tuple[Page, ...]:
        """The pages that are notebooks."""
        return tuple(page for page in self.pages if page.is_notebook)

    def executed_dir(self, scenario: str) -> Path:
        """Folder of the executed notebooks of one scenario."""
        return self.build_dir / "executed" / scenario

    def page(self, name: str) -> Page:
        """The page of this name.

        Raises:
            BuildError: there is none; the message lists the names.
        """
        pages = {page.name: page for page in self.pages}
        if name not in pages:
            raise BuildError(f"There is no page {name!r}. {suggestion(name, pages)}")
        return pages[name]


def suggestion(name: str, known: Iterable[str]) -> str:
    """The nearest of the known names, if one is near, and all of them."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    return f"{hint}Known: {', '.join(known) or 'none'}."


def strict_parameters(page: Page, given: Mapping[str, Any]) -> dict[str, Any]:
    """The given parameters, checked against those that a chapter declares.

    Text is read as a literal where the chapter's default is not text, so that values of a command
    line can be passed as they come. A default of None stands for a number that is not
    given: such a parameter takes a number or None.

    Raises:
        BuildError: the chapter declares no such parameter, or the value is not of its type. An
            integer will do for a float; a truth value will not do for a number.
    """
    if unknown := [name for name in given if name not in page.parameters]:
        raise BuildError(
            f"{page.path}: there is no parameter {unknown[0]!r}. "
            f"{suggestion(unknown[0], page.parameters)} "
            "A parameter is declared by a line in the cell tagged `parameters`."
        )
    return {name: _typed(page, name, value) for name, value in given.items()}


def read_notebook(path: Path) -> dict:
    """A notebook as a dict, each cell's source as one string.

    Raises:
        BuildError: the file is not a notebook of format 4.
    """
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            cell["source"] = "".join(cell["source"])
            cell.setdefault("metadata", {})
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BuildError(f"{path} is not a notebook of format 4: {error}") from error
    return notebook


def notebook_text(notebook: Mapping) -> str:
    """A notebook as its file holds it: keys in order, one line per line of source."""
    cells = [
        {**cell, "source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]
    ]
    text = json.dumps({**notebook, "cells": cells}, indent=1, ensure_ascii=False, sort_keys=True)
    return text + "\n"


def cleaned(notebook: Mapping) -> dict:
    """A notebook fit to be kept as source: no outputs, no counts, few metadata, stable ids."""
    used: set[str] = set()
    cells = []
    for cell in notebook["cells"]:
        metadata = {k: v for k, v in cell["metadata"].items() if k in KEPT_CELL_METADATA and v}
        clean = {
            "id": _cell_id(cell, used),
            "cell_type": cell["cell_type"],
            "metadata": metadata,
            "source": cell["source"],
        }
        if cell["cell_type"] == "code":
            clean |= {"execution_count": None, "outputs": []}
        if cell.get("attachments"):
            clean["attachments"] = cell["attachments"]
        cells.append(clean)
    kept = {k: v for k, v in notebook.get("metadata", {}).items() if k == "mystnb"}
    metadata = {**kept, "kernelspec": KERNEL, "language_info": {"name": "python"}}
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def tags(cell: Mapping) -> list[str]:
    """A cell's tags."""
    return cell["metadata"].get("tags", [])


def _cell_id(cell: Mapping, used: set[str]) -> str:
    own = str(cell.get("id", ""))
    digest = sha256(cell["source"].encode()).hexdigest()[:12]
    name = own if CELL_ID.fullmatch(own) and own not in used else digest
    number = 1
    while name in used:
        number += 1
        name = f"{digest}-{number}"
    used.add(name)
    return name


def _yaml(path: Path) -> dict:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BuildError(
            f"{path} is missing: a book needs _config.yml and _toc.yml (see --root)."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BuildError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(content, dict):
        raise BuildError(f"{path} must hold names and values, not {type(content).__name__}.")
    return content


def _pages(root: Path) -> tuple[Page, ...]:
    from sphinx_external_toc.parsing import MalformedError, parse_toc_data

    toc = root / "_toc.yml"
    try:
        site = parse_toc_data(_yaml(toc))
    except MalformedError as error:
        raise BuildError(f"{toc}: {error}") from error

    if globs := sorted(site.globs()):
        raise BuildError(f"{toc}: {globs[0]!r}: each page needs a `file` of its own.")
    pages: dict[str, Page] = {}
    for document in site:
        page = _page(root, document)
        if page.name in pages:
            raise BuildError(
                f"{toc}: {pages[page.name].path} and {page.path} have the same name; "
                "rename one, since a page's name stands for it everywhere."
            )
        pages[page.name] = page
    return tuple(pages.values())


def _page(root: Path, document: str) -> Page:
    names = [document, *(document + suffix for suffix in SUFFIXES)]
    path = next((Path(n) for n in names if n.endswith(SUFFIXES) and (root / n).is_file()), None)
    if path is None:
        raise BuildError(
            f"{root / '_toc.yml'}: there is no file {document} ({', '.join(SUFFIXES)})."
        )
    is_notebook = path.suffix == ".ipynb"
    return Page(path.stem, path, is_notebook, _declared(root, path) if is_notebook else {})


def _declared(root: Path, path: Path) -> dict[str, Any]:
    """Names and defaults that the cell tagged ``parameters`` assigns."""
    cells = [cell for cell in read_notebook(root / path)["cells"] if "parameters" in tags(cell)]
    if len(cells) > 1:
        raise BuildError(f"{path}: {len(cells)} cells are tagged `parameters`; keep one.")
    declared = {}
    try:
        for node in ast.parse(cells[0]["source"]).body if cells else ():
            if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
                target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
                declared[ast.unparse(target)] = ast.literal_eval(node.value)
    except (SyntaxError, ValueError) as error:
        raise BuildError(
            f"{path}: the cell tagged `parameters` must hold only `name = literal`: {error}"
        ) from error
    return declared


def _settings(root: Path, title: str) -> Settings:
    path = root / "pyproject.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BuildError(f"{path} is not valid TOML: {error}") from error
    given = content.get("tool", {}).get("bindery", {})
    known = {item.name: item.default for item in fields(Settings)}
    for name, value in given.items():
        place = f"{path}: [tool.bindery] {name}"
        if name not in known:
            raise BuildError(f"{place}: unknown setting. {suggestion(name, known)}")
        wanted = list if isinstance(known[name], tuple) else type(known[name])
        if type(value) is not wanted:
            raise BuildError(f"{place} must be a {wanted.__name__}, not {value!r}.")
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in given.items()}
    slug = re.sub(r"\W+", "-", title.lower()).strip("-") or "book"
    settings = Settings(**({"pdf": f"{slug}.pdf"} | values))
    check_scenario_name(settings.scenario)
    return settings


def check_scenario_name(scenario: str) -> None:
    """Raise BuildError unless an edition can be named so, that is, unless it can name a folder."""
    if not SCENARIO_NAME.fullmatch(scenario):
        raise BuildError(
            f"{scenario!r} cannot name an edition: use letters, digits, hyphens and dots."
        )


def _typed(page: Page, name: str, value: Any) -> Any:
    default = page.parameters[name]
    wanted, place = type(default), f"{page.path}: parameter {name!r}"
    if wanted not in PASSED:
        raise BuildError(
            f"{place} is a {wanted.__name__}, which papermill cannot pass; make its default a list."
        )
    if isinstance(value, str) and wanted is not str:
        value = _literal(value)
    if wanted is float and type(value) is int:
        value = float(value)
    if default is None:
        good = value is None or (type(value) in (int, float) and math.isfinite(value))
        kind = "a number, as its default None asks for one"
    else:
        good = type(value) is wanted
        kind = f"of type {wanted.__name__} as its default {default!r} is"
    if not good:
        raise BuildError(f"{place} must be {kind}, not {value!r} ({type(value).__name__}).")
    return value


def _literal(text: str) -> Any:
    """What a word of the command line stands for, as Python or else YAML writes it."""
    for read in (ast.literal_eval, yaml.safe_load):
        with contextlib.suppress(ValueError, SyntaxError, yaml.YAMLError):
            value = read(text)
            if value is not None or text == "None":
                return value
    return text
