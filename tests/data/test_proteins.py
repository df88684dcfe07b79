"""Tables of the protein chapter against each other and against themselves."""

import pandas as pd
import pytest

from rareearth import data
from rareearth.models import separation


def test_derived_factors_follow_from_the_fits():
    fits = data.table("distribution_fits").set_index(
        ["model", "extractant", "extractant_vol_pct", "element"]
    )
    factors = data.table("separation_factors").query(
        "family == 'solvent extractant' and kind == 'derived'"
    )
    models = {"etr_optimization_2022": "etr-optimization", "prommis_2026": "PrOMMiS UKy"}
    for _, row in factors.iterrows():
        heavy, light = row["pair"].split("/")
        place = (models[row["source"]], row["ligand"], row["extractant_vol_pct"])
        ratio = [
            separation.distribution_ratio(row["ph"], f["slope_logd_per_ph"], f["intercept_logd"])
            for f in (fits.loc[(*place, heavy)], fits.loc[(*place, light)])
        ]
        assert ratio[0] / ratio[1] == pytest.approx(row["factor"], rel=0.01, abs=0.006), (
            f"{row['ligand']}, {row['pair']} at pH {row['ph']}: the fits give "
            f"{ratio[0] / ratio[1]:.3f}, the table {row['factor']}"
        )


def test_unusable_fits_are_marked():
    fits = data.table("distribution_fits")
    steep = fits["slope_logd_per_ph"].abs() > 2.5
    heavies = fits["element"].isin(["Dy", "Ho"])
    assert (~fits[steep & ~heavies]["usable"]).all(), "A steep fit of a light element is usable."


def test_ranges_of_the_gypsum_model_hold_their_baseline():
    table = data.table("gypsum_model").query("distribution != 'fixed'")
    inside = (table["low"] <= table["baseline"]) & (table["baseline"] <= table["high"])
    assert inside.all(), f"Baseline outside its range: {table.loc[~inside, 'symbol'].tolist()}"


def test_leaching_curves_rise_to_their_optimum():
    curves = data.table("gypsum_leaching")
    for variable in ("time", "solvent_to_solid_ratio"):
        part = curves[curves["variable"] == variable].sort_values("x")
        assert part["leaching_efficiency_fraction"].is_monotonic_increasing, variable


def test_shares_of_the_published_cost_add_up():
    jin = data.table("bio_costs").query("study == 'Jin 2017'")
    assert jin["value"].sum() == pytest.approx(100, abs=1)


def test_announced_sums_are_targets():
    events = data.table("bio_events")
    announced = events["event"].str.contains(r"\bplan(?!t)|announce|NOFO|option|FOA$")
    awarded = events["event"].str.contains("selected|selections|award|programme announced")
    wrong = events[announced & ~awarded & (events["kind"] == "reported")]
    assert wrong.empty, f"Announced, but not marked as target: {wrong['event'].tolist()}"


def test_feed_grades_agree_with_the_assumptions():
    register = data.table("assumptions").set_index("name")
    feeds = data.table("bio_feeds")
    for feed, name in {
        "mine-water sludge": "grade_mine_sludge",
        "coal ash": "grade_coal_ash",
        "red mud": "grade_red_mud",
        "igneous gypsum": "grade_igneous_gypsum",
        "coal refuse": "grade_coal_refuse",
    }.items():
        rows = feeds[(feeds["feed"] == feed) & feeds["unit"].str.contains("mg per kg|g per t")]
        values = rows[["value", "low", "high"]].stack().dropna()
        assert values.between(register.loc[name, "low"], register.loc[name, "high"]).all(), (
            f"{name}: the range of the register does not hold the printed grades {list(values)}"
        )


def test_events_have_readable_dates():
    dates = data.table("bio_events")["event_date"].dropna()
    assert pd.to_datetime(dates, format="ISO8601", errors="coerce").notna().all()


def test_capital_of_separation_is_that_of_the_printed_projects():
    costs = data.table("bio_costs").set_index(["study", "route", "metric"]).sort_index()
    plant = "Eneabba Phase 3 refinery"
    whole = "cracking + leach + SX + finishing"
    per_kg = costs.loc[(plant, "separation and finishing", "capex part"), "value"].item() / (
        costs.loc[(plant, whole, "capacity"), "value"].item() / 1000
    )
    first = costs.loc[(plant, whole, "capex total at FID"), ["low", "high"]].to_numpy().mean()
    later = costs.loc[(plant, whole, "capex total revised"), ["low", "high"]].to_numpy().mean()
    direct = costs.loc[plant].loc[
        ["cracking and leaching", "separation and finishing", "other plant and infrastructure"],
        "value",
    ]
    aclara = costs.loc[("Aclara separation plant",)]
    most = aclara[aclara.index.get_level_values("metric") == "capex whole plant"]["value"].item()
    mine = data.table("plants").set_index("facility").loc["Carina", "capacity_t_per_year"]
    usd = 0.66
    row = data.table("assumptions").set_index("name").loc["separation_capital"]
    assert row["low"] == pytest.approx(usd * per_kg, rel=0.05)
    assert row["mode"] == pytest.approx(usd * per_kg * later / direct.sum(), rel=0.1)
    assert row["high"] == pytest.approx(1000 * most / mine, rel=0.05)
    assert first < later
