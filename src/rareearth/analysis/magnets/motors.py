"""Motors without neodymium, diffusion of heavy rare earths, and how fast such things spread."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data, uncertainty
from rareearth.analysis.magnets.avoided import HEAVY, YEARS, Run
from rareearth.analysis.magnets.properties import assumed
from rareearth.answers import Answers
from rareearth.models import demand, substitution

UNITS = {
    "Volume for the same peak torque": "Change in percent",
    "Torque and power": "Change in percent",
    "Efficiency": "Change in percentage points",
}
"""Panels of the comparison of motors, and the unit of each."""

MAKERS = {
    "Mainrich, lawn-mower motor": "One motor, at least",
    "Mainrich, grades guide": "Same firm, guide",
    "Mainrich, comparison": "Same firm, comparison",
    "NBAEM, upper end": "Other firm, at most",
}
"""Statements on diffusion, and what to call them without names of firms."""

BATTERIES = "LFP batteries, world"
MAGNETLESS = "Car motors without permanent magnets, world"
PRECEDENTS = {
    BATTERIES: "iron phosphate batteries",
    MAGNETLESS: "car motors without\npermanent magnets",
}
"""Series of shares that are set against what is assumed here, and their names."""

WITH_HYBRIDS = 2018
"""Year whose count of motors includes hybrids and is left out."""


def motors() -> tuple[pd.DataFrame, Answers]:
    """What motors lose without neodymium magnets, study by study.

    Returns:
        ``panel``, ``label``, ``pct`` (percent or percentage points), ``kind``, ``magnet``,
        ``source``, ``unit``, in the order of drawing; and the answers.
    """
    table = data.table("magnet_motors").astype({"kind": str})

    def row(study: str, design: str, metric: str, magnet: str) -> pd.Series:
        return table[
            (table["study"] == study)
            & table["design"].str.contains(design)
            & table["metric"].str.contains(metric)
            & table["magnet"].str.contains(magnet)
        ].iloc[0]

    lee = "lee_abbasian_2025"
    weak, strong = (
        row(lee, design, "torque density", magnet)
        for design, magnet in (("PMaSynRM", "ferrite"), ("PMSM", "virgin"))
    )
    prototype = row("ornl_ferrite_motor", "ORNL", "comparably", "ferrite")
    axial, usual = (
        row("novatorque_2011", design, "efficiency", magnet)
        for design, magnet in (("axial", "ferrite"), ("IE3", "induction"))
    )
    pmsm, reluctance = (row(lee, d, "volume", "ferrite") for d in ("^PMSM", "PMaSynRM"))
    recycled = row(lee, "^PMSM", "volume", "recycled")
    city, highway = (row("riss_refpm_2025", "IPMSM", m, "free") for m in ("UDDS", "HWFET"))
    induction = row("adamas_pm_2019", "PM traction", "advantage", "NdFeB")
    torque = 100 * (weak["value"] / strong["value"] - 1)
    gain = axial["value"] - usual["value"]
    size, weight, efficiency = UNITS
    bars = pd.DataFrame(
        [
            (size, "Magnet motor, ferrite", pmsm["value"], "ferrite", pmsm),
            (
                size, "Reluctance motor helped by ferrite", reluctance["value"], "ferrite",
                reluctance,
            ),
            (size, "Magnet motor, recycled neodymium", recycled["value"], "neodymium", recycled),
            (weight, "Torque per kg, ferrite reluctance motor", torque, "ferrite", weak),
            (
                weight, "Power, ferrite prototype (Oak Ridge)", prototype["value"] - 100,
                "ferrite", prototype,
            ),
            (
                efficiency, "City cycle, no rare earth, same size", city["value"], "ferrite", city,
            ),
            (
                efficiency, "Highway cycle, no rare earth, same size", highway["value"], "ferrite",
                highway,
            ),
            (efficiency, "Induction motor, at most", -induction["value"], "none", induction),
            (efficiency, "Small ferrite motor against induction", gain, "ferrite", axial),
        ],
        columns=["panel", "label", "pct", "magnet", "row"],
    )  # fmt: skip
    for column in ("kind", "source"):
        bars[column] = bars["row"].map(lambda found, column=column: found[column])
    bars = bars.drop(columns="row").assign(unit=bars["panel"].map(UNITS))
    answers = Answers()
    answers.quote("ferrite-pmsm", pmsm, "value", "{:.0f}%")
    answers.quote("ferrite-rel", reluctance, "value", "{:.0f}%")
    answers.add("ferrite-rel-bare", reluctance["value"], "{:.0f}", sources=reluctance)
    answers.quote("recycled-volume", recycled, "value", "{:.1f}%")
    answers.add("ferrite-torque", -torque, "{:.0f}%", sources=[weak, strong])
    answers.quote("ferrite-power", prototype, "value", "{:.0f}%")
    answers.add("ferrite-power-loss", 100 - prototype["value"], "{:.0f}%", sources=prototype)
    for name, found in (("eff-city", city), ("eff-highway", highway)):
        answers.add(name, -found["value"], "{:.1f}", sources=found, kind=found["kind"])
    answers.quote("induction-loss", induction, "value", "{:.0f}%")
    battery = row("adamas_pm_2019", "induction", "battery", "none")
    answers.quote("battery-cost", battery, "value", "{:.0f} dollars")
    answers.add("axial-gain", gain, "{:.1f}", sources=[axial, usual])
    answers.quote("zf-power", row("zf", "", "^power$", ""), "value", "{:.0f} kW")
    for name, study, metric, template in (
        ("bmw-loss", "bmw", "energy losses", "{:.0f}%"),
        ("bmw-cost", "bmw", "cost", "{:.0f}%"),
        ("niron-study-low", "niron", "reduction low", "{:.0f}"),
        ("niron-study-high", "niron", "reduction high", "{:.0f}%"),
    ):
        found = row(study, "", metric, "")
        answers.add(name, -found["value"], template, sources=found, kind=found["kind"])
    return bars, answers


def thrift(run: Run, ranges: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """What makers say diffusion saves, and what that does to world demand for the heavy two.

    Args:
        run: as from :func:`rareearth.analysis.magnets.avoided.run`.
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``item``, ``low``, ``high`` (percent) and where it comes from; ``low``, ``median``,
        ``high`` after this route alone and the median ``before``, thousand tonnes by year; and the
        answers.
    """
    table = data.table("heavy_rare_earth_thrift").astype({"kind": str})
    savings = table[table["topic"] == "Saving by diffusion"].replace({"item": MAKERS})
    before = run.world.demand[:, HEAVY].sum(axis=1)
    saved = run.world.routes[substitution.ROUTES.index("Less heavy rare earth")]
    after = before - saved[:, HEAVY].sum(axis=1)
    heavy = uncertainty.band(pd.DataFrame(after, index=YEARS)).rename_axis("year")
    heavy["before"] = np.median(before, axis=1)
    at, last = (year - demand.BASE_YEAR for year in (2040, demand.LAST_YEAR))
    answers = Answers(sources=run.sources, kind="forecast")
    answers.add("heavy-2024", heavy["before"][demand.BASE_YEAR], "{:.1f}", kind="estimate")
    answers.add("heavy-2050", heavy["before"][demand.LAST_YEAR], "{:.1f} thousand tonnes")
    answers.add(
        "heavy-2050-after", after[last], "{:.1f} thousand tonnes", band="{:.1f} to {:.1f}"
    )  # fmt: skip
    answers.add("thrift-2040", np.median(100 * (1 - after[at] / before[at])), "{:.0f}%")
    flat = 100 * (1 - np.median(before[0]) / np.median(before[last]))
    answers.add("flip-heavy", flat, "{:.0f}%", kind="derived")
    rows = table.set_index("item", drop=False)
    answers.quote("gbd-before", rows.loc["H grade and above, alloyed"], "low", "{:.0f}%")
    answers.quote("gbd-after", rows.loc["Same motor, diffused"], "high", "{:.1f}%")
    alloyed, price = rows.loc["N38EH, alloyed"], rows.loc["UH to EH against N"]
    for name, row, template in (
        ("ehg", alloyed, "{low:.0f} to {high:.0f}%"),
        ("grade-cost", price, "{low:.0f} to {high:.0f}"),
    ):
        answers.add(name, template.format(**row), sources=row, kind=row["kind"])
    still = assumed().loc["heavy_thrift_open"]
    mode = 100 * ranges.loc["heavy_thrift_open", "mode"]
    answers.add("thrift-open", mode, "{:.0f}%", sources=still, kind="estimate")
    span = f"{savings['low'].min():.0f} to {savings['high'].max():.0f} percent"
    answers.add("savings-range", span, sources=savings, kind="estimate")
    return savings, heavy, answers


def precedents(
    drawn: pd.DataFrame, ranges: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series, pd.DataFrame, Answers]:
    """How fast iron phosphate batteries spread, how motors without magnets did not.

    Args:
        drawn: draws of the assumptions.
        ranges: their ranges, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        The table of precedents without the year that is left out; the logistic curve through the
        batteries, percent by year; ``low``, ``median``, ``high`` of what is assumed for motors in
        cars, percent by year; and the answers.
    """
    table = data.table("substitution_precedents").astype({"kind": str})
    left_out = (table["series"] == MAGNETLESS) & (table["year"] == WITH_HYBRIDS)
    shares = table[~left_out]
    lfp, free = (table[table["series"] == name] for name in PRECEDENTS)
    midpoint, takeover = substitution.fit_logistic(lfp["year"], lfp["share_pct"] / 100)
    shown = np.arange(2015, 2028)
    fitted = pd.Series(100 * substitution.logistic(shown, midpoint, takeover), index=shown)
    grown = substitution.growth_since(
        YEARS,
        demand.BASE_YEAR,
        drawn["switch_midpoint_year"].to_numpy(),
        drawn["switch_takeover_years"].to_numpy(),
    )
    switched = 100 * grown * drawn["switch_ceiling_vehicles"].to_numpy()
    adopted = uncertainty.band(pd.DataFrame(switched, index=YEARS)).rename_axis("year")
    answers = Answers(sources=assumed(), kind="estimate")
    printed = table.set_index(["series", "year"])
    for name, series, year in (
        *((f"lfp-{year}", BATTERIES, year) for year in (2018, 2022, 2023, 2024)),
        ("lfp-outside", "LFP batteries, outside Asia", 2024),
        *((f"free-{year}", MAGNETLESS, year) for year in (2015, 2018, 2019, 2023)),
    ):
        answers.quote(name, printed.loc[(series, year)], "share_pct", "{:.0f}%")
    answers.add("lfp-takeover", takeover, "{:.0f} years", sources=lfp, kind="derived")
    kept = free[free["year"] != WITH_HYBRIDS]
    answers.add("free-mean", kept["share_pct"].mean(), "{:.0f}%", sources=kept, kind="derived")
    middle = assumed().loc["switch_midpoint_year"]
    mode = round(ranges.loc["switch_midpoint_year", "mode"])
    answers.add("switch-mid", mode, "{}", sources=middle)
    answers.add("adopted-2040", adopted["median"][2040], "{:.0f}%")
    last = switched[-1]
    answers.add("adopted-2050", last, "{:.0f} percent", band="{:.0f} to {:.0f}")
    return shares, fitted, adopted, answers
