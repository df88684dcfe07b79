"""What the chapter on chokepoints says of stages, trade and controls follows from the tables."""

import numpy as np
import pytest

from rareearth import data
from rareearth.analysis import accounts, chokepoints
from rareearth.analysis.chokepoints import controls, plants, shortages, stages, trade


def test_headlines_are_those_of_the_chapter():
    chapter = stages.china_shares()[1] | trade.n_minus_1()[1] | controls.elements()
    shared = chokepoints.headlines()
    for name in set(shared) & set(chapter):
        assert shared[name] == chapter[name]
    assert {"mining-range", "magnet-range", "china-lost-elsewhere", "held"} <= set(chapter)
    assert {"plants", "plants-running", "on-time", "within-three"} <= set(shared)


# --- stages ---------------------------------------------------------------------------------------


def test_shares_are_recent_and_grouped_by_what_they_are_a_share_of():
    shares, answers = stages.china_shares()
    assert (shares["year"].dropna() >= stages.FIRST).all()
    assert list(dict.fromkeys(shares["group"])) == [*stages.DENOMINATORS, "magnets"]
    mining = shares.loc[shares["stage"] == "Mining", "share_pct"]
    assert (
        answers["mining-range"].text
        == f"{mining.min():.0f}\N{NO-BREAK SPACE}to {mining.max():.0f}%"
    )
    assert answers["metal-share"].value == 91


def test_the_step_is_after_the_mine_and_not_after_separation():
    """The sentence under the first figure: the middle of the sources jumps once."""
    _, answers = stages.china_shares()
    mine, oxide, magnet = (
        answers[f"{stage}-median"].value for stage in ("mining", "refining", "magnet")
    )
    assert oxide - mine > 20
    assert abs(magnet - oxide) < 5


def test_what_the_unnamed_are_taken_for_bounds_the_index():
    index, answers = stages.concentration()
    assert (index["low_hhi"] <= index["high_hhi"]).all()
    assert index["high_hhi"].max() <= 10_000
    assert answers["hhi-monopoly"].value == 10_000 and answers["hhi-two"].value == 5_000
    share = stages.magnet_share()["share_pct"].item()
    assert answers["hhi-magnets"].value == pytest.approx(share**2)


def test_world_is_china_and_all_outside():
    balance, answers = stages.mined_and_refined()
    table = data.table("magnet_ree_supply").query("stage == 'Refining' and year == 2024")
    tonnes = table.set_index("country")["element_t"]
    outside = answers["outside-gap-2024"].value
    mined = balance.query("place == 'Outside China' and stage == 'Mining' and year == 2024")
    refined = 1000 * (mined["element_kt"].item() - outside)
    assert refined + tonnes["China"] == pytest.approx(tonnes["World"])
    assert set(balance.loc[balance["year"] > 2024, "kind"]) == {"forecast"}


def test_plants_make_no_more_than_they_could_and_parts_add_up():
    bars, answers = stages.in_place()
    whole = bars.groupby(["year", "what"])["element_kt"].sum()
    for year in (2024, 2025):
        assert whole[year, "separated"] <= whole[year, "could be separated"]
        assert answers[f"mined-outside-{year}"].value == pytest.approx(whole[year, "mined"])
        assert 0 < answers[f"room-used-{year}"].value < 100
    mined, left = answers["us-mined-2024"], answers["us-unrefined-2024"].value
    refined = answers["us-refined-2024"].value
    assert left == pytest.approx(100 * (mined.value - refined) / mined.value)
    assert mined.low <= mined.value <= mined.high


# --- trade ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [trade.YEAR, trade.LATER])
def test_inputs_are_the_readings_that_all_chapters_use(year):
    inputs = chokepoints.inputs(year)
    for name, stage in (("mined", "Mined"), ("refined", "Separated")):
        assert inputs[name].equals(accounts.preferred(stage, year)["element_t"])
    assert 0 < inputs["china_magnet_share"] < 1 and 0.2 < inputs["element_in_magnet"] < 0.4
    assert 0.5 < inputs["finished_share"] <= 1


def test_what_is_separated_is_used():
    edges, _ = trade.chain()
    into = edges.groupby("to_stage")["element_t"].sum()
    assert into["Use"] == pytest.approx(chokepoints.inputs()["refined"].sum())
    assert into["Use"] == pytest.approx(into["Magnets"])


def test_every_row_behind_the_chain_names_a_source():
    for rows in chokepoints.rows():
        assert len(rows) and rows["source"].notna().all()


