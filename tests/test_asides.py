"""What is replaced stays aside for a while, and comes back as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

from sandboxctl.blueprint.model import Secret
from sandboxctl.sandbox.asides import MOST, lasting, undo
from sandboxctl.sandbox.reconcile import reconcile, restore
from sandboxctl.sandbox.state import Aside, Generation, Observed, Record, Seen, Spare
from sandboxctl.sandbox.wanted import Wanted
from tests.recipes import NOON, container, recipe, wanted, web_and_db
from tests.test_reconcile import BOTH_THERE, is_the_plan, live

WEB = recipe(container("web", grace=30))
GRACE = timedelta(minutes=30)
FIRST, SECOND = IPv4Network("10.213.0.0/29"), IPv4Network("10.213.0.8/29")


def reset(**more: Any) -> Wanted:
    given = {"fresh": True, "previous": WEB, "now": NOON, "grace": GRACE, "why": "reset", **more}
    return wanted(WEB, **given)


def aside(generation: int, **more: Any) -> Aside:
    given = {"subnet": FIRST, "since": NOON, "until": NOON + GRACE, **more}
    return Aside(generation=generation, recipe=WEB.digest, **given)


def stopped(number: int, home: str = "") -> Generation:
    return Generation(number, FIRST, {"web": Seen("web", "exited")}, home)


def with_asides(*asides: Aside, **more: Any) -> Observed:
    """Generation 5 is live, and every one of ``asides`` is there."""
    generations = {
        one.generation: stopped(1 if one.home else one.generation, one.home) for one in asides
    }
    generations[5] = Generation(5, SECOND, {"web": Seen("web", "running")})
    record = Record(
        live=5,
        recipe=WEB.digest,
        blueprint="benefits",
        since=NOON,
        until=NOON + timedelta(hours=8),
        asides=asides,
    )
    seen = Observed("team-7", generations, record, BOTH_THERE, (FIRST, SECOND))
    return replace(seen, **more)


def test_reset_keeps_what_it_replaces() -> None:
    assert is_the_plan(
        reconcile(reset(), live(WEB)),
        """
        team-7
          1. network 10.213.0.8/29: reset
          2. start web: reset, after 1
          3. wait for web (running): it was started, after 2
          4. open the gateway to generation 2: all services are ready, after 3
          5. read through the gateway what generation 2 says: done means that it was read, after 4
          6. let generation 1 finish what it answers: another one is live, after 5
          7. stop generation 1 and keep it: `reset --undo` returns to it, after 6
        """,
    )


def test_only_so_many_stay_aside_and_the_oldest_goes() -> None:
    seen = with_asides(aside(4), aside(3))
    plan = reconcile(reset(), seen)
    decided = next(s.operation for s in plan.steps if str(s.operation).startswith("open"))
    assert [one.generation for one in decided.asides] == [5, 4]  # type: ignore[union-attr]  # a GoLive
    assert len(seen.asides) == MOST
    assert "remove web: its grace is over" in str(plan)


def test_a_spare_takes_the_place_with_nothing_to_start() -> None:
    spare = Spare(recipe=WEB.digest, subnet=SECOND, since=NOON, ready=True)
    other = spare.model_copy(update={"recipe": "other"})
    unready = spare.model_copy(update={"ready": False})
    offered = {"spare.x.a": other, "spare.x.b": unready, "spare.x.c": spare}
    seen = replace(live(WEB), spares=offered)
    assert is_the_plan(
        reconcile(reset(spared=True), seen),
        """
        team-7
          1. open the gateway to generation 2: a spare is ready
          2. read through the gateway what generation 2 says: done means that it was read, after 1
          3. let generation 1 finish what it answers: another one is live, after 2
          4. stop generation 1 and keep it: `reset --undo` returns to it, after 3
        """,
    )
    assert "start web" in str(reconcile(reset(spared=False), seen))
    assert "start web" in str(reconcile(reset(spared=True, images={"web": "x"}), seen))
    assert "start web" in str(reconcile(reset(spared=True), replace(seen, spares={})))


def test_undo_starts_it_again_and_puts_aside_what_was_live() -> None:
    seen = with_asides(aside(4, home="spare.x.a"), aside(3))
    plan = undo(reset(why="undo"), seen, seen.asides[0])
    assert is_the_plan(
        plan,
        """
        team-7
          1. start web again: it was put aside
          2. wait for web (running): it was started, after 1
          3. open the gateway to generation 4: it answers again, after 2
          4. read through the gateway what generation 4 says: done means that it was read, after 3
          5. let generation 5 finish what it answers: another one is live, after 4
          6. stop generation 5 and keep it: `reset --undo` returns to it, after 5
        """,
    )
    assert [step.at for step in plan.steps[:3]] == ["spare.x.a", "spare.x.a", "team-7"]
    decided: Any = plan.steps[2].operation
    assert decided.home == "spare.x.a"
    assert [one.generation for one in decided.asides] == [5, 3]


def test_undo_of_a_sandbox_starts_services_in_order() -> None:
    both = web_and_db()
    services = {name: Seen(name, "exited") for name in both.containers}
    seen = with_asides(aside(4))
    generations = {**seen.generations, 4: Generation(4, FIRST, services)}
    what = wanted(both, previous=both, now=NOON)
    plan = undo(what, replace(seen, generations=generations), seen.asides[0])
    assert [str(step.operation) for step in plan.steps[:4]] == [
        "start db again",
        "wait for db (running)",
        "start web again",
        "wait for web (http / on port 8000)",
    ]
    assert str(plan).endswith("remove its network: replaced, after 7, 8"), "no grace, so it goes"


def test_undo_right_after_a_reset_waits_until_what_was_asked_to_stop_did() -> None:
    seen = with_asides(aside(4))
    runs = Generation(4, FIRST, {"web": Seen("web", "running")})
    plan = undo(
        reset(why="undo"), replace(seen, generations={**seen.generations, 4: runs}), seen.asides[0]
    )
    assert str(plan).startswith(
        "team-7\n"
        "  1. stop web: it was asked to, and still runs\n"
        "  2. start web again: it was put aside, after 1\n"
    )
    stop: Any = plan.steps[0].operation
    assert stop.grace == 10.0


def test_what_is_over_or_gone_goes_with_the_next_change() -> None:
    over = aside(4, until=NOON)
    seen = with_asides(over, aside(3), aside(2))
    there = {number: one for number, one in seen.generations.items() if number != 2}
    seen = replace(seen, generations=there)
    assert [one.generation for one in lasting(seen, NOON)] == [3]
    assert [one.generation for one in lasting(seen, None)] == [4, 3]
    assert is_the_plan(
        reconcile(wanted(WEB, now=NOON), seen),
        """
        team-7
          1. open the gateway to generation 5: not all that was put aside can be returned to
          2. remove web: its grace is over, after 1
          3. remove its network: its grace is over, after 1, 2
        """,
    )


def test_what_was_asked_to_stop_and_did_not_is_asked_again() -> None:
    seen = with_asides(aside(4))
    runs = Generation(4, FIRST, {"web": Seen("web", "running")})
    seen = replace(seen, generations={**seen.generations, 4: runs})
    assert is_the_plan(
        reconcile(wanted(WEB, now=NOON, previous=WEB), seen),
        """
        team-7
          1. let generation 4 finish what it answers: it is not live
          2. stop generation 4 and keep it: `reset --undo` returns to it, after 1
        """,
    )
    asked: Any = reconcile(wanted(WEB, now=NOON, previous=WEB), seen).steps[1].operation
    assert asked.services == {"web": 10.0}, "no longer than ten seconds, whatever it may take"


def test_what_a_killed_reset_put_aside_and_did_not_stop_is_stopped_by_the_next() -> None:
    seen = with_asides(aside(4))
    runs = replace(seen.generations[4], services={"web": Seen("web", "running")})
    plan = reconcile(reset(), replace(seen, generations={**seen.generations, 4: runs}))
    last = [str(step.operation) for step in plan.steps if str(step.operation).startswith("stop")]
    assert last == ["stop generation 4 and keep it", "stop generation 5 and keep it"]


def test_a_failed_change_leaves_what_was_put_aside() -> None:
    seen = with_asides(aside(4))
    begun = Generation(6, None, {"web": Seen("web", "created")})
    seen = replace(seen, generations={**seen.generations, 6: begun})
    assert is_the_plan(restore(None, seen), "team-7\n  1. remove web: it never went live")


def test_a_failure_beside_what_somebody_stopped_wakes_nobody() -> None:
    stopped = live(WEB, web="exited")
    assert stopped.record
    assert "start web again" in str(restore(WEB, stopped))
    paused = stopped.record.model_copy(update={"paused": True})
    assert not restore(WEB, replace(stopped, record=paused))
    held = paused.model_copy(update={"held": True})
    assert restore(WEB, replace(stopped, record=held)), "what was begun is brought to its end"


def test_what_asks_for_a_secret_takes_no_spare() -> None:
    asks = recipe(container("web"), secrets={"KEY": Secret(ask="the key")})
    spare = Spare(recipe=asks.digest, subnet=SECOND, since=NOON, ready=True)
    seen = replace(live(asks), spares={"spare.x.a": spare})
    assert "start web" in str(reconcile(replace(reset(spared=True), recipe=asks), seen))


def test_down_takes_what_was_put_aside_too() -> None:
    plan = reconcile(None, with_asides(aside(4, home="spare.x.a")))
    assert sorted({step.at for step in plan.steps}) == ["spare.x.a", "team-7"]


def test_the_next_number_is_higher_than_any_that_was_put_aside() -> None:
    seen = with_asides(aside(9))
    assert replace(seen, generations={}).next == 10
    assert seen.record
    assert seen.record.homes == {}
    assert seen.record.recipes == {WEB.digest}


def test_a_record_counts_resets_and_remembers_whose_it_is() -> None:
    plan = reconcile(reset(workshop="autumn", team="blue"), live(WEB))
    decided: Any = plan.steps[3].operation
    before = live(WEB).record
    once = Record.of(decided, before, key="k")
    assert (once.resets, once.workshop, once.team, once.live) == (1, "autumn", "blue", 2)
    again = Record.of(replace(decided, workshop="", team="", why="up"), once, key="k")
    assert (again.resets, again.workshop, again.team) == (1, "autumn", "blue")
