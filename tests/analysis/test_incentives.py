"""What price and policy do to plants: switched off, in force, and against the record."""

import numpy as np
import pytest

from rareearth import assumptions, data, scenarios
from rareearth.analysis import balance, incentives, supply

BASELINE = scenarios.load("baseline")
OFF = {name: 0.0 for names in incentives.EFFECTS.values() for name in names}
DRAWS = 400


def left(scenario, year=2035):
    return np.asarray(balance.share_left(balance.run(scenario, DRAWS, 1), year))


def test_without_answers_the_price_moves_nothing():
    worlds = [
        scenarios.choose(scenarios.load("baseline", **OFF), price=price)
        for price in ("level", "war", "scarcity")
    ]
    level, war, scarcity = map(left, worlds)
    assert np.array_equal(level, war) and np.array_equal(level, scarcity)


def test_without_answers_only_aid_tells_no_policy_from_the_policies_in_force():
    still = scenarios.load("baseline", **OFF, aid_saves=0.0)
    assert np.array_equal(left(still), left(scenarios.choose(still, policy="none")))


def test_closing_widens_the_gap_and_entry_narrows_it():
    bare = left(scenarios.load("baseline", **OFF)).mean()
    closing = {k: v for k, v in OFF.items() if k != "closure_hazard"}
    entry = {k: v for k, v in OFF.items() if k != "entry_per_decade"}
    assert left(scenarios.load("baseline", **closing)).mean() > bare + 2
    assert left(scenarios.load("baseline", **entry)).mean() < bare - 2


def test_scarcity_narrows_the_gap_a_price_war_widens_it_and_so_does_no_policy():
    worlds = {p: left(scenarios.choose(BASELINE, price=p)).mean() for p in ("war", "scarcity")}
    assert worlds["scarcity"] < left(BASELINE).mean() < worlds["war"]
    assert left(scenarios.choose(BASELINE, policy="none")).mean() > left(BASELINE).mean()


def test_the_floor_in_force_covers_its_holder_until_it_ends():
    drawn = supply.sample(50, 1, BASELINE)
    rows = {f"{row.facility} {row.stage}": row for row in supply.plants().itertuples()}
    mine, other = rows["Mountain Pass mine Mined"], rows["Mt Weld Mined"]
    held = incentives.Incentives(drawn, BASELINE)
    bare = incentives.Incentives(drawn, scenarios.choose(BASELINE, policy="none"))
    ends = incentives.YEARS == incentives.FLOOR_ENDS
    assert (held.covered(mine, held._held(mine))[ends] == 1).all()
    assert (held.covered(mine, held._held(mine))[incentives.YEARS > 2035] == 0).all()
    assert not held._held(other) and not bare._held(mine)
    assert (held._hazard(mine) <= bare._hazard(mine)).all()
    assert (held._hazard(mine)[incentives.YEARS == 2035] < bare._hazard(mine)[ends]).any()


def test_levers_reach_the_plants_that_they_name():
    drawn = supply.sample(50, 1, BASELINE).assign(equity_saves=0.2, equity_first_saves=0.4)
    met = incentives.Incentives(drawn, BASELINE)
    to_come = supply.plants().query("~running")
    for row in to_come.itertuples():
        saved = met.given_up(row)[1]
        if row.place != "United States" or row.aided:
            expected = 0.0
        elif row.stage == "Metal" or incentives.heavy(row):
            expected = 0.4
        else:
            expected = 0.2
        assert saved == pytest.approx(expected), row.facility


def test_most_american_plants_to_come_have_federal_money():
    rows = supply.plants().query("~running and place == 'United States'")
    named = rows.set_index("facility")["aided"]
    assert named["10X facility"].all() and named["Ucore Louisiana SMC"].all()
    assert not named["JS Link America"] and not named["Aclara heavy separation"]
    assert 0.5 < rows["aided"].mean() < 1


def test_the_hazard_is_that_of_the_record():
    """Stops over years of output since 1985: the American mine twice, Australia's never."""
    mined = data.table("mine_production")
    ran = mined[(mined["reo_t"] > 0) & (mined["year"] >= 1985)]
    years = {
        country: ran.loc[ran["country"] == country, "year"].nunique()
        for country in ("United States", "Australia")
    }
    american = sorted(ran.loc[ran["country"] == "United States", "year"].unique())
    stops = (np.diff(american) > 1).sum()
    rate = stops / (years["United States"] + sum(ran[ran["country"] == "Australia"]["year"] > 2010))
    assert assumptions.register().loc["closure_hazard", "mode"] == pytest.approx(rate, abs=0.005)
