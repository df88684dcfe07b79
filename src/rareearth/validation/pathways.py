"""The models against published results: what a study printed, what the model here gives, and why.

Nothing is fitted to these results. Where a study's own inputs are public, they are used.
Results on magnets in use and in waste are in :mod:`rareearth.validation.stocks`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import assumptions, data, scenarios
from rareearth.analysis import proteins
from rareearth.models import columns, separation, substitution
from rareearth.validation import compare, stocks


def published() -> pd.DataFrame:
    """Every published result that the pathway models are set against.

    Returns:
        As :func:`rareearth.validation.compare` gives them.
    """
    parts = [stage_counts(), extraction_costs(), magnet_properties(), stocks.magnets_in_use()]
    return pd.concat(parts, ignore_index=True)


def stage_counts() -> pd.DataFrame:
    """Printed stage counts of a pair against the cascade model.

    Returns:
        One comparison per printed count.
    """
    reflux = _central()["reflux_multiple"].item()
    counts = data.table("stage_counts")
    printed = counts[counts["separation_factor"].notna()]
    rows = []
    for _, case in printed.iterrows():
        factor, purity = case["separation_factor"], case["purity_target_pct"] / 100
        # The printed design makes its other end ten times as pure.
        other = 1 - (1 - purity) / 10 if case["stages_design"] > 0 else purity
        least = separation.minimum_stages(factor, purity, other)
        counted = [("least stages", case["stages_min"], least, "Printed as a whole number.")]
        if case["stages_design"] > 0:
            real = separation.stages_at_reflux(factor, purity, other, 0.5, reflux).item()
            reason = "The design's reflux is not printed; ours is an assumption."
            counted.append(("stages of a design", case["stages_design"], real, reason))
        rows += [
            (
                "Draft book on rare-earth separations",
                f"{case['case']}, factor {case['separation_factor']:g}: {what}",
                "stages", float(value), float(own), reason, case["source"],
            )
            for what, value, own, reason in counted
        ]  # fmt: skip
    return _against(rows)


def extraction_costs() -> pd.DataFrame:
    """Published costs of extraction from waste against the cost model.

    Returns:
        One comparison per result.
    """
    costs, central = data.table("bio_costs"), _central()

    def printed(study: str, metric: str) -> float:
        row = costs[costs["study"].str.startswith(study) & costs["metric"].str.contains(metric)]
        return row["value"].iloc[0]

    feeds = data.table("bio_feeds")

    def said(feed: str, quantity: str) -> tuple[float, float]:
        rows = feeds[(feeds["feed"] == feed) & feeds["quantity"].str.startswith(quantity)]
        row = rows.iloc[0]
        return (row["low"], row["high"]) if np.isnan(row["value"]) else (row["value"],) * 2

    base = data.table("adsorbent_scenarios").iloc[0]
    charge = columns.adsorbent(
        capacity_mol_per_l=base["capacity_mol_per_l"],
        protein_mmol_per_l=base["protein_density_mmol_per_l"],
        protein_g_per_mol=central["protein_molar_mass"].item(),
        protein_usd_per_g=base["protein_price_usd_per_g"],
        resin_usd_per_l=base["resin_price_usd_per_l"],
        load_h=base["cycle_time_h"],
        off_h=base["cycle_time_h"],
        hours_per_year=central["plant_hours_per_year"].item(),
        life_cycles=base["column_cycles_implied"],
        recovery=0.99,
    )
    gypsum = proteins.gypsum_parameters()
    runs = proteins.gypsum_plants(
        2000, 1, protein_density=gypsum.loc["protein_density", "baseline"]
    )
    long_lived = central.assign(adsorbent_life=base["column_cycles_implied"])
    ash = proteins.cost_parts(long_lived, "Coal ash").iloc[0]
    leach = ash[["feed handling", "acid and base", "plant capital", "labour and upkeep"]].sum()
    capture = ash[["adsorbent", "columns"]].sum()
    whole = leach + capture + ash["finishing"]
    rich = proteins.cost_parts(central, "Igneous gypsum", "solvent").iloc[0]
    running = rich.drop(proteins.CAPITAL).sum()
    row = proteins.wastes().loc["Igneous gypsum"]
    magnets = (central[row["ndpr"]] + central[row["dytb"]]).item()
    copy = "Shortened copy; the code's own Monte Carlo was not run."
    other = "Other sorbent, microbes instead of protein; our acid use is judgement."
    return _against(
        [
            (
                "REEPS (Smerigan 2024)", "First charge of the columns, base case",
                "USD per annual kg REO", base["adsorbent_capital_usd_per_annual_kg_reo"],
                float(charge.capital_usd), "Same formulas.", base["source"],
            ),
            (
                "Smerigan and Shi 2025", "Phosphogypsum: runs that earn the hurdle rate",
                "% of runs", printed("Smerigan", "IRR above"),
                100 * (runs["npv_musd"] > 0).mean(), copy, "smerigan_2025_est;reeps_2024",
            ),
            (
                "Smerigan and Shi 2025", "Phosphogypsum: least content at the smallest plant",
                "wt%", printed("Smerigan", "minimum viable REE"),
                proteins.least_viable_grade(gypsum.loc["plant_size", "low"]),
                copy + " Labour weighs more at small size.", "smerigan_2025_est;reeps_2024",
            ),
            (
                "Jin 2017", "Coal ash by biology, share of leaching", "% of cost",
                printed("Jin 2017", "feedstock preparation"), 100 * leach / whole, other,
                "jin_2017_biosorption_datagov",
            ),
            (
                "Jin 2017", "Coal ash by biology, share of capture", "% of cost",
                printed("Jin 2017", "share: biosorption"), 100 * capture / whole, other,
                "jin_2017_biosorption_datagov",
            ),
            (
                "Rainbow Rare Earths 2024", "Phalaborwa: operating cost", "USD per kg REO",
                printed("Phalaborwa", "^opex"), running,
                "Company estimate with ion exchange instead of solvent; ours adds a separate "
                "cascade for all of the oxides.", "miningmx_2024_rainbow",
            ),
            (
                "Rainbow Rare Earths 2024", "Phalaborwa: cost per kg of magnet oxides",
                "USD per kg", costs.set_index(["study", "metric"]).loc[
                    ("Phalaborwa phosphogypsum", "production cost"), "value"
                ].item(),
                running / magnets, "As above, over the magnet elements alone.", "fmp_2024_rainbow",
            ),
            (
                "Reedy 2024", "Coal ash: value of what can be extracted", "USD per kg",
                said("coal ash", "value of the oxides"),
                proteins.basket(central, "Coal ash").item(),
                "The range that the printed value and tonnes leave open, per kg of element; ours "
                "is per kg of oxide.", "reedy_2024_coalash",
            ),
            (
                "West Virginia University 2019", "Mine sludge: value of its rare earths",
                "USD per kg", said("mine-water sludge", "market value"),
                proteins.basket(central, "Mine-water sludge").item(),
                "Other elements and prices of 2019 are not printed; mine water is rich in heavy "
                "elements, which our one mix for wastes does not show.", "wvu_slides_2019",
            ),
            (
                "Dong 2021, as a draft book quotes it", "Lanmodulin column: bed volumes to "
                "breakthrough at 0.2 mmol per litre", "bed volumes", 24.0,
                columns.load(
                    2e-4, base["capacity_mol_per_l"], 30.0, central["bed_use"].item()
                ).bed_volumes.item(),
                "Same capacity; the part of the bed used is an assumption.",
                "reesep_openbook_2026",
            ),
        ]
    )  # fmt: skip


def _against(rows: list[tuple]) -> pd.DataFrame:
    names = ["study", "quantity", "unit", "published", "ours", "reason", "source"]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in rows])
    ends = [np.broadcast_to(value, 2) for value in frame.pop("published")]
    frame[["published_low", "published_high"]] = np.array(ends, dtype=float)
    return compare(frame, model="Bio-based extraction", kind="published result")


SQUARENESS = {
    "NdFeB": "The loop is nearly square.",
    "SmCo5": "The loop is nearly square.",
    "Sm2Co17": "The loop is nearly square.",
    "Ferrite": "The loop is nearly square, with a soft corner in the strongest grades.",
    "AlNiCo": "The loop is far from square; the model is an upper bound here.",
}
"""Materials whose printed energy products the square loop is set against, and why they differ."""


def magnet_properties() -> pd.DataFrame:
    """Printed properties of magnets against the square loop.

    Returns:
        One comparison per material, then one per temperature series: medians over their grades,
        of the errors too.
    """
    materials = data.table("magnet_materials").astype({"stage": str, "body": str})
    mu_rec, slender = materials["mu_rec"].median(), materials["length_over_diameter"].max()
    sold = materials[(materials["stage"] == "product") & (materials["body"] == "magnet")]
    printed = sold.dropna(subset=["br_t_high", "bhmax_kj_m3_high"])
    printed = printed[~printed["grade"].str.contains("bonded")]
    hcj = printed["hcj_ka_m_low"].fillna(printed["hcb_ka_m"]).fillna(np.inf)
    printed = printed.assign(
        printed=printed["bhmax_kj_m3_high"],
        ours=substitution.energy_product(printed["br_t_high"], hcj, mu_rec),
    )
    rows = [
        _grades(
            printed[printed["material"] == material],
            f"Largest energy product of {material}", "kJ/m3", reason,
        )
        for material, reason in SQUARENESS.items()
    ]  # fmt: skip
    rated = sold[sold["source"] == "arnold_ndfeb_catalog"].dropna(subset=["limit_c_high"])
    rated = rated.assign(
        br_t=rated["br_t_high"],
        hcj_ka_m=rated["hcj_ka_m_low"],
        mu_rec=mu_rec,
        printed=rated["limit_c_high"],
    )
    rated["ours"] = substitution.limit_temperature(rated, substitution.cylinder_permeance(slender))
    rows += [
        _grades(
            grades, f"Highest working temperature of NdFeB rated for {limit:.0f} C", "C",
            "Computed where the margin is gone, for the cylinder that makers refer to; they "
            "stop earlier and keep a reserve.",
        )
        for limit, grades in rated.groupby("limit_c_high")
    ]  # fmt: skip
    return compare(rows, model="Rare-earth-free magnets", kind="published result")


def _grades(grades: pd.DataFrame, quantity: str, unit: str, reason: str) -> dict:
    """Medians over grades of what is printed, of ours, and of the error."""
    return {
        "study": f"Makers' tables, {len(grades)} grades, median",
        "quantity": quantity,
        "unit": unit,
        "published": float(grades["printed"].median()),
        "ours": float(grades["ours"].median()),
        "error_pct": float(100 * (grades["ours"] / grades["printed"] - 1).median()),
        "reason": reason,
        "source": ";".join(sorted(grades["source"].unique())),
    }


def _central() -> pd.DataFrame:
    return pd.DataFrame([assumptions.central(scenarios.load("baseline"))])
