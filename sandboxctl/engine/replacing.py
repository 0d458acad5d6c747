"""Another gateway in the place of one that runs, under the sandboxes that it leads to.

In the same door both listen for a moment, and the first takes no visitor any more: no one waits,
and what is still open after `GRACE` seconds is cut once. Another port or address of the host
needs another door; teams have another address then anyway. Whoever ends halfway leaves containers
under other names, which the next command that changes something finishes or takes away.
"""

from __future__ import annotations

import contextlib
import getpass
import platform
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sandboxctl.engine import door, door_container, edge, gateway, gateway_container, line
from sandboxctl.engine.door_container import KIND, gone
from sandboxctl.engine.gateway import Gateway
from sandboxctl.engine.gateway_container import Made
from sandboxctl.engine.look import inspect
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError
from sandboxctl.lifecycle.locks import GATEWAY
from sandboxctl.lifecycle.locks import WATCH as WATCHING
from sandboxctl.sandbox import labels

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.line import Line
    from sandboxctl.engine.protocol import Note
    from sandboxctl.sandbox.den import Den

LOCK = GATEWAY
"""Under which one gateway takes the place of another; no sandbox can be called so."""

GRACE, PATIENCE = 2.0, 60.0
"""Seconds for what is in flight, and for another command that does the same."""


def replace(api: APIClient, den: Den, image: str, note: Note) -> None:
    """Returns once a gateway with these settings and of this version takes visitors.

    EngineError, and the one that was there goes on, where the new one cannot start."""
    with (
        contextlib.closing(line.opened(api, gateway.name(den))) as held,
        _alone(held),
        in_our_words("putting another gateway in its place"),
    ):
        there = gateway.find(api, den, image)
        if there is None or there.current:
            return
        _sweep(api, den, there.install, held)
        note("putting another gateway in the place of the one that runs")
        if there.door is not None and there.door.current:
            _beside(api, den, image, there)
        else:
            _elsewhere(api, den, image, there, note)


def tidy(api: APIClient, den: Den, install: str, over: Line) -> None:
    """Takes away what a replacement left: what was given up halfway, and gateways in which nobody
    holds a lock any more. Somebody else who is at it is left to it."""
    with in_our_words("looking for gateways that are not used"):
        if _strays(api, den, install) and _taken(over, patience=0):
            try:
                _sweep(api, den, install, over)
            finally:
                over.ask("unlock", name=LOCK)


@contextlib.contextmanager
def _alone(held: Line) -> Iterator[None]:
    if not _taken(held, patience=PATIENCE):
        raise EngineError(
            "another command is putting another gateway in the place of this one",
            hint="Wait until that is done, then run this again.",
        )
    try:
        yield
    finally:
        with contextlib.suppress(EngineError):  # a line that was lost has freed it already
            held.ask("unlock", name=LOCK)


def _taken(over: Line, *, patience: float) -> bool:
    who = f"{getpass.getuser()} on {platform.node()}"
    asked = over.ask("lock", timeout=patience + 15, name=LOCK, wait_seconds=patience, who=who)
    return bool(asked["locked"])


def _beside(api: APIClient, den: Den, image: str, there: Gateway) -> None:
    """Both listen on the same address for a moment: the kernel gives a visitor to either."""
    assert there.door is not None
    beyond = edge.beyond(api, den, there.install)
    pem = gateway_container.certificate(den)
    made = Made(den, image, there.install, there.subnet, pem, beyond)
    new = gateway_container.create(api, made, there.door, f"{gateway.name(den)}.next")
    gateway_container.start(api, made, new)
    try:
        fresh = line.opened(api, new)
    except EngineError as problem:
        raise _stillborn(api, new, problem) from None
    with contextlib.closing(fresh):
        try:
            fresh.ask("hello")
        except EngineError as problem:
            raise _stillborn(api, new, problem) from None
        old = inspect(api, "container", there.container)
        if old is not None:
            gateway.aside(api, den, old)
        api.rename(new, gateway.name(den))
        if old is not None:
            name = gateway_container.called(old)
            fresh.ask("retire", timeout=GRACE + 15, name=name, grace=GRACE)


def _stillborn(api: APIClient, new: str, problem: EngineError) -> EngineError:
    said = api.logs(new, tail=5).decode(errors="replace").strip()
    gone(api, new)
    words = f"the new gateway does not answer, and the one that runs stays: {problem}; {said}"
    return EngineError(words, hint=problem.hint)


def _elsewhere(api: APIClient, den: Den, image: str, there: Gateway, note: Note) -> None:
    """Another door. Where it has a port of the old one, that one has to go first."""
    new = door.name(den)
    old = there.door
    wanted = {port for _, port in door_container.published(den)}
    if old is None or not old.runs or wanted & {port for _, port in old.ports}:
        note("the gateway lets go of its ports, and teams wait until another has taken them")
        gone(api, old.container if old else there.container)
        gateway.ensure(api, den, image, there.subnet, note)
        return
    network = edge.one(api, den, there.install, there.subnet)
    door.ensure(api, den, image, there.install, network, f"{new}.next")
    api.rename(old.container, f"{new}.{old.container[:8]}")
    api.rename(f"{new}.next", new)
    gateway.ensure(api, den, image, there.subnet, note)
    gone(api, old.container)


def _strays(api: APIClient, den: Den, install: str) -> list[dict[str, Any]]:
    known = {f"/{gateway.name(den)}", f"/{door.name(den)}"}
    return [one for one in gateway.all_of(api, den, install) if not known & set(one["Names"])]


def _sweep(api: APIClient, den: Den, install: str, over: Line) -> None:
    """Under the lock, so nobody is about to give any of them a name."""
    for one in _strays(api, den, install):
        is_door = one["Labels"].get(labels.KIND) == KIND
        waits = one["Names"][0].endswith(".next")
        if is_door or waits or one["State"] != "running" or not _holds(api, one["Id"]):
            seen = inspect(api, "container", one["Id"])
            gone(api, one["Id"])
            name = gateway_container.called(seen) if seen else ""
            if name:
                over.ask("bury", name=name)


def _holds(api: APIClient, container: str) -> bool:
    """Whether a command that is under way holds a lock in it. `watch` takes its own again."""
    try:
        with contextlib.closing(line.opened(api, container)) as asked:
            return bool(set(asked.ask("held")["held"]) - {LOCK, WATCHING})
    except EngineError:
        return False
