"""Figures of the chapter *Chokepoints*, in the modules of its analysis."""

from rareearth.figures.chokepoints.conditions import (
    footprint,
    funnel,
    lead_times,
    people_and_patents,
)
from rareearth.figures.chokepoints.controls import control_calendar, magnet_exports, price_gap
from rareearth.figures.chokepoints.plants import (
    basket,
    capacity,
    heavies,
    magnet_capacity,
    mixes,
    quarters,
    ramps,
    starts,
)
from rareearth.figures.chokepoints.shortages import approvals, shut_tap
from rareearth.figures.chokepoints.stages import (
    concentration,
    in_place,
    mined_and_refined,
    stage_shares,
)
from rareearth.figures.chokepoints.trade import chain, flow_map, n_minus_1, ore_imports, us_sources

__all__ = [
    "approvals",
    "basket",
    "capacity",
    "chain",
    "concentration",
    "control_calendar",
    "flow_map",
    "footprint",
    "funnel",
    "heavies",
    "in_place",
    "lead_times",
    "magnet_capacity",
    "magnet_exports",
    "mined_and_refined",
    "mixes",
    "n_minus_1",
    "ore_imports",
    "people_and_patents",
    "price_gap",
    "quarters",
    "ramps",
    "shut_tap",
    "stage_shares",
    "starts",
    "us_sources",
]
