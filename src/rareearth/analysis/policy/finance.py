"""The valley of death, from tables and draws: gaps, loans, instruments, and tests of the model."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import assumptions, data, uncertainty
from rareearth.models import finance, pipeline
from rareearth.scenarios import Scenario

FIRMS = 400
"""Firms in each world: enough that shares of firms move by a percent point or two at most."""

WORLDS = 100
"""Worlds, each with its own prices, rates and chances of success."""

MIXES = {
    "No help": (),
    "Grants": ("grants",),
    "Public equity": ("equity",),
    "Loans": ("loans",),
    "Offtake": ("offtake",),
    "Price floor": ("floor",),
    "Grants and equity": ("grants", "equity"),
    "Floor and loans": ("loans", "floor"),
    "Grants, equity, floor": ("grants", "equity", "floor"),
    "All five": finance.INSTRUMENTS,
}
"""Combinations that are shown."""

NOW = 2026


def firms(seed: int, story: Scenario, count: int = FIRMS) -> pd.DataFrame:
    """Draws of the assumptions on firms and on the world they live in."""
    return assumptions.sample(count, seed, story)


def assumed(*parts: str) -> pd.DataFrame:
    """Rows of the register behind the model; with parts, those whose names hold one of them."""
    register = assumptions.register()
    names = [name for name in register.index if name.startswith("venture_")]
    return register.loc[[n for n in names if not parts or any(part in n for part in parts)]]


def stages(drawn: pd.DataFrame) -> pd.DataFrame:
    """Cost of each stage, private money that it finds unaided, and what is missing.

    Returns:
        ``stage``, means over firms of cost, private money and gap (``…_usd_million``), the gap as
        ``gap_share_pct`` of the cost, how much of it is due to the size of rounds alone
        (``size_usd_million``: worth the money, but too large), and band of the cost
        (``cost_usd_million_low`` and so on).
    """
    table = finance.valley(finance.path(drawn))
    afforded = np.minimum(table["worth"], table["cost"])
    table["size"] = (afforded - table["private"]).clip(lower=0)
    by_stage = table.groupby("stage", sort=False)
    mean = by_stage[["cost", "private", "gap", "size"]].mean().add_suffix("_usd_million")
    mean["gap_share_pct"] = 100 * mean["gap_usd_million"] / mean["cost_usd_million"]
    cost = uncertainty.band(finance.costs(drawn), stage=finance.STAGES).set_index("stage")
    return mean.join(cost.add_prefix("cost_usd_million_")).reset_index()


def losses(drawn: pd.DataFrame) -> pd.DataFrame:
    """Part of a loan that its lender must expect to lose at each stage, and the rate it would need.

    Without collateral. Only firms whose stage has some chance to be served count in the rate.

    Returns:
        ``stage``, and bands over firms: ``unaided_pct_…`` and ``aided_pct_…`` (with all
        instruments), ``unaided_rate_pct_…`` and ``aided_rate_pct_…``.
    """
    parts = []
    for name, mix in {"unaided": (), "aided": finance.INSTRUMENTS}.items():
        table = finance.lending(drawn, finance.path(drawn, mix))
        lost = 100 * (1 - _wide(table, "repaid"))
        rate = 100 * _wide(table, "rate")
        parts.append(uncertainty.band(lost).add_prefix(f"{name}_pct_"))
        # Quantiles of a rate without bound have none themselves: read off the finite ranks.
        ranked = np.sort(rate.to_numpy(), axis=1)
        at = {"low": 0.05, "median": 0.5, "high": 0.95}
        for label, level in at.items():
            column = ranked[:, int(level * (ranked.shape[1] - 1))]
            parts.append(pd.Series(column, index=rate.index, name=f"{name}_rate_pct_{label}"))
    return pd.concat(parts, axis=1).rename_axis("stage").reset_index()


def instruments(drawn: pd.DataFrame, worlds: int = WORLDS) -> pd.DataFrame:
    """What each of :data:`MIXES` does, with bands over worlds.

    Returns:
        ``label``, and ``_low``, ``_median``, ``_high`` of ``built_pct`` (first plants paid for, of
        those at the decision), ``survival_pct`` (firms that come through, of those that start),
        ``kept_usd_million``, ``paid_out_usd_million`` (per surviving firm), ``kept_usd_per_t``
        (per annual tonne) and ``saved_pct`` (first plants otherwise given up that get built).
        Money is missing where no world has any.
    """
    unaided, rows = None, []
    decides = drawn["venture_money_decides"].to_numpy()[:worlds]
    for label, mix in MIXES.items():
        table = finance.population(drawn, mix, worlds)
        unaided = table["built"] if unaided is None else unaided
        table["saved_pct"] = 100 * decides * finance.saved_share(unaided, table["built"])
        table["built_pct"] = 100 * table["built"]
        table["survival_pct"] = 100 * table["survival"]
        row = {"label": label}
        for name in (
            *("built_pct", "survival_pct", "saved_pct"),
            *("kept_usd_million", "paid_out_usd_million", "kept_usd_per_t"),
        ):
            values = table[name].dropna()
            if "usd" in name:
                values = values[values > 0]
            found = np.quantile(values, [0.05, 0.5, 0.95]) if len(values) else [np.nan] * 3
            row |= {f"{name}_{p}": v for p, v in zip(("low", "median", "high"), found, strict=True)}
        rows.append(row)
    return pd.DataFrame(rows)


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


def seen() -> pd.DataFrame:
    """Money seen at real firms, by stage."""
    names = ("bio_events", "iron_nitride", "valley_of_death")
    return finance.seen(*(data.table(name) for name in names))


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


def back_tests(drawn: pd.DataFrame, worlds: int = WORLDS) -> pd.DataFrame:
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
    aided = finance.population(drawn, ("grants",), worlds)
    unaided = finance.population(drawn, (), worlds)
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
    slips = pipeline.slips(dates, NOW)
    given_up = 100 * (slips["outcome"] == "given up").mean()
    runs = 100 * (slips["outcome"] == "running").mean()
    success = {key: drawn[f"venture_success_{key}"].to_numpy()[:worlds] for key in finance.KEYS}
    arrived = aided["started_pilot"] * success["pilot"]
    shown = aided["started_demonstration"] / arrived * success["demonstration"]
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
            ";".join(sorted(set(";".join(dates["source"]).split(";")))),
        ),
        (
            "Plants running today, percent of those promised; ours: paid for with grants, and work",
            *(runs, runs),
            100 * aided["built"] * success["first_plant"],
            "Some of those that wait will run.",
            ";".join(sorted(set(";".join(dates["source"]).split(";")))),
        ),
    ]
    found = []
    for what, published_low, published_high, ours, reason, source in rows:
        low, median, high = np.nanquantile(np.asarray(ours, dtype=float), [0.05, 0.5, 0.95])
        found.append(
            {
                "what": what,
                "published_low": published_low,
                "published_high": published_high,
                "low": low,
                "median": median,
                "high": high,
                "reason": reason,
                "source": source,
            }
        )
    return pd.DataFrame(found)


def _wide(table: pd.DataFrame, values: str) -> pd.DataFrame:
    """One row per stage in order, one column per draw."""
    return table.pivot(index="stage", columns="draw", values=values).loc[list(finance.STAGES)]
