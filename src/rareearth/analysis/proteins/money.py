"""Who pays for biology in mining and for its rivals, and what is said of it."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.analysis.proteins.rows import noted
from rareearth.answers import Answers

T_PER_SHORT_TON = 0.90718474


def programmes() -> tuple[pd.DataFrame, Answers]:
    """Money of firms and programmes over time; dates given as a year stand at its middle.

    Returns:
        ``date``, ``lane`` (in the order of drawing), ``label`` (of large sums and of biology, else
        empty), ``entity``, ``event``, ``amount_musd``, ``kind``, ``source``, ``locator``, ``seen``,
        ``note``; and the answers.
    """
    events = data.table("bio_events").astype({"kind": str})
    money = events.dropna(subset="lane").copy()
    month = money["event_date"].str.slice(0, 7)
    money["date"] = pd.to_datetime(month.where(month.str.len() == 7, month.str[:4] + "-07"))
    money["amount_musd"] = money["amount_usd"] / 1e6
    money = money.sort_values(["lane", "date"]).astype({"lane": str})
    biology = money["lane"].str.contains("(", regex=False)
    named = money["amount_musd"].map(lambda m: f"{m:,.0f}" if m >= 2 else f"{m:.1f}")
    money["label"] = named.where(biology | money["amount_musd"].ge(60), "")
    given = money["kind"] == "reported"
    once = biology & ~money["event"].str.contains("seed round")
    of = {name: money[money["entity"] == name] for name in money["entity"].unique()}
    phoenix, element, doe = of["Phoenix Tailings"], of["ElementUSA"], of["DOE"]
    plans = element[element["kind"] == "target"]["amount_musd"]
    alta = (
        of["Alta Resource Technologies"].set_index("amount_musd", drop=False).sort_index().iloc[-1]
    )
    opened = events[events["event"] == "Exeter metallisation plant opened"].iloc[0]
    demo = money[money["event"].str.contains("Demonstration Facility award")].iloc[0]
    option = money[money["event"].str.contains("option")].iloc[0]
    template = "{:.0f} million USD"
    answers = Answers()
    answers.add(
        "bio-sum", money[given & once]["amount_musd"].sum(), template, sources=money[biology]
    )
    answers.add(
        "phoenix-sum", phoenix[phoenix["kind"] == "reported"]["amount_musd"].sum(), template,
        sources=phoenix,
    )  # fmt: skip
    answers.add(
        "element-plans", f"{plans.min():.0f} and {plans.max():.0f} million USD",
        sources=element, kind="target",
    )  # fmt: skip
    answers.add(
        "exeter", opened["quantity"] * T_PER_SHORT_TON, "{:.0f} t", sources=opened, kind="reported"
    )  # fmt: skip
    answers.quote("alta-total", alta, "amount_musd", template)
    answers.quote("ember-option", option, "amount_musd", template)
    answers.quote("demo-2026", demo, "amount_musd", template)
    sums = doe["amount_musd"]
    answers.add("doe-range", f"{sums.min():.0f} to {sums.max():,.0f} million", sources=doe)
    return money[
        [
            *("date", "lane", "label", "entity", "event", "amount_musd"),
            *("kind", "source", "locator", "seen", "note"),
        ]
    ], answers


def said_of_biology() -> tuple[pd.DataFrame, Answers]:
    """What is said of the virus and of microbes in copper heaps, and what was found.

    Returns:
        ``Subject``, ``Said``, ``Shown or found``, ``source``; and the answers.
    """
    nuton = data.table("nuton").set_index("metric")
    value, most = nuton["value"], nuton["high"]
    planned = nuton.loc[
        ["demonstration target, refined copper", "of which by Nuton sulfide leaching"]
    ]
    target, share = planned["value"]
    litres = value["water intensity"]
    mean = float(noted(nuton.loc["water intensity", "note"], r"([\d.]+)$"))
    carbon, other = value["carbon footprint"], value["carbon footprint (conflicting figure)"]
    capital, spent = (
        value[name] / 1e6
        for name in ("initial capex in older study", "Nuton funding to 2025-10-31")
    )
    recovery = most["copper recovery from primary sulfides (technology claim)"]
    said = [
        (
            "Virus, Berkeley", "“ignoring all other metals”, “low-cost”, reusable",
            "Tested on mine drainage; no capacity, recovery, cycle count or cost in the releases "
            "read",
        ),
        (
            "Nuton, output", f"{target:,.0f} t of copper over four years",
            f"{share:,.0f} t of it by bioleaching; the rest is ordinary leaching",
        ),
        (
            "Nuton, recovery", f"up to {recovery:.0f}% of the copper",
            "No measured recovery at Johnson Camp found",
        ),
        (
            "Nuton, water", f"up to {most['water reduction claim']:.0f}% less",
            f"{litres:.0f} L per kg against a quoted mean of {mean:.0f}: "
            f"{100 * (1 - litres / mean):.0f}% less",
        ),
        (
            "Nuton, carbon", f"{carbon:.2f} kg CO2e per kg",
            f"another article prints {other:.2f}; certificates for all electricity",
        ),
        (
            "Nuton, capital", f"{capital:.0f} million USD in an older study",
            f"more than {spent:.0f} million USD spent by Nuton to October 2025",
        ),
    ]  # fmt: skip
    claims = pd.DataFrame(said, columns=["Subject", "Said", "Shown or found"])
    claims["source"] = [
        "berkeley_2026_phage",
        "bizwire_2025_rio_nuton;theoutpost_2026_aws",
        "nsenergy_2025_nuton",
        "geomechanics_2025_nuton;soundtelegraph_2026_aws",
        "inspenet_2025_nuton;soundtelegraph_2026_aws",
        "geomechanics_2025_nuton;canadianminingjournal_2025_gunnison",
    ]
    ligands = data.table("ligands")
    soil = ligands[ligands["organism_or_host"].astype(str).str.contains("Streptomyces")]
    spent_catalyst = ligands[
        (ligands["ligand"] == "gluconic-acid biolixiviant") & (ligands["form"] == "batch")
    ]
    answers = Answers()
    answers.add("nuton-share", 100 * share / target, "{:.0f}%", sources=planned, kind="target")
    answers.quote("streptomyces", soil.loc[soil["high"].idxmax()], "high", "{:.2f}%")
    best = spent_catalyst.loc[spent_catalyst["value"].idxmax()]
    answers.quote("gluconobacter", best, "value", "{:.0f}%")
    return claims, answers
