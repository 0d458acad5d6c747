"""One service replaced in its place, on a real engine: the others keep their data."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle import change
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.in_place import carry_out, plan_in_place, plan_in_place_undo
from sandboxctl.lifecycle.snapshot import plan_restore
from sandboxctl.sandbox import names
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, Written
from tests.visitor import Visitor, key_of

pytestmark = pytest.mark.engine

MOMENT = "one moment"


def document() -> prototypes.Document:
    """`web` needs `book`; `book` and `shelf` both keep lines, and one secret between them."""
    made = prototypes.notebook()
    services = made["services"]
    services["book"] = prototypes.apart(services["web"]) | {"writable": ["/data"]}
    services["shelf"] = prototypes.apart(services["book"])
    services["web"]["depends_on"] = ["book"]
    made["secrets"] = {"KEY": {"generate": 32}}
    for name in ("book", "shelf"):
        services[name]["secrets"] = ["KEY"]
    made["opens"] = {"/": "web", "/book": "book", "/shelf": "shelf"}
    return made


@pytest.fixture
def folder(docker_engine: DockerEngine, written: Written, sandbox: str) -> Iterator[Path]:
    """All three are up, with a line in each that keeps some; this is the blueprint's folder."""
    found = written(document())
    (found / "app" / "app.py").write_text(
        (found / "app" / "app.py").read_text().replace('removeprefix("/book")', _EITHER)
    )
    pipeline.up(docker_engine, found, sandbox)
    yield found
    pipeline.down(docker_engine, sandbox)
    assert dens.leftovers(docker_engine._api, docker_engine.den, sandbox) == []


_EITHER = 'removeprefix("/book").removeprefix("/shelf")'


@pytest.fixture
def team(docker_engine: DockerEngine, folder: Path, sandbox: str) -> Visitor:
    assert folder.exists()
    at = Visitor(docker_engine.den, sandbox, key=key_of(docker_engine, sandbox))
    for service in ("book", "shelf"):
        assert at.send(f"/{service}/lines", f"in {service}".encode()).body == "kept"
    return at


def lines(at: Visitor, service: str) -> str:
    return at.get(f"/{service}/lines").body


def in_place(engine: DockerEngine, sandbox: str, *, undo: bool = False) -> None:
    plan = plan_in_place_undo if undo else plan_in_place
    proposal = plan(engine, sandbox, "book", now=clock.now())
    failed, _ = carry_out(engine, proposal, lambda _: None)
    assert not failed, list(failed.values())


def returned(engine: DockerEngine, sandbox: str) -> None:
    """`restore N auto-book`."""
    proposal = plan_restore(engine, sandbox, "auto-book", now=clock.now())
    assert not change.carry_out(engine, proposal, lambda _: None)


def ids(engine: DockerEngine, sandbox: str) -> dict[str, str]:
    live = engine.observe(sandbox).live
    assert live
    return {name: seen.id for name, seen in live.services.items()}


@contextlib.contextmanager
def watched(at: Callable[[], Visitor]) -> Iterator[list[str]]:
    """Somebody who reloads the page all the time: what he was told, each thing once."""
    told: list[str] = []
    over = threading.Event()

    def reload() -> None:
        mine = at()
        while not over.is_set():
            page = mine.get("/book/lines")
            said = MOMENT if MOMENT in page.body.lower() else f"{page.status} {page.body}"
            if told[-1:] != [said]:
                told.append(said)
            time.sleep(0.005)

    with ThreadPoolExecutor(1) as pool:
        job = pool.submit(reload)
        try:
            yield told
        finally:
            over.set()
        job.result()


def test_one_begins_again_and_the_others_keep_what_they_have(
    docker_engine: DockerEngine, api: docker.APIClient, team: Visitor, sandbox: str
) -> None:
    before = ids(docker_engine, sandbox)
    key = team.get("/shelf/secret").body
    web = names.container(docker_engine.den.name, sandbox, 1, "web")
    since = api.inspect_container(web)["State"]["StartedAt"]

    def another() -> Visitor:
        return Visitor(docker_engine.den, sandbox, key=key_of(docker_engine, sandbox))

    with watched(another) as told:
        dens.until(lambda: told)
        in_place(docker_engine, sandbox)
        dens.until(lambda: told[-1] == "200 ")
    assert told == ["200 in book\n", MOMENT, "200 "]
    after = ids(docker_engine, sandbox)
    assert after["book"] != before["book"]
    assert {n: i for n, i in after.items() if n != "book"} == {
        n: i for n, i in before.items() if n != "book"
    }
    assert lines(team, "shelf") == "in shelf\n"
    assert team.get("/book/secret").body == key == team.get("/shelf/secret").body
    assert api.inspect_container(web)["State"]["StartedAt"] > since
    observed = docker_engine.observe(sandbox)
    assert observed.record
    assert observed.live
    assert (observed.record.held, observed.record.swapping) == (False, None)
    assert observed.live.beside["book"].id == before["book"]
    assert not observed.live.beside["book"].runs


