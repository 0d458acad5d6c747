"""Secrets reach the services that name them, and nothing that is shown or that stays."""

from __future__ import annotations

import contextlib
import io
import json
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import pytest
from docker.errors import NotFound

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.engine.given import given
from sandboxctl.sandbox import labels, names
from tests import dens, pipeline, prototypes
from tests.conftest import Cli

pytestmark = pytest.mark.engine

ASKED = "an answer: p@ss/wörd & more"
LOUD = (
    'echo "key=$KEY asked=$ASKED"; '
    'printf "%s\\n%s\\n" "$(printf %s "$KEY" | cut -c1-9)" "$(printf %s "$KEY" | cut -c10-)"; '
)
WRITTEN = LOUD.replace("$", "$$")
"""As it stands in a blueprint."""


def document(**book: object) -> prototypes.Document:
    """`web` has ASKED, `book` has KEY and keeps data; both say at once what they were told."""
    made = prototypes.notebook()
    made["secrets"] = {"KEY": {"generate": 32}, "ASKED": {"ask": "What is it?"}}
    services = made["services"]
    services["web"] |= {
        "secrets": ["ASKED"],
        "command": ["sh", "-c", f"{WRITTEN} exec python3 app.py"],
    }
    services["book"] |= {
        "secrets": ["KEY"],
        "prepare": [["python3", "app.py", "--note", "minute zero"]],
        **book,
    }
    return made


@dataclass
class Story:
    """Everything that was said while a sandbox lived, and every value it ever had."""

    cli: Cli
    api: docker.APIClient
    den: str
    sandbox: str
    said: dict[str, str] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)

    def run(self, *words: str, code: int | None = 0) -> str:
        done = self.cli(*words, code=code)
        self.said[" ".join(words)] = done.stdout + done.stderr
        self.look()
        return done.stdout

    def look(self) -> None:
        ours = {"label": [f"{labels.DEN}={self.den}", f"{labels.SANDBOX}={self.sandbox}"]}
        for one in self.api.containers(all=True, filters=ours):
            for name, value in given(self.api.inspect_container(one["Id"])).items():
                self.values.setdefault(name, set()).add(value)

    def tells(self, text: str) -> list[str]:
        """Which secrets stand in a text, in any of the ways it may be written."""
        return [
            name
            for name, values in self.values.items()
            for value in values
            if value in text or json.dumps(value)[1:-1] in text
        ]


@pytest.fixture(scope="module")
def story(
    docker_engine: DockerEngine,
    api: docker.APIClient,
    cli: Cli,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Story]:
    """A sandbox from `up` to a change that failed."""
    folder, name = tmp_path_factory.mktemp("loud"), "loud"
    (folder / "asked").write_text(f"{ASKED}\n", encoding="utf-8")
    told = Story(cli, api, docker_engine.den.name, name)
    at = prototypes.written(folder / "blueprint", document())
    secret = f"ASKED=@{folder / 'asked'}"
    with spied() as lines:
        told.run("up", str(at), "--name", name, "--secret", secret)
        for words in (["logs"], ["logs", "--json"], ["status"], ["status", "--json"]):
            told.run(words[0], name, *words[1:])
        told.run("exec", name, "book", "--", "env")
        told.run("exec", "--json", name, "web", "--", "sh", "-c", LOUD)
        told.run("ls", "--json")
        told.run("restart", name)
        told.run("reset", name)
        changed = document(environment={"GREETING": "changed"})
        told.run("up", str(prototypes.written(at, changed)), "--name", name, "--yes")
        without = document(environment={"GREETING": "again"}, secrets=[])
        without["services"]["web"]["secrets"] = ["ASKED", "KEY"]
        told.run("up", str(prototypes.written(at, without)), "--name", name, "--yes")
        broken = document()
        dies = ["sh", "-c", f"{WRITTEN} exit 3"]
        broken["services"]["web"] |= {"secrets": ["ASKED", "KEY"], "command": dies}
        prototypes.written(at, broken)
        for how in ([], ["--json"]):
            told.run("up", str(at), "--name", name, "--yes", *how, code=1)
    told.said["command lines of processes"] = "\n".join(sorted(lines))
    yield told
    pipeline.down(docker_engine, name)


class spied:
    """The command lines of every process of this machine, as long as it lasts."""

    def __init__(self) -> None:
        self._lines: set[str] = set()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> set[str]:
        self._thread.start()
        return self._lines

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.1):
            for path in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    self._lines.add(path.read_bytes().decode(errors="replace"))
                except OSError:
                    continue


def test_there_was_something_to_tell(story: Story) -> None:
    assert ASKED in story.values["ASKED"]
    assert len(story.values["KEY"]) >= 3  # one for each generation
    assert "•••KEY•••" in story.said["exec loud book -- env"]
    assert "asked=•••ASKED•••" in story.said["logs loud"]


