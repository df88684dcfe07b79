"""Figures of the chapter on policy draw what is owed, promised and measured apart."""

import pandas as pd
from matplotlib.colors import to_hex

from rareearth import data
from rareearth.figures import policy as figures
from rareearth.figures import style
from rareearth.models import funding

NAMES = {name: funding.STANDINGS[name] for name in style.FIRMNESS}


def texts(fig) -> str:
    return " ".join(text.get_text() for ax in fig.axes for text in ax.texts)


def deals() -> pd.DataFrame:
    return funding.deals(data.table("us_funding"))


def test_a_billion_is_as_long_in_both_panels():
    rows = deals()
    owed = rows[rows["standing"] == "counted"]
    maybe = {k: v for k, v in NAMES.items() if k != "counted"}
    possible = rows[rows["standing"].isin(maybe)]
    fig = figures.money_by_year(owed, possible, maybe, beside="left off")
    fig.draw_without_rendering()
    upper, lower = (ax.get_window_extent().height / ax.get_ylim()[1] for ax in fig.axes)
    assert abs(upper / lower - 1) < 0.05, "The panels have different scales."
    assert all(ax.get_ylim()[0] == 0 for ax in fig.axes)
    assert style.unlabelled(fig) == []


def test_only_money_owed_is_solid_and_full():
    sums = funding.added(deals(), ["stage"])
    ax = figures.money_by_stage(sums, ["Mining", "Metal"], NAMES).axes[0]
    containers = dict(zip(NAMES, ax.containers, strict=False))
    assert containers["counted"].patches[0].get_hatch() is None
    for name in ("on milestones", "conditional"):
        assert containers[name].patches[0].get_hatch(), f"{name} looks like money paid."
    assert to_hex(containers["letter of interest"].patches[0].get_facecolor()) == "#ffffff"
    assert ax.get_xlim()[0] == 0


def test_each_bar_of_the_mix_ends_at_a_hundred():
    mix = funding.mix(deals())
    fig = figures.money_mix(mix, {step: step for step in funding.STANDINGS})
    bars = [b for b in fig.axes[0].patches if b.get_width() > 0]
    ends = {
        row: max(b.get_x() + b.get_width() for b in bars if b.get_y() == row)
        for row in {b.get_y() for b in bars}
    }
    assert len(ends) == len(funding.STANDINGS)
    assert all(abs(end - 100) < 1e-6 for end in ends.values())


def test_only_measures_in_force_are_filled():
    rows = pd.DataFrame(
        {
            "lever": ["a", "a", "b"],
            "stage": ["x", "x", "y"],
            "state": ["in force", "proposed", "bill"],
        }
    )
    ax = figures.where(rows, {"a": "A", "b": "B"}, {"x": "X", "y": "Y"}).axes[0]
    dots = [d for d in ax.lines if d.get_marker() == "o" and d.get_ydata()[0] in (0, -1)]
    full = [to_hex(d.get_markerfacecolor()) == figures.BLUE for d in dots]
    assert full == [True, False, False]


def test_a_request_is_no_bar():
    years = pd.DataFrame(
        {
            "fiscal_year": [2025, 2026, 2026],
            "stage": ["enacted", "request", "enacted"],
            "usd_million": [460.0, 200.0, 350.0],
        }
    )
    change = pd.DataFrame(
        {"line": ["a", "a"], "stage": ["request", "enacted"], "change_pct": [-57.0, -24.0]}
    )
    fig = figures.budgets(years, change)
    assert len(fig.axes[0].patches) == 2
    dots = [d for d in fig.axes[1].lines if d.get_marker() == "o"]
    assert [d.get_markerfacecolor() == "white" for d in dots] == [True, False]
    assert style.unlabelled(fig) == []


def test_programmes_of_allies_are_hollow():
    sums = pd.DataFrame(
        {
            "country": ["Japan", "Japan", "India"],
            "standing": ["committed", "conditional", "envelope"],
            "usd_billion": [0.5, 0.2, 0.9],
        }
    )
    names = {"committed": "c", "conditional": "d", "envelope": "e"}
    ax = figures.allies(sums, names).axes[0]
    hollow = [p for p in ax.patches if to_hex(p.get_facecolor()) == "#ffffff" and p.get_width() > 0]
    assert [p.get_width() for p in hollow] == [0.9]
    assert "0.50 of 0.70" in texts(ax.figure)


def test_hopes_for_rubber_and_paths_of_magnets_are_not_drawn_as_measured():
    rubber = pd.DataFrame(
        {
            "years": [0.0, 1.5, 2.5],
            "low_pct": [1.0, 30.0, 100.0],
            "high_pct": [1.0, 34.0, 110.0],
            "kind": ["reported", "forecast", "reported"],
        }
    )
    years = pd.Index([0.0, 5.0, 10.0])
    chain = pd.DataFrame({"low": 5.0, "median": 10.0, "high": 20.0}, index=years)
    plants = pd.DataFrame({"expected": 15.0, "announced": 90.0}, index=years)
    names = {k: k for k in ("rubber", "forecast", "chain", "expected", "announced")}
    fig = figures.rubber_and_magnets(rubber, chain, plants, names)
    ax = fig.axes[0]
    hollow = [d for d in ax.lines if d.get_marker() == "o" and d.get_markerfacecolor() == "white"]
    assert [list(d.get_xdata()) for d in hollow] == [[1.5]]
    blue = [d for d in ax.lines if d.get_color() in (figures.BLUE, figures.PLANTS)]
    assert len(blue) == 3 and all(d.get_linestyle() != "-" for d in blue)
    assert ax.get_ylim()[0] == 0 and style.unlabelled(fig) == []


def test_what_would_be_needed_is_hatched():
    rows = pd.DataFrame(
        {
            "label": ["a", "b"],
            "points_per_year": [6.0, 10.0],
            "when": ["then", "now"],
            "kind": ["reported", "target"],
            "line": ["Shale gas (US gas)", "US supply, expected"],
        }
    )
    ax = figures.rates(rows).axes[0]
    assert [bool(p.get_hatch()) for p in ax.patches] == [False, True]
    assert ax.get_xlim()[0] == 0


def test_ramps_end_in_their_names():
    lines = pd.DataFrame(
        {
            "precedent": ["Shale gas (US gas)"] * 3 + ["US supply, expected"] * 3,
            "years": [0.0, 1, 2] * 2,
            "share_pct": [1.0, 5, 20, 2, 3, 4],
            "kind": ["reported"] * 3 + ["forecast"] * 3,
        }
    )
    fig = figures.ramps(lines)
    assert "Shale gas (US gas)" in texts(fig)
    assert fig.axes[0].lines[1].get_linestyle() != "-"
