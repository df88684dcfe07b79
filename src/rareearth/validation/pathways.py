"""The models against published results: what a study printed, what the model here gives, and why.

Nothing is fitted to these results. Where a study's own inputs are public, they are used; where
they are not, the project's stock model stands in, scaled by people where the region differs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import weibull_min

from rareearth import assumptions, data, scenarios
from rareearth.analysis import products, proteins
from rareearth.analysis.products import ELEMENTS, YEARS, Products
from rareearth.answers import Answers
from rareearth.models import extraction, recycling, separation, stock, substitution
from rareearth.validation import COLUMNS, compare

PRODUCTS = list(products.register().index)

WORDS = {
    "vehicles_per_y": "vehicles a year",
    "t_per_y": "t a year",
    "kg_per_y": "kg a year",
    "kg_per_unit": "kg per car",
    "pct": "%",
}
"""Units of the studies' table as they are printed."""

ELECTRONICS = ("hard drive", "smartphone", "PC", "air conditioner")
OLDEST = 30
"""Age in years at which Busch et al. retire every vehicle."""


def published() -> pd.DataFrame:
    """Every published result that the pathway models are set against.

    Returns:
        As :func:`rareearth.validation.compare` gives them.
    """
    parts = [stage_counts(), extraction_costs(), magnet_properties(), magnets_in_use()]
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

    base = data.table("adsorbent_scenarios").iloc[0]
    charge = extraction.adsorbent(
        capacity_mol_per_l=base["capacity_mol_per_l"],
        protein_mmol_per_l=base["protein_density_mmol_per_l"],
        protein_g_per_mol=central["protein_molar_mass"].item(),
        protein_usd_per_g=base["protein_price_usd_per_g"],
        resin_usd_per_l=base["resin_price_usd_per_l"],
        cycle_h=base["cycle_time_h"],
        hours_per_year=central["plant_hours_per_year"].item(),
        life_cycles=base["column_cycles_implied"],
        recovery=0.99,
    )
    gypsum = proteins.gypsum_parameters()
    runs = proteins.gypsum_plants(
        2000, 1, protein_density=gypsum.loc["protein_density", "baseline"]
    )
    long_lived = central.assign(adsorbent_life_log10=np.log10(base["column_cycles_implied"]))
    ash = proteins.cost_parts(long_lived, "Coal ash").iloc[0]
    leach = ash[["feed handling", "acid and base", "plant capital", "labour and upkeep"]].sum()
    capture = ash[["adsorbent", "columns"]].sum()
    whole = leach + capture + ash["finishing"]
    rich = proteins.cost_parts(central, "Igneous gypsum", "solvent").iloc[0]
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
                printed("Phalaborwa", "^opex"),
                rich.drop(["plant capital", "mixer-settlers"]).sum(),
                "Company estimate with ion exchange instead of solvent; ours neutralises all acid "
                "with caustic soda and adds a separate cascade.", "miningmx_2024_rainbow",
            ),
        ]
    )  # fmt: skip


def _against(rows: list[tuple]) -> pd.DataFrame:
    columns = ["study", "quantity", "unit", "published", "ours", "reason", "source"]
    rows = [dict(zip(columns, row, strict=True)) for row in rows]
    return compare(rows, model="Bio-based extraction", kind="published result")


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


def magnets_in_use() -> pd.DataFrame:
    """Stocks, flows and waste of magnets: published results against the stock model.

    Returns:
        One comparison per result.
    """
    tests = MagnetTests()
    rows = [
        *tests.fleet(),
        *tests.stocks(),
        *tests.density_rule(),
        *tests.world(),
        *tests.regions(),
    ]
    frame = compare(rows, model="E-waste and waste", kind="published result")
    return frame.assign(unit=frame["unit"].replace(WORDS))


