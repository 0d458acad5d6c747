"""Where a request comes from, and whom it is for: names that are ours, and pages that are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def hosts(bind: str, port: int, names: Collection[str] = ()) -> frozenset[str]:
    """The values of Host that are the console: the address it is bound to, names that were given,
    and the loopback's where it is bound to that."""
    known = {*names} if is_every(bind) else {*names, bind}
    if is_loopback(bind):
        known |= {*LOOPBACK}
    return frozenset(host for name in known for host in named(name, port))


def named(name: str, port: int) -> tuple[str, ...]:
    """The values of Host that a browser may send for a name or address."""
    shown = f"[{name}]" if ":" in name and not name.startswith("[") else name
    return (f"{shown}:{port}".lower(), *_bare(shown.lower(), port))


def is_loopback(bind: str) -> bool:
    try:
        return ip_address(bind).is_loopback
    except ValueError:
        return bind == "localhost"


def is_every(bind: str) -> bool:
    """Whether it stands for all addresses of a machine, and is none that could be opened."""
    try:
        return ip_address(bind).is_unspecified
    except ValueError:
        return False


def device(remote: str, forwarded: str, *, proxied: bool) -> str:
    """Which device asks: behind a proxy on this machine, the last address that it wrote into
    X-Forwarded-For; what stands before that, anybody may have written."""
    if not (proxied and is_loopback(remote)):
        return remote
    last = forwarded.rpartition(",")[2].strip()
    try:
        return str(ip_address(last.strip("[]")))
    except ValueError:
        return remote


def is_ours(headers: Mapping[str, str], scheme: str, host: str) -> bool:
    """Whether a request that changes something was sent by a page of the console.

    Browsers say by ``Sec-Fetch-Site`` or ``Origin`` whose page it was; one that says neither is
    not believed. ``host``  the Host of the request, which is known to be ours.
    """
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    if origin in (None, "null"):  # a page may hide where it stands, but not whether it is ours
        return site is not None
    found = urlsplit(str(origin))
    return (found.scheme, found.netloc.lower()) == (scheme, host.lower())


def _bare(name: str, port: int) -> tuple[str, ...]:
    return (name,) if port in (80, 443) else ()
