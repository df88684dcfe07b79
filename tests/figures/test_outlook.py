"""Figures of the outlook draw from the real frames and mark what they must mark."""

import pytest

from rareearth import data
from rareearth.analysis import balance as outlook
from rareearth.analysis import outlook as prospects
from rareearth.analysis import supply
from rareearth.figures import outlook as figures
from rareearth.figures import style
from rareearth.models import pipeline


@pytest.fixture(scope="module")
def stack(balance):
    return outlook.wedge(balance)


def texts(fig):
    return [t.get_text() for ax in fig.axes for t in ax.texts]


def test_every_part_of_the_balance_has_a_colour(balance):
    missing = set(outlook.parts(balance)["part"].to_numpy()) - set(style.SUPPLY)
    assert not missing, f"give {missing} a colour in style.SUPPLY"


def test_wedge_reaches_demand_and_names_its_parts(stack, balance):
    fig = figures.wedge(stack, prospects.closed(balance))
    labels = " ".join(texts(fig))
    assert "Demand" in labels and "Plants to come" in labels and "Left to China" in labels
    demand = stack[stack["part"] == "Demand"]["mean_kt"].max()
    top = max(c.get_paths()[0].vertices[:, 1].max() for c in fig.axes[0].collections)
    assert top == pytest.approx(demand, rel=0.01), "the parts must add up to demand"
    assert not style.unlabelled(fig)


def test_record_draws_counts_solid_and_fits_dotted():
    ramp = pipeline.delivered(data.table("plant_output"))
    ramp = ramp[~ramp["ramp"].isin(supply.UPGRADES)]
    fig = figures.record(prospects.slip_record(), ramp, prospects.ramp_fitted())
    left = fig.axes[0].lines
    assert {line.get_linestyle() for line in left} == {"-", "--"}
    assert not style.unlabelled(fig)


def test_capacity_draws_announcements_unlike_what_is_expected(draws, story, balance):
    bands = prospects.capacity(draws, story, balance)
    fig = figures.capacity(bands[bands["group"] == "NdPr"])
    assert len(fig.axes) == len(supply.PLACES) * len(supply.STAGES)
    for ax in fig.axes:
        expected, announced, _ = ax.lines
        assert expected.get_linestyle() == "-" and announced.get_linestyle() != "-"
    assert not style.unlabelled(fig)


def test_other_figures_name_their_axes(stack, balance, draws, story):
    balances = {"baseline": balance, "own": balance}
    chances = prospects.chances(balances)
    table = prospects.scenarios_table(balances, 0.8)
    rows = table.melt("scenario", [f"gap_{y}_pct" for y in outlook.MILESTONES])
    gaps = rows.assign(
        year=rows["variable"].str[4:8].astype(int), median_pct=rows["value"],
        low_pct=rows["value"] - 5, high_pct=rows["value"] + 5,
    )  # fmt: skip
    needed = prospects.growth_needed(balance, draws, story, (2030, 2035))
    drivers = outlook.drivers(story, (2030, 2035), n=16)
    moved = prospects.one_at_a_time(["magnet_demand_level"], story, 20, 1, 2035)
    moved = moved.assign(label="World demand", least_text="half", most_text="double")
    for fig in (
        figures.parts(stack, ["Plants to come", "Recycling"]),
        figures.unserved(prospects.unserved(balance)),
        figures.chances(chances, 0.8, "own"),
        figures.gaps(gaps, "own"),
        figures.growth(needed, prospects.growth_seen(5)),
        figures.drivers(drivers),
        figures.swings(moved, 25),
    ):
        assert not style.unlabelled(fig)


def test_the_edition_is_drawn_stronger_than_other_scenarios(balance):
    chances = prospects.chances({"baseline": balance, "policy": balance})
    ax = figures.chances(chances, 0.8, "policy").axes[0]
    widths = [line.get_linewidth() for line in ax.lines[:2]]
    assert widths[1] > widths[0]
