"""Who sends what to whom from mine to magnet, and what others lose when one country stops."""

from __future__ import annotations

from itertools import product
from typing import Any

import pandas as pd

from rareearth import assumptions, data
from rareearth.analysis import accounts
from rareearth.analysis.chokepoints import stages
from rareearth.answers import Answers, listing
from rareearth.models import oxides
from rareearth.models import trade as model

YEAR = 2024
LATER = 2025
"""The next year, in which more was separated; what is not known of it is taken from the first."""
AGENCY = "IEA 2025"
"""The reading that has all countries from one hand."""
OXIDE_SALES = "treo_2025_exports"
MAGNET_EXPORTS = ("adamas_2025_exports", "goldsea_2026_magnets")
CHINA_IMPORTS = "giti_2024_imports"
ORE_BUYERS = {"Australia": "Malaysia"}
"""Who separates a country's remaining ore, where that is not China."""

SMALLEST_T = 500
"""Least flow that the map shows, tonnes."""

SUPPLIERS = ("China", "Myanmar", "Rest of world", "United States", "Malaysia", "Australia")
OTHERS = (model.US, model.OTHERS)
"""Users outside China."""

SHARES_FROM = 2022
"""First year of a magnet share that is tried in the chain of :data:`YEAR`."""

AS_THEY_WERE, REARRANGED = "as they were", "re-arranged"
"""What is asked of the links outside China in a stop."""
OWN_OUTPUT = "plants' own output"

HEADINGS = {
    "reading": "What was mined and separated",
    "magnet_share_pct": "China's share of magnets, %",
    "as_low_pct": "links as they were, lowest",
    "as_high_pct": "highest",
    "re_low_pct": "re-arranged, lowest",
    "re_high_pct": "highest ",
}
"""Columns of :func:`losses_by_assumption` as they are printed."""


# --- what customs recorded ------------------------------------------------------------------------


def flows() -> tuple[pd.DataFrame, Answers]:
    """Recorded flows of raw material into China, of compounds and of magnets.

    Returns:
        ``origin``, ``destination``, ``stage``, ``quantity_kt`` (thousand tonnes of product) and
        ``source`` of flows of at least :data:`SMALLEST_T`; where China's imports came from.
    """
    table = data.table("trade_flows")
    imports = table[table["source"] == CHINA_IMPORTS]
    by_country = imports[imports["origin"] != "World"]
    magnets = table[table["stage"] == "Magnets"]
    to = magnets.set_index("destination")["quantity_t"]
    rest = {
        "origin": "China",
        "destination": model.OTHERS,
        "stage": "Magnets",
        "quantity_t": to["World"] - to[model.US],
        "source": ";".join(magnets["source"].unique()),
    }
    compounds = table[table["commodity"] == "RE compounds (HTS 2846)"]
    single = magnets[magnets["destination"] != "World"]
    arcs = pd.concat([by_country, compounds, single, pd.DataFrame([rest])])
    keys = ["origin", "destination", "stage"]
    arcs = arcs.astype({"stage": str}).groupby(keys, as_index=False)
    arcs = arcs.agg(quantity_t=("quantity_t", "sum"), source=("source", "first"))
    arcs = arcs[arcs["quantity_t"] >= SMALLEST_T]
    arcs.insert(3, "quantity_kt", arcs.pop("quantity_t") / 1000)

    answers = Answers(sources=imports)
    whole = imports[(imports["origin"] == "World") & (imports["stage"] == "Raw materials, all")]
    raw = whole["quantity_t"].item()
    answers.add("china-raw-imports", raw / 1000, "{:.0f} thousand t", kind="reported")
    share = 100 * by_country.groupby("origin")["quantity_t"].sum() / raw
    for name, country in (("myanmar", "Myanmar"), ("us", model.US), ("madagascar", "Madagascar")):
        answers.add(f"china-from-{name}", share[country], "{:.0f}%")
    answers.add("china-from-both", share["Myanmar"] + share[model.US], "{:.0f}%")
    to_us = magnets[magnets["destination"] == model.US]
    answers.add("us-magnets-from-china", to[model.US], "{:,.0f} t", sources=to_us)
    answers.add("smallest-flow", SMALLEST_T, "{} t")
    return arcs, answers


