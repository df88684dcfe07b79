"""From the laboratory to the first plant: who pays at each gate, and how many get through.

A firm passes four gates. At each it needs a sum, takes some years, and succeeds with some chance;
behind the last stand the first plant's cash and the right to build more. Whether private money
comes is not assumed: investors pay for a gate if what it opens is worth its cost to them and if
the round is not larger than those who invest at that gate can carry. Worth is computed backwards
from the plant (an option to go on, as in Dixit and Pindyck 1994, ch. 4), public instruments
change single terms of that sum. Money is in million US dollars, prices in USD/kg, sizes in tonnes
a year, rates and shares are fractions. Arrays end with the axis of draws.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.polynomial.hermite_e import hermegauss
from numpy.typing import ArrayLike
from scipy.special import ndtr

from rareearth.models import extraction

STAGES = ("Laboratory", "Pilot", "Demonstration", "First plant")
INSTRUMENTS = ("grants", "equity", "loans", "offtake", "floor", "credit")
KEYS = ("laboratory", "pilot", "demonstration", "first_plant")
"""How the stages are named in the register of assumptions."""

PRICE = ("price_level", "price_spread", "price_swings")
"""What a plant meets of the price: mean over its life (USD/kg), standard deviation of the logarithm
of that mean as seen at the decision, and of single years around it."""

COMMON = (
    *(f"venture_success_{key}" for key in KEYS),
    *(f"venture_grant_{key}" for key in KEYS),
    *PRICE,
    *(f"venture_return{part}" for part in ("", "_open", "_contracted", "_public")),
    *(f"venture_loan_{part}" for part in ("rate", "years", "coverage", "cap", "loss")),
    *(f"venture_offtake_{part}" for part in ("share", "years", "premium")),
    *(f"venture_floor_{part}" for part in ("price", "years", "upside")),
    *(f"venture_credit_{part}" for part in ("share", "years")),
    "venture_equity_share",
    "venture_learning",
    "venture_money_decides",
)
"""What is not known but the same for all firms; the other assumptions differ between firms."""

FROM_EQUITY = 2
"""First stage at which public equity takes part: the demonstration."""

BATCH = 10
"""Outer draws of :func:`population` that are worked on at once: fewer and longer sums."""

NODES = 15
"""Points at which the price over the plant's life is taken (Gauss and Hermite)."""

STRESS = -1.2815515655446004
"""Normal quantile of the price that a lender counts on: one year in ten is worse."""

Draws = Mapping[str, ArrayLike]
"""Assumption name, or one of :data:`PRICE`, to draws: a frame with a column for each, or arrays of
one length."""


class Plant(NamedTuple):
    """The first plant and what follows it, as seen when the decision to build is taken.

    All arrays are (price, draw); the price is the mean over the plant's life.

    Attributes:
        price: USD/kg.
        worth: of the first plant and of the right to build more, if the first works, discounted
            to its start of output; USD million.
        more: part of that worth that lies in later plants.
        rate: return that investors ask for at this mix of open and contracted sales.
        service: debt service that the plant can promise in a bad year.
        floor_cost: what a floor pays less its part of high prices, and what a tax credit pays,
            over their years, discounted at the public rate to the start of output.
    """

    price: np.ndarray
    worth: np.ndarray
    more: np.ndarray
    rate: np.ndarray
    service: np.ndarray
    floor_cost: np.ndarray


class Path(NamedTuple):
    """Money and chances gate by gate; arrays are (stage, draw) unless said otherwise.

    Attributes:
        cost: of the stage, mean.
        worth: most that the gate is worth to investors before any public help at that gate.
        ticket: largest private round at that stage.
        go: chance that the stage is paid for, once reached.
        success: chance that it succeeds, once paid for.
        reached: chance that a firm that starts comes to this gate.
        repaid: chance at this gate that the first plant will be built and work.
        value: of the firm on arrival at the gate; the last row is that of a working plant.
        grants: part of the cost that grants pay.
        equity: part that public equity pays.
        loans: part that loans pay.
        spent: expected spending at the gate per firm that reaches it.
        loss: part of a loan that is lost in expectation.
        floor_cost: expected cost of floor and tax credit per firm that reaches the last gate
            (draw).
    """

    cost: np.ndarray
    worth: np.ndarray
    ticket: np.ndarray
    go: np.ndarray
    success: np.ndarray
    reached: np.ndarray
    repaid: np.ndarray
    value: np.ndarray
    grants: np.ndarray
    equity: np.ndarray
    loans: np.ndarray
    spent: np.ndarray
    loss: np.ndarray
    floor_cost: np.ndarray

    @property
    def survival(self) -> np.ndarray:
        """Chance that a firm that starts ends with a working plant (draw)."""
        return self.reached[-1] * self.go[-1] * self.success[-1]


