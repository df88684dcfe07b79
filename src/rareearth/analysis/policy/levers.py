"""What each lever brings, alone and with the others, and what it costs the public.

All combinations of levers are run on the same draws, so the difference between two of them is the
effect of a lever and not of chance.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from rareearth import assumptions, data, scenarios, uncertainty
from rareearth.analysis import balance as outlook
from rareearth.analysis import market, proteins
from rareearth.analysis.policy import measures, price_floor
from rareearth.answers import Answers, listing
from rareearth.models import attribution, extraction, oxides, price
from rareearth.models.balance import STAGES, Balance
from rareearth.scenarios import Scenario

HORIZON = (2027, 2040)
"""Years over which what a lever brings and costs is added up."""

MOST = 200
"""Draws that are enough for means over all combinations of levers."""

COSTED = {
    "price_floor": "payments on all oxide from US plants to come",
    "offtake": "premium that buyers pay on signed output of US plants to come; no public money",
    "equity": "grants to all US plants to come that separate or make magnets",
    "research": "one more research hub as large as the present one",
    "waste_extraction": "what the product of standard plants costs above its price",
}
"""What is counted as the cost of a lever; no cost is known for the others."""

STOCK = "stockpile"
"""Lever that acts only in a cut; it is costed for itself, not by the kilogram of gap."""

COST_UNITS = {"cost_usd_million": "million US dollars, present value"}
"""Unit of a column of :func:`finite`, for its download."""

TOGETHER = "together"
"""Name of the row for all costed levers at once."""

ON_PLANTS = ("price_floor", "offtake", "equity")
"""Levers that save plants which would be given up."""

COST_INPUTS = (
    "venture_offtake_premium", "venture_offtake_share",
    "venture_grant_first_plant", "venture_plant_overrun", "venture_plant_capital",
    "venture_plant_output", "ndpr_share_of_waste",
)  # fmt: skip
"""Assumptions on which costs rest besides those of the floor and of extraction from waste."""

NOTHING = 1e-3
"""Tonnes below which nothing is closed."""


class Lattice:
    """Balances of a scenario under all combinations of some levers, on the same draws.

    A part of the balance that a lever does not touch is not computed again, and no combination
    twice.

    Attributes:
        scenario: without any lever.
        levers: names as in ``data/levers.yml``.
        seed: of the draws.
        base: draws of all inputs without any lever.
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
        self.levers, self.seed = tuple(levers), seed
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
        self._closed: dict[frozenset[str], np.ndarray] = {}
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

    def closed(self, some: Iterable[str] = ()) -> np.ndarray:
        """What is avoided or secured in the United States with some levers, tonnes: year, draw."""
        some = frozenset(some)
        if some not in self._closed:
            self._closed[some] = closed(self.balance(some))
        return self._closed[some]

    def brought(self, some: Iterable[str], others: Iterable[str] = ()) -> np.ndarray:
        """What some levers close on top of others, tonnes: year, draw."""
        return self.closed({*some, *others}) - self.closed(others)

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
    return [name for name in scenarios.levers() if cut or name != STOCK]


def lattice(scenario: Scenario, draws: int, seed: int) -> Lattice:
    """All levers that act in a scenario, on at most :data:`MOST` draws."""
    return Lattice(scenario, acting(scenario), min(draws, MOST), seed)


def closed(balance: Balance) -> np.ndarray:
    """What is avoided or secured in the United States, tonnes: year, draw."""
    home = balance.data.sel(region=outlook.HOME)
    mass = home["avoided"].sum(["route", "group"]) + home["secured"].sum(["source", "group"])
    return mass.to_numpy()


def shapley(lattice: Lattice, year: int | None = None) -> pd.DataFrame:
    """Part of each lever in the gap that all of them close together.

    Args:
        lattice: draws and levers.
        year: of :data:`rareearth.analysis.balance.YEARS`; none for the sum over :data:`HORIZON`.

    Returns:
        One row per lever and one named ``all``, in tonnes: ``mean_t`` (shares add up to that of
        all), ``low_t``, ``median_t``, ``high_t`` (nine draws in ten), and ``alone_t`` and
        ``last_t``, the means of what it closes as the only lever and as the last of all.
    """
    every = frozenset(lattice.levers)
    players = {lever: frozenset([lever]) for lever in lattice.levers} | {"all": every}
    drawn = attribution.shapley(lambda some: _in_years(lattice.closed(some), year), lattice.levers)
    drawn["all"] = _in_years(lattice.brought(every), year)
    frame = uncertainty.band(pd.DataFrame(drawn).T).add_suffix("_t")
    frame.insert(0, "mean_t", [drawn[name].mean() for name in players])
    for column, others in (("alone_t", {}), ("last_t", {n: every - p for n, p in players.items()})):
        frame[column] = [
            _in_years(lattice.brought(own, others.get(name, ())), year).mean()
            for name, own in players.items()
        ]
    return frame.rename_axis("lever").reset_index()


