"""How fast others took a market: rubber, shale gas, China; and what magnets would need."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

from rareearth import assumptions, data, scenarios, uncertainty
from rareearth.analysis import balance, supply
from rareearth.answers import Answers, listing
from rareearth.models import oxides, pipeline, ramps
from rareearth.scenarios import Scenario

DEAL = pd.Timestamp("2025-07-10")
"""Deal between the Department of Defense and MP Materials, from which years are counted."""

AFTER = 5
"""Years after the start at which rubber and magnets are compared."""

GOALS = {2030: 50.0, 2035: 50.0}
"""Share of need to be secured by a year, percent."""

LINE_UNITS = {"years": "years since the start of the series", "year": "calendar year, decimal"}
"""Units of columns of :func:`shares`, for its download."""

WINDOW = 4
"""Least years of a rise that is measured."""

ORE_STARTS, CHINA_START, MAGNETS_START = 2023.5, 1990, 2005
"""Starts of the output of oxide at Mountain Pass, and of China's mines and magnets as drawn."""


def expected(draws: int, seed: int, scenario: Scenario) -> tuple[pd.DataFrame, Answers]:
    """American supply as the balance expects it, beside need after substitution.

    Args:
        draws: number of draws.
        seed: any non-negative integer.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        By year: ``years`` since :data:`DEAL`; ``low_pct``, ``median_pct`` and ``high_pct`` of need
        that passes every stage without China (nine draws in ten); ``plants_pct`` and
        ``announced_pct``, the median output of the last stage alone, as expected and as announced;
        ``ndpr_t``, the median need of neodymium and praseodymium; and what the text says of them.
    """
    whole = balance.run(scenario, draws, seed).data.sel(region=balance.HOME)
    secured = whole["secured"].sum("source")
    need = secured + whole["gap"]
    chain = _of_need(secured.sum("group"), need.sum("group"))
    frame = uncertainty.band(chain.transpose("year", "draw").to_numpy()).add_suffix("_pct")
    frame.index = pd.Index(balance.YEARS, name="year")
    frame.insert(0, "years", balance.YEARS + 0.5 - _decimal(DEAL))
    announced = scenarios.choose(scenario, plants="announced")
    made = {}
    for name, one in {"plants_pct": scenario, "announced_pct": announced}.items():
        output = supply.output(balance.sample(draws, seed, one), one).sel(place=balance.HOME)
        made[name] = output.sum("group")
        run = balance.run(one, draws, seed)
        used = run.need.sel(region=balance.HOME).sum("group")
        share = _of_need(made[name].sel(stage="Magnets"), used)
        frame[name] = share.median("draw").to_numpy()
    frame["ndpr_t"] = need.sel(group="NdPr").median("draw").to_numpy()
    answers = Answers(rests_on(), kind="forecast")
    stages = made["plants_pct"].sel(year=2030).median("draw").to_series()
    answers.add("pol-narrowest", stages.idxmin().lower())
    five = DEAL.year + AFTER
    row, need_in = frame.loc[five], f"share of US need in {five}"
    ends = {"low": row["low_pct"], "high": row["high_pct"]}
    label = f"Supply that passes every stage without China, {need_in}"
    answers.add("pol-chain-five", row["median_pct"], "{:.0f}%", **ends, label=label)
    label = f"Output of US magnet plants, as expected, {need_in}"
    answers.add("pol-expected-five", row["plants_pct"], "{:.0f}%", label=label)
    label = f"Output of US magnet plants, as announced, {need_in}"
    told = row["announced_pct"]
    answers.add("pol-announced-five", told, "{:.0f}%", kind="target", label=label)
    enough = frame.index[frame["median_pct"] >= 50]
    answers.add("pol-flip-half", str(enough[0]) if len(enough) else "no year to 2040")
    answers.add("pol-chain-last", frame["median_pct"].iloc[-1], "{:.0f}%")
    return frame, answers


def _of_need(supply: xr.DataArray, need: xr.DataArray) -> xr.DataArray:
    """Percent of need; a draw in which nothing is needed lacks nothing."""
    return (100 * supply / need.where(need > 0)).fillna(100)


def rests_on() -> list[pd.DataFrame]:
    """Rows behind :func:`expected`, for naming their sources."""
    return [assumptions.used_by("balance")]


