"""Magnets: what the chapter computes follows from its rows, and moves as it must."""

import numpy as np
import pandas as pd
import pytest

from rareearth import assumptions, data, scenarios
from rareearth.analysis import magnets, new_magnets
from rareearth.figures import style
from rareearth.models import substitution
from rareearth.validation import pathways


@pytest.fixture(scope="module")
def scenario():
    return scenarios.load("baseline")


@pytest.fixture(scope="module")
def ranges(scenario):
    return assumptions.ranges(scenario)


@pytest.fixture(scope="module")
def drawn(scenario):
    return magnets.sample(200, 1, scenario)


@pytest.fixture(scope="module")
def found(scenario, drawn):
    return magnets.run(scenario, drawn)


def test_each_property_is_taken_from_the_row_that_the_table_names():
    printed = magnets.materials().set_index(["material", "grade", "source"])
    own = magnets.candidates().set_index("label")
    # By hand, from the rows of the table.
    hot = printed.loc[("NdFeB", "N48SH at 20 C", "advancedmagnets_tempcoef")]
    sold = printed.loc[("NdFeB", "sintered N48SH", "hgtmagnets_sintered")]
    assert own.loc["NdFeB N48SH", "br_t"] == pytest.approx(hot["br_t_low"])
    middle = (sold["bhmax_kj_m3_low"] + sold["bhmax_kj_m3_high"]) / 2
    assert own.loc["NdFeB N48SH", "bhmax_kj_m3"] == pytest.approx(middle)
    assert own.loc["NdFeB N48SH", "limit_c"] == sold["limit_c_low"]
    compact = printed.loc[("Fe16N2", "spark-plasma-sintered compact", "grigoras_fe16n2_2025")]
    assert own.loc["Fe16N2", "hcj_ka_m"] == compact["hcj_ka_m_high"]
    assert (own["br_t"] > 0).all() and (own["hcj_ka_m"] > 0).all()


def test_manganese_bismuth_has_the_energy_that_is_printed_at_both_temperatures():
    own = magnets.candidates()
    bismuth = own[own["label"] == "MnBi"].reset_index(drop=True)
    cool, hot = substitution.energy_at(bismuth, [20.0, 400 - 273.15])[:, 0]
    assert (cool, hot) == (pytest.approx(70.0), pytest.approx(40.0, rel=1e-6))


def test_no_step_of_the_ladder_is_above_theory():
    steps, answers = magnets.ladder()
    wide = steps.pivot(index="material", columns="stage", values="high_kj_m3")
    assert (
        wide["product"].dropna()
        < wide["theory"].reindex(wide["product"].dropna().index).fillna(np.inf)
    ).all()
    both = wide.dropna(subset=["laboratory", "product"])
    assert (both["laboratory"] > both["product"]).all(), "A laboratory counts where it beats sale."
    assert set(steps["material"]) == set(style.MATERIALS), (
        "Give each material a colour in style.py."
    )
    assert answers["fen-gap"].value == pytest.approx(100 / answers["fen-film-share"].value)
    sold = steps[steps["stage"] == "product"].set_index("material")
    assert (sold.loc[["Ferrite", "AlNiCo", "NdFeB"], "evidence"] == "whole").all()
    assert answers["fen-sample"].value < answers["fen-lab"].value
    assert not steps["form"].eq("class").any(), "A class of grades is no sample."


def test_one_rule_of_evidence_for_all_without_rare_earths():
    table, rows = magnets.evidence()
    sold = table.set_index("Magnet")["Sold"]
    assert set(sold[sold == "none found"].index) == {
        "Manganese-bismuth", "Manganese-aluminium", "Iron nitride", "Iron-nickel",
    }  # fmt: skip
    nitride = table.set_index("Magnet").loc["Iron nitride"]
    assert "powder 159" in nitride["Highest coercivity, kA/m"]
    assert "compact 86.5" in nitride["Highest coercivity, kA/m"]
    assert "at most" in nitride["Best sample in print"]
    whole = rows[rows["evidence"] == "whole"]
    most = substitution.energy_allowed(
        whole["br_t_high"].astype(float), whole["hcj_ka_m_high"].astype(float).fillna(np.inf)
    )
    assert (whole["high_kj_m3"].astype(float) <= 1.01 * most).all()


def test_iron_nitride_bears_less_than_its_circuit_asks_for(ranges):
    points, needed, answers = magnets.coercivity(ranges)
    assert needed["hcj_ka_m"].is_monotonic_increasing
    share, short = answers["fen-share"].value, answers["fen-short"].value
    assert share * short == pytest.approx(100) and short > 1
    # In a circuit of the permeance at which it turns, it would hold.
    better = ranges.copy()
    better.loc["load_line_permeance", "mode"] = answers["flip-permeance"].value
    assert magnets.coercivity(better)[2]["fen-short"].value == pytest.approx(1)
    assert set(points["stage"]) == {"product", "laboratory"}


