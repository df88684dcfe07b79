"""Measures in force and proposed: where they act, by name, what the executive says of floors.

Then rules for old products, permits, laboratories and people.
"""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.analysis.policy import price_floor
from rareearth.answers import Answers

STAGES = ("laboratory", "mining", "separation", "metal", "magnets", "recycling", "stocks")
"""Stages that measures name, in the order of the chain."""

LINES = {
    "ARPA-E": "ARPA-E",
    "DOE energy efficiency and renewables": "Energy efficiency",
    "DOE Office of Science": "Office of Science",
    "DOE, all": "All of DOE",
}
"""Budget lines that are compared, by their name in the table, as they are printed."""

FLOOR = "Price floor for MP Materials"
"""Measure whose payments stand in a table of their own."""

BUDGET = 2026
"""Fiscal year whose request and law are compared with the year before."""


def where() -> tuple[pd.DataFrame, Answers]:
    """Which measures act where on the chain: one row per measure and stage; and their count."""
    table = data.table("policy_levers").astype({"lever": str, "state": str})
    acting = table.assign(stage=table["stages"].str.split(";")).explode("stage")
    acting = acting[["lever", "measure", "stage", "state", "actor", "source"]]
    in_force = table[table["state"] == "in force"]
    metal = acting[(acting["stage"] == "metal") & (acting["state"] == "in force")]
    answers = Answers(table)
    answers.add("pol-measures", len(table))
    answers.add("pol-in-force", len(in_force))
    answers.add("pol-metal-measures", metal["measure"].nunique())
    answers.add("pol-old-measures", int((in_force["lever"] == "ewaste_rules").sum()) or "none")
    duties = data.table("tariff_layers")
    magnets = duties.loc[duties["product_class"] == "sintered NdFeB magnets", "rate_pct"].sum()
    answers.add("pol-duty-magnets", magnets, "{:.1f}%", sources=duties)
    return acting, answers


FIRST = "_first"
"""How levers end that use the measures of another for some plants only."""


def in_force() -> pd.Series:
    """Measures in force by lever, as they are printed."""
    table = data.table("policy_levers").astype({"lever": str})
    return table[table["state"] == "in force"].groupby("lever")["measure"].agg("; ".join)


