"""Leases on a den in memory: who is taken away, who is warned, and when nobody is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sandboxctl import clock
from sandboxctl.engine.connect import IN_MEMORY
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.engine.protocol import Engine, Note
from sandboxctl.errors import BlueprintError, EngineError, SandboxError
from sandboxctl.lifecycle.down import believe, expired
from sandboxctl.lifecycle.duties import Duties
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.extend import plan_extend
from sandboxctl.lifecycle.leases import MOST, Leases
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.lifecycle.watch import LOCK, Duty, Happened, look
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.lease import Times
from sandboxctl.sandbox.operations import Operation, RemoveService
from sandboxctl.sandbox.state import Record
from tests import pipeline, prototypes
from tests.cli import sandboxctl

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
UP = timedelta(days=1)


@dataclass
class Clocks:
    """A wall clock that can be set, one that cannot, and the engine's."""

    wall: datetime = NOON
    boot: float = 1000.0
    engine: timedelta = field(default_factory=timedelta)
    """How far the engine's is ahead of the wall's here."""
    up: timedelta = UP

    def go_on(self, by: timedelta) -> None:
        self.wall += by
        self.boot += by.total_seconds()
        self.up += by

    def times(self, set_by: timedelta = timedelta()) -> Times:
        now = self.wall + self.engine
        return Times(now, since=now - self.up - set_by, uptime=self.up)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def engine(tmp_path: Path, clocks: Clocks) -> MemoryEngine:
    """A den with the sandboxes `heron` until one, and `crane` until two."""
    made = MemoryEngine(Den(name="leased", engine="memory"))
    folder = prototypes.written(tmp_path, prototypes.page())
    up(made, folder, "heron", NOON + HOUR)
    up(made, folder, "crane", NOON + 2 * HOUR)
    made.beat.told = clocks.times()
    IN_MEMORY["leased"] = made
    return made


def up(engine: MemoryEngine, folder: Path, name: str, until: datetime) -> None:
    loaded = pipeline.loaded(engine, folder, name)
    plan = plan_up(engine, loaded, name, now=NOON - HOUR, until=until).plan
    assert not execute(plan, engine, tell=lambda _: None)


@pytest.fixture
def leases(clocks: Clocks) -> Leases:
    return Leases(boot=lambda: clocks.boot)


def doubts(leases: Leases) -> bool:
    return leases.doubted


def round_of(leases: Leases, engine: MemoryEngine, clocks: Clocks) -> list[tuple[str, str]]:
    """What happened: the event and whose it is."""
    if engine.beat.told:
        engine.beat.told = clocks.times()
    return [(one.event, one.sandbox) for one in leases(engine, clocks.wall)]


def test_what_is_over_is_taken_away_and_warned_of_before(
    engine: MemoryEngine, leases: Leases, clocks: Clocks
) -> None:
    assert round_of(leases, engine, clocks) == []
    clocks.go_on(45 * MINUTE)
    assert round_of(leases, engine, clocks) == [("ending", "heron")]
    assert round_of(leases, engine, clocks) == [], "once each"
    clocks.go_on(10 * MINUTE)
    assert round_of(leases, engine, clocks) == [("ending", "heron")]
    clocks.go_on(4 * MINUTE)
    assert round_of(leases, engine, clocks) == []
    clocks.go_on(MINUTE)
    assert round_of(leases, engine, clocks) == [("ended", "heron")]
    assert engine.sandboxes() == ["crane"]
    assert round_of(leases, engine, clocks) == []


def test_the_words_say_when_and_how_to_have_more(
    engine: MemoryEngine, leases: Leases, clocks: Clocks
) -> None:
    clocks.go_on(56 * MINUTE)
    engine.beat.told = clocks.times()
    [told] = leases(engine, clocks.wall)
    assert told.words.startswith("ends in 4 min, at ")
    assert told.words.endswith("`sandboxctl extend heron 1h` gives it more")


