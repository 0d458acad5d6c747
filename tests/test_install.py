"""Finding, installing, starting and stopping an engine, without touching the one that is there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandboxctl.engine import daemon, install, root
from sandboxctl.engine.daemon import GIB, Place
from sandboxctl.errors import EngineError

# A network namespace of its own: a second daemon must not see the first one's bridge or rules.
ALONE = ("unshare", "--net", "--")
NO_NETWORK = ("--bridge=none", "--iptables=false", "--ip-masq=false", "--ip-forward=false")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Room for a second daemon, which is stopped and taken away at the end."""
    short = Path(tempfile.mkdtemp(prefix="den-"))  # a socket's path has at most 104 characters
    place = Place(
        root=tmp_path,
        socket=short / "docker.sock",
        exec_root=short / "exec",
        log=tmp_path / "dockerd.log",
        systemd=tmp_path / "none",
        size=2 * GIB,
        enter=ALONE,
        options=NO_NETWORK,
    )
    yield place
    daemon.stop(place, lambda _: None, remove=True)
    shutil.rmtree(short)


@pytest.fixture
def own_docker_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user who has never used Docker."""
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / ".docker"
    folder.mkdir()
    monkeypatch.setenv("DOCKER_CONFIG", str(folder))
    return folder


def use_context(folder: Path, name: str, host: str) -> None:
    """What `docker context create` and `docker context use` leave behind."""
    meta = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    meta.mkdir(parents=True)
    endpoints = {"docker": {"Host": host, "SkipTLSVerify": False}}
    facts = {"Name": name, "Metadata": {}, "Endpoints": endpoints}
    (meta / "meta.json").write_text(json.dumps(facts))
    (folder / "config.json").write_text(json.dumps({"currentContext": name}))


def test_an_engine_named_on_the_command_line_comes_first() -> None:
    chosen = install.named("tcp://192.0.2.1:2376", {"DOCKER_HOST": "tcp://192.0.2.2:2376"})
    assert chosen
    assert (chosen.url, chosen.by) == ("tcp://192.0.2.1:2376", "the command line")


def test_docker_host_comes_before_the_context() -> None:
    chosen = install.named("", {"DOCKER_HOST": "ssh://den.example", "DOCKER_CONTEXT": "other"})
    assert chosen
    assert (chosen.url, chosen.by) == ("ssh://den.example", "DOCKER_HOST")


def test_certificates_that_are_not_there_are_an_error(tmp_path: Path) -> None:
    environment = {"DOCKER_HOST": "tcp://192.0.2.1:2376", "DOCKER_CERT_PATH": str(tmp_path / "no")}
    with pytest.raises(EngineError) as caught:
        install.named("", environment)
    assert "DOCKER_CERT_PATH" in caught.value.hint


@pytest.mark.usefixtures("own_docker_folder")
def test_nothing_named_is_nothing_named() -> None:
    assert install.named() is None


@pytest.mark.usefixtures("own_docker_folder")
def test_a_context_that_is_gone_is_an_error_and_not_another_engine() -> None:
    with pytest.raises(EngineError, match="context is gone"):
        install.named("", {"DOCKER_CONTEXT": "no-such-context"})


def test_the_current_context_is_honoured(own_docker_folder: Path) -> None:
    use_context(own_docker_folder, "room", "tcp://192.0.2.1:2375")
    chosen = install.named()
    assert chosen
    assert (chosen.url, chosen.by) == ("tcp://192.0.2.1:2375", "the Docker context room")


def test_a_damaged_context_is_an_error(own_docker_folder: Path) -> None:
    use_context(own_docker_folder, "room", "tcp://192.0.2.1:2375")
    next(own_docker_folder.rglob("meta.json")).write_text("{")
    with pytest.raises(EngineError, match="orrupted"):
        install.named()


def test_an_engine_that_was_asked_for_and_is_away_is_not_replaced(place: Place) -> None:
    heard: list[str] = []
    with pytest.raises(EngineError, match="the command line") as caught:
        install.provide(heard.append, url="tcp://127.0.0.1:1", place=place)
    assert caught.value.exit_code == 4
    assert heard == []
    assert not place.data.exists()


def test_the_disk_is_never_more_than_its_share_of_what_is_free() -> None:
    assert daemon.disk_size(1000 * GIB) == 40 * GIB
    assert daemon.disk_size(10 * GIB) == 6 * GIB


def test_what_is_missing_is_named_as_packages() -> None:
    programs = {"sh": "dash", "no-such-program": "its-package"}
    assert install.needs(programs) == ["its-package"]


def test_what_will_be_done_is_said_before(place: Place) -> None:
    words = install.describe(place)
    assert words.startswith("No Docker Engine answers on this machine. Going to:")
    assert "start" in words


def test_the_end_of_a_log_is_quoted_and_its_empty_lines_are_not() -> None:
    assert root.tail("one\n\ntwo\n \nthree\n", lines=2) == "    two\n    three"
    assert root.tail("") == "    (it said nothing)"


def test_what_a_daemon_only_mentions_is_not_quoted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text(
        'level=info msg="[core] chatter"\nfailed to start daemon: why\nlevel=info msg=x\n'
    )
    assert daemon.last_words(log) == "    failed to start daemon: why"


def test_a_stale_process_id_is_nobody(place: Place) -> None:
    place.pidfile.write_text(str(os.getpid()))
    assert daemon.running(place) is None
    assert daemon.stop(place, lambda _: None) is False


def test_finding_an_engine_costs_no_import_of_docker() -> None:
    code = "import sys, sandboxctl.engine.install; sys.exit('docker' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("arguments", [[], ["sotp"], ["stop", "--everything"], ["packages"]])
def test_an_unknown_command_says_which_there_are(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "sandboxctl.engine.install", *arguments]
    done = subprocess.run(command, check=False, text=True, capture_output=True)
    assert done.returncode == 2
    assert "find | start | stop" in done.stderr


@pytest.mark.engine
@pytest.mark.usefixtures("own_docker_folder")
def test_our_own_daemon_starts_once_keeps_its_data_and_stops(place: Place) -> None:
    import docker

    heard: list[str] = []
    assert install.provide(heard.append, place=place) == place.url
    first = daemon.running(place)
    assert install.provide(heard.append, place=place) == place.url
    assert daemon.running(place) == first
    assert str(place.log) in "\n".join(heard)
    assert daemon.reflinks(place.data)
    client = docker.DockerClient(place.url)
    client.volumes.create("kept")
    client.close()

    assert install.stop(heard.append, place=place)
    assert install.stop(heard.append, place=place) is False
    assert not place.data.is_mount()
    assert install.find(place.url) is None

    daemon.start(place, heard.append)
    client = docker.DockerClient(place.url)
    assert [volume.name for volume in client.volumes.list()] == ["kept"]
    client.close()


@pytest.mark.engine
def test_a_daemon_that_never_answers_is_not_left_running(place: Place, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    silent = ("sh", "-c", f"echo $$ > {pid}; exec sleep 300", "--")
    with pytest.raises(EngineError, match="did not start"):
        daemon.start(replace(place, enter=silent, patience=1.0), lambda _: None)
    assert not Path(f"/proc/{pid.read_text().strip()}/exe").exists()
    assert not place.data.is_mount()


@pytest.mark.engine
def test_a_daemon_that_does_not_start_says_why_and_leaves_nothing(place: Place) -> None:
    wrong = replace(place, options=(*NO_NETWORK, "--storage-driver=no-such-driver"))
    with pytest.raises(EngineError, match="driver not supported") as caught:
        daemon.start(wrong, lambda _: None)
    assert str(place.log) in caught.value.hint
    assert daemon.running(wrong) is None
    assert not wrong.data.is_mount()
