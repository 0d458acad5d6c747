"""Who may come in: what HAProxy has to know of it, worked out from what is decided.

``keys.map``  digest of a whole cookie, ``den_demo=<key>`` → sandbox; no key is in it
``ways.map``  host → the sandbox's next host, where a visitor with the key gets the next cookie
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from itertools import pairwise
from typing import Any


def digest(sandbox: str, key: str) -> str:
    """As HAProxy's ``sha2(256),hex`` writes it; a key that opens one sandbox opens no other."""
    return hashlib.sha256(f"den_{sandbox}={key}".encode()).hexdigest().upper()


def digests(records: Mapping[str, Any]) -> dict[str, str]:
    """Digest → sandbox. Nobody comes into a sandbox whose record has no key."""
    return {
        digest(sandbox, record["key"]): sandbox
        for sandbox, record in records.items()
        if record.get("key")
    }


def ways(hosts: Mapping[str, str]) -> dict[str, str]:
    """From each sandbox's own host to those of its public services, one after the other.

    A port of a room without DNS is no host, and leads nowhere: names may not be known there.
    """
    found: dict[str, str] = {}
    named = [(host, target.split("/")) for host, target in hosts.items() if host[:1] != ":"]
    for sandbox in {target[0] for _, target in named}:
        mine = sorted((len(target) > 2, host) for host, target in named if target[0] == sandbox)
        found |= {here: onward for (_, here), (_, onward) in pairwise(mine)}
    return found
