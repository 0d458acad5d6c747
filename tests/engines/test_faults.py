"""What goes wrong on a real engine: said in words, nothing created too early, nothing left over."""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from pathlib import Path

import docker
import pytest

from sandboxctl import clock
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import BlueprintError, EngineError, NotReady, SandboxError
from sandboxctl.lifecycle.status import status
from sandboxctl.sandbox import names
from sandboxctl.sandbox.den import Den
from tests import dens, pipeline, prototypes
from tests.conftest import Cli, Written
from tests.engines import away
from tests.visitor import Visitor

pytestmark = pytest.mark.engine

At = Callable[[str], Visitor]


@pytest.fixture(autouse=True)
def _nothing_is_left(
    docker_engine: DockerEngine, api: docker.APIClient, sandbox: str
) -> Iterator[None]:
    """After `down`, whatever went wrong before it."""
    yield
    pipeline.down(docker_engine, sandbox)
    pipeline.sweep(docker_engine)
    assert dens.leftovers(api, docker_engine.den, sandbox) == []
    tags = [tag for image in api.images() for tag in image["RepoTags"] or ()]
    assert [tag for tag in tags if f":{sandbox}-" in tag] == []


def prepared(sandbox: str) -> prototypes.Document:
    """A notebook with a note in it at minute zero; another baseline each time it is asked."""
    document = prototypes.page()
    document["services"]["web"] |= {
        "writable": ["/data"],
        "prepare": [["python3", "app.py", "--note", "minute zero"]],
        "environment": {"EDITION": f"{sandbox} {secrets.token_hex(4)}"},
    }
    return document


@contextlib.contextmanager
def baselines_removed(api: docker.APIClient, sandbox: str) -> Iterator[None]:
    """Those that a test made for itself alone: nobody else needs them again."""
    yield
    for image in api.images(filters={"label": "org.sandboxctl.image=baseline"}):
        with contextlib.suppress(docker.errors.NotFound):  # another test's, gone meanwhile
            seen = api.inspect_image(image["Id"])  # type: ignore[no-untyped-call]
            if any(pair.startswith(f"EDITION={sandbox} ") for pair in seen["Config"]["Env"]):
                api.remove_image(image["Id"], force=True)


def test_a_port_nobody_listens_on_is_named(
    docker_engine: DockerEngine, written: Written, sandbox: str
) -> None:
    document = prototypes.page()
    document["services"]["web"] |= {
        "expose": [8001],
        "healthcheck": {"http": "/health", "start_period": "2s"},
    }
    begun = time.monotonic()
    outcome = pipeline.try_up(docker_engine, written(document), sandbox)
    assert time.monotonic() - begun < 15
    assert [type(error) for error in outcome.failed] == [NotReady]
    assert "web did not answer within 2 s" in outcome.why
    assert outcome.failed[0].hint.startswith(
        "A slow start needs a longer healthcheck.start_period."
    )
    assert "http /health on port 8001" in outcome.why
    assert "refused" in outcome.why
    assert "the notebook is open" in outcome.why, "its last log line"
    assert status(docker_engine, sandbox, now=clock.now()).state == "not finished"
    said = list(docker_engine.logs(sandbox, "web", tail=1, follow=False))
    assert said == [("web", "the notebook is open")]
    assert docker_engine.fetch(sandbox).status == 404


def test_a_check_that_never_agrees_is_quoted(
    docker_engine: DockerEngine, written: Written, sandbox: str
) -> None:
    document = prototypes.page()
    test = ["CMD", "python3", "-c", "import sys; sys.exit('the queue is not empty')"]
    document["services"]["web"]["healthcheck"] = {"test": test, "start_period": "2s"}
    outcome = pipeline.try_up(docker_engine, written(document), sandbox)
    assert "the check said: the queue is not empty" in outcome.why
    assert "web did not become ready within 2 s" in outcome.why


def test_what_needs_more_memory_than_its_limit_is_told_so(
    docker_engine: DockerEngine, written: Written, sandbox: str, cli: Cli
) -> None:
    document = prototypes.page()
    document["services"]["web"]["command"] = ["python3", "-c", "x = b'x' * 2**29"]
    folder = written(document)
    failed = cli("up", str(folder), "--name", sandbox, "--plain", code=1)
    # Under load the engine may hear of it only after the end, or never: then it says "most often".
    limit = "it needed more memory than its limit of 64 MiB"
    assert limit in failed.stderr
    assert status(docker_engine, sandbox, now=clock.now()).services[0].why.endswith(limit)
    assert limit in cli("status", sandbox).stdout


