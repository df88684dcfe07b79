"""What the sources say side by side: sums, choices, and countries against their plants."""

import pytest

from rareearth import data
from rareearth.analysis import accounts
from rareearth.analysis.chokepoints import stages, trade
from rareearth.models import oxides

COUNTRY = {
    "Mountain Pass mine": "United States",
    "Mountain Pass light separation": "United States",
    "Mt Weld": "Australia",
    "Lynas Malaysia light": "Malaysia",
}
"""Country of each facility that is alone of its kind there."""


def listed() -> set[str]:
    """Rows of corrections that explain a difference in accounts."""
    table = data.table("corrections")
    return set(table.loc[table["table"] == "accounts", "row"])


def test_one_reading_is_preferred_for_each_place_and_year():
    rows = accounts.statements()
    chosen = rows[rows["preferred"]].groupby(accounts.KEYS, observed=True).size()
    assert (chosen == 1).all()
    others = rows[~rows["region"].eq("World") & rows["element_t"].notna()]
    missing = set(map(tuple, others[accounts.KEYS].to_numpy())) - set(chosen.index)
    assert missing <= {("Separated", "China", 2025)}, "a place without a preferred reading"


def test_an_agencys_rows_are_those_of_its_own_table():
    agency = accounts.statements().query("reading == 'IEA 2025'")
    table = data.table("magnet_ree_supply").astype({"stage": str}).query("year == 2024")
    stage = table["stage"].map({"Mining": "Mined", "Refining": "Separated"})
    printed = table.set_index([stage, "country"])["element_t"]
    for row in agency.itertuples():
        assert row.element_t == printed[row.stage, row.region]


@pytest.mark.parametrize("deposit", ["Mount Weld", "Xinfeng clay", "Mountain Pass"])
def test_a_split_holds_less_than_the_ore(deposit):
    split = accounts.split(deposit)
    assert 0 < split["DyTb"] < split["NdPr"] < 0.3
    mix = data.table("deposit_mix").query("deposit == @deposit").set_index("element")
    nd = mix.loc["Nd", "share_of_treo_pct"] / 100 * oxides.element_in_oxide("Nd")
    pr = mix.loc["Pr", "share_of_treo_pct"] / 100 * oxides.element_in_oxide("Pr")
    assert split["NdPr"] == pytest.approx(nd + pr)


def test_an_unknown_deposit_is_named():
    with pytest.raises(ValueError, match="Atlantis"):
        accounts.split("Atlantis")


def test_a_year_without_statement_takes_the_latest_before_it():
    later = accounts.preferred("Separated", 2025)
    assert later.loc["China", "year"] == 2024 and later.loc["Malaysia", "year"] == 2025
    with pytest.raises(ValueError, match="nothing on 'Separated' up to 1900"):
        accounts.preferred("Separated", 1900)


def test_readings_that_differ_are_listed_as_corrections():
    """A source that differs from the one we use by more than the tolerance is explained."""
    for stage in ("Mined", "Separated"):
        for year in (2024, 2025):
            beside = accounts.beside(stage, year)
            far = beside[beside["against_pct"].abs() > 100 * accounts.TOLERANCE]
            for row in far.itertuples():
                name = f"{year}, {row.region}, {stage.lower()}: {row.reading}"
                assert name in listed(), f"add to corrections.csv: accounts, {name}"


def test_countries_agree_with_the_plants_in_them():
    """What a country is said to make is what its plants say that they make, or is explained."""
    made = data.table("running_output").astype({"facility": str, "stage": str})
    made = made[made["facility"].isin(COUNTRY)]
    split = {"Mountain Pass mine": "Mountain Pass", "Mt Weld": "Mount Weld"}
    for row in made.itertuples():
        if row.facility in split:
            tonnes = row.quantity_t * sum(accounts.split(split[row.facility]).values())
        else:
            tonnes = row.quantity_t * oxides.ndpr_in_oxide()
        region = COUNTRY[row.facility]
        whole = accounts.preferred(row.stage, int(row.year)).loc[region]
        assert whole["year"] == row.year
        name = f"{row.year}, {region}, {row.stage.lower()}: plants"
        near = whole["element_t"] == pytest.approx(tonnes, rel=accounts.TOLERANCE)
        assert near or name in listed(), f"add to corrections.csv: accounts, {name}"


def test_chapters_print_the_one_value_of_a_place():
    mined, made = (accounts.preferred(stage, 2024)["element_t"] for stage in ("Mined", "Separated"))
    _, answers = stages.in_place()
    assert answers["us-mined-2024"].value == mined["United States"]
    assert answers["us-refined-2024"].value == made["United States"]
    edges, _ = trade.chain()
    passed = edges[(edges["from_stage"] == "Separation")].groupby("origin")["element_t"].sum()
    for country in passed.index:
        assert passed[country] == pytest.approx(made[country])


def test_scrap_could_fill_what_the_agencys_supply_is_below_its_demand():
    """The text says so; neither column tells whether scrap is in it."""
    said = accounts.statements().query("year == 2024 and preferred")
    tonnes = said.set_index(["stage", "region"])["element_t"]
    world = data.table("magnet_ree_supply").astype({"stage": str}).query("year == 2024")
    world = world.set_index(["stage", "country"])["element_t"]["Refining", "World"]
    _, answers = stages.readings()
    assert 1000 * answers["agency-separated"].value == pytest.approx(world, rel=1e-4)
    need = tonnes["Put into magnets", "World"]
    assert 0 < need - world < tonnes["Scrap of magnets", "China"]
