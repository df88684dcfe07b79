"""What decides the claims on the hold itself and on how it came about."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.analysis.chokepoints import controls, shortages, stages, trade
from rareearth.analysis.claims.run import UNKNOWN, Evidence, Run, said_on
from rareearth.models.controls import phases

# --- where the hold is ----------------------------------------------------------------------------


def refining(run: Run) -> Evidence:
    """C01: China's share of refining, of the magnet elements and of all rare earths."""
    shares = _stage_shares("Separation and refining")
    magnet = shares["scope"].str.startswith("magnet")
    of_magnet, of_all = shares[magnet]["share_pct"], shares[~magnet]["share_pct"]
    return Evidence(rows=(shares,), values={"magnet": of_magnet, "all": of_all})


def processing(run: Run) -> Evidence:
    """C02: China's share of refining, by what had been published before the essay."""
    shares = _stage_shares("Separation and refining").query("year <= 2023")
    return Evidence(rows=(shares,), values={"share": shares["share_pct"]})


def import_dependence(run: Run) -> Evidence:
    """C03: China's largest share in US imports of an element."""
    usgs, _, answers = trade.us_sources()
    china = usgs[usgs["country"] == "China"]
    single = china[~china["product"].str.startswith("All")]
    return Evidence(
        rows=(china,),
        values={"top": single["share_pct"].max()},
        numbers={"of": (len(single), "{}")},
        answers=answers.only("us-full", "us-all-compounds"),
    )


def element_controls(run: Run) -> Evidence:
    """C15: elements announced by April and by October 2025; beside them those in force."""
    listed = data.table("china_export_controls").dropna(subset="elements")
    answers = controls.elements()
    return Evidence(
        rows=(listed,),
        values={"april": answers["held-april"].value, "named": answers["elements-announced"].value},
        numbers={"october": (answers["held-october"].value, "{}")},
        answers=answers.only("held"),
    )


def after_the_pause(run: Run) -> Evidence:
    """C16: exports in the months known when it was said, against those before."""
    exports = data.table("china_exports")
    exports = exports[exports["destination"] != "Japan"]
    known = exports[exports["start"].between("2025-11-01", "2026-01-31") & (exports["months"] == 1)]
    whole = exports[exports["months"] == 12].set_index(["product", "destination", "start"])
    month = whole["gross_t"].sort_index() / 12
    magnets = known[known["product"] == "Magnets"].set_index("destination")["gross_t"]
    world_pct = 100 * magnets["World"] / month["Magnets and alloys", "World", "2024-01-01"]
    us_pct = 100 * magnets["United States"] / month["Magnets", "United States", "2024-01-01"]
    ores = known[known["product"] == "Rare earths"]["gross_t"]
    ores_pct = 100 * ores / month["Rare earths", "World", "2025-01-01"]
    heavy = shortages.prices_and_exports()[1]
    heavy = heavy[heavy["date"].between(known["start"].min(), known["start"].max())]
    calendar = data.table("china_export_controls")
    lives = phases(calendar, data.today())
    said = said_on("C16")
    held = lives[(lives["state"] == "in force") & (lives["start"] <= said) & (lives["end"] > said)]
    bans = calendar[calendar["measure"].astype(str).str.contains("technology export")]
    count = bans["instrument"].isin(held["instrument"]).sum()
    return Evidence(
        rows=(known, bans, heavy),
        values={
            "ores": ores_pct,
            "magnets": [*world_pct, *us_pct],
            "bans": count,
            "heavy": 100 * heavy["kg"] / heavy["before_kg"],
        },
    )


def ore_to_china(run: Run) -> Evidence:
    """C35: China's share of refining, and foreign ore that was separated in China, 2024."""
    _, answers = trade.chain()
    shares = refining(run)
    return Evidence(
        rows=(data.table("accounts").query("preferred and stage != 'Metal'"), *shares.rows),
        values={"all": shares.values["all"], "share": answers["foreign-ore-to-china"].value},
        answers=stages.in_place()[1].only("us-unrefined-2024"),
    )


# --- how it came about ----------------------------------------------------------------------------


def reserves(run: Run) -> Evidence:
    """C05: US reserves as printed at the time, and what known deposits were said to hold."""
    table = data.table("reserves")
    us = table[table["country"] == "United States"]
    inventory_2010 = us[us["count"].astype(str).str.startswith("resource")]
    printed = us[us["as_of_year"] == 2019]
    world_2010 = table[
        (table["country"] == "World") & (table["edition"] == inventory_2010["edition"].iloc[0])
    ]
    share = 100 * inventory_2010["reserves_mt"].item() / world_2010["reserves_mt"].item()
    newest = us[us["count"].astype(str) == "reserves"]["reserves_mt"]
    return Evidence(
        rows=(inventory_2010, printed, world_2010),
        values={
            "reserves": printed["reserves_mt"],
            "deposits": inventory_2010["reserves_mt"],
            "share": share,
        },
        numbers={"since": (f"{newest.min():.1f} to {newest.max():.1f} million tonnes", "{}")},
    )


