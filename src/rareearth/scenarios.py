"""Scenarios and levers: small named sets of overrides on the assumptions, each with its reason.

A scenario is a YAML file, one of ``data/scenarios`` or a reader's own::

    title: Announced plants on time
    story: One paragraph that says what is different here, and why one may think so.
    choices:
      demand_case: STEPS
    levers: [price_floor, permitting]
    assumptions:
      us_share_of_magnet_demand: 0.12                     # for certain, or
      plant_delay_years: {low: 0, mode: 1, high: 2}       # as a range

A lever is what a government can do. ``data/levers.yml`` says, in the same grammar, which
assumptions each one moves, how far, and why one may think so. What a scenario assumes itself goes
before what its levers bring.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from rareearth import data

CHOICES = {
    "demand_case": ("STEPS", "APS", "NZE"),
    "plants": ("record", "announced"),
    "china": ("open", "cut"),
    "price": ("level", "war", "scarcity"),
    "policy": ("in_force", "none"),
}
"""What a scenario picks from a closed list: the demand case of the International Energy Agency,
whether plants arrive as the record suggests or as announced, whether China goes on selling or cuts
its exports for a time, whether the price of NdPr returns to the level of its record, to one of a
price war or to one of scarcity, and whether the policies in force go on. The first is the
default."""

PARTS = {"title", "story", "choices", "levers", "assumptions"}
LEVER_TEXTS = ("title", "mechanism", "who", "authority", "pays", "stop", "basis", "reason")
LEVER_PARTS = {*LEVER_TEXTS, "source", "assumptions"}
BASES = ("computed", "assumed")
"""Whether what a lever moves comes out of a model or is judgement."""

Overrides = dict[str, tuple[float, float, float]]
"""Assumption name to (low, mode, high), in the unit of the register."""


class ScenarioError(ValueError):
    """A scenario that cannot be used; the message names file, key and what is allowed."""


@dataclass(frozen=True)
class Scenario:
    """What the report is computed for.

    Attributes:
        name: file name without ending.
        title: a few words.
        story: one paragraph.
        choices: one entry for each of :data:`CHOICES`.
        own: overrides that the scenario states itself.
        levers: names of the levers that it pulls, in the order of ``data/levers.yml``.
    """

    name: str
    title: str
    story: str
    choices: dict[str, str]
    own: Overrides
    levers: tuple[str, ...] = ()

    def __hash__(self) -> int:
        """So that what a scenario gives can be kept."""
        return hash((self.name, *self.choices.values(), *self.own.items(), self.levers))

    @property
    def overrides(self) -> Overrides:
        """All overrides: those of the levers, then the scenario's own."""
        known = levers()
        pulled = {k: v for name in self.levers for k, v in known[name].overrides.items()}
        return pulled | self.own


@dataclass(frozen=True)
class Lever:
    """Something that a government can do, and what it is taken to move.

    Attributes:
        name: as in ``data/levers.yml``.
        title: a few words.
        mechanism: how it works, one or two sentences.
        who: who decides it.
        authority: statute and account, or what is lacking.
        pays: who pays for it and who loses.
        stop: the sign at which it should end.
        basis: one of :data:`BASES`.
        reason: why the ranges are what they are.
        source: keys of the sources behind the reason.
        overrides: what it moves.
    """

    name: str
    title: str
    mechanism: str
    who: str
    authority: str
    pays: str
    stop: str
    basis: str
    reason: str
    source: tuple[str, ...]
    overrides: Overrides


def names() -> list[str]:
    """Names of the report's own scenarios, baseline first."""
    named = sorted(path.stem for path in (data.data_dir() / "scenarios").glob("*.yml"))
    return sorted(named, key=lambda name: name != "baseline")


def load(name_or_path: str | Path, **own: float | None) -> Scenario:
    """A scenario by name, or from a YAML file.

    Args:
        name_or_path: one of :func:`names`, or the path of a file that ends in .yml or .yaml.
        own: values that replace an assumption, or all members of a group such as
            ``collection_rate``, for certain; None leaves it as it is.

    Raises:
        ScenarioError: if there is no such scenario, or the file or a value of one's own has an
            unknown key, a value of the wrong type or one outside the hard bounds of its assumption.
    """
    path = Path(name_or_path)
    if path.suffix not in (".yml", ".yaml"):
        if str(name_or_path) not in names():
            raise ScenarioError(
                f"There is no scenario '{name_or_path}'. Known: {', '.join(names())}; "
                "or give the path of a .yml file."
            )
        path = data.data_dir() / "scenarios" / f"{name_or_path}.yml"
    scenario = _scenario(path, _read(path, "scenario"))
    given = {name: value for name, value in own.items() if value is not None}
    return replace(scenario, own=scenario.own | _overrides(path, given)) if given else scenario


def editions(*files: str) -> dict[str, str]:
    """Title by name of the report's own scenarios, baseline first, or of a reader's files.

    Raises:
        ScenarioError: as :func:`load`.
    """
    return {loaded.name: loaded.title for loaded in map(load, files or names())}


