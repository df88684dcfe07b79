"""What decides the claims of the public debate: one function for each that a number decides.

Each brings its numbers from tables and models, as known when the claim was made where that
matters, and says from which rows. What follows from them is for :mod:`rareearth.claims`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth import assumptions, data, floor, inventory, outlook, scenarios, stockpile, valley
from rareearth.models import (
    balance,
    controls,
    demand,
    extraction,
    oxides,
    ramps,
    recycling,
    substitution,
    verdicts,
    waste,
)
from rareearth.scenarios import Scenario

TODAY = pd.Timestamp("2026-11-21")
BAND = (0.05, 0.95)
"""Ends of the band of draws that is held for found."""

ABROAD = ("Igneous gypsum",)
"""Wastes of the extraction model that lie outside the United States."""

NOTHING = np.nan
"""Found where nothing was found."""


@dataclass(frozen=True)
class World:
    """A scenario and what the models say in it, computed once and only if asked for.

    Attributes:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer; same seed, same numbers.
    """

    scenario: Scenario
    draws: int
    seed: int

    @property
    def case(self) -> str:
        """Demand case of the scenario."""
        return self.scenario.choices["demand_case"]

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """Draws of all assumptions and of the positions in the tables' ranges."""
        return inventory.sample(self.draws, self.seed, self.scenario)

    @cached_property
    def central(self) -> dict[str, float]:
        """Central value of each assumption."""
        return assumptions.central(self.scenario)

    @cached_property
    def need(self) -> pd.DataFrame:
        """US demand for magnet rare earths, thousand tonnes: year of the outlook, draw."""
        return demand.us_demand(demand.path(data.table("magnet_demand"), self.case), self.drawn)

    @cached_property
    def scrap(self) -> dict[str, pd.DataFrame]:
        """Tonnes that leave use and that are recovered in the United States: year, draw."""
        flows = recycling.pathway(
            inventory.Inventory("United States", self.case).inputs,
            self.drawn,
            lambda run: {
                name: run.by_element(getattr(run.fate, name)).sum(axis=1)
                for name in ("arising", "recovered")
            },
        )
        return {name: pd.DataFrame(t, index=inventory.YEARS) for name, t in flows.items()}

    @cached_property
    def recovered_pct(self) -> pd.DataFrame:
        """What is recovered in percent of US demand: year, draw."""
        tonnes = self.scrap["recovered"].to_numpy()
        return 100 * recycling.share_of_demand(tonnes, inventory.YEARS, self.need)

    @cached_property
    def costs(self) -> pd.DataFrame:
        """Cost of a kilogram of oxides by waste and route (columns), USD: draw."""
        return pd.DataFrame(
            {
                (name, route): extraction.levelised_cost(
                    extraction.of_feed(self.drawn, feed), route
                ).sum(axis=1)
                for name, feed in extraction.FEEDS.items()
                for route in extraction.ROUTES
            }
        )

    @property
    def ventures(self) -> pd.DataFrame:
        """What public instruments do for young firms, by combination of them."""
        return _ventures(self.seed, self._venture_overrides)[0]

    @property
    def gates(self) -> pd.DataFrame:
        """What private money leaves open, by stage of a young firm."""
        return _ventures(self.seed, self._venture_overrides)[1]

    @property
    def _venture_overrides(self) -> tuple:
        mine = (item for item in self.scenario.overrides.items() if item[0].startswith("venture_"))
        return tuple(sorted(mine))

    @cached_property
    def outlook(self) -> balance.Balance:
        """The balance of need and supply."""
        return outlook.run(self.scenario, self.draws, self.seed)

    def secured_pct(self, region: str, year: int) -> np.ndarray:
        """Need that is met without China in a year, in percent: draw.

        Args:
            region: one of :data:`rareearth.models.balance.REGIONS`.
            year: one of :data:`rareearth.outlook.YEARS`.
        """
        at = balance.REGIONS.index(region), slice(None), list(outlook.YEARS).index(year)
        secured = self.outlook.secured.sum(axis=0)[at].sum(axis=0)
        return 100 * secured / self.outlook.need[at].sum(axis=0)


