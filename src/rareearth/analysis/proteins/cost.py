"""What oxides from waste cost by waste, route and part, what decides it, and where it turns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import assumptions, data, digits, uncertainty
from rareearth.analysis.proteins.model import (
    basket,
    baskets,
    central,
    cost_parts,
    of_waste,
    pays,
    wastes,
)
from rareearth.analysis.proteins.rows import COLUMN, assumed, ligand
from rareearth.analysis.proteins.selectivity import cascade_stages
from rareearth.answers import Answers, inside, listing
from rareearth.models import extraction

RICH = "Igneous gypsum"
"""The richest waste without magnets."""

MAGNETS = "Shredded drives"
"""The waste that holds magnets."""

MARKED = ("Florida gypsum", "Coal ash", "Red mud", "Igneous gypsum", "Shredded drives")
"""Wastes whose grades are set against the grade that pays."""

PARTS = {
    "Leaching and feed": ["feed handling", "acid and base", "plant capital", "labour and upkeep"],
    "Capture": ["adsorbent", "columns", "iron and aluminium", "solvent lost", "mixer-settlers"],
    "Finishing": ["finishing"],
    "Single oxides": ["separation into single oxides", "separation plant"],
}
"""Groups of the parts of the cost, in the order of the process."""

CAPITAL = ["plant capital", "mixer-settlers", "iron and aluminium", "separation plant"]
"""Parts of the cost of the solvent route that are capital."""

PROTEIN_PRICES = (0.05, 0.5, 5.0)
"""Prices of protein for which the cost of the adsorbent is drawn, USD per gram."""

BASE_PRICE = 0.5
"""The middle one, the price of the published cost model."""


def adsorbent_life(drawn: pd.DataFrame, ranges: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Cost of the adsorbent on the richest gypsum against the cycles that it lasts.

    Args:
        drawn: draws of the assumptions.
        ranges: their ranges, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``price_usd_per_g`` of protein, ``cycles``, ``usd_per_kg``; and the answers.
    """
    typical = central(ranges)
    price = basket(typical, RICH).item()
    cycles = np.geomspace(10, 20_000, 60)
    same = typical.loc[np.zeros(len(cycles), int)].reset_index(drop=True)
    same = same.assign(adsorbent_life=cycles)
    costs_at = {
        usd: cost_parts(same.assign(protein_price=usd), RICH)["adsorbent"] for usd in PROTEIN_PRICES
    }
    curves = pd.concat(
        pd.DataFrame({"price_usd_per_g": usd, "cycles": cycles, "usd_per_kg": cost})
        for usd, cost in costs_at.items()
    ).reset_index(drop=True)
    shown, case = ligand(COLUMN, "cycles_no_capacity_loss"), adsorbent_case()
    implied = case["column_cycles_implied"]
    drives = basket(typical, MAGNETS).item()
    needed = extraction.break_even_life(of_waste(typical, MAGNETS), drives).item()
    rich = extraction.break_even_life(of_waste(typical, RICH), price).item()
    never = np.isinf(extraction.break_even_life(of_waste(drawn, RICH), basket(drawn, RICH)))
    at_shown, at_implied = np.interp([shown["value"], implied], cycles, costs_at[BASE_PRICE])
    register, mode = assumptions.register(), ranges["mode"]
    capacity = register.loc["adsorbent_capacity"]
    tonnes = case["protein_inventory_kg_for_1000_t_reo_per_y"] / 1000
    answers = Answers(sources=assumed())
    answers.add(
        "capacity", 1000 * mode["adsorbent_capacity"], "{:.2f} millimoles",
        sources=capacity, kind=str(capacity["kind"]),
    )  # fmt: skip
    most = ranges.loc["adsorbent_capacity", "high"] / capacity["mode"]
    answers.add("capacity-most", most, "{:.1f}", sources=capacity)
    answers.add("inventory", tonnes, "{:.0f} t", sources=case)
    answers.quote("cycles-shown", shown, "value", "{:.0f}")
    answers.add("cycles-implied", round(implied, -2), "about {:,.0f}", sources=case)
    answers.add("cycles-needed", digits.significant(needed), "about {:,.0f}")
    at = (
        f"from about {digits.significant(rich):,.0f} cycles on"
        if np.isfinite(rich)
        else "at no life"
    )
    answers.add("rich-life", at)
    answers.add("never-pays", 100 * never.mean(), "{:.0f}%")
    answers.add("cost-shown", round(at_shown, -2), "{:,.0f} USD")
    answers.add("cost-implied", at_implied, "{:.0f} USD")
    plain = case["adsorbent_cost_usd_per_kg_reo_undiscounted"]
    answers.add("cost-undiscounted", plain, "{:.0f} USD", sources=case)
    answers.add("adsorbent-interest", 100 * mode["plant_discount_rate"], "{:.0f}%")
    cycle = extraction.cycle_hours(of_waste(typical, RICH)).item()
    answers.add("adsorbent-cycle", cycle, "{:.0f} hours")
    answers.add("basket", price, "{:.0f} USD")
    return curves, answers


