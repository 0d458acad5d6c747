"""Spares: how one is made and when it goes; what is known without a look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from ipaddress import IPv4Network
from typing import Any

import pytest

from sandboxctl.errors import SpareTaken
from sandboxctl.sandbox.reconcile import fitting, reconcile, remove
from sandboxctl.sandbox.sparing import (
    asked,
    broken,
    go_back,
    make_spare,
    no_room,
    remove_spare,
    taken,
    too_few,
    too_many,
    with_claimed,
    withdrawn,
    without_looking,
)
from sandboxctl.sandbox.standing import tidied
from sandboxctl.sandbox.state import Aside, Capacity, Generation, Observed, Record, Seen, Spare
from tests.recipes import EVENING, MIB, NOON, container, recipe, wanted, web_and_db
from tests.test_asides import GRACE, aside, with_asides
from tests.test_reconcile import is_the_plan, live

WEB = recipe(container("web"))
NET = IPv4Network("10.213.0.0/29")
NAME = "spare.abc.1"


def spare(**more: Any) -> Spare:
    given = {"recipe": WEB.digest, "subnet": NET, "since": NOON, "ready": True, **more}
    return Spare(**given)


def record(**more: Any) -> Record:
    given = {"live": 1, "recipe": WEB.digest, "blueprint": "b", "since": NOON, "until": EVENING}
    return Record(**{**given, **more})


def test_a_spare_is_written_down_before_anything_of_it_is_made() -> None:
    what = web_and_db(read=("psql", "-c", "x"))
    assert is_the_plan(
        make_spare(NAME, wanted(what), Observed(NAME), read=True),
        """
        spare.abc.1
          1. write down that it is a spare: whoever finds its objects knows what they are
          2. network 10.213.0.0/29: a spare, after 1
          3. start db: a spare, after 2
          4. wait for db (running): it was started, after 3
          5. read all that db was filled with: the first look copies it, after 4
          6. start web: a spare, after 2, 5
          7. wait for web (http / on port 8000): it was started, after 6
          8. offer it to every sandbox: all services are ready, after 1, 5, 7
        """,
    )
    without = str(make_spare(NAME, wanted(what), Observed(NAME), read=False))
    assert "read all" not in without


def test_a_spare_is_offered_to_nobody_before_it_goes() -> None:
    there = Observed(NAME, {1: Generation(1, NET, {"web": Seen("web", "running")})})
    assert is_the_plan(
        remove_spare(NAME, there, "nobody asks for it"),
        """
        spare.abc.1
          1. offer it to nobody any more: nobody asks for it
          2. remove web: nobody asks for it, after 1
          3. remove its network: nobody asks for it, after 1, 2
        """,
    )


def test_what_served_before_serves_again() -> None:
    assert is_the_plan(
        go_back("team-7", record(live=3), WEB),
        """
        team-7
          1. lead the gateway back to generation 3: the spare does not answer
          2. read through the gateway what generation 3 says: done means that it was read, after 1
        """,
    )


def test_sandboxes_and_workshops_ask_for_spares() -> None:
    records = [
        record(spares=2),
        record(spares=1),
        record(recipe="other"),
        record(recipe="over", until=NOON, spares=1),
        record(recipe="rests", paused=True, spares=1),
    ]
    wanted_ = asked(records, [{WEB.digest: 3, "w": 1}, {"w": 0}], NOON)
    assert wanted_ == {WEB.digest: 6, "w": 1}


def test_what_nobody_asks_for_goes_and_what_lacks_is_made() -> None:
    spares = {
        "spare.a.old": spare(recipe="a"),
        "spare.a.new": spare(recipe="a", since=NOON + timedelta(hours=1)),
        "spare.a.begun": spare(recipe="a", ready=False),
        "spare.b.1": spare(recipe="b"),
    }
    assert too_many(spares, {"a": 1}) == ["spare.a.begun", "spare.a.new", "spare.b.1"]
    assert too_many(spares, {"a": 5, "b": 1}) == []
    assert too_few(spares, {"a": 5, "b": 1, "c": 3, "d": 3}) == ["c", "d", "a"]


def test_a_spare_takes_nothing_that_a_reset_needs() -> None:
    room = Capacity(memory=128 * MIB, promised=0, cpus=2)
    assert no_room(WEB, room, Observed(NAME)) == ""
    less = replace(room, promised=MIB)
    assert no_room(WEB, less, Observed(NAME)) == (
        "127 MiB of memory are free, and a spare may take 64 MiB; as much again is kept for a reset"
    )
    narrow = Observed(NAME, range=IPv4Network("10.213.0.0/29"))
    assert no_room(WEB, room, narrow) == "too few addresses are free in 10.213.0.0/29"


@pytest.mark.parametrize(
    ("there", "why"),
    [
        ({"web": Seen("web", "running")}, ""),
        ({"web": Seen("web", "exited", why="it ended")}, "its web ended: it ended"),
        ({"web": Seen("web", "paused")}, "its web ended: paused"),
        ({}, "its web is gone"),
    ],
)
def test_a_spare_of_which_something_ended_is_nobodys(there: dict[str, Seen], why: str) -> None:
    assert broken(spare(), WEB, Observed(NAME, {1: Generation(1, NET, there)})) == why


def test_a_spare_without_its_network_is_nobodys() -> None:
    web = {"web": Seen("web", "running")}
    assert broken(spare(), WEB, Observed(NAME, {1: Generation(1, None, web)}))
    assert broken(spare(), WEB, Observed(NAME)) == "its web is gone"


def test_what_is_decided_is_enough_to_take_a_spare() -> None:
    late, over = aside(4, home="spare.x.y"), aside(3, until=NOON)
    older = aside(2)
    was = record(live=5, subnet=NET, home="spare.x.z", asides=(over, late, older))
    seen = without_looking("team-7", was, WEB, {"spare.a": spare()}, NOON)
    assert sorted(seen.generations) == [4, 5]
    assert seen.live == Generation(
        1, NET, {"web": Seen("web", "running", address="10.213.0.3")}, "spare.x.z"
    )
    plan = reconcile(
        wanted(WEB, fresh=True, spared=True, now=NOON, grace=GRACE, previous=WEB), seen
    )
    assert is_the_plan(
        plan,
        """
        team-7
          1. open the gateway to generation 6: a spare is ready
          2. read through the gateway what generation 6 says: done means that it was read, after 1
          3. let generation 1 finish what it answers: another one is live, after 2
          4. stop generation 1 and keep it: `reset --undo` returns to it, after 3
        """,
    )
    decided: Any = plan.steps[0].operation
    assert [one.generation for one in decided.asides] == [5, 4]
    assert plan.steps[2].operation.places == ("10.213.0.3",)  # type: ignore[union-attr]  # a Drain
    assert without_looking("team-7", record(home=""), WEB, {}, NOON).live is None
    own = without_looking("team-7", record(live=5, subnet=NET), WEB, {}, NOON)
    assert own.live is not None
    assert own.live.number == 5


def test_every_sandbox_has_an_order_of_its_own() -> None:
    spares = {f"spare.a.{n}": spare() for n in range(40)}
    want = wanted(WEB, spared=True)
    chosen = {fitting(want, Observed(f"team-{n}", spares=spares)) for n in range(30)}
    assert len(chosen) > 15, "who begins again at once seldom wants the same one"


def test_what_lies_under_the_number_of_a_spare_is_still_seen() -> None:
    stray, mine = Generation(2), Generation(1, NET)
    own, homes = {1: Generation(1), 2: stray}, {2: NAME, 3: "spare.abc.gone"}
    assert with_claimed(own, {2: {1: mine}, 3: {}}, homes) == {
        1: Generation(1),
        -2: stray,
        2: replace(mine, home=NAME),
    }


def test_what_was_a_spare_stays_known_until_it_is_gone() -> None:
    web = {"web": Seen("web", "running")}
    seen = Observed("team-7", {2: Generation(1, NET, web, NAME)}, record(live=2, home=NAME))
    assert is_the_plan(
        remove(seen),
        """
        team-7
          1. hold the gateway: no longer wanted
          2. remove web: no longer wanted, after 1
          3. remove its network: no longer wanted, after 1, 2
          4. close the gateway: no longer wanted, after 1, 2, 3
        """,
    )


def test_what_can_be_returned_to_no_longer_is_tidied_away() -> None:
    over = aside(4, until=NOON)
    runs = {"web": Seen("web", "running", address="10.213.0.3")}
    seen = with_asides(over, aside(3))
    seen = replace(seen, generations={**seen.generations, 3: Generation(3, NET, runs)})
    want = wanted(WEB, now=NOON, previous=WEB)
    assert is_the_plan(
        tidied(want, seen),
        """
        team-7
          1. open the gateway to generation 5: not all that was put aside can be returned to
          2. remove web: its grace is over, after 1
          3. remove its network: its grace is over, after 1, 2
          4. let generation 3 finish what it answers: it is not live, after 1
          5. stop generation 3 and keep it: `reset --undo` returns to it, after 4
        """,
    )
    assert seen.record is not None
    held = replace(seen, record=seen.record.model_copy(update={"held": True}))
    assert not tidied(want, held), "whoever holds it decides"
    assert not tidied(want, Observed("team-7"))


def test_how_many_there_should_be_is_kept_until_somebody_says_another_number() -> None:
    seen = live(WEB)
    plan = reconcile(wanted(WEB, spares=2), seen)
    assert str(plan) == "team-7\n  1. open the gateway to generation 1: another number of spares"
    decided: Any = plan.steps[0].operation
    before = Record.of(decided, seen.record, key="k")
    assert before.spares == 2
    again = Record.of(replace(decided, spares=None), before, key="k")
    assert again.spares == 2
    assert not reconcile(wanted(WEB, spares=2), replace(seen, record=before))


@pytest.mark.parametrize("error", [taken(NAME), withdrawn(NAME)])
def test_who_was_slower_hears_what_helps(error: SpareTaken) -> None:
    assert NAME in str(error)
    assert error.hint


def test_asides_are_told_by_their_homes() -> None:
    one: Aside = aside(4, home="spare.x.y")
    assert record(live=5, home="spare.a.b", asides=(one,)).homes == {5: "spare.a.b", 4: "spare.x.y"}
