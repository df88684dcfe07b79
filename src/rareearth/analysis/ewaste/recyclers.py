"""Ways to recycle magnets, who says what of them, and the feed that announced plants would need."""

from __future__ import annotations

import pandas as pd

from rareearth import assumptions, data, uncertainty
from rareearth.analysis.demand.world import contents
from rareearth.analysis.ewaste.flows import Flows
from rareearth.answers import Answers, listing
from rareearth.models import oxides, waste

MEASURES = {
    "yield": "Yield",
    "purity": "Purity",
    "cost": "Cost",
    "climate impact against primary": "Climate impact",
}
"""Measures of a route in the order of columns, and their headings."""

UNITS = {"pct": "%", "usd_per_kg": " USD/kg", "usd_per_kg_ree": " USD/kg"}

MONEY_OF = "prn_vulcan_2025"
"""Release that states the money for Vulcan Elements and ReElement."""

OXIDE_UNITS = ["t_reo_per_y", "t_mixed_reo_per_y"]
"""Units of capacities that are stated as oxide; the others are magnets."""

COSTS = (("toll", "ReElement", "target"), ("lab-cost", "Brown et al.", "estimate"))
"""Costs that the text quotes, who says them, and what kind of number they are."""

USD_PER_KG = "{:,.0f} to {:,.0f} dollars per kilogram"


def routes() -> tuple[pd.DataFrame, Answers]:
    """What is said of each way to recycle magnets, by who says it.

    Returns:
        ``Route``, ``Said by`` and a column of text for each of :data:`MEASURES`, to be printed;
        costs in the text, and how many yields and purities were checked by others.
    """
    table = data.table("recycling_routes").astype({"said_by": str, "measure": str, "unit": str})
    chosen = table[table["measure"].isin(MEASURES)]
    chosen = chosen.assign(text=[_said(row) for row in chosen.to_dict("records")])
    grid = chosen.groupby(["route", "said_by", "measure"])["text"].agg("; ".join).unstack("measure")
    grid = grid[list(MEASURES)].rename(columns=MEASURES).reset_index()
    grid = grid.rename(columns={"route": "Route", "said_by": "Said by"})

    answers = Answers(sources=table)
    costs = table[table["measure"] == "cost"].groupby("who")
    for name, who, kind in COSTS:
        rows = costs.get_group(who)
        ends = USD_PER_KG.format(rows["low"].min(), rows["high"].max())
        answers.add(name, ends, sources=rows, kind=kind)
    checked = (table["said_by"] == "independent") & table["measure"].isin(["yield", "purity"])
    answers.add("checked", str(checked.sum()) if checked.any() else "none")
    return grid, answers


def climate() -> tuple[pd.DataFrame, Answers]:
    """Footprint of recycled magnets against mined ones, as firms and as studies have it.

    Returns:
        Rows of ``recycling_routes`` with ``label`` and the saving, ``low_pct`` to ``high_pct`` less
        than a mined magnet, firms first; what firms claim and what the independent study finds.
    """
    table = data.table("recycling_routes").astype({"said_by": str, "measure": str})
    rows = table.dropna(subset="label").sort_values(["said_by", "low"])
    rows = rows.assign(low_pct=-rows["high"], high_pct=-rows["low"])
    firms = rows[rows["said_by"] == "company"]
    study = rows[rows["source"] == "accardo_2024"]

    answers = Answers()
    claims = {"sources": firms, "kind": "reported"}
    answers.add("claims-low", firms["low_pct"].min(), "{:.0f}", **claims)
    answers.add("claims-high", firms["high_pct"].max(), "{:.0f}%", **claims)
    span = "{low_pct:.0f} to {high_pct:.0f}%".format(**study.iloc[0])
    answers.add("turin", span, sources=study, kind="estimate")
    spans = {
        f"{row.route}, {row.label}": _span(row.low_pct, row.high_pct) for row in rows.itertuples()
    }
    answers.add("claims-list", listing(spans, "{}: {}", "; "), sources=rows)
    return rows.drop(columns=["low", "high"]), answers


