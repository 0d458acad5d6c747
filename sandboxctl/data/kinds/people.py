"""What is known of a person. All such columns of a table tell of the same person of a row."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from sandboxctl.data.forms import Name
from sandboxctl.data.kinds.kind import Kind

SELF = "self"


class _Personal(Kind):
    person: Name = Field(
        default=SELF,
        description="Which person of the row; columns with the same one agree with each other.",
    )


class FullName(_Personal):
    """Given name and surname, in the mix of origins found in the UK."""

    kind: Literal["full_name"]


class Email(_Personal):
    """An address in a reserved domain (RFC 2606); always unique, it ends in the row's number."""

    always_unique = True
    kind: Literal["email"]


PeopleColumn = FullName | Email
