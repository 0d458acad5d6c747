"""DEN6xx: templates, parameters and data."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN600",
        "A template that cannot be worked out",
        "A template that may compute anything may also never end, or read what is not its own.",
        "Use names, numbers and the few filters that the reference lists.",
    ),
)
