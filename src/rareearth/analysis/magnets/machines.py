"""Which electric machine is found in which use, what coils do to magnets, and raw materials."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis.magnets.properties import USED, assumed, candidates
from rareearth.answers import Answers, listing
from rareearth.models import substitution

STATUS = ("sold", "shown", "simulated")
"""Evidence for a machine in a use, the strongest first."""

TRACTION = "Car traction motors"
"""Use whose temperature the reserve against coils is computed at."""


def machines() -> tuple[pd.DataFrame, Answers]:
    """Every kind of machine in every use, with the strongest evidence for it.

    Returns:
        ``machine``, ``use``, ``status`` (of :data:`STATUS`, or nothing found), ``text`` (its
        number), ``what``, ``source``, in the order of the table; and the answers.
    """
    table = data.table("magnet_machines")
    kinds, uses = (table[name].cat.categories for name in ("machine", "use"))
    table = table.astype({"machine": str, "use": str, "status": str, "kind": str})
    rank = table["status"].map(STATUS.index)
    best = table.assign(rank=rank).sort_values("rank", kind="stable")
    best = best.drop_duplicates(["machine", "use"]).set_index(["machine", "use"])
    pairs = pd.MultiIndex.from_product([kinds, uses], names=["machine", "use"])
    best["text"] = [
        words.replace("{}", f"{value:,.0f}")
        for words, value in zip(best["words"], best["value"], strict=True)
    ]
    frame = best.reindex(pairs)[["status", "text", "what", "value", "unit", "source"]]
    frame = frame.reset_index().fillna({"text": ""})
    found = frame["status"].notna()
    frame["status"] = frame["status"].fillna("nothing found")
    sold = frame[frame["status"] == "sold"]
    free = sold[~sold["machine"].str.contains("neodymium")]

    def row(machine: str, what: str) -> pd.Series:
        chosen = table["machine"].str.startswith(machine) & table["what"].str.startswith(what)
        return table[chosen].iloc[0]

    answers = Answers(sources=table)
    answers.add("machine-pairs", len(frame), "{}")
    answers.add("machine-found", int(found.sum()), "{}")
    per_use = free.groupby("use", sort=False)["machine"].agg(lambda names: " and ".join(names))
    lower = {use.lower(): names.lower() for use, names in per_use.items()}
    answers.add("machine-free-list", listing(lower, "{}: {}", "; "))
    answers.add("machine-free-uses", len(per_use), "{}")
    answers.add("machine-uses", len(uses), "{}")
    for name, machine in (("nd", "Interior magnets, neo"), ("ferrite", "Interior magnets, ferr")):
        test = row(machine, "torque lost in a test")
        answers.quote(f"demagnetised-{name}", test, "value", "{:.0f}%")
    answers.quote("reluctance-sold", row("Switched", "motors put"), "value", "{:,.0f}")
    answers.quote("induction-share", row("Induction", "part of all"), "value", "{:.0f}%")
    words = frame[found].groupby("machine", sort=False)
    listed = {
        machine: ", ".join(f"{r.use.lower()} {r.status}" for r in rows.itertuples())
        for machine, rows in words
    }
    answers.add("machines-list", listing(listed, "{}: {}", ". "))
    return frame, answers


def reserve(ranges: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Field of coils that each magnet can still bear in its circuit: room for armature reaction.

    What is left of the coercivity after the magnet's own opposing field, at the temperature of a
    traction motor and in the cold, whichever is less. Below zero the magnet loses its field by
    itself.

    Args:
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``name``, ``hot_ka_m``, ``cold_ka_m``, ``reserve_ka_m``, ``source``; and the answers.
    """
    magnets = candidates().set_index("label").loc[list(USED)]
    permeance = ranges.loc["load_line_permeance", "mode"]
    places = data.table("magnet_uses").set_index("use")
    frame = magnets[["source"]].assign(name=list(USED.values()))
    for what, degrees in (
        ("hot", float(places.loc[TRACTION, "working_c"])),
        ("cold", float(ranges.loc["coldest_magnet", "mode"])),
    ):
        hcj = substitution.at_temperature(
            magnets["hcj_ka_m"], magnets["beta_hcj_pct_per_k"], degrees
        )
        br = substitution.at_temperature(magnets["br_t"], magnets["alpha_br_pct_per_k"], degrees)
        load = substitution.opposing_field(br, permeance, magnets["mu_rec"])
        frame[f"{what}_ka_m"] = hcj - load
    frame["reserve_ka_m"] = np.minimum(frame["hot_ka_m"], frame["cold_ka_m"])
    answers = Answers(sources=[frame, assumed()])
    for name, label in (
        ("nd", "NdFeB N48SH"),
        ("ferrite", "Ferrite"),
        ("cobalt", "Ferrite with cobalt"),
    ):
        answers.add(f"reserve-{name}", frame.loc[label, "reserve_ka_m"], "{:.0f} kA/m")
    return frame.reset_index(drop=True), answers


def raw_materials() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Where the raw materials of magnets without rare earths come from.

    Returns:
        The table for readers; the rows behind it; and the answers.
    """
    table = data.table("magnet_raw_materials").astype({"kind": str})
    amount = np.where(
        table["unit"] == "year",
        table["value"].map("{:.0f}".format),
        table["value"].map("{:,.0f}".format)
        + np.where(table["unit"] == "%", "%", " " + table["unit"]),
    )
    page = pd.DataFrame(
        {
            "Material": table["material"],
            "Needed for": table["needed_for"],
            "What is known": table["quantity"].map(lambda q: q[0].upper() + q[1:]),
            "Value": amount,
            "Year": table["year"].astype(str),
        }
    )
    of = table.set_index(["material", "quantity"])
    answers = Answers(sources=table)
    for name, key, template in (
        ("bismuth-china", ("Bismuth", "refined in China, of the world"), "{:.0f}%"),
        (
            "bismuth-china-other",
            ("Bismuth", "refined in China, of the world, by another text"),
            "{:.0f}%",
        ),
        ("bismuth-us", ("Bismuth", "last refined in the United States"), "{:.0f}"),
        ("cobalt-china", ("Cobalt", "refined in China, of the world"), "{:.0f}%"),
        ("cobalt-congo", ("Cobalt", "mined in Congo, of the world"), "{:.0f}%"),
        ("strontium-us", ("Strontium", "last mined in the United States"), "{:.0f}"),
        (
            "strontium-mexico",
            ("Strontium", "US imports of the mineral that come from Mexico"),
            "{:.0f}%",
        ),
        (
            "ferrite-world",
            ("Iron oxide", "ferrite magnets made in the world, at least"),
            "{:,.0f} t",
        ),
    ):
        row = of.loc[key]
        answers.quote(name, row, "value", template)
    return page, table, answers
