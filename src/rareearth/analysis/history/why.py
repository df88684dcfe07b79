"""Why China won: each reason with its evidence, and how far the evidence bears it."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.analysis.history import pick
from rareearth.answers import Answers, in_words

SHOWN = (1975, 2015)
"""First and last year of the timeline."""

ACTORS = ("China", "United States")

CLOSURES = {
    "Mountain Pass separation plant closes": "Mountain Pass stops separating",
    "Final US Nd-Fe-B plant closes": "Last sintered-magnet plant closes",
}
"""How the titles of American closures in the table of events begin, and their words."""


def why_china_won() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Mine output of the two rivals, and the acts and closures of the same years.

    Returns:
        ``year``, ``country``, ``kt``, ``kind``, ``source`` within :data:`SHOWN`; ``label``,
        ``start``, ``end`` (missing for an event), ``actor``, ``source`` in order of start; and the
        answers of the text.
    """
    table = data.table("why_china_won")
    ore = data.table("mine_production")
    ore = ore[ore["country"].isin(ACTORS) & ore["year"].between(*SHOWN)]
    ore = ore.assign(kt=ore["reo_t"] / 1000)[["year", "country", "kt", "kind", "source"]]
    spans = table.dropna(subset=["label"])
    closed = [
        pick.event(title, "startswith")[["date", "kind", "source"]].to_dict()
        | {"label": label, "actor": "United States"}
        for title, label in CLOSURES.items()
    ]
    closed = pd.DataFrame(closed).assign(start=lambda rows: rows["date"].dt.year.astype(float))
    spans = pd.concat([spans, closed])[["label", "start", "end", "actor", "kind", "source"]]
    spans = spans.assign(end=spans["end"].clip(upper=SHOWN[1]))
    spans = spans.sort_values("start", ignore_index=True)

    answers = Answers(sources=table, kind="reported")

    def quote(name: str, reason: str, start: str, period: str, template: str, column="low"):
        row = _fact(table, reason, start, period)
        answers.quote(name, row, column, template)
        return row

    first = _fact(table, "scale", "output of the Bayan", "late 1970s")
    later = quote("mine-bayan-1986", "scale", "output of the Bayan", "1986", "{:,.0f} t")
    ratio = later["low"] / first["low"]
    answers.add("mine-bayan-times", ratio, "{:.0f} times", sources=[first, later], kind="derived")
    quote("rebate-ores", "export rebate", "rate on rare-earth ores", "1985", "{:.0f}%")
    quote("rebate-metals", "export rebate", "rate on rare-earth metals", "1985", "{:.0f}%")
    before = quote("exports-1991", "export rebate", "rare-earth exports", "1991", "{:,.0f} t")
    after = quote("exports-2004", "export rebate", "rare-earth exports", "2004", "{:,.0f} t")
    growth = 100 * ((after["low"] / before["low"]) ** (1 / (2004 - 1991)) - 1)
    both = [before, after]
    answers.add("exports-growth", growth, "{:.0f}% a year", sources=both, kind="derived")
    half = _fact(table, "price war", "exports almost", "1990-2005")
    third = _fact(table, "price war", "fall of single-element", "1990-2005")
    answers.add(
        "price-war", f"{-third['high']:.0f} to {-half['low']:.0f}%", sources=[half, third],
        kind="reported",
    )  # fmt: skip
    profit = _fact(table, "environment", "yearly profit", "2011")
    cost = _fact(table, "environment", "cost of cleaning", "2012-04-08")
    years = cost["low"] / profit["low"]
    answers.add("clean-up-years", years, "{:.0f} years", sources=[profit, cost], kind="derived")
    quote("order-ten", "order of the industry", "share of official output", "2014-01", "{:.0f}%")
    quote("order-capacity", "order of the industry", "their share of", "2014-01", "{:.0f}%")
    filed = table[table["fact"].str.startswith("rare-earth patent filings")]
    filed = filed.set_index(filed["fact"].str.split(", ").str[1])
    ratio = filed.loc["China", "low"] / filed["low"].drop("China").sum()
    answers.add(
        "patents-ratio", ratio, "{:.2f}", sources=filed.reset_index(drop=True), kind="derived"
    )
    quote("two-prices", "limits and two prices", "Chinese export price", "2011-07", "{:.0f}%")
    high = _fact(table, "rivals close", "lanthanum oxide", "2011")
    low = _fact(table, "rivals close", "lanthanum oxide", "2015-09")
    fall = 100 * (1 - low["low"] / high["low"])
    answers.add("lanthanum-fall", fall, "{:.0f}%", sources=[high, low], kind="derived")
    quote("magnequench-bombs", "technology bought", "share of magnets", "2003", "{:.0f}%")
    return ore, spans, answers


def reasons() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Each reason and how far its evidence bears it: as data, as printed, and the counts."""
    table = data.table("reasons").astype({"strength": str})
    printed = pd.DataFrame(
        {
            "Reason": table["label"],
            "What it says": table["says"],
            "Evidence": table["strength"],
            "Why": table["because"],
        }
    )
    answers = Answers(sources=table)
    count = table["strength"].value_counts()
    answers.add("reasons-count", in_words(len(table)))
    for strength in ("strong", "middling"):
        answers.add(f"reasons-{strength}", in_words(int(count[strength])))
    strong = table.loc[table["strength"] == "strong", "says"]
    answers.add("reasons-strong-list", ". ".join(strong))
    return table, printed, answers


def _fact(table: pd.DataFrame, reason: str, start: str, period: str) -> pd.Series:
    """The one fact of a reason and period that starts so."""
    rows = pick.rows(table, reason=reason, period=period)
    return pick.row(rows[rows["fact"].str.startswith(start)])
