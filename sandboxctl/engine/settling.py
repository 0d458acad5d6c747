"""What is decided of a sandbox beside its generation: written down, and shown by the gateway."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sandboxctl.engine import keys
from sandboxctl.engine.door_container import INSIDE
from sandboxctl.engine.line import Line
from sandboxctl.engine.protocol import Answer
from sandboxctl.errors import SandboxError
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.happening import lasting
from sandboxctl.sandbox.names import cookie, target
from sandboxctl.sandbox.operations import (
    Extend,
    WriteDown,
    WriteHappened,
)
from sandboxctl.sandbox.state import Generation, Record, Swapping

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


def replace_key(line: Line, sandbox: str, there: Mapping[int, Generation]) -> None:
    """Another key opens a sandbox; the old one does not, and cuts off who came in with it."""
    stored = line.ask("read")["state"].get(sandbox)
    if stored is not None:
        line.ask("record", sandbox=sandbox, record={**stored, "key": keys.new()})
    for generation in there.values():
        drain(line, places(generation), grace=0)


def places(seen: Generation | None) -> tuple[str, ...]:
    """Where the services of a generation are."""
    services = seen.services.values() if seen else ()
    return tuple(one.address for one in services if one.address)


def drain(line: Line, places: Sequence[str], grace: float = 2.0) -> None:
    """``grace`` seconds for what is in flight; then what a generation still has open is cut."""
    if places:
        line.ask("drain", addresses=list(places), grace=grace)


def fetch(line: Line, den: Den, sandbox: str, record: Record | None, path: str) -> Answer:
    """GET a page through the gateway, as somebody of the team does."""
    slot = record.slot if record and record.slot and den.gateway.ports else 0
    page = line.ask(
        "fetch",
        host=den.host(sandbox),
        path=path,
        port=INSIDE + slot,
        cookie=cookie(sandbox, record.key) if record and record.key else "",
    )
    return Answer(page["status"], str(page["body"]).encode(), page["target"] or "")


def write(line: Line, sandbox: str, operation: WriteDown | WriteHappened | Extend) -> None:
    """Decide something beside the generation that is live; of one that is gone, nothing.

    Under the sandbox's lock: between reading and writing nobody decides something else."""
    stored = line.ask("read")["state"].get(sandbox)
    if stored is None:
        return
    match operation:
        case WriteDown(over):
            more: dict[str, object] = {"over": over.model_dump(mode="json")}
        case WriteHappened(new, again):
            known = lasting(Record.model_validate(stored).happened, new)
            told = [one.model_dump(mode="json") for one in known]
            more = {"happened": told, "again": dict(again)}
        case Extend(until):
            more = {"until": until.isoformat()}
    line.ask("record", sandbox=sandbox, record={**stored, **more})


def hold(line: Line, den: Den, sandbox: str, swapping: Swapping | None) -> None:
    """The gateway says "one moment" on all addresses of a sandbox; written down first."""
    told = swapping.model_dump(mode="json") if swapping else None
    _closed_for_now(line, den, sandbox, {"held": True, "swapping": told}, target(sandbox, 0))


def rest(line: Line, den: Den, sandbox: str) -> None:
    """The same, and it says that the sandbox is paused."""
    _closed_for_now(line, den, sandbox, {"paused": True}, f"{target(sandbox, 0)}/paused")


def _closed_for_now(
    line: Line, den: Den, sandbox: str, why: Mapping[str, object], page: str
) -> None:
    stored = line.ask("read")["state"].get(sandbox)
    if stored is None:
        return
    line.ask("record", sandbox=sandbox, record={**stored, **why})
    slot = stored.get("slot")
    hosts = {den.host(sandbox): page}
    hosts |= {f":{INSIDE + slot}": page} if slot else {}
    line.ask("routes", sandbox=sandbox, hosts=hosts, routes={})


def close(line: Line, sandbox: str) -> None:
    """No one sees it any more, and nothing is decided about it."""
    stored = line.ask("read")["state"].get(sandbox)
    line.ask("routes", sandbox=sandbox, hosts={}, routes={})
    line.ask("record", sandbox=sandbox, record=None)
    mine = Record.model_validate(stored).recipes if stored else ()
    line.ask("sweep", mine=sorted(mine))


@contextlib.contextmanager
def slots(line: Line, sandbox: str) -> Iterator[None]:
    """Under a lock, for two commands may look for a free port at once."""
    line.ask("lock", name=SLOTS, wait_seconds=10, who=sandbox)
    try:
        yield
    finally:
        line.ask("unlock", name=SLOTS)
