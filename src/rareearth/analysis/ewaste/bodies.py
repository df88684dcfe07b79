"""Other wastes as a mine: masses, grades and contents, and the two headlines on coal ash."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.answers import Answers, listing
from rareearth.models import waste

KEY = ["body", "place", "quantity"]
US = "United States"
HEADLINE = "if the press headline were right"

QUOTED = {
    "florida": ("Phosphogypsum", "Florida", "content", "{:,.0f} t"),
    "amd-plan": ("Mine water", US, "planned output", "{:,.0f} t"),
    "sludge-stored": ("Mine-water sludge", "Appalachia", "content", "{:,.0f} t"),
    "pit": ("Mine-water sludge", "Berkeley Pit, Montana", "content", "{:,.0f} t"),
    "produced": ("Produced water", US, "flow of rare earths", "{:.0f} t"),
    "phalaborwa": ("Phosphogypsum", "Phalaborwa, South Africa", "grade", "{:,.0f} mg/kg"),
    "oxide-basket": ("Basket of oxides", "assumed by a study", "price", "{:.0f} dollars"),
}
"""Values that the text quotes: body, place, quantity and how it is printed."""


class CoalAsh(NamedTuple):
    """What is printed on coal ash in the United States; ranges are over basins, low to high.

    Attributes:
        mass_mt: accessible ash.
        coal_mt: accessible part of the mass of coal burnt.
        grade: milligrams per kilogram.
        extractable: part of the content.
        claimed_t: content by the press release.
        value_usd: stated value of what can be extracted.
        basket_usd_per_kg: price of mixed oxides that another study assumes.
        rows: of the table, on ash alone.
    """

    mass_mt: float
    coal_mt: float
    grade: np.ndarray
    extractable: np.ndarray
    claimed_t: float
    value_usd: float
    basket_usd_per_kg: float
    rows: pd.DataFrame

    @property
    def content_t(self) -> np.ndarray:
        """Rare earth in accessible ash, lowest and highest basin taken for all."""
        return self.mass_mt * self.grade

    @property
    def claimed_grade(self) -> float:
        """Grade that the press release's content needs."""
        return self.claimed_t / self.mass_mt


def _table() -> pd.DataFrame:
    return data.table("waste_bodies").astype({"quantity": str, "unit": str})


def _printed() -> CoalAsh:
    table = _table()
    value = table.set_index(KEY)["low"]
    ash = table[table["body"] == "Coal ash"]
    ends = ash.groupby("quantity").agg({"low": "min", "high": "max"})
    accessible = value["Coal ash", US, "accessible part"]
    return CoalAsh(
        mass_mt=value["Coal ash", US, "mass made"] * accessible,
        coal_mt=value["Coal burnt", US, "mass"] * accessible,
        grade=ends.loc["grade"].to_numpy(),
        extractable=ends.loc["extractable part"].to_numpy(),
        claimed_t=value["Coal ash", US, "content, press release"],
        value_usd=value["Coal ash", US, "value of extractable oxides"] * 1e9,
        basket_usd_per_kg=value["Basket of oxides", "assumed by a study", "price"],
        rows=ash,
    )


def bodies() -> tuple[pd.DataFrame, Answers]:
    """Bodies of waste, and an ore to compare them with, by mass and grade.

    Coal ash in the United States is what is accessible, at the medians of three basins; red mud
    in Louisiana has the grades of other places.

    Returns:
        ``body``, ``place``, ``label``, ``country``, and mass, grade and content, each ``_low`` and
        ``_high``, as from :func:`rareearth.models.waste.bodies`; the last row is coal ash at the
        grade that the press headline needs. Values that the text quotes.
    """
    table, ash = _table(), _printed()
    mud = table[(table["body"] == "Red mud") & (table["quantity"] == "grade")]
    claimed = ash.claimed_grade
    added = [
        ("Coal ash", US, "mass", ash.mass_mt, ash.mass_mt),
        ("Coal ash", US, "grade", *ash.grade),
        ("Coal ash", HEADLINE, "mass", ash.mass_mt, ash.mass_mt),
        ("Coal ash", HEADLINE, "grade", claimed, claimed),
        ("Red mud", "Gramercy, Louisiana", "grade", mud["low"].min(), mud["high"].max()),
    ]
    rows = pd.concat([table, pd.DataFrame(added, columns=[*KEY, "low", "high"])])
    words = table.groupby(["body", "place"])[["label", "country"]].first()
    frame = waste.bodies(rows).join(words, on=["body", "place"])
    headline = frame["place"] == HEADLINE
    frame.loc[headline, ["label", "country"]] = [f"Coal ash {HEADLINE}", US]
    frame = pd.concat([frame[~headline], frame[headline]], ignore_index=True)

    grades = ash.rows[ash.rows["quantity"] == "grade"]
    answers = Answers(sources=grades)
    low, high = ash.grade
    answers.add("ash-grades", f"{low:.0f} to {high:.0f} mg/kg", kind="estimate")
    answers.add("ash-richest", high, "{:.0f} mg", kind="estimate")
    answers.add("ash-mass", ash.mass_mt / 1e3, "{:.1f} billion tonnes", kind="estimate")
    answers.add("ash-content", "{:.1f} to {:.1f} Mt".format(*ash.content_t / 1e6))
    ore = table[(table["body"] == "Ore") & (table["quantity"] == "grade") & table["label"].notna()]
    answers.add("ore-ratio", ore["low"].item() / high, "{:.0f}", sources=[ore, grades])
    at = table.set_index(KEY)
    for name, (*key, template) in QUOTED.items():
        answers.quote(name, at.loc[tuple(key)], "low", template)
    drainage = at.loc[("Mine water", "Northern Appalachia", "flow of rare earths")]
    flow = "{low:,.0f} to {high:,.0f} t".format(**drainage)
    answers.add("amd-flow", flow, sources=drainage, kind="estimate")
    answers.add("bodies-list", _in_words(frame[frame["place"] != HEADLINE]), sources=table)
    return frame, answers


