"""Content of magnets and rare earths in products, and how many of them are sold."""

from __future__ import annotations

import re

import pandas as pd

from rareearth import data
from rareearth.analysis.demand.world import (
    BASE,
    BASE_CASE,
    CARS,
    KT,
    LAST,
    NAMES,
    TWO,
    cars_sold,
    per_car,
    world,
)
from rareearth.answers import Answers, listing
from rareearth.models import demand

MOTOR_STUDY = "study, motor of 53 kg"
OFF_AXIS = 0.5
"""Grams per motor below which a study lies off the axis."""

DRIVES = (
    "Direct drive, permanent magnet",
    "Medium speed, permanent magnet",
    "High speed, permanent magnet",
    "Gearbox, all types",
    "Direct drive, wound rotor",
    "Gearbox, doubly fed induction",
)
"""Drive types of wind turbines, from most to least magnet."""

COMPILATION = "vannielen_ewaste_repo"
"""Source of the magnet masses that the text quotes."""

UNIT_WORDS = {"million": "Million", "GW": "Gigawatts", "thousand": "Thousand"}


def motor_content() -> tuple[pd.DataFrame, Answers]:
    """Element per electric-car motor: every study, and three summaries of them.

    Returns:
        The studies of ``ev_motor_content``, then a row for each summary and element: ``mark``
        (study; or median, by power, IEA), ``element``, ``g_per_motor``, ``usable``, ``source``;
        medians, spread, and what the agency's totals imply.
    """
    motors = data.table("ev_motor_content").astype({"element": str, "series": str})
    one_motor = motors["series"] == MOTOR_STUDY
    studies = motors[one_motor]
    by_element = studies[studies["usable"]].groupby("element")["g_per_motor"]
    medians, ends = by_element.median(), by_element.agg(["min", "max"])
    by_power = motors[~one_motor & (motors["study_or_statistic"] == "median")]
    by_power = by_power[by_power["year"] == 2020].set_index("element")["g_per_motor"]
    sold = cars_sold()["World", BASE]
    implied = per_car(BASE, BASE_CASE, sold)
    summaries = {"median": medians, "by power": by_power, "IEA": implied.drop("all four")}
    marks = pd.concat(summaries, names=["mark", "element"]).rename("g_per_motor").reset_index()
    marks = marks.assign(usable=True, source="premise_metals_2026")
    marks.loc[marks["mark"] == "IEA", "source"] = "iea_cmde_2025;iea_gevo_2025"
    frame = pd.concat([studies.assign(mark="study"), marks], ignore_index=True)

    answers = Answers(sources=studies)
    agency = {"sources": ["iea_cmde_2025", CARS]}
    for name, element in (("car-ree", "all four"), ("car-nd", "Nd"), ("car-dy", "Dy")):
        answers.add(name, implied[element], "{:.0f} g", **agency)
    answers.add("cars-2024", sold, "{:.1f} million", sources=CARS)
    answers.add("studies-ree", medians.sum(), "{:.0f} g")
    answers.add("studies-nd", medians["Nd"], "{:.0f} g")
    answers.add("studies-dy", medians["Dy"], "{:.0f} g")
    answers.add("studies-dy-span", ends["max"]["Dy"] / ends["min"]["Dy"], "{:.0f} times")
    answers.add("studies-set-aside", int((~studies["usable"]).sum()))
    answers.add("studies-all", len(studies))
    answers.add("studies-off", int((studies["g_per_motor"] < OFF_AXIS).sum()))
    usable = {NAMES[element]: (*ends.loc[element], medians[element]) for element in TWO}
    answers.add("studies-list", listing(usable, "{} {:.0f} to {:.0f} g, median {:.0f} g", "; "))
    answers.add("motor-kg", demand.MOTOR_KG, "{} kg")
    answers.add("motor-kw", demand.MOTOR_KW, "{} kW")
    return frame, answers