def test_what_dies_later_is_started_at_most_three_times(
    docker_engine: DockerEngine, written: Written, sandbox: str, visitor: At
) -> None:
    """Its memory is full once somebody asks for the wrong page."""
    pipeline.up(docker_engine, written(prototypes.page()), sandbox)
    for _ in range(4):
        dens.until(lambda: visitor(sandbox).get("/").status == 200)
        visitor(sandbox).get("/eat")
    dens.until(lambda: status(docker_engine, sandbox, now=clock.now()).state == "stopped")
    why = status(docker_engine, sandbox, now=clock.now()).services[0].why
    assert why == "it needed more memory than its limit of 64 MiB"
    assert "not answering" in visitor(sandbox).get("/").body
    pipeline.up(docker_engine, written(prototypes.page()), sandbox)
    assert visitor(sandbox).get("/").status == 200


def test_a_prepare_command_that_fails_is_quoted_and_leaves_nothing(
    docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str
) -> None:
    document = prepared(sandbox)
    broken = ["python3", "-c", "import sys; sys.exit('no such table: homes')"]
    document["services"]["web"]["prepare"].append(broken)
    outcome = pipeline.try_up(docker_engine, written(document), sandbox)
    assert len(outcome.failed) == 1
    assert "no such table: homes" in outcome.why
    assert "ended with 1" in outcome.why
    assert docker_engine.making() == []
    baseline = outcome.proposal.wanted and outcome.proposal.wanted.baseline
    assert baseline
    left = dens.leftovers(api, docker_engine.den, names.BASELINE + baseline.key)
    assert left == []
    assert not set(baseline.tags.values()) & docker_engine.images.tags()


def test_an_image_that_cannot_be_had_creates_nothing(
    docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str, cli: Cli
) -> None:
    document = prototypes.page("absent")
    document["services"]["web"] = {"image": "localhost:9/absent:1", "expose": [8000]}
    failed = cli("up", str(written(document)), "--name", sandbox, "--plain", code=4)
    assert "localhost:9/absent:1" in failed.stderr
    assert "→" in failed.stderr
    left = dens.leftovers(api, docker_engine.den, sandbox)
    assert [one for one in left if one.startswith("container")] == []
    assert docker_engine.observe(sandbox).record is None


def test_too_little_memory_is_said_before_anything_is_created(
    docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str, cli: Cli
) -> None:
    document = prototypes.page()
    for n in range(29):
        document["services"][f"large-{n}"] = {"extends": {"service": "web"}, "mem_limit": "8g"}
    short = 29 * 8192 + 64 - docker_engine.capacity().memory // 1024**2
    failed = cli("up", str(written(document)), "--name", sandbox, "--plain", code=4)
    assert "are short" in failed.stderr
    shortage = int(failed.stderr.split(" MiB are short")[0].split()[-1].replace(",", ""))
    assert abs(shortage - short) < 4096, "sandboxes of others are promised theirs"
    assert dens.leftovers(api, docker_engine.den, sandbox) == []


def test_too_few_addresses_are_said_before_anything_is_created(
    docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str
) -> None:
    full = IPv4Network((int(docker_engine.den.range.network_address), 29))
    den = docker_engine.den.model_copy(update={"range": full})
    folder, refused = written(prototypes.page()), "has no free subnet"
    with (
        contextlib.closing(DockerEngine(den, dens.engine_url())) as crowded,
        pytest.raises(EngineError, match=refused),
    ):
        pipeline.try_up(crowded, folder, sandbox)
    assert dens.leftovers(api, docker_engine.den, sandbox) == []


def test_a_name_that_another_blueprint_has_is_refused(
    docker_engine: DockerEngine, written: Written, sandbox: str, cli: Cli
) -> None:
    pipeline.up(docker_engine, written(prototypes.page()), sandbox)
    folder = written(prototypes.page("another"))
    failed = cli("up", str(folder), "--name", sandbox, code=2)
    assert f"{sandbox} is a sandbox of page, not of another" in failed.stderr
    with pytest.raises(BlueprintError):
        pipeline.try_up(docker_engine, folder, sandbox)
    assert docker_engine.fetch(sandbox).status == 200


def test_objects_that_only_look_like_ours_are_never_touched(
    docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str
) -> None:
    folder = written(prototypes.page())
    pipeline.up(docker_engine, folder, sandbox)
    own = api.inspect_container(names.container(docker_engine.den.name, sandbox, 1, "web"))
    forged = own["Config"]["Labels"] | {"org.sandboxctl.install": "0" * 32}
    made = api.create_container(own["Config"]["Image"], ["true"], labels=forged)["Id"]
    try:
        live = docker_engine.observe(sandbox).live
        assert live is not None
        assert list(live.services) == ["web"]
        pipeline.down(docker_engine, sandbox)
        assert api.inspect_container(made)["Id"] == made
    finally:
        api.remove_container(made)


def test_a_name_that_somebody_else_took_is_said(
    docker_engine: DockerEngine, api: docker.APIClient, written: Written, sandbox: str
) -> None:
    docker_engine.enter(lambda _: None)
    image = next(tag for tag in docker_engine.images.tags() if tag.startswith("sandboxctl/base:"))
    title = names.container(docker_engine.den.name, sandbox, 1, "web")
    made = api.create_container(image, ["true"], name=title)["Id"]
    try:
        outcome = pipeline.try_up(docker_engine, written(prototypes.page()), sandbox)
        assert f"there is a container {title} that is not ours" in outcome.why
        assert api.inspect_container(made)["Id"] == made
    finally:
        api.remove_container(made)


