"""What proteins and solvents tell apart, how many stages that takes, and what it replaces."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth import data, uncertainty
from rareearth.analysis.proteins.rows import (
    COLUMN,
    assumed,
    concentrate,
    ligand,
    noted,
    sources,
    span,
)
from rareearth.answers import Answers, listing
from rareearth.models import separation

PURITY = {"light_purity": 0.999, "heavy_purity": 0.9999}
"""Mole fractions at the two ends of a cut between two elements."""

PAIRS = {
    "Dy/Nd": ("Dy/Nd", "Nd/Dy"),
    "Dy/Gd (two apart)": ("Dy/Gd",),
    "Y/Dy": ("Y/Dy",),
    "Sm/Nd (two apart)": ("Sm/Nd",),
    "Ce/La": ("Ce/La",),
    "Pr/Ce": ("Pr/Ce",),
    "Nd/Pr": ("Nd/Pr",),
    "Ho/Dy": ("Ho/Dy",),
}
"""Pairs that are compared, easiest first, and how tables write them."""

BASKET = ("La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb", "Dy", "Y")
"""Elements of a clay that are parted, lightest first; yttrium behaves like a heavy one."""

PURITY_EACH = 0.999
"""Purity of the neighbours at each cut, if every element is sold alone."""

PURITY_SOLD = 0.995
"""Purity in which most oxides are sold, as the prices are quoted (99.5 percent)."""

SLATE = "American needs"
"""What a plant for American needs would sell, in the table of slates."""


def thresholds() -> tuple[pd.DataFrame, Answers]:
    """Acidity at which lanmodulin binds and lets go, and what a column of it has done.

    Returns:
        ``step`` (binds, half, lets go), ``ph``, ``source``; and the answers.
    """
    binds, off = ligand(COLUMN, "ph_min_binding"), ligand(COLUMN, "ph_desorption_max")
    half = float(noted(binds["note"], r"halved at pH ([\d.]+)"))
    steps = pd.DataFrame(
        {"step": ["binds", "half", "lets go"], "ph": [binds["value"], half, off["value"]]}
    ).assign(source=binds["source"])
    answers = Answers()
    answers.quote("ph-binds", binds, "value", "{:.1f}")
    answers.quote("ph-off", off, "value", "{:.1f}")
    answers.add("ph-half", half, "{:.1f}", sources=binds, kind="reported")
    answers.quote("dong-enrichment", ligand(COLUMN, "enrichment_fold"), "value", "{:,.0f}-fold")
    answers.quote("dong-purity", concentrate(), "value", "{:.0f}%")
    return steps, answers


def selectivities() -> tuple[pd.DataFrame, Answers]:
    """What proteins and solvents prefer by how much: rare earths as a group, and one by one.

    Returns:
        ``group``, ``label``, ``family``, ``low_ratio``, ``high_ratio`` (equal for one value),
        ``source``; and the answers.
    """
    factors = data.table("separation_factors").astype({"family": str, "pair_type": str})
    protein = factors[factors["family"] == "protein"]
    calcium = ligand("Mex-LanM", "selectivity_fold", "Ln/Ca")
    ends = ligand("Mex-LanM", "selectivity_fold", "light REE/heavy REE")
    column, stage = (
        ligand(name, "purification_factor_vs_base_metals") for name in (COLUMN, "DEHPA")
    )
    hans = protein[protein["ligand"].str.startswith("Hans-LanM")]
    neighbours = protein[protein["pair_type"] == "adjacent"]
    mean = protein[protein["pair_type"] == "adjacent (average)"].iloc[0]
    solvents = _solvent_neighbours()
    metals, series, solvent = "Against other metals", "Inside the series", "solvent extractant"
    compared = [
        (metals, "Lanmodulin, over calcium", "protein", calcium),
        (metals, "Lanmodulin column, over base metals", "protein", column),
        (metals, "D2EHPA, one stage, over base metals", solvent, stage),
        (series, "Hans-lanmodulin, Nd over Dy", "protein", hans),
        (series, "Al-lanmodulin, neighbours (mean)", "protein", mean),
        (series, "LanD, neighbours", "protein", neighbours),
        (series, "Solvents, neighbours", solvent, solvents),
    ]
    points = pd.DataFrame(
        [(*words, *span(rows), sources(rows)) for *words, rows in compared],
        columns=["group", "label", "family", "low_ratio", "high_ratio", "source"],
    )
    answers = Answers(kind="reported")
    answers.add("calcium-fold", calcium["value"] / 1e6, "{:.0f} million", sources=calcium)
    for name, rows, digits in (
        ("protein-neighbours", neighbours, ".1f"),
        ("solvent-neighbours", solvents, ".1f"),
        ("hans-band", hans, ".1f"),
        ("column-metals", column, ",.0f"),
        ("stage-metals", stage, ",.0f"),
    ):
        low, high = span(rows)
        answers.add(name, f"{low:{digits}} to {high:{digits}}", sources=rows)
    answers.quote("choi-purity", ligand("tandem dimers", "product_purity"), "low", "{:.0f}%")
    answers.quote("fivefold", ends, "value", "{:.0f} to one")
    answers.quote("al-mean", mean, "factor", "{:.1f}")
    return points, answers


def usual_band() -> tuple[float, float]:
    """Range of separation factors that is printed for neighbours with solvents."""
    return span(_solvent_neighbours())


def stages(drawn: pd.DataFrame, ranges: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Stages that a separation factor needs: least possible, and in a real cascade.

    Args:
        drawn: draws of the assumptions, with ``reflux_multiple``.
        ranges: their ranges, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        One row per ligand and pair, hardest first: ``label``, ``family``, ``factor_ratio``,
        ``least_stages``, ``low_stages``, ``median_stages``, ``high_stages``, ``design_stages`` (a
        published design of the same duty) and ``source``; and the answers.
    """
    known = data.table("separation_factors").dropna(subset="label").astype({"family": str})
    known = known.rename(columns={"factor": "factor_ratio"})
    low, _ = usual_band()
    solvents = pd.DataFrame(
        {
            "label": ["Neighbours, solvent, low end", "Neighbours, solvent, factor of 2"],
            "factor_ratio": [low, 2.0],
            "family": "solvent extractant",
            "source": sources(_solvent_neighbours()),
        }
    )
    counts = pd.concat([known, solvents])[["label", "family", "factor_ratio", "source"]]
    counts = counts.sort_values("factor_ratio", ignore_index=True)
    counts.insert(3, "least_stages", separation.minimum_stages(counts["factor_ratio"], **PURITY))
    runs = separation.stages_at_reflux(
        counts["factor_ratio"].to_numpy()[:, None],
        heavy_share=0.5,
        reflux_multiple=drawn["reflux_multiple"].to_numpy(),
        **PURITY,
    )
    spread = uncertainty.band(runs)
    for place, end in enumerate(spread, start=4):
        counts.insert(place, f"{end}_stages", spread[end])
    designs = data.table("stage_counts")
    design = designs[designs["case"] == "cascade design example, binary equimolar"].iloc[0]
    same = counts["factor_ratio"] == design["separation_factor"]
    counts.insert(7, "design_stages", design["stages_design"] * same.where(same))
    answers = Answers(sources=counts)
    median = counts.set_index("label")["median_stages"]
    for name, label in {
        "stages-land": "Nd/Pr, LanD protein",
        "stages-low": "Neighbours, solvent, low end",
        "stages-two": "Neighbours, solvent, factor of 2",
        "stages-al": "Neighbours, Al-lanmodulin (mean)",
        "stages-hans": "Nd/Dy, Hans-lanmodulin R100K",
        "stages-dehpa": "Dy/Nd, D2EHPA",
    }.items():
        answers.add(name, median[label], "{:.0f}")
    answers.quote("stages-design", design, "stages_design", "{:.0f}")
    pairs = counts.set_index("label")[["least_stages", "median_stages"]].apply(tuple, axis=1)
    answers.add("stages-list", listing(pairs, "{} {:.0f} and {:.0f}", "; "))
    answers.add("purity-light", 100 * PURITY["light_purity"], "{:.1f}%")
    answers.add("purity-heavy", 100 * PURITY["heavy_purity"], "{:.2f}%")
    reflux = ranges.loc["reflux_multiple", ["low", "high"]]
    answers.add("reflux-range", "{:g} to {:g}".format(*reflux), sources=assumed())
    return counts, answers


