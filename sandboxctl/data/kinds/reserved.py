"""What all kinds of identifiers share: values of a safe set, as many as it has."""

from __future__ import annotations

from typing import ClassVar

from sandboxctl.data.forms import Unique
from sandboxctl.data.identifiers import Identifier, SafeSet
from sandboxctl.data.kinds.kind import Kind, Place


class Reserved(Kind):
    identifier: ClassVar[Identifier]
    unique: Unique = False

    @property
    def safe(self) -> SafeSet:
        """The set that its values are from."""
        return self.identifier.sets[0]

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return self.safe.size
