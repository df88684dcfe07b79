"""One clean HTML document out of a book's built pages, as input for a typesetter.

The pages already hold what Sphinx has resolved: numbers, citations, cross references. Taking them
as they are makes print and screen agree. What only a screen can use goes (folded code, downloads,
permalinks); ids, which repeat from page to page, get the page's name in front; links then point
into the one document.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup, NavigableString, Tag

from bindery.plan import BuildError

SCREEN_ONLY = (
    "script, a.headerlink, details.hide, details.numbers, .exhibit-downloads, .toctree-wrapper, "
    ".made a.download, .scroll-hint, summary .sd-summary-state-marker, .citation > .label"
)
HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
SHORT_CELL = 24


def assemble(html: Path, pages: Sequence[Path], pictures: str) -> str:
    """The book's pages, in order, as one document.

    Args:
        html: folder of the built book.
        pages: the pages' files, relative to it.
        pictures: what stands for that folder in the address of a picture.

    Raises:
        BuildError: a page has no article.
    """
    book = BeautifulSoup("<html><body></body></html>", "html.parser")
    articles = {page.as_posix(): _article(html, page) for page in pages}
    for page, article in articles.items():
        _clean(article)
        _mark_maths(article)
        _mark_tables(article)
        _merge_terms(article)
        for section in article.select("section[id]"):
            heading = section.find(HEADINGS)
            if heading is not None and not heading.get("id"):
                heading["id"] = section["id"]
                _alias(article, heading)
                del section["id"]
        for tag in article.select("[id]"):
            tag["id"] = _target(page, tag["id"])
        for picture in article.select("img[src]"):
            picture["src"] = pictures + _resolve(page, picture["src"])[0]
    _link(articles)
    for article in articles.values():
        _anchor(article)
        _mark_exhibits(article)
        book.body.append(article)
    return str(book)


def _article(html: Path, page: Path) -> Tag:
    soup = BeautifulSoup((html / page).read_text(encoding="utf-8"), "html.parser")
    article = soup.select_one("article.bd-article")
    if article is None:
        raise BuildError(f"{page}: there is no article in the built page; is the theme another?")
    article.name = "div"
    article.attrs = {}
    return article


def _clean(article: Tag) -> None:
    for tag in article.select(SCREEN_ONLY):
        tag.decompose()
    for line in article.select(".made p"):
        _trim(line, " ·")
    for details in article.select("details.sources"):
        line = _new("p")
        line.string = f"{details.summary.get_text(strip=True)}, named row by row in the data."
        details.replace_with(line)
    for details in article.select("details"):
        details.name = "div"
        details.summary.name = "p"
    for name in article.select(".admonition > .admonition-title"):
        box, title = name.parent, name.get_text()
        heading = box.find_previous_sibling()
        # As on the screen: a box under a heading of its name needs no title of its own.
        if heading is None or heading.name != "h2" or not heading.get_text().endswith(title):
            box["data-title"] = title
        name.decompose()
    for reference in article.select(".std-numref"):
        reference.string = reference.get_text().replace(" ", "\N{NO-BREAK SPACE}")
    for code in article.select("div.highlight pre"):
        language = next((c for c in code.find_parent("div").parent.get("class", []) if c), "")
        code.attrs = {"class": [language.removeprefix("highlight-").removeprefix("i").rstrip("3")]}


def _trim(line: Tag, characters: str) -> None:
    if line.contents and isinstance(line.contents[-1], NavigableString):
        line.contents[-1].replace_with(line.contents[-1].rstrip(characters))


def _alias(article: Tag, heading: Tag) -> None:
    """Point the labels before a heading at it, since Sphinx gives a section several ids."""
    before = heading.find_previous_sibling()
    while before is not None and before.name == "span" and not before.contents:
        heading["data-alias"] = f"{heading.get('data-alias', '')} {before['id']}".strip()
        label, before = before, before.find_previous_sibling()
        label.decompose()


def _mark_maths(article: Tag) -> None:
    """MathJax's spans become what pandoc reads as TeX."""
    for tag in article.select(".math"):
        number = tag.select_one(".eqno")
        label = number.extract().get_text() if number is not None else ""
        tex = tag.get_text().strip()
        display = tag.name == "div"
        script = _new("script", type="math/tex; mode=display" if display else "math/tex")
        script.string = tex.removeprefix(r"\[" if display else r"\(").removesuffix(
            r"\]" if display else r"\)"
        )
        tag.clear()
        tag.append(script)
        tag["class"] = ["equation"] if display else []
        if label:
            tag["data-number"] = label


