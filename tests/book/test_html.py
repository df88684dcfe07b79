"""The built pages in a real browser, opened from disk, with the network off."""

from dataclasses import dataclass, field

import pytest

PHONE, DESK = 380, 1280

# What a page says about itself once it is drawn.
SURVEY = """async () => {
  await (window.MathJax?.startup?.promise ?? Promise.resolve());
  // The search dialog and the closed code cells show themselves later.
  const drawn = (element) => element.checkVisibility({ visibilityProperty: true });
  return {
    width: document.documentElement.scrollWidth,
    broken: [...document.images].filter((i) => !(i.complete && i.naturalWidth)).map((i) => i.src),
    unset: [...document.querySelectorAll("article .math")]
      .filter((m) => !m.querySelector("mjx-container") || m.querySelector("mjx-merror"))
      .map((m) => m.textContent),
    narrow: [...document.querySelectorAll(".exhibit figure img")]
      .filter((i) => i.getBoundingClientRect().width < 500).map((i) => i.src),
    unreachable: [...document.querySelectorAll("article figure, .pst-scrollable-table-container")]
      .filter((b) => drawn(b) && b.scrollWidth > b.clientWidth + 1 && b.tabIndex < 0).length,
  };
}"""

# Text whose colour stands out too little from what lies behind it (WCAG 2, level AA).
FAINT = r"""() => {
  const channels = (colour) => {
    const [r, g, b, a = 1] = colour.match(/[\d.]+/g).map(Number);
    return { rgb: [r, g, b], a };
  };
  const luminance = ({ rgb }) => {
    const [r, g, b] = rgb.map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = channels(getComputedStyle(e).backgroundColor);
      if (colour.a > 0.9) return colour;
    }
    return channels("rgb(255, 255, 255)");
  };
  const faint = new Set();
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility({ visibilityProperty: true })
        || element.closest(".headerlink, mjx-container, script")) continue;
    const style = getComputedStyle(element);
    const [a, b] = [channels(style.color), behind(element)].map(luminance).sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < (large ? 3 : 4.5)) {
      faint.add(`${walker.currentNode.data.trim().slice(0, 30)} (${ratio.toFixed(1)})`);
    }
  }
  return [...faint];
}"""


@dataclass
class Visit:
    """What happened when every page was opened at one width."""

    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    surveys: dict[str, dict] = field(default_factory=dict)


def open_window(browser, width, **options):
    context = browser.new_context(viewport={"width": width, "height": 900}, **options)
    context.set_offline(True)
    return context.new_page()


@pytest.fixture(scope="module", params=[PHONE, DESK], ids=["phone", "desk"])
def visit(request, browser, pages):
    """Every page, opened once at this width."""
    seen = Visit()
    window = open_window(browser, request.param)

    def complain(text):
        seen.errors.append(f"{window.url}: {text}")

    window.on("request", lambda asked: seen.requests.append(asked.url))
    window.on(
        "console",
        lambda said: said.type == "error" and seen.errors.append(f"{window.url}: {said.text}"),
    )
    window.on("pageerror", complain)
    for page in pages:
        window.goto(page.as_uri())
        seen.surveys[page.name] = window.evaluate(SURVEY) | {"room": request.param}
    window.context.close()
    return seen


def all_of(visit, key):
    return {page: survey[key] for page, survey in visit.surveys.items() if survey[key]}


def test_nothing_is_asked_of_another_host(visit):
    asked = {url for url in visit.requests if not url.startswith(("file:", "data:", "blob:"))}
    assert not asked, "bring these files with the book (see bindery.theme)"


def test_no_error_on_the_console(visit):
    assert not visit.errors


def test_every_picture_is_drawn(visit):
    assert not all_of(visit, "broken"), "pictures that the browser cannot show"


def test_every_formula_is_set(visit):
    assert not all_of(visit, "unset"), "formulae that MathJax does not know"


def test_no_page_is_wider_than_the_screen(visit):
    wide = {page: s["width"] for page, s in visit.surveys.items() if s["width"] > s["room"]}
    assert not wide, "something on these pages needs a box of its own that scrolls (book.css)"


def test_figures_stay_legible(visit):
    assert not all_of(visit, "narrow"), "pictures shrink below their least width (book.css)"


def test_what_scrolls_can_be_reached_by_keyboard(visit):
    assert not all_of(visit, "unreachable"), "boxes that scroll need a tabindex (book.js)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(browser, pages, scheme):
    window = open_window(browser, DESK, color_scheme=scheme)
    faint = {}
    for page in pages:
        window.goto(page.as_uri())
        if found := window.evaluate(FAINT):
            faint[page.name] = found
    window.context.close()
    assert not faint, "contrast below WCAG AA: change the colours in book.css"


def test_code_is_one_click_away(browser, pages):
    chapter = next(page for page in pages if "cell_input" in page.read_text("utf-8"))
    window = open_window(browser, DESK)
    window.goto(chapter.as_uri())
    code = window.locator("div.cell_input pre").first
    assert not code.is_visible(), "code must be folded until asked for"
    window.locator("div.cell > details > summary").first.click()
    assert code.is_visible()
    window.context.close()


def test_first_stop_of_the_keyboard_skips_to_the_text(browser, pages):
    window = open_window(browser, DESK)
    window.goto(pages[0].as_uri())
    window.keyboard.press("Tab")
    assert window.evaluate("document.activeElement.getAttribute('href')") == "#main-content"
    window.context.close()


def test_search_works_from_disk(browser, built_html, pages):
    window = open_window(browser, DESK)
    window.goto(pages[1].as_uri())
    word = max(window.locator("h1").first.inner_text().split(), key=len).strip("#.,:")
    window.goto(f"{(built_html / 'search.html').as_uri()}?q={word}")
    window.wait_for_selector("#search-results li a", timeout=20_000)
    hits = window.locator("#search-results li a").evaluate_all("all => all.map((a) => a.href)")
    assert any(pages[1].name in hit for hit in hits), f"searching for {word!r} finds {hits}"
    window.context.close()
