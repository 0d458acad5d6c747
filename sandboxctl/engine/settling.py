"""Which generation teams see: decided in the den's state, then done in the gateway's maps."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Address

from sandboxctl.engine import keys
from sandboxctl.engine.gateway_container import INSIDE
from sandboxctl.engine.line import Line
from sandboxctl.engine.protocol import Answer
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.disk import Overfull
from sandboxctl.sandbox.names import cookie, target
from sandboxctl.sandbox.operations import GoLive
from sandboxctl.sandbox.state import Generation, Record

SLOTS = "den.slots"
"""The lock under which a sandbox is given its port; no sandbox can be called so."""


def go_live(line: Line, den: Den, sandbox: str, operation: GoLive) -> None:
    """State first, then the gateway: after a crash between the two, the same step mends it."""
    recipe = operation.recipe
    line.ask("keep", name=recipe.digest, text=recipe.model_dump_json())
    stored = line.ask("read")["state"].get(sandbox)
    before = Record.model_validate(stored) if stored else None
    key = (before.key if before else "") or keys.new()
    record = Record.of(operation, before, key=key)
    if den.gateway.ports:
        record = _with_slot(line, den, sandbox, record)
    else:
        line.ask("record", sandbox=sandbox, record=record.model_dump(mode="json"))
    line.ask(
        "routes",
        sandbox=sandbox,
        hosts=_hosts(den, sandbox, operation, record.slot),
        routes=_routes(sandbox, operation),
    )


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
    return Answer(page["status"], str(page["body"]).encode())


def write_down(line: Line, sandbox: str, over: Overfull) -> None:
    """Keep why a sandbox is stopped; one that is gone needs no reason."""
    stored = line.ask("read")["state"].get(sandbox)
    if stored is not None:
        line.ask("record", sandbox=sandbox, record={**stored, "over": over.model_dump(mode="json")})


def hold(line: Line, den: Den, sandbox: str) -> None:
    """The gateway says "one moment" on all addresses of a sandbox; written down first."""
    stored = line.ask("read")["state"].get(sandbox)
    if stored is None:
        return
    line.ask("record", sandbox=sandbox, record={**stored, "held": True})
    slot = stored.get("slot")
    hosts = {den.host(sandbox): target(sandbox, 0)}
    hosts |= {f":{INSIDE + slot}": target(sandbox, 0)} if slot else {}
    line.ask("routes", sandbox=sandbox, hosts=hosts, routes={})


def close(line: Line, sandbox: str) -> None:
    """No one sees it any more, and nothing is decided about it."""
    stored = line.ask("read")["state"]
    line.ask("routes", sandbox=sandbox, hosts={}, routes={})
    gone = stored.pop(sandbox, None)
    line.ask("record", sandbox=sandbox, record=None)
    recipe = gone.get("recipe") if gone else None
    if recipe and all(other.get("recipe") != recipe for other in stored.values()):
        line.ask("forget", name=recipe)


def _with_slot(line: Line, den: Den, sandbox: str, record: Record) -> Record:
    """The lowest port that no sandbox has; under a lock, for two commands may look at once."""
    line.ask("lock", name=SLOTS, wait_seconds=10, who=sandbox)
    try:
        stored = line.ask("read")["state"]
        mine = (stored.get(sandbox) or {}).get("slot")
        used = {other.get("slot") for name, other in stored.items() if name != sandbox}
        slot = mine or addresses.slot(den.gateway.ports, used)
        record = record.model_copy(update={"slot": slot})
        line.ask("record", sandbox=sandbox, record=record.model_dump(mode="json"))
    finally:
        line.ask("unlock", name=SLOTS)
    return record


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
