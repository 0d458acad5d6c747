"""A den's gateway on a Docker daemon: one container, its edge network, and the den's state.

Making it twice is harmless, also from two controllers at once: the engine takes a container's
name once, answers a second volume of the same name with the first one, and a second edge
network is seen and the younger removed.
"""

from __future__ import annotations

import contextlib
import itertools
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from sandboxctl import clock
from sandboxctl.engine import edge, gateway_container, line, strangers
from sandboxctl.engine.gateway_container import INSIDE as INSIDE
from sandboxctl.engine.gateway_container import SETTINGS, fingerprint
from sandboxctl.engine.look import inspect, ours
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError
from sandboxctl.sandbox.labels import Owner

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.line import Line
    from sandboxctl.engine.protocol import Note
    from sandboxctl.sandbox.den import Den

RELAY_VERSION = 3
_PATIENCE = 2.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """What is there of it. ``current``: made from this image with these settings."""

    container: str
    install: str
    subnet: IPv4Network
    runs: bool
    current: bool


def name(den: Den) -> str:
    return f"{den.name}-gateway"


def install(api: APIClient, den: Den) -> str | None:
    """The den's install id; None where there is no den. EngineError if the name is another's."""
    with in_our_words("looking at the den"):
        found = inspect(api, "volume", f"{den.name}-state")
    return ours(den, "state", f"{den.name}-state", found["Labels"]).install if found else None


def find(api: APIClient, den: Den, image: str) -> Gateway | None:
    """What is there of the gateway; None where it, its network or the state is missing."""
    owner = install(api, den)
    with in_our_words("looking at the gateway"):
        network = edge.find(api, den, owner) if owner else None
        seen = inspect(api, "container", name(den))
    if owner is None or network is None or seen is None:
        return None
    subnet = edge.subnet(network)
    ours(den, "gateway", name(den), seen["Config"]["Labels"])
    return Gateway(
        container=seen["Id"],
        install=owner,
        subnet=subnet,
        runs=bool(seen["State"]["Running"]),
        current=seen["Config"]["Labels"].get(SETTINGS) == fingerprint(den, image, subnet),
    )


def ensure(api: APIClient, den: Den, image: str, subnet: IPv4Network, note: Note) -> Gateway:
    """Makes and starts what is missing. ``subnet`` is used where there is no edge network yet.

    Raises AddressTaken if somebody else has it, EngineError if the port is taken. A gateway
    made with other settings is left as it is: `Gateway.current` says so, the caller decides.
    """
    pem = gateway_container.certificate(den)
    with in_our_words("making the gateway"):
        owner = _state(api, den)
        return _despite_others(lambda: _ensured(api, den, image, owner, subnet, pem, note))


def connect(api: APIClient, den: Den, begun: tuple[Line, int] | None = None) -> Line:
    """A line to the den, with its routes in step; EngineError says why there is none.

    ``begun``  the same, not looked at yet."""
    try:
        opened, version = begun or line.greeted(api, name(den))
    except EngineError as problem:
        words = _last_words(api, den)
        raise EngineError(f"{problem}{words}", hint=problem.hint) from None
    if version != RELAY_VERSION:
        opened.close()
        raise EngineError(
            f"the gateway of {den.name} speaks version {version}, this sandboxctl {RELAY_VERSION}",
            hint="Run `sandboxctl down --all` with the sandboxctl that made it, then start anew.",
        )
    return opened


def attach(api: APIClient, den: Den, network: str, address: str) -> None:
    """Puts the gateway on a generation's network; being there already is the same."""
    with in_our_words(f"attaching the gateway to {network}"):
        from docker.errors import APIError

        try:
            api.connect_container_to_network(name(den), network, ipv4_address=address)
        except APIError as refused:
            if "already exists in network" not in str(refused.explanation):
                raise


def detach(api: APIClient, den: Den, network: str) -> None:
    """Takes it off; not being there already is the same."""
    with in_our_words(f"taking the gateway off {network}"):
        from docker.errors import APIError, NotFound

        try:
            api.disconnect_container_from_network(name(den), network, force=True)
        except NotFound:
            return
        except APIError as refused:
            if "is not connected" not in str(refused.explanation):
                raise


def remove(api: APIClient, den: Den, note: Note, *, state: bool = True) -> None:
    """Takes it away; with ``state`` also the edge network and all that the den has decided."""
    with in_our_words("removing the gateway"):
        owner = install(api, den)
        if owner is None:
            return
        seen = inspect(api, "container", name(den))
        if seen and ours(den, "gateway", name(den), seen["Config"]["Labels"]).install == owner:
            note("removing the gateway")
            _gone(api.remove_container, seen["Id"], force=True)
        if state:
            for kind in edge.KINDS:
                for network in edge.all_of(api, den, owner, kind):
                    _gone(api.remove_network, network["Id"])
            _gone(api.remove_volume, f"{den.name}-state")
            strangers.tell(api, den, owner, note)


def _state(api: APIClient, den: Den) -> str:
    """The install id of the state volume, made if missing; the first of two makers wins."""
    if install(api, den) is None:
        owner = Owner(den.name, secrets.token_hex(16), clock.now(), kind="state")
        api.create_volume(f"{den.name}-state", labels=owner.labels())
    return install(api, den) or ""


def _ensured(
    api: APIClient,
    den: Den,
    image: str,
    owner: str,
    subnet: IPv4Network,
    pem: bytes,
    note: Note,
) -> Gateway:
    network = edge.one(api, den, owner, subnet)
    if inspect(api, "container", name(den)) is None:
        note(f"making the gateway on {den.gateway.bind}:{den.gateway.port}")
        gateway_container.create(api, den, image, owner, network)
    there = find(api, den, image)
    if there is None:
        raise NotYet("the gateway was removed while it was made", hint="Run the command again.")
    if not there.runs:
        gateway_container.start(api, den, there.container, pem)
    return replace(there, runs=True)


class NotYet(EngineError):
    """The engine gives a container's name away some time before it knows the container."""


_PASSING = ("is ambiguous", "marked for removal", "removal of container")
"""What an engine says of an object that another controller is just taking away or has twice."""


def _despite_others(make: Callable[[], Gateway]) -> Gateway:
    """Tries again while another controller that makes the same things is in the way."""
    from docker.errors import APIError, NotFound

    end, tries = time.monotonic() + _PATIENCE, itertools.count(1)
    while True:
        try:
            return make()
        except (APIError, NotYet) as problem:
            passing = isinstance(problem, (NotFound, NotYet)) or any(
                sign in str(problem) for sign in _PASSING
            )
            # At least once more, however slow: one that could not start was taken away by that.
            if not passing or (next(tries) > 1 and time.monotonic() > end):
                raise
            time.sleep(0.05)


def _last_words(api: APIClient, den: Den) -> str:
    with in_our_words("reading the gateway's log"):
        if inspect(api, "container", name(den)) is None:
            return f"; the den {den.name} has no gateway"
        said = api.logs(name(den), tail=5).decode(errors="replace").strip()
    return f"; the gateway said: {said}" if said else ""


def _gone(take_away: Callable[..., object], what: str, **options: bool) -> None:
    """Not found is as good as removed."""
    from docker.errors import NotFound

    with contextlib.suppress(NotFound):
        take_away(what, **options)
