"""Laws, money and what came of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis.history import pick
from rareearth.answers import Answers, listing

STANDINGS = {
    "counted": "Awarded, closed or lent",
    "on milestones": "Signed, paid on milestones",
    "conditional": "Conditional loans, awards to come",
    "letter of interest": "Letters of interest",
    "all-minerals reserve": "Project Vault (all minerals)",
}
"""How firm money is, firmest first, in words."""

ACCELERATED = pd.Timestamp("2025-07-01")
"""From this day on most federal money was awarded, closed or lent."""


def laws_money_output() -> tuple[dict[str, pd.DataFrame], Answers]:
    """Bills, federal money and output by stage since 2009.

    Returns:
        ``bills`` (one row each, ``start``: first year of the Congress), ``money`` (what is counted
        or flows on milestones, ``when``: decimal year) and ``output`` (``year``, ``stage``,
        ``kt``, ``kind``, ``source``); and the answers.
    """
    bills = data.table("legislation")
    single = bills[bills["bill"] != "all"].assign(start=lambda t: 2009 + 2 * (t["congress"] - 111))
    funding = data.table("us_funding")
    money = funding[funding["standing"].isin(["counted", "on milestones"])]
    money = money.assign(when=pick.decimal_year(money["date"]))
    output = _output_by_stage()
    answers = Answers(sources=money)
    single = single[["congress", "bill", "title", "outcome", "start", "source"]]
    money = money[["date", "agency", "recipient", "usd_million", "standing", "when", "source"]]
    answers.add("bills-seen", len(single), sources=bills)
    answers.add("bills-enacted", int((single["outcome"] == "enacted").sum()), sources=bills)
    many = pick.row(bills, bill="all")
    answers.add("bills-118", int(many["title"].split()[0]), sources=many, kind="reported")
    site = data.table("mountain_pass")
    plan = "magnets, yearly capacity"
    pick.cell(answers, "magnet-plan", site, "t", "{:,.0f} t", quantity=plan)
    recent, before = _recent()
    owed = money[money["standing"] == "counted"]
    answers.add("money-before", before, "{:.2f} billion USD", sources=owed)
    answers.add("money-recent-pct", recent, "{:.0f}%", sources=owed)
    kt = output.set_index(["stage", "year"])["kt"]
    for name, stage, years, form in (
        ("concentrate-list", "concentrate", [2012, 2015, 2025], "{1:.0f} in {0}"),
        ("compounds-list", "compounds and metals", [2021, 2025], "{1:.1f} in {0}"),
        ("ndpr-list", "NdPr oxide", [2023, 2025], "{1:.1f} in {0}"),
    ):
        rows = pick.rows(output, stage=stage)
        answers.add(name, listing(kt[stage].loc[years], form), sources=rows)
    return {"bills": single, "money": money, "output": output}, answers


def _recent() -> tuple[float, float]:
    """Part of the money that is owed or paid since it came faster, and what was before."""
    owed = data.table("us_funding").query("standing == 'counted'")
    billion, late = owed["usd_million"] / 1000, owed["date"] >= ACCELERATED
    return 100 * billion[late].sum() / billion.sum(), billion[~late].sum()


def owed() -> Answers:
    """What other chapters print of the money by how firm it is."""
    names = ("money-closed", "money-milestones", "money-conditional", "money-letters")
    answers = money()[1].only(*names)
    answers.add(
        "money-recent-pct", _recent()[0], "{:.0f}%", sources=answers["money-closed"].sources
    )
    return answers


def money() -> tuple[pd.DataFrame, Answers]:
    """Announced federal money by how firm it is.

    Returns:
        ``standing`` in words, ``usd_billion``, ``kind`` (target for what nobody owes today),
        ``source``, firmest first; and the answers.
    """
    funding = data.table("us_funding").astype({"standing": str})
    counted = funding[funding["standing"].isin(STANDINGS)]
    sums = counted.groupby("standing")["usd_million"].sum().loc[list(STANDINGS)] / 1000
    sources = counted.groupby("standing")["source"].agg(lambda s: ";".join(sorted(set(s))))
    frame = pd.DataFrame(
        {
            "standing": list(STANDINGS.values()),
            "usd_billion": sums.to_numpy(),
            "kind": ["derived", *["target"] * (len(STANDINGS) - 1)],
            "source": sources.loc[list(STANDINGS)].to_numpy(),
        }
    )
    answers = Answers()
    for name, standing, template in (
        ("money-closed", "counted", "{:.1f} billion USD"),
        ("money-milestones", "on milestones", "{:.1f} billion USD"),
        ("money-conditional", "conditional", "{:.1f} billion USD"),
        ("money-letters", "letter of interest", "{:.1f} billion USD"),
        ("vault", "all-minerals reserve", "{:.0f} billion USD"),
    ):
        rows = pick.rows(counted, standing=standing)
        answers.add(name, sums[standing], template, sources=rows)
    stalled = pick.rows(funding, standing="stalled")
    total = stalled["usd_million"].sum()
    answers.add("money-stalled", total, "{:.0f} million USD", sources=stalled)
    return frame, answers


def joined(*frames: pd.DataFrame, **panels: pd.DataFrame) -> pd.DataFrame:
    """What several panels draw, one below the other; ``panel`` names those that have a name."""
    named = [frame.assign(panel=panel) for panel, frame in panels.items()]
    return pd.concat([*frames, *named], ignore_index=True).drop_duplicates()


def _output_by_stage() -> pd.DataFrame:
    ore = pick.rows(data.table("mine_production"), country="United States").sort_values("year")
    site = data.table("mountain_pass")
    oxide = pick.rows(site[site["quarter"].isna()], quantity="NdPr oxide produced")
    parts = {
        "concentrate": ore[ore["year"] >= 2009].rename(columns={"reo_t": "t"}),
        "compounds and metals": pick.made_rows(),
        "NdPr oxide": oxide,
    }
    rows = pd.concat([part.assign(stage=stage) for stage, part in parts.items()])
    newest = (rows["year"] == 2025) & (rows["stage"] != "NdPr oxide")
    rows = rows.assign(kt=rows["t"] / 1000, kind=np.where(newest, "estimate", "reported"))
    return rows[["year", "stage", "kt", "kind", "source"]].reset_index(drop=True)
