"""Copies of the small book about tides, with and without its build."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup

from bindery.build import build
from bindery.editions import find
from bindery.plan import Project, notebook_text, read_notebook

SOURCE = Path(__file__).parent / "book"
STEP = re.compile(r"(\S.*?) +(?:[\d.]+ s|failed)")


class Log(list):
    """What a build says, line by line."""

    @property
    def steps(self):
        return [found[1] for line in self if (found := STEP.fullmatch(line))]

    @property
    def lines(self):
        return [line for line in self if not STEP.fullmatch(line)]

    @property
    def executed(self):
        return {step for step in self.steps if not step.startswith(("HTML", "PDF"))}


@dataclass
class SmallBook:
    """A copy of the small book that a test may change."""

    root: Path

    @property
    def project(self):
        return Project.load(self.root)

    def build(self, *editions, force=False, **options):
        """Build without PDF, unless asked, from nothing if forced; return what was said."""
        log = Log()
        if force:
            shutil.rmtree(self.root / "_build", ignore_errors=True)
        found = [find(self.project, str(edition)) for edition in editions]
        options = {"with_pdf": False, "jobs": 2} | options
        build(self.project, found, say=log.append, **options)
        return log

    def edit(self, path, old, new):
        """Replace text that stands once in a file."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{old!r} must stand once in {path} of the small book"
        file.write_text(text.replace(old, new), encoding="utf-8")

    def set_cell(self, chapter, cell_id, source):
        """Give a cell of a chapter another source."""
        path = self.root / f"chapters/{chapter}.ipynb"
        notebook = read_notebook(path)
        next(cell for cell in notebook["cells"] if cell["id"] == cell_id)["source"] = source
        path.write_text(notebook_text(notebook), encoding="utf-8")

    def files(self, folder="."):
        """Every file below a folder with its content."""
        return {
            path.relative_to(self.root / folder).as_posix(): path.read_bytes()
            for path in (self.root / folder).rglob("*")
            if path.is_file()
        }

    def lost(self, folder=""):
        """What pages link to, load or show that is not there, in each edition below a folder."""
        pages = [path for path in (self.root / "_build/html" / folder).rglob("*.html")]
        assert pages, "there is no built book"
        soups = {path: BeautifulSoup(path.read_text("utf-8"), "html.parser") for path in pages}
        found = []
        for path, soup in soups.items():
            for tag in soup.select("[href], [src]"):
                address = urlsplit(tag.get("href") or tag["src"])
                target = path.parent / unquote(address.path) if address.path else path
                place = unquote(address.fragment)
                if address.scheme or "_static" in path.parts:
                    continue
                if not target.exists() or (
                    place and target in soups and not soups[target].find(id=place)
                ):
                    found.append(f"{path.name}: {address.geturl()}")
        return found

    def html(self, page):
        return (self.root / f"_build/html/{page}.html").read_text(encoding="utf-8")


@pytest.fixture
def fresh_book(tmp_path):
    """The small book, not built."""
    shutil.copytree(
        SOURCE, tmp_path / "book", ignore=shutil.ignore_patterns("_build", "__pycache__")
    )
    return SmallBook(tmp_path / "book")


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """The small book with its HTML, built once; tests work on copies of it."""
    root = tmp_path_factory.mktemp("built") / "book"
    shutil.copytree(SOURCE, root, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    book = SmallBook(root)
    book.build()
    return book


@pytest.fixture
def book(built, tmp_path):
    """A copy of the built small book."""
    shutil.copytree(built.root, tmp_path / "book")
    return SmallBook(tmp_path / "book")


@pytest.fixture(scope="session")
def two(tmp_path_factory):
    """The small book with both of its editions, made where it lies."""
    root = tmp_path_factory.mktemp("two") / "book"
    shutil.copytree(SOURCE, root, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    book = SmallBook(root)
    book.build("calm", "storm")
    return book


@pytest.fixture
def pair(two, tmp_path):
    """A copy of the small book with both of its editions."""
    shutil.copytree(two.root, tmp_path / "book")
    return SmallBook(tmp_path / "book")