def us_mining(run: Run) -> Evidence:
    """C06: last year of US mine output, and years without any until the article."""
    mined = data.table("mine_production")
    us = mined[(mined["country"] == "United States") & mined["year"].between(1997, 2018)]
    output = us.set_index("year")["reo_t"]
    last = output.loc[:2011][output > 0].index.max()
    after = output.loc[1999:2018]
    none = int((after == 0).sum())
    t = "{:,.0f} t"
    return Evidence(
        rows=(us,),
        values={"zero": 100 * none / len(after), "last": last},
        numbers={"before": (output[1999], t), "at": (output[2018], t)},
    )


def breakthrough(run: Run) -> Evidence:
    """C07: whether there is output where there was none, and how far it is from China's."""
    mined = data.table("mine_production")
    output = mined.set_index(["country", "year"])["reo_t"]
    us = output["United States"]
    site = data.table("mountain_pass")
    ndpr = site[(site["quantity"] == "NdPr oxide produced") & site["quarter"].isna()]
    latest = ndpr.query("year == 2025")
    supply = data.table("magnet_ree_supply").query("year == 2024 and stage == 'Refining'")
    refined = supply.set_index("country")["element_t"]
    reliance = data.table("us_import_reliance").query("year >= 2024")
    ends = mined["year"].isin([2010, 2025]) & mined["country"].isin(["United States", "China"])
    return Evidence(
        rows=(mined[ends], latest, supply, reliance),
        values={
            "begun": latest["t"],
            "mined": 100 * us[2025] / output["China", 2025],
            "refined": 100 * refined["United States"] / refined["China"],
            "reliance": reliance["reliance_pct"],
        },
        numbers={
            "mine": (us[2025], "{:,.0f} t"),
            "best": (100 * us[2025] / us.loc[:2010].max(), "{:.0f}%"),
        },
    )


def ukraine(run: Run) -> Evidence:
    """C08: rows for Ukraine in the editions of the reserves table that were read."""
    table = data.table("reserves")
    survey = table[table["edition"].astype(str).str.startswith("MCS")]
    listed = int((survey["country"] == "Ukraine").sum())
    return Evidence(
        rows=(survey,),
        values={"rows": listed},
        numbers={
            "editions": (survey["edition"].nunique(), "{}"),
            "countries": (survey[survey["country"] != "World"]["country"].nunique(), "{}"),
        },
    )


def japan(run: Run) -> Evidence:
    """C13: halts of shipments on record, and whether one was ordered; imports before and after."""
    events = data.table("events")
    halts = events[
        events["title"].str.contains("embargo on Japan") & (events["date"].dt.year == 2010)
    ]
    table = data.table("japan_imports")
    weight = table[table["series"] == "import weight"].query("period == 'year'")
    tonnes = weight.set_index("year")["t"]
    share = table[table["series"] != "import weight"]
    ministry = share[share["series"] == "METI"].set_index("year")["low_pct"]
    late = share[share["year"].between(2023, 2024)]
    newer = pd.concat([late["low_pct"], late["high_pct"]])
    return Evidence(
        rows=(halts, weight, share[share["series"] == "METI"], late),
        values={"stopped": len(halts), "ordered": UNKNOWN},
        numbers={
            "tonnes": (100 * tonnes[2011] / tonnes[2010], "{:.0f}%"),
            "before": (ministry[2009], "{:.0f}%"),
            "official": (ministry[2020], "{:.0f}%"),
            "since": (f"{newer.min():.0f} to {newer.max():.0f}%", "{}"),
        },
    )


def quota_and_prices(run: Run) -> Evidence:
    """C14: the mining quota of 2023, and how long prices had not been as low."""
    table = data.table("china_quotas")
    quota = table[
        (table["quantity"] == "mining quota")
        & (table["period"] == "year")
        & (table["split"] == "total")
    ]
    tonnes = quota.set_index("year")["t"]
    prices = data.table("oxide_prices")
    prices = prices[prices["element"].isin(["Nd", "Dy", "Tb"])]
    since = []
    for _, rows in prices.groupby("element", observed=True):
        usd = rows.set_index("year")["usd_per_kg"]
        for year in (2023, 2024):
            before = usd.loc[: year - 1]
            since.append(year - before[before <= usd[year]].index.max())
    nd = prices[prices["element"] == "Nd"].set_index("year")["usd_per_kg"]
    return Evidence(
        rows=(quota[quota["year"].isin([2022, 2023])], prices[prices["year"] >= 2019]),
        values={
            "quota": tonnes[2023],
            "rise": 100 * (tonnes[2023] / tonnes[2022] - 1),
            "low": since,
        },
        numbers={f"nd-{y}": (nd[y], "{:.0f}") for y in (2022, 2023, 2024)},
    )


def _stage_shares(stage: str) -> pd.DataFrame:
    """Published shares of China in a stage since 2020."""
    shares = data.table("china_stage_shares").astype({"stage": str, "scope": str})
    return shares[(shares["stage"] == stage) & (shares["year"] >= 2020)]
