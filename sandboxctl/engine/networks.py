"""One closed network for each generation, with the gateway on it and nothing else of the host."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import docker
from docker.errors import APIError, NotFound
from docker.types import IPAMConfig, IPAMPool

from sandboxctl import clock
from sandboxctl.engine import gateway, readback
from sandboxctl.engine.translate import in_our_words
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import addresses, labels, names
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.labels import Owner
from sandboxctl.sandbox.operations import CreateNetwork

ISOLATED_SINCE = (1, 48)
"""Engine 28: ``gateway_mode_*=isolated``; before it ``inhibit_ipv4`` closes the same hole."""

_ENDPOINTS, _PATIENCE = "has active endpoints", 5.0


class Networks:
    """The networks of one den. ``install`` gives its id once the den is entered."""

    def __init__(self, api: docker.APIClient, den: Den, install: Callable[[], str]) -> None:
        self._api, self._den, self._install = api, den, install

    def taken(self) -> tuple[IPv4Network, ...]:
        """Every IPv4 subnet of the engine, ours or not."""
        with in_our_words("listing networks"):
            found = self._api.networks()
        return tuple(sorted({net for one in found for net in subnets(one)}))

    def create(self, sandbox: str, wanted: CreateNetwork) -> None:
        """Made, and the gateway on it. Being there already is the same.

        Raises AddressTaken if somebody else took the subnet; then nothing was made. Nothing is
        left either where the den was taken away meanwhile."""
        name = names.network(self._den.name, sandbox, wanted.generation)
        found = self._named(name)
        if found is None:
            self._create(name, sandbox, wanted)
        try:
            gateway.attach(self._api, self._den, name, str(addresses.gateway(wanted.subnet)))
        except EngineError as error:
            if found is None and gateway.install(self._api, self._den) != self._install():
                self._api.remove_network(name)
                raise gateway.taken_away(self._den) from error
            raise

    def remove(self, sandbox: str, generation: int) -> None:
        """Gone, with the gateway taken off first; not being there is the same."""
        name = names.network(self._den.name, sandbox, generation)
        found = self._named(name)
        if found is None:
            return
        gateway.detach(self._api, self._den, name)
        give_up = time.monotonic() + _PATIENCE
        while True:
            try:
                self._api.remove_network(found["Id"])
            except NotFound:
                return
            except APIError as refused:
                if _ENDPOINTS not in str(refused.explanation) or time.monotonic() > give_up:
                    raise
                self._free(found["Id"])
                time.sleep(0.1)
            else:
                return

    def attach_all(self, legs: Collection[str] = ()) -> None:
        """Puts a gateway that was made anew on the network of every generation, but for those
        that it is on.

        One after the other: the engine does them so in any case, and many at once take it longer.
        """
        with in_our_words("listing networks"):
            found = self._api.networks(filters={"label": [f"{labels.DEN}={self._den.name}"]})
        for one in found:
            owner = labels.owner(one["Labels"])
            ours = owner and owner.kind == "network" and owner.install == self._install()
            if ours and one["Name"] not in legs:
                place = str(addresses.gateway(subnets(one)[0]))
                with unless_gone():
                    gateway.attach(self._api, self._den, one["Name"], place)

    def _create(self, name: str, sandbox: str, wanted: CreateNetwork) -> None:
        pool = IPAMPool(subnet=str(wanted.subnet), gateway=str(addresses.bridge(wanted.subnet)))
        options = closed(self._api.api_version)
        made = self._api.create_network(
            name,
            driver="bridge",
            internal=True,
            enable_ipv6=False,
            check_duplicate=True,
            ipam=IPAMConfig(pool_configs=[pool]),
            options=options,
            labels=self._owner(sandbox, wanted).labels(),
        )
        try:
            seen = self._api.inspect_network(made["Id"])
            readback.network(wanted.subnet, options, made.get("Warning"), seen)
        except EngineError:
            self._api.remove_network(made["Id"])
            raise

    def _owner(self, sandbox: str, wanted: CreateNetwork) -> Owner:
        return Owner(
            self._den.name,
            self._install(),
            clock.now(),
            kind="network",
            sandbox=sandbox,
            generation=wanted.generation,
            blueprint=wanted.blueprint,
        )

    def _named(self, name: str) -> Mapping[str, Any] | None:
        """Our network of this name: names are not unique before Engine 25, so labels decide."""
        found = self._api.networks(names=[name])
        for one in found:
            owner = labels.owner(one.get("Labels") or {})
            if one["Name"] != name:
                continue
            if owner is None or owner.install != self._install():
                raise EngineError(
                    f"there is a network {name} that is not ours",
                    hint=f"Remove or rename it: `docker network inspect {name}` shows whose it is.",
                    code="DEN902",
                )
            return dict(one)
        return None

    def _free(self, network: str) -> None:
        """Endpoints of containers that are gone stay behind at times (moby#33156)."""
        attached = self._api.inspect_network(network).get("Containers") or {}
        for one in attached.values():
            with contextlib.suppress(APIError):
                self._api.disconnect_container_from_network(one["Name"], network, force=True)


@contextlib.contextmanager
def unless_gone() -> Iterator[None]:
    """A network that somebody has just taken away needs no gateway."""
    try:
        yield
    except EngineError as error:
        if not isinstance(error.__cause__, NotFound):
            raise


def closed(api_version: str) -> dict[str, str]:
    """Options that take the host's address off the bridge: `internal` alone is not isolation."""
    if tuple(int(part) for part in api_version.split(".")) >= ISOLATED_SINCE:
        return {
            "com.docker.network.bridge.gateway_mode_ipv4": "isolated",
            "com.docker.network.bridge.gateway_mode_ipv6": "isolated",
        }
    return {"com.docker.network.bridge.inhibit_ipv4": "true"}


def subnets(network: Mapping[str, Any]) -> list[IPv4Network]:
    """The IPv4 subnets of a network, as `GET /networks` shows it."""
    pools = (network.get("IPAM") or {}).get("Config") or []
    return [IPv4Network(p["Subnet"]) for p in pools if ":" not in p.get("Subnet", ":")]


def host_routes() -> list[IPv4Network]:
    """The IPv4 routes of this machine, without the default one. Source: proc(5), net/route."""
    table = Path("/proc/net/route")
    found: list[IPv4Network] = []
    for line in table.read_text().splitlines()[1:] if table.exists() else ():
        _, target, _, _, _, _, _, mask, *_ = line.split()
        address = int.from_bytes(bytes.fromhex(target), "little")
        bits = int.from_bytes(bytes.fromhex(mask), "little").bit_count()
        if bits:
            found.append(IPv4Network((address, bits)))
    return found


def overlapping_routes(api: docker.APIClient, den: Den) -> None:
    """Refuses a range that a route of this machine leads into, if that route is no network of
    the engine: a VPN or the office network would become unreachable, or the sandboxes would."""
    if "unix" not in str(api.base_url) and "localhost" not in str(api.base_url):
        return
    networks = api.networks()
    own = [net for one in networks for net in subnets(one)]
    others = (one for one in networks if (one.get("Labels") or {}).get(labels.DEN) != den.name)
    if any(net.supernet_of(den.range) for one in others for net in subnets(one)):
        raise EngineError(
            f"the den's range {den.range} lies within a network of the engine",
            hint="Choose another private range: `sandboxctl den --set range=10.77.0.0/16`.",
        )
    for route in host_routes():
        if route.overlaps(den.range) and route not in own:
            raise EngineError(
                f"the den's range {den.range} overlaps a route of this machine, {route}",
                hint="Choose another private range: `sandboxctl den --set range=10.77.0.0/16`.",
            )
