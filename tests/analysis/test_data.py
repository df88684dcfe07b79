"""The catalogue counts what is in the tables."""

from rareearth import data
from rareearth.analysis import data as contents


def test_the_overview_has_each_table_with_its_rows_and_parts_that_add_up():
    overview = contents.overview().set_index("table")
    assert list(overview.index) == data.tables()
    for name, row in overview.iterrows():
        assert row["rows_count"] == len(data.table(name))
        parts = sum(row[f"{kind}_pct"] for kind in data.KINDS)
        assert abs(parts - 100) < 1e-9


def test_years_are_found_in_dates_and_in_years():
    overview = contents.overview().set_index("table")
    assert overview.loc["mine_production", ["first_year", "last_year"]].tolist() == [1900, 2025]
    assert overview.loc["events", "first_year"] == 1939


def test_rows_by_kind_count_every_row_once():
    rows = contents.rows_by_kind()
    assert rows["rows_count"].sum() == sum(len(data.table(name)) for name in data.tables())


def test_an_entry_says_what_the_table_is_and_where_to_get_it():
    text = contents.entry("mine_production")
    assert data.describe("mine_production")["title"] in text
    assert "{download}`download CSV </data/tables/history/mine_production.csv>`" in text


def test_grades_count_each_work_and_each_row_once():
    firmness, answers = contents.firmness()
    assert firmness["grade"].tolist() == list(data.grades())
    assert firmness["works_count"].sum() == len(contents.sources())
    sourced = sum(data.table(name)["source"].notna().sum() for name in data.tables())
    assert firmness["rows_count"].sum() == sourced
    at = firmness.set_index("grade")["works_count"]
    assert answers["weak-works"].value == at["anonymous"] + at["machine-written"]
    assert answers["headlines-alone"].value == "none"
    assert firmness["headlines_count"].max() <= answers["headlines"].value
