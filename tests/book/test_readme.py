"""What the README says the report finds is what the report finds."""

import re

import nbformat
import pytest

from bindery.pages import numbers

NUMERAL = r"\d+(?:,\d{3})*(?:\.\d+)?"
YEAR = r"(?:19|20)\d\d"


def numerals(text):
    """Numerals but years, which sentences name freely."""
    return [n for n in re.findall(NUMERAL, text) if not re.fullmatch(YEAR, n)]


def test_findings_are_the_numbers_that_they_name(project):
    readme = project.root / "README.md"
    if not readme.exists():
        pytest.skip("this book has no README")
    found = re.search(
        r"^## What it finds\n(.*?)<!-- numbers: (.*?)-->", readme.read_text("utf-8"), re.M | re.S
    )
    assert found, "README.md has no section 'What it finds' that ends in <!-- numbers: ... -->"
    printed = {}
    for path in project.executed_dir(project.settings.scenario).glob("*.ipynb"):
        for name, number in numbers(nbformat.read(path, as_version=4)).items():
            printed[name] = number["text"]
    named = found[2].split()
    assert not (unknown := set(named) - set(printed)), f"no chapter computes {unknown}"
    wanted = [numeral for name in named for numeral in numerals(printed[name])]
    told = {name: printed[name] for name in named}
    assert numerals(found[1]) == wanted, f"README.md, 'What it finds': the numbers now are {told}"
