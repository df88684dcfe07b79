"""China's share stage by stage, how concentrated each stage is, and what is mined and refined."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from rareearth import data
from rareearth.analysis import accounts
from rareearth.answers import Answers, listing
from rareearth.models import oxides
from rareearth.models.concentration import hhi, hhi_bounds

FIRST = 2020
"""First year of a share that still describes the present; shares of no stated year count."""

IEA = "iea_cmde_2025"
OF_MAGNETS = ("Magnet alloy and magnets", "Sintered magnets")
DENOMINATORS = ("all rare earths", "four magnet elements (Nd, Pr, Dy, Tb)", "heavy rare earths")
"""What China's share is a share of, in the order in which figures name them; then magnets."""

RANGES = {
    "mining-range": "Mining",
    "separation-range": "Separation and refining",
    "magnet-range": "Sintered magnets",
}
QUOTED = {
    "mining-2024": ("Mining", IEA, "{:.0f}%"),
    "refining-2024": ("Separation and refining", IEA, "{:.0f}%"),
    "magnets-2024": ("Sintered magnets", "iea_gcmo_2025_atlas", "{:.0f}%"),
    "refining-low": ("Separation and refining", "thompsonhine_2022_s232", "{:.0f}%"),
    "refining-csis": ("Separation and refining", "csis_2024_techban", "{:.0f}%"),
    "magnets-low": ("Sintered magnets", "macropolo_magnets", "{:.0f}%"),
    "magnets-high": ("Sintered magnets", "movefm_2025_goldman", "{:.0f}%"),
    "heavy-share": ("Heavy separation", "csis_2024_techban", "{:.1f}%"),
    "refining-doe": ("Separation and refining", "electronics_2023_doe", "{:.0f}%"),
    "metal-share": ("Metal making", "electronics_2023_doe", "{:.0f}%"),
    "alloy-share": ("Magnet alloy and magnets", "mayerbrown_2022_s232", "{:.0f}%"),
}
"""Shares that the text quotes: stage and source of the row, and how it is printed."""


def china_shares() -> tuple[pd.DataFrame, Answers]:
    """Published shares of China by stage since :data:`FIRST`.

    Returns:
        The rows of ``china_stage_shares`` with ``group`` (what the share is a share of), in the
        order of the groups; the shares and ranges that the text quotes, among them
        ``mining-range`` and ``magnet-range``.
    """
    table = data.table("china_stage_shares")
    shares = table[table["year"].fillna(FIRST) >= FIRST]
    of_magnets, heavy = shares["stage"].isin(OF_MAGNETS), shares["scope"] == "heavy REE"
    magnet_elements = shares["scope"].str.startswith("magnet REE")
    group = pd.Series(0, shares.index).mask(magnet_elements, 1).mask(heavy, 2).mask(of_magnets, 3)
    names = dict(enumerate([*DENOMINATORS, "magnets"]))
    shares = shares.assign(group=group.map(names))
    shares = shares.iloc[group.argsort(kind="stable")].reset_index(drop=True)

    answers = Answers()
    for name, (stage, source, template) in QUOTED.items():
        at = (shares["stage"] == stage) & shares["source"].str.contains(source)
        answers.quote(name, shares[at].iloc[0], "share_pct", template)
    usgs = (shares["authority"] == "USGS 2026") & (shares["year"] == 2024)
    answers.quote("mining-usgs", shares[usgs].iloc[0], "share_pct", "{:.0f}%")
    before = table[table["year"] == 2005].iloc[0]
    answers.quote("magnets-2005", before, "share_pct", "{:.0f}%")
    for name, stage in RANGES.items():
        rows = shares[shares["stage"] == stage]
        ends = rows["share_pct"].agg(["min", "max"])
        answers.add(name, "{:.0f} to {:.0f}%".format(*ends), sources=rows)
        median = name.replace("range", "median").replace("separation", "refining")
        answers.add(median, rows["share_pct"].median(), "{:.0f}%", sources=rows)
    return shares, answers


def magnet_share() -> pd.DataFrame:
    """The row with China's share of the world's sintered magnets in 2024."""
    shares = data.table("china_stage_shares")
    chosen = "authority == 'IEA 2025' and stage == 'Sintered magnets' and year == 2024"
    return shares.query(chosen)


