"""Leaving a den for good: nobody may still be at work in it, and nothing may be left of it.

A command that builds images, or waits, has made nothing yet that could be seen: it is known by the
lock it holds.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from sandboxctl.engine import abandon, gateway, line
from sandboxctl.engine.door_container import KIND
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError, Held
from sandboxctl.lifecycle.locks import WATCH
from sandboxctl.sandbox import labels

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.decided import Decided
    from sandboxctl.engine.protocol import Note
    from sandboxctl.sandbox.den import Den

_AGAIN = 0.2


def alone(api: APIClient, den: Den, decided: Decided, patience: float) -> None:
    """Returns once nobody holds a lock; Held names who does, after ``patience`` seconds. Who only
    watches is not waited for: it finds out."""
    end = time.monotonic() + patience
    while at_work := _at_work(api, den, decided):
        if time.monotonic() >= end:
            raise refused(den, at_work, patience)
        time.sleep(_AGAIN)


def refused(den: Den, at_work: dict[str, str], patience: float) -> Held:
    """``at_work``  who holds each lock."""
    who = "; ".join(f"{name} is being changed by {one}" for name, one in sorted(at_work.items()))
    return Held(
        f"the den {den.name} is not taken away: {who} ({patience:g} s waited)",
        hint="Wait until that is done, or end it, then run `sandboxctl down --all` again.",
    )


def remove(api: APIClient, den: Den, decided: Decided, note: Note) -> None:
    """The gateway and the state; and whatever somebody made meanwhile, for whom there is no den any
    more. EngineError naming what does not go."""
    install = decided.install()
    decided.close()
    gateway.remove(api, den, note)
    if install and (came := _left(api, den, install)):
        note(f"taking away what came meanwhile: {', '.join(came)}")
        abandon.everything(api, den, install, note)
        if came := _left(api, den, install):
            raise EngineError(
                f"these came while the den was being taken away, and are left: {', '.join(came)}",
                hint="Nothing uses them any more: `docker rm` and `docker network rm` remove them.",
            )


def _at_work(api: APIClient, den: Den, decided: Decided) -> dict[str, str]:
    held: set[str] = set()
    with in_our_words("looking who is at work in the den"):
        found = gateway.all_of(api, den, decided.install()) if decided.install() else []
    for one in found:
        if one["State"] == "running" and one["Labels"].get(labels.KIND) != KIND:
            held |= _held(api, one["Id"])
    who = {name: decided.holder(name) for name in held - {WATCH}}
    return {name: one for name, one in who.items() if one}  # the others only looked


def _held(api: APIClient, container: str) -> set[str]:
    """The locks that relays in one gateway hold; none where it is about to end."""
    with contextlib.suppress(EngineError), contextlib.closing(line.opened(api, container)) as asked:
        return {*asked.ask("held")["held"]}
    return set()


def _left(api: APIClient, den: Den, install: str) -> list[str]:
    ours = {"label": [f"{labels.DEN}={den.name}", f"{labels.INSTALL}={install}"]}
    with in_our_words("looking whether anything is left of the den"):
        containers = api.containers(all=True, filters=ours)
        networks = api.networks(filters=ours)
    return [
        *(f"container {one['Names'][0].lstrip('/')}" for one in containers),
        *(f"network {one['Name']}" for one in networks),
    ]
