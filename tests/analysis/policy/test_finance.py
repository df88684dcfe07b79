"""From the laboratory to the first plant: frames that agree with the model and the tables."""

import numpy as np
import pytest

from rareearth import assumptions, data, scenarios
from rareearth.analysis import market
from rareearth.analysis.policy import finance, price_floor
from rareearth.models import finance as model


@pytest.fixture(scope="module")
def drawn():
    return finance.firms(3, scenarios.load("baseline"), count=60)


def test_gaps_by_stage_add_up(drawn):
    gates = finance.stages(drawn)
    total = gates["private_usd_million"] + gates["gap_usd_million"]
    assert np.allclose(total, gates["cost_usd_million"])
    assert (gates["size_usd_million"] <= gates["gap_usd_million"] + 1e-9).all()


def test_more_instruments_build_more_plants(drawn):
    mixes = finance.instruments(drawn, outer=5).set_index("label")
    alone = mixes.drop(index="All six")["built_pct_median"]
    assert (mixes.loc["All six", "built_pct_median"] >= alone).all()
    assert mixes.loc["No help", "saved_pct_high"] == 0
    assert mixes.loc["No help", "kept_usd_million_median":].filter(like="usd").isna().all()


def test_lenders_lose_less_the_later_and_the_more_help_there_is(drawn):
    lost = finance.losses(drawn)
    for name in ("unaided", "aided"):
        assert lost[f"{name}_pct_median"].is_monotonic_decreasing
    assert (lost["aided_pct_median"] <= lost["unaided_pct_median"] + 1e-9).all()


def test_every_column_of_a_frame_has_a_unit(drawn):
    for frame in (
        finance.stages(drawn),
        finance.losses(drawn),
        finance.instruments(drawn, outer=2),
    ):
        numbers = frame.select_dtypes("number").columns
        assert set(numbers) <= set(finance.units(frame))


def test_back_tests_have_a_reason_and_an_order(drawn):
    tests = finance.comparisons(drawn, outer=5)
    assert tests["reason"].str.len().min() > 20
    assert (tests["low"] <= tests["median"]).all() and (tests["median"] <= tests["high"]).all()
    assert (tests["published_low"] <= tests["published_high"]).all()
    keys = {key for cell in tests["source"] for key in cell.split(";")}
    assert keys <= data.source_keys()


def test_a_lesson_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="0 rows of 'nobody'"):
        finance.lesson("nobody", "nothing")


def test_money_by_stage_points_to_rows_that_are_there_once_and_names_their_sources():
    seen, picks = finance.seen(), data.table("money_by_stage")
    assert len(seen) == len(picks) and (seen["usd_million"] > 0).all()
    assert set(seen["stage"]) == set(model.STAGES)
    assert seen["source"].tolist() == picks["source"].tolist()


def test_a_pick_that_points_nowhere_is_named(monkeypatch):
    table = data.table
    lost = table("money_by_stage").assign(row="nothing of the kind")
    monkeypatch.setattr(data, "table", lambda n: lost if n == "money_by_stage" else table(n))
    with pytest.raises(ValueError, match="bio_events has 0 rows 'nothing of the kind'"):
        finance.seen()


def test_answers_are_those_of_the_frames(drawn):
    gates, answers = finance.gaps(drawn)
    pilot = gates.set_index("stage").loc["Pilot"]
    parts = answers["valley-gap-pilot"].value / answers["valley-cost-pilot"].value
    assert 100 * parts == pytest.approx(pilot["gap_share_pct"])
    assert answers["valley-part-pilot"].value == pytest.approx(100 * parts)
    lent, answers = finance.loans(drawn)
    assert answers["valley-loss-demo"].value > answers["valley-loss-plant"].value
    assert (
        answers["valley-loss-record"].value
        == finance.lesson("DOE loan programmes", "loss share of funds disbursed")["low"]
    )
    assert answers["valley-loss-list"].text.count(",") == len(lent) - 1


def test_rounds_counted_are_private_ones():
    rounds, answers = finance.evidence()
    private = rounds[rounds["what"] == "round"]
    assert answers["valley-rounds"].value == len(private)
    assert answers["valley-largest-round"].value == private["usd_million"].max()


def test_short_tons_of_phoenix_are_given_in_tonnes():
    """200 short tons a year are 181 t, as the table of plants has it."""
    plant = data.table("plants").set_index("facility").loc["Phoenix Tailings Exeter"]
    stated = plant["capacity_t_per_year"]
    assert finance.records()["exeter"].value == pytest.approx(stated, rel=0.01)


def test_divisions_in_the_table_are_right():
    """Capital per annual tonne is the capital of another row over the capacity in the locator."""
    table = data.table("valley_of_death")
    rows = table[(table["unit"] == "usd_per_t_per_year") & (table["kind"] == "derived")]
    stated = (
        rows["locator"]
        .str.extract(r"([\d.,]+) million / ([\d,]+) t")
        .apply(lambda column: column.str.replace(",", "").astype(float))
    )
    assert len(rows) >= 5
    assert np.allclose(1e6 * stated[0] / stated[1], rows["low"], rtol=1e-4)


def test_ranges_ascend():
    table = data.table("valley_of_death").dropna(subset=["high"])
    assert (table["low"] <= table["high"]).all()


def test_what_the_levers_save_is_what_the_model_says():
    drawn = finance.firms(1, scenarios.load("baseline"))
    mixes = finance.instruments(drawn).set_index("label")
    for lever, handle, label in (
        ("offtake", "offtake_saves", "Offtake"),
        ("equity", "equity_saves", "Grants and equity"),
        ("equity_first", "equity_first_saves", "Grants and equity"),
        ("loans", "loans_saves", "Loans"),
        ("tax_credits", "credit_saves", "Tax credit"),
    ):
        stated = scenarios.levers()[lever].overrides[handle]
        ours = mixes.loc[label, [f"saved_pct_{part}" for part in ("low", "median", "high")]]
        assert 100 * np.array(stated) == pytest.approx(ours.astype(float), abs=2), (
            f"levers.yml, {lever}: {handle} should be near {(ours / 100).round(2).tolist()}"
        )


def test_giving_up_moves_with_the_price_as_the_model_of_investors_says():
    """Odds at other price levels and under a floor, for plants of which half are given up."""
    base, given_up = scenarios.load("baseline"), 0.5
    drawn = finance.firms(1, base)
    decides = drawn["venture_money_decides"].to_numpy()[: finance.OUTER].mean()

    def lost(firms, mix=()):
        return 1 - model.population(firms, mix, finance.OUTER)["built"].mean()

    cases = {
        50.0: lost(finance.firms(1, scenarios.choose(base, price="war"))),
        110.0: lost(finance.firms(1, scenarios.choose(base, price="scarcity"))),
        price_floor.terms().floor + 1e-6: lost(drawn, ("floor",)),
    }
    unaided, powers = lost(drawn), []
    for price, gone in cases.items():
        now = given_up * (1 + decides * (gone / unaided - 1))
        odds = now / (1 - now) * (1 - given_up) / given_up
        powers.append(-np.log(odds) / np.log(price / market.level()))
    row = assumptions.register().loc["giveup_price_exponent"]
    assert sorted(powers) == pytest.approx([row["low"], row["mode"], row["high"]], abs=0.1)
