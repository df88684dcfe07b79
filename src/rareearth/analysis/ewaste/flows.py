"""Magnets in use in the United States, what leaves use, where it is lost, what is recovered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from rareearth import assumptions, data, scenarios, uncertainty
from rareearth.analysis import products
from rareearth.analysis.demand.world import NAMES, world
from rareearth.answers import Answers, inside, listing
from rareearth.models import demand, recycling
from rareearth.scenarios import Scenario

TABLES = ("sales", "magnets", "lifetimes", "elements", "ndfeb_share")
"""Tables that the stock model rests on, without ``product_``."""

STREAMS = ("recovered", *reversed(recycling.LOSSES))
"""Where the rare earth that leaves use goes, from the product outwards."""

SHOWN = (2025, 2035, 2040, 2050)
"""Years for which every stream is kept."""

COUNTED = demand.BASE_YEAR
"""Last year that the sales of most products are known for."""

DEVICES = {
    "Hard drives": ["hard drive"],
    "Computers, without drive": ["PC"],
    "Smartphones": ["smartphone"],
    "Electric and hybrid cars": ["BEV", "PHEV", "HEV"],
}
"""Devices whose magnets are set side by side, and the products that they are made of."""

GOAL = 2040
"""Year whose recovery is taken apart by input."""

RANKED = 400
"""Draws by which the inputs are ranked."""

BASE = 512
"""Base sample of the Sobol indices."""

MORE = ("magnet_demand_level", demand.FINISHED, "content_saved_by_2050")
"""Assumptions that move demand besides the United States' shares of use."""


@dataclass(frozen=True)
class Flows:
    """Magnets of the United States under a scenario: tonnes of rare-earth element, draw by draw.

    Attributes:
        scenario: what they were computed under.
        draws: of all inputs, one row per draw.
        in_use: at the end of the year (year, group, draw).
        stored: out of use and not yet discarded at the end of the year (year, group, draw).
        leaving: discarded (year, group, draw).
        leaving_by_element: the same (year, element, draw).
        fates: where it goes, the streams adding up to ``leaving`` (stream, year, group, draw), for
            :data:`SHOWN`.
        recovered: ending in a new product (year, draw).
        entering: entering use (year, draw).
        demand: US demand in all uses (year, draw), in the years that it is given for.
    """

    scenario: Scenario
    draws: pd.DataFrame
    in_use: xr.DataArray
    stored: xr.DataArray
    leaving: xr.DataArray
    leaving_by_element: xr.DataArray
    fates: xr.DataArray
    recovered: xr.DataArray
    entering: xr.DataArray
    demand: xr.DataArray

    @property
    def all_leaving(self) -> xr.DataArray:
        """Leaving use in all products (year, draw)."""
        return self.leaving.sum("group")

    @property
    def recycling_input_rate(self) -> xr.DataArray:
        """Recovered in percent of all US demand (year of demand, draw)."""
        return 100 * self.recovered / self.demand

    @property
    def sources(self) -> list[pd.DataFrame]:
        """What the flows rest on."""
        return [assumptions.used_by("ewaste")]

    @property
    def sources_of_shares(self) -> list[pd.DataFrame]:
        """What the flows and demand rest on."""
        return [*self.sources, data.table("magnet_demand")]


@assumptions.main_result("ewaste", "products in use and what becomes of them", products.tables())
def _recovered() -> tuple[pd.DataFrame, np.ndarray]:
    """Draws, and what is recovered from old products in the middle of the period."""
    flows = run(scenarios.load("baseline"), RANKED, 7)
    return flows.draws, flows.recovered.sel(year=SHOWN[1]).to_numpy()


