"""One service replaced in its place: plans, and every point at which they can be cut off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sandboxctl.blueprint.model import Secret
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.errors import EngineError, SandboxError
from sandboxctl.lifecycle.change import carry_out, propose
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.in_place import carry_out as carry_out_in_place
from sandboxctl.lifecycle.in_place import plan_in_place, plan_in_place_undo
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.lifecycle.snapshot import kept as kept_of
from sandboxctl.lifecycle.snapshot import plan_restore
from sandboxctl.lifecycle.undo import plan_undo
from sandboxctl.sandbox import in_place
from sandboxctl.sandbox.exchange import dependents
from sandboxctl.sandbox.operations import Commit, RemoveService, StopService
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.recipe import Probe, Recipe
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.snapshots import take
from sandboxctl.sandbox.state import Beside, Generation, Observed, Record, Seen, Swapping
from sandboxctl.sandbox.wanted import Wanted
from tests.recipes import NOON, container, recipe, wanted
from tests.test_reconcile import is_the_plan

GRACE = timedelta(minutes=30)
TEAM = "team-7"
CHAIN = recipe(
    container("web", depends_on=("api",), probe=Probe(kind="http", port=8000)),
    container("api", depends_on=("db",)),
    container("db", stateful=True, definition="d"),
    container("mail", stateful=True, definition="m"),
)


def wants(what: Recipe = CHAIN, **more: Any) -> Wanted:
    return wanted(what, **{"previous": what, "now": NOON, "grace": GRACE, "why": "reset", **more})


def there(aside: dict[str, str] | None = None, **more: Any) -> Observed:
    """Generation 1 is live; the id of each container is the service's name."""
    what = CHAIN
    services = {name: Seen(name, "running", id=name) for name in what.containers}
    kept = {name: Seen(name, "exited", id=mark) for name, mark in (aside or {}).items()}
    subnet = MemoryEngine().den.range
    record = Record(
        live=1,
        recipe=what.digest,
        blueprint="benefits",
        since=NOON,
        until=NOON + timedelta(hours=8),
        subnet=subnet,
        **more,
    )
    generation = Generation(1, subnet, services, beside=kept)
    return Observed(TEAM, {1: generation}, record, taken=(subnet,))


def without(seen: Observed, service: str) -> Observed:
    live = seen.generations[1]
    left = {name: one for name, one in live.services.items() if name != service}
    return replace(seen, generations={1: replace(live, services=left)})


def until(**more: Any) -> dict[str, Beside]:
    return {"db": Beside(**{"since": NOON, "until": NOON + GRACE, **more})}


def test_a_service_makes_room_for_another_and_what_depends_on_it_begins_anew() -> None:
    plan = in_place.begin_again(wants(), there(), "db")
    assert is_the_plan(
        plan,
        """
        team-7
          1. hold the gateway: db begins again
          2. let generation 1 finish what it answers: it is held, after 1
          3. stop web: db becomes another one, after 2
          4. stop api: db becomes another one, after 2, 3
          5. stop db: it begins again, after 2, 3, 4
          6. keep db beside: `reset --service db --undo` returns to it, after 2, 3, 4, 5
          7. start db: at minute zero, after 6
          8. wait for db (running): it was started, after 7
          9. start api again: db is another one, after 8
          10. wait for api (running): it was started, after 9
          11. start web again: db is another one, after 10
          12. wait for web (http / on port 8000): it was started, after 11
          13. open the gateway to generation 1: all services are ready, after 8, 10, 12
          14. read through the gateway what generation 1 says: done means that it was read, after 13
        """,
    )
    held: Any = plan.steps[0].operation
    assert held.swapping == Swapping(service="db", away="db")
    decided: Any = plan.steps[12].operation
    record = Record.of(decided, there().record, key="k")
    assert (record.live, record.swapping, record.held) == (1, None, False)
    assert record.beside == until()


def test_without_a_grace_nothing_is_kept() -> None:
    plan = in_place.begin_again(wants(grace=None), there({"db": "old"}), "db")
    assert "remove the db that is kept beside: nothing is kept" in str(plan)
    decided: Any = plan.steps[12].operation
    assert decided.beside == {}