def plants(flows: Flows) -> tuple[pd.DataFrame, Answers]:
    """Rare earth that announced plants would need in a year, below what there will be.

    Args:
        flows: as from :func:`rareearth.analysis.ewaste.flows.run`.

    Returns:
        ``group`` (what there is, what plants would need), ``label``, ``ree_t``, ``low_t`` and
        ``high_t`` (of what there is), ``kind`` and ``source``; the sums in the text.
    """
    central = assumptions.central(flows.scenario)
    in_magnet, in_oxide = central["rare_earth_in_magnet"], oxides.ndpr_in_oxide()
    kept = central["recycling_process_yield"]
    table = data.table("recycling_plants").astype({"kind": str, "unit": str})
    stated = table.dropna(subset="label")
    content = stated["unit"].isin(OXIDE_UNITS).map({True: in_oxide, False: in_magnet})
    stated = stated.assign(ree_t=waste.rare_earth_needed(stated["value"], content, kept))
    largest = stated.groupby("firm")["ree_t"].transform("max")
    # Firms by their largest plant; of a firm the largest first, what is built last where equal.
    stated = stated.assign(largest=largest, own=stated["firm"] != "Vulcan Elements")
    stated = stated.sort_values(["largest", "own", "ree_t"], ascending=[False, True, False])

    there = []
    for year in (2030, 2040):
        for words, mass in (("Leaving use", flows.all_leaving), ("Recovered", flows.recovered)):
            band = uncertainty.band(mass.sel(year=year).to_numpy()[None]).iloc[0]
            there.append((f"{words}, {year}", band["median"], band["low"], band["high"]))
    feed = pd.DataFrame(there, columns=["label", "ree_t", "low_t", "high_t"])
    frame = pd.concat(
        [
            feed.assign(group="What there is", kind="derived"),
            stated[["label", "ree_t", "kind", "source"]].assign(group="What plants would need"),
        ],
        ignore_index=True,
    )

    sources = [*flows.sources, stated]
    answers = Answers(sources=sources)
    vulcan = stated[stated["firm"] == "Vulcan Elements"]
    need, (out_2030, back_2030, *_) = vulcan["ree_t"].item(), feed["ree_t"]
    used = assumptions.register().loc[["rare_earth_in_magnet", "recycling_process_yield"]]
    label = "Rare earths that Vulcan Elements would need a year at its stated size"
    answers.add("vulcan-need", need, "{:,.0f} t", sources=[stated, used], label=label)
    answers.add("vulcan-times", need / out_2030, "{:.1f}")
    answers.add("vulcan-recovered", need / back_2030, "{:.0f}")
    mean = flows.all_leaving.mean("draw").to_series()
    enough = mean.index[mean >= need]
    year = f"in {enough[0]}" if len(enough) else "not before 2050"
    answers.add("vulcan-year", year, kind="forecast")
    answers.quote("vulcan-capacity", vulcan.iloc[0], "value", "{:,.0f} t")
    money = table[(table["unit"] == "usd") & (table["source"] == MONEY_OF)]
    loans = money[money["metric"].str.contains("loan")]["value"].sum()
    matched = money[money["metric"].str.contains("matched")]["value"].sum()
    paid = {"sources": money, "kind": "reported"}
    total = (money["value"].sum() + matched) / 1e9
    answers.add("vulcan-money", total, "{:.1f} billion dollars", **paid)
    answers.add("vulcan-loans", loans / 1e6, "{:,.0f} million dollars", **paid)
    smaller = stated[stated["summed"]]
    answers.add("others-need", smaller["ree_t"].sum(), "{:,.0f} t", sources=smaller, kind="target")
    answers.add("others-times", smaller["ree_t"].sum() / out_2030, "{:.1f}")
    answers.add("process-yield", 100 * kept, "{:.0f}%", sources=used)
    spans = feed.set_index("label").apply(tuple, axis=1)
    there = listing(spans, "{}: {:,.0f} (nine draws in ten {:,.0f} to {:,.0f})", "; ")
    answers.add("feed-list", there, kind="forecast")
    answers.add("needs-list", listing(stated.set_index("label")["ree_t"], "{}: {:,.0f}", "; "))
    return frame, answers | contents(flows.scenario)


def _said(row: dict) -> str:
    """One statement in words: "> 90%", "25–35 USD/kg", "70% less"."""
    bound = "> " if "above" in row["metric"] else ""
    ends = "–".join(f"{value:,.6g}" for value in sorted({abs(row["low"]), abs(row["high"])}))
    return bound + ends + UNITS[row["unit"]] + (" less" if row["high"] < 0 else "")


def _span(low: float, high: float) -> str:
    return f"{low:.0f} to {high:.0f}" if high > low else f"{low:.0f}"
