"""Who may import whom. A wall that falls here falls for good, so the build stops."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
PLOTTING = {"matplotlib", "seaborn", "plotly", "altair"}
READERS = {"open", "read_csv", "read_json", "read_excel", "read_parquet", "read_text", "read_bytes"}
WRITERS = {"to_csv", "to_json", "to_excel", "to_parquet", "write_text", "write_bytes", "savefig"}


def modules(*parts):
    folder = SOURCE.joinpath(*parts)
    assert folder.is_dir(), f"{folder.relative_to(SOURCE)} has moved; mend this test"
    return sorted(folder.rglob("*.py"))


def named(path):
    return str(path.relative_to(SOURCE))


def imports(path):
    """Absolute dotted names of everything that a module imports, also inside functions."""
    package = list(path.relative_to(SOURCE).with_suffix("").parts[:-1])
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            start = ".".join([*above, *filter(None, [node.module])])
            found |= {start, *(f"{start}.{alias.name}" for alias in node.names)}
    return found


def crossing(path, forbidden):
    return sorted(
        name
        for name in imports(path)
        if any(name == wall or name.startswith(f"{wall}.") for wall in forbidden)
    )


def calls(path):
    """Last name of everything that a module calls: ``open``, ``read_csv``, …"""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name, node.lineno


@pytest.mark.parametrize("path", modules("rareearth"), ids=named)
def test_the_subject_knows_nothing_of_the_bindery(path):
    found = crossing(path, {"bindery"})
    assert not found, f"{named(path)} imports {found}; rareearth must work in a bare notebook"


@pytest.mark.parametrize("path", modules("bindery"), ids=named)
def test_the_bindery_knows_nothing_of_the_subject(path):
    found = crossing(path, {"rareearth"})
    assert not found, (
        f"{named(path)} imports {found}; name it in pyproject.toml under [tool.bindery] instead"
    )


@pytest.mark.parametrize("path", modules("rareearth", "models"), ids=named)
def test_models_are_pure(path):
    above = ("data", "assumptions", "scenarios", "answers", "report", "analysis", "validation")
    found = crossing(path, PLOTTING | {f"rareearth.{m}" for m in (*above, "figures")})
    assert not found, f"{named(path)} imports {found}; a model gets frames and arrays"
    touched = [f"line {line}: {name}" for name, line in calls(path) if name in READERS | WRITERS]
    assert not touched, f"{named(path)} reads or writes ({touched}); let analysis do it"


@pytest.mark.parametrize("path", modules("rareearth", "analysis"), ids=named)
def test_analysis_draws_nothing_and_knows_no_check_of_itself(path):
    found = crossing(
        path, PLOTTING | {f"rareearth.{m}" for m in ("figures", "report", "validation")}
    )
    assert not found, f"{named(path)} imports {found}; it gives frames and answers"


@pytest.mark.parametrize("path", modules("rareearth", "validation"), ids=named)
def test_validation_draws_nothing(path):
    found = crossing(path, PLOTTING | {"rareearth.figures", "rareearth.report"})
    assert not found, f"{named(path)} imports {found}; it gives frames and answers"


@pytest.mark.parametrize("path", modules("rareearth", "figures"), ids=named)
def test_figures_only_draw(path):
    others = ("data", "report", "analysis", "validation")
    found = crossing(path, {f"rareearth.{other}" for other in others})
    assert not found, f"{named(path)} imports {found}; a figure gets a frame"
    touched = [f"line {line}: {name}" for name, line in calls(path) if name in READERS | WRITERS]
    assert not touched, f"{named(path)} reads or writes ({touched}); let the chapter do it"


@pytest.mark.parametrize("path", modules("."), ids=named)
def test_nothing_imports_a_chapter(path):
    found = crossing(path, {"chapters", "tests"})
    assert not found, f"{named(path)} imports {found}; arrows point from source to chapter"
