"""The balance against what happened from 2010 to 2024, with what its inputs say of those years.

Plants are tested elsewhere (:mod:`rareearth.validation.plants`); here it is demand, the step from
mine to oxide, and the part of the world's need that is mined and separated outside China.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import balance, products, supply
from rareearth.models import demand, recycling
from rareearth.scenarios import Scenario
from rareearth.validation import compare

FIRST, BASE = 2010, demand.BASE_YEAR
SEPARATOR = "Lynas, Kuantan REO"
"""Ramp of the one plant outside China with published output over most of these years."""

SHARES = {
    "Mined outside China over world demand": "Mined",
    "Refined outside China over world demand": "Separated",
}
"""Printed shares, and the stage of the balance that stands for each."""

REASONS = {
    "Mined": "The agency counts the ore of Myanmar, which goes to China; ours is after losses in "
    "separation, and plants to come slip.",
    "Separated": "The agency starts from announced projects; plants here slip and ramp as the "
    "record has it.",
}
"""Why the shares differ."""


def published(scenario: Scenario, draws: int = 500, seed: int = 1) -> pd.DataFrame:
    """All comparisons of the balance with what was printed.

    Args:
        scenario: for the shares from :data:`BASE` on; the hindcasts do not depend on it.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        As :func:`rareearth.validation.compare` gives them.
    """
    rows = pd.concat([magnets(), oxide(), shares(scenario, draws, seed)], ignore_index=True)
    return compare(rows)


def world_demand() -> pd.DataFrame:
    """World demand from :data:`FIRST` to :data:`BASE`, from the products that can be counted.

    Two bounds: uses that are not counted grew like those that are, or not at all. The middle is
    their geometric mean.

    Returns:
        ``low_kt``, ``middle_kt`` and ``high_kt``, thousand tonnes of element, by year.
    """
    world = products.Products("World")
    flows = recycling.flows(world.inputs(world.central()))
    entering = pd.Series(
        flows.by_product(flows.inflow).sum(axis=1)[:, 0] / 1e3, index=products.YEARS
    ).loc[FIRST:BASE]
    whole = demand.path(data.table("magnet_demand"), "STEPS")["All uses"][BASE]
    low, high = whole * entering / entering[BASE], entering + whole - entering[BASE]
    return pd.DataFrame({"low_kt": low, "middle_kt": np.sqrt(low * high), "high_kt": high})


def magnets() -> pd.DataFrame:
    """World demand against the magnets that were made."""
    table = data.table("magnet_output")
    table = table[(table["geography"] == "World") & (table["year"] <= BASE)]
    content = assumptions.register().loc["rare_earth_in_magnet", "mode"]
    ours = world_demand()
    return pd.DataFrame(
        [
            {
                "model": "Balance",
                "kind": "hindcast",
                "study": f"Magnets made ({row.scope})",
                "quantity": "world demand, back from 2024",
                "year": int(row.year),
                "unit": "kt of element",
                "published": row.magnet_t * content / 1e3,
                "ours_low": ours.loc[row.year, "low_kt"],
                "ours": ours.loc[row.year, "middle_kt"],
                "ours_high": ours.loc[row.year, "high_kt"],
                "reason": "Only a fifth of demand is in products that can be counted; the bounds "
                "let the rest grow like them or not at all.",
                "source": row.source,
            }
            for row in table.itertuples()
        ]
    )


def oxide() -> pd.DataFrame:
    """Oxides from Kuantan against what the chain makes of the ore of Australia."""
    table = data.table("plant_output")
    made = table[table["ramp"] == SEPARATOR]
    mine = data.table("mine_production")
    mine = mine[mine["country"] == "Australia"].set_index("year")["reo_t"]
    kept = assumptions.register().loc["separation_yield"]
    rows = []
    for row in made.itertuples():
        year = int(row.period.removeprefix("FY"))
        # A financial year to June spans the halves of two calendar years.
        ore = mine[[year - 1, year]].mean()
        rows.append(
            {
                "model": "Balance",
                "kind": "hindcast",
                "study": "Lynas, financial year",
                "quantity": "oxides made from Australian ore",
                "year": year,
                "unit": "t REO",
                "published": row.quantity_t,
                "ours_low": ore * kept["low"],
                "ours": ore * kept["mode"],
                "ours_high": ore * kept["high"],
                "reason": "Stocks of concentrate are not counted, and mine output is rounded.",
                "source": row.source,
            }
        )
    return pd.DataFrame(rows)


def shares(scenario: Scenario, draws: int, seed: int) -> pd.DataFrame:
    """Part of the world's demand that is mined and separated outside China.

    The agency's demand is used for both, so only supply is tested.
    """
    table = data.table("supply_without_china")
    table = table[table["measure"].isin(list(SHARES))]
    made = supply.output(balance.sample(draws, seed, scenario), scenario).sum(["place", "group"])
    whole = demand.path(data.table("magnet_demand"), "STEPS")["All uses"] * 1e3
    rows = []
    for row in table.itertuples():
        drawn = 100 * made.sel(stage=SHARES[row.measure], year=row.year) / whole[row.year]
        low, middle, high = np.quantile(drawn, [0.05, 0.5, 0.95])
        rows.append(
            {
                "model": "Balance against an outlook",
                "kind": "outlook",
                "study": "IEA 2025",
                "quantity": row.measure.lower().replace("china", "China"),
                "year": int(row.year),
                "unit": "%",
                "published": row.share_pct,
                "ours_low": low,
                "ours": middle,
                "ours_high": high,
                "reason": REASONS[SHARES[row.measure]],
                "source": row.source,
            }
        )
    return pd.DataFrame(rows)


def years() -> pd.DataFrame:
    """Need outside China beside what was mined and separated there, :data:`FIRST` to :data:`BASE`.

    Returns:
        By year: ``need_low_kt``, ``need_kt``, ``need_high_kt`` (element, hindcast, less China's
        share at its central value), ``mined_kt`` (oxides, China and Myanmar left out).
    """
    world = world_demand()
    modes = assumptions.register()["mode"]
    base = demand.path(data.table("magnet_demand"), "STEPS").loc[BASE]
    used = sum(base[use] * modes[name] for use, name in balance.CHINA_SHARES.items())
    outside = 1 - used / base["All uses"]
    mine = data.table("mine_production")
    mine = mine[~mine["country"].isin(["China", "Myanmar", "World"])]
    mined = mine.groupby("year")["reo_t"].sum() / 1e3
    return pd.DataFrame(
        {
            "need_low_kt": world["low_kt"] * outside,
            "need_kt": world["middle_kt"] * outside,
            "need_high_kt": world["high_kt"] * outside,
            "mined_kt": mined.reindex(world.index),
        }
    )
