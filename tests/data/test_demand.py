"""Tables on demand agree within themselves and with each other."""

import numpy as np
import pandas as pd
import pytest

from rareearth import assumptions, data
from rareearth.models import demand

CASES = ["base year", "STEPS", "APS", "NZE"]


@pytest.fixture(scope="module")
def world() -> pd.DataFrame:
    table = data.table("magnet_demand")
    return table.astype({"use": str, "element": str, "case": str}).set_index(
        ["case", "year", "use", "element"]
    )["ree_kt"]


def test_uses_add_to_the_world_total(world):
    totals = world.xs("all four", level="element").unstack("use")
    parts = totals[list(demand.USES)].sum(axis=1)
    assert np.allclose(parts, totals["All uses"], rtol=1e-3), (
        "The uses do not add to the total; correct data/tables/demand/magnet_demand.csv:\n"
        f"{(parts - totals['All uses']).to_string()}"
    )


@pytest.mark.parametrize("use", ["Electric vehicles", "Wind power"])
def test_elements_add_to_the_use(world, use):
    split = world.xs(use, level="use").unstack("element")
    assert np.allclose(split[["Nd", "Pr", "Dy", "Tb"]].sum(axis=1), split["all four"], rtol=1e-3), (
        f"The elements of {use} do not add to its total; wind must be the base-case block."
    )


def test_the_base_year_is_an_estimate_and_all_later_years_are_not_reported():
    table = data.table("magnet_demand")
    totals = table[table["element"] == "all four"]
    assert set(totals[totals["year"] == 2024]["kind"]) == {"estimate"}
    assert set(totals[totals["year"] > 2024]["kind"]) == {"forecast"}


def test_end_uses_add_to_a_hundred():
    shares = data.table("us_use").query("measure == 'end-use share'")
    for year, total in shares.groupby("year")["value"].sum().items():
        assert abs(total - 100) <= 1, f"US end-use shares of {year} add to {total}."


def test_ranges_of_content_ascend():
    content = data.table("product_content")
    assert content[["low_kg", "mid_kg", "high_kg"]].notna().any(axis=1).all()
    both = content.dropna(subset=["low_kg", "high_kg"])
    assert (both["low_kg"] <= both["high_kg"]).all()
    motors = data.table("ev_motor_content").query("series != 'study, motor of 53 kg'")
    wide = motors.pivot(
        index=["element", "year"], columns="study_or_statistic", values="g_per_motor"
    )
    assert (wide["min"] <= wide["median"]).all() and (wide["median"] <= wide["max"]).all()


def test_wind_stays_within_what_a_magnet_can_hold():
    # A direct drive holds at most 850 kg of magnet per megawatt, a third of it rare earths.
    assert data.table("wind_content")["kg_per_mw"].max() < 850 / 3


@pytest.mark.pinned
def test_rules_come_in_order_and_only_the_ban_lies_ahead():
    rules = data.table("defence_rules").dropna(subset=["start"])
    assert rules["start"].is_monotonic_increasing
    ahead = rules[rules["start"] > data.today()]
    assert list(ahead["kind"]) == ["target"], "Only the ban of 2027 lies ahead of this report."


@pytest.mark.pinned
def test_pounds_and_kilograms_of_the_fighter_agree():
    fighter = data.table("defence_use").query("item == 'F-35'").set_index("source")["value"]
    assert fighter["crs_r41744"] * demand.KG_PER_LB == pytest.approx(
        fighter["rawmaterials_f35"], rel=0.01
    )
    assert fighter["reex_dfars_2025"] == pytest.approx(
        fighter["crs_r41744"] * demand.KG_PER_LB, abs=0.5
    ), "417 is listed as pounds because the source prints it so; it is the kilogram value."


def test_central_share_of_cars_is_that_of_the_recorded_sales():
    sold = data.table("drivers").query("driver == 'Electric cars sold' and year == 2024")
    by_region = sold.set_index("geography")["value"]
    share = by_region["United States"] / by_region["World"]
    mode = assumptions.register().loc["us_share_of_ev_use", "mode"]
    assert mode == pytest.approx(share, abs=0.001), (
        f"The mode of us_share_of_ev_use in data/assumptions.csv must be {share:.4f}, as in 2024."
    )


def test_scrap_by_element_is_less_than_all_of_it():
    oxide = data.table("new_scrap").query("unit == 't of oxide' and geography == 'China'")
    oxide = oxide[oxide["measure"] == "oxide from NdFeB scrap"]
    parts = oxide[oxide["element"] != "all"].groupby("year")["low"].sum()
    whole = oxide[oxide["element"] == "all"].set_index("year")["low"]
    assert (parts < whole).all() and (parts > 0.8 * whole).all(), "a few elements are left out"
    assert (data.table("new_scrap").eval("low <= high")).all()


def test_turbines_add_up_to_the_list():
    turbines = data.table("us_wind_turbines")
    listed = turbines[turbines["model"] != "not listed"]
    gigawatts = (listed["rating_kw"] * listed["turbines"]).sum() / 1e6
    assert gigawatts == pytest.approx(134.566, rel=1e-3)
    assert listed["turbines"].sum() == 63651
