"""Time the stock model against flodym with an axis for draws, on the same numbers.

Both get yearly units and a Weibull lifetime per product and draw, and compute stock and outflow
for every year, product and draw. Run: python tests/benchmarks/stock.py
"""

from __future__ import annotations

import argparse
import resource
import time

import flodym
import numpy as np

from rareearth.models import stock

YEARS, PRODUCTS = 61, 14


def inputs(draws: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Units (years, products, draws) and Weibull shape and scale (products, draws)."""
    rng = np.random.default_rng(seed)
    growth = np.cumsum(rng.normal(0.05, 0.1, (YEARS, PRODUCTS, 1)), axis=0)
    units = np.exp(growth) * rng.lognormal(0, 0.2, (1, PRODUCTS, draws))
    shape = rng.uniform(1.2, 3.6, (PRODUCTS, 1)) * rng.uniform(0.9, 1.1, (PRODUCTS, draws))
    scale = rng.uniform(5, 25, (PRODUCTS, 1)) * rng.uniform(0.8, 1.2, (PRODUCTS, draws))
    return units, shape, scale


def ours(units: np.ndarray, shape: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, ...]:
    """Stock and outflow by the project's model."""
    result = stock.inflow_driven(units, stock.weibull_survival(stock.ages(YEARS), shape, scale))
    return result.stock, result.outflow


def theirs(units: np.ndarray, shape: np.ndarray, scale: np.ndarray) -> tuple[np.ndarray, ...]:
    """Stock and outflow by flodym."""
    draws = units.shape[2]
    axes = {"t": range(1990, 1990 + YEARS), "p": range(PRODUCTS), "d": range(draws)}
    dims = flodym.DimensionSet(
        dim_list=[
            flodym.Dimension(letter=letter, name=f"axis {letter}", items=list(items))
            for letter, items in axes.items()
        ]
    )
    lifetime = flodym.WeibullLifetime(dims=dims, time_letter="t", inflow_at="middle")
    for name, values in (("weibull_shape", shape), ("weibull_scale", scale)):
        spread = np.broadcast_to(values, units.shape).copy()
        setattr(lifetime, name, flodym.FlodymArray(dims=dims, values=spread))
    model = flodym.InflowDrivenDSM(dims=dims, lifetime_model=lifetime)
    model.inflow.values[...] = units
    model.compute()
    return model.stock.values, model.outflow.values


def seconds(run, *arrays: np.ndarray, repeats: int = 5) -> float:
    """Least wall-clock time of a call: what else the machine does only ever adds to it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run(*arrays)
        times.append(time.perf_counter() - start)
    return min(times)


def peak_mb() -> float:
    """Greatest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def chunked(draws: int, size: int) -> np.ndarray:
    """Outflow of the last year over all products for many draws, a chunk at a time."""
    leaving = np.empty(draws)
    for start in range(0, draws, size):
        part = slice(start, min(start + size, draws))
        _, outflow = ours(*inputs(part.stop - part.start, seed=start))
        leaving[part] = outflow[-1].sum(axis=0)
    return leaving


def main() -> None:
    """Print accuracy, speed and memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=500, help="draws at once, for both")
    parser.add_argument("--many", type=int, default=100_000, help="draws for the memory test")
    options = parser.parse_args()

    # Memory first: the peak of a process never falls.
    start = time.perf_counter()
    chunked(options.many, 2_000)
    print(
        f"{options.many:,} draws in chunks of 2,000: {time.perf_counter() - start:.1f} s with the "
        f"making of inputs, peak memory {peak_mb():,.0f} MB"
    )

    same = inputs(options.draws)
    worst = 0.0
    for mine, other in zip(ours(*same), theirs(*same), strict=True):
        worst = max(worst, float(np.max(np.abs(mine - other) / np.maximum(np.abs(other), 1e-300))))
    print(f"greatest relative difference between the two: {worst:.1e}")

    rates = {run.__name__: options.draws / seconds(run, *same) for run in (ours, theirs)}
    print(f"ours:   {rates['ours']:10,.0f} draws/s ({options.draws:,} at once)")
    print(f"flodym: {rates['theirs']:10,.0f} draws/s")
    print(f"ratio:  {rates['ours'] / rates['theirs']:10,.0f}")


if __name__ == "__main__":
    main()
