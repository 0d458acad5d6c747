"""`doctor --isolation`, the verdicts: what is seen is a hole; without a control it is no proof."""

from __future__ import annotations

from typing import Any

import pytest

from sandboxctl.lifecycle import machine
from sandboxctl.lifecycle.doctor import Check
from sandboxctl.lifecycle.isolation import BRIDGES, HOST, ORDINARY, Sight, Trial, checks

HOSTS = (*BRIDGES, ORDINARY, "192.0.2.7")
PLACES = (
    *("another sandbox", "another's gateway", "gateway's frontend", "metadata address"),
    *("this network's router", "internet"),
)
GOOD: dict[str, Any] = {
    "status": {
        "CapEff": "0" * 16,
        "CapBnd": "0" * 16,
        "NoNewPrivs": "1",
        "Seccomp": "2",
        "Uid": "10001\t10001\t10001\t10001",
        "Gid": "10001\t10001\t10001\t10001",
    },
    "limits": {"memory": str(64 * 1024**2), "processes": "64"},
    "mounts": dict.fromkeys(("/tmp", "/run"), "rw,nosuid,nodev,noexec,relatime"),
    "root": "EROFS",
    "refused": {"bpf": "EPERM", "clone3": "ENOSYS"},
    "usual": {"AF_INET": "done"},
    "reach": {f"{HOST}{name}": False for name in HOSTS}
    | dict.fromkeys(PLACES, False)
    | {"peer": True},
    "names": {"peer": True, "den-peer": True, "den-other": False},
    "resolver": {"peer": False, "den-peer": True, "den-other": False},
    "scan": {"gateway": [], "peer": [8000]},
}
CONTROL = {
    "reach": {f"{HOST}{ORDINARY}": True, f"{HOST}192.0.2.7": True},
    "hops": ["10.1.0.1"],
}


def found(control: dict[str, Any] = CONTROL, **inside: Any) -> dict[str, Check]:
    trial = _trial(control, inside)
    return {check.name: check for check in checks(trial)}


def _trial(control: dict[str, Any], inside: dict[str, Any], **more: Any) -> Trial:
    known: dict[str, Any] = {
        "hosts": HOSTS, "other": True, "frontend": True, "peer_name": "den-peer",
        "other_name": "den-other", **more,
    }  # fmt: skip
    return Trial(
        inside=Sight.model_validate({**GOOD, **inside}),
        open_=Sight.model_validate(control),
        **known,
    )


def reached(name: str) -> dict[str, bool]:
    return {**GOOD["reach"], name: True}


def test_where_all_holds_all_is_ok() -> None:
    assert {name: one for name, one in found().items() if one.verdict != "OK"} == {}


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("its own peer", {"reach": {**GOOD["reach"], "peer": False}}),
        ("the host by 192.0.2.7", {"reach": reached(f"{HOST}192.0.2.7")}),
        ("the host by its bridge", {"reach": reached(f"{HOST}its bridge")}),
        ("another sandbox", {"reach": reached("another sandbox")}),
        ("another's gateway leg", {"reach": reached("another's gateway")}),
        ("the gateway's frontend", {"reach": reached("gateway's frontend")}),
        ("the gateway's ports", {"scan": {"gateway": [9000], "peer": [8000]}}),
        ("a way out", {"hops": ["10.1.0.1"]}),
        ("metadata address", {"reach": reached("metadata address")}),
        ("internet", {"reach": reached("internet")}),
        ("IPv6", {"six": ["fe80 eth0"]}),
        ("names", {"names": {"peer": True, "outside": True}}),
        ("names", {"names": {"peer": False}}),
        ("the engine's resolver", {"resolver": {"den-other": True}}),
        ("capabilities", {"status": {**GOOD["status"], "CapEff": "00000000a80425fb"}}),
        ("no new privileges", {"status": {**GOOD["status"], "NoNewPrivs": "0"}}),
        ("system calls filtered", {"status": {}}),
        ("user", {"status": {**GOOD["status"], "Uid": "0 0 0 0"}}),
        ("dangerous calls", {"refused": {"bpf": "EINVAL"}}),
        ("dangerous calls", {"refused": {}}),
        ("calls that programs need", {"usual": {"AF_INET": "EPERM"}}),
        ("root folder", {"root": "done"}),
        ("memory limit", {"limits": {"processes": "64"}}),
        ("process limit", {"limits": {"processes": "max"}}),
        ("scratch folders", {"mounts": {"/tmp": "rw", "/run": "rw,nosuid,nodev,noexec"}}),
        ("hidden files", {"readable": ["/proc/kcore"]}),
    ],
)
def test_a_hole_is_told(name: str, inside: dict[str, Any]) -> None:
    check = found(**inside)[name]
    assert check.verdict == "FAILED"
    assert "DEN903" in check.mend


def test_without_its_control_nothing_is_proved() -> None:
    trial = _trial({}, {"scan": {}}, other=False, frontend=False)
    unproved = {one.name for one in checks(trial) if one.verdict == "ATTENTION"}
    assert unproved == {
        *(f"the host by {name}" for name in HOSTS),
        *("another sandbox", "another's gateway leg", "the gateway's frontend", "a way out"),
        *("the gateway's ports", "metadata address", "this network's router", "internet"),
    }


def test_the_host_has_the_last_word() -> None:
    named = {one.name: one for one in checks(_trial(CONTROL, {}, heard=["10.1.0.3"]))}
    assert named["the host's own listener"].what == "heard 10.1.0.3"
    assert named["the host's own listener"].verdict == "FAILED"


def test_an_engine_that_hides_more_is_told() -> None:
    named = {one.name: one for one in checks(_trial(CONTROL, {}, also_hidden=["/proc/new"]))}
    assert named["hidden files of this engine"].verdict == "ATTENTION"


def test_a_silent_resolver_is_as_good() -> None:
    assert found(resolver={})["the engine's resolver"].what == "answers for nobody"


TRIE = """\
Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 192.0.2.7
        /32 host LOCAL
     |-- 127.0.0.1
        /32 host LOCAL
     |-- 192.0.2.255
        /32 link BROADCAST
"""


def test_every_address_of_this_machine(tmp_path: Any) -> None:
    table = tmp_path / "fib_trie"
    assert machine.own_addresses(table) == ()
    table.write_text(TRIE)
    assert [str(one) for one in machine.own_addresses(table)] == ["192.0.2.7"]


def test_where_this_machine_sends_the_rest(tmp_path: Any) -> None:
    table = tmp_path / "route"
    assert machine.router(table) is None
    table.write_text("Iface Destination Gateway\neth0 00000000 010200C0 0003 0 0 0 00000000\n")
    assert str(machine.router(table)) in ("192.0.2.1", "1.2.0.192")
