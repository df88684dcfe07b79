"""The balance of a deposit against demand: mass balance, binding element, mixtures."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import basket

MIX = pd.Series({"La": 50.0, "Nd": 20.0, "Dy": 0.5})
shares = st.floats(0.1, 40)
tonnes = st.floats(0.1, 1e5)


def test_balance_by_hand():
    result = basket.balance(MIX, pd.Series({"Nd": 10.0, "Dy": 1.0}))
    assert result.treo_t == pytest.approx(200), "1 t of Dy at 0.5 percent"
    assert result.binding == "Dy"
    assert result.surplus_t.to_dict() == pytest.approx({"La": 100, "Nd": 30, "Dy": 0})


@given(shares, shares, tonnes, tonnes)
def test_the_binding_element_is_used_up_and_no_other_falls_short(nd, dy, want_nd, want_dy):
    mix = pd.Series({"La": 10.0, "Nd": nd, "Dy": dy})
    result = basket.balance(mix, pd.Series({"Nd": want_nd, "Dy": want_dy}))
    assert result.surplus_t[result.binding] == pytest.approx(0, abs=1e-6 * result.treo_t)
    assert (result.surplus_t >= -1e-6 * result.treo_t).all()
    supplied = (mix * result.treo_t / 100).sum()
    assert result.surplus_t.sum() == pytest.approx(supplied - want_nd - want_dy, rel=1e-6)


@given(tonnes, st.floats(1.1, 10))
def test_balance_scales_with_demand(want, factor):
    one = basket.balance(MIX, pd.Series({"Nd": want}))
    many = basket.balance(MIX, pd.Series({"Nd": want * factor}))
    assert many.treo_t == pytest.approx(one.treo_t * factor)


def test_an_element_that_the_deposit_lacks_is_an_error_that_names_it():
    with pytest.raises(ValueError, match="holds no Tb"):
        basket.balance(MIX, pd.Series({"Tb": 1.0}))
    with pytest.raises(ValueError, match="Nothing is demanded"):
        basket.balance(MIX, pd.Series({"Nd": 0.0}))


def test_a_blend_meets_the_need_exactly():
    share = basket.blend(15, 175, 115)
    assert (1 - share) * 15 + share * 175 == pytest.approx(115)
    assert basket.blend(120, 175, 115) == 0, "the first deposit is enough"
    with pytest.raises(ValueError, match="Neither deposit"):
        basket.blend(15, 100, 115)


def test_groups_hold_everything_once():
    mix = pd.Series({"La": 30.0, "Ce": 40.0, "Nd": 15.0, "Dy+Tb": 1.0, "Sm": 2.0})
    groups = {"light": ("La", "Ce"), "heavy": ("Dy", "Tb", "Dy+Tb"), "Nd": ("Nd",)}
    result = basket.grouped(mix, groups)
    assert result.to_dict() == {
        "light": 70, "heavy": 1, "Nd": 15, "other": 2, "not stated": 12,
    }  # fmt: skip
    assert basket.grouped(mix * 1.2, groups)["not stated"] == 0, "more than 100 leaves no gap"


def test_what_is_no_share_and_no_tonnage_is_refused():
    with pytest.raises(ValueError, match="A share of the mix must be a number"):
        basket.balance(MIX.where(MIX > 1), pd.Series({"Nd": 1.0}))
    with pytest.raises(ValueError, match="A demand must be at least 0"):
        basket.balance(MIX, pd.Series({"Nd": -1.0}))
