"""What the chapter on chokepoints says of plants, and of what plants need, follows from tables."""

import pytest

from rareearth import data
from rareearth.analysis import supply
from rareearth.analysis.chokepoints import conditions, plants, promises
from rareearth.answers import in_words
from rareearth.models import basket, pipeline


def test_us_capacity_is_what_runs_and_what_is_planned():
    capacity, answers = plants.magnet_makers()
    parts = [answers[name].value for name in ("us-running", "us-planned")]
    assert sum(parts) == pytest.approx(answers["us-if-all"].value)
    ours = capacity[capacity["holder"] == "All US plants"]["magnets_t"].sum()
    finished = answers["jl-mag-finished"].value
    assert finished > 4 * answers["us-running"].value, "several times what runs"
    assert finished == pytest.approx(ours / 1000, rel=0.15), "about level with what is planned"


def test_capacity_by_start_adds_to_what_is_listed():
    starts, answers = plants.capacity()
    by_class = starts.groupby("product_class")["capacity_kt_per_year"].sum()
    assert 1000 * by_class["sintered magnets"] == pytest.approx(
        answers["build-magnets-listed"].value
    )
    assert set(by_class.index) == set(plants.CLASSES)
    for name in ("build-magnets-live", "build-ndpr-live", "build-magnets-guess"):
        assert 0 < answers[name].value < 100


def test_every_plant_runs_waits_or_was_given_up():
    slipped, answers = promises.slips()
    counts = slipped["outcome"].value_counts()
    assert answers["plants"].value == counts.sum()
    assert answers["plants-running"].value == counts["running"]
    assert slipped["source"].notna().all()
    shares = [answers[name].value for name in ("on-time", "within-three")]
    assert shares == sorted(shares)
    punctual = (slipped["slip_years"] == 0) & (slipped["outcome"] == "running")
    half = answers["build-flip-plants"].value + punctual.sum()
    assert 2 * half >= len(slipped) > 2 * (half - 1)


def test_one_ramp_alone_reached_nameplate():
    ramp, answers = plants.ramps()
    full = set(ramp.loc[ramp["share_pct"] >= 100, "ramp"])
    assert full == {plants.KUANTAN}, "the caption says so"
    assert answers["build-ramp-best"].value == ramp["share_pct"].max()
    low, middle, high = (answers[f"build-ramp-{n}"].value for n in ("low", "median", "high"))
    assert low < middle < high
    assert answers["build-ramp-count"].value == ramp["ramp"].nunique()


def test_quarters_are_rates_over_the_nameplate_of_their_day():
    frame, answers = plants.quarters()
    share = 100 * 1000 * frame["rate_kt_per_year"] / frame["nameplate_t"]
    assert share.to_numpy() == pytest.approx(frame["share_pct"].to_numpy())
    at = frame.set_index(["company", "period"])
    assert at.loc[("Lynas", "Jun Q 2023"), "rate_kt_per_year"] == pytest.approx(4 * 1.864)
    assert at.loc[("MP Materials", "Q1-Q3 2024"), "rate_kt_per_year"] == pytest.approx(0.881 / 0.75)
    assert answers["build-quarter-best"].value == frame["share_pct"].max()
    assert frame.sort_values("year")["nameplate_t"].max() == 10500


def test_first_design_is_the_promised_oxides_at_the_split_of_the_ore():
    plates = data.table("nameplates")
    of = plates[plates["preferred"]].set_index("ramp")["nameplate_t_per_year"]
    mix = data.table("deposit_mix").query("deposit == 'Mount Weld'")
    split = mix.set_index("element")["share_of_treo_pct"][["Nd", "Pr"]].sum() / 100
    promised = of["Lynas, Kuantan REO"] * split
    assert of[plants.KUANTAN].iloc[0] == pytest.approx(promised, rel=1e-3)


