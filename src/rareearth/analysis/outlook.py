"""Chapter *Outlook*: what closes the gap, and when.

Frames and answers from balances, plants and the record of growth. What other pages print as well
is in :func:`headlines`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr

from rareearth import assumptions, data, digits, scenarios, uncertainty
from rareearth.analysis import balance as balances
from rareearth.analysis import supply
from rareearth.analysis.balance import CHAIN, HOME, KT, MILESTONES, OUTSIDE
from rareearth.answers import Answers, in_a_row, in_words, listing
from rareearth.models import balance as model
from rareearth.models import buildup, growth, pipeline
from rareearth.models.balance import Balance
from rareearth.scenarios import Scenario

STAGES = (*supply.STAGES, CHAIN)
LEVEL = 0.9

CONFIDENCE = 0.8
"""Share of draws in which a stage must serve all need to be called free of China."""

SOON, GOAL = 2030, 2035
"""Years of which most is said."""

THRESHOLD = 25
"""Percent of American demand left to China in :data:`GOAL`; the conclusion is that it is more."""

CASES = ("baseline", "policy", "innovation", "announced")
BETS = ("innovation", "announced")
"""Scenarios that answer the title's question, and those of them in which a new magnet works."""

NEW_MAGNET = "new_magnet_success"
FREE, MUCH = 5, 1 / 3
"""Percent of demand up to which nothing is called left, and part from which much is said."""

MOST = 200
"""Draws for one-at-a-time sensitivity: the balance is run for each input and value."""

MOVED = (
    "us_share_of_other_uses", "magnet_demand_level", "plants never built", "closure_hazard",
    "construction_risk_left", "undated_start_year", "switch_ceiling_vehicles",
    "new_magnet_success", "collection_rate", "waste_plants_2040", "allied_share",
    "price_level_position",
)  # fmt: skip
"""Inputs that are moved one at a time: at least one of each theme that moves the gap much."""

BESIDE_LABELS = {
    "plants never built": "Place in the range of the record",
    "collection_rate": "Old products collected",
    "price_level_position": "Place in the range of price levels",
}
"""Labels of what is no row of the register."""

FORMATS = {
    "fraction": "{:.0%}",
    "ratio": "× {:.1f}",
    "per year": "{:.0%}",
    "quantile": "{:.1f}",
    "": "{:.1f}",
}
"""How an input is printed, by its unit; any other as a whole number."""

GROWERS = ("China", "Myanmar", "United States", "Australia")
"""Countries whose mine output grew most."""

WINDOW = 5
"""Years over which growth is compared."""

LEAST_T = 3000
"""Oxides a year from which growth counts, tonnes: below it a single plant makes any rate."""

SMALL_KT = 0.005
"""Parts of demand that stay below are not shown by themselves, thousand tonnes."""

NOUNS = {
    "Mined": "mining",
    "Separated": "separation",
    "Metal": "metal making",
    "Magnets": "magnet making",
}
"""What each stage is called in a sentence."""

NEEDS = ["America's share of use", "World demand"]
PLANTS = ["Which plants come", "How plants fare"]
"""Groups of inputs that say how much is needed, and what becomes of plants."""

LARGE = 0.25
"""Part of the variance, alone and with others, from which a group of inputs is named."""

BASE = 1024
"""Base sample of the Sobol indices, with which they differ by some 4 points between seeds."""

KINDS = {"ore": supply.ORE, "magnet": supply.MAGNET}
"""Plants that slip alike, by the name under which they are printed."""


def rests_on() -> list[pd.DataFrame]:
    """What every number of the balance rests on, for its sources: the model."""
    return [assumptions.used_by("balance")]


def _answers() -> Answers:
    return Answers(rests_on(), kind="forecast")


# --- what more than one page prints ---------------------------------------------------------------


