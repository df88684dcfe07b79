"""Who depends on whom: the chain from mine to magnet as a network, and what a stop would cost.

Nodes are ``(stage, country)``; an edge carries what moved between two nodes in one year, in tonnes
of contained magnet rare earths (Nd, Pr, Dy, Tb). Observed tonnages are the capacities: the network
can re-arrange itself along links that exist, but no link can carry more than it did.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import networkx as nx
import pandas as pd

from rareearth.models.oxides import ndpr_in_oxide

STAGES = ("Mine", "Separation", "Magnets", "Use")
CHINA = "China"
US = "United States"
OTHERS = "All others"
"""Users other than China and the United States."""
UNRECORDED = "Not from a listed mine"
OUTSIDE = "Outside China"

EDGE = ["from_stage", "origin", "to_stage", "destination", "element_t", "rests_on"]
SOURCE, SINK = "source", "sink"


def chain(
    mined: pd.Series,
    refined: pd.Series,
    *,
    ore_buyers: Mapping[str, str],
    china_magnet_share: float,
    oxide_to_china: pd.Series,
    magnets_from_china: pd.Series,
    us_share_from_china: float,
    element_in_magnet: float,
    finished_share: float = 1.0,
) -> pd.DataFrame:
    """Edges of the chain from mine to use in one year, balanced at every node.

    Each country separates its own ore first; the rest goes to its buyer, as far as that has room
    for it. What a separator turned out beyond that ore came from elsewhere (recycled scrap,
    stocks, mines that nobody lists) and enters at a node of its own. Recorded oxide sales to China
    and China's share of magnet output fix what passes between Chinese and other magnet makers: if
    the others need more oxide than separators outside China keep, China sells it to them; if they
    need less, China buys the rest as well.

    Everything is counted as rare earth that is put into magnet making, so finished magnets count
    with what was lost in making them.

    Args:
        mined: tonnes of contained magnet rare earths by country.
        refined: the same for separation.
        ore_buyers: who separates what a country mines beyond its own separation, where that is
            not China.
        china_magnet_share: China's share of the world's magnets, 0 to 1.
        oxide_to_china: separated oxide sold to Chinese magnet makers, tonnes of oxide by country.
        magnets_from_china: magnet exports of China, tonnes by destination (United States, All
            others).
        us_share_from_china: share of US magnet imports that comes from China, 0 to 1.
        element_in_magnet: tonnes of magnet rare earths in a tonne of finished magnet.
        finished_share: part of what is put into magnet making that finished magnets hold.

    Returns:
        ``from_stage, origin, to_stage, destination, element_t, rests_on``; ``rests_on`` says
        whether the tonnage is ``recorded`` or a ``balance`` of recorded ones.

    Raises:
        ValueError: if the inputs cannot be balanced with flows of at least zero; the message names
            the flow, or if oxide comes from a country without a separator.
    """
    if strangers := set(oxide_to_china.index) - set(refined.index):
        raise ValueError(f"Oxide sales by {', '.join(sorted(strangers))}, which refines nothing.")
    rows: list[tuple] = []

    def add(a: str, origin: str, b: str, destination: str, tonnes: float, rests_on: str) -> float:
        if tonnes < -1e-6:
            raise ValueError(
                f"The flow from {origin} ({a}) to {destination} ({b}) would be {tonnes:,.0f} t. "
                "The tonnages contradict each other: check the magnet share and the oxide sales."
            )
        if tonnes > 1e-6:
            rows.append((a, origin, b, destination, tonnes, rests_on))
        return tonnes

    mine, separation, magnets, use = STAGES
    received = dict.fromkeys(refined.index, 0.0)
    for country, tonnes in mined.items():
        home = min(tonnes, refined.get(country, 0.0))
        buyer = ore_buyers.get(country, CHINA)
        if home:
            received[country] += add(mine, country, separation, country, home, "recorded")
        rest = tonnes - home
        if buyer != CHINA:
            rest = min(rest, refined[buyer] - received[buyer])
        received[buyer] += add(mine, country, separation, buyer, rest, "balance")
    for country, tonnes in refined.items():
        add(mine, UNRECORDED, separation, country, tonnes - received[country], "balance")

    total = refined.sum()
    chinese = china_magnet_share * total
    sold = (ndpr_in_oxide() * oxide_to_china).reindex(refined.index, fill_value=0.0)
    kept = (refined - sold).drop(CHINA)
    missing = total - chinese - kept.sum()
    surplus = kept * (max(-missing, 0.0) / kept.sum()) if kept.sum() else kept
    for country in kept.index:
        add(separation, country, magnets, CHINA, sold[country], "recorded")
        add(separation, country, magnets, CHINA, surplus[country], "balance")
        add(separation, country, magnets, OUTSIDE, kept[country] - surplus[country], "balance")
    bought = max(missing, 0.0)
    add(separation, CHINA, magnets, CHINA, refined[CHINA] - bought, "balance")
    add(separation, CHINA, magnets, OUTSIDE, bought, "balance")

    exported = element_in_magnet / finished_share * magnets_from_china
    for user, tonnes in exported.items():
        add(magnets, CHINA, use, user, tonnes, "recorded")
    add(magnets, CHINA, use, CHINA, chinese - exported.sum(), "balance")
    other_us = exported[US] * (1 / us_share_from_china - 1)
    add(magnets, OUTSIDE, use, US, other_us, "balance")
    add(magnets, OUTSIDE, use, OTHERS, total - chinese - other_us, "balance")
    return pd.DataFrame(rows, columns=EDGE)


def loosened(
    edges: pd.DataFrame,
    *,
    ore_buyers: Mapping[str, str],
    separators: Mapping[str, float] | None = None,
    makers: float = 0.0,
) -> pd.DataFrame:
    """The chain with room to re-arrange itself when China stops.

    Oxide that went to China may go to other makers instead; separators may run up to their
    nameplate on ore that went to China; and makers up to theirs. Nobody builds anything.

    Args:
        edges: as from :func:`chain`.
        ore_buyers: as given to it.
        separators: what separators outside China could turn out by country; those of no given
            nameplate stay at what they turned out.
        makers: what magnet makers outside China could put in; what they did put in, if more.

    Returns:
        Edges with their capacities, which do not balance.
    """
    mine, separation, magnets, use = STAGES
    more = []
    sent = edges.groupby(EDGE[:4])["element_t"].sum()
    for (a, origin, _, destination), tonnes in sent.items():
        if a == separation and origin != CHINA and destination == CHINA:
            more.append((separation, origin, magnets, OUTSIDE, tonnes, "could be"))
    turned_out = sent[separation].groupby("origin").sum()
    to_china = sent[mine].droplevel("to_stage").unstack("destination")[CHINA].dropna()
    for country, most in (separators or {}).items():
        spare = max(most - turned_out.get(country, 0.0), 0.0)
        more.append((separation, country, magnets, OUTSIDE, spare, "could be"))
        for miner, tonnes in to_china.items():
            if ore_buyers.get(miner, miner) == country:
                more.append((mine, miner, separation, country, min(spare, tonnes), "could be"))
    made = sent[magnets, OUTSIDE].sum()
    more.append((magnets, OUTSIDE, use, OTHERS, max(makers - made, 0.0), "could be"))
    return pd.concat([edges, pd.DataFrame(more, columns=EDGE)], ignore_index=True)


def max_flow(
    edges: pd.DataFrame, users: Collection[str] | None = None, without: str | None = None
) -> float:
    """Most that can reach the users along the edges (Ford and Fulkerson 1956).

    Args:
        edges: as from :func:`chain`.
        users: countries whose use counts; all by default.
        without: a country whose mines, separators and magnet makers stop. Its use stays.

    Returns:
        Tonnes of contained magnet rare earths.

    Raises:
        ValueError: if a user has no edge to it.
    """
    known = set(edges.loc[edges["to_stage"] == STAGES[-1], "destination"])
    wanted = known if users is None else set(users)
    if unknown := wanted - known:
        raise ValueError(f"No flow to {', '.join(sorted(unknown))}; users: {sorted(known)}.")
    graph = nx.DiGraph()
    graph.add_nodes_from([SOURCE, SINK])
    for (a, origin, b, destination), tonnes in edges.groupby(EDGE[:4])["element_t"].sum().items():
        stopped = origin == without or (destination == without and b != STAGES[-1])
        if not stopped:
            graph.add_edge((a, origin), (b, destination), capacity=tonnes)
    for stage, country in [node for node in graph if isinstance(node, tuple)]:
        if stage == STAGES[0]:
            graph.add_edge(SOURCE, (stage, country))  # no capacity: as much as its edges carry
        elif stage == STAGES[-1] and country in wanted:
            graph.add_edge((stage, country), SINK)
    return float(nx.maximum_flow_value(graph, SOURCE, SINK))


def passing_through(edges: pd.DataFrame, user: str, country: str) -> float:
    """Share of a user's supply that a country touches at some stage, if all mix evenly.

    Each node hands on what it received in equal proportions. Going up the chain, the share of a
    node's input that has never been in the country follows from the shares of its suppliers.

    Args:
        edges: as from :func:`chain`.
        user: country whose use is asked about.
        country: supplier at any stage.

    Returns:
        Between 0 and 1.

    Raises:
        ValueError: if nothing flows to the user.
    """

    def untouched(stage: str, node: str) -> float:
        if stage != STAGES[-1] and node == country:
            return 0.0
        inflow = edges[(edges["to_stage"] == stage) & (edges["destination"] == node)]
        if inflow.empty:
            return 1.0
        weights = inflow["element_t"] / inflow["element_t"].sum()
        clean = [untouched(e.from_stage, e.origin) for e in inflow.itertuples()]
        return float((weights * clean).sum())

    if edges[(edges["to_stage"] == STAGES[-1]) & (edges["destination"] == user)].empty:
        raise ValueError(f"No flow to {user}.")
    return 1.0 - untouched(STAGES[-1], user)


def stage_shares(edges: pd.DataFrame, country: str) -> pd.Series:
    """Share of the world's flow that leaves a country's nodes, by supplying stage, 0 to 1."""
    out = edges.groupby(["from_stage", "origin"])["element_t"].sum()
    total = edges.groupby("from_stage")["element_t"].sum()
    return pd.Series(
        {stage: out.get((stage, country), 0.0) / total[stage] for stage in STAGES[:-1]},
        name=country,
    )


def n_minus_1(edges: pd.DataFrame, countries: Collection[str], user: str = US) -> pd.DataFrame:
    """What is lost when one country stops, for each country in turn.

    Args:
        edges: as from :func:`chain`.
        countries: suppliers to stop, one at a time.
        user: the user looked at by itself.

    Returns:
        One row per country, in percent: ``largest_stage_share_pct`` (its share of the stage where
        it is largest); ``lost_elsewhere_pct`` (drop of the maximum flow to all other users);
        ``user_first_in_line_pct`` (drop of the maximum flow to the user, if nobody else is
        served before it) and ``user_even_mix_pct`` (share of the user's supply that the country
        touches); the last two are missing for the user itself.
    """
    users = set(edges.loc[edges["to_stage"] == STAGES[-1], "destination"])
    rows = []
    for country in countries:
        others = users - {country}
        row = {
            "country": country,
            "largest_stage_share_pct": 100 * stage_shares(edges, country).max(),
            "lost_elsewhere_pct": _loss(edges, others, country),
        }
        if country != user:
            row["user_first_in_line_pct"] = _loss(edges, {user}, country)
            row["user_even_mix_pct"] = 100 * passing_through(edges, user, country)
        rows.append(row)
    return pd.DataFrame(rows)


def _loss(edges: pd.DataFrame, users: Collection[str], without: str) -> float:
    return 100 * (1 - max_flow(edges, users, without) / max_flow(edges, users))
