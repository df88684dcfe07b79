"""All that the models of policy and outlook foretell of things that have happened, and how far off.

Each part is tested where it is assembled; here the results are brought to one form. Nothing was
fitted to what is on these rows.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import scenarios
from rareearth.analysis import stockpile, supply
from rareearth.analysis.policy import finance as valley
from rareearth.analysis.policy import price_floor as floor
from rareearth.validation import balance as hindcast
from rareearth.validation import plants as backcast

COLUMNS = [
    *("part", "study", "quantity", "unit", "published", "ours_low", "ours", "ours_high"),
    *("error_pct", "inside", "reason", "source"),
]
DRAWS, SEED = 2000, 1
FORECASTER = "IEA 2025"
"""Study whose later years are a forecast of its own, not something that has happened."""


def errors() -> pd.DataFrame:
    """Results against what was printed, all models of policy and outlook.

    Returns:
        ``part`` (model), ``study``, ``quantity``, ``unit``, ``published``, ``ours_low``, ``ours``,
        ``ours_high``, ``error_pct`` (missing if what was printed is 0), ``inside`` (whether our
        interval holds it; missing where the model gives none), ``reason`` and ``source``.
    """
    baseline = scenarios.load("baseline")
    plants = _dated(backcast.published(baseline)).assign(part="Plants")
    plants.loc[plants["study"] == FORECASTER, "part"] = "Plants against an outlook"
    balance = _dated(hindcast.published(baseline)).assign(part="Balance")
    balance.loc[balance["study"] == FORECASTER, "part"] = "Balance against an outlook"
    payments = floor.backtest(DRAWS, SEED, baseline).assign(part="Price floor")
    payments["published"] = payments[["published_low", "published_high"]].mean(axis=1)
    frame = pd.concat([plants, balance, payments, _firms(), _cuts()], ignore_index=True)
    frame["inside"] = frame["published"].between(frame["ours_low"], frame["ours_high"])
    frame["inside"] = frame["inside"].astype("boolean").mask(frame["ours_low"].isna())
    return frame.sort_values("part", kind="stable", ignore_index=True)[COLUMNS]


def slip_statistics() -> pd.DataFrame:
    """What the fits to the record of plants say, with nine tenths of what the record allows.

    Returns:
        ``plants`` (mines and separation, metal and magnets), ``quantity``, ``unit``, ``low``,
        ``best`` and ``high``.
    """
    rows = []
    names = {"Mines and separation": supply.ORE, "Metal and magnets": supply.MAGNET}
    for name, stages in names.items():
        found = supply.slip(stages).band()
        for key, quantity, unit, scale in (
            ("never", "never built", "% of plants", 100),
            ("delay_years", "mean delay of those that are", "years", 1),
        ):
            low, best, high = scale * found.loc[key, ["low", "best", "high"]]
            rows.append((name, quantity, unit, low, best, high))
    ramp = supply.ramp()
    share = 100 * (ramp.ceiling + ramp.ceiling_error * np.array([-1.645, 0, 1.645]))
    rows.append(("All with published output", "lasting output", "% of nameplate", *share))
    times = ramp.times.min(), ramp.middle_time, ramp.times.max()
    rows.append(("All with published output", "time constant of the ramp", "years", *times))
    return pd.DataFrame(rows, columns=["plants", "quantity", "unit", "low", "best", "high"])


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(quantity=frame["quantity"] + ", " + frame["year"].astype(str))


def _firms() -> pd.DataFrame:
    found = valley.back_tests(valley.firms(SEED, scenarios.load("baseline")))
    middle = found[["published_low", "published_high"]].mean(axis=1)
    return pd.DataFrame(
        {
            "part": "Way to the first plant",
            "study": "counted or quoted",
            "quantity": found["what"],
            "unit": "as named",
            "published": middle,
            "ours_low": found["low"],
            "ours": found["median"],
            "ours_high": found["high"],
            "error_pct": 100 * (found["median"] / middle - 1),
            "reason": found["reason"],
            "source": found["source"],
        }
    )


def _cuts() -> pd.DataFrame:
    found = stockpile.backtest()
    return found.rename(columns={"episode": "study", "observed": "published"}).assign(
        part="Supply cut", ours_low=np.nan, ours_high=np.nan
    )
