"""Looking at one object of a Docker daemon: it is ours, not there, or somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any, Literal

from sandboxctl.errors import EngineError
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.labels import Owner

if TYPE_CHECKING:
    from docker import APIClient

    from sandboxctl.sandbox.den import Den


def inspect(
    api: APIClient, what: Literal["container", "volume"], name: str
) -> dict[str, Any] | None:
    """What the engine says of it; None if there is none."""
    from docker.errors import NotFound

    ask = api.inspect_container if what == "container" else api.inspect_volume
    try:
        return dict(ask(name))
    except NotFound:
        return None


def ours(den: Den, kind: str, name: str, marks: Mapping[str, str] | None) -> Owner:
    """Whose it is; EngineError where an object of that name is not this den's ``kind``."""
    owner = labels.owner(marks or {})
    if owner is None or (owner.den, owner.kind) != (den.name, kind):
        raise EngineError(
            f"{name} exists on the engine and was not made by sandboxctl for the den {den.name}",
            hint="Rename or remove it, or give the den another name: `sandboxctl den`.",
            code="DEN902",
        )
    return owner


def is_ours(marks: Mapping[str, str] | None, install: str) -> bool:
    """Whether what carries these labels was made for the den with this install id."""
    owner = labels.owner(marks or {})
    return owner is not None and owner.install == install


def subnets(network: Mapping[str, Any]) -> list[IPv4Network]:
    """The IPv4 subnets of a network, as `GET /networks` shows it."""
    pools = (network.get("IPAM") or {}).get("Config") or []
    return [IPv4Network(p["Subnet"]) for p in pools if ":" not in p.get("Subnet", ":")]
