"""Proteins: what they tell apart, what oxides from waste cost with them, and who pays."""

from rareearth.analysis.proteins.columns import hydraulics
from rareearth.analysis.proteins.cost import (
    CAPITAL,
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
from rareearth.analysis.proteins.model import (
    basket,
    baskets,
    central,
    cost_parts,
    costs,
    of_waste,
    pays,
    wastes,
)
from rareearth.analysis.proteins.money import programmes, said_of_biology
from rareearth.analysis.proteins.routes import chromatography, front_end, front_end_steps
from rareearth.analysis.proteins.selectivity import (
    cascade,
    flowsheets,
    hard_pairs,
    selectivities,
    slates,
    stages,
    thresholds,
    usual_band,
)

__all__ = [
    "CAPITAL",
    "PARTS",
    "adsorbent_case",
    "adsorbent_life",
    "basket",
    "baskets",
    "break_even",
    "cascade",
    "central",
    "chromatography",
    "cost_by_waste",
    "cost_parts",
    "cost_shares",
    "costs",
    "drivers",
    "feeds",
    "flips",
    "flowsheets",
    "front_end",
    "front_end_steps",
    "gypsum_check",
    "gypsum_parameters",
    "gypsum_plant",
    "gypsum_plants",
    "hard_pairs",
    "hydraulics",
    "least_viable_grade",
    "of_waste",
    "pays",
    "programmes",
    "said_of_biology",
    "selectivities",
    "slates",
    "stages",
    "thresholds",
    "usual_band",
    "wastes",
]