def test_a_lease_that_moved_is_warned_of_again(
    engine: MemoryEngine, leases: Leases, clocks: Clocks
) -> None:
    clocks.go_on(56 * MINUTE)
    assert round_of(leases, engine, clocks) == [("ending", "heron")]
    extended(engine, "heron", clocks.wall, by=HOUR)
    assert round_of(leases, engine, clocks) == []
    clocks.go_on(30 * MINUTE + 30 * MINUTE)
    assert round_of(leases, engine, clocks) == [("ending", "crane"), ("ending", "heron")]


def test_a_lease_that_a_running_command_holds_waits(
    engine: MemoryEngine, leases: Leases, clocks: Clocks
) -> None:
    clocks.go_on(2 * HOUR)
    with engine.lock("heron"):
        assert round_of(leases, engine, clocks) == [("ended", "crane")]
        assert engine.sandboxes() == ["heron"]
        extended(engine, "heron", clocks.wall, by=HOUR)
    assert round_of(leases, engine, clocks) == []
    assert engine.sandboxes() == ["heron"]


class Hasty(MemoryEngine):
    """Somebody extends a lease between the look and the lock of who takes away what is over."""

    to: datetime | None = None

    def records(self) -> Mapping[str, Record]:
        found = super().records()
        if self.to:
            to, self.to = self.to, None
            extended(self, "heron", to - HOUR, until=to)
        return found


def test_an_extension_at_the_last_moment_is_honoured(
    tmp_path: Path, leases: Leases, clocks: Clocks
) -> None:
    engine = Hasty()
    up(engine, prototypes.written(tmp_path, prototypes.page()), "heron", NOON + HOUR)
    clocks.go_on(HOUR)
    engine.to = clocks.wall + HOUR
    assert round_of(leases, engine, clocks) == []
    assert engine.sandboxes() == ["heron"]


def test_one_round_takes_only_so_many(
    engine: MemoryEngine, leases: Leases, clocks: Clocks, tmp_path: Path
) -> None:
    for n in range(MOST + 1):
        up(engine, tmp_path, f"team-{n}", NOON + MINUTE)
    clocks.go_on(2 * MINUTE)
    assert len(round_of(leases, engine, clocks)) == MOST
    assert round_of(leases, engine, clocks) == [("ended", f"team-{MOST}")]


def test_what_is_young_stays_and_so_does_all_while_the_gateway_is_young(
    engine: MemoryEngine, leases: Leases, clocks: Clocks, tmp_path: Path
) -> None:
    loaded = pipeline.loaded(engine, tmp_path, "chick")
    plan = plan_up(engine, loaded, "chick", now=NOON, until=NOON + MINUTE).plan
    assert not execute(plan, engine, tell=lambda _: None)
    clocks.go_on(2 * MINUTE)
    assert round_of(leases, engine, clocks) == []
    clocks.go_on(3 * MINUTE)
    clocks.up = 4 * MINUTE
    assert round_of(leases, engine, clocks) == []
    assert doubts(leases), "the machine may have started just now, with the time of its battery"
    clocks.go_on(MINUTE)
    assert round_of(leases, engine, clocks) == [("ended", "chick")]
    assert not doubts(leases)
    clocks.up = MINUTE
    trusting = Leases(boot=lambda: clocks.boot, trusted=True)
    assert round_of(trusting, engine, clocks) == []
    assert not doubts(trusting)


def test_what_was_put_aside_stays_while_the_gateway_is_young(
    engine: MemoryEngine, clocks: Clocks, tmp_path: Path
) -> None:
    """A machine that starts a year ahead of its time."""
    pipeline.up(engine, tmp_path, "wren")
    pipeline.reset(engine, "wren")
    observed = engine.observe("wren")
    assert len(observed.asides) == 1
    clocks.wall, clocks.up = clock.now() + timedelta(days=365), MINUTE
    engine.beat.told = clocks.times()
    assert list(look(engine, Duties(patience=None).all(), clocks.wall)) == []
    assert engine.observe("wren") == observed
    clocks.up = 5 * MINUTE
    engine.beat.told = clocks.times()
    told = list(look(engine, Duties(patience=None).all(), clocks.wall))
    assert ("ended", "wren") in [(one.event, one.sandbox) for one in told]


