"""Demand: the world's by use, content of products, the United States', and defence."""

from rareearth.analysis.demand.basis import basis, scrap_elements, us_swarf
from rareearth.analysis.demand.content import (
    content_steps,
    drivers,
    motor_content,
    motor_trend,
    product_content,
    wind_content,
)
from rareearth.analysis.demand.defence import (
    cut_cost,
    defence_content,
    defence_printed,
    defence_rules,
)
from rareearth.analysis.demand.shares import other_uses
from rareearth.analysis.demand.united_states import (
    UsDemand,
    headlines,
    limits,
    published,
    us_demand,
    us_range,
    us_supply,
    us_use,
)
from rareearth.analysis.demand.wind import two_counts, us_turbines
from rareearth.analysis.demand.world import CASES, by_use, editions, elements, world

__all__ = [
    "CASES",
    "UsDemand",
    "basis",
    "by_use",
    "content_steps",
    "cut_cost",
    "defence_content",
    "defence_printed",
    "defence_rules",
    "drivers",
    "editions",
    "elements",
    "headlines",
    "limits",
    "motor_content",
    "motor_trend",
    "other_uses",
    "product_content",
    "published",
    "scrap_elements",
    "two_counts",
    "us_demand",
    "us_range",
    "us_supply",
    "us_swarf",
    "us_turbines",
    "us_use",
    "wind_content",
    "world",
]