def test_a_generation_that_was_a_spare_is_changed_under_its_own_name() -> None:
    seen = there()
    homed = replace(seen, generations={1: replace(seen.generations[1], home="spare.x.a")})
    plan = in_place.begin_again(wants(), homed, "db")
    assert {
        step.at for step in plan.steps if str(step.operation).startswith(("stop", "start"))
    } == {"spare.x.a"}
    assert plan.steps[0].at == TEAM


def test_undo_exchanges_the_two() -> None:
    seen = there({"db": "old"})
    assert seen.record
    seen = replace(seen, record=seen.record.model_copy(update={"beside": until()}))
    plan = in_place.undo(wants(why="undo"), seen, "db")
    told = [str(step.operation) for step in plan.steps]
    assert told[4:7] == ["stop db", "take db back", "start db again"]
    back: Any = plan.steps[5].operation
    assert back.container == "old"
    held: Any = plan.steps[0].operation
    assert held.swapping == Swapping(service="db", away="db", to="old")
    none = in_place.undo(wants(grace=None), seen, "db")
    decided: Any = next(s.operation for s in none.steps if "open the gateway" in str(s.operation))
    assert decided.beside == until(), "as long as it could be had back before"


def test_an_undo_that_is_run_again_does_nothing_more() -> None:
    engine = running()
    first = ids(engine)
    again(engine)
    second = ids(engine)
    undo_again(engine)
    assert ids(engine) == first
    proposal = plan_in_place_undo(engine, TEAM, "db", now=NOON)
    assert (proposal.lost, proposal.plan) == ((), Plan())
    engine.apply(TEAM, StopService(1, "web", 0), lambda _: None)
    undo_again(engine)
    assert ids(engine) == first, "what stopped meanwhile is started, and nothing else"
    all_is_well(engine)
    assert [(one.name, one.why) for one in kept_of(engine, TEAM, now=NOON)] == [("auto-db", "undo")]
    back = plan_restore(engine, TEAM, "auto-db", now=NOON)
    assert back.lost == ("db",)
    assert not carry_out(engine, back, print)
    assert ids(engine)["db"] == second["db"]
    undo_again(engine)
    assert ids(engine)["db"] == first["db"], "a restore can be undone"
    with pytest.raises(SandboxError, match="has no snapshot auto-mail") as refused:
        plan_restore(engine, TEAM, "auto-mail", now=NOON)
    assert "It has auto-db" in refused.value.hint


@pytest.mark.parametrize(
    ("kept", "record", "why"),
    [
        ({}, {}, "it was not replaced"),
        ({"db": "old"}, {"beside": until(until=NOON)}, "its grace is over"),
        ({}, {"beside": until()}, "its grace is over"),
    ],
)
def test_what_cannot_be_had_back_says_why(
    kept: dict[str, str], record: dict[str, Any], why: str
) -> None:
    with pytest.raises(SandboxError, match=why) as refused:
        in_place.undo(wants(), there(kept, **record), "db")
    assert "sandboxctl snapshot team-7" in refused.value.hint


def test_another_change_in_the_middle_is_finished_first() -> None:
    begun = there({"db": "old"}, swapping=Swapping(service="db", away="old"))
    for plan in (in_place.undo, in_place.begin_again):
        other = "db" if plan is in_place.undo else "mail"
        with pytest.raises(SandboxError, match="in the middle") as refused:
            plan(wants(), begun, other)
        assert "reset team-7 --service db` finishes" in refused.value.hint
    undoing = there({"db": "old"}, swapping=Swapping(service="db", away="db", to="old"))
    with pytest.raises(SandboxError) as refused:
        in_place.begin_again(wants(), undoing, "db")
    assert "--service db --undo` finishes" in refused.value.hint


def test_what_is_over_goes_with_the_next_change() -> None:
    seen = there({"db": "old", "mail": "x"})
    assert seen.record
    seen = replace(seen, record=seen.record.model_copy(update={"beside": {**until(until=NOON)}}))
    assert is_the_plan(
        reconcile(wants(), seen),
        """
        team-7
          1. open the gateway to generation 1: not all that was put aside can be returned to
          2. remove the db that is kept beside: its grace is over, after 1
          3. remove the mail that is kept beside: its grace is over, after 1
        """,
    )
    kept = there({"db": "old"})
    assert kept.record
    kept = replace(kept, record=kept.record.model_copy(update={"beside": until()}))
    assert not reconcile(wants(), kept)


