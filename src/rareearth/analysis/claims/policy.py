"""What decides the claims on public money, time, people and defence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis import stockpile
from rareearth.analysis.claims.world import BAND, NOTHING, Finding, World, assumed, band, ends
from rareearth.analysis.policy import finance as valley
from rareearth.analysis.policy import precedents
from rareearth.analysis.policy import price_floor as floor
from rareearth.models import balance, demand, oxides, ramps, substitution, verdicts, waste

# --- time, people and permits ---------------------------------------------------------------------


def mine_lead_time(world: World) -> Finding:
    """C09: years from discovery to production, and the place of the United States."""
    times = data.table("lead_times")
    times = times[times["measure"].astype(str) == "discovery to production"]
    countries = times[~times["place"].str.startswith("World")].set_index("place")
    years = countries["mid_years"]
    place = int((years >= years["United States"]).sum())
    mean = times[times["place"] == "World"].iloc[0]
    return Finding(
        rows=(countries.reset_index(),),
        found={"years": years["United States"], "place": place},
        numbers={
            "mines": (int(countries.loc["United States", "mines_count"]), "{}"),
            "countries": (len(years), "{}"),
            "mean": (mean["mid_years"], "{:.0f}"),
            "mean-count": (int(mean["mines_count"]), "{}"),
        },
    )


def graduates(world: World) -> Finding:
    """C10: mining engineers who graduate, against the least estimate of those needed."""
    counts = data.table("skills_and_patents")
    trained = counts[
        (counts["measure"] == "mining engineering graduates")
        & (counts["country"] == "United States")
    ]
    needed = counts[counts["measure"] == "graduates needed a year"]
    return Finding(
        rows=(trained, needed),
        found={
            "mining": 100 * trained["low_count"] / needed["low_count"].item(),
            "metallurgy": NOTHING,
        },
        numbers={"most": (needed["high_count"].item(), "{:,.0f}")},
    )


# --- firms and public money -----------------------------------------------------------------------


def small_market(world: World) -> Finding:
    """C11: a plant's capital over a year of the US market, and firms that private money carries."""
    stated = data.table("recycling_plants")
    vulcan = stated[(stated["firm"] == "Vulcan Elements") & (stated["unit"] == "usd")]
    prices = data.table("oxide_prices").query("year == 2025")
    usd = prices.groupby("element")["usd_per_kg"].last()
    market = _us_market(world, usd)
    capital = vulcan["value"].sum()
    size = data.table("cut_cost")
    size = size[size["measure"] == "market size"]
    return Finding(
        rows=(vulcan, prices, valley.assumed(), assumed("demand")),
        found={
            "survive": ends(world.ventures.loc["No help"], "survival_pct"),
            "capital": 100 * capital / band(market),
        },
        numbers={
            "market": (verdicts.span(*band(market / 1e6), "{:,.0f} million USD"), "{}"),
            "world": (size["value"].item(), "{:.0f} billion USD"),
            "private": (
                vulcan[vulcan["metric"] == "private capital"]["value"].item() / 1e6,
                "{:.0f} million USD",
            ),
        },
    )


def loop(world: World) -> Finding:
    """C25: the sum assembled, feed needed over all that leaves use, and the promised year."""
    stated = data.table("recycling_plants")
    money = stated[
        (stated["unit"] == "usd") & stated["firm"].isin(["Vulcan Elements", "ReElement"])
    ]
    matched = money.loc[money["metric"].str.contains("matched"), "value"].sum()
    size = stated[(stated["firm"] == "Vulcan Elements") & (stated["metric"] == "capacity")]
    content, kept = world.drawn["rare_earth_in_magnet"], world.drawn["recycling_process_yield"]
    needed = waste.rare_earth_needed(size["value"].item(), content.to_numpy(), kept.to_numpy())
    ratio = needed / world.flows.all_leaving.sel(year=2030).to_numpy()
    return Finding(
        rows=(money, size, assumed("ewaste")),
        found={
            "feed": band(ratio),
            "money": (money["value"].sum() + matched) / 1e9,
            "start": NOTHING,
        },
        numbers={
            "loans": (
                money[money["metric"].str.contains("loan")]["value"].sum() / 1e6,
                "{:.0f} million USD",
            )
        },
    )


def equity_gap(world: World) -> Finding:
    """C26: what private money leaves open, and first plants paid for with one instrument."""
    mixes, gates = world.ventures, world.gates
    built = mixes["built_pct_median"]
    money = data.table("us_funding")
    firm = money[money["standing"].astype(str) == "counted"]
    lent = firm["instrument"].astype(str).str.startswith("loan")
    share = 100 * firm.loc[lent, "usd_million"].sum() / firm["usd_million"].sum()
    return Finding(
        rows=(valley.assumed(), firm),
        found={
            "gap": gates.loc["Demonstration", "gap_share_pct"],
            "loans": built["Loans"] - built["No help"],
            "equity": ends(mixes.loc["Public equity"], "built_pct"),
            "fund": NOTHING,
        },
        numbers={
            "alone": (built["No help"], "{:.0f}%"),
            "both": (built["Grants and equity"], "{:.0f}%"),
            "lent": (share, "{:.0f}%"),
        },
    )