def test_flows_leave_no_magnet_out_and_no_small_flow_in():
    flows, answers = trade.flows()
    assert (1000 * flows["quantity_kt"] >= trade.SMALLEST_T).all()
    table = data.table("trade_flows")
    exported = table[(table["stage"] == "Magnets") & (table["destination"] == "World")]
    drawn = flows[flows["stage"] == "Magnets"]
    assert 1000 * drawn["quantity_kt"].sum() == pytest.approx(exported["quantity_t"].item())
    both = answers["china-from-myanmar"].value + answers["china-from-us"].value
    assert answers["china-from-both"].value == pytest.approx(both)


def test_loss_is_what_is_not_left():
    _, answers = trade.n_minus_1()
    left, use = answers["left-without-china"].value, 1000 * answers["others-use"].value
    assert answers["china-lost-elsewhere"].value == pytest.approx(100 * (1 - left / use))
    losses = [a.value for n, a in answers.items() if n.endswith("-lost-elsewhere")]
    assert max(losses) == answers["china-lost-elsewhere"].value
    assert sorted(losses)[-2] == answers["myanmar-lost-elsewhere"].value, "the text says so"


def test_assumptions_move_the_loss_within_the_printed_range():
    cases, printed, answers = trade.losses_by_assumption()
    lost = trade.n_minus_1()[1]["china-lost-elsewhere"]
    assert answers["range-low"].value <= lost.high <= answers["range-high"].value
    assert answers["room-low"].value <= lost.low <= answers["room-high"].value
    pairs = cases.pivot_table(
        index=["reading", "magnet_share_pct", "content_pct"], columns="links", values="lost_pct"
    )
    assert (pairs[trade.REARRANGED] <= pairs[trade.AS_THEY_WERE] + 1e-9).all(), "room never hurts"
    assert len(printed) == cases.groupby(["reading", "magnet_share_pct"]).ngroups


def test_heavy_parts_are_parts():
    shown, answers = trade.ore_imports()
    assert 0 < answers["ore-heavy-low"].value < answers["ore-heavy-high"].value < 100
    low, high = (float(n) for n in answers["heavy-lost"].value.rstrip("%").split(" to "))
    assert trade.n_minus_1()[1]["china-lost-later"].high < low < high < 100, (
        "of the heavy two more is lost"
    )
    whole = shown.query("origin == 'Myanmar'").set_index("year")["gross_kt"]
    fall = 100 * (1 - whole[2024] / whole[2023])
    assert answers["ore-fall"].value == pytest.approx(fall)


def test_switching_values_halve_the_loss():
    _, capacity = plants.magnet_makers()
    answers = trade.switching_values(capacity)
    use = trade.n_minus_1()[1]["others-use"].value
    assert answers["flip-element"].value == pytest.approx(use / 2)
    magnets = answers["flip-extra"].value + capacity["outside-capacity"].value
    assert magnets == pytest.approx(answers["flip-magnets"].value)
    running = 10 * capacity["us-running"].value * answers["flip-us-of-running"].value
    assert running == pytest.approx(answers["flip-us"].value)


def test_shares_of_us_imports_add_up_by_product():
    usgs, trend, answers = trade.us_sources()
    total = usgs.groupby("product")["share_pct"].sum()
    assert total.between(99, 101).all()
    assert trend["year"].is_monotonic_increasing
    assert answers["us-weight-2025"].value == trend.set_index("year").loc[2025, "weight_pct"]


# --- controls -------------------------------------------------------------------------------------


def test_second_quarter_is_the_half_year_less_the_first():
    months, answers = controls.magnet_exports()
    bound = months[months["mark"] == "bound"].iloc[0]
    exports = data.table("china_exports")
    of_2026 = exports[(exports["product"] == "Magnets") & (exports["start"] == "2026-01-01")]
    tonnes = of_2026[of_2026["destination"] == "World"].set_index("months")["gross_t"]
    assert tonnes[3] + 3 * bound["gross_t"] == pytest.approx(tonnes[6])
    assert answers["us-recovered"].value > answers["us-may"].value


def test_peaks_are_of_assessments_after_the_licences():
    ratios, tiers, answers = controls.price_gap()
    after = ratios[ratios["date"] > controls.events()["licences"]]
    asked = after[after["element"] == "Y"]["ratio"].max()
    assert 1 < answers["gap-y"].value < asked, "asks are left out"
    assert tiers["text"].str.fullmatch(r"(about|nearly|below) \d+%").all()