def effects(lattice: Lattice, groups: Mapping[str, Iterable[str]], year: int) -> pd.DataFrame:
    """What groups of levers close of the American gap in one year, each by itself.

    Args:
        lattice: draws and levers.
        groups: levers by name of the group.
        year: of :data:`rareearth.analysis.balance.YEARS`.

    Returns:
        One row per group, indexed by name: ``low_t``, ``median_t``, ``high_t`` (nine draws in ten)
        and ``mean_t``.
    """
    drawn = {name: _in_years(lattice.brought(some), year) for name, some in groups.items()}
    frame = pd.DataFrame(drawn).T
    return uncertainty.band(frame).add_suffix("_t").assign(mean_t=frame.mean(axis=1))


def _in_years(mass: np.ndarray, year: int | None) -> np.ndarray:
    """One year, or the sum over the horizon: year, draw to draw."""
    years = outlook.YEARS
    return mass[years == year][0] if year is not None else mass[_counted()].sum(axis=0)


def _counted() -> np.ndarray:
    """Which years of the balance lie in the horizon."""
    return (HORIZON[0] <= outlook.YEARS) & (HORIZON[1] >= outlook.YEARS)


# --- cost ----------------------------------------------------------------------------------------


def ladder(lattice: Lattice) -> pd.DataFrame:
    """Cost per kilogram that a lever closes of the American gap, by itself and as the last of all.

    Net present values of money and of kilograms at the public discount rate, added up over
    :data:`HORIZON`. A lever pays for all that it covers, not only for what would not have come
    without it.

    Args:
        lattice: all levers that act.

    Returns:
        One row per lever, and one for all costed levers together: ``lever``, ``closed_t`` (sum
        over the horizon, mean of draws, by itself), ``cost_usd_million`` (present value, mean),
        ``mean``, ``low``, ``median``, ``high`` in USD per kilogram of element (nine draws in ten;
        infinite where nothing is closed), ``last`` (mean cost over mean kilograms as the last of
        all), ``payer`` and ``counted``; missing where no cost is known.
    """
    rate, every = lattice.base["public_discount_rate"].to_numpy(), lattice.levers
    rows = []
    for lever in every:
        mass = lattice.brought([lever])
        row = {"lever": lever, "closed_t": _in_years(mass, None).mean()}
        if lever in COSTED:
            late = lattice.brought([lever], [other for other in every if other != lever])
            row |= _per_kg(_cost(lever, lattice, [lever]), _present(mass, rate))
            cost = _cost(lever, lattice, every).mean()
            row["last"] = _ratio(cost, _present(late, rate).mean())
            row |= {"payer": "buyers" if lever == "offtake" else "state", "counted": COSTED[lever]}
        rows.append(row)
    together = [lever for lever in every if lever in COSTED]
    mass = lattice.brought(together)
    cost = sum(_cost(lever, lattice, together) for lever in together)
    rows.append(
        {"lever": TOGETHER, "closed_t": _in_years(mass, None).mean()}
        | _per_kg(cost, _present(mass, rate))
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
    """Net present value over the horizon of yearly values: year, draw to draw."""
    ahead = (outlook.YEARS - data.today().year)[:, None]
    return (_counted()[:, None] * yearly / (1 + rate) ** ahead).sum(axis=0)


def _cost(lever: str, lattice: Lattice, pulled: Sequence[str]) -> np.ndarray:
    """Cost of a lever in USD, present value, per draw, when some levers are pulled."""
    draws = lattice.draws(pulled)
    rate = draws["public_discount_rate"].to_numpy()
    output, running = lattice.part("plants", pulled)
    to_come = np.maximum(output[0] - running[0], 0.0)
    oxide_kg = 1e3 * to_come[STAGES.index("Separated"), 0] / oxides.ndpr_in_oxide()
    match lever:
        case "price_floor":
            yearly = _floor_payment(lattice) * oxide_kg
        case "offtake":
            premium = draws["venture_offtake_premium"] * market.expected(draws)
            yearly = (premium * draws["venture_offtake_share"]).to_numpy() * oxide_kg
        case "equity":
            grant = draws["venture_grant_first_plant"] * draws["venture_plant_overrun"]
            per_t = (grant * draws["venture_plant_capital"]).to_numpy()
            made = to_come[[STAGES.index("Separated"), STAGES.index("Magnets")]].sum(axis=(0, 1))
            largest = np.maximum.accumulate(made, axis=0)
            yearly = np.diff(largest, axis=0, prepend=0.0) * per_t
            yearly = yearly / draws["venture_plant_output"].to_numpy()
        case "research":
            yearly = np.full((len(outlook.YEARS), len(draws)), 1e6 * hub()["usd_million"].max())
        case "waste_extraction":
            cost = np.minimum(
                *(
                    proteins.cost_parts(draws, outlook.standard_plant(), route).sum(axis=1)
                    for route in extraction.ROUTES
                )
            )
            brings = proteins.basket(draws, outlook.standard_plant())
            short = np.maximum(cost - brings, 0.0).to_numpy()
            content = draws["ndpr_share_of_waste"].to_numpy() * oxides.ndpr_in_oxide()
            # Plants that would run anyway are not paid by the lever.
            more = lattice.part("waste", pulled)[0][0] - lattice.part("waste")[0][0]
            yearly = 1e3 * more / content * short
        case _:
            raise ValueError(f"No cost is known for lever '{lever}'.")
    return _present(yearly, rate)


def _floor_payment(lattice: Lattice) -> np.ndarray:
    """Expected payment per kilogram of oxide under a floor as agreed so far: year, draw."""
    given = market.process(lattice.base)
    ahead = np.maximum(outlook.YEARS - data.today().year, 0)[:, None]
    floor = price_floor.terms().floor
    return np.asarray(price.expected_floor_payment(*given.to_numpy().T, floor, ahead))


# --- for the page ---------------------------------------------------------------------------------


def hub() -> pd.DataFrame:
    """Budgets of the research hub for critical materials."""
    table = data.table("research_budgets")
    return table[table["line"] == "Critical materials hub"]


def behind() -> list:
    """What the gap that levers close rests on: reasons of the levers, and assumptions."""
    keys = sorted({key for lever in scenarios.levers().values() for key in lever.source})
    return [*keys, assumptions.used_by("balance")]


def behind_costs() -> list:
    """What the costs rest on: the gap, inputs of the costs, the hub, terms of the floor."""
    return [*behind_first_costs(), assumptions.used_by("proteins")]


def behind_first_costs() -> list:
    """The same without extraction from waste, which is none of the first steps."""
    inputs = assumptions.register().loc[[*COST_INPUTS, *price_floor.ASSUMED]]
    return [*behind(), inputs, hub(), data.table("floor_terms")]


def titles() -> pd.Series:
    """Title of each lever, and of all costed ones together."""
    named = {name: lever.title for name, lever in scenarios.levers().items()}
    return pd.Series(named | {TOGETHER: "All costed levers together"})


def brought(lattice: Lattice) -> tuple[pd.DataFrame, Answers]:
    """:func:`shapley` in thousand tonnes, largest first, and what the text says of it."""
    kt = shapley(lattice).set_index("lever")
    kt = (kt / 1e3).rename(columns=lambda column: column.replace("_t", "_kt"))
    every = kt.loc["all"]
    parts = kt.drop(index="all").sort_values("mean_kt", ascending=False)
    parts.insert(0, "title", titles()[parts.index])
    answers = Answers(behind(), kind="forecast")
    left = lattice.balance().gap.sel(region=outlook.HOME).sum("group").to_numpy()
    gap = _in_years(left, None).mean() / 1e3
    answers.add("ladder-gap", gap, "{:.0f} thousand tonnes")
    answers.add(
        "ladder-all",
        every["mean_kt"],
        "{:.0f} thousand tonnes",
        low=every["low_kt"],
        high=every["high_kt"],
        band="{:.0f} to {:.0f}",
        label=f"Gap that all levers close together to {HORIZON[1]}",
    )
    answers.add("ladder-part", 100 * every["mean_kt"] / gap, "{:.0f}%")
    for place, row in zip(("first", "second"), parts.itertuples(), strict=False):
        answers.add(f"ladder-{place}", row.title.lower(), kind="derived")
        answers.add(f"ladder-{place}-part", 100 * row.mean_kt / every["mean_kt"], "{:.0f}%")
    plants = parts[parts.index.isin(ON_PLANTS)][["mean_kt", "alone_kt"]].sum().clip(lower=0)
    answers.add("ladder-plants", plants["mean_kt"], "{:.1f} thousand tonnes")
    answers.add("ladder-plants-alone", plants["alone_kt"], "{:.1f} thousand tonnes")
    answers.add(
        "ladder-plants-says",
        "A few large plants decide what these levers bring, and their bands are wide: in most "
        "draws the large plants come anyway or are not the narrowest stage, in some one saved "
        "plant is worth thousands of tonnes."
        if plants["mean_kt"] >= 0.05
        else "In this scenario no plant is given up, so there is none to save.",
    )
    gained = _in_years(lattice.brought(["waste_extraction"]), None).sum()
    more = lattice.part("waste", ["waste_extraction"])[0] - lattice.part("waste")[0]
    extracted = _in_years(more.sum(axis=0), None).sum()
    answers.add("ladder-waste-used", 100 * gained / extracted, "{:.0f}%")
    spans = {r.title: (r.mean_kt, r.low_kt, r.high_kt) for r in parts.itertuples()}
    answers.add("ladder-share-list", listing(spans, "{} {:z.1f}, {:z.1f} to {:z.1f}", "; "))
    answers.add("ladder-years", "{} to {}".format(*HORIZON))
    answers.add("ladder-draws", len(lattice.base))
    return parts.reset_index(), answers


def costs(lattice: Lattice) -> tuple[pd.DataFrame, Answers]:
    """:func:`ladder`, cheapest first, with titles, and what the text says of it."""
    rungs = ladder(lattice).query("lever != @STOCK").sort_values("mean", ignore_index=True)
    rungs.insert(1, "title", rungs["lever"].map(titles()))
    answers = Answers(behind_costs(), kind="estimate")
    at = rungs.set_index("lever")
    for name in (*COSTED, TOGETHER):
        answers.add(f"ladder-cost-{name.replace('_', '-')}", _dollars(at.loc[name, "mean"]))
    for name, lever in (("floor", "price_floor"), ("equity", "equity")):
        answers.add(f"ladder-last-{name}", _dollars(at.loc[lever, "last"]))
    known = rungs[np.isfinite(rungs["mean"]) & (rungs["lever"] != TOGETHER)]
    for name, row in (("cheapest", known.iloc[0]), ("dearest", known.iloc[-1])):
        answers.add(f"ladder-{name}", row["title"].lower())
        answers.add(f"ladder-{name}-cost", _dollars(row["mean"]))
    public = at.loc[TOGETHER, "cost_usd_million"] / 1e3
    answers.add("ladder-public", public, "{:.1f} billion dollars")
    priced = rungs[rungs["mean"].notna() & (rungs["lever"] != TOGETHER)]
    words = priced.set_index("title")["mean"].map(_dollars)
    answers.add("ladder-cost-list", listing(words, "{} {}", "; "))
    without = rungs.loc[rungs["mean"].isna(), "title"].str.lower()
    answers.add("ladder-not-costed", ", ".join(without), kind="derived")
    counted = {titles()[name].lower(): what for name, what in COSTED.items()}
    answers.add("ladder-counted", listing(counted, "{}: {}", "; "), kind="derived")
    return rungs, answers


def finite(rungs: pd.DataFrame) -> pd.DataFrame:
    """Costs as from :func:`costs` with units in the names of columns, for the download.

    A cost without bound, where nothing is closed, is missing.
    """
    usd = {c: f"{c}_usd_per_kg" for c in ("mean", "low", "median", "high", "last")}
    return rungs.rename(columns=usd).replace(np.inf, np.nan)


def overview(shares: pd.DataFrame, rungs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All levers on one page.

    Args:
        shares: as from :func:`brought`.
        rungs: as from :func:`costs`.

    Returns:
        As it is printed; and for the download ``lever``, ``title``, ``who``, ``reason``,
        ``source``, ``mean_kt``, ``low_kt`` and ``high_kt``.
    """
    known, in_force = scenarios.levers(), measures.in_force()
    kt = shares.set_index("lever")[["mean_kt", "low_kt", "high_kt"]]
    # Adding zero turns a rounded minus nothing into nothing.
    spans = {
        name: "{:.1f} ({:.1f} to {:.1f})".format(*row.round(1) + 0.0) for name, row in kt.T.items()
    }
    usd = rungs.set_index("lever")["mean"].dropna().map(_plain)
    printed = pd.DataFrame(
        {
            "Lever and how it works": f"**{lever.title}.** {lever.mechanism}",
            "Who decides": lever.who,
            "In force": in_force.get(name, "nothing found"),
            "Closes, kt": spans.get(name, "only in a cut"),
            "USD per kg": usd.get(name, "see the text" if name == STOCK else "not found"),
            "Behind it": "{cite:p}`" + ",".join(lever.source) + "`",
        }
        for name, lever in known.items()
    )
    download = pd.DataFrame(
        {
            "lever": name,
            "title": lever.title,
            "who": lever.who,
            "reason": lever.reason,
            "source": ";".join(lever.source),
        }
        for name, lever in known.items()
    )
    return printed, download.merge(kt.reset_index(), on="lever", how="left")


def _dollars(value: float) -> str:
    known = np.isfinite(value)
    return f"{_plain(value)} dollars" if known else "nothing closed at any price"


def _plain(value: float) -> str:
    """Two digits, written out."""
    return f"{float(f'{value:.2g}'):,.0f}" if np.isfinite(value) else "closes nothing"
