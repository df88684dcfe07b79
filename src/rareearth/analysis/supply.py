"""What plants outside China make: the list of plants, the record of such plants, and draws.

Masses are tonnes of contained element a year. So that stages can be compared, :func:`output`
counts all of them as separated oxide: ore less what is lost on the way there, metal and magnets
plus what was lost from there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import pandas as pd
import xarray as xr

from rareearth import assumptions, data, uncertainty
from rareearth.analysis import incentives
from rareearth.models import buildup, oxides, pipeline, streams, substitution
from rareearth.models.balance import GROUPS, STAGES
from rareearth.models.buildup import Ramp, Risk, Slip
from rareearth.scenarios import Scenario

YEARS, PLACES, NOW, CHANCE = incentives.YEARS, incentives.PLACES, incentives.NOW, incentives.CHANCE
IN_RECORD = ("plants never built", "plants late", "plants below nameplate", "plants slow to ramp")
"""Positions from 0 to 1 in what the record allows for the share that never comes, the delay, the
ceiling and the time of the ramp."""

ORE, MAGNET = ("mine", "separation"), ("metal and magnets",)
"""Stages of the record of promises that slip alike. The two groups differ: of the second nearly
all on record came."""

RECORD = {"Mined": ORE, "Separated": ORE, "Metal": MAGNET, "Magnets": MAGNET}
"""Part of the record that each stage is drawn from."""

UPGRADES = ("Lynas, Kuantan NdPr, upgraded",)
"""Ramps of plants that ran before, which say nothing about new ones."""

ALL_OXIDES = {"Lynas, Kuantan REO": "Lynas, Kuantan NdPr"}
"""Ramps that count all oxides, of a plant whose magnet oxides are counted too: lanthanum and cerium
weigh most there and are held back as the market wants, so they say little of the plant."""

STATES = {"operating": "running", "ramping": "running", "under construction": "building"}
"""Status in the list of plants; any other is planned."""

ABSENT = "not in the list"
"""How rows end that stand for what the list of plants lacks."""

MIXED = ("alloy", "magnets")
"""Products whose rare earths follow the assumption on magnets and the mix of demand."""

HEAVY = ("Dy", "Tb")


# --- the record ----------------------------------------------------------------------------------


@cache
def slip(stages: tuple[str, ...]) -> Slip:
    """Chance and delay of plants, fitted to first promises and what became of them.

    Args:
        stages: :data:`ORE` or :data:`MAGNET`.
    """
    slipped = pipeline.slips(data.table("start_dates"), NOW)
    return buildup.fit_slip(slipped[slipped["stage"].isin(stages)])


def delivered(reading: str = "") -> pd.DataFrame:
    """Published output of new plants, as from :func:`rareearth.models.pipeline.delivered`.

    Upgrades of plants that ran before are left out, and all oxides where those for magnets are
    published too.

    Args:
        reading: of nameplates, where not the preferred one.
    """
    shares = pipeline.delivered(data.table("plant_output"), data.table("nameplates"), reading)
    return shares[~shares["ramp"].isin((*UPGRADES, *ALL_OXIDES))]


@cache
def ramp() -> Ramp:
    """Growth into nameplate, fitted to published output of new plants."""
    return buildup.fit_ramp(delivered())


# --- the plants ----------------------------------------------------------------------------------


@cache
def plants() -> pd.DataFrame:
    """Plants outside China that run or are to come, one row per plant and stage.

    Recycling plants and plants that stopped are left out.

    Returns:
        ``facility``, ``place`` (of :data:`PLACES`), ``country``, ``stage``, ``product``,
        ``quantity_t_per_year``, ``NdPr_t`` and ``DyTb_t`` (contained element a year at nameplate;
        for alloy and magnets at the central content and mix of demand in 2024), ``due_year``
        (missing if no date is stated), ``start_year`` (of a running plant, where known),
        ``promised_year`` (first promise on record, else the due year), ``state`` (running,
        building, planned), ``running``, ``company``, ``aided`` (to come, and its firm has federal
        money), ``many`` (a row that stands for several plants), ``kind``, ``source``, ``locator``,
        ``seen``, ``note``.
    """
    listed = data.table("plants").set_index("facility")
    table = data.table("plant_content").copy()
    facts = listed.reindex(table["facility"]).set_axis(table.index)
    quantity = table["quantity_t_per_year"].fillna(facts["capacity_t_per_year"])
    table["quantity_t_per_year"] = quantity
    table["country"] = table["country"].fillna(facts["country"])
    states = facts["status"].astype(str).map(STATES).fillna("planned")
    table["state"] = table["state"].astype(object).fillna(states)
    table["running"] = table["state"] == "running"
    table["place"] = np.where(table["country"] == PLACES[0], *PLACES)
    year, basis = facts["start_year"].astype(float), facts["start_basis"].astype(str)
    promised = table["due_year"].astype(float).fillna(year.where(basis == "planned"))
    table["due_year"] = promised.mask(table["running"])
    table["start_year"] = year.where(table["running"] & (basis == "actual"))
    record = pipeline.slips(data.table("start_dates"), NOW).set_index("facility")["promised_year"]
    table["promised_year"] = table["promise"].map(record).astype(float).fillna(table["due_year"])
    content = _content(table)
    table["NdPr_t"], table["DyTb_t"] = content.T
    table["company"] = facts["company"].astype(object).fillna("")
    table["aided"] = ~table["running"] & table["company"].map(incentives.aided)
    table["many"] = (table["company"] == "several") | table["facility"].str.endswith(ABSENT)
    order = ["facility", "place", "country", "stage", "product", "quantity_t_per_year"]
    order += ["NdPr_t", "DyTb_t", "due_year", "start_year", "promised_year", "state", "running"]
    order += ["company", "aided", "many"]
    return table[[*order, "kind", "source", "locator", "seen", "note"]]


def _content(table: pd.DataFrame) -> np.ndarray:
    """Contained element at nameplate: row, group."""
    quantity = table["quantity_t_per_year"].to_numpy()
    element = np.array([oxides.ndpr_in_oxide(), oxides.dytb_in_oxide()])
    oxide = table[["ndpr_oxide_pct", "dytb_oxide_pct"]].to_numpy(dtype=float) / 100 * element
    central = assumptions.register()["mode"]
    heavy = _heavy(pd.DataFrame([central]), "STEPS")[0, 0]
    split = np.array([1 - heavy, heavy])
    magnet = split * central["rare_earth_in_magnet"]
    share = np.where(table["product"].isin(MIXED).to_numpy()[:, None], magnet, oxide)
    metal = (table["product"] == "metal").to_numpy()[:, None]
    return quantity[:, None] * np.where(metal, split, share)


def _heavy(draws: pd.DataFrame, case: str) -> np.ndarray:
    """Dysprosium and terbium in the world's demand for magnet rare earths: year, draw."""
    mass = substitution.demand_of(mix(case), draws, None, len(YEARS)).sum(axis=1)
    at = [substitution.ELEMENTS.index(element) for element in HEAVY]
    return mass[:, at].sum(axis=1) / mass.sum(axis=1)


