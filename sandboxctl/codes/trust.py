"""DEN8xx: exceptions that are asked for, and secrets."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN800",
        "An exception that nobody has granted",
        "An exception loosens what keeps a prototype in, so somebody has to answer for it.",
        "Ask the facilitator: `sandboxctl approve` shows what is asked for, and grants it.",
        policy=True,
    ),
)