def test_up_takes_back_what_was_interrupted() -> None:
    begun = there({"db": "old"}, swapping=Swapping(service="db", away="old"), held=True)
    assert is_the_plan(
        reconcile(wants(), without(begun, "db")),
        """
        team-7
          1. stop web: db becomes another one
          2. stop api: db becomes another one, after 1
          3. take db back: its replacement did not come, after 1, 2
          4. start db again: its replacement did not come, after 3
          5. wait for db (running): it was started, after 4
          6. start api again: db is another one, after 5
          7. wait for api (running): it was started, after 6
          8. start web again: db is another one, after 7
          9. wait for web (http / on port 8000): it was started, after 8
          10. remove the db that is kept beside: it did not come, after 5
          11. open the gateway to generation 1: it was held, after 5, 7, 9
        """,
    )


def test_a_service_that_is_gone_and_kept_nowhere_makes_another_generation() -> None:
    gone = without(there(swapping=Swapping(service="db", away="old"), held=True), "db")
    assert "network 10.213" not in str(reconcile(wants(), there()))
    assert "db is gone" in str(reconcile(wants(), replace(gone, taken=())))


def test_down_takes_what_is_beside_along() -> None:
    plan = reconcile(None, there({"db": "old"}))
    assert "remove the db that is kept beside: no longer wanted" in str(plan)


def test_no_snapshot_while_a_service_is_away() -> None:
    begun = there({"db": "old"}, swapping=Swapping(service="db", away="old"))
    with pytest.raises(SandboxError, match="db of team-7 is gone"):
        take(without(begun, "db"), CHAIN, "lunch", NOON)


def test_who_depends_on_whom() -> None:
    assert dependents(CHAIN.containers, "db") == ["api", "web"]
    assert dependents(CHAIN.containers, "web") == []
    nothing = Observed(TEAM)
    assert in_place.kept(nothing, NOON) == {}


# -- cut off at every step -------------------------------------------------------------------


def running() -> MemoryEngine:
    """A den in memory with the chain in it, at minute zero."""
    engine = MemoryEngine()
    for one in CHAIN.containers.values():
        engine.apply(TEAM, Commit(1, one, one.image, stop=False), lambda _: None)
    assert not carry_out(engine, propose(engine, TEAM, wants(why="up")), print)
    return engine


def ids(engine: MemoryEngine) -> dict[str, str]:
    live = engine.observe(TEAM).live
    assert live
    return {name: seen.id for name, seen in live.services.items()}


def all_is_well(engine: MemoryEngine) -> None:
    observed = engine.observe(TEAM)
    assert observed.record
    assert observed.live
    assert observed.live.services.keys() == CHAIN.containers.keys()
    assert all(seen.runs for seen in observed.live.services.values())
    assert (observed.record.held, observed.record.swapping) == (False, None)
    again = propose(engine, TEAM, wants(now=NOON)).plan
    assert not again, again


def again(engine: MemoryEngine) -> None:
    failed, _ = carry_out_in_place(engine, plan_in_place(engine, TEAM, "db", now=NOON), print)
    assert not failed


def undo_again(engine: MemoryEngine) -> None:
    failed, _ = carry_out_in_place(engine, plan_in_place_undo(engine, TEAM, "db", now=NOON), print)
    assert not failed


def up(engine: MemoryEngine) -> None:
    assert not carry_out(engine, propose(engine, TEAM, wants(why="up")), print)


def reset(engine: MemoryEngine) -> None:
    assert not carry_out(engine, plan_reset(engine, TEAM, now=NOON), print)


def cut_off(engine: MemoryEngine, plan: Plan, at: int) -> None:
    for step in plan.steps[:at]:
        engine.apply(step.at, step.operation, lambda _: None)


@pytest.mark.parametrize("at", range(15))
@pytest.mark.parametrize("how", [again, up, reset])
def test_whatever_cuts_it_off_every_way_on_ends_well(
    how: Callable[[MemoryEngine], None], at: int
) -> None:
    engine = running()
    before = ids(engine)
    cut_off(engine, plan_in_place(engine, TEAM, "db", now=NOON).plan, at)
    how(engine)
    all_is_well(engine)
    now = ids(engine)
    if how is again:
        assert now["db"] != before["db"]
        undo_again(engine)
        assert (ids(engine) == before) is (at < 13), "else it had begun again already"
    elif how is up:
        assert (now == before) is (at < 13), "until it was decided, it is taken back"
    else:
        assert not set(now.values()) & set(before.values())
        assert not carry_out(engine, plan_undo(engine, TEAM, now=NOON), print)
        up(engine)  # what was kept beside in the one that was reset goes with the next change
        all_is_well(engine)
    assert not carry_out(engine, propose(engine, TEAM, None), print)
    assert engine.sandboxes() == []


