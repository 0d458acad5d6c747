"""DEN3xx: rights on the host."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN300",
        "Rights on the host",
        "A container with rights on the host can read and change everything on it.",
        "Take it out; a service needs none of it to answer a web page.",
        policy=True,
    ),
)
