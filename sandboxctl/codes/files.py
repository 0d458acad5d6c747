"""DEN4xx: files beside a blueprint, and folders of the host."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN400",
        "A file that cannot be taken",
        "A path that leaves the folder of the blueprint reads the files of whoever starts it.",
        "Put a plain file beside the blueprint, and name it by its path from there.",
    ),
)
