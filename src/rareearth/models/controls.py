"""Export controls in time: which are in force, suspended or unsettled, and on which elements."""

from __future__ import annotations

import pandas as pd

STATES = (
    "announced",
    "in force",
    "suspended",
    "suspended, no end stated",
    "agreed, no act seen",
    "not known",
)


def phases(controls: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    """Life of each control as a sequence of phases.

    Args:
        controls: ``instrument, announced, effective, suspended_from, suspended_until,
            agreed_until, ended`` (dates; the last four may be missing).
        until: end of the time shown.

    Returns:
        ``instrument, start, end, state``, without empty phases. What follows the last stated day
        of a suspension is ``agreed, no act seen`` up to the day to which the parties said that it
        runs, and ``not known`` from there, unless the control has ended.

    Raises:
        ValueError: if dates are out of order; the message names the instrument.
    """
    rows = []
    for control in controls.itertuples():
        dates = [control.suspended_from, control.suspended_until, control.agreed_until]
        given = [d for d in dates if pd.notna(d)]
        if control.effective < control.announced or given != sorted(given):
            raise ValueError(f"{control.instrument}: the dates are out of order.")
        stop = control.ended if pd.notna(control.ended) else until
        paused = min(control.suspended_from, stop) if pd.notna(control.suspended_from) else stop
        resumed = control.suspended_until if pd.notna(control.suspended_until) else stop
        agreed = control.agreed_until if pd.notna(control.agreed_until) else resumed
        open_end = pd.notna(control.suspended_from) and resumed == stop and stop == until
        for start, end, state in (
            (control.announced, min(control.effective, paused), "announced"),
            (control.effective, paused, "in force"),
            (paused, min(resumed, stop), "suspended, no end stated" if open_end else "suspended"),
            (max(paused, resumed), min(max(resumed, agreed), stop), "agreed, no act seen"),
            (max(paused, resumed, agreed), stop, "not known"),
        ):
            if start < end:
                rows.append((control.instrument, start, end, state))
    return pd.DataFrame(rows, columns=["instrument", "start", "end", "state"])


def elements_in_force(controls: pd.DataFrame, day: pd.Timestamp) -> set[str]:
    """Elements that some control names and holds on a day.

    Args:
        controls: as for :func:`phases`, with ``elements`` (symbols separated by semicolons).
        day: the day asked about.
    """
    lives = phases(controls, day + pd.Timedelta(days=1))
    held = lives[(lives["state"] == "in force") & (lives["start"] <= day) & (lives["end"] > day)]
    names = controls.loc[controls["instrument"].isin(held["instrument"]), "elements"].dropna()
    return {element for cell in names for element in cell.split(";")}
