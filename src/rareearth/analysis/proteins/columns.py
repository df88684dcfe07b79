"""How a bed of protein fills: thin liquors for days, rich ones before they have passed it once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis.proteins.model import of_waste, wastes
from rareearth.analysis.proteins.rows import assumed
from rareearth.answers import Answers, inside, listing
from rareearth.models import extraction


def hydraulics(drawn: pd.DataFrame, ranges: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Bed volumes until rare earths break through, and hours of a loading, by waste.

    Args:
        drawn: draws of the assumptions.
        ranges: their ranges, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``waste``, ``low_bv``, ``median_bv``, ``high_bv`` (bed volumes to breakthrough),
        ``load_h`` (median hours), ``at_once_pct`` (part of the draws in which the bed is full
        before one bed volume has passed), ``filling`` (column, at once), thinnest liquor first;
        and the answers.
    """
    rows = []
    for waste in wastes().index:
        load = extraction.loading(of_waste(drawn, waste))
        low, middle, high = np.quantile(load.bed_volumes, [0.05, 0.5, 0.95])
        full = 100 * load.at_once.mean()
        rows.append((waste, low, middle, high, np.median(load.hours), full))
    columns = ["waste", "low_bv", "median_bv", "high_bv", "load_h", "at_once_pct"]
    beds = pd.DataFrame(rows, columns=columns)
    beds["filling"] = np.where(beds["at_once_pct"] > 50, "at once", "column")
    beds = beds.sort_values("median_bv", ascending=False, ignore_index=True)
    at, flow = beds.set_index("waste"), ranges.loc["bed_flow"]
    answers = Answers(sources=assumed())
    answers.add("water-bv", round(at.loc["Mine water", "median_bv"], -2), "{:,.0f} bed volumes")
    answers.add("water-days", at.loc["Mine water", "load_h"] / 24, "{:.0f} days")
    answers.add("ash-bv", at.loc["Coal ash", "median_bv"], "{:.0f}")
    run = data.table("column_hydraulics").astype({"quantity": str})
    run = run[run["quantity"] == "bed volumes to breakthrough"]
    passed = run["value"].astype(float)
    measured = f"{passed.min():.0f} to {passed.max():.0f}"
    answers.add("measured-bv", measured, sources=run, kind="reported")
    full = beds[beds["filling"] == "at once"]["waste"].map(inside)
    answers.add("at-once", " and ".join(full) or "none", kind="forecast")
    answers.add("flow-shown", flow["high"], "{:g}", sources=assumed().loc["bed_flow"])
    answers.add("flow-range", "{:g} to {:g}".format(flow["low"], flow["high"]))
    cycle = extraction.cycle_hours(of_waste(drawn, "Coal ash"))
    answers.add("cycle-ash", cycle, "{:.0f} hours", band="{:.0f} to {:.0f} hours")
    water = extraction.cycle_hours(of_waste(drawn, "Mine water"))
    loads = drawn["plant_hours_per_year"] / water
    answers.add("water-loads", loads, "{:.0f}", band="{:.0f} to {:.0f}")
    spans = {
        r.waste: tuple(f"{float(f'{v:.2g}'):,g}" for v in (r.median_bv, r.low_bv, r.high_bv))
        for r in beds.itertuples()
    }
    answers.add("beds-list", listing(spans, "{}: {}, from {} to {}", "; "))
    return beds, answers
