"""What each lever brings, alone, as the last of all and in shares.

All combinations of levers are run on the same draws, so the difference between two of them is the
effect of a lever and not of chance. Levers come on top of the policies in force. What they cost is
in :mod:`rareearth.analysis.policy.costs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import lru_cache

import numpy as np
import pandas as pd

from rareearth import assumptions, digits, scenarios, uncertainty
from rareearth.analysis import balance as outlook
from rareearth.answers import Answers, listing
from rareearth.models import attribution
from rareearth.models.balance import Balance
from rareearth.scenarios import Scenario
from rareearth.uncertainty import Recorded

HORIZON = (2027, 2040)
"""Years over which what a lever brings and costs is added up."""

DRAWS = 4000
"""Draws that results of levers need: most act through a few plants, so their effects are rare."""

KEPT = 2_000_000
"""Numbers of a part of the balance up to which it is kept for several levers at once."""

CHUNKS = 10
"""Groups of draws, each with an order of the levers of its own, by which shares are estimated."""

NOTICED = 1.0
"""Percent of the gap that an effect must pass to be counted as one."""

STOCK = "stockpile"
"""Lever that acts only in a cut and adds nothing to yearly supply."""

TOGETHER = "together"
"""Name of the row for all levers at once."""

ON_PRICES = ("price_floor", "border_price")
"""Levers that hold up the price that plants see."""

ON_PLANTS = ("offtake", "equity_first", "equity", "loans", "tax_credits")
"""Levers that save plants to come which would be given up."""

RARE = 5
"""Draws in a hundred below which an effect is said to be rare, without further numbers."""

LEAST_KT = 0.05
"""Thousand tonnes below which nothing is printed."""

PLACES = ("home", "others")
"""Whose gap a lever moves: the United States, and all others outside China."""


class Lattice:
    """Balances of a scenario under all combinations of some levers, on the same draws.

    A part of the balance that a lever does not touch is not computed again, and no combination
    twice.

    Attributes:
        scenario: without any lever, and with China selling: a cut does not change supply.
        levers: names as in ``data/levers.yml``.
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
        self.scenario = scenarios.choose(scenarios.pull(scenario, ()), china="open")
        self.levers = tuple(levers)
        self.base = outlook.sample(draws, seed, self.scenario)
        known = scenarios.levers()
        self._moved = {
            lever: uncertainty.sample(
                assumptions.ranges(scenarios.pull(self.scenario, [lever])).loc[
                    list(known[lever].overrides)
                ],
                draws,
                seed,
            )
            for lever in levers
        }
        self._forget()
        moves = {lever: set(known[lever].overrides) for lever in levers}
        self._touching = {
            part: frozenset(lever for lever in levers if moves[lever] & read)
            for part, read in _read(self.scenario).items()
        }

    def chunks(self, count: int) -> Iterator[Lattice]:
        """The draws in groups, each a lattice of its own, one after the other."""
        for at in np.array_split(np.arange(len(self.base)), count):
            some = copy(self)
            some.base = self.base.iloc[at]
            some._moved = {lever: frame.iloc[at] for lever, frame in self._moved.items()}
            some._forget()
            yield some

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

    def closed(self, some: Iterable[str] = (), place: str = "home") -> np.ndarray:
        """What is avoided or secured with some levers, tonnes: year, draw.

        Args:
            some: names of levers.
            place: one of :data:`PLACES`.
        """
        some = frozenset(some)
        if some not in self._closed:
            self._closed[some] = closed(self.balance(some))
        return self._closed[some][PLACES.index(place)]

    def brought(
        self, some: Iterable[str], others: Iterable[str] = (), place: str = "home"
    ) -> np.ndarray:
        """What some levers close on top of others, tonnes: year, draw."""
        return self.closed({*some, *others}, place) - self.closed(others, place)

    def left(self, year: int | None = None) -> np.ndarray:
        """What is left of the American gap without any lever, tonnes: draw."""
        gap = self.balance().gap.sel(region=outlook.HOME).sum("group").to_numpy()
        return in_years(gap, year)

    def _forget(self) -> None:
        self._parts: dict[tuple[str, frozenset[str]], tuple[np.ndarray, ...]] = {}
        self._closed: dict[frozenset[str], np.ndarray] = {}

    def _part(self, part: str, some: frozenset[str]) -> tuple[np.ndarray, ...]:
        if (part, some) in self._parts:
            return self._parts[part, some]
        made = outlook.PARTS[part](self.draws(some), self.scenario)
        if len(some) < 2 or made[0].size <= KEPT:
            self._parts[part, some] = made
        return made


