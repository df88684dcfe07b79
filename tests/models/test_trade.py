"""The network from mine to magnet: balance, small hand-checked cuts, limits."""

import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rareearth.models import trade
from rareearth.models.oxides import ndpr_in_oxide

TONNES = st.floats(1_000, 100_000)


def world(**changes):
    """A round-numbered world: 100 t refined, 80 of it in China."""
    inputs = {
        "mined": pd.Series(
            {
                "China": 50.0,
                "Myanmar": 20.0,
                "Australia": 8.0,
                "United States": 10.0,
                "Rest of world": 4.0,
            }
        ),
        "refined": pd.Series(
            {
                "China": 80.0,
                "Malaysia": 10.0,
                "Australia": 0.0,
                "United States": 6.0,
                "Rest of world": 4.0,
            }
        ),
        "ore_buyers": {"Australia": "Malaysia"},
        "china_magnet_share": 0.8,
        "oxide_to_china": pd.Series({"Malaysia": 4 / ndpr_in_oxide()}),
        "magnets_from_china": pd.Series({"United States": 40.0, "All others": 60.0}),
        "us_share_from_china": 0.8,
        "element_in_magnet": 0.3,
    }
    return trade.chain(**inputs | changes)


def flow(edges, stage, origin, destination):
    match = edges[
        (edges["from_stage"] == stage)
        & (edges["origin"] == origin)
        & (edges["destination"] == destination)
    ]
    return match["element_t"].sum()


def test_every_stage_carries_the_same_total():
    totals = world().groupby("from_stage")["element_t"].sum()
    assert totals.to_numpy() == pytest.approx(100)


def test_every_node_passes_on_what_it_receives():
    edges = world()
    inflow = edges.groupby(["to_stage", "destination"])["element_t"].sum()
    outflow = edges.groupby(["from_stage", "origin"])["element_t"].sum()
    for node in inflow.index.intersection(outflow.index):
        assert inflow[node] == pytest.approx(outflow[node]), f"{node} does not balance"


def test_flows_that_were_worked_out_by_hand():
    edges = world()
    assert flow(edges, "Mine", "United States", "United States") == 6
    assert flow(edges, "Mine", "United States", "China") == 4
    assert flow(edges, "Mine", "Australia", "Malaysia") == 8
    assert flow(edges, "Mine", trade.UNRECORDED, "China") == pytest.approx(80 - 50 - 20 - 4)
    assert flow(edges, "Mine", trade.UNRECORDED, "Malaysia") == pytest.approx(2)
    assert flow(edges, "Separation", "Malaysia", "China") == pytest.approx(4)
    # China's magnet makers need 80 and get 4 from Malaysia, so 76 of China's 80 stay.
    assert flow(edges, "Separation", "China", "China") == pytest.approx(76)
    assert flow(edges, "Separation", "China", trade.OUTSIDE) == pytest.approx(4)
    assert flow(edges, "Magnets", "China", "United States") == pytest.approx(12)
    assert flow(edges, "Magnets", trade.OUTSIDE, "United States") == pytest.approx(3)


def test_undisturbed_flow_is_all_that_was_refined():
    assert trade.max_flow(world()) == pytest.approx(100)


def test_without_china_only_the_other_chain_is_left():
    edges = world()
    left = trade.max_flow(edges, {"United States", "All others"}, without="China")
    assert left == pytest.approx(6 + 4 + 6)  # US, rest of world, Malaysia less its sales to China


def test_a_user_at_the_head_of_the_queue_loses_no_more_than_its_even_share():
    table = trade.n_minus_1(world(), ["China", "Myanmar", "Australia", "Malaysia"])
    table = table.set_index("country")
    assert (table["user_first_in_line_pct"] <= table["user_even_mix_pct"] + 1e-9).all()
    assert table.loc["Myanmar", "user_first_in_line_pct"] == pytest.approx(0)
    # 12 of 15 t come as Chinese magnets, the other 3 t hold a fifth (4 of 20) Chinese oxide.
    assert table.loc["China", "user_even_mix_pct"] == pytest.approx(100 * (12 + 3 * 0.2) / 15)
    assert table.loc["China", "user_first_in_line_pct"] == pytest.approx(80)


def test_the_user_itself_has_no_loss_of_its_own():
    row = trade.n_minus_1(world(), ["United States"]).iloc[0]
    assert "user_even_mix_pct" not in row
    assert row["largest_stage_share_pct"] == pytest.approx(10)


def test_a_stranger_to_the_chain_costs_nothing():
    row = trade.n_minus_1(world(), ["Atlantis"]).iloc[0]
    assert row["lost_elsewhere_pct"] == pytest.approx(0)
    assert row["user_even_mix_pct"] == pytest.approx(0)


