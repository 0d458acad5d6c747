"""Snapshots on a real engine: taken while people work, and everything that was answered is in."""

from __future__ import annotations

import contextlib
import http.client
import io
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine import snapshots as on_docker
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.images import unneeded
from sandboxctl.engine.services import DEEPEST
from sandboxctl.lifecycle.change import carry_out, propose
from sandboxctl.lifecycle.execute import execute
from sandboxctl.lifecycle.in_place import carry_out as carry_out_in_place
from sandboxctl.lifecycle.in_place import plan_in_place, plan_in_place_undo
from sandboxctl.lifecycle.prepare import needed as needed_images
from sandboxctl.lifecycle.snapshot import plan_forget, plan_restore, plan_snapshot, take
from sandboxctl.lifecycle.status import status
from sandboxctl.lifecycle.undo import plan_undo
from sandboxctl.lifecycle.up import secret_values
from sandboxctl.sandbox import labels, names
from sandboxctl.sandbox.keeping import TakeSnapshot, WriteSnapshots
from sandboxctl.sandbox.operations import Answers, GoLive
from sandboxctl.sandbox.plan import Plan
from sandboxctl.sandbox.state import Spare
from sandboxctl.sandbox.wanted import Wanted
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, Written
from tests.visitor import Visitor, key_of

pytestmark = pytest.mark.engine

At = Callable[[str], Visitor]
TALLY = Path(__file__).parent / "tally"
WRITERS = 4


def kept(engine: DockerEngine, sandbox: str, name: str) -> None:
    plan = plan_snapshot(engine, sandbox, name, now=clock.now())
    failed = take(engine, plan, lambda _: None)
    assert not failed, list(failed.values())


def restored(engine: DockerEngine, sandbox: str, name: str) -> None:
    failed = carry_out(engine, plan_restore(engine, sandbox, name, now=clock.now()), lambda _: None)
    assert not failed, list(failed.values())


def images(api: docker.APIClient, engine: DockerEngine, sandbox: str) -> list[dict[str, Any]]:
    """All that snapshots of a sandbox left, with a name or without."""
    marks = [f"{labels.DEN}={engine.den.name}", f"{labels.SANDBOX}={sandbox}"]
    return list(api.images(filters={"label": marks}))


def conditions(engine: DockerEngine, sandbox: str) -> dict[str, str]:
    live = engine.observe(sandbox).live
    assert live is not None
    return {name: seen.condition for name, seen in live.services.items()}


@pytest.fixture
def running(
    docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str
) -> Iterator[Visitor]:
    """The notebook with a secret, and a line in it; nothing of a snapshot is left afterwards."""
    document = prototypes.notebook()
    document["secrets"] = {"KEY": {"generate": 32}}
    document["services"]["book"] |= {"secrets": ["KEY"]}
    pipeline.up(docker_engine, written(document), sandbox)
    visitor = Visitor(docker_engine.den, sandbox, key=key_of(docker_engine, sandbox))
    visitor.send("/book/lines", b"one")
    yield visitor
    pipeline.down(docker_engine, sandbox)
    assert images(api, docker_engine, sandbox) == []


def test_what_was_kept_comes_back_and_what_came_since_can_be_had_back(
    docker_engine: DockerEngine, api: docker.APIClient, running: Visitor, sandbox: str
) -> None:
    kept(docker_engine, sandbox, "first")
    running.send("/book/lines", b"two")
    restored(docker_engine, sandbox, "first")
    assert running.get("/book/lines").body == "one\n"
    record = docker_engine.observe(sandbox).record
    assert record
    assert (record.live, record.resets, record.asides[0].why) == (2, 1, "restore")
    failed = carry_out(
        docker_engine, plan_undo(docker_engine, sandbox, now=clock.now()), lambda _: None
    )
    assert not failed
    assert running.get("/book/lines").body == "one\ntwo\n"
    restored(docker_engine, sandbox, "auto-2")
    assert running.get("/book/lines").body == "one\n"
    assert len(images(api, docker_engine, sandbox)) == 1


