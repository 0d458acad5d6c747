"""A sandbox that is as its blueprint wants it, but for what stopped, or what lies about."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sandboxctl.sandbox import addresses, in_place
from sandboxctl.sandbox.asides import going_live, lasting, lay_aside, strays
from sandboxctl.sandbox.operations import Drain, Extend, StartAgain, WaitReady, WriteHappened
from sandboxctl.sandbox.plan import Draft, Key, Plan
from sandboxctl.sandbox.removing import remove_generation
from sandboxctl.sandbox.snapshots import swept
from sandboxctl.sandbox.state import Observed
from sandboxctl.sandbox.wanted import Wanted, in_order


def as_it_is(
    wanted: Wanted,
    observed: Observed,
    left: Collection[str] = (),
    happened: WriteHappened | None = None,
) -> Plan:
    """Start what stopped, remove what nobody needs, move the lease if that was asked; a service
    whose replacement was interrupted is the one it was.

    ``left`` are services that stay as they are; ``happened`` is written down first, and without
    it somebody asked for this, who knows what happened."""
    draft = Draft(observed.sandbox)
    written = draft.add(happened, "so that everybody knows") if happened else None
    ready = _start(draft, wanted, observed, left, written)
    _tidy(draft, wanted, observed, ready)
    return Plan(tuple(draft.steps))


def tidied(wanted: Wanted, observed: Observed) -> Plan:
    """The same, but for what stopped: that is left as it is."""
    draft, record = Draft(observed.sandbox), observed.record
    quiet = record and not (record.held or record.paused)
    if quiet and observed.live and observed.live.subnet:
        _tidy(draft, wanted, observed, {})
    return Plan(tuple(draft.steps))


def _tidy(draft: Draft, wanted: Wanted, observed: Observed, ready: Mapping[str, Key]) -> None:
    live, record = observed.live, observed.record
    assert live is not None
    assert live.subnet is not None
    assert record is not None
    stay, beside = lasting(observed, wanted.now), in_place.kept(observed, wanted.now)
    again = going_live(
        wanted, record.live, live.subnet, stay, home=live.home, since=record.since, beside=beside
    )
    decided: Key | None = None
    if record.held or record.paused:
        why = "it was held" if record.held else "it was paused"
        decided = draft.add(again, why, *ready.values())
    elif wanted.spares not in (None, record.spares):
        decided = draft.add(again, "another number of spares")
    elif stay != record.asides or beside != record.beside:
        decided = draft.add(again, "not all that was put aside can be returned to")
    elif wanted.lease_given and wanted.until != record.until:
        decided = draft.add(Extend(wanted.until), "another lease")
    in_place.over(draft, wanted, observed, decided)
    swept(draft, observed, decided)
    for why, generation in strays(observed, wanted.now):
        remove_generation(draft, generation, why, decided)
    for one in stay:
        aside = observed.generations[one.generation]
        if any(seen.runs for seen in aside.services.values()):
            places = tuple(one.address for one in aside.services.values() if one.address)
            drain = Drain(aside.number, places)
            drained = draft.add(drain, "it is not live", decided, home=aside.home)
            lay_aside(draft, wanted, aside, drained)


def _start(
    draft: Draft,
    wanted: Wanted,
    observed: Observed,
    left: Collection[str],
    written: Key | None,
) -> dict[str, Key]:
    live = observed.live
    assert live is not None
    assert live.subnet is not None
    places = addresses.services(live.subnet, wanted.recipe.containers)
    allowed = written or draft.let_go_on(observed)
    ready = in_place.taken_back(draft, wanted, observed)
    for name in in_order(wanted.recipe.containers):
        if name in ready or name in left or live.services[name].runs:
            continue
        container, seen = wanted.recipe.containers[name], live.services[name]
        needs = [allowed, *(ready.get(need) for need in container.depends_on)]
        why = seen.why or f"it is {seen.condition}"
        again = StartAgain(live.number, container)
        started = draft.add(again, why, *needs, home=live.home)
        waiting = WaitReady(live.number, container, places[name])
        ready[name] = draft.add(waiting, "it was started", started, home=live.home)
    return ready