@given(st.lists(TONNES, min_size=4, max_size=4))
def test_a_chain_without_detours_loses_its_narrowest_link(capacities):
    stages = ["Mine", "Separation", "Magnets", "Use"]
    edges = pd.DataFrame(
        [
            (stages[i], "A", stages[i + 1], "A", capacity, "recorded")
            for i, capacity in enumerate(capacities[:3])
        ],
        columns=trade.EDGE,
    )
    assert trade.max_flow(edges) == pytest.approx(min(capacities[:3]))


def test_contradicting_tonnages_are_named():
    with pytest.raises(ValueError, match=r"from China \(Magnets\) to China"):
        world(magnets_from_china=pd.Series({"United States": 40.0, "All others": 300.0}))


def test_oxide_that_others_have_no_use_for_goes_to_china():
    edges = world(china_magnet_share=0.9)
    # Others keep 16 of 20 and make 10 into magnets: 6 more go to China, none comes from there.
    assert flow(edges, "Separation", "China", trade.OUTSIDE) == 0
    into = edges[(edges["to_stage"] == "Magnets") & (edges["destination"] == trade.OUTSIDE)]
    assert into["element_t"].sum() == pytest.approx(10)
    assert flow(edges, "Separation", "China", "China") == pytest.approx(80)


def test_ore_that_its_buyer_cannot_take_is_left_out():
    mined = pd.Series({"China": 50.0, "Australia": 30.0})
    assert flow(world(mined=mined), "Mine", "Australia", "Malaysia") == 10


def test_finished_magnets_count_with_what_was_lost_in_making_them():
    edges = world(finished_share=0.75)
    assert flow(edges, "Magnets", "China", "United States") == pytest.approx(0.3 * 40 / 0.75)


@settings(deadline=None)
@given(
    mined=st.lists(TONNES, min_size=5, max_size=5),
    refined=st.lists(TONNES, min_size=3, max_size=3),
    share=st.floats(0.05, 0.99),
    sold=st.floats(0, 1),
    finished=st.floats(0.5, 1),
    exported=st.floats(0.01, 0.9),
)
def test_mass_is_conserved_at_every_node_for_any_legal_chain(
    mined, refined, share, sold, finished, exported
):
    # Makers outside China make what the United States buy of them.
    assume(0.3 * exported * share * (1 / 0.9 - 1) <= 1 - share)
    names = ["China", "Myanmar", "Australia", "United States", "Rest of world"]
    plants = pd.Series(refined, ["Malaysia", "United States", "Rest of world"])
    ore = pd.Series(mined, names)
    whole = plants.sum() + ore.sum()  # enough in China for all that has no other plant
    refined = pd.concat([pd.Series({"China": whole}), plants])
    assume(sold * plants["Malaysia"] <= share * refined.sum())  # bought by makers in China
    magnets = exported * share * refined.sum() * finished / 0.3
    edges = world(
        mined=ore,
        refined=refined,
        china_magnet_share=share,
        oxide_to_china=plants[["Malaysia"]] * sold / ndpr_in_oxide(),
        magnets_from_china=pd.Series({"United States": 0.3 * magnets, "All others": 0.7 * magnets}),
        us_share_from_china=0.9,
        finished_share=finished,
    )
    inflow = edges.groupby(["to_stage", "destination"])["element_t"].sum()
    outflow = edges.groupby(["from_stage", "origin"])["element_t"].sum()
    for node in inflow.index.intersection(outflow.index):
        assert inflow[node] == pytest.approx(outflow[node], abs=1e-5 + 1e-9 * whole)
    others = {"United States", "All others"} & set(edges["destination"])
    if others:
        kept = trade.max_flow(edges, others, without="China")
        room = trade.loosened(
            edges,
            ore_buyers={"Australia": "Malaysia"},
            separators={"Malaysia": 2 * plants["Malaysia"]},
            makers=2 * (1 - share) * refined.sum(),
        )
        assert kept <= trade.max_flow(room, others, without="China") * (1 + 1e-9) + 1e-6


def test_oxide_from_nowhere_is_refused():
    with pytest.raises(ValueError, match="Chile"):
        world(oxide_to_china=pd.Series({"Chile": 1.0}))


def test_unknown_user_is_refused():
    with pytest.raises(ValueError, match="Atlantis"):
        trade.max_flow(world(), {"Atlantis"})
    with pytest.raises(ValueError, match="Atlantis"):
        trade.passing_through(world(), "Atlantis", "China")
