"""The claims added at a second reading: what decides them is what the tables and models say."""

import numpy as np
import pytest

from rareearth import data, scenarios
from rareearth.analysis.claims import debate, promises
from rareearth.analysis.claims.run import Run, interval
from rareearth.analysis.policy import credit
from rareearth.models import verdicts

RUN = Run(scenarios.load("baseline"), 120, 1)


def test_loans_are_a_larger_part_the_less_firm_the_money():
    found = debate.loan_based(RUN)
    owed, firm, every = found.values["money"]
    assert 0 < owed < firm < every < 100
    assert (found.rows[0]["date"] <= "2026-02-05").all(), "only what was known that day"
    assert found.values["deals"] < every, "one large loan is one deal"


def test_losses_are_those_of_the_policy_chapter():
    found = debate.fear_of_loss(RUN)
    told = credit.record()[2]
    assert found.values["lost"] == [
        told[f"credit-{name}"].value for name in ("lost", "run-off", "expected")
    ]
    # By hand: 1.03 of 49.0 paid out, and of 17.3 repaid with the losses themselves.
    assert found.values["lost"][:2] == pytest.approx([100 * 1.03 / 49, 100 * 1.03 / 18.33])


def test_each_closing_is_counted_once():
    found = debate.rivals_closed(RUN)
    assert found.values["closed"] == len(debate.CLOSED) == found.rows[0]["title"].nunique()
    assert np.isnan(found.values["subsidy"])


def test_one_price_makes_no_difference_between_worlds(monkeypatch):
    monkeypatch.setattr(scenarios, "choose", lambda scenario, **choices: scenario)
    debate._built_in_war.cache_clear()
    bare, helped = debate._built_in_war(RUN.scenario, RUN.seed)
    debate._built_in_war.cache_clear()
    assert len(bare) and bare == pytest.approx(100) and helped == pytest.approx(100)


def test_help_carries_more_plants_through_a_price_war():
    bare, helped = debate._built_in_war(RUN.scenario, RUN.seed)
    assert np.median(bare) < np.median(helped) <= 100 + 1e-9


def test_what_went_to_american_buyers_was_known_when_it_was_said():
    found = debate.have_access(RUN)
    months = found.rows[0]["start"]
    assert months.between("2025-11-01", "2025-12-31").all() and len(months) == 2
    assert found.values["yttrium"] == pytest.approx(100 * 17 / 333)


def test_refining_is_the_narrower_of_the_two_for_light_elements_only():
    found = debate.refining_first(RUN)
    assert found.values["light"].min() > 50 > found.values["heavy"].max()
    reach = RUN.balance.reach
    heavy = reach.sel(group="DyTb", year=2035)
    narrower = heavy.sel(stage=["Separated", "Metal"]).min("stage") < heavy.sel(stage="Mined")
    assert found.values["heavy"][1] == pytest.approx(100 * narrower.mean().item())


def test_the_stock_is_sold_as_surplus_twice():
    found = debate.cold_war_stock(RUN)
    assert found.values["surplus"] == pytest.approx(100 * (1 - 0.024 / 6.5))
    assert found.numbers["first"][0] == pytest.approx(100 * 5.7 / 9)


def test_without_reclaimed_rubber_the_stock_alone_is_left(monkeypatch):
    table = data.table("synthetic_rubber")
    table.loc[table["series"] == "reclaim capacity", "low"] = 0
    monkeypatch.setattr(debate.data, "table", lambda name: table)
    found = debate.war_without_rubber(RUN)
    share = 100 * np.asarray(found.values["stock"]) / debate.WAR_YEARS
    assert found.values["both"] == pytest.approx(share)


def test_stalled_awards_are_the_rows_marked_so():
    found = debate.defence_money(RUN)
    rows = found.rows[0]
    by_hand = rows.set_index("standing")["usd_million"].groupby(level=0).sum()
    assert found.values["stalled"] == pytest.approx(100 * by_hand["stalled"] / by_hand.sum())
    assert "superseded" not in set(rows["standing"]), "no award is counted twice"


def test_devices_hold_a_part_of_all_that_leaves_use():
    found = promises.old_devices_paid_for(RUN)
    everything = 100 * RUN.flows.all_leaving.sel(year=2030) / RUN.flows.demand.sel(year=2030)
    assert (found.values["hold"] < interval(everything)).all()
    # A telephone has less magnet than a desktop computer.
    assert min(found.values["worth"]) < 0.1 < max(found.values["worth"])


def test_the_chain_passes_no_more_than_all_its_plants_with_waste_and_scrap():
    chain = promises._share(RUN, promises._secured(RUN, 2030, promises.AT_HOME), 2030, "need")
    assert (chain >= 0).all() and (chain <= 100 + 1e-4).all()
    whole = RUN.secured_pct("United States", 2030)
    assert (chain <= whole + 1e-4).all(), "home is what is left without allies"


def test_other_supplies_are_what_the_outlook_says_of_need():
    found = promises.other_supplies(RUN)
    assert found.values["all"] == pytest.approx(interval(RUN.secured_pct("United States", 2027)))


def test_both_halves_of_a_quarrel_can_hold_of_different_things():
    # C49 and C50 contradict each other as said; light and heavy elements tell them apart.
    access, inputs = debate.have_access(RUN).values, debate.struggle_for_inputs(RUN).values
    assert min(access["magnets"]) > 50 > access["yttrium"]
    assert max(inputs["heavy"]) < 50 < min(inputs["all"])


@pytest.mark.parametrize("name", scenarios.names())
def test_models_decide_in_every_scenario(name):
    run = Run(scenarios.load(name), 60, 1)
    for decide in (
        debate.refining_first,
        debate.trump_card,
        debate.if_relations_ease,
        promises.fifteen_years,
        promises.ninety_four,
        promises.cheaper_cleaner_faster,
        promises.other_supplies,
        promises.old_devices_paid_for,
    ):
        for values in decide(run).values.values():
            assert np.isfinite(np.asarray(values, dtype=float)).all(), decide.__name__


def test_claims_that_nothing_decides_say_what_would():
    table = data.table("claims").set_index("id")
    for claim in ("C51", "C53"):
        assert table.loc[claim, "verdict"] == verdicts.OPEN
        assert "would test it" in table.loc[claim, "reason"]