def test_calendar_has_each_control_once_and_ends_today_but_for_the_unknown():
    lives, groups = controls.calendar()
    assert set(lives["row"]) <= {row for rows in groups.values() for row in rows}
    said = lives["state"].isin(["agreed, no act seen", "not known"])
    assert lives.loc[~said, "end"].max() <= data.today()
    table = data.table("china_export_controls")
    assert table["elements"].notna().ne(table["label"].notna()).all(), "elements or a label"
    assert len(set(groups["Elements"])) == 16


def test_elements_in_force_are_counted_by_day():
    answers = controls.elements()
    assert answers["held-words"].value.lower() in ("seven", "twelve")
    assert answers["held"].value <= answers["elements-announced"].value
    assert answers["held-april"].value == answers["held-october"].value, "the package was paused"
    assert next(iter(controls.marked_days().values())) == data.today()


def test_reserves_table_has_no_ukraine(monkeypatch):
    assert trade.reserve_countries()["reserve-countries"].value > 5
    table = data.table("reserves")
    named = table.assign(country=np.where(table.index == table.index[-1], "Ukraine", "X"))
    named["edition"] = "MCS 2026 v1.3"
    monkeypatch.setattr(trade.data, "table", lambda name: named)
    with pytest.raises(ValueError, match="mend the text"):
        trade.reserve_countries()


# --- shortages and licences -----------------------------------------------------------------------


def test_every_shut_element_has_a_use_and_a_last_status():
    _, printed, answers = shortages.elements()
    assert list(printed["Element"]) == list(shortages.SHUT.values())
    assert (printed["What it is for"] != shortages.NOT_FOUND).all()
    assert (printed["Last that was found"] != shortages.NOT_FOUND).all()
    assert not printed.map(lambda cell: "{" in cell).any().any(), "every number is filled in"
    table = data.table("china_export_controls").set_index("instrument")
    licensed = set(table.loc[controls.LICENCES, "elements"].split(";"))
    assert licensed == {*shortages.SHUT, *shortages.FLOWING}
    after, before = answers["yttrium-after"].value, answers["yttrium-before"].value
    assert after < before / 10


def test_an_element_is_imported_in_full_or_its_sources_stay_within_a_hundred():
    table = data.table("shortages").query("aspect == 'dependence' and unit == '%'")
    assert table["low"].between(0, 100).all()
    shares = table[table["what"].str.startswith("import source share")]
    assert (shares.groupby(["element", "period"])["low"].sum() <= 100).all()


def test_the_implied_price_of_yttrium_follows_from_its_rise_and_its_multiple():
    quotes, months, _ = shortages.prices_and_exports()
    implied = quotes[quotes["kind"] == "derived"].iloc[0]
    assert (implied["low_usd_per_kg"], implied["high_usd_per_kg"]) == (6 * 69, 270 * 1.6)
    assert (quotes["low_usd_per_kg"] <= quotes["high_usd_per_kg"]).all()
    assert months.groupby("element")["date"].apply(lambda d: d.is_monotonic_increasing).all()
    sums = months.groupby("element")["kg"].sum()
    assert sums["Dy"] == 44_746 and sums["Tb"] == 36_518, "as the months of the source add up"


def test_approvals_are_dated_shares_and_weak_ones_do_not_set_the_range():
    shares, answers = shortages.approvals()
    assert shares["date"].is_monotonic_increasing and shares["label"].is_unique
    assert shares["share_pct"].between(0, 100).all()
    firm = shares[~shares["weak"]]["share_pct"]
    assert answers["approval-high"].value == firm.max() < shares["share_pct"].max()
    counted = shares[shares["label"].str.startswith("EU Chamber")]["share_pct"].item()
    assert counted == pytest.approx(100 * 19 / 141)


def test_lists_of_names_add_up_and_leave_out_those_that_ended():
    answers = controls.elements()
    table = data.table("china_export_controls")
    japanese = table[table["target"] == "Japan (entities)"]["entities"]
    assert answers["entities-japan"].value == japanese.sum() == 80
    ended = table.loc[table["ended"].notna(), "entities"].sum()
    assert answers["entities-listed"].value + ended == table["entities"].sum()
    said = table.dropna(subset=["agreed_until"])
    assert (said["agreed_until"] > said["suspended_until"]).all()
    assert controls.LICENCES not in set(said["instrument"]), "the licences were never suspended"


def test_a_year_of_imports_is_priced_as_oxide_at_the_price_inside():
    answers = shortages.in_stock()
    assert answers["year-of-yttrium"].value == pytest.approx(457 * 6 / 1000)
    assert answers["year-of-scandium"].value == pytest.approx(7 * 665 / 1000)