def run(scenario: Scenario, draws: int, seed: int) -> Flows:
    """The stock model of the United States, and demand on the same draws.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer; same seed, same numbers.
    """
    drawn = products.sample(draws, seed, scenario)
    kept = recycling.pathway(_home(scenario).inputs, drawn, _kept)
    labels = {
        "stream": list(STREAMS),
        "year": products.YEARS,
        "group": _groups(),
        "element": list(products.ELEMENTS),
    }
    axes = {
        "in_use": ("year", "group"),
        "stored": ("year", "group"),
        "leaving": ("year", "group"),
        "leaving_by_element": ("year", "element"),
        "fates": ("stream", "year", "group"),
        "recovered": ("year",),
        "entering": ("year",),
    }
    arrays = {
        name: xr.DataArray(
            kept[name],
            {dim: labels[dim] for dim in dims} | ({"year": list(SHOWN)} if name == "fates" else {}),
            (*dims, "draw"),
        )
        for name, dims in axes.items()
    }
    need = xr.DataArray(1e3 * _demand(scenario, drawn), dims=("year", "draw"))
    return Flows(scenario, drawn, **arrays, demand=need.drop_vars("draw"))


def device_tonnes(flows: Flows) -> tuple[pd.DataFrame, Answers]:
    """Magnets sold in the world in old and new devices.

    Args:
        flows: their scenario and draws are used.

    Returns:
        ``device``, ``year`` (to 2030), ``low``, ``median``, ``high`` (thousand tonnes of magnet a
        year) and ``kind``; peaks and the year in which cars overtook drives.
    """
    world = products.Products("World", flows.scenario.choices["demand_case"])
    inputs = world.inputs(flows.draws)
    sold = recycling.magnets_entering_use(inputs.units, inputs.share, inputs.magnet_kg) / 1e3
    place = products.register().index.get_indexer
    by_device = [sold[:, place(members)].sum(axis=1) for members in DEVICES.values()]
    array = xr.DataArray(
        by_device, {"device": list(DEVICES), "year": products.YEARS}, ("device", "year", "draw")
    )
    frame = _band(array.sel(year=slice(None, 2030)))

    medians = frame.pivot(index="year", columns="device", values="median")
    drives, cars = medians["Hard drives"], medians["Electric and hybrid cars"]
    answers = Answers(sources=flows.sources)
    answers.add("drives-peak", drives.max(), "{:.1f} thousand tonnes")
    answers.add("drives-peak-year", int(drives.idxmax()))
    answers.add("drives-2024", drives[2024], "{:.1f}")
    answers.add("car-magnets-2024", cars[2024], "{:.0f} thousand tonnes")
    answers.add("cars-over-drives", cars[2024] / drives[2024], "{:.0f}")
    answers.add("crossing", int((cars > drives).idxmax()))
    return frame, answers


def in_use(flows: Flows) -> tuple[pd.DataFrame, Answers]:
    """Rare earth in products in use and leaving use, by group of products.

    Args:
        flows: as from :func:`run`.

    Returns:
        ``flow``, ``year``, ``group``, ``ree_kt`` and ``kind``: means of draws, so that groups add
        up; totals, the part of cars and electronics, and how much of demand the products cover.
    """
    means = xr.Dataset({"in use": flows.in_use, "leaving use": flows.leaving}).mean("draw") / 1e3
    frame = means.to_dataframe().rename_axis(columns="flow").stack().rename("ree_kt").reset_index()
    frame = frame.sort_values(["flow", "year"], kind="stable")[["flow", "year", "group", "ree_kt"]]
    frame = _with_kind(frame)

    stock, out = (means[name].to_pandas() for name in ("in use", "leaving use"))
    part = 100 * out.div(out.sum(axis=1), axis=0)
    answers = Answers(sources=flows.sources, kind="estimate")
    for name, flow in (("stock", stock), ("arising", out)):
        total = flow.sum(axis=1)
        thousands = "{:.0f} thousand tonnes" if name == "stock" else "{:.1f} thousand tonnes"
        answers.add(f"{name}-2050", total[2050], thousands, kind="forecast")
    label = "Magnet rare earths in use in US products that can be counted, 2025"
    answers.add("stock-2025", stock.loc[2025].sum(), "{:.0f} thousand tonnes", label=label)
    label = "Magnet rare earths leaving use in US products that can be counted, 2025"
    answers.add("arising-2025", 1e3 * out.loc[2025].sum(), "{:,.0f} t", label=label)
    answers.add("products", len(products.register()), kind="derived")
    own = stock.loc[2025, "All cars, without drive"]
    answers.add("car-parts-2025", own, "{:.0f} thousand tonnes")
    lying = flows.stored.sum("group").sel(year=2025).mean()
    answers.add("stored-2025", float(lying), "{:,.0f} t")
    answers.add("arising-2010", 1e3 * out.loc[2010].sum(), "{:,.0f} t")
    electronics = "Drives, computers, phones"
    answers.add("drives-out-year", int(out[electronics].idxmax()), kind="derived")
    answers.add("electronics-2025", part.loc[2025, electronics], "{:.0f}%", kind="derived")
    parts = part["All cars, without drive"]
    answers.add("parts-share-2025", parts[2025], "{:.0f}%")
    answers.add("parts-share-2050", parts[2050], "{:.0f}%", kind="forecast")
    limits = products.Products("United States").magnets.loc["light vehicle"]
    answers.add("car-range", limits["high"] / limits["low"], "{:.1f}")
    cars = part["Electric cars"] + part["Hybrid cars"]
    answers.add("cars-share-2025", cars[2025], "{:.0f}%")
    answers.add("cars-share-2050", cars[2050], "{:.0f}%", kind="forecast")
    covered = (100 * flows.entering / flows.demand).sel(year=COUNTED)
    answers.add("coverage", covered, "{:.0f}%", sources=flows.sources_of_shares)
    return frame, answers


