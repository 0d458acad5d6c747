"""`healthcheck`: the forms of Compose → one that a den asks."""

from __future__ import annotations

import re

from sandboxctl.compose import raw
from sandboxctl.compose.draft import Part
from sandboxctl.compose.known import known
from sandboxctl.compose.raw import Raw

_UNITS = {"h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
_REQUEST = re.compile(
    r"(?:curl|wget)\s(?:[^|;&]*?\s)?[\"']?(?:https?://)?"
    r"(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])"
    r":(?P<port>[0-9]{1,5})(?P<path>/[!#%-&(-:<-{}~]*)?[\"']?"
    r"(?:\s+-[\w-]+){0,8}(?:\s+[12&]?>+\s*[^\s>]+){0,3}\s*"
    r"(?:\|\|\s*(?:exit\s+1|false|kill\b.*))?\s*"
)
_MORE_THAN_ASKED = re.compile(
    r"https://|\s(-[A-Za-z]*[uHXdk]|--(user|header|request|data|insecure|post-data)\b)"
)
"""What asks with a password, a header or a body: the gateway only fetches a page."""
_LONGEST_LINE = 500
_LONGEST_WAIT = 600


def seconds(value: Raw) -> float | None:
    """``1m30s`` → 90; a number alone is seconds; None for what is neither."""
    text = raw.text(value)[:_LONGEST_LINE].strip()
    parts = re.findall(r"([0-9]+(?:\.[0-9]+)?)(h|ms|us|µs|ns|m|s)", text)
    if parts and "".join(f"{number}{unit}" for number, unit in parts) == text:
        return sum(float(number) * _UNITS[unit] for number, unit in parts)
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,3})?", text) else None


def settle(part: Part) -> None:
    """The part's `healthcheck`."""
    given = raw.mapping(part.given.get("healthcheck"))
    if part.made.get("runtime") == "static":
        return
    test = _test(given.get("test"))
    if raw.yes(given.get("disable")) or test == ["NONE"]:
        part.decide("left out", "healthcheck", "without one, ready is running", found="disabled")
        test = None
    elif given and not test:
        part.decide("left out", "healthcheck", "an image's own check is not asked; give a `test`")
    if test:
        part.made["healthcheck"] = {**_asked(part, test), **_times(part, given)}
    elif (image := known(str(part.made.get("image", "")))) and image.port and not image.web:
        part.made["healthcheck"] = {"tcp": image.port, "start_period": "120s"}


def _test(value: Raw) -> list[str] | None:
    match value:
        case str() if value.strip():
            return ["NONE"] if value.strip() == "NONE" else ["CMD-SHELL", value]
        case list() if value and all(isinstance(item, str) for item in value):
            words = [str(item) for item in value]
            if words[0] not in ("CMD", "CMD-SHELL", "NONE"):
                words = ["CMD", *words]
            return words if len(words) > 1 or words == ["NONE"] else None
        case _:
            return None


def _asked(part: Part, test: list[str]) -> dict[str, object]:
    line = " ".join(test[1:])
    found = _REQUEST.fullmatch(part.draft.settled(line[:_LONGEST_LINE]).strip())
    if (
        len(line) > _LONGEST_LINE
        or _MORE_THAN_ASKED.search(line)
        or not found
        or not 0 < int(found["port"]) < 65_536
    ):
        words = [part.draft.hosts.in_word(word) for word in test]
        return {"test": part.draft.credentials.words(words)}
    port, path = int(found["port"]), (found["path"] or "/")[:400]
    exposed = [p for p in _ports(part) if p != port]
    part.made["expose"] = [*exposed[:19], port] if port not in _ports(part) else _ports(part)
    why = "asked from the gateway, so that the image needs no program for it"
    part.decide("replaced", "healthcheck", why, instead=f"http: {path}", found=line)
    first = _ports(part)[0] == port
    return {"http": path} if first else {"http": path, "port": port}


def _ports(part: Part) -> list[int]:
    found = part.made.get("expose")
    return [port for port in found if isinstance(port, int)] if isinstance(found, list) else []


def _times(part: Part, given: dict[str, Raw]) -> dict[str, object]:
    """How long it may take: what Compose would have waited, not less than a minute."""
    start = seconds(part.draft.settled(given.get("start_period"))) or 0
    every = seconds(part.draft.settled(given.get("interval"))) or 30
    tries = raw.text(given.get("retries"))
    whole = start + every * (int(tries) if re.fullmatch(r"[0-9]{1,4}", tries) else 3)
    found: dict[str, object] = {"start_period": f"{round(min(_LONGEST_WAIT, max(60, whole)))}s"}
    timeout = seconds(part.draft.settled(given.get("timeout")))
    if timeout:
        found["timeout"] = f"{round(min(60.0, max(1.0, timeout)))}s"
    return found
