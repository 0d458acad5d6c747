"""`watch` on a den in memory: who is stopped, why, and what happens next."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sandboxctl.engine.connect import IN_MEMORY
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.lifecycle.watch import LOCK, Disks, Happened, look, plan_stop
from sandboxctl.sandbox.den import Den
from sandboxctl.sandbox.disk import GIBIBYTE, Wrote
from sandboxctl.sandbox.state import Observed
from tests import pipeline, prototypes
from tests.cli import sandboxctl

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHY = "book wrote 3 GiB, its limit is 2 GiB"


@pytest.fixture
def written() -> dict[str, int]:
    """What services wrote; a test changes it while the den is watched."""
    return {}


@pytest.fixture
def engine(written: dict[str, int], tmp_path: Path) -> MemoryEngine:
    """A den with the sandbox `heron`, whose `book` keeps data."""
    made = MemoryEngine(Den(name="watched", engine="memory"), wrote=written)
    pipeline.up(made, prototypes.written(tmp_path, prototypes.notebook()), "heron")
    IN_MEMORY["watched"] = made
    return made


def round_of(engine: MemoryEngine, disks: Disks | None = None) -> list[Happened]:
    return list(look(engine, [disks or Disks()], NOW))


def running(engine: MemoryEngine) -> list[str]:
    live = engine.observe("heron").live
    return [name for name, seen in live.services.items() if seen.runs] if live else []


def test_who_is_below_the_limit_is_left_alone(
    engine: MemoryEngine, written: dict[str, int]
) -> None:
    written["book"] = 2 * GIBIBYTE
    assert round_of(engine) == []
    assert running(engine) == ["book", "web"]


def test_who_is_above_is_stopped_with_all_of_its_sandbox(
    engine: MemoryEngine, written: dict[str, int]
) -> None:
    written["book"] = 3 * GIBIBYTE
    [told] = round_of(engine)

    assert (told.sandbox, told.words) == ("heron", f"stopped: {WHY}")
    assert running(engine) == []
    record = engine.observe("heron").record
    assert record is not None
    assert str(record.over) == WHY
    assert round_of(engine) == []


def test_the_rest_waits_while_somebody_else_changes_the_sandbox(
    engine: MemoryEngine, written: dict[str, int]
) -> None:
    written["book"], disks = 3 * GIBIBYTE, Disks()
    with engine.lock("heron"):
        assert len(round_of(engine, disks)) == 1
        assert running(engine) == ["web"]
    assert round_of(engine, disks) == []
    assert running(engine) == []


def test_restart_and_up_let_it_go_on(
    engine: MemoryEngine, written: dict[str, int], tmp_path: Path
) -> None:
    written["book"] = 3 * GIBIBYTE
    for again in (
        lambda: pipeline.restart(engine, "heron"),
        lambda: pipeline.up(engine, tmp_path, "heron"),
    ):
        round_of(engine)
        assert running(engine) == []
        again()
        assert running(engine) == ["book", "web"]
        assert round_of(engine) == []
        written["book"] += GIBIBYTE


def test_reset_begins_anew(engine: MemoryEngine, written: dict[str, int]) -> None:
    written["book"] = 3 * GIBIBYTE
    round_of(engine)
    pipeline.reset(engine, "heron")
    record = engine.observe("heron").record
    assert record is not None
    assert record.over is None
    assert [told.sandbox for told in round_of(engine)] == ["heron"]


def test_a_sandbox_that_is_gone_or_was_started_again_needs_no_stop(engine: MemoryEngine) -> None:
    over = Wrote("heron", 1, "book", 3 * GIBIBYTE, None, GIBIBYTE).overfull(NOW)
    assert not plan_stop(Observed("heron"), over)
    assert not plan_stop(engine.observe("heron"), over)


def watched(*words: str) -> list[str]:
    return ["--den", "watched", *words]


@pytest.mark.usefixtures("engine")
def test_every_controller_says_why(written: dict[str, int]) -> None:
    assert "wrote: 0 KiB" in sandboxctl(*watched("watch", "--once", "--plain")).stdout
    written["book"] = 3 * GIBIBYTE
    assert f"heron: stopped: {WHY}" in sandboxctl(*watched("watch", "--once", "--plain")).stdout
    assert f"state: stopped: {WHY}" in sandboxctl(*watched("ls", "--plain")).stdout
    said = sandboxctl(*watched("status", "heron", "--plain")).stdout
    assert f"book: FAILED, it was stopped: {WHY}" in said
    assert "reset heron" in said
    assert "restart heron" in said
    told = json.loads(sandboxctl(*watched("ls", "--json")).stdout)
    assert [(one["state"], one["stopped_because"]) for one in told] == [("stopped", WHY)]


def test_up_says_whether_somebody_watches(engine: MemoryEngine, tmp_path: Path) -> None:
    up = watched("up", str(tmp_path), "--name", "heron", "--plain")
    assert "watched: by nobody; `sandboxctl watch`" in sandboxctl(*up).stdout.replace(
        "python -m ", ""
    )
    with engine.lock(LOCK):
        engine.close = lambda: None  # type: ignore[method-assign]  # the command's, not the den's
        assert "watched" not in sandboxctl(*up).stdout
        assert "is watched already" in sandboxctl(*watched("watch")).stderr


@pytest.mark.parametrize("every", ["0s", "2h", "soon", "nan"])
def test_how_often_has_bounds(every: str) -> None:
    assert sandboxctl("watch", "--every", every).exit_code == 2
