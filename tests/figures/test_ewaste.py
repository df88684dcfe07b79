"""Figures of the chapter on e-waste draw and mark what they must mark."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth.figures import ewaste as figures
from rareearth.figures import style
from rareearth.models import waste

YEARS = np.arange(2015, 2051)


def band(scale: float = 1.0) -> pd.DataFrame:
    rise = scale * np.linspace(1, 9, len(YEARS))
    return pd.DataFrame({"low": rise / 2, "median": rise, "high": rise * 2}, index=YEARS)


def texts(fig) -> str:
    return " ".join(
        text
        for ax in fig.axes
        for text in [
            *(t.get_text() for t in ax.texts),
            *(t.get_text() for t in ax.get_yticklabels()),
            ax.get_title(loc="left"),
        ]
    )


def test_groups_are_those_of_the_model():
    assert list(style.PRODUCTS) == list(waste.GROUPS)
    assert tuple(figures.FATES) == waste.STREAMS


def test_expected_waste_is_hatched():
    frame = pd.DataFrame(
        {
            "scope": ["World, all e-waste"] * 2
            + ["United States, all e-waste", "United States, x"],
            "year": [2022, 2030, 2019, 2018],
            "generated_mt": [62.0, 82.0, 6.9, 2.4],
            "collected_mt": [13.8, 16.4, np.nan, 0.9],
            "kind": ["estimate", "forecast", "estimate", "reported"],
        }
    )
    fig = figures.counts(frame)
    hatched = [bool(bar.get_hatch()) for bar in fig.axes[0].patches]
    assert hatched == [False, False, True, True]
    assert "20%" in texts(fig) and "nan" not in texts(fig)


def test_a_path_is_dotted_after_the_last_count():
    _, ax = style.new()
    figures.path(ax, band(), style.INK)
    past, ahead = ax.lines
    assert past.get_xdata().max() == figures.TODAY == ahead.get_xdata().min()
    assert past._dash_pattern != ahead._dash_pattern, "A projection must not look counted."
    assert len(ax.collections) == 1, "The 90 % band is missing."


def test_devices_are_coloured_by_trend():
    frame = pd.DataFrame(
        {
            "device": ["Old"] * 2 + ["New"] * 2,
            "year": [2005, 2020] * 2,
            "g_per_unit": [10.0, 5.0, 0.0, 3.0],
            "trend": ["falls"] * 2 + ["rises"] * 2,
        }
    )
    fig = figures.device_content(frame)
    colors = {len(line.get_xdata()): to_hex(line.get_color()) for line in fig.axes[0].lines}
    assert colors == {1: style.TRENDS["rises"], 2: style.TRENDS["falls"]}, (
        "A year without magnets must not be drawn on a logarithmic axis."
    )


def test_every_group_and_both_panels_are_named():
    frame = pd.DataFrame({g: np.linspace(0, 1, 61) for g in waste.GROUPS}, index=range(1990, 2051))
    fig = figures.stock_products(frame, frame)
    for group in waste.GROUPS:
        assert group in texts(fig).replace("\n", " ")
    assert texts(fig).count("projected") == 2
    pale = {c.get_alpha() for c in fig.axes[0].collections}
    assert len(pale) == 2, "Projected years must look unlike counted ones."


def test_bars_of_losses_fill_a_hundred():
    shares = pd.DataFrame(
        [{"label": "a", "block": 0} | dict.fromkeys(waste.STREAMS, 20.0)] * 2
    ).assign(block=[0, 1])
    fig = figures.losses(shares)
    ends = [bar.get_x() + bar.get_width() for bar in fig.axes[0].patches]
    assert max(e for e in ends if np.isfinite(e)) == pytest.approx(100)
    names = [t.get_text() for t in fig.axes[0].get_legend().get_texts()]
    assert names == [name for name, _ in figures.FATES.values()]


def test_claims_look_unlike_studies():
    claims = pd.DataFrame(
        {"label": ["firm", "study"], "said_by": ["company", "independent"], "low": [-90, -33],
         "high": [-90, -18]}
    )  # fmt: skip
    fig = figures.climate_claims(claims)
    firm, study, spread = fig.axes[0].patches
    assert firm.get_hatch() and not study.get_hatch()
    assert (study.get_width(), spread.get_width()) == (18, 15)


def test_targets_are_dotted_and_feed_has_its_range():
    feed = pd.DataFrame({"label": ["there"], "low": [1.0], "median": [2.0], "high": [4.0]})
    wanted = pd.DataFrame(
        {"label": ["built", "planned"], "ree_t": [5.0, 9.0], "kind": ["reported", "target"]}
    )
    fig = figures.plants(feed, wanted)
    _, built, planned = fig.axes[0].patches
    assert planned.get_hatch() and not built.get_hatch()
    assert fig.axes[0].get_xlim()[0] == 0
    assert all(name in texts(fig) for name in ("there", "built", "planned", "What there is"))


def test_recoverable_names_every_series():
    tonnes = {name: band(s) for name, s in (("Demand", 100), ("Out", 10), ("Back", 1))}
    fig = figures.recoverable(tonnes, {"of all": band(), "of some": band(2)})
    assert all(name in texts(fig) for name in ("Demand", "Out", "Back", "of all", "of some"))
    assert fig.axes[1].get_ylim()[0] == 0


def test_lines_of_equal_content_hold_their_content():
    row = dict.fromkeys(("mass_mt_low", "mass_mt_high"), 30.0)
    row |= dict.fromkeys(("grade_mg_per_kg_low", "grade_mg_per_kg_high"), 4400.0)
    row |= {"label": "x", "body": "Ore", "dx": 5, "dy": 0, "place_in_us": False}
    fig = figures.waste_map(pd.DataFrame([row]), (3710.0, 2965.0))
    lines = fig.axes[0].lines[: len(figures.CONTENTS)]
    for line, content in zip(lines, figures.CONTENTS, strict=True):
        np.testing.assert_allclose(line.get_xdata() * line.get_ydata(), content)
    assert style.unlabelled(fig) == []


def test_both_headlines_are_drawn_with_their_numbers():
    rows = pd.DataFrame(
        {"label": ["p", "s"], "low": [11.0, 0.98], "high": [11.0, 1.6], "kind": ["press", "study"]}
    )
    fig = figures.headlines(rows, rows)
    assert texts(fig).count("11") >= 2 and "0.98 to 1.6" in texts(fig)


def test_elements_and_tonnes_draw():
    assert len(figures.elements({e: band() for e in ("Nd", "Pr", "Dy", "Tb")}).axes) == 4
    names = ("Hard drives", "Computers", "Smartphones", "Cars")
    fig = figures.device_tonnes({name: band(s) for s, name in enumerate(names, 1)})
    assert all(name in texts(fig) for name in names)