@pytest.mark.parametrize(
    ("verb", "moments"), [("up", (1, 3, 5, 7, 9, 11, 13)), ("reset", (1, 3, 5)), ("down", (1, 2))]
)
def test_after_a_crash_at_any_moment_the_next_run_finishes_the_job(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    written: Written,
    sandbox: str,
    cli: Cli,
    visitor: At,
    verb: str,
    moments: tuple[int, ...],
) -> None:
    """SIGKILL after the first line that it says, the third, and so on."""
    folder = written(prepared(sandbox))
    words = ["up", str(folder), "--name", sandbox] if verb == "up" else [verb, sandbox]
    with baselines_removed(api, sandbox):
        for moment in moments:
            if verb == "up":
                written(prepared(sandbox))
                pipeline.down(docker_engine, sandbox)
            else:
                pipeline.up(docker_engine, folder, sandbox)
            assert killed_after(cli, moment, *words), f"it was done before line {moment}"
            if verb == "reset":
                assert visitor(sandbox).get("/lines").body == "minute zero\n"
            pipeline.up(docker_engine, folder, sandbox)
            observed = docker_engine.observe(sandbox)
            assert observed.record
            known = {observed.record.live, *(one.generation for one in observed.asides)}
            assert set(observed.generations) == known
            assert visitor(sandbox).get("/lines").body == "minute zero\n"
            assert docker_engine.making() == []
        # What was replaced was asked to stop, and takes its time.
        dens.until(lambda: not pipeline.up(docker_engine, folder, sandbox).plan)
        pipeline.down(docker_engine, sandbox)


def killed_after(cli: Cli, lines: int, *words: str) -> bool:
    """Whether it had said that many lines, and was killed, before it was done."""
    with cli.begin(*words, "--plain") as process:
        assert process.stdout is not None
        for _ in range(lines):
            if not process.stdout.readline():
                assert process.wait(timeout=60) == 0
                return False
        os.killpg(process.pid, signal.SIGKILL)
        process.stdout.read()
    return process.returncode == -signal.SIGKILL


@pytest.mark.parametrize("lines", [1, 3, 5])
def test_what_is_interrupted_ends_with_130_and_the_next_down_clears_up(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    written: Written,
    sandbox: str,
    cli: Cli,
    lines: int,
) -> None:
    with baselines_removed(api, sandbox):
        with cli.begin(
            "up", str(written(prepared(sandbox))), "--name", sandbox, "--plain"
        ) as process:
            assert process.stdout is not None
            heard = [process.stdout.readline() for _ in range(lines)]
            os.kill(process.pid, signal.SIGINT)
            heard.append(process.stdout.read())
        assert process.returncode == 130, heard
        assert docker_engine.fetch(sandbox).status == 404
        with docker_engine.lock(sandbox):
            pass
        cli("down", sandbox)
        pipeline.sweep(docker_engine)
        assert dens.leftovers(api, docker_engine.den, sandbox) == []


def test_an_engine_that_goes_away_in_the_middle_is_said_and_made_up_for(
    docker_engine: DockerEngine,
    written: Written,
    sandbox: str,
    tmp_path: Path,
    visitor: At,
) -> None:
    folder = written(prototypes.page())
    near, cut = tmp_path / "docker.sock", 0
    daemon = (dens.engine_url() or "unix:///var/run/docker.sock").removeprefix("unix://")
    for requests in range(5, 200, 6):
        with away.front(near, daemon, requests) as front:
            errors = tried(docker_engine.den, front.url, folder, sandbox)
            done = not front.was_cut
        assert [error for error in errors if not isinstance(error, EngineError)] == []
        assert done or errors, "it was said"
        pipeline.up(docker_engine, folder, sandbox)
        assert visitor(sandbox).get("/").status == 200
        assert len(docker_engine.observe(sandbox).generations) == 1
        pipeline.down(docker_engine, sandbox)
        if done:
            break
        cut += 1
    assert done
    assert cut >= 4


def tried(den: Den, url: str, folder: Path, sandbox: str) -> list[SandboxError]:
    """What `up` over another way to the engine complained about."""
    try:
        with contextlib.closing(DockerEngine(den, url)) as far:
            return pipeline.try_up(far, folder, sandbox).failed
    except SandboxError as error:
        return [error]


def test_what_an_engine_that_is_not_there_says(tmp_path: Path, docker_engine: DockerEngine) -> None:
    url, said = f"unix://{tmp_path}/none.sock", "no Docker Engine answers at unix://"
    with pytest.raises(EngineError, match=said) as refused:
        DockerEngine(docker_engine.den, url)
    assert "doctor" in refused.value.hint
