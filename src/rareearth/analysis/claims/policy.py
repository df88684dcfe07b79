"""What decides the claims on public money, time, people and defence."""

from __future__ import annotations

import numpy as np

from rareearth import assumptions, data
from rareearth.analysis import stockpile
from rareearth.analysis.chokepoints import conditions
from rareearth.analysis.claims.run import TAILS, UNKNOWN, Evidence, Run, ends, interval
from rareearth.analysis.policy import finance, funding, precedents, price_floor
from rareearth.models import demand, ramps, verdicts, waste
from rareearth.models.balance import REGIONS

HEAVY = ("DyTb",)
"""Group of the balance that is dysprosium and terbium."""

# --- time, people and permits ---------------------------------------------------------------------


def mine_lead_time(run: Run) -> Evidence:
    """C09: the place of the United States among countries, and the longest permit on record."""
    times, answers = conditions.lead_times()
    measure = times["measure"].astype(str)
    built = times[measure == "discovery to production"]
    countries = built[~built["place"].str.startswith("World")]
    permits = times[(measure == "mine permit") & times["place"].str.startswith("United States")]
    years = answers["build-us-years"].value
    return Evidence(
        rows=(countries, permits),
        values={
            "place": int((countries["mid_years"] >= years).sum()),
            "permits": permits["high_years"].max(),
        },
        numbers={"years": (years, "{:.0f}"), "countries": (len(countries), "{}")},
        answers=answers.only("build-us-mines", "build-mines-mean", "build-mines-count"),
    )


def graduates(run: Run) -> Evidence:
    """C10: mining engineers who graduate, here and in China, against the least need."""
    counts = data.table("skills_and_patents")
    trained = counts[counts["measure"] == "mining engineering graduates"].set_index("country")
    us, china = trained.loc[["United States"]], trained.loc[["China"]]
    # The count by the source that has both; the other American one is of a wider class.
    same = us[us["source"].isin(china["source"])]
    needed = counts[counts["measure"] == "graduates needed a year"]
    return Evidence(
        rows=(us, china, needed),
        values={
            "china": china["low_count"],
            "ratio": 100 * same["low_count"].item() / china["low_count"].item(),
            "need": 100 * us["low_count"] / needed["low_count"].item(),
        },
        numbers={"most": (needed["high_count"].item(), "{:,.0f}")},
    )


# --- firms and public money -----------------------------------------------------------------------


def small_market(run: Run) -> Evidence:
    """C11: one plant's part of US use, of its money that is private, and firms that go unaided."""
    stated = data.table("recycling_plants")
    vulcan = stated[stated["firm"] == "Vulcan Elements"]
    money = vulcan[vulcan["unit"] == "usd"].set_index("metric")["value"]
    plant = vulcan.loc[vulcan["metric"] == "capacity", "value"].item()
    used_t = run.flows.demand.sel(year=2024) / run.drawn["rare_earth_in_magnet"].to_numpy()
    size = data.table("cut_cost")
    size = size[size["measure"] == "market size"]
    return Evidence(
        rows=(vulcan, finance.assumed(), assumptions.used_by("demand")),
        values={
            "size": 100 * plant / interval(used_t),
            "unaided": ends(run.ventures.loc["No help"], "built_pct"),
            "private": 100 * money["private capital"] / money.sum(),
        },
        numbers={
            "plant": (plant, "{:,.0f} t"),
            "world": (size["value"].item(), "{:.0f} billion USD"),
            "capital": (money["private capital"] / 1e6, "{:.0f} million USD"),
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
    """C26: what private money leaves open, and plants that one instrument saves."""
    lent = funding.capital(funding.federal())[1].only("pol-loans-owed")
    money = data.table("us_funding")
    return Evidence(
        rows=(finance.assumed(), money[money["standing"].astype(str) == "counted"]),
        values={
            "gap": run.gates.loc["Demonstration", "gap_share_pct"],
            "loans": ends(run.ventures.loc["Loans"], "saved_pct"),
            "equity": ends(run.ventures.loc["Public equity"], "saved_pct"),
        },
        answers=run.help_offered.only("valley-built-none", "valley-built-pair") | lent,
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
    """C27: first plants without help, what offtake saves, and what does without offtake."""
    mixes = run.ventures
    names = {name: finance.MIXES[name] for name in mixes.index}
    without = mixes.loc[[name for name, mix in names.items() if "offtake" not in mix]]
    best = without.loc[without["built_pct_median"].idxmax()]
    return Evidence(
        rows=(finance.assumed(),),
        values={
            "alone": ends(mixes.loc["No help"], "built_pct"),
            "others": ends(best, "built_pct"),
            "saves": ends(mixes.loc["Offtake"], "saved_pct"),
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
    """C29: best four years of what is announced and of the outlook, over those of shale gas."""
    path = precedents.expected(run.draws, run.seed, run.scenario)[0]
    answers = precedents.rates(path, precedents.shares(path)[0])[1]
    pace = answers["pol-shale-rate"].value
    return Evidence(
        rows=(
            data.table("shale_gas").query("series == 'official'"),
            assumptions.used_by("balance"),
        ),
        values={
            "planned": 100 * interval(run.announced.fastest_rise) / pace,
            "seen": 100 * interval(run.fastest_rise) / pace,
        },
        answers=answers.only("pol-shale-rate", "pol-expected-rate", "pol-needed-2035"),
    )


def laboratories(run: Run) -> Evidence:
    """C30: what was asked for 2026 and what was enacted, over the year before, by line."""
    table = data.table("research_budgets").astype({"stage": str})
    money = table.set_index(["line", "stage", "fiscal_year"])["usd_million"]

    def over(line: str, stage: str, before: int = 2025) -> float:
        return 100 * money[line, stage, 2026] / money[line, "enacted", before]

    lines = {"arpa": "ARPA-E", "applied": "DOE energy efficiency and renewables"}
    return Evidence(
        rows=(table[table["fiscal_year"] >= 2024],),
        values={
            "asked": [over(line, "request") for line in lines.values()],
            # Fiscal 2025 was funded at the level of 2024.
            "science": over("DOE Office of Science", "enacted", 2024),
            **{part: over(line, "enacted") for part, line in lines.items()},
        },
    )


def floor_gives_certainty(run: Run) -> Evidence:
    """C32: what a floor does to receipts and to first plants, and what it costs."""
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
        rows=(*price_floor.rests_on(), finance.assumed()),
        values={
            "spread": 100 * with_floor / without,
            "finance": ends(run.ventures.loc["Price floor"], "saved_pct"),
        },
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
    """C12: need outside China, and US need beside it, met without China two years on."""
    home, outside = REGIONS
    return Evidence(
        rows=(data.table("start_dates"), assumptions.used_by("balance")),
        values={
            "outside": interval(run.secured_pct(outside, 2027)),
            "heavy": interval(run.secured_pct(outside, 2027, HEAVY)),
        },
        numbers={"us": (verdicts.span(*interval(run.secured_pct(home, 2027)), "{:.0f}%"), "{}")},
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
