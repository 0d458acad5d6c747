"""What stopped is started again by `watch`, on a den in memory: all at once, and not for ever."""

from __future__ import annotations

import json
import time
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sandboxctl import clock
from sandboxctl.engine.connect import IN_MEMORY
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Note
from sandboxctl.errors import EngineError, Held
from sandboxctl.lifecycle.restarts import Restarts
from sandboxctl.lifecycle.watch import Happened
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.disk import Overfull, WriteDown
from sandboxctl.sandbox.operations import Operation, StartAgain, StopService, WaitReady
from sandboxctl.sandbox.restarting import Ended, Pulse
from sandboxctl.sandbox.state import Record
from tests import pipeline, prototypes
from tests.cli import sandboxctl

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now() -> datetime:
    return clock.now() + MINUTE


@pytest.fixture
def engine(tmp_path: Path) -> MemoryEngine:
    """A den with the sandboxes `heron` and `crane`, of two services each."""
    made = MemoryEngine(Den(name="restarted", engine="memory"))
    folder = prototypes.written(tmp_path, prototypes.notebook())
    for name in ("heron", "crane"):
        pipeline.up(made, folder, name)
    IN_MEMORY["restarted"] = made
    return made


@pytest.fixture
def restarts() -> Restarts:
    return Restarts(patience=None)


def halt(engine: MemoryEngine, at: datetime, *sandboxes: str) -> None:
    """The engine stops, with all that runs in these; then it is back."""
    for name in sandboxes:
        for service in running(engine, name):
            end(engine, name, service, at)
    engine.beat.pulse_now = Pulse(runs=True, started=at + MINUTE, stopped=at, engine=at + MINUTE)


def end(
    engine: MemoryEngine,
    name: str,
    service: str,
    at: datetime,
    status: int = 143,
    restarts: int = 0,
) -> None:
    live = engine.observe(name).live
    assert live
    engine.apply(live.home or name, StopService(live.number, service, 0), lambda _: None)
    engine.beat.ended[name, service] = Ended(service, at - 10 * MINUTE, at, status, restarts)


def running(engine: MemoryEngine, name: str) -> list[str]:
    live = engine.observe(name).live
    return sorted(n for n, seen in live.services.items() if seen.runs) if live else []


def told(restarts: Restarts, engine: MemoryEngine, now: datetime) -> list[tuple[str, str]]:
    return [(one.event, one.sandbox) for one in restarts(engine, now)]


def record(engine: MemoryEngine, name: str) -> Record:
    found = engine.observe(name).record
    assert found
    return found


def test_all_that_stopped_with_the_engine_comes_back_at_once(
    engine: MemoryEngine, restarts: Restarts, now: datetime
) -> None:
    assert told(restarts, engine, now) == []
    halt(engine, now, "heron", "crane")
    assert told(restarts, engine, now) == [("started", "crane"), ("started", "heron")]
    for name in ("heron", "crane"):
        assert running(engine, name) == ["book", "web"]
        assert [one.words for one in record(engine, name).happened] == [
            "the engine stopped",
            "the engine was restarted",
            "book, web started again by watch",
        ]
        assert record(engine, name).live == 1, "the same generation"
        assert record(engine, name).again == {}
    assert told(restarts, engine, now) == []


def test_what_somebody_wants_to_rest_rests(
    engine: MemoryEngine, restarts: Restarts, now: datetime, tmp_path: Path
) -> None:
    pipeline.up(engine, tmp_path, "wren")
    halt(engine, now, "heron", "crane", "wren")
    over = Overfull(service="book", size=2, files=None, limit=1, at=now)
    engine.apply("heron", WriteDown(over), lambda _: None)
    restarts.due = {"crane": over}
    until = record(engine, "wren").until
    assert told(restarts, engine, until) == [], "what is over is not started"
    restarts.doubted = lambda: True
    assert told(restarts, engine, until) == [("started", "wren")], "who knows whether it is?"
    assert running(engine, "heron") == running(engine, "crane") == []


def test_who_is_being_changed_waits_for_the_next_round(
    engine: MemoryEngine, restarts: Restarts, now: datetime
) -> None:
    halt(engine, now, "heron", "crane")
    with engine.lock("heron"):
        assert told(restarts, engine, now) == [("started", "crane")]
        assert running(engine, "heron") == []
    assert told(restarts, engine, now) == [("started", "heron")]


def test_what_died_is_started_three_times_and_restart_begins_anew(
    engine: MemoryEngine, restarts: Restarts, now: datetime
) -> None:
    for turn in (1, 2, 3):
        end(engine, "heron", "web", now + turn * MINUTE, status=0)
        [happened] = restarts(engine, now)
        assert happened.event == "started"
        assert happened.words.endswith(f"web started again by watch, {turn} of 3 times")
        assert record(engine, "heron").again == {"web": turn}
    end(engine, "heron", "web", now + 4 * MINUTE, status=0)
    assert told(restarts, engine, now) == [("dead", "heron")]
    assert told(restarts, engine, now) == [], "told once, and by every watch that comes after"
    assert told(Restarts(patience=None), engine, now) == []
    assert running(engine, "heron") == ["book"]
    said = record(engine, "heron").happened[-1].words
    assert said == "web ended with exit 0, and stays so: it was started again 3 times"

    pipeline.restart(engine, "heron")
    assert record(engine, "heron").again == {}
    end(engine, "heron", "web", now + 5 * MINUTE, status=0)
    assert told(restarts, engine, now) == [("started", "heron")]


