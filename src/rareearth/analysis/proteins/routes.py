"""What stands in front of separation, and chromatography as a rival of both routes."""

from __future__ import annotations

import re

import pandas as pd

from rareearth import data
from rareearth.analysis.proteins.cost import RICH
from rareearth.analysis.proteins.model import cost_parts, wastes
from rareearth.analysis.proteins.rows import assumed, noted, sources
from rareearth.answers import Answers, listing

STEPS = {
    ("ionic clay leachate", "overall rare-earth recovery"): "Clay, iron and aluminium out, kept",
    ("coal refuse drainage", "rare earths recovered"): "Coal drainage, steps of caustic soda, kept",
    ("coal refuse drainage", "grade of precipitate"): "Coal drainage, rare earths in the solid",
    ("mine-drainage precipitate", "rare earths"): "Mine sludge, liquor after acid and solvent",
    ("mine-drainage precipitate", "impurities"): "Mine sludge, other metals in that liquor",
    ("rare earth oxalate route, Bear Lodge", "pH of hydroxide step"): "Thorium falls at",
}
"""Published steps of the front end, with the words in which the page shows them."""


def front_end(drawn: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """What cleaning the liquor costs before solvent: plant, and rare earths that fall with iron.

    Args:
        drawn: draws of the assumptions.

    Returns:
        ``waste``, ``median`` (USD per kg REO that the front end adds to the solvent route),
        ``low``, ``high``, ``adsorbent`` (median cost of the protein in its place); and the answers.
    """
    rows, gains = [], {}
    clean = drawn.assign(front_end_plant=0.0, front_end_recovery=1.0)
    for waste in wastes().index:
        paid = cost_parts(drawn, waste, "solvent").sum(axis=1)
        gain = gains[waste] = paid - cost_parts(clean, waste, "solvent").sum(axis=1)
        protein = cost_parts(drawn, waste, "protein")[["adsorbent", "columns"]].sum(axis=1)
        low, middle, high = gain.quantile([0.05, 0.5, 0.95])
        rows.append((waste, low, middle, high, protein.median()))
    costs = pd.DataFrame(rows, columns=["waste", "low", "median", "high", "adsorbent"])
    answers = Answers(sources=assumed())
    for name, waste in (("rich", RICH), ("ash", "Coal ash")):
        answers.add(f"front-{name}", gains[waste], "{:.1f} USD", band="{:.1f} to {:.1f}")
    rich = costs.set_index("waste").loc[RICH]
    answers.add("front-times", rich["adsorbent"] / rich["median"], "{:.0f} times")
    spans = {
        r.waste: tuple(f"{float(f'{v:.2g}'):,g}" for v in (r.median, r.adsorbent))
        for r in costs.itertuples()
    }
    answers.add("front-list", listing(spans, "{}: {} against {}", "; "))
    printed = data.table("front_end").set_index(["feed", "quantity"])
    for name, key in {
        "clay-kept": ("ionic clay leachate", "overall rare-earth recovery"),
        "coal-kept": ("coal refuse drainage", "rare earths recovered"),
        "coal-grade": ("coal refuse drainage", "grade of precipitate"),
    }.items():
        row = printed.loc[key]
        answers.add(name, float(row["value"]), "{:g}%", sources=row, kind=str(row["kind"]))
    solid = printed.loc[("coal refuse drainage", "grade of precipitate")]
    beside = float(noted(solid["note"], r"beside ([\d.]+)"))
    answers.add("coal-aluminium", beside, "{:.0f}%", sources=solid, kind="reported")
    liquor = printed.loc["mine-drainage precipitate"]
    dirt = float(liquor.loc["impurities", "value"]) / float(liquor.loc["rare earths", "value"])
    answers.add("liquor-dirt", dirt, "{:.0f} times", sources=liquor, kind="derived")
    return costs, answers


def front_end_steps() -> pd.DataFrame:
    """Published steps of the front end, as a table for readers.

    Returns:
        ``Step``, ``Value``, ``source``.
    """
    printed = data.table("front_end").set_index(["feed", "quantity"])
    rows = [(words, printed.loc[key]) for key, words in STEPS.items()]
    return pd.DataFrame(
        [(words, _plain(row["value"], row["unit"]), row["source"]) for words, row in rows],
        columns=["Step", "Value", "source"],
    )


def _plain(value: str, unit: str) -> str:
    """A value and unit of these tables as a reader would write them."""
    bound = re.search(r" \((around|about|more than)\)", unit)
    words = {"around": "about ", "about": "about ", "more than": "more than "}
    front = words[bound[1]] if bound else "more than " if str(value).startswith(">") else ""
    unit = re.sub(r" \(.*\)", "", unit)
    text = re.sub(r"(?<=\d)-(?=\d)", " to ", str(value).lstrip(">"))
    text = re.sub(r"\b\d{4,}\b", lambda found: f"{int(found[0]):,}", text)
    if unit == "pH":
        return f"pH {front}{text}"
    if unit.startswith("pct"):
        return f"{front}{float(text):g}%"
    return f"{front}{text} {unit}"


SAID = {
    "product purity, Nd Pr Dy from magnets": "purity of Nd, Pr and Dy from magnets",
    "yield": "yield",
    "mean yield of products at 99 %": "mean yield at 99% purity",
    "sorbent productivity against Spedding and Powell": "product per sorbent, over the 1950s",
    "Nd purity after the Nd/Pr step": "purity of Nd after the cut from Pr",
    "capacity": "capacity",
    "oxide purity": "purity",
    "run time of the demonstration plant": "run of the demonstration plant",
    "speed against mixer-settlers": "speed over mixer-settlers",
}
"""Quantities of the table of chromatography that the page shows, and its words for them."""


def chromatography() -> tuple[pd.DataFrame, Answers]:
    """Chromatography and columns of solvent: what is said, and who says it.

    Returns:
        ``Process``, ``Said``, ``Value``, ``Who``, ``source``; and the answers.
    """
    printed = data.table("chromatography")
    shown = printed[printed["quantity"].isin(list(SAID))]
    table = pd.DataFrame(
        {
            "Process": shown["route"].str.replace(r" \(.*\)", "", regex=True),
            "Said": shown["quantity"].map(SAID),
            "Value": [
                _plain(value, unit.replace("t per year", "t a year"))
                for value, unit in zip(shown["value"], shown["unit"], strict=True)
            ],
            "Who": shown["claim_class"].str.split(",").str[0].str.capitalize(),
            "source": shown["source"],
        }
    ).reset_index(drop=True)
    independent = printed[printed["claim_class"] == "independent study"].iloc[0]
    answers = Answers(sources=printed)
    answers.add(
        "independent-purity", float(independent["value"]), "{:.0f}%",
        sources=sources(independent), kind="reported",
    )  # fmt: skip
    claimed = printed[printed["quantity"].str.startswith("product purity, Nd Pr Dy")].iloc[0]
    pure = float(claimed["value"].lstrip(">"))
    answers.add("inventor-purity", pure, "{:.0f}%", sources=claimed, kind="reported")
    faster = printed[printed["quantity"] == "sorbent productivity against Spedding and Powell"]
    answers.add("chromatography-faster", float(faster["value"].iloc[0]), "{:.0f}", sources=faster)
    firm = printed[printed["route"].str.startswith("ReElement, Noblesville")]
    capacity = firm[firm["quantity"] == "capacity"]
    said = float(capacity["value"].iloc[0].lstrip(">"))
    answers.add("reelement-capacity", said, "{:,.0f} t", sources=capacity, kind="target")
    return table, answers
