"""Cross-checks of the tables behind the chapter on chokepoints."""

import pandas as pd
import pytest

from rareearth import data

SUPPLY = data.table("magnet_ree_supply")


@pytest.mark.parametrize("key", sorted(set(zip(SUPPLY["stage"], SUPPLY["year"], strict=True))))
def test_countries_add_to_the_iea_total(key):
    stage, year = key
    rows = SUPPLY[(SUPPLY["stage"] == stage) & (SUPPLY["year"] == year)].set_index("country")
    total = rows["element_t"].drop("World").sum()
    assert total == pytest.approx(rows.loc["World", "element_t"], rel=1e-3), (
        f"{stage} {year}: the countries in magnet_ree_supply.csv add to {total:,.0f} t, not to "
        "the World row; a country is missing or mistyped."
    )


def test_later_years_are_marked_as_forecasts():
    assert set(SUPPLY.loc[SUPPLY["year"] > 2025, "kind"].astype(str)) == {"forecast"}
    assert set(SUPPLY.loc[SUPPLY["year"] <= 2025, "kind"].astype(str)) == {"reported"}


def test_shares_of_us_imports_add_to_a_hundred():
    sources = data.table("us_import_sources")
    usgs = sources[sources["basis"] == "USGS import sources"]
    sums = usgs.groupby("product")["share_pct"].sum()
    wrong = sums[(sums - 100).abs() > 1]
    assert wrong.empty, f"Shares in us_import_sources.csv do not add to 100: {wrong.to_dict()}"


def test_named_origins_fit_into_chinas_total_imports():
    flows = data.table("trade_flows")
    rows = flows[flows["source"] == "giti_2024_imports"]
    total = rows.loc[rows["origin"] == "World", "quantity_t"].item()
    named = rows.loc[rows["origin"] != "World", "quantity_t"].sum()
    assert 0.9 * total < named <= total


def test_monthly_exports_add_to_the_printed_sums():
    exports = data.table("china_exports")
    magnets = exports[(exports["product"] == "Magnets") & (exports["destination"] == "World")]
    monthly = magnets[magnets["months"] == 1].set_index("start")["gross_t"]
    for row in magnets[(magnets["months"] > 1) & (magnets["qualifier"] == "exact")].itertuples():
        months = pd.date_range(row.start, periods=row.months, freq="MS")
        if months.isin(monthly.index).all():
            total = monthly[months].sum()
            assert total == pytest.approx(row.gross_t, rel=0.005), (
                f"china_exports.csv: the {row.months} months from {row.start:%B %Y} add to "
                f"{total:,.0f} t, the source prints {row.gross_t:,.0f} t."
            )


def test_exports_to_one_country_stay_below_exports_to_all():
    exports = data.table("china_exports")
    rows = exports[(exports["product"] == "Magnets") & (exports["months"] == 1)]
    wide = rows.pivot(index="start", columns="destination", values="gross_t")
    both = wide[["United States", "World"]].dropna()
    assert len(both) > 10
    assert (both["United States"] < 0.25 * both["World"]).all()
    japan = wide[["Japan", "World"]].dropna()
    assert (japan["Japan"] < 0.25 * japan["World"]).all()


def test_price_ratio_is_the_ratio_of_its_prices():
    ratios = data.table("europe_china_price_ratios")
    own = ratios["europe_usd_per_kg"] / ratios["china_usd_per_kg"]
    assert own.to_numpy() == pytest.approx(ratios["ratio"].to_numpy(), abs=0.011)


def test_price_tiers_are_shares_of_one_market():
    sums = data.table("price_tiers_2025").groupby("element", observed=True)["share_pct"].sum()
    assert (sums - 100).abs().max() <= 1


def test_dates_of_controls_are_in_order():
    controls = data.table("china_export_controls")
    assert (controls["announced"] <= controls["effective"]).all()
    paused = controls.dropna(subset=["suspended_from", "suspended_until"])
    assert (paused["suspended_from"] < paused["suspended_until"]).all()


@pytest.mark.pinned
def test_no_element_is_named_by_two_controls():
    cells = data.table("china_export_controls")["elements"].dropna()
    elements = [element for cell in cells for element in cell.split(";")]
    assert len(elements) == len(set(elements)) == 12


def test_every_stage_share_names_its_denominator():
    shares = data.table("china_stage_shares")
    assert (shares["scope"].str.len() > 0).all()
    assert shares.groupby("stage", observed=True)["scope"].nunique()["Mining"] >= 2


def test_shortages_know_the_controlled_elements_and_ranges_stand_the_right_way():
    rows = data.table("shortages")
    named = {element for cell in rows["element"] for element in cell.split(";")}
    assert named - {"heavy"} == {"Sm", "Gd", "Tb", "Dy", "Lu", "Sc", "Y"}
    both = rows.dropna(subset=["low", "high"])
    assert (both["low"] <= both["high"]).all()
    empty = rows["low"].isna() & rows["high"].isna() & rows["words"].isna()
    assert not empty.any(), "a row says something, in a number or in words"


def test_practice_of_licences_is_in_order_of_time_and_shares_are_shares():
    rows = data.table("licence_practice")
    assert rows["date"].is_monotonic_increasing
    shares = rows[rows["unit"] == "%"]
    assert shares["low"].dropna().between(0, 100).all()
    assert rows["date"].max() <= data.today()
