"""Digits that survive another seed: how far a number drawn at random may be printed.

A number from draws differs from seed to seed. It is printed with a last digit so coarse that five
seeds differ by at most one unit of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import chain, repeat

import numpy as np
from numpy.typing import ArrayLike

RANGE = 2.5
"""Standard errors in a unit. Of five independent normal values rounded to it, two differ by more
than one unit in one case of ten. Draws of a Latin hypercube err less than is reckoned with here,
the share left to China by half, so it is fewer; ``make seeds`` tries it."""

WIDE = 2
"""Standard errors of the count to each side, between which the slope of quantiles is taken."""

NORMAL_BAND, MEDIAN = 3.29, 1.2533
"""Width of the central nine tenths in standard deviations, and error of a median over that of a
mean, both of normal draws."""

UNDER = "under "

FIELD = re.compile(r"\{(?P<name>\w*):(?P<comma>,?)\.(?P<digits>\d+)(?P<form>[f%])\}")
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def error(draws: ArrayLike, level: float | None = 0.5) -> float:
    """Standard error of a quantile or the mean of draws.

    Of a quantile: from the distance between quantiles :data:`WIDE` standard errors of the binomial
    count below and above it (Woodruff 1952). Draws of a Latin hypercube err less.

    Args:
        draws: one axis.
        level: of the quantile, 0.5 for the median; none for the mean.
    """
    values = np.asarray(draws, dtype=float)
    if level is None:
        return float(values.std(ddof=1) / math.sqrt(len(values))) if len(values) > 1 else 0.0
    away = WIDE * math.sqrt(level * (1 - level) / len(values))
    low, high = np.quantile(values, np.clip([level - away, level + away], 0, 1))
    return float(high - low) / (2 * WIDE)


def of_band(low: float, high: float, draws: int, *, median: bool = True) -> float:
    """Standard error of a median or mean whose central nine tenths are known, as of normal draws.

    Args:
        low: lower end of the band.
        high: upper end.
        draws: their number.
        median: whether of the median, else of the mean.
    """
    return (MEDIAN if median else 1.0) * (high - low) / NORMAL_BAND / math.sqrt(draws)


def unit(standard_error: float) -> float:
    """The least power of ten that a number with this error is printed to; 0 without an error."""
    if standard_error <= 0:
        return 0.0
    # What is missed by a thousandth is not missed.
    return 10.0 ** math.ceil(math.log10(RANGE * standard_error) - 1e-3)


def printed(value: float, standard_error: float, template: str) -> str:
    """A number with the digits that survive, at most those of its template.

    Args:
        value: number.
        standard_error: of that number.
        template: with one field of fixed digits, such as ``"{:,.0f} t"`` or ``"{:.1%}"``.

    Returns:
        The number; "under" the unit where it is not zero but less than half of it.
    """
    to = unit(standard_error)
    near, shown = rounded(value, to), coarse(template, to)
    return f"{UNDER}{shown.format(to)}" if value and not near else shown.format(near)


def rounded(value: float, to: float) -> float:
    """A value rounded to a unit; itself if the unit is 0."""
    return round(value / to) * to if to > 0 else value


def significant(value: float, count: int = 2) -> float:
    """A value rounded to some significant digits.

    Args:
        value: number.
        count: digits, at least 1.
    """
    return float(f"{value:.{count}g}")


def coarse(template: str, *units: float) -> str:
    """A template without the decimals that are finer than the unit of each field.

    Args:
        template: fields of fixed digits lose decimals, others stay.
        units: as from :func:`unit`, one per field of fixed digits; the last holds for all further.
    """
    of_field = chain(units, repeat(units[-1]))

    def shorter(field: re.Match) -> str:
        to = next(of_field)
        most = math.inf if to <= 0 else -round(math.log10(to)) - 2 * (field["form"] == "%")
        digits = int(max(0, min(int(field["digits"]), most)))
        return f"{{{field['name']}:{field['comma']}.{digits}{field['form']}}}"

    return FIELD.sub(shorter, template)


def unstable(texts: Sequence[str]) -> list[str]:
    """What differs too much between texts that should say the same.

    Args:
        texts: the same text as printed under several seeds.

    Returns:
        The words, if they differ; each number whose values differ by more than one unit of the
        last digit that any of them prints, zeros at the end of a whole number left out.
    """
    texts = [text.replace(UNDER, "") for text in texts]
    if len({NUMBER.sub("#", text) for text in texts}) > 1:
        return ["words: " + " | ".join(dict.fromkeys(texts))]
    found = []
    for numbers in zip(*(NUMBER.findall(text) for text in texts), strict=True):
        values = [float(number.replace(",", "")) for number in numbers]
        last = min(map(_last, numbers))
        if max(values) - min(values) > last * 1.001:
            found.append(" | ".join(numbers))
    return found


def _last(number: str) -> float:
    """Place of the last digit that a printed number commits itself to."""
    whole, _, decimals = number.replace(",", "").partition(".")
    if decimals:
        return 10.0 ** -len(decimals)
    return 10.0 ** (len(whole) - len(whole.rstrip("0"))) if whole.strip("0") else math.inf
