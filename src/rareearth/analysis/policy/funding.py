"""Public money for rare earths, at home and abroad, added without counting anything twice."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from rareearth import data
from rareearth.analysis import history
from rareearth.answers import Answers, listing

STANDINGS = (
    "counted", "on milestones", "conditional", "letter of interest", "all-minerals reserve",
)  # fmt: skip
"""How firm money is, firmest first; counted is what is awarded, closed or lent, conditional also an
award for which a firm is only selected. Rows of any other
standing repeat one of these, replace one, or name a programme without recipients, and are never
added."""

VAULT = "all-minerals reserve"
"""Standing of the loan for a reserve of all minerals, which builds no plant."""

LENT = "Loans and guarantees"

OWED = "counted"
"""Standing of money that is paid or owed; all others are possible money."""

CAPITAL = {
    "grant": "Grants",
    "other transaction": "Grants",
    "tax credit": "Tax credits",
    "equity": "Equity",
    "loan": LENT,
    "loan guarantee": LENT,
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


def federal() -> pd.DataFrame:
    """Each federal deal once: the columns of :func:`deals` that are shown or added up."""
    columns = ["date", "year", "agency", "recipient", "instrument", "capital", "standing", "stage"]
    return deals(data.table("us_funding"))[[*columns, "usd_million", "usd_billion", "source"]]


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
    known = funding[funding["standing"].isin(STANDINGS)].astype({"standing": str})
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
    return sums.sort_values([*by, "standing"], key=_place, ignore_index=True)


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
        within = rows[rows["standing"].isin(STANDINGS[: place + 1])]
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


# --- for the page ---------------------------------------------------------------------------------


def by_year(rows: pd.DataFrame) -> Answers:
    """What the text says of federal money by year and standing.

    Args:
        rows: as from :func:`federal`.
    """
    owed = rows[rows["standing"] == OWED]
    possible = rows[~rows["standing"].isin([OWED, VAULT])]
    total = rows.groupby("standing")["usd_billion"].sum()
    sums = rows.groupby(["year", "standing"])["usd_billion"].sum()
    answers = Answers(owed)
    answers.add("pol-2025-owed", sums[2025, OWED], "{:.2f} billion USD")
    answers.add("pol-2026-owed", sums[2026, OWED], "{:.2f}")
    billion = {"template": "{:.1f} billion USD", "sources": possible}
    answers.add("pol-possible", possible["usd_billion"].sum(), **billion)
    vault = rows[rows["standing"] == VAULT]
    answers.add("pol-vault", total[VAULT], "{:.0f} billion USD", sources=vault)
    both = sums[2025, OWED] + sums[2025, "conditional"]
    of_2025 = rows[rows["year"] == 2025]
    answers.add("pol-2025-conditional", both, "{:.2f} billion USD", sources=of_2025)
    return answers | history.owed()


def capital(rows: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """:func:`mix`, and what the text says of it."""
    table, answers = mix(rows), Answers(rows)
    share = table.set_index(["step", "capital"])["share_pct"]
    for name, step in {"owed": OWED, "all": STANDINGS[-2], "vault": VAULT}.items():
        answers.add(f"pol-loans-{name}", share[step, LENT], "{:.0f}%")
    for name in ("Grants", "Tax credits", "Equity"):
        answers.add(f"pol-{name.split()[0].lower()}-owed", share[OWED, name], "{:.0f}%")
    equity = rows[(rows["capital"] == "Equity") & (rows["standing"] == OWED)]
    count = "one deal" if len(equity) == 1 else f"{len(equity)} deals"
    answers.add("pol-equity-deals", count, sources=equity)
    lent, rated = rows["capital"] == LENT, rows["standing"] != VAULT
    excess = (
        rows.loc[lent & rated, "usd_billion"].sum() - rows.loc[~lent & rated, "usd_billion"].sum()
    )
    answers.add("pol-flip-loans", excess, "{:.1f} billion USD")
    return table, answers


def by_stage(rows: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Federal money by stage of the chain and standing, the reserve left out.

    Args:
        rows: as from :func:`federal`.
    """
    sums = added(rows[rows["standing"] != VAULT], ["stage"])
    wide = sums.pivot(index="stage", columns="standing", values="usd_billion").fillna(0)
    held, answers = wide.sum(axis=1), Answers(rows)
    answers.add("pol-metal-owed", _or_nothing(wide.loc["Metal", OWED]))
    answers.add("pol-metal-possible", held["Metal"], "{:.2f} billion USD")
    answers.add("pol-magnets-all", held["Magnets"], "{:.1f} billion USD")
    answers.add("pol-magnets-firm", wide.loc["Magnets", OWED], "{:.1f} billion USD")
    answers.add("pol-mining-all", held["Mining"], "{:.1f} billion USD")
    answers.add("pol-waste-all", held["Recycling and waste"], "{:.2f} billion USD")
    answers.add("pol-research", held["Research"], "{:.2f} billion USD")
    order = [stage for stage in dict.fromkeys(STAGES.values()) if stage in wide.index]
    pairs = {stage: (wide.loc[stage, OWED], held[stage]) for stage in order}
    answers.add("pol-stage-list", listing(pairs, "{} {:.2f} owed of {:.2f}", "; "))
    loop = rows[rows["recipient"].isin(["Vulcan Elements", "ReElement Technologies"])]
    answers.add("pol-vulcan", loop["usd_billion"].sum(), "{:.2f} billion USD", sources=loop)
    owed = loop.loc[loop["standing"] == OWED, "usd_billion"].sum()
    answers.add("pol-vulcan-owed", _or_nothing(owed), sources=loop)
    return sums.set_index("stage").loc[order].reset_index(), answers


