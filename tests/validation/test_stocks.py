"""Published results on magnets in use and at end of life, against the stock model.

Close agreement is asked for where a study's own inputs are used. Elsewhere the error is what the
reader is told, not what the model is fitted to; the bounds only keep it from moving unnoticed.
"""

import numpy as np
import pandas as pd
import pytest

from rareearth import data
from rareearth.analysis import regions
from rareearth.validation import stocks


@pytest.fixture(scope="module")
def table():
    return stocks.magnets_in_use()


def rows(table, text):
    found = table[table["quantity"].str.contains(text, regex=False)]
    assert len(found), f"no comparison on '{text}'"
    return found.set_index("year")


def test_each_comparison_says_why_it_differs(table):
    short = table[table["reason"].str.split().str.len() < 8]
    assert short.empty, f"say why ours differs: {short['quantity'].tolist()}"
    unknown = set(table["source"].str.split(";").explode()) - data.source_keys()
    assert not unknown, f"no entry in references.bib for {unknown}"


def test_cars_in_use_follow_from_cars_sold(table):
    units = table[table["unit"] == "units"]
    errors = rows(units, "cars in use, United States")["error_pct"]
    assert errors.abs().max() < 8, f"cars in use are off by {errors.to_dict()} percent"


def test_exits_of_electric_cars_with_the_studys_sales_and_lifetimes(table):
    alone = rows(table, "vehicle lifetime alone")
    batteries = rows(table, "with battery failures")
    assert (alone.loc[2030:, "error_pct"] < 0).all(), "batteries that fail only add exits"
    assert (batteries["ours"] >= alone["ours"] - 1e-6).all()
    assert batteries.loc[[2040, 2050], "error_pct"].abs().max() < 10


def test_a_density_at_mid_age_is_nearly_the_share_lost(table):
    assert rows(table, "by the study's rule")["error_pct"].abs().max() < 1


def test_the_world_fleet_takes_up_what_the_energy_agency_counts(table):
    errors = rows(table, "electric vehicles, world")["error_pct"]
    assert errors.abs().max() < 60, "ours holds more magnet a car than the agency's finished ones"


@pytest.mark.parametrize(
    ("quantity", "factor"),
    [
        ("rare earth in e-waste, world", 6),
        ("rare earth per electric car", 1.6),
        ("wind power, world", 3),
        ("Nd entering use, European Union", 2),
        ("Nd in use, European Union", 2),
    ],
)
def test_other_studies_are_no_further_off_than_the_reader_is_told(table, quantity, factor):
    found = rows(table, quantity)
    ratio = found["ours"] / found["published_high"]
    worst = np.exp(np.abs(np.log(ratio)).max())
    assert worst < factor, f"'{quantity}' is off by a factor of {worst:.1f}; see what changed"


def test_sales_of_the_study_are_complete():
    studies = data.table("recycling_studies")
    sales = studies[(studies["study"] == "busch_2026_us_ev") & (studies["quantity"] == "sales")]
    assert sorted(sales["year"]) == list(range(2016, 2051))
    assert pd.notna(sales["value_low"]).all()


def test_the_chapters_selection_holds_what_its_text_says():
    frame, answers = stocks.of_waste()
    assert list(zip(frame["quantity"], frame["year"], strict=True)) == stocks.SHOWN
    cars = frame[frame["quantity"].str.startswith("battery cars")].iloc[0]
    assert answers["test-cars"].value == abs(cars["error_pct"])
    assert answers["test-graedel"].value > 0, "the text says that ours is below the study"


def test_classes_hold_every_result_and_tonnes_are_told_apart():
    classes, answers = stocks.by_class()
    assert classes["results"].sum() == len(stocks.magnets_in_use())
    assert (classes["near"] <= classes["results"]).all()
    tonnes = classes[classes["class"].isin([stocks.TONNES, stocks.SCALED])]
    assert answers["tonnes-near"].value == tonnes["near"].sum()
    assert answers["tonnes-tests"].value == tonnes["results"].sum()


def test_the_fleet_of_all_cars_follows_from_their_sales(table):
    fleet = rows(table, "light vehicles in use")["error_pct"]
    assert fleet.abs().max() < 10
    ages = rows(table, "mean age of")["error_pct"]
    assert (ages < 0).all() and (ages > -35).all(), "ours counts from the middle of the year"


def test_a_region_with_its_own_sales_is_not_the_united_states_scaled():
    flows, own = regions.flows("European Union")
    neighbour, none = regions.flows("Denmark")
    assert own["light vehicle"] and own["BEV"] and not own["hard drive"]
    assert not none.any()
    ratio = neighbour.stock / np.where(flows.stock > 0, flows.stock, np.nan)
    assert np.nanstd(ratio) < 1e-9, "Denmark is the European Union scaled by people"
    sold = regions.own_sales("European Union")["light vehicle"]
    np.testing.assert_allclose(sold[[1990, 2007, 2030]], [11252000, 16003000, 11287000])
    held = (flows.inflow - flows.fate.arising).sum(axis=0)
    np.testing.assert_allclose(held, (flows.stock + flows.stored)[-1], rtol=1e-9)
