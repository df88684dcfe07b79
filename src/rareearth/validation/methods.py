"""What the chapter *Methods* prints: conversion factors, and how far the models are off."""

from __future__ import annotations

import pandas as pd

from rareearth import assumptions, data
from rareearth.answers import Answers, listing
from rareearth.models import oxides
from rareearth.validation import calibration, pathways, policy, stocks
from rareearth.validation import data as checks

TOLERANCE = 5
"""Points by which countries may miss the world total before a year is counted as off."""
DENSE = 1995
"""First year in which the series of mine output lists nearly all countries."""
NEAR = 20
"""Error in percent up to which a result counts as close."""
EDGE = 200
"""Error in percent at which the figure of errors ends."""
MASSES = "prohaska_2022"
"""Source of atomic masses."""


def conversion() -> tuple[pd.DataFrame, Answers]:
    """Element in each traded oxide, by mass.

    Returns:
        ``element``, ``oxide`` (formula) and ``element_in_oxide_pct``; and what the text says of
        oxides and of magnets.
    """
    rows = [
        (element, _formula(element, *atoms), 100 * oxides.element_in_oxide(element))
        for element, atoms in oxides.OXIDES.items()
    ]
    magnet = assumptions.register().loc["rare_earth_in_magnet"]
    answers = Answers(sources=magnet, kind="estimate")
    answers.add(
        "ndpr-in-oxide", 100 * oxides.ndpr_in_oxide(), "{:.0f}%", sources=MASSES, kind="derived"
    )
    answers.add("magnet-low", 100 * magnet["low"], "{:.0f}%")
    answers.add("magnet-high", 100 * magnet["high"], "{:.1f}%")
    return pd.DataFrame(rows, columns=["element", "oxide", "element_in_oxide_pct"]), answers


def sums_of_countries() -> tuple[pd.DataFrame, Answers]:
    """Sums of countries against the world total, as :func:`rareearth.validation.data` has them."""
    sums = checks.sums_of_countries().query("year >= 1982")
    late = sums[sums["year"] >= DENSE]
    off = late.loc[(late["share_pct"] - 100).abs() > TOLERANCE, "year"]
    answers = Answers(sources=data.table("mine_production"))
    answers.add("sum-low", late["share_pct"].min(), "{:.0f}%")
    answers.add("sum-high", late["share_pct"].max(), "{:.0f}%")
    answers.add("sum-off", len(off))
    answers.add("sum-off-first", off.min())
    answers.add("sum-off-last", off.max())
    answers.add("sum-years", len(late))
    answers.add("sum-tolerance", TOLERANCE, "{} points")
    answers.add("sum-least", sums["share_pct"].min(), "{:.0f}%")
    return sums, answers


def independent() -> tuple[pd.DataFrame, Answers]:
    """Independent values of what the first chapters take from tables."""
    compared = checks.comparisons()
    answers = Answers(sources=compared)
    answers.add("error-least", compared["error_pct"].abs().min(), "{:.1f}%")
    answers.add("error-most", compared["error_pct"].abs().max(), "{:.0f}%")
    return compared, answers


def results_of_studies() -> tuple[pd.DataFrame, Answers]:
    """Published results against the models of the three pathways."""
    compared = pathways.published()
    error = compared["error_pct"].abs()
    answers = Answers(sources=compared)
    answers.add("backtests", len(compared))
    answers.add("backtests-near", NEAR, "{}%")
    answers.add("backtests-close", int((error <= NEAR).sum()))
    answers.add("backtests-median", error.median(), "{:.0f}%")
    _, classes = stocks.by_class()
    return compared, answers | classes.only("tonnes-tests", "tonnes-near", "tonnes-median")


def what_happened() -> tuple[pd.DataFrame, Answers]:
    """What the models of policy and outlook expect of what has happened since."""
    compared = policy.errors()
    banded = compared[(compared["kind"] != "outlook") & compared["inside"].notna()]
    median = compared["error_pct"].abs().groupby(compared["model"]).median()
    worst = compared.loc[compared["error_pct"].idxmax()]
    answers = Answers(sources=compared)
    answers.add("errors-all", len(compared))
    answers.add("errors-banded", len(banded))
    answers.add("errors-inside", int(banded["inside"].sum()))
    answers.add("errors-inside-part", 100 * banded["inside"].astype(float).mean(), "{:.0f}%")
    for name, kind in (("known", "hindcast"), ("crossed", "cross-validation")):
        of = banded.loc[banded["kind"] == kind, "inside"].astype(float)
        answers.add(f"errors-{name}", len(of))
        answers.add(f"errors-{name}-inside", int(of.sum()))
    answers.add("errors-crossed-part", 100 * of.mean(), "{:.0f}%")
    wider, held = calibration.held_out(banded)
    answers.add("errors-factor", wider, "{:.1f}")
    answers.add("errors-held-out", 100 * held, "{:.0f}%")
    for name, model in (
        ("plants", "Plants"),
        ("balance", "Balance"),
        ("outlook", "Balance against an outlook"),
        ("firms", "Way to the first plant"),
    ):
        answers.add(f"errors-{name}", median[model], "{:.0f}%")
    answers.add("errors-given-up", worst["ours"], "{:.0f}%", sources=worst)
    answers.add("errors-given-up-seen", worst["published_low"], "{:.0f}%", sources=worst)
    answers.add("errors-list", listing(median, "{} {:.0f}%", "; "))
    return compared, answers


def calibrated() -> Answers:
    """Part of known outcomes that lie in bands of nine draws in ten, for where bands are read."""
    return what_happened()[1].only("errors-inside-part", "errors-crossed-part")


def statistics_table(statistics: pd.DataFrame) -> pd.DataFrame:
    """Statistics of :func:`rareearth.validation.policy.slip_statistics` as a reader sees them."""
    return pd.DataFrame(
        {
            "Plants": statistics["plants"],
            "Quantity": statistics["quantity"],
            "Unit": statistics["unit"],
            "Best": statistics["best"].map("{:.1f}".format),
            "Range": [f"{row.low:.1f} to {row.high:.1f}" for row in statistics.itertuples()],
        }
    )


def _formula(element: str, metal: int, oxygen: int) -> str:
    return f"{element}{metal if metal > 1 else ''}O{oxygen}".translate(
        str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
    )