def headlines(scenario: Scenario, draws: int, seed: int) -> Answers:
    """Answers of the balance that the summary, this chapter, claims and the README share.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.
    """
    balance, answers = balances.run(scenario, draws, seed), _answers()
    answers.add(
        "scenario-title", scenario.title, sources=data.table("magnet_demand"), kind="derived"
    )
    answers.add("draws", f"{draws:,}", kind="derived")
    answers.add("confidence", 100 * CONFIDENCE, "{:.0f}%", kind="derived")
    for year in MILESTONES:
        label = f"US demand for magnet rare earths left to China, {year}"
        left = balances.share_left(balance, year)
        answers.add(f"left-{year}", left, "{:.0f}%", label=label, steady=True)
    label = f"Gap of all outside China in {GOAL}, share of demand"
    world = balances.share_left(balance, GOAL, OUTSIDE)
    answers.add("world-2035", world, "{:.0f}%", label=label, steady=True)
    free = balances.free_year(balance, CHAIN, CONFIDENCE)
    label = f"Whole American chain free of China, with {CONFIDENCE:.0%} confidence"
    answers.add(
        "chain-free",
        f"Up to {supply.YEARS[-1]} the chain without China does not serve the whole American need "
        f"at {CONFIDENCE:.0%} confidence."
        if free is None or pd.isna(free)
        else "The chain without China serves the whole American need "
        f"from {int(free)}, at {CONFIDENCE:.0%} confidence.",
        label=label,
    )
    for group, stages in _stages_left(balance).items():
        short = {"NdPr": "light", "DyTb": "heavy"}[group]
        answers.add(f"worst-{short}", NOUNS[stages.idxmax()])
        answers.add(f"worst-{short}-left", stages.max(), "{:.0f}%")
    return answers | _pathways(balance) | _cut(balance)


def _pathways(balance: Balance) -> Answers:
    """Part of American demand that each pathway avoids or meets in the last milestone year."""
    answers, year = _answers(), MILESTONES[-1]
    at = balances.parts(balance).sel(year=year).sum("group")
    ways = {
        "avoided": ("Avoided by other magnets and motors", list(model.ROUTES), "{:.0f}%"),
        "recycled": ("Met by recycling", ["Recycling"], "{:.1f}%"),
        "extracted": ("Met by extraction from waste", ["Waste"], "{:.1f}%"),
    }
    for name, (label, parts, template) in ways.items():
        share = 100 * at.sel(part=parts).sum("part") / at.sum("part")
        label = f"{label}, part of US demand in {year}"
        answers.add(f"{name}-{year}", share, template, label=label, steady=True)
    return answers


def _cut(balance: Balance) -> Answers:
    """What is short in the United States if China stops selling."""
    answers = _answers()
    short = balance.shortage.sel(region=HOME).sum("group")
    share = 100 * (short / balance.demand.sel(region=HOME).sum("group")).mean("draw")
    worst = share.idxmax().item()
    answers.add(
        "cut-says",
        "China sells all the way in this scenario, so nothing is short."
        if share.max() < 0.05
        else f"When it stops selling, {share.max().item():.0f}% of the demand of {int(worst)} "
        "stays unmet on average.",
    )
    answers.add(
        "short",
        np.quantile(short.sum("year"), 0.95),
        "{:,.0f} t",
        label="US shortage to 2040, exceeded in one draw of twenty",
    )
    return answers


def _stages_left(balance: Balance) -> dict[str, pd.Series]:
    """By group of elements, part of the need that each stage alone leaves in :data:`GOAL`."""
    left = unserved(balance, [GOAL]).set_index(["group", "stage"])["median_pct"]
    return {group: left[group].drop(CHAIN) for group in model.GROUPS}


def _from_year(year: float | None) -> str:
    """A year, or that it does not come in the years looked at."""
    return f"not by {supply.YEARS[-1]}" if year is None or pd.isna(year) else f"from {int(year)}"


def _of_four(number: int) -> str:
    """How many of four stages, in words."""
    return "all four stages" if number == 4 else f"{in_words(number)} of four stages"


# --- plants as they come --------------------------------------------------------------------------