@cache
def _ventures(seed: int, overrides: tuple) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Instruments and stages of the finance model; no other assumption moves them."""
    story = replace(scenarios.load("baseline"), own=dict(overrides), levers=())
    firms = valley.firms(seed, story)
    return valley.instruments(firms).set_index("label"), valley.stages(firms).set_index("stage")


@dataclass(frozen=True)
class Finding:
    """What was found on one claim.

    Attributes:
        rows: the rows that decide, with ``source`` and ``seen``.
        found: part of the claim to the values found, over sources or at the ends of a band; none
            if the verdict is a judgement. The parts stand in the table ``claim_parts``.
        numbers: name to value and template, for the text.
    """

    rows: tuple[pd.DataFrame, ...] = ()
    found: dict[str, ArrayLike] = field(default_factory=dict)
    numbers: dict[str, tuple[Any, str]] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """Keys of the sources of the deciding rows."""
        cells = (cell for frame in self.rows for cell in frame["source"])
        return sorted({key for cell in cells for key in cell.split(";")})

    @property
    def voices(self) -> int:
        """Number of authors of the deciding rows."""
        return len({data.source(key)["author"] for key in self.keys})

    @property
    def primary(self) -> bool:
        """Whether a deciding row was read in the publisher's own text."""
        return any((frame["seen"].astype(str) == "primary").any() for frame in self.rows)


# --- where the hold is ----------------------------------------------------------------------------


def refining(world: World) -> Finding:
    """C01: China's share of refining, of the magnet elements and of all rare earths."""
    shares = _stage_shares("Separation and refining")
    magnet = shares["scope"].str.startswith("magnet")
    of_magnet, of_all = shares[magnet]["share_pct"], shares[~magnet]["share_pct"]
    return Finding(rows=(shares,), found={"magnet": of_magnet, "all": of_all})


def processing(world: World) -> Finding:
    """C02: China's share of refining, by what had been published before the essay."""
    shares = _stage_shares("Separation and refining").query("year <= 2023")
    found = shares["share_pct"]
    return Finding(rows=(shares,), found={"share": found})


def import_dependence(world: World) -> Finding:
    """C03: China's largest share in US imports of an element."""
    sources = data.table("us_import_sources")
    china = sources[(sources["country"] == "China") & (sources["basis"] == "USGS import sources")]
    together = china["product"].str.startswith("All")
    single = china[~together]
    highest = single["share_pct"].max()
    only = single.loc[single["share_pct"] == highest, "product"].str.lower().tolist()
    return Finding(
        rows=(china,),
        found={"top": highest},
        numbers={
            "names": (" and ".join([", ".join(only[:-1]), only[-1]]), "{}"),
            "of": (len(single), "{}"),
            "together": (china.loc[together, "share_pct"].item(), "{:.0f}%"),
        },
    )


def element_controls(world: World) -> Finding:
    """C15: elements under licence in force on the day, and elements announced."""
    calendar = data.table("china_export_controls")
    april, october, today = (
        len(controls.elements_in_force(calendar, day))
        for day in (pd.Timestamp("2025-04-04"), pd.Timestamp("2025-10-31"), TODAY)
    )
    listed = calendar.dropna(subset="elements")
    named = {element for cell in listed["elements"] for element in cell.split(";")}
    return Finding(
        rows=(listed,),
        found={"october": october, "april": april, "named": len(named)},
        numbers={"today": (today, "{}")},
    )


def after_the_pause(world: World) -> Finding:
    """C16: exports in the months known when it was said, against those before."""
    exports = data.table("china_exports")
    known = exports[exports["start"].between("2025-11-01", "2026-01-31") & (exports["months"] == 1)]
    whole = exports[exports["months"] == 12].set_index(["product", "destination", "start"])
    month = whole["gross_t"].sort_index() / 12
    magnets = known[known["product"] == "Magnets"].set_index("destination")["gross_t"]
    world_pct = 100 * magnets["World"] / month["Magnets and alloys", "World", "2024-01-01"]
    us_pct = 100 * magnets["United States"] / month["Magnets", "United States", "2024-01-01"]
    ores = known[known["product"] == "Rare earths"]["gross_t"]
    ores_pct = 100 * ores / month["Rare earths", "World", "2025-01-01"]
    calendar = data.table("china_export_controls")
    lives = controls.phases(calendar, TODAY)
    said = pd.Timestamp("2026-02-05")
    held = lives[(lives["state"] == "in force") & (lives["start"] <= said) & (lives["end"] > said)]
    bans = calendar[calendar["measure"].astype(str).str.contains("technology export")]
    count = bans["instrument"].isin(held["instrument"]).sum()
    return Finding(
        rows=(known, bans),
        found={"ores": ores_pct, "magnets": [*world_pct, *us_pct], "bans": count, "heavy": NOTHING},
    )


