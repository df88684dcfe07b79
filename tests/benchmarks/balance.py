"""Time and memory of the integrated balance: ``make bench``.

One run of the baseline with a hundred thousand draws, in a process of its own, from the draws to
the finished arrays; and the levers' shares from random orders, as the chapter runs them.
"""

from __future__ import annotations

import os
import resource
import sys
import time

from rich.console import Console
from rich.table import Table

from rareearth import scenarios
from rareearth.analysis import balance as balances
from rareearth.analysis.policy import levers

DRAWS = 100_000
SCENARIO = "baseline"


def main() -> None:
    """Run each once and print the table."""
    scenario = scenarios.load(SCENARIO)
    balances.run(scenario, 10, 1)  # tables read, modules loaded
    table = Table(title="The integrated balance")
    for column in ("", "draws", "seconds", "peak memory, MB"):
        table.add_column(column, justify="right" if column else "left")
    for name, draws, job in (
        ("balance, 2024 to 2040", 2_000, lambda n: balances.run(scenario, n, 1)),
        ("balance, 2024 to 2040", DRAWS, lambda n: balances.run(scenario, n, 1)),
        (
            "shares of all levers",
            levers.DRAWS,
            lambda n: levers.shares(levers.Lattice(scenario, levers.acting(), n, 1), 1),
        ),
    ):
        start = time.perf_counter()
        job(draws)
        taken = time.perf_counter() - start
        table.add_row(name, f"{draws:,}", f"{taken:.1f}", f"{peak():,.0f}")
    Console(width=None if sys.stdout.isatty() else 100).print(table)
    print(f"{os.cpu_count()} cores, one used; peak is that of the process so far.")


def peak() -> float:
    """Largest memory of this process so far, megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