def hard_pairs() -> tuple[pd.DataFrame, Answers]:
    """Separation factors by pair and family of ligands, over extractants, acidities and studies.

    Returns:
        ``pair``, ``family``, ``low_ratio``, ``high_ratio``, ``source``; and the answers.
    """
    factors = data.table("separation_factors").astype({"family": str})
    # Fits of praseodymium go astray above pH 1.5 and in dilute liquor: flagged in the table.
    flagged = factors["note"].str.contains("fit error", na=False) | (
        factors["note"].str.contains("fit artefact", na=False) & (factors["ph"] > 1.5)
    )
    factors = factors[~flagged & (factors["family"] != "other route")]
    called = {written: label for label, names in PAIRS.items() for written in names}
    factors = factors.assign(pair=factors["pair"].map(called)).dropna(subset="pair")
    pairs = factors.groupby(["pair", "family"])
    pairs = pairs.agg(
        low_ratio=("factor", "min"),
        high_ratio=("factor", "max"),
        source=("source", lambda keys: ";".join(sorted(set(keys)))),
    )
    order = [(pair, family) for pair in PAIRS for family in ("solvent extractant", "protein")]
    pairs = pairs.loc[[key for key in order if key in pairs.index]].reset_index()
    answers = Answers()
    at = pairs.set_index(["pair", "family"])
    for name, pair, template in (
        ("dehpa-dynd", "Dy/Nd", "{:.0f} to {:.0f}"),
        ("ho-dy", "Ho/Dy", "{:.1f} to {:.1f}"),
        ("nd-pr-solvent", "Nd/Pr", "{:.1f} to {:.1f}"),
        ("sm-nd", "Sm/Nd (two apart)", "{:.1f} to {:.0f}"),
    ):
        row = at.loc[pair, "solvent extractant"]
        answers.add(name, template.format(row["low_ratio"], row["high_ratio"]), sources=row)
    protein = at.loc["Nd/Pr", "protein"]
    answers.add("nd-pr-protein", protein["low_ratio"], "{:.1f}", sources=protein, kind="reported")
    spans = {f"{r.pair}, {r.family}": (r.low_ratio, r.high_ratio) for r in pairs.itertuples()}
    answers.add("pairs-list", listing(spans, "{}: {:.1f} to {:.1f}", "; "), sources=pairs)
    return pairs, answers


