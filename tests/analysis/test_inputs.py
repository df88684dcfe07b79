"""What the register says of its users is what the models say."""

import pandas as pd
import pytest

from rareearth import assumptions
from rareearth.analysis import inputs


def test_the_register_says_who_reads_what_and_nothing_is_idle():
    said, found = assumptions.register()["used_in"], inputs.used_in()
    idle = found.index[found == ""].tolist()
    assert not idle, f"assumptions.csv: no model reads {idle}; drop them or use them"
    stale = said.index[said != found].tolist()
    assert not stale, (
        f"assumptions.csv: used_in is not what the models read for {stale}. "
        "Run: python -m rareearth.analysis.inputs"
    )


def test_copies_slices_and_sums_of_draws_go_on_noting_what_is_read():
    with inputs.recording() as seen:
        draws = inputs.Recorded({name: [1.0, 2.0] for name in "abcdef"})
        draws.assign(new=0.0).iloc[:1]["a"]
        pd.concat([draws, draws])[["b", "c"]]
        assert draws.copy()["d"].sum() == 3
        assert seen == {"a", "b", "c", "d"}


def test_a_model_that_multiplies_two_assumptions_reads_two(monkeypatch):
    def run(draws, scenario):
        return draws["metal_yield"] * draws["magnet_yield"]

    monkeypatch.setitem(inputs.MODELS, "two", run)
    assert inputs.read_by("two") == ["metal_yield", "magnet_yield"]


@pytest.mark.parametrize("name", ["us_share_of_other_uses", "collection_vehicles", "allied_share"])
def test_the_balance_rests_on_its_largest_drivers(name):
    assert name in assumptions.used_by("balance").index
