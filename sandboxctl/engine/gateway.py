"""A den's gateway on a Docker daemon: its edge network, the door, one container in it, the state.

Making it twice is harmless, also from two controllers at once: the engine takes a container's
name once, answers a second volume of the same name with the first one, and a second edge
network is seen and the younger removed.
"""

from __future__ import annotations

import contextlib
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.engine import door, edge, gateway_container, line, strangers
from sandboxctl.engine.door import Door
from sandboxctl.engine.door import attach as attach
from sandboxctl.engine.door import detach as detach
from sandboxctl.engine.door_container import INSIDE as INSIDE
from sandboxctl.engine.door_container import KIND, SETTINGS, gone
from sandboxctl.engine.gateway_container import RELAY, VERSION, Made
from sandboxctl.engine.look import inspect, ours
from sandboxctl.engine.passing import NotYet, despite_others
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.labels import Owner

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from docker import APIClient

    from sandboxctl.engine.line import Line
    from sandboxctl.engine.protocol import Note
    from sandboxctl.sandbox.den import Den

RELAY_VERSION = VERSION
BETWEEN = 0.2
"""Seconds in which a gateway that takes the place of another has been given its name."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """What is there of it. ``current``: made from this image with these settings; ``relay``  the
    version of the line's other end in it, 0 where it does not say."""

    container: str
    install: str
    subnet: IPv4Network
    door: Door | None
    runs: bool
    current: bool
    relay: int


def name(den: Den) -> str:
    return f"{den.name}-gateway"


def install(api: APIClient, den: Den) -> str | None:
    """The den's install id; None where there is no den. EngineError if the name is another's."""
    with in_our_words("looking at the den"):
        found = inspect(api, "volume", f"{den.name}-state")
    return ours(den, "state", f"{den.name}-state", found["Labels"]).install if found else None


def taken_away(den: Den) -> EngineError:
    """For a command that was under way when somebody else took its den away."""
    return EngineError(
        f"the den {den.name} was taken away meanwhile",
        hint="Run the command again: it makes the den anew.",
    )


def find(api: APIClient, den: Den, image: str) -> Gateway | None:
    """What is there of the gateway; None where it, its network or the state is missing."""
    owner = install(api, den)
    with in_our_words("looking at the gateway"):
        network = edge.find(api, den, owner) if owner else None
        seen = inspect(api, "container", name(den))
        if owner is None or network is None or seen is None:
            return None
        subnet = edge.subnet(network)
        marks = seen["Config"]["Labels"]
        ours(den, "gateway", name(den), marks)
        there = door.find(api, den, subnet)
    made = Made(den, image, owner, subnet, gateway_container.certificate(den))
    stands = gateway_container.stands_in(seen, there)
    relay = marks.get(RELAY, "")
    return Gateway(
        container=seen["Id"],
        install=owner,
        subnet=subnet,
        door=there,
        # One of an earlier version stands on networks of its own, and has to give way.
        runs=bool(seen["State"]["Running"])
        and (not relay or (stands and there is not None and there.runs)),
        current=bool(
            stands and there and there.current and marks.get(SETTINGS) == made.fingerprint
        ),
        relay=int(relay) if relay.isdecimal() else 0,
    )


def ensure(api: APIClient, den: Den, image: str, subnet: IPv4Network, note: Note) -> Gateway:
    """Makes and starts what is missing. ``subnet`` is used where there is no edge network yet.

    Raises AddressTaken if somebody else has it, EngineError if the port is taken. What runs with
    other settings is left as it is: `Gateway.current` says so, and `replacing` puts another in
    its place."""
    pem = gateway_container.certificate(den)
    with in_our_words("making the gateway"):
        owner = _state(api, den)

        def make() -> Gateway:
            network = edge.one(api, den, owner, subnet)
            beyond = edge.beyond(api, den, owner)
            made = Made(den, image, owner, edge.subnet(network), pem, beyond)
            return _ensured(api, made, network, note)

        return despite_others(make)


