"""The console as its pages know it: what there is, what may be asked for, and no engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from werkzeug.http import parse_cookie

from sandboxctl.console.access import Access
from sandboxctl.console.desk.desk import Desk
from sandboxctl.console.far import Far
from sandboxctl.console.words import Words


@dataclass(frozen=True, slots=True)
class Console:
    """``hosts`` are the values of Host that are ours; ``tls`` whether pages come over TLS, from a
    proxy; ``url`` how others reach it, empty: as who asks does; ``desk`` looks at what suppliers
    hand in."""

    work: Far
    access: Access
    words: Words
    hosts: frozenset[str]
    tls: bool = False
    url: str = ""
    desk: Desk = field(default_factory=Desk)
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    @property
    def cookie(self) -> str:
        """Browsers take the prefix over TLS alone."""
        return "__Host-console" if self.tls else "console"

    def may_upload(self, cookies: str) -> bool:
        """Whether a Cookie header is that of somebody who may hand in a file."""
        session = parse_cookie(cookies).get(self.cookie)
        found = self.access.visitor(session) if session else None
        return found is not None and found.hands_in