def record() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Answers]:
    """The record that plants to come are drawn from: whether they start, and how they ramp.

    Returns:
        As :func:`slip_record`; published ramps of new plants (``plant``, ``years``,
        ``share_pct``, ``source``); as :func:`ramp_fitted`; answers.
    """
    dates = data.table("start_dates")
    output = [data.table("plant_output"), data.table("nameplates")]
    slip, ramp = slip_record(), supply.delivered()
    answers, first = Answers(dates), slip.drop_duplicates("stages")
    for (name, stages), row in zip(KINDS.items(), first.itertuples(), strict=True):
        fit = supply.slip(stages)
        ends = "{low:.0%} to {high:.0%}".format(**fit.band().loc["never"])
        answers.add(f"{name}-plants", row.plants, "{}")
        answers.add(f"{name}-running", row.running, "{}")
        answers.add(f"{name}-never-band", ends.replace("% to", " to"), kind="estimate")
        answers.add(f"{name}-delay", fit.delay_years, "{:.1f} years", kind="estimate")
    never = 100 * supply.slip(supply.ORE).never
    answers.add("ore-never", never, "{:.0f}%", kind="estimate")
    slipped = pipeline.slips(dates, supply.NOW)
    chance = 100 * buildup.chance_of_split(slipped, tuple(KINDS.values()))
    answers.add("split-chance", chance, "{:.0f} in 100")
    for name in supply.ORE:
        group = slipped[slipped["stage"] == name]
        answers.add(f"{name}-plants", len(group), "{}")
        answers.add(f"{name}-running", int((group["outcome"] == "running").sum()), "{}")
    chance = 100 * buildup.chance_of_split(slipped, [(name,) for name in supply.ORE])
    answers.add("ore-split-chance", chance, "{:.0f} in 100")
    for name, counted in zip(
        KINDS, slip.groupby("stages", sort=False)["counted_pct"].last(), strict=True
    ):
        answers.add(f"{name}-counted", counted, "{:.0f}%")
    made, fit = Answers(output, kind="estimate"), supply.ramp()
    made.add("build-ceiling", 100 * fit.ceiling, "{:.0f}%")
    made.add("build-ceiling-error", 100 * fit.ceiling_error, "{:.0f}")
    made.add("ramp-time", fit.middle_time, "{:.1f} years")
    made.add("ramp-times", f"{fit.times.min():.1f} to {fit.times.max():.1f} years")
    early = ramp.loc[ramp["year_of_operation"] == 1, "share_pct"]
    made.add("ramp-first", f"{early.min():.0f} to {early.max():.0f}%", kind="derived")
    made.add("build-ramp-best", ramp["share_pct"].max(), "{:.0f}%", kind="derived")
    shown = ramp.rename(columns={"year_of_operation": "years", "ramp": "plant"})
    return slip, shown[["plant", "years", "share_pct", "source"]], ramp_fitted(), answers | made


def record_rows() -> list[pd.DataFrame]:
    """Tables that the record is taken from."""
    return [data.table(n) for n in ("start_dates", "plant_output", "nameplates")]


def record_shown(slip: pd.DataFrame, ramps: pd.DataFrame) -> pd.DataFrame:
    """Both panels of the record in one frame, told apart by ``panel``.

    Args:
        slip: as from :func:`slip_record`.
        ramps: as from :func:`record`.
    """
    return pd.concat([slip.assign(panel="starts"), ramps.assign(panel="ramps")], ignore_index=True)


def slip_record() -> pd.DataFrame:
    """Share of plants that run, by years after the promised one, counted and fitted.

    Returns:
        ``stages`` (Mines and separation, Metal and magnets), ``years`` after the promise,
        ``counted_pct`` (product-limit estimate), ``fit_pct``, ``low_pct`` and ``high_pct``
        (median and 90 % interval of the draws), ``plants`` and ``running``.
    """
    slipped = pipeline.slips(data.table("start_dates"), supply.NOW)
    years = np.arange(0, 9)
    levels = uncertainty.sample({"a": (0.0, 1.0), "b": (0.0, 1.0)}, 2000, 1)
    parts = []
    for name, stages in (("Mines and separation", supply.ORE), ("Metal, magnets", supply.MAGNET)):
        group = slipped[slipped["stage"].isin(stages)]
        fit = supply.slip(stages)
        never, chance = fit.at(levels["a"], levels["b"])
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
    first, second, chance = uncertainty.sample(
        dict.fromkeys(names, (0.0, 1.0)), 4000, 1
    ).T.to_numpy()
    none = np.zeros_like(chance)
    faced = buildup.Risk(none, none, *supply.ramp().at(first, second), none, none, none)
    share = buildup.grown(years, 0, *buildup.ramp_of("new plant", chance, faced, supply.ramp()))
    band = uncertainty.band(100 * share, LEVEL, years=years)
    return band.rename(columns={name: f"{name}_pct" for name in ("low", "median", "high")})


