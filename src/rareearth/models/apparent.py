"""What a country uses, inferred from what it makes and trades.

Definitions of the US Geological Survey (Mineral Commodity Summaries, appendix on definitions):
apparent consumption is production plus imports minus exports, adjusted for stocks; net import
reliance is the part of it that domestic production does not cover.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def apparent_consumption(
    production: ArrayLike, imports: ArrayLike, exports: ArrayLike, stock_draw: ArrayLike = 0.0
) -> np.ndarray:
    """Apparent consumption.

    Args:
        production: tonnes made in the country.
        imports: tonnes bought abroad.
        exports: tonnes sold abroad.
        stock_draw: tonnes taken from stocks; negative when stocks grow.

    Returns:
        Tonnes, same shape as the inputs; all four must be on the same basis and at the same stage.
    """
    parts = [np.asarray(part, dtype=float) for part in (production, imports, exports, stock_draw)]
    return parts[0] + parts[1] - parts[2] + parts[3]


def net_import_reliance(consumption: ArrayLike, production: ArrayLike) -> np.ndarray:
    """Net imports in percent of apparent consumption.

    Args:
        consumption: apparent consumption, tonnes.
        production: domestic production at the same stage, tonnes.

    Returns:
        Percent; 100 where nothing is made at home, negative for a net exporter, missing where an
        input is missing.

    Raises:
        ValueError: if a consumption is zero or negative, for which the ratio has no meaning.
    """
    used = np.asarray(consumption, dtype=float)
    if (used <= 0).any():
        raise ValueError(
            f"Apparent consumption must be positive, got {np.nanmin(used):g} t: "
            "leave such years out."
        )
    return 100 * (used - np.asarray(production, dtype=float)) / used


def production_for(reliance_pct: float, consumption: float) -> float:
    """Domestic production at which net import reliance is ``reliance_pct``.

    Args:
        reliance_pct: percent of apparent consumption, at most 100.
        consumption: apparent consumption, tonnes.

    Returns:
        Tonnes.
    """
    return consumption * (1 - reliance_pct / 100)