def test_down_expired_waits_for_a_machine_that_may_not_know_the_time(
    engine: MemoryEngine, clocks: Clocks
) -> None:
    clocks.go_on(3 * HOUR)
    clocks.up = MINUTE
    engine.beat.told = clocks.times()
    with pytest.raises(SandboxError, match="gateway was started 1 min ago") as refused:
        believe(engine, now=clocks.wall)
    assert "down --expired --trust-clock" in refused.value.hint
    clocks.up = 5 * MINUTE
    engine.beat.told = clocks.times()
    believe(engine, now=clocks.wall)


@pytest.mark.parametrize("jump", [timedelta(days=365), -timedelta(days=365), 6 * MINUTE])
def test_a_clock_that_is_set_takes_nothing_away_and_is_told_once(
    engine: MemoryEngine, leases: Leases, clocks: Clocks, jump: timedelta
) -> None:
    engine.beat.told = None
    round_of(leases, engine, clocks)
    clocks.wall += jump
    told = list(leases(engine, clocks.wall))
    assert told[0].event == "suspended"
    assert told[0].words.startswith("LEASES ARE SUSPENDED: this machine's clock was set ")
    assert "--trust-clock" in told[0].words
    clocks.go_on(8 * HOUR)
    after = round_of(leases, engine, clocks)
    assert {event for event, _ in after} <= {"suspended", "ending"}
    assert engine.sandboxes() == ["crane", "heron"]
    assert round_of(leases, engine, clocks) == []


def test_a_lid_that_was_closed_is_no_jump(
    engine: MemoryEngine, leases: Leases, clocks: Clocks
) -> None:
    round_of(leases, engine, clocks)
    clocks.go_on(10 * HOUR)
    assert sorted(round_of(leases, engine, clocks)) == [("ended", "crane"), ("ended", "heron")]


@pytest.mark.parametrize(
    ("set_by", "ahead"), [(timedelta(days=365), timedelta()), (timedelta(), -timedelta(days=365))]
)
def test_the_first_round_asks_the_engine_how_late_it_is(
    engine: MemoryEngine, clocks: Clocks, set_by: timedelta, ahead: timedelta
) -> None:
    clocks.wall += timedelta(days=365)
    clocks.engine = ahead
    engine.beat.told = clocks.times(set_by)
    told = list(Leases(boot=lambda: 0.0)(engine, clocks.wall))
    assert [(one.event, one.sandbox) for one in told] == [
        ("suspended", ""),
        ("suspended", "heron"),
        ("suspended", "crane"),
    ]
    with pytest.raises(SandboxError, match="Nothing is taken away for being over") as refused:
        believe(engine, now=clocks.wall)
    assert "--trust-clock" in refused.value.hint
    trusting = Leases(boot=lambda: 0.0, trusted=True)
    assert [one.event for one in trusting(engine, clocks.wall)] == ["ended", "ended"]


def test_clocks_that_agree_are_believed(engine: MemoryEngine, clocks: Clocks) -> None:
    believe(engine, now=clocks.wall)
    engine.beat.told = None
    believe(engine, now=clocks.wall)


class Stubborn(MemoryEngine):
    """Containers that do not go, as long as it is so."""

    stubborn = True

    def apply(self, sandbox: str, operation: Operation, note: Note) -> None:
        if self.stubborn and isinstance(operation, RemoveService):
            raise EngineError(f"{operation.name} does not go", hint="Look again.")
        super().apply(sandbox, operation, note)