# --- the chain ------------------------------------------------------------------------------------


def inputs(year: int = YEAR, reading: str = "") -> dict[str, Any]:
    """Arguments of :func:`rareearth.models.trade.chain` by name.

    China's share of magnets is the International Energy Agency's, the content of a magnet the
    highest central value of the sources. What China separated and sold in oxide is of
    :data:`YEAR` in the later year too, since nothing newer was found.

    Args:
        year: :data:`YEAR` or :data:`LATER`.
        reading: of what was mined and separated, where a region has it; by default the preferred.
    """
    flows = _chain_flows()
    oxide = flows[flows["source"] == OXIDE_SALES].set_index("origin")["quantity_t"]
    magnets = _magnets(year)
    to_others = magnets["World"] - magnets[model.US]
    stage = {name: _account(name, year, reading)["element_t"] for name in ("Mined", "Separated")}
    return {
        "mined": stage["Mined"],
        "refined": stage["Separated"],
        "ore_buyers": ORE_BUYERS,
        "china_magnet_share": stages.magnet_share()["share_pct"].item() / 100,
        "oxide_to_china": oxide,
        "magnets_from_china": pd.Series({model.US: magnets[model.US], model.OTHERS: to_others}),
        "us_share_from_china": _us_imports()["share_pct"].item() / 100,
        "element_in_magnet": data.table("magnet_content")["mid_pct"].max() / 100,
        "finished_share": _finished()["mode"],
    }


def rows() -> list[pd.DataFrame]:
    """The rows that the chain rests on, for naming their sources."""
    table = data.table("accounts")
    return [
        table[table["preferred"] & (table["stage"] != "Metal")],
        _chain_flows(),
        _exports(LATER),
        _us_imports(),
        data.table("magnet_content"),
        stages.magnet_share(),
        assumptions.register().loc[["finished_share"]],
    ]


def _account(stage: str, year: int, reading: str) -> pd.DataFrame:
    return accounts.reading(stage, year, reading) if reading else accounts.preferred(stage, year)


def _finished() -> pd.Series:
    """Part of what is put into magnet making that finished magnets hold."""
    return assumptions.register().loc["finished_share"]


def _edges(year: int = YEAR) -> pd.DataFrame:
    return model.chain(**inputs(year))


def _loosened(edges: pd.DataFrame, given: dict[str, Any], year: int) -> pd.DataFrame:
    """The chain if oxide went to others, and plants outside China ran up to their nameplates."""
    makers = data.table("magnet_capacity").set_index("holder").loc["All makers", "magnets_t"]
    return model.loosened(
        edges,
        ore_buyers=given["ore_buyers"],
        separators=stages.nameplates(year).groupby("region")["element_t"].sum().to_dict(),
        makers=makers * given["element_in_magnet"] / given["finished_share"],
    )


def chain() -> tuple[pd.DataFrame, Answers]:
    """The chain from mine to use in :data:`YEAR` and how much of it runs through China.

    Returns:
        As from :func:`rareearth.models.trade.chain`; the shares and tonnages in the text.
    """
    edges, given = _edges(), inputs()
    mined, refined = given["mined"], given["refined"]
    sent = edges.set_index(["from_stage", "origin", "destination"])["element_t"].sort_index()
    ore = sent["Mine"].unstack("destination")["China"].drop(["China", model.UNRECORDED]).sum()
    magnets = sent["Magnets"].groupby("origin").sum()
    sold = oxides.ndpr_in_oxide() * given["oxide_to_china"].sum()
    content = data.table("magnet_content")
    content = content.loc[content["mid_pct"].idxmax()]

    answers = Answers(sources=rows())
    answers.quote("content-of-magnet", content, "mid_pct", "{:.0f}%")
    answers.add("finished", 100 * given["finished_share"], "{:.0f}%", sources=_finished())
    answers.add("foreign-ore-to-china", 100 * ore / mined.drop("China").sum(), "{:.0f}%")
    kept = sent["Magnets", "China", "China"] / magnets["China"]
    answers.add("china-keeps", 100 * kept, "{:.0f}%")
    answers.add("oxide-to-china", 100 * sold / refined.drop("China").sum(), "{:.0f}%")
    answers.add("separated-in-china", refined["China"] / 1000, "{:.0f}")
    answers.add("separated", refined.sum() / 1000, "{:.0f} thousand tonnes")
    kt = {"separated in China": refined["China"]}
    kt |= {f"in magnets made {where}": magnets[place] for where, place in _MAKERS.items()}
    answers.add("chain-list", listing(pd.Series(kt) / 1000, "{} {:.1f}"))
    used = edges[edges["to_stage"] == "Use"].groupby("destination")["element_t"].sum() / 1000
    answers.add("users-list", listing(used.sort_values(ascending=False), "{} {:.1f}"))
    return edges, answers