def test_curves_end_where_the_limit_says(ranges):
    curves, answers = magnets.heat(ranges)
    standard = curves[(curves["magnet"] == "NdFeB N42") & curves["holds"]]
    assert standard["temperature_c"].max() == int(answers["n42-end"].value)
    assert set(curves["magnet"]) == set(style.MAGNETS), "Give each magnet a colour in style.py."
    assert answers["n42-end"].value > answers["n42-printed"].value, "Makers keep a reserve."


def test_ratios_of_motors_follow_from_their_rows():
    bars, answers = magnets.motors()
    table = data.table("magnet_motors")
    torque = table[table["metric"] == "gravimetric torque density"]["value"]
    assert answers["ferrite-torque"].value == pytest.approx(100 * (1 - torque[1] / torque[0]))
    assert answers["axial-gain"].value == pytest.approx(93.0 - 89.5)
    assert bars["unit"].notna().all() and bars["source"].notna().all()
    assert bars.groupby("panel", sort=False).size().tolist() == [3, 2, 4]


def test_what_keeps_its_field_everywhere_is_ferrite(drawn, ranges):
    fits, answers = magnets.uses(drawn, ranges)
    free = fits[~fits["label"].str.startswith(("NdFeB", "Sm"))]
    holds = free.groupby("label")["holds_share"].min()
    assert holds.idxmax() == "Ferrite" and holds["Ferrite"] > 0.95 and holds["Fe16N2"] < 0.1
    assert fits.groupby("use", sort=False)["name"].apply(list).map(tuple).nunique() == 1
    assert answers["ferrite-margin"].value > 1


def test_what_is_avoided_and_what_is_left_add_to_demand(found):
    for place in (found.us, found.world):
        assert (place.routes >= 0).all()
        assert (place.routes.sum(axis=0) <= place.demand + 1e-12).all()
    assert (found.us.demand < found.world.demand).all()


def test_thrift_takes_its_part_off_the_heavy_two_only(found, ranges):
    savings, heavy, answers = magnets.thrift(found, ranges)
    assert (heavy["high"] >= heavy["median"]).all() and (heavy["median"] <= heavy["before"]).all()
    assert heavy["median"][2024] == pytest.approx(heavy["before"][2024])
    assert not savings["item"].str.contains("Mainrich|NBAEM").any(), "Name firms in the table only."
    grown = 1 - answers["flip-heavy"].value / 100
    assert heavy["before"][2024] / heavy["before"][2050] == pytest.approx(grown)


def test_steps_are_in_the_order_of_time_and_plans_lie_ahead():
    events, answers = magnets.timeline()
    assert events["when"].is_monotonic_increasing
    done = events[events["kind"] == "reported"]["when"].max()
    assert done < magnets.today() < events["when"].max()
    assert 2026.8 < magnets.today() < 2027
    assert answers["react-low"].value < answers["react-high"].value


def test_plans_are_set_against_what_runs(found, drawn):
    points, need, answers = magnets.ramp(found, drawn)
    tonnes = points.set_index("label")["t_per_year"]
    assert list(points["kind"].iloc[-2:]) == ["target", "target"]
    assert answers["announced-tonnes"].value == tonnes.iloc[-2:].sum()
    ratio = answers["announced-tonnes"].value / answers["pilot-tonnes"].value
    assert answers["announced-ratio"].value == pytest.approx(ratio)
    replaces = answers["announced-replaces"]
    assert replaces.low < replaces.value < replaces.high
    assert need["t_per_year"].min() > 0


def test_the_curve_passes_near_the_batteries(drawn, ranges):
    shares, fitted, adopted, answers = magnets.precedents(drawn, ranges)
    batteries = shares[shares["series"] == "LFP batteries, world"].set_index("year")["share_pct"]
    assert (fitted[batteries.index] - batteries).abs().max() < 8
    assert adopted["median"][2024] == 0 and adopted["median"].is_monotonic_increasing
    assert answers["free-mean"].value == pytest.approx(np.mean([21.0, 18.0, 20.0]))


def test_shares_and_tonnes_of_what_is_avoided_agree(found, scenario):
    bands, routes, answers = magnets.path(found, scenario, 1)
    gone, total = found.us.routes[:, 16].sum(axis=(0, 1)), found.us.demand[16].sum(axis=0)
    assert answers["us-avoided-2040"].value == pytest.approx(np.median(100 * gone / total))
    assert (bands["after"]["median"] <= bands["before"]["median"]).all()
    parts = 100 * routes.loc[2040, "New magnets"] / routes.loc[2040].sum()
    assert answers["new-magnets-part"].value == pytest.approx(parts)
    assert answers["routes-sum"].value == pytest.approx(
        found.us.routes[:, -1].sum(axis=(0, 1)).mean()
    )


