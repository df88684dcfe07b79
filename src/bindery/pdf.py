"""Make the PDF book: the pages of the HTML book, set by Typst.

Numbers, captions and references are those of the HTML, since they are taken from it. The PDF is
tagged and conforms to PDF/UA-1, which Typst refuses to write when a picture lacks its alternative
text or when no font has a glyph for a character.
"""

from __future__ import annotations

import datetime
import json
from importlib.util import find_spec
from pathlib import Path

import typst
import yaml

from bindery import html, manuscript
from bindery.editions import Edition
from bindery.plan import BuildError, Project

HERE = Path(__file__).parent
# Packages that bring the fonts, and the folder in each.
FONTS = {
    "font_source_sans_pro": "files",
    "font_source_serif_pro": "files",
    "mplfonts": "fonts",
}


def build(project: Project, edition: Edition) -> bytes:
    """The PDF of an edition whose pages are rendered (`bindery.html`).

    The title page shows the title and authors of ``_config.yml`` and, where the file exists,
    version, date and licence of ``CITATION.cff``; ``pdf: {subtitle, paper}`` in ``_config.yml``
    may add a subtitle and choose another paper than A4.

    Raises:
        BuildError: pandoc or Typst refuse the book.
    """
    names = [page.path.with_suffix("").as_posix() for page in project.pages]
    source = html.pages_of(project, edition).parent / "print" / "book.typ"
    body = manuscript.assemble(source.parent, names)
    source.write_text((HERE / "book.typ").read_text("utf-8") + body, "utf-8")
    particulars = _particulars(project, edition)
    moment = datetime.datetime.fromisoformat(particulars["date"] or "1980-01-01")
    try:
        return typst.compile(
            source,
            root=source.parent.parent,
            font_paths=_fonts(),
            ignore_system_fonts=True,
            sys_inputs={"book": json.dumps(particulars)},
            pdf_standards=["ua-1"],
            timestamp=moment.replace(tzinfo=datetime.UTC),
        )
    except typst.TypstError as error:
        raise BuildError(
            f"Typst does not set the book: {error.message}\n{error.diagnostic}\n"
            f"What it read is {source}."
        ) from error


def _particulars(project: Project, edition: Edition) -> dict:
    """What the title page says."""
    config, print_options = project.config, project.config.get("pdf", {})
    path = project.root / "CITATION.cff"
    citation = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    authors = [
        author.get("name") or f"{author['given-names']} {author['family-names']}"
        for author in citation.get("authors", [])
    ]
    date = str(citation.get("date-released", "")) or None
    licence = citation.get("license", "")
    facts = {
        "Version": citation.get("version"),
        "Date": date,
        "Scenario": edition.title or edition.name,
        "Licence": ", ".join([licence] if isinstance(licence, str) else licence),
        "Read it on the web": citation.get("url"),
    }
    return {
        "title": project.title,
        "subtitle": print_options.get("subtitle", ""),
        "authors": authors or [str(config.get("author", ""))],
        "date": date,
        "language": config.get("sphinx", {}).get("config", {}).get("language", "en"),
        "paper": print_options.get("paper", "a4"),
        "facts": [[name, str(value)] for name, value in facts.items() if value],
    }


def _fonts() -> list[Path]:
    return [Path(find_spec(name).origin).parent / folder for name, folder in FONTS.items()]