def rubber() -> pd.DataFrame:
    """The rubber programme, by years since patents were pooled, see :func:`of_need`."""
    rows = _programme()
    return of_need(rows, _decimal(_pooled(rows)))


def of_need(rows: pd.DataFrame, start: float) -> pd.DataFrame:
    """Synthetic rubber made in the United States as a share of what the war was said to need.

    Args:
        rows: ``series``, ``year``, ``date``, ``low``, ``ton``, ``basis`` (year, rate) and ``kind``
            of the programme; one row of the series ``required supply``.
        start: year (decimal) from which time is counted.

    Returns:
        One row per value of ``synthetic output``: ``years`` since the start (the middle of a
        calendar year, or the date of a rate), ``low_pct`` and ``high_pct`` of the required supply,
        ``basis`` and ``kind``, with the source columns of the rows.
    """
    required = rows[rows["series"] == "required supply"]
    need = ramps.tonnes(required["low"], required["ton"])[0].item()
    made = rows[rows["series"] == "synthetic output"].copy()
    low, high = ramps.tonnes(made["low"], made["ton"])
    dated = pd.to_datetime(made["date"])
    at_date = dated.dt.year + (dated.dt.day_of_year - 1) / 365.25
    when = at_date.where(made["basis"] == "rate", made["year"] + 0.5)
    made["years"] = when - start
    made["low_pct"], made["high_pct"] = 100 * low / need, 100 * high / need
    return made.sort_values("years", ignore_index=True)


