"""What is started again by itself: all that ended with the engine, and what died, three times."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import IPv4Network
from typing import Any

import pytest

from sandboxctl.sandbox.disk import Overfull
from sandboxctl.sandbox.plan import Draft
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.restarting import (
    Again,
    Ended,
    Pulse,
    again,
    halted,
    plan_again,
    plan_spare,
    told,
)
from sandboxctl.sandbox.state import Generation, Observed, Seen
from tests.recipes import NOON, wanted, web_and_db
from tests.test_reconcile import is_the_plan, live

BOTH = web_and_db()
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
STOPPED, BACK = NOON - 10 * SECOND, NOON - 5 * SECOND
PULSE = Pulse(runs=True, started=NOON, stopped=STOPPED, engine=BACK)


def ended(service: str = "web", at: datetime | None = STOPPED, **more: Any) -> Ended:
    return Ended(service, since=NOON - HOUR, at=at, **more)


@pytest.mark.parametrize(
    ("what", "mark"),
    [
        (ended(status=143), STOPPED),
        (ended(status=1), STOPPED),
        (ended(at=STOPPED + 9 * SECOND, status=137), STOPPED),
        (ended(at=BACK + timedelta(minutes=1, seconds=58), status=255), BACK),
        (ended(at=STOPPED - 11 * SECOND), None),
        (ended(at=NOON - HOUR + SECOND), None),
        (ended(at=STOPPED, status=1, restarts=3), None),
        (ended(at=STOPPED, status=143, restarts=3), STOPPED),
        (ended(at=None), None),
        (replace(ended(), since=None), None),
        (replace(ended(at=NOON + SECOND), since=NOON), None),
    ],
    ids=str,
)
def test_what_ended_with_the_engine_is_told_by_the_time(what: Ended, mark: datetime | None) -> None:
    assert halted(what, PULSE) == mark


def test_without_a_gateway_before_and_an_engine_that_tells_all_ended_alone() -> None:
    assert halted(ended(), Pulse(runs=True)) is None


def found(*services: Ended, pulse: Pulse = PULSE, **counts: int) -> Again:
    return again(services, counts, pulse, NOON)


def words(what: Again) -> list[str]:
    return [f"{one.at - NOON} {one.words}".replace("-1 day, ", "") for one in what.happened]


def test_all_that_stopped_with_the_engine_starts_again_and_does_not_count() -> None:
    what = found(ended("web", status=143), ended("db", status=0), Ended("cache", runs=True))
    assert what.start == {"web", "db"}
    assert what.counts == {}
    assert words(what) == [
        "23:59:50 the engine stopped",
        "23:59:55 the engine was restarted",
        "0:00:00 db, web started again by watch",
    ]


def test_an_engine_that_was_killed_is_told_of_once() -> None:
    killed = Pulse(runs=True, started=NOON, stopped=BACK, engine=BACK)
    assert words(found(ended(at=BACK, status=137), pulse=killed)) == [
        "23:59:55 the engine was restarted",
        "0:00:00 web started again by watch",
    ]
    unknown = replace(PULSE, engine=None)
    assert words(found(ended(), pulse=unknown))[0] == "23:59:50 the engine stopped"


def test_what_died_is_started_three_times_and_then_stays() -> None:
    died = ended(at=NOON + HOUR, status=0)
    for count in (1, 2, 3):
        what = found(died, web=count - 1)
        assert what.start == {"web"}
        assert what.counts == {"web": count}
        assert words(what) == [
            "1:00:00 web ended with exit 0",
            f"0:00:00 web started again by watch, {count} of 3 times",
        ]
    stays = found(died, web=3)
    assert stays.start == frozenset()
    assert words(stays) == [
        "1:00:00 web ended with exit 0, and stays so: it was started again 3 times"
    ]


def test_the_engines_own_attempts_count() -> None:
    assert found(ended(at=NOON + HOUR, status=1, restarts=3)).start == frozenset()
    assert found(ended(at=NOON + HOUR, status=0, restarts=1), web=2).start == frozenset()
    assert found(ended(at=NOON + HOUR, status=0, restarts=1), web=1).counts == {"web": 3}


def test_what_never_started_has_no_time() -> None:
    assert told(Ended("web")) == "web never started"
    assert words(found(Ended("web")))[0] == "0:00:00 web never started"
    assert words(found(Ended("web"), web=3))[0].startswith("0:00:00 web never started, and stays")


def stopped(*names: str) -> Observed:
    """Both services are there; ``names`` do not run."""
    seen = live(BOTH)
    services = {
        name: Seen(name, "exited" if name in names else "running") for name in BOTH.containers
    }
    one = seen.live
    assert one
    return replace(seen, generations={1: replace(one, services=services)})


def test_what_happened_is_written_down_before_anything_starts() -> None:
    plan = plan_again(wanted(BOTH), stopped("web", "db"), found(ended("web"), ended("db")))
    assert is_the_plan(
        plan,
        """
        team-7
          1. write down what happened: so that everybody knows
          2. start db again: it is exited, after 1
          3. wait for db (running): it was started, after 2
          4. start web again: it is exited, after 1, 3
          5. wait for web (http / on port 8000): it was started, after 4
        """,
    )


def test_what_stays_dead_is_left_and_told_once() -> None:
    dead = ended("db", at=NOON + HOUR, status=1, restarts=3)
    both = found(dead, ended("web"))
    assert "db" not in str(plan_again(wanted(BOTH), stopped("web", "db"), both))
    alone = found(dead)
    once = plan_again(wanted(BOTH), stopped("db"), alone)
    assert is_the_plan(once, "team-7\n  1. write down what happened: it stays as it is")
    seen = stopped("db")
    assert seen.record
    known = seen.record.model_copy(update={"happened": alone.happened})
    assert not plan_again(wanted(BOTH), replace(seen, record=known), alone)
    assert plan_again(wanted(BOTH), replace(seen, record=None), alone)


def test_what_is_gone_is_not_started() -> None:
    seen = stopped("web")
    one = seen.live
    assert one
    left = replace(one, services={"web": one.services["web"]})
    plan = plan_again(wanted(BOTH), replace(seen, generations={1: left}), found(ended("web")))
    assert "start web again" in str(plan)


def test_who_asks_begins_to_count_anew() -> None:
    seen = stopped("web")
    assert seen.record
    counted = replace(seen, record=seen.record.model_copy(update={"again": {"web": 3}}))
    assert is_the_plan(
        reconcile(wanted(BOTH), counted),
        """
        team-7
          1. begin to count anew: you asked for it
          2. start web again: it is exited, after 1
          3. wait for web (http / on port 8000): it was started, after 2
        """,
    )
    over = Overfull(service="db", size=2, files=None, limit=1, at=NOON)
    record = seen.record.model_copy(update={"again": {"web": 3}, "over": over})
    draft = Draft("team-7")
    assert draft.let_go_on(replace(seen, record=record)) == ("team-7", 2)
    assert Draft("team-7").let_go_on(Observed("team-7")) is None


def test_a_spare_that_was_ready_is_made_so_again() -> None:
    subnet = IPv4Network("10.213.0.0/29")
    assert is_the_plan(
        plan_spare("spare.x.1", BOTH, subnet, ["web", "db"]),
        """
        spare.x.1
          1. start db again: a spare has to be ready
          2. wait for db (running): it was started, after 1
          3. start web again: a spare has to be ready, after 2
          4. wait for web (http / on port 8000): it was started, after 3
        """,
    )
    assert len(plan_spare("spare.x.1", BOTH, subnet, ["db"]).steps) == 2
    assert Generation(1).services == {}
