"""What was granted in a den: in its state, so that every controller sees the same."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import ValidationError

from sandboxctl.engine.decided import Decided
from sandboxctl.errors import EngineError
from sandboxctl.sandbox.approval import Approval

Identities: TypeAlias = Callable[[Collection[str]], Mapping[str, str]]


class DenApprovals:
    """Read and written over the den's line."""

    def __init__(self, decided: Decided, identities: Identities) -> None:
        self._decided, self.identities = decided, identities

    def known(self) -> Sequence[Approval]:
        return understood(self._decided.approvals())

    def give(self, approval: Approval) -> None:
        self._write(approval.subject, approval.model_dump(mode="json"))

    def take_back(self, subject: str) -> None:
        self._write(subject, None)

    def _write(self, subject: str, approval: object) -> None:
        try:
            self._decided.line().ask("approve", subject=subject, approval=approval)
        except EngineError as error:
            raise _in_words(error) from None


def understood(stored: Mapping[str, Any]) -> Sequence[Approval]:
    """Those in a form that we know, under the name they speak of: anything else grants nothing."""
    found: list[Approval] = []
    for subject, text in stored.items():
        try:
            approval = Approval.model_validate(text)
        except ValidationError:
            continue
        found += [approval] if approval.subject == subject else []
    return found


def _in_words(error: EngineError) -> EngineError:
    if "does not know" not in str(error):
        return error
    return EngineError(
        "the gateway of this den is of an earlier version and keeps no approvals",
        hint="Run `sandboxctl up` of any blueprint: it puts a gateway that does in its place.",
    )
