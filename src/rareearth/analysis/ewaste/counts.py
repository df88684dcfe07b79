"""E-waste generated and collected as others count it, and magnets in devices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.answers import Answers, listing

WORLD, US, US_EPA = (
    "World, all e-waste",
    "United States, all e-waste",
    "United States, consumer electronics",
)
"""Ways of counting, in the order of panels."""

COUNTED = {
    "ewaste-2010": (WORLD, 2010, "generated_mt", "{:.0f} Mt"),
    "world-2022": (WORLD, 2022, "generated_mt", "{:.0f} Mt"),
    "ewaste-2050": (WORLD, 2050, "generated_mt", "{:.0f} Mt"),
    "ewaste-collected": (WORLD, 2022, "collected_mt", "{:.1f} Mt"),
    "world-rate": (WORLD, 2022, "collected_pct", "{:.0f}%"),
    "world-rate-2030": (WORLD, 2030, "collected_pct", "{:.0f}%"),
    "us-gem-2014": (US, 2014, "generated_mt", "{:.1f} Mt"),
    "us-gem": (US, 2019, "generated_mt", "{:.1f} Mt"),
    "us-gem-rate": (US, 2019, "collected_pct", "{:.0f}%"),
    "us-epa-2010": (US_EPA, 2010, "generated_mt", "{:.1f} Mt"),
    "us-epa": (US_EPA, 2018, "generated_mt", "{:.1f} Mt"),
    "us-epa-rate": (US_EPA, 2018, "collected_pct", "{:.0f}%"),
}
"""Counts that the text quotes: scope, year, column and how it is printed."""

AHEAD = 2030
"""First year of an expectation that is still ahead of us."""

PRINTED = {
    "count": "{:.0f}",
    "million units": "{:.0f} million a year",
    "pct": "{:.0f}%",
    "t": "{:,.0f} t a month",
}
"""How a fact is printed in the table of what the United States counts, by its unit."""

QUOTED = {
    "ree-in-ewaste": ("rare earth mass in e-waste", "{:,.0f} t"),
    "rate-gem": ("share of REE demand met by e-waste recycling", "{:.0f}%"),
    "rate-high": ("rare earth magnets recycled from end of life (below)", "{:.0f}%"),
    "rate-wd": ("domestic rare earth recycling (below)", "{:.0f}%"),
    "export-month": ("e-waste exported per month", "{:,.0f} t"),
    "malaysia": ("share of US exports to Malaysia (up to)", "{:.0f}%"),
    "centre": (
        "ReCell Center for lithium-ion battery recycling, over three years",
        "{:.0f} million dollars",
    ),
    "prize": ("Lithium-Ion Battery Recycling Prize, three phases", "{:.1f} million"),
}
"""Facts that the text quotes: metric and how it is printed."""

SINCE = 2005
"""Year against which the newest content of a device is set."""

LEVEL = (0.9, 1.1)
"""Change of a device's content within which it counts as level."""


def counts() -> tuple[pd.DataFrame, Answers]:
    """E-waste generated and collected, one preferred edition for each way of counting and year.

    Returns:
        ``scope``, ``edition``, ``year``, ``generated_mt``, ``collected_mt`` and ``collected_pct``
        (missing where not found), ``kind`` and ``source``; masses and collection rates in the text.
    """
    table = data.table("ewaste_counts").astype({"scope": str, "measure": str, "kind": str})
    wide = table.pivot(index=["scope", "edition", "year"], columns="measure", values="high")
    by_rate = wide["generated"] * wide["part collected and recycled"] / 100
    collected = wide["collected and recycled"].fillna(by_rate).rename("collected_mt").reset_index()
    rows = table[table["measure"] == "generated"].rename(columns={"high": "generated_mt"})
    rows = rows.merge(collected, on=["scope", "edition", "year"])
    rows = rows[(rows["kind"] != "forecast") | (rows["year"] >= AHEAD)]
    newest = rows.sort_values(["year", "edition"]).drop_duplicates(["scope", "year"], keep="last")
    order = [WORLD, US, US_EPA]
    frame = newest.sort_values("scope", key=lambda scope: scope.map(order.index), kind="stable")
    frame["collected_pct"] = 100 * frame["collected_mt"] / frame["generated_mt"]
    columns = ["scope", "edition", "year", "generated_mt", "collected_mt", "collected_pct"]

    answers = Answers(sources=table)
    at = frame.set_index(["scope", "year"])
    for name, (scope, year, column, template) in COUNTED.items():
        row = at.loc[(scope, year)]
        answers.add(name, row[column], template, kind=row["kind"])
    earlier = wide.loc[(US, "GEM 2014", 2012), "collected and recycled"]
    answers.add("us-collected-2012", earlier, "{:.0f} Mt", kind="reported")
    return frame[[*columns, "kind", "source"]].reset_index(drop=True), answers