def elements(flows: Flows) -> tuple[pd.DataFrame, Answers]:
    """Rare earth leaving use by element.

    Args:
        flows: as from :func:`run`.

    Returns:
        ``year``, ``element``, ``low``, ``median``, ``high`` (tonnes) and ``kind``; growth, and how
        far the ends of the intervals lie apart.
    """
    frame = _band(flows.leaving_by_element)
    at = frame.set_index(["year", "element"])
    medians = at["median"].unstack()
    answers = Answers(sources=flows.sources)
    answers.add("dy-now", medians["Dy"][2025], "{:.0f} t", kind="estimate")
    answers.add("dy-out-2050", medians["Dy"][2050], "{:.0f} t", kind="forecast")
    for element in ("Dy", "Nd"):
        ends, name = at.loc[(2050, element)], element.lower()
        answers.add(f"{name}-width", ends["high"] / ends["low"], "{:.1f}")
        answers.add(f"{name}-fold", medians[element][2050] / medians[element][2025], "{:.0f}")
    for year in (2025, 2050):
        named = medians.loc[year, list(NAMES)].rename(NAMES)
        answers.add(f"elements-{year}", listing(named, "{} {:,.0f} t"))
    return frame, answers


def losses(flows: Flows) -> tuple[pd.DataFrame, Answers]:
    """Where the rare earth that leaves use goes: all products by year, and groups in 2040.

    Args:
        flows: as from :func:`run`.

    Returns:
        ``block``, ``label``, ``year``, ``total_t`` and ``share_pct`` by ``stream`` (as
        :data:`STREAMS`): means of draws, so that streams add up; shares in the text, that of what
        is recovered being the end-of-life recycling rate.
    """
    mean = flows.fates.mean("draw").to_series().rename("t").reset_index()
    whole = mean[mean["year"] != 2040].groupby(["stream", "year"], as_index=False)["t"].sum()
    whole = whole.assign(block="All products", label=whole["year"].astype(str))
    one = mean[mean["year"] == 2040].assign(block="In 2040")
    frame = pd.concat([whole, one.assign(label=one["group"])], ignore_index=True)
    frame["total_t"] = frame.groupby(["block", "label"])["t"].transform("sum")
    frame["share_pct"] = 100 * frame["t"] / frame["total_t"]
    columns = ["block", "label", "year", "stream", "total_t", "share_pct"]

    shares = frame.set_index(["label", "stream"])["share_pct"]
    answers = Answers(sources=flows.sources, kind="estimate")
    for name in ("shredded", "uncollected", "exported"):
        answers.add(f"{name}-2025", shares["2025", name], "{:.0f}%")
    answers.add("recovered-part-2025", shares["2025", "recovered"], "{:.1f}%")
    answers.add("recovered-part-2035", shares["2035", "recovered"], "{:.0f}%", kind="forecast")
    answers.add("process-2035", shares["2035", "lost_in_process"], "{:.1f}%", kind="forecast")
    wide = shares.unstack()[list(STREAMS)]
    template = (
        "{}: recovered {:.1f}, lost in process {:.1f}, shredded {:.0f}, not collected {:.0f}, "
        "exported {:.0f} percent"
    )
    rows = {label: tuple(wide.loc[label]) for label in dict.fromkeys(frame["label"])}
    answers.add("fates-list", listing(rows, template, "; "), kind="forecast")
    return frame[columns], answers