def rubber_and_magnets(path: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Synthetic rubber then and magnets now, as a share of need, by years since the start.

    Args:
        path: as from :func:`expected`.

    Returns:
        ``series``, ``years``, ``low_pct``, ``median_pct``, ``high_pct``, ``kind``, ``point`` (a
        dot: full, hollow or none), ``basis`` and ``source``; and what the text says of rubber.
    """
    made = rubber()
    hoped = made["kind"] == "forecast"
    then = made.assign(
        series=np.where(hoped, "rubber, hoped for", "rubber"),
        median_pct=made[["low_pct", "high_pct"]].mean(axis=1),
        # Years without a value lie between the points.
        kind=np.where(hoped, "forecast", "estimate"),
        point=np.where(hoped, "hollow", "full"),
    )
    later = path[path["years"] > -1]
    columns = ["series", "years", "low_pct", "median_pct", "high_pct", "kind"]
    chain = later.assign(series="whole chain", kind="forecast")[columns]
    plants = [
        later[["years"]].assign(
            series=f"magnet plants, {name}", kind=kind, median_pct=later[column]
        )
        for name, column, kind in (
            ("expected", "plants_pct", "forecast"),
            ("announced", "announced_pct", "target"),
        )
    ]
    shown = then[[*columns, "point", "basis", "source"]]
    frame = pd.concat([shown, chain, *plants], ignore_index=True)

    rows = _programme()
    fact = rows.set_index("series")
    answers = Answers(rows)
    over = made[(made["kind"] == "reported") & (made["low_pct"] >= 100)].iloc[0]
    answers.add("pol-rubber-years", over["years"], "{:.1f} years")
    answers.add("pol-rubber-1941", made["low_pct"].iloc[0], "{:.0f}%")
    ran = made[made["kind"] == "derived"].iloc[0]
    answers.add("pol-rubber-1943", ran["low_pct"], "{:.0f}%", sources=ran)
    promised = made[made["source"] == "waikato_1942_jones"].set_index("year")
    for name, year in (("pol-rubber-promise", 1943), ("pol-rubber-promise-44", 1944)):
        row = promised.loc[year]
        answers.add(name, row["low_pct"], "{:.0f}%", sources=row, kind="forecast")
    stock = fact.loc[["natural stock"]].set_index("year").loc[1941]
    months = 12 * stock["low"] / fact.loc["required supply", "low"]
    answers.add("pol-rubber-bridge", months, "{:.0f} months", sources=stock)
    for name, series, template in (
        ("plants", "government plants", "{:.0f}"),
        ("cost", "plant investment", "{:.0f} million dollars"),
        ("east", "share from the Far East", "{:.0f}%"),
    ):
        row = fact.loc[series]
        told = {"sources": row, "kind": "reported"}
        answers.add(f"pol-rubber-{name}", row["low"], template, **told)
    return frame, answers


def shares(path: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Shares of a market over the years since the start, for each precedent.

    Args:
        path: as from :func:`expected`.

    Returns:
        ``precedent`` (its market in brackets), ``years`` since the start of the series, ``year``
        (decimal), ``share_pct`` and ``kind``; and what the text says of them.
    """
    made = rubber().query("kind != 'forecast'")
    started, gas = _decimal(_pooled(_programme())), _dry_gas()
    official = gas[gas["series"] == "official"]
    copied = gas["series"] == "copy of graphs"
    prelude = gas[copied & (gas["year"] <= official["year"].min())]
    china, magnets, oxide = _china(), _china_magnets(), _oxide()
    need = np.interp(oxide["year"], path.index + 0.5, path["ndpr_t"])
    held = 100 * oxides.ndpr_in_oxide() * oxide["annual_t"] / need
    later = path[path["years"] > -1]
    middle = made[["low_pct", "high_pct"]].mean(axis=1)
    parts = [
        ("Rubber (US need)", made["years"] + started, started, middle, "estimate"),
        ("Shale gas (US gas)", prelude["year"], 2000, prelude["share_pct"], "estimate"),
        ("Shale gas (US gas)", official["year"], 2000, official["share_pct"], "reported"),
        ("China's mines (world)", china.index, CHINA_START, china, "reported"),
        (
            "China's magnets (world)",
            *(magnets["year"], MAGNETS_START, magnets["share_pct"], "estimate"),
        ),
        ("MP's oxide", oxide["year"], ORE_STARTS, held, "reported"),
        (
            "US supply, expected",
            *(later["years"] + _decimal(DEAL), _decimal(DEAL), later["median_pct"], "forecast"),
        ),
    ]
    lines = pd.concat(
        [
            ramps.line(name, np.asarray(year) - start, share, kind).assign(year=np.asarray(year))
            for name, year, start, share, kind in parts
        ],
        ignore_index=True,
    )
    answers = Answers(gas)
    answers.add("pol-shale-first", prelude["share_pct"].iloc[0], "{:.0f}%", kind="estimate")
    answers.add("pol-shale-2007", official["share_pct"].iloc[0], "{:.0f}%", kind="reported")
    answers.add("pol-shale-2014", official["share_pct"].iloc[-1], "{:.0f}%", kind="reported")
    around = gas_of(2000, 2001)
    ends = f"{around.min():.0f} to {around.max():.0f}%"
    answers.add("pol-shale-2000", ends, kind="estimate")
    for name, values, rows in (
        ("china", china, data.table("mine_production")),
        ("china-magnets", magnets["share_pct"], magnets),
    ):
        ends = "{:.0f} to {:.0f}".format(*values.iloc[[0, -1]])
        answers.add(f"pol-{name}-ends", ends, "{}%", sources=rows)
    last = held.iloc[-1]
    answers.add("pol-oxide-last", last, "{:.0f}%", sources=[oxide, *rests_on()])
    return lines, answers


def gas_of(*years: int) -> pd.Series:
    """All values of the share of shale gas in some years, percent."""
    rows = data.table("shale_gas")
    return rows.loc[rows["year"].isin(years), "share_pct"]


def rates(path: pd.DataFrame, lines: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Steepest rise of each precedent beside what magnets would need.

    Args:
        path: as from :func:`expected`.
        lines: as from :func:`shares`.

    Returns:
        ``label``, ``points_per_year``, ``when``, ``kind`` (target for what would be needed) and
        ``precedent``, steepest first; and what the text says of them.
    """
    names = {
        "Shale gas (US gas)": "Shale gas, US gas",
        "China's mines (world)": "China's mines, world",
        "China's magnets (world)": "China's magnets, world",
    }
    series = {}
    for precedent, label in names.items():
        rows = lines[lines["precedent"] == precedent]
        if precedent == "Shale gas (US gas)":
            rows = rows[rows["kind"] == "reported"]
        series[label] = (rows["year"], rows["share_pct"], "reported", precedent)
    made = rubber().query("kind != 'forecast'")
    # The least that was made, so that an unknown ton does not speed it up.
    start = _decimal(_pooled(_programme()))
    series["Synthetic rubber, US need"] = (
        *(made["years"] + start, made["low_pct"], "reported", "Rubber (US need)"),
    )
    ours = "US supply, expected"
    series[ours] = (path.index, path["median_pct"], "forecast", ours)
    rows = []
    for label, (year, share, kind, precedent) in series.items():
        best = ramps.steepest(year, share, WINDOW)
        when = f"{int(best.first)} to {int(best.last)}"
        rows.append((label, best.points_per_year, when, kind, precedent))
    now = data.today().year
    share = path.loc[now, "median_pct"]
    asked = {year: ramps.needed_rate(share, goal, year - now) for year, goal in GOALS.items()}
    rows += [
        (f"US supply, for half by {year}", rate, f"{now} to {year}", "target", ours)
        for year, rate in asked.items()
    ]
    frame = pd.DataFrame(rows, columns=["label", "points_per_year", "when", "kind", "precedent"])
    frame = frame.sort_values("points_per_year", ascending=False, ignore_index=True)
    speed = frame.set_index("label")["points_per_year"]
    gas, behind = _dry_gas(), rests_on()
    answers = Answers(behind, kind="derived")
    shale = speed["Shale gas, US gas"]
    official = gas[gas["series"] == "official"]
    answers.add("pol-shale-rate", shale, "{:.1f} points", sources=official)
    mines = data.table("mine_production")
    answers.add("pol-china-rate", speed["China's mines, world"], "{:.1f} points", sources=mines)
    fastest = speed["Synthetic rubber, US need"]
    answers.add("pol-rubber-rate", fastest, "{:.0f} points", sources=_programme())
    answers.add("pol-expected-rate", speed[ours], "{:.1f} points", kind="forecast")
    label = "Rise a year that would secure half of US need by 2030, points"
    answers.add("pol-needed-2030", asked[2030], "{:.0f} points", label=label)
    answers.add("pol-needed-2035", asked[2035], "{:.1f} points")
    does = sum(shale >= rate for rate in asked.values())
    verdict = ("for neither year", "for 2035 and not for 2030", "for both years")[does]
    answers.add("pol-shale-does", verdict, sources=[gas, *behind])
    answers.add("pol-rates-list", listing(speed, "{} {:.1f}", "; "))
    return frame, answers


def behind() -> list[pd.DataFrame]:
    """Rows behind the precedents, for naming their sources."""
    tables = ("shale_gas", "mine_production", "plants", "magnet_demand")
    return [_programme(), *map(data.table, tables), _china_magnets(), _oxide()]


def _decimal(day: pd.Timestamp) -> float:
    return day.year + (day.day_of_year - 1) / 365.25


def _programme() -> pd.DataFrame:
    return data.table("synthetic_rubber").astype({"ton": str, "basis": str, "kind": str})


def _pooled(programme: pd.DataFrame) -> pd.Timestamp:
    """Day on which patents were pooled."""
    return programme.loc[programme["series"] == "patents pooled", "date"].item()


def _dry_gas() -> pd.DataFrame:
    gas = data.table("shale_gas").astype({"series": str})
    return gas[gas["basis"].str.startswith("dry gas")]


def _china() -> pd.Series:
    """China's share of mine output, percent by year."""
    mines = data.table("mine_production")
    output = mines.pivot(index="year", columns="country", values="reo_t").loc[CHINA_START:2005]
    return 100 * output["China"] / output["World"]


def _china_magnets() -> pd.DataFrame:
    rows = data.table("china_stage_shares")
    return rows[(rows["stage"] == "Sintered magnets") & (rows["authority"] == "IEA 2025")]


def _oxide() -> pd.DataFrame:
    """Output of oxide at Mountain Pass, with ``year`` as the middle of its period."""
    rows = pipeline.delivered(data.table("plant_output"), data.table("nameplates"))
    rows = rows[rows["ramp"] == "MP, Mountain Pass NdPr"]
    begun = rows["period_years"].cumsum() - rows["period_years"]
    return rows.assign(year=ORE_STARTS - 0.5 + begun + rows["period_years"] / 2)