_READ: dict[tuple[str, ...], dict[str, frozenset[str]]] = {}


def _read(scenario: Scenario) -> dict[str, frozenset[str]]:
    """Columns of the draws that each part of the balance reads where choices are made alike."""
    choices = tuple(scenario.choices[name] for name in ("demand_case", "plants", "policy"))
    if choices not in _READ:
        drawn, outer = Recorded(outlook.sample(2, 1, scenario)), Recorded.seen
        _READ[choices] = {}
        for part, made in outlook.PARTS.items():
            Recorded.seen = set()
            made(drawn, scenario)
            _READ[choices][part] = frozenset(Recorded.seen)
            outer |= Recorded.seen
        Recorded.seen = outer
    return _READ[choices]


def acting() -> list[str]:
    """Levers that can move the balance: all but a stockpile, which acts only in a cut."""
    return [name for name in scenarios.levers() if name != STOCK]


@lru_cache(maxsize=2)
def lattice(scenario: Scenario, seed: int) -> Lattice:
    """All levers that act, on :data:`DRAWS` draws."""
    return Lattice(scenario, acting(), DRAWS, seed)


def closed(balance: Balance) -> np.ndarray:
    """What is avoided or secured, tonnes: place (of :data:`PLACES`), year, draw."""
    mass = balance.avoided.sum(["route", "group"]) + balance.secured.sum(["source", "group"])
    home, outside = (
        mass.sel(region=region).to_numpy() for region in (outlook.HOME, outlook.OUTSIDE)
    )
    return np.stack([home, outside - home])


def effects(
    lattice: Lattice,
    groups: Mapping[str, Iterable[str]],
    year: int | None = None,
    *,
    last: bool = False,
) -> pd.DataFrame:
    """What groups of levers close of the gap, each by itself or as the last of all.

    Args:
        lattice: draws and levers.
        groups: levers by name of the group.
        year: of :data:`rareearth.analysis.balance.YEARS`; none for the sum over :data:`HORIZON`.
        last: on top of all other levers, not alone.

    Returns:
        One row per group, indexed by name: ``low_t``, ``median_t``, ``high_t`` (nine draws in
        ten), ``mean_t`` and its standard error ``error_t``, ``chance_pct`` (part of draws in
        which the effect passes :data:`NOTICED` percent of the gap that is left without levers),
        and what all others outside China gain or lose on average, ``others_t`` and its
        ``others_error_t``.
    """
    left, rows = lattice.left(year), {}
    for name, some in groups.items():
        others = set(lattice.levers) - set(some) if last else ()
        home, abroad = (in_years(lattice.brought(some, others, place), year) for place in PLACES)
        low, median, high = np.quantile(home, [0.05, 0.5, 0.95])
        rows[name] = {
            "low_t": low,
            "median_t": median,
            "high_t": high,
            "mean_t": home.mean(),
            "error_t": digits.error(home, None),
            "chance_pct": 100 * ((home > NOTICED / 100 * left) & (home > 0)).mean(),
            "others_t": abroad.mean(),
            "others_error_t": digits.error(abroad, None),
        }
    return pd.DataFrame(rows).T