def coal_ash() -> tuple[pd.DataFrame, Answers]:
    """The headlines on coal ash against each other: what is there, and the price implied.

    Returns:
        ``panel`` (content or price), ``label``, ``low`` and ``high`` (million tonnes, or US dollars
        per kilogram, as ``unit`` says) and ``said_by`` (press, study or reference); what the text
        and the captions print of it, and where the conclusion turns.
    """
    table, ash = _table(), _printed()
    few, many = ash.extractable
    low, high = ash.content_t
    by_press = waste.implied_price(ash.value_usd, ash.claimed_t, [many, few])
    by_study = waste.implied_price(ash.value_usd, [high, low], [many, few])
    basket = ash.basket_usd_per_kg
    slip = ash.coal_mt * ash.grade
    extractable = np.array([low * few, high * many])
    rows = [
        ("content", "Press release", *[ash.claimed_t / 1e6] * 2, "press"),
        ("content", "Study: ash × grade", low / 1e6, high / 1e6, "study"),
        ("content", "of that, extractable by its own shares", *extractable / 1e6, "study"),
        ("content", "Mass of coal × grade of ash", *slip / 1e6, "reference"),
        ("price", "if the press release is right", *by_press, "press"),
        ("price", "if the study's grades are right", *by_study, "study"),
        ("price", "Basket of oxides in another study", basket, basket, "reference"),
    ]
    frame = pd.DataFrame(rows, columns=["panel", "label", "low", "high", "said_by"])
    units = {"content": "million tonnes", "price": "USD per kilogram"}
    frame["unit"] = frame["panel"].map(units)

    gypsum = table[table["place"].str.startswith("Phalaborwa")]
    plant = gypsum.set_index("quantity")["low"]
    treating = waste.treatment_cost(*plant[["operating cost", "grade", "recovered part"]])
    cost = float(waste.cost_recovered(treating, ash.grade[1], few))
    quantity = ash.rows["quantity"]
    parts = ash.rows[quantity == "extractable part"]
    grades = ash.rows[quantity == "grade"]
    price = table[table["quantity"] == "price"]
    press = ash.rows[quantity.str.startswith("content, press")]

    answers = Answers(sources=ash.rows)
    millions = "{:.0f} million tons"
    answers.add("ash-headline", ash.claimed_t / 1e6, millions, sources=press, kind="estimate")
    billions = "{:.1f} billion dollars"
    answers.add("ash-value", ash.value_usd / 1e9, billions, sources=parts, kind="estimate")
    answers.add("price-press", "{:.1f} to {:.1f} dollars".format(*by_press))
    answers.add("price-study", "{:.2g} to {:.2g} dollars".format(*by_study))
    coal = table[table["body"].str.startswith("Coal")]
    answers.add("coal-times-grade", "{:.0f} to {:.0f} Mt".format(*slip / 1e6), sources=coal)
    answers.add("claim-grade", ash.claimed_grade, "{:,.0f} mg/kg")
    answers.add("extractable", "{:.1f} to {:.1f} Mt".format(*extractable / 1e6), sources=parts)
    worth = ash.grade[1] * basket / 1e3
    answers.add("ash-per-tonne", worth, "{:.0f} dollars", sources=[grades, price])
    answers.add("treating", treating, "{:.0f} dollars", sources=gypsum)
    answers.add("ash-cost", cost, "{:,.0f} dollars", sources=[grades, parts, gypsum])
    answers.add("flip-grade", treating / (few * basket) * 1e3, "{:,.0f} mg/kg", sources=table)
    answers.add("flip-price", cost / basket, "{:.0f}", sources=table)
    contents = frame[frame["panel"] == "content"].itertuples()
    spans = {row.label: _span(row.low, row.high, ".2g") for row in contents}
    answers.add("ash-contents-list", listing(spans, "{}: {}", "; "), sources=table)
    drives = data.table("bio_feeds").query("feed == 'shredded drives'")
    answers.add("drives-grade", 10 * drives["value"].iloc[0], "{:.0f} kg", sources=drives)
    return frame, answers


def _in_words(frame: pd.DataFrame) -> str:
    """Label, mass and grade of each body, for the alternative text."""
    return " ".join(
        f"{row.label}: {round(row.mass_mt_low, 2):,g} million tonnes at "
        f"{_span(row.grade_mg_per_kg_low, row.grade_mg_per_kg_high, ',.0f')} mg per kg."
        for row in frame.itertuples()
    )


def _span(low: float, high: float, form: str) -> str:
    return f"{low:{form}} to {high:{form}}" if high > low else f"{low:{form}}"
