"""Figures of the chapter on chokepoints: they draw, and they mark what they must mark."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch

from rareearth import data
from rareearth.figures import chokepoints as draw
from rareearth.figures import style
from rareearth.models import controls, trade


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def texts(fig):
    return {t.get_text() for ax in fig.axes for t in ax.texts}


def edges():
    return pd.DataFrame(
        [
            ("Mine", "Myanmar", "Separation", "China", 20.0, "balance"),
            ("Mine", "China", "Separation", "China", 60.0, "recorded"),
            ("Separation", "China", "Magnets", "China", 80.0, "recorded"),
            ("Magnets", "China", "Use", "China", 50.0, "balance"),
            ("Magnets", "China", "Use", "United States", 30.0, "recorded"),
        ],
        columns=trade.EDGE,
    )


def test_a_stage_without_a_source_is_drawn_as_a_gap():
    stages = pd.CategoricalDtype(["Mining", "Metal making"], ordered=True)
    shares = pd.DataFrame({"stage": ["Mining"] * 2, "share_pct": [60.0, 71.0], "group": ["a", "b"]})
    fig = draw.stage_shares(shares.astype({"stage": stages}))
    assert {"60 to 71", "no source found for this stage"} <= texts(fig)
    assert not style.unlabelled(fig)


def test_forecast_of_concentration_is_hollow_and_dotted():
    index = pd.DataFrame(
        {
            "stage": "Refining",
            "year": [2024, 2030],
            "low_hhi": [8000, 6000],
            "high_hhi": [8100, 6100],
            "kind": ["reported", "forecast"],
            "name": "refining",
        }
    )
    ax = draw.concentration(index).axes[0]
    now, later = ax.collections[-1].get_facecolors()
    assert tuple(later[:3]) == (1, 1, 1)
    assert tuple(now[:3]) != (1, 1, 1)
    assert any(line.get_linestyle() not in ("-", "None") for line in ax.lines)


def test_forecast_bars_are_hatched():
    balance = pd.DataFrame(
        [
            ("Outside China", stage, year, kt, "reported" if year == 2024 else "forecast")
            for year in (2024, 2030)
            for stage, kt in (("Mining", 30.0), ("Refining", 7.0))
        ],
        columns=["place", "stage", "year", "element_kt", "kind"],
    )
    bars = draw.mined_and_refined(balance).axes[0].patches
    assert [bool(bar.get_hatch()) for bar in bars] == [False, True, False, True]


def test_every_flow_of_the_map_is_an_arc_as_wide_as_its_tonnage():
    flows = pd.DataFrame(
        {
            "origin": ["Myanmar", "China"],
            "destination": ["China", "United States"],
            "stage": ["Compounds", "Magnets"],
            "quantity_kt": [70.0, 7.0],
        }
    )
    ax = draw.flow_map(flows).axes[0]
    arcs = [patch for patch in ax.patches if isinstance(patch, FancyArrowPatch)]
    widths = [arc.get_linewidth() for arc in arcs]
    assert len(arcs) == 2
    assert widths[0] / widths[1] == pytest.approx(10)


def test_every_recorded_flow_has_a_place_on_the_map():
    flows = data.table("trade_flows")
    shown = flows[flows["quantity_t"] >= 500]
    shown = shown[shown["source"].isin(["giti_2024_imports", "usitc_dataweb_2026"])]
    countries = (set(shown["origin"]) | set(shown["destination"])) - {"World"}
    assert countries <= set(draw.PLACES), "Add the country to PLACES in figures/chokepoints.py."


def test_chain_names_every_node_with_its_tonnage():
    fig = draw.chain(edges().assign(element_t=lambda t: t["element_t"] * 1000))
    assert {"Myanmar 20.0", "China 60.0", "China 80.0", "United States 30.0"} <= texts(fig)


def test_own_stop_of_the_user_is_left_out():
    losses = trade.n_minus_1(edges(), ["China", "Myanmar", "United States"])
    assert "does not apply" in texts(draw.n_minus_1(losses))


def test_derived_months_are_hollow_and_missing_months_break_the_line():
    months = pd.DataFrame(
        {
            "start": pd.to_datetime(["2025-01-01", "2025-02-01", "2025-04-01"] * 2),
            "months": 1,
            "destination": ["World"] * 3 + ["United States"] * 3,
            "gross_t": [6000.0, 3600.0, 2600.0, 600.0, 500.0, 50.0],
            "mark": ["reported", "derived", "reported"] * 2,
        }
    )
    ax = draw.magnet_exports(months, {"licences": pd.Timestamp("2025-04-04")}).axes[0]
    assert np.isnan(ax.lines[0].get_ydata()).sum() == 1
    faces = {tuple(group.get_facecolor()[0][:3]) for group in ax.collections}
    assert (1, 1, 1) in faces
    assert len(faces) == 2


def test_asks_are_hollow():
    ratios = data.table("europe_china_price_ratios")
    tiers = data.table("price_tiers_2025").assign(text="x", price_text="y")
    ax = draw.price_gap(ratios, tiers, pd.Timestamp("2025-04-04")).axes[0]
    hollow = [c for c in ax.collections if tuple(c.get_facecolor()[0][:3]) == (1, 1, 1)]
    assert sum(len(c.get_offsets()) for c in hollow) == (ratios["quote"] == "ask").sum()


def test_calendar_draws_each_state_and_says_where_there_is_no_control():
    table = data.table("china_export_controls")
    lives = controls.phases(table, pd.Timestamp("2027-02-01")).rename(columns={"instrument": "row"})
    rows = list(lives["row"].unique())
    fig = draw.control_calendar(
        lives, {"All": [*rows, "Nd"]}, {"today": pd.Timestamp("2026-11-21")}
    )
    assert " none" in texts(fig)
    legend = {t.get_text() for t in fig.axes[0].get_legend().get_texts()}
    assert legend == set(controls.STATES)


def test_us_sources_stack_to_the_whole():
    sources = data.table("us_import_sources")
    usgs = sources[(sources["basis"] == "USGS import sources") & (sources["product"] == "Erbium")]
    history = pd.DataFrame({"year": [2024, 2025], "weight_pct": [78, 79], "value_pct": [75, 65]})
    ax = draw.us_sources(usgs, history).axes[0]
    assert max(bar.get_x() + bar.get_width() for bar in ax.patches) == pytest.approx(100)


def test_planned_capacity_is_drawn_unlike_running_capacity():
    capacity = pd.DataFrame(
        {
            "holder": ["US plants"] * 2,
            "country": "United States",
            "status": ["operating", "planned"],
            "magnets_t": [6000.0, 26000.0],
        }
    )
    running, planned = draw.magnet_capacity(capacity).axes[0].patches
    assert planned.get_hatch()
    assert not running.get_hatch()
