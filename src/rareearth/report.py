"""What puts numbers, figures and tables on a page.

Three calls, each at the end of a cell: :func:`numbers` for what the text prints,
:func:`figure` and :func:`table` for exhibits. Each writes one notebook output that carries its
own provenance (value, unit, sources; caption, alternative text, data as CSV with a description),
which any notebook viewer shows and which the book turns into numbered, cited, downloadable matter.
"""

from __future__ import annotations

import difflib
import io
import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

import matplotlib.pyplot as plt
import pandas as pd
from IPython.display import display
from matplotlib.figure import Figure

from rareearth import __version__, data
from rareearth.answers import BAND, Answers, Sources, basis, graded, keys
from rareearth.figures import style

TAKEN = re.compile(r"\{([a-z0-9]+(?:-[a-z0-9]+)*)\}(?!`)")
"""A number's name in a caption; before a backtick it would be a MyST role."""
SIDES = ("width", "height")
GLUE = "application/papermill.record/"
MARGIN = 0.08
"""White around a drawing, inches."""
SIGNED = 8
"""Sources that a stand-alone drawing names; its data lists them all."""
CITED = ("key", "author", "title", "year", "publisher", "url", "doi", "grade")
"""What the description of a download says of a source."""
IN_SHORT = ":class: in-short"
"""What a chapter finds stands in a box of this kind."""
SUMMARY = "summary"
"""The page on which every number is a headline."""
MARK = "\N{DAGGER}"
MEANING = "Rests on sources alone that are anonymous or machine-written ({doc}`data`)."
"""What stands behind a number that nobody signs, and what the page says of it."""
MOST = 0.5
"""Part of a headline's rows that may rest on sources which nobody signs."""
OPENLY = re.compile(r"anonymous|machine-written|nobody signs|unsigned", re.IGNORECASE)
"""Words by which a text says that nobody signs what it prints."""
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


class Page(dict):
    """What the page that a kernel makes has printed so far: text by name of number."""

    def fill(self, text: str, where: str) -> str:
        """A text with names in braces replaced: ``"{left-2035} of demand"``.

        A name in braces before a backtick is a MyST role and stays.

        Raises:
            ValueError: if the page has no number of a name.
        """

        def printed(match: re.Match) -> str:
            if match[1] not in self:
                near = difflib.get_close_matches(match[1], self, n=1)
                hint = f" Did you mean '{near[0]}'?" if near else ""
                raise ValueError(
                    f"{where}: there is no number '{match[1]}' on this page.{hint} "
                    "Put it there with report.numbers before."
                )
            return self[match[1]]

        return TAKEN.sub(printed, text)


page = Page()
"""Filled by :func:`numbers`, read by :func:`figure` and :func:`table`."""


def numbers(answers: Answers) -> None:
    """Make answers available to the text, captions and alternative texts of this page.

    The text prints one with ``{glue:text}`` and its name, and its interval with the name and
    ``-band``; a caption with the name in braces.

    Args:
        answers: as :mod:`rareearth.analysis` makes them.
    """
    for name, answer in answers.items():
        record = {
            "value": answer.value,
            "text": answer.text,
            "unit": answer.unit,
            "sources": list(answer.sources),
            "kind": answer.kind,
            "graded": answer.graded,
        }
        if answer.unsigned:
            record["unsigned"] = answer.unsigned
        if answer.unsigned == 1:
            record |= {"mark": MARK, "meaning": MEANING}
        if answer.basis:
            record |= {"basis": answer.basis, "model": answer.model, "inputs": [*answer.inputs]}
        if answer.label:
            record["label"] = answer.label
        if answer.interval:
            record |= {"low": answer.low, "high": answer.high}
            interval = {key: record[key] for key in ("unit", "sources", "kind", "graded")}
            _glue(name + BAND, interval | {"value": answer.interval, "of": name}, answer.interval)
        _glue(name, record, answer.text)


def unsigned(pages: Mapping[str, Mapping]) -> list[str]:
    """Headlines that rest on sources which nobody signs, and do not say so where they are printed.

    A headline is a number with a label, every number of the summary, what a chapter prints in
    short, and what the README prints. More than half of its rows may name anonymous or
    machine-written sources alone only where the paragraph that prints it first says that. Any
    number of which this holds for all rows gets a mark (:data:`MARK`).

    Args:
        pages: executed notebooks by the names of their pages.

    Returns:
        One line for each, with page, number, sources and remedy.
    """
    found = []
    front = _of_readme()
    for page, notebook in pages.items():
        texts = [
            "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown"
        ]
        paragraphs = [part for text in texts for part in re.split(r"\n\s*\n|\n(?=- )", text)]
        short = "".join(cell for cell in texts if IN_SHORT in cell)
        for name, record in _records(notebook):
            listed = page == SUMMARY or name in front or f"`{name}`" in short
            weak = record.get("unsigned", 0)
            if not (record.get("label") or listed) or weak <= MOST:
                continue
            printed = [part for part in paragraphs if f"`{name}`" in part]
            if printed and OPENLY.search(printed[0]):
                continue
            found.append(
                f"{page}: the headline '{name}' ({record['text']}) rests for {weak:.0%} of its "
                f"rows on sources that nobody signs alone: {', '.join(_weak(record['sources']))}. "
                "Rest it on firmer sources too, or say in the paragraph that prints it first that "
                "they are anonymous or machine-written."
            )
    return found


