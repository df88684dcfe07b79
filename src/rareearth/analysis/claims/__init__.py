"""Verdicts on the claims of the public debate.

The tables ``claims`` and ``claim_parts`` say what was claimed, by whom and when, and how it is
tested; the modules beside this one bring what was found; :mod:`rareearth.models.verdicts` judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from rareearth import data, scenarios
from rareearth.analysis.claims.evidence import EVIDENCE, Finding, World
from rareearth.models import verdicts
from rareearth.models.verdicts import Part

WORDS = (
    *("none", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


class Number(NamedTuple):
    """A number for the text: value, how it is printed, where it comes from, how it came to be."""

    value: Any
    template: str
    sources: tuple[pd.DataFrame, ...]
    kind: str


@dataclass(frozen=True)
class Test:
    """A claim that was put to the test.

    Attributes:
        claim: its row of the table ``claims``.
        finding: what was found.
        parts: its relations to numbers, with what was found; none if it is judged on no number.
        elsewhere: verdict in each other scenario of the report, if a model decides.
    """

    claim: pd.Series
    finding: Finding
    parts: tuple[Part, ...]
    elsewhere: Mapping[str, str]

    @property
    def verdict(self) -> str:
        """Computed from the parts, or as judged."""
        return verdicts.verdict(self.parts) if self.parts else str(self.claim["verdict"])

    @property
    def strength(self) -> str:
        """What the verdict rests on, by rule."""
        finding = self.finding
        return verdicts.strength(
            str(self.claim["basis"]), finding.voices, finding.primary, self.steady
        )

    @property
    def steady(self) -> bool:
        """Whether the verdict is the same in every scenario."""
        return set(self.elsewhere.values()) <= {self.verdict}


def test(world: World) -> dict[str, Test]:
    """Put all claims to the test.

    Args:
        world: scenario, draws and seed for the claims that models decide.

    Returns:
        Test by number of the claim, in the order of the table.

    Raises:
        ValueError: if the parts of a claim in the table are not those that its evidence brings.
    """
    others = [
        World(scenarios.load(name), world.draws, world.seed)
        for name in scenarios.names()
        if name != world.scenario.name
    ]
    tests = {}
    for _, claim in data.table("claims").iterrows():
        finding, parts = _tested(claim["id"], world)
        elsewhere = {}
        if claim["basis"] == "model":
            elsewhere = {
                other.scenario.name: verdicts.verdict(_tested(claim["id"], other)[1])
                for other in others
            }
        tests[claim["id"]] = Test(claim, finding, parts, elsewhere)
    return tests


def _tested(name: str, world: World) -> tuple[Finding, tuple[Part, ...]]:
    """What was found on a claim in a scenario, and its parts."""
    finding = EVIDENCE[name](world) if name in EVIDENCE else Finding()
    table = data.table("claim_parts")
    said = table[table["claim"] == name]
    if set(said["part"]) != set(finding.found):
        raise ValueError(
            f"{name}: the table has parts {sorted(said['part'])}, the evidence has "
            f"{sorted(finding.found)}. Mend claims/parts.csv or rareearth.analysis.claims."
        )
    return finding, tuple(_part(row, finding.found[row.part]) for row in said.itertuples())


def _part(row: Any, found: Any) -> Part:
    """One row of the table with the range of the values found."""
    values = np.asarray(found, dtype=float)
    known = values[~np.isnan(values)]
    unit = row.unit if isinstance(row.unit, str) else ""
    return Part(
        name=row.part,
        what=row.what,
        relation=str(row.relation),
        claimed=row.claimed,
        low=float(known.min()) if known.size else np.nan,
        high=float(known.max()) if known.size else np.nan,
        # A bare number is a year or a count: 1998 is not 1,998.
        template=f"{{:{',' if unit else ''}.{row.decimals}f}}{unit}",
        tolerance=None if np.isnan(row.tolerance) else row.tolerance,
        ahead=row.ahead,
    )


def scoreboard(tests: Mapping[str, Test]) -> pd.DataFrame:
    """The table of claims with what became of each.

    Returns:
        The rows of ``claims`` with ``verdict``, ``strength``, ``steady``, ``voices`` (authors of
        the deciding rows), ``decided_by`` (keys of their sources) and ``deciding`` (the part that
        decides first, in words).
    """
    board = data.table("claims")
    board["verdict"] = [test.verdict for test in tests.values()]
    board["strength"] = [test.strength for test in tests.values()]
    board["steady"] = [test.steady for test in tests.values()]
    board["voices"] = [test.finding.voices for test in tests.values()]
    board["decided_by"] = [";".join(test.finding.keys) for test in tests.values()]
    board["deciding"] = [
        f"{test.parts[0].found}: {test.parts[0].what}" if test.parts else "no number"
        for test in tests.values()
    ]
    return board


def parts(tests: Mapping[str, Test]) -> pd.DataFrame:
    """Every part of every claim, one row each, with what was found and how far off it is.

    Returns:
        The rows of ``claim_parts`` with ``low``, ``high``, ``verdict``, the ends of the margin as
        ``low_ratio`` and ``high_ratio``, and ``claimed_text`` and ``found_text`` as printed.
    """
    columns = ["claim", "part", "low", "high", "verdict"]
    columns += ["low_ratio", "high_ratio", "claimed_text", "found_text"]
    found = [
        (name, p.name, p.low, p.high, p.verdict, *p.margin, p.said, p.found)
        for name, test in tests.items()
        for p in test.parts
    ]
    return data.table("claim_parts").merge(pd.DataFrame(found, columns=columns))


def numbers(tests: Mapping[str, Test]) -> Iterator[tuple[str, Number]]:
    """What the text prints of each claim.

    Yields:
        Name and number: ``c01-verdict``, ``c01-strength``; for each part of which something was
        found that (``c01-all``), and the number claimed if it was said (``c01-all-said``); the
        further numbers.
    """
    table = data.table("claim_parts")
    for name, test in tests.items():
        lead = name.lower()
        said = (test.claim.to_frame().T,)
        rows = test.finding.rows or said
        yield f"{lead}-verdict", Number(test.verdict, "{}", rows, "derived")
        yield f"{lead}-strength", Number(test.strength, "{}", rows, "derived")
        for p in test.parts:
            kind = "forecast" if p.ahead else "derived"
            if not np.isnan(p.low):
                count = p.low if p.template == "{:.0f}" and p.low == p.high else np.nan
                yield f"{lead}-{p.name}", Number(_in_words(count, p.found), "{}", rows, kind)
            row = table[(table["claim"] == name) & (table["part"] == p.name)]
            if row["said"].item():
                yield f"{lead}-{p.name}-said", Number(p.said, "{}", (row,), "reported")
        for further, (value, template) in test.finding.numbers.items():
            count = value if isinstance(value, int) else np.nan
            yield f"{lead}-{further}", Number(_in_words(count, value), template, rows, "derived")


def _in_words(count: float, otherwise: Any) -> Any:
    return WORDS[int(count)] if count in range(len(WORDS)) else otherwise