def motor_trend() -> tuple[pd.DataFrame, Answers]:
    """Neodymium and dysprosium per motor over time, by one summary and by the agency's totals.

    Returns:
        ``element``, ``year``, ``low``, ``median``, ``high`` (grams per motor, of the summary),
        ``g_per_car`` (implied by the agency), ``kind`` and ``source``; the saving expected.
    """
    motors = data.table("ev_motor_content").astype({"element": str, "series": str, "kind": str})
    summary = motors[(motors["series"] != MOTOR_STUDY) & motors["element"].isin(TWO)]
    summary = summary.pivot(
        index=["element", "year", "kind"], columns="study_or_statistic", values="g_per_motor"
    )
    summary = summary.rename(columns={"min": "low", "max": "high"}).reset_index()
    summary = summary.assign(source="premise_metals_2026")
    editions = data.table("forecast_editions").astype({"measure": str, "edition": str})
    expected = editions[editions["measure"].str.startswith("Electric car sales, World")]
    expected = expected[expected["edition"] == "2025"]
    now = per_car(BASE, BASE_CASE, cars_sold()["World", BASE])
    later = per_car(2030, "STEPS", expected["value"].sum() / 1e6)
    implied = pd.DataFrame(
        [
            {"element": e, "year": year, "g_per_car": grams[e], "kind": kind}
            for e in TWO
            for year, grams, kind in ((BASE, now, "derived"), (2030, later, "forecast"))
        ]
    )
    frame = pd.concat([summary, implied.assign(source="iea_cmde_2025;iea_gevo_2025")])

    median = summary.pivot(index="year", columns="element", values="median")
    answers = Answers(sources=summary)
    for element in TWO:
        fall = 1 - median[element][LAST] / median[element][2020]
        answers.add(f"{element.lower()}-fall", 100 * fall, "{:.0f}%")
    agency = {"sources": ["iea_cmde_2025", expected]}
    answers.add("car-ree-2030", later["all four"], "{:.0f} g", kind="forecast", **agency)
    rise = 100 * (later["all four"] / now["all four"] - 1)
    answers.add("car-ree-rise", rise, "{:.0f}%", **agency)
    factor = median["Dy"][2020] / now["Dy"]
    answers.add("dy-factor", factor, "{:.0f}", sources=[summary, "iea_cmde_2025"])
    years = {NAMES[e]: tuple(median[e][[2015, 2020, LAST]]) for e in TWO}
    template = "{} {:.0f} g in 2015, {:.0f} g in 2020 and {:.0f} g in 2050"
    answers.add("trend-list", listing(years, template, "; "), kind="estimate")
    return frame.reset_index(drop=True), answers


def content_steps() -> tuple[pd.DataFrame, Answers]:
    """Steps by which products came to hold more or less of the magnet rare earths, by year.

    Returns:
        ``What``, ``Where``, ``Year``, ``Measure``, ``Value`` (printed with its unit) and ``Source``
        (to be cited), by item and year; two steps of the text.
    """
    table = data.table("content_steps").astype({"item": str, "unit": str})
    ordered = table.sort_values(["item", "year"], kind="stable")
    values = [
        f"{row.low:+.0f}" if row.measure.startswith("change") else f"{row.low:.0f}"
        for row in ordered.itertuples()
    ]
    ends = [
        "" if row.low == row.high else f" to {row.high:.0f}".replace("-", "\N{MINUS SIGN}")
        for row in ordered.itertuples()
    ]
    units = ordered["unit"].replace({"percent": "%", "wt percent": "% by mass"})
    printed = [
        f"{value.replace('-', chr(0x2212))}{end}{unit if unit == '%' else ' ' + unit}"
        for value, end, unit in zip(values, ends, units, strict=True)
    ]
    frame = pd.DataFrame(
        {
            "What": ordered["item"],
            "Where": ordered["geography"],
            "Year": ordered["year"].astype(str),
            "Measure": ordered["measure"],
            "Value": printed,
            "Source": "{cite:t}`" + ordered["source"].str.replace(";", ",") + "`",
        }
    ).reset_index(drop=True)
    at = table.set_index(["geography", "year"])
    answers = Answers(sources=table)
    first = at.loc[("Nissan Leaf", 2012)]
    answers.add("leaf-dy", -first["low"].item(), "{:.0f}%", sources=first, kind="reported")
    japan = at.loc["Japan"].set_index("measure")["low"]
    answers.add("coolers-new", japan["share of units shipped"], "{:.0f}%")
    answers.add("coolers-back", japan["share of units returned"], "{:.0f}%")
    return frame, answers


