"""The stress test of 2030: what fills the hole adds up, and who is served first lacks least."""

import numpy as np
import pytest

from rareearth import scenarios
from rareearth.analysis import stress
from rareearth.models import disruption


@pytest.fixture(scope="module")
def ran():
    return stress.run(scenarios.load("baseline"), 60, 1)


def test_each_month_is_filled_to_the_need(ran):
    filled, _ = stress.months(ran)
    total = filled[list(disruption.FILLS)].sum(axis=1)
    np.testing.assert_allclose(total, 100, atol=1e-6)


def test_a_stop_that_reaches_goods_leaves_more_short(ran):
    short, _ = stress.uses(ran)
    by_case = short.groupby("case", sort=False)["median"].sum()
    assert by_case[stress.GOODS] > by_case[stress.MAGNETS]
    defence = short[short["use"] == "Defence"]
    assert (defence["median"] == 0).all(), "served first, defence lacks nothing in the median"


def test_no_use_is_short_of_more_than_its_need(ran):
    short, _ = stress.uses(ran)
    assert (short["high"] <= short["need_t"] * 2).all() and (short["low"] >= 0).all()
