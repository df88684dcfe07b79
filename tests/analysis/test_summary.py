"""The summary prints what the chapters found, and nothing of its own twice."""

import pytest

from rareearth import scenarios
from rareearth.analysis import balance, outlook, summary

DRAWS = 60


@pytest.fixture(scope="module")
def findings():
    return summary.findings(scenarios.load("baseline"), DRAWS, 1)


def test_shares_left_are_those_of_the_balance(findings):
    run = balance.run(scenarios.load("baseline"), DRAWS, 1)
    for year in balance.MILESTONES:
        left = balance.share_left(run, year)
        assert findings[f"left-{year}"].value == pytest.approx(float(left.median()), abs=1e-3)
        assert findings[f"left-{year}"].low <= findings[f"left-{year}"].high


def test_every_forecast_names_what_it_rests_on(findings):
    left = findings["left-2035"]
    assert left.model == "balance" and len(left.inputs) == 5
    assert left == outlook.headlines(scenarios.load("baseline"), DRAWS, 1)["left-2035"]
    assert left.sources and all(findings[f"left-{y}"].model for y in balance.MILESTONES)


def test_a_cut_is_told_where_there_is_one():
    says = {
        name: summary.wedge(scenarios.load(name), DRAWS, 1)[2]["cut"].text
        for name in ("baseline", "shock")
    }
    assert "nobody goes short" in says["baseline"] and "go short by" in says["shock"]
