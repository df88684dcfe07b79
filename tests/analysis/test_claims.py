"""Every claim is tested, and what the page says of it comes from the test."""

import json
import re

import pytest

from rareearth import data, scenarios
from rareearth.analysis import claims
from rareearth.analysis.claims.evidence import EVIDENCE, World
from rareearth.models import verdicts

WORLD = World(scenarios.load("baseline"), 120, 1)
CARD = re.compile(r"^\*\*(C\d\d)\. ", re.M)


@pytest.fixture(scope="module")
def tests():
    return claims.test(WORLD)


def page() -> str:
    path = data.data_dir().parent / "chapters" / "claims.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return "\n\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )


def test_forty_two_claims_are_numbered_without_a_gap():
    numbers = data.table("claims")["id"].tolist()
    assert numbers == [f"C{n:02d}" for n in range(1, 43)]


def test_each_claim_has_one_card_on_the_page():
    cards = CARD.findall(page())
    assert sorted(cards) == data.table("claims")["id"].tolist(), (
        "chapters/claims.ipynb must have one paragraph that starts with each claim's number"
    )


def test_a_card_stands_in_the_section_of_its_theme():
    sections = re.split(r"^## ", page(), flags=re.M)
    by_title = {s.splitlines()[0]: CARD.findall(s) for s in sections}
    for theme, rows in data.table("claims").groupby("theme", observed=True):
        assert sorted(by_title[theme]) == sorted(rows["id"]), f"cards of '{theme}'"


def test_each_verdict_has_a_number_or_a_reason(tests):
    for name, test in tests.items():
        claim = test.claim
        if claim["nature"] == "number":
            assert test.parts, f"{name} is to be decided by a number; give it evidence"
        else:
            assert not test.parts and isinstance(claim["reason"], str), (
                f"{name} is judged; its reason must stand in claims.csv"
            )
        assert test.verdict in verdicts.VERDICTS


def test_no_verdict_is_typed_where_a_number_decides():
    table = data.table("claims")
    numeric = table["nature"] == "number"
    assert table.loc[numeric, ["verdict", "reason"]].isna().all(axis=None)
    assert table.loc[~numeric, ["verdict", "reason"]].notna().all(axis=None)


def test_bounds_of_ours_have_a_reason_and_numbers_said_have_none():
    parts = data.table("claim_parts")
    assert parts.loc[~parts["said"], "reason"].notna().all(), "say why this bound"
    assert parts.loc[parts["said"], "reason"].isna().all()


def test_parts_belong_to_claims_that_numbers_decide():
    table = data.table("claims")
    numeric = set(table.loc[table["nature"] == "number", "id"])
    assert set(data.table("claim_parts")["claim"]) == numeric


def test_claims_cite_their_source_and_parts_the_same():
    table = data.table("claims").set_index("id")
    parts = data.table("claim_parts")
    assert (parts["source"] == parts["claim"].map(table["source"])).all()


def test_what_decides_has_sources(tests):
    board = claims.scoreboard(tests).set_index("id")
    for name, test in tests.items():
        assert (test.strength == "none") == (not test.finding.keys), f"{name}: rows or basis"
    assert set(board["strength"]) <= set(verdicts.STRENGTHS)


def test_models_speak_as_models(tests):
    for name, test in tests.items():
        registered = any("distribution" in rows for rows in test.finding.rows)
        if registered:
            assert test.claim["basis"] == "model", f"{name} rests on assumptions: basis is model"
        assert bool(test.elsewhere) == (test.claim["basis"] == "model")


def test_claims_ahead_of_today_are_marked(tests):
    ahead = data.table("claim_parts").query("ahead")
    assert set(ahead["claim"]) >= {"C04", "C12", "C25"}, "these speak of years to come"


def test_same_seed_same_numbers(tests):
    again = claims.test(World(scenarios.load("baseline"), 120, 1))
    for name, test in tests.items():
        assert [p.found for p in test.parts] == [p.found for p in again[name].parts]


def test_statement_dates_are_respected():
    shares = data.table("china_stage_shares")
    known = EVIDENCE["C02"](WORLD).rows[0]
    said = data.table("claims").set_index("id").loc["C02", "said_on"].year
    assert known["year"].max() < said, "only what had been published when it was said"
    assert (shares["year"] >= said).any(), "the test must have something to leave out"


def test_every_number_the_page_prints_is_made(tests):
    made = {name for name, _ in claims.numbers(tests)}
    printed = set(re.findall(r"\{glue:text\}`(c\d\d-[a-z0-9-]+)`", page()))
    assert printed <= made, f"not made by rareearth.analysis.claims: {sorted(printed - made)}"
    idle = {name for name in made - printed if not name.endswith("-said")}
    assert not idle, f"made and not printed: {sorted(idle)}"


def test_each_card_prints_its_verdict_and_strength():
    text = page()
    for name in data.table("claims")["id"]:
        for what in ("verdict", "strength"):
            assert f"{{glue:text}}`{name.lower()}-{what}`" in text, f"{name} must print its {what}"


def test_small_counts_are_words(tests):
    numbers = dict(claims.numbers(tests))
    assert numbers["c08-rows"].value == "none"
    assert numbers["c15-october"].value == "seven"


def test_parts_table_gives_ranges_in_order(tests):
    frame = claims.parts(tests)
    known = frame.dropna(subset=["low", "low_ratio"])
    assert (known["low"] <= known["high"]).all()
    assert (known["low_ratio"] <= known["high_ratio"]).all()


def test_evidence_that_misses_a_part_is_an_error(monkeypatch):
    monkeypatch.setitem(EVIDENCE, "C08", lambda world: EVIDENCE["C35"](world))
    with pytest.raises(ValueError, match="C08: the table has parts"):
        claims.test(WORLD)


@pytest.mark.parametrize("name", scenarios.names())
def test_model_claims_run_in_every_scenario(name):
    world = World(scenarios.load(name), 60, 1)
    for claim in ("C04", "C12", "C22", "C25", "C28", "C29", "C32", "C40"):
        assert EVIDENCE[claim](world).found
