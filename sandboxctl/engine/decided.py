"""What is decided in a den: read and written over the line, which is opened when first needed."""

from __future__ import annotations

import contextlib
import getpass
import platform
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import docker

from sandboxctl.engine import observing, opening
from sandboxctl.engine.ahead import Ahead
from sandboxctl.engine.line import Line
from sandboxctl.errors import EngineError, Held, SandboxError
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.state import Record

NOTHING: Mapping[str, Any] = {}
_LOOKS = 10


class Decided:
    """The den's install id, its records, and the line to them."""

    def __init__(self, api: docker.APIClient, den: Den, ahead: Ahead | None = None) -> None:
        self._api, self._den, self._ahead = api, den, ahead
        self._line: Line | None = None
        self._install = ""
        self._opening, self._held = threading.Lock(), 0

    def install(self) -> str:
        """The den's install id; empty where there is no den."""
        if not self._install:
            self._install = opening.install(self._api, self._den) or ""
        return self._install

    def line(self) -> Line:
        """The line, where the den has a gateway that runs; EngineError says how to get one."""
        with self._opening:
            if self._line is None or not self._has_line():
                if not self.install():
                    raise EngineError(
                        f"the den {self._den.name} has no gateway yet",
                        hint="The first `up` makes it.",
                    )
                begun = self._ahead.taken() if self._ahead else None
                self._line = opening.connect(self._api, self._den, begun)
            return self._line

    def records(self) -> Mapping[str, Any]:
        """The record of each sandbox, from the gateway's state; from its volume while the gateway
        is stopped, for whoever only looks must not start it."""
        return self._read("read", "sandboxes")

    def record(self, sandbox: str) -> Record | None:
        """What is decided of one sandbox; EngineError if it is not in a form we know."""
        return observing.record(self.records().get(sandbox), sandbox)

    def owners(self, sandbox: str) -> list[str]:
        """Whose labels its containers may carry: its own, and those of spares it was given."""
        record = self.record(sandbox)
        return [sandbox, *(record.homes.values() if record else ())]

    def approvals(self) -> Mapping[str, Any]:
        """What was granted, by what it was granted for; read in the same way."""
        try:
            return self._read("approvals", "approvals")
        except EngineError as error:
            if "does not know" in str(error):  # a gateway of an earlier version kept none
                return {}
            raise

    def part(self, name: str) -> Mapping[str, Any]:
        """A part of what is decided, such as the spares; read in the same way."""
        return self._read("part", name, {"name": name})

    def decide(self, part: str, name: str, what: object) -> None:
        """Write one entry of a part; None: nothing any more."""
        self.line().ask("decide", part=part, name=name, what=what)

    def console(self, url: str) -> str:
        """See `Engine.console`."""
        if not url and not self.install():
            return ""
        try:
            return str(self.line().ask("console", url=url)["secret"])
        except EngineError as error:
            if "does not know" not in str(error):
                raise
            raise EngineError(
                f"the gateway of {self._den.name} is of an earlier version: it leads to no console",
                hint="`sandboxctl up`, or any command that changes something, puts a new one in "
                "its place.",
            ) from None

    def changes(self) -> Mapping[str, int]:
        """See `Engine.changes`."""
        if not self._has_line() and not (self.install() and self._runs()):
            return {}
        try:
            return dict(self.line().ask("changes")["changes"])
        except EngineError as error:
            if "does not know" in str(error):  # a gateway of an earlier version counted none
                return {}
            raise

    def _read(self, op: str, part: str, args: Mapping[str, Any] = NOTHING) -> Mapping[str, Any]:
        if not self._has_line() and not self.install():
            return {}
        ahead = self._ahead is not None and self._ahead.there()
        runs = self._has_line() or ahead or self._runs()
        if runs is None:
            return self._without_gateway()
        if not runs:
            return observing.state_at_rest(self._api, opening.name(self._den), part)
        try:
            return dict(self.line().ask(op, **args)["state"])
        except EngineError as error:
            if "den.json" not in str(error):
                raise
            raise EngineError(f"{error}", hint=observing.UNREADABLE) from None

    def _has_line(self) -> bool:
        """A line that was lost, as when another gateway takes the place of this one, is opened
        again; but for somebody who held a lock over it, and has to hear that it is free."""
        return self._line is not None and (not self._line.lost or self._held > 0)

    def _runs(self) -> bool | None:
        """Looked for twice: one that takes another's place has no name for a moment."""
        runs = observing.runs(self._api, opening.name(self._den))
        if runs is None:
            time.sleep(opening.BETWEEN)
            runs = observing.runs(self._api, opening.name(self._den))
        return runs

    def _without_gateway(self) -> Mapping[str, Any]:
        """The state volume is there and nothing that reads it: not knowing is not "nothing"."""
        ours = {"label": [f"{labels.DEN}={self._den.name}"]}
        if observing.found(self._api, ours, self.install()):
            raise EngineError(
                f"the gateway of the den {self._den.name} is gone: what is decided cannot be read",
                hint="`sandboxctl up` of any blueprint, or `sandboxctl down`, makes it again; "
                "nothing is lost.",
            )
        return {}

    @contextlib.contextmanager
    def lock(self, name: str, *, patience: float = 0) -> Iterator[None]:
        """See `Engine.lock`."""
        line = self.line()
        who = f"{getpass.getuser()} on {platform.node()}"
        answer = line.ask("lock", timeout=patience + 15, name=name, wait_seconds=patience, who=who)
        if not answer["locked"]:
            raise Held(
                f"{name} is being changed by {answer['holder']} ({patience:g} s waited)",
                hint="Wait until that is done, then run this again.",
            )
        self._hold(1)
        try:
            yield
        finally:
            self._hold(-1)
            with contextlib.suppress(SandboxError):  # a lost line has freed it already
                line.ask("unlock", name=name)

    def _hold(self, more: int) -> None:
        """Counted by many threads at once."""
        with self._opening:
            self._held += more

    def holder(self, name: str) -> str:
        """Who holds a lock: taken for a moment where nobody does, for there is no other way."""
        from sandboxctl.lifecycle.watch import LOOKING

        for _ in range(_LOOKS):
            answer = self.line().ask("lock", name=name, wait_seconds=0, who=LOOKING)
            if answer["locked"]:
                self.line().ask("unlock", name=name)
                return ""
            if answer["holder"] != LOOKING:
                return str(answer["holder"])
            time.sleep(0.02)  # somebody else only looks
        return ""

    def hang_up(self) -> None:
        """The next question opens another line, unless a lock is held over this one."""
        with self._opening:
            begun = self._ahead.taken() if self._ahead else None
            if begun:
                begun[0].close()
            if self._line is not None and not self._held:
                self._line.close()
                self._line = None

    def close(self) -> None:
        """Hangs up, and forgets whose den it was: the next one may be another."""
        for one in (self._ahead, self._line):
            if one is not None:
                one.close()
        self._ahead, self._line, self._install = None, None, ""
