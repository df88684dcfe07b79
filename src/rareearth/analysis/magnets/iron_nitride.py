"""Iron nitride from a grant in 2011 to plants that are planned."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis import new_magnets
from rareearth.analysis.magnets.avoided import Run
from rareearth.analysis.magnets.properties import assumed
from rareearth.answers import Answers

STEPS = (
    ("2002", "2002: university group starts"),
    ("2011-09-29", "2011: ARPA-E grant, {amount:.1f} million dollars"),
    ("2014", "2014: Niron founded"),
    ("2021", "2021: investors, {amount:.0f} million"),
    ("2022-11", "2022: federal award, {amount:.1f} million"),
    ("2023-06-13", "2023: pilot has made {tonnes:.1f} t"),
    ("2024-10", "2024: pilot plant opens, {tonnes:.0f} t a year"),
    ("2025-09-26", "2025: ground broken at Sartell, {tonnes:,.0f} t a year"),
)
"""Dates of events that are shown, and what to say of them."""

PLANS = (
    ("2026", "2026: first magnets on the market (plan)"),
    ("2025-09-26", "2027: Sartell opens (plan)"),
    ("2026-03-16", "2030: second plant, {tonnes:,.0f} t a year (plan; our reading)"),
)
"""Dates of announcements whose due year is shown, and what to say of them."""

RAMP = {
    "cumulative": "made by 2023",
    "pilot": "pilot plant\n2024",
    "plant1": "Sartell, plan\n2027",
    "plant2": "second plant,\nplan 2030",
}
"""Stages of capacity that are compared with need, and their names."""

MILLION = "{:.1f} million dollars"


def today() -> float:
    """The day of the report as year with fraction."""
    day = data.today()
    return day.year + (day.month - 1 + day.day / 30) / 12


def timeline() -> tuple[pd.DataFrame, Answers]:
    """Steps from research to plants that are planned, and what the programme of 2011 paid for.

    Returns:
        ``label``, ``when`` (year with fraction, months at their middle), ``kind``, ``source``; and
        the answers.
    """
    nitride = _nitride()
    rows = nitride.drop_duplicates("date").set_index("date")
    events = []
    for planned, steps in ((False, STEPS), (True, PLANS)):
        for date, template in steps:
            row = rows.loc[date]
            month = int(date[5:7] or 1)
            words = template.format(
                amount=row["amount_usd"] / 1e6, tonnes=row["capacity_t_per_year"]
            )
            when = row["due_year"] if planned else int(date[:4]) + month / 12 - 1 / 24
            kind = "target" if planned else "reported"
            events.append((words, float(when), kind, row["source"]))
    events = pd.DataFrame(events, columns=["label", "when", "kind", "source"])
    react = data.table("react_awards").astype({"kind": str})
    react["usd_million"] = react["amount_usd"] / 1e6
    award = react.set_index("recipient")
    totals = react[react["recipient"].str.startswith("programme total")]
    least, most = (totals.loc[totals["usd_million"].agg(end)] for end in ("idxmin", "idxmax"))
    answers = Answers()
    answers.quote("arpae", award.loc["Univ. of Minnesota with ORNL"], "usd_million", MILLION)
    answers.quote("react-low", least, "usd_million", "{:.1f}")
    answers.quote("react-high", most, "usd_million", MILLION)
    for name, recipient, template in (
        ("react-case", "Case Western Reserve Univ.", "{:.0f} million"),
        ("react-pnnl", "Pacific Northwest National Laboratory", "{:.1f} million"),
        ("react-motors", "three motor projects (Baldor; UT Dallas; QM Power)", "{:.1f} million"),
    ):
        answers.quote(name, award.loc[recipient], "usd_million", template)
    pilot, ahead = nitride.set_index("stage").loc["pilot"], new_magnets.plants()
    grant = rows.loc["2011-09-29"]
    since = int(pilot["due_year"]) - int(grant.name[:4])
    answers.add("years-to-pilot", since, "{} years", sources=[pilot, grant])
    answers.add("first-plant", int(ahead["due_year"].min()), "{}", sources=ahead, kind="target")
    conflict = nitride.set_index("stage").loc["conflict"]
    answers.quote("plant-conflict", conflict, "capacity_t_per_year", "{:,.0f} t")
    return events, answers


def ramp(run: Run, drawn: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Capacity that runs and that is planned, against the magnets that the United States uses.

    Args:
        run: as from :func:`rareearth.analysis.magnets.avoided.run`.
        drawn: the draws behind it.

    Returns:
        ``label``, ``year``, ``t_per_year``, ``kind``, ``source`` of capacities; ``label``,
        ``t_per_year``, ``source`` of need; and the answers.
    """
    nitride, ahead = _nitride(), new_magnets.plants()
    shown = nitride["stage"].isin(RAMP) & nitride["date"].ne("2025-11-19")
    points = nitride[shown].rename(
        columns={"due_year": "year", "capacity_t_per_year": "t_per_year"}
    )
    points = points.dropna(subset="t_per_year").sort_values("year")
    points = points.assign(label=points["stage"].map(RAMP)).set_index("stage")
    tonnes = points["t_per_year"]
    used = 1e3 * run.us.demand[0].sum(axis=0) / drawn["rare_earth_in_magnet"].to_numpy()
    trade = (
        data.table("us_use")
        .astype({"kind": str})
        .query(
            "measure == 'magnets exported by China' and item == 'to United States' and year == 2024"
        )
    )
    bought = trade.iloc[0]
    need = pd.DataFrame(
        {
            "label": [
                "neodymium magnets the United States uses, goods included (our estimate)",
                "magnets bought directly from China, 2024",
            ],
            "t_per_year": [np.median(used), bought["value"]],
            "source": ["iea_cmde_2025", bought["source"]],
        }
    )
    total, own = ahead["capacity_t_per_year"].sum(), assumed()
    raised = nitride[nitride["event"].str.contains("CEO testimony")].iloc[0]
    answers = Answers(sources=[ahead, own])
    answers.quote("pilot-tonnes", points.loc["pilot"], "t_per_year", "{:.0f} t")
    made = points.loc["cumulative"]
    answers.add("made-2023", 1000 * made["t_per_year"], "{:.0f} kg", sources=made, kind="reported")
    answers.add("announced-tonnes", total, "{:,.0f} t", sources=ahead, kind="target")
    answers.add("announced-ratio", total / tonnes["pilot"], "{:,.0f} times", sources=ahead)
    replaced = 100 * total * new_magnets.stands_for(drawn) / used
    answers.add("announced-replaces", replaced, "{:.0f}%")
    answers.add("announced-share", 100 * total / np.median(used), "{:.0f}%")
    answers.add(
        "us-magnets", np.median(used) / 1e3, "{:.0f} thousand tonnes",
        sources=run.sources, kind="estimate",
    )  # fmt: skip
    answers.add(
        "ceo-magnets", float(raised["other_metric"].split(": ")[1]) / 1e3,
        "{:.0f} thousand tonnes", sources=raised, kind="estimate",
    )  # fmt: skip
    answers.add(
        "raised", raised["amount_usd"] / 1e6, "{:.0f} million dollars",
        sources=raised, kind="reported",
    )  # fmt: skip
    large = ahead.loc[ahead["capacity_t_per_year"].idxmax()]
    capital = large["capital_usd"]
    answers.add("capital", capital / 1e9, "{:.1f} billion dollars", sources=large, kind="target")
    per_tonne = capital / large["capacity_t_per_year"] / 1e3
    answers.add("capital-intensity", per_tonne, "{:.0f} thousand dollars", sources=large)
    for name, stage in (("sartell", "plant1"), ("second-plant", "plant2")):
        answers.quote(f"{name}-tonnes", points.loc[stage], "t_per_year", "{:,.0f}")
    answers.quote("china-magnets", bought, "value", "{:,.0f} tonnes")
    return points.reset_index()[["label", "year", "t_per_year", "kind", "source"]], need, answers


def _nitride() -> pd.DataFrame:
    return data.table("iron_nitride").astype({"kind": str})
