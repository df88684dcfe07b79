"""Instruments in three price worlds: what a lower price must do to each of them."""

import numpy as np
import pytest

from rareearth import assumptions, scenarios
from rareearth.analysis import balance, market, supply
from rareearth.analysis.policy import finance, price_floor, price_worlds
from rareearth.models import oxides

BASELINE = scenarios.load("baseline")
WAR, LEVEL, SCARCITY = price_worlds.WORLDS.values()


@pytest.fixture(scope="module")
def moved():
    return price_worlds.effects(300, 2, BASELINE).set_index(["key", "world"])


def test_the_worlds_are_those_of_scenarios_and_stand_in_order_of_price():
    levels = []
    for choice in price_worlds.WORLDS:
        drawn = assumptions.sample(50, 1, scenarios.choose(BASELINE, price=choice))
        levels.append(np.median(market.process(drawn)["median"]))
    assert levels == sorted(levels)


def test_a_floor_costs_more_and_closes_more_the_lower_the_price(moved):
    for key in ("floor-kg", "floor-bill", "floor-home", "floor-abroad"):
        medians = [moved.loc[(key, world), "median"] for world in (WAR, LEVEL, SCARCITY)]
        assert medians == sorted(medians, reverse=True), key
    means = [moved.loc[("floor-closes", world), "mean"] for world in (WAR, LEVEL, SCARCITY)]
    assert means == sorted(means, reverse=True) and means[-1] > 0


def test_a_floor_for_plants_to_come_pays_for_their_oxide_and_no_other():
    drawn = balance.sample(60, 2, BASELINE)
    home, abroad = price_worlds.promised(drawn, BASELINE)
    assert (home >= 0).all() and home.max() > 0 and (abroad >= 0).all()
    output, running = supply.outputs(drawn, BASELINE)
    most = (output - running)[:, supply.STAGES.index("Separated"), 0].sum(axis=(0, 1))
    floor = price_floor.terms().floor
    oxide_kg = 1e3 * most / oxides.ndpr_in_oxide()
    assert (home + abroad <= floor * oxide_kg + 1e-6).all()


def test_all_else_gains_from_a_higher_price(moved):
    for key in ("margin", "stock", "avoided"):
        medians = [moved.loc[(key, world), "median"] for world in (WAR, LEVEL, SCARCITY)]
        assert medians == sorted(medians), key
    left = [moved.loc[("left", world), "median"] for world in (WAR, LEVEL, SCARCITY)]
    assert left == sorted(left, reverse=True)


def test_the_world_of_the_level_is_what_other_pages_print(moved):
    ahead = price_floor.run(300, 2, BASELINE)
    bill = np.median(ahead.present_cost) / 1e3
    assert moved.loc[("floor-bill", LEVEL), "median"] == pytest.approx(bill)
    left = np.median(balance.share_left(balance.run(BASELINE, 300, 2), price_worlds.YEAR))
    assert moved.loc[("left", LEVEL), "median"] == pytest.approx(left)


def test_saved_plants_at_the_level_are_those_of_the_model_of_first_plants(monkeypatch):
    monkeypatch.setattr(finance, "FIRMS", 60)
    monkeypatch.setattr(finance, "OUTER", 10)
    monkeypatch.setattr(finance.firms, "__defaults__", (60,))
    monkeypatch.setattr(finance.instruments, "__defaults__", (10, finance.MIXES))
    plants = price_worlds.saved(3, BASELINE)
    assert set(plants["world"]) == set(price_worlds.WORLDS.values())
    same = finance.instruments(finance.firms(3, BASELINE)).set_index("label")
    at = plants[plants["world"] == LEVEL].set_index("label")
    for label in ("Price floor", "Grants and equity", "Loans"):
        assert at.loc[label, "median_pct"] == pytest.approx(same.loc[label, "saved_pct_median"])
    assert (plants.loc[plants["label"] == "No help", "high_pct"] == 0).all()
    order = plants["label"].drop_duplicates().tolist()
    assert order == list(price_worlds.MIXES)


def test_at_the_level_floor_and_grants_with_equity_cannot_be_told_apart():
    """The text says so, and that a mix saves a like part in all worlds."""
    plants = price_worlds.saved(1, BASELINE).set_index(["label", "world"])
    floored, paired = (
        plants.loc[(label, LEVEL), ["low_pct", "high_pct"]]
        for label in ("Price floor", "Grants and equity")
    )
    assert max(floored.iloc[0], paired.iloc[0]) < min(floored.iloc[1], paired.iloc[1])
    medians = plants["median_pct"].unstack()
    assert (
        medians.loc["Grants, equity, floor"].min()
        >= medians[list(price_worlds.WORLDS.values())]
        .loc[["Price floor", "Grants and equity"]]
        .min(axis=1)
        .max()
    )


def test_what_a_floor_closes_is_told_in_whole_sentences():
    assert "3 percentage points" in price_worlds._floor(3.2, 43.0)
    assert "about 40%" in price_worlds._floor(3.2, 43.0)
    assert "next to nothing" in price_worlds._floor(0.01, 0.0)
    assert "next to nothing" in price_worlds._closes(0.01, 0.0)
    assert "about a percentage point" in price_worlds._closes(4.0, 1.2)
    assert "less than a percentage point" in price_worlds._closes(4.0, 0.2)
    assert "cost 280 USD" in price_worlds._waste(-278.0, -263.0)
    assert "at least" in price_worlds._waste(-1.0, 2.0)
