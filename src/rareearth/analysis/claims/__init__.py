"""Verdicts on the claims of the public debate.

The tables ``claims`` and ``claim_parts`` say what was claimed, by whom and when, and how it is
tested; the modules beside this one bring what was found; :mod:`rareearth.models.verdicts` judges.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from rareearth import data, scenarios
from rareearth.analysis.claims.evidence import EVIDENCE
from rareearth.analysis.claims.run import Evidence, Run
from rareearth.answers import Answers, in_words, inside
from rareearth.models import verdicts
from rareearth.models.verdicts import Part

__all__ = [
    "Run",
    "Test",
    "cards",
    "margins",
    "open_parts",
    "parts",
    "printed",
    "quoted",
    "said",
    "scoreboard",
    "strengths",
    "test",
    "tested",
]

VERDICTS = {
    "supported": verdicts.SUPPORTED,
    "partly": verdicts.PARTLY,
    "contradicted": verdicts.CONTRADICTED,
    "open": verdicts.OPEN,
}
"""Ending of the name of a count of claims, and the verdict that it counts."""


@dataclass(frozen=True)
class Test:
    """A claim that was put to the test.

    Attributes:
        claim: its row of the table ``claims``.
        evidence: what decides it.
        parts: its relations to numbers; none if it is judged on no number.
        elsewhere: verdict in each other scenario of the report, if a model decides.
    """

    claim: pd.Series
    evidence: Evidence
    parts: tuple[Part, ...]
    elsewhere: Mapping[str, str]

    @property
    def verdict(self) -> str:
        """Computed from the parts, or as judged."""
        return verdicts.verdict(self.parts) if self.parts else str(self.claim["verdict"])

    @property
    def strength(self) -> str:
        """What the verdict rests on, by rule."""
        of = self.evidence
        return verdicts.strength(str(self.claim["basis"]), of.voices, of.primary, self.steady)

    @property
    def steady(self) -> bool:
        """Whether the verdict is the same in every scenario."""
        return set(self.elsewhere.values()) <= {self.verdict}


ELSEWHERE = 2000
"""Most draws of the other scenarios: of them a verdict is told, and no number."""


def test(run: Run) -> dict[str, Test]:
    """Put all claims to the test.

    Args:
        run: scenario, draws and seed for the claims that models decide.

    Returns:
        Test by number of the claim, in the order of the table.

    Raises:
        ValueError: if the parts of a claim in the table are not those that its evidence brings.
    """
    others = [
        Run(scenarios.load(name), min(run.draws, ELSEWHERE), run.seed)
        for name in scenarios.names()
        if name != run.scenario.name
    ]
    tests = {}
    for _, claim in data.table("claims").iterrows():
        evidence, parts = tested(claim["id"], run)
        elsewhere = {}
        if claim["basis"] == "model":
            elsewhere = {
                other.scenario.name: verdicts.verdict(tested(claim["id"], other)[1])
                for other in others
            }
        tests[claim["id"]] = Test(claim, evidence, parts, elsewhere)
    return tests


def tested(name: str, run: Run) -> tuple[Evidence, tuple[Part, ...]]:
    """Evidence on a claim in a scenario, and its parts.

    Args:
        name: number of the claim.
        run: scenario, draws and seed.

    Raises:
        ValueError: if the table's parts are not those that the evidence brings.
    """
    evidence = EVIDENCE[name](run) if name in EVIDENCE else Evidence()
    table = data.table("claim_parts")
    said = table[table["claim"] == name]
    if set(said["part"]) != set(evidence.values):
        raise ValueError(
            f"{name}: the table has parts {sorted(said['part'])}, the evidence has "
            f"{sorted(evidence.values)}. Mend claims/parts.csv or rareearth.analysis.claims."
        )
    return evidence, tuple(_part(row, evidence.values[row.part]) for row in said.itertuples())


def _part(row: Any, values: Any) -> Part:
    """One row of the table with the range of its values."""
    known = np.asarray(values, dtype=float)
    known = known[~np.isnan(known)]
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


def scoreboard(tests: Mapping[str, Test]) -> tuple[pd.DataFrame, Answers]:
    """The table of claims with what became of each.

    Returns:
        The rows of ``claims`` with ``verdict``, ``strength``, ``steady``, ``voices`` (authors of
        the deciding rows), ``decided_by`` (keys of their sources) and ``deciding`` (the part that
        decides first, in words); how many claims have which verdict.
    """
    board = data.table("claims")
    every = list(tests.values())
    board["verdict"] = [test.verdict for test in every]
    board["strength"] = [test.strength for test in every]
    board["steady"] = [test.steady for test in every]
    board["voices"] = [test.evidence.voices for test in every]
    board["decided_by"] = [";".join(test.evidence.keys) for test in every]
    first = [test.parts[0] if test.parts else None for test in every]
    board["deciding"] = [f"{p.observed}: {p.what}" if p else "no number" for p in first]

    answers = Answers(sources=board)
    answers.add("all-claims", len(board))
    counts = board["verdict"].value_counts().reindex(list(VERDICTS.values()), fill_value=0)
    for name, verdict in VERDICTS.items():
        answers.add(f"all-{name}", int(counts[verdict]), label=f"Claims: {verdict}")
    judged = board[board["nature"] == "judgement"]
    modelled = board[board["basis"] == "model"]
    moving = modelled[~modelled["steady"]]["id"]
    answers.add("judged-count", len(judged), sources=judged)
    for name, value in (
        ("model-count", len(modelled)),
        ("moving-count", len(moving)),
        ("moving-names", ", ".join(moving) or "none"),
    ):
        answers.add(name, value, sources=modelled)
    answers.add("as-of", f"{data.today():%d %B %Y}".lstrip("0"))
    answers.add("strong-count", int((board["strength"] == "strong").sum()))
    answers.add("weak-count", int(board["strength"].isin(["weak", "none"]).sum()))
    answers.add("verdicts-list", ", ".join(f"{verdict} {n}" for verdict, n in counts.items()))
    topics = board["topic"] + " (" + board["verdict"] + ")"
    answers.add("themes-list", _grouped(topics, board["theme"]))
    return board, answers


def printed(board: pd.DataFrame) -> pd.DataFrame:
    """The scoreboard as a table for readers.

    Args:
        board: as from :func:`scoreboard`.
    """
    page = board["chapter"].astype(str)
    return pd.DataFrame(
        {
            "Claim": board["id"] + " " + board["topic"],
            "Said by": board["said_by"] + ", " + board["said_on"].dt.year.astype(str),
            "Verdict": board["verdict"],
            "What decides": board["deciding"],
            "Evidence": board["strength"],
            "Chapter": "{doc}`" + page.replace("ewaste", "e-waste") + " <" + page + ">`",
        }
    )


def quoted() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """The sentence behind each claim beside its paraphrase, and how a second reading found it.

    Returns:
        The table for readers; the rows behind it; how many paraphrases were faithful, and how many
        were corrected.
    """
    table = data.table("claims")
    language = table["quote_language"].astype(str)
    words = "“" + table["quote"] + "”"
    words = words.mask(language != "en", words + " *" + table["translation"].fillna("") + "*")
    reading = table["reading"].astype(str)
    day = table["said_on"].dt.strftime("%d %B %Y").str.lstrip("0")
    day = day.where(table["precision"].astype(str) == "day", table["said_on"].dt.strftime("%Y"))
    how = table["words"].astype(str) + ", " + table["read"].astype(str)
    cited = " {cite:p}`" + table["source"] + "`"
    page = pd.DataFrame(
        {
            "Claim": table["id"] + " " + table["claim"],
            "What was said": words + " (" + table["place"] + ")",
            "By whom, when, how read": table["said_by"] + ", " + day + "; " + how + cited,
            "First reading": reading.str.capitalize() + ": " + table["reading_note"].map(inside),
        }
    )
    answers = Answers(sources=table)
    for name in ("faithful", "broader", "narrower"):
        answers.add(f"read-{name}", int((reading == name).sum()))
    corrected = table["reading_note"].str.contains("corrected")
    moved = table["reading_note"].str.contains("and the verdict with it")
    answers.add("read-corrected", int(corrected.sum()))
    answers.add("read-moved", int(moved.sum()))
    answers.add("read-moved-names", ", ".join(table.loc[moved, "id"]))
    read = table["read"].value_counts()
    for name in ("primary", "secondary", "anonymous"):
        answers.add(f"read-{name}", int(read[name]))
    columns = ["id", "topic", "claim", "quote", "quote_language", "translation", "place"]
    columns += ["said_by", "said_on", "precision", "words", "read"]
    return page, table[[*columns, "reading", "reading_note", "source"]], answers


def parts(tests: Mapping[str, Test]) -> pd.DataFrame:
    """Every part of every claim, one row each, with its value and how far off it is.

    Returns:
        The rows of ``claim_parts`` with ``low``, ``high``, ``verdict``, the ends of the margin as
        ``low_ratio`` and ``high_ratio``, and ``claimed_text`` and ``observed_text`` as printed.
    """
    columns = ["claim", "part", "low", "high", "verdict"]
    columns += ["low_ratio", "high_ratio", "claimed_text", "observed_text"]
    rows = [
        (name, p.name, p.low, p.high, p.verdict, *p.margin, p.said, p.observed)
        for name, test in tests.items()
        for p in test.parts
    ]
    return data.table("claim_parts").merge(pd.DataFrame(rows, columns=columns))


def margins(tests: Mapping[str, Test]) -> tuple[pd.DataFrame, Answers]:
    """How far the first deciding number of each claim is from what would bear it out.

    Returns:
        Rows of :func:`parts` with ``label`` and ``needed`` (what the claim needs, in words), from
        supported to contradicted and from far to near; how many bear their claim out.
    """
    table = parts(tests)
    topics = data.table("claims").set_index("id")["topic"]
    first = table.drop_duplicates("claim").dropna(subset="low_ratio")
    first = first.assign(
        rank=first["verdict"].map(verdicts.VERDICTS.index),
        needed=first["relation"].astype(str) + " " + first["claimed_text"],
        topic=first["claim"].map(topics),
        label=lambda frame: frame["claim"] + " " + frame["topic"],
    ).sort_values(["rank", "high_ratio"], ascending=[True, False], ignore_index=True)

    said = table[table["said"] & table["low"].notna()]
    answers = Answers(sources=first)
    answers.add("said-count", len(said), sources=said)
    held = int((said["verdict"] == verdicts.SUPPORTED).sum())
    answers.add("said-supported", held, sources=said)
    far = int((first["high_ratio"] < 0.5).sum())
    answers.add("deciding-count", len(first))
    answers.add("near-count", len(first) - far)
    answers.add("far-count", far)
    words = "{0.label}: needs {0.needed}, found {0.observed_text}, {0.verdict}"
    answers.add("margins-list", "; ".join(words.format(row) for row in first.itertuples()))
    return first.drop(columns="rank"), answers


def strengths(board: pd.DataFrame) -> Answers:
    """Which claims have which verdict on what evidence, in words.

    Args:
        board: as from :func:`scoreboard`.
    """
    answers = Answers(sources=board)
    of = {
        strength: rows.groupby("verdict", observed=True)["id"].agg(", ".join)
        for strength, rows in board.groupby("strength", observed=True)
    }
    each = {s: ", ".join(f"{v} {ids}" for v, ids in claims.items()) for s, claims in of.items()}
    answers.add("strengths-list", "; ".join(f"{s}: {words}" for s, words in each.items()))
    return answers


def open_parts(tests: Mapping[str, Test]) -> Answers:
    """How many parts of claims are open, or lie across their bound."""
    table = parts(tests)
    open_now = table[table["verdict"] == verdicts.OPEN]
    edge = table[(table["verdict"] == verdicts.PARTLY) & ~table["ahead"]]
    answers = Answers()
    for name, rows in (("all", table), ("open", open_now), ("edge", edge)):
        answers.add(f"{name}-parts", len(rows), sources=rows)
    return answers


def cards(tests: Mapping[str, Test]) -> Answers:
    """What the text prints of each claim.

    Returns:
        ``c01-verdict``, ``c01-strength``; for each part that has a value that (``c01-all``); the
        further numbers, small counts in words; and answers of other chapters, under their own
        names.
    """
    answers = Answers()
    for name, test in tests.items():
        lead = name.lower()
        rows = test.evidence.rows or test.claim
        answers.add(f"{lead}-verdict", test.verdict, sources=rows)
        answers.add(f"{lead}-strength", test.strength, sources=rows)
        for p in test.parts:
            if not np.isnan(p.low):
                whole = p.template == "{:.0f}" and p.low == p.high and p.low <= 12
                text = in_words(int(p.low)) if whole else p.observed
                kind = "forecast" if p.ahead else "derived"
                answers.add(f"{lead}-{p.name}", text, sources=rows, kind=kind)
        for further, (value, template) in test.evidence.numbers.items():
            count = isinstance(value, int) and value <= 12
            answers.add(
                f"{lead}-{further}", in_words(value) if count else value, template, sources=rows
            )
        answers |= test.evidence.answers
    return answers


def said(tests: Mapping[str, Test]) -> Answers:
    """The numbers that were said as such: ``c01-all-said`` for the part ``all`` of C01."""
    table = data.table("claim_parts").set_index(["claim", "part"])
    answers = Answers(kind="reported")
    for name, part in table.index[table["said"]]:
        claimed = next(p.said for p in tests[name].parts if p.name == part)
        answers.add(f"{name.lower()}-{part}-said", claimed, sources=table.loc[(name, part)])
    return answers


def _grouped(words: pd.Series, by: pd.Series) -> str:
    """Words in a row, group by group."""
    groups = words.groupby(by, observed=True).agg(", ".join)
    return "; ".join(f"{group}: {listed}" for group, listed in groups.items())
