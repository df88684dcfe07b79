"""Sphinx extension with the book's look: folded code, own styles and scripts, local MathJax.

Switched on by ``extra_extensions: [bindery.theme]`` in ``_config.yml``, it serves ``bindery build``
and plain ``jupyter-book build`` alike. When the configuration value ``bindery_executed`` maps a
page to an executed notebook (`bindery.html` sets it), the page shows that notebook in place of its
source, so that paths inside the page, and messages about it, stay those of the source.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pybtex.plugin
import sphinxcontrib.bibtex.plugin
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util.fileutil import copy_asset, copy_asset_file

from bindery import exhibits, manuscript, references, shelf
from bindery.bibliography import AuthorYearInParentheses, AuthorYearLabels, PublisherStyle
from bindery.fonts import characters, write_subset
from bindery.pages import dress, fold
from bindery.place import end_with_build
from bindery.plan import read_notebook

ASSETS = ("book.css", "book.js")
FONTS = (
    ("font_source_sans_pro", "SourceSansPro-Regular.otf"),
    ("font_source_sans_pro", "SourceSansPro-It.otf"),
    ("font_source_sans_pro", "SourceSansPro-Semibold.otf"),
    ("font_source_serif_pro", "SourceSerifPro-Semibold.otf"),
)
STYLE = "bindery"
SEVERAL = 6
CITING = (
    ("pybtex.backends", "plaintext"),
    ("pybtex.style.names", "last"),
    ("pybtex.style.names", "plain"),
)
# The package's name is no Python identifier, so its folder is looked up, not imported.
MATHJAX = Path(find_spec("sphinx-mathjax-offline").origin).parent / "static" / "mathjax"
MATHJAX_PARTS = ("tex-svg.js", "input/tex/extensions")


def setup(app: Sphinx) -> dict:
    """Connect the extension to Sphinx."""
    app.add_config_value("bindery_executed", {}, "", dict)
    app.add_config_value("bindery_made", {}, "", dict)
    app.add_config_value("bindery_print", "", "", str)
    app.add_config_value("bindery_remark", "", "env", str)
    app.add_config_value("bindery_releases", "", "", str)
    app.add_config_value("bindery_default", {}, "", dict)
    app.add_directive("revisions", exhibits.Revisions)
    app.add_domain(references.StandardDomain, override=True)
    app.setup_extension("sphinx_multitoc_numbering")
    # It does not say so, but keeps nothing of a page.
    app.extensions["sphinx_multitoc_numbering"].parallel_read_safe = True
    pybtex.plugin.register_plugin("pybtex.style.formatting", STYLE, PublisherStyle)
    pybtex.plugin.register_plugin("pybtex.style.labels", STYLE, AuthorYearLabels)
    # Else each citation would search all installed packages for these.
    for group, name in CITING:
        plugin = pybtex.plugin.find_plugin(group, name)
        pybtex.plugin.register_plugin(group, name, plugin, force=True)
    sphinxcontrib.bibtex.plugin.register_plugin(
        "sphinxcontrib.bibtex.style.referencing", STYLE, AuthorYearInParentheses
    )
    app.add_css_file("book.css")
    app.add_js_file("book.js", loading_method="defer")
    app.connect("config-inited", _configure)
    app.connect("env-get-outdated", _outdated)
    app.connect("source-read", _present)
    app.connect("doctree-read", references.merge_citations)
    app.connect("env-get-updated", references.affected, priority=900)  # once numbers are assigned
    app.connect("html-page-context", lambda *_: end_with_build())
    app.connect("html-page-context", manuscript.keep)
    app.connect("html-collect-pages", _comparison)
    app.connect("build-finished", _copy_assets)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def _configure(app: Sphinx, config: Config) -> None:
    config.mathjax_path = "mathjax/tex-svg.js"
    # MathJax's menu would fetch further scripts; assistive MathML is all that readers need.
    config.mathjax3_config = {"options": {"enableMenu": False}} | (config.mathjax3_config or {})
    PublisherStyle.remark = config.bindery_remark
    config.bibtex_default_style = STYLE
    config.bibtex_reference_style = STYLE
    config.nb_code_prompt_show = "Code"
    config.nb_code_prompt_hide = "Hide code"
    config.html_copy_source = False
    if config.bindery_executed:
        app.add_js_file(shelf.OWN_SCRIPT, priority=400)  # before book.js
    config.html_context.setdefault("default_mode", "auto")
    config.html_theme_options |= {
        "navbar_persistent": [],
        "primary_sidebar_end": [],
        "use_download_button": False,
        "use_fullscreen_button": False,
    }


def _outdated(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Pages that show another notebook than in the last build, or one made otherwise."""
    if len(added | changed) < SEVERAL:
        app.parallel = 1  # to fork would take longer than to write them
    executed, made = app.config.bindery_executed, app.config.bindery_made
    last = getattr(env, "bindery_notebooks", {})
    env.bindery_notebooks = {page: (executed[page], made[page]) for page in executed}
    return [page for page, shown in env.bindery_notebooks.items() if last.get(page) != shown]


def _comparison(app: Sphinx) -> Iterator[tuple[str, dict, str]]:
    """An empty page in the book's look, on which the editions are compared (`bindery.shelf`)."""
    if app.config.bindery_executed:
        yield shelf.COMPARISON, {"title": shelf.TITLE, "body": shelf.EMPTY}, "page.html"


def _present(app: Sphinx, page: str, content: list[str]) -> None:
    end_with_build()
    source = Path(app.env.doc2path(page))
    if source.suffix != ".ipynb":
        return
    executed = app.config.bindery_executed.get(page)
    if executed is None:
        notebook = fold(json.loads(content[0]))
    else:
        app.env.note_dependency(str(executed))
        download = Path(os.path.relpath(executed, source.parent)).as_posix()
        notebook = dress(read_notebook(Path(executed)), app.config.bindery_made[page], download)
    content[0] = json.dumps(notebook)


def _copy_assets(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir) / "_static"
    for name in ASSETS:
        copy_asset_file(Path(__file__).with_name(name), static)
    (static / "fonts").mkdir(exist_ok=True)
    for package, name in FONTS:
        copy_asset_file(Path(find_spec(package).origin).parent / "files" / name, static / "fonts")
    write_subset(characters(Path(app.outdir).rglob("*.html")), static / "fonts" / "Chinese.woff")
    for part in MATHJAX_PARTS:
        target = static / "mathjax" / part
        target.parent.mkdir(parents=True, exist_ok=True)
        copy_asset(MATHJAX / part, target if (MATHJAX / part).is_dir() else target.parent)