def concentration(first: int = 1995) -> tuple[pd.DataFrame, Answers]:
    """Herfindahl-Hirschman index of the countries at each stage by year.

    Args:
        first: first year of mining shown.

    Returns:
        ``year``, ``stage``, ``name`` (of the line), ``low_hhi`` and ``high_hhi`` (if those not
        named are very many, or one country), ``kind`` and ``source``; the values in the text.
    """
    mined = data.table("mine_production").query("year >= @first")
    wide = mined.pivot_table(index="year", columns="country", values="reo_t", observed=True)
    named = wide.drop(columns="World")
    # Where a survey prints a world total, what it leaves unnamed is a part of it.
    total = named.sum(axis=1).clip(lower=wide["World"])
    keys = ";".join(sorted(set(mined["source"])))
    all_mined = "mining, all rare earths"
    rows = []
    for year, tonnes in named.iterrows():
        pct = 100 * tonnes.dropna() / total[year]
        bounds = hhi_bounds(pct, max(0, 100 - pct.sum()))
        rows.append((year, "Mining", all_mined, *bounds, "reported", keys))
    for (stage, year), part in data.table("magnet_ree_supply").groupby(["stage", "year"]):
        tonnes = part.set_index("country")["element_t"]
        pct = 100 * tonnes / tonnes["World"]
        bounds = hhi_bounds(pct.drop(["World", "Rest of world"]), pct["Rest of world"])
        name = f"{stage.lower()}, magnet elements"
        rows.append((year, stage, name, *bounds, part["kind"].iloc[0], IEA))
    china = magnet_share().iloc[0]
    bounds = hhi_bounds([china["share_pct"]], 100 - china["share_pct"])
    rows.append((2024, china["stage"], "sintered magnets", *bounds, "reported", china["source"]))
    columns = ["year", "stage", "name", "low_hhi", "high_hhi", "kind", "source"]
    index = pd.DataFrame(rows, columns=columns)
    index["high_hhi"] = index["high_hhi"].clip(upper=10_000)  # shares may add to 100 and a rest

    at = index.set_index(["name", "year"])["low_hhi"]
    answers = Answers(sources=IEA)
    number = "{:,.0f}"
    answers.add("hhi-monopoly", hhi([100]), number)
    answers.add("hhi-two", hhi([50, 50]), number)
    for stage in ("mining", "refining"):
        line = at[f"{stage}, magnet elements"]
        answers.add(f"hhi-{stage}", line[2024], number)
        answers.add(f"hhi-{stage}-2040", line[2040], number, kind="forecast")
    answers.add("hhi-magnets", at["sintered magnets", 2024], number, sources=china)
    line = at[all_mined]
    for name, value, template in (
        ("hhi-peak", line.max(), number),
        ("hhi-peak-year", int(line.idxmax()), "{}"),
        ("index-trough", line.min(), number),
        ("index-trough-year", int(line.idxmin()), "{}"),
        ("index-last", line[2025], number),
    ):
        answers.add(name, value, template, sources=data.table("mine_production"))
    return index, answers


def nameplates(year: int) -> pd.DataFrame:
    """Separation plants outside China that stood at the end of a year, by their nameplates.

    Returns:
        ``ramp``, ``region``, ``element_t`` (contained NdPr), ``kind``, ``source``.
    """
    table = data.table("nameplates")
    end = pd.Timestamp(year, 12, 31)
    stood = (table["valid_from"] <= end) & ~(table["valid_to"] < end).fillna(False)
    rows = table[stood & table["preferred"] & (table["product"] == "NdPr oxide")]
    region = rows["ramp"].astype(str).map(REGIONS)
    tonnes = rows["nameplate_t_per_year"] * oxides.ndpr_in_oxide()
    return rows[["ramp", "kind", "source"]].assign(region=region, element_t=tonnes)


REGIONS = {
    "MP, Mountain Pass NdPr": "United States",
    "Lynas, Kuantan NdPr": "Malaysia",
    "Lynas, Kuantan NdPr, upgraded": "Malaysia",
}
"""Country of each ramp that separates NdPr."""


