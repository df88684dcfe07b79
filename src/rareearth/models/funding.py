"""Public money, added without counting anything twice."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

STANDINGS = {
    "counted": "Awarded, closed or lent",
    "on milestones": "Signed, paid on milestones",
    "conditional": "Conditional loans",
    "letter of interest": "Letters of interest",
    "all-minerals reserve": "Project Vault, all minerals",
}
"""How firm money is, firmest first. Rows of any other standing repeat one of these, replace one,
or name a programme without recipients, and are never added."""

OWED = ("counted",)
"""Standings of money that is paid or owed; all others are possible money."""

CAPITAL = {
    "grant": "Grants",
    "other transaction": "Grants",
    "tax credit": "Tax credits",
    "equity": "Equity",
    "loan": "Loans and guarantees",
    "loan guarantee": "Loans and guarantees",
    "offtake/price floor": "Offtake or price floor",
}
"""What kind of capital each instrument is."""

STAGES = {
    "R&D": "Research",
    "substitution": "Research",
    "mining": "Mining",
    "separation": "Separation",
    "oxide": "Separation",
    "metal": "Metal",
    "magnets": "Magnets",
    "recycling": "Recycling and waste",
    "waste_recovery": "Recycling and waste",
    "stockpile": "Stocks",
}
"""Stage of the chain that each kind of project belongs to, in the order of the chain."""


def deals(funding: pd.DataFrame) -> pd.DataFrame:
    """Each deal once, packages taken apart into their parts.

    Args:
        funding: ``date``, ``recipient``, ``usd_million``, ``instrument``, ``standing`` and
            ``chain_stage``; a package has one row for its sum and rows with the standing
            ``part of another row``, of the same day, recipient and instrument.

    Returns:
        The rows whose standing is one of :data:`STANDINGS`, those of a package replaced by its
        parts, with ``capital`` (see :data:`CAPITAL`), ``stage`` (see :data:`STAGES`), ``year``
        and ``usd_billion``.

    Raises:
        ValueError: if the parts of a package do not add to its sum, or an instrument or a stage
            is not listed here.
    """
    key = ["date", "recipient", "instrument"]
    known = funding[funding["standing"].isin(list(STANDINGS))].astype({"standing": str})
    parts = funding[funding["standing"] == "part of another row"].astype({"standing": str})
    packages = known.merge(parts[key].drop_duplicates(), on=key)
    for _, package in packages.iterrows():
        same = (parts[key] == package[key]).all(axis=1)
        total = parts.loc[same, "usd_million"].sum()
        if abs(total - package["usd_million"]) > 0.5:
            raise ValueError(
                f"The parts of {package['recipient']} ({package['instrument']}) add to {total:g}, "
                f"the package has {package['usd_million']:g} million; mend us_funding."
            )
    named = parts.drop(columns="standing").merge(packages[[*key, "standing"]], on=key)
    whole = known.merge(packages[key], on=key, how="left", indicator="_from")
    rows = pd.concat([whole[whole.pop("_from") == "left_only"], named], ignore_index=True)
    rows["capital"] = _listed(rows["instrument"], CAPITAL, "instrument")
    rows["stage"] = _listed(rows["chain_stage"], STAGES, "chain_stage")
    rows["year"] = rows["date"].dt.year
    rows["usd_billion"] = rows["usd_million"] / 1000
    return rows.sort_values(["date", "recipient"], ignore_index=True)


def added(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Sums in billions by some columns and by standing, firmest standing first.

    Args:
        rows: as from :func:`deals`.
        by: columns of it.

    Returns:
        ``by``, ``standing`` and ``usd_billion``.
    """
    sums = rows.groupby([*by, "standing"], as_index=False)["usd_billion"].sum()
    order = list(STANDINGS)
    return sums.sort_values([*by, "standing"], key=lambda c: _place(c, order), ignore_index=True)


def mix(rows: pd.DataFrame) -> pd.DataFrame:
    """What kind of capital the money is, as ever less firm money is let in.

    Args:
        rows: as from :func:`deals`.

    Returns:
        One row per step and kind of capital: ``step`` (the last standing let in), ``capital``,
        ``usd_billion``, ``total_usd_billion`` of the step and ``share_pct`` of it.
    """
    steps = []
    for place, last in enumerate(STANDINGS):
        within = rows[rows["standing"].isin(list(STANDINGS)[: place + 1])]
        sums = within.groupby("capital")["usd_billion"].sum()
        steps.append(pd.DataFrame({"step": last, "usd_billion": sums}).reset_index())
    table = pd.concat(steps, ignore_index=True)
    table["total_usd_billion"] = table.groupby("step")["usd_billion"].transform("sum")
    table["share_pct"] = 100 * table["usd_billion"] / table["total_usd_billion"]
    return table


def in_dollars(money: pd.DataFrame, rates: pd.DataFrame) -> pd.Series:
    """Amounts in million US dollars.

    Args:
        money: ``amount_million`` and ``currency``.
        rates: ``currency`` and ``usd_per_unit``.

    Raises:
        ValueError: if a currency has no rate.
    """
    per_unit = money["currency"].astype(str).map(rates.set_index("currency")["usd_per_unit"])
    if per_unit.isna().any():
        missing = money.loc[per_unit.isna(), "currency"].iloc[0]
        raise ValueError(f"No exchange rate for {missing}; add a row to exchange_rates.")
    return money["amount_million"] * per_unit


def _listed(values: pd.Series, names: dict[str, str], column: str) -> pd.Series:
    found = values.astype(str).map(names)
    if found.isna().any():
        raise ValueError(
            f"us_funding has the {column} '{values[found.isna()].iloc[0]}', which the model does "
            f"not know; add it to {column} in models/funding.py."
        )
    return found


def _place(column: pd.Series, order: Sequence[str]) -> pd.Series:
    return column.map(list(order).index) if column.name == "standing" else column
