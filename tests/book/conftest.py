"""A built book to look at: the small one, or with BOOK_DIR set, the one built in that folder.

The small one has two editions; those of the other are looked at if they are there.
"""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from bindery import shelf
from bindery.build import build
from bindery.editions import known
from bindery.plan import Project
from book.browser import find

SMALL = Path(__file__).parents[1] / "bindery" / "book"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def project(tmp_path_factory):
    """The book's project; it is built."""
    if place := os.environ.get("BOOK_DIR"):
        return Project.load(Path(place))
    root = tmp_path_factory.mktemp("small") / "book"
    shutil.copytree(SMALL, root, ignore=shutil.ignore_patterns("_build", "__pycache__"))
    project = Project.load(root)
    build(project, editions=list(known(project).values()), jobs=2)
    return project


@pytest.fixture(scope="session")
def built_html(project):
    """Folder of the built pages."""
    html = project.build_dir / "html"
    assert (html / "index.html").is_file(), f"{html} holds no book: run `bindery build` first"
    return html


@pytest.fixture(scope="session")
def built_pdf(project):
    """The built PDF."""
    pdf = project.build_dir / "pdf" / project.settings.pdf
    assert pdf.is_file(), f"{pdf} is missing: run `bindery build` first, without --no-pdf"
    return pdf


@pytest.fixture(scope="session")
def pages(project, built_html):
    """The built pages' files, in the order of the book."""
    return [built_html / page.path.with_suffix(".html") for page in project.pages]


@pytest.fixture(scope="session")
def editions(built_html):
    """What each edition says of itself, the default one first."""
    found = shelf.editions(built_html)
    if len(found) < 2:
        pytest.skip("the book has no other editions: `bindery editions` makes them")
    return found


@pytest.fixture(scope="session")
def browser():
    """A real browser without a window."""
    path = find()
    if path is None:
        pytest.fail(
            "Not looked at, for want of a browser. `make test` could not fetch one; install the "
            "package `chromium` (or Chrome) and run it again."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()
