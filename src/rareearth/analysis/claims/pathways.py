"""What decides the claims on proteins, magnets and waste."""

from __future__ import annotations

import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import ewaste, magnets
from rareearth.analysis import proteins as extraction
from rareearth.analysis.claims.run import UNKNOWN, Evidence, Run, interval
from rareearth.analysis.proteins.cost import in_text
from rareearth.answers import Answers
from rareearth.models import verdicts

# --- proteins and magnets -------------------------------------------------------------------------


def new_magnet(run: Run) -> Evidence:
    """C17: capacity that runs, that is being built, and uses that the measured compact serves."""
    nitride = data.table("iron_nitride").set_index("stage", drop=False)
    runs, builds = nitride.loc["pilot"], nitride.loc["plant1"]
    used_t = run.flows.demand.sel(year=2024) / run.drawn["rare_earth_in_magnet"].to_numpy()
    materials = magnets.materials()
    fits = magnets.fit(run.drawn["load_line_permeance"], run.central["coldest_magnet"])
    held = fits[fits["label"] == "Fe16N2"]["holds_share"]
    tonnes = "capacity_t_per_year"
    return Evidence(
        rows=(nitride.loc[["pilot", "plant1"]], materials[materials["material"] == "Fe16N2"]),
        values={
            "runs": 100 * runs[tonnes] / interval(used_t),
            "serves": int((held > 0.9).sum()),
            "builds": builds[tonnes] / runs[tonnes],
        },
        numbers={
            "pilot": (runs[tonnes], "{:.0f} t"),
            "plant": (builds[tonnes], "{:,.0f} t"),
            "due": (int(builds["due_year"]), "{}"),
        },
    )


def grants(run: Run) -> Evidence:
    """C18: the award of 2011, and when the research began."""
    awards = data.table("react_awards")
    award = awards[awards["recipient"].str.startswith("Univ. of Minnesota")]
    steps = data.table("iron_nitride")
    began = steps[steps["stage"] == "research"]
    return Evidence(
        rows=(award, began, steps[steps["stage"] == "founding"]),
        numbers={
            "award": (award["amount_usd"].item() / 1e6, "{:.1f} million USD"),
            "began": (int(began["date"].item()), "{}"),
        },
    )


def proteins(run: Run) -> Evidence:
    """C19: purity of single elements at the bench; cost against the price and against solvent."""
    ligands = data.table("ligands")
    # Purities that were read in the paper, of an element and not of all rare earths together.
    shown = ligands[
        (ligands["metric"] == "product_purity")
        & (ligands["seen"] == "primary")
        & ~ligands["pair_type"].str.startswith("group")
    ]
    pays = extraction.pays(run.costs, run.drawn).xs("protein", level="route")
    cheaper = (
        100
        * (
            run.costs.xs("protein", axis=1, level=1) < run.costs.xs("solvent", axis=1, level=1)
        ).mean()
    )
    won = [in_text(waste) for waste in cheaper.index[cheaper > 50]]
    return Evidence(
        rows=(shown, assumptions.used_by("proteins")),
        values={
            "pays": pays.max(),
            "cheaper": len(won),
            "single": shown["low"],
            "clean": UNKNOWN,
        },
        numbers={"where": (", ".join(won) or "none", "{}"), "of": (len(cheaper), "{}")},
    )


def microbes(run: Run) -> Evidence:
    """C21: what Nuton plans at Johnson Camp, and how much of it by microbes."""
    table = data.table("nuton").set_index("metric", drop=False)
    target = table.loc[["demonstration target, refined copper"]]
    part = table.loc[["of which by Nuton sulfide leaching"]]
    share = 100 * part["value"].item() / target["value"].item()
    return Evidence(rows=(target, part), numbers={"share": (share, "{:.0f}%")})


def batteries(run: Run) -> Evidence:
    """C34: share of car batteries that do without nickel and cobalt."""
    shares = data.table("substitution_precedents")
    lfp = shares[shares["series"].str.startswith("LFP batteries")]
    everywhere = lfp[lfp["series"] == "LFP batteries, world"].set_index("year")["share_pct"]
    elsewhere = lfp[lfp["series"] == "LFP batteries, outside Asia"]["share_pct"].item()
    return Evidence(
        rows=(lfp[lfp["series"] == "LFP batteries, world"],),
        values={"share": everywhere[2024]},
        numbers={"before": (everywhere[2018], "{:.0f}%"), "outside": (elsewhere, "{:.0f}%")},
    )


# --- waste ----------------------------------------------------------------------------------------


def next_mine(run: Run) -> Evidence:
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
    pays = extraction.pays(run.costs, run.drawn) / 100
    places = data.table("extraction_feeds").set_index("waste")["place"]
    at_home = pays.drop(places.index[places == "abroad"], level=0)
    return Evidence(
        rows=(grades, use, assumptions.used_by("proteins", "ewaste")),
        values={
            "recovered": interval(run.recycled_pct(2040)),
            "pays": int((at_home.groupby(level=0).max() > 0.5).sum()),
            "contained": years,
        },
    )


def old_devices(run: Run) -> Evidence:
    """C23: what is known beside it: heavy rare earths saved in a magnet, and magnets in devices."""
    thrift = data.table("heavy_rare_earth_thrift")
    saved = thrift[(thrift["topic"] == "Saving by diffusion")]
    answers = Answers(saved)
    ends = verdicts.span(saved["low"].min(), saved["high"].max(), "{:.0f}%")
    answers.add("c23-thrift", ends, kind="estimate")
    return Evidence(answers=answers | ewaste.devices()[1].only("falling", "devices"))


def tracking(run: Run) -> Evidence:
    """C24: age of the last federal count, counts of magnets, exports of what arises."""
    counts = data.table("ewaste_counts").astype({"scope": str, "kind": str})
    federal = counts[counts["scope"] == "United States, consumer electronics"]
    last = federal[federal["year"] == federal["year"].max()]
    arises = counts[
        (counts["scope"] == "United States, all e-waste") & (counts["measure"] == "generated")
    ]
    facts = data.table("ewaste_facts")
    shipped = facts[facts["metric"] == "e-waste exported per month"]
    magnets = facts[
        (facts["place"] == "United States")
        & facts["metric"].str.contains("rare earth mass|magnets in")
    ]
    yearly_mt = 12 * shipped["low"].item() / 1e6
    return Evidence(
        rows=(last, shipped, arises),
        values={
            "shipped": 100 * yearly_mt / arises["low"],
            "age": data.today().year - last["year"].iloc[0],
            "magnets": len(magnets),
        },
        numbers={
            "last": (int(last["year"].iloc[0]), "{}"),
            "tonnes": (shipped["low"].item(), "{:,.0f} t"),
        },
    )


def drives_of_2019(run: Run) -> Evidence:
    """C40: what the two programmes were for, and what recycling delivers now and in 2040."""
    facts = data.table("ewaste_facts").astype({"metric": str})
    centre = facts[facts["metric"].str.contains("ReCell")]
    prize = facts[facts["metric"].str.contains("Recycling Prize")]
    both = pd.concat([centre, prize])
    return Evidence(
        rows=(both, assumptions.used_by("ewaste")),
        values={
            "now": interval(run.recycled_pct(2024)),
            "later": interval(run.recycled_pct(2040)),
            "batteries": int(both["metric"].str.contains("lithium-ion", case=False).sum()),
            "centre": centre["low"],
            "prize": prize["low"],
        },
    )
