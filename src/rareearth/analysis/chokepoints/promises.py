"""What was promised of plants outside China, and what came: dates, by stage, and the heavy ones."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.analysis import supply
from rareearth.answers import Answers, in_words, keys, listing
from rareearth.models import pipeline

LEVEL = 0.95
"""Of the intervals of counted shares."""

AFTER = (0, 3)
"""Years after the promised one at which plants are counted."""

LATER = 5
"""Years after its date at which a project of an old list is counted once more."""

STAGES = {"Mines": ("mine",), "Separation": ("separation",), "Metal and magnets": supply.MAGNET}
"""Parts of the record in words."""

BOTH = "Mines and separation"
"""The first two of :data:`STAGES`, which the balance draws alike."""

STATES = ("operating", "pilot", "under construction", "planned", "given up", "not known")
"""States of a plant for heavy rare earths, from output to nothing."""


def slips() -> tuple[pd.DataFrame, Answers]:
    """How late plants are against the first promise found.

    Returns:
        As from :func:`rareearth.models.pipeline.slips`, with ``source``; counts and
        delays, among them ``plants``, ``plants-running``, ``on-time`` and ``within-three``.
    """
    dates = data.table("start_dates")
    slipped = pipeline.slips(dates, data.today().year)
    slipped["source"] = slipped["facility"].map(dates.groupby("facility")["source"].agg(";".join))
    outcome = slipped["outcome"]
    runs, waits = slipped[outcome == "running"], slipped[outcome == "waiting"]
    answers = Answers(sources=dates)
    answers.add("plants", len(slipped), "{:d}")
    answers.add("plants-running", len(runs), "{:d}")
    answers.add("build-wait-count", len(waits), "{:d}")
    answers.add("build-given-up", in_words(int((outcome == "given up").sum())))
    for name, rows in (("slip", runs), ("wait", waits)):
        years = rows["slip_years"].astype(float)
        middle = years.median()
        template = "{:.0f} year" if middle == 1 else "{:.0f} years"
        answers.add(f"build-{name}-median", middle, template)
        answers.add(f"build-{name}-least", years.min(), "{:.0f}")
        answers.add(f"build-{name}-most", years.max(), "{:.0f} years")
    share = 100 * pipeline.running_share(slipped, range(4))
    for name, years in (("on-time", 0), ("within-three", 3)):
        answers.add(name, share[years], "{:.0f}%")
    punctual = runs["slip_years"] == 0
    more = (len(slipped) + 1) // 2 - int(punctual.sum())
    answers.add("build-flip-plants", more, "{:d}")
    answers.add("this-year", data.today().year)
    return slipped, answers


def by_stage() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Plants that ran in time, by part of the chain, as counts with intervals.

    Returns:
        ``stages``, ``measure``, ``plants_count``, ``running_count``, ``share_pct``, ``low_pct`` and
        ``high_pct`` (Wilson interval at :data:`LEVEL`) and ``source``; only plants whose time is
        over count. The same as printed, and the shares in the text.
    """
    dates, now = data.table("start_dates"), data.today().year
    slipped = pipeline.slips(dates, now)
    late = slipped["slip_years"].where(slipped["outcome"] == "running").astype(float)
    groups = {name: slipped["stage"].isin(stages) for name, stages in STAGES.items()}
    groups |= {BOTH: slipped["stage"].isin(supply.ORE), "All": slipped["stage"].notna()}
    rows = []
    for name, chosen in groups.items():
        rests_on = dates[dates["facility"].isin(slipped.loc[chosen, "facility"])]
        counts = [
            (_after(years), chosen & (slipped["promised_year"] + years <= now), late <= years)
            for years in AFTER
        ]
        for measure, over, came in [*counts, ("Today", chosen, late.notna())]:
            share, low, high = pipeline.share_interval(int((came & over).sum()), over.sum(), LEVEL)
            rows.append(
                {
                    "stages": name,
                    "measure": measure,
                    "plants_count": int(over.sum()),
                    "running_count": int((came & over).sum()),
                    "share_pct": 100 * share,
                    "low_pct": 100 * low,
                    "high_pct": 100 * high,
                    "source": ";".join(keys(rests_on, "promises")),
                }
            )
    frame = pd.DataFrame(rows)
    cell = "{running_count} of {plants_count} ({low_pct:.0f} to {high_pct:.0f}%)"
    cells = [cell.format(**row) for row in frame.to_dict("records")]
    printed = frame.assign(cell=cells).pivot(index="stages", columns="measure", values="cell")
    order = [*map(_after, AFTER), "Today"]
    printed = printed.loc[[*STAGES, "All"], order].rename_axis("Plants").reset_index()
    printed.columns.name = None
    answers = Answers(sources=dates)
    at = frame.set_index(["stages", "measure"])
    for short, name in (("ore", BOTH), ("magnet", "Metal and magnets")):
        row = at.loc[name, _after(0)]
        answers.add(f"build-{short}-on-time", in_words(row["running_count"]))
        answers.add(f"build-{short}-promised", f"{row['plants_count']:d}")
    answers.add("build-magnet-band", "{low_pct:.0f} to {high_pct:.0f}%".format(**row))
    row = at.loc["All", _after(0)]
    answers.add("build-all-band", "{low_pct:.0f} to {high_pct:.0f}%".format(**row))
    answers.add("build-level", 100 * LEVEL, "{:.0f}%")
    return frame, printed, answers


