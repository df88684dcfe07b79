"""Separating neighbours: how many stages a selectivity needs, and what a cascade delivers.

A separation factor is the ratio of the distribution ratios of two elements, always written here so
that it exceeds one. ``heavy`` is the component that prefers the extracting phase (organic phase,
protein), ``light`` the one that stays behind; with most proteins that is the lighter element.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth.models import door


class Cascade(NamedTuple):
    """Steady state of a counter-current cascade; all flows per unit time."""

    raffinate: np.ndarray
    """Flow of each component with the spent feed, shape (..., components)."""
    product: np.ndarray
    """Flow of each component with the strip liquor (the loaded organic, if nothing is stripped)."""
    aqueous: np.ndarray
    """Concentration in the aqueous phase, shape (..., stages, components), from the raffinate's
    end to the product's."""
    organic: np.ndarray
    """Concentration in the organic phase, same shape."""


def distribution_ratio(ph: ArrayLike, slope: ArrayLike, intercept: ArrayLike) -> np.ndarray:
    """Concentration in the organic over that in the aqueous phase, from log10 D = slope pH + b.

    Args:
        ph: acidity of the aqueous phase.
        slope: change of log10 D with pH; 3 in theory for three protons per ion, often less.
        intercept: log10 D at pH 0.

    Returns:
        D, broadcast over the arguments.
    """
    return 10.0 ** (np.asarray(slope) * np.asarray(ph) + np.asarray(intercept))


def minimum_stages(
    separation_factor: ArrayLike, light_purity: ArrayLike, heavy_purity: ArrayLike
) -> float | np.ndarray:
    """Fewest equilibrium stages that separate two components, at total reflux (Fenske 1932).

    Args:
        separation_factor: ratio of the two distribution ratios, above 1.
        light_purity: mole fraction of the light component in its product, between 0 and 1.
        heavy_purity: mole fraction of the heavy component in its product, between 0 and 1.

    Returns:
        ln of the product of both odds over ln of the separation factor: a float for scalars, an
        array that broadcasts the arguments otherwise.

    Raises:
        ValueError: if a separation factor is not above 1, or a purity is no fraction.
    """
    factor = _above_one(separation_factor)
    light = _fraction("light_purity", light_purity)
    heavy = _fraction("heavy_purity", heavy_purity)
    stages = (_logit(light) + _logit(heavy)) / np.log(factor)
    return float(stages) if np.ndim(stages) == 0 else stages


def minimum_reflux(
    separation_factor: ArrayLike, heavy_share: ArrayLike, heavy_purity: ArrayLike
) -> np.ndarray:
    """Least reflux at which the separation is possible at all, with endless stages.

    Two components, constant load of the extracting phase, feed in the aqueous phase (Underwood
    1932, as for distillation).

    Args:
        separation_factor: above 1.
        heavy_share: mole fraction of the heavy component in the feed.
        heavy_purity: mole fraction of the heavy component in its product.

    Returns:
        Heavy product that is returned to the cascade, per unit that leaves it.
    """
    factor = _above_one(separation_factor)
    share = _fraction("heavy_share", heavy_share)
    purity = _fraction("heavy_purity", heavy_purity)
    organic = factor * share / (1 + (factor - 1) * share)
    return np.maximum(purity - organic, 0) / (organic - share)


def stages_at_reflux(
    separation_factor: ArrayLike,
    light_purity: ArrayLike,
    heavy_purity: ArrayLike,
    heavy_share: ArrayLike,
    reflux_multiple: ArrayLike,
    most: int = 5000,
) -> np.ndarray:
    """Equilibrium stages of a real cascade, which runs at a multiple of the least reflux.

    Stage by stage from the product's end, for two components and a constant load of the extracting
    phase (McCabe and Thiele 1925); the last stage is counted in part. Where the least reflux is
    zero, none is used: the loaded phase is pure enough as it leaves the feed.

    Args:
        separation_factor: above 1.
        light_purity: mole fraction of the light component in its product.
        heavy_purity: mole fraction of the heavy component in its product.
        heavy_share: mole fraction of the heavy component in the feed.
        reflux_multiple: reflux over :func:`minimum_reflux`, above 1.
        most: stages after which a case is given up.

    Returns:
        Stages, broadcast over the arguments.

    Raises:
        ValueError: as :func:`minimum_stages`; if the multiple is not above 1; or if a case needs
            more than ``most`` stages.
    """
    factor, light, heavy, share, multiple = np.broadcast_arrays(
        _above_one(separation_factor),
        _fraction("light_purity", light_purity),
        _fraction("heavy_purity", heavy_purity),
        _fraction("heavy_share", heavy_share),
        door.numbers("reflux_multiple", reflux_multiple),
    )
    if (multiple <= 1).any():
        raise ValueError("reflux_multiple must exceed 1; at 1 the cascade would be endless.")
    raffinate = 1 - light
    reflux = multiple * minimum_reflux(factor, share, heavy)
    split = (share - raffinate) / (heavy - raffinate)  # part of the feed that is heavy product
    load = (reflux + 1) * split
    organic, stages = heavy.astype(float), np.zeros(factor.shape)
    before = np.full(factor.shape, np.inf)
    for _ in range(most):
        aqueous = organic / (factor - (factor - 1) * organic)
        done = aqueous <= raffinate
        open_ = np.isinf(before) | (before > raffinate)
        step = np.ones(factor.shape)
        start = np.where(np.isinf(before), heavy, before)
        depth = _logit(start) - _logit(np.clip(aqueous, 1e-15, 1 - 1e-15))
        np.divide(_logit(start) - _logit(raffinate), depth, out=step, where=done)
        stages += np.where(open_, np.where(done, step, 1.0), 0.0)
        if done.all():
            return stages
        upper = (reflux * aqueous + heavy) / (reflux + 1)
        lower = ((load + 1 - split) * aqueous - (1 - split) * raffinate) / load
        organic = np.where(aqueous > share, upper, lower)
        before = np.where(open_, aqueous, before)
    raise ValueError(f"A case needs more than {most} stages; raise the separation factor.")