def in_place(years: Sequence[int] = (2024, 2025)) -> tuple[pd.DataFrame, Answers]:
    """What was mined outside China, what the plants that stood could separate, and what they did.

    What other countries separate has no nameplate that was found; their output stands for it.

    Args:
        years: calendar years.

    Returns:
        ``year``, ``what``, ``part``, ``element_kt`` and ``source``; what the text says, among it
        ``us-mined-2024`` and ``us-refined-2024`` with the range of the sources.
    """
    used = data.table("accounts").query("preferred and stage != 'Metal'")
    rows, answers = [], Answers(sources=used)
    kt, pct = "{:.1f} thousand t", "{:.0f}%"
    for year in years:
        mined, made = (accounts.preferred(stage, year) for stage in ("Mined", "Separated"))
        mined, made = mined.drop("China"), made.drop("China")
        plants = nameplates(year)
        named = made.index.isin(plants["region"])
        bars = {
            ("mined", "Myanmar"): mined.loc[["Myanmar"]],
            ("mined", "other mines"): mined.drop("Myanmar"),
            ("could be separated", "Lynas and MP Materials"): plants,
            ("could be separated", "other plants, by output"): made[~named],
            ("separated", "Lynas and MP Materials"): made[named],
            ("separated", "other plants, by output"): made[~named],
        }
        total = {bar: part["element_t"].sum() / 1000 for bar, part in bars.items()}
        for (what, part), of in bars.items():
            source = ";".join(dict.fromkeys(";".join(of["source"]).split(";")))
            rows.append((year, what, part, total[what, part], "derived", source))
        whole = {what: sum(t for (w, _), t in total.items() if w == what) for what, _ in bars}
        room = total["could be separated", "Lynas and MP Materials"]
        run = 100 * total["separated", "Lynas and MP Materials"] / room
        both = [used, plants]
        answers.add(f"mined-outside-{year}", whole["mined"], kt)
        answers.add(f"mined-myanmar-{year}", 100 * total["mined", "Myanmar"] / whole["mined"], pct)
        if year == years[0]:
            answers.add("mined-elsewhere", total["mined", "other mines"], kt)
        answers.add(f"room-{year}", whole["could be separated"], kt, sources=both)
        answers.add(f"room-used-{year}", run, pct, sources=both)
        answers.add(f"made-outside-{year}", whole["separated"], kt)
    for name, stage in (("us-mined-2024", "Mined"), ("us-refined-2024", "Separated")):
        of = statements_of(stage, "United States", 2024)
        tonnes, best = of["element_t"], of.loc[of["preferred"], "element_t"].item()
        answers.add(name, best, "{:,.0f} t", low=tonnes.min(), high=tonnes.max(), sources=of)
    left = 1 - answers["us-refined-2024"].value / answers["us-mined-2024"].value
    answers.add("us-unrefined-2024", 100 * left, pct)
    columns = ["year", "what", "part", "element_kt", "kind", "source"]
    return pd.DataFrame(rows, columns=columns), answers


def statements_of(stage: str, region: str, year: int) -> pd.DataFrame:
    """All readings of one stage, region and year."""
    return accounts.statements().query("stage == @stage and region == @region and year == @year")


def readings(year: int = 2024) -> tuple[pd.DataFrame, Answers]:
    """What the sources say side by side, where there is more than one.

    Returns:
        Rows of :func:`rareearth.analysis.accounts.beside` of both stages; the widest difference,
        and how far the agency's refined supply is below what it has put into magnets.
    """
    beside = pd.concat(
        [accounts.beside(stage, year) for stage in ("Mined", "Separated")], ignore_index=True
    )
    answers = Answers(sources=beside)
    widest = beside.loc[beside["against_pct"].abs().idxmax()]
    answers.add("widest", abs(widest["against_pct"]), "{:.0f}%")
    answers.add("widest-region", widest["region"])
    answers.add("widest-reading", widest["reading"])
    said = accounts.statements().query("year == @year")
    agency = (said["stage"] == "Separated") & (said["reading"] == "IEA 2025")
    put_in = (said["stage"] == "Put into magnets") & (said["region"] == "World")
    supply, need = (said.loc[rows, "element_t"].sum() for rows in (agency, put_in))
    rows = said[agency | put_in]
    answers.add("agency-separated", supply / 1000, "{:.1f} thousand t", sources=rows)
    answers.add("agency-short", 100 * (1 - supply / need), "{:.0f}%", sources=rows)
    return beside, answers


def mined_and_refined() -> tuple[pd.DataFrame, Answers]:
    """Magnet rare earths mined and refined outside China and in the United States.

    Returns:
        ``place``, ``stage`` (Mining, Refining), ``year``, ``element_kt``, ``kind``; what is mined
        and refined, and how far it is apart.
    """
    table = data.table("magnet_ree_supply")
    wide = table.pivot_table(
        index=["stage", "year"], columns="country", values="element_t", observed=True
    )
    wide /= 1000
    outside, us = wide["World"] - wide["China"], wide["United States"]
    tonnes = {"Outside China": outside, "United States": us}
    kinds = table.groupby("year")["kind"].first().astype(str)
    balance = pd.concat(tonnes, names=["place"]).rename("element_kt").reset_index()
    balance = balance.assign(kind=balance["year"].map(kinds), source=IEA)

    answers = Answers(sources=IEA)
    kt, pct = "{:.1f} thousand t", "{:.0f}%"
    gap = outside["Mining"] - outside["Refining"]
    answers.add("outside-refined-2030", outside["Refining", 2030], kt, kind="forecast")
    for year, kind in ((2024, "derived"), (2035, "forecast")):
        unrefined = 100 * gap[year] / outside["Mining", year]
        answers.add(f"outside-gap-{year}", gap[year], kt, kind=kind)
        answers.add(f"outside-homeless-{year}", unrefined, pct, kind=kind)
    for place, by_stage in (("outside", outside), ("us", us)):
        for stage, verb in (("Mining", "mined"), ("Refining", "refined")):
            years = listing(by_stage[stage], "{1:.1f} in {0}")
            answers.add(f"{place}-{verb}-list", years, kind="forecast")
    return balance, answers
