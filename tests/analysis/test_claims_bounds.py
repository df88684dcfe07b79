"""Every bound can be missed, and a verdict moves when it is."""

import math
from dataclasses import replace

import numpy as np
import pytest

from rareearth import data, scenarios
from rareearth.analysis import claims
from rareearth.analysis.claims.evidence import EVIDENCE
from rareearth.analysis.claims.run import Run
from rareearth.models import verdicts
from rareearth.models.verdicts import Part

RUN = Run(scenarios.load("baseline"), 60, 1)
TABLE = data.table("claim_parts")
PARTS = list(TABLE[["claim", "part"]].itertuples(index=False, name=None))


def part(claim, name):
    return next(p for p in claims.tested(claim, RUN)[1] if p.name == name)


def limit(claim, name):
    most = TABLE.set_index(["claim", "part"]).loc[(claim, name), "most"]
    return math.inf if np.isnan(most) else most


def missing(part: Part, most: float) -> float:
    """A value between nothing and the most there can be that misses the bound, or none."""
    low, high = part.allowed
    if low > 0:
        return low / 2
    return (high + most) / 2 if most < math.inf else 2 * high + 1


@pytest.fixture(scope="module")
def found():
    """What the evidence of each claim brings, computed once."""
    return {claim: EVIDENCE[claim](RUN) for claim in dict.fromkeys(TABLE["claim"])}


@pytest.mark.parametrize(("claim", "name"), PARTS)
def test_each_bound_is_missed_once_and_met_once(claim, name, found, monkeypatch):
    evidence = found[claim]

    def fed(values):
        monkeypatch.setitem(EVIDENCE, claim, lambda run: replace(evidence, values=values))
        parts = claims.tested(claim, RUN)[1]
        return next(p for p in parts if p.name == name), verdicts.verdict(parts)

    parts = {p.name: p for p in claims.tested(claim, RUN)[1]}
    met = {p.name: p.claimed for p in parts.values()}
    supported, verdict = fed(met)
    assert (supported.verdict, verdict) == (verdicts.SUPPORTED,) * 2

    most = limit(claim, name)
    value = missing(parts[name], most)
    assert 0 <= value <= most, (
        f"{claim}, {name}: no value from 0 to {most:g} misses '{parts[name].relation} "
        f"{parts[name].said}'. A bound that cannot fail is no bound; tighten it in parts.csv."
    )
    missed, verdict = fed(met | {name: value})
    assert missed.verdict == verdicts.CONTRADICTED
    assert verdict != verdicts.SUPPORTED, "one part that fails must move the verdict"


@pytest.mark.parametrize(("claim", "name"), PARTS)
def test_a_bound_lies_within_what_can_be_found(claim, name):
    assert 0 <= part(claim, name).claimed <= limit(claim, name)


def test_what_was_found_is_within_what_can_be_found(found):
    for claim, name in PARTS:
        values = np.asarray(found[claim].values[name], dtype=float)
        values = values[~np.isnan(values)]
        assert (values <= limit(claim, name) + 1e-9).all(), f"{claim}, {name}: raise most"


def test_bounds_that_nothing_could_miss_are_gone(found):
    # All that leaves use in 2040 is less than half of need, so half could not be missed by what
    # is recycled of it; a tenth can be.
    shares = RUN.flows.all_leaving.sel(year=2040) / RUN.flows.demand.sel(year=2040)
    assert shares.max() < 0.5 and shares.max() > 0.1
    assert part("C40", "later").claimed == part("C22", "recovered").claimed == 10
    # Half of need by 2035 takes less than shale gained a year, even from nothing.
    pace = found["C29"].answers["pol-shale-rate"].value
    years = 2035 - data.today().year
    assert 50 / years < pace and "needed" not in found["C29"].values
    # Whatever the help, next to no firm survives, so that few do without it says nothing.
    assert RUN.ventures["survival_pct_high"].max() < 15
    assert "survive" not in found["C11"].values
    assert "fund" not in found["C26"].values and "curve" not in found["C27"].values


def test_what_can_be_missed_is_missed_somewhere_in_the_models():
    # The same parts in another scenario of the report, by the models alone.
    announced = Run(scenarios.load("announced"), 60, 1)
    late = next(p for p in claims.tested("C04", announced)[1] if p.name == "secured")
    assert part("C04", "secured").verdict == verdicts.SUPPORTED
    assert late.verdict == verdicts.CONTRADICTED
    seen = next(p for p in claims.tested("C29", announced)[1] if p.name == "seen")
    assert seen.verdict == verdicts.SUPPORTED != part("C29", "seen").verdict
