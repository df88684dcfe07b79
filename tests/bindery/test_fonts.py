"""The cut font: it has what the pages need, and little else."""

from fontTools.ttLib import TTFont

from bindery.fonts import characters, write_subset


def test_the_font_has_each_chinese_character_of_the_pages_and_stays_small(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<p>稀土 xītǔ，钕铁硼 NdFeB</p>", encoding="utf-8")
    text = characters([page])
    assert set(text) == set("稀土，钕铁硼")
    write_subset(text, tmp_path / "cut.woff")
    assert {ord(c) for c in text} <= TTFont(tmp_path / "cut.woff").getBestCmap().keys()
    assert (tmp_path / "cut.woff").stat().st_size < 30_000


def test_a_book_without_chinese_has_the_file_too(tmp_path):
    write_subset("", tmp_path / "cut.woff")
    assert (tmp_path / "cut.woff").exists()
