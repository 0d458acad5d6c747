"""Sentences, and text of a given shape."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal, TypeAlias

from pydantic import AfterValidator, BeforeValidator, Field

from sandboxctl.data.expectations import Expectation, Shares
from sandboxctl.data.forms import Line, Name, Unique
from sandboxctl.data.kinds.conditions import Conditional, each, uncovered, written, wrong_cases
from sandboxctl.data.kinds.kind import Kind, Path, Place, Problem
from sandboxctl.data.types import TEXT, Type
from sandboxctl.data.wording import grammar, growth, patterns

START = "start"


def _lines(value: object) -> object:
    """A plain list is one group without a name; a group may be a single text."""
    if isinstance(value, list | tuple):
        return {"": value}
    if isinstance(value, dict):
        return {written(k): [v] if isinstance(v, str) else v for k, v in value.items()}
    return value


Groups = Annotated[
    dict[str, tuple[Line, ...]],
    BeforeValidator(_lines, json_schema_input_type=list[Line] | dict[str, list[Line] | Line]),
]
Rules = Annotated[
    dict[Name, tuple[Line, ...]],
    BeforeValidator(_lines, json_schema_input_type=dict[str, list[Line] | Line]),
]


class Text(Conditional):
    """A sentence of a list, or of the list for the value of `by`; or a report from a grammar."""

    kind: Literal["text"]
    of: Groups = Field(
        default_factory=dict,
        max_length=10_000,
        description="Sentences, or value of `by`: sentences; with a grammar they may have {names}.",
    )
    grammar: Rules = Field(
        default_factory=dict,
        max_length=500,
        description="Name: texts that {name} stands for, which may have {names} too; "
        "without `of` it begins with `start`.",
    )

    @property
    def starts(self) -> dict[str, tuple[str, ...]]:
        """The sentences to begin with, in groups."""
        return self.of or {"": self.grammar.get(START, ())}

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return self._type

    @cached_property
    def _type(self) -> Type:
        """With the longest text, if the grammar makes sense."""
        lines = [line for lines in self.starts.values() for line in lines]
        if not lines or (self.grammar and not grammar.is_sound(self.grammar, lines)):
            return TEXT
        most = grammar.longest(self.grammar, lines) if self.grammar else max(map(len, lines))
        return Type("text", length=most) if most <= grammar.LONGEST else TEXT

    def problems(self, place: Place) -> Iterator[Problem]:
        if not self.of and START not in self.grammar:
            yield (*place.path, "of"), "is missing: sentences, or a grammar with `start`"
            return
        wrong = list(self._rules((*place.path, "grammar")))
        yield from wrong
        for group, lines in self.of.items():
            path = (*place.path, "of", *filter(None, [group]))
            if not lines:
                yield path, "has no sentences"
            elif self.grammar and not wrong:
                yield from self._sentences(lines, path)
        yield from self._groups(place)

    def _rules(self, path: Path) -> Iterator[Problem]:
        for name, texts in self.grammar.items():
            if not texts:
                yield (*path, name), "has no texts"
            for stranger in grammar.unknown(self.grammar, texts):
                yield (*path, name), f"has {{{stranger}}}, which the grammar does not"
        if found := grammar.circle(self.grammar):
            yield (*path, found[0]), f"leads back to itself: {' → '.join(found)}"
        elif not self.of and all(self.grammar.values()):
            yield from self._sentences(self.grammar[START], (*path, START))

    def _sentences(self, lines: tuple[str, ...], path: Path) -> Iterator[Problem]:
        strangers = list(grammar.unknown(self.grammar, lines))
        for stranger in strangers:
            yield path, f"has {{{stranger}}}, which the grammar does not"
        if not strangers and (why := growth.too_much(self.grammar, lines)):
            yield path, why

    def _groups(self, place: Place) -> Iterator[Problem]:
        if not self.by:
            if set(self.starts) != {""}:
                why = "is missing: lists by value need the choice column that they go by"
                yield (*place.path, "by"), why
            return
        wrong = list(wrong_cases(place, self.by, self.starts, (*place.path, "of")))
        yield from wrong
        if not wrong:
            for value in uncovered(place, self.by, self.starts):
                yield (*place.path, "of"), f"has no sentences for {self.by} = {value}"

    def expected(self, place: Place) -> Expectation | None:
        if self.grammar:
            return None
        if self.by is None:
            return _shares(self.of[""])
        return each(place, self.by, {value: _shares(lines) for value, lines in self.of.items()})


def _shares(lines: tuple[str, ...]) -> Shares:
    return Shares({line: lines.count(line) / len(lines) for line in lines})


def _pattern(value: str) -> str:
    patterns.slots(value)
    return value


class Pattern(Kind):
    """Text of a shape: `#` digit, `@` capital, `?` small letter, `{a|b}` one of; `\\` escapes."""

    noun = "texts of this pattern"
    where = "of this shape"
    kind: Literal["pattern"]
    pattern: Annotated[Line, AfterValidator(_pattern)] = Field(
        min_length=1, max_length=200, description="Such as {APP|LIC}-@@-####."
    )
    unique: Unique = False

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("text", length=patterns.longest(self.pattern))

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return patterns.size(self.pattern)

    def problems(self, place: Place) -> Iterator[Problem]:
        if self.unique and not patterns.is_clear(self.pattern):
            why = "goes with one {a|b} of different lengths: two of them can make the same text"
            yield (*place.path, "unique"), why


WordsColumn: TypeAlias = Text | Pattern
