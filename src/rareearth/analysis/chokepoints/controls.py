"""China's export controls: what is in force, what they did to exports, and to prices outside."""

from __future__ import annotations

import pandas as pd

from rareearth import data
from rareearth.answers import Answers, in_words
from rareearth.models import controls as model

LICENCES = "Announcement 18"
"""Instrument of the licences of April 2025."""

PACKAGE = "Announcement 57"
"""Instrument of the package of October 2025 that names five more elements."""

SHOWN = (pd.Timestamp("2025-01-01"), pd.Timestamp("2027-02-28"))
"""First and last day of the calendar."""

ELEMENTS = (
    *("Sc", "Y", "La", "Ce", "Pr", "Nd", "Sm", "Eu"),
    *("Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"),
)
"""Rare earths that occur in ores, by atomic number."""

TO_SOME = ("entity listing", "watch list", "export ban (end use)")
"""Measures against named buyers or uses."""

VAT_PCT = 13
"""Value-added tax in Chinese quotes, as the notes to the quotes give it."""


# --- exports --------------------------------------------------------------------------------------


def magnet_exports() -> tuple[pd.DataFrame, Answers]:
    """Chinese exports of magnets by month, to all countries and to the United States.

    Returns:
        Rows of ``china_exports`` with ``mark``: ``reported`` or ``derived``; ``proxy`` where alloys
        are included; ``bound`` for the months of a quarter of which only a least sum is known. The
        tonnages in the text.
    """
    exports = data.table("china_exports")
    magnets = exports[exports["product"] == "Magnets"]
    with_alloys = exports["product"].isin(["Magnets", "Magnets and alloys"])
    monthly = exports[(exports["months"] == 1) & with_alloys]
    single = monthly["product"] == "Magnets"
    mark = monthly["kind"].astype(str).where(single, "proxy")
    months = pd.concat([monthly.assign(mark=mark), _second_quarter(magnets)])

    tonnes = monthly[single].set_index(["destination", "start"])["gross_t"]
    world, us = tonnes["World"], tonnes["United States"]
    jan, mar, may, jul = (pd.Timestamp(2025, month, 1) for month in (1, 3, 5, 7))
    answers = Answers(sources=monthly, kind="reported")
    answers.add("magnet-drop", 100 * (1 - world[may] / world[jan]), "{:.0f}%", kind="derived")
    answers.add("us-drop", 100 * (1 - us[may] / us[mar]), "{:.0f}%", kind="derived")
    for name, value in (
        ("magnets-jan", world[jan]),
        ("magnets-may", world[may]),
        ("magnets-jul", world[jul]),
        ("us-may", us[may]),
    ):
        answers.add(name, value, "{:,.0f} t")
    answers.add("magnets-median-2024", world.loc[:"2024"].median(), "{:,.0f} t", kind="derived")
    answers.add("us-recovered", us.loc[may:].max(), "{:,.0f} t")
    answers.add("us-last", us.iloc[-1], "{:,.0f} t")
    year = _by_year(exports)
    us_year = year.loc[("Magnets", "United States")]
    answers.quote("magnets-year-2025", _row(year, "Magnets", 2025), "gross_t", "{:,.0f} t")
    whole = _row(year, "Magnets and alloys", 2024)
    answers.quote("magnets-year-2024", whole, "gross_t", "{:,.0f} t")
    now, before = us_year.loc["2025-01-01"], us_year.loc["2024-01-01"]
    answers.quote("us-year-2025", now, "gross_t", "{:,.0f} t")
    fall = 100 * (1 - now["gross_t"] / before["gross_t"])
    answers.add("us-year-fall", fall, "{:.0f}%", sources=now, kind="derived")
    missing = now["gross_t"] - us.loc["2025"].sum()
    answers.add("us-missing", missing, "{:,.0f} t", sources=[monthly, now], kind="derived")
    return months, answers


