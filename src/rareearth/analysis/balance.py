"""The integrated balance, from tables, scenario and draws: the one entry for all chapters.

The same scenario, number of draws and seed give the same numbers on every page.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache, partial

import numpy as np
import pandas as pd
import xarray as xr
from scipy import optimize

from rareearth import assumptions, scenarios, uncertainty
from rareearth.analysis import (
    incentives,
    new_magnets,
    products,
    proteins,
    stockpile,
    supply,
)
from rareearth.models import balance as model
from rareearth.models import demand, disruption, extraction, oxides, recycling, substitution
from rareearth.models.balance import GROUPS, MEMBERS, Balance
from rareearth.scenarios import Scenario

YEARS = supply.YEARS
HOME, OUTSIDE = model.REGIONS
CHUNK = 750
"""Draws worked on at once: what they need stays small beside what is kept."""

CHINA_SHARES = {use: name.replace("us_", "china_", 1) for use, name in demand.SHARES.items()}
"""Assumption that holds China's share of each use."""

KT = 1e3
"""Tonnes in a thousand tonnes."""

LEFT, BRIDGED, SHORT = "Left to China", "Bridged in a cut", "Shortage"
ORDER = (*model.SOURCES, *reversed(model.ROUTES), BRIDGED, SHORT, LEFT)
"""Parts of demand from the bottom of the stack."""

CHAIN = "Whole chain"
MILESTONES = (2030, 2035, 2040)

ROUNDING = 1e-6
"""Part of a need that single precision may miss."""

JOINT = 4096
"""Joint draws of the inputs of a theme."""

RANKED, GOAL = 400, 2035
"""Draws by which the inputs are ranked, and the year of the gap that ranks them."""

BESIDE_REGISTER = {
    "Old products": tuple(products.quantiles()),
    "Which plants come": (supply.CHANCE,),
    "How plants fare": supply.IN_RECORD,
}
"""Inputs that are no assumptions, by theme: quantiles in the ranges of the tables on products, the
chance that decides what becomes of each plant, and quantiles in what the record allows."""


def themes() -> dict[str, list[str]]:
    """All inputs that move the balance, by what they are about.

    Returns:
        Names of inputs by theme, in the order of the register's column ``theme``.
    """
    register = assumptions.register()["theme"].dropna()
    return {
        theme: [*register.index[register == theme], *BESIDE_REGISTER.get(theme, ())]
        for theme in register.cat.categories
    }


def space(scenario: Scenario) -> pd.DataFrame:
    """All uncertain inputs of the balance.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        ``low``, ``mode``, ``high`` and ``distribution`` by name: all assumptions, and those of
        :data:`BESIDE_REGISTER`.
    """
    old, plants = products.space("World", scenario), supply.space(scenario)
    return pd.concat([plants, old[~old.index.isin(plants.index)]])


def sample(draws: int, seed: int, scenario: Scenario) -> pd.DataFrame:
    """Draws of all that the balance rests on.

    Args:
        draws: number of draws.
        seed: any non-negative integer; same seed, same draws.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        One row per draw, one column for each input of :func:`space`.
    """
    return uncertainty.sample(space(scenario), draws, seed)


@lru_cache(maxsize=16)
def run(scenario: Scenario, draws: int, seed: int) -> Balance:
    """The balance of a scenario, computed once in a session.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws; 100,000 need about 0.6 gigabytes.
        seed: any non-negative integer; same seed, same numbers.

    Returns:
        See :class:`rareearth.models.balance.Balance`; years are :data:`YEARS`, masses tonnes of
        element a year.
    """
    inputs = space(scenario)
    unused = assumptions.register().index.difference(assumptions.used_by("balance").index)
    return of_draws(uncertainty.sample(inputs.drop(index=unused), draws, seed), scenario)


def of_draws(draws: pd.DataFrame, scenario: Scenario, chunk: int = CHUNK) -> Balance:
    """The balance for given draws, a chunk at a time.

    Args:
        draws: as from :func:`sample`.
        scenario: gives the demand case, how plants arrive and whether China sells.
        chunk: draws at once, at least 1; does not change a number.

    Returns:
        The balance of all draws, in single precision, not to be written to.
    """
    if chunk < 1 or draws.empty:
        raise ValueError(f"There must be draws and a chunk of at least 1, not {chunk}.")
    whole: dict[str, np.ndarray] = {}
    for start in range(0, len(draws), chunk):
        some = draws.iloc[start : start + chunk]
        part = assemble(
            some, scenario, {name: made(some, scenario) for name, made in PARTS.items()}
        )
        for name, mass in part.data.items():
            if name not in whole:
                whole[name] = np.zeros((*mass.shape[:-1], len(draws)), dtype=np.float32)
            if name not in CUT or _cuts(scenario):
                whole[name][..., start : start + len(some)] = mass
    for mass in whole.values():
        mass.flags.writeable = False
    return model.labelled(whole, YEARS)


