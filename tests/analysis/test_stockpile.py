"""The stockpile's assembly: the plan in tonnes, whose need it covers, the cuts on record."""

import numpy as np
import pytest

from rareearth import assumptions, data, scenarios
from rareearth.analysis import stockpile
from rareearth.models import disruption, oxides


@pytest.fixture(scope="module")
def draws():
    return assumptions.sample(300, 1, scenarios.load("baseline"))


def test_the_plan_in_elements_is_what_the_printed_tonnage_comes_to_in_finished_magnets():
    plan = stockpile.plan()
    oxide = plan.query("material == 'NdPr oxide'")["element_t"].item()
    kept = assumptions.register().loc[["metal_yield", "magnet_yield"], "mode"].prod()
    assert oxide == pytest.approx(300 * oxides.ndpr_in_oxide() * kept)
    magnets = plan.query("material == 'NdFeB magnet block'")["element_t"].sum()
    content = assumptions.register().loc["rare_earth_in_magnet", "mode"]
    assert magnets == pytest.approx(450 * content)


def test_days_of_cover_are_plan_over_need():
    cover = stockpile.cover()
    assert len(cover) == len(stockpile.BASES) * len(stockpile.GROUPS)
    assert cover["days"].to_numpy() == pytest.approx(
        (365.25 * cover["plan_t"] / cover["need_t"]).to_numpy()
    )
    by_basis = cover.pivot(index="group", columns="basis", values="need_t")
    assert (by_basis["Defence"] < by_basis["US factories"]).all()
    assert (by_basis["US factories"] < by_basis["All US use"]).all(), (
        "magnets bought as magnets are part of all that the country uses"
    )


def test_the_register_holds_what_the_plan_covers():
    row = assumptions.register().loc["stockpile_months"]
    assert row["mode"] == pytest.approx(stockpile.plan_months(), abs=0.02), (
        "stockpile_months in data/assumptions.csv no longer is what the plan covers: set its mode "
        f"and high end to {stockpile.plan_months():.2f}."
    )
    assert row["high"] == row["mode"], "the plan is a ceiling"


def test_the_register_spans_the_cuts_on_record():
    register = assumptions.register()
    for cut in stockpile.episodes().itertuples():
        for name, value in (("cut_share", cut.share), ("cut_months", cut.months)):
            low, high = register.loc[name, ["low", "high"]]
            assert low - 0.005 <= value <= high, f"{name} leaves out {cut.episode}: {value:.2f}"
    reach = stockpile.direct_share(stockpile._central()).item()
    assert register.loc["cut_reach", "low"] == pytest.approx(reach, abs=0.01)


def test_episodes_follow_from_the_months_by_hand():
    past = stockpile.episodes().set_index("episode")
    before = (23310 - 1278 - 634 - 4080) / 9
    lost = 1 - (1278 + 634) / 2 / before
    assert past.loc["Japan 2010", "share"] == pytest.approx(lost)
    assert past.loc["Japan 2010", "lost_months"] == pytest.approx(2 * lost)
    assert past.loc[stockpile.JAPAN_AGAIN, "share"] == pytest.approx(0.8)


def test_monthly_imports_of_japan_fit_in_the_year():
    table = data.table("japan_imports_in_cuts")
    year = table[(table["months"] == 12)].set_index("origin")["gross_t"]
    months = table[(table["months"] == 1) & (table["start"].dt.year == 2010)]
    assert months.loc[months["origin"] == "China", "gross_t"].sum() < year["China"] < year["All"]


def test_what_congress_was_told():
    told = stockpile.coverage_2023()
    assert told["gap_usd_billion"] > told["value_usd_billion"]
    assert told["civilian_pct"] < told["military_pct"]


def test_value_is_shown_with_its_price_basis():
    history = stockpile.history()
    both = history[history["year"] == 1989].set_index("measure")["value_usd_billion"]
    assert both["value, prices of 2022"] > both["value, prices of the year"]


def test_the_need_by_use_keeps_the_total(draws):
    need = stockpile.us_need(draws)
    assert (need >= 0).all()
    total = np.full((2, len(draws)), 7.0)
    split = stockpile.by_use(total, draws, 2030)
    assert split.sum(axis=0) == pytest.approx(total)
    assert split.shape == (len(stockpile.USES), 2, len(draws))


def test_a_larger_stock_covers_more_cuts_and_no_response_covers_fewer(draws):
    sizes = np.linspace(0, 18, 19)
    curve = stockpile.risk_curve(draws, sizes)["covered_pct"]
    assert (np.diff(curve) >= 0).all() and curve.iloc[-1] == 100
    alone = stockpile.risk_curve(draws, sizes, respond=False)["covered_pct"]
    assert (alone <= curve).all()


