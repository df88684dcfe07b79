"""Each lever in the same six lines, and all of them on one page."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rareearth import scenarios
from rareearth.analysis.policy import costs, levers, measures

LINES = ("What it is", "In the model", "What it closes", "What it costs", "Who bears the tail",
         "What would show that it fails")  # fmt: skip
"""Same lines for each lever."""


def closes(row: pd.Series) -> str:
    """What a lever closes to the horizon, in words that say how sure it is.

    Args:
        row: of :func:`rareearth.analysis.policy.levers.table`.
    """
    if row["chance_pct"] < levers.RARE:
        return f"passes a hundredth of the gap in under {levers.RARE} of 100 draws"
    mean = levers.in_kt(row["mean_t"], row["error_t"])
    middle = levers.in_kt(row["median_t"], row["error_t"])
    chance = f"{5 * round(row['chance_pct'] / 5):.0f}"
    passes = f"passes a hundredth of the gap in about {chance} of 100 draws"
    return f"mean {mean}, middle {middle} kt; {passes}"


def costed(row: pd.Series) -> str:
    """What a lever costs, in words: authority, fair value where it differs, users, or why not."""
    if not np.isfinite(float(row["authority"])):
        return row["counted"]
    parts = []
    if row["authority"] > 0:
        parts.append(f"authority {costs.money(row['authority'], row['authority_error'])}")
        if abs(row["fair"] - row["authority"]) > 0.05 * row["authority"]:
            parts.append(f"at fair value {costs.money(row['fair'], row['fair_error'])}")
    if row["users"] > 0:
        parts.append(f"users pay {costs.money(row['users'], row['users_error'])}")
    return f"million USD: {'; '.join(parts)}" if parts else "nothing in this scenario"


def card(found: pd.DataFrame, money: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Some levers side by side, in :data:`LINES`.

    Args:
        found: as from :func:`rareearth.analysis.policy.levers.table`.
        money: as from :func:`rareearth.analysis.policy.costs.table`.
        names: levers.

    Returns:
        One row per line, one column per lever.
    """
    known, columns = scenarios.levers(), {}
    for name in names:
        lever = known[name]
        stock = name == levers.STOCK
        columns[lever.title] = [
            f"{lever.mechanism} {lever.authority} Decided by: {lever.who}.",
            lever.reason,
            "bridges a cut; nothing between cuts" if stock else closes(found.loc[name]),
            "see the text" if stock else costed(money.loc[name]),
            lever.pays,
            lever.stop,
        ]
    return pd.DataFrame({"": [f"*{line}*" for line in LINES]} | columns)


def download(found: pd.DataFrame, money: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Numbers behind :func:`card`, one row per lever, with its sources."""
    known = scenarios.levers()
    rows = pd.DataFrame({"lever": list(names)}).assign(
        title=[known[name].title for name in names],
        basis=[known[name].basis for name in names],
        reason=[known[name].reason for name in names],
        source=[";".join(known[name].source) for name in names],
    )
    numbers = found.drop(columns=["title", "basis"]).rename_axis("lever").reset_index()
    spent = money.select_dtypes("number").drop(columns=["price_year", "chance_pct"])
    return rows.merge(numbers, how="left").merge(spent.reset_index(), on="lever", how="left")


def overview(found: pd.DataFrame, money: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All levers on one page, largest share first: as printed, and the numbers behind it."""
    in_force = measures.in_force()
    names = [*found.index.drop(levers.TOGETHER), levers.STOCK]
    known, rows = scenarios.levers(), []
    for name in names:
        acts = name != levers.STOCK
        row = found.loc[name] if acts else None
        rows.append(
            {
                "Lever": known[name].title,
                "Basis": known[name].basis,
                "Share, kt": levers.in_kt(row["share_t"], row["share_error_t"])
                if acts
                else "in a cut",
                "Standard error": f"{row['share_error_t'] / 1e3:.2f}" if acts else "",
                "Middle alone": levers.in_kt(row["median_t"], row["error_t"]) if acts else "",
                "Passes a hundredth": _chance(row["chance_pct"]) if acts else "",
                "Others, kt": levers.in_kt(row["others_t"], row["others_error_t"]) if acts else "",
                "USD per kg": costs.per_kg(next(money.loc[[name]].itertuples()))
                if acts
                else "see stock",
                "In force": in_force.get(name.removesuffix(measures.FIRST), "nothing found"),
            }
        )
    return pd.DataFrame(rows), download(found, money, names)


def _chance(percent: float) -> str:
    return (
        f"under {levers.RARE}%" if percent < levers.RARE else f"about {5 * round(percent / 5):.0f}%"
    )
