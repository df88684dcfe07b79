"""How sources are cited and listed.

In the text: (Doe and Roe, 2025). In the list: author (year). *Title*. Publisher. Address.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as default
from string import ascii_lowercase

from pybtex.database import Entry
from pybtex.exceptions import PybtexError
from pybtex.richtext import HRef, Text
from pybtex.style.formatting import toplevel
from pybtex.style.formatting.unsrt import Style
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.template import FieldIsMissing, Node, field, join, node, optional, sentence, tag
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle


@node
def _publisher(children: list, data: dict) -> Text:
    """Who published it, as the entry's type names that; nothing if the author did so himself."""
    entry = data["entry"]
    authors = {" ".join(person.last_names).strip("{}") for person in entry.persons["author"]}
    for name in ("publisher", "institution", "journal", "organization", "school", "howpublished"):
        if (publisher := entry.fields.get(name, "")).strip("{}"):
            return Text() if publisher.strip("{}") in authors else Text.from_latex(publisher)
    return Text()


@node
def _address(children: list, data: dict) -> Text:
    """The DOI, else the URL, as a link that shows itself without its scheme."""
    fields = data["entry"].fields
    if fields.get("doi"):
        return Text(HRef(f"https://doi.org/{fields['doi']}", f"doi:{fields['doi']}"))
    if fields.get("url"):
        shown = fields["url"].removeprefix("https://").removeprefix("http://").rstrip("/")
        return Text(HRef(fields["url"], shown))
    return Text()


class PublisherStyle(Style):
    """One template for every type of entry; the stock style drops an entry's publisher."""

    default_sorting_style = "author_year_title"
    default_label_style = "bindery"

    def format_entry(self, label: str, entry: Entry, bib_data=None):
        """Format any entry with the one template of this style.

        Raises:
            ValueError: a field is missing or not LaTeX; the message names the entry.
        """
        entry.type = "misc"
        try:
            return super().format_entry(label, entry, bib_data)
        except (PybtexError, FieldIsMissing) as error:
            raise ValueError(
                f"bibliography entry {entry.key!r}: {error} (fields are LaTeX: write \\%, \\&)"
            ) from error

    def get_misc_template(self, entry: Entry) -> Node:
        """Author (year). *Title*. Publisher, number. Note. Address."""
        role = "author" if "author" in entry.persons else "editor"
        return toplevel[
            join[self.format_names(role, as_sentence=False), " (", field("year"), ")."],
            sentence[tag("em")[field("title")]],
            optional[sentence[_publisher(), optional[field("number")]]],
            optional[sentence[field("note")]],
            _address(),
        ]


class AuthorYearLabels(BaseLabelStyle):
    """Labels such as ``Doe 2025``; the sources of one author and year get letters, ``Doe 2025a``.

    The letter is added to the entry's year, so that text and list show it too.
    """

    def format_labels(self, sorted_entries):
        """Yield a label for each entry."""
        entries = list(sorted_entries)
        labels = [_author_and_year(entry) for entry in entries]
        count = Counter(labels)
        letters = {label: _letters() for label, times in count.items() if times > 1}
        for entry, label in zip(entries, labels, strict=True):
            letter = next(letters[label]) if label in letters else ""
            if "year" in entry.fields:
                entry.fields["year"] = _bare_year(entry) + letter
            yield label + letter


def _author_and_year(entry: Entry) -> str:
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    name = " ".join(people[0].last_names) if people else entry.key
    return f"{name} {_bare_year(entry)}".strip()


def _bare_year(entry: Entry) -> str:
    """The year without a letter, which an earlier pass over the same entry may have added."""
    return re.sub(r"(?<=\d)[a-z]+$", "", entry.fields.get("year", ""))


def _letters() -> Iterator[str]:
    """Yield a, b, …, z, aa, ab, …."""
    for length in itertools.count(1):
        yield from map("".join, itertools.product(ascii_lowercase, repeat=length))


def _parentheses() -> BracketStyle:
    return BracketStyle(left="(", right=")")


@dataclass
class AuthorYearInParentheses(AuthorYearReferenceStyle):
    """Author and year in round brackets, as most reports have them."""

    bracket_textual: BracketStyle = default(default_factory=_parentheses)
    bracket_parenthetical: BracketStyle = default(default_factory=_parentheses)
    bracket_author: BracketStyle = default(default_factory=_parentheses)
    bracket_label: BracketStyle = default(default_factory=_parentheses)
    bracket_year: BracketStyle = default(default_factory=_parentheses)
    formatted: dict[tuple, Text] = default(default_factory=dict)

    def inner(self, role_name: str) -> _Once:
        """The template of one reference under a role such as ``t`` or ``p``."""
        return _Once(super().inner(role_name), role_name, self.formatted)


@dataclass
class _Once:
    """A template that is filled once for each source and page, since exhibits cite many again."""

    template: Node
    role: str
    formatted: dict[tuple, Text]

    def format_data(self, data: dict) -> Text:
        """Fill the template with a source (``entry``) and a place (``reference_info``)."""
        key = (self.role, data["entry"].key, data["reference_info"])
        if key not in self.formatted:
            self.formatted[key] = self.template.format_data(data)
        return self.formatted[key]
