"""Columns worked out from others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from sandboxctl.data.forms import Formula
from sandboxctl.data.kinds.kind import Kind, Place, Problem
from sandboxctl.data.types import Type


class Expression(Kind):
    """Worked out from other columns of the row, and of the rows that it refers to."""

    kind: Literal["expression"]
    of: Formula = Field(
        description="The formula: columns, `claim.household.town`, numbers, 'texts', "
        "`+ - * / // %`, comparisons, `and or not`, `a if … else b`, and functions.",
    )

    @property
    def formula(self) -> str:
        return self.of

    @property
    def is_missing(self) -> bool:
        """What it is made of may be missing."""
        return True

    def type(self, place: Place) -> Type:
        from sandboxctl.data.formulas.columns import type_of

        return type_of(place, self.of)

    def needs(self, place: Place) -> Iterator[tuple[str, str]]:
        from sandboxctl.data.formulas.columns import needs

        return needs(place, self.of)

    def problems(self, place: Place) -> Iterator[Problem]:
        from sandboxctl.data.formulas.columns import wrong

        if why := wrong(place, self.of):
            yield (*place.path, "of"), why


FormulasColumn = Expression
