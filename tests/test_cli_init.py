"""`sandboxctl init`: a folder to begin with, or one from a Compose file."""

from __future__ import annotations

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import cast
from urllib.request import urlopen

import pytest

from sandboxctl.cli.init import KINDS
from sandboxctl.scaffold import kinds
from tests.cli import process, sandboxctl
from tests.converted import HUSH, file, written


@pytest.fixture(autouse=True)
def _den(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_the_kinds_are_those_that_there_are_templates_for() -> None:
    assert sorted(KINDS) == sorted(kinds.kinds())
    assert all(about.endswith(".") for about in kinds.kinds().values())


@pytest.mark.parametrize("kind", [None, *KINDS])
def test_a_scaffold_is_valid_and_says_what_next(kind: str | None, tmp_path: Path) -> None:
    folder = tmp_path / "My_First App"
    result = sandboxctl("init", str(folder), *(["--kind", kind] if kind else []))
    assert result.exit_code == 0, result.output
    assert f"sandboxctl up '{folder}'" in result.stdout
    assert "sandboxctl open my-first-app" in result.stdout
    assert sandboxctl("validate", str(folder)).exit_code == 0
    assert sandboxctl("plan", str(folder)).exit_code == 0
    readme = (folder / "README.md").read_text()
    assert "# My first app" in readme
    assert not re.search(r"\{(name|title)\}", "".join(p.read_text() for p in folder.rglob("*.*")))


@pytest.mark.parametrize("name", ["true", "null", "no", "a1"])
def test_a_name_that_yaml_takes_for_something_else(name: str, tmp_path: Path) -> None:
    result = sandboxctl("init", str(tmp_path / "x"), "--name", name)
    assert result.exit_code == 0, result.output
    assert f"open {name}" in result.stdout


@pytest.mark.parametrize("name", ["Upper", "a--b", "", "1a", "a" * 31])
def test_a_name_that_cannot_be(name: str, tmp_path: Path) -> None:
    result = sandboxctl("init", str(tmp_path / "x"), "--name", name)
    assert result.exit_code == 2
    assert "small letters" in result.output
    assert not (tmp_path / "x").exists()


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    assert sandboxctl("init", str(folder)).exit_code == 0
    before = {path: path.read_text() for path in folder.rglob("*") if path.is_file()}
    for words in ([], ["--kind", "static"], ["--from", str(file("redis"))]):
        result = sandboxctl("init", str(folder), *words)
        assert result.exit_code == 1
        assert "blueprint.yaml" in result.output
        assert "nothing is overwritten" in result.output
    assert {path: path.read_text() for path in folder.rglob("*") if path.is_file()} == before


def test_from_and_kind_exclude_each_other(tmp_path: Path) -> None:
    result = sandboxctl("init", str(tmp_path / "x"), "--kind", "web", "--from", "compose.yaml")
    assert result.exit_code == 2
    assert "exclude each other" in result.output


def test_a_compose_file_becomes_a_blueprint(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    result = sandboxctl("init", str(folder), "--from", str(file("mysql")), "--name", "shop")
    assert result.exit_code == 0, result.output
    assert "is a valid blueprint" in result.stdout
    assert "CONVERSION.md" in result.stdout
    assert "wordpress.volumes (html:/var/www/html)" in result.stdout
    assert HUSH not in result.output
    assert sorted(p.name for p in folder.iterdir()) == ["CONVERSION.md", "blueprint.yaml"]


def test_what_is_still_to_be_answered_is_said_with_its_line(tmp_path: Path) -> None:
    folder = tmp_path / "x"
    result = sandboxctl("init", str(folder), "--from", str(file("compiled")))
    assert result.exit_code == 1
    answer = result.stdout.partition("Still to be answered")[2]
    asked = re.findall(r"blueprint\.yaml:(\d+): services\.(\w+): comes from nowhere", answer)
    lines = (folder / "blueprint.yaml").read_text().splitlines()
    assert [lines[int(number) - 1].strip() for number, _ in asked] == ["api:", "remote: {}"]
    assert any("# to be answered" in line for line in lines[: int(asked[0][0]) - 1])
    assert "sandboxctl validate" in answer


def test_as_json(tmp_path: Path) -> None:
    result = sandboxctl("init", str(tmp_path / "x"), "--from", str(file("compiled")), "--json")
    answer = json.loads(result.stdout)
    assert result.exit_code == 1
    assert answer["valid"] is False
    assert {row["key"] for row in answer["problems"]} == {"services.api", "services.remote"}
    asked = [row for row in answer["decisions"] if row["verdict"] == "to be answered"]
    assert [row["service"] for row in asked] == ["api", "remote"]
    assert set(answer["decisions"][0]) == {
        "verdict", "service", "key", "line", "found", "instead", "why"
    }  # fmt: skip
    scaffold = json.loads(sandboxctl("init", str(tmp_path / "y"), "--json").stdout)
    assert scaffold["valid"] is True
    assert "blueprint.yaml" in scaffold["files"]


def test_plainly_and_without_control_characters(tmp_path: Path) -> None:
    text = "services: {web: {image: 'a:1', ports: ['80'], labels: {x: \"\\e[31mred\"}}}"
    compose = written(tmp_path / "in", text)
    result = sandboxctl("init", str(tmp_path / "x"), "--from", str(compose), "--plain")
    assert result.exit_code == 0, result.output
    assert "\x1b" not in result.output


def test_a_file_that_is_refused_has_a_hint(tmp_path: Path) -> None:
    compose = written(tmp_path / "in", "services: {web: *gone}\n")
    result = sandboxctl("init", str(tmp_path / "x"), "--from", str(compose))
    assert result.exit_code == 2
    assert "compose.yaml:1: `*gone` names no anchor" in result.output
    assert "docker compose config" in result.output
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("sandboxctl ini", {"init"}), ("sandboxctl init --kind s", {"static"})],
)
def test_the_tab_key(typed: str, offered: set[str], tmp_path: Path) -> None:
    running = process(
        folder=tmp_path,
        _SANDBOXCTL_COMPLETE="bash_complete",
        COMP_WORDS=typed,
        COMP_CWORD=str(len(typed.split(" ")) - 1),
        XDG_CONFIG_HOME=str(tmp_path),
    )
    out, err = running.communicate(timeout=20)
    assert err == ""
    assert {line.partition(",")[2] for line in out.split()} == offered