def cascade(
    feed: ArrayLike,
    distribution: ArrayLike,
    *,
    extraction_stages: int,
    scrub_stages: int = 0,
    strip_stages: int = 0,
    feed_volume: ArrayLike = 1.0,
    solvent: ArrayLike = 1.0,
    scrub: ArrayLike = 0.0,
    strip: ArrayLike = 0.0,
    scrub_distribution: ArrayLike | None = None,
    strip_distribution: ArrayLike = 0.0,
    returned: ArrayLike = 0.0,
) -> Cascade:
    """Steady state of a counter-current extraction, scrub and strip cascade.

    Each stage is an equilibrium with given distribution ratios, so the component balances are
    linear and tridiagonal; they are solved exactly, for all components and draws at once. Organic
    phase runs from the first extraction stage to the last strip stage and back; aqueous feed
    enters the last extraction stage, scrub solution the last scrub stage, strip acid the last
    strip stage.

    Args:
        feed: flow of each component with the feed, shape (..., components).
        distribution: D in the extraction stages, (..., components).
        extraction_stages: at least 1.
        scrub_stages: 0 or more.
        strip_stages: 0 or more; with none, the loaded organic is the product and fresh organic
            enters.
        feed_volume: volume of the feed, (...), as are the other volumes.
        solvent: volume of organic.
        scrub: volume of scrub solution.
        strip: volume of strip acid.
        scrub_distribution: D in the scrub stages; that of extraction if not given.
        strip_distribution: D in the strip stages.
        returned: part of the strip liquor that becomes scrub solution (reflux); its volume must
            not exceed that of the scrub.

    Returns:
        Flows out and the profile of concentrations.

    Raises:
        ValueError: if stages or volumes are impossible, a value is missing or negative, or mass is
            not conserved.
    """
    if extraction_stages < 1 or scrub_stages < 0 or strip_stages < 0:
        raise ValueError("A cascade has at least one extraction stage and no negative ones.")
    feed = door.numbers("The feed", feed, door.NOT_NEGATIVE)
    ratio = door.numbers("A distribution ratio", distribution, door.NOT_NEGATIVE)
    given = distribution if scrub_distribution is None else scrub_distribution
    scrubbing = door.numbers("A distribution ratio", given, door.NOT_NEGATIVE)
    stripping = door.numbers("A distribution ratio", strip_distribution, door.NOT_NEGATIVE)
    feed_volume, solvent, scrub, strip, returned = (
        door.numbers(name, values, limits)[..., None]
        for name, values, limits in (
            ("The volume of the feed", feed_volume, door.POSITIVE),
            ("The volume of organic", solvent, door.POSITIVE),
            ("The volume of scrub solution", scrub, door.NOT_NEGATIVE),
            ("The volume of strip acid", strip, door.NOT_NEGATIVE),
            ("The part that is returned", returned, door.FRACTION),
        )
    )
    if (returned * strip > scrub * (1 + 1e-12)).any():
        raise ValueError("More strip liquor is returned than the volume of the scrub solution.")
    if (scrub_stages and (scrub <= 0).any()) or (strip_stages and (strip <= 0).any()):
        raise ValueError("Scrub and strip stages need a positive volume of solution.")
    if strip_stages and not scrub_stages and (returned > 0).any():
        raise ValueError("Strip liquor can be returned to scrub stages only.")
    first, second = extraction_stages, extraction_stages + scrub_stages
    count = second + strip_stages
    shape = np.broadcast_shapes(
        feed.shape, ratio.shape, scrubbing.shape, stripping.shape, feed_volume.shape, scrub.shape,
        solvent.shape, strip.shape, returned.shape,
    )  # fmt: skip

    def full(values: np.ndarray) -> np.ndarray:
        return np.broadcast_to(values, shape)

    ratios = [ratio] * first + [scrubbing] * scrub_stages + [stripping] * strip_stages
    volumes = [feed_volume + scrub] * first + [scrub] * scrub_stages + [strip] * strip_stages
    inward = [volumes[j + 1] for j in range(count - 1)]  # aqueous that enters from the next stage
    inward[first - 1 : first] = [scrub] if first < count else []
    if strip_stages:
        inward[second - 1] = returned * strip
    up = [full(solvent * d) for d in ratios]  # organic that leaves, per unit of aqueous
    diagonal = [full(v + u) for v, u in zip(volumes, up, strict=True)]
    source = [np.zeros(shape) for _ in range(count)]
    source[first - 1] = full(feed)
    fresh = [np.zeros(shape) for _ in range(count)]
    fresh[0] = full(solvent)
    coupling = [full(v) for v in inward]
    aqueous = _tridiagonal(up[:-1], diagonal, coupling, source)
    if strip_stages:
        # The stripped organic comes back: its concentration solves one linear equation.
        gain = _tridiagonal(up[:-1], diagonal, coupling, fresh)
        barren = stripping * aqueous[-1] / (1 - stripping * gain[-1])
        aqueous = aqueous + barren * gain
        product = (1 - returned) * strip * aqueous[second]
    else:
        product = up[-1] * aqueous[-1]
    organic = np.stack([full(d) * x for d, x in zip(ratios, aqueous, strict=True)])
    raffinate = np.asarray((feed_volume + scrub) * aqueous[0])
    door.conserved("A component of the feed", full(feed), raffinate, product, rtol=1e-6)
    return Cascade(
        raffinate=raffinate,
        product=np.asarray(product),
        aqueous=np.moveaxis(aqueous, 0, -2),
        organic=np.moveaxis(organic, 0, -2),
    )


