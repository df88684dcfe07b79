"""What becomes of a claim when numbers are set against it, by rule.

A claim is taken apart into relations to numbers. For each the range found, over sources or draws,
is set against the range that the claim allows; the claim's verdict follows from those of its
parts. How much the verdict rests on is graded apart, from where the deciding rows come from.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

SUPPORTED = "supported"
PARTLY = "partly supported"
CONTRADICTED = "contradicted"
OPEN = "not testable yet"
VERDICTS = (SUPPORTED, PARTLY, CONTRADICTED, OPEN)

RELATIONS = ("about", "at least", "at most")
ROUNDING = 0.1
"""A number said in passing may be off by a tenth of itself; a bound by nothing."""

STRENGTHS = ("strong", "moderate", "weak", "none")
BASES = ("record", "estimate", "model", "party", "none")
"""What a verdict rests on: counts, filings and laws; estimates of others; a model of this report;
the word of an interested party alone; nothing that could be found."""


@dataclass(frozen=True)
class Part:
    """One thing that a claim says, as a relation to a number, and the number's value.

    Attributes:
        name: letters, digits and hyphens; unique in the claim.
        what: the quantity, in a few words.
        relation: one of :data:`RELATIONS`.
        claimed: the number said, or the least or most that would bear the words out.
        low: least value, over sources or at the lower end of an interval; missing if nothing was
            found.
        high: greatest value.
        template: how a value is printed, with its unit: ``"{:.0f}%"``.
        tolerance: how far off the claimed number may be, as a share of itself.
        ahead: whether the claim speaks of a date that has not come.
    """

    name: str
    what: str
    relation: str
    claimed: float
    low: float
    high: float
    template: str = "{:.0f}"
    tolerance: float | None = None
    ahead: bool = False

    def __post_init__(self) -> None:
        if self.relation not in RELATIONS:
            known = ", ".join(RELATIONS)
            raise ValueError(f"part '{self.name}': relation '{self.relation}' is none of {known}.")
        if math.isnan(self.low) != math.isnan(self.high) or self.low > self.high:
            raise ValueError(
                f"part '{self.name}': values {self.low} to {self.high}; give both ends, ascending, "
                "or neither."
            )

    @property
    def allowed(self) -> tuple[float, float]:
        """Least and greatest value that would bear the claim out."""
        rounding = ROUNDING if self.relation == "about" else 0.0
        room = abs(self.claimed) * (rounding if self.tolerance is None else self.tolerance)
        least = -math.inf if self.relation == "at most" else self.claimed - room
        most = math.inf if self.relation == "at least" else self.claimed + room
        return least, most

    @property
    def verdict(self) -> str:
        """Supported if all of what was found is allowed, contradicted if none of it is.

        Where only some of it is, the part is partly supported; if it speaks of the future, it
        cannot be told yet.
        """
        if math.isnan(self.low):
            return OPEN
        least, most = self.allowed
        if least <= self.low and self.high <= most:
            return SUPPORTED
        if self.high < least or most < self.low:
            return CONTRADICTED
        return OPEN if self.ahead else PARTLY

    @property
    def margin(self) -> tuple[float, float]:
        """How far what was found is from what was claimed, as a ratio; from 1 on it bears it out.

        Found over claimed for a least value, claimed over found for a most one (without limit
        where nothing or less was found), and the smaller of both where the number itself was
        said. Missing if nothing was found, or if what was claimed is nothing.
        """
        if math.isnan(self.low) or self.claimed <= 0:
            return math.nan, math.nan
        over = [self.low / self.claimed, self.high / self.claimed]
        under = [1 / ratio if ratio > 0 else math.inf for ratio in over]
        match self.relation:
            case "at least":
                ratios = over
            case "at most":
                ratios = under
            case _:
                ratios = [min(pair) for pair in zip(over, under, strict=True)]
                if over[0] < 1 < over[1]:
                    ratios.append(1.0)
        return min(ratios), max(ratios)

    @property
    def observed(self) -> str:
        """Its value, as printed: one number, a range, or that there is none."""
        if math.isnan(self.low):
            return "nothing found"
        return span(self.low, self.high, self.template)

    @property
    def said(self) -> str:
        """What was claimed, as printed, without decimals that nobody said."""
        prefix, spec, unit = _split(self.template)
        return prefix + ("{:,g}" if "," in spec else "{:g}").format(self.claimed) + unit


def span(low: float, high: float, template: str) -> str:
    """A range in words, with its unit once: ``"85 to 90%"``; one value if both print alike."""
    prefix, spec, unit = _split(template)
    first, last = (spec.format(value).replace("-", "\N{MINUS SIGN}") for value in (low, high))
    return prefix + (last if first == last else f"{first} to {last}") + unit


def _split(template: str) -> tuple[str, str, str]:
    """What stands before the number, the number, and its unit."""
    return re.fullmatch(r"([^{]*)(\{[^}]*\})(.*)", template, re.DOTALL).groups()


def verdict(parts: Sequence[Part]) -> str:
    """Verdict on a claim from its parts.

    The same for all parts: that one. Contradicted wherever it can be tested, and open elsewhere:
    contradicted. All else is partly supported.

    Raises:
        ValueError: if there is no part.
    """
    reached = {part.verdict for part in parts}
    if not reached:
        raise ValueError("A claim needs at least one part; state what it says as a relation.")
    if len(reached) == 1:
        return reached.pop()
    return CONTRADICTED if reached == {CONTRADICTED, OPEN} else PARTLY


def strength(basis: str, voices: int, primary: bool, steady: bool = True) -> str:
    """How much a verdict rests on.

    Args:
        basis: one of :data:`BASES`.
        voices: number of sources that do not repeat one another.
        primary: whether a deciding row was read in the publisher's own text.
        steady: whether a model gives the same verdict in every scenario.

    Returns:
        ``strong``: a record, told by two voices or more, one of them read in the original.
        ``moderate``: a record with one of the two; an estimate with two voices; a model that
        is steady.
        ``weak``: all else that has a source; always if an interested party speaks alone.
        ``none``: nothing found.

    Raises:
        ValueError: if the basis is unknown.
    """
    if basis not in BASES:
        raise ValueError(f"basis '{basis}' is none of {', '.join(BASES)}.")
    if basis == "none" or not voices:
        return "none"
    several = voices >= 2
    match basis:
        case "record" if several and primary:
            return "strong"
        case "record" if several or primary:
            return "moderate"
        case "estimate" if several:
            return "moderate"
        case "model" if steady:
            return "moderate"
    return "weak"
