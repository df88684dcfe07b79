"""The summary stands by itself on two pages of the PDF."""

from itertools import pairwise

import pytest
from pypdf import PdfReader

PAGES = 2


def test_takes_two_pages(built_pdf, project):
    if "summary" not in {page.name for page in project.chapters}:
        pytest.skip("this book has no summary")
    reader = PdfReader(built_pdf)
    chapters = [item for item in reader.outline if not isinstance(item, list)]
    takes = {
        one.title: reader.get_destination_page_number(other)
        - reader.get_destination_page_number(one)
        for one, other in pairwise(chapters)
    }
    summary = [length for title, length in takes.items() if title.startswith("Summary")]
    assert summary == [PAGES], f"the summary takes {summary} pages: shorten chapters/summary.ipynb"