def _after(years: int) -> str:
    return "In the promised year" if years == 0 else f"Within {in_words(years)} years of it"


def dated_lists() -> tuple[pd.DataFrame, Answers]:
    """What became of projects that two lists dated before anybody knew the outcome.

    Returns:
        One row for each project with a year in a list, at its oldest listing: ``project``,
        ``company``, ``list``, ``due_year`` (the later one where a list gives two),
        ``first_output_year``, ``outcome`` and ``source``; counts in the text.
    """
    table = data.table("dated_lists").sort_values("list_date", kind="stable")
    frame = table.dropna(subset="promised_start_year").drop_duplicates("project")
    due = frame["promised_start_year_late"].fillna(frame["promised_start_year"])
    frame = frame.assign(due_year=due).reset_index(drop=True)
    late = (frame["first_output_year"] - frame["due_year"]).astype(float)
    answers = Answers(sources=table)
    answers.add("build-dated", in_words(len(frame)))
    for name, came in (("time", late <= 0), ("later", late <= LATER)):
        answers.add(f"build-dated-{name}", in_words(int(came.sum())))
    low, high = pipeline.share_interval(int(late.notna().sum()), len(frame), LEVEL)[1:]
    answers.add("build-dated-ever-band", f"{100 * low:.0f} to {100 * high:.0f}%")
    answers.add("build-later-years", in_words(LATER))
    names = frame.loc[late.notna(), "project"]
    answers.add("build-dated-names", " and ".join(sorted(names)))
    columns = ["project", "company", "list", "due_year", "first_output_year", "outcome", "source"]
    return frame[columns], answers


def heavies() -> tuple[pd.DataFrame, Answers]:
    """Dysprosium and terbium oxide that plants outside China separate, build or plan.

    Returns:
        ``plant``, ``country``, ``state`` (of :data:`STATES`), ``dytb_t``, ``start_promised``,
        ``status``, ``said_by`` and ``source``, from output to plans, the largest first; sums by
        state, and how many more plants state no tonnes.
    """
    table = data.table("heavy_separation")
    counted = table[table["counted"]]
    by = counted.groupby(["operator", "place", "country"], sort=False, observed=True)
    frame = by.agg(
        state=("state", "first"),
        dytb_t=("quantity_t_per_year", "sum"),
        start_promised=("start_promised", "first"),
        status=("status", "first"),
        said_by=("said_by", "first"),
        source=("source", lambda s: ";".join(dict.fromkeys(";".join(s).split(";")))),
    ).reset_index()
    frame.insert(0, "plant", frame.pop("operator") + ", " + frame.pop("place"))
    frame["state"] = frame["state"].astype(str)
    rank = frame["state"].map(STATES.index)
    frame = frame.assign(rank=rank).sort_values(["rank", "dytb_t"], ascending=[True, False])
    frame = frame.drop(columns="rank").reset_index(drop=True)
    answers = Answers(sources=counted, kind="target")
    tonnes = frame.groupby("state")["dytb_t"].sum()
    runs = counted[counted["state"] == "operating"]
    answers.add("build-heavy-runs", tonnes["operating"], "{:.0f} t", sources=runs, kind="derived")
    answers.add("build-heavy-building", tonnes["under construction"], "{:.0f} t")
    answers.add("build-heavy-planned", tonnes["planned"], "{:.0f} t")
    places = table.groupby(["operator", "place"], observed=True)
    silent = ~places["counted"].any()
    answers.add("build-heavy-silent", in_words(int(silent.sum())))
    shown = {row.plant: (row.dytb_t, row.state) for row in frame.itertuples()}
    answers.add("build-heavy-plants", listing(shown, "{} {:.3g} t ({})", "; "))
    return frame, answers


def heavy_states() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every plant for heavy rare earths on record, with its state today beside its plan.

    Returns:
        The rows of ``heavy_separation``; one printed row for each plant.
    """
    table = data.table("heavy_separation").astype({"state": str})
    by = table.groupby(["operator", "place"], sort=False, observed=True)
    printed = by.agg(
        elements=("elements", lambda s: ", ".join(dict.fromkeys(s))),
        start=("start_promised", lambda s: ", ".join(dict.fromkeys(s.dropna())) or "not stated"),
        said=("promise_said", "first"),
        state=("state", lambda s: ", ".join(dict.fromkeys(s))),
    ).reset_index()
    printed = printed.fillna({"said": "not stated"})
    names = {
        "operator": "Operator",
        "place": "Place",
        "elements": "For",
        "start": "Start promised",
        "said": "Said",
        "state": "Today",
    }
    return table, printed.rename(columns=names)[list(names.values())]
