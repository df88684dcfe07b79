"""What magnets can do: theory and product, coercivity, heat, and use by use."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from scipy import constants

from rareearth import assumptions, data
from rareearth.answers import Answers
from rareearth.models import substitution

MATERIALS = ("NdFeB", "SmCo", "Sm2Fe17N3", "Fe16N2", "FeNi", "MnBi", "AlNiCo", "Ferrite")
"""Materials that are compared, in the order of drawing."""

ROUNDING = 0.01
"""Excess over the bound of theory that rounding may explain, as a fraction."""

HEATED = {
    "NdFeB N42": "Nd, standard (N42)",
    "NdFeB N48SH": "Nd, hot (N48SH)",
    "Sm2Co17": "Samarium-cobalt",
    "Fe16N2": "Iron nitride",
    "MnBi": "Manganese-bismuth",
    "AlNiCo": "AlNiCo",
    "Ferrite": "Ferrite",
}
"""Magnets whose lines are drawn against temperature, and their names there."""

HOT_C = 140
"""Temperature at which the hot grade is read off, degrees Celsius."""

USED = {
    "NdFeB N42": "Neodymium, standard",
    "NdFeB N48SH": "Neodymium, hot grade",
    "Sm2Co17": "Samarium-cobalt",
    "Ferrite": "Ferrite",
    "MnBi": "Manganese-bismuth (lab)",
    "AlNiCo": "AlNiCo",
    "Fe16N2": "Iron nitride (lab)",
}
"""Magnets that are tried use by use, and their names there, in the order of rows."""

RANGED = ("br_t", "bhmax_kj_m3", "density_g_cm3")
PROPERTIES = (
    *RANGED,
    *("hcj_ka_m", "alpha_br_pct_per_k", "beta_hcj_pct_per_k", "limit_c"),
)
"""What is needed of a magnet to compare it with another; of ranges the middle is taken."""

ENERGY = "{:.0f} kJ/m³"


def assumed() -> pd.DataFrame:
    """The assumptions of the chapter, with their sources."""
    return assumptions.used_by("magnets")


def materials() -> pd.DataFrame:
    """The table of materials, with plain words instead of categories."""
    return data.table("magnet_materials").astype({"stage": str, "body": str, "kind": str})


def recoil() -> float:
    """Relative recoil permeability: median of what makers print."""
    return float(materials()["mu_rec"].median())


def candidates() -> pd.DataFrame:
    """The magnets that are compared use by use, with one value for each property.

    The table says which row each property is taken from (``compared_as``, ``compared_for``).
    Ranges become their middle, coercivity its guaranteed value, and a coefficient that nobody
    prints is zero. For MnBi only energy products are printed: its remanence and coercivity are
    the least that allow the energy product, and its coefficient follows from the one at 400 K. For
    Fe16N2 the best printed value of each property is taken, though no one sample has them all.

    Returns:
        ``label``, the properties :data:`PROPERTIES`, ``mu_rec`` and ``source``; missing where
        nothing is printed.
    """
    table, mu_rec = materials(), recoil()
    picked = table.dropna(subset="compared_as")
    values = _printed(picked)
    rows = []
    for label, chosen in picked.groupby("compared_as", observed=True)["compared_for"]:
        row = {"label": str(label)}
        for at, names in chosen.sort_values(na_position="first").items():
            row |= values.loc[at, list(PROPERTIES) if pd.isna(names) else names.split(";")]
        rows.append(row | {"source": ";".join(sorted(set(picked.loc[chosen.index, "source"])))})
    magnets = pd.DataFrame(rows)
    unknown = magnets["br_t"].isna()
    least = substitution.least_remanence(magnets["bhmax_kj_m3"], mu_rec)
    magnets.loc[unknown, "br_t"] = least[unknown]
    magnets.loc[unknown, "hcj_ka_m"] = (least / (2 * constants.mu_0 * mu_rec) / 1e3)[unknown]
    second = table["compared_for"].eq("alpha_br_pct_per_k") & table["alpha_br_pct_per_k"].isna()
    for row in table[second].to_dict("records"):
        at = magnets.index[magnets["label"] == row["compared_as"]]
        loss = np.sqrt(row["bhmax_kj_m3_low"] / magnets.loc[at, "bhmax_kj_m3"]) - 1
        warmer = float(re.search(r"(\d+) K", row["grade"])[1]) - constants.zero_Celsius
        magnets.loc[at, "alpha_br_pct_per_k"] = 100 * loss / (warmer - substitution.ROOM_C)
    coefficients = ["alpha_br_pct_per_k", "beta_hcj_pct_per_k"]
    magnets[coefficients] = magnets[coefficients].fillna(0.0)
    sintered = table[(table["material"] == "NdFeB") & table["grade"].str.contains("sintered")]
    neodymium = magnets["label"].str.startswith("NdFeB") & magnets["density_g_cm3"].isna()
    magnets.loc[neodymium, "density_g_cm3"] = sintered["density_g_cm3_low"].median()
    return magnets[["label", *PROPERTIES, "source"]].assign(mu_rec=mu_rec)


def ladder() -> tuple[pd.DataFrame, Answers]:
    """Largest energy product of each material by stage: theory, claim, laboratory, product.

    Rows that print more than their remanence allows are left out; a laboratory counts where it
    beats what is sold; a limit that nobody prints is computed from the saturation of the phase.

    Returns:
        ``material``, ``stage``, ``body``, ``grade``, ``high_kj_m3``, ``kind``, ``source``,
        ``locator``, ``seen``, ``note``, in the order of :data:`MATERIALS`; and the answers.
    """
    sound, impossible = _sound()
    printed = sound.groupby(["material", "stage"])["bhmax_kj_m3_high"].transform("count") > 0
    limit = pd.Series(substitution.energy_product(sound["js_t"]), sound.index).mask(printed)
    high = sound["bhmax_kj_m3_high"].fillna(sound["bhmax_kj_m3_low"]).fillna(limit)
    sold = (sound["stage"] != "product") | (sound["body"] == "magnet")
    sound = sound.assign(high_kj_m3=high)[high.notna() & sold]
    best = sound.loc[sound.groupby(["material", "stage"])["high_kj_m3"].idxmax()]
    made = best[best["stage"] == "product"].set_index("material")["high_kj_m3"]
    beaten = (best["stage"] == "laboratory") & (best["high_kj_m3"] < best["material"].map(made))
    best = best[~beaten & best["material"].isin(MATERIALS)]
    best = best.sort_values("material", key=lambda names: names.map(MATERIALS.index))
    steps = best[
        [
            *("material", "stage", "body", "grade", "high_kj_m3"),
            *("kind", "source", "locator", "seen", "note"),
        ]
    ]
    of = steps.set_index(["material", "stage"])
    value = of["high_kj_m3"]
    answers = Answers(sources=steps)
    for name, place, kind in (
        ("nd-product", ("NdFeB", "product"), "reported"),
        ("nd-theory", ("NdFeB", "theory"), "estimate"),
        ("alnico-product", ("AlNiCo", "product"), "reported"),
        ("ferrite-product", ("Ferrite", "product"), "reported"),
        ("mnbi-lab", ("MnBi", "laboratory"), "reported"),
    ):
        answers.add(name, value[place], ENERGY, kind=kind)
    answers.add("fen-theory", value["Fe16N2", "theory"], "{:,.0f} kJ/m³", kind="estimate")
    answers.quote("fen-lab", of.loc[("Fe16N2", "laboratory")], "high_kj_m3", ENERGY)
    answers.quote("fen-claim", of.loc[("Fe16N2", "claim")], "high_kj_m3", ENERGY)
    answers.quote("feni-theory", of.loc[("FeNi", "theory")], "high_kj_m3", ENERGY)
    gap = value["Fe16N2", "theory"] / value["Fe16N2", "laboratory"]
    answers.add("fen-gap", gap, "{:.1f}")
    answers.add("fen-film-share", 100 / gap, "{:.0f}%")
    share = 100 * value["NdFeB", "product"] / value["NdFeB", "theory"]
    answers.add("nd-theory-share", share, "{:.0f}%")
    answers.add("impossible-rows", len(impossible), "{}", sources=impossible)
    return steps, answers


def coercivity(ranges: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Energy product and coercivity of magnets, and the coercivity that a circuit asks for.

    Args:
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``material``, ``grade``, ``stage``, ``hcj_ka_m``, ``bhmax_kj_m3``, ``source`` of grades on
        sale and of two from laboratories; ``bhmax_kj_m3`` and ``hcj_ka_m`` that are needed; and the
        answers.
    """
    permeance, mu_rec, magnets = ranges.loc["load_line_permeance", "mode"], recoil(), candidates()
    sound, _ = _sound()
    shown = sound[(sound["body"] == "magnet") & (sound["stage"] == "product")]
    shown = shown.rename(columns={"hcj_ka_m_low": "hcj_ka_m", "bhmax_kj_m3_high": "bhmax_kj_m3"})
    shown = shown.dropna(subset=["hcj_ka_m", "bhmax_kj_m3"])
    lab = magnets[magnets["label"].isin(["Fe16N2", "MnBi"])].rename(columns={"label": "material"})
    columns = ["material", "grade", "stage", "hcj_ka_m", "bhmax_kj_m3", "source"]
    points = pd.concat([shown, lab.assign(grade="", stage="laboratory")])[columns]
    energy = np.linspace(1, 480, 200)
    field = substitution.least_remanence(energy, mu_rec)
    needed = pd.DataFrame(
        {
            "bhmax_kj_m3": energy,
            "hcj_ka_m": substitution.opposing_field(field, permeance, mu_rec),
        }
    )
    table, own = materials(), assumed()
    nitride = magnets.set_index("label").loc["Fe16N2"]
    load = float(substitution.opposing_field(nitride["br_t"], permeance, mu_rec))
    rows = table[table["compared_as"] == "Fe16N2"].set_index("compared_for")
    remanence, compact = rows.loc["br_t"], rows.loc["hcj_ka_m"]
    answers = Answers(sources=[own, remanence])
    answers.add(
        "fen-hcj", nitride["hcj_ka_m"], "{:.1f} kA/m", sources=compact, kind=compact["kind"]
    )  # fmt: skip
    answers.add("fen-needed", load, "{:.0f} kA/m")
    bears = [own, remanence, compact]
    answers.add("fen-short", load / nitride["hcj_ka_m"], "{:.1f} times", sources=bears)
    answers.add("fen-share", 100 * nitride["hcj_ka_m"] / load, "{:.0f}%", sources=bears)
    answers.add(
        "flip-permeance",
        substitution.least_permeance(nitride["br_t"], nitride["hcj_ka_m"], mu_rec),
        "{:.0f}",
        sources=[magnets, own],
    )
    assumption = own.loc["load_line_permeance"]
    answers.add("permeance", permeance, "{:.1f}", sources=assumption, kind="estimate")
    cylinder = table.loc[table["length_over_diameter"].idxmax()]
    answers.quote("length-ratio", cylinder, "length_over_diameter")
    powder = table[table["material"] == "FeNi"]
    answers.quote(
        "feni-hcj", powder.loc[powder["hcj_ka_m_low"].idxmax()], "hcj_ka_m_low", "{:.0f} kA/m"
    )  # fmt: skip
    answers.add(
        "fen-br", nitride["br_t"], "{:.2f} T", sources=remanence, kind=remanence["kind"]
    )  # fmt: skip
    review = table[table["source"] == "mpco_fe16n2"]
    answers.quote(
        "fen-ceiling", review.loc[review["hcj_ka_m_low"].idxmax()], "hcj_ka_m_low", "{:,.0f} kA/m"
    )  # fmt: skip
    answers.add("strongest", shown["bhmax_kj_m3"].max(), "{:.0f} kilojoules", sources=shown)
    answers.add("hardest", shown["hcj_ka_m"].max(), "{:,.0f} kiloamperes", sources=shown)
    return points, needed, answers