def shares(lattice: Lattice, seed: int, year: int | None = None) -> pd.DataFrame:
    """Part of each lever in what all of them close together on average (Shapley shares).

    Estimated: each of :data:`CHUNKS` groups of draws goes through one random order of the levers
    and back. No share is biased, and they add up to what all close.

    Args:
        lattice: draws and levers.
        seed: of the orders.
        year: as for :func:`effects`.

    Returns:
        By lever: ``share_t`` and its standard error ``share_error_t``.
    """
    rng = np.random.default_rng(seed)
    means, weights = [], []
    for some in lattice.chunks(min(CHUNKS, len(lattice.base))):
        found = attribution.sampled(
            lambda pulled, some=some: in_years(some.closed(pulled), year), lattice.levers, 1, rng
        )
        means.append({lever: part.mean() for lever, part in found.items()})
        weights.append(len(some.base))
    drawn = pd.DataFrame(means)
    mean = pd.Series(np.average(drawn, axis=0, weights=weights), drawn.columns)
    error = drawn.std(ddof=1) / np.sqrt(len(drawn))
    return pd.DataFrame({"share_t": mean, "share_error_t": error})


@lru_cache(maxsize=2)
def table(lattice: Lattice, seed: int) -> pd.DataFrame:
    """All that the pages say of what levers bring to :data:`HORIZON`, largest share first.

    Returns:
        One row per lever and, at the end, :data:`TOGETHER`: the columns of :func:`effects` and
        :func:`shares`, ``last_t`` (mean as the last of all), ``title`` and ``basis``.
    """
    groups = {lever: [lever] for lever in lattice.levers}
    frame = effects(lattice, groups | {TOGETHER: lattice.levers})
    frame["last_t"] = effects(lattice, groups, last=True)["mean_t"]
    frame = frame.join(shares(lattice, seed))
    # Few groups of draws tell their own spread badly; a share errs no less than the effect alone.
    frame["share_error_t"] = frame[["share_error_t", "error_t"]].max(axis=1)
    frame.loc[TOGETHER, ["share_t", "share_error_t", "last_t"]] = frame.loc[
        TOGETHER, ["mean_t", "error_t", "mean_t"]
    ].to_numpy()
    frame = (
        frame.drop(index=TOGETHER)
        .sort_values("share_t", ascending=False)
        .pipe(lambda rows: pd.concat([rows, frame.loc[[TOGETHER]]]))
    )
    frame.insert(0, "title", titles()[frame.index])
    known = scenarios.levers()
    frame.insert(1, "basis", [known[name].basis if name in known else "" for name in frame.index])
    return frame.rename_axis("lever")


def in_years(mass: np.ndarray, year: int | None) -> np.ndarray:
    """One year, or the sum over the horizon: year, draw to draw."""
    years = outlook.YEARS
    return mass[years == year][0] if year is not None else mass[counted()].sum(axis=0)


def counted() -> np.ndarray:
    """Which years of the balance lie in the horizon."""
    return (HORIZON[0] <= outlook.YEARS) & (HORIZON[1] >= outlook.YEARS)


# --- for the page ---------------------------------------------------------------------------------


def behind() -> list:
    """What the gap that levers close rests on: reasons of the levers, and assumptions."""
    keys = sorted({key for lever in scenarios.levers().values() for key in lever.source})
    return [*keys, assumptions.used_by("balance")]


def titles() -> pd.Series:
    """Title of each lever, and of all together."""
    named = {name: lever.title for name, lever in scenarios.levers().items()}
    return pd.Series(named | {TOGETHER: "All levers together"})


