"""What the United States uses of rare earths, as raw material and inside goods."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from rareearth import assumptions, data, uncertainty
from rareearth.analysis.demand.world import BASE, CASES, KT, LAST, ndpr_share, world
from rareearth.answers import Answers, listing
from rareearth.models import demand, oxides
from rareearth.scenarios import Scenario

INPUTS = [
    *(*demand.SHARES.values(), "magnet_demand_level", demand.FINISHED),
    "content_saved_by_2050",
]
"""Assumptions that US demand rests on."""

BOUNDARIES = {
    "loose magnets": "Magnets bought as magnets",
    "with goods": "Magnets inside goods as well",
    "not stated": "Boundary not stated",
}
"""What an estimate counts, in words, in the order of drawing."""


def us_use() -> tuple[pd.DataFrame, Answers]:
    """What the United States uses raw rare earths for, and how much.

    Returns:
        ``panel`` (end use, consumption), ``item``, ``year``, ``share_pct``, ``reo_kt``, ``kind``
        (``forecast`` for the doubtful last year) and ``source``; levels in the text.
    """
    us = data.table("us_use").astype({"measure": str, "kind": str})
    shares = us[us["measure"] == "end-use share"].assign(panel="end use")
    eaten = us[us["measure"] == "apparent consumption"].sort_values("year")
    level = eaten.set_index("year")["value"]
    last = eaten["year"].max()
    drawn = eaten.assign(panel="consumption", reo_kt=eaten["value"] / 1000)
    drawn["kind"] = drawn["kind"].mask(drawn["year"] == last, "forecast")
    frame = pd.concat([shares.rename(columns={"value": "share_pct"}), drawn])
    columns = ["panel", "item", "year", "share_pct", "reo_kt", "kind", "source"]

    required = us[us["measure"] == "share of world requirement"].set_index("item")["value"]
    mined = data.table("mine_production").query("country == 'World' and year == 2015")
    direct = 100 * level[2015] / mined["reo_t"].iloc[0]
    catalysts = shares[shares["item"] == "Catalysts"].set_index("year")["value"]
    glass = shares[shares["item"] == "Ceramics and glass"]["value"].mean()
    survey = {"sources": "usgs_mcs_2019", "kind": "estimate"}
    study = {"sources": "usgs_alonso_2023", "kind": "estimate"}
    answers = Answers(sources=eaten)
    for year in (2017, 2018):
        name = "catalysts" if year == 2018 else f"catalysts-{year}"
        answers.add(name, catalysts[year], "{:.0f}%", **survey)
    answers.add("glass", glass, "{:.0f}%", **survey)
    answers.add("use-2024", level[2024] / 1000, KT + " REO", kind="reported")
    answers.add("use-2025", level[2025] / 1000, KT + " REO", kind="estimate")
    before = level.drop(last) / 1000
    answers.add("use-least", before.min(), "{:.1f}")
    answers.add("use-most", before.max(), KT)
    answers.add("use-2015-share", direct, "{:.0f}%", sources=[eaten, mined])
    answers.add("requirement-low", required["low"], "{:.0f}", **study)
    answers.add("requirement-high", required["high"], "{:.1f}%", **study)
    factor = required.mean() / direct
    both = [study["sources"], survey["sources"], mined]
    answers.add("embedded-factor", factor, "{:.1f} times", sources=both)
    return frame[columns].reset_index(drop=True), answers


@dataclass(frozen=True)
class UsDemand:
    """US demand for magnet rare earths under a scenario, goods included.

    Attributes:
        scenario: what it was computed under.
        seed: of its draws.
        drawn: draws of all assumptions.
        kt: in finished magnets, thousand tonnes of element: year, draw.
    """

    scenario: Scenario
    seed: int
    drawn: pd.DataFrame
    kt: pd.DataFrame

    @property
    def median(self) -> pd.Series:
        """Median in finished magnets by year."""
        return self.kt.median(axis=1)

    @property
    def metal(self) -> pd.DataFrame:
        """What is put into making these magnets, scrap included: year, draw."""
        return self.kt / self.drawn[demand.FINISHED].to_numpy()

    @property
    def scrap(self) -> pd.DataFrame:
        """New scrap of making them, which goes back to separation or metal: year, draw."""
        return self.metal - self.kt

    @property
    def sources(self) -> list[pd.DataFrame]:
        """What it rests on."""
        return [assumptions.register().loc[INPUTS], data.table("magnet_demand")]


def us_demand(scenario: Scenario, draws: int, seed: int) -> UsDemand:
    """US demand on draws of the assumptions (:func:`rareearth.models.demand.us_demand`).

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer; same seed, same numbers.
    """
    drawn = assumptions.sample(draws, seed, scenario)
    path = world(scenario.choices["demand_case"])
    return UsDemand(scenario, seed, drawn, demand.us_demand(path, drawn))


def headlines(scenario: Scenario, draws: int, seed: int) -> Answers:
    """Answers of the chapter on demand that other pages print.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.
    """
    return us_range(us_demand(scenario, draws, seed))[1].only("us-2024")


def us_range(us: UsDemand) -> tuple[pd.DataFrame, Answers]:
    """US demand by year, in the other cases, and by one share of all rare earths.

    Args:
        us: as from :func:`us_demand`.

    Returns:
        ``series`` (this case, the other cases, one share of all), ``name``, ``year``, ``low_kt``,
        ``median_kt``, ``high_kt``, ``kind``; levels and the assumptions behind them.
    """
    chosen = us.scenario.choices["demand_case"]
    band = uncertainty.band(us.kt).add_suffix("_kt").reset_index()
    frames = [band.assign(series="this case", name=CASES[chosen])]
    for case in CASES:
        if case != chosen:
            median = demand.us_demand(world(case), us.drawn).median(axis=1).rename("median_kt")
            frames.append(median.reset_index().assign(series="other cases", name=CASES[case]))
    top = world(chosen)["All uses"].iloc[0] * us.drawn["us_share_of_world_requirement"]
    top *= us.drawn["magnet_demand_level"] * us.drawn[demand.FINISHED]
    by_share = uncertainty.band(top.to_numpy()[None], year=[BASE]).add_suffix("_kt")
    by_share = by_share.rename(columns={"year_kt": "year"}).assign(series="one share of all")
    frame = pd.concat([*frames, by_share.assign(name="2024 from the share of all rare earths")])
    frame["kind"] = np.where(frame["year"] > BASE, "forecast", "estimate")

    register, central = assumptions.register(), assumptions.central(us.scenario)
    inputs = {"sources": register.loc[INPUTS], "kind": "estimate"}
    span = {"band": "{:.0f} to {:.0f}"}
    answers = Answers(sources=us.sources, kind="forecast")
    answers.add("draws", f"{len(us.drawn):,}", kind="derived")
    label = "US demand for magnet rare earths, goods included"
    answers.add("us-2024", us.kt.loc[BASE], KT, kind="estimate", label=f"{label}, 2024", **span)
    answers.add("us-2035", us.kt.loc[2035], "{:.0f}", label=f"{label}, 2035, thousand tonnes")
    answers.add("us-2050", us.kt.loc[LAST], KT, label=f"{label}, 2050", **span)
    put_in, lost = us.metal.loc[BASE], us.scrap.loc[BASE]
    label = "Magnet rare earths put into making the magnets that the United States uses"
    answers.add("us-metal-2024", put_in, KT, kind="estimate", label=f"{label}, 2024", **span)
    answers.add("us-scrap-2024", lost, KT, kind="estimate", **span)
    magnets = us.median[BASE] / central["rare_earth_in_magnet"]
    answers.add("us-magnets-2024", magnets, KT, kind="estimate")
    study = [data.table("magnet_demand"), "usgs_alonso_2023"]
    answers.add("top-down", top, KT, sources=study, kind="estimate")
    for name, share in (("ev", "us_share_of_ev_use"), ("wind", "us_share_of_wind_use")):
        answers.add(f"share-{name}", 100 * central[share], "{:.1f}%", **inputs)
    answers.add("share-other", 100 * central["us_share_of_other_uses"], "{:.0f}%", **inputs)
    either_way = 100 * (register.loc["magnet_demand_level", "high"] - 1)
    answers.add("level-range", either_way, "{:.0f}%", **inputs)
    saved = 100 * us.drawn["content_saved_by_2050"].median()
    answers.add("saved", saved, "{:.0f}%", **inputs)
    explained = demand.spread_explained(us.drawn[INPUTS], us.kt.loc[BASE])
    most = 100 * explained["us_share_of_other_uses"]
    answers.add("explained-other", most, "{:.0f}%", sources=inputs["sources"], kind="derived")
    return frame.reset_index(drop=True), answers


def us_supply(us: UsDemand) -> tuple[pd.DataFrame, Answers]:
    """What the United States makes, and buys as magnets, against what it needs.

    Args:
        us: as from :func:`us_demand`.

    Returns:
        ``label``, ``year``, ``ree_kt`` (thousand tonnes of element) and ``source``; shares of the
        estimate.
    """
    table = data.table("us_use").astype({"measure": str, "item": str})
    need, in_magnet = us.median[BASE], assumptions.central(us.scenario)["rare_earth_in_magnet"]
    put_in = us.metal.loc[BASE].median()
    oxide = table.query("measure == 'NdPr oxide output' and year == 2025")
    made = _made_kt(oxide)
    sent = table.query("measure == 'magnets exported by China' and item == 'to United States'")
    sent = sent[sent["year"] >= BASE]
    tonnes = sent.set_index("year")["value"]
    ree_kt = tonnes * in_magnet / 1000
    rows = [
        ("NdPr made by MP Materials, 2025", 2025, made, oxide["source"].iloc[0]),
        ("in magnets bought from China, 2025", 2025, ree_kt[2025], sent["source"].iloc[-1]),
    ]
    frame = pd.DataFrame(rows, columns=["label", "year", "ree_kt", "source"])

    answers = Answers(sources=[*us.sources, sent])
    answers.add("us-output", made, "{:.1f} thousand tonnes", sources=oxide)
    answers.quote("us-output-oxide", oxide.iloc[0], "value", "{:,.0f} t")
    # Oxide is set against what is put into magnet making, magnets against magnets.
    covered = made / (put_in * ndpr_share())
    label = "US output of neodymium and praseodymium, part of US demand for both"
    both = [*us.sources, oxide]
    answers.add("us-output-share", 100 * covered, "{:.0f}%", sources=both, label=label)
    answers.add("china-magnets", tonnes[BASE], "{:,.0f} t", sources=sent)
    answers.add("china-magnets-share", 100 * ree_kt[BASE] / need, "{:.0f}%")
    answers.add("china-magnets-2025", ree_kt[2025], "{:.1f} thousand tonnes", sources=sent)
    entered = table.query("measure == 'sintered NdFeB imports, first quarter' and year == @BASE")
    value = entered.set_index("item")["value"]
    by_value = value["from China"] / value["from World"]
    answers.add("china-value-share", 100 * by_value, "{:.0f}%", sources=entered)
    direct = 100 * ree_kt[BASE] / by_value / need
    answers.add("direct-share", direct, "{:.0f}%", sources=[*us.sources, sent, entered])
    plant = table[table["measure"] == "magnet plant, design capacity"]
    capacity = plant["value"].iloc[0]
    answers.add("fort-worth", capacity, "{:,.0f} t", sources=plant, kind="target")
    part = 100 * capacity / 1000 * in_magnet / need
    answers.add("fort-worth-share", part, "{:.0f}%", sources=[*us.sources, plant])
    return frame, answers


def _made_kt(oxide: pd.DataFrame) -> float:
    """Neodymium and praseodymium in the oxide made, thousand tonnes of element."""
    return oxide["value"].iloc[0] * oxides.ndpr_in_oxide() / 1000


def limits(us: UsDemand) -> Answers:
    """Values of the inputs at which the findings of the chapter turn (switching values).

    Args:
        us: as from :func:`us_demand`.
    """
    path, central = world(us.scenario.choices["demand_case"]), assumptions.central(us.scenario)
    first, years = path.loc[BASE], LAST - BASE
    clean = path[["Electric vehicles", "Wind power"]].sum(axis=1)
    grown = demand.annual_growth(first["Other uses"], path["Other uses"][LAST], years)
    needed = 100 * demand.annual_growth(first["Other uses"], clean[LAST], years)
    turn = f"shrank by {-needed:.1f}%" if needed < 0 else f"grew by less than {needed:.1f}%"
    table = data.table("magnet_demand")
    answers = Answers(sources=us.sources)
    answers.add("flip-other", f"{turn} a year", sources=table)
    answers.add("other-growth", 100 * grown, "{:.1f}% a year", sources=table)
    oxide = data.table("us_use").query("measure == 'NdPr oxide output' and year == 2025")
    named = sum(central[demand.SHARES[use]] * first[use] for use in demand.USES[:2])
    share = 100 * (_made_kt(oxide) / ndpr_share() - named) / first["Other uses"]
    answers.add("flip-share", share, "{:.1f}%", sources=[*us.sources, oxide])
    unsaved = pd.DataFrame([central | {"content_saved_by_2050": 0.0}])
    plain = demand.us_demand(path, unsaved)[0]
    answers.add("flip-saving", 100 * (1 - plain[BASE] / plain[LAST]), "{:.0f}%")
    output = us.metal.loc[BASE].median() * ndpr_share() / oxides.ndpr_in_oxide()
    answers.add("flip-output", output, KT)
    return answers


def published(us: UsDemand) -> tuple[pd.DataFrame, Answers]:
    """What others say the United States needs, by boundary, beside this report's estimate.

    Args:
        us: as from :func:`us_demand`.

    Returns:
        ``group`` (boundary), ``label``, ``low_kt``, ``median_kt``, ``high_kt`` (thousand tonnes of
        element in finished magnets), ``year``, ``kind`` and ``source``; which lie in the band.
    """
    table = data.table("need_estimates").astype({"boundary": str, "unit": str, "kind": str})
    table = table[(table["geography"] == "United States") & table["low"].notna()]
    table = table[table["unit"] != "times 2022"]
    in_magnet = assumptions.central(us.scenario)["rare_earth_in_magnet"]
    level, finished = us.drawn["magnet_demand_level"], us.drawn[demand.FINISHED]
    net = float(
        (world(us.scenario.choices["demand_case"])["All uses"][BASE] * level * finished).median()
    )
    of_magnets = table["unit"] == "t of magnet"
    scale = pd.Series(np.where(of_magnets, in_magnet / 1000, net / 100), index=table.index)
    frame = pd.DataFrame(
        {
            "group": table["boundary"].map(BOUNDARIES),
            "label": table["label"],
            "low_kt": table["low"] * scale,
            "median_kt": (table["low"] + table["high"]) / 2 * scale,
            "high_kt": table["high"] * scale,
            "year": table["year"],
            "kind": table["kind"],
            "source": table["source"],
        }
    )
    low, median, high = us.kt.loc[BASE].quantile([0.05, 0.5, 0.95])
    ours = {"group": BOUNDARIES["with goods"], "label": f"This report, {BASE}", "year": BASE}
    ours |= {"low_kt": low, "median_kt": median, "high_kt": high, "kind": "estimate"}
    ours["source"] = "iea_cmde_2025"
    frame = pd.concat([frame, pd.DataFrame([ours])], ignore_index=True)
    frame = frame.sort_values(["group", "median_kt"], key=_boundary_first, kind="stable")
    frame = frame.reset_index(drop=True)

    answers = Answers(sources=table, kind="derived")
    others = frame[frame["source"] != "iea_cmde_2025"].set_index("source")
    goods = others[others["group"] == BOUNDARIES["with goods"]]
    inside = goods["median_kt"].between(low, high)
    answers.add("published-goods", len(goods))
    answers.add("published-inside", int(inside.sum()))
    above = (goods["median_kt"] > median).sum()
    answers.add("published-above", int(above))
    for name, key in (
        ("commerce", "gh_bowles_2026_buildout"),
        ("usgs", "usgs_alonso_2023"),
        ("company", "reportify_2025_usar"),
    ):
        answers.add(f"published-{name}", others.loc[key, "median_kt"], "{:.0f}", sources=key)
    in_words = {row.label: row.median_kt for row in frame.itertuples()}
    answers.add("published-list", listing(in_words, "{} {:.1f}", "; "))
    return frame, answers


def _boundary_first(column: pd.Series) -> pd.Series:
    order = list(BOUNDARIES.values())
    return column.map(order.index) if column.name == "group" else column
