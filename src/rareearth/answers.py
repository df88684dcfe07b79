"""Answers: what the text prints, each defined once, with its unit, interval, kind and sources.

Analysis makes them, :func:`rareearth.report.numbers` puts them on a page, where the text, captions
and alternative texts take them by name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from rareearth import data, digits

Sources = Any
"""A key, a frame or row with a ``source`` column, or an iterable of these.

The assumptions of a model as a whole (:func:`rareearth.assumptions.used_by`) stand for the model:
what is named is its strongest inputs, not all that it reads.
"""

BAND = "-band"
"""Ending of the name under which an answer's interval is printed."""

LEVEL = 0.9
"""Part of the draws inside an interval."""

WORDS = (
    *("none", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
FIELD = re.compile(r"\{[^}]*\}")

CITED = 12
"""Sources besides those of a model that are cited one by one."""


@dataclass(frozen=True)
class Input:
    """An input of a model, by its label, with its sources or the table that it was fitted to."""

    label: str
    sources: tuple[str, ...] = ()
    table: str = ""


@dataclass(frozen=True)
class Model:
    """What a model's results rest on: not all that it reads, but the inputs that decide them.

    Attributes:
        name: as in ``used_in`` of the register of assumptions.
        title: what it is a model of, in words that follow "model of".
        inputs: its strongest inputs, the strongest first.
    """

    name: str
    title: str
    inputs: tuple[Input, ...]

    @property
    def sources(self) -> tuple[str, ...]:
        """Keys of the sources of its strongest inputs; if all were fitted, of their rows."""
        own = {key for each in self.inputs for key in each.sources}
        return tuple(sorted(own)) or self.rests_on

    @cached_property
    def rests_on(self) -> tuple[str, ...]:
        """Keys of the sources of these inputs, and of the rows that some were fitted to."""
        own = {key for each in self.inputs for key in each.sources}
        tables = {each.table for each in self.inputs if each.table}
        return tuple(sorted({*own, *_flat([data.table(name) for name in tables])}))

    @cached_property
    def text(self) -> str:
        """What a page says of it, as MyST."""
        labels: dict[str, list[str]] = {}
        for each in self.inputs:
            cited = f"{{cite:p}}`{','.join(each.sources)}`"
            basis = f"(table `{each.table}`)" if each.table else cited
            labels.setdefault(basis, []).append(each.label)
        inputs = "; ".join(f"{', '.join(named)} {basis}" for basis, named in labels.items())
        return (
            f"Model of {self.title}, in the scenario of this page. Its strongest inputs: {inputs}. "
            f"Their rows: {graded(self.rests_on)}. All others: {{doc}}`assumptions`."
        )


MODELS: dict[str, Callable[[], Model]] = {}
"""What each model's results rest on, by name; see :func:`rareearth.assumptions.main_result`."""


@dataclass(frozen=True)
class Answer:
    """One number, or words that depend on data.

    Attributes:
        name: letters, digits and hyphens.
        value: what was computed: a number or a text.
        template: how it is printed, with its unit: ``"{:.0f}%"``.
        sources: keys of the sources it rests on.
        kind: how it came to be, one of :data:`rareearth.data.KINDS`.
        label: what it is in words that stand alone, for headlines.
        low: lower end of its interval, if it has one.
        high: upper end.
        band: how the interval is printed, with two fields.
        unit_printed: what the value is rounded to when printed, 0 for all digits of the template.
        band_units: the same of the two ends of the interval.
        basis: what it rests on in words, if that is a model; MyST.
        graded: how firm its sources are, in words.
        grades: the grades of its sources.
        unsigned: part of the rows behind it that nobody signs.
        model: name of the model, if there is one.
        inputs: labels of the model's strongest inputs.
    """

    name: str
    value: float | int | str
    template: str
    sources: tuple[str, ...]
    kind: str
    label: str = ""
    low: float | None = None
    high: float | None = None
    band: str = field(default="", compare=False)
    unit_printed: float = field(default=0.0, compare=False)
    band_units: tuple[float, float] = field(default=(0.0, 0.0), compare=False)
    basis: str = field(default="", compare=False)
    graded: str = field(default="", compare=False)
    grades: frozenset[str] = field(default=frozenset(), compare=False)
    unsigned: float = field(default=0.0, compare=False)
    model: str = field(default="", compare=False)
    inputs: tuple[str, ...] = field(default=(), compare=False)

    @property
    def text(self) -> str:
        """The value as it is printed."""
        return _printed(self.template, [self.unit_printed], self.value)

    @property
    def interval(self) -> str:
        """The interval as it is printed, "20 to 66%"; empty if there is none."""
        if self.low is None:
            return ""
        return _printed(self.band or between(self.template), self.band_units, self.low, self.high)

    @property
    def unit(self) -> str:
        """What the template says besides the value."""
        return FIELD.sub("", self.template).strip()


class Answers(Mapping[str, Answer]):
    """Answers by name, in the order in which they were added.

    Args:
        sources: what those that are added rest on, unless they say otherwise.
        kind: how they came to be, likewise.
    """

    def __init__(self, sources: Sources = None, kind: str = "derived"):
        self._sources, self._kind = sources, kind
        self._held: dict[str, Answer] = {}

    def __getitem__(self, name: str) -> Answer:
        if name not in self._held:
            raise KeyError(f"There is no answer '{name}' among {', '.join(self._held)}.")
        return self._held[name]

    def __iter__(self):
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __or__(self, other: Answers) -> Answers:
        """Both; an answer that both hold must be the same."""
        joined = Answers(self._sources, self._kind)
        for answer in [*self.values(), *other.values()]:
            joined._keep(answer)
        return joined

    def add(
        self,
        name: str,
        value: float | int | str | ArrayLike,
        template: str = "{}",
        *,
        low: float | None = None,
        high: float | None = None,
        band: str = "",
        error: float | None = None,
        steady: bool = False,
        sources: Sources = None,
        kind: str = "",
        label: str = "",
    ) -> None:
        """Add an answer.

        Args:
            name: see :class:`Answer`; unique.
            value: a number, a text, or draws (one axis), which give their median and the central
                interval of :data:`LEVEL`.
            template: how it is printed, with its unit: ``"{:.0f}%"``, ``"{:,.0f} t"``.
            low: lower end of the interval, where the value is no draws.
            high: upper end.
            band: how the interval is printed, if not by the template with "to" in between.
            error: standard error of a value from draws: it is printed with the digits that other
                seeds leave alone (:mod:`rareearth.digits`).
            steady: whether draws, median and interval, are printed so.
            sources: what it rests on, besides or instead of the default.
            kind: how it came to be, if not the default.
            label: what it is, in words that stand alone ("Supply gap in 2035, share of demand").

        Raises:
            ValueError: if the name is malformed or taken by another value, the value is missing,
                no source is given, or the kind is unknown.
            rareearth.data.DataError: if a source key is unknown.
        """
        units = [0.0, digits.unit(error or 0.0), 0.0]
        if np.ndim(value):
            at = (1 - LEVEL) / 2, 0.5, 1 - (1 - LEVEL) / 2
            if steady:
                units = [digits.unit(digits.error(value, level)) for level in at]
            low, value, high = np.quantile(np.asarray(value, dtype=float), at)
        ends = [None if end is None else float(end) for end in (low, high)]
        rests_on = self._sources if sources is None else sources
        models = [*_models(rests_on)]
        self._keep(
            Answer(
                name,
                value.item() if hasattr(value, "item") else value,
                template,
                tuple(keys(rests_on, name)),
                kind or self._kind,
                label.strip(),
                *ends,
                band=band,
                unit_printed=units[1],
                band_units=(units[0], units[2]),
                basis=basis(rests_on),
                graded=graded(rests_on),
                grades=frozenset(map(data.grade, _behind(rests_on))),
                unsigned=unsigned(rests_on),
                model=";".join(model.name for model in models),
                inputs=tuple(each.label for model in models for each in model.inputs),
            )
        )

    def quote(self, name: str, row: pd.Series, column: str, template: str = "{}") -> None:
        """Add a cell of a table as it stands, with source and kind of its row.

        Args:
            name: see :class:`Answer`; unique.
            row: of a table, with ``source`` and ``kind``.
            column: which cell.
            template: how it is printed, with its unit.

        Raises:
            ValueError: as :meth:`add`.
        """
        self.add(name, row[column], template, sources=row, kind=str(row["kind"]))

    def only(self, *names: str) -> Answers:
        """Those that are named, in that order.

        Raises:
            KeyError: if there is no answer of a name.
        """
        chosen = Answers(self._sources, self._kind)
        for name in names:
            chosen._keep(self[name])
        return chosen

    def without(self, *names: str) -> Answers:
        """All but those that are named.

        Raises:
            KeyError: if there is no answer of a name.
        """
        left_out = self.only(*names)
        return self.only(*(name for name in self if name not in left_out))

    def texts(self) -> dict[str, str]:
        """What is printed, by name; intervals under the name with :data:`BAND`."""
        printed = {}
        for name, answer in self._held.items():
            printed[name] = answer.text
            if answer.interval:
                printed[name + BAND] = answer.interval
        return printed

    def _keep(self, answer: Answer) -> None:
        name = answer.name
        if not NAME.fullmatch(name):
            raise ValueError(f"number '{name}': use lower-case letters, digits and hyphens.")
        if answer.kind not in data.KINDS:
            raise ValueError(
                f"number '{name}': kind '{answer.kind}' is none of {', '.join(data.KINDS)}."
            )
        values = [v for v in (answer.value, answer.low, answer.high) if v is not None]
        for value in values or [float("nan")]:
            if not isinstance(value, str) and not np.isfinite(value):
                raise ValueError(f"number '{name}': the value is {value}; say a gap in words.")
        if (answer.low is None) != (answer.high is None):
            raise ValueError(f"number '{name}': an interval has both ends.")
        if self._held.setdefault(name, answer) != answer:
            raise ValueError(
                f"number '{name}' is {self._held[name].value!r} and {answer.value!r}: compute it "
                "once, or name it apart."
            )


def between(template: str) -> str:
    """Template of an interval: ``"{:.0f}%"`` gives ``"{:.0f} to {:.0f}%"``."""
    value = FIELD.search(template)
    if value is None:
        raise ValueError(f"The template {template!r} has no field.")
    return f"{template[: value.end()]} to {template[value.start() :]}"


def listing(values: Mapping[Any, Any], template: str = "{} {:.0f}", separator: str = ", ") -> str:
    """Names with values in a row of words, for alternative texts.

    Args:
        values: name to value, such as a series; a tuple of values fills several fields.
        template: of one name with its value or values.
        separator: between two.
    """
    rows = ((n, *v) if isinstance(v, tuple) else (n, v) for n, v in values.items())
    return separator.join(template.format(*row) for row in rows)


def in_a_row(words: Iterable[str]) -> str:
    """Words as a sentence lists them: "a, b and c"."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def in_words(count: int) -> str:
    """A count in words up to twelve, in figures beyond."""
    return WORDS[count] if count in range(len(WORDS)) else f"{count:,}"


def inside(label: str) -> str:
    """A label as it stands inside a sentence: with a small letter, unless it is an abbreviation."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def keys(sources: Sources, name: str) -> list[str]:
    """Sorted, checked source keys of anything that has sources.

    Args:
        sources: see :data:`Sources`.
        name: of what rests on them, for the message.

    Raises:
        ValueError: if there is none.
        rareearth.data.DataError: if one is unknown.
    """
    listed = sorted(set(_flat(sources)))
    if not listed:
        raise ValueError(f"'{name}' has no source. Pass sources=, a key or a frame with sources.")
    for key in listed:
        data.require_source(key)
    return listed


def basis(sources: Sources) -> str:
    """What rests on a model, in words; empty if there is no model among the sources.

    Args:
        sources: see :data:`Sources`.
    """
    models = [*_models(sources)]
    if not models:
        return ""
    own = {key for model in models for key in model.sources}
    others = sorted(set(_flat(sources)) - own)
    texts = [model.text for model in models]
    if len(others) > CITED:
        texts.append(f"It also rests on {len(others)} sources of rows, named with the data.")
    elif others:
        texts.append(f"It also rests on {{cite:t}}`{','.join(others)}`.")
    return " ".join(texts)


def unsigned(sources: Sources) -> float:
    """Part of the rows behind a number that nobody signs (:func:`rareearth.data.carries`).

    Args:
        sources: as for :func:`graded`; a key counts as a row.

    Returns:
        Fraction from 0 (each row has a source that somebody signs) to 1 (none has).
    """
    rows = Counter(_rows(sources))
    weak = sum(count for keys, count in rows.items() if not data.carries(keys.split(";")))
    return weak / rows.total()


def graded(sources: Sources) -> str:
    """How firm sources are: their grades, the firmest first, with a count if there are several.

    Args:
        sources: see :data:`Sources`; a model has those of the rows of its strongest inputs.
    """
    counts = Counter(map(data.grade, _behind(sources)))
    order = [grade for grade in data.grades() if counts[grade]]
    if counts.total() == 1:
        return order[0]
    return ", ".join(f"{counts[grade]} {grade}" for grade in order)


def _rows(sources: Sources) -> Iterable[str]:
    """Source cell of each row behind a number; a model has the rows of its strongest inputs."""
    if isinstance(sources, str):
        yield sources
    elif isinstance(sources, pd.DataFrame | pd.Series):
        models = [*_models(sources)]
        for model in models:
            for each in model.inputs:
                yield from _rows(data.table(each.table)) if each.table else [";".join(each.sources)]
        if not models:
            cells = sources["source"]
            yield from [cells] if isinstance(cells, str) else cells.dropna().astype(str)
    elif sources is not None:
        for part in sources:
            yield from _rows(part)


def _behind(sources: Sources) -> set[str]:
    """Keys of all sources, those of the rows behind a model's strongest inputs included."""
    return {*_flat(sources), *(key for model in _models(sources) for key in model.rests_on)}


def _models(sources: Sources) -> Iterable[Model]:
    """The models among sources, each once."""
    if isinstance(sources, pd.DataFrame):
        if (name := sources.attrs.get("model")) in MODELS:
            yield MODELS[name]()
    elif isinstance(sources, list | tuple):
        yield from dict.fromkeys(model for part in sources for model in _models(part))


def _flat(sources: Sources) -> Iterable[str]:
    if sources is None:
        return
    if isinstance(sources, str):
        yield from sources.split(";")
    elif isinstance(sources, pd.DataFrame | pd.Series):
        for model in _models(sources):
            yield from model.sources
            return
        cells = sources["source"]
        yield from _flat([cells] if isinstance(cells, str) else cells.dropna().unique().tolist())
    else:
        for part in sources:
            yield from _flat(part)


def _printed(template: str, units: Sequence[float], *values: Any) -> str:
    if any(units):
        template = digits.coarse(template, *units)
        values = tuple(map(digits.rounded, values, units))
    text = template.format(*values)
    if any(not isinstance(value, str) and value < 0 for value in values):
        text = re.sub(r"(?<![\w)])-(?=[\d.])", "\N{MINUS SIGN}", text)
    return re.sub(r"(?<=\d) (?=[^\d\s])", "\N{NO-BREAK SPACE}", text)