SHOWN = [
    ("electric cars leaving the US fleet, our lifetime", 2040),
    ("battery cars in use, United States", 2024),
    ("industrial robots in use, United States", 2019),
    ("Nd in magnets in use, world", 2007),
    ("rare earth in e-waste, world", 2022),
    ("Nd in use, European Union", 2016),
    ("magnets of hard drives in collected e-waste, Germany", 2013),
    ("magnet rare earths entering use, electric vehicles, world", 2024),
    ("magnet rare earths entering use, wind power, world", 2024),
]
"""Comparisons of :func:`magnets_in_use` that the chapter on e-waste shows: quantity and year."""


def of_waste() -> tuple[pd.DataFrame, Answers]:
    """The comparisons of :data:`SHOWN`, and what the text says of them."""
    frame = magnets_in_use().set_index(["quantity", "year"]).loc[SHOWN].reset_index()
    error = frame["error_pct"]
    drives = frame[frame["quantity"].str.contains("hard drives")].iloc[0]
    answers = Answers(sources=frame)
    answers.add("test-cars", error[1], "{:.1f}%")
    answers.add("test-graedel", -error[3], "{:.0f}%")
    answers.add("test-gem", -error[4], "{:.0f}%")
    answers.add("test-german", drives["ours"] / drives["published_high"], "{:.0f}")
    return frame[COLUMNS], answers


