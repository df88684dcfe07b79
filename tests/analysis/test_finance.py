"""The valley of death, assembled: frames that agree with the model and with the tables."""

import numpy as np
import pytest

from rareearth import data, scenarios
from rareearth.analysis.policy import finance as valley
from rareearth.models import finance


@pytest.fixture(scope="module")
def drawn():
    return valley.firms(3, scenarios.load("baseline"), count=60)


def test_gaps_by_stage_add_up(drawn):
    gates = valley.stages(drawn)
    total = gates["private_usd_million"] + gates["gap_usd_million"]
    assert np.allclose(total, gates["cost_usd_million"])
    assert (gates["size_usd_million"] <= gates["gap_usd_million"] + 1e-9).all()


def test_more_instruments_build_more_plants(drawn):
    mixes = valley.instruments(drawn, worlds=5).set_index("label")
    alone = mixes.drop(index="All five")["built_pct_median"]
    assert (mixes.loc["All five", "built_pct_median"] >= alone).all()
    assert mixes.loc["No help", "saved_pct_high"] == 0
    assert mixes.loc["No help", "kept_usd_million_median":].filter(like="usd").isna().all()


def test_lenders_lose_less_the_later_and_the_more_help_there_is(drawn):
    lost = valley.losses(drawn)
    for name in ("unaided", "aided"):
        assert lost[f"{name}_pct_median"].is_monotonic_decreasing
    assert (lost["aided_pct_median"] <= lost["unaided_pct_median"] + 1e-9).all()


def test_every_column_of_a_frame_has_a_unit(drawn):
    for frame in (valley.stages(drawn), valley.losses(drawn), valley.instruments(drawn, worlds=2)):
        numbers = frame.select_dtypes("number").columns
        assert set(numbers) <= set(valley.units(frame))


def test_back_tests_have_a_reason_and_an_order(drawn):
    tests = valley.back_tests(drawn, worlds=5)
    assert tests["reason"].str.len().min() > 20
    assert (tests["low"] <= tests["median"]).all() and (tests["median"] <= tests["high"]).all()
    assert (tests["published_low"] <= tests["published_high"]).all()
    keys = {key for cell in tests["source"] for key in cell.split(";")}
    assert keys <= data.source_keys()


def test_a_lesson_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="0 rows of 'nobody'"):
        valley.lesson("nobody", "nothing")


def test_what_is_seen_at_firms_is_in_the_tables_once():
    seen = valley.seen()
    assert len(seen) == len(finance.SEEN)
    assert (seen["usd_million"] > 0).all()
    assert set(seen["stage"]) == set(finance.STAGES)


def test_divisions_in_the_table_are_right():
    """Capital per annual tonne is the capital of another row over the capacity in the locator."""
    table = data.table("valley_of_death")
    rows = table[(table["unit"] == "usd_per_t_per_year") & (table["kind"] == "derived")]
    found = (
        rows["locator"]
        .str.extract(r"([\d.,]+) million / ([\d,]+) t")
        .apply(lambda column: column.str.replace(",", "").astype(float))
    )
    assert len(rows) >= 5
    assert np.allclose(1e6 * found[0] / found[1], rows["low"], rtol=1e-4)


def test_ranges_ascend():
    table = data.table("valley_of_death").dropna(subset=["high"])
    assert (table["low"] <= table["high"]).all()


def test_what_the_levers_save_is_what_the_model_says():
    drawn = valley.firms(1, scenarios.load("baseline"))
    found = valley.instruments(drawn).set_index("label")
    for lever, handle, label in (
        ("price_floor", "floor_saves", "Price floor"),
        ("offtake", "offtake_saves", "Offtake"),
        ("equity", "equity_saves", "Grants and equity"),
    ):
        stated = scenarios.levers()[lever].overrides[handle]
        ours = found.loc[label, [f"saved_pct_{part}" for part in ("low", "median", "high")]]
        assert 100 * np.array(stated) == pytest.approx(ours.astype(float), abs=2), (
            f"levers.yml, {lever}: {handle} should be near {(ours / 100).round(2).tolist()}"
        )
