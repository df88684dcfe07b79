"""The book's pages in Typst's language, as input for print.

A page is taken as Sphinx has resolved it for the HTML, with its numbers, citations and cross
references, so that print and screen agree. What only a screen can use is left out (folded code,
downloads, lists of numbers). Ids, which repeat from page to page, get the page's name in front;
links then point into the one document.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote, urlsplit

import pypandoc
from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx.application import Sphinx
from sphinx.locale import admonitionlabels
from sphinx.util.math import get_node_equation_number

from bindery.plan import BuildError

SCREEN_ONLY = {"toctree-wrapper", "exhibit-downloads", "numbers", "sd-summary-state-marker"}
LEFT_OUT = {"HideCodeCellNode", "comment", "index", "label", "meta", "system_message", "toctree"}
AROUND = {
    "paragraph": "{}\n\n",
    "caption": "{}\n\n",
    "compact_paragraph": "{}\n\n",
    "dropdown_title": "{}\n\n",
    "rubric": "#strong[{}];\n\n",
    "line_block": "{}\n\n",
    "line": "{}\\\n",
    "emphasis": "#emph[{}];",
    "strong": "#strong[{}];",
    "superscript": "#super[{}];",
    "subscript": "#sub[{}];",
    "list_item": "[{}],\n",
    "term": "{}, ",
    "bullet_list": "#list(tight: false,\n{});\n\n",
    "block_quote": "#quote(block: true)[{}];\n\n",
    "attribution": "— {}",
    "citation": "#reference(body: [{}]);\n\n",
}
SPECIAL = re.compile(
    r"[\\#$*_`<>@\[\]~'\"]|^[=+/-](?!\d)|/(?=[/*])|-(?=[-?])|\.(?=\.\.)|(?<=\d)\.(?= )"
)
TRAIL = " ·\n"
NO_BREAK = "\N{NO-BREAK SPACE}"
SHORT_CELL = 24  # shorter figures stay in one piece
WRAP, GAP = 30, 2  # how wide, in characters, a cell may want to be, and what is between two

# What pandoc converts, a formula or HTML of the author's, waits between these marks.
OPEN, CLOSE = "\x01", "\x02"
FOREIGN = re.compile(f"{OPEN}(.)(.*?){CLOSE}", re.S)
KINDS = {"i": "math/tex", "d": "math/tex; mode=display"}


def keep(app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None):
    """Write a page, as Sphinx has just written it in HTML, into the folder for print."""
    if doctree is not None and app.config.bindery_print:
        file = Path(app.config.bindery_print, f"{page}.typ")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_Page(app.builder, page).inside(doctree), "utf-8")


def assemble(folder: Path, pages: Iterable[str]) -> str:
    """The book's pages, in order, as one document.

    Args:
        folder: where `keep` has put them.
        pages: their names, as Sphinx knows them.

    Raises:
        BuildError: pandoc cannot convert a formula; the message holds it.
    """
    text = "\n".join((folder / f"{page}.typ").read_text("utf-8") for page in pages)
    foreign = list(dict.fromkeys(FOREIGN.findall(text)))
    made = dict(zip(foreign, _converted(foreign), strict=True))
    text = FOREIGN.sub(lambda found: made[found.groups()], text)
    known = set(re.findall(r'#anchor\("([\w-]+)"\)|^<([\w-]+)>$', text, re.M))
    known = {name for pair in known for name in pair if name}
    used = set(re.findall(r'#to\("([\w-]+)"\)', text))
    text = re.sub(
        r'#anchor\("([\w-]+)"\);', lambda found: found[0] if found[1] in used else "", text
    )
    return re.sub(r'#to\("([\w-]+)"\)', lambda found: found[0] if found[1] in known else "#", text)


def _converted(foreign: Sequence[tuple[str, str]]) -> list[str]:
    """Formulae and HTML in Typst's language."""
    if not foreign:
        return []
    cut = "\ue000"
    parts = (
        f'<p><script type="{KINDS[kind]}">{text}</script></p>' if kind in KINDS else text
        for kind, text in foreign
    )
    try:
        document = pypandoc.convert_text(
            f"\n<p>{cut}</p>\n".join(parts),
            "typst",
            format="html-auto_identifiers",
            extra_args=["--fail-if-warnings", "--wrap=none"],
        )
    except RuntimeError as error:
        raise BuildError(
            f"pandoc does not convert the book for print:\n{error}\n"
            "A formula named here must use only what MathJax and pandoc both know."
        ) from error
    return [
        f"#math.equation(block: {json.dumps(kind == 'd')}, alt: {_quoted(tex)}, "
        f"${piece.strip().strip('$')}$.body);"
        if kind in KINDS
        else piece
        for (kind, tex), piece in zip(foreign, document.split(cut), strict=True)
    ]