def ore_to_china(world: World) -> Finding:
    """C35: magnet elements mined outside China with no plant outside China to go to, 2024."""
    supply = data.table("magnet_ree_supply").query("year == 2024")
    tonnes = supply.pivot_table(index="stage", columns="country", values="element_t", observed=True)
    outside = tonnes["World"] - tonnes["China"]
    us = tonnes["United States"]
    share, us_share = (100 * (1 - t["Refining"] / t["Mining"]) for t in (outside, us))
    return Finding(rows=(supply,), found={"share": share}, numbers={"us": (us_share, "{:.0f}%")})


# --- how it came about ----------------------------------------------------------------------------


def reserves(world: World) -> Finding:
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
    return Finding(
        rows=(inventory_2010, printed, world_2010),
        found={
            "reserves": printed["reserves_mt"],
            "deposits": inventory_2010["reserves_mt"],
            "share": share,
        },
        numbers={"since": (f"{newest.min():.1f} to {newest.max():.1f} million tonnes", "{}")},
    )


def us_mining(world: World) -> Finding:
    """C06: last year of US mine output, and years without any until the article."""
    mined = data.table("mine_production")
    us = mined[(mined["country"] == "United States") & mined["year"].between(1997, 2018)]
    output = us.set_index("year")["reo_t"]
    last = output.loc[:2011][output > 0].index.max()
    after = output.loc[1999:2018]
    none = int((after == 0).sum())
    t = "{:,.0f} t"
    return Finding(
        rows=(us,),
        found={"zero": 100 * none / len(after), "last": last},
        numbers={"before": (output[1999], t), "at": (output[2018], t)},
    )


def breakthrough(world: World) -> Finding:
    """C07: US output by stage in the year of the article, and reliance on imports before it."""
    mined = data.table("mine_production").query("country == 'United States'")
    output = mined.set_index("year")["reo_t"]
    best = output.loc[:2010].max()
    site = data.table("mountain_pass")
    ndpr = site[(site["quantity"] == "NdPr oxide produced") & site["quarter"].isna()]
    latest = ndpr.query("year == 2025")
    reliance = data.table("us_import_reliance").query("year <= 2023")
    return Finding(
        rows=(mined[mined["year"].isin([output.loc[:2010].idxmax(), 2025])], latest, reliance),
        found={
            "separated": latest["t"],
            "mine": 100 * output[2025] / best,
            "reliance": reliance["reliance_pct"],
            "magnets": NOTHING,
        },
        numbers={"ndpr-2023": (ndpr.query("year == 2023")["t"].item(), "{:,.0f} t")},
    )


def ukraine(world: World) -> Finding:
    """C08: rows for Ukraine in the editions of the reserves table that were read."""
    table = data.table("reserves")
    survey = table[table["edition"].astype(str).str.startswith("MCS")]
    listed = int((survey["country"] == "Ukraine").sum())
    return Finding(
        rows=(survey,),
        found={"rows": listed},
        numbers={
            "editions": (survey["edition"].nunique(), "{}"),
            "countries": (survey[survey["country"] != "World"]["country"].nunique(), "{}"),
        },
    )


def japan(world: World) -> Finding:
    """C13: imports after the halt, and China's share in the years after it."""
    table = data.table("japan_imports")
    weight = table[table["series"] == "import weight"].query("period == 'year'")
    tonnes = weight.set_index("year")["t"]
    share = table[table["series"] != "import weight"]
    ministry = share[share["series"] == "METI"].set_index("year")["low_pct"]
    late = share[share["year"].between(2023, 2024)]
    newer = pd.concat([late["low_pct"], late["high_pct"]])
    return Finding(
        rows=(weight, share[share["series"] == "METI"], late),
        found={
            "since": newer,
            "official": ministry[2020],
            "tonnes": 100 * tonnes[2011] / tonnes[2010],
        },
        numbers={"before": (ministry[2009], "{:.0f}%")},
    )


def quota_and_prices(world: World) -> Finding:
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
    return Finding(
        rows=(quota[quota["year"].isin([2022, 2023])], prices[prices["year"] >= 2019]),
        found={
            "quota": tonnes[2023],
            "rise": 100 * (tonnes[2023] / tonnes[2022] - 1),
            "low": since,
        },
        numbers={f"nd-{y}": (nd[y], "{:.0f}") for y in (2022, 2023, 2024)},
    )


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


