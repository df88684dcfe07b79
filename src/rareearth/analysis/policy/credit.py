"""What public lending costs, by law and by market, and what it has lost; floor against subsidy."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.answers import Answers

LENDER = "DOE Loan Programs Office"
ALL = "all federal credit programmes"
COST = "lifetime cost of new loans and guarantees"
REFINING = "US refining from 10 to 25 percent of need by 2035"
SUBSIDY = "fiscal cost of a capital subsidy"
LOANS = "Subsidy for loans of the Office of Strategic Capital"
"""Measure whose ceiling and subsidy give a rate."""

BILLION = "{:.2f} billion USD"

YEAR = "2026"
"""Year of the newest estimate of what federal credit costs."""


def by_law_and_market() -> pd.DataFrame:
    """Lifetime cost of federal loans by year, by the Federal Credit Reform Act and at fair value.

    Returns:
        Indexed by ``year``: ``fcra_usd_billion`` and ``fair_value_usd_billion`` (minus: a saving),
        ``difference_usd_billion`` and ``source``.
    """
    rows = _terms()
    rows = rows[(rows["programme"] == ALL) & (rows["item"] == COST)]
    wide = rows.pivot(index="as_of", columns="basis", values="value").rename_axis("year")
    wide = wide.rename(columns={"FCRA": "fcra", "fair value": "fair_value"})
    wide["difference"] = wide["fair_value"] - wide["fcra"]
    wide = wide.add_suffix("_usd_billion").rename_axis(columns=None)
    return wide.join(rows.groupby("as_of")["source"].first())


def records() -> pd.DataFrame:
    """What lending is counted to have lost, or is expected to lose, each on its own base.

    Returns:
        ``what``, ``base``, ``percent``, ``kind`` and ``source``, smallest share first.
    """
    terms = _terms()
    office = terms[terms["programme"] == LENDER].set_index("item")
    value = office["value"]
    lost = value["actual and estimated losses"]
    lent = data.table("measures_by_name").set_index("measure").loc[LOANS]
    failed, asked = (
        _lesson("DOE loan programmes (LGP and ATVM)", name)
        for name in ("projects with default", "projects with loans or guarantees")
    )
    banks = _lesson("bank loans to projects, world", "defaults within ten years")
    cap = terms[terms["item"] == "default cap"].iloc[0]
    run_off = value["principal repaid"] + lost
    rows = [
        (
            "Set aside for losses of the Office of Strategic Capital",
            "ceiling of its loans",
            100 * lent["appropriated_usd_million"] / lent["authorised_usd_million"],
            lent["source"],
        ),
        (
            "Overdue payments at which the Export-Import Bank must stop lending",
            "its financing",
            cap["value"],
            cap["source"],
        ),
        (
            "Losses of the loan office of the Department of Energy, to September 2025",
            "all that it has paid out",
            100 * lost / value["disbursed"],
            office.loc["disbursed", "source"],
        ),
        (
            "The same losses",
            "principal repaid, and the losses",
            100 * lost / run_off,
            office.loc["disbursed", "source"],
        ),
        (
            "Projects in default within ten years, banks worldwide",
            "loans to projects",
            banks["low"],
            banks["source"],
        ),
        (
            "Cost that the Department of Energy expected in 2014",
            "its loans and guarantees then",
            100 * value["expected net cost of the portfolio"] / value["loans and guarantees, sum"],
            office.loc["expected net cost of the portfolio", "source"],
        ),
        (
            "Projects of the Department of Energy in default by 2015, all makers or storage",
            "its projects then",
            100 * failed["low"] / asked["low"],
            failed["source"],
        ),
    ]
    frame = pd.DataFrame(rows, columns=["what", "base", "percent", "source"])
    frame["kind"] = "derived"
    frame.loc[frame["source"].isin([cap["source"], banks["source"]]), "kind"] = "reported"
    return frame.sort_values("percent", kind="stable", ignore_index=True)


def record() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """:func:`records` as data and as printed, and what the text says of it and of both prices."""
    frame = records()
    printed = pd.DataFrame(
        {
            "What is counted": frame["what"],
            "Percent": frame["percent"].map("{:.1f}".format),
            "Of what": frame["base"],
            "Source": "{cite:p}`" + frame["source"].str.replace(";", ",") + "`",
        }
    )
    terms = _terms()
    office = terms[(terms["programme"] == LENDER)]
    costs = by_law_and_market().loc[YEAR]
    answers = Answers(office)
    for name, what in {
        "lost": "Losses of the loan office",
        "run-off": "The same losses",
        "expected": "Cost that the Department of Energy expected",
        "osc": "Set aside for losses",
        "defaults": "Projects of the Department of Energy in default",
    }.items():
        row = frame[frame["what"].str.startswith(what)].iloc[0]
        digits = "{:.0f}%" if name == "defaults" else "{:.1f}%"
        answers.add(f"credit-{name}", row["percent"], digits, sources=row)
    of_office = office.set_index("item")
    answers.quote("credit-losses", of_office.loc["actual and estimated losses"], "value", BILLION)
    answers.quote("credit-paid-out", of_office.loc["disbursed"], "value", "{:.0f} billion USD")
    older = of_office.loc["losses in disbursements"]
    answers.quote("credit-lost-2022", older, "value", "{:.0f}%")
    saving = -costs["fcra_usd_billion"]
    by_year = {"sources": costs, "kind": "estimate"}
    answers.add("credit-saving", saving, "{:.1f} billion USD", **by_year)
    answers.add("credit-fair", costs["fair_value_usd_billion"], "{:.1f} billion USD", **by_year)
    return frame, printed, answers


def floor_or_subsidy() -> Answers:
    """A study's cost of refining more at home by a capital subsidy, with both readings of its sum.

    The abstract prints "141% of the annual U.S. REE market (about $1.2 billion)". The sum is either
    the cost, or the market of which the cost is a multiple.
    """
    rows = _terms()
    rows = rows[rows["programme"] == REFINING].set_index(["item", "basis"])
    percent = rows.loc[SUBSIDY, "value"]
    sum_ = rows["value"]["sum in brackets behind the first percentage", "alone"]
    alone, together = percent["alone"], percent["with other importers"]
    answers = Answers(rows.reset_index(), kind="estimate")
    answers.add("refining-alone", alone, "{:.0f}%")
    answers.add("refining-together", together, "{:.0f}%")
    billion = {"template": "{:.1f} billion USD", "kind": "derived"}
    answers.add("refining-sum", sum_, "{:.1f} billion USD")
    answers.add("refining-market", 100 * sum_ / alone, "{:.2f} billion USD", kind="derived")
    answers.add("refining-cost", sum_ * alone / 100, **billion)
    return answers


def _terms() -> pd.DataFrame:
    return data.table("budget_terms").astype({"kind": str})


def _lesson(subject: str, metric: str) -> pd.Series:
    rows = data.table("valley_of_death").set_index(["subject", "metric"])
    return rows.loc[(subject, metric)]
