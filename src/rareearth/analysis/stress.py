"""Stress test of the chapter *Outlook*: what a supply cut would leave short in America."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from rareearth import data, digits
from rareearth.analysis import balance, stockpile
from rareearth.answers import Answers, listing
from rareearth.models import disruption
from rareearth.models.disruption import Outcome
from rareearth.scenarios import Scenario

YEAR = 2030
"""Year whose need and supply are tested."""

MAGNETS, GOODS = "Materials and magnets only", "Goods with magnets too"
"""The two full stops for a year, the last of :func:`rareearth.analysis.stockpile.cases`."""

SHOWN = 15
"""Months of a cut that are shown."""

SHORT_NAMES = {
    stockpile.JAPAN: "2010",
    stockpile.WORLD: "2025",
    stockpile.UNITED_STATES: "us",
    stockpile.JAPAN_AGAIN: "2026",
}
"""Cuts on record, by the ending under which they are printed."""


MONTH_UNITS = dict.fromkeys(disruption.FILLS, "percent of the month's need") | {
    "month": "months after the cut begins"
}
"""Units of :func:`months`."""

CASE_UNITS = {
    f"{group}_{end}": "percent of a year's need"
    for group in stockpile.GROUPS
    for end in ("low", "median", "high")
} | {
    "stops_pct": "percent of China's deliveries of what the cut touches",
    "defence_pct": "percent of draws in which weapons are short",
}
"""Units of :func:`cases`."""


class Test(NamedTuple):
    """What a cut meets.

    Attributes:
        draws: of all inputs.
        need: American need of :data:`YEAR`, tonnes: use, group, draw.
        others: what does not come from China, tonnes: group, draw.
        runs: the two full stops for a year, by name.
    """

    draws: pd.DataFrame
    need: np.ndarray
    others: np.ndarray
    runs: dict[str, Outcome]


@lru_cache(maxsize=2)
def run(scenario: Scenario, draws: int, seed: int) -> Test:
    """The balance of :data:`YEAR`, cut off for a year.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.
    """
    drawn = balance.sample(draws, seed, scenario)
    at = balance.run(scenario, draws, seed).data.sel(region=balance.HOME, year=YEAR).astype(float)
    others = at["secured"].sum("source")
    total = (others + at["gap"]).to_numpy()
    need = stockpile.by_use(total, drawn, YEAR, scenario.choices["demand_case"])
    worst = dict(zip((MAGNETS, GOODS), stockpile.cases()[-2:], strict=True))
    others = others.to_numpy()
    runs = {name: stockpile.stress(need, others, drawn, case) for name, case in worst.items()}
    return Test(drawn, need, others, runs)


def rests_on() -> list[pd.DataFrame]:
    """Tables and assumptions that every run of a cut rests on, for its sources."""
    return [*stockpile.rows(), stockpile.cut_rows(), stockpile.episodes()]


def _answers() -> Answers:
    return Answers(rests_on())


def cases(test: Test) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Cuts like those on record, and two worse ones.

    Args:
        test: as from :func:`run`.

    Returns:
        As :func:`rareearth.analysis.stockpile.stress_table`; the same as printed; answers.
    """
    table = stockpile.stress_table(test.need, test.others, test.draws)
    printed = pd.DataFrame(
        {
            "Cut": table["case"],
            "Stops, % of what it touches": table["stops_pct"],
            "Months": table["months"],
            "Nd and Pr short, % of a year's need": _bands(table, "NdPr", len(test.draws)),
            "Dy and Tb short, % of a year's need": _bands(table, "DyTb", len(test.draws)),
        }
    )
    past, answers = stockpile.episodes().set_index("episode"), _answers()
    for name, short in SHORT_NAMES.items():
        share = 100 * past.loc[name, "share"]
        answers.add(f"stress-share-{short}", share, "{:.0f}%", sources=past.loc[[name]])
    touched = 100 * np.median(stockpile.direct_share(test.draws))
    answers.add("stress-reach", touched, "{:.0f}%")
    secured = test.others.sum(axis=0) / test.need.sum(axis=(0, 1))
    answers.add("stress-secured", 100 * np.median(secured), "{:.0f}%")
    on_record = table[["NdPr_high", "DyTb_high"]].iloc[:-2].max(axis=None)
    answers.add("stress-on-record", on_record, "{:.0f}%")
    for group in stockpile.GROUPS:
        worst = table[f"{group}_median"].iloc[-1]
        answers.add(f"stress-worst-{group.lower()}", worst, "{:.0f}%")
    return table, printed, answers