def test_readings_share_the_record_and_differ_in_the_nameplate_alone():
    frame, printed, answers = plants.readings()
    assert set(frame["reading"]) == set(plants.READINGS) and len(printed) == len(frame)
    at = frame.set_index("reading")
    # A larger nameplate makes a smaller share of the same output.
    order = ["first design throughout", "as promised", "chief executive", "trade press"]
    assert at.loc[order, "ceiling_pct"].is_monotonic_decreasing
    assert at.loc[order[1:], "best_pct"].is_monotonic_decreasing
    assert at["ceiling_pct"].between(0, 100).all() and (at["error_pct"] > 0).all()
    inside = (at["ceiling_pct"] - at.loc["as promised", "ceiling_pct"]).drop("all oxides").abs()
    error = at.loc["as promised", "error_pct"]
    assert (inside < 1.645 * error).all(), "the text says that they lie within the error"
    assert answers["build-ceiling"].value == pytest.approx(100 * supply.ramp().ceiling)


def test_unsigned_plants_are_those_whose_sources_cannot_carry_a_finding():
    frame, _, answers = plants.unsigned()
    listed = data.table("plants").query("status != 'stopped'")
    signed = sum(data.carries(keys.split(";")) for keys in listed["source"])
    assert answers["build-plants-unsigned"].value == len(listed) - signed
    assert frame["plants_count"].sum() == len(listed)
    assert (frame["unsigned_count"] <= frame["plants_count"]).all()
    running = listed[(listed["country"] == plants.US) & (listed["status"] == "ramping")]
    magnets = running[running["product_class"] == "sintered magnets"]
    weak = magnets[~magnets["source"].str.split(";").map(data.carries)]
    assert set(weak["facility"]) == {"eVAC Magnetics"}, "the note of the figure names these"


def test_stages_part_the_record_and_intervals_hold_their_shares():
    frame, _, answers = promises.by_stage()
    by = frame.pivot(index="measure", columns="stages", values=["plants_count", "running_count"])
    for what in ("plants_count", "running_count"):
        parts = by[what][list(promises.STAGES)].sum(axis=1)
        assert (parts == by[what]["All"]).all()
        ore = by[what][["Mines", "Separation"]].sum(axis=1)
        assert (ore == by[what][promises.BOTH]).all()
    assert frame["share_pct"].between(frame["low_pct"], frame["high_pct"]).all()
    assert (frame["running_count"] <= frame["plants_count"]).all()
    slipped, answers = promises.slips()
    today = frame[frame["measure"] == "Today"].set_index("stages")
    assert today.loc["All", "running_count"] == answers["plants-running"].value
    kept = (slipped["slip_years"] == 0) & (slipped["outcome"] == "running")
    at = frame.set_index(["stages", "measure"])
    assert at.loc[("All", "In the promised year"), "running_count"] == kept.sum()


def test_mines_and_separators_on_time_were_added_to_plants_that_ran():
    slipped, _ = promises.slips()
    kept = slipped[(slipped["slip_years"] == 0) & (slipped["outcome"] == "running")]
    kept = set(kept[kept["stage"].isin(supply.ORE)]["facility"])
    assert kept == {"Lynas Kuantan, Dy and Tb", "La Rochelle, NdPr"}, "the text says so"


def test_dated_lists_are_counted_once_for_each_project_and_grow_with_time():
    frame, answers = promises.dated_lists()
    assert frame["project"].is_unique and frame["due_year"].notna().all()
    table = data.table("dated_lists")
    came = set(table.dropna(subset="first_output_year")["project"])
    assert came == set(frame.dropna(subset="first_output_year")["project"])
    late = frame["first_output_year"] - frame["due_year"]
    assert (late <= 0).sum() <= (late <= promises.LATER).sum() <= late.notna().sum()
    ever = in_words(int(frame["first_output_year"].notna().sum()))
    assert answers["build-dated-later"].value == ever, "text says so"


def test_plants_for_heavies_count_each_tonne_once_and_only_one_runs():
    frame, _ = promises.heavies()
    table = data.table("heavy_separation")
    assert frame["dytb_t"].sum() == pytest.approx(
        table.loc[table["counted"], "quantity_t_per_year"].sum()
    )
    assert table.loc[table["counted"], "elements"].isin(["Dy", "Tb", "Dy+Tb"]).all()
    assert (frame["state"] == "operating").sum() == 1, "the caption says so"
    ranks = frame["state"].map(promises.STATES.index)
    assert ranks.is_monotonic_increasing
    rows, printed = promises.heavy_states()
    assert len(printed) == rows.groupby(["operator", "place"]).ngroups


