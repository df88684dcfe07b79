"""What a build-out needs besides plants: years, people, ground and air, and money that is paid."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.answers import Answers, listing

PER_KG = ("greenhouse gas", "energy")
"""Measures of the footprint that are stated per kilogram of oxide."""

UNTRACED = {True: "no traceable primary source", False: "calculation or mass balance"}


def lead_times() -> tuple[pd.DataFrame, Answers]:
    """Years from discovery to production, for permits, and for rare-earth projects.

    Returns:
        Rows of ``lead_times`` with ``mark`` (how many mines); the years in the text.
    """
    times = data.table("lead_times")
    count = times["mines_count"].map(", {} mines".format, na_action="ignore").fillna("")
    of = {measure: rows.set_index("place") for measure, rows in times.groupby("measure")}
    opened, rough = of["discovery to production"], of["rare-earth project"]["mid_years"]
    us, world = opened.loc["United States"], opened.loc["World"]

    answers = Answers(sources=times)
    answers.quote("build-us-years", us, "mid_years", "{:.0f} years")
    answers.quote("build-us-mines", us, "mines_count", "{:d} mines")
    for country in ("Canada", "Australia"):
        row = opened.loc[country]
        answers.quote(f"build-{country.lower()}-years", row, "mid_years", "{:.0f}")
    answers.quote("build-mines-mean", world, "mid_years", "{:.1f} years")
    answers.quote("build-mines-count", world, "mines_count", "{:d}")
    ends = "{:.0f} to {:.0f}".format(*world[["low_years", "high_years"]])
    answers.add("build-mines-range", ends, sources=world, kind=str(world["kind"]))
    by_country = opened.loc[~opened.index.str.startswith("World"), "mid_years"]
    answers.add("build-opened-list", listing(by_country))
    permits = of["mine permit"]
    permits = permits.groupby(permits.index.str.split(",").str[0], sort=False)
    permits = permits.agg({"low_years": "min", "high_years": "max"})
    ranges = {place: tuple(row) for place, row in permits.T.items()}
    answers.add("build-permit-list", listing(ranges, "{} {:.0f} to {:.0f}"))
    answers.add("build-project-list", listing(rough, "{} about {:.0f}"))
    return times.assign(mark=count), answers


def people_and_patents() -> tuple[pd.DataFrame, Answers]:
    """Mining engineers, schools and patents by country.

    Returns:
        Rows of ``skills_and_patents`` with ``panel`` (graduates, programmes, patents), ``bar``
        (name of the bar), ``actor`` (whose colour), ``count`` and ``lower_bound``; counts in the
        text.
    """
    counts = data.table("skills_and_patents")
    measure = counts["measure"]
    trained = counts[measure == "mining engineering graduates"]
    schools = counts[measure.str.endswith("programmes")]
    filings = counts[counts["topic"] == "patents"]
    graduates = trained[trained["year"] == 2023]
    dated = schools["country"] + ", " + schools["year"].astype(str)
    bars = pd.concat(
        [
            graduates.assign(panel="graduates", bar=graduates["country"]),
            schools.assign(panel="programmes", bar=dated),
            filings.assign(panel="patents", bar=filings["country"]),
        ]
    )
    bars["actor"] = bars["country"].replace("European Union", "Europe")
    bars["count"] = bars["low_count"]
    bars["lower_bound"] = (bars["topic"] == "people") & (bars["country"] == "China")

    answers = Answers(sources=bars)
    at = graduates.set_index("country")
    answers.quote("build-us-graduates", at.loc["United States"], "low_count", "{:d}")
    answers.quote("build-china-graduates", at.loc["China"], "low_count", "{:,d}")
    wider = trained[trained["year"] == 2020].iloc[0]
    answers.quote("build-wider-graduates", wider, "low_count", "{:d}")
    needed = counts[measure == "graduates needed a year"].iloc[0]
    ends = "{:,d} to {:,d}".format(*needed[["low_count", "high_count"]])
    answers.add("build-graduates-needed", ends, sources=needed, kind=str(needed["kind"]))
    jobs = counts[measure.str.startswith("jobs")].sort_values("year")
    answers.quote("build-jobs-first", jobs.iloc[0], "low_count", "{:d}")
    answers.quote("build-jobs-last", jobs.iloc[-1], "low_count", "{:d}")
    filed = filings.set_index("country")["low_count"]
    ratio = filed["China"] / filed["United States"]
    answers.add("build-patents-ratio", ratio, "{:.1f} times", sources=filings)
    programmes = schools.set_axis(dated)["low_count"]
    answers.add("build-schools-list", listing(programmes, "{}: {}", "; "))
    answers.add("build-patents-list", listing(filed, "{} {:,d}"))
    return bars.drop(columns=["low_count", "high_count"]), answers


def footprint() -> tuple[pd.DataFrame, Answers]:
    """Greenhouse gas and energy per kilogram of oxide by route.

    Returns:
        Rows of ``footprint`` on :data:`PER_KG`; ranges in the text.
    """
    routes = data.table("footprint")
    routes = routes[routes["measure"].isin(PER_KG)]
    gas, energy = (routes[routes["measure"] == m].set_index("route") for m in PER_KG)
    clay = gas.loc["Ion-adsorption clay, China"]
    monazite = gas.loc["Monazite, average of 15 oxides"]
    answers = Answers(sources=routes)
    for name, row in (("clay", clay), ("monazite", monazite)):
        ends = "{:.0f} to {:.0f} kg".format(*row[["low", "high"]])
        answers.add(f"build-gas-{name}", ends, sources=row, kind=str(row["kind"]))
    both = f"{clay['low']:.0f} to {monazite['high']:.0f} kg"
    answers.add("build-gas-range", both, sources=[clay, monazite], kind="reported")
    answers.quote("build-gas-mean", monazite, "mid", "{:.0f}")
    answers.quote("build-gas-site", gas.loc["Mountain Pass site, 2024"], "mid", "{:.1f} kg")
    ends = {route: _ends(row["low"], row["mid"], row["high"]) for route, row in energy.iterrows()}
    answers.add("build-energy-list", listing(ends, "{} {}"))
    return routes, answers


def residues() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Waste and ore moved per tonne: as printed, with the standing of each figure, and as data."""
    rows = data.table("footprint")
    rows = rows[~rows["measure"].isin(PER_KG)]
    printed = pd.DataFrame(
        {
            "Figure": rows["measure"].astype(str).str.capitalize(),
            "Value": [_ends(*row) for row in rows[["low", "mid", "high"]].to_numpy()],
            "Unit": rows["unit"],
            "Route": rows["route"],
            "Standing": rows["weak"].map(UNTRACED),
            "Source": rows["source"].map("{{cite:p}}`{}`".format),
        }
    )
    return printed, rows


def commitments() -> tuple[pd.DataFrame, Answers]:
    """Critical-mineral projects left at each step from a register to money that was paid.

    Returns:
        Rows of ``commitment_funnel`` that have a label; the counts in the text.
    """
    steps = data.table("commitment_funnel").dropna(subset="label")
    of = steps.set_index("step")
    answers = Answers(sources=steps, kind="reported")
    for name, step in (
        ("projects", "registry projects"),
        ("committed", "with any commitment row"),
        ("government", "with a government commitment"),
        ("binding", "with a binding government commitment"),
        ("paid", "with money paid, in part or full"),
    ):
        answers.quote(f"build-funnel-{name}", of.loc[step], "projects_count", "{:d}")
    return steps, answers


def _ends(low: float, mid: float, high: float) -> str:
    """A range, or the single value where no range is stated."""
    return f"{mid:,.4g}" if pd.isna(low) else f"{low:,.0f} to {high:,.0f}"
