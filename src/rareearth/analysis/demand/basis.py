"""Gross and net: what is put into magnet making, what ends in goods, and the new scrap between."""

from __future__ import annotations

import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import supply
from rareearth.analysis.demand.united_states import UsDemand
from rareearth.analysis.demand.world import BASE, KT, world
from rareearth.answers import Answers, listing
from rareearth.models import demand, oxides
from rareearth.scenarios import Scenario

SCRAP = "oxide from NdFeB scrap"


def scrap_elements(year: int = BASE) -> pd.Series:
    """Magnet elements in the oxide that China made from magnet scrap, thousand tonnes: group.

    Args:
        year: calendar year.
    """
    table = data.table("new_scrap").query("measure == @SCRAP and year == @year")
    oxide_t = table.set_index("element")["low"]
    heavy = {element: oxides.element_in_oxide(element) for element in ("Dy", "Tb")}
    content = pd.Series({"NdPr": oxides.ndpr_in_oxide()} | heavy)
    return oxide_t[content.index] * content / 1000


def basis(us: UsDemand) -> tuple[pd.DataFrame, Answers]:
    """The world's magnet rare earths in the base year, gross, net and as scrap, by every count.

    Args:
        us: as from :func:`rareearth.analysis.demand.us_demand`; its draws are used.

    Returns:
        ``group`` (put in, finished, scrap), ``label``, ``low_kt``, ``median_kt``, ``high_kt``
        (thousand tonnes of element), ``kind`` and ``source``; gross, net and scrap of the draws.
    """
    gross = world(us.scenario.choices["demand_case"])["All uses"][BASE]
    level, finished = us.drawn["magnet_demand_level"], us.drawn[demand.FINISHED]
    put_in, net = gross * level, gross * level * finished
    magnet = assumptions.register().loc["rare_earth_in_magnet"]
    in_magnet = magnet[["low", "mode", "high"]].to_numpy(dtype=float)
    rough = data.table("magnet_output").query("geography == 'China' and year == @BASE").iloc[0]
    counts = data.table("need_estimates").query("boundary == 'finished magnets'").iloc[0]
    rate = data.table("new_scrap").query("unit == 'percent' and year == @BASE").iloc[0]
    scrap = scrap_elements()
    oxide = data.table("new_scrap").query("measure == @SCRAP and year == @BASE")

    first, second, third = "Put into magnet making", "In finished magnets", "Scrap of magnet making"
    rough_kt = rough["magnet_t"] / 1000
    counted = [counts[end] / 1000 for end in ("low", "high")]
    drawn = {first: put_in, second: net, third: put_in - net}
    register = assumptions.register().loc[["magnet_demand_level", demand.FINISHED]]
    rows = [
        (first, "IEA's demand", *_span(put_in), "iea_cmde_2025"),
        (first, "magnets made in China, taken for rough", *(rough_kt * in_magnet), rough["source"]),
        (second, "this report", *_span(net), ";".join(register["source"])),
        (
            second,
            "finished magnets counted by consultants",
            counted[0] * in_magnet[0],
            sum(counted) / 2 * in_magnet[1],
            counted[1] * in_magnet[2],
            counts["source"],
        ),
        (third, "this report", *_span(drawn[third]), ";".join(register["source"])),
        (third, "oxide that China made from scrap", *[scrap.sum()] * 3, oxide["source"].iloc[0]),
    ]
    columns = ["group", "label", "low_kt", "median_kt", "high_kt", "source"]
    frame = pd.DataFrame(rows, columns=columns).assign(kind="estimate")

    whole = [data.table("magnet_demand"), register]
    answers = Answers(sources=whole, kind="estimate")
    label = "Magnet rare earths in the world"
    answers.add("world-net-2024", net, KT, label=f"{label} in finished magnets, 2024")
    answers.add("scrap-2024", drawn[third], KT, label=f"{label} lost to new scrap, 2024")
    low, high = 100 * register.loc[demand.FINISHED, ["low", "high"]]
    answers.add("finished-range", f"{low:.0f} to {high:.0f}%")
    answers.add("finished-mode", 100 * register.loc[demand.FINISHED, "mode"], "{:.0f}%")
    of_oxide = {"sources": oxide, "kind": "reported"}
    whole_oxide = oxide.set_index("element")["low"]["all"]
    answers.add("scrap-oxide", whole_oxide, "{:,.0f} t", **of_oxide)
    answers.add("scrap-element", scrap.sum(), KT, sources=oxide, kind="derived")
    both = {"sources": [oxide, data.table("magnet_demand")], "kind": "derived"}
    answers.add("scrap-part", 100 * scrap.sum() / gross, "{:.0f}%", **both)
    answers.add("scrap-rate", f"{rate['low']:.0f} to {rate['high']:.0f}%", sources=rate)
    answers.add("finished-counted", f"{counted[0]:.0f} to {counted[1]:.0f}", sources=counts)
    ratios = [100 * kt * in_magnet[1] / gross for kt in counted]
    sources = {"sources": [counts, data.table("magnet_demand")], "kind": "derived"}
    answers.add("finished-ratio", "{:.0f} to {:.0f}%".format(*ratios), **sources)
    middles = {f"{row.group.lower()}, {row.label}": row.median_kt for row in frame.itertuples()}
    answers.add("basis-list", listing(middles, "{} {:.0f}", "; "))
    return frame, answers


def _span(draws: pd.Series) -> list[float]:
    return draws.quantile([0.05, 0.5, 0.95]).tolist()


def us_swarf(
    scenario: Scenario, draws: int, seed: int, years: tuple[int, ...] = (2035,)
) -> Answers:
    """New scrap of American magnet making: what plants put in, less what they make.

    The balance takes it for returned to the plants' own furnace or to separation: its yield of
    magnet making counts only what does not come back.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.
        years: calendar years.
    """
    drawn = supply.sample(draws, seed, scenario)
    made = supply.output(drawn, scenario, losses=False).sel(place=supply.PLACES[0], stage="Magnets")
    made = made.sum("group")
    lost = 1 / drawn[demand.FINISHED].to_numpy() - 1
    register = assumptions.register().loc[[demand.FINISHED]]
    answers = Answers(
        sources=[supply.plants().query("stage == 'Magnets'"), register], kind="forecast"
    )
    for year in years:
        kt = made.sel(year=year).to_numpy() / 1000
        answers.add(f"us-made-{year}", kt, "{:.1f} thousand tonnes", band="{:.1f} to {:.1f}")
        answers.add(
            f"us-swarf-{year}", kt * lost, "{:.1f} thousand tonnes", band="{:.1f} to {:.1f}"
        )
    return answers