_MAKERS = {"in China": model.CHINA, "elsewhere": model.OUTSIDE}


def n_minus_1() -> tuple[pd.DataFrame, Answers]:
    """What all others and the United States lose when one country stops.

    Returns:
        As from :func:`rareearth.models.trade.n_minus_1`, a row for each of :data:`SUPPLIERS`; the
        losses in the text, among them ``china-lost-elsewhere``.
    """
    edges = _edges()
    losses = model.n_minus_1(edges, SUPPLIERS)
    at = losses.set_index("country")
    first, even = at["user_first_in_line_pct"], at["user_even_mix_pct"]
    elsewhere = at["lost_elsewhere_pct"]
    answers = Answers(sources=rows())
    for country in elsewhere.drop(["Rest of world", "China"]).index:
        name = country.lower().replace(" ", "-")
        answers.add(f"{name}-lost-elsewhere", elsewhere[country], "{:.0f}%")
    for name, year in (("china-lost-elsewhere", YEAR), ("china-lost-later", LATER)):
        least, most = (_lost(year, links) for links in (REARRANGED, AS_THEY_WERE))
        answers.add(name, most, "{:.0f}%", low=least, high=most)
    answers.add("us-lost-first", first["China"], "{:.0f}%")
    for name, country in (("lost", "China"), ("myanmar", "Myanmar"), ("australia", "Australia")):
        answers.add(f"us-{name}-even", even[country], "{:.0f}%")
    use, left = (model.max_flow(edges, OTHERS, stopped) for stopped in (None, "China"))
    answers.add("left-without-china", left, "{:,.0f} t")
    answers.add("others-use", use / 1000, "{:.1f} thousand t")
    both = pd.DataFrame({"all": elsewhere, "us": first}).drop(model.US)
    words = "{}: others lose {:.0f} percent, the United States at the head of the queue {:.0f}"
    lost = listing({c: tuple(row) for c, row in both.T.items()}, words, "; ")
    answers.add("losses-list", f"{lost}; {model.US}: others lose {elsewhere[model.US]:.0f} percent")
    return losses, answers


def _lost(year: int, links: str, **assumed: Any) -> float:
    """What all others lose if China stops, percent of what they use.

    Args:
        year: :data:`YEAR` or :data:`LATER`.
        links: :data:`AS_THEY_WERE` or :data:`REARRANGED`.
        assumed: arguments of the chain that differ; ``reading`` of what was mined and separated.
    """
    given = inputs(year, assumed.pop("reading", "")) | assumed
    edges = model.chain(**given)
    room = _loosened(edges, given, year) if links == REARRANGED else edges
    left, use = model.max_flow(room, OTHERS, "China"), model.max_flow(edges, OTHERS)
    return 100 * (1 - left / use)


