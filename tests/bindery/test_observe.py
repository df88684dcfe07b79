"""What a kernel reads is seen, however it reads it, and nothing else is."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from bindery import observe
from bindery.observe import fingerprint

START = """
import sys
from types import SimpleNamespace
from bindery import observe
flush = []
events = SimpleNamespace(register=lambda name, function: flush.append(function))
observe.load_ipython_extension(SimpleNamespace(events=events))
"""


@pytest.fixture
def project(tmp_path):
    root = tmp_path / "project"
    for folder in ("data", "src", "_build", ".hidden"):
        (root / folder).mkdir(parents=True)
        (root / folder / "table.csv").write_text(f"{folder}\n")
    (root / "src/tide.py").write_text("import wave\nLEVEL = 1\n")
    (root / "src/wave.py").write_text("HEIGHT = 2\n")
    (tmp_path / "outside.csv").write_text("outside\n")
    return root


def observed(project, code):
    """Path to fingerprint of what a piece of Python reads."""
    log = project.parent / "log"
    environment = {
        **os.environ,
        "PYTHONPATH": str(project / "src"),
        observe.ROOT_VARIABLE: str(project),
        observe.LOG_VARIABLE: str(log),
    }
    script = START + textwrap.dedent(code) + "\nflush[0]()\n"
    subprocess.run([sys.executable, "-c", script], cwd=project, env=environment, check=True)
    return dict(json.loads(line) for line in log.read_text().splitlines())


@pytest.mark.parametrize(
    ("code", "paths"),
    [
        ("open('data/table.csv').read()", {"data/table.csv"}),
        ("open(b'data/table.csv', 'rb').read()", {"data/table.csv"}),
        ("from pathlib import Path; Path('data/table.csv').read_text()", {"data/table.csv"}),
        ("import os; os.close(os.open('data/table.csv', os.O_RDONLY))", {"data/table.csv"}),
        ("import pandas; pandas.read_csv('data/table.csv')", {"data/table.csv"}),
        ("import numpy; numpy.loadtxt('data/table.csv', dtype=str)", {"data/table.csv"}),
        ("open('data/../data/table.csv')", {"data/table.csv"}),
        ("import os; os.chdir('data'); open('table.csv')", {"data/table.csv"}),
        ("import tide", {"src/tide.py", "src/wave.py"}),
        ("open('data/table.csv', 'w').write('x')", set()),
        ("open('data/new', 'w').write('x'); open('data/new').read()", set()),
        ("open('../outside.csv')", set()),
        ("open('_build/table.csv'); open('.hidden/table.csv')", set()),
        ("import os; os.listdir('data')", {"data"}),
        ("import os; list(os.walk('data'))", {"data"}),
        ("import glob; glob.glob('data/*.csv')", {"data"}),
        (
            """
            from threading import Thread
            thread = Thread(target=lambda: open('data/table.csv').read())
            thread.start(); thread.join()
            """,
            {"data/table.csv"},
        ),
        (
            """
            import os
            child = os.fork()
            if child == 0:
                open('data/table.csv').read()
                os._exit(0)
            os.waitpid(child, 0)
            """,
            {"data/table.csv"},
        ),
    ],
)
def test_reading_is_observed(project, code, paths):
    assert set(observed(project, code)) == paths


def test_a_module_from_its_bytecode_counts_as_its_source(project):
    compiled = [sys.executable, "-m", "compileall", "-q", str(project / "src")]
    subprocess.run(compiled, check=True)
    found = observed(project, "import tide; del sys.modules['tide']")
    assert found["src/tide.py"] == fingerprint(project / "src/tide.py")


def test_a_link_to_the_project_is_the_project(project):
    (project.parent / "link").symlink_to(project)
    assert set(observed(project, "open('../link/data/table.csv')")) == {"data/table.csv"}


def test_a_file_that_is_missing_is_remembered_as_missing(project):
    code = """
    try:
        open('data/later.csv')
    except FileNotFoundError:
        pass
    """
    assert observed(project, code) == {"data/later.csv": None}


def test_the_fingerprint_is_of_what_was_read_not_of_a_later_edit(project):
    before = fingerprint(project / "data/table.csv")
    code = "open('data/table.csv').read(); open('data/table.csv', 'w').write('edited')"
    assert observed(project, code) == {"data/table.csv": before}
    assert fingerprint(project / "data/table.csv") != before


def test_a_folders_fingerprint_is_its_names(project):
    before = fingerprint(project / "data")
    (project / "data/table.csv").write_text("other content")
    (project / "data/.hidden").write_text("")
    assert fingerprint(project / "data") == before
    (project / "data/second.csv").write_text("")
    assert fingerprint(project / "data") != before
