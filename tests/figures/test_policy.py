"""Figures of the chapter on policy draw what the frames hold, and keep apart what must be apart."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth import data, scenarios
from rareearth.analysis import market
from rareearth.analysis.policy import (
    finance,
    funding,
    measures,
    precedents,
    price_floor,
    stock,
)
from rareearth.figures import policy as figures
from rareearth.figures import style

pytestmark = pytest.mark.filterwarnings("error::UserWarning")
"""A warning of the drawing would be printed on the page."""

BASELINE = scenarios.load("baseline")
DEALS = funding.federal()


def texts(fig) -> str:
    return " ".join(
        t.get_text() for ax in fig.axes for t in [*ax.texts, *ax.get_yticklabels(), ax._left_title]
    )


def legend(ax) -> set[str]:
    return {text.get_text() for text in ax.get_legend().get_texts()}


@pytest.fixture(scope="module")
def firms():
    return finance.firms(3, BASELINE, count=60)


@pytest.fixture(scope="module")
def gates(firms):
    return finance.stages(firms)


@pytest.fixture(scope="module")
def mixes(firms):
    return finance.instruments(firms, outer=6)


# --- public money ---------------------------------------------------------------------------------


def test_a_billion_is_as_long_in_both_panels():
    fig = figures.money_by_year(DEALS)
    style.settle(fig)
    upper, lower = (ax.get_window_extent().height / ax.get_ylim()[1] for ax in fig.axes)
    assert abs(upper / lower - 1) < 0.05, "The panels have different scales."
    drawn = sum(bar.get_height() for ax in fig.axes for bar in ax.patches)
    kept = DEALS[DEALS["standing"] != funding.VAULT]
    assert drawn == pytest.approx(kept["usd_billion"].sum())


def test_only_money_owed_is_solid_and_full():
    ax = figures.money_by_stage(funding.by_stage(DEALS)[0]).axes[0]
    bars = {name: [] for name in figures.FIRM}
    for name in bars:
        look = style.FIRMNESS[name]
        color = look.get("facecolor", look.get("color"))
        bars[name] = [
            p
            for p in ax.patches
            if to_hex(p.get_facecolor()) == to_hex(color) and p.get_hatch() == look.get("hatch")
        ]
    assert all(bars.values()), "a standing is not drawn"
    assert not any(p.get_hatch() for p in bars["counted"])
    assert sum(p.get_width() for part in bars.values() for p in part) == pytest.approx(
        DEALS.loc[DEALS["standing"] != funding.VAULT, "usd_billion"].sum()
    )


def test_each_bar_of_the_mix_ends_at_a_hundred():
    ax = figures.money_mix(funding.mix(DEALS)).axes[0]
    ends = {}
    for bar in ax.patches:
        ends[bar.get_y()] = max(ends.get(bar.get_y(), 0), bar.get_x() + bar.get_width())
    assert len(ends) == len(funding.STANDINGS) == len(figures.STEPS)
    assert list(ends.values()) == pytest.approx([100] * len(ends))


def test_programmes_of_allies_are_hollow():
    sums = pd.DataFrame(
        {
            "country": ["Japan", "Japan", "India"],
            "standing": ["committed", "conditional", "envelope"],
            "usd_billion": [0.5, 0.2, 0.9],
        }
    )
    ax = figures.allies(sums).axes[0]
    hollow = [p.get_width() for p in ax.patches if to_hex(p.get_facecolor()) == "#ffffff"]
    assert hollow == [0.9]
    assert [p.get_width() for p in ax.patches if p.get_hatch()] == pytest.approx([0.2])
    assert "0.50 of 0.70" in texts(ax.figure)


# --- measures -------------------------------------------------------------------------------------


def test_only_measures_in_force_are_filled():
    rows = pd.DataFrame(
        {
            "lever": ["price_floor", "price_floor", "offtake"],
            "stage": ["x", "x", "y"],
            "state": ["proposed", "in force", "bill"],
        }
    )
    ax = figures.where(rows, ("x", "y")).axes[0]
    dots = [dot for dot in ax.lines if dot.get_marker() == "o" and len(dot.get_xdata())]
    full = {tuple(d.get_xydata()[0]): to_hex(d.get_markerfacecolor()) for d in dots}
    assert [color == figures.BLUE for _, color in sorted(full.items())] == [True, False, False]


def test_every_kind_of_measure_has_a_row():
    assert set(data.table("policy_levers")["lever"]) == set(figures.LEVERS)


def test_a_request_is_no_bar():
    fig = figures.budgets(measures.budgets()[0])
    table = data.table("research_budgets")
    arpa = table[(table["line"] == "ARPA-E") & (table["stage"] == "enacted")]
    heights = [bar.get_height() for bar in fig.axes[0].patches]
    assert sorted(heights) == sorted(arpa["usd_million"])
    assert "asked\n200" in texts(fig)
    assert legend(fig.axes[1]) == {"Asked", "Enacted"}


# --- the price floor ------------------------------------------------------------------------------


def test_history_draws_the_floor_from_start_to_end_and_the_model_dotted():
    prices, agreed = price_floor.price_history(50, 1, BASELINE)[0], price_floor.terms()
    fig = figures.price_history(prices, agreed)
    (line,) = [c for c in fig.axes[0].collections if len(c.get_paths()[0].vertices) == 2]
    ends = line.get_paths()[0].vertices
    assert ends[:, 0].tolist() == [agreed.start, agreed.end] and (ends[:, 1] == agreed.floor).all()
    dotted = [line for line in fig.axes[0].lines if line.get_linestyle() not in ("-", "None")]
    assert [len(line.get_xdata()) for line in dotted] == [
        (prices["series"] == price_floor.MODEL).sum()
    ]
    assert set(figures.QUOTES) == set(price_floor.SHOWN)


def test_a_payment_not_seen_in_a_filing_is_paler():
    quarters, coming, _ = price_floor.payments(50, 1, BASELINE)
    left, right = figures.payments(quarters, coming).axes
    assert [bar.get_height() for bar in left.patches] == quarters["usd_million"].tolist()
    pale = [bar.get_alpha() is not None for bar in left.patches]
    assert pale == (quarters["kind"] != "reported").tolist()
    assert right.get_ylim()[0] == 0 and right.get_ylim()[1] >= coming["high_90"].max()


def test_bill_draws_each_view_twice_and_names_its_median():
    bills, _ = price_floor.bills(200, 1, BASELINE)
    fig = figures.bill(bills)
    spans = {tuple(line.get_xdata()) for line in fig.axes[0].lines if len(line.get_xdata()) == 2}
    for row in bills.itertuples():
        assert (row.low_90, row.high_90) in spans and (row.low_50, row.high_50) in spans
    shown = texts(fig).replace("\n", " ")
    assert all(view in shown for view in market.PROCESSES)


def test_levels_mark_the_floor_in_force_and_name_both_views():
    costs = price_floor.other_floors(50, 1, BASELINE)
    fig = figures.floor_levels(costs, 110.0)
    assert all(any(set(line.get_xdata()) == {110.0} for line in ax.lines) for ax in fig.axes)
    named = " ".join(a.get_text() for a in fig.axes[1].findobj(style.EndLabel)).replace("\n", " ")
    assert all(view.capitalize() in named for view in costs["view"].unique())
    assert "in force" in texts(fig) and fig.axes[1].get_ylim() == (0, 100)


# --- first plants ---------------------------------------------------------------------------------


def test_private_money_and_gap_fill_the_bar_of_the_cost(gates):
    left, right = figures.gaps(gates).axes
    ends = {}
    for bar in left.patches:
        ends[bar.get_y()] = max(ends.get(bar.get_y(), 0), bar.get_x() + bar.get_width())
    assert sorted(ends.values()) == pytest.approx(sorted(gates["cost_usd_million"]))
    assert sorted(bar.get_width() for bar in right.patches) == sorted(gates["gap_share_pct"])


def test_survival_names_every_mix(mixes):
    fig = figures.survival(mixes)
    assert [t.get_text() for t in fig.axes[0].get_yticklabels()] == list(finance.MIXES)


def test_money_is_drawn_only_where_there_is_some(mixes):
    ax = figures.public_money(mixes).axes[0]
    assert ax.get_xscale() == "log" and "log scale" in ax.get_xlabel()
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    drawn = sorted(float(x) for dot in dots for x in dot.get_xdata() if np.isfinite(x))
    medians = mixes[["kept_usd_million_median", "paid_out_usd_million_median"]].to_numpy()
    assert drawn == pytest.approx(sorted(medians[np.isfinite(medians)]))


def test_loans_show_both_cases_and_the_record(firms):
    ax = figures.loans(finance.losses(firms), 3.0).axes[0]
    assert legend(ax) == {"No other public help", "All other instruments pulled"}
    assert [3.0, 3.0] in [list(line.get_xdata()) for line in ax.lines]


def test_evidence_has_a_mark_for_every_row(gates):
    seen = finance.seen()
    ax = figures.evidence(seen, gates).axes[0]
    marks = np.concatenate([c.get_offsets()[:, 0] for c in ax.collections])
    assert sorted(marks) == pytest.approx(sorted(seen["usd_million"]))
    low, high = ax.get_xlim()
    assert low < seen["usd_million"].min() and seen["usd_million"].max() < high


# --- the stockpile --------------------------------------------------------------------------------


def test_values_on_two_price_bases_look_unlike():
    history, _ = stock.value()
    ax = figures.stock_value(history).axes[0]
    assert sorted(b.get_width() for b in ax.patches) == sorted(history["value_usd_billion"])
    assert len({to_hex(bar.get_facecolor()) for bar in ax.patches}) == 2


def test_cover_shows_every_need_and_the_goals():
    covered, _ = stock.cover()
    fig = figures.stock_cover(covered, {"a goal": 180})
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    drawn = np.concatenate([dot.get_xdata() for dot in dots])
    assert sorted(drawn) == pytest.approx(sorted(covered["days"]))
    assert "a goal" in texts(fig) and "logarithmic" in fig.axes[0].get_xlabel()


def test_the_plan_stands_on_the_curve_of_risk():
    size, _ = stock.size(100, 1, BASELINE)
    fig = figures.stock_risk(size.curve, {"NdPr": 2.0}, size.best)
    dots = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    on_curve = np.interp(2.0, size.curve["months"], size.curve["covered_pct"])
    assert dots[0].get_xydata()[0] == pytest.approx([2.0, on_curve])
    assert f"{round(size.best['usd_million'], -1):,.0f} million" in texts(fig)


# --- precedents -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def path():
    return precedents.expected(20, 1, BASELINE)[0]


def test_hopes_for_rubber_and_paths_of_magnets_are_not_drawn_as_measured(path):
    shown, _ = precedents.rubber_and_magnets(path)
    assert set(shown["series"]) == set(figures.SHARES)
    ax = figures.rubber_and_magnets(shown).axes[0]
    hollow = [d for d in ax.lines if d.get_marker() == "o" and d.get_markerfacecolor() == "white"]
    hoped = shown.loc[shown["series"] == "rubber, hoped for", "years"]
    assert sorted(np.concatenate([d.get_xdata() for d in hollow])) == sorted(hoped)
    blue = [d for d in ax.lines if d.get_color() == figures.BLUE]
    assert blue and all(d.get_linestyle() != "-" for d in blue)


def test_what_would_be_needed_is_hatched(path):
    rates, _ = precedents.rates(path, precedents.shares(path)[0])
    ax = figures.rates(rates).axes[0]
    hatched = [bool(p.get_hatch()) for p in ax.patches]
    assert hatched == (rates["kind"] != "reported").tolist()


def test_ramps_end_in_their_names(path):
    fig = figures.ramps(precedents.shares(path)[0])
    named = {label.get_text() for label in fig.axes[0].findobj(style.EndLabel)}
    assert named == set(style.PRECEDENTS)
