"""Magnets in use and in waste, and cars: published results against the stock model, by class.

Nothing is fitted to these results. Comparisons with a study's own inputs test arithmetic, those of
units test sales and lifetimes; only tonnes of rare earth test what the chapter says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.special import expit
from scipy.stats import weibull_min

from rareearth import assumptions, data, scenarios
from rareearth.analysis import products, regions
from rareearth.analysis.products import ELEMENTS, YEARS, Products
from rareearth.answers import Answers, in_words, listing
from rareearth.models import recycling, stock
from rareearth.models.demand import FINISHED
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

OWN, UNITS, TONNES, SCALED = (
    "The study's own inputs",
    "Units in use, leaving and in storage",
    "Tonnes of rare earth, world and European Union",
    "Tonnes of rare earth, all goods scaled by people",
)
"""Classes of comparisons, from those that test arithmetic to those that test most."""

NEAR = 20
"""Error in percent up to which a result counts as close."""

ELECTRONICS = ("hard drive", "smartphone", "PC", "air conditioner", "earbuds")
OLDEST = 30
"""Age in years at which Busch et al. retire every vehicle."""

BEFORE = 30
"""Years before the first of the model for which light vehicles are held at its level, so that old
cars are in the fleet."""


def _compared() -> tuple[pd.DataFrame, pd.Series]:
    tests = MagnetTests()
    groups = {
        OWN: [*tests.own_inputs(), *tests.density_rule()],
        UNITS: [*tests.retirements(), *tests.stocks(), *tests.fleet(), *tests.storage()],
        TONNES: [*tests.world(), *tests.europe()],
        SCALED: tests.neighbours(),
    }
    rows = [row for some in groups.values() for row in some]
    frame = compare(rows, model="E-waste and waste", kind="published result")
    kind = [name for name, some in groups.items() for _ in some]
    return frame.assign(unit=frame["unit"].replace(WORDS)), pd.Series(kind, name="class")


def magnets_in_use() -> pd.DataFrame:
    """Stocks, flows and waste of magnets: published results against the stock model.

    Returns:
        One comparison per result, those of one class side by side.
    """
    return _compared()[0]


def by_class() -> tuple[pd.DataFrame, Answers]:
    """How far off the stock model is, by class of comparison.

    Returns:
        ``class``, ``results``, ``near`` (within :data:`NEAR` percent) and ``median_pct`` (of the
        error's size); and the same in the text.
    """
    frame, kind = _compared()
    error = frame["error_pct"].abs()
    table = pd.DataFrame(
        {
            "results": error.groupby(kind, sort=False).size(),
            "near": (error <= NEAR).groupby(kind, sort=False).sum(),
            "median_pct": error.groupby(kind, sort=False).median(),
        }
    ).reset_index()
    answers = Answers(sources=frame)
    tonnes = kind.isin([TONNES, SCALED])
    answers.add("tonnes-tests", int(tonnes.sum()))
    answers.add("tonnes-near", int((error[tonnes] <= NEAR).sum()))
    answers.add("tonnes-median", error[tonnes].median(), "{:.0f}%")
    own = kind == TONNES
    answers.add("own-tests", int(own.sum()))
    answers.add("own-near", int((error[own] <= NEAR).sum()))
    answers.add("own-median", error[own].median(), "{:.0f}%")
    scaled = kind == SCALED
    answers.add("scaled-tests", int(scaled.sum()))
    answers.add("scaled-near", in_words(int((error[scaled] <= NEAR).sum())))
    units = kind == UNITS
    answers.add("units-tests", int(units.sum()))
    answers.add("units-near", int((error[units] <= NEAR).sum()))
    answers.add("near", NEAR, "{}%")
    words = {row["class"]: (row["near"], row["results"]) for _, row in table.iterrows()}
    answers.add("classes-list", listing(words, "{}: {} of {}", "; "))
    return table, answers


def class_table(table: pd.DataFrame) -> pd.DataFrame:
    """Classes of :func:`by_class` as a reader sees them."""
    return pd.DataFrame(
        {
            "Class": table["class"],
            "Results": table["results"],
            f"Within {NEAR}%": table["near"],
            "Median error, %": table["median_pct"].map("{:.0f}".format),
        }
    )


SHOWN = [
    ("electric cars leaving the US fleet, our lifetime", 2040),
    ("battery cars in use, United States", 2024),
    ("light vehicles in use, United States", 2025),
    ("mean age of light vehicles in use, United States", 2025),
    ("industrial robots in use, United States", 2019),
    ("Nd in magnets in use, world", 2007),
    ("rare earth in e-waste, world", 2022),
    ("Nd in use, European Union", 2016),
    ("Nd entering use, European Union", 2010),
    ("magnets of hard drives in collected e-waste, Germany", 2013),
    ("finished magnets entering use, electric vehicles, world", 2024),
    ("finished magnets entering use, wind power, world", 2024),
]
"""Comparisons of :func:`magnets_in_use` that the chapter on e-waste shows: quantity and year."""


def of_waste() -> tuple[pd.DataFrame, Answers]:
    """The comparisons of :data:`SHOWN`, and what the text says of them."""
    frame = magnets_in_use().set_index(["quantity", "year"]).loc[SHOWN].reset_index()
    at = frame.set_index("quantity")
    error = at["error_pct"]
    drives = at.filter(like="hard drives", axis=0).iloc[0]
    answers = Answers(sources=frame)
    answers.add("test-cars", abs(error["battery cars in use, United States"]), "{:.0f}%")
    answers.add("test-graedel", -error["Nd in magnets in use, world"], "{:.0f}%")
    answers.add("test-gem", -error["rare earth in e-waste, world"], "{:.0f}%")
    answers.add("test-german", drives["ours"] / drives["published_high"], "{:.0f}")
    europe = at.loc["Nd in use, European Union"]
    answers.add("test-europe", europe["ours"] / europe["published_high"], "{:.1f}")
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

    # --- tests on the studies' own inputs --------------------------------------------------------

    def own_inputs(self) -> list[dict]:
        """Electric cars leaving the US fleet, on the sales and lifetimes that the study used."""
        return self._leaving(["vehicle lifetime alone", "with battery failures"])

    def retirements(self) -> list[dict]:
        """The same on the stock model's lifetime."""
        return self._leaving(["our lifetime"])

    def _leaving(self, ways: list[str]) -> list[dict]:
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
            "our lifetime": "The stock model loses some electric cars at any age, as registrations "
            "show; the study's logistic lifetime with battery failures loses next to none of the "
            "young ones.",
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
            if how in ways
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

    def fleet(self) -> list[dict]:
        """Light vehicles in use, leaving and their age, against registrations."""
        older = np.arange(YEARS[0] - BEFORE, YEARS[0])
        comparisons = []
        for product, name in FLEET.items():
            home = Products("United States")
            sold = home.units(home.central())[:, PRODUCTS.index(product), 0]
            if product == "light vehicle":
                sold = np.r_[np.full(BEFORE, sold[0]), sold]
            years = np.r_[older, YEARS][-len(sold) :]
            survival = self._survival("United States", product, len(sold))
            left = stock.inflow_driven(sold, survival)
            for _, row in self._results("spglobal_2025_age", "mean age in use", product).iterrows():
                at = int(np.flatnonzero(years == row["year"] - 1)[0])
                here = sold[: at + 1][::-1] * survival[: at + 1]
                # Counted in January, half a year after the middle of the last year of sales.
                age = (here * stock.ages(at + 1)).sum() / here.sum()
                what = f"mean age of {name} in use, United States"
                comparisons.append(_compare(row, age, FLEET_REASONS["age"], quantity=what))
            if product != "light vehicle":
                continue
            for quantity, series, what in (
                ("in use", left.stock, f"{name} in use, United States"),
                ("vehicles leaving the fleet", left.outflow, f"{name} leaving the US fleet"),
            ):
                row = self._results("spglobal_2025_age", quantity, "light vehicles").iloc[0]
                counted = row["year"] - 1 if quantity == "in use" else row["year"]
                ours = float(series[years == counted][0])
                comparisons.append(_compare(row, ours, FLEET_REASONS[quantity], quantity=what))
        return comparisons

    def storage(self) -> list[dict]:
        """Computers that lie unused, and that are discarded."""
        home = Products("United States")
        inputs, at = home.inputs(home.central()), PRODUCTS.index("PC")
        sold = inputs.units[:, :, :1]
        left = stock.inflow_driven(sold, inputs.survival(len(sold)))
        stored, discarded = inputs.discarded(left.outflow.copy())
        row = self._results("epa_2008", "in storage", "desktop computers and notebooks").iloc[0]
        reason = (
            "The agency models storage by survey; ours lets each computer lie for the mean time of "
            "all electronics, and takes one US share of world sales for all years."
        )
        ends = self._results("epa_2009", "ready for end of life", "computers").iloc[0]
        later = (
            "The agency models sales and lives of its own; ours takes one US share of world sales "
            "for all years."
        )
        return [
            _compare(
                row, _at(stored[:, at, 0], row["year"]), reason,
                quantity="computers in storage, United States",
            ),
            _compare(
                ends, _at(discarded[:, at, 0], ends["year"]), later,
                quantity="computers at end of life, United States",
            ),
        ]  # fmt: skip

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
        magnets = Products("World").magnets["mode"]
        rich = pd.Series(world.fractions.sum(axis=1)[:, 0], index=PRODUCTS)
        car = (magnets * rich)[["BEV", "light vehicle"]].sum()
        comparisons.append(
            _compare(
                row,
                car,
                "The study divides tonnes captured by cars; ours is the drive and the car's other "
                "magnets at their most likely masses.",
                quantity="rare earth per electric car",
            )
        )
        demand = data.table("magnet_demand")
        base = demand[demand["case"].astype(str) == "base year"]
        # The agency counts metal put into magnet making; goods hold finished magnets.
        finished = 1000 * assumptions.central(scenarios.load("baseline"))[FINISHED]
        for use, members, reason in IEA_USES:
            entering = sum(self._by_product("World", world.inflow, p) for p in members)
            row = base[(base["use"] == use) & (base["element"].astype(str) == "all four")].iloc[0]
            comparisons.append(
                dict(
                    study="IEA 2025",
                    quantity=f"finished magnets entering use, {use.lower()}, world",
                    year=row["year"],
                    unit="t a year",
                    published_low=row["ree_kt"] * finished,
                    published_high=row["ree_kt"] * finished,
                    ours=_at(entering, row["year"]),
                    reason=reason,
                    source=row["source"],
                )
            )
        return comparisons

    def europe(self) -> list[dict]:
        """The European Union: cars, hybrids and air conditioners by its own sales."""
        flows, _ = regions.flows("European Union")
        entering, in_use = (flows.by_element(mass)[:, 0, 0] for mass in (flows.inflow, flows.stock))
        recovered = flows.by_element(flows.fate.recovered)[:, 0, 0]
        nd = flows.of(flows.stock, 0)[:, :, 0]
        drives = 100 * nd[:, PRODUCTS.index("hard drive")] / nd.sum(axis=1)
        return [
            self._elsewhere(
                ("guyonnet_2015", "flow into use", "Nd"), entering,
                "The study counts finished goods by trade; ours takes five studies' magnet mass of "
                "an ordinary car and a share that rises in the years around 2010.",
                "Nd entering use, European Union",
            ),
            self._elsewhere(
                ("guyonnet_2015", "recycled", "Nd"), recovered,
                "The study took planned recycling as done. Reported rates since are about 1 "
                "percent.",
                "Nd recycled, European Union",
            ),
            self._elsewhere(
                ("ciacci_2019", "in-use stock", "Nd"), in_use,
                "Ours holds the small motors of every car, by one mass for all years; the study's "
                "own list of uses could not be read.",
                "Nd in use, European Union",
            ),
            self._elsewhere(
                ("ciacci_2019", "share of secondary Nd reserves (above)", "Nd"), drives,
                "The study's share is of secondary reserves, a narrower sum than all in use; ours "
                "counts cars, air conditioners, scanners and turbines fully.",
                "part of hard drives in Nd in use",
            ),
        ]  # fmt: skip

    def neighbours(self) -> list[dict]:
        """Denmark and Germany: goods of the European Union scaled by people."""
        (danish, _), (german, _) = regions.flows("Denmark"), regions.flows("Germany")
        drive = PRODUCTS.index("hard drive")
        comparisons = []
        for element in ("Nd", "Dy"):
            place = ELEMENTS.index(element)
            left = danish.by_element(danish.fate.arising)[:, place, 0]
            comparisons += [
                self._elsewhere(
                    ("habib_2014", "content of yearly waste stream", element, year), left, reason,
                    f"{element} in yearly waste, Denmark",
                )
                for year, reason in HABIB.items()
            ]  # fmt: skip
            drives = 1e3 * danish.of(danish.fate.arising, place)[:, drive, 0]
            comparisons.append(
                self._elsewhere(
                    ("reegain_hdd", "recoverable per year", element), drives,
                    "The project counts what could be recovered from drives in collected "
                    "computers; ours is all that is discarded, external drives and data centres "
                    "included, and US drives per head.",
                    f"{element} in waste hard drives, Denmark",
                )
            )  # fmt: skip
        comparisons.append(
            self._elsewhere(
                ("ueberschaar_2015", "magnets in collected WEEE", "NdFeB"),
                german.fate.collected[:, drive, 0],
                "The study weighs drives in computers handed in, far fewer than computers reach "
                "end of life at the US rate per head, so most drives go elsewhere; ours counts all "
                "drives at our US collection rate.",
                "magnets of hard drives in collected e-waste, Germany",
            )
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

    def _results(self, study: str, quantity: str, scope: str) -> pd.DataFrame:
        rows = self.studies
        scope = SCOPES.get(scope, scope)
        return rows[
            (rows["study"] == study) & (rows["quantity"] == quantity) & (rows["scope"] == scope)
        ]

    def _elsewhere(self, key: tuple, series: np.ndarray, reason: str, quantity: str) -> dict:
        row = self._result(*key)
        return _compare(row, _at(series, row["year"]), reason, quantity=quantity)

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

FLEET = {
    "light vehicle": "light vehicles",
    "BEV": "battery cars",
    "PHEV": "plug-in hybrid cars",
    "HEV": "hybrid cars",
}
"""Products whose age in use is counted, in words."""

SCOPES = {"light vehicle": "light vehicles"}

FLEET_REASONS = {
    "age": "Ours counts from the middle of the year of sale; the source's rule is not known, and "
    "model years begin earlier, by half a year to a year. One lifetime stands for cars, SUVs and "
    "pickups, which live longest.",
    "in use": "Sales less losses at one lifetime for cars, SUVs and pickups, against "
    "registrations.",
    "vehicles leaving the fleet": "Ours follows sales of ten to thirty years before; in the years "
    "counted, few new cars could be had and old ones were kept.",
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
    "Nd": "The study starts from magnets made and splits them over uses; ours leaves out "
    "loudspeakers outside cars, most appliances and other uses.",
    "Pr": "As for neodymium; the study gives praseodymium a quarter of neodymium, measured "
    "magnets an eighth.",
    "Dy": "As for neodymium; the study gives dysprosium as much as praseodymium, measured "
    "magnets of drives far less.",
    "Tb": "The study assumes terbium in many uses; ours has it in cars and turbines only, which "
    "were few in 2007.",
}

HABIB = {
    2014: "The study sampled all magnets in Danish waste, few of them from cars; ours holds the "
    "small motors of scrapped cars, and US drives per head.",
    2035: "Denmark has far more turbines with magnets per head, many at sea; goods scaled by "
    "people cannot show them.",
}

IEA_USES = (
    (
        "Electric vehicles",
        ("BEV", "PHEV"),
        "Published: the agency's demand times the part that ends in finished magnets, an "
        "assumption. Our mass of magnet per car is from studies of motors, the agency's from its "
        "own model.",
    ),
    (
        "Wind power",
        PRODUCTS[3:7],
        "Published: the agency's demand times the part that ends in finished magnets, an "
        "assumption. Ours applies European shares of turbines with magnets; China, where most are "
        "built, uses magnets far more.",
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
