"""Models and tables against what is known: published results, records, and what then happened.

Every comparison has one form, whoever makes it, so that errors can be counted and printed in one
way. Modules are by subject; nothing is fitted to what is compared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

COLUMNS = [
    *("model", "study", "quantity", "year", "unit", "published_low", "published_high"),
    *("ours_low", "ours", "ours_high", "error_pct", "inside", "kind", "reason", "source"),
]
KINDS = ("check", "published result", "hindcast", "cross-validation", "outlook")
"""An independent value of the same thing; a result of a study; what happened, expected from what
was known before; the same, expected from all of the record but itself; what others expect of the
future."""
VALUES = ("published_low", "published_high", "ours_low", "ours", "ours_high")
UNITS = dict.fromkeys(VALUES, "see column unit")
"""For :func:`rareearth.report.table`."""


def compare(rows: pd.DataFrame | Iterable[Mapping[str, Any]], **same: Any) -> pd.DataFrame:
    """Comparisons in the form that all share, with their errors.

    Args:
        rows: per comparison ``study``, ``quantity``, ``unit``, ``published`` (or
            ``published_low`` and ``published_high``), ``ours``, ``reason`` (why they differ),
            ``source``; where there is one ``year``, an interval ``ours_low`` and ``ours_high``, and
            an ``error_pct`` that is no error of these two values, such as a median of errors.
        same: columns with one value for all rows, such as ``model`` and ``kind``.

    Returns:
        :data:`COLUMNS`. ``error_pct`` is the distance of ours from what was published, in percent
        of it: 0 within a published range, else from its nearer end; missing if that is 0.
        ``inside`` says whether our interval holds the (middle of the) published value; missing
        where there is no interval.

    Raises:
        ValueError: if a part is missing or a kind unknown.
    """
    frame = pd.DataFrame(rows).assign(**same).reset_index(drop=True)
    if "published" in frame:
        frame = frame.assign(published_low=frame["published"], published_high=frame["published"])
    for column in ("year", "ours_low", "ours_high", "error_pct"):
        if column not in frame:
            frame[column] = np.nan
    frame[[*VALUES, "error_pct"]] = frame[[*VALUES, "error_pct"]].astype(float)
    nearest = frame["ours"].clip(frame["published_low"], frame["published_high"])
    error = 100 * (frame["ours"] / nearest.where(nearest > 0) - 1)
    middle = frame[["published_low", "published_high"]].mean(axis=1)
    inside = middle.between(frame["ours_low"], frame["ours_high"]).astype("boolean")
    frame = frame.assign(
        year=frame["year"].astype("Int64"),
        error_pct=frame["error_pct"].fillna(error),
        inside=inside.mask(frame["ours_low"].isna()),
    )[COLUMNS]
    needed = frame.drop(columns=["year", "ours_low", "ours_high", "error_pct", "inside"])
    if lacking := [column for column in needed if needed[column].isna().any()]:
        raise ValueError(f"Comparisons lack {', '.join(lacking)}:\n{frame['quantity'].tolist()}")
    if unknown := set(frame["kind"]) - set(KINDS):
        raise ValueError(f"kind {sorted(unknown)} is none of {', '.join(KINDS)}.")
    return frame


def table(comparisons: pd.DataFrame) -> pd.DataFrame:
    """Comparisons as a reader sees them.

    Args:
        comparisons: as from :func:`compare`.

    Returns:
        Texts under ``Model`` (where there are several), ``Study``, ``Quantity``, ``Unit``,
        ``Published``, ``Ours``, ``Interval`` (where there is any), ``Error, %`` and ``Reason``.
    """
    rows = comparisons
    year = rows["year"].map(lambda y: "" if pd.isna(y) else f", {y}")
    interval = _range(rows["ours_low"], rows["ours_high"])
    columns = {
        "Model": rows["model"],
        "Study": rows["study"],
        "Quantity": rows["quantity"] + year,
        "Unit": rows["unit"],
        "Published": _range(rows["published_low"], rows["published_high"]),
        "Ours": rows["ours"].map(_short),
        "Interval": interval,
        "Error, %": rows["error_pct"].map(_percent),
        "Reason": rows["reason"],
    }
    if rows["model"].nunique() == 1:
        del columns["Model"]
    if rows["ours_low"].isna().all():
        del columns["Interval"]
    return pd.DataFrame(columns)


def _short(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _percent(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:+,.0f}" if abs(value) >= 0.5 else "0"


def _range(low: pd.Series, high: pd.Series) -> list[str]:
    return [
        _short(a) if a == b or pd.isna(a) else f"{_short(a)} to {_short(b)}"
        for a, b in zip(low, high, strict=True)
    ]
