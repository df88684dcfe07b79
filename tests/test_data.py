"""The reader of tables: what it gives, and that a broken row never passes."""

import json
import shutil
from pathlib import Path

import frictionless
import pandas as pd
import pytest
from pybtex.database import parse_file

from rareearth import data

FIELDS = [
    {"name": "year", "type": "year", "constraints": {"required": True, "minimum": 1900}},
    {"name": "country", "type": "string", "constraints": {"required": True}},
    {"name": "stage", "type": "string", "constraints": {"enum": ["mine", "magnet"]},
     "categoriesOrdered": True},
    {"name": "reo_t", "type": "number", "constraints": {"minimum": 0, "maximum": 1000}},
    {"name": "plants", "type": "integer"},
    {"name": "opened", "type": "date"},
    {"name": "open", "type": "boolean"},
    {"name": "source", "type": "string", "constraints": {"required": True}},
]  # fmt: skip
HEADER = ",".join(field["name"] for field in FIELDS)
GOOD = ["2024,China,mine,10.5,3,2024-05-01,true,mcs", "2024,Japan,magnet,,,,,mcs;other"]
BIB = "".join(
    f"@misc{{{key},\n author = {{{{Survey}}}}, title = {{{{T}}}}, year = {{2025}},\n"
    " publisher = {S}, url = {https://example.org},\n grade = {official},\n}\n"
    for key in ("mcs", "other")
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Function that writes a data folder with one table, ``output``, of the given rows."""

    def write(rows: list[str], encoding: str = "utf-8", header: str = HEADER) -> Path:
        package = {
            "name": "small",
            "version": "1",
            "grades": [
                {"name": "official", "description": "D", "carries": True},
                {"name": "anonymous", "description": "D", "carries": False},
            ],
            "resources": [
                {"name": "output", "path": "output.csv", "type": "table", "encoding": "utf-8",
                 "schema": {"fields": FIELDS, "primaryKey": ["year", "country"],
                            "missingValues": [""]}}
            ],
        }  # fmt: skip
        (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
        (tmp_path / "references.bib").write_text(BIB, encoding="utf-8")
        (tmp_path / "output.csv").write_text("\n".join([header, *rows, ""]), encoding=encoding)
        monkeypatch.setenv("RAREEARTH_DATA", str(tmp_path))
        return tmp_path

    yield write
    for cached in (data._package, data._table, data._bibliography, data._entry):
        cached.cache_clear()


def test_types_follow_the_schema_and_gaps_stay_gaps(folder):
    folder(GOOD)
    frame = data.table("output")
    assert frame["year"].dtype == "int64"
    assert frame["plants"].dtype == "Int64"
    assert list(frame["stage"].cat.categories) == ["mine", "magnet"]
    assert frame["stage"].max() == "magnet"
    assert frame["opened"].iloc[0] == pd.Timestamp(2024, 5, 1)
    assert frame.isna().sum().to_dict() == {
        "year": 0, "country": 0, "stage": 0, "reo_t": 1, "plants": 1, "opened": 1, "open": 1,
        "source": 0,
    }  # fmt: skip


def test_a_caller_cannot_change_the_cached_table(folder):
    folder(GOOD)
    frame = data.table("output")
    frame.loc[0, "reo_t"] = -1
    assert data.table("output").loc[0, "reo_t"] == 10.5


BROKEN = {
    "not a number": ("2024,Peru,mine,ten,,,,mcs", ["reo_t", "'ten'", "type number"]),
    "not an integer": ("2024,Peru,mine,1,2.5,,,mcs", ["plants", "'2.5'", "type integer"]),
    "not a date": ("2024,Peru,mine,1,,May 2024,,mcs", ["opened", "'May 2024'", "type date"]),
    "not a boolean": ("2024,Peru,mine,1,,,maybe,mcs", ["open", "'maybe'", "type boolean"]),
    "below the range": ("2024,Peru,mine,-1,,,,mcs", ["reo_t", "'-1'", "at least 0"]),
    "above the range": ("2024,Peru,mine,1001,,,,mcs", ["reo_t", "'1001'", "at most 1000"]),
    "year too early": ("1066,Peru,mine,1,,,,mcs", ["year", "'1066'", "at least 1900"]),
    "not in the list": ("2024,Peru,smelter,1,,,,mcs", ["stage", "'smelter'", "mine, magnet"]),
    "required": ("2024,,mine,1,,,,mcs", ["country", "required"]),
    "duplicate key": ("2024,China,mine,1,,,,mcs", ["year, country", "line 2"]),
    "too few cells": ("2024,Peru,mine,1", ["4 cells", "has 8"]),
    "unknown source": ("2024,Peru,mine,1,,,,mcss", ["source", "'mcss'", "mean 'mcs'"]),
    "unknown second source": ("2024,Peru,mine,1,,,,mcs;x", ["source", "'x'"]),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_row_is_an_error_that_says_where(folder, case):
    row, words = BROKEN[case]
    folder([*GOOD, row])
    with pytest.raises(data.DataError) as error:
        data.table("output")
    for word in ["output.csv", "line 4", *words]:
        assert word in str(error.value)


@pytest.mark.parametrize("case", [c for c in BROKEN if "source" not in c])
def test_frictionless_refuses_the_same_rows(folder, case):
    path = folder([*GOOD, BROKEN[case][0]])
    report = frictionless.validate(str(path / "datapackage.json"))
    assert not report.valid, f"frictionless takes '{case}', which rareearth.data refuses"


def test_frictionless_takes_the_good_rows(folder):
    report = frictionless.validate(str(folder(GOOD) / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])


def test_wrong_encoding_names_the_line(folder):
    folder([*GOOD, "2024,Perú,mine,1,,,,mcs"], encoding="latin-1")
    with pytest.raises(data.DataError, match=r"output.csv, line 4: byte b'\\xfa' is not UTF-8"):
        data.table("output")


def test_wrong_header_is_an_error(folder):
    folder(GOOD, header=HEADER.replace("reo_t", "reo_kt"))
    with pytest.raises(data.DataError, match=r"line 1: the columns are .*reo_kt"):
        data.table("output")


def test_line_numbers_count_lines_within_cells(folder):
    folder([GOOD[0], '2024,"Two\nlines",mine,1,,,,mcs', "2024,Peru,mine,ten,,,,mcs"])
    with pytest.raises(data.DataError, match="line 5"):
        data.table("output")


def test_unknown_names_suggest_the_nearest(folder):
    folder(GOOD)
    with pytest.raises(data.DataError, match="Did you mean 'output'"):
        data.table("outputs")
    with pytest.raises(data.DataError, match="Did you mean 'other'"):
        data.source("othr")


def test_entries_read_one_by_one_are_those_of_the_whole_bibliography():
    whole = parse_file(str(data.data_dir() / "references.bib"), "bibtex").entries
    assert set(whole) == data.source_keys()
    for key in sorted(whole)[::25]:
        about = data.source(key)
        assert about["type"] == whole[key].type and about["year"] == whole[key].fields["year"]


def test_an_address_is_given_as_it_stands():
    # In LaTeX, a percent sign would begin a comment.
    assert data.source("guancha_2025")["url"].endswith("%A1%8C")


def test_a_folder_without_a_package_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("RAREEARTH_DATA", str(tmp_path))
    with pytest.raises(data.DataError, match="RAREEARTH_DATA"):
        data.tables()


def test_check_finds_idle_and_incomplete_sources_and_stale_lists(folder):
    path = folder(GOOD[:1])
    (path / "references.bib").write_text(
        BIB.replace(" publisher = {S},", "", 1).replace("@misc{other", "@misc{idle"),
        encoding="utf-8",
    )
    problems = "\n".join(data.check())
    assert "'mcs' lacks publisher" in problems
    assert "'idle' is used by no row" in problems
    assert "the sources of 'output' are not those of its rows" in problems
    data.list_sources()
    assert "the sources of 'output'" not in "\n".join(data.check())


@pytest.mark.parametrize(
    ("field", "words"),
    [("", "'other' has no grade"), ("grade = {hearsay},", "'other' has the grade 'hearsay'")],
)
def test_a_source_without_a_grade_or_with_an_unknown_one_is_refused(folder, field, words):
    path = folder(GOOD)
    first, second = BIB.split("@misc{other")
    text = first + "@misc{other" + second.replace("grade = {official},", field)
    (path / "references.bib").write_text(text, encoding="utf-8")
    problem = next(p for p in data.check() if "grade" in p)
    assert words in problem and "grade = {...}" in problem and "official, anonymous" in problem


def test_an_address_of_a_front_page_must_be_owned_up_to(folder):
    path = folder(GOOD)
    assert len([p for p in data.check() if "front page" in p]) == 2
    said = " annote = {Read. Only the address of the site is known.},\n grade"
    text = BIB.replace(" grade", said, 1)
    first, second = text.split("@misc{other")
    text = first + "@misc{other" + second.replace("example.org}", "example.org/page}")
    (path / "references.bib").write_text(text, encoding="utf-8")
    data._bibliography.cache_clear()
    data._entry.cache_clear()
    assert not [p for p in data.check() if "front page" in p]


def test_an_assumption_that_nobody_signs_is_refused_unless_it_is_a_judgement(folder):
    path = folder(GOOD)
    first, second = BIB.split("@misc{other")
    text = first + "@misc{other" + second.replace("official", "anonymous")
    (path / "references.bib").write_text(text, encoding="utf-8")
    register = pd.DataFrame(
        {
            "name": ["told", "judged", "read"],
            "reason": ["Printed.", "Judgement: nothing is printed.", "Printed."],
            "source": ["other", "other", "mcs;other"],
        }
    )
    (problem,) = data._unfounded(register)
    assert "'told' rests on other alone" in problem and "'Judgement'" in problem


def test_one_firm_source_is_enough_to_carry_a_finding(folder):
    path = folder(GOOD)
    first, second = BIB.split("@misc{other")
    text = first + "@misc{other" + second.replace("official", "anonymous")
    (path / "references.bib").write_text(text, encoding="utf-8")
    assert data.grade("other") == "anonymous"
    assert not data.carries(["other"])
    assert data.carries(["other", "mcs"])


# --- the report's own data -----------------------------------------------------------------------


def test_the_reports_data_passes_its_own_checks():
    assert data.check() == []


def test_frictionless_validates_the_data_package():
    report = frictionless.validate(str(data.data_dir() / "datapackage.json"))
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "note"])[:20]


@pytest.mark.parametrize("name", data.tables())
def test_each_table_says_what_it_is(name):
    about = data.describe(name)
    for part in ("title", "description", "chapters", "licenses"):
        assert about.get(part), f"datapackage.json: table '{name}' has no {part}"
    for field in about["fields"]:
        assert field.get("description"), f"{name}.{field['name']} has no description"
    assert not data.table(name).empty


@pytest.mark.parametrize("name", data.tables())
def test_each_table_is_used_by_the_chapters_it_names(name):
    root = data.data_dir().parent
    for chapter in data.describe(name)["chapters"]:
        places = [*root.glob(f"chapters/{chapter}.*"), *root.glob("src/rareearth/**/*.py")]
        text = "".join(path.read_text(encoding="utf-8") for path in places if path.exists())
        assert f'"{name}"' in text.replace('\\"', '"'), (
            f"datapackage.json says that '{chapter}' uses '{name}', but it does not read it"
        )


@pytest.mark.parametrize("name", data.tables())
def test_a_locator_and_a_note_stand_by_themselves(name):
    frame = data.table(name)
    pointing = r"(?i)(same|as above|as before|ibid\.?|see above)"
    for column in {"locator", "note"} & set(frame):
        lost = frame[frame[column].str.fullmatch(pointing).fillna(False)]
        assert lost.empty, (
            f"{name}, rows {list(lost.index + 2)}: '{column}' points at a row above; rows are "
            "selected and sorted, so write it out"
        )


def test_every_file_in_tables_is_described():
    folder = data.data_dir()
    described = {data.describe(name)["path"] for name in data.tables()}
    found = {path.relative_to(folder).as_posix() for path in folder.glob("tables/**/*.csv")}
    assert found <= described, f"add to datapackage.json: {sorted(found - described)}"


def test_a_copy_of_the_data_can_stand_elsewhere(tmp_path, monkeypatch):
    shutil.copytree(data.data_dir(), tmp_path / "elsewhere")
    monkeypatch.setenv("RAREEARTH_DATA", str(tmp_path / "elsewhere"))
    assert not data.table("mine_production").empty
