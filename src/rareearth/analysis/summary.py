"""The summary: answers of all chapters, and the few sentences that only it has."""

from __future__ import annotations

import pandas as pd

from rareearth.analysis import balance, chokepoints, demand, history, outlook
from rareearth.analysis.policy import first_steps, price_floor, stock
from rareearth.answers import Answers, listing
from rareearth.scenarios import Scenario

SLOWLY = 25
"""Percent of demand left to China in the goal year, above which the gap closes slowly."""


def findings(scenario: Scenario, draws: int, seed: int) -> Answers:
    """Answers behind the ten findings.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.
    """
    chain = outlook.headlines(scenario, draws, seed)
    pace = Answers(outlook.rests_on(), kind="forecast")
    slow = chain["left-2035"].value > SLOWLY
    pace.add("pace", "The gap closes slowly" if slow else "The gap nearly closes")
    return (
        history.headlines()
        | chokepoints.headlines()
        | demand.headlines(scenario, draws, seed)
        | chain.only(*(name for name in chain if name not in ("cut-says", "confidence", "short")))
        | pace
        | first_steps.headlines(seed, scenario)
        | stock.size(draws, seed, scenario)[1].only("stock-cost")
        | price_floor.payments(draws, seed, scenario)[2].only("floor-paid")
        | price_floor.bills(draws, seed, scenario)[1].only("floor-bill")
    )


def wedge(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """What American demand is met from.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        As :func:`rareearth.analysis.outlook.wedge`, with the answers of this page.
    """
    stack, closed, shown = outlook.wedge(scenario, draws, seed)
    answers = Answers(outlook.rests_on(), kind="forecast")
    short = balance.run(scenario, draws, seed).shortage.sel(region=balance.HOME)
    answers.add(
        "cut",
        "In this edition's scenario China cuts its exports for a time, and American users go short "
        f"by {float(short.sum(['group', 'year']).median()):,.0f} t in the middle draw"
        if scenario.choices["china"] == "cut"
        else "In this edition's scenario China goes on selling, so nobody goes short",
    )
    last = stack[stack["year"] == stack["year"].max()].set_index("part")["mean_kt"]
    closers = last[[*balance.ORDER]].rename(outlook.said)
    answers.add("layers-list", f"{listing(closers, '{} {:.1f}')}; demand {last['Demand']:.1f}")
    return stack, closed, answers | shown.only("biggest", "biggest-t", "kept")


def steps(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """What to do first, shorter than :func:`rareearth.analysis.policy.first_steps.first` has it.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.
    """
    frame, _, _, answers = first_steps.first(draws, seed, scenario)
    return frame, first_steps.short(frame), answers.only("first-draws")