def test_a_snapshot_outlives_resets_and_what_it_was_taken_of(
    docker_engine: DockerEngine, running: Visitor, sandbox: str
) -> None:
    kept(docker_engine, sandbox, "first")
    for _ in range(3):
        pipeline.reset(docker_engine, sandbox)
    assert running.get("/book/lines").body == ""
    restored(docker_engine, sandbox, "first")
    assert running.get("/book/lines").body == "one\n"
    running.send("/book/lines", b"two")
    kept(docker_engine, sandbox, "second")
    pipeline.reset(docker_engine, sandbox)
    restored(docker_engine, sandbox, "second")
    assert running.get("/book/lines").body == "one\ntwo\n"


def test_no_secret_is_in_a_snapshot_and_its_labels_say_whose_it_is(
    docker_engine: DockerEngine, api: docker.APIClient, running: Visitor, sandbox: str
) -> None:
    values = docker_engine.known(sandbox)["KEY"]
    assert running.get("/book/secret").body in values
    kept(docker_engine, sandbox, "first")
    tag = names.snapshot(docker_engine.den.name, sandbox, "first", "book")
    seen = api.inspect_image(tag)  # type: ignore[no-untyped-call]
    told = json.dumps([seen, api.history(tag)])  # type: ignore[no-untyped-call]
    assert [value for value in values if value in told] == []
    owner = labels.owner(seen["Config"]["Labels"])
    assert owner
    assert (owner.kind, owner.sandbox, owner.service) == ("snapshot", sandbox, "book")
    restored(docker_engine, sandbox, "first")
    live = docker_engine.observe(sandbox).live
    assert live
    book = names.container(docker_engine.den.name, sandbox, live.number, "book")
    owner = labels.owner(api.inspect_container(book)["Config"]["Labels"])
    assert owner
    assert (owner.kind, owner.generation) == ("service", 2)
    assert running.get("/book/secret").body not in ("", *values)


def test_one_that_is_removed_goes_even_while_something_runs_from_it(
    docker_engine: DockerEngine, api: docker.APIClient, running: Visitor, sandbox: str
) -> None:
    kept(docker_engine, sandbox, "first")
    restored(docker_engine, sandbox, "first")
    assert not execute(plan_forget(docker_engine, sandbox, "first"), docker_engine, tell=print)
    assert running.get("/book/lines").body == "one\n"
    record = docker_engine.observe(sandbox).record
    assert record
    assert record.snapshots == ()
    kept(docker_engine, sandbox, "first")
    pipeline.reset(docker_engine, sandbox)
    restored(docker_engine, sandbox, "first")
    assert running.get("/book/lines").body == "one\n"
    assert len(images(api, docker_engine, sandbox)) <= 2


def test_after_a_kill_in_the_middle_the_next_command_goes_on_and_clears_up(
    docker_engine: DockerEngine, api: docker.APIClient, running: Visitor, sandbox: str
) -> None:
    """As SIGKILL leaves it: written down as begun, everything paused, one image without a name."""
    plan = plan_snapshot(docker_engine, sandbox, "first", now=clock.now())
    [intent, _, _] = plan.steps
    docker_engine.apply(sandbox, intent.operation, lambda _: None)
    for service in ("web", "book"):
        api.pause(names.container(docker_engine.den.name, sandbox, 1, service))
    book = names.container(docker_engine.den.name, sandbox, 1, "book")
    mine = {
        labels.DEN: docker_engine.den.name,
        labels.SANDBOX: sandbox,
        labels.INSTALL: docker_engine._decided.install(),
        labels.KIND: "snapshot",
    }
    api.commit(book, pause=False, changes=[f'LABEL {k}="{v}"' for k, v in mine.items()])
    seen = {
        one.service: one.why for one in status(docker_engine, sandbox, now=clock.now()).services
    }
    assert seen == {"web": "it is paused", "book": "it is paused"}
    kept(docker_engine, sandbox, "second")
    assert set(conditions(docker_engine, sandbox).values()) == {"running"}
    assert running.get("/book/lines").body == "one\n"
    record = docker_engine.observe(sandbox).record
    assert record
    assert [one.name for one in record.snapshots] == ["second"]
    assert len(images(api, docker_engine, sandbox)) == 1