def adsorbent_case() -> pd.Series:
    """The base case of the published cost model's adsorbent."""
    return data.table("adsorbent_scenarios").iloc[0]


def cost_by_waste(
    costs: pd.DataFrame, drawn: pd.DataFrame, ranges: pd.DataFrame
) -> tuple[pd.DataFrame, Answers]:
    """Cost by waste and route, and how often it lies below the price.

    Args:
        costs: as from :func:`costs`.
        drawn: the draws behind them.
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``feed``, ``route``, ``low``, ``median``, ``high``, ``basket`` (what the oxides bring,
        median; all in USD per kg REO); and the answers.
    """
    bands = uncertainty.band(costs.T).reset_index(names=["feed", "route"])
    prices = baskets(drawn)
    bands["basket"] = bands["feed"].map(prices.median())
    mode, drives = ranges["mode"], MAGNETS
    answers = Answers(sources=assumed())
    for name, sample in {
        "rich-protein": costs[RICH, "protein"],
        "rich-solvent": costs[RICH, "solvent"],
        "drives-solvent": costs[drives, "solvent"],
        "batteries-solvent": costs["Hybrid-car batteries", "solvent"],
        "florida-solvent": costs["Florida gypsum", "solvent"],
        "ash-solvent": costs["Coal ash", "solvent"],
        "water-protein": costs["Mine water", "protein"],
        "ndpr-protein": costs[RICH, "protein"] / drawn[wastes().loc[RICH, "ndpr"]],
        "ndpr-solvent": costs[RICH, "solvent"] / drawn[wastes().loc[RICH, "ndpr"]],
        "ndpr-drives": costs[drives, "solvent"] / drawn["ndpr_share_of_drives"],
    }.items():
        low, median, high = map(digits.significant, np.quantile(sample, [0.05, 0.5, 0.95]))
        answers.add(
            name, median, "{:,.0f} USD", low=low, high=high, band="{:,.0f} to {:,.0f}"
        )  # fmt: skip
    paying = pays(costs, drawn)
    for name, waste in {
        "rich": RICH,
        "drives": drives,
        "batteries": "Hybrid-car batteries",
    }.items():
        answers.add(f"{name}-basket", prices[waste], "{:.0f} USD", band="{:.0f} to {:.0f}")
    answers.add("rich-pays", paying[RICH, "solvent"], "{:.0f}%")
    answers.add("drives-pays", paying[drives, "solvent"], "{:.0f}%")
    answers.add("drives-pays-protein", paying[drives, "protein"], "{:.0f}%")
    margin = prices[drives] - costs[drives, "solvent"]
    room = margin * extraction.recovered(of_waste(drawn, drives), "solvent")
    answers.add(
        "drives-room", digits.significant(room.median()), "{:,.0f} USD",
        low=digits.significant(room.quantile(0.05)), high=digits.significant(room.quantile(0.95)),
        band="{:,.0f} to {:,.0f}",
    )  # fmt: skip
    answers.add("ash-basket", prices["Coal ash"], "{:.0f} USD", band="{:.0f} to {:.0f}")
    poor = paying.drop(index=[RICH, drives], level=0)
    answers.add("poor-pays", poor.max(), "{:.0f}%")
    content = costs.xs("protein", axis=1, level=1) < costs.xs("solvent", axis=1, level=1)
    won = [in_text(waste) for waste in content.columns[content.mean() > 0.5]]
    answers.add("protein-wins", ", ".join(won) or "no waste")
    printed = data.table("bio_feeds").astype({"quantity": str})
    sludge = printed[printed["quantity"].str.startswith("market value")].iloc[0]
    answers.quote("sludge-value", sludge, "value", "{:.0f} USD")
    battery = printed[printed["quantity"] == "rare earths in the battery of a hybrid car"].iloc[0]
    answers.quote("battery-content", battery, "value", "{:.0f} kg")
    hybrids = data.table("product_sales").query(
        "product == 'HEV' and geography == 'United States' and year <= 2015"
    )
    peak = hybrids.loc[hybrids["value"].idxmax()]  # later ones more and more have lithium
    answers.add("hybrids-year", int(peak["year"]), "{:d}", sources=peak, kind="reported")
    tonnes = peak["value"] * battery["value"] / 1000
    answers.add(
        "hybrids-t", round(tonnes, -1), "{:,.0f} t", sources=[peak, battery], kind="derived"
    )  # fmt: skip
    water = costs["Mine water"]
    answers.add("water-cheaper", 100 * (water["protein"] < water["solvent"]).mean(), "{:.0f}%")
    site = assumptions.register().loc[["feed_mine_water", "grade_mine_water"]]
    storm = mode["feed_mine_water"]
    answers.add("storm-flow", storm / 1e6, "{:.1f} million t", sources=site.iloc[0])
    answers.add("storm-ree", storm * mode["grade_mine_water"] / 1e6, "{:.1f} t", sources=site)
    returns = data.table("bio_costs").query("source == 'larochelle_2021_amd'").iloc[0]
    answers.add(
        "amd-return", f"{returns['low']:.0f} to {returns['high']:.0f}%",
        sources=returns, kind=str(returns["kind"]),
    )  # fmt: skip
    few, some, many = ranges.loc["adsorbent_life", ["low", "mode", "high"]].astype(float)
    answers.add("life-range", f"{few:,.0f} to {many:,.0f} cycles, most likely {some:,.0f}")
    answers.add("baskets-list", listing(prices.median(), "{} {:.0f}"))
    spans = {f"{r.feed}, {r.route}": (r.median, r.low, r.high) for r in bands.itertuples()}
    answers.add("costs-list", listing(spans, "{}: {:,.0f}, {:,.0f} to {:,.0f}", "; "))
    return bands, answers