def losses_by_assumption() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """What a Chinese stop costs, for all that is said of output, magnet shares and contents.

    Returns:
        ``reading``, ``magnet_share_pct``, ``content_pct``, ``finished_pct``, ``links`` and
        ``lost_pct``, one row per case; the range of each share as printed; the range of the
        losses over all of them, and what each input alone does to it.
    """
    content, finished = data.table("magnet_content"), _finished()
    shares = _recent_shares()["share_pct"].unique()
    # Rare earth per finished magnet, losses included: least, central, most.
    parts = zip(
        (content["low_pct"].min(), content["mid_pct"].max(), content["high_pct"].max()),
        100 * finished[["high", "mode", "low"]].to_numpy(float),
        strict=True,
    )
    cases = pd.DataFrame(
        [
            (read, share, *pair, links)
            for read, share, pair, links in product(
                ("", AGENCY), shares, parts, (AS_THEY_WERE, REARRANGED)
            )
        ],
        columns=["reading", "magnet_share_pct", "content_pct", "finished_pct", "links"],
    )
    cases["lost_pct"] = [
        _lost(
            YEAR,
            case.links,
            reading=case.reading,
            china_magnet_share=case.magnet_share_pct / 100,
            element_in_magnet=case.content_pct / 100,
            finished_share=case.finished_pct / 100,
        )
        for case in cases.itertuples()
    ]
    cases["reading"] = cases["reading"].replace("", OWN_OUTPUT)
    ends = cases.pivot_table(
        index=["reading", "magnet_share_pct"],
        columns="links",
        values="lost_pct",
        aggfunc=["min", "max"],
        sort=False,
    )
    order = [(end, links) for links in (AS_THEY_WERE, REARRANGED) for end in ("min", "max")]
    printed = ends[order].round().astype(int).reset_index().set_axis([*HEADINGS.values()], axis=1)

    answers = Answers(sources=[rows(), data.table("accounts"), _recent_shares()])
    for name, links in (("range", AS_THEY_WERE), ("room", REARRANGED)):
        lost = cases.loc[cases["links"] == links, "lost_pct"]
        answers.add(f"{name}-low", lost.min(), "{:.0f}%")
        answers.add(f"{name}-high", lost.max(), "{:.0f}%")
    agency = _lost(YEAR, AS_THEY_WERE, reading=AGENCY)
    answers.add("lost-by-agency", agency, "{:.0f}%")
    return cases, printed, answers


def without_china() -> Answers:
    """What the supply outside China covers, as others have counted it."""
    table = data.table("supply_without_china").set_index(["measure", "year"])
    answers = Answers()
    n_1 = "Supply without the largest supplier over remaining demand"
    for name, measure, year in (
        ("iea-n1-low", f"{n_1}, low", 2035),
        ("iea-n1-high", f"{n_1}, high", 2035),
        ("cover-2024", "Refined outside China over world demand", 2024),
        ("cover-2035", "Refined outside China over world demand", 2035),
    ):
        row = table.loc[(measure, year)]
        kind = "forecast" if year > YEAR else "derived"
        answers.add(name, row["share_pct"], "{:.0f}%", sources=row, kind=kind)
    return answers


def switching_values(capacity: Answers) -> Answers:
    """What would have to run outside China for a Chinese stop to cost others less than half.

    Args:
        capacity: with ``outside-capacity``, ``outside-planned`` and ``us-running``, as from
            :func:`rareearth.analysis.chokepoints.plants.magnet_makers`.
    """
    edges, given = _edges(), inputs()
    content = given["element_in_magnet"] / given["finished_share"]
    half = model.max_flow(edges, OTHERS) / 2
    magnets = half / content
    more = magnets - capacity["outside-capacity"].value
    for_us = model.max_flow(edges, [model.US]) / 2 / content
    outside = [rows(), capacity["outside-capacity"].sources]
    answers = Answers(sources=rows())
    answers.add("flip-element", half / 1000, "{:.1f} thousand t")
    answers.add("flip-magnets", magnets, "{:,.0f} t")
    answers.add("flip-extra", more, "{:,.0f} t", sources=outside)
    planned = 100 * more / capacity["outside-planned"].value
    answers.add("flip-of-pipeline", planned, "{:.0f}%", sources=outside)
    answers.add("flip-us", for_us, "{:,.0f} t")
    running = capacity["us-running"]
    share = 100 * for_us / (1000 * running.value)
    answers.add("flip-us-of-running", share, "{:.0f}%", sources=[rows(), running.sources])
    return answers


# --- heavy rare earths ----------------------------------------------------------------------------


