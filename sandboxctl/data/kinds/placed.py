"""What all columns of a home share."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile
from typing import ClassVar

from pydantic import Field

from sandboxctl.data.forms import Name
from sandboxctl.data.kinds.kind import Kind, Place, Problem

AWAY = ("no_fixed_abode", "overseas_address", "bfpo", "unknown_address", "near_duplicate")
"""What takes a home away, or gives it to another row too."""


class Placed(Kind):
    shared: ClassVar[str]
    """The option that all columns of one home must have alike."""

    home: Name = Field(
        default="home",
        description="Which place of the row; columns with the same one agree with each other.",
    )

    def problems(self, place: Place) -> Iterator[Problem]:
        """Columns of the same home that could not agree with this one; each pair once."""
        mine = getattr(self, self.shared)
        columns = place.content.columns.items()
        for name, other in takewhile(lambda item: item[0] != place.name, columns):
            if not isinstance(other, Placed) or other.home != self.home:
                continue
            theirs = getattr(other, self.shared, mine)
            if mine != theirs:
                yield (
                    (*place.path, self.shared),
                    f"is {_said(mine)}, while {name}, of the same home, has {_said(theirs)}: "
                    "they would not agree; say the same in both, or give one another `home`",
                )


def _said(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
