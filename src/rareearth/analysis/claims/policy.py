"""What decides the claims on public money, time, people and defence."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import stockpile
from rareearth.analysis.chokepoints import conditions
from rareearth.analysis.claims.run import TAILS, UNKNOWN, Evidence, Run, ends, interval
from rareearth.analysis.policy import finance, funding, precedents, price_floor
from rareearth.models import demand, oxides, ramps, substitution, verdicts, waste
from rareearth.models.balance import REGIONS

# --- time, people and permits ---------------------------------------------------------------------


def mine_lead_time(run: Run) -> Evidence:
    """C09: years from discovery to production, and the place of the United States."""
    times, answers = conditions.lead_times()
    times = times[times["measure"].astype(str) == "discovery to production"]
    countries = times[~times["place"].str.startswith("World")]
    years = answers["build-us-years"].value
    return Evidence(
        rows=(countries,),
        values={"years": years, "place": int((countries["mid_years"] >= years).sum())},
        numbers={"countries": (len(countries), "{}")},
        answers=answers.only("build-us-mines", "build-mines-mean", "build-mines-count"),
    )


def graduates(run: Run) -> Evidence:
    """C10: mining engineers who graduate, against the least estimate of those needed."""
    counts = data.table("skills_and_patents")
    trained = counts[
        (counts["measure"] == "mining engineering graduates")
        & (counts["country"] == "United States")
    ]
    needed = counts[counts["measure"] == "graduates needed a year"]
    return Evidence(
        rows=(trained, needed),
        values={
            "mining": 100 * trained["low_count"] / needed["low_count"].item(),
            "metallurgy": UNKNOWN,
        },
        numbers={"most": (needed["high_count"].item(), "{:,.0f}")},
    )


# --- firms and public money -----------------------------------------------------------------------


def small_market(run: Run) -> Evidence:
    """C11: a plant's capital over a year of the US market, and firms that private money carries."""
    stated = data.table("recycling_plants")
    vulcan = stated[(stated["firm"] == "Vulcan Elements") & (stated["unit"] == "usd")]
    prices = data.table("oxide_prices").query("year == 2025")
    usd = prices.groupby("element")["usd_per_kg"].last()
    market = _us_market(run, usd)
    capital = vulcan["value"].sum()
    size = data.table("cut_cost")
    size = size[size["measure"] == "market size"]
    return Evidence(
        rows=(vulcan, prices, finance.assumed(), assumptions.used_by("demand")),
        values={
            "survive": ends(run.ventures.loc["No help"], "survival_pct"),
            "capital": 100 * capital / interval(market),
        },
        numbers={
            "market": (verdicts.span(*interval(market / 1e6), "{:,.0f} million USD"), "{}"),
            "world": (size["value"].item(), "{:.0f} billion USD"),
            "private": (
                vulcan[vulcan["metric"] == "private capital"]["value"].item() / 1e6,
                "{:.0f} million USD",
            ),
        },
    )


def loop(run: Run) -> Evidence:
    """C25: the sum assembled, feed needed over all that leaves use, and the promised year."""
    stated = data.table("recycling_plants")
    money = stated[
        (stated["unit"] == "usd") & stated["firm"].isin(["Vulcan Elements", "ReElement"])
    ]
    matched = money.loc[money["metric"].str.contains("matched"), "value"].sum()
    size = stated[(stated["firm"] == "Vulcan Elements") & (stated["metric"] == "capacity")]
    content, kept = run.drawn["rare_earth_in_magnet"], run.drawn["recycling_process_yield"]
    needed = waste.rare_earth_needed(size["value"].item(), content.to_numpy(), kept.to_numpy())
    ratio = needed / run.flows.all_leaving.sel(year=2030).to_numpy()
    return Evidence(
        rows=(money, size, assumptions.used_by("ewaste")),
        values={
            "feed": interval(ratio),
            "money": (money["value"].sum() + matched) / 1e9,
            "start": UNKNOWN,
        },
        numbers={
            "loans": (
                money[money["metric"].str.contains("loan")]["value"].sum() / 1e6,
                "{:.0f} million USD",
            )
        },
    )


def equity_gap(run: Run) -> Evidence:
    """C26: what private money leaves open, and first plants paid for with one instrument."""
    offered = run.help_offered
    lent = funding.capital(funding.federal())[1].only("pol-loans-owed")
    money = data.table("us_funding")
    return Evidence(
        rows=(finance.assumed(), money[money["standing"].astype(str) == "counted"]),
        values={
            "gap": run.gates.loc["Demonstration", "gap_share_pct"],
            "loans": offered["valley-loans-built"].value,
            "equity": ends(run.ventures.loc["Public equity"], "built_pct"),
            "fund": UNKNOWN,
        },
        answers=offered.only("valley-built-none", "valley-built-pair") | lent,
    )


