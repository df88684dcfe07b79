"""Every claim is tested, and what the page says of it comes from the test."""

import json
import re

import pytest

from rareearth import data, scenarios
from rareearth.analysis import claims
from rareearth.analysis.chokepoints import controls, stages, trade
from rareearth.analysis.claims.evidence import EVIDENCE
from rareearth.analysis.claims.run import Run, interval
from rareearth.analysis.policy import precedents
from rareearth.models import verdicts

RUN = Run(scenarios.load("baseline"), 120, 1)
CARD = re.compile(r"^\*\*(C\d\d)\. ", re.M)


@pytest.fixture(scope="module")
def tests():
    return claims.test(RUN)


def page() -> str:
    path = data.data_dir().parent / "chapters" / "claims.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return "\n\n".join(
        "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
    )


def test_claims_are_numbered_without_a_gap():
    numbers = data.table("claims")["id"].tolist()
    assert numbers == [f"C{n:02d}" for n in range(1, len(numbers) + 1)]


def test_each_claim_has_its_sentence_and_a_translation_if_it_is_not_english():
    table = data.table("claims")
    quote, language = table["quote"].str.strip(), table["quote_language"].astype(str)
    assert (quote.str.len() > 20).all() and quote.is_unique
    foreign = language != "en"
    assert table.loc[foreign, "translation"].notna().all(), "translate each quote into English"
    assert table.loc[~foreign, "translation"].isna().all(), "an English quote needs no translation"
    chinese = quote.str.count(r"[\u4e00-\u9fff]")
    assert (chinese[foreign] > 10).all() and (chinese[~foreign] < 3).all(), "language of the quote"
    assert (quote.str.len() < 450).all(), "quote one sentence"


def test_each_claim_says_who_spoke_when_and_how_the_words_were_read():
    table = data.table("claims")
    asked = ["quote", "place", "said_by", "said_on", "precision", "words", "read", "source"]
    assert table[asked].notna().all(axis=None), f"fill {asked} for each claim in claims.csv"
    words, read = table["words"].astype(str), table["read"].astype(str)
    assert (read[words == "digest"] == "anonymous").all(), "nobody signs a digest"
    assert (read[words == "text"] == "primary").all(), "an author's own text is primary"
    assert not (words == "text")[read != "primary"].any()
    page, rows, answers = claims.quoted()
    shown = page["By whom, when, how read"]
    for row, text in zip(table.itertuples(), shown, strict=True):
        day = row.said_on.strftime("%Y") if row.precision == "year" else str(row.said_on.day)
        assert text.startswith(row.said_by) and f"{row.words}, {row.read}" in text and day in text
        assert text.endswith(f"{{cite:p}}`{row.source}`")
    assert set(asked) <= set(rows), "the download must have what the page shows"
    counted = sum(answers[f"read-{name}"].value for name in ("primary", "secondary", "anonymous"))
    assert counted == len(table)


def test_a_paraphrase_that_misread_is_corrected_or_says_why_it_stands():
    table = data.table("claims").set_index("id")
    broader = table[table["reading"].astype(str) == "broader"]
    assert broader["reading_note"].str.contains("corrected").all()
    faithful = table[table["reading"].astype(str) == "faithful"]
    assert not faithful["reading_note"].str.contains("corrected").any()
    page, rows, answers = claims.quoted()
    assert len(page) == len(rows) == len(table)
    counted = sum(answers[f"read-{name}"].value for name in ("faithful", "broader", "narrower"))
    assert counted == len(table)
    assert 0 < answers["read-moved"].value <= answers["read-corrected"].value


