"""What `init` writes is started as it is: each scaffold, and a Compose file that was converted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sandboxctl.engine.docker import DockerEngine
from tests.conftest import Cli
from tests.scenarios.conftest import ROOT, brought_up

pytestmark = pytest.mark.engine

VISITS = ROOT / "tests" / "scenarios" / "visits" / "compose.yaml"


@pytest.mark.parametrize(
    ("kind", "shown"),
    [
        ("web", "Nobody here is real"),
        ("static", "Go on"),
        ("database", "Nobody here is real"),
    ],
)
def test_a_scaffold_runs_at_once(
    kind: str, shown: str, cli: Cli, docker_engine: DockerEngine, tmp_path: Path
) -> None:
    folder = tmp_path / f"my-{kind}"
    assert "is a valid blueprint" in cli("init", str(folder), "--kind", kind).stdout
    with brought_up(cli, docker_engine, folder, f"my-{kind}") as visitor:
        page = visitor.get("/")
        assert page.status == 200
        assert shown in page.body


def test_a_compose_file_that_was_converted_runs(
    cli: Cli, docker_engine: DockerEngine, tmp_path: Path
) -> None:
    folder = tmp_path / "visits"
    said = cli("init", str(folder), "--from", str(VISITS)).stdout
    assert "is a valid blueprint" in said
    text = "".join(path.read_text() for path in folder.rglob("*") if path.is_file())
    assert "not-in-the-blueprint" not in text
    with brought_up(cli, docker_engine, folder, "visits") as visitor:
        first, second = (json.loads(visitor.get("/").body) for _ in range(2))
        assert second["visits"] == first["visits"] + 1
        assert first["cache"] == "+PONG"
        assert first["greeting"] == "Costs $5 {{ not a template }}"
        assert first["secret"] == 32
        assert first["notice"] == "Nobody here is real."
        cli("reset", "visits")
        assert json.loads(visitor.get("/").body)["visits"] <= first["visits"]
