"""Everything that can go wrong on purpose.

SandboxError              exit 1   an operation failed
├── NotReady              exit 1   a service started, and never answered
├── BlueprintError        exit 2   the YAML or the command line says something we cannot accept
├── PolicyError           exit 3   the YAML is fine, the isolation rules refuse it
└── EngineError           exit 4   the engine is out of reach, or said no
    └── AddressTaken      exit 4   somebody else took the subnet between looking and doing

Anything else that reaches the edge is our own bug: exit 70.
"""

from __future__ import annotations

from typing import ClassVar


class SandboxError(Exception):
    """What happened, and what to do about it. A hint is not optional; a refusal has a ``code``
    as well, one of `sandboxctl.codes`."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str, code: str = "") -> None:
        super().__init__(message)
        self.hint = hint
        self.code = code


class NotReady(SandboxError):
    """A service that runs and does not answer, or died while we waited for it."""


class BlueprintError(SandboxError):
    """Each line of the message is one problem, as ``file:line: key: why``."""

    exit_code = 2


class PolicyError(SandboxError):
    exit_code = 3


class EngineError(SandboxError):
    exit_code = 4


class AddressTaken(EngineError):
    """Observe and plan again: nothing of the generation that wanted the address exists yet."""
