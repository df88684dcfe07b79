"""The register of assumptions as a reader sees it: what is assumed, where, and what levers move."""

from __future__ import annotations

import pandas as pd

from rareearth import assumptions, scenarios
from rareearth.answers import Answers

CHAPTERS = {
    "demand": "US demand",
    "proteins": "Bio-based extraction",
    "magnets": "Rare-earth-free magnets",
    "ewaste": "E-waste and waste",
    "policy": "Policy",
    "outlook": "Outlook",
}
"""Chapters that assume something, in their order, and what the page calls them."""

UNITS = dict.fromkeys(("low", "mode", "high", "minimum", "maximum"), "see column unit")
FORMATS = dict.fromkeys(("Low", "Central", "High"), "{:g}")


def widths() -> tuple[pd.DataFrame, Answers]:
    """How wide each assumption is, and how many there are.

    Returns:
        ``name``, ``chapter`` (the first that uses it), ``unit``, ``low``, ``mode``, ``high``,
        ``width_ratio`` (width of the range over its central value) and ``source``, without those
        that have no range or central value, and calendar years; and the counts.
    """
    register = assumptions.register()
    width = (register["high"] - register["low"]) / register["mode"].abs()
    width = width.where(register["mode"] != 0)
    chapter = register["used_in"].str.split(";").str[0].map(CHAPTERS)
    rows = register.assign(width_ratio=width, chapter=pd.Categorical(chapter, CHAPTERS.values()))
    rows = rows[(width > 0) & (register["unit"] != "year")].sort_values("chapter", kind="stable")
    columns = ["name", "chapter", "unit", "low", "mode", "high", "width_ratio", "source"]
    answers = Answers(sources=register)
    answers.add("assumptions", len(register))
    answers.add("levers", len(scenarios.levers()))
    answers.add("assumptions-wide", int((width > 1).sum()))
    return rows.reset_index()[columns], answers


def of_chapter(*chapters: str) -> pd.DataFrame:
    """Rows of the register that one of these chapters uses and none before the first of them.

    Args:
        chapters: of :data:`CHAPTERS`, in their order.
    """
    earlier = list(CHAPTERS)[: list(CHAPTERS).index(chapters[0])]
    users = assumptions.register()["used_in"].str.split(";")
    wanted = users.map(lambda used: not set(chapters).isdisjoint(used))
    if len(chapters) > 1:
        wanted &= users.map(lambda used: set(earlier).isdisjoint(used))
    return assumptions.register()[wanted].reset_index()


def printed(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the register as a reader sees them."""
    return pd.DataFrame(
        {
            "Assumption": rows["name"].str.replace("_", " "),
            "Unit": rows["unit"],
            "Low": rows["low"],
            "Central": rows["mode"],
            "High": rows["high"],
            "Reason": rows["reason"],
            "Source": _cited(rows["source"]),
        }
    )


def moved_by_levers() -> tuple[pd.DataFrame, Answers]:
    """What each lever puts in the place of the register.

    Returns:
        ``lever``, ``moves`` (an assumption), ``unpulled`` (its central value in the register),
        ``low``, ``mode``, ``high``, ``reason`` and ``source``; and the counts.
    """
    register = assumptions.register()["mode"]
    rows = [
        (lever.title, name, register[name], *values, lever.reason, ";".join(lever.source))
        for lever in scenarios.levers().values()
        for name, values in lever.overrides.items()
    ]
    columns = ["lever", "moves", "unpulled", "low", "mode", "high", "reason", "source"]
    moved = pd.DataFrame(rows, columns=columns)
    answers = Answers(sources=moved)
    answers.add("levers-moving", moved["lever"].nunique())
    answers.add("assumptions-moved", len(moved))
    return moved, answers


def levers_printed(moved: pd.DataFrame) -> pd.DataFrame:
    """What levers move as a reader sees it, each lever named once.

    Args:
        moved: as from :func:`moved_by_levers`.
    """
    again = moved["lever"].duplicated()
    return pd.DataFrame(
        {
            "Lever": moved["lever"].mask(again, ""),
            "Moves": moved["moves"].str.replace("_", " "),
            "From": moved["unpulled"].map("{:g}".format),
            "To": [f"{r.mode:g} ({r.low:g} to {r.high:g})" for r in moved.itertuples()],
            "Why": moved["reason"].mask(again, ""),
            "Source": _cited(moved["source"]).mask(again, ""),
        }
    )


def _cited(sources: pd.Series) -> pd.Series:
    return "{cite:p}`" + sources.str.replace(";", ",") + "`"
