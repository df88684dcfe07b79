"""Proteins: what they tell apart, what oxides from waste cost with them, and who pays."""

from rareearth.analysis.proteins.cost import (
    PARTS,
    adsorbent_case,
    adsorbent_life,
    break_even,
    cost_by_waste,
    cost_shares,
    drivers,
    feeds,
    flips,
)
from rareearth.analysis.proteins.gypsum import (
    gypsum_check,
    gypsum_parameters,
    gypsum_plant,
    gypsum_plants,
    least_viable_grade,
)
from rareearth.analysis.proteins.model import central, cost_parts, costs, of_waste, wastes
from rareearth.analysis.proteins.money import programmes, said_of_biology
from rareearth.analysis.proteins.selectivity import (
    cascade,
    flowsheets,
    hard_pairs,
    selectivities,
    stages,
    thresholds,
    usual_band,
)

__all__ = [
    "PARTS",
    "adsorbent_case",
    "adsorbent_life",
    "break_even",
    "cascade",
    "central",
    "cost_by_waste",
    "cost_parts",
    "cost_shares",
    "costs",
    "drivers",
    "feeds",
    "flips",
    "flowsheets",
    "gypsum_check",
    "gypsum_parameters",
    "gypsum_plant",
    "gypsum_plants",
    "hard_pairs",
    "least_viable_grade",
    "of_waste",
    "programmes",
    "said_of_biology",
    "selectivities",
    "stages",
    "thresholds",
    "usual_band",
    "wastes",
]
