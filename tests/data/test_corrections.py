"""Every listed conflict points at a table that exists, at a source that is known."""

import pytest

from rareearth import data


@pytest.fixture(scope="module")
def corrections():
    return data.table("corrections")


def test_tables_exist(corrections):
    unknown = sorted(set(corrections["table"]) - set(data.tables()))
    assert not unknown, f"corrections.csv names tables that are not in the package: {unknown}"


def test_sources_are_in_the_bibliography(corrections):
    named = {key for cell in corrections["source"] for key in cell.split(";")}
    unknown = sorted(named - data.source_keys())
    assert not unknown, f"corrections.csv names sources that references.bib lacks: {unknown}"


def test_corrected_rows_say_something_else_than_their_source(corrections):
    corrected = corrections[corrections["status"] == "corrected"]
    same = corrected[corrected["says"] == corrected["uses"]]
    assert same.empty, (
        "These rows are 'corrected' but use what the source says; "
        f"set another status: {same['row'].tolist()}"
    )


@pytest.mark.pinned
def test_1997_us_value_is_the_one_that_fits_the_world():
    """The correction of 1997 is made in the table that the chapter reads."""
    mine = data.table("mine_production").query("year == 1997").set_index("country")["reo_t"]
    assert mine["United States"] == 10_000, "mine_production, 1997: see corrections.csv"
    countries = mine.drop("World").sum()
    assert countries <= 1.02 * mine["World"], "the countries of 1997 exceed the world total"


@pytest.mark.pinned
def test_reserves_hold_both_versions_of_the_2026_edition():
    """Brazil and the world were cut in version 1.3; both versions stand side by side."""
    reserves = data.table("reserves").set_index(["edition", "country"])["reserves_mt"]
    assert reserves["MCS 2026 v1.0", "Brazil"] > reserves["MCS 2026 v1.3", "Brazil"]
    assert reserves["MCS 2026 v1.0", "World"] > reserves["MCS 2026 v1.3", "World"]