def mp_deal(run: Run) -> Evidence:
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
    return Evidence(
        rows=(terms[terms["term"].isin(["floor", "term"])], stake, apple),
        values={
            "floor": value["floor"],
            "years": value["term"],
            "equity": stake["usd_million"],
            "apple": apple["effect_value"],
        },
    )


def phoenix(run: Run) -> Evidence:
    """C37: capacity, and the planned one over world demand."""
    plants = data.table("plants")
    built = plants[plants["facility"] == "Phoenix Tailings Exeter"]
    planned = data.table("bio_events")
    planned = planned[planned["event"] == "Exeter expansion"]
    demanded = demand.path(data.table("magnet_demand"), run.case)["All uses"][2024]
    tonnes = [planned["quantity"].item() * ramps.TON_T["short"], planned["quantity"].item()]
    return Evidence(
        rows=(built, planned),
        values={
            "built": built["capacity_t_per_year"],
            "share": np.array(tonnes) / (10 * demanded),
            "reached": UNKNOWN,
            "rescue": UNKNOWN,
        },
    )


def billion(run: Run) -> Evidence:
    """C38: federal money dated 2025 that was agreed, conditional loans included."""
    money = data.table("us_funding")
    of_year = money[money["date"].dt.year == 2025]
    standing = of_year["standing"].astype(str)
    letters = of_year.loc[standing == "letter of interest", "usd_million"].sum()
    answers = funding.by_year(funding.federal())
    return Evidence(
        rows=(of_year[standing.isin(["counted", "conditional"])],),
        values={"sum": answers["pol-2025-conditional"].value},
        numbers={"letters": (letters, "{:,.0f} million USD")},
        answers=answers.only("pol-2025-owed"),
    )


def small_and_costly(run: Run) -> Evidence:
    """C41: size of the market, prices of the bulk and of the magnet elements, cost over price."""
    size = data.table("cut_cost")
    size = size[size["scenario"] == "copper market vs rare earth market"]
    prices = data.table("oxide_prices").query("year == 2025")
    usd = prices.set_index("element")["usd_per_kg"]
    site = data.table("mountain_pass").query(
        "operator == 'Molycorp' and year == 2014 and quarter == 'Q3'"
    )
    per_kg = site.set_index("quantity")["usd_per_kg"]
    return Evidence(
        rows=(size, prices, site),
        values={
            "value": usd[["Nd", "Dy", "Tb"]],
            "bulk": usd[["La", "Ce"]],
            "market": size["value"],
            "cost": per_kg["cash cost"] / per_kg["average selling price"],
        },
    )


# --- levers and precedents ------------------------------------------------------------------------


def offtake(run: Run) -> Evidence:
    """C27: first plants paid for with and without offtake."""
    mixes = run.ventures
    return Evidence(
        rows=(finance.assumed(),),
        values={
            "without": ends(mixes.loc["No help"], "built_pct"),
            "with": ends(mixes.loc["Offtake"], "built_pct"),
            "curve": UNKNOWN,
        },
        answers=run.help_offered.only("valley-built-floor", "valley-built-all"),
    )


def synthetic_rubber(run: Run) -> Evidence:
    """C28: rubber lost, replaced, and the years between; US magnets as many years on."""
    table = data.table("synthetic_rubber")
    lost = table[table["series"] == "share from the Far East"]
    made = precedents.rubber()
    counted = made[made["kind"] != "forecast"]
    enough = counted[counted["low_pct"] >= 90]
    years = float(enough["years"].min())
    secured = run.secured_pct("United States", data.today().year + round(years))
    return Evidence(
        rows=(lost, table[table["series"].isin(["synthetic output", "required supply"])]),
        values={"lost": lost["low"], "years": years, "magnets": interval(secured)},
        numbers={"year": (data.today().year + round(years), "{}")},
    )


def shale(run: Run) -> Evidence:
    """C29: rise that would bring half of US need home by 2035, against that of shale gas."""
    gas = data.table("shale_gas")
    counts = [gas[gas["series"] == name] for name in ("copy of graphs", "official")]
    paces = [ramps.steepest(c["year"], c["share_pct"], 4).points_per_year for c in counts]
    now, then = (run.secured_pct("United States", year) for year in (2025, 2035))
    needed, seen = ramps.needed_rate(now, 50.0, 10), (then - now) / 10
    return Evidence(
        rows=(*counts, assumptions.used_by("balance")),
        values={
            "needed": 100 * interval(needed)[:, None] / paces,
            "seen": 100 * interval(seen)[:, None] / paces,
        },
        numbers={
            "pace": (verdicts.span(min(paces), max(paces), "{:.1f} points"), "{}"),
            "wanted": (verdicts.span(*interval(needed), "{:.1f} points"), "{}"),
        },
    )


