"""Figures of the history chapter draw the real tables and mark what they must."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.colors import to_hex

from rareearth import data
from rareearth.figures import history, style


def drawn(fig):
    faults = style.unlabelled(fig)
    assert not faults, f"Name the unit with style.unit: {faults}"
    return fig


def texts(fig):
    return [t.get_text() for ax in fig.axes for t in ax.texts]


def test_mine_production_marks_each_break_once():
    rows = pd.DataFrame(
        [(y, c, v) for y in range(1970, 2000) for c, v in (("China", 1.0), ("Other", 2.0))],
        columns=["year", "country", "reo_kt"],
    )
    fig = drawn(history.mine_production(rows, {1975: "one", 1985: "two"}, split=1980))
    assert sorted(t for t in texts(fig) if t in ("one", "two")) == ["one", "two"]


def test_shares_leave_a_gap_where_a_year_is_missing():
    shares = pd.DataFrame({"year": [1950, 2001, 2003], "country": "China", "share_pct": 50.0})
    index = pd.DataFrame({"year": [1966, 2003], "low_hhi": [2500, 2600], "high_hhi": [5000, 2600]})
    fig = drawn(history.shares_and_concentration(shares, index))
    line = fig.axes[0].lines[0].get_ydata()
    bridged = np.isfinite(line).sum() - len(shares)
    assert bridged == 0, "A missing year must not be bridged by a line."


def test_timeline_draws_targets_hollow_and_names_each_label():
    events = data.table("events")
    fig = drawn(history.timeline(events))
    assert set(events["label"].dropna()) <= set(texts(fig))
    dots = [line for ax in fig.axes for line in ax.lines if line.get_marker() == "o"]
    hollow = sum(
        len(line.get_xdata()) for line in dots if to_hex(line.get_markerfacecolor()) == "#ffffff"
    )
    assert hollow == (events["kind"] == "target").sum(), "Dates set in advance are drawn hollow."
    assert sum(len(line.get_xdata()) for line in dots) == len(events), "An event has no lane."


def test_timeline_labels_do_not_overlap():
    fig = history.timeline(data.table("events"))
    fig.canvas.draw()
    labels = set(data.table("events")["label"].dropna())
    boxes = sorted(
        (t.get_window_extent() for t in fig.axes[0].texts if t.get_text() in labels),
        key=lambda box: -box.y1,
    )
    overlaps = [b.y1 - a.y0 for a, b in pairwise(boxes) if b.y1 > a.y0 + 1]
    assert not overlaps, "Raise the figure's height or drop a label from the events table."


def test_import_reliance_draws_bounds_hollow():
    own = pd.DataFrame({"year": [2000, 2001], "reliance_pct": [40.0, -300.0]})
    check = pd.DataFrame({"year": [2025], "reliance_pct": [38.0]})
    fig = drawn(history.import_reliance(own, data.table("us_import_reliance"), check))
    faces = [to_hex(line.get_markerfacecolor()) for line in fig.axes[0].lines]
    assert "#ffffff" in faces, "Lower bounds (more than) are drawn hollow."


def test_quota_figures_draw_derived_points_hollow_and_silent_years_shaded():
    quotas = data.table("china_quotas").assign(kt=lambda t: t["t"] / 1000)
    full = quotas[
        (quotas["period"] == "year") & quotas["quantity"].isin(["mining quota", "separation quota"])
    ]
    fig = drawn(history.production_quotas(full, silent=(2025, 2026)))
    right = fig.axes[1].lines
    assert "white" in [line.get_markerfacecolor() for line in right]
    assert "not\npublished" in texts(fig)


def test_reserves_draw_a_resource_unlike_a_reserve():
    reserves = data.table("reserves")
    reserves["edition"] = reserves["edition"].astype(str)
    some = reserves[reserves["country"].isin(["China", "Brazil"])]
    fig = drawn(history.reserves(some, reserves[reserves["country"] == "United States"]))
    hatched = [bar for bar in fig.axes[1].patches if bar.get_hatch()]
    assert len(hatched) == 1, "Only the inventory of 2010 counts resources."


def test_japan_joins_only_the_two_official_values():
    japan = data.table("japan_imports").query("series != 'import weight'")
    fig = drawn(history.japan(japan))
    joined = [
        line
        for line in fig.axes[0].lines
        if line.get_linestyle() not in ("None", "") and len(line.get_xdata()) > 1
    ]
    slanted = [line for line in joined if len(set(line.get_xdata())) > 1]
    assert [len(line.get_xdata()) for line in slanted] == [2]


def test_money_that_nobody_owes_is_hatched():
    money = pd.DataFrame(
        {"standing": ["paid", "promised"], "usd_billion": [2.0, 3.0], "firm": [True, False]}
    )
    fig = drawn(history.money_by_standing(money))
    assert [bool(bar.get_hatch()) for bar in fig.axes[0].patches] == [False, True]


def test_prices_mark_what_is_no_annual_average():
    prices = data.table("oxide_prices").query("element in ['Nd', 'Dy']")
    fig = drawn(history.oxide_prices(prices))
    hollow = [line for line in fig.axes[0].lines if line.get_markerfacecolor() == "white"]
    marked = sum(len(line.get_xdata()) for line in hollow)
    assert marked == (prices["statistic"] != "annual average").sum()


def test_price_gap_draws_every_pair():
    gap = data.table("price_gap")
    fig = drawn(history.price_gap(gap))
    assert len(fig.axes[0].patches) == (gap["comparison"] == "quotes").sum()
