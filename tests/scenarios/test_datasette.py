"""Datasette, as published, explores the seeded tables."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from sandboxctl.data.scope import Dataset
from sandboxctl.data.sinks.files import write
from sandboxctl.engine.docker import DockerEngine
from tests import pipeline
from tests.conftest import Cli
from tests.scenarios.conftest import brought_up
from tests.visitor import Visitor

pytestmark = pytest.mark.engine

HERE = Path(__file__).parent / "datasette"


@pytest.fixture
def folder(docker_engine: DockerEngine, tmp_path: Path) -> Path:
    """The supplier's folder with the tables of its blueprint exported into it."""
    copied = tmp_path / "datasette"
    shutil.copytree(HERE, copied)
    data = pipeline.loaded(docker_engine, copied, "explore").blueprint.data
    assert data is not None
    for table in data.tables:
        write(Dataset(data), table, copied / "web" / f"{table}.csv", "csv", told={})
    return copied


def asked(visitor: Visitor, sql: str) -> list[list[object]]:
    page = visitor.get(f"/den.json?_shape=arrays&sql={sql.replace(' ', '+')}")
    assert page.status == 200, page.body
    rows: list[list[object]] = json.loads(page.body)["rows"]
    return rows


def test_it_shows_the_tables_and_answers_questions(
    cli: Cli, docker_engine: DockerEngine, folder: Path
) -> None:
    with brought_up(cli, docker_engine, folder, "explore") as visitor:
        assert "den" in visitor.get("/").text
        homes = visitor.get("/den/homes")
        assert (homes.status, "200 rows" in homes.text) == (200, True)
        assert asked(visitor, "select count(*) from repairs") == [[300]]
        lost = "select count(*) from repairs where home not in (select uprn from homes)"
        assert asked(visitor, lost) == [[0]], "every repair belongs to a home"
        trades = "select distinct trade from repairs order by trade"
        found = [row[0] for row in asked(visitor, trades)]
        assert found == ["electrician", "joiner", "plumber", "roofer"]
        cli("reset", "explore")
        assert asked(visitor, "select count(*) from homes") == [[200]]
