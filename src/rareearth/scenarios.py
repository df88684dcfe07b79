"""Scenarios: small named sets of overrides on the assumptions, with a story.

A scenario is a YAML file, one of ``data/scenarios`` or a reader's own::

    title: Announced plants on time
    story: One paragraph that says what is different in this world, and why one may think so.
    choices:
      demand_case: STEPS
    assumptions:
      us_share_of_magnet_demand: 0.12                     # for certain, or
      plant_delay_years: {low: 0, mode: 1, high: 2}       # as a range
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rareearth import data

CHOICES = {
    "demand_case": ("STEPS", "APS", "NZE"),
    "plants": ("record", "announced"),
}
"""What a scenario picks from a closed list: the demand case of the International Energy Agency,
and whether plants arrive as the record suggests or as announced. The first is the default."""

PARTS = {"title", "story", "choices", "assumptions"}


class ScenarioError(ValueError):
    """A scenario that cannot be used; the message names file, key and what is allowed."""


@dataclass(frozen=True)
class Scenario:
    """A world to compute the report in.

    Attributes:
        name: file name without ending.
        title: a few words.
        story: one paragraph.
        choices: one entry for each of :data:`CHOICES`.
        overrides: assumption name to (low, mode, high), in the unit of the register.
    """

    name: str
    title: str
    story: str
    choices: dict[str, str]
    overrides: dict[str, tuple[float, float, float]]


def names() -> list[str]:
    """Names of the report's own scenarios, baseline first."""
    found = sorted(path.stem for path in (data.data_dir() / "scenarios").glob("*.yml"))
    return sorted(found, key=lambda name: name != "baseline")


def load(name_or_path: str | Path) -> Scenario:
    """A scenario by name, or from a YAML file.

    Args:
        name_or_path: one of :func:`names`, or the path of a file that ends in .yml or .yaml.

    Raises:
        ScenarioError: if there is no such scenario, or the file has an unknown key, a value of
            the wrong type or one outside the hard bounds of its assumption.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yml", ".yaml"):
        if str(name_or_path) not in names():
            raise ScenarioError(
                f"There is no scenario '{name_or_path}'. Known: {', '.join(names())}; "
                "or give the path of a .yml file."
            )
        path = data.data_dir() / "scenarios" / f"{name_or_path}.yml"
    try:
        with open(path, encoding="utf-8") as file:
            content = yaml.safe_load(file)
    except FileNotFoundError:
        raise ScenarioError(f"There is no scenario file {path}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name}: not readable as YAML: {error}") from None
    return _scenario(path, content)


def _scenario(path: Path, content: Any) -> Scenario:
    if not isinstance(content, dict):
        raise ScenarioError(f"{path.name}: must hold the keys {', '.join(sorted(PARTS))}.")
    _known(path, "key", content, PARTS)
    for part in ("title", "story"):
        if not isinstance(content.get(part), str) or not content[part].strip():
            raise ScenarioError(f"{path.name}: '{part}' must be a text.")
    choices = content.get("choices") or {}
    _known(path, "choice", choices, CHOICES)
    for name, value in choices.items():
        if value not in CHOICES[name]:
            raise ScenarioError(
                f"{path.name}, choices, {name}: '{value}' is none of {', '.join(CHOICES[name])}."
            )
    bounds = data.table("assumptions").set_index("name")
    assumed = content.get("assumptions") or {}
    _known(path, "assumption", assumed, bounds.index)
    return Scenario(
        name=path.stem,
        title=content["title"].strip(),
        story=" ".join(content["story"].split()),
        choices={name: choices.get(name, allowed[0]) for name, allowed in CHOICES.items()},
        overrides={name: _range(path, name, v, bounds.loc[name]) for name, v in assumed.items()},
    )


def _known(path: Path, what: str, given: Any, known: Iterable[str]) -> None:
    if not isinstance(given, dict):
        raise ScenarioError(f"{path.name}: the {what}s must be 'name: value' lines.")
    for key in given:
        if key not in known:
            close = difflib.get_close_matches(str(key), list(known), n=1)
            hint = f" Did you mean '{close[0]}'?" if close else f" Known: {', '.join(known)}."
            raise ScenarioError(f"{path.name}: unknown {what} '{key}'.{hint}")


def _range(path: Path, name: str, value: Any, bounds: Any) -> tuple[float, float, float]:
    allowed = f"{bounds['minimum']:g} to {bounds['maximum']:g} {bounds['unit']}"
    if isinstance(value, dict):
        if set(value) != {"low", "mode", "high"}:
            raise ScenarioError(f"{path.name}, {name}: a range has exactly low, mode and high.")
        triple = (value["low"], value["mode"], value["high"])
    else:
        triple = (value, value, value)
    for part in triple:
        if isinstance(part, bool) or not isinstance(part, int | float):
            raise ScenarioError(f"{path.name}, {name}: '{part}' is not a number ({allowed}).")
        if not bounds["minimum"] <= part <= bounds["maximum"]:
            raise ScenarioError(f"{path.name}, {name}: {part:g} is outside {allowed}.")
    low, mode, high = map(float, triple)
    if not low <= mode <= high:
        raise ScenarioError(f"{path.name}, {name}: low, mode and high must ascend.")
    return low, mode, high
