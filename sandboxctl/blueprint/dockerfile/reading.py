"""The text of a Dockerfile → what it asks for, or everything that is wrong with it.

Lines are joined by `dockerfile_parse`; what an instruction means is decided in `instructions`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sandboxctl.blueprint.dockerfile import instructions, ways
from sandboxctl.blueprint.dockerfile.flaw import Flaw, Refused
from sandboxctl.blueprint.dockerfile.model import Dockerfile, Instruction, Text

LARGEST = 32 * 1024
"""Bytes of a Dockerfile."""
MOST = 500
"""Instructions and comments of one."""

_DIRECTIVE = re.compile(r"\s*#\s*(syntax|escape|check)\s*=", re.IGNORECASE)
_COMMENT = "COMMENT"


@dataclass(frozen=True, slots=True)
class Allowed:
    """What was asked for as an exception. ``service`` is named where something was not."""

    service: str = "web"
    run: bool = False


@dataclass
class State:
    """What the lines above have said."""

    parent: str = ""
    folder: str = ""
    environment: dict[str, Text] = field(default_factory=dict)
    allowed: Allowed = Allowed()


def read(content: bytes, allowed: Allowed = Allowed()) -> tuple[Dockerfile | None, list[Flaw]]:
    """What it asks for, and its flaws; None if there are any."""
    try:
        text = _text(content)
    except Refused as refused:
        return None, [Flaw(1, "", str(refused), refused.code)]
    found = _structure(text)
    flaws = [*_directives(text), *islice(_unread(text, found), MOST)]
    state, taken = State(allowed=allowed), list[Instruction]()
    for one in found[:MOST]:
        if one["instruction"] != _COMMENT:
            try:
                taken += instructions.taken(one["instruction"], one["value"], state)
            except Refused as refused:
                word = _shown(one["instruction"])
                flaws.append(Flaw(one["startline"] + 1, word, str(refused), refused.code))
    if len(found) > MOST:
        flaws.append(Flaw(MOST, "", f"has more than {MOST} instructions", "DEN510"))
    if not state.parent and not flaws:
        flaws.append(Flaw(1, "FROM", "is missing", "DEN512"))
    return (None if flaws else Dockerfile(state.parent, tuple(taken))), flaws


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise Refused(f"is larger than {LARGEST // 1024} KiB", "DEN510")
    try:
        text = content.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refused("is not UTF-8", "DEN510") from None
    odd = next((c for c in text if not c.isprintable() and c not in "\n\t"), None)
    if odd:
        line = text[: text.index(odd)].count("\n") + 1
        raise Refused(f"has the character U+{ord(odd):04X} in line {line}", "DEN510")
    return text


def _structure(text: str) -> list[Mapping[str, Any]]:
    """Instructions and comments with the lines they take up, joined over their line breaks."""
    from dockerfile_parse import DockerfileParser

    parser = DockerfileParser(fileobj=io.BytesIO(text.encode()), env_replace=False)
    found: list[Mapping[str, Any]] = parser.structure
    return found


def _directives(text: str) -> Iterator[Flaw]:
    """They choose who reads the file, and how; they stand above the first instruction."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            return
        if found := _DIRECTIVE.match(line):
            why = f"`# {found[1].lower()}=` would choose another reader; take the line out"
            yield Flaw(number, "", why, "DEN515")


def _unread(text: str, found: list[Mapping[str, Any]]) -> Iterator[Flaw]:
    """Lines that the library leaves out: an instruction without a value, or without an end."""
    covered = {n for one in found for n in range(one["startline"], one["endline"] + 1)}
    for number, line in enumerate(text.split("\n")):
        if line.strip() and number not in covered:
            word = line.split()[0].upper()
            way = ways.INSTRUCTIONS.get(word)
            why, code = (way, "DEN511") if way else ("has no value, or no end", "DEN510")
            yield Flaw(number + 1, _shown(word), why, code)


def _shown(word: str) -> str:
    return word if len(word) <= 20 else f"{word[:20]}…"
