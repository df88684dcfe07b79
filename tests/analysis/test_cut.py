"""What a cut costs: losses if it happens, apart from what is weighted by probability."""

import pytest

from rareearth import data
from rareearth.analysis import cut


def test_no_expected_value_and_no_money_stands_among_losses_if_it_happens():
    frame = cut.losses()
    rows = data.table("cut_cost").set_index("source")
    weighted = rows[rows["question"] == "expected value"].index
    assert not set(frame["source"]) & set(weighted)
    assert (frame["low_pct"] <= frame["high_pct"]).all() and frame["high_pct"].max() < 100
    assert frame[["geography", "scenario", "source"]].duplicated().sum() == 0


def test_two_ends_of_one_estimate_are_one_row():
    row = cut.losses().set_index("source").loc["ecb_2026"]
    assert (row["low_pct"], row["high_pct"]) == (0.3, 0.6)


def test_dollars_are_percent_of_a_years_product():
    frame = cut.american()
    assert frame["high_pct"].is_monotonic_decreasing
    fund = frame.set_index("source").loc["imf_wp_26_73"]
    assert fund["high_usd_billion"] == pytest.approx(1.5 / 100 * 27720.7)
    deeper, partial = fund["low_pct"], frame.set_index("source").loc["ecb_2026", "high_pct"]
    assert deeper > partial, "the deeper cut costs more"


def test_printed_losses_and_expected_values_share_no_row():
    table = cut.printed()
    happens, weighted = table["Loss if it happens"], table["Loss weighted by probability"]
    assert ((happens == "") != (weighted == "")).all()
    assert (weighted != "").sum() == 1
    assert table["Who loses"].iloc[0] == "United States"


def test_the_expected_value_is_far_below_the_loss_if_it_happens():
    answers = cut.answers()
    assert answers["usgs-loss"].value < answers["ecb-usd-low"].value / 10
    assert answers["imf-us-usd"].value % 10 == 0, "no digit that the percentage does not bear"


def test_an_unnamed_estimate_is_refused(monkeypatch):
    monkeypatch.delitem(cut.WHO, "ecb_2026")
    with pytest.raises(ValueError, match="ecb_2026"):
        cut.losses()
