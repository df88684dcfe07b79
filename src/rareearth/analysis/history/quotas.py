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
    answers.add("quota-unused-2012", 100 * (1 - out[2012] / t[2012]), "{:.0f}%", sources=both)
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
