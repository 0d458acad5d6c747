"""DEN2xx: keys and their values."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN200",
        "A key or a value that a blueprint does not have",
        "What is not understood might mean something else to somebody else.",
        "Correct what is named; `sandboxctl schema --reference` has every key.",
    ),
)