def test_what_cannot_be_taken_away_is_told_and_its_network_stays(
    tmp_path: Path, leases: Leases, clocks: Clocks
) -> None:
    engine = Stubborn()
    up(engine, prototypes.written(tmp_path, prototypes.page()), "heron", NOON + HOUR)
    clocks.go_on(HOUR)
    assert round_of(leases, engine, clocks) == [("failed", "heron")]
    assert engine.sandboxes() == ["heron"]


def extended(
    engine: MemoryEngine,
    name: str,
    now: datetime,
    *,
    by: timedelta | None = None,
    until: datetime | None = None,
) -> tuple[datetime, datetime]:
    found = plan_extend(engine, name, now=now, by=by, until=until)
    assert not execute(found.plan, engine, tell=lambda _: None)
    record = engine.observe(name).record
    assert record
    assert record.until == found.until
    return found.before, found.until


def test_extend_adds_to_the_end_or_to_now_where_that_has_been(engine: MemoryEngine) -> None:
    one = NOON + HOUR
    assert extended(engine, "heron", NOON, by=HOUR) == (one, one + HOUR)
    late = NOON + 5 * HOUR
    assert extended(engine, "heron", late, by=HOUR) == (one + HOUR, late + HOUR)
    assert extended(engine, "heron", late, until=late + 3 * HOUR)[1] == late + 3 * HOUR
    assert not plan_extend(engine, "heron", now=late, until=late + 3 * HOUR).plan


@pytest.mark.parametrize(
    ("until", "why"),
    [
        (NOON, "has been"),
        (NOON + MINUTE, "lives until .* already"),
        (NOON + timedelta(days=15), "too far off"),
    ],
)
def test_an_end_that_cannot_be_is_refused(engine: MemoryEngine, until: datetime, why: str) -> None:
    with pytest.raises(BlueprintError, match=why):
        plan_extend(engine, "heron", now=NOON, until=until)


def test_extend_wants_a_sandbox_that_is_there(engine: MemoryEngine) -> None:
    with pytest.raises(SandboxError, match="There is no running sandbox egret"):
        plan_extend(engine, "egret", now=NOON, by=HOUR)


def test_a_new_lease_touches_nothing_else(engine: MemoryEngine) -> None:
    before = engine.observe("heron")
    extended(engine, "heron", NOON, by=HOUR)
    after = engine.observe("heron")
    assert after.generations == before.generations
    assert before.record
    assert after.record == before.record.model_copy(update={"until": NOON + 2 * HOUR})


class Failing:
    """A duty that cannot be done."""

    def __call__(self, _engine: Engine, _now: datetime) -> list[Happened]:
        raise EngineError("no way", hint="None.")


class Unreadable(MemoryEngine):
    """Nobody can say what is decided."""

    def records(self) -> Mapping[str, Record]:
        raise EngineError("what is decided cannot be read", hint="Wait.")


def test_nothing_is_taken_away_where_what_is_decided_cannot_be_read(clocks: Clocks) -> None:
    with pytest.raises(EngineError, match="cannot be read"):
        list(Leases(boot=lambda: 0.0)(Unreadable(), clocks.wall))


def test_a_duty_that_fails_does_not_stop_the_others(engine: MemoryEngine, clocks: Clocks) -> None:
    clocks.go_on(HOUR)
    engine.beat.told = clocks.times()
    duties: list[Duty] = [Failing(), Leases(boot=lambda: 0.0)]
    ended, failed = look(engine, duties, clocks.wall)
    assert ended.words.startswith("taken away: its lease ended on 2 March at ")
    assert failed == Happened("", "failing could not be looked after: no way", event="failed")
    with pytest.raises(EngineError, match="cannot be read"):
        list(look(Unreadable(), [Failing(), Failing()], clocks.wall))


def test_all_duties_have_their_order() -> None:
    found = [type(one).__name__ for one in Duties().all()]
    assert found == ["Disks", "Leases", "Restarts", "Asides", "Spares"]


def leased(*words: str) -> list[str]:
    return ["--den", "leased", *words]