def mp_deal(world: World) -> Finding:
    """C36: terms of the deal of July 2025."""
    terms = data.table("floor_terms").query("agreement == 'MP Materials'")
    value = terms.set_index("term")["value"]
    money = data.table("us_funding")
    stake = money[
        (money["recipient"] == "MP Materials")
        & (money["instrument"].astype(str) == "equity")
        & (money["standing"].astype(str) == "counted")
    ]
    events = data.table("events")
    apple = events[events["title"].str.startswith("Apple-MP")]
    return Finding(
        rows=(terms[terms["term"].isin(["floor", "term"])], stake, apple),
        found={
            "floor": value["floor"],
            "years": value["term"],
            "equity": stake["usd_million"],
            "apple": apple["effect_value"],
        },
    )


def phoenix(world: World) -> Finding:
    """C37: capacity, and the planned one over world demand."""
    plants = data.table("plants")
    built = plants[plants["facility"] == "Phoenix Tailings Exeter"]
    planned = data.table("bio_events")
    planned = planned[planned["event"] == "Exeter expansion"]
    demanded = demand.path(data.table("magnet_demand"), world.case)["All uses"][2024]
    tonnes = [planned["quantity"].item() * ramps.TON_T["short"], planned["quantity"].item()]
    return Finding(
        rows=(built, planned),
        found={
            "built": built["capacity_t_per_year"],
            "share": np.array(tonnes) / (10 * demanded),
            "reached": NOTHING,
            "rescue": NOTHING,
        },
    )


def billion(world: World) -> Finding:
    """C38: federal money dated 2025, firm, and with conditional loans."""
    money = data.table("us_funding")
    of_year = money[money["date"].dt.year == 2025]
    sums = of_year.groupby(of_year["standing"].astype(str))["usd_million"].sum()
    firm, more = sums["counted"], sums["counted"] + sums["conditional"]
    letters = sums["letter of interest"]
    return Finding(
        rows=(of_year[of_year["standing"].isin(["counted", "conditional"])],),
        found={"sum": [firm / 1e3, more / 1e3]},
        numbers={
            "firm": (firm, "{:,.0f} million USD"),
            "letters": (letters, "{:,.0f} million USD"),
        },
    )


def small_and_costly(world: World) -> Finding:
    """C41: size of the market, prices of the bulk and of the magnet elements, cost over price."""
    size = data.table("cut_cost")
    size = size[size["scenario"] == "copper market vs rare earth market"]
    prices = data.table("oxide_prices").query("year == 2025")
    usd = prices.set_index("element")["usd_per_kg"]
    site = data.table("mountain_pass").query(
        "operator == 'Molycorp' and year == 2014 and quarter == 'Q3'"
    )
    per_kg = site.set_index("quantity")["usd_per_kg"]
    return Finding(
        rows=(size, prices, site),
        found={
            "value": usd[["Nd", "Dy", "Tb"]],
            "bulk": usd[["La", "Ce"]],
            "market": size["value"],
            "cost": per_kg["cash cost"] / per_kg["average selling price"],
        },
    )


# --- levers and precedents ------------------------------------------------------------------------


def offtake(world: World) -> Finding:
    """C27: first plants paid for with and without offtake."""
    mixes = world.ventures
    built = mixes["built_pct_median"]
    return Finding(
        rows=(valley.assumed(),),
        found={
            "without": ends(mixes.loc["No help"], "built_pct"),
            "with": ends(mixes.loc["Offtake"], "built_pct"),
            "curve": NOTHING,
        },
        numbers={"floor": (built["Price floor"], "{:.0f}%"), "all": (built["All five"], "{:.0f}%")},
    )


def synthetic_rubber(world: World) -> Finding:
    """C28: rubber lost, replaced, and the years between; US magnets as many years on."""
    table = data.table("synthetic_rubber")
    lost = table[table["series"] == "share from the Far East"]
    made = precedents.rubber()
    counted = made[made["kind"] != "forecast"]
    enough = counted[counted["low_pct"] >= 90]
    years = float(enough["years"].min())
    secured = world.secured_pct("United States", 2026 + round(years))
    return Finding(
        rows=(lost, table[table["series"].isin(["synthetic output", "required supply"])]),
        found={"lost": lost["low"], "years": years, "magnets": band(secured)},
        numbers={"year": (2026 + round(years), "{}")},
    )


