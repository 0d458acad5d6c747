"""One service back to minute zero in its place, and back from there.

The one exception to generations that are never repaired. `Record.swapping` says which container
is being taken away and which takes its place, by their ids, so that whoever comes after a crash
knows how far it went: the same verb goes on, everything else takes it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sandboxctl.errors import SandboxError
from sandboxctl.sandbox.asides import going_live, lasting
from sandboxctl.sandbox.exchange import Here, exchanged, here_of, started_behind, stopped_before
from sandboxctl.sandbox.operations import (
    Answers,
    Drain,
    Hold,
    Place,
    PutAside,
    RemoveAside,
    StartService,
)
from sandboxctl.sandbox.plan import Draft, Key, Plan
from sandboxctl.sandbox.state import Beside, Generation, Observed, Record, Swapping
from sandboxctl.sandbox.wanted import Wanted


def is_away(live: Generation, swapping: Swapping) -> bool:
    """Whether the service was put aside already, and can be taken back."""
    beside = live.beside.get(swapping.service)
    here = swapping.service in live.services
    return beside is not None and (not here or beside.id == swapping.away)


def kept(observed: Observed, now: datetime | None) -> dict[str, Beside]:
    """Containers kept beside the live services that can still be had back, by service."""
    live, record = observed.live, observed.record
    if live is None or record is None:
        return {}
    found = {
        service: one
        for service, one in record.beside.items()
        if service in live.beside and (now is None or one.until > now)
    }
    if record.swapping and not record.swapping.to and is_away(live, record.swapping):
        found.pop(record.swapping.service, None)  # what was kept before has gone for it
    return found


def is_undone(observed: Observed, service: str, now: datetime | None) -> bool:
    """Whether an undo is the last that happened to it: no verb does anything the second time."""
    record = observed.record
    one = kept(observed, now).get(service)
    return one is not None and one.undone and (record is None or record.swapping is None)


def begin_again(wanted: Wanted, observed: Observed, service: str) -> Plan:
    """Another container of one service, at minute zero; the one it was is kept beside."""
    record = _record(observed)
    away = _away(observed, service, undo=False)
    here = here_of(wanted, observed, Draft(observed.sandbox))
    draft, live, container = here.draft, here.live, wanted.recipe.containers[service]
    drained = _held(here, Swapping(service=service, away=away), f"{service} begins again")
    rest = stopped_before(here, service, drained)
    stopped = here.stop(container, "it begins again", drained, *rest)
    put = draft.add(
        PutAside(live.number, service, away),
        f"`reset --service {service} --undo` returns to it",
        drained,
        stopped,
        *rest,
        home=live.home,
    )
    assert live.subnet is not None
    place = Place(live.number, live.subnet, record.recipe, here.places, wanted.secrets)
    start = StartService(container, place, container.image)
    started = draft.add(start, "at minute zero", put, home=live.home)
    ready = started_behind(here, service, here.wait(container, started))
    beside = kept(observed, wanted.now)
    if wanted.grace and wanted.now:
        beside[service] = Beside(since=wanted.now, until=wanted.now + wanted.grace)
    else:
        beside.pop(service, None)
    answered = _shown(here, observed, beside, ready)
    if service not in beside:
        gone = RemoveAside(live.number, service)
        draft.add(gone, "nothing is kept", answered, home=live.home)
    return Plan(tuple(draft.steps))


def undo(wanted: Wanted, observed: Observed, service: str) -> Plan:
    """The one that was kept beside is the service again, with all that was entered; the one it
    takes the place of is kept in its turn."""
    away = _away(observed, service, undo=True)
    to = _back(observed, wanted, service)
    here = here_of(wanted, observed, Draft(observed.sandbox))
    drained = _held(here, Swapping(service=service, away=away, to=to), f"{service} returns")
    ready = exchanged(here, service, to, drained, "it was kept beside")
    beside = kept(observed, wanted.now)
    if wanted.grace and wanted.now:
        beside[service] = Beside(since=wanted.now, until=wanted.now + wanted.grace)
    undone = {"undone": wanted.why == "undo"}
    changed = {n: one.model_copy(update=undone) for n, one in beside.items() if n == service}
    _shown(here, observed, {**beside, **changed}, ready)
    return Plan(tuple(here.draft.steps))


def taken_back(draft: Draft, wanted: Wanted, observed: Observed) -> dict[str, Key]:
    """What was interrupted or failed in the middle is taken back: the service is the one it was,
    with its data. Gives the step after which each service answers again; none where nothing was
    interrupted."""
    record, live = observed.record, observed.live
    assert live is not None
    assert record is not None
    swapping = record.swapping
    if swapping is None or not is_away(live, swapping):
        return {}
    here = here_of(wanted, observed, draft)
    ready = exchanged(here, swapping.service, swapping.away, None, "its replacement did not come")
    if swapping.to == "":
        gone = RemoveAside(live.number, swapping.service)
        draft.add(gone, "it did not come", ready[swapping.service], home=live.home)
    return ready


def over(draft: Draft, wanted: Wanted, observed: Observed, after: Key | None) -> None:
    """What is kept beside and cannot be had back any more goes."""
    live, record = observed.live, observed.record
    assert live is not None
    assert record is not None
    stay = {*kept(observed, wanted.now)}
    if record.swapping and is_away(live, record.swapping):  # it is taken back
        stay.add(record.swapping.service)
    for service in sorted(live.beside.keys() - stay):
        gone = RemoveAside(live.number, service)
        draft.add(gone, "its grace is over", after, home=live.home)


def _held(here: Here, swapping: Swapping, why: str) -> Key:
    held = here.draft.add(Hold(swapping), why)
    return here.draft.add(Drain(here.live.number), "it is held", held, home=here.live.home)


def _shown(
    here: Here, observed: Observed, beside: Mapping[str, Beside], ready: Mapping[str, Key]
) -> Key:
    record, live, wanted = _record(observed), here.live, here.wanted
    assert live.subnet is not None
    stay = lasting(observed, wanted.now)
    again = going_live(
        wanted,
        record.live,
        live.subnet,
        stay,
        home=live.home,
        since=record.since,
        beside=beside,
    )
    decided = here.draft.add(again, "all services are ready", *ready.values())
    return here.draft.add(Answers(record.live), "done means that it was read", decided)


def _record(observed: Observed) -> Record:
    assert observed.record is not None
    return observed.record


def _away(observed: Observed, service: str, *, undo: bool) -> str:
    """The id of the container that is taken away: the service, unless this was begun before."""
    record, live = _record(observed), observed.live
    assert live is not None
    begun = record.swapping
    if begun is None:
        return live.services[service].id
    if begun.service == service and bool(begun.to) is undo:
        return begun.away
    undone = " --undo" if begun.to else ""
    raise SandboxError(
        f"{observed.sandbox} is in the middle of another change, of {begun.service}",
        hint=f"`sandboxctl reset {observed.sandbox} --service {begun.service}{undone}` finishes "
        "it; `up` with its blueprint takes it back.",
    )


def _back(observed: Observed, wanted: Wanted, service: str) -> str:
    """The id of the container to be had back. SandboxError where there is none, or no more."""
    record, live = _record(observed), observed.live
    if record.swapping:
        return record.swapping.to
    if live and service in kept(observed, wanted.now):
        return live.beside[service].id
    why = "its grace is over" if service in record.beside else "it was not replaced"
    raise SandboxError(
        f"There is nothing of {service} of {observed.sandbox} to return to: {why}.",
        hint=f"`sandboxctl snapshot {observed.sandbox}` shows what else there is.",
    )
