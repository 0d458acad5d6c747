"""Where the gateway sends whom: HAProxy's maps, on the volume and as it runs.

``hosts.map``   host, or ``:port`` inside the gateway → target, such as ``demo/3``
``routes.map``  target and path, such as ``demo/3/api/`` → address and port; the longest wins
``keys.map``, ``ways.map``  who may come in: see `keys`
``console.map``  where the console is: see `console`

A switch changes one line of hosts.map. HAProxy is never reloaded: it is told over its admin
socket, and reads the files only when it starts. While one gateway takes the place of another
there are two of them, and both are told.
"""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from . import admin, console, keys, store
from .admin import Admins, Away
from .refused import Refused

_HOST = re.compile(r"[a-z0-9.-]{1,253}|:\d{1,5}")
_TARGET = re.compile(r"[a-z0-9-]+/\d+(/[a-z0-9-]+)?")
_ROUTE = re.compile(r"[a-z0-9-]+/\d+/([A-Za-z0-9._~%!$&'()*+,=:@-]+/)*")
_ADDRESS = re.compile(r"\d{1,3}(\.\d{1,3}){3}:\d{1,5}")
_LOOK = 0.05
_LATER = ("console",)
"""Maps that gateways of earlier versions did not have."""


@dataclass(frozen=True)
class Maps:
    """``folder`` on the volume, ``guard`` a file to lock, ``admins`` every HAProxy of the den,
    and ``own`` the name of the one beside this relay."""

    folder: Path
    guard: Path
    admins: Admins
    own: str = ""

    def routes(
        self, state: Path, sandbox: str, hosts: Mapping[str, str], routes: Mapping[str, str]
    ) -> dict[str, Any]:
        """Makes these, and only these, the entries of ``sandbox``; says how many changed."""
        self.check(state, sandbox, hosts, routes)
        store.lead(state, sandbox, {"hosts": hosts, "routes": routes} if hosts else None)
        return {"changed": self.follow(state)}

    def check(
        self, state: Path, sandbox: str, hosts: Mapping[str, str], routes: Mapping[str, str]
    ) -> None:
        """Refused for what is no route, or an address that another sandbox has."""
        _check(sandbox, hosts, routes)
        for other, ways in store.ways(state).items():
            for host in hosts:
                if other != sandbox and host in ways["hosts"]:
                    raise Refused(f"the address {host} belongs to the sandbox {other}")

    def follow(self, state: Path) -> int:
        """Makes what runs, and the files it starts from, lead where the state says."""
        with store.alone(self.guard):
            self.save(state)
            return self._align(**_wanted(state))

    def steer(self, state: Path) -> int:
        """The same for what runs alone; `save` has to follow. The files are worked out from the
        state, so what they lack after a crash, the next controller's greeting mends."""
        with store.alone(self.guard):
            return self._align(**_wanted(state))

    def save(self, state: Path) -> None:
        """The same for the files alone; nobody who leads the gateway meanwhile is held up."""
        with store.alone(self.guard.with_name(".files")):
            # New routes first: a gateway that starts between two writes finds each target.
            for name, pairs in _wanted(state).items():
                self._save(name, self._file(name), pairs)

    def admit(self, state: Path) -> int:
        """Makes the keys of what is decided, and only these, open their sandboxes."""
        with store.alone(self.guard):
            digests = keys.digests(store.read(state))
            self._save("keys", self._file("keys"), digests)
            return self._align(keys=digests)

    def announce(self, state: Path) -> int:
        """Makes visitors who ask for their team's page be led to the console, where one is."""
        with store.alone(self.guard):
            told = console.told(state)
            self._save("console", self._file("console"), told)
            return self._align(console=told)

    def repair(self, state: Path) -> dict[str, Any]:
        """Makes what runs the same as what is decided; ``in_step`` if it was."""
        if self.own:
            admin.patiently(lambda: admin.ask(self.admins.socket(self.own), "show version"))
        # A state that cannot be read is told by whoever asks for it; nobody is let in or put out.
        with contextlib.suppress(Refused):
            changed = self.follow(state) + self.admit(state) + self.announce(state)
            return {"in_step": not changed, "repaired": changed}
        return {"in_step": False, "repaired": 0}

    def drain(
        self, addresses: Iterable[str], grace: float, stop: threading.Event
    ) -> dict[str, Any]:
        """Waits until nobody is connected to these addresses; after ``grace`` s closes the rest."""
        wanted = set(addresses)

        def theirs() -> list[tuple[Path, str]]:
            found = self.admins.each(lambda at: admin.sessions(at, wanted))
            return list(chain.from_iterable(found))

        return self._emptied(theirs, grace, stop)

    def retire(self, name: str, grace: float, stop: threading.Event) -> dict[str, Any]:
        """The HAProxy of this name takes no visitor any more; after ``grace`` s those that it has
        are cut. One that is away has none."""
        at = self.admins.socket(name)
        with contextlib.suppress(Away):
            admin.ask(at, "shutdown frontend den")
            return self._emptied(lambda: admin.sessions(at), grace, stop)
        return {"open": 0, "closed": 0, "after": 0.0}

    def bury(self, name: str) -> dict[str, Any]:
        """Forgets an HAProxy that is gone."""
        self.admins.socket(name).unlink(missing_ok=True)
        return {}

    def _emptied(
        self, look: Callable[[], list[tuple[Path, str]]], grace: float, stop: threading.Event
    ) -> dict[str, Any]:
        begun = time.monotonic()
        at_first = open_now = look()
        while open_now and time.monotonic() - begun < grace and not stop.wait(_LOOK):
            open_now = look()
        for at, session in open_now:
            with contextlib.suppress(Away):
                admin.tell(at, [f"shutdown session {session}"])
        after = round(time.monotonic() - begun, 4)
        return {"open": len(at_first), "closed": len(open_now), "after": after}

    def _align(self, **wanted: Mapping[str, str]) -> int:
        return max(self.admins.each(lambda at: self._aligned(at, wanted)))

    def _aligned(self, at: Path, wanted: Mapping[str, Mapping[str, str]]) -> int:
        """Adds in the order of the maps, and deletes the other way round: nothing that is left
        leads to what is gone."""
        changes = {
            name: difference(runs, pairs)
            for name, pairs in wanted.items()
            if (runs := self._runs(at, name)) is not None
        }
        steps = [
            f"{verb} map {self.folder}/{name}.map {key} {value}"
            for name, (more, _) in changes.items()
            for verb, key, value in more
        ]
        steps += [
            f"del map {self.folder}/{name}.map {key}"
            for name, (_, gone) in reversed(changes.items())
            for key in gone
        ]
        admin.tell(at, steps)
        return len(steps)

    def _file(self, name: str) -> dict[str, str]:
        text = (self.folder / f"{name}.map").read_text(encoding="ascii")
        return pairs(text.splitlines(), at=0)

    def _runs(self, at: Path, name: str) -> dict[str, str] | None:
        """None where an HAProxy of an earlier version, that is about to give way, has no such."""
        report = admin.ask(at, f"show map {self.folder}/{name}.map")
        if "Unknown map" in report:
            if name in _LATER:
                return None
            raise Refused(f"the gateway runs without its {name}: {report.strip()}")
        return pairs(report.splitlines(), at=1)

    def _save(self, name: str, old: Mapping[str, str], new: Mapping[str, str]) -> None:
        if old != new:
            text = "".join(f"{key} {value}\n" for key, value in sorted(new.items()))
            store.write(self.folder / f"{name}.map", text, mode=0o640)


