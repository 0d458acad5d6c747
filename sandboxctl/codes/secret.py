"""DEN89x: secrets that are made or asked for."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
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
    Code(
        "DEN892",
        "A secret that nobody has given",
        "A prototype that starts with an empty password is open to everybody.",
        "Give it with `--secret NAME=@FILE`; the message has the question.",
    ),
    Code(
        "DEN893",
        "A secret that was not asked for",
        "A secret that is given to a prototype that does not know it lies about for nothing.",
        "Leave it out, or correct its name; the hint lists those that are asked for.",
    ),
)