def wind_content() -> tuple[pd.DataFrame, Answers]:
    """Neodymium and dysprosium per megawatt by drive type, 2020.

    Returns:
        Rows of ``wind_content`` in the order of :data:`DRIVES`, with ``statistic`` (of a summary);
        what designs hold, and what the agency's total implies.
    """
    table = data.table("wind_content").astype({"element": str, "drive": str, "series": str})
    rows = table[(table["year"] == 2020) & table["element"].isin(TWO)]
    # The Joint Research Centre has one value for gearboxes with magnets: shown at medium speed.
    rows = rows.replace({"drive": {"Gearbox, permanent magnet": DRIVES[1]}})
    rows = rows[rows["drive"].isin(DRIVES)].rename(columns={"study_or_statistic": "statistic"})
    frame = rows.sort_values("drive", key=lambda d: d.map(DRIVES.index), kind="stable")

    jrc = table[table["series"] == "reference table"].groupby("drive")["kg_per_mw"].sum()
    direct, fed = jrc[DRIVES[0]], jrc[DRIVES[-1]]
    added = data.table("drivers").query(
        "driver == 'Wind power added, net' and geography == 'World'"
    )
    gigawatts = added.set_index("year")["value"][BASE]
    implied = 1000 * world("STEPS")["Wind power"][BASE] / gigawatts
    nd = frame[frame["element"] == "Nd"]
    studies = nd[(nd["series"] == "study") & (nd["drive"] == DRIVES[0])]["kg_per_mw"]
    span = nd[nd["series"] == "summary"].pivot(
        index="drive", columns="statistic", values="kg_per_mw"
    )
    agency = [data.table("magnet_demand"), "ei_statreview_2026"]
    reference = {"sources": "jrc_ree_wind_table", "kind": "estimate"}
    answers = Answers(sources=rows)
    answers.add("wind-implied", implied, "{:.0f} kg", sources=agency)
    answers.add("wind-direct", direct, "{:.0f} kg", **reference)
    answers.add("wind-fed", fed, "{:.0f} kg", **reference)
    answers.add("wind-ratio", direct / fed, "{:.0f}", sources=reference["sources"])
    part = 100 * (implied - fed) / (direct - fed)
    answers.add("wind-equivalent", part, "{:.0f}%", sources=[*agency, reference["sources"]])
    answers.add("wind-studies-low", studies.min(), "{:.0f}")
    answers.add("wind-studies-high", studies.max(), "{:.0f} kg")
    spans = {drive.lower(): tuple(span.loc[drive, ["min", "max"]]) for drive in DRIVES[1:3]}
    answers.add("drives-list", listing(spans, "{} {:.0f} to {:.0f}", "; "))
    fed_nd = nd[nd["drive"] == DRIVES[-1]]["kg_per_mw"].iloc[0]
    answers.add("wind-fed-nd", fed_nd, "{:.0f}", **reference)
    return frame, answers


def product_content() -> tuple[pd.DataFrame, Answers]:
    """Magnet mass in one unit of each product.

    Returns:
        Rows of ``product_content`` on magnets, products in ascending order of mass; masses in the
        text, and what all smartphones of a year hold.
    """
    table = data.table("product_content").astype({"quality": str})
    magnets = table[table["basis"] == "NdFeB magnet"]
    mean = magnets[["low_kg", "mid_kg", "high_kg"]].mean(axis=1)
    rank = mean.groupby(magnets["product"]).mean()
    frame = magnets.sort_values("product", key=lambda p: p.map(rank), kind="stable")

    mass = _magnet_kg()
    car, phone = mass["Battery electric car"], mass["Smartphone"]
    phones = data.table("drivers").query("driver == 'Smartphones shipped' and year == @BASE")
    shipped = phones["value"].iloc[0]
    answers = Answers(sources=COMPILATION, kind="estimate")
    answers.add("phone-g", 1000 * phone, "{:.1f} g")
    answers.add("disk-g", 1000 * mass["Hard disk drive"], "{:.0f} g")
    answers.add("car-magnet", car, "{:.0f} kg", sources=[COMPILATION, "mp_gm_2021"])
    answers.add("scanner", mass["MRI scanner, permanent magnet"], "{:,.0f} kg")
    both = {"sources": [phones, COMPILATION], "kind": "derived"}
    answers.add("phones-2024", shipped / 1000, "{:.2f} billion", sources=phones, kind="reported")
    answers.add("phones-magnet-t", shipped * 1e3 * phone, "{:.0f} t", **both)
    answers.add("phones-as-cars", shipped * 1e3 * phone / car, "{:.0f} thousand", **both)
    humanoid = table[table["product"] == "Humanoid robot"].iloc[0]
    answers.quote("humanoid", humanoid, "mid_kg", "{:.0f} kg")
    small = ["Headphones", "Laptop", "Air conditioner", "Car, average"]
    answers.add("products-list", listing(1000 * mass[small].rename(str.lower), "{} {:.3g} g", "; "))
    return frame, answers