@dataclass(frozen=True)
class MagnetTests:
    """The comparisons, by what they test."""

    @cached_property
    def studies(self) -> pd.DataFrame:
        """Published results and parameters."""
        return data.table("recycling_studies")

    @cached_property
    def flows(self) -> dict[str, recycling.Flows]:
        """The pathway at the most likely value of every input."""
        places = map(Products, products.REGIONS)
        return {place.region: recycling.flows(place.inputs(place.central())) for place in places}

    @cached_property
    def people(self) -> pd.Series:
        """Number of people by region."""
        rows = self.studies[self.studies["study"] == "population"]
        return rows.set_index("region")["value_high"]

    # --- tests on the studies' own inputs --------------------------------------------------------

    def fleet(self) -> list[dict]:
        """Electric cars leaving the US fleet, on the sales that the study used."""
        rows = self.studies[self.studies["study"] == "busch_2026_us_ev"]
        parameter = rows[rows["record"] == "parameter"].groupby("quantity")["value_high"].first()
        sold = rows[rows["quantity"] == "sales"].set_index("year")["value_high"].sort_index()
        age = np.arange(len(sold) + 1)
        vehicle = _logistic(age, *parameter[["EV lifetime mean (logistic)", "EV lifetime sd"]])
        battery = _logistic(
            age,
            *parameter[
                ["traction battery lifetime mean, Reference", "traction battery lifetime sd"]
            ],
        )
        limit = int(parameter["max EV age to receive another battery"])
        alive = vehicle / vehicle[0] * (age <= OLDEST)
        without_spare = np.where(age < limit, 1.0, battery / battery[limit - 1])
        own = self._survival("United States", "BEV", len(sold))
        exits = {
            "vehicle lifetime alone": stock.inflow_driven(sold, alive[1:]).outflow,
            "with battery failures": stock.inflow_driven(sold, (alive * without_spare)[1:]).outflow,
            "our lifetime": stock.inflow_driven(sold, own).outflow,
        }
        reasons = {
            "vehicle lifetime alone": "The study also retires cars whose battery fails past age "
            "12; a pure vehicle lifetime leaves them in use. Its sales before 2024 are not in the "
            "copy read: another count stands in.",
            "with battery failures": "First batteries only, without the spare ones that the study "
            "hands to some cars. The exits of 2030 hang on sales before 2024, which are not in "
            "the copy read.",
            "our lifetime": "The stock model loses 1.5 percent of electric cars a year at any age, "
            "as registrations show; the study's logistic lifetime with battery failures loses "
            "next to none of the young ones.",
        }
        published = rows[rows["quantity"] == "vehicles leaving the fleet"].set_index(
            "year", drop=False
        )
        return [
            _compare(
                published.loc[year],
                pd.Series(left, index=sold.index)[year],
                reasons[how],
                quantity=f"electric cars leaving the US fleet, {how}",
            )
            for how, left in exits.items()
            for year in (2025, 2030, 2040, 2050)
        ]

    def stocks(self) -> list[dict]:
        """Units in use, from units sold."""
        rows = data.table("product_sales")
        rows = rows[(rows["measure"] == "stock") & rows["product"].isin(STOCK_REASONS)]
        comparisons = []
        for _, row in rows.iterrows():
            product, place, year = row["product"], row["geography"], row["year"]
            in_use = self._in_use(product, place)
            comparisons.append(
                dict(
                    study=row["source"],
                    quantity=f"{NAMES[product]} in use, {_in(place)}",
                    year=year,
                    unit="units",
                    published_low=row["value"],
                    published_high=row["value"],
                    ours=in_use[year],
                    reason=STOCK_REASONS[product],
                    source=row["source"],
                )
            )
        return comparisons

    def density_rule(self) -> list[dict]:
        """Waste by van Nielen's rule, a density at mid-age, against shares that are lost."""
        drives = Products("World").series["hard drive"]["value"].to_numpy()
        shape, scale = 1.25, 5.91
        weights = weibull_min.pdf(np.arange(len(drives)) + 0.5, shape, scale=scale)
        by_rule = np.convolve(drives, weights)[: len(drives)]
        survival = stock.weibull_survival(stock.ages(len(drives), "start"), shape, scale)
        ours = stock.inflow_driven(drives, survival).outflow
        year = 2020
        return [
            dict(
                study="van Nielen (method)",
                quantity="hard drives leaving use in the world, by the study's rule",
                year=year,
                unit="units a year",
                published_low=by_rule[year == YEARS][0],
                published_high=by_rule[year == YEARS][0],
                ours=ours[year == YEARS][0],
                reason="A density at mid-age is not quite the share lost in the year: its weights "
                f"add to {weights.sum():.3f}, not 1. The study's own result tables were not found.",
                source="vannielen_ewaste_repo",
            )
        ]

    # --- tests of the stock model ----------------------------------------------------------------

    def world(self) -> list[dict]:
        """World totals of other studies and of the International Energy Agency."""
        world = self.flows["World"]
        in_use = world.by_element(world.stock)[:, :, 0]
        comparisons = []
        for element in ELEMENTS:
            row = self._result("du_graedel_2011", "in-use stock", element)
            comparisons.append(
                _compare(
                    row,
                    _at(in_use[:, ELEMENTS.index(element)], row["year"]),
                    DU_GRAEDEL[element],
                    quantity=f"{element} in magnets in use, world",
                )
            )
        waste = sum(self._by_product("World", world.fate.arising, p) for p in ELECTRONICS)
        row = self._result("gem_2024", "rare earth content", "REE")
        comparisons.append(
            _compare(
                row,
                _at(waste, row["year"]),
                "The study counts all rare earths in all electronics, yttrium of lamps and "
                "screens too; ours counts magnets in drives, phones, computers and air "
                "conditioners.",
                quantity="rare earth in e-waste, world",
            )
        )
        row = self._result("hsu_2024_uk", "REE per decommissioned EV", "REE")
        car = Products("World").magnets.loc["BEV", "mode"] * world.fractions[0].sum()
        comparisons.append(
            _compare(
                row,
                car,
                "The study divides tonnes captured by cars, other magnets of the car among them; "
                "ours is the traction motor at its most likely mass.",
                quantity="rare earth per electric car",
            )
        )
        demand = data.table("magnet_demand")
        base = demand[demand["case"].astype(str) == "base year"]
        for use, members, reason in IEA_USES:
            entering = sum(self._by_product("World", world.inflow, p) for p in members)
            row = base[(base["use"] == use) & (base["element"].astype(str) == "all four")].iloc[0]
            comparisons.append(
                dict(
                    study="IEA 2025",
                    quantity=f"magnet rare earths entering use, {use.lower()}, world",
                    year=row["year"],
                    unit="t a year",
                    published_low=row["ree_kt"] * 1000,
                    published_high=row["ree_kt"] * 1000,
                    ours=_at(entering, row["year"]),
                    reason=reason,
                    source=row["source"],
                )
            )
        return comparisons

    def regions(self) -> list[dict]:
        """Regions without a stock model here: that of the United States, scaled by people."""
        us = self.flows["United States"]
        entering, in_use, leaving = (
            us.by_element(mass)[:, :, 0] for mass in (us.inflow, us.stock, us.fate.arising)
        )
        drive = PRODUCTS.index("hard drive")
        drives_nd, drives_dy = (
            us.of(us.fate.arising, ELEMENTS.index(e))[:, drive, 0] for e in ("Nd", "Dy")
        )
        stock_share = 100 * us.of(us.stock, 0)[:, drive, 0] / us.of(us.stock, 0).sum(axis=1)[:, 0]
        comparisons = []

        def add(key: tuple, series: np.ndarray, reason: str, quantity: str, scale: float = 1):
            row = self._result(*key)
            people = self.people[row["region"]] / self.people["United States"] if scale else 1
            comparisons.append(
                _compare(
                    row,
                    _at(series, row["year"]) * people * (scale or 1),
                    reason,
                    quantity=quantity,
                )
            )

        yearly = "content of yearly waste stream"
        for element in ("Nd", "Dy"):
            series = leaving[:, ELEMENTS.index(element)]
            for year, reason in HABIB.items():
                add(
                    ("habib_2014", yearly, element, year),
                    series,
                    reason,
                    f"{element} in yearly waste, Denmark",
                )
        recoverable = "recoverable per year"
        for element, series in (("Nd", drives_nd), ("Dy", drives_dy)):
            add(
                ("reegain_hdd", recoverable, element),
                series,
                "The project counts what could be recovered from drives in collected computers; "
                "ours is all that leaves use, external drives and data centres included.",
                f"{element} in waste hard drives, Denmark",
                scale=1000,
            )
        add(
            ("ueberschaar_2015", "magnets in collected WEEE", "NdFeB"),
            us.fate.collected[:, drive, 0],
            "Collected drives only, at our US collection rate; the study weighs drives in "
            "computers handed in, ours counts all drives sold.",
            "magnets of hard drives in collected e-waste, Germany",
        )
        add(
            ("guyonnet_2015", "flow into use", "Nd"),
            entering[:, 0],
            "The study includes loudspeakers, small motors in cars and magnets for industry that "
            "are left out here; the United States builds fewer turbines with magnets.",
            "Nd entering use, European Union",
        )
        add(
            ("guyonnet_2015", "recycled", "Nd"),
            us.by_element(us.fate.recovered)[:, 0, 0],
            "The study took planned recycling as done. Reported rates since are about 1 percent.",
            "Nd recycled, European Union",
        )
        add(
            ("ciacci_2019", "in-use stock", "Nd"),
            in_use[:, 0],
            "As above: uses left out here, and a European stock without many hybrid cars.",
            "Nd in use, European Union",
        )
        add(
            ("ciacci_2019", "share of secondary Nd reserves (above)", "Nd"),
            stock_share,
            "The study's share is of secondary reserves, a narrower sum than all in use; ours "
            "counts cars, air conditioners, scanners and turbines fully.",
            "part of hard drives in Nd in use",
            scale=0,
        )
        return comparisons

    # --- parts -----------------------------------------------------------------------------------

    def _result(self, study: str, quantity: str, material: str, year: int | None = None):
        rows = self.studies
        rows = rows[
            (rows["study"] == study)
            & (rows["record"] == "result" if study != "hsu_2024_uk" else True)
            & (rows["quantity"] == quantity)
            & (rows["material"] == material)
        ]
        if year is not None:
            rows = rows[rows["year"] == year]
        if len(rows) != 1:
            raise ValueError(
                f"recycling_studies.csv has {len(rows)} rows of '{study}' on '{quantity}' for "
                f"{material}; one is needed."
            )
        return rows.iloc[0]

    def _by_product(self, place: str, magnets: np.ndarray, product: str) -> np.ndarray:
        return self.flows[place].by_product(magnets)[:, PRODUCTS.index(product), 0]

    def _in_use(self, product: str, place: str) -> pd.Series:
        """Units in use at the end of each year, at the most likely lifetime."""
        home = Products(place)
        sold = home.units(home.central())[:, PRODUCTS.index(product), 0]
        survival = self._survival(place, product, len(YEARS))
        return pd.Series(stock.inflow_driven(sold, survival).stock, index=YEARS)

    def _survival(self, place: str, product: str, years: int) -> np.ndarray:
        """Part in use by years since sale, at the most likely value of every input."""
        home = Products(place)
        return home.inputs(home.central()).survival(years)[:, PRODUCTS.index(product), 0]


