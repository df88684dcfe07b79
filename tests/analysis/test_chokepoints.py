"""The network's inputs are the tables' rows, and make a chain that balances."""

import pytest

from rareearth import data
from rareearth.analysis import chokepoints as network
from rareearth.models import trade


def test_inputs_are_those_of_the_year_and_leave_the_world_total_out():
    inputs = network.inputs()
    supply = data.table("magnet_ree_supply").query(f"year == {network.YEAR}")
    for name, stage in (("mined", "Mining"), ("refined", "Refining")):
        total = supply.query(f"stage == '{stage}' and country == 'World'")["element_t"].item()
        assert inputs[name].sum() == pytest.approx(total, rel=1e-3)
    assert 0 < inputs["china_magnet_share"] < 1 and 0.2 < inputs["element_in_magnet"] < 0.4


def test_what_is_separated_is_used():
    inputs = network.inputs()
    edges = trade.chain(**inputs)
    into = edges.groupby("to_stage")["element_t"].sum()
    assert into["Use"] == pytest.approx(inputs["refined"].sum())
    assert into["Use"] == pytest.approx(into["Magnets"])


def test_every_row_behind_the_chain_names_a_source():
    for rows in network.rows():
        assert len(rows) and rows["source"].notna().all()
