"""Rows of the chapter's tables, and what their notes say in words."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from rareearth import assumptions, data

COLUMN = "LanM-GSGC on agarose"
"""Column of lanmodulin that was run on ash liquor (Dong and others 2021)."""


def assumed() -> pd.DataFrame:
    """The assumptions of the chapter, with their sources."""
    return assumptions.used_by("proteins")


def ligand(name: str, metric: str, subject: str | None = None) -> pd.Series:
    """First row of the table of ligands with these."""
    rows = data.table("ligands").astype({"kind": str})
    rows = rows[rows["ligand"].str.contains(name, regex=False) & (rows["metric"] == metric)]
    return (rows if subject is None else rows[rows["subject"] == subject]).iloc[0]


def concentrate() -> pd.Series:
    """What a column of lanmodulin made of ash liquor in one run."""
    return ligand(COLUMN, "product_purity", "total REE")


def span(rows: pd.DataFrame | pd.Series) -> tuple[float, float]:
    """Least and largest value that rows print."""
    names = [name for name in ("value", "factor", "low", "high") if name in rows]
    values = rows[names].to_numpy(dtype=float)
    return float(np.nanmin(values)), float(np.nanmax(values))


def sources(rows: pd.DataFrame | pd.Series) -> str:
    """Source keys of rows, each once, as a cell of a table writes them."""
    keys = [rows["source"]] if isinstance(rows, pd.Series) else rows["source"]
    return ";".join(sorted({key for cell in keys for key in cell.split(";")}))


def noted(text: str, pattern: str) -> str:
    """What a note says, as the pattern's first group."""
    match = re.search(pattern, text)
    if match is None:
        raise ValueError(
            f"The note '{text}' no longer says {pattern}; mend the table or the pattern."
        )
    return match[1]
