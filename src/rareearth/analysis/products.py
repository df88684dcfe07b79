"""Products that hold magnets: tables and assumptions made into the inputs of the stock model.

The products of the table ``products``, four elements, the United States or the world, 1990 to 2050.
That table says how each is counted and which assumptions move it. Gaps in the tables are filled
here by rules that are named in the code; nothing is filled in the tables themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import pandas as pd

from rareearth import assumptions, data, uncertainty
from rareearth.analysis.demand.world import NAMES, world
from rareearth.models import demand, recycling, stock
from rareearth.models.substitution import ELEMENTS
from rareearth.scenarios import Scenario

YEARS = np.arange(1990, demand.LAST_YEAR + 1)
"""From the first year in which the parts of units with magnets are known."""

REGIONS = {"United States": "us", "World": "world"}
"""Region, and the ending of the columns that hold its assumptions in the table ``products``."""

EACH = "each region"
"""Said of products that are counted in the United States and in the world."""

CHAIN = ["collection", "dismantling", "export"]
"""Columns of the table ``products`` that name the assumptions on a product's end of life."""

SCALES = {"million": 1e6, "thousand": 1e3, "GW": 1e3}
"""From the units of the table ``drivers`` to units and megawatts."""

OFFSHORE_FROM = 2000
"""Year before the first turbines at sea counted here."""

MRI_FROM = 1985
"""Year before the first scanners in use counted here; the stock grows in a straight line."""

SPREADING = (2025, 2040)
"""Last year of today's dismantling, and first year of the assumed one."""


@cache
def register() -> pd.DataFrame:
    """How each product is counted and grouped, and which assumptions move it.

    Returns:
        The table ``products`` indexed by product; its order is that of the axes of products.
    """
    return data.table("products").astype(object).set_index("product")


