"""What the data package holds, counted from the tables themselves."""

from __future__ import annotations

import re
from collections import Counter

import pandas as pd

from rareearth import data, scenarios
from rareearth.answers import Answer, Answers, in_words

YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
TIME_COLUMNS = ("year", "period", "date", "first_year", "last_year")
FEW = 20
"""Draws for the numbers of the summary, where only their sources matter."""

CITED = 12
"""Sources that an entry of the catalogue cites one by one; more are in the table's rows."""


def overview() -> pd.DataFrame:
    """One row per table.

    Returns:
        ``table``, ``title``, ``rows_count``, ``first_year``, ``last_year`` (missing where a table
        has no time), one ``<kind>_pct`` column for each of :data:`rareearth.data.KINDS`,
        ``primary_pct`` (share of rows read in the publisher's own text), ``sources_count``,
        ``chapters``, ``licence`` and ``path``.
    """
    return pd.DataFrame([_summary(name) for name in data.tables()])


def contents() -> tuple[pd.DataFrame, Answers]:
    """How much the data package holds, and how firm it is.

    Returns:
        ``topic``, ``kind`` and ``rows_count``; and the counts that the text prints.
    """
    rows, tables = rows_by_kind(), overview()
    total = rows["rows_count"].sum()
    measured = rows.loc[rows["kind"] == "reported", "rows_count"].sum()
    primary = rows.loc[rows["seen"] == "primary", "rows_count"].sum()
    every = sources()
    answers = Answers(sources=every)
    answers.add("tables", len(tables))
    answers.add("rows", total, "{:,}")
    answers.add("sources", len(every))
    answers.add("reported-rows", measured, "{:,}")
    answers.add("reported", 100 * measured / total, "{:.0f}%")
    answers.add("primary", 100 * primary / total, "{:.0f}%")
    return rows.groupby(["topic", "kind"], as_index=False)["rows_count"].sum(), answers


def firmness() -> tuple[pd.DataFrame, Answers]:
    """How firm the sources are: works, rows and headline numbers by grade.

    Returns:
        ``grade``, ``meaning``, ``works_count``, ``rows_count`` (rows whose firmest source has that
        grade) and ``headlines_count`` (numbers of the summary that name a source of that grade
        among others), the firmest grade first; and the answers.
    """
    grades, every = data.grades(), sources()
    works = pd.Series([data.grade(key) for key in every]).value_counts()
    order = {grade: place for place, grade in enumerate(grades)}
    rows: Counter[str] = Counter()
    for name in data.tables():
        for cell, count in data.table(name)["source"].dropna().value_counts().items():
            rows[min(map(data.grade, str(cell).split(";")), key=order.__getitem__)] += count
    said = _headlines()
    frame = pd.DataFrame(
        {
            "grade": list(grades),
            "meaning": list(grades.values()),
            "works_count": [int(works.get(grade, 0)) for grade in grades],
            "rows_count": [rows[grade] for grade in grades],
            "headlines_count": [sum(grade in each.grades for each in said) for grade in grades],
        }
    )
    weak = [grade for grade in grades if not data.firm(grade)]
    at = frame.set_index("grade")
    answers = Answers(sources=every)
    answers.add("weak-works", at.loc[weak, "works_count"].sum(), "{:,}")
    answers.add("weak-rows", at.loc[weak, "rows_count"].sum(), "{:,}")
    answers.add("headlines", len(said))
    answers.add("headlines-weak", sum(not each.grades.isdisjoint(weak) for each in said))
    answers.add("headlines-alone", in_words(sum(each.unsigned == 1 for each in said)))
    most = max(said, key=lambda each: each.unsigned)
    answers.add("headlines-most", 100 * most.unsigned, "{:.0f}%")
    return frame, answers


def _headlines() -> list[Answer]:
    """Numbers of the summary; what they rest on does not depend on the number of draws."""
    from rareearth.analysis import summary  # slow to import, and only this needs it

    return [*summary.findings(scenarios.load("baseline"), FEW, 7).values()]