def test_the_cheapest_stock_covers_what_it_should(draws):
    best = stockpile.cheapest(draws, 0.9)
    hole = stockpile.factory_cut(draws).shortage.sum(axis=0)
    covered = (hole <= best[:, None] + 1e-9).all(axis=0)
    assert covered.mean() >= 0.9


def test_defence_goes_short_last(draws):
    need = stockpile.us_need(draws)[6]
    others = 0.1 * need.sum(axis=0)
    worst = stockpile.cases()[-1]
    lost = stockpile.short_by_use(stockpile.stress(need, others, draws, worst), need)
    by_use = lost.set_index("use")["median"]
    assert by_use["Defence"] == 0 and (by_use.drop("Defence") > 0).all()
    table = stockpile.stress_table(need, others, draws).set_index("case")
    assert len(table) == len(stockpile.cases())
    deeper = table.loc[worst.name, ["NdPr_median", "DyTb_median"]]
    assert (deeper >= table.loc["As Japan 2010", ["NdPr_median", "DyTb_median"]]).all()


def in_years(draws):
    """A cut at its year in the register, on a need of which a fifth comes from elsewhere."""
    need = np.broadcast_to(np.array([9000.0, 400.0])[:, None], (2, len(draws)))
    need = np.broadcast_to(stockpile.by_use(need, draws, 2030), (8, 4, 2, len(draws)))
    terms = stockpile.cut_of_years(draws, 2026)
    return disruption.by_year(need, 0.2 * need.sum(axis=1), *terms, stockpile.RANK)


def test_the_cut_falls_in_its_years(draws):
    short = in_years(draws).shortage.sum(axis=(1, 2))
    starts = int(draws["cut_start_year"].iloc[0]) - 2026
    assert not short[:starts].any() and short[starts] > 0
    later = in_years(draws.assign(cut_start_year=2032.0)).shortage.sum(axis=(1, 2))
    assert not later[: starts + 2].any() and later[starts + 2] > 0


def test_a_larger_stockpile_lowers_the_shortage(draws):
    found = [
        in_years(draws.assign(stockpile_months=months)).shortage.sum()
        for months in (0.0, 1.0, 3.0, 40.0)
    ]
    assert (np.diff(found) < 0).all() and found[-1] == pytest.approx(0, abs=1e-6)


def test_a_cut_that_reaches_further_leaves_more_short(draws):
    found = [in_years(draws.assign(cut_reach=r)).shortage.sum() for r in (0.0, 0.25, 0.5, 1.0)]
    assert found[0] == pytest.approx(0, abs=1e-6) and (np.diff(found) > 0).all()


def test_what_fills_the_need_adds_to_it(draws):
    need = stockpile.us_need(draws)[6]
    run = stockpile.stress(need, 0.1 * need.sum(axis=0), draws, stockpile.cases()[3])
    filled = stockpile.fills(run)[list(disruption.FILLS)].sum(axis=1)
    assert filled.to_numpy() == pytest.approx(100)


def test_the_hindcast_names_its_sources_and_its_misses():
    rows = stockpile.hindcast()
    assert rows["error_pct"].abs().max() < 100
    for keys in rows["source"]:
        for key in keys.split(";"):
            data.source(key)
    stop = rows[rows["quantity"].str.contains("first plant")].iloc[0]
    assert 1 <= stop["ours"] <= 2, "the first plant stood in May 2025, the second month of the cut"


def test_a_tonne_in_magnets_costs_the_oxide_that_goes_into_it(draws):
    light, heavy = stockpile.price_per_t(draws)
    spot = draws["ndpr_spot"] / oxides.ndpr_in_oxide() * 1e3
    kept = draws["metal_yield"] * draws["magnet_yield"]
    np.testing.assert_allclose(light, spot / kept)
    assert (heavy > 239e3).all() and (heavy * kept / 1e3 < 1010 / 0.85).all()


def test_a_budget_is_purchase_and_holding_and_grows_with_the_stock(draws):
    costs = stockpile.budget(np.array([100.0, 10.0]), draws)
    twice = stockpile.budget(np.array([200.0, 20.0]), draws)
    np.testing.assert_allclose(twice, 2 * costs)
    years = np.arange(1, stockpile.HELD + 1)
    rate = draws["public_discount_rate"].iloc[0]
    by_hand = (costs["yearly_usd_million"].iloc[0] / (1 + rate) ** years).sum()
    held = costs["budget_usd_million"] - costs["purchase_usd_million"]
    assert held.iloc[0] == pytest.approx(by_hand)
