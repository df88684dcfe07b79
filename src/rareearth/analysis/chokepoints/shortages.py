"""The elements for which the tap stayed shut, and how the licence works."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rareearth import data
from rareearth.answers import Answers, in_words, listing
from rareearth.models import demand

SHUT = {"Y": "Yttrium", "Sc": "Scandium", "Sm": "Samarium", "Gd": "Gadolinium", "Lu": "Lutetium"}
"""Elements under licence of which no month of exports is published, those in most need first."""

FLOWING = ("Dy", "Tb")
"""Elements under licence whose exports are known by month."""

NAMED = {"Dy": "Dysprosium", "Tb": "Terbium"}

ASPECTS = {
    "use": "What it is for",
    "dependence": "American dependence",
    "status": "Last that was found",
    "substitute": "What could replace it",
}
"""Aspects that the printed table shows, and their headings."""

NOT_FOUND = "not found"
PLANNED = ("samarium-stock", "scandium-stock")
"""Answers on what may be bought for the stockpile, told with the stockpile."""

BEFORE_MONTH = "2024-06"
"""The one month before the licences for which both exports are known."""


# --- elements -------------------------------------------------------------------------------------


def elements() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """What was found on each element of :data:`SHUT`, as data and as printed, and the answers.

    Returns:
        Rows of ``shortages`` with words for a cell; one printed row per element, cells without a
        row say :data:`NOT_FOUND`; the answers in the text.
    """
    table = _shortages()
    shown = table[table["element"].isin(list(SHUT)) & table["label"].notna()]
    cells = shown.assign(
        words=[row.label.format(low=row.low, high=row.high) for row in shown.itertuples()]
    )
    cells = cells.groupby(["element", "aspect"], observed=True)["words"].agg("; ".join)
    wide = cells.unstack("aspect").reindex(index=list(SHUT), columns=list(ASPECTS))
    printed = wide.fillna(NOT_FOUND).rename(columns=ASPECTS)
    printed.insert(0, "Element", pd.Series(SHUT))
    answers = _of_elements(table)
    told = (name for name in answers if name not in PLANNED)
    return shown, printed.reset_index(drop=True), answers.only(*told)


def _prices_inside(table: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Averages of 2024 and 2025 by element, USD/kg; the middle where a year has a range."""
    inside = table[(table["aspect"] == "price in China") & table["element"].isin(list(SHUT))]
    inside = inside[inside["period"].isin(["2024", "2025"])]
    middle = inside.assign(usd_per_kg=inside[["low", "high"]].mean(axis=1))
    wide = middle.pivot(index="element", columns="period", values="usd_per_kg")
    return {SHUT[e].lower(): tuple(wide.loc[e]) for e in SHUT}


def _of_elements(table: pd.DataFrame) -> Answers:
    answers = Answers(sources=table, kind="reported")
    answers.add("shut-count", in_words(len(SHUT)), kind="derived")
    inside = table[table["aspect"] == "price in China"]
    prices = _prices_inside(table)
    words = listing(prices, "{} {:g} and {:g}")
    rise = max(100 * (now / before - 1) for before, now in prices.values())
    answers.add("shut-rise", rise, "{:.0f}%", sources=inside, kind="derived")
    answers.add("shut-prices", words, sources=inside, kind="estimate")

    def one(name: str, element: str, start: str, period: str, template: str, column="low") -> None:
        answers.quote(name, _one(table, element, start, period), column, template)

    one("yttrium-before", "Y", "exports of yttrium products to the", "before 2025-04", "{:.0f} t")
    after = _one(table, "Y", "exports of yttrium products to the", "2025-04/2025-12")
    answers.quote("yttrium-after", after, "low", "{:.0f} t")
    for year in (2024, 2025):
        one(f"yttrium-imports-{year}", "Y", "imports for consumption", str(year), "{:.0f} t")
    paused = _one(table, "Y", "North American makers", "2026-02-26")
    answers.add("yttrium-paused", in_words(int(paused["low"])), sources=paused)
    one("yttrium-exports", "Y", "exports of yttrium compounds", "2025", "{:,.0f} t")
    one("yttrium-multiple", "Y", "multiple of the price a year", "2026-02-26", "{:.0f} times")
    one("scandium-japan", "Sc", "import source share, Japan", "2021-2024", "{:.0f}%")
    one("scandium-stock", "Sc", "planned purchases", "2025-09", "{:.0f} t")
    for year in (2024, 2025):
        one(f"scandium-imports-{year}", "Sc", "imports of scandium", str(year), "{:.0f} t")
    one("samarium-stock", "Sm", "most that may be bought", "FY2025", "{:.0f} t")
    pounds = _one(table, "Sm", "samarium magnets in one F-35", "2025")
    kilograms = pounds["low"] * demand.KG_PER_LB
    answers.add("samarium-f35", kilograms, "{:.0f} kg", sources=pounds, kind="derived")
    return answers