@assumptions.main_result(
    "balance",
    "supply and demand",
    {**dict.fromkeys(supply.IN_RECORD, "start_dates"), **products.tables()},
)
def _gap() -> tuple[pd.DataFrame, np.ndarray]:
    """Draws, and the gap that most pages print."""
    drawn = sample(RANKED, 7, baseline := scenarios.load("baseline"))
    return drawn, np.asarray(share_left(of_draws(drawn, baseline), GOAL))


CUT = ("bridged", "shortage")
"""Parts of the balance that are zero while China sells; pages never written take no memory."""


def _cuts(scenario: Scenario) -> bool:
    return scenario.choices["china"] == "cut"


def assemble(
    draws: pd.DataFrame, scenario: Scenario, made: Mapping[str, tuple[np.ndarray, ...]]
) -> Balance:
    """The balance from its parts.

    Args:
        draws: as from :func:`sample`.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        made: what each of :data:`PARTS` gives for these draws.
    """
    before, avoided = made["needs"]
    output, running = made["plants"]
    recovered, counted = made["old products"]
    (extracted,) = made["waste"]
    # Uses that the stock model does not count, per tonne of demand against those that it does.
    beyond = np.maximum(before * supply.kept_from_oxide(draws) - counted, 0.0) / counted
    home, outside = recovered * (1 + draws["recycled_beyond_count"].to_numpy() * beyond)
    alloy = draws["recycled_as_alloy"].to_numpy()
    ours = model.Supply(output[0], running[0], extracted, home, alloy)
    others = model.Supply(
        output[1],
        running[1],
        np.zeros_like(extracted),
        np.maximum(outside - home, 0.0),
        alloy,
    )
    allied = draws["allied_share"].to_numpy()
    computed = model.balance(before, avoided, ours, others, allied, YEARS)
    return _cut(computed, draws, scenario.choices["demand_case"]) if _cuts(scenario) else computed


def _cut(open_: Balance, draws: pd.DataFrame, case: str) -> Balance:
    """The balance if China stops its exports for a time.

    By use only the American need is known; elsewhere there is one civil use, and no state stock.
    """
    terms = stockpile.cut_of_years(draws, int(YEARS[0]))
    no_state = terms[2]._replace(strategic=np.zeros(len(draws)), reserved=np.zeros(len(draws)))
    need = open_.need.transpose("region", "year", "group", "draw").to_numpy()
    secured = open_.secured.sum("source").transpose("region", "year", "group", "draw").to_numpy()
    by_use = stockpile.us_need(draws, case)[: len(YEARS)]
    by_use = by_use / by_use.sum(axis=1, keepdims=True) * need[0][:, None]
    elsewhere = np.stack([np.zeros_like(need[1]), need[1]], axis=1)
    bridged, shortage = [], []
    for at, (uses, rank, stocks) in enumerate(
        ((by_use, stockpile.RANK, terms[2]), (elsewhere, (0, 1), no_state))
    ):
        run = disruption.by_year(uses, secured[at], *terms[:2], stocks, rank)
        bridges = run.surged + run.saved + run.commercial + run.strategic
        bridged.append(np.moveaxis(bridges, 1, 0))
        shortage.append(np.moveaxis(run.shortage, 1, 0))
    return model.cut(open_, np.stack(bridged), np.stack(shortage))


# --- needs ---------------------------------------------------------------------------------------


