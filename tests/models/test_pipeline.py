"""Delay, delivered share and capacity by start, against hand-checked and closed-form cases."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rareearth.models import pipeline


def dates(*plants):
    rows = []
    for name, promised, event, year in plants:
        common = {"facility": name, "stage": "mine", "country": "X"}
        rows.append(common | {"event": "first promise", "start_year": promised})
        rows.append(common | {"event": event, "start_year": year})
    return pd.DataFrame(rows).astype({"start_year": "Int64"})


def test_slip_is_outcome_minus_promise_and_given_up_has_none():
    frame = dates(
        ("a", 2020, "actual start", 2023),
        ("b", 2021, "latest promise", 2028),
        ("c", 2022, "given up", None),
    )
    table = pipeline.slips(frame, 2026).set_index("facility")
    assert table["slip_years"].tolist()[:2] == [3, 7]
    assert table.loc["c", ["outcome_year", "slip_years"]].isna().all()
    assert table["watched_years"].tolist() == [3, 5, 4], "watched to the start, or to now"


@pytest.mark.parametrize("drop", [0, 1])
def test_a_plant_without_promise_or_outcome_is_an_error_that_names_it(drop):
    frame = dates(("mine a", 2020, "actual start", 2023)).drop(index=drop)
    with pytest.raises(ValueError, match="mine a"):
        pipeline.slips(frame, 2026)


def test_running_share_equals_the_plain_share_when_every_plant_runs():
    frame = dates(
        ("a", 2010, "actual start", 2010),
        ("b", 2010, "actual start", 2011),
        ("c", 2010, "actual start", 2011),
        ("d", 2010, "actual start", 2014),
    )
    share = pipeline.running_share(pipeline.slips(frame, 2026), [0, 1, 3, 4])
    assert share == pytest.approx([0.25, 0.75, 0.75, 1.0])


def test_running_share_by_hand_with_plants_that_wait():
    # Kaplan-Meier by hand: 4 at risk at 0 (one starts), one is lost to view after one year,
    # 2 at risk at 2 (one starts): 1 - 3/4 * 1/2.
    frame = dates(
        ("a", 2020, "actual start", 2020),
        ("b", 2025, "latest promise", 2030),
        ("c", 2020, "actual start", 2022),
        ("d", 2020, "given up", None),
    )
    share = pipeline.running_share(pipeline.slips(frame, 2026), [0, 1, 2, 50])
    assert share == pytest.approx([0.25, 0.25, 0.625, 0.625])


def test_counting_survivors_alone_would_flatter():
    runs = [("a", 2020, "actual start", 2020), ("b", 2020, "actual start", 2021)]
    waits = [("c", 2020, "latest promise", 2030), ("d", 2020, "given up", None)]
    every = pipeline.running_share(pipeline.slips(dates(*runs, *waits), 2026), [1])
    survivors = pipeline.running_share(pipeline.slips(dates(*runs), 2026), [1])
    assert every < survivors


@given(
    st.lists(
        st.tuples(
            st.integers(2010, 2026),
            st.sampled_from(["actual start", "latest promise", "given up"]),
            st.integers(0, 12),
        ),
        min_size=1,
        max_size=15,
    )
)
def test_running_share_is_a_rising_share(plants):
    frame = dates(
        *[
            (str(i), year, event, None if event == "given up" else year + late)
            for i, (year, event, late) in enumerate(plants)
        ]
    )
    share = pipeline.running_share(pipeline.slips(frame, 2040), np.arange(15))
    assert (np.diff(share) >= 0).all()
    assert (share >= 0).all() and (share <= 1).all()


def test_delivered_share_brings_short_periods_to_a_year():
    output = pd.DataFrame(
        {
            "ramp": ["a"] * 3,
            "metric": ["nameplate", "output", "output"],
            "period": ["phase 1", "2024", "2025-Q1"],
            "year_of_operation": [None, 1, 2],
            "quantity_t": [1000.0, 400.0, 150.0],
            "period_years": [1.0, 1.0, 0.25],
        }
    )
    assert pipeline.delivered(output)["share_pct"].tolist() == pytest.approx([40, 60])


def test_output_without_nameplate_is_an_error_that_names_the_ramp():
    output = pd.DataFrame(
        {"ramp": ["a"], "metric": ["output"], "quantity_t": [1.0], "period_years": [1.0]}
    )
    with pytest.raises(ValueError, match="'a' has 0 nameplates"):
        pipeline.delivered(output)


def plants(**changes):
    row = {
        "facility": "p",
        "product_class": "magnets",
        "capacity_t_per_year": 10.0,
        "start_year": 2027,
        "status": "planned",
        "list_figure": False,
    }
    return pd.DataFrame([row | changes]).astype({"start_year": "Int64"})


@pytest.mark.parametrize(
    ("changes", "start", "state"),
    [
        ({}, "2027", "planned"),
        ({"start_year": 2016, "status": "operating"}, "earlier", "operating"),
        ({"start_year": None, "status": "operating"}, "earlier", "operating"),
        ({"start_year": None}, "no date", "planned"),
        ({"list_figure": True}, "2027", "list author's figure"),
    ],
)
def test_capacity_falls_into_its_start_and_state(changes, start, state):
    row = pipeline.by_start(plants(**changes), 2024, 2030).iloc[0]
    assert (row["start"], row["state"]) == (start, state)


def test_stopped_plants_count_nowhere_and_late_starts_are_refused():
    assert pipeline.by_start(plants(status="stopped"), 2024, 2030).empty
    with pytest.raises(ValueError, match="'p' starts after 2030"):
        pipeline.by_start(plants(start_year=2031), 2024, 2030)


def test_capacity_is_conserved():
    both = pd.concat([plants(), plants(start_year=2016, status="ramping")])
    assert pipeline.by_start(both, 2024, 2030)["capacity_t_per_year"].sum() == 20