def headlines() -> Answers:
    """Answers on shortages that other pages print."""
    return _of_elements(_shortages()).only("yttrium-before", "yttrium-after")


def in_stock() -> Answers:
    """What public stocks hold or plan of :data:`SHUT`, and what a year of imports would cost.

    A year of imports is that of 2024, as oxide, at the average price of that year from China.
    """
    table = _shortages()
    answers = _of_elements(table).only("shut-count", *PLANNED)
    for element, name, start in (
        ("Y", "yttrium", "imports for consumption"),
        ("Sc", "scandium", "imports of scandium"),
    ):
        tonnes = _one(table, element, start, "2024")
        at = table[(table["element"] == element) & (table["aspect"] == "price in China")]
        price = at[at["period"] == "2024"].iloc[0]
        cost = tonnes["low"] * price[["low", "high"]].mean() / 1000
        both = [tonnes, price]
        answers.add(f"year-of-{name}", cost, "{:.0f} million USD", sources=both, kind="derived")
    return answers


def _one(table: pd.DataFrame, element: str, start: str, period: str) -> pd.Series:
    """The one row of an element and period whose ``what`` starts so.

    Raises:
        KeyError: if there is none, or more than one.
    """
    rows = table[(table["element"] == element) & (table["period"] == period)]
    rows = rows[rows["what"].str.startswith(start)]
    if len(rows) != 1:
        raise KeyError(f"shortages: {len(rows)} rows of {element}, {period}, '{start}', not one.")
    return rows.iloc[0]


def _shortages() -> pd.DataFrame:
    return data.table("shortages").astype({"aspect": str, "kind": str})


# --- what left China ------------------------------------------------------------------------------


