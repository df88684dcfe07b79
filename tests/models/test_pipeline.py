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


@given(st.integers(1, 200), st.floats(0, 1), st.floats(0.5, 0.99))
def test_interval_of_a_counted_share_holds_it_and_narrows_with_the_count(of, part, level):
    count = round(part * of)
    share, low, high = pipeline.share_interval(count, of, level)
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1
    more = pipeline.share_interval(10 * count, 10 * of, level)
    assert more[2] - more[1] < high - low


def test_interval_of_three_of_twenty_one_is_the_published_one():
    # By hand from Wilson 1927: z = 1.96, 3 of 21.
    z, n, p = 1.959964, 21, 3 / 21
    middle = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert pipeline.share_interval(3, 21, 0.95)[1:] == pytest.approx((middle - half, middle + half))


def test_a_plant_whose_latest_date_has_passed_is_late_until_now():
    frame = dates(("a", 2013, "latest promise", 2017), ("b", 2013, "no start found", None))
    table = pipeline.slips(frame, 2026).set_index("facility")
    assert table["slip_years"].tolist() == [13, 13]
    assert table["outcome"].tolist() == ["waiting", "waiting"]


def made(**changes):
    row = {"ramp": "a", "period": "2024", "period_start": pd.Timestamp("2024-01-01"),
           "period_years": 1.0, "quantity_t": 400.0}  # fmt: skip
    return pd.DataFrame([row | changes])


def plates(*rows):
    names = ["ramp", "reading", "valid_from", "valid_to", "nameplate_t_per_year", "preferred"]
    frame = pd.DataFrame(rows, columns=names)
    dates = {name: pd.to_datetime(frame[name]) for name in ("valid_from", "valid_to")}
    return frame.assign(**dates)


ONE = ("a", "promised", "2020-01-01", None, 1000.0, True)


def test_delivered_share_brings_short_periods_to_a_year():
    both = pd.concat([made(), made(period_years=0.25, quantity_t=150.0)])
    assert pipeline.delivered(both, plates(ONE))["share_pct"].tolist() == pytest.approx([40, 60])


def test_a_nameplate_that_changes_counts_by_the_days_it_was_valid():
    early = ("a", "promised", "2020-01-01", "2024-07-01", 500.0, True)
    late = ("a", "promised", "2024-07-02", None, 1500.0, True)
    plate = pipeline.delivered(made(), plates(early, late))["nameplate_t"].iloc[0]
    assert plate == pytest.approx(1000)  # 183 of 366 days each


def test_a_reading_replaces_the_preferred_nameplate_of_its_date_alone():
    early = ("a", "promised", "2020-01-01", "2023-12-31", 500.0, True)
    late = ("a", "promised", "2024-01-01", None, 800.0, True)
    other = ("a", "said", "2020-01-01", "2023-12-31", 400.0, False)
    both = pd.concat([made(period_start=pd.Timestamp("2023-01-01")), made()])
    shares = [
        pipeline.delivered(both, plates(early, late, other), reading)["share_pct"].tolist()
        for reading in ("", "said", "unknown")
    ]
    assert shares[0] == shares[2] == pytest.approx([80, 50])
    assert shares[1] == pytest.approx([100, 50])


@pytest.mark.parametrize("row", [("b", *ONE[1:]), (*ONE[:3], "2024-06-30", *ONE[4:])])
def test_output_without_a_nameplate_for_all_of_it_is_an_error_that_names_the_ramp(row):
    with pytest.raises(ValueError, match=r"Ramp 'a' has nameplates for .* of 366 days"):
        pipeline.delivered(made(), plates(row))


@given(st.floats(100, 1e5), st.floats(0, 1e5))
def test_a_larger_nameplate_makes_a_smaller_share(plate, output):
    shares = [
        pipeline.delivered(made(quantity_t=output), plates((*ONE[:4], size, True)))["share_pct"][0]
        for size in (plate, 2 * plate)
    ]
    assert shares[0] == pytest.approx(2 * shares[1])


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
