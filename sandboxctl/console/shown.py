"""What the process with the pages is told when it begins."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Shown:
    """``den`` as JSON; ``hosts``, ``tls`` and ``url`` as `Console` has them; ``listening`` the
    socket that browsers come to and ``lines`` those to who works, as descriptors."""

    den: str
    folders: tuple[str, ...]
    hosts: tuple[str, ...]
    tls: bool
    url: str
    listening: int = -1
    lines: tuple[int, ...] = ()

    def written(self) -> str:
        return json.dumps(asdict(self))