def test_the_command_line_takes_away_what_is_over(engine: MemoryEngine) -> None:
    engine.beat.told = None  # the leases ended in the spring of 2026, and so did these clocks
    assert expired(engine, now=NOON + HOUR) == ["heron"]
    told = json.loads(sandboxctl(*leased("down", "--expired", "--json")).stdout)
    assert told["removed"] == ["crane", "heron"]
    told = sandboxctl(*leased("down", "--expired", "--plain"))
    assert "removed: nothing" in told.stdout


def test_down_expired_believes_no_clock_that_was_set(engine: MemoryEngine) -> None:
    refused = sandboxctl(*leased("down", "--expired"))
    assert refused.exit_code == 1
    assert "Nothing is taken away for being over" in refused.stderr
    assert sorted(engine.records()) == ["crane", "heron"]
    told = sandboxctl(*leased("down", "--expired", "--trust-clock", "--json"))
    assert json.loads(told.stdout)["removed"] == ["crane", "heron"]
    assert sandboxctl(*leased("down", "heron", "--trust-clock")).exit_code == 2


def test_down_expired_leaves_what_is_being_changed(engine: MemoryEngine) -> None:
    engine.beat.told = None
    engine.close = lambda: None  # type: ignore[method-assign]  # the command's, not the den's
    with engine.lock("heron"):
        told = sandboxctl(*leased("down", "--expired", "--plain"))
    assert "removed: crane" in told.stdout
    assert "; heron stays for now." in told.stderr
    assert engine.sandboxes() == ["heron"]


def test_up_offers_and_takes_away_only_when_asked(engine: MemoryEngine, tmp_path: Path) -> None:
    engine.beat.told = None
    again = leased("up", str(tmp_path), "--name", "egret", "--plain", "--yes")
    told = sandboxctl(*again)
    assert told.exit_code == 0, told.output
    assert "2 sandboxes are over: heron, crane." in told.stderr
    assert "--expired` takes away what is over" in told.stderr
    assert "down --expired` does" in told.stdout
    assert engine.sandboxes() == ["crane", "egret", "heron"]
    assert "are over" not in sandboxctl(*leased("ls", "--plain")).stderr
    engine.close = lambda: None  # type: ignore[method-assign]  # the command's, not the den's
    with engine.lock(LOCK):
        watched = sandboxctl(*again)
        assert "are over" not in watched.stderr
        assert "when it ends: watch takes it away" in watched.stdout
    assert sandboxctl(*again, "--expired").exit_code == 0
    assert engine.sandboxes() == ["egret"]


def test_extend_says_both_ends(engine: MemoryEngine) -> None:
    told = json.loads(sandboxctl(*leased("extend", "heron", "2h", "--json")).stdout)
    assert told["it_was_until"] == (NOON + HOUR).isoformat()
    record = engine.observe("heron").record
    assert record
    assert told["lease_until"] == record.until.isoformat()
    assert 7100 < told["left"] <= 7200
    assert sandboxctl(*leased("extend", "heron")).exit_code == 2
    assert sandboxctl(*leased("extend", "heron", "2h", "--until", "17:00")).exit_code == 2
    assert sandboxctl(*leased("extend", "egret", "2h")).exit_code == 1
    soon = sandboxctl(*leased("extend", "heron", "10m", "--plain"))
    assert "left: 2 h 10 min" in soon.stdout


def test_ls_and_status_say_that_it_ends_soon(engine: MemoryEngine, tmp_path: Path) -> None:
    pipeline.up(engine, tmp_path, "heron")
    record = engine.observe("heron").record
    assert record
    soon = sandboxctl(*leased("up", str(tmp_path), "--name", "wren", "--lifetime", "9m", "--plain"))
    assert soon.exit_code == 0, soon.output
    for words in (("ls", "--plain"), ("status", "wren", "--plain")):
        assert "left: ends in " in sandboxctl(*leased(*words)).stdout
