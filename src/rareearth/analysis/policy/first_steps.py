"""What to do, when, and what would stop it: the decision table, and what it brings and costs.

Also the headlines of levers that more than one page prints. How well the order of the steps holds
is in :mod:`rareearth.analysis.policy.robust`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data, digits
from rareearth.analysis import cut, supply
from rareearth.analysis.policy import costs, levers, stock
from rareearth.answers import Answers
from rareearth.scenarios import Scenario

YEAR = 2035
"""Year for which it is said what levers bring."""

PARTLY = 0.8
"""Below this part of the gap, levers close a part of it and not all that is left."""

WORDS = ("do", "instrument", "authority", "who", "pays", "loses", "start_by", "metric", "stop",
         "depends")  # fmt: skip
"""Columns of the decision table that hold words."""

FUND = "imf_wp_26_73"
"""Source of the largest published loss of the United States if a cut happens."""

TAIL = 3
"""Errors of a mean in the error of the end of nine draws in ten, about."""

RARELY = 1000
"""Years beyond which no more is said of how rare a cut may be."""

UNITS = {
    **dict.fromkeys(["pays_least_pct", "pays_most_pct"], "percent a year"),
    **dict.fromkeys(["authority_error", "users_error"], "million US dollars"),
    "chance_pct": "percent of draws",
}
"""Units of the decision table, for its download."""

NOT_MODELLED = (
    "rules for procurement, the only ones that create demand",
    "a buying window of the National Defense Stockpile, which the law bars",
    "the credit for magnets (section 45BB, a bill)",
    "tariffs on Chinese magnets in force",
    "export controls",
)
"""What Washington has or could have and no model here holds."""


def headlines(seed: int, scenario: Scenario) -> Answers:
    """What all levers close together of the American gap in :data:`YEAR`, and the largest of them.

    Args:
        seed: any non-negative integer.
        scenario: its own levers are not pulled.
    """
    lattice = levers.lattice(scenario, seed)
    effects = levers.effects(lattice, {levers.TOGETHER: lattice.levers}, YEAR)
    every, gap = effects.loc[levers.TOGETHER], lattice.left(YEAR)
    answers = Answers(levers.behind(), kind="forecast")
    answers.add(
        "levers-close",
        every["mean_t"] / 1e3,
        "{:.1f} thousand tonnes",
        low=round(every["low_t"] / 1e3, 0),
        high=round(every["high_t"] / 1e3, 0),
        band="{:.0f} to {:.0f}",
        error=every["error_t"] / 1e3,
        label=f"Closed by all modelled levers together in {YEAR}, on average",
    )
    error = digits.error(gap, None) / 1e3
    answers.add("levers-gap", gap.mean() / 1e3, "{:.1f} thousand tonnes", error=error)
    parts = levers.table(lattice, seed).drop(index=levers.TOGETHER)
    answers.add("levers-largest", parts["title"].iloc[0].lower(), kind="derived")
    own = parts[parts["others_t"] > -parts["mean_t"] / 2]
    answers.add("levers-largest-own", own["title"].iloc[0].lower(), kind="derived")
    verdict = (
        "Policy closes a part of the gap"
        if every["mean_t"] < PARTLY * gap.mean()
        else "Policy could close the gap that is left"
    )
    answers.add("levers-verdict", verdict, kind="derived")
    return answers


def first(
    draws: int, seed: int, scenario: Scenario
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, Answers]:
    """The decision table ``first_steps`` with what each step brings in :data:`YEAR` and costs.

    Args:
        draws: of cuts, for the size of the stock.
        seed: any non-negative integer.
        scenario: as loaded by :func:`rareearth.scenarios.load`.

    Returns:
        One row per step: :data:`WORDS`, ``levers``, ``source``; ``mean_t``, ``error_t``,
        ``low_t``, ``median_t``, ``high_t``, ``chance_pct``, ``others_t`` (each step by itself, as
        from :func:`rareearth.analysis.policy.levers.effects`; missing where it bridges a cut);
        ``authority_usd_million`` and ``users_usd_million`` (to 2040; missing if not found), their
        errors, and
        ``pays_least_pct`` and ``pays_most_pct`` (chance of a cut in a year at which the step pays
        for itself). Then who decides, and what it brings, as they are printed, and what the text
        says.
    """
    lattice = levers.lattice(scenario, seed)
    sized = stock.size(draws, seed, scenario)[1]
    steps = data.table("first_steps")[[*WORDS, "levers", "source"]]
    money, gap = costs.table(lattice), lattice.left(YEAR).mean()
    rows = []
    for names in steps["levers"].str.split(";"):
        if names == [levers.STOCK]:
            rows.append(_stock(sized))
            continue
        gain = levers.effects(lattice, {"step": names}, YEAR).loc["step"]
        users = float(money.loc[names, "users"].astype(float).sum(min_count=1))
        row = {**gain, "authority_usd_million": costs.together(money, names)}
        row["users_usd_million"] = users
        for kind in ("authority", "users"):
            errors = money.loc[names, f"{kind}_error"].astype(float)
            row[f"{kind}_error"] = float(np.sqrt((errors**2).sum()))
        part = gain["mean_t"] / gap if gap > levers.NOTICED else 0.0
        rows.append(row | _pays((row["authority_usd_million"] + users) / _years(), part))
    frame = pd.concat([steps, pd.DataFrame(rows)], axis=1)
    return frame, _who(frame), _what(frame), _answers(frame, lattice) | _position(lattice)


def _years() -> int:
    return levers.HORIZON[1] - levers.HORIZON[0] + 1


def _stock(sized: Answers) -> dict[str, float]:
    spared = (sized["stock-covered"].value - sized["stock-nothing"].value) / 100
    # What is bought stays; a year of it costs the holding.
    yearly = sized["stock-yearly"].value
    bought = {"authority_usd_million": sized["stock-cost"].value, "users_usd_million": 0.0}
    bought |= {"authority_error": 0.0, "users_error": 0.0}
    return bought | _pays(yearly, spared)


def _pays(yearly_usd_million: float, spared: float) -> dict[str, float]:
    """Chance of a cut in a year, percent, at which what is spared is worth what is paid.

    Like terms: losses if a cut happens, as published; what is spared is taken to be in proportion
    to what no longer comes from China, or to the cuts that a stock bridges.
    """
    known = cut.american()
    ends = {"pays_least_pct": known["high_usd_billion"].max(),
            "pays_most_pct": known["low_usd_billion"].min()}  # fmt: skip
    if not yearly_usd_million > 0 or spared <= 0:
        return dict.fromkeys(ends, np.nan)
    return {name: 100 * yearly_usd_million / (1e3 * loss * spared) for name, loss in ends.items()}


def _who(frame: pd.DataFrame) -> pd.DataFrame:
    """Decision table, first half: what is to be done, by which law, by whom, at whose cost."""
    return pd.DataFrame(
        {
            "Do, and with what": "**" + frame["do"] + "**: " + frame["instrument"],
            "Law and account": frame["authority"],
            "Who decides, by when": frame["who"] + "; " + frame["start_by"],
            "Who pays": frame["pays"],
            "Who loses": frame["loses"],
        }
    )


def _what(frame: pd.DataFrame) -> pd.DataFrame:
    """Decision table, second half: what it brings and costs, what would show that it fails."""
    return pd.DataFrame(
        {
            "Step": [f"{place}. {row.do}" for place, row in enumerate(frame.itertuples(), 1)],
            f"Closes in {YEAR}, t": [closes(row) for row in frame.itertuples()],
            "Budget authority": [authority(row) for row in frame.itertuples()],
            "Pays if a cut comes at least": [_once(row) for row in frame.itertuples()],
            "Measured by": frame["metric"],
            "Stop if": frame["stop"],
            "Depends": frame["depends"],
        }
    )


def short(frame: pd.DataFrame) -> pd.DataFrame:
    """The decision table in three columns, for a page that has little room.

    Of those who decide, the first is named.
    """
    who = frame["who"].str.split("[,;]").str[0]
    return pd.DataFrame(
        {
            "Do, who decides, by when": (
                "**" + frame["do"] + "** (" + who + "; " + frame["start_by"] + ")"
            ),
            f"Closes in {YEAR}, t a year": [closes(row) for row in frame.itertuples()],
            "Budget authority to 2040": [authority(row) for row in frame.itertuples()],
        }
    )


def closes(row: tuple) -> str:
    """What a step closes: middle, mean, the upper end, and in how many draws it is noticed."""
    if not np.isfinite(row.mean_t):
        return "bridges a cut"
    mean = digits.printed(row.mean_t + 0.0, row.error_t, "{:z,.0f}")
    if row.chance_pct < levers.RARE:
        return f"mean {mean}; noticed in under {levers.RARE} of 100 draws"
    median = digits.printed(max(row.median_t, 0.0), row.error_t, "{:,.0f}")
    high = digits.printed(row.high_t, TAIL * row.error_t, "{:,.0f}")
    return f"middle {median}, mean {mean}, one in twenty above {high}"


def authority(row: tuple) -> str:
    """Budget authority of a step in words, and what users pay."""
    paid = []
    if row.authority_usd_million > 0:
        paid.append(f"{costs.money(row.authority_usd_million, row.authority_error)} million USD")
    if row.users_usd_million > 0:
        paid.append(f"users pay {costs.money(row.users_usd_million, row.users_error)} million")
    return "; ".join(paid) if paid else "not found"


def _once(row: tuple) -> str:
    if not np.isfinite(row.pays_least_pct):
        return "not known"
    if row.chance_pct < levers.RARE:
        return "too rare to say"
    years = [100 / row.pays_least_pct, 100 / row.pays_most_pct]
    if years[1] < 1:
        return "not by this count"
    if years[1] > RARELY:
        return f"once in {RARELY:,} years, or rarer"
    return f"once in {_two(years[1], 1)} to {_two(years[0], 1)} years"


def _two(value: float, places: int = 2) -> str:
    """A number with so many digits that count."""
    return f"{float(f'{value:.{places}g}'):,.0f}"


def _position(lattice: levers.Lattice) -> Answers:
    """What a price at the border does in the place of a floor for firms, and beside it."""
    pulled = {"border": ["border_price"], "floor": ["price_floor"]}
    pulled["both"] = [*pulled["border"], *pulled["floor"]]
    found = levers.effects(lattice, pulled, YEAR)
    answers = Answers(levers.behind(), kind="forecast")
    each = [digits.printed(r.mean_t, r.error_t, "{:,.0f} t") for r in found.itertuples()]
    answers.add(
        "position-says",
        f"By itself a price at the border closes {each[0]} of the gap in {YEAR} on average, a "
        f"floor for American plants {each[1]}, both together {each[2]}"
        if found["mean_t"].max() > 1
        else "In this scenario no plant closes or is given up, so neither closes anything",
    )
    return answers


def _answers(frame: pd.DataFrame, lattice: levers.Lattice) -> Answers:
    answers = Answers(costs.behind())
    at = frame.set_index("levers")
    answers.add("first-draws", len(lattice.base), "{:,}")
    money = at["authority_usd_million"].astype(float)
    answers.add("first-authority", money.sum() / 1e3, "{:.0f} billion dollars", kind="estimate")
    small = at.loc["equity_first"]
    answers.add(
        "first-second-help",
        "Most American plants to come have federal money, so more of it closes next to nothing "
        "that is not closed without it"
        if small["chance_pct"] < 10
        else "More public money still closes a part of the gap",
        kind="derived",
    )
    for name, lever in (("research", "research"), ("floor", "price_floor")):
        row = next(at.loc[[lever]].itertuples())
        answers.add(
            f"first-{name}-says",
            f"pays if a cut comes at least {_once(row)}"
            if np.isfinite(row.pays_least_pct)
            else "closes nothing in this scenario",
            kind="derived",
            sources=[*costs.behind(), FUND],
        )
    return answers


def not_modelled() -> Answers:
    """What no model here holds, and how small the demand is that rules for defence create."""
    answers = Answers(kind="derived")
    use = data.table("defence_use")
    weapons = use[use["item"] == "NdFeB magnets in US weapons"].iloc[0]
    plants = supply.plants()
    magnets = plants[(plants["place"] == supply.PLACES[0]) & (plants["stage"] == "Magnets")]
    both = [weapons, magnets]
    answers.add("levers-not-modelled", "; ".join(NOT_MODELLED), sources=both)
    answers.add("ban-t", weapons["value"], "{:.0f} t", sources=weapons, kind="estimate")
    part = 100 * weapons["value"] / magnets["quantity_t_per_year"].sum()
    answers.add("ban-part", part, "{:.1f}%", sources=both)
    return answers


def behind() -> list:
    """What the decision table rests on: levers, costs, published losses, the stock."""
    return [costs.behind(waste=False), stock.behind_cover(), *cut.american()["source"]]