def price_order() -> tuple[pd.DataFrame, pd.DataFrame]:
    """What allies said and signed on prices: as data, and as printed, by date."""
    table = data.table("allied_price_order").sort_values("date", kind="stable")
    what = table["what"].str.cat(
        [
            f" ({row.low:g} {row.unit})" if pd.notna(row.low) and pd.notna(row.unit) else ""
            for row in table.itertuples()
        ]
    )
    printed = pd.DataFrame(
        {
            "Date": table["date"].dt.strftime("%-d %b %Y"),
            "Who": table["actor"],
            "Act or meeting": table["instrument"],
            "On price": what,
            "Amounts to": table["status"],
            "Source": "{cite:p}`" + table["source"] + "`",
        }
    )
    return table, printed


def allies(rows: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Public money by government, the largest commitments first.

    Args:
        rows: as from :func:`federal`.

    Returns:
        ``country``, ``standing`` (committed, conditional, envelope) and ``usd_billion``; and what
        the text says of it.
    """
    abroad = data.table("allied_funding").astype({"country": str, "standing": str})
    abroad["usd_billion"] = in_dollars(abroad, data.table("exchange_rates")) / 1000
    names = {OWED: "committed", "conditional": "conditional"}
    ours = rows.assign(country="United States", standing=rows["standing"].map(names))
    both = pd.concat([abroad, ours.dropna(subset="standing")])
    sums = both.groupby(["country", "standing"], as_index=False)["usd_billion"].sum()
    firm = sums[sums["standing"] == "committed"].set_index("country")["usd_billion"]
    firm = firm.reindex(sums["country"].unique(), fill_value=0).sort_values(ascending=False)
    sums = sums.sort_values("country", key=lambda c: c.map(firm.index.get_loc), kind="stable")
    answers = Answers(abroad)
    answers.add("pol-allies-firm", firm.drop("United States").sum(), "{:.1f} billion USD")
    answers.add("pol-australia-firm", firm["Australia"], "{:.1f} billion USD")
    programmes = abroad.loc[abroad["standing"] == "envelope", "usd_billion"].sum()
    answers.add("pol-allies-envelopes", programmes, "{:.1f} billion USD")
    early = abroad[(abroad["country"] == "Japan") & (abroad["date"].dt.year == 2011)]
    answers.add("pol-japan-2011", early["usd_billion"].sum(), "{:.2f} billion USD", sources=early)
    answers.add("pol-allies-list", listing(firm, "{} {:.2f}", "; "))
    return sums, answers


def behind_allies() -> list[pd.DataFrame]:
    """Rows behind :func:`allies`, for naming their sources."""
    return [*map(data.table, ("allied_funding", "exchange_rates")), federal()]


def paid() -> Answers:
    """How many projects with a commitment have seen money."""
    answers = Answers("gh_smpt_2026", kind="reported")
    steps = data.table("commitment_funnel").set_index("step")["projects_count"]
    answers.add("pol-funnel-projects", int(steps["with a government commitment"]))
    answers.add("pol-funnel-paid", int(steps["with money paid, in part or full"]))
    return answers


def _or_nothing(billion: float) -> str:
    return f"{billion:.2f} billion USD" if billion else "nothing"


def _listed(values: pd.Series, names: dict[str, str], column: str) -> pd.Series:
    named = values.astype(str).map(names)
    if named.isna().any():
        raise ValueError(
            f"us_funding has the {column} '{values[named.isna()].iloc[0]}', which the model does "
            f"not know; add it to {column} in analysis/policy/funding.py."
        )
    return named


def _place(column: pd.Series) -> pd.Series:
    return column.map(STANDINGS.index) if column.name == "standing" else column
