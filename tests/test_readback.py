"""Every field that is asked for is compared: an honest engine passes, any difference is told."""

from __future__ import annotations

import copy
from collections.abc import Callable
from ipaddress import IPv4Network
from typing import Any

import pytest

from sandboxctl.engine import hardening, readback
from sandboxctl.engine.hardening import Identity
from sandboxctl.engine.means import MASKED, Means, told
from sandboxctl.errors import EngineError
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.operations import Place
from tests.recipes import NOON, container

SECRET = "correct-horse-battery"
SUBNET = IPv4Network("10.1.0.0/29")
ASKED = hardening.body(
    container("web", command=("serve",), entrypoint=("run",), working_dir="/app", secrets=("KEY",)),
    Place(1, SUBNET, "x", {"web": "10.1.0.3", "db": "10.1.0.4"}, {"KEY": SECRET}),
    Identity("web", "net", "image", "9:9", Owner("d", "i", NOON), means=Means(True, "runsc", 2)),
)

Inspected = dict[str, Any]


def honest() -> Inspected:
    """What an engine shows that did all of it, and runs it."""
    asked = copy.deepcopy(ASKED)
    config = {k: v for k, v in asked.items() if k not in ("HostConfig", "NetworkingConfig")}
    config["Env"] = [*config["Env"], "PATH=/bin"]
    config["Labels"] = {**config["Labels"], "of.the.image": "1"}
    endpoint = {"IPAMConfig": {"IPv4Address": "10.1.0.3"}, "IPAddress": "10.1.0.3"}
    return {
        "Config": config,
        "HostConfig": {**asked["HostConfig"], "Binds": None, "PortBindings": {}},
        "Mounts": [],
        "State": {"Running": True},
        "NetworkSettings": {"Networks": {"net": endpoint}, "Ports": {"80/tcp": None}},
    }


def test_an_honest_engine_passes() -> None:
    readback.check(ASKED, [], honest())
    readback.check(ASKED, ["No swap limit capabilities"], honest())
    readback.running(ASKED, honest())


def test_what_an_image_leaves_beside_our_answer_is_no_difference() -> None:
    """Times of its own check, and the name of a variable that is taken away."""
    found = honest()
    found["Config"]["Healthcheck"] = {"Test": ["NONE"], "Interval": 1_000_000_000}
    found["Config"]["Env"] = [*found["Config"]["Env"], "GONE"]
    readback.check({**ASKED, "Env": [*ASKED["Env"], "GONE"]}, [], found)


@pytest.mark.parametrize("field", sorted(ASKED["HostConfig"]))
def test_every_field_of_the_confinement_is_compared(field: str) -> None:
    found = honest()
    found["HostConfig"][field] = "else"
    with pytest.raises(EngineError, match=f"{field} is 'else'") as wrong:
        readback.check(ASKED, [], found)
    assert wrong.value.code == "DEN900"
    assert len(str(wrong.value)) < 1500
    with pytest.raises(EngineError, match=f"{field} is 'else'"):
        readback.running(ASKED, found)


NOT_COMPARED = {"Image", "Env", "Labels", "HostConfig", "NetworkingConfig", "Healthcheck"}
"""By name; those that are compared otherwise have tests of their own."""


@pytest.mark.parametrize("field", sorted(set(ASKED) - NOT_COMPARED))
def test_every_field_beside_it_is_compared(field: str) -> None:
    found = honest()
    found["Config"][field] = "else"
    with pytest.raises(EngineError, match=f"{field} is 'else'"):
        readback.check(ASKED, [], found)


def _more(field: str, value: object) -> Callable[[Inspected], None]:
    return lambda found: found["HostConfig"].update({field: value})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f["Config"].update(Env=["PATH=/bin"]), "the variable KEY is not"),
        (lambda f: f["Config"].update(Healthcheck={"Test": ["CMD", "x"]}), "Healthcheck is"),
        (lambda f: f["Config"].update(Healthcheck=None), "Healthcheck is None"),
        (lambda f: f["Config"]["Labels"].update({"org.sandboxctl.install": "j"}), "label org"),
        (lambda f: f["Config"]["Labels"].pop("org.sandboxctl.den"), "label org.sandboxctl.den"),
        (lambda f: f.update(Mounts=[{"Destination": "/srv", "Type": "bind"}]), "/srv is mounted"),
        (lambda f: f["NetworkSettings"]["Networks"].clear(), "its address"),
        (_more("PidMode", "host"), "PidMode is 'host', and nobody asked"),
        (_more("DeviceRequests", [{}]), "DeviceRequests"),
        (_more("PortBindings", {"80/tcp": [{}]}), "PortBindings"),
    ],
)
def test_what_was_added_or_lost_is_told(change: Callable[[Inspected], None], said: str) -> None:
    found = honest()
    change(found)
    with pytest.raises(EngineError, match=said) as wrong:
        readback.check(ASKED, [], found)
    assert SECRET not in str(wrong.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda f: f["NetworkSettings"]["Networks"].update(bridge={}), "on 2 networks"),
        (lambda f: f["NetworkSettings"]["Networks"]["net"].update(IPAddress="10.9.9.9"), "address"),
        (
            lambda f: f["NetworkSettings"]["Networks"]["net"].update(GlobalIPv6Address="fd00::1"),
            "IPv6",
        ),
        (
            lambda f: f["NetworkSettings"].update(Ports={"80/tcp": [{"HostPort": "80"}]}),
            "publishes",
        ),
    ],
)
def test_what_only_shows_once_it_runs(change: Callable[[Inspected], None], said: str) -> None:
    found = honest()
    change(found)
    with pytest.raises(EngineError, match=said):
        readback.running(ASKED, found)
    readback.running(ASKED, {**found, "State": {"Running": False}})


