"""What the project says about itself agrees with what it is."""

import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
import yaml

import rareearth

ROOT = Path(__file__).parents[1]
SKIPPED = {".git", ".venv", "_build", "__pycache__", ".pytest_cache", ".ruff_cache", ".hypothesis"}
# A path of somebody's machine; not a part of a web address, nor of a path inside the project.
MACHINE_PATH = re.compile(r"(?<![\w./:-])/(?:root|home|Users|tmp|work|mnt)/\w")


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def project():
    return tomllib.loads(text("pyproject.toml"))


def bare(requirement):
    return re.match(r"[\w.-]+", requirement)[0].lower().replace("_", "-")


def dependencies():
    groups = project()["dependency-groups"].values()
    named = [*project()["project"]["dependencies"], *(name for group in groups for name in group)]
    return [bare(requirement) for requirement in named]


def targets():
    phony = re.search(r"^\.PHONY:(.*)$", text("Makefile"), re.MULTILINE)
    return set(phony[1].split())


def files():
    for path in sorted(ROOT.rglob("*")):
        inside = path.relative_to(ROOT)
        if path.is_file() and not SKIPPED & set(inside.parts) and "egg-info" not in str(inside):
            yield inside


def test_lock_holds_no_address():
    found = re.findall(r"^.*://.*$", text("requirements.lock"), re.MULTILINE)
    assert not found, f"requirements.lock names a download address ({found[0]}); run make lock"


@pytest.mark.parametrize("name", dependencies())
def test_lock_pins_and_hashes_each_dependency(name):
    lock = text("requirements.lock")
    entry = re.search(rf"^{re.escape(name)}==\S+(?: ;[^\\\n]*)? \\\n    --hash=sha256:", lock, re.M)
    assert entry, f"requirements.lock does not pin {name} by hash; run make lock"


@pytest.mark.parametrize("name", dependencies())
def test_each_dependency_is_justified(name):
    line = re.search(rf"^\| `{re.escape(name)}` \| .{{10,}} \|$", text("CONTRIBUTING.md"), re.M)
    assert line, f"say in one line of CONTRIBUTING.md, 'Dependencies', what {name} is for"


def test_no_justification_without_dependency():
    listed = re.findall(r"^\| `([\w.-]+)` \|", text("CONTRIBUTING.md"), re.M)
    idle = sorted(set(listed) - set(dependencies()) - {"setuptools"})
    assert not idle, f"CONTRIBUTING.md justifies {idle}, which pyproject.toml does not name"


def test_one_version_everywhere():
    version = project()["project"]["version"]
    newest = re.search(r"^## (\d+\.\d+\.\d+)", text("CHANGELOG.md"), re.M)
    assert newest and newest[1] == version, "CHANGELOG.md must open with this version"
    assert yaml.safe_load(text("CITATION.cff"))["version"] == version, "mend CITATION.cff"
    assert rareearth.__version__ == version, "run make setup again"


def test_citation_has_the_fields_that_the_format_requires():
    citation = yaml.safe_load(text("CITATION.cff"))
    missing = {"cff-version", "message", "title", "authors"} - set(citation)
    assert not missing, f"CITATION.cff lacks {sorted(missing)}"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "chapters/reproduce.md"])
def test_commands_exist(name):
    commands = set(re.findall(r"^(?:\$ )?make (\w+)|`make (\w+)", text(name), re.M))
    named = {first or second for first, second in commands}
    assert named, f"{name} names no make target; this test reads nothing"
    assert named <= targets(), f"{name} names make targets that do not exist: {named - targets()}"


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_links_into_the_project_lead_somewhere(name):
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", text(name))
    links += re.findall(r'src="(?!https?:)([^"]+)"', text(name))
    dead = [link for link in links if not (ROOT / link).exists()]
    assert links and not dead, f"{name} links to files that do not exist: {dead}"


def test_contents_list_files_that_exist():
    contents = yaml.safe_load(text("_toc.yml"))
    pages = [contents["root"]]
    pages += [page["file"] for part in contents["parts"] for page in part["chapters"]]
    missing = [
        p for p in pages if not any((ROOT / f"{p}{end}").is_file() for end in (".ipynb", ".md"))
    ]
    assert not missing, f"_toc.yml lists pages that do not exist: {missing}"


def test_no_path_of_a_machine():
    found = []
    for path in files():
        try:
            content = text(path)
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(content.splitlines(), 1):
            if MACHINE_PATH.search(line):
                found.append(f"{path}:{number}: {line.strip()[:80]}")
    assert not found, "paths of somebody's machine: " + "; ".join(found[:5])


def test_pictures_are_small():
    large = [
        str(p)
        for p in files()
        if p.suffix in (".png", ".svg", ".jpg", ".pdf") and (ROOT / p).stat().st_size > 150_000
    ]
    assert not large, f"pictures over 150 kB do not belong into the repository: {large}"
