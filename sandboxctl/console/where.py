"""Where the console listens, and by which address others reach it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from urllib.parse import urlsplit

from sandboxctl.console import origins
from sandboxctl.console.origins import is_every, is_loopback
from sandboxctl.errors import BlueprintError, PolicyError
from sandboxctl.lifecycle import machine

PORT = 8090
_HOST = re.compile(
    r"(?=.{1,253}(?::\d+)?$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)"
    r"(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?"
)


def _own() -> tuple[str, ...]:
    return tuple(sorted({str(one) for one in machine.addresses().values()}))


@dataclass(frozen=True, slots=True)
class Where:
    """``bind`` an address, ``names`` others that it is reached by; ``insecure_room``: over plain
    HTTP in a room, and somebody said so. ``public``  the origin of a proxy with a certificate
    before it, such as ``https://console.example``. ``own``  addresses of this machine."""

    bind: str = "127.0.0.1"
    port: int = PORT
    names: tuple[str, ...] = ()
    insecure_room: bool = False
    public: str = ""
    own: tuple[str, ...] = field(default_factory=_own)

    @property
    def tls(self) -> bool:
        return bool(self.public)

    @property
    def address(self) -> str:
        """What is listened on."""
        return "127.0.0.1" if self.bind == "localhost" else self.bind

    @property
    def url(self) -> str:
        """Without a slash at its end."""
        if self.public:
            return self.public
        host = self.names[0] if self.names else self.bind
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """The values of Host that are the console. Behind a proxy it is what browsers ask for, and
        nothing else: what comes past the proxy is not served."""
        if not self.public:
            return origins.hosts(self.bind, self.port, self.names)
        public = urlsplit(self.public)
        port = public.port or 443
        known = (public.hostname or "", *self.names)
        return frozenset(host for name in known for host in origins.named(name, port))

    def settled(self) -> Where:
        """The same with a name that others can use.

        PolicyError for a room in which everybody could read everybody's links; BlueprintError for
        a public address that is none, and where nobody can tell by which address it is reached.
        """
        found = replace(self, public=public_origin(self.public)) if self.public else self
        if not is_loopback(self.bind) and not self.insecure_room:
            raise PolicyError(
                f"{self.bind} is not this machine alone, and without TLS everybody in the room "
                "can read what is sent",
                hint="Put a proxy with a certificate before it, on this machine, and name its "
                "address with --url; or say that you want it so: --insecure-room.",
                code="DEN961",
            )
        if found.public or self.names or not is_every(self.bind):
            return found
        if len(self.own) == 1:
            return replace(found, names=self.own)
        known = ", ".join(self.own) or "none was found"
        raise BlueprintError(
            f"{self.bind} is every address of this machine: a link needs one that others can open",
            hint=f"Name it with --host, or bind to it with --bind. This machine has: {known}.",
            code="DEN963",
        )


def public_origin(given: str) -> str:
    """``https://console.example`` of what somebody gave as such; BlueprintError where it is none:
    there is no other scheme, and nothing behind the host."""
    text = given.strip().lower().removesuffix("/")
    scheme, _, host = text.partition("://")
    why = ""
    if scheme != "https":
        why = "it does not begin with https://"
    elif not _HOST.fullmatch(host) or not _is_port(host):
        why = "behind https:// there is a host, with a port if need be, and nothing more"
    if why:
        raise BlueprintError(
            f"{given!r} cannot be the public address: {why}",
            hint="Such as --url https://console.example: the address that browsers open, of a "
            "proxy with a certificate. Over plain HTTP: --host and --insecure-room.",
            code="DEN964",
        )
    return f"https://{host.removesuffix(':443')}"


def _is_port(host: str) -> bool:
    try:
        parts = urlsplit(f"https://{host}")
        if host.startswith("["):
            ip_address(parts.hostname or "")
        return parts.port is None or parts.port > 0
    except ValueError:
        return False
