"""What may stand in a supplier's Dockerfile, and how it is written again.

Only what is written here ever reaches an engine: never the supplier's own text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

SCRATCH = "scratch"
"""An image with nothing in it."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the image it starts from, which only the engine knows: ``$PATH``."""

    name: str


Text: TypeAlias = tuple[str | Variable, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """``owner`` is ``uid`` or ``uid:gid``, or empty; sources are paths below the folder."""

    sources: tuple[str, ...]
    target: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Workdir:
    path: str


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and values, of the environment or of labels."""

    word: Literal["ENV", "LABEL"]
    pairs: tuple[tuple[str, Text], ...]


@dataclass(frozen=True, slots=True)
class User:
    user: str


@dataclass(frozen=True, slots=True)
class Expose:
    ports: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Argv:
    """A program and its arguments; the shell of a shell form is one of them."""

    word: Literal["CMD", "ENTRYPOINT", "RUN"]
    argv: tuple[str, ...]


Instruction: TypeAlias = Copy | Workdir | Pairs | User | Expose | Argv


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """One stage: what it starts from, and what is done to that."""

    parent: str
    instructions: tuple[Instruction, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether a program of the supplier's runs while it is built."""
        return any(isinstance(one, Argv) and one.word == "RUN" for one in self.instructions)

    def steps(self, below: str = "") -> Iterator[str]:
        """Every instruction but FROM on a line of its own; sources stand in folder ``below``."""
        return (written(one, below) for one in self.instructions)


def written(instruction: Instruction, below: str = "") -> str:
    """One instruction in its JSON form, where it has one: nothing in it can mean another."""
    match instruction:
        case Copy(sources, target, owner):
            chown = f"--chown={owner} " if owner else ""
            return f"COPY {chown}{json.dumps([*(below + one for one in sources), target])}"
        case Workdir(path):
            return f"WORKDIR {path}"
        case Pairs(word, pairs):
            return f"{word} {' '.join(f'{name}={_quoted(value)}' for name, value in pairs)}"
        case User(user):
            return f"USER {user}"
        case Expose(ports):
            return f"EXPOSE {' '.join(ports)}"
        case Argv(word, argv):
            return f"{word} {json.dumps(argv)}"
        case _:  # pragma: no cover
            assert_never(instruction)


def _quoted(text: Text) -> str:
    """In double quotes, where only ``\\``, ``"`` and ``$`` have a meaning."""
    parts = (f"${{{part.name}}}" if isinstance(part, Variable) else _escaped(part) for part in text)
    return f'"{"".join(parts)}"'


def _escaped(literal: str) -> str:
    return "".join(f"\\{c}" if c in '\\"$' else c for c in literal)