def prices_and_exports() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Yttrium inside and outside China, and the months of dysprosium and terbium.

    Returns:
        ``date``, ``place`` (Europe, China), ``low_usd_per_kg``, ``high_usd_per_kg``,
        ``median_usd_per_kg`` (middle of a range), ``kind``, ``source``; ``date``, ``element``,
        ``kg``, ``before_kg`` (month of :data:`BEFORE_MONTH`), ``kind``, ``source``, ``seen``; the
        answers.
    """
    table = _shortages()
    quotes = table[
        (table["element"] == "Y")
        & table["aspect"].str.startswith("price")
        & (table["unit"] == "USD/kg")
    ]
    quotes = quotes[quotes["place"].isin(["Europe", "China"]) & quotes["low"].notna()]
    quotes = pd.DataFrame(
        {
            "date": [_middle(period) for period in quotes["period"]],
            "place": quotes["place"],
            "low_usd_per_kg": quotes["low"],
            "high_usd_per_kg": quotes["high"],
            "median_usd_per_kg": quotes[["low", "high"]].mean(axis=1),
            "kind": quotes["kind"],
            "source": quotes["source"],
        }
    )
    quotes = pd.concat([quotes[quotes["date"] >= "2024"], _implied(table)], ignore_index=True)
    quotes = quotes.sort_values(["place", "date"]).reset_index(drop=True)

    months = table[(table["unit"] == "kg") & table["element"].isin(FLOWING)]
    kg = months.set_index(["element", "period"])["low"]
    months = months[months["period"] > BEFORE_MONTH].assign(
        date=lambda rows: pd.to_datetime(rows["period"]),
        before_kg=lambda rows: rows["element"].map(lambda e: kg[e, BEFORE_MONTH]),
    )
    months = months.rename(columns={"low": "kg"})
    months = months[["date", "element", "kg", "before_kg", "kind", "source", "seen"]]
    months = months.sort_values(["element", "date"]).reset_index(drop=True)

    answers = Answers(sources=table)
    europe = _one(table, "Y", "yttrium oxide, Europe", "2025-11-14")
    inside = _one(table, "Y", "yttrium oxide, China", "2025-11-14")
    both = [europe, inside]
    before = _one(table, "Y", "yttrium oxide 99.999 percent, cif", "2025-01")
    other = _one(table, "Y", "yttrium oxide, record high", "2025-11")
    for name, row in (("europe-before", before), ("europe", europe), ("asian-metal", other)):
        answers.quote(f"yttrium-{name}", row, "low", "{:.0f} USD/kg")
    answers.add("yttrium-gap", europe["low"] / inside["low"], "{:.0f} times", sources=both)
    low, high = (
        quotes.loc[quotes["kind"] == "derived", f"{end}_usd_per_kg"].iloc[0]
        for end in ("low", "high")
    )
    answers.add("yttrium-implied", f"{low:.0f} to {high:.0f}", sources=table, kind="derived")
    for element in FLOWING:
        name, part = NAMED[element].lower(), months[months["element"] == element]
        mean, before = part["kg"].mean(), part["before_kg"].iloc[0]
        answers.add(f"{name}-mean", mean / 1000, "{:.1f} t", sources=part)
        answers.add(f"{name}-of-before", 100 * mean / before, "{:.0f}%", sources=part)
        words = listing(part.set_index(part["date"].dt.strftime("%b"))["kg"] / 1000, "{} {:.1f}")
        answers.add(f"{name}-list", words, sources=part)
        year = _one(table, element, "exports against 2024", "2025")
        answers.add(f"{name}-year", -year["low"], "{:.0f}%", sources=year, kind="reported")
    return quotes, months, answers


def _implied(table: pd.DataFrame) -> pd.DataFrame:
    """European price of February 2026, from its rise since November and since a year before."""
    rise = _one(table, "Y", "change since November", "2026-02-26")
    times = _one(table, "Y", "multiple of the price a year", "2026-02-26")
    november = _one(table, "Y", "yttrium oxide, Europe", "2025-11-14")
    january = _one(table, "Y", "yttrium oxide 99.999 percent, cif", "2025-01")
    ends = sorted([november["low"] * (1 + rise["low"] / 100), january["low"] * times["low"]])
    return pd.DataFrame(
        {
            "date": [pd.Timestamp("2026-02-26")],
            "place": ["Europe"],
            "low_usd_per_kg": ends[:1],
            "high_usd_per_kg": ends[1:],
            "median_usd_per_kg": [np.mean(ends)],
            "kind": ["derived"],
            "source": [rise["source"]],
        }
    )


def _middle(period: str) -> pd.Timestamp:
    """Middle of a day, month or year."""
    return (
        pd.Period(period).start_time
        + (pd.Period(period).end_time - pd.Period(period).start_time) / 2
    )


# --- the licence ----------------------------------------------------------------------------------


def approvals() -> tuple[pd.DataFrame, Answers]:
    """Shares of applications granted, as different groups counted them, and the waiting.

    Returns:
        ``date``, ``label`` (who counts, and when), ``share_pct``, ``kind``, ``source``, ``weak``
        (no source that could carry a finding), by date; the answers, which leave weak rows out.
    """
    table = data.table("licence_practice").astype({"topic": str, "kind": str})
    asked = table[table["topic"] == "approval"].dropna(subset=["label"])
    form = asked["precision"].astype(str).map({"day": "%-d %b %Y", "month": "%b %Y"})
    dates = [date.strftime(how) for date, how in zip(asked["date"], form, strict=True)]
    asked = asked.assign(label=asked["label"] + ", " + dates)
    rows = [
        (row.date, row.label, row.low, row.kind, row.source)
        for row in asked[asked["unit"] == "%"].itertuples()
    ]
    for source, pair in asked[asked["unit"] == "count"].groupby("source"):
        number = pair.set_index("measure")["low"]
        share = 100 * number["applications approved"] / number["applications made"]
        rows.append((pair["date"].iloc[0], pair["label"].iloc[0], share, "derived", source))
    frame = pd.DataFrame(rows, columns=["date", "label", "share_pct", "kind", "source"])
    frame = frame.sort_values("date", ignore_index=True)
    frame["weak"] = [not data.carries([source]) for source in frame["source"]]
    firm = frame[~frame["weak"]]

    def at(topic: str, start: str) -> pd.Series:
        rows = table[(table["topic"] == topic) & table["measure"].str.startswith(start)]
        return rows.iloc[0]

    answers = Answers(sources=frame)
    for name, topic, start, template in (
        ("licence-law", "time", "legal review", "{:.0f} working days"),
        ("licence-late", "time", "EU firms whose approval", "{:.0f}%"),
        ("licence-wait", "time", "wait quoted", "{:.0f} days"),
        ("licence-months", "time", "quote to delivery", "{:.0f} months"),
        ("licence-valid", "time", "validity of an ordinary", "{:.0f} months"),
        ("licence-general", "general licence", "validity", "{:.0f} year"),
        ("licence-stops", "stops", "production stops caused", "{:.0f}"),
    ):
        row = at(topic, start)
        column = "high" if start == "legal review" else "low"
        answers.quote(name, row, column, template)
    answers.add("approval-low", firm["share_pct"].min(), "{:.0f}%", sources=firm)
    answers.add("approval-high", firm["share_pct"].max(), "{:.0f}%", sources=firm)
    words = [f"{row.label}: {row.share_pct:.0f}" for row in frame.itertuples()]
    answers.add("approval-list", "; ".join(words))
    return frame, answers
