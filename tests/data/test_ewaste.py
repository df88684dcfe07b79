"""Tables on e-waste and waste agree within themselves and with each other."""

import numpy as np
import pandas as pd
import pytest

from rareearth import data
from rareearth.models import waste


@pytest.fixture(scope="module")
def counts() -> pd.DataFrame:
    table = data.table("ewaste_counts").astype({"scope": str, "measure": str})
    return table.pivot(index=["scope", "edition", "year"], columns="measure", values="high")


def test_collected_over_generated_is_the_printed_part(counts):
    whole = counts.dropna()
    assert not whole.empty
    part = 100 * whole["collected and recycled"] / whole["generated"]
    off = part - whole["part collected and recycled"]
    assert (off.abs() <= 1).all(), f"Printed and computed parts differ by more than 1:\n{off}"


def test_collected_never_exceeds_generated(counts):
    both = counts.dropna(subset=["generated", "collected and recycled"])
    assert (both["collected and recycled"] < both["generated"]).all()


def test_the_two_ways_of_counting_are_never_under_one_name():
    table = data.table("ewaste_counts").astype({"scope": str})
    epa = table["edition"].str.startswith("EPA")
    assert (table[epa]["scope"] == "United States, consumer electronics").all()
    assert not table[~epa]["scope"].eq("United States, consumer electronics").any()


def test_years_ahead_are_forecasts():
    table = data.table("ewaste_counts")
    assert set(table[table["year"] > 2025]["kind"].astype(str)) == {"forecast"}


def test_devices_have_one_mass_and_every_year():
    table = data.table("device_content")
    by_device = table.groupby("device")
    assert (by_device["magnet_g"].nunique() == 1).all()
    assert (by_device["year"].nunique() == table["year"].nunique()).all()


def test_device_content_agrees_with_the_stock_model():
    devices = data.table("device_content").groupby("device")["magnet_g"].first() / 1000
    magnets = data.table("product_magnets").set_index("product")
    for device, product in {
        "Hard disk drive": "hard drive",
        "Smartphone": "smartphone",
        "Battery electric car": "BEV",
        "Air conditioner": "air conditioner",
    }.items():
        low, high = magnets.loc[product, ["magnet_low_kg", "magnet_high_kg"]]
        assert low <= devices[device] <= high, (
            f"{device}: {devices[device]} kg lies outside the model's range {low} to {high} kg."
        )


def test_exports_of_a_year_are_twelve_months():
    facts = data.table("ewaste_facts").set_index("metric")["low"]
    assert facts["e-waste exported per year"] == 12 * facts["e-waste exported per month"]


def test_stated_values_of_florida_agree():
    bodies = waste.bodies(data.table("waste_bodies")).set_index("place")
    row = bodies.loc["Florida"]
    assert np.isclose(row["mass_mt_low"] * row["grade_mg_per_kg_low"], row["content_t_low"])


@pytest.mark.parametrize("name", ["ewaste_counts", "ewaste_facts", "waste_bodies"])
def test_ranges_ascend(name):
    table = data.table(name).dropna(subset=["low", "high"])
    assert (table["low"] <= table["high"]).all()


def test_what_firms_promise_is_marked_as_target():
    plants = data.table("recycling_plants").astype({"kind": str})
    capacity = plants[
        plants["metric"].str.contains("capacity") & (plants["firm"] != "Noveon Magnetics")
    ]
    assert set(capacity["kind"]) == {"target"}


def test_only_others_are_called_independent():
    routes = data.table("recycling_routes").astype({"said_by": str})
    independent = set(routes[routes["said_by"] == "independent"]["source"])
    firms = set(routes[routes["said_by"] != "independent"]["source"])
    assert not independent & firms


@pytest.mark.pinned
def test_the_headline_on_coal_ash_breaks_with_its_study():
    """The numbers that the chapter sets against each other, from the table."""
    value = data.table("waste_bodies").astype({"quantity": str})
    ash = value[value["body"] == "Coal ash"].set_index(["place", "quantity"])["high"]
    mass = ash["United States", "mass made"] * ash["United States", "accessible part"]
    best = mass * ash.xs("grade", level="quantity").max()
    assert ash["United States", "content, press release"] > 5 * best