def capacity(draws: pd.DataFrame, scenario: Scenario, balance: Balance) -> pd.DataFrame:
    """Output by stage as the record lets expect it, beside nameplates on time and the need.

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
    announced = scenarios.choose(scenario, plants="announced")
    frame = uncertainty.band(supply.output(draws, scenario) / 1e3, LEVEL)
    frame = frame.rename(columns={name: f"{name}_kt" for name in ("low", "median", "high")})
    plates = uncertainty.band(supply.output(draws, announced) / 1e3, LEVEL)
    frame["announced_kt"] = plates["median"]
    need = balance.need.diff("region", label="upper")
    need = xr.concat([balance.need.sel(region=[balances.HOME]), need], "region") / 1e3
    need = need.rename(region="place").assign_coords(place=list(supply.PLACES))
    needs = uncertainty.band(need, LEVEL).rename(columns={"median": "need_kt"})
    return frame.merge(needs[["place", "group", "year", "need_kt"]], on=["place", "group", "year"])


def stages(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, Answers]:
    """Output by stage, expected and announced, beside the need.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        As :func:`capacity`, and answers.
    """
    balance = balances.run(scenario, draws, seed)
    bands, answers = capacity(balances.sample(draws, seed, scenario), scenario, balance), _answers()
    goal = bands[bands["year"] == GOAL].set_index(["place", "group", "stage"])
    light = goal.xs("NdPr", level="group")
    home, abroad = light.loc[HOME], light.loc[supply.PLACES[1]]
    heavy = 1e3 * goal.xs("DyTb", level="group").loc[HOME]
    for stage, row in home.iterrows():
        answers.add(f"{stage.lower()}-2035", row["median_kt"], "{:.1f} kt")
        name = f"{stage.lower()}-2035-announced"
        answers.add(name, row["announced_kt"], "{:.1f} kt", kind="target")
    need = home["need_kt"].iloc[0]
    answers.add("need-2035", need, "{:.1f} kt")
    answers.add("abroad-need", abroad["need_kt"].iloc[0], "{:.0f} kt")
    answers.add("abroad-announced", abroad["announced_kt"].max(), "{:.0f} kt", kind="target")
    answers.add("narrowest", NOUNS[home["median_kt"].idxmin()])
    enough = (home[["announced_kt", "median_kt"]] >= need).sum()
    answers.add("enough-announced", _of_four(enough["announced_kt"]), kind="target")
    answers.add("enough-expected", _of_four(enough["median_kt"]))
    answers.add("expected-list", listing(home["median_kt"].rename(str.lower), "{} {:.1f}"))
    need = balance.need.sel(region=HOME, group="DyTb", year=GOAL)
    answers.add("heavy-need", heavy["need_kt"].iloc[0], "{:,.0f} t", error=digits.error(need))
    for stage in ("Mined", "Separated"):
        name = f"heavy-{stage.lower()}"
        answers.add(name, heavy.loc[stage, "median_kt"], "{:,.0f} t")
        answers.add(
            f"{name}-announced", heavy.loc[stage, "announced_kt"], "{:,.0f} t", kind="target"
        )
    return bands, answers


# --- what closes the gap --------------------------------------------------------------------------


def wedge(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """What American demand is met from, year by year.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        As :func:`rareearth.analysis.balance.wedge`; as :func:`closed`; answers.
    """
    balance, answers = balances.run(scenario, draws, seed), _answers()
    stack, shut = balances.wedge(balance), closed(balance)
    mean = stack.pivot(index="year", columns="part", values="mean_kt")
    goal = 1e3 * mean.loc[GOAL]
    pathways = {
        "rare-earth-free magnets and motors": goal[list(model.ROUTES)].sum(),
        "extraction from waste": goal["Waste"],
        "recycling": goal["Recycling"],
    }
    bets = pathways | {
        "plants that run today": goal["Plants running"],
        "plants to come": goal["Plants to come"],
        "what allies sell": goal["Allies"],
    }
    for name, of in (("largest-part", bets), ("largest-pathway", pathways)):
        answers.add(name, max(of, key=of.get))
        answers.add(f"{name}-t", max(of.values()) / KT, "{:.1f} kt")
    for year, kt in shut.set_index("year").loc[list(MILESTONES), "median_kt"].items():
        answers.add(f"closed-{year}", kt, "{:.1f} kt")
    for year in (supply.NOW, supply.YEARS[-1]):
        at = stack.set_index(["year", "part"]).loc[(year, "Plants running")]
        error = KT * digits.of_band(at["low_kt"], at["high_kt"], draws, median=False)
        answers.add(f"run-{year}", KT * at["mean_kt"], "{:,.0f} t", error=error)
    for year, kind in ((supply.YEARS[0], "estimate"), (supply.YEARS[-1], "forecast")):
        answers.add(f"demand-{year}", mean.loc[year, "Demand"], "{:.1f} kt", kind=kind)
    secured = [*model.SOURCES, *model.ROUTES]
    answers.add("biggest", goal[secured].idxmax().lower())
    answers.add("biggest-t", goal[secured].max() / 1e3, "{:.1f} thousand tonnes")
    answers.add("wedge-list", _drawn(mean))
    kept = supply.kept_from_oxide(balances.sample(draws, seed, scenario))
    answers.add("kept", 100 * float(np.median(kept)), "{:.0f}%", kind="estimate")
    finished = balance.demand.sel(region=HOME, year=supply.YEARS[0]).sum("group") * kept
    answers.add("finished-2024", finished.mean("draw").item() / KT, "{:.1f} kt", kind="estimate")
    return stack, shut, answers


def _drawn(mean: pd.DataFrame, form: str = "{:.1f}") -> str:
    """Parts of demand in the last year, in thousand tonnes."""
    parts = mean.iloc[-1].drop("Demand")[list(balances.ORDER)]
    demand = mean["Demand"].iloc[-1]
    return f"{listing(parts.rename(said), '{} ' + form)}; demand {form.format(demand)}"


def said(part: str) -> str:
    """A part of demand as it is called in a sentence."""
    return part.lower().replace("china", "China")


def parts(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, Answers]:
    """How wide each part is by itself.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        Rows of :func:`rareearth.analysis.balance.wedge` for the milestone years, of parts that
        are seen at all; answers.
    """
    balance, answers = balances.run(scenario, draws, seed), _answers()
    stack = balances.wedge(balance)
    seen = stack.groupby("part")["mean_kt"].max().loc[list(balances.ORDER)] > SMALL_KT
    order = seen.index[seen]
    shown = stack[stack["year"].isin(MILESTONES)].set_index("part").loc[order].reset_index()
    goal = stack[stack["year"] == GOAL].set_index("part")
    come = goal.loc["Plants to come"]

    def error(part: str) -> float:
        return digits.of_band(goal.loc[part, "low_kt"], goal.loc[part, "high_kt"], draws)

    answers.add("come", come["median_kt"], "{:.1f} kt", low=come["low_kt"], high=come["high_kt"])
    closers = goal.drop("Demand").loc[[*model.SOURCES, *model.ROUTES]]
    widest = (closers["high_kt"] - closers["low_kt"]).idxmax() == come.name
    answers.add(
        "come-says",
        "Of all that closes the gap, plants to come are the widest bet: "
        "{low_kt:.1f} to {high_kt:.1f} thousand tonnes in 2035".format(**come)
        if widest
        else f"Plants to come bring {come['median_kt']:.1f} thousand tonnes in 2035",
    )
    avoided = balance.avoided.sel(region=HOME).sum(["route", "group"]) / KT
    for year in MILESTONES:
        middle = avoided.sel(year=year).median()
        answers.add(f"outlook-avoided-{year}", middle, "{:.1f} kt")
    for name, part in (("waste-2035-t", "Waste"), ("recycling-2035-t", "Recycling")):
        answers.add(name, KT * goal.loc[part, "median_kt"], "{:,.0f} t", error=KT * error(part))
    listed = {
        said(part): digits.printed(goal.loc[part, "median_kt"], error(part), "{:.2f}")
        for part in order
    }
    answers.add("parts-list", listing(listed, "{} {}"))
    return shown, answers


def outside(
    scenario: Scenario, draws: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """As :func:`wedge` for all countries outside China as one pool.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.
    """
    balance, answers = balances.run(scenario, draws, seed), _answers()
    stack = balances.wedge(balance, OUTSIDE)
    part = balance.demand.sel(year=GOAL).sum("group").astype(float).mean("draw")
    answers.add("us-part", 100 * (part.sel(region=HOME) / part.sel(region=OUTSIDE)), "{:.0f}%")
    left = balances.share_left(balance, 2040, OUTSIDE).median()
    answers.add("outlook-world-2040", left, "{:.0f}%")
    mean = stack.pivot(index="year", columns="part", values="mean_kt")
    answers.add("outside-list", _drawn(mean, "{:.0f}"))
    return stack, closed(balance, OUTSIDE), answers


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


# --- when a stage is free of one supplier ---------------------------------------------------------


def weakest(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, Answers]:
    """What each stage leaves unserved.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        As :func:`unserved`, and answers.
    """
    frame, answers = unserved(balances.run(scenario, draws, seed)), _answers()
    goal = frame[frame["year"] == GOAL].set_index(["group", "stage"])["median_pct"]
    for group, short in (("NdPr", "light"), ("DyTb", "heavy")):
        answers.add(f"chain-{short}-2035", goal[group, CHAIN], "{:.0f}%")
        answers.add(f"unserved-{short}-list", listing(goal[group].rename(str.lower), "{} {:.0f}%"))
    return frame, answers


def free(run: Mapping[str, Balance], chosen: str) -> tuple[pd.DataFrame, Answers]:
    """Chance that each stage could serve all need without China.

    Args:
        run: balances by name of the scenario.
        chosen: name of the one that is spoken of.

    Returns:
        As :func:`chances`, and answers.
    """
    frame, answers = chances(run), _answers()
    years = {s: balances.free_year(run[chosen], s, CONFIDENCE) for s in supply.STAGES}
    early = [f"{NOUNS[s]} does so from {year}" for s, year in years.items() if year]
    answers.add(
        "stages-free",
        f"Taken alone, {', '.join(early)}."
        if early
        else f"None of its four stages alone does so by {supply.YEARS[-1]}.",
    )
    at = frame.set_index(["scenario", "stage", "year"])["chance_pct"]
    for year in (2027, GOAL):
        answers.add(f"chance-{year}", round(at[chosen, CHAIN, year]), "{:.0f}%")
    last = at.xs(supply.YEARS[-1], level="year")
    answers.add("chance-2040", last[chosen, CHAIN], "{:.0f}%")
    whole = last.xs(CHAIN, level="stage")
    answers.add("chance-best", whole.max(), "{:.0f}%")
    answers.add("chance-best-name", whole.idxmax())
    answers.add("chances-list", listing(last[chosen].rename(str.lower), "{} {:.0f}%"))
    return frame, answers


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
        # A draw that needs nothing leaves nothing unserved.
        left = (100 * (1 - served / need)).clip(min=0).where(need > 0, 0.0)
        parts.append(uncertainty.band(left, LEVEL).assign(stage=stage))
    frame = pd.concat(parts, ignore_index=True)
    columns = {name: f"{name}_pct" for name in ("low", "median", "high")}
    return frame.rename(columns=columns)[["stage", "group", "year", *columns.values()]]


# --- scenarios side by side -----------------------------------------------------------------------


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


def side_by_side(
    run: Mapping[str, Balance], chosen: str
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Answers]:
    """The scenarios compared.

    Args:
        run: balances by name of the scenario.
        chosen: name of the one that is set in bold.

    Returns:
        As :func:`scenarios_table`; the same as printed; the gap by ``scenario`` and ``year``
        (``low_pct``, ``median_pct``, ``high_pct``); answers.
    """
    table, answers = scenarios_table(run, CONFIDENCE), _answers()
    gaps = pd.DataFrame(
        [
            {
                "scenario": row["scenario"],
                "year": year,
                "low_pct": row[f"gap_{year}_low_pct"],
                "median_pct": row[f"gap_{year}_pct"],
                "high_pct": row[f"gap_{year}_high_pct"],
            }
            for row in table.to_dict("records")
            for year in MILESTONES
        ]
    )
    texts = pd.DataFrame(
        [
            (name, year, *_steady(balances.share_left(at, year)))
            for name, at in run.items()
            for year in MILESTONES
        ],
        columns=["scenario", "year", "median", "low", "high"],
    )
    words = texts.assign(
        text=[f"{row.median} ({row.low}–{row.high})" for row in texts.itertuples()]
    ).pivot(index="scenario", columns="year", values="text")
    words = words.loc[table["scenario"]].add_prefix("Gap ").reset_index(drop=True)
    names = [f"**{name}**" if name == chosen else name for name in table["scenario"]]
    printed = words.assign(
        **{
            "Avoided 2035": table["avoided_2035_pct"].map("{:.0f}".format),
            "Secured 2035": table["secured_2035_pct"].map("{:.0f}".format),
            "Separation free": table["free_Separated_year"].map(_from_year),
            "Magnets free": table["free_Magnets_year"].map(_from_year),
            "Chain free": table[f"free_{CHAIN}_year"].map(_from_year),
        }
    )
    printed.insert(0, "Scenario", names)
    free = int(table[f"free_{CHAIN}_year"].notna().sum())
    answers.add("free-scenarios", f"{in_words(free)} of {len(table)} scenarios")
    median = gaps.set_index(["scenario", "year"])["median_pct"]
    goal = median.xs(GOAL, level="year")
    for name, at in run.items():
        answers.add(f"left-{name}", balances.share_left(at, GOAL), "{:.0f}%", steady=True)
    answers.add("smallest-gap", goal.idxmin())
    answers.add("smallest-gap-left", answers[f"left-{goal.idxmin()}"].text)
    answers.add("largest-gap", goal.idxmax())
    answers.add("largest-gap-left", answers[f"left-{goal.idxmax()}"].text)
    by_year = {name: tuple(rows["median"]) for name, rows in texts.groupby("scenario", sort=False)}
    answers.add("gaps-list", listing(by_year, "{} {}, {} and {}", "; "))
    return table, printed, gaps, answers


def _steady(share: xr.DataArray) -> list[str]:
    """Median and ends of the band of a share in percent, with the digits that survive."""
    levels = (0.5, (1 - LEVEL) / 2, (1 + LEVEL) / 2)
    values = np.quantile(share, levels)
    return [
        digits.printed(value, digits.error(share, level), "{:.0f}")
        for value, level in zip(values, levels, strict=True)
    ]


def answered(draws: int, seed: int, collection_rate: float | None = None) -> Answers:
    """The question of the title, from the named scenarios: what is left to China in 2035.

    Args:
        draws: number of draws.
        seed: any non-negative integer.
        collection_rate: share of old products collected, if it is set.

    Returns:
        What is left as things go, if levers are pulled, if innovation succeeds, if all that is
        announced comes; the last two without the new magnet, ``left-…-bare``; what follows, in
        words.
    """
    answers, median = _answers(), {}
    for name in CASES:
        for ending, own in (("", {}), ("-bare", {NEW_MAGNET: 0.0})):
            if ending and name not in BETS:
                continue
            case = scenarios.load(name, collection_rate=collection_rate, **own)
            left = balances.share_left(balances.run(case, draws, seed), GOAL)
            median[name + ending] = float(left.median())
            answers.add(f"left-{name}{ending}", left, "{:.0f}%", steady=True)
    least = min(median.values())
    answers.add(
        "answered",
        f"Not wholly by {GOAL}: each scenario of this report leaves a part of American demand to "
        "China."
        if least > FREE
        else f"By {GOAL} in some scenarios of this report, not in all."
        if max(median.values()) > FREE
        else f"By {GOAL} in every scenario of this report.",
    )
    won = median["baseline"] - median["innovation"]
    magnet = (median["innovation-bare"] - median["innovation"]) / won if won > 0 else 0.0
    answers.add(
        "answered-magnet",
        "Much of that rests on one magnet, of iron nitride, whose samples in print lack the "
        "coercivity"
        if magnet >= MUCH
        else "Little of that rests on the new magnet of iron nitride",
    )
    return answers


# --- how fast it would have to grow ---------------------------------------------------------------


def speed(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Growth that would be needed beside growth that has been seen.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        As :func:`growth_needed` by 2030 and 2035; as :func:`growth_seen`; answers.
    """
    given = balances.run(scenario, draws, seed), balances.sample(draws, seed, scenario), scenario
    seen, frame = growth_seen(WINDOW), growth_needed(*given, (2030, 2035))
    record, answers = Answers(seen), _answers()
    fastest, behind = seen.iloc[0], [*rests_on(), seen]
    record.add("fastest", fastest["growth_pct"], "{:.0f}%")
    record.add("fastest-where", fastest["country"])
    record.add("fastest-when", "{first_year} to {last_year}".format(**fastest))
    at_home = seen.set_index("country").loc[HOME, "growth_pct"]
    record.add("fastest-us", at_home, "{:.0f}%")
    record.add("slowest-seen", seen["growth_pct"].min(), "{:.0f}")
    record.add("least-t", LEAST_T, "{:,} t")
    soon = frame[(frame["region"] == HOME) & (frame["year"] == 2030)].set_index("stage")
    for stage, row in soon.iterrows():
        answers.add(f"{stage.lower()}-needed", row["median_pct"], "{:.0f}%")
        years = growth.years_needed(row["now_t"], row["need_t"], fastest["growth_pct"] / 100)
        answers.add(f"{stage.lower()}-years", float(years), "{:.1f}", sources=behind)
    sooner = growth_needed(*given, (2028,)).set_index(["region", "stage"]).loc[HOME]
    first = sooner.loc[sooner["median_pct"].idxmax()]
    error = digits.of_band(first["low_pct"], first["high_pct"], draws)
    answers.add("two-years", first["median_pct"], "{:.0f}%", error=error)
    answers.add("two-years-stage", NOUNS[first.name])
    over = int((soon["median_pct"] > fastest["growth_pct"]).sum())
    answers.add("stages-over", _of_four(over), sources=behind)
    answers.add("growth-list", listing(soon["median_pct"].rename(str.lower), "{} {:.0f}%"))
    return frame, seen, record | answers


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