def difference(
    runs: Mapping[str, str], wanted: Mapping[str, str]
) -> tuple[list[tuple[str, str, str]], list[str]]:
    """What to add or set, as (verb, key, value), and which keys to delete."""
    more = [
        ("set" if key in runs else "add", key, value)
        for key, value in wanted.items()
        if runs.get(key) != value
    ]
    return more, [key for key in runs if key not in wanted]


def _wanted(state: Path) -> dict[str, dict[str, str]]:
    """Each map as the state has it, in the order in which more may be added."""
    found = store.ways(state).values()
    hosts = {key: to for ways in found for key, to in ways["hosts"].items()}
    routes = {key: to for ways in found for key, to in ways["routes"].items()}
    return {"routes": routes, "ways": keys.ways(hosts), "hosts": hosts}


def pairs(lines: Iterable[str], *, at: int) -> dict[str, str]:
    """Key and value of each line, from its word number ``at`` on."""
    words = (line.split() for line in lines)
    return {line[at]: line[at + 1] for line in words if len(line) == at + 2}


def _check(sandbox: str, hosts: Mapping[str, str], routes: Mapping[str, str]) -> None:
    mine = f"{sandbox}/"
    wrong = [
        *(f"{key} {value}" for key, value in hosts.items() if not _is_host(key, value, mine)),
        *(f"{key} {value}" for key, value in routes.items() if not _is_route(key, value, mine)),
    ]
    if wrong:
        raise Refused(f"not a route of {sandbox}: {', '.join(wrong)}")


def _is_host(key: str, value: str, mine: str) -> bool:
    return bool(_HOST.fullmatch(key) and _TARGET.fullmatch(value)) and value.startswith(mine)


def _is_route(key: str, value: str, mine: str) -> bool:
    return bool(_ROUTE.fullmatch(key) and _ADDRESS.fullmatch(value)) and key.startswith(mine)
