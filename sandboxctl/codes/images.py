"""DEN5xx: images, and how they are made."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN500",
        "An image that cannot be taken",
        "An image is a program of a stranger, with settings of its own.",
        "Name an image that says what it is, or give a folder with a `runtime`.",
    ),
)