def test_what_the_engine_gave_up_stays(
    engine: MemoryEngine, restarts: Restarts, now: datetime
) -> None:
    end(engine, "heron", "web", now, status=1, restarts=3)
    assert told(restarts, engine, now) == [("dead", "heron")]
    halt(engine, now + 30 * MINUTE, "heron")
    assert told(restarts, engine, now) == [("started", "heron")]
    assert running(engine, "heron") == ["book"], "the engine's restart does not mend it"


class Lame(MemoryEngine):
    """Nothing that stopped starts again."""

    lame = False

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        if self.lame and isinstance(operation, StartAgain):
            raise EngineError("it does not start", hint="None.")
        super().apply(sandbox, operation, note)


def test_what_cannot_be_started_is_tried_three_times(tmp_path: Path, now: datetime) -> None:
    engine, restarts = Lame(), Restarts(patience=None)
    pipeline.up(engine, prototypes.written(tmp_path, prototypes.page()), "heron")
    halt(engine, now, "heron")
    engine.lame = True
    for _ in range(3):
        assert ("failed", "heron") in told(restarts, engine, now)
    assert told(restarts, engine, now) == []


def test_a_round_does_not_wait_for_ever(engine: MemoryEngine, now: datetime) -> None:
    """What takes long is told of by a later round."""
    restarts = Restarts(patience=0)
    halt(engine, now, "heron")
    found: list[Happened] = []
    for _ in range(1000):
        found += restarts(engine, now)
        if found:
            break
        time.sleep(0.005)
    assert [(one.event, one.sandbox) for one in found] == [("started", "heron")]


class Slow(MemoryEngine):
    """What a sandbox called `crane` starts answers once it is let."""

    gate: Future[None] | None = None

    def when_ready(self, sandbox: str, operation: WaitReady) -> Future[None]:
        slow = self.gate if sandbox == "crane" else None
        return slow or super().when_ready(sandbox, operation)


def until_told(restarts: Restarts, engine: MemoryEngine, now: datetime) -> list[tuple[str, str]]:
    """Of the first round in which anything is told."""
    for _ in range(1000):
        if found := told(restarts, engine, now):
            return found
        time.sleep(0.005)
    return []


def test_one_that_does_not_become_ready_holds_up_nobody_else(tmp_path: Path, now: datetime) -> None:
    engine, restarts = Slow(), Restarts(patience=0)
    folder = prototypes.written(tmp_path, prototypes.notebook())
    for name in ("heron", "crane"):
        pipeline.up(engine, folder, name)
    engine.gate = Future()
    halt(engine, now, "heron", "crane")
    assert until_told(restarts, engine, now) == [("started", "heron")]
    with engine.lock("heron"), pytest.raises(Held):
        engine.lock("crane").__enter__()
    end(engine, "heron", "web", now + MINUTE, status=0)
    assert until_told(restarts, engine, now) == [("started", "heron")], "crane waits still"
    engine.gate.set_result(None)
    assert until_told(restarts, engine, now) == [("started", "crane")]
    assert running(engine, "crane") == ["book", "web"]
    assert told(restarts, engine, now) == []


def test_an_engine_that_is_away_for_one_of_them_is_told_after_the_others(
    engine: MemoryEngine, restarts: Restarts, now: datetime
) -> None:
    halt(engine, now, "heron", "crane")
    lost = record(engine, "crane").model_copy(update={"recipe": "0" * 12})
    engine._sandboxes["crane"] = replace(engine._sandboxes["crane"], record=lost)
    round_ = restarts(engine, now)
    assert next(round_).sandbox == "heron"
    with pytest.raises(EngineError, match="keeps no recipe"):
        next(round_)


def approved() -> prototypes.Document:
    document = prototypes.page("asks")
    document["exceptions"] = [
        {"service": "web", "grant": "cap:CHOWN", "reason": "it sets owners of files"}
    ]
    return document


def test_what_needs_an_exception_is_started_only_while_it_is_granted(
    engine: MemoryEngine, restarts: Restarts, now: datetime, tmp_path: Path
) -> None:
    folder = prototypes.written(tmp_path / "asks", approved())
    pipeline.approve(engine, folder, "egret")
    pipeline.up(engine, folder, "egret")
    for one in engine.approvals.known():
        engine.approvals.take_back(one.subject)
    halt(engine, now, "egret", "heron")
    happened = sorted(restarts(engine, now), key=lambda one: one.sandbox)
    assert [(one.event, one.sandbox) for one in happened] == [
        ("failed", "egret"),
        ("started", "heron"),
    ]
    assert "is not started again" in happened[0].words
    assert told(restarts, engine, now) == [], "said once"
    pipeline.approve(engine, folder, "egret")
    assert told(restarts, engine, now) == [("started", "egret")]


def test_every_controller_says_what_happened(engine: MemoryEngine, now: datetime) -> None:
    now -= 3 * MINUTE
    halt(engine, now, "heron")
    den = ["--den", "restarted"]
    before = sandboxctl(*den, "status", "heron", "--plain").stdout
    assert f"web: FAILED, it stopped with the engine at {now.astimezone():%H:%M}" in before
    once = sandboxctl(*den, "watch", "--once", "--plain")
    assert "heron: the engine stopped; the engine was restarted; book, web started" in once.stdout
    after = sandboxctl(*den, "status", "heron", "--plain").stdout
    assert "book, web started again by watch" in after
    assert "state: ready" in after
    told = json.loads(sandboxctl(*den, "status", "heron", "--json").stdout)
    assert told["happened"][0]["what"] == "the engine stopped"
    other = json.loads(sandboxctl(*den, "status", "crane", "--json").stdout)
    assert [one["what"] for one in other["happened"]] == []
