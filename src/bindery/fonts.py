"""A font with just the Chinese characters that a web book uses.

A whole Chinese font is 16 MB, too much to put beside a book, and readers without one would see
boxes. The characters that stand on the pages are few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

CHINESE = re.compile(r"[\u2e80-\u303f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef]")
FULL_STOP = "。"  # so that a book without Chinese has the file that its styles name
SOURCE = Path(find_spec("mplfonts").origin).parent / "fonts" / "NotoSansCJKsc-Regular.otf"


def characters(pages: Iterable[Path]) -> str:
    """The Chinese characters and punctuation marks on pages, each once, in order."""
    found: set[str] = set()
    for page in pages:
        found.update(CHINESE.findall(page.read_text(encoding="utf-8")))
    return "".join(sorted(found))


def write_subset(text: str, path: Path) -> None:
    """Write a WOFF font that has the characters of a text, and these into a file beside it.

    Args:
        text: characters to keep.
        path: file to write; it is left alone if it has just these characters.
    """
    listing = path.with_suffix(".txt")
    if path.exists() and listing.exists() and listing.read_text("utf-8") == text:
        return
    from fontTools import subset  # slow to import, and most books need it not

    options = subset.Options(flavor="woff", layout_features=[], notdef_outline=True)
    font = subset.load_font(str(SOURCE), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=text or FULL_STOP)
    cutter.subset(font)
    subset.save_font(font, str(path), options)
    listing.write_text(text, "utf-8")