def cascade() -> tuple[pd.DataFrame, Answers]:
    """A short cascade that cuts samarium off praseodymium and neodymium, stage by stage.

    Returns:
        ``stage``, ``section`` (extraction, scrub, strip), ``element``, ``aqueous_share`` (of the
        feed's concentration) and ``source``; and the answers.
    """
    fits = data.table("distribution_fits").query(
        "usable and extractant == 'P507' and extractant_vol_pct == 10"
    )
    fits = fits.set_index("element").loc[["Pr", "Nd", "Sm"]]
    slope, intercept = fits["slope_logd_per_ph"], fits["intercept_logd"]
    loading, stripping = (separation.distribution_ratio(ph, slope, intercept) for ph in (1.5, 0.0))
    sections = {"extraction": 9, "scrub": 3, "strip": 2}
    state = separation.cascade(
        np.full(3, 1 / 3), loading, **{f"{name}_stages": n for name, n in sections.items()},
        solvent=1.0, scrub=0.5, strip=0.3, strip_distribution=stripping,
    )  # fmt: skip
    profile = pd.DataFrame(3 * state.aqueous, columns=list(fits.index))
    profile.insert(0, "stage", np.arange(1, len(profile) + 1))
    profile.insert(1, "section", np.repeat(list(sections), list(sections.values())))
    profile = profile.melt(
        ["stage", "section"], var_name="element", value_name="aqueous_share"
    ).assign(source=sources(fits))
    answers = Answers(sources=fits)
    purity, recovery = 100 * separation.purity(state.product)[2], 300 * state.product[2]
    answers.add("cut-factor", loading[2] / loading[1], "{:.0f}")
    answers.add("cut-purity", purity, "{:.1f}%")
    answers.add("cut-recovery", recovery, "{:.1f}%")
    answers.add("cut-exact", f"{purity:.2f} percent, recovery {recovery:.2f} percent")
    answers.add("cut-stages", sum(sections.values()), "{}")
    return profile, answers


