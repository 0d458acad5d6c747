"""How somebody, or some computer, is reached: from ranges that lead to nobody."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sandboxctl.data.identifiers import IDENTIFIERS, SafeSet
from sandboxctl.data.kinds.reserved import Reserved


class Mobile(Reserved):
    """A mobile number that Ofcom keeps for drama."""

    identifier = IDENTIFIERS["mobile"]
    noun = identifier.plural
    kind: Literal["mobile"]


class Landline(Reserved):
    """A landline number that Ofcom keeps for drama."""

    identifier = IDENTIFIERS["landline"]
    noun = identifier.plural
    kind: Literal["landline"]


class Phone(Reserved):
    """Any telephone number that Ofcom keeps for drama: landline, mobile, free, premium rate."""

    identifier = IDENTIFIERS["phone"]
    noun = identifier.plural
    kind: Literal["phone"]


class Url(Reserved):
    """A page of a web site that cannot exist: example.com, example.org, example.net."""

    identifier = IDENTIFIERS["url"]
    noun = identifier.plural
    kind: Literal["url"]


class Ip(Reserved):
    """An IP address that is reserved for documentation."""

    identifier = IDENTIFIERS["ip"]
    noun = identifier.plural
    kind: Literal["ip"]
    version: Literal[4, 6] = Field(default=4, description="Of the protocol.")

    @property
    def safe(self) -> SafeSet:
        return self.identifier.safe_set(str(self.version))


class Mac(Reserved):
    """A MAC address that is reserved for documentation."""

    identifier = IDENTIFIERS["mac"]
    noun = identifier.plural
    kind: Literal["mac"]


class Asn(Reserved):
    """The number of an autonomous system, reserved for documentation."""

    identifier = IDENTIFIERS["asn"]
    noun = identifier.plural
    kind: Literal["asn"]


ContactsColumn = Mobile | Landline | Phone | Url | Ip | Mac | Asn
