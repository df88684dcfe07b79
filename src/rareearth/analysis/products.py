"""The stock model's inputs, assembled from tables and assumptions.

Fourteen products, four elements, the United States or the world, 1990 to 2050. Gaps in the tables
are filled here by rules that are named in the code; nothing is filled in the tables themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from rareearth import assumptions, data, uncertainty
from rareearth.models import recycling, stock
from rareearth.scenarios import Scenario

YEARS = np.arange(1990, 2051)
ELEMENTS = ("Nd", "Pr", "Dy", "Tb")
GEOGRAPHIES = ("United States", "World")

PRODUCTS = (
    "BEV",
    "PHEV",
    "HEV",
    "wind onshore direct",
    "wind onshore geared",
    "wind offshore direct",
    "wind offshore geared",
    "hard drive",
    "smartphone",
    "PC",
    "air conditioner",
    "MRI",
    "motor",
    "robot",
)

CARS = ("BEV", "PHEV", "HEV")
TURBINES = PRODUCTS[3:7]
DRIVES = {"direct": (3, 5), "geared": (4, 6)}

KIND = {p: p for p in PRODUCTS} | dict.fromkeys(CARS, "car") | dict.fromkeys(TURBINES, "turbine")
"""Products whose lifetime and whose magnets' composition are uncertain together."""

SIZE = KIND | {
    "BEV": "plug-in car",
    "PHEV": "plug-in car",
    "HEV": "hybrid car",
    "wind onshore direct": "direct-drive turbine",
    "wind onshore geared": "geared turbine",
    "wind offshore direct": "direct-drive turbine",
    "wind offshore geared": "geared turbine",
}
"""Products whose magnet mass is uncertain together."""

CHAIN = {
    "vehicles": ("collection_vehicles", "dismantling_vehicles", "export_vehicles"),
    "wind": ("collection_wind", "dismantling_wind", "export_wind"),
    "electronics": ("collection_electronics", "dismantling_electronics", "export_electronics"),
    "phones": ("collection_phones", "dismantling_phones", "export_electronics"),
    "appliances": ("collection_appliances", "dismantling_appliances", "export_electronics"),
    "equipment": ("collection_equipment", "dismantling_equipment", "export_equipment"),
}
"""Assumptions on the end of life of each group: collection, dismantling, export."""

GROUP = (
    dict.fromkeys(CARS, "vehicles")
    | dict.fromkeys(TURBINES, "wind")
    | {"hard drive": "electronics", "PC": "electronics", "smartphone": "phones"}
    | {"air conditioner": "appliances"}
    | dict.fromkeys(("MRI", "motor", "robot"), "equipment")
)

US_SHARE = {
    "hard drive": "us_share_of_hard_drives",
    "smartphone": "us_share_of_smartphones",
    "PC": "us_share_of_pcs",
    "MRI": "us_share_of_mri",
    "motor": "us_share_of_motors",
    "robot": "us_share_of_robots",
}
"""Products counted for the world only, and the assumption on the United States' part."""

VOLUME = {
    "United States": {
        "BEV": "ev_volume_2050_us",
        "PHEV": "ev_volume_2050_us",
        "wind": "wind_volume_2050_us",
        "air conditioner": "air_conditioner_volume_2050_us",
    },
    "World": {
        "BEV": "ev_volume_2050_world",
        "PHEV": "ev_volume_2050_world",
        "wind": "wind_volume_2050_world",
        "air conditioner": "air_conditioner_volume_2050_world",
    },
}
VOLUME_ANYWHERE = {
    "HEV": "hev_volume_2050",
    "hard drive": "hard_drive_volume_2050",
    "smartphone": "smartphone_volume_2050",
    "PC": "pc_volume_2050",
    "MRI": "mri_volume_2050",
    "motor": "motor_volume_2050",
    "robot": "robot_volume_2050",
}

