"""A build: what is made anew, and that the last good book outlives whatever goes wrong."""

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import psutil
import pytest
from filelock import FileLock

from bindery import html as html_module
from bindery import place
from bindery.plan import BuildError

COMMAND = [sys.executable, "-c", "from bindery.cli import app; app()"]


def published(book):
    return book.files("_build/html")


@pytest.mark.parametrize(
    ("edit", "executed", "page", "text"),
    [
        (
            ["src/tidebook/surges.py", "return total", "return 2 * total"],
            {"surge"},
            "chapters/surge",
            "1.40",
        ),
        (["data/harbours.csv", "4.60", "4.90"], {"harbours"}, "chapters/harbours", "4.90"),
        (
            ["chapters/surge.ipynb", "when the weather repeats", "in bad weather"],
            set(),
            "chapters/surge",
            "in bad weather",
        ),
        (["index.md", "A small book", "A little book"], set(), "index", "A little book"),
    ],
    ids=["helper", "table", "prose", "page"],
)
def test_an_edit_executes_what_read_it_and_comes_out_in_the_book(book, edit, executed, page, text):
    book.edit(*edit)
    log = book.build()
    assert log.executed == executed
    assert text in book.html(page)
    assert book.build().steps == []


def test_nothing_changed_makes_nothing_and_imports_nothing_heavy(book):
    before = published(book)
    code = (
        "import sys; from bindery.cli import app;"
        "app(['build', '--no-pdf'], standalone_mode=False);"
        "print([m for m in ('sphinx', 'papermill', 'nbformat', 'IPython') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=book.root, capture_output=True, text=True, check=True
    )
    assert "Nothing has changed." in done.stdout
    assert done.stdout.splitlines()[-1] == "[]", "a build without work must stay quick to start"
    assert published(book) == before


def test_only_the_folder_of_the_build_is_written(fresh_book):
    before = fresh_book.files()
    fresh_book.build()
    after = fresh_book.files()
    assert {k: v for k, v in after.items() if not k.startswith("_build/")} == before


def test_the_pdf_is_made_when_it_is_wanted(book):
    book.build()
    assert book.build(with_pdf=True).steps == ["PDF"]
    assert (book.root / "_build/pdf/tides.pdf").read_bytes().startswith(b"%PDF")
    assert book.build(with_pdf=True).steps == []


def test_a_failing_chapter_fails_the_build_and_leaves_the_rest_in_order(book):
    before = published(book)
    book.edit("chapters/moon.ipynb", "24.84", "0")
    book.edit("data/harbours.csv", "4.60", "4.90")
    with pytest.raises(BuildError) as caught:
        book.build()
    assert "chapters/moon.ipynb: cell 2 of 3" in str(caught.value)
    assert "1 of 2 chapters failed" in str(caught.value)
    assert published(book) == before
    book.edit("chapters/moon.ipynb", "48 / 0", "48 / 24.50")
    assert book.build().executed == {"moon"}
    assert "4.90" in book.html("chapters/harbours")
    assert not (book.root / "_build/failed/moon.ipynb").exists()


def test_a_problem_of_the_data_fails_the_build_before_anything_is_executed(book):
    before = published(book)
    book.edit("data/harbours.csv", "4.60", "-4.60")
    with pytest.raises(BuildError, match="Qiantang: mean_high_water_m is not positive"):
        book.build()
    assert published(book) == before
    assert not (book.root / "_build/failed").exists()


@pytest.mark.parametrize(
    "entry", ["tidebook.report:nothing", "nowhere:check", "tidebook.report"], ids=str
)
def test_an_entry_point_that_is_none_is_an_error_that_names_it(book, entry):
    book.edit("pyproject.toml", '"tidebook.report:check"', f'"{entry}"')
    with pytest.raises(BuildError, match=rf"{entry} .*pyproject.toml"):
        book.build()


def test_what_sphinx_does_not_accept_leaves_the_old_book(book):
    before = published(book)
    book.edit("index.md", "{doc}`chapters/moon`", "{doc}`chapters/sun`")
    with pytest.raises(BuildError, match="chapters/sun"):
        book.build()
    assert published(book) == before


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
        shutil.Error([("a", "b", f"[Errno 28] {os.strerror(errno.ENOSPC)}")]),
        BuildError(f"Sphinx does not accept the book: {os.strerror(errno.ENOSPC)}"),
    ],
    ids=["system", "shutil", "Sphinx"],
)
def test_a_full_disk_is_one_clear_message_and_leaves_the_old_book(book, monkeypatch, error):
    def fail(*_, **__):
        raise error

    before = published(book)
    book.edit("index.md", "A small book", "A little book")
    with monkeypatch.context() as patched:
        patched.setattr(html_module, "render", fail)
        with pytest.raises(BuildError, match="The disk is full"):
            book.build()
    assert published(book) == before
    book.build()
    assert "A little book" in book.html("index")


def test_editions_lie_inside_the_book_and_stay_when_it_is_renewed(book):
    baseline = published(book)
    assert book.build("storm").executed == {"surge-storm"}
    assert "2.10" in book.html("editions/storm/chapters/surge")
    there = {k: v for k, v in published(book).items() if not k.startswith("editions")}
    assert there == {k: v for k, v in baseline.items() if not k.startswith("editions")}
    book.edit("index.md", "A small book", "A little book")
    assert book.build().executed == set()
    assert "A little book" in book.html("index")
    assert "2.10" in book.html("editions/storm/chapters/surge")
    assert "A little book" not in book.html("editions/storm/index")
    book.build("storm")
    assert "A little book" in book.html("editions/storm/index")


