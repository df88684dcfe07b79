"""What is being built outside China: capacity, promises kept, output, and the basket problem."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.analysis import supply
from rareearth.answers import Answers, in_words, keys, listing
from rareearth.models import basket, buildup, oxides, pipeline

CLASSES = ("mined REO", "separated NdPr oxide", "magnet alloy", "sintered magnets")
"""Products whose capacities are in one unit each and can be added."""

US = "United States"
FIRST, LAST = 2024, 2030
"""Years of start that are shown by themselves."""

GROUPS = {
    "La + Ce": ("La", "Ce"),
    "Nd + Pr": ("Nd", "Pr", "Nd+Pr"),
    "Dy + Tb": ("Dy", "Tb", "Dy+Tb"),
    "Y": ("Y",),
}
"""Groups of elements by what becomes of them, with the names under which tables have them."""

MOTORS = ("Electric vehicles", "Wind power")
WANTED = "Magnets for cars and wind"
MOUNTAIN_PASS, KUANTAN = "MP, Mountain Pass NdPr", "Lynas, Kuantan NdPr"
"""Ramps that the text names."""

SEPARATORS = {"Lynas": KUANTAN, "MP Materials": MOUNTAIN_PASS}
"""Ramps of the two companies that print their output by quarter."""

REBUILT = "2023-07-01"
"""From when on output of Kuantan is held against the nameplate of the plant as rebuilt."""

READINGS = {
    "as promised": "NdPr, design by the ore, then the promised expansion",
    "chief executive": "NdPr, what the chief executive's figures imply",
    "trade press": "NdPr, what the trade press implies",
    "first design throughout": "NdPr, the first design alone",
    "all oxides": "All oxides, lanthanum and cerium among them",
}
"""Readings of the nameplate at Kuantan in words; ``all oxides`` is the ramp of all oxides."""

UNSTATED_PCT = 5
"""From this part not stated on, a deposit's mix is known in part only."""


# --- capacity -------------------------------------------------------------------------------------


def magnet_makers() -> tuple[pd.DataFrame, Answers]:
    """Capacity of China's largest magnet makers and of all US plants together.

    Returns:
        ``holder``, ``country``, ``status`` (operating, planned), ``magnets_t`` and ``source``;
        capacities in the text, those of all makers outside China among them.
    """
    makers = data.table("magnet_capacity")
    china = makers[(makers["region"] == "China") & (makers["metric"] == "capacity")]
    china = china.sort_values("magnets_t", ascending=False)
    us = _drawn().query("country == @US and product_class == 'sintered magnets'")
    runs = us["status"].isin(pipeline.RUNNING)
    tonnes = us["capacity_t_per_year"]
    ours = {
        "holder": "All US plants",
        "country": US,
        "status": ["operating", "planned"],
        "magnets_t": [tonnes[runs].sum(), tonnes[~runs].sum()],
        "source": ";".join(keys(us, "plants")),
    }
    columns = ["holder", "country", "status", "magnets_t", "source"]
    listed = china.assign(country="China", status="operating")[columns]
    capacity = pd.concat([listed, pd.DataFrame(ours)], ignore_index=True)

    answers = Answers(sources=us)
    kt = "{:.1f} thousand t"
    by_holder = capacity.groupby("holder", sort=False)["magnets_t"].sum() / 1000
    largest = by_holder["JL Mag"]
    answers.add("jl-mag", largest, "{:.0f} thousand t", sources=china, kind="reported")
    answers.add("us-running", tonnes[runs].sum() / 1000, kt)
    answers.add("us-planned", tonnes[~runs].sum() / 1000, kt, kind="target")
    answers.add("us-if-all", tonnes.sum() / 1000, kt, kind="target")
    answers.add("makers-list", listing(by_holder, "{} {:.1f}"), sources=capacity)
    outside = makers.set_index("holder")
    answers.quote("outside-capacity", outside.loc["All makers"], "magnets_t", "{:,.0f} t")
    answers.quote("outside-planned", outside.loc["Plants in development"], "magnets_t", "{:,.0f} t")
    more = makers[(makers["region"] == "China") & (makers["year"] == 2030)].iloc[0]
    answers.quote("china-expansion", more, "magnets_t", "{:,.0f} t")
    of = makers[(makers["holder"] == "JL Mag") & (makers["year"] == 2025)].set_index("metric")
    for name in ("output", "sales"):
        answers.quote(f"jl-mag-{name}", of.loc[name], "magnets_t", "{:,.0f} t")
    sold = of.loc["sales", "magnets_t"] / of.loc["output", "magnets_t"]
    answers.add("jl-mag-finished", largest * sold, "{:.0f} thousand t", sources=china)
    return capacity, answers


