"""What to do first: the decision table is complete, and its numbers are those of the levers."""

import numpy as np
import pytest

from rareearth import data, scenarios
from rareearth.analysis import cut
from rareearth.analysis.policy import first_steps, levers, robust

BASELINE, DRAWS = scenarios.load("baseline"), 60


@pytest.fixture(autouse=True, scope="module")
def few():
    """Fewer draws than the pages take."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(levers, "DRAWS", DRAWS)
        levers.lattice.cache_clear()
        yield
        levers.lattice.cache_clear()


@pytest.fixture(scope="module")
def steps(few):
    return first_steps.first(DRAWS, 1, BASELINE)


def test_steps_name_levers_that_are_known():
    named = data.table("first_steps")["levers"].str.split(";").explode()
    assert set(named) <= set(scenarios.levers())
    assert not named.duplicated().any()


def test_sources_of_a_step_are_those_of_its_levers():
    known = scenarios.levers()
    for step in data.table("first_steps").itertuples():
        behind = {key for name in step.levers.split(";") for key in known[name].source}
        assert set(step.source.split(";")) == behind, f"first_steps, {step.do}"


def test_every_cell_of_the_decision_table_is_filled(steps):
    frame, who, what, _ = steps
    assert len(frame) == len(data.table("first_steps"))
    for table in (data.table("first_steps")[[*first_steps.WORDS]], who, what):
        for column in table:
            assert (table[column].astype(str).str.strip().str.len() > 3).all(), column
    assert (first_steps.short(frame).map(len) > 3).all(axis=None)


def test_all_levers_together_close_no_more_than_the_gap():
    answers = first_steps.headlines(1, BASELINE)
    assert 0 < answers["levers-close"].value <= answers["levers-gap"].value


def test_the_largest_lever_of_its_own_takes_nothing_from_others():
    answers = first_steps.headlines(1, BASELINE)
    assert answers["levers-largest-own"].text != levers.titles()["allies"].lower()


def test_each_step_has_what_it_closes_and_costs(steps):
    frame = steps[0].set_index("levers")
    lattice = levers.lattice(BASELINE, 1)
    names = ["border_price", "allies"]
    both = levers.effects(lattice, {"both": names}, first_steps.YEAR).loc["both"]
    assert frame.loc["border_price;allies", "mean_t"] == pytest.approx(both["mean_t"])
    assert np.isnan(frame.loc["stockpile", "mean_t"])
    assert frame.loc["stockpile", "authority_usd_million"] > 0
    assert np.isnan(frame.loc["ewaste_rules", "authority_usd_million"]), "no cost was found"


def test_a_step_pays_at_the_chance_at_which_what_it_spares_is_worth_its_cost(steps):
    row = steps[0].set_index("levers").loc["research"]
    gap = levers.lattice(BASELINE, 1).left(first_steps.YEAR).mean()
    loss = 1e3 * cut.american()["high_usd_billion"].max()
    yearly = row["authority_usd_million"] / 14
    worth = row["pays_least_pct"] / 100 * loss * row["mean_t"] / gap
    assert worth == pytest.approx(yearly)
    assert row["pays_least_pct"] < row["pays_most_pct"]


def test_what_costs_nothing_known_has_no_chance(steps):
    frame = steps[0].set_index("levers")
    assert np.isnan(frame.loc["ewaste_rules", "pays_least_pct"])


# --- how well the order holds ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def ranks():
    robust.ranks.cache_clear()
    return robust.ranks(1, 24)


def test_cells_are_all_combinations_and_differ():
    cells = robust.cells()
    assert len(cells) == 4 * len(robust.WORLDS) * len(robust.FATES)
    assert len(set(cells.values())) == len(cells)
    assert all(not scenario.levers for scenario in cells.values())


def test_places_follow_what_is_closed_and_the_best_has_no_regret(ranks):
    for _, cell in ranks.groupby(["scenario", "price", "fate"]):
        assert cell.sort_values("place")["mean_t"].is_monotonic_decreasing
        assert cell.loc[cell["place"] == 1, "regret_t"].eq(0).all()
        assert (cell["regret_t"] >= 0).all()


def test_first_three_are_counted_over_all_cells(ranks):
    table = robust.summary(ranks)
    assert (table["cells"] == len(robust.cells())).all()
    assert table["first"].sum() >= robust.FIRST * len(robust.cells())
    assert (table["alone_t"] <= table["mean_t"] + 1e-9).all()
    assert set(table.index) == set(data.table("first_steps")["levers"]) - {levers.STOCK}


def test_a_floor_closes_more_in_a_price_war_than_in_scarcity(ranks):
    floor = ranks[ranks["step"] == "price_floor"].groupby("price")["mean_t"].mean()
    assert floor["war"] > floor["scarcity"]