def laboratories(run: Run) -> Evidence:
    """C30: budgets of 2026 over those of the year before."""
    table = data.table("research_budgets").astype({"stage": str})
    enacted = table[table["stage"] == "enacted"].set_index(["line", "fiscal_year"])["usd_million"]
    requested = table[table["stage"] == "request"].set_index(["line", "fiscal_year"])["usd_million"]
    arpa = 100 * enacted["ARPA-E", 2026] / enacted["ARPA-E", 2025]
    science = 100 * enacted["DOE Office of Science", 2026] / enacted["DOE Office of Science", 2024]
    return Evidence(
        rows=(table[table["fiscal_year"] >= 2024],),
        values={"arpa": arpa, "science": science},
        numbers={"asked": (100 * requested["ARPA-E", 2026] / enacted["ARPA-E", 2025], "{:.0f}%")},
    )


def floor_gives_certainty(run: Run) -> Evidence:
    """C32: what the floor does to receipts, and what it costs."""
    cost = price_floor.run(run.draws, run.seed, run.scenario)
    _, bills = price_floor.bills(run.draws, run.seed, run.scenario)
    paid = price_floor.paid_so_far()
    agreed = price_floor.terms()
    raised = np.maximum(cost.prices, agreed.floor)
    with_floor, without = (
        np.subtract(*np.quantile(paths, TAILS[::-1], axis=1)).mean()
        for paths in (raised, cost.prices)
    )
    return Evidence(
        rows=tuple(price_floor.rests_on()),
        values={"spread": 100 * with_floor / without},
        numbers={
            "paid": (paid["usd_million"].sum(), "{:.0f} million USD"),
            "quarters": (len(paid), "{}"),
        },
        answers=bills.only("floor-bill"),
    )


# --- time and defence -----------------------------------------------------------------------------


def in_time(run: Run) -> Evidence:
    """C04: US tonnage over China's by 2035, and US need met without China by 2030."""
    supply = data.table("magnet_ree_supply").query("year == 2035")
    tonnes = supply.pivot_table(index="stage", columns="country", values="element_t", observed=True)
    ratio = 100 * tonnes["United States"] / tonnes["China"]
    secured = run.secured_pct("United States", 2030)
    return Evidence(
        rows=(supply, assumptions.used_by("balance")),
        values={
            "secured": interval(secured),
            "mined": ratio["Mining"],
            "refined": ratio["Refining"],
        },
    )


def two_years(run: Run) -> Evidence:
    """C12: US need, and beside it that of all outside China, met without China two years on."""
    ours, all_ = (interval(run.secured_pct(region, 2027)) for region in REGIONS)
    return Evidence(
        rows=(data.table("start_dates"), assumptions.used_by("balance")),
        values={"us": ours},
        numbers={"outside": (verdicts.span(*all_, "{:.0f}%"), "{}")},
    )


def stockpile_gap(run: Run) -> Evidence:
    """C31: what Congress was told of the stockpile of 2023."""
    table = data.table("stockpile")
    told = table[(table["holder"].astype(str) == "United States") & (table["year"] == 2023)]
    at = stockpile.coverage_2023()
    return Evidence(
        rows=(told,),
        values={
            "gap": at["gap_usd_billion"],
            "value": at["value_usd_billion"],
            "military": at["military_pct"],
            "civilian": at["civilian_pct"],
        },
        numbers={"total": (at["total_pct"], "{:.0f}%")},
    )


def patriot(run: Run) -> Evidence:
    """C39: the number as printed."""
    table = data.table("defence_use")
    row = table[table["item"] == "Patriot"]
    return Evidence(rows=(row,), numbers={"kg": (row["value"].item(), "{:.0f} kg")})


def refinery_permits(run: Run) -> Evidence:
    """C42: the plants whose permits are on record, in the table of start dates."""
    dates = data.table("start_dates")
    return Evidence(rows=(dates[dates["facility"].str.contains("Seadrift|Kuantan|Lynas")],))


def _us_market(run: Run, usd_per_kg: pd.Series) -> np.ndarray:
    """Value of the magnet rare earths that the United States needs in 2024, USD: draw."""
    before = substitution.demand_by_element(
        data.table("magnet_demand"), run.case, run.drawn, demand.SHARES
    )[0].sum(axis=0)
    price = {"Nd": "NdPr", "Pr": "NdPr"}
    usd = [usd_per_kg[price.get(e, e)] / oxides.element_in_oxide(e) for e in substitution.ELEMENTS]
    return 1e6 * (before * np.array(usd)[:, None]).sum(axis=0)
