"""The integrated balance, from tables, scenario and draws: the one entry for all chapters.

The same scenario, number of draws and seed give the same numbers on every page.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache, partial

import numpy as np
import pandas as pd
from scipy import optimize

from rareearth import assumptions, data, uncertainty
from rareearth.analysis import products, proteins, stockpile, supply
from rareearth.models import balance as model
from rareearth.models import demand, disruption, extraction, oxides, recycling, substitution
from rareearth.models.balance import GROUPS, Balance
from rareearth.scenarios import Scenario

YEARS = supply.YEARS
CHUNK = 2000
"""Draws worked on at once."""

STANDARD_PLANT = "Red mud"
"""Waste of the standard plant: of the American wastes, the one that costs least to work by the
model of extraction, and the one for which a plant of full size has been planned."""

CHINA_SHARES = {
    "Electric vehicles": "china_share_of_ev_use",
    "Wind power": "china_share_of_wind_use",
    "Other uses": "china_share_of_other_uses",
}
"""Assumption that holds China's share of each use."""

KNOBS = {"collection_rate": list(products.register()["collection"].unique())}
"""Names that set several assumptions at once."""

MEMBERS = {"NdPr": ("Nd", "Pr"), "DyTb": ("Dy", "Tb")}
"""Elements of each group."""

KT = 1e3
"""Tonnes in a thousand tonnes."""

LEFT, BRIDGED, SHORT = "Left to China", "Bridged in a cut", "Shortage"
MILESTONES = (2030, 2035, 2040)

ROUNDING = 1e-6
"""Part of a need that single precision may miss."""

JOINT = 4096
"""Joint draws of the inputs of a theme."""

THEMES = {
    "World demand": ["magnet_demand_level", "heavy_share_of_other_uses"],
    "Content per product": ["content_saved_by_2050", "rare_earth_in_magnet"],
    "America's share of use": list(demand.SHARES.values()),
    "China's share of use": list(CHINA_SHARES.values()),
    "Motors of another kind": [
        *substitution.CEILINGS.values(),
        "switch_midpoint_year",
        "switch_takeover_years",
    ],
    "New magnets": [
        f"new_magnet_{what}"
        for what in ("delay_years", "output_share", "growth", "displacement", "reach")
    ],
    "Less heavy rare earth": [
        f"heavy_thrift_{what}" for what in ("saving", "open", "midpoint_year", "takeover_years")
    ],
    "Old products": [
        *products.assumed("United States"),
        *products.assumed("World"),
        *products.quantiles(),
        "recycled_as_alloy",
    ],
    "Extraction from waste": [
        "waste_plants_2040",
        "waste_start_year",
        "grade_red_mud",
        "leach_red_mud",
        "capture_recovery",
        "ndpr_share_of_waste",
        "dytb_share_of_waste",
    ],
    "Which plants come": [supply.LUCK],
    "How plants fare": [
        *supply.POSITIONS,
        "construction_risk_left",
        "undated_start_year",
        "separation_yield",
        "metal_yield",
        "magnet_yield",
    ],
    "Allies": ["allied_share"],
    "Levers on plants": [
        *(f"{lever}_saves" for lever in ("floor", "offtake", "equity")),
        "permitting_saves_time",
    ],
}
"""All inputs that move the balance, by what they are about."""


def space(scenario: Scenario) -> pd.DataFrame:
    """All uncertain inputs of the balance.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        ``low``, ``mode``, ``high`` and ``distribution`` by name: all assumptions, the positions in
        the tables' ranges and in the record of plants, and the luck of the plants.
    """
    old, plants = products.space("World", scenario), supply.space(scenario)
    return pd.concat([plants, old[~old.index.isin(plants.index)]])


def sample(draws: int, seed: int, scenario: Scenario, **own: float | None) -> pd.DataFrame:
    """Draws of all that the balance rests on.

    Args:
        draws: number of draws.
        seed: any non-negative integer; same seed, same draws.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        own: values that replace an assumption, any other input or all of one of :data:`KNOBS` by
            name, in every draw; None leaves it as it is.

    Returns:
        One row per draw: all assumptions, the positions in the tables' ranges, and the luck of
        the plants.

    Raises:
        ValueError: if a name is unknown or a value leaves the hard bounds of its assumption.
    """
    sampled = uncertainty.sample(space(scenario), draws, seed)
    return sampled.assign(**_replaced(own, sampled.columns))


