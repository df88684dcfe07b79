"""Figures on price worlds draw what their frame holds."""

import pandas as pd
import pytest
from matplotlib.colors import to_hex

from rareearth.figures import price_worlds, style


def test_each_instrument_has_a_dot_in_each_world():
    plants = pd.DataFrame(
        {
            "label": ["Floor"] * 3 + ["Loans"] * 3,
            "world": list(style.PRICE_WORLDS) * 2,
            "low_pct": [1.0, 2, 3, 0, 0, 1],
            "median_pct": [4.0, 5, 6, 1, 2, 3],
            "high_pct": [9.0, 9, 9, 4, 5, 6],
        }
    )
    ax = price_worlds.saved(plants).axes[0]
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    drawn = [float(x) for dot in dots for x in dot.get_xdata()]
    assert sorted(drawn) == pytest.approx(sorted(plants["median_pct"]))
    colors = {to_hex(dot.get_color()) for dot in dots}
    assert colors == {to_hex(color) for color in style.PRICE_WORLDS.values()}
    assert ax.get_xlim()[0] == 0