def test_verdicts_that_rested_on_misread_sentences_follow_the_sentence(tests):
    # What each sentence says, from the quotes, and no more.
    names = {name: {p.name for p in test.parts} for name, test in tests.items()}
    assert names["C13"] == {"stopped", "ordered"}, "a cut, not what Japan bought a year later"
    assert tests["C13"].verdict == verdicts.PARTLY, "shipments stopped; who ordered it is disputed"
    assert names["C32"] == {"spread", "finance"}, "certain prices, and finance more easily"
    assert tests["C23"].verdict == verdicts.OPEN, "rare earths in a magnet, not magnet in a device"
    assert {p.claimed for p in tests["C35"].parts} == {90}, "nearly all, not most"
    assert names["C15"] == {"named", "april"}, "the sentence counts what was announced"
    assert tests["C15"].verdict == verdicts.SUPPORTED


def test_the_author_of_the_recycling_drives_is_not_held_to_what_he_denies(tests):
    parts = {p.name: p for p in tests["C40"].parts}
    assert parts["now"].relation == parts["later"].relation == "at most", "far from self-sufficient"
    assert parts["batteries"].relation == "at least", "he speaks of lithium batteries himself"
    assert tests["C40"].verdict == verdicts.SUPPORTED


def test_a_first_step_from_zero_is_no_absence_of_a_step(tests):
    parts = {p.name: p for p in tests["C07"].parts}
    assert parts["begun"].relation == "at least" and parts["begun"].verdict == verdicts.SUPPORTED
    assert {parts[name].relation for name in ("mined", "refined")} == {"at most"}
    mined = data.table("mine_production").set_index(["country", "year"])["reo_t"]
    assert mined["United States", 2010] == 0, "it began from nothing"
    assert parts["mined"].low == 100 * mined["United States", 2025] / mined["China", 2025]


def test_control_over_the_sector_is_power_over_all_users_and_not_what_one_buys(tests):
    outside, heavy = tests["C12"].parts
    drawn = interval(RUN.secured_pct("Outside China", 2027))
    assert (outside.low, outside.high) == pytest.approx(tuple(drawn))
    assert heavy.high < outside.high, "the heavy two are held more tightly"


def test_one_pace_in_two_chapters(tests):
    path = precedents.expected(RUN.draws, RUN.seed, RUN.scenario)[0]
    rates = precedents.rates(path, precedents.shares(path)[0])[1]
    for name in ("pol-shale-rate", "pol-expected-rate", "pol-needed-2035"):
        assert claims.cards(tests)[name].value == rates[name].value
    seen = next(p for p in tests["C29"].parts if p.name == "seen")
    pace = rates["pol-expected-rate"].value
    assert seen.low < 100 * pace / rates["pol-shale-rate"].value < seen.high


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
    board = claims.scoreboard(tests)[0].set_index("id")
    for name, test in tests.items():
        assert (test.strength == "none") == (not test.evidence.keys), f"{name}: rows or basis"
    assert set(board["strength"]) <= set(verdicts.STRENGTHS)


def test_models_speak_as_models(tests):
    for name, test in tests.items():
        registered = any("distribution" in rows for rows in test.evidence.rows)
        if registered:
            assert test.claim["basis"] == "model", f"{name} rests on assumptions: basis is model"
        assert bool(test.elsewhere) == (test.claim["basis"] == "model")


def test_claims_ahead_of_today_are_marked(tests):
    ahead = data.table("claim_parts").query("ahead")
    assert set(ahead["claim"]) >= {"C04", "C12", "C25"}, "these speak of years to come"


def test_same_seed_same_numbers(tests):
    again = claims.test(Run(scenarios.load("baseline"), 120, 1))
    for name, test in tests.items():
        assert [p.observed for p in test.parts] == [p.observed for p in again[name].parts]


def test_statement_dates_are_respected():
    shares = data.table("china_stage_shares")
    known = EVIDENCE["C02"](RUN).rows[0]
    said = data.table("claims").set_index("id").loc["C02", "said_on"].year
    assert known["year"].max() < said, "only what had been published when it was said"
    assert (shares["year"] >= said).any(), "the test must have something to leave out"


