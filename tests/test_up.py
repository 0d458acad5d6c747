"""`up`, `reset` and `restart` on the engine in memory: what they ask for, and what they refuse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from sandboxctl.blueprint.load import Facts, Loaded, load
from sandboxctl.engine.memory import MemoryEngine
from sandboxctl.errors import BlueprintError, EngineError, SandboxError
from sandboxctl.lifecycle.change import Proposal, carry_out
from sandboxctl.lifecycle.down import expired, plan_down
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.lifecycle.restart import plan_restart
from sandboxctl.lifecycle.status import overview, status
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.sandbox.den import Den, GatewaySettings
from sandboxctl.sandbox.operations import GoLive, StartService
from tests.recipes import EVENING, NOON

PAGE = """
    blueprint: 1
    name: page
    opens: web
    lifetime: 8h
    services:
      web: {source: ./web, runtime: static, mem_limit: 64m}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "index.html").write_text("<!doctype html><title>x</title>")
    return tmp_path


def written(folder: Path, text: str = PAGE) -> Loaded:
    file = folder / "blueprint.yaml"
    file.write_text(dedent(text))
    facts = Facts("den.localhost", "http", 8080, "demo", "http://demo.den.localhost:8080/")
    return load(file, facts=facts)


def up(
    engine: MemoryEngine, loaded: Loaded, name: str = "demo", given: Mapping[str, str] | None = None
) -> Proposal:
    proposal = plan_up(engine, loaded, name, now=NOON, given=given)
    assert carry_out(engine, proposal, lambda _: None) == {}
    return proposal


def test_up_twice_does_nothing_the_second_time(folder: Path) -> None:
    engine, loaded = MemoryEngine(), written(folder)
    assert up(engine, loaded).plan
    assert not up(engine, loaded).plan
    assert status(engine, "demo", now=NOON).state == "ready"


def test_the_lease_is_the_blueprint_s_own_unless_another_is_asked_for(folder: Path) -> None:
    engine, loaded = MemoryEngine(), written(folder)
    up(engine, loaded)
    assert status(engine, "demo", now=NOON).until == EVENING
    later = EVENING + timedelta(hours=1)
    carry_out(engine, plan_up(engine, loaded, "demo", now=NOON, until=later), lambda _: None)
    assert status(engine, "demo", now=NOON).left == timedelta(hours=9)
    assert expired(engine, now=EVENING) == []
    assert expired(engine, now=later) == ["demo"]


def test_a_name_that_another_blueprint_has_is_refused(folder: Path) -> None:
    engine = MemoryEngine()
    up(engine, written(folder))
    other = written(folder, PAGE.replace("name: page", "name: other"))
    with pytest.raises(BlueprintError, match="demo is a sandbox of page, not of other") as caught:
        plan_up(engine, other, "demo", now=NOON)
    assert "--name" in caught.value.hint
    assert caught.value.code == "DEN234"


def test_a_sandbox_for_which_no_port_is_left_is_refused_before_anything_is_made(
    folder: Path,
) -> None:
    engine = MemoryEngine(Den(gateway=GatewaySettings(ports=2)))
    loaded = written(folder)
    for name in ("team-1", "team-2"):
        up(engine, loaded, name)
    with pytest.raises(SandboxError, match="all 2 ports of the den are taken") as caught:
        plan_up(engine, loaded, "team-3", now=NOON)
    assert caught.value.exit_code == 1
    assert "den --set gateway.ports=" in caught.value.hint
    assert engine.sandboxes() == ["team-1", "team-2"]
    longer = plan_up(engine, loaded, "team-1", now=NOON, until=EVENING + timedelta(hours=1))
    assert carry_out(engine, longer, lambda _: None) == {}
    carry_out(engine, plan_down(engine, "team-1"), lambda _: None)
    up(engine, loaded, "team-3")
    record = engine.observe("team-3").record
    assert record
    assert record.slot == 1


def test_memory_that_is_short_is_said_before_anything_is_made(folder: Path) -> None:
    engine, loaded = MemoryEngine(memory=100 * 1024**2), written(folder)
    up(engine, loaded)
    with pytest.raises(EngineError, match="28 MiB are short"):
        plan_up(engine, loaded, "second", now=NOON)
    assert engine.sandboxes() == ["demo"]


def test_addresses_that_are_short_are_said_before_anything_is_made(folder: Path) -> None:
    engine, loaded = MemoryEngine(Den(range="10.9.0.0/24")), written(folder)
    for n in range(32):
        up(engine, loaded, f"team-{n}")
    with pytest.raises(EngineError, match="no free subnet of 8 addresses"):
        plan_up(engine, loaded, "one-more", now=NOON)
    assert "one-more" not in engine.sandboxes()


