"""Phases of export controls on small cases."""

import pandas as pd
import pytest

from rareearth.models import controls

COLUMNS = [
    "announced",
    "effective",
    "suspended_from",
    "suspended_until",
    "agreed_until",
    "ended",
]


def control(name="X", elements=None, **dates):
    row = {column: pd.Timestamp(dates[column]) if column in dates else pd.NaT for column in COLUMNS}
    return pd.DataFrame([{"instrument": name, "elements": elements, **row}])


def states(frame, until="2027-01-01"):
    lives = controls.phases(frame, pd.Timestamp(until))
    assert (lives["start"].iloc[1:].to_numpy() == lives["end"].iloc[:-1].to_numpy()).all()
    return list(lives["state"])


def test_plain_control_is_in_force_to_the_end():
    assert states(control(announced="2025-04-04", effective="2025-04-04")) == ["in force"]


def test_suspended_before_it_took_effect_was_never_in_force():
    frame = control(
        elements="Ho;Er",
        announced="2025-10-09",
        effective="2025-11-08",
        suspended_from="2025-11-07",
        suspended_until="2026-11-10",
    )
    assert states(frame) == ["announced", "suspended", "not known"]
    for day in ("2025-10-20", "2026-03-01", "2026-11-21"):
        assert controls.elements_in_force(frame, pd.Timestamp(day)) == set()


def test_what_was_said_comes_between_the_suspension_and_what_is_not_known():
    frame = control(
        announced="2025-10-09",
        effective="2025-11-08",
        suspended_from="2025-11-07",
        suspended_until="2026-11-10",
        agreed_until="2027-01-10",
    )
    assert states(frame, until="2027-02-01") == [
        "announced", "suspended", "agreed, no act seen", "not known"
    ]  # fmt: skip
    assert states(frame, until="2026-12-01")[-1] == "agreed, no act seen"


def test_suspension_without_an_end_stays_so():
    frame = control(announced="2025-03-04", effective="2025-03-04", suspended_from="2025-11-10")
    assert states(frame) == ["in force", "suspended, no end stated"]


def test_ended_control_has_no_after_life():
    frame = control(
        announced="2025-04-09",
        effective="2025-04-10",
        suspended_from="2025-05-14",
        ended="2025-08-12",
    )
    assert states(frame) == ["announced", "in force", "suspended"]


def test_elements_count_from_the_first_day():
    frame = control(elements="Dy;Tb", announced="2025-04-04", effective="2025-04-04")
    assert controls.elements_in_force(frame, pd.Timestamp("2025-04-03")) == set()
    assert controls.elements_in_force(frame, pd.Timestamp("2025-04-04")) == {"Dy", "Tb"}


def test_dates_out_of_order_are_named():
    with pytest.raises(ValueError, match="Rule 9"):
        states(control("Rule 9", announced="2025-04-04", effective="2025-01-01"))
