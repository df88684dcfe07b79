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
    "Ferrite": "Ferrite, as sold",
    "Ferrite with cobalt": "Ferrite with cobalt (lab)",
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

SAME_PHASE = {"Ferrite with cobalt": "Ferrite"}
"""Magnets that take coefficients, density and limit from another grade of the same phase."""

FREE = {
    "Ferrite": "Ferrite",
    "AlNiCo": "AlNiCo",
    "MnBi": "Manganese-bismuth",
    "MnAl": "Manganese-aluminium",
    "Fe16N2": "Iron nitride",
    "FeNi": "Iron-nickel",
}
"""Materials without rare earths, and their names."""

WHOLE, AT_MOST, ALONE = "whole", "at most", "energy alone"
"""What is known of a sample: all three values are printed and agree; its energy product is not
printed and is taken at the most that its remanence and coercivity allow; only the energy product
is printed."""

PARTIAL = "energy alone"
"""Stage of a laboratory value that belongs to no sample with remanence and coercivity."""

ENERGY = "{:.0f} kJ/m³"


def assumed() -> pd.DataFrame:
    """The assumptions of the chapter, with their sources."""
    return assumptions.used_by("magnets")


def materials() -> pd.DataFrame:
    """The table of materials, with plain words instead of categories."""
    return data.table("magnet_materials").astype(
        {"stage": str, "body": str, "form": str, "kind": str}
    )


def recoil() -> float:
    """Relative recoil permeability: median of what makers print."""
    return float(materials()["mu_rec"].median())


