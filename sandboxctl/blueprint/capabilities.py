"""Linux capabilities: the few that can be granted with what each means, and why no other is.

Source: capabilities(7).
"""

from __future__ import annotations

GRANTABLE = {
    "CHOWN": "it may give files inside it to any user",
    "SETUID": "it may become any user inside it, root too",
    "SETGID": "it may join any group inside it",
    "FOWNER": "it may change rights of files inside it that are not its own",
    "DAC_OVERRIDE": "it may read and write every file inside it, whoever owns it",
    "NET_BIND_SERVICE": "it may listen on ports below 1024 inside its own network",
    "KILL": "it may end any process inside it",
}
"""What each lets a service do; all of them reach no further than its own container."""

_FAMILIES = (
    ("SYS_MODULE", "it loads programs into the kernel of the host"),
    ("SYS_PTRACE", "it reads and changes other processes"),
    ("SYS_RAWIO", "it reaches the memory and disks of the host"),
    ("SYS_", "it is administration of the host: mounts, clocks, limits, restarts"),
    ("SYSLOG", "it reads what the kernel of the host says, addresses too"),
    ("NET_ADMIN", "it changes addresses, routes and firewalls, and so leaves its network"),
    ("NET_RAW", "it forges packets, so it can pass for its neighbours and for the gateway"),
    ("NET_BROADCAST", "it speaks to every machine of a network at once"),
    ("DAC_READ_SEARCH", "with it containers have opened files of the host by their number"),
    ("MKNOD", "it makes devices, and a disk of the host is one"),
    ("BPF", "it runs programs in the kernel of the host"),
    ("PERFMON", "it watches what other processes and the kernel do"),
    ("CHECKPOINT_RESTORE", "it takes processes apart and puts them together otherwise"),
    ("SETPCAP", "it hands out capabilities, those that nobody granted too"),
    ("SETFCAP", "it writes capabilities into files, for whoever starts them"),
    ("MAC_", "it switches off the profiles that confine every container"),
    ("AUDIT_", "it reads and forges the records of the host"),
    ("LINUX_IMMUTABLE", "it makes files that nobody can remove"),
    ("IPC_", "it takes memory that no limit counts, or that belongs to others"),
    ("LEASE", "it holds up whoever opens a file"),
    ("BLOCK_SUSPEND", "it keeps the host awake"),
    ("WAKE_ALARM", "it wakes the host"),
    ("ALL", "it is all of them: nothing would keep the prototype in"),
)


def bare(text: str) -> str:
    """``CHOWN`` for ``cap:CAP_CHOWN``, ``chown`` and every other way in which it is written."""
    name = text.strip().upper()
    for before in ("CAP_ADD:", "CAPABILITY:", "CAP:"):
        name = name.removeprefix(before)
    return name.strip().removeprefix("CAP_")


def never(name: str) -> str:
    """Why a capability is never granted; empty for one that can be, or that does not exist."""
    if name in GRANTABLE:
        return ""
    return next((why for family, why in _FAMILIES if _is_of(name, family)), "")


def _is_of(name: str, family: str) -> bool:
    return name == family or (family.endswith("_") and name.startswith(family))
