"""Rare earths in weapons, the rules on them, and what a cut in supply is said to cost."""

from __future__ import annotations

import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import cut
from rareearth.analysis.demand.united_states import UsDemand
from rareearth.analysis.demand.world import BASE, BASE_CASE, CARS, cars_sold, per_car
from rareearth.answers import Answers, in_words
from rareearth.models import demand
from rareearth.models.controls import elements_in_force

MISREAD = "reex_dfars_2025"
"""Source that prints the kilograms of an aircraft as pounds."""

IN_WEAPONS = "NdFeB magnets in US weapons"

RARE_EARTHS = (
    *("Sc", "Y", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu"),
    *("Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"),
)


def defence_content() -> tuple[pd.DataFrame, Answers]:
    """What is printed on rare earths in weapons, converted to kilograms.

    Returns:
        Rows of ``defence_use`` on systems with ``kg``; single values that the text quotes.
    """
    table = data.table("defence_use").astype({"topic": str, "unit": str, "kind": str})
    systems = table[table["topic"] == "content of a system"]
    kilograms = systems["value"].where(systems["unit"] == "kg", systems["value"] * demand.KG_PER_LB)
    frame = systems.assign(kg=kilograms)
    fighter = frame.query("item == 'F-35' and source == 'crs_r41744'").iloc[0]
    slip = frame[frame["source"] == MISREAD].iloc[0]
    patriot = frame[frame["item"] == "Patriot"].iloc[0]
    study = table[table["item"] == IN_WEAPONS].iloc[0]

    implied = per_car(BASE, BASE_CASE, cars_sold()["World", BASE])["all four"]
    answers = Answers(sources=systems)
    answers.add("f35-lb", fighter["value"], "{:.0f} lb", kind="estimate")
    answers.add("f35-kg", fighter["kg"], "{:.0f} kg")
    answers.quote("f35-slip", slip, "value", "{:.0f} lb")
    cars = [systems, "iea_cmde_2025", CARS]
    answers.add("f35-as-cars", 1000 * fighter["kg"] / implied, "{:,.0f}", sources=cars)
    answers.quote("patriot", patriot, "value", "{:.0f} kg")
    enough = study["value"] / patriot["value"]
    answers.add("patriot-systems", enough, "{:.0f} thousand", sources=[patriot, study])
    return frame, answers


def defence_printed(frame: pd.DataFrame) -> pd.DataFrame:
    """Content of weapons as a reader sees it.

    Args:
        frame: as from :func:`defence_content`.
    """
    weighed = frame["material"].mask(
        frame["source"] == MISREAD, "a slip: kilograms printed as pounds"
    )
    printed = [f"{row.value:,.0f} {row.unit}" for row in frame.itertuples()]
    columns = {
        "System": frame["item"],
        "As printed": printed,
        "Kilograms": frame["kg"],
        "What is weighed": weighed,
        "Source": "{cite:t}`" + frame["source"] + "`",
    }
    return pd.DataFrame(columns)


def defence_rules(us: UsDemand) -> tuple[pd.DataFrame, Answers]:
    """Dates of the rules on magnets in US weapons, and how much these weapons use.

    Args:
        us: as from :func:`us_demand`.

    Returns:
        Dated rows of ``defence_rules``, earliest first, with ``label`` (date and step).
    """
    rules = data.table("defence_rules").astype({"kind": str})
    frame = rules.dropna(subset="label").sort_values("start")
    frame = frame.assign(label=frame["start"].dt.strftime("%b %Y: ") + frame["label"])
    first, ban = frame["start"].min(), frame["start"].max()
    use = data.table("defence_use").set_index("item")
    tonnes = use.loc[IN_WEAPONS]
    in_magnet = assumptions.central(us.scenario)["rare_earth_in_magnet"]

    answers = Answers(sources=frame)
    answers.add("ban-date", f"{ban:%-d %B %Y}", kind="target")
    answers.add("ban-days", (ban - data.today()).days)
    answers.add("ban-years", (ban - first).days / 365.25, "{:.0f} years")
    answers.quote("defence-t", tonnes, "value", "{:.0f} t")
    answers.quote(
        "defence-systems", use.loc["Weapon systems with NdFeB magnets"], "value", "{:.0f}"
    )
    share = 100 * tonnes["value"] / 1000 * in_magnet / us.median[BASE]
    label = "Defence, part of US demand for magnet rare earths"
    both = [tonnes, *us.sources]
    answers.add("defence-share", share, "{:.1f}%", sources=both, label=label)
    bound = use.loc["Defence share of US rare-earth use, upper bound"]
    answers.quote("defence-upper", bound, "value", "{:.0f}%")
    return frame, answers


def cut_cost() -> tuple[pd.DataFrame, Answers]:
    """Estimates of what a cut in supply would cost, by the question that they answer.

    Returns:
        :func:`rareearth.analysis.cut.printed`; the values in the text.
    """
    table = data.table("cut_cost")
    value = table.set_index(["source", "measure"])["value"]
    goldman, market = (value["goldman_2025", what] for what in ("loss of output", "market size"))
    ranked = table[(table["measure"] == "rank by expected loss")]
    rare = ranked[ranked["scenario"].isin(RARE_EARTHS)]
    controlled = data.table("china_export_controls").dropna(subset=["elements"])
    held = elements_in_force(controlled, data.today())
    licensed = rare[rare["scenario"].isin(held)]
    editions = data.table("forecast_editions")
    adamas = editions[editions["measure"].str.startswith("Market") & (editions["year"] == BASE)]

    billions = "{:.0f} billion dollars"
    answers = Answers(sources="goldman_2025", kind="estimate")
    answers.add("goldman-loss", goldman, billions)
    answers.add("market-2024", market, billions)
    copper = value["goldman_2025", "copper market over rare-earth market"]
    answers.add("copper-ratio", copper, "{:.0f} times")
    answers.quote("market-adamas", adamas.iloc[0], "value", "{:.1f} billion dollars")
    answers.add("loss-over-market", goldman / market, "{:.0f}", kind="derived")
    active = table[table["source"] == "nkiawete_2023"].iloc[0]
    answers.quote("us-activity", active, "value", billions)
    answers.add("rare-in-ten", len(rare), sources=rare, kind="derived")
    both = [licensed, controlled]
    answers.add("rare-licensed", in_words(len(licensed)), sources=both, kind="derived")
    shared = cut.answers().only("imf-us", "ecb-low", "ecb-high", "usgs-loss")
    return cut.printed(), answers | shared