def candidates() -> pd.DataFrame:
    """The magnets that are compared use by use, with one value for each property.

    The table says which row each property is taken from (``compared_as``, ``compared_for``).
    Ranges become their middle, coercivity its guaranteed value, and a coefficient that nobody
    prints is zero. All values of a magnet belong to one sample or one grade, apart from
    coefficients, density and limit. For MnBi only energy products are printed: its remanence and
    coercivity are the least that allow the energy product, and its coefficient follows from the one
    at 400 K. For the compact of Fe16N2 no energy product is printed: the most that its remanence
    and coercivity allow is taken.

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
    most = substitution.energy_product(magnets["br_t"], magnets["hcj_ka_m"], mu_rec)
    magnets["bhmax_kj_m3"] = magnets["bhmax_kj_m3"].fillna(pd.Series(most, magnets.index))
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
    places = magnets.reset_index().set_index("label")["index"]
    for label, other in SAME_PHASE.items():
        own, like = magnets.loc[places[label]], magnets.loc[places[other]]
        kept = ["label", "br_t", "hcj_ka_m", "bhmax_kj_m3", "source"]
        magnets.loc[places[label]] = own.where(own.index.isin(kept), like)
    coefficients = ["alpha_br_pct_per_k", "beta_hcj_pct_per_k"]
    magnets[coefficients] = magnets[coefficients].fillna(0.0)
    sintered = table[(table["material"] == "NdFeB") & table["grade"].str.contains("sintered")]
    neodymium = magnets["label"].str.startswith("NdFeB") & magnets["density_g_cm3"].isna()
    magnets.loc[neodymium, "density_g_cm3"] = sintered["density_g_cm3_low"].median()
    return magnets[["label", *PROPERTIES, "source"]].assign(mu_rec=mu_rec)


def samples() -> pd.DataFrame:
    """Rows that can be true of one sample, with the energy product by one rule for all materials.

    A sample counts with the energy product that is printed for it, if its remanence and
    coercivity are printed too and allow it. A body from a laboratory without a printed energy
    product counts with the most that its remanence and coercivity allow. An energy product alone
    is kept apart. Classes of grades are no sample; rows that contradict themselves are left out.

    Returns:
        The table of materials, both samarium-cobalts as one, with ``high_kj_m3`` and ``evidence``
        (of whole, at most, energy alone; missing if there is neither).
    """
    table, _ = _sound()
    table = table[table["form"] != "class"]
    energy = table["bhmax_kj_m3_high"].fillna(table["bhmax_kj_m3_low"])
    hard = table[["hcj_ka_m_high", "hcj_ka_m_low", "hcb_ka_m"]].notna().any(axis=1)
    paired = table["br_t_high"].notna() & hard
    bound = substitution.energy_allowed(table["br_t_high"], table["hcj_ka_m_high"])
    computed = pd.Series(bound, table.index).where(
        paired & energy.isna() & (table["stage"] == "laboratory")
    )
    evidence = pd.Series(np.nan, table.index, dtype=object)
    evidence[energy.notna()] = np.where(paired[energy.notna()], WHOLE, ALONE)
    evidence[computed.notna()] = AT_MOST
    return table.assign(high_kj_m3=energy.fillna(computed), evidence=evidence)


def ladder() -> tuple[pd.DataFrame, Answers]:
    """Largest energy product of each material by stage: theory, claim, laboratory, product.

    One rule for all, see :func:`samples`; a laboratory counts where it beats what is sold; a limit
    that nobody prints is computed from the saturation of the phase.

    Returns:
        ``material``, ``stage`` (also :data:`PARTIAL`), ``body``, ``form``, ``grade``,
        ``evidence``, ``high_kj_m3``, ``kind``, ``source``, ``locator``, ``seen``, ``note``, in the
        order of :data:`MATERIALS`; and the answers.
    """
    _, impossible = _sound()
    sound = samples()
    printed = sound.groupby(["material", "stage"])["bhmax_kj_m3_high"].transform("count") > 0
    limit = pd.Series(substitution.energy_product(sound["js_t"]), sound.index).mask(printed)
    sound["high_kj_m3"] = sound["high_kj_m3"].fillna(limit)
    sold = (sound["stage"] != "product") | (sound["body"] == "magnet")
    sound = sound[sound["high_kj_m3"].notna() & sold & sound["material"].isin(MATERIALS)]
    alone = (sound["stage"] == "laboratory") & (sound["evidence"] == ALONE)
    sound["stage"] = sound["stage"].mask(alone, PARTIAL)
    whole = sound["evidence"].eq(WHOLE)
    known = whole.groupby([sound["material"], sound["stage"]]).transform("any")
    sound = sound[whole | ~known]
    best = sound.loc[sound.groupby(["material", "stage"])["high_kj_m3"].idxmax()]
    made = best[best["stage"] == "product"].set_index("material")["high_kj_m3"]
    tried = best["stage"].isin(["laboratory", PARTIAL])
    best = best[~(tried & (best["high_kj_m3"] < best["material"].map(made)))]
    shown = best[best["stage"] == "laboratory"].set_index("material")["high_kj_m3"]
    below = best["high_kj_m3"] < best["material"].map(shown)
    best = best[~(best["stage"].eq(PARTIAL) & below)]
    best = best.sort_values("material", key=lambda names: names.map(MATERIALS.index))
    steps = best[
        [
            *("material", "stage", "body", "form", "grade", "evidence", "high_kj_m3"),
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
        ("ferrite-lab", ("Ferrite", "laboratory"), "reported"),
        ("mnbi-lab", ("MnBi", PARTIAL), "reported"),
    ):
        answers.add(name, value[place], ENERGY, kind=kind)
    answers.add("fen-theory", value["Fe16N2", "theory"], "{:,.0f} kJ/m³", kind="estimate")
    answers.quote("fen-lab", of.loc[("Fe16N2", PARTIAL)], "high_kj_m3", ENERGY)
    answers.add(
        "fen-sample", value["Fe16N2", "laboratory"], ENERGY, kind="derived",
        sources=of.loc[("Fe16N2", "laboratory")],
    )  # fmt: skip
    answers.quote("fen-claim", of.loc[("Fe16N2", "claim")], "high_kj_m3", ENERGY)
    answers.quote("feni-theory", of.loc[("FeNi", "theory")], "high_kj_m3", ENERGY)
    gap = value["Fe16N2", "theory"] / value["Fe16N2", PARTIAL]
    answers.add("fen-gap", gap, "{:.1f}")
    answers.add("fen-film-share", 100 / gap, "{:.0f}%")
    share = 100 * value["NdFeB", "product"] / value["NdFeB", "theory"]
    answers.add("nd-theory-share", share, "{:.0f}%")
    answers.add("impossible-rows", len(impossible), "{}", sources=impossible)
    return steps, answers


def evidence() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Magnets without rare earths by one rule: what is sold, the best sample, coercivity by form.

    Returns:
        The table for readers; and the rows behind it, with ``what``.
    """
    found = samples()
    found = found[found["material"].isin(FREE)]
    rows, picked = [], []
    for material, name in FREE.items():
        own = found[
            (found["material"] == material) & found["stage"].isin(["product", "laboratory"])
        ]
        row = {"Magnet": name}
        for stage, what in (("product", "Sold"), ("laboratory", "Best sample in print")):
            known = own[(own["stage"] == stage) & own["evidence"].isin([WHOLE, AT_MOST])]
            row[what] = "none found"
            if not known.empty:
                best = known.loc[known["high_kj_m3"].idxmax()]
                row[what] = _in_words(best)
                picked.append(best.to_frame().T.assign(what=what))
            elif (part := own[(own["stage"] == stage) & own["high_kj_m3"].notna()]).size:
                best = part.loc[part["high_kj_m3"].idxmax()]
                row[what] = f"{best['form']}: {best['high_kj_m3']:.0f} kJ/m³, no more printed"
                picked.append(best.to_frame().T.assign(what=what))
        hard = own.assign(hcj=own["hcj_ka_m_high"].fillna(own["hcj_ka_m_low"])).dropna(subset="hcj")
        top = hard.loc[hard.groupby("form")["hcj"].idxmax()].sort_values("hcj")
        row["Highest coercivity, kA/m"] = (
            ", ".join(f"{r.form} {r.hcj:.3g}" for r in top.itertuples()) or "not printed"
        )
        picked.append(top.assign(what="Highest coercivity"))
        rows.append(row)
    behind = pd.concat(picked, ignore_index=True)
    kept = ("br_t_high", "hcj_ka_m_low", "hcj_ka_m_high", "hcb_ka_m", "high_kj_m3")
    names = ("material", "what", "grade", "form", "evidence")
    return pd.DataFrame(rows), behind[[*names, *kept, "kind", "source", "locator", "seen", "note"]]