def rare_earth_exports() -> Answers:
    """Chinese exports of rare earths as ore, metal and compound, by year and in single months."""
    exports = data.table("china_exports").query("product == 'Rare earths'")
    year = _by_year(exports)
    month = exports[exports["months"] == 1].set_index("start")
    answers = Answers()
    for at in (2024, 2025):
        row = _row(year, "Rare earths", at)
        answers.quote(f"rare-earths-{at}", row, "gross_t", "{:,.0f} t")
    answers.add("rare-earths-mean", row["gross_t"] / 12, "{:,.0f} t", sources=row)
    answers.quote("rare-earths-nov", month.loc["2025-11-01"], "gross_t", "{:,.0f} t")
    answers.quote("rare-earths-dec", month.loc["2025-12-01"], "gross_t", "{:,.0f} t")
    answers.quote("rare-earths-jul", month.loc["2026-07-01"], "gross_t", "{:,.0f} t")
    return answers


def to_japan() -> Answers:
    """Magnets to Japan in 2025, and what a cut is said to cost there."""
    exports = data.table("china_exports").query("destination == 'Japan' and months == 1")
    month = exports.set_index("start")
    answers = Answers()
    for name, day in (("may", "2025-05-01"), ("nov", "2025-11-01"), ("dec", "2025-12-01")):
        answers.quote(f"japan-magnets-{name}", month.loc[day], "gross_t", "{:,.0f} t")
    halved = data.table("cut_cost").query("source == 'devdiscourse_2026_japan'").iloc[0]
    answers.quote("japan-gdp-half", halved, "value", "{:.1f}%")
    return answers


def events() -> dict[str, pd.Timestamp]:
    """Days on which licences began, a package followed and was suspended, by name."""
    calendar = data.table("china_export_controls").set_index("instrument")
    package = calendar.loc[PACKAGE]
    return {
        "licences": calendar.loc[LICENCES, "effective"],
        "new package": package["announced"],
        "pause": package["suspended_from"],
    }


def _second_quarter(magnets: pd.DataFrame) -> pd.DataFrame:
    """Mean month of the second quarter of 2026: the half year less the first quarter."""
    of_2026 = magnets[magnets["start"] == "2026-01-01"].set_index("months")
    half, quarter = of_2026.loc[[6]].reset_index(), of_2026.loc[3, "gross_t"]
    return half.assign(
        start=pd.Timestamp("2026-04-01"),
        months=3,
        gross_t=(half["gross_t"] - quarter) / 3,
        mark="bound",
        kind="derived",
    )[[*magnets.columns, "mark"]]


def _by_year(exports: pd.DataFrame) -> pd.DataFrame:
    whole = exports[exports["months"] == 12].astype({"product": str, "destination": str})
    return whole.set_index(["product", "destination", "start"]).sort_index()


def _row(year: pd.DataFrame, product: str, at: int) -> pd.Series:
    return year.loc[(product, "World", pd.Timestamp(at, 1, 1))]


# --- prices ---------------------------------------------------------------------------------------


def price_gap() -> tuple[pd.DataFrame, pd.DataFrame, Answers]:
    """Prices of oxides in Europe over those in China, and who paid which price.

    Returns:
        Rows of ``europe_china_price_ratios``; rows of ``price_tiers_2025`` with ``text`` (share)
        and ``price_text`` as printed; the highest assessed ratios since the licences.
    """
    ratios, tiers = data.table("europe_china_price_ratios"), data.table("price_tiers_2025")
    share = tiers["share_pct"].map("{:.0f}%".format)
    more = tiers["open_ended"].map({True: " or more", False: ""})
    tiers = tiers.assign(
        text=tiers["qualifier"].astype(str) + " " + share,
        price_text=tiers["price_usd_per_kg"].map("{:g}".format) + more,
    )
    start = events()["licences"]
    after = ratios[(ratios["date"] > start) & (ratios["quote"] == "assessment")]
    peak = after.groupby("element", observed=True)["ratio"].max()
    before = ratios[(ratios["date"] <= start) & (ratios["date"] > "2025")].set_index("element")

    answers = Answers(sources=ratios)
    for element, template in (
        ("Dy", "{:.1f}"),
        ("Tb", "{:.1f}"),
        ("Y", "{:.0f}"),
        ("Nd", "{:.2f}"),
        ("Pr", "{:.2f}"),
    ):
        answers.add(f"gap-{element.lower()}", peak[element], template)
    answers.add("gap-dy-before", before.loc["Dy", "ratio"], "{:.1f}")
    asks = ratios[ratios["quote"] == "ask"]
    answers.add("gap-highest-ask", asks["ratio"].max(), "{:.0f}")
    answers.add("vat", VAT_PCT, "{:.0f}%", kind="reported")
    of = {element: rows for element, rows in tiers.groupby("element", observed=True)}
    main, top = of["Dy"].iloc[0], of["Dy"].iloc[-1]
    answers.quote("adamas-main-tier", main, "share_pct", "{:.0f}%")
    answers.quote("adamas-main-price", main, "price_usd_per_kg", "{:.0f} USD/kg")
    answers.quote("adamas-top-tier", top, "share_pct", "{:.0f}%")
    answers.quote("adamas-top-price", top, "price_usd_per_kg", "{:.0f} USD/kg")
    answers.quote("adamas-yttrium-top", of["Y"].iloc[-1], "share_pct", "{:.0f}%")
    answers.quote("adamas-yttrium-tier", of["Y"].iloc[0], "share_pct", "{:.0f}%")
    answers.quote("adamas-yttrium-price", of["Y"].iloc[0], "price_usd_per_kg", "{:.2f} USD/kg")
    return ratios, tiers, answers