# --- proteins and magnets -------------------------------------------------------------------------


def new_magnet(world: World) -> Finding:
    """C17: capacity that runs and that is being built, and uses that the best values serve."""
    nitride = data.table("iron_nitride").set_index("stage", drop=False)
    runs, builds = nitride.loc["pilot"], nitride.loc["plant1"]
    used_t = 1e3 * world.need.loc[2024] / world.drawn["rare_earth_in_magnet"]
    materials = data.table("magnet_materials").astype({"stage": str, "body": str, "kind": str})
    magnets = substitution.candidates(materials, materials["mu_rec"].median())
    uses = data.table("magnet_uses").astype({"kind": str})
    uses["reference"] = "NdFeB " + uses["reference_grade"]
    fits = substitution.feasibility(
        magnets, uses, world.drawn["load_line_permeance"], world.central["coldest_magnet"]
    )
    held = fits[fits["label"] == "Fe16N2"]["holds_share"]
    tonnes = "capacity_t_per_year"
    return Finding(
        rows=(nitride.loc[["pilot", "plant1"]], materials[materials["material"] == "Fe16N2"]),
        found={
            "runs": 100 * runs[tonnes] / _band(used_t),
            "serves": int((held > 0.9).sum()),
            "builds": builds[tonnes] / runs[tonnes],
        },
        numbers={
            "pilot": (runs[tonnes], "{:.0f} t"),
            "plant": (builds[tonnes], "{:,.0f} t"),
            "due": (int(builds["due_year"]), "{}"),
        },
    )


def grants(world: World) -> Finding:
    """C18: the award of 2011, and when the research began."""
    awards = data.table("react_awards")
    award = awards[awards["recipient"].str.startswith("Univ. of Minnesota")]
    steps = data.table("iron_nitride")
    began = steps[steps["stage"] == "research"]
    return Finding(
        rows=(award, began, steps[steps["stage"] == "founding"]),
        numbers={
            "award": (award["amount_usd"].item() / 1e6, "{:.1f} million USD"),
            "began": (int(began["date"].item()), "{}"),
        },
    )


def proteins(world: World) -> Finding:
    """C19: purity of single elements at the bench; cost against the price and against solvent."""
    ligands = data.table("ligands")
    shown = ligands[
        (ligands["metric"] == "product_purity") & ligands["ligand"].str.contains("tandem dimers")
    ]
    price = world.drawn["oxide_basket_price"]
    pays = 100 * world.costs.xs("protein", axis=1, level=1).lt(price, axis=0).mean()
    cheaper = (
        100
        * (
            world.costs.xs("protein", axis=1, level=1) < world.costs.xs("solvent", axis=1, level=1)
        ).mean()
    )
    won = cheaper.index[cheaper > 50].str.lower()
    return Finding(
        rows=(shown, _assumed("proteins")),
        found={
            "pays": pays.max(),
            "cheaper": len(won),
            "single": shown["low"],
            "clean": NOTHING,
        },
        numbers={"where": (" and ".join(won) or "none", "{}"), "of": (len(cheaper), "{}")},
    )


def microbes(world: World) -> Finding:
    """C21: what Nuton plans at Johnson Camp, and how much of it by microbes."""
    table = data.table("nuton").set_index("metric", drop=False)
    target = table.loc[["demonstration target, refined copper"]]
    part = table.loc[["of which by Nuton sulfide leaching"]]
    share = 100 * part["value"].item() / target["value"].item()
    return Finding(rows=(target, part), numbers={"share": (share, "{:.0f}%")})


def batteries(world: World) -> Finding:
    """C34: share of car batteries that do without nickel and cobalt."""
    shares = data.table("substitution_precedents")
    lfp = shares[shares["series"].str.startswith("LFP batteries")]
    everywhere = lfp[lfp["series"] == "LFP batteries, world"].set_index("year")["share_pct"]
    elsewhere = lfp[lfp["series"] == "LFP batteries, outside Asia"]["share_pct"].item()
    return Finding(
        rows=(lfp[lfp["series"] == "LFP batteries, world"],),
        found={"share": everywhere[2024]},
        numbers={"before": (everywhere[2018], "{:.0f}%"), "outside": (elsewhere, "{:.0f}%")},
    )


# --- waste ----------------------------------------------------------------------------------------