def check() -> list[str]:
    """What is wrong with the report's own scenarios and levers."""
    problems = []
    for name in names():
        try:
            load(name)
        except ScenarioError as error:
            problems.append(str(error))
    return problems


def levers() -> dict[str, Lever]:
    """All levers by name, in the order of ``data/levers.yml``.

    Raises:
        ScenarioError: if the file is broken, or two levers move the same assumption.
    """
    return _levers(data.data_dir() / "levers.yml")


def pull(scenario: Scenario, wanted: Iterable[str]) -> Scenario:
    """The scenario with exactly these levers pulled; its own overrides stay.

    Args:
        scenario: as loaded by :func:`load`.
        wanted: names of levers; none leaves the scenario without any.

    Raises:
        ScenarioError: if a name is unknown.
    """
    known = levers()
    chosen = set(wanted)
    _known(Path("levers.yml"), "lever", dict.fromkeys(chosen), known)
    return replace(scenario, levers=tuple(name for name in known if name in chosen))


def choose(scenario: Scenario, **choices: str) -> Scenario:
    """The scenario with some of its choices made otherwise; its overrides stay.

    Args:
        scenario: as loaded by :func:`load`.
        choices: values by name, of :data:`CHOICES`.

    Raises:
        ScenarioError: if a name or a value is unknown.
    """
    _allowed(Path(scenario.name), choices)
    return replace(scenario, choices=scenario.choices | choices)


@cache
def _levers(path: Path) -> dict[str, Lever]:
    content = _read(path, "lever")
    if not isinstance(content, dict):
        raise ScenarioError(f"{path.name}: must hold one entry per lever.")
    read, moved = {}, {}
    for name, parts in content.items():
        here = f"{path.name}, {name}"
        if not isinstance(parts, dict) or set(parts) != LEVER_PARTS:
            raise ScenarioError(f"{here}: must hold exactly {', '.join(sorted(LEVER_PARTS))}.")
        for part in LEVER_TEXTS:
            if not isinstance(parts[part], str) or not parts[part].strip():
                raise ScenarioError(f"{here}: '{part}' must be a text.")
        if parts["basis"] not in BASES:
            raise ScenarioError(f"{here}: 'basis' must be one of {', '.join(BASES)}.")
        keys = parts["source"]
        if not isinstance(keys, list) or not keys or set(keys) - data.source_keys():
            raise ScenarioError(f"{here}: 'source' must list keys of references.bib.")
        overrides = _overrides(path, parts["assumptions"])
        for assumption in overrides:
            if assumption in moved:
                raise ScenarioError(f"{here}: '{moved[assumption]}' moves '{assumption}' as well.")
            moved[assumption] = name
        texts = {part: " ".join(parts[part].split()) for part in LEVER_TEXTS}
        read[name] = Lever(name=name, source=tuple(keys), overrides=overrides, **texts)
    return read


def _read(path: Path, what: str) -> Any:
    try:
        with open(path, encoding="utf-8") as file:
            return yaml.safe_load(file)
    except FileNotFoundError:
        raise ScenarioError(f"There is no {what} file {path}.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name}: not readable as YAML: {error}") from None


def _scenario(path: Path, content: Any) -> Scenario:
    if not isinstance(content, dict):
        raise ScenarioError(f"{path.name}: must hold the keys {', '.join(sorted(PARTS))}.")
    _known(path, "key", content, PARTS)
    for part in ("title", "story"):
        if not isinstance(content.get(part), str) or not content[part].strip():
            raise ScenarioError(f"{path.name}: '{part}' must be a text.")
    choices = content.get("choices") or {}
    _allowed(path, choices)
    pulled = content.get("levers") or []
    if not isinstance(pulled, list):
        raise ScenarioError(f"{path.name}: the levers must be a list of names.")
    _known(path, "lever", dict.fromkeys(map(str, pulled)), levers())
    return Scenario(
        name=path.stem,
        title=content["title"].strip(),
        story=" ".join(content["story"].split()),
        choices={name: choices.get(name, allowed[0]) for name, allowed in CHOICES.items()},
        own=_overrides(path, content.get("assumptions") or {}),
        levers=tuple(name for name in levers() if name in pulled),
    )


def _allowed(path: Path, choices: Any) -> None:
    _known(path, "choice", choices, CHOICES)
    for name, value in choices.items():
        if value not in CHOICES[name]:
            raise ScenarioError(
                f"{path.name}, choices, {name}: '{value}' is none of {', '.join(CHOICES[name])}."
            )


def groups() -> dict[str, list[str]]:
    """Names under which several assumptions are set at once, with their members."""
    register = data.table("assumptions").dropna(subset="group")
    return register.groupby("group", sort=False)["name"].apply(list).to_dict()


def _overrides(path: Path, assumed: Any) -> Overrides:
    bounds, sets = data.table("assumptions").set_index("name"), groups()
    _known(path, "assumption", assumed, [*bounds.index, *sets])
    return {
        member: _range(path, member, value, bounds.loc[member])
        for name, value in assumed.items()
        for member in sets.get(name, [name])
    }


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
