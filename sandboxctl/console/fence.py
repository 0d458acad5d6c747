"""A process that shows pages accepts connections and makes none: the engine's socket lies beside it
on the disk, and with this it cannot be reached, by nothing that the process starts either.

A seccomp filter in classic BPF, see seccomp(2) and linux/filter.h. No socket can be made, so that
nothing is sent either by ways that need no `connect`; what is accepted needs none. Refused as well
are the ways around that: other programs' memory and descriptors, and io_uring, which makes calls
that no filter sees. Who shows pages still is the user that it is: what lies in that user's files is
not behind this fence.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys
from collections.abc import Sequence

_NO_NEW_PRIVS, _SECCOMP, _FILTER = 38, 22, 2
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_NUMBER, _MACHINE = 0, 4
"""Where both are in `struct seccomp_data`."""
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_FOREIGN = 0x40000000
"""From here on the numbers of x86-64 are those of x32, which has the same calls once more."""
CALLS = {
    "x86_64": (
        0xC000003E,
        {
            "socket": 41,
            "connect": 42,
            "ptrace": 101,
            "process_vm_readv": 310,
            "process_vm_writev": 311,
            "io_uring_setup": 425,
            "pidfd_getfd": 438,
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "ptrace": 117,
            "socket": 198,
            "connect": 203,
            "process_vm_readv": 270,
            "process_vm_writev": 271,
            "io_uring_setup": 425,
            "pidfd_getfd": 438,
        },
    ),
}
"""By machine: its AUDIT_ARCH, and the numbers of what is refused; from linux/audit.h and the
tables of system calls."""


def is_known() -> bool:
    """Whether the numbers of this system's calls are: on Linux, for the machines of `CALLS`."""
    return sys.platform == "linux" and os.uname().machine in CALLS


def close() -> bool:
    """For this thread, and all that it starts from now on. False where there is no such fence:
    on another system or machine, or where the kernel has no filters."""
    if not is_known():
        return False
    machine, calls = CALLS[os.uname().machine]
    program = ctypes.create_string_buffer(b"".join(_program(machine, sorted(calls.values()))))
    told = ctypes.create_string_buffer(
        struct.pack("HP", len(program.raw) // 8, ctypes.addressof(program))
    )
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    done = prctl(_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
    return bool(done and prctl(_SECCOMP, _FILTER, ctypes.addressof(told), 0, 0) == 0)


def _program(machine: int, calls: Sequence[int]) -> list[bytes]:
    """Other machines' calls have other numbers, so they are refused whatever they are."""
    refuse = len(calls) + 5
    return [
        _line(_LOAD, _MACHINE),
        _line(_EQUAL, machine, 0, refuse - 2),
        _line(_LOAD, _NUMBER),
        _line(_AT_LEAST, _FOREIGN, refuse - 4, 0),
        *(_line(_EQUAL, one, refuse - at - 1, 0) for at, one in enumerate(calls, 4)),
        _line(_RETURN, _ALLOW),
        _line(_RETURN, _REFUSE),
    ]


def _line(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    """One `struct sock_filter`; jumps count lines from the next one."""
    return struct.pack("HBBI", code, if_so, if_not, value)
