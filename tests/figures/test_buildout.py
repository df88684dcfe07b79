"""Figures on the build-out: they draw from the real tables and mark what they must mark."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth import data
from rareearth.figures import buildout, style
from rareearth.models import pipeline


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def texts(fig):
    return {text.get_text() for ax in fig.axes for text in ax.texts}


def test_capacity_draws_guesses_and_promises_unlike_plants_that_run():
    looks = style.PLANTS
    assert "hatch" not in looks["operating"] and "hatch" not in looks["ramping"]
    assert looks["planned"]["hatch"] and looks["list author's figure"]["hatch"]
    classes = {
        name: f"{name}, thousand t a year"
        for name in ("mined REO", "separated NdPr oxide", "magnet alloy", "sintered magnets")
    }
    starts = pipeline.by_start(data.table("plants"), 2024, 2030)
    starts = starts[starts["product_class"].isin(list(classes))]
    starts["capacity_kt_per_year"] = starts.pop("capacity_t_per_year") / 1000
    fig = buildout.capacity(starts, classes)
    drawn = sum(bar.get_height() for ax in fig.axes for bar in ax.patches)
    assert drawn == pytest.approx(starts["capacity_kt_per_year"].sum())
    assert style.unlabelled(fig) == []


def test_starts_fills_what_happened_and_leaves_promises_hollow():
    slipped = pipeline.slips(data.table("start_dates"), 2026)
    fig = buildout.starts(slipped, 2026)
    ends = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    filled = [line for line in ends if to_hex(line.get_markerfacecolor()) != "#ffffff"]
    assert len(filled) == (slipped["outcome"] == "running").sum()
    assert "given up" in texts(fig)
    assert len(fig.axes[0].get_yticks()) == len(slipped)


def test_ramps_leave_part_years_hollow():
    ramp = pipeline.delivered(data.table("plant_output"))
    labels = {name: (name, "right") for name in ramp["ramp"].unique()}
    fig = buildout.ramps(ramp, labels)
    hollow = [
        line
        for line in fig.axes[0].lines
        if line.get_marker() == "o" and to_hex(line.get_markerfacecolor()) == "#ffffff"
    ]
    assert len(hollow) == (ramp["period_years"] < 1).sum()
    assert fig.axes[0].get_ylim()[0] == 0


def test_mixes_draw_each_share_and_set_demand_apart():
    shares = pd.DataFrame(
        {
            "source_of_mix": ["want"] * 6 + ["rock"] * 6,
            "group": list(style.OXIDES) * 2,
            "share_pct": [0, 90, 10, 0, 0, 0, 70, 20, 1, 4, 5, 0],
        }
    )
    fig = buildout.mixes(shares, "want")
    widths = [bar.get_width() for bar in fig.axes[0].patches]
    assert np.nansum(widths) == pytest.approx(200)
    want, rock = fig.axes[0].get_yticks()
    assert rock - want > 1


def test_basket_says_what_is_not_stated_and_marks_the_need():
    yields = pd.DataFrame(
        {
            "deposit": ["light", "clay"],
            "heavy_g_per_kg_ndpr": [15.0, 175.0],
            "la_ce_kg_per_kg_ndpr": [3.1, np.nan],
            "weak": [False, True],
        }
    )
    fig = buildout.basket(yields, (22, 115))
    assert {"not stated", "range of need"} <= texts(fig)
    assert fig.axes[0].get_xscale() == "log"
    assert "log scale" in fig.axes[0].get_xlabel()


def test_lead_times_write_every_row():
    times = data.table("lead_times").assign(mark="")
    headings = {name: name for name in times["measure"].cat.categories}
    fig = buildout.lead_times(times, headings)
    assert len(fig.axes[0].get_yticks()) == len(times)
    assert "15.7 (range 6 to 32)" in texts(fig)


def test_people_and_patents_mark_lower_bounds():
    counts = pd.DataFrame(
        {
            "panel": ["a", "a", "b"],
            "bar": ["United States", "China", "Japan"],
            "actor": ["United States", "China", "Japan"],
            "count": [160, 2500, 10],
            "lower_bound": [False, True, False],
        }
    )
    fig = buildout.people_and_patents(counts, {"a": "Graduates", "b": "Filings"})
    assert {"160", "over 2,500", "10"} <= texts(fig)
    assert to_hex(fig.axes[0].patches[1].get_facecolor()) == style.actor("China")


def test_footprint_draws_weak_figures_hollow():
    foot = data.table("footprint")
    panels = {"greenhouse gas": "kg per kg (log scale)", "energy": "MJ per kg (log scale)"}
    fig = buildout.footprint(foot, panels)
    hollow = [
        line
        for ax in fig.axes
        for line in ax.lines
        if line.get_marker() == "o" and to_hex(line.get_markerfacecolor()) == "#ffffff"
    ]
    single = foot["measure"].isin(list(panels)) & foot["mid"].notna() & foot["weak"]
    assert len(hollow) == single.sum()


def test_funnel_writes_its_counts():
    steps = pd.DataFrame({"label": ["all", "paid"], "projects_count": [57, 6]})
    assert {"57", "6"} <= texts(buildout.funnel(steps))
