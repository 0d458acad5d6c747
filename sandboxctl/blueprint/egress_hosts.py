"""Which names a service may be let out to: exact ones of the public internet."""

from __future__ import annotations

import re

PORTS = ("443", "80")
"""The first one where none is named."""

_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_TOP = re.compile(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?")
_PRIVATE = frozenset(
    [
        "alt",
        "arpa",
        "cluster",
        "corp",
        "home",
        "host",
        "internal",
        "intranet",
        "invalid",
        "lan",
        "local",
        "localdomain",
        "localhost",
        "onion",
        "private",
        "svc",
        "workgroup",
    ]
)
"""Top-level names that belong to a building, a machine or nobody.

Source: RFC 6761, 6762, 7686, 8375 and 9476; ICANN's reserved .internal; common private usage.
"""

_METADATA = (
    "metadata.azure.com",
    "metadata.goog",
    "metadata.packet.net",
    "metadata.platformequinix.com",
    "metadata.tencentyun.com",
)
_ANYWHERE = ("localtest.me", "lvh.me", "nip.io", "sslip.io", "vcap.me", "xip.io")
"""Names that lead to whatever address stands in them, this machine's too."""


def split(value: str) -> tuple[str, str]:
    """Host and port of what stands behind ``egress:``; the port is 443 where none does."""
    host, colon, port = value.rpartition(":")
    return (host, port) if colon else (value, PORTS[0])


def refused(value: str) -> str:
    """Why nobody may be let out to ``host[:port]``; empty if somebody could be."""
    host, port = split(value)
    if port not in PORTS:
        return f"port {port} is not one of {' and '.join(PORTS)}"
    labels = host.split(".")
    if "*" in host:
        return "it has a wildcard; name each host"
    if ":" in value.removesuffix(f":{port}") or not re.search("[a-z]", labels[-1]):
        return "it is an address; name the host, which is resolved outside of the sandbox"
    if host in _PRIVATE or labels[-1] in _PRIVATE:
        return "it is a name of a machine or a building, not of the public internet"
    if len(labels) == 1:
        return "it is a single word, which every building resolves otherwise"
    if _is_or_below(host, _METADATA):
        return "it is where a cloud keeps the credentials of its machines"
    if _is_or_below(host, _ANYWHERE):
        return "names below it lead to any address that is written in them"
    exact = all(map(_LABEL.fullmatch, labels)) and _TOP.fullmatch(labels[-1]) and len(host) <= 253
    return "" if exact else "it is not an exact DNS name in small letters"


def _is_or_below(host: str, names: tuple[str, ...]) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in names)
