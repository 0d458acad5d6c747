"""A den's settings: an engine with one gateway, one address range, one state."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sandboxctl.blueprint.forms import MEBIBYTE, Duration, Frozen, Name, Size
from sandboxctl.blueprint.patterns import DOMAIN

_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
"""Source: RFC 1918, RFC 6598."""


def _private(network: IPv4Network) -> IPv4Network:
    usual = any(network.subnet_of(IPv4Network(one)) for one in _PRIVATE)
    if not usual or network.prefixlen > 24:
        raise ValueError(
            "should be a private range of at least 256 addresses, such as 10.213.0.0/16"
        )
    return network


Runtime = Literal["", "runc", "runsc"]


class GatewaySettings(Frozen):
    """How teams reach their sandboxes. With other settings another gateway takes the place of one
    that runs.

    ``ports``  one published port for each sandbox, where a room has no DNS (at most 40: published
               ports are slow and take memory); they follow ``port``.
    """

    bind: IPv4Address = Field(
        default=IPv4Address("127.0.0.1"), description="The address teams reach; this one: only you."
    )
    port: int = Field(default=8080, ge=1, le=65_535, description="The one published port.")
    domain: str = Field(
        default="den.localhost",
        pattern=DOMAIN,
        max_length=190,
        description="Sandboxes are <name>.<domain>; a room needs a wildcard record for it.",
    )
    tls: str | None = Field(default=None, description="A PEM file with certificate and key.")
    ports: int = Field(
        default=0, ge=0, le=40, description="Ports for as many sandboxes, where there is no DNS."
    )
    insecure_room: bool = Field(
        default=False, description="Plain HTTP on an address that others reach is meant."
    )

    @property
    def scheme(self) -> Literal["http", "https"]:
        return "https" if self.tls else "http"

    @model_validator(mode="after")
    def _room_is_meant(self) -> Self:
        if not self.bind.is_loopback and not self.tls and not self.insecure_room:
            raise ValueError(
                f"{self.bind} is reachable by others and there is no TLS; "
                "set gateway.tls, or gateway.insecure_room=true if plain HTTP is meant"
            )
        return self


class ImageSettings(Frozen):
    """Where base images come from, in this order: already there; registry; packages."""

    registry: str = Field(
        default="", description="A registry or mirror, asked before the public one."
    )
    packages: bool = Field(
        default=True, description="Build the base from the distribution's packages."
    )
    largest: Annotated[Size, Field(ge=64 * MEBIBYTE)] = Field(
        default=4096 * MEBIBYTE,
        description="Bytes an image of others may have when unpacked; `8g` is understood.",
    )


class EgressSettings(Frozen):
    """How what somebody granted goes out."""

    resolver: IPv4Address | None = Field(
        default=None, description="Who proxies ask for names; empty: whom the engine asks."
    )


class Den(Frozen):
    name: Name = "den"
    engine: str = Field(
        default="", description="unix://, tcp://, ssh:// or memory; empty: as Docker does."
    )
    range: Annotated[IPv4Network, AfterValidator(_private)] = Field(
        default=IPv4Network("10.213.0.0/16"), description="Addresses of sandboxes; a private range."
    )
    runtime: Runtime = Field(
        default="", description="runsc (gVisor) or runc for services; empty: the engine's default."
    )
    undo: Annotated[Duration, Field(ge=0, le=24 * 3600)] = Field(
        default=1800,
        description="How long what a reset replaced can be returned to; 0: not at all.",
    )
    gateway: GatewaySettings = GatewaySettings()
    images: ImageSettings = ImageSettings()
    egress: EgressSettings = EgressSettings()

    @property
    def grace(self) -> timedelta | None:
        """How long what is replaced stays aside; None: it does not."""
        return timedelta(seconds=self.undo) if self.undo else None

    def host(self, sandbox: str, service: str | None = None) -> str:
        label = f"{service}--{sandbox}" if service else sandbox
        return f"{label}.{self.gateway.domain}"

    def url(self, sandbox: str, *, service: str | None = None, slot: int | None = None) -> str:
        """Where a team finds its sandbox; ``slot`` is its own port where a room has no DNS."""
        scheme, usual = self.gateway.scheme, 443 if self.gateway.tls else 80
        if self.gateway.ports and slot is not None and service is None:
            return f"{scheme}://{self.gateway.bind}:{self.gateway.port + slot}/"
        port = "" if self.gateway.port == usual else f":{self.gateway.port}"
        return f"{scheme}://{self.host(sandbox, service)}{port}/"

    def link(self, sandbox: str, key: str, *, slot: int | None = None) -> str:
        """What a team is given: opened once in a browser, the plain address is enough there."""
        return f"{self.url(sandbox, slot=slot)}_den/enter/{key}"
