"""Scenarios and assumptions: the report's own are sound, a reader's mistakes are told plainly."""

from pathlib import Path

import numpy as np
import pytest

from rareearth import assumptions, scenarios

NAME = "us_share_of_world_requirement"


@pytest.fixture
def written(tmp_path):
    """Function that writes a scenario file and gives its path."""

    def write(body: str, head: str = "title: T\nstory: S\n"):
        path = tmp_path / "mine.yml"
        path.write_text(head + body, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("name", scenarios.names())
def test_own_scenarios_load_and_tell_a_story(name):
    scenario = scenarios.load(name)
    assert scenario.name == name
    assert len(scenario.story.split()) > 15
    assert set(scenario.choices) == set(scenarios.CHOICES)


def test_the_five_scenarios_of_the_report_exist():
    assert scenarios.names() == ["baseline", "announced", "innovation", "policy", "shock"]


def test_the_baseline_changes_nothing():
    baseline = scenarios.load("baseline")
    assert baseline.overrides == {}
    assert baseline.choices == {name: allowed[0] for name, allowed in scenarios.CHOICES.items()}


MISTAKES = {
    "unknown key": ("colour: red\n", "unknown key 'colour'"),
    "unknown choice": ("choices: {demand: APS}\n", "Did you mean 'demand_case'"),
    "choice not allowed": ("choices: {demand_case: BAU}\n", "'BAU' is none of STEPS, APS, NZE"),
    "mistyped assumption": (f"assumptions: {{{NAME}s: 0.2}}\n", f"Did you mean '{NAME}'"),
    "out of bounds": (f"assumptions: {{{NAME}: 1.5}}\n", "1.5 is outside 0 to 1 fraction"),
    "not a number": (f"assumptions: {{{NAME}: much}}\n", "'much' is not a number"),
    "a truth value": (f"assumptions: {{{NAME}: true}}\n", "'True' is not a number"),
    "half a range": (f"assumptions: {{{NAME}: {{low: 0.1}}}}\n", "exactly low, mode and high"),
    "range descends": (
        f"assumptions: {{{NAME}: {{low: 0.3, mode: 0.2, high: 0.4}}}}\n",
        "must ascend",
    ),
    "unknown lever": ("levers: [price_flor]\n", "Did you mean 'price_floor'"),
    "levers not a list": ("levers: price_floor\n", "must be a list"),
    "not a mapping": ("choices: [APS]\n", "'name: value' lines"),
    "broken YAML": ("choices: {\n", "not readable as YAML"),
}


@pytest.mark.parametrize("case", MISTAKES)
def test_a_mistake_names_file_key_and_remedy(written, case):
    body, words = MISTAKES[case]
    with pytest.raises(scenarios.ScenarioError) as error:
        scenarios.load(written(body))
    assert words in str(error.value)
    assert "mine.yml" in str(error.value)


def test_missing_story_and_missing_file_and_unknown_name(written, tmp_path):
    with pytest.raises(scenarios.ScenarioError, match="'story' must be a text"):
        scenarios.load(written("", head="title: T\n"))
    with pytest.raises(scenarios.ScenarioError, match="no scenario file"):
        scenarios.load(tmp_path / "none.yml")
    with pytest.raises(scenarios.ScenarioError, match="Known: baseline, announced"):
        scenarios.load("basline")


def test_an_override_moves_the_centre_and_pins_the_draws(written):
    scenario = scenarios.load(written(f"assumptions: {{{NAME}: 0.3}}\n"))
    assert assumptions.central(scenario)[NAME] == 0.3
    assert (assumptions.sample(50, 1, scenario)[NAME] == 0.3).all()


def test_an_override_may_be_a_range(written):
    body = f"assumptions: {{{NAME}: {{low: 0.3, mode: 0.35, high: 0.4}}}}\n"
    draws = assumptions.sample(500, 1, scenarios.load(written(body)))[NAME]
    assert draws.between(0.3, 0.4).all()
    assert draws.std() > 0


def test_draws_keep_to_their_range_and_fill_it_evenly():
    baseline, n = scenarios.load("baseline"), 400
    draws = assumptions.sample(n, 3, baseline)
    for name, row in assumptions.register().iterrows():
        assert draws[name].between(row["low"], row["high"]).all()
        if row["distribution"] == "triangular":
            width, to_mode = row["high"] - row["low"], row["mode"] - row["low"]
            expected = (row["low"] + row["mode"] + row["high"]) / 3
            # A Latin hypercube has one draw in each of n strata, so its mean is far closer to
            # the distribution's than 1/sqrt(n).
            assert abs(draws[name].mean() - expected) < 2 * width / n
            below = (draws[name] <= row["mode"]).mean()
            assert abs(below - to_mode / width) <= 1.01 / n


def test_ranges_over_more_than_a_factor_of_ten_are_drawn_in_logarithms():
    # A triangle over such a range puts most draws into its upper part: its median may be several
    # times its mode. A row may stay linear if its note says "drawn linearly because ...".
    rows = assumptions.register()
    wide = (rows["low"] > 0) & (rows["high"] > 10 * rows["low"])
    linear = ~rows["distribution"].astype(str).str.startswith("log")
    excused = rows["note"].fillna("").str.contains("drawn linearly because")
    assert list(rows.index[wide & linear & ~excused]) == []


def test_a_range_in_logarithms_may_be_overridden_down_to_zero(written):
    rows = assumptions.register()
    logs = rows.index[rows["distribution"].astype(str).str.startswith("log")]
    body = (
        f"assumptions: {{{logs[0]}: {{low: {rows.loc[logs[0], 'minimum']}, mode: 0.1, high: 1}}}}\n"
    )
    drawn = assumptions.sample(50, 1, scenarios.load(written(body)))[logs[0]]
    assert drawn.between(rows.loc[logs[0], "minimum"], 1).all() and np.isfinite(drawn).all()


def test_same_seed_same_draws_and_other_seed_other_draws():
    baseline = scenarios.load("baseline")
    first, again = (assumptions.sample(20, 5, baseline) for _ in range(2))
    assert first.equals(again)
    assert not np.allclose(first[NAME], assumptions.sample(20, 6, baseline)[NAME])


def test_draws_of_one_assumption_do_not_depend_on_the_others(monkeypatch):
    baseline = scenarios.load("baseline")
    whole = assumptions.sample(20, 5, baseline)[NAME]
    register = assumptions.register()
    monkeypatch.setattr(assumptions, "register", lambda: register.loc[[NAME]])
    assert assumptions.sample(20, 5, baseline)[NAME].equals(whole)


def test_draws_out_of_range_are_refused():
    with pytest.raises(ValueError, match="at least 1"):
        assumptions.sample(0, 1, scenarios.load("baseline"))


def test_the_register_is_ordered_and_reasoned():
    for name, row in assumptions.register().iterrows():
        bounds = [row["minimum"], row["low"], row["mode"], row["high"], row["maximum"]]
        assert bounds == sorted(bounds), f"assumptions.csv: the bounds of '{name}' do not ascend"
        assert len(row["reason"].split()) >= 8, f"assumptions.csv: '{name}' needs a reason"
        assert row["source"], f"assumptions.csv: '{name}' needs a source"


def test_each_assumption_names_chapters_that_exist():
    chapters = {path.stem for path in (Path(__file__).parents[1] / "chapters").glob("*.ipynb")}
    for name, used in assumptions.register()["used_in"].items():
        assert set(used.split(";")) <= {*chapters, "balance"}, (
            f"assumptions.csv: '{name}' is used in {used}"
        )


def test_each_lever_moves_assumptions_and_the_policy_scenario_pulls_those_that_act_always():
    known = scenarios.levers()
    policy = scenarios.load("policy")
    for name, lever in known.items():
        assert lever.overrides, f"levers.yml: '{name}' moves nothing"
        assert len(lever.reason.split()) >= 20, f"levers.yml: '{name}' needs a reason"
    assert policy.overrides == {k: v for n in policy.levers for k, v in known[n].overrides.items()}


def test_a_lever_pulled_moves_its_assumptions_and_no_other():
    baseline = scenarios.load("baseline")
    before = assumptions.sample(50, 1, baseline)
    for name, lever in scenarios.levers().items():
        after = assumptions.sample(50, 1, scenarios.pull(baseline, [name]))
        moved = {column for column in before if not before[column].equals(after[column])}
        assert moved == set(lever.overrides), f"levers.yml, {name}"


def test_pulling_replaces_levers_and_keeps_what_the_scenario_says_itself(written):
    body = "levers: [permitting]\nassumptions: {entry_hastened: 0.3}\n"
    mine = scenarios.load(written(body))
    assert mine.overrides == {"entry_hastened": (0.3, 0.3, 0.3)}
    assert scenarios.pull(mine, []).levers == ()
    assert scenarios.pull(mine, ["equity", "price_floor"]).levers == ("price_floor", "equity")
    assert scenarios.pull(mine, ["equity"]).overrides["entry_hastened"] == (0.3, 0.3, 0.3)
    with pytest.raises(scenarios.ScenarioError, match="Did you mean 'equity'"):
        scenarios.pull(mine, ["equty"])


TEXTS = "title: T, mechanism: M, who: W, authority: A, pays: P, stop: S, reason: R"

LEVERS = {
    "part missing": ("a: {title: T}\n", "must hold exactly"),
    "unknown basis": (
        f"a: {{{TEXTS}, basis: hoped, source: [gta_2026], assumptions: {{}}}}\n",
        "'basis' must be one of",
    ),
    "unknown source": (
        f"a: {{{TEXTS}, basis: assumed, source: [nobody], assumptions: {{}}}}\n",
        "keys of references.bib",
    ),
    "mistyped assumption": (
        f"a: {{{TEXTS}, basis: assumed, source: [gta_2026], assumptions: {{flor_covers: 0.1}}}}\n",
        "Did you mean 'floor_covers'",
    ),
    "moved twice": (
        "".join(
            f"{name}: {{{TEXTS}, basis: assumed, source: [gta_2026], "
            "assumptions: {floor_covers: 0.1}}\n"
            for name in "ab"
        ),
        "'a' moves 'floor_covers' as well",
    ),
}


@pytest.mark.parametrize("case", LEVERS)
def test_a_broken_lever_names_file_lever_and_remedy(tmp_path, case):
    body, words = LEVERS[case]
    path = tmp_path / "levers.yml"
    path.write_text(body, encoding="utf-8")
    with pytest.raises(scenarios.ScenarioError) as error:
        scenarios._levers(path)
    assert words in str(error.value) and "levers.yml" in str(error.value)


def test_a_value_of_ones_own_replaces_an_assumption_or_a_group():
    members = scenarios.groups()["collection_rate"]
    chosen = scenarios.load("baseline", collection_rate=0.6, allied_share=None)
    assert {name: chosen.own[name] for name in members} == dict.fromkeys(members, (0.6, 0.6, 0.6))
    assert "allied_share" not in chosen.own


def test_a_scenario_file_may_set_a_group(tmp_path):
    path = tmp_path / "mine.yml"
    path.write_text("title: Mine\nstory: One.\nassumptions:\n  collection_rate: 0.6\n")
    assert scenarios.load(path).own == scenarios.load("baseline", collection_rate=0.6).own


def test_a_value_of_ones_own_is_checked():
    with pytest.raises(scenarios.ScenarioError, match="outside 0 to 1"):
        scenarios.load("baseline", collection_rate=1.6)
    with pytest.raises(scenarios.ScenarioError, match="Did you mean 'collection_rate'"):
        scenarios.load("baseline", collecton_rate=0.6)
