"""Names and values of ENV and LABEL."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from sandboxctl.blueprint.dockerfile.expand import expanded, literal, split
from sandboxctl.blueprint.dockerfile.flaw import Refused
from sandboxctl.blueprint.dockerfile.model import Text
from sandboxctl.blueprint.patterns import VARIABLE

OWN = ("org.sandboxctl.", "com.docker.")
"""Labels by which this program, and Docker's own, know what is theirs."""
MOST = 100
"""Values of one instruction."""

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,127}")


def pairs_of(
    word: Literal["ENV", "LABEL"], value: str, known: Mapping[str, Text]
) -> tuple[tuple[str, Text], ...]:
    """Both forms: ``name=value name=value``, and the old one, ``name value``.

    Raises ValueError.
    """
    first, *more = split(value)
    if "=" not in first:
        rest = value[len(first) :].strip()
        if not rest:
            raise ValueError(f"{first[:80]} has no value")
        first, more = f"{first}={rest}", []
    if len(more) >= MOST:
        raise ValueError(f"has more than {MOST} values")
    return tuple(_pair(word, one, known) for one in (first, *more))


def _pair(word: str, text: str, known: Mapping[str, Text]) -> tuple[str, Text]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError(f"{text[:80]} should be name=value")
    name = literal(name, {})
    if not (re.fullmatch(VARIABLE, name) if word == "ENV" else _LABEL.fullmatch(name)):
        raise ValueError(f"{name[:80]!r} cannot be a name")
    if word == "LABEL" and name.lower().startswith(OWN):
        raise Refused(f"{name[:80]} is a label by which others know what is theirs", "DEN517")
    return name, expanded(value, known)
