"""What magnets without rare earths can do, how fast they may spread, and what that avoids.

Magnets are taken with a square loop: polarisation keeps its value, apart from the slope of the
recoil line, until the field inside the magnet reaches its coercivity. That is a good picture of
sintered ferrite, samarium and neodymium magnets and too kind to AlNiCo. Units: tesla, kA/m,
kJ/m3, degrees Celsius; masses of rare earths are of contained element.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import constants, optimize

from rareearth.models import demand

ROOM_C = 20.0
"""Temperature at which makers print the properties of magnets."""

ELEMENTS = ("Nd", "Pr", "Dy", "Tb")
HEAVY = ("Dy", "Tb")
CEILINGS = {
    "Electric vehicles": "switch_ceiling_vehicles",
    "Wind power": "switch_ceiling_wind",
    "Other uses": "switch_ceiling_other",
}
"""Assumption that holds how far motors without such magnets go in each use."""

LOST = 0.1
"""Part of circuits below which a magnet is said to lose its field in a use."""

ROUTES = ("Motors of another kind", "New magnets", "Less heavy rare earth")


class Avoided(NamedTuple):
    """Demand and what each route takes off it, thousand tonnes of element.

    Attributes:
        demand: before substitution: year, element, draw.
        routes: for each of :data:`ROUTES` in their order: route, year, element, draw.
    """

    demand: np.ndarray
    routes: np.ndarray


# Magnets ------------------------------------------------------------------------------------------


def at_temperature(
    value: ArrayLike, coefficient_pct_per_k: ArrayLike, temperature_c: ArrayLike
) -> np.ndarray:
    """Property of a magnet at a temperature, from its value at 20 C and a linear coefficient.

    Args:
        value: at 20 C.
        coefficient_pct_per_k: percent of that value per kelvin.
        temperature_c: degrees Celsius.

    Returns:
        The property in the same unit, not below zero; arguments are broadcast.
    """
    change = np.asarray(coefficient_pct_per_k) / 100 * (np.asarray(temperature_c) - ROOM_C)
    return np.maximum(np.asarray(value) * (1 + change), 0.0)


def energy_product(
    br_t: ArrayLike, hcj_ka_m: ArrayLike = np.inf, mu_rec: ArrayLike = 1.0
) -> np.ndarray:
    """Largest energy product of a magnet with a square loop.

    On the recoil line B = Br - mu0 mu_r H the product B H peaks at Br / 2, where it is
    Br^2 / (4 mu0 mu_r); with mu_r = 1 that is the bound of theory for a remanence (Coey 2010,
    Magnetism and Magnetic Materials, ch. 13). If the coercivity ends the line before, the peak is
    at the coercivity.

    Args:
        br_t: remanence, T.
        hcj_ka_m: coercivity of polarisation, kA/m.
        mu_rec: relative recoil permeability, 1 or more.

    Returns:
        kJ/m3; arguments are broadcast.
    """
    mu = constants.mu_0 * np.asarray(mu_rec, dtype=float)
    best = np.asarray(br_t) / (2 * mu)
    field = np.minimum(best, 1e3 * np.asarray(hcj_ka_m))
    return field * (np.asarray(br_t) - mu * field) / 1e3


def least_remanence(bhmax_kj_m3: ArrayLike, mu_rec: ArrayLike = 1.0) -> np.ndarray:
    """Least remanence that allows an energy product: :func:`energy_product` turned round.

    Args:
        bhmax_kj_m3: energy product, kJ/m3.
        mu_rec: relative recoil permeability.

    Returns:
        T; arguments are broadcast.
    """
    return np.sqrt(4 * constants.mu_0 * np.asarray(mu_rec) * 1e3 * np.asarray(bhmax_kj_m3))


def opposing_field(br_t: ArrayLike, permeance: ArrayLike, mu_rec: ArrayLike = 1.0) -> np.ndarray:
    """Field against its magnetisation in which a magnet works, where load and recoil line meet.

    Args:
        br_t: remanence, T.
        permeance: permeance coefficient B / (mu0 H) of the circuit; small for thin magnets.
        mu_rec: relative recoil permeability.

    Returns:
        kA/m. The magnet keeps its field as long as its coercivity is larger.
    """
    total = np.asarray(permeance) + np.asarray(mu_rec)
    return np.asarray(br_t) / (constants.mu_0 * total) / 1e3


def least_permeance(br_t: ArrayLike, hcj_ka_m: ArrayLike, mu_rec: ArrayLike = 1.0) -> np.ndarray:
    """Permeance from which a magnet keeps its field: :func:`opposing_field` turned round.

    Args:
        br_t: remanence, T.
        hcj_ka_m: coercivity of polarisation, kA/m.
        mu_rec: relative recoil permeability.
    """
    return np.asarray(br_t) / (constants.mu_0 * 1e3 * np.asarray(hcj_ka_m)) - np.asarray(mu_rec)


def cylinder_permeance(length_over_diameter: ArrayLike) -> np.ndarray:
    """Permeance coefficient of a free cylinder magnetised along its axis.

    From the demagnetising factor N = 1 / (4 n / sqrt(pi) + 1) of Sato and Ishii (1989).

    Args:
        length_over_diameter: n, above 0.
    """
    return 4 * np.asarray(length_over_diameter) / np.sqrt(np.pi)


def margin(magnets: pd.DataFrame, temperature_c: ArrayLike, permeance: ArrayLike) -> np.ndarray:
    """Coercivity over opposing field at a temperature: the magnet keeps its field above 1.

    Args:
        magnets: ``br_t``, ``hcj_ka_m``, ``alpha_br_pct_per_k``, ``beta_hcj_pct_per_k`` and
            ``mu_rec``; one row per magnet.
        temperature_c: degrees Celsius.
        permeance: permeance coefficient of the circuit.

    Returns:
        Shape of temperature and permeance, broadcast, with magnets as a further last axis.
    """
    heat = np.asarray(temperature_c, dtype=float)[..., None]
    br = at_temperature(magnets["br_t"], magnets["alpha_br_pct_per_k"], heat)
    hcj = at_temperature(magnets["hcj_ka_m"], magnets["beta_hcj_pct_per_k"], heat)
    load = opposing_field(br, np.asarray(permeance, dtype=float)[..., None], magnets["mu_rec"])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(load > 0, hcj / load, 0.0)


def limit_temperature(magnets: pd.DataFrame, permeance: ArrayLike) -> np.ndarray:
    """Temperature at which a magnet's margin on a load line is used up.

    Where coercivity and opposing field, both linear in temperature, meet.

    Args:
        magnets: as for :func:`margin`.
        permeance: permeance coefficient of the circuit.

    Returns:
        Degrees Celsius, one per magnet; infinite if the margin does not fall with temperature.
    """
    load = opposing_field(magnets["br_t"], permeance, magnets["mu_rec"])
    spare = magnets["hcj_ka_m"] - load
    loss = (
        load * magnets["alpha_br_pct_per_k"] - magnets["hcj_ka_m"] * magnets["beta_hcj_pct_per_k"]
    ) / 100
    with np.errstate(divide="ignore"):
        return np.where(loss > 0, ROOM_C + spare / loss, np.inf)


def feasibility(
    magnets: pd.DataFrame, uses: pd.DataFrame, permeance: ArrayLike, coldest_c: float
) -> pd.DataFrame:
    """Which magnet keeps its field in which use, and how much more of it is needed.

    A magnet must keep its field both at the use's temperature and in the cold, where ferrite is
    weakest. The same energy in the gap needs a volume in inverse proportion to the energy product
    at the working temperature. This is a simplification: it keeps the shape of the circuit, and a
    motor drawn anew for the weaker magnet does better (see the motors in the chapter).

    Args:
        magnets: as for :func:`margin`, with ``label``, ``bhmax_kj_m3`` and ``density_g_cm3``.
        uses: ``use``, ``working_c`` and ``reference``, the label of the magnet used now.
        permeance: permeance coefficient of the circuit, one per draw.
        coldest_c: lowest temperature to bear, degrees Celsius.

    Returns:
        One row per use and magnet: ``use``, ``label``, ``margin`` (median over draws, the smaller
        of hot and cold), ``holds_share`` (part of the draws in which the field is kept),
        ``volume_ratio`` and ``mass_ratio`` against the reference.

    Raises:
        ValueError: if a reference is not among the magnets.
    """
    unknown = set(uses["reference"]) - set(magnets["label"])
    if unknown:
        raise ValueError(f"Reference magnets {sorted(unknown)} are not in the list of magnets.")
    draws = np.atleast_1d(np.asarray(permeance, dtype=float))
    cold = margin(magnets, np.full(draws.size, coldest_c), draws)
    rows = []
    for use in uses.itertuples():
        least = np.minimum(margin(magnets, np.full(draws.size, use.working_c), draws), cold)
        energy = energy_at(magnets, use.working_c)
        now = int(np.flatnonzero(magnets["label"] == use.reference)[0])
        volume = energy[now] / energy
        rows.append(
            pd.DataFrame(
                {
                    "use": use.use,
                    "label": magnets["label"].to_numpy(),
                    "margin": np.median(least, axis=0),
                    "holds_share": (least > 1).mean(axis=0),
                    "volume_ratio": volume,
                    "mass_ratio": volume
                    * (magnets["density_g_cm3"] / magnets["density_g_cm3"].iloc[now]).to_numpy(),
                }
            )
        )
    return pd.concat(rows, ignore_index=True)


def energy_at(magnets: pd.DataFrame, temperature_c: ArrayLike) -> np.ndarray:
    """Energy product at a temperature: the printed one, reduced as the square loop says.

    Args:
        magnets: as for :func:`margin`, with ``bhmax_kj_m3``.
        temperature_c: degrees Celsius.

    Returns:
        kJ/m3: shape of the temperature, with magnets as a further last axis.
    """
    heat = np.asarray(temperature_c, dtype=float)[..., None]
    br = at_temperature(magnets["br_t"], magnets["alpha_br_pct_per_k"], heat)
    hcj = at_temperature(magnets["hcj_ka_m"], magnets["beta_hcj_pct_per_k"], heat)
    hot = energy_product(br, hcj, magnets["mu_rec"])
    room = energy_product(magnets["br_t"], magnets["hcj_ka_m"], magnets["mu_rec"])
    return magnets["bhmax_kj_m3"].to_numpy() * hot / room


def energy_allowed(
    br_t: ArrayLike, hcj_ka_m: ArrayLike = np.inf, hcb_ka_m: ArrayLike = np.inf
) -> np.ndarray:
    """Most energy product that the remanence and the coercivity of one sample allow.

    In an opposing field H a magnet holds at most its remanence, so B is at most Br - mu0 H, and
    there is no flux to multiply beyond the coercivity, of flux or of polarisation. So B H is at
    most H (Br - mu0 H) at the largest field up to there: mu0 Mr^2 / 4 where the coercivity is half
    the remanence or more, less below. It holds for any shape of the curve; a straight line from
    remanence to coercivity has less.

    Args:
        br_t: remanence, T.
        hcj_ka_m: coercivity of polarisation, kA/m; infinite if not known.
        hcb_ka_m: coercivity of flux, kA/m; infinite if not known.

    Returns:
        kJ/m3; arguments are broadcast.
    """
    return energy_product(br_t, np.minimum(hcj_ka_m, hcb_ka_m))


def inconsistencies(samples: pd.DataFrame, tolerance: float) -> pd.Series:
    """What cannot be true of one sample, by the values printed for it.

    Of ranges the upper end is taken, of a guaranteed coercivity nothing follows. Missing values
    are no fault.

    Args:
        samples: ``br_t_high``, ``js_t``, ``hcj_ka_m_high``, ``hcb_ka_m``, ``bhmax_kj_m3_high``.
        tolerance: excess that rounding may explain, as a fraction.

    Returns:
        The first fault in words, empty where there is none.
    """
    br, energy, hcb = samples["br_t_high"], samples["bhmax_kj_m3_high"], samples["hcb_ka_m"]
    hcj = samples["hcj_ka_m_high"].fillna(np.inf)
    much = 1 + tolerance
    faults = {
        "energy product above the limit of the remanence": energy > much * energy_allowed(br),
        "energy product above the limit of the coercivity": energy
        > much * energy_allowed(br, hcj, hcb.fillna(np.inf)),
        "coercivity of flux above that of polarisation": hcb > much * hcj,
        "coercivity of flux above the remanence": 1e3 * constants.mu_0 * hcb > much * br,
        "remanence above saturation": br > much * samples["js_t"],
    }
    words = np.select([fault.to_numpy() for fault in faults.values()], list(faults), "")
    return pd.Series(words, index=samples.index)


# Adoption -----------------------------------------------------------------------------------------


def logistic(years: ArrayLike, midpoint: ArrayLike, takeover: ArrayLike) -> np.ndarray:
    """Share of its ceiling that an innovation has reached (Fisher and Pry 1971).

    Args:
        years: calendar years.
        midpoint: year at which half is reached.
        takeover: years from a tenth to nine tenths.

    Returns:
        Between 0 and 1; arguments are broadcast.
    """
    distance = np.asarray(years, dtype=float) - midpoint
    return 1 / (1 + 81.0 ** (-distance / np.asarray(takeover)))


def growth_since(
    years: ArrayLike, start: float, midpoint: ArrayLike, takeover: ArrayLike
) -> np.ndarray:
    """What a logistic curve adds after a year, as a share of what was then still open.

    Args:
        years: calendar years, the first axis of the result.
        start: year that counts as zero; earlier years give zero.
        midpoint: as for :func:`logistic`, one per draw.
        takeover: as for :func:`logistic`, one per draw.

    Returns:
        Year, draw: 0 at the start, towards 1.
    """
    later = logistic(np.asarray(years, dtype=float)[:, None], midpoint, takeover)
    before = logistic(start, midpoint, takeover)
    return np.clip((later - before) / (1 - before), 0.0, 1.0)


def fit_logistic(years: ArrayLike, shares: ArrayLike, ceiling: float = 1.0) -> tuple[float, float]:
    """Midpoint and takeover time of the logistic curve nearest to a few shares.

    Least squares on the shares themselves.

    Args:
        years: calendar years, two or more.
        shares: between 0 and the ceiling.
        ceiling: share that is reached in the end.

    Returns:
        Year of the midpoint, and years from a tenth to nine tenths of the ceiling.

    Raises:
        ValueError: if there are fewer than two points or a share is not below the ceiling.
    """
    x, y = np.asarray(years, dtype=float), np.asarray(shares, dtype=float)
    if x.size < 2 or ((y <= 0) | (y >= ceiling)).any():
        raise ValueError("A logistic fit needs two or more shares between 0 and the ceiling.")
    slope, level = np.polyfit(x, np.log(y / (ceiling - y)), 1)
    guess = (-level / slope, np.log(81) / slope)
    found, _ = optimize.curve_fit(lambda t, m, w: ceiling * logistic(t, m, w), x, y, p0=guess)
    return float(found[0]), float(found[1])


# New magnets --------------------------------------------------------------------------------------


def new_magnet_stands_for(
    br_t: ArrayLike, hcj_ka_m: ArrayLike, mu_rec: float, energy_replaced_kj_m3: float
) -> np.ndarray:
    """Tonnes of the magnet used now that a tonne of a new one replaces: the ratio of energies.

    The two are taken to be equally dense.

    Args:
        br_t: remanence of the new magnet, T, one per draw.
        hcj_ka_m: its coercivity, kA/m, one per draw.
        mu_rec: relative recoil permeability.
        energy_replaced_kj_m3: energy product of the magnet that it replaces.
    """
    return energy_product(br_t, hcj_ka_m, mu_rec) / energy_replaced_kj_m3


def circuits_served(
    br_t: ArrayLike, hcj_ka_m: ArrayLike, permeances: np.ndarray, mu_rec: float
) -> np.ndarray:
    """Part of all circuits in which a magnet keeps its field; none if it is less than a tenth.

    Args:
        br_t: remanence, T, one per draw.
        hcj_ka_m: coercivity, kA/m, one per draw.
        permeances: of a sample of circuits.
        mu_rec: relative recoil permeability.
    """
    needed = least_permeance(br_t, hcj_ka_m, mu_rec)
    share = 1 - np.searchsorted(np.sort(permeances), needed, side="right") / permeances.size
    return np.where(share < LOST, 0.0, share)


# Demand avoided -----------------------------------------------------------------------------------


def yearly(path: pd.DataFrame) -> pd.DataFrame:
    """A path given for some years, for every year between them, by straight lines."""
    years = np.arange(path.index.min(), path.index.max() + 1)
    return pd.DataFrame(
        {name: np.interp(years, path.index, path[name]) for name in path},
        index=pd.Index(years, name="year"),
    )


class Mix(NamedTuple):
    """World demand of one case in every year, and what it is made of.

    Attributes:
        years: from first to last.
        total_kt: thousand tonnes of element: year, use (as :data:`rareearth.models.demand.USES`).
        parts: share of each element (as :data:`ELEMENTS`): year, use, element; for uses whose
            elements the source does not give, shares within the heavy and within the light part.
        given: whether the source gives the elements of a use.
    """

    years: np.ndarray
    total_kt: np.ndarray
    parts: np.ndarray
    given: tuple[bool, ...]


def mix(table: pd.DataFrame, case: str) -> Mix:
    """Total and elements of world demand in a case, for :func:`demand_of`.

    Vehicles and wind are split as the source splits them. It gives no elements for other uses:
    there the heavy part is assumed, and within heavy and light the mix is that of vehicles.

    Args:
        table: as for :func:`rareearth.models.demand.path`.
        case: demand case.
    """
    total = yearly(demand.path(table, case)[list(demand.USES)])
    by_element = {element: yearly(demand.path(table, case, element)) for element in ELEMENTS}
    given = tuple(use in by_element["Nd"] for use in demand.USES)
    parts = np.empty((len(total), len(demand.USES), len(ELEMENTS)))
    heavy = np.array([element in HEAVY for element in ELEMENTS])
    for at, use in enumerate(demand.USES):
        known = use if given[at] else "Electric vehicles"
        parts[:, at] = np.stack([by_element[element][known] for element in ELEMENTS], axis=1)
        parts[:, at] /= parts[:, at].sum(axis=1, keepdims=True)
        if not given[at]:
            for some in (heavy, ~heavy):
                parts[:, at, some] /= parts[:, at, some].sum(axis=1, keepdims=True)
    return Mix(total.index.to_numpy(), total.to_numpy(), parts, given)


def demand_of(
    mixed: Mix, assumed: pd.DataFrame, shares: Mapping[str, ArrayLike] | None, years: int
) -> np.ndarray:
    """Demand for each element by use, in finished magnets, before any substitution.

    Args:
        mixed: as from :func:`mix`.
        assumed: one row per draw, one column per assumption.
        shares: a country's share of each use, one per draw, or None for the world.
        years: how many, from the first.

    Returns:
        Thousand tonnes: year, use (as :data:`rareearth.models.demand.USES`), element (as
        :data:`ELEMENTS`), draw.
    """
    heavy = assumed["heavy_share_of_other_uses"].to_numpy()
    elapsed = (mixed.years[:years] - demand.BASE_YEAR) / (demand.LAST_YEAR - demand.BASE_YEAR)
    kept = 1 - np.outer(elapsed, assumed["content_saved_by_2050"])
    level = kept * (assumed["magnet_demand_level"] * assumed[demand.FINISHED]).to_numpy()
    result = np.empty((years, len(demand.USES), len(ELEMENTS), len(assumed)))
    for u, use in enumerate(demand.USES):
        scale = mixed.total_kt[:years, u, None] * level
        if shares is not None:
            scale = scale * shares[use]
        for e, element in enumerate(ELEMENTS):
            whole = scale
            if not mixed.given[u]:
                whole = scale * (heavy if element in HEAVY else 1 - heavy)
            np.multiply(whole, mixed.parts[:years, u, e, None], out=result[:, u, e])
    return result


def demand_by_element(
    table: pd.DataFrame, case: str, assumed: pd.DataFrame, shares: Mapping[str, str] | None
) -> np.ndarray:
    """As :func:`demand_of` for all years of the table; shares are names of assumptions.

    Args:
        table: as for :func:`rareearth.models.demand.path`.
        case: demand case.
        assumed: one row per draw, one column per assumption.
        shares: assumption that holds a country's share of each use, or None for the world.

    Returns:
        Thousand tonnes: year (every year from first to last), use, element, draw.
    """
    drawn = shares and {use: assumed[name].to_numpy() for use, name in shares.items()}
    mixed = mix(table, case)
    return demand_of(mixed, assumed, drawn, len(mixed.years))


def avoided(
    before: np.ndarray,
    years: ArrayLike,
    assumed: pd.DataFrame,
    replaceable_t: np.ndarray,
    serves: np.ndarray,
) -> Avoided:
    """What substitution takes off demand, route by route.

    The routes act in turn, each on what the one before has left: motors of another kind, up to a
    ceiling in each use; new magnets in other uses, up to what plants make and to what they can
    serve; then less dysprosium and terbium in the magnets that remain.

    Args:
        before: as from :func:`demand_by_element`.
        years: its calendar years.
        assumed: one row per draw, one column per assumption.
        replaceable_t: magnets of today's kind that new magnets made could replace, tonnes: year,
            draw.
        serves: part of other uses that new magnets can serve, one per draw.

    Returns:
        Demand and the three routes.
    """

    def drawn(name: str) -> np.ndarray:
        return assumed[name].to_numpy()

    curve = growth_since(
        years, demand.BASE_YEAR, drawn("switch_midpoint_year"), drawn("switch_takeover_years")
    )
    ceilings = np.stack([drawn(CEILINGS[use]) for use in demand.USES])
    switched = before * (ceilings * curve[:, None])[:, :, None]
    left = before - switched

    other = left[:, demand.USES.index("Other uses")]
    offered = replaceable_t / 1e3 * drawn("rare_earth_in_magnet")
    wanted = other.sum(axis=1)
    share = np.minimum(
        np.divide(offered, wanted, out=np.zeros_like(offered), where=wanted > 0), serves
    )
    replaced = other * share[:, None]

    still = left.sum(axis=1) - replaced
    saved = drawn("heavy_thrift_saving") * drawn("heavy_thrift_open")
    thrift = saved * growth_since(
        years,
        demand.BASE_YEAR,
        drawn("heavy_thrift_midpoint_year"),
        drawn("heavy_thrift_takeover_years"),
    )
    heavy = np.array([element in HEAVY for element in ELEMENTS])[:, None]
    thrifted = still * heavy * thrift[:, None]
    return Avoided(before.sum(axis=1), np.stack([switched.sum(axis=1), replaced, thrifted]))
