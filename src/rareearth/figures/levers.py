"""Figures of levers: what each closes at home, and what the others gain or lose by it."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from rareearth.figures import forms, style

HOME, OTHERS = style.actor("United States"), style.actor("Rest of world")

BASES = {
    "computed": ("Reach computed", HOME),
    "assumed": ("Reach assumed", style.pale(HOME, 0.55)),
}
"""Name and colour of a lever by the basis of what it moves."""


def shares(levers: pd.DataFrame) -> Figure:
    """What each lever closes of the American gap, and what all others outside China gain or lose.

    Args:
        levers: one row per lever, largest first: ``title``, ``basis`` (of :data:`BASES`),
            ``share_kt`` (Shapley share), ``mean_kt`` (mean as the only lever), ``last_kt`` (as the
            last of all), ``low_kt`` and ``high_kt`` (nine draws in ten as the only lever) and
            ``others_kt``.
    """
    rows = levers.assign(color=[BASES[basis][1] for basis in levers["basis"]])
    fig, (left, right) = style.new(
        forms.FRAME + forms.LINE * len(rows), columns=2, sharey=True, width_ratios=[1.5, 1]
    )
    forms.rows(
        rows[["title", "color", "share_kt", "low_kt", "high_kt", "mean_kt", "last_kt"]],
        "Thousand tonnes, at home", left, label="title", value="share_kt", palette=HOME,
        bar=True, text="{:z.1f}", marks={"mean_kt": "o", "last_kt": "D"},
    )  # fmt: skip
    forms.rows(
        rows[["title", "others_kt"]], "All others outside China", right, label="title",
        value="others_kt", palette=OTHERS, bar=True, text="{:z.1f}",
    )  # fmt: skip
    forms.key(left, dict(BASES.values()), bars=True)
    return fig
