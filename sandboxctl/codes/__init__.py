"""Every refusal has a code that never changes its meaning; `sandboxctl explain DEN301` tells it."""

from __future__ import annotations

from collections.abc import Mapping

from sandboxctl.codes import (
    data,
    files,
    images,
    mounts,
    network,
    packages,
    parts,
    ports,
    privilege,
    reading,
    running,
    secret,
    templates,
    trust,
    values,
    workshop,
)
from sandboxctl.codes.code import Code

__all__ = ["ALL", "CHAPTERS", "Code", "chapter", "of"]

CHAPTERS: Mapping[str, str] = {
    "DEN1": "How a file is written",
    "DEN2": "Keys and values, and how they fit together",
    "DEN3": "Rights on the host",
    "DEN4": "Files",
    "DEN5": "Images and builds",
    "DEN6": "Templates, parameters and data",
    "DEN7": "Networks, and who may come in",
    "DEN8": "Exceptions and secrets",
    "DEN9": "What runs",
}
"""What codes of each hundred are about."""

_CHAPTERS = (
    reading, values, parts, workshop, privilege, files, mounts, images, packages, templates, data,
    network, ports, trust, secret, running,
)  # fmt: skip

ALL: Mapping[str, Code] = {code.code: code for chapter in _CHAPTERS for code in chapter.CODES}
"""Every code there is, in the order of the chapters."""


def of(code: str) -> Code:
    """The code that is written so; DEN200 for what brings none along."""
    return ALL.get(code) or ALL["DEN200"]


def chapter(code: str) -> str:
    """What the codes of its hundred are about."""
    return CHAPTERS[code[:4]]