class _Page:
    """A page on its way into print."""

    def __init__(self, builder, name: str):
        self.builder, self.name = builder, name
        self.numbers, self.depth, self.titles = builder.fignumbers, 0, 0

    def inside(self, node: nodes.Element) -> str:
        """What is in a node."""
        return "".join(map(self.of, node.children))

    def of(self, node: nodes.Node) -> str:
        """A node, in front of it the anchors for links to it."""
        kind = type(node).__name__
        if isinstance(node, nodes.Text):
            return SPECIAL.sub(r"\\\g<0>", re.sub(r"[ \n]+", " ", node.astext()))
        if kind in LEFT_OUT or SCREEN_ONLY & set(node["classes"]):
            return ""
        if isinstance(node, nodes.Admonition):
            text = self.admonition(node)
        elif hasattr(self, kind):
            text = getattr(self, kind)(node)
        else:
            text = AROUND.get(kind, "{}").replace("{}", self.inside(node))
        ids = [] if kind in ("section", "document", "target") else node["ids"]
        return self.anchors(ids) + text

    def anchors(self, ids: Iterable[str]) -> str:
        """Places without a look of their own that links can lead to."""
        return "".join(f'#anchor("{_target(self.name, name)}");' for name in ids)

    # Text

    def literal(self, node) -> str:
        return f"#raw({_quoted(node.astext())});"

    def math(self, node, kind: str = "i") -> str:
        return f"{OPEN}{kind}{node.astext().strip()}{CLOSE}"

    def raw(self, node) -> str:
        return f"{OPEN}h{node.astext()}{CLOSE}" if "html" in node["format"] else ""

    def target(self, node) -> str:
        return self.anchors(node["ids"])

    def reference(self, node) -> str:
        address, text = node.get("refuri", ""), self.inside(node)
        if urlsplit(address).scheme:
            return f"#link({_quoted(address)})[{text}];"
        path, fragment = _resolve(f"{self.name}.html", address)
        target = _target(path.removesuffix(".html"), node.get("refid", fragment))
        return f'#to("{target}")[{text}];'

    def number_reference(self, node) -> str:
        return self.reference(node).replace(" ", NO_BREAK)

    def footnote_reference(self, node) -> str:
        return f"#super[{self.reference(node)}];"

    def footnote(self, node) -> str:
        return f"#super[{self.inside(node.children[0])}]; {self.inside(node)}"

    def image(self, node) -> str:
        path = _resolve(f"{self.name}.html", node["uri"])[0]
        return f"#picture({_quoted(f'/html/{path}')}, {_quoted(node.get('alt', ''))});"

    # Blocks

    def section(self, node) -> str:
        self.depth += 1
        text = self.inside(node)
        self.depth -= 1
        return text

    def title(self, node) -> str:
        """A heading; a page's first one stands for the page."""
        ids = list(node.parent["ids"])
        if not isinstance(node.parent, nodes.section):
            return f"#strong[{self.inside(node)}];\n\n"
        numbers = self.builder.secnumbers
        number = numbers.get(f"#{ids[0]}", numbers.get(""))
        shown = ".".join(map(str, number)) + r"\. " if number else ""
        if not self.titles:
            ids.insert(0, "")
        self.titles += 1
        heading = f"#heading(level: {self.depth})[{shown}{self.inside(node)}]"
        return f"{heading}\n<{_target(self.name, ids[0])}>\n{self.anchors(ids[1:])}\n\n"

    def transition(self, node) -> str:
        return "#horizontalrule\n\n"

    def literal_block(self, node) -> str:
        language = node.get("language", "").removeprefix("i").rstrip("3")
        code = json.dumps(node.astext(), ensure_ascii=False)
        return f"#raw(block: true, lang: {_quoted(language)}, {code})\n\n"

    def math_block(self, node) -> str:
        number = ""
        if node.get("number"):
            holder = SimpleNamespace(builder=self.builder)
            number = f"({get_node_equation_number(holder, node)})"
        return f"#numbered(number: {_quoted(number)}, body: [{self.math(node, 'd')}])\n\n"

    def enumerated_list(self, node) -> str:
        return f"#enum(tight: false, start: {node.get('start', 1)},\n{self.inside(node)});\n\n"

    def definition_list_item(self, node) -> str:
        """Terms that share a definition stand on one line."""
        terms = [child for child in node.children if isinstance(child, nodes.term)]
        rest = [child for child in node.children if child not in terms]
        names = "".join(map(self.of, terms)).removesuffix(", ")
        return f"#terms.item([{names}], [{''.join(map(self.of, rest))}]);\n\n"

    def admonition(self, node) -> str:
        """A box; as on the screen, one under a heading of its name needs no title of its own."""
        title = node.children[0] if isinstance(node.children[0], nodes.title) else None
        name = title.astext() if title is not None else admonitionlabels.get(node.tagname, "")
        before = node.parent.children[node.parent.index(node) - 1]
        if self.depth == 2 and isinstance(before, nodes.title) and before.astext().endswith(name):
            name = ""
        body = "".join(self.of(child) for child in node.children if child is not title)
        return f"#callout(title: {_quoted(name)}, body: [{body}])\n\n"

    def dropdown_main(self, node) -> str:
        if "sources" in node["classes"]:
            return f"{self.of(node.children[0]).strip()}, named row by row in the data.\n\n"
        return self.inside(node)

    def container(self, node) -> str:
        if "exhibit" in node["classes"]:
            body, legend = node.children
            return self.anchors(body["ids"]) + self._exhibit(body, self.inside(legend))
        if "made" in node["classes"]:
            for link in list(node.findall(download_reference)):
                link.parent.remove(link)
            return f"#made(body: [{self.inside(node).rstrip(TRAIL)}])\n\n"
        return self.inside(node)

    # Exhibits

    def figure(self, node) -> str:
        return self._exhibit(node, "")

    def table(self, node) -> str:
        if any(isinstance(child, nodes.title) for child in node.children):
            return self._exhibit(node, "")
        return self._table(node)

    def _exhibit(self, body: nodes.Element, legend: str) -> str:
        caption, notes = (
            [child for child in body.children if isinstance(child, kinds)]
            for kinds in (nodes.caption | nodes.title, nodes.legend)
        )
        if isinstance(body, nodes.table):
            kind, (width, rows), inner = "table", _extent(body), self._table(body)
        else:
            kind, (width, rows) = "figure", (0, 0)
            inner = "".join(map(self.image, body.findall(nodes.image)))
        number = self.numbers.get(kind, {}).get((body["ids"] or [""])[0])
        form = self.builder.config.numfig_format[kind]
        shown = form % ".".join(map(str, number)) if number else ""
        return (
            f"#exhibit(kind: {_quoted(kind)}, number: {_quoted(shown)}, width: {width}, "
            f"rows: {rows}, headline: [{''.join(map(self.inside, caption))}], "
            f"body: [{inner}], legend: [{''.join(map(self.of, notes))}{legend}])\n\n"
        )

    def _table(self, node: nodes.table) -> str:
        head, body = (
            "".join(
                self._cell(cell)
                for part in node.findall(kind)
                for cell in part.findall(nodes.entry)
            )
            for kind in (nodes.thead, nodes.tbody)
        )
        given = [f"{column['colwidth']}fr" for column in node.findall(nodes.colspec)]
        columns = f"({', '.join(given)},)" if "colwidths-given" in node["classes"] else len(given)
        head = f"table.header({head})," if head else ""
        width = _extent(node)[0]
        return f"#sized(width: {width}, body: table(columns: {columns},\n{head}\n{body}))\n\n"

    def _cell(self, cell: nodes.entry) -> str:
        text = self.inside(cell).strip()
        side = next((s for s in ("right", "center") if f"text-{s}" in cell["classes"]), "left")
        if side == "right" and len(cell.astext()) <= SHORT_CELL:
            text = text.replace(" ", NO_BREAK)
        spans = [
            f"{name}: {cell[given] + 1}, "
            for name, given in (("colspan", "morecols"), ("rowspan", "morerows"))
            if given in cell
        ]
        return f"table.cell({''.join(spans)}align: {side})[{text}],\n"


def _extent(table: nodes.Element) -> tuple[int, int]:
    """How many characters wide a table wants to be, and how many rows it has.

    A column wants the width of its longest cell, where long text may wrap and a heading may break
    between words.
    """
    widest: dict[int, int] = {}
    rows = 0
    for row in table.findall(nodes.row):
        head = isinstance(row.parent, nodes.thead)
        rows += not head
        for place, cell in enumerate(row.children):
            text = cell.astext()
            longest = max(map(len, text.split()), default=0) if head else len(text)
            widest[place] = max(widest.get(place, 0), min(longest, WRAP))
    return sum(width + GAP for width in widest.values()), rows


def _quoted(text: str) -> str:
    return json.dumps(" ".join(text.split()), ensure_ascii=False)


def _resolve(page: str, address: str) -> tuple[str, str]:
    """Path from the book's folder, and fragment, of an address on a page."""
    parts = urlsplit(address)
    path = posixpath.join(posixpath.dirname(page), unquote(parts.path)) if parts.path else page
    return posixpath.normpath(path), unquote(parts.fragment)


def _target(page: str, fragment: str) -> str:
    """A label that is unique in the document and made of what a typesetter allows in one."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", f"{page}--{fragment}")
