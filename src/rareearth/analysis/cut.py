"""What a cut in supply costs if it happens, by depth and length: published estimates, like terms.

An expected value, weighted by how likely each cut is, answers another question. It never stands in
one column with a loss if the cut happens.
"""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.answers import Answers

HAPPENS = "if it happens"
"""Question that an estimate of a loss answers if no probability is in it."""

QUESTIONS = (HAPPENS, "observed", "expected value")
"""Questions that estimates of a loss answer; the last is weighted by probability."""

US = "United States"

WHO = {
    "imf_wp_26_73": "International Monetary Fund",
    "ecb_2026": "European Central Bank",
    "regxplora_2026_ecb": "European Central Bank, in a digest",
    "daiwa_2025": "Daiwa Institute of Research",
    "nikkei_cn_2026_mizuho": "Mizuho, in a digest",
    "devdiscourse_2026_japan": "Mizuho, as reported",
    "goldman_2025": "Goldman Sachs, as reported",
    "usgs_ofr_2025": "US Geological Survey",
    "crctr224_2025": "Universities of Bonn and Mannheim",
}
"""Who made the estimate that a source holds; a source that is not here has no loss in it."""


def losses() -> pd.DataFrame:
    """Losses of output if a cut happens, in percent of a year's output.

    Returns:
        One row per estimate: ``geography``, ``scenario``, ``depth``, ``duration``, ``who``, the
        least and the most that it names (``low_pct``, ``high_pct``), ``source``, ``kind`` and
        ``note``. Estimates in money and those weighted by probability are not among them.
    """
    rows = _estimates()
    rows = rows[(rows["question"] == HAPPENS) & rows["unit"].str.startswith("percent of")]
    ends = {"low": "low_pct", "high": "high_pct"}
    return rows.rename(columns=ends).drop(columns=["question", "unit"]).reset_index(drop=True)


def american() -> pd.DataFrame:
    """:func:`losses` of the United States, the largest first, also in money.

    Returns:
        Their rows with ``low_usd_billion`` and ``high_usd_billion``, percent of one year's gross
        domestic product (:func:`product`).
    """
    frame = losses()
    frame = frame[frame["geography"] == US].sort_values("high_pct", ascending=False)
    for end in ("low", "high"):
        frame[f"{end}_usd_billion"] = frame[f"{end}_pct"] / 100 * product()["value"]
    return frame.reset_index(drop=True)


def product() -> pd.Series:
    """Row of the gross domestic product that turns percent into dollars, in billions."""
    return data.table("cut_cost").set_index("measure").loc["gross domestic product"]


def printed() -> pd.DataFrame:
    """All estimates as they are printed; those weighted by probability in a column of their own."""
    rows = _estimates()
    rows["place"] = rows["question"].map(QUESTIONS.index)
    rows["abroad"] = ~rows["geography"].str.startswith(US)
    rows = rows.sort_values(["place", "abroad", "geography"], kind="stable")
    result = pd.Series([_result(row) for row in rows.itertuples()], rows.index)
    weighted = rows["place"] == len(QUESTIONS) - 1
    return pd.DataFrame(
        {
            "Who loses": rows["geography"],
            "What is cut": rows["scenario"],
            "How deep": rows["depth"],
            "How long": rows["duration"].fillna("not stated"),
            "Loss if it happens": result.mask(weighted, ""),
            "Loss weighted by probability": result.where(weighted, ""),
            "Who says so": rows["who"] + " {cite:p}`" + rows["source"] + "`",
        }
    )


def answers() -> Answers:
    """What texts print of losses of the United States, and of the expected value beside them."""
    home = american().set_index("source")
    fund, bank = home.loc["imf_wp_26_73"], home.loc["ecb_2026"]
    weighed = data.table("cut_cost").set_index("measure").loc["loss of GDP, upper"]
    found = Answers(kind="estimate")
    found.add("imf-us", fund["high_pct"], "{:.1f}%", sources="imf_wp_26_73")
    found.add("ecb-low", bank["low_pct"], "{:.1f}", sources="ecb_2026")
    found.add("ecb-high", bank["high_pct"], "{:.1f}%", sources="ecb_2026")
    found.add("usgs-loss", weighed["value"] / 1000, "{:.1f} billion dollars", sources=weighed)
    money = {"kind": "derived", "template": "{:,.0f} billion dollars"}
    rows = {"sources": ["imf_wp_26_73", product()]}
    found.add("imf-us-usd", round(fund["high_usd_billion"], -1), **rows, **money)
    each = fund["high_usd_billion"] / 100
    found.add("imf-us-each", each, "{:.0f} billion dollars", **rows, kind="derived")
    rows = {"sources": ["ecb_2026", product()]}
    found.add("ecb-usd-low", round(bank["low_usd_billion"], -1), "{:.0f}", **rows, kind="derived")
    found.add("ecb-usd-high", round(bank["high_usd_billion"], -1), **rows, **money)
    return found


def _estimates() -> pd.DataFrame:
    """Rows of ``cut_cost`` on losses, the two ends of an estimate in one."""
    rows = data.table("cut_cost").astype({"question": str, "kind": str})
    rows = rows[rows["question"].isin(QUESTIONS) & rows["measure"].str.startswith("loss")]
    by = ["question", "geography", "scenario", "source", "unit"]
    rest = rows.groupby(by, sort=False)[["depth", "duration", "kind", "note"]].first()
    ends = rows.groupby(by, sort=False)["value"].agg(low="min", high="max")
    frame = rest.join(ends).reset_index()
    frame["who"] = frame["source"].map(WHO)
    if frame["who"].isna().any():
        key = frame.loc[frame["who"].isna(), "source"].iloc[0]
        raise ValueError(f"Who made the estimate in '{key}'? Name it in WHO of analysis/cut.py.")
    return frame


def _result(row) -> str:
    if pd.isna(row.low):
        return "it was not much, in words"
    said = "it was " if row.question == "observed" else ""
    span = f"{row.low:g}" if row.low == row.high else f"{row.low:g} to {row.high:g}"
    if row.unit == "USD million":
        return f"{row.low / 1000:.1f} billion dollars"
    return said + (
        f"{span}% of output" if row.unit.startswith("percent") else f"{span} billion dollars"
    )
