"""What things are called on an engine. A name is the second guard: the engine takes it once."""

from __future__ import annotations

import re

from sandboxctl.errors import BlueprintError

_LABEL = re.compile(r"[a-z]([a-z0-9-]{0,28}[a-z0-9])?")
_OTHERS = re.compile(r"[^a-z0-9]+")
LONGEST = 30
GENERATED = "team-"
"""Begins a name that was made for a team, or for what was called by a number."""
EGRESS = "egress"
"""The service that is the way out of a sandbox, where somebody granted one; ours alone."""

BASELINE = "baseline."
"""Begins the name of what is built while a baseline is made; no sandbox can be called so."""


SPARE = "spare."
"""Begins the name of a generation that belongs to nobody yet; no sandbox can be called so."""

OURS = (BASELINE, SPARE)
"""How names begin that are no sandbox's."""


def spare(recipe: str, mark: str) -> str:
    """The name of a spare of a recipe, by its digest; ``mark`` tells it from others."""
    return f"{SPARE}{recipe}.{mark}"


def checked(sandbox: str) -> str:
    """``sandbox``, if it can be a host name; BlueprintError if not."""
    if not _LABEL.fullmatch(sandbox) or "--" in sandbox:
        meant = label(sandbox)
        better = f"; did you mean `{meant}`?" if meant else ""
        raise BlueprintError(
            f"{sandbox!r} cannot be the name of a sandbox{better}",
            hint="Use 1 to 30 small letters, digits and single hyphens, beginning with a letter: "
            "it becomes a host name.",
            code="DEN207",
        )
    return sandbox


def label(said: str) -> str:
    """What could be a name where this was said: ``Team Héron!`` → ``team-heron``; empty where
    nothing is left of it."""
    import unicodedata  # most names are right

    plain = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode().lower()
    words = _OTHERS.sub("-", plain).strip("-")
    named = words if not words[:1].isdigit() else f"{GENERATED}{words}"
    return named[:LONGEST].strip("-")


def network(den: str, sandbox: str, generation: int) -> str:
    return f"{den}-{sandbox}-{generation}"


def container(den: str, sandbox: str, generation: int, service: str) -> str:
    return f"{den}-{sandbox}-{generation}-{service}"


ASIDE, LEAVING = ".aside", ".leaving"
"""End the name of a container that is kept beside its service, and of one that is about to be."""


def carried(den: str, sandbox: str, generation: int, service: str) -> str:
    """The image in which a service's data goes over into a generation; dens share an engine."""
    return f"sandboxctl/carried:{container(den, sandbox, generation, service)}"


def snapshot(den: str, sandbox: str, name: str, service: str) -> str:
    """The image that a snapshot keeps of a service. Points, for each part may have hyphens."""
    return f"{snapshots_of(den, sandbox)}{name}.{service}"


def snapshots_of(den: str, sandbox: str = "") -> str:
    """How the images of all snapshots of a sandbox begin, or of a den."""
    return f"sandboxctl/snapshot:{den}." + (f"{sandbox}." if sandbox else "")


def target(sandbox: str, generation: int, service: str | None = None) -> str:
    """What the gateway's host map points at: a generation's routes, or one public service's."""
    return f"{sandbox}/{generation}" + (f"/{service}--" if service else "")


def cookie(sandbox: str, key: str) -> str:
    """What a visitor's browser keeps of a sandbox's key; the gateway knows it by its digest."""
    return f"den_{sandbox}={key}"
