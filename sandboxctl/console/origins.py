"""Where a request comes from, and whom it is for: names that are ours, and pages that are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def hosts(bind: str, port: int, names: Collection[str] = ()) -> frozenset[str]:
    """The values of Host that are the console: the address it is bound to, names that were given,
    and the loopback's where it is bound to that."""
    known = {*names, f"[{bind}]" if ":" in bind else bind}
    if is_loopback(bind):
        known |= {*LOOPBACK}
    return frozenset(name.lower() for one in known for name in (f"{one}:{port}", *_bare(one, port)))


def is_loopback(bind: str) -> bool:
    try:
        return ip_address(bind).is_loopback
    except ValueError:
        return bind == "localhost"


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
