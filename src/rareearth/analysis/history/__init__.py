"""How the lead was lost: mine output, dependence, prices, quotas, one mine, laws and money.

Every function reads the tables of the chapter *History* and returns frames and answers; numbers
that a source prints carry that row's own source and kind. One module for each part of the chapter:
:mod:`output` (mines, dependence, reserves), :mod:`prices` (events, prices, Mountain Pass),
:mod:`quotas` (what China let out, what Japan bought), :mod:`money` (laws and federal money) and
:mod:`why` (why China won); :mod:`pick` reads single rows.
"""

from __future__ import annotations

from rareearth import data
from rareearth.analysis.history import pick
from rareearth.analysis.history.money import joined, laws_money_output, money, owed
from rareearth.analysis.history.output import (
    BREAKS,
    EDITIONS,
    FIRST,
    ORE,
    import_reliance,
    mine_output,
    reserves,
    shares,
    us_balance,
)
from rareearth.analysis.history.prices import (
    MP_SINCE,
    TURNS,
    mountain_pass,
    oxide_prices,
    price_gap,
    price_spike,
    timeline,
)
from rareearth.analysis.history.quotas import (
    SILENT,
    export_quotas,
    japan,
    production_quotas,
    smuggled,
)
from rareearth.analysis.history.why import reasons, why_china_won
from rareearth.answers import Answers

__all__ = [
    "BREAKS", "EDITIONS", "FIRST", "MP_SINCE", "ORE", "SILENT", "TURNS", "export_quotas",
    "headlines", "import_reliance", "japan", "joined", "laws_money_output", "mine_output", "money",
    "mountain_pass", "owed", "oxide_prices", "price_gap", "price_spike", "production_quotas",
    "reasons",
    "reserves", "shares", "smuggled", "timeline", "us_balance", "why_china_won",
]  # fmt: skip


def headlines() -> Answers:
    """Answers of this chapter that other pages print."""
    tonnes = pick.mined()
    share = (100 * tonnes["United States"] / pick.mined_by_all()).loc[FIRST:]
    answers = Answers(sources=data.table("mine_production"))
    answers.add("us-share-peak-year", int(share.idxmax()))
    return (
        answers
        | shares()[1].only("us-share-peak", "us-share-last")
        | mine_output()[1].only("mine-last-year")
    )