def _in_words(sample: pd.Series) -> str:
    hard = sample[["hcj_ka_m_high", "hcj_ka_m_low", "hcb_ka_m"]].dropna().iloc[0]
    most = "at most " if sample["evidence"] == AT_MOST else ""
    return (
        f"{sample['form']}: {most}{sample['high_kj_m3']:.0f} kJ/m³ "
        f"({most}{sample['br_t_high']:.2f} T, {hard:.3g} kA/m)"
    )


def coercivity(ranges: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Energy product and coercivity of magnets, and the coercivity that a circuit asks for.

    Args:
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``material``, ``grade``, ``stage``, ``hcj_ka_m``, ``bhmax_kj_m3``, ``source`` of grades on
        sale and of three from laboratories; ``bhmax_kj_m3`` and ``hcj_ka_m`` needed; and the
        answers.
    """
    permeance, mu_rec, magnets = ranges.loc["load_line_permeance", "mode"], recoil(), candidates()
    sound, _ = _sound()
    shown = sound[(sound["body"] == "magnet") & (sound["stage"] == "product")]
    shown = shown[shown["form"] != "class"]
    shown = shown.rename(columns={"hcj_ka_m_low": "hcj_ka_m", "bhmax_kj_m3_high": "bhmax_kj_m3"})
    shown = shown.dropna(subset=["hcj_ka_m", "bhmax_kj_m3"])
    lab = magnets[magnets["label"].isin(["Fe16N2", "MnBi", *SAME_PHASE])]
    lab = lab.assign(material=lab["label"].replace(SAME_PHASE))
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
    nitrides = table[table["material"] == "Fe16N2"]
    sample = nitrides[nitrides["compared_as"].eq("Fe16N2") & nitrides["br_t_high"].notna()].iloc[0]
    compact = nitrides[nitrides["form"].eq("compact") & nitrides["kind"].eq("reported")].iloc[0]
    powder = nitrides[nitrides["form"].eq("powder") & nitrides["stage"].eq("laboratory")]
    powder = powder.loc[powder["hcj_ka_m_high"].idxmax()]
    patent = nitrides[nitrides["form"].eq("powder") & nitrides["stage"].eq("claim")].iloc[0]
    hoped = nitrides[nitrides["stage"].eq("claim") & nitrides["br_t_high"].notna()].iloc[0]
    answers = Answers(sources=[own, sample])
    answers.quote("fen-hcj", compact, "hcj_ka_m_high", "{:.1f} kA/m")
    answers.quote("fen-powder", powder, "hcj_ka_m_high", "{:.0f} kA/m")
    answers.quote("fen-patent", patent, "hcj_ka_m_low", "{:.0f} kA/m")
    answers.add("fen-needed", load, "{:.0f} kA/m")
    bears = [own, sample, compact]
    answers.add("fen-short", load / nitride["hcj_ka_m"], "{:.1f} times", sources=bears)
    answers.add("fen-share", 100 * nitride["hcj_ka_m"] / load, "{:.0f}%", sources=bears)
    expected = (hoped["br_t_low"] + hoped["br_t_high"]) / 2
    answers.add("fen-br", expected, "{:.2f} T", sources=hoped, kind=hoped["kind"])
    asked = float(substitution.opposing_field(expected, permeance, mu_rec))
    answers.add("fen-needed-claim", asked, "{:.0f} kA/m", sources=[own, hoped])
    answers.add("fen-br-sample", nitride["br_t"], "{:.2f} T", sources=sample, kind="derived")
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
    ferrite, cobalt, mild = (
        of.xs(label, level="label") for label in ("Ferrite", "Ferrite with cobalt", "MnBi")
    )
    own = assumed()
    answers = Answers(sources=[magnets, places])
    for name, ratios in (
        ("ferrite-volume-range", ferrite["volume_ratio"]),
        ("ferrite-mass-range", ferrite["mass_ratio"]),
        ("cobalt-volume-range", cobalt["volume_ratio"]),
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
    """Rows that agree with themselves, samarium-cobalts as one material; and those that do not."""
    table = materials()
    impossible = substitution.inconsistencies(table, ROUNDING) != ""
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