@cache
def mix(case: str) -> substitution.Mix:
    """World demand of a case and what it is made of.

    Args:
        case: of the International Energy Agency: ``STEPS``, ``APS`` or ``NZE``.
    """
    return substitution.mix(data.table("magnet_demand"), case)


@cache
def _measured() -> dict[tuple[str, str], pd.Series]:
    """Published output by plant and stage: quantity of product by calendar year."""
    table = data.table("running_output")
    keys = [table["facility"].astype(str), table["stage"].astype(str)]
    return {key: rows.set_index("year")["quantity_t"] for key, rows in table.groupby(keys)}


# --- draws ---------------------------------------------------------------------------------------


def space(scenario: Scenario) -> pd.DataFrame:
    """All uncertain inputs, for :func:`uncertainty.sobol_indices`.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        ``low``, ``mode``, ``high`` and ``distribution`` by name: the assumptions, the positions
        in what the record allows, and the number that decides the fate of every plant.
    """
    return pd.concat([assumptions.ranges(scenario), uncertainty.levels((*IN_RECORD, CHANCE))])


def sample(n: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    """Draws of all that supply rests on.

    Args:
        n: number of draws.
        seed: any non-negative integer; same seed, same draws.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        n rows: the assumptions, one column for each of :data:`IN_RECORD`, and :data:`CHANCE`.
    """
    return uncertainty.sample(space(scenario), n, seed)


def risk(draws: pd.DataFrame, stages: tuple[str, ...]) -> Risk:
    """What plants to come run into, draw by draw.

    A draw stands at the same place in what the record allows for both groups of stages, and what
    plants have in common is the same for all.

    Args:
        draws: as from :func:`sample`.
        stages: :data:`ORE` or :data:`MAGNET`.
    """
    positions = [draws[name].to_numpy() for name in IN_RECORD]
    never, chance = slip(stages).at(*positions[:2])
    ceiling, time = ramp().at(*positions[2:])
    left = draws["construction_risk_left"].to_numpy()
    common = streams.normal(draws[CHANCE].to_numpy(), "all plants", "fate")
    return Risk(never, chance, ceiling, time, left, common, draws["common_fate"].to_numpy())


def output(draws: pd.DataFrame, scenario: Scenario, *, losses: bool = True) -> xr.DataArray:
    """Output of plants outside China if feed did not limit it.

    Published output stands as published. A running plant grows from there, or from its start,
    towards its lasting share of nameplate; one without a known start is there already. A plant to
    come may not come, comes late and ramps. If ``plants`` is ``announced`` in the scenario, every
    plant makes its nameplate from :data:`NOW` on, or from its due year if that is later.

    Args:
        draws: as from :func:`sample`.
        scenario: gives the demand case, which sets the mix of elements in magnets, and how
            plants arrive.
        losses: count all stages as separated oxide; else each stage in its own product.

    Returns:
        Tonnes of element a year: place, stage, group, year, draw.
    """
    axes = {"place": list(PLACES), "stage": list(STAGES), "group": list(GROUPS), "year": YEARS}
    made = outputs(draws, scenario, losses=losses)[0]
    return xr.DataArray(made, dims=(*axes, "draw"), coords=axes)


def outputs(
    draws: pd.DataFrame, scenario: Scenario, *, losses: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """As :func:`output`, for all plants and for those that run today, in plain arrays."""
    shape = (len(PLACES), len(STAGES), len(GROUPS), len(YEARS), len(draws))
    coming, running, listed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    announced = scenario.choices["plants"] == "announced"
    faced = {stages: risk(draws, stages) for stages in (ORE, MAGNET)}
    answers = incentives.Incentives(draws, scenario)
    content = _contents(draws, scenario)
    for plant in plants().itertuples():
        met = faced[RECORD[plant.stage]]
        share = _share(plant, draws, met, answers, announced)
        at = PLACES.index(plant.place), STAGES.index(plant.stage)
        for group, full in enumerate(content(plant)):
            (running if plant.running else coming)[*at, group] += full * share
            if not plant.running:
                listed[*at, group] += full * (1 - met.never) * met.ceiling
    if not announced:
        coming += listed * answers.entered()[:, :, None]
    total = np.add(coming, running, out=coming)
    if losses:
        for some in (total, running):
            some[:, STAGES.index("Mined")] *= draws["separation_yield"].to_numpy()
            some[:, STAGES.index("Metal")] /= draws["metal_yield"].to_numpy()
            some[:, STAGES.index("Magnets")] /= kept_from_oxide(draws)
    return total, running


def _contents(
    draws: pd.DataFrame, scenario: Scenario
) -> Callable[[tuple], tuple[np.ndarray, np.ndarray]]:
    """Element a year that a plant makes at nameplate, by group: year, draw, or one for all."""
    heavy = _heavy(draws, scenario.choices["demand_case"])
    magnet = draws["rare_earth_in_magnet"].to_numpy()

    def content(plant: tuple) -> tuple[np.ndarray, np.ndarray]:
        if plant.product not in (*MIXED, "metal"):
            return plant.NdPr_t, plant.DyTb_t
        made = plant.quantity_t_per_year * (magnet if plant.product in MIXED else 1.0)
        return made * (1 - heavy), made * heavy

    return content


def kept_from_oxide(draws: pd.DataFrame) -> np.ndarray:
    """Rare earth in separated oxide that ends in finished magnets, swarf returned, draw by draw.

    Args:
        draws: as from :func:`sample`.
    """
    return (draws["metal_yield"] * draws["magnet_yield"]).to_numpy()


def _share(
    plant: tuple, draws: pd.DataFrame, faced: Risk, answers: incentives.Incentives, announced: bool
) -> np.ndarray:
    """Share of nameplate that a plant makes: year, draw."""
    undated, number = draws["undated_start_year"].to_numpy(), draws[CHANCE].to_numpy()
    due = undated if np.isnan(plant.due_year) else np.full(len(draws), plant.due_year)
    if announced:
        share = _running(plant, number, faced) if plant.running else 0.0
        opened = YEARS[:, None] >= (NOW if plant.running else np.maximum(due, NOW))
        return np.where((YEARS < NOW)[:, None], share, opened)
    if plant.running:
        share, start = _running(plant, number, faced), -np.inf
    else:
        odds, saved = answers.given_up(plant)
        fate = buildup.fate(
            plant.facility,
            number,
            faced,
            ramp(),
            due=due,
            promised=due if np.isnan(plant.promised_year) else plant.promised_year,
            now=NOW,
            building=plant.state == "building",
            odds=odds,
            saved=saved,
        )
        share = fate.built * buildup.grown(YEARS, fate.start, fate.ceiling, fate.time)
        start = fate.start
    return answers.made(plant, share, start)


def _running(plant: tuple, number: np.ndarray, faced: Risk) -> np.ndarray:
    """Share of nameplate of a plant that runs today and goes on: year, draw."""
    known = _measured().get((plant.facility, plant.stage))
    ceiling, time = buildup.ramp_of(plant.facility, number, faced, ramp())
    if known is None:
        start = -np.inf if np.isnan(plant.start_year) else plant.start_year
        return buildup.grown(YEARS, start, ceiling, time)
    shares = known / plant.quantity_t_per_year
    share = buildup.grown(YEARS, known.index[-1], ceiling, time, shares.iloc[-1])
    published = np.interp(YEARS, known.index, shares)[:, None]
    return np.where((known.index[-1] >= YEARS)[:, None], published, share)