def _magnet_kg() -> pd.Series:
    """Kilograms of magnet by product in the compilation that the text quotes."""
    table = data.table("product_content")
    return table[table["source"] == COMPILATION].set_index("product")["mid_kg"]


def drivers() -> tuple[pd.DataFrame, Answers]:
    """Sales and installations in the world, and the United States' part of cars and wind.

    Returns:
        ``panel`` (what is counted, or US part), ``unit``, ``series``, ``year``, ``value``, ``kind``
        and ``source``; changes in the text.
    """
    table = data.table("drivers").astype(
        {"driver": str, "geography": str, "kind": str, "unit": str}
    )
    sales = table[table["geography"] == "World"]
    panel = sales["driver"].map(lambda d: re.sub(r" (sold|shipped|installed|added)", "", d))
    sales = sales.assign(panel=panel, series="world", unit=sales["unit"].map(UNIT_WORDS))
    wide = table.pivot(index=["driver", "year"], columns="geography", values="value")
    part = (100 * wide["United States"] / wide["World"]).dropna().rename("value").reset_index()
    names = {"Electric cars sold": "cars", "Wind power added, net": "wind"}
    part = part[part["driver"].isin(names)].assign(panel="US part", unit="Percent", kind="derived")
    part["series"] = part["driver"].map(names)
    part["source"] = "iea_gevo_2025;ei_statreview_2026;owid_irena_2025"
    columns = ["panel", "unit", "series", "year", "value", "kind", "source"]
    frame = pd.concat([sales, part])[columns].reset_index(drop=True)

    latest = sales.sort_values("year").groupby("panel")["value"].last()
    now = part.set_index(["series", "year"])["value"]
    drives = sales[sales["panel"] == "Hard disk drives"]
    disks, mass = drives.set_index("year")["value"], _magnet_kg()
    cars, wind = cars_sold()["World"], wide.loc["Wind power added, net", "World"]
    compiled = [COMPILATION, drives]
    answers = Answers(sources=drives)
    answers.add("cars-2014", cars[2014], "{:.1f} million", sources=CARS, kind="reported")
    answers.add("wind-added", wind[2025], "{:.0f} GW", sources="ei_statreview_2026")
    answers.add("disks-2010", disks[2010], "{:.0f} million", kind="reported")
    answers.add("disks-2023", disks[2023], "{:.0f} million")
    lost = (disks[2010] - disks[2023]) * mass["Hard disk drive"]
    answers.add("disk-magnets-lost", lost, KT, sources=compiled)
    in_cars = cars[BASE] * mass["Battery electric car"]
    answers.add("cars-magnets", in_cars, KT, sources=[CARS, COMPILATION])
    answers.add("us-share-cars", now["cars", BASE], "{:.0f}%", sources=CARS)
    answers.add("us-share-wind", now["wind", 2025], "{:.0f}%", sources="ei_statreview_2026")
    answers.add("us-share-wind-2012", now["wind", 2012], "{:.0f}%", sources="owid_irena_2025")
    most = max(now["cars", BASE], now["wind", 2025])
    answers.add("us-share-most", most + 1, "{:.0f}%", sources=part)
    others = ["Industrial robots", "Air conditioners", "Smartphones"]
    counted = {name: (latest[name], _unit_of(sales, name)) for name in others}
    answers.add("latest-list", listing(counted, "{} {:,.0f} {}"), sources=sales)
    return frame, answers


def _unit_of(sales: pd.DataFrame, panel: str) -> str:
    return sales.loc[sales["panel"] == panel, "unit"].iloc[0].lower()
