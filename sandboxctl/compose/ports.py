"""`ports` and `expose` → the ports a service listens on."""

from __future__ import annotations

import re

from sandboxctl.compose import raw
from sandboxctl.compose.draft import Part
from sandboxctl.compose.known import DATABASES, TLS, WEB, known
from sandboxctl.compose.merging import pairs
from sandboxctl.compose.raw import Raw

MOST = 20
_SHORT = re.compile(
    r"(?:.*:)?(?P<first>[0-9]{1,5})(?:-(?P<last>[0-9]{1,5}))?(?:/(?P<how>tcp|udp|sctp))?"
)


def settle(part: Part) -> None:
    """The part's `expose`, what answers a browser first."""
    if part.made.get("runtime") == "static":
        part.decide("replaced", "ports", "the den's own web server listens", instead="port 8080")
        return
    found: list[int] = []
    for key in ("ports", "expose"):
        for item in raw.listed(part.given.get(key)):
            found += _targets(part, key, item)
    image = known(str(part.made.get("image", "")))
    found = found or _of_proxy(part) or _already(part)
    if not found and image and image.port:
        found = [image.port]
    ordered = sorted(dict.fromkeys(found), key=lambda port: (_rank(port), found.index(port)))
    if ordered:
        part.made["expose"] = ordered[:MOST]
    if part.given.get("ports"):
        why = "no port is published: the gateway leads to `opens`, and services find each other"
        instead = f"expose: {ordered}" if ordered else ""
        part.decide("replaced" if ordered else "left out", "ports", why, instead=instead)


def _already(part: Part) -> list[int]:
    """What its Dockerfile says."""
    known_ports = part.made.get("expose")
    return [p for p in known_ports if isinstance(p, int)] if isinstance(known_ports, list) else []


def _of_proxy(part: Part) -> list[int]:
    """The port that a reverse proxy was told of, by a label or a variable."""
    labels = raw.mapping(pairs(part.given.get("labels")))
    told = [text for key, text in labels.items() if key.endswith(".loadbalancer.server.port")]
    variables = part.made.get("environment")
    told += [variables.get("VIRTUAL_PORT")] if isinstance(variables, dict) else []
    texts = [part.draft.settled(text) for text in told]
    return [int(text) for text in texts if re.fullmatch(r"[1-9][0-9]{0,4}", text)]


def published(part: Part) -> bool:
    """Whether people outside were meant to reach it."""
    return bool(raw.listed(part.given.get("ports")) or _of_proxy(part))


def web(part: Part) -> int:
    """The port on which a browser is answered; 0 if there is none."""
    image = known(str(part.made.get("image", "")))
    if part.made.get("runtime") == "static":
        return 8080
    if part.made.get("template") or (image and not image.web):
        return 0
    exposed = part.made.get("expose", [])
    ports = [port for port in exposed if isinstance(port, int)] if isinstance(exposed, list) else []
    return next((port for port in ports if port not in DATABASES), 0)


def _rank(port: int) -> int:
    if port in DATABASES or port == 22:
        return 3
    return 2 if port in TLS else 0 if port in WEB else 1


def _targets(part: Part, key: str, item: Raw) -> list[int]:
    if isinstance(item, dict):
        text, how = part.draft.settled(item.get("target")), raw.text(item.get("protocol")) or "tcp"
    else:
        text, how = part.draft.settled(item), ""
    found = _SHORT.fullmatch(text.strip())
    if not found:
        unknown = part.draft.unknown(item)
        why = f"{', '.join(unknown)} has no value" if unknown else "is not a port"
        part.decide("left out", key, f"{why}; add the port to `expose`", found=item)
        return []
    if (found["how"] or how) not in ("", "tcp"):
        part.decide("left out", key, "only TCP is routed", found=item)
        return []
    first, last = int(found["first"]), int(found["last"] or found["first"])
    return [port for port in range(first, min(last, first + MOST) + 1) if 0 < port < 65_536]
