"""Whether a text may stand in a column of a kind, mistakes and all."""

from __future__ import annotations

from sandboxctl.data.identifiers import IDENTIFIERS

_HOME = "address"


def is_safe(kind: str, text: str) -> bool:
    """A mistake in an identifier has to stay in its safe set; an address ends in a postcode."""
    if kind == _HOME and "," in text:
        return IDENTIFIERS["postcode"].contains(text.rpartition(", ")[2])
    return kind not in IDENTIFIERS or IDENTIFIERS[kind].contains(text)