def test_heavies_agree_with_the_plants_of_the_balance():
    frame, _ = promises.heavies()
    tonnes = frame.set_index("plant")["dytb_t"]
    made = supply.plants().set_index(["facility", "stage", "state"]).sort_index()
    running = made.loc[("Lynas Malaysia heavy", "Separated", "running"), "quantity_t_per_year"]
    assert tonnes["Lynas, Kuantan"] == running.item()
    circuit = made.loc[("Mountain Pass heavy separation", "Separated", "building")]
    assert tonnes["MP Materials, Mountain Pass"] == circuit["quantity_t_per_year"]


def test_mixes_add_to_the_whole_where_stated():
    table, answers = plants.mixes()
    total = table.groupby("source_of_mix")["share_pct"].sum()
    assert total.between(99, 107).all(), "older analyses add to a little more"
    assert total[plants.WANTED] == pytest.approx(100)
    wanted = answers["build-light-wanted"].value + answers["build-heavy-wanted"].value
    assert wanted == pytest.approx(100)


def test_deposits_are_ordered_from_the_lightest_to_the_heaviest():
    yields, need, answers = plants.baskets()
    assert yields["heavy_g_per_kg_ndpr"].is_monotonic_increasing
    assert need[0] < need[1]
    at = yields.set_index("deposit")["heavy_g_per_kg_ndpr"]
    cut = 100 * (1 - at["Mount Weld"] / need[1])
    assert answers["build-flip-cut"].value == pytest.approx(cut)
    assert at["Mountain Pass"] < need[0] and at["Mount Weld"] < need[0], "the caption says so"


def test_blend_with_clay_meets_the_need():
    yields, need, answers = plants.baskets()
    at = yields.set_index("deposit")["heavy_g_per_kg_ndpr"]
    for name, grams in zip(("low", "high"), need, strict=True):
        part = answers[f"build-clay-{name}"].value / 100
        assert part * at["Carina clay"] + (1 - part) * at["Mount Weld"] == pytest.approx(grams)


def test_times_the_ore_is_by_how_much_heavies_are_scarcer():
    _, need, answers = plants.baskets()
    mix = data.table("deposit_mix").query("deposit == 'Mountain Pass'")
    shares = basket.grouped(mix.set_index("element")["share_of_treo_pct"], plants.GROUPS)
    rate = 1000 * shares["Dy + Tb"] / shares["Nd + Pr"]
    assert answers["build-times-ore"].value == pytest.approx(need[1] / rate)


def test_lead_times_keep_every_row_and_name_the_mines():
    times, answers = conditions.lead_times()
    assert len(times) == len(data.table("lead_times"))
    assert times.loc[times["mines_count"].notna(), "mark"].str.endswith("mines").all()
    assert answers["build-us-years"].kind == "estimate"
    assert answers["build-permit-list"].value.startswith("United States 5 to 10")


def test_people_has_a_panel_for_each_bar_and_bounds_for_china():
    bars, answers = conditions.people_and_patents()
    assert bars["panel"].value_counts().to_dict() == {"patents": 4, "programmes": 3, "graduates": 2}
    assert bars.loc[bars["lower_bound"], "country"].eq("China").all()
    filed = bars[bars["panel"] == "patents"].set_index("country")["count"]
    ratio = filed["China"] / filed["United States"]
    assert answers["build-patents-ratio"].value == pytest.approx(ratio)


def test_footprint_and_residues_part_the_table():
    routes, answers = conditions.footprint()
    printed, residues = conditions.residues()
    assert len(routes) + len(residues) == len(data.table("footprint"))
    assert len(printed) == len(residues) and printed.notna().all(axis=None)
    low, high = answers["build-gas-clay"].value, answers["build-gas-range"].value
    assert low.split()[0] == high.split()[0], "clay is the least"


def test_funnel_shrinks():
    steps, answers = conditions.commitments()
    assert steps["projects_count"].is_monotonic_decreasing
    assert answers["build-funnel-paid"].value == steps["projects_count"].iloc[-1]


def test_slips_are_watched_until_today():
    slipped, answers = promises.slips()
    year = data.today().year
    again = pipeline.slips(data.table("start_dates"), year)
    assert answers["this-year"].value == year
    assert slipped["watched_years"].tolist() == again["watched_years"].tolist()
