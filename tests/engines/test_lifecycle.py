"""What a sandbox lives through, on a real engine: nothing is lost that should stay."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import NotReady
from sandboxctl.lifecycle.status import status
from sandboxctl.sandbox import labels, names
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, Written
from tests.visitor import Visitor, key_of

pytestmark = pytest.mark.engine

At = Callable[[str], Visitor]
REGISTER = Path(__file__).resolve().parents[2] / "examples" / "02-web-and-database"


@pytest.fixture
def running(docker_engine: DockerEngine, written: Written, sandbox: str) -> Iterator[Path]:
    """The notebook is up as ``sandbox``, with a line in it; this is its folder."""
    folder = written(prototypes.notebook())
    pipeline.up(docker_engine, folder, sandbox)
    key = key_of(docker_engine, sandbox)
    Visitor(docker_engine.den, sandbox, key=key).send("/book/lines", b"kept")
    yield folder
    pipeline.down(docker_engine, sandbox)


@contextlib.contextmanager
def hammered(visitor: Visitor) -> Iterator[list[int]]:
    """Somebody who reloads the page all the time: the HTTP statuses that he saw."""
    seen: list[int] = []
    over = threading.Event()

    def reload() -> None:
        while not over.is_set():
            seen.append(visitor.get("/").status)
            time.sleep(0.005)

    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(reload) for _ in range(2)]
        try:
            yield seen
        finally:
            over.set()
        for job in jobs:
            job.result()


def generations(engine: DockerEngine, sandbox: str) -> list[int]:
    return sorted(engine.observe(sandbox).generations)


def live(engine: DockerEngine, sandbox: str) -> int:
    record = engine.observe(sandbox).record
    assert record is not None
    return record.live


def test_a_reset_is_minute_zero_and_nobody_is_turned_away(
    docker_engine: DockerEngine, running: Path, sandbox: str, visitor: At
) -> None:
    at = visitor(sandbox)
    assert at.get("/book/lines").body == "kept\n"
    with hammered(visitor(sandbox)) as seen:
        outcome = pipeline.reset(docker_engine, sandbox)
        dens.until(lambda: len(seen) > 100)
    assert set(seen) == {200}
    assert outcome.proposal.lost == ("book",)
    assert at.get("/book/lines").body == ""
    assert generations(docker_engine, sandbox) == [1, 2]
    assert live(docker_engine, sandbox) == 2
    assert running.exists()


def test_a_reset_does_not_need_the_suppliers_folder(
    docker_engine: DockerEngine, running: Path, sandbox: str, visitor: At
) -> None:
    shutil.rmtree(running)
    pipeline.reset(docker_engine, sandbox)
    assert visitor(sandbox).get("/").body == "hello"
    pipeline.down(docker_engine, sandbox)
    assert not docker_engine.observe(sandbox)


def test_what_did_not_change_keeps_its_data(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    running: Path,
    written: Written,
    sandbox: str,
    visitor: At,
) -> None:
    document = prototypes.notebook()
    services = document["services"]
    services["book"] = prototypes.apart(services["web"]) | {"writable": ["/data"]}
    services["web"]["environment"] = {"GREETING": "good morning"}
    for turn in (2, 3):
        services["web"]["environment"]["GREETING"] = f"good morning {turn}"
        outcome = pipeline.up(docker_engine, written(document), sandbox)
        assert outcome.proposal.lost == ()
        assert "start book with its data" in str(outcome.plan)
        assert live(docker_engine, sandbox) == turn
        assert visitor(sandbox).get("/").body == f"good morning {turn}"
        assert visitor(sandbox).get("/book/lines").body == "kept\n"
    # What was replaced was asked to stop, and takes its time.
    dens.until(lambda: not pipeline.up(docker_engine, running, sandbox).plan)
    pipeline.reset(docker_engine, sandbox)
    assert visitor(sandbox).get("/book/lines").body == ""
    pipeline.down(docker_engine, sandbox)
    left = [tag for image in api.images() for tag in image["RepoTags"] or () if sandbox in tag]
    assert left == []


def test_what_changed_begins_anew_and_is_named_before(
    docker_engine: DockerEngine, running: Path, written: Written, sandbox: str, visitor: At
) -> None:
    document = prototypes.notebook()
    document["services"]["book"]["command"] = ["python3", "-u", "app.py"]
    assert running == written(document)
    outcome = pipeline.up(docker_engine, running, sandbox)
    assert outcome.proposal.lost == ("book",)
    assert visitor(sandbox).get("/book/lines").body == ""


@pytest.mark.parametrize("how", ["kill", "stop"])
def test_what_died_is_started_again_with_its_data(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    running: Path,
    sandbox: str,
    visitor: At,
    how: str,
) -> None:
    book = names.container(docker_engine.den.name, sandbox, 1, "book")
    before = api.inspect_container(book)["Id"]
    if how == "kill":
        api.kill(book)
    else:
        api.stop(book, timeout=1)
    found = status(docker_engine, sandbox, now=clock.now())
    assert found.state == "in trouble"
    why = {seen.service: seen.why for seen in found.services}
    assert why["web"] == ""
    assert ("SIGKILL" if how == "kill" else "SIGTERM") in why["book"]
    plan = pipeline.up(docker_engine, running, sandbox).plan
    assert next(str(step.operation) for step in plan.steps) == "start book again"
    assert visitor(sandbox).get("/book/lines").body == "kept\n"
    assert api.inspect_container(book)["Id"] == before
    assert live(docker_engine, sandbox) == 1


def test_after_a_restart_of_the_machine_the_same_generation_serves_its_data(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    running: Path,
    sandbox: str,
    cli: Cli,
    visitor: At,
) -> None:
    """All containers of the den stop, the gateway too, as they do when an engine stops."""
    before = docker_engine.observe(sandbox)
    assert before.live is not None
    docker_engine.close()
    ours = {"label": [f"{labels.DEN}={docker_engine.den.name}"]}
    for one in api.containers(filters=ours):
        api.stop(one["Id"], timeout=1)
    shown = cli("status", sandbox, "--plain").stdout
    assert "stopped" in shown, "looking starts nothing"
    assert api.containers(filters=ours) == []
    pipeline.up(docker_engine, running, sandbox)
    after = docker_engine.observe(sandbox)
    assert (after.record, after.generations) == (before.record, before.generations)
    assert visitor(sandbox).get("/book/lines").body == "kept\n"

    docker_engine.close()
    for one in api.containers(filters=ours):
        api.stop(one["Id"], timeout=1)
    cli("restart", sandbox)
    assert visitor(sandbox).get("/book/lines").body == "kept\n"
    assert live(docker_engine, sandbox) == 1


def test_restarting_one_service_leaves_the_others_alone(
    docker_engine: DockerEngine, api: docker.APIClient, running: Path, sandbox: str, visitor: At
) -> None:
    assert running.exists()

    def started(service: str) -> str:
        name = names.container(docker_engine.den.name, sandbox, 1, service)
        return str(api.inspect_container(name)["State"]["StartedAt"])

    before = {service: started(service) for service in ("web", "book")}
    pipeline.restart(docker_engine, sandbox, "book")
    assert started("web") == before["web"]
    assert started("book") > before["book"]
    assert visitor(sandbox).get("/book/lines").body == "kept\n"


BROKEN = ["python3", "-c", "print('no', 'luck'); 1 / 0"]


def test_an_update_that_fails_leaves_the_old_one_serving(
    docker_engine: DockerEngine, written: Written, sandbox: str, visitor: At
) -> None:
    pipeline.up(docker_engine, written(prototypes.page()), sandbox)
    document = prototypes.page()
    document["services"]["web"]["command"] = BROKEN
    with hammered(visitor(sandbox)) as seen:
        outcome = pipeline.try_up(docker_engine, written(document), sandbox)
        dens.until(lambda: len(seen) > 50)
    assert set(seen) == {200}
    assert [type(error) for error in outcome.failed] == [NotReady]
    assert "web ended while it started" in outcome.why
    assert "no luck" in outcome.why
    assert outcome.failed[0].hint.startswith("Read its last lines above, and mend the program. `")
    assert "start_period" not in outcome.failed[0].hint
    assert "ZeroDivisionError" in outcome.why
    assert (live(docker_engine, sandbox), generations(docker_engine, sandbox)) == (1, [1])
    assert not pipeline.up(docker_engine, written(prototypes.page()), sandbox).plan
    pipeline.down(docker_engine, sandbox)


def test_an_update_that_fails_gives_the_data_back(
    docker_engine: DockerEngine, running: Path, written: Written, sandbox: str, visitor: At
) -> None:
    """While data is carried over nobody gets in; then the old one serves it again."""
    document = prototypes.notebook()
    document["services"]["book"] = prototypes.apart(document)["services"]["web"] | {
        "writable": ["/data"]
    }
    document["services"]["web"]["command"] = BROKEN
    outcome = pipeline.try_up(docker_engine, written(document), sandbox)
    assert "ZeroDivisionError" in outcome.why
    assert "start book with its data" in str(outcome.plan)
    assert (live(docker_engine, sandbox), generations(docker_engine, sandbox)) == (1, [1])
    assert visitor(sandbox).get("/").body == "hello"
    assert visitor(sandbox).get("/book/lines").body == "kept\n"
    assert not pipeline.up(docker_engine, written(prototypes.notebook()), sandbox).plan
    assert running.exists()


def test_an_update_loses_nothing_that_was_answered(
    docker_engine: DockerEngine, running: Path, written: Written, sandbox: str, visitor: At
) -> None:
    answered: list[str] = []
    over = threading.Event()

    def write(who: int) -> None:
        at, number = visitor(sandbox), 0
        while not over.is_set():
            number += 1
            with contextlib.suppress(OSError, http.client.HTTPException):
                if at.send("/book/lines", f"{who}-{number}".encode()).body == "kept":
                    answered.append(f"{who}-{number}")

    document = prototypes.notebook()
    document["services"]["book"] = prototypes.apart(document)["services"]["web"] | {
        "writable": ["/data"]
    }
    document["services"]["web"]["environment"] = {"GREETING": "good morning"}
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(write, who) for who in (1, 2)]
        try:
            dens.until(lambda: len(answered) > 20)
            outcome = pipeline.up(docker_engine, written(document), sandbox)
            told = len(answered)
            dens.until(lambda: len(answered) > told + 20)
        finally:
            over.set()
        for job in jobs:
            job.result()
    assert outcome.proposal.lost == ()
    kept = visitor(sandbox).get("/book/lines").body.split()
    assert set(answered) <= set(kept)
    assert kept[0] == "kept"
    assert running.exists()


def test_a_reset_that_fails_leaves_the_old_one_serving(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    written: Written,
    sandbox: str,
    cli: Cli,
    visitor: At,
) -> None:
    """The image was replaced by one without the program, as a careless `docker tag` does."""
    good = f"{docker_engine.den.name}/hello"
    tags = docker_engine.images.tags()
    image = next(tag for tag in tags if tag.startswith("sandboxctl/gateway:"))
    api.tag(image, good, "1")
    document = prototypes.page("hello")
    document["services"]["web"] = {
        "image": f"{good}:1",
        "entrypoint": ["python3"],
        "command": ["-m", "http.server", "8000", "--directory", "/etc"],
        "expose": [8000],
        "healthcheck": {"http": "/haproxy/", "start_period": "20s"},
    }
    try:
        pipeline.up(docker_engine, written(document), sandbox)
        base = next(tag for tag in tags if tag.startswith("sandboxctl/base:"))
        api.tag(base, good, "1")
        with hammered(visitor(sandbox)) as seen:
            failed = cli("reset", sandbox, code=None)
        assert set(seen) == {200}
        assert failed.returncode == 1
        assert "still serves" in failed.stderr
        assert live(docker_engine, sandbox) == 1
        assert generations(docker_engine, sandbox) == [1]
        pipeline.down(docker_engine, sandbox)
    finally:
        api.remove_image(f"{good}:1", force=True)


def test_two_at_once_under_one_name_are_one_sandbox(
    docker_engine: DockerEngine, written: Written, sandbox: str, cli: Cli, visitor: At
) -> None:
    folder = written(prototypes.page())
    begun = [cli.begin("up", str(folder), "--name", sandbox, "--plain") for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in begun]
    assert [process.returncode for process in begun] == [0, 0], said
    assert (live(docker_engine, sandbox), generations(docker_engine, sandbox)) == (1, [1])
    assert visitor(sandbox).get("/").status == 200
    pipeline.down(docker_engine, sandbox)


def test_different_ones_at_once_do_not_disturb_each_other(
    docker_engine: DockerEngine, written: Written, sandbox: str, visitor: At
) -> None:
    folder = written(prototypes.page())
    every = [f"{sandbox}-{n}" for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: pipeline.up(docker_engine, folder, name), every))
    subnets = {str(docker_engine.observe(name).live.subnet) for name in every}  # type: ignore[union-attr]
    assert len(subnets) == 4
    assert {visitor(name).get("/").status for name in every} == {200}
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda name: pipeline.down(docker_engine, name), every))
    assert not set(every) & set(docker_engine.sandboxes())


def test_a_name_that_begins_another_is_another(
    docker_engine: DockerEngine, written: Written, sandbox: str, visitor: At
) -> None:
    folder = written(prototypes.page())
    pipeline.up(docker_engine, folder, sandbox)
    pipeline.up(docker_engine, folder, f"{sandbox}-1")
    pipeline.down(docker_engine, sandbox)
    assert visitor(sandbox).get("/").status == 404
    assert visitor(f"{sandbox}-1").get("/").status == 200
    pipeline.down(docker_engine, f"{sandbox}-1")


def test_a_database_is_at_minute_zero_after_a_reset_and_kept_in_an_update(
    docker_engine: DockerEngine, sandbox: str, tmp_path: Path
) -> None:
    folder = tmp_path / "register"
    shutil.copytree(REGISTER, folder)
    pipeline.up(docker_engine, folder, sandbox)
    assert rows(docker_engine, sandbox) == 200
    columns = "name, address, phone"
    rows(
        docker_engine,
        sandbox,
        f"insert into people ({columns}, email) select {columns}, 'x' from people limit 1",
    )
    assert rows(docker_engine, sandbox) == 201
    pipeline.reset(docker_engine, sandbox)
    assert rows(docker_engine, sandbox) == 200
    rows(docker_engine, sandbox, "delete from people where number > 150")

    file = folder / "blueprint.yaml"
    file.write_text(file.read_text().replace("/health}", "/health, start_period: 50s}"))
    outcome = pipeline.up(docker_engine, folder, sandbox)
    assert (outcome.proposal.lost, rows(docker_engine, sandbox)) == ((), 150)
    outcome = pipeline.up(docker_engine, folder, sandbox, people="201")
    assert (outcome.proposal.lost, rows(docker_engine, sandbox)) == (("db",), 201)
    pipeline.down(docker_engine, sandbox)


def rows(engine: DockerEngine, sandbox: str, statement: str = "") -> int:
    """How many people are in the register, after ``statement``."""
    argv = ["psql", "-qAt", "-v", "ON_ERROR_STOP=1", "-U", "register", "-d", "register"]
    argv += [
        word for sql in (statement, "select count(*) from people") if sql for word in ("-c", sql)
    ]
    answer = engine.run(sandbox, "db", argv)
    assert answer.status == 0, answer.output
    return int(answer.output.split()[-1])


def test_secrets_stay_in_an_update_where_they_were_given(
    docker_engine: DockerEngine, written: Written, sandbox: str, visitor: At
) -> None:
    document = prototypes.page() | {"secrets": {"KEY": {"ask": "The key"}}}
    document["services"]["web"]["secrets"] = ["KEY"]
    folder = written(document)
    outcome = pipeline.try_up(docker_engine, folder, sandbox, given={"KEY": "as agreed"})
    assert not outcome.failed, outcome.why
    assert visitor(sandbox).get("/secret").body == "as agreed"
    pipeline.reset(docker_engine, sandbox)
    assert visitor(sandbox).get("/secret").body == "as agreed"
    document["services"]["web"]["environment"] = {"GREETING": "hi"}
    pipeline.up(docker_engine, written(document), sandbox)
    assert visitor(sandbox).get("/secret").body == "as agreed"
    pipeline.down(docker_engine, sandbox)


def test_what_a_blueprint_no_longer_says_does_not_come_back_with_the_data(
    docker_engine: DockerEngine, written: Written, sandbox: str, visitor: At
) -> None:
    """A commit keeps a container's environment, secrets and folder included."""
    document = prototypes.notebook() | {"secrets": {"KEY": {"generate": 20}}}
    plain = prototypes.apart(document)["services"]["book"]
    document["services"]["book"] |= {
        "environment": {"GREETING": "welcome", "PATH": "/tmp:/usr/local/bin:/usr/bin:/bin"},
        "secrets": ["KEY"],
        "working_dir": "/app",
    }
    pipeline.up(docker_engine, written(document), sandbox)
    at = visitor(sandbox)
    at.send("/book/lines", b"kept")
    key = at.get("/book/secret").body
    assert len(key) == 20
    document["services"]["book"]["environment"]["GREETING"] = "welcome again"
    pipeline.up(docker_engine, written(document), sandbox)
    assert at.get("/book/secret").body not in ("", key), "another generation, another secret"
    document["services"]["book"] = plain
    document["services"]["book"]["environment"] = {"OTHER": "1"}
    outcome = pipeline.up(docker_engine, written(document), sandbox)
    assert outcome.proposal.lost == ()
    assert (at.get("/book").body, at.get("/book/lines").body) == ("hello", "kept\n")
    answer = docker_engine.run(sandbox, "book", ["env"])
    found = dict(line.split("=", 1) for line in answer.output.decode().splitlines())
    assert "/tmp" not in found["PATH"]
    assert found["OTHER"] == "1"
    assert not {"KEY", "GREETING"} & set(found)
    pipeline.down(docker_engine, sandbox)
