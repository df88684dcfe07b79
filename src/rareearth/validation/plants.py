"""The supply model against what happened.

No fit that is tested here has seen the plant that it tests. Where the record of the time allows a
fit, it knows only what was known then (kind ``hindcast``); where it does not, later plants stand
in, and the test is one of leaving out (kind ``cross-validation``).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from rareearth import assumptions, data, uncertainty
from rareearth.analysis import supply
from rareearth.answers import Answers, in_words
from rareearth.models import buildup, pipeline, streams
from rareearth.scenarios import Scenario
from rareearth.validation import compare

LEVEL = 0.9
DRAWS = 4000
FIRST = 2010

ORIGINS = (2012, 2014, 2016, 2018, 2020, 2022, 2023, 2024)
"""Years at whose end plants are forecast from what was known then."""

KNOWN = 2011
"""Year at whose end the output of mines is forecast."""

PROMISED = {
    "Molycorp, Mountain Pass": ("Molycorp Mountain Pass", 2012),
    "Lynas, Kuantan REO": ("Lynas Kuantan", 2011),
}
"""Plants promised by 2011 with a published nameplate: ramp, name in the record, year due."""

RAMPS = {
    "Molycorp, Mountain Pass": "The plant never worked as designed; its owner failed in 2015.",
    "Lynas, Kuantan NdPr": "The plant passed its design before the nameplate was raised; price, "
    "feed and the pandemic held it back later.",
}

OUTSIDE = ("United States", "Australia")
"""Countries in which the plants lie that were promised by 2012 and have a published nameplate."""

AGENCY = {"Mined": "Mining", "Separated": "Refining"}
"""Stages as the International Energy Agency calls them."""


def published(scenario: Scenario) -> pd.DataFrame:
    """All comparisons of the supply model with what happened, and with a forecast by others.

    Args:
        scenario: for the comparison with the agency; the hindcasts do not depend on it.

    Returns:
        As :func:`rareearth.validation.compare` gives them: ``ours`` is the mean of the draws,
        ``ours_low`` to ``ours_high`` their central interval.
    """
    parts = [starts(), left_out(), ramps(), mines(), agency(scenario)]
    return pd.concat(parts, ignore_index=True)


def starts(origins: Sequence[int] = ORIGINS) -> pd.DataFrame:
    """Plants that ran by now, of those promised but not running at some year.

    The fit for each year knows the promises and outcomes up to that year alone.

    Args:
        origins: years at whose end the forecast is made.
    """
    record = data.table("start_dates")
    whole = pipeline.slips(record, supply.NOW).set_index("facility")
    said = _said(record)
    promised = ";".join(sorted(set(record["source"].str.split(";").explode())))
    first, second, third = _levels(3)
    rows = []
    for origin in origins:
        known = seen(whole, said, origin)
        drawn, count, ran = np.zeros(DRAWS), 0, 0
        for stages in (supply.ORE, supply.MAGNET):
            group = known[known["stage"].isin(stages)]
            waiting = group[group["outcome"] == "waiting"]
            if waiting.empty:
                continue
            never, chance = buildup.fit_slip(group).at(first, second)
            for plant in waiting.itertuples():
                passed = max(origin - plant.promised_year + 1, 0)
                left = max(supply.NOW - max(plant.promised_year - 1, origin), 0)
                lost = buildup.still_never(never, chance, passed)
                comes = (1 - lost) * (1 - (1 - chance) ** left)
                drawn += streams.uniform(third, plant.facility, "come") < comes
                count += 1
                ran += whole.loc[plant.facility, "outcome"] == "running"
        rows.append(
            _forecast(
                f"Promises by {origin}",
                f"plants running by {supply.NOW}, of {count} that waited",
                supply.NOW,
                "plants",
                ran,
                drawn,
                "Few promises were on record, so the fit says little and its interval is wide."
                if len(known) < 15
                else "More of the plants promised lately came than the long record let expect.",
                promised,
            )
        )
    return _hindcast(rows)


def seen(whole: pd.DataFrame, said: pd.DataFrame, origin: int) -> pd.DataFrame:
    """The record of slips as it stood at the end of a year.

    Args:
        whole: as from :func:`rareearth.models.pipeline.slips`, indexed by ``facility``.
        said: by facility, year in which the first ``promise`` and the ``outcome`` were known.
        origin: calendar year.

    Returns:
        As from :func:`rareearth.models.pipeline.slips`, of plants promised by then.
    """
    known = whole.join(said)
    known = known[known["promise"] <= origin].copy()
    later = known["known"] > origin
    known.loc[later, "outcome"] = "waiting"
    waited = (origin - known["promised_year"]).clip(lower=-1)
    known["watched_years"] = known["watched_years"].where(known["outcome"] == "running", waited)
    return known.reset_index()


def _said(record: pd.DataFrame) -> pd.DataFrame:
    """Years in which promise and outcome became known; a start is known in its year."""
    first = record[record["event"] == "first promise"].set_index("facility")
    other = record[record["event"] != "first promise"].set_index("facility")
    promise = first["said_year"].fillna(first["start_year"])
    known = other["start_year"].where(other["event"] == "actual start", other["said_year"])
    return pd.DataFrame({"promise": promise, "known": known}).astype(float)


def ramps() -> pd.DataFrame:
    """Output of each new plant from its start on, against what other ramps expect.

    Others are known up to the year before the plant's first full one. Where these are too few for
    a fit, all others are taken, later ones included.
    """
    shares = supply.delivered()
    shares = shares[shares["year_of_operation"] > 0]
    year = shares["period"].map(_calendar_year)
    third, fourth, chance = _levels(3)
    none = np.zeros(DRAWS)
    before, others = [], []
    for name, output in shares.groupby(shares["ramp"].astype(str), sort=False):
        rest = shares["ramp"] != name
        known = shares[rest & (year < year[output.index].min())]
        foreseen = len(known) > known["ramp"].nunique() + 1
        ramp = buildup.fit_ramp(known if foreseen else shares[rest])
        faced = buildup.Risk(none, none, *ramp.at(third, fourth))
        ceiling, time = buildup.ramp_of(name, chance, faced, ramp)
        for row in output.itertuples():
            share = ceiling * -np.expm1(-row.year_of_operation / time)
            (before if foreseen else others).append(
                _forecast(
                    "Ramp expected from ramps known before"
                    if foreseen
                    else "Ramp expected from the other plants, later ones included",
                    f"{name}, {row.product}",
                    _calendar_year(row.period),
                    "t a year",
                    row.annual_t,
                    row.nameplate_t * share,
                    RAMPS.get(name, "Two or three other ramps are all that there is to go by."),
                    row.source,
                )
            )
    return pd.concat([_hindcast(before), _left_out(others)], ignore_index=True)


def mines() -> pd.DataFrame:
    """Mine output of the United States and Australia from the plants promised in 2011.

    Chance and delay are fitted to what was known at the end of that year. No new plant had a ramp
    on record then, so that of later plants is taken, without the two.
    """
    years = np.arange(FIRST, supply.NOW + 1)
    drawn = np.zeros((len(years), DRAWS))
    own = [supply.ALL_OXIDES.get(name, name) for name in PROMISED]
    rest = supply.delivered()
    rest = rest[~rest["ramp"].isin(own)]
    plates = data.table("nameplates").set_index("ramp")["nameplate_t_per_year"]
    for name, (facility, due) in PROMISED.items():
        drawn += plates[name] * _expected(facility, due, rest, years)
    made = data.table("mine_production")
    made = made[made["country"].isin(OUTSIDE)]
    rows = []
    for year in (2013, 2015, 2017, 2019, 2021, 2023):
        at = made[made["year"] == year].drop_duplicates("country")
        reason = (
            "Molycorp failed in 2015 and the mine reopened in 2018 under another owner, to sell "
            "concentrate to China, which no promise of 2011 held."
            if year > 2015
            else "Both plants came later than promised and made less."
        )
        rows.append(
            _forecast(
                f"Promises of {KNOWN}, ramps of later plants",
                "mined in the United States and Australia",
                year,
                "t REO a year",
                float(at["reo_t"].sum()),
                drawn[year - FIRST],
                reason,
                ";".join(sorted(set(at["source"].astype(str)))),
            )
        )
    return _left_out(rows)


def _expected(facility: str, due: int, shares: pd.DataFrame, years: np.ndarray) -> np.ndarray:
    """Share of nameplate of one plant by year and draw, from a record that leaves it out."""
    record = data.table("start_dates")
    whole = pipeline.slips(record, supply.NOW).set_index("facility")
    known = seen(whole, _said(record), KNOWN)
    others = known[known["stage"].isin(supply.ORE) & (known["facility"] != facility)]
    first, second, third, fourth, chance = _levels(5)
    ramp = buildup.fit_ramp(shares)
    faced = buildup.Risk(*buildup.fit_slip(others).at(first, second), *ramp.at(third, fourth))
    drawn = buildup.fate(facility, chance, faced, ramp, due=due, promised=due, now=KNOWN)
    return drawn.built * buildup.grown(years, drawn.start, drawn.ceiling, drawn.time)


def left_out() -> pd.DataFrame:
    """Plants of the record that run, against fits that have not seen them.

    Each plant in turn is left out, and all others of its kind say how likely it is to run by now.
    Whether one plant runs cannot fall outside a band; how many of them run can.
    """
    slipped = pipeline.slips(data.table("start_dates"), supply.NOW)
    first, second, third = _levels(3)
    rows = []
    for name, stages in (("mines and separation", supply.ORE), ("metal, magnets", supply.MAGNET)):
        group, drawn = slipped[slipped["stage"].isin(stages)], np.zeros(DRAWS)
        for plant in group.itertuples():
            never, chance = buildup.fit_slip(group.drop(plant.Index)).at(first, second)
            waited = max(supply.NOW - plant.promised_year, 0)
            runs = buildup.running_share(never, chance, waited)
            drawn += streams.uniform(third, plant.facility, "come") < runs
        rows.append(
            _forecast(
                "Plants left out one at a time",
                f"{name}: plants that run, of {len(group)} promised",
                supply.NOW,
                "plants",
                (group["outcome"] == "running").sum(),
                drawn,
                "The plants of a kind are few, so the band is wide.",
                ";".join(sorted(set(data.table("start_dates")["source"].astype(str)))),
            )
        )
    return _left_out(rows)


def agency(scenario: Scenario, draws: int = 1000, seed: int = 1) -> pd.DataFrame:
    """Mined and separated output against the International Energy Agency.

    The agency's 2024 is a count, its later years a forecast from the project pipeline; nothing of
    it is an input here, but for separation in 2024 by firms that the list does not hold.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.
    """
    made = supply.output(supply.sample(draws, seed, scenario), scenario, losses=False).sum("group")
    table = data.table("magnet_ree_supply")
    table = table[~table["country"].isin(("China", "Myanmar", "World"))]
    place = np.where(table["country"] == supply.PLACES[0], *supply.PLACES)
    printed = table.groupby(["stage", place, "year"], observed=True)["element_t"].sum()
    rows = []
    for stage, called in AGENCY.items():
        for where in supply.PLACES:
            for year, value in printed[called, where].items():
                reason = (
                    "The agency counts more ore in countries that are small in the US survey, and "
                    "less in Australia."
                    if year == supply.YEARS[0]
                    else "The agency starts from the project pipeline; plants here slip and ramp "
                    "as the record has it."
                )
                at = made.sel(place=where, stage=stage, year=year).to_numpy()
                rows.append(
                    _forecast(
                        "IEA 2025",
                        f"{stage.lower()}, {where}",
                        int(year),
                        "t of element a year",
                        float(value),
                        at,
                        reason,
                        "iea_cmde_2025",
                    )
                )
    return compare(rows, model="Plants against an outlook", kind="outlook")


def tested(scenario: Scenario, draws: int, seed: int) -> Answers:
    """What earlier promises and the agency say of the plants in the outlook.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws, at most 1,000 of which are used.
        seed: any non-negative integer.
    """
    answers, record = Answers(data.table("start_dates")), starts()
    known = record.set_index("study").loc["Promises by 2022"]
    answers.add("test-waited", known["quantity"].split(" of ")[1].split()[0])
    answers.add("test-ran", in_words(int(known["published_low"])))
    answers.add("test-foretold", known["ours"], "{:.1f}", kind="forecast")
    answers.add("test-band", "{ours_low:.0f} to {ours_high:.0f}".format(**known), kind="forecast")
    answers.add("test-forecasts", in_words(len(record)))
    answers.add("test-years", f"{ORIGINS[0]} to {ORIGINS[-1]}")
    inside = int(record["inside"].sum())
    answers.add("test-inside", "all" if inside == len(record) else in_words(inside))
    later = agency(scenario, min(draws, 1000), seed).query("year == 2030")
    mined = later[later["quantity"].str.startswith("mined")][["published_low", "ours"]].sum() / 1e3
    expected, ours = mined
    made = [supply.plants(), data.table("plant_output"), assumptions.used_by("balance")]
    answers.add("agency-mined", expected, "{:.0f} kt", sources="iea_cmde_2025", kind="forecast")
    answers.add("ours-mined", ours, "{:.0f} kt", sources=made, kind="forecast")
    return answers


def _levels(count: int) -> list[np.ndarray]:
    """Random levels of probability, the same on every call."""
    names = {f"back-cast {i}": (0.0, 1.0) for i in range(count)}
    return list(uncertainty.sample(names, DRAWS, FIRST).to_numpy().T)


def _calendar_year(period: str) -> int:
    """Year of a period such as 2024, FY2016 or 2026-Q1; a financial year is that of its end."""
    return int(str(period).removeprefix("FY")[:4])


def _forecast(study, quantity, year, unit, happened, drawn, reason, source) -> dict:
    low, _, high = uncertainty.band(drawn[None, :], LEVEL).iloc[0]
    return {
        "study": study,
        "quantity": quantity,
        "year": year,
        "unit": unit,
        "published": float(happened),
        "ours_low": low,
        "ours": drawn.mean(),
        "ours_high": high,
        "reason": reason,
        "source": source,
    }


def _hindcast(rows: list[dict]) -> pd.DataFrame:
    return compare(rows, model="Plants", kind="hindcast")


def _left_out(rows: list[dict]) -> pd.DataFrame:
    return compare(rows, model="Plants", kind="cross-validation")
