"""What China allowed to be mined and exported, and what Japan bought."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.analysis.history import pick
from rareearth.answers import Answers, listing

SILENT = (2025, 2026)
"""Years whose production quotas were set without publication."""


def export_quotas() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """China's export quota and what was exported, and the halves of the quota by kind.

    Returns:
        Totals of full years since 2005 (``year``, ``quantity``, ``kt``, ``kind``, ``source`` and
        more); half-year quotas by ``split`` in order of time, ``period`` as a short name; and the
        answers.
    """
    quota = _quotas()
    totals = pick.rows(quota, period="year", split="total")
    totals = totals[
        totals["quantity"].isin(["export quota", "actual exports"]) & (totals["year"] >= 2005)
    ]
    halves = pick.rows(quota, quantity="export quota")
    halves = halves[(halves["period"] != "year") & (halves["split"] != "total")]
    short = {"first half as announced": "H1*", "first half": "H1", "second half": "H2"}
    halves = halves.assign(half=halves["period"].astype(str).map(short))
    halves = halves.sort_values(["year", "half"])
    halves = halves.assign(period=halves["half"] + " " + halves["year"].astype(str))
    allowed = pick.rows(totals, quantity="export quota")
    shipped = pick.rows(totals, quantity="actual exports")
    t, out = allowed.set_index("year")["t"], shipped.set_index("year")["t"]

    def of(frame, *years):
        return frame[frame["year"].isin(years)]

    answers = Answers(sources=allowed)
    cut = 100 * (1 - t[2010] / t[2009])
    answers.add("quota-cut-2010", cut, "{:.0f}%", sources=of(allowed, 2009, 2010))
    for year in (2011, 2012):
        both = pd.concat([of(allowed, year), of(shipped, year)])
        answers.add(f"quota-use-{year}", 100 * out[year] / t[year], "{:.0f}%", sources=both)
    for year in (2010, 2025):
        pick.cell(answers, f"exports-{year}", shipped, "t", "{:,.0f} t", year=year)
    answers.add("export-quota-2009", t[2009] / 1000, "{:.0f}")
    answers.add("export-quota-low", t.loc[2010:2014].min() / 1000, "{:.0f}")
    answers.add("export-quota-high", t.loc[2010:2014].max() / 1000, "{:.0f}")
    later = out.loc[[2010, 2011, 2012, 2024, 2025]] / 1000
    answers.add("exports-list", listing(later, "{1:.0f} in {0}"), sources=shipped)
    heavy = pick.rows(halves, split="heavy")
    answers.add("heavy-half-low", heavy["kt"].min(), "{:.1f}", sources=heavy)
    answers.add("heavy-half-high", heavy["kt"].max(), "{:.1f}", sources=heavy)
    thrift = pick.event("Japan reports 26% lower demand")
    percent = int(thrift["title"].split()[2].rstrip("%"))
    answers.add("japan-demand", percent, "{}%", sources=thrift, kind="forecast")
    return totals, halves.drop(columns="half"), answers


def smuggled() -> tuple[pd.DataFrame, Answers]:
    """Exports with what was smuggled, against the quota: two readings of 2011, one word on 2012.

    China's count of 2012 puts the smuggled tonnage of 2011 at 1.2 times the legal one by its
    Chinese wording, at a fifth of it by the English one.

    Returns:
        ``label`` (year and count), ``part`` (quota, recorded, smuggled), ``kt``, ``kind``,
        ``source``; and the answers.
    """
    table, quota = data.table("smuggling"), _quotas()
    chinese = _of(table, "2011", "foreign figure above the Chinese one")
    english = _of(table, "2011", "foreign figure as a multiple")
    legal = _of(table, "2011", "legal exports")
    insider = _of(table, "2012", "smuggled exports, one insider")
    recorded = pick.row(quota, year=2012, quantity="actual exports", period="year")
    allowed = pick.rows(quota, quantity="export quota", period="year", split="total")
    allowed = {year: pick.row(allowed, year=year) for year in (2011, 2012)}
    high = legal["low"] * chinese["low"] / 100
    low = legal["low"] * (english["low"] - 1)
    rows = []
    for year in allowed:
        rows.append((f"{year}, export quota", "quota", allowed[year]["kt"], allowed[year]))
    for label, tonnes, row in (
        ("Chinese wording", high, chinese),
        ("English wording", low, english),
    ):
        rows += [
            (f"2011, {label}", "recorded", legal["low"] / 1000, legal),
            (f"2011, {label}", "smuggled", tonnes / 1000, row),
        ]
    rows += [
        ("2012, one insider", "recorded", recorded["kt"], recorded),
        ("2012, one insider", "smuggled", insider["low"] / 1000, insider),
    ]
    frame = pd.DataFrame(
        [(label, part, kt, row["kind"], row["source"]) for label, part, kt, row in rows],
        columns=["label", "part", "kt", "kind", "source"],
    )
    frame = frame.sort_values("label", key=_year_and_quota, kind="stable", ignore_index=True)

    both = [legal, chinese, english]
    answers = Answers(sources=both, kind="derived")
    answers.quote("smuggled-legal-2011", legal, "low", "{:,.0f} t")
    answers.add("smuggled-high", high, "{:,.0f} t", sources=[legal, chinese])
    answers.add("smuggled-low", low, "{:,.0f} t", sources=[legal, english])
    answers.add("smuggled-readings", high / low, "{:.0f} times")
    for name, tonnes in (("high", high), ("low", low)):
        share = 100 * tonnes / (tonnes + legal["low"])
        answers.add(f"smuggled-share-{name}", share, "{:.0f}%")
        of_quota = 100 * (tonnes + legal["low"]) / allowed[2011]["t"]
        answers.add(f"left-of-quota-{name}", of_quota, "{:.0f}%", sources=[*both, allowed[2011]])
    answers.quote("smuggled-english", english, "low", "{:.1f}-fold")
    answers.quote("smuggled-chinese", chinese, "low", "{:.0f}%")
    newspaper = _of(table, "2011", "smuggled exports")
    answers.quote("smuggled-newspaper", newspaper, "low", "{:,.0f} t")
    seized = _of(table, "2011", "smuggled goods seized")
    answers.quote("smuggled-seized", seized, "low", "{:,.0f} t")
    answers.quote("smuggled-2012", insider, "low", "{:,.0f} t")
    together = 100 * (insider["low"] + recorded["t"]) / allowed[2012]["t"]
    of_2012 = [insider, recorded, allowed[2012]]
    answers.add("left-of-quota-2012", together, "{:.0f}%", sources=of_2012)
    for name, period, start, column in (
        ("illegal-before-adamas", "2005-2012", "illegal share", "low"),
        ("illegal-before-kingsnorth", "before 2013", "illegal share", "low"),
        ("illegal-after-adamas", "after 2014", "illegal share", "high"),
        ("illegal-after-kingsnorth", "after 2017", "illegal share", "low"),
    ):
        answers.quote(name, _of(table, period, start), column, "{:.0f}%")
    return frame, answers


def _year_and_quota(labels: pd.Series) -> pd.Series:
    """Order of rows: by year, the quota first."""
    return labels.str[:4] + labels.str.contains("quota").map({True: "0", False: "1"})


def _of(table: pd.DataFrame, period: str, start: str) -> pd.Series:
    """The first row of a period whose ``what`` starts so."""
    rows = pick.rows(table, period=period)
    return rows[rows["what"].str.startswith(start)].iloc[0]


def production_quotas() -> tuple[pd.DataFrame, Answers]:
    """China's mining and separation quotas of full years, and the answers."""
    full = pick.rows(_quotas(), period="year")
    full = full[full["quantity"].isin(["mining quota", "separation quota"])]
    mining = pick.rows(full, quantity="mining quota")
    total, heavy = pick.rows(mining, split="total"), pick.rows(mining, split="heavy")
    answers = Answers(sources=mining)
    for year in (2018, 2024):
        pick.cell(answers, f"quota-{year}", total, "kt", "{:.0f} thousand tonnes", year=year)
    pick.cell(answers, "quota-2023", total, "t", "{:,.0f} t", year=2023)
    kt, clays = total.set_index("year")["kt"], heavy.set_index("year")["kt"]
    rise = 100 * (kt[2023] / kt[2022] - 1)
    answers.add("quota-rise-2023", rise, "{:.0f}%", sources=total[total["year"].isin([2022, 2023])])
    pick.cell(answers, "heavy-quota", heavy, "t", "{:,.0f} t", year=2018)
    for name, year in (("heavy-share-2010", 2010), ("heavy-quota-2024", 2024)):
        both = [pick.row(total, year=year), pick.row(heavy, year=year)]
        answers.add(name, 100 * clays[year] / kt[year], "{:.0f}%", sources=both)
    for name, series in (("mining", kt), ("light", kt - clays), ("clay", clays)):
        years = [2010, 2018, 2024] if name == "mining" else [2010, 2024]
        answers.add(f"{name}-quota-list", listing(series.loc[years], "{1:.0f} in {0}"))
    return full, answers