# --- what decides ---------------------------------------------------------------------------------


def drivers(scenario: Scenario, seed: int) -> tuple[pd.DataFrame, Answers]:
    """What the width of the gap is due to.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        seed: any non-negative integer.

    Returns:
        As :func:`rareearth.analysis.balance.drivers`, and answers.
    """
    indices, answers = balances.drivers(scenario, (SOON, GOAL), BASE, seed), _answers()
    part = indices.set_index(["year", "parameter"])
    goal = part.loc[GOAL, "ST"]
    # In the order of the register: which of two leads is often within the error of the sample.
    large = [theme for theme in goal.index if goal[theme] >= LARGE] or [goal.idxmax()]
    answers.add("outlook-drivers", in_a_row(_inside(theme) for theme in large))
    alone = {}
    for name, themes in (("plants", PLANTS), ("need", NEEDS)):
        for year in (SOON, GOAL):
            alone[name, year] = part["S1"][year].reindex(themes).sum()
            answers.add(f"{name}-part-{year}", _tens(alone[name, year]))
    answers.add(
        "count-or-plants",
        "A better count of need would narrow the band more than any forecast of plants."
        if alone["need", GOAL] > alone["plants", GOAL]
        else "A better forecast of plants would narrow the band more than a count of need.",
    )
    answers.add("outlook-drivers-list", listing(goal[large].map(_tens), "{} {}"))
    return indices, answers


