"""Between an element and the oxide in which it is traded."""

from __future__ import annotations

from collections.abc import Mapping

ATOMIC_WEIGHTS = {
    "H": 1.008, "C": 12.011, "O": 15.999, "Na": 22.990, "S": 32.06, "Ca": 40.078,
    "Pr": 140.908, "Nd": 144.242,
    "Tb": 158.925, "Dy": 162.500,
}  # fmt: skip
"""Standard atomic weights, conventional or abridged (IUPAC 2021, Prohaska et al. 2022), g/mol."""

OXIDES = {"Nd": (2, 3), "Pr": (6, 11), "Tb": (4, 7), "Dy": (2, 3)}
"""Atoms of metal and of oxygen in the oxide in which each magnet element is sold."""


def molar_mass(formula: Mapping[str, int]) -> float:
    """Grams per mole of a compound, from the number of its atoms."""
    return sum(ATOMIC_WEIGHTS[element] * count for element, count in formula.items())


def element_in_oxide(element: str) -> float:
    """Mass fraction of the metal in its oxide, from atomic masses.

    Args:
        element: one of :data:`OXIDES`.

    Raises:
        ValueError: if the element is not one of them.
    """
    if element not in OXIDES:
        raise ValueError(f"No oxide is listed for '{element}'; known: {', '.join(OXIDES)}.")
    metal, oxygen = OXIDES[element]
    return metal * ATOMIC_WEIGHTS[element] / molar_mass({element: metal, "O": oxygen})


def ndpr_in_oxide(nd_share: float = 0.75) -> float:
    """Mass fraction of metal in mixed neodymium-praseodymium oxide.

    Args:
        nd_share: part of the oxide that is neodymium oxide, by mass. The result moves by only
            3 percentage points between its ends, so the mix need not be known well.
    """
    return nd_share * element_in_oxide("Nd") + (1 - nd_share) * element_in_oxide("Pr")


def dytb_in_oxide(dy_share: float = 0.85) -> float:
    """Mass fraction of metal in dysprosium and terbium oxide together.

    Args:
        dy_share: part of the oxide that is dysprosium oxide, by mass; the result moves by 2
            percentage points between its ends.
    """
    return dy_share * element_in_oxide("Dy") + (1 - dy_share) * element_in_oxide("Tb")
