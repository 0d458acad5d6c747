"""What an exception would mean, in plain words, for whoever has to decide about it."""

from __future__ import annotations

from sandboxctl.blueprint.capabilities import GRANTABLE
from sandboxctl.blueprint.egress_hosts import split
from sandboxctl.blueprint.exceptions import Asked

KINDS = {
    "root": "It runs as root inside its container: a hole in the kernel would make it root on the "
    "host.",
    "writable_root": "It may change its own programs and fill the disk; what breaks into it stays "
    "until the next reset.",
    "run": "Commands of the supplier run while its image is built, as root and less confined than "
    "a service.",
    "cap": "A right of the kernel that no other service has",
    "egress": "It may send anything that it knows, and fetch programs",
    "mem_limit": "It may take more memory than others, which then have less",
    "cpus": "It may keep more cores busy than others, which become slower meanwhile",
    "pids_limit": "It may start more processes than others, which can slow the whole machine",
}
"""A sentence for each kind; those without a full stop go on with what is asked for."""


def risk(asked: Asked) -> str:
    """One sentence: what the prototype could do with it."""
    begins = KINDS[asked.kind]
    match asked.kind:
        case "cap":
            return f"{begins}: {GRANTABLE[asked.value]}."
        case "egress":
            return f"{begins}: from and to {':'.join(split(asked.value))}."
        case "mem_limit" | "cpus" | "pids_limit":
            return f"{begins}: up to {asked.value}."
        case _:
            return begins
