"""Magnets without rare earths: what they can do, how fast they spread, what that avoids."""

from rareearth.analysis.magnets.avoided import (
    by_element,
    compare,
    drivers,
    joined,
    path,
    quarter,
    run,
)
from rareearth.analysis.magnets.iron_nitride import ramp, timeline, today
from rareearth.analysis.magnets.motors import PRECEDENTS, motors, precedents, thrift
from rareearth.analysis.magnets.properties import (
    assumed,
    candidates,
    certainty,
    coercivity,
    fit,
    heat,
    ladder,
    materials,
    recoil,
    uses,
)

__all__ = [
    "PRECEDENTS",
    "assumed",
    "by_element",
    "candidates",
    "certainty",
    "coercivity",
    "compare",
    "drivers",
    "fit",
    "heat",
    "joined",
    "ladder",
    "materials",
    "motors",
    "path",
    "precedents",
    "quarter",
    "ramp",
    "recoil",
    "run",
    "thrift",
    "timeline",
    "today",
    "uses",
]
