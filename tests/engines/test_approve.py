"""Exceptions on an engine: nothing runs with one before it is granted, or after that ended."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import docker
import pytest
import yaml

from sandboxctl import clock
from sandboxctl.engine import gateway
from sandboxctl.engine.docker import DockerEngine
from sandboxctl.errors import PolicyError
from sandboxctl.lifecycle.assemble import assemble
from sandboxctl.lifecycle.reset import plan_reset
from sandboxctl.sandbox import names
from sandboxctl.sandbox.approval import approval
from tests import dens, pipeline
from tests.conftest import Cli, write_settings
from tests.recipes import EVENING, NOON
from tests.test_approval import IMAGES, ROOT, asking

pytestmark = pytest.mark.engine

SERVES = """
import http.server, os
http.server.ThreadingHTTPServer(("", 8000), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
GIVES_AWAY = (
    """
import os
open("/tmp/a", "w").write("x")
os.chown("/tmp/a", 4242, 4242)
assert os.stat("/tmp/a").st_uid == 4242
"""
    + SERVES
)
EXAMPLE = Path(__file__).parents[2] / "examples" / "05-a-dockerfile"
REASON = "It gives files to whom they are for."


@pytest.fixture
def image(docker_engine: DockerEngine, api: docker.APIClient, sandbox: str) -> Iterator[str]:
    """As it would come from a registry: a name that somebody may give to another content."""
    docker_engine.enter(lambda _: None)
    tag = f"{docker_engine.den.name}/{sandbox}:1"
    retag(docker_engine, api, tag)
    yield tag
    api.remove_image(tag, force=True)


def retag(engine: DockerEngine, api: docker.APIClient, tag: str) -> None:
    """Another content under the same name."""
    base = next(tag for tag in engine.images.tags() if tag.startswith("sandboxctl/gateway:"))
    made = api.create_container(base, entrypoint=["true"])["Id"]
    name, _, version = tag.partition(":")
    api.commit(made, name, tag=version, changes=[f"LABEL made={clock.now().isoformat()}"])
    api.remove_container(made, v=True)


@pytest.fixture
def folder(tmp_path: Path, image: str, sandbox: str) -> Path:
    """A blueprint whose service ends at once unless it may give files away."""
    return written(
        tmp_path / "blueprint", document(sandbox, image, GIVES_AWAY, "root", "cap:CHOWN")
    )


def document(name: str, image: str, program: str, *grants: str) -> dict[str, Any]:
    """One service that runs a program as root."""
    web = {
        "image": image,
        "entrypoint": [],
        "command": ["python3", "-c", program],
        "expose": [8000],
        "healthcheck": {"http": "/", "start_period": "20s"},
        "mem_limit": "64m",
        "user": "0:0",
    }
    exceptions = [{"service": "web", "grant": grant, "reason": REASON} for grant in grants]
    whole = {"blueprint": 1, "name": name, "opens": "web", "services": {"web": web}}
    return whole | {"exceptions": exceptions}


def written(folder: Path, document: dict[str, Any]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "blueprint.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    return folder


def changed(folder: Path, old: str, new: str) -> None:
    file = folder / "blueprint.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


@pytest.fixture(autouse=True)
def _gone(docker_engine: DockerEngine, sandbox: str) -> Iterator[None]:
    yield
    pipeline.down(docker_engine, sandbox)
    for one in docker_engine.approvals.known():
        docker_engine.approvals.take_back(one.subject)


@pytest.fixture
def elsewhere(cli: Cli, docker_engine: DockerEngine, tmp_path: Path) -> Cli:
    """Another controller of the same den: another home, with a ledger of its own."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    write_settings(home, docker_engine.den)
    own = {"XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    return Cli({**cli.environment, **own})


def inspected(engine: DockerEngine, api: docker.APIClient, sandbox: str) -> Any:
    live = engine.observe(sandbox).live
    assert live is not None
    return api.inspect_container(names.container(engine.den.name, sandbox, live.number, "web"))


def test_what_needs_a_right_runs_only_once_it_was_granted(
    cli: Cli, docker_engine: DockerEngine, api: docker.APIClient, folder: Path, sandbox: str
) -> None:
    before = len(api.containers(all=True, filters={"name": sandbox}))
    told = cli("up", str(folder), code=3).stderr
    assert f"approve {folder}" in told
    assert len(api.containers(all=True, filters={"name": sandbox})) == before
    cli("approve", str(folder), "--yes")
    assert "web: cap:CHOWN: granted by" in cli("up", str(folder)).stdout
    seen = inspected(docker_engine, api, sandbox)
    host = seen["HostConfig"]
    assert seen["Config"]["User"] == "0:0"
    assert (host["CapDrop"], host["CapAdd"]) == (["ALL"], ["CAP_CHOWN"])
    assert host["ReadonlyRootfs"] is True
    assert host["Privileged"] is False
    assert "no-new-privileges:true" in host["SecurityOpt"]
    answer = docker_engine.run(sandbox, "web", ["cat", "/proc/1/status"])
    status = dict(line.split(":\t", 1) for line in answer.output.decode().splitlines())
    assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 1


def test_root_alone_has_no_right_and_may_write_where_it_was_granted(
    cli: Cli,
    docker_engine: DockerEngine,
    api: docker.APIClient,
    folder: Path,
    image: str,
    sandbox: str,
) -> None:
    written(folder, document(sandbox, image, GIVES_AWAY, "root"))
    cli("approve", str(folder), "--yes")
    assert "Operation not permitted" in cli("up", str(folder), code=1).stderr
    written(folder, document(sandbox, image, SERVES, "root", "writable_root"))
    cli("approve", str(folder), "--yes")
    cli("up", str(folder))
    seen = inspected(docker_engine, api, sandbox)
    assert not seen["HostConfig"]["CapAdd"]
    assert seen["HostConfig"]["ReadonlyRootfs"] is False
    status = docker_engine.run(sandbox, "web", ["cat", "/proc/1/status"]).output.decode()
    assert "CapEff:\t0000000000000000" in status
    assert docker_engine.run(sandbox, "web", ["touch", "/tried"]).status == 0


def test_a_changed_blueprint_and_a_changed_image_were_never_granted(
    cli: Cli,
    docker_engine: DockerEngine,
    api: docker.APIClient,
    folder: Path,
    image: str,
    sandbox: str,
) -> None:
    cli("approve", str(folder), "--yes")
    cli("up", str(folder))
    changed(folder, "mem_limit: 64m", "mem_limit: 65m")
    told = cli("up", str(folder), code=3).stderr
    assert "for another version; what changed: services.web" in told
    changed(folder, "mem_limit: 65m", "mem_limit: 64m")
    cli("plan", str(folder))
    first = inspected(docker_engine, api, sandbox)["Image"]
    retag(docker_engine, api, image)
    for words in (["up", str(folder)], ["reset", sandbox], ["restart", sandbox]):
        assert f"what changed: the image {image}" in cli(*words, code=3).stderr
    assert inspected(docker_engine, api, sandbox)["Image"] == first
    cli("approve", str(folder), "--yes")
    cli("reset", sandbox)
    assert inspected(docker_engine, api, sandbox)["Image"] != first


def test_every_controller_sees_the_same_and_writes_its_own_history(
    cli: Cli, elsewhere: Cli, folder: Path, sandbox: str
) -> None:
    cli("approve", str(folder), "--yes", "--lifetime", "2h")
    assert sandbox in elsewhere("approve", "--list").stdout
    elsewhere("up", str(folder))
    found = json.loads(elsewhere("status", sandbox, "--json").stdout)["exceptions"]
    assert [one["state"] for one in found] == ["granted", "granted"]
    assert found == json.loads(cli("status", sandbox, "--json").stdout)["exceptions"]
    elsewhere("reset", sandbox)
    assert elsewhere("approve", sandbox, "--revoke").returncode == 0
    for controller in (cli, elsewhere):
        assert "NOT GRANTED" in controller("status", sandbox).stdout
        assert "nobody has granted it" in controller("reset", sandbox, code=3).stderr
    elsewhere("down", sandbox)
    told = history(elsewhere)
    assert [verb for verb, *_ in told] == ["up", "reset", "approve", "down"]
    assert [what for _, what, _ in told][:2] == ["ready", "back to minute zero"]
    approved = [detail for verb, what, detail in history(cli) if what == sandbox]
    assert [grant["grant"] for grant in approved[-1]["grants"]] == ["root", "cap:CHOWN"]


def history(cli: Cli) -> list[tuple[str, str, Any]]:
    file = Path(cli.environment["XDG_STATE_HOME"]) / "sandboxctl" / "ledger.sqlite3"
    assert file.stat().st_mode & 0o777 == 0o600
    with closing(sqlite3.connect(file)) as ledger:
        rows = ledger.execute("SELECT verb, what, detail FROM events ORDER BY number").fetchall()
    return [(verb, what, json.loads(detail)) for verb, what, detail in rows]


def test_after_its_time_what_runs_goes_on_and_is_not_begun_again(
    docker_engine: DockerEngine, cli: Cli, folder: Path, sandbox: str
) -> None:
    cli("approve", str(folder), "--yes", "--lifetime", "1h")
    cli("up", str(folder))
    later = clock.now() + timedelta(minutes=61)
    with pytest.raises(PolicyError, match="which is over") as caught:
        plan_reset(docker_engine, sandbox, now=later)
    assert caught.value.code == "DEN810"
    live = docker_engine.observe(sandbox).live
    assert live is not None
    assert live.services["web"].runs


def test_what_others_write_into_the_state_grants_nothing(
    docker_engine: DockerEngine, api: docker.APIClient, cli: Cli, folder: Path
) -> None:
    cli("approve", str(folder), "--yes")
    (given,) = docker_engine.approvals.known()
    genuine = given.model_dump(mode="json")
    other = "0" * 64
    forged: dict[str, Any] = {
        other: {**genuine, "subject": other},
        given.subject: {**genuine, "subject": other},
        "1" * 64: {**genuine, "subject": "1" * 64, "until": "2099-01-01T00:00:00+00:00"},
        "2" * 64: "everything",
    }
    into_the_state(api, docker_engine, forged)
    told = cli("up", str(folder), code=3).stderr
    assert "for another version" in told
    assert [one.subject for one in docker_engine.approvals.known()] == [other]
    into_the_state(api, docker_engine, {given.subject: {**genuine, "images": {}}})
    assert "what changed: the image" in cli("up", str(folder), code=3).stderr
    into_the_state(api, docker_engine, {given.subject: {**genuine, "until": genuine["at"]}})
    cli("up", str(folder), code=3)
    into_the_state(api, docker_engine, {given.subject: genuine})
    cli("plan", str(folder))


def into_the_state(api: docker.APIClient, engine: DockerEngine, approvals: dict[str, Any]) -> None:
    """As somebody would who may write to the engine's volumes."""
    name = gateway.name(engine.den)
    parts, _ = api.get_archive(name, "/den/state/den.json")
    with tarfile.open(fileobj=io.BytesIO(b"".join(parts))) as archive:
        file = archive.extractfile("den.json")
        assert file is not None
        whole = json.load(file) | {"approvals": approvals}
    program = f"open('/den/state/den.json', 'w').write({json.dumps(whole)!r})"
    made = api.exec_create(name, ["python3", "-c", program], user="10200")
    api.exec_start(made["Id"])
    assert api.exec_inspect(made["Id"])["ExitCode"] == 0


def test_a_ledger_that_cannot_be_written_stops_only_approve(
    cli: Cli, docker_engine: DockerEngine, folder: Path, sandbox: str, tmp_path: Path
) -> None:
    cli("approve", str(folder), "--yes")
    spoilt = tmp_path / "spoilt" / "sandboxctl"
    spoilt.mkdir(parents=True)
    (spoilt / "ledger.sqlite3").write_bytes(b"not a database" * 100)
    other = replace(cli, environment={**cli.environment, "XDG_STATE_HOME": str(spoilt.parent)})
    for words in (["up", str(folder)], ["reset", sandbox], ["down", sandbox]):
        told = other(*words).stderr
        assert told.count("Done, and not written down") == 1
        assert "can be moved away" in told
    before = docker_engine.approvals.known()
    told = other("approve", str(folder), "--yes", "--lifetime", "9h", code=1).stderr
    assert "cannot be written" in told
    assert docker_engine.approvals.known() == before


def test_what_was_granted_is_known_while_the_gateway_rests() -> None:
    engine, api = dens.opened()
    try:
        given = approval(asking(), [ROOT], IMAGES, by="kim@desk", at=NOON, until=EVENING)
        engine.approvals.give(given)
        api.stop(gateway.name(engine.den), timeout=1)
        engine.close()
        later = DockerEngine(engine.den, dens.engine_url())
        assert list(later.approvals.known()) == [given]
        later.enter(lambda _: None)
        assert list(later.approvals.known()) == [given]
        later.approvals.take_back(given.subject)
        assert list(later.approvals.known()) == []
        later.close()
    finally:
        dens.closed(DockerEngine(engine.den, dens.engine_url()), api)


def test_no_command_of_a_supplier_runs_before_it_was_granted(
    cli: Cli, docker_engine: DockerEngine, tmp_path: Path, sandbox: str
) -> None:
    folder = tmp_path / "commands"
    shutil.copytree(EXAMPLE / "web", folder / "web")
    text = (
        (EXAMPLE / "blueprint.yaml").read_text().replace("name: a-dockerfile", f"name: {sandbox}")
    )
    asks = f"exceptions:\n  - {{service: web, grant: run, reason: {REASON}}}\n"
    (folder / "blueprint.yaml").write_text(text + asks)
    file = folder / "web" / "Dockerfile"
    file.write_text(file.read_text().replace("COPY", f"RUN echo {sandbox} > /srv/made\nCOPY", 1))
    loaded = pipeline.loaded(docker_engine, folder, sandbox)
    (made,) = (one.image for one in assemble(loaded).recipe.containers.values())
    cli("up", str(folder), code=3)
    cli("approve", str(folder), "--yes")
    assert not docker_engine.images.has(made)
    try:
        cli("up", str(folder))
        said = docker_engine.run(sandbox, "web", ["cat", "/srv/made"]).output.decode()
        assert said.strip() == sandbox
        file.write_text(file.read_text().replace(f"echo {sandbox}", "echo another"))
        assert "for another version" in cli("up", str(folder), code=3).stderr
    finally:
        pipeline.down(docker_engine, sandbox)
        docker_engine.images.remove(made)
