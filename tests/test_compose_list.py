"""CONVERSION.md is whole: a line for everything that is not as the Compose file has it."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

from sandboxctl.blueprint.load import load
from sandboxctl.compose.converting import convert
from sandboxctl.compose.report import Decision
from sandboxctl.errors import BlueprintError
from tests import converted
from tests.converted import Outcome, file, outcome, written
from tests.test_compose_properties import COMPOSE, ENOUGH

WEB = "image: 'example.org/a:1', ports: ['80']"


def unsaid(found: Outcome, compose: dict[str, Any]) -> list[str]:
    """Keys of the blueprint that neither the Compose file nor a line of the list accounts for."""
    blueprint = plain(found.text)
    report = found.converted.report.decisions
    said = [f"{item.service} {item.key} {item.instead}" for item in report]
    missing = [
        key
        for key in blueprint.keys() - {"services"}
        if not any(key in line for line in said) and not _asks(report, key)
    ]
    old_of = {item.instead: item.service for item in report if item.key == "name"}
    for name, service in blueprint["services"].items():
        old = old_of.get(name, name)
        lines = [item for item in report if item.service == old or name in item.instead]
        given_ = compose["services"].get(old) or {}
        for path, value in leaves(service):
            if meant(at(given_, path)) != meant(value) and not _is_said(lines, path):
                missing.append(".".join([name, *path]))
    return missing


def plain(text: str) -> Any:
    """YAML with every scalar as its text."""
    return yaml.load(text, yaml.BaseLoader)


def meant(value: Any) -> str:
    """What both formats take literally, in one spelling."""
    return json.dumps(value).replace("{{ '{' }}", "{").replace("$$", "$")


def leaves(service: dict[str, Any]) -> list[tuple[list[str], Any]]:
    """Each key with its value; those of `environment` and `healthcheck` one by one."""
    found: list[tuple[list[str], Any]] = []
    for key, value in service.items():
        if key in ("environment", "healthcheck"):
            found += [([key, inner], item) for inner, item in value.items()]
        else:
            found.append(([key], value))
    return found


def at(given_: Any, path: list[str]) -> Any:
    for key in path:
        given_ = given_.get(key) if isinstance(given_, dict) else None
    return given_


def _asks(report: list[Decision], key: str) -> bool:
    return any(item.at and item.at[0] == key for item in report)


def _is_said(lines: list[Decision], path: list[str]) -> bool:
    """Whether a line names the key as changed, or as what takes the place of another."""
    for line in lines:
        names = (line.found, line.instead) if path[0] == "environment" else ()
        if line.verdict in ("left out", "kept"):
            continue
        if path[1:] and (path[1] in names or line.key == "env_file"):
            return True
        ends = ".".join(path), path[0] if not path[1:] else ""
        if line.key in ends or f"{path[-1]}:" in line.instead or path[0] in line.instead:
            return True
    return False


WRITTEN_OUT = {"anchors", "duplicate", "extends", "first-format"}
"""Shapes of which services are written out from elsewhere: documented, and not listed."""


@pytest.mark.parametrize("shape", sorted({*converted.names()} - WRITTEN_OUT))
def test_every_shape_has_a_line_for_all_that_changed(shape: str, tmp_path: Path) -> None:
    found = outcome(file(shape), tmp_path / "out")
    assert unsaid(found, plain(file(shape).read_text(encoding="utf-8"))) == []


@pytest.mark.slow
@ENOUGH
@given(COMPOSE)
def test_every_key_of_the_result_has_a_line_or_is_as_it_was(compose: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        text = yaml.safe_dump(compose, allow_unicode=True)
        compose_file = written(Path(folder) / "in", text, **{"a.txt": "x", "a/index.html": "y"})
        try:
            found = outcome(compose_file, Path(folder) / "out")
        except BlueprintError as error:
            assert error.code.startswith("DEN18")  # noqa: PT017 - refused is an answer as well
            return
        assert unsaid(found, plain(text)) == []


def lines(tmp_path: Path, text: str, **beside: str) -> list[Decision]:
    compose = written(tmp_path / "in", text, **beside)
    return outcome(compose, tmp_path / "out").converted.report.sorted()


def test_how_long_it_may_take_has_a_line(tmp_path: Path) -> None:
    text = f"services: {{web: {{{WEB}, healthcheck: {{test: /check, interval: 30s}}}}}}"
    found = {item.key: item for item in lines(tmp_path, text)}
    assert found["healthcheck.start_period"].instead == "start_period: 90s"
    assert found["healthcheck.start_period"].verdict == "added"
    assert found["healthcheck.interval"].verdict == "left out"
    assert found["healthcheck.interval"].line == 1


@pytest.mark.parametrize(
    ("tag", "lost"),
    [(":15", False), (":15.4-alpine", False), (":16", True), ("", True), (":150", True),
     (":latest", True), (":15@sha256:" + "0" * 64, False)],
)  # fmt: skip
def test_the_version_is_lost_only_where_it_is_another(tag: str, lost: bool, tmp_path: Path) -> None:
    text = f"services: {{web: {{{WEB}}}, db: {{image: 'postgres{tag}'}}}}"
    why = next(item.why for item in lines(tmp_path, text) if item.instead == "template: postgres")
    assert ("its version" in why) is lost
    assert "its password" in why


def test_a_volume_says_what_takes_its_place(tmp_path: Path) -> None:
    text = (
        f"services: {{web: {{{WEB}, volumes: ['up:/srv/up', {{source: up, target: /b}}]}},"
        " db: {image: 'postgres:15', volumes: ['pgdata:/var/lib/postgresql/data']}}\n"
        "volumes: {pgdata: , up: , nobody: }"
    )
    found = {i.found: i for i in lines(tmp_path, text) if i.key == "volumes" and not i.service}
    assert found["pgdata"].instead == "template: postgres (db)"
    assert found["up"].instead == "writable: /srv/up (web), writable: /b (web)"
    assert (found["nobody"].verdict, found["nobody"].instead) == ("left out", "")
    assert "nothing to do" in found["nobody"].why


def test_what_a_template_has_itself_is_said_without_values(tmp_path: Path) -> None:
    text = (
        f"services: {{web: {{{WEB}}}, db: {{image: 'postgres:15', shm_size: 1g,"
        " environment: [POSTGRES_PASSWORD=hush]}}"
    )
    found = {i.key: i for i in lines(tmp_path, text) if i.service == "db"}
    assert found["environment"].found == "POSTGRES_PASSWORD"
    assert found["shm_size"].instead == "template: postgres"


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("https://api.stripe.com/v1", "{service: web, grant: egress:api.stripe.com, reason:"),
        ("http://API.stripe.com", "{service: web, grant: egress:api.stripe.com:80, reason:"),
        ("https://metadata.goog/x", "none is ever granted to it"),
    ],
)
def test_a_host_outside_has_the_exception_to_add(url: str, said: str, tmp_path: Path) -> None:
    text = f"services: {{web: {{{WEB}, environment: {{A: '{url}'}}}}}}"
    kept = [i.why for i in lines(tmp_path, text) if i.key == "environment"]
    assert [said in why for why in kept] == [True]


def test_the_exception_that_is_shown_is_one_that_can_be_added(tmp_path: Path) -> None:
    text = f"services: {{web: {{{WEB}, environment: {{A: 'https://a.org https://b.org'}}}}}}"
    kept = [i.why for i in lines(tmp_path, text) if i.key == "environment"]
    entries = [yaml.safe_load(why.split("`")[1])["exceptions"][0] for why in kept if "a.org" in why]
    assert len(kept) == 2
    compose = written(tmp_path / "again", text)
    found = outcome(compose, tmp_path / "more")
    with (found.folder / "blueprint.yaml").open("a", encoding="utf-8") as opened:
        opened.write(yaml.safe_dump({"exceptions": entries}))
    loaded = load(found.folder / "blueprint.yaml", facts=converted.FACTS)
    assert [item.grant for item in loaded.blueprint.exceptions] == ["egress:a.org"]


@pytest.mark.parametrize(
    ("dockerfile", "reason"),
    [
        ("FROM python:3.12\nRUN pip install x\nCMD python a.py", "line 2: RUN"),
        ("FROM python:3.12\nADD http://a.org/b /b\nCMD python a.py", "line 2: ADD"),
    ],
)
def test_why_a_dockerfile_is_not_taken(dockerfile: str, reason: str, tmp_path: Path) -> None:
    text = "services: {web: {build: ./web, ports: ['80']}}"
    found = lines(
        tmp_path, text, **{"web/Dockerfile": dockerfile, "web/a.py": "", "web/requirements.txt": ""}
    )
    told = [i.why for i in found if i.found == "web/Dockerfile" or i.instead.startswith("source:")]
    assert len(told) == 2
    assert all(reason in why and "[DEN51" in why for why in told)


def test_the_name_is_the_folders_and_another_is_left_out(tmp_path: Path) -> None:
    compose = written(tmp_path / "comp", f"name: comp\nservices: {{web: {{{WEB}}}}}")
    found = convert(compose, "c1")
    assert found.name == "c1"
    assert [(i.verdict, i.found) for i in found.report.decisions if i.key == "name"] == [
        ("left out", "comp"), ("added", "")
    ]  # fmt: skip
    same = convert(compose, "comp")
    assert [i.verdict for i in same.report.decisions if i.key == "name"] == ["added"]


def test_a_variable_that_names_an_engines_socket_is_left_out(tmp_path: Path) -> None:
    text = f"services: {{web: {{{WEB}, environment: {{DOCKER_HOST: unix:///run/docker.sock}}}}}}"
    (line,) = [item for item in lines(tmp_path, text) if item.found == "DOCKER_HOST"]
    assert (line.verdict, line.key) == ("left out", "environment")
    assert "socket of a container engine" in line.why
