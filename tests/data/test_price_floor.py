"""Tables on prices and floors agree with each other."""

import pytest

from rareearth import data


def test_daily_quotes_agree_with_the_yearly_averages():
    daily = data.table("prices_daily")
    yearly = data.table("oxide_prices")
    yearly = yearly[yearly["element"] == "Nd"].set_index("year")["usd_per_kg"]
    for year in (2024, 2025):
        mean = daily.loc[daily["date"].dt.year == year, "usd_per_kg"].mean()
        assert mean == pytest.approx(yearly[year], rel=0.1), (
            f"Quotes of {year} average {mean:.0f} USD/kg, USGS has {yearly[year]:.0f}: other basis?"
        )


def test_no_quote_jumps_by_a_tenth_in_a_day():
    quotes = data.table("prices_daily")["usd_per_kg"]
    assert quotes.pct_change().abs().max() < 0.1, "a slip of the keyboard, or a change of basis"


def test_quotes_without_tax_lie_below_export_quotes():
    quotes = data.table("ndpr_prices").astype({"basis": str})
    untaxed = quotes[quotes["basis"] == "China, excluding VAT"]
    daily = data.table("prices_daily").set_index("date")["usd_per_kg"].resample("ME").mean()
    for _, row in untaxed.iterrows():
        if row["date"] in daily.index and row["date"].year > 2024:
            assert row["usd_per_kg_high"] < daily[row["date"]], row["date"]


def test_ranges_of_quotes_ascend():
    quotes = data.table("ndpr_prices").dropna(subset="usd_per_kg_low")
    assert (quotes["usd_per_kg_low"] <= quotes["usd_per_kg_high"]).all()


def test_the_year_of_payments_is_its_only_quarter():
    rows = data.table("floor_payments").astype({"quantity": str, "period_type": str})
    paid = rows[rows["quantity"] == "payment"].set_index("period")
    assert paid.loc["2025", "usd_million"] == pytest.approx(
        paid.loc["2025-Q4", "usd_million"], abs=0.5
    ), "Payments began on 1 October 2025, so the year and its last quarter are the same money."
    assert (rows["usd_million"].notna() ^ rows["t"].notna()).all(), "a row is money or tonnes"


def test_quarterly_payment_agrees_with_the_company_history():
    history = data.table("mountain_pass").astype({"quantity": str, "quarter": str})
    known = history[(history["quantity"] == "price floor income") & (history["quarter"] == "Q1")]
    paid = data.table("floor_payments").query("quantity == 'payment' and period == '2026-Q1'")
    assert paid["usd_million"].item() == pytest.approx(known["usd_million"].item(), abs=0.05)


@pytest.mark.pinned
def test_floors_have_a_level_or_say_that_there_is_none():
    terms = data.table("floor_terms").astype({"term": str, "agreement": str})
    levels = terms[terms["term"] == "floor"]
    none = levels[levels["value"].isna()]
    assert none["note"].str.contains("no price floor").all()
    assert (levels["value"].dropna() > 0).all()
    sells = set(terms["agreement"]) - set(levels["agreement"])
    assert sells == {"Arafura, Traxys"}, "an agreement without a row on its floor"
