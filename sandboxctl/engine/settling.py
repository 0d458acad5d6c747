"""Which generation teams see: decided in the den's state, then done in the gateway's maps."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address

from sandboxctl.engine import keys
from sandboxctl.engine.gateway_container import INSIDE
from sandboxctl.engine.line import Line
from sandboxctl.engine.protocol import Answer
from sandboxctl.errors import EngineError, SpareTaken
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.happening import lasting
from sandboxctl.sandbox.names import cookie, target
from sandboxctl.sandbox.operations import Extend, GoLive, WriteDown, WriteHappened
from sandboxctl.sandbox.state import Generation, Record, Swapping

PATIENCE = 5.0
"""Seconds until a gateway that was told of another generation has to lead to it."""
SLOTS = "den.slots"
"""The lock under which a sandbox is given its port; no sandbox can be called so."""


def go_live(line: Line, den: Den, sandbox: str, operation: GoLive) -> None:
    """State first, then the gateway: after a crash between the two, the den's next line mends it.

    SpareTaken where the spare it was belongs to another sandbox by now."""
    if den.gateway.ports:
        with _slots(line, sandbox):
            _go_live(line, den, sandbox, operation)
    else:
        _go_live(line, den, sandbox, operation)


def _go_live(line: Line, den: Den, sandbox: str, operation: GoLive) -> None:
    records = line.ask("read")["state"]
    stored = records.get(sandbox)
    before = Record.model_validate(stored) if stored else None
    record = Record.of(operation, before, key=(before.key if before else "") or keys.new())
    if den.gateway.ports:
        used = {other.get("slot") for name, other in records.items() if name != sandbox}
        slot = (before and before.slot) or addresses.slot(den.gateway.ports, used)
        record = record.model_copy(update={"slot": slot})
    answer = line.ask(
        "live",
        sandbox=sandbox,
        record=record.model_dump(mode="json"),
        recipe=(operation.recipe.digest, operation.recipe.model_dump_json()),
        spare=operation.home,
        hosts=_hosts(den, sandbox, operation, record.slot),
        routes=_routes(sandbox, operation),
    )
    if answer["taken"]:
        raise SpareTaken(
            f"{operation.home} was given to another sandbox", hint="Run the command again."
        )


def answers(line: Line, den: Den, sandbox: str, generation: int) -> None:
    """A read through the gateway reaches this generation; EngineError if it does not in time."""
    end = time.monotonic() + PATIENCE
    while True:
        stored = line.ask("read")["state"].get(sandbox)
        record = Record.model_validate(stored) if stored else None
        seen = fetch(line, den, sandbox, record, "/")
        if seen.target == f"{sandbox}/{generation}":
            return
        if time.monotonic() > end:
            raise EngineError(
                f"the gateway leads {sandbox} to {seen.target or 'nowhere'}, not to generation "
                f"{generation}",
                hint="`sandboxctl doctor` looks at the gateway; `up` again leads it anew.",
            )
        time.sleep(0.02)


def replace_key(line: Line, sandbox: str, there: Mapping[int, Generation]) -> None:
    """Another key opens a sandbox; the old one does not, and cuts off who came in with it."""
    stored = line.ask("read")["state"].get(sandbox)
    if stored is not None:
        line.ask("record", sandbox=sandbox, record={**stored, "key": keys.new()})
    for generation in there.values():
        drain(line, generation, grace=0)


def drain(line: Line, seen: Generation | None, grace: float = 2.0) -> None:
    """``grace`` seconds for what is in flight; then what a generation still has open is cut."""
    places = [one.address for one in seen.services.values() if one.address] if seen else []
    if places:
        line.ask("drain", addresses=places, grace=grace)


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
def _slots(line: Line, sandbox: str) -> Iterator[None]:
    """Under a lock, for two commands may look for a free port at once."""
    line.ask("lock", name=SLOTS, wait_seconds=10, who=sandbox)
    try:
        yield
    finally:
        line.ask("unlock", name=SLOTS)


def _hosts(den: Den, sandbox: str, operation: GoLive, slot: int | None) -> dict[str, str]:
    live = target(sandbox, operation.generation)
    hosts = {den.host(sandbox): live}
    for name, container in operation.recipe.containers.items():
        if container.public:
            hosts[den.host(sandbox, name)] = target(sandbox, operation.generation, name)
    return hosts | ({f":{INSIDE + slot}": live} if slot else {})


def _routes(sandbox: str, operation: GoLive) -> dict[str, str]:
    """``<target>/<path>/`` → where it leads; the gateway takes the longest that fits."""
    live = target(sandbox, operation.generation)
    routes = {
        f"{live}{path.rstrip('/')}/": _at(operation, way.service, way.port)
        for path, way in operation.recipe.opens.items()
    }
    for name, container in operation.recipe.containers.items():
        if container.public:
            own = target(sandbox, operation.generation, name)
            routes[f"{own}/"] = _at(operation, name, container.public)
    return routes


def _at(operation: GoLive, service: str, port: int) -> str:
    return f"{IPv4Address(operation.addresses[service])}:{port}"