def test_nothing_that_was_shown_tells_one(story: Story) -> None:
    assert {what: told for what, said in story.said.items() if (told := story.tells(said))} == {}


def test_errors_quote_logs_without_them(story: Story) -> None:
    failed = [said for what, said in story.said.items() if "ended while it started" in said]
    assert failed
    told = [said.replace("\\u2022", "•") for said in failed]
    assert all("•••KEY•••" in said and "•••ASKED•••" in said for said in told)


def test_a_secret_cut_in_two_is_masked_in_logs(story: Story) -> None:
    [lines] = [story.said["logs loud"].splitlines()]
    heads = {value[:9] for values in story.values.values() for value in values}
    assert [line for line in lines if any(line.endswith(head) for head in heads)] == []


def test_only_the_services_that_name_it_have_it(story: Story, api: docker.APIClient) -> None:
    ours = {"label": [f"{labels.DEN}={story.den}", f"{labels.SANDBOX}={story.sandbox}"]}
    for one in api.containers(all=True, filters=ours):
        seen = api.inspect_container(one["Id"])
        mine = given(seen)
        told = set(story.tells(json.dumps(seen, ensure_ascii=False)))
        assert told <= mine.keys(), seen["Name"]


def images(api: docker.APIClient) -> list[dict[str, Any]]:
    """What the engine says of each image of ours, with its history; other dens may take theirs away
    while we look."""
    found: list[dict[str, Any]] = []
    for one in api.images(all=True):
        if (one["Labels"] or {}).get("org.sandboxctl.image"):
            with contextlib.suppress(NotFound):
                seen = api.inspect_image(one["Id"])  # type: ignore[no-untyped-call]
                past = api.history(one["Id"])  # type: ignore[no-untyped-call]
                found.append({**seen, "History": past})
    return found


def test_no_image_tells_one(story: Story, api: docker.APIClient) -> None:
    found = images(api)
    assert any(f"sandboxctl/carried:{story.den}" in str(one["RepoTags"]) for one in found)
    for one in found:
        assert story.tells(json.dumps(one, ensure_ascii=False)) == [], one["RepoTags"]


def test_no_saved_image_of_data_tells_one(story: Story, api: docker.APIClient) -> None:
    kept = [
        one["RepoTags"][0]
        for one in images(api)
        if one["RepoTags"] and one["RepoTags"][0].startswith(f"sandboxctl/carried:{story.den}")
    ]
    assert kept
    for tag in kept:
        packed = b"".join(api.get_image(tag))
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            for entry in archive:
                file = archive.extractfile(entry) if entry.isfile() else None
                data = file.read() if file else b""
                assert story.tells(data.decode(errors="replace")) == [], f"{tag}: {entry.name}"


def test_neither_networks_nor_the_den_nor_its_gateway_tell_one(
    story: Story, api: docker.APIClient
) -> None:
    ours = {"label": [f"{labels.DEN}={story.den}"]}
    told = json.dumps([api.networks(filters=ours), api.volumes(filters=ours)], ensure_ascii=False)
    gateway = f"{story.den}-gateway"
    for folder in ("/den/state", "/den/maps"):
        parts, _ = api.get_archive(gateway, folder)
        told += b"".join(parts).decode(errors="replace")
    told += api.logs(gateway).decode(errors="replace")
    told += json.dumps(api.inspect_container(gateway), ensure_ascii=False)
    assert story.tells(told) == []


def test_data_goes_over_whole_although_its_image_was_described_anew(
    story: Story, docker_engine: DockerEngine
) -> None:
    kept = docker_engine.run(story.sandbox, "book", ["cat", "/data/lines"])
    assert kept.output == b"minute zero\n"
    live = docker_engine.observe(story.sandbox).live
    assert live is not None
    container = names.container(story.den, story.sandbox, live.number, "book")
    variables = docker_engine._api.inspect_container(container)["Config"]["Env"]
    assert "GREETING=again" in variables


def test_nothing_is_left_of_the_images_that_told(
    story: Story, docker_engine: DockerEngine, api: docker.APIClient
) -> None:
    untagged = [one for one in images(api) if not one["RepoTags"]]
    assert [one["Id"] for one in untagged if story.tells(json.dumps(one))] == []
    dens.until(lambda: docker_engine.observe(story.sandbox).live, what="it still serves")


def test_neither_the_ledger_nor_anything_else_of_the_controller_tells_one(story: Story) -> None:
    home = Path(story.cli.environment["XDG_STATE_HOME"])
    kept = [path for path in home.rglob("*") if path.is_file()]
    assert kept
    told = {str(path): story.tells(path.read_bytes().decode(errors="replace")) for path in kept}
    assert [path for path, names_ in told.items() if names_] == []
