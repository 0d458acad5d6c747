"""A rehearsal on a real engine: what is the same passes, what is not fails, and nothing stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandboxctl.engine.docker import DockerEngine
from sandboxctl.sandbox.rehearsal import Receipt
from tests import prototypes
from tests.conftest import Cli, Written

pytestmark = pytest.mark.engine


def test_a_service_with_files_is_rehearsed(
    docker_engine: DockerEngine, written: Written, cli: Cli, tmp_path: Path
) -> None:
    document = prototypes.notebook()
    document["services"]["book"]["prepare"] = [["sh", "-c", "echo kept > /data/lines"]]
    folder, receipt = written(document), tmp_path / "receipt.json"
    done = cli("rehearse", str(folder), "--receipt", str(receipt), "--plain")
    assert "It went the same both times" in done.stdout
    seen = Receipt.model_validate_json(receipt.read_text())
    first, second = seen.rounds
    assert list(first.data) == ["book:/data"]
    assert len(first.data["book:/data"]) == 64
    assert first.data == second.data
    assert set(first.memory) == {"web", "book"}
    assert docker_engine.observe("rehearsal-1").generations == {}
    assert "Rehearsed with 1 at once" in cli("plan", str(folder)).stdout


def test_a_service_that_begins_otherwise_each_time_fails(
    docker_engine: DockerEngine, written: Written, cli: Cli, tmp_path: Path
) -> None:
    document = prototypes.notebook()
    begin = "import os, time; open('/data/lines', 'w').write(str(time.time()))"
    command = ["sh", "-c", f'python3 -c "{begin}"; exec python3 app.py']
    document["services"]["book"] |= {"command": command}
    receipt = tmp_path / "receipt.json"
    folder = str(written(document))
    done = cli("rehearse", folder, "--receipt", str(receipt), "--plain", code=1)
    assert "book:/data was not the same both times" in done.stdout
    assert not Receipt.model_validate_json(receipt.read_text()).passed
    assert docker_engine.observe("rehearsal-1").generations == {}


def test_a_rehearsal_that_could_not_be_held_leaves_no_receipt(
    written: Written, cli: Cli, tmp_path: Path
) -> None:
    document = prototypes.notebook()
    document["services"]["book"] = {
        "image": "localhost:1/none:1",
        "user": "1000:1000",
        "expose": [8000],
    }
    receipt, folder = tmp_path / "receipt.json", str(written(document))
    cli("rehearse", folder, "--receipt", str(receipt), "--plain", code=4)
    assert not receipt.exists()
    receipt.write_text("of yesterday")
    cli("rehearse", folder, "--receipt", str(receipt), "--plain", code=4)
    assert receipt.read_text() == "of yesterday"
