"""The chokepoint: how China's hold tightens from ore to magnet, and what is built outside it.

One module for each part of the chapter: :mod:`stages` (shares and concentration), :mod:`trade`
(the chain as a network), :mod:`controls` (licences, exports, prices), :mod:`shortages` (elements
that hardly leave China, and how the licence works), :mod:`plants` (capacity and output),
:mod:`promises` (dates kept and missed), :mod:`conditions` (years, people, footprints, money). What
other pages print as well is in :func:`headlines`.
"""

from __future__ import annotations

from rareearth.analysis.chokepoints import controls, promises, shortages, stages, trade
from rareearth.analysis.chokepoints.trade import inputs, rows
from rareearth.answers import Answers

__all__ = ["headlines", "inputs", "rows"]


def headlines() -> Answers:
    """Answers of this chapter that other pages print."""
    return (
        stages.china_shares()[1].only("mining-range", "magnet-range")
        | stages.in_place()[1].only("us-mined-2024", "us-refined-2024")
        | trade.n_minus_1()[1].only("china-lost-elsewhere")
        | controls.elements().only("held", "agreed-end")
        | shortages.headlines()
        | promises.slips()[1].only("plants", "plants-running", "on-time", "within-three")
    )
