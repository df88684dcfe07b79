"""Figures of the history chapter draw all of their rows and mark what they must."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth.analysis import history as analysis
from rareearth.figures import history, style


def drawn(fig):
    style.settle(fig)
    faults = style.unlabelled(fig)
    assert not faults, f"Name the unit with style.unit: {faults}"
    return fig


def texts(fig):
    return [t.get_text() for ax in fig.axes for t in ax.texts]


def marks(ax, marker="o"):
    """Points with a marker, and whether each is hollow."""
    lines = [line for line in ax.lines if line.get_marker() == marker]
    return [
        (x, to_hex(line.get_markerfacecolor()) == "#ffffff")
        for line in lines
        for x in np.atleast_1d(line.get_xdata())
    ]


def test_mine_production_marks_each_break_once():
    rows = pd.DataFrame(
        [(y, c, v) for y in range(1970, 2000) for c, v in (("China", 1.0), ("Other", 2.0))],
        columns=["year", "country", "reo_kt"],
    )
    fig = drawn(history.mine_production(rows, {1975: "one", 1985: "two"}, split=1980))
    assert sorted(t for t in texts(fig) if t in ("one", "two")) == ["one", "two"]


def test_shares_leave_a_gap_where_a_year_is_missing():
    years = [1950, 2001, 2003]
    shares = pd.DataFrame({"year": years, "country": "China", "share_pct": 50.0})
    shares = shares.assign(low_hhi=[np.nan, 2500, 2600], high_hhi=[np.nan, 5000, 2600])
    fig = drawn(history.shares_and_concentration(shares))
    line = fig.axes[0].lines[0].get_ydata()
    assert np.isfinite(line).sum() == len(years), "A missing year must not be bridged by a line."


def test_each_flow_of_the_balance_is_drawn_in_its_panel():
    balance, _ = analysis.us_balance()
    fig = drawn(history.us_balance(balance))
    for ax, (flow, rows) in zip(fig.axes, balance.groupby("flow", sort=False), strict=True):
        assert ax.get_title(loc="left") == flow.capitalize()
        shown = [y for line in ax.lines if len(line.get_ydata()) > 2 for y in line.get_ydata()]
        assert np.isclose(np.nansum(shown), rows["kt"].sum()), flow
        newest = rows[rows["year"] == 2025]
        assert sum(hollow for _, hollow in marks(ax)) == len(newest), "2025 is an estimate."


def test_import_reliance_draws_bounds_hollow_and_nothing_below_the_edge():
    reliance, _ = analysis.import_reliance()
    ax = drawn(history.import_reliance(reliance)).axes[0]
    hollow = sorted(x for x, empty in marks(ax) if empty)
    bounds = reliance.loc[reliance["bound"] == "more than", "year"]
    assert hollow == sorted(bounds), "Lower bounds (more than) are drawn hollow."
    assert min(np.nanmin(line.get_ydata()) for line in ax.lines) > ax.get_ylim()[0]


def test_timeline_draws_targets_hollow_and_names_each_label():
    events, _ = analysis.timeline()
    fig = drawn(history.timeline(events))
    assert set(events["label"].dropna()) <= set(texts(fig))
    dots = marks(fig.axes[0])
    assert len(dots) == len(events), "An event has no lane."
    hollow = sum(empty for _, empty in dots)
    assert hollow == (events["kind"] == "target").sum(), "Dates set in advance are drawn hollow."


def test_timeline_labels_do_not_overlap():
    events, _ = analysis.timeline()
    fig = drawn(history.timeline(events))
    labels = set(events["label"].dropna())
    boxes = sorted(
        (t.get_window_extent() for t in fig.axes[0].texts if t.get_text() in labels),
        key=lambda box: -box.y1,
    )
    overlaps = [b.y1 - a.y0 for a, b in pairwise(boxes) if b.y1 > a.y0 + 1]
    assert not overlaps, "Raise the figure's height or drop a label from the events table."


def test_prices_on_another_basis_are_hollow_and_single_ones_have_words():
    spike, _ = analysis.price_spike()
    fig = drawn(history.price_spike(spike))
    shown = spike.dropna(subset=["group", "when"])
    hollow = sum(empty for ax in fig.axes for _, empty in marks(ax))
    assert hollow == shown["another_basis"].sum()
    alone = shown.dropna(subset=["peak"])
    assert len(alone) == sum(len(marks(ax, "^")) for ax in fig.axes) > 0
    assert set(alone["element"] + ", " + alone["peak"]) <= set(texts(fig))
    low, high = fig.axes[0].get_ylim()
    assert shown["multiple"].between(low, high).all(), "A price lies outside the axes."


def test_price_gap_draws_every_pair():
    gap, _ = analysis.price_gap()
    bars = drawn(history.price_gap(gap)).axes[0].patches
    quotes = gap.loc[gap["comparison"] == "quotes", "ratio"]
    assert sorted(bar.get_width() for bar in bars) == sorted(quotes)


def test_quota_figures_draw_derived_points_hollow_and_silent_years_shaded():
    quotas, _ = analysis.production_quotas()
    fig = drawn(history.production_quotas(quotas, analysis.SILENT))
    parts = quotas[(quotas["quantity"] == "mining quota") & (quotas["split"] != "total")]
    derived = parts["kt"].notna() & (parts["kind"] == "derived")
    assert sum(empty for _, empty in marks(fig.axes[1])) == derived.sum() > 0
    assert "not\npublished" in texts(fig)


def test_halves_of_export_quotas_name_their_heavy_part():
    totals, halves, _ = analysis.export_quotas()
    left, right = drawn(history.export_quotas(totals, halves)).axes
    heavy = halves[halves["split"] == "heavy"]
    assert [t.get_text() for t in right.texts] == [f"{kt:.1f}" for kt in heavy["kt"]]
    quota = totals[totals["quantity"] == "export quota"]["kt"].dropna()
    assert sorted(bar.get_height() for bar in left.patches) == sorted(quota)


def test_bars_of_each_owner_stand_on_their_years():
    mine, _ = analysis.mountain_pass()
    bottom = drawn(history.mountain_pass(**mine)).axes[1]
    color = to_hex(style.ACTORS["United States"])
    own = [bar for bar in bottom.patches if to_hex(bar.get_facecolor()) == color]
    first = min(bar.get_x() + bar.get_width() / 2 for bar in own)
    assert round(first) == analysis.MP_SINCE and len(bottom.patches) == len(mine["years"])


def test_reserves_draw_a_resource_unlike_a_reserve():
    by_country, american, _ = analysis.reserves()
    fig = drawn(history.reserves(by_country, american))
    hatched = [bar for bar in fig.axes[1].patches if bar.get_hatch()]
    assert len(hatched) == 1, "Only the inventory of 2010 counts resources."


def test_japan_joins_only_the_two_official_values():
    points, _ = analysis.japan()
    ax = drawn(history.japan(points)).axes[0]
    joined = [line for line in ax.lines if line.get_linestyle() not in ("None", "")]
    slanted = [line for line in joined if len(set(line.get_xdata())) > 1]
    assert [len(line.get_xdata()) for line in slanted] == [2]


def test_each_bill_is_a_dot_and_each_stage_has_all_its_years():
    policy, _ = analysis.laws_money_output()
    axes = drawn(history.laws_money_output(**policy, silent="none")).axes
    assert len(marks(axes[0])) == len(policy["bills"])
    sizes = policy["output"].groupby("stage", sort=False).size()
    assert [len(ax.patches) for ax in axes[2:5]] == list(sizes[list(history.OUTPUT)])


def test_money_that_nobody_owes_is_hatched():
    money, _ = analysis.money()
    bars = drawn(history.money_by_standing(money)).axes[0].patches
    assert [bool(bar.get_hatch()) for bar in bars] == list(money["kind"] == "target")


def test_prices_mark_what_is_no_annual_average():
    prices, _ = analysis.oxide_prices()
    ax = drawn(history.oxide_prices(prices)).axes[0]
    assert len(marks(ax)) == (prices["statistic"] != "annual average").sum()


def test_smuggled_and_recorded_stack_to_what_left():
    left, _ = analysis.smuggled()
    ax = drawn(history.smuggled(left)).axes[0]
    widths = sorted(bar.get_width() for bar in ax.patches if bar.get_width())
    assert widths == pytest.approx(sorted(left["kt"]))


def test_acts_with_an_end_are_bars_and_events_are_dots():
    ore, spans, _ = analysis.why_china_won()
    _, bottom = drawn(history.why_china_won(ore, spans)).axes
    assert len(bottom.patches) == spans["end"].notna().sum()
    assert len(bottom.lines) == spans["end"].isna().sum()