def purity(flow: ArrayLike) -> np.ndarray:
    """Part of each component in a stream; the last axis holds the components."""
    flow = np.asarray(flow, dtype=float)
    return flow / flow.sum(axis=-1, keepdims=True)


def cut_shares(basket: pd.Series, products: Sequence[Sequence[str]] | None = None) -> np.ndarray:
    """What is heavy in the feed of each cut of a basket.

    Args:
        basket: moles of each element, lightest first; cut in this order, the lightest first.
        products: groups of neighbours that are sold together, lightest first; each element alone
            if not given.

    Returns:
        Mole fraction above each cut; one cut fewer than products.

    Raises:
        ValueError: if the products are not the basket's elements in their order, or an amount is
            missing or not positive.
    """
    amounts = door.numbers("An amount in the basket", basket, door.POSITIVE)
    groups = [[element] for element in basket.index] if products is None else products
    if [element for group in groups for element in group] != list(basket.index):
        raise ValueError(
            f"The products {groups} must hold each of {', '.join(basket.index)} once, in order."
        )
    left = amounts[::-1].cumsum()[::-1]  # what enters each cut
    starts = np.cumsum([0, *(len(group) for group in groups)])[:-1]
    return left[starts[1:]] / left[starts[:-1]]


def total_stages(
    basket: pd.Series,
    separation_factor: ArrayLike,
    purity_each: float,
    reflux_multiple: ArrayLike,
    products: Sequence[Sequence[str]] | None = None,
) -> np.ndarray:
    """Stages of all the cuts of a basket, if every pair of neighbours has the same factor.

    Args:
        basket: moles of each element, lightest first; cut in this order.
        separation_factor: above 1, with any shape (draws).
        purity_each: mole fraction of the pair's elements in their products.
        reflux_multiple: see :func:`stages_at_reflux`.
        products: see :func:`cut_shares`.

    Returns:
        Sum over the cuts, broadcast over factor and multiple.
    """
    return sum(
        stages_at_reflux(separation_factor, purity_each, purity_each, share, reflux_multiple)
        for share in cut_shares(basket, products)
    )


def _tridiagonal(
    lower: list[np.ndarray], diagonal: list[np.ndarray], upper: list[np.ndarray], right: list
) -> np.ndarray:
    """Solve for the stages (axis 0), everything else in step (Thomas 1949).

    Column sums of the balances are never negative, so the elimination needs no pivots. ``lower``
    and ``upper`` are the flows from the stage before and after, as positive numbers.
    """
    pivots, sides = [diagonal[0]], [right[0]]
    for j in range(1, len(diagonal)):
        share = lower[j - 1] / pivots[-1]
        pivots.append(diagonal[j] - share * upper[j - 1])
        sides.append(right[j] + share * sides[-1])
    solution = [sides[-1] / pivots[-1]]
    for j in range(len(diagonal) - 2, -1, -1):
        solution.append((sides[j] + upper[j] * solution[-1]) / pivots[j])
    return np.stack(solution[::-1])


def _above_one(separation_factor: ArrayLike) -> np.ndarray:
    factor = door.numbers("A separation factor", separation_factor)
    if not (factor > 1).all():
        raise ValueError(
            f"A separation factor must exceed 1, not {factor.min():g}; turn the pair round."
        )
    return factor


def _fraction(name: str, value: ArrayLike) -> np.ndarray:
    values = door.numbers(name, value)
    if not ((values > 0) & (values < 1)).all():
        raise ValueError(f"{name} is a mole fraction between 0 and 1, not percent: {value}.")
    return values


def _logit(part: np.ndarray) -> np.ndarray:
    return np.log(part) - np.log1p(-part)
