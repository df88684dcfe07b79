"""Figures of the chapter on chokepoints: they draw, and they mark what they must mark."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch

from rareearth import data
from rareearth.analysis.chokepoints import plants as made_by
from rareearth.analysis.chokepoints import promises
from rareearth.figures import chokepoints as draw
from rareearth.figures import style
from rareearth.figures.chokepoints import conditions, plants
from rareearth.figures.chokepoints import trade as trade_figures
from rareearth.models import controls, pipeline, trade


@pytest.fixture(autouse=True)
def close():
    yield
    plt.close("all")


def texts(fig):
    return {t.get_text() for ax in fig.axes for t in ax.texts}


def dots(ax):
    """Place and fill of each round mark."""
    return [
        (x, to_hex(line.get_markerfacecolor()))
        for line in ax.lines
        if line.get_marker() == "o"
        for x, y in line.get_xydata()
        if not np.isnan([x, y]).any()
    ]


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
    filled = {round(x): fill != "#ffffff" for x, fill in dots(ax)}
    assert filled == {2024: True, 2030: False}
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
    assert countries <= set(trade_figures.PLACES), "Add it to PLACES in figures.chokepoints.trade."


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
    hollow = [fill for _, fill in dots(ax) if fill == "#ffffff"]
    assert len(hollow) == (ratios["quote"] == "ask").sum()


def test_calendar_draws_each_state_and_says_where_there_is_no_control():
    table = data.table("china_export_controls")
    lives = controls.phases(table, pd.Timestamp("2027-02-01")).rename(columns={"instrument": "row"})
    rows = list(lives["row"].unique())
    fig = draw.control_calendar(
        lives, {"All": [*rows, "Nd"]}, {"today": pd.Timestamp("2026-11-21")}
    )
    assert " none" in texts(fig)
    legend = {t.get_text() for t in fig.legends[0].get_texts()}
    assert legend == set(lives["state"])


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


def test_capacity_draws_guesses_and_promises_unlike_plants_that_run():
    looks = style.PLANTS
    assert "hatch" not in looks["operating"] and "hatch" not in looks["ramping"]
    assert looks["planned"]["hatch"] and looks["list author's figure"]["hatch"]
    starts = pipeline.by_start(data.table("plants"), 2024, 2030)
    starts = starts[starts["product_class"].isin(plants.HEADINGS)]
    starts["capacity_kt_per_year"] = starts.pop("capacity_t_per_year") / 1000
    fig = draw.capacity(starts)
    drawn = sum(bar.get_height() for ax in fig.axes for bar in ax.patches)
    assert drawn == pytest.approx(starts["capacity_kt_per_year"].sum())
    assert style.unlabelled(fig) == []


def test_starts_fills_what_happened_and_leaves_promises_hollow():
    slipped = pipeline.slips(data.table("start_dates"), 2026)
    fig = draw.starts(slipped, 2026)
    ends = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    filled = [line for line in ends if to_hex(line.get_markerfacecolor()) != "#ffffff"]
    assert len(filled) == (slipped["outcome"] == "running").sum()
    assert "given up" in texts(fig)
    assert len(fig.axes[0].get_yticks()) == len(slipped)


def test_ramps_leave_part_years_hollow():
    ramp = pipeline.delivered(data.table("plant_output"), data.table("nameplates"))
    fig = draw.ramps(ramp)
    hollow = [fill for _, fill in dots(fig.axes[0]) if fill == "#ffffff"]
    assert len(hollow) == (ramp["period_years"] < 1).sum()
    low, high = fig.axes[0].get_ylim()
    assert low == 0 and high > ramp["share_pct"].max(), "no year is cut off"


def test_quarters_hang_below_the_nameplate_of_their_day_where_they_should():
    made = made_by.quarters()[0]
    fig = draw.quarters(made)
    stairs = [line for line in fig.axes[0].lines if line.get_drawstyle().startswith("steps")]
    drawn = np.concatenate([line.get_ydata() for line in stairs])
    assert sorted(drawn) == pytest.approx(sorted(made["nameplate_t"] / 1000))
    assert fig.axes[0].get_ylim()[0] == 0


def test_heavies_draw_each_plant_once_and_what_runs_alone_full():
    frame = promises.heavies()[0]
    bars = draw.heavies(frame).axes[0].patches
    assert sorted(bar.get_width() for bar in bars) == pytest.approx(sorted(frame["dytb_t"]))
    assert sum(bool(bar.get_hatch()) for bar in bars) == (frame["state"] == "planned").sum()


def test_mixes_draw_each_share_and_set_demand_apart():
    shares = pd.DataFrame(
        {
            "source_of_mix": ["want"] * 6 + ["rock"] * 6,
            "group": list(style.OXIDES) * 2,
            "share_pct": [0, 90, 10, 0, 0, 0, 70, 20, 1, 4, 5, 0],
        }
    )
    fig = draw.mixes(shares, "want")
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
    fig = draw.basket(yields, (22, 115))
    assert {"not stated", "range of need"} <= texts(fig)
    assert fig.axes[0].get_xscale() == "log"
    assert "log scale" in fig.axes[0].get_xlabel()


def test_lead_times_write_every_row():
    times = data.table("lead_times").assign(mark="")
    fig = draw.lead_times(times)
    assert len(fig.axes[0].get_yticks()) == len(times)
    assert "15.7 (range 6 to 32)" in texts(fig)


def test_people_and_patents_mark_lower_bounds():
    counts = pd.DataFrame(
        {
            "panel": ["graduates", "programmes", "patents"],
            "bar": ["United States", "China", "Japan"],
            "actor": ["United States", "China", "Japan"],
            "count": [160, 2500, 10],
            "lower_bound": [False, True, False],
        }
    )
    fig = draw.people_and_patents(counts)
    assert {"160", "over 2,500", "10"} <= texts(fig)
    assert to_hex(fig.axes[1].patches[0].get_facecolor()) == style.actor("China")


def test_footprint_draws_weak_figures_hollow():
    foot = data.table("footprint")
    fig = draw.footprint(foot)
    hollow = [fill for ax in fig.axes for _, fill in dots(ax) if fill == "#ffffff"]
    single = foot["measure"].isin(conditions.PER_KG) & foot["mid"].notna() & foot["weak"]
    assert len(hollow) == single.sum()


def test_funnel_writes_its_counts():
    steps = pd.DataFrame({"label": ["all", "paid"], "projects_count": [57, 6]})
    assert {"57", "6"} <= texts(draw.funnel(steps))
