"""Numbers that stand for a person, a home, a firm or a thing: from sets that nobody is in."""

from __future__ import annotations

from typing import Literal

from sandboxctl.data.forms import Unique
from sandboxctl.data.kinds.kind import Kind, Place
from sandboxctl.data.types import Type


class _Reserved(Kind):
    unique: Unique = False


class Uprn(_Reserved):
    """A property reference in the block 999,900,000,000 to 999,999,999,999."""

    noun = "UPRNs"
    kind: Literal["uprn"]

    def type(self, place: Place) -> Type:  # noqa: ARG002 - the same everywhere
        return Type("whole", low=999_900_000_000, high=999_999_999_999)

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return 100_000_000


class Mobile(_Reserved):
    """A mobile number that Ofcom keeps for drama."""

    noun = "mobile numbers"
    kind: Literal["mobile"]

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return 997


class Landline(_Reserved):
    """A landline number that Ofcom keeps for drama."""

    noun = "landline numbers"
    kind: Literal["landline"]

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return 16_000


class Nino(_Reserved):
    """A National Insurance number with the prefix QQ, which is never issued."""

    noun = "National Insurance numbers"
    kind: Literal["nino"]

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return 1_000_000


class NhsNumber(_Reserved):
    """An NHS number in the range 999 000 0000 to 999 999 9999, with a correct check digit."""

    noun = "NHS numbers"
    kind: Literal["nhs_number"]

    def capacity(self, place: Place) -> int:  # noqa: ARG002 - the same everywhere
        return 900_000


IdentityColumn = Uprn | Mobile | Landline | Nino | NhsNumber
