"""`mem_limit`, `cpus`, `deploy`: limits within what a den gives, and more as an exception."""

from __future__ import annotations

import re

from sandboxctl.blueprint.limits import ALL, MEMORY
from sandboxctl.compose import raw
from sandboxctl.compose.draft import Part
from sandboxctl.compose.known import known
from sandboxctl.compose.raw import Raw

_MEBIBYTE = 1024 * 1024
_LEAST_MEMORY = 16
_USUAL_MEMORY = 512
"""MiB for an image that nobody gave a limit: enough for most, and ten of them fit a laptop."""
_MOST_ASKED = 50
_NOUNS = {"cpus": "processors", "pids_limit": "processes"}
_SIZE = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,15})?)\s?([kmgt]?)i?b?", re.IGNORECASE)


def settle(part: Part) -> None:
    """The part's limits."""
    limits = raw.mapping(
        raw.mapping(raw.mapping(part.given.get("deploy")).get("resources")).get("limits")
    )
    _memory(part, part.given.get("mem_limit") or limits.get("memory"))
    _number(part, "cpus", part.given.get("cpus") or limits.get("cpus"), 0.05)
    _number(part, "pids_limit", part.given.get("pids_limit") or limits.get("pids"), 8)


def mebibytes(text: str) -> float | None:
    """``1.5g`` → 1536; bytes without a letter; None for what is no size."""
    found = _SIZE.fullmatch(text.strip())
    if not found:
        return None
    return float(found[1]) * 1024.0 ** "bkmgt".index(found[2].lower() or "b") / _MEBIBYTE


def _memory(part: Part, value: Raw) -> None:
    size = mebibytes(part.draft.settled(value)) if value else None
    image = known(str(part.made.get("image", "")))
    if not size:
        if part.made.get("image"):
            part.made["mem_limit"] = f"{(image and image.memory) or _USUAL_MEMORY}m"
        return
    kept = round(min(MEMORY.most / _MEBIBYTE, max(_LEAST_MEMORY, size)))
    part.made["mem_limit"] = f"{kept}m"
    if kept * _MEBIBYTE > MEMORY.usual:
        ask(part, "mem_limit", f"mem_limit:{kept}m", f"{round(size)} MiB of memory")
    elif kept != round(size):
        part.decide(
            "replaced", "mem_limit", "is less than a service gets", instead=f"mem_limit: {kept}m"
        )


def _number(part: Part, key: str, value: Raw, least: float) -> None:
    text = part.draft.settled(value).strip()
    if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", text) or float(text) <= 0:
        return
    number = min(float(ALL[key].most), max(least, float(text)))
    whole = number == int(number) or key == "pids_limit"
    part.made[key] = int(number) if whole else number
    if number > ALL[key].usual:
        ask(part, key, f"{key}:{part.made[key]}", f"{text} {_NOUNS[key]}")


def ask(part: Part, key: str, grant: str, what: str) -> None:
    """An exception, for a facilitator to grant or not."""
    reason = f"The Compose file gives {part.old} {what}."[:300]
    asked = part.draft.document.setdefault("exceptions", [])
    new = {"service": part.name, "grant": grant, "reason": reason}
    if isinstance(asked, list) and new not in asked and len(asked) < _MOST_ASKED:
        asked.append(new)
    why = "more than every service gets; `up` waits until a facilitator has granted it"
    part.decide("replaced", key, why, instead=f"exceptions: {grant}")
