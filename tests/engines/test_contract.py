"""What `Engine` promises, asked of every engine: whoever passes may carry a den."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from sandboxctl import clock
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import AddressTaken, EngineError, NotReady, SandboxError
from sandboxctl.lifecycle.change import carry_out
from sandboxctl.lifecycle.up import plan_up
from sandboxctl.sandbox import addresses
from sandboxctl.sandbox.approval import approval
from sandboxctl.sandbox.operations import (
    CreateNetwork,
    RemoveNetwork,
    RemoveService,
    ReplaceKey,
    StartAgain,
    StopService,
    WaitReady,
)
from sandboxctl.sandbox.reconcile import reconcile
from sandboxctl.sandbox.wanted import Wanted
from tests import pipeline, prototypes
from tests.conftest import Written
from tests.engines.conftest import NEVER_ANSWERS, NEVER_STARTS
from tests.recipes import EVENING, NOON
from tests.test_approval import CHOWN, IMAGES, ONE, OTHER, asking

SECRET = {"KEY": {"generate": 24}}


@pytest.fixture
def folder(written: Written) -> Path:
    document = prototypes.page() | {"secrets": SECRET}
    document["services"]["web"]["secrets"] = ["KEY"]
    return written(document)


@pytest.fixture
def running(engine: Engine, folder: Path, sandbox: str) -> Iterator[str]:
    """A sandbox that is up; taken away afterwards."""
    pipeline.up(engine, folder, sandbox)
    yield sandbox
    pipeline.down(engine, sandbox)


def nothing(_: str) -> None:
    pass


def test_an_unknown_sandbox_is_an_empty_one(engine: Engine, sandbox: str) -> None:
    engine.enter(nothing)
    observed = engine.observe(sandbox)
    assert not observed
    assert (observed.sandbox, observed.live, observed.next) == (sandbox, None, 1)
    assert sandbox not in engine.sandboxes()
    assert engine.fetch(sandbox).status == 404
    assert not pipeline.down(engine, sandbox).plan


def test_up_then_reset_then_down(engine: Engine, folder: Path, sandbox: str) -> None:
    first = pipeline.up(engine, folder, sandbox)
    observed = engine.observe(sandbox)
    assert observed.live is not None
    assert observed.live.number == 1
    assert observed.live.services["web"].runs
    assert observed.live.subnet in observed.taken
    assert observed.record is not None
    assert observed.record.blueprint == "page"
    assert first.proposal.wanted is not None
    images = {c.image for c in first.proposal.wanted.recipe.containers.values()}
    assert engine.observe(sandbox, {*images, "nobody/has:this"}).images == images
    assert not pipeline.up(engine, folder, sandbox).plan, "the second time there is nothing to do"

    pipeline.reset(engine, sandbox)
    after = engine.observe(sandbox)
    assert after.record is not None
    assert [one.generation for one in after.record.asides] == [1], "what it replaced can come back"
    assert sorted(after.generations) == [1, 2]
    assert (after.record.live, after.record.since) == (2, observed.record.since)
    assert engine.fetch(sandbox).status == 200

    pipeline.down(engine, sandbox)
    assert not engine.observe(sandbox)
    assert sandbox not in engine.sandboxes()
    assert engine.fetch(sandbox).status == 404


def test_a_key_stays_until_it_is_replaced_and_goes_with_its_sandbox(
    engine: Engine, folder: Path, sandbox: str
) -> None:
    pipeline.up(engine, folder, sandbox)
    first = _key(engine, sandbox)
    assert re.fullmatch("[a-z2-7]{26}", first)
    pipeline.reset(engine, sandbox)
    pipeline.up(engine, folder, sandbox)
    assert _key(engine, sandbox) == first
    seen = {first}
    for _ in range(2):
        engine.apply(sandbox, ReplaceKey(), nothing)
        assert _key(engine, sandbox) not in seen
        assert engine.fetch(sandbox).status == 200
        seen.add(_key(engine, sandbox))
    pipeline.down(engine, sandbox)
    engine.apply(sandbox, ReplaceKey(), nothing)
    assert not engine.observe(sandbox), "a key alone makes no sandbox"
    pipeline.up(engine, folder, sandbox)
    assert _key(engine, sandbox) not in seen
    pipeline.down(engine, sandbox)


def _key(engine: Engine, sandbox: str) -> str:
    record = engine.observe(sandbox).record
    assert record is not None
    return record.key


def test_doing_an_operation_twice_is_harmless(engine: Engine, folder: Path, sandbox: str) -> None:
    engine.enter(nothing)
    blueprint = pipeline.loaded(engine, folder, sandbox)
    for wanted in (True, False):
        plan = (
            plan_up(engine, blueprint, sandbox, now=clock.now()).plan
            if wanted
            else reconcile(None, engine.observe(sandbox))
        )
        assert plan
        for step in plan.steps:
            engine.apply(step.sandbox, step.operation, nothing)
            engine.apply(step.sandbox, step.operation, nothing)
        assert (sandbox in engine.sandboxes()) is wanted
    assert not engine.observe(sandbox)


def test_stopping_starting_and_removing_twice_is_harmless(engine: Engine, running: str) -> None:
    wanted = engine.recipe(_digest(engine, running)).containers["web"]
    stop, start = StopService(1, "web", 1), StartAgain(1, wanted)
    for _ in range(2):
        engine.apply(running, stop, nothing)
    live = engine.observe(running).live
    assert live is not None
    assert (live.services["web"].condition, bool(live.services["web"].why)) == ("exited", True)
    for _ in range(2):
        engine.apply(running, start, nothing)
    engine.apply(running, WaitReady(1, wanted, live.services["web"].address), nothing)
    assert engine.observe(running).live == replace(
        live, services={"web": replace(live.services["web"], condition="running", why="")}
    )
    for _ in range(2):
        engine.apply(running, RemoveService(1, "web"), nothing)
    engine.apply(running, stop, nothing)
    with pytest.raises(EngineError):
        engine.apply(running, start, nothing)


def test_what_is_not_there_is_an_engine_error(engine: Engine, sandbox: str) -> None:
    engine.enter(nothing)
    with pytest.raises(EngineError):
        engine.recipe("000000000000")
    for asked in (
        lambda: list(engine.logs(sandbox, None, tail=3, follow=False)),
        lambda: engine.run(sandbox, "web", ["true"]),
        lambda: pipeline.reset(engine, sandbox),
        lambda: pipeline.restart(engine, sandbox),
    ):
        with pytest.raises(SandboxError) as refused:
            asked()
        assert sandbox in str(refused.value)
        assert refused.value.hint


def test_a_changed_recipe_is_kept_and_forgotten_with_its_last_sandbox(
    engine: Engine, running: str
) -> None:
    digest = _digest(engine, running)
    recipe = engine.recipe(digest)
    assert recipe.digest == digest
    assert recipe.blueprint == "page"
    pipeline.down(engine, running)
    with pytest.raises(EngineError):
        engine.recipe(digest)


def test_secrets_are_given_and_are_new_after_a_reset(engine: Engine, running: str) -> None:
    first = engine.secrets(running, ["KEY", "OTHER"])
    assert set(first) == {"KEY"}
    assert len(first["KEY"]) == 24
    pipeline.reset(engine, running)
    assert engine.secrets(running, ["KEY"])["KEY"] != first["KEY"]
    assert first["KEY"] not in engine.recipe(_digest(engine, running)).model_dump_json()


def test_sandboxes_come_sorted_and_what_baselines_are_made_in_is_none(
    engine: Engine, sandbox: str
) -> None:
    engine.enter(nothing)
    making = f"baseline.{sandbox}"
    for name in (f"{sandbox}-b", f"{sandbox}-a", making):
        subnet = _free(engine, sandbox)
        engine.apply(name, CreateNetwork(1, subnet, "x"), nothing)
    found = [name for name in engine.sandboxes() if sandbox in name]
    assert found == [f"{sandbox}-a", f"{sandbox}-b"]
    assert making in engine.making()
    pipeline.sweep(engine)
    assert not engine.making()
    assert sandbox not in "".join(engine.sandboxes())


def test_an_address_is_taken_once(engine: Engine, running: str, sandbox: str) -> None:
    live = engine.observe(running).live
    assert live is not None
    assert live.subnet is not None
    with pytest.raises(AddressTaken):
        engine.apply(f"{sandbox}-b", CreateNetwork(1, live.subnet, "x"), nothing)
    assert not engine.observe(f"{sandbox}-b")


def test_a_plan_made_before_somebody_took_the_address_is_made_again(
    engine: Engine, folder: Path, sandbox: str
) -> None:
    """Two commands look at once, and choose the same subnet: the second one looks again."""
    engine.enter(nothing)
    blueprint = pipeline.loaded(engine, folder, sandbox)
    proposal = plan_up(engine, blueprint, sandbox, now=clock.now())
    networks = [s.operation for s in proposal.plan.steps if isinstance(s.operation, CreateNetwork)]
    engine.apply(f"{sandbox}-b", networks[0], nothing)
    told: list[str] = []
    assert not carry_out(engine, proposal, lambda news: told.append(news.note))
    assert any("planning again" in note for note in told)
    live = engine.observe(sandbox).live
    assert live is not None
    assert live.subnet != networks[0].subnet
    engine.apply(f"{sandbox}-b", RemoveNetwork(1), nothing)
    pipeline.down(engine, sandbox)


@pytest.mark.parametrize(
    ("service", "change", "error"),
    [
        (NEVER_ANSWERS, {"healthcheck": {"tcp": 9, "start_period": "1s"}}, NotReady),
        (NEVER_STARTS, {"command": ["/no/such/program"]}, SandboxError),
    ],
)
def test_what_does_not_come_up_is_named_and_holds_up_what_needs_it(
    engine: Engine,
    written: Written,
    sandbox: str,
    service: str,
    change: dict[str, object],
    error: type[SandboxError],
) -> None:
    document = prototypes.page()
    services = document["services"]
    services[service] = services["web"] | change
    services["web"] = services["web"] | {"depends_on": [service]}
    outcome = pipeline.try_up(engine, written(document), sandbox)
    assert [type(one) for one in outcome.failed if isinstance(one, error)], outcome.failed
    assert len(outcome.failed) == 1
    assert service in outcome.why
    observed = engine.observe(sandbox)
    assert observed.record is None
    assert "web" not in observed.generations[1].services
    assert engine.fetch(sandbox).status == 404
    pipeline.down(engine, sandbox)
    assert not engine.observe(sandbox)


def test_a_lock_is_held_by_one(engine: Engine, sandbox: str) -> None:
    engine.enter(nothing)
    with engine.lock(sandbox):
        with pytest.raises(EngineError, match=f"{sandbox} is being changed"), engine.lock(sandbox):
            raise AssertionError("two hold it")
        with engine.lock(f"{sandbox}-b"):
            pass
    with engine.lock(sandbox):
        pass


def test_leaving_is_refused_while_there_are_sandboxes(engine: Engine, running: str) -> None:
    with pytest.raises(EngineError, match="sandboxes"):
        engine.leave(nothing)
    assert engine.fetch(running).status == 200
    assert engine.observe(running).record is not None


def test_commands_and_logs_reach_the_right_service(engine: Engine, running: str) -> None:
    answer = engine.run(running, "web", ["cat"], stdin=b"from outside")
    assert (answer.status, b"from outside" in answer.output) == (0, True)
    with pytest.raises(SandboxError, match="nobody"):
        engine.run(running, "nobody", ["true"])
    said = list(engine.logs(running, "web", tail=5, follow=False))
    assert said
    assert {service for service, _ in said} == {"web"}
    assert list(engine.logs(running, None, tail=5, follow=False)) == said


def test_what_is_promised_counts_limits_of_what_runs(
    engine: Engine, folder: Path, sandbox: str
) -> None:
    engine.enter(nothing)
    before = engine.capacity()
    pipeline.up(engine, folder, sandbox)
    assert engine.capacity().promised - before.promised == 64 * 1024**2
    pipeline.down(engine, sandbox)
    assert engine.capacity().promised == before.promised
    assert before.memory > 0
    assert before.cpus > 0


def test_a_new_lease_changes_nothing_else(engine: Engine, running: str) -> None:
    observed = engine.observe(running)
    assert observed.record is not None
    later = observed.record.until.replace(year=observed.record.until.year + 1)
    recipe = engine.recipe(observed.record.recipe)
    wanted = Wanted(recipe, observed.record.since, later, lease_given=True)
    plan = reconcile(wanted, observed)
    assert len(plan.steps) == 1
    engine.apply(running, plan.steps[0].operation, nothing)
    after = engine.observe(running)
    assert after.record == observed.record.model_copy(update={"until": later})
    assert after.generations == observed.generations


def _digest(engine: Engine, sandbox: str) -> str:
    record = engine.observe(sandbox).record
    assert record is not None
    return record.recipe


def _free(engine: Engine, sandbox: str) -> IPv4Network:
    observed = engine.observe(sandbox)
    return addresses.free(observed.range, observed.taken, 1)


def test_a_consoles_secret_stays_while_it_is_renewed(engine: Engine, running: str) -> None:
    url = "http://127.0.0.1:8090"
    secret = engine.console(url)
    assert len(secret) > 30
    assert engine.console(url) == secret
    assert not [target for target in engine.changes() if target.startswith(f"{running}/")]
    assert engine.console("") == ""
    assert engine.console(url) != secret
    assert engine.console("") == ""


def test_what_was_granted_is_there_for_everybody_until_it_is_taken_back(engine: Engine) -> None:
    engine.enter(nothing)
    first = approval(asking(), [CHOWN], IMAGES, by="kim@desk", at=NOON, until=EVENING)
    second = approval(asking(subject=OTHER), [CHOWN], IMAGES, by="kim", at=NOON, until=EVENING)
    for one in (first, second):
        engine.approvals.give(one)
        engine.approvals.give(one)
    try:
        assert {one.subject for one in engine.approvals.known()} == {ONE, OTHER}
        less = first.model_copy(update={"by": "sam@desk"})
        engine.approvals.give(less)
        assert [a for a in engine.approvals.known() if a.subject == ONE] == [less]
    finally:
        for one in (first, second):
            engine.approvals.take_back(one.subject)
            engine.approvals.take_back(one.subject)
    assert list(engine.approvals.known()) == []


def test_an_image_is_known_by_its_content(engine: Engine, running: str) -> None:
    live = engine.observe(running).live
    assert live is not None
    image = live.services["web"].image
    found = engine.approvals.identities([image, "sandboxctl/nothing:1"])
    assert list(found) == [image]
    assert found[image] not in ("", image)