def recoverable(flows: Flows) -> tuple[pd.DataFrame, Answers]:
    """Demand, end of life and recovery, and what recovery is a share of.

    Args:
        flows: as from :func:`run`.

    Returns:
        ``panel`` (Tonnes or Share), ``series``, ``year`` (from 2015), ``low``, ``median``,
        ``high``, ``unit`` and ``kind``; what is recovered, and its share of all US demand (the
        recycling input rate), of what enters use in the same products, and at most.
    """
    like = 100 * flows.recovered / flows.entering
    series = {
        ("Tonnes", "All US demand"): flows.demand,
        ("Tonnes", "Leaving use"): flows.all_leaving,
        ("Tonnes", "Recovered"): flows.recovered,
        ("Share", "of what enters use in the same products"): like,
        ("Share", "of all US demand"): flows.recycling_input_rate,
    }
    units = {"Tonnes": "tonnes a year", "Share": "percent"}
    frame = pd.concat(
        _band(array.sel(year=slice(2015, None))).assign(panel=panel, series=name, unit=units[panel])
        for (panel, name), array in series.items()
    )

    answers = Answers(sources=flows.sources, kind="forecast")
    shares = {"sources": flows.sources_of_shares}
    for year in (2019, 2025, 2030, 2040, 2050):
        got, kind = flows.recovered.sel(year=year), "estimate" if year <= 2025 else "forecast"
        label = f"Rare earths recovered from US end-of-life magnets, {year}"
        answers.add(f"recovered-{year}", got, "{:,.0f} t", kind=kind, label=label)
    for year in (2030, 2040, 2050):
        rate = flows.recycling_input_rate.sel(year=year)
        label = f"Recycling input rate: part of all US demand met by recycling, {year}"
        answers.add(f"recycled-share-{year}", rate, "{:.1f}%", label=label, **shares)
    for year in (2040, 2050):
        answers.add(f"like-{year}", like.sel(year=year), "{:.0f}%")
    ceiling = 100 * (flows.all_leaving / flows.demand).sel(year=GOAL)
    answers.add("ceiling-2040", ceiling, "{:.0f}%", **shares)
    about = {"sources": data.table("magnet_demand"), "kind": "derived"}
    answers.add("scenario-title", flows.scenario.title, **about)
    answers.add("draws", f"{len(flows.draws):,}", **about)
    at = frame[frame["panel"] == "Tonnes"].set_index(["series", "year"])["median"]
    ends = {
        "US demand": (at["All US demand", COUNTED], COUNTED, at["All US demand", 2050]),
        "leaving use": (at["Leaving use", 2025], 2025, at["Leaving use", 2050]),
    }
    in_words = listing(ends, "{} {:,.0f} t in {} and {:,.0f} t in 2050", "; ")
    answers.add("demand-list", in_words, **shares)
    return frame, answers


def drivers(flows: Flows, seed: int, count: int = 8) -> tuple[pd.DataFrame, Answers]:
    """Which inputs the recycling input rate of :data:`GOAL` hangs on.

    Args:
        flows: their scenario is used.
        seed: of Sobol's sequence.
        count: how many inputs are shown.

    Returns:
        ``label``, ``parameter``, ``S1``, ``ST`` and the half-widths of their intervals
        (:func:`rareearth.uncertainty.sobol_indices`), largest first; the first three in words.
    """
    ranges = assumptions.ranges(flows.scenario)
    demanded = ranges.loc[[*demand.SHARES.values(), *MORE]]
    space = pd.concat([products.space("United States", flows.scenario), demanded])
    space = space[~space.index.duplicated()]

    def rate(draws: pd.DataFrame) -> np.ndarray:
        need = _demand(flows.scenario, draws).loc[GOAL].to_numpy()
        return _recovered(flows.scenario, draws) / (1e3 * need)

    indices = uncertainty.sobol_indices(rate, space, n=BASE, seed=seed)
    frame = uncertainty.drivers(indices, count)
    frame.insert(0, "label", frame["parameter"].map(products.label))

    answers = Answers(sources=flows.sources_of_shares)
    answers.add("inputs-count", len(space))
    for place, row in zip(("first", "second", "third"), frame.itertuples(), strict=False):
        answers.add(f"recycling-driver-{place}", inside(row.label))
        answers.add(f"recycling-driver-{place}-part", 100 * row.ST, "{:.0f}%")
    parts = 100 * frame.set_index("label")["ST"]
    answers.add("recovery-drivers-list", listing(parts, "{}: {:.0f} percent", "; "))
    return frame, answers