def tracking() -> tuple[pd.DataFrame, Answers]:
    """Newest number found on each question about e-waste in the United States.

    Returns:
        ``What``, ``Latest number``, ``For`` (year) and ``Source``, to be printed; what is exported
        as a part of both counts.
    """
    table, _ = counts()
    facts = data.table("ewaste_facts").astype({"unit": str})
    shown = facts.dropna(subset="label").sort_values("topic", kind="stable")
    us = table[table["scope"] != WORLD].groupby("scope").last()
    titles = {US: "E-waste generated, all goods", US_EPA: "Consumer electronics generated"}
    generated = us.assign(
        label=us.index.map(titles), text=us["generated_mt"].map("{:.1f} Mt".format)
    )
    said = [PRINTED[row.unit].format(row.low) for row in shown.itertuples()]
    rows = pd.concat([generated, shown.assign(text=said)], ignore_index=True)
    frame = pd.DataFrame(
        {
            "What": rows["label"],
            "Latest number": rows["text"],
            "For": rows["year"],
            "Source": "{cite:p}`" + rows["source"] + "`",
        }
    ).astype({"For": "Int64"})
    frame.loc[len(frame)] = ["Rare earths or magnets in US e-waste", "not found", pd.NA, "–"]

    exported = facts.set_index("metric").loc["e-waste exported per year"]
    answers = Answers(sources=[data.table("ewaste_counts"), exported])
    parts = 100 * exported["low"] / 1e6 / us["generated_mt"]
    answers.add("export-part", parts[US_EPA], "{:.0f}%")
    answers.add("export-part-gem", parts[US], "{:.0f}%")
    return frame, answers


def quoted() -> Answers:
    """Facts on e-waste that the text quotes."""
    facts = data.table("ewaste_facts").set_index("metric")
    answers = Answers()
    for name, (metric, template) in QUOTED.items():
        row = facts.loc[metric]
        answers.quote(name, row, "high" if pd.isna(row["low"]) else "low", template)
    return answers


def devices() -> tuple[pd.DataFrame, Answers]:
    """Magnet mass in the average device sold, by kind of device and year.

    Returns:
        The table ``device_content`` with ``g_per_unit`` (mass times part with magnets) and
        ``trend`` (falls, level or rises from :data:`SINCE` to the newest year); masses in the text.
    """
    table = data.table("device_content")
    frame = table.assign(g_per_unit=table["magnet_g"] * table["share"])
    average = frame.pivot(index="device", columns="year", values="g_per_unit")
    newest = average.columns.max()
    change = average[newest] / average[SINCE]
    trend = pd.cut(change, [0, *LEVEL, np.inf], labels=["falls", "level", "rises"]).astype(str)
    frame = frame.assign(trend=frame["device"].map(trend))

    answers = Answers(sources=table)
    for name, device in (("desktop", "Desktop computer"), ("laptop", "Laptop")):
        answers.add(f"{name}-old", average.loc[device, SINCE], "{:.0f} g")
        answers.add(f"{name}-new", average.loc[device, newest], "{:.0f} g")
    full = table.groupby("device")["magnet_g"].first()
    drive = full["Hard disk drive"]
    answers.add("drive-phones", drive / full["Smartphone"], "{:.0f}")
    answers.add("car-drives", full["Battery electric car"] / drive, "{:.0f}")
    answers.add("devices", len(average))
    answers.add("falling", int((trend == "falls").sum()))
    answers.add("rising", int((trend == "rises").sum()))
    for name in ("falls", "rises", "level"):
        members = average[[SINCE, newest]][trend == name].sort_values(newest, ascending=False)
        pairs = {device.lower(): map(_grams, row) for device, *row in members.itertuples()}
        in_words = {device: tuple(pair) for device, pair in pairs.items()}
        answers.add(f"{name}-list", listing(in_words, "{} from {} to {} g", "; "))
    return frame, answers


def _grams(mass: float) -> str:
    return f"{mass:,.0f}" if mass >= 10 else f"{mass:.2g}"
