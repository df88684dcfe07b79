"""Public money is added once, and its parts make the whole."""

import pandas as pd
import pytest

from rareearth.analysis.policy import funding


@pytest.fixture
def table() -> pd.DataFrame:
    rows = [
        ("2020-01-01", "A", 10, "grant", "counted", "magnets"),
        ("2021-01-01", "A", 99, "grant", "superseded", "magnets"),
        ("2021-05-01", "B", 30, "loan", "letter of interest", "mining"),
        ("2022-01-01", "C", 50, "loan", "on milestones", "mining_to_magnets"),
        ("2022-01-01", "C", 20, "loan", "part of another row", "mining"),
        ("2022-01-01", "C", 30, "loan", "part of another row", "metal"),
        ("2022-03-01", "D", 7, "grant", "part of another row", "mining"),
        ("2023-01-01", "E", 1000, "loan", "all-minerals reserve", "stockpile"),
    ]
    columns = ["date", "recipient", "usd_million", "instrument", "standing", "chain_stage"]
    return pd.DataFrame(rows, columns=columns).assign(date=lambda t: pd.to_datetime(t["date"]))


def test_each_deal_counts_once(table):
    rows = funding.deals(table)
    assert rows["usd_million"].sum() == 10 + 30 + 50 + 1000
    assert "D" not in set(rows["recipient"]), "A part of a programme that is not a deal was added."
    assert (rows["usd_billion"] * 1000 == rows["usd_million"]).all()


def test_a_package_is_replaced_by_its_parts(table):
    package = funding.deals(table).query("recipient == 'C'")
    assert dict(zip(package["stage"], package["usd_million"], strict=True)) == {
        "Mining": 20,
        "Metal": 30,
    }
    assert set(package["standing"]) == {"on milestones"}


def test_parts_that_do_not_add_up_are_an_error(table):
    table.loc[5, "usd_million"] = 31
    with pytest.raises(ValueError, match="add to 51"):
        funding.deals(table)


@pytest.mark.parametrize("column", ["instrument", "chain_stage"])
def test_an_unknown_word_is_named(table, column):
    table.loc[0, column] = "barter"
    with pytest.raises(ValueError, match=f"{column} 'barter'"):
        funding.deals(table)


def test_sums_keep_the_whole_and_the_order(table):
    rows = funding.deals(table)
    sums = funding.added(rows, ["year"])
    assert sums["usd_billion"].sum() == pytest.approx(rows["usd_billion"].sum())
    one = funding.added(rows.assign(year=0), ["year"])
    places = [list(funding.STANDINGS).index(s) for s in one["standing"]]
    assert places == sorted(places)


def test_the_mix_grows_with_each_step_and_makes_a_hundred(table):
    mix = funding.mix(funding.deals(table))
    shares = mix.groupby("step")["share_pct"].sum()
    assert shares.to_numpy() == pytest.approx(100)
    totals = mix.drop_duplicates("step").set_index("step")["total_usd_billion"]
    assert totals.reindex(list(funding.STANDINGS)).is_monotonic_increasing
    assert totals["all-minerals reserve"] == pytest.approx(1.09)


def test_amounts_in_dollars():
    rates = pd.DataFrame({"currency": ["USD", "AUD"], "usd_per_unit": [1.0, 0.5]})
    money = pd.DataFrame({"amount_million": [10.0, 10.0], "currency": ["USD", "AUD"]})
    assert funding.in_dollars(money, rates).tolist() == [10.0, 5.0]
    with pytest.raises(ValueError, match="No exchange rate for JPY"):
        funding.in_dollars(money.assign(currency="JPY"), rates)


def test_owed_and_possible_money_and_the_reserve_make_the_whole():
    rows = funding.federal()
    answers = funding.by_year(rows)
    parts = sum(answers[name].value for name in ("money-closed", "pol-possible", "pol-vault"))
    assert parts == pytest.approx(rows["usd_billion"].sum())
    steps = sum(answers[f"money-{name}"].value for name in ("milestones", "conditional", "letters"))
    assert steps == pytest.approx(answers["pol-possible"].value)


def test_capital_owed_makes_a_hundred():
    table, answers = funding.capital(funding.federal())
    names = ("loans", "grants", "tax", "equity")
    assert sum(answers[f"pol-{name}-owed"].value for name in names) == pytest.approx(100)
    assert set(table["step"]) == set(funding.STANDINGS)


def test_this_much_more_of_other_capital_would_halve_the_loans():
    rows = funding.federal()
    more = funding.capital(rows)[1]["pol-flip-loans"].value
    counted = rows[rows["standing"] != funding.VAULT]
    lent = counted.loc[counted["capital"] == funding.LENT, "usd_billion"].sum()
    assert lent / (counted["usd_billion"].sum() + more) == pytest.approx(0.5)


def test_money_by_stage_leaves_out_the_reserve_alone():
    rows = funding.federal()
    sums, answers = funding.by_stage(rows)
    rest = rows.loc[rows["standing"] != funding.VAULT, "usd_billion"].sum()
    assert sums["usd_billion"].sum() == pytest.approx(rest)
    metal = sums.loc[sums["stage"] == "Metal", "usd_billion"].sum()
    assert answers["pol-metal-possible"].value == pytest.approx(metal)


def test_governments_stand_in_the_order_of_what_they_have_committed():
    sums, answers = funding.allies(funding.federal())
    firm = sums[sums["standing"] == "committed"].set_index("country")["usd_billion"]
    assert firm.is_monotonic_decreasing
    abroad = firm.drop("United States").sum()
    assert answers["pol-allies-firm"].value == pytest.approx(abroad)
