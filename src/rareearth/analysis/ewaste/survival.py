"""Cars that stay in use: households of New England by power train, and the stock model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data, uncertainty
from rareearth.analysis import products
from rareearth.analysis.ewaste.flows import Flows
from rareearth.answers import Answers
from rareearth.models import recycling, stock

MODEL = {"gasoline": "light vehicle", "hybrid": "HEV", "battery": "BEV"}
"""Power trains of the table ``car_survival``, and the products that stand for them here."""

SETTLED = 4
"""Age after which fleets sell hardly any cars to households: only losses change a cohort."""

FLEET = {
    "BEV": "Battery cars",
    "PHEV": "Plug-in hybrids",
    "HEV": "Hybrids without a plug",
    "light vehicle": "All light vehicles",
}
"""Products whose retirements are printed, in words; the last holds the others."""

SHOWN = (2025, 2030, 2040, 2050)
"""Years for which retirements are printed."""

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
    return frame[["power_train", "origin", "age", "left_pct"]], answers


def retirements(flows: Flows) -> tuple[pd.DataFrame, Answers]:
    """Cars that leave the American fleet in a year, by power train.

    Args:
        flows: as from :func:`rareearth.analysis.ewaste.flows.run`; its scenario and draws are used.

    Returns:
        ``power_train``, ``year`` (of :data:`SHOWN`), ``low``, ``median``, ``high`` (million
        vehicles) and ``kind``; those with a plug in the text.
    """
    place = products.Products("United States", flows.scenario.choices["demand_case"])
    names = list(products.register().index)
    at = [names.index(product) for product in FLEET]

    def leaving(draws: pd.DataFrame) -> np.ndarray:
        inputs = place.inputs(draws)
        survival = inputs.survival(len(products.YEARS))
        sold = np.broadcast_to(inputs.units[:, at], survival[:, at].shape)
        return stock.inflow_driven(sold, survival[:, at]).outflow

    parts = [
        leaving(flows.draws.iloc[start : start + recycling.CHUNK])
        for start in range(0, len(flows.draws), recycling.CHUNK)
    ]
    millions = np.concatenate(parts, axis=2)[np.isin(products.YEARS, SHOWN)] / 1e6
    frame = uncertainty.band(millions, year=list(SHOWN), power_train=list(FLEET.values()))
    frame["kind"] = np.where(frame["year"] <= data.today().year, "estimate", "forecast")
    answers = Answers(sources=flows.sources, kind="forecast")
    plugged = millions[:, :2].sum(axis=1)
    for year, draws in zip(SHOWN, plugged, strict=True):
        if year > SHOWN[0]:
            answers.add(f"plug-out-{year}", draws, "{:.1f} million")
    return frame, answers


def retirement_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Retirements as a reader sees them: one row per power train, one column per year."""
    texts = [f"{row.median:.2g} ({row.low:.2g} to {row.high:.2g})" for row in frame.itertuples()]
    wide = frame.assign(text=texts).pivot(index="power_train", columns="year", values="text")
    return (
        wide.loc[list(FLEET.values())]
        .rename_axis("Power train")
        .reset_index()
        .rename_axis(columns=None)
    )
