"""What the README says the report finds is what the report finds."""

import re

import nbformat
import pytest

from bindery.pages import numbers

YEAR = range(1900, 2100)


def numerals(text):
    return {found.rstrip(".,") for found in re.findall(r"\d[\d,.]*", text)}


def test_findings_are_numbers_of_the_book(project):
    readme = project.root / "README.md"
    if not readme.exists():
        pytest.skip("this book has no README")
    findings = re.search(r"^## What it finds\n(.*?)^!\[", readme.read_text("utf-8"), re.M | re.S)
    assert findings, "README.md has no section 'What it finds' that ends in a picture"
    printed = set()
    for path in project.executed_dir(project.settings.scenario).glob("*.ipynb"):
        for number in numbers(nbformat.read(path, as_version=4)).values():
            printed |= numerals(number["text"])
    said = {n for n in numerals(findings[1]) if not (n.isdigit() and int(n) in YEAR)}
    assert said, "the README's findings hold no number"
    assert said <= printed, (
        f"README.md says {sorted(said - printed)}, which no chapter computes any more; "
        "take the numbers from `bindery run summary` and `bindery run claims`"
    )
