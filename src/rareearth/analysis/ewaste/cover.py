"""How much of US demand the goods counted cover, use by use, and what is left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import products
from rareearth.analysis.demand.world import world
from rareearth.analysis.ewaste.flows import COUNTED, Flows
from rareearth.answers import Answers, listing
from rareearth.models import demand, recycling

PARTS = ("in the stock model", "counted in one year only", "not counted")
"""Where the magnets that a use takes in a year are found."""


def goods() -> pd.DataFrame:
    """Goods whose magnets are known, and how each is counted.

    Returns:
        The table ``goods_coverage`` with ``magnet_t`` (tonnes of magnet in a year's units, missing
        where the stock model counts them or no count was found).
    """
    table = data.table("goods_coverage")
    return table.assign(magnet_t=table["units"] * table["magnet_g"] * table["share"] / 1e6)


def coverage(flows: Flows) -> tuple[pd.DataFrame, Answers]:
    """US demand of the last year counted, and the goods that it goes into, by use.

    Args:
        flows: as from :func:`rareearth.analysis.ewaste.flows.run`.

    Returns:
        ``use``, ``part`` (as :data:`PARTS`) and ``ree_t`` (medians; what is not counted is the
        rest, and none where more is counted than demand has); shares in the text.
    """
    scenario, draws = flows.scenario, flows.draws
    need = {use: _need(flows, use) for use in demand.USES}
    once = goods()
    once = once["magnet_t"].sum() * assumptions.central(scenario)["rare_earth_in_magnet"]
    place = products.Products("United States", scenario.choices["demand_case"])
    found = recycling.pathway(place.inputs, draws, _entering)
    rows, answers = [], Answers(sources=flows.sources_of_shares, kind="estimate")
    for use, needed in need.items():
        entering = found[use]
        single = once if use == "Other uses" else 0.0
        counted = np.median(entering)
        rest = max(np.median(needed) - counted - single, 0.0)
        rows += [
            (use, part, mass) for part, mass in zip(PARTS, (counted, single, rest), strict=True)
        ]
        name = use.lower().replace(" ", "-")
        answers.add(f"covered-{name}", 100 * (entering + single) / needed, "{:.0f}%")
    frame = pd.DataFrame(rows, columns=["use", "part", "ree_t"])
    whole = sum(need.values())
    inside = sum(found.values())
    answers.add("coverage-with-once", 100 * (inside + once) / whole, "{:.0f}%")
    answers.add("once-t", once, "{:,.0f} t", sources=data.table("goods_coverage"))
    total = frame.pivot(index="use", columns="part", values="ree_t").loc[list(need), list(PARTS)]
    words = {use: tuple(row) for use, *row in total.itertuples()}
    template = "{}: {:,.0f} t in the stock model, {:,.0f} t counted once, {:,.0f} t not counted"
    answers.add("coverage-list", listing(words, template, "; "))
    return frame, answers


def _need(flows: Flows, use: str) -> np.ndarray:
    """US demand of a use in the last year counted, tonnes by draw."""
    shares = flows.draws.copy()
    for other, share in demand.SHARES.items():
        if other != use:
            shares[share] = 0.0
    path = world(flows.scenario.choices["demand_case"])
    return 1e3 * demand.us_demand(path, shares).loc[COUNTED].to_numpy()


def _entering(flows: recycling.Flows) -> dict[str, np.ndarray]:
    at = np.flatnonzero(products.YEARS == COUNTED)
    entering = flows.by_product(flows.inflow[at])[0]
    use = products.register()["use"].to_numpy()
    return {name: entering[use == name].sum(axis=0) for name in demand.USES}