def shale(world: World) -> Finding:
    """C29: rise that would bring half of US need home by 2035, against that of shale gas."""
    gas = data.table("shale_gas")
    counts = [gas[gas["series"] == name] for name in ("copy of graphs", "official")]
    paces = [ramps.steepest(c["year"], c["share_pct"], 4).points_per_year for c in counts]
    now, then = (world.secured_pct("United States", year) for year in (2025, 2035))
    needed, seen = ramps.needed_rate(now, 50.0, 10), (then - now) / 10
    return Finding(
        rows=(*counts, assumed("outlook")),
        found={
            "needed": 100 * band(needed)[:, None] / paces,
            "seen": 100 * band(seen)[:, None] / paces,
        },
        numbers={
            "pace": (verdicts.span(min(paces), max(paces), "{:.1f} points"), "{}"),
            "wanted": (verdicts.span(*band(needed), "{:.1f} points"), "{}"),
        },
    )


def laboratories(world: World) -> Finding:
    """C30: budgets of 2026 over those of the year before."""
    table = data.table("research_budgets").astype({"stage": str})
    enacted = table[table["stage"] == "enacted"].set_index(["line", "fiscal_year"])["usd_million"]
    requested = table[table["stage"] == "request"].set_index(["line", "fiscal_year"])["usd_million"]
    arpa = 100 * enacted["ARPA-E", 2026] / enacted["ARPA-E", 2025]
    science = 100 * enacted["DOE Office of Science", 2026] / enacted["DOE Office of Science", 2024]
    return Finding(
        rows=(table[table["fiscal_year"] >= 2024],),
        found={"arpa": arpa, "science": science},
        numbers={"asked": (100 * requested["ARPA-E", 2026] / enacted["ARPA-E", 2025], "{:.0f}%")},
    )


def price_floor(world: World) -> Finding:
    """C32: cost of the floor to its end, and what it does to receipts."""
    run = floor.run(world.draws, world.seed, world.scenario)
    paid = floor.paid_so_far()
    agreed = floor.terms()
    raised = np.maximum(run.prices, agreed.floor)
    widths = [np.subtract(*np.quantile(p, BAND[::-1], axis=1)).mean() for p in (raised, run.prices)]
    return Finding(
        rows=(paid, data.table("floor_terms"), assumed("policy")),
        found={"cost": band(run.present_cost) / 1e3, "spread": 100 * widths[0] / widths[1]},
        numbers={
            "paid": (paid["usd_million"].sum(), "{:.0f} million USD"),
            "quarters": (len(paid), "{}"),
            "median": (float(np.median(run.present_cost)) / 1e3, "{:.2f} billion USD"),
        },
    )


# --- time and defence -----------------------------------------------------------------------------


def in_time(world: World) -> Finding:
    """C04: US tonnage over China's by 2035, and US need met without China by 2030."""
    supply = data.table("magnet_ree_supply").query("year == 2035")
    tonnes = supply.pivot_table(index="stage", columns="country", values="element_t", observed=True)
    ratio = 100 * tonnes["United States"] / tonnes["China"]
    secured = world.secured_pct("United States", 2030)
    return Finding(
        rows=(supply, assumed("outlook")),
        found={"secured": band(secured), "mined": ratio["Mining"], "refined": ratio["Refining"]},
    )


def two_years(world: World) -> Finding:
    """C12: US need, and beside it that of all outside China, met without China two years on."""
    ours, all_ = (band(world.secured_pct(region, 2027)) for region in balance.REGIONS)
    return Finding(
        rows=(data.table("start_dates"), assumed("outlook")),
        found={"us": ours},
        numbers={"outside": (verdicts.span(*all_, "{:.0f}%"), "{}")},
    )


def stockpile_gap(world: World) -> Finding:
    """C31: what Congress was told of the stockpile of 2023."""
    table = data.table("stockpile")
    told = table[(table["holder"].astype(str) == "United States") & (table["year"] == 2023)]
    at = stockpile.coverage_2023()
    return Finding(
        rows=(told,),
        found={
            "gap": at["gap_usd_billion"],
            "value": at["value_usd_billion"],
            "military": at["military_pct"],
            "civilian": at["civilian_pct"],
        },
        numbers={"total": (at["total_pct"], "{:.0f}%")},
    )


def patriot(world: World) -> Finding:
    """C39: the number as printed."""
    table = data.table("defence_use")
    row = table[table["item"] == "Patriot"]
    return Finding(rows=(row,), numbers={"kg": (row["value"].item(), "{:.0f} kg")})


def refinery_permits(world: World) -> Finding:
    """C42: the plants whose permits are on record, in the table of start dates."""
    dates = data.table("start_dates")
    return Finding(rows=(dates[dates["facility"].str.contains("Seadrift|Kuantan|Lynas")],))


def _us_market(world: World, usd_per_kg: pd.Series) -> np.ndarray:
    """Value of the magnet rare earths that the United States needs in 2024, USD: draw."""
    before = substitution.demand_by_element(
        data.table("magnet_demand"), world.case, world.drawn, demand.SHARES
    )[0].sum(axis=0)
    price = {"Nd": "NdPr", "Pr": "NdPr"}
    usd = [usd_per_kg[price.get(e, e)] / oxides.element_in_oxide(e) for e in substitution.ELEMENTS]
    return 1e6 * (before * np.array(usd)[:, None]).sum(axis=0)