def _inside(theme: str) -> str:
    """A theme as it stands inside a sentence."""
    return theme.lower().replace("america", "America")


def _tens(part: float) -> str:
    """Part of a variance as it is printed: in tens of percent, which is what the sample bears."""
    return f"{10 * round(10 * max(float(part), 0.0))}%"


def sensitivity(scenario: Scenario, draws: int, seed: int) -> tuple[pd.DataFrame, Answers]:
    """Whether one input alone could turn the conclusion on the gap, and where.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws, at most :data:`MOST` of which are used.
        seed: any non-negative integer.

    Returns:
        As :func:`one_at_a_time` for :data:`MOVED`, with ``input``, ``label``, ``least_text`` and
        ``most_text`` (the bounds as printed); answers.
    """
    few, answers = min(draws, MOST), _answers()
    moved = one_at_a_time(MOVED, scenario, few, seed, GOAL)
    register = assumptions.register()

    def formatted(name: str, value: float) -> str:
        member = balances.members(name, [*MOVED])[0]
        unit = register["unit"].get(member, "")
        return FORMATS.get(unit, "{:.0f}").format(value)

    moved["label"] = [BESIDE_LABELS.get(n) or register.loc[n, "label"] for n in moved.index]
    for side in ("least", "most"):
        moved[f"{side}_text"] = [formatted(name, value) for name, value in moved[side].items()]

    def turns(ends: list[str]) -> pd.Series:
        return (moved[ends].min(axis=1) < THRESHOLD) & (moved[ends].max(axis=1) > THRESHOLD)

    def margin(balance: Balance) -> float:
        return float(balances.share_left(balance, GOAL).median()) - THRESHOLD

    turning = turns(["least_pct", "most_pct"])
    likely = turning & turns(["low_pct", "high_pct"])
    at = {
        name: balances.switching(margin, name, scenario, few, seed)["value"]
        for name in moved.index[turning]
    }
    flips = {moved.loc[n, "label"]: formatted(n, v) for n, v in at.items() if np.isfinite(v)}
    holds = moved["middle_pct"].iloc[0] > THRESHOLD
    answers.add("flip-threshold", THRESHOLD, "{}%", kind="derived")
    answers.add("flip-holds", "holds" if holds else "does not hold")
    answers.add("flip-tested", len(moved), "{}", kind="derived")
    answers.add("flip-count", in_words(int(turning.sum())))
    answers.add("flip-likely", in_words(int(likely.sum())))
    answers.add(
        "flip-list",
        f"It turns at these values: {listing(flips, '{} ({})', '; ')}."
        if flips
        else "No input turns it by itself.",
    )
    answers.add("flip-widest", moved["label"].iloc[0])
    bounds = {
        r.label: (r.least_pct, r.least_text, r.most_pct, r.most_text) for r in moved.itertuples()
    }
    answers.add("flip-bounds-list", listing(bounds, "{}: {:.0f} at {}, {:.0f} at {}", "; "))
    return moved.reset_index(names="input"), answers


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
    ends = pd.DataFrame({name: balances.limits(name, scenario) for name in names}).T
    ends = ends[["least", "low", "high", "most"]]
    moved = [
        drawn.assign(**dict.fromkeys(balances.members(name, drawn.columns), value))
        for (name, _), value in ends.stack().items()
    ]
    # All in one run, which costs little more than one of them.
    balance = balances.of_draws(pd.concat([drawn, *moved], ignore_index=True), scenario)
    gaps = balances.share_left(balance, year).to_numpy().reshape(-1, draws)
    middle, *others = np.median(gaps, axis=1)
    at = pd.DataFrame(np.reshape(others, ends.shape), ends.index, ends.columns)
    frame = ends.join(at.add_suffix("_pct")).assign(middle_pct=middle)
    width = (frame["most_pct"] - frame["least_pct"]).abs()
    return frame.loc[width.sort_values(ascending=False).index]