@pytest.mark.parametrize("at", range(14))
@pytest.mark.parametrize("how", [undo_again, up, reset])
def test_an_undo_that_is_cut_off_ends_well_too(
    how: Callable[[MemoryEngine], None], at: int
) -> None:
    engine = running()
    first = ids(engine)
    again(engine)
    second = ids(engine)
    cut_off(engine, plan_in_place_undo(engine, TEAM, "db", now=NOON).plan, at)
    how(engine)
    all_is_well(engine)
    if how is undo_again:
        assert ids(engine)["db"] == first["db"]
    elif how is up:
        assert ids(engine)["db"] == (first if at >= 13 else second)["db"]
        undo_again(engine)
        assert ids(engine)["db"] == first["db"]


@pytest.mark.parametrize("broken", ["db", "web"])
def test_one_that_does_not_come_up_is_taken_back(broken: str) -> None:
    engine = running()
    before = ids(engine)
    engine._broken = frozenset({broken})
    proposal = plan_in_place(engine, TEAM, "db", now=NOON)
    failed, back = carry_out_in_place(engine, proposal, print)
    assert len(failed) == 1
    assert not back, "what never answers does not answer afterwards either"
    engine._broken = frozenset()
    up(engine)
    assert ids(engine) == before
    all_is_well(engine)


def test_one_that_does_not_start_is_taken_back_at_once() -> None:
    engine = running()
    before = ids(engine)
    engine._unstartable = frozenset({"db"})
    failed, back = carry_out_in_place(engine, plan_in_place(engine, TEAM, "db", now=NOON), print)
    assert len(failed) == 1
    assert back
    assert ids(engine) == before
    all_is_well(engine)


def test_what_interrupts_it_takes_it_back() -> None:
    class Interrupted(MemoryEngine):
        def apply(self, sandbox: str, operation: Any, note: Any) -> None:
            if str(operation) == "start db":
                raise KeyboardInterrupt
            super().apply(sandbox, operation, note)

    engine = running()
    before = ids(engine)
    other = Interrupted()
    other.__dict__ |= engine.__dict__
    with pytest.raises(KeyboardInterrupt):
        carry_out_in_place(other, plan_in_place(other, TEAM, "db", now=NOON), print)
    assert ids(engine) == before
    all_is_well(engine)


def test_what_cannot_begin_again_says_why() -> None:
    engine = running()
    with pytest.raises(SandboxError, match="has no service nix") as refused:
        plan_in_place(engine, TEAM, "nix", now=NOON)
    assert refused.value.hint == "It has api, db, mail, web."
    engine.apply(TEAM, StopService(1, "mail", 1), lambda _: None)
    assert plan_in_place(engine, TEAM, "mail", now=NOON).plan
    engine._images -= {CHAIN.containers["db"].image}
    with pytest.raises(EngineError, match="is gone"):
        plan_in_place(engine, TEAM, "db", now=NOON)
    engine.apply(TEAM, RemoveService(1, "mail"), lambda _: None)
    with pytest.raises(SandboxError, match="mail of team-7 is gone") as refused:
        plan_in_place(engine, TEAM, "web", now=NOON)
    assert "makes all of it anew" in refused.value.hint


def test_a_password_between_two_services_stays() -> None:
    engine = running()
    engine._given[TEAM] = {"PASSWORD": "hunter2"}
    secret = recipe(*CHAIN.containers.values(), secrets={"PASSWORD": Secret(generate=32)})
    assert not carry_out(engine, propose(engine, TEAM, wants(secret, previous=CHAIN)), print)
    engine._given[TEAM] = {"PASSWORD": "hunter2"}
    proposal = plan_in_place(engine, TEAM, "db", now=NOON)
    assert proposal.wanted
    assert proposal.wanted.secrets == {"PASSWORD": "hunter2"}
    assert not execute(proposal.plan, engine, tell=print)
