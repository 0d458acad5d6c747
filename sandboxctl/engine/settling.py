"""Which generation teams see: decided in the den's state, then done in the gateway's maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandboxctl.engine import keys, observing
from sandboxctl.engine.line import Line
from sandboxctl.engine.protocol import Answer
from sandboxctl.engine.publishing import slots
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.addresses import INSIDE
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.happening import lasting
from sandboxctl.sandbox.names import cookie, target
from sandboxctl.sandbox.operations import (
    Answers,
    Close,
    Extend,
    GoBack,
    GoLive,
    Hold,
    Rest,
    WriteDown,
    WriteHappened,
)
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.sparing import taken
from sandboxctl.sandbox.state import Generation, Record, Swapping

AWAY = (502, 503, 504)
"""What the gateway answers where no service does."""
PATIENCE = 5.0
"""Seconds until a gateway that was told of another generation has to lead to it."""


def settle(
    line: Line,
    den: Den,
    sandbox: str,
    operation: GoLive | GoBack | Answers | Hold | Rest | Close,
) -> None:
    """Whatever is decided of what teams see."""
    match operation:
        case GoLive():
            go_live(line, den, sandbox, operation)
        case GoBack(before, recipe):
            _lead(line, den, sandbox, before, recipe, spare="")
        case Answers(generation, theirs):
            answers(line, den, sandbox, generation, theirs=theirs)
        case Hold(swapping):
            hold(line, den, sandbox, swapping)
        case Rest():
            rest(line, den, sandbox)
        case Close():
            close(line, sandbox)


def go_live(line: Line, den: Den, sandbox: str, operation: GoLive) -> None:
    """State first, then the gateway: after a crash between the two, the den's next line mends it.

    SpareTaken where the spare it was belongs to another sandbox by now."""
    if den.gateway.ports:
        with slots(line, sandbox):
            _go_live(line, den, sandbox, operation)
    else:
        _go_live(line, den, sandbox, operation)


def _go_live(line: Line, den: Den, sandbox: str, operation: GoLive) -> None:
    before = observing.record(line.ask("glance", sandbox=sandbox)["record"], sandbox)
    record = Record.of(operation, before, key=(before.key if before else "") or keys.new())
    if den.gateway.ports:
        records = line.ask("read")["state"]
        used = {other.get("slot") for name, other in records.items() if name != sandbox}
        slot = (before and before.slot) or addresses.slot(den.gateway.ports, used)
        record = record.model_copy(update={"slot": slot})
    _lead(line, den, sandbox, record, operation.recipe, spare=operation.home)


def _lead(
    line: Line, den: Den, sandbox: str, record: Record, recipe: Recipe, *, spare: str
) -> None:
    """One write of all that is decided, and then the gateway."""
    assert record.subnet is not None
    places = addresses.services(record.subnet, recipe.containers)
    answer = line.ask(
        "live",
        sandbox=sandbox,
        record=record.model_dump(mode="json"),
        # That of a spare is kept since it was offered.
        recipe=(recipe.digest, "" if spare else recipe.model_dump_json()),
        spare=spare,
        hosts=_hosts(den, sandbox, record, recipe),
        routes=_routes(target(sandbox, record.live), recipe, places),
    )
    if answer["taken"]:
        raise taken(spare)


def answers(line: Line, den: Den, sandbox: str, generation: int, *, theirs: bool) -> None:
    """A read through the gateway reaches this generation; EngineError if it does not in time.
    With ``theirs`` one of its services has to answer: a page of the gateway's is not enough."""
    seen = line.ask(
        "arrive",
        sandbox=sandbox,
        generation=generation,
        patience=PATIENCE,
        host=den.host(sandbox),
    )
    leads = seen["target"] == target(sandbox, generation)
    if leads and not (theirs and seen["status"] in AWAY):
        return
    why = f"answers {seen['status']}" if leads else f"is not where the gateway leads {sandbox}"
    raise EngineError(
        f"generation {generation} {why}",
        hint="`sandboxctl doctor` looks at the gateway; `up` again leads it anew.",
    )


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


def _hosts(den: Den, sandbox: str, record: Record, recipe: Recipe) -> dict[str, str]:
    live = target(sandbox, record.live)
    hosts = {den.host(sandbox): live}
    for name, container in recipe.containers.items():
        if container.public:
            hosts[den.host(sandbox, name)] = target(sandbox, record.live, name)
    return hosts | ({f":{INSIDE + record.slot}": live} if record.slot else {})


def _routes(live: str, recipe: Recipe, places: Mapping[str, str]) -> dict[str, str]:
    """``<target>/<path>/`` → where it leads; the gateway takes the longest that fits."""
    routes = {
        f"{live}{path.rstrip('/')}/": f"{places[way.service]}:{way.port}"
        for path, way in recipe.opens.items()
    }
    for name, container in recipe.containers.items():
        if container.public:
            routes[f"{live}/{name}--/"] = f"{places[name]}:{container.public}"
    return routes