def test_a_stranger_writes_no_line_of_ours(tmp_path: Path) -> None:
    source = tmp_path / "compose.yaml"
    source.write_text(
        'services:\n  web:\n    image: "nginx:1"\n    ports: ["80:80"]\n'
        '    "x\\nThen: run this": 1\n    labels: ["\\e[31mred"]\n'
    )
    told = sandboxctl("init", "--from", str(source), str(tmp_path / "out")).stdout
    assert "web.x Then: run this (1): is not a key" in told
    assert not any(line.startswith("Then: run") for line in told.splitlines())
    assert "  the file: has the invisible character U+001B" in told


def test_the_first_page_says_the_same_however_often_it_was_asked() -> None:
    """A den asks for it as well: what counts visitors would count that."""
    files = kinds.scaffold("web", "first")
    found: dict[str, object] = {"__name__": "scaffold"}
    exec(str(files["web/app.py"]), found)
    handler = cast("type[BaseHTTPRequestHandler]", found["Page"])
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        pages = [urlopen(address + path).read() for path in ("/", "/health", "/", "/")]
        server.shutdown()
    assert pages[1] == b"ok"
    assert b"Running since" in pages[0]
    assert pages[0] == pages[2] == pages[3]


def test_the_name_is_the_folders_also_from_a_compose_file(tmp_path: Path) -> None:
    text = "name: comp\nservices: {web: {image: 'example.org/a:1', ports: ['80']}}"
    compose = written(tmp_path / "comp", text)
    result = sandboxctl("init", str(tmp_path / "c1"), "--from", str(compose))
    assert result.exit_code == 0, result.output
    assert "name: c1\n" in (tmp_path / "c1" / "blueprint.yaml").read_text()
    assert "sandboxctl open c1" in result.stdout
    assert "name (comp): a blueprint is named as its folder" in result.stdout