def test_what_a_killed_snapshot_paused_goes_on_with_the_next_up(
    docker_engine: DockerEngine, api: docker.APIClient, running: Visitor, tmp_path: Path
) -> None:
    for service in ("web", "book"):
        api.pause(names.container(docker_engine.den.name, running.sandbox, 1, service))
    plan = pipeline.up(docker_engine, tmp_path / "blueprint", running.sandbox).plan
    assert "start book again: it is paused" in str(plan)
    assert running.get("/book/lines").body == "one\n"


def test_one_that_fails_leaves_nothing_and_everything_goes_on(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    running: Visitor,
    sandbox: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An engine that has as many layers as it takes."""
    plan = plan_snapshot(docker_engine, sandbox, "first", now=clock.now())
    monkeypatch.setattr(on_docker, "DEEPEST", 0)
    failed = take(docker_engine, plan, lambda _: None)
    [error] = failed.values()
    assert "begins again without them" in error.hint
    record = docker_engine.observe(sandbox).record
    assert record
    assert record.snapshots == ()
    assert images(api, docker_engine, sandbox) == []
    assert running.get("/book/lines").body == "one\n"


def test_what_was_carried_over_too_often_becomes_one_layer(
    docker_engine: DockerEngine, api: docker.APIClient, running: Visitor, tmp_path: Path
) -> None:
    """An engine takes no more layers than about 125, and a supplier changes a blueprint often."""
    sandbox, document = running.sandbox, prototypes.notebook()
    document["secrets"] = {"KEY": {"generate": 32}}
    document["services"]["book"] |= {"secrets": ["KEY"]}
    kept(docker_engine, sandbox, "old")
    [one] = images(api, docker_engine, sandbox)
    often = f"FROM {one['RepoTags'][0]}\nLABEL {labels.CARRIED}={DEEPEST - 1}\n"
    assert [*api.build(fileobj=io.BytesIO(often.encode()), tag=one["RepoTags"][0], rm=True)]
    restored(docker_engine, sandbox, "old")
    layers, lines = [], "one\n"
    for greeting in ("first", "second"):
        document["services"]["web"]["environment"] = {"GREETING": greeting}
        written_to = prototypes.written(tmp_path / "blueprint", document)
        pipeline.up(docker_engine, written_to, sandbox)
        assert running.get("/").body == greeting
        assert running.get("/book/lines").body == lines
        running.send("/book/lines", greeting.encode())
        lines += f"{greeting}\n"
        live = docker_engine.observe(sandbox).live
        assert live
        seen = api.inspect_container(live.services["book"].id)
        image = api.inspect_image(seen["Image"])  # type: ignore[no-untyped-call]  # the stubs lack it
        layers.append((len(image["RootFS"]["Layers"]), image["Config"]["Labels"][labels.CARRIED]))
        given_now = docker_engine.secrets(sandbox, ["KEY"])["KEY"]
        told = json.dumps([image, api.history(seen["Image"])])  # type: ignore[no-untyped-call]
        assert given_now not in told
    assert layers == [(1, "0"), (2, "1")]


def test_the_command_line_takes_lists_restores_and_removes(
    docker_engine: DockerEngine, cli: Cli, running: Visitor, sandbox: str
) -> None:
    assert "sandboxctl restore" in cli("snapshot", sandbox, "first", "--plain").stdout
    running.send("/book/lines", b"two")
    cli("restore", sandbox, "first")
    listed = json.loads(cli("snapshot", sandbox, "--json").stdout)
    assert [one["snapshot"] for one in listed] == ["auto-1", "first"]
    found = json.loads(cli("image", "ls", "--json").stdout)
    needed = {one["image"]: one["needed_by"] for one in found}
    image = next(one for one in needed if one.endswith(f".{sandbox}.first.book"))
    assert needed[image] == [f"{sandbox}, first"]
    stays = needed_images(docker_engine)
    all_of = docker_engine.images.list()
    gone = unneeded(all_of, stays, before=clock.now() + timedelta(hours=1))
    assert image not in {one.tag for one in gone}
    cli("restore", sandbox, "auto-1")
    assert running.get("/book/lines").body == "one\ntwo\n"
    cli("snapshot", "rm", sandbox, "first")
    assert "has no snapshot first" in cli("restore", sandbox, "first", code=1).stderr


def test_what_was_a_spare_is_kept_restored_and_begins_again_like_any_other(
    docker_engine: DockerEngine, api: docker.APIClient, running: Visitor, sandbox: str
) -> None:
    home = a_spare(docker_engine, sandbox)
    pipeline.reset(docker_engine, sandbox)
    live = docker_engine.observe(sandbox).live
    assert live
    assert (live.home, live.number) == (home, 1)
    running.send("/book/lines", b"homed")
    kept(docker_engine, sandbox, "first")
    running.send("/book/lines", b"since")
    begun = plan_in_place(docker_engine, sandbox, "book", now=clock.now())
    assert not carry_out_in_place(docker_engine, begun, lambda _: None)[0]
    assert running.get("/book/lines").body == ""
    undo = plan_in_place_undo(docker_engine, sandbox, "book", now=clock.now())
    assert not carry_out_in_place(docker_engine, undo, lambda _: None)[0]
    assert running.get("/book/lines").body == "homed\nsince\n"
    restored(docker_engine, sandbox, "first")
    assert running.get("/book/lines").body == "homed\n"
    [image] = images(api, docker_engine, sandbox)
    assert image["Labels"][labels.SANDBOX] == sandbox
    restored(docker_engine, sandbox, "auto-2")
    assert running.get("/book/lines").body == "homed\nsince\n"


def a_spare(engine: DockerEngine, sandbox: str) -> str:
    """A generation that belongs to nobody, ready for the next reset; its name."""
    record = engine.observe(sandbox).record
    assert record
    recipe, name = engine.recipe(record.recipe), names.spare(record.recipe, "0a0b0c0d")
    given = secret_values(recipe, {})
    wanted = Wanted(recipe, record.since, record.until, secrets=given)
    steps = propose(engine, name, wanted).plan.steps
    made = [one for one in steps if not isinstance(one.operation, GoLive | Answers)]
    assert not execute(Plan(tuple(made)), engine, tell=lambda _: None)
    subnet = engine.observe(name).generations[1].subnet
    assert subnet
    spare = Spare(recipe=record.recipe, subnet=subnet, since=clock.now(), ready=True)
    engine.decide("spares", name, spare.model_dump(mode="json"))
    return name


# -- under load ------------------------------------------------------------------------------


@pytest.fixture
def tally(docker_engine: DockerEngine, sandbox: str, tmp_path: Path) -> Iterator[str]:
    """A database behind a page, and a notebook beside it; the name of its sandbox."""
    document = prototypes.notebook("tally")
    services = document["services"]
    services["book"] = prototypes.apart(services["web"]) | {"writable": ["/data"]}
    services["web"] |= {
        "source": "./tally",
        "environment": {"DATABASE_URL": "postgresql://tally@db/tally"},
        "healthcheck": {"http": "/", "start_period": "30s"},
        "mem_limit": "128m",
        "depends_on": ["db"],
    }
    services["db"] = {
        "template": "postgres",
        "with": {"database": "tally", "user": "tally", "schema": "schema.sql"},
    }
    folder = prototypes.written(tmp_path / "blueprint", document)
    shutil.copytree(TALLY, folder / "tally")
    (folder / "schema.sql").write_text(
        "create table tally (writer int, number int, filler text, primary key (writer, number));"
    )
    pipeline.up(docker_engine, folder, sandbox)
    yield sandbox
    pipeline.down(docker_engine, sandbox)


def write(
    at: Visitor, writer: int, over: threading.Event, rows: list[str], lines: list[str]
) -> None:
    """Row after row; the notebook hears of each once the database has answered."""
    number = 0
    while not over.is_set():
        number += 1
        told = f"{writer}-{number}"
        with contextlib.suppress(OSError, http.client.HTTPException):
            if at.send("/", told.encode()).body != "kept":
                return  # a gap must be the database's own
            rows.append(told)
            if at.send("/book/lines", told.encode()).body == "kept":
                lines.append(told)
            continue
        return


def test_a_database_under_load_is_kept_whole_and_together_with_its_neighbour(
    docker_engine: DockerEngine, tally: str, visitor: At
) -> None:
    rows: list[list[str]] = [[] for _ in range(WRITERS)]
    lines: list[list[str]] = [[] for _ in range(WRITERS)]
    over = threading.Event()
    with ThreadPoolExecutor(WRITERS) as pool:
        jobs = [
            pool.submit(write, visitor(tally), n, over, rows[n], lines[n]) for n in range(WRITERS)
        ]
        try:
            dens.until(lambda: min(map(len, lines)) > 30, seconds=60)
            before = [list(one) for one in rows], [list(one) for one in lines]
            kept(docker_engine, tally, "busy")
            then = list(map(len, lines))
            dens.until(
                lambda: all(len(now) > n + 10 for now, n in zip(lines, then, strict=True)),
                seconds=60,
                what="everybody writes on afterwards",
            )
        finally:
            over.set()
        for job in jobs:
            job.result()
    restored(docker_engine, tally, "busy")
    found = visitor(tally).get("/").body.split()
    noted = visitor(tally).get("/book/lines").body.split()
    for writer in range(WRITERS):
        mine = [int(one.partition("-")[2]) for one in found if one.startswith(f"{writer}-")]
        assert mine == list(range(1, len(mine) + 1)), "no gap"
        assert set(before[0][writer]) <= set(found), "all that was answered before is there"
        assert set(before[1][writer]) <= set(noted)
        assert len(mine) < len(rows[writer]), "what came after it is not"
    assert set(noted) <= set(found), "both were kept at one moment"
    assert read(docker_engine, tally, "select count(*) from tally") == str(len(found))
    by_index = "set enable_seqscan = off; select count(*) from tally where writer >= 0"
    assert read(docker_engine, tally, by_index).split()[-1] == str(len(found))
    again = "insert into tally values (0, 1, '')"
    assert "duplicate key" in read(docker_engine, tally, again)
    is_sound(docker_engine, tally)


def is_sound(engine: DockerEngine, sandbox: str) -> None:
    """PostgreSQL's own check of every index, and of every row of the table, finds no damage.

    Source: PostgreSQL 15 documentation, F.2 amcheck."""
    assert read(engine, sandbox, "create extension amcheck", user="postgres") == "CREATE EXTENSION"
    checked = (
        "select count(*) > 50 from (select bt_index_check(pg_class.oid, true) from pg_class "
        "join pg_am on pg_am.oid = relam where relkind = 'i' and amname = 'btree') as each"
    )
    assert read(engine, sandbox, checked, user="postgres") == "t"
    damaged = "select count(*) from verify_heapam('tally')"
    assert read(engine, sandbox, damaged, user="postgres") == "0"


def read(engine: DockerEngine, sandbox: str, statement: str, *, user: str = "tally") -> str:
    argv = ["psql", "-h", "127.0.0.1", "-U", user, "-d", "tally", "-Atc", statement]
    return engine.run(sandbox, "db", argv).output.decode().strip()


def test_operations_of_a_snapshot_can_be_done_twice(
    docker_engine: DockerEngine, api: docker.APIClient, running: Visitor, sandbox: str
) -> None:
    plan = plan_snapshot(docker_engine, sandbox, "first", now=clock.now())
    for step in plan.steps:
        for _ in range(2):
            docker_engine.apply(step.at, step.operation, lambda _: None)
    assert [type(step.operation) for step in plan.steps] == [
        WriteSnapshots,
        TakeSnapshot,
        WriteSnapshots,
    ]
    restored(docker_engine, sandbox, "first")
    assert running.get("/book/lines").body == "one\n"
    assert images(api, docker_engine, sandbox)
