"""What levers cost, on one basis: budget authority, outlays by year, who pays, fair value.

Dollars as they are paid, 2027 to 2040, on top of the policies in force; nothing is discounted but
fair value. The price of NdPr has no general rise of prices in it, and plants and grants are in
money of today, so the sums are close to money of :data:`PRICE_YEAR`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from rareearth import assumptions, data, digits, scenarios
from rareearth.analysis import balance as outlook
from rareearth.analysis import incentives, market, proteins, supply
from rareearth.analysis.policy import levers, price_floor
from rareearth.analysis.policy.levers import Lattice
from rareearth.answers import Answers, listing
from rareearth.models import extraction, finance, oxides
from rareearth.models.balance import STAGES

PRICE_YEAR = 2026

COUNTED = {
    "price_floor": "payments on all oxide that US plants separate, but for what the contract in "
    "force covers",
    "border_price": "what American users pay above the market for what they buy from US plants "
    "and from allies; tariffs that come in are not counted",
    "offtake": "premium on the signed part of oxide from US plants to come",
    "equity_first": "grants and shares for plants to come in metal and heavy separation without "
    "federal money",
    "equity": "grants and shares for all other US plants to come without federal money",
    "loans": "losses that are expected on loans to US plants to come without federal money",
    "tax_credits": "a tenth of the cost of all oxide that US plants separate, less what the law in "
    "force grants",
    "research": "one more research hub, and grants to one demonstration and one first plant of "
    "another magnet, also if they fail",
    "waste_extraction": "what the product of standard plants costs above its price",
}
"""What is counted as the cost of a lever."""

NOT_FOUND = {
    "permitting": "no source names what more staff and deadlines cost",
    "ewaste_rules": "no source names what taking out magnets costs dismantlers",
    "allies": "no price of an agreement was found; a floor for allies is counted with the border",
}
"""Why no cost stands beside the other levers."""

BUYERS = ("border_price", "offtake")
"""Levers that users pay for."""

SHARES = ("equity_first", "equity")

BUILDING = (2027, 2030)
"""Years over which money for plants to come is spread."""

CREDIT_LEFT = {2031: 0.75, 2032: 0.5, 2033: 0.25}
"""Part of the tax credit 45X that the law in force still grants; all before, nothing after."""

INPUTS = (
    "venture_offtake_premium", "venture_offtake_share", "venture_grant_first_plant",
    "venture_grant_demonstration", "venture_cost_demonstration", "venture_plant_size",
    "venture_plant_overrun", "venture_plant_capital", "venture_plant_cost", "venture_equity_share",
    "venture_return_public", "venture_return_open", "venture_return_contracted",
    "venture_loan_cap", "venture_loan_loss", "venture_loan_rate", "venture_loan_years",
    "venture_credit_share", "ndpr_share_of_waste",
)  # fmt: skip
"""Assumptions on which costs rest besides those of the floor and of extraction from waste."""

MILLION = 1e6


@dataclass(frozen=True)
class Cost:
    """What a lever costs when it is the only one.

    Attributes:
        authority: budget authority, USD, one per draw; zero where users pay.
        outlays: what the Treasury pays, USD: year, draw. Of loans, what is lost.
        users: what users pay, USD: year, draw.
        fair: cost at market prices of risk, USD, one per draw; the outlays where nothing is lent
            or bought.
    """

    authority: np.ndarray
    outlays: np.ndarray
    users: np.ndarray
    fair: np.ndarray


def of(lattice: Lattice, lever: str) -> Cost:
    """Cost of a lever, draw by draw.

    Args:
        lattice: draws and levers.
        lever: one of :data:`COUNTED`.

    Raises:
        ValueError: if no cost is known.
    """
    draws = lattice.draws([lever])
    none = np.zeros((len(outlook.YEARS), len(draws)))
    if lever in BUYERS:
        paid = levers.counted()[:, None] * _users(lattice, lever, draws)
        return Cost(none[0], none, paid, none[0])
    if lever in SHARES:
        return _shares(draws, lever)
    if lever == "loans":
        return _loans(draws)
    yearly = {
        "price_floor": _floor,
        "tax_credits": _credits,
        "research": _research,
        "waste_extraction": _waste,
    }
    if lever not in yearly:
        raise ValueError(f"No cost is known for lever '{lever}'.")
    paid = levers.counted()[:, None] * yearly[lever](lattice, lever, draws)
    return Cost(paid.sum(axis=0), paid, none, paid.sum(axis=0))


def _oxide(lattice: Lattice, lever: str) -> tuple[np.ndarray, np.ndarray]:
    """NdPr oxide that US plants separate, kg: those that run today, and those to come."""
    output, running = lattice.part("plants", [lever])
    at = STAGES.index("Separated"), 0
    kg = 1e3 / oxides.ndpr_in_oxide()
    return kg * running[0][at], kg * np.maximum(output[0][at] - running[0][at], 0.0)


def _floor(lattice: Lattice, lever: str, draws: pd.DataFrame) -> np.ndarray:
    running, to_come = _oxide(lattice, lever)
    held = (incentives.FLOOR_ENDS >= outlook.YEARS)[:, None] * held_share()
    return price_floor.payment_per_kg(draws, outlook.YEARS) * (running * (1 - held) + to_come)


def held_share() -> float:
    """Part of running US separation of NdPr that the contract in force covers."""
    plants = supply.plants()
    at = (plants["place"] == incentives.PLACES[0]) & plants["running"]
    separated = plants[at & (plants["stage"] == "Separated")]
    return float(
        separated.loc[separated["company"] == incentives.HOLDER, "NdPr_t"].sum()
        / separated["NdPr_t"].sum()
    )


def _users(lattice: Lattice, lever: str, draws: pd.DataFrame) -> np.ndarray:
    if lever == "offtake":
        premium = draws["venture_offtake_premium"] * draws["venture_offtake_share"]
        return (premium * market.expected(draws)).to_numpy() * _oxide(lattice, lever)[1]
    bought = lattice.balance([lever]).secured.sel(region=outlook.HOME, group="NdPr").sum("source")
    kg = 1e3 * bought.transpose("year", "draw").to_numpy() / oxides.ndpr_in_oxide()
    above = price_floor.payment_per_kg(draws, outlook.YEARS)
    return draws["border_covers"].to_numpy() * above * kg


def targets(lever: str) -> pd.DataFrame:
    """US plants to come that a lever with public money acts on: those without federal money.

    Args:
        lever: ``equity_first`` (metal and heavy separation), ``equity`` (all others) or ``loans``
            (both).
    """
    plants = supply.plants()
    plants = plants[(plants["place"] == incentives.PLACES[0]) & ~plants["running"]]
    plants = plants[~plants["aided"]]
    heavy = np.array([incentives.heavy(row) for row in plants.itertuples()], dtype=bool)
    first = (plants["stage"] == "Metal").to_numpy() | heavy
    return plants if lever == "loans" else plants[first == (lever == "equity_first")]


def _capital(draws: pd.DataFrame, lever: str) -> tuple[np.ndarray, np.ndarray]:
    """Capital of the plants, USD, and the part of it in plants that never come: one per draw."""
    per_t = (draws["venture_plant_capital"] * draws["venture_plant_overrun"]).to_numpy()
    whole = lost = np.zeros(len(draws))
    for plant in targets(lever).itertuples():
        capital = plant.quantity_t_per_year * per_t
        whole = whole + capital
        lost = lost + capital * supply.risk(draws, supply.RECORD[plant.stage]).never
    return whole, lost


def _spread(total: np.ndarray) -> np.ndarray:
    years = (BUILDING[0] <= outlook.YEARS) & (BUILDING[1] >= outlook.YEARS)
    return years[:, None] * total / years.sum()


def _shares(draws: pd.DataFrame, lever: str) -> Cost:
    """Grants are paid as a plant is built; shares are bought first, and lost with the plant.

    Fair value: what a share is worth to a private owner, who asks more than the state takes.
    """
    capital, lost = _capital(draws, lever)
    grant = draws["venture_grant_first_plant"].to_numpy()
    share = draws["venture_equity_share"].to_numpy()
    authority = capital * (grant + share)
    paid = (capital - lost) * grant + capital * share
    worth = (draws["venture_return_public"] / draws["venture_return_open"]).to_numpy()
    fair = paid - (capital - lost) * share * worth
    return Cost(authority, _spread(paid), np.zeros((len(outlook.YEARS), len(draws))), fair)


def _loans(draws: pd.DataFrame) -> Cost:
    """By law the losses expected; at fair value, what a private lender would ask for the risk."""
    lent = _capital(draws, "loans")[0] * draws["venture_loan_cap"].to_numpy()
    loss = draws["venture_loan_loss"].to_numpy()
    years, rate = draws["venture_loan_years"].to_numpy(), draws["venture_loan_rate"].to_numpy()
    asked = draws["venture_return_contracted"].to_numpy()
    worth = (1 - loss) * finance.annuity(asked, years) / finance.annuity(rate, years)
    none = np.zeros((len(outlook.YEARS), len(draws)))
    return Cost(lent * loss, _spread(lent * loss), none, lent * (1 - worth))


def _credits(lattice: Lattice, lever: str, draws: pd.DataFrame) -> np.ndarray:
    running, to_come = _oxide(lattice, lever)
    first, last = min(CREDIT_LEFT), max(CREDIT_LEFT)
    granted = [1.0 if y < first else CREDIT_LEFT.get(int(y), 0.0) if y <= last else 0.0
               for y in outlook.YEARS]  # fmt: skip
    each = (draws["venture_credit_share"] * draws["venture_plant_cost"]).to_numpy()
    return (1 - np.array(granted))[:, None] * each * (running + to_come)


def _research(lattice: Lattice, lever: str, draws: pd.DataFrame) -> np.ndarray:
    hub_a_year = np.full((len(outlook.YEARS), len(draws)), MILLION * hub()["usd_million"].max())
    shown = draws["venture_grant_demonstration"] * draws["venture_cost_demonstration"] * MILLION
    plant = draws["venture_plant_size"] * draws["venture_plant_capital"]
    built = draws["venture_grant_first_plant"] * draws["venture_plant_overrun"] * plant
    return hub_a_year + _spread((shown + built).to_numpy())


def _waste(lattice: Lattice, lever: str, draws: pd.DataFrame) -> np.ndarray:
    plant = outlook.standard_plant()
    cost = np.minimum(
        *(proteins.cost_parts(draws, plant, route).sum(axis=1) for route in extraction.ROUTES)
    )
    short = np.maximum(cost - proteins.basket(draws, plant), 0.0).to_numpy()
    content = draws["ndpr_share_of_waste"].to_numpy() * oxides.ndpr_in_oxide()
    # Plants that would run anyway are not paid by the lever.
    more = lattice.part("waste", [lever])[0][0] - lattice.part("waste")[0][0]
    return 1e3 * more / content * short


def hub() -> pd.DataFrame:
    """Budgets of the research hub for critical materials."""
    table = data.table("research_budgets")
    return table[table["line"] == "Critical materials hub"]


# --- the table ------------------------------------------------------------------------------------

PERIODS = {"outlays_2027_30": (2027, 2030), "outlays_2031_35": (2031, 2035),
           "outlays_2036_40": (2036, 2040)}  # fmt: skip


def table(lattice: Lattice) -> pd.DataFrame:
    """Costs of all levers that act, by itself each, on one basis.

    Returns:
        By lever, in million USD, means: ``authority`` and the level that one draw in twenty passes
        (``authority_high``), :data:`PERIODS`, ``users``, ``fair``, their standard errors
        (``authority_error``, ``users_error``, ``fair_error``); ``usd_per_kg`` (all that Treasury
        and users pay over all kilograms closed, means) and ``usd_per_kg_error``; ``chance_pct`` as
        from :func:`rareearth.analysis.policy.levers.effects`; ``pays``,
        ``counted`` (words) and ``price_year``. Numbers are missing where nothing was found, and the
        cost of a kilogram where nothing is closed.
    """
    known, rows = scenarios.levers(), {}
    for lever in lattice.levers:
        rows[lever] = {"title": known[lever].title, "pays": known[lever].pays}
        rows[lever] |= {"counted": COUNTED.get(lever) or f"not found: {NOT_FOUND[lever]}"}
        rows[lever] |= {"price_year": PRICE_YEAR}
        chance = levers.effects(lattice, {lever: [lever]})["chance_pct"]
        rows[lever] |= {"chance_pct": float(chance[lever])}
        if lever in COUNTED:
            rows[lever] |= _million(of(lattice, lever))
            rows[lever] |= _per_kg(of(lattice, lever), lattice.brought([lever]))
    return pd.DataFrame(rows).T.infer_objects().rename_axis("lever")


def _million(cost: Cost) -> dict[str, float]:
    outlays = cost.outlays.mean(axis=1) / MILLION
    years = outlook.YEARS
    numbers = {
        name: outlays[(start <= years) & (end >= years)].sum()
        for name, (start, end) in PERIODS.items()
    }
    numbers["authority_high"] = np.quantile(cost.authority, 0.95) / MILLION
    for name, drawn in (
        ("authority", cost.authority),
        ("users", cost.users.sum(axis=0)),
        ("fair", cost.fair),
    ):
        numbers[name] = drawn.mean() / MILLION
        numbers[f"{name}_error"] = digits.error(drawn / MILLION, None)
    return numbers


def _per_kg(cost: Cost, closed: np.ndarray) -> dict[str, float]:
    """Ratio of means and its standard error (Cochran 1977, chapter 6)."""
    money = (cost.outlays + cost.users).sum(axis=0)
    kg = 1e3 * levers.in_years(closed, None)
    if kg.mean() <= 1:
        return {"usd_per_kg": np.nan, "usd_per_kg_error": np.nan}
    ratio = money.mean() / kg.mean()
    return {
        "usd_per_kg": ratio,
        "usd_per_kg_error": digits.error(money - ratio * kg, None) / kg.mean(),
    }


def behind(*, waste: bool = True) -> list:
    """What costs rest on: the gap, inputs of the costs, the hub, terms of the floor, waste.

    Args:
        waste: whether plants for waste are among what is costed.
    """
    inputs = assumptions.register().loc[[*INPUTS, *price_floor.ASSUMED]]
    read = [levers.behind(), inputs, hub(), data.table("floor_terms")]
    return [*read, assumptions.used_by("proteins")] if waste else read


UNITS = {
    **dict.fromkeys(
        ["authority", "authority_high", "authority_error", "users", "users_error", "fair",
         "fair_error", *PERIODS], "million US dollars",
    ),
    "usd_per_kg_error": "US dollars per kilogram",
    "chance_pct": "percent of draws",
}  # fmt: skip


def on_one_basis(lattice: Lattice) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """:func:`table`; the same as it is printed; and what the text says of it."""
    frame = table(lattice)
    printed = pd.DataFrame(
        {
            "Lever": frame["title"],
            "Authority": [money(r.authority, r.authority_error) for r in frame.itertuples()],
            "one in twenty above": [money(r.authority_high, 5 * (r.authority_error or 0))
                                    for r in frame.itertuples()],
            "2027–30": [_part(r, "outlays_2027_30") for r in frame.itertuples()],
            "2031–35": [_part(r, "outlays_2031_35") for r in frame.itertuples()],
            "2036–40": [_part(r, "outlays_2036_40") for r in frame.itertuples()],
            "Fair value": [money(r.fair, r.fair_error) for r in frame.itertuples()],
            "Users": [money(r.users, r.users_error) for r in frame.itertuples()],
            "USD per kg": [per_kg(r) for r in frame.itertuples()],
        }
    )  # fmt: skip
    answers = Answers(behind(), kind="estimate")
    found = frame[frame["authority"].notna()]
    public = [lever for lever in found.index if lever not in BUYERS]
    dearest = found.loc[public, "authority"].astype(float).idxmax()
    answers.add("costs-dearest", found.loc[dearest, "title"].lower(), kind="derived")
    for name, lever in (("floor", "price_floor"), ("research", "research"), ("loans", "loans")):
        row = frame.loc[lever]
        answers.add(f"costs-{name}", float(row["authority"]), "{:,.0f} million dollars",
                    error=float(row["authority_error"]))  # fmt: skip
    floor = frame.loc["price_floor"]
    late = 100 * floor["outlays_2036_40"] / floor["authority"]
    answers.add("costs-floor-late", round(float(late), -1), "{:.0f}%")
    row = frame.loc["loans"]
    answers.add("costs-loans-fair", float(row["fair"]), "{:,.0f} million dollars",
                error=float(row["fair_error"]))  # fmt: skip
    row = frame.loc["border_price"]
    answers.add("costs-border", float(row["users"]), "{:,.0f} million dollars",
                error=float(row["users_error"]))  # fmt: skip
    answers.add("costs-price-year", str(PRICE_YEAR))
    missing = frame.loc[frame["authority"].isna(), "title"].str.lower()
    answers.add("costs-not-found", ", ".join(missing), kind="derived")
    counted = {frame.loc[name, "title"].lower(): what for name, what in COUNTED.items()}
    answers.add("costs-counted", listing(counted, "{}: {}", "; "), kind="derived")
    return frame, printed, answers


def _part(row: tuple, period: str) -> str:
    """Outlays of a period, as sure as the authority that they are a part of."""
    paid = getattr(row, period)
    part = paid / row.authority if row.authority else 0.0
    return money(paid, row.authority_error * part)


def per_kg(row: tuple) -> str:
    """Cost of a kilogram in words: with the digits that survive, or why there is none."""
    if not np.isfinite(row.authority):
        return "not found"
    if not np.isfinite(row.usd_per_kg):
        return "closes nothing"
    if row.chance_pct < levers.RARE:
        return "too rare to say"
    if not digits.rounded(row.usd_per_kg, digits.unit(row.usd_per_kg_error)):
        return "too rare to say"
    return digits.printed(row.usd_per_kg, row.usd_per_kg_error, "{:,.0f}")


def money(value: float, error: float) -> str:
    """Million USD in words: two digits at most, and only those that survive another seed."""
    if not np.isfinite(value):
        return "not found"
    two = 10.0 ** max(0, np.floor(np.log10(max(abs(value), 1))) - 1)
    return digits.printed(value, max(error, two / digits.RANGE), "{:,.0f}")


def together(frame: pd.DataFrame, names: Iterable[str]) -> float:
    """Budget authority of some levers, million USD; missing if none of them has one."""
    return float(frame.loc[list(names), "authority"].astype(float).sum(min_count=1))
