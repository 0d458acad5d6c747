"""`doctor --room`: what stands between a room of laptops and the den. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from ipaddress import IPv4Address
from typing import TypeAlias

from sandboxctl.lifecycle.doctor import Check
from sandboxctl.sandbox.den import Den

Tell: TypeAlias = Callable[[str], None]

BEYOND = 10
"""Ports after those of the den on which a page to try from a phone may be."""

LAST_PORT = 65_535


def checks(
    den: Den, addresses: Mapping[str, IPv4Address], programs: Collection[str]
) -> Sequence[Check]:
    """``addresses``  interface → address of this machine; ``programs``  firewalls that are here."""
    first = next(iter(addresses.values()), None)
    return [
        *_addresses(addresses),
        _bind(den, first),
        _names(den, first),
        _encryption(den),
        *_firewall(den, programs),
    ]


def ports_to_try(den: Den) -> Sequence[int]:
    """Where a page may be served: on the gateway's port, or after those it has for sandboxes."""
    beyond = den.gateway.port + den.gateway.ports + 1
    return [den.gateway.port, *range(beyond, min(beyond + BEYOND, LAST_PORT + 1))]


def _addresses(addresses: Mapping[str, IPv4Address]) -> Iterator[Check]:
    if not addresses:
        yield Check(
            "address", "FAILED", "this machine has none but its own", "Join the room's network."
        )
    for interface, address in addresses.items():
        yield Check("address", "OK", f"{address} on {interface}")


def _bind(den: Den, first: IPv4Address | None) -> Check:
    bind, name = den.gateway.bind, "gateway.bind"
    if bind.is_loopback:
        what = "the gateway listens to this machine alone"
        mend = (
            f"sandboxctl den --set gateway.bind={first or 'ADDRESS'} --set gateway.tls=FILE.pem"
            " (or --set gateway.insecure_room=true, where plain HTTP is meant)"
        )
        return Check(name, "FAILED", what, mend)
    if bind.is_unspecified:
        what = "the gateway listens on every address, and links need one"
        return Check(
            name, "ATTENTION", what, f"sandboxctl den --set gateway.bind={first or 'ADDRESS'}"
        )
    return Check(name, "OK", f"{bind}, port {den.gateway.port}")


def _names(den: Den, first: IPv4Address | None) -> Check:
    gateway, name = den.gateway, "names"
    bind = first if gateway.bind.is_loopback or gateway.bind.is_unspecified else gateway.bind
    if gateway.ports:
        last = gateway.port + gateway.ports
        return Check(
            name, "OK", f"no names needed: ports {gateway.port + 1} to {last}, one for each sandbox"
        )
    if gateway.domain == "localhost" or gateway.domain.endswith(".localhost"):
        what = f"{gateway.domain} means each laptop itself"
        mend = (
            "sandboxctl den --set gateway.domain=den.example (a domain of yours), "
            "or without DNS: sandboxctl den --set gateway.ports=12"
        )
        return Check(name, "FAILED", what, mend)
    what = f"*.{gateway.domain} has to lead to {bind or 'this machine'}"
    mend = (
        f"A wildcard record, or one line for dnsmasq: address=/{gateway.domain}/{bind or 'ADDRESS'}"
    )
    return Check(name, "ATTENTION", what, mend)


def _encryption(den: Den) -> Check:
    if den.gateway.tls:
        return Check("encryption", "OK", f"TLS with {den.gateway.tls}")
    what = "plain HTTP: everybody on this network can read along"
    return Check("encryption", "ATTENTION", what, "sandboxctl den --set gateway.tls=FILE.pem")


def _firewall(den: Den, programs: Collection[str]) -> Iterator[Check]:
    first, last = den.gateway.port, den.gateway.port + den.gateway.ports
    several = last > first
    dash, colon = (f"{first}-{last}", f"{first}:{last}") if several else (str(first), str(first))
    known = {
        "ufw": f"sudo ufw allow {colon}/tcp",
        "firewall-cmd": f"sudo firewall-cmd --add-port={dash}/tcp",
        "nft": f"sudo nft insert rule inet filter input tcp dport {dash} accept",
    }
    here = [name for name in known if name in programs]
    if not here:
        yield Check("firewall", "OK", "no ufw, firewalld or nft on this machine")
    for name in here[:1]:
        what = f"{name} is installed; if it is on, it has to let port {dash} through"
        yield Check("firewall", "ATTENTION", what, known[name])
