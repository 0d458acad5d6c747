"""What a refused blueprint is told, taken apart."""

from __future__ import annotations

from dataclasses import replace

from sandboxctl import codes
from sandboxctl.errors import BlueprintError


def lines(error: BlueprintError) -> list[str]:
    """``file:line: key: why`` of each refusal; that each has a code is seen to here."""
    assert all(refusal.code in codes.ALL for refusal in error.refusals)
    assert [str(refusal) for refusal in error.refusals[:50]] == error.told.splitlines()[:50]
    return [str(replace(refusal, code="")) for refusal in error.refusals]


def found(error: BlueprintError) -> list[str]:
    """The code of each refusal, in the order in which they are said."""
    return [refusal.code for refusal in error.refusals]
