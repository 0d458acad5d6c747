"""Settings of the gateway that change while sandboxes run: `enter` brings them into force."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import docker
import pytest
from cryptography import x509

from sandboxctl.engine import door, gateway
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import EngineError
from tests import dens, pipeline, prototypes
from tests.engines import hops

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def den(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[DockerEngine, docker.APIClient]]:
    """Two sandboxes with a page, as a command left them."""
    engine, api = dens.opened()
    page = prototypes.written(tmp_path_factory.mktemp("page"), prototypes.page())
    try:
        for name in ("one", "two"):
            pipeline.up(engine, page, name)
        yield engine, api
    finally:
        dens.closed(DockerEngine(engine.den, dens.engine_url()), api)


@contextlib.contextmanager
def entered(
    den: tuple[DockerEngine, docker.APIClient], said: list[str], **other: Any
) -> Iterator[DockerEngine]:
    """A command of somebody whose settings of the gateway are others; the first den's after it."""
    first = den[0]
    first.close()
    gate = type(first.den.gateway).model_validate({**first.den.gateway.model_dump(), **other})
    engine = DockerEngine(first.den.model_copy(update={"gateway": gate}), dens.engine_url())
    engine.enter(said.append)
    yield engine
    engine.close()
    back = DockerEngine(first.den, dens.engine_url())
    back.enter(lambda _: None)
    assert back.fetch("one").status == 200
    back.close()


def asked(engine: DockerEngine, sandbox: str, port: int) -> int:
    """The status of a page, as a browser without the key gets it from a port of this machine."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=9)
    with contextlib.closing(connection):
        connection.request("GET", "/", headers={"Host": engine.den.host(sandbox)})
        return connection.getresponse().status


def test_the_same_settings_change_nothing(den: tuple[DockerEngine, docker.APIClient]) -> None:
    api, name = den[1], gateway.name(den[0].den)
    before, said = api.inspect_container(name)["Id"], list[str]()
    with entered(den, said):
        assert api.inspect_container(name)["Id"] == before
    assert said == []


def test_another_port_is_published(den: tuple[DockerEngine, docker.APIClient]) -> None:
    port, said = dens.free_port(), list[str]()
    with entered(den, said, port=port) as engine:
        assert asked(engine, "one", port) == 404, "it answers, and asks for a key"
        with pytest.raises(ConnectionRefusedError):
            asked(engine, "one", den[0].den.gateway.port)
        assert [engine.fetch(name).target for name in ("one", "two")] == ["one/1", "two/1"]
    assert said == ["putting another gateway in the place of the one that runs"]


def test_sandboxes_that_run_are_given_ports(den: tuple[DockerEngine, docker.APIClient]) -> None:
    said: list[str] = []
    with entered(den, said, ports=1, port=dens.free_port()) as engine:
        records = {name: engine.observe(name).record for name in ("one", "two")}
        slots = {name: record and record.slot for name, record in records.items()}
        assert sorted(slots.values(), key=str) == [1, None], "there is one, for one of them"
        has = next(name for name, slot in slots.items() if slot)
        assert engine.fetch(has).target == f"{has}/1"
        assert asked(engine, has, engine.den.gateway.port + 1) == 404


def test_another_domain_leads_to_what_runs(den: tuple[DockerEngine, docker.APIClient]) -> None:
    with entered(den, [], domain="other.localhost") as engine:
        assert engine.fetch("one").target == "one/1"


def test_a_certificate_makes_it_https(
    den: tuple[DockerEngine, docker.APIClient], tmp_path: Path
) -> None:
    pem = tmp_path / "den.pem"
    pem.write_bytes(hops.self_signed(x509.DNSName("*.test.localhost")))
    stood = den[1].inspect_container(door.name(den[0].den))["Id"]
    with entered(den, [], tls=str(pem)) as engine:
        assert engine.fetch("one").status == 200
        with pytest.raises((http.client.HTTPException, OSError)):
            asked(engine, "one", engine.den.gateway.port)
        assert den[1].inspect_container(door.name(den[0].den))["Id"] == stood


def test_a_port_of_somebody_else_leaves_all_as_it_was(
    den: tuple[DockerEngine, docker.APIClient],
) -> None:
    first, api = den
    port = dens.free_port()
    other = api.create_host_config(port_bindings={9: ("127.0.0.1", port)})
    image = api.inspect_container(gateway.name(first.den))["Config"]["Image"]
    holder = api.create_container(
        image, entrypoint=["sleep", "60"], ports=[9], host_config=other, user="10100"
    )
    try:
        api.start(holder["Id"])
        with (
            pytest.raises(EngineError, match=f"port {port} on 127.0.0.1 is taken"),
            entered(den, [], port=port),
        ):
            pass
    finally:
        api.remove_container(holder["Id"], force=True)
    again = DockerEngine(first.den, dens.engine_url())
    again.enter(lambda _: None)
    assert asked(again, "one", first.den.gateway.port) == 404
    assert again.fetch("one").status == 200
    again.close()


def test_another_range_does_not_open_the_gateway_to_those_of_the_old_one(
    den: tuple[DockerEngine, docker.APIClient],
) -> None:
    first, api = den
    first.close()
    other = next(
        net for net in dens.POOL.subnets(new_prefix=20) if not net.overlaps(first.den.range)
    )
    assert isinstance(other, IPv4Network)
    engine = DockerEngine(first.den.model_copy(update={"range": other}), dens.engine_url())
    engine.enter(lambda _: None)
    told = api.inspect_container(gateway.name(first.den))["Config"]["Env"]
    ranges = next(one for one in told if one.startswith("DEN_RANGE=")).removeprefix("DEN_RANGE=")
    live = [engine.observe(name).live for name in ("one", "two")]
    subnets = [str(one and one.subnet) for one in live]
    assert set(ranges.split()) == {str(other), *subnets}
    probe = (
        "import http.client; c = http.client.HTTPConnection('{}', 8080, timeout=3); "
        "c.request('GET', '/'); c.getresponse()"
    )
    stands = api.inspect_container(door.name(first.den))["NetworkSettings"]["Networks"]
    edge = stands[f"{first.den.name}-edge"]["IPAddress"]
    tried = engine.run("one", "web", ["python3", "-c", probe.format(edge)])
    assert tried.status != 0
    assert engine.fetch("one").status == 200
    engine.close()
    back = DockerEngine(first.den, dens.engine_url())
    back.enter(lambda _: None)
    back.close()
