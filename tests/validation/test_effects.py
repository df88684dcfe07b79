"""Headlines with and without each answer to the price."""

import numpy as np
import pytest

from rareearth import scenarios
from rareearth.analysis import incentives, outlook
from rareearth.validation import effects


@pytest.fixture(scope="module")
def table():
    return effects.table().set_index("case")


def test_the_first_row_is_what_the_chapters_print(table):
    printed = outlook.headlines(scenarios.load("baseline"), effects.DRAWS, effects.SEED)
    row = table.loc[effects.FULL]
    for year in (2030, 2035, 2040):
        assert row[f"left_{year}_pct"] == pytest.approx(printed[f"left-{year}"].value)
    assert row["outside_pct"] == pytest.approx(printed["world-2035"].value)
    assert row["avoided_pct"] == pytest.approx(printed["avoided-2040"].value)
    assert row["recycled_pct"] == pytest.approx(printed["recycled-2040"].value)


def test_every_answer_has_a_row_and_the_band_holds_its_middle(table):
    assert len(table) == 5 + len(incentives.EFFECTS)
    assert (table["left_low_pct"] <= table["left_2035_pct"]).all()
    assert (table["left_2035_pct"] <= table["left_high_pct"]).all()
    assert table.drop(columns=["left_low_pct"]).to_numpy().min() > 0


def test_what_the_text_says_is_in_the_table(table):
    _, shown, answers = effects.printed()
    assert list(shown.columns) == ["Case", *effects.HEADLINES.values()]
    moved = table.loc[effects.FULL, "left_2035_pct"] - table["left_2035_pct"]
    most = f"Without: {answers['effects-most'].value}"
    assert moved[most] == np.max(moved[moved.index.str.startswith("Without")])
