"""Events, prices and the one mine."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis.history import pick
from rareearth.answers import Answers, listing

STAGE_DATES = {
    "2009 average": 2009.5,
    "first quarter 2010": 2010.12,
    "26 July 2010": 2010.56,
    "third quarter 2010": 2010.65,
    "fourth quarter 2010": 2010.87,
    "14 March 2011": 2011.2,
}
"""Decimal year of each stage of the rise that one company printed."""

GROUPS = {
    "Light elements": ("La", "Ce", "Nd", "Sm"),
    "Europium and heavy elements": ("Eu", "Tb", "Dy"),
}
NAMES = {
    "La": "lanthanum",
    "Ce": "cerium",
    "Nd": "neodymium",
    "Sm": "samarium",
    "Eu": "europium",
    "Tb": "terbium",
    "Dy": "dysprosium",
}

TURNS = {
    "Molycorp IPO": "Molycorp floated",
    "Mining restarts at Mountain Pass": "mining restarts",
    "Molycorp files for Chapter 11": "Molycorp bankrupt",
    "Mountain Pass auctioned": "auction",
    "Mountain Pass restarts under MP Materials": "MP restarts",
    "DoD becomes MP Materials largest shareholder": "Pentagon buys in",
}
"""Events at Mountain Pass, and what to call them in few words."""

MP_SINCE = 2017
"""First year of the second owner of Mountain Pass."""


# --- events and prices ---------------------------------------------------------------------------


def timeline() -> tuple[pd.DataFrame, Answers]:
    """All events, with the decimal year at which each is drawn, and the answers."""
    events = pick.events()
    answers = Answers(sources=events)
    answers.add("events-count", len(events))
    recent = events["date"].dt.year.isin([2025, 2026])
    answers.add("events-recent", int(recent.sum()))
    answers.add("events-primary", 100 * (events["seen"] == "primary").mean(), "{:.0f}%")
    return events, answers


def price_spike() -> tuple[pd.DataFrame, Answers]:
    """Prices around 2011 as multiples of those of 2009.

    Returns:
        One row per printed price: the table's columns, ``usd_per_kg``, ``group`` (of
        :data:`GROUPS`, missing where not drawn), ``when`` (decimal year), ``multiple``,
        ``another_basis`` (joined to prices that count otherwise) and ``peak`` (words at a price
        that stands alone); and the answers.
    """
    spike = data.table("price_spike").rename(columns={"usd_per_kg_mid": "usd_per_kg"})
    spike = spike.drop(columns=["usd_per_kg_low", "usd_per_kg_high"])
    spike = spike.astype({"element": str, "stage": str, "basis": str, "kind": str})
    base = pick.rows(spike, stage="2009 average").set_index("element")["usd_per_kg"]
    group_of = {element: group for group, members in GROUPS.items() for element in members}
    later = spike["basis"] == "USGS year-end, basis not shown"
    alone = spike["basis"] == "international market"
    when = spike["stage"].map(STAGE_DATES)
    when = when.mask(later, spike["date"].dt.year + 1).mask(
        alone, spike["date"].dt.year + spike["date"].dt.day_of_year / 365.25
    )
    spike = spike.assign(
        multiple=spike["usd_per_kg"] / spike["element"].map(base),
        group=spike["element"].map(group_of),
        when=when,
        another_basis=later,
        peak=spike["stage"].where(alone),
    )
    answers = Answers(sources=spike)
    for name, element, stage, template in (
        ("spike-ce-march", "Ce", "14 March 2011", "{:.0f}-fold"),
        ("spike-ce-peak", "Ce", "August 2011", "{:.0f} times"),
        ("spike-dy-march", "Dy", "14 March 2011", "{:.1f}-fold"),
        ("spike-dy-end", "Dy", "year-end 2011", "{:.0f} times"),
        ("spike-ce-2015", "Ce", "year-end 2015", "{:.1f} times"),
        ("spike-nd-2015", "Nd", "year-end 2015", "{:.1f} times"),
    ):
        pair = pick.rows(spike, element=element)
        pair = pair[pair["stage"].isin(["2009 average", stage])]
        answers.add(name, pick.row(pair, stage=stage)["multiple"], template, sources=pair)
    at = spike.set_index(["stage", "element"])["multiple"].sort_index()
    light, heavy = (list(members) for members in GROUPS.values())
    for name, stage, elements, form in (
        ("spike-light-list", "14 March 2011", light, "{} {:.0f}"),
        ("spike-heavy-list", "14 March 2011", heavy, "{} {:.1f}"),
        ("spike-heavy-end-list", "year-end 2011", heavy, "{} {:.0f}"),
    ):
        answers.add(name, listing({NAMES[e]: at[stage, e] for e in elements}, form))
    licence = pick.event("Export licences for lanthanum", "startswith")
    lanthanum = licence["effect_value"]
    answers.add("licence-la", lanthanum, "{:.0f} USD", sources=licence, kind="reported")
    answers.add(
        "licence-multiple",
        licence["effect_value"] / base["La"],
        "{:.0f} times",
        sources=[licence, pick.row(spike, element="La", stage="2009 average")],
    )
    pick.effect(answers, "dy-peak", "Dysprosium price peak", "{:,.0f} USD/kg")
    return spike, answers


def price_gap() -> tuple[pd.DataFrame, Answers]:
    """Prices outside China over those inside: quotes of one product, and annual averages."""
    gap = data.table("price_gap")
    quotes, annual = (
        pick.rows(gap, comparison="quotes"),
        pick.rows(gap, comparison="annual average"),
    )
    answers = Answers(sources=annual)
    widest = quotes.loc[quotes["ratio"].idxmax()]
    answers.add("gap-2011", widest["ratio"], "{:.0f} times", sources=widest)
    for name, rows, template in (
        ("gap-quotes-2011", quotes[quotes["year"] == 2011], "{:.1f}"),
        ("gap-quotes-2014", quotes[quotes["year"] == 2014], "{:.1f}"),
        ("gap-2014", annual[annual["year"] == 2014], "{:.1f}"),
        ("gap-later", annual[annual["year"].between(2017, 2024)], "{:.2f}"),
    ):
        answers.add(f"{name}-low", rows["ratio"].min(), template, sources=rows)
        answers.add(f"{name}-high", rows["ratio"].max(), template, sources=rows)
    return gap, answers


def oxide_prices() -> tuple[pd.DataFrame, Answers]:
    """Prices of four oxides since 2007, and the answers."""
    price = data.table("oxide_prices").astype({"element": str})
    shown = price[price["element"].isin(["La", "Nd", "Tb", "Dy"])]
    neodymium = pick.rows(price, element="Nd")
    nd = neodymium.set_index("year")["usd_per_kg"]
    answers = Answers(sources=neodymium)
    for year in (2020, 2022, 2023, 2024):
        pick.cell(answers, f"nd-{year}", neodymium, "usd_per_kg", "{:.0f}", year=year)
    before = nd.loc[:2023]
    answers.add("nd-low-since", int(before[before < nd[2024]].index.max()))
    for element, years in {
        "Tb": (2016, 2022, 2025), "Dy": (2011, 2025), "Nd": (2011, 2025), "La": (2011, 2025)
    }.items():  # fmt: skip
        series = pick.rows(price, element=element).set_index("year")["usd_per_kg"]
        words = listing(series.loc[list(years)], "{1:,.0f} in {0}")
        answers.add(f"{element.lower()}-price-list", words, sources=shown)
    return shown, answers


# --- one mine ------------------------------------------------------------------------------------


def mountain_pass() -> tuple[dict[str, pd.DataFrame], Answers]:
    """Price, output and events at Mountain Pass under its two owners.

    Returns:
        ``years`` (``year``, ``kt`` mined, ``owner``, ``usd_per_kg`` of neodymium oxide with its
        ``statistic``, ``source`` of both), ``products`` (what Molycorp says it made for sale) and
        ``events``; and the answers.
    """
    site, prices = data.table("mountain_pass"), pick.neodymium()
    ore = pick.rows(data.table("mine_production"), country="United States")
    ore = ore[ore["year"] >= 2007].sort_values("year")
    both = ore.merge(prices, on="year", how="left", suffixes=("", "_of_price"))
    years = pd.DataFrame(
        {
            "year": both["year"],
            "kt": both["reo_t"] / 1000,
            "owner": np.where(both["year"] < MP_SINCE, "Molycorp", "MP Materials"),
            **both[["usd_per_kg", "statistic", "purity"]],
            "source": both["source"] + ";" + both["source_of_price"],
        }
    )
    yearly = site[site["quarter"].isna()]
    products = pick.rows(yearly, operator="Molycorp", quantity="products produced")
    events = pick.events()
    events = events[events["title"].isin(TURNS)].assign(label=lambda e: e["title"].map(TURNS))
    answers = Answers(sources=[ore, products])
    spent = pick.event("Molycorp expands Mountain Pass, 2010 to 2015")
    answers.add(
        "molycorp-spent", spent["effect_value"] / 1000, "{:.2f} billion USD", sources=spent,
        kind="reported",
    )  # fmt: skip
    pick.effect(answers, "auction-bid", "Mountain Pass auctioned", "{:.1f} million USD")
    pick.cell(answers, "molycorp-2014", products, "t", "{:,.0f} t", year=2014)
    third = pick.rows(site, year=2014, quarter="Q3")
    pick.cell(answers, "molycorp-cost", third, "usd_per_kg", "{:.0f} USD/kg", quantity="cash cost")
    sold = "average selling price"
    pick.cell(answers, "molycorp-price", third, "usd_per_kg", "{:.0f} USD/kg", quantity=sold)
    ratio = answers["molycorp-cost"].value / answers["molycorp-price"].value
    answers.add("molycorp-ratio", ratio, "{:.1f} times", sources=third)
    for year in (2011, 2015):
        pick.cell(answers, f"nd-{year}", prices, "usd_per_kg", "{:.0f} USD/kg", year=year)
    oxide = pick.rows(yearly, quantity="NdPr oxide produced")
    for year in (2023, 2025):
        pick.cell(answers, f"ndpr-{year}", oxide, "t", "{:,.0f} t", year=year)
    pick.effect(
        answers, "floor-price", "DoD becomes MP Materials largest shareholder", "{:.0f} USD/kg"
    )
    paid = pick.rows(site, quantity="price floor income")
    million = "{:.0f} million USD"
    pick.cell(
        answers, "floor-2025", paid[paid["quarter"].isna()], "usd_million", million, year=2025
    )
    pick.cell(answers, "floor-2026", paid, "usd_million", million, year=2026, quarter="Q1")
    kt, last = years.set_index("year")["kt"], years["year"].max()
    answers.add("mp-multiple", kt[last] / kt[2015], "{:.0f} times", sources=ore)
    nd = prices.set_index("year")["usd_per_kg"].loc[[2008, 2011, 2015, 2022, 2025]]
    answers.add("nd-list", listing(nd, "{1:.0f} in {0}"), sources=prices)
    answers.add("mp-output-list", listing(kt.loc[[2012, 2015, 2018, last]], "{1:.0f} in {0}"))
    products = products.assign(kt=products["t"] / 1000)
    return {"years": years, "products": products, "events": events}, answers
