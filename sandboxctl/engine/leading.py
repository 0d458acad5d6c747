"""Which generation teams see: decided in the den's state, then done in the gateway's maps."""

from __future__ import annotations

from collections.abc import Mapping

from sandboxctl.engine import keys, observing, settling
from sandboxctl.engine.door_container import INSIDE
from sandboxctl.engine.line import Line
from sandboxctl.errors import EngineError
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.names import target
from sandboxctl.sandbox.operations import Answers, Close, GoBack, GoLive, Hold, Rest
from sandboxctl.sandbox.recipe import Recipe
from sandboxctl.sandbox.sparing import taken
from sandboxctl.sandbox.state import Record

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
            settling.hold(line, den, sandbox, swapping)
        case Rest():
            settling.rest(line, den, sandbox)
        case Close():
            settling.close(line, sandbox)


def go_live(line: Line, den: Den, sandbox: str, operation: GoLive) -> None:
    """State first, then the gateway: after a crash between the two, the den's next line mends it.

    SpareTaken where the spare it was belongs to another sandbox by now."""
    if den.gateway.ports:
        with settling.slots(line, sandbox):
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
        recipe=(recipe.digest, recipe.model_dump_json()),
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
