"""The published plant that makes rare earths from phosphogypsum with proteins, run again."""

from __future__ import annotations

from functools import cache

import pandas as pd

from rareearth import data, uncertainty
from rareearth.answers import Answers, listing
from rareearth.models import gypsum

WIDE = ("protein_price", "cycle_time", "adsorbent_lifetime")
"""Parameters that the code draws from a triangle over more than a factor of ten."""


def gypsum_parameters() -> pd.DataFrame:
    """Parameters of the published plant for gypsum, by symbol."""
    return data.table("gypsum_model").set_index("symbol")


def gypsum_plants(
    draws: int, seed: int, in_logs: tuple[str, ...] = (), **held: float
) -> pd.DataFrame:
    """The published plant for gypsum, run over the ranges of its own code.

    Args:
        draws: number of plants.
        seed: any non-negative integer.
        in_logs: parameters of the table ``gypsum_model`` that are drawn in logarithms instead of
            as in the code.
        held: parameters of the table that keep one value.

    Returns:
        One row per plant, as from :func:`rareearth.models.gypsum.gypsum_plant`.
    """
    return _gypsum_plant(_gypsum_draws(draws, seed, in_logs).assign(**held))


def gypsum_plant(**held: float) -> pd.Series:
    """The published plant at its base values.

    Args:
        held: parameters that take another value.

    Returns:
        As one row of :func:`gypsum_plants`.
    """
    return _gypsum_plant(pd.DataFrame([gypsum_parameters()["baseline"]]).assign(**held)).iloc[0]


def least_viable_grade(plant_size: float) -> float:
    """Percent of rare earths in gypsum from which the published plant earns its hurdle rate.

    Args:
        plant_size: kilograms of gypsum an hour; all else as at the published base.
    """
    from scipy.optimize import brentq

    return brentq(
        lambda grade: gypsum_plant(plant_size=plant_size, ree_content=grade)["npv_musd"], 0.01, 5
    )


def gypsum_check(draws: int, seed: int) -> tuple[pd.DataFrame, Answers]:
    """Share of runs of the published plant that earn the hurdle rate, as inputs are held at base.

    Args:
        draws: number of plants.
        seed: any non-negative integer.

    Returns:
        ``label``, ``share_pct``, ``origin`` (published, ours); and the answers.
    """
    parameters, published = gypsum_parameters(), data.table("bio_costs").set_index("metric")
    base = parameters["baseline"]
    said = published.loc["simulations with IRR above 15%"]
    least = published.loc["minimum viable REE content"]
    rows, held = [("Published", said["value"], "published")], {}
    for label, symbol in (
        ("Our copy, ranges as in the code", "protein_density"),
        ("… capacity as measured", "adsorbent_capacity"),
        ("… and protein at its base price", "protein_price"),
        ("… and the base cycle time", "cycle_time"),
    ):
        held[symbol] = base[symbol]
        plants = gypsum_plants(draws, seed, **held)
        rows.append((label, 100 * (plants["npv_musd"] > 0).mean(), "ours"))
    fair = gypsum_plants(
        draws, seed, WIDE, **{s: base[s] for s in ("protein_density", "adsorbent_capacity")}
    )
    share = 100 * (fair["npv_musd"] > 0).mean()
    rows.append(("Capacity as measured, wide ranges in logarithms", share, "ours"))
    checks = pd.DataFrame(rows, columns=["label", "share_pct", "origin"])
    plant, capacity = gypsum_plant(), parameters.loc["adsorbent_capacity"]
    answers = Answers(sources=parameters)
    hurdle = 100 * base["discount_rate"]
    answers.add("gypsum-hurdle", hurdle, "{:.0f}%", kind="estimate")
    answers.quote("gypsum-published", said, "value", "{:.0f}%")
    for row, name in ((1, "coded"), (2, "measured"), (4, "fast"), (5, "logs")):
        answers.add(f"gypsum-{name}", checks["share_pct"][row], "{:.0f}%")
    more = capacity["high"] / capacity["baseline"]
    answers.add("capacity-ratio", round(more, -1), "{:,.0f}")
    answers.quote("gypsum-grade-published", least, "value", "{:.1f}%")
    smallest = parameters.loc["plant_size", "low"]
    answers.add("gypsum-grade", least_viable_grade(smallest), "{:.2f}%")
    answers.add("gypsum-capital", plant["capital_musd"], "{:.0f} million USD")
    answers.add("gypsum-adsorbent", plant["adsorbent_musd"], "{:.0f} million USD")
    answers.add("gypsum-content", base["ree_content"], "{:.1f}%")
    answers.add("gypsum-size", base["plant_size"] / 1000, "{:,.0f} t")
    answers.add("capacity-range", "{low:g} and {high:g} mol per litre".format(**capacity))
    price = parameters.loc["protein_price"]
    answers.add("protein-range", "{low:g} to {high:g} dollars".format(**price))
    middle = uncertainty.triangular(0.5, price["low"], price["baseline"], price["high"])
    answers.add("protein-middle", float(middle) / price["baseline"], "{:.0f} times")
    answers.add("capacity-measured", capacity["baseline"], "{:g}")
    shares = checks.set_index("label")["share_pct"]
    answers.add(
        "checks-list", listing(shares, "{} {:.0f} percent", "; "), sources=[parameters, said]
    )
    return checks, answers


@cache
def _gypsum_draws(draws: int, seed: int, in_logs: tuple[str, ...] = ()) -> pd.DataFrame:
    ranges = gypsum_parameters().rename(columns={"baseline": "mode"})
    ranges = ranges[["low", "mode", "high", "distribution"]].astype({"distribution": str})
    fixed = ranges["distribution"] == "fixed"
    ranges.loc[fixed, ["low", "high"]] = ranges.loc[fixed, ["mode", "mode"]].to_numpy()
    ranges.loc[list(in_logs), "distribution"] = "logtriangular"
    return uncertainty.sample(ranges, draws, seed)


def _gypsum_plant(drawn: pd.DataFrame) -> pd.DataFrame:
    hurdle = gypsum_parameters().loc["discount_rate", "baseline"]
    return gypsum.gypsum_plant(drawn.assign(hurdle_rate=hurdle), data.table("gypsum_leaching"))