NAMES = {
    "BEV": "battery cars",
    "PHEV": "plug-in hybrid cars",
    "air conditioner": "air conditioners",
    "robot": "industrial robots",
}

STOCK_REASONS = {
    "BEV": "Sales less losses at the stock model's lifetime, against registrations or the agency's "
    "own stock model.",
    "PHEV": "Sales less losses at the stock model's lifetime, against the agency's own model.",
    "air conditioner": "The agency counts more units than makers' sales of these years can have "
    "left in use: its units may be rooms or parts of split systems, or live longer.",
    "robot": "Installations before 2018 are not in our tables; going back at the later trend puts "
    "too many robots into the world's early years, which fades by 2023. The US part is a share.",
}

DU_GRAEDEL = {
    "Nd": "The study starts from magnets made and splits them over uses; ours counts fourteen "
    "products and leaves out loudspeakers, small car motors and other uses.",
    "Pr": "As for neodymium; the study gives praseodymium a quarter of neodymium, measured "
    "magnets an eighth.",
    "Dy": "As for neodymium; the study gives dysprosium as much as praseodymium, measured "
    "magnets of drives far less.",
    "Tb": "The study assumes terbium in many uses; ours has it in cars and turbines only, which "
    "were few in 2007.",
}

HABIB = {
    2014: "The study sampled all magnets in Danish waste; ours is the United States' waste per "
    "head, with more and larger drives and air conditioners.",
    2035: "Denmark has far more turbines with magnets per head, many at sea; a scaled US "
    "stock model cannot show them.",
}

IEA_USES = (
    (
        "Electric vehicles",
        ("BEV", "PHEV"),
        "The agency counts plug-in vehicles of all kinds, ours cars; our mass of magnet per car is "
        "from studies of motors, the agency's from its own model.",
    ),
    (
        "Wind power",
        PRODUCTS[3:7],
        "Ours applies European shares of turbines with magnets; China, where most are built, uses "
        "magnets far more, and the agency's content per megawatt is higher.",
    ),
)


def _compare(row: pd.Series, ours: float, reason: str, quantity: str | None = None) -> dict:
    return dict(
        study=row["study"],
        quantity=quantity or row["quantity"],
        year=int(row["year"]),
        unit=row["unit"],
        published_low=row["value_low"],
        published_high=row["value_high"],
        ours=float(ours),
        reason=reason,
        source=row["source"],
    )


def _at(series: np.ndarray, year: int) -> float:
    return float(series[year == YEARS][0])


def _in(place: str) -> str:
    return "world" if place == "World" else place


def _logistic(age: np.ndarray, mean: float, sd: float) -> np.ndarray:
    """Survival of a logistic lifetime with this mean and standard deviation."""
    return expit((mean - age) * np.pi / (sd * np.sqrt(3)))