def limits(flows: Flows) -> Answers:
    """Recycling input rate of :data:`GOAL` if every product collected were opened, or none lost.

    Args:
        flows: as from :func:`run`.
    """
    opening = flows.draws.filter(like="dismantling_").columns.drop("dismantling_today")
    opened = _recovered(flows.scenario, flows.draws.assign(**dict.fromkeys(opening, 1.0)))
    kept = assumptions.central(flows.scenario)["recycling_process_yield"]
    need = flows.demand.sel(year=GOAL).to_numpy()
    answers = Answers(sources=flows.sources_of_shares)
    answers.add("all-opened", 100 * opened / need, "{:.0f}%")
    whole = flows.all_leaving.sel(year=GOAL).to_numpy()
    answers.add("perfect", 100 * kept * whole / need, "{:.0f}%")
    return answers


# --- parts ---------------------------------------------------------------------------------------


def _home(scenario: Scenario) -> products.Products:
    return products.Products("United States", scenario.choices["demand_case"])


def _demand(scenario: Scenario, draws: pd.DataFrame) -> pd.DataFrame:
    """US demand, thousand tonnes: year, draw."""
    return demand.us_demand(world(scenario.choices["demand_case"]), draws)


def _recovered(scenario: Scenario, draws: pd.DataFrame) -> np.ndarray:
    """Tonnes recovered in :data:`GOAL`, by draw."""
    home, at = _home(scenario), np.flatnonzero(products.YEARS == GOAL)
    got = []
    for start in range(0, len(draws), recycling.CHUNK):
        inputs = home.inputs(draws.iloc[start : start + recycling.CHUNK])
        loss = recycling.loss(inputs, at[-1] + 1)
        whole = inputs.fractions.sum(axis=1)[None]
        got.append(recycling.recovered(inputs, loss, at, whole)[0][0, 0])
    return np.concatenate(got)


def _groups() -> list[str]:
    return list(products.register()["group"].unique())


def _kept(flows: recycling.Flows) -> Mapping[str, np.ndarray]:
    """What :class:`Flows` keeps of a chunk of draws."""
    fate, shown = flows.fate, np.isin(products.YEARS, SHOWN)
    return {
        "in_use": _by_group(flows.by_product(flows.stock)),
        "stored": _by_group(flows.by_product(flows.stored)),
        "leaving": _by_group(flows.by_product(fate.arising)),
        "leaving_by_element": flows.by_element(fate.arising),
        "fates": np.stack([_by_group(flows.by_product(getattr(fate, s)[shown])) for s in STREAMS]),
        "recovered": flows.by_product(fate.recovered).sum(axis=1),
        "entering": flows.by_product(flows.inflow).sum(axis=1),
    }


def _by_group(mass: np.ndarray) -> np.ndarray:
    """Products, on axis 1, added to groups."""
    group = products.register()["group"].to_numpy()
    return np.stack([mass[:, group == name].sum(axis=1) for name in _groups()], axis=1)


def _band(array: xr.DataArray) -> pd.DataFrame:
    """Median and central interval over draws, one row per place on the other axes."""
    axes = {str(dim): array[dim].to_numpy() for dim in array.dims if dim != "draw"}
    frame = uncertainty.band(array.transpose(*axes, "draw").to_numpy(), **axes)
    return _with_kind(frame)


def _with_kind(frame: pd.DataFrame) -> pd.DataFrame:
    """Estimates to the last year counted, forecasts from then on."""
    return frame.assign(kind=np.where(frame["year"] <= COUNTED, "estimate", "forecast"))
