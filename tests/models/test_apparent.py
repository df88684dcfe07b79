"""Apparent consumption and import reliance against identities and printed values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth import data
from rareearth.models import apparent

tonnes = st.floats(0, 1e6)


@given(tonnes, tonnes, tonnes, st.floats(-1e5, 1e5))
def test_consumption_balances_what_comes_in_and_goes_out(made, bought, sold, drawn):
    used = apparent.apparent_consumption(made, bought, sold, drawn)
    assert used + sold == pytest.approx(made + bought + drawn), "What comes in must go out or stay."


def test_reliance_at_its_corners():
    reliance = apparent.net_import_reliance([100, 100, 100, 100], [0, 50, 100, 150])
    assert reliance.tolist() == [100, 50, 0, -50]


@given(st.floats(-200, 100), st.floats(1, 1e6))
def test_production_for_inverts_reliance(reliance, consumption):
    made = apparent.production_for(reliance, consumption)
    assert apparent.net_import_reliance(consumption, made) == pytest.approx(reliance, abs=1e-6)


def test_missing_inputs_stay_missing():
    assert np.isnan(apparent.net_import_reliance([100, np.nan], [np.nan, 10])).all()


@pytest.mark.parametrize("consumption", [0, -5])
def test_consumption_must_be_positive(consumption):
    with pytest.raises(ValueError, match="must be positive"):
        apparent.net_import_reliance([10, consumption], [0, 0])


def test_reproduces_the_reliance_that_usgs_prints():
    flows = data.table("us_balance").query("series == 'usgs_mcs2026'").set_index("year")
    compounds = flows[flows["item"] == "compounds and metals"]
    made = compounds[compounds["flow"] == "production"]["t"]
    used = compounds[compounds["flow"] == "apparent consumption"]["t"]
    printed = data.table("us_import_reliance").query("edition == 'MCS 2026'").set_index("year")
    for year, row in printed.iterrows():
        own = float(apparent.net_import_reliance(used[year], made[year]))
        if row["bound"] == "more than":
            assert own > row["reliance_pct"], (
                f"{year}: own {own:.1f}, printed >{row['reliance_pct']}"
            )
        else:
            assert own == pytest.approx(row["reliance_pct"], abs=1), f"{year}: own {own:.1f}"
