"""What a blueprint may ask for beyond what every service gets; nothing of it is given by asking.

A facilitator grants it with `sandboxctl approve`, outside the supplier's files.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from sandboxctl.blueprint.forms import Frozen, Name
from sandboxctl.blueprint.patterns import GRANT

Grant = Annotated[str, StringConstraints(pattern=GRANT, max_length=300)]
"""``root``, ``writable_root``, ``run``, ``cap:CHOWN``, ``egress:api.example.org:443``,
``mem_limit:12g``, ``cpus:12``, ``pids_limit:2048``."""


class Asked(Frozen):
    """One exception for one service, and why the prototype cannot do without it."""

    service: Name = Field(description="Which service it is for.")
    grant: Grant = Field(description="What is asked for.")
    reason: str = Field(min_length=10, max_length=300, description="Why; read by a facilitator.")

    @property
    def kind(self) -> str:
        """What stands before the colon: ``cap``, ``egress``, ``root`` …"""
        return self.grant.partition(":")[0]

    @property
    def value(self) -> str:
        """What stands behind it; empty where nothing does."""
        return self.grant.partition(":")[2]