def test_only_a_proxy_is_on_the_network_that_leads_out_as_well() -> None:
    found = honest()
    found["NetworkSettings"]["Networks"]["den-egress"] = {"IPAddress": "10.2.0.9"}
    readback.check(ASKED, [], found, ("den-egress",))
    readback.running(ASKED, found, ("den-egress",))
    with pytest.raises(EngineError, match="its address"):
        readback.check(ASKED, [], found)
    with pytest.raises(EngineError, match="on 2 networks"):
        readback.running(ASKED, found)


def test_a_warning_is_an_error() -> None:
    with pytest.raises(EngineError, match="limit discarded"):
        readback.check(ASKED, ["Kernel does not support pids: limit discarded"], honest())


def test_unlimited_swap_is_taken_only_with_its_warning() -> None:
    found = honest()
    found["HostConfig"]["MemorySwap"] = -1
    words = "Your kernel does not support swap limit capabilities or the cgroup is not mounted."
    readback.check(ASKED, [words], found)
    with pytest.raises(EngineError, match="MemorySwap is -1"):
        readback.check(ASKED, [], found)


def test_a_variable_that_is_taken_away_must_be_gone() -> None:
    with pytest.raises(EngineError, match="the variable PATH is set"):
        readback.check({**ASKED, "Env": ["PATH"]}, [], honest())


def test_a_command_that_is_taken_away_must_be_gone() -> None:
    with pytest.raises(EngineError, match="Cmd is"):
        readback.check({**ASKED, "Cmd": []}, [], honest())


def test_a_gateway_publishes_what_was_meant_and_nothing_else() -> None:
    places = {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "8080"}]}
    found = honest()
    found["HostConfig"]["PortBindings"] = found["NetworkSettings"]["Ports"] = places
    readback.gateway(found)
    found["NetworkSettings"]["Ports"] = {"8080/tcp": [{"HostIp": "0.0.0.0", "HostPort": "8080"}]}
    with pytest.raises(EngineError, match="what it publishes"):
        readback.gateway(found)


CLOSED = {"com.docker.network.bridge.inhibit_ipv4": "true"}


@pytest.mark.parametrize(
    "change",
    [
        {"Internal": False},
        {"EnableIPv6": True},
        {"Driver": "macvlan"},
        {"Options": None},
        {"IPAM": {"Config": [{"Subnet": "10.9.0.0/29"}]}},
    ],
)
def test_a_network_that_leads_anywhere(change: dict[str, Any]) -> None:
    good = {"Internal": True, "EnableIPv6": False, "Driver": "bridge", "Options": CLOSED,
            "IPAM": {"Config": [{"Subnet": str(SUBNET)}]}}  # fmt: skip
    readback.network(SUBNET, CLOSED, "", good)
    with pytest.raises(EngineError, match="did not confine a network"):
        readback.network(SUBNET, CLOSED, "", {**good, **change})
    with pytest.raises(EngineError, match="cannot"):
        readback.network(SUBNET, CLOSED, "this engine cannot", good)


def test_means_are_what_the_engine_says() -> None:
    info = {"SecurityOptions": ["name=seccomp,profile=default", "name=apparmor"], "NCPU": 2,
            "Runtimes": {"runc": {}, "runsc": {}}}  # fmt: skip
    assert told(info, "runsc") == Means(True, "runsc", 2)
    assert told({**info, "SecurityOptions": None}).security() == []
    assert told(info).security() == ["apparmor=docker-default"]
    assert set(MASKED) < set(told(info).masked())
    assert "/sys/devices/system/cpu/cpu1/thermal_throttle" in told(info).masked()


def test_a_runtime_that_is_not_there_is_refused() -> None:
    with pytest.raises(EngineError, match="wants the runtime runsc") as refused:
        told({"Runtimes": {"runc": {}}}, "runsc")
    assert refused.value.code == "DEN901"
    assert ASKED["HostConfig"]["Runtime"] == "runsc"
    assert "apparmor=docker-default" in ASKED["HostConfig"]["SecurityOpt"]
