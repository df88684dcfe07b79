"""What each answer of the balance to the price is worth: headlines with it and without it."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from rareearth import assumptions, data, scenarios
from rareearth.analysis import balance, incentives
from rareearth.answers import Answers
from rareearth.models.balance import ROUTES

DRAWS, SEED = 10_000, 1
"""As in the chapters, so that the first row is what they print."""

FULL, BARE = "As printed", "None of these"
GOAL, LAST = 2035, 2040

HEADLINES = {
    **{f"left_{year}_pct": f"Left to China {year}, %" for year in balance.MILESTONES},
    "left_low_pct": f"Band {GOAL}, low",
    "left_high_pct": f"Band {GOAL}, high",
    "outside_pct": f"Outside China {GOAL}, %",
    "avoided_pct": f"Avoided {LAST}, %",
    "recycled_pct": f"Recycled {LAST}, %",
}
"""Columns of :func:`table` and what they are called."""


@cache
def table() -> pd.DataFrame:
    """Headlines of the baseline with all answers, without each, without any, and in other worlds.

    Returns:
        ``case`` and, medians of draws, the columns of :data:`HEADLINES`, percent of demand;
        ``left_low_pct`` and ``left_high_pct`` hold nine draws in ten.
    """
    base = scenarios.load("baseline")
    every = [name for names in incentives.EFFECTS.values() for name in names]
    cases = {FULL: base}
    for effect, names in incentives.EFFECTS.items():
        cases[f"Without: {effect[0].lower()}{effect[1:]}"] = scenarios.load(
            "baseline", **dict.fromkeys(names, 0.0)
        )
    cases[BARE] = scenarios.load("baseline", **dict.fromkeys(every, 0.0))
    cases["No policy"] = scenarios.choose(base, policy="none")
    cases["Price war"] = scenarios.choose(base, price="war")
    cases["Scarcity"] = scenarios.choose(base, price="scarcity")
    return pd.DataFrame({"case": name} | _headlines(case) for name, case in cases.items())


def _headlines(scenario: scenarios.Scenario) -> dict[str, float]:
    run = balance.run(scenario, DRAWS, SEED)
    left = {year: balance.share_left(run, year) for year in balance.MILESTONES}
    at = balance.parts(run).sel(year=LAST).sum("group")
    shares = {
        name: 100 * at.sel(part=parts).sum("part") / at.sum("part")
        for name, parts in {"avoided_pct": list(ROUTES), "recycled_pct": ["Recycling"]}.items()
    }
    low, high = np.quantile(left[GOAL], [0.05, 0.95])
    outside = balance.share_left(run, GOAL, balance.OUTSIDE)
    medians = {f"left_{year}_pct": share for year, share in left.items()}
    medians |= {"outside_pct": outside, **shares}
    return {name: float(np.median(share)) for name, share in medians.items()} | {
        "left_low_pct": float(low),
        "left_high_pct": float(high),
    }


def printed() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """:func:`table`, the same as it is printed, and what the text says of it."""
    frame = table()
    shown = frame[["case", *HEADLINES]].rename(columns={"case": "Case"} | HEADLINES)
    at = frame.set_index("case")
    answers = Answers(behind(), kind="forecast")
    goal = f"left_{GOAL}_pct"
    answers.add("effects-bare", at.loc[BARE, goal], "{:.0f}%")
    answers.add("effects-no-policy", at.loc["No policy", goal], "{:.0f}%")
    width = at["left_high_pct"] - at["left_low_pct"]
    answers.add("effects-width", width[FULL], "{:.0f} points")
    answers.add("effects-width-bare", width[BARE], "{:.0f} points")
    moved = (at.loc[FULL, goal] - at[goal])[at.index.str.startswith("Without")]
    moved.index = moved.index.str.removeprefix("Without: ")
    answers.add("effects-most", moved.idxmax(), kind="derived")
    answers.add("effects-most-by", moved.max(), "{:.0f} points")
    answers.add("effects-least", moved.idxmin(), kind="derived")
    answers.add("effects-least-by", -moved.min(), "{:.0f} points")
    answers.add("effects-draws", f"{DRAWS:,}", kind="derived")
    return frame, shown, answers


def hazards() -> tuple[pd.DataFrame, Answers]:
    """Assumptions behind the answers, and what the text says of them."""
    names = [name for names in incentives.EFFECTS.values() for name in names]
    names += ["closure_price_exponent", "closure_pause_years", "entry_price_exponent"]
    names += ["entry_lead_mines", "entry_lead_plants", "aid_saves"]
    rows = assumptions.register().loc[names]
    answers = Answers(rows, kind="estimate")
    hazard = rows.loc["closure_hazard"]
    answers.add("effects-hazard", 100 * hazard["mode"], "{:.1f}%", low=100 * hazard["low"],
                high=100 * hazard["high"], band="{:.0f} to {:.0f}%")  # fmt: skip
    fate = rows.loc["common_fate"]
    answers.add("effects-fate", "{:.0f} to {:.1f}".format(fate["low"], fate["high"]))
    return rows, answers


def behind() -> list:
    """Rows behind :func:`table`, for naming their sources."""
    return [assumptions.used_by("balance"), data.table("us_funding")]
