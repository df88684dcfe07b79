"""Tables of the policy chapter against each other and against themselves."""

import pandas as pd
import pytest

from rareearth import data, scenarios
from rareearth.analysis.policy import funding, measures, precedents


@pytest.mark.pinned
def test_packages_add_up_and_nothing_is_counted_twice():
    rows = funding.deals(data.table("us_funding"))
    key = ["date", "recipient", "instrument", "stage", "usd_million"]
    twice = rows[rows.duplicated(key)]
    assert twice.empty, f"Counted twice:\n{twice[key]}"
    usar = rows[rows["recipient"] == "USA Rare Earth"].groupby("standing")["usd_million"].sum()
    assert usar["on milestones"] == 277 + 1300, "The letter of intent and the contracts differ."


def test_levers_of_the_model_are_among_the_measures():
    groups = set(data.table("policy_levers")["lever"].astype(str))
    missing = {name.removesuffix(measures.FIRST) for name in scenarios.levers()} - groups
    assert not missing, f"No measure in policy_levers stands for {missing}."


def test_stages_of_measures_are_known():
    stages = data.table("policy_levers")["stages"].str.split(";").explode()
    known = {"laboratory", "mining", "separation", "metal", "magnets", "recycling", "stocks"}
    assert set(stages) <= known


def test_every_currency_of_the_allies_has_a_rate():
    allies = data.table("allied_funding")
    dollars = funding.in_dollars(allies, data.table("exchange_rates"))
    assert (dollars > 0).all()
    # The tracker gives 407.7 million dollars for the Japanese grants of 2011, at the rate of 2011;
    # at one rate for all years they must be of the same order.
    grants = dollars[(allies["provider"] == "METI")].item()
    assert 0.5 < grants / 407.7 < 1.1


@pytest.mark.pinned
def test_rubber_tons_and_order():
    rubber = data.table("synthetic_rubber").astype({"ton": str, "basis": str})
    masses = rubber["unit"].isin(["tons", "tons per year"])
    assert rubber.loc[masses, "ton"].isin(["long", "short", "unstated"]).all()
    assert (rubber["low"].dropna() <= rubber["high"].dropna()).all()
    made = precedents.rubber().query("kind == 'reported'")
    assert made["years"].is_monotonic_increasing
    # Output of 1945 is printed as 820,373 long tons elsewhere.
    last = made.iloc[-1]
    assert last["low_pct"] == pytest.approx(100 * 820_373 / 700_000, abs=0.1)


def test_the_copy_of_shale_is_near_the_official_values():
    gas = data.table("shale_gas").astype({"series": str})
    dry = gas[gas["basis"] == "dry gas"].pivot(index="year", columns="series", values="share_pct")
    both = dry.dropna()
    gap = both["copy of graphs"] - both["official"]
    assert len(both) >= 5 and gap.abs().max() <= 3, f"They differ by {gap.round(1).to_dict()}."
    divided = gas.dropna(subset=["shale", "total"])
    off = (100 * divided["shale"] / divided["total"] - divided["share_pct"]).abs()
    assert off.max() <= 0.06


@pytest.mark.pinned
def test_what_was_enacted_follows_what_was_asked():
    pots = data.table("research_budgets").astype({"stage": str})
    asked = pots[(pots["stage"] == "request") & (pots["fiscal_year"] == 2026)]
    enacted = pots[(pots["stage"] == "enacted") & (pots["fiscal_year"] == 2026)]
    both = asked.merge(enacted, on="line", suffixes=("_asked", "_enacted"))
    assert len(both) >= 3
    assert (both["usd_million_asked"] < both["usd_million_enacted"]).all(), (
        "The text says that Congress cut less than was asked; rewrite it."
    )


def test_the_same_bill_is_told_the_same_way():
    rules = data.table("ewaste_rules")
    bills = data.table("legislation").set_index("bill")
    for number in ("H.R. 917", "H.R. 3559", "H.R. 3036", "H.R. 2998"):
        rule = rules[rules["rule"].str.contains(number, regex=False)].iloc[0]
        assert rule["source"] == bills.loc[number, "source"]
        given = pd.Timestamp(str(bills.loc[number, "date_introduced"]))
        assert rule["date"].year == given.year


@pytest.mark.pinned
def test_duties_add_to_the_printed_totals():
    layers = data.table("tariff_layers").groupby("product_class")["rate_pct"].sum().round(1)
    assert layers.to_dict() == {
        "rare-earth metals": 30.0,
        "rare-earth oxides and compounds": 28.7,
        "sintered NdFeB magnets": 27.1,
    }
