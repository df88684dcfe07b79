"""Wind power: American turbines by generator, and two counts of what turbines take."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis import products
from rareearth.analysis.demand.united_states import UsDemand
from rareearth.analysis.demand.world import BASE, world
from rareearth.answers import Answers, listing
from rareearth.models import demand

LARGE_KW = 3300
"""Rating from which turbines of one maker could have magnets, if their drive were the newer one."""

PLACES = {"World": "world", "United States": "us"}
"""Regions of the two counts, and how names of numbers call them."""

STEPS = (
    "Read as having magnets",
    "and the rest of Siemens",
    "and the rest of Siemens Gamesa",
    "and large turbines of Vestas",
)
"""What could have magnets, each with all before it."""


def us_turbines() -> tuple[pd.DataFrame, Answers]:
    """American wind power in use at the end of 2024 by what is known of its generators.

    Returns:
        ``label`` (:data:`STEPS`), ``share_pct`` (of the capacity listed), ``kind`` and ``source``;
        what was read and what was not.
    """
    table = data.table("us_wind_turbines").astype({"maker": str, "model": str, "drive": str})
    table["mw"] = table["rating_kw"] * table["turbines"] / 1000
    listed = table[table["model"] != "not listed"]
    total = listed["mw"].sum()
    rest = table[table["model"] == "not listed"].set_index("maker")["mw"]
    large = (listed["maker"] == "Vestas") & (listed["rating_kw"] >= LARGE_KW)
    read = listed["drive"] == "permanent magnets"
    parts = [
        listed.loc[read, "mw"].sum(),
        rest["Siemens"],
        rest["Siemens Gamesa"],
        listed.loc[large & ~read, "mw"].sum(),
    ]
    frame = pd.DataFrame({"label": STEPS, "share_pct": 100 * np.cumsum(parts) / total})
    frame = frame.assign(kind="derived", source=listed["source"].iloc[0].split(";")[0])
    by_drive = 100 * listed.groupby("drive")["mw"].sum() / total

    answers = Answers(sources=listed)
    answers.add("turbines-gw", total / 1000, "{:.0f} GW")
    answers.add("drive-not-read", by_drive["not read"], "{:.0f}%")
    answers.add("drive-none", by_drive["no magnets"], "{:.0f}%")
    answers.add("drive-magnets", by_drive["permanent magnets"], "{:.1f}%")
    answers.add("drive-siemens", frame["share_pct"][2], "{:.0f}%")
    answers.add("drive-most", frame["share_pct"].iloc[-1], "{:.0f}%")
    return frame, answers


def entering(
    us: UsDemand, region: str, series: Sequence[str], years: Sequence[int]
) -> pd.DataFrame:
    """Magnet rare earths that enter use by the stock model.

    Args:
        us: as from :func:`rareearth.analysis.demand.us_demand`; its scenario, number and seed.
        region: one of :data:`rareearth.analysis.products.REGIONS`.
        series: what is counted, as in the table ``products``.
        years: calendar years.

    Returns:
        Thousand tonnes: year, draw.
    """
    drawn = products.sample(len(us.drawn), us.seed, us.scenario)
    inputs = products.Products(region, us.scenario.choices["demand_case"]).inputs(drawn)
    chosen = products.register()["series"].isin(series).to_numpy()
    at = np.isin(products.YEARS, years)
    magnet = inputs.units[at] * inputs.share[at] * inputs.magnet_kg
    held = (magnet * inputs.fractions.sum(axis=1))[:, chosen].sum(axis=1)
    return pd.DataFrame(held / 1e6, index=list(years))


def of_agency(us: UsDemand, region: str, use: str, years: Sequence[int]) -> pd.DataFrame:
    """Magnet rare earths in finished magnets by the Agency's demand, thousand tonnes: year, draw.

    Args:
        us: as for :func:`entering`.
        region: World or United States.
        use: one of :data:`rareearth.models.demand.USES`.
        years: calendar years.
    """
    path = world(us.scenario.choices["demand_case"])[use]
    gross = np.interp(years, path.index, path)
    factors = ["magnet_demand_level", demand.FINISHED]
    factors += [demand.SHARES[use]] if region == "United States" else []
    net = np.outer(gross, us.drawn[factors].prod(axis=1))
    return pd.DataFrame(net, index=list(years))


GOODS = {"Wind power": ("wind", ["wind"]), "Electric vehicles": ("ev", ["BEV", "PHEV"])}
"""What the stock model counts of each use that the Agency itemises, and the use in names."""


def two_counts(us: UsDemand) -> tuple[pd.DataFrame, Answers]:
    """Uses that are counted twice, by the Agency's demand and by goods, base year.

    Args:
        us: as from :func:`rareearth.analysis.demand.us_demand`.

    Returns:
        ``group`` (use and region), ``label`` (count), ``low_t``, ``median_t``, ``high_t`` (tonnes
        of element in finished magnets), ``kind`` and ``source``.
    """
    listed, rows, answers = products.register(), [], Answers(kind="estimate")
    for (use, (name, series)), region in itertools.product(GOODS.items(), PLACES):
        goods = listed.loc[listed["series"].isin(series), "source"]
        counts = {
            "agency": ("demand of the IEA", of_agency(us, region, use, [BASE]), "iea_cmde_2025"),
            "goods": (
                "goods added, with their magnets",
                entering(us, region, series, [BASE]),
                goods,
            ),
        }
        for count, (label, draws, source) in counts.items():
            kt = draws.loc[BASE]
            low, median, high = 1000 * kt.quantile([0.05, 0.5, 0.95])
            keys = (
                source
                if isinstance(source, str)
                else ";".join(sorted(set(";".join(source).split(";"))))
            )
            rows.append((f"{use}, {region}", label, low, median, high, keys))
            unit, scale = ("{:.1f} thousand tonnes", 1) if region == "World" else ("{:.0f} t", 1000)
            answers.add(f"{name}-{PLACES[region]}-{count}", scale * kt.median(), unit, sources=keys)
    columns = ["group", "label", "low_t", "median_t", "high_t", "source"]
    frame = pd.DataFrame(rows, columns=columns).assign(kind="estimate")
    in_words = {f"{row.group}, {row.label}": row.median_t for row in frame.itertuples()}
    listed_in = listing(in_words, "{} {:,.0f} t", "; ")
    answers.add("two-counts-list", listed_in, sources=frame)
    return frame, answers
