"""The stock model's inputs, assembled from the tables."""

import numpy as np
import pandas as pd
import pytest

from rareearth import assumptions, data, scenarios, uncertainty
from rareearth.analysis import products
from rareearth.models import recycling, stock

BASELINE = scenarios.load("baseline")


@pytest.fixture(scope="module", params=products.REGIONS)
def place(request):
    return products.Products(request.param)


@pytest.fixture(scope="module")
def draws():
    return products.sample(40, 1, BASELINE)


def test_inputs_run_through_the_pathway(place, draws):
    flows = recycling.flows(place.inputs(draws))
    assert flows.by_element(flows.fate.recovered).shape == (61, 4, 40)
    assert flows.by_product(flows.stock).shape == (61, len(products.register()), 40)
    assert np.isfinite(flows.stock).all() and np.isfinite(flows.fate.recovered).all()


def test_known_years_are_kept_and_others_marked(place):
    for product, series in place.series.items():
        known = place.known(product)
        known = known[(known.index >= 1990) & (known.index <= 2024)]
        kept = series.loc[known.index]
        np.testing.assert_allclose(kept["value"], known, err_msg=f"{product} was changed")
        assert not kept["filled"].any(), f"{product}: known years are marked as filled"
        assert series["filled"].any()


def test_the_world_holds_the_united_states(draws):
    at_home, world = (products.Products(g).units(draws)[:36].mean(axis=2) for g in products.REGIONS)
    assert (at_home <= world * (1 + 1e-9)).all()


def test_the_central_draw_is_most_likely_values(place):
    inputs = place.inputs(place.central())
    assert inputs.magnet_kg[0, 0] == place.magnets.loc["BEV", "mode"]
    assert inputs.fractions.sum(axis=1).max() < 0.36, "magnets hold about a third of rare earths"
    assert inputs.dismantling[0, 0, 0] == assumptions.register().loc["dismantling_today", "mode"]


def test_nothing_leaves_the_world(draws):
    assert not products.Products("World").inputs(draws).export.any()


def test_a_higher_demand_case_moves_cars_and_wind_only_after_today(draws):
    stated, higher = (
        products.Products("World", case).units(draws).mean(axis=2) for case in ("STEPS", "APS")
    )
    past = products.YEARS <= 2024
    np.testing.assert_allclose(stated[past], higher[past])
    moved = (higher[-1] > stated[-1] * 1.01).tolist()
    names = [p for p, changed in zip(products.register().index, moved, strict=True) if changed]
    turbines = products.register().query("series == 'wind'").index
    assert names == ["BEV", "PHEV", *turbines]


def test_unknown_places_and_cases_are_refused():
    with pytest.raises(ValueError, match="region must be one of"):
        products.Products("Mars")
    with pytest.raises(ValueError, match="in case 'HOPE'"):
        products.Products("World", "HOPE")


def test_space_and_sample_name_the_same_inputs(place, draws):
    space = products.space(place.region, BASELINE)
    assert set(space.index) <= set(draws.columns)
    assert space.index.is_unique


def test_every_input_of_the_space_matters_to_some_flow(place):
    space = products.space(place.region, BASELINE)
    varying = space.index[space["low"] < space["high"]]
    base = uncertainty.sample(space, 1, 3)
    low = pd.concat([base.assign(**{name: space.loc[name, "low"]}) for name in varying])
    high = pd.concat([base.assign(**{name: space.loc[name, "high"]}) for name in varying])

    def everything(draws):
        def keep(flows):
            return {
                "masses": np.concatenate(
                    [flows.inflow, flows.stock, flows.stored, flows.fate.recovered]
                )
            }

        made = place.inputs(draws)
        flows = recycling.flows(made)
        masses = keep(flows)["masses"].reshape(-1, len(draws))
        spread = np.broadcast_to(made.fractions, (*made.fractions.shape[:2], len(draws)))
        return np.concatenate([masses, spread.reshape(-1, len(draws))])

    idle = [
        name
        for name, a, b in zip(varying, everything(low).T, everything(high).T, strict=True)
        if np.array_equal(a, b) and not _is_certain(name, place)
    ]
    assert not idle, f"nothing depends on {idle}; drop them from products.assumed()"


def _is_certain(name, place):
    """A quantile of a range of no width."""
    quantity, _, kind = name.partition(" in magnet, ")
    if not kind:
        return False
    limits = place.elements[quantity]
    rows = limits[products.register()["family"] == kind]
    return bool((rows["low"] == rows["high"]).all())


def test_a_policy_that_collects_more_recovers_more(draws):
    place = products.Products("United States")
    more = draws.assign(collection_vehicles=1.0, collection_electronics=1.0)

    def recovered(flows):
        return {"t": flows.by_element(flows.fate.recovered)[-1].sum(axis=0)}

    before, after = (recycling.pathway(place.inputs, d, recovered)["t"] for d in (draws, more))
    assert (after > before).all()


def test_inputs_are_named_in_words():
    assert products.label("magnet mass, plug-in car") == "Magnet in an electric car"
    assert products.label("lifetime, turbine") == "Lifetime of turbines"
    assert products.label("Dy in magnet, MRI") == "Dysprosium in an MRI's magnet"
    register = assumptions.register()["label"]
    assert products.label("collection_vehicles") == register["collection_vehicles"]
    words = [products.label(name) for name in products.quantiles()]
    assert len(set(words)) == len(words), "two inputs have one name"


def test_scanners_are_those_of_the_stock_model_at_every_volume():
    world = products.Products("World")
    draws = pd.DataFrame({"mri_volume_2050": [0.3, 1.0, 2.5]})
    years = np.arange(products.MRI_FROM + 1, products.YEARS[-1] + 1)
    life = world.lifetimes.loc["MRI"]
    survival = stock.weibull_survival(
        stock.ages(len(years)), life["weibull_shape"], life["scale_mode_years"]
    )
    sold = world._scanners(draws)
    counted = data.table("product_sales").query("product == 'MRI'").iloc[0]
    before = len(years) - len(sold)
    early = stock.stock_driven(
        np.interp(years, [products.MRI_FROM, counted["year"]], [0, counted["value"]]), survival
    ).inflow[:before]
    for k, ratio in enumerate(draws["mri_volume_2050"]):
        in_use = stock.inflow_driven(np.r_[early, sold[:, k]], survival).stock
        at = years == counted["year"]
        np.testing.assert_allclose(in_use[at], counted["value"], rtol=1e-9)
        np.testing.assert_allclose(in_use[-1], ratio * counted["value"], rtol=1e-9)


@pytest.mark.parametrize("region", ["United States", "World"])
def test_what_the_balance_takes_of_the_pathway_is_what_the_pathway_gives(region):
    draws = products.sample(20, 1, scenarios.load("baseline"))
    inputs = products.Products(region).inputs(draws)
    at = np.flatnonzero(np.isin(products.YEARS, [2024, 2030, 2040]))
    loss = recycling.loss(inputs, at[-1] + 1)
    got, entering = recycling.recovered(inputs, loss, at, np.moveaxis(inputs.fractions, 1, 0))
    flows = recycling.flows(inputs)
    for found, whole in ((got, flows.fate.recovered), (entering, flows.inflow)):
        expected = np.moveaxis(flows.by_element(whole[at]), 1, 0)
        np.testing.assert_allclose(found, expected, rtol=1e-9)
