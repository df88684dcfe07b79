"""What the outlook shows: frames made from balances, plants and the record of growth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import xarray as xr

from rareearth import assumptions, data, uncertainty
from rareearth.analysis import balance as balances
from rareearth.analysis import supply
from rareearth.models import balance as model
from rareearth.models import buildup, growth, pipeline
from rareearth.models.balance import Balance
from rareearth.scenarios import Scenario

CHAIN = balances.CHAIN
STAGES = (*supply.STAGES, CHAIN)
LEVEL = 0.9

GROWERS = {
    "China": "China",
    "Myanmar": "Myanmar",
    "United States": "United States",
    "Australia": "Australia",
}
"""Countries whose mine output grew most."""

LEAST_T = 3000
"""Oxides a year from which growth counts, tonnes: below it a single plant makes any rate."""

NOUNS = {
    "Mined": "mining",
    "Separated": "separation",
    "Metal": "metal making",
    "Magnets": "magnet making",
}
"""What each stage is called in a sentence."""


def rests_on() -> list[pd.DataFrame]:
    """Tables and assumptions that every number of the balance rests on, for its sources."""
    names = ("start_dates", "plant_output", "running_output", "magnet_demand")
    return [supply.plants(), *map(data.table, names), assumptions.used_by("balance")]


def slip_record() -> pd.DataFrame:
    """Share of plants that run, by years after the promised one, counted and fitted.

    Returns:
        ``stages`` (Mines and separation, Metal and magnets), ``years`` after the promise,
        ``counted_pct`` (product-limit estimate), ``fit_pct``, ``low_pct`` and ``high_pct``
        (median and 90 % interval of the draws), ``plants`` and ``running``.
    """
    slipped = pipeline.slips(data.table("start_dates"), supply.NOW)
    years = np.arange(0, 9)
    positions = uncertainty.sample({"a": (0.0, 1.0), "b": (0.0, 1.0)}, 2000, 1)
    parts = []
    for name, stages in (("Mines and separation", supply.ORE), ("Metal, magnets", supply.MAGNET)):
        group = slipped[slipped["stage"].isin(stages)]
        fit = supply.slip(stages)
        never, chance = fit.at(positions["a"], positions["b"])
        drawn = buildup.running_share(never, chance, years[:, None])
        band = uncertainty.band(drawn, LEVEL)
        parts.append(
            pd.DataFrame(
                {
                    "stages": name,
                    "years": years,
                    "counted_pct": 100 * pipeline.running_share(group, years),
                    "fit_pct": 100 * band["median"],
                    "low_pct": 100 * band["low"],
                    "high_pct": 100 * band["high"],
                    "plants": len(group),
                    "running": int((group["outcome"] == "running").sum()),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def ramp_fitted() -> pd.DataFrame:
    """Share of nameplate that a new plant makes, by year of operation.

    Returns:
        ``years``, ``low_pct``, ``median_pct``, ``high_pct`` (90 % interval of plants drawn).
    """
    years = np.arange(0, 11)
    names = ("first", "second", "luck")
    first, second, luck = uncertainty.sample(dict.fromkeys(names, (0.0, 1.0)), 4000, 1).T.to_numpy()
    none = np.zeros_like(luck)
    faced = buildup.Risk(none, none, *supply.ramp().at(first, second), none, none, none)
    share = buildup.grown(years, 0, *buildup.ramp_of("new plant", luck, faced, supply.ramp()))
    band = uncertainty.band(100 * share, LEVEL, years=years)
    return band.rename(columns={name: f"{name}_pct" for name in ("low", "median", "high")})


def closed(balance: Balance, region: str = "United States") -> pd.DataFrame:
    """What is avoided and secured together, by year.

    Args:
        balance: as from :func:`rareearth.analysis.balance.run`.
        region: one of :data:`rareearth.models.balance.REGIONS`.

    Returns:
        ``year``, ``low_kt``, ``median_kt``, ``high_kt``.
    """
    at = model.Balance(balance.data.sel(region=region, drop=True))
    mass = (at.demand - at.gap).sum("group") / 1e3
    band = uncertainty.band(mass, LEVEL)
    return band.rename(columns={name: f"{name}_kt" for name in ("low", "median", "high")})


def capacity(draws: pd.DataFrame, scenario: Scenario, balance: Balance) -> pd.DataFrame:
    """Output by stage as the record foretells it, beside nameplates on time and the need.

    Args:
        draws: as from :func:`rareearth.analysis.balance.sample`.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        balance: of the same draws.

    Returns:
        ``place``, ``stage``, ``group``, ``year``; ``low_kt``, ``median_kt``, ``high_kt`` (90 %
        interval, plants as the scenario has them), ``announced_kt`` (median if every plant made
        its nameplate on time) and ``need_kt`` (median), thousand tonnes of element counted as
        separated oxide.
    """
    announced = replace(scenario, choices=scenario.choices | {"plants": "announced"})
    frame = uncertainty.band(supply.output(draws, scenario) / 1e3, LEVEL)
    frame = frame.rename(columns={name: f"{name}_kt" for name in ("low", "median", "high")})
    plates = uncertainty.band(supply.output(draws, announced) / 1e3, LEVEL)
    frame["announced_kt"] = plates["median"]
    need = balance.need.diff("region", label="upper")
    need = xr.concat([balance.need.sel(region=[balances.HOME]), need], "region") / 1e3
    need = need.rename(region="place").assign_coords(place=list(supply.PLACES))
    needs = uncertainty.band(need, LEVEL).rename(columns={"median": "need_kt"})
    return frame.merge(needs[["place", "group", "year", "need_kt"]], on=["place", "group", "year"])


def chances(
    run: Mapping[str, Balance], region: str = balances.HOME, group: str | None = None
) -> pd.DataFrame:
    """Chance that each stage could serve all need without China, by year and scenario.

    Args:
        run: balances by name of the scenario.
        region: one of :data:`rareearth.models.balance.REGIONS`.
        group: one of :data:`rareearth.models.balance.GROUPS`; none for both at once.

    Returns:
        ``scenario``, ``stage`` (of :data:`STAGES`), ``year``, ``chance_pct``.
    """
    chosen = list(model.GROUPS) if group is None else [group]
    parts = []
    for name, balance in run.items():
        need = balance.need.sel(region=region, group=chosen) * (1 - balances.ROUNDING)
        for stage in STAGES:
            served = balances.reach(balance, stage, region).sel(group=chosen) >= need
            chance = 100 * served.all("group").mean("draw")
            parts.append(
                pd.DataFrame(
                    {"scenario": name, "stage": stage, "year": supply.YEARS, "chance_pct": chance}
                )
            )
    return pd.concat(parts, ignore_index=True)


def unserved(balance: Balance, years: Sequence[int] = balances.MILESTONES) -> pd.DataFrame:
    """Part of the American need that each stage, and the whole chain, leaves unserved.

    Args:
        balance: as from :func:`rareearth.analysis.balance.run`.
        years: of :data:`rareearth.analysis.supply.YEARS`.

    Returns:
        ``stage``, ``group``, ``year``; ``low_pct``, ``median_pct``, ``high_pct`` of the need.
    """
    need = balance.need.sel(region=balances.HOME, year=list(years), drop=True)
    parts = []
    for stage in STAGES:
        served = balances.reach(balance, stage).sel(year=list(years))
        left = 100 * (1 - served / need).clip(min=0)
        parts.append(uncertainty.band(left, LEVEL).assign(stage=stage))
    frame = pd.concat(parts, ignore_index=True)
    columns = {name: f"{name}_pct" for name in ("low", "median", "high")}
    return frame.rename(columns=columns)[["stage", "group", "year", *columns.values()]]


def scenarios_table(
    run: Mapping[str, Balance], confidence: float, region: str = balances.HOME
) -> pd.DataFrame:
    """The scenarios side by side: one row each.

    Args:
        run: balances by name of the scenario.
        confidence: share of draws in which a stage must be free of China.
        region: one of :data:`rareearth.models.balance.REGIONS`.

    Returns:
        ``scenario``; for 2030, 2035 and 2040 the part of demand that is left
        (``gap_2030_pct`` …, median, with ``_low`` and ``_high``); for 2035 what is avoided and
        secured (``avoided_pct``, ``secured_pct``); for each stage ``free_…``, the year from
        which it is free for good (missing if not by the last year).
    """
    rows = []
    for name, balance in run.items():
        at = model.Balance(balance.data.sel(region=region, year=list(balances.MILESTONES)))
        demand = at.demand.sum("group")
        row: dict[str, object] = {"scenario": name}
        shares = {
            "gap": at.gap.sum("group"),
            "avoided": at.avoided.sum(["route", "group"]),
            "secured": at.secured.sum(["source", "group"]),
        }
        for what, mass in shares.items():
            band = uncertainty.band(100 * mass / demand, LEVEL)
            for year, low, median, high in band.itertuples(index=False):
                row[f"{what}_{year}_pct"] = median
                row[f"{what}_{year}_low_pct"] = low
                row[f"{what}_{year}_high_pct"] = high
        for stage in STAGES:
            row[f"free_{stage}_year"] = balances.free_year(balance, stage, confidence, region)
        rows.append(row)
    return pd.DataFrame(rows)


def growth_seen(window: int) -> pd.DataFrame:
    """The fastest growth of mine output that each country has shown.

    Args:
        window: years.

    Returns:
        ``country``, ``growth_pct`` a year, ``first_year``, ``last_year``, ``source``; fastest
        first.
    """
    mined = data.table("mine_production")
    rows = []
    for country in GROWERS:
        some = mined[mined["country"] == country].drop_duplicates("year").set_index("year")
        rate = growth.fastest(some["reo_t"].sort_index(), window, LEAST_T)
        sources = ";".join(sorted({str(some["source"][year]) for year in rate[1:]}))
        rows.append((country, 100 * rate.per_year, rate.first, rate.last, sources))
    columns = ["country", "growth_pct", "first_year", "last_year", "source"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.sort_values("growth_pct", ascending=False, ignore_index=True)


def growth_needed(balance: Balance, draws: pd.DataFrame, scenario: Scenario, years: Sequence[int]):
    """Growth that each stage would need from this year's output to serve all of the need.

    Args:
        balance: as from :func:`rareearth.analysis.balance.run`.
        draws: the draws of that balance.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        years: goals, later than :data:`rareearth.analysis.supply.NOW`.

    Returns:
        ``region``, ``stage``, ``year``, ``now_t``, ``need_t`` (medians, both groups of elements)
        and ``low_pct``, ``median_pct``, ``high_pct`` a year.
    """
    made = supply.output(draws, scenario).sel(year=supply.NOW).sum("group").to_numpy()
    now = np.stack([made[0], made.sum(axis=0)])
    needs = balance.need.sum("group")
    rows = []
    for r, region in enumerate(model.REGIONS):
        for s, stage in enumerate(supply.STAGES):
            for year in years:
                need = needs.sel(region=region, year=year).to_numpy()
                rate = 100 * growth.needed(now[r, s], need, year - supply.NOW)
                low, median, high = uncertainty.band(rate[None, :], LEVEL).iloc[0]
                rows.append(
                    (region, stage, year, np.median(now[r, s]), np.median(need), low, median, high)
                )
    columns = ["region", "stage", "year", "now_t", "need_t", "low_pct", "median_pct", "high_pct"]
    return pd.DataFrame(rows, columns=columns)


def one_at_a_time(
    names: Sequence[str], scenario: Scenario, draws: int, seed: int, year: int
) -> pd.DataFrame:
    """The American gap with one input at its bounds and at the ends of its range, others as drawn.

    Args:
        names: as for :func:`rareearth.analysis.balance.members`.
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws, the same for all values.
        seed: any non-negative integer.
        year: of :data:`rareearth.analysis.supply.YEARS`.

    Returns:
        Indexed by name, widest first: ``least``, ``low``, ``high``, ``most`` in the unit of the
        input, the median gap in percent of demand at each (``least_pct`` …) and as drawn
        (``middle_pct``).
    """
    drawn = balances.sample(draws, seed, scenario)

    def gap(changed: pd.DataFrame) -> float:
        balance = balances.of_draws(changed, scenario)
        return float(balances.share_left(balance, year).median())

    rows, middle = {}, gap(drawn)
    for name in names:
        ends = balances.limits(name, scenario)[["least", "low", "high", "most"]]
        moved = balances.members(name, drawn.columns)
        gaps = {f"{k}_pct": gap(drawn.assign(**dict.fromkeys(moved, v))) for k, v in ends.items()}
        rows[name] = dict(ends) | gaps | {"middle_pct": middle}
    frame = pd.DataFrame.from_dict(rows, orient="index")
    width = (frame["most_pct"] - frame["least_pct"]).abs()
    return frame.loc[width.sort_values(ascending=False).index]
