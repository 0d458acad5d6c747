"""Two tiny sandboxes of our own, made as every other one is, to see from inside what holds.

A third probe stands on an ordinary bridge, as confined as the others: it is the control. All of
it is taken away at the end, and what a killed trial left is taken away by the next one.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sandboxctl import clock
from sandboxctl.blueprint import images
from sandboxctl.engine import door, gateway, means, within
from sandboxctl.engine.listener import Listener, listening
from sandboxctl.engine.translate import in_our_words
from sandboxctl.engine.unstarted import unstarted
from sandboxctl.errors import Held, SandboxError
from sandboxctl.lifecycle import isolation, machine
from sandboxctl.lifecycle.isolation import BRIDGES, HOST, ORDINARY, Sight, Trial
from sandboxctl.lifecycle.locks import ISOLATION
from sandboxctl.sandbox import addresses, names
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.operations import (
    CreateNetwork,
    Place,
    RemoveNetwork,
    RemoveService,
    StartService,
)
from sandboxctl.sandbox.recipe import Container

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.engine.docker import DockerEngine
    from sandboxctl.engine.protocol import Note

FIRST, SECOND, OPEN = (f"{names.BASELINE}isolation-{which}" for which in ("a", "b", "open"))
LISTENING, LOCK = 8000, ISOLATION
_LISTENS = (
    "import socket, sys; door = socket.create_server(('0.0.0.0', 8000))\n"
    "while True: door.accept()[0].close()"
)
_ABSENT = "no-such-name.example.org"


def prove(engine: DockerEngine, api: APIClient, *, here: bool, note: Note) -> Trial:
    """Make, look, take away. ``here``: the engine's host is this machine.

    Raises EngineError where the engine cannot make it."""
    before = gateway.install(api, engine.den)
    note("the gateway")
    engine.enter(note)
    try:
        with engine.lock(LOCK), listening(here) as listener:
            _sweep(engine)
            try:
                return _tried(engine, api, listener, note)
            finally:
                note("taking the probes away")
                _sweep(engine)
    finally:
        if before is None and not engine.sandboxes():
            with contextlib.suppress(Held):  # somebody has begun to use it
                engine.leave(lambda _: None, patience=0)


def _tried(engine: DockerEngine, api: APIClient, listener: Listener, note: Note) -> Trial:
    note("two sandboxes and a control")
    places = _made(engine, api)
    with contextlib.closing(gateway.connect(api, engine.den)) as line:
        answers = line.ask("wait", **_tcp(places[SECOND].addresses["probe"]))["ready"]
    note("looking from inside")
    targets = _targets(engine, api, places, listener)
    asked = _asked(engine, places, targets)
    with ThreadPoolExecutor(2) as pool:
        inside = pool.submit(_sight, engine, FIRST, asked)
        control = pool.submit(_sight, engine, OPEN, {**asked, "scan": {}, "names": []})
        seen, opened = inside.result(), control.result()
    subnets = [places[name].subnet for name in (FIRST, SECOND)]
    return Trial(
        inside=seen,
        open_=opened,
        hosts=[one.removeprefix(HOST) for one in targets if one.startswith(HOST)],
        heard=[str(who) for who in listener.heard if any(who in net for net in subnets)],
        other=answers,
        frontend=engine.fetch(FIRST).status > 0,
        peer_name=names.container(engine.den.name, FIRST, 1, "peer"),
        other_name=names.container(engine.den.name, SECOND, 1, "probe"),
        also_hidden=_also_hidden(api),
    )


def _tcp(address: str) -> dict[str, Any]:
    return {"kind": "tcp", "address": address, "port": LISTENING, "path": "/", "host": "",
            "deadline": 10, "every": 0.05}  # fmt: skip


def _made(engine: DockerEngine, api: APIClient) -> dict[str, Place]:
    """The networks one after the other, for each takes the lowest free addresses; then all."""
    wanted = {FIRST: ("peer", "probe"), SECOND: ("probe",), OPEN: ("probe",)}
    places: dict[str, Place] = {}
    for name, services in wanted.items():
        subnet = addresses.free(engine.den.range, engine.observe(name).taken, len(services))
        places[name] = Place(1, subnet, "", addresses.services(subnet, services))
        if name == OPEN:
            _ordinary(engine, api, subnet)
        else:
            engine.apply(name, CreateNetwork(1, subnet, ""), lambda _: None)
    image = images.of("images/gateway", images.base().tag).tag
    with ThreadPoolExecutor(4) as pool:
        starting = [
            pool.submit(engine.apply, name, _start(service, places[name], image), lambda _: None)
            for name, services in wanted.items()
            for service in services
        ]
        for one in starting:
            one.result()
    return places


def _start(service: str, place: Place, image: str) -> StartService:
    container = Container(
        name=service,
        image=image,
        entrypoint=("python3", "-c", _LISTENS),
        command=(),
        user=f"{isolation.USER}:{isolation.USER}",
        memory=isolation.MEMORY,
        cpus=1.0,
        pids=isolation.PROCESSES,
    )
    return StartService(container, place, image)


def _ordinary(engine: DockerEngine, api: APIClient, subnet: IPv4Network) -> None:
    """A bridge as the engine makes it when nobody asks for more."""
    from docker.types import IPAMConfig, IPAMPool

    den = engine.den
    install = gateway.install(api, den) or ""
    owner = Owner(den.name, install, clock.now(), kind="probe", sandbox=OPEN, generation=1)
    pool = IPAMPool(subnet=str(subnet), gateway=str(addresses.bridge(subnet)))
    with in_our_words("making an ordinary network"):
        api.create_network(
            names.network(den.name, OPEN, 1),
            driver="bridge",
            ipam=IPAMConfig(pool_configs=[pool]),
            labels=owner.labels(),
        )


def _targets(
    engine: DockerEngine, api: APIClient, places: Mapping[str, Place], listener: Listener
) -> dict[str, tuple[str, int]]:
    """What is tried, by name."""
    bridges = dict(zip((*BRIDGES, ORDINARY), (FIRST, SECOND, OPEN), strict=True))
    ways = {name: str(addresses.bridge(places[one].subnet)) for name, one in bridges.items()}
    if listener.port:
        ways |= {
            str(one): str(one) for one in machine.own_addresses() if str(one) not in ways.values()
        }
    port = listener.port or engine.den.gateway.port
    found = {f"{HOST}{name}": (address, port) for name, address in ways.items()}
    if router := machine.router() if listener.port else None:
        found["this network's router"] = (str(router), 80)
    gate = api.inspect_container(door.name(engine.den))["NetworkSettings"]["Networks"]
    edge = gate[f"{engine.den.name}-edge"]["IPAddress"]
    return found | {
        isolation.PEER: (places[FIRST].addresses["peer"], LISTENING),
        isolation.OTHER: (places[SECOND].addresses["probe"], LISTENING),
        "another's gateway": (str(addresses.gateway(places[SECOND].subnet)), gateway.INSIDE),
        "gateway's frontend": (edge, gateway.INSIDE),
        "metadata address": ("169.254.169.254", 80),
        isolation.OUTSIDE: ("192.0.2.1", 443),
    }


def _asked(
    engine: DockerEngine, places: Mapping[str, Place], targets: Mapping[str, tuple[str, int]]
) -> dict[str, Any]:
    own = places[FIRST]
    other = names.container(engine.den.name, SECOND, 1, "probe")
    peer = names.container(engine.den.name, FIRST, 1, "peer")
    return {
        "reach": targets,
        "scan": {"gateway": str(addresses.gateway(own.subnet)), "peer": own.addresses["peer"]},
        "names": [isolation.PEER, peer, other, "host.docker.internal", _ABSENT],
        "masked": means.MASKED,
    }


def _sight(engine: DockerEngine, sandbox: str, asked: Mapping[str, Any]) -> Sight:
    program = Path(within.__file__).read_bytes()
    answer = engine.run(sandbox, "probe", ["python3", "-", json.dumps(asked)], program)
    if answer.status:
        said = answer.output.decode(errors="replace").strip().splitlines()[-1:]
        raise SandboxError(
            f"a probe ended with {answer.status}: {''.join(said)}",
            hint="Run it again; if it stays so, the engine's log says more.",
            code="DEN903",
        )
    return Sight.model_validate_json(answer.output)


def _also_hidden(api: APIClient) -> Sequence[str]:
    """What this engine would hide, had nobody given it a list; never started."""
    image = images.of("images/gateway", images.base().tag).tag
    with in_our_words("asking what the engine hides"):
        with unstarted(api, image, "hidden") as made:
            own = api.inspect_container(made)["HostConfig"].get("MaskedPaths") or ()
        processors = int(api.info()["NCPU"])
    return sorted(set(own) - set(means.Means(processors=processors).masked()))


def _sweep(engine: DockerEngine) -> None:
    for name in (FIRST, SECOND, OPEN):
        for number, generation in engine.observe(name).generations.items():
            with ThreadPoolExecutor(4) as pool:
                going = [
                    pool.submit(engine.apply, name, RemoveService(number, one), lambda _: None)
                    for one in generation.services
                ]
            for one in going:
                one.result()
            engine.apply(name, RemoveNetwork(number), lambda _: None)
