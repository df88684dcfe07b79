"""Time the three pathway models with many draws, in one process, and their memory.

Run: python tests/benchmarks/pathways.py
"""

from __future__ import annotations

import resource
import time

import numpy as np

from rareearth import assumptions, data, scenarios
from rareearth.analysis import new_magnets, products, proteins, supply
from rareearth.models import demand, recycling, substitution

DRAWS = 10_000
MANY = 100_000


def peak_mb() -> float:
    """Greatest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def recovered(draws: int) -> np.ndarray:
    """Rare earth recovered from waste in the United States: tonnes (years, draws)."""
    drawn = products.sample(draws, 1, scenarios.load("baseline"))
    return recycling.pathway(
        products.Products("United States", "STEPS").inputs,
        drawn,
        lambda flows: {"t": flows.by_element(flows.fate.recovered).sum(axis=1)},
    )["t"]


def avoided(draws: int) -> substitution.Avoided:
    """What substitution avoids of US demand."""
    baseline = scenarios.load("baseline")
    drawn = supply.sample(draws, 1, baseline)
    years = np.arange(demand.BASE_YEAR, demand.LAST_YEAR + 1)
    before = substitution.demand_by_element(
        data.table("magnet_demand"), "STEPS", drawn, demand.SHARES
    )
    offer = new_magnets.offer(drawn, baseline, years)
    return substitution.avoided(before, years, drawn, *offer)


def cost(draws: int) -> dict:
    """Cost of extraction from each waste, by protein and by solvent."""
    drawn = assumptions.sample(draws, 1, scenarios.load("baseline"))
    return {
        (waste, route): proteins.cost_parts(drawn, waste, route)
        for waste in proteins.wastes().index
        for route in ("protein", "solvent")
    }


def main() -> None:
    """Print seconds and peak memory."""
    # The largest last: the peak of a process never falls.
    for run, draws in ((cost, DRAWS), (avoided, DRAWS), (recovered, DRAWS), (recovered, MANY)):
        start = time.perf_counter()
        run(draws)
        took = time.perf_counter() - start
        print(f"{run.__name__:10} {draws:8,} draws {took:6.1f} s, peak memory {peak_mb():,.0f} MB")


if __name__ == "__main__":
    main()