def ore_imports() -> tuple[pd.DataFrame, Answers]:
    """China's imports of rare-earth compounds from its southern neighbours.

    Returns:
        ``year``, ``origin``, ``gross_kt`` and ``source`` of whole years; tonnes, values and what
        they mean for dysprosium and terbium.
    """
    table = data.table("china_ore_imports")
    heading = table["product"].astype(str) == "HS 2846, all compounds"
    whole = table[heading & table["origin"].isin(NEIGHBOURS) & (table["year"] >= FLOWING)]
    shown = whole[["year", "origin", "source", "kind"]].assign(gross_kt=whole["gross_t"] / 1000)

    answers = Answers(sources=whole, kind="reported")
    at = whole.astype({"origin": str}).set_index(["origin", "year"])
    kt = "{:.0f} thousand t"
    for name, year in (("before", 2022), ("peak", 2023), ("last", 2024)):
        answers.add(f"ore-{name}", at.loc[("Myanmar", year), "gross_t"] / 1000, kt)
    fall = 1 - at.loc[("Myanmar", 2024), "gross_t"] / at.loc[("Myanmar", 2023), "gross_t"]
    answers.add("ore-fall", 100 * fall, "{:.0f}%", kind="derived")
    for year in (2023, 2024):
        laos = at.loc[("Laos", year)]
        answers.add(f"laos-{year}", laos["gross_t"] / 1000, "{:.1f} thousand t")
        answers.add(f"laos-value-{year}", laos["value_usd"] / 1e6, "{:.0f} million USD")
    by_year = whole.groupby(["year", "origin"], observed=True)["gross_t"].sum() / 1000
    mine = by_year.xs("Myanmar", level="origin")
    answers.add("ore-list", listing(mine, "{1:.1f} in {0}"))
    counts = accounts.statements().query("region == 'Myanmar' and reading == 'USGS 2026'")
    counts = counts.set_index("year")
    raw = data.table("accounts").query("region == 'Myanmar' and reading == 'USGS 2026'")
    reo = raw.set_index("year")["tonnes"]
    for year in (YEAR, LATER):
        answers.add(f"ore-reo-{year}", reo[year], "{:,.0f} t", sources=raw)
    mine_heavy = counts[accounts.DYTB]
    answers.add("ore-heavy", mine_heavy[YEAR], "{:,.0f} t", sources=raw, kind="derived")
    world = accounts.statements().query("region in ['World', 'China'] and year == @LATER")
    world = world.set_index("region")[accounts.DYTB]
    of = (mine_heavy[YEAR] / world["World"], mine_heavy[YEAR] / (world["China"] + mine_heavy[YEAR]))
    both = [raw, data.table("accounts").query("product == 'DyTb oxide'")]
    for name, part in zip(("low", "high"), of, strict=True):
        answers.add(f"ore-heavy-{name}", 100 * part, "{:.0f}%", sources=both, kind="derived")
    outside = accounts.preferred("Separated", LATER)[accounts.DYTB].sum()
    answers.add("heavy-outside", outside, "{:.0f} t", sources=both, kind="derived")
    answers.add("heavy-outside-pct", 100 * outside / world["China"], "{:.0f}%", sources=both)
    # Others are taken to need as much of the heavy two per magnet as the world does.
    edges = _edges(LATER)
    part = model.max_flow(edges, OTHERS) / edges.query("to_stage == 'Use'")["element_t"].sum()
    lost = [100 * (1 - outside / (part * made)) for made in (world["China"], world["World"])]
    words = "{:.0f} to {:.0f}%".format(*lost)
    answers.add("heavy-lost", words, sources=[*both, *rows()], kind="derived")
    return shown, answers


NEIGHBOURS = ("Myanmar", "Laos")
FLOWING = 2017
"""First year in which more than a few hundred tonnes came."""


def metal() -> Answers:
    """What is known in tonnes of metal making outside China."""
    table = data.table("accounts").query("stage == 'Metal'").set_index("region")
    answers = Answers()
    for name, region in (("uk", "United Kingdom"), ("canada", "Canada"), ("japan", "Japan")):
        answers.quote(f"metal-{name}", table.loc[region], "tonnes", "{:,.0f} t")
    return answers