def feeds(costs: pd.DataFrame, drawn: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Printed grade, yield and prospects of each waste.

    Args:
        costs: as from :func:`costs`.
        drawn: the draws behind them.

    Returns:
        The table for readers, and the grades as printed (rows of the table ``bio_feeds``).
    """
    to_grams = {"wt pct": 10_000.0, "ug per L": 0.001}
    to_grams |= dict.fromkeys(["mg per kg", "mg per kg TREO", "mg per kg REE2O3", "g per t"], 1.0)
    printed = data.table("bio_feeds")
    printed = printed[printed["unit"].isin(list(to_grams))]
    grams = printed[["value", "low", "high"]].mul(printed["unit"].map(to_grams), axis=0)
    grams = grams.stack().groupby(
        printed["feed"]
        .map(lambda feed: feed[0].upper() + feed[1:])
        .rename("waste")
        .loc[grams.stack().index.get_level_values(0)]
        .to_numpy()
    )
    least, most = grams.min(), grams.max()
    paying, prices = pays(costs, drawn), baskets(drawn).median()
    protein, solvent = (costs.xs(route, axis=1, level=1) for route in ("protein", "solvent"))
    cheaper = 100 * (protein < solvent).mean()
    table = pd.DataFrame(
        [
            {
                "Waste": waste,
                "Printed grade, g per t": " to ".join(
                    dict.fromkeys([_grams(least[waste]), _grams(most[waste])])
                ),
                "Oxides out, g per t": _grams(
                    digits.significant(1000 * extraction.recovered(of_waste(drawn, waste)).median())
                ),
                "Basket, USD per kg": prices[waste],
                "Pays, solvent": paying[waste, "solvent"],
                "Pays, protein": paying[waste, "protein"],
                "Protein cheaper": cheaper[waste],
            }
            for waste in wastes().index
        ]
    )
    return table, printed


def cost_shares(drawn: pd.DataFrame) -> tuple[pd.DataFrame, Answers]:
    """Shares of the cost by part of the process, ours and those of a published study.

    Args:
        drawn: draws of the assumptions.

    Returns:
        ``case``, ``part`` (as :data:`PARTS`), ``share_pct`` of the sum of medians; and the answers.
    """
    printed = data.table("bio_costs").query("study == 'Jin 2017'")
    lasting = drawn.assign(adsorbent_life=adsorbent_case()["column_cycles_implied"])
    cases = {
        "Coal ash, protein, long life": (lasting, "Coal ash", "protein"),
        "Coal ash, solvent": (drawn, "Coal ash", "solvent"),
        "Rich gypsum, protein, drawn life": (drawn, RICH, "protein"),
        "Rich gypsum, protein, long life": (lasting, RICH, "protein"),
        "Rich gypsum, solvent": (drawn, RICH, "solvent"),
    }
    shares = {
        "Coal ash, microbes (Jin 2017)": dict(zip(PARTS, [*printed["value"], 0.0], strict=True))
    }
    for case, (draws, waste, route) in cases.items():
        cost = cost_parts(draws, waste, route)
        medians = {p: cost.reindex(columns=c).sum(axis=1).median() for p, c in PARTS.items()}
        shares[case] = {p: 100 * value / sum(medians.values()) for p, value in medians.items()}
    rows = [(case, part, pct) for case, own in shares.items() for part, pct in own.items()]
    answers = Answers(sources=assumed())
    leaching, capture = "Leaching and feed", "Capture"
    jin = printed.iloc[0]
    answers.quote("jin-leach", jin, "value", "{:.0f}%")
    answers.add("ash-leach", shares["Coal ash, protein, long life"][leaching], "{:.0f}%")
    answers.add("rich-capture", shares["Rich gypsum, protein, drawn life"][capture], "{:.0f}%")
    answers.add("rich-capture-solvent", shares["Rich gypsum, solvent"][capture], "{:.0f}%")
    words = {case: listing(own) for case, own in shares.items()}
    answers.add("shares-list", listing(words, "{}: {}", "; "), sources=[assumed(), jin])
    return pd.DataFrame(rows, columns=["case", "part", "share_pct"]), answers


def break_even(
    drawn: pd.DataFrame, ranges: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Grade at which a leached solid like the richest gypsum pays, against the adsorbent's life.

    Protein price and the time to turn a column round are held at their most likely values.

    Args:
        drawn: draws of the assumptions.
        ranges: their ranges, as from :func:`rareearth.assumptions.ranges`.

    Returns:
        ``cycles``, ``case`` (route), ``low_g_per_t``, ``median_g_per_t``, ``high_g_per_t``, missing
        where no grade pays; grades of wastes (``feed``, ``g_per_t``); and the answers.
    """
    mode = ranges["mode"]
    held = of_waste(drawn.assign(**mode[["protein_price", "column_turnover_hours"]]), RICH)
    price = basket(drawn, RICH)
    cycles = np.geomspace(10, 20_000, 25)

    def paying(route: str, life: float) -> np.ndarray:
        frame = held.assign(adsorbent_life=life)
        grade = extraction.break_even_grade(frame, price, route)
        return np.quantile(grade, [0.05, 0.5, 0.95], method="inverted_cdf")

    solvent = paying("solvent", cycles[0])  # has no adsorbent
    rows = [
        (life, route, *grades)
        for life in cycles
        for route, grades in (("protein", paying("protein", life)), ("solvent", solvent))
    ]
    frontier = pd.DataFrame(
        rows, columns=["cycles", "case", "low_g_per_t", "median_g_per_t", "high_g_per_t"]
    ).replace(np.inf, np.nan)
    grades = pd.DataFrame(
        {
            "feed": MARKED,
            "g_per_t": [
                of_waste(central(ranges), waste)["grade_g_reo_per_t"].item() for waste in MARKED
            ],
        }
    )
    median = frontier.pivot(index="cycles", columns="case", values="median_g_per_t")
    long_lived, first = median[median.index > 9000].iloc[0], median["protein"].first_valid_index()
    answers = Answers(sources=assumed())
    answers.add("grade-solvent", digits.significant(long_lived["solvent"]), "{:,.0f} g per t")
    if first is None:
        answers.add("short-lived", "At any life up to 20,000 cycles")
        answers.add("protein-line", "the median lies above the figure at every life")
        answers.add(
            "protein-grade-says",
            "With protein columns, and protein at its base price, half of the draws have no paying "
            "grade at any life up to 20,000 cycles: a kilogram of product costs more adsorbent "
            "than it brings, however rich the feed.",
        )
    else:
        cycles = f"{round(first, -2):,.0f} cycles"
        answers.add("short-lived", f"Below some {cycles}")
        answers.add("protein-line", f"the median starts at {cycles} and falls with life")
        grade = long_lived["protein"]
        answers.add(
            "protein-grade-says",
            "With protein columns, and protein at its base price, half of the draws have a paying "
            f"grade only from {cycles} on, because below that a kilogram of product costs more "
            "adsorbent than it brings, however rich the feed."
            + (
                " Just above the life that the published model implies it is "
                f"{digits.significant(grade):,.0f} g per t."
                if np.isfinite(grade)
                else ""
            ),
        )
    by_feed = grades.set_index("feed")["g_per_t"]
    answers.add("florida-grade", round(by_feed["Florida gypsum"], -1), "{:,.0f} g")
    answers.add("grades-list", listing(by_feed, "{} {:,.0f}"))
    return frontier, grades, answers


def drivers(ranges: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, Answers]:
    """What decides the logarithm of the cost: the three largest total Sobol indices by case.

    Args:
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.
        seed: any non-negative integer.

    Returns:
        ``case``, ``label``, ``ST`` and ``ST_conf`` (fractions of the variance), largest first;
        and the answers.
    """
    own = assumed()
    space, labels = ranges.loc[own.index], own["label"].map(inside)
    answers, tops = Answers(sources=own), []
    for name, case, waste, route in (
        ("driver-protein", "Rich gypsum, protein", RICH, "protein"),
        ("driver-solvent", "Rich gypsum, solvent", RICH, "solvent"),
        ("driver-ash", "Coal ash, solvent", "Coal ash", "solvent"),
    ):
        indices = uncertainty.sobol_indices(
            lambda x, waste=waste, route=route: np.log(cost_parts(x, waste, route).sum(axis=1)),
            space,
            512,
            seed,
        )
        top = uncertainty.drivers(indices, 3)
        top = top.assign(case=case, label=top["parameter"].map(labels))
        answers.add(name, ", ".join(top["label"]))
        tops.append(top[["case", "label", "ST", "ST_conf"]])
    top = pd.concat(tops, ignore_index=True)
    answers.add("driver-first", top["label"][0])
    answers.add("life-share", 100 * top["ST"][0], "{:.0f}%")
    shares = {f"{r.case}, {r.label}": 100 * r.ST for r in top.itertuples()}
    answers.add("drivers-list", listing(shares, "{} {:.0f} percent", "; "))
    return top, answers


def flips(ranges: pd.DataFrame, sheets: pd.DataFrame) -> Answers:
    """What would have to be otherwise for a conclusion to turn, at the most likely values.

    Args:
        ranges: ranges of the assumptions, as from :func:`rareearth.assumptions.ranges`.
        sheets: as from :func:`flowsheets`.
    """
    from scipy.optimize import brentq

    typical, mode = central(ranges), ranges["mode"]
    protein, solvent = (cost_parts(typical, RICH, route).iloc[0] for route in extraction.ROUTES)
    dirt = protein.sum() - solvent.sum()
    today = sheets.set_index(["flowsheet", "part"]).loc[
        ("Solvent throughout", "cascade"), "median_count"
    ]
    factor = brentq(lambda f: cascade_stages(f, mode["reflux_multiple"]) - today / 2, 1.5, 50)
    life = extraction.break_even_life(of_waste(typical, RICH), solvent.sum()).item()
    ash = cost_parts(typical, "Coal ash", "solvent").iloc[0].sum()
    said = data.table("bio_costs").query("study == 'Phalaborwa phosphogypsum' and metric == 'opex'")
    answers = Answers(sources=assumed())
    answers.quote("phalaborwa-said", said.iloc[0], "value", "{:.0f} USD")
    running = solvent.drop(CAPITAL).sum()
    answers.add("phalaborwa-ours", running, "{:.0f} USD")
    answers.add("kindness", round(dirt, -1), "{:,.0f} USD")
    answers.add("factor-half", factor, "{:.1f}")
    level = f"would draw level at {life:,.0f} cycles"
    answers.add("match-life", level if np.isfinite(life) else "would not draw level at any life")
    answers.add("ash-price", ash / basket(typical, "Coal ash").item(), "{:.0f} times")
    return answers


def in_text(waste: str) -> str:
    """A waste as it stands inside a sentence."""
    return waste if waste.startswith("Florida") else inside(waste)


def _grams(value: float) -> str:
    return f"{value:.2f}" if value < 1 else f"{value:,.0f}"