def _bands(table: pd.DataFrame, group: str, draws: int) -> list[str]:
    """Medians and bands as they are printed, each with the digits that survive."""
    texts = []
    for median, low, high in table[[f"{group}_{n}" for n in ("median", "low", "high")]].to_numpy():
        middle = digits.of_band(low, high, draws)
        # The ends of a band err about one and two thirds as much as its middle.
        printed = (
            digits.printed(value, middle * more, "{:.0f}")
            for value, more in ((median, 1.0), (low, 5 / 3), (high, 5 / 3))
        )
        texts.append("{} ({} to {})".format(*printed))
    return texts


def months(test: Test) -> tuple[pd.DataFrame, Answers]:
    """What fills the hole, month by month, in the two full stops.

    Args:
        test: as from :func:`run`.

    Returns:
        ``case``, ``month`` and one column per part of
        :data:`rareearth.models.disruption.FILLS`, percent of need; answers.
    """
    filled = {name: stockpile.fills(run).head(SHOWN) for name, run in test.runs.items()}
    goods, magnets = (filled[name].set_index("month") for name in (GOODS, MAGNETS))
    answers, drawn = _answers(), test.draws
    direct = stockpile.direct_share(drawn) * test.need.sum(axis=(0, 1))
    hole = test.runs[MAGNETS].shortage.sum(axis=(0, 1))
    answers.add("stress-touched", 100 * np.median(hole / direct), "{:.0f}%")
    held = drawn["stockpile_months"].median()
    answers.add("stress-state-held", held, "{:.1f} months", kind="estimate")
    answers.add("stress-state", goods["strategic"].sum() / 100, "{:.1f} months")
    answers.add("stress-firms", goods["commercial"].sum() / 100, "{:.1f} months")
    answers.add("stress-respond", goods.loc[12, ["surged", "saved"]].sum(), "{:.0f}%")
    peak = int(goods["shortage"].idxmax())
    answers.add("stress-peak", f"month {peak}")
    answers.add("stress-peak-share", goods.loc[peak, "shortage"], "{:.0f}%")
    for name, frame in (("magnets", magnets), ("goods", goods)):
        answers.add(f"stress-{name}-delivered", frame.loc[1, "delivered"], "{:.0f}%")
        answers.add(f"stress-{name}-short", frame.loc[12, "shortage"], "{:.0f}%")
    for month in (1, 12):
        answers.add(f"stress-firms-{month}", goods.loc[month, "commercial"], "{:.0f}%")
    cases = [frame.assign(case=name) for name, frame in filled.items()]
    return pd.concat(cases, ignore_index=True), answers


def uses(test: Test) -> tuple[pd.DataFrame, Answers]:
    """Who goes short in the two full stops.

    Args:
        test: as from :func:`run`.

    Returns:
        ``case`` and the columns of :func:`rareearth.analysis.stockpile.short_by_use`; answers.
    """
    frame = pd.concat(
        [
            stockpile.short_by_use(run, test.need).assign(case=name)
            for name, run in test.runs.items()
        ],
        ignore_index=True,
    )
    answers, worst = _answers(), frame[frame["case"] == GOODS].set_index("use")
    weapons = [
        (run.short_by_use[:, 0].sum(axis=(0, 1)) > stockpile.SMALL).mean()
        for run in test.runs.values()
    ]
    answers.add("stress-defence", 100 * max(weapons), "{:.0f}%")
    answers.add("stress-defence-need", worst.loc[stockpile.DEFENCE, "need_t"], "{:.0f} t")
    rate = 100 * (worst["median"] / worst["need_t"])["Electric vehicles"]
    answers.add(
        "stress-civil",
        f"shares the hole, {rate:.0f}% of a year's need if goods are stopped too"
        if rate >= 0.5
        else "has enough as well in the median draw of this scenario",
    )
    short = {
        use: (row["median"] / 1e3, row["need_t"] / 1e3)
        for use, row in worst.drop(index=stockpile.DEFENCE).iterrows()
    }
    answers.add("stress-uses-list", listing(short, "{}, {:.1f} of {:.1f}", "; "))
    return frame, answers


def tested() -> Answers:
    """The model of a cut against the cuts on record."""
    checked = stockpile.hindcast()
    answers = Answers(checked)
    first = checked["quantity"].str.contains("first plant")
    answers.add("stress-test-stop", checked.loc[first, "ours"].item(), "{:.1f} months")
    before = checked[checked["quantity"].str.contains("cut before")].set_index("episode")
    for name in (stockpile.WORLD, stockpile.JAPAN_AGAIN):
        missed = -before.loc[name, "error_pct"]
        answers.add(f"stress-test-{SHORT_NAMES[name]}", missed, "{:.0f}%")
    held = data.table("stockpile").query("material == 'rare-earth magnets'")
    answers.add("stress-held-low", held["low"].min(), "{:.0f} days", sources=held)
    answers.add("stress-held-high", held["high"].max(), "{:.0f} days", sources=held)
    return answers