DRIVERS = {
    "hard drive": "Hard disk drives shipped",
    "smartphone": "Smartphones shipped",
    "PC": "Personal computers shipped",
    "air conditioner": "Air conditioners sold",
    "robot": "Industrial robots installed",
    "wind": "Wind power added, net",
}
"""Series that the demand chapter's table holds."""

SCALES = {"million": 1e6, "thousand": 1e3, "GW": 1e3}
"""From the units of that table to units and megawatts."""

BEFORE = {
    "smartphone": "zero",
    "BEV": "zero",
    "PHEV": "zero",
    "HEV": "zero",
    "wind": "zero",
    "PC": "trend",
    "hard drive": "trend",
    "air conditioner": "trend",
    "robot": "trend",
    "motor": "level",
}
"""What was sold before the first year known. Magnets in turbines came later than the count."""

OFFSHORE_FROM = 2000
"""Year before the first turbines at sea counted here."""

MRI_FROM = 1985
"""Year before the first scanners in use counted here; the stock grows in a straight line."""

TODAY, MATURE = 2025, 2040
"""Last year of today's dismantling, and first year of the assumed one."""


@dataclass(frozen=True)
class Inventory:
    """Products, magnets and their end of life in one region under one path of demand.

    Attributes:
        geography: one of :data:`GEOGRAPHIES`.
        case: of the International Energy Agency: ``STEPS``, ``APS`` or ``NZE``; moves cars and
            wind power after 2024.
    """

    geography: str
    case: str = "STEPS"

    def __post_init__(self):
        if self.geography not in GEOGRAPHIES:
            raise ValueError(f"geography must be one of {GEOGRAPHIES}, not '{self.geography}'.")
        self._index("Electric vehicles", self.case)

    # --- for the models --------------------------------------------------------------------------

    def inputs(self, draws: pd.DataFrame) -> recycling.Inputs:
        """Inputs of the pathway for some draws.

        Args:
            draws: as from :func:`sample`, or any frame with its columns.

        Returns:
            Arrays over :data:`YEARS`, :data:`PRODUCTS`, :data:`ELEMENTS` and the rows of draws.
        """
        today = draws["dismantling_today"].to_numpy()
        collection, dismantling, export = (
            np.stack([draws[CHAIN[GROUP[p]][step]].to_numpy() for p in PRODUCTS])
            if step < 2 or self.geography == "United States"
            else np.zeros((len(PRODUCTS), 1))
            for step in range(3)
        )
        return recycling.Inputs(
            units=self.units(draws),
            share=self._share(draws),
            magnet_kg=_within(self.magnets, draws, "magnet mass", SIZE),
            fractions=self._fractions(draws),
            shape=self.lifetimes["weibull_shape"].to_numpy()[:, None],
            scale=_within(self._scales, draws, "lifetime", KIND),
            export=export,
            collection=collection,
            dismantling=recycling.ramp(YEARS, TODAY, MATURE, today, dismantling),
            process_yield=draws["recycling_process_yield"].to_numpy(),
        )

    def units(self, draws: pd.DataFrame) -> np.ndarray:
        """Units sold or megawatts added: years, products, draws."""
        offshore, onshore = self._wind(draws)
        by_product = {p: onshore for p in TURBINES[:2]} | {p: offshore for p in TURBINES[2:]}
        for product in PRODUCTS:
            if product not in by_product:
                by_product[product] = self._sold(product, draws)
        return np.stack([by_product[p] for p in PRODUCTS], axis=1)

    def central(self) -> pd.DataFrame:
        """Central draw: the most likely value of every input, one row."""
        modes = assumptions.register()["mode"].to_dict()
        return pd.DataFrame([modes | dict.fromkeys(positions(), np.nan)])

    @cached_property
    def series(self) -> dict[str, pd.DataFrame]:
        """Sales by product before any assumption: ``value`` and ``filled`` for every year."""
        names = [p for p in (*PRODUCTS, "wind") if p in BEFORE]
        return {name: self._series(name) for name in names}

    # --- units -----------------------------------------------------------------------------------

    def _series(self, product: str) -> pd.DataFrame:
        known = self.known(product)
        filled = recycling.fill(known, YEARS, before=BEFORE[product])
        if product == "hard drive":
            # No count before 2004: drives moved with computers.
            pcs = self._series("PC")["value"]
            first = known.index[0]
            early = filled.index < first
            filled.loc[early, "value"] = pcs[early] * known.iloc[0] / pcs[first]
        use = {"BEV": "Electric vehicles", "PHEV": "Electric vehicles", "wind": "Wind power"}
        if product in use:
            filled["value"] *= self._beyond(use[product], int(known.index[-1]))
        return filled

    def known(self, product: str) -> pd.Series:
        """Yearly values known from the tables, in units or megawatts."""
        return self._all_known[product]

    @cached_property
    def _all_known(self) -> dict[str, pd.Series]:
        return {name: self._read(name) for name in (*BEFORE, "wind offshore")}

    def _read(self, product: str) -> pd.Series:
        place = "World" if product in US_SHARE else self.geography
        if product == "HEV":
            place = "United States"
        sales = data.table("product_sales")
        sales = sales[(sales["product"] == product) & (sales["geography"] == place)]
        known = sales[sales["measure"] != "stock"].set_index("year")["value"]
        if product in DRIVERS:
            table = data.table("drivers")
            table = table[(table["driver"] == DRIVERS[product]) & (table["geography"] == place)]
            scaled = table["value"] * table["unit"].astype(str).map(SCALES)
            known = pd.concat([known, pd.Series(scaled.to_numpy(), index=table["year"])])
        return known.astype(float).sort_index()

    def _sold(self, product: str, draws: pd.DataFrame) -> np.ndarray:
        """Units sold: years, draws."""
        if product == "MRI":
            sold = self._scanners(draws)
        else:
            start = int(self.known(product).index[-1])
            start = min(start, TODAY)
            sold = self.series[product]["value"].to_numpy()[:, None] * self._moved(
                product, start, draws
            )
        if product in US_SHARE and self.geography == "United States":
            return sold * draws[US_SHARE[product]].to_numpy()
        if product == "HEV" and self.geography == "World":
            return sold / draws["us_share_of_hybrids"].to_numpy()
        return sold

    def _moved(self, product: str, start: int, draws: pd.DataFrame) -> np.ndarray:
        """Factor on the central series after the last year known."""
        name = VOLUME_ANYWHERE.get(product) or VOLUME[self.geography][product]
        return recycling.saturate(YEARS, start, draws[name].to_numpy())

    def _wind(self, draws: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Megawatts added at sea and on land: years, draws."""
        start = int(self.known("wind").index[-1])
        added = self.series["wind"]["value"].to_numpy()[:, None] * self._moved("wind", start, draws)
        if self.geography == "United States":
            known = self.known("wind offshore")
            part = np.where(YEARS[:, None] > known.index[-1], 1.0, 0.0)
            offshore = added * part * draws["us_offshore_share_of_wind"].to_numpy()
            offshore[np.isin(YEARS, known.index)] = known.to_numpy()[:, None]
        else:
            offshore = added * self._offshore_part[:, None]
        return offshore, np.clip(added - offshore, 0, None)

    @cached_property
    def _offshore_part(self) -> np.ndarray:
        """Part of the world's wind power added at sea; held after the last count."""
        sales = data.table("product_sales")
        rows = sales[(sales["product"] == "wind offshore") & (sales["measure"] == "stock")]
        at = [OFFSHORE_FROM, *rows["year"]]
        in_use = np.interp(YEARS, at, [0.0, *rows["value"]])
        added = np.diff(in_use, prepend=0.0)
        total = self.series["wind"]["value"].to_numpy()
        part = np.divide(added, total, out=np.zeros_like(added), where=total > 0)
        last = int(rows["year"].max())
        recent = (last - 2 <= YEARS) & (last >= YEARS)
        part[last < YEARS] = added[recent].sum() / total[recent].sum()
        return np.clip(part, 0, 1)

    def _scanners(self, draws: pd.DataFrame) -> np.ndarray:
        """Scanners sold in the world, from those in use: years, draws."""
        last, counted = self._scanners_counted
        years = np.arange(MRI_FROM + 1, YEARS[-1] + 1)
        rise = np.interp(years, [MRI_FROM, last], [0.0, counted])
        in_use = rise[:, None] * recycling.saturate(
            years, last, draws[VOLUME_ANYWHERE["MRI"]].to_numpy()
        )
        life = self.lifetimes.loc["MRI"]
        survival = stock.weibull_survival(
            stock.ages(len(years)), life["weibull_shape"], life["scale_mode_years"]
        )
        sold = stock.stock_driven(in_use, survival).inflow
        return np.clip(sold[years >= YEARS[0]], 0, None)

    @cached_property
    def _scanners_counted(self) -> tuple[int, float]:
        sales = data.table("product_sales")
        row = sales[(sales["product"] == "MRI") & (sales["measure"] == "stock")].iloc[0]
        return int(row["year"]), float(row["value"])

    def _index(self, use: str, case: str) -> np.ndarray:
        """The agency's demand for magnets of a use, level before its first year."""
        table = data.table("magnet_demand")
        cases = table["case"].astype(str)
        chosen = table[
            (table["use"] == use)
            & (table["element"].astype(str) == "all four")
            & cases.isin(["base year", case])
        ].sort_values("year")
        if len(chosen) < 2:
            raise ValueError(f"No path of demand for '{use}' in case '{case}'.")
        return np.interp(YEARS, chosen["year"], chosen["ree_kt"])

    def _beyond(self, use: str, last: int) -> np.ndarray:
        """Growth after the last year known, and what another case than STEPS changes."""
        stated = self._index(use, "STEPS")
        growth = stated / stated[last == YEARS]
        return np.where(last < YEARS, growth, 1.0) * self._index(use, self.case) / stated

    # --- what is in them -------------------------------------------------------------------------

    @cached_property
    def magnets(self) -> pd.DataFrame:
        """Kilograms of magnet in a unit or megawatt: low, mode and high by product."""
        table = data.table("product_magnets").set_index("product").loc[list(PRODUCTS)]
        return _limits(table, "magnet_{}_kg")

    @cached_property
    def lifetimes(self) -> pd.DataFrame:
        """Weibull shape, and scale in years, by product."""
        table = data.table("product_lifetimes").set_index("product").loc[list(PRODUCTS)]
        return table.select_dtypes("number")

    @cached_property
    def _scales(self) -> pd.DataFrame:
        return _limits(self.lifetimes, "scale_{}_years")

    @cached_property
    def elements(self) -> dict[str, pd.DataFrame]:
        """Mass of element over mass of magnet: low, mode and high by product."""
        table = data.table("product_elements")
        by_element = {
            e: table[table["element"] == e].set_index("product").loc[list(PRODUCTS)]
            for e in ELEMENTS
        }
        return {e: _limits(rows, "{}_wt_pct") / 100 for e, rows in by_element.items()}

    def _fractions(self, draws: pd.DataFrame) -> np.ndarray:
        by_element = [_within(self.elements[e], draws, f"{e} in magnet", KIND) for e in ELEMENTS]
        return np.stack(by_element, axis=1)

    def _share(self, draws: pd.DataFrame) -> np.ndarray:
        """Part of units with magnets: years, products, draws."""
        factor = np.stack([self._share_factor(product, draws) for product in PRODUCTS])
        share = self._share_known[:, :, None] * factor
        return np.clip(share, 0, 1, out=share)

    @cached_property
    def _share_known(self) -> np.ndarray:
        """Part of units with magnets by the table alone: years, products."""
        table = data.table("product_ndfeb_share")
        rows = (table[table["product"] == product] for product in PRODUCTS)
        return np.stack([np.interp(YEARS, some["year"], some["share"]) for some in rows], axis=1)

    def _share_factor(self, product: str, draws: pd.DataFrame) -> np.ndarray:
        at_home = self.geography == "United States"
        name = {"MRI": "mri_magnet_share", "motor": "motor_magnet_share"}.get(product)
        if product in TURBINES:
            name = "wind_magnet_share_us" if at_home else "wind_magnet_share_world"
        elif product == "air conditioner" and at_home:
            name = "air_conditioner_magnet_share_us"
        return np.ones(len(draws)) if name is None else draws[name].to_numpy()


# --- draws ---------------------------------------------------------------------------------------


def assumed(geography: str) -> list[str]:
    """Names of the assumptions that the inventory of a region rests on."""
    at_home = geography == "United States"
    names = {"dismantling_today", "recycling_process_yield", "mri_magnet_share"}
    names |= {"motor_magnet_share", *VOLUME_ANYWHERE.values(), *VOLUME[geography].values()}
    names |= {name for steps in CHAIN.values() for name in (steps if at_home else steps[:2])}
    if at_home:
        names |= {*US_SHARE.values(), "us_offshore_share_of_wind"}
        names |= {"wind_magnet_share_us", "air_conditioner_magnet_share_us"}
    else:
        names |= {"us_share_of_hybrids", "wind_magnet_share_world"}
    return sorted(names)


def space(geography: str, scenario: Scenario) -> pd.DataFrame:
    """All uncertain inputs of a region's inventory, for :func:`uncertainty.sobol_indices`.

    Args:
        geography: one of :data:`GEOGRAPHIES`.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        ``low``, ``mode``, ``high`` and ``distribution`` by name: the assumptions, and for each
        range of a table the position in it (0 is its low end, 1 its high end, 0.5 its median).
    """
    columns = ["low", "mode", "high", "distribution"]
    register = assumptions.ranges(scenario).loc[assumed(geography), columns]
    names = positions()
    within = pd.DataFrame([(0.0, 0.5, 1.0, "uniform")] * len(names), index=names, columns=columns)
    return pd.concat([register, within])


def sample(n: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    """Draws of all assumptions and of the positions in the tables' ranges.

    Args:
        n: number of draws.
        seed: any non-negative integer; same seed, same draws.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        n rows; one column per assumption of the register and one per position.
    """
    within = uncertainty.sample({name: (0.0, 1.0) for name in positions()}, n, seed)
    return pd.concat([assumptions.sample(n, seed, scenario), within], axis=1)


def positions() -> list[str]:
    """Names of the positions in the tables' ranges."""
    names = [f"magnet mass, {size}" for size in dict.fromkeys(SIZE.values())]
    names += [f"lifetime, {kind}" for kind in dict.fromkeys(KIND.values())]
    names += [f"{e} in magnet, {kind}" for e in ELEMENTS for kind in dict.fromkeys(KIND.values())]
    return names


def _limits(table: pd.DataFrame, pattern: str) -> pd.DataFrame:
    """Low, mode and high by product."""
    limits = {name: table[pattern.format(name)] for name in ("low", "mode", "high")}
    return pd.DataFrame(limits)


def _within(
    limits: pd.DataFrame, draws: pd.DataFrame, quantity: str, families: dict[str, str]
) -> np.ndarray:
    """Values from triangular ranges at the drawn positions: products, draws.

    Products of one family share a position. A missing position stands for the most likely value.
    """
    values = np.empty((len(limits), len(draws)))
    for row, (product, (low, mode, high)) in enumerate(limits.iterrows()):
        position = draws[f"{quantity}, {families[product]}"].to_numpy()
        drawn = uncertainty.triangular(position, low, mode, high)
        values[row] = np.where(np.isnan(position), mode, drawn)
    return values