def japan() -> tuple[pd.DataFrame, Answers]:
    """China's share of Japanese imports by who counts it, with the decimal year of each count."""
    imports = data.table("japan_imports")
    points = imports[imports["series"] != "import weight"].drop(columns="t")
    at = {"year": 0.5, "first half": 0.25, "November": 0.87}
    points = points.assign(when=points["year"] + points["period"].astype(str).map(at).astype(float))
    answers = Answers(sources=points)
    for name, series, year in (
        ("japan-2009", "METI", 2009),
        ("japan-2020", "METI", 2020),
        ("japan-weight-2008", "customs weight", 2008),
        ("japan-weight-2014", "customs weight", 2014),
        ("japan-customs-2012", "customs weight", 2012),
        ("japan-customs-2018", "customs weight", 2018),
        ("japan-2012", "customs, half-year", 2012),
        ("japan-2023", "customs, half-year", 2023),
        ("japan-2024", "customs, half-year", 2024),
    ):
        pick.cell(answers, name, points, "low_pct", "{:.0f}%", series=series, year=year)
    weights = pick.rows(imports, series="import weight", period="year")
    for year in (2010, 2011):
        pick.cell(answers, f"japan-t-{year}", weights, "t", "{:,.0f} t", year=year)
    pick.effect(
        answers, "japan-package", "Japan drafts comprehensive rare-earth measures",
        "{:.0f} billion yen",
    )  # fmt: skip
    pick.effect(answers, "japan-lynas", "JOGMEC and Sojitz finance Lynas", "{:.0f} million USD")
    return points, answers


def _quotas() -> pd.DataFrame:
    return data.table("china_quotas").assign(kt=lambda rows: rows["t"] / 1000)
