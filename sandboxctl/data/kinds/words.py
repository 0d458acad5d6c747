"""Sentences, and text of a given shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sandboxctl.data.forms import Line, Name
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.kinds.quantities import Choice


def _lines(value: object) -> object:
    """A plain list is one group without a name; a group may be a single text."""
    if isinstance(value, list | tuple):
        return {"": value}
    if isinstance(value, dict):
        return {str(k): [v] if isinstance(v, str) else v for k, v in value.items()}
    return value


class Text(Kind):
    """A sentence of a list; or of the list that belongs to the value of the `by` column."""

    kind: Literal["text"]
    of: Annotated[
        dict[str, tuple[Line, ...]],
        BeforeValidator(_lines, json_schema_input_type=list[Line] | dict[str, list[Line] | Line]),
    ] = Field(
        min_length=1, max_length=10_000, description="Sentences, or value of `by`: sentences."
    )
    by: Name | None = Field(default=None, description="A choice column of the same table.")

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:
        if self.by:
            yield place.table, self.by

    def problems(self, place: Place) -> Iterator[Problem]:
        for group, lines in self.of.items():
            if not lines:
                yield (*place.path, "of", *filter(None, [group])), "has no sentences"
        if self.by:
            yield from self._groups(place)
        elif set(self.of) != {""}:
            why = "is missing: lists by value need the choice column that they go by"
            yield (*place.path, "by"), why

    def _groups(self, place: Place) -> Iterator[Problem]:
        other = place.content.columns.get(self.by or "")
        if not isinstance(other, Choice):
            yield (*place.path, "by"), f"{self.by} should be a choice column of the same table"
            return
        values = {str(value) for value in other.of}
        for value in sorted(values - set(self.of)):
            yield (*place.path, "of"), f"has no sentences for {self.by} = {value}"
        for group in sorted(set(self.of) - values):
            why = f"has sentences for {group or 'everything'}, which {self.by} never is"
            yield (*place.path, "of"), why


WordsColumn = Text