def next_mine(world: World) -> Finding:
    """C22: recovery from products in 2040, wastes that pay, and tonnes that ash contains."""
    table = data.table("waste_bodies").astype({"quantity": str})
    ash = table[table["body"] == "Coal ash"]
    part = ash.set_index("quantity")["low"]
    reachable = part["mass made"] * part["accessible part"]
    grades = ash[ash["quantity"] == "grade"]
    use = data.table("us_balance").query(
        "flow == 'apparent consumption' and series == 'usgs_mcs2026' and year == 2024"
    )
    years = reachable * grades["low"] / use["t"].sum()
    pays = world.costs.lt(world.drawn["oxide_basket_price"], axis=0).mean()
    at_home = pays.drop(list(ABROAD), level=0)
    return Finding(
        rows=(grades, use, _assumed("proteins|ewaste")),
        found={
            "recovered": _band(world.recovered_pct.loc[2040]),
            "pays": int((at_home.groupby(level=0).max() > 0.5).sum()),
            "contained": years,
        },
    )


def old_devices(world: World) -> Finding:
    """C23: magnet in an average device of 2005 over one of 2020."""
    content = data.table("device_content")
    grams = (content["magnet_g"] * content["share"]).rename("g")
    average = content.assign(g=grams).pivot(index="device", columns="year", values="g")
    ratio = average[2005] / average[2020]
    computers = ratio[["Desktop computer", "Laptop"]]
    fell = ratio > 1 / 0.9
    return Finding(
        rows=(content,),
        found={"kinds": 100 * fell.mean(), "computers": computers},
        numbers={"fell": (int(fell.sum()), "{}"), "of": (len(ratio), "{}")},
    )


def tracking(world: World) -> Finding:
    """C24: age of the last federal count, counts of magnets, exports."""
    counts = data.table("ewaste_counts").astype({"scope": str, "kind": str})
    federal = counts[counts["scope"] == "United States, consumer electronics"]
    last = federal[federal["year"] == federal["year"].max()]
    facts = data.table("ewaste_facts")
    shipped = facts[facts["metric"] == "e-waste exported per month"]
    magnets = facts[
        (facts["place"] == "United States")
        & facts["metric"].str.contains("rare earth mass|magnets in")
    ]
    return Finding(
        rows=(last, shipped),
        found={
            "shipped": shipped["low"],
            "age": 2026 - last["year"].iloc[0],
            "magnets": len(magnets),
        },
        numbers={"last": (int(last["year"].iloc[0]), "{}")},
    )