# --- the calendar ---------------------------------------------------------------------------------


def calendar() -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Phases of each control up to today, on single elements and on all else.

    Returns:
        ``row`` (element or label), ``start``, ``end``, ``state`` and ``source``; rows by heading,
        from the top, an element without a control included.
    """
    table = data.table("china_export_controls")
    lives = model.phases(table, SHOWN[1])
    lives["start"] = lives["start"].clip(lower=SHOWN[0])
    ended = lives["end"].clip(upper=data.today())
    ahead = lives["state"].isin(["agreed, no act seen", "not known"])
    lives["end"] = lives["end"].where(ahead, ended)
    named = table["elements"].fillna(table["label"]).str.split(";")
    rows = table.assign(row=named).explode("row")[["instrument", "row", "source"]]
    other = table.dropna(subset="label").sort_values("effective", kind="stable")
    to_some = other["measure"].isin(TO_SOME)
    groups = {
        "Elements": list(ELEMENTS),
        "Technology": other.loc[~to_some, "label"].unique().tolist(),
        "Named buyers": other.loc[to_some, "label"].unique().tolist(),
    }
    return lives.merge(rows, on="instrument"), groups


def marked_days() -> dict[str, pd.Timestamp]:
    """Today and the end of the pause as both sides said, by the label at them in the calendar."""
    end = data.table("china_export_controls")["agreed_until"].max()
    return {f"{data.today():%-d %b %Y}": data.today(), f"{end:%-d %b\n%Y}": end}


def elements() -> Answers:
    """Elements under licence by day, and elements announced; ``held`` is the count of today."""
    table = data.table("china_export_controls")
    announced = {e for cell in table["elements"].dropna() for e in cell.split(";")}
    held = model.elements_in_force(table, data.today())
    answers = Answers(sources=table)
    answers.add("held", len(held))
    answers.add("held-words", in_words(len(held)).capitalize())
    answers.add("elements-announced", len(announced))
    answers.add("announced-words", in_words(len(announced - held)))
    answers.add("announced-words-capital", in_words(len(announced - held)).capitalize())
    said = table.dropna(subset=["agreed_until"])
    end = said["agreed_until"].max()
    answers.add("agreed-end", f"{end:%-d %B %Y}", sources=said, kind="reported")
    lists = table[table["entities"].notna() & table["ended"].isna()]
    answers.add("entities-listed", int(lists["entities"].sum()), sources=lists)
    japanese = lists[lists["target"].astype(str).str.startswith("Japan")]
    answers.add("entities-japan", int(japanese["entities"].sum()), sources=japanese)
    for name, day in (("april", events()["licences"]), ("october", pd.Timestamp("2025-10-31"))):
        answers.add(f"held-{name}", len(model.elements_in_force(table, day)))
    return answers
