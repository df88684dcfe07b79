"""From the laboratory to the first plant: gaps, loans, instruments, and tests of the model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from rareearth import assumptions, data, digits, uncertainty
from rareearth.analysis import market, proteins
from rareearth.answers import Answers, listing
from rareearth.models import finance, pipeline, ramps
from rareearth.scenarios import Scenario

FIRMS = 300
"""Firms in each outer draw: enough that shares of firms move by a point or two at most."""

OUTER = 300
"""Draws of what is the same for all firms: prices, rates, chances of success. With fewer the
middle of what is built depends on the seed."""

MIXES = {
    "No help": (),
    "Grants": ("grants",),
    "Public equity": ("equity",),
    "Loans": ("loans",),
    "Offtake": ("offtake",),
    "Price floor": ("floor",),
    "Tax credit": ("credit",),
    "Grants and equity": ("grants", "equity"),
    "Floor and loans": ("loans", "floor"),
    "Grants, equity, floor": ("grants", "equity", "floor"),
    "All six": finance.INSTRUMENTS,
}
"""Combinations that are shown."""

NAMES = {
    "none": "No help",
    "floor": "Price floor",
    "pair": "Grants and equity",
    "trio": "Grants, equity, floor",
    "all": "All six",
}
"""How numbers name those of :data:`MIXES` that the text speaks of."""

SAVERS = {
    "floor": "Price floor",
    "pair": "Grants and equity",
    "offtake": "Offtake",
    "loans": "Loans",
    "credit": "Tax credit",
}
"""How numbers name instruments whose saved plants the text prints."""

STEADY = {
    "built_pct": 10.0,
    "survival_pct": 1.0,
    "kept_usd_million": 100.0,
    "kept_usd_per_t": 1e5,
}
"""Last digit of medians over outer draws that five seeds leave alone."""

GATES = dict(zip(("lab", "pilot", "demo", "plant"), finance.STAGES, strict=True))
"""How numbers name the stages."""

TESTED_PRICES = np.arange(60.0, 131.0, 10.0)
"""Expected prices of NdPr oxide between which the one that would do is sought, USD/kg."""

TEST_UNITS = dict.fromkeys(
    ("published_low", "published_high", "low", "median", "high"), "as in what"
)
"""Units of the columns of :func:`comparisons`, for their download."""

MILLION = "{:,.0f} million dollars"


def firms(seed: int, scenario: Scenario, count: int = FIRMS) -> pd.DataFrame:
    """Draws of the assumptions on firms and on what is the same for all of them.

    With the price that a plant may expect, as :func:`rareearth.analysis.market.over_life` has it.
    """
    drawn = assumptions.sample(count, seed, scenario)
    return drawn.join(market.over_life(drawn, drawn["venture_plant_life"]).add_prefix("price_"))


def assumed(*parts: str) -> pd.DataFrame:
    """Rows of the register behind the model; with parts, those whose names hold one of them."""
    register = assumptions.register()
    names = [n for n in register.index if n.startswith("venture_") or n in market.ASSUMED]
    return register.loc[[n for n in names if not parts or any(part in n for part in parts)]]


# --- what is missing ------------------------------------------------------------------------------


def stages(drawn: pd.DataFrame) -> pd.DataFrame:
    """Cost of each stage, private money that it finds unaided, and what is missing.

    Returns:
        ``stage``, means over firms of cost, private money and gap (``…_usd_million``), the gap as
        ``gap_share_pct`` of the cost, how much of it is due to the size of rounds alone
        (``size_usd_million``: worth the money, but too large), and interval of the cost
        (``cost_usd_million_low`` and so on).
    """
    table = finance.gaps(finance.path(drawn))
    afforded = np.minimum(table["worth"], table["cost"])
    table["size"] = (afforded - table["private"]).clip(lower=0)
    by_stage = table.groupby("stage", sort=False)
    mean = by_stage[["cost", "private", "gap", "size"]].mean().add_suffix("_usd_million")
    mean["gap_share_pct"] = 100 * mean["gap_usd_million"] / mean["cost_usd_million"]
    cost = uncertainty.band(finance.costs(drawn), stage=finance.STAGES).set_index("stage")
    return mean.join(cost.add_prefix("cost_usd_million_")).reset_index()


def gaps(drawn: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """:func:`stages`, and what the text says of it."""
    gates, answers = stages(drawn), Answers(assumed())
    at = gates.set_index("stage")
    for key, stage in GATES.items():
        row = at.loc[stage]
        answers.add(f"valley-cost-{key}", row["cost_usd_million"], MILLION, kind="estimate")
        answers.add(f"valley-gap-{key}", row["gap_usd_million"], MILLION)
        answers.add(f"valley-part-{key}", row["gap_share_pct"], "{:.0f}%")
    plant = at.loc["First plant"]
    by_size = 100 * plant["size_usd_million"] / plant["gap_usd_million"]
    answers.add("valley-size-part", by_size, "{:.0f}%")
    answers.add("valley-private-demo", 100 - at.loc["Demonstration", "gap_share_pct"], "{:.0f}%")
    return gates, answers


# --- what is seen at real firms -------------------------------------------------------------------


def seen() -> pd.DataFrame:
    """Rounds, grants and plant costs of real firms, by stage.

    Returns:
        One row for each of the table ``money_by_stage``: ``firm``, ``stage``, ``what`` (round,
        grant, plant cost), ``date``, ``usd_million`` and where it comes from.

    Raises:
        ValueError: if a row is missing from the table named, or not unique there.
    """
    picks = data.table("money_by_stage")[["table", "firm", "row", "stage", "what"]].astype(str)
    rows = picks.rename(columns={"stage": "paid"}).merge(_amounts(), how="left")
    counts = rows.groupby(["table", "firm", "row"])["usd_million"].count()
    if (counts != 1).any():
        table, firm, row = counts.index[counts != 1][0]
        raise ValueError(
            f"{table} has {counts[table, firm, row]} rows '{row}' of '{firm}' with an amount; "
            "money_by_stage needs one."
        )
    origin = ["kind", "source", "locator", "seen", "note"]
    columns = ["firm", "paid", "what", "date", "usd_million", *origin]
    return rows[columns].rename(columns={"paid": "stage"})


def _amounts() -> pd.DataFrame:
    """The tables that ``money_by_stage`` points to, with the same columns."""
    events, niron = data.table("bio_events"), data.table("iron_nitride")
    notes = data.table("valley_of_death")
    tables = {
        "bio_events": events.assign(
            firm=events["entity"], row=events["event"], date=events["event_date"],
            usd_million=events["amount_usd"] / 1e6,
        ),
        "iron_nitride": niron.assign(
            firm="Niron Magnetics",
            row=niron["date"].astype(str) + ", " + niron["stage"].astype(str),
            usd_million=niron["amount_usd"] / 1e6,
        ),
        "valley_of_death": notes.assign(
            firm=notes["subject"], row=notes["metric"], usd_million=notes["low"]
        ),
    }  # fmt: skip
    columns = ["firm", "row", "date", "usd_million", "kind", "source", "locator", "seen", "note"]
    parts = [table[columns].assign(table=name) for name, table in tables.items()]
    return pd.concat([part.astype({"kind": str, "seen": str}) for part in parts])


def evidence() -> tuple[pd.DataFrame, Answers]:
    """:func:`seen`, and what the text says of it."""
    rounds, answers = seen(), Answers(kind="reported")
    private = rounds[rounds["what"] == "round"]
    exeter = rounds[rounds["firm"] == "Phoenix Tailings Exeter"]
    most = private["usd_million"].max()
    answers.add("valley-largest-round", most, "{:.0f} million dollars", sources=private)
    answers.add("valley-rounds", len(private), sources=private, kind="derived")
    cost = exeter["usd_million"].item()
    answers.add("valley-phoenix-plant", cost, "{:.0f} million dollars", sources=exeter)
    groups = {
        "lab": (rounds[rounds["stage"] == "Laboratory"], "{:.1f} to {:.1f}"),
        "pilot": (rounds[rounds["stage"] == "Pilot"], "{:.0f} to {:.0f}"),
        "demo": (rounds[rounds["stage"] == "Demonstration"], "{:.0f} to {:.0f}"),
        "plant": (private[private["stage"] == "First plant"], "{:.0f} to {:.0f}"),
        "works": (rounds[rounds["what"] == "plant cost"], "{:.0f} to {:,.0f}"),
    }
    for key, (rows, template) in groups.items():
        ends = template.format(rows["usd_million"].min(), rows["usd_million"].max())
        answers.add(f"valley-seen-{key}", ends, "{} million", sources=rows)
    return rounds, answers


def lesson(subject: str, metric: str) -> pd.Series:
    """One row of the table of records.

    Raises:
        ValueError: if there is no such row, or more than one.
    """
    table = data.table("valley_of_death")
    rows = table[(table["subject"] == subject) & (table["metric"] == metric)]
    if len(rows) != 1:
        raise ValueError(f"valley_of_death has {len(rows)} rows of '{subject}', '{metric}'.")
    return rows.iloc[0]


def records() -> Answers:
    """What is known of Phoenix Tailings, of clean-tech funds and of pioneer plants."""
    answers = Answers(kind="reported")
    events = data.table("bio_events")
    phoenix = events[events["entity"] == "Phoenix Tailings"].set_index("event")
    tonne = ramps.TON_T["short"]
    planned = phoenix.loc["Exeter expansion"]
    tonnes = planned["quantity"] * tonne
    answers.add("valley-phoenix-next", tonnes, "{:,.0f} t", sources=planned, kind="target")
    raised = phoenix.loc[["Series A", "Series B first close", "Series B second close"]]
    total = raised["amount_usd"].sum() / 1e6
    answers.add("valley-phoenix-raised", total, MILLION, sources=raised, kind="derived")
    award = phoenix.loc["DOE Rare Earth Demonstration Facility award"]
    answers.add("valley-phoenix-grant", award["amount_usd"] / 1e6, MILLION, sources=award)
    spent = lesson("clean-tech venture capital", "invested")
    answers.add("valley-vc-spent", spent["low"], "{:.0f} billion dollars", sources=spent)
    missed = lesson(
        "pioneer process plants, 44", "missed production goals in second half-year after start-up"
    )
    answers.add("valley-pioneers", missed["low"], "{:.0f}%", sources=missed)
    return answers | proteins.programmes()[1].only("exeter")


# --- loans ----------------------------------------------------------------------------------------


def losses(drawn: pd.DataFrame) -> pd.DataFrame:
    """Part of a loan that its lender must expect to lose at each stage, and the rate it would need.

    Without collateral.

    Returns:
        ``stage``, and intervals over firms: ``unaided_pct_…`` and ``aided_pct_…`` (with all
        instruments), ``unaided_rate_pct_…`` and ``aided_rate_pct_…``.
    """
    parts = []
    for name, mix in {"unaided": (), "aided": finance.INSTRUMENTS}.items():
        table = finance.lending(drawn, finance.path(drawn, mix))
        lost = 100 * (1 - _wide(table, "repaid"))
        parts.append(uncertainty.band(lost).add_prefix(f"{name}_pct_"))
        # Quantiles of a rate without bound have none themselves: read off the finite ranks.
        ranked = np.sort(100 * _wide(table, "rate"), axis=1)
        for label, level in {"low": 0.05, "median": 0.5, "high": 0.95}.items():
            column = ranked[:, int(level * (ranked.shape[1] - 1))]
            parts.append(pd.Series(column, lost.index, name=f"{name}_rate_pct_{label}"))
    return pd.concat(parts, axis=1).rename_axis("stage").reset_index()


def loans(drawn: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """:func:`losses`, and what the text says of it beside the record of lenders.

    The record that losses are drawn against is the answer ``valley-loss-record``.
    """
    lent, answers = losses(drawn), Answers(assumed())
    at = lent.set_index("stage")
    for key in ("demo", "plant"):
        row = at.loc[GATES[key]]
        answers.add(f"valley-loss-{key}", row["unaided_pct_median"], "{:.0f}%")
        answers.add(f"valley-rate-{key}", row["unaided_rate_pct_median"], "{:.0f}%")
    answers.add("valley-loss-aided-demo", at.loc["Demonstration", "aided_pct_median"], "{:.0f}%")
    answers.add("valley-loss-list", listing(at["unaided_pct_median"]))
    answers.add("valley-loss-aided-list", listing(at["aided_pct_median"]))
    both = "DOE loan programmes (LGP and ATVM)"
    lost = lesson("DOE loan programmes", "loss share of funds disbursed")
    failed = lesson(both, "projects with default")
    share = 100 * failed["low"] / lesson(both, "projects with loans or guarantees")["low"]
    bank = lesson("bank loans to projects, world", "defaults within ten years")
    record = {"sources": lost, "kind": "reported"}
    answers.add("valley-loss-record", lost["low"], "{:.1f}%", **record)
    answers.add("valley-default-record", share, "{:.0f}%", sources=failed)
    answers.add("valley-default-banks", bank["low"], "{:.1f}%", sources=bank, kind="reported")
    return lent, answers


# --- instruments ----------------------------------------------------------------------------------


def instruments(
    drawn: pd.DataFrame,
    outer: int = OUTER,
    mixes: Mapping[str, Collection[str]] = MappingProxyType(MIXES),
) -> pd.DataFrame:
    """What some mixes of instruments do, with intervals over what is the same for all firms.

    Args:
        drawn: as from :func:`firms`.
        outer: outer draws, see :func:`rareearth.models.finance.population`.
        mixes: instruments by the name of the mix; the first is what others are measured against.

    Returns:
        ``label``, and ``_low``, ``_median``, ``_high`` of ``built_pct`` (first plants paid for, of
        those at the decision), ``survival_pct`` (firms that come through, of those that start),
        ``saved_pct`` (first plants otherwise given up that get built), ``kept_usd_million``,
        ``paid_out_usd_million`` (per surviving firm) and ``kept_usd_per_t`` (per annual tonne).
        Money is missing where no draw has any.
    """
    unaided, rows = None, []
    decides = drawn["venture_money_decides"].to_numpy()[:outer]
    for label, mix in mixes.items():
        table = finance.population(drawn, mix, outer)
        unaided = table["built"] if unaided is None else unaided
        table["saved_pct"] = 100 * decides * finance.saved_share(unaided, table["built"])
        table["built_pct"], table["survival_pct"] = 100 * table["built"], 100 * table["survival"]
        row = {"label": label}
        for name in (
            *("built_pct", "survival_pct", "saved_pct"),
            *("kept_usd_million", "paid_out_usd_million", "kept_usd_per_t"),
        ):
            values = table[name].dropna()
            values = values[values > 0] if "usd" in name else values
            ends = uncertainty.band(values).iloc[0] if len(values) else {}
            row |= {f"{name}_{end}": ends.get(end) for end in ("low", "median", "high")}
        rows.append(row)
    return pd.DataFrame(rows).astype({name: float for name in rows[0] if name != "label"})


def help_offered(drawn: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """:func:`instruments`, and what the text says of it."""
    mixes, answers = instruments(drawn), Answers(assumed())
    at = mixes.set_index("label")

    def put(name: str, label: str, column: str, template: str, band: bool = True) -> None:
        low, median, high = at.loc[label, [f"{column}_{e}" for e in ("low", "median", "high")]]
        ends = {"low": low, "high": high} if band else {}
        error = STEADY.get(column, 0.0) / digits.RANGE
        answers.add(name, median, template, **ends, error=error)

    for key, label in NAMES.items():
        put(f"valley-built-{key}", label, "built_pct", "{:.0f}%")
    for key, label in SAVERS.items():
        put(f"valley-saved-{key}", label, "saved_pct", "{:.0f}%")
    put("valley-survival-all", NAMES["all"], "survival_pct", "{:.1f}%")
    added = at.loc["Loans", "built_pct_median"] - at.loc["No help", "built_pct_median"]
    points = f"{added:.0f} percentage points" if round(added) > 1 else "hardly a percentage point"
    answers.add("valley-loans-built", points)
    for key, label in {"grants": "Grants", "trio": NAMES["trio"]}.items():
        put(f"valley-kept-{key}", label, "kept_usd_million", MILLION, band=False)
    put("valley-per-t-trio", NAMES["trio"], "kept_usd_per_t", "{:,.0f} dollars", band=False)
    answers.add("valley-built-list", listing(at["built_pct_median"]))
    answers.add("valley-survival-list", listing(at["survival_pct_median"], "{} {:.1f}"))
    spent = costing(mixes).set_index("label")[
        ["kept_usd_million_median", "paid_out_usd_million_median"]
    ]
    words = spent.map(lambda value: f"{value:,.0f}" if np.isfinite(value) else "nothing")
    pairs = dict(zip(words.index, words.itertuples(index=False, name=None), strict=True))
    answers.add("valley-money-list", listing(pairs, "{} {} and {}", "; "))
    return mixes, answers


def costing(mixes: pd.DataFrame) -> pd.DataFrame:
    """Those rows of :func:`instruments` in which public money is spent."""
    return mixes[~mixes["label"].isin(["No help", "Offtake"])]


def units(frame: pd.DataFrame) -> dict[str, str]:
    """Units of the columns of the frames of this module, for their download."""
    parts = {
        "usd_per_t": "US dollars per tonne a year of capacity",
        "usd_million": "million US dollars",
        "pct": "percent",
    }
    return {
        column: unit for column in frame for part, unit in parts.items() if f"_{part}" in column
    }


# --- tests of the model ---------------------------------------------------------------------------


def comparisons(drawn: pd.DataFrame, outer: int = OUTER) -> pd.DataFrame:
    """What the model says of things that others have counted.

    Returns:
        ``what``, ``published_low``, ``published_high``, ``low``, ``median``, ``high`` (ours),
        ``reason`` (why they differ) and ``source``.
    """
    early = [f"venture_{{}}_{key}" for key in finance.KEYS[:3]]
    quoted = np.concatenate(
        [
            finance.quoted_rate(
                drawn["venture_return"], drawn[k.format("success")], drawn[k.format("years")]
            )
            for k in early
        ]
    )
    aided = finance.population(drawn, ("grants",), outer)
    unaided = finance.population(drawn, (), outer)
    start_ups = "US start-ups of all kinds"
    rounds = [lesson(start_ups, f"raised a series {letter}") for letter in "AC"]
    funnel = 100 * rounds[1]["low"] / rounds[0]["low"]
    capture = "carbon-capture demonstrations paid for by the Department of Energy"
    ran = lesson(capture, "projects that came to run")
    chosen = lesson(capture, "projects chosen")
    rates = lesson("venture capital", "rate quoted on the success case, start-up stage")
    later = lesson("venture capital", "rate quoted on the success case, first to fourth stage")
    valued = data.table("bio_events")
    valued = valued[valued["event"] == "valuation"].iloc[0]
    with_grants = finance.path(drawn, ("grants",))
    dates = data.table("start_dates")
    slips = pipeline.slips(dates, data.today().year)
    given_up = 100 * (slips["outcome"] == "given up").mean()
    runs = 100 * (slips["outcome"] == "running").mean()
    success = {key: drawn[f"venture_success_{key}"].to_numpy()[:outer] for key in finance.KEYS}
    arrived = aided["started_pilot"] * success["pilot"]
    shown = aided["started_demonstration"] / arrived * success["demonstration"]
    dated = ";".join(sorted(set(";".join(dates["source"]).split(";"))))
    rows = [
        (
            "Return that venture investors quote, percent a year",
            *(later["low"], rates["high"], 100 * quoted),
            "The expected return is assumed, the surcharge for failures is computed.",
            rates["source"],
        ),
        (
            "Start-ups with a first large round that reach a third, percent; ours: from paid pilot "
            "to paid first plant",
            *(funnel, funnel),
            100 * aided["started_first_plant"] / aided["started_pilot"],
            "Start-ups of all kinds, mostly software; ours with grants.",
            rounds[0]["source"],
        ),
        (
            "Demonstrations with public money that came to run, percent",
            *(100 * ran["low"] / chosen["low"],) * 2,
            100 * shown,
            "Carbon capture, eleven projects; ours with grants, of firms whose pilot worked.",
            ran["source"],
        ),
        (
            "Worth of a firm with a small first plant, million dollars (Phoenix Tailings); ours: "
            "once a first plant works",
            *(valued["amount_usd"] / 1e6,) * 2,
            with_grants.value[-1],
            "One firm of 181 t a year; investors paid for growth.",
            valued["source"],
        ),
        (
            "Plants given up, percent of those promised; ours: first plants not paid for, unaided",
            *(given_up, given_up),
            100 * (1 - unaided["built"]),
            "The record counts as given up only what its owner said so of; most of the rest wait, "
            "and many had public money. The plants are those of larger firms.",
            dated,
        ),
        (
            "Plants running today, percent of those promised; ours: paid for with grants, and work",
            *(runs, runs),
            100 * aided["built"] * success["first_plant"],
            "Some of those that wait will run.",
            dated,
        ),
    ]
    frame = pd.DataFrame(
        rows, columns=["what", "published_low", "published_high", "ours", "reason", "source"]
    )
    ends = [np.nanquantile(np.asarray(v, float), [0.05, 0.5, 0.95]) for v in frame.pop("ours")]
    for at, (name, column) in enumerate(
        zip(("low", "median", "high"), np.transpose(ends), strict=True)
    ):
        frame.insert(3 + at, name, column)
    return frame


def tests(drawn: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """:func:`comparisons`, the same as it is printed, and what the text says of it."""
    frame, answers = comparisons(drawn), Answers(assumed())
    given_up = frame[frame["what"].str.startswith("Plants given up")].iloc[0]
    counted = given_up["published_low"]
    answers.add("valley-given-up-record", counted, "{:.0f}%", sources=given_up)
    answers.add("errors-given-up", given_up["median"], "{:.0f}%")
    records = [
        f"{low:,.0f}" if round(low) == round(high) else f"{low:,.0f} to {high:,.0f}"
        for low, high in zip(frame["published_low"], frame["published_high"], strict=True)
    ]
    ours = [f"{r.median:,.0f} ({r.low:,.0f} to {r.high:,.0f})" for r in frame.itertuples()]
    printed = {"What": frame["what"], "Counted": records, "Model": ours}
    return frame, pd.DataFrame(printed | {"Why they differ": frame["reason"]}), answers


def switching_values(drawn: pd.DataFrame, mixes: pd.DataFrame) -> Answers:
    """What would do as much for first plants as grants and equity: certain success, or a price."""
    answers = Answers(assumed())

    def built(**changed: float) -> float:
        table = finance.population(drawn.assign(**changed), (), OUTER)
        return 100 * table["built"].median()

    goal = mixes.set_index("label").loc[NAMES["pair"], "built_pct_median"]
    reached = [built(price_level=level) for level in TESTED_PRICES]
    enough = round(np.interp(goal, reached, TESTED_PRICES), -1)
    answers.add("pol-flip-price", enough, "{:.0f} USD/kg")
    answers.add("pol-flip-success", built(venture_success_first_plant=1.0), "{:.0f}%")
    return answers


def _wide(table: pd.DataFrame, values: str) -> pd.DataFrame:
    """One row per stage in order, one column per draw."""
    return table.pivot(index="stage", columns="draw", values=values).loc[list(finance.STAGES)]