def test_every_number_of_a_card_is_made_and_printed(tests):
    cards, said = set(claims.cards(tests)), set(claims.said(tests))
    printed = set(re.findall(r"\{glue:text\}`([a-z0-9-]+)`", page()))
    of_cards = {name for name in printed if re.match(r"c\d\d-", name)}
    missing = of_cards - cards - said
    assert not missing, f"not made by rareearth.analysis.claims: {sorted(missing)}"
    assert not cards - printed, f"made and not printed: {sorted(cards - printed)}"


def test_numbers_said_are_those_of_the_table(tests):
    table = data.table("claim_parts")
    table = table[table["said"]]
    answers = claims.said(tests)
    names = table["claim"].str.lower() + "-" + table["part"] + "-said"
    assert list(answers) == list(names)
    for name, claimed in zip(names, table["claimed"], strict=True):
        first = re.match(r"[\d,.]+", answers[name].value).group()
        assert float(first.replace(",", "")) == pytest.approx(claimed)


def test_answers_of_other_chapters_are_theirs(tests):
    cards = claims.cards(tests)
    chapter = trade.us_sources()[2] | controls.elements() | stages.in_place()[1]
    for name in ("us-full", "us-all-compounds", "held", "us-unrefined-2024"):
        assert cards[name] == chapter[name]
    low, high = interval(RUN.recycled_pct(2040))
    part = next(p for p in tests["C22"].parts if p.name == "recovered")
    assert (part.low, part.high) == pytest.approx((low, high))


def test_margins_run_from_supported_to_contradicted(tests):
    frame, answers = claims.margins(tests)
    ranks = frame["verdict"].map(verdicts.VERDICTS.index)
    assert ranks.is_monotonic_increasing and frame["claim"].is_unique
    assert answers["near-count"].value + answers["far-count"].value == len(frame)
    assert answers["said-supported"].value <= answers["said-count"].value


def test_counts_of_the_scoreboard_add_up(tests):
    board, answers = claims.scoreboard(tests)
    parted = sum(answers[f"all-{name}"].value for name in claims.VERDICTS)
    assert parted == answers["all-claims"].value == len(board)
    moving = answers["moving-names"].value
    assert answers["moving-count"].value == (0 if moving == "none" else len(moving.split(", ")))
    table = claims.printed(board)
    assert len(table) == len(board) and table.notna().all(axis=None)
    listed = claims.strengths(board)["strengths-list"].value
    assert all(name in listed for name in board["id"])


def test_each_card_prints_its_verdict_and_strength():
    text = page()
    for name in data.table("claims")["id"]:
        for what in ("verdict", "strength"):
            assert f"{{glue:text}}`{name.lower()}-{what}`" in text, f"{name} must print its {what}"


def test_small_counts_are_words(tests):
    cards = claims.cards(tests)
    assert cards["c08-rows"].value == "none"
    assert cards["c15-october"].value == "seven"


def test_parts_table_gives_ranges_in_order(tests):
    frame = claims.parts(tests)
    known = frame.dropna(subset=["low", "low_ratio"])
    assert (known["low"] <= known["high"]).all()
    assert (known["low_ratio"] <= known["high_ratio"]).all()


def test_evidence_that_misses_a_part_is_an_error(monkeypatch):
    monkeypatch.setitem(EVIDENCE, "C08", lambda run: EVIDENCE["C35"](run))
    with pytest.raises(ValueError, match="C08: the table has parts"):
        claims.test(RUN)


@pytest.mark.parametrize("name", scenarios.names())
def test_model_claims_run_in_every_scenario(name):
    run = Run(scenarios.load(name), 60, 1)
    for claim in ("C04", "C12", "C22", "C25", "C28", "C29", "C32", "C40"):
        assert EVIDENCE[claim](run).values


def test_where_no_need_is_left_all_of_it_is_met():
    # New magnets and a high price leave no need in some draws of the last years.
    met = Run(scenarios.load("innovation"), 2000, 1).secured_pct("United States", 2040)
    assert ((met >= 0) & (met <= 100.001)).all(), "single precision"
