"""The United States' part of the uses that nobody splits by country, from the goods counted."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import products
from rareearth.analysis.demand.world import BASE, world
from rareearth.answers import Answers, listing
from rareearth.models import demand
from rareearth.scenarios import Scenario

NAMED = ("BEV", "PHEV", "wind")
"""What is counted in the uses that the Agency itemises; hybrids without a plug are not."""

COUNTED, BEYOND, WHOLE = "All goods counted", "Goods not counted", "Other uses"


@cache
def magnets(scenario: Scenario, draws: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Magnets in goods of the other uses that enter use in the base year.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        Thousand tonnes of magnet in the United States and in the world: product (of
        :func:`counted`), draw; and the part of the world's other uses, in finished magnets, that
        these goods are: draw.
    """
    drawn = products.sample(draws, seed, scenario)
    at = np.flatnonzero(counted_at())
    year = np.flatnonzero(products.YEARS == BASE).item()
    kt = []
    for region in products.REGIONS:
        inputs = products.Products(region, scenario.choices["demand_case"]).inputs(drawn)
        kt.append((inputs.units[year] * inputs.share[year] * inputs.magnet_kg)[at] / 1e6)
    ours, everywhere = kt
    whole = world(scenario.choices["demand_case"])["Other uses"][BASE]
    level = drawn["magnet_demand_level"] * drawn[demand.FINISHED]
    covered = everywhere.sum(axis=0) * drawn["rare_earth_in_magnet"] / (whole * level)
    return ours, everywhere, covered.clip(upper=1).to_numpy()


def counted_at() -> np.ndarray:
    """Which products of the stock model belong to the Agency's other uses."""
    return ~products.register()["series"].isin(NAMED).to_numpy()


def sampled(ours: np.ndarray, everywhere: np.ndarray, seed: int) -> np.ndarray:
    """Share of goods that are not counted, as if the counted ones were a sample of them.

    In each draw as many products as are counted are drawn anew, with repeats, and their shares
    weighted by their magnets (the bootstrap of Efron 1979 with products as clusters).

    Args:
        ours: magnets of the country: product, draw.
        everywhere: of the world, likewise.
        seed: any non-negative integer.
    """
    rows = np.random.default_rng(seed).integers(0, len(ours), ours.shape)
    part, whole = (np.take_along_axis(kt, rows, axis=0).sum(axis=0) for kt in (ours, everywhere))
    return part / whole


def other_uses(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, Answers]:
    """US share of the world's other uses: product by product, counted, not counted, and whole.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        ``group``, ``label``, ``low_pct``, ``median_pct``, ``high_pct`` (US share), ``world_kt``
        (magnets, median), ``text``, ``kind`` and ``source``, the heaviest product first; shares
        of the text.
    """
    ours, everywhere, covered = magnets(scenario, draws, seed)
    listed = products.register()[counted_at()]
    names = listed["called"].str.replace(r"^an? ", "", regex=True).str.capitalize()
    beyond = sampled(ours, everywhere, seed)
    counted = ours.sum(axis=0) / everywhere.sum(axis=0)
    whole = covered * counted + (1 - covered) * beyond
    goods = pd.DataFrame(
        [
            _row("Goods counted", name, part / of, float(np.median(of)), source)
            for name, source, part, of in zip(
                names, listed["source"], ours, everywhere, strict=True
            )
        ]
    ).sort_values("world_kt", ascending=False)
    source = ";".join(sorted(set(";".join(listed["source"]).split(";"))))
    sums = [
        _row("Together", COUNTED, counted, float(np.median(everywhere.sum(axis=0))), source),
        _row("Together", BEYOND, beyond, np.nan, source),
        _row("Together", WHOLE, whole, np.nan, source),
    ]
    frame = pd.concat([goods, pd.DataFrame(sums)], ignore_index=True).assign(kind="estimate")
    weighed = frame["world_kt"].map("{:.1f} kt".format)
    frame["text"] = frame["median_pct"].map("{:.0f}%".format) + ", of " + weighed
    frame["text"] = frame["text"].where(
        frame["world_kt"].notna(), frame["median_pct"].map("{:.0f}%".format)
    )

    register = assumptions.register().loc["us_share_of_other_uses"]
    answers = Answers(sources=[listed, data.table("magnet_demand")], kind="estimate")
    answers.add("counted-share", 100 * counted, "{:.0f}%")
    answers.add("beyond-share", 100 * beyond, "{:.0f}%")
    answers.add("other-covered", 100 * covered, "{:.0f}%")
    answers.add("built-share", 100 * whole, "{:.0f}%")
    answers.add("counted-goods", len(listed))
    answers.add("counted-kt", everywhere.sum(axis=0), "{:.0f} thousand tonnes")
    heaviest = goods.iloc[0]
    answers.add("heaviest", heaviest["label"].lower())
    answers.add("heaviest-part", 100 * heaviest["world_kt"] / goods["world_kt"].sum(), "{:.0f}%")
    low, high = 100 * register[["low", "high"]]
    answers.add("share-other-range", f"{low:.0f} to {high:.0f}%", sources=register)
    shares = goods.set_index("label")["median_pct"].rename(str.lower)
    answers.add("goods-list", listing(shares, "{} {:.0f}%"))
    return frame, answers


def _row(group: str, label: str, share: np.ndarray, world_kt: float, source: str) -> dict:
    low, median, high = np.quantile(100 * share, [0.05, 0.5, 0.95])
    return {
        "group": group,
        "label": label,
        "low_pct": low,
        "median_pct": median,
        "high_pct": high,
        "world_kt": world_kt,
        "source": source,
    }
