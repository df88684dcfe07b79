"""What puts numbers, figures and tables on a page.

Three calls, each at the end of a cell: :func:`number` for a number that the text prints,
:func:`figure` and :func:`table` for exhibits. Each writes one notebook output that carries its
own provenance (value, unit, sources; caption, alternative text, data as CSV with a description),
which any notebook viewer shows and which the book turns into numbered, cited, downloadable matter.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterable, Mapping
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from rareearth import __version__, data
from rareearth.figures import style

Sources = Any
"""A source key, a frame or row with a ``source`` column, or an iterable of these."""

GLUE = "application/papermill.record/"
MARGIN = 0.08
"""White around a drawing, inches."""
SIGNED = 8
"""Sources that a stand-alone drawing names; its data lists them all."""
PROVENANCE = ("kind", "source", "locator", "seen", "note")
UNITS = {
    "year": "calendar year",
    "reo_t": "tonnes of rare-earth oxides (REO)",
    "reo_kt": "thousand tonnes of rare-earth oxides (REO)",
    "share_pct": "percent",
    "pct": "percent",
    "usd_per_kg": "US dollars per kilogram",
    "usd_million": "million US dollars",
    "usd_billion": "billion US dollars",
    "usd": "US dollars",
    "kt": "thousand tonnes",
    "mt": "million tonnes",
    "t": "tonnes",
    "kg": "kilograms",
    "g": "grams",
    "gw": "gigawatts",
    "years": "years",
    "months": "months",
    "days": "days",
    "hhi": "Herfindahl-Hirschman index, 0 to 10 000",
    "ratio": "ratio",
    "count": "count",
    "index": "index",
}
"""Unit of a column by the ending of its name."""


def number(
    name: str,
    value: float | int | str,
    template: str = "{}",
    *,
    sources: Sources,
    kind: str = "derived",
    label: str = "",
) -> None:
    """Make a number (or a word that depends on data) available to the text of this page.

    The text prints it with ``{glue:text}`` and this name.

    Args:
        name: letters, digits and hyphens; unique on the page.
        value: what was computed.
        template: how it is printed, with its unit: ``"{:.0f}%"``, ``"{:,.0f} t"``.
        sources: where the inputs come from.
        kind: how the value came to be, one of :data:`rareearth.data.KINDS`.
        label: what it is, in words that stand alone ("Gap in magnets, 2035"), for a headline
            number that is compared between editions.

    Raises:
        ValueError: if the value is missing, the name is malformed, no source is given or the kind
            is unknown.
        rareearth.data.DataError: if a source key is unknown.
    """
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"number '{name}': use lower-case letters, digits and hyphens.")
    if kind not in data.KINDS:
        raise ValueError(f"number '{name}': kind '{kind}' is none of {', '.join(data.KINDS)}.")
    if not isinstance(value, str) and not np.isfinite(value):
        raise ValueError(f"number '{name}': the value is {value}; a gap must be said in words.")
    plain = value.item() if isinstance(value, np.generic) else value
    text = template.format(plain).replace("-", "\N{MINUS SIGN}", int(_negative(plain)))
    text = re.sub(r"(?<=\d) (?=[^\d\s])", "\N{NO-BREAK SPACE}", text)
    unit = re.sub(r"\{[^}]*\}", "", template).strip()
    record = {
        "value": plain,
        "text": text,
        "unit": unit,
        "sources": _keys(name, sources),
        "kind": kind,
    }
    if label:
        record["label"] = label.strip()
    display(
        # In quotation marks: what reads like a literal ("4.60") would be printed as its value.
        {GLUE + "text/plain": repr(text)},
        raw=True,
        metadata={"scrapbook": {"name": name, "mime_prefix": GLUE}, "number": record},
    )


def figure(
    fig: Figure,
    name: str,
    *,
    caption: str,
    alt: str,
    data: pd.DataFrame,
    sources: Sources = None,
    note: str = "",
    units: Mapping[str, str] | None = None,
) -> None:
    """Put a figure on the page.

    Args:
        fig: the drawing, without title or source line.
        name: label for references, ``fig-…``.
        caption: the finding, one sentence in MyST.
        alt: what a reader who cannot see the figure needs to know.
        data: what is plotted, one row per mark; its ``source`` column names the sources.
        sources: sources, if the data has no ``source`` column or needs more.
        note: what the reader must know to read it right (definitions, breaks, limits), in MyST.
        units: unit of each column whose name does not tell (see :data:`UNITS`).

    Raises:
        ValueError: if a part is missing, a column has no unit or an axis shows numbers without one.
        rareearth.data.DataError: if a source key is unknown.
    """
    style.settle(fig)
    if faults := style.unlabelled(fig):
        raise ValueError(
            f"figure '{name}': no unit on {'; '.join(faults)}. Call style.unit(ax, ...)."
        )
    exhibit = _exhibit("figure", name, caption, alt, data, sources, note, units)
    picture = _svg(fig)
    exhibit["svg"] = _svg(_signed(fig, exhibit))
    plt.close(fig)
    display({"image/svg+xml": picture, "text/plain": alt}, raw=True, metadata={"exhibit": exhibit})


def table(
    frame: pd.DataFrame,
    name: str,
    *,
    caption: str,
    data: pd.DataFrame | None = None,
    sources: Sources = None,
    note: str = "",
    units: Mapping[str, str] | None = None,
    formats: Mapping[str, str] | None = None,
) -> None:
    """Put a table on the page.

    Args:
        frame: what is printed: column names are headings, texts may be MyST.
        name: label for references, ``tab-…``.
        caption: the finding, one sentence in MyST.
        data: what the download holds; default is ``frame`` itself.
        sources: sources, if neither frame has a ``source`` column.
        note: small print below, in MyST.
        units: unit of each column of the download whose name does not tell.
        formats: format template by column for numbers, e.g. ``{"2024": "{:,.0f}"}``.

    Raises:
        ValueError: if a part is missing or a column has no unit.
        rareearth.data.DataError: if a source key is unknown.
    """
    download = frame if data is None else data
    exhibit = _exhibit("table", name, caption, caption, download, sources, note, units)
    printed = frame.copy().astype(object)
    for column, template in (formats or {}).items():
        printed[column] = [_cell(value, template) for value in frame[column]]
    printed = printed.map(lambda value: _cell(value, "{}"))
    exhibit["header"] = [str(column) for column in printed.columns]
    exhibit["align"] = "".join(
        "r" if pd.api.types.is_numeric_dtype(frame[column]) else "l" for column in frame
    )
    exhibit["rows"] = printed.values.tolist()
    display(
        {"text/html": printed.to_html(index=False), "text/plain": printed.to_string(index=False)},
        raw=True,
        metadata={"exhibit": exhibit},
    )


def _cell(value: Any, template: str) -> str:
    return "–" if pd.isna(value) else template.format(value)


def _negative(value: Any) -> bool:
    return not isinstance(value, str) and value < 0


def _exhibit(
    kind: str,
    name: str,
    caption: str,
    alt: str,
    frame: pd.DataFrame,
    sources: Sources,
    note: str,
    units: Mapping[str, str] | None,
) -> dict:
    prefix = {"figure": "fig-", "table": "tab-"}[kind]
    if not re.fullmatch(prefix + r"[a-z0-9]+(-[a-z0-9]+)*", name):
        raise ValueError(f"{kind} '{name}': the name must be {prefix} and words with hyphens.")
    if not caption.strip() or not alt.strip() or frame.empty:
        raise ValueError(f"{kind} '{name}': caption, alt and data must not be empty.")
    found = [] if "source" not in frame else [frame]
    keys = _keys(name, found + ([] if sources is None else [sources]))
    records = [data.source(key) for key in keys]
    listed = [
        {k: r[k] for k in ("key", "author", "title", "year", "publisher", "url", "doi") if r.get(k)}
        for r in records
    ]
    return {
        "kind": kind,
        "name": name,
        "caption": caption.strip(),
        "alt": alt.strip(),
        "note": note.strip(),
        "sources": keys,
        "csv": frame.to_csv(index=False),
        "metadata": {
            "name": name,
            "title": plain(caption),
            "note": plain(note),
            "columns": {column: _unit(name, frame, column, units or {}) for column in frame},
            "sources": listed,
            "license": "CC BY 4.0",
            "made_with": f"rareearth {__version__}, data {data.package()['version']}",
        },
    }


def _keys(name: str, sources: Sources) -> list[str]:
    """Sorted, checked source keys."""
    keys = sorted(set(_flat(sources)))
    if not keys:
        raise ValueError(f"'{name}' has no source. Pass sources=, a key or a frame with sources.")
    for key in keys:
        data.source(key)
    return keys


def _flat(sources: Sources) -> Iterable[str]:
    if isinstance(sources, str):
        yield from sources.split(";")
    elif isinstance(sources, pd.DataFrame | pd.Series):
        cells = sources["source"]
        yield from _flat([cells] if isinstance(cells, str) else cells.dropna().unique().tolist())
    else:
        for part in sources:
            yield from _flat(part)


def _unit(name: str, frame: pd.DataFrame, column: str, units: Mapping[str, str]) -> str:
    if column in units:
        return units[column]
    if column in PROVENANCE:
        return "provenance"
    if pd.api.types.is_bool_dtype(frame[column]):
        return "true or false"
    if not pd.api.types.is_numeric_dtype(frame[column]):
        return "date" if pd.api.types.is_datetime64_any_dtype(frame[column]) else "text"
    for ending in sorted(UNITS, key=len, reverse=True):
        if column == ending or column.endswith(f"_{ending}"):
            return UNITS[ending]
    raise ValueError(
        f"'{name}': column '{column}' has no unit. Name it with its unit (reo_t, usd_per_kg, "
        f"share_pct) or pass units={{'{column}': '...'}}."
    )


def plain(text: str) -> str:
    """MyST text without its roles and marks, for places that show plain text."""
    text = re.sub(r"\s*\{cite[^}]*\}`[^`]*`", "", text)
    text = re.sub(r"\{[^}]*\}`([^`<]*)(?:<[^`]*>)?`", r"\1", text)
    return " ".join(re.sub(r"[*`$]", "", text).split())


def _svg(fig: Figure) -> str:
    buffer = io.StringIO()
    # Given as a box: asked for "tight", the backend would draw everything once more to find it.
    box = fig.get_tightbbox().padded(MARGIN)
    fig.savefig(buffer, format="svg", bbox_inches=box, metadata={"Date": None})
    return buffer.getvalue()


def _signed(fig: Figure, exhibit: dict) -> Figure:
    """The same drawing with headline and sources on it, to stand alone."""
    names = [f"{s['author']} ({s['year']})" for s in exhibit["metadata"]["sources"]]
    if len(names) > SIGNED:
        names[SIGNED:] = [f"{len(names) - SIGNED} more, listed with the data"]
    box = fig.get_tightbbox()
    left, height = box.x0 / fig.get_figwidth(), fig.get_figheight()
    fig.text(
        left,
        (box.y1 + 0.15) / height,
        textwrap.fill(exhibit["metadata"]["title"], 88),
        ha="left",
        va="bottom",
        fontsize=13,
        fontweight="semibold",
        color=style.INK,
    )
    fig.text(
        left,
        (box.y0 - 0.15) / height,
        textwrap.fill(f"Sources: {'; '.join(names)}. Past the Chokepoint, CC BY 4.0.", 130),
        ha="left",
        va="top",
        fontsize=8.5,
        color=style.MUTED,
    )
    return fig