# --- what the United States buys ------------------------------------------------------------------


def us_sources() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Where US imports come from by product, and China's share of compounds over time.

    Returns:
        Rows of ``us_import_sources`` as the US Geological Survey prints them, products in order
        of China's share; ``year``, ``weight_pct`` and ``value_pct`` of China in imported
        compounds; the shares in the text.
    """
    table = data.table("us_import_sources")
    usgs = table[table["basis"] == "USGS import sources"]
    china = usgs[usgs["country"] == "China"].sort_values("share_pct", ascending=False)
    china = china.set_index("product")["share_pct"]
    usgs = usgs.set_index("product").loc[china.index].reset_index()
    bases = {"gross weight, 18 partners": "weight_pct", "customs value, 18 partners": "value_pct"}
    compounds = table[table["product"].str.startswith("Compounds")].rename(
        columns={"first_year": "year"}
    )
    trend = compounds.pivot_table(index="year", columns="basis", values="share_pct", observed=True)
    trend = trend.rename(columns=bases).reset_index().rename_axis(columns=None)

    answers = Answers(sources=usgs, kind="reported")
    together = "All compounds and metals"
    single = china.drop(together)
    answers.add("us-all-compounds", china[together], "{:.0f}%")
    for element in ("Yttrium", "Scandium", "Erbium"):
        answers.add(f"us-{element.lower()}", china[element], "{:.0f}%")
    whole = sorted(single[single == single.max()].index.str.lower())
    answers.add("us-full", " and ".join([", ".join(whole[:-1]), whole[-1]]))
    answers.add("us-full-count", f"{len(whole)} of {len(single)}")
    answers.add("us-china-list", listing(china.rename(str.lower), "{} {:.0f} percent"))
    last = trend.iloc[-1]
    for name, value in (
        ("us-weight-2025", last["weight_pct"]),
        ("us-value-2025", last["value_pct"]),
        ("us-weight-peak", trend["weight_pct"].max()),
    ):
        answers.add(name, value, "{:.0f}%", sources=compounds, kind="derived")
    magnets = 100 * inputs()["us_share_from_china"]
    answers.add("us-magnet-share", magnets, "{:.0f}%", sources=_us_imports(), kind="derived")
    return usgs, trend, answers


def reserve_countries() -> Answers:
    """How many countries the newest table of reserves names; Ukraine is none of them.

    Raises:
        ValueError: if Ukraine is in the table; the text says that it is not.
    """
    table = data.table("reserves").query("edition == 'MCS 2026 v1.3' and country != 'World'")
    if "Ukraine" in set(table["country"]):
        raise ValueError("Ukraine is in the table of reserves: mend the text on it and C08.")
    answers = Answers(sources=table)
    answers.add("reserve-countries", len(table))
    return answers


def _magnets(year: int) -> pd.Series:
    """China's exports of magnets, tonnes by destination."""
    if year == YEAR:
        flows = _chain_flows()
        return flows[flows["stage"] == "Magnets"].set_index("destination")["quantity_t"]
    return _exports(year).set_index("destination")["gross_t"]


def _exports(year: int) -> pd.DataFrame:
    """Rows of China's magnet exports of a whole year."""
    table = data.table("china_exports")
    whole = (table["months"] == 12) & (table["product"] == "Magnets")
    return table[whole & (table["start"].dt.year == year)]


def _chain_flows() -> pd.DataFrame:
    table = data.table("trade_flows")
    return table[table["source"].isin([OXIDE_SALES, *MAGNET_EXPORTS])]


def _us_imports() -> pd.DataFrame:
    return data.table("us_import_sources").query("product == 'Sintered NdFeB magnets'")


def _recent_shares() -> pd.DataFrame:
    """Shares of China in sintered magnets from :data:`SHARES_FROM` on, or of no stated year."""
    table = data.table("china_stage_shares").query("stage == 'Sintered magnets'")
    old = (table["year"] < SHARES_FROM).fillna(False)
    return table[~old].sort_values("share_pct")
