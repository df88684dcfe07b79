"""The published plant for phosphogypsum: present value, tax, leaching."""

import numpy as np
import pandas as pd
import pytest

from rareearth.models import extraction, gypsum


def test_present_value_of_an_untaxed_plant_is_an_annuity():
    value = gypsum.net_present_value(
        cash=10.0, depreciable=50.0, other_capital=7.0, rate=0.1, tax=0.0, construction=(1.0,),
        depreciation=(1.0,), years=20,
    )  # fmt: skip
    annuity = 10 / extraction.capital_recovery_factor(0.1, 20)
    assert value == pytest.approx(annuity - 57)


def test_tax_takes_its_part_of_what_is_not_written_off():
    sums = {"cash": 10.0, "depreciable": 40.0, "other_capital": 0.0, "rate": 0.0}
    rule = {"construction": (0.4, 0.6), "depreciation": (0.5, 0.5), "years": 10}
    net = gypsum.net_present_value(**sums, tax=0.25, **rule)
    # Losses of the first two years, 10 - 20, earn no refund; eight years pay on 10.
    assert net == pytest.approx(10 * 10 - 40 - 0.25 * 8 * 10)
    working = gypsum.net_present_value(**sums, tax=0.25, working_share=0.1, **rule)
    assert working == pytest.approx(net)  # returned at the end, no interest


def test_leaching_is_the_optimum_there_and_additive_off_it():
    curves = pd.DataFrame(
        {
            "variable": ["a", "a", "b", "b"],
            "x": [0.0, 10.0, 0.0, 4.0],
            "leaching_efficiency_fraction": [0.2, 0.6, 0.3, 0.5],
        }
    )
    best = {"a": 10.0, "b": 4.0}
    assert gypsum.leaching_efficiency(curves, best, best, 0.6) == pytest.approx(0.6)
    off = {"a": np.array([5.0, 10.0]), "b": np.array([2.0, 2.0])}
    assert gypsum.leaching_efficiency(curves, off, best, 0.6) == pytest.approx([0.3, 0.5])