def flowsheets(drawn: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Stages of three flowsheets, of which proteins do nothing, the front end, or all.

    Front end: what lifts a liquor like that of ash to a concentrate; one column run for the
    protein, as measured, for the solvent stages of the printed purification factor, rounded up.

    Args:
        drawn: draws of the assumptions.

    Returns:
        ``flowsheet``, ``part`` (front end, cascade), ``ligand``, ``low_count``, ``median_count``,
        ``high_count``, ``source``; and the answers.
    """
    solvent, protein = (
        cascade_stages(drawn[f"neighbour_factor_{name}"], drawn["reflux_multiple"], SLATE)
        for name in ("solvent", "protein")
    )
    product = concentrate()
    liquors = data.table("ligands")["feedstock"].astype(str)
    grade_in = liquors.str.extract(r"leachate ([\d.]+) mol% REE")[0].dropna().astype(float).iloc[0]
    needed = _odds(product["value"]) / _odds(grade_in)
    front, used = {}, {}
    for family, name in (("solvent extractant", "DEHPA"), ("protein", COLUMN)):
        row = used[family] = ligand(name, "purification_factor_vs_base_metals")
        factors = np.array([row["high"], np.sqrt(row["low"] * row["high"]), row["low"]])
        front[family] = np.ceil(np.log(needed) / np.log(factors))
    front["protein"][:2] = 1  # measured: one run of one column
    spread = uncertainty.band(np.stack([solvent, protein])).to_numpy()
    stages = dict(zip(("solvent extractant", "protein"), spread, strict=True))
    sheets = pd.DataFrame(
        [
            (name, part, ligand, *found[ligand])
            for name, first, then in (
                ("Solvent throughout", "solvent extractant", "solvent extractant"),
                ("Protein in front", "protein", "solvent extractant"),
                ("Protein throughout", "protein", "protein"),
            )
            for part, ligand, found in (("front end", first, front), ("cascade", then, stages))
        ],
        columns=["flowsheet", "part", "ligand", "low_count", "median_count", "high_count"],
    )
    sheets["source"] = sources(pd.DataFrame(used.values()))
    answers = Answers(sources=assumed())
    answers.add("cascade-solvent", solvent, "{:.0f}")
    answers.add("cascade-protein", protein, "{:.0f}")
    answers.add("cascade-ratio", protein / solvent, "{:.1f}", band="{:.1f} to {:.1f}")
    answers.add("front-needed", round(needed, -3), "{:,.0f}", sources=product)
    for family, row in used.items():
        answers.add(f"front-{family.split()[0]}", front[family][1], "{:.0f}", sources=row)
    answers.add("grade-in", grade_in, "{:.3f} mol%", sources=product)
    answers.add("grade-out", product["value"], "{:.0f} mol%", sources=product)
    answers.add("purity-sold", 100 * PURITY_SOLD, "{:.1f}%")
    counts = {
        f"{r.flowsheet}, {r.part}": (r.median_count, r.low_count, r.high_count)
        for r in sheets.itertuples()
    }
    answers.add("sheets-list", listing(counts, "{}: {:.0f}, from {:.0f} to {:.0f}", "; "))
    return sheets, answers


def _solvent_neighbours() -> pd.DataFrame:
    factors = data.table("separation_factors").astype({"kind": str})
    return factors[factors["ligand"] == "D2EHPA with lactic acid"]


def _odds(percent: float) -> float:
    return percent / (100 - percent)


def slates(drawn: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Cuts and stages by what a plant sells: every element alone, what America needs, two groups.

    Args:
        drawn: draws of the assumptions.

    Returns:
        ``slate``, ``family``, ``cuts``, ``low_stages``, ``median_stages``, ``high_stages``,
        ``source``; and the answers.
    """
    table = data.table("product_slates").astype({"slate": str})
    rows, counted = [], {}
    for slate, products in table.groupby("slate", sort=False):
        for family in ("solvent extractant", "protein"):
            factor = drawn[f"neighbour_factor_{family.split()[0]}"]
            stages = cascade_stages(factor, drawn["reflux_multiple"], slate)
            counted[slate, family] = stages
            spread = uncertainty.band(stages).iloc[0]
            rows.append((slate, family, len(products) - 1, *spread, sources(products)))
    names = ["low_stages", "median_stages", "high_stages"]
    shown = pd.DataFrame(rows, columns=["slate", "family", "cuts", *names, "source"])
    answers = Answers(sources=[assumed(), table])
    cuts = shown.drop_duplicates("slate").set_index("slate")["cuts"]
    every, groups = "Every element", "Two groups"
    answers.add("cuts-every", int(cuts[every]), "{}")
    answers.add("cuts-slate", int(cuts[SLATE]), "{}")
    solvent = {slate: counted[slate, "solvent extractant"] for slate in cuts.index}
    answers.add("stages-every", solvent[every], "{:.0f}")
    answers.add("stages-groups", solvent[groups], "{:.0f}")
    saved = 100 * (1 - solvent[SLATE] / solvent[every])
    answers.add("slate-saves", saved, "{:.0f}%")
    answers.add("purity-each", 100 * PURITY_EACH, "{:.1f}%")
    products = table[table["slate"] == SLATE]["product"]
    answers.add("slate-list", ", ".join(products), kind="estimate", sources=table)
    spans = {
        f"{r.slate}, {r.family}": (r.median_stages, r.low_stages, r.high_stages)
        for r in shown.itertuples()
    }
    answers.add("slates-list", listing(spans, "{}: {:.0f}, from {:.0f} to {:.0f}", "; "))
    return shown, answers


def cascade_stages(factor: ArrayLike, reflux: ArrayLike, slate: str = SLATE) -> np.ndarray:
    """Stages of a cascade that parts the clay basket, all neighbours with one factor.

    Args:
        factor: separation factor of neighbours, above 1.
        reflux: reflux over the least.
        slate: what is sold, of the table ``product_slates``; every element alone is cut to
            :data:`PURITY_EACH`, all else to :data:`PURITY_SOLD`.
    """
    mix = data.table("deposit_mix").query("deposit == 'Xinfeng clay'").set_index("element")
    shares = mix["share_of_treo_pct"].astype(float)[list(BASKET)]
    table = data.table("product_slates").astype({"slate": str})
    products = [row.split(";") for row in table[table["slate"] == slate]["elements"]]
    purity = PURITY_EACH if len(products) == len(BASKET) else PURITY_SOLD
    return separation.total_stages(shares, factor, purity, reflux, products)
