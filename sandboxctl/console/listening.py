"""Who is listened to: waitress, with a time for each request, a share for each address, and bounds
for what is sent.

waitress alone cuts who says nothing; here somebody who sends a byte now and then is cut as well.
Where an address, or all of them together, has as many connections as it may, the one of it that has
waited for the longest gives way: of a room behind one address nobody stays outside for long.
"""

from __future__ import annotations

import contextlib
import logging
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from ipaddress import IPv6Address, ip_network
from typing import Any

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask
from waitress.utilities import BadRequest

from sandboxctl.console import sizes

THREADS = 8
"""Requests at once. None of them waits for an engine, so a room of browsers needs no more."""
CONNECTIONS = 500
OF_AN_ADDRESS = 100
"""Thirty teams may be behind one; a browser that asks once a second needs one connection."""
SLOW = 15
"""Seconds after which a client that says nothing is cut."""
WHOLE = 30.0
"""Seconds in which a request has to be there, from its first byte; an answer, to be taken."""
WHOLE_UPLOAD = 120.0
EVERY = 5
"""Seconds between two looks at who is late."""
LARGEST_HEAD = 16 * 1024
_TOKENS = re.compile(r"/(enter|from)/\S*")


class Busy(BadRequest):
    code = 503
    reason = "Service Unavailable"


class Request(HTTPRequestParser):
    """``much``: it may be as large as a file, because one can be handed in there, and somebody
    who came in asks."""

    much = busy = False
    error: Any

    def __init__(self, listener: Listener, adj: Adjustments) -> None:
        super().__init__(adj)
        self._listener = listener

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        large = self.chunked or self.content_length >= sizes.HELD
        if large and sizes.takes_a_file(self.path) and self._listener.knows(self.headers):
            self.busy = self._listener.uploads >= sizes.UPLOADS_AT_ONCE
            self.much = not self.busy
            self.adj = self._listener.large

    def received(self, data: bytes) -> int:
        taken: int = super().received(data)
        if self.busy and not self.error:
            self.error = Busy("Too many files are on their way. Try again in a minute.")
            self.completed = True
        return taken


class Refusal(ErrorTask):
    """What no page answers carries what every page carries."""

    def execute(self) -> None:
        self.response_headers.extend(self.channel.server.headers.items())
        super().execute()


class Channel(HTTPChannel):
    """One connection. ``since``  when it began to owe something: a request, its rest, or that it
    takes an answer; monotonic seconds."""

    error_task_class = Refusal
    request: Any

    def __init__(self, server: Listener, *args: Any, **more: Any) -> None:
        self.parser_class = partial(Request, server)
        self._now = server.now
        self.since, self._begun = self._now(), False
        super().__init__(server, *args, **more)

    @property
    def waits(self) -> bool:
        """Whether nothing of it is worked on: then it can be cut."""
        return not (self.requests or self.will_close)

    def received(self, data: bytes) -> bool:
        if not self._begun:
            self.since, self._begun = self._now(), True
        return bool(super().received(data))

    def taken(self) -> None:
        """A whole request is there: it owes nothing while that is answered."""
        self.since, self._begun = float("inf"), False

    def service(self) -> None:
        super().service()
        self.since = self._now()

    def handle_close(self) -> None:
        if self.request is not None:  # half of a file goes with who sent it
            self.request.close()
            self.request = None
        super().handle_close()

    @property
    def is_late(self) -> bool:
        much = getattr(self.request, "much", False)
        return self.waits and self._now() - self.since > (WHOLE_UPLOAD if much else WHOLE)

    def cut(self) -> None:
        """Also where it takes nothing more: what waits to be written is not waited for."""
        self.will_close = True
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class Listener(TcpWSGIServer):
    """``headers`` are those of every answer; ``known`` tells whether a Cookie header is that of
    somebody who came in; ``most`` connections there are, ``each`` of one address, None where all
    come through one proxy. ``door``  a socket that is bound to an address; ``now`` monotonic
    seconds."""

    channel_class = Channel

    def __init__(
        self,
        application: object,
        door: socket.socket,
        *,
        headers: Mapping[str, str],
        known: Callable[[str], bool] = lambda _: False,
        most: int = CONNECTIONS,
        each: int | None = OF_AN_ADDRESS,
        now: Callable[[], float] = time.monotonic,
        every: int = EVERY,
    ) -> None:
        self.headers, self._known, self.now = headers, known, now
        self._most, self._each = most, each
        settings = {
            "sockets": [door],
            "threads": THREADS,
            "connection_limit": most + 20,  # reached by none but who is just being cut
            "channel_timeout": SLOW,
            "cleanup_interval": every,
            "max_request_header_size": LARGEST_HEAD,
            "ident": None,
            "clear_untrusted_proxy_headers": each is not None,
        }
        self.large = Adjustments(max_request_body_size=sizes.UPLOAD + sizes.FORM, **settings)
        hush(("waitress", "waitress.queue"))
        bounded = Adjustments(max_request_body_size=sizes.HELD, **settings)
        info = door.family, door.type, door.proto, door.getsockname()
        super().__init__(application, None, True, door, None, bounded, info, bind_socket=False)

    @property
    def uploads(self) -> int:
        """Files that are on their way, or looked at."""
        there = list(self.active_channels.values())
        return sum(one.much for ch in there for one in (ch.request, *ch.requests) if one)

    def knows(self, headers: Mapping[str, str]) -> bool:
        return self._known(headers.get("COOKIE", ""))

    def add_task(self, task: Channel) -> None:
        task.taken()
        super().add_task(task)

    def accept(self) -> tuple[socket.socket, tuple[Any, ...]] | None:
        found: tuple[socket.socket, tuple[Any, ...]] | None = super().accept()
        if found is None or self._has_room(share(found[1][0])):
            return found
        found[0].close()
        return None

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in list(self.active_channels.values()):
            if channel.is_late:
                channel.cut()

    def _has_room(self, newcomer: str) -> bool:
        """Whether there is, or somebody made, room for one more from there."""
        there = [one for one in self.active_channels.values() if not one.will_close]
        of = Counter(share(one.addr[0]) for one in there)
        if self._each is not None and of[newcomer] >= self._each:
            return _give_way(one for one in there if share(one.addr[0]) == newcomer)
        if len(there) >= self._most:
            most = max(of, key=lambda address: of[address])
            return _give_way(one for one in there if share(one.addr[0]) == most)
        return True


def _give_way(channels: Iterable[Channel]) -> bool:
    """Cut the one that has waited for the longest; False where all are being answered."""
    oldest = min((one for one in channels if one.waits), key=lambda one: one.since, default=None)
    if oldest is not None:
        oldest.cut()
    return oldest is not None


def share(address: str) -> str:
    """Whose share a connection is of: an IPv6 network is usually that of one place."""
    if ":" not in address:
        return address
    return str(ip_network((IPv6Address(address.partition("%")[0]), 64), strict=False))


class Hushed(logging.Filter):
    """What waitress says of a request names its path, and some paths open something."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = _TOKENS.sub(r"/\1/…", record.getMessage()), ()
        return True


def hush(names: Iterable[str]) -> None:
    for name in names:
        found = logging.getLogger(name)
        if not any(isinstance(one, Hushed) for one in found.filters):
            found.addFilter(Hushed())
