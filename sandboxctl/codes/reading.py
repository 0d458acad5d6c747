"""DEN1xx: how a file is written."""

from __future__ import annotations

from sandboxctl.codes.code import Code

CODES = (
    Code(
        "DEN100",
        "The file cannot be read as YAML",
        "What is read differently by two programs can hide what it asks for.",
        "Mend the line that is named; `sandboxctl init` writes a file to start from.",
    ),
)
