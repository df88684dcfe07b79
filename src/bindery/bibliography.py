"""How sources are cited and listed.

In the text: (Doe and Roe, 2025). In the list: author (year). *Title*. Publisher. Address.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase

from pybtex.database import Entry, Person
from pybtex.exceptions import PybtexError
from pybtex.richtext import HRef, Tag, Text
from pybtex.style import FormattedEntry
from pybtex.style.formatting.unsrt import Style
from pybtex.style.labels import BaseLabelStyle
from pybtex.style.template import Node, join
from sphinxcontrib.bibtex.style.referencing import BracketStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle
from sphinxcontrib.bibtex.style.template import SphinxReferenceText

PLAIN = re.compile(r"\{?((?:[^\W_]|[ .,:;()/+*=@!?’-](?!-))*)\}?")
"""Text without LaTeX, but for braces around it: most fields, and LaTeX is slow to read."""

NAMES = join(sep=", ", sep2=" and ", last_sep=", and ")

PUBLISHERS = ("publisher", "institution", "journal", "organization", "school", "howpublished")
"""Fields for who published it, as the types of entries name that."""


class PublisherStyle(Style):
    """Author (year). *Title*. Publisher, number. Note. [Remark] Address.

    One form for every type of entry; the stock style drops an entry's publisher.
    """

    default_sorting_style = "author_year_title"
    default_label_style = "bindery"
    remark = ""
    """Field that is shown in brackets before the address; none if empty."""
    last: tuple[tuple[str, str], FormattedEntry] | None = None

    def format_entry(self, label: str, entry: Entry, bib_data=None) -> FormattedEntry:
        """Format any entry.

        Raises:
            ValueError: a field is missing or not LaTeX; the message names the entry.
        """
        if self.last and self.last[0] == (label, entry.key):
            return self.last[1]  # asked for twice, for the list and for tooltips
        try:
            parts = [part for part in self._parts(entry) if part]
        except (PybtexError, KeyError) as error:
            what = f"missing {error}" if isinstance(error, KeyError) else error
            raise ValueError(
                f"bibliography entry {entry.key!r}: {what} (fields are LaTeX: write \\%, \\&)"
            ) from error
        formatted = FormattedEntry(entry.key, Text(" ").join(parts), label)
        self.last = (label, entry.key), formatted
        return formatted

    def _parts(self, entry: Entry) -> Iterator[Text]:
        fields = entry.fields
        people = entry.persons["author" if "author" in entry.persons else "editor"]
        year = _rich(fields["year"])
        yield Text(NAMES[[self._name(person) for person in people]].format(), " (", year, ").")
        yield Text(Tag("em", _rich(fields["title"]))).add_period()
        authors = {" ".join(person.last_names).strip("{}") for person in people}
        publisher = next((fields[name] for name in PUBLISHERS if fields.get(name)), "")
        own = publisher.strip("{}") in authors
        published = [
            _rich(text) for text in ("" if own else publisher, fields.get("number")) if text
        ]
        for text in (Text(", ").join(published), _rich(fields.get("note", ""))):
            if text:
                yield text.add_period()
        if remark := entry.fields.get(self.remark, ""):
            yield Text("[", _rich(remark), "]")
        # The address shows itself without its scheme.
        if fields.get("doi"):
            yield Text(HRef(f"https://doi.org/{fields['doi']}", f"doi:{fields['doi']}"))
        elif fields.get("url"):
            shown = fields["url"].removeprefix("https://").removeprefix("http://").rstrip("/")
            yield Text(HRef(fields["url"], shown))

    def _name(self, person: Person) -> Text:
        others = person.first_names, person.prelast_names, person.lineage_names
        if len(person.last_names) == 1 and not any(others):
            return _rich(person.last_names[0])  # an institution
        return self.format_name(person, self.abbreviate_names).format()


def _rich(latex: str) -> Text:
    plain = PLAIN.fullmatch(latex)
    return Text(plain[1]) if plain else Text.from_latex(latex)


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


@dataclass
class AuthorYearInParentheses(AuthorYearReferenceStyle):
    """Author and year in round brackets, as most reports have them."""

    def __post_init__(self):
        round_brackets = BracketStyle(left="(", right=")")
        self.bracket_textual = self.bracket_parenthetical = round_brackets
        self.bracket_author = self.bracket_label = self.bracket_year = round_brackets
        self.names: dict[str, Text] = {}
        super().__post_init__()

    def inner(self, role_name: str) -> Node | _Cited:
        """The template of one reference under a role such as ``t`` or ``p``."""
        template = super().inner(role_name)
        return _Cited(template, role_name, self.names) if role_name in ("p", "t") else template


@dataclass
class _Cited:
    """What the usual template makes, without filling it anew for each of thousands of citations."""

    template: Node
    role: str
    names: dict[str, Text]

    def format_data(self, data: dict) -> Text:
        """The reference to a source (``entry``) from a place (``reference_info``)."""
        entry, place, person = data["entry"], data["reference_info"], data["style"].person
        if place.pre_text or place.post_text or "year" not in entry.fields:
            return self.template.format_data(data)
        if entry.key not in self.names:
            names = person.author_or_editor_or_title(full=False)
            self.names[entry.key] = names.format_data(data)
        name, year = self.names[entry.key], entry.fields["year"]
        if self.role == "p":
            return Text(SphinxReferenceText(place, name, ", ", year))
        return Text(name, " (", SphinxReferenceText(place, year), ")")
