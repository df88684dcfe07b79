"""The supply cut: limits, conservation, order of service and the closed form of the stock."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rareearth.models import disruption

MONTHS, DRAWS = 36, 5
RANK = (0, 1, 1)


def need(scale=(5.0, 40.0, 55.0)):
    """Defence and two civil uses, two groups, the second a twentieth of the first."""
    by_use = np.array(scale)[None, :, None, None] * np.array([1.0, 0.05])[None, None, :, None]
    return np.broadcast_to(by_use, (MONTHS, len(scale), 2, DRAWS)).copy()


def full(value, *shape):
    return np.full(shape or (DRAWS,), float(value))


def cut(share=1.0, start=6, months=12, warning=0):
    return disruption.Cut(full(share, 2, DRAWS), full(start), full(months), full(warning))


def response(surge=0.0, surge_months=12, thrift=0.0, thrift_months=12):
    return disruption.Response(*map(full, (surge, surge_months, thrift, thrift_months)))


def stocks(commercial=0.0, strategic=0.0, reserved=0.0):
    return disruption.Stocks(*(full(v, 2, DRAWS) for v in (commercial, strategic, reserved)))


def run(c=None, r=None, s=None, others=0.2, wanted=None):
    wanted = need() if wanted is None else wanted
    elsewhere = others * wanted.sum(axis=1)
    return disruption.simulate(wanted, elsewhere, c or cut(), r or response(), s or stocks(), RANK)


def short(**kwargs):
    return run(**kwargs).shortage.sum()


def test_without_a_cut_nothing_is_short_and_nothing_is_drawn():
    for none in (cut(share=0), cut(months=0)):
        out = run(none, response(0.5, 6, 0.2, 6), stocks(50, 50))
        assert np.allclose(out.delivered, out.need)
        for part in disruption.FILLS[1:]:
            assert not getattr(out, part).any(), f"{part} moves although nothing is cut"


def test_a_stock_as_large_as_the_hole_leaves_nothing_short():
    hole = 100 * 0.8 * 12
    assert short(s=stocks(strategic=hole)) == pytest.approx(0, abs=1e-9)
    assert short(s=stocks(commercial=hole / 2, strategic=hole / 2)) == pytest.approx(0, abs=1e-9)


def test_all_that_elsewhere_can_deliver_makes_a_cut_harmless():
    assert short(others=1.5) == 0


@settings(max_examples=60, deadline=None)
@given(
    share=st.floats(0, 1),
    start=st.floats(0, 30),
    months=st.floats(0, 30),
    warning=st.floats(0, 6),
    others=st.floats(0, 1.2),
    surge=st.floats(0, 1),
    thrift=st.floats(0, 0.5),
    commercial=st.floats(0, 400),
    strategic=st.floats(0, 400),
    reserved=st.floats(0, 100),
)
def test_mass_is_conserved_each_month(
    share, start, months, warning, others, surge, thrift, commercial, strategic, reserved
):
    out = run(
        cut(share, start, months, warning),
        response(surge, 10, thrift, 5),
        stocks(commercial, strategic, reserved),
        others,
    )
    filled = sum(getattr(out, part) for part in disruption.FILLS)
    assert np.allclose(filled, out.need), "what fills the need and what is short do not add to it"
    assert np.allclose(out.short_by_use.sum(axis=1), out.shortage)
    for part in disruption.FILLS:
        assert (getattr(out, part) > -1e-9).all(), f"{part} is negative"
    assert (out.commercial.sum(axis=0) <= commercial + 1e-6).all(), "firms draw more than they have"
    assert (out.strategic.sum(axis=0) <= strategic + 1e-6).all(), "more is released than is held"


@pytest.mark.parametrize(
    ("build", "values", "rises"),
    [
        (lambda v: {"c": cut(share=v)}, (0.2, 0.5, 0.9, 1.0), True),
        (lambda v: {"c": cut(months=v)}, (1, 3.5, 12, 24), True),
        (lambda v: {"c": cut(warning=v), "r": response(0.3, 12, 0.2, 12)}, (0, 1, 4, 6), False),
        (lambda v: {"s": stocks(commercial=v)}, (0, 10, 200, 500), False),
        (lambda v: {"s": stocks(strategic=v)}, (0, 10, 200, 500), False),
        (lambda v: {"r": response(surge=v)}, (0, 0.1, 0.5, 1), False),
        (lambda v: {"r": response(thrift=v)}, (0, 0.1, 0.2, 0.3), False),
        (lambda v: {"r": response(0.3, v, 0.2, v)}, (0, 3, 12, 24), True),
        (lambda v: {"others": v}, (0, 0.2, 0.6, 1), False),
    ],
    ids=[
        "share", "length", "warning", "firms", "state", "surge", "thrift", "slowness", "others",
    ],
)  # fmt: skip
def test_the_shortage_moves_one_way(build, values, rises):
    found = [short(**build(v)) for v in values]
    steps = np.diff(found) * (1 if rises else -1)
    assert (steps >= -1e-9).all(), f"shortage over rising values: {found}"
    assert abs(found[-1] - found[0]) > 1, "the input has no effect at all"


def test_the_hole_has_its_closed_form():
    # share of the cut, times what the country delivers, times months, less what firms hold
    out = run(cut(0.75, 6.25, 7.5), s=stocks(commercial=100))
    expected = 0.75 * 100 * 0.8 * 7.5 - 100
    assert np.allclose(out.shortage[:, 0].sum(axis=0), expected)


def test_half_a_month_of_cut_is_half_a_hole():
    out = run(cut(1, 6.5, 0.5))
    assert np.allclose(out.shortage[:, 0].sum(axis=0), 0.5 * 80)
    assert (np.flatnonzero(out.shortage[:, 0, 0]) == [6]).all()


def test_the_stock_needed_is_what_it_takes_and_no_more():
    rng = np.random.default_rng(1)
    length = rng.uniform(1, 20, DRAWS)
    c = cut()._replace(months=length)
    without = run(c).shortage[:, 0].sum(axis=0)
    size = disruption.stock_needed(without, 0.8)
    assert size == pytest.approx(np.sort(length)[3] * 80)

    def covered(stock):
        after = run(c, s=stocks(strategic=stock)).shortage[:, 0].sum(axis=0)
        return (after <= 1e-6).mean()

    assert covered(size) >= 0.8, "the stock does not cover what it is said to cover"
    assert covered(size - 1) < 0.8, "a smaller stock would do"
    assert disruption.risk_covered(without, size) >= 0.8


def test_a_tolerated_shortage_makes_the_stock_smaller():
    without = np.linspace(0, 100, 101)
    assert disruption.stock_needed(without, 0.9) == pytest.approx(90)
    assert disruption.stock_needed(without, 0.9, tolerated=30) == pytest.approx(60)
    with pytest.raises(ValueError, match="0 to 1"):
        disruption.stock_needed(without, 90)


def test_the_cheapest_pair_covers_and_beats_every_other_pair():
    rng = np.random.default_rng(2)
    holes = rng.gamma(1.5, 10, (2, 40)) * np.array([[1.0], [0.2]])
    price = np.array([1.0, 8.0])
    pair = disruption.cheapest_stocks(holes, price, 0.9)

    def covered(stock):
        return (holes <= np.array(stock)[:, None] + 1e-12).all(axis=0).mean()

    assert covered(pair) >= 0.9
    best = min(price @ (a, b) for a in holes[0] for b in holes[1] if covered((a, b)) >= 0.9)
    assert price @ pair == pytest.approx(best), "another pair is cheaper"


def test_when_both_groups_move_together_one_quantile_serves_both():
    hole = np.linspace(1, 100, 100)
    pair = disruption.cheapest_stocks(np.stack([hole, 0.1 * hole]), (1.0, 5.0), 0.9)
    assert pair == pytest.approx([90, 9])


def test_defence_is_served_first():
    out = run(cut(0.9), others=0.06)
    assert out.shortage.sum() > 0
    assert np.allclose(out.short_by_use[:, 0], 0), "defence is short while others are served"
    rate = out.short_by_use[8] / need()[8]
    assert np.allclose(rate[1], rate[2]), "users of one rank must share alike"


def test_what_is_reserved_is_left_for_defence():
    wanted = need()
    held = stocks(strategic=120, reserved=60)
    out = run(cut(1), s=held, others=0.0, wanted=wanted)
    civil = out.need[6:18, 0] - 5 - out.short_by_use[6:18, 1:, 0].sum(axis=1)
    assert np.allclose(out.short_by_use[6:18, 0, 0], 0), "the reserve lasts a year of defence need"
    # what is open to all lasts one month, in which defence takes its five tonnes first
    assert civil.sum(axis=0) == pytest.approx(np.full(DRAWS, 120 - 60 - 5))
    free = run(cut(1), s=stocks(strategic=120), others=0.0, wanted=wanted)
    assert free.short_by_use[6:18, 0].sum() > 0, "without a reserve, civil users empty the stock"


def test_ranks_are_served_one_after_the_other():
    wanted = np.array([10.0, 20, 30])[None, :, None, None]
    served = disruption.allocate(np.array([[[25.0]]]), wanted, (0, 1, 2))
    assert served.ravel() == pytest.approx([10, 15, 0])
    served = disruption.allocate(np.array([[[35.0]]]), wanted, (0, 1, 1))
    assert served.ravel() == pytest.approx([10, 10, 15])


def test_years_add_up_to_months():
    yearly_need = np.repeat(need()[:1] * 12, 5, axis=0)
    others = 0.2 * yearly_need.sum(axis=1)
    c = cut(0.9, 18, 14, 2)
    r = response(0.3, 12, 0.1, 6)
    months = stocks(1.5, 2.0, 6.0)
    out = disruption.by_year(yearly_need, others, c, r, months, RANK)
    base = need()[0]
    held = disruption.Stocks(1.5 * base.sum(axis=0), 2.0 * base.sum(axis=0), 6.0 * base[0])
    monthly = disruption.simulate(
        np.repeat(yearly_need / 12, 12, axis=0),
        np.repeat(others / 12, 12, axis=0),
        c,
        r,
        held,
        RANK,
    )
    for part in (*disruption.FILLS, "short_by_use"):
        assert np.allclose(getattr(out, part), disruption.yearly(getattr(monthly, part))), part
    assert not out.shortage[[0, 3, 4]].any(), "years outside the cut must not be short"


def test_a_cut_after_the_last_year_does_nothing():
    yearly_need = np.repeat(need()[:1] * 12, 3, axis=0)
    out = disruption.by_year(
        yearly_need, 0 * yearly_need.sum(axis=1), cut(start=60), response(), stocks(), RANK
    )
    assert np.allclose(out.delivered, out.need) and not out.shortage.any()


def test_a_stock_in_months_follows_the_year_of_the_cut():
    wanted = np.stack([need()[0], 2 * need()[0]])
    late = cut()._replace(start=np.array([0.0, 11.9, 12, 20, 40]))
    held = disruption.in_tonnes(wanted, late, stocks(1, 2, 3), RANK)
    assert held.commercial[0] == pytest.approx([100, 100, 200, 200, 200])
    assert held.strategic[1] == pytest.approx([10, 10, 20, 20, 20])
    assert held.reserved[0] == pytest.approx([15, 15, 30, 30, 30])


def test_response_starts_with_the_warning():
    grown = disruption.ramp(12, full(-2.0), full(4.0))[:, 0]
    assert grown[0] == pytest.approx(2.5 / 4) and grown[2] == 1
    assert disruption.ramp(3, full(1.0), full(0.0))[:, 0] == pytest.approx([0, 1, 1])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"c": cut(share=1.2)}, "cut share"),
        ({"c": cut(months=-1)}, "cut months"),
        ({"r": response(thrift=2)}, "thrift"),
        ({"r": response(surge_months=-1)}, "surge_months"),
        ({"s": stocks(strategic=-1)}, "strategic stock"),
        ({"wanted": need((1.0, 2.0))}, "one rank per use"),
    ],
)
def test_impossible_inputs_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        run(**change)


def test_holding_costs_are_value_times_rate():
    assert disruption.yearly_cost(100, 70_000, 0.05) == pytest.approx(350_000)
