"""What decides the claims of the public debate: one function for each that a number decides.

Each brings its numbers from tables and models, as known when the claim was made where that
matters, and says from which rows. What follows from them is for :mod:`rareearth.analysis.claims`.
"""

from __future__ import annotations

from collections.abc import Callable

from rareearth.analysis.claims import debate, hold, pathways, policy, promises
from rareearth.analysis.claims.run import Evidence, Run

EVIDENCE: dict[str, Callable[[Run], Evidence]] = {
    "C01": hold.refining,
    "C02": hold.processing,
    "C03": hold.import_dependence,
    "C04": policy.in_time,
    "C05": hold.reserves,
    "C06": hold.us_mining,
    "C07": hold.breakthrough,
    "C08": hold.ukraine,
    "C09": policy.mine_lead_time,
    "C10": policy.graduates,
    "C11": policy.small_market,
    "C12": policy.two_years,
    "C13": hold.japan,
    "C14": hold.quota_and_prices,
    "C15": hold.element_controls,
    "C16": hold.after_the_pause,
    "C17": pathways.new_magnet,
    "C18": pathways.grants,
    "C19": pathways.proteins,
    "C21": pathways.microbes,
    "C22": pathways.next_mine,
    "C23": pathways.old_devices,
    "C24": pathways.tracking,
    "C25": policy.loop,
    "C26": policy.equity_gap,
    "C27": policy.offtake,
    "C28": policy.synthetic_rubber,
    "C29": policy.shale,
    "C30": policy.laboratories,
    "C31": policy.stockpile_gap,
    "C32": policy.floor_gives_certainty,
    "C34": pathways.batteries,
    "C35": hold.ore_to_china,
    "C36": policy.mp_deal,
    "C37": policy.phoenix,
    "C38": policy.billion,
    "C39": policy.patriot,
    "C40": pathways.drives_of_2019,
    "C41": policy.small_and_costly,
    "C42": policy.refinery_permits,
    "C43": debate.loan_based,
    "C44": debate.fear_of_loss,
    "C45": debate.refining_first,
    "C46": debate.rivals_closed,
    "C47": debate.cold_war_stock,
    "C48": debate.if_relations_ease,
    "C49": debate.have_access,
    "C50": debate.struggle_for_inputs,
    "C52": promises.fifteen_years,
    "C53": promises.closed_loop,
    "C54": debate.defence_money,
    "C55": debate.trump_card,
    "C56": promises.old_devices_paid_for,
    "C57": debate.war_without_rubber,
    "C58": promises.ninety_four,
    "C59": promises.cheaper_cleaner_faster,
    "C60": promises.other_supplies,
}
"""What decides each claim; those left out rest on no number."""