@dataclass(frozen=True)
class Products:
    """Products, magnets and their end of life in one region under one path of demand.

    Attributes:
        region: one of :data:`REGIONS`.
        case: of the International Energy Agency: ``STEPS``, ``APS`` or ``NZE``; moves cars and
            wind power after 2024.
    """

    region: str
    case: str = "STEPS"

    def __post_init__(self):
        if self.region not in REGIONS:
            raise ValueError(f"region must be one of {', '.join(REGIONS)}, not '{self.region}'.")
        self._agency("Electric vehicles", self.case)

    # --- for the models --------------------------------------------------------------------------

    def inputs(self, draws: pd.DataFrame) -> recycling.Inputs:
        """Inputs of the pathway for some draws.

        Args:
            draws: as from :func:`sample`, or any frame with its columns.

        Returns:
            Arrays over :data:`YEARS`, the products of :func:`register`, :data:`ELEMENTS` and the
            rows of draws.
        """
        collection, dismantling = (_drawn(draws, register()[step]) for step in CHAIN[:2])
        export = np.zeros((len(register()), 1))
        if self.region == "United States":
            export = _drawn(draws, register()["export"])
        today = draws["dismantling_today"].to_numpy()
        family, elements = register()["family"], self.elements.values()
        fractions = [
            _within(limits, draws, f"{element} in magnet", family)
            for element, limits in zip(ELEMENTS, elements, strict=True)
        ]
        return recycling.Inputs(
            units=self.units(draws),
            share=self._share(draws),
            magnet_kg=_within(self.magnets, draws, "magnet mass", register()["size_family"]),
            fractions=np.stack(fractions, axis=1),
            shape=self.lifetimes["weibull_shape"].to_numpy()[:, None],
            scale=_within(_limits(self.lifetimes, "scale_{}_years"), draws, "lifetime", family),
            export=export,
            collection=collection,
            dismantling=recycling.ramp(YEARS, *SPREADING, today, dismantling),
            process_yield=draws["recycling_process_yield"].to_numpy(),
            early_loss=_named(draws, "early_loss"),
            storage=_named(draws, "storage"),
        )

    def units(self, draws: pd.DataFrame) -> np.ndarray:
        """Units sold or megawatts added: years, products, draws."""
        offshore, onshore = self._wind(draws)
        return np.stack(
            [
                (offshore if "offshore" in product else onshore)
                if series == "wind"
                else self._sold(series, draws)
                for product, series in register()["series"].items()
            ],
            axis=1,
        )

    def central(self) -> pd.DataFrame:
        """Central draw: the most likely value of every input, one row."""
        modes = assumptions.register()["mode"].to_dict()
        return pd.DataFrame([modes | dict.fromkeys(quantiles(), np.nan)])

    @cached_property
    def series(self) -> dict[str, pd.DataFrame]:
        """Sales before any assumption: ``value`` and ``filled`` for every year, by what is counted.

        Scanners are not among them: their sales follow from those in use.
        """
        return {name: self._series(name) for name in self._rows.index[self._rows["before"].notna()]}

    def known(self, series: str) -> pd.Series:
        """Yearly values known from the tables, in units or megawatts."""
        counted, driver = self._rows.loc[series, ["counted", "driver"]]
        return _known(series, self.region if counted == EACH else counted, driver)

    # --- units -----------------------------------------------------------------------------------

    @cached_property
    def _rows(self) -> pd.DataFrame:
        """What is counted, with ``volume``, the assumption on the region's sales in 2050."""
        rows = register().drop_duplicates("series").set_index("series")
        return rows.assign(volume=rows[f"volume_{REGIONS[self.region]}"])

    def _series(self, name: str) -> pd.DataFrame:
        known, row = self.known(name), self._rows.loc[name]
        filled = recycling.fill(known, YEARS, before=row["before"])
        if name == "hard drive":
            # No count before 2004: drives moved with computers.
            pcs = self._series("PC")["value"]
            first = known.index[0]
            early = filled.index < first
            filled.loc[early, "value"] = pcs[early] * known.iloc[0] / pcs[first]
        if row["counted"] == EACH and row["use"] in ("Electric vehicles", "Wind power"):
            filled["value"] *= self._beyond(row["use"], int(known.index[-1]))
        return filled

    def _sold(self, series: str, draws: pd.DataFrame) -> np.ndarray:
        """Units sold: years, draws."""
        row = self._rows.loc[series]
        scanners = series == "MRI"
        sold = self._scanners(draws) if scanners else self._moved(series, draws, SPREADING[0])
        if row["counted"] == "World" and self.region == "United States":
            return sold * draws[row["us_share"]].to_numpy()
        if row["counted"] == "United States" and self.region == "World":
            return sold / draws[row["us_share"]].to_numpy()
        return sold

    def _moved(self, series: str, draws: pd.DataFrame, latest: int) -> np.ndarray:
        """Central series moved to the drawn level after the last year known: years, draws.

        Args:
            series: what is counted.
            draws: as from :func:`sample`.
            latest: year after which values known for certain are moved as well.
        """
        last, central, volume = self._paths[series]
        ratio = draws[volume].to_numpy()
        return central[:, None] * recycling.saturate(YEARS, min(last, latest), ratio)

    @cached_property
    def _paths(self) -> dict[str, tuple[int, np.ndarray, str]]:
        """Last year known, central values and assumption on the volume, by what is counted."""
        return {
            name: (
                int(self.known(name).index[-1]),
                filled["value"].to_numpy(),
                self._rows.loc[name, "volume"],
            )
            for name, filled in self.series.items()
        }

    def _wind(self, draws: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Megawatts added at sea and on land: years, draws."""
        added = self._moved("wind", draws, YEARS[-1])
        if self.region == "World":
            offshore = added * self._offshore_part[:, None]
        else:
            known = _known("wind offshore", self.region)
            part = np.where(YEARS[:, None] > known.index[-1], 1.0, 0.0)
            offshore = added * part * draws["us_offshore_share_of_wind"].to_numpy()
            offshore[np.isin(YEARS, known.index)] = known.to_numpy()[:, None]
        return offshore, np.clip(added - offshore, 0, None)

    @cached_property
    def _offshore_part(self) -> np.ndarray:
        """Part of the world's wind power added at sea; held after the last count."""
        counts = _in_use("wind offshore", "World")
        in_use = np.interp(YEARS, [OFFSHORE_FROM, *counts.index], [0.0, *counts])
        added, total = np.diff(in_use, prepend=0.0), self.series["wind"]["value"].to_numpy()
        part = np.divide(added, total, out=np.zeros_like(added), where=total > 0)
        last = int(counts.index[-1])
        recent = (last - 2 <= YEARS) & (last >= YEARS)
        part[last < YEARS] = added[recent].sum() / total[recent].sum()
        return np.clip(part, 0, 1)

    def _scanners(self, draws: pd.DataFrame) -> np.ndarray:
        """Scanners sold in the world: years, draws."""
        level, slope = self._scanners_by_volume
        ratio = draws[self._rows.loc["MRI", "volume"]].to_numpy()
        return np.clip(level[:, None] + np.multiply.outer(slope, ratio), 0, None)

    @cached_property
    def _scanners_by_volume(self) -> tuple[np.ndarray, np.ndarray]:
        """Scanners sold, from those in use, if sales fell to nothing, and what a ratio of 1 adds.

        Stock and flow are linear in the ratio, so two runs of the stock model serve all draws.
        """
        counts = _in_use("MRI", "World")
        last, counted = int(counts.index[0]), counts.iloc[0]
        years = np.arange(MRI_FROM + 1, YEARS[-1] + 1)
        rise = np.interp(years, [MRI_FROM, last], [0.0, counted])
        in_use = rise[:, None] * recycling.saturate(years, last, [0.0, 1.0])
        life = self.lifetimes.loc["MRI"]
        survival = stock.weibull_survival(
            stock.ages(len(years)), life["weibull_shape"], life["scale_mode_years"]
        )
        none, same = stock.stock_driven(in_use, survival).inflow[years >= YEARS[0]].T
        return none, same - none

    def _agency(self, use: str, case: str) -> np.ndarray:
        """The International Energy Agency's demand for magnets of a use, level before it starts."""
        path = world(case)[use]
        return np.interp(YEARS, path.index, path)

    def _beyond(self, use: str, last: int) -> np.ndarray:
        """Growth after the last year known, and what another case than STEPS changes."""
        stated = self._agency(use, "STEPS")
        growth = stated / stated[last == YEARS]
        return np.where(last < YEARS, growth, 1.0) * self._agency(use, self.case) / stated

    # --- what is in them -------------------------------------------------------------------------

    @cached_property
    def magnets(self) -> pd.DataFrame:
        """Kilograms of magnet in a unit or megawatt: low, mode and high by product."""
        return _limits(_ordered(data.table("product_magnets")), "magnet_{}_kg")

    @cached_property
    def lifetimes(self) -> pd.DataFrame:
        """Weibull shape, and scale in years, by product."""
        return _ordered(data.table("product_lifetimes")).select_dtypes("number")

    @cached_property
    def elements(self) -> dict[str, pd.DataFrame]:
        """Mass of element over mass of magnet: low, mode and high by product."""
        rows = data.table("product_elements").groupby("element", observed=True)
        return {e: _limits(_ordered(rows.get_group(e)), "{}_wt_pct") / 100 for e in ELEMENTS}

    def _share(self, draws: pd.DataFrame) -> np.ndarray:
        """Part of units with magnets: years, products, draws."""
        named = register()[f"magnet_share_{REGIONS[self.region]}"].reset_index(drop=True).dropna()
        share = np.repeat(self._share_known[:, :, None], len(draws), axis=2)
        share[:, named.index] *= _drawn(draws, named)
        return np.clip(share, 0, 1, out=share)

    @cached_property
    def _share_known(self) -> np.ndarray:
        """Part of units with magnets by the table alone: years, products."""
        rows = data.table("product_ndfeb_share").groupby("product", observed=True)
        known = (rows.get_group(product) for product in register().index)
        return np.stack([np.interp(YEARS, some["year"], some["share"]) for some in known], axis=1)


# --- draws ---------------------------------------------------------------------------------------


def assumed(region: str) -> list[str]:
    """Names of the assumptions that the products of a region rest on."""
    place, table = REGIONS[region], register()
    at_home = region == "United States"
    columns = [f"magnet_share_{place}", f"volume_{place}", *(CHAIN if at_home else CHAIN[:2])]
    columns += ["early_loss", "storage"]
    named = [table[column] for column in columns]
    named.append(table["us_share"][~table["counted"].isin([region, EACH])])
    names = {"dismantling_today", "recycling_process_yield"} | set(pd.concat(named).dropna())
    return sorted(names | {"us_offshore_share_of_wind"} if at_home else names)


def space(region: str, scenario: Scenario) -> pd.DataFrame:
    """All uncertain inputs of a region's products, for :func:`uncertainty.sobol_indices`.

    Args:
        region: one of :data:`REGIONS`.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        ``low``, ``mode``, ``high`` and ``distribution`` by name: the assumptions, and for each
        range of a table the quantile drawn from it (0 its low end, 1 its high end, 0.5 its median).
    """
    columns = ["low", "mode", "high", "distribution"]
    uniform = pd.DataFrame([(0.0, 0.5, 1.0, "uniform")], columns=columns)
    ranges = uniform.loc[[0] * len(quantiles())].set_index(pd.Index(quantiles()))
    return pd.concat([assumptions.ranges(scenario).loc[assumed(region), columns], ranges])


def sample(n: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    """Draws of all assumptions and of the quantiles in the tables' ranges.

    Args:
        n: number of draws.
        seed: any non-negative integer; same seed, same draws.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        n rows; one column per assumption of the register and one for each of :func:`quantiles`.
    """
    drawn = uncertainty.sample({name: (0.0, 1.0) for name in quantiles()}, n, seed)
    return pd.concat([assumptions.sample(n, seed, scenario), drawn], axis=1)


def quantiles() -> list[str]:
    """Names of the inputs that say which quantile of a table's range is drawn."""
    sizes, families = (register()[column].unique() for column in ("size_family", "family"))
    return [
        *(f"magnet mass, {size}" for size in sizes),
        *(f"lifetime, {family}" for family in families),
        *(f"{element} in magnet, {family}" for element in ELEMENTS for family in families),
    ]


def tables() -> dict[str, str]:
    """Table whose ranges each of :func:`quantiles` is a place in."""
    kinds = {"magnet mass": "product_magnets", "lifetime": "product_lifetimes"}
    return {name: kinds.get(name.split(", ")[0], "product_elements") for name in quantiles()}


def label(name: str) -> str:
    """An input in words: an assumption's label, or what a quantile of a range is of."""
    quantity, _, family = name.partition(", ")
    match quantity.partition(" in magnet")[0]:
        case _ if not family:
            return assumptions.register().loc[name, "label"]
        case "magnet mass":
            rows = register()
            called = rows.loc[rows["size_family"] == family, "called"].iloc[0]
            return f"Magnet in {called}"
        case "lifetime":
            return f"Lifetime of {family}s"
        case element:
            article = "an" if family.startswith(("a", "e", "MRI")) else "a"
            return f"{NAMES[element].capitalize()} in {article} {family}'s magnet"


# --- parts ---------------------------------------------------------------------------------------


@cache
def _known(product: str, region: str, driver: str | None = None) -> pd.Series:
    """Units sold or megawatts added by year, from the tables of this chapter and of demand."""
    rows = _counts(product, region)
    known = rows[rows["measure"] != "stock"].set_index("year")["value"]
    if isinstance(driver, str):
        counts = data.table("drivers")
        counts = counts[(counts["driver"] == driver) & (counts["geography"] == region)]
        scaled = counts["value"] * counts["unit"].astype(str).map(SCALES)
        known = pd.concat([known, scaled.set_axis(counts["year"])])
    return known.astype(float).sort_index()


def _in_use(product: str, region: str) -> pd.Series:
    """Units or megawatts in use by year, as counted."""
    rows = _counts(product, region)
    return rows[rows["measure"] == "stock"].set_index("year")["value"].sort_index()


def _counts(product: str, region: str) -> pd.DataFrame:
    sales = data.table("product_sales")
    return sales[(sales["product"] == product) & (sales["geography"] == region)]


def _drawn(draws: pd.DataFrame, names: Sequence[str]) -> np.ndarray:
    """Drawn values of some inputs: input, draw."""
    return draws[list(names)].to_numpy().T


def _named(draws: pd.DataFrame, column: str) -> np.ndarray:
    """Drawn values of the assumptions in a column of :func:`register`, 0 where there is none."""
    names = register()[column].reset_index(drop=True).dropna()
    values = np.zeros((len(register()), len(draws)))
    values[names.index] = _drawn(draws, names)
    return values


def _ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Rows by product, in the order of :func:`register`."""
    return table.set_index("product").loc[register().index]


def _limits(table: pd.DataFrame, pattern: str) -> pd.DataFrame:
    """Low, mode and high by product."""
    return pd.DataFrame({name: table[pattern.format(name)] for name in ("low", "mode", "high")})


def _within(
    limits: pd.DataFrame, draws: pd.DataFrame, quantity: str, families: pd.Series
) -> np.ndarray:
    """Values from triangular ranges at the drawn quantiles: products, draws.

    Products of one family share a quantile. A missing one stands for the most likely value.
    """
    quantile = _drawn(draws, quantity + ", " + families)
    low, mode, high = limits.to_numpy().T[:, :, None]
    return np.where(np.isnan(quantile), mode, uncertainty.triangular(quantile, low, mode, high))
