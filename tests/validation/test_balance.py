"""The balance run backwards meets what was printed, within stated errors."""

import pytest

from rareearth import scenarios
from rareearth.validation import balance


@pytest.fixture(scope="module")
def found():
    return balance.published(scenarios.load("baseline"), draws=60)


def test_every_comparison_says_why_and_by_whom(found):
    assert found[["reason", "source", "unit"]].notna().all().all()
    assert (found["ours_low"] <= found["ours"]).all() and (
        found["ours"] <= found["ours_high"]
    ).all()


def test_demand_run_backwards_holds_the_magnets_that_were_made(found):
    rows = found[found["quantity"].str.startswith("world demand")]
    assert len(rows) >= 3
    inside = rows["published_low"].between(rows["ours_low"], rows["ours_high"])
    assert inside.all(), "world demand before 2024 no longer brackets the magnets made"


def test_ore_becomes_oxide_within_a_third(found):
    rows = found[found["study"].str.startswith("Lynas")]
    assert len(rows) >= 6
    assert rows["error_pct"].abs().max() < 35
    assert rows["error_pct"].abs().median() < 15


def test_separation_outside_china_today_is_near_the_agencys(found):
    row = found[(found["quantity"].str.startswith("refined")) & (found["year"] == 2024)].iloc[0]
    assert abs(row["error_pct"]) < 25


def test_bounds_meet_in_the_base_year():
    world = balance.world_demand()
    last = world.loc[balance.BASE]
    assert last["low_kt"] == pytest.approx(last["high_kt"])
    assert (world["low_kt"] <= world["high_kt"] + 1e-9).all()


def test_need_outside_china_is_part_of_the_worlds():
    years, world = balance.years(), balance.world_demand()
    assert (years["need_kt"] < world["middle_kt"]).all() and (years["need_kt"] > 0).all()
    assert years["mined_kt"].notna().all()
