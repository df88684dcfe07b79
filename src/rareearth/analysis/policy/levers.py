"""What each lever brings, alone and with the others, and what it costs the public.

All combinations of levers are run on the same draws, so the difference between two of them is the
effect of a lever and not of chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np
import pandas as pd

from rareearth import data, scenarios, uncertainty
from rareearth.analysis import balance as outlook
from rareearth.analysis import proteins
from rareearth.analysis.policy import price_floor as floor
from rareearth.models import attribution, extraction, oxides, price
from rareearth.models.balance import GROUPS, STAGES, Balance
from rareearth.scenarios import Scenario

HORIZON = (2027, 2040)
"""Years over which what a lever brings and costs is added up."""

TODAY = 2026
"""Year to whose money costs are discounted, and kilograms with them."""

COSTED = {
    "price_floor": "payments on all oxide from US plants to come",
    "offtake": "premium that buyers pay on signed output of US plants to come; no public money",
    "equity": "grants to all US plants to come that separate or make magnets",
    "research": "one more research hub as large as the present one",
    "waste_extraction": "what the product of standard plants costs above its price",
}
"""What is counted as the cost of a lever; no cost was found for the others."""

PRICED = (
    "public_discount_rate", "venture_offtake_premium", "venture_price_level",
    "venture_offtake_share", "venture_grant_first_plant", "venture_plant_overrun",
    "venture_plant_capital", "venture_plant_output", "oxide_basket_price", "separation_cost",
)  # fmt: skip
"""Assumptions behind the costs, for naming their sources."""

NOTHING = 1e-3
"""Tonnes below which nothing is closed."""


class Worlds:
    """Balances of a scenario under all combinations of some levers.

    A part of the balance that a lever does not touch is not computed again.
    """

    def __init__(self, scenario: Scenario, levers: Sequence[str], draws: int, seed: int):
        """Draw the inputs without any lever, and what each lever moves.

        Args:
            scenario: its own levers are not pulled; its own overrides stay.
            levers: names as in ``data/levers.yml``.
            draws: number of draws.
            seed: any non-negative integer.
        """
        self.scenario = scenarios.pull(scenario, ())
        self.levers = tuple(levers)
        self.base = outlook.sample(draws, seed, self.scenario)
        known = scenarios.levers()
        self._moved = {
            lever: uncertainty.sample(
                outlook.space(scenarios.pull(scenario, [lever])).loc[list(known[lever].overrides)],
                draws,
                seed,
            )
            for lever in levers
        }
        self._parts: dict[tuple[str, frozenset[str]], tuple[np.ndarray, ...]] = {}
        self._touching = {
            part: frozenset(lever for lever in levers if self._touches(lever, part))
            for part in outlook.PARTS
        }

    def draws(self, some: Iterable[str] = ()) -> pd.DataFrame:
        """Draws of all inputs with some levers pulled."""
        moved = {
            name: values
            for lever in sorted(some)
            for name, values in self._moved[lever].items()
            if name not in self.scenario.own
        }
        return self.base.assign(**moved)

    def balance(self, some: Iterable[str] = ()) -> Balance:
        """The balance with some levers pulled."""
        parts = {part: self.part(part, some) for part in outlook.PARTS}
        return outlook.assemble(self.draws(some), self.scenario, parts)

    def part(self, part: str, some: Iterable[str] = ()) -> tuple[np.ndarray, ...]:
        """One of :data:`rareearth.analysis.balance.PARTS` with some levers pulled."""
        return self._part(part, frozenset(some) & self._touching[part])

    def _part(self, part: str, some: frozenset[str]) -> tuple[np.ndarray, ...]:
        if (part, some) not in self._parts:
            made = outlook.PARTS[part](self.draws(some), self.scenario)
            self._parts[part, some] = made
        return self._parts[part, some]

    def _touches(self, lever: str, part: str) -> bool:
        without, pulled = self._part(part, frozenset()), self._part(part, frozenset([lever]))
        return any(not np.array_equal(a, b) for a, b in zip(without, pulled, strict=True))


def acting(scenario: Scenario) -> list[str]:
    """Levers that can move the balance of a scenario: a stockpile acts only in a cut."""
    cut = scenario.choices["china"] == "cut"
    return [name for name in scenarios.levers() if cut or name != "stockpile"]


def closed(balance: Balance) -> np.ndarray:
    """What is avoided or secured in the United States, tonnes: group, year, draw."""
    home = balance.data.sel(region=outlook.HOME)
    return (home["avoided"].sum("route") + home["secured"].sum("source")).to_numpy()


def shapley(
    scenario: Scenario,
    levers: Sequence[str] | None = None,
    draws: int = 300,
    seed: int = 1,
    year: int | None = None,
    group: str | None = None,
) -> pd.DataFrame:
    """Part of each lever in the gap that all of them close together.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        levers: names; none for all that act.
        draws: number of draws.
        seed: any non-negative integer.
        year: of :data:`rareearth.analysis.balance.YEARS`; none for the sum over :data:`HORIZON`.
        group: one of :data:`rareearth.models.balance.GROUPS`; none for their sum.

    Returns:
        One row per lever and one named ``all``, in tonnes: ``mean_t`` (shares add up to that of
        all), ``low_t``, ``median_t``, ``high_t`` (nine draws in ten), and ``alone_t`` and
        ``last_t``, the means of what it closes as the only lever and as the last of all.
    """
    levers = list(acting(scenario) if levers is None else levers)
    worlds = Worlds(scenario, levers, draws, seed)

    @cache
    def worth(some: frozenset[str]) -> np.ndarray:
        mass = closed(worlds.balance(some))
        mass = mass.sum(axis=0) if group is None else mass[GROUPS.index(group)]
        return _in_years(mass, year)

    none, every = worth(frozenset()), frozenset(levers)
    shares = attribution.shapley(worth, levers) | {"all": worth(every) - none}
    rows = []
    for name, drawn in shares.items():
        only = worth(every if name == "all" else frozenset([name])) - none
        last = worth(every) - (none if name == "all" else worth(every - {name}))
        low, median, high = np.quantile(drawn, [0.05, 0.5, 0.95])
        rows.append((name, drawn.mean(), low, median, high, only.mean(), last.mean()))
    columns = ["lever", "mean_t", "low_t", "median_t", "high_t", "alone_t", "last_t"]
    return pd.DataFrame(rows, columns=columns)


def alone(
    scenario: Scenario, levers: Sequence[str], draws: int = 300, seed: int = 1, year: int = 2035
) -> pd.DataFrame:
    """What each lever closes of the American gap in one year as the only one, and all together.

    Args:
        scenario: its own levers are not pulled.
        levers: names as in ``data/levers.yml``.
        draws: number of draws.
        seed: any non-negative integer.
        year: of :data:`rareearth.analysis.balance.YEARS`.

    Returns:
        One row per lever, in their order, and one named ``together``, indexed by ``lever``:
        ``low_t``, ``median_t``, ``high_t`` (nine draws in ten) and ``mean_t``.
    """
    worlds = Worlds(scenario, levers, draws, seed)
    none = closed(worlds.balance())
    rows = {}
    for name, some in [*((lever, [lever]) for lever in levers), ("together", levers)]:
        brought = _in_years((closed(worlds.balance(some)) - none).sum(axis=0), year)
        low, median, high = np.quantile(brought, [0.05, 0.5, 0.95])
        rows[name] = {"low_t": low, "median_t": median, "high_t": high, "mean_t": brought.mean()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("lever")


def _in_years(mass: np.ndarray, year: int | None) -> np.ndarray:
    """One year, or the sum over the horizon: year, draw to draw."""
    if year is not None:
        return mass[list(outlook.YEARS).index(year)]
    first, last = HORIZON
    return mass[(first <= outlook.YEARS) & (last >= outlook.YEARS)].sum(axis=0)


# --- cost ----------------------------------------------------------------------------------------


def ladder(scenario: Scenario, draws: int = 300, seed: int = 1) -> pd.DataFrame:
    """Cost per kilogram that a lever closes of the American gap, by itself and as the last of all.

    Money and kilograms are both brought to :data:`TODAY` at the public discount rate and added up
    over :data:`HORIZON`. A lever pays for all that it covers, not only for what would not have
    come without it.

    Args:
        scenario: as loaded by :func:`rareearth.scenarios.load`.
        draws: number of draws.
        seed: any non-negative integer.

    Returns:
        One row per lever, and one for all costed levers together: ``lever``, ``closed_t`` (sum
        over the horizon, mean of draws, by itself), ``cost_usd_million`` (present value, mean),
        ``low``, ``median``, ``high`` in USD per kilogram of element (nine draws in ten; infinite
        where nothing is closed), ``last`` (mean cost over mean kilograms as the last of all),
        ``payer`` and ``counted``; missing costs where none was found.
    """
    levers = acting(scenario)
    worlds = Worlds(scenario, levers, draws, seed)
    rate = worlds.base["public_discount_rate"].to_numpy()
    none, every = worlds.balance(), worlds.balance(levers)
    rows = []
    for lever in levers:
        alone = worlds.balance([lever])
        others = worlds.balance([other for other in levers if other != lever])
        brought = closed(alone).sum(axis=0) - closed(none).sum(axis=0)
        added = closed(every).sum(axis=0) - closed(others).sum(axis=0)
        kg, last_kg = _present(brought, rate), _present(added, rate)
        row = {"lever": lever, "closed_t": _in_years(brought, None).mean()}
        if lever in COSTED:
            cost = _cost(lever, worlds, [lever], seed)
            late = _cost(lever, worlds, levers, seed)
            row |= _per_kg(cost, kg) | {"last": _ratio(late.mean(), last_kg.mean())}
            row |= {"payer": "buyers" if lever == "offtake" else "state", "counted": COSTED[lever]}
        rows.append(row)
    together = [lever for lever in levers if lever in COSTED]
    pulled = worlds.balance(together)
    brought = closed(pulled).sum(axis=0) - closed(none).sum(axis=0)
    cost = sum(_cost(lever, worlds, together, seed) for lever in together)
    rows.append(
        {"lever": "together", "closed_t": _in_years(brought, None).mean()}
        | _per_kg(cost, _present(brought, rate))
        | {"payer": "state and buyers", "counted": "all costed levers"}
    )
    return pd.DataFrame(rows)


def _per_kg(cost: np.ndarray, tonnes: np.ndarray) -> dict[str, float]:
    """Cost in USD, mass in tonnes, both per draw and discounted."""
    each = np.divide(cost, 1e3 * tonnes, out=np.full_like(cost, np.inf), where=tonnes > NOTHING)
    low, median, high = np.quantile(each, [0.05, 0.5, 0.95], method="inverted_cdf")
    mean = _ratio(cost.mean(), tonnes.mean())
    return {
        "cost_usd_million": cost.mean() / 1e6,
        "mean": mean,
        "low": low,
        "median": median,
        "high": high,
    }


def _ratio(cost: float, tonnes: float) -> float:
    return cost / (1e3 * tonnes) if tonnes > NOTHING else float("inf")


def _present(yearly: np.ndarray, rate: np.ndarray) -> np.ndarray:
    """Sum over the horizon of yearly values, discounted: year, draw to draw."""
    years = outlook.YEARS[:, None]
    inside = (years >= HORIZON[0]) & (years <= HORIZON[1])
    return (inside * yearly / (1 + rate) ** (years - TODAY)).sum(axis=0)


def _cost(lever: str, worlds: Worlds, pulled: Sequence[str], seed: int) -> np.ndarray:
    """Cost of a lever in USD, present value, per draw, when some levers are pulled."""
    draws = worlds.draws(pulled)
    rate = draws["public_discount_rate"].to_numpy()
    output, running = worlds.part("plants", pulled)
    to_come = np.maximum(output[0] - running[0], 0.0)
    oxide_kg = 1e3 * to_come[STAGES.index("Separated"), 0] / oxides.ndpr_in_oxide()
    match lever:
        case "price_floor":
            yearly = _floor_payment(worlds, draws, seed) * oxide_kg
        case "offtake":
            premium = draws["venture_offtake_premium"] * draws["venture_price_level"]
            yearly = (premium * draws["venture_offtake_share"]).to_numpy() * oxide_kg
        case "equity":
            grant = draws["venture_grant_first_plant"] * draws["venture_plant_overrun"]
            per_t = (grant * draws["venture_plant_capital"]).to_numpy()
            made = to_come[[STAGES.index("Separated"), STAGES.index("Magnets")]].sum(axis=(0, 1))
            largest = np.maximum.accumulate(made, axis=0)
            yearly = np.diff(largest, axis=0, prepend=0.0) * per_t
            yearly = yearly / draws["venture_plant_output"].to_numpy()
        case "research":
            hub = data.table("research_budgets")
            hub = hub[hub["line"] == "Critical materials hub"]["usd_million"]
            yearly = np.full((len(outlook.YEARS), len(draws)), 1e6 * hub.max())
        case "waste_extraction":
            cost = np.minimum(
                *(
                    proteins.cost_parts(draws, outlook.standard_plant(), route).sum(axis=1)
                    for route in extraction.ROUTES
                )
            )
            short = np.maximum(cost - draws["oxide_basket_price"], 0.0).to_numpy()
            content = draws["ndpr_share_of_waste"].to_numpy() * oxides.ndpr_in_oxide()
            # Plants that would run anyway are not paid by the lever.
            more = worlds.part("waste", pulled)[0][0] - worlds.part("waste")[0][0]
            yearly = 1e3 * more / content * short
        case _:
            raise ValueError(f"No cost is known for lever '{lever}'.")
    return _present(yearly, rate)


def _floor_payment(worlds: Worlds, draws: pd.DataFrame, seed: int) -> np.ndarray:
    """Expected payment per kilogram of oxide under a floor as agreed so far: year, draw."""
    given = floor.process(len(draws), seed, worlds.scenario)
    values = [given[name].to_numpy() for name in ("spot", "median", "speed", "volatility")]
    ahead = np.maximum(outlook.YEARS - TODAY, 0)[:, None]
    return np.asarray(price.expected_floor_payment(*values, floor.terms().floor, ahead))
