"""Figures of the outlook draw from the real frames and mark what they must mark."""

import pytest

from rareearth.analysis import balance as balances
from rareearth.analysis import outlook, supply
from rareearth.figures import outlook as figures
from rareearth.figures import style


@pytest.fixture(scope="module")
def stack(balance):
    return balances.wedge(balance)


def texts(fig):
    return [t.get_text() for ax in fig.axes for t in ax.texts]


def test_every_part_of_the_balance_has_a_colour(balance):
    missing = set(balances.parts(balance)["part"].to_numpy()) - set(style.SUPPLY)
    assert not missing, f"give {missing} a colour in style.SUPPLY"


def test_wedge_reaches_demand_and_names_its_parts(stack, balance):
    fig = figures.wedge(stack, outlook.closed(balance))
    labels = " ".join(texts(fig))
    assert "Demand" in labels and "Plants to come" in labels and "Left to China" in labels
    demand = stack[stack["part"] == "Demand"]["mean_kt"].max()
    top = max(c.get_paths()[0].vertices[:, 1].max() for c in fig.axes[0].collections)
    assert top == pytest.approx(demand, rel=0.01), "the parts must add up to demand"


def test_record_draws_counts_solid_and_fits_dotted():
    slip, ramps, fitted, _ = outlook.record()
    left, right = figures.record(slip, ramps, fitted).axes
    solid = [line for line in left.lines if line.get_drawstyle() == "steps-post"]
    assert len(solid) == slip["stages"].nunique()
    assert all(line.get_linestyle() == "-" for line in solid)
    assert {line.get_linestyle() for line in left.lines if line not in solid} == {"--"}
    assert right.get_ylim()[1] > ramps["share_pct"].max(), "no year is cut off"
    assert set(ramps["plant"].str.split(",").str[0]) <= {
        text.get_text().replace("\n", " ").split(",")[0] for text in right.texts
    }


def test_capacity_draws_announcements_unlike_what_is_expected(draws, story, balance):
    bands = outlook.capacity(draws, story, balance)
    fig = figures.capacity(bands[bands["group"] == "NdPr"])
    assert len(fig.axes) == len(supply.PLACES) * len(supply.STAGES)
    for ax in fig.axes:
        expected, announced, _ = ax.lines
        assert expected.get_linestyle() == "-" and announced.get_linestyle() != "-"


def test_the_scenario_of_the_book_is_drawn_stronger_than_the_others(balance):
    chances = outlook.chances({"baseline": balance, "policy": balance})
    ax = figures.chances(chances, 0.8, "policy").axes[0]
    widths = [line.get_linewidth() for line in ax.lines[:2]]
    assert widths[1] > widths[0]


def test_growth_needed_stands_beside_the_fastest_seen(balance, draws, story):
    needed = outlook.growth_needed(balance, draws, story, (2030, 2035))
    seen = outlook.growth_seen(5)
    fig = figures.growth(needed, seen)
    assert f"{seen['growth_pct'].max():.0f}" in " ".join(texts(fig))
    assert len(fig.axes) == needed["region"].nunique()


def test_one_at_a_time_sensitivity_shows_where_the_conclusion_turns(story):
    moved = outlook.one_at_a_time(["magnet_demand_level"], story, 20, 1, 2035)
    moved = moved.assign(label="World demand", least_text="half", most_text="double")
    fig = figures.sensitivity(moved, 25)
    assert {"half", "double"} <= {text.strip() for text in texts(fig)}
