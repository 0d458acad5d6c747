"""State that is kept on purpose: plans, and what they refuse."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

import pytest

from sandboxctl.errors import BlueprintError, SandboxError
from sandboxctl.sandbox.operations import TakeSnapshot, WriteSnapshots
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.snapshots import MOST, automatic, called, checked, forget, found, take
from sandboxctl.sandbox.state import Aside, Observed, Record, Snapshot
from tests.recipes import NOON, recipe, wanted, web_and_db
from tests.test_reconcile import WEB, is_the_plan, live

BOTH = web_and_db()
IMAGE = "sandboxctl/snapshot:den.team-7.lunch.db"


def snapshot(name: str = "lunch", **more: Any) -> Snapshot:
    given = {"recipe": BOTH.digest, "images": {"db": f"sandboxctl/snapshot:den.team-7.{name}.db"}}
    return Snapshot(name=name, generation=1, at=NOON, **{**given, **more})


def having(*snapshots: Snapshot, **states: Any) -> Observed:
    seen = live(BOTH, **states)
    assert seen.record
    return replace(seen, record=seen.record.model_copy(update={"snapshots": snapshots}))


def test_it_is_written_down_before_and_after() -> None:
    plan = take(live(BOTH), BOTH, "lunch", NOON)
    assert is_the_plan(
        plan,
        """
        team-7
          1. write down which snapshots there are (lunch, not finished): what is interrupted must be known
          2. keep db in snapshot lunch: all stands still meanwhile, after 1
          3. write down which snapshots there are (lunch): it is whole, after 2
        """,  # noqa: E501
    )
    kept: Any = plan.steps[1].operation
    assert isinstance(kept, TakeSnapshot)
    assert kept.images == {"db": IMAGE}
    assert kept.still == ("db", "web")
    last: Any = plan.steps[2].operation
    assert last.snapshots == (snapshot(),)


def test_what_an_earlier_one_left_goes_first_and_what_it_paused_goes_on() -> None:
    seen = having(snapshot("breakfast"), snapshot("brunch", whole=False), web="paused", db="exited")
    plan = take(seen, BOTH, "lunch", NOON)
    assert is_the_plan(
        plan,
        """
        team-7
          1. write down which snapshots there are (breakfast, lunch, not finished): what is interrupted must be known
          2. remove images of snapshots: an earlier one was interrupted, after 1
          3. keep db in snapshot lunch: all stands still meanwhile, after 1, 2
          4. write down which snapshots there are (breakfast, lunch): it is whole, after 3
        """,  # noqa: E501
    )
    cleared: Any = plan.steps[1].operation
    kept: Any = plan.steps[2].operation
    assert cleared.keep == ("sandboxctl/snapshot:den.team-7.breakfast.db",)
    assert kept.still == ("web",)
    assert seen.record
    resting = replace(seen, record=seen.record.model_copy(update={"paused": True}))
    kept = take(resting, BOTH, "lunch", NOON).steps[2].operation
    assert kept.still == (), "what is to rest goes on resting"


def test_a_generation_that_was_a_spare_is_kept_under_its_own_name() -> None:
    seen = live(BOTH)
    homed = {1: replace(seen.generations[1], home="spare.x.a")}
    plan = take(replace(seen, generations=homed), BOTH, "lunch", NOON)
    assert [step.at for step in plan.steps] == ["team-7", "spare.x.a", "team-7"]


@pytest.mark.parametrize(
    ("seen", "name", "why"),
    [
        (having(snapshot()), "lunch", "has a snapshot lunch already"),
        (having(*(snapshot(f"s{n}") for n in range(MOST))), "lunch", "may have no more"),
        (live(WEB), "lunch", "there is nothing in it to return to"),
        (Observed("team-7"), "lunch", "no running sandbox team-7"),
        (replace(live(BOTH), generations={}), "lunch", "no running sandbox team-7"),
    ],
)
def test_what_cannot_be_taken_says_why(seen: Observed, name: str, why: str) -> None:
    with pytest.raises(SandboxError, match=why) as refused:
        take(seen, WEB if seen.live and "db" not in seen.live.services else BOTH, name, NOON)
    assert refused.value.hint


@pytest.mark.parametrize("name", ["auto-3", "Lunch", "a--b", "-a", "a.b", "a" * 31, ""])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(BlueprintError, match="cannot be the name of a snapshot") as refused:
        checked(name)
    assert ("by itself" in refused.value.hint) is name.startswith("auto-")


def test_names_that_are() -> None:
    assert [checked(one) for one in ("a", "before-lunch", "2")] == ["a", "before-lunch", "2"]
    assert [automatic(one) for one in ("auto-3", "auto-x", "3")] == [3, 0, 0]


def test_removing_one_keeps_the_others() -> None:
    plan = forget(having(snapshot("breakfast"), snapshot()), "lunch")
    assert is_the_plan(
        plan,
        """
        team-7
          1. write down which snapshots there are (breakfast, lunch, not finished): you asked for it
          2. remove images of snapshots: you asked for it, after 1
          3. write down which snapshots there are (breakfast): their images are gone, after 2
        """,
    )
    cleared: Any = plan.steps[1].operation
    assert cleared.keep == ("sandboxctl/snapshot:den.team-7.breakfast.db",)


def test_what_was_interrupted_can_be_cleared_up_alone() -> None:
    assert is_the_plan(
        forget(having(snapshot(whole=False))),
        """
        team-7
          1. remove images of snapshots: it was interrupted
          2. write down which snapshots there are (none): their images are gone, after 1
        """,
    )
    assert not forget(having(snapshot()))
    assert not forget(Observed("team-7"))


def test_whatever_changes_the_sandbox_clears_up_what_was_interrupted() -> None:
    assert is_the_plan(
        reconcile(wanted(BOTH), having(snapshot(whole=False), web="paused")),
        """
        team-7
          1. start web again: it ended
          2. wait for web (http / on port 8000): it was started, after 1
          3. remove images of snapshots: it was interrupted
          4. write down which snapshots there are (none): their images are gone, after 3
        """,
    )


def test_only_a_whole_one_is_found() -> None:
    seen = having(snapshot(), snapshot("brunch", whole=False))
    assert found(seen, "lunch") == snapshot()
    with pytest.raises(SandboxError) as refused:
        found(seen, "brunch")
    assert refused.value.hint == "It has lunch."
    with pytest.raises(SandboxError) as refused:
        found(Observed("team-7"), "brunch")
    assert refused.value.hint == "`sandboxctl snapshot team-7 brunch` takes one."


def test_restore_starts_from_its_images_and_keeps_what_it_replaces() -> None:
    seen = having(snapshot())
    what = wanted(
        BOTH,
        fresh=True,
        previous=BOTH,
        images=snapshot().images,
        now=NOON,
        grace=timedelta(minutes=30),
        why="restore",
    )
    assert IMAGE in what.references
    plan = reconcile(what, seen)
    assert is_the_plan(
        plan,
        """
        team-7
          1. network 10.213.0.8/29: restore
          2. start db with its data: restore, after 1
          3. wait for db (running): it was started, after 2
          4. start web: restore, after 1, 3
          5. wait for web (http / on port 8000): it was started, after 4
          6. open the gateway to generation 2: all services are ready, after 3, 5
          7. read through the gateway what generation 2 says: done means that it was read, after 6
          8. let generation 1 finish what it answers: another one is live, after 7
          9. stop generation 1 and keep it: `reset --undo` returns to it, after 8
        """,
    )
    decided: Any = plan.steps[5].operation
    record = Record.of(decided, seen.record, key="k")
    assert (record.snapshots, record.resets) == ((snapshot(),), 1)
    assert [(one.generation, one.why) for one in record.asides] == [(1, "restore")]


def test_down_takes_snapshots_before_it_forgets_them() -> None:
    assert str(reconcile(None, having(snapshot()))).splitlines()[:3] == [
        "team-7",
        "  1. remove images of snapshots: no longer wanted",
        "  2. close the gateway: no longer wanted, after 1",
    ]


def test_what_was_put_aside_is_called_by_its_generation() -> None:
    subnet = IPv4Network("10.213.0.0/29")
    aside = Aside(generation=4, recipe="x", subnet=subnet, since=NOON, until=NOON)
    assert called(aside) == "auto-4"
    assert automatic(called(aside)) == 4
    assert str(WriteSnapshots(())) == "write down which snapshots there are (none)"


def test_a_recipe_that_a_snapshot_needs_is_the_sandboxs_own() -> None:
    other = recipe(*BOTH.containers.values(), names_sandbox=True)
    seen = having(snapshot(recipe=other.digest))
    assert seen.record
    assert seen.record.recipes == {BOTH.digest, other.digest}