def test_undo_brings_it_back_and_can_be_undone(
    docker_engine: DockerEngine, team: Visitor, sandbox: str
) -> None:
    in_place(docker_engine, sandbox)
    team.send("/book/lines", b"since")
    for _ in range(2):  # again does nothing more
        in_place(docker_engine, sandbox, undo=True)
        assert lines(team, "book") == "in book\n"
    returned(docker_engine, sandbox)
    assert lines(team, "book") == "since\n"
    in_place(docker_engine, sandbox)
    assert lines(team, "book") == ""
    in_place(docker_engine, sandbox, undo=True)
    assert lines(team, "book") == "since\n", "one is kept, the last"
    assert lines(team, "shelf") == "in shelf\n"


@pytest.mark.parametrize("at", [1, 4, 5, 6, 9])
def test_cut_off_the_same_verb_goes_on_and_up_takes_it_back(
    docker_engine: DockerEngine, team: Visitor, folder: Path, sandbox: str, at: int
) -> None:
    """After: held; stopped; put aside; started; all answers."""

    def cut() -> None:
        plan = plan_in_place(docker_engine, sandbox, "book", now=clock.now()).plan
        for step in plan.steps[:at]:
            docker_engine.apply(step.at, step.operation, lambda _: None)

    before = ids(docker_engine, sandbox)
    cut()
    assert MOMENT in team.get("/").body.lower()
    pipeline.up(docker_engine, folder, sandbox)
    assert ids(docker_engine, sandbox) == before
    assert (lines(team, "book"), lines(team, "shelf")) == ("in book\n", "in shelf\n")
    assert not pipeline.up(docker_engine, folder, sandbox).plan
    cut()
    in_place(docker_engine, sandbox)
    assert (lines(team, "book"), lines(team, "shelf")) == ("", "in shelf\n")
    in_place(docker_engine, sandbox, undo=True)
    assert ids(docker_engine, sandbox) == before
    assert lines(team, "book") == "in book\n"


def test_an_exchange_that_is_cut_off_between_two_names(
    docker_engine: DockerEngine, api: docker.APIClient, team: Visitor, folder: Path, sandbox: str
) -> None:
    book = names.container(docker_engine.den.name, sandbox, 1, "book")
    old = ids(docker_engine, sandbox)["book"]
    in_place(docker_engine, sandbox)
    new = ids(docker_engine, sandbox)["book"]
    team.send("/book/lines", b"since")

    def cut(*renamed: tuple[str, str]) -> None:
        plan = plan_in_place_undo(docker_engine, sandbox, "book", now=clock.now()).plan
        for step in plan.steps[:4]:
            docker_engine.apply(step.at, step.operation, lambda _: None)
        for container, end in renamed:
            api.rename(container, f"{book}{end}")

    for renamed in ([(new, ".leaving")], [(new, ".leaving"), (old, "")]):
        cut(*renamed)
        pipeline.up(docker_engine, folder, sandbox)
        assert lines(team, "book") == "since\n", "it is taken back"
        cut(*renamed)
        in_place(docker_engine, sandbox, undo=True)
        assert lines(team, "book") == "in book\n", "it goes on"
        returned(docker_engine, sandbox)
        assert ids(docker_engine, sandbox)["book"] == new
    live = docker_engine.observe(sandbox).live
    assert live
    assert live.beside["book"].id == old


def test_operations_can_be_done_twice(
    docker_engine: DockerEngine, team: Visitor, sandbox: str
) -> None:
    for plan, kept in ((plan_in_place, ""), (plan_in_place_undo, "in book\n")):
        for step in plan(docker_engine, sandbox, "book", now=clock.now()).plan.steps:
            for _ in range(2):
                docker_engine.apply(step.at, step.operation, lambda _: None)
        assert lines(team, "book") == kept


def test_the_command_says_what_was_lost_and_the_next_reset_takes_it_along(
    cli: Cli, docker_engine: DockerEngine, team: Visitor, sandbox: str
) -> None:
    said = cli("reset", sandbox, "--service", "book", "--plain").stdout
    assert f"book of {sandbox} is back at minute zero" in said
    assert "lost: what was entered in book" in said
    assert f"sandboxctl reset {sandbox} --service book --undo" in said
    assert "kept: what was entered in shelf" in said
    assert "restarted: web" in said
    assert "book, replaced" in cli("status", sandbox, "--plain").stdout
    pipeline.reset(docker_engine, sandbox)
    assert (lines(team, "book"), lines(team, "shelf")) == ("", "")
    assert not execute(
        plan_in_place(docker_engine, sandbox, "shelf", now=clock.now()).plan,
        docker_engine,
        tell=lambda _: None,
    )
