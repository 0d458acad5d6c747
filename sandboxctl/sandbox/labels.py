"""What we write on every object of an engine, and how we read it back.

Labels say what exists. All keys are set on each object, so that an image's own labels can
never pass for ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

PREFIX = "org.sandboxctl."
DEN, INSTALL, SANDBOX = f"{PREFIX}den", f"{PREFIX}install", f"{PREFIX}sandbox"
GENERATION, SERVICE = f"{PREFIX}generation", f"{PREFIX}service"
BLUEPRINT, CREATED, KIND = f"{PREFIX}blueprint", f"{PREFIX}created", f"{PREFIX}kind"
MEMORY = f"{PREFIX}memory"
DISK = f"{PREFIX}disk"
"""On a container that keeps data: how many bytes of it, at most."""
SECRETS = f"{PREFIX}secrets"
"""On a container: the names of its variables whose values are secret."""
CARRIED = f"{PREFIX}carried"
"""On an image: how many of its layers, from the top, were carried over."""
CERTIFICATE = f"{PREFIX}certificate"
"""On an image with synthetic data in it: what that is, as a line of JSON."""

IMAGE, KEY, PARENT = f"{PREFIX}image", f"{PREFIX}key", f"{PREFIX}parent"
"""On an image: what kind of ours it is, the hash of what went in, what it starts from."""

ALL = (DEN, INSTALL, SANDBOX, GENERATION, SERVICE, BLUEPRINT, CREATED, KIND, MEMORY)


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an object is. ``blueprint`` is a hash, ``created`` UTC, ``memory`` bytes at most."""

    den: str
    install: str
    created: datetime
    kind: str = ""
    sandbox: str = ""
    generation: int = 0
    service: str = ""
    blueprint: str = ""
    memory: int = 0

    def labels(self) -> dict[str, str]:
        values = (
            self.den,
            self.install,
            self.sandbox,
            str(self.generation),
            self.service,
            self.blueprint,
            self.created.isoformat(),
            self.kind,
            str(self.memory),
        )
        return dict(zip(ALL, values, strict=True))


def owner(labels: Mapping[str, str]) -> Owner | None:
    """Whose it is by its labels; None if they are not ours or somebody else's likeness of them."""
    try:
        return Owner(
            den=labels[DEN],
            install=labels[INSTALL],
            created=datetime.fromisoformat(labels[CREATED]),
            kind=labels[KIND],
            sandbox=labels[SANDBOX],
            generation=int(labels[GENERATION]),
            service=labels[SERVICE],
            blueprint=labels[BLUEPRINT],
            memory=int(labels[MEMORY]),
        )
    except (KeyError, ValueError):
        return None
