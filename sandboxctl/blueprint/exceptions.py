"""What a blueprint may ask for beyond what every service gets; nothing of it is given by asking.

A facilitator grants it with `sandboxctl approve`, outside the supplier's files. What can be
granted at all, and whether the service makes use of it, is checked in `grants.py`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from sandboxctl.blueprint import egress_hosts
from sandboxctl.blueprint.forms import Frozen, Name
from sandboxctl.blueprint.patterns import GRANT

Grant = Annotated[
    str,
    StringConstraints(min_length=1, max_length=300),
    Field(json_schema_extra={"pattern": GRANT}),
]
"""``root``, ``writable_root``, ``run``, ``cap:CHOWN``, ``egress:api.example.org:443``,
``mem_limit:12g``, ``cpus:12``, ``pids_limit:2048``. Any text is read, so that what is never
granted is refused with its reason."""


class Asked(Frozen):
    """One exception for one service, and why the prototype cannot do without it."""

    service: Name = Field(description="Which service it is for.")
    grant: Grant = Field(
        description="What is asked for: `root`, `writable_root`, `run`, `cap:CHOWN` (or SETUID, "
        "SETGID, FOWNER, DAC_OVERRIDE, NET_BIND_SERVICE, KILL), `egress:api.example.org` (port "
        "443, or `:80`), or a higher limit such as `mem_limit:12g`, `cpus:12`, `pids_limit:2048`."
    )
    reason: str = Field(min_length=10, max_length=300, description="Why; read by a facilitator.")

    @property
    def kind(self) -> str:
        """What stands before the colon: ``cap``, ``egress``, ``root`` …"""
        return self.grant.partition(":")[0]

    @property
    def value(self) -> str:
        """What stands behind it; empty where nothing does."""
        return self.grant.partition(":")[2]

    @property
    def same_as(self) -> tuple[str, str]:
        """Equal for two that ask for the same thing in other words."""
        if self.kind == "egress":
            return self.service, f"egress:{':'.join(egress_hosts.split(self.value))}"
        more = self.kind in ("mem_limit", "cpus", "pids_limit")
        return self.service, self.kind if more else self.grant
