"""What decides the claims added at a second reading: on the hold, on money and on precedents."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pandas as pd

from rareearth import assumptions, data, scenarios
from rareearth.analysis.chokepoints import shortages
from rareearth.analysis.claims.policy import HEAVY
from rareearth.analysis.claims.run import UNKNOWN, Evidence, Run, interval, said_on
from rareearth.analysis.policy import credit, finance, funding, precedents
from rareearth.models import finance as model
from rareearth.models import ramps
from rareearth.models.balance import REGIONS
from rareearth.scenarios import Scenario

OUTSIDE = REGIONS[1]

REFINING = ("Separated", "Metal")
"""Stages of the balance between the mine and the magnet."""

CLOSED = (
    "Mountain Pass separation plant closes",
    "Mountain Pass suspends mining",
    "Final US Nd-Fe-B plant closes",
    "Molycorp files for Chapter 11",
)
"""How the titles of American closings in the table of events begin; each is counted once."""

WAR_YEARS = (date(1945, 9, 2) - date(1941, 12, 7)).days / 365.25
"""From the attack on Pearl Harbor to the surrender of Japan."""

# --- the hold and how it came about ---------------------------------------------------------------


def have_access(run: Run) -> Evidence:
    """C49: what went to American buyers by what was known then, over what had gone before."""
    exports = data.table("china_exports")
    to_us = exports[(exports["product"] == "Magnets") & (exports["destination"] == "United States")]
    known = to_us[(to_us["months"] == 1) & to_us["start"].between("2025-11-01", said_on("C49"))]
    known = known[known["start"] < "2026-01-01"]
    year = to_us[(to_us["months"] == 12) & (to_us["start"] == "2024-01-01")]
    yttrium = _yttrium()
    return Evidence(
        rows=(known, year, yttrium),
        values={
            "magnets": 100 * known["gross_t"] / (year["gross_t"].item() / 12),
            "yttrium": 100 * yttrium.iloc[0]["low"] / yttrium.iloc[1]["low"],
        },
    )


def struggle_for_inputs(run: Run) -> Evidence:
    """C50: exports of what magnets are made of after the agreement, over the months before."""
    exports = data.table("china_exports")
    ores = exports[(exports["product"] == "Rare earths") & (exports["destination"] == "World")]
    known = ores[(ores["months"] == 1) & ores["start"].between("2025-11-01", "2025-12-31")]
    before = ores[(ores["months"] == 12) & (ores["start"] == "2024-01-01")]
    heavy = shortages.prices_and_exports()[1]
    heavy = heavy[heavy["date"].between("2025-11-01", "2025-12-31")]
    return Evidence(
        rows=(known, before, heavy),
        values={
            "heavy": 100 * heavy["kg"] / heavy["before_kg"],
            "all": 100 * known["gross_t"] / (before["gross_t"].item() / 12),
        },
    )


def trump_card(run: Run) -> Evidence:
    """C55: what others can get without China now and in 2030, and whether the card was played."""
    controls = data.table("china_export_controls")
    since = controls[controls["elements"].notna() & (controls["announced"] > said_on("C55"))]
    mined = data.table("mine_production").query("country == 'United States' and year == 2025")
    now = data.today().year
    return Evidence(
        rows=(since, mined, assumptions.used_by("balance")),
        values={
            "outside": interval(run.secured_pct(OUTSIDE, now)),
            "later": interval(run.secured_pct(OUTSIDE, 2030, HEAVY)),
            "played": since["instrument"].nunique(),
        },
        numbers={"mined": (mined["reo_t"].item(), "{:,.0f} t")},
    )


def rivals_closed(run: Run) -> Evidence:
    """C46: American closings on record, those that a price is named for, and a subsidy."""
    events = data.table("events")
    closed = events[events["title"].str.startswith(CLOSED)]
    priced = closed["description"].str.contains("price", case=False)
    return Evidence(
        rows=(closed,),
        values={
            "closed": len(closed),
            "priced": 100 * priced.mean(),
            "subsidy": UNKNOWN,
        },
        numbers={"named": (int(priced.sum()), "{}")},
    )


# --- money ----------------------------------------------------------------------------------------


def loan_based(run: Run) -> Evidence:
    """C43: loans in federal money known then, as ever less firm money is let in; and in deals."""
    known = funding.federal()
    known = known[known["date"] <= said_on("C43")]
    firm = known[known["standing"] != funding.VAULT]
    steps = [known[known["standing"] == funding.OWED], firm, known]
    lent = [rows["capital"] == funding.LENT for rows in steps]
    money = [
        100 * rows.loc[of, "usd_billion"].sum() / rows["usd_billion"].sum()
        for rows, of in zip(steps, lent, strict=True)
    ]
    table = data.table("us_funding")
    table = table[table["date"] <= said_on("C43")]
    return Evidence(
        rows=(table[table["standing"].isin(funding.STANDINGS)],),
        values={"money": money, "deals": 100 * lent[-1].mean()},
        numbers={
            "owed": (money[0], "{:.0f}%"),
            "vault": (money[-1], "{:.0f}%"),
            "all": (len(known), "{}"),
        },
    )


def fear_of_loss(run: Run) -> Evidence:
    """C44: losses of the loan office over what it lent, what has run its course, and as feared."""
    answers = credit.record()[2]
    told = answers.only("credit-lost", "credit-run-off", "credit-expected")
    office = data.table("budget_terms").query("programme == @credit.LENDER")
    return Evidence(
        rows=(office,),
        values={"lost": [told[name].value for name in told], "held": UNKNOWN},
        answers=told | answers.only("credit-defaults"),
    )


def if_relations_ease(run: Run) -> Evidence:
    """C48: first plants built in a price war over those in scarcity, without help and with all.

    On the same draws, so that the price alone differs.
    """
    bare, helped = _built_in_war(run.scenario, run.seed)
    return Evidence(
        rows=(finance.assumed(),),
        values={"bare": interval(bare), "helped": interval(helped)},
        numbers={
            world: (run.central[f"price_{world}_level"], "{:.0f} USD/kg")
            for world in ("war", "scarcity")
        },
    )


@cache
def _built_in_war(scenario: Scenario, seed: int) -> list[np.ndarray]:
    """Plants built in a price war in percent of those in scarcity, without help and with all."""
    ratios = []
    for mix in ((), model.INSTRUMENTS):
        war, scarcity = (
            model.population(
                finance.firms(seed, scenarios.choose(scenario, price=world)), mix, finance.OUTER
            )["built"].to_numpy()
            for world in ("war", "scarcity")
        )
        ratios.append(100 * war[scarcity > 0] / scarcity[scarcity > 0])
    return ratios


def defence_money(run: Run) -> Evidence:
    """C54: defence awards until 2023 for plants that are not expected to be built."""
    money = data.table("us_funding")
    early = money[(money["agency"] == "DoD") & (money["date"].dt.year <= 2023)]
    early = early[early["standing"].isin([funding.OWED, "stalled"])]
    stalled = early["standing"] == "stalled"
    return Evidence(
        rows=(early,),
        values={
            "stalled": 100 * early.loc[stalled, "usd_million"].sum() / early["usd_million"].sum(),
            "measured": UNKNOWN,
        },
        numbers={
            "awards": (len(early), "{}"),
            "sum": (early["usd_million"].sum(), "{:,.0f} million USD"),
        },
    )


# --- levers and precedents ------------------------------------------------------------------------


def refining_first(run: Run) -> Evidence:
    """C45: US refining over mining today, and draws in which refining is the narrower."""
    supply = data.table("magnet_ree_supply").query("year == 2024 and country == 'United States'")
    stage = supply.set_index("stage")["element_t"]
    reach = run.balance.reach
    refined = reach.sel(stage=list(REFINING)).min("stage")
    narrower = 100 * (refined < reach.sel(stage="Mined")).mean("draw")
    return Evidence(
        rows=(supply, assumptions.used_by("balance")),
        values={
            "now": 100 * stage["Refining"] / stage["Mining"],
            "light": narrower.sel(group="NdPr", year=[2030, 2035]).to_numpy(),
            "heavy": narrower.sel(group="DyTb", year=[2030, 2035]).to_numpy(),
        },
    )


def cold_war_stock(run: Run) -> Evidence:
    """C47: value at the peak, surplus as the department told it, and what was gone by 2005."""
    table = data.table("stockpile").astype({"holder": str, "measure": str})
    table = table[(table["holder"] == "United States") & (table["year"] <= 2005)]
    value = table.set_index(["measure", "year"])["low"]
    held = value["value when need was told anew"]
    nominal = value["value, prices of the year"]
    return Evidence(
        rows=(table,),
        values={
            "peak": value["value, prices of 2022", 1952],
            "surplus": 100 * (1 - value["need as told anew", 1995] / held[1995]),
            "gone": 100 * (1 - nominal[2005] / nominal[1989]),
        },
        numbers={"first": (100 * value["to be sold as told anew", 1992] / held[1992], "{:.0f}%")},
    )


def war_without_rubber(run: Run) -> Evidence:
    """C57: how long the stock of natural rubber lasts, what reclaim adds, and what was made."""
    rows = data.table("synthetic_rubber").set_index(["series", "year"])
    made = precedents.rubber()
    at_most = made[(made["year"] == 1944) & (made["kind"] == "reported")]

    def mass(series: str, year: int) -> np.ndarray:
        row = rows.loc[(series, year)]
        row = row.iloc[0] if isinstance(row, pd.DataFrame) else row
        return np.concatenate(ramps.tonnes([row["low"]], [row["ton"]]))

    need = mass("required supply", 1942)
    stock = mass("natural stock", 1941)
    reclaimed = WAR_YEARS * mass("reclaim capacity", 1942)
    used = rows.loc[["natural stock", "required supply", "reclaim capacity"]].reset_index()
    return Evidence(
        rows=(used, at_most),
        values={
            "stock": stock / need,
            "both": 100 * (stock + reclaimed) / (WAR_YEARS * need),
            "made": [at_most["low_pct"].min(), at_most["high_pct"].max()],
        },
        numbers={"war": (WAR_YEARS, "{:.1f} years")},
    )


def _yttrium() -> pd.DataFrame:
    """Exports of yttrium products to the United States, after the controls and before."""
    table = data.table("shortages")
    rows = table[(table["element"] == "Y") & (table["place"] == "China to United States")]
    return rows[rows["what"].str.startswith("exports of yttrium products")]