KILL = """
import os, signal
from pathlib import Path
from bindery import build, execute, html, place

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

def before(module, name):
    setattr(module, name, die)

def after(module, name):
    original = getattr(module, name)
    setattr(module, name, lambda *args, **kwargs: die(original(*args, **kwargs)))

def at_second_rename():
    original, seen = Path.rename, []
    place._exchange = lambda *_: False
    def rename(self, target):
        seen.append(target)
        return die() if len(seen) == 2 else original(self, target)
    Path.rename = rename

{how}
from bindery.cli import app
app(["build", "--no-pdf"])
"""


@pytest.mark.parametrize(
    ("how", "readable"),
    [
        ("after(execute, 'write')", True),
        ("after(build, 'execute')", True),
        ("after(html, 'render')", True),
        ("after(place, '_exchange')", True),
        ("after(place, 'swap')", True),
        ("at_second_rename()", False),
    ],
    ids=lambda how: how if isinstance(how, str) else "",
)
def test_a_build_killed_at_any_moment_harms_nothing(book, how, readable):
    book.edit("data/harbours.csv", "4.60", "4.90")
    old = published(book)
    done = subprocess.run(
        [sys.executable, "-c", KILL.format(how=how)], cwd=book.root, capture_output=True, text=True
    )
    assert done.returncode == -signal.SIGKILL, done.stdout + done.stderr
    if readable:
        there = published(book)
        assert there == old or "4.90" in book.html("chapters/harbours")
        assert set(there) == set(old), "a book is either the old one or the new one, and complete"
    book.build()
    assert "4.90" in book.html("chapters/harbours")
    assert set(published(book)) == set(old)
    assert list((book.root / "_build").glob(".html*")) == []
    assert not (book.root / "_build/work/.next").exists()


@pytest.fixture
def scratch():
    """A folder for temporary files with a short name, as sockets need."""
    with tempfile.TemporaryDirectory(prefix="b") as folder:
        yield Path(folder)


def test_kernels_end_when_the_build_is_killed(book, scratch):
    book.set_cell("moon", "numbers", "import time\ntime.sleep(600)")
    old = published(book)
    build = subprocess.Popen(
        [*COMMAND, "build", "--no-pdf"], cwd=book.root, env=os.environ | {"TMPDIR": str(scratch)}
    )
    _wait(lambda: list(scratch.glob("*/*/observed")), "the kernel does not start")
    kernels = psutil.Process(build.pid).children(recursive=True)
    assert kernels
    build.kill()
    build.wait()
    _, alive = psutil.wait_procs(kernels, timeout=30)
    assert alive == []
    assert published(book) == old
    book.set_cell("moon", "numbers", "from tidebook import report\n\nreport.number('x', 1, '1')")
    book.edit("chapters/moon.ipynb", "{glue:text}`tides-per-day`", "{glue:text}`x`")
    assert book.build().executed == {"moon"}
    assert list(scratch.iterdir()) == []


def test_a_second_build_waits_and_says_so(book):
    with FileLock(book.root / "_build/.lock"):
        second = subprocess.Popen(
            [*COMMAND, "build", "--no-pdf"], cwd=book.root, stdout=subprocess.PIPE, text=True
        )
        line = second.stdout.readline()
        assert line == "Waiting for another build of this book.\n"
        assert second.poll() is None
    rest, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert "_build/html/index.html" in rest


def test_two_builds_at_once_execute_each_chapter_once(fresh_book):
    command = [*COMMAND, "build", "--no-pdf"]
    both = [
        subprocess.Popen(command, cwd=fresh_book.root, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(text.count("harbours  ") for text in said) == 1
    assert sum("Waiting for another build" in text for text in said) == 1


@pytest.mark.parametrize("atomic", [True, False])
def test_a_swap_leaves_the_new_folder_alone(tmp_path, monkeypatch, atomic):
    if not atomic:
        monkeypatch.setattr(place, "_exchange", lambda *_: False)
    target = tmp_path / "place"
    for name in ("first", "second"):
        new = tmp_path / name
        new.mkdir()
        (new / "page").write_text(name)
        place.swap(new, target)
        assert (target / "page").read_text() == name
        assert list(tmp_path.iterdir()) == [target]


def _wait(condition, complaint):
    deadline = time.monotonic() + 60
    with contextlib.suppress(FileNotFoundError):
        while not condition():
            assert time.monotonic() < deadline, complaint
            time.sleep(0.1)


def test_a_folder_is_packed_with_each_build_and_always_alike(book):
    book.edit("pyproject.toml", "[tool.bindery]", '[tool.bindery]\narchive = "data"')
    book.build()
    archive = book.root / "_build/data-package.zip"
    first = archive.read_bytes()
    with zipfile.ZipFile(archive) as packed:
        assert "data/harbours.csv" in packed.namelist()
    archive.unlink()
    book.edit("index.md", "A small book", "A little book")
    book.build()
    assert archive.read_bytes() == first