def _weak(listed: Iterable[str]) -> list[str]:
    return [key for key in listed if not data.carries([key])]


def _of_readme() -> set[str]:
    """Names of the numbers that the README prints, as its comment lists them."""
    path = data.data_dir().parent / "README.md"
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return {
        name
        for listed in re.findall(r"<!-- numbers:(.*?)-->", text, re.S)
        for name in listed.split()
    }


def _records(notebook: Mapping) -> Iterator[tuple[str, dict]]:
    """Name and record of each number that a notebook has printed, without intervals."""
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            held = output.get("metadata", {})
            if "number" in held and "of" not in held["number"]:
                yield held["scrapbook"]["name"], held["number"]


def number(name: str, value: float | int | str, template: str = "{}", **more: Any) -> None:
    """Make one number available: :meth:`rareearth.answers.Answers.add` and :func:`numbers`."""
    answers = Answers()
    answers.add(name, value, template, **more)
    numbers(answers)


def _glue(name: str, record: dict, text: str) -> None:
    page[name] = text
    display(
        # In quotation marks: what reads like a literal ("4.60") would be printed as its value.
        {GLUE + "text/plain": repr(text)},
        raw=True,
        metadata={
            "scrapbook": {"name": name, "mime_prefix": GLUE},
            "number": {**record, "text": text},
        },
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
    exhibit["svg"] = _signed(picture, exhibit["metadata"])
    plt.close(fig)
    shown = {"image/svg+xml": picture, "text/plain": exhibit["alt"]}
    display(shown, raw=True, metadata={"exhibit": exhibit})


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
    caption, alt, note = (page.fill(text.strip(), name) for text in (caption, alt, note))
    in_rows = [] if "source" not in frame else [frame]
    rests_on = keys([*in_rows, sources], name)
    records = [{k: r[k] for k in CITED if r.get(k)} for r in map(data.source, rests_on)]
    computed = basis([*in_rows, sources])
    return {
        "kind": kind,
        "name": name,
        "caption": caption,
        "alt": alt,
        "note": note,
        "sources": rests_on,
        "graded": graded([*in_rows, sources]),
        "basis": computed,
        "csv": frame.to_csv(index=False),
        "metadata": {
            "name": name,
            "title": plain(caption),
            "note": plain(note),
            "columns": {column: _unit(name, frame, column, units or {}) for column in frame},
            "sources": records,
            **({"basis": plain(computed)} if computed else {}),
            "license": "CC BY 4.0",
            "made_with": f"rareearth {__version__}, data {data.package()['version']}",
        },
    }


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


def _signed(picture: str, about: dict) -> str:
    """The same drawing with headline and sources on it, to stand alone."""
    names = [f"{s['author']} ({s['year']})" for s in about["sources"]]
    if len(names) > SIGNED:
        names[SIGNED:] = [f"{len(names) - SIGNED} more, listed with the data"]
    named = "Computed; sources of the strongest inputs" if about.get("basis") else "Sources"
    signature = f"{named}: {'; '.join(names)}. Past the Chokepoint, CC BY 4.0."
    prolog, svg, drawing = picture.partition("<svg")
    width, height = (float(re.search(rf'{side}="([\d.]+)pt"', drawing)[1]) for side in SIDES)
    # Inside another drawing, one of its units is a point.
    drawing = re.sub(r'(width|height)="([\d.]+)pt"', r'\1="\2"', drawing, count=2)
    above = _lines(about["title"], 88, 13, "font-weight='600'", style.INK, 0)
    top = 17.0 * len(above)
    below = _lines(signature, 130, 8.5, "", style.MUTED, top + height + 4)
    whole = top + height + 11.0 * len(below) + 8
    return (
        f"{prolog}<svg xmlns='http://www.w3.org/2000/svg' width='{width:g}pt' "
        f"height='{whole:g}pt' viewBox='0 0 {width:g} {whole:g}'>"
        f"<rect width='100%' height='100%' fill='white'/>{''.join(above)}"
        f"{svg} y='{top:g}' {drawing.rstrip()}{''.join(below)}</svg>\n"
    )


def _lines(text: str, width: int, size: float, more: str, color: str, top: float) -> list[str]:
    """Lines of text as SVG, wrapped at a number of characters."""
    return [
        f"<text x='6' y='{top + (number + 1) * size * 1.3:g}' font-size='{size:g}' {more} "
        f"font-family='Source Sans Pro, Source Sans 3, Arial, sans-serif' fill='{color}'>"
        f"{escape(line)}</text>"
        for number, line in enumerate(textwrap.wrap(text, width))
    ]
