"""The models of policy and outlook against what has happened, and how far off they are."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import answers, data, scenarios
from rareearth.analysis import stockpile, supply
from rareearth.analysis.policy import finance, price_floor
from rareearth.validation import balance, compare, plants

DRAWS, SEED = 2000, 1


def errors() -> pd.DataFrame:
    """Results against what was printed, all models of policy and outlook.

    Returns:
        As :func:`rareearth.validation.compare` gives them, sorted by ``model``.
    """
    baseline = scenarios.load("baseline")
    parts = [
        plants.published(baseline),
        balance.published(baseline),
        compare(
            price_floor.hindcast(DRAWS, SEED, baseline).drop(columns="error_pct"),
            model="Price floor",
            kind="hindcast",
        ),
        _first_plants(),
        _cuts(),
    ]
    return pd.concat(parts).sort_values("model", kind="stable", ignore_index=True)


def slip_statistics() -> pd.DataFrame:
    """What the fits to the record of plants say, with nine tenths of what the record allows.

    Returns:
        ``plants`` (mines and separation, metal and magnets), ``quantity``, ``unit``, ``low``,
        ``best``, ``high`` and ``source``.
    """
    rows = []
    names = {"Mines and separation": supply.ORE, "Metal and magnets": supply.MAGNET}
    for name, stages in names.items():
        band = supply.slip(stages).band()
        for key, quantity, unit, scale in (
            ("never", "never built", "% of plants", 100),
            ("delay_years", "mean delay of those that are", "years", 1),
        ):
            low, best, high = scale * band.loc[key, ["low", "best", "high"]]
            rows.append((name, quantity, unit, low, best, high))
    ramp = supply.ramp()
    share = 100 * (ramp.ceiling + ramp.ceiling_error * np.array([-1.645, 0, 1.645]))
    rows.append(("All with published output", "lasting output", "% of nameplate", *share))
    times = ramp.times.min(), ramp.middle_time, ramp.times.max()
    rows.append(("All with published output", "time constant of the ramp", "years", *times))
    rests_on = ";".join(
        answers.keys([data.table(n) for n in ("start_dates", "plant_output", "nameplates")], "slip")
    )
    columns = ["plants", "quantity", "unit", "low", "best", "high"]
    return pd.DataFrame(rows, columns=columns).assign(source=rests_on)


def _first_plants() -> pd.DataFrame:
    tests = finance.comparisons(finance.firms(SEED, scenarios.load("baseline")))
    middle = tests[["published_low", "published_high"]].mean(axis=1)
    tests = tests.rename(
        columns={"what": "quantity", "low": "ours_low", "median": "ours", "high": "ours_high"}
    )
    return compare(
        tests.assign(published=middle),
        model="Way to the first plant",
        study="counted or quoted",
        unit="as named",
        kind="published result",
    )


def _cuts() -> pd.DataFrame:
    tests = stockpile.hindcast().rename(columns={"episode": "study", "observed": "published"})
    return compare(tests, model="Supply cut", kind="hindcast")
