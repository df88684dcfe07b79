"""Find numerals in prose that are typed instead of glued.

A number that comes from data or a model must be printed through ``{glue:text}``, so that it
changes when they do. A numeral may be typed only if it is no such number, and that is told by
rule, not by a list of exceptions:

* years 1000 to 2100 (also "2010s", "2010-11", "1939 to 1945"), unless a unit follows;
* dates ("9 October", "April 4, 2025", "2025-10-09");
* names that contain a letter before the digit or a capital after it (Fe16N2, F-35, CO2, 3D);
* identifiers after a designating word (Announcement 61, Section 232, HTS 2805.30, P.L. 118-31);
* ordinals (1st, 20th, the number of a heading or of a list item);
* addresses (URL, DOI, labels, link targets), code, formulae, roles and options of directives;
* quotations with a citation after them in the same sentence, and block quotes.

Numbers in words are fine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?"
    r"|Sep(?:t\.?|tember)?|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
YEAR = r"(?:1\d{3}|20\d{2}|2100)"
UNIT = (
    r"\s?(?:%|°|percent|per cent|k?t\b|[MG]t\b|tonnes?|tons?|k?g\b|kilograms?|grams?|pounds?|lbs?\b"
    r"|USD|US\$|EUR|dollars?|yuan|thousand|million|billion|MW\b|GW\b|kWh\b|km\b|m\b|hectares?"
    r"|people|workers|jobs|units|years|months|days|hours)"
)
DESIGNATOR = (
    r"(?:Acts? of|Announcements?|Annex(?:es)?|Appendix|Articles?|Attribution|BY|Bills?|Chapters?"
    r"|Circulars?|Class|Decrees?|Directives?|Executive Orders?|E\.O\.|Equations?|Form|FY"
    r"|Fig(?:ure|s)?\.?|Grades?|Groups?|H\.R\.|HTS|HS|IEC|ISO|Items?|Laws?|Levels?|MCS|NAICS|Nos?\.|Notices?|Orders?|Parts?"
    r"|Phases?|P\.L\.|Proclamations?|Public Laws?|Pub\. L\.|Python|Q|Regulations?|Rev(?:ision|\.)"
    r"|Rules?|S\.|Scopes?|[Ss]ections?|Sec\.|§§?|Series|Stages?|Steps?|Tables?|Tiers?|Titles?|Types?"
    r"|[Vv]ersions?|[Ss]cenarios?|Volumes?|Vol\.)"
)
IDENTIFIER = r"\d[\w./–-]*"
LIST_OF = r"(?:\s*(?:,|;|–|-|/|and|or|to|through)\s*"

# In this order: what is no prose first, so that later rules do not match across it.
ALLOWED = [
    re.compile(pattern, flags)
    for pattern, flags in (
        (r"^(```+|~~~+)(?!\{)[^\n]*\n.*?^\1", re.M | re.S),
        (r"^([`~:]{3,})\{(?:code-block|code-cell|code|math|bibliography)\}.*?^\1", re.M | re.S),
        (r"<!--.*?-->", re.S),
        (r"^\s*%.*$", re.M),
        (r"\$\$.*?\$\$", re.S),
        (r"\\begin\{(\w+\*?)\}.*?\\end\{\1\}", re.S),
        (r"(?<![\\\w])\$(?=\S)[^$\n]*?(?<=\S)\$(?!\d)", 0),
        (r"[“\"][^”\"]*[”\"][^“”\".!?]*[.!?]?\s*\{cite[^}]*\}`[^`]*`", re.S),
        (r"^\s*>.*$", re.M),
        (r"\{[^}\n]+\}(`+).*?\1", re.S),
        (r"(`+).*?\1", re.S),
        (r"^[`~:]{3,}\{(?:revisions\}.*$|[^}]*\})", re.M),
        (r"^\s*:[\w-]+:.*$", re.M),
        (r"^\([\w-]+\)=\s*$", re.M),
        (r"\[\^[^\]]+\]", 0),
        (r"(?<=\])\([^)\s]*\)", 0),
        (r"(?:https?://|www\.|mailto:)[^\s<>)\]]+", 0),
        (r"\b(?:doi:|DOI:? ?)?10\.\d{4,}/\S+", 0),
        (r"^\s*(?:#+\s+)?\d+[.)]\s", re.M),
        (rf"\b{YEAR}-\d{{2}}-\d{{2}}\b", 0),
        (rf"\b\d{{1,2}}(?:\s?(?:–|-|to|and)\s?\d{{1,2}})?\s{MONTH}\b", 0),
        (rf"\b{MONTH}\s\d{{1,2}}(?:\s?(?:–|-|to|and)\s?\d{{1,2}})?\b(?!\d)", 0),
        (rf"(?<![\w$]){DESIGNATOR}\s*{IDENTIFIER}{LIST_OF}{IDENTIFIER})*", 0),
        (rf"(?<![\w$.,]){YEAR}s?(?:\s?[–/-]\s?(?:\d{{2}}|{YEAR}))?(?![\d]|[.,]\d|{UNIT}|\w)", 0),
        (r"\b\d+(?:st|nd|rd|th)\b", 0),
        (r"(?<!\w)(?!USD|EUR|CNY|RMB)(?=[\w’./–-]*\d)[^\W\d_][\w’]*(?:[-–./]\w+)*", 0),
        (r"(?<![\w.,])\d+[A-Z][\w-]*", 0),
    )
]
ROOM = 30  # characters of context on either side
NUMERAL = re.compile(r"[-−+~≈<>$€¥]?\d+(?:[.,\u00a0\u202f ]\d+)*(?:\s?%)?")


@dataclass(frozen=True)
class Numeral:
    """A typed numeral: its line (from 1), its text, and the words around it."""

    line: int
    text: str
    context: str


def bare_numerals(text: str) -> Iterator[Numeral]:
    """Each numeral in a text that is typed though no rule allows it.

    Args:
        text: prose in MyST.
    """
    rest = text
    for rule in ALLOWED:
        rest = rule.sub(_blank, rest)
    for match in NUMERAL.finditer(rest):
        start, end = max(match.start() - ROOM, 0), match.end() + ROOM
        before = text[start : match.start()].rpartition("\n")[2]
        after = text[match.start() : end].partition("\n")[0]
        line = text.count("\n", 0, match.start()) + 1
        yield Numeral(line, match.group().strip(), (before + after).strip())


def _blank(match: re.Match) -> str:
    """As many blanks, so that places in the text stay where they are."""
    return re.sub(r"[^\n]", " ", match.group())