def _replaced(own: Mapping[str, float | None], known: Sequence[str]) -> dict[str, float]:
    """Values by input, checked against the hard bounds of the register."""
    register, values = assumptions.register(), {}
    for knob, value in own.items():
        for name in KNOBS.get(knob, [knob]):
            if name not in known:
                close = difflib.get_close_matches(name, [*known, *KNOBS], n=1)
                hint = f" Did you mean '{close[0]}'?" if close else ""
                raise ValueError(f"The balance has no input '{name}'.{hint}")
            if value is None:
                continue
            low, high = (
                register.loc[name, ["minimum", "maximum"]] if name in register.index else (0.0, 1.0)
            )
            if not low <= value <= high:
                raise ValueError(f"{name}: {value:g} is outside {low:g} to {high:g}.")
            values[name] = float(value)
    return values


def run(scenario: Scenario, draws: int, seed: int, **own: float | None) -> Balance:
    """The balance of a scenario.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws; 100,000 need about one and a half gigabytes.
        seed: any non-negative integer; same seed, same numbers.
        own: as for :func:`sample`, such as ``collection_electronics=0.6``.

    Returns:
        See :class:`rareearth.models.balance.Balance`; years are :data:`YEARS`, masses tonnes of
        element a year.
    """
    return of_draws(sample(draws, seed, scenario, **own), scenario)


def of_draws(draws: pd.DataFrame, scenario: Scenario, chunk: int = CHUNK) -> Balance:
    """The balance for given draws, a chunk at a time.

    Args:
        draws: as from :func:`sample`.
        scenario: gives the demand case, how plants arrive and whether China sells.
        chunk: draws at once, at least 1; does not change a number.

    Returns:
        The balance of all draws, in single precision.
    """
    if chunk < 1 or draws.empty:
        raise ValueError(f"There must be draws and a chunk of at least 1, not {chunk}.")
    whole = None
    for start, part in _chunks(draws, scenario, chunk):
        if whole is None:
            whole = Balance(
                *(np.empty((*a.shape[:-1], len(draws)), dtype=np.float32) for a in part)
            )
        for kept, array in zip(whole, part, strict=True):
            kept[..., start : start + array.shape[-1]] = array
    return whole


def _chunks(draws: pd.DataFrame, scenario: Scenario, chunk: int) -> Iterator[tuple[int, Balance]]:
    for start in range(0, len(draws), chunk):
        yield start, _balance(draws.iloc[start : start + chunk], scenario)


def _balance(draws: pd.DataFrame, scenario: Scenario) -> Balance:
    """One chunk: needs and supplies, then the balance."""
    return assemble(draws, scenario, {name: part(draws, scenario) for name, part in PARTS.items()})


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
    # Uses that the inventory does not count, per tonne of demand against those that it does.
    beyond = np.maximum(before - counted, 0.0) / counted
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
    found = model.balance(before, avoided, ours, others, draws["allied_share"].to_numpy())
    cut = scenario.choices["china"] == "cut"
    return _cut(found, draws, scenario.choices["demand_case"]) if cut else found


def _cut(open_: Balance, draws: pd.DataFrame, case: str) -> Balance:
    """The balance in a world in which China stops its exports for a time.

    By use only the American need is known; elsewhere there is one civil use, and no state stock.
    """
    terms = stockpile.cut_of_years(draws, int(YEARS[0]))
    no_state = terms[2]._replace(strategic=np.zeros(len(draws)), reserved=np.zeros(len(draws)))
    by_use = np.moveaxis(stockpile.us_need(draws, case)[: len(YEARS)], 2, 0)
    by_use = by_use / by_use.sum(axis=2, keepdims=True) * open_.need[0][:, :, None]
    elsewhere = np.stack([np.zeros_like(open_.need[1]), open_.need[1]], axis=2)
    bridged, shortage = [], []
    for at, (need, rank, stocks) in enumerate(
        ((by_use, stockpile.RANK, terms[2]), (elsewhere, (0, 1), no_state))
    ):
        run = disruption.by_year(
            np.moveaxis(need, 0, 2),
            np.moveaxis(open_.secured[:, at].sum(axis=0), 0, 1),
            *terms[:2],
            stocks,
            rank,
        )
        bridges = run.surged + run.saved + run.commercial + run.strategic
        bridged.append(np.moveaxis(bridges, 1, 0))
        shortage.append(np.moveaxis(run.shortage, 1, 0))
    return open_._replace(bridged=np.stack(bridged), shortage=np.stack(shortage))