def connect(api: APIClient, den: Den, begun: tuple[Line, int] | None = None) -> Line:
    """A line to the den, with its routes in step; EngineError says why there is none.

    ``begun``  the same, not looked at yet."""
    try:
        opened, version = begun or _greeted(api, den)
    except EngineError as problem:
        words = _last_words(api, den)
        raise EngineError(f"{problem}{words}", hint=problem.hint) from None
    if version != RELAY_VERSION:
        opened.close()
        raise EngineError(
            f"the gateway of {den.name} speaks version {version}, this sandboxctl {RELAY_VERSION}",
            hint="It was made by a newer sandboxctl: use that one."
            if version > RELAY_VERSION
            else "`sandboxctl up`, or any command that changes something, puts a new one in its "
            "place.",
        )
    return opened


def all_of(api: APIClient, den: Den, install: str) -> list[dict[str, Any]]:
    """Gateways and then doors of the den, as the engine lists them: one of each, and more while
    one takes the place of another."""
    marks = [f"{labels.DEN}={den.name}", f"{labels.INSTALL}={install}"]
    title = f"^/?{den.name}-(gateway|door)($|[.])"
    found = api.containers(all=True, filters={"label": marks, "name": title})
    return sorted(found, key=lambda one: str(one["Labels"].get(labels.KIND)) == KIND)


def remove(api: APIClient, den: Den, note: Note, *, state: bool = True) -> None:
    """Takes it away; with ``state`` also the edge network and all that the den has decided."""
    with in_our_words("removing the gateway"):
        owner = install(api, den)
        if owner is None:
            return
        # The door last: its network is what the others stand in.
        there = all_of(api, den, owner)
        if there:
            note("removing the gateway")
        for one in there:
            gone(api, one["Id"])
        if state:
            from docker.errors import NotFound

            for kind in edge.KINDS:
                for network in edge.all_of(api, den, owner, kind):
                    with contextlib.suppress(NotFound):
                        api.remove_network(network["Id"])
            with contextlib.suppress(NotFound):
                api.remove_volume(f"{den.name}-state")
            strangers.tell(api, den, owner, note)


def _greeted(api: APIClient, den: Den) -> tuple[Line, int]:
    """Looked for twice: between two names, a gateway that takes another's place has none."""
    try:
        return line.greeted(api, name(den))
    except EngineError:
        if inspect(api, "container", name(den)) is not None:
            raise
        time.sleep(BETWEEN)
        return line.greeted(api, name(den))


def _state(api: APIClient, den: Den) -> str:
    """The install id of the state volume, made if missing; the first of two makers wins."""
    if install(api, den) is None:
        owner = Owner(den.name, secrets.token_hex(16), clock.now(), kind="state")
        api.create_volume(f"{den.name}-state", labels=owner.labels())
    return install(api, den) or ""


def _ensured(api: APIClient, made: Made, network: dict[str, Any], note: Note) -> Gateway:
    den, gate = made.den, made.den.gateway
    seen = inspect(api, "container", name(den))
    if seen is not None:
        ours(den, "gateway", name(den), seen["Config"]["Labels"])
    if seen is None or not seen["State"]["Running"]:
        note(f"making the gateway on {gate.bind}:{gate.port}")
    there = door.ensure(api, den, made.image, made.install, network)
    ended = ""
    if seen is not None and not gateway_container.usable(seen, there, made):
        ended = "" if seen["State"]["Running"] else str(seen["State"]["FinishedAt"])
        aside(api, den, seen)
        seen = None
    if seen is None:
        gateway_container.create(api, made, there, name(den), ended=ended)
    found = find(api, den, made.image)
    if found is None:
        raise NotYet("the gateway was removed while it was made", hint="Run the command again.")
    if not found.runs:
        gateway_container.start(api, made, found.container)
    return find(api, den, made.image) or found


def aside(api: APIClient, den: Den, seen: dict[str, Any]) -> None:
    """Takes its name away from a gateway; one that runs goes on, for it may hold locks of others
    who are under way."""
    from docker.errors import NotFound

    try:
        if seen["State"]["Running"]:
            api.rename(seen["Id"], f"{name(den)}.{seen['Id'][:8]}")
        else:
            gone(api, seen["Id"])
    except NotFound:
        return


def _last_words(api: APIClient, den: Den) -> str:
    with in_our_words("reading the gateway's log"):
        if inspect(api, "container", name(den)) is None:
            return f"; the den {den.name} has no gateway"
        said = api.logs(name(den), tail=5).decode(errors="replace").strip()
    return f"; the gateway said: {said}" if said else ""
