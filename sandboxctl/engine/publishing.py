"""The names and ports under which sandboxes are found, when the den's settings change."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

from sandboxctl.engine.line import Line
from sandboxctl.errors import Held, SandboxError
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.addresses import INSIDE
from sandboxctl.sandbox.den import Den

SLOTS = "den.slots"
"""The lock under which a sandbox is given its port; no sandbox can be called so."""


def publish(line: Line, den: Den) -> None:
    """Leads to every sandbox by the names and ports that the den's settings give it now.

    One that another command is changing is left to that one."""
    for sandbox in line.ask("part", name="ways")["state"]:
        if line.ask("lock", name=sandbox, wait_seconds=0, who="the gateway")["locked"]:
            try:
                _publish(line, den, sandbox)
            finally:
                line.ask("unlock", name=sandbox)


def _publish(line: Line, den: Den, sandbox: str) -> None:
    ways = line.ask("part", name="ways")["state"].get(sandbox)
    stored = line.ask("read")["state"].get(sandbox)
    if not ways or not stored:
        return
    slot = stored.get("slot")
    if den.gateway.ports and not slot:
        slot = _slot(line, den, sandbox, stored)
    targets = {to for host, to in ways["hosts"].items() if host[:1] != ":"}
    hosts = {den.host(sandbox, _service(to)): to for to in targets}
    if den.gateway.ports and slot:
        hosts[f":{INSIDE + slot}"] = hosts[den.host(sandbox)]
    if hosts != ways["hosts"]:
        line.ask("routes", sandbox=sandbox, hosts=hosts, routes=ways["routes"])


def _slot(line: Line, den: Den, sandbox: str, stored: Mapping[str, Any]) -> int | None:
    """A port for a sandbox that was made when there were none; None where all are taken."""
    with slots(line, sandbox), contextlib.suppress(SandboxError):
        records = line.ask("read")["state"]
        slot = addresses.slot(den.gateway.ports, {one.get("slot") for one in records.values()})
        line.ask("record", sandbox=sandbox, record={**stored, "slot": slot})
        return slot
    return None


def _service(to: str) -> str | None:
    """Of a target such as ``demo/3/mail--``: the service, None for the sandbox itself."""
    return to.split("/")[2].removesuffix("--") if to.count("/") > 1 else None


@contextlib.contextmanager
def slots(line: Line, sandbox: str) -> Iterator[None]:
    """Under a lock, for two commands may look for a free port at once."""
    answer = line.ask("lock", name=SLOTS, wait_seconds=10, who=sandbox)
    if not answer["locked"]:
        raise Held(
            f"ports are being given out by {answer['holder']} (10 s waited)",
            hint="Run the command again.",
        )
    try:
        yield
    finally:
        line.ask("unlock", name=SLOTS)