SECRET = PAGE.replace("mem_limit: 64m", "mem_limit: 64m, secrets: [KEY, TOKEN]") + (
    "    secrets: {KEY: {generate: 40}, TOKEN: {ask: 'The token of the map'}}\n"
)


def test_a_secret_nobody_gave_is_asked_for_by_name(folder: Path) -> None:
    with pytest.raises(BlueprintError, match="TOKEN: The token of the map") as caught:
        plan_up(MemoryEngine(), written(folder, SECRET), "demo", now=NOON)
    assert "--secret TOKEN=@FILE" in caught.value.hint
    assert caught.value.code == "DEN892"
    with pytest.raises(BlueprintError, match="does not ask for the secret KEY") as strange:
        plan_up(MemoryEngine(), written(folder, SECRET), "demo", now=NOON, given={"KEY": "x"})
    assert strange.value.code == "DEN893"


def test_secrets_are_made_anew_and_given_ones_kept_over_a_reset(folder: Path) -> None:
    engine, loaded = MemoryEngine(), written(folder, SECRET)
    up(engine, loaded, given={"TOKEN": "t0k3n"})
    first = engine.secrets("demo", ["KEY", "TOKEN"])
    assert carry_out(engine, plan_reset(engine, "demo"), lambda _: None) == {}
    second = engine.secrets("demo", ["KEY", "TOKEN"])
    assert first["TOKEN"] == second["TOKEN"] == "t0k3n"
    assert first["KEY"] != second["KEY"]
    assert len(first["KEY"]) == 40


def test_no_plan_and_no_recipe_shows_a_secret(folder: Path) -> None:
    engine, loaded = MemoryEngine(), written(folder, SECRET)
    proposal = up(engine, loaded, given={"TOKEN": "t0k3n"})
    assert "t0k3n" not in str(proposal.plan) + repr(proposal)
    kept = [s.operation for s in proposal.plan.steps if isinstance(s.operation, GoLive)]
    assert "t0k3n" not in kept[0].recipe.model_dump_json()
    started = [s.operation for s in proposal.plan.steps if isinstance(s.operation, StartService)]
    assert started[0].place.secrets["TOKEN"] == "t0k3n"


def test_reset_of_nobody_says_how_to_begin() -> None:
    with pytest.raises(SandboxError, match="no running sandbox nobody") as caught:
        plan_reset(MemoryEngine(), "nobody")
    assert "sandboxctl up" in caught.value.hint


def test_a_reset_that_fails_leaves_the_old_one_and_takes_the_new_one_away(folder: Path) -> None:
    engine, loaded = MemoryEngine(), written(folder)
    up(engine, loaded)
    proposal = plan_reset(engine, "demo")
    engine._broken = frozenset({"web"})
    failed = carry_out(engine, proposal, lambda _: None)
    assert [str(error) for error in failed.values()] == ["web of demo never answers"]
    seen = engine.observe("demo")
    assert sorted(seen.generations) == [1]
    assert seen.live is not None


def test_a_first_up_that_fails_is_kept_for_its_logs_and_goes_with_the_next(folder: Path) -> None:
    engine, loaded = MemoryEngine(broken=frozenset({"web"})), written(folder)
    proposal = plan_up(engine, loaded, "demo", now=NOON)
    assert carry_out(engine, proposal, lambda _: None)
    assert status(engine, "demo", now=NOON).state == "not finished"
    engine._broken = frozenset()
    up(engine, loaded)
    assert sorted(engine.observe("demo").generations) == [2]


def test_restart_stops_and_starts_and_names_what_there_is(folder: Path) -> None:
    engine, loaded = MemoryEngine(), written(folder)
    up(engine, loaded)
    assert str(plan_restart(engine, "demo", "web")).splitlines() == [
        "demo",
        "  1. stop web: you asked for it",
        "  2. start web again: it was stopped, after 1",
        "  3. wait for web (http / on port 8080): it was started, after 2",
    ]
    with pytest.raises(SandboxError, match="demo has no service db") as caught:
        plan_restart(engine, "demo", "db")
    assert caught.value.hint == "It has web."


def test_down_leaves_nothing(folder: Path) -> None:
    engine = MemoryEngine()
    up(engine, written(folder))
    assert carry_out(engine, plan_down(engine, "demo"), lambda _: None) == {}
    assert overview(engine, now=NOON) == []
    assert not plan_down(engine, "demo").plan
