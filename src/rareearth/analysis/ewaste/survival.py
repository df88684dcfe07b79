"""Cars that stay in use: households of New England by power train, and the stock model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.analysis import products
from rareearth.answers import Answers
from rareearth.models import stock

MODEL = {"gasoline": "light vehicle", "hybrid": "HEV", "battery": "BEV"}
"""Power trains of the table ``car_survival``, and the products that stand for them here."""

SETTLED = 4
"""Age after which fleets sell hardly any cars to households: only losses change a cohort."""

LEAST = 300
"""Cars below which the share that stays is not shown."""


def cars() -> tuple[pd.DataFrame, Answers]:
    """Part of the cars of an age that are still there later, counted and modelled.

    Returns:
        ``power_train``, ``origin`` (counted or model), ``age`` (years since sale) and ``left_pct``
        of those of :data:`SETTLED` years; the yearly losses that the text names.
    """
    table = data.table("car_survival").astype({"power_train": str})
    table = table[(table["age"] >= SETTLED) & (table["cars"] >= LEAST)]
    place, ages = products.Products("United States"), stock.ages(len(products.YEARS))
    survival = place.inputs(place.central()).survival(len(ages))[:, :, 0]
    frames = []
    for name, product in MODEL.items():
        stayed = table[table["power_train"] == name].set_index("age")["stayed_pct"] / 100
        counted = pd.Series(np.r_[1.0, stayed.cumprod()], [SETTLED, *(stayed.index + 1)])
        own = survival[:, products.register().index.get_loc(product)]
        modelled = np.interp(counted.index, ages, own)
        for origin, left in (("counted", counted), ("model", modelled / modelled[0])):
            frames.append(
                pd.DataFrame({"age": counted.index, "left_pct": 100 * np.asarray(left)}).assign(
                    power_train=name, origin=origin
                )
            )
    frame = pd.concat(frames, ignore_index=True)
    at = frame.set_index(["origin", "power_train", "age"])["left_pct"]
    answers = Answers(sources=table, kind="derived")
    for name in MODEL:
        answers.add(f"stay-{name}", at["counted", name, 12], "{:.0f}%")
    rows = table.set_index(["power_train", "age"])
    young = rows.loc["battery"].loc[SETTLED:9]
    lost = 100 - np.average(young["stayed_pct"], weights=young["cars"])
    answers.add("battery-loss", lost, "{:.1f}%")
    gas = rows.loc["gasoline"].loc[SETTLED:9]
    answers.add(
        "gasoline-loss", 100 - np.average(gas["stayed_pct"], weights=gas["cars"]), "{:.1f}%"
    )
    return frame[["power_train", "origin", "age", "left_pct"]], answers
