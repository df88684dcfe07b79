"""What decides the claims on proteins, magnets and waste."""

from __future__ import annotations

from rareearth import data
from rareearth.analysis import magnets
from rareearth.analysis.claims.world import NOTHING, Finding, World, assumed, band

# --- proteins and magnets -------------------------------------------------------------------------


def new_magnet(world: World) -> Finding:
    """C17: capacity that runs and that is being built, and uses that the best values serve."""
    nitride = data.table("iron_nitride").set_index("stage", drop=False)
    runs, builds = nitride.loc["pilot"], nitride.loc["plant1"]
    used_t = 1e3 * world.need.loc[2024] / world.drawn["rare_earth_in_magnet"]
    materials = magnets.materials()
    fits = magnets.fit(world.drawn["load_line_permeance"], world.central["coldest_magnet"])
    held = fits[fits["label"] == "Fe16N2"]["holds_share"]
    tonnes = "capacity_t_per_year"
    return Finding(
        rows=(nitride.loc[["pilot", "plant1"]], materials[materials["material"] == "Fe16N2"]),
        found={
            "runs": 100 * runs[tonnes] / band(used_t),
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
        rows=(shown, assumed("proteins")),
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
    places = data.table("extraction_feeds").set_index("waste")["place"]
    at_home = pays.drop(places.index[places == "abroad"], level=0)
    return Finding(
        rows=(grades, use, assumed("proteins|ewaste")),
        found={
            "recovered": band(world.flows.recycling_input_rate.sel(year=2040)),
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
        rows=(programmes, assumed("ewaste")),
        found={
            "now": band(world.flows.recycling_input_rate.sel(year=2024)),
            "programmes": magnets,
            "later": band(world.flows.recycling_input_rate.sel(year=2040)),
        },
        numbers={
            "centre": (programmes["low"].max(), "{:.0f} million USD"),
            "prize": (programmes["low"].min(), "{:.1f} million USD"),
        },
    )
