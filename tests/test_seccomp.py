"""The profile as data: what is in it, what is not, and that the engine's JSON can be read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandboxctl.engine import seccomp

PROFILE: dict[str, Any] = json.loads(seccomp.profile())
ALLOW = [rule for rule in PROFILE["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW"]

NEVER = (
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "add_key", "keyctl", "request_key"),
    *("userfaultfd", "bpf", "perf_event_open", "ptrace", "process_vm_readv", "process_vm_writev"),
    *("mount", "umount", "umount2", "move_mount", "open_tree", "fsopen", "fsmount", "fsconfig"),
    *("fspick", "mount_setattr", "pivot_root", "unshare", "setns", "kexec_load", "kexec_file_load"),
    *("open_by_handle_at", "name_to_handle_at", "init_module", "finit_module", "delete_module"),
    *("clone3", "socketcall", "kcmp", "pidfd_getfd", "process_madvise", "syslog", "acct", "reboot"),
    *("swapon", "swapoff", "quotactl", "sethostname", "setdomainname", "settimeofday", "stime"),
    *("clock_settime", "iopl", "ioperm", "modify_ldt", "lookup_dcookie", "fanotify_init", "chroot"),
    *("vhangup", "nfsservctl", "uselib", "vm86", "memfd_secret", "_sysctl", "sysfs", "ustat"),
)


def rules(name: str) -> list[dict[str, Any]]:
    return [rule for rule in ALLOW if name in rule["names"]]


@pytest.mark.parametrize("name", NEVER)
def test_it_is_never_allowed(name: str) -> None:
    assert rules(name) == []


@pytest.mark.parametrize("name", ["socket", "socketpair", "personality", "clone"])
def test_it_is_allowed_with_some_arguments_only(name: str) -> None:
    assert rules(name)
    assert all(rule["args"] for rule in rules(name))


def test_only_four_families_of_sockets() -> None:
    families = {arg["value"] for r in rules("socket") for arg in r["args"] if arg["index"] == 0}
    assert families == {1, 2, 10, 16}
    assert all(arg["op"] == "SCMP_CMP_EQ" for r in rules("socket") for arg in r["args"][:1])


def test_the_rest_is_refused_and_clone3_is_not_there() -> None:
    assert PROFILE["defaultAction"] == "SCMP_ACT_ERRNO"
    (clone3,) = [rule for rule in PROFILE["syscalls"] if "clone3" in rule["names"]]
    assert (clone3["action"], clone3["errnoRet"]) == ("SCMP_ACT_ERRNO", 38)


def test_no_namespace_by_clone() -> None:
    kinds = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
    for rule in rules("clone"):
        (flags,) = rule["args"]
        assert (flags["op"], flags["valueTwo"]) == ("SCMP_CMP_MASKED_EQ", 0)
        assert all(flags["value"] & kind for kind in kinds)


def test_every_machine_has_its_32_bit_calls_but_x32() -> None:
    machines = {one["architecture"]: one["subArchitectures"] for one in PROFILE["archMap"]}
    assert machines["SCMP_ARCH_X86_64"] == ["SCMP_ARCH_X86"]
    assert machines["SCMP_ARCH_AARCH64"] == ["SCMP_ARCH_ARM"]


def test_no_call_stands_twice() -> None:
    texts = (seccomp._FILES, seccomp._WAITING, seccomp._MEMORY, seccomp._PROCESSES)
    names = "".join((*texts, seccomp._TIME, seccomp._TALKING)).split()
    assert len(names) == len(set(names))
