"""Spares on every engine: made once, taken once, and never in the way when one is bad."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.protocol import Engine
from sandboxctl.errors import EngineError, SandboxError, SpareTaken
from sandboxctl.lifecycle import spares
from sandboxctl.lifecycle.change import carry_out
from sandboxctl.lifecycle.claim import TRIES
from sandboxctl.lifecycle.down import plan_leftovers
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.reset import plan_reset, reset
from sandboxctl.lifecycle.undo import plan_undo
from sandboxctl.lifecycle.watch import LOCK
from sandboxctl.sandbox.operations import Offer, StopService, Withdraw
from sandboxctl.sandbox.state import Record
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, Written
from tests.visitor import Visitor, key_of

SECRET = {"KEY": {"generate": 24}}
At = Callable[[str], Visitor]


@pytest.fixture
def folder(written: Written) -> Path:
    document = prototypes.notebook() | {"secrets": SECRET}
    document["services"]["web"]["secrets"] = ["KEY"]
    return written(document)


@pytest.fixture
def running(engine: Engine, folder: Path, sandbox: str) -> Iterator[str]:
    pipeline.up(engine, folder, sandbox)
    yield sandbox
    pipeline.sweep(engine)
    assert not engine.spares()
    assert not engine.making()


def nothing(_: object) -> None:
    pass


def record(engine: Engine, sandbox: str) -> Record:
    return engine.records()[sandbox]


def test_a_reset_takes_a_spare_and_an_undo_gives_back_what_was(
    engine: Engine, running: str
) -> None:
    before, given = record(engine, running), engine.secrets(running, ["KEY"])
    made = pipeline.spare(engine, running)
    assert engine.spares()[made].ready
    assert made not in engine.sandboxes()
    assert made not in engine.making(), "it is offered, and so nothing that somebody left"

    done = reset(engine, running)
    assert (done.spare, dict(done.failed)) == (made, {})
    assert 0 < done.answered <= done.seconds
    after = record(engine, running)
    assert (after.live, after.home, after.key) == (before.live + 1, made, before.key)
    assert (after.until, after.resets) == (before.until, before.resets + 1)
    assert [(a.generation, a.home) for a in after.asides] == [(before.live, "")]
    assert not engine.spares(), "it is nobody else's"
    assert made not in engine.making()
    observed = engine.observe(running)
    assert sorted(observed.generations) == [before.live, after.live]
    assert observed.live is not None
    assert all(seen.runs for seen in observed.live.services.values())
    assert engine.fetch(running).target == f"{running}/{after.live}"
    assert engine.secrets(running, ["KEY"]) not in ({}, given), "another generation, another secret"

    again = plan_undo(engine, running, now=clock.now())
    assert not execute(again.plan, engine, tell=nothing)
    back = record(engine, running)
    assert (back.live, back.home) == (before.live, "")
    assert [(a.generation, a.home) for a in back.asides] == [(after.live, made)]
    assert not execute(plan_undo(engine, running, now=clock.now()).plan, engine, tell=nothing)
    assert record(engine, running).live == before.live, "the second time it goes nowhere"
    once_more = plan_undo(engine, running, now=clock.now(), generation=after.live)
    assert not execute(once_more.plan, engine, tell=nothing)
    assert (record(engine, running).live, record(engine, running).home) == (after.live, made)

    pipeline.down(engine, running)
    assert not engine.making(), "what was a spare goes with the sandbox that took it"


def test_what_can_be_returned_to_no_longer_goes_with_the_next_reset(
    engine: Engine, running: str
) -> None:
    taken = []
    for _ in range(4):
        taken.append(pipeline.spare(engine, running))
        assert reset(engine, running).spare == taken[-1]
    after = record(engine, running)
    assert [one.home for one in after.asides] == [taken[2], taken[1]]
    assert sorted(engine.observe(running).generations) == [3, 4, 5]
    assert not engine.making(), "nothing is left of the first one"


def test_who_resets_at_once_gets_a_spare_of_his_own(
    engine: Engine, running: str, folder: Path
) -> None:
    teams = [running, f"{running}-b", f"{running}-c"]
    for team in teams[1:]:
        pipeline.up(engine, folder, team)
    made = {pipeline.spare(engine, running), pipeline.spare(engine, running)}
    with ThreadPoolExecutor(len(teams)) as pool:
        done = list(pool.map(lambda team: reset(engine, team), teams))
    assert not any(one.failed for one in done)
    assert sorted(one.spare for one in done) == sorted(["", *made]), "two took one, one built"
    for team in teams:
        assert engine.fetch(team).target == f"{team}/2"
    assert not engine.making()


def test_a_spare_that_somebody_took_meanwhile_is_planned_anew(
    engine: Engine, running: str, folder: Path
) -> None:
    other = f"{running}-b"
    pipeline.up(engine, folder, other)
    first = pipeline.spare(engine, running)
    proposal = plan_reset(engine, running)
    assert first in {step.at for step in proposal.plan.steps} | {
        getattr(step.operation, "home", "") for step in proposal.plan.steps
    }
    assert reset(engine, other).spare == first
    assert not carry_out(engine, proposal, nothing)
    assert record(engine, running).home == ""
    assert engine.fetch(running).target == f"{running}/2"
    assert TRIES > 1


@pytest.mark.parametrize("quickly", [True, False])
def test_a_spare_that_does_not_answer_changes_nothing_but_the_time_it_takes(
    engine: Engine, running: str, quickly: bool
) -> None:
    before = record(engine, running)
    bad = pipeline.spare(engine, running)
    engine.apply(bad, StopService(1, "web", 0), nothing)
    if quickly:
        done = reset(engine, running)
        assert (done.spare, dict(done.failed)) == ("", {})
    else:
        assert not carry_out(engine, plan_reset(engine, running), nothing)
    after = record(engine, running)
    assert (after.home, after.resets) == ("", before.resets + 1)
    assert [one.generation for one in after.asides] == [before.live]
    assert after.asides[0].home == "", "what was there before, and not the bad one"
    assert engine.fetch(running).target == f"{running}/{after.live}"
    assert not engine.spares()
    assert not engine.making(), "nothing is left of the bad one"


def test_what_is_withdrawn_is_nobodys_and_what_is_taken_stays(engine: Engine, running: str) -> None:
    first, second = pipeline.spare(engine, running), pipeline.spare(engine, running)
    recipe, spare = engine.recipe(record(engine, running).recipe), engine.spares()[first]
    for _ in range(2):
        engine.apply(first, Withdraw(), nothing)
    assert {*engine.spares()} == {second}
    assert [*engine.making()] == [first], "its objects are there, and nobody speaks of them"
    with pytest.raises(SpareTaken):
        engine.apply(first, Offer(recipe, spare.subnet, spare.since, ready=True), nothing)
    assert not execute(plan_leftovers(engine), engine, tell=nothing)
    assert not engine.making()

    assert reset(engine, running).spare == second
    with pytest.raises(SpareTaken):
        engine.apply(second, Withdraw(), nothing)
    failed = execute(spares.plan_withdrawal(engine, second, "a mistake"), engine, tell=nothing)
    assert len(failed) == 1, "and what stands behind it was not done"
    assert engine.fetch(running).target == f"{running}/2"


def test_a_den_with_spares_is_not_left(engine: Engine, running: str) -> None:
    pipeline.spare(engine, running)
    pipeline.down(engine, running)
    with pytest.raises(EngineError, match="spare"):
        engine.leave(nothing)
    digest = next(iter(engine.spares().values())).recipe
    assert engine.recipe(digest).digest == digest, "it is kept for the spare"
    pipeline.sweep(engine)


def test_what_names_its_sandbox_has_no_spares(
    engine: Engine, written: Written, sandbox: str
) -> None:
    document = prototypes.page()
    document["services"]["web"]["environment"] = {"GREETING": "{{ sandbox.url }}"}
    pipeline.up(engine, written(document), sandbox)
    recipe = engine.recipe(record(engine, sandbox).recipe)
    with pytest.raises(SandboxError, match="puts the name or the address of its sandbox"):
        spares.plan_spare(engine, recipe, now=clock.now())
    assert reset(engine, sandbox).spare == ""
    pipeline.down(engine, sandbox)


def test_what_asks_for_a_secret_takes_no_spare_for_it_may_hold_anothers(
    engine: Engine, written: Written, sandbox: str
) -> None:
    document = prototypes.page() | {"secrets": {"KEY": {"ask": "the key"}}}
    document["services"]["web"]["secrets"] = ["KEY"]
    assert not pipeline.try_up(engine, written(document), sandbox, given={"KEY": "given"}).failed
    with pytest.raises(SandboxError, match="it asks for a secret"):
        pipeline.spare(engine, sandbox)
    assert not reset(engine, sandbox).spare
    assert engine.secrets(sandbox, ["KEY"]) == {"KEY": "given"}
    pipeline.down(engine, sandbox)


@contextlib.contextmanager
def connected(engine: DockerEngine) -> Iterator[http.client.HTTPConnection]:
    gateway = engine.den.gateway
    with contextlib.closing(http.client.HTTPConnection(str(gateway.bind), gateway.port)) as one:
        yield one


def cookie_of(engine: DockerEngine, sandbox: str) -> dict[str, str]:
    host = f"{engine.den.host(sandbox)}:{engine.den.gateway.port}"
    return {"Host": host, "Cookie": f"den_{sandbox}={key_of(engine, sandbox)()}"}


def upgraded(engine: DockerEngine, sandbox: str) -> socket.socket:
    """A connection as a WebSocket has it: upgraded, and open."""
    gateway = engine.den.gateway
    stream = socket.create_connection((str(gateway.bind), gateway.port), timeout=20)
    said = {**cookie_of(engine, sandbox), "Connection": "Upgrade", "Upgrade": "websocket"}
    said |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
    lines = ["GET /live HTTP/1.1", *(f"{name}: {value}" for name, value in said.items())]
    stream.sendall("\r\n".join([*lines, "", ""]).encode())
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += stream.recv(1)
    assert b" 101 " in head, head
    return stream


def echoed(stream: socket.socket, word: bytes) -> bool:
    stream.sendall(word)
    return stream.recv(100) == word


@pytest.mark.engine
def test_what_is_under_way_ends_on_the_old_one_and_other_teams_notice_nothing(
    docker_engine: DockerEngine, folder: Path, sandbox: str
) -> None:
    other = f"{sandbox}-b"
    for team in (sandbox, other):
        pipeline.up(docker_engine, folder, team)
    pipeline.spare(docker_engine, sandbox)
    with (
        ThreadPoolExecutor(1) as pool,
        connected(docker_engine) as slow,
        connected(docker_engine) as kept,
        contextlib.closing(upgraded(docker_engine, other)) as theirs,
    ):
        slow.request("GET", "/slow", headers=cookie_of(docker_engine, sandbox))
        kept.request("GET", "/", headers=cookie_of(docker_engine, other))
        kept.getresponse().read()
        same = kept.sock
        assert echoed(theirs, b"before")
        under_way = pool.submit(reset, docker_engine, sandbox)
        answer = slow.getresponse()
        assert (answer.status, answer.read()) == (200, b"slowly")
        done = under_way.result()
        assert done.spare
        assert not done.failed
        assert done.answered < done.seconds, "the first page did not wait for the slow one"
        assert echoed(theirs, b"after")
        kept.request("GET", "/", headers=cookie_of(docker_engine, other))
        assert kept.getresponse().status == 200
        assert kept.sock is same, "the same connection"
    for team in (sandbox, other):
        pipeline.down(docker_engine, team)


@pytest.mark.engine
def test_nobody_is_turned_away_by_a_bad_spare_for_longer_than_it_takes_to_go_back(
    docker_engine: DockerEngine, folder: Path, sandbox: str
) -> None:
    pipeline.up(docker_engine, folder, sandbox)
    visitor = Visitor(docker_engine.den, sandbox, key=key_of(docker_engine, sandbox))
    visitor.send("/book/lines", b"kept")
    bad = pipeline.spare(docker_engine, sandbox)
    docker_engine.apply(bad, StopService(1, "web", 0), nothing)
    seen: list[str] = []

    def look(_: object) -> None:
        if record(docker_engine, sandbox).live == 1:
            seen.append(visitor.get("/book/lines").body)

    assert not reset(docker_engine, sandbox, tell=look).failed
    assert "kept\n" in seen[3:], "what was there before served while another one was built"
    assert visitor.get("/book/lines").body == ""
    pipeline.down(docker_engine, sandbox)
    dens.until(lambda: not docker_engine.making(), what="nothing is left")


@pytest.mark.engine
def test_watch_makes_what_was_taken_and_stops_what_was_put_aside(
    docker_engine: DockerEngine, cli: Cli, folder: Path, sandbox: str
) -> None:
    def ready() -> list[str]:
        return [name for name, spare in docker_engine.spares().items() if spare.ready]

    cli("up", str(folder), "--name", sandbox, "--spares", "1")
    [first] = ready()
    watching = cli.begin("watch", "--every", "1s")
    try:
        dens.until(lambda: docker_engine.holder(LOCK), what="somebody watches")
        told = json.loads(cli("reset", sandbox, "--json").stdout)
        assert told["spare"] == first
        dens.until(lambda: [*{*ready()} - {first}], seconds=60, what="another spare is ready")
        aside = docker_engine.observe(sandbox).generations[1]
        assert not any(seen.runs for seen in aside.services.values())
        cli("down", sandbox)
        dens.until(
            lambda: not docker_engine.spares() and not docker_engine.making(),
            seconds=60,
            what="nobody asks for one, and nothing is left",
        )
    finally:
        watching.send_signal(signal.SIGINT)
        said = watching.communicate(timeout=60)[0]
    assert "a spare of notebook is ready" in said
