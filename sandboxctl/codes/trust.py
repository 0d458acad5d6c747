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
    Code(
        "DEN890",
        "A secret from a file, a shell or another place",
        "A secret that lies in a file goes where the file goes: into archives, and to suppliers.",
        "Let it be made with `generate: 32`, or asked for with `ask: What is the token?`.",
        policy=True,
    ),
    Code(
        "DEN891",
        "A secret that is neither made nor asked for",
        "A secret with no value, or with two, is one that nobody can change.",
        "Give it either `generate: <length>` or `ask: <question>`.",
    ),
)