def drives_of_2019(world: World) -> Finding:
    """C40: what the two programmes were for, and what recycling delivers now and in 2040."""
    facts = data.table("ewaste_facts")
    programmes = facts[facts["metric"].str.contains("ReCell|Recycling Prize")]
    magnets = int((~programmes["metric"].str.contains("lithium-ion", case=False)).sum())
    return Finding(
        rows=(programmes, _assumed("ewaste")),
        found={
            "now": _band(world.recovered_pct.loc[2024]),
            "programmes": magnets,
            "later": _band(world.recovered_pct.loc[2040]),
        },
        numbers={
            "centre": (programmes["low"].max(), "{:.0f} million USD"),
            "prize": (programmes["low"].min(), "{:.1f} million USD"),
        },
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
        rows=(vulcan, prices, valley.assumed(), _assumed("demand")),
        found={
            "survive": _ends(world.ventures.loc["No help"], "survival_pct"),
            "capital": 100 * capital / _band(market),
        },
        numbers={
            "market": (verdicts.span(*_band(market / 1e6), "{:,.0f} million USD"), "{}"),
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
    ratio = needed / world.scrap["arising"].loc[2030].to_numpy()
    return Finding(
        rows=(money, size, _assumed("ewaste")),
        found={
            "feed": _band(ratio),
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
            "equity": _ends(mixes.loc["Public equity"], "built_pct"),
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
            "without": _ends(mixes.loc["No help"], "built_pct"),
            "with": _ends(mixes.loc["Offtake"], "built_pct"),
            "curve": NOTHING,
        },
        numbers={"floor": (built["Price floor"], "{:.0f}%"), "all": (built["All five"], "{:.0f}%")},
    )


def synthetic_rubber(world: World) -> Finding:
    """C28: rubber lost, replaced, and the years between; US magnets as many years on."""
    table = data.table("synthetic_rubber")
    lost = table[table["series"] == "share from the Far East"]
    pooled = pd.to_datetime(table[table["series"] == "patents pooled"]["date"].item())
    start = pooled.year + pooled.day_of_year / 365.25
    made = ramps.rubber(table, start)
    counted = made[made["kind"].astype(str) != "forecast"]
    enough = counted[counted["low_pct"] >= 90]
    years = float(enough["years"].min())
    secured = world.secured_pct("United States", 2026 + round(years))
    return Finding(
        rows=(lost, table[table["series"].isin(["synthetic output", "required supply"])]),
        found={"lost": lost["low"], "years": years, "magnets": _band(secured)},
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
        rows=(*counts, _assumed("outlook")),
        found={
            "needed": 100 * _band(needed)[:, None] / paces,
            "seen": 100 * _band(seen)[:, None] / paces,
        },
        numbers={
            "pace": (verdicts.span(min(paces), max(paces), "{:.1f} points"), "{}"),
            "wanted": (verdicts.span(*_band(needed), "{:.1f} points"), "{}"),
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
        rows=(paid, data.table("floor_terms"), _assumed("policy")),
        found={"cost": _band(run.present_cost) / 1e3, "spread": 100 * widths[0] / widths[1]},
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
        rows=(supply, _assumed("outlook")),
        found={"secured": _band(secured), "mined": ratio["Mining"], "refined": ratio["Refining"]},
    )


def two_years(world: World) -> Finding:
    """C12: US need, and beside it that of all outside China, met without China two years on."""
    ours, all_ = (_band(world.secured_pct(region, 2027)) for region in balance.REGIONS)
    return Finding(
        rows=(data.table("start_dates"), _assumed("outlook")),
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


EVIDENCE: dict[str, Callable[[World], Finding]] = {
    "C01": refining,
    "C02": processing,
    "C03": import_dependence,
    "C04": in_time,
    "C05": reserves,
    "C06": us_mining,
    "C07": breakthrough,
    "C08": ukraine,
    "C09": mine_lead_time,
    "C10": graduates,
    "C11": small_market,
    "C12": two_years,
    "C13": japan,
    "C14": quota_and_prices,
    "C15": element_controls,
    "C16": after_the_pause,
    "C17": new_magnet,
    "C18": grants,
    "C19": proteins,
    "C21": microbes,
    "C22": next_mine,
    "C23": old_devices,
    "C24": tracking,
    "C25": loop,
    "C26": equity_gap,
    "C27": offtake,
    "C28": synthetic_rubber,
    "C29": shale,
    "C30": laboratories,
    "C31": stockpile_gap,
    "C32": price_floor,
    "C34": batteries,
    "C35": ore_to_china,
    "C36": mp_deal,
    "C37": phoenix,
    "C38": billion,
    "C39": patriot,
    "C40": drives_of_2019,
    "C41": small_and_costly,
    "C42": refinery_permits,
}
"""What decides each claim; those left out rest on no number."""


# --- shared ---------------------------------------------------------------------------------------


def _band(draws: ArrayLike) -> np.ndarray:
    """Ends of the band that holds nine draws in ten."""
    return np.quantile(np.asarray(draws, dtype=float), BAND)


def _ends(row: pd.Series, name: str) -> np.ndarray:
    """Ends of a band that a frame holds in columns of its own."""
    return row[[f"{name}_low", f"{name}_high"]].to_numpy(dtype=float)


def _stage_shares(stage: str) -> pd.DataFrame:
    shares = data.table("china_stage_shares").astype({"stage": str, "scope": str})
    return shares[(shares["stage"] == stage) & (shares["year"] >= 2020)]


def _assumed(chapters: str) -> pd.DataFrame:
    """Rows of the register that the models of some chapters use."""
    register = data.table("assumptions")
    return register[register["used_in"].str.contains(chapters)]


def _us_market(world: World, usd_per_kg: pd.Series) -> np.ndarray:
    """Value of the magnet rare earths that the United States needs in 2024, USD: draw."""
    before = substitution.demand_by_element(
        data.table("magnet_demand"), world.case, world.drawn, demand.SHARES
    )[0].sum(axis=0)
    price = {"Nd": "NdPr", "Pr": "NdPr"}
    usd = [usd_per_kg[price.get(e, e)] / oxides.element_in_oxide(e) for e in substitution.ELEMENTS]
    return 1e6 * (before * np.array(usd)[:, None]).sum(axis=0)