def by_name() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Measures with law, account, money and outcome, firmest money first.

    Returns:
        All rows, with what the floor has paid; those with words for it as they are printed, under
        heads that say how firm they are; and what the text says of them.
    """
    table = data.table("measures_by_name").astype({"firmness": str})
    made = price_floor.paid_so_far()
    table.loc[table["measure"].str.startswith(FLOOR), "paid_usd_million"] = made[
        "usd_million"
    ].sum()
    shown = table[table["printed"].notna()].reset_index(drop=True)
    law = [
        "; ".join(part for part in both if isinstance(part, str))
        for both in zip(shown["statute"], shown["account"], strict=True)
    ]
    lines = pd.DataFrame(
        {
            "Measure": shown["measure"],
            "Law, contract or account": law,
            "Million USD": shown.apply(_money, axis=1),
            "What has come of it": shown["printed"],
            "Source": "{cite:p}`" + shown["source"].str.replace(";", ",") + "`",
        }
    )
    groups = lines.groupby(shown["firmness"], sort=False)
    heads = {name: pd.DataFrame({"Measure": [f"**{name.capitalize()}**"]}) for name, _ in groups}
    printed = pd.concat([part for name, rows in groups for part in (heads[name], rows)])
    printed = printed.fillna("").reset_index(drop=True)
    counts = table["firmness"].value_counts()
    at = table.set_index("measure")
    answers = Answers(table)
    answers.add("pol-named", len(table))
    answers.add("pol-named-bills", int(counts["bill"]))
    answers.add("pol-named-talks", int(counts["proposed or in talks"]))
    osc = at.loc["Subsidy for loans of the Office of Strategic Capital"]
    answers.add("pol-osc-ceiling", osc["authorised_usd_million"] / 1000, "{:.0f} billion USD")
    answers.add("pol-osc-subsidy", osc["appropriated_usd_million"], "{:.0f} million USD")
    return table, printed, answers


def positions() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """What the executive said of price floors, by date: as data and as printed, and its count.

    A statement is printed under those whose prices it is about: makers at home, or trade at the
    border.
    """
    table = data.table("executive_positions").astype({"concerns": str, "stand": str})
    table = table.sort_values("date", kind="stable", ignore_index=True)
    shown = table[table["printed"].notna()]
    border = shown["concerns"].str.startswith("border")
    said = shown["stand"].str.capitalize() + ": " + shown["printed"]
    exact = shown["precision"].eq("month")
    day = shown["date"].dt.strftime("%-d %b %Y").mask(exact, shown["date"].dt.strftime("%b %Y"))
    printed = pd.DataFrame(
        {
            "Date": day.mask(shown["precision"].eq("about"), "about " + day),
            "Who": shown["who"],
            "Floors for makers at home": said.mask(border, ""),
            "Floors at the border": said.where(border, ""),
            "Source": "{cite:p}`" + shown["source"].str.replace(";", ",") + "`",
        }
    )
    answers = Answers(table)
    answers.add("pol-positions", len(table))
    return table, printed, answers


def _money(row: pd.Series) -> str:
    """Amounts of a measure in one line, largest claim on the budget last."""
    words = {
        "authorised_usd_million": "up to {:,.0f}",
        "appropriated_usd_million": "{:,.0f} given",
        "paid_usd_million": "{:,.0f}",
    }
    parts = [form.format(row[name]) for name, form in words.items() if row[name] > 0]
    return "; ".join(parts) or "\N{EN DASH}"


def old_products() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Rules for old electronics, the same as they are printed, and what the text says of them."""
    rules = data.table("ewaste_rules").sort_values("date")
    exports = data.table("ewaste_facts").set_index("metric").loc["e-waste exported per year"]
    died = rules[rules["rule"].str.contains("Secure E-Waste") & (rules["state"] == "died")]
    answers = Answers(died)
    answers.add("pol-seera-died", len(died))
    tonnes = exports["low"] / 1e6
    answers.add("pol-ewaste-exports", tonnes, "{:.1f} million tonnes", sources=exports)
    cited = [" {cite:p}`" + source.replace(";", ",") + "`" for source in rules["source"]]
    printed = pd.DataFrame(
        {
            "Year": rules["date"].dt.year.astype(str),
            "Where": rules["place"],
            "Rule": rules["rule"] + cited,
            "What it does": rules["effect"],
            "State": rules["state"].astype(str),
        }
    )
    return rules, printed, answers


def permits() -> Answers:
    """Years that permits and mines take here and abroad, and how far ahead a start is promised.

    A promise holds the permit that its owner expects, so how late plants come against it cannot
    tell what permits cost; the time before the promise can.
    """
    times, dates = data.table("lead_times").set_index(["measure", "place"]), _promises()
    permit, whole = times.loc["mine permit"], times.loc["discovery to production"]
    answers = Answers(permit, kind="estimate")
    for name, place in {"us": "United States, 2015", "peers": "Australia, 2015"}.items():
        ends = "{low_years:.0f} to {high_years:.0f} years".format(**permit.loc[place])
        answers.add(f"pol-permit-{name}", ends)
    middle = permit[["low_years", "high_years"]].mean(axis=1)
    longer = middle["United States, 2015"] - middle["Canada, 2015"]
    answers.add("pol-permit-longer", longer, "{:.0f} years", kind="derived")
    at_home = whole.loc["United States", "mid_years"]
    for name, place in {"us": "United States", "ca": "Canada", "au": "Australia"}.items():
        row = whole.loc[place]
        answers.add(f"pol-whole-{name}", row["mid_years"], "{:.0f} years", sources=row)
        if name != "us":
            shorter = at_home - row["mid_years"]
            answers.add(
                f"pol-whole-{name}-shorter",
                shorter,
                "{:.0f} years",
                sources=[whole.loc["United States"], row],
                kind="derived",
            )
    mines = dates[dates["stage"] == "mine"]
    ahead = (mines["start_year"] - mines["said_year"]).median()
    answers.add("pol-promise-ahead", ahead, "{:.0f} years", sources=mines, kind="derived")
    answers.add("pol-promise-mines", len(mines), sources=mines, kind="derived")
    return answers


