"""Tonnes by stage, region, group of elements and year: what each source says, side by side.

The table ``accounts`` holds one row for each statement, on the basis on which it was made. Here all
are brought to tonnes of contained element. For each stage, region and year one reading is the
preferred one, which all chapters use; the others give the range that the evidence leaves open.
"""

from __future__ import annotations

from functools import cache

import pandas as pd

from rareearth import data
from rareearth.models import oxides

BOTH = "Nd, Pr, Dy and Tb"
"""All four magnet elements together, as an agency counts them."""
NDPR, DYTB = "NdPr", "DyTb"
MEMBERS = {NDPR: ("Nd", "Pr"), DYTB: ("Dy", "Tb")}
KEYS = ["stage", "region", "year"]
TOLERANCE = 0.1
"""Part by which a reading may differ from the preferred one, and a country from its plants, before
``corrections`` has to say so."""


@cache
def statements() -> pd.DataFrame:
    """What each source says, in tonnes of contained element.

    Ore is split by the analysis of a deposit, oxide by the masses of its atoms.

    Returns:
        ``stage``, ``region``, ``year``, ``reading``, ``NdPr``, ``DyTb`` and ``element_t`` (all
        four; what a source does not count is missing from it), ``preferred``, ``kind``,
        ``source``. Statements of one reading are added up.

    Raises:
        ValueError: if a row has a product that is not known here, or a deposit without analysis.
    """
    table = data.table("accounts").astype({"split": "string", "product": str})
    table = table[table["stage"] != "Metal"]
    parts = table.apply(_contained, axis=1, result_type="expand")
    parts.columns = [NDPR, DYTB, "element_t"]
    rows = pd.concat([table[[*KEYS, "reading", "preferred", "kind", "source"]], parts], axis=1)
    groups = rows.groupby([*KEYS, "reading"], sort=False, observed=True)
    sums = groups[[NDPR, DYTB, "element_t"]].sum(min_count=1)
    rest = groups.agg(preferred=("preferred", "first"), kind=("kind", "first"))
    keys = groups["source"].agg(lambda of: ";".join(dict.fromkeys(";".join(of).split(";"))))
    return sums.join(rest).join(keys).reset_index()


def preferred(stage: str, year: int) -> pd.DataFrame:
    """The preferred reading of each region, of the year or of the latest year before it.

    Args:
        stage: ``Mined`` or ``Separated``.
        year: calendar year.

    Returns:
        Rows of :func:`statements` by region; ``year`` says which year a value is of.

    Raises:
        ValueError: if there is no such stage, or nothing is known of it so early.
    """
    return _of(stage, year, statements().query("preferred"))


def reading(stage: str, year: int, name: str) -> pd.DataFrame:
    """As :func:`preferred`, but of one reading, where a region has it."""
    other = statements().query("reading == @name")
    both = pd.concat([other, preferred(stage, year).reset_index()])
    return _of(stage, year, both.drop_duplicates(["stage", "region"]))


def beside(stage: str, year: int) -> pd.DataFrame:
    """All readings of a stage and year where there are several, the preferred one first.

    Returns:
        Rows of :func:`statements`, with ``against_pct``: how far a reading is from the preferred.
    """
    rows = statements().query("stage == @stage and year == @year")
    rows = rows[rows.duplicated("region", keep=False) & rows["element_t"].notna()]
    rows = rows.sort_values(["region", "preferred"], ascending=[True, False])
    base = rows.groupby("region", observed=True)["element_t"].transform("first")
    return rows.assign(against_pct=100 * (rows["element_t"] / base - 1)).reset_index(drop=True)


def _of(stage: str, year: int, rows: pd.DataFrame) -> pd.DataFrame:
    known = rows[(rows["stage"] == stage) & (rows["year"] <= year)]
    if known.empty:
        raise ValueError(f"The table accounts has nothing on '{stage}' up to {year}.")
    latest = known.sort_values("year").groupby("region", sort=False, observed=True).tail(1)
    order = statements()["region"].drop_duplicates()
    return latest.set_index("region").reindex([r for r in order if r in set(latest["region"])])


def _contained(row: pd.Series) -> tuple[float, float, float]:
    """NdPr, DyTb and both in a statement, tonnes of element."""
    tonnes, none = row["tonnes"], float("nan")
    if row["product"] == BOTH:
        return none, none, tonnes
    if row["product"] == "NdPr oxide":
        return tonnes * oxides.ndpr_in_oxide(), none, tonnes * oxides.ndpr_in_oxide()
    if row["product"] == "DyTb oxide":
        return none, tonnes * oxides.dytb_in_oxide(), tonnes * oxides.dytb_in_oxide()
    if row["product"] == "REO":
        ndpr, dytb = (tonnes * part for part in split(row["split"]).values())
        return ndpr, dytb, ndpr + dytb
    raise ValueError(f"accounts: the product '{row['product']}' is not known; known: REO, {BOTH}.")


@cache
def split(deposit: str) -> dict[str, float]:
    """Contained elements of each group in a tonne of a deposit's rare-earth oxides, tonnes.

    Raises:
        ValueError: if the deposit has no analysis.
    """
    table = data.table("deposit_mix").query("deposit == @deposit")
    if table.empty:
        raise ValueError(f"accounts: no analysis of '{deposit}' in the table deposit_mix.")
    share = table.set_index("element")["share_of_treo_pct"] / 100
    together = share.get("Dy+Tb", 0.0) * oxides.dytb_in_oxide()
    found = {
        group: sum(share.get(e, 0.0) * oxides.element_in_oxide(e) for e in elements)
        for group, elements in MEMBERS.items()
    }
    return found | {DYTB: found[DYTB] + together}
