"""Spares at the command line, on a den in memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandboxctl import clock
from sandboxctl.engine import connect
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.lifecycle.spares import plan_spare
from sandboxctl.lifecycle.watch import LOCK
from sandboxctl.sandbox.operations import GoLive, StopService, Withdraw
from tests.cli import PAGE, WITH_DATABASE, blueprint, facts, sandboxctl

NAMED = PAGE.replace(
    "    runtime: static\n", "    runtime: static\n    environment: {AT: '{{ sandbox.url }}'}\n"
)


@pytest.fixture(autouse=True)
def den(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    connect.IN_MEMORY.clear()
    yield
    connect.IN_MEMORY.clear()


@pytest.fixture
def stateful(tmp_path: Path) -> str:
    return blueprint(tmp_path / "b", WITH_DATABASE)


def engine() -> MemoryEngine:
    return connect.IN_MEMORY["den"]


def test_up_makes_them_and_a_reset_takes_one(stateful: str) -> None:
    up = sandboxctl("up", stateful, "--spares", "2")
    assert up.exit_code == 0, up.output
    assert "sandboxctl watch` makes another spare" in up.stderr
    assert facts(sandboxctl("status", "page"))["spares"] == ["2 of 2 ready"]

    result = sandboxctl("reset", "page")
    assert result.exit_code == 0, result.output
    said = facts(result)
    assert said["from"] == ["a spare, which was ready"]
    assert (said["generation"], said["lost"]) == (["2"], ["what was entered in db"])
    assert "reset page --undo" in said["comes back"][0]
    assert facts(sandboxctl("status", "page"))["spares"] == ["1 of 2 ready"]
    assert facts(sandboxctl("status", "page"))["generation"] == ["2"]

    told = json.loads(sandboxctl("reset", "page", "--json").stdout)
    assert told["spare"].startswith("spare.")
    told = json.loads(sandboxctl("reset", "page", "--json").stdout)
    assert told["spare"] is None, "none was left"
    assert told["generation"] == 4
    undone = sandboxctl("reset", "page", "--undo")
    assert undone.exit_code == 0, undone.output
    assert "from" not in facts(undone)
    assert facts(undone)["generation"] == ["3"]


def test_watch_makes_another_one(stateful: str) -> None:
    sandboxctl("up", stateful, "--spares", "1")
    sandboxctl("reset", "page")
    once = sandboxctl("watch", "--once")
    assert "a spare of page is ready" in once.stdout
    assert json.loads(sandboxctl("status", "page", "--json").stdout)["spares"] == {
        "ready": 1,
        "wanted": 1,
    }
    assert sandboxctl("up", stateful, "--spares", "0").exit_code == 0
    assert "nobody asks for it" in sandboxctl("watch", "--once").stdout
    assert "spares" not in facts(sandboxctl("status", "page"))


def test_where_somebody_watches_up_waits_for_no_spare(stateful: str) -> None:
    sandboxctl("up", stateful)
    with engine().lock(LOCK):
        up = sandboxctl("up", stateful, "--spares", "1")
    assert up.exit_code == 0
    assert "are being made by whoever watches the den" in up.stderr
    assert not engine().spares()


def test_a_spare_that_cannot_be_made_leaves_the_sandbox_up(stateful: str) -> None:
    sandboxctl("up", stateful)
    engine()._broken = frozenset({"db"})
    up = sandboxctl("up", stateful, "--spares", "1")
    assert up.exit_code == 1
    assert "db of spare." in up.stderr
    assert not engine().spares()
    assert facts(sandboxctl("status", "page"))["state"] == ["ready"]


def test_a_bad_spare_costs_time_and_nothing_else(stateful: str) -> None:
    sandboxctl("up", stateful, "--spares", "1")
    [bad] = engine().spares()
    engine().apply(bad, StopService(1, "web", 0), lambda _: None)
    result = sandboxctl("reset", "page")
    assert result.exit_code == 0, result.output
    assert "from" not in facts(result)
    assert not engine().making()


def test_what_nobody_may_have_is_replaced_by_the_same_command(stateful: str) -> None:
    """One that ended, one that was begun by a command that is gone, and what is left of another."""
    sandboxctl("up", stateful, "--spares", "1")
    [ended] = engine().spares()
    engine().apply(ended, StopService(1, "web", 0), lambda _: None)
    again = sandboxctl("up", stateful, "--spares", "1")
    assert again.exit_code == 0, again.output
    [well] = engine().spares()
    assert well != ended

    recipe = engine().recipe(engine().records()["page"].recipe)
    plan = plan_spare(engine(), recipe, now=clock.now())
    engine().apply(well, Withdraw(), lambda _: None)
    for step in plan.steps[:3]:
        engine().apply(step.sandbox, step.operation, lambda _: None)
    assert sandboxctl("up", stateful, "--spares", "1").exit_code == 0
    [(name, spare)] = engine().spares().items()
    assert spare.ready
    assert name not in (well, plan.steps[0].sandbox)
    assert not engine().making()


def test_down_all_takes_spares_along(stateful: str) -> None:
    sandboxctl("up", stateful, "--spares", "1")
    assert sandboxctl("down", "page").exit_code == 0
    assert engine().spares(), "they are not the sandbox's own"
    gone = sandboxctl("down", "--all", "--yes")
    assert gone.exit_code == 0, gone.output
    assert not engine().spares()
    assert not engine().making()


def test_what_names_its_sandbox_has_none_and_is_told_why(tmp_path: Path) -> None:
    page = blueprint(tmp_path / "b", NAMED)
    refused = sandboxctl("up", page, "--spares", "1")
    assert refused.exit_code == 2
    assert "page has no spares: it puts the name or the address of its sandbox" in refused.stderr
    plan = sandboxctl("plan", page)
    assert "It has no spares: it puts the name or the address" in plan.stdout
    because = json.loads(sandboxctl("plan", page, "--json").stdout)["no_spares_because"]
    assert because.startswith("it puts the name")
    assert sandboxctl("up", page).exit_code == 0
    assert engine().records()["page"].spares == 0


@pytest.mark.parametrize("words", [["down", "page"], ["down", "nobody"]])
def test_down_takes_along_what_was_claimed_and_whose_claim_was_lost(
    stateful: str, words: list[str]
) -> None:
    sandboxctl("up", stateful, "--spares", "1")
    den = engine()
    [claimed] = den.spares()
    assert sandboxctl("reset", "page").exit_code == 0
    record = den.records()["page"]
    assert record.home == claimed
    plan = plan_reset(den, "page", spared=False).plan
    for step in plan.steps:  # killed once it has switched: the state speaks of it no more
        den.apply(step.at, step.operation, lambda _: None)
        if isinstance(step.operation, GoLive):
            break
    seen = den.observe("page")
    assert seen.record
    left = seen.record.model_copy(update={"asides": ()})
    den._sandboxes["page"] = replace(den._sandboxes["page"], record=left)
    assert den.making() == [claimed]
    result = sandboxctl(*words)
    assert result.exit_code == 0, result.output
    assert den.making() == []
    assert den.sandboxes() == ([] if "page" in words else ["page"])
    assert "page" in words or den.observe("page").live