# --- needs ---------------------------------------------------------------------------------------


def _needs(draws: pd.DataFrame, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Demand (region, group, year, draw) and what is avoided (route before it), tonnes."""
    case = scenario.choices["demand_case"]
    outside = {use: f"outside {name}" for use, name in CHINA_SHARES.items()}
    held = {outside[use]: 1 - draws[name] for use, name in CHINA_SHARES.items()}
    assumed = pd.concat([draws, pd.DataFrame(held)], axis=1)
    table, plants = data.table("magnet_demand"), _iron_nitride()
    found = []
    for shares in (demand.SHARES, outside):
        need = substitution.demand_by_element(table, case, assumed, shares)[: len(YEARS)]
        found.append(substitution.avoided(need, YEARS, assumed, plants))
    demanded = np.stack([_grouped(f.demand, axis=1) for f in found])
    avoided = np.stack([_grouped(f.routes, axis=2) for f in found], axis=1)
    return KT * np.moveaxis(demanded, 2, 1), KT * np.moveaxis(avoided, 3, 2)


def _grouped(mass: np.ndarray, axis: int) -> np.ndarray:
    """Elements of :data:`rareearth.models.substitution.ELEMENTS` added to groups."""
    return np.stack(
        [
            mass.take([substitution.ELEMENTS.index(e) for e in MEMBERS[g]], axis).sum(axis)
            for g in GROUPS
        ],
        axis,
    )


@cache
def _iron_nitride() -> pd.DataFrame:
    """Plants for new magnets that are announced."""
    table = data.table("iron_nitride")
    return table[table["stage"].isin(["plant1", "plant2"])]


# --- supplies ------------------------------------------------------------------------------------


def _plants(draws: pd.DataFrame, scenario: Scenario) -> tuple[np.ndarray, np.ndarray]:
    """Output of all plants, and of those that run today: place, stage, group, year, draw."""
    return supply.output(draws, scenario), supply.output(draws, scenario, running=True)


def _old_products(draws: pd.DataFrame, scenario: Scenario) -> np.ndarray:
    """What recycling yields, and what enters use, in the products of the stock model.

    Returns:
        Tonnes: recovered and entering, region, group, year, draw. China's part of what leaves use
        in the world is taken to be its share of the use.
    """
    at = np.isin(products.YEARS, YEARS)
    case = scenario.choices["demand_case"]
    china = draws[list(products.register()["use"].map(CHINA_SHARES))].to_numpy().T
    found = []
    for place, kept in (("United States", np.ones_like(china)), ("World", 1 - china)):
        flows = recycling.flows(_products(place, case).inputs(draws))
        got = flows.by_element(flows.fate.recovered[at] * kept)
        entering = flows.by_element(flows.inflow[at] * kept)
        found.append([np.moveaxis(_grouped(mass, 1), 1, 0) for mass in (got, entering)])
    return np.stack(found, axis=1)


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
    feed = proteins.of_waste(draws, STANDARD_PLANT)
    return extraction.recovered(feed) * feed["feed_t_per_year"] / recycling.KG_PER_T


PARTS = {"needs": _needs, "plants": _plants, "old products": _old_products, "waste": _waste}
"""What the balance is made of, each from draws and scenario alone."""


# --- what comes out ------------------------------------------------------------------------------


def parts(balance: Balance, region: str = "United States") -> dict[str, np.ndarray]:
    """Demand of a region by what it is met from, in the order in which it is drawn.

    Args:
        balance: as from :func:`run`.
        region: one of :data:`rareearth.models.balance.REGIONS`.

    Returns:
        Tonnes (group, year, draw) by name: routes by which demand is avoided, sources without
        China, what China goes on filling, what bridges a cut, and shortage. They add up to demand.
    """
    at = model.REGIONS.index(region)
    return (
        dict(zip(model.ROUTES, balance.avoided[:, at], strict=True))
        | dict(zip(model.SOURCES, balance.secured[:, at], strict=True))
        | {
            LEFT: balance.left_to_china[at],
            BRIDGED: balance.bridged[at],
            SHORT: balance.shortage[at],
        }
    )


def wedge(
    balance: Balance, region: str = "United States", group: str | None = None, level: float = 0.9
) -> pd.DataFrame:
    """What closes the gap, by year.

    Means are given beside medians because means of parts add up to the mean of the whole.

    Args:
        balance: as from :func:`run`.
        region: one of :data:`rareearth.models.balance.REGIONS`.
        group: one of :data:`rareearth.models.balance.GROUPS`; none for their sum.
        level: part of the draws between ``low_t`` and ``high_t``.

    Returns:
        ``year``, ``part`` (as :func:`parts`, and ``Demand``), ``mean_t``, ``low_t``, ``median_t``,
        ``high_t``.
    """
    at = model.REGIONS.index(region)
    rows = []
    for name, mass in (parts(balance, region) | {"Demand": balance.demand[at]}).items():
        draws = of_group(mass, group).astype(float)
        band = uncertainty.band(draws, level, year=YEARS).set_index("year").add_suffix("_t")
        band.insert(0, "mean_t", draws.mean(axis=-1))
        rows.append(band.reset_index().assign(part=name))
    columns = ["year", "part", "mean_t", "low_t", "median_t", "high_t"]
    return pd.concat(rows, ignore_index=True)[columns]


def of_group(mass: np.ndarray, group: str | None) -> np.ndarray:
    """One group of elements, or the sum of both; groups on the first axis."""
    return mass.sum(axis=0) if group is None else mass[GROUPS.index(group)]


def headlines(balance: Balance, level: float = 0.9) -> pd.DataFrame:
    """The numbers of the United States by which scenarios are compared.

    Args:
        balance: as from :func:`run`.
        level: part of the draws between ``low`` and ``high``.

    Returns:
        ``headline``, ``group`` (NdPr, DyTb, or both), ``year`` (2030, 2035, 2040), ``unit``
        (tonnes, or percent of demand), ``low``, ``median`` and ``high``.
    """
    rows = []
    for group in (None, *GROUPS):
        of = {name: of_group(mass, group) for name, mass in parts(balance).items()}
        demand_t = sum(of.values())
        totals = {
            "Demand": demand_t,
            "Avoided": sum(of[name] for name in model.ROUTES),
            "Secured without China": sum(of[name] for name in model.SOURCES),
            "Gap": of[LEFT] + of[BRIDGED] + of[SHORT],
            SHORT: of[SHORT],
        }
        for name, mass in totals.items():
            for unit, values in (("t", mass), ("% of demand", 100 * mass / demand_t)):
                if (name, unit) == ("Demand", "% of demand"):
                    continue
                band = uncertainty.band(values, level, year=YEARS)
                band = band[band["year"].isin(MILESTONES)]
                rows.append(band.assign(headline=name, group=group or "both", unit=unit))
    columns = ["headline", "group", "year", "unit", "low", "median", "high"]
    return pd.concat(rows, ignore_index=True)[columns]


def free_year(
    balance: Balance,
    stage: str,
    confidence: float,
    region: str = "United States",
    group: str | None = None,
) -> int | None:
    """Year from which a stage could serve all need without China, at a chosen confidence.

    Args:
        balance: as from :func:`run`.
        stage: one of :data:`rareearth.models.balance.STAGES`, by itself, or ``Chain`` for what
            passes all of them.
        confidence: share of draws in which it must hold, in that year and all later ones.
        region: one of :data:`rareearth.models.balance.REGIONS`.
        group: one of :data:`rareearth.models.balance.GROUPS`; none for both at once.

    Returns:
        The year, or None if it does not come by the last of :data:`YEARS`.
    """
    at = model.REGIONS.index(region)
    reach = balance.secured.sum(axis=0) if stage == "Chain" else balance.reach(stage)
    chosen = slice(None) if group is None else [GROUPS.index(group)]
    need = balance.need[at][chosen]
    return model.free_year(reach[at][chosen], need * (1 - ROUNDING), YEARS, confidence)


# --- what decides --------------------------------------------------------------------------------


def drivers(
    scenario: Scenario,
    years: Sequence[int] = (2030, 2035),
    group: str | None = None,
    n: int = 512,
    seed: int = 1,
) -> pd.DataFrame:
    """Part of the variance of the American gap that each theme of inputs explains.

    The inputs of a theme are drawn together: a number from 0 to 1 stands for one of
    :data:`JOINT` joint draws of them. The indices are then those of groups of inputs, which are as
    well defined as those of single ones (Saltelli et al. 2008, Global Sensitivity Analysis,
    section 4.6), and few enough to be computed well.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        years: of :data:`YEARS`.
        group: one of :data:`rareearth.models.balance.GROUPS`; none for their sum.
        n: base sample, as for :func:`rareearth.uncertainty.sobol_indices`.
        seed: any non-negative integer.

    Returns:
        As from :func:`rareearth.uncertainty.sobol_indices`, with ``year``; ``parameter`` is one of
        :data:`THEMES`.
    """
    pool = sample(JOINT, seed, scenario)
    moving = {t: [c for c in names if pool[c].nunique() > 1] for t, names in THEMES.items()}
    themes = [theme for theme, names in moving.items() if names]
    gaps: dict[int, np.ndarray] = {}

    def compute(positions: pd.DataFrame) -> None:
        rows = (positions.to_numpy() * JOINT).astype(int).clip(0, JOINT - 1)
        draws = pool.iloc[np.zeros(len(rows), dtype=int)].reset_index(drop=True)
        columns = {
            name: pool[name].to_numpy()[rows[:, at]]
            for at, theme in enumerate(themes)
            for name in moving[theme]
        }
        gap = of_group(of_draws(draws.assign(**columns), scenario).gap[0], group)
        gaps.update({year: gap[year == YEARS][0].astype(float) for year in years})

    def gap_in(year: int, positions: pd.DataFrame) -> np.ndarray:
        if not gaps:  # the sample is the same for all years
            compute(positions)
        return gaps[year]

    unit = dict.fromkeys(themes, (0.0, 1.0))
    found = [
        uncertainty.sobol_indices(partial(gap_in, year), unit, n, seed).assign(year=year)
        for year in years
    ]
    return pd.concat(found, ignore_index=True)


def switching(
    conclusion: Callable[[Balance], float],
    name: str,
    scenario: Scenario,
    draws: int = 200,
    seed: int = 1,
    **own: float | None,
) -> pd.Series:
    """Value of one input at which a conclusion flips, all others as they are drawn.

    Args:
        conclusion: a number that is above 0 while the conclusion holds and changes without jumps,
            such as a median less a threshold.
        name: of an assumption, another input, or one of :data:`KNOBS`.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer; the same draws are used for all values.
        own: values of other inputs, as for :func:`sample`.

    Returns:
        ``value`` at which it flips (missing if it does not between ``least`` and ``most``, the
        hard bounds), ``low``, ``mode`` and ``high`` of the scenario, and whether the conclusion
        ``holds`` at the mode.
    """
    drawn = sample(draws, seed, scenario, **own)
    first = KNOBS.get(name, [name])[0]
    limits = space(scenario).loc[first]
    register = assumptions.register()
    least, most = (
        register.loc[first, ["minimum", "maximum"]].astype(float)
        if first in register.index
        else (0.0, 1.0)
    )

    @cache
    def margin(value: float) -> float:
        replaced = _replaced({name: float(np.clip(value, least, most))}, drawn.columns)
        return float(conclusion(of_draws(drawn.assign(**replaced), scenario)))

    value = _crossing(margin, least, float(limits["mode"]), most)
    return pd.Series(
        {
            "value": value,
            "least": least,
            "low": limits["low"],
            "mode": limits["mode"],
            "high": limits["high"],
            "most": most,
            "holds": margin(float(limits["mode"])) > 0,
        },
        name=name,
    )


def _crossing(margin: Callable[[float], float], least: float, mode: float, most: float) -> float:
    """Where the margin changes its sign, nearest to the mode; missing if nowhere."""
    ends = [end for end in (least, most) if margin(end) * margin(mode) < 0]
    if not ends:
        return float("nan")
    found = [
        optimize.brentq(margin, min(end, mode), max(end, mode), xtol=1e-3 * (most - least))
        for end in ends
    ]
    return float(min(found, key=lambda value: abs(value - mode)))
