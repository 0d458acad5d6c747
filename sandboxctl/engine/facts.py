"""What a Docker daemon says of itself, for `doctor`. Works where it is too old for a den."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Any

from sandboxctl.engine import strangers
from sandboxctl.engine.look import inspect
from sandboxctl.engine.translate import hint_for, in_our_words, why_away
from sandboxctl.errors import EngineError
from sandboxctl.lifecycle.doctor import EngineFacts
from sandboxctl.sandbox import labels
from sandboxctl.sandbox.den import Den

if TYPE_CHECKING:
    from docker import APIClient
    from docker.tls import TLSConfig

AWAY = "`sandboxctl demo` installs and starts one; -H or DOCKER_HOST names another."
BASE = ("sandboxctl/base", "sandboxctl/debian")


def read(den: Den, url: str, wanted: Iterable[str], tls: TLSConfig | None = None) -> EngineFacts:
    """``wanted``  tags that a den is made from. EngineError where nobody answers."""
    import docker
    from docker.errors import DockerException

    with in_our_words("asking the engine"):
        try:
            api = docker.APIClient(
                base_url=url or None, tls=tls or False, version="auto", timeout=15
            )
        except DockerException as error:
            words = f"no Docker Engine answers at {url or 'the usual socket'}: {why_away(error)}"
            raise EngineError(words, hint=hint_for(words, AWAY)) from error
        with contextlib.closing(api):
            ours = {"label": [f"{labels.DEN}={den.name}"]}
            info, version, networks = api.info(), api.version(), api.networks()
            tags = {tag for image in api.images() for tag in image.get("RepoTags") or ()}
            gateway = api.containers(filters={**ours, "name": f"{den.name}-gateway"})
            others = strangers.found(api, den, _install(api, den))
    known = told(
        den, url, info, version, networks, tags - {"<none>:<none>"}, set(wanted), bool(gateway)
    )
    return replace(known, strangers=others)


def _install(api: APIClient, den: Den) -> str:
    """The den's own id; empty where there is no den, or its volume is another's."""
    state = inspect(api, "volume", f"{den.name}-state")
    owner = labels.owner((state or {}).get("Labels") or {})
    return owner.install if owner and (owner.den, owner.kind) == (den.name, "state") else ""


def told(
    den: Den,
    url: str,
    info: Mapping[str, Any],
    version: Mapping[str, Any],
    networks: Iterable[Mapping[str, Any]],
    tags: Collection[str],
    wanted: Collection[str],
    gateway: bool,
) -> EngineFacts:
    mine: list[IPv4Network] = []
    others: list[IPv4Network] = []
    for network in networks:
        is_ours = (network.get("Labels") or {}).get(labels.DEN) == den.name
        (mine if is_ours else others).extend(_subnets(network))
    return EngineFacts(
        url=url,
        version=str(version.get("Version", "")),
        api=str(version.get("ApiVersion", "0.0")),
        storage=str(info.get("Driver", "")),
        folder=str(info.get("DockerRootDir", "")),
        memory=int(info.get("MemTotal", 0)),
        cpus=int(info.get("NCPU", 0)),
        cgroup=str(info.get("CgroupVersion", "1")),
        security=tuple(info.get("SecurityOptions") or ()),
        warnings=tuple(info.get("Warnings") or ()),
        time=_time(str(info["SystemTime"])),
        networks=tuple(others),
        own=tuple(mine),
        missing=tuple(sorted(set(wanted) - set(tags))),
        base=any(tag.startswith(BASE) for tag in tags),
        gateway=gateway,
        runtimes=tuple(sorted(info.get("Runtimes") or ())),
    )


def _subnets(network: Mapping[str, Any]) -> list[IPv4Network]:
    configs = (network.get("IPAM") or {}).get("Config") or ()
    found = [str(config.get("Subnet", "")) for config in configs]
    return [IPv4Network(subnet) for subnet in found if "." in subnet]


def _time(text: str) -> datetime:
    """RFC 3339 with nanoseconds, as Go prints it; we need seconds."""
    head, _, rest = text.partition(".")
    zone = rest.lstrip("0123456789") if rest else ""
    return datetime.fromisoformat((head + zone).replace("Z", "+00:00"))