def capacity() -> tuple[pd.DataFrame, Answers]:
    """Capacity outside China by product, year of start and state.

    Returns:
        ``product_class``, ``start``, ``state``, ``capacity_kt_per_year``, as from
        :func:`rareearth.models.pipeline.by_start`; what is listed and what runs.
    """
    drawn = _drawn()
    starts = pipeline.by_start(drawn, FIRST, LAST)
    starts["capacity_kt_per_year"] = starts.pop("capacity_t_per_year") / 1000
    live = drawn[drawn["status"].isin(pipeline.RUNNING)]
    listed_t, live_t, inferred_t = (
        rows.groupby(rows["product_class"].astype(str))["capacity_t_per_year"].sum()
        for rows in (drawn, live, live[live["list_figure"]])
    )
    live_pct, inferred_pct = 100 * live_t / listed_t, 100 * inferred_t / live_t

    answers = Answers(sources=drawn)
    magnets, ndpr = "sintered magnets", "separated NdPr oxide"
    rows = drawn[drawn["product_class"] == magnets]
    answers.add("build-magnets-listed", listed_t[magnets], "{:,.0f} t", sources=rows)
    answers.add("build-magnets-live", live_pct[magnets], "{:.0f}%", sources=rows)
    answers.add("build-magnets-guess", inferred_pct[magnets], "{:.0f}%", sources=rows)
    answers.add("build-ndpr-listed", listed_t[ndpr], "{:,.0f} t")
    answers.add("build-ndpr-live", live_pct[ndpr], "{:.0f}%")
    kt = pd.DataFrame({"live": live_t, "listed": listed_t}).loc[list(CLASSES)] / 1000
    shown = {name: tuple(row) for name, row in kt.T.items()}
    answers.add("build-capacity-list", listing(shown, "{} {:.1f} of {:.1f}"))
    return starts, answers


