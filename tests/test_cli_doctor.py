"""`doctor`: facts become verdicts, and verdicts an exit code."""

from __future__ import annotations

import contextlib
import json
import os
import random
import socket
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from sandboxctl.cli import room as serving
from sandboxctl.cli.session import Session
from sandboxctl.engine import facts as engine_facts
from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.lifecycle import doctor, machine, room
from sandboxctl.lifecycle.doctor import Check, EngineFacts, MachineFacts
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.den import Den, GatewaySettings
from tests.cli import process, sandboxctl

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ENGINE = EngineFacts(
    url="",
    version="20.10.24",
    api="1.41",
    storage="overlay2",
    folder="/var/lib/docker",
    memory=8 * doctor.GIBIBYTE,
    cpus=4,
    cgroup="2",
    security=("name=seccomp,profile=default", "name=apparmor"),
    warnings=(),
    time=NOON,
    base=True,
)
MACHINE = MachineFacts(time=NOON, reflinks=True, programs=frozenset({"mmdebstrap"}))
ROOM = Den(gateway=GatewaySettings(bind=IPv4Address("192.0.2.7"), insecure_room=True))


@pytest.fixture(autouse=True)
def _den(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def verdicts(engine: EngineFacts = ENGINE, here: MachineFacts = MACHINE) -> dict[str, Check]:
    return {check.name: check for check in doctor.checks(Den(), engine, here)}


def test_a_good_machine_is_all_ok() -> None:
    found = verdicts()
    assert {check.verdict for check in found.values()} == {"OK"}
    assert doctor.exit_code(list(found.values())) == 0


def test_a_runtime_that_the_den_wants_has_to_be_there() -> None:
    den = Den(runtime="runsc")
    without, with_it = (
        {one.name: one for one in doctor.checks(den, replace(ENGINE, runtimes=has), MACHINE)}
        for has in (("runc",), ("runc", "runsc"))
    )
    assert without["runtime"].verdict == "FAILED"
    assert "unset runtime" in without["runtime"].mend
    assert with_it["runtime"].verdict == "OK"


@pytest.mark.parametrize(
    ("engine", "here", "name", "verdict", "said"),
    [
        ({"api": "1.40"}, {}, "version", "FAILED", "1.41 (Engine 20.10) is the oldest"),
        ({"memory": doctor.GIBIBYTE}, {}, "memory and processors", "ATTENTION", "1.0 GiB"),
        ({"time": NOON + timedelta(hours=1)}, {}, "clock", "ATTENTION", "3600 s off"),
        ({"security": ("name=apparmor",)}, {}, "seccomp", "FAILED", "without it"),
        ({"security": ("name=seccomp",)}, {}, "AppArmor or SELinux", "ATTENTION", "one layer less"),
        (
            {"warnings": ("WARNING: No swap limit support",)},
            {},
            "the engine warns",
            "ATTENTION",
            "swap",
        ),
        ({"networks": (IPv4Network("10.213.4.0/24"),)}, {}, "address range", "FAILED", "overlaps"),
        ({"strangers": ("container den-x",)}, {}, "look-alikes", "ATTENTION", "container den-x"),
        ({"runtimes": ("runc", "runsc")}, {}, "runtime", "OK", "runsc (gVisor) is there"),
        ({}, {"routes": (IPv4Network("10.0.0.0/8"),)}, "address range", "FAILED", "10.0.0.0/8"),
        ({}, {"reflinks": False}, "storage", "ATTENTION", "no reflinks"),
        ({}, {"reflinks": None}, "storage", "OK", "not visible from here"),
        ({}, {"port_taken": "Address already in use"}, "port", "FAILED", "already in use"),
        ({"missing": ("sandboxctl/redis:0",)}, {}, "images", "ATTENTION", "not made yet: redis"),
    ],
)
def test_what_is_wrong_is_named_with_what_mends_it(
    engine: dict[str, object], here: dict[str, object], name: str, verdict: str, said: str
) -> None:
    check = verdicts(replace(ENGINE, **engine), replace(MACHINE, **here))[name]  # type: ignore[arg-type]
    assert check.verdict == verdict
    assert said in check.what
    assert bool(check.mend) == (verdict != "OK")


def test_own_networks_and_the_own_gateway_are_no_conflict() -> None:
    mine = IPv4Network("10.213.0.0/29")
    engine = replace(ENGINE, own=(mine,), gateway=True)
    found = verdicts(engine, replace(MACHINE, routes=(mine,), port_taken="in use"))
    assert {found["address range"].verdict, found["port"].verdict} == {"OK"}


def test_of_a_remote_engine_nothing_is_said_that_cannot_be_seen() -> None:
    here = replace(
        MACHINE, routes=(IPv4Network("10.0.0.0/8"),), port_taken="in use", reflinks=False
    )
    found = verdicts(replace(ENGINE, url="ssh://den.example"), here)
    assert {check.verdict for check in found.values()} == {"OK"}
    assert "not visible" in found["storage"].what


@pytest.mark.parametrize(
    ("programs", "base", "registry", "verdict"),
    [
        (frozenset({"mmdebstrap"}), False, "", "OK"),
        (frozenset[str](), True, "", "OK"),
        (frozenset[str](), False, "mirror.example", "OK"),
        (frozenset[str](), False, "", "ATTENTION"),
    ],
)
def test_where_the_base_image_will_come_from(
    programs: frozenset[str], base: bool, registry: str, verdict: str
) -> None:
    den = Den.model_validate({"images": {"registry": registry}})
    engine = replace(ENGINE, missing=("sandboxctl/base:0",), base=base)
    found = doctor.checks(den, engine, replace(MACHINE, programs=programs))
    assert next(c for c in found if c.name == "base image").verdict == verdict


def test_the_exit_code_is_that_of_the_first_failure() -> None:
    away = doctor.engine_away(EngineError("nobody answers", hint="start it"))
    failed = Check("port", "FAILED", "taken", "another")
    assert doctor.exit_code([Check("a", "ATTENTION", "b"), away, failed]) == 4
    assert doctor.exit_code([failed, away]) == 1


def test_no_engine_is_4_and_says_what_helps(tmp_path: Path) -> None:
    with process("--json", "doctor", "-H", f"unix://{tmp_path}/nothing.sock") as running:
        (check,) = json.loads(running.communicate(timeout=30)[0])
    assert running.returncode == 4
    assert check["verdict"] == "FAILED"
    assert "sandboxctl demo" in check["mend"]


def test_a_den_in_memory_will_do() -> None:
    assert sandboxctl("doctor").exit_code == 0


def test_routes_as_the_kernel_prints_them(tmp_path: Path) -> None:
    table = tmp_path / "route"
    table.write_text(
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
    )
    assert machine.routes(table) == (IPv4Network("192.0.2.0/24"),)
    assert machine.routes(tmp_path / "none") == ()


def test_a_port_that_somebody_has_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert machine.taken(IPv4Address("127.0.0.1"), port) == os.strerror(98)
    assert machine.taken(IPv4Address("127.0.0.1"), port) == ""


def test_reflinks_are_seen_where_they_can_be(tmp_path: Path) -> None:
    assert machine.reflinks(Path("/nowhere/at/all")) is None
    assert machine.reflinks(Path("/proc")) is False
    can = _clones(tmp_path)
    assert machine.reflinks(tmp_path) in ({can} if can else {can, None})


def _clones(folder: Path) -> bool:
    """Whether the kernel really clones a file there: FICLONE, linux/fs.h."""
    import fcntl

    (folder / "one").write_bytes(b"x" * 4096)
    one, two = (folder / "one").open("rb"), (folder / "two").open("wb")
    with one, two, contextlib.suppress(OSError):
        fcntl.ioctl(two, 0x40049409, one.fileno())
        return True
    return False


def test_what_an_engine_says_is_read_into_facts() -> None:
    info = {
        "Driver": "overlay2",
        "DockerRootDir": "/var/lib/docker",
        "MemTotal": 1,
        "NCPU": 2,
        "SecurityOptions": None,
        "Warnings": None,
        "SystemTime": "2026-03-02T12:00:00.123456789+00:00",
    }
    networks: list[dict[str, Any]] = [
        {"Labels": {labels.DEN: "den"}, "IPAM": {"Config": [{"Subnet": "10.213.0.0/29"}]}},
        {
            "Labels": None,
            "IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}, {"Subnet": "fd00::/64"}]},
        },
        {"Labels": {}, "IPAM": {"Config": None}},
    ]
    version = {"Version": "20.10.24", "ApiVersion": "1.41"}
    found = engine_facts.told(Den(), "", info, version, networks, ["a:1"], ["a:1", "b:2"], False)
    assert found.own == (IPv4Network("10.213.0.0/29"),)
    assert found.networks == (IPv4Network("172.17.0.0/16"),)
    assert found.missing == ("b:2",)
    assert found.time == NOON
    assert found.cgroup == "1"


def in_room(den: Den, programs: frozenset[str] = frozenset()) -> dict[str, Check]:
    found = room.checks(den, {"eth0": IPv4Address("192.0.2.7")}, programs)
    return {check.name: check for check in found}


def test_a_den_for_one_laptop_is_not_a_den_for_a_room() -> None:
    found = in_room(Den())
    assert found["gateway.bind"].verdict == found["names"].verdict == "FAILED"
    assert "gateway.bind=192.0.2.7" in found["gateway.bind"].mend
    assert doctor.exit_code(list(found.values())) == 1
    assert "127.0.0.1" not in "".join(check.what + check.mend for check in found.values())


def test_a_room_with_a_domain_gets_the_line_for_dnsmasq() -> None:
    settings = ROOM.gateway.model_copy(update={"domain": "den.example"})
    found = in_room(ROOM.model_copy(update={"gateway": settings}))
    assert "address=/den.example/192.0.2.7" in found["names"].mend
    assert {check.verdict for check in found.values()} == {"OK", "ATTENTION"}


def test_a_room_without_dns_has_a_port_for_each() -> None:
    settings = ROOM.gateway.model_copy(update={"ports": 12})
    found = in_room(ROOM.model_copy(update={"gateway": settings}), frozenset({"ufw", "nft"}))
    assert found["names"].what == "no names needed: ports 8081 to 8092, one for each sandbox"
    assert found["firewall"].mend == "sudo ufw allow 8080:8092/tcp"


@pytest.mark.parametrize(
    ("program", "command"),
    [
        ("nft", "sudo nft insert rule inet filter input tcp dport 8080 accept"),
        ("firewall-cmd", "sudo firewall-cmd --add-port=8080/tcp"),
    ],
)
def test_the_firewall_that_is_there_gets_its_command(program: str, command: str) -> None:
    assert in_room(ROOM, frozenset({program}))["firewall"].mend == command


def test_a_link_needs_one_address() -> None:
    settings = ROOM.gateway.model_copy(update={"bind": IPv4Address("0.0.0.0")})
    found = in_room(ROOM.model_copy(update={"gateway": settings}))
    assert found["gateway.bind"].verdict == "ATTENTION"
    assert room.checks(ROOM, {}, ())[0].verdict == "FAILED"


def test_a_page_is_served_to_try_from_a_phone() -> None:
    port = free_ports(2)
    sandboxctl("den", "--set", f"gateway.port={port}")
    with process("doctor", "--room", "--seconds", "20") as running:
        assert running.stderr
        try:
            for text in running.stderr:
                if text.startswith("Try from a phone: "):
                    url = text.partition(": ")[2].strip()
                if text.startswith("For 20 s"):
                    break
            with urllib.request.urlopen(url, timeout=5) as answer:
                assert b"You can reach the den" in answer.read()
            assert "127.0.0.1" not in url
            assert running.stderr.readline().startswith("reached from ")
        finally:
            running.terminate()
            rest = running.stderr.read()
    assert running.returncode == 130, rest


def test_where_the_den_has_its_ports_the_page_is_after_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    port = free_ports(5)
    den = Den(gateway=GatewaySettings(port=port, ports=2))
    with contextlib.ExitStack() as taken:
        for one in (port, port + 1, port + 2, port + 3):
            taken.enter_context(socket.create_server(("", one)))
        serving.serve(Session(), den, 1)
    said = capsys.readouterr().err
    assert (
        f"Port {port} is taken, by the gateway if the den runs: the page is on {port + 4}" in said
    )
    assert f":{port + 4}/" in said


def test_no_page_takes_the_port_of_a_sandbox() -> None:
    twelve = Den(gateway=GatewaySettings(port=8080, ports=12))
    assert room.ports_to_try(twelve)[:3] == [8080, 8093, 8094]
    assert room.ports_to_try(Den())[:3] == [8080, 8081, 8082]
    assert room.ports_to_try(Den(gateway=GatewaySettings(port=65_534))) == [65_534, 65_535]


def test_where_all_are_taken_it_says_so() -> None:
    den = Den(gateway=GatewaySettings(port=65_535))
    with socket.create_server(("", 65_535)), pytest.raises(SandboxError) as caught:
        serving.serve(Session(), den, 1)
    assert "no page can be served on port 65535: Address already in" in str(caught.value)
    assert "gateway.port" not in caught.value.hint


def free_ports(number: int) -> int:
    """The first of so many that nobody has, below those that the kernel gives to clients."""
    while True:
        port = random.randrange(20_000, 32_000)
        with contextlib.suppress(OSError), contextlib.ExitStack() as there:
            for one in range(port, port + number):
                there.enter_context(socket.create_server(("", one)))
            return port
