"""Wind power: American turbines by generator, and two counts of what turbines take."""

from __future__ import annotations

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


def in_turbines(us: UsDemand, region: str, years: range) -> pd.DataFrame:
    """Magnet rare earths that enter use in turbines by the stock model.

    Args:
        us: as from :func:`rareearth.analysis.demand.us_demand`; its scenario, number and seed.
        region: one of :data:`rareearth.analysis.products.REGIONS`.
        years: calendar years.

    Returns:
        Thousand tonnes: year, draw.
    """
    drawn = products.sample(len(us.drawn), us.seed, us.scenario)
    inputs = products.Products(region, us.scenario.choices["demand_case"]).inputs(drawn)
    wind = (products.register()["series"] == "wind").to_numpy()
    at = np.isin(products.YEARS, years)
    magnet = inputs.units[at] * inputs.share[at] * inputs.magnet_kg
    held = (magnet * inputs.fractions.sum(axis=1))[:, wind].sum(axis=1)
    return pd.DataFrame(held / 1e6, index=list(years))


def two_counts(us: UsDemand) -> tuple[pd.DataFrame, Answers]:
    """Wind power by the Agency's demand and by turbines, world and United States, base year.

    Args:
        us: as from :func:`rareearth.analysis.demand.us_demand`.

    Returns:
        ``group`` (region), ``label`` (count), ``low_t``, ``median_t``, ``high_t`` (tonnes of
        element in finished magnets), ``kind`` and ``source``.
    """
    path = world(us.scenario.choices["demand_case"])["Wind power"]
    net = path[BASE] * us.drawn["magnet_demand_level"] * us.drawn[demand.FINISHED]
    share = us.drawn[demand.SHARES["Wind power"]]
    wind = products.register().query("series == 'wind'")["source"]
    turbines = ";".join(sorted(set(";".join(wind).split(";"))))
    rows = []
    for region, agency in (("World", net), ("United States", net * share)):
        counted = in_turbines(us, region, range(BASE, BASE + 1)).loc[BASE]
        for label, draws, source in (
            ("demand of the IEA", agency, "iea_cmde_2025"),
            ("turbines added, with their magnets", counted, turbines),
        ):
            low, median, high = np.quantile(1000 * draws, [0.05, 0.5, 0.95])
            rows.append((region, label, low, median, high, source))
    columns = ["group", "label", "low_t", "median_t", "high_t", "source"]
    frame = pd.DataFrame(rows, columns=columns).assign(kind="estimate")
    answers = Answers(sources=frame, kind="estimate")
    at = frame.set_index(["group", "label"])["median_t"]
    for name, region in (("world", "World"), ("us", "United States")):
        agency, counted = at[region]
        unit, scale = ("{:.1f} thousand tonnes", 1000) if region == "World" else ("{:.0f} t", 1)
        answers.add(f"wind-{name}-agency", agency / scale, unit)
        answers.add(f"wind-{name}-turbines", counted / scale, unit)
    in_words = {f"{row.group}, {row.label}": row.median_t for row in frame.itertuples()}
    answers.add("wind-counts-list", listing(in_words, "{} {:,.0f} t", "; "))
    return frame, answers