def unsigned() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Plants whose capacity stands on sources alone that nobody signs.

    Returns:
        ``product_class``, ``plants_count``, ``unsigned_count``, ``unsigned_pct`` (of the capacity
        of the class, where its plants are in one unit), ``names`` of the unsigned and ``source``;
        the same as printed; counts and shares in the text.
    """
    plants = data.table("plants")
    plants = plants[plants["status"] != "stopped"].astype({"product_class": str})
    weak = ~plants["source"].str.split(";").map(data.carries)
    rows = []
    for name, listed in plants.groupby("product_class", sort=False):
        open_ = listed[weak[listed.index]]
        size = "capacity_t_per_year"
        share = 100 * open_[size].sum() / listed[size].sum()
        rows.append(
            {
                "product_class": name,
                "plants_count": len(listed),
                "unsigned_count": len(open_),
                "unsigned_pct": share if name in CLASSES else None,
                "names": "; ".join(open_["facility"]),
                "source": ";".join(keys(listed, "plants")),
            }
        )
    frame = pd.DataFrame(rows)
    printed = pd.DataFrame(
        {
            "Class": frame["product_class"].str.replace("other basis", "other units"),
            "Plants": frame["plants_count"],
            "Unsigned": frame["unsigned_count"],
            "Part of capacity": frame["unsigned_pct"].map("{:.0f}%".format, na_action="ignore"),
            "Which": frame["names"].replace("", "none"),
        }
    ).fillna({"Part of capacity": "units differ"})
    answers = Answers(sources=plants)
    answers.add("build-plants-listed", len(plants), "{:d}")
    answers.add("build-plants-unsigned", int(weak.sum()), "{:d}")
    part = frame.set_index("product_class")["unsigned_pct"]
    answers.add("build-magnets-unsigned", part["sintered magnets"], "{:.0f}%")
    answers.add("build-ndpr-unsigned", part["separated NdPr oxide"], "{:.0f}%")
    return frame, printed, answers


# --- output against nameplate --------------------------------------------------------------------


def ramps() -> tuple[pd.DataFrame, Answers]:
    """Output of new plants as a share of the nameplate of its day, by year of operation.

    Returns:
        As from :func:`rareearth.models.pipeline.delivered`, without ramps that count all oxides of
        a plant whose magnet oxides are counted too; how far they got.
    """
    output, plates = data.table("plant_output"), data.table("nameplates")
    ramp = pipeline.delivered(output, plates)
    ramp = ramp[~ramp["ramp"].isin(supply.ALL_OXIDES)].reset_index(drop=True)
    by_ramp = ramp.sort_values("year_of_operation").groupby("ramp")
    latest = by_ramp["share_pct"].last()
    best = ramp.loc[ramp["share_pct"].idxmax()]
    at = ramp.set_index(["ramp", "period"])
    mp, kuantan = at.loc[(MOUNTAIN_PASS, "2025")], at.loc[KUANTAN]
    upgraded = at.loc[supply.UPGRADES[0]].iloc[-1]

    answers = Answers(sources=[output, plates])
    for name, value in (
        ("median", latest.median()),
        ("low", latest.min()),
        ("high", latest.max()),
        ("best", best["share_pct"]),
        ("kuantan", kuantan["share_pct"].iloc[-1]),
        ("upgraded", upgraded["share_pct"]),
    ):
        answers.add(f"build-ramp-{name}", value, "{:.0f}%")
    answers.add("build-ramp-count", len(latest), "{:d}")
    answers.add("build-ramp-best-year", int(best["year_of_operation"]), "{:d} years")
    full = kuantan[kuantan["share_pct"] >= 100]
    answers.add("build-ramp-full", in_words(len(full)))
    answers.add("build-ramp-years", in_words(len(kuantan)))
    answers.add("build-molycorp-share", latest["Molycorp, Mountain Pass"], "{:.0f}%")
    answers.add("build-mp-2025", mp["share_pct"], "{:.0f}%")
    answers.add("build-mp-2025-t", mp["quantity_t"], "{:,.0f} t", kind="reported")
    answers.add("build-mp-plate-t", mp["nameplate_t"], "{:,.0f} t", kind="estimate")
    ends = {r: (v["share_pct"].iloc[0], latest[r]) for r, v in by_ramp}
    answers.add("build-ramp-list", listing(ends, "{}, from {:.0f}% to {:.0f}%", "; "))
    used = plates[plates["preferred"] & plates["ramp"].isin(latest.index)]
    tonnes = used.groupby("ramp", sort=False)["nameplate_t_per_year"].agg(
        lambda t: ", then ".join(f"{v:,.0f} t" for v in t)
    )
    answers.add("build-plates-list", listing(tonnes, "{}: {}", "; "), kind="target")
    return ramp, answers


def quarters() -> tuple[pd.DataFrame, Answers]:
    """Output of NdPr oxide by quarter at the two large separation plants outside China.

    Returns:
        ``company``, ``period``, ``year`` (decimal, middle of the period), ``quantity_t``,
        ``rate_kt_per_year`` (brought to a year), ``nameplate_t`` (of its day), ``share_pct``,
        ``kind`` and ``source``; the best quarter and the last of each in the text.
    """
    table = data.table("quarterly_output").astype({"product": str})
    table = table[(table["product"] == "NdPr oxide") & table["company"].isin(SEPARATORS)]
    after = table["period_end"] + pd.Timedelta(days=1)
    months = 12 * (after.dt.year - table["period_start"].dt.year) + (
        after.dt.month - table["period_start"].dt.month
    )
    rebuilt = (table["company"] == "Lynas") & (table["period_start"] >= REBUILT)
    ramp = table["company"].map(SEPARATORS).mask(rebuilt, supply.UPGRADES[0])
    rows = table.assign(ramp=ramp, period_years=months / 12)
    made = pipeline.delivered(rows, data.table("nameplates"))
    middle = made["period_start"] + (made["period_end"] - made["period_start"]) / 2
    made["year"] = middle.dt.year + (middle.dt.day_of_year - 0.5) / 365.25
    made["rate_kt_per_year"] = made["annual_t"] / 1000
    answers = Answers(sources=[table, data.table("nameplates")])
    best = made.loc[made["share_pct"].idxmax()]
    answers.add("build-quarter-best", best["share_pct"], "{:.0f}%")
    answers.add("build-quarter-when", f"{best['period_end']:%B %Y}")
    upgraded = made[made["ramp"] == supply.UPGRADES[0]]
    answers.add("build-quarter-upgraded", upgraded["share_pct"].max(), "{:.0f}%")
    ends = made.sort_values("year").groupby("company")["rate_kt_per_year"]
    shown = {name: (v.iloc[0], v.max(), v.iloc[-1]) for name, v in ends}
    form = "{} {:.1f} at first, {:.1f} at most, {:.1f} at last"
    answers.add("build-quarter-list", listing(shown, form, "; "))
    columns = ["company", "period", "year", "quantity_t", "rate_kt_per_year", "nameplate_t"]
    return made[[*columns, "share_pct", "kind", "source"]], answers


def readings() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """What the plant at Kuantan delivered, by how its nameplate is read, and what follows.

    Returns:
        ``reading``, ``nameplates_t`` (first to last), ``best_pct``, ``last_pct`` (best and last
        financial year), ``ceiling_pct`` and ``error_pct`` (lasting share of nameplate that the
        record of all new plants then gives, and its standard error), ``source``; the same as
        printed; the spread of the lasting share over the readings.
    """
    plates = data.table("nameplates")
    of = plates[plates["ramp"] == KUANTAN]
    cases = {name: supply.delivered("" if name == "as promised" else name) for name in
             of["reading"].unique()}  # fmt: skip
    whole = pipeline.delivered(data.table("plant_output"), plates)
    ramp = next(name for name, ndpr in supply.ALL_OXIDES.items() if ndpr == KUANTAN)
    rest = cases["as promised"]
    rest = rest[rest["ramp"] != KUANTAN]
    cases["all oxides"] = pd.concat([rest, whole[whole["ramp"] == ramp].assign(ramp=KUANTAN)])
    rows = []
    for name, shares in cases.items():
        here, fit = shares[shares["ramp"] == KUANTAN], buildup.fit_ramp(shares)
        here = here.sort_values("year_of_operation")
        ends = here["nameplate_t"].iloc[[0, -1]].unique()
        used = plates[plates["ramp"].isin([KUANTAN, ramp]) & (plates["reading"] == name)]
        rows.append(
            {
                "reading": name,
                "nameplates_t": " to ".join(f"{t:,.0f}" for t in ends),
                "best_pct": here["share_pct"].max(),
                "last_pct": here["share_pct"].iloc[-1],
                "ceiling_pct": 100 * fit.ceiling,
                "error_pct": 100 * fit.ceiling_error,
                "source": ";".join(keys(used if len(used) else of, "nameplates")),
            }
        )
    frame = pd.DataFrame(rows)
    printed = pd.DataFrame(
        {
            "Nameplate read": frame["reading"].map(READINGS),
            "t a year": frame["nameplates_t"],
            "Best year": frame["best_pct"].map("{:.0f}%".format),
            "FY2023": frame["last_pct"].map("{:.0f}%".format),
            "Lasting share of all new plants": [
                f"{c:.0f} ± {e:.0f}%"
                for c, e in zip(frame["ceiling_pct"], frame["error_pct"], strict=True)
            ],
        }
    )
    answers = Answers(sources=[data.table("plant_output"), plates], kind="estimate")
    at = frame.set_index("reading")
    others = at.drop(index=["as promised", "all oxides"])["ceiling_pct"]
    answers.add("build-ceiling", at.loc["as promised", "ceiling_pct"], "{:.0f}%")
    answers.add("build-ceiling-error", at.loc["as promised", "error_pct"], "{:.0f}")
    answers.add("build-ceiling-least", others.min(), "{:.0f}%")
    answers.add("build-ceiling-most", others.max(), "{:.0f}%")
    answers.add("build-ceiling-reo", at.loc["all oxides", "ceiling_pct"], "{:.0f}%")
    design = plates.set_index("ramp").loc[ramp, "nameplate_t_per_year"]
    answers.add("build-design-reo", design, "{:,.0f} t", sources=plates, kind="target")
    answers.add("build-ramp-reo", at.loc["all oxides", "best_pct"], "{:.0f}%")
    return frame, printed, answers


# --- the basket problem ---------------------------------------------------------------------------


def mixes() -> tuple[pd.DataFrame, Answers]:
    """Mix of elements in deposits against that which magnets for cars and wind want.

    Returns:
        ``source_of_mix`` (:data:`WANTED` first, then deposits from the lightest to the heaviest),
        ``group``, ``share_pct`` and ``source``; shares in the text.
    """
    shares, wanted = _shares(), _wanted()
    wanted_pct = basket.grouped(100 * wanted / wanted.sum(), GROUPS)
    table = pd.concat([wanted_pct.rename(WANTED).to_frame().T, shares])
    table = table.rename_axis("source_of_mix").reset_index()
    table = table.melt("source_of_mix", var_name="group", value_name="share_pct")
    wanted_from = ";".join(_motors()["source"].unique())
    table["source"] = table["source_of_mix"].map(_sources()).fillna(wanted_from)

    answers = Answers(sources=data.table("deposit_mix"))
    here = shares.loc["Mountain Pass"]
    answers.add("build-la-ce-mp", here["La + Ce"], "{:.0f}%")
    answers.add("build-ndpr-mp", here["Nd + Pr"], "{:.0f}%")
    for name, group in (("light", "Nd + Pr"), ("heavy", "Dy + Tb")):
        answers.add(f"build-{name}-wanted", wanted_pct[group], "{:.0f}%", sources=_motors())
    answers.add("build-mix-list", listing(shares["La + Ce"], "{} {:.0f}%"))
    return table, answers


def baskets() -> tuple[pd.DataFrame, tuple[float, float], Answers]:
    """Heavy oxides, and lanthanum and cerium, that come with a kilogram of NdPr oxide.

    Returns:
        ``deposit``, ``heavy_g_per_kg_ndpr``, ``la_ce_kg_per_kg_ndpr`` (missing where not stated)
        ``weak`` (estimated or partly stated) and ``source``, from the lightest to the heaviest;
        the need of heavies, grams per kilogram of NdPr, if only cars and wind had any and if all
        other magnets had as much; the numbers in the text.
    """
    mix, demand, plates = (
        data.table(name) for name in ("deposit_mix", "magnet_demand", "nameplates")
    )
    shares, wanted = _shares(), _wanted()
    light, in_part = shares["Nd + Pr"], shares["not stated"] >= UNSTATED_PCT
    estimated = shares.index.isin(mix[mix["kind"] == "estimate"]["deposit"])
    rate, surplus = 1000 * shares["Dy + Tb"] / light, (shares["La + Ce"] / light).mask(in_part)
    columns = {"heavy_g_per_kg_ndpr": rate, "la_ce_kg_per_kg_ndpr": surplus}
    yields = pd.DataFrame(columns | {"weak": in_part | estimated})
    yields = yields.rename_axis("deposit").reset_index()
    yields["source"] = yields["deposit"].map(_sources())

    other = demand[(demand["use"] == "Other uses") & (demand["element"] == "all four")]
    other = other[other["year"] == 2024]["ree_kt"].sum()
    other_t = 1000 * other / oxides.element_in_oxide("Nd")
    ndpr_t, heavy_t = wanted[["Nd", "Pr"]].sum(), wanted[["Dy", "Tb"]].sum()
    need = (1000 * heavy_t / (ndpr_t + other_t), 1000 * heavy_t / ndpr_t)

    here = shares.loc["Mountain Pass"]
    want = pd.Series({"Nd + Pr": ndpr_t, "Dy + Tb": heavy_t})
    for_heavies, for_ndpr = basket.balance(here, want), basket.balance(here, want[["Nd + Pr"]])
    plate = plates.set_index("ramp").loc[MOUNTAIN_PASS, "nameplate_t_per_year"]
    full = basket.balance(here, pd.Series({"Nd + Pr": plate}))
    plants = data.table("plants").set_index("facility")

    answers = Answers(sources=mix)
    answers.add("build-need-low", need[0], "{:.0f} g", sources=demand)
    answers.add("build-need-high", need[1], "{:.0f} g", sources=_motors())
    for name, deposit in (("mp", "Mountain Pass"), ("weld", "Mount Weld")):
        answers.add(f"build-heavy-{name}", rate[deposit], "{:.0f} g")
    answers.add("build-surplus-mp", surplus["Mountain Pass"], "{:.1f} kg")
    both = [mix, plates]
    left = full.surplus_t
    kt = "{:,.0f} thousand tonnes"
    answers.add("build-surplus-mp-t", left["La + Ce"] / 1000, kt, sources=both)
    answers.add("build-heavy-mp-t", left["Dy + Tb"], "{:.0f} t", sources=both)
    circuit = plants.loc["Mountain Pass heavy separation"]
    answers.quote("build-heavy-circuit", circuit, "capacity_t_per_year", "{:.0f} t")
    times = for_heavies.treo_t / for_ndpr.treo_t
    answers.add("build-times-ore", times, "{:.0f}", sources=[mix, demand])
    for name, grams in zip(("low", "high"), need, strict=True):
        clay = 100 * basket.blend(rate["Mount Weld"], rate["Carina clay"], grams)
        answers.add(f"build-clay-{name}", clay, "{:.0f}%", sources=[mix, demand])
    cut = 100 * (1 - rate["Mount Weld"] / need[1])
    answers.add("build-flip-cut", cut, "{:.0f}%", sources=[mix, _motors()])
    answers.add("build-heavy-list", listing(rate, "{} {:.0f}"))
    return yields, need, answers


def _drawn() -> pd.DataFrame:
    """Plants outside China that did not stop, of the classes whose capacities can be added."""
    plants = data.table("plants")
    return plants[plants["product_class"].isin(CLASSES) & (plants["status"] != "stopped")]


def _shares() -> pd.DataFrame:
    """Share of each group of :data:`GROUPS`, percent, by deposit from lightest to heaviest."""
    by_deposit = data.table("deposit_mix").set_index("element").groupby("deposit")
    rows = {d: basket.grouped(m, GROUPS) for d, m in by_deposit["share_of_treo_pct"]}
    shares = pd.DataFrame(rows).T
    return shares.loc[(shares["Dy + Tb"] / shares["Nd + Pr"]).sort_values().index]


def _sources() -> pd.Series:
    """Source keys of the mix of each deposit."""
    by_deposit = data.table("deposit_mix").groupby("deposit")["source"]
    return by_deposit.agg(lambda keys: ";".join(keys.unique()))


def _motors() -> pd.DataFrame:
    """Rows of magnet demand by element in electric cars and wind turbines in 2024."""
    demand = data.table("magnet_demand").astype({"use": str, "element": str})
    of_motors = demand["use"].isin(MOTORS) & demand["element"].isin(list(oxides.OXIDES))
    return demand[of_motors & (demand["year"] == 2024)]


def _wanted() -> pd.Series:
    """Tonnes of oxide by element in electric cars and wind turbines in 2024."""
    rows = _motors()
    oxide_t = 1000 * rows["ree_kt"] / rows["element"].map(oxides.element_in_oxide)
    return oxide_t.groupby(rows["element"]).sum()