def brought(lattice: Lattice, seed: int) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """:func:`table` for the figure, for the page, and what the text says of it.

    Returns:
        In thousand tonnes, one row per lever; all of :func:`table`; and the answers.
    """
    frame = table(lattice, seed)
    every, parts = frame.loc[TOGETHER], frame.drop(index=TOGETHER)
    kt = parts[["title", "basis"]].join(parts.filter(like="_t") / 1e3)
    kt = kt.rename(columns=lambda name: f"{name[:-2]}_kt" if name.endswith("_t") else name)
    kt["chance_pct"] = parts["chance_pct"]
    answers = Answers(behind(), kind="forecast")
    gap = lattice.left()
    answers.add(
        "ladder-gap",
        gap.mean() / 1e3,
        "{:.0f} thousand tonnes",
        error=digits.error(gap, None) / 1e3,
    )
    answers.add(
        "ladder-all",
        every["mean_t"] / 1e3,
        "{:.0f} thousand tonnes",
        low=round(every["low_t"] / 1e3, -1),
        high=round(every["high_t"] / 1e3, -1),
        band="{:.0f} to {:.0f}",
        error=every["error_t"] / 1e3,
        label=f"Gap that all modelled levers close together to {HORIZON[1]}, on average",
    )
    part = 100 * every["mean_t"] / gap.mean()
    answers.add("ladder-part", part, "{:.0f}%", error=100 * every["error_t"] / gap.mean())
    for place, row in zip(("first", "second"), parts.itertuples(), strict=False):
        answers.add(f"ladder-{place}", row.title.lower(), kind="derived")
        answers.add(
            f"ladder-{place}-part", 100 * row.share_t / every["mean_t"], "{:.0f}%",
            error=100 * row.share_error_t / every["mean_t"],
        )  # fmt: skip
    assumed = parts[parts["basis"] == "assumed"]
    answers.add(
        "ladder-assumed", 100 * assumed["share_t"].sum() / every["mean_t"], "{:.0f}%",
        error=100 * np.sqrt((assumed["share_error_t"] ** 2).sum()) / every["mean_t"],
    )  # fmt: skip
    for name, some in (("prices", ON_PRICES), ("plants", ON_PLANTS)):
        rows = parts[parts.index.isin(some)]
        answers.add(
            f"ladder-{name}",
            rows["share_t"].sum() / 1e3,
            "{:.1f} thousand tonnes",
            error=np.sqrt((rows["share_error_t"] ** 2).sum()) / 1e3,
        )
    money = parts[parts.index.isin(ON_PLANTS)]
    idle = parts.loc[[name for name in (*ON_PRICES, *ON_PLANTS) if name in parts.index], "mean_t"]
    idle = idle.abs().max() < 1
    answers.add(
        "ladder-plants-says",
        "In this scenario no plant closes or is given up, so there is none to keep"
        if idle
        else "Few plants to come have no federal money yet, and fewer would be given up for want "
        "of more"
        if (money["chance_pct"] < RARE).all()
        else "In some draws a plant that such money saves is worth thousands of tonnes",
        kind="derived",
    )
    acted = parts[parts.index.isin([*ON_PRICES, *ON_PLANTS])]
    skew = acted[(acted["mean_t"] > 2 * acted["median_t"]) & (acted["mean_t"] > 1)]
    answers.add(
        "levers-skewed",
        "For some levers the mean is more than twice the median, because what counts is the rare "
        "draw in which one large plant is kept or saved"
        if len(skew)
        else "For levers on plants mean and median lie together here",
        kind="derived",
    )
    allies = parts.loc["allies"]
    answers.add(
        "ladder-allies",
        allies["mean_t"] / 1e3,
        "{:.1f} thousand tonnes",
        error=allies["error_t"] / 1e3,
    )
    answers.add(
        "ladder-allies-others", -allies["others_t"] / 1e3, "{:.1f} thousand tonnes",
        error=allies["others_error_t"] / 1e3,
    )  # fmt: skip
    gained = in_years(lattice.brought(["waste_extraction"]), None)
    more = lattice.part("waste", ["waste_extraction"])[0] - lattice.part("waste")[0]
    extracted = in_years(more.sum(axis=0), None)
    answers.add("ladder-waste-used", 100 * gained.sum() / extracted.sum(), "{:.0f}%")
    words = {r.title: in_kt(r.share_t, r.share_error_t) for r in parts.itertuples()}
    answers.add("ladder-share-list", listing(words, "{} {}", "; "))
    answers.add("ladder-years", "{} to {}".format(*HORIZON))
    answers.add("ladder-draws", len(lattice.base), "{:,}")
    return kt.reset_index(), frame, answers


def in_kt(tonnes: float, error: float) -> str:
    """Thousand tonnes in words, with one decimal at most."""
    kt = tonnes / 1e3
    return "0.0" if abs(kt) < LEAST_KT else digits.printed(kt, error / 1e3, "{:.1f}")