def firmness_printed(frame: pd.DataFrame) -> pd.DataFrame:
    """The table as a reader sees it.

    Args:
        frame: as from :func:`firmness`.
    """
    heads = {
        "grade": "Grade",
        "meaning": "What was read",
        "works_count": "Works",
        "rows_count": "Rows",
        "headlines_count": "Headline numbers",
    }
    return frame.rename(columns=heads).assign(Grade=frame["grade"].str.capitalize())


def sources() -> list[str]:
    """Keys of all sources that a row of some table names."""
    listed = [entry["path"] for name in data.tables() for entry in data.describe(name)["sources"]]
    return sorted({path.split("#")[1] for path in listed})


def printed(tables: pd.DataFrame) -> pd.DataFrame:
    """The overview as a reader sees it.

    Args:
        tables: as from :func:`overview`.
    """
    first, last = (tables[f"{end}_year"].astype("Int64").astype(str) for end in ("first", "last"))
    years = (first + " to " + last).where(tables["first_year"].notna(), "")
    shares = {f"{k.capitalize()} %": tables[f"{k}_pct"] for k in (*data.KINDS, "primary")}
    head = {"Table": tables["title"], "Rows": tables["rows_count"], "Years": years}
    return pd.DataFrame(head | shares | {"Used in": tables["chapters"]})


def rows_by_kind() -> pd.DataFrame:
    """Rows of all tables, counted by topic, kind and how the source was seen.

    Returns:
        ``topic`` (folder of the table), ``kind``, ``seen``, ``rows_count``.
    """
    counted = []
    for name in data.tables():
        frame = data.table(name)
        if "kind" in frame:
            topic = _topic(data.describe(name)["path"])
            counted.append(frame[["kind", "seen"]].astype(str).assign(topic=topic))
    rows = pd.concat(counted)
    return rows.groupby(["topic", "kind", "seen"]).size().rename("rows_count").reset_index()


def entry(name: str) -> str:
    """A table's entry in the catalogue, as MyST text: what it is, what it covers, where it is from.

    Args:
        name: one of :func:`rareearth.data.tables`.

    Raises:
        rareearth.data.DataError: if the name is unknown.
    """
    about, row = data.describe(name), _summary(name)
    years = "" if row["first_year"] is None else f" · {row['first_year']} to {row['last_year']}"
    kinds = ", ".join(f"{row[f'{k}_pct']:.0f}% {k}" for k in data.KINDS if row[f"{k}_pct"] > 0)
    keys = [path["path"].split("#")[1] for path in about["sources"]]
    sources = f"{{cite:p}}`{','.join(keys)}`" if len(keys) <= CITED else f"{len(keys)}, by row"
    return "\n\n".join(
        [
            f"**{about['title']}** (`{name}`)",
            about["description"],
            f"{row['rows_count']:,} rows{years} · used in {row['chapters']} · {row['licence']} · "
            f"{{download}}`download CSV </data/{about['path']}>`",
            f"How the values came to be: {kinds}; {row['primary_pct']:.0f}% of the rows were read "
            f"in the publisher's own text. Sources: {sources}.",
        ]
    )


def _summary(name: str) -> dict:
    frame, about = data.table(name), data.describe(name)
    years = _years(frame)
    kind = frame["kind"].astype(str)
    return {
        "table": name,
        "title": about["title"],
        "rows_count": len(frame),
        "first_year": min(years, default=None),
        "last_year": max(years, default=None),
        **{f"{k}_pct": 100 * float((kind == k).mean()) for k in data.KINDS},
        "primary_pct": 100 * float((frame["seen"] == "primary").mean()),
        "sources_count": len(about["sources"]),
        "chapters": ", ".join(about["chapters"]),
        "licence": ", ".join(licence["name"] for licence in about["licenses"]),
        "path": about["path"],
    }


def _years(frame: pd.DataFrame) -> list[int]:
    timed = [c for c in frame if pd.api.types.is_datetime64_any_dtype(frame[c])]
    named = [c for c in frame if str(c).startswith(TIME_COLUMNS)]
    columns = dict.fromkeys([*timed, *named])
    return [int(y) for c in columns for y in YEAR.findall(" ".join(frame[c].dropna().astype(str)))]


def _topic(path: str) -> str:
    parts = path.split("/")
    return parts[1] if parts[0] == "tables" else "judgement"