def _promises() -> pd.DataFrame:
    """First promises whose year is known."""
    dates = data.table("start_dates")
    return dates[dates["event"] == "first promise"].dropna(subset=["said_year", "start_year"])


def budgets() -> tuple[pd.DataFrame, Answers]:
    """Budgets asked for and enacted, against the last law before.

    Returns:
        The rows of ARPA-E, and those of all :data:`LINES` for :data:`BUDGET` with ``change_pct``
        against the last law before it (missing in the former): ``line`` as printed,
        ``fiscal_year``, ``stage``, ``usd_million`` and ``source``; and what the text says of them.
    """
    table = data.table("research_budgets").astype({"line": str, "stage": str})
    law = table[(table["stage"] == "enacted") & (table["fiscal_year"] < BUDGET)]
    before = law.sort_values("fiscal_year").groupby("line")["usd_million"].last()
    asked = table[(table["fiscal_year"] == BUDGET) & table["line"].isin(list(LINES))]
    changes = 100 * (asked["usd_million"] / asked["line"].map(before) - 1)
    moved = asked.assign(change_pct=changes, place=asked["line"].map(list(LINES).index))
    moved = moved.sort_values("place", kind="stable").replace({"line": LINES})
    arpa = table[table["line"] == "ARPA-E"]
    columns = ["line", "fiscal_year", "stage", "usd_million", "source"]
    frame = pd.concat([arpa[columns], moved[[*columns, "change_pct"]]], ignore_index=True)
    change = moved.set_index(["line", "stage"])["change_pct"]
    answers = Answers(table)
    for name, key in {
        "arpa-asked": ("ARPA-E", "request"),
        "arpa-enacted": ("ARPA-E", "enacted"),
        "doe-enacted": ("All of DOE", "enacted"),
        "science-enacted": ("Office of Science", "enacted"),
    }.items():
        answers.add(f"pol-{name}", change[key], "{:+.0f}%")
    pots = arpa.set_index(["fiscal_year", "stage"])["usd_million"]
    for year in (2015, 2019, 2025, BUDGET):
        answers.add(f"pol-arpa-{year}", pots[year, "enacted"], "{:.0f}", kind="reported")
    answers.add("pol-arpa-request", pots[BUDGET, "request"], "{:.0f}", kind="target")
    hub = table[table["line"] == "Critical materials hub"].set_index("fiscal_year")
    for year, kind in ((2013, "derived"), (2024, "target")):
        row = hub.loc[year]
        name, usd = f"pol-hub-{year}", row["usd_million"]
        answers.add(name, usd, "{:.0f} million USD", sources=row, kind=kind)
    return frame, answers


def people() -> Answers:
    """Graduates, programmes and jobs in mining."""
    rows = data.table("skills_and_patents").set_index(["measure", "country", "year"])
    answers = Answers(rows)
    graduates, programmes, jobs = (
        "mining engineering graduates",
        "mining and mineral engineering programmes",
        "jobs at rare-earth mines and mills",
    )
    for name, key in {
        "graduates-us": (graduates, "United States", 2023),
        "graduates-cn": (graduates, "China", 2023),
        "programmes-then": (programmes, "United States", 1982),
        "programmes-now": (programmes, "United States", 2023),
        "jobs-2021": (jobs, "United States", 2021),
        "jobs-2025": (jobs, "United States", 2025),
    }.items():
        row = rows.loc[key]
        value, kind = row["low_count"], str(row["kind"])
        answers.add(f"pol-{name}", value, "{:,.0f}", sources=row, kind=kind)
    return answers
