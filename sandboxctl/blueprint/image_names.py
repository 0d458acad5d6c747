"""Names of images that a blueprint may give: of a registry, and not made to be mistaken."""

from __future__ import annotations

import re
from ipaddress import ip_address

from sandboxctl.blueprint.patterns import IMAGE

REPOSITORY = "sandboxctl"
"""In front of the names of all images that we make."""

_OURS = re.compile(r"(([a-z0-9-]+\.)*docker\.io/)?sandboxctl/|([0-9a-f]{12}|[0-9a-f]{64})$|sha256:")
"""What sandboxctl made, and the bare id of whatever is there."""
_PUBLIC = "docker.io"
_POSING = re.compile("docker[.-]io")


def problem(reference: str) -> tuple[str, str] | None:
    """Why ``reference`` is not taken, and its code; None if it is."""
    if _OURS.match(reference):
        return (
            "names an image of this engine, not of a registry: it may be another's data",
            "DEN580",
        )
    if not re.fullmatch(IMAGE, reference):
        return "is not a name of an image, such as python:3.12-slim", "DEN582"
    host = registry(reference)
    if _is_address(host):
        return f"names a registry by its address, {host}; give its name", "DEN502"
    if _misleads(host):
        return f"names {host}, which can be mistaken for another registry", "DEN503"
    return None


def registry(reference: str) -> str:
    """The host that a reference names, without its port; empty for the public registry."""
    first, slash, _ = reference.partition("/")
    names_host = slash and ("." in first or ":" in first or first == "localhost")
    return first.partition(":")[0].lower() if names_host else ""


def is_pinned(reference: str) -> bool:
    """Whether it will mean the same image for ever."""
    return "@sha256:" in reference


def _is_address(host: str) -> bool:
    """Also in forms that only some programs take for one: 127.1, 0x7f.1, 2130706433."""
    try:
        ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"(0x[0-9a-f]+|[0-9]+)(\.(0x[0-9a-f]+|[0-9]+)){0,3}", host))
    return True


def _misleads(host: str) -> bool:
    foreign = any(label.startswith("xn--") for label in host.split("."))
    is_public = host == _PUBLIC or host.endswith(f".{_PUBLIC}")
    return foreign or (not is_public and bool(_POSING.search(host)))
