"""`watch` on a real engine: what services write is measured, and who writes too much is stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.lifecycle.watch import LOCK, Disks
from sandboxctl.sandbox import names
from sandboxctl.sandbox.disk import Wrote
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, write_settings

pytestmark = pytest.mark.engine

MIB = 1024**2
HELD = 40 * MIB
"""What the baseline of `book` holds."""


def hungry(size: str = "64m") -> prototypes.Document:
    """The notebook, whose `book` starts with a file of 40 MiB and may write ``size``."""
    document = prototypes.notebook()
    book = document["services"]["book"]
    book["prepare"] = [["dd", "if=/dev/urandom", "of=/data/held", "bs=1M", "count=40"]]
    book["storage_opt"] = {"size": size}
    book["mem_limit"] = "256m"
    return document


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return prototypes.written(tmp_path / "hungry", hungry())


@pytest.fixture
def full(docker_engine: DockerEngine, folder: Path, sandbox: str) -> Iterator[str]:
    pipeline.up(docker_engine, folder, sandbox)
    yield sandbox
    pipeline.down(docker_engine, sandbox)


def inside(engine: DockerEngine, sandbox: str, script: str) -> None:
    answer = engine.run(sandbox, "book", ["sh", "-c", script])
    assert answer.status == 0, answer.output


def found(engine: DockerEngine, sandbox: str, service: str = "book") -> Wrote:
    """Of the newest generation: one that was put aside may still be stopping."""
    mine = [o for o in engine.wrote() if (o.sandbox, o.service) == (sandbox, service)]
    return max(mine, key=lambda one: one.generation)


def runs(api: docker.APIClient, engine: DockerEngine, sandbox: str, service: str) -> bool:
    container = names.container(engine.den.name, sandbox, 1, service)
    return bool(api.inspect_container(container)["State"]["Running"])


def round_of(engine: DockerEngine) -> list[str]:
    return [f"{one.sandbox}: {one.words}" for one in Disks()(engine, clock.now())]


def test_only_services_that_keep_data_are_measured(docker_engine: DockerEngine, full: str) -> None:
    mine = [one for one in docker_engine.wrote() if one.sandbox == full]
    assert [(one.service, one.limit) for one in mine] == [("book", 64 * MIB)]


def test_what_the_baseline_holds_is_not_counted_when_it_is_copied_up(
    docker_engine: DockerEngine, full: str
) -> None:
    before = found(docker_engine, full)
    inside(docker_engine, full, "printf x >> /data/held && ls -l /data/held")
    after = found(docker_engine, full)

    assert before.size < MIB
    assert after.size < MIB
    assert after.files == before.files


def test_what_is_written_counts_once_and_by_what_it_takes(
    docker_engine: DockerEngine, full: str
) -> None:
    begin = found(docker_engine, full)
    inside(
        docker_engine,
        full,
        "dd if=/dev/zero of=/data/new bs=1M count=20 && ln /data/new /data/same",
    )
    inside(docker_engine, full, "dd if=/dev/zero of=/data/holes bs=1M count=0 seek=9000")
    inside(docker_engine, full, "ln -s / /data/everything && mkdir -p /data/a/b && rm /data/held")
    after = found(docker_engine, full)

    assert 20 * MIB <= after.size - begin.size < 21 * MIB
    assert (after.files or 0) - (
        begin.files or 0
    ) == 5  # three files, of one two names; two folders


def test_blocks_beyond_the_end_of_a_file_are_no_way_around(
    docker_engine: DockerEngine, full: str
) -> None:
    """`fallocate --keep-size` takes disk and leaves a file as short as it was."""
    take = "import ctypes, os; f = os.open('/data/short', os.O_CREAT | os.O_WRONLY); "
    take += "c = ctypes.CDLL(None, use_errno=True); n = ctypes.c_long; "
    take += f"assert c.fallocate(f, 1, n(0), n({30 * MIB})) == 0, ctypes.get_errno()"
    answer = docker_engine.run(full, "book", ["python3", "-c", take])

    assert answer.status == 0, answer.output
    assert found(docker_engine, full).size >= 30 * MIB


def test_who_writes_too_much_is_stopped_and_every_controller_knows_why(
    docker_engine: DockerEngine, api: docker.APIClient, full: str, cli: Cli
) -> None:
    inside(docker_engine, full, "dd if=/dev/zero of=/data/new bs=1M count=70")
    told = round_of(docker_engine)

    assert told == [f"{full}: stopped: book wrote 70 MiB, its limit is 64 MiB"]
    assert not runs(api, docker_engine, full, "web")
    why = "stopped: book wrote 70 MiB, its limit is 64 MiB"
    assert why in cli("ls", "--plain").stdout
    said = cli("status", full, "--plain").stdout
    assert f"state: {why}" in said
    assert "it was stopped: book wrote 70 MiB" in said
    assert f"reset {full}" in said
    answer = json.loads(cli("status", full, "--json").stdout)
    assert (answer["state"], answer["stopped_because"]) == (
        "stopped",
        why.removeprefix("stopped: "),
    )
    assert round_of(docker_engine) == []


def test_restart_lets_it_go_on_a_little_and_reset_begins_anew(
    docker_engine: DockerEngine, api: docker.APIClient, full: str, cli: Cli
) -> None:
    inside(docker_engine, full, "dd if=/dev/zero of=/data/new bs=1M count=70")
    round_of(docker_engine)

    cli("restart", full)
    assert round_of(docker_engine) == []
    assert runs(api, docker_engine, full, "book")
    assert docker_engine.run(full, "book", ["test", "-s", "/data/new"]).status == 0
    inside(docker_engine, full, "dd if=/dev/zero of=/data/more bs=1M count=8")
    assert round_of(docker_engine) == [f"{full}: stopped: book wrote 78 MiB, its limit is 64 MiB"]

    cli("reset", full)
    assert json.loads(cli("status", full, "--json").stdout)["stopped_because"] is None
    assert found(docker_engine, full).size < MIB


def test_files_are_counted_too(docker_engine: DockerEngine, full: str) -> None:
    """64 MiB hold 8,192 of them, however small."""
    make = "import os; os.mkdir('/data/many'); "
    make += "[open(f'/data/many/{n}', 'w').close() for n in range(8200)]"
    assert docker_engine.run(full, "book", ["python3", "-c", make]).status == 0

    [told] = round_of(docker_engine)
    assert told.startswith(f"{full}: stopped: book made 8,2")
    assert told.endswith("files, its limit is 8,192")


def test_data_that_was_carried_over_still_counts(
    docker_engine: DockerEngine, folder: Path, full: str
) -> None:
    inside(docker_engine, full, "dd if=/dev/zero of=/data/new bs=1M count=20")
    document = hungry("200m")
    document["services"]["web"]["environment"] = {"GREETING": "again"}
    pipeline.up(docker_engine, prototypes.written(folder, document), full)
    inside(docker_engine, full, "dd if=/dev/zero of=/data/more bs=1M count=5")

    after = found(docker_engine, full)
    assert after.generation == 2
    assert 25 * MIB <= after.size < 27 * MIB
    assert after.limit == 200 * MIB


@pytest.fixture
def watch(cli: Cli) -> Iterator[subprocess.Popen[str]]:
    """One that watches the den of the tests, until the test is over."""
    with watching(cli) as process:
        yield process


@contextlib.contextmanager
def watching(cli: Cli) -> Iterator[subprocess.Popen[str]]:
    process = cli.begin("watch", "--every", "5s", "--json")
    assert process.stdout is not None
    with process.stdout:
        try:
            heard(process, "watching")
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGINT)
            assert process.wait(20) == 0


def heard(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    """What it says of an event, within a minute."""
    assert process.stdout is not None
    late = threading.Timer(60, process.kill)
    late.start()
    try:
        for line in process.stdout:
            told: dict[str, Any] = json.loads(line)
            if told["event"] == event:
                return told
    finally:
        late.cancel()
    raise AssertionError(f"it ended without {event}")


def test_a_filler_is_stopped_in_time_and_near_its_limit(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    tmp_path: Path,
    sandbox: str,
    watch: subprocess.Popen[str],
) -> None:
    """F26: at the limit and a tenth of it, within 15 s."""
    folder = prototypes.written(tmp_path / "filler", hungry("2g"))
    pipeline.up(docker_engine, folder, sandbox)
    container = names.container(docker_engine.den.name, sandbox, 1, "book")
    upper = Path(api.inspect_container(container)["GraphDriver"]["Data"]["UpperDir"])
    write = "i=$((i+1)); dd if=/dev/zero of=/data/$i bs=50M count=1; sleep .2"
    fill = f"i=0; while :; do {write}; done"
    inside(docker_engine, sandbox, f"sh -c '{fill}' >/dev/null 2>&1 </dev/null &")
    told = heard(watch, "stopped")
    dens.until(lambda: not runs(api, docker_engine, sandbox, "web"), what="web is stopped, too")
    taken = int(subprocess.check_output(["du", "-sB1", upper]).split()[0])

    assert taken <= 2.2 * 1024**3, f"{taken / MIB:.0f} MiB; told {told['words']}"
    assert told["sandbox"] == sandbox
    assert told["limit"] == 2 * 1024**3
    pipeline.down(docker_engine, sandbox)


def test_one_watch_for_each_den(
    docker_engine: DockerEngine, cli: Cli, watch: subprocess.Popen[str]
) -> None:
    assert docker_engine.holder(LOCK)
    second = cli("watch", code=1)
    assert "is watched already, by " in second.stderr
    assert "watch --once" in second.stderr
    cli("watch", "--once")
    os.killpg(watch.pid, signal.SIGINT)
    assert watch.wait(20) == 0
    dens.until(lambda: not docker_engine.holder(LOCK), what="the lock is free")


def test_a_prepare_that_fills_the_disk_is_ended(
    docker_engine: DockerEngine, tmp_path: Path, sandbox: str, watch: subprocess.Popen[str]
) -> None:
    document = hungry("32m")
    book = document["services"]["book"]
    endless = "while :; do dd if=/dev/zero bs=1M count=5 >> /data/more; sleep .1; done"
    book["prepare"] = [["sh", "-c", endless]]
    outcome = pipeline.try_up(
        docker_engine, prototypes.written(tmp_path / "endless", document), sandbox
    )

    assert outcome.failed
    assert "minute zero" in heard(watch, "stopped")["words"]


def test_it_goes_on_when_the_den_was_away(tmp_path: Path) -> None:
    """In a den of its own: a line that is lost is lost to all who hold it."""
    engine, api = dens.opened()
    write_settings(tmp_path, engine.den)
    own = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    cli = Cli({**os.environ, **own, "SANDBOXCTL_DEN": engine.den.name})
    gateway = f"{engine.den.name}-gateway"
    try:
        with watching(cli) as watch:
            api.stop(gateway, timeout=0)
            assert heard(watch, "away")["words"].startswith("the engine does not answer")
            api.start(gateway)
            heard(watch, "back")
            assert "is watched already" in cli("watch", code=1).stderr
    finally:
        engine.close()  # its own line was lost, too
        dens.closed(DockerEngine(engine.den, dens.engine_url()), api)