def heat(ranges: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Energy product against temperature, and where each magnet loses its field.

    Args:
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``magnet``, ``label``, ``temperature_c``, ``bhmax_kj_m3``, ``holds``, ``source``; and the
        answers.
    """
    permeance, magnets = ranges.loc["load_line_permeance", "mode"], candidates().set_index("label")
    temperatures = np.arange(20, 201)
    energy = pd.DataFrame(
        substitution.energy_at(magnets, temperatures), temperatures, magnets.index
    )
    holds = pd.DataFrame(
        substitution.margin(magnets, temperatures, permeance) > 1, temperatures, magnets.index
    )
    curves = pd.concat(
        pd.DataFrame(
            {
                "magnet": key,
                "label": words,
                "temperature_c": temperatures,
                "bhmax_kj_m3": energy[key],
                "holds": holds[key],
                "source": magnets.loc[key, "source"],
            }
        )
        for key, words in HEATED.items()
    ).reset_index(drop=True)
    end = pd.Series(substitution.limit_temperature(magnets, permeance), magnets.index)
    own, table = assumed(), materials()
    every = magnets[["source"]]
    answers = Answers(sources=[every, own])
    for name, key in (("n42", "NdFeB N42"), ("n48sh", "NdFeB N48SH")):
        answers.add(f"{name}-end", end[key], "{:.0f} °C")
        answers.add(f"{name}-cold", energy.loc[20, key], "{:.0f}", sources=every)
    hot = f"{energy.loc[HOT_C, 'NdFeB N48SH']:.0f} at {HOT_C} degrees"
    answers.add("n48sh-hot", hot, sources=every)
    answers.add("heat-last", int(temperatures[-1]), "{} degrees", sources=every)
    printed = table[table["compared_as"] == "NdFeB N42"].iloc[0]
    answers.quote("n42-printed", printed, "limit_c_low", "{:.0f} °C")
    for name, key in (("ferrite", "Ferrite"), ("smco", "Sm2Co17")):
        drop = 1 - energy.loc[150, key] / energy.loc[20, key]
        answers.add(f"{name}-drop", 100 * drop, "{:.0f}%", sources=every)
    answers.add("smco-flat", energy.loc[100, "Sm2Co17"], "{:.0f}", sources=every)
    answers.add("ferrite-below", magnets.loc["Ferrite", "bhmax_kj_m3"] + 1, "{:.0f}", sources=every)
    decay = table[(table["compared_as"] == "Fe16N2") & (table["compared_for"] == "limit_c")].iloc[0]
    answers.quote("fen-decay", decay, "limit_c_high", "{:.0f} °C")
    return curves, answers


def uses(drawn: pd.DataFrame, ranges: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Which magnet keeps its field in which use, and how much of it that takes.

    Args:
        drawn: draws of the assumptions, with ``load_line_permeance``.
        ranges: their ranges, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        One row per use and magnet of :data:`USED`, in the order of both: ``use``, ``label``,
        ``name``, ``working_c``, ``margin``, ``holds_share``, ``volume_ratio``, ``mass_ratio``
        and ``source``; and the answers.
    """
    magnets, places, coldest = candidates(), _places(), ranges.loc["coldest_magnet", "mode"]
    fits = fit(drawn["load_line_permeance"], coldest)
    fits = fits[fits["label"].isin(USED)].merge(places[["use", "working_c", "source"]], on="use")
    fits.insert(2, "name", fits["label"].map(USED))
    rank = {"use": list(places["use"]).index, "label": list(USED).index}
    fits = fits.sort_values(list(rank), key=lambda c: c.map(rank[c.name]), ignore_index=True)
    of = fits.set_index(["use", "label"])
    ferrite, mild = (of.xs(label, level="label") for label in ("Ferrite", "MnBi"))
    own = assumed()
    answers = Answers(sources=[magnets, places])
    for name, ratios in (
        ("ferrite-volume-range", ferrite["volume_ratio"]),
        ("ferrite-mass-range", ferrite["mass_ratio"]),
        ("mnbi-volume", mild["volume_ratio"]),
    ):
        answers.add(name, f"{ratios.min():.0f} to {ratios.max():.0f} times")
    answers.add(
        "ferrite-margin", ferrite["margin"].min(), "{:.1f}", sources=[magnets, places, own]
    )  # fmt: skip
    goods, car = of.loc[("Small goods", "Fe16N2")], of.loc[("Car traction motors", "Sm2Co17")]
    answers.add("fen-volume", goods["volume_ratio"], "{:.1f}")
    answers.add("fen-margin", goods["margin"], "{:.2f}", sources=[magnets, places, own])
    answers.add("smco-volume", car["volume_ratio"], "{:.1f} times")
    answers.add("smco-mass", car["mass_ratio"], "{:.1f} times")
    joints = of.loc[("Robot joints", "Sm2Co17"), "volume_ratio"]
    answers.add("smco-joints", joints, "{:.1f} times")
    span = places["working_c"]
    answers.add("uses-range", f"{span.min():.0f} to {span.max():.0f} degrees")
    answers.add("coldest", coldest, "{:.0f} °C", sources=own.loc["coldest_magnet"])
    return fits, answers


def fit(permeance: pd.Series, coldest_c: float) -> pd.DataFrame:
    """All compared magnets in all uses: :func:`rareearth.models.substitution.feasibility`.

    Args:
        permeance: of the circuit, one per draw.
        coldest_c: lowest temperature to bear, degrees Celsius.
    """
    return substitution.feasibility(candidates(), _places(), permeance, coldest_c)


def certainty(tests: pd.DataFrame) -> Answers:
    """How far the square loop is off what makers print, and what magnets are said to cost.

    Args:
        tests: as from :func:`rareearth.validation.pathways.magnet_properties`.
    """
    tests = tests.set_index("quantity")
    rated = tests[tests.index.str.startswith("Highest working")]
    prices = data.table("magnet_prices")
    neodymium = prices[prices["material"].str.contains("NdFeB")]
    iron = prices[prices["material"] == "Ferrite"].iloc[0]
    answers = Answers()
    for name, material, template in (
        ("test-nd", "NdFeB", "{:.0f}%"),
        ("test-ferrite", "Ferrite", "{:.1f}%"),
        ("test-alnico", "AlNiCo", "{:.0f}%"),
    ):
        row = tests.loc[f"Largest energy product of {material}"]
        answers.add(name, abs(row["error_pct"]), template, sources=row)
    error = rated["error_pct"]
    answers.add("test-limit", f"{error.min():.0f} to {error.max():.0f}%", sources=rated)
    low, high = iron["usd_per_kg_low"], iron["usd_per_kg_high"]
    answers.add("price-ferrite", f"{low:.0f} to {high:.0f} dollars", sources=iron, kind="estimate")
    low, high = neodymium["usd_per_kg_low"].min(), neodymium["usd_per_kg_high"].max()
    answers.add("price-nd", f"{low:.0f} to {high:.0f}", sources=neodymium, kind="estimate")
    return answers


def _sound() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows that theory allows, both samarium-cobalts as one material; and those it does not."""
    table = materials()
    impossible = substitution.beyond_theory(table, ROUNDING)
    sound = table[~impossible].replace({"material": {"SmCo5": "SmCo", "Sm2Co17": "SmCo"}})
    return sound, table[impossible]


def _places() -> pd.DataFrame:
    """Uses of magnets, with the magnet that each uses now."""
    places = data.table("magnet_uses").astype({"kind": str})
    return places.assign(reference="NdFeB " + places["reference_grade"])


def _printed(rows: pd.DataFrame) -> pd.DataFrame:
    """One value for each property of a row: the middle, for coercivity the guaranteed one."""
    middle = {name: rows[[f"{name}_low", f"{name}_high"]].mean(axis=1) for name in RANGED}
    guaranteed = rows["hcj_ka_m_low"].fillna(rows["hcj_ka_m_high"])
    return rows.assign(**middle, hcj_ka_m=guaranteed, limit_c=rows["limit_c_low"])[list(PROPERTIES)]
