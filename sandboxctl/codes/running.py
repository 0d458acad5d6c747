"""DEN9xx: what an engine made of it, and what happened while it ran."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN900",
        "The engine did not do as it was asked",
        "A limit that an engine drops without a word protects nobody.",
        "`sandboxctl doctor` shows what this engine cannot do.",
    ),
)