# Parts --------------------------------------------------------------------------------------------


def annuity(rate: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Present value of 1 a year, paid at the end of each of some years."""
    return 1 / extraction.capital_recovery_factor(rate, years)


def below(limit: ArrayLike, mean: ArrayLike, spread: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Chance that a lognormal amount stays below a limit, and its expectation there.

    The two terms of the formula of Black (1976): for a limit K, ``K * chance - part`` is the
    expected payment of a right to sell at K.

    Args:
        limit: zero or more.
        mean: of the amount, above 0.
        spread: standard deviation of its logarithm; 0 means that it is certain.

    Returns:
        P(X <= limit) and E[X; X <= limit], broadcast.
    """
    limit, mean, spread = np.broadcast_arrays(
        *(np.asarray(part, dtype=float) for part in (limit, mean, spread))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.log(limit / mean) / spread
    certain = spread == 0
    distance = np.where(certain, np.where(limit >= mean, np.inf, -np.inf), distance)
    return ndtr(distance + spread / 2), mean * ndtr(distance - spread / 2)


def gate(
    worth: ArrayLike, cost: ArrayLike, spread: ArrayLike, *, burden: ArrayLike = 1.0,
    private: ArrayLike = 1.0, ticket: ArrayLike = np.inf,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Value of the right to pay for a stage, chance that it is paid, and expected spending.

    The cost becomes known on arrival: lognormal with a given mean. Investors go on if their
    burden is not above the worth, and if their part fits the largest round.

    Args:
        worth: of what the stage opens, discounted for time and chance.
        cost: mean of the cost.
        spread: standard deviation of its logarithm.
        burden: what one dollar of cost weighs on private investors, present value: the part they
            pay, and what they give away for the rest.
        private: part of the cost that they pay in cash.
        ticket: most that they can pay in cash.

    Returns:
        Value, chance, and expected total cost spent (zero where the stage is not paid).
    """
    # What costs private investors nothing is not stopped by them.
    limit = np.minimum(_per(np.maximum(worth, 0), burden), _per(ticket, private))
    go, spent = below(limit, cost, spread)
    return np.maximum(worth * go - burden * spent, 0), go, spent


# The plant ----------------------------------------------------------------------------------------


def prices(draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Prices over a plant's life that investors may see when they decide, and their weights.

    Returns:
        USD/kg (price, draw), whose weighted mean is the expected level; weights (price, 1).
    """
    draws = _arrays(draws)
    points, weights = hermegauss(NODES)
    spread, level = draws["price_spread"], draws["price_level"]
    nodes = level * np.exp(spread * points[:, None] - spread**2 / 2)
    return nodes, (weights / weights.sum())[:, None]


def plant(draws: Draws, price: ArrayLike, instruments: Collection[str] = ()) -> Plant:
    """Worth, cash and debt service of the first plant at given prices over its life.

    Offtake sells part of the output at the expected price and a premium, for its years. A floor
    pays what the price of a year, or the agreed one, falls short of it, and takes part of what it
    exceeds. Sales at a fixed price carry a lower return: the rate moves from open to
    contracted with the part of discounted revenue that is fixed (for a floor: the chance that it
    binds). A tax credit pays a part of the plant's cost of production, for its years. A plant that
    loses money stops.

    Args:
        draws: assumptions ``venture_…`` and :data:`PRICE`.
        price: mean over the plant's life, USD/kg, (price, draw).
        instruments: some of :data:`INSTRUMENTS`.
    """
    _known(instruments)
    draws = _arrays(draws)
    price = np.asarray(price, dtype=float)
    volatility, floor = draws["price_swings"], draws["venture_floor_price"]
    life, offtake_years, floor_years = (
        draws[f"venture_{name}"] for name in ("plant_life", "offtake_years", "floor_years")
    )
    output = draws["venture_plant_size"] * draws["venture_plant_output"] / 1000
    signed = ("offtake" in instruments) * draws["venture_offtake_share"]
    agreed = price * (1 + draws["venture_offtake_premium"])
    floored = float("floor" in instruments)
    chance, part = below(floor, price, volatility)
    short = floor * chance - part
    kept = draws["venture_floor_upside"]
    # What the floor pays a year, on output sold at open prices and on output under offtake.
    on_open = floored * (short - kept * (short + price - floor))
    on_signed = floored * (np.maximum(floor - agreed, 0) - kept * np.maximum(agreed - floor, 0))

    def top_up(rate: ArrayLike) -> np.ndarray:
        both = annuity(rate, np.minimum(offtake_years, floor_years))
        return on_open * annuity(rate, floor_years) + signed * (on_signed - on_open) * both

    open_rate, public = draws["venture_return_open"], draws["venture_return_public"]
    years = annuity(open_rate, life)
    both = annuity(open_rate, np.minimum(offtake_years, floor_years))
    fixed = signed * annuity(open_rate, offtake_years)
    fixed = fixed + floored * chance * (annuity(open_rate, floor_years) - signed * both)
    step = open_rate - draws["venture_return_contracted"]
    rate = open_rate - step * np.minimum(fixed / years, 1)

    credit = ("credit" in instruments) * draws["venture_credit_share"] * draws["venture_plant_cost"]
    credit_years = draws["venture_credit_years"]
    margin = price - draws["venture_plant_cost"]
    premium = signed * (agreed - price)
    first = margin * annuity(rate, life) + premium * annuity(rate, offtake_years) + top_up(rate)
    first = first + credit * annuity(rate, credit_years)
    capital = draws["venture_plant_capital"] / 1000
    later = draws["venture_later_output"] * margin * years
    later = later - capital * (1 - draws["venture_learning"])
    wait = (1 + open_rate) ** draws["venture_years_first_plant"]
    more = draws["venture_later_size"] / 1000 * np.maximum(later, 0) / wait

    bad = price * np.exp(STRESS * volatility - volatility**2 / 2)
    sure = signed * agreed + (1 - signed) * bad
    if floored:
        sure = signed * np.maximum(agreed, floor) + (1 - signed) * np.maximum(bad, floor)
    service = output * np.maximum(sure - draws["venture_plant_cost"], 0)
    return Plant(
        price=price,
        worth=np.maximum(output * first, 0) + more,
        more=more,
        rate=rate,
        service=service / draws["venture_loan_coverage"],
        floor_cost=output * (top_up(public) + credit * annuity(public, credit_years)),
    )


# The path -----------------------------------------------------------------------------------------


def costs(draws: Draws) -> np.ndarray:
    """Mean cost of each stage, USD million (stage, draw)."""
    draws = _arrays(draws)
    early = [draws[f"venture_cost_{key}"] for key in KEYS[:-1]]
    capital = draws["venture_plant_capital"] * draws["venture_plant_size"] / 1e6
    return np.stack([*early, capital * draws["venture_plant_overrun"]])


class Stack(NamedTuple):
    """How one dollar of a gate's cost is paid; (price, draw), with one price before the plant.

    Attributes:
        grant: part paid by grants.
        stake: part paid by public equity.
        credit: part paid by a loan.
        private: the rest.
        burden: what the dollar weighs on private investors: their part, and the present value of
            what they give away for stake and credit.
        loss: part of the credit that its lender loses in expectation.
    """

    grant: np.ndarray
    stake: np.ndarray
    credit: np.ndarray
    private: np.ndarray
    burden: np.ndarray
    loss: np.ndarray


def path(
    draws: Draws, instruments: Collection[str] = (), loss_limit: ArrayLike | None = None
) -> Path:
    """Chances and money at each gate, worked out backwards from the plant.

    What each instrument does at a gate:

    * grants pay part of the cost and ask for nothing;
    * public equity pays part of the cost of the demonstration and of the first plant and takes as
      much of the firm as that is worth at the public rate, which is lower than the private one;
    * a loan is served from the first plant's cash. The lender bears the chance that the plant
      never runs: it lends no more than can be served in a bad year, no more than a part of the
      cost, and no more than keeps its expected loss within a limit. Like government lenders, it
      charges its own rate without a surcharge for loss;
    * offtake, floor and tax credit act through the plant (:func:`plant`).

    Args:
        draws: assumptions ``venture_…`` and :data:`PRICE`.
        instruments: some of :data:`INSTRUMENTS`.
        loss_limit: part of a loan that the lender is ready to lose in expectation; the register's
            if not given.

    Raises:
        ValueError: if an instrument is unknown.
    """
    draws = _arrays(draws)
    if loss_limit is not None:
        draws |= {"venture_loan_loss": np.asarray(loss_limit, dtype=float)}
    price, weights = prices(draws)
    seen = plant(draws, price, instruments)
    cost, years, success, tickets = (
        costs(draws),
        *(
            np.stack([draws[f"venture_{part}_{key}"] for key in KEYS])
            for part in ("years", "success", "ticket")
        ),
    )
    public = draws["venture_return_public"]
    gates = []
    # What the gate opens, chance that it leads to a plant that works, service that the plant can
    # promise, and years until then: (price, draw) at the plant, (1, draw) before.
    opened, works, service, wait = seen.worth, 1.0, seen.service, 0.0
    value = [_mean(seen.worth, weights)]
    for at in reversed(range(len(STAGES))):
        last = at == len(STAGES) - 1
        rate = seen.rate if last else draws["venture_return"][None]
        wait = wait + years[at]
        works = success[at] * works
        patience = ((1 + rate) / (1 + public)) ** years[at]
        if last:
            life = draws["venture_plant_life"]
            patience = patience * annuity(public, life) / annuity(rate, life)
        worth = success[at] * opened / (1 + rate) ** years[at]
        paid = _stack(draws, at, instruments, cost[at], rate, works, service, wait, patience)
        right, go, spent = gate(
            worth, cost[at], draws["venture_cost_spread"], burden=paid.burden,
            private=paid.private, ticket=tickets[at],
        )  # fmt: skip
        mix = weights if last else np.ones((1, 1))
        means = [_mean(part, mix) for part in (worth, go, spent, works + 0 * go)]
        lent = _mean(paid.credit * spent, mix)
        lost = _mean(paid.credit * paid.loss * spent, mix)
        shares = [paid.grant, paid.stake, _ratio(lent, means[2]), _ratio(lost, lent)]
        gates.append([*means, *(np.broadcast_to(part, cost[at].shape) for part in shares)])
        if last:
            floor_cost = _mean(go * works * seen.floor_cost, mix) / (1 + public) ** years[at]
            service = _mean(seen.service, mix)[None]
        opened, works = _mean(right, mix)[None], (means[1] * means[3])[None]
        value.append(opened[0])
    worth, go, spent, works, grants, equity, loans, loss = (
        np.stack(part[::-1]) for part in zip(*gates, strict=True)
    )
    reached = np.cumprod(np.vstack([np.ones_like(go[:1]), (go * success)[:-1]]), axis=0)
    return Path(
        cost=cost, worth=worth, ticket=tickets, go=go, success=success, reached=reached,
        repaid=works, value=np.stack(value[::-1]), grants=grants, equity=equity, loans=loans,
        spent=spent, loss=loss, floor_cost=floor_cost,
    )  # fmt: skip


def _stack(
    draws: Draws,
    at: int,
    instruments: Collection[str],
    cost: np.ndarray,
    rate: np.ndarray,
    works: np.ndarray,
    service: np.ndarray,
    wait: np.ndarray,
    patience: np.ndarray,
) -> Stack:
    """How a gate is paid; see :func:`path` for the rules."""
    last = at == len(STAGES) - 1
    grant = draws[f"venture_grant_{KEYS[at]}"] * ("grants" in instruments)
    stake = draws["venture_equity_share"] * ("equity" in instruments and at >= FROM_EQUITY)
    stake = np.minimum(stake, 1 - grant)
    lender, years = draws["venture_loan_rate"], draws["venture_loan_years"]
    kept = draws["venture_salvage"] * last
    failed = 1 - np.asarray(works)
    room = np.minimum(draws["venture_loan_cap"], 1 - grant - stake)
    served = service * annuity(lender, years) / (1 + lender) ** wait / cost
    over = np.maximum(failed - draws["venture_loan_loss"], 0)
    # Expected loss failed * (1 - kept / credit) stays within its limit up to this credit.
    borne = np.where(over > 0, kept * failed / np.where(over > 0, over, 1), np.inf)
    credit = np.minimum(np.minimum(room, served), borne) * ("loans" in instruments)
    owed = works * annuity(rate, years) / annuity(lender, years)
    owed = owed * ((1 + lender) / (1 + rate)) ** wait
    private = 1 - grant - stake - credit
    return Stack(
        grant=grant,
        stake=stake,
        credit=credit,
        private=private,
        burden=private + stake / patience + credit * owed,
        loss=failed * (1 - np.minimum(1, _ratio(kept, credit))),
    )


# Results ------------------------------------------------------------------------------------------


def gaps(run: Path) -> pd.DataFrame:
    """Cost of each gate, what private investors would put in unaided, and what is missing.

    Returns:
        One row per stage and draw: ``stage``, ``draw``, ``cost``, ``worth``, ``ticket``,
        ``private`` (least of the three) and ``gap``, all USD million.
    """
    private = np.minimum(np.minimum(run.worth, run.ticket), run.cost)
    stages, n = run.cost.shape
    columns = {"cost": run.cost, "worth": run.worth, "ticket": run.ticket, "private": private}
    columns |= {"gap": run.cost - private}
    return pd.DataFrame(
        {"stage": np.repeat(STAGES, n), "draw": np.tile(np.arange(n), stages)}
        | {name: part.ravel() for name, part in columns.items()}
    )


def money(run: Path) -> dict[str, np.ndarray]:
    """Who pays, expected, per firm that reaches a gate; the parts add up to its cost.

    Returns:
        ``grants``, ``equity``, ``loans``, ``private`` and ``unmet`` (cost of stages that are not
        paid for), USD million (stage, draw).
    """
    public = {
        "grants": run.grants * run.spent,
        "equity": run.equity * run.spent,
        "loans": run.loans * run.spent,
    }
    rest = {"private": run.spent - sum(public.values()), "unmet": run.cost - run.spent}
    return public | rest


def public_cost(run: Path) -> dict[str, np.ndarray]:
    """Public money per firm that starts, expected over all that start, not discounted by stage.

    Equity is counted in what is paid out, not in what is kept: at the public rate it comes back
    in expectation. Of loans, what is lost is kept.

    Returns:
        ``paid_out`` (grants, equity, loans, payments of floor and tax credit) and ``kept`` (grants,
        lost part of loans, payments of the tax credit, and the floor's less its part of high
        prices), USD million (draw).
    """
    paid = money(run)
    grants, equity, loans = (
        (run.reached * paid[name]).sum(axis=0) for name in ("grants", "equity", "loans")
    )
    floor = run.reached[-1] * run.floor_cost
    lost = (run.reached * paid["loans"] * run.loss).sum(axis=0)
    return {"paid_out": grants + equity + loans + floor, "kept": grants + lost + floor}


def saved_share(unaided: ArrayLike, aided: ArrayLike) -> np.ndarray:
    """Part of what would be given up that goes ahead with help.

    Args:
        unaided: chance to go ahead without help.
        aided: chance with help.

    Returns:
        Fraction, not below 0; 0 where nothing would be given up.
    """
    given_up = 1 - np.asarray(unaided, dtype=float)
    return np.maximum(_ratio(np.asarray(aided) - unaided, given_up), 0)


def population(draws: pd.DataFrame, instruments: Collection[str], outer: int) -> pd.DataFrame:
    """What becomes of many unlike firms, for several draws of what is the same for all of them.

    Two-dimensional Monte Carlo: an outer draw is one of what is the same for all firms
    (:data:`COMMON`); its firms are all draws of the rest. Shares are thus shares of firms, and
    their spread over outer draws is what is not known.

    Args:
        draws: assumptions ``venture_…`` and :data:`PRICE`.
        instruments: some of :data:`INSTRUMENTS`.
        outer: number of outer draws, not above the number of draws.

    Returns:
        One row per outer draw: ``survival`` (share of firms that start and end with a working
        plant), ``started_<stage>`` (share of firms that start for which the stage gets paid),
        ``built`` (share of plants that are paid for, of all that come to the decision, firms
        weighing alike), ``kept_usd_million`` and ``paid_out_usd_million`` (public money per
        surviving firm, see :func:`public_cost`), ``kept_usd_per_t`` (per tonne a year of surviving
        capacity); missing where no firm survives.

    Raises:
        ValueError: if there are fewer draws than outer draws.
    """
    if outer > len(draws):
        raise ValueError(f"{outer} outer draws need as many draws; there are {len(draws)}.")
    firms, n, parts = _arrays(draws), len(draws), []
    for batch in np.array_split(np.arange(outer), -(-outer // BATCH)):
        # Side by side along the axis of draws: all firms for one outer draw, then for the next.
        laid = {
            name: np.repeat(values[batch], n) if name in COMMON else np.tile(values, len(batch))
            for name, values in firms.items()
        }
        run = path(laid, instruments)
        cost, tonnes = public_cost(run), run.survival * laid["venture_plant_size"]
        started = dict(zip(KEYS, run.reached * run.go, strict=True))
        columns = {"survival": run.survival, "built": run.go[-1]}
        columns |= {f"started_{key}": share for key, share in started.items()}
        columns |= {f"{name}_usd_million": part for name, part in cost.items()}
        columns |= {"kept_usd_per_t": 1e6 * cost["kept"], "t": tonnes}
        parts.append(pd.DataFrame({k: v.reshape(-1, n).mean(axis=1) for k, v in columns.items()}))
    table = pd.concat(parts, ignore_index=True)
    table["kept_usd_per_t"] /= table.pop("t")
    for name in ("kept_usd_million", "paid_out_usd_million"):
        table[name] /= table["survival"]
    return table


def lending(draws: Draws, run: Path) -> pd.DataFrame:
    """What a lender meets at each gate.

    Args:
        draws: assumptions ``venture_…`` and :data:`PRICE`.
        run: as from :func:`path`.

    Returns:
        One row per stage and draw: ``stage``, ``draw``, ``repaid`` (chance that the plant will run
        that is to serve a loan paid out now), ``rate`` (at which the lender loses nothing in
        expectation, without collateral; infinite if it is never repaid).
    """
    draws = _arrays(draws)
    years = np.stack([draws[f"venture_years_{key}"] for key in KEYS])
    wait = years[::-1].cumsum(axis=0)[::-1] + draws["venture_loan_years"] / 2
    with np.errstate(divide="ignore", over="ignore"):
        rate = quoted_rate(draws["venture_loan_rate"], run.repaid, wait)
    stages, n = run.cost.shape
    columns = {"stage": np.repeat(STAGES, n), "draw": np.tile(np.arange(n), stages)}
    return pd.DataFrame(columns | {"repaid": run.repaid.ravel(), "rate": rate.ravel()})


def quoted_rate(expected: ArrayLike, success: ArrayLike, years: ArrayLike) -> np.ndarray:
    """Return that must be asked of those that succeed so that all together give the expected one.

    Bhagat (2014): (1 + quoted)^t = (1 + expected)^t / success.
    """
    return (1 + np.asarray(expected)) / np.asarray(success) ** (1 / np.asarray(years)) - 1


def _arrays(draws: Draws) -> dict[str, np.ndarray]:
    """The assumptions of this model, as arrays."""
    return {
        name: np.asarray(draws[name], dtype=float)
        for name in draws
        if name.startswith("venture_") or name in PRICE
    }


def _mean(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return (values * weights).sum(axis=0)


def _ratio(part: ArrayLike, whole: ArrayLike) -> np.ndarray:
    """Quotient, 0 where the whole is not above 0."""
    part, whole = np.broadcast_arrays(np.asarray(part, float), np.asarray(whole, float))
    return np.divide(part, whole, out=np.zeros(whole.shape), where=whole > 0)


def _per(amount: ArrayLike, part: ArrayLike) -> np.ndarray:
    """Quotient, without bound where the part is not above 0."""
    return np.where(np.asarray(part) > 0, _ratio(amount, part), np.inf)


def _known(instruments: Collection[str]) -> None:
    for name in instruments:
        if name not in INSTRUMENTS:
            raise ValueError(f"There is no instrument '{name}'; known: {', '.join(INSTRUMENTS)}.")
