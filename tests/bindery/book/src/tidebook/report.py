"""What a chapter of the small book shows: figures, tables and numbers with their provenance."""

import csv
import io

from IPython.display import display


def number(name, value, text, unit="", sources=(), kind="reported", label="", of=""):
    """Show a number that the prose can quote by name; with a label it is a headline."""
    mime = "application/papermill.record/"
    display(
        {f"{mime}text/plain": text},
        raw=True,
        metadata={
            "scrapbook": {"name": name, "mime_prefix": mime},
            "number": {
                "value": value,
                "text": text,
                "unit": unit,
                "sources": list(sources),
                "kind": kind,
            }
            | ({"label": label} if label else {})
            | ({"of": of} if of else {}),
        },
    )


def numbers(answers):
    """Show a value in metres under each name, or under that of an interval of another."""
    for name, (value, of) in answers.items():
        number(name, value, f"{value:.2f}", "m", ["pugh2014"], of=of)


def bars(name, rows, unit, caption, alt, sources):
    """Show one bar per (label, value) as a figure."""
    scale = 300 / max(value for _, value in rows)
    drawn = "".join(
        f'<text x="0" y="{20 * i + 14}" font-size="12">{label}</text>'
        f'<rect x="90" y="{20 * i + 2}" width="{value * scale:.1f}" height="16" fill="#33658a"/>'
        for i, (label, value) in enumerate(rows)
    )
    size = f'width="400" height="{20 * len(rows)}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}>{drawn}</svg>'
    about = _exhibit("figure", name, ["harbour", f"height_{unit}"], rows, caption, alt, sources)
    metadata = {"exhibit": about | {"svg": svg}}
    display({"image/svg+xml": svg, "text/plain": caption}, raw=True, metadata=metadata)


def table(name, header, rows, caption, alt, sources):
    """Show rows as a table."""
    about = _exhibit("table", name, header, rows, caption, alt, sources)
    align = "".join("l" if isinstance(cell, str) else "r" for cell in rows[0])
    cells = "".join("<tr>" + "".join(f"<td>{c}</td>" for c in row) + "</tr>" for row in rows)
    metadata = {
        "exhibit": about
        | {"header": header, "rows": [[str(c) for c in row] for row in rows], "align": align}
    }
    html = f"<table>{cells}</table>"
    display({"text/html": html, "text/plain": caption}, raw=True, metadata=metadata)


def check():
    """Problems of the data, as lines of text."""
    with open("data/harbours.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        f"data/harbours.csv: {row['harbour']}: mean_high_water_m is not positive"
        for row in rows
        if float(row["mean_high_water_m"]) <= 0
    ]


def colophon():
    """Versions that each page names."""
    return {"data": "2025 edition", "package": "tidebook 0.1.0"}


def _exhibit(kind, name, header, rows, caption, alt, sources):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    return {
        "kind": kind,
        "name": name,
        "caption": caption,
        "alt": alt,
        "note": "",
        "sources": list(sources),
        "csv": text.getvalue(),
        "metadata": {
            "title": caption,
            "columns": {column: _unit(column) for column in header},
            "sources": list(sources),
        },
    }


def _unit(column):
    unit = column.rpartition("_")[2]
    return {"m": "metres", "deg": "degrees", "since": "year"}.get(unit, "text")
