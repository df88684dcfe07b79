"""Rows of the tables of history, and answers from single cells of them."""

from __future__ import annotations

from functools import cache

import pandas as pd

from rareearth import data
from rareearth.answers import Answers


def mined() -> pd.DataFrame:
    """Tonnes REO by year and country, without the world."""
    mine = data.table("mine_production")
    return mine.pivot(index="year", columns="country", values="reo_t").drop(columns="World")


def mined_by_all() -> pd.Series:
    """Tonnes REO of the world by year, as its source prints them."""
    return rows(data.table("mine_production"), country="World").set_index("year")["reo_t"]


def made_rows() -> pd.DataFrame:
    """Compounds and metals made in the United States."""
    return rows(
        data.table("us_balance"),
        series="usgs_mcs2026",
        item="compounds and metals",
        flow="production",
    )


def neodymium() -> pd.DataFrame:
    """Prices of neodymium oxide."""
    return rows(data.table("oxide_prices"), element="Nd")


@cache
def _dated_events() -> pd.DataFrame:
    events = data.table("events")
    widths = {"day": 0.0, "month": 0.04, "half-year": 0.25, "year": 0.5, "decade": 5.0}
    middle = events["precision"].astype(str).map(widths)
    return events.assign(when=decimal_year(events["date"]) + middle)


def events() -> pd.DataFrame:
    """Events with the decimal year; what is dated to a year or more stands in its middle."""
    return _dated_events().copy()


def decimal_year(dates: pd.Series) -> pd.Series:
    """Dates as years with a fraction."""
    return dates.dt.year + (dates.dt.day_of_year - 1) / 365.25


def event(title: str, how: str = "") -> pd.Series:
    """The one event of this title, or whose title starts so."""
    titles = _dated_events()["title"]
    chosen = titles.str.startswith(title) if how else titles == title
    return row(_dated_events()[chosen])


def effect(answers: Answers, name: str, title: str, template: str) -> None:
    """Add the size that an event's source gives."""
    of = event(title)
    answers.add(name, of["effect_value"], template, sources=of, kind="reported")


def rows(frame: pd.DataFrame, **where: object) -> pd.DataFrame:
    """Rows with these values."""
    for column, value in where.items():
        frame = frame[frame[column] == value]
    return frame


def row(frame: pd.DataFrame, **where: object) -> pd.Series:
    """The one row with these values.

    Raises:
        KeyError: if there is none, or more than one.
    """
    chosen = rows(frame, **where)
    if len(chosen) != 1:
        raise KeyError(f"{len(chosen)} rows with {where}, not one; see the table or the filter.")
    return chosen.iloc[0]


def cell(
    answers: Answers, name: str, frame: pd.DataFrame, column: str, template: str, **where: object
) -> None:
    """Add one cell of a table, with the source and kind of its row."""
    one = row(frame, **where)
    answers.add(name, one[column], template, sources=one, kind=one["kind"])