def _needs(draws: pd.DataFrame, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Demand (region, group, year, draw) and what is avoided (route before it), tonnes.

    Finished magnets are counted as the oxide that goes into them, as the stages of supply are:
    what is lost on the way and does not come back, in metal making and as swarf, is added once.
    """
    mix = supply.mix(scenario.choices["demand_case"])
    ours = {use: draws[name].to_numpy() for use, name in demand.SHARES.items()}
    outside = {use: 1 - draws[name].to_numpy() for use, name in CHINA_SHARES.items()}
    offer = new_magnets.offer(draws, scenario, YEARS)
    demanded, avoided = [], []
    for shares in (ours, outside):
        need = substitution.demand_of(mix, draws, shares, len(YEARS))
        computed = substitution.avoided(need, YEARS, draws, *offer)
        demanded.append(_grouped(computed.demand, axis=1))
        avoided.append(_grouped(computed.routes, axis=2))
    felt = incentives.felt(draws)
    less, more = (
        felt ** (sign * draws[f"{name}_price_elasticity"].to_numpy())
        for name, sign in (("demand", -1), ("substitution", 1))
    )
    oxide_t = KT / supply.kept_from_oxide(draws) * less
    needed = oxide_t * np.moveaxis(np.stack(demanded), 2, 1)
    spared = oxide_t * np.moveaxis(np.stack(avoided, axis=1), 3, 2)
    # A high price cannot spare more than there is.
    whole = spared.sum(axis=0)
    most = np.divide(needed, whole, out=np.full_like(whole, np.inf), where=whole > 0)
    return needed, spared * np.minimum(more, np.maximum(most, 1.0))


def _grouped(mass: np.ndarray, axis: int) -> np.ndarray:
    """Elements of :data:`rareearth.models.substitution.ELEMENTS` added to groups."""
    at = {element: place for place, element in enumerate(substitution.ELEMENTS)}
    return np.stack([mass.take([at[e] for e in MEMBERS[g]], axis).sum(axis) for g in GROUPS], axis)


# --- supplies ------------------------------------------------------------------------------------


def _old_products(draws: pd.DataFrame, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """What recycling yields, and what enters use, in the products of the stock model.

    Returns:
        Tonnes: recovered and entering, region, group, year, draw. China's part of what leaves use
        in the world is taken to be its share of the use.
    """
    at = np.flatnonzero(np.isin(products.YEARS, YEARS))
    case = scenario.choices["demand_case"]
    china = draws[list(products.register()["use"].map(CHINA_SHARES))].to_numpy().T
    felt = incentives.felt(draws)
    odds = felt ** draws["scrap_price_elasticity"].to_numpy()
    computed, loss = [], None
    for region, kept in (("United States", 1.0), ("World", 1 - china)):
        inputs = _products(region, case).inputs(draws)
        if loss is None:  # products live as long everywhere
            loss = recycling.loss(inputs, at[-1] + 1)
        groups = np.moveaxis(_grouped(inputs.fractions, axis=1), 1, 0)
        computed.append(recycling.recovered(inputs, loss, at, groups, kept, odds))
    return tuple(np.stack(flows) for flows in zip(*computed, strict=True))


@cache
def _products(place: str, case: str) -> products.Products:
    return products.Products(place, case)


def _waste(draws: pd.DataFrame, scenario: Scenario) -> tuple[np.ndarray]:
    """Concentrate from standard plants for waste in the United States: group, year, draw."""
    plants = model.waste_plants(
        YEARS, draws["waste_start_year"].to_numpy(), draws["waste_plants_2040"].to_numpy()
    )
    oxide = waste_plant_t(draws).to_numpy()
    content = {
        "NdPr": draws["ndpr_share_of_waste"].to_numpy() * oxides.ndpr_in_oxide(),
        "DyTb": draws["dytb_share_of_waste"].to_numpy() * oxides.element_in_oxide("Dy"),
    }
    return (np.stack([plants * oxide * content[g] for g in GROUPS]),)


def waste_plant_t(draws: pd.DataFrame) -> pd.Series:
    """Rare-earth oxides that a standard plant for waste makes, tonnes a year.

    Args:
        draws: as from :func:`sample`.
    """
    feed = proteins.wastes().loc[standard_plant()]
    # What only costs depend on is left out.
    drawn = draws[[feed["grade"], feed["leach"], feed["size"], "capture_recovery"]]
    run = proteins.of_waste(drawn.assign(**{feed["acid"]: 0.0, "liquor_per_solid": 0.0}), feed.name)
    return extraction.recovered(run) * run["feed_t_per_year"] / recycling.KG_PER_T


@cache
def standard_plant() -> str:
    """Waste of the standard plant, as the table of wastes marks it."""
    wastes = proteins.wastes()
    return wastes.index[wastes["standard_plant"]].item()


PARTS = {
    "needs": _needs,
    "plants": supply.outputs,
    "old products": _old_products,
    "waste": _waste,
}
"""What the balance is made of, each from draws and scenario alone."""


# --- what comes out ------------------------------------------------------------------------------


def share_left(balance: Balance, year: int, region: str = HOME) -> xr.DataArray:
    """Supply gap in percent of demand in a year: draw.

    Args:
        balance: as from :func:`run`.
        year: of :data:`YEARS`.
        region: one of :data:`rareearth.models.balance.REGIONS`.
    """
    at = Balance(balance.data.sel(region=region, year=year))
    return 100 * at.gap.sum("group") / at.demand.sum("group")


def parts(balance: Balance, region: str = HOME) -> xr.DataArray:
    """Demand of a region by what it is met from, in the order in which it is drawn.

    Args:
        balance: as from :func:`run`.
        region: one of :data:`rareearth.models.balance.REGIONS`.

    Returns:
        Tonnes by part, group, year, draw. Parts are the routes by which demand is avoided, sources
        without China, what China goes on filling, what bridges a cut, and shortage; they add up
        to demand.
    """
    at = Balance(balance.data.sel(region=region, drop=True))
    rest = {LEFT: at.left_to_china, BRIDGED: at.bridged, SHORT: at.shortage}
    return xr.concat(
        [
            at.avoided.rename(route="part"),
            at.secured.rename(source="part"),
            *(mass.expand_dims(part=[name]) for name, mass in rest.items()),
        ],
        "part",
    )


def wedge(balance: Balance, region: str = HOME, level: float = 0.9) -> pd.DataFrame:
    """What closes the gap, by year, both groups of elements together.

    Means are given beside medians because means of parts add up to the mean of the whole.

    Args:
        balance: as from :func:`run`.
        region: one of :data:`rareearth.models.balance.REGIONS`.
        level: part of the draws between ``low_kt`` and ``high_kt``.

    Returns:
        ``year``, ``part`` (as :func:`parts`, and ``Demand``), ``mean_kt``, ``low_kt``,
        ``median_kt``, ``high_kt``: thousand tonnes a year.
    """
    mass = parts(balance, region).sum("group")
    whole = balance.demand.sel(region=region, drop=True).sum("group")
    mass = xr.concat([mass, whole.expand_dims(part=["Demand"])], "part").astype(float) / KT
    bands = uncertainty.band(mass, level)
    bands["mean"] = mass.mean("draw").to_numpy().ravel()
    columns = ["mean", "low", "median", "high"]
    return bands.rename(columns={name: f"{name}_kt" for name in columns})[
        ["year", "part", *(f"{name}_kt" for name in columns)]
    ]


def free_year(
    balance: Balance,
    stage: str,
    confidence: float,
    region: str = HOME,
    group: str | None = None,
) -> int | None:
    """Year from which a stage could serve all need without China, at a chosen confidence.

    Args:
        balance: as from :func:`run`.
        stage: one of :data:`rareearth.models.balance.STAGES`, by itself (United States only), or
            "Whole chain" for what passes all of them.
        confidence: share of draws in which it must hold, in that year and all later ones.
        region: one of :data:`rareearth.models.balance.REGIONS`.
        group: one of :data:`rareearth.models.balance.GROUPS`; none for both at once.

    Returns:
        The year, or None if it does not come by the last of :data:`YEARS`.

    Raises:
        ValueError: if a stage by itself is asked for outside the United States.
    """
    chosen = list(GROUPS) if group is None else [group]
    need = balance.need.sel(region=region, group=chosen) * (1 - ROUNDING)
    served = reach(balance, stage, region).sel(group=chosen)
    return model.free_year(served, need, confidence)


def reach(balance: Balance, stage: str, region: str = HOME) -> xr.DataArray:
    """Need that a stage could serve by itself, or all together: group, year, draw.

    Args:
        balance: as from :func:`run`.
        stage: as for :func:`free_year`.
        region: as for :func:`free_year`.

    Raises:
        ValueError: if a stage by itself is asked for outside the United States.
    """
    if stage == CHAIN:
        return balance.secured.sel(region=region).sum("source")
    if region != HOME:
        raise ValueError(f"The reach of one stage is kept for {HOME} only; ask for '{CHAIN}'.")
    return balance.reach.sel(stage=stage)


# --- what decides --------------------------------------------------------------------------------


def drivers(
    scenario: Scenario, years: Sequence[int] = (2030, 2035), n: int = 512, seed: int = 1
) -> pd.DataFrame:
    """Part of the variance of the gap in percent of demand that each theme of inputs explains.

    It is the quantity of the headlines, :func:`share_left`. In tonnes more of the variance would
    be that of demand itself, which the percentage divides by.

    The inputs of a theme are drawn together: a number from 0 to 1 stands for one of
    :data:`JOINT` joint draws of them. The indices are then those of groups of inputs, which are as
    well defined as those of single ones (Saltelli et al. 2008, Global Sensitivity Analysis,
    section 4.6), and few enough to be computed well.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        years: of :data:`YEARS`.
        n: base sample, as for :func:`rareearth.uncertainty.sobol_indices`.
        seed: any non-negative integer.

    Returns:
        As from :func:`rareearth.uncertainty.sobol_indices`, with ``year``; ``parameter`` is one of
        :func:`themes`.
    """
    pool = sample(JOINT, seed, scenario)
    varying = set(pool.columns[pool.nunique() > 1])
    moving = {theme: [n for n in names if n in varying] for theme, names in themes().items()}
    moving = {theme: names for theme, names in moving.items() if names}

    @cache
    def gaps(places: bytes) -> dict[int, np.ndarray]:
        rows = (np.frombuffer(places).reshape(-1, len(moving)) * JOINT).astype(int)
        rows = rows.clip(0, JOINT - 1)
        columns = {
            name: pool[name].to_numpy()[rows[:, at]]
            for at, names in enumerate(moving.values())
            for name in names
        }
        draws = pool.iloc[np.zeros(len(rows), dtype=int)].reset_index(drop=True)
        computed = of_draws(draws.assign(**columns), scenario)
        return {year: share_left(computed, year).to_numpy().astype(float) for year in years}

    def gap_in(year: int, places: pd.DataFrame) -> np.ndarray:
        # The sample is the same for all years, so the balance is run once.
        return gaps(np.ascontiguousarray(places, dtype=float).tobytes())[year]

    unit = dict.fromkeys(moving, (0.0, 1.0))
    computed = [
        uncertainty.sobol_indices(partial(gap_in, year), unit, n, seed).assign(year=year)
        for year in years
    ]
    return pd.concat(computed, ignore_index=True)


def members(name: str, known: Sequence[str]) -> list[str]:
    """Inputs behind a name: those of a group of the register, or the one of that name.

    Args:
        name: of an input or a group.
        known: names of inputs.

    Raises:
        ValueError: if there is neither.
    """
    groups = scenarios.groups()
    if name not in known and name not in groups:
        close = difflib.get_close_matches(name, [*known, *groups], n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        raise ValueError(f"The balance has no input '{name}'.{hint}")
    return groups.get(name, [name])


def limits(name: str, scenario: Scenario) -> pd.Series:
    """Range of an input or group under a scenario, and how far it could go at all.

    Args:
        name: as for :func:`members`.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        ``least`` and ``most`` (hard bounds), ``low``, ``mode`` and ``high``; means over a group.
    """
    inputs, register = space(scenario), assumptions.register()
    chosen = members(name, inputs.index)
    bounds = register.loc[chosen, ["minimum", "maximum"]] if chosen[0] in register.index else None
    least, most = (0.0, 1.0) if bounds is None else bounds.astype(float).iloc[0]
    middle = inputs.loc[chosen, ["low", "mode", "high"]].astype(float).mean()
    return pd.Series({"least": least, "most": most} | middle.to_dict(), name=name)


def switching(
    conclusion: Callable[[Balance], float],
    name: str,
    scenario: Scenario,
    draws: int = 200,
    seed: int = 1,
) -> pd.Series:
    """Switching value: that of one input at which a conclusion flips, all others as they are drawn.

    Args:
        conclusion: a number that is above 0 while the conclusion holds and changes without jumps,
            such as a median less a threshold.
        name: as for :func:`members`.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer; the same draws are used for all values.

    Returns:
        ``value`` at which it flips (missing if it does not between ``least`` and ``most``, the
        hard bounds), ``low``, ``mode`` and ``high`` of the scenario, and whether the conclusion
        ``holds`` at the mode.
    """
    drawn = sample(draws, seed, scenario)
    ends = limits(name, scenario)
    moved = members(name, drawn.columns)

    @cache
    def margin(value: float) -> float:
        at = float(np.clip(value, ends["least"], ends["most"]))
        return float(conclusion(of_draws(drawn.assign(**dict.fromkeys(moved, at)), scenario)))

    value = _crossing(margin, ends["least"], ends["mode"], ends["most"])
    return pd.Series({"value": value, **ends, "holds": margin(ends["mode"]) > 0}, name=name)


def _crossing(margin: Callable[[float], float], least: float, mode: float, most: float) -> float:
    """Where the margin changes its sign, nearest to the mode; missing if nowhere."""
    ends = [end for end in (least, most) if margin(end) * margin(mode) < 0]
    if not ends:
        return float("nan")
    computed = [
        optimize.brentq(margin, min(end, mode), max(end, mode), xtol=1e-3 * (most - least))
        for end in ends
    ]
    return float(min(computed, key=lambda value: abs(value - mode)))