def test_elements_add_to_the_whole(found):
    table, elements = magnets.by_element(found)
    assert len(elements) == 2 * 3 * 4 and len(table) == 6
    world = elements[(elements["place"] == "World") & (elements["year"] == 2024 + 16)]
    whole = np.median(found.world.demand[16].sum(axis=0)) * 1e3
    assert world["demand_t"].sum() == pytest.approx(whole, rel=0.03)
    assert (elements["low_t"] <= elements["high_t"]).all()


def test_a_scenario_is_computed_as_its_own_edition_would(scenario, found):
    spread, answers = magnets.compare(found, scenario, 200, 1)
    other = scenarios.load("innovation")
    alone = magnets.run(other, magnets.sample(200, 1, other))
    _, _, theirs = magnets.path(alone, other, 1)
    assert answers["us-innovation"].value == pytest.approx(theirs["us-avoided-2040"].value)
    assert set(spread["scenario"]) == set(scenarios.names()) == set(style.SCENARIOS)
    assert answers["us-innovation"].value > answers["us-baseline"].value


def test_drivers_are_named_in_words_and_ranked(scenario):
    top, answers = magnets.drivers(scenario, 1)
    assert top["ST"].is_monotonic_decreasing and len(top) == 8
    assert not top["label"].str.contains("_").any() and (top["label"] != "").all()
    assert answers["magnet-driver-first"].value == top["label"][0]


def test_a_quarter_of_the_need_is_carried_by_the_magnets_it_takes(found, ranges):
    kt = magnets.quarter(found, ranges)["flip-tonnes"].value
    mode = ranges["mode"]
    modes = mode.to_frame().T.astype(float)
    element = kt * mode["rare_earth_in_magnet"] * new_magnets.stands_for(modes).item()
    assert element == pytest.approx(np.median(found.us.demand[16].sum(axis=0)) / 4)


def test_certainty_rests_on_the_comparison():
    tests = pathways.magnet_properties()
    answers = magnets.certainty(tests)
    error = tests.set_index("quantity")["error_pct"]
    assert answers["test-alnico"].value == error["Largest energy product of AlNiCo"] > 20
    assert answers["test-nd"].value == abs(error["Largest energy product of NdFeB"]) < 3


def test_panels_are_joined_under_their_names():
    years = pd.DataFrame({"median": [1.0]}, index=pd.Index([2030], name="year"))
    both = magnets.joined(left=pd.DataFrame({"x": [1, 2]}), right=years)
    assert list(both["panel"]) == ["left", "left", "right"] and both["year"].iloc[2] == 2030


def test_a_machine_has_its_strongest_evidence_and_nothing_is_made_up():
    frame, answers = magnets.machines()
    table = data.table("magnet_machines").astype({"machine": str, "use": str, "status": str})
    assert answers["machine-pairs"].value == len(frame) == 7 * 6
    pairs = table.drop_duplicates(["machine", "use"])
    assert answers["machine-found"].value == len(pairs)
    assert (frame.loc[frame["status"] == "nothing found", "text"] == "").all()
    wound = frame.set_index(["machine", "use"]).loc[("Wound rotor", "Cars")]
    assert wound["status"] == "sold" and "300" in wound["text"]
    assert set(frame["status"]) <= {*magnets.STATUS, "nothing found"}


def test_coils_find_room_where_coercivity_is_left(ranges):
    field, answers = magnets.reserve(ranges)
    room = field.set_index("name")["reserve_ka_m"]
    # By hand: ferrite at minus forty, its coercivity less its own field at a permeance of 1.6.
    hcj, br = 231 * (1 - 0.0027 * 60), 0.385 * (1 + 0.002 * 60)
    expected = hcj - br / (4e-7 * np.pi * (1.6 + 1.05)) / 1e3
    assert answers["reserve-ferrite"].value == pytest.approx(expected, rel=1e-3)
    assert room["Iron nitride (lab)"] < 0 < room["Ferrite, as sold"] < room["Neodymium, hot grade"]
    assert (room <= field.set_index("name")[["hot_ka_m", "cold_ka_m"]].min(axis=1)).all()


def test_raw_materials_are_told_with_their_year_and_conflict():
    page, rows, answers = magnets.raw_materials()
    assert len(page) == len(rows) and page["Year"].str.fullmatch(r"\d{4}").all()
    assert {"Bismuth", "Cobalt", "Strontium", "Iron oxide"} == set(page["Material"])
    assert answers["bismuth-china"].value < answers["bismuth-china-other"].value
    shares = rows[rows["unit"] == "%"]["value"]
    assert shares.between(0, 100).all()