def _mark_tables(article: Tag) -> None:
    """Alignment as pandoc reads it; figures stay in one piece."""
    for cell in article.select("td, th"):
        for side in ("left", "right", "center"):
            if f"text-{side}" in cell.get("class", []):
                cell["style"] = f"text-align: {side}"
        if "text-right" in cell.get("class", []) and cell.name == "td":
            for text in cell.find_all(string=True):
                if len(text) <= SHORT_CELL:
                    text.replace_with(text.strip().replace(" ", "\N{NO-BREAK SPACE}"))
    for box in article.select(".pst-scrollable-table-container"):
        box.unwrap()


def _merge_terms(article: Tag) -> None:
    """Terms that share a definition stand on one line; Typst has no list with several."""
    for term in article.select("dt + dt"):
        first = term.find_previous_sibling("dt")
        term.name = "span"
        first.extend([", ", term.extract()])


def _link(articles: dict[str, Tag]) -> None:
    """Make links between pages links within the document; unwrap those that lead nowhere."""
    known = {tag["id"]: tag["id"] for a in articles.values() for tag in a.select("[id]")}
    for page, article in articles.items():
        first = article.find(HEADINGS)
        if first is not None and first.get("id"):
            known[_target(page, "")] = first["id"]
        for heading in article.select("[data-alias]"):
            for alias in heading["data-alias"].split():
                known[_target(page, alias)] = heading["id"]
    used = set()
    for page, article in articles.items():
        for link in article.select("a[href]"):
            if urlsplit(link["href"]).scheme:
                continue
            path, fragment = _resolve(page, link["href"])
            target = known.get(_target(path, fragment))
            if target is None or "download" in link.get("class", []):
                link.unwrap()
            else:
                link["href"] = f"#{target}"
                used.add(target)
    for article in articles.values():
        for tag in article.select("[id]"):
            if tag["id"] not in used and tag.name not in HEADINGS:
                del tag["id"]


def _anchor(article: Tag) -> None:
    """Give what can be linked to, other than headings, an empty span that bears its name."""
    for tag in article.select("[id]"):
        if tag.name in HEADINGS:
            continue
        anchor = _new("span", **{"class": "anchor", "data-target": tag["id"]})
        del tag["id"]
        if tag.name in ("figure", "table", "dl", "ul", "ol") or "equation" in tag.get("class", []):
            tag.insert_before(anchor)
        else:
            holder = tag.find("p") if tag.name == "div" else None
            (holder or tag).insert(0, anchor)


def _mark_exhibits(article: Tag) -> None:
    """Exhibits, and plain figures and tables with a caption, get one simple shape.

    ``div.exhibit`` (data-kind, data-number) with ``div.headline``, ``div.picture`` and
    ``div.legend`` in it.
    """
    for body in article.select("figure, table:has(> caption)"):
        caption = body.find(["figcaption", "caption"])
        number = caption.select_one(".caption-number") if caption is not None else None
        block = _new("div", **{"class": "exhibit"})
        block["data-kind"] = "table" if body.name == "table" else "figure"
        block["data-number"] = number.extract().get_text().strip() if number is not None else ""
        headline = _new("div", **{"class": "headline"})
        if caption is not None:
            headline.extend(list((caption.p or caption).contents))
            caption.extract()
        picture, legend = _new("div", **{"class": "picture"}), _new("div", **{"class": "legend"})
        outer = body.find_parent("div", class_="exhibit")
        anchor = body.find_previous_sibling("span", class_="anchor")
        (outer or body).insert_before(block)
        if body.name == "figure":
            picture.extend(body.find_all("img"))
            body.extract()
        else:
            picture.append(body)
        if outer is not None:
            legend.extend(outer.select(".exhibit-legend > p"))
            outer.extract()
        if anchor is not None:
            block.append(anchor)
        block.extend([headline, picture, legend])


def _new(name: str, **attributes: str) -> Tag:
    return BeautifulSoup("", "html.parser").new_tag(name, attrs=attributes)


def _resolve(page: str, address: str) -> tuple[str, str]:
    """Path from the book's folder, and fragment, of an address on a page."""
    parts = urlsplit(address)
    path = PurePosixPath(page)
    if parts.path:
        steps: list[str] = []
        for step in (path.parent / unquote(parts.path)).parts:
            steps = steps[:-1] if step == ".." else [*steps, step]
        path = PurePosixPath(*steps)
    return path.as_posix(), unquote(parts.fragment)


def _target(page: str, fragment: str) -> str:
    """A label that is unique in the document and made of what a typesetter allows in one."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", f"{page.removesuffix('.html')}--{fragment}")
