"""Everything that can go wrong on purpose.

SandboxError              exit 1   an operation failed
├── NotReady              exit 1   a service started, and never answered
├── Overtaken             exit 1   another generation is live than somebody decided about
├── BlueprintError        exit 2   the YAML or the command line says something we cannot accept
│   └── PolicyError       exit 3   it is well written, and asks for what a den does not give
└── EngineError           exit 4   the engine is out of reach, or said no
    ├── AddressTaken      exit 4   somebody else took the subnet between looking and doing
    └── Held              exit 4   another command is changing the same sandbox

Anything else that reaches the edge is our own bug: exit 70.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


class SandboxError(Exception):
    """What happened, and what to do about it. A hint is not optional; a refusal has a ``code``
    as well, one of `sandboxctl.codes`."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str, code: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code

    @property
    def told(self) -> str:
        """The message with its code behind it."""
        return f"{self} [{self.code}]" if self.code else str(self)


class NotReady(SandboxError):
    """A service that runs and does not answer, or died while we waited for it."""


class Overtaken(SandboxError):
    """Somebody else was faster: look at what is live now, and decide again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that was refused, and where it stands: `str` is ``file:line: key: why [code]``.

    ``line`` and ``column`` count from 1; what is not known is empty.
    """

    why: str
    code: str
    file: str = ""
    line: int | None = None
    column: int | None = None
    key: str = ""
    hint: str = ""

    def __str__(self) -> str:
        """On one line whatever a supplier wrote, so that nobody can add a line of their own."""
        where = f"{self.file}:{self.line}" if self.line else self.file
        said = ": ".join(filter(None, [where, self.key, self.why]))
        return "".join(_ESCAPED.get(c, c) for c in (f"{said} [{self.code}]" if self.code else said))


_ESCAPED = {"\n": r"\n", "\r": r"\r", "\x85": r"\x85", "\u2028": r"\u2028", "\u2029": r"\u2029"}


class BlueprintError(SandboxError):
    """Several things at once have a line of the message each; ``refusals`` has them apart."""

    exit_code = 2

    def __init__(
        self, message: str, *, hint: str, code: str = "", refusals: Iterable[Refusal] = ()
    ) -> None:
        super().__init__(message, hint=hint, code=code)
        several = tuple(refusals)
        self.refusals = several or (Refusal(message, code, hint=hint),)
        self._listed = bool(several)

    @property
    def told(self) -> str:
        return str(self) if self._listed else super().told


class PolicyError(BlueprintError):
    """Mending how a file is written does not help; its code says who can, if anybody."""

    exit_code = 3

    def __init__(
        self, message: str, *, hint: str, code: str, refusals: Iterable[Refusal] = ()
    ) -> None:
        super().__init__(message, hint=hint, code=code, refusals=refusals)


class EngineError(SandboxError):
    exit_code = 4


class AddressTaken(EngineError):
    """Observe and plan again: nothing of the generation that wanted the address exists yet."""


class Held(EngineError):
    """Another command holds the lock: wait, and try again."""


class SpareTaken(AddressTaken):
    """Observe and plan again: another sandbox was faster, and this one is as it was."""
