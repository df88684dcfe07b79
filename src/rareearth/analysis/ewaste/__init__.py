"""E-waste and waste: counts, magnets in use and what they yield, recyclers, waste as a mine."""

from rareearth.analysis.ewaste.bodies import bodies, coal_ash
from rareearth.analysis.ewaste.counts import counts, devices, quoted, tracking
from rareearth.analysis.ewaste.cover import coverage, goods
from rareearth.analysis.ewaste.flows import (
    Flows,
    device_tonnes,
    drivers,
    elements,
    in_use,
    limits,
    losses,
    recoverable,
    run,
)
from rareearth.analysis.ewaste.recyclers import climate, plants, routes
from rareearth.analysis.ewaste.survival import cars, retirement_table, retirements

__all__ = [
    "Flows",
    "bodies",
    "cars",
    "climate",
    "coal_ash",
    "counts",
    "coverage",
    "device_tonnes",
    "devices",
    "drivers",
    "elements",
    "goods",
    "in_use",
    "limits",
    "losses",
    "plants",
    "quoted",
    "recoverable",
    "retirement_table",
    "retirements",
    "routes",
    "run",
    "tracking",
]
